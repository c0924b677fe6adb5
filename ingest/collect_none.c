/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Built in place of collect.c where libvirt's client library is not there. */

#include <glib.h>
#include <ingest/collect.h>

gboolean
collect_is_available(void)
{
    return FALSE;
}

gboolean
collect_hosts(const PlanSettings *settings, const IngestOptions *options, const IngestSink *sink,
              gboolean *ret_has_stragglers, GError **error)
{
    (void)options;
    (void)sink;
    *ret_has_stragglers = FALSE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSYS,
                "%s: live hosts cannot be asked: virt-plan was built without libvirt's client "
                "library",
                settings->path);
    return FALSE;
}
