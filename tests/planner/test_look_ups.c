/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Look-ups in large fleets that do not go over all hosts, or not with all of their cost, find what
 * the simple ones find.
 */

#include "planner_fixture.h"

#include <fleet/name_matcher.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define SEED 20261129
#define N_ROUNDS 200

/* A word of few letters, so that words begin alike and meet often; FROM: the letters, in UTF-8. */
static char *
random_word(GRand *random, const char *from)
{
    glong n_letters = g_utf8_strlen(from, -1);
    GString *word = g_string_new(NULL);
    guint length = (guint)g_rand_int_range(random, 0, 6);

    for (guint i = 0; i < length; i++)
        g_string_append_unichar(word, g_utf8_get_char(g_utf8_offset_to_pointer(
                                          from, g_rand_int_range(random, 0, (gint32)n_letters))));
    return g_string_free(word, FALSE);
}

static gint
compare_hosts(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Host *)a)->name, ((const Host *)b)->name);
}

/* Hosts of names alone, each its own; letters of several bytes are like others. */
static Fleet *
random_names(GRand *random)
{
    Fleet *fleet = fleet_new();
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (gint n = g_rand_int_range(random, 0, 60); n > 0; n--) {
        const Host host = {.name = random_word(random, "ab\xc3\xa4-")};

        if (g_hash_table_contains(names, host.name)) {
            g_free(host.name);
            continue;
        }
        g_hash_table_add(names, host.name);
        g_array_append_val(fleet->hosts, host);
    }
    g_array_sort(fleet->hosts, compare_hosts);
    return fleet;
}

static void
test_marked_hosts_are_those_that_match(void **state)
{
    guint n_marked = 0;

    (void)state;
    print_message("seed %d\n", SEED);
    for (gint round = 0; round < N_ROUNDS; round++) {
        g_autoptr(GRand) random = g_rand_new_with_seed((guint32)(SEED + round));
        g_autoptr(Fleet) fleet = random_names(random);
        g_autoptr(GPtrArray) globs = g_ptr_array_new_with_free_func(g_free);
        g_autofree guint8 *marks = g_new0(guint8, fleet->hosts->len + 1);

        for (gint n = g_rand_int_range(random, 0, 4); n > 0; n--)
            g_ptr_array_add(globs, random_word(random, "ab\xc3\xa4-**?"));
        g_autoptr(NameMatcher) matcher = name_matcher_new(globs);
        name_matcher_mark_hosts(matcher, fleet, marks);
        for (guint i = 0; i < fleet->hosts->len; i++) {
            const char *name = fleet_host(fleet, i)->name;

            if (name_matcher_matches(matcher, name) != marks[i])
                fail_msg("round %d: host '%s' is marked %u", round, name, marks[i]);
            n_marked += marks[i];
        }
    }
    assert_true(n_marked > N_ROUNDS);
}

/* How many hosts of FLEET have UUID. */
static guint
count_uuid(const Fleet *fleet, const char *uuid)
{
    guint n = 0;

    for (guint i = 0; i < fleet->hosts->len; i++)
        n += g_strcmp0(fleet_host(fleet, i)->uuid, uuid) == 0;
    return n;
}

static guint
count_findings(const Plan *plan, const char *id, const char *host)
{
    guint n = 0;

    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(plan->findings, i);

        n += strcmp(finding->id, id) == 0 && g_strcmp0(finding->host, host) == 0;
    }
    return n;
}

/* Each UUID that several hosts have is told once, of the first of them, and no other is. */
static void
test_shared_uuids_are_those_of_several_hosts(void **state)
{
    guint n_told = 0;

    (void)state;
    for (gint round = 0; round < 20; round++) {
        g_autoptr(GRand) random = g_rand_new_with_seed((guint32)(SEED + round));
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        FleetBuilder *builder = fleet_builder_new(map);

        for (guint i = 0; i < 40; i++) {
            g_autofree char *name = g_strdup_printf("h%02u", i);
            g_autofree char *uuid = g_strdup_printf("u%d", g_rand_int_range(random, 0, 50));
            const HostSpec spec = {
                .name = name, OLD_HOST, .uuid = g_rand_boolean(random) ? uuid : NULL};

            fleet_builder_add_host(builder, &spec);
        }
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        for (guint i = 0; i < fleet->hosts->len; i++) {
            const Host *host = fleet_host(fleet, i);
            gboolean is_told = host->uuid != NULL && count_uuid(fleet, host->uuid) > 1 &&
                               g_hash_table_add(seen, host->uuid);

            assert_int_equal(count_findings(plan, "host-uuid", host->name), is_told);
            n_told += is_told;
        }
    }
    assert_true(n_told > 20);
}

#define N_CROWD 96
#define N_ODD_FEATURES 24

/* Hosts of which nearly every two differ in features of their own. */
static void
add_crowd(FleetBuilder *builder)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);

    for (guint i = 0; i < N_CROWD; i++) {
        g_autofree char *name = g_strdup_printf("crowd%02u", i);
        g_autoptr(GString) features = g_string_new(NULL);
        HostSpec spec = {.name = name, OLD_HOST};

        for (guint j = 0; j < N_ODD_FEATURES; j++)
            if (g_rand_boolean(random))
                g_string_append_printf(features, " odd%u", j);
        spec.features = features->str;
        fleet_builder_add_host(builder, &spec);
    }
}

/*
 * Beyond some thousands of lists of features a matrix names groups of them, and what is not known
 * must not be lost by that.
 */
static void
test_unknown_features_stay_unknown_in_a_crowd(void **state)
{
    const HostSpec source = {.name = "later1", OLD_HOST, .features = "tsc_adjust"};
    const HostSpec target = {.name = "later2", .model = OLD_MODEL};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    FleetBuilder *builder = fleet_builder_new(map);

    (void)state;
    add_crowd(builder);
    fleet_builder_add_host(builder, &source);
    fleet_builder_add_host(builder, &target);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_MATRIX);
    const Outcome *outcome = pair_outcome(plan, SUBJECT_HOST_MODEL, "later1", "later2");
    const Outcome *certain = pair_outcome(plan, SUBJECT_HOST_MODEL, "crowd95", "later1");

    assert_int_equal(outcome->verdict, VERDICT_UNKNOWN);
    const Blocker *blocker = g_ptr_array_index(outcome->blockers, 0);
    assert_string_equal(blocker->check, "features-unknown");
    assert_null(blocker->features); /* groups, or else this test does not test what it says */
    assert_int_equal(certain->verdict, VERDICT_NO);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_features_stay_unknown_in_a_crowd),
        cmocka_unit_test(test_marked_hosts_are_those_that_match),
        cmocka_unit_test(test_shared_uuids_are_those_of_several_hosts),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
