/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What all commands have in common, asked of the program itself for each row of the table: help on
 * request, one line and exit status 2 for a mistake, 3 where something cannot be done, nothing on
 * standard output after an error, and a full disk or a closed pipe that is noticed.
 */

#include "commands.h"
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define MAX_WORDS 8

/* The words by which a command is called, after the program's own path. */
typedef struct {
    const char *words[MAX_WORDS];
    guint n;
    const Command *command;
} Call;

static ProgramResult
ask(const Call *call, const char *first, const char *second)
{
    const char *argv[MAX_WORDS + 4] = {PROGRAM};

    for (guint i = 0; i < call->n; i++)
        argv[i + 1] = call->words[i];
    argv[call->n + 1] = first;
    argv[call->n + 2] = second;
    return program_run(argv);
}

static gboolean
has_option(const Command *command, const char *name)
{
    const CommandOption *option;

    for (guint i = 0; (option = command_option(command, i)) != NULL; i++) {
        if (strcmp(option->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
assert_one_line_of_error(const Call *call, const ProgramResult *result, int status)
{
    const char *name = call->words[call->n - 1];

    if (result->status != status)
        fail_msg("%s ends with %d, not %d: %s", name, result->status, status, result->err);
    if (*result->out != '\0')
        fail_msg("%s prints after an error: %s", name, result->out);
    if (!g_str_has_prefix(result->err, "virt-plan: ") ||
        strchr(result->err, '\n') != result->err + strlen(result->err) - 1)
        fail_msg("%s does not complain in one line: %s", name, result->err);
}

typedef void (*CheckCall)(const Call *call);

/* CHECK for each command that runs something, by itself or below another. */
static void
for_each_call(const Command *const *list, const Call *above, CheckCall check)
{
    for (guint i = 0; list[i] != NULL; i++) {
        Call call = *above;

        call.words[call.n++] = list[i]->name;
        call.command = list[i];
        if (list[i]->subcommands != NULL)
            for_each_call(list[i]->subcommands, &call, check);
        else
            check(&call);
    }
}

static void
check_help(const Call *call)
{
    g_auto(ProgramResult) result = ask(call, "--help", NULL);

    assert_int_equal(result.status, EXIT_WELL);
    assert_string_equal(result.err, "");
    assert_true(g_str_has_prefix(result.out, "Usage: virt-plan "));
    assert_non_null(strstr(result.out, call->command->summary));
}

static void
check_mistakes(const Call *call)
{
    g_auto(ProgramResult) unknown = ask(call, "--no-such-option", NULL);
    g_auto(ProgramResult) colour = ask(call, "--color", "pink");

    assert_one_line_of_error(call, &unknown, EXIT_USAGE);
    assert_non_null(strstr(unknown.err, "--help"));
    assert_one_line_of_error(call, &colour, EXIT_USAGE);
}

/*
 * A plan file that is not there is the configuration's fault; doctor reports it as what it found.
 */
static void
check_no_plan_file(const Call *call)
{
    g_auto(ProgramResult) result = {0};

    if (!has_option(call->command, "config"))
        return;
    if (strcmp(call->command->name, "doctor") == 0) {
        result = ask(call, "--config", "/nowhere/plan.yaml");
        assert_int_equal(result.status, EXIT_ANSWER_NO);
    } else if ((call->command->flags & COMMAND_TAKES_NO_ARGUMENT) != 0) {
        result = ask(call, "--config", "/nowhere/plan.yaml");
        assert_one_line_of_error(call, &result, EXIT_USAGE);
        assert_non_null(strstr(result.err, "/nowhere/plan.yaml"));
    }
}

/* An inventory that is not there cannot be read. */
static void
check_no_inventory(const Call *call)
{
    gboolean is_reader = has_option(call->command, "database") &&
                         (call->command->flags & COMMAND_TAKES_NO_ARGUMENT) != 0 &&
                         strcmp(call->command->name, "whatif") != 0 &&
                         strcmp(call->command->name, "doctor") != 0;

    if (!is_reader)
        return;
    g_auto(ProgramResult) nowhere = ask(call, "--database", "/nowhere/i.db");
    g_auto(ProgramResult) folder = ask(call, "--database", "/");
    assert_one_line_of_error(call, &nowhere, EXIT_FAILED);
    assert_one_line_of_error(call, &folder, EXIT_FAILED);
    assert_non_null(strstr(folder.err, "folder"));
}

static void
test_every_command_has_help(void **state)
{
    const Call none = {0};

    (void)state;
    for_each_call(commands, &none, check_help);
}

static void
test_every_command_tells_a_mistake_in_one_line(void **state)
{
    const Call none = {0};

    (void)state;
    for_each_call(commands, &none, check_mistakes);
}

/* What cannot be read is told with what to do, by all commands in the same words. */
static void
test_files_that_cannot_be_read_have_a_remedy(void **state)
{
    const struct {
        const char *argv[8];
        const char *expected;
    } cases[] = {
        {{PROGRAM, "hosts", "-c", "/nowhere/plan.yaml"},
         "/nowhere/plan.yaml: No such file or directory: check the path"},
        {{PROGRAM, "hosts", "-c", "/"}, "/: Is a directory: name a file in it"},
        {{PROGRAM, "cpu", "baseline", "/nowhere/a.xml"},
         "/nowhere/a.xml: No such file or directory: check the path"},
        {{PROGRAM, "cpu", "decode", "/"}, "/: Is a directory: name a file in it"},
        {{PROGRAM, "cpu", "baseline", "--cpu-map", "/nowhere", "-"},
         "/nowhere: No such file or directory: check the path"},
        {{PROGRAM, "map", "check", "/nowhere"},
         "/nowhere: No such file or directory: check the path"},
        {{PROGRAM, "addresses", "/nowhere/a.xml"},
         "/nowhere/a.xml: No such file or directory: check the path"},
        {{PROGRAM, "ingest", ""}, "an empty path: name files"},
        {{PROGRAM}, "Usage: virt-plan COMMAND"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = program_run(cases[i].argv);

        assert_string_equal(result.out, "");
        if (result.status < EXIT_USAGE || strstr(result.err, cases[i].expected) == NULL)
            fail_msg("case %u ends with %d: %s", i, result.status, result.err);
    }
}

static void
test_every_command_tells_a_missing_plan_file(void **state)
{
    const Call none = {0};

    (void)state;
    for_each_call(commands, &none, check_no_plan_file);
}

static void
test_every_command_tells_a_missing_inventory(void **state)
{
    const Call none = {0};

    (void)state;
    for_each_call(commands, &none, check_no_inventory);
}

static ProgramResult
run_in_shell(const char *line)
{
    const char *const argv[] = {"/bin/sh", "-c", line, PROGRAM, NULL};

    return program_run(argv);
}

static void
test_output_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    if (g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_auto(ProgramResult) full = run_in_shell("\"$0\" map list >/dev/full");
        g_auto(ProgramResult) help = run_in_shell("\"$0\" map list --help >/dev/full");

        assert_int_equal(full.status, EXIT_FAILED);
        assert_non_null(strstr(full.err, "cannot write the output"));
        assert_int_equal(help.status, EXIT_FAILED);
    }
    g_auto(ProgramResult) closed = run_in_shell("\"$0\" map list >&-");
    assert_int_equal(closed.status, EXIT_FAILED);
}

/* As other programs do. */
static void
test_program_ends_without_a_word_when_its_reader_has_gone(void **state)
{
    (void)state;
    g_auto(ProgramResult) piped =
        run_in_shell("for i in 1 2 3 4 5 6 7 8; do \"$0\" map list features --format json || exit; "
                     "done | head -n 1");
    assert_string_not_equal(piped.out, "");
    assert_string_equal(piped.err, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_has_help),
        cmocka_unit_test(test_every_command_tells_a_mistake_in_one_line),
        cmocka_unit_test(test_files_that_cannot_be_read_have_a_remedy),
        cmocka_unit_test(test_every_command_tells_a_missing_plan_file),
        cmocka_unit_test(test_every_command_tells_a_missing_inventory),
        cmocka_unit_test(test_output_that_cannot_be_written_is_told),
        cmocka_unit_test(test_program_ends_without_a_word_when_its_reader_has_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
