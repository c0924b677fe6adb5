/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of migration checks, and the one way in which a check of it speaks. */

#include "check_input.h"

#include <string.h>

#define LIBVIRT_CPU "libvirt documentation, Domain XML: CPU model and topology"
#define LIBVIRT_CAPS "libvirt documentation, Capabilities XML and Domain capabilities XML"
#define LIBVIRT_MIGRATION "libvirt documentation, Guest migration and QEMU driver: live migration"
#define QEMU_COMPATIBILITY "QEMU documentation, devel/migration/compatibility"
#define QEMU_DEPRECATED "QEMU documentation, Deprecated features: versioned machine types"

#define QEMU_BLOCKERS                                                                              \
    "libvirt's check before a migration, and the blockers that QEMU reports (query-migrate)"
#define LIBVIRT_START "libvirt's start of a guest"

#define W (1U << VERDICT_WARN)
#define U (1U << VERDICT_UNKNOWN)
#define N (1U << VERDICT_NO)

/* By aspect, in the order in which they are run. */
static const MigrationCheck checks[] = {
    {"cpu-unknown", U, "whether the CPU of both hosts is known at all", LIBVIRT_CAPS},
    {"cpu-definition", U, "whether the guest's CPU definition can be understood", LIBVIRT_CPU},
    {"cpu-vendor", W | U | N, "vendor of the CPU", LIBVIRT_CPU},
    {"cpu-mode", N, "CPU modes that the target's hypervisor offers", LIBVIRT_CAPS},
    {"cpu-model", W | U | N, "CPU model that the target's hypervisor has and can give",
     LIBVIRT_CAPS},
    {"features-missing", N, "features of the guest's CPU that the target lacks", LIBVIRT_CPU},
    {"features-nested", N, "nested virtualization features that the target lacks", LIBVIRT_CPU},
    {"features-unknown", U, "features that the target's documents cannot tell of", LIBVIRT_CAPS},
    {"features-forbidden", N, "features that the guest forbids and the target has", LIBVIRT_CPU},
    {"features-extra", N, "features that a strict match does not mention", LIBVIRT_CPU},
    {"cpu-incompatible", N, "anything else that libvirt's CPU comparison objects to", LIBVIRT_CPU},
    {"host-passthrough", W | U, "equal CPUs for guests that see the host's own", LIBVIRT_MIGRATION},
    {"passthrough-migratable", N, "host-passthrough with migratable='off'", LIBVIRT_CPU},
    {"performance-counters", U, "performance counters (PMU) of the host that the guest sees",
     "QEMU, target/i386: CPUID leaf 0AH of a guest with pmu=on"},
    {"cpu-maximum", U, "mode maximum, which differs from QEMU to QEMU", LIBVIRT_CPU},
    {"cpu-check", W, "check='none', which lets features vanish silently", LIBVIRT_CPU},
    {"cpu-policy", W, "features that are forced or optional", LIBVIRT_CPU},
    {"physical-address-bits", U | N, "physical address bits of the target",
     "libvirt documentation, Domain XML: maxphysaddr; QEMU's phys-bits property"},
    {"hyperv", U | N, "Hyper-V enlightenments", LIBVIRT_CAPS},
    {"launch-security", U | N, "confidential guests (SEV, SEV-SNP, TDX, s390-pv)", QEMU_BLOCKERS},
    {"device-model", U | N, "models of devices that the target's QEMU has", LIBVIRT_CAPS},
    {"firmware", U | N, "firmware that the target's libvirt finds", LIBVIRT_CAPS},
    {"arch", N, "guest architectures of the target", LIBVIRT_CAPS},
    {"domain-type", U | N, "KVM on the target", LIBVIRT_CAPS},
    {"machine-type", W | U | N, "machine type on the target", LIBVIRT_CAPS},
    {"machine-alias", W | N, "machine type given by an alias that moves", LIBVIRT_CAPS},
    {"machine-deprecated", W, "deprecated machine type", QEMU_DEPRECATED},
    {"machine-expiring", W, "machine type near its removal", QEMU_DEPRECATED},
    {"qemu-version", W, "migration to an older QEMU", QEMU_COMPATIBILITY},
    {"known-bad-versions", U | N, "pairs of versions known to fail",
     "what QEMU's, libvirt's and the kernel's developers say of it, named in each"},
    {"emulator", U, "path of the emulator on the target", LIBVIRT_CAPS},
    {"vcpus", U | N, "number of virtual CPUs that machine type and hypervisor allow", LIBVIRT_CAPS},
    {"same-host", N, "whether source and target are two hosts",
     "libvirt's refusal of a migration to the same host UUID"},
    {"name-taken", N, "whether another guest of the target has the guest's name or UUID",
     "libvirt's refusal of a second guest of one name or UUID"},
    {"port-taken", W | N, "whether another guest of the target has a port that the guest fixes",
     "libvirt's refusal to reserve a port twice"},
    {"cid-taken", W | N, "whether another guest of the target has the vsock CID that it fixes",
     "the kernel's refusal of a context ID in use (vhost-vsock)"},
    {"live-migration", U | N, "live migration offered by both hosts", LIBVIRT_CAPS},
    {"transport", U | N, "a migration transport in common", LIBVIRT_CAPS},
    {"security-model", W | U | N, "security models of both hosts", LIBVIRT_MIGRATION},
    {"memory", U | N, "memory of the guest against the target's whole memory",
     "Linux documentation, overcommit-accounting; QEMU reserves a guest's memory at its start"},
    {"tsc-unfixed", N, "invariant TSC without a fixed frequency", QEMU_BLOCKERS},
    {"tsc-frequency", U | N, "TSC frequency within 250 ppm, or scaling",
     "libvirt's start of a guest with a fixed TSC frequency"},
    {"hostdev", W | U | N, "devices of the host in the guest", QEMU_BLOCKERS},
    {"network-device", W | U | N, "network interfaces bound to the host's hardware", QEMU_BLOCKERS},
    {"storage", W | U | N, "disks that the target may not reach",
     "libvirt's check of safe migration; its refusal of transient disks"},
    {"filesystem", W | U, "directories of the host in the guest", QEMU_BLOCKERS},
    {"shared-memory", U | N, "shared memory devices", QEMU_BLOCKERS},
    {"unmigratable-device", U | N, "devices whose state QEMU does not migrate", QEMU_BLOCKERS},
    {"qemu-commandline", U, "arguments for QEMU that libvirt hands on unread",
     "libvirt documentation, QEMU driver: pass-through of arbitrary QEMU commands"},
    {"tpm", W | U | N, "TPM devices", QEMU_BLOCKERS},
    {"firmware-state", W, "UEFI variable store", LIBVIRT_MIGRATION},
    {"host-resource", W | U | N, "memory, CPUs and devices that the definition binds",
     LIBVIRT_START},
};

#undef W
#undef U
#undef N

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

    g_assert(check != NULL && ((check->answers >> severity) & 1) != 0);
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    Blocker *blocker = blocker_new(check->id, severity, text, remedy);
    outcome_add(input->outcome, blocker);
    return blocker;
}
