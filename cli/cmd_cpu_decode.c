/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `virt-plan cpu decode`: from what a processor or QEMU reports to a named model. */

#include "cmd_cpu.h"
#include "cpu_input.h"

#include <ingest/cpudata_reader.h>
#include <ingest/cpuid_text_reader.h>
#include <ingest/input_file.h>
#include <ingest/qemu_cpu_reader.h>

typedef struct {
    CpuCommonOptions common;
    CpuModelOptions models;
    gboolean is_guest;
    gboolean is_migratable;
    gboolean is_expanded;
    gboolean is_signature;
    gboolean is_raw;
} DecodeOptions;

static const CommandOption options_table[] = {
    {"guest", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DecodeOptions, is_guest),
     "print a guest definition: match exact, fallback forbid", NULL},
    {"migratable", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DecodeOptions, is_migratable),
     "leave out features that block migration", NULL},
    {"features", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DecodeOptions, is_expanded),
     "name the features of the model too", NULL},
    {"signature", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DecodeOptions, is_signature),
     "print only the signature: family, model, stepping", NULL},
    {"raw", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DecodeOptions, is_raw),
     "print the registers as libvirt's <cpudata>", NULL},
    CPU_MODEL_OPTIONS(DecodeOptions),
    CPU_OUTPUT_OPTIONS(DecodeOptions),
    CPU_COMMON_OPTIONS(DecodeOptions),
    {0},
};

static CpuData *
read_reply(const char *text, gsize length, const CpuMap *map, GError **error)
{
    g_autoptr(QemuCpuReply) reply = qemu_cpu_reader_parse(text, length, map, error);

    if (reply == NULL)
        return NULL;
    if (reply->data == NULL)
        g_set_error(error, QEMU_CPU_READER_ERROR, QEMU_CPU_READER_ERROR_INVALID,
                    "no reply to query-cpu-model-expansion in it: save what QEMU answers to that");
    return g_steal_pointer(&reply->data);
}

static CpuData *
read_text(const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(CpuidText) dump = cpuid_text_reader_parse(text, length, error);

    if (dump == NULL)
        return NULL;
    if (dump->n_differing > 0)
        command_complain("%s:%u: %u of %u logical CPUs lack features that others have: only what "
                         "all have is counted",
                         path, dump->first_differing_line, dump->n_differing, dump->n_cpus);
    return g_steal_pointer(&dump->data);
}

static CpuData *
read_data(const char *path, const CpuMap *map, GError **error)
{
    g_autoptr(GBytes) bytes = cpu_input_bytes(path, error);
    CpuData *data;

    if (bytes == NULL)
        return NULL;
    const char *text = g_bytes_get_data(bytes, NULL);
    gsize length = g_bytes_get_size(bytes);
    if (text == NULL)
        text = "";
    if (qemu_cpu_reader_is_json(text, length))
        data = read_reply(text, length, map, error);
    else if (cpuid_text_reader_recognizes(text, length))
        data = read_text(path, text, length, error);
    else
        data = cpudata_reader_parse(text, length, error);
    if (data == NULL)
        input_file_place_error(error, path);
    return data;
}

/*
 * The raw value in hexadecimal, then each part in decimal and hexadecimal, as libvirt lists them.
 */
static void
print_signature(const CpuData *data, GString *out)
{
    guint family, model, stepping;
    g_autoptr(CpuData) composed = cpu_data_new();

    cpu_data_signature(data, &family, &model, &stepping);
    cpu_data_set_signature(composed, family, model, stepping);
    g_string_append_printf(out, "%06x\n", cpu_data_find(composed, FALSE, 1, 0)->regs[0]);
    g_string_append_printf(out, "family:   %3u (0x%02x)\n", family, family);
    g_string_append_printf(out, "model:    %3u (0x%02x)\n", model, model);
    g_string_append_printf(out, "stepping: %3u (0x%02x)\n", stepping, stepping);
}

static gboolean
decode(CommandContext *context, const DecodeOptions *options, const CpuMap *map,
       const CpuHypervisorModels *models, const char *path, GError **error)
{
    CpuDecodeOptions decoding = {
        .type = options->is_guest ? CPU_TYPE_GUEST : CPU_TYPE_HOST,
        .is_migratable = options->is_migratable,
        .fallback = CPU_FALLBACK_FORBID,
        .models = models,
    };
    g_autoptr(CpuData) data = read_data(path, map, error);

    if (data == NULL)
        return FALSE;
    if (options->is_signature || options->is_raw) {
        if (options->is_signature)
            print_signature(data, context->out);
        if (options->is_raw)
            cpu_data_format(data, context->out);
        return TRUE;
    }
    g_autoptr(CpuDefinition) cpu = cpu_engine_decode(map, data, &decoding, error);
    if (cpu != NULL && options->is_expanded) {
        CpuDefinition *expanded = cpu_engine_expand(map, cpu, CPU_ARCH_X86_64, error);

        cpu_definition_free(cpu);
        cpu = expanded;
    }
    if (cpu == NULL) {
        g_prefix_error(error, "%s: ", input_file_name(path));
        return FALSE;
    }
    return cpu_print(context, &options->common, map, cpu, error);
}

static ExitStatus
run_decode(CommandContext *context, const void *values, GError **error)
{
    const DecodeOptions *options = values;
    g_autoptr(GPtrArray) models = NULL;

    if (context->n_args == 0) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "no file given: name one, or - for standard input");
        return EXIT_USAGE;
    }
    g_autoptr(CpuMap) map = cpu_input_map(&options->common, error);
    if (map == NULL || !cpu_input_models(&options->models, map, &models, error))
        return EXIT_FAILED;
    for (guint i = 0; i < context->n_args; i++) {
        if (!decode(context, options, map, models, context->args[i], error))
            return EXIT_FAILED;
    }
    return EXIT_WELL;
}

const Command command_cpu_decode = {
    .name = "decode",
    .summary = "Name the CPU in raw CPUID documents, CPUID text dumps or QEMU replies",
    .synopsis = "FILE...",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_XML,
    .options = options_table,
    .options_size = sizeof(DecodeOptions),
    .run = run_decode,
};
