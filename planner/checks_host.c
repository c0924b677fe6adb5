/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of the host systems: whether they are two, live migration and its transports, security
 * models, whether the guest fits, and TSC frequencies.
 */
#include <string.h>

#include "check_input.h"
#include "guest_claims.h"
#include "guest_identity.h"

/* ---- migration and security ----------------------------------------------------------------- */

static gboolean
has_transport(const CapabilityProfile *profile, const char *wanted)
{
    for (guint i = 0; i < profile->transports->len; i++)
        if (strcmp(g_ptr_array_index(profile->transports, i), wanted) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
share_transport(const CapabilityProfile *a, const CapabilityProfile *b)
{
    for (guint i = 0; i < a->transports->len; i++)
        if (has_transport(b, g_ptr_array_index(a->transports, i)))
            return TRUE;
    return FALSE;
}

static void
check_migration(const CheckInput *input, const CapabilityProfile *source,
                const CapabilityProfile *target)
{
    if (!source->can_live_migrate || !target->can_live_migrate)
        check_add(input, "live-migration", VERDICT_NO,
                  "install a libvirt with live migration on both hosts",
                  "The %s does not offer live migration.",
                  !source->can_live_migrate ? "source" : "target");
    else if (source->transports->len == 0 || target->transports->len == 0)
        check_add(input, "transport", VERDICT_UNKNOWN, "collect the hosts' capabilities again",
                  "The %s does not tell its migration transports.",
                  source->transports->len == 0 ? "source" : "target");
    else if (!share_transport(source, target))
        check_add(input, "transport", VERDICT_NO, "set up the same transport on both hosts",
                  "The hosts have no migration transport in common.");
}

static gboolean
is_real_model(const SecurityModel *model)
{
    return strcmp(model->model, "none") != 0 && strcmp(model->model, "dac") != 0;
}

/* The mandatory access control that guests run under; NULL for none. */
static const char *
mandatory_model(const CapabilityProfile *profile)
{
    for (guint i = 0; i < profile->security_models->len; i++) {
        const SecurityModel *model = g_ptr_array_index(profile->security_models, i);

        if (is_real_model(model))
            return model->model;
    }
    return NULL;
}

static gboolean
has_security_model(const CapabilityProfile *profile, const char *name)
{
    for (guint i = 0; i < profile->security_models->len; i++)
        if (strcmp(((const SecurityModel *)profile->security_models->pdata[i])->model, name) == 0)
            return TRUE;
    return FALSE;
}

/*
 * The security model that a label of the guest's definition names and the target has not got; NULL:
 * there is none. libvirt looks for each, be the label fixed or none, but "none" and "dac" go
 * without. Owned by the caller.
 */
static char *
find_lost_model(const Guest *guest, const CapabilityProfile *target)
{
    for (guint i = 0; guest != NULL && i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);

        if ((trait->kind != GUEST_TRAIT_SECLABEL_STATIC &&
             trait->kind != GUEST_TRAIT_SECLABEL_NONE) ||
            trait->detail == NULL)
            continue;
        g_autofree char *model = g_strndup(trait->detail, strcspn(trait->detail, ":"));
        if (*model != '\0' && strcmp(model, "none") != 0 && strcmp(model, "dac") != 0 &&
            !has_security_model(target, model))
            return g_steal_pointer(&model);
    }
    return NULL;
}

#define NO_SECURITY_MODEL "no mandatory model"

/* The guest that runs has a label of the source's model, which libvirt sends along. */
static void
check_running_label(const CheckInput *input, const CapabilityProfile *source,
                    const CapabilityProfile *target)
{
    const Guest *guest = input->traveller->guest;
    const char *here = mandatory_model(source), *there = mandatory_model(target);
    const gboolean is_lost = here != NULL && !has_security_model(target, here);

    if (is_lost && target->security_models->len > 0 &&
        !guest_has_trait(guest, GUEST_TRAIT_SECLABEL_NONE))
        check_add(input, "security-model", VERDICT_NO,
                  "use the same security model on all hosts; or leave the <seclabel> out of the "
                  "definition that the migration sends (virsh migrate --xml)",
                  "The guest runs under the security model %s, which the target has not got: %s.",
                  here, there != NULL ? there : NO_SECURITY_MODEL);
    else if (is_lost ||
             (guest_has_trait(guest, GUEST_TRAIT_SECLABEL_STATIC) && g_strcmp0(here, there) != 0))
        check_add(
            input, "security-model", VERDICT_UNKNOWN, "use the same security model on both hosts",
            "Whether the target takes the guest's security label is not told; the source "
            "uses %s, the target %s.",
            here != NULL ? here : NO_SECURITY_MODEL, there != NULL ? there : NO_SECURITY_MODEL);
    else if (g_strcmp0(here, there) != 0)
        check_add(input, "security-model", VERDICT_WARN, "use the same security model on all hosts",
                  "The source uses %s, the target %s.", here != NULL ? here : NO_SECURITY_MODEL,
                  there != NULL ? there : NO_SECURITY_MODEL);
}

/* SOURCE: NULL for a start. */
static void
check_security(const CheckInput *input, const CapabilityProfile *source,
               const CapabilityProfile *target)
{
    g_autofree char *lost = find_lost_model(input->traveller->guest, target);

    if (lost != NULL && target->security_models->len > 0)
        check_add(input, "security-model", VERDICT_NO,
                  "use the same security model on all hosts, or take the <seclabel> out of the "
                  "definition",
                  "The definition has a label of the security model %s, which the target has not "
                  "got.",
                  lost);
    else if (source != NULL)
        check_running_label(input, source, target);
}

/* ---- whether it is another host, and large enough ------------------------------------------- */

static void
check_identity(const CheckInput *input, const SystemProfile *source, const SystemProfile *target)
{
    if (source->twins != 0 && source->twins == target->twins)
        check_add(
            input, "same-host", VERDICT_NO,
            "give each host its own host_uuid in libvirtd.conf or virtqemud.conf, and restart "
            "that service",
            "Both hosts have the same UUID, and libvirt refuses to migrate a guest to the "
            "host that it is on.");
}

static void
check_name(const CheckInput *input, const SystemProfile *target)
{
    const Guest *guest = input->traveller->guest;

    if (guest == NULL || input->traveller->is_at_home)
        return;
    const Guest *rival = guest_identity_rival(target->contested_guests, guest);
    if (rival != NULL)
        check_add(input, "name-taken", VERDICT_NO,
                  "rename one of them (virsh domrename), or undefine what was left behind on the "
                  "target",
                  "The target has another guest of the same name or UUID, and libvirt refuses a "
                  "second one: %s (UUID %s).",
                  rival->name, rival->uuid);
}

static const struct {
    const char *check, *what, *remedy;
} claim_kinds[GUEST_CLAIM_COUNT] = {
    [GUEST_CLAIM_SCREEN_PORT] = {"port-taken", "port of a screen",
                                 "set autoport='yes' in its <graphics>, so that each host chooses "
                                 "(for a migration: virsh migrate --xml), or give each guest a "
                                 "port of its own"},
    [GUEST_CLAIM_VSOCK_CID] = {"cid-taken", "CID of a vsock",
                               "set <cid auto='yes'/> in its <vsock>, so that each host chooses, "
                               "or give each guest a CID of its own"},
};

static void
check_claims(const CheckInput *input, const SystemProfile *target)
{
    const Guest *guest = input->traveller->guest;

    if (guest == NULL || input->traveller->is_at_home)
        return;
    for (guint i = 0; i < guest->claims->len; i++) {
        const GuestClaim *claim = &g_array_index(guest->claims, GuestClaim, i);
        const ClaimState state =
            claim->is_fixed ? guest_claim_state(target->claims, claim) : CLAIM_FREE;

        if (state == CLAIM_TAKEN)
            check_add(input, claim_kinds[claim->kind].check, VERDICT_NO,
                      claim_kinds[claim->kind].remedy,
                      "Another guest runs on the target with the %s that this one's definition "
                      "fixes: %u.",
                      claim_kinds[claim->kind].what, claim->number);
        else if (state == CLAIM_TAKEN_WHEN_RUN)
            check_add(input, claim_kinds[claim->kind].check, VERDICT_WARN,
                      claim_kinds[claim->kind].remedy,
                      "Another guest of the target, which is not known to run, has the %s that "
                      "this one's definition fixes: %u. Only one of them can run there.",
                      claim_kinds[claim->kind].what, claim->number);
    }
}

/* Is NUMBER taken out of LIST ("^3")? */
static gboolean
is_taken_out(const char *list, guint64 number)
{
    for (const char *at = strchr(list, '^'); at != NULL; at = strchr(at + 1, '^'))
        if (g_ascii_isdigit(at[1]) && g_ascii_strtoull(at + 1, NULL, 10) == number)
            return TRUE;
    return FALSE;
}

/* The highest number in a list such as "0-3,8,^2". FALSE: it has none. */
static gboolean
list_highest(const char *list, guint64 *ret_highest)
{
    gboolean is_any = FALSE;

    *ret_highest = 0;
    for (const char *at = list; at != NULL && *at != '\0';) {
        if (*at == '^') { /* taken out again */
            at = strchr(at, ',');
            continue;
        }
        if (!g_ascii_isdigit(*at)) {
            at++;
            continue;
        }
        char *end;
        *ret_highest = MAX(*ret_highest, g_ascii_strtoull(at, &end, 10));
        is_any = TRUE;
        at = end;
    }
    while (is_any && *ret_highest > 0 && is_taken_out(list, *ret_highest))
        --*ret_highest;
    return is_any;
}

/* Of the lists of a KIND of trait, the one that reaches furthest; NULL: there is none. */
static const GuestTrait *
furthest_binding(const Guest *guest, GuestTraitKind kind)
{
    const GuestTrait *furthest = NULL;
    guint64 reach = 0;

    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);
        guint64 highest;

        if (trait->kind != kind)
            continue;
        list_highest(trait->detail, &highest);
        if (furthest == NULL || highest > reach) {
            furthest = trait;
            reach = highest;
        }
    }
    return furthest;
}

/* One CPU of a list that is not there is enough for the kernel to refuse the list as a cpuset. */
static void
check_pins(const CheckInput *input, const GuestTrait *trait, const SystemProfile *target)
{
    guint64 highest;

    if (target->n_cpus != 0 && list_highest(trait->detail, &highest) && highest >= target->n_cpus)
        check_add(input, "host-resource", VERDICT_UNKNOWN, "pin it to CPUs that all hosts have",
                  "Virtual CPUs are pinned to the host's CPUs %s, and the target has %u CPUs.",
                  trait->detail, target->n_cpus);
    else
        check_add(input, "host-resource", VERDICT_WARN,
                  "make sure that these CPUs are free on the target",
                  "Virtual CPUs are pinned to CPUs of the host: %s.", trait->detail);
}

/*
 * libvirt refuses a node that is not there in any mode. Nodes are numbered without gaps but on some
 * POWER hosts.
 */
static void
check_nodes(const CheckInput *input, const GuestTrait *trait, const SystemProfile *target)
{
    guint64 highest;
    const gboolean is_short = target->n_numa_cells != 0 && list_highest(trait->detail, &highest) &&
                              highest >= target->n_numa_cells;

    if (is_short)
        check_add(input, "host-resource",
                  cpu_arch_family(input->traveller->arch) == CPU_FAMILY_X86 ? VERDICT_NO
                                                                            : VERDICT_UNKNOWN,
                  "bind its memory to nodes that all hosts have, or set placement='auto'",
                  "The guest's memory is bound to the host's NUMA nodes %s, and the target has %u.",
                  trait->detail, target->n_numa_cells);
    else if (trait->kind == GUEST_TRAIT_NUMA_STRICT)
        check_add(input, "host-resource", VERDICT_WARN,
                  "make sure that there is room for it on these nodes of the target",
                  "The guest's memory is bound to NUMA nodes of the host: %s.", trait->detail);
}

#define KIB_PER_GIB 1048576.0

static void
check_pages(const CheckInput *input, const GuestTrait *trait, const SystemProfile *target)
{
    const guint64 size_kib = guest_trait_page_size_kib(trait);
    const gboolean is_told = target->huge_pages != NULL;
    const char *title = trait->detail != NULL ? trait->detail : "the host's default size";
    /* how much of the guest's memory is that of such devices, nobody adds up */
    const guint64 needed = trait->kind == GUEST_TRAIT_HUGEPAGES
                               ? guest_memory_in_pages_kib(input->traveller->guest)
                               : 0;
    const char *what =
        trait->kind == GUEST_TRAIT_HUGEPAGES ? "The guest's memory" : "A memory device";
    guint64 kib;

    if (!system_profile_pages(target, size_kib, &kib) && is_told)
        check_add(input, "host-resource", VERDICT_NO,
                  "have the target's kernel offer pages of this size (hugepagesz), or start the "
                  "guest with another one",
                  "%s is in huge pages of %s, and the target has none of that size.", what, title);
    else if (is_told && kib < needed)
        check_add(input, "host-resource", VERDICT_UNKNOWN,
                  "reserve more of them on the target (virsh allocpages, or hugepages in its "
                  "kernel's command line), and collect its capabilities again",
                  "The guest has %.1f GiB of memory in huge pages of %s, and the target had not "
                  "reserved as many of them.",
                  (gdouble)input->traveller->guest->memory_kib / KIB_PER_GIB, title);
    else
        check_add(input, "host-resource", VERDICT_WARN,
                  "make sure that the target has enough of them free", "%s is in huge pages of %s.",
                  what, title);
}

/* What holds all of a guest's memory in the host's, so that swap does not make up for it. */
static const char *const residents[GUEST_TRAIT_COUNT] = {
    [GUEST_TRAIT_HUGEPAGES] = "it is in huge pages",
    [GUEST_TRAIT_MEMORY_LOCKED] = "it is locked",
    [GUEST_TRAIT_HOSTDEV_PCI] = "a passed-through device holds it there",
    [GUEST_TRAIT_HOSTDEV_TEAMED] = "a passed-through device holds it there",
    [GUEST_TRAIT_INTERFACE_HOSTDEV] = "a passed-through device holds it there",
};

static const char *
resident_because(const Guest *guest)
{
    const char *reason = NULL;

    for (guint i = 0; reason == NULL && i < guest->traits->len; i++)
        reason = residents[g_array_index(guest->traits, GuestTrait, i).kind];
    return reason;
}

/*
 * By default, Linux refuses one mapping larger than its memory and its swap, of which nothing
 * tells.
 */
static void
check_memory(const CheckInput *input, const Guest *guest)
{
    const char *reason = resident_because(guest);
    const gdouble gib = (gdouble)guest->memory_kib / KIB_PER_GIB;

    if (reason != NULL)
        check_add(input, "memory", VERDICT_NO, "move it to a larger host, or give it less memory",
                  "The guest has %.1f GiB of memory, which is more than the target's whole memory, "
                  "and %s.",
                  gib, reason);
    else
        check_add(input, "memory", VERDICT_UNKNOWN,
                  "move it to a larger host, or give it less memory",
                  "The guest has %.1f GiB of memory, which is more than the target's whole memory; "
                  "only with enough swap or vm.overcommit_memory=1 does QEMU start it there.",
                  gib);
}

static void
check_fit(const CheckInput *input, const SystemProfile *target)
{
    const Guest *guest = input->traveller->guest;

    if (guest == NULL || input->traveller->is_at_home)
        return;
    const GuestTrait *pins = furthest_binding(guest, GUEST_TRAIT_CPU_PINNED);
    const GuestTrait *nodes = furthest_binding(guest, GUEST_TRAIT_NUMA_STRICT);
    const GuestTrait *weak = furthest_binding(guest, GUEST_TRAIT_NUMA_WEAK);
    if (guest->memory_kib > target->memory_kib)
        check_memory(input, guest);
    if (pins != NULL)
        check_pins(input, pins, target);
    if (nodes != NULL)
        check_nodes(input, nodes, target);
    if (weak != NULL)
        check_nodes(input, weak, target);
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);

        if (trait->kind == GUEST_TRAIT_HUGEPAGES || trait->kind == GUEST_TRAIT_DEVICE_HUGEPAGES)
            check_pages(input, trait, target);
    }
}

void
checks_host(const CheckInput *input)
{
    const CapabilityProfile *source =
        input->from != NULL ? endpoint_capabilities(input->planning, input->from) : NULL;
    const CapabilityProfile *target = endpoint_capabilities(input->planning, input->to);

    check_fit(input, endpoint_system(input->planning, input->to));
    check_name(input, endpoint_system(input->planning, input->to));
    check_claims(input, endpoint_system(input->planning, input->to));
    if (input->is_start) {
        if (target != NULL && !input->traveller->is_at_home)
            check_security(input, NULL, target);
        return;
    }
    if (input->from != NULL)
        check_identity(input, endpoint_system(input->planning, input->from),
                       endpoint_system(input->planning, input->to));
    if (source == NULL || target == NULL) {
        check_add(input, "live-migration", VERDICT_UNKNOWN, "collect the hosts' capabilities",
                  "It is not known whether both hosts offer live migration.");
        return;
    }
    check_migration(input, source, target);
    check_security(input, source, target);
}

/* ---- TSC ------------------------------------------------------------------------------------ */

/*
 * Whether a host whose frequency is anywhere in [low, high] gives HZ: yes, no, or it depends. One
 * that scales gives any, below its own and above; where libvirt does not know whether it scales, it
 * lets QEMU try.
 */
static Verdict
gives_frequency(const Endpoint *endpoint, guint64 hz)
{
    const guint64 low_reach = endpoint->tsc_low - tsc_tolerance_hz(endpoint->tsc_low);
    const guint64 high_reach = endpoint->tsc_high + tsc_tolerance_hz(endpoint->tsc_high);
    const gboolean is_near_all = hz + tsc_tolerance_hz(endpoint->tsc_high) >= endpoint->tsc_high &&
                                 hz <= endpoint->tsc_low + tsc_tolerance_hz(endpoint->tsc_low);

    if (is_near_all || endpoint->tsc_scaling == CPU_SWITCH_ON)
        return VERDICT_YES;
    if (hz < low_reach || hz > high_reach)
        return endpoint->tsc_scaling == CPU_SWITCH_OFF ? VERDICT_NO : VERDICT_UNKNOWN;
    return VERDICT_UNKNOWN;
}

static void
check_frequency(const CheckInput *input, guint64 hz)
{
    const Verdict verdict = gives_frequency(input->to, hz);

    if (verdict == VERDICT_YES)
        return;
    check_add(input, "tsc-frequency", verdict,
              "fix a frequency that all hosts of the pool can give, as the template does, or move "
              "the guest to hosts that scale the TSC",
              "The guest's TSC runs at %" G_GUINT64_FORMAT " Hz, the target's at %" G_GUINT64_FORMAT
              " Hz, %s.",
              hz, input->to->tsc_low,
              input->to->tsc_scaling == CPU_SWITCH_OFF ? "without scaling"
                                                       : "and whether it scales is not known");
}

void
checks_tsc(const CheckInput *input)
{
    const Traveller *traveller = input->traveller;

    if (!traveller->has_invtsc)
        return;
    if (traveller->tsc_hz == 0 && !input->is_start) {
        check_add(
            input, "tsc-unfixed", VERDICT_NO,
            "add <timer name='tsc' frequency='...'/> to the guest's clock",
            "The guest has an invariant TSC without a fixed frequency, which libvirt does not "
            "migrate.");
        return;
    }
    if (traveller->tsc_hz == 0)
        return;
    if (input->to->tsc_low == 0)
        check_add(input, "tsc-frequency", VERDICT_UNKNOWN,
                  "collect the target's capabilities with a libvirt that tells it",
                  "The guest's TSC frequency is fixed, and the target does not tell its own.");
    else
        check_frequency(input, traveller->tsc_hz);
}
