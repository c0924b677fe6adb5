/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan quarantine: documents and hosts that could not be used, and what to do about each. */

#include "database.h"

#include <reports/table.h>

typedef struct {
    char *database;
    char *config;
    gboolean is_all;
} QuarantineOptions;

static const CommandOption options[] = {
    DATABASE_OPTION(QuarantineOptions, database),
    DATABASE_CONFIG_OPTION(QuarantineOptions, config),
    {"all", 'a', G_OPTION_ARG_NONE, G_STRUCT_OFFSET(QuarantineOptions, is_all),
     "also what has been mended since", NULL},
    {0},
};

static const TableColumn columns[] = {
    {"place", "PLACE", TABLE_TEXT, TABLE_WHOLE},
    {"host", "HOST", TABLE_TEXT, TABLE_NO_TEXT},
    {"line", "LINE", TABLE_NUMBER, TABLE_PLAIN},
    {"id", "ID", TABLE_TEXT, TABLE_NO_TEXT},
    {"what", "WHAT", TABLE_TEXT, TABLE_WRAP},
    {"remedy", "REMEDY", TABLE_TEXT, TABLE_WRAP},
    {"since", "SINCE", TABLE_TIME, 0},
    {"first_run", "SINCE RUN", TABLE_NUMBER, TABLE_NO_TEXT},
    {"until", "UNTIL", TABLE_TIME, TABLE_NO_TEXT},
    {"last_run", "TO RUN", TABLE_NUMBER, TABLE_NO_TEXT},
    {"is_open", "OPEN", TABLE_BOOLEAN, 0},
};

static void
add_entry(const QuarantineEntry *entry, Table *table)
{
    const Finding *finding = entry->finding;

    table_add_text(table, finding->source != NULL ? finding->source : finding->host);
    table_add_text(table, finding->host);
    table_add_number_or_none(table, finding->line, 0);
    table_add_text(table, finding->id);
    table_add_text(table, finding->text);
    table_add_text(table, finding->remedy);
    table_add_time(table, entry->first_at);
    table_add_number(table, (guint64)entry->first_run);
    table_add_time(table, entry->is_open ? 0 : entry->last_at);
    if (entry->is_open)
        table_add_none(table);
    else
        table_add_number(table, (guint64)entry->last_run);
    table_add_boolean(table, entry->is_open);
    table_tone(table, entry->is_open ? TABLE_TONE_BAD : TABLE_TONE_FAINT);
}

static ExitStatus
print_entries(CommandContext *context, const GPtrArray *entries)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    guint n_open = 0;

    for (guint i = 0; i < entries->len; i++) {
        const QuarantineEntry *entry = g_ptr_array_index(entries, i);

        add_entry(entry, table);
        n_open += entry->is_open ? 1 : 0;
    }
    if (entries->len == 0 && context->format == REPORT_FORMAT_TEXT && !context->is_quiet)
        g_string_append(context->out, "Nothing is in quarantine.\n");
    else if (entries->len > 0 || context->format != REPORT_FORMAT_TEXT)
        table_print(table, context->format, &context->style, context->out);
    return n_open > 0 ? EXIT_ANSWER_NO : EXIT_WELL;
}

static ExitStatus
run_quarantine(CommandContext *context, const void *values, GError **error)
{
    const QuarantineOptions *wanted = values;
    g_autoptr(Inventory) inventory =
        database_open_by_options(wanted->database, wanted->config, error);
    g_autoptr(GPtrArray) entries =
        inventory != NULL ? inventory_quarantine(inventory, !wanted->is_all, error) : NULL;

    return entries != NULL ? print_entries(context, entries) : EXIT_FAILED;
}

const Command command_quarantine = {
    .name = "quarantine",
    .summary = "List documents and hosts that could not be used",
    .synopsis = "[OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_TAKES_NO_ARGUMENT,
    .options = options,
    .options_size = sizeof(QuarantineOptions),
    .run = run_quarantine,
};
