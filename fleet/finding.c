/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/finding.h>

const char *const finding_severity_names[] = {
    [FINDING_NOTE] = "note",
    [FINDING_WARNING] = "warning",
    [FINDING_ERROR] = "error",
};
G_STATIC_ASSERT(G_N_ELEMENTS(finding_severity_names) == FINDING_SEVERITY_COUNT);

Finding *
finding_new(FindingSeverity severity, const char *id, const char *text, const char *remedy)
{
    Finding *finding = g_new0(Finding, 1);

    finding->severity = severity;
    finding->id = id;
    finding->text = g_strdup(text);
    finding->remedy = g_strdup(remedy);
    return finding;
}

Finding *
finding_copy(const Finding *finding)
{
    Finding *copy = finding_new(finding->severity, finding->id, finding->text, finding->remedy);

    copy->host = g_strdup(finding->host);
    copy->source = g_strdup(finding->source);
    copy->line = finding->line;
    return copy;
}

void
finding_free(Finding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->host);
    g_free(finding->source);
    g_free(finding->text);
    g_free(finding->remedy);
    g_free(finding);
}

const char *
finding_severity_name(FindingSeverity severity)
{
    return finding_severity_names[severity];
}

char *
finding_format(const Finding *finding)
{
    GString *line = g_string_new(NULL);

    if (finding->source != NULL)
        g_string_append_printf(line, "%s:", finding->source);
    if (finding->source != NULL && finding->line > 0)
        g_string_append_printf(line, "%u:", finding->line);
    if (finding->source == NULL && finding->host != NULL)
        g_string_append_printf(line, "%s:", finding->host);
    if (line->len > 0)
        g_string_append_c(line, ' ');
    g_string_append(line, finding->text);
    if (finding->remedy != NULL)
        g_string_append_printf(line, ": %s", finding->remedy);
    return g_string_free(line, FALSE);
}

gint
finding_compare(gconstpointer a, gconstpointer b)
{
    const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;
    gint order = g_strcmp0(left->source != NULL ? left->source : left->host,
                           right->source != NULL ? right->source : right->host);

    if (order == 0)
        order = (left->line > right->line) - (left->line < right->line);
    if (order == 0)
        order = g_strcmp0(left->id, right->id);
    if (order == 0)
        order = g_strcmp0(left->text, right->text);
    return order;
}
