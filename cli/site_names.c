/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site_names.h"

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
site_names_check_hosts(const Fleet *fleet, char *const *globs, guint n_globs, GError **error)
{
    for (guint i = 0; i < n_globs; i++) {
        gboolean is_matched = site_names_is_glob(globs[i]);

        for (guint j = 0; j < fleet->hosts->len && !is_matched; j++)
            is_matched = site_names_match(&globs[i], 1, fleet_host(fleet, j)->name, NULL);
        if (!is_matched) {
            site_names_refuse_host(fleet, globs[i], error);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
site_names_check_guests(const Fleet *fleet, char *const *globs, guint n_globs, GError **error)
{
    for (guint i = 0; i < n_globs; i++) {
        gboolean is_matched = site_names_is_glob(globs[i]);

        for (guint j = 0; j < fleet->guests->len && !is_matched; j++)
            is_matched =
                site_names_match(&globs[i], 1, guest_at(fleet, j)->name, guest_at(fleet, j)->uuid);
        if (!is_matched) {
            site_names_refuse_guest(fleet, globs[i], error);
            return FALSE;
        }
    }
    return TRUE;
}

void
site_names_refuse_host(const Fleet *fleet, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < fleet->hosts->len; i++)
        g_ptr_array_add(names, fleet_host(fleet, i)->name);
    suggest_set_error(error, "there is no host", name, (const char *const *)(void *)names->pdata,
                      names->len, "'virt-plan hosts' lists them");
}

void
site_names_refuse_guest(const Fleet *fleet, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < fleet->guests->len; i++) {
        if (guest_at(fleet, i)->name != NULL)
            g_ptr_array_add(names, guest_at(fleet, i)->name);
    }
    suggest_set_error(error, "there is no guest", name, (const char *const *)(void *)names->pdata,
                      names->len, "'virt-plan guests' lists them");
}
