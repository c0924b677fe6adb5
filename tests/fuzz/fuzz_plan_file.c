/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as a plan file: settings with at least one pool, or an error that names the file. */

#include "fuzz.h"

#include <ingest/plan_file.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PlanSettings) settings =
        plan_file_parse("plan.yaml", (const char *)data, size, &error);

    if (settings != NULL)
        g_assert(settings->pools->len > 0 && error == NULL);
    else
        g_assert(g_str_has_prefix(error->message, "plan.yaml:"));
    return 0;
}
