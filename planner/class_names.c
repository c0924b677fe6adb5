/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names that last. A class is known by what does not change when hosts come and go:
 *
 *   pool    its vendor: "intel"
 *   ladder  its level: "intel-haswell"; "intel-below" for what reaches none
 *   exact   its CPU: model and a digest of the features, "skylake-server-3f9a"
 *   auto    the CPU generation of its founder, the member that the inventory has known longest:
 *           "skylake-server"; mitigations and TSX, which microcode changes, are not part of it.
 * Where two classes are of one generation, the one with the younger founder also bears a digest of
 * its founder's name
 *
 * An auto class that a published template keeps together (promises.c) bears the template's name.
 */
#include <string.h>

#include "signatures.h"

#define MIN_DIGITS 4

/* Lower case, with all but letters, digits, '.' and '_' as '-'. */
static char *
slug(const char *text)
{
    char *name = g_ascii_strdown(text, -1);

    return g_strcanon(name, "abcdefghijklmnopqrstuvwxyz0123456789._", '-');
}

/* "Skylake-Server-noTSX-IBRS" and "Skylake-Server-v4" as "skylake-server". */
static char *
generation(const char *model)
{
    static const char *const endings[] = {"-noTSX", "-IBRS", "-IBPB"};
    g_autofree char *base = g_strdup(model != NULL ? model : "cpu");
    const char *version = strrchr(base, '-');
    gboolean is_shorter = TRUE;

    if (version != NULL && version[1] == 'v' && g_ascii_isdigit(version[2]))
        base[version - base] = '\0';
    while (is_shorter) {
        is_shorter = FALSE;
        for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
            if (g_str_has_suffix(base, endings[i])) {
                base[strlen(base) - strlen(endings[i])] = '\0';
                is_shorter = TRUE;
            }
    }
    return slug(base);
}

static const HostCpu *
first_cpu(const ClassDraft *draft)
{
    const Signature *signature = g_ptr_array_index(draft->signatures, 0);

    return g_ptr_array_index(signature->cpus, 0);
}

/* "intel", "any" where vendors are mixed or not told; other families also say arch and model. */
static char *
kind_name(const PlanPool *pool, const ClassDraft *draft)
{
    const HostCpu *cpu = first_cpu(draft);
    const gboolean is_mixed =
        pool->settings->vendor_rule == VENDOR_RULE_MIXED && cpu->family == CPU_FAMILY_X86;
    g_autofree char *vendor = slug(cpu->vendor != NULL && !is_mixed ? cpu->vendor : "any");
    g_autofree char *model = slug(cpu->model != NULL ? cpu->model : "cpu");

    if (cpu->family != CPU_FAMILY_X86)
        return g_strdup_printf("%s-%s", cpu_arch_name(cpu->arch), model);
    if (cpu->arch != CPU_ARCH_X86_64)
        return g_strdup_printf("%s-%s", vendor, cpu_arch_name(cpu->arch));
    return g_steal_pointer(&vendor);
}

static char *
level_name(const PlanPool *pool, const ClassDraft *draft)
{
    g_autofree char *kind = kind_name(pool, draft);

    if (first_cpu(draft)->family != CPU_FAMILY_X86)
        return g_steal_pointer(&kind);
    if (draft->level == NULL)
        return g_strconcat(kind, "-below", NULL);
    if (draft->level->vendor != NULL)
        return g_strdup(draft->level->name);
    return g_strdup_printf("%s-%s", kind, draft->level->name);
}

/* The member that has been known longest; among those the first by name. */
static guint32
founder(const Planning *planning, const ClassDraft *draft)
{
    guint32 oldest = FLEET_NO_INDEX;

    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        for (guint j = 0; j < signature->hosts->len; j++) {
            const guint32 host = g_array_index(signature->hosts, guint32, j);
            const gint64 run = fleet_host(planning->fleet, host)->first_run;
            const gint64 best =
                oldest != FLEET_NO_INDEX ? fleet_host(planning->fleet, oldest)->first_run : 0;

            if (oldest == FLEET_NO_INDEX || run < best || (run == best && host < oldest))
                oldest = host;
        }
    }
    return oldest;
}

/* STEM with as many digits of the identity's digest as make it unlike all of TAKEN. */
static char *
name_with_digits(const char *stem, const char *identity, GHashTable *taken)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);

    for (guint n_digits = MIN_DIGITS;; n_digits++) {
        char *name = g_strdup_printf("%s-%.*s", stem, (int)n_digits, digest);

        if (!g_hash_table_contains(taken, name) || digest[n_digits] == '\0')
            return name;
        g_free(name);
    }
}

/* The CPU's model, and digits for its features. */
static char *
exact_name(const Planning *planning, const ClassDraft *draft, GHashTable *taken)
{
    const Signature *signature = g_ptr_array_index(draft->signatures, 0);
    const Universe *universe = planning->universes[signature_family(signature)];
    const char *model = first_cpu(draft)->model;
    g_autofree char *stem = slug(model != NULL ? model : "cpu");
    g_autofree char *features = universe_list(universe, &signature->set, CPU_SET_BITS);
    g_autofree char *identity = g_strconcat(signature->key, ":", features, NULL);

    return name_with_digits(stem, identity, taken);
}

static char *
auto_name(const Planning *planning, guint32 founder_host, GHashTable *taken)
{
    g_autofree char *stem = generation(planning_host_cpu(planning, founder_host)->model);

    if (!g_hash_table_contains(taken, stem))
        return g_steal_pointer(&stem);
    return name_with_digits(stem, fleet_host(planning->fleet, founder_host)->name, taken);
}

/*
 * A draft in the order in which drafts are named: auto gives the oldest founder the first choice.
 */
typedef struct {
    guint draft;
    guint32 founder; /* host; auto alone */
    gint64 since;    /* the founder's first run */
} NamingTurn;

static gint
compare_turns(gconstpointer a, gconstpointer b)
{
    const NamingTurn *left = a, *right = b;

    if (left->since != right->since)
        return left->since < right->since ? -1 : 1;
    return left->founder < right->founder ? -1 : left->founder > right->founder;
}

static GArray *
naming_turns(const Planning *planning, const PlanPool *pool, const GPtrArray *drafts)
{
    GArray *turns = g_array_new(FALSE, TRUE, sizeof(NamingTurn));

    for (guint i = 0; i < drafts->len; i++) {
        NamingTurn turn = {.draft = i, .founder = i};

        if (pool->settings->strategy == STRATEGY_AUTO) {
            turn.founder = founder(planning, g_ptr_array_index(drafts, i));
            turn.since = fleet_host(planning->fleet, turn.founder)->first_run;
        }
        g_array_append_val(turns, turn);
    }
    g_array_sort(turns, compare_turns);
    return turns;
}

static char *
class_name(const Planning *planning, const PlanPool *pool, const ClassDraft *draft,
           const NamingTurn *turn, GHashTable *taken)
{
    switch (pool->settings->strategy) {
    case STRATEGY_POOL:
        return kind_name(pool, draft);
    case STRATEGY_LADDER:
        return level_name(pool, draft);
    case STRATEGY_AUTO:
        return auto_name(planning, turn->founder, taken);
    case STRATEGY_EXACT:
    case STRATEGY_COUNT:
    default:
        return exact_name(planning, draft, taken);
    }
}

GPtrArray *
class_names(const Planning *planning, const PlanPool *pool, const GPtrArray *drafts)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) turns = naming_turns(planning, pool, drafts);

    g_ptr_array_set_size(names, (gint)drafts->len);
    for (guint i = 0; i < drafts->len; i++) {
        const ClassDraft *draft = g_ptr_array_index(drafts, i);

        if (draft->published == NULL)
            continue;
        names->pdata[i] = g_strdup(draft->published->class_name);
        g_hash_table_add(taken, g_strdup(names->pdata[i]));
    }
    for (guint i = 0; i < turns->len; i++) {
        const NamingTurn *turn = &g_array_index(turns, NamingTurn, i);

        if (names->pdata[turn->draft] != NULL)
            continue;
        char *name =
            class_name(planning, pool, g_ptr_array_index(drafts, turn->draft), turn, taken);

        g_hash_table_add(taken, g_strdup(name));
        names->pdata[turn->draft] = name;
    }
    return names;
}
