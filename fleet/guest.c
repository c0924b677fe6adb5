/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/guest.h>

static const char *const trait_names[] = {
    [GUEST_TRAIT_HOSTDEV_PCI] = "hostdev-pci",
    [GUEST_TRAIT_HOSTDEV_MDEV] = "hostdev-mdev",
    [GUEST_TRAIT_HOSTDEV_USB] = "hostdev-usb",
    [GUEST_TRAIT_HOSTDEV_SCSI] = "hostdev-scsi",
    [GUEST_TRAIT_HOSTDEV_VHOST_SCSI] = "hostdev-vhost-scsi",
    [GUEST_TRAIT_HOSTDEV_TEAMED] = "hostdev-teamed",
    [GUEST_TRAIT_HOSTDEV_OTHER] = "hostdev-other",
    [GUEST_TRAIT_INTERFACE_HOSTDEV] = "interface-hostdev",
    [GUEST_TRAIT_INTERFACE_DIRECT] = "interface-direct",
    [GUEST_TRAIT_INTERFACE_VDPA] = "interface-vdpa",
    [GUEST_TRAIT_INTERFACE_VHOST_USER] = "interface-vhost-user",
    [GUEST_TRAIT_DISK_LOCAL] = "disk-local",
    [GUEST_TRAIT_DISK_VOLUME] = "disk-volume",
    [GUEST_TRAIT_DISK_VHOST_USER] = "disk-vhost-user",
    [GUEST_TRAIT_DISK_NVME] = "disk-nvme",
    [GUEST_TRAIT_DISK_TRANSIENT] = "disk-transient",
    [GUEST_TRAIT_DISK_MIRROR] = "disk-mirror",
    [GUEST_TRAIT_DISK_CACHE] = "disk-cache",
    [GUEST_TRAIT_FILESYSTEM_PASSTHROUGH] = "filesystem-passthrough",
    [GUEST_TRAIT_FILESYSTEM_VIRTIOFS] = "filesystem-virtiofs",
    [GUEST_TRAIT_SHMEM] = "shmem",
    [GUEST_TRAIT_TPM_PASSTHROUGH] = "tpm-passthrough",
    [GUEST_TRAIT_TPM_EMULATOR] = "tpm-emulator",
    [GUEST_TRAIT_TPM_EXTERNAL] = "tpm-external",
    [GUEST_TRAIT_NVRAM] = "nvram",
    [GUEST_TRAIT_CHARDEV_HOST] = "chardev-host",
    [GUEST_TRAIT_HOST_DEVICE] = "host-device",
    [GUEST_TRAIT_HOST_FILE] = "host-file",
    [GUEST_TRAIT_HOST_ADDRESS] = "host-address",
    [GUEST_TRAIT_RESCTRL] = "resctrl",
    [GUEST_TRAIT_HUGEPAGES] = "hugepages",
    [GUEST_TRAIT_MEMORY_LOCKED] = "memory-locked",
    [GUEST_TRAIT_MEMORY_NVDIMM] = "memory-nvdimm",
    [GUEST_TRAIT_NUMA_STRICT] = "numa-strict",
    [GUEST_TRAIT_CPU_PINNED] = "cpu-pinned",
    [GUEST_TRAIT_SECLABEL_STATIC] = "seclabel-static",
    [GUEST_TRAIT_VIDEO_3D] = "video-3d",
    [GUEST_TRAIT_VIDEO_BLOB] = "video-blob",
    [GUEST_TRAIT_VIDEO_VHOST_USER] = "video-vhost-user",
    [GUEST_TRAIT_DEVICE_STATELESS] = "device-stateless",
    [GUEST_TRAIT_DEVICE_UNKNOWN] = "device-unknown",
    [GUEST_TRAIT_QEMU_COMMANDLINE] = "qemu-commandline",
    [GUEST_TRAIT_CLOCK_TSC] = "clock-tsc",
};
G_STATIC_ASSERT(G_N_ELEMENTS(trait_names) == GUEST_TRAIT_COUNT);

static void
clear_trait(gpointer data)
{
    g_free(((GuestTrait *)data)->detail);
}

Guest *
guest_new(void)
{
    Guest *guest = g_new0(Guest, 1);

    guest->cpu = cpu_definition_new(CPU_TYPE_GUEST);
    guest->hyperv_features = g_ptr_array_new_with_free_func(g_free);
    guest->needs = g_ptr_array_new_with_free_func(g_free);
    guest->traits = g_array_new(FALSE, TRUE, sizeof(GuestTrait));
    g_array_set_clear_func(guest->traits, clear_trait);
    return guest;
}

void
guest_free(Guest *guest)
{
    if (guest == NULL)
        return;
    g_free(guest->name);
    g_free(guest->uuid);
    g_free(guest->host);
    g_free(guest->machine);
    g_free(guest->type_name);
    g_free(guest->emulator);
    g_free(guest->os_type);
    cpu_definition_free(guest->cpu);
    g_ptr_array_unref(guest->hyperv_features);
    g_ptr_array_unref(guest->needs);
    g_free(guest->launch_security);
    g_array_unref(guest->traits);
    g_free(guest->xml);
    g_free(guest);
}

void
guest_add_trait(Guest *guest, GuestTraitKind kind, const char *detail, guint line)
{
    GuestTrait trait = {.kind = kind, .detail = g_strdup(detail), .line = line};

    g_array_append_val(guest->traits, trait);
}

const char *
guest_trait_name(GuestTraitKind kind)
{
    return trait_names[kind];
}
