/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Laws of the engine on random CPUs of the built-in map, as sets of features:
 *
 * - a baseline does not depend on the order of its inputs, nor on their grouping, nor on
 *   repetition, nor on where their names lie;
 * - it is a subset of each input, and each input is a host for it;
 * - expanding changes no set, and decoding an expanded CPU gives the same set back;
 * - comparing agrees with "is a subset of".
 */

#include "cpu_random.h"
#include "cpu_testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#define N_ROUNDS 1000
#define MAX_CPUS 5

typedef struct {
    CpuMap *map;
    CpuRandom random;
} World;

static CpuSet
set_of(const World *world, const CpuDefinition *cpu)
{
    CpuSet set;

    assert_true(cpu_engine_effective_set(world->map, cpu, &set, NULL, NULL));
    return set;
}

/* CPUs of one vendor, the first of which states it. */
static GPtrArray *
random_cpus(const World *world)
{
    GPtrArray *cpus = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_definition_free);
    guint n = (guint)g_rand_int_range(world->random.rand, 1, MAX_CPUS + 1);
    const CpuModel *first = NULL;

    while (cpus->len < n) {
        const CpuModel *model = cpu_random_model(&world->random);

        if (first == NULL)
            first = model;
        if (model->vendor == first->vendor)
            g_ptr_array_add(cpus, cpu_random_host(&world->random, model));
    }
    return cpus;
}

static CpuDefinition *
baseline(const World *world, const CpuDefinition *const *cpus, guint n)
{
    g_autoptr(GError) error = NULL;
    CpuDefinition *result = cpu_engine_baseline(world->map, CPU_ARCH_X86_64, cpus, n, NULL, &error);

    /* Random sets may have nothing in common; then there is no law to hold. */
    if (result == NULL)
        assert_true(g_error_matches(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE));
    return result;
}

static const CpuDefinition *const *
list_of(const GPtrArray *cpus)
{
    return (const CpuDefinition *const *)(void *)cpus->pdata;
}

static void
shuffle(const World *world, GPtrArray *cpus)
{
    for (guint i = cpus->len; i > 1; i--) {
        guint j = (guint)g_rand_int_range(world->random.rand, 0, (gint32)i);
        gpointer other = cpus->pdata[j];

        cpus->pdata[j] = cpus->pdata[i - 1];
        cpus->pdata[i - 1] = other;
    }
}

static void
test_baseline_is_common_subset(void **state)
{
    World *world = *state;
    guint n_held = 0;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(GPtrArray) cpus = random_cpus(world);
        g_autoptr(CpuDefinition) result = baseline(world, list_of(cpus), cpus->len);
        CpuSet common = set_of(world, cpus->pdata[0]);

        if (result == NULL)
            continue;
        CpuSet set = set_of(world, result);
        for (guint i = 0; i < cpus->len; i++) {
            CpuSet own = set_of(world, cpus->pdata[i]);

            cpu_set_intersect(&common, &own);
            assert_true(cpu_set_contains(&own, &set));
        }
        assert_true(cpu_set_equal(&common, &set));
        n_held++;
    }
    assert_true(n_held > N_ROUNDS / 4);
}

static void
test_baseline_ignores_order(void **state)
{
    World *world = *state;
    guint n_held = 0;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(GPtrArray) cpus = random_cpus(world);
        g_autoptr(CpuDefinition) before = baseline(world, list_of(cpus), cpus->len);

        shuffle(world, cpus);
        g_autoptr(CpuDefinition) after = baseline(world, list_of(cpus), cpus->len);
        assert_int_equal(before == NULL, after == NULL);
        if (before == NULL)
            continue;
        CpuSet one = set_of(world, before), other = set_of(world, after);
        assert_true(cpu_set_equal(&one, &other));
        n_held++;
    }
    assert_true(n_held > N_ROUNDS / 4);
}

static void
test_baseline_ignores_grouping_and_repetition(void **state)
{
    World *world = *state;
    guint n_held = 0;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(GPtrArray) cpus = random_cpus(world);
        g_autoptr(CpuDefinition) all = baseline(world, list_of(cpus), cpus->len);
        g_autoptr(CpuDefinition) front = baseline(world, list_of(cpus), MAX(cpus->len / 2, 1));

        if (all == NULL || front == NULL)
            continue;
        /* (front) with everything again: grouped, and repeated. */
        g_autoptr(GPtrArray) grouped = g_ptr_array_new();
        g_ptr_array_add(grouped, front);
        for (guint i = 0; i < cpus->len; i++)
            g_ptr_array_add(grouped, cpus->pdata[i]);
        g_autoptr(CpuDefinition) again = baseline(world, list_of(grouped), grouped->len);
        assert_non_null(again);
        CpuSet one = set_of(world, all), other = set_of(world, again);
        assert_true(cpu_set_equal(&one, &other));
        n_held++;
    }
    assert_true(n_held > N_ROUNDS / 4);
}

/* Lets each of CPUS state the vendor that the first one states; FALSE when that has none. */
static gboolean
state_vendor(const GPtrArray *cpus)
{
    const char *vendor = ((const CpuDefinition *)cpus->pdata[0])->vendor;

    for (guint i = 1; i < cpus->len; i++) {
        CpuDefinition *cpu = cpus->pdata[i];

        g_free(cpu->vendor);
        cpu->vendor = g_strdup(vendor);
    }
    return vendor != NULL;
}

/*
 * However they are put into groups, the groups' baselines have the same baseline. CPUs that state
 * no vendor are left out: libvirt may name their baseline by a model of any.
 */
static void
test_baseline_of_baselines_is_that_of_all(void **state)
{
    World *world = *state;
    guint n_held = 0;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(GPtrArray) cpus = random_cpus(world);
        guint n_front = (cpus->len + 1) / 2;

        if (cpus->len < 2 || !state_vendor(cpus))
            continue;
        g_autoptr(CpuDefinition) all = baseline(world, list_of(cpus), cpus->len);
        g_autoptr(CpuDefinition) front = baseline(world, list_of(cpus), n_front);
        g_autoptr(CpuDefinition) back =
            baseline(world, list_of(cpus) + n_front, cpus->len - n_front);
        if (all == NULL || front == NULL || back == NULL)
            continue;
        const CpuDefinition *const groups[] = {front, back, front};
        g_autoptr(CpuDefinition) again = baseline(world, groups, G_N_ELEMENTS(groups));
        assert_non_null(again);
        CpuSet one = set_of(world, all), other = set_of(world, again);
        assert_true(cpu_set_equal(&one, &other));
        n_held++;
    }
    assert_true(n_held > N_ROUNDS / 4);
}

/* Names that definitions share. */
typedef struct {
    CpuFeatureNames *names;
    GHashTable *own; /* a set of those that NAMES has */
} Sharing;

static void
start_sharing(Sharing *sharing)
{
    g_hash_table_remove_all(sharing->own);
    cpu_feature_names_unref(sharing->names);
    sharing->names = cpu_feature_names_new();
}

static char *
shared_name(const Sharing *sharing, const char *name)
{
    char *own = g_hash_table_lookup(sharing->own, name);

    if (own == NULL) {
        own = cpu_feature_names_add(sharing->names, name);
        g_hash_table_add(sharing->own, own);
    }
    return own;
}

static CpuDefinition *
copy_sharing(const Sharing *sharing, const CpuDefinition *cpu)
{
    CpuDefinition *copy = cpu_definition_new_sharing(cpu->type, sharing->names);

    copy->arch = cpu->arch;
    copy->model = g_strdup(cpu->model);
    copy->vendor = g_strdup(cpu->vendor);
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        cpu_definition_share_feature(copy, sharing->names, shared_name(sharing, feature->name),
                                     feature->policy);
    }
    return copy;
}

/* The baseline as XML, or why there is none. */
static char *
take_result(CpuBaseline *baseline, GError *error)
{
    g_autoptr(GError) problem = error;
    g_autoptr(CpuDefinition) result =
        problem == NULL ? cpu_baseline_finish(baseline, &problem) : NULL;
    GString *text = g_string_new(problem == NULL ? NULL : problem->message);

    if (result != NULL)
        cpu_definition_format(result, 0, text);
    cpu_baseline_free(baseline);
    return g_string_free(text, FALSE);
}

static char *
baseline_text(const World *world, const GPtrArray *cpus)
{
    CpuBaseline *baseline = cpu_baseline_new(world->map, CPU_ARCH_X86_64, NULL);
    GError *error = NULL;

    for (guint i = 0; i < cpus->len && error == NULL; i++)
        cpu_baseline_add(baseline, cpus->pdata[i], &error);
    return take_result(baseline, error);
}

/* The same, where each N_ALIKE of CPUS share their names, and none is there behind its turn. */
static char *
sharing_baseline_text(const World *world, const GPtrArray *cpus, guint n_alike)
{
    CpuBaseline *baseline = cpu_baseline_new(world->map, CPU_ARCH_X86_64, NULL);
    g_autoptr(GHashTable) own = g_hash_table_new(g_str_hash, g_str_equal);
    Sharing sharing = {.own = own};
    GError *error = NULL;

    for (guint i = 0; i < cpus->len && error == NULL; i++) {
        if (i % n_alike == 0)
            start_sharing(&sharing);
        g_autoptr(CpuDefinition) copy = copy_sharing(&sharing, cpus->pdata[i]);
        cpu_baseline_add(baseline, copy, &error);
    }
    cpu_feature_names_unref(sharing.names);
    return take_result(baseline, error);
}

/* Policies of any kind, and now and then a name that the map does not have. */
static void
disturb(const World *world, CpuDefinition *cpu)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        if (cpu_random_chance(&world->random, 10))
            cpu_definition_feature(cpu, i)->policy =
                (CpuPolicy)g_rand_int_range(world->random.rand, 0, CPU_POLICY_COUNT);
    }
    if (cpu_random_chance(&world->random, 10))
        cpu_definition_set_feature(cpu, "no-such-feature",
                                   cpu_random_chance(&world->random, 70) ? CPU_POLICY_OPTIONAL
                                                                         : CPU_POLICY_REQUIRE);
}

static void
test_baseline_ignores_whose_names_are_shared(void **state)
{
    World *world = *state;
    guint n_refused = 0;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(GPtrArray) cpus = random_cpus(world);

        for (guint i = 0; i < cpus->len; i++)
            disturb(world, cpus->pdata[i]);
        g_autofree char *told = sharing_baseline_text(
            world, cpus, (guint)g_rand_int_range(world->random.rand, 2, MAX_CPUS + 1));
        g_autofree char *expected = baseline_text(world, cpus);
        assert_string_equal(told, expected);
        n_refused += strstr(expected, "no-such-feature") != NULL;
    }
    assert_in_range(n_refused, 1, N_ROUNDS / 2);
}

static void
test_expanding_and_decoding_keep_the_set(void **state)
{
    World *world = *state;
    CpuDecodeOptions options = {.type = CPU_TYPE_GUEST};

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(CpuDefinition) cpu = cpu_random_host(&world->random, NULL);
        g_autoptr(CpuDefinition) expanded =
            cpu_engine_expand(world->map, cpu, CPU_ARCH_X86_64, NULL);
        CpuSet before = set_of(world, cpu), after = set_of(world, expanded);

        assert_true(cpu_set_equal(&before, &after));
        const CpuVendor *vendor =
            cpu->vendor == NULL ? NULL
                                : cpu_map_find_vendor(world->map, CPU_FAMILY_X86, cpu->vendor);
        g_autoptr(CpuDefinition) decoded =
            cpu_engine_decode_set(world->map, &after, vendor, &options, NULL);
        assert_non_null(decoded);
        CpuSet again = set_of(world, decoded);
        assert_true(cpu_set_equal(&before, &again));
    }
}

static void
test_raw_data_keeps_the_set(void **state)
{
    World *world = *state;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(CpuDefinition) cpu = cpu_random_host(&world->random, NULL);
        g_autoptr(CpuData) data = cpu_data_new();
        CpuSet before = set_of(world, cpu), after;

        cpu_data_add_set(data, world->map, &before);
        cpu_data_to_set(data, world->map, &after);
        assert_true(cpu_set_equal(&before, &after));
    }
}

static void
test_comparing_agrees_with_subset(void **state)
{
    World *world = *state;

    for (guint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(CpuDefinition) host = cpu_random_host(&world->random, NULL);
        g_autoptr(CpuDefinition) cpu = cpu_random_chance(&world->random, 50)
                                           ? cpu_random_host(&world->random, NULL)
                                           : cpu_definition_copy(host);
        CpuSet host_set = set_of(world, host), cpu_set;
        CpuCompareResult result;

        g_clear_pointer(&cpu->vendor, g_free);
        if (cpu_random_chance(&world->random, 50) && cpu->features->len > 0)
            g_array_set_size(cpu->features, cpu->features->len - 1);
        cpu_set = set_of(world, cpu);
        assert_true(
            cpu_engine_compare(world->map, CPU_ARCH_X86_64, host, cpu, &result, NULL, NULL));
        if (!cpu_set_contains(&host_set, &cpu_set))
            assert_int_equal(result, CPU_COMPARE_INCOMPATIBLE);
        else
            assert_int_equal(result, cpu_set_equal(&host_set, &cpu_set) ? CPU_COMPARE_IDENTICAL
                                                                        : CPU_COMPARE_SUPERSET);
    }
}

int
main(void)
{
    World world = {.map = cpu_map_new_builtin()};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_baseline_is_common_subset, &world),
        cmocka_unit_test_prestate(test_baseline_ignores_order, &world),
        cmocka_unit_test_prestate(test_baseline_ignores_grouping_and_repetition, &world),
        cmocka_unit_test_prestate(test_baseline_of_baselines_is_that_of_all, &world),
        cmocka_unit_test_prestate(test_baseline_ignores_whose_names_are_shared, &world),
        cmocka_unit_test_prestate(test_expanding_and_decoding_keep_the_set, &world),
        cmocka_unit_test_prestate(test_raw_data_keeps_the_set, &world),
        cmocka_unit_test_prestate(test_comparing_agrees_with_subset, &world),
    };

    world.random = (CpuRandom){
        .map = world.map, .rand = g_rand_new_with_seed(testing_seed()), .is_clean = TRUE};
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    g_rand_free(world.random.rand);
    cpu_map_unref(world.map);
    return status;
}
