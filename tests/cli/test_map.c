/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `virt-plan map` on the command line: what it prints, and how it ends. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "program.h"

#include <json-c/json.h>
#include <string.h>

#define FIXTURE MAPS_DIR "/groups"

typedef struct {
    const char *arguments[6];
    int status;
    const char *out, *err; /* a part of each; NULL: empty */
} Case;

static ProgramResult
run(const char *const *arguments)
{
    const char *argv[8] = {PROGRAM, "map"};

    for (guint i = 0; arguments[i] != NULL; i++)
        argv[i + 2] = arguments[i];
    return program_run(argv);
}

static void
check_text(guint number, const char *what, const char *text, const char *part)
{
    if (part == NULL ? *text != '\0' : strstr(text, part) == NULL)
        fail_msg("case %u: %s is: %s", number, what, text);
}

static void
test_map_commands_answer_or_tell_what_to_do(void **state)
{
    static const Case cases[] = {
        {{"list"}, 0, "\nHaswell-noTSX-IBRS ", NULL},
        {{"list", "features"}, 0, "CPUID 0x00000007 sub-leaf 1 EAX bit 21", NULL},
        {{"list", "vendors"}, 0, "GenuineIntel", NULL},
        {{"list", "vendors", "--arch", "aarch64"}, 0, "0xc0", NULL},
        {{"list", "levels"}, 0, "intel-sapphirerapids-amx", NULL},
        {{"list", "models", "--arch", "ppc64le"}, 0, "POWER10", NULL},
        {{"list", "models", "--cpu-map", FIXTURE}, 0, "Base-v1 Base-v2", NULL},
        {{"list", "modles"}, 2, NULL, "did you mean 'models'?"},
        {{"list", "models", "features"}, 2, NULL, "one list"},
        {{"list", "--arch", "x86-64"}, 2, NULL, "did you mean 'x86_64'?"},
        {{"show", "Haswell"}, 0, "Canonical name:         Haswell-v1\n", NULL},
        {{"show", "Skylake-Server"}, 0, "Removed by QEMU:        mpx\n", NULL},
        {{"show", "SSE4_1"}, 0, "CPU feature:            sse4.1\n", NULL},
        {{"show", "invtsc"}, 0, "Migratable:             no\n", NULL},
        {{"show", "amd-rome"}, 0, "Template's model:       EPYC-Rome\n", NULL},
        {{"show", "POWER9"}, 0, "PVR/mask:               0x004e0000/0xffff0000\n", NULL},
        {{"show", "POWER9", "--arch", "x86_64"}, 2, NULL, "POWER9"},
        {{"show", "Haswel"}, 2, NULL, "did you mean 'Haswell'?"},
        {{"show", "\033[31mHaswell"},
         2,
         NULL,
         "no CPU model, feature or level is named '\\x1b[31m"},
        {{"show"}, 2, NULL, "name one CPU model"},
        {{"check"}, 0, "note: x86 model cpu64-rhel5", NULL},
        {{"check", "--quiet"}, 0, NULL, NULL},
        {{"check", FIXTURE}, 1, "x86 model Base: built-in lacks it\n", NULL},
        {{"check", "--cpu-map", FIXTURE, FIXTURE}, 0, NULL, NULL},
        {{"check", "/nonexistent"}, 3, NULL, "/nonexistent"},
        {{"import", FIXTURE}, 0, "--- # x86/models/Base.yaml\n", NULL},
        {{"import"}, 2, NULL, "name one folder"},
        {{"improt"}, 2, NULL, "did you mean 'import'?"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = run(cases[i].arguments);

        if (result.status != cases[i].status)
            fail_msg("case %u ends with %d: %s", i, result.status, result.err);
        check_text(i, "standard output", result.out, cases[i].out);
        check_text(i, "standard error", result.err, cases[i].err);
    }
}

static void
test_map_commands_print_json(void **state)
{
    static const Case cases[] = {
        {{"show", "EPYC-Milan", "--format", "json"}, 0, NULL, NULL},
        {{"show", "lzcnt", "--format", "json"}, 0, NULL, NULL},
        {{"show", "intel-haswell", "--format", "json"}, 0, NULL, NULL},
        {{"list", "models", "--format", "json"}, 0, NULL, NULL},
        {{"list", "levels", "--format", "json"}, 0, NULL, NULL},
        {{"check", "--format", "json"}, 0, NULL, NULL},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = run(cases[i].arguments);
        json_object *document = json_tokener_parse(result.out);

        assert_int_equal(result.status, 0);
        if (document == NULL)
            fail_msg("case %u is not JSON: %s", i, result.out);
        json_object_put(document);
    }
}

/* What import wrote into a folder is refused there the second time. */
static void
test_import_keeps_what_is_there(void **state)
{
    g_autofree char *parent = program_make_folder();
    g_autofree char *folder = g_build_filename(parent, "new", "map", NULL);
    g_autofree char *file = g_build_filename(folder, "x86", "family.yaml", NULL);
    const char *const arguments[] = {"import", FIXTURE, "-o", folder, NULL};

    (void)state;
    g_auto(ProgramResult) first = run(arguments);
    assert_int_equal(first.status, 0);
    assert_non_null(strstr(first.out, "files in"));
    assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
    g_auto(ProgramResult) second = run(arguments);
    assert_int_equal(second.status, 2);
    assert_non_null(strstr(second.err, "not empty"));
    program_remove_folder(parent);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_commands_answer_or_tell_what_to_do),
        cmocka_unit_test(test_map_commands_print_json),
        cmocka_unit_test(test_import_keeps_what_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
