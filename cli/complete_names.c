/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The names of one kind that the site has: of its inventory, its plan file, its plan, or of the CPU
 * map. What cannot be read has none: a shell that completes has no room for an error.
 */

#include "complete.h"

#include "planning.h"

#include <cpumodel/cpu_map.h>
#include <cpumodel/text_list.h>
#include <ingest/guest_reader.h>
#include <ingest/plan_file.h>
#include <string.h>

static void
add_name(GPtrArray *names, const char *name)
{
    /* A name that a shell's line cannot hold is better typed by hand. */
    if (name != NULL && strpbrk(name, "\t\n\r") == NULL)
        g_ptr_array_add(names, g_strdup(name));
}

static void
add_names(const Fleet *fleet, const char *kind, GPtrArray *names)
{
    if (strcmp(kind, "HOST") == 0) {
        for (guint i = 0; i < fleet->hosts->len; i++)
            add_name(names, fleet_host(fleet, i)->name);
    } else if (strcmp(kind, "GUEST") == 0) {
        for (guint i = 0; i < fleet->guests->len; i++)
            add_name(names, ((const Guest *)g_ptr_array_index(fleet->guests, i))->name);
    }
}

/* A Guest with a name alone, as completion needs no more; one with references is read as XML. */
static Guest *
read_name_only(const char *xml, gsize length, GError **error)
{
    const char *start = g_strstr_len(xml, (gssize)length, "<name>");
    const char *end = start != NULL ? strstr(start, "</name>") : NULL;
    g_autofree char *name =
        end != NULL ? g_strndup(start + strlen("<name>"), end - start - strlen("<name>")) : NULL;

    if (name == NULL || strchr(name, '&') != NULL)
        return guest_reader_parse(xml, length, error);
    Guest *guest = guest_new();
    guest->name = g_steal_pointer(&name);
    return guest;
}

static void
add_every_host(const PlanSettings *settings, const char *database, GPtrArray *names)
{
    g_autoptr(Inventory) inventory = database_open_to_read(database, settings, NULL);
    g_autoptr(GPtrArray) hosts = inventory != NULL ? inventory_host_names(inventory, NULL) : NULL;

    for (guint i = 0; hosts != NULL && i < hosts->len; i++)
        add_name(names, g_ptr_array_index(hosts, i));
}

static void
add_inventory_names(const PlanSettings *settings, const char *database, const char *kind,
                    GPtrArray *names)
{
    g_autoptr(Inventory) inventory = database_open_to_read(database, settings, NULL);
    InventoryGuestReader reader = strcmp(kind, "GUEST") == 0 ? read_name_only : NULL;
    g_autoptr(Fleet) fleet =
        inventory != NULL ? inventory_load_fleet(inventory, 0, reader, NULL) : NULL;

    if (fleet != NULL)
        add_names(fleet, kind, names);
}

static void
add_pools(const PlanSettings *settings, GPtrArray *names)
{
    for (guint i = 0; settings != NULL && i < settings->pools->len; i++)
        add_name(names, ((const PoolSettings *)g_ptr_array_index(settings->pools, i))->name);
}

static void
add_name_once(GPtrArray *names, const char *name)
{
    if (!text_list_has(names, name))
        add_name(names, name);
}

/* Those of the plan, and those of published templates, whose class may be gone. */
static void
add_classes(const char *database, const char *config, GPtrArray *names)
{
    g_autofree char *own_config = g_strdup(config), *own_database = g_strdup(database);
    const PlanningOptions options = {.config = own_config, .database = own_database};
    g_auto(PlanningView) view = {0};

    if (!planning_view_open(&view, &options, PLANNER_CLASSES, NULL))
        return;
    for (guint i = 0; i < view.plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view.plan->pools, i);

        for (guint j = 0; j < pool->classes->len; j++)
            add_name_once(names, ((const PlanClass *)g_ptr_array_index(pool->classes, j))->name);
    }
    for (guint i = 0; i < view.fleet->templates->len; i++) {
        const PublishedTemplate *published = g_ptr_array_index(view.fleet->templates, i);
        add_name_once(names, published->class_name);
    }
}

/* x86's, of the map that the program comes with. */
static void
add_map_names(const char *kind, GPtrArray *names)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();

    if (strcmp(kind, "MODEL") == 0) {
        for (guint i = 0; i < cpu_map_n_models(map, CPU_FAMILY_X86); i++)
            add_name(names, cpu_map_model(map, CPU_FAMILY_X86, i)->name);
    } else {
        for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++)
            add_name(names, cpu_map_feature(map, CPU_FAMILY_X86, i)->name);
    }
}

GPtrArray *
complete_site_names(const char *kind, const char *database, const char *config)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    if (config == NULL && database == NULL)
        config = command_plan_file_of_environment();
    g_autoptr(PlanSettings) settings = config != NULL ? plan_file_read(config, NULL) : NULL;

    if (strcmp(kind, "POOL") == 0)
        add_pools(settings, names);
    else if (strcmp(kind, "CLASS") == 0)
        add_classes(database, config, names);
    else if (strcmp(kind, "MODEL") == 0 || strcmp(kind, "FEATURE") == 0)
        add_map_names(kind, names);
    else if (strcmp(kind, COMPLETE_EVERY_HOST) == 0)
        add_every_host(settings, database, names);
    else
        add_inventory_names(settings, database, kind, names);
    return names;
}
