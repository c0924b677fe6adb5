/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * All cells' bytes stand in one arena, and a cell is an offset with a tone: a table of a million
 * hosts costs little more than its text. A list's items stand behind each other, each with its NUL.
 *
 * The forms for programs are here; the text form is in table_text.c.
 */

#include "table_private.h"

#include <reports/escape.h>

#include <string.h>

Table *
table_new(const TableColumn *columns, guint n_columns)
{
    Table *table = g_new0(Table, 1);

    g_assert(n_columns > 0);
    table->columns = columns;
    table->n_columns = n_columns;
    table->bytes = g_string_new(NULL);
    table->cells = g_array_new(FALSE, FALSE, sizeof(TableCell));
    return table;
}

void
table_free(Table *table)
{
    if (table == NULL)
        return;
    g_string_free(table->bytes, TRUE);
    g_array_unref(table->cells);
    g_free(table);
}

/* Appends the cell that is about to be filled; ALLOWED is a bit set of column kinds. */
static TableCell *
begin_cell(Table *table, guint allowed)
{
    const TableColumn *column = &table->columns[table->cells->len % table->n_columns];
    TableCell cell = {.offset = table->bytes->len, .n_items = 1};

    g_assert(allowed & (1u << column->kind));
    g_array_append_val(table->cells, cell);
    return &g_array_index(table->cells, TableCell, table->cells->len - 1);
}

static void
add_bytes(Table *table, const char *text)
{
    g_string_append_len(table->bytes, text, (gssize)strlen(text) + 1);
}

void
table_add_text(Table *table, const char *text)
{
    if (text == NULL) {
        table_add_none(table);
        return;
    }
    begin_cell(table, 1u << TABLE_TEXT);
    add_bytes(table, text);
}

void
table_add_format(Table *table, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    table_add_text(table, text);
}

void
table_add_number(Table *table, guint64 number)
{
    char text[32];

    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, number);
    begin_cell(table, 1u << TABLE_NUMBER);
    add_bytes(table, text);
}

void
table_add_decimal(Table *table, gdouble number, guint n_digits)
{
    char format[16], text[G_ASCII_DTOSTR_BUF_SIZE];

    g_snprintf(format, sizeof format, "%%.%uf", MIN(n_digits, 9));
    g_ascii_formatd(text, sizeof text, format, number);
    begin_cell(table, 1u << TABLE_NUMBER);
    add_bytes(table, text);
}

void
table_add_boolean(Table *table, gboolean is_true)
{
    begin_cell(table, 1u << TABLE_BOOLEAN);
    add_bytes(table, is_true ? "yes" : "no");
}

void
table_add_list(Table *table, const GPtrArray *items)
{
    TableCell *cell = begin_cell(table, 1u << TABLE_LIST);

    cell->n_items = items != NULL ? items->len : 0;
    for (guint i = 0; i < cell->n_items; i++)
        add_bytes(table, items->pdata[i]);
}

void
table_add_none(Table *table)
{
    TableCell *cell = begin_cell(table, (1u << TABLE_KIND_COUNT) - 1);

    cell->is_none = TRUE;
    cell->n_items = 0;
}

void
table_tone(Table *table, TableTone tone)
{
    g_assert(table->cells->len > 0);
    g_array_index(table->cells, TableCell, table->cells->len - 1).tone = tone;
}

guint
table_n_rows(const Table *table)
{
    return table->cells->len / table->n_columns;
}

const TableCell *
table_cell(const Table *table, guint row, guint column)
{
    return &g_array_index(table->cells, TableCell, (gsize)row * table->n_columns + column);
}

const char *
table_cell_first(const Table *table, const TableCell *cell)
{
    return table->bytes->str + cell->offset;
}

void
table_cell_join(const Table *table, const TableCell *cell, GString *out)
{
    const char *item = table_cell_first(table, cell);

    for (guint i = 0; i < cell->n_items; i++, item += strlen(item) + 1) {
        if (i > 0)
            g_string_append_c(out, ' ');
        g_string_append(out, item);
    }
}

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
