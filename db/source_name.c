/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What tells sources apart: their absolute paths, so that "hosts/a.xml" of two folders are two.
 * Standard input and the URIs of live hosts are no paths.
 */

#include "inventory_private.h"

#include <string.h>

char *
source_absolute_path(const Inventory *inventory, const char *path)
{
    return g_canonicalize_filename(path, inventory->working_folder);
}

gboolean
source_is_standard_input(const Source *source)
{
    return strcmp(source->path, "-") == 0;
}

gboolean
source_is_live_host(const Source *source)
{
    return strstr(source->path, "://") != NULL;
}

char *
source_key(const Inventory *inventory, const Source *source)
{
    if (source_is_standard_input(source) || source_is_live_host(source))
        return g_strdup(source->path);
    return source_absolute_path(inventory, source->path);
}
