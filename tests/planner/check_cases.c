/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cases of each migration check but those of the CPU and of known-bad versions: the rows of one
 * together must show each of its answers and its silence.
 */
#include "check_cases.h"

#define DEFINE_TRAIT(name, kind, detail)                                                           \
    static void name(Guest *guest)                                                                 \
    {                                                                                              \
        guest_add_trait(guest, kind, detail, 1);                                                   \
    }

DEFINE_TRAIT(add_mdev, GUEST_TRAIT_HOSTDEV_MDEV, "c1f4b3a2")
DEFINE_TRAIT(add_scsi, GUEST_TRAIT_HOSTDEV_SCSI, NULL)
DEFINE_TRAIT(add_vhost_scsi, GUEST_TRAIT_HOSTDEV_VHOST_SCSI, NULL)
DEFINE_TRAIT(add_teamed, GUEST_TRAIT_HOSTDEV_TEAMED, "0000:01:00.0")
DEFINE_TRAIT(add_vf, GUEST_TRAIT_INTERFACE_HOSTDEV, NULL)
DEFINE_TRAIT(add_vhost_user_net, GUEST_TRAIT_INTERFACE_VHOST_USER, "/run/ovs/vhu1")
DEFINE_TRAIT(add_vhost_user_disk, GUEST_TRAIT_DISK_VHOST_USER, "vda")
DEFINE_TRAIT(add_nvme, GUEST_TRAIT_DISK_NVME, "vda")
DEFINE_TRAIT(add_transient, GUEST_TRAIT_DISK_TRANSIENT, "vda")
DEFINE_TRAIT(add_block_job, GUEST_TRAIT_DISK_MIRROR, "vda")
DEFINE_TRAIT(add_tpm_external, GUEST_TRAIT_TPM_EXTERNAL, "tpm-crb")
DEFINE_TRAIT(add_device_file, GUEST_TRAIT_HOST_DEVICE, "/dev/hwrng")
DEFINE_TRAIT(add_kernel, GUEST_TRAIT_HOST_FILE, "/boot/vmlinuz")
DEFINE_TRAIT(add_listen, GUEST_TRAIT_HOST_ADDRESS, "192.0.2.1")
DEFINE_TRAIT(add_cache_share, GUEST_TRAIT_RESCTRL, "cachetune")
DEFINE_TRAIT(add_unknown_device, GUEST_TRAIT_DEVICE_UNKNOWN, "warpdrive")
DEFINE_TRAIT(add_pins, GUEST_TRAIT_CPU_PINNED, "40-43,^41")
DEFINE_TRAIT(add_pins_but_the_last, GUEST_TRAIT_CPU_PINNED, "40-43,^43")
DEFINE_TRAIT(prefer_nodes, GUEST_TRAIT_NUMA_WEAK, "0-1")
DEFINE_TRAIT(add_vmdk, GUEST_TRAIT_DISK_FORMAT, "vda: vmdk")
DEFINE_TRAIT(add_nbd_socket, GUEST_TRAIT_DISK_SOCKET, "vda: /run/nbd")
DEFINE_TRAIT(ask_numad, GUEST_TRAIT_NUMAD, "numad")
DEFINE_TRAIT(filter_card, GUEST_TRAIT_NETWORK_FILTER, "clean-traffic")
DEFINE_TRAIT(add_secret, GUEST_TRAIT_SECRET, "vda: 1c5b")
DEFINE_TRAIT(add_dimm_in_pages, GUEST_TRAIT_DEVICE_HUGEPAGES, "1048576 KiB")
DEFINE_TRAIT(run_unconfined, GUEST_TRAIT_SECLABEL_NONE, NULL)
DEFINE_TRAIT(add_label_without_model, GUEST_TRAIT_SECLABEL_STATIC, NULL)
DEFINE_TRAIT(add_vdagent, GUEST_TRAIT_CHARDEV_VDAGENT, NULL)
DEFINE_TRAIT(add_shares, GUEST_TRAIT_CPU_SHARES, "16384")
DEFINE_TRAIT(add_itco, GUEST_TRAIT_WATCHDOG_ITCO, "reset")
DEFINE_TRAIT(add_itco_that_stops, GUEST_TRAIT_WATCHDOG_ITCO, "poweroff")
DEFINE_TRAIT(add_3d, GUEST_TRAIT_VIDEO_3D, "virtio")
DEFINE_TRAIT(add_blob, GUEST_TRAIT_VIDEO_BLOB, "virtio")
DEFINE_TRAIT(add_vhost_user_video, GUEST_TRAIT_VIDEO_VHOST_USER, "virtio")
DEFINE_TRAIT(add_usb_sound, GUEST_TRAIT_DEVICE_STATELESS, "USB sound card")
DEFINE_TRAIT(add_arguments, GUEST_TRAIT_QEMU_COMMANDLINE, "-device edu")
DEFINE_TRAIT(add_volume, GUEST_TRAIT_DISK_VOLUME, "vda: images")
DEFINE_TRAIT(add_locked, GUEST_TRAIT_MEMORY_LOCKED, NULL)
DEFINE_TRAIT(add_nodes, GUEST_TRAIT_NUMA_STRICT, "0-1")
DEFINE_TRAIT(add_nodes_but_one, GUEST_TRAIT_NUMA_STRICT, "0-2,^2")

static void
add_near_and_far_pins(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_CPU_PINNED, "0-1", 1);
    add_pins(guest);
    guest_add_trait(guest, GUEST_TRAIT_CPU_PINNED, "2", 1);
}

static void
add_near_and_far_nodes(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_NUMA_STRICT, "0", 1);
    guest_add_trait(guest, GUEST_TRAIT_NUMA_STRICT, "1", 1);
}

static void
add_pci(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HOSTDEV_PCI, "0000:01:00.0", 1);
}

static void
add_usb(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HOSTDEV_USB, NULL, 1);
}

static void
use_late_hyperv(Guest *guest)
{
    g_ptr_array_add(guest->hyperv_features, g_strdup("xmm_input"));
}

static void
use_hyperv_ipi(Guest *guest)
{
    g_ptr_array_add(guest->hyperv_features, g_strdup("ipi"));
}

static void
use_reenlightenment(Guest *guest)
{
    g_ptr_array_add(guest->hyperv_features, g_strdup("reenlightenment"));
}

static void
use_reenlightenment_at_fixed_tsc(Guest *guest)
{
    use_reenlightenment(guest);
    guest->tsc_hz = 2100000000;
}

static void
use_qxl(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("video.modelType=qxl"));
}

static void
use_tpm_crb(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("tpm.model=tpm-crb"));
}

static void
use_egl(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("graphics.type=egl-headless"));
}

static void
use_efi(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("os.firmware=efi"));
}

static void
use_loader(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("os.loader=/usr/share/OVMF/OVMF_CODE.fd"));
}

static void
add_vdpa(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_INTERFACE_VDPA, NULL, 1);
}

static void
add_macvtap(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_INTERFACE_DIRECT, "eno1", 1);
}

static void
add_cached_disk(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_DISK_CACHE, "vda", 1);
}

static void
add_local_disk(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_DISK_LOCAL, "vda", 1);
}

static void
add_9p(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_FILESYSTEM_PASSTHROUGH, NULL, 1);
}

static void
add_virtiofs(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_FILESYSTEM_VIRTIOFS, NULL, 1);
}

static void
add_shmem(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_SHMEM, NULL, 1);
}

static void
add_tpm_passthrough(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_TPM_PASSTHROUGH, NULL, 1);
}

static void
add_tpm_emulator(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_TPM_EMULATOR, NULL, 1);
}

static void
add_nvram(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_NVRAM, NULL, 1);
}

static void
add_nvdimm(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_MEMORY_NVDIMM, NULL, 1);
}

static void
add_hugepages(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HUGEPAGES, NULL, 1);
}

static void
add_gigabyte_pages(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HUGEPAGES, "1048576 KiB", 1);
}

static void
add_two_page_sizes(Guest *guest)
{
    add_gigabyte_pages(guest);
    guest_add_trait(guest, GUEST_TRAIT_HUGEPAGES, "2048 KiB", 1);
}

static void
add_pages_and_nvram(Guest *guest)
{
    add_hugepages(guest);
    add_nvram(guest);
}

static void
add_static_label(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_SECLABEL_STATIC, "apparmor", 1);
}

static void
fix_tsc(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_CLOCK_TSC, NULL, 1);
    guest->tsc_hz = 2100000000;
}

static void
add_hyperv(Guest *guest)
{
    g_ptr_array_add(guest->hyperv_features, g_strdup("vapic"));
}

static void
pass_hyperv(Guest *guest)
{
    guest->is_hyperv_passthrough = TRUE;
}

static void
secure(Guest *guest)
{
    guest->launch_security = g_strdup("sev");
}

static void
fix_emulator(Guest *guest)
{
    guest->emulator = g_strdup("/usr/local/bin/qemu");
}

static void
fix_found_emulator(Guest *guest)
{
    guest->emulator = g_strdup("/usr/bin/qemu-system-x86_64");
}

static void
be_i686(Guest *guest)
{
    guest->arch = CPU_ARCH_I686;
    fix_found_emulator(guest);
}

static void
be_xen(Guest *guest)
{
    guest->domain_type = DOMAIN_TYPE_OTHER;
    guest->type_name = g_strdup("xen");
}

static void
be_aarch64(Guest *guest)
{
    guest->arch = CPU_ARCH_AARCH64;
}

static void
want_300_vcpus(Guest *guest)
{
    guest->n_vcpus = 300;
}

static void
want_200_vcpus(Guest *guest)
{
    guest->n_vcpus = 200;
}

static void
want_255_vcpus(Guest *guest)
{
    guest->n_vcpus = 255;
}

static void
want_256_vcpus(Guest *guest)
{
    guest->n_vcpus = 256;
}

static void
use_gic(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("gic.version=2"));
}

static void
use_ide(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("disk.bus=ide"));
}

static void
use_varstore(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("varstore.state=yes"));
}

static void
use_secure_boot(Guest *guest)
{
    g_ptr_array_add(guest->needs, g_strdup("loader.secure=yes"));
}

static void
drop_machine(Guest *guest)
{
    g_clear_pointer(&guest->machine, g_free);
}

/* clang-format off */
const CheckCase other_check_cases[] = {
    {.check = "hyperv", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .hyperv = "relaxed"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = pass_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .hyperv = "relaxed vapic"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    /* a libvirt that lists none: the versions tell */
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0 kernel=5.15.0-91-generic"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0 kernel=4.18.0-553.el8.x86_64"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0 kernel=4.15"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .software = "QEMU=3.1.0 kernel=5.15"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0 kernel=5.15"}, .guest = {.name = "g", CUSTOM}, .adapt = use_late_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0 kernel=4.18.0-553.el8.x86_64"}, .guest = {.name = "g", CUSTOM}, .adapt = use_hyperv_ipi},
    {.check = "hyperv", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .hyperv = "relaxed", .software = "QEMU=6.2.0 kernel=5.15"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .software = "QEMU=6.2.0 kernel=5.15"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv, .is_start = TRUE},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .hyperv = "reenlightenment"}, .guest = {.name = "g", CUSTOM}, .adapt = use_reenlightenment},
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .hyperv = "reenlightenment"}, .guest = {.name = "g", CUSTOM}, .adapt = use_reenlightenment, .is_start = TRUE},
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .hyperv = "reenlightenment"}, .guest = {.name = "g", CUSTOM}, .adapt = use_reenlightenment_at_fixed_tsc},
    {.check = "launch-security", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .launch = "sev"}, .guest = {.name = "g", CUSTOM}, .adapt = secure},
    {.check = "launch-security", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .launch = "tdx"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = secure},
    {.check = "launch-security", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = secure},
    {.check = "launch-security", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .launch = "sev"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = secure},
    {.check = "arch", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g"}, .adapt = be_aarch64},
    {.check = "arch", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g"}},
    {.check = "domain-type", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .domain_types = "qemu"}, .guest = {.name = "g", CUSTOM}},
    {.check = "domain-type", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "machine-type", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .machines = "pc-q35-7.2"}, .guest = {.name = "g", CUSTOM}},
    {.check = "machine-type", .expected = VERDICT_NO, .from = {HOST, .machines = "pc-q35-9.0"}, .to = {HOST, .machines = "pc-q35-7.2"}, .subject = SUBJECT_HOST_MODEL},
    {.check = "machine-type", .expected = VERDICT_WARN, .from = {HOST, .machines = "pc-q35-7.2 pc-q35-9.0"}, .to = {HOST, .machines = "pc-q35-7.2"}, .subject = SUBJECT_HOST_MODEL},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .machines = ""}, .guest = {.name = "g", CUSTOM}},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = drop_machine},
    {.check = "machine-type", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .machines = "pc-q35-8.2"}, .guest = {.name = "g", CUSTOM}},
    {.check = "machine-alias", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .machines = "pc-q35-8.2 q35=pc-q35-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "q35"}},
    {.check = "machine-alias", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .machine = "q35"}},
    {.check = "machine-alias", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "machine-deprecated", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .machines = "pc-q35-6.2 pc-q35-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-6.2"}},
    {.check = "machine-deprecated", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.0"}},
    {.check = "machine-expiring", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .machines = "pc-q35-4.1 pc-q35-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-4.1"}},
    {.check = "machine-expiring", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .machines = "pc-q35-6.2 pc-q35-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-6.2"}},
    {.check = "qemu-version", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .machines = "pc-q35-8.2"}, .guest = {.name = "g", CUSTOM}},
    {.check = "qemu-version", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "qemu=9.0.1", .told_to = "qemu=9.0.1"},
    {.check = "qemu-version", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "qemu=9.0.2", .told_to = "qemu=9.0.1"},
    {.check = "qemu-version", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-8.2"}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    /* a machine type without a version is that of QEMU's release, which "9" does not tell */
    {.check = "machine-type", .expected = VERDICT_WARN, .from = {HOST, .machines = "microvm pc-q35-9.0"}, .to = {HOST, .machines = "microvm pc-q35-9.0"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "microvm pc-q35-9.0"}, .to = {HOST, .machines = "microvm pc-q35-9.1"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "microvm"}, .to = {HOST, .machines = "microvm"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}},
    {.check = "machine-type", .expected = VERDICT_WARN, .from = {HOST, .machines = "microvm"}, .to = {HOST, .machines = "microvm"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}, .told_from = "qemu=9.2", .told_to = "qemu=9.2"},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "microvm"}, .to = {HOST, .machines = "microvm"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}, .told_from = "qemu=9", .told_to = "qemu=9.0"},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "microvm"}, .to = {HOST, .machines = "microvm"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}, .told_from = "qemu=9.0", .told_to = "qemu=9"},
    {.check = "machine-type", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "microvm"}, .to = {HOST, .machines = "microvm"}, .guest = {.name = "g", CUSTOM, .machine = "microvm"}, .told_from = "qemu=9", .told_to = "qemu=9"},
    {.check = "emulator", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_emulator},
    {.check = "machine-type", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .machines = "pc-q35-7.2"}, .guest = {.name = "g", CUSTOM}, .adapt = fix_emulator},
    {.check = "emulator", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_i686},
    {.check = "arch", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_i686},
    {.check = "machine-type", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_i686},
    {.check = "domain-type", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_xen},
    {.check = "domain-type", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .domain_types = "kvm other"}, .guest = {.name = "g", CUSTOM}, .adapt = be_xen},
    /* what KVM gives is not what another hypervisor gives */
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "umip"}, .to = {HOST, .domain_types = "kvm other"}, .guest = {.name = "g", CUSTOM, .features = "umip"}, .adapt = be_xen},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "umip"}, .to = {HOST, .domain_types = "kvm other"}, .guest = {.name = "g", CUSTOM, .features = "umip"}},
    {.check = "emulator", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_found_emulator},
    {.check = "vcpus", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = want_300_vcpus},
    {.check = "vcpus", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "vcpus", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = want_255_vcpus},
    {.check = "vcpus", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = want_256_vcpus},
    {.check = "vcpus", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .max_vcpus = 128}, .guest = {.name = "g", CUSTOM}, .adapt = want_200_vcpus},
    {.check = "vcpus", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .max_vcpus = 240}, .guest = {.name = "g", CUSTOM}, .adapt = want_200_vcpus},
    {.check = "vcpus", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .max_vcpus = 128, .machines = "pc-i440fx-8.2 pc-q35-9.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-i440fx-8.2"}, .adapt = want_200_vcpus},
    {.check = "vcpus", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .max_vcpus = 128, .machines = "pc-q35-9.0 pc-q35-9.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.1"}, .adapt = want_200_vcpus},
    {.check = "firmware", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .offers = "os.firmware=bios", .machines = "pc-i440fx-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-i440fx-8.2"}, .adapt = use_efi},
    {.check = "firmware", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .offers = "loader.secure=no"}, .guest = {.name = "g", CUSTOM}, .adapt = use_secure_boot},
    {.check = "firmware", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .offers = "varstore.state=no"}, .guest = {.name = "g", CUSTOM}, .adapt = use_varstore},
    {.check = "firmware", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .offers = "os.firmware=efi"}, .guest = {.name = "g", CUSTOM}, .adapt = use_varstore},
    {.check = "firmware", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "varstore.state=yes"}, .guest = {.name = "g", CUSTOM}, .adapt = use_varstore},
    {.check = "firmware", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = use_varstore},
    {.check = "firmware", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "varstore.state=no", .machines = "pc-i440fx-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-i440fx-8.2"}, .adapt = use_varstore},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "disk.bus=scsi,virtio", .machines = "pc-i440fx-8.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-i440fx-8.2"}, .adapt = use_ide},
    {.check = "device-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .offers = "disk.bus=scsi,virtio"}, .guest = {.name = "g", CUSTOM}, .adapt = use_ide},
    {.check = "device-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .offers = "gic.version=3"}, .guest = {.name = "g", CUSTOM}, .adapt = use_gic},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "gic.version=2,3"}, .guest = {.name = "g", CUSTOM}, .adapt = use_gic},
    {.check = "unmigratable-device", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_3d},
    {.check = "unmigratable-device", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_3d},
    {.check = "unmigratable-device", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vhost_user_video},
    {.check = "unmigratable-device", .expected = VERDICT_NO, .from = {HOST, .machines = "pc-q35-8.1"}, .to = {HOST, .machines = "pc-q35-8.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-8.1"}, .adapt = add_blob},
    {.check = "unmigratable-device", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_blob},
    {.check = "unmigratable-device", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_usb_sound},
    {.check = "unmigratable-device", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-10.1"}, .to = {HOST, .machines = "pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-10.1"}, .adapt = add_usb_sound},
    {.check = "unmigratable-device", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vdagent},
    {.check = "unmigratable-device", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-10.1"}, .to = {HOST, .machines = "pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-10.1"}, .adapt = add_vdagent},
    {.check = "device-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_itco_that_stops, .told_to = "libvirt=9.0"},
    {.check = "device-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_itco, .told_to = "libvirt=9.0", .is_start = TRUE},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_itco, .told_to = "libvirt=9.0"},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_itco_that_stops, .told_to = "libvirt=9.1"},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_shares},
    {.check = "qemu-commandline", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_arguments},
    {.check = "qemu-commandline", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "storage", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_volume},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .huge_pages = "2048:2047 1048576:3"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_hugepages},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .huge_pages = "2048:0 1048576:4"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_hugepages},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .huge_pages = ""}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_hugepages},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_device_file},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_cache_share},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_listen},
    {.check = "storage", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_kernel},
    {.check = "storage", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vmdk},
    {.check = "storage", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_vmdk},
    {.check = "storage", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_nbd_socket},
    {.check = "storage", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_block_job},
    {.check = "storage", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_block_job},
    {.check = "tpm", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_tpm_external},
    {.check = "device-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_unknown_device},
    {.check = "firmware", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .offers = "os.firmware="}, .guest = {.name = "g", CUSTOM}, .adapt = use_efi},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .huge_pages = "2048:4096"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_gigabyte_pages},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .huge_pages = "2048:4096 1048576:3"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_gigabyte_pages},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .huge_pages = "2048:4096 1048576:4"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_gigabyte_pages},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .huge_pages = ""}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .is_start = TRUE, .adapt = add_gigabyte_pages},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .huge_pages = "2048:1 1048576:1"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_two_page_sizes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_gigabyte_pages},
    {.check = "live-migration", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .transports = "-"}, .guest = {.name = "g", CUSTOM}},
    {.check = "live-migration", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .transports = "?"}, .guest = {.name = "g", CUSTOM}},
    {.check = "live-migration", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .transports = "-"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "transport", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .transports = "rdma"}, .guest = {.name = "g", CUSTOM}},
    {.check = "transport", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .transports = ""}, .guest = {.name = "g", CUSTOM}},
    {.check = "transport", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "security-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}, .adapt = add_static_label},
    {.check = "security-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}, .adapt = add_static_label, .is_start = TRUE},
    {.check = "security-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}},
    {.check = "security-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .security = "none"}, .guest = {.name = "g", CUSTOM}},
    {.check = "security-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .security = "selinux"}, .subject = SUBJECT_TEMPLATE},
    {.check = "security-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "security-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}, .adapt = run_unconfined},
    {.check = "security-model", .expected = VERDICT_UNKNOWN, .from = {HOST, .security = "none"}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}, .adapt = add_label_without_model},
    {.check = "security-model", .expected = VERDICT_WARN, .from = {HOST, .security = "none"}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}},
    {.check = "security-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_static_label},
    {.check = "tsc-unfixed", .expected = VERDICT_NO, .from = {HOST, .features = "invtsc"}, .to = {HOST, .features = "invtsc"}, .guest = {.name = "g", CUSTOM, .features = "invtsc"}},
    {.check = "tsc-unfixed", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "tsc-frequency", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .tsc_hz = 2000000000, .tsc_scaling = CPU_SWITCH_OFF}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "tsc-frequency", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .tsc_hz = 2000000000}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "tsc-frequency", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "tsc-frequency", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .tsc_hz = 2100500000, .tsc_scaling = CPU_SWITCH_OFF}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "tsc-frequency", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .tsc_hz = 2600000000, .tsc_scaling = CPU_SWITCH_ON}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "tsc-frequency", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .tsc_hz = 1700000000, .tsc_scaling = CPU_SWITCH_ON}, .guest = {.name = "g", CUSTOM}, .adapt = fix_tsc},
    {.check = "hostdev", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_usb},
    {.check = "hostdev", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "network-device", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_macvtap},
    {.check = "network-device", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "storage", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-3.1"}, .to = {HOST, .machines = "pc-q35-3.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-3.1"}, .adapt = add_cached_disk},
    {.check = "storage", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_local_disk},
    {.check = "storage", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_cached_disk},
    {.check = "filesystem", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_9p},
    {.check = "filesystem", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_virtiofs},
    {.check = "filesystem", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "shared-memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_shmem},
    {.check = "shared-memory", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "tpm", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_tpm_passthrough},
    {.check = "tpm", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_tpm_emulator},
    {.check = "tpm", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "firmware-state", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_nvram},
    {.check = "firmware-state", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_nvdimm},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_hugepages},
    {.check = "host-resource", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "same-host", .expected = VERDICT_NO, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u1"}, .guest = {.name = "g", CUSTOM}},
    {.check = "same-host", .expected = VERDICT_NO, .from = {HOST, .uuid = "u1", .tsc_hz = 2100000000}, .to = {HOST, .uuid = "u1"}, .subject = SUBJECT_TEMPLATE},
    {.check = "same-host", .expected = VERDICT_NO, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u1"}, .subject = SUBJECT_TEMPLATE},
    {.check = "same-host", .expected = VERDICT_YES, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u2"}, .guest = {.name = "g", CUSTOM}},
    {.check = "same-host", .expected = VERDICT_YES, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u1"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "name-taken", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .uuid = "u1"}, .neighbour = {.name = "h", CUSTOM, .uuid = "u1"}},
    {.check = "name-taken", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .uuid = "u1"}, .neighbour = {.name = "h", CUSTOM, .uuid = "u1"}, .is_start = TRUE},
    {.check = "name-taken", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .uuid = "u1"}, .neighbour = {.name = "gg", CUSTOM, .uuid = "u11"}},
    {.check = "port-taken", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .screen_port = 5901}, .neighbour = {.name = "h", CUSTOM, .screen_port = 5901}},
    {.check = "port-taken", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .screen_port = 5901}, .neighbour = {.name = "h", CUSTOM, .chosen_port = 5901}, .is_start = TRUE},
    {.check = "port-taken", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .screen_port = 5901}, .neighbour = {.name = "h", CUSTOM, .screen_port = 5901, .is_shut_off = TRUE}},
    {.check = "port-taken", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .screen_port = 5901}, .neighbour = {.name = "h", CUSTOM, .screen_port = 590}},
    {.check = "port-taken", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .screen_port = 5901}, .neighbour = {.name = "h", CUSTOM, .vsock_cid = 5901}},
    {.check = "port-taken", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .chosen_port = 5901}, .neighbour = {.name = "h", CUSTOM, .screen_port = 5901}},
    {.check = "cid-taken", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .vsock_cid = 3}, .neighbour = {.name = "h", CUSTOM, .vsock_cid = 3}},
    {.check = "cid-taken", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .vsock_cid = 3}, .neighbour = {.name = "h", CUSTOM, .vsock_cid = 3, .is_shut_off = TRUE}},
    {.check = "cid-taken", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .vsock_cid = 3}, .neighbour = {.name = "h", CUSTOM, .vsock_cid = 33}},
    {.check = "memory", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}},
    {.check = "memory", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}, .is_start = TRUE},
    {.check = "memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}, .is_start = TRUE, .adapt = add_hugepages},
    {.check = "memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}, .is_start = TRUE, .adapt = add_locked},
    {.check = "memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}, .is_start = TRUE, .adapt = add_pages_and_nvram},
    {.check = "memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}, .is_start = TRUE, .adapt = add_vf},
    {.check = "memory", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 128}},
    {.check = "memory", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .memory_gib = G_MAXUINT}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .n_cpus = 32}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .n_cpus = 64}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .n_cpus = 40}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .n_cpus = 41}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .n_cpus = 43}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins_but_the_last},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .n_cpus = 32}, .guest = {.name = "g", CUSTOM}, .adapt = add_near_and_far_pins},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .n_numa_cells = 1}, .guest = {.name = "g", CUSTOM}, .adapt = add_near_and_far_nodes},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .huge_pages = "2048:4096"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_dimm_in_pages},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .huge_pages = "2048:4096 1048576:1"}, .guest = {.name = "g", CUSTOM, .memory_gib = 4}, .adapt = add_dimm_in_pages},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_secret},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = ask_numad},
    {.check = "network-device", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = filter_card},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .n_numa_cells = 1}, .guest = {.name = "g", CUSTOM}, .adapt = prefer_nodes},
    {.check = "host-resource", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .n_numa_cells = 2}, .guest = {.name = "g", CUSTOM}, .adapt = prefer_nodes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .n_cpus = G_MAXUINT}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST, .n_numa_cells = 2}, .to = {HOST, .n_numa_cells = 1}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST, .n_numa_cells = 2}, .to = {HOST, .n_numa_cells = 2}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST, .n_numa_cells = 2}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST, .n_numa_cells = 3}, .to = {HOST, .n_numa_cells = 2}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes_but_one},
    {.check = "device-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .offers = "video.modelType=vga,virtio"}, .guest = {.name = "g", CUSTOM}, .adapt = use_qxl},
    {.check = "device-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .offers = "tpm.supported=no"}, .guest = {.name = "g", CUSTOM}, .adapt = use_tpm_crb},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "graphics.type=vnc,spice"}, .guest = {.name = "g", CUSTOM}, .adapt = use_egl},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "video.modelType=vga,qxl"}, .guest = {.name = "g", CUSTOM}, .adapt = use_qxl},
    {.check = "device-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = use_qxl},
    {.check = "firmware", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .offers = "os.firmware=bios"}, .guest = {.name = "g", CUSTOM}, .adapt = use_efi},
    {.check = "firmware", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .offers = "os.loader=/usr/share/edk2/ovmf/OVMF_CODE.fd"}, .guest = {.name = "g", CUSTOM}, .adapt = use_loader},
    {.check = "firmware", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "os.loader=/usr/share/OVMF/OVMF_CODE.fd"}, .guest = {.name = "g", CUSTOM}, .adapt = use_loader},
    {.check = "firmware", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .offers = "os.firmware=bios,efi"}, .guest = {.name = "g", CUSTOM}, .adapt = use_efi},
    {.check = "hostdev", .expected = VERDICT_NO, .from = {HOST, .machines = "pc-q35-8.0"}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-8.0"}, .adapt = add_pci},
    {.check = "hostdev", .expected = VERDICT_NO, .from = {HOST, .machines = "pc-q35-8.0"}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-8.0"}, .adapt = add_mdev},
    {.check = "hostdev", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_pci},
    {.check = "hostdev", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_scsi},
    {.check = "hostdev", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vhost_scsi},
    {.check = "hostdev", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-rhel9.4.0"}, .to = {HOST, .machines = "pc-q35-rhel9.4.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.4.0"}, .adapt = add_pci},
    {.check = "hostdev", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_teamed},
    {.check = "network-device", .expected = VERDICT_NO, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}, .adapt = add_vf},
    {.check = "network-device", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vf},
    {.check = "network-device", .expected = VERDICT_NO, .from = {HOST, .machines = "pc-q35-5.2"}, .to = {HOST, .machines = "pc-q35-5.2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-5.2"}, .adapt = add_vdpa},
    {.check = "network-device", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vdpa},
    {.check = "network-device", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vhost_user_net},
    {.check = "storage", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_nvme},
    {.check = "storage", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_transient},
    {.check = "storage", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_transient},
    {.check = "storage", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vhost_user_disk},
    {.check = "filesystem", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_virtiofs},
    {.check = "shared-memory", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_shmem},
    {.check = "tpm", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE, .adapt = add_tpm_passthrough},
};
/* clang-format on */

const guint n_other_check_cases = G_N_ELEMENTS(other_check_cases);
