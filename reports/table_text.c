/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A table as aligned columns. Two passes: the first finds each column's natural width, the second
 * prints. Only when the style has a width and the columns do not fit are some narrowed: headings of
 * several words first, which then take several lines, then columns that wrap, then texts, never
 * numbers; the widest gives way first. Where that is not enough, each row is printed by itself, a
 * line for each column.
 */

#include "table_private.h"

#include <fleet/words.h>
#include <reports/escape.h>

#include <string.h>

#define COLUMN_GAP 2
#define ELLIPSIS "…"
/* The narrowest that a value gets beside its title, where a row is printed by itself. */
#define RECORD_LEAST 12

static const char *const tone_codes[] = {
    [TABLE_TONE_PLAIN] = "",           [TABLE_TONE_GOOD] = "\033[32m",
    [TABLE_TONE_CAUTION] = "\033[33m", [TABLE_TONE_BAD] = "\033[31m",
    [TABLE_TONE_FAINT] = "\033[2m",    [TABLE_TONE_STRONG] = "\033[1m",
};
G_STATIC_ASSERT(G_N_ELEMENTS(tone_codes) == TABLE_TONE_COUNT);

/* How narrow columns may get: tried one after the other until the table fits. */
static const struct {
    guint wrapped, cut;
} floors[] = {{G_MAXUINT, G_MAXUINT}, {32, G_MAXUINT}, {24, 16}, {12, 8}};

/* Only whole numbers are counts, which are read better with their thousands apart. */
static gboolean
is_count(const TableColumn *column, const char *text)
{
    return column->kind == TABLE_NUMBER && !(column->flags & TABLE_PLAIN) &&
           strspn(text, "0123456789") == strlen(text);
}

/* "2026-01-31 02:00" of "2026-01-31T02:00:00Z". */
static char *
minute_of(const char *time)
{
    char *text = g_strndup(time, strlen("2026-01-31T02:00"));

    return g_strdelimit(text, "T", ' ');
}

static char *
cell_text(const Table *table, const TableCell *cell, const TableColumn *column)
{
    GString *joined = g_string_new(NULL), *printable;

    if (cell->n_items > 0 && is_count(column, table_cell_first(table, cell))) {
        g_string_free(joined, TRUE);
        return words_number(g_ascii_strtoull(table_cell_first(table, cell), NULL, 10));
    }
    if (cell->n_items > 0 && column->kind == TABLE_TIME) {
        g_string_free(joined, TRUE);
        return minute_of(table_cell_first(table, cell));
    }
    if (cell->n_items == 0)
        g_string_append_c(joined, '-');
    else
        table_cell_join(table, cell, joined);
    printable = g_string_sized_new(joined->len + 1);
    escape_terminal(printable, joined->str);
    g_string_free(joined, TRUE);
    return g_string_free(printable, FALSE);
}

static gboolean
is_shown(const TableColumn *column)
{
    return !(column->flags & TABLE_NO_TEXT);
}

static gboolean
is_right(const TableColumn *column)
{
    return column->kind == TABLE_NUMBER || (column->flags & TABLE_RIGHT);
}

static guint
total_width(const Table *table, const guint *widths)
{
    guint total = 0, n = 0;

    for (guint c = 0; c < table->n_columns; c++) {
        if (is_shown(&table->columns[c])) {
            total += widths[c];
            n++;
        }
    }
    return total + (n > 0 ? (n - 1) * COLUMN_GAP : 0);
}

/* How wide a column's cells are, and its title. */
static void
measure(const Table *table, guint *ret_cells, guint *ret_widths)
{
    guint n_rows = table_n_rows(table);

    for (guint c = 0; c < table->n_columns; c++) {
        if (!is_shown(&table->columns[c]))
            continue;
        for (guint row = 0; row < n_rows; row++) {
            g_autofree char *text = cell_text(table, table_cell(table, row, c), &table->columns[c]);
            ret_cells[c] = MAX(ret_cells[c], escape_width(text));
        }
        ret_widths[c] = MAX(ret_cells[c], escape_width(table->columns[c].title));
    }
}

static guint
longest_word(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint longest = 0;

    for (guint i = 0; words[i] != NULL; i++)
        longest = MAX(longest, escape_width(words[i]));
    return longest;
}

/* The least width in STEP of a column whose cells take CELLS. */
static guint
column_floor(const TableColumn *column, guint cells, gsize step)
{
    guint least = column->flags & TABLE_WRAP ? floors[step].wrapped : floors[step].cut;

    if (column->kind == TABLE_NUMBER || column->kind == TABLE_BOOLEAN ||
        column->kind == TABLE_TIME || (column->flags & TABLE_WHOLE))
        least = cells;
    return MAX(MIN(least, cells), longest_word(column->title));
}

static void
narrow(const Table *table, const guint *cells, guint *widths, guint available)
{
    for (gsize step = 0; step < G_N_ELEMENTS(floors); step++) {
        while (total_width(table, widths) > available) {
            guint widest = G_MAXUINT;

            for (guint c = 0; c < table->n_columns; c++) {
                if (is_shown(&table->columns[c]) &&
                    widths[c] > column_floor(&table->columns[c], cells[c], step) &&
                    (widest == G_MAXUINT || widths[c] > widths[widest]))
                    widest = c;
            }
            if (widest == G_MAXUINT)
                break;
            widths[widest]--;
        }
    }
}

/* The end of the longest piece of TEXT that takes at most WIDTH columns; at least one character. */
static const char *
piece_end(const char *text, guint width)
{
    const char *p = text;
    guint used = 0;

    while (*p != '\0') {
        gunichar c = g_utf8_get_char(p);

        used += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        if (used > width && p > text)
            break;
        p = g_utf8_next_char(p);
    }
    return p;
}

static GPtrArray *
wrap(const char *text, guint width)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    while (escape_width(text) > width) {
        const char *end = piece_end(text, width), *space = end;

        while (space > text && *space != ' ')
            space--;
        if (space > text)
            end = space;
        g_ptr_array_add(lines, g_strndup(text, (gsize)(end - text)));
        text = *end == ' ' ? end + 1 : end;
    }
    if (*text != '\0' || lines->len == 0)
        g_ptr_array_add(lines, g_strdup(text));
    return lines;
}

static GPtrArray *
fit(const char *text, guint width, gboolean is_wrapped)
{
    GPtrArray *lines;

    if (is_wrapped)
        return wrap(text, width);
    lines = g_ptr_array_new_with_free_func(g_free);
    if (escape_width(text) <= width || width < 2) {
        g_ptr_array_add(lines, g_strdup(text));
    } else {
        const char *end = piece_end(text, width - 1);

        g_ptr_array_add(lines, g_strdup_printf("%.*s" ELLIPSIS, (int)(end - text), text));
    }
    return lines;
}

static void
pad(GString *out, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c(out, ' ');
}

/* One line of one cell; trailing blanks are taken off at the line's end. */
static void
print_piece(GString *out, const char *text, guint width, gboolean is_right, const char *code)
{
    guint used = escape_width(text), rest = used < width ? width - used : 0;

    if (is_right)
        pad(out, rest);
    if (*code != '\0' && *text != '\0')
        g_string_append_printf(out, "%s%s\033[0m", code, text);
    else
        g_string_append(out, text);
    if (!is_right)
        pad(out, rest);
}

static void
end_line(GString *out)
{
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

/* Titles stand on the cells: one that takes fewer lines than others begins lower. */
static void
print_heading(const Table *table, const guint *widths, const ReportStyle *style, GPtrArray **lines,
              GString *out)
{
    const char *code = style->is_coloured ? tone_codes[TABLE_TONE_STRONG] : "";
    guint n_lines = 1;

    for (guint c = 0; c < table->n_columns; c++) {
        if (!is_shown(&table->columns[c]))
            continue;
        lines[c] = wrap(table->columns[c].title, widths[c]);
        n_lines = MAX(n_lines, lines[c]->len);
    }
    for (guint i = 0; i < n_lines; i++) {
        gboolean is_first = TRUE;

        for (guint c = 0; c < table->n_columns; c++) {
            const TableColumn *column = &table->columns[c];

            if (!is_shown(column))
                continue;
            guint above = n_lines - lines[c]->len;
            pad(out, is_first ? 0 : COLUMN_GAP);
            print_piece(out, i >= above ? lines[c]->pdata[i - above] : "", widths[c],
                        is_right(column), code);
            is_first = FALSE;
        }
        end_line(out);
    }
    for (guint c = 0; c < table->n_columns; c++)
        g_clear_pointer(&lines[c], g_ptr_array_unref);
}

static void
print_row(const Table *table, guint row, const guint *widths, const ReportStyle *style,
          GPtrArray **lines, GString *out)
{
    guint n_lines = 1;

    for (guint c = 0; c < table->n_columns; c++) {
        if (!is_shown(&table->columns[c]))
            continue;
        g_autofree char *text = cell_text(table, table_cell(table, row, c), &table->columns[c]);
        lines[c] = fit(text, widths[c], (table->columns[c].flags & TABLE_WRAP) != 0);
        n_lines = MAX(n_lines, lines[c]->len);
    }
    for (guint i = 0; i < n_lines; i++) {
        gboolean is_first = TRUE;

        for (guint c = 0; c < table->n_columns; c++) {
            const TableColumn *column = &table->columns[c];
            guint tone = table_cell(table, row, c)->tone;

            if (!is_shown(column))
                continue;
            pad(out, is_first ? 0 : COLUMN_GAP);
            print_piece(out, i < lines[c]->len ? lines[c]->pdata[i] : "", widths[c],
                        is_right(column), style->is_coloured ? tone_codes[tone] : "");
            is_first = FALSE;
        }
        end_line(out);
    }
    for (guint c = 0; c < table->n_columns; c++)
        g_clear_pointer(&lines[c], g_ptr_array_unref);
}

/* A row by itself: a line for each column, its title in front. */
static void
print_record(const Table *table, guint row, const ReportStyle *style, GString *out)
{
    guint title_width = 0;

    for (guint c = 0; c < table->n_columns; c++) {
        if (is_shown(&table->columns[c]))
            title_width = MAX(title_width, escape_width(table->columns[c].title));
    }
    guint left = title_width + COLUMN_GAP;
    guint rest = style->width > left + RECORD_LEAST ? style->width - left : RECORD_LEAST;
    for (guint c = 0; c < table->n_columns; c++) {
        const TableCell *cell = table_cell(table, row, c);

        if (!is_shown(&table->columns[c]))
            continue;
        g_autofree char *text = cell_text(table, cell, &table->columns[c]);
        g_autoptr(GPtrArray) lines = wrap(text, rest);
        for (guint i = 0; i < lines->len; i++) {
            print_piece(out, i == 0 ? table->columns[c].title : "", left, FALSE,
                        style->is_coloured ? tone_codes[TABLE_TONE_FAINT] : "");
            print_piece(out, lines->pdata[i], rest, FALSE,
                        style->is_coloured ? tone_codes[cell->tone] : "");
            end_line(out);
        }
    }
}

void
table_print_text(const Table *table, const ReportStyle *style, GString *out)
{
    g_autofree guint *cells = g_new0(guint, table->n_columns);
    g_autofree guint *widths = g_new0(guint, table->n_columns);
    g_autofree GPtrArray **lines = g_new0(GPtrArray *, table->n_columns);
    guint n_rows = table_n_rows(table);

    measure(table, cells, widths);
    if (style->width > 0)
        narrow(table, cells, widths, style->width);
    if (style->width > 0 && n_rows > 0 && total_width(table, widths) > style->width) {
        for (guint row = 0; row < n_rows; row++) {
            g_string_append(out, row > 0 ? "\n" : "");
            print_record(table, row, style, out);
        }
        return;
    }
    print_heading(table, widths, style, lines, out);
    for (guint row = 0; row < n_rows; row++)
        print_row(table, row, widths, style, lines, out);
}
