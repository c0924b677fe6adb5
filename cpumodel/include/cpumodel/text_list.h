/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_TEXT_LIST_H
#define CPUMODEL_TEXT_LIST_H

/* Lists of texts: a GPtrArray of char*. */

#include <glib.h>

G_BEGIN_DECLS

/* By bytes, so that the order is that of no locale. Texts that are equal all stay. */
void text_list_sort(GPtrArray *texts);

/* Is TEXT one of TEXTS? Linear. */
gboolean text_list_has(const GPtrArray *texts, const char *text);

G_END_DECLS

#endif
