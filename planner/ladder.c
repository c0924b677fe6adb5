/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Levels are resolved in the order of their declarations, each from the sets of the levels below it
 * and its own features: a level contains what it is above by construction. A level whose model the
 * map lacks stays behind the scenes, so that those above it still get their features and find the
 * levels that are below it.
 *
 * Which level is at least which other is kept as one bit row for each level, over the indices of
 * the levels that it contains; rows are united along the declared relation. At most MAX_LEVELS
 * levels fit, more than any data that a person maintains by hand.
 */

#include "ladder_tables.h"

#include <string.h>

#define MAX_LEVELS CPU_SET_BITS

typedef struct {
    LadderLevel level;
    CpuSet lower;          /* indices of the levels that this one is at least, itself included */
    gboolean has_features; /* the map knows them all */
    gboolean is_left_out;
} Rung;

struct Ladder {
    CpuMap *map;
    GPtrArray *declared;   /* of Rung, all; they never move */
    GPtrArray *rungs;      /* those that are not left out, by their index */
    GPtrArray *unresolved; /* of char* */
    GHashTable *by_name;   /* borrowed name -> Rung */
};

static void
rung_free(gpointer data)
{
    Rung *rung = data;

    g_free((gpointer)(guintptr)rung->level.below);
    g_free(rung);
}

static const Rung *
rung_at(const Ladder *ladder, guint index)
{
    return g_ptr_array_index(ladder->rungs, index);
}

static void
leave_out(Ladder *ladder, const LadderDeclaration *declaration, const char *what, const char *name)
{
    g_ptr_array_add(ladder->unresolved,
                    g_strdup_printf("%s: %s %s", declaration->name, what, name));
}

/* Unites the bits of NAMES into SET; the first name that the map lacks, or NULL. */
static const char *
unite_features(const Ladder *ladder, const char *const *names, guint n_names, CpuSet *set)
{
    for (guint i = 0; i < n_names; i++) {
        const CpuFeature *feature = cpu_map_find_feature(ladder->map, CPU_FAMILY_X86, names[i]);

        if (feature == NULL)
            return names[i];
        cpu_set_unite(set, &feature->bits);
    }
    return NULL;
}

/* Appends LEVEL to the levels below RUNG, unless one of them is above it already. */
static void
add_below(const Ladder *ladder, Rung *rung, const LadderLevel **below, const LadderLevel *level)
{
    guint n_kept = 0;

    for (guint i = 0; i < rung->level.n_below; i++) {
        if (ladder_is_at_least(ladder, below[i], level))
            return;
        if (!ladder_is_at_least(ladder, level, below[i]))
            below[n_kept++] = below[i];
    }
    below[n_kept++] = level;
    rung->level.n_below = n_kept;
}

/* Takes over what the levels below have; those that were left out are replaced by what is below. */
static gboolean
resolve_below(Ladder *ladder, const LadderDeclaration *declaration, Rung *rung)
{
    const LadderLevel **below = g_new0(const LadderLevel *, MAX(ladder->rungs->len, 1));

    rung->level.below = below;
    for (guint i = 0; i < declaration->n_above; i++) {
        const Rung *lower = g_hash_table_lookup(ladder->by_name, declaration->above[i]);

        if (lower == NULL || !lower->has_features) {
            leave_out(ladder, declaration, "level", declaration->above[i]);
            return FALSE;
        }
        cpu_set_unite(&rung->level.set, &lower->level.set);
        cpu_set_unite(&rung->lower, &lower->lower);
        if (!lower->is_left_out)
            add_below(ladder, rung, below, &lower->level);
        for (guint j = 0; lower->is_left_out && j < lower->level.n_below; j++)
            add_below(ladder, rung, below, lower->level.below[j]);
    }
    return TRUE;
}

static gboolean
resolve_features(Ladder *ladder, const LadderDeclaration *declaration, LadderLevel *level)
{
    const char *lacking =
        unite_features(ladder, declaration->features, declaration->n_features, &level->set);

    if (lacking == NULL)
        lacking =
            unite_features(ladder, declaration->secure, declaration->n_secure, &level->secure);
    if (lacking != NULL)
        leave_out(ladder, declaration, "feature", lacking);
    return lacking == NULL;
}

static gboolean
resolve_model(Ladder *ladder, const LadderDeclaration *declaration, LadderLevel *level)
{
    level->model = cpu_map_find_model(ladder->map, CPU_FAMILY_X86, declaration->model);
    if (level->model == NULL) {
        leave_out(ladder, declaration, "model", declaration->model);
        return FALSE;
    }
    if (declaration->vendor == NULL)
        return TRUE;
    level->vendor = cpu_map_find_vendor(ladder->map, CPU_FAMILY_X86, declaration->vendor);
    if (level->vendor == NULL)
        leave_out(ladder, declaration, "vendor", declaration->vendor);
    return level->vendor != NULL;
}

static void
add_level(Ladder *ladder, const LadderDeclaration *declaration)
{
    Rung *rung = g_new0(Rung, 1);
    LadderLevel *level = &rung->level;

    g_assert(ladder->rungs->len < MAX_LEVELS);
    level->name = declaration->name;
    level->title = declaration->title;
    level->ladder = declaration->ladder;
    level->track = declaration->track;
    level->tier = declaration->tier;
    g_ptr_array_add(ladder->declared, rung);
    g_hash_table_insert(ladder->by_name, (gpointer)(guintptr)level->name, rung);
    rung->has_features =
        resolve_below(ladder, declaration, rung) && resolve_features(ladder, declaration, level);
    rung->is_left_out = !rung->has_features || !resolve_model(ladder, declaration, level);
    if (rung->is_left_out)
        return;
    level->index = ladder->rungs->len;
    cpu_set_add(&rung->lower, level->index);
    g_ptr_array_add(ladder->rungs, rung);
}

Ladder *
ladder_new_of(CpuMap *map, const LadderDeclaration *declarations, guint n_declarations)
{
    Ladder *ladder = g_new0(Ladder, 1);

    ladder->map = cpu_map_ref(map);
    ladder->declared = g_ptr_array_new_with_free_func(rung_free);
    ladder->rungs = g_ptr_array_new();
    ladder->unresolved = g_ptr_array_new_with_free_func(g_free);
    ladder->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < n_declarations; i++)
        add_level(ladder, &declarations[i]);
    return ladder;
}

Ladder *
ladder_new(CpuMap *map)
{
    return ladder_new_of(map, ladder_declarations, ladder_n_declarations);
}

void
ladder_free(Ladder *ladder)
{
    if (ladder == NULL)
        return;
    g_hash_table_unref(ladder->by_name);
    g_ptr_array_unref(ladder->rungs);
    g_ptr_array_unref(ladder->declared);
    g_ptr_array_unref(ladder->unresolved);
    cpu_map_unref(ladder->map);
    g_free(ladder);
}

guint
ladder_n_levels(const Ladder *ladder)
{
    return ladder->rungs->len;
}

const LadderLevel *
ladder_level(const Ladder *ladder, guint index)
{
    g_assert(index < ladder->rungs->len);
    return &rung_at(ladder, index)->level;
}

const LadderLevel *
ladder_find(const Ladder *ladder, const char *name)
{
    const Rung *rung = g_hash_table_lookup(ladder->by_name, name);

    return rung != NULL && !rung->is_left_out ? &rung->level : NULL;
}

guint
ladder_n_unresolved(const Ladder *ladder)
{
    return ladder->unresolved->len;
}

const char *
ladder_unresolved(const Ladder *ladder, guint index)
{
    g_assert(index < ladder->unresolved->len);
    return g_ptr_array_index(ladder->unresolved, index);
}

gboolean
ladder_is_at_least(const Ladder *ladder, const LadderLevel *level, const LadderLevel *other)
{
    return cpu_set_has(&rung_at(ladder, level->index)->lower, other->index);
}

CpuSet
ladder_level_set(const LadderLevel *level, gboolean is_secure)
{
    CpuSet set = level->set;

    if (is_secure)
        cpu_set_unite(&set, &level->secure);
    return set;
}

static gboolean
supports(const CpuSet *set, const LadderLevel *level, gboolean is_secure)
{
    if (is_secure && cpu_set_is_empty(&level->secure))
        return FALSE;
    return cpu_set_contains(set, &level->set) &&
           (!is_secure || cpu_set_contains(set, &level->secure));
}

/* Is LEVEL to be taken rather than OTHER, when a CPU supports both? */
static gboolean
is_higher(const Ladder *ladder, const LadderLevel *level, const LadderLevel *other)
{
    if (ladder_is_at_least(ladder, level, other))
        return TRUE;
    if (ladder_is_at_least(ladder, other, level))
        return FALSE;
    if (level->tier != other->tier)
        return level->tier > other->tier;
    return cpu_set_count(&level->set) > cpu_set_count(&other->set);
}

/*
 * Only the maximal levels compete: a tie of tier between unrelated levels must not be decided by
 * one that another supported level is above.
 */
static gboolean
is_maximal(const Ladder *ladder, const LadderLevel *level, const CpuSet *supported)
{
    cpu_set_foreach (other, supported) {
        if (other != level->index && cpu_set_has(&rung_at(ladder, other)->lower, level->index))
            return FALSE;
    }
    return TRUE;
}

const LadderLevel *
ladder_level_of(const Ladder *ladder, const CpuSet *set, const CpuVendor *vendor,
                gboolean is_secure)
{
    const LadderLevel *highest = NULL;
    CpuSet supported = {0};

    for (guint i = 0; i < ladder->rungs->len; i++) {
        const LadderLevel *level = ladder_level(ladder, i);

        if (level->vendor == vendor && supports(set, level, is_secure))
            cpu_set_add(&supported, i);
    }
    cpu_set_foreach (i, &supported) {
        const LadderLevel *level = ladder_level(ladder, i);

        if (is_maximal(ladder, level, &supported) &&
            (highest == NULL || is_higher(ladder, level, highest)))
            highest = level;
    }
    return highest;
}

/* ---- lint ----------------------------------------------------------------------------------- */

G_GNUC_PRINTF(2, 3)
static void
complain(GPtrArray *complaints, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(complaints, g_strdup_vprintf(format, args));
    va_end(args);
}

static gboolean
is_reached(const Ladder *ladder, const LadderLevel *level)
{
    for (guint i = 0; i < cpu_map_n_models(ladder->map, CPU_FAMILY_X86); i++) {
        const CpuModel *model = cpu_map_model(ladder->map, CPU_FAMILY_X86, i);
        gboolean is_vendors =
            level->vendor == NULL || model->vendor == NULL || model->vendor == level->vendor;

        if (is_vendors && cpu_set_contains(&model->set, &level->set))
            return TRUE;
    }
    return FALSE;
}

static void
lint_pair(const Ladder *ladder, const LadderLevel *level, const LadderLevel *other,
          GPtrArray *complaints)
{
    if (strcmp(level->ladder, other->ladder) != 0)
        return;
    if (cpu_set_equal(&level->set, &other->set) && level->index < other->index)
        complain(complaints, "levels %s and %s have the same features", level->name, other->name);
    else if (!ladder_is_at_least(ladder, level, other) &&
             cpu_set_contains(&level->set, &other->set) && !cpu_set_equal(&level->set, &other->set))
        complain(complaints, "level %s has all features of %s and is not declared above it",
                 level->name, other->name);
    if (ladder_is_at_least(ladder, level, other) && level->tier < other->tier)
        complain(complaints, "level %s is above %s and has a lower tier", level->name, other->name);
}

static void
lint_level(const Ladder *ladder, const LadderLevel *level, GPtrArray *complaints)
{
    if (!is_reached(ladder, level))
        complain(complaints, "level %s is reached by no CPU model", level->name);
    if (level->model->vendor != NULL && level->model->vendor != level->vendor)
        complain(complaints, "level %s has the model %s of another vendor", level->name,
                 level->model->name);
    if (!level->model->is_decodable_host && !level->model->is_decodable_guest)
        complain(complaints, "level %s has the model %s, which no CPU is decoded to", level->name,
                 level->model->name);
    for (guint i = 0; i < level->n_below; i++) {
        if (strcmp(level->ladder, level->below[i]->ladder) != 0)
            complain(complaints, "level %s is above %s, which is of another ladder", level->name,
                     level->below[i]->name);
        for (guint j = 0; j < level->n_below; j++) {
            if (i != j && ladder_is_at_least(ladder, level->below[j], level->below[i]))
                complain(complaints, "level %s names %s, which its %s is above already",
                         level->name, level->below[i]->name, level->below[j]->name);
        }
    }
    for (guint i = 0; i < ladder->rungs->len; i++) {
        if (i != level->index)
            lint_pair(ladder, level, ladder_level(ladder, i), complaints);
    }
}

GPtrArray *
ladder_lint(const Ladder *ladder)
{
    GPtrArray *complaints = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < ladder->unresolved->len; i++)
        complain(complaints, "level %s is not in the CPU map",
                 (const char *)g_ptr_array_index(ladder->unresolved, i));
    for (guint i = 0; i < ladder->rungs->len; i++)
        lint_level(ladder, ladder_level(ladder, i), complaints);
    return complaints;
}
