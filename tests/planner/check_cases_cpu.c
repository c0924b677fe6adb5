/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cases of each migration check of the CPU: the rows of one together must show each of its
 * answers and its silence.
 */
#include "check_cases.h"

static void
be_checked(Guest *guest)
{
    guest->cpu->check = CPU_CHECK_FULL;
}

static void
forbid_fallback(Guest *guest)
{
    guest->cpu->fallback = CPU_FALLBACK_FORBID;
}

static void
fix_bits_to_40(Guest *guest)
{
    guest->cpu->has_maxphysaddr = TRUE;
    guest->cpu->is_maxphysaddr_emulated = TRUE;
    guest->cpu->maxphysaddr_bits = 40;
}

static void
limit_maxphysaddr(Guest *guest)
{
    guest->cpu->has_maxphysaddr = TRUE;
    guest->cpu->maxphysaddr_limit = 46;
}

static void
be_unmigratable(Guest *guest)
{
    guest->cpu->migratable = CPU_SWITCH_OFF;
}

static void
be_unmigratable_at_fixed_tsc(Guest *guest)
{
    guest->cpu->migratable = CPU_SWITCH_OFF;
    guest->tsc_hz = 2100000000;
}

static void
see_counters(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_PMU, NULL, 1);
}

#define TURIN .model = "EPYC-Turin", .vendor = "AMD"
#define CLIENT .model = "Icelake-Client"
#define DIAMOND .model = "DiamondRapids"
#define ROME .model = "EPYC-Rome", .vendor = "AMD", .is_host_model = TRUE
#define MITIGATED .features = "arch-capabilities rdctl-no"
#define NAMES_THEM .name = "g", .model = "EPYC-Rome", .features = "arch-capabilities rdctl-no"

/* clang-format off */
const CheckCase cpu_check_cases[] = {
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
    /* a start takes another model, where the definition allows it and libvirt knows the first */
    {.check = "cpu-model", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST, .models = "Haswell Broadwell"}, .guest = {.name = "g", .model = "Haswell-noTSX"}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .models = "Haswell Broadwell"}, .guest = {.name = "g", .model = "Haswell-noTSX"}, .is_start = TRUE, .adapt = forbid_fallback},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .models = "Haswell Broadwell"}, .guest = {.name = "g", .model = "Penryn-v1"}, .is_start = TRUE},
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
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {.model = "Haswell-noTSX"}, .to = {.model = "Haswell-noTSX", .features = "cet-ss"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "cet-ss"}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {TURIN, .features = "tsa-sq-no"}, .to = {TURIN, .features = "cet-ss"}, .guest = {.name = "g", .model = "EPYC-Turin", .features = "tsa-sq-no"}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {.model = "Haswell-noTSX", .features = "tsa-sq-no"}, .to = {.model = "Haswell-noTSX", .features = "cet-ss"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "tsa-sq-no"}},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {.model = "Haswell-noTSX"}, .to = {.model = "Haswell-noTSX", .features = "ssbd"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "ssbd"}},
    /* a model that libvirt learnt late, on a host that does not tell how new its libvirt is */
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {.model = "Haswell"}, .to = {.model = "Haswell"}, .guest = {.name = "g", .model = "Penryn-v1"}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {.model = "Haswell"}, .to = {.model = "Haswell-v1"}, .guest = {.name = "g", .model = "Penryn-v1"}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {.model = "Haswell"}, .to = {.model = "Haswell"}, .guest = {.name = "g", .model = "Penryn"}},
    /* a model that came with QEMU 8.0, on a host that does not list its models */
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {.model = "SapphireRapids"}, .to = {.model = "SapphireRapids", .machines = "pc-q35-7.2"}, .guest = {.name = "g", .model = "SapphireRapids"}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {.model = "SapphireRapids"}, .to = {.model = "SapphireRapids", .machines = "pc-q35-7.2"}, .guest = {.name = "g", .model = "SapphireRapids"}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {.model = "SapphireRapids"}, .to = {.model = "SapphireRapids", .machines = "pc-q35-8.0"}, .guest = {.name = "g", .model = "SapphireRapids"}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {.model = "SapphireRapids"}, .to = {.model = "SapphireRapids", .is_host_model = TRUE, .machines = "pc-q35-7.2", .models = "SapphireRapids"}, .guest = {.name = "g", .model = "SapphireRapids"}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {TURIN}, .to = {TURIN, .machines = "pc-q35-10.0"}, .guest = {.name = "g", .model = "EPYC-Turin"}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {TURIN}, .to = {TURIN, .machines = "pc-q35-10.0"}, .guest = {.name = "g", .model = "EPYC-Turin"}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {TURIN}, .to = {TURIN, .machines = "pc-q35-10.1"}, .guest = {.name = "g", .model = "EPYC-Turin"}},
    /* one that QEMU 7.1 took away */
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {CLIENT}, .to = {CLIENT, .machines = "pc-q35-7.0"}, .guest = {.name = "g", .model = "Icelake-Client"}},
    {.check = "cpu-model", .expected = VERDICT_NO, .from = {CLIENT}, .to = {CLIENT, .machines = "pc-q35-7.1"}, .guest = {.name = "g", .model = "Icelake-Client"}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {CLIENT}, .to = {CLIENT, .machines = "pc-q35-7.1"}, .guest = {.name = "g", .model = "Icelake-Client"}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {CLIENT}, .to = {CLIENT, .machines = "pc-q35-rhel9.6.0"}, .guest = {.name = "g", .model = "Icelake-Client"}},
    /* 10.2 brought no model, 11.0 did */
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {DIAMOND}, .to = {DIAMOND, .machines = "pc-q35-10.2"}, .guest = {.name = "g", .model = "DiamondRapids"}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {DIAMOND}, .to = {DIAMOND, .machines = "pc-q35-11.0"}, .guest = {.name = "g", .model = "DiamondRapids"}},
    /* QEMU 10.1 keeps KVM's arch-capabilities from AMD's guests that do not name it, or are newer */
    {.check = "features-missing", .expected = VERDICT_YES, .from = {ROME, MITIGATED}, .to = {ROME, .domain_machine = "pc-q35-10.1"}, .guest = {NAMES_THEM}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {ROME, MITIGATED}, .to = {ROME, .domain_machine = "pc-q35-10.1"}, .guest = {NAMES_THEM}},
    {.check = "cpu-incompatible", .expected = VERDICT_YES, .from = {ROME, MITIGATED}, .to = {ROME, .domain_machine = "pc-q35-10.1"}, .guest = {NAMES_THEM}},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {ROME, MITIGATED}, .to = {ROME, MITIGATED, .domain_machine = "pc-q35-10.1"}, .guest = {NAMES_THEM}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {ROME, MITIGATED}, .to = {ROME, MITIGATED, .domain_machine = "pc-q35-10.1"}, .guest = {NAMES_THEM, .machine = "pc-q35-10.1"}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {ROME, MITIGATED}, .to = {ROME, MITIGATED, .domain_machine = "pc-q35-10.1"}, .guest = {NAMES_THEM, .machine = "pc-q35-rhel9.6.0"}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {ROME, MITIGATED}, .to = {ROME, .domain_machine = "pc-q35-10.0"}, .guest = {NAMES_THEM}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {ROME, MITIGATED}, .to = {ROME, .domain_machine = "pc-q35-rhel9.6.0"}, .guest = {NAMES_THEM}},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {ROME, MITIGATED}, .to = {ROME, MITIGATED, .domain_machine = "pc-q35-rhel9.6.0"}, .guest = {NAMES_THEM}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, MITIGATED}, .to = {HOST, .domain_machine = "pc-q35-10.1"}, .guest = {.name = "g", CUSTOM, MITIGATED}},
    {.check = "features-forbidden", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .features = "!umip"}, .is_start = TRUE},
    {.check = "features-forbidden", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "!umip"}, .is_start = TRUE},
    /* with check='full', as running guests have it, libvirt looks at what QEMU made of the CPU */
    {.check = "features-forbidden", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .features = "!umip"}},
    {.check = "cpu-incompatible", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .features = "!umip"}},
    {.check = "features-forbidden", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .features = "!umip", .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-extra", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .match = CPU_MATCH_STRICT}},
    /* QEMU gives every guest a hypervisor, so what check='full' does not name is too much */
    {.check = "features-extra", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "hypervisor"}, .guest = {.name = "g", CUSTOM, .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-extra", .expected = VERDICT_NO, .from = {HOST}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-extra", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "hypervisor"}, .guest = {.name = "g", CUSTOM, .features = "hypervisor", .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-extra", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "hypervisor"}, .guest = {.name = "g", CUSTOM, .features = "-hypervisor", .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {.model = "EPYC", .vendor = "AMD"}, .guest = {.name = "g", .model = "EPYC", .features = "hypervisor", .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-extra", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM, .match = CPU_MATCH_STRICT}, .is_start = TRUE},
    {.check = "features-extra", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .match = CPU_MATCH_STRICT}, .is_start = TRUE},
    {.check = "host-passthrough", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "host-passthrough", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "host-passthrough", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}},
    {.check = "passthrough-migratable", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .adapt = be_unmigratable},
    {.check = "passthrough-migratable", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "passthrough-migratable", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH, .features = "-invtsc"}, .adapt = be_unmigratable},
    {.check = "passthrough-migratable", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .adapt = be_unmigratable_at_fixed_tsc},
    {.check = "performance-counters", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM}, .adapt = see_counters},
    {.check = "performance-counters", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = see_counters},
    {.check = "performance-counters", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM}, .adapt = see_counters, .is_start = TRUE},
    {.check = "performance-counters", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "umip"}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-maximum", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_MAXIMUM}},
    {.check = "cpu-maximum", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_MAXIMUM}, .is_start = TRUE},
    {.check = "cpu-check", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .check = CPU_CHECK_NONE}},
    {.check = "cpu-check", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .check = CPU_CHECK_FULL}},
    {.check = "cpu-policy", .expected = VERDICT_WARN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "*umip"}},
    {.check = "cpu-policy", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "-aes"}},
    {.check = "physical-address-bits", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}, .adapt = fix_bits_to_40},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_bits_to_40, .told_to = "libvirt=8.0"},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", CUSTOM}, .adapt = fix_bits_to_40, .told_to = "libvirt=8.7"},
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
    /* machine types that give the host's own bits, up to 48 */
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = 52, .machines = "pc-q35-rhel9.4.0"}, .to = {HOST, .address_bits = 46, .machines = "pc-q35-rhel9.4.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.4.0"}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = 46, .machines = "pc-q35-jammy-hpb"}, .to = {HOST, .address_bits = 39, .machines = "pc-q35-jammy-hpb"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy-hpb"}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 52, .machines = "pc-q35-rhel9.4.0"}, .to = {HOST, .address_bits = 48, .machines = "pc-q35-rhel9.4.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.4.0"}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 46, .machines = "pc-q35-rhel9.4.0"}, .to = {HOST, .address_bits = 46, .machines = "pc-q35-rhel9.4.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.4.0"}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 52, .machines = "pc-q35-rhel9.4.0"}, .to = {HOST, .address_bits = 46, .machines = "pc-q35-rhel9.4.0"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-rhel9.4.0"}, .is_start = TRUE},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 36}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = G_MAXUINT}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", CUSTOM}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .address_bits = G_MAXUINT}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = G_MAXUINT}, .to = {HOST, .address_bits = G_MAXUINT}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":brand-new"}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":umip"}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":umip"}, .guest = {.name = "g", CUSTOM}, .adapt = be_checked},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":umip"}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST, .models = "!" MODEL ":brand-new"}, .to = {HOST, .models = "!" MODEL ":brand-new,aes"}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":umip"}, .guest = {.name = "g", CUSTOM, .features = "-umip"}},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {HOST, .models = MODEL}, .to = {HOST, .models = "!" MODEL}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST, .models = "!" MODEL}, .to = {HOST, .models = "!" MODEL}, .guest = {.name = "g", CUSTOM}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST, .models = MODEL}, .to = {HOST, .models = "!" MODEL}, .guest = {.name = "g", CUSTOM, .features = "-aes"}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST, .models = MODEL}, .to = {HOST, .models = "!" MODEL}, .guest = {.name = "g", CUSTOM}, .is_start = TRUE},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":aes"}, .guest = {.name = "g", CUSTOM}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "!" MODEL ":aes"}, .guest = {.name = "g", CUSTOM, .features = "-aes"}},
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {.model = "Haswell-noTSX"}, .to = {.model = "Haswell-noTSX", .features = "vmx"}, .guest = {.name = "g", .model = "Haswell-noTSX", .features = "vmx"}},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {HOST, .features = "vmx"}, .to = {HOST, .features = "vmx"}, .guest = {.name = "g", CUSTOM, .features = "vmx"}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 52}, .to = {HOST, .address_bits = 46}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .adapt = limit_maxphysaddr},
    {.check = "physical-address-bits", .expected = VERDICT_NO, .from = {HOST, .address_bits = 52}, .to = {HOST, .address_bits = 39}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}, .adapt = limit_maxphysaddr},
    /* every guest has a hypervisor, though the host's own CPU does not tell of it */
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "hypervisor"}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .features = "hypervisor"}},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {HOST, .features = "hypervisor"}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .features = "hypervisor"}},
    {.check = "cpu-incompatible", .expected = VERDICT_YES, .from = {HOST, .features = "hypervisor"}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .features = "hypervisor"}},
    /* what KVM may give by itself, a host's own CPU does not tell; its domain capabilities do */
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {HOST, .features = "tsc_adjust"}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .features = "tsc_adjust"}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "tsc_adjust"}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .features = "tsc_adjust"}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "tsc_adjust"}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "tsc_adjust"}},
    /* umip is emulated with Intel's module alone */
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {HOST, .features = "umip"}, .to = {.model = MODEL}, .guest = {.name = "g", CUSTOM, .features = "umip"}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {.model = "EPYC", .vendor = "AMD", .features = "umip", .is_host_model = TRUE}, .to = {.model = "EPYC", .vendor = "AMD"}, .guest = {.name = "g", .model = "EPYC", .features = "umip"}},
    /* AMD's module gives spec-ctrl where the CPU has AMD's own bits for it */
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {.model = "EPYC", .vendor = "AMD", .features = "spec-ctrl", .is_host_model = TRUE}, .to = {.model = "EPYC", .vendor = "AMD", .features = "ibpb ibrs"}, .guest = {.name = "g", .model = "EPYC", .features = "spec-ctrl"}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {.model = "EPYC", .vendor = "AMD", .features = "spec-ctrl", .is_host_model = TRUE}, .to = {.model = "EPYC", .vendor = "AMD", .features = "ibpb wbnoinvd amd-ssbd vnmi auto-ibrs prefetchiti"}, .guest = {.name = "g", .model = "EPYC", .features = "spec-ctrl"}},
    /* what is forced, a guest has where its host has it */
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .model = "Westmere", .features = "*avx2", .check = CPU_CHECK_FULL}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .model = "Westmere", .features = "*avx2", .check = CPU_CHECK_PARTIAL}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "-avx2"}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .model = "Westmere", .features = "*avx2", .check = CPU_CHECK_PARTIAL}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .model = "Westmere", .features = "*avx2", .check = CPU_CHECK_FULL}},
    /* so it is with the types of Ubuntu for more address bits, which know no limit */
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = 52, .machines = "pc-q35-jammy-hpb"}, .to = {HOST, .address_bits = 46, .machines = "pc-q35-jammy-hpb"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy-hpb"}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = 52, .machines = "pc-q35-jammy-hpb-maxcpus"}, .to = {HOST, .address_bits = 46, .machines = "pc-q35-jammy-hpb-maxcpus"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy-hpb-maxcpus"}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = 52, .machines = "pc-q35-jammy-hpb"}, .to = {HOST, .address_bits = 48, .machines = "pc-q35-jammy-hpb"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy-hpb"}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = G_MAXUINT, .machines = "pc-q35-jammy-hpb"}, .to = {HOST, .address_bits = 48, .machines = "pc-q35-jammy-hpb"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy-hpb"}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 48, .machines = "pc-q35-jammy-hpb"}, .to = {HOST, .address_bits = 48, .machines = "pc-q35-jammy-hpb"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-jammy-hpb"}},
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = 52, .machines = "pc-q35-noble-v2"}, .to = {HOST, .address_bits = 46, .machines = "pc-q35-noble-v2"}, .guest = {.name = "g", CUSTOM, .machine = "pc-q35-noble-v2"}},
    /* hosts that tell no bits are alike in them where their CPU is one */
    {.check = "physical-address-bits", .expected = VERDICT_YES, .from = {HOST, .address_bits = G_MAXUINT}, .to = {HOST, .address_bits = G_MAXUINT}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    {.check = "physical-address-bits", .expected = VERDICT_UNKNOWN, .from = {HOST, .address_bits = G_MAXUINT}, .to = {HOST, .features = "umip", .address_bits = G_MAXUINT}, .guest = {.name = "g", .mode = CPU_MODE_HOST_PASSTHROUGH}},
    /* a host-model guest has its host's model, which the target must have */
    {.check = "cpu-model", .expected = VERDICT_NO, .from = {HOST}, .to = {.model = "Cascadelake-Server-noTSX", .is_host_model = TRUE, .models = "Cascadelake-Server-noTSX"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL}},
    /* what blocks a model and its definition does not name: a versioned model asks QEMU at a start */
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .models = "!Haswell-v1:vmx-ept"}, .guest = {.name = "g", .model = "Haswell-v1"}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "!Haswell:vmx-ept"}, .guest = {.name = "g", .model = "Haswell"}, .is_start = TRUE},
    {.check = "cpu-model", .expected = VERDICT_UNKNOWN, .from = {HOST}, .to = {HOST, .models = "!Haswell:vmx-ept"}, .guest = {.name = "g", .model = "Haswell", .check = CPU_CHECK_FULL, .is_shut_off = TRUE}},
    {.check = "cpu-model", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .models = "!Haswell:vmx-ept"}, .guest = {.name = "g", .model = "Haswell", .check = CPU_CHECK_FULL}},
    /* QEMU asks for x2apic in every guest, and a host's own CPU does not tell whether KVM gives it */
    {.check = "features-unknown", .expected = VERDICT_UNKNOWN, .from = {.model = "Nehalem"}, .to = {.model = "Nehalem"}, .guest = {.name = "g", .model = "Nehalem", .features = "hypervisor", .check = CPU_CHECK_FULL}, .is_start = TRUE},
    {.check = "features-unknown", .expected = VERDICT_YES, .from = {.model = "Nehalem"}, .to = {.model = "Nehalem"}, .guest = {.name = "g", .model = "Nehalem", .features = "hypervisor -x2apic", .check = CPU_CHECK_FULL}, .is_start = TRUE},
    /* a running guest's definition is complete, and says "disable" of what was not given */
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "-avx2"}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .model = "Westmere", .features = "*avx2", .check = CPU_CHECK_FULL}},
    /* a host that does not tell of it may have it, and so may the guest */
    {.check = "features-missing", .expected = VERDICT_NO, .from = {.model = MODEL}, .to = {HOST}, .guest = {.name = "g", CUSTOM, .features = "*tsc_adjust"}},
    /* what host-model is told beside what the host has */
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "avx2", .check = CPU_CHECK_PARTIAL}, .is_start = TRUE},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "avx2", .check = CPU_CHECK_NONE}, .is_start = TRUE},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", CUSTOM, .features = "avx2", .check = CPU_CHECK_NONE}, .is_start = TRUE},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", CUSTOM, .features = "avx2", .check = CPU_CHECK_NONE}},
    /* what its own host lacks, a guest that starts unchecked runs without: svm of qemu64 on Intel */
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST, .features = "-avx2"}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", CUSTOM, .features = "avx2", .check = CPU_CHECK_NONE}},
    {.check = "cpu-incompatible", .expected = VERDICT_YES, .from = {HOST, .features = "-avx2"}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", CUSTOM, .features = "avx2", .check = CPU_CHECK_NONE}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_CUSTOM, .model = "qemu64", .check = CPU_CHECK_NONE, .is_shut_off = TRUE}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "-avx2"}, .to = {HOST, .features = "-avx2 -avx"}, .guest = {.name = "g", CUSTOM, .features = "avx2", .check = CPU_CHECK_NONE}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST, .features = "-avx2"}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", CUSTOM, .features = "avx2", .check = CPU_CHECK_PARTIAL}},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "", .check = CPU_CHECK_PARTIAL}, .is_start = TRUE},
    {.check = "features-forbidden", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "!avx2", .check = CPU_CHECK_PARTIAL}, .is_start = TRUE},
    {.check = "features-forbidden", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "!avx2", .check = CPU_CHECK_PARTIAL}, .is_start = TRUE},
    {.check = "features-missing", .expected = VERDICT_YES, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "-avx2", .check = CPU_CHECK_PARTIAL}},
    {.check = "features-missing", .expected = VERDICT_NO, .from = {HOST}, .to = {HOST, .features = "-avx2"}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "", .check = CPU_CHECK_PARTIAL}},
    {.check = "features-nested", .expected = VERDICT_YES, .from = {HOST, .features = "vmx vmx-ept"}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "-vmx", .check = CPU_CHECK_PARTIAL}},
    {.check = "features-nested", .expected = VERDICT_NO, .from = {HOST, .features = "vmx vmx-ept"}, .to = {HOST}, .guest = {.name = "g", .mode = CPU_MODE_HOST_MODEL, .features = "", .check = CPU_CHECK_PARTIAL}},
};
/* clang-format on */

const guint n_cpu_check_cases = G_N_ELEMENTS(cpu_check_cases);
