/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of what the target's capabilities say about guests: architectures, KVM, machine types,
 * emulators, and what the machine types tell of the QEMU behind them.
 *
 * A machine type's age is that of the QEMU release whose number it bears; the "now" it is compared
 * with is the time of the inventory run, so a plan does not depend on the clock.
 */
#include <cpumodel/version.h>
#include <string.h>

#include "check_input.h"
#include "data.h"

#define YEAR_S (G_GINT64_CONSTANT(31556952)) /* mean Gregorian year */
#define DEPRECATED_AFTER_YEARS 3
#define REMOVED_AFTER_YEARS 6
#define WARNED_BEFORE_YEARS 1
/* The QEMU release since which their age removes machine types. */
#define FIRST_REMOVING VERSION_NUMBER(10, 1)

/* Whether libvirt runs guests of architecture GUEST with an emulator that is listed for LISTED. */
static gboolean
runs_arch(CpuArch listed, CpuArch guest)
{
    return listed == guest || (listed == CPU_ARCH_X86_64 && guest == CPU_ARCH_I686) ||
           (listed == CPU_ARCH_AARCH64 && guest == CPU_ARCH_ARMV7L) ||
           (listed == CPU_ARCH_PPC64 && guest == CPU_ARCH_PPC64LE);
}

static const char *
emulator_of(const Traveller *traveller)
{
    return traveller->guest != NULL ? traveller->guest->emulator : NULL;
}

/* Is SUPPORT the very emulator that the guest names? */
static gboolean
is_named(const GuestSupport *support, const Traveller *traveller)
{
    const char *emulator = emulator_of(traveller);

    return emulator != NULL && g_strcmp0(support->emulator, emulator) == 0;
}

/* The emulator that would run the traveller: 0 for one that cannot, more is better. */
static guint
fitness(const GuestSupport *support, const Traveller *traveller)
{
    if (!runs_arch(support->arch, traveller->arch))
        return 0;
    return 1 + (support->arch == traveller->arch ? 1 : 0) +
           ((support->domain_types & traveller->type) != 0 ? 2 : 0) +
           (is_named(support, traveller) ? 4 : 0);
}

/* NULL: nothing in PROFILE runs guests of the traveller's architecture. */
static const GuestSupport *
find_support(const MachineProfile *profile, const Traveller *traveller)
{
    const GuestSupport *best = NULL;

    for (guint i = 0; profile != NULL && i < profile->guests->len; i++) {
        const GuestSupport *support = g_ptr_array_index(profile->guests, i);

        if (fitness(support, traveller) > (best != NULL ? fitness(best, traveller) : 0))
            best = support;
    }
    return best;
}

/* Does the guest name an emulator that the target does not list? libvirt asks whatever is there. */
static gboolean
is_emulator_unlisted(const GuestSupport *support, const Traveller *traveller)
{
    return emulator_of(traveller) != NULL && support->emulator != NULL &&
           !is_named(support, traveller);
}

/* The machine type NAME as the traveller would get it from PROFILE; NULL when it is not there. */
static const MachineType *
find_machine(const MachineProfile *profile, const Traveller *traveller, const char *name)
{
    const GuestSupport *support = find_support(profile, traveller);

    for (guint i = 0; support != NULL && i < support->machines->len; i++) {
        const MachineType *machine = g_ptr_array_index(support->machines, i);

        if (strcmp(machine->name, name) == 0)
            return machine;
    }
    return support != NULL && !is_named(support, traveller)
               ? machine_profile_find(profile, traveller->arch, name)
               : NULL;
}

static gint64
release_date(guint release)
{
    for (guint i = 0; i < n_qemu_release_rows; i++)
        if (qemu_release_rows[i].release == release)
            return qemu_release_rows[i].date;
    return 0;
}

/*
 * "QEMU 13.2 is expected to be the first release without it", from the machine type of 7.2. Owned
 * by the caller. Source: the macros MACHINE_VER_DELETION of QEMU's hw/boards.h, which take effect
 * in 10.1; of the oldest machine types, some had gone before.
 */
static char *
removal_sentence(guint release, gint64 born)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(born + REMOVED_AFTER_YEARS * YEAR_S);
    const guint removing = MAX(release + VERSION_NUMBER(REMOVED_AFTER_YEARS, 0), FIRST_REMOVING);
    g_autofree char *version = version_format(removing);

    if (born == 0 || at == NULL)
        return g_strdup("");
    if (removing == FIRST_REMOVING)
        return g_strdup_printf(" QEMU %s and newer lack it.", version);
    return g_strdup_printf(" QEMU %s (about %d) is expected to be the first release without it.",
                           version, g_date_time_get_year(at));
}

static void
check_age(const CheckInput *input, const MachineType *machine)
{
    const char *name = machine_type_canonical(machine);
    const guint release = machine_type_qemu_version(name);
    const gint64 born = release_date(release);
    const gint64 now = input->planning->fleet->run_at;
    const gboolean is_dated = born != 0 && now != 0;
    const gint64 left = born + REMOVED_AFTER_YEARS * YEAR_S - now;
    g_autofree char *removal = removal_sentence(release, born);

    if (is_dated && left < WARNED_BEFORE_YEARS * YEAR_S)
        check_add(input, "machine-expiring", VERDICT_WARN,
                  "move the guest to a newer machine type before the host gets such a release",
                  "Machine type %s %s the six years that QEMU keeps one.%s", name,
                  left > 0 ? "is in the last of" : "is past", removal);
    else if (machine->is_deprecated)
        check_add(input, "machine-deprecated", VERDICT_WARN,
                  "plan to move the guest to a newer machine type",
                  "The target's QEMU lists machine type %s as deprecated.%s", name, removal);
    else if (is_dated && now - born > DEPRECATED_AFTER_YEARS * YEAR_S)
        check_add(input, "machine-deprecated", VERDICT_WARN,
                  "nothing now; choose a newer machine type when the guest is next set up anew",
                  "Machine type %s is older than the three years after which QEMU deprecates one; "
                  "the target's QEMU does not list it as deprecated.%s",
                  name, removal);
}

/* Is one release all that is possible on both? "9" leaves several, even where both say it. */
static gboolean
is_one_release(const VersionRange *a, const VersionRange *b)
{
    return a->low == b->low && a->high == b->high && a->low / 1000 == a->high / 1000;
}

/* A guest on MACHINE can go between hosts with the same QEMU release alone. */
static void
check_version(const CheckInput *input, const char *machine)
{
    if (input->is_start || input->from == NULL || machine_type_is_versioned(machine))
        return;
    const VersionRange *from =
        &endpoint_software(input->planning, input->from)->versions[SOFTWARE_QEMU];
    const VersionRange *to =
        &endpoint_software(input->planning, input->to)->versions[SOFTWARE_QEMU];
    if (is_one_release(from, to))
        check_add(input, "machine-type", VERDICT_WARN,
                  "keep QEMU alike on both hosts while such guests migrate",
                  "Machine type %s has no version, and changes with QEMU's release.", machine);
    else
        check_add(input, "machine-type", VERDICT_UNKNOWN,
                  "migrate between hosts with the same QEMU release, and tell it under versions in "
                  "the plan file",
                  "Machine type %s has no version: it changes with QEMU's release, and the hosts' "
                  "are not known to be the same.",
                  machine);
}

static void
check_named_machine(const CheckInput *input, const MachineProfile *source,
                    const MachineProfile *target)
{
    const char *name = input->traveller->machine;
    const MachineType *here = source != NULL ? find_machine(source, input->traveller, name) : NULL;
    const MachineType *there = find_machine(target, input->traveller, name);

    if (there == NULL) {
        check_add(input, "machine-type", VERDICT_NO,
                  "update QEMU on the target, or restart the guest on a machine type of its pool",
                  "The target's QEMU does not have machine type %s.", name);
        return;
    }
    if (there->canonical != NULL && here != NULL &&
        strcmp(machine_type_canonical(here), machine_type_canonical(there)) != 0 &&
        !input->is_start)
        check_add(input, "machine-alias", VERDICT_NO,
                  "write the canonical name into the guest's definition",
                  "Machine type %s is %s on the source and %s on the target.", name,
                  machine_type_canonical(here), machine_type_canonical(there));
    else if (there->canonical != NULL)
        check_add(input, "machine-alias", VERDICT_WARN,
                  "write the canonical name into the guest's definition",
                  "Machine type %s is an alias, which changes when QEMU is updated.", name);
    check_version(input, machine_type_canonical(there));
    check_age(input, there);
}

/* A guest on the template may have any machine type that it lists. */
static void
check_template_machines(const CheckInput *input, const MachineProfile *target)
{
    const Traveller *traveller = input->traveller;
    const GPtrArray *machines = traveller->template->machines;
    guint n_there = 0;
    const char *missing = NULL, *found = NULL;

    for (guint i = 0; i < machines->len; i++) {
        const char *name = g_ptr_array_index(machines, i);

        if (machine_profile_find(target, traveller->arch, name) != NULL) {
            n_there++;
            if (found == NULL || machine_type_is_versioned(name))
                found = name;
        } else if (missing == NULL ||
                   machine_type_qemu_version(name) > machine_type_qemu_version(missing))
            missing = name;
    }
    if (machines->len == 0)
        check_add(input, "machine-type", VERDICT_UNKNOWN, "collect the hosts' capabilities again",
                  "The template's class has no machine type in common that is known.");
    else if (n_there == 0)
        check_add(input, "machine-type", VERDICT_NO, "install QEMU releases that overlap",
                  "The target has none of the template's machine types.");
    else if (missing != NULL)
        check_add(input, "machine-type", VERDICT_WARN,
                  "start guests that may go there with a machine type that both classes' templates "
                  "list",
                  "The target lacks some of the template's machine types, such as %s.", missing);
    if (found != NULL)
        check_version(input, found);
}

/* A guest started on the source has the newest machine type of its kind there, unless it says. */
static void
check_newest_machine(const CheckInput *input, const MachineProfile *source,
                     const MachineProfile *target)
{
    const CpuArch arch = input->traveller->arch;
    const GuestSupport *support = find_support(source, input->traveller);
    const guint n = support != NULL ? support->machines->len : 0;
    const char *newest = NULL;
    gboolean is_any_there = FALSE;

    for (guint i = 0; i < n; i++) {
        const char *name = machine_type_canonical(g_ptr_array_index(support->machines, i));
        const gboolean is_there = machine_profile_find(target, arch, name) != NULL;

        is_any_there = is_any_there || is_there;
        if (newest == NULL || machine_type_qemu_version(name) > machine_type_qemu_version(newest) ||
            (machine_type_qemu_version(name) == machine_type_qemu_version(newest) && !is_there))
            newest = name;
    }
    if (n == 0)
        check_add(input, "machine-type", VERDICT_UNKNOWN, "collect the hosts' capabilities again",
                  "The source's machine types are not known.");
    else if (!is_any_there)
        check_add(input, "machine-type", VERDICT_NO, "install QEMU releases that overlap",
                  "The hosts have no machine type in common.");
    else if (machine_profile_find(target, arch, newest) == NULL)
        check_add(input, "machine-type", VERDICT_WARN,
                  "start guests with a machine type that both hosts have",
                  "The target lacks the source's newest machine types, such as %s.", newest);
    else
        check_version(input, newest);
}

static void
check_machine(const CheckInput *input, const MachineProfile *source, const MachineProfile *target)
{
    if (input->traveller->machine != NULL)
        check_named_machine(input, source, target);
    else if (input->traveller->template != NULL)
        check_template_machines(input, target);
    else if (input->traveller->guest == NULL)
        check_newest_machine(input, source, target);
    else
        check_add(input, "machine-type", VERDICT_UNKNOWN,
                  "write the machine type into the guest's definition",
                  "The guest's definition names no machine type.");
}

static void
check_vcpus(const CheckInput *input, const MachineProfile *target)
{
    const Traveller *traveller = input->traveller;

    if (traveller->guest == NULL || traveller->machine == NULL)
        return;
    const MachineType *machine = find_machine(target, traveller, traveller->machine);
    if (machine != NULL && machine->max_vcpus > 0 && traveller->guest->n_vcpus > machine->max_vcpus)
        check_add(input, "vcpus", VERDICT_NO, "give the guest fewer virtual CPUs",
                  "The guest has %u virtual CPUs; machine type %s on the target allows %u.",
                  traveller->guest->n_vcpus, traveller->machine, machine->max_vcpus);
}

/* As the guest's definition has it, which may be a type that the plan knows nothing of. */
static const char *
type_title(const Traveller *traveller)
{
    return traveller->guest != NULL && traveller->guest->type_name != NULL
               ? traveller->guest->type_name
               : domain_type_name(traveller->type);
}

static void
check_domain_type(const CheckInput *input, const GuestSupport *support)
{
    const Traveller *traveller = input->traveller;
    const gboolean is_offered = (support->domain_types & traveller->type) != 0;

    if (traveller->type == DOMAIN_TYPE_OTHER && is_offered)
        check_add(input, "domain-type", VERDICT_UNKNOWN,
                  "leave guests of this type out of the plan: it is of KVM and QEMU guests",
                  "The guest is of type %s, and what the target offers beside kvm and qemu is not "
                  "planned for.",
                  type_title(traveller));
    else if (traveller->type != DOMAIN_TYPE_NONE && !is_offered)
        check_add(input, "domain-type", VERDICT_NO,
                  traveller->type == DOMAIN_TYPE_KVM
                      ? "enable virtualization in the target's firmware and load its KVM module"
                      : "run the guest on hosts whose hypervisor is of its type",
                  "The target does not offer %s for %s guests.", type_title(traveller),
                  cpu_arch_name(traveller->arch));
}

/* What the guest would run in: where that is not told, neither are its machine types. */
static void
check_emulator(const CheckInput *input, const MachineProfile *source, const MachineProfile *target)
{
    const GuestSupport *support = find_support(target, input->traveller);

    if (support == NULL) {
        check_add(input, "arch", VERDICT_NO, "install the emulator for it on the target",
                  "The target runs no guests of architecture %s.",
                  cpu_arch_name(input->traveller->arch));
        return;
    }
    check_domain_type(input, support);
    if (is_emulator_unlisted(support, input->traveller)) {
        check_add(input, "emulator", VERDICT_UNKNOWN,
                  "take the emulator out of the guest's definition, or make sure that the target "
                  "has the same QEMU there",
                  "The guest names the emulator %s, which the target does not list; its own is %s.",
                  emulator_of(input->traveller), support->emulator);
        return;
    }
    check_machine(input, source, target);
    check_vcpus(input, target);
}

void
checks_machine(const CheckInput *input)
{
    const MachineProfile *target = endpoint_machines(input->planning, input->to);
    const MachineProfile *source =
        input->from != NULL ? endpoint_machines(input->planning, input->from) : NULL;

    if (target == NULL || target->guests->len == 0) {
        check_add(input, "machine-type", VERDICT_UNKNOWN, "collect the target's capabilities",
                  "The target's machine types are not known.");
        return;
    }
    if (input->traveller->guest == NULL && source == NULL) {
        check_add(input, "machine-type", VERDICT_UNKNOWN, "collect the source's capabilities",
                  "The source's machine types are not known.");
        return;
    }
    check_emulator(input, source, target);
}
