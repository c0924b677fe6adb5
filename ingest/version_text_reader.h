/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_VERSION_TEXT_READER_H
#define INGEST_VERSION_TEXT_READER_H

/*
 * The versions of a host's software, as text: what `virsh version --daemon` prints, what `uname
 * -sr` prints, or one behind the other, both in the C locale.
 */

#include <fleet/host.h>

G_BEGIN_DECLS

/* What their versions stand behind, after a blank; to write such a text. */
#define VERSION_TEXT_DAEMON "Running against daemon:"
#define VERSION_TEXT_QEMU "Running hypervisor: QEMU"

#define VERSION_TEXT_READER_ERROR (version_text_reader_error_quark())
GQuark version_text_reader_error_quark(void);
typedef enum {
    VERSION_TEXT_READER_ERROR_INVALID,       /* no version where one should be */
    VERSION_TEXT_READER_ERROR_CONTRADICTION, /* one line tells another version than another */
} VersionTextReaderError;

/* TRUE when a line of BYTES, which may be the beginning of more, tells a version. */
gboolean version_text_reader_recognizes(const char *bytes, gsize length);

/*
 * What BYTES tell; at least one version. Messages begin with "line N: ". NULL with an error. Owned
 * by the caller.
 */
HostSoftware *version_text_reader_parse(const char *bytes, gsize length, GError **error);

G_END_DECLS

#endif
