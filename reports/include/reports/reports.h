/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_REPORTS_H
#define REPORTS_REPORTS_H

/*
 * From a plan to what people and programs read. Nothing here computes: every figure is in the plan.
 *
 * Output depends on the plan alone: not on time zone, locale, hash order or threads. Text from
 * outside is escaped for where it goes (terminal, CSV formula, XML, JSON, DOT, file name).
 */

#include <fleet/plan.h>

G_BEGIN_DECLS

typedef enum {
    REPORT_FORMAT_TEXT,
    REPORT_FORMAT_JSON,
    REPORT_FORMAT_CSV,
    REPORT_FORMAT_XML,
    REPORT_FORMAT_COUNT
} ReportFormat;

/* TRUE and the format of that name; FALSE when there is none. */
gboolean report_format_from_name(const char *name, ReportFormat *ret_format);

typedef struct {
    guint width; /* columns of the terminal; 0: unbounded */
    gboolean is_coloured;
} ReportStyle;

/* ---- one text each, owned by the caller ------------------------------------------------------ */

/* The report page: the document and its viewer in one file. */
char *report_html(const Plan *plan);

/* Prometheus textfile metrics, as docs/metrics.md has them. */
char *report_prometheus(const Plan *plan);

/* A Graphviz graph of classes and who can migrate to whom. */
char *report_dot(const Plan *plan);

/* ---- all of them ----------------------------------------------------------------------------- */

/*
 * Writes every report of PLAN into FOLDER, replaced as a whole: a reader, or a crash, sees last
 * night's files or tonight's, never a mixture. Creates FOLDER. RET_PATHS (may be NULL) gets the
 * main files' paths (char*, owned by the array). FALSE with a G_FILE_ERROR, and the old files are
 * there still.
 */
gboolean report_write_folder(const Plan *plan, const char *folder, GPtrArray *ret_paths,
                             GError **error);

G_END_DECLS

#endif
