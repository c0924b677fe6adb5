/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_DATABASE_H
#define CLI_DATABASE_H

/*
 * Where the inventory is, for every command that uses one: what -d names, else what the plan file
 * names, else $VIRT_PLAN_INVENTORY, else inventory.db in virt-plan's folder of the user's data
 * ($XDG_DATA_HOME, by default ~/.local/share).
 */

#include "command.h"

#include <db/inventory.h>
#include <fleet/settings.h>

/* "-d, --database FILE", a row for a command's option table. */
#define DATABASE_OPTION(options, member)                                                           \
    {                                                                                              \
        "database", 'd', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(options, member),                  \
            "the inventory; else the plan file's, or your own", "FILE"                             \
    }

/* "-c, --config FILE", a row for the option table of a command that only reads the inventory. */
#define DATABASE_CONFIG_OPTION(options, member)                                                    \
    {                                                                                              \
        "config", 'c', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(options, member),                    \
            "the plan file that names the inventory", "FILE"                                       \
    }

/* "--run N", a row for a command's option table; a char* for database_find_run(). */
#define DATABASE_RUN_OPTION(options, member)                                                       \
    {                                                                                              \
        "run", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(options, member),                           \
            "as it was at a run or a date, not now", "RUN|DATE"                                    \
    }

/* DATABASE is the value of -d, SETTINGS the plan file's; both may be NULL. Owned by the caller. */
char *database_path(const char *database, const PlanSettings *settings);

/* Opens it for reading only; an error that says how to make one where there is none. */
Inventory *database_open_to_read(const char *database, const PlanSettings *settings,
                                 GError **error);

/* The same for a command that has -d and -c but no plan file open; both may be NULL. */
Inventory *database_open_by_options(const char *database, const char *config, GError **error);

/* Opens it for writing, creating it and the folder it is in. */
Inventory *database_open_to_write(const char *database, const PlanSettings *settings,
                                  GError **error);

/* The time that runs and templates are recorded with: seconds since 1970, in UTC. */
gint64 database_now_s(void);

/*
 * The finished run that TEXT names: a number, or a date "YYYY-MM-DD" (the latest run that had begun
 * by the end of that day, UTC). NULL gives 0, which means the latest run.
 */
gboolean database_find_run(Inventory *inventory, const char *text, gint64 *ret_run, GError **error);

/*
 * The files that belong to the program (NULL-terminated, owned by the caller): the inventory as
 * database_path() has it, with what SQLite and `run` keep beside it, and what SETTINGS (or NULL)
 * names. They are nobody's documents.
 */
char **database_own_files(const char *database, const PlanSettings *settings);

#endif
