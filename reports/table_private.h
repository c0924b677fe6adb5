/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TABLE_PRIVATE_H
#define REPORTS_TABLE_PRIVATE_H

/* What the forms of a table share. */

#include <reports/table.h>

typedef struct {
    gsize offset;  /* of its first item in Table.bytes */
    guint n_items; /* 1 but for lists */
    guint16 tone;  /* a TableTone */
    guint16 is_none;
} TableCell;

struct Table {
    const TableColumn *columns;
    guint n_columns;
    GString *bytes; /* the cells' items, each with its NUL */
    GArray *cells;  /* of TableCell, row by row */
};

const TableCell *table_cell(const Table *table, guint row, guint column);

/* The text of a cell that is no list and not none. */
const char *table_cell_first(const Table *table, const TableCell *cell);

/* Appends a cell's items, separated by a space. */
void table_cell_join(const Table *table, const TableCell *cell, GString *out);

void table_print_text(const Table *table, const ReportStyle *style, GString *out);

#endif
