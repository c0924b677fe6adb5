/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TEXT_PRIVATE_H
#define REPORTS_TEXT_PRIVATE_H

/* What the text reports share. */

#include "summary.h"

#include <reports/table.h>
#include <reports/text.h>

/* "TITLE" underlined, with an empty line before it when OUT has something. */
void text_heading(GString *out, const ReportStyle *style, const char *title);

/* As report_text_classes(), at most MAX_ROWS of them. Returns how many were left out. */
guint text_classes(const Plan *plan, const PlanPool *pool, guint max_rows, const ReportStyle *style,
                   GString *out);

/*
 * What holds those of GUESTS (of const GuestPlan*) that are in a state of trouble: a paragraph for
 * each reason, at most MAX_REASONS of them. Nothing where there are none.
 */
void text_held_guests(const Plan *plan, const GPtrArray *guests, GuestFreedom freedom,
                      guint max_reasons, const ReportStyle *style, GString *out);

TableTone text_verdict_tone(Verdict verdict);

#endif
