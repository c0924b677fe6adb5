/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TEXT_PRIVATE_H
#define REPORTS_TEXT_PRIVATE_H

/* What the text reports share. */

#include "summary.h"

#include <reports/table.h>
#include <reports/text.h>

/* "TITLE" underlined, with an empty line before it when OUT has something. */
void text_heading(GString *out, const ReportStyle *style, const char *title);

/* "3.5 %" of a share of 0..1. Owned by the caller. */
char *text_percent(gdouble share);

/* As report_text_classes(), at most MAX_ROWS of them. Returns how many were left out. */
guint text_classes(const Plan *plan, const PlanPool *pool, guint max_rows, const ReportStyle *style,
                   GString *out);

TableTone text_verdict_tone(Verdict verdict);

#endif
