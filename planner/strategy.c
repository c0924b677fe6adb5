/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The four strategies: from signatures to drafts of classes. Signatures come sorted by key, so
 * hosts that may never share a class (another vendor, another architecture) are runs of one key;
 * each strategy works run by run.
 */
#include <string.h>

#include "partition.h"
#include "signatures.h"

#define WEIGHT_SCALE 1000 /* feature weights as integers */
#define MAX_TRADEOFF 64   /* classes per run that auto looks at */
#define TRADEOFF_SHOWN 12 /* points to report at least, where there are so many */
#define NEUTRAL_LADDER "x86-64"
#define DEFAULT_MAX_LOSS 0.05 /* auto without a bound on classes or loss */

/* Signatures [begin, end) of one key. */
typedef struct {
    guint begin, end;
    GArray *partitions; /* auto: of Partition, by number of classes from 1 */
} Run;

static void
clear_run(gpointer data)
{
    g_clear_pointer(&((Run *)data)->partitions, g_array_unref);
}

static GArray *
runs_of(const GPtrArray *signatures)
{
    GArray *runs = g_array_new(FALSE, TRUE, sizeof(Run));

    g_array_set_clear_func(runs, clear_run);
    for (guint i = 0; i < signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(signatures, i);
        Run *last = runs->len > 0 ? &g_array_index(runs, Run, runs->len - 1) : NULL;
        const Signature *first = last != NULL ? g_ptr_array_index(signatures, last->begin) : NULL;

        if (first != NULL && strcmp(first->key, signature->key) == 0) {
            last->end = i + 1;
        } else {
            const Run run = {i, i + 1, NULL};
            g_array_append_val(runs, run);
        }
    }
    return runs;
}

static GPtrArray *
draft_exact(const GPtrArray *signatures)
{
    GPtrArray *drafts = g_ptr_array_new_with_free_func((GDestroyNotify)class_draft_free);

    for (guint i = 0; i < signatures->len; i++) {
        ClassDraft *draft = class_draft_new();

        class_draft_add(draft, g_ptr_array_index(signatures, i));
        g_ptr_array_add(drafts, draft);
    }
    return drafts;
}

static GPtrArray *
draft_pool(const GPtrArray *signatures, const GArray *runs)
{
    GPtrArray *drafts = g_ptr_array_new_with_free_func((GDestroyNotify)class_draft_free);

    for (guint r = 0; r < runs->len; r++) {
        const Run *run = &g_array_index(runs, Run, r);
        ClassDraft *draft = class_draft_new();

        for (guint i = run->begin; i < run->end; i++)
            class_draft_add(draft, g_ptr_array_index(signatures, i));
        g_ptr_array_add(drafts, draft);
    }
    return drafts;
}

/* ---- ladder --------------------------------------------------------------------------------- */

/*
 * A level that the pool's disabled features take something from still counts: the pool wants it so.
 */
static const LadderLevel *
level_of_signature(Planning *planning, const PoolSettings *settings, const Signature *signature)
{
    const HostCpu *cpu = g_ptr_array_index(signature->cpus, 0);
    const Universe *universe = planning->universes[cpu->family];

    if (cpu->family != CPU_FAMILY_X86)
        return NULL;
    const gboolean is_neutral = g_strcmp0(settings->ladder, NEUTRAL_LADDER) == 0;
    const CpuVendor *vendor = !is_neutral && cpu->vendor != NULL
                                  ? cpu_map_find_vendor(planning->map, cpu->family, cpu->vendor)
                                  : NULL;
    const CpuSet disabled = universe_closure(universe, settings->disabled);
    CpuSet set = cpu->set;
    cpu_set_unite(&set, &disabled);
    const CpuSet known = universe_known(universe, &set);

    const LadderLevel *level =
        ladder_level_of(planning_ladder(planning), &known, vendor, settings->is_secure);

    /* a ladder that the plan file names is the only one that counts */
    if (level != NULL && settings->ladder != NULL && strcmp(level->ladder, settings->ladder) != 0)
        return NULL;
    return level;
}

static ClassDraft *
find_level_draft(GPtrArray *drafts, const char *key, const LadderLevel *level)
{
    for (guint i = 0; i < drafts->len; i++) {
        ClassDraft *draft = g_ptr_array_index(drafts, i);
        const Signature *first = g_ptr_array_index(draft->signatures, 0);

        if (draft->level == level && strcmp(first->key, key) == 0)
            return draft;
    }
    return NULL;
}

static void
report_below_ladder(Planning *planning, const PlanPool *pool, const ClassDraft *draft)
{
    const Signature *first = g_ptr_array_index(draft->signatures, 0);
    const HostCpu *cpu = g_ptr_array_index(first->cpus, 0);

    if (cpu->family != CPU_FAMILY_X86)
        return;
    planning_add_finding(
        planning, FINDING_NOTE, "below-ladder", NULL,
        g_strdup_printf("pool %s has hosts that reach no level of the ladder, such as %s (%s)",
                        pool->settings->name,
                        fleet_host(planning->fleet, g_array_index(first->hosts, guint32, 0))->name,
                        cpu->model),
        "they share a class of what they have in common; virt-plan map show explains the levels");
}

static GPtrArray *
draft_ladder(Planning *planning, const PlanPool *pool, const GPtrArray *signatures)
{
    GPtrArray *drafts = g_ptr_array_new_with_free_func((GDestroyNotify)class_draft_free);

    for (guint i = 0; i < signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(signatures, i);
        const LadderLevel *level = level_of_signature(planning, pool->settings, signature);
        ClassDraft *draft = find_level_draft(drafts, signature->key, level);

        if (draft == NULL) {
            draft = class_draft_new();
            draft->level = level;
            g_ptr_array_add(drafts, draft);
        }
        class_draft_add(draft, signature);
    }
    for (guint i = 0; i < drafts->len; i++)
        if (((const ClassDraft *)g_ptr_array_index(drafts, i))->level == NULL)
            report_below_ladder(planning, pool, g_ptr_array_index(drafts, i));
    return drafts;
}

/* ---- auto ----------------------------------------------------------------------------------- */

static gint64
integer_weight(const Universe *universe, guint bit)
{
    return (gint64)(universe->weights[bit] * WEIGHT_SCALE + 0.5);
}

static void
solve_run(const Planning *planning, const PlanPool *pool, const GPtrArray *signatures, Run *run,
          guint max_classes)
{
    const guint n = run->end - run->begin;
    g_autofree PartitionItem *items = g_new0(PartitionItem, n);
    g_autofree gint64 *weights = g_new0(gint64, CPU_SET_BITS);
    const Signature *first = g_ptr_array_index(signatures, run->begin);
    const Universe *universe = planning->universes[signature_family(first)];
    const PartitionProblem problem = {items, n, weights, pool->settings->min_hosts, FALSE};

    for (guint i = 0; i < CPU_SET_BITS; i++)
        weights[i] = integer_weight(universe, i);
    for (guint i = 0; i < n; i++) {
        const Signature *signature = g_ptr_array_index(signatures, run->begin + i);

        items[i].set = signature->set;
        items[i].weight = (gint64)signature->weight;
        items[i].n_hosts = signature->hosts->len;
    }
    run->partitions = partition_solve(&problem, MIN(max_classes, n));
}

/* What it costs to have ALLOWED classes in all runs, and how many of them each run gets. */
typedef struct {
    gint64 loss;
    guint n_classes; /* really used */
    gboolean is_exact;
    guint *of_run;
} Share;

static void
clear_share(gpointer data)
{
    g_free(((Share *)data)->of_run);
}

/* The best way to give ALLOWED classes to the runs before and to RUN, from what those before do. */
static Share
share_with_run(const GArray *shares, const Run *run, guint n_runs_before, guint allowed)
{
    Share best = {G_MAXINT64, 0, TRUE, NULL};
    guint best_own = 0;

    for (guint own = 1; own <= run->partitions->len && own + n_runs_before <= allowed; own++) {
        const Share *before = &g_array_index(shares, Share, allowed - own);
        const Partition *partition = &g_array_index(run->partitions, Partition, own - 1);
        const gint64 loss = before->loss + partition->loss;

        best.is_exact = best.is_exact && before->is_exact && partition->is_exact;
        if (loss >= best.loss)
            continue;
        best.loss = loss;
        best.n_classes = before->n_classes + partition->n_classes;
        best_own = own;
    }
    if (best_own == 0)
        return best;
    const Share *before = &g_array_index(shares, Share, allowed - best_own);
    best.of_run = g_new0(guint, n_runs_before + 1);
    if (n_runs_before > 0)
        memcpy(best.of_run, before->of_run, n_runs_before * sizeof(guint));
    best.of_run[n_runs_before] = best_own;
    return best;
}

/* Shares for 0 .. max_classes classes; those below the number of runs have no of_run. */
static GArray *
share_classes(const GArray *runs, guint max_classes)
{
    GArray *shares = g_array_new(FALSE, TRUE, sizeof(Share));

    g_array_set_clear_func(shares, clear_share);
    for (guint i = 0; i <= max_classes; i++) {
        const Share none = {0, 0, TRUE, NULL};
        g_array_append_val(shares, none);
    }
    for (guint r = 0; r < runs->len; r++) {
        GArray *next = g_array_new(FALSE, TRUE, sizeof(Share));

        g_array_set_clear_func(next, clear_share);
        for (guint allowed = 0; allowed <= max_classes; allowed++) {
            const Share share = share_with_run(shares, &g_array_index(runs, Run, r), r, allowed);
            g_array_append_val(next, share);
        }
        g_array_unref(shares);
        shares = next;
    }
    return shares;
}

static gdouble
total_value(const Planning *planning, const GPtrArray *signatures)
{
    gdouble total = 0;

    for (guint i = 0; i < signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(signatures, i);
        const Universe *universe = planning->universes[signature_family(signature)];

        cpu_set_foreach (bit, &signature->set)
            total += (gdouble)signature->weight * (gdouble)integer_weight(universe, bit);
    }
    return total;
}

static gdouble
relative_loss(const Share *share, gdouble total)
{
    return total > 0 ? (gdouble)share->loss / total : 0;
}

/*
 * The share to take: within the loss that is allowed if there is one, else the best of all.
 * N_KEPT classes are taken already.
 */
static guint
choose_share(const PoolSettings *settings, const GArray *shares, guint n_runs, guint n_kept,
             gdouble total)
{
    const guint most = shares->len - 1;
    const guint left = settings->max_classes > n_kept ? settings->max_classes - n_kept : 1;
    const guint bound = settings->max_classes > 0 ? MIN(left, most) : most;
    const gdouble max_loss = settings->max_loss >= 0     ? settings->max_loss
                             : settings->max_classes > 0 ? -1
                                                         : DEFAULT_MAX_LOSS;

    for (guint k = n_runs; k < bound; k++) {
        const Share *share = &g_array_index(shares, Share, k);

        if (max_loss >= 0 && relative_loss(share, total) <= max_loss)
            return k;
    }
    return MAX(bound, n_runs);
}

static void
report_tradeoff(PlanPool *pool, const GArray *shares, guint n_runs, guint chosen, gdouble total)
{
    guint last_n = 0;

    for (guint k = n_runs; k < shares->len; k++) {
        const Share *share = &g_array_index(shares, Share, k);
        const gboolean is_shown = k <= MAX(chosen, TRADEOFF_SHOWN);

        if (!is_shown || share->n_classes == last_n)
            continue;
        const TradeoffPoint point = {share->n_classes, relative_loss(share, total), FALSE,
                                     share->is_exact, FALSE};
        g_array_append_val(pool->tradeoff, point);
        last_n = share->n_classes;
    }
    const guint n_chosen = g_array_index(shares, Share, chosen).n_classes;
    for (guint i = 0; i < pool->tradeoff->len; i++) {
        TradeoffPoint *point = &g_array_index(pool->tradeoff, TradeoffPoint, i);

        point->is_chosen = point->n_classes == n_chosen;
    }
}

static void
add_partition_drafts(GPtrArray *drafts, const GPtrArray *signatures, const Run *run,
                     const Partition *partition)
{
    const guint first = drafts->len;

    for (guint i = 0; i < partition->n_classes; i++)
        g_ptr_array_add(drafts, class_draft_new());
    for (guint i = 0; i < run->end - run->begin; i++)
        class_draft_add(g_ptr_array_index(drafts, first + partition->class_of[i]),
                        g_ptr_array_index(signatures, run->begin + i));
}

/* Adds the best partition of SIGNATURES to DRAFTS; the trade-off is told of where IS_TOLD. */
static void
draft_partition(const Planning *planning, PlanPool *pool, const GPtrArray *signatures,
                gboolean is_told, GPtrArray *drafts)
{
    g_autoptr(GArray) runs = runs_of(signatures);
    const guint n_kept = drafts->len;
    const guint wanted = MAX(pool->settings->max_classes, TRADEOFF_SHOWN);
    const guint per_run = pool->settings->max_loss >= 0 ? MAX_TRADEOFF : MIN(wanted, MAX_TRADEOFF);
    const guint max_classes = MIN(signatures->len, runs->len - 1 + per_run);
    const gdouble total = total_value(planning, signatures);

    for (guint r = 0; r < runs->len; r++)
        solve_run(planning, pool, signatures, &g_array_index(runs, Run, r), per_run);
    g_autoptr(GArray) shares = share_classes(runs, max_classes);
    const guint chosen = choose_share(pool->settings, shares, runs->len, n_kept, total);
    const Share *share = &g_array_index(shares, Share, chosen);

    if (is_told)
        report_tradeoff(pool, shares, runs->len, chosen, total);
    for (guint r = 0; r < runs->len; r++) {
        const Run *run = &g_array_index(runs, Run, r);

        add_partition_drafts(drafts, signatures, run,
                             &g_array_index(run->partitions, Partition, share->of_run[r] - 1));
    }
}

/* What published templates hold together stays together; the rest is partitioned. */
static GPtrArray *
draft_auto(Planning *planning, PlanPool *pool, const GPtrArray *signatures, const GArray *runs)
{
    g_autoptr(GPtrArray) rest = g_ptr_array_new();
    GPtrArray *drafts = promises_draft_classes(planning, pool, signatures, rest);

    if (drafts->len == 0) {
        draft_partition(planning, pool, signatures, TRUE, drafts);
    } else {
        g_autoptr(GPtrArray) best =
            g_ptr_array_new_with_free_func((GDestroyNotify)class_draft_free);

        draft_partition(planning, pool, signatures, TRUE, best);
        promises_report_outsiders(planning, pool, rest);
        if (rest->len > 0)
            draft_partition(planning, pool, rest, FALSE, drafts);
    }
    if (pool->settings->max_classes > 0 && runs->len > pool->settings->max_classes)
        planning_add_finding(
            planning, FINDING_WARNING, "more-classes", NULL,
            g_strdup_printf("pool %s has %u kinds of CPU that cannot share a class, more than its "
                            "max_classes of %u",
                            pool->settings->name, runs->len, pool->settings->max_classes),
            "raise max_classes, or split the pool: by vendor and architecture, and by CPU model on "
            "others than x86");
    return drafts;
}

/* ---- all ------------------------------------------------------------------------------------ */

/* What the draft offers, and what its signatures lose by it. */
static void
finish_draft(const Planning *planning, const PlanPool *pool, ClassDraft *draft)
{
    const Signature *first = g_ptr_array_index(draft->signatures, 0);
    const Universe *universe = planning->universes[signature_family(first)];
    gdouble owned = 0, lost = 0;

    draft->baseline = first->set;
    if (draft->level != NULL) {
        const CpuSet disabled = universe_closure(universe, pool->settings->disabled);

        draft->baseline = ladder_level_set(draft->level, pool->settings->is_secure);
        cpu_set_subtract(&draft->baseline, &disabled);
    } else {
        for (guint i = 1; i < draft->signatures->len; i++)
            cpu_set_intersect(&draft->baseline,
                              &((const Signature *)g_ptr_array_index(draft->signatures, i))->set);
    }
    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);
        CpuSet rest = signature->set;

        cpu_set_subtract(&rest, &draft->baseline);
        owned += (gdouble)signature->weight * signature->value;
        lost += (gdouble)signature->weight * universe_weight(universe, &rest);
    }
    draft->loss = owned > 0 ? lost / owned : 0;
}

/* The share of what the hosts of all drafts have that the drafts give up. */
static gdouble
loss_of_drafts(const GPtrArray *drafts)
{
    gdouble owned = 0, lost = 0;

    for (guint i = 0; i < drafts->len; i++) {
        const ClassDraft *draft = g_ptr_array_index(drafts, i);
        gdouble owned_here = 0;

        for (guint j = 0; j < draft->signatures->len; j++) {
            const Signature *signature = g_ptr_array_index(draft->signatures, j);
            owned_here += (gdouble)signature->weight * signature->value;
        }
        owned += owned_here;
        lost += owned_here * draft->loss;
    }
    return owned > 0 ? lost / owned : 0;
}

static gboolean
has_promises(const GPtrArray *drafts)
{
    return ((const ClassDraft *)g_ptr_array_index(drafts, 0))->published != NULL;
}

static void
report_result(Planning *planning, PlanPool *pool, const GPtrArray *drafts)
{
    const TradeoffPoint only = {drafts->len, loss_of_drafts(drafts), TRUE, TRUE, FALSE};

    /* auto has told of its trade-off; the other strategies have no choice */
    if (pool->settings->strategy != STRATEGY_AUTO)
        g_array_append_val(pool->tradeoff, only);
    else if (has_promises(drafts))
        promises_report_tradeoff(planning, pool, only.n_classes, only.loss);
}

GPtrArray *
strategy_draft_classes(Planning *planning, PlanPool *pool, const GPtrArray *signatures)
{
    g_autoptr(GArray) runs = runs_of(signatures);
    GPtrArray *drafts = NULL;

    if (signatures->len == 0)
        return g_ptr_array_new();
    switch (pool->settings->strategy) {
    case STRATEGY_POOL:
        drafts = draft_pool(signatures, runs);
        break;
    case STRATEGY_LADDER:
        drafts = draft_ladder(planning, pool, signatures);
        break;
    case STRATEGY_AUTO:
        drafts = draft_auto(planning, pool, signatures, runs);
        break;
    case STRATEGY_EXACT:
    case STRATEGY_COUNT:
    default:
        drafts = draft_exact(signatures);
        break;
    }
    for (guint i = 0; i < drafts->len; i++)
        finish_draft(planning, pool, g_ptr_array_index(drafts, i));
    report_result(planning, pool, drafts);
    return drafts;
}
