/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules by which a map is built, and what the built-in one holds. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpumodel/cpu_map.h>
#include <cpumodel/cpu_map_difference.h>
#include <string.h>

#define X86 CPU_FAMILY_X86

static const CpuBit bit_a[] = {{FALSE, 1, 0, CPU_REGISTER_EDX, 0}};
static const CpuBit bit_b[] = {{FALSE, 1, 0, CPU_REGISTER_ECX, 31}};
static const CpuBit bits_ab[] = {{FALSE, 1, 0, CPU_REGISTER_EDX, 0},
                                 {FALSE, 1, 0, CPU_REGISTER_ECX, 31}};
static const CpuBit bit_msr[] = {{TRUE, 0x10a, 0, CPU_REGISTER_EDX, 5}};
static const CpuSignature signature_1[] = {{6, 1, 0xffff}};
static const CpuSignature signature_2[] = {{6, 2, 0x001f}};

/* What POSITION of the sets of x86 means. */
static void
assert_bit(const CpuMap *map, guint position, const CpuBit *bit)
{
    assert_true(position < cpu_map_n_bits(map, X86));
    g_autofree char *found = cpu_bit_describe(cpu_map_bit(map, X86, position));
    g_autofree char *expected = cpu_bit_describe(bit);

    assert_string_equal(found, expected);
}

/* Two vendors, three features of which one has the bits of two others, two models. */
static CpuMapBuilder *
make_builder(void)
{
    static const CpuVendor vendors[] = {{"Intel", "GenuineIntel", 0}, {"AMD", "AuthenticAMD", 0}};
    static const CpuFeatureAlias aliases[] = {{"alpha-x", "qemu"}, {"alfa", "linux"}};
    static const CpuFeatureDeclaration features[] = {
        {.name = "alpha.1", .bits = bit_a, .n_bits = 1, .aliases = aliases, .n_aliases = 2},
        {.name = "beta", .bits = bit_b, .n_bits = 1, .is_unmigratable = TRUE},
        {.name = "both", .bits = bits_ab, .n_bits = 2},
        {.name = "msr", .bits = bit_msr, .n_bits = 1},
    };
    static const char *const base_features[] = {"alpha.1", "beta"};
    static const char *const base_removed[] = {"beta"};
    static const char *const base_added[] = {"msr"};
    static const CpuModelDeclaration models[] = {
        {.name = "Base",
         .group = "some",
         .vendor = "Intel",
         .is_decodable_host = TRUE,
         .is_decodable_guest = TRUE,
         .is_compat_checked = TRUE,
         .signatures = signature_1,
         .n_signatures = 1,
         .features = base_features,
         .n_features = 2,
         .removed = base_removed,
         .n_removed = 1,
         .added = base_added,
         .n_added = 1},
        {.name = "Base-v1", .ancestor = "Base", .is_decodable_host = TRUE},
    };
    CpuMapBuilder *builder = cpu_map_builder_new("test");

    for (guint i = 0; i < G_N_ELEMENTS(vendors); i++)
        assert_true(cpu_map_builder_add_vendor(builder, X86, &vendors[i], NULL));
    for (guint i = 0; i < G_N_ELEMENTS(features); i++)
        assert_true(cpu_map_builder_add_feature(builder, X86, &features[i], NULL));
    for (guint i = 0; i < G_N_ELEMENTS(models); i++)
        assert_true(cpu_map_builder_add_model(builder, X86, &models[i], NULL));
    return builder;
}

static void
test_model_that_only_renames_its_ancestor_is_canonical(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_builder_finish(make_builder());
    const CpuModel *base = cpu_map_find_model(map, X86, "Base");
    const CpuModel *version = cpu_map_find_model(map, X86, "Base-v1");

    (void)state;
    assert_ptr_equal(base->canonical, version);
    assert_null(version->canonical);
    assert_ptr_equal(version->ancestor, base);
}

/* What the ancestor removed is gone from its features; lists and flags are not inherited. */
static void
test_vendor_signatures_and_features_are_inherited(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_builder_finish(make_builder());
    const CpuModel *base = cpu_map_find_model(map, X86, "Base");
    const CpuModel *version = cpu_map_find_model(map, X86, "Base-v1");
    const CpuFeature *alpha = cpu_map_find_feature(map, X86, "alpha.1");

    (void)state;
    assert_ptr_equal(version->vendor, base->vendor);
    assert_int_equal(version->signatures[0].model, 1);
    assert_true(cpu_set_equal(&version->set, &alpha->bits));
    assert_int_equal(version->n_removed + version->n_added, 0);
    assert_false(version->is_compat_checked);
    assert_false(version->is_decodable_guest);
}

/* Vendor and signatures are replaced, features are added. */
static void
test_own_content_of_a_model_comes_before_its_ancestors(void **state)
{
    static const char *const own_features[] = {"msr"};
    static const CpuModelDeclaration child = {.name = "Child",
                                              .ancestor = "Base",
                                              .vendor = "AMD",
                                              .signatures = signature_2,
                                              .n_signatures = 1,
                                              .features = own_features,
                                              .n_features = 1};
    CpuMapBuilder *builder = make_builder();

    (void)state;
    assert_true(cpu_map_builder_add_model(builder, X86, &child, NULL));
    g_autoptr(CpuMap) map = cpu_map_builder_finish(builder);
    const CpuModel *own = cpu_map_find_model(map, X86, "Child");
    const CpuFeature *alpha = cpu_map_find_feature(map, X86, "alpha.1");
    const CpuFeature *msr = cpu_map_find_feature(map, X86, "msr");

    assert_string_equal(own->vendor->name, "AMD");
    assert_int_equal(own->n_signatures, 1);
    assert_int_equal(own->signatures[0].steppings, 0x001f);
    assert_true(cpu_set_contains(&own->set, &alpha->bits));
    assert_true(cpu_set_contains(&own->set, &msr->bits));
    assert_ptr_equal(cpu_map_find_model(map, X86, "Base")->canonical,
                     cpu_map_find_model(map, X86, "Base-v1"));
}

static void
test_features_of_the_same_bits_share_them(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_builder_finish(make_builder());
    const CpuFeature *both = cpu_map_find_feature(map, X86, "both");
    const CpuModel *base = cpu_map_find_model(map, X86, "Base");

    (void)state;
    assert_int_equal(cpu_map_n_bits(map, X86), 3);
    assert_int_equal(cpu_set_count(&both->bits), 2);
    assert_true(cpu_set_contains(&base->set, &both->bits));
    assert_bit(map, 0, &bit_a[0]);
    assert_bit(map, 1, &bit_b[0]);
    assert_bit(map, 2, &bit_msr[0]);
}

static void
test_bit_of_the_upper_half_of_an_msr_is_described_as_such(void **state)
{
    g_autofree char *text = cpu_bit_describe(&bit_msr[0]);

    (void)state;
    assert_string_equal(text, "MSR 0x10a bit 37");
}

static void
test_feature_is_found_by_each_spelling_and_alias(void **state)
{
    static const struct {
        const char *spelling, *name;
    } cases[] = {
        {"alpha.1", "alpha.1"}, {"alpha-1", "alpha.1"},
        {"ALPHA_1", "alpha.1"}, {"alpha_x", "alpha.1"},
        {"Alfa", "alpha.1"},    {"beta", "beta"},
        {"gamma", NULL},        {"", NULL},
        {"alpha", NULL},
    };
    g_autoptr(CpuMap) map = cpu_map_builder_finish(make_builder());

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const CpuFeature *found = cpu_map_find_feature_alias(map, X86, cases[i].spelling);

        if (cases[i].name == NULL)
            assert_null(found);
        else
            assert_string_equal(found->name, cases[i].name);
    }
    /* libvirt's documents are read by libvirt's own names alone. */
    assert_null(cpu_map_find_feature(map, X86, "alpha-1"));
    assert_null(cpu_map_find_feature(map, X86, "alfa"));
}

/* ---- refusals ------------------------------------------------------------------------------- */

typedef struct {
    CpuFamily family;
    CpuVendor vendor; /* declared when it has a name or IS_VENDOR is set, as are the others */
    CpuFeatureDeclaration feature;
    CpuModelDeclaration model;
    enum { ADD_VENDOR, ADD_FEATURE, ADD_MODEL } what;
    CpuMapError code;
    const char *word; /* of the message */
} Refusal;

static gboolean
add(CpuMapBuilder *builder, const Refusal *refusal, GError **error)
{
    switch (refusal->what) {
    case ADD_VENDOR:
        return cpu_map_builder_add_vendor(builder, refusal->family, &refusal->vendor, error);
    case ADD_FEATURE:
        return cpu_map_builder_add_feature(builder, refusal->family, &refusal->feature, error);
    case ADD_MODEL:
        return cpu_map_builder_add_model(builder, refusal->family, &refusal->model, error);
    }
    return FALSE;
}

static const CpuBit beyond[] = {{FALSE, 1, 0, CPU_REGISTER_EDX, 32}};
static const CpuBit msr_ecx[] = {{TRUE, 0x10a, 0, CPU_REGISTER_ECX, 1}};
static const char *const known_then_unknown[] = {"msr", "nothing"};
static const Refusal refusals[] = {
    {X86, .what = ADD_VENDOR, .vendor = {.name = "Intel", .string = "GenuineIntel"},
     .code = CPU_MAP_ERROR_DUPLICATE, .word = "Intel"},
    {X86, .what = ADD_VENDOR, .vendor = {.name = "Short", .string = "Genuine"},
     .code = CPU_MAP_ERROR_INVALID, .word = "12 bytes"},
    {X86, .what = ADD_VENDOR, .vendor = {.name = "None"}, .code = CPU_MAP_ERROR_INVALID,
     .word = "12 bytes"},
    {X86, .what = ADD_VENDOR, .vendor = {.string = "GenuineOther"}, .code = CPU_MAP_ERROR_INVALID,
     .word = "without a name"},
    {X86, .what = ADD_FEATURE, .feature = {.name = "beta", .bits = bit_msr, .n_bits = 1},
     .code = CPU_MAP_ERROR_DUPLICATE, .word = "beta"},
    {X86, .what = ADD_FEATURE, .feature = {.name = "bare"}, .code = CPU_MAP_ERROR_INVALID,
     .word = "no CPUID"},
    {X86, .what = ADD_FEATURE, .feature = {.name = "far", .bits = beyond, .n_bits = 1},
     .code = CPU_MAP_ERROR_INVALID, .word = "far"},
    {X86, .what = ADD_FEATURE, .feature = {.name = "half", .bits = msr_ecx, .n_bits = 1},
     .code = CPU_MAP_ERROR_INVALID, .word = "half"},
    {CPU_FAMILY_ARM, .what = ADD_FEATURE, .feature = {.name = "arm", .bits = bit_a, .n_bits = 1},
     .code = CPU_MAP_ERROR_INVALID, .word = "only x86"},
    {X86, .what = ADD_MODEL, .model = {.name = "Base"}, .code = CPU_MAP_ERROR_DUPLICATE,
     .word = "Base"},
    {X86, .what = ADD_MODEL, .model = {.name = "New", .ancestor = "Old"},
     .code = CPU_MAP_ERROR_UNKNOWN, .word = "ancestor 'Old'"},
    {X86, .what = ADD_MODEL, .model = {.name = "New", .ancestor = "New"},
     .code = CPU_MAP_ERROR_UNKNOWN, .word = "ancestor 'New'"},
    {X86, .what = ADD_MODEL, .model = {.name = "New", .vendor = "VIA"},
     .code = CPU_MAP_ERROR_UNKNOWN, .word = "vendor 'VIA'"},
    {X86, .what = ADD_MODEL,
     .model = {.name = "New", .features = known_then_unknown, .n_features = 2},
     .code = CPU_MAP_ERROR_UNKNOWN, .word = "feature 'nothing'"},
    {X86, .what = ADD_MODEL,
     .model = {.name = "New", .ancestor = "Base", .removed = known_then_unknown, .n_removed = 2},
     .code = CPU_MAP_ERROR_UNKNOWN, .word = "feature 'nothing'"},
    {X86, .what = ADD_MODEL, .model = {.name = "New", .added = known_then_unknown, .n_added = 2},
     .code = CPU_MAP_ERROR_UNKNOWN, .word = "feature 'nothing'"},
};

static void
test_refused_declaration_changes_nothing(void **state)
{
    CpuMapBuilder *builder = make_builder();
    g_autoptr(CpuMap) untouched = cpu_map_builder_finish(make_builder());

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(add(builder, &refusals[i], &error));
        assert_true(g_error_matches(error, CPU_MAP_ERROR, (gint)refusals[i].code));
        assert_non_null(strstr(error->message, refusals[i].word));
    }
    g_autoptr(CpuMap) map = cpu_map_builder_finish(builder);
    g_autoptr(GPtrArray) differences = cpu_map_difference(untouched, map);
    assert_int_equal(differences->len, 0);
    assert_int_equal(cpu_map_n_bits(map, X86), cpu_map_n_bits(untouched, X86));
}

static void
test_more_bits_than_a_set_holds_are_refused(void **state)
{
    g_autoptr(CpuMapBuilder) builder = cpu_map_builder_new("test");
    g_autoptr(GError) error = NULL;

    (void)state;
    for (guint i = 0; i <= CPU_SET_BITS; i++) {
        g_autofree char *name = g_strdup_printf("f%u", i);
        CpuBit bit = {FALSE, i / 32, 0, CPU_REGISTER_EAX, (guint8)(i % 32)};
        CpuFeatureDeclaration feature = {.name = name, .bits = &bit, .n_bits = 1};

        assert_int_equal(cpu_map_builder_add_feature(builder, X86, &feature, &error),
                         i < CPU_SET_BITS);
    }
    assert_true(g_error_matches(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID));
    /* Bits that are there already cost nothing. */
    CpuBit old = {FALSE, 0, 0, CPU_REGISTER_EAX, 0};
    CpuFeatureDeclaration shared = {.name = "shared", .bits = &old, .n_bits = 1};
    assert_true(cpu_map_builder_add_feature(builder, X86, &shared, NULL));
}

/* ---- the built-in map ----------------------------------------------------------------------- */

static void
test_builtin_map_finds_all_that_it_lists(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();

    (void)state;
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        for (guint i = 0; i < cpu_map_n_features(map, family); i++) {
            const CpuFeature *feature = cpu_map_feature(map, family, i);

            assert_int_equal(feature->index, i);
            assert_ptr_equal(cpu_map_find_feature(map, family, feature->name), feature);
            assert_ptr_equal(cpu_map_find_feature_alias(map, family, feature->name), feature);
            assert_true(feature->since.having > feature->since.lacking);
            assert_int_equal(family == X86, !cpu_set_is_empty(&feature->bits));
        }
        for (guint i = 0; i < cpu_map_n_models(map, family); i++) {
            const CpuModel *model = cpu_map_model(map, family, i);

            assert_int_equal(model->index, i);
            assert_ptr_equal(cpu_map_find_model(map, family, model->name), model);
            assert_true(model->since.having > model->since.lacking);
            assert_true(model->ancestor == NULL || model->ancestor->index < i);
        }
        g_autoptr(GHashTable) bits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < cpu_map_n_bits(map, family); i++)
            assert_true(g_hash_table_add(bits, cpu_bit_describe(cpu_map_bit(map, family, i))));
    }
}

static void
test_builtin_map_has_known_bits_groups_and_models(void **state)
{
    static const struct {
        const char *feature;
        CpuBit bit;
        CpuFeatureGroup group;
    } features[] = {
        {"fpu", {FALSE, 1, 0, CPU_REGISTER_EDX, 0}, CPU_FEATURE_GROUP_INSTRUCTIONS},
        {"hypervisor", {FALSE, 1, 0, CPU_REGISTER_ECX, 31}, CPU_FEATURE_GROUP_VIRTUALIZATION},
        {"avx512f", {FALSE, 7, 0, CPU_REGISTER_EBX, 16}, CPU_FEATURE_GROUP_INSTRUCTIONS},
        {"amx-fp16", {FALSE, 7, 1, CPU_REGISTER_EAX, 21}, CPU_FEATURE_GROUP_INSTRUCTIONS},
        {"ibpb", {FALSE, 0x80000008, 0, CPU_REGISTER_EBX, 12}, CPU_FEATURE_GROUP_MITIGATIONS},
        {"mds-no", {TRUE, 0x10a, 0, CPU_REGISTER_EAX, 5}, CPU_FEATURE_GROUP_MITIGATIONS},
        {"vmx-ept", {TRUE, 0x48b, 0, CPU_REGISTER_EDX, 1}, CPU_FEATURE_GROUP_VIRTUALIZATION},
        {"arat", {FALSE, 6, 0, CPU_REGISTER_EAX, 2}, CPU_FEATURE_GROUP_POWER},
        {"nx", {FALSE, 0x80000001, 0, CPU_REGISTER_EDX, 20}, CPU_FEATURE_GROUP_OTHER},
    };
    g_autoptr(CpuMap) map = cpu_map_new_builtin();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(features); i++) {
        const CpuFeature *feature = cpu_map_find_feature(map, X86, features[i].feature);

        assert_int_equal(cpu_set_count(&feature->bits), 1);
        assert_bit(map, cpu_set_next(&feature->bits, 0), &features[i].bit);
        assert_int_equal(feature->group, features[i].group);
    }
    assert_false(cpu_map_find_feature(map, X86, "invtsc")->is_migratable);
    assert_false(cpu_map_find_feature(map, X86, "xsaves")->is_migratable);
    assert_string_equal(cpu_map_find_model(map, X86, "Haswell")->canonical->name, "Haswell-v1");
    assert_string_equal(cpu_map_find_model(map, X86, "Dhyana")->vendor->string, "HygonGenuine");
    assert_int_equal(cpu_map_find_vendor(map, CPU_FAMILY_ARM, "Ampere")->implementer, 0xc0);
    assert_int_equal(cpu_map_find_model(map, CPU_FAMILY_PPC64, "POWER8")->n_pvrs, 3);
}

static gpointer
use_map(gpointer data)
{
    CpuMap *map = data;

    for (guint i = 0; i < 1000; i++) {
        cpu_map_ref(map);
        g_assert_nonnull(cpu_map_find_model(map, X86, "EPYC-Milan"));
        cpu_map_unref(map);
    }
    cpu_map_unref(map);
    return NULL;
}

static void
test_threads_share_a_map(void **state)
{
    CpuMap *map = cpu_map_new_builtin();
    GThread *threads[4];

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("map", use_map, cpu_map_ref(map));
    cpu_map_unref(map);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_that_only_renames_its_ancestor_is_canonical),
        cmocka_unit_test(test_vendor_signatures_and_features_are_inherited),
        cmocka_unit_test(test_own_content_of_a_model_comes_before_its_ancestors),
        cmocka_unit_test(test_bit_of_the_upper_half_of_an_msr_is_described_as_such),
        cmocka_unit_test(test_features_of_the_same_bits_share_them),
        cmocka_unit_test(test_feature_is_found_by_each_spelling_and_alias),
        cmocka_unit_test(test_refused_declaration_changes_nothing),
        cmocka_unit_test(test_more_bits_than_a_set_holds_are_refused),
        cmocka_unit_test(test_builtin_map_finds_all_that_it_lists),
        cmocka_unit_test(test_builtin_map_has_known_bits_groups_and_models),
        cmocka_unit_test(test_threads_share_a_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
