/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Identities.
 *
 * Devices are put into groups by the stem of their key. The identities of a group are numbered:
 * "rng/0", "rng/1" where nothing names the devices, and "disk/vda", "disk/vda#2" where they share a
 * name, which libvirt refuses of some kinds only.
 */

#include <fleet/device_identity.h>
#include <string.h>

typedef struct {
    char *stem;
    gboolean is_counted;
    GPtrArray *devices; /* of Device*, borrowed, in libvirt's order */
} DeviceGroup;

static void
group_free(gpointer data)
{
    DeviceGroup *group = data;

    g_free(group->stem);
    g_ptr_array_unref(group->devices);
    g_free(group);
}

static char *
group_identity(const DeviceGroup *group, guint number)
{
    if (group->is_counted)
        return g_strdup_printf("%s/%u", group->stem, number);
    return number == 0 ? g_strdup(group->stem) : g_strdup_printf("%s#%u", group->stem, number + 1);
}

/* ---- what is remembered --------------------------------------------------------------------- */

/* Of the first that is not before TEXT. */
static guint
find_position(const KeptAddresses *kept, const char *text)
{
    guint low = 0, high = kept == NULL ? 0 : kept->addresses->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (strcmp(g_array_index(kept->addresses, KeptAddress, middle).device, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const KeptAddress *
kept_addresses_find(const KeptAddresses *kept, const char *identity)
{
    guint position = find_position(kept, identity);
    const KeptAddress *found = kept == NULL || position == kept->addresses->len
                                   ? NULL
                                   : &g_array_index(kept->addresses, KeptAddress, position);

    return found != NULL && strcmp(found->device, identity) == 0 ? found : NULL;
}

/* ---- what a device can have ----------------------------------------------------------------- */

#define BIT(type) (1u << (type))
#define NO_ADDRESS 0u
#define ON_USB BIT(ADDRESS_USB)
#define ON_DRIVE BIT(ADDRESS_DRIVE)
/* PCI, and what stands in its place on some machines. */
#define ON_SYSTEM (~(ON_USB | ON_DRIVE | BIT(ADDRESS_DIMM)))

static guint
disk_types(const DiskDevice *disk)
{
    switch ((guint)disk->bus) {
    case DISK_BUS_USB:
        return ON_USB;
    case DISK_BUS_IDE:
    case DISK_BUS_FDC:
    case DISK_BUS_SCSI:
    case DISK_BUS_SATA:
    case DISK_BUS_NVME:
        return ON_DRIVE;
    default:
        return ON_SYSTEM;
    }
}

static guint
input_types(const InputDevice *input)
{
    switch ((guint)input->bus) {
    case INPUT_BUS_USB:
        return ON_USB;
    case INPUT_BUS_VIRTIO:
        return ON_SYSTEM;
    case INPUT_BUS_DEFAULT:
        return ~0u;
    default:
        return NO_ADDRESS;
    }
}

static guint
sound_types(SoundModel model)
{
    if (model == SOUND_MODEL_USB)
        return ON_USB;
    return model == SOUND_MODEL_SB16 || model == SOUND_MODEL_PCSPK ? NO_ADDRESS : ON_SYSTEM;
}

static guint
memory_types(MemoryModel model)
{
    if (model == MEMORY_MODEL_DIMM || model == MEMORY_MODEL_NVDIMM)
        return BIT(ADDRESS_DIMM);
    return model == MEMORY_MODEL_SGX_EPC ? NO_ADDRESS : ON_SYSTEM;
}

static guint
hostdev_types(HostdevType type)
{
    if (type == HOSTDEV_USB)
        return ON_USB;
    return type == HOSTDEV_SCSI ? ON_DRIVE : ON_SYSTEM;
}

/* The target type decides, where it is told. */
static guint
serial_types(SerialTarget target)
{
    static const guint types[SERIAL_TARGET_COUNT] = {
        [SERIAL_TARGET_NONE] = ON_SYSTEM,
        [SERIAL_TARGET_ISA] = BIT(ADDRESS_ISA),
        [SERIAL_TARGET_USB] = ON_USB,
        [SERIAL_TARGET_PCI] = BIT(ADDRESS_PCI),
        [SERIAL_TARGET_SPAPR_VIO] = BIT(ADDRESS_SPAPR_VIO),
        [SERIAL_TARGET_SYSTEM] = NO_ADDRESS,
        [SERIAL_TARGET_SCLP] = NO_ADDRESS,
        [SERIAL_TARGET_ISA_DEBUG] = BIT(ADDRESS_ISA),
    };

    return types[target];
}

/* A bit set over AddressType: what planning gives a device that writes no address. */
static guint
planned_types(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return disk_types(&device->disk);
    case DEVICE_INTERFACE:
        if (device->interface.model == INTERFACE_MODEL_USB_NET)
            return ON_USB;
        return ON_SYSTEM & ~BIT(ADDRESS_SPAPR_VIO);
    case DEVICE_SOUND:
        return sound_types(device->sound.model);
    case DEVICE_HOSTDEV:
        return hostdev_types(device->hostdev.type);
    case DEVICE_VIDEO:
        return device->video.model == VIDEO_MODEL_NONE || device->video.model == VIDEO_MODEL_RAMFB
                   ? NO_ADDRESS
                   : ON_SYSTEM;
    case DEVICE_INPUT:
        return input_types(&device->input);
    case DEVICE_FILESYSTEM:
        return device->filesystem.driver == FILESYSTEM_DRIVER_MTP ? ON_USB : ON_SYSTEM;
    case DEVICE_WATCHDOG:
        return device->watchdog.model == WATCHDOG_I6300ESB ? ON_SYSTEM : NO_ADDRESS;
    case DEVICE_IOMMU:
        return device->iommu.model == IOMMU_VIRTIO ? ON_SYSTEM : NO_ADDRESS;
    case DEVICE_MEMORY:
        return memory_types(device->memory.model);
    case DEVICE_SERIAL:
        return serial_types(device->serial.target);
    case DEVICE_PARALLEL:
        return NO_ADDRESS;
    case DEVICE_CONSOLE:
        return device->console.target == CONSOLE_TARGET_VIRTIO ? NO_ADDRESS : ~0u;
    default:
        return ~0u;
    }
}

gboolean
device_has_open_port(const Device *device, const DeviceAddress *address)
{
    gboolean is_virtio_serial =
        (device->kind == DEVICE_CHANNEL && device->channel.target == CHANNEL_TARGET_VIRTIO) ||
        (device->kind == DEVICE_CONSOLE && device->console.target == CONSOLE_TARGET_VIRTIO);

    return is_virtio_serial && address->type == ADDRESS_VIRTIO_SERIAL &&
           address->virtio_serial.port == 0;
}

AddressType
device_only_type(const Device *device)
{
    if (device->kind == DEVICE_HUB)
        return ADDRESS_USB;
    if (device->kind == DEVICE_INTERFACE && device->interface.model == INTERFACE_MODEL_SPAPR_VLAN)
        return ADDRESS_SPAPR_VIO;
    if (device->kind == DEVICE_SERIAL && device->serial.target == SERIAL_TARGET_SPAPR_VIO)
        return ADDRESS_SPAPR_VIO;
    if (device->kind == DEVICE_MEMORY && memory_types(device->memory.model) == BIT(ADDRESS_DIMM))
        return ADDRESS_DIMM;
    return device->kind == DEVICE_CHANNEL && device->channel.target == CHANNEL_TARGET_VIRTIO
               ? ADDRESS_VIRTIO_SERIAL
               : ADDRESS_NONE;
}

/*
 * A definition may write the type of the address or the bus, and leave the place open; it then
 * insists on the type, whatever the device is. A hub may stay there, for want of USB ports.
 */
gboolean
device_may_have(const Device *device, const DeviceAddress *address)
{
    const DeviceAddress *written = &device->written;
    AddressType only = device_only_type(device);

    if (only != ADDRESS_NONE && written->type != only)
        return address->type == only ||
               (device->kind == DEVICE_HUB && address->type == written->type);
    if (written->type == ADDRESS_USB && written->usb.has_bus)
        return address->type == ADDRESS_USB && address->usb.bus == written->usb.bus;
    if (device_has_open_port(device, written))
        return address->type == ADDRESS_VIRTIO_SERIAL &&
               address->virtio_serial.controller == written->virtio_serial.controller;
    if (written->type != ADDRESS_NONE)
        return address->type == written->type;
    return (planned_types(device) & BIT(address->type)) != 0;
}

/* ---- one group ------------------------------------------------------------------------------ */

/* A group whose identities are given away. */
typedef struct {
    const DeviceGroup *group;
    const KeptAddresses *kept;
    GArray *numbers;  /* of guint, ascending: those under which something is remembered */
    guint n_buses;    /* PCI buses that the guest has */
    GHashTable *used; /* set of identities, borrowed: those that devices of any group have */
} Naming;

static void
take(Naming *naming, Device *device, guint number)
{
    device->identity = group_identity(naming->group, number);
    g_hash_table_add(naming->used, device->identity);
}

/*
 * What is remembered under NUMBER and in force; NULL when nothing is, or a device has it already.
 */
static const KeptAddress *
find_open(const Naming *naming, guint number)
{
    g_autofree char *identity = group_identity(naming->group, number);
    const KeptAddress *kept = g_hash_table_contains(naming->used, identity)
                                  ? NULL
                                  : kept_addresses_find(naming->kept, identity);

    return kept != NULL && kept->last_run == 0 ? kept : NULL;
}

/* The number that group_identity() made IDENTITY of; FALSE when it is of another group. */
static gboolean
parse_number(const DeviceGroup *group, const char *identity, guint *ret_number)
{
    const char *rest = identity + strlen(group->stem);
    guint64 number = 1;

    if ((*rest != '\0' || group->is_counted) &&
        (*rest != (group->is_counted ? '/' : '#') ||
         !g_ascii_string_to_unsigned(rest + 1, 10, group->is_counted ? 0 : 2, G_MAXINT, &number,
                                     NULL)))
        return FALSE;
    *ret_number = (guint)number - !group->is_counted;
    return TRUE;
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a, right = *(const guint *)b;

    return (left > right) - (left < right);
}

/*
 * Numbers are missing where devices have no address, which is all that is remembered, and the
 * devices behind them are remembered all the same.
 */
static GArray *
find_numbers(const DeviceGroup *group, const KeptAddresses *kept)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = find_position(kept, group->stem); kept != NULL && i < kept->addresses->len;
         i++) {
        const char *identity = g_array_index(kept->addresses, KeptAddress, i).device;
        guint number;

        if (!g_str_has_prefix(identity, group->stem))
            break;
        if (parse_number(group, identity, &number))
            g_array_append_val(numbers, number);
    }
    g_array_sort(numbers, compare_numbers);
    return numbers;
}

/* Is DEVICE written where planning moves it from there to where KEPT was? */
static gboolean
is_moved_to(const Naming *naming, const Device *device, const KeptAddress *kept)
{
    DeviceAddress address = {0};

    return device_address_parse(kept->address, &address) &&
           device_address_is_moved(&device->address, naming->n_buses, &address);
}

/* Those that are where one of them was; with IS_MOVED, those that planning will move there. */
static void
name_by_address(Naming *naming, gboolean is_moved)
{
    for (guint i = 0; i < naming->group->devices->len; i++) {
        Device *device = g_ptr_array_index(naming->group->devices, i);
        g_autofree char *text = device_has_open_port(device, &device->address)
                                    ? NULL
                                    : device_address_format(&device->address);

        for (guint k = 0; text != NULL && device->identity == NULL && k < naming->numbers->len;
             k++) {
            guint number = g_array_index(naming->numbers, guint, k);
            const KeptAddress *kept = find_open(naming, number);

            if (kept != NULL &&
                (is_moved ? is_moved_to(naming, device, kept) : strcmp(kept->address, text) == 0))
                take(naming, device, number);
        }
    }
}

/* Has the device of NUMBER a place that DEVICE can have? TRUE when nothing is remembered. */
static gboolean
is_fitting(const Naming *naming, guint number, const Device *device)
{
    g_autofree char *identity = group_identity(naming->group, number);
    const KeptAddress *kept = kept_addresses_find(naming->kept, identity);
    DeviceAddress address = {0};

    return kept == NULL ||
           (device_address_parse(kept->address, &address) && device_may_have(device, &address));
}

/* Gives DEVICE the first identity in force that is open; FALSE when there is none. */
static gboolean
take_open(Naming *naming, Device *device, gboolean is_fit_wanted)
{
    for (guint k = 0; k < naming->numbers->len; k++) {
        guint number = g_array_index(naming->numbers, guint, k);

        if (find_open(naming, number) != NULL &&
            (!is_fit_wanted || is_fitting(naming, number, device))) {
            take(naming, device, number);
            return TRUE;
        }
    }
    return FALSE;
}

/* Gives DEVICE the first identity that no device has, and whose place it may have. */
static void
take_free(Naming *naming, Device *device)
{
    for (guint k = 0; device->identity == NULL; k++) {
        g_autofree char *identity = group_identity(naming->group, k);

        if (!g_hash_table_contains(naming->used, identity) && is_fitting(naming, k, device))
            take(naming, device, k);
    }
}

static void
name_group(const DeviceGroup *group, const KeptAddresses *kept, guint n_buses, GHashTable *used)
{
    g_autoptr(GArray) numbers = find_numbers(group, kept);
    Naming naming = {
        .group = group, .kept = kept, .numbers = numbers, .n_buses = n_buses, .used = used};

    name_by_address(&naming, FALSE);
    name_by_address(&naming, TRUE);
    for (guint i = 0; i < group->devices->len; i++) {
        Device *device = g_ptr_array_index(group->devices, i);

        if (device->identity == NULL)
            take_open(&naming, device, TRUE);
    }
    for (guint i = 0; i < group->devices->len; i++) {
        Device *device = g_ptr_array_index(group->devices, i);

        if (device->identity == NULL && !take_open(&naming, device, FALSE))
            take_free(&naming, device);
    }
}

/* ---- all groups ----------------------------------------------------------------------------- */

static DeviceGroup *
find_group(GHashTable *groups, GPtrArray *order, char *stem, gboolean is_counted)
{
    DeviceGroup *group = g_hash_table_lookup(groups, stem);

    if (group != NULL) {
        g_free(stem);
        return group;
    }
    group = g_new0(DeviceGroup, 1);
    group->stem = stem;
    group->is_counted = is_counted;
    group->devices = g_ptr_array_new();
    g_hash_table_insert(groups, stem, group);
    g_ptr_array_add(order, group);
    return group;
}

void
domain_devices_identify(DomainDevices *devices, const KeptAddresses *kept)
{
    g_autoptr(GHashTable) groups = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(group_free);
    g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
    const guint n_buses = domain_devices_count_pci_buses(devices);
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        gboolean is_counted;
        char *stem = device_key_stem(devices, device, &is_counted);

        g_clear_pointer(&device->identity, g_free);
        g_ptr_array_add(find_group(groups, order, stem, is_counted)->devices, device);
    }
    for (guint i = 0; i < order->len; i++)
        name_group(g_ptr_array_index(order, i), kept, n_buses, used);
}
