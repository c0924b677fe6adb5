/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the parts of the document have in common: findings, and how much of a list is written. */

#include "plan_json.h"

void
plan_json_finding(JsonWriter *json, const Finding *finding)
{
    json_begin_object(json, NULL);
    json_string(json, "severity", finding_severity_name(finding->severity));
    json_string(json, "id", finding->id);
    json_string(json, "host", finding->host);
    json_string(json, "source", finding->source);
    json_number_or_null(json, "line", finding->line, 0);
    json_string(json, "text", finding->text);
    json_string(json, "remedy", finding->remedy);
    json_end_object(json);
}

guint
plan_json_n_listed(const PlanJsonOptions *options, guint n)
{
    return options->max_listed > 0 ? MIN(n, options->max_listed) : n;
}

gboolean
plan_json_has_room(guint64 used, guint64 max)
{
    return max == 0 || used < max;
}
