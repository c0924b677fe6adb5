/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The matrix on real documents against the libvirt of this machine, pair by pair, without this
 * project's own engine: libvirt's test driver, which runs in this very process, says what features
 * a model has, and so what each guest's CPU asks for and what each host-model offers.
 *
 * Where the planner says yes, the host-model must offer all that the guest asks for; where it says
 * no for want of features alone, something must be missing. The CPU map is that libvirt's own.
 * Hosts and guests with models that it does not know are left out; features that it does not know
 * are compared by name. A feature that its map has removed from a model is not asked for by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "corpus_fleet.h"
#include "cpu_testing.h"
#include "fleet_builder.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define MAP_OF_LIBVIRT "/usr/share/libvirt/cpu_map"
#define SEED 22
#define N_RANDOM_GUESTS 60 /* of each host */

typedef struct {
    Corpus *corpus;
    virConnectPtr connection;
    GHashTable *expanded; /* model -> GHashTable of char*: its features; NULL: not known */
    guint n_pairs, n_yes, n_for_features;
} World;

static void
be_quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void
free_set(gpointer set)
{
    if (set != NULL)
        g_hash_table_unref(set);
}

/*
 * Takes out what libvirt's map calls removed from MODEL: no guest asks for it by the model alone.
 */
static void
drop_removed(GHashTable *features, const char *model)
{
    g_autofree char *path = g_strdup_printf("%s/x86_%s.xml", MAP_OF_LIBVIRT, model);
    g_autofree char *text = NULL;
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GRegex) regex = g_regex_new("<feature name='([^']+)' removed='yes'/>",
                                          (GRegexCompileFlags)0, (GRegexMatchFlags)0, NULL);

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (g_regex_match(regex, text, (GRegexMatchFlags)0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        g_hash_table_remove(features, name);
    }
}

/* The names in what libvirt makes of MODEL alone. NULL when it does not know it. */
static GHashTable *
ask_for_features(virConnectPtr connection, const char *model)
{
    g_autofree char *xml =
        g_strdup_printf("<cpu><arch>x86_64</arch><model>%s</model></cpu>", model);
    const char *list[] = {xml};
    char *answer =
        virConnectBaselineCPU(connection, list, 1, VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES);

    if (answer == NULL)
        return NULL;
    CpuDefinition *cpu = testing_cpu(answer);
    GHashTable *features = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < cpu->features->len; i++)
        g_hash_table_add(features, g_strdup(cpu_definition_feature(cpu, i)->name));
    cpu_definition_free(cpu);
    free(answer);
    drop_removed(features, model);
    return features;
}

static GHashTable *
features_of_model(World *world, const char *model)
{
    if (!g_hash_table_contains(world->expanded, model))
        g_hash_table_insert(world->expanded, g_strdup(model),
                            ask_for_features(world->connection, model));
    return g_hash_table_lookup(world->expanded, model);
}

/* All features of CPU by name; NULL when libvirt does not know its model. Owned. */
static GHashTable *
features_of(World *world, const CpuDefinition *cpu)
{
    GHashTable *of_model = cpu->model != NULL ? features_of_model(world, cpu->model) : NULL;
    GHashTable *features = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer name;

    if (of_model == NULL) {
        g_hash_table_unref(features);
        return NULL;
    }
    g_hash_table_iter_init(&iter, of_model);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_hash_table_add(features, g_strdup(name));
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        if (feature->policy == CPU_POLICY_REQUIRE)
            g_hash_table_add(features, g_strdup(feature->name));
        else
            g_hash_table_remove(features, feature->name);
    }
    return features;
}

/* A name in NEEDED that OFFERED lacks; NULL when there is none. */
static const char *
missing_of(GHashTable *needed, GHashTable *offered)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, needed);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (!g_hash_table_contains(offered, name))
            return name;
    return NULL;
}

/* A no that blames missing features, and nothing that is not about features. */
static gboolean
is_for_features(const Outcome *outcome)
{
    gboolean is_any = FALSE;

    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        if (strcmp(blocker->check, "features-missing") == 0 ||
            strcmp(blocker->check, "features-nested") == 0)
            is_any = TRUE;
    }
    return is_any;
}

static void
check_pair(World *world, const Plan *plan, const GuestPlan *placed, GHashTable *needed,
           guint32 host)
{
    const Guest *guest = g_ptr_array_index(world->corpus->fleet->guests, placed->guest);
    const DomainCapabilities *domain = corpus_domain(world->corpus, host);
    const Outcome *outcome = corpus_outcome(plan, placed, host, TRUE);
    g_autoptr(GHashTable) offered = features_of(world, domain->host_model_cpu);

    if (outcome == NULL || offered == NULL)
        return;
    const char *missing = missing_of(needed, offered);
    const CpuHypervisorModel *model = cpu_hypervisor_models_find(domain->models, guest->cpu->model);
    const gboolean is_yes = outcome->verdict <= VERDICT_WARN;
    const gboolean is_blocked = model != NULL && model->blockers->len > 0;

    world->n_pairs++;
    world->n_yes += is_yes ? 1 : 0;
    if (is_yes && missing != NULL)
        fail_msg("yes to a start of %s on %s, and libvirt's %s has no %s", guest->cpu->model,
                 fleet_host(world->corpus->fleet, host)->name, domain->host_model_cpu->model,
                 missing);
    /* what blocks a model is missing whatever the host-model says */
    if (!is_for_features(outcome) || is_blocked)
        return;
    world->n_for_features++;
    if (missing == NULL)
        fail_msg("no to a start of %s on %s for want of features, and libvirt finds them all",
                 guest->cpu->model, fleet_host(world->corpus->fleet, host)->name);
}

static void
test_starts_agree_with_libvirts_own_features(void **state)
{
    World *world = *state;
    const Fleet *fleet = world->corpus->fleet;
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);

    pool_of_settings(settings)->vendor_rule = VENDOR_RULE_MIXED;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, world->corpus->map, PLANNER_GUESTS);
    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *placed = g_ptr_array_index(plan->guests, i);
        const Guest *guest = g_ptr_array_index(fleet->guests, placed->guest);

        if (guest->cpu->mode != CPU_MODE_CUSTOM)
            continue;
        g_autoptr(GHashTable) needed = features_of(world, guest->cpu);
        for (guint32 host = 0; needed != NULL && host < fleet->hosts->len; host++)
            if (host != placed->host) /* where it runs, that it runs answers what is not known */
                check_pair(world, plan, placed, needed, host);
    }
    print_message("seed %d: %u pairs, %u yes, %u no for want of features\n", SEED, world->n_pairs,
                  world->n_yes, world->n_for_features);
    assert_true(world->n_yes > 100 && world->n_for_features > 100);
}

int
main(void)
{
    World world = {.connection = virConnectOpen("test:///default")};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_starts_agree_with_libvirts_own_features, &world),
    };

    if (!corpus_is_there())
        return TEST_SKIPPED;
    if (world.connection == NULL || !g_file_test(MAP_OF_LIBVIRT, G_FILE_TEST_EXISTS)) {
        print_message("skipped: no libvirt, or not its CPU map in %s\n", MAP_OF_LIBVIRT);
        return TEST_SKIPPED;
    }
    virSetErrorFunc(NULL, be_quiet);
    world.corpus = corpus_new(testing_load_map(MAP_OF_LIBVIRT), SEED, N_RANDOM_GUESTS, TRUE);
    world.expanded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_set);
    const int status = cmocka_run_group_tests(tests, NULL, NULL);
    g_hash_table_unref(world.expanded);
    corpus_free(world.corpus);
    virConnectClose(world.connection);
    return status;
}
