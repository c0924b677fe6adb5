/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * All cells' bytes stand in one arena, and a cell is an offset with a tone: a table of a million
 * hosts costs little more than its text. A list's items stand behind each other, each with its NUL.
 *
 * What is printed of it is in table_print.c and table_text.c.
 */

#include "table_private.h"

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
table_add_time(Table *table, gint64 at)
{
    g_autoptr(GDateTime) time = at != 0 ? g_date_time_new_from_unix_utc(at) : NULL;
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    if (text == NULL) {
        table_add_none(table);
        return;
    }
    begin_cell(table, 1u << TABLE_TIME);
    add_bytes(table, text);
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
table_add_number_or_none(Table *table, guint64 number, guint64 none)
{
    if (number == none)
        table_add_none(table);
    else
        table_add_number(table, number);
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
