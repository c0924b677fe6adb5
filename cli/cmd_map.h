/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_CMD_MAP_H
#define CLI_CMD_MAP_H

/* What the subcommands of `virt-plan map` share. */

#include "command.h"

#include <cpumodel/cpu_map.h>
#include <planner/ladder.h>

typedef struct {
    char *cpu_map; /* a libvirt map; NULL: the built-in one */
    char *arch;    /* NULL: x86_64 */
    char *output;  /* import's folder */
} MapOptions;

/* The map that OPTIONS ask for, or NULL. */
CpuMap *map_options_load(const MapOptions *options, GError **error);
/* The CPU family that OPTIONS ask for. */
gboolean map_options_family(const MapOptions *options, CpuFamily *ret_family, GError **error);

/* "libvirt 9.0 or earlier", "after libvirt 9.1, by 11.3", "not known". Owned. */
char *map_since_text(const CpuSince *since);
/* The feature's bits, joined by ", ", or "known by name alone". Owned. */
char *map_place_text(const CpuMap *map, CpuFamily family, const CpuFeature *feature);
/* "6/85 stepping 0-4,7"; "6/85" for all of them. Owned. */
char *map_signature_text(const CpuSignature *signature);
/* Is MODEL a version of another model? */
gboolean map_is_version(const CpuMap *map, CpuFamily family, const CpuModel *model);
/* The names of MODEL's versions (char*, borrowed): its canonical name, and NAME-vN of its own. */
GPtrArray *map_versions(const CpuMap *map, CpuFamily family, const CpuModel *model);

ExitStatus map_list_run(CommandContext *context, const void *data, GError **error);
ExitStatus map_show_run(CommandContext *context, const void *data, GError **error);
ExitStatus map_check_run(CommandContext *context, const void *data, GError **error);
ExitStatus map_import_run(CommandContext *context, const void *data, GError **error);

#endif
