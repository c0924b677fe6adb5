/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_PLAN_CSV_H
#define REPORTS_PLAN_CSV_H

/*
 * The plan as tables for spreadsheets and scripts: RFC 4180 with line feeds, a heading each. Names
 * that a spreadsheet would take for a formula have an apostrophe in front.
 */

#include "output.h"

#include <fleet/plan.h>

typedef struct {
    const char *file; /* "hosts.csv" */
    const char *heading;
    void (*write)(const Plan *plan, Output *output); /* the rows */
} PlanCsv;

/* Ends with a row of NULLs. */
extern const PlanCsv plan_csv_tables[];

/* Heading and rows. */
void plan_csv_write(const PlanCsv *table, const Plan *plan, Output *output);

/* ---- writing rows --------------------------------------------------------------------------- */

void csv_text(Output *output, const char *text); /* NULL: empty */
void csv_number(Output *output, guint64 number);
void csv_list(Output *output, const GPtrArray *items); /* of char*, separated by a space */
void csv_end_row(Output *output);

/* Tables with a file of their own. */
void plan_csv_matrix(const Plan *plan, Output *output);

#endif
