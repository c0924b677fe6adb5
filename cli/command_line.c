/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Running a command: its option table becomes a GOptionContext, its output is spooled into a string
 * and written whole at the end, so that standard output stays empty after an error, and a full disk
 * or a closed pipe shows in the exit status.
 */

#include "command_line.h"

#include "help.h"
#include "suggest.h"

#include <cpumodel/cpu_map.h>
#include <errno.h>
#include <fleet/nearest_name.h>
#include <ingest/plan_file.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static GOptionEntry
option_entry(const CommandOption *option, void *values)
{
    return (GOptionEntry){
        .long_name = option->name,
        .short_name = option->short_name,
        .arg = option->arg,
        .arg_data = (char *)values + option->offset,
        .description = option->help,
        .arg_description = option->value,
    };
}

static GOptionContext *
option_context(const Command *command, void *values, CommandCommonOptions *common)
{
    GOptionContext *context = g_option_context_new(NULL);
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    const CommandOption *option;

    for (guint i = 0; (option = command_option(command, i)) != NULL; i++) {
        gboolean is_own = i < command_n_own_options(command);
        GOptionEntry entry = option_entry(option, is_own ? values : (void *)common);

        g_array_append_val(entries, entry);
    }
    g_option_context_add_main_entries(context, (const GOptionEntry *)(void *)entries->data, NULL);
    g_option_context_set_help_enabled(context, FALSE); /* ours is in help.c */
    return context;
}

/*
 * The word of ARGUMENTS that ERROR complains of, without its dashes. NULL: none. Owned by the
 * caller.
 */
static char *
find_unknown_option(char **arguments, const GError *error)
{
    for (guint i = 1; arguments[i] != NULL && strcmp(arguments[i], "--") != 0; i++) {
        if (g_str_has_prefix(arguments[i], "--") && strstr(error->message, arguments[i]) != NULL)
            return g_strndup(arguments[i] + 2, strcspn(arguments[i] + 2, "="));
    }
    return NULL;
}

/* Adds what to do to an error about options: the nearest one, or where they are listed. */
static void
advise_on_options(const Command *command, const char *program, char **arguments, GError **error)
{
    const char *names[64];
    guint n = 0;
    const CommandOption *option;
    g_autofree char *word = find_unknown_option(arguments, *error);

    while (n < G_N_ELEMENTS(names) && (option = command_option(command, n)) != NULL)
        names[n++] = option->name;
    gboolean is_unknown =
        g_error_matches(*error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) && word != NULL;
    const char *near = is_unknown ? nearest_name_find(word, names, n) : NULL;
    g_autofree char *message = g_steal_pointer(&(*error)->message);
    if (near != NULL)
        (*error)->message = g_strdup_printf("%s: did you mean --%s?", message, near);
    else
        (*error)->message = g_strdup_printf("%s: see '%s --help'", message, program);
}

static void
free_values(const Command *command, void *values)
{
    for (const CommandOption *o = command->options; o != NULL && o->name != NULL; o++) {
        void *slot = (char *)values + o->offset;

        if (o->arg == G_OPTION_ARG_STRING || o->arg == G_OPTION_ARG_FILENAME)
            g_free(*(char **)slot);
        else if (o->arg == G_OPTION_ARG_STRING_ARRAY || o->arg == G_OPTION_ARG_FILENAME_ARRAY)
            g_strfreev(*(char ***)slot);
    }
    g_free(values);
}

/* Where VALUES holds the option NAME of COMMAND; NULL when it has none of that name. */
static char **
slot_of(const Command *command, void *values, const char *name)
{
    for (const CommandOption *o = command->options; o != NULL && o->name != NULL; o++)
        if (strcmp(o->name, name) == 0)
            return (char **)(void *)((char *)values + o->offset);
    return NULL;
}

/* For a command line that names no plan file, nor another inventory. */
static void
take_plan_file_of_environment(const Command *command, void *values)
{
    const char *environment = command_plan_file_of_environment();
    char **config = slot_of(command, values, "config");
    char **database = slot_of(command, values, "database");

    if (environment != NULL && config != NULL && *config == NULL &&
        (database == NULL || *database == NULL))
        *config = g_strdup(environment);
}

const char *
command_plan_file_of_environment(void)
{
    const char *path = g_getenv("VIRT_PLAN_CONFIG");

    return path != NULL && *path != '\0' ? path : NULL;
}

static gboolean
read_format(const Command *command, const char *name, ReportFormat *ret_format, GError **error)
{
    const gboolean has_csv = (command->flags & COMMAND_HAS_CSV) != 0;
    const gboolean has_xml = (command->flags & COMMAND_HAS_XML) != 0;

    if (report_format_from_name(name, ret_format) &&
        (*ret_format != REPORT_FORMAT_CSV || has_csv) &&
        (*ret_format != REPORT_FORMAT_XML || has_xml))
        return TRUE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, "%s has no format '%s': use text%s%s%s",
                command->name, name, has_csv || has_xml ? ", json" : " or json",
                has_csv && has_xml ? ", csv" : (has_csv ? " or csv" : ""),
                has_xml ? " or xml" : "");
    return FALSE;
}

static gboolean
apply_common(const Command *command, const CommandCommonOptions *common, CommandContext *context,
             GError **error)
{
    gboolean is_terminal = isatty(STDOUT_FILENO);
    const char *no_color = g_getenv("NO_COLOR");
    struct winsize size;

    if (common->format != NULL && !read_format(command, common->format, &context->format, error))
        return FALSE;
    context->is_quiet = common->is_quiet;
    context->is_progress_wanted = isatty(STDERR_FILENO) && !common->is_quiet;
    context->style.is_coloured = is_terminal && (no_color == NULL || *no_color == '\0');
    if (g_strcmp0(common->color, "always") == 0) {
        context->style.is_coloured = TRUE;
    } else if (g_strcmp0(common->color, "never") == 0) {
        context->style.is_coloured = FALSE;
    } else if (common->color != NULL && strcmp(common->color, "auto") != 0) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "unknown colour setting '%s': use auto, always or never", common->color);
        return FALSE;
    }
    if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        context->style.width = size.ws_col;
    return TRUE;
}

static ExitStatus
flush(const GString *out, ExitStatus status)
{
    if (fwrite(out->str, 1, out->len, stdout) != out->len || fflush(stdout) != 0) {
        command_complain("cannot write the output: %s", g_strerror(errno));
        return EXIT_FAILED;
    }
    return status;
}

/* Mistakes in what was typed or configured are the user's to mend; all else could not be done. */
static ExitStatus
status_of_error(const GError *error)
{
    const GQuark usage[] = {COMMAND_ERROR, G_OPTION_ERROR, PLAN_FILE_ERROR, CPU_MAP_ERROR};

    for (guint i = 0; i < G_N_ELEMENTS(usage); i++) {
        if (error->domain == usage[i])
            return EXIT_USAGE;
    }
    return EXIT_FAILED;
}

static gboolean
check_arguments(const Command *command, const CommandContext *context, GError **error)
{
    if (context->n_args == 0 || (command->flags & COMMAND_TAKES_NO_ARGUMENT) == 0)
        return TRUE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "%s takes no argument, not '%s': leave it out", command->name, context->args[0]);
    return FALSE;
}

static ExitStatus
run_parsed(const Command *command, CommandContext *context, const void *values, char **arguments,
           GError **error)
{
    context->args = arguments + 1;
    context->n_args = g_strv_length(context->args);
    if (context->n_args > 0 && strcmp(context->args[0], "--") == 0) {
        context->args++;
        context->n_args--;
    }
    if (!check_arguments(command, context, error))
        return EXIT_USAGE;
    GError *failure = NULL;
    ExitStatus status = command->run(context, values, &failure);
    if (failure == NULL)
        return flush(context->out, status);
    status = status_of_error(failure);
    g_propagate_error(error, failure);
    return status;
}

/* Ends the process as it is: a library that is torn down takes threads inside of it along. */
G_GNUC_NORETURN
static void
leave_threads_alone(ExitStatus status)
{
    fflush(NULL);
    _exit((int)status);
}

static ExitStatus
run_leaf(const Command *command, const char *prefix, int argc, char **argv)
{
    void *values = g_malloc0(MAX(command->options_size, 1));
    CommandCommonOptions common = {0};
    CommandContext context = {.out = g_string_new(NULL), .format = REPORT_FORMAT_TEXT};
    g_autoptr(GError) error = NULL;
    ExitStatus status = EXIT_USAGE;
    g_autofree char *program = g_strdup_printf("%s %s", prefix, command->name);
    GOptionContext *options = option_context(command, values, &common);
    g_auto(GStrv) arguments = g_new0(char *, (gsize)argc + 1);
    g_autofree char **given = g_new0(char *, (gsize)argc + 1); /* parsing removes what it takes */

    for (int i = 0; i < argc; i++) {
        arguments[i] = g_strdup(i == 0 ? program : argv[i]);
        given[i] = argv[i];
    }
    g_set_prgname(program);
    if (!g_option_context_parse_strv(options, &arguments, &error))
        advise_on_options(command, program, given, &error);
    else if (apply_common(command, &common, &context, &error)) {
        take_plan_file_of_environment(command, values);
        status = run_parsed(command, &context, values, arguments, &error);
    }
    if (error != NULL)
        command_complain("%s", error->message);
    g_option_context_free(options);
    free_values(command, values);
    g_free(common.format);
    g_free(common.color);
    g_string_free(context.out, TRUE);
    if (context.has_stragglers)
        leave_threads_alone(status);
    return status;
}

static guint
list_names(const Command *const *list, const char **ret_names, guint max)
{
    guint n = 0;

    for (; list[n] != NULL && n < max; n++)
        ret_names[n] = list[n]->name;
    return n;
}

static ExitStatus
print_help(const Command *command, const char *prefix)
{
    g_autofree char *text = help_of_command(command, prefix);
    g_autoptr(GString) out = g_string_new(text);

    return flush(out, EXIT_WELL);
}

ExitStatus
command_line_execute(const Command *command, const char *prefix, int argc, char **argv)
{
    const char *names[64];
    g_autofree char *nested = g_strdup_printf("%s %s", prefix, command->name);

    if (command->subcommands == NULL)
        return help_is_wanted(argc, argv) ? print_help(command, prefix)
                                          : run_leaf(command, prefix, argc, argv);
    if (argc > 1 && help_is_wanted(2, argv))
        return print_help(command, prefix);
    for (guint i = 0; argc > 1 && command->subcommands[i] != NULL; i++) {
        if (strcmp(command->subcommands[i]->name, argv[1]) == 0)
            return command_line_execute(command->subcommands[i], nested, argc - 1, argv + 1);
    }
    if (argc < 2) {
        command_complain("'%s' needs a command: see '%s --help'", nested, nested);
        return EXIT_USAGE;
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = g_strdup_printf("'%s' has no command", nested);
    g_autofree char *otherwise = g_strdup_printf("see '%s --help'", nested);
    guint n = list_names(command->subcommands, names, G_N_ELEMENTS(names));
    suggest_set_error(&error, problem, argv[1], names, n, otherwise);
    command_complain("%s", error->message);
    return EXIT_USAGE;
}
