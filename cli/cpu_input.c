/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu_input.h"

#include <ingest/cpu_map_reader.h>
#include <ingest/ingest.h>
#include <ingest/input_file.h>
#include <ingest/qemu_cpu_reader.h>
#include <string.h>

void
cpu_input_free(CpuInput *input)
{
    if (input == NULL)
        return;
    cpu_definition_free(input->cpu);
    g_free(input->label);
    g_free(input);
}

CpuMap *
cpu_input_map(const CpuCommonOptions *options, GError **error)
{
    if (options->cpu_map == NULL)
        return cpu_map_new_builtin();
    return cpu_map_reader_load(options->cpu_map, error);
}

GBytes *
cpu_input_bytes(const char *path, GError **error)
{
    char *text;
    gsize length;

    return input_file_read(path, &text, &length, error) ? g_bytes_new_take(text, length) : NULL;
}

void
cpu_input_place_error(GError **error, const CpuInput *input)
{
    g_prefix_error(error, "%s:%u: ", input_file_name(input->path), input->place.line);
}

CpuArch
cpu_input_arch(const CpuMap *map, const CpuDefinition *cpu, const CpuPlace *place)
{
    if (cpu->type == CPU_TYPE_HOST && cpu->arch != CPU_ARCH_NONE)
        return cpu->arch;
    if (place->arch != CPU_ARCH_NONE)
        return place->arch;
    if (cpu->model != NULL && cpu_map_find_model(map, CPU_FAMILY_X86, cpu->model) == NULL &&
        cpu_map_find_model(map, CPU_FAMILY_PPC64, cpu->model) != NULL)
        return CPU_ARCH_PPC64;
    return CPU_ARCH_X86_64;
}

/* ---- CPUs ----------------------------------------------------------------------------------- */

typedef struct {
    const CpuMap *map;
    const char *path;
    GPtrArray *inputs;
    gboolean is_first_only;
} Collector;

static gboolean
collect(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    Collector *collector = user_data;
    CpuInput *input = g_new0(CpuInput, 1);

    (void)error;
    input->cpu = cpu;
    input->place = *place;
    input->path = collector->path;
    input->arch = cpu_input_arch(collector->map, cpu, place);
    input->label = place->index == 0 ? g_strdup(collector->path)
                                     : g_strdup_printf("%s#%u", collector->path, place->index + 1);
    g_ptr_array_add(collector->inputs, input);
    return !collector->is_first_only;
}

static gboolean
collect_file(Collector *collector, GError **error)
{
    g_autoptr(GBytes) bytes = cpu_input_bytes(collector->path, error);

    if (bytes == NULL)
        return FALSE;
    if (cpu_reader_file(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), CPU_ELEMENT_BARE,
                        collect, collector, error))
        return TRUE;
    input_file_place_error(error, collector->path);
    return FALSE;
}

CpuInput *
cpu_input_first(const char *path, const CpuMap *map, GError **error)
{
    g_autoptr(GPtrArray) inputs = g_ptr_array_new();
    Collector collector = {map, path, inputs, TRUE};

    return collect_file(&collector, error) ? inputs->pdata[0] : NULL;
}

gboolean
cpu_input_all(const char *path, const CpuMap *map, GPtrArray *inputs, GError **error)
{
    Collector collector = {map, path, inputs, FALSE};

    return collect_file(&collector, error);
}

/* ---- models --------------------------------------------------------------------------------- */

static CpuHypervisorModels *
list_models(const char *names)
{
    CpuHypervisorModels *models = cpu_hypervisor_models_new();
    g_auto(GStrv) list = g_strsplit(names, ",", -1);

    for (guint i = 0; list[i] != NULL; i++) {
        g_strstrip(list[i]);
        if (*list[i] != '\0')
            g_ptr_array_add(models, cpu_hypervisor_model_new(list[i], CPU_USABLE_UNKNOWN));
    }
    return models;
}

CpuHypervisorModels *
cpu_input_domain_models(const char *path, GBytes *bytes, const CpuMap *map)
{
    IngestOptions options = {.map = map};
    g_autoptr(SourceReading) reading =
        ingest_buffer(path, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &options);

    for (guint i = 0; i < reading->documents->len; i++) {
        Document *document = reading->documents->pdata[i];

        if (document->kind == DOCUMENT_DOMAIN_CAPABILITIES && document->domain->models->len > 0)
            return cpu_hypervisor_models_copy(document->domain->models);
    }
    return NULL;
}

static CpuHypervisorModels *
read_models(const char *path, const CpuMap *map, GError **error)
{
    g_autoptr(GBytes) bytes = cpu_input_bytes(path, error);
    CpuHypervisorModels *models = NULL;

    if (bytes == NULL)
        return NULL;
    const char *text = g_bytes_get_data(bytes, NULL);
    gsize length = g_bytes_get_size(bytes);
    if (qemu_cpu_reader_is_json(text, length)) {
        g_autoptr(QemuCpuReply) reply = qemu_cpu_reader_parse(text, length, map, error);

        if (reply == NULL) {
            input_file_place_error(error, path);
            return NULL;
        }
        models = g_steal_pointer(&reply->models);
    } else {
        models = cpu_input_domain_models(path, bytes, map);
    }
    if (models == NULL)
        g_set_error(error, CPU_READER_ERROR, CPU_READER_ERROR_NO_CPU,
                    "%s: no models in it: give domain capabilities or QEMU's reply to "
                    "query-cpu-definitions",
                    path);
    return models;
}

gboolean
cpu_input_models(const CpuModelOptions *options, const CpuMap *map,
                 CpuHypervisorModels **ret_models, GError **error)
{
    if (options->list != NULL && options->file != NULL) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "--models and --models-from exclude each other: give one");
        return FALSE;
    }
    *ret_models = NULL;
    if (options->list != NULL)
        *ret_models = list_models(options->list);
    else if (options->file != NULL)
        *ret_models = read_models(options->file, map, error);
    else
        return TRUE;
    return *ret_models != NULL;
}
