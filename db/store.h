/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_STORE_H
#define DB_STORE_H

/*
 * The records that hosts share, each stored once. "save" finds the record of that digest or adds
 * it, and gives its id; "load" makes the record of an id anew, owned by the caller. Both need a
 * transaction around them only for speed.
 */

#include "statement.h"

#include <fleet/fleet.h>

G_BEGIN_DECLS

/* Runs QUERY with :digest; its row's id, 0 when there is none. */
gboolean store_find(Connection *connection, const Query *query, const char *digest, gint64 *ret_id,
                    GError **error);

/* ---- cpu_store.c ----------------------------------------------------------------------------- */

gboolean cpu_store_save_definition(Connection *connection, const CpuDefinition *cpu, gint64 *ret_id,
                                   GError **error);
CpuDefinition *cpu_store_load_definition(Connection *connection, gint64 id, GError **error);
/* The CPU of HOST. Only what host_cpu_digest() covers is kept; features are sorted by name. */
gboolean cpu_store_save_profile(Connection *connection, const HostCapabilities *host,
                                gint64 *ret_id, GError **error);
CpuProfile *cpu_store_load_profile(Connection *connection, gint64 id, GError **error);
/* Keeps all features of each of PROFILES (of CpuProfile*) that MAP knows and that has none yet. */
gboolean cpu_store_expand_profiles(Connection *connection, const GPtrArray *profiles,
                                   const CpuMap *map, GError **error);
/* The features that were kept, appended to FEATURES (of char*), by name; none: nothing. */
gboolean cpu_store_load_expansion(Connection *connection, gint64 id, GPtrArray *features,
                                  GError **error);

/* ---- profile_store.c ------------------------------------------------------------------------- */

/* An empty profile (what a CPUID dump gives) has id 0. */
gboolean profile_store_save_machines(Connection *connection, const MachineProfile *profile,
                                     gint64 *ret_id, GError **error);
MachineProfile *profile_store_load_machines(Connection *connection, gint64 id, GError **error);
gboolean profile_store_save_capabilities(Connection *connection, const CapabilityProfile *profile,
                                         gint64 *ret_id, GError **error);
CapabilityProfile *profile_store_load_capabilities(Connection *connection, gint64 id,
                                                   GError **error);

/* ---- domain_store.c -------------------------------------------------------------------------- */

gboolean domain_store_save(Connection *connection, const DomainCapabilities *capabilities,
                           gint64 *ret_id, GError **error);
DomainCapabilities *domain_store_load(Connection *connection, gint64 id, GError **error);
/* IDS (of gint64) are of domain capabilities, ascending. No ids: id 0. */
gboolean domain_store_save_set(Connection *connection, const GArray *ids, gint64 *ret_id,
                               GError **error);
/* GArray of gint64: the members of a set, ordered by what they say. */
GArray *domain_store_load_set(Connection *connection, gint64 id, GError **error);

/* ---- guest_store.c --------------------------------------------------------------------------- */

gboolean guest_store_save(Connection *connection, const Guest *guest, gint64 *ret_id,
                          GError **error);

/* ---- software_store.c ------------------------------------------------------------------------ */

/* The columns of versions, in the table "software" and in what is selected from it. */
extern const char *const software_columns[SOFTWARE_COUNT];

gboolean software_store_save(Connection *connection, const HostSoftware *software, gint64 *ret_id,
                             GError **error);
/* What these columns of STATEMENT's row say. Owned by the caller. */
HostSoftware *software_store_read(Statement *statement);

G_END_DECLS

#endif
