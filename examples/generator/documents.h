/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GENERATOR_DOCUMENTS_H
#define GENERATOR_DOCUMENTS_H

/*
 * The documents that a host's libvirt writes, appended to OUT. Names from the description are
 * written as they are: it has none with characters that XML would need escaped.
 */

#include "roster.h"
#include "silicon.h"

G_BEGIN_DECLS

/* `virsh capabilities`. With IS_COMPACT, without the list of CPUs and foreign architectures. */
void capabilities_write(const Description *description, const HostIdentity *host,
                        const Silicon *silicon, gboolean is_compact, GString *out);

/* `virsh domcapabilities --machine FAMILY`; FAMILY is "pc" or "q35". The same for equal hosts. */
void domain_capabilities_write(const Description *description, const CpuMap *map,
                               const HostIdentity *host, const Silicon *silicon, const char *family,
                               GString *out);

/* `virsh dumpxml --inactive`. */
void guest_write(const Description *description, const GuestIdentity *guest, GString *out);

/*
 * The versions of machine types from OLDEST on that the host's QEMU has, oldest first: const char*.
 */
GPtrArray *machine_versions(const Description *description, const HostIdentity *host,
                            const char *oldest);

/* A random UUID as text, of the bits of STATE. */
void documents_format_uuid(guint64 *state, char ret_uuid[37]);

G_END_DECLS

#endif
