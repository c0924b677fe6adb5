/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

/*
 * A table that is filled once and printed as text, CSV or JSON.
 *
 *     static const TableColumn columns[] = {
 *         {"host", "HOST", TABLE_TEXT, 0},
 *         {"memory_kib", "MEMORY", TABLE_NUMBER, 0},
 *         {"reason", "REASON", TABLE_TEXT, TABLE_WRAP},
 *     };
 *     g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
 *     table_add_text(table, host->name);
 *     table_add_number(table, host->memory_kib);
 *     table_add_text(table, reason);
 *     table_tone(table, TABLE_TONE_BAD);
 *     table_print(table, context->format, &context->style, context->out);
 *
 * Cells are added one after the other; a row is complete when it has a cell for each column, and
 * the next cell begins the next row. Rows are printed in the order in which they were added.
 *
 * - text: a heading and aligned columns. Where the style has a width, columns that are too wide are
 *   wrapped (TABLE_WRAP) or cut with an ellipsis, and where that is not enough each row is printed
 *   by itself, a line for each column; without a width every row is one line of any length. Control
 *   codes and invalid UTF-8 are escaped; colours only where the style wants them.
 * - CSV: RFC 4180 with line feeds, a heading of the columns' names. A text that a spreadsheet would
 *   take for a formula gets an apostrophe in front.
 * - JSON: an array of objects, keyed by the columns' names.
 */

#include <reports/reports.h>

G_BEGIN_DECLS

typedef enum {
    TABLE_TEXT,
    TABLE_NUMBER,  /* aligned right, thousands separated in text; a JSON number */
    TABLE_BOOLEAN, /* "yes" or "no"; a JSON boolean */
    TABLE_LIST,    /* separated by a space; a JSON array */
    TABLE_TIME,    /* UTC; ISO 8601 in CSV and JSON, to the minute in text */
    TABLE_KIND_COUNT
} TableKind;

typedef enum {
    TABLE_WRAP = 1 << 0,      /* goes on in the next line rather than being cut */
    TABLE_NO_TEXT = 1 << 1,   /* for programs: in CSV and JSON alone */
    TABLE_TEXT_ONLY = 1 << 2, /* for people: in text alone */
    TABLE_PLAIN = 1 << 3,     /* a number that names something: a run, a line */
    TABLE_RIGHT = 1 << 4,     /* a text aligned right: a number with its unit */
    TABLE_WHOLE = 1 << 5,     /* names that others are given: never cut */
} TableFlags;

typedef struct {
    const char *name;  /* of CSV and JSON: lower case with underscores, the unit at its end */
    const char *title; /* heading of the text form */
    TableKind kind;
    TableFlags flags;
} TableColumn;

/* What a cell says about its subject; the terminal's colour follows from it. */
typedef enum {
    TABLE_TONE_PLAIN,
    TABLE_TONE_GOOD,
    TABLE_TONE_CAUTION,
    TABLE_TONE_BAD,
    TABLE_TONE_FAINT,
    TABLE_TONE_STRONG,
    TABLE_TONE_COUNT
} TableTone;

typedef struct Table Table;

/* COLUMNS must outlive the table. Free with table_free(). */
Table *table_new(const TableColumn *columns, guint n_columns);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Each adds one cell; the column's kind must be the function's. What is given is copied. */
void table_add_text(Table *table, const char *text); /* NULL: "-", empty in CSV, null in JSON */
void table_add_format(Table *table, const char *format, ...) G_GNUC_PRINTF(2, 3);
void table_add_time(Table *table, gint64 at); /* seconds since 1970; 0: none */
void table_add_number(Table *table, guint64 number);
void table_add_decimal(Table *table, gdouble number, guint n_digits); /* after the point */
void table_add_boolean(Table *table, gboolean is_true);
void table_add_list(Table *table, const GPtrArray *items); /* of char*; NULL as empty */
/* Not known or not applicable; for a column of any kind. */
void table_add_none(Table *table);
/* NUMBER, unless it is NONE. */
void table_add_number_or_none(Table *table, guint64 number, guint64 none);

/* Gives the cell that was added last a tone. */
void table_tone(Table *table, TableTone tone);

guint table_n_rows(const Table *table);

/* Appends the table to OUT. A style of NULL, and XML as FORMAT, are taken as plain text. */
void table_print(const Table *table, ReportFormat format, const ReportStyle *style, GString *out);

G_END_DECLS

#endif
