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

#include "fleet_builder.h"

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
    MatrixSubject subject; /* without a guest's name: of the matrix */
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
    {.check = "known-bad-versions", .expected = VERDICT_WARN, .from = {HOST, .machines = "pc-q35-8.2"}, .to = {HOST, .machines = "pc-q35-8.2 pc-q35-10.1"}, .guest = {.name = "g", CUSTOM}},
    {.check = "known-bad-versions", .expected = VERDICT_YES, .from = {HOST, .machines = "pc-q35-7.2"}, .to = {HOST, .machines = "pc-q35-7.2 pc-q35-8.1"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-7.2"}},
    {.check = "emulator", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_emulator},
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
    {.check = "hostdev", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_pci},
    {.check = "hostdev", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_usb},
    {.check = "hostdev", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "network-device", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = add_vdpa},
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
};
/* clang-format on */

static CpuMap *map;

static int
load_map(void **state)
{
    (void)state;
    map = cpu_map_new_builtin();
    return 0;
}

static int
drop_map(void **state)
{
    (void)state;
    cpu_map_unref(map);
    return 0;
}

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
assert_case(const CheckCase *row, guint index)
{
    g_autoptr(Fleet) fleet = fleet_of_case(row);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
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

/* Checks that guests of the table cannot reach, each with the reason. */
static const char *const exempt[] = {
    "cpu-mode",         /* needs domain capabilities that refuse a mode: test_refused_mode */
    "cpu-incompatible", /* a net under the others: nothing is known to fall into it */
};

static gboolean
has_case(const char *check, Verdict verdict)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        if (strcmp(cases[i].check, check) == 0 && cases[i].expected == verdict)
            return TRUE;
    return FALSE;
}

static void
test_every_check_is_tested(void **state)
{
    (void)state;
    for (guint i = 0; i < planner_n_checks(); i++) {
        const MigrationCheck *check = planner_check(i);
        gboolean is_exempt = FALSE;

        for (guint j = 0; j < G_N_ELEMENTS(exempt); j++)
            is_exempt = is_exempt || strcmp(exempt[j], check->id) == 0;
        if (is_exempt)
            continue;
        /* the data has no pair of versions that is known to fail always */
        const Verdict worst =
            strcmp(check->id, "known-bad-versions") == 0 ? VERDICT_UNKNOWN : check->worst;
        if (!has_case(check->id, worst) || !has_case(check->id, VERDICT_YES))
            fail_msg("check %s is not shown at its worst (%s) and silent", check->id,
                     verdict_name(worst));
    }
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
        g_autofree char *row =
            g_strdup_printf("\n| `%s` | %s |", check->id, verdict_name(check->worst));
        if (strstr(text, row) == NULL)
            fail_msg("docs/checks.md has no row for %s with %s", check->id,
                     verdict_name(check->worst));
    }
    for (const char *row = text; (row = strstr(row, "\n| `")) != NULL; row++)
        n_rows++;
    assert_int_equal(n_rows, planner_n_checks());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_check),
        cmocka_unit_test(test_every_check_is_tested),
        cmocka_unit_test(test_refused_mode),
        cmocka_unit_test(test_documentation_names_every_check),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
