/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The two hosts and two guests of examples/2010, through the command line: what the first planners
 * of live migration got right must stay right.
 */

#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define LAPTOP EXAMPLES_DIR "/2010/laptop/capabilities.xml"
#define SERVER EXAMPLES_DIR "/2010/server/capabilities.xml"
#define INSTALLED_MAP "/usr/share/libvirt/cpu_map"

static void
test_hosts_of_2010_are_incompatible_both_ways(void **state)
{
    static const struct {
        const char *host, *cpu;
        const char *reason; /* a word of it */
    } cases[] = {
        {LAPTOP, SERVER, "cmp_legacy"},
        {SERVER, LAPTOP, "ssse3"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const argv[] = {PROGRAM, "cpu", "compare", cases[i].host, cases[i].cpu, NULL};
        g_auto(ProgramResult) result = program_run(argv);

        assert_int_equal(result.status, 1);
        assert_true(g_str_has_prefix(result.out, "incompatible\n"));
        assert_non_null(strstr(result.out, cases[i].reason));
    }
}

/* TEXT with the architecture of the laptop's CPU that of the server's; in FOLDER. */
static char *
write_as_x86_64(const char *folder, const char *name, const char *source)
{
    g_autofree char *text = NULL;
    char *path = g_build_filename(folder, name, NULL);

    assert_true(g_file_get_contents(source, &text, NULL, NULL));
    g_autoptr(GString) changed = g_string_new(text);
    g_string_replace(changed, "i686", "x86_64", 0);
    assert_true(g_file_set_contents(path, changed->str, -1, NULL));
    return path;
}

static void
test_missing_features_are_named_both_ways(void **state)
{
    g_autofree char *folder = program_make_folder();
    g_autofree char *laptop = write_as_x86_64(folder, "laptop.xml", LAPTOP);
    const struct {
        const char *host, *cpu;
        const char *features[6]; /* that the host lacks */
    } cases[] = {
        {laptop, SERVER, {"svm", "3dnow", "sse4a", "misalignsse", "osvw", "popcnt"}},
        {SERVER, laptop, {"ssse3", "vmx", "est", "tm2", "xtpr", "ds_cpl"}},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const argv[] = {PROGRAM, "cpu", "compare", cases[i].host, cases[i].cpu, NULL};
        g_auto(ProgramResult) result = program_run(argv);

        assert_int_equal(result.status, 1);
        for (guint k = 0; k < G_N_ELEMENTS(cases[i].features); k++) {
            if (strstr(result.out, cases[i].features[k]) == NULL)
                fail_msg("'%s' is not named in: %s", cases[i].features[k], result.out);
        }
    }
    program_remove_folder(folder);
}

static gint
compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines of TEXT in order, without leading spaces: both programs print the same element. */
static char *
sorted_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();

    for (guint i = 0; lines[i] != NULL; i++) {
        if (*g_strstrip(lines[i]) != '\0')
            g_ptr_array_add(sorted, lines[i]);
    }
    g_ptr_array_sort(sorted, compare_text);
    g_ptr_array_add(sorted, NULL);
    return g_strjoinv("\n", (char **)sorted->pdata);
}

static void
test_baseline_is_that_of_virsh(void **state)
{
    g_autofree char *folder = program_make_folder();
    g_autofree char *laptop = write_as_x86_64(folder, "laptop.xml", LAPTOP);
    g_autofree char *both = g_build_filename(folder, "both.xml", NULL);
    g_autofree char *virsh = g_find_program_in_path("virsh");
    g_autofree char *first = NULL, *second = NULL;
    const char *const ours[] = {PROGRAM,       "cpu",  "baseline", "--features", "--cpu-map",
                                INSTALLED_MAP, laptop, SERVER,     NULL};

    (void)state;
    if (virsh == NULL || !g_file_test(INSTALLED_MAP, G_FILE_TEST_IS_DIR)) {
        print_message("skipped: virsh and its CPU map are not installed\n");
        program_remove_folder(folder);
        skip();
    }
    assert_true(g_file_get_contents(laptop, &first, NULL, NULL));
    assert_true(g_file_get_contents(SERVER, &second, NULL, NULL));
    g_autofree char *text = g_strconcat(first, second, NULL);
    assert_true(g_file_set_contents(both, text, -1, NULL));

    const char *const theirs[] = {virsh,          "-q",         "-c", "test:///default",
                                  "cpu-baseline", "--features", both, NULL};
    g_auto(ProgramResult) mine = program_run(ours);
    g_auto(ProgramResult) libvirts = program_run(theirs);
    assert_int_equal(mine.status, 0);
    assert_int_equal(libvirts.status, 0);
    g_autofree char *my_lines = sorted_lines(mine.out);
    g_autofree char *their_lines = sorted_lines(libvirts.out);
    assert_string_equal(my_lines, their_lines);
    program_remove_folder(folder);
}

static void
assert_addresses(const char *domain, const char *const *lines, guint n_lines)
{
    const char *const argv[] = {PROGRAM, "addresses", "--capabilities", SERVER, domain, NULL};
    g_auto(ProgramResult) result = program_run(argv);

    assert_int_equal(result.status, 0);
    for (guint i = 0; i < n_lines; i++) {
        if (strstr(result.out, lines[i]) == NULL)
            fail_msg("no %s in:\n%s", lines[i], result.out);
    }
}

static void
test_scsi_disk_gets_its_place(void **state)
{
    static const char *const lines[] = {
        "machine='pc-0.12'",
        "<address type='drive' controller='3' bus='0' target='0' unit='4'/>",
        "<controller type='scsi' index='3' model='lsilogic'>",
    };

    (void)state;
    assert_addresses(EXAMPLES_DIR "/2010/server/storage.xml", lines, G_N_ELEMENTS(lines));
}

static void
test_unplugged_disk_leaves_a_gap(void **state)
{
    static const char *const lines[] = {
        "machine='pc-0.12'",
        "<address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>",
        "<address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/>",
        "<address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>",
    };

    (void)state;
    assert_addresses(EXAMPLES_DIR "/2010/server/web.xml", lines, G_N_ELEMENTS(lines));
    const char *const argv[] = {PROGRAM, "addresses", EXAMPLES_DIR "/2010/server/web.xml", NULL};
    g_auto(ProgramResult) result = program_run(argv);
    assert_null(strstr(result.out, "slot='0x06'"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_of_2010_are_incompatible_both_ways),
        cmocka_unit_test(test_missing_features_are_named_both_ways),
        cmocka_unit_test(test_baseline_is_that_of_virsh),
        cmocka_unit_test(test_scsi_disk_gets_its_place),
        cmocka_unit_test(test_unplugged_disk_leaves_a_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
