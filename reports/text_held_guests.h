/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TEXT_HELD_GUESTS_H
#define REPORTS_TEXT_HELD_GUESTS_H

#include <reports/text.h>

/*
 * What holds those of GUESTS (of const GuestPlan*) that are in a state of trouble: a paragraph for
 * each reason, at most MAX_REASONS of them. Nothing where there are none.
 */
void text_held_guests(const Plan *plan, const GPtrArray *guests, GuestFreedom freedom,
                      guint max_reasons, const ReportStyle *style, GString *out);

/* Guests in trouble that the plan file knows, by its entries, at most MAX_ENTRIES of them. */
void text_known_guests(const Plan *plan, guint max_entries, const ReportStyle *style, GString *out);

/*
 * All guests of PLAN that could not start again where they are, with what is against it: a
 * paragraph for each reason, at most MAX_REASONS of them. Returns whether there are any.
 */
gboolean text_guests_without_restart(const Plan *plan, guint max_reasons, const ReportStyle *style,
                                     GString *out);

#endif
