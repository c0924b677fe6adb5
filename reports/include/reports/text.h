/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

/*
 * Parts of a plan as text for people: what the commands print and report.txt holds. Each appends to
 * OUT, ends with a line feed, and obeys STYLE's width and colours; text from outside is escaped.
 * For a part that is empty, each says so in one line.
 */

#include <reports/reports.h>

G_BEGIN_DECLS

/* TEXT, wrapped to the style's width: the first line INDENT in, the others HANG. */
void report_text_paragraph(GString *out, const ReportStyle *style, guint indent, guint hang,
                           const char *text);

/* Does nothing in PLAN need a person? What the headline says. */
gboolean report_is_well(const Plan *plan);

/* The headline, pools and classes, and what needs a person; long lists are cut with a count. */
void report_text_summary(const Plan *plan, const ReportStyle *style, GString *out);

/* "3.5 %" of a share of 0..1. Owned by the caller. */
char *report_text_percent(gdouble share);

/* One row for each class: hosts, template, loss, contract. POOL NULL: of all pools. */
void report_text_classes(const Plan *plan, const PlanPool *pool, const ReportStyle *style,
                         GString *out);

/*
 * What each class holds, has left and has room for, and each pool that has several. POOL NULL: of
 * all pools. Of a plan that has guests.
 */
void report_text_capacity(const Plan *plan, const PlanPool *pool, const ReportStyle *style,
                          GString *out);

/* What holds each class back, and what it would gain. POOL NULL: of all pools. */
void report_text_limits(const Plan *plan, const PlanPool *pool, const ReportStyle *style,
                        GString *out);

/*
 * Who can migrate where. Small pools as a grid of their groups of like hosts, larger ones as a grid
 * of classes; below it the reasons with the number of host pairs that they hold for.
 */
void report_text_matrix(const Plan *plan, const PlanPool *pool, MatrixSubject subject,
                        const ReportStyle *style, GString *out);

/* GUESTS (of const GuestPlan*) of PLAN and where they can go; NONE is said when there are none. */
void report_text_guests(const Plan *plan, const GPtrArray *guests, const char *none,
                        const ReportStyle *style, GString *out);

/* Where GUEST can go: its pool's other hosts by class and answers, and the checks that decide. */
void report_text_guest(const Plan *plan, const GuestPlan *guest, const ReportStyle *style,
                       GString *out);

/* Which hosts cannot be emptied, and the order of a rolling maintenance. */
void report_text_drains(const Plan *plan, const PlanPool *pool, const ReportStyle *style,
                        GString *out);

/* IS_WANTED chooses the items, with DATA; NULL: all. */
void report_text_drift(const Plan *plan,
                       gboolean (*is_wanted)(const DriftItem *item, gconstpointer data),
                       gconstpointer data, const ReportStyle *style, GString *out);

/* FINDINGS: of Finding*. */
void report_text_findings(const GPtrArray *findings, const ReportStyle *style, GString *out);

G_END_DECLS

#endif
