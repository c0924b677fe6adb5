/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_INVENTORY_PRIVATE_H
#define DB_INVENTORY_PRIVATE_H

/* What the files of this folder share about an open inventory. */

#include "known_sources.h"
#include "statement.h"

#include <db/inventory.h>

/* An archive or live host that the run met: what is no longer in it is gone. */
typedef struct {
    guint64 members[2];   /* the sum of those that it met so far */
    gboolean is_all_read; /* an archive of which the next is known */
    KnownArchive archive; /* but for the members */
} MetWhole;

/* The run that is being recorded. */
typedef struct {
    gint64 id; /* 0: none */
    gboolean is_complete;
    gint64 last_source;         /* the newest source when it began */
    gint64 stale_run;           /* sources read by this run or before were read by another reader */
    GByteArray *seen;           /* by source id: 1 when this run met it */
    GHashTable *broken_sources; /* ids of sources with errors when it began */
    GHashTable *whole_paths;    /* char* -> MetWhole* */
    GPtrArray *given_paths;     /* of char*, absolute: what it was asked to read; empty: all */
    KnownSources *known;        /* what was recalled of sources */
    guint n_sources, n_unchanged;
    GHashTable *dirty_hosts; /* ids (gint64) whose documents changed in the open batch */
    guint batch_size;        /* sources in the open batch */
    gint64 batch_end_us;     /* when the last batch was committed */
} OpenRun;

struct Inventory {
    Connection *connection;
    gboolean is_read_only;
    char *reader;
    char *working_folder; /* when the run began: relative paths begin there */
    OpenRun open_run;
};

/* ---- batch.c --------------------------------------------------------------------------------- */

/* Begins a transaction unless one is open. */
gboolean inventory_begin_batch(Inventory *inventory, GError **error);
/* Notes that the documents of HOST changed in the open batch. */
void inventory_mark_dirty(Inventory *inventory, gint64 host);
/* FALSE with an error when no run was begun, or it was given up. */
gboolean inventory_check_run(Inventory *inventory, GError **error);
/* Gives up the run after an error: the open batch is lost, the committed ones stay. FALSE. */
gboolean inventory_give_up_run(Inventory *inventory);

/* ---- recording.c ----------------------------------------------------------------------------- */

/*
 * Brings the states of dirty hosts up to date and commits, when enough came together or IS_FORCED.
 */
gboolean inventory_end_batch(Inventory *inventory, gboolean is_forced, GError **error);
/* The first half of that. */
gboolean inventory_update_dirty_hosts(Inventory *inventory, GError **error);

/* ---- migrate.c ------------------------------------------------------------------------------- */

/* The application_id of an inventory: "vPln". */
#define INVENTORY_APPLICATION_ID 0x76506c6e

/* Checks that the file is an inventory, and brings it to the newest version unless read-only. */
gboolean migrate(Connection *connection, gboolean is_read_only, GError **error);

/* Is the file an inventory that migrate() can take, or an empty one? Writes nothing. */
gboolean migrate_check(Connection *connection, gboolean is_read_only, GError **error);

/* ---- source_name.c --------------------------------------------------------------------------- */

gboolean source_is_standard_input(const Source *source);
gboolean source_is_live_host(const Source *source);
/* PATH from the folder in which the run was started. Owned by the caller. */
char *source_absolute_path(const Inventory *inventory, const char *path);
/* The path that tells a source from others: absolute, where it is one. Owned by the caller. */
char *source_key(const Inventory *inventory, const Source *source);

/* ---- source.c -------------------------------------------------------------------------------- */

/* Whether the run met the source of that id, so far. */
gboolean source_is_seen(const Inventory *inventory, gint64 id);
/* Forgets what an earlier run met. */
gboolean source_begin_run(Inventory *inventory, GError **error);
/* Forgets what was recalled of sources, which takes room. */
void source_forget(Inventory *inventory);
/* Notes that the run met SOURCE as it was known; it may be one of which nothing is known. */
gboolean source_record_unchanged(Inventory *inventory, const Source *source, GError **error);
/* The row for SOURCE, made or brought up to date: its present bytes are read by this run. */
gboolean source_save(Inventory *inventory, const Source *source, gint64 *ret_id,
                     gboolean *ret_is_new, GError **error);
/*
 * What lies below a folder or archive that cannot be read, or what else a live host has that did
 * not answer all, counts as seen: nobody knows better.
 */
gboolean source_mark_below(Inventory *inventory, const Source *source, GError **error);
/*
 * Ends the sources that the run should have seen and did not: all others when it is complete, else
 * those of the archives and live hosts that it met.
 */
gboolean source_withdraw_unseen(Inventory *inventory, GError **error);

/* Notes that the run met the source KNOWN again, which has the time MTIME_NS now. */
gboolean source_record_known(Inventory *inventory, const KnownSource *known, gint64 mtime_ns,
                             GError **error);

/* ---- archive.c ------------------------------------------------------------------------------- */

/* Adds what is remembered of archives to what is known. */
gboolean archive_recall(Inventory *inventory, GError **error);
/* The archive or live host at PATH: met from now on. */
MetWhole *archive_met(Inventory *inventory, const char *path);
/* Remembers the archives that the run has read or met again. */
gboolean archive_save_met(Inventory *inventory, GError **error);

/* ---- document_store.c ------------------------------------------------------------------------ */

/* Takes back what a source gave, and marks the hosts that it was about. */
gboolean document_store_delete(Inventory *inventory, gint64 source, GError **error);

/* ---- state.c --------------------------------------------------------------------------------- */

/* Makes the open intervals of a host and its guests what its documents say now. */
gboolean state_update_host(Inventory *inventory, gint64 host, GError **error);

/* ---- finding_store.c ------------------------------------------------------------------------- */

/* The open findings of a source become FINDINGS (of Finding*); equal ones stay open. */
gboolean finding_store_update_source(Inventory *inventory, gint64 source, const GPtrArray *findings,
                                     GError **error);
gboolean finding_store_close_source(Inventory *inventory, gint64 source, GError **error);
/* The findings that a host's documents contradict each other become FINDINGS (of Finding*). */
gboolean finding_store_update_host(Inventory *inventory, const char *host,
                                   const GPtrArray *findings, GError **error);
/* The findings of stage 'plan' that were open at RUN become FINDINGS. */
gboolean finding_store_update_plan(Inventory *inventory, gint64 run, const GPtrArray *findings,
                                   GError **error);
/* The findings about documents that were open at the fleet's run. */
gboolean finding_store_load(Inventory *inventory, Fleet *fleet, GError **error);

/* ---- template_store.c, kept_address_store.c -------------------------------------------------- */

/* What the fleet's run knew. */
gboolean template_store_load(Inventory *inventory, Fleet *fleet, GError **error);
gboolean kept_address_store_load(Inventory *inventory, Fleet *fleet, GError **error);
/* The kept addresses of all guests become those of the plan. */
gboolean kept_address_store_update(Inventory *inventory, const Plan *plan, GError **error);

/* ---- run.c ----------------------------------------------------------------------------------- */

/* RUN itself, or the latest finished one for 0; an error when there is no such run. */
gboolean run_resolve(Inventory *inventory, gint64 run, gint64 *ret_run, gint64 *ret_started_at,
                     GError **error);

#endif
