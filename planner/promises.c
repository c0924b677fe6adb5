/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Published templates as the seeds of classes. Guests run on them, so where a pool has published
 * templates, "auto" does not move hosts between classes because another partition would lose less:
 * every signature whose hosts meet a published template stays with it, and only what meets none is
 * partitioned anew. A better partition is proposed in a finding.
 *
 * A signature that meets several goes to the one that promises most. What an old libvirt is unable
 * to name is not held against its host here; the class's contract says so. Address bits, vendor and
 * features decide; a TSC frequency or a machine type that one host lacks breaks its class's
 * contract without moving it to another CPU's class.
 */
#include <string.h>

#include "signatures.h"

/* Losses that differ by less than this are equal: they are summed from rounded weights. */
#define LOSS_TOLERANCE 1e-4

typedef struct {
    const PublishedTemplate *published;
    CpuSet set;
    gdouble value;     /* of the set */
    ClassDraft *draft; /* NULL until a signature meets it */
} Promise;

static GArray *
promises_of_pool(const Planning *planning, const PlanPool *pool)
{
    const GPtrArray *templates = planning->fleet->templates;
    const Universe *universe = planning->universes[CPU_FAMILY_X86];
    GArray *promises = g_array_new(FALSE, TRUE, sizeof(Promise));

    for (guint i = 0; i < templates->len; i++) {
        Promise promise = {.published = g_ptr_array_index(templates, i)};

        /* one that cannot be read is the contracts' to tell of */
        if (strcmp(promise.published->pool, pool->settings->name) != 0 ||
            promise.published->cpu == NULL ||
            !cpu_engine_effective_set(planning->map, promise.published->cpu, &promise.set, NULL,
                                      NULL))
            continue;
        promise.value = universe_weight(universe, &promise.set);
        g_array_append_val(promises, promise);
    }
    return promises;
}

static gboolean
cpu_meets(const HostCpu *cpu, const Promise *promise)
{
    const PublishedTemplate *published = promise->published;
    CpuSet missing = promise->set;

    if (published->cpu->vendor != NULL && g_strcmp0(published->cpu->vendor, cpu->vendor) != 0)
        return FALSE;
    if (cpu->physical_address_bits < published->physical_address_bits)
        return FALSE;
    cpu_set_subtract(&missing, &cpu->set);
    cpu_set_subtract(&missing, &cpu->maybe);
    return cpu_set_is_empty(&missing);
}

static gboolean
signature_meets(const Signature *signature, const Promise *promise)
{
    if (promise->draft != NULL) {
        const Signature *first = g_ptr_array_index(promise->draft->signatures, 0);

        if (strcmp(first->key, signature->key) != 0)
            return FALSE;
    }
    for (guint i = 0; i < signature->cpus->len; i++)
        if (!cpu_meets(g_ptr_array_index(signature->cpus, i), promise))
            return FALSE;
    return TRUE;
}

/* The one that promises most; among equals the first by name. NULL when SIGNATURE meets none. */
static Promise *
best_promise(const GArray *promises, const Signature *signature)
{
    Promise *best = NULL;

    for (guint i = 0; i < promises->len; i++) {
        Promise *promise = &g_array_index(promises, Promise, i);

        if ((best == NULL || promise->value > best->value) && signature_meets(signature, promise))
            best = promise;
    }
    return best;
}

GPtrArray *
promises_draft_classes(const Planning *planning, const PlanPool *pool, const GPtrArray *signatures,
                       GPtrArray *ret_rest)
{
    g_autoptr(GArray) promises = promises_of_pool(planning, pool);
    GPtrArray *drafts = g_ptr_array_new_with_free_func((GDestroyNotify)class_draft_free);

    for (guint i = 0; i < signatures->len; i++) {
        Signature *signature = g_ptr_array_index(signatures, i);
        Promise *promise = signature_family(signature) == CPU_FAMILY_X86
                               ? best_promise(promises, signature)
                               : NULL;

        if (promise == NULL) {
            g_ptr_array_add(ret_rest, signature);
            continue;
        }
        if (promise->draft == NULL) {
            promise->draft = class_draft_new();
            promise->draft->published = promise->published;
            g_ptr_array_add(drafts, promise->draft);
        }
        class_draft_add(promise->draft, signature);
    }
    return drafts;
}

/* ---- what is told --------------------------------------------------------------------------- */

void
promises_report_outsiders(Planning *planning, const PlanPool *pool, const GPtrArray *rest)
{
    guint n_hosts = 0;
    guint32 first = FLEET_NO_INDEX;

    for (guint i = 0; i < rest->len; i++) {
        const GArray *hosts = ((const Signature *)g_ptr_array_index(rest, i))->hosts;

        n_hosts += hosts->len;
        first = MIN(first, g_array_index(hosts, guint32, 0));
    }
    if (n_hosts == 0)
        return;
    planning_add_finding(
        planning, FINDING_WARNING, "meets-no-template", NULL,
        g_strdup_printf("%u host%s of pool %s, such as %s, meet%s none of the pool's published "
                        "templates and %s a class apart",
                        n_hosts, words_plural(n_hosts), pool->settings->name,
                        fleet_host(planning->fleet, first)->name, n_hosts == 1 ? "s" : "",
                        n_hosts == 1 ? "is in" : "are in"),
        "if they met one before, see virt-plan drift for what they lost; if they are new, publish "
        "their class's template with accept");
}

static const TradeoffPoint *
chosen_point(const PlanPool *pool)
{
    for (guint i = 0; i < pool->tradeoff->len; i++)
        if (g_array_index(pool->tradeoff, TradeoffPoint, i).is_chosen)
            return &g_array_index(pool->tradeoff, TradeoffPoint, i);
    return NULL;
}

static void
insert_kept_point(PlanPool *pool, const TradeoffPoint *kept)
{
    guint place = 0;

    for (guint i = 0; i < pool->tradeoff->len; i++) {
        TradeoffPoint *point = &g_array_index(pool->tradeoff, TradeoffPoint, i);

        point->is_chosen = FALSE;
        if (point->n_classes <= kept->n_classes)
            place = i + 1;
    }
    g_array_insert_val(pool->tradeoff, place, *kept);
}

void
promises_report_tradeoff(Planning *planning, PlanPool *pool, guint n_classes, gdouble loss)
{
    const TradeoffPoint *found = chosen_point(pool);
    const TradeoffPoint kept = {n_classes, loss, TRUE, FALSE, TRUE};

    if (found == NULL ||
        (found->n_classes == n_classes && ABS(found->loss - loss) < LOSS_TOLERANCE))
        return;
    const TradeoffPoint best = *found;
    insert_kept_point(pool, &kept);
    if (best.loss > loss - LOSS_TOLERANCE &&
        (best.n_classes >= n_classes || best.loss > loss + LOSS_TOLERANCE))
        return;
    planning_add_finding(
        planning, FINDING_NOTE, "better-classes", NULL,
        g_strdup_printf("pool %s keeps the classes of its published templates: %u class%s that "
                        "give up %.2f %% of what the hosts have; with today's hosts %u class%s "
                        "would give up %.2f %%",
                        pool->settings->name, n_classes, n_classes == 1 ? "" : "es", loss * 100,
                        best.n_classes, best.n_classes == 1 ? "" : "es", best.loss * 100),
        "nothing changes by itself; to start anew, retire the pool's templates with accept "
        "--retire and publish the new ones with accept");
}
