/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_VERSION_H
#define CPUMODEL_VERSION_H

/*
 * A version of libvirt, QEMU or Linux as one number, as libvirt numbers them: major * 1000000 +
 * minor * 1000 + release, so that later ones are greater. 0 stands for none.
 *
 * Source: libvirt's documentation of virConnectGetVersion().
 */

#include <glib.h>

G_BEGIN_DECLS

/* 9.2.0, a constant. */
#define VERSION_NUMBER(major, minor) ((major)*1000000u + (minor)*1000u)

/* What the last release that a series can have is above its first one: 9.2.999 above 9.2.0. */
#define VERSION_REST_OF_SERIES 999u

/*
 * Reads the numbers that TEXT begins with: one to three, of up to three digits each, with dots
 * between them ("9", "9.2", "5.15.0-91-generic"). Those that are not there count as 0. *RET_REST
 * is what follows them. Returns how many there are; 0, with nothing set, for none.
 */
guint version_read(const char *text, guint *ret_version, const char **ret_rest);

/* The same for a TEXT that is nothing else. FALSE, with nothing set, when it is not. */
gboolean version_parse(const char *text, guint *ret_version);

/* "9.2", or "9.2.1" where the third number is not 0. Owned by the caller. */
char *version_format(guint version);

G_END_DECLS

#endif
