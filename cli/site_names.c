/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site_names.h"

#include "command.h"
#include "suggest.h"

#include <string.h>

gboolean
site_names_match(char *const *globs, guint n_globs, const char *name, const char *uuid)
{
    for (guint i = 0; i < n_globs; i++) {
        if ((name != NULL && g_pattern_match_simple(globs[i], name)) ||
            g_strcmp0(globs[i], uuid) == 0)
            return TRUE;
    }
    return n_globs == 0;
}

gboolean
site_names_is_glob(const char *text)
{
    return strpbrk(text, "*?") != NULL;
}

static const Guest *
guest_at(const Fleet *fleet, guint index)
{
    return g_ptr_array_index(fleet->guests, index);
}

gboolean
site_names_check_hosts(Inventory *inventory, const Fleet *fleet, char *const *globs, guint n_globs,
                       GError **error)
{
    for (guint i = 0; i < n_globs; i++) {
        gboolean is_matched = site_names_is_glob(globs[i]);

        for (guint j = 0; j < fleet->hosts->len && !is_matched; j++)
            is_matched = site_names_match(&globs[i], 1, fleet_host(fleet, j)->name, NULL);
        if (!is_matched) {
            site_names_refuse_host(inventory, fleet, globs[i], error);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
site_names_check_guests(Inventory *inventory, const Fleet *fleet, char *const *globs, guint n_globs,
                        GError **error)
{
    for (guint i = 0; i < n_globs; i++) {
        gboolean is_matched = site_names_is_glob(globs[i]);

        for (guint j = 0; j < fleet->guests->len && !is_matched; j++)
            is_matched =
                site_names_match(&globs[i], 1, guest_at(fleet, j)->name, guest_at(fleet, j)->uuid);
        if (!is_matched) {
            site_names_refuse_guest(inventory, fleet, globs[i], error);
            return FALSE;
        }
    }
    return TRUE;
}

/* TRUE, with an ERROR, when the host was there before the run that FLEET is of. */
static gboolean
refuse_gone_host(Inventory *inventory, const Fleet *fleet, const char *name, GError **error)
{
    gint64 run = 0;

    if (inventory == NULL || !inventory_host_last_seen(inventory, name, fleet->run, &run, NULL) ||
        run == 0)
        return FALSE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "host '%s' is gone, and was there last in run %" G_GINT64_FORMAT
                ": ask as of then with --run %" G_GINT64_FORMAT
                "; 'virt-plan history %s' tells what became of it",
                name, run, run, name);
    return TRUE;
}

static gboolean
refuse_gone_guest(Inventory *inventory, const Fleet *fleet, const char *name, GError **error)
{
    g_autofree char *host = NULL;
    gint64 run = 0;

    if (inventory == NULL ||
        !inventory_guest_last_seen(inventory, name, fleet->run, &run, &host, NULL) || run == 0)
        return FALSE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "guest '%s' is on no host that was read, and was last on %s in run "
                "%" G_GINT64_FORMAT ": ask as of then with --run %" G_GINT64_FORMAT,
                name, host, run, run);
    return TRUE;
}

void
site_names_refuse_host(Inventory *inventory, const Fleet *fleet, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (refuse_gone_host(inventory, fleet, name, error))
        return;
    for (guint i = 0; i < fleet->hosts->len; i++)
        g_ptr_array_add(names, fleet_host(fleet, i)->name);
    suggest_set_error(error, "there is no host", name, (const char *const *)(void *)names->pdata,
                      names->len, "'virt-plan hosts' lists them");
}

void
site_names_refuse_guest(Inventory *inventory, const Fleet *fleet, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (refuse_gone_guest(inventory, fleet, name, error))
        return;
    for (guint i = 0; i < fleet->guests->len; i++) {
        if (guest_at(fleet, i)->name != NULL)
            g_ptr_array_add(names, guest_at(fleet, i)->name);
    }
    suggest_set_error(error, "there is no guest", name, (const char *const *)(void *)names->pdata,
                      names->len, "'virt-plan guests' lists them");
}
