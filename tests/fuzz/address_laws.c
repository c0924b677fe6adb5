/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "address_laws.h"

#include <fleet/device_places.h>
#include <ingest/domain_devices_reader.h>
#include <reports/domain_writer.h>
#include <string.h>

/* ---- one plan -------------------------------------------------------------------------------- */

/* The bus that the address is on, beside what the address says itself. */
static const char *
space_of(const Device *device)
{
    static const char *const disk_buses[DISK_BUS_COUNT] = {
        [DISK_BUS_IDE] = "ide",   [DISK_BUS_FDC] = "fdc", [DISK_BUS_SCSI] = "scsi",
        [DISK_BUS_SATA] = "sata", [DISK_BUS_SD] = "sd",
    };

    if (device->address.type != ADDRESS_DRIVE)
        return "";
    if (device->kind != DEVICE_DISK)
        return "scsi";
    return disk_buses[device->disk.bus] != NULL ? disk_buses[device->disk.bus] : "";
}

static gboolean
is_usb_device(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return device->disk.bus == DISK_BUS_USB;
    case DEVICE_SOUND:
        return device->sound.model == SOUND_MODEL_USB;
    case DEVICE_HOSTDEV:
        return device->hostdev.type == HOSTDEV_USB;
    case DEVICE_SERIAL:
        return device->serial.target == SERIAL_TARGET_USB;
    case DEVICE_INPUT:
        return device->input.bus == INPUT_BUS_USB;
    case DEVICE_HUB:
    case DEVICE_REDIRDEV:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean
is_spapr_vio_device(const Device *device)
{
    DeviceKind kind = device->kind;

    return kind == DEVICE_CONTROLLER || kind == DEVICE_INTERFACE || kind == DEVICE_SERIAL ||
           kind == DEVICE_NVRAM || kind == DEVICE_TPM;
}

/*
 * Is the address a place that the device alone can have? Some places are shared, and libvirt keeps
 * addresses of a type that means nothing for a device.
 */
static gboolean
is_place(const Device *device)
{
    switch ((guint)device->address.type) {
    case ADDRESS_PCI:
    case ADDRESS_CCW:
        return TRUE;
    case ADDRESS_DRIVE:
        return device->kind == DEVICE_DISK ||
               (device->kind == DEVICE_HOSTDEV && device->hostdev.type == HOSTDEV_SCSI);
    case ADDRESS_USB:
        return is_usb_device(device);
    case ADDRESS_VIRTIO_SERIAL: /* port 0 is any: older libvirts do not write what they choose */
        return (device->kind == DEVICE_CHANNEL || device->kind == DEVICE_CONSOLE) &&
               device->address.virtio_serial.port != 0;
    case ADDRESS_CCID:
        return device->kind == DEVICE_SMARTCARD;
    case ADDRESS_SPAPR_VIO:
        return is_spapr_vio_device(device);
    case ADDRESS_DIMM:
        return device->kind == DEVICE_MEMORY;
    default:
        return FALSE;
    }
}

/* A definition that libvirt loads may have ports twice, where others are open: none is checked. */
static gboolean
is_unchecked(const Device *device, const AddressOptions *options)
{
    return options->is_load && device->address.type == ADDRESS_USB &&
           device_address_equal(&device->address, &device->written);
}

char *
address_laws_broken_places(const DomainDevices *devices, const AddressOptions *options)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        DeviceAddress bare = device->address;

        if (bare.type == ADDRESS_PCI)
            bare.pci.has_uid = bare.pci.has_fid = FALSE;
        g_autofree char *address = device_address_format(&bare);
        if (address == NULL || !is_place(device) || is_unchecked(device, options))
            continue;
        char *place = g_strdup_printf("%s %s", space_of(device), address);
        if (!g_hash_table_add(seen, place))
            return g_strdup_printf("%s is given twice, the second time to the %s of line %u",
                                   address, device_kind_name(device->kind), device->place.line);
    }
    return NULL;
}

/*
 * What was written stays, but for a bus that only came to be with the plan, for devices that are
 * moved to the only bus they can be on (the pSeries' own, hubs, virtio channels and DIMMs), and for
 * what is none: a video card or balloon of that model, and the USB controller that a machine does
 * not have. Parts of a chipset have their PCI place, whatever address of another type is written,
 * and a console that stands for a serial port has that one's.
 */
static char *
broken_writing(const DomainDevices *devices)
{
    for (guint i = 0; i < devices->owned->len; i++) {
        const Device *device = g_ptr_array_index(devices->owned, i);
        DeviceAddress written = device->written;

        if (!device_address_is_pci_present(&written) && !device_address_is_usb_present(&written) &&
            written.type != ADDRESS_DRIVE)
            continue;
        if (device->address.type == ADDRESS_SPAPR_VIO ||
            (device->kind == DEVICE_VIDEO && device->video.model == VIDEO_MODEL_NONE) ||
            (device->kind == DEVICE_MEMBALLOON && device->memballoon.model == BALLOON_NONE) ||
            (device->kind == DEVICE_CONTROLLER &&
             (device->controller.model == CONTROLLER_MODEL_USB_NONE ||
              written.type != ADDRESS_PCI)) ||
            (device->kind == DEVICE_HUB && written.type != ADDRESS_USB) ||
            (device->kind == DEVICE_MEMORY && device->address.type == ADDRESS_DIMM) ||
            (device->kind == DEVICE_CHANNEL && device->channel.target == CHANNEL_TARGET_VIRTIO) ||
            (device->kind == DEVICE_CONSOLE && device->console.is_alias))
            continue;
        if (written.type == ADDRESS_PCI && device->address.type == ADDRESS_PCI) {
            written.pci.multifunction = device->address.pci.multifunction;
            written.pci.has_uid = device->address.pci.has_uid;
            written.pci.has_fid = device->address.pci.has_fid;
            written.pci.uid = device->address.pci.uid;
            written.pci.fid = device->address.pci.fid;
            if (device->address.pci.bus == written.pci.bus + 1)
                written.pci.bus++;
        }
        if (!device_address_equal(&written, &device->address))
            return g_strdup_printf("the device of line %u moved", device->place.line);
    }
    return NULL;
}

/* ---- two plans ------------------------------------------------------------------------------- */

/* Devices that nothing tells apart. */
static gboolean
is_ambiguous(const GArray *list, const char *device)
{
    guint n = 0;

    for (guint i = 0; i < list->len; i++)
        n += strcmp(g_array_index(list, KeptAddress, i).device, device) == 0;
    return n > 1;
}

static const KeptAddress *
find_address(const GArray *list, const char *device)
{
    for (guint i = 0; i < list->len; i++) {
        const KeptAddress *kept = &g_array_index(list, KeptAddress, i);

        if (strcmp(kept->device, device) == 0)
            return kept;
    }
    return NULL;
}

static gboolean
is_same_port(const char *a, const char *b)
{
    DeviceAddress left = {0}, right = {0};

    return device_address_parse(a, &left) && device_address_parse(b, &right) &&
           left.type == ADDRESS_VIRTIO_SERIAL && right.type == ADDRESS_VIRTIO_SERIAL &&
           left.virtio_serial.controller == right.virtio_serial.controller &&
           left.virtio_serial.port == right.virtio_serial.port;
}

gboolean
address_laws_is_same_place(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (is_same_port(a, b))
        return TRUE;
    const char *end_a = strstr(a, " uid "), *end_b = strstr(b, " uid ");
    gsize length_a = end_a != NULL ? (gsize)(end_a - a) : strlen(a);
    gsize length_b = end_b != NULL ? (gsize)(end_b - b) : strlen(b);

    return length_a == length_b && strncmp(a, b, length_a) == 0;
}

char *
address_laws_moved(const GArray *before, const GArray *after, const char *when)
{
    for (guint i = 0; i < before->len; i++) {
        const KeptAddress *old = &g_array_index(before, KeptAddress, i);
        const KeptAddress *new = find_address(after, old->device);

        if (is_ambiguous(before, old->device))
            continue;
        if (new == NULL || !address_laws_is_same_place(old->address, new->address))
            return g_strdup_printf("%s, %s is at %s and was at %s", when, old->device,
                                   new == NULL ? "no address" : new->address, old->address);
    }
    return NULL;
}

/* TEXT, read and planned; a refusal is a broken law. */
static char *
plan_text(const char *text, gsize length, const AddressOptions *options, const char *when,
          DomainDevices **ret_devices)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, options);
    if (refusal != NULL) {
        char *reason = g_strdup_printf("%s: refused: %s", when, refusal->text);

        finding_free(refusal);
        return reason;
    }
    *ret_devices = g_steal_pointer(&devices);
    return NULL;
}

static char *
plan_again(const char *text, gsize length, const AddressOptions *options, const char *when,
           GArray **ret_list, GString **ret_text)
{
    g_autoptr(DomainDevices) devices = NULL;
    char *reason = plan_text(text, length, options, when, &devices);

    if (reason != NULL)
        return reason;
    *ret_list = address_list(devices);
    if (ret_text != NULL)
        *ret_text = domain_write(text, length, devices);
    return NULL;
}

/* The written plan, read and planned again. */
static char *
broken_round_trip(const GString *written, const AddressOptions *options, const GArray *list)
{
    g_autoptr(GArray) again = NULL;
    g_autoptr(GString) text = NULL;
    char *reason =
        plan_again(written->str, written->len, options, "in its own text", &again, &text);

    if (reason == NULL)
        reason = address_laws_moved(list, again, "in its own text");
    /* libvirt before 11.1 gives the bridges that it adds their zPCI identifiers only then. */
    if (reason == NULL && strstr(written->str, "<zpci") == NULL &&
        strstr(text->str, "<zpci") == NULL && !g_string_equal(written, text))
        reason = g_strdup("its own text is changed by planning it again");
    return reason;
}

/* The definition as it was, with what is remembered of its plan. */
static char *
broken_memory(const char *text, gsize length, const AddressOptions *options, GArray *list)
{
    const KeptAddresses kept = {.guest = (char[]){"guest"}, .addresses = list};
    AddressOptions remembering = *options;
    g_autoptr(GArray) again = NULL;

    remembering.kept = &kept;
    char *reason = plan_again(text, length, &remembering, "remembered", &again, NULL);
    return reason != NULL ? reason : address_laws_moved(list, again, "remembered");
}

char *
address_laws_broken(const char *text, gsize length, const AddressOptions *options)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, options);
    if (refusal != NULL) {
        gboolean is_clear = *refusal->text != '\0' && *refusal->remedy != '\0';

        finding_free(refusal);
        return is_clear ? NULL : g_strdup("a refusal does not tell why, or what to do");
    }
    g_autoptr(GArray) list = address_list(devices);
    g_autoptr(GString) written = domain_write(text, length, devices);
    char *reason = address_laws_broken_places(devices, options);
    if (reason == NULL)
        reason = broken_writing(devices);
    if (reason == NULL) {
        g_autoptr(GArray) second = NULL;

        refusal = address_plan_guest(devices, options);
        if (refusal != NULL)
            return g_strdup_printf("in place: refused: %s", refusal->text);
        second = address_list(devices);
        reason = address_laws_moved(list, second, "in place");
    }
    if (reason == NULL)
        reason = broken_round_trip(written, options, list);
    return reason != NULL ? reason : broken_memory(text, length, options, list);
}

/* A device takes its whole PCI slot from those that were there. */
static gboolean
is_same_slot(const char *a, const char *b)
{
    DeviceAddress left = {0}, right = {0};

    if (device_address_parse(a, &left) && device_address_parse(b, &right) &&
        left.type == ADDRESS_PCI && right.type == ADDRESS_PCI)
        return left.pci.domain == right.pci.domain && left.pci.bus == right.pci.bus &&
               left.pci.slot == right.pci.slot;
    return address_laws_is_same_place(a, b);
}

/* What is known of an entry of the new list: does it explain that whoever was there had to move? */
typedef enum { DISPLACER_UNASKED, DISPLACER_YES, DISPLACER_NO } Displacer;

/*
 * Is a device at ADDRESS now that was not there before, or whose definition says so? Or one that
 * made way for such a device, after any number of others? DISPLACERS has a guint8 for each of NEW.
 */
static gboolean
is_taken(const GArray *old, const GArray *new, const char *address, guint8 *displacers)
{
    for (guint i = 0; i < new->len; i++) {
        const KeptAddress *now = &g_array_index(new, KeptAddress, i);

        if (!is_same_slot(now->address, address))
            continue;
        if (displacers[i] == DISPLACER_UNASKED) {
            const KeptAddress *was = find_address(old, now->device);

            displacers[i] = DISPLACER_NO; /* where devices change places in a circle */
            if (!now->is_planned || was == NULL ||
                (!is_same_slot(was->address, address) &&
                 is_taken(old, new, was->address, displacers)))
                displacers[i] = DISPLACER_YES;
        }
        if (displacers[i] == DISPLACER_YES)
            return TRUE;
    }
    return FALSE;
}

/*
 * Has another device of NEW the zPCI identifier (uid or fid) that DEVICE had at ADDRESS? libvirt
 * gives one to a device that writes the other before it looks at what other devices have.
 */
static gboolean
is_zpci_taken(const GArray *new, const char *device, const char *address)
{
    DeviceAddress had = {0}, has = {0};

    if (!device_address_parse(address, &had) || had.type != ADDRESS_PCI)
        return FALSE;
    for (guint i = 0; i < new->len; i++) {
        const KeptAddress *now = &g_array_index(new, KeptAddress, i);

        if (strcmp(now->device, device) != 0 && device_address_parse(now->address, &has) &&
            has.type == ADDRESS_PCI &&
            ((had.pci.has_uid && has.pci.has_uid && had.pci.uid == has.pci.uid) ||
             (had.pci.has_fid && has.pci.has_fid && had.pci.fid == has.pci.fid)))
            return TRUE;
    }
    return FALSE;
}

/* How many devices of LIST have keys that begin with the first LENGTH bytes of KEY. */
static guint
count_prefix(const GArray *list, const char *key, gsize length)
{
    guint n = 0;

    for (guint i = 0; i < list->len; i++)
        n += strncmp(g_array_index(list, KeptAddress, i).device, key, length) == 0;
    return n;
}

/* Is DEVICE told from others by its number alone, which is another one's in the other list? */
static gboolean
is_renumbered(const GArray *old, const GArray *new, const char *device)
{
    const char *number = strrchr(device, '/') + 1;
    gsize length = (gsize)(number - device);

    return !g_str_has_prefix(device, "controller/") && g_ascii_isdigit(*number) &&
           count_prefix(old, device, length) != count_prefix(new, device, length);
}

/*
 * Is DEVICE a PCI controller that nothing sits behind in both lists? It may have made way for
 * another of the same number.
 */
static gboolean
is_idle_bus(const char *device, const GArray *old, const GArray *new)
{
    guint64 bus;

    if (!g_str_has_prefix(device, "controller/pci/") ||
        !g_ascii_string_to_unsigned(device + strlen("controller/pci/"), 10, 0, G_MAXUINT32, &bus,
                                    NULL))
        return FALSE;
    for (guint i = 0; i < new->len; i++) {
        const KeptAddress *now = &g_array_index(new, KeptAddress, i);
        DeviceAddress address;

        if (find_address(old, now->device) != NULL &&
            device_address_parse(now->address, &address) && address.type == ADDRESS_PCI &&
            address.pci.bus == bus)
            return FALSE;
    }
    return TRUE;
}

/*
 * Did a device that is new, or is written at a new place, need a bus of another kind where there
 * was one already? A place that is written goes before all that is remembered, and may leave no way
 * to keep it.
 */
static gboolean
has_bus_of_another_kind(const GArray *old, const GArray *new)
{
    gboolean has_new_place = FALSE, has_other_kind = FALSE;

    for (guint i = 0; i < new->len; i++) {
        const KeptAddress *now = &g_array_index(new, KeptAddress, i);
        const KeptAddress *was = find_address(old, now->device);

        if (was == NULL)
            has_new_place |= !g_str_has_prefix(now->device, "controller/");
        else
            has_new_place |=
                !now->is_planned && !address_laws_is_same_place(was->address, now->address);
        has_other_kind |= was != NULL && g_strcmp0(was->model, now->model) != 0;
    }
    return has_new_place && has_other_kind;
}

static AddressType
type_of(const KeptAddress *kept)
{
    DeviceAddress address = {0};

    return device_address_parse(kept->address, &address) ? address.type : ADDRESS_NONE;
}

/* Could DEVICE be where WAS is? A serial port that is made of a console is of another type. */
static gboolean
may_have(const Device *device, const KeptAddress *was)
{
    DeviceAddress address = {0};

    return device_address_parse(was->address, &address) && device_may_have(device, &address);
}

/*
 * What a definition asks for is not planned: a place to which planning added zPCI identifiers only,
 * another type of address than the device had, a slot of a bus that cannot have it, which leads to
 * one behind it; nor is any place of a device that took the number of one of another type.
 */
static void
mark_written(const DomainDevices *devices, const GArray *old, GArray *new)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        g_autofree char *written = device_address_format(&device->written);

        for (guint i = 0; i < new->len; i++) {
            KeptAddress *now = &g_array_index(new, KeptAddress, i);

            if (g_strcmp0(now->device, device->identity) != 0)
                continue;
            const KeptAddress *was = find_address(old, now->device);
            if (was != NULL && type_of(was) != type_of(now) && !may_have(device, was))
                now->is_planned = FALSE;
            if (was == NULL || type_of(now) != device->written.type)
                continue;
            if (type_of(was) != type_of(now) || address_laws_is_same_place(now->address, written) ||
                device_address_is_pci_present(&device->written))
                now->is_planned = FALSE;
        }
    }
}

char *
address_laws_broken_by_change(const char *before, const char *after, const AddressOptions *options)
{
    g_autoptr(GArray) old = NULL, new = NULL;
    g_autoptr(DomainDevices) devices = NULL;
    g_autofree char *refusal = plan_again(before, strlen(before), options, "before", &old, NULL);

    if (refusal != NULL)
        return NULL;
    const KeptAddresses kept = {.guest = (char[]){"guest"}, .addresses = old};
    AddressOptions remembering = *options;
    remembering.kept = &kept;
    refusal = plan_text(after, strlen(after), &remembering, "after", &devices);
    if (refusal != NULL)
        return NULL;
    new = address_list(devices);
    mark_written(devices, old, new);
    if (has_bus_of_another_kind(old, new))
        return NULL;
    g_autofree guint8 *displacers = g_new0(guint8, new->len);
    for (guint i = 0; i < new->len; i++) {
        const KeptAddress *now = &g_array_index(new, KeptAddress, i);
        const KeptAddress *was = find_address(old, now->device);

        if (was == NULL || !was->is_planned || !now->is_planned || is_ambiguous(old, now->device) ||
            is_ambiguous(new, now->device) || is_renumbered(old, new, now->device))
            continue;
        if (!address_laws_is_same_place(was->address, now->address) &&
            !is_taken(old, new, was->address, displacers) && !is_idle_bus(now->device, old, new) &&
            !is_zpci_taken(new, now->device, was->address))
            return g_strdup_printf("a change moves %s from %s to %s", now->device, was->address,
                                   now->address);
    }
    return NULL;
}
