/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The ladders: their data is sound, their order is that of the sets, and real CPUs reach the level
 * of their generation, as hosts and as what guests are given.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../cpumodel/cpu_testing.h"
#include "ladder_tables.h"

#include <string.h>

#define X86 CPU_FAMILY_X86

/* The set of MODEL (NULL: none) and FEATURES, separated by spaces. */
static CpuSet
make_set(const CpuMap *map, const char *model, const char *features)
{
    g_auto(GStrv) names = g_strsplit(features, " ", -1);
    CpuSet set = {0};

    if (model != NULL)
        set = cpu_map_find_model(map, X86, model)->set;
    for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++) {
        const CpuFeature *feature = cpu_map_find_feature(map, X86, names[i]);

        assert_non_null(feature);
        cpu_set_unite(&set, &feature->bits);
    }
    return set;
}

static const char *
level_name(const LadderLevel *level)
{
    return level != NULL ? level->name : "none";
}

static void
test_builtin_ladder_is_sound(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder = ladder_new(map);
    g_autoptr(GPtrArray) complaints = ladder_lint(ladder);

    (void)state;
    if (complaints->len > 0)
        fail_msg("%s", (const char *)g_ptr_array_index(complaints, 0));
    assert_int_equal(ladder_n_unresolved(ladder), 0);
}

static void
test_order_of_levels_is_that_of_their_sets(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder = ladder_new(map);

    (void)state;
    for (guint i = 0; i < ladder_n_levels(ladder); i++) {
        const LadderLevel *a = ladder_level(ladder, i);

        assert_int_equal(a->index, i);
        assert_ptr_equal(ladder_find(ladder, a->name), a);
        for (guint j = 0; j < ladder_n_levels(ladder); j++) {
            const LadderLevel *b = ladder_level(ladder, j);
            gboolean is_above =
                strcmp(a->ladder, b->ladder) == 0 && cpu_set_contains(&a->set, &b->set);

            assert_int_equal(ladder_is_at_least(ladder, a, b), is_above);
        }
    }
}

/* What these generations have beside their models. */
#define COMMON "f16c rdrand vme abm arat pdpe1gb xsaveopt"

static const struct {
    const char *model, *features, *vendor;
    gboolean is_secure;
    const char *level;
} sets[] = {
    {"Conroe", "", "Intel", FALSE, "intel-merom"},
    {"Haswell-noTSX", "", "Intel", FALSE, "intel-haswell-model"},
    {"Haswell-noTSX", COMMON, "Intel", FALSE, "intel-haswell"},
    /* TSX puts a host beside, not below; its generation without TSX is supported as well. */
    {"Haswell", COMMON, "Intel", FALSE, "intel-haswell-tsx"},
    {"Broadwell-noTSX", COMMON, "Intel", FALSE, "intel-broadwell"},
    {"Cascadelake-Server-noTSX", "", "Intel", FALSE, "intel-cascadelake"},
    {"Cascadelake-Server", "", "Intel", FALSE, "intel-cascadelake-tsx"},
    {"Cascadelake-Server-noTSX", "md-clear", "Intel", TRUE, "intel-cascadelake"},
    {"Cascadelake-Server-noTSX", "", "Intel", TRUE, "none"},
    {"SapphireRapids", "", "Intel", FALSE, "intel-sapphirerapids-amx"},
    {"GraniteRapids", "", "Intel", FALSE, "intel-graniterapids-amx"},
    {"SierraForest", "", "Intel", FALSE, "intel-sierraforest"},
    {"ClearwaterForest", "", "Intel", FALSE, "intel-clearwaterforest"},
    {"DiamondRapids", "", "Intel", FALSE, "intel-diamondrapids-amx"},
    {"Snowridge", "", "Intel", FALSE, "intel-snowridge"},
    {"Opteron_G5", "", "AMD", FALSE, "amd-opteron-g5"},
    {"EPYC", "", "AMD", FALSE, "amd-naples"},
    {"EPYC", "", "AMD", TRUE, "none"},
    {"EPYC-IBPB", "", "AMD", TRUE, "amd-naples"},
    {"EPYC-Rome", "", "AMD", FALSE, "amd-rome"},
    {"EPYC-Milan", "", "AMD", TRUE, "amd-milan-model"},
    {"EPYC-Milan-v2", "", "AMD", TRUE, "amd-milan"},
    {"Westmere", "", "Intel", FALSE, "intel-westmere-model"},
    {"Westmere", "pclmuldq rdtscp", "Intel", FALSE, "intel-westmere"},
    {"Icelake-Server-v4", "", "Intel", FALSE, "intel-icelake"},
    {"Icelake-Server", "", "Intel", FALSE, "intel-icelake-model"},
    {"EPYC-Genoa", "", "AMD", FALSE, "amd-genoa"},
    {"EPYC-Turin", "", "AMD", FALSE, "amd-turin"},
    {"Dhyana", "", "Hygon", FALSE, "hygon-dhyana"},
    {"EPYC-Turin", "", NULL, FALSE, "x86-64-v4"},
    {"EPYC-Milan", "", NULL, FALSE, "x86-64-v3"},
    {"Nehalem", "", NULL, FALSE, "x86-64-v2"},
    {"kvm64", "", NULL, FALSE, "x86-64-v1"},
    {"486", "", NULL, FALSE, "none"},
    /* A CPU of one vendor has no level of another's ladder. */
    {"EPYC-Turin", "", "Intel", FALSE, "intel-westmere"},
    {NULL, "", "AMD", FALSE, "none"},
};

static void
test_set_is_on_the_level_of_its_features(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder = ladder_new(map);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(sets); i++) {
        CpuSet set = make_set(map, sets[i].model, sets[i].features);
        const CpuVendor *vendor =
            sets[i].vendor != NULL ? cpu_map_find_vendor(map, X86, sets[i].vendor) : NULL;
        const LadderLevel *level = ladder_level_of(ladder, &set, vendor, sets[i].is_secure);

        if (strcmp(level_name(level), sets[i].level) != 0)
            fail_msg("case %u: %s is on %s, not on %s", i, sets[i].model, level_name(level),
                     sets[i].level);
    }
}

static void
test_psabi_levels_add_only_what_their_table_lists(void **state)
{
    static const struct {
        const char *level, *below, *features;
    } cases[] = {
        {"x86-64-v1", NULL, "cmov cx8 fpu fxsr mmx syscall sse sse2"},
        {"x86-64-v2", "x86-64-v1", "cx16 lahf_lm popcnt pni sse4.1 sse4.2 ssse3"},
        /* lzcnt is abm; osxsave follows from xsave, and is the guest's own doing */
        {"x86-64-v3", "x86-64-v2", "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"},
        {"x86-64-v4", "x86-64-v3", "avx512f avx512bw avx512cd avx512dq avx512vl"},
    };
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder = ladder_new(map);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const LadderLevel *level = ladder_find(ladder, cases[i].level);
        const CpuSet listed = make_set(map, NULL, cases[i].features);
        CpuSet added = level->set;

        assert_true(cpu_set_contains(&level->set, &listed));
        if (cases[i].below == NULL)
            continue; /* what 64-bit systems need beside is in the first */
        cpu_set_subtract(&added, &ladder_find(ladder, cases[i].below)->set);
        assert_true(cpu_set_equal(&added, &listed));
    }
}

#define N_LAW_ROUNDS 2000

/* More features never lead below, and the level of a set is in it and has none above it in it. */
static void
test_level_of_a_set_is_the_highest_it_supports(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder = ladder_new(map);
    guint32 seed = testing_seed();
    guint n_levels = 0, n_none = 0;
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

    (void)state;
    for (guint round = 0; round < N_LAW_ROUNDS; round++) {
        guint n = cpu_map_n_models(map, X86);
        const CpuModel *model =
            cpu_map_model(map, X86, (guint)g_rand_int_range(rand, 0, (gint32)n));
        CpuSet set = model->set;
        gboolean is_secure = g_rand_boolean(rand);

        for (gint32 i = g_rand_int_range(rand, 0, 4); i > 0; i--)
            cpu_set_remove(&set,
                           (guint)g_rand_int_range(rand, 0, (gint32)cpu_map_n_bits(map, X86)));
        CpuSet more = set;
        for (gint32 i = g_rand_int_range(rand, 0, 40); i > 0; i--)
            cpu_set_add(&more, (guint)g_rand_int_range(rand, 0, (gint32)cpu_map_n_bits(map, X86)));
        const LadderLevel *level = ladder_level_of(ladder, &set, model->vendor, is_secure);
        const LadderLevel *higher = ladder_level_of(ladder, &more, model->vendor, is_secure);
        if (level == NULL) {
            n_none++;
            continue;
        }
        n_levels++;
        CpuSet needed = ladder_level_set(level, is_secure);
        assert_true(cpu_set_contains(&set, &needed));
        assert_non_null(higher);
        assert_true(higher == level || !ladder_is_at_least(ladder, level, higher));
        for (guint i = 0; i < ladder_n_levels(ladder); i++) {
            const LadderLevel *other = ladder_level(ladder, i);
            CpuSet wanted = ladder_level_set(other, is_secure);

            if (other != level && ladder_is_at_least(ladder, other, level) &&
                !(is_secure && cpu_set_is_empty(&other->secure)))
                assert_false(cpu_set_contains(&set, &wanted));
        }
    }
    assert_true(n_levels > N_LAW_ROUNDS / 4 && n_none > 0);
}

/* ---- planted defects ------------------------------------------------------------------------ */

#define NAMES(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define LEVEL(name_, tier_, model_)                                                                \
    .name = name_, .title = "T", .ladder = "x", .vendor = "Intel", .track = "t", .tier = tier_,    \
    .model = model_

static const LadderDeclaration planted_declarations[] = {
    {LEVEL("low", 2, "Conroe"), .features = NAMES("sse", "sse2"), .n_features = 2},
    {LEVEL("same", 2, "Conroe"), .features = NAMES("sse2", "sse"), .n_features = 2},
    {LEVEL("high", 1, "Penryn"), .above = NAMES("low"), .n_above = 1, .features = NAMES("pni"),
     .n_features = 1},
    {LEVEL("forgot", 3, "Penryn"), .features = NAMES("sse", "sse2", "pni", "aes"), .n_features = 4},
    {LEVEL("twice", 4, "Westmere"), .above = NAMES("low", "high"), .n_above = 2,
     .features = NAMES("ssse3"), .n_features = 1},
    {LEVEL("fantasy", 5, "Westmere"), .features = NAMES("tbm", "hle"), .n_features = 2},
    {LEVEL("foreign", 6, "EPYC"), .features = NAMES("mmx"), .n_features = 1},
    {LEVEL("typo", 7, "Westmere"), .features = NAMES("aess"), .n_features = 1},
    {LEVEL("nomodel", 8, "Eastmere"), .features = NAMES("aes"), .n_features = 1},
    {LEVEL("ontop", 9, "Westmere"), .above = NAMES("typo"), .n_above = 1},
};

static void
test_lint_finds_planted_defects(void **state)
{
    static const char *const expected[] = {
        "level typo: feature aess is not in the CPU map",
        "level nomodel: model Eastmere is not in the CPU map",
        "level ontop: level typo is not in the CPU map",
        "levels low and same have the same features",
        "level high is above low and has a lower tier",
        "level high has all features of same and is not declared above it",
        "level forgot has all features of low and is not declared above it",
        "level forgot has all features of high and is not declared above it",
        "level fantasy is reached by no CPU model",
        "level foreign has the model EPYC of another vendor",
    };
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder =
        ladder_new_of(map, planted_declarations, G_N_ELEMENTS(planted_declarations));
    g_autoptr(GPtrArray) complaints = ladder_lint(ladder);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        if (!g_ptr_array_find_with_equal_func(complaints, expected[i], g_str_equal, NULL))
            fail_msg("nobody said: %s", expected[i]);
    }
    /* Redundant relations of the data do not reach the ladder. */
    assert_int_equal(ladder_find(ladder, "twice")->n_below, 1);
    assert_null(ladder_find(ladder, "typo"));
    assert_int_equal(ladder_n_unresolved(ladder), 3);
}

static const LadderDeclaration old_declarations[] = {
    {LEVEL("low", 1, "Conroe"), .features = NAMES("sse"), .n_features = 1},
    {LEVEL("middle", 2, "Eastmere"), .above = NAMES("low"), .n_above = 1, .features = NAMES("sse2"),
     .n_features = 1},
    {LEVEL("high", 3, "Penryn"), .above = NAMES("middle"), .n_above = 1, .features = NAMES("pni"),
     .n_features = 1},
};

/* A level whose model an old map lacks is left out; those above it keep their order. */
static void
test_level_that_an_old_map_lacks_is_left_out(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Ladder) ladder = ladder_new_of(map, old_declarations, G_N_ELEMENTS(old_declarations));
    const LadderLevel *high = ladder_find(ladder, "high");

    (void)state;
    assert_int_equal(ladder_n_levels(ladder), 2);
    assert_int_equal(cpu_set_count(&high->set), 3);
    assert_int_equal(high->n_below, 1);
    assert_ptr_equal(high->below[0], ladder_find(ladder, "low"));
    assert_true(ladder_is_at_least(ladder, high, ladder_find(ladder, "low")));
}

/* ---- real CPUs ------------------------------------------------------------------------------ */

typedef struct {
    const char *cpu;
    const char *host;  /* level of what the silicon reports */
    const char *guest; /* level of what QEMU gave a guest there; NULL: not recorded */
} RealCpu;

/*
 * QEMU of before 2.12 did not offer sha-ni, of before 4.2 not stibp on AMD: two guests are lower.
 */
static const RealCpu real_cpus[] = {
    {"A10-5800K", "amd-opteron-g5", "amd-opteron-g5"},
    {"Core-i5-2500", "intel-sandybridge", "intel-sandybridge"},
    {"Core-i5-650", "intel-westmere", "intel-westmere"},
    {"Core-i7-2600", "intel-sandybridge", NULL},
    {"Core-i7-3520M", "intel-ivybridge", NULL},
    {"Core-i7-3770", "intel-ivybridge", "intel-ivybridge"},
    {"Core-i7-4600U", "intel-haswell", "intel-haswell"},
    {"Core-i7-5600U", "intel-broadwell-tsx", "intel-broadwell-tsx"},
    {"Core-i7-5600U-ibrs", "intel-broadwell-tsx", NULL},
    {"Core-i7-7600U", "intel-skylake-client-tsx", "intel-skylake-client-tsx"},
    {"Core-i7-8700", "intel-skylake-client-tsx", "intel-skylake-client-tsx"},
    {"Core2-E6850", "intel-merom", "intel-merom"},
    {"Core2-Q9500", "intel-penryn", NULL},
    {"EPYC-7502-32-Core", "amd-rome", "amd-rome"},
    {"Ice-Lake-Server", "intel-icelake-tsx", "intel-icelake-tsx"},
    {"Opteron-2350", "amd-opteron-g3", "amd-opteron-g3"},
    /* sold without SSE4 */
    {"Pentium-P6100", "intel-merom", NULL},
    {"Ryzen-7-1800X-Eight-Core", "amd-naples", "amd-opteron-g3"},
    {"Ryzen-9-3900X-12-Core", "amd-rome", "amd-naples"},
    {"Xeon-E3-1225-v5", "intel-skylake-client-tsx", NULL},
    {"Xeon-E5-2650", "intel-sandybridge", "intel-sandybridge"},
    {"Xeon-E5-2650-v4", "intel-broadwell-tsx", "intel-broadwell-tsx"},
    {"Xeon-E7-4820", "intel-westmere", NULL},
    {"Xeon-E7-4830", "intel-westmere", NULL},
    {"Xeon-E7-8890-v3", "intel-haswell-tsx", "intel-haswell-tsx"},
    {"Xeon-E7540", "intel-nehalem", "intel-nehalem"},
    {"Xeon-Gold-6148", "intel-skylake-server-tsx", "intel-skylake-server-tsx"},
    {"Xeon-W3520", "intel-nehalem", NULL},
    {"Xeon-X5460", "intel-penryn", NULL},
};

/* What domain capabilities offer as host-model, from QEMU 4.2 to 10.0. */
static const struct {
    const char *file, *level;
} host_models[] = {
    {"qemu_4.2.0-q35.x86_64.xml", "intel-skylake-client-tsx"},
    {"qemu_6.2.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_7.1.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_8.0.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_8.1.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_9.0.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_9.1.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_9.2.0.x86_64+amdsev.xml", "amd-genoa"},
    {"qemu_9.2.0-q35.x86_64+amdsev.xml", "amd-genoa"},
    {"qemu_10.0.0-q35.x86_64.xml", "amd-rome"},
    {"qemu_10.0.0-q35.x86_64+amdsev.xml", "amd-genoa"},
};

/* NAME: a file of the corpus with one CPU. */
static void
check_level(CpuMap *map, const Ladder *ladder, const char *name, const char *expected)
{
    g_autofree char *path = testing_corpus_path(name);
    g_autofree char *xml = testing_read(path);
    g_autoptr(CpuDefinition) definition = testing_cpu(xml);
    CpuSet set;

    assert_true(cpu_engine_effective_set(map, definition, &set, NULL, NULL));
    const LadderLevel *level =
        ladder_level_of(ladder, &set, cpu_map_find_vendor(map, X86, definition->vendor), FALSE);
    if (strcmp(level_name(level), expected) != 0)
        fail_msg("%s is on %s, not on %s", name, level_name(level), expected);
}

static void
test_real_cpus_are_on_their_known_levels(void **state)
{
    (void)state;
    if (!testing_has_corpus("corpus/cputestdata") || !testing_has_corpus("cpu_map-11.3.0"))
        skip();
    g_autofree char *folder = testing_corpus_path("cpu_map-11.3.0");
    g_autoptr(CpuMap) map = testing_load_map(folder);
    g_autoptr(Ladder) ladder = ladder_new(map);
    for (guint i = 0; i < G_N_ELEMENTS(real_cpus); i++) {
        g_autofree char *host =
            g_strdup_printf("corpus/cputestdata/x86_64-cpuid-%s-host.xml", real_cpus[i].cpu);
        g_autofree char *guest =
            g_strdup_printf("corpus/cputestdata/x86_64-cpuid-%s-json.xml", real_cpus[i].cpu);

        check_level(map, ladder, host, real_cpus[i].host);
        if (real_cpus[i].guest != NULL)
            check_level(map, ladder, guest, real_cpus[i].guest);
    }
}

static void
test_host_models_of_libvirt_are_on_their_known_levels(void **state)
{
    (void)state;
    if (!testing_has_corpus("corpus/domaincaps") || !testing_has_corpus("cpu_map-11.3.0"))
        skip();
    g_autofree char *folder = testing_corpus_path("cpu_map-11.3.0");
    g_autoptr(CpuMap) map = testing_load_map(folder);
    g_autoptr(Ladder) ladder = ladder_new(map);
    for (guint i = 0; i < G_N_ELEMENTS(host_models); i++) {
        g_autofree char *name = g_strdup_printf("corpus/domaincaps/%s", host_models[i].file);
        check_level(map, ladder, name, host_models[i].level);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin_ladder_is_sound),
        cmocka_unit_test(test_order_of_levels_is_that_of_their_sets),
        cmocka_unit_test(test_set_is_on_the_level_of_its_features),
        cmocka_unit_test(test_psabi_levels_add_only_what_their_table_lists),
        cmocka_unit_test(test_level_of_a_set_is_the_highest_it_supports),
        cmocka_unit_test(test_lint_finds_planted_defects),
        cmocka_unit_test(test_level_that_an_old_map_lacks_is_left_out),
        cmocka_unit_test(test_real_cpus_are_on_their_known_levels),
        cmocka_unit_test(test_host_models_of_libvirt_are_on_their_known_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
