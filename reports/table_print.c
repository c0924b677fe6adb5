/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A table in the forms for programs, CSV and JSON, and the choice of the form. The text form, which
 * has to fit a terminal, is in table_text.c.
 */

#include "table_private.h"

#include <reports/escape.h>

#include <string.h>

static void
print_csv_cell(const Table *table, TableKind kind, const TableCell *cell, GString *out)
{
    if (kind == TABLE_NUMBER && !cell->is_none) {
        g_string_append(out, table_cell_first(table, cell));
        return;
    }
    g_autoptr(GString) text = g_string_new(NULL);

    table_cell_join(table, cell, text);
    escape_csv(out, text->str);
}

static void
print_csv(const Table *table, GString *out)
{
    guint n_rows = table_n_rows(table);

    for (guint row = 0; row <= n_rows; row++) {
        const char *separator = "";

        for (guint c = 0; c < table->n_columns; c++) {
            if (table->columns[c].flags & TABLE_TEXT_ONLY)
                continue;
            g_string_append(out, separator);
            separator = ",";
            if (row == 0)
                escape_csv(out, table->columns[c].name);
            else
                print_csv_cell(table, table->columns[c].kind, table_cell(table, row - 1, c), out);
        }
        g_string_append_c(out, '\n');
    }
}

static void
print_json_list(const Table *table, const TableCell *cell, GString *out)
{
    const char *item = table_cell_first(table, cell);

    g_string_append_c(out, '[');
    for (guint i = 0; i < cell->n_items; i++, item += strlen(item) + 1) {
        if (i > 0)
            g_string_append(out, ", ");
        escape_json(out, item);
    }
    g_string_append_c(out, ']');
}

static void
print_json_cell(const Table *table, TableKind kind, const TableCell *cell, GString *out)
{
    const char *text = table_cell_first(table, cell);

    if (cell->is_none && kind != TABLE_LIST)
        g_string_append(out, "null");
    else if (kind == TABLE_NUMBER)
        g_string_append(out, text);
    else if (kind == TABLE_BOOLEAN)
        g_string_append(out, strcmp(text, "yes") == 0 ? "true" : "false");
    else if (kind == TABLE_LIST)
        print_json_list(table, cell, out);
    else
        escape_json(out, text);
}

static void
print_json(const Table *table, GString *out)
{
    guint n_rows = table_n_rows(table);

    g_string_append_c(out, '[');
    for (guint row = 0; row < n_rows; row++) {
        const char *separator = "";

        g_string_append(out, row > 0 ? ",\n  {" : "\n  {");
        for (guint c = 0; c < table->n_columns; c++) {
            if (table->columns[c].flags & TABLE_TEXT_ONLY)
                continue;
            g_string_append_printf(out, "%s\"%s\": ", separator, table->columns[c].name);
            separator = ", ";
            print_json_cell(table, table->columns[c].kind, table_cell(table, row, c), out);
        }
        g_string_append_c(out, '}');
    }
    g_string_append(out, n_rows > 0 ? "\n]\n" : "]\n");
}

void
table_print(const Table *table, ReportFormat format, const ReportStyle *style, GString *out)
{
    static const ReportStyle plain = {0};

    g_assert(table->cells->len % table->n_columns == 0);
    if (format == REPORT_FORMAT_CSV)
        print_csv(table, out);
    else if (format == REPORT_FORMAT_JSON)
        print_json(table, out);
    else
        table_print_text(table, style != NULL ? style : &plain, out);
}
