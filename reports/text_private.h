/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TEXT_PRIVATE_H
#define REPORTS_TEXT_PRIVATE_H

/* What the text reports share. */

#include "summary.h"

#include <reports/table.h>
#include <reports/text.h>

/* As report_text_classes(), at most MAX_ROWS of them. Returns how many were left out. */
guint text_classes(const Plan *plan, const PlanPool *pool, guint max_rows, const ReportStyle *style,
                   GString *out);

/* What POOL has free and room for; nothing where its hosts do not tell their memory. */
void text_capacity_sentence(const PlanPool *pool, const ReportStyle *style, GString *out);

TableTone text_verdict_tone(Verdict verdict);

#endif
