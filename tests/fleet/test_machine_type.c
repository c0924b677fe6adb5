/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Proves what names of machine types tell of releases and boards, and what they do not. */

#include <cpumodel/version.h>
#include <fleet/machine_type.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
test_releases_are_told_by_the_names_that_have_one(void **state)
{
    static const struct {
        const char *name;
        guint qemu, distribution;
        gboolean is_newest; /* of itself: its release is known, and versioned */
    } rows[] = {
        {"pc-q35-9.2", VERSION_NUMBER(9, 2), 0, TRUE},
        {"s390-ccw-virtio-10.0", VERSION_NUMBER(10, 0), 0, TRUE},
        {"pc-q35-rhel9.4.0", 0, VERSION_NUMBER(8, 2), TRUE},
        {"pc-q35-rhel7.6.0", 0, 0, TRUE},
        {"pc-i440fx-jammy-hpb", 0, VERSION_NUMBER(6, 2), TRUE},
        {"pc-q35-noblest", 0, 0, FALSE},
        {"xenfv-4.2", VERSION_NUMBER(4, 2), 0, FALSE},
        {"q35", 0, 0, FALSE},
        {"isapc", 0, 0, FALSE},
        {"noble", 0, 0, FALSE},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) alone = g_ptr_array_new();

        g_ptr_array_add(alone, (gpointer)(guintptr)rows[i].name);
        if (machine_type_qemu_version(rows[i].name) != rows[i].qemu ||
            machine_type_distribution_release(rows[i].name) != rows[i].distribution ||
            machine_type_is_newest(alone, rows[i].name) != rows[i].is_newest)
            fail_msg("%s", rows[i].name);
    }
}

static void
test_only_a_later_release_of_the_same_kind_is_newer(void **state)
{
    static const struct {
        const char *name, *other;
        gboolean is_newer;
    } rows[] = {
        {"pc-q35-9.2", "pc-q35-10.0", TRUE},
        {"pc-q35-4.0", "pc-q35-4.0.1", TRUE},
        {"pc-q35-10.0", "pc-q35-9.2", FALSE},
        {"pc-q35-9.2", "pc-q35-9.2", FALSE},
        {"pc-q35-9.2", "pc-i440fx-10.0", FALSE},
        {"pc-q35-9.2", "pc-q35-rhel9.4.0", FALSE},
        {"pc-q35-rhel9.4.0", "pc-q35-rhel10.0.0", TRUE},
        {"pc-q35-jammy", "pc-q35-noble", TRUE},
        {"pc-q35-noble", "pc-q35-9.2", TRUE},
        {"pc-q35-noble", "pc-q35-noble-v2", TRUE},
        {"pc-q35-jammy-hpb", "pc-q35-noble-hpb", TRUE},
        {"pc-q35-jammy-hpb", "pc-q35-noble", FALSE},
        {"pc-q35-unheard", "pc-q35-noble", FALSE},
        {"isapc", "isapc-2", FALSE},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        g_ptr_array_add(names, (gpointer)(guintptr)rows[i].name);
        g_ptr_array_add(names, (gpointer)(guintptr)rows[i].other);
        g_autoptr(GPtrArray) newest = machine_type_newest(names);
        const gboolean is_newest = newest->len > 0 && newest->pdata[0] == rows[i].name;

        if (is_newest == rows[i].is_newer)
            fail_msg("%s beside %s", rows[i].name, rows[i].other);
    }
}

static void
test_families_are_those_of_the_aliases(void **state)
{
    static const struct {
        const char *a, *b;
        gboolean is_same;
    } rows[] = {
        {"pc-q35-9.2", "q35", TRUE},   {"pc-q35-9.2", "pc-q35-rhel9.4.0", TRUE},
        {"pc-i440fx-9.2", "pc", TRUE}, {"pc-1.3", "pc-i440fx-9.2", TRUE},
        {"pc-q35-9.2", "pc", FALSE},   {"pc-q35-9.2", "pc-i440fx-9.2", FALSE},
        {"virt-9.2", "virt", TRUE},    {"virt-9.2", "microvm", FALSE},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (machine_type_is_same_family(rows[i].a, rows[i].b) != rows[i].is_same ||
            machine_type_is_same_family(rows[i].b, rows[i].a) != rows[i].is_same)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_releases_are_told_by_the_names_that_have_one),
        cmocka_unit_test(test_only_a_later_release_of_the_same_kind_is_newer),
        cmocka_unit_test(test_families_are_those_of_the_aliases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
