/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Every command in every format of --format: what it prints is that format for a program that reads
 * it, and a format that a command does not have is refused, not answered in another one.
 */

#include "ask.h"
#include "commands.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json.h>
#include <string.h>

/* A command line for each command that has --format, subcommands after their command. */
static const char *const lines[][ASK_MAX_ARGUMENTS] = {
    {"accept", "-c", "@plan.yaml", "--dry-run"},
    {"addresses", "-c", "@plan.yaml", "--list"},
    {"classes", "-c", "@plan.yaml"},
    {"classes", "-c", "@plan.yaml", "--capacity"},
    {"classes", "-c", "@plan.yaml", "--limits"},
    {"classes", "-c", "@plan.yaml", "--published"},
    {"cpu", "baseline", "@host.xml"},
    {"cpu", "compare", "@host.xml", "@host.xml"},
    {"cpu", "decode", "@raw.xml"},
    {"cpu", "diff", "@host.xml", "@other.xml"},
    {"cpu", "expand", "@host.xml", "@other.xml"},
    {"cpu", "live", "@guest.xml", "@raw.xml", "@off.xml"},
    {"cpu", "resolve", "@host.xml", "@guest.xml"},
    {"doctor", "-c", "@plan.yaml"},
    {"drift", "-c", "@plan.yaml"},
    {"guests", "-c", "@plan.yaml"},
    {"guests", "-c", "@plan.yaml", "--drain"},
    {"guests", "-c", "@plan.yaml", "--drain", "*"},
    {"guests", "-c", "@plan.yaml", "--stuck"},
    {"guests", "-c", "@plan.yaml", "crm01"},
    {"history", "-d", "@inventory.db", "cmp-b01"},
    {"hosts", "-d", "@inventory.db"},
    {"map", "check"},
    {"map", "list", "levels"},
    {"map", "list", "features"},
    {"map", "show", "Haswell"},
    {"matrix", "-c", "@plan.yaml"},
    {"matrix", "-c", "@plan.yaml", "--hosts"},
    {"matrix", "-c", "@plan.yaml", "--explain", "cmp-e01", "cmp-g01"},
    {"quarantine", "-d", "@inventory.db"},
    {"template", "-c", "@plan.yaml", "--pool", "all"},
    {"whatif", "-c", "@plan.yaml", "--lose", "avx2"},
};

static const struct {
    const char *name, *text;
} files[] = {
    {"host.xml", "<cpu><arch>x86_64</arch><model>Haswell</model></cpu>"},
    {"other.xml", "<cpu><arch>x86_64</arch><model>Penryn</model></cpu>"},
    {"guest.xml", "<cpu match='exact'><model>Haswell</model></cpu>"},
    {"off.xml", "<cpudata arch='x86'><cpuid eax_in='0x7' ecx_in='0x0' eax='0' ebx='0x800' ecx='0' "
                "edx='0'/></cpudata>"},
    {"raw.xml", "<cpudata arch='x86'><cpuid eax_in='0x0' ecx_in='0x0' eax='0x1' ebx='0x756e6547' "
                "ecx='0x6c65746e' edx='0x49656e69'/><cpuid eax_in='0x1' ecx_in='0x0' "
                "eax='0x000206c2' ebx='0' ecx='0x02982203' edx='0x078bfbfd'/></cpudata>"},
};

/* ---- reading -------------------------------------------------------------------------------- */

static gboolean
is_json(const char *text)
{
    enum json_tokener_error error;
    struct json_object *object = json_tokener_parse_verbose(text, &error);
    gboolean is_right = object != NULL && error == json_tokener_success;

    json_object_put(object);
    return is_right && g_str_has_suffix(text, "\n");
}

/* RFC 4180: rows of equally many fields, quotes closed, none in a field that is not quoted. */
static gboolean
is_csv(const char *text)
{
    guint n_fields = 1, n_first = 0;
    gboolean is_quoted = FALSE, is_start = TRUE;

    for (const char *c = text; *c != '\0'; c++) {
        if (is_quoted) {
            if (*c == '"' && c[1] == '"')
                c++;
            else if (*c == '"')
                is_quoted = FALSE;
        } else if (*c == '"') {
            if (!is_start)
                return FALSE;
            is_quoted = TRUE;
        } else if (*c == '\n') {
            if (n_first == 0)
                n_first = n_fields;
            if (n_fields != n_first)
                return FALSE;
            n_fields = 1;
        } else if (*c == ',') {
            n_fields++;
        }
        is_start = !is_quoted && (*c == ',' || *c == '\n');
    }
    return n_first > 1 && !is_quoted && is_start;
}

static gboolean
is_xml(const char *text)
{
    static const GMarkupParser parser = {0};
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
    g_autofree char *whole = g_strdup_printf("<all>%s</all>", text);
    gboolean is_right = strchr(text, '<') != NULL &&
                        g_markup_parse_context_parse(context, whole, -1, NULL) &&
                        g_markup_parse_context_end_parse(context, NULL);

    g_markup_parse_context_free(context);
    return is_right;
}

static gboolean
is_text(const char *text)
{
    return *text != '\0' && g_utf8_validate(text, -1, NULL) && *text != '[';
}

static const struct {
    const char *name;
    CommandFlags flags; /* that a command with it has */
    gboolean (*is_right)(const char *text);
} formats[] = {
    {"text", COMMAND_TAKES_FORMAT, is_text},
    {"json", COMMAND_TAKES_FORMAT, is_json},
    {"csv", COMMAND_HAS_CSV, is_csv},
    {"xml", COMMAND_HAS_XML, is_xml},
};

/* ---- asking --------------------------------------------------------------------------------- */

static const Command *
command_of(const char *const *line)
{
    const Command *command = commands_find(line[0]);

    for (guint i = 0; command->subcommands != NULL && command->subcommands[i] != NULL; i++) {
        if (strcmp(command->subcommands[i]->name, line[1]) == 0)
            return command->subcommands[i];
    }
    return command;
}

static void
check_format(const char *folder, const char *const *line, guint format)
{
    const char *arguments[ASK_MAX_ARGUMENTS + 2] = {NULL};
    const Command *command = command_of(line);
    const gboolean has_format = (command->flags & formats[format].flags) != 0;
    guint n = 0;

    for (; line[n] != NULL; n++)
        arguments[n] = line[n];
    arguments[n++] = "--format";
    arguments[n++] = formats[format].name;
    g_autofree char *shown = g_strjoinv(" ", (char **)(void *)arguments);
    g_auto(ProgramResult) result = ask(folder, arguments);

    if (!has_format) {
        if (result.status != EXIT_USAGE || *result.out != '\0')
            fail_msg("%s: ends with %d:\n%s", shown, result.status, result.out);
        ask_assert_part(result.err, "has no format '", arguments);
    } else if (result.status > EXIT_ANSWER_NO || !formats[format].is_right(result.out)) {
        fail_msg("%s: ends with %d: %s\n%s", shown, result.status, result.err, result.out);
    }
}

static void
test_each_command_prints_its_formats_and_no_other(void **state)
{
    const Site *site = *state;

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        for (guint format = 0; format < G_N_ELEMENTS(formats); format++)
            check_format(site->folder, lines[i], format);
}

static gboolean
is_asked(const Command *command)
{
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        if (command_of(lines[i]) == command)
            return TRUE;
    return FALSE;
}

static void
test_every_command_with_formats_is_tried(void **state)
{
    (void)state;
    for (guint i = 0; commands[i] != NULL; i++) {
        const Command *const *all = commands[i]->subcommands;
        const Command *const alone[] = {commands[i], NULL};

        for (all = all != NULL ? all : alone; *all != NULL; all++)
            if (((*all)->flags & COMMAND_TAKES_FORMAT) != 0 && !is_asked(*all))
                fail_msg("no line for %s %s", commands[i]->name, (*all)->name);
    }
}

/* Two nights, between which a host went. */
static int
set_up(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    g_autofree char *gone = g_build_filename(site->fleet, "cmp-b01", NULL);

    site_make_hosts(site, "8");
    site_pass_night(site);
    program_remove_folder(gone);
    site_pass_night(site);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        g_free(site_write_text(site, files[i].name, files[i].text));
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_command_prints_its_formats_and_no_other),
        cmocka_unit_test(test_every_command_with_formats_is_tried),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
