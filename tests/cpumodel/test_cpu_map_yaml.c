/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The YAML form of maps: mistakes are reported at their place, and what is written is read back as
 * the same map, the built-in one and random ones.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpumodel/cpu_map_difference.h>
#include <cpumodel/cpu_map_yaml.h>
#include <glib/gstdio.h>
#include <map_source.h>
#include <remove_tree.h>
#include <string.h>

static void
write_file(const char *folder, const char *path, const char *text)
{
    g_autofree char *full = g_build_filename(folder, path, NULL);
    g_autofree char *parent = g_path_get_dirname(full);

    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(full, text, -1, NULL));
}

static char *
make_folder(void)
{
    char *folder = g_dir_make_tmp("virt-plan-map-XXXXXX", NULL);

    assert_non_null(folder);
    return folder;
}

/* ---- mistakes ------------------------------------------------------------------------------- */

#define FAMILY                                                                                     \
    "family: x86\n"                                                                                \
    "vendors:\n"                                                                                   \
    "  - {name: Intel, string: GenuineIntel}\n"                                                    \
    "features: [features/f.yaml]\n"                                                                \
    "groups:\n"                                                                                    \
    "  - {name: all, models: [m]}\n"
#define FEATURES                                                                                   \
    "words:\n"                                                                                     \
    "  - cpuid: 0x1\n"                                                                             \
    "    register: edx\n"                                                                          \
    "    features:\n"                                                                              \
    "      - {bit: 0, name: one, group: other, since: 9.0}\n"                                      \
    "      - {bit: [1, 2], name: two, group: other, also: [{msr: 0x10a, register: eax, bit: "      \
    "3}]}\n"
#define MODELS                                                                                     \
    "models:\n"                                                                                    \
    "  - {name: A, vendor: Intel, signatures: [6/1, \"6/2/0-4,7\"], features: [one, two]}\n"       \
    "  - {name: B, like: A, without: [two]}\n"

/* Reads the three files as a family, with errors as "FILE:LINE:COLUMN: ..." without the folder. */
static CpuMap *
read_family(const char *family, const char *features, const char *models, char **ret_message)
{
    g_autofree char *folder = make_folder();
    g_autoptr(CpuMapBuilder) builder = cpu_map_builder_new("test");
    g_autoptr(GError) error = NULL;

    write_file(folder, "family.yaml", family);
    write_file(folder, "features/f.yaml", features);
    write_file(folder, "models/m.yaml", models);
    g_autoptr(MapSource) source = map_source_load(folder, builder, &error);
    *ret_message = NULL;
    if (source == NULL) {
        assert_true(g_str_has_prefix(error->message, folder));
        *ret_message = g_strdup(error->message + strlen(folder) + 1);
    }
    remove_tree(folder);
    return source != NULL ? cpu_map_builder_finish(g_steal_pointer(&builder)) : NULL;
}

static void
test_map_in_yaml_is_read_whole(void **state)
{
    g_autofree char *message = NULL;
    g_autoptr(CpuMap) map = read_family(FAMILY, FEATURES, MODELS, &message);

    (void)state;
    assert_non_null(map);
    const CpuFeature *two = cpu_map_find_feature(map, CPU_FAMILY_X86, "two");
    const CpuModel *a = cpu_map_find_model(map, CPU_FAMILY_X86, "A");
    const CpuModel *b = cpu_map_find_model(map, CPU_FAMILY_X86, "B");
    assert_int_equal(cpu_set_count(&two->bits), 3);
    assert_int_equal(a->signatures[1].steppings, 0x9f);
    assert_string_equal(a->group, "all");
    assert_true(a->is_decodable_host && a->is_decodable_guest);
    assert_ptr_equal(a->vendor, b->vendor);
    assert_int_equal(b->n_signatures, 2);
    assert_int_equal(cpu_set_count(&b->set), 1);
    assert_null(b->ancestor);
}

static const struct {
    const char *family, *features, *models;
    const char *message; /* its beginning */
} mistakes[] = {
    {"family: x86\nvendor: []\n", FEATURES, MODELS, "family.yaml:2:1: unknown key 'vendor'"},
    {"vendors: []\n", FEATURES, MODELS, "family.yaml:1:1: the key 'family' is missing"},
    {"family: vax\n", FEATURES, MODELS, "family.yaml:1:9: 'vax' is not a family"},
    {"family: x86\nfamily: x86\n", FEATURES, MODELS, "family.yaml:2:1: 'family' is given"},
    {"family: [x86\n", FEATURES, MODELS, "family.yaml:2:1: not YAML"},
    {"", FEATURES, MODELS, "family.yaml:1:1: the file is empty"},
    {"- family\n", FEATURES, MODELS, "family.yaml:1:1: a mapping"},
    {"family: x86\nvendors: {name: Intel}\n", FEATURES, MODELS, "family.yaml:2:10: a list"},
    {"family: x86\nvendors:\n  - {name: Intel, string: Genuine}\n", FEATURES, MODELS,
     "family.yaml:3:5: vendor 'Intel' needs"},
    {FAMILY, "words:\n  - register: edx\n    features: []\n", MODELS,
     "features/f.yaml:2:5: either 'cpuid' or 'msr'"},
    {FAMILY, "words:\n  - {cpuid: 1, msr: 1, register: eax, features: []}\n", MODELS,
     "features/f.yaml:2:5: either 'cpuid' or 'msr'"},
    {FAMILY, "words:\n  - {cpuid: 1, register: rax, features: []}\n", MODELS,
     "features/f.yaml:2:26: 'rax' is none of eax, ebx, ecx, edx"},
    {FAMILY,
     "words:\n  - {cpuid: 1, register: eax, features: [{bit: 32, name: x, group: other}]}\n",
     MODELS, "features/f.yaml:2:48: '32' is not a number up to 31"},
    {FAMILY, "words:\n  - {cpuid: 1, register: eax, features: [{bit: 1, name: x, group: thing}]}\n",
     MODELS, "features/f.yaml:2:67: 'thing' is none of"},
    {FAMILY,
     "words:\n  - {cpuid: 1, register: eax, features: [{bit: 1, name: x, group: other, since: "
     "9}]}\n",
     MODELS, "features/f.yaml:2:81: '9' is not a libvirt release"},
    {FAMILY, FEATURES, "models:\n  - {name: A, features: [one, three]}\n",
     "models/m.yaml:2:5: model 'A' names the feature 'three'"},
    {FAMILY, FEATURES, "models:\n  - {name: A, features: [one, one]}\n",
     "models/m.yaml:2:31: 'one' is in the list already"},
    {FAMILY, FEATURES, "models:\n  - {name: A, like: Z}\n",
     "models/m.yaml:2:21: the model 'Z' is not declared before"},
    {FAMILY, FEATURES, "models:\n  - {name: A}\n  - {name: B, like: A, without: [one]}\n",
     "models/m.yaml:3:34: the model does not have 'one'"},
    {FAMILY, FEATURES, "models:\n  - {name: A, signatures: [6-1]}\n",
     "models/m.yaml:2:28: '6-1' is not FAMILY/MODEL"},
    {FAMILY, FEATURES, "models:\n  - {name: A, signatures: [6/1/16]}\n",
     "models/m.yaml:2:28: '6/1/16' is not FAMILY/MODEL"},
    {FAMILY, FEATURES, "models:\n  - {name: A, ancestor: B}\n  - {name: B}\n",
     "models/m.yaml:2:5: model 'A' names the ancestor 'B'"},
    {FAMILY, FEATURES, "models:\n  - {name: A, decode: [hosts]}\n",
     "models/m.yaml:2:24: 'hosts' is none of host, guest"},
    {FAMILY, FEATURES, "models:\n  - {name: [A]}\n", "models/m.yaml:2:12: a word is expected"},
};

static void
test_mistakes_are_placed(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autofree char *message = NULL;
        g_autoptr(CpuMap) map =
            read_family(mistakes[i].family, mistakes[i].features, mistakes[i].models, &message);

        assert_null(map);
        if (!g_str_has_prefix(message, mistakes[i].message))
            fail_msg("case %u: '%s' does not begin with '%s'", i, message, mistakes[i].message);
    }
}

/* ---- round trips ---------------------------------------------------------------------------- */

static void
check_round_trip(const CpuMap *map)
{
    g_autofree char *folder = make_folder();
    g_autoptr(GPtrArray) files = cpu_map_yaml_files(map);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)map_source_free);
    CpuMapBuilder *builder = cpu_map_builder_new("read back");

    for (guint i = 0; i < files->len; i++) {
        const CpuMapYamlFile *file = g_ptr_array_index(files, i);
        write_file(folder, file->path, file->text);
    }
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        g_autofree char *path = g_build_filename(folder, cpu_family_name(family), NULL);
        g_autoptr(GError) error = NULL;

        if (!g_file_test(path, G_FILE_TEST_IS_DIR))
            continue;
        MapSource *source = map_source_load(path, builder, &error);
        if (source == NULL)
            fail_msg("%s", error->message);
        g_ptr_array_add(sources, source);
    }
    g_autoptr(CpuMap) again = cpu_map_builder_finish(builder);
    g_autoptr(GPtrArray) differences = cpu_map_difference(map, again);
    if (differences->len > 0)
        fail_msg("%s", (const char *)g_ptr_array_index(differences, 0));
    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *a = cpu_map_feature(map, CPU_FAMILY_X86, i);
        const CpuFeature *b = cpu_map_feature(again, CPU_FAMILY_X86, i);

        assert_int_equal(a->group, b->group);
        assert_memory_equal(&a->since, &b->since, sizeof a->since);
        assert_int_equal(a->n_aliases, b->n_aliases);
    }
    remove_tree(folder);
}

static void
test_builtin_map_is_read_as_it_was_written(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();

    (void)state;
    check_round_trip(map);
}

static void
add_random_features(CpuMapBuilder *builder, GRand *rand, guint n)
{
    static const char *const spellings[] = {"a b", "#x", "it's", "tab\there", "\"q\"", "-", "é"};

    for (guint i = 0; i < n; i++) {
        /* Each feature has a bit of its own, and perhaps some of the others'. */
        CpuBit bits[3] = {{FALSE, i / 32, 0, CPU_REGISTER_EBX, (guint8)(i % 32)}};
        guint n_bits = 1 + (guint)g_rand_int_range(rand, 0, 3);
        g_autofree char *name = g_strdup_printf(
            "f%u%s", i, spellings[g_rand_int_range(rand, 0, G_N_ELEMENTS(spellings))]);
        CpuFeatureAlias aliases[2] = {{"x", "qemu"}, {"y: z", "linux"}};
        CpuFeatureDeclaration declaration = {
            .name = name,
            .bits = bits,
            .n_bits = n_bits,
            .is_unmigratable = g_rand_boolean(rand),
            .group = (CpuFeatureGroup)g_rand_int_range(rand, 0, CPU_FEATURE_GROUP_COUNT),
            .since = {9000000, 11003001},
            .aliases = aliases,
            .n_aliases = (guint)g_rand_int_range(rand, 0, 3)};

        for (guint j = 1; j < n_bits; j++)
            bits[j] = (CpuBit){g_rand_boolean(rand), g_rand_int(rand) % 4, 0,
                               g_rand_boolean(rand) ? CPU_REGISTER_EAX : CPU_REGISTER_EDX,
                               (guint8)g_rand_int_range(rand, 0, 32)};
        assert_true(cpu_map_builder_add_feature(builder, CPU_FAMILY_X86, &declaration, NULL));
    }
}

/* Names of the builder's features, chosen at random, each at most once. */
static GPtrArray *
choose(const GPtrArray *names, GRand *rand, gint percent)
{
    GPtrArray *chosen = g_ptr_array_new();

    for (guint i = 0; i < names->len; i++) {
        if (g_rand_int_range(rand, 0, 100) < percent)
            g_ptr_array_add(chosen, g_ptr_array_index(names, i));
    }
    return chosen;
}

static void
add_random_models(CpuMapBuilder *builder, GRand *rand, const GPtrArray *names, guint n)
{
    static const char *const groups[] = {NULL, "first", "second, other"};
    static const char *const vendors[] = {NULL, "Intel", "Some Vendor"};
    static const char *const suffixes[] = {"", "-v1", "-noTSX-IBRS", "/../x"};

    for (guint i = 0; i < n; i++) {
        const char *suffix = suffixes[g_rand_int_range(rand, 0, G_N_ELEMENTS(suffixes))];
        /* The name of the first one's file is a dash, which is also how an entry of a list begins.
         */
        g_autofree char *name = i == 0 ? g_strdup("<") : g_strdup_printf("M%u%s", i, suffix);
        g_autofree char *ancestor = NULL;
        g_autoptr(GPtrArray) features = choose(names, rand, i % 3 == 0 ? 0 : 60);
        g_autoptr(GPtrArray) removed = choose(names, rand, i % 2 == 0 ? 0 : 5);
        g_autoptr(GPtrArray) added = choose(names, rand, i % 4 == 0 ? 5 : 0);
        CpuSignature signatures[2] = {{6, i, 0xffff}, {15, 3, 0x8421}};
        CpuModelDeclaration declaration = {
            .name = name,
            .group = groups[i * G_N_ELEMENTS(groups) / n],
            .vendor = vendors[g_rand_int_range(rand, 0, G_N_ELEMENTS(vendors))],
            .is_decodable_host = g_rand_boolean(rand),
            .is_decodable_guest = g_rand_boolean(rand),
            .is_compat_checked = g_rand_boolean(rand),
            .signatures = signatures,
            .n_signatures = (guint)g_rand_int_range(rand, 0, 3),
            .features = (const char *const *)features->pdata,
            .n_features = features->len,
            .removed = (const char *const *)removed->pdata,
            .n_removed = removed->len,
            .added = (const char *const *)added->pdata,
            .n_added = added->len};

        assert_true(cpu_map_builder_add_model(builder, CPU_FAMILY_X86, &declaration, NULL));
        /* Renames, and models that begin with another one. */
        ancestor = g_strdup_printf("%s-v9", name);
        CpuModelDeclaration derived = {
            .name = ancestor, .ancestor = name, .group = declaration.group};
        if (g_rand_boolean(rand))
            assert_true(cpu_map_builder_add_model(builder, CPU_FAMILY_X86, &derived, NULL));
    }
}

static void
test_random_maps_are_read_as_they_were_written(void **state)
{
    static const CpuVendor vendors[] = {{"Intel", "GenuineIntel", 0},
                                        {"Some Vendor", "'#: ,{}[]\"\\x", 0}};
    guint32 seed = g_random_int();

    (void)state;
    print_message("seed %u\n", seed);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    for (guint round = 0; round < 20; round++) {
        CpuMapBuilder *builder = cpu_map_builder_new("random");
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < G_N_ELEMENTS(vendors); i++)
            assert_true(cpu_map_builder_add_vendor(builder, CPU_FAMILY_X86, &vendors[i], NULL));
        guint32 features_seed = g_rand_int(rand);
        g_autoptr(GRand) first = g_rand_new_with_seed(features_seed);
        add_random_features(builder, first, 60);
        /* The same seed makes the same features: a map of its own tells their names. */
        g_autoptr(GRand) second = g_rand_new_with_seed(features_seed);
        CpuMapBuilder *twin = cpu_map_builder_new("twin");
        add_random_features(twin, second, 60);
        g_autoptr(CpuMap) twin_map = cpu_map_builder_finish(twin);
        for (guint i = 0; i < cpu_map_n_features(twin_map, CPU_FAMILY_X86); i++)
            g_ptr_array_add(names, g_strdup(cpu_map_feature(twin_map, CPU_FAMILY_X86, i)->name));
        add_random_models(builder, rand, names, 12);
        g_autoptr(CpuMap) map = cpu_map_builder_finish(builder);
        check_round_trip(map);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_in_yaml_is_read_whole),
        cmocka_unit_test(test_mistakes_are_placed),
        cmocka_unit_test(test_builtin_map_is_read_as_it_was_written),
        cmocka_unit_test(test_random_maps_are_read_as_they_were_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
