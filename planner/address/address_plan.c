/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pipeline. Its order is libvirt's, and everything depends on it: who is added before whom gets
 * the lower address.
 *
 * Two things of libvirt are not repeated: devices that it adds and that can have no address (PS/2
 * inputs, a q35 watchdog, panic notifiers, audio backends), and checks that have nothing to do with
 * where a device sits.
 */

#include "address_private.h"

#include <fleet/device_identity.h>
#include <stdarg.h>

/*
 * The first version that behaves the new way; before that, the old.
 *
 * What 9.0, 11.3, 11.6, 12.0, 12.6 and 12.8 do was observed. Where libvirt's release notes tell the
 * release between two of them, it is that one. The others came with a change that they tell (USB
 * order with usb-net, bus 0 with pvpanic, vhostuser with passt), or are taken to be as new as the
 * first version that was seen to have them; those are marked, and docs/address-plan.md says so too.
 */
static const guint change_versions[] = {
    [CHANGE_CONTROLLERS_SORTED] = VERSION_NUMBER(11, 1), /* taken */
    [CHANGE_USB2_REBUILD] = VERSION_NUMBER(11, 1),       /* taken */
    [CHANGE_USB_IN_WALK_ORDER] = VERSION_NUMBER(10, 3),
    [CHANGE_USB_NET] = VERSION_NUMBER(10, 3),
    [CHANGE_MTP] = VERSION_NUMBER(10, 2),
    [CHANGE_CRYPTO] = VERSION_NUMBER(9, 1),
    [CHANGE_PVPANIC] = VERSION_NUMBER(9, 1),
    [CHANGE_VIRTIO_SOUND] = VERSION_NUMBER(10, 4),
    [CHANGE_PSTORE] = VERSION_NUMBER(10, 6),
    [CHANGE_INTEGRATED_PCI] = VERSION_NUMBER(9, 1),
    [CHANGE_MANY_WATCHDOGS] = VERSION_NUMBER(9, 1),
    [CHANGE_DEFAULT_VIRT] = VERSION_NUMBER(9, 3),
    [CHANGE_PANIC_MODEL] = VERSION_NUMBER(11, 1), /* taken */
    [CHANGE_SLOTLESS_MEMORY] = VERSION_NUMBER(9, 5),
    [CHANGE_AUTO_NUMA] = VERSION_NUMBER(9, 6),
    [CHANGE_ATTACH_IOMMU] = VERSION_NUMBER(10, 5),
    [CHANGE_AUTO_IOMMU] = VERSION_NUMBER(10, 10),
    [CHANGE_BOARD_ROOT] = VERSION_NUMBER(11, 1), /* taken */
    [CHANGE_BOARD_USB] = VERSION_NUMBER(11, 1),  /* taken */
    [CHANGE_VHOSTUSER_VIRTIO] = VERSION_NUMBER(11, 1),
    [CHANGE_VIRTIO_MEM_CCW] = VERSION_NUMBER(11, 1),
    [CHANGE_ZPCI_ADDED_BRIDGES] = VERSION_NUMBER(11, 1), /* taken: sorted controllers bring it */
    [CHANGE_NVME] = VERSION_NUMBER(11, 5),
    [CHANGE_AMD_IOMMU] = VERSION_NUMBER(11, 5),
    [CHANGE_VIRT_SCSI] = VERSION_NUMBER(11, 6),
    [CHANGE_FLOPPY_CHECK] = VERSION_NUMBER(11, 4),
    [CHANGE_NO_DEFAULTS] = VERSION_NUMBER(11, 9), /* taken: the models' series has it */
    [CHANGE_USB_MODELS] = VERSION_NUMBER(11, 9),
    [CHANGE_BOARD_PCI] = VERSION_NUMBER(11, 9),         /* taken: the same */
    [CHANGE_PORT_FOR_BRIDGE] = VERSION_NUMBER(12, 0),   /* taken */
    [CHANGE_USB_INPUT_WRITTEN] = VERSION_NUMBER(11, 1), /* taken */
    [CHANGE_CONSOLE_PORT] = VERSION_NUMBER(12, 0),      /* taken */
    [CHANGE_MANY_IOMMUS] = VERSION_NUMBER(12, 0),       /* taken */
    [CHANGE_NVME_EXPRESS] = VERSION_NUMBER(12, 6),      /* taken */
    [CHANGE_SCSI_LIKE_FIRST] = VERSION_NUMBER(12, 6),   /* taken */
};
G_STATIC_ASSERT(G_N_ELEMENTS(change_versions) == CHANGE_COUNT);

static gboolean (*const steps[])(AddressContext *) = {
    address_machine_resolve,  address_pass_over,      address_validate_usb_group,
    address_parse_hostdevs,   address_assign_indexes, address_add_machine_devices,
    address_fill_models,      address_pair_consoles,  address_add_needed_controllers,
    address_add_video,        address_recall_kept,    address_assign_virtio_serial,
    address_assign_spapr_vio, address_assign_ccw,     address_choose_virtio_bus,
    address_assign_pci,       address_assign_usb,     address_assign_memory,
    address_finish_consoles,  address_validate,
};

gboolean
address_version_has(const AddressOptions *options, AddressChange change)
{
    guint version =
        options->libvirt_version == 0 ? ADDRESS_NEWEST_VERSION : options->libvirt_version;

    return version >= change_versions[change];
}

gboolean
address_has(const AddressContext *context, AddressChange change)
{
    return address_version_has(context->options, change);
}

gboolean
address_refuse(AddressContext *context, const Device *device, const char *remedy,
               const char *format, ...)
{
    va_list args;

    if (context->refusal != NULL)
        return FALSE;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    context->refusal = finding_new(FINDING_ERROR, "domain-refused", text, remedy);
    if (device != NULL) {
        context->refusal->line = device->place.line;
        context->refused_begin = device->place.begin;
    }
    if (context->refusal->line == 0)
        context->refusal->line = context->devices->root_place.line;
    return FALSE;
}

/* How old addresses are used. */
typedef struct {
    guint recalled;        /* as in AddressContext */
    GHashTable *forgotten; /* as in AddressContext; NULL: none is */
} KeptUse;

/* NULL, or why not and the device's element in RET_BEGIN, 0 when it is none's. */
static Finding *
run_steps(DomainDevices *devices, const AddressOptions *options, const KeptUse *use,
          guint32 *ret_begin)
{
    AddressContext context = {
        .devices = devices,
        .options = options,
        .recalled = use->recalled,
        .forgotten = use->forgotten,
    };

    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (steps[i](&context))
            continue;
        *ret_begin = context.refused_begin;
        return context.refusal;
    }
    domain_devices_identify(devices, options->kept);
    return NULL;
}

/* Exchanges what two guests hold. */
static void
swap(DomainDevices *a, DomainDevices *b)
{
    DomainDevices held = *a;

    *a = *b;
    *b = held;
}

/* One attempt, which leaves DEVICES as they are when it fails. */
static Finding *
attempt_exactly(DomainDevices *devices, const AddressOptions *options, const KeptUse *use,
                guint32 *ret_begin)
{
    g_autoptr(DomainDevices) copy = domain_devices_copy(devices);
    Finding *refusal = run_steps(copy, options, use, ret_begin);

    if (refusal == NULL)
        swap(devices, copy);
    return refusal;
}

/*
 * The same, and where the guest has no room for the ports and slots that are to be kept free, it
 * does without them. Where they fill the buses to the end there is none for the bridge to the last
 * one: a slot more asks for another bus, which has room for both.
 */
static Finding *
attempt(DomainDevices *devices, const AddressOptions *options, const KeptUse *use,
        guint32 *ret_begin)
{
    AddressOptions wanted = *options, modest = *options;
    const guint n = options->reserved_slots > 0 ? 2 : options->spare_ports > 0 ? 1 : 0;

    for (guint i = 0; i < n; i++) {
        g_autoptr(Finding) refusal = attempt_exactly(devices, &wanted, use, ret_begin);

        if (refusal == NULL)
            return NULL;
        wanted.reserved_slots++;
    }
    modest.spare_ports = modest.reserved_slots = 0;
    return attempt_exactly(devices, &modest, use, ret_begin);
}

/*
 * With old addresses. One that makes the guest impossible is forgotten, so that the others stay.
 * Where it cannot be told which one it is, those of USB are (their ports come and go with hubs),
 * then all but those of PCI, then all.
 */
static Finding *
run_with_kept(DomainDevices *devices, const AddressOptions *options)
{
    static const guint attempts[] = {~(1u << ADDRESS_USB), 1u << ADDRESS_PCI, 0};
    g_autoptr(GHashTable) forgotten = g_hash_table_new(NULL, NULL);
    const KeptUse use = {.recalled = ~0u, .forgotten = forgotten};
    guint32 begin = 0;

    for (;;) {
        g_autoptr(Finding) refusal = attempt(devices, options, &use, &begin);

        if (refusal == NULL)
            return NULL;
        if (begin == 0 || !g_hash_table_add(forgotten, GUINT_TO_POINTER(begin)))
            break;
    }
    for (guint i = 0;; i++) {
        const KeptUse less = {.recalled = attempts[i]};
        g_autoptr(Finding) refusal = attempt(devices, options, &less, &begin);

        if (refusal == NULL || i + 1 == G_N_ELEMENTS(attempts))
            return g_steal_pointer(&refusal);
    }
}

Finding *
address_plan_guest(DomainDevices *devices, const AddressOptions *options)
{
    const KeptUse none = {0};
    guint32 begin = 0;

    if (options->kept != NULL && options->kept->addresses->len > 0)
        return run_with_kept(devices, options);
    if (options->spare_ports > 0 || options->reserved_slots > 0)
        return attempt(devices, options, &none, &begin);
    return run_steps(devices, options, &none, &begin);
}

/* ---- the list ------------------------------------------------------------------------------- */

static gint
compare_kept(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(((const KeptAddress *)a)->device, ((const KeptAddress *)b)->device);
}

GArray *
address_list(const DomainDevices *devices)
{
    GArray *list = kept_address_list_new();
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        KeptAddress kept = {.address = device_address_format(&device->address)};

        if (kept.address == NULL)
            continue;
        kept.device = device_key(devices, device);
        kept.model = g_strdup(device_pci_controller_model(device));
        kept.is_planned = !device_address_equal(&device->address, &device->written);
        g_array_append_val(list, kept);
    }
    g_array_sort(list, compare_kept);
    return list;
}
