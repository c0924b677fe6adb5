/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_SITE_NAMES_H
#define CLI_SITE_NAMES_H

/* Hosts and guests as they are named on the command line: by name, UUID (guests) or glob. */

#include <db/inventory.h>
#include <fleet/fleet.h>

/* What matches nothing is an answer to a glob, and a mistake in a name. */
gboolean site_names_is_glob(const char *text);

/*
 * TRUE when one of GLOBS (N_GLOBS of them) matches NAME or UUID, either of which may be NULL; when
 * there are no globs too.
 */
gboolean site_names_match(char *const *globs, guint n_globs, const char *name, const char *uuid);

/*
 * FALSE, with an error in usage that suggests what may be meant, when one of GLOBS is a plain name
 * and no host or guest of FLEET, which INVENTORY holds, has it. A glob that matches nothing is none
 * of these functions' business.
 */
gboolean site_names_check_hosts(Inventory *inventory, const Fleet *fleet, char *const *globs,
                                guint n_globs, GError **error);
gboolean site_names_check_guests(Inventory *inventory, const Fleet *fleet, char *const *globs,
                                 guint n_globs, GError **error);

/*
 * Sets ERROR: there is no host, or guest, NAME. It names the run in which it was there last, else
 * one whose name is near. INVENTORY may be NULL: then nothing is known of earlier runs.
 */
void site_names_refuse_host(Inventory *inventory, const Fleet *fleet, const char *name,
                            GError **error);
void site_names_refuse_guest(Inventory *inventory, const Fleet *fleet, const char *name,
                             GError **error);

#endif
