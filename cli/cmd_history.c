/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan history: what a host was, from when to when. */

#include "database.h"
#include "site_names.h"
#include "suggest.h"

#include <cpumodel/text_list.h>
#include <reports/table.h>

#include <string.h>

typedef struct {
    char *database;
    char *config;
} HistoryOptions;

static const CommandOption options[] = {
    DATABASE_OPTION(HistoryOptions, database),
    DATABASE_CONFIG_OPTION(HistoryOptions, config),
    {0},
};

static const TableColumn columns[] = {
    {"host", "HOST", TABLE_TEXT, TABLE_NO_TEXT},
    {"first_run", "FROM RUN", TABLE_NUMBER, TABLE_PLAIN},
    {"last_run", "TO RUN", TABLE_NUMBER, TABLE_PLAIN},
    {"since", "SINCE", TABLE_TIME, 0},
    {"until", "UNTIL", TABLE_TIME, TABLE_NO_TEXT},
    {"what", "WHAT", TABLE_TEXT, 0},
    {"text", "STATE", TABLE_TEXT, TABLE_WRAP},
};

static void
add_entry(const char *host, const HistoryEntry *entry, Table *table)
{
    gboolean is_open = entry->last_run == 0;

    table_add_text(table, host);
    table_add_number(table, (guint64)entry->first_run);
    table_add_number_or_none(table, (guint64)entry->last_run, 0);
    table_add_time(table, entry->first_at);
    table_add_time(table, is_open ? 0 : entry->last_at);
    table_add_text(table, entry->what);
    table_add_text(table, entry->text);
    if (!is_open)
        table_tone(table, TABLE_TONE_FAINT);
}

/* In place of ERROR, which says that there is no HOST: the one that may be meant. */
static void
suggest_host(Inventory *inventory, const char *host, GError **error)
{
    g_autoptr(GPtrArray) names = inventory_host_names(inventory, NULL);

    if (names == NULL || !g_error_matches(*error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND))
        return;
    g_clear_error(error);
    suggest_set_error(error, "there is no host", host, (const char *const *)(void *)names->pdata,
                      names->len, "'virt-plan hosts' lists those that are there");
}

/* The hosts that ARGS name, in their order, each once; globs match those that are gone too. */
static GPtrArray *
chosen_hosts(Inventory *inventory, const CommandContext *context, GError **error)
{
    g_autoptr(GPtrArray) all = inventory_host_names(inventory, error);
    g_autoptr(GPtrArray) chosen = g_ptr_array_new_with_free_func(g_free);

    if (all == NULL)
        return NULL;
    for (guint i = 0; i < context->n_args; i++) {
        char *const arg = context->args[i];

        if (!site_names_is_glob(arg) && !text_list_has(chosen, arg))
            g_ptr_array_add(chosen, g_strdup(arg));
        for (guint j = 0; j < all->len && site_names_is_glob(arg); j++) {
            const char *name = g_ptr_array_index(all, j);

            if (site_names_match(&arg, 1, name, NULL) && !text_list_has(chosen, name))
                g_ptr_array_add(chosen, g_strdup(name));
        }
    }
    return g_steal_pointer(&chosen);
}

static ExitStatus
run_history(CommandContext *context, const void *values, GError **error)
{
    const HistoryOptions *wanted = values;

    if (context->n_args == 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "history needs the name of a host: 'virt-plan hosts' lists them");
        return EXIT_USAGE;
    }
    g_autoptr(Inventory) inventory =
        database_open_by_options(wanted->database, wanted->config, error);
    g_autoptr(GPtrArray) hosts = inventory != NULL ? chosen_hosts(inventory, context, error) : NULL;
    if (hosts == NULL)
        return EXIT_FAILED;
    TableColumn shown[G_N_ELEMENTS(columns)];
    memcpy(shown, columns, sizeof(columns));
    if (hosts->len > 1)
        shown[0].flags = TABLE_WHOLE; /* of one host, the question tells */
    g_autoptr(Table) table = table_new(shown, G_N_ELEMENTS(shown));
    for (guint i = 0; i < hosts->len; i++) {
        const char *host = g_ptr_array_index(hosts, i);
        g_autoptr(GPtrArray) entries = inventory_host_history(inventory, host, error);

        if (entries == NULL) {
            suggest_host(inventory, host, error);
            return EXIT_FAILED;
        }
        for (guint j = 0; j < entries->len; j++)
            add_entry(host, g_ptr_array_index(entries, j), table);
    }
    table_print(table, context->format, &context->style, context->out);
    return hosts->len > 0 ? EXIT_WELL : EXIT_ANSWER_NO;
}

const Command command_history = {
    .name = "history",
    .summary = "Show what a host was, from when to when",
    .synopsis = "[OPTION...] HOST...",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_LOOKS_BACK,
    .options = options,
    .options_size = sizeof(HistoryOptions),
    .run = run_history,
};
