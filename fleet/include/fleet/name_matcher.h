/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_NAME_MATCHER_H
#define FLEET_NAME_MATCHER_H

/* Lists of host names and globs, as the plan file has them. */

#include <fleet/fleet.h>

G_BEGIN_DECLS

typedef struct NameMatcher NameMatcher;

/* GLOBS (of char*) must live as long. */
NameMatcher *name_matcher_new(const GPtrArray *globs);
void name_matcher_free(NameMatcher *matcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NameMatcher, name_matcher_free)

gboolean name_matcher_matches(const NameMatcher *matcher, const char *name);

/*
 * MARKS, by host, become TRUE where the host's name matches, and stay as they are elsewhere. Looks
 * only at the hosts whose names begin as a glob does.
 */
void name_matcher_mark_hosts(const NameMatcher *matcher, const Fleet *fleet, guint8 *marks);

G_END_DECLS

#endif
