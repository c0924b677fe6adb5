/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of what the target's capabilities say about guests: architectures, KVM, machine types,
 * emulators, and what the machine types tell of the QEMU behind them.
 *
 * A machine type's age is that of the QEMU release whose number it bears; the "now" it is compared
 * with is the time of the inventory run, so a plan does not depend on the clock.
 */
#include <string.h>

#include "check_input.h"
#include "data.h"

#define YEAR_S (G_GINT64_CONSTANT(31556952)) /* mean Gregorian year */
#define DEPRECATED_AFTER_YEARS 3
#define REMOVED_AFTER_YEARS 6
#define WARNED_BEFORE_YEARS 1
#define FIRST_YEARLY_MAJOR 3

static const GuestSupport *
find_support(const MachineProfile *profile, CpuArch arch, const char *emulator)
{
    const GuestSupport *first = NULL;

    for (guint i = 0; profile != NULL && i < profile->guests->len; i++) {
        const GuestSupport *support = g_ptr_array_index(profile->guests, i);

        if (support->arch != arch)
            continue;
        if (first == NULL)
            first = support;
        if (emulator != NULL && g_strcmp0(support->emulator, emulator) == 0)
            return support;
    }
    return first;
}

/* Up to three digits, which sscanf() would take ten times as long for. NULL: there are none. */
static const char *
read_number(const char *text, guint *ret_number)
{
    const char *end = text;
    guint number = 0;

    for (; end < text + 3 && g_ascii_isdigit(*end); end++)
        number = number * 10 + (guint)(*end - '0');
    *ret_number = number;
    return end > text ? end : NULL;
}

/* "pc-q35-9.2", "virt-9.2", "pseries-9.2": 9002; 0 for anything else, distributions' own types too.
 */
static guint
machine_release(const char *machine)
{
    const char *version = machine != NULL ? strrchr(machine, '-') : NULL;
    guint major, minor;

    if (version == NULL)
        return 0;
    version = read_number(version + 1, &major);
    if (version == NULL || *version != '.')
        return 0;
    version = read_number(version + 1, &minor);
    return version != NULL && *version == '\0' ? major * 1000 + minor : 0;
}

static gint64
release_date(guint release)
{
    for (guint i = 0; i < n_qemu_release_rows; i++)
        if (qemu_release_rows[i].release == release)
            return qemu_release_rows[i].date;
    return 0;
}

/* The machine type as the target runs it. */
static const char *
canonical_name(const MachineType *machine)
{
    return machine->canonical != NULL ? machine->canonical : machine->name;
}

/*
 * "QEMU 13.2 is expected to be the first release without it", from the machine type of 7.2. Since
 * 3.0 there is a first number for each year; before, there is no telling. Owned by the caller.
 */
static char *
removal_sentence(guint release, gint64 born)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(born + REMOVED_AFTER_YEARS * YEAR_S);
    const guint major = release / 1000, minor = release % 1000;

    if (born == 0 || at == NULL)
        return g_strdup("");
    if (major < FIRST_YEARLY_MAJOR)
        return g_strdup_printf(" New QEMU releases lack it since about %d.",
                               g_date_time_get_year(at));
    return g_strdup_printf(" QEMU %u.%u (about %d) is expected to be the first release without it.",
                           major + REMOVED_AFTER_YEARS, minor, g_date_time_get_year(at));
}

static void
check_age(const CheckInput *input, const MachineType *machine)
{
    const char *name = canonical_name(machine);
    const guint release = machine_release(name);
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

static void
check_named_machine(const CheckInput *input, const MachineProfile *source,
                    const MachineProfile *target)
{
    const char *name = input->traveller->machine;
    const MachineType *here =
        source != NULL ? machine_profile_find(source, input->traveller->arch, name) : NULL;
    const MachineType *there = machine_profile_find(target, input->traveller->arch, name);

    if (there == NULL) {
        check_add(input, "machine-type", VERDICT_NO,
                  "update QEMU on the target, or restart the guest on a machine type of its pool",
                  "The target's QEMU does not have machine type %s.", name);
        return;
    }
    if (there->canonical != NULL && here != NULL &&
        strcmp(canonical_name(here), canonical_name(there)) != 0 && !input->is_start)
        check_add(input, "machine-alias", VERDICT_NO,
                  "write the canonical name into the guest's definition",
                  "Machine type %s is %s on the source and %s on the target.", name,
                  canonical_name(here), canonical_name(there));
    else if (there->canonical != NULL)
        check_add(input, "machine-alias", VERDICT_WARN,
                  "write the canonical name into the guest's definition",
                  "Machine type %s is an alias, which changes when QEMU is updated.", name);
    check_age(input, there);
}

/* A guest on the template may have any machine type that it lists. */
static void
check_template_machines(const CheckInput *input, const MachineProfile *target)
{
    const Traveller *traveller = input->traveller;
    const GPtrArray *machines = traveller->template->machines;
    guint n_there = 0;
    const char *missing = NULL;

    for (guint i = 0; i < machines->len; i++) {
        const char *name = g_ptr_array_index(machines, i);

        if (machine_profile_find(target, traveller->arch, name) != NULL)
            n_there++;
        else if (missing == NULL || machine_release(name) > machine_release(missing))
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
}

/* A guest started on the source has the newest machine type of its kind there, unless it says. */
static void
check_newest_machine(const CheckInput *input, const MachineProfile *source,
                     const MachineProfile *target)
{
    const CpuArch arch = input->traveller->arch;
    const GuestSupport *support = find_support(source, arch, NULL);
    const guint n = support != NULL ? support->machines->len : 0;
    const char *newest = NULL;
    gboolean is_any_there = FALSE;

    for (guint i = 0; i < n; i++) {
        const char *name = canonical_name(g_ptr_array_index(support->machines, i));
        const gboolean is_there = machine_profile_find(target, arch, name) != NULL;

        is_any_there = is_any_there || is_there;
        if (newest == NULL || machine_release(name) > machine_release(newest) ||
            (machine_release(name) == machine_release(newest) && !is_there))
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
}

static void
check_machine(const CheckInput *input, const MachineProfile *source, const MachineProfile *target)
{
    if (find_support(target, input->traveller->arch, NULL) == NULL)
        return;
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
check_arch(const CheckInput *input, const MachineProfile *target)
{
    const Traveller *traveller = input->traveller;
    const char *emulator = traveller->guest != NULL ? traveller->guest->emulator : NULL;
    const GuestSupport *support = find_support(target, traveller->arch, emulator);

    if (support == NULL) {
        check_add(input, "arch", VERDICT_NO, "install the emulator for it on the target",
                  "The target runs no guests of architecture %s.", cpu_arch_name(traveller->arch));
        return;
    }
    if (traveller->type != DOMAIN_TYPE_NONE && (support->domain_types & traveller->type) == 0)
        check_add(input, "domain-type", VERDICT_NO,
                  "enable virtualization in the target's firmware and load its KVM module",
                  "The target does not offer %s for %s guests.", domain_type_name(traveller->type),
                  cpu_arch_name(traveller->arch));
    if (emulator != NULL && support->emulator != NULL && strcmp(support->emulator, emulator) != 0)
        check_add(input, "emulator", VERDICT_NO,
                  "take the emulator out of the guest's definition, or make the path the same",
                  "The target has no emulator %s; its own is %s.", emulator, support->emulator);
}

static void
check_vcpus(const CheckInput *input, const MachineProfile *target)
{
    const Traveller *traveller = input->traveller;

    if (traveller->guest == NULL || traveller->machine == NULL)
        return;
    const MachineType *machine = machine_profile_find(target, traveller->arch, traveller->machine);
    if (machine != NULL && machine->max_vcpus > 0 && traveller->guest->n_vcpus > machine->max_vcpus)
        check_add(input, "vcpus", VERDICT_NO, "give the guest fewer virtual CPUs",
                  "The guest has %u virtual CPUs; machine type %s on the target allows %u.",
                  traveller->guest->n_vcpus, traveller->machine, machine->max_vcpus);
}

void
checks_machine(const CheckInput *input)
{
    const MachineProfile *target = place_machines(input->planning, input->to);
    const MachineProfile *source =
        input->from != NULL ? place_machines(input->planning, input->from) : NULL;

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
    check_arch(input, target);
    check_machine(input, source, target);
    check_vcpus(input, target);
}
