/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Planted defects and differences are found, each of them, and the built-in map has none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpumodel/cpu_map_difference.h>
#include <cpumodel/cpu_map_lint.h>
#include <string.h>

#define X86 CPU_FAMILY_X86

/* What may be wrong with the map that make_map() makes. */
typedef enum {
    PLANT_NOTHING,
    PLANT_SAME_VENDOR_STRING,
    PLANT_AMBIGUOUS_ALIAS,
    PLANT_SHARED_BIT,
    PLANT_SHADOWED_MODEL,
    PLANT_DECODE_OFF,
    PLANT_HIDDEN_VERSION,
    PLANT_REMOVED_AND_PRESENT,
    PLANT_ADDED_TWICE,
    PLANT_MODEL_WITHOUT_PVR,
    PLANT_BIT_MOVED,
    PLANT_UNMIGRATABLE,
    PLANT_NEW_ALIAS,
    PLANT_ORDER,
    PLANT_NEW_MODEL,
    PLANT_SIGNATURE,
    PLANT_FEATURE_IN_MODEL,
    PLANT_VENDOR_OF_MODEL,
    PLANT_FLAGS,
    PLANT_NO_CANONICAL,
} Plant;

static void
add_feature(CpuMapBuilder *builder, const char *name, guint8 bit, const char *alias,
            gboolean is_unmigratable)
{
    CpuBit place = {FALSE, 1, 0, CPU_REGISTER_EDX, bit};
    CpuFeatureAlias spelling = {alias, "qemu"};
    CpuFeatureDeclaration declaration = {.name = name,
                                         .bits = &place,
                                         .n_bits = 1,
                                         .is_unmigratable = is_unmigratable,
                                         .aliases = &spelling,
                                         .n_aliases = alias != NULL};

    assert_true(cpu_map_builder_add_feature(builder, X86, &declaration, NULL));
}

static void
add_features(CpuMapBuilder *builder, Plant plant)
{
    if (plant == PLANT_ORDER)
        add_feature(builder, "two", 2, NULL, FALSE);
    add_feature(builder, "one", plant == PLANT_BIT_MOVED ? 11 : 1, "uno",
                plant == PLANT_UNMIGRATABLE);
    if (plant != PLANT_ORDER)
        add_feature(builder, "two", 2,
                    plant == PLANT_AMBIGUOUS_ALIAS ? "UNO"
                    : plant == PLANT_NEW_ALIAS     ? "due"
                                                   : NULL,
                    FALSE);
    add_feature(builder, "three", plant == PLANT_SHARED_BIT ? 2 : 3, NULL, FALSE);
}

static void
add_models(CpuMapBuilder *builder, Plant plant)
{
    static const char *const features[] = {"one", "two", "three"};
    static const char *const twice[] = {"three", "three"};
    CpuSignature signature = {6, 1, plant == PLANT_SIGNATURE ? 0x000f : 0xffff};
    CpuModelDeclaration base = {.name = "Base",
                                .vendor = plant == PLANT_VENDOR_OF_MODEL ? "AMD" : "Intel",
                                .is_decodable_host = TRUE,
                                .is_decodable_guest = TRUE,
                                .is_compat_checked = plant == PLANT_FLAGS,
                                .signatures = &signature,
                                .n_signatures = 1,
                                .features = features,
                                .n_features = plant == PLANT_FEATURE_IN_MODEL ? 3 : 2,
                                .removed = features,
                                .n_removed = plant == PLANT_REMOVED_AND_PRESENT,
                                .added = twice,
                                .n_added = plant == PLANT_ADDED_TWICE ? 2 : 0};
    CpuModelDeclaration version = {.name = "Base-v1",
                                   .ancestor = "Base",
                                   .is_decodable_host = TRUE,
                                   .added = twice,
                                   .n_added = plant == PLANT_NO_CANONICAL};
    CpuModelDeclaration later = base;

    assert_true(cpu_map_builder_add_model(builder, X86, &base, NULL));
    assert_true(cpu_map_builder_add_model(builder, X86, &version, NULL));
    later.name = "Later";
    later.is_decodable_guest = plant != PLANT_HIDDEN_VERSION && plant != PLANT_DECODE_OFF;
    later.is_decodable_host = plant != PLANT_DECODE_OFF;
    if (plant == PLANT_SHADOWED_MODEL || plant == PLANT_NEW_MODEL || plant == PLANT_DECODE_OFF ||
        plant == PLANT_HIDDEN_VERSION)
        assert_true(cpu_map_builder_add_model(builder, X86, &later, NULL));
}

static CpuMap *
make_map(const char *origin, Plant plant)
{
    static const CpuVendor vendors[] = {{"Intel", "GenuineIntel", 0}, {"AMD", "AuthenticAMD", 0}};
    static const CpuVendor copy = {"Copy", "GenuineIntel", 0};
    static const CpuModelDeclaration power = {.name = "POWER99"};
    CpuMapBuilder *builder = cpu_map_builder_new(origin);

    assert_true(cpu_map_builder_add_vendor(builder, X86, &vendors[0], NULL));
    assert_true(cpu_map_builder_add_vendor(builder, X86, &vendors[1], NULL));
    if (plant == PLANT_SAME_VENDOR_STRING)
        assert_true(cpu_map_builder_add_vendor(builder, X86, &copy, NULL));
    if (plant == PLANT_MODEL_WITHOUT_PVR)
        assert_true(cpu_map_builder_add_model(builder, CPU_FAMILY_PPC64, &power, NULL));
    add_features(builder, plant);
    add_models(builder, plant);
    return cpu_map_builder_finish(builder);
}

static void
test_lint_finds_planted_defects(void **state)
{
    static const struct {
        Plant plant;
        gboolean is_defect;
        const char *text; /* of the first remark, NULL: nothing is to be said */
        guint n_others;
    } cases[] = {
        {PLANT_NOTHING, FALSE, NULL, 0},
        {PLANT_SAME_VENDOR_STRING, TRUE, "vendor Copy: no CPU has it", 0},
        {PLANT_AMBIGUOUS_ALIAS, TRUE, "feature two: its spelling UNO is also one of one", 0},
        {PLANT_SHARED_BIT, FALSE, "feature three: shares bits with two", 0},
        {PLANT_SHADOWED_MODEL, TRUE, "model Base: no CPU is decoded to it, for Later", 1},
        {PLANT_DECODE_OFF, FALSE, "model Later: no CPU is decoded to it, for decode is off", 0},
        {PLANT_HIDDEN_VERSION, FALSE, "model Base-v1: no CPU is decoded to it, for Later", 0},
        {PLANT_REMOVED_AND_PRESENT, TRUE, "model Base: one is a part of it and removed", 0},
        {PLANT_ADDED_TWICE, TRUE, "model Base: three is added twice", 0},
        {PLANT_MODEL_WITHOUT_PVR, TRUE, "ppc64 model POWER99: no CPU is decoded to it", 0},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(CpuMap) map = make_map("test", cases[i].plant);
        g_autoptr(GPtrArray) remarks = cpu_map_lint(map);

        if (cases[i].text == NULL) {
            assert_int_equal(remarks->len, 0);
            continue;
        }
        assert_int_equal(remarks->len, 1 + cases[i].n_others);
        const CpuMapRemark *remark = g_ptr_array_index(remarks, 0);
        assert_int_equal(remark->is_defect, cases[i].is_defect);
        assert_non_null(strstr(remark->text, cases[i].text));
    }
}

static void
test_differences_are_found(void **state)
{
    static const struct {
        Plant plant;
        guint n_differences;
        const char *text; /* of the first */
    } cases[] = {
        {PLANT_NOTHING, 0, NULL},
        {PLANT_SAME_VENDOR_STRING, 1, "x86 vendor Copy: mine lacks it"},
        {PLANT_BIT_MOVED, 1,
         "x86 feature one: place is CPUID 0x00000001 EDX bit 1 in mine, "
         "CPUID 0x00000001 EDX bit 11 in theirs"},
        {PLANT_UNMIGRATABLE, 1, "x86 feature one: migration is on in mine, off in theirs"},
        {PLANT_NEW_ALIAS, 1, "x86 feature two: mine lacks the alias due (qemu)"},
        {PLANT_ORDER, 1, "x86 feature two: comes after one in mine, before it in theirs"},
        {PLANT_NEW_MODEL, 1, "x86 model Later: mine lacks it"},
        {PLANT_SIGNATURE, 2,
         "x86 model Base: the list of signatures is 6/1 in mine, 6/1 (steppings 0x000f) in theirs"},
        {PLANT_FEATURE_IN_MODEL, 2, "x86 model Base: has three in theirs, not in mine"},
        {PLANT_VENDOR_OF_MODEL, 2, "x86 model Base: vendor is Intel in mine, AMD in theirs"},
        {PLANT_FLAGS, 1, "x86 model Base: the compat check is off in mine, on in theirs"},
        {PLANT_NO_CANONICAL, 2,
         "x86 model Base: canonical name is Base-v1 in mine, none in theirs"},
        {PLANT_MODEL_WITHOUT_PVR, 1, "ppc64 model POWER99: mine lacks it"},
    };
    g_autoptr(CpuMap) mine = make_map("mine", PLANT_NOTHING);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(CpuMap) theirs = make_map("theirs", cases[i].plant);
        g_autoptr(GPtrArray) differences = cpu_map_difference(mine, theirs);

        assert_int_equal(differences->len, cases[i].n_differences);
        if (cases[i].text != NULL)
            assert_string_equal(g_ptr_array_index(differences, 0), cases[i].text);
    }
}

static void
test_builtin_has_no_defect(void **state)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(GPtrArray) remarks = cpu_map_lint(map);

    (void)state;
    for (guint i = 0; i < remarks->len; i++) {
        const CpuMapRemark *remark = g_ptr_array_index(remarks, i);

        if (remark->is_defect)
            fail_msg("%s", remark->text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lint_finds_planted_defects),
        cmocka_unit_test(test_differences_are_found),
        cmocka_unit_test(test_builtin_has_no_defect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
