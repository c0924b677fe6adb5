/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_TEXT_LAYOUT_H
#define REPORTS_TEXT_LAYOUT_H

/* Headings and lists, which the text reports are made of beside paragraphs and tables. */

#include <reports/text.h>

/* "TITLE" underlined, with an empty line before it when OUT has something. */
void text_heading(GString *out, const ReportStyle *style, const char *title);

/* A list that is being written, of at most MOST items; more are counted. */
typedef struct {
    const ReportStyle *style;
    GString *out;
    guint most;
    guint n, n_left_out; /* of items so far */
} TextList;

/* A paragraph of its own. */
void text_list_item(TextList *list, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Says how many items were left out, which FILE of the report has. */
void text_list_end(const TextList *list, const char *file);

#endif
