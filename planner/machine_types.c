/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine_types.h"

#include <cpumodel/version.h>
#include <string.h>

#include "data.h"

guint
machine_type_distribution_release(const char *name)
{
    for (guint i = 0; i < n_distribution_machine_rows; i++) {
        const DistributionMachineRow *row = &distribution_machine_rows[i];
        const char *at = strstr(name, row->name);
        const char *end = at != NULL ? at + strlen(row->name) : NULL;

        /* "pc-q35-noble", "pc-i440fx-jammy-hpb" */
        if (at != NULL && at > name && at[-1] == '-' && (*end == '\0' || *end == '-'))
            return row->release;
    }
    return 0;
}

/* Where its release begins: behind the last dash, and behind the word that RHEL puts there. */
static const char *
release_part(const char *name)
{
    const char *dash = strrchr(name, '-');

    if (dash == NULL)
        return name + strlen(name);
    return g_str_has_prefix(dash, "-rhel") ? dash + strlen("-rhel") : dash + 1;
}

/* Comparable among types of one kind alone; 0: not known. */
static guint
release_of(const char *name)
{
    guint version;

    return version_parse(release_part(name), &version) ? version
                                                       : machine_type_distribution_release(name);
}

static gboolean
is_same_kind(const char *a, const char *b)
{
    const gsize length = (gsize)(release_part(a) - a);

    return length == (gsize)(release_part(b) - b) && strncmp(a, b, length) == 0;
}

gboolean
machine_type_is_newest(const GPtrArray *names, const char *name)
{
    const guint release = release_of(name);

    for (guint i = 0; release != 0 && i < names->len; i++)
        if (is_same_kind(names->pdata[i], name) && release_of(names->pdata[i]) > release)
            return FALSE;
    return release != 0;
}
