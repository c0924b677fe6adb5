/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which inventory is meant: -d, else the plan file's, else the environment's, else the user's own.
 * A folder that has to be made for it is closed to others.
 */

#include "database.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <ingest/plan_file.h>
#include <string.h>

#define PRIVATE_FOLDER_MODE 0700

char *
database_path(const char *database, const PlanSettings *settings)
{
    const char *environment = g_getenv("VIRT_PLAN_INVENTORY");

    if (database != NULL)
        return g_strdup(database);
    if (settings != NULL && settings->inventory != NULL)
        return g_strdup(settings->inventory);
    if (environment != NULL && *environment != '\0')
        return g_strdup(environment);
    return g_build_filename(g_get_user_data_dir(), "virt-plan", "inventory.db", NULL);
}

char **
database_own_files(const char *database, const PlanSettings *settings)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock"};
    g_autofree char *path = database_path(database, settings);
    GPtrArray *files = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
        g_ptr_array_add(files, g_strconcat(path, endings[i], NULL));
    if (settings != NULL) {
        g_ptr_array_add(files, g_strdup(settings->path));
        /* Last, because it may be NULL. */
        g_ptr_array_add(files, g_strdup(settings->metrics));
    }
    g_ptr_array_add(files, NULL);
    return (char **)(void *)g_ptr_array_free(files, FALSE);
}

Inventory *
database_open_to_read(const char *database, const PlanSettings *settings, GError **error)
{
    g_autofree char *path = database_path(database, settings);

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_OPEN,
                    "%s: there is no inventory: name one with -d, or make one with 'virt-plan "
                    "ingest' or 'virt-plan run'",
                    path);
        return NULL;
    }
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_OPEN,
                    "%s: a folder, not an inventory: name the file, with -d", path);
        return NULL;
    }
    return inventory_open(path, TRUE, error);
}

Inventory *
database_open_by_options(const char *database, const char *config, GError **error)
{
    g_autoptr(PlanSettings) settings = NULL;

    if (config != NULL) {
        settings = plan_file_read(config, error);
        if (settings == NULL)
            return NULL;
    }
    return database_open_to_read(database, settings, error);
}

Inventory *
database_open_to_write(const char *database, const PlanSettings *settings, GError **error)
{
    g_autofree char *path = database_path(database, settings);
    g_autofree char *folder = g_path_get_dirname(path);

    if (g_mkdir_with_parents(folder, PRIVATE_FOLDER_MODE) != 0) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_OPEN,
                    "%s: cannot make the folder of the inventory: %s: let this user write there, "
                    "or name another place",
                    folder, g_strerror(errno));
        return NULL;
    }
    return inventory_open(path, FALSE, error);
}

gint64
database_now_s(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

/* The last second of the day TEXT ("YYYY-MM-DD", UTC), or FALSE when it is no date. */
static gboolean
parse_day(const char *text, gint64 *ret_end)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *last_second = g_strconcat(text, "T23:59:59Z", NULL);
    g_autoptr(GDateTime) end = strlen(text) == strlen("YYYY-MM-DD")
                                   ? g_date_time_new_from_iso8601(last_second, utc)
                                   : NULL;

    if (end == NULL)
        return FALSE;
    *ret_end = g_date_time_to_unix(end);
    return TRUE;
}

gboolean
database_find_run(Inventory *inventory, const char *text, gint64 *ret_run, GError **error)
{
    guint64 run;
    gint64 end;

    if (text == NULL) {
        *ret_run = 0;
        return TRUE;
    }
    if (g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &run, NULL)) {
        *ret_run = (gint64)run;
        return TRUE;
    }
    if (!parse_day(text, &end)) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "'%s' is neither the number of a run nor a date: write 12 or 2026-01-31", text);
        return FALSE;
    }
    if (!inventory_run_at(inventory, end, ret_run, error))
        return FALSE;
    if (*ret_run != 0)
        return TRUE;
    gint64 first_at;
    if (!inventory_first_run_at(inventory, &first_at, error))
        return FALSE;
    g_autoptr(GDateTime) first = first_at != 0 ? g_date_time_new_from_unix_utc(first_at) : NULL;
    g_autofree char *day = first != NULL ? g_date_time_format(first, ", from %Y-%m-%d on") : NULL;
    g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND,
                "no run had begun by %s: give a later day%s", text, day != NULL ? day : "");
    return FALSE;
}
