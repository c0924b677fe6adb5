/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Classes of the four strategies, on small fleets whose answer a person can see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

/* ---- classes -------------------------------------------------------------------------------- */

static const HostSpec generations[] = {
    {.name = "a1", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE},
    {.name = "a2", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE},
    {.name = "b1", .model = "Broadwell-noTSX-IBRS", .is_host_model = TRUE},
    {.name = "c1", .model = "Cascadelake-Server-noTSX", .is_host_model = TRUE, .address_bits = 52},
    {.name = "d1", .model = "EPYC-Rome", .vendor = "AMD", .is_host_model = TRUE},
    {.name = "d2", .model = "EPYC-Milan", .vendor = "AMD", .is_host_model = TRUE},
};

static void
test_pool_strategy_splits_vendors_alone(void **state)
{
    g_autoptr(Fleet) fleet = fleet_of(generations, G_N_ELEMENTS(generations));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const PlanClass *intel = find_class(plan, "intel"), *amd = find_class(plan, "amd");

    (void)state;
    assert_int_equal(only_pool(plan)->classes->len, 2);
    assert_int_equal(intel->hosts->len, 4);
    assert_int_equal(amd->hosts->len, 2);
    assert_string_equal(intel->template->name, "p-intel");
    assert_string_equal(intel->template->cpu->model, "Haswell-noTSX-IBRS");
    assert_int_equal(intel->template->physical_address_bits, 46);
    assert_true(intel->loss > 0 && intel->loss < 1);
    assert_int_equal(intel->n_host_model, 4);
    assert_string_equal(amd->template->cpu->model, "EPYC-Rome");
}

/*
 * Hosts that may share a class do so, whatever hosts of another vendor stand between their names.
 */
static void
test_names_do_not_part_hosts_of_a_vendor(void **state)
{
    static const HostSpec specs[] = {
        {.name = "a", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "b", .model = "EPYC-Rome", .vendor = "AMD", .is_host_model = TRUE},
        {.name = "c", .model = "Broadwell-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "d", .model = "EPYC-Milan", .vendor = "AMD", .is_host_model = TRUE},
    };
    static const Strategy strategies[] = {STRATEGY_POOL, STRATEGY_AUTO};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(strategies); i++) {
        g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
        g_autoptr(PlanSettings) settings = new_settings(strategies[i]);
        pool_of_settings(settings)->max_classes = 2;
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

        assert_int_equal(only_pool(plan)->classes->len, 2);
        for (guint c = 0; c < 2; c++) {
            const PlanClass *klass = g_ptr_array_index(only_pool(plan)->classes, c);
            assert_int_equal(klass->hosts->len, 2);
        }
    }
}

/* The names of all features that the model has; owned by the caller. */
static char *
features_of_model(const CpuModel *model)
{
    const guint n = cpu_map_n_features(map, CPU_FAMILY_X86);
    g_autoptr(GString) names = g_string_new("umip");

    for (guint i = 0; i < n; i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        if (!cpu_set_is_empty(&feature->bits) && cpu_set_contains(&model->set, &feature->bits))
            g_string_append_printf(names, " %s", feature->name);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

/*
 * libvirt can be asked to list a host-model's every feature, and not only those beside its model.
 */
static void
test_host_model_is_the_same_with_its_models_features_listed(void **state)
{
    static const char *const models[] = {"EPYC-Turin", "DiamondRapids", "Skylake-Server-IBRS",
                                         "YongFeng-v3", "qemu64"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        const CpuModel *model = cpu_map_find_model(map, CPU_FAMILY_X86, models[i]);
        g_autofree char *all = features_of_model(model);
        const HostSpec specs[] = {
            {.name = "a", .model = models[i], .features = "umip", .is_host_model = TRUE},
            {.name = "b", .model = models[i], .features = all, .is_host_model = TRUE},
        };
        g_autoptr(Fleet) fleet = fleet_of(specs, 2);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

        assert_int_equal(only_pool(plan)->classes->len, 1);
        assert_int_equal(find_class(plan, NULL)->hosts->len, 2);
    }
}

/* The digests of the templates of the best two classes of hosts of those NAMES; owned. */
static char *
digests_of_best_two(const char *const names[3])
{
    /* Each has one feature that the others lack, and all three weigh the same. */
    static const char *const features[] = {"ssbd", "md-clear", "ibpb"};
    HostSpec specs[3];
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_AUTO);

    pool_of_settings(settings)->max_classes = 2;
    for (guint i = 0; i < 3; i++)
        specs[i] = (HostSpec){.name = names[i],
                              .model = "SandyBridge",
                              .features = features[i],
                              .is_host_model = TRUE};
    g_autoptr(Fleet) fleet = fleet_of(specs, 3);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const GPtrArray *classes = only_pool(plan)->classes;
    assert_int_equal(classes->len, 2);
    const char *first = ((const PlanClass *)classes->pdata[0])->template->digest;
    const char *second = ((const PlanClass *)classes->pdata[1])->template->digest;
    return strcmp(first, second) < 0 ? g_strconcat(first, second, NULL)
                                     : g_strconcat(second, first, NULL);
}

/* Of partitions that lose the same, the names of hosts do not choose. */
static void
test_names_do_not_choose_between_equal_partitions(void **state)
{
    static const char *const orders[][3] = {{"a", "b", "c"}, {"a", "c", "b"}, {"b", "a", "c"},
                                            {"b", "c", "a"}, {"c", "a", "b"}, {"c", "b", "a"}};
    g_autofree char *expected = digests_of_best_two(orders[0]);

    (void)state;
    for (guint i = 1; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *digests = digests_of_best_two(orders[i]);
        assert_string_equal(digests, expected);
    }
}

static void
test_exact_strategy_has_a_class_per_cpu(void **state)
{
    g_autoptr(Fleet) fleet = fleet_of(generations, G_N_ELEMENTS(generations));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_int_equal(only_pool(plan)->classes->len, 5);
    for (guint i = 0; i < 5; i++) {
        const PlanClass *klass = g_ptr_array_index(only_pool(plan)->classes, i);
        assert_true(klass->loss == 0);
        assert_non_null(klass->template->cpu);
        assert_true(klass->template->cpu->features->len <= 8);
    }
}

static void
test_ladder_level_does_not_change_with_members(void **state)
{
    g_autoptr(Fleet) fleet = fleet_of(generations, 3), more = fleet_of(generations, 4);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_LADDER);
    g_autoptr(Plan) before = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) after = planner_plan(more, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_true(only_pool(before)->classes->len > 1);
    for (guint i = 0; i < only_pool(before)->classes->len; i++) {
        const PlanClass *klass = g_ptr_array_index(only_pool(before)->classes, i);
        const PlanClass *same = find_class(after, klass->name);

        assert_non_null(klass->level);
        assert_string_equal(klass->name, klass->level);
        assert_non_null(same);
        assert_string_equal(same->template->digest, klass->template->digest);
    }
}

static void
test_auto_strategy_offers_the_tradeoff(void **state)
{
    g_autoptr(Fleet) fleet = fleet_of(generations, G_N_ELEMENTS(generations));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_AUTO);
    pool_of_settings(settings)->max_classes = 3;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const GArray *tradeoff = only_pool(plan)->tradeoff;
    guint n_chosen = 0;

    (void)state;
    assert_int_equal(only_pool(plan)->classes->len, 3);
    assert_true(tradeoff->len >= 3);
    for (guint i = 0; i < tradeoff->len; i++) {
        const TradeoffPoint *point = &g_array_index(tradeoff, TradeoffPoint, i);

        n_chosen += point->is_chosen ? 1 : 0;
        assert_true(point->is_exact);
        assert_true(!point->is_chosen || point->n_classes == 3);
        if (i > 0)
            assert_true(point->loss < g_array_index(tradeoff, TradeoffPoint, i - 1).loss);
    }
    assert_int_equal(n_chosen, 1);
    assert_true(g_array_index(tradeoff, TradeoffPoint, tradeoff->len - 1).loss == 0);
}

static void
test_auto_class_name_survives_other_hosts(void **state)
{
    HostSpec specs[] = {
        {.name = "m", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE, .first_run = 1},
        {.name = "z", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE, .first_run = 2},
        {.name = "a", .model = "Westmere", .is_host_model = TRUE, .first_run = 3},
    };
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_AUTO);
    pool_of_settings(settings)->max_classes = 1;
    g_autoptr(Fleet) two = fleet_of(specs, 2), three = fleet_of(specs, 3);
    g_autoptr(Plan) before = planner_plan(two, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) after = planner_plan(three, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_string_equal(find_class(before, NULL)->name, find_class(after, NULL)->name);
    assert_string_equal(find_class(after, NULL)->name, "haswell");
}

/* A class whose founder left keeps its name by the next of its generation, or by its contract. */
static void
test_auto_class_name_survives_its_founder(void **state)
{
    const HostSpec specs[] = {
        {.name = "b", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE, .first_run = 2},
        {.name = "z", .model = "Skylake-Server-noTSX-IBRS", .is_host_model = TRUE, .first_run = 3},
        {.name = "a", .model = "Haswell", .is_host_model = TRUE, .first_run = 1},
    };
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_AUTO);
    pool_of_settings(settings)->max_classes = 1;
    g_autoptr(Fleet) three = fleet_of(specs, 3), two = fleet_of(specs, 2),
                     one = fleet_of(specs + 1, 1);
    g_autoptr(Plan) before = planner_plan(three, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) after = planner_plan(two, NULL, settings, map, PLANNER_CLASSES);
    PublishedTemplate *published = published_template_new("p", "haswell");

    (void)state;
    assert_string_equal(find_class(before, NULL)->name, "haswell");
    assert_string_equal(find_class(after, NULL)->name, "haswell");
    published->cpu = cpu_definition_copy(find_class(after, NULL)->template->cpu);
    g_ptr_array_add(one->templates, published);
    g_autoptr(Plan) last = planner_plan(one, NULL, settings, map, PLANNER_CLASSES);
    assert_string_equal(find_class(last, NULL)->name, "haswell");
}

/* Guests run with what was published, and not with what a fallen host would allow. */
static void
test_matrix_is_about_the_published_template(void **state)
{
    const HostSpec now[] = {{.name = "a", .model = "Haswell"}, {.name = "b", .model = "Conroe"}};
    const HostSpec then[] = {{.name = "a", .model = "Haswell"}, {.name = "b", .model = "Haswell"}};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) before = fleet_of(then, 2), after = fleet_of(now, 2);
    g_autoptr(Plan) first = planner_plan(before, NULL, settings, map, PLANNER_CLASSES);
    const PlanClass *klass = find_class(first, NULL);

    (void)state;
    g_autoptr(Plan) fresh = planner_plan(after, NULL, settings, map, PLANNER_MATRIX);
    assert_int_equal(pair_outcome(fresh, SUBJECT_TEMPLATE, "a", "b")->verdict, VERDICT_YES);
    publish_class(after, klass);
    g_autoptr(Plan) plan = planner_plan(after, NULL, settings, map, PLANNER_MATRIX);
    const Outcome *outcome = pair_outcome(plan, SUBJECT_TEMPLATE, "a", "b");
    assert_int_equal(find_class(plan, NULL)->contract.state, CONTRACT_BROKEN);
    assert_int_equal(outcome->verdict, VERDICT_NO);
    assert_true(has_string(find_blocker(outcome, "features-missing")->features, "avx2"));
    assert_int_equal(pair_outcome(plan, SUBJECT_TEMPLATE, "b", "a")->verdict, VERDICT_YES);
}

/* ---- unknown names, quarantine, limits ------------------------------------------------------ */

static void
test_unknown_names_are_compared_by_name(void **state)
{
    const HostSpec specs[] = {
        {.name = "a",
         .model = "Haswell-noTSX-IBRS",
         .features = "brand-new",
         .is_host_model = TRUE},
        {.name = "b", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "q", .model = "NoSuchModel", .is_host_model = TRUE},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, 3);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    const Outcome *outcome = pair_outcome(plan, SUBJECT_HOST_MODEL, "a", "b");

    (void)state;
    assert_int_equal(only_pool(plan)->classes->len, 2);
    assert_int_equal(only_pool(plan)->quarantined->len, 1);
    assert_int_equal(outcome->verdict, VERDICT_NO);
    assert_true(has_string(find_blocker(outcome, "features-missing")->features, "brand-new"));
    assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "b", "a")->verdict, VERDICT_YES);
    assert_int_equal(plan->findings->len, 2);
}

static void
test_limits_name_the_odd_host(void **state)
{
    const HostSpec specs[] = {
        {.name = "a", .model = "Skylake-Server-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "b", .model = "Skylake-Server-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "c", .model = "Skylake-Server-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "old", .model = "Westmere", .is_host_model = TRUE},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, 4);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const PlanClass *klass = find_class(plan, NULL);
    const ClassLimit *limit = &g_array_index(klass->limits, ClassLimit, 0);

    (void)state;
    assert_int_equal(limit->hosts->len, 1);
    assert_string_equal(fleet_host(fleet, g_array_index(limit->hosts, guint32, 0))->name, "old");
    assert_true(has_string(limit->features, "avx512f"));
    assert_true(limit->gain > 0.3);
}

/*
 * Models of other architectures do not mix; aarch64 and s390x get no template from libvirt's rules.
 */
static void
test_other_architectures_are_apart_by_model(void **state)
{
    const HostSpec specs[] = {
        {.name = "a1", .arch = CPU_ARCH_AARCH64, .model = "Neoverse-N1", .vendor = "ARM"},
        {.name = "a2", .arch = CPU_ARCH_AARCH64, .model = "Neoverse-N1", .vendor = "ARM"},
        {.name = "p1", .arch = CPU_ARCH_PPC64LE, .model = "POWER9", .vendor = "IBM"},
        {.name = "p2", .arch = CPU_ARCH_PPC64LE, .model = "POWER8", .vendor = "IBM"},
        {.name = "s1",
         .arch = CPU_ARCH_S390X,
         .model = "z14",
         .vendor = "IBM",
         .features = "vx te"},
        {.name = "s2", .arch = CPU_ARCH_S390X, .model = "z14", .vendor = "IBM", .features = "vx"},
        {.name = "x1", .model = "Haswell"},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));

    (void)state;
    for (Strategy strategy = 0; strategy < STRATEGY_COUNT; strategy++) {
        g_autoptr(PlanSettings) settings = new_settings(strategy);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);

        assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "p1", "p2")->verdict, VERDICT_NO);
        assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "p1", "x1")->verdict, VERDICT_NO);
        assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "x1", "a1")->verdict, VERDICT_NO);
        assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "s1", "s2")->verdict, VERDICT_NO);
        assert_true(pair_outcome(plan, SUBJECT_HOST_MODEL, "s2", "s1")->verdict <= VERDICT_WARN);
        assert_true(pair_outcome(plan, SUBJECT_HOST_PASSTHROUGH, "a1", "a2")->verdict <=
                    VERDICT_WARN);
        if (strategy == STRATEGY_POOL)
            assert_int_equal(only_pool(plan)->classes->len, 5);
    }
}

/* Nothing to plan, and hosts of which little or nothing is known: no crash, and never a yes. */
static void
test_hosts_of_which_little_is_known_get_no_yes(void **state)
{
    const HostSpec specs[] = {
        {.name = "bare",
         .model = "Haswell",
         .machines = "",
         .transports = "?",
         .address_bits = G_MAXUINT,
         .memory_gib = G_MAXUINT,
         .n_cpus = G_MAXUINT},
        {.name = "bare2", .model = "Haswell", .machines = "", .transports = "?", .vendor = ""},
        {.name = "nothing", .machines = "", .transports = "?"},
        {.name = "full", .model = "Haswell", .is_host_model = TRUE},
    };

    (void)state;
    for (guint n = 0; n <= G_N_ELEMENTS(specs); n++)
        for (Strategy strategy = 0; strategy < STRATEGY_COUNT; strategy++) {
            g_autoptr(Fleet) fleet = fleet_of(specs, n), none = fleet_of(specs, 0);
            g_autoptr(PlanSettings) settings = new_settings(strategy);
            g_autoptr(Plan) plan = planner_plan(fleet, none, settings, map, PLANNER_EVERYTHING);
            g_autoptr(Plan) gone = planner_plan(none, fleet, settings, map, PLANNER_EVERYTHING);

            assert_true(gone->drift->len >= n);
            assert_int_equal(only_pool(plan)->hosts->len + only_pool(plan)->quarantined->len, n);
            if (n < 2)
                continue;
            for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++)
                assert_true(pair_outcome(plan, subject, "bare", "bare2")->verdict >=
                            VERDICT_UNKNOWN);
        }
}

static void
test_misspelt_names_of_the_plan_file_are_told(void **state)
{
    const HostSpec spec = {.name = "a", .model = "Haswell"};
    g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    PoolSettings *pool = pool_of_settings(settings);

    (void)state;
    g_ptr_array_add(pool->disabled, g_strdup("sse4-1"));
    g_ptr_array_add(pool->disabled, g_strdup("avx"));
    g_ptr_array_add(pool->models, g_strdup("Haswel"));
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    guint n_told = 0;
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(plan->findings, i);
        n_told += strcmp(finding->id, "unknown-name") == 0 ? 1 : 0;
        if (strstr(finding->text, "sse4-1") != NULL)
            assert_non_null(strstr(finding->remedy, "sse4.1"));
    }
    assert_int_equal(n_told, 2);
}

/* What a host's domain capabilities disagree about, one of them being old, is not known. */
static void
test_disputed_features_are_unknown(void **state)
{
    const HostSpec specs[] = {
        {.name = "a", .model = "Haswell", .is_host_model = TRUE},
        {.name = "b", .model = "Haswell", .is_host_model = TRUE},
        {.name = "z", .model = "Haswell", .features = "-aes", .is_host_model = TRUE}};

    (void)state;
    for (guint i = 0; i < 3; i++) {
        g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        Host *host = &g_array_index(fleet->hosts, Host, 1);
        const DomainSet *a =
            &g_array_index(fleet->domain_sets, DomainSet, fleet_host(fleet, 0)->domain_set);
        const DomainSet *z =
            &g_array_index(fleet->domain_sets, DomainSet, fleet_host(fleet, 2)->domain_set);
        DomainSet both = {.n_indexes = 2, .indexes = g_new0(guint32, 2)};

        /* b has the documents of a and z, in either order; or of a twice */
        both.indexes[i == 0 ? 0 : 1] = a->indexes[0];
        both.indexes[i == 0 ? 1 : 0] = i == 2 ? a->indexes[0] : z->indexes[0];
        g_array_append_val(fleet->domain_sets, both);
        host->domain_set = fleet->domain_sets->len - 1;
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
        assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "a", "b")->verdict,
                         i == 2 ? VERDICT_YES : VERDICT_UNKNOWN);
        assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "a", "z")->verdict, VERDICT_NO);
    }
}

/* Domain capabilities of the better CPU that a host had before give nothing to its guests. */
static void
test_instructions_that_the_cpu_lacks_are_unknown(void **state)
{
    const HostSpec specs[] = {{.name = "a", .model = "Haswell", .is_host_model = TRUE},
                              {.name = "b", .model = "Westmere", .is_host_model = TRUE},
                              {.name = "c", .model = "Broadwell", .is_host_model = TRUE}};
    static const Verdict fresh[] = {VERDICT_NO, VERDICT_YES},
                         old[] = {VERDICT_UNKNOWN, VERDICT_YES};

    (void)state;
    for (guint is_old = 0; is_old < 2; is_old++) {
        g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

        for (guint i = 1; i < 3 && is_old != 0; i++)
            g_array_index(fleet->hosts, Host, i).domain_set = fleet_host(fleet, 0)->domain_set;
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
        for (guint i = 1; i < 3; i++)
            assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "a", specs[i].name)->verdict,
                             (is_old != 0 ? old : fresh)[i - 1]);
    }
}

/*
 * A ladder that is not the host's, or not at all, gives it no level; another one is no substitute.
 */
static void
test_named_ladder_alone_counts(void **state)
{
    static const struct {
        const char *ladder;
        const char *class_name;
        gboolean is_known;
    } rows[] = {{NULL, "intel-haswell-model", TRUE},
                {"intel", "intel-haswell-model", TRUE},
                {"x86-64", "intel-x86-64-v2", TRUE},
                {"amd", "intel-below", TRUE},
                {"itnel", "intel-below", FALSE}};
    const HostSpec spec = {.name = "a", .model = "Haswell"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_LADDER);
        pool_of_settings(settings)->ladder = g_strdup(rows[i].ladder);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const PlanPool *pool = g_ptr_array_index(plan->pools, 0);
        const PlanClass *klass = g_ptr_array_index(pool->classes, 0);
        gboolean is_told = FALSE;

        for (guint j = 0; j < plan->findings->len; j++) {
            const Finding *finding = g_ptr_array_index(plan->findings, j);
            is_told = is_told || strcmp(finding->id, "unknown-name") == 0;
        }
        assert_string_equal(klass->name, rows[i].class_name);
        assert_int_equal(is_told, !rows[i].is_known);
    }
}

/* libvirt refuses to migrate between hosts of one UUID: nobody should learn it from the refusal. */
static void
test_hosts_of_one_uuid_are_told(void **state)
{
    static const struct {
        const char *uuids[4];
        guint n_told;
        const char *text; /* a part of the first */
    } cases[] = {
        {{NULL, NULL, NULL, NULL}, 0, NULL},
        {{"u1", "u2", "u3", NULL}, 0, NULL},
        {{"u1", "u2", "u1", NULL}, 1, "hosts a and c have the same UUID u1;"},
        {{"u1", "u1", "u1", "u2"}, 1, "3 hosts, such as a and b, have the same UUID u1;"},
        {{"u1", "u2", "u2", "u1"}, 2, "hosts a and d have the same UUID u1;"},
    };
    const HostSpec specs[] = {{.name = "a", .model = "Haswell"},
                              {.name = "b", .model = "Haswell"},
                              {.name = "c", .model = "Haswell"},
                              {.name = "d", .model = "Haswell"}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

        for (guint h = 0; h < fleet->hosts->len; h++)
            g_array_index(fleet->hosts, Host, h).uuid = g_strdup(cases[i].uuids[h]);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        assert_int_equal(plan->findings->len, cases[i].n_told);
        for (guint f = 0; f < plan->findings->len; f++)
            assert_string_equal(((Finding *)plan->findings->pdata[f])->id, "host-uuid");
        if (cases[i].text != NULL)
            assert_non_null(strstr(((Finding *)plan->findings->pdata[0])->text, cases[i].text));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_strategy_splits_vendors_alone),
        cmocka_unit_test(test_names_do_not_part_hosts_of_a_vendor),
        cmocka_unit_test(test_host_model_is_the_same_with_its_models_features_listed),
        cmocka_unit_test(test_names_do_not_choose_between_equal_partitions),
        cmocka_unit_test(test_exact_strategy_has_a_class_per_cpu),
        cmocka_unit_test(test_ladder_level_does_not_change_with_members),
        cmocka_unit_test(test_auto_strategy_offers_the_tradeoff),
        cmocka_unit_test(test_auto_class_name_survives_other_hosts),
        cmocka_unit_test(test_auto_class_name_survives_its_founder),
        cmocka_unit_test(test_matrix_is_about_the_published_template),
        cmocka_unit_test(test_unknown_names_are_compared_by_name),
        cmocka_unit_test(test_limits_name_the_odd_host),
        cmocka_unit_test(test_other_architectures_are_apart_by_model),
        cmocka_unit_test(test_hosts_of_which_little_is_known_get_no_yes),
        cmocka_unit_test(test_misspelt_names_of_the_plan_file_are_told),
        cmocka_unit_test(test_named_ladder_alone_counts),
        cmocka_unit_test(test_disputed_features_are_unknown),
        cmocka_unit_test(test_instructions_that_the_cpu_lacks_are_unknown),
        cmocka_unit_test(test_hosts_of_one_uuid_are_told),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
