/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * libvirt maps of every form are read, with their mistakes named; libvirt's own maps give the
 * numbers that are known of them, and the newest is what the program has built in.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpumodel/cpu_map_difference.h>
#include <glib/gstdio.h>
#include <ingest/cpu_map_reader.h>
#include <string.h>

#define X86 CPU_FAMILY_X86
#define MAPS TEST_SOURCE_DIR "/maps"
#define INSTALLED_MAP "/usr/share/libvirt/cpu_map"

static CpuMap *
load(const char *path)
{
    g_autoptr(GError) error = NULL;
    CpuMap *map = cpu_map_reader_load(path, &error);

    if (map == NULL)
        fail_msg("%s", error->message);
    return map;
}

static void
assert_bit(const CpuMap *map, guint position, const char *expected)
{
    g_autofree char *found = cpu_bit_describe(cpu_map_bit(map, X86, position));

    assert_string_equal(found, expected);
}

static gboolean
has(const CpuMap *map, const char *model, const char *feature)
{
    return cpu_set_contains(&cpu_map_find_model(map, X86, model)->set,
                            &cpu_map_find_feature(map, X86, feature)->bits);
}

/* ---- forms ---------------------------------------------------------------------------------- */

static void
test_map_of_one_file_is_read(void **state)
{
    static const char *const paths[] = {MAPS "/one-file", MAPS "/one-file/cpu_map.xml"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(CpuMap) map = load(paths[i]);
        const CpuModel *second = cpu_map_find_model(map, X86, "second");
        const CpuModel *power = cpu_map_model(map, CPU_FAMILY_PPC64, 0);
        const CpuFeature *pair = cpu_map_find_feature(map, X86, "pair");

        assert_string_equal(cpu_map_origin(map), paths[i]);
        /* Three bits in two leaves, one of them shared with another feature. */
        assert_int_equal(cpu_set_count(&pair->bits), 3);
        assert_int_equal(cpu_map_n_bits(map, X86), 6);
        assert_true(has(map, "second", "half"));
        assert_true(has(map, "second", "xsaveopt"));
        assert_false(has(map, "first", "half"));
        assert_bit(map, 1, "CPUID 0x0000000d sub-leaf 1 EAX bit 0");
        /* Without decode, models are chosen for both; the ancestor's signature is replaced. */
        assert_true(second->is_decodable_host && second->is_decodable_guest);
        assert_int_equal(second->n_signatures, 1);
        assert_int_equal(second->signatures[0].model, 23);
        assert_string_equal(second->vendor->name, "Intel");
        assert_null(second->ancestor->canonical);
        assert_int_equal(power->pvrs[0].mask, 0xffffffff);
        assert_false(cpu_map_find_feature(map, X86, "invtsc")->is_migratable);
    }
}

static void
test_map_of_a_folder_has_the_order_of_its_includes(void **state)
{
    g_autoptr(CpuMap) map = load(MAPS "/folder");
    const CpuModel *later = cpu_map_find_model(map, X86, "Later");

    (void)state;
    /* Map order is the order of the includes. */
    assert_int_equal(later->index, 0);
    assert_int_equal(cpu_map_find_model(map, X86, "Earlier")->index, 1);
    assert_false(later->is_decodable_guest);
    assert_int_equal(later->signatures[0].steppings, 0x9f);
    assert_int_equal(later->signatures[1].steppings, 0xffff);
    assert_int_equal(later->n_removed, 1);
    assert_false(has(map, "Later", "mds-no"));
    assert_bit(map, 1, "MSR 0x10a bit 5");
    assert_int_equal(cpu_map_model(map, CPU_FAMILY_ARM, 0)->pvrs[0].mask, 0xffff);
    assert_int_equal(cpu_map_n_features(map, CPU_FAMILY_ARM), 1);
    /* What the map does not say comes from the built-in one. */
    const CpuFeature *sse = cpu_map_find_feature(map, X86, "sse4.1");
    assert_int_equal(sse->group, CPU_FEATURE_GROUP_INSTRUCTIONS);
    assert_int_not_equal(sse->since.having, 0);
    assert_ptr_equal(cpu_map_find_feature_alias(map, X86, "sse4-1"), sse);
}

static void
test_map_with_groups_is_read(void **state)
{
    g_autoptr(CpuMap) map = load(MAPS "/groups");
    const CpuModel *base = cpu_map_find_model(map, X86, "Base");
    const CpuModel *alone = cpu_map_find_model(map, X86, "Alone");

    (void)state;
    assert_string_equal(base->group, "first group");
    assert_null(alone->group);
    assert_int_equal(alone->index, 1);
    assert_false(alone->is_decodable_host || alone->is_decodable_guest);
    assert_true(base->is_compat_checked);
    assert_string_equal(base->canonical->name, "Base-v1");
    assert_int_equal(base->n_added, 1);
    assert_false(has(map, "Base", "other"));
    assert_true(has(map, "Base-v2", "other"));
    assert_true(has(map, "Base-v2", "inline"));
    assert_string_equal(cpu_map_find_model(map, X86, "Base-v2")->group, "second group");
}

/* ---- mistakes ------------------------------------------------------------------------------- */

static const struct {
    const char *text;    /* of an index.xml */
    const char *message; /* its beginning, after the file's name */
} mistakes[] = {
    {"<cpus>\n<arch name='x86'>\n", ":3: not XML: "},
    {"", ":1: not XML: "},
    {"<domain/>", ":1: the root element is 'domain'"},
    {"<cpus/>", ":1: no 'arch' in it"},
    {"<!DOCTYPE cpus [<!ENTITY a 'b'>]>\n<cpus><arch name='x86'/></cpus>", ":2: a CPU map has no"},
    {"<cpus>\n<arch/></cpus>", ":2: 'arch' needs the attribute 'name'"},
    {"<cpus><arch name='x86'>\n<vendor name='I' string='short'/></arch></cpus>",
     ":2: vendor 'I' needs a CPUID string"},
    {"<cpus><arch name='arm'>\n<vendor name='I'/></arch></cpus>",
     ":2: 'vendor' needs the attribute 'value'"},
    {"<cpus><arch name='x86'>\n<feature name='a'/></arch></cpus>", ":2: feature 'a' has no CPUID"},
    {"<cpus><arch name='x86'><feature name='a'>\n<cpuid edx='1'/></feature></arch></cpus>",
     ":2: 'cpuid' needs the attribute 'eax_in'"},
    {"<cpus><arch name='x86'><feature name='a'>\n<cpuid eax_in='1' edx='one'/></feature></arch>"
     "</cpus>",
     ":2: edx='one' is not a number"},
    {"<cpus><arch name='x86'><feature name='a'>\n<cpuid eax_in='1' "
     "edx='0x100000000'/></feature>"
     "</arch></cpus>",
     ":2: edx='0x100000000' is not a number"},
    {"<cpus><arch name='x86'><feature name='a'>\n<cpuid eax_in='-1' edx='1'/></feature></arch>"
     "</cpus>",
     ":2: eax_in='-1' is not a number"},
    {"<cpus><arch name='x86'><feature name='a'><cpuid eax_in='1' edx='1'/></feature>\n"
     "<feature name='a'><cpuid eax_in='1' edx='2'/></feature></arch></cpus>",
     ":2: feature 'a' is declared twice"},
    {"<cpus><arch name='x86'>\n<model name='m'>\n<feature name='a'/></model></arch></cpus>",
     ":2: model 'm' names the feature 'a'"},
    {"<cpus><arch name='x86'>\n<model name='m'><model name='n'/></model>\n<model name='n'/>"
     "</arch></cpus>",
     ":2: model 'm' names the ancestor 'n'"},
    {"<cpus><arch name='x86'><model name='m'>\n<check partial='full'/></model></arch></cpus>",
     ":2: 'check' knows no other value"},
    {"<cpus><arch name='x86'><model name='m'>\n<decode host='yes' guest='off'/></model></arch>"
     "</cpus>",
     ":2: host='yes' is neither on nor off"},
    {"<cpus><arch name='x86'><model name='m'>\n<decode host='on'/></model></arch></cpus>",
     ":2: 'decode' needs the attribute 'guest'"},
    {"<cpus><arch name='x86'><model name='m'>\n<signature family='6' model='1' stepping='16'/>"
     "</model></arch></cpus>",
     ":2: stepping='16' is not a list"},
    {"<cpus><arch name='x86'>\n<include filename='../../etc/passwd'/></arch></cpus>",
     ":2: '../../etc/passwd' is not a file of the map's own folder"},
    {"<cpus><arch name='x86'>\n<include/></arch></cpus>",
     ":2: 'include' needs the attribute 'filename'"},
};

static void
test_mistakes_are_told_with_file_and_line(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("virt-plan-map-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "index.xml", NULL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;

        assert_true(g_file_set_contents(path, mistakes[i].text, -1, NULL));
        assert_null(cpu_map_reader_load(folder, &error));
        assert_true(g_str_has_prefix(error->message, path));
        if (!g_str_has_prefix(error->message + strlen(path), mistakes[i].message))
            fail_msg("case %u: %s", i, error->message);
        assert_int_equal(error->domain, CPU_MAP_ERROR);
    }
    g_remove(path);
    g_remove(folder);
}

static void
test_missing_files_are_named(void **state)
{
    static const char index_text[] =
        "<cpus><arch name='x86'><include filename='nothing.xml'/></arch></cpus>";
    g_autofree char *folder = g_dir_make_tmp("virt-plan-map-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "index.xml", NULL);
    g_autoptr(GError) no_index = NULL, no_include = NULL;

    (void)state;
    assert_null(cpu_map_reader_load(folder, &no_index));
    assert_true(g_error_matches(no_index, G_FILE_ERROR, G_FILE_ERROR_NOENT));
    assert_non_null(strstr(no_index->message, path));
    assert_true(g_file_set_contents(path, index_text, -1, NULL));
    assert_null(cpu_map_reader_load(folder, &no_include));
    assert_non_null(strstr(no_include->message, "nothing.xml"));
    g_remove(path);
    g_remove(folder);
}

/*
 * Whatever is done to a map's bytes, it loads or is refused with the file's name, and nothing
 * leaks.
 */
static void
test_damaged_map_loads_or_is_refused_by_name(void **state)
{
    g_autofree char *original = NULL;
    gsize length;
    guint32 seed = g_random_int();
    guint n_refused = 0;

    (void)state;
    print_message("seed %u\n", seed);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    assert_true(g_file_get_contents(MAPS "/one-file/cpu_map.xml", &original, &length, NULL));
    g_autofree char *folder = g_dir_make_tmp("virt-plan-map-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "index.xml", NULL);
    for (guint round = 0; round < 150; round++) {
        g_autofree char *bytes = g_memdup2(original, length);
        g_autoptr(GError) error = NULL;
        gsize n = g_rand_boolean(rand) ? length : (gsize)g_rand_int_range(rand, 0, (gint32)length);

        for (gint32 i = g_rand_int_range(rand, 0, 5); i > 0; i--)
            bytes[g_rand_int_range(rand, 0, (gint32)length)] =
                (char)("<>'/=0 x\0\xff"[g_rand_int_range(rand, 0, 10)]);
        assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
        g_autoptr(CpuMap) map = cpu_map_reader_load(folder, &error);
        if (map != NULL)
            continue;
        assert_true(g_str_has_prefix(error->message, path));
        n_refused++;
    }
    assert_true(n_refused > 0);
    g_remove(path);
    g_remove(folder);
}

/* ---- libvirt's own maps --------------------------------------------------------------------- */

typedef struct {
    const char *path;
    guint n_features, n_msr_features, n_vmx_features, n_models;
    guint n_for_both, n_for_host, n_for_none;
    guint n_without_vendor, n_without_signature, n_with_steppings, n_compat, n_canonical;
    guint n_with_xsaves;
} KnownMap;

static const KnownMap known_maps[] = {
    {INSTALLED_MAP, 212, 10, 0, 58, 51, 5, 2, 11, 16, 6, 0, 0, 1},
    {TEST_CORPUS_DIR "/cpu_map-11.3.0", 364, 114, 96, 150, 57, 91, 2, 19, 29, 18, 62, 59, 29},
};

static gboolean
has_steppings(const CpuModel *model)
{
    for (guint i = 0; i < model->n_signatures; i++) {
        if (model->signatures[i].steppings != 0xffff)
            return TRUE;
    }
    return FALSE;
}

static void
check_features(const CpuMap *map, const KnownMap *known)
{
    guint n_msr = 0, n_vmx = 0, n_unmigratable = 0;

    assert_int_equal(cpu_map_n_features(map, X86), known->n_features);
    assert_int_equal(cpu_map_n_bits(map, X86), known->n_features);
    for (guint i = 0; i < known->n_features; i++) {
        const CpuFeature *feature = cpu_map_feature(map, X86, i);

        n_msr += cpu_map_bit(map, X86, cpu_set_next(&feature->bits, 0))->is_msr ? 1 : 0;
        n_vmx += g_str_has_prefix(feature->name, "vmx-") ? 1 : 0;
        n_unmigratable += feature->is_migratable ? 0 : 1;
    }
    assert_int_equal(n_msr, known->n_msr_features);
    assert_int_equal(n_vmx, known->n_vmx_features);
    assert_int_equal(n_unmigratable, 2);
}

static void
check_models(const CpuMap *map, const KnownMap *known)
{
    KnownMap counted = {.path = known->path};
    const CpuFeature *xsaves = cpu_map_find_feature(map, X86, "xsaves");

    assert_int_equal(cpu_map_n_models(map, X86), known->n_models);
    for (guint i = 0; i < known->n_models; i++) {
        const CpuModel *model = cpu_map_model(map, X86, i);

        if (model->is_decodable_guest)
            counted.n_for_both += model->is_decodable_host ? 1 : 0;
        else if (model->is_decodable_host)
            counted.n_for_host++;
        else
            counted.n_for_none++;
        counted.n_without_vendor += model->vendor == NULL ? 1 : 0;
        counted.n_without_signature += model->n_signatures == 0 ? 1 : 0;
        counted.n_with_steppings += has_steppings(model) ? 1 : 0;
        counted.n_compat += model->is_compat_checked ? 1 : 0;
        counted.n_canonical += model->canonical != NULL ? 1 : 0;
        counted.n_with_xsaves += cpu_set_contains(&model->set, &xsaves->bits) ? 1 : 0;
    }
    assert_int_equal(counted.n_for_both, known->n_for_both);
    assert_int_equal(counted.n_for_host, known->n_for_host);
    assert_int_equal(counted.n_for_none, known->n_for_none);
    assert_int_equal(counted.n_without_vendor, known->n_without_vendor);
    assert_int_equal(counted.n_without_signature, known->n_without_signature);
    assert_int_equal(counted.n_with_steppings, known->n_with_steppings);
    assert_int_equal(counted.n_compat, known->n_compat);
    assert_int_equal(counted.n_canonical, known->n_canonical);
    assert_int_equal(counted.n_with_xsaves, known->n_with_xsaves);
}

static void
test_maps_of_known_libvirts_are_whole(void **state)
{
    guint n_read = 0;

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(known_maps); i++) {
        if (!g_file_test(known_maps[i].path, G_FILE_TEST_IS_DIR)) {
            print_message("no map in %s\n", known_maps[i].path);
            continue;
        }
        g_autoptr(CpuMap) map = load(known_maps[i].path);
        check_features(map, &known_maps[i]);
        check_models(map, &known_maps[i]);
        n_read++;
    }
    if (n_read == 0)
        skip();
}

static void
test_builtin_map_is_the_newest_of_libvirt(void **state)
{
    static const char path[] = TEST_CORPUS_DIR "/cpu_map-12.8.0";

    (void)state;
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        print_message("no map in %s\n", path);
        skip();
    }
    g_autoptr(CpuMap) builtin = cpu_map_new_builtin();
    g_autoptr(CpuMap) newest = load(path);
    g_autoptr(GPtrArray) differences = cpu_map_difference(builtin, newest);
    if (differences->len > 0)
        fail_msg("%s", (const char *)g_ptr_array_index(differences, 0));
}

/* A feature or model of an old map that the built-in one says to be younger, or the reverse. */
static void
check_ages(const CpuMap *builtin, const CpuMap *old, guint release)
{
    for (guint i = 0; i < cpu_map_n_features(builtin, X86); i++) {
        const CpuFeature *feature = cpu_map_feature(builtin, X86, i);
        gboolean is_known = cpu_map_find_feature(old, X86, feature->name) != NULL;

        assert_int_equal(is_known, feature->since.having <= release);
        assert_int_equal(is_known, feature->since.lacking < release);
    }
    for (guint i = 0; i < cpu_map_n_models(builtin, X86); i++) {
        const CpuModel *model = cpu_map_model(builtin, X86, i);
        gboolean is_known = cpu_map_find_model(old, X86, model->name) != NULL;

        assert_int_equal(is_known, model->since.having <= release);
    }
}

static void
test_ages_agree_with_old_maps(void **state)
{
    static const char path[] = TEST_CORPUS_DIR "/cpu_map-11.3.0";

    (void)state;
    if (!g_file_test(path, G_FILE_TEST_IS_DIR) || !g_file_test(INSTALLED_MAP, G_FILE_TEST_IS_DIR)) {
        print_message("no map in %s or in %s\n", path, INSTALLED_MAP);
        skip();
    }
    g_autoptr(CpuMap) builtin = cpu_map_new_builtin();
    g_autoptr(CpuMap) map_11_3 = load(path);
    g_autoptr(CpuMap) installed = load(INSTALLED_MAP);
    check_ages(builtin, map_11_3, 11003000);
    if (cpu_map_n_features(installed, X86) == 212)
        check_ages(builtin, installed, 9000000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_of_one_file_is_read),
        cmocka_unit_test(test_map_of_a_folder_has_the_order_of_its_includes),
        cmocka_unit_test(test_map_with_groups_is_read),
        cmocka_unit_test(test_mistakes_are_told_with_file_and_line),
        cmocka_unit_test(test_missing_files_are_named),
        cmocka_unit_test(test_damaged_map_loads_or_is_refused_by_name),
        cmocka_unit_test(test_maps_of_known_libvirts_are_whole),
        cmocka_unit_test(test_builtin_map_is_the_newest_of_libvirt),
        cmocka_unit_test(test_ages_agree_with_old_maps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
