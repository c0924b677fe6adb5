/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan map: the table of its subcommands, and what these share. */

#include "cmd_map.h"

#include "commands.h"
#include "suggest.h"

#include <cpumodel/version.h>
#include <ingest/cpu_map_reader.h>
#include <string.h>

#define OPTION_CPU_MAP                                                                             \
    {                                                                                              \
        "cpu-map", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(MapOptions, cpu_map),                 \
            "use the libvirt map in DIR, not the built-in one", "DIR"                              \
    }
#define OPTION_ARCH                                                                                \
    {                                                                                              \
        "arch", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(MapOptions, arch),                         \
            "of which architecture; else x86_64", "ARCH"                                           \
    }

CpuMap *
map_options_load(const MapOptions *options, GError **error)
{
    return options->cpu_map != NULL ? cpu_map_reader_load(options->cpu_map, error)
                                    : cpu_map_new_builtin();
}

gboolean
map_options_family(const MapOptions *options, CpuFamily *ret_family, GError **error)
{
    const char *names[CPU_ARCH_COUNT];
    guint n_names = 0;

    for (CpuArch arch = CPU_ARCH_NONE + 1; arch < CPU_ARCH_COUNT; arch++) {
        if (cpu_arch_family(arch) != CPU_FAMILY_NONE)
            names[n_names++] = cpu_arch_name(arch);
    }
    const char *name = options->arch != NULL ? options->arch : "x86_64";
    CpuFamily family = cpu_arch_family(cpu_arch_from_name(name));
    if (family == CPU_FAMILY_NONE) {
        suggest_set_error(error, "no CPU models are known for the architecture", name, names,
                          n_names, "see 'virt-plan map list'");
        return FALSE;
    }
    *ret_family = family;
    return TRUE;
}

/* ---- texts ---------------------------------------------------------------------------------- */

char *
map_since_text(const CpuSince *since)
{
    if (since->having == 0)
        return g_strdup("not known");
    g_autofree char *having = version_format(since->having);
    if (since->lacking == 0)
        return g_strdup_printf("libvirt %s or earlier", having);
    g_autofree char *lacking = version_format(since->lacking);
    return g_strdup_printf("after libvirt %s, by %s", lacking, having);
}

char *
map_place_text(const CpuMap *map, CpuFamily family, const CpuFeature *feature)
{
    GString *text = g_string_new(NULL);

    cpu_set_foreach (position, &feature->bits) {
        g_autofree char *bit = cpu_bit_describe(cpu_map_bit(map, family, position));
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", bit);
    }
    if (text->len == 0)
        g_string_append(text, "known by name alone");
    return g_string_free(text, FALSE);
}

char *
map_signature_text(const CpuSignature *signature)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u/%u", signature->family, signature->model);
    for (guint first = 0; signature->steppings != 0xffff && first < 16; first++) {
        guint last = first;

        if (!((signature->steppings >> first) & 1))
            continue;
        while (last < 15 && ((signature->steppings >> (last + 1)) & 1))
            last++;
        g_string_append_printf(text, strchr(text->str, ' ') == NULL ? " stepping %u" : ",%u",
                               first);
        if (last > first)
            g_string_append_printf(text, "-%u", last);
        first = last;
    }
    return g_string_free(text, FALSE);
}

/* ---- versions ------------------------------------------------------------------------------- */

/* The length of NAME without "-vN", or 0 when it does not end so. */
static gsize
unversioned_length(const char *name)
{
    const char *dash = strrchr(name, '-');

    if (dash == NULL || dash[1] != 'v' || dash[2] == '\0' ||
        dash[2 + strspn(dash + 2, "0123456789")] != '\0')
        return 0;
    return (gsize)(dash - name);
}

/* The model that VERSION is a version of, or NULL. */
static const CpuModel *
versioned_model(const CpuMap *map, CpuFamily family, const CpuModel *version)
{
    gsize length = unversioned_length(version->name);

    if (version->ancestor != NULL && version->ancestor->canonical == version)
        return version->ancestor;
    if (length == 0)
        return NULL;
    g_autofree char *name = g_strndup(version->name, length);
    return cpu_map_find_model(map, family, name);
}

gboolean
map_is_version(const CpuMap *map, CpuFamily family, const CpuModel *model)
{
    return versioned_model(map, family, model) != NULL;
}

GPtrArray *
map_versions(const CpuMap *map, CpuFamily family, const CpuModel *model)
{
    GPtrArray *versions = g_ptr_array_new();

    for (guint i = 0; i < cpu_map_n_models(map, family); i++) {
        const CpuModel *version = cpu_map_model(map, family, i);

        if (versioned_model(map, family, version) == model)
            g_ptr_array_add(versions, (gpointer)(guintptr)version->name);
    }
    return versions;
}

/* ---- the command ---------------------------------------------------------------------------- */

static const CommandOption list_options[] = {OPTION_CPU_MAP, OPTION_ARCH, {0}};
static const CommandOption check_options[] = {OPTION_CPU_MAP, {0}};
static const CommandOption import_options[] = {
    {"output", 'o', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(MapOptions, output),
     "write the files into FOLDER, which must be new or empty; else print them", "FOLDER"},
    {0}};

static const Command command_map_list = {
    .name = "list",
    .summary = "List CPU models, features, vendors or levels",
    .synopsis = "[models|features|vendors|levels]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = list_options,
    .options_size = sizeof(MapOptions),
    .run = map_list_run,
};

static const Command command_map_show = {
    .name = "show",
    .summary = "Explain a CPU model, a feature or a level",
    .synopsis = "MODEL|FEATURE|LEVEL",
    .flags = COMMAND_TAKES_FORMAT,
    .options = list_options,
    .options_size = sizeof(MapOptions),
    .run = map_show_run,
};

static const Command command_map_check = {
    .name = "check",
    .summary = "Lint the map and the levels, or compare the map with another one",
    .synopsis = "[DIR]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = check_options,
    .options_size = sizeof(MapOptions),
    .run = map_check_run,
};

static const Command command_map_import = {
    .name = "import",
    .summary = "Rewrite a libvirt map as files of virt-plan's own form",
    .synopsis = "DIR",
    .options = import_options,
    .options_size = sizeof(MapOptions),
    .run = map_import_run,
};

static const Command *const map_subcommands[] = {
    &command_map_list, &command_map_show, &command_map_check, &command_map_import, NULL,
};

const Command command_map = {
    .name = "map",
    .summary = "Explain and check CPU models, features and levels",
    .synopsis = "COMMAND",
    .subcommands = map_subcommands,
};
