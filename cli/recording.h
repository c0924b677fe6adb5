/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

/*
 * What `ingest` and `collect` share: documents into a run of the inventory, and what to say of it.
 */

#include "command.h"
#include "progress.h"

#include <db/inventory.h>
#include <fleet/settings.h>
#include <ingest/ingest.h>

typedef struct {
    Inventory *inventory; /* borrowed */
    GPtrArray *findings;  /* of Finding*: warnings and errors */
    Progress *progress;   /* NULL: none */
    InventoryRun run;     /* after recording_finish() */
} Recording;

/*
 * Begins a run now; IS_COMPLETE as for inventory_begin_run(). The run is going to read PATHS
 * (N_PATHS 0: anything). What was read with another map or other limits than INGEST has is read
 * again. WHAT names the step for progress.
 */
gboolean recording_begin(Recording *recording, Inventory *inventory, const IngestOptions *ingest,
                         gboolean is_complete, const char *const *paths, guint n_paths,
                         const CommandContext *context, const char *what, GError **error);

/* How much SETTINGS allow a document; NULL: the defaults. */
IngestLimits recording_limits(const PlanSettings *settings);

/* Where documents go; RECORDING must outlive it. */
IngestSink recording_sink(Recording *recording);

/*
 * Finishes the run, complains about every finding in a fixed order, prints a summary unless
 * --quiet. EXIT_ANSWER_NO when something is in quarantine.
 */
ExitStatus recording_finish(Recording *recording, CommandContext *context, GError **error);

/* Frees what is in RECORDING, finished or not. */
void recording_clear(Recording *recording);

#endif
