/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * QEMU knows nearly every feature by libvirt's name with hyphens, so only what differs is listed.
 * Linux shows a part of the features, under names of its own: here the list is of what it shows,
 * since a flag that no host reports would keep every host out.
 */

#include "spelling.h"

#include "data.h"

#include <string.h>

char *
spelling_for_qemu(const char *name)
{
    for (guint i = 0; i < n_qemu_name_rows; i++) {
        if (strcmp(qemu_name_rows[i].feature, name) == 0)
            return g_strdup(qemu_name_rows[i].qemu);
    }
    return g_strdelimit(g_strdup(name), "_", '-');
}

/* The flag that is NAME, or NAME with underscores. */
static const char *
find_flag(const char *name)
{
    g_autofree char *word = g_strdelimit(g_strdup(name), "-", '_');

    for (guint i = 0; i < n_linux_flag_rows; i++) {
        if (strcmp(linux_flag_rows[i].flag, word) == 0)
            return linux_flag_rows[i].flag;
    }
    return NULL;
}

const char *
spelling_for_linux(const CpuFeature *feature, const char *name)
{
    const char *flag = NULL;

    /* Linux's own word first: its "ds" would be another flag than libvirt's. */
    for (guint i = 0; flag == NULL && feature != NULL && i < feature->n_aliases; i++) {
        if (g_strcmp0(feature->aliases[i].source, "linux") == 0)
            flag = find_flag(feature->aliases[i].name);
    }
    if (flag == NULL)
        flag = find_flag(name);
    for (guint i = 0; flag == NULL && feature != NULL && i < feature->n_aliases; i++)
        flag = find_flag(feature->aliases[i].name);
    return flag;
}

static const ProxmoxModelRow *
find_proxmox_model(const char *name)
{
    for (guint i = 0; i < n_proxmox_model_rows; i++) {
        if (strcmp(proxmox_model_rows[i].model, name) == 0)
            return &proxmox_model_rows[i];
    }
    return NULL;
}

/* The row of MODEL, or of another name of it; NULL when there is none. */
static const ProxmoxModelRow *
find_proxmox_row(const CpuMap *map, const char *model)
{
    const ProxmoxModelRow *row = find_proxmox_model(model);
    const CpuModel *known =
        row == NULL && map != NULL ? cpu_map_find_model(map, CPU_FAMILY_X86, model) : NULL;

    if (known == NULL)
        return row;
    const CpuModel *own = known->canonical != NULL ? known->canonical : known;
    for (guint i = 0; i < cpu_map_n_models(map, CPU_FAMILY_X86) && row == NULL; i++) {
        const CpuModel *other = cpu_map_model(map, CPU_FAMILY_X86, i);

        if (other == own || other->canonical == own)
            row = find_proxmox_model(other->name);
    }
    return row;
}

const char *
spelling_proxmox_model(const CpuMap *map, const char *model)
{
    const ProxmoxModelRow *row = find_proxmox_row(map, model);

    return row != NULL && row->becomes == NULL ? row->model : NULL;
}

const char *
spelling_proxmox_replacement(const CpuMap *map, const char *model)
{
    const ProxmoxModelRow *row = find_proxmox_row(map, model);

    return row != NULL && row->becomes != NULL ? row->becomes : "kvm64";
}
