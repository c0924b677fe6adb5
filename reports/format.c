/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <reports/reports.h>

static const char *const format_names[] = {
    [REPORT_FORMAT_TEXT] = "text",
    [REPORT_FORMAT_JSON] = "json",
    [REPORT_FORMAT_CSV] = "csv",
    [REPORT_FORMAT_XML] = "xml",
};
G_STATIC_ASSERT(G_N_ELEMENTS(format_names) == REPORT_FORMAT_COUNT);

gboolean
report_format_from_name(const char *name, ReportFormat *ret_format)
{
    for (ReportFormat format = 0; format < REPORT_FORMAT_COUNT; format++) {
        if (g_strcmp0(format_names[format], name) == 0) {
            *ret_format = format;
            return TRUE;
        }
    }
    return FALSE;
}
