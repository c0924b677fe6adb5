/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A feature of several bits spreads its weight over them. Where features share bits a bit has the
 * greatest of their shares, so no sum depends on the order of the map.
 *
 * Nested virtualization is told by place, not by name: the VMX capability MSRs are 0x480 to 0x491
 * (Intel SDM volume 4), the SVM features are CPUID leaf 0x8000000A (AMD APM volume 3).
 */
#include "universe.h"

#include <cpumodel/text_list.h>
#include <fleet/words.h>
#include <string.h>

#include "data.h"

#define MSR_VMX_FIRST 0x480
#define MSR_VMX_LAST 0x491
#define MSR_ARCH_CAPABILITIES 0x10a
#define LEAF_SVM 0x8000000aU
#define FOREIGN_WEIGHT 0.5

/* Feature and group weights in one table: names cannot collide because a group's has a prefix. */
static GHashTable *
read_weights(const GPtrArray *site_weights)
{
    GHashTable *weights = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < n_weight_rows; i++) {
        const WeightRow *row = &weight_rows[i];
        char *key =
            row->group != NULL ? g_strconcat("group ", row->group, NULL) : g_strdup(row->feature);

        g_hash_table_insert(weights, key, g_memdup2(&row->weight, sizeof(row->weight)));
    }
    for (guint i = 0; site_weights != NULL && i < site_weights->len; i++) {
        const WeightSettings *site = g_ptr_array_index(site_weights, i);

        g_hash_table_insert(weights, g_strdup(site->name),
                            g_memdup2(&site->weight, sizeof(site->weight)));
    }
    return weights;
}

static gdouble
weight_of(GHashTable *weights, const CpuFeature *feature)
{
    const gdouble *weight = g_hash_table_lookup(weights, feature->name);
    g_autofree char *group = g_strconcat("group ", cpu_feature_group_words[feature->group], NULL);

    if (weight == NULL)
        weight = g_hash_table_lookup(weights, group);
    return weight != NULL ? *weight : FOREIGN_WEIGHT;
}

static void
weigh_features(Universe *universe, GHashTable *weights)
{
    const guint n = cpu_map_n_features(universe->map, universe->family);

    for (guint i = 0; i < n; i++) {
        const CpuFeature *feature = cpu_map_feature(universe->map, universe->family, i);
        const guint n_bits = cpu_set_count(&feature->bits);

        cpu_set_unite(&universe->groups[feature->group], &feature->bits);
        /* A template never has it unless it is part of a model, so nobody gives it up. */
        if (!feature->is_migratable)
            cpu_set_unite(&universe->unmigratable, &feature->bits);
        const gdouble share =
            n_bits > 0 && feature->is_migratable ? weight_of(weights, feature) / n_bits : 0;
        cpu_set_foreach (bit, &feature->bits)
            universe->weights[bit] = MAX(universe->weights[bit], share);
    }
}

/* Chains the features by their lowest bit, so that a set's features are found from its bits. */
static void
chain_features(Universe *universe)
{
    const guint n = cpu_map_n_features(universe->map, universe->family);

    universe->first_feature = g_new0(guint, CPU_SET_BITS);
    universe->next_feature = g_new0(guint, n + 1);
    for (guint i = 0; i < n; i++) {
        const CpuFeature *feature = cpu_map_feature(universe->map, universe->family, i);
        const guint lowest = cpu_set_next(&feature->bits, 0);

        if (lowest == CPU_SET_BITS)
            continue;
        universe->next_feature[i] = universe->first_feature[lowest];
        universe->first_feature[lowest] = i + 1;
    }
}

static void
sort_nested(Universe *universe)
{
    for (guint i = 0; i < universe->first_foreign; i++) {
        const CpuBit *bit = cpu_map_bit(universe->map, universe->family, i);

        if (bit->is_msr && bit->leaf >= MSR_VMX_FIRST && bit->leaf <= MSR_VMX_LAST)
            cpu_set_add(&universe->nested_intel, i);
        else if (!bit->is_msr && bit->leaf == LEAF_SVM)
            cpu_set_add(&universe->nested_amd, i);
        else if (bit->is_msr && bit->leaf == MSR_ARCH_CAPABILITIES)
            cpu_set_add(&universe->arch_capabilities, i);
    }
}

static CpuSet
bits_of_names(const Universe *universe, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, " ", -1);
    CpuSet set = {{0}};

    for (guint i = 0; names[i] != NULL; i++) {
        CpuSet bits;

        if (universe_find_name(universe, names[i], &bits))
            cpu_set_unite(&set, &bits);
    }
    return set;
}

static void
add_dependency(Universe *universe, const char *feature, const CpuSet *dependents)
{
    Dependency dependency = {.dependents = *dependents};

    if (universe_find_name(universe, feature, &dependency.feature) && !cpu_set_is_empty(dependents))
        g_array_append_val(universe->dependencies, dependency);
}

static void
read_dependencies(Universe *universe)
{
    universe->dependencies = g_array_new(FALSE, FALSE, sizeof(Dependency));
    for (guint i = 0; i < n_dependency_rows; i++) {
        const CpuSet dependents = bits_of_names(universe, dependency_rows[i].needs);

        add_dependency(universe, dependency_rows[i].feature, &dependents);
    }
    add_dependency(universe, "vmx", &universe->nested_intel);
    add_dependency(universe, "svm", &universe->nested_amd);
    add_dependency(universe, "arch-capabilities", &universe->arch_capabilities);
}

/*
 * A dependency may come before the one that brings it, so all are looked at until none brings more.
 */
static void
add_dependents(const Universe *universe, CpuSet *set)
{
    gboolean is_changed = TRUE;

    while (is_changed) {
        is_changed = FALSE;
        for (guint i = 0; i < universe->dependencies->len; i++) {
            const Dependency *dependency = &g_array_index(universe->dependencies, Dependency, i);

            if (!cpu_set_contains(set, &dependency->feature) ||
                cpu_set_contains(set, &dependency->dependents))
                continue;
            cpu_set_unite(set, &dependency->dependents);
            is_changed = TRUE;
        }
    }
}

static void
read_kvm_given(Universe *universe)
{
    universe->kvm_given = g_array_new(FALSE, FALSE, sizeof(KvmGiven));
    for (guint i = 0; i < n_kvm_given_rows; i++) {
        const KvmGivenRow *row = &kvm_given_rows[i];
        KvmGiven given = {.name = row->feature,
                          .is_unasked = row->unasked != 0,
                          .is_certain = row->certain != 0,
                          .named_since = row->named_since};

        if (!universe_find_name(universe, row->feature, &given.feature))
            continue;
        if (row->needs != NULL)
            given.needs = bits_of_names(universe, row->needs);
        if (row->module != NULL)
            given.module = strcmp(row->module, "svm") == 0 ? KVM_MODULE_SVM : KVM_MODULE_VMX;
        g_array_append_val(universe->kvm_given, given);
    }
}

/* What the host keeps to itself takes away what cannot be used without it. */
static void
read_host_only(Universe *universe)
{
    for (guint i = 0; i < n_host_only_rows; i++) {
        CpuSet bits;

        if (universe_find_name(universe, host_only_rows[i].feature, &bits))
            cpu_set_unite(&universe->host_only, &bits);
    }
    add_dependents(universe, &universe->host_only);
}

Universe *
universe_new(const CpuMap *map, CpuFamily family, const GPtrArray *weights)
{
    Universe *universe = g_new0(Universe, 1);
    g_autoptr(GHashTable) table = read_weights(weights);

    universe->map = map;
    universe->family = family;
    universe->first_foreign = cpu_map_n_bits(map, family);
    universe->foreign = g_ptr_array_new_with_free_func(g_free);
    universe->foreign_index = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = universe->first_foreign; i < CPU_SET_BITS; i++)
        universe->weights[i] = FOREIGN_WEIGHT;
    weigh_features(universe, table);
    (void)universe_find_name(universe, "invtsc", &universe->never_migrated);
    chain_features(universe);
    sort_nested(universe);
    read_dependencies(universe);
    read_host_only(universe);
    read_kvm_given(universe);
    return universe;
}

void
universe_free(Universe *universe)
{
    if (universe == NULL)
        return;
    g_array_unref(universe->dependencies);
    g_array_unref(universe->kvm_given);
    g_free(universe->first_feature);
    g_free(universe->next_feature);
    g_hash_table_unref(universe->foreign_index);
    g_ptr_array_unref(universe->foreign);
    g_free(universe);
}

gboolean
universe_find_name(const Universe *universe, const char *name, CpuSet *ret_bits)
{
    const CpuFeature *feature = cpu_map_find_feature(universe->map, universe->family, name);

    if (feature != NULL && !cpu_set_is_empty(&feature->bits)) {
        *ret_bits = feature->bits;
        return TRUE;
    }
    const guint place = GPOINTER_TO_UINT(g_hash_table_lookup(universe->foreign_index, name));
    if (place == 0)
        return FALSE;
    memset(ret_bits, 0, sizeof(*ret_bits));
    cpu_set_add(ret_bits, universe->first_foreign + place - 1);
    return TRUE;
}

void
universe_add_name(Universe *universe, const char *name, CpuSet *set)
{
    CpuSet bits;

    if (!universe_find_name(universe, name, &bits)) {
        if (universe->first_foreign + universe->foreign->len >= CPU_SET_BITS) {
            universe->n_refused++;
            return;
        }
        char *copy = g_strdup(name);
        g_ptr_array_add(universe->foreign, copy);
        g_hash_table_insert(universe->foreign_index, copy,
                            GUINT_TO_POINTER(universe->foreign->len));
        (void)universe_find_name(universe, name, &bits);
    }
    cpu_set_unite(set, &bits);
}

GPtrArray *
universe_names(const Universe *universe, const CpuSet *set)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    cpu_set_foreach (bit, set) {
        if (bit >= universe->first_foreign) {
            if (bit - universe->first_foreign < universe->foreign->len)
                g_ptr_array_add(names, g_strdup(g_ptr_array_index(universe->foreign,
                                                                  bit - universe->first_foreign)));
            continue;
        }
        for (guint i = universe->first_feature[bit]; i != 0; i = universe->next_feature[i - 1]) {
            const CpuFeature *feature = cpu_map_feature(universe->map, universe->family, i - 1);

            if (cpu_set_contains(set, &feature->bits))
                g_ptr_array_add(names, g_strdup(feature->name));
        }
    }
    text_list_sort(names);
    return names;
}

char *
universe_list(const Universe *universe, const CpuSet *set, guint limit)
{
    g_autoptr(GPtrArray) names = universe_names(universe, set);

    return words_list(names, limit);
}

CpuSet
universe_known(const Universe *universe, const CpuSet *set)
{
    CpuSet known = *set;

    for (guint i = 0; i < universe->foreign->len; i++)
        cpu_set_remove(&known, universe->first_foreign + i);
    return known;
}

gdouble
universe_weight(const Universe *universe, const CpuSet *set)
{
    gdouble weight = 0;

    cpu_set_foreach (bit, set)
        weight += universe->weights[bit];
    return weight;
}

CpuSet
universe_closure(const Universe *universe, const GPtrArray *names)
{
    CpuSet closure = {{0}};

    for (guint i = 0; i < names->len; i++) {
        CpuSet bits;

        if (universe_find_name(universe, g_ptr_array_index(names, i), &bits))
            cpu_set_unite(&closure, &bits);
    }
    add_dependents(universe, &closure);
    return closure;
}
