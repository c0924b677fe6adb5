/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sample_plan.h"

#include "sample_devices.h"
#include "sample_fleet.h"

#include <string.h>

static const char *const template_features[] = {
    "aes",    "apic", "avx",  "avx2",   "bmi1",   "bmi2",  "clflush", "cmov", "cx16",
    "cx8",    "f16c", "fma",  "fpu",    "lm",     "mmx",   "nx",      "pat",  "popcnt",
    "rdrand", "sse",  "sse2", "sse4.1", "sse4.2", "ssse3", "syscall", "tsc",  "xsave"};

static void
append_index(GArray *array, guint32 index)
{
    g_array_append_val(array, index);
}

static PlanSettings *
make_settings(void)
{
    PlanSettings *settings = plan_settings_new();
    PoolSettings *prod = pool_settings_new("prod"), *edge = pool_settings_new("edge");

    prod->strategy = STRATEGY_LADDER;
    prod->failover_hosts = 1;
    edge->strategy = STRATEGY_AUTO;
    g_ptr_array_add(settings->pools, prod);
    g_ptr_array_add(settings->pools, edge);
    KnownStuckSettings *known = g_new0(KnownStuckSettings, 1);
    known->guests = g_ptr_array_new_with_free_func(g_free);
    known->hosts = g_ptr_array_new_with_free_func(g_free);
    known->why = g_strdup("it waits for <new> hosts");
    known->until = g_strdup("2027-03-31");
    g_ptr_array_add(settings->known_stuck, known);
    return settings;
}

static void
fill_template(PlanClass *klass, gsize kind)
{
    Template *template = klass->template;

    template->name =
        g_strdup_printf("%s-%s", sample_kinds[kind].pool, sample_kinds[kind].class_name);
    template->cpu = sample_kind_cpu(kind, CPU_TYPE_GUEST);
    template->physical_address_bits = sample_kinds[kind].bits;
    template->tsc_hz = 2100000000u;
    template->digest = g_strdup_printf("%08x00c0ffee", (guint)kind);
    for (gsize i = 0; i < G_N_ELEMENTS(template_features); i++)
        g_ptr_array_add(template->features, g_strdup(template_features[i]));
    g_ptr_array_add(template->machines, g_strdup("pc-i440fx-9.2"));
    g_ptr_array_add(template->machines, g_strdup("pc-q35-9.2"));
    g_ptr_array_add(template->notes, g_strdup("planned with what KVM offers on every member"));
    if (kind == 0)
        g_ptr_array_add(template->notes,
                        g_strdup("mpx is disabled: newer processors no longer have it"));
}

static void
add_limit(PlanClass *klass, const char *features, gdouble gain, const char *text)
{
    ClassLimit limit = {
        .hosts = g_array_new(FALSE, FALSE, sizeof(guint32)),
        .features = sample_strings(features),
        .gain = gain,
        .text = g_strdup(text),
    };

    append_index(limit.hosts, g_array_index(klass->hosts, guint32, 0));
    g_array_append_val(klass->limits, limit);
}

static PlanClass *
make_class(const Fleet *fleet, gsize kind)
{
    PlanClass *klass = plan_class_new(sample_kinds[kind].class_name);

    klass->level = g_strdup(sample_kinds[kind].level);
    klass->arch = CPU_ARCH_X86_64;
    klass->vendor = g_strdup(sample_kinds[kind].vendor);
    klass->loss = 0.04 + 0.03 * (gdouble)kind;
    for (guint h = 0; h < fleet->hosts->len; h++) {
        if (fleet_host(fleet, h)->cpu == kind) {
            append_index(klass->hosts, h);
            klass->memory_kib += fleet_host(fleet, h)->memory_kib;
            klass->n_cpus += fleet_host(fleet, h)->n_cpus;
        }
    }
    klass->n_host_model = klass->hosts->len;
    fill_template(klass, kind);
    add_limit(klass, "avx512f avx512bw avx512cd", 0.11,
              "without its oldest host the class would have AVX-512");
    add_limit(klass, "pku", 0.01, "one host has protection keys off in its firmware");
    return klass;
}

static void
break_contract(PlanClass *klass, const Fleet *fleet)
{
    ContractBreach breach = {
        .host = g_array_index(klass->hosts, guint32, 1),
        .reasons = sample_strings("md-clear-is-gone-since-microcode-0x5003001"),
    };

    klass->contract.state = CONTRACT_BROKEN;
    klass->contract.published = fleet->templates->pdata[0];
    g_array_append_val(klass->contract.breaches, breach);
    g_ptr_array_add(klass->contract.headroom, g_strdup("avx512_vnni"));
    append_index(klass->contract.outdated_guests, 0);
}

static void
add_groups(Plan *plan, guint32 pool_index, const PlanPool *pool)
{
    for (guint c = 0; c < pool->classes->len; c++) {
        const PlanClass *klass = pool->classes->pdata[c];
        HostGroup *group = NULL;

        for (guint i = 0; i < klass->hosts->len; i++) {
            guint32 host = g_array_index(klass->hosts, guint32, i);

            if (i % sample_hosts_per_group(plan->fleet->hosts->len) == 0) {
                group = host_group_new(pool_index, fleet_host(plan->fleet, host)->name);
                g_ptr_array_add(plan->groups, group);
            }
            append_index(group->hosts, host);
        }
    }
}

static Outcome *
make_outcome(const char *check, Verdict verdict, const char *text, const char *features)
{
    Outcome *outcome = outcome_new();
    Blocker *blocker =
        blocker_new(check, verdict, text, "restart the guest on its class's template");

    if (features != NULL)
        blocker->features = sample_strings(features);
    outcome_add(outcome, blocker);
    return outcome;
}

/* 0 yes, 1 features missing, 2 vendor, 3 TSC, 4 address bits not known */
static guint32
cell(const Plan *plan, guint32 from, guint32 to)
{
    const HostGroup *a = plan->groups->pdata[from], *b = plan->groups->pdata[to];
    guint32 kind_a = fleet_host(plan->fleet, g_array_index(a->hosts, guint32, 0))->cpu;
    guint32 kind_b = fleet_host(plan->fleet, g_array_index(b->hosts, guint32, 0))->cpu;

    if (g_strcmp0(sample_kinds[kind_a].vendor, sample_kinds[kind_b].vendor) != 0)
        return 2;
    if (sample_kinds[kind_a].rank > sample_kinds[kind_b].rank)
        return 1;
    if (kind_a == kind_b)
        return from != to && to % 5 == 4 ? 3 : 0;
    return to % 3 == 0 ? 4 : 0;
}

/* A factor in which every group is a row and a column of its own. */
static void
make_factor(MatrixFactor *factor, guint n, guint n_parts)
{
    factor->n_sources = factor->n_targets = n;
    factor->n_parts = n_parts;
    factor->source_of = g_new0(guint32, n + 1);
    factor->target_of = g_new0(guint32, n + 1);
    factor->parts = g_new0(guint32, (gsize)n * n + 1);
    for (guint32 i = 0; i < n; i++)
        factor->source_of[i] = factor->target_of[i] = i;
}

static Matrix *
make_matrix(const Plan *plan, guint32 pool, MatrixSubject subject)
{
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 g = 0; g < plan->groups->len; g++) {
        if (((const HostGroup *)plan->groups->pdata[g])->pool == pool)
            append_index(members, g);
    }
    Matrix *matrix = matrix_new(subject, members->len);
    g_ptr_array_add(matrix->outcomes,
                    make_outcome("features-missing", VERDICT_NO,
                                 "the target lacks avx512f and avx512vl", "avx512f avx512vl"));
    g_ptr_array_add(matrix->outcomes,
                    make_outcome("vendor", VERDICT_NO, "an Intel guest cannot run on AMD", NULL));
    g_ptr_array_add(matrix->outcomes,
                    make_outcome("tsc-frequency", VERDICT_WARN,
                                 "the clocks differ by 180 ppm, within the tolerance", NULL));
    g_ptr_array_add(matrix->outcomes,
                    make_outcome("address-bits", VERDICT_UNKNOWN,
                                 "the target does not tell its physical address bits", NULL));
    make_factor(&matrix->cpus, matrix->n, matrix->outcomes->len);
    make_factor(&matrix->sites, matrix->n, 1);
    matrix->joined = g_new0(guint32, matrix->outcomes->len);
    for (guint32 i = 0; i < matrix->outcomes->len; i++)
        matrix->joined[i] = i;
    for (guint row = 0; row < matrix->n; row++) {
        matrix->groups[row] = g_array_index(members, guint32, row);
        for (guint column = 0; column < matrix->n; column++) {
            guint32 to = g_array_index(members, guint32, column);
            matrix->cpus.parts[(gsize)row * matrix->n + column] =
                cell(plan, matrix->groups[row], to);
        }
    }
    return matrix;
}

static gboolean
is_open(const Matrix *matrix, guint row, guint column)
{
    return matrix_outcome(matrix, row, column)->verdict <= VERDICT_WARN;
}

static void
count_pairs(const Plan *plan, Matrix *matrix)
{
    for (guint row = 0; row < matrix->n; row++) {
        const HostGroup *from = plan->groups->pdata[matrix->groups[row]];

        for (guint column = 0; column < matrix->n; column++) {
            const HostGroup *to = plan->groups->pdata[matrix->groups[column]];
            guint64 n = (guint64)from->hosts->len * (to->hosts->len - (row == column));

            matrix->n_pairs[matrix_outcome(matrix, row, column)->verdict] += n;
            if (row < column && is_open(matrix, row, column) != is_open(matrix, column, row))
                matrix->n_one_way += n;
        }
    }
}

static void
add_drains(PlanPool *pool, const Plan *plan)
{
    pool->maintenance.order = g_new0(guint32, pool->hosts->len);
    for (guint i = 0; i < pool->hosts->len; i++) {
        Drain *drain = drain_new(g_array_index(pool->hosts, guint32, i));

        drain->n_guests = i % 3;
        if (i == 4) {
            drain->verdict = VERDICT_NO;
            drain->text = g_strdup("web0002 has nowhere to go: it needs avx512f");
            append_index(drain->stranded, MIN(2, plan->fleet->guests->len - 1));
        } else {
            pool->maintenance.order[pool->maintenance.n_order++] = drain->host;
        }
        g_ptr_array_add(pool->drains, drain);
    }
    append_index(pool->maintenance.blocking_guests, 2);
    pool->maintenance.failover = VERDICT_YES;
    pool->maintenance.failover_text =
        g_strdup("When any host fails, all guests can start elsewhere.");
}

/* As if each class ran some guests and had room for some more. */
static void
add_capacity(PlanPool *pool)
{
    pool->guest_kib = 4 << 20;
    for (guint i = 0; i < pool->classes->len; i++) {
        PlanClass *klass = pool->classes->pdata[i];

        klass->capacity = (Capacity){.n_hosts = klass->hosts->len,
                                     .n_guests = 3 + i,
                                     .memory_kib = klass->memory_kib,
                                     .used_kib = klass->memory_kib / 4,
                                     .free_kib = klass->memory_kib / 4 * 3,
                                     .largest_kib = 100 << 20,
                                     .n_cpus = klass->n_cpus,
                                     .n_vcpus = klass->n_cpus / 2,
                                     .n_more = 1200 + i,
                                     .n_more_failover = 1100 + i};
        pool->capacity.n_hosts += klass->capacity.n_hosts;
        pool->capacity.n_guests += klass->capacity.n_guests;
        pool->capacity.memory_kib += klass->capacity.memory_kib;
        pool->capacity.used_kib += klass->capacity.used_kib;
        pool->capacity.free_kib += klass->capacity.free_kib;
        pool->capacity.largest_kib = klass->capacity.largest_kib;
        pool->capacity.n_cpus += klass->capacity.n_cpus;
        pool->capacity.n_vcpus += klass->capacity.n_vcpus;
        pool->capacity.n_more += klass->capacity.n_more;
        pool->capacity.n_more_failover += klass->capacity.n_more_failover;
    }
}

static void
add_pool(Plan *plan, guint32 index)
{
    PlanPool *pool = plan_pool_new(plan->settings->pools->pdata[index]);

    g_ptr_array_add(plan->pools, pool);
    for (gsize k = 0; k < SAMPLE_N_KINDS; k++) {
        if (g_strcmp0(sample_kinds[k].pool, pool->settings->name) != 0)
            continue;
        PlanClass *klass = make_class(plan->fleet, k);
        for (guint i = 0; i < klass->hosts->len; i++) {
            append_index(pool->hosts, g_array_index(klass->hosts, guint32, i));
            append_index(pool->class_of, pool->classes->len);
        }
        g_ptr_array_add(pool->classes, klass);
    }
    gboolean is_auto = pool->settings->strategy == STRATEGY_AUTO;
    /* The plan is the last point, and the axis has steps of 2.5 per cent. */
    for (guint n = is_auto ? 1 : pool->classes->len; n <= pool->classes->len; n++) {
        TradeoffPoint point = {n, 0.1 / n - 0.01, n == pool->classes->len, n < 2, FALSE};
        g_array_append_val(pool->tradeoff, point);
    }
    if (pool->classes->len > 1) {
        const ClassMerge merge = {0, 1, 0.2, 0.05};
        g_array_append_val(pool->merges, merge);
    }
    add_groups(plan, index, pool);
    for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++) {
        pool->matrices[subject] = make_matrix(plan, index, subject);
        count_pairs(plan, pool->matrices[subject]);
    }
    add_drains(pool, plan);
    add_capacity(pool);
}

/* Gives GUEST the outlook of the alike one before it, when there is one. */
static gboolean
share_outlook(GuestPlan *guest, const GuestPlan *alike)
{
    if (alike == NULL)
        return FALSE;
    g_array_unref(guest->targets);
    g_ptr_array_unref(guest->outcomes);
    guest->targets = g_array_ref(alike->targets);
    guest->outcomes = g_ptr_array_ref(alike->outcomes);
    return TRUE;
}

static void
fill_outlook(GuestPlan *guest, const Plan *plan)
{
    g_ptr_array_add(guest->outcomes, make_outcome("features-missing", VERDICT_NO,
                                                  "the target lacks avx512f", "avx512f"));
    g_ptr_array_add(guest->outcomes, make_outcome("cpu-maximum", VERDICT_UNKNOWN,
                                                  "maximum differs with each QEMU", NULL));
    for (guint32 g = 0; g < plan->groups->len; g++) {
        const HostGroup *group = plan->groups->pdata[g];
        const guint32 answer = guest->freedom == GUEST_STUCK          ? 1
                               : guest->freedom == GUEST_MAY_BE_STUCK ? 2
                                                                      : g % 4 == 3;
        GuestTarget target = {g, guest->freedom == GUEST_STUCK, answer};

        if (group->pool != guest->pool)
            continue;
        g_array_append_val(guest->targets, target);
    }
}

/* Its own host is one to start on, and none to migrate to. */
static void
count_targets(GuestPlan *guest, const Plan *plan)
{
    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);
        const HostGroup *group = plan->groups->pdata[target->group];
        gboolean is_own = g_array_index(plan->group_of, guint32, guest->host) == target->group;

        guest->n_start_hosts += target->can_start == 0 ? group->hosts->len - is_own : 0;
        guest->n_start_hosts += is_own && guest->can_start_here == 0;
        guest->n_migrate_hosts += target->can_migrate == 0 ? group->hosts->len - is_own : 0;
    }
}

static void
hold(GuestPlan *guest, const char *obstacle, const char *remedy, guint n_cured_hosts)
{
    const guint32 first_group = 0;

    g_array_append_val(guest->cured_groups, first_group);
    guest->obstacle = g_strdup(obstacle);
    guest->remedy = g_strdup(remedy);
    guest->n_cured_hosts = n_cured_hosts;
    guest->held_by =
        g_strdup_printf("%s Cured, it would open %u hosts: %s.", obstacle, n_cured_hosts, remedy);
}

static void
add_guest_plans(Plan *plan)
{
    const GuestPlan *alike[2][GUEST_FREEDOM_COUNT] = {{NULL}, {NULL}};

    for (guint i = 0; i < plan->fleet->guests->len; i++) {
        GuestPlan *guest = guest_plan_new(i);
        const Guest *record = plan->fleet->guests->pdata[i];

        guest->host = fleet_find_host(plan->fleet, record->host);
        if (guest->host == FLEET_NO_INDEX)
            guest->host = (i * 2) % plan->fleet->hosts->len;
        guest->pool = fleet_host(plan->fleet, guest->host)->cpu < 3 ? 0 : 1;
        guest->freedom = i % 7 == 2 ? GUEST_STUCK : i % 7 == 5 ? GUEST_MAY_BE_STUCK : GUEST_FREE;
        if (!share_outlook(guest, alike[guest->pool][guest->freedom]))
            fill_outlook(guest, plan);
        alike[guest->pool][guest->freedom] = guest;
        count_targets(guest, plan);
        if (guest->freedom == GUEST_MAY_BE_STUCK)
            hold(guest, "Mode maximum, of which nothing is known.", "give it a template", 0);
        if (guest->freedom == GUEST_STUCK) {
            hold(guest, "The guest has avx512f, which no other host of the pool offers.",
                 "give it the class's template", 1 + i % 2);
            guest->is_freed_by_template = i % 2 == 0;
            guest->known = i % 16 == 0 ? plan->settings->known_stuck->pdata[0] : NULL;
        }
        g_ptr_array_add(plan->guests, guest);
    }
}

static void
add_address_plans(Plan *plan)
{
    for (guint i = 0; i < plan->fleet->guests->len; i++) {
        AddressPlan *addresses = address_plan_new(i);
        const Guest *guest = plan->fleet->guests->pdata[i];

        if (i == 3) {
            addresses->refusal =
                finding_new(FINDING_ERROR, "domain-refused", "two disks have the target vda",
                            "give one of them another target");
            addresses->refusal->line = 41;
        } else {
            addresses->machine = g_strdup(guest->machine);
            addresses->devices = sample_devices_new(i);
        }
        g_ptr_array_add(plan->addresses, addresses);
    }
}

static void
add_drift(Plan *plan, const char *id, gboolean is_actionable, const char *host, const char *text,
          const char *cause)
{
    DriftItem *item = drift_item_new(id, is_actionable);

    item->host = g_strdup(host);
    item->text = g_strdup(text);
    item->cause = g_strdup(cause);
    if (cause != NULL)
        item->features = sample_strings("hle rtm");
    g_ptr_array_add(plan->drift, item);
}

static void
add_lists(Plan *plan)
{
    Finding *note = finding_new(FINDING_WARNING, "address-bits-unknown",
                                "the host does not tell its physical address bits",
                                "collect capabilities with libvirt 8.7 or newer");

    note->host = g_strdup("kvm0003.example.org");
    g_ptr_array_add(plan->findings, note);
    plan->drift_run = 7;
    add_drift(plan, "features-lost", TRUE, "kvm0001.example.org", "lost hle and rtm",
              "microcode 0x5003000 to 0x5003001");
    add_drift(plan, "host-new", FALSE, SAMPLE_HOSTILE_HOST, "came to the pool", NULL);
    add_drift(plan, "host-gone", TRUE, "kvm9999.example.org", "no longer in the input", NULL);
}

static void
fill_group_of(Plan *plan)
{
    guint32 none = FLEET_NO_INDEX;

    for (guint i = 0; i < plan->fleet->hosts->len; i++)
        g_array_append_val(plan->group_of, none);
    for (guint32 g = 0; g < plan->groups->len; g++) {
        const HostGroup *group = plan->groups->pdata[g];

        for (guint i = 0; i < group->hosts->len; i++)
            g_array_index(plan->group_of, guint32, g_array_index(group->hosts, guint32, i)) = g;
    }
}

SamplePlan *
sample_plan_new(guint n_hosts)
{
    SamplePlan *sample = g_new0(SamplePlan, 1);

    g_assert(n_hosts >= 20);
    sample->map = cpu_map_new_builtin();
    sample->fleet = sample_fleet_new(n_hosts);
    sample->settings = make_settings();
    sample->plan = plan_new();
    sample->plan->fleet = sample->fleet;
    sample->plan->settings = sample->settings;
    sample->plan->map = sample->map;
    for (guint32 i = 0; i < sample->settings->pools->len; i++)
        add_pool(sample->plan, i);
    break_contract(((PlanPool *)sample->plan->pools->pdata[0])->classes->pdata[0], sample->fleet);
    fill_group_of(sample->plan);
    add_guest_plans(sample->plan);
    add_address_plans(sample->plan);
    add_lists(sample->plan);
    return sample;
}

SamplePlan *
sample_plan_new_empty(void)
{
    SamplePlan *sample = g_new0(SamplePlan, 1);

    sample->fleet = fleet_new();
    sample->settings = make_settings();
    sample->plan = plan_new();
    sample->plan->fleet = sample->fleet;
    sample->plan->settings = sample->settings;
    g_ptr_array_add(sample->plan->pools, plan_pool_new(sample->settings->pools->pdata[0]));
    return sample;
}

void
sample_plan_free(SamplePlan *sample)
{
    if (sample == NULL)
        return;
    plan_free(sample->plan);
    plan_settings_free(sample->settings);
    fleet_free(sample->fleet);
    g_clear_pointer(&sample->map, cpu_map_unref);
    g_free(sample);
}

int
sample_plan_set_up(void **state)
{
    *state = sample_plan_new(SAMPLE_N_HOSTS);
    return 0;
}

int
sample_plan_tear_down(void **state)
{
    sample_plan_free(*state);
    return 0;
}
