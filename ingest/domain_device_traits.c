/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which devices of a guest bear on its migration: the end of each device makes traits of what
 * domain_device_facts.c found in it.
 *
 * Source: libvirt's documentation, "Domain XML format: Devices".
 */

#include "domain_reading.h"

#include <cpumodel/text_list.h>
#include <string.h>

void
domain_reading_need(DomainReading *reading, const char *what, const char *value)
{
    GPtrArray *needs = reading->guest->needs;

    if (value == NULL)
        return;
    char *need = g_strdup_printf("%s=%s", what, value);
    if (text_list_has(needs, need))
        g_free(need);
    else
        g_ptr_array_add(needs, need);
}

static const DeviceFacts *
facts_of(const XmlEvent *event)
{
    return &((DomainReading *)event->record)->device;
}

typedef struct {
    const char *word; /* NULL ends a table */
    GuestTraitKind kind;
} TraitWord;

/* The kind that WORD stands for; DEFAULT_KIND when the table lacks it. */
static GuestTraitKind
trait_for(const TraitWord *table, const char *word, GuestTraitKind default_kind)
{
    for (; word != NULL && table->word != NULL; table++) {
        if (strcmp(table->word, word) == 0)
            return table->kind;
    }
    return default_kind;
}

/* "TARGET: SOURCE", or the one there is. */
static void
add_trait(const XmlEvent *event, GuestTraitKind kind, const char *target, const char *source)
{
    DomainReading *reading = event->record;
    g_autofree char *both = NULL;

    if (kind == GUEST_TRAIT_COUNT)
        return;
    if (target != NULL && source != NULL)
        both = g_strdup_printf("%s: %s", target, source);
    guest_add_trait(reading->guest, kind, both != NULL ? both : (target != NULL ? target : source),
                    reading->device.line);
}

/* What libvirt or the host has for itself: whatever the device is. */
static void
add_common_traits(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (facts->secret != NULL)
        add_trait(event, GUEST_TRAIT_SECRET, facts->target, facts->secret);
    if (facts->listen != NULL)
        add_trait(event, GUEST_TRAIT_HOST_ADDRESS, NULL, facts->listen);
    if (facts->rom != NULL)
        add_trait(event, GUEST_TRAIT_HOST_FILE, NULL, facts->rom);
    if (facts->filter != NULL)
        add_trait(event, GUEST_TRAIT_NETWORK_FILTER, NULL, facts->filter);
}

static void
end_disk(const XmlEvent *event)
{
    static const TraitWord types[] = {
        {"file", GUEST_TRAIT_DISK_LOCAL},
        {"block", GUEST_TRAIT_DISK_LOCAL},
        {"dir", GUEST_TRAIT_DISK_LOCAL},
        {"volume", GUEST_TRAIT_DISK_VOLUME},
        {"nvme", GUEST_TRAIT_DISK_NVME},
        {"vhostuser", GUEST_TRAIT_DISK_VHOST_USER},
        {"vhostvdpa", GUEST_TRAIT_DISK_VHOST_USER},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);
    const char *type = facts->type == NULL ? "file" : facts->type;
    GuestTraitKind kind = trait_for(types, type, GUEST_TRAIT_COUNT);

    domain_reading_need(event->record, "disk.bus", facts->bus);
    if (facts->is_mirrored)
        add_trait(event, GUEST_TRAIT_DISK_MIRROR, facts->target, NULL);
    if (g_strcmp0(facts->bus, "nvme") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "disk on an NVMe controller", facts->target);
    /* A drive without a medium has nothing that could be lacking elsewhere. */
    if (facts->source == NULL)
        return;
    add_trait(event, kind, facts->target, facts->source);
    add_common_traits(event);
    if (facts->format != NULL)
        add_trait(event, GUEST_TRAIT_DISK_FORMAT, facts->target, facts->format);
    if (facts->socket != NULL)
        add_trait(event, GUEST_TRAIT_DISK_SOCKET, facts->target, facts->socket);
    if (facts->backing != NULL && kind != GUEST_TRAIT_DISK_LOCAL)
        add_trait(event, GUEST_TRAIT_DISK_LOCAL, facts->target, facts->backing);
    if (facts->is_transient)
        add_trait(event, GUEST_TRAIT_DISK_TRANSIENT, facts->target, NULL);
    if (kind == GUEST_TRAIT_DISK_LOCAL && !facts->is_readonly && !facts->is_shareable &&
        g_strcmp0(facts->cache, "none") != 0 && g_strcmp0(facts->cache, "directsync") != 0)
        add_trait(event, GUEST_TRAIT_DISK_CACHE, facts->target,
                  facts->cache == NULL ? "default" : facts->cache);
}

/* Is an interface of TYPE a tap device of the host's kernel, whose offloads the guest sees? */
static gboolean
is_tap(const char *type)
{
    static const char *const types[] = {"bridge", "direct", "ethernet", "network", NULL};

    return type != NULL && g_strv_contains(types, type);
}

static void
end_interface(const XmlEvent *event)
{
    static const TraitWord types[] = {
        {"hostdev", GUEST_TRAIT_INTERFACE_HOSTDEV},
        {"direct", GUEST_TRAIT_INTERFACE_DIRECT},
        {"vdpa", GUEST_TRAIT_INTERFACE_VDPA},
        {"vhostuser", GUEST_TRAIT_INTERFACE_VHOST_USER},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);
    const GuestTraitKind kind = trait_for(types, facts->type, GUEST_TRAIT_COUNT);

    add_trait(event,
              kind == GUEST_TRAIT_INTERFACE_HOSTDEV && facts->is_teamed ? GUEST_TRAIT_HOSTDEV_TEAMED
                                                                        : kind,
              NULL, facts->source);
    add_common_traits(event);
    if (g_strcmp0(facts->model, "usb-net") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "USB network card", NULL);
    if (facts->model != NULL && g_str_has_prefix(facts->model, "virtio") && is_tap(facts->type))
        domain_reading_need(event->record, "interface.model", "virtio");
    /* libvirt neither makes the tap device then nor starts without it */
    if (g_strcmp0(facts->type, "ethernet") == 0 && facts->is_unmanaged)
        add_trait(event, GUEST_TRAIT_HOST_DEVICE, NULL, facts->target);
    if (facts->script != NULL)
        add_trait(event, GUEST_TRAIT_HOST_FILE, NULL, facts->script);
}

static void
end_hostdev(const XmlEvent *event)
{
    static const TraitWord types[] = {
        {"pci", GUEST_TRAIT_HOSTDEV_PCI},
        {"mdev", GUEST_TRAIT_HOSTDEV_MDEV},
        {"usb", GUEST_TRAIT_HOSTDEV_USB},
        {"scsi", GUEST_TRAIT_HOSTDEV_SCSI},
        {"scsi_host", GUEST_TRAIT_HOSTDEV_VHOST_SCSI},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);
    const GuestTraitKind kind = trait_for(types, facts->type, GUEST_TRAIT_HOSTDEV_OTHER);

    add_trait(event,
              kind == GUEST_TRAIT_HOSTDEV_PCI && facts->is_teamed ? GUEST_TRAIT_HOSTDEV_TEAMED
                                                                  : kind,
              NULL, facts->source);
    add_common_traits(event);
    if (g_strcmp0(facts->model, "vfio-ap") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "adapter of the host for cryptography (AP)",
                  NULL);
    else if (g_strcmp0(facts->model, "vfio-ccw") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "channel I/O device of the host (CCW)",
                  NULL);
}

static void
end_filesystem(const XmlEvent *event)
{
    static const TraitWord drivers[] = {
        {"mtp", GUEST_TRAIT_HOST_FILE},
        {"virtiofs", GUEST_TRAIT_FILESYSTEM_VIRTIOFS},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);

    add_trait(event, trait_for(drivers, facts->driver, GUEST_TRAIT_FILESYSTEM_PASSTHROUGH),
              facts->target, facts->source);
    if (g_strcmp0(facts->driver, "virtiofs") == 0 || g_strcmp0(facts->driver, "mtp") == 0)
        domain_reading_need(event->record, "filesystem.driverType", facts->driver);
    if (g_strcmp0(facts->driver, "mtp") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "USB media device (MTP)", NULL);
}

/* libvirt migrates a shared memory device only as the master, and never the legacy model. */
static void
end_shmem(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);
    gboolean is_legacy = facts->model == NULL || strcmp(facts->model, "ivshmem") == 0;

    if (is_legacy || g_strcmp0(facts->role, "master") != 0)
        add_trait(event, GUEST_TRAIT_SHMEM, facts->name, NULL);
    if (facts->socket != NULL)
        add_trait(event, GUEST_TRAIT_CHARDEV_HOST, NULL, facts->socket);
}

static void
end_tpm(const XmlEvent *event)
{
    static const TraitWord backends[] = {
        {"passthrough", GUEST_TRAIT_TPM_PASSTHROUGH},
        {"emulator", GUEST_TRAIT_TPM_EMULATOR},
        {"external", GUEST_TRAIT_TPM_EXTERNAL},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);

    add_trait(event, trait_for(backends, facts->type, GUEST_TRAIT_COUNT), NULL, facts->model);
    add_common_traits(event);
    domain_reading_need(event->record, "tpm.model", facts->model);
    domain_reading_need(event->record, "tpm.backendModel", facts->type);
    domain_reading_need(event->record, "tpm.backendVersion", facts->version);
}

static void
end_chardev(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);
    const gboolean is_socket =
        g_strcmp0(facts->type, "unix") == 0 && g_strcmp0(facts->source_mode, "connect") == 0;

    /* QEMU does not start where a device or pipe is not there, or nobody listens on the socket */
    if (is_socket || g_strcmp0(facts->type, "dev") == 0 || g_strcmp0(facts->type, "pipe") == 0)
        add_trait(event, GUEST_TRAIT_CHARDEV_HOST, NULL, facts->source);
    if (g_strcmp0(facts->type, "qemu-vdagent") == 0)
        add_trait(event, GUEST_TRAIT_CHARDEV_VDAGENT, NULL, NULL);
    add_common_traits(event);
    if (g_strcmp0(facts->target_type, "usb-serial") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "USB serial port", NULL);
    /* libvirt lists no more than some types, whose presence depends on how QEMU was built */
    if (strcmp(event->name, "channel") == 0 && g_strcmp0(facts->type, "spicevmc") == 0)
        domain_reading_need(event->record, "channel.type", facts->type);
}

static void
end_memory_device(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (g_strcmp0(facts->model, "nvdimm") == 0 || g_strcmp0(facts->model, "virtio-pmem") == 0 ||
        g_strcmp0(facts->model, "sgx-epc") == 0)
        add_trait(event, GUEST_TRAIT_MEMORY_NVDIMM, facts->model, facts->source);
    if (facts->nodes != NULL)
        add_trait(event, GUEST_TRAIT_NUMA_STRICT, NULL, facts->nodes);
    if (facts->page_kib > BASE_PAGE_KIB) {
        g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT " KiB", facts->page_kib);

        add_trait(event, GUEST_TRAIT_DEVICE_HUGEPAGES, NULL, size);
    }
}

/* Its model is that of the first <model> in it. */
static void
end_video(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    domain_reading_need(event->record, "video.modelType", facts->model);
    if (g_strcmp0(facts->driver_name, "vhostuser") == 0)
        add_trait(event, GUEST_TRAIT_VIDEO_VHOST_USER, NULL, facts->model);
    else if (g_strcmp0(facts->model, "virtio") == 0 && facts->is_3d)
        add_trait(event, GUEST_TRAIT_VIDEO_3D, NULL, facts->model);
    if (facts->is_blob)
        add_trait(event, GUEST_TRAIT_VIDEO_BLOB, NULL, facts->model);
    if (facts->render_node != NULL)
        add_trait(event, GUEST_TRAIT_HOST_DEVICE, NULL, facts->render_node);
}

/* Devices of which QEMU saves nothing: these models of these elements; NULL: any model. */
static void
end_stateless(const XmlEvent *event)
{
    static const struct {
        const char *element, *model, *title;
    } rows[] = {
        {"sound", "usb", "USB sound card"},
        {"sound", "virtio", "virtio sound card"},
        {"crypto", NULL, "virtio crypto device"},
        {"controller", "nvme", "NVMe controller"},
        {"input", "passthrough", "input device of the host"},
        {"iommu", "amd", "AMD IOMMU"},
    };
    const DeviceFacts *facts = facts_of(event);
    /* a controller and an input device have what the others call a model as their type */
    const char *model = facts->model != NULL && facts->type == NULL ? facts->model : facts->type;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].element, event->name) == 0 &&
            (rows[i].model == NULL || g_strcmp0(rows[i].model, model) == 0))
            add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, rows[i].title, NULL);
}

static void
end_crypto(const XmlEvent *event)
{
    domain_reading_need(event->record, "crypto.model", facts_of(event)->model);
    domain_reading_need(event->record, "crypto.backendModel", facts_of(event)->driver);
    end_stateless(event);
}

static void
end_panic(const XmlEvent *event)
{
    domain_reading_need(event->record, "panic.model", facts_of(event)->model);
}

static void
end_graphics(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    domain_reading_need(event->record, "graphics.type", facts->type);
    if (facts->render_node != NULL)
        add_trait(event, GUEST_TRAIT_HOST_DEVICE, NULL, facts->render_node);
    add_common_traits(event);
}

/* Every host has the kernel's own source of random numbers, but not every one a card for them. */
static void
end_rng_backend(const XmlEvent *event)
{
    if (g_strcmp0(facts_of(event)->driver, "random") == 0 &&
        g_str_has_prefix(event->text, "/dev/") && strcmp(event->text, "/dev/random") != 0 &&
        strcmp(event->text, "/dev/urandom") != 0)
        add_trait(event, GUEST_TRAIT_HOST_DEVICE, NULL, event->text);
}

static void
end_rng(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (g_strcmp0(facts->source_mode, "connect") == 0 && facts->source != NULL)
        add_trait(event, GUEST_TRAIT_CHARDEV_HOST, NULL, facts->source);
    domain_reading_need(event->record, "rng.model", facts_of(event)->model);
    domain_reading_need(event->record, "rng.backendModel", facts_of(event)->driver);
}

/* QEMU's own devices of a passed-through kind are told of by end_stateless(). */
static void
end_input(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    end_stateless(event);
    if (g_strcmp0(facts->type, "evdev") == 0)
        add_trait(event, GUEST_TRAIT_HOST_DEVICE, NULL, facts->source);
}

static void
end_smartcard(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (facts->mode != NULL && g_str_has_prefix(facts->mode, "host"))
        add_trait(event, GUEST_TRAIT_HOST_DEVICE, NULL, "smart card");
}

static void
end_watchdog(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (g_strcmp0(facts->model, "itco") == 0)
        add_trait(event, GUEST_TRAIT_WATCHDOG_ITCO, NULL,
                  facts->action != NULL ? facts->action : "reset");
}

static void
start_unknown_device(const XmlEvent *event)
{
    guest_add_trait(((DomainReading *)event->record)->guest, GUEST_TRAIT_DEVICE_UNKNOWN,
                    event->name, xml_stream_line(event->stream));
}

static void
end_redirdev(const XmlEvent *event)
{
    (void)event;
    domain_reading_need(event->record, "redirdev.bus", "usb");
}

static void
end_emulator(const XmlEvent *event)
{
    Guest *guest = ((DomainReading *)event->record)->guest;

    g_free(guest->emulator);
    guest->emulator = *event->text == '\0' ? NULL : g_strdup(event->text);
}

/* ---- tables --------------------------------------------------------------------------------- */

static const XmlElement rng_children[] = {
    {"backend", .start = domain_device_start_backend, .end = end_rng_backend,
     .children = domain_rng_backend_children, .is_text = TRUE},
    {NULL},
};

const XmlElement domain_device_elements[] = {
    {"emulator", .end = end_emulator, .is_text = TRUE},
    {"disk", .start = domain_device_start, .end = end_disk, .children = domain_device_children},
    {"interface", .start = domain_device_start, .end = end_interface,
     .children = domain_device_children},
    {"hostdev", .start = domain_device_start, .end = end_hostdev,
     .children = domain_device_children},
    {"filesystem", .start = domain_device_start, .end = end_filesystem,
     .children = domain_device_children},
    {"shmem", .start = domain_device_start, .end = end_shmem, .children = domain_device_children},
    {"tpm", .start = domain_device_start, .end = end_tpm, .children = domain_device_children},
    {"serial", .start = domain_device_start, .end = end_chardev,
     .children = domain_device_children},
    {"parallel", .start = domain_device_start, .end = end_chardev,
     .children = domain_device_children},
    {"console", .start = domain_device_start, .end = end_chardev,
     .children = domain_device_children},
    {"channel", .start = domain_device_start, .end = end_chardev,
     .children = domain_device_children},
    {"memory", .start = domain_device_start, .end = end_memory_device,
     .children = domain_device_children},
    {"video", .start = domain_device_start, .end = end_video, .children = domain_device_children},
    {"graphics", .start = domain_device_start_graphics, .end = end_graphics,
     .children = domain_graphics_children},
    {"rng", .start = domain_device_start, .end = end_rng, .children = rng_children},
    {"panic", .start = domain_device_start, .end = end_panic},
    {"crypto", .start = domain_device_start, .end = end_crypto, .children = domain_device_children},
    {"sound", .start = domain_device_start, .end = end_stateless,
     .children = domain_device_children},
    {"controller", .start = domain_device_start, .end = end_stateless},
    {"input", .start = domain_device_start, .end = end_input, .children = domain_device_children},
    {"iommu", .start = domain_device_start, .end = end_stateless},
    {"redirdev", .start = domain_device_start, .end = end_redirdev},
    {"smartcard", .start = domain_device_start, .end = end_smartcard},
    {"vsock", .children = domain_vsock_children},
    {"watchdog", .start = domain_device_start, .end = end_watchdog},
    /* of these, nothing bears on a migration */
    {"audio", .start = NULL},
    {"hub", .start = NULL},
    {"lease", .start = NULL},
    {"memballoon", .start = NULL},
    {"nvram", .start = NULL},
    {"pstore", .start = NULL},
    {"redirfilter", .start = NULL},
    {"*", .start = start_unknown_device},
    {NULL},
};
