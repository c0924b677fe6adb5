/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each migration check: where it objects, where it does not know, and where it has nothing to say.
 * One row is one guest on host "a" of a pool with host "b"; the rows of a check together must show
 * its worst answer and its silence, which the last test holds them to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <planner/checks.h>

#include "data.h"
#include "planner_fixture.h"

#define MODEL "Skylake-Server-noTSX-IBRS"
#define HOST .model = MODEL, .is_host_model = TRUE
#define CUSTOM .mode = CPU_MODE_CUSTOM, .model = MODEL

typedef struct {
    const char *check;
    Verdict expected; /* YES: the check says nothing */
    HostSpec from, to;
    GuestSpec guest;
    gboolean is_start; /* else a live migration */
    void (*adapt)(Guest *guest);
    MatrixSubject subject;           /* without a guest's name: of the matrix */
    const char *told_from, *told_to; /* the plan file's versions: "libvirt=9.9 kernel=5.15" */
} CheckCase;

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
DEFINE_TRAIT(add_pins, GUEST_TRAIT_CPU_PINNED, "40-43,^41")
DEFINE_TRAIT(add_nodes, GUEST_TRAIT_NUMA_STRICT, "0-1")

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
have_one_vcpu(Guest *guest)
{
    guest->n_vcpus = 1;
}

static void
drop_machine(Guest *guest)
{
    g_clear_pointer(&guest->machine, g_free);
}

static void
fix_bits_to_40(Guest *guest)
{
    guest->cpu->has_maxphysaddr = TRUE;
    guest->cpu->is_maxphysaddr_emulated = TRUE;
    guest->cpu->maxphysaddr_bits = 40;
}

static void
be_unmigratable(Guest *guest)
{
    guest->cpu->migratable = CPU_SWITCH_OFF;
}

/* clang-format off */
static const CheckCase cases[] = {
    {.check = "cpu-unknown", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .host = "q"}},
    {.check = "cpu-unknown", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "cpu-definition", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .model = "NoSuchModel"}},
    {.check = "cpu-definition", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "no-such-feature"}},
    {.check = "cpu-definition", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-vendor", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .vendor = "AMD"}, .guest = {.name = "g", .model = "qemu64", .vendor = "Intel"}},
    {.check = "cpu-vendor", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .vendor = ""}, .guest = {.name = "g", .model = "qemu64", .vendor = "Intel"}},
    {.check = "cpu-vendor", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .vendor = "AMD"}, .guest = {.name = "g", .model = "kvm64"}, .is_start = TRUE},
    {.check = "cpu-vendor", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .vendor = "AMD"}, .guest = {.name = "g", .model = "kvm64"}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "invtsc"}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "cpu-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .models = "Haswell Broadwell"}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "Haswell " MODEL}, .guest = {.name = "g", CUSTOM}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {.model = "Haswell-noTSX-IBRS", .is_host_model = TRUE}, .guest = {.name = "g", CUSTOM}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "umip"}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "umip"}, .to = {HOST}, .subject = SUBJECT_HOST_MODEL},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "umip"}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "?umip"}, .is_start = TRUE},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "umip"}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "?umip", .is_shut_off = TRUE}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {.model = "Haswell-noTSX-IBRS", .is_host_model = TRUE}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "-avx2"}},
    {.check = "features-nested", .expected = VERDICT_NO, .from = {HOST, .features = "vmx vmx-ept"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "features-nested", .expected = VERDICT_YES, .from = {HOST, .features = "vmx vmx-ept"}, .to = {HOST, .features = "vmx vmx-ept"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {.model = "Haswell-noTSX", .features = "vmx-ept"}, .to = {.model = "Haswell-noTSX"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "vmx-ept"}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {.model = "Haswell-noTSX"}, .to = {.model = "Haswell-noTSX", .features = "monitor"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "monitor"}},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {.model = "Haswell-noTSX"}, .to = {.model = "Haswell-noTSX", .features = "ssbd"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "ssbd"}},
    {.check = "features-forbidden", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .features = "!umip"}},
    {.check = "features-forbidden", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "!umip"}},
    {.check = "features-extra", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .match = CPU_MATCH_STRICT}},
    {.check = "features-extra", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .match = CPU_MATCH_STRICT}},
    {.check = "host-passthrough", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "host-passthrough", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "host-passthrough", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "passthrough-migratable", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .adapt = be_unmigratable},
    {.check = "passthrough-migratable", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "cpu-maximum", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_MAXIMUM}},
    {.check = "cpu-maximum", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_MAXIMUM}, .is_start = TRUE},
    {.check = "cpu-check", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .check = CPU_CHECK_NONE}},
    {.check = "cpu-check", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .check = CPU_CHECK_FULL}},
    {.check = "cpu-policy", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "*umip"}},
    {.check = "cpu-policy", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "-aes"}},
    {.check = "physical-address-bits", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}, .adapt = fix_bits_to_40},
    {.check = "physical-address-bits", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .address_bits = G_MAXUINT}, .guest = {.name = "g", CUSTOM}, .adapt = fix_bits_to_40},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 39}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .address_bits = 52}, .guest = {.name = "g", CUSTOM}, .adapt = fix_bits_to_40},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 39}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 39}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 39}, .to = {HOST, .address_bits = 39}, .subject = SUBJECT_TEMPLATE},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 52}, .to = {HOST, .address_bits = 46}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 52}, .to = {HOST, .address_bits = 46}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 36}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = G_MAXUINT}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .address_bits = G_MAXUINT}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = G_MAXUINT}, .to = {HOST, .address_bits = G_MAXUINT}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "hyperv", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .hyperv = "relaxed"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = pass_hyperv},
    {.check = "hyperv", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
    {.check = "hyperv", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .hyperv = "relaxed vapic"}, .guest = {.name = "g", CUSTOM}, .adapt = add_hyperv},
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
    {.check = "qemu-version", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-8.2"}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "emulator", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_emulator},
    {.check = "machine-type", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .machines = "pc-q35-7.2"}, .guest = {.name = "g", CUSTOM}, .adapt = fix_emulator},
    {.check = "emulator", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_i686},
    {.check = "arch", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_i686},
    {.check = "machine-type", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_i686},
    {.check = "domain-type", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = be_xen},
    {.check = "domain-type", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .domain_types = "kvm other"}, .guest = {.name = "g", CUSTOM}, .adapt = be_xen},
    {.check = "emulator", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_found_emulator},
    {.check = "vcpus", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = want_300_vcpus},
    {.check = "vcpus", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "live-migration", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .transports = "-"}, .guest = {.name = "g", CUSTOM}},
    {.check = "live-migration", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .transports = "?"}, .guest = {.name = "g", CUSTOM}},
    {.check = "live-migration", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .transports = "-"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "transport", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .transports = "rdma"}, .guest = {.name = "g", CUSTOM}},
    {.check = "transport", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .transports = ""}, .guest = {.name = "g", CUSTOM}},
    {.check = "transport", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "security-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}, .adapt = add_static_label},
    {.check = "security-model", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .security = "selinux"}, .guest = {.name = "g", CUSTOM}},
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
    {.check = "filesystem", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_9p},
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
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .told_to = "libvirt=12.5"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-9.2"}, .to = {HOST, .machines = "pc-q35-9.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-9.2"}, .adapt = have_one_vcpu},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}, .told_to = "qemu=8.0.4"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_NO, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=10.1", .told_to = "libvirt=9.9.0"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.5"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM}, .told_from = "libvirt=9.0", .told_to = "libvirt=10.0.0"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .models = MODEL, .features = "vmx"}, .to = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .to = {HOST, .models = MODEL, .features = "vmx vmx-ept"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST, .features = "pku"}, .to = {HOST, .features = "pku"}, .guest = {.name = "g", .model = "Haswell-noTSX"}, .told_from = "kernel=5.15.0-91-generic", .told_to = "kernel=6.8"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "pku"}, .to = {HOST, .features = "pku"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "pku"}, .told_from = "kernel=5.15", .told_to = "kernel=6.8"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .features = "pku"}, .to = {HOST, .features = "pku"}, .guest = {.name = "g", .model = "Haswell-noTSX"}, .told_to = "kernel=6.8"},
    {.check = "known-bad-versions", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "kernel=6.12", .told_to = "kernel=6.1"},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .told_from = "kernel=6.1", .told_to = "kernel=6.12"},
    {.check = "same-host", .expected = VERDICT_NO, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u1"}, .guest = {.name = "g", CUSTOM}},
    {.check = "same-host", .expected = VERDICT_NO, .from = {HOST, .uuid = "u1", .tsc_hz = 2100000000}, .to = {HOST, .uuid = "u1"}, .subject = SUBJECT_TEMPLATE},
    {.check = "same-host", .expected = VERDICT_NO, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u1"}, .subject = SUBJECT_TEMPLATE},
    {.check = "same-host", .expected = VERDICT_YES, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u2"}, .guest = {.name = "g", CUSTOM}},
    {.check = "same-host", .expected = VERDICT_YES, .from = {HOST, .uuid = "u1"}, .to = {HOST, .uuid = "u1"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}},
    {.check = "memory", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}, .is_start = TRUE},
    {.check = "memory", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .memory_gib = 128}, .guest = {.name = "g", CUSTOM, .memory_gib = 128}},
    {.check = "memory", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .memory_gib = G_MAXUINT}, .guest = {.name = "g", CUSTOM, .memory_gib = 200}},
    {.check = "host-resource", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .n_cpus = 32}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .n_cpus = 64}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .n_cpus = G_MAXUINT}, .guest = {.name = "g", CUSTOM}, .adapt = add_pins},
    {.check = "host-resource", .expected = VERDICT_NO, .from = {HOST, .n_numa_cells = 2}, .to = {HOST, .n_numa_cells = 1}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST, .n_numa_cells = 2}, .to = {HOST, .n_numa_cells = 2}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes},
    {.check = "host-resource", .expected = VERDICT_WARN, .from = {HOST, .n_numa_cells = 2}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_nodes},
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

static void
add_named_host(FleetBuilder *builder, HostSpec spec, const char *name)
{
    spec.name = name;
    fleet_builder_add_host(builder, &spec);
}

/* Hosts "a" and "b" of the case, "q" whose CPU is not known, and the guest if there is one. */
static Fleet *
fleet_of_case(const CheckCase *row)
{
    FleetBuilder *builder = fleet_builder_new(map);
    GuestSpec guest = row->guest;

    builder->fleet->run = 1;
    builder->fleet->run_at = 1735689600; /* 2025-01-01 */
    add_named_host(builder, row->from, "a");
    add_named_host(builder, row->to, "b");
    add_named_host(builder, (HostSpec){.model = "NoSuchModel"}, "q");
    if (guest.name != NULL) {
        if (guest.host == NULL)
            guest.host = "a";
        Guest *added = fleet_builder_add_guest(builder, &guest);
        if (row->adapt != NULL)
            row->adapt(added);
    }
    return fleet_builder_finish(builder);
}

static void
tell_versions(PlanSettings *settings, const char *host, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);
    VersionSettings *versions;

    if (text == NULL)
        return;
    versions = g_new0(VersionSettings, 1);
    versions->hosts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(versions->hosts, g_strdup(host));
    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(words[i], "=", 2);
        char **slot = strcmp(parts[0], "qemu") == 0      ? &versions->qemu
                      : strcmp(parts[0], "libvirt") == 0 ? &versions->libvirt
                                                         : &versions->kernel;
        *slot = g_strdup(parts[1]);
    }
    g_ptr_array_add(settings->versions, versions);
}

static void
assert_case(const CheckCase *row, guint index)
{
    g_autoptr(Fleet) fleet = fleet_of_case(row);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
    tell_versions(settings, "a", row->told_from);
    tell_versions(settings, "b", row->told_to);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Outcome *outcome = row->guest.name != NULL ? test_guest_target(plan, "b", row->is_start)
                                                     : test_pair(plan, row->subject, "a", "b");
    const Blocker *blocker = test_blocker(outcome, row->check);
    const Verdict found = blocker != NULL ? blocker->severity : VERDICT_YES;

    if (found != row->expected)
        fail_msg("row %u: %s says %s, not %s: %s", index, row->check, verdict_name(found),
                 verdict_name(row->expected), blocker != NULL ? blocker->text : "");
    assert_true(outcome->verdict >= row->expected);
    if (blocker == NULL)
        return;
    assert_true(g_str_has_suffix(blocker->text, "."));
    assert_true(strlen(blocker->remedy) > 0);
}

static void
test_each_check(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_case(&cases[i], i);
}

/* Answers that guests of the table cannot get, each with the reason. */
static const struct {
    const char *check;
    Verdict answer;
} exempt[] = {
    {"cpu-mode", VERDICT_NO}, /* domain capabilities that refuse a mode: test_refused_mode */
    {"cpu-incompatible", VERDICT_NO}, /* a net under the others: nothing is known to fall into it */
    {"cpu-vendor", VERDICT_WARN},     /* pools of mixed vendors: test_mixed_vendors */
};

static gboolean
is_exempt(const char *check, Verdict answer)
{
    for (guint i = 0; i < G_N_ELEMENTS(exempt); i++)
        if (strcmp(exempt[i].check, check) == 0 && exempt[i].answer == answer)
            return TRUE;
    return FALSE;
}

static gboolean
has_case(const char *check, Verdict verdict)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        if (strcmp(cases[i].check, check) == 0 && cases[i].expected == verdict)
            return TRUE;
    return FALSE;
}

/*
 * What says "unknown" where the facts of a check are not told; for those that never do so
 * themselves. NULL: its facts are in the guest's own definition, so they are always told.
 */
static const struct {
    const char *check, *said_by;
} told_by_others[] = {
    {"cpu-mode", "cpu-unknown"},
    {"cpu-model", "features-unknown"},
    {"features-missing", "features-unknown"},
    {"features-nested", "features-unknown"},
    {"features-forbidden", "cpu-unknown"},
    {"features-extra", "cpu-unknown"},
    {"cpu-incompatible", "cpu-definition"},
    {"device-model", NULL}, /* nearly every QEMU has nearly every device: silence */
    {"arch", "machine-type"},
    {"machine-alias", "machine-type"},
    {"machine-deprecated", "machine-type"},
    {"machine-expiring", "machine-type"},
    {"qemu-version", "machine-type"},
    {"vcpus", "machine-type"},
    {"same-host", NULL}, /* a host that tells no UUID is one that no other is taken for */
    {"memory", NULL},    /* the drain, which counts memory, says "unknown" of such hosts */
    {"passthrough-migratable", NULL},
    {"cpu-check", NULL},
    {"cpu-policy", NULL},
    {"tsc-unfixed", NULL},
    {"firmware-state", NULL},
};

static gboolean
is_told_by_others(const char *check)
{
    for (guint i = 0; i < G_N_ELEMENTS(told_by_others); i++)
        if (strcmp(told_by_others[i].check, check) == 0)
            return TRUE;
    return FALSE;
}

/* Every answer that a check can give is in the table, and so is its silence. */
static void
test_every_check_is_tested(void **state)
{
    (void)state;
    for (guint i = 0; i < planner_n_checks(); i++) {
        const MigrationCheck *check = planner_check(i);
        const gboolean can_be_unknown = ((check->answers >> VERDICT_UNKNOWN) & 1) != 0;

        for (Verdict answer = VERDICT_WARN; answer < VERDICT_COUNT; answer++)
            if (((check->answers >> answer) & 1) != 0 && !has_case(check->id, answer) &&
                !is_exempt(check->id, answer))
                fail_msg("check %s is not shown to say %s", check->id, verdict_name(answer));
        if (!has_case(check->id, VERDICT_YES) && !is_exempt(check->id, planner_check_worst(check)))
            fail_msg("check %s is not shown to be silent", check->id);
        if (can_be_unknown == is_told_by_others(check->id))
            fail_msg("check %s: who says unknown where its facts are not told?", check->id);
    }
    for (guint i = 0; i < G_N_ELEMENTS(told_by_others); i++)
        if (told_by_others[i].said_by != NULL)
            assert_true(has_case(told_by_others[i].said_by, VERDICT_UNKNOWN));
}

/* Where a pool mixes vendors on purpose, the change of vendor is a remark. */
static void
test_mixed_vendors(void **state)
{
    FleetBuilder *builder = fleet_builder_new(map);

    (void)state;
    add_named_host(builder, (HostSpec){.model = "Westmere"}, "a");
    add_named_host(builder, (HostSpec){.model = "Opteron_G3", .vendor = "AMD"}, "b");
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    test_settings_pool(settings)->vendor_rule = VENDOR_RULE_MIXED;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(
        test_blocker(test_pair(plan, SUBJECT_TEMPLATE, "a", "b"), "cpu-vendor")->severity,
        VERDICT_WARN);
}

static void
test_refused_mode(void **state)
{
    FleetBuilder *builder = fleet_builder_new(map);
    const GuestSpec guest = {.name = "g", .host = "a", .mode = CPU_MODE_HOST_PASSTHROUGH};

    (void)state;
    add_named_host(builder, (HostSpec){HOST}, "a");
    add_named_host(builder, (HostSpec){HOST, .features = "umip"}, "b");
    fleet_builder_add_guest(builder, &guest);
    ((DomainCapabilities *)g_ptr_array_index(builder->fleet->domain_capabilities, 1))
        ->host_passthrough = SUPPORT_NO;
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(test_blocker(test_guest_target(plan, "b", TRUE), "cpu-mode")->severity,
                     VERDICT_NO);
}

/* "no, unknown, warn": those that there are, the gravest first; owned by the caller */
static char *
answers_of(const MigrationCheck *check)
{
    GString *answers = g_string_new(NULL);

    for (Verdict answer = VERDICT_NO; answer > VERDICT_YES; answer--)
        if ((check->answers >> answer) & 1)
            g_string_append_printf(answers, "%s%s", answers->len > 0 ? ", " : "",
                                   verdict_name(answer));
    return g_string_free(answers, FALSE);
}

/* docs/checks.md is the one table that people read: it names each check, and no other. */
static void
test_documentation_names_every_check(void **state)
{
    g_autofree char *path = g_build_filename(TEST_SOURCE_DIR, "../../docs/checks.md", NULL);
    g_autofree char *text = NULL;
    guint n_rows = 0;

    (void)state;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (guint i = 0; i < planner_n_checks(); i++) {
        const MigrationCheck *check = planner_check(i);
        g_autofree char *answers = answers_of(check);
        g_autofree char *row = g_strdup_printf("\n| `%s` | %s |", check->id, answers);
        if (strstr(text, row) == NULL)
            fail_msg("docs/checks.md has no row that begins:%s", row);
    }
    char *pairs = strstr(text, "\n## Known-bad versions\n");
    assert_non_null(pairs);
    for (guint i = 0; i < n_bad_pair_rows; i++) {
        g_autofree char *id = g_strdup_printf("`%s`", bad_pair_rows[i].id);
        if (strstr(pairs, id) == NULL)
            fail_msg("docs/checks.md does not name the known-bad pair %s", id);
    }
    *pairs = '\0';
    for (const char *row = text; (row = strstr(row, "\n| `")) != NULL; row++)
        n_rows++;
    assert_int_equal(n_rows, planner_n_checks());
}

/* The data of known-bad pairs is of each kind of software, and its words are those of verdicts. */
static void
test_known_bad_pairs_are_sound(void **state)
{
    gboolean has[3] = {FALSE};

    (void)state;
    for (guint i = 0; i < n_bad_pair_rows; i++) {
        const BadPairRow *row = &bad_pair_rows[i];
        const char *const kinds[] = {"qemu", "libvirt", "kernel"};
        gboolean is_kind = FALSE;

        for (guint j = 0; j < G_N_ELEMENTS(kinds); j++)
            if (strcmp(row->software, kinds[j]) == 0)
                has[j] = is_kind = TRUE;
        if (!is_kind)
            fail_msg("%s: there is no software %s", row->id, row->software);
        if (strcmp(row->severity, "no") != 0 && strcmp(row->severity, "unknown") != 0)
            fail_msg("%s: severity %s", row->id, row->severity);
        assert_true(row->source_from <= row->source_to && row->target_from <= row->target_to);
        assert_true(strlen(row->source) > 10 && strlen(row->remedy) > 10);
    }
    assert_true(has[0] && has[1] && has[2]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_check),
        cmocka_unit_test(test_every_check_is_tested),
        cmocka_unit_test(test_refused_mode),
        cmocka_unit_test(test_mixed_vendors),
        cmocka_unit_test(test_documentation_names_every_check),
        cmocka_unit_test(test_known_bad_pairs_are_sound),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
