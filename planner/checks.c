/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check_input.h"

#include <string.h>

#define LIBVIRT_CPU "libvirt documentation, Domain XML: CPU model and topology"
#define LIBVIRT_CAPS "libvirt documentation, Capabilities XML and Domain capabilities XML"
#define LIBVIRT_MIGRATION "libvirt documentation, Guest migration and QEMU driver: live migration"
#define QEMU_COMPATIBILITY "QEMU documentation, devel/migration/compatibility"
#define QEMU_DEPRECATED "QEMU documentation, Deprecated features: versioned machine types"

/* By aspect, in the order in which they are run. */
static const MigrationCheck checks[] = {
    {"cpu-unknown", VERDICT_UNKNOWN, "whether the target's CPU is known at all", LIBVIRT_CAPS},
    {"cpu-definition", VERDICT_UNKNOWN, "whether the guest's CPU definition can be understood",
     LIBVIRT_CPU},
    {"cpu-vendor", VERDICT_NO, "vendor of the CPU", LIBVIRT_CPU},
    {"cpu-mode", VERDICT_NO, "CPU modes that the target's hypervisor offers", LIBVIRT_CAPS},
    {"cpu-model", VERDICT_NO, "CPU model known to the target's hypervisor", LIBVIRT_CAPS},
    {"features-missing", VERDICT_NO, "features of the guest's CPU that the target lacks",
     LIBVIRT_CPU},
    {"features-nested", VERDICT_NO, "nested virtualization features that the target lacks",
     LIBVIRT_CPU},
    {"features-unknown", VERDICT_UNKNOWN, "features that the target's documents cannot tell of",
     LIBVIRT_CAPS},
    {"features-forbidden", VERDICT_NO, "features that the guest forbids and the target has",
     LIBVIRT_CPU},
    {"features-extra", VERDICT_NO, "features that a strict match does not mention", LIBVIRT_CPU},
    {"cpu-incompatible", VERDICT_NO, "anything else that libvirt's CPU comparison objects to",
     LIBVIRT_CPU},
    {"host-passthrough", VERDICT_UNKNOWN, "equal CPUs for guests that see the host's own",
     LIBVIRT_MIGRATION},
    {"passthrough-migratable", VERDICT_NO, "host-passthrough with migratable='off'", LIBVIRT_CPU},
    {"cpu-maximum", VERDICT_UNKNOWN, "mode maximum, which differs from QEMU to QEMU", LIBVIRT_CPU},
    {"cpu-check", VERDICT_WARN, "check='none', which lets features vanish silently", LIBVIRT_CPU},
    {"cpu-policy", VERDICT_WARN, "features that are forced or optional", LIBVIRT_CPU},
    {"physical-address-bits", VERDICT_NO, "physical address bits of the target",
     "libvirt documentation, Domain XML: maxphysaddr; QEMU's phys-bits property"},
    {"hyperv", VERDICT_NO, "Hyper-V enlightenments", LIBVIRT_CAPS},
    {"launch-security", VERDICT_NO, "confidential guests (SEV, SEV-SNP, TDX, s390-pv)",
     LIBVIRT_MIGRATION},
    {"arch", VERDICT_NO, "guest architectures of the target", LIBVIRT_CAPS},
    {"domain-type", VERDICT_NO, "KVM on the target", LIBVIRT_CAPS},
    {"machine-type", VERDICT_NO, "machine type on the target", LIBVIRT_CAPS},
    {"machine-alias", VERDICT_NO, "machine type given by an alias that moves", LIBVIRT_CAPS},
    {"machine-deprecated", VERDICT_WARN, "deprecated machine type", QEMU_DEPRECATED},
    {"machine-expiring", VERDICT_WARN, "machine type near its removal", QEMU_DEPRECATED},
    {"qemu-version", VERDICT_WARN, "migration to an older QEMU", QEMU_COMPATIBILITY},
    {"known-bad-versions", VERDICT_NO, "pairs of versions known to fail",
     "planner/data/bad_pairs.yaml, with a source for each"},
    {"emulator", VERDICT_NO, "path of the emulator on the target", LIBVIRT_CAPS},
    {"vcpus", VERDICT_NO, "number of virtual CPUs that the machine type allows", LIBVIRT_CAPS},
    {"live-migration", VERDICT_NO, "live migration offered by both hosts", LIBVIRT_CAPS},
    {"transport", VERDICT_NO, "a migration transport in common", LIBVIRT_CAPS},
    {"security-model", VERDICT_UNKNOWN, "security models of both hosts", LIBVIRT_MIGRATION},
    {"tsc-unfixed", VERDICT_NO, "invariant TSC without a fixed frequency", LIBVIRT_MIGRATION},
    {"tsc-frequency", VERDICT_NO, "TSC frequency within 250 ppm, or scaling",
     "libvirt's start of a guest with a fixed TSC frequency"},
    {"hostdev", VERDICT_NO, "devices of the host in the guest", LIBVIRT_MIGRATION},
    {"network-device", VERDICT_NO, "network interfaces bound to the host's hardware",
     LIBVIRT_MIGRATION},
    {"storage", VERDICT_UNKNOWN, "disks that the target may not reach", LIBVIRT_MIGRATION},
    {"filesystem", VERDICT_NO, "directories of the host in the guest", LIBVIRT_MIGRATION},
    {"shared-memory", VERDICT_NO, "shared memory devices", LIBVIRT_MIGRATION},
    {"tpm", VERDICT_NO, "TPM devices", LIBVIRT_MIGRATION},
    {"firmware-state", VERDICT_WARN, "UEFI variable store", LIBVIRT_MIGRATION},
    {"host-resource", VERDICT_UNKNOWN, "memory, CPUs and devices that the definition binds",
     LIBVIRT_MIGRATION},
};

guint
planner_n_checks(void)
{
    return G_N_ELEMENTS(checks);
}

const MigrationCheck *
planner_check(guint index)
{
    return &checks[index];
}

const MigrationCheck *
planner_find_check(const char *id)
{
    for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
        if (strcmp(checks[i].id, id) == 0)
            return &checks[i];
    return NULL;
}

Blocker *
check_add(const CheckInput *input, const char *id, Verdict severity, const char *remedy,
          const char *format, ...)
{
    const MigrationCheck *check = planner_find_check(id);
    va_list arguments;

    g_assert(check != NULL && severity <= check->worst);
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    Blocker *blocker = blocker_new(check->id, severity, text, remedy);
    outcome_add(input->outcome, blocker);
    return blocker;
}

void
checks_run(const CheckInput *input, Aspect aspect)
{
    static void (*const run[])(const CheckInput *) = {
        [ASPECT_CPU] = checks_cpu, [ASPECT_MACHINE] = checks_machine, [ASPECT_HOST] = checks_host,
        [ASPECT_TSC] = checks_tsc, [ASPECT_GUEST] = checks_guest,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(run) == ASPECT_COUNT);

    run[aspect](input);
}
