/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_COLLECT_H
#define INGEST_COLLECT_H

/*
 * Live hosts through libvirt's client library. Nothing is ever changed on a host. Connections are
 * read-only but for domain capabilities, which libvirt refuses to read-only ones; where more is not
 * allowed, they are left out with a warning.
 *
 * Up to 128 URIs are asked at the same time, and each has its own time limit: a host that does not
 * answer is one finding and costs the others nothing. What it says (capabilities, domain
 * capabilities of every virtualization type and machine family, all guests) goes through
 * ingest_buffer() like files do, one SourceReading for each document, with the URI as the source's
 * path and "capabilities", "domcapabilities/TYPE/ARCH/MACHINE" or "domain/NAME" as its member.
 */

#include <fleet/settings.h>
#include <ingest/ingest.h>

G_BEGIN_DECLS

/*
 * FALSE when virt-plan was built without libvirt's client library, or it is not installed here;
 * collect_hosts() then fails.
 */
gboolean collect_is_available(void);

/*
 * Asks the hosts of settings->collect. FALSE when the sink said so or there is no client library.
 * The sink is called from the calling thread only.
 *
 * RET_HAS_STRAGGLERS, which is set in any case: there are hosts that were not waited for, whose
 * threads may be inside of libvirt as long as the process lives. It has to end by _exit() then,
 * which tears nothing down around them.
 */
gboolean collect_hosts(const PlanSettings *settings, const IngestOptions *options,
                       const IngestSink *sink, gboolean *ret_has_stragglers, GError **error);

G_END_DECLS

#endif
