/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GENERATOR_SINK_H
#define GENERATOR_SINK_H

/* Where documents go: a folder, or a tar stream on standard output. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct Sink Sink;

/* PATH: a folder, made when it is not there; "-" for the stream. */
Sink *sink_open(const char *path, GError **error);
/* NAME is relative, with "/" between folders. */
gboolean sink_add(Sink *sink, const char *name, const char *bytes, gsize length, GError **error);
/* Ends the stream and frees SINK. */
gboolean sink_close(Sink *sink, GError **error);

G_END_DECLS

#endif
