/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_CPU_INPUT_H
#define CLI_CPU_INPUT_H

/*
 * What the `cpu` commands share: their options, and how they read files.
 *
 * Every error says which file, and which line where there is one, as "FILE:LINE: what".
 */

#include "command.h"

#include <cpumodel/cpu_engine.h>
#include <ingest/cpu_reader.h>

/* Options that every `cpu` command takes; first in each command's own struct. */
typedef struct {
    char *cpu_map;
    gboolean is_json;
    char *names; /* of CPU_OUTPUT_OPTIONS */
} CpuCommonOptions;

/* To stand in a command's table, STRUCT being its options struct with CpuCommonOptions common. */
#define CPU_COMMON_OPTIONS(STRUCT)                                                                 \
    {"cpu-map",                                                                                    \
     0,                                                                                            \
     G_OPTION_ARG_FILENAME,                                                                        \
     G_STRUCT_OFFSET(STRUCT, common.cpu_map),                                                      \
     "use the libvirt CPU map in DIR instead of the built-in one",                                 \
     "DIR"},                                                                                       \
    {                                                                                              \
        "json", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(STRUCT, common.is_json),                     \
            "the same as --format json", NULL                                                      \
    }

/* The same for commands that print CPUs. */
#define CPU_OUTPUT_OPTIONS(STRUCT)                                                                 \
    {                                                                                              \
        "names", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(STRUCT, common.names),                    \
            "print features as libvirt (the default), qemu or linux spells them", "WHOSE"          \
    }

/* Which named models may be chosen. */
typedef struct {
    char *list; /* comma-separated names */
    char *file; /* domain capabilities, or QEMU's reply to query-cpu-definitions */
} CpuModelOptions;

#define CPU_MODEL_OPTIONS(STRUCT)                                                                  \
    {"models",                                                                                     \
     0,                                                                                            \
     G_OPTION_ARG_STRING,                                                                          \
     G_STRUCT_OFFSET(STRUCT, models.list),                                                         \
     "choose among these models only",                                                             \
     "A,B"},                                                                                       \
    {                                                                                              \
        "models-from", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(STRUCT, models.file),             \
            "choose among the models of domain capabilities or of a QEMU reply", "FILE"            \
    }

/* A CPU as it was read. */
typedef struct {
    CpuDefinition *cpu;
    CpuPlace place;
    CpuArch arch;     /* its own, else its document's, else that of the family that has its model */
    const char *path; /* as the caller gave it */
    char *label;      /* the file, and which CPU of it where it is not the first */
} CpuInput;

void cpu_input_free(CpuInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuInput, cpu_input_free)

/* The map of --cpu-map, or the built-in one. */
CpuMap *cpu_input_map(const CpuCommonOptions *options, GError **error);

/* The bytes of a file; "-" is standard input. */
GBytes *cpu_input_bytes(const char *path, GError **error);

/* The models of --models and --models-from; *RET_MODELS is NULL when neither is given. */
gboolean cpu_input_models(const CpuModelOptions *options, const CpuMap *map,
                          CpuHypervisorModels **ret_models, GError **error);

/* The models that domain capabilities list; NULL and no error when PATH holds none. */
CpuHypervisorModels *cpu_input_domain_models(const char *path, GBytes *bytes, const CpuMap *map);

/* The first CPU of a file. */
CpuInput *cpu_input_first(const char *path, const CpuMap *map, GError **error);

/* All CPUs of a file, appended to INPUTS (of CpuInput*). */
gboolean cpu_input_all(const char *path, const CpuMap *map, GPtrArray *inputs, GError **error);

/* Puts the file and the line of INPUT before an error about its CPU. */
void cpu_input_place_error(GError **error, const CpuInput *input);

/* The architecture of a definition that may not name one: see CpuInput. */
CpuArch cpu_input_arch(const CpuMap *map, const CpuDefinition *cpu, const CpuPlace *place);

/* TRUE when the output is to be JSON. */
gboolean cpu_is_json(const CommandContext *context, const CpuCommonOptions *options);

/* Appends CPU to the output as libvirt's XML, or as a JSON object; FALSE for names of nobody. */
gboolean cpu_print(CommandContext *context, const CpuCommonOptions *options, const CpuMap *map,
                   const CpuDefinition *cpu, GError **error);

#endif
