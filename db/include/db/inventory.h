/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_INVENTORY_H
#define DB_INVENTORY_H

/*
 * The inventory: one SQLite file that remembers every host and guest, run by run.
 *
 * A run is begun, sources are recorded in it, and it is finished; what a finished run did not see
 * is gone since that run, but never deleted. States are kept as intervals of runs, so a night in
 * which nothing changed adds one row. A run that was killed leaves the inventory as its last batch
 * left it, and the next one takes over.
 *
 * An Inventory belongs to one thread, but for inventory_knows_source() and
 * inventory_knows_archive(); several processes may open one file.
 */

#include <fleet/fleet.h>
#include <fleet/plan.h>

G_BEGIN_DECLS

#define INVENTORY_ERROR (inventory_error_quark())
GQuark inventory_error_quark(void);

typedef enum {
    INVENTORY_ERROR_OPEN,    /* cannot be opened or created */
    INVENTORY_ERROR_CORRUPT, /* not an inventory, or damaged */
    INVENTORY_ERROR_NEWER,   /* written by a newer virt-plan */
    INVENTORY_ERROR_BUSY,    /* another process holds it */
    INVENTORY_ERROR_FULL,    /* no room, or not writable */
    INVENTORY_ERROR_NOT_FOUND,
    INVENTORY_ERROR_FAILED,
} InventoryError;

typedef struct Inventory Inventory;

/* Opens PATH, creating and migrating it unless IS_READ_ONLY. */
Inventory *inventory_open(const char *path, gboolean is_read_only, GError **error);
void inventory_close(Inventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Inventory, inventory_close)

/* Looks for damage in the whole file, which takes as long as reading it. FALSE and where it is. */
gboolean inventory_check(Inventory *inventory, GError **error);

/* How long to wait for another process before INVENTORY_ERROR_BUSY; a minute by default. */
void inventory_set_patience(Inventory *inventory, guint patience_ms);

/*
 * What reads the documents: the program's version (the default) and whatever else decides what
 * becomes of a document, such as the CPU map. Sources that another reader read are not known.
 */
void inventory_set_reader(Inventory *inventory, const char *reader);

/* ---- recording a run ------------------------------------------------------------------------ */

typedef struct {
    gint64 id;
    gint64 started_at, finished_at; /* seconds since 1970, UTC; finished_at 0 while it runs */
    guint n_sources, n_unchanged, n_quarantined;
    guint n_hosts, n_hosts_new, n_hosts_changed, n_hosts_gone;
    guint n_guests;
} InventoryRun;

/*
 * Begins a run at NOW. With IS_COMPLETE, hosts and guests that the run does not see are gone when
 * it is finished; without, the run only adds to what is known (`virt-plan ingest`), but what is no
 * longer in an archive or on a live host that it met is gone too. What lies in a folder, archive or
 * host that cannot be read stays as it was.
 *
 * After an error of any recording call the run is given up: what was committed stays for the next
 * run to take over, and this one cannot be finished any more.
 */
gboolean inventory_begin_run(Inventory *inventory, gint64 now, gboolean is_complete,
                             GError **error);
/*
 * Reads what is known of all sources at and below PATHS (N_PATHS 0: of all there are), which takes
 * about a microsecond and 80 bytes each; a run that does not call it knows no source.
 */
gboolean inventory_recall_sources(Inventory *inventory, const char *const *paths, guint n_paths,
                                  GError **error);
/*
 * As IngestSink.is_known asks: with the hash, whether these bytes were read before; without,
 * whether a file of this path, size and time was. Answered from what was recalled, so other
 * threads may ask while this one records.
 */
gboolean inventory_knows_source(const Inventory *inventory, const Source *source,
                                gboolean has_hash);
/*
 * The same of an archive as a whole: TRUE when all that is in it was read before, and is known as
 * it was read then. ARCHIVE has no member, and its size, time and hash are those of the archive.
 */
gboolean inventory_knows_archive(const Inventory *inventory, const Source *archive,
                                 gboolean has_hash);
/* Whether anything that is in force was read from below the folder FOLDER. */
gboolean inventory_knows_below(Inventory *inventory, const Source *folder, gboolean *ret_is_known,
                               GError **error);
/* A source that is known was met again. */
gboolean inventory_record_unchanged(Inventory *inventory, const Source *source, GError **error);
/* An archive that is known was met again: so were all its members. */
gboolean inventory_record_unchanged_archive(Inventory *inventory, const Source *archive,
                                            GError **error);
/*
 * An archive was read, and each of its members is recorded in this run: that is remembered of it
 * when the run is finished.
 */
gboolean inventory_record_archive(Inventory *inventory, const Source *archive, GError **error);
/* A source was read. One with a finding of severity error takes nothing away. */
gboolean inventory_record_reading(Inventory *inventory, const SourceReading *reading,
                                  GError **error);
/*
 * Commits what was recorded so far. Recording does so by itself several times a second; call it
 * before waiting for something, since other processes cannot write while a batch is open.
 */
gboolean inventory_flush(Inventory *inventory, GError **error);
/* Ends the run and counts it; RET_RUN may be NULL. */
gboolean inventory_finish_run(Inventory *inventory, gint64 now, InventoryRun *ret_run,
                              GError **error);

/*
 * What the planner decided that the next run must know: addresses, hosts in quarantine (findings of
 * severity error that name a host and no document), and what each distinct CPU expands to. PLAN
 * must be of a fleet of this inventory.
 */
gboolean inventory_record_plan(Inventory *inventory, const Plan *plan, GError **error);

/* Publishes a class's template; an earlier one of that pool and class is kept as history. */
gboolean inventory_publish_template(Inventory *inventory, const char *pool, const PlanClass *klass,
                                    gint64 now, GError **error);

/*
 * Takes the template of that pool and class out of force; it stays as history. An error when none
 * is in force.
 */
gboolean inventory_retire_template(Inventory *inventory, const char *pool, const char *class_name,
                                   gint64 now, GError **error);

/* ---- reading -------------------------------------------------------------------------------- */

/*
 * What is returned is the caller's, and arrays own what is in them. NULL, or FALSE, with an error.
 */

/* Makes a Guest of a stored definition; given by the caller because only ingest reads XML. */
typedef Guest *(*InventoryGuestReader)(const char *xml, gsize length, GError **error);

/*
 * The fleet as it was at RUN (0: the latest finished one). READER may be NULL: then there are no
 * guests. INVENTORY_ERROR_NOT_FOUND when there is no such run. What was found about documents and
 * was open then is in Fleet.quarantine and Fleet.findings, also of files that were not read again;
 * what the planner found is its own to find again. Tables and their order depend on what the
 * documents said alone. A few microseconds and about 200 bytes a host.
 */
Fleet *inventory_load_fleet(Inventory *inventory, gint64 run, InventoryGuestReader reader,
                            GError **error);

/* Finished runs, newest first; LIMIT 0 for all. GArray of InventoryRun. */
GArray *inventory_runs(Inventory *inventory, guint limit, GError **error);
/* The latest finished run before RUN (0: before the latest). RET_RUN is 0 when there is none. */
gboolean inventory_run_before(Inventory *inventory, gint64 run, gint64 *ret_run, GError **error);
/*
 * FALSE when nothing that a fleet is loaded from began or ended between the runs, so that both have
 * the same fleet but for its run. Takes milliseconds, however many hosts there are.
 */
gboolean inventory_has_changed(Inventory *inventory, gint64 before, gint64 run,
                               gboolean *ret_has_changed, GError **error);
/* The latest finished run that began at or before AT. RET_RUN is 0 when there is none. */
gboolean inventory_run_at(Inventory *inventory, gint64 at, gint64 *ret_run, GError **error);

/* When the first finished run began; 0 when there is none. */
gboolean inventory_first_run_at(Inventory *inventory, gint64 *ret_at, GError **error);

/* GPtrArray of char*, sorted: the hosts that are there, and those that ever were. */
GPtrArray *inventory_host_names(Inventory *inventory, GError **error);
/*
 * The last finished run before RUN in which a host, or a guest of that name or UUID, was there, and
 * the host that the guest was on (the caller's); 0 and NULL where it never was.
 */
gboolean inventory_host_last_seen(Inventory *inventory, const char *name, gint64 run,
                                  gint64 *ret_run, GError **error);
gboolean inventory_guest_last_seen(Inventory *inventory, const char *name, gint64 run,
                                   gint64 *ret_run, char **ret_host, GError **error);

typedef struct {
    gint64 first_run, last_run; /* last_run 0: still so */
    gint64 first_at, last_at;   /* when those runs began; seconds since 1970, UTC */
    char *what; /* "presence", "system", "cpu", "microcode", "machines", "capabilities",
                   "domain capabilities", "software", "size" */
    char *text; /* describes the state, and which features came or went with it */
} HistoryEntry;

/* The intervals of one host, oldest first. GPtrArray of HistoryEntry*; NOT_FOUND without any. */
GPtrArray *inventory_host_history(Inventory *inventory, const char *host, GError **error);

/*
 * GPtrArray of Finding*, sorted: documents of one host that contradict each other since RUN, the
 * latest: two systems of one name (an error), one thing described twice (a warning).
 */
GPtrArray *inventory_contradictions(Inventory *inventory, gint64 run, GError **error);

typedef struct {
    gint64 first_run, last_run;
    gint64 first_at, last_at; /* when those runs began; seconds since 1970, UTC */
    gboolean is_open;         /* still wrong at the latest run */
    Finding *finding;
} QuarantineEntry;

/*
 * GPtrArray of QuarantineEntry*, by source and line: errors in documents and hosts that the planner
 * could not plan with. With IS_OPEN_ONLY, what is wrong now.
 */
GPtrArray *inventory_quarantine(Inventory *inventory, gboolean is_open_only, GError **error);

G_END_DECLS

#endif
