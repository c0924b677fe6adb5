/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_ENGINE_H
#define CPUMODEL_CPU_ENGINE_H

/*
 * What libvirt does with CPU definitions, for every architecture it knows: expand, decode, compare,
 * baseline, resolve a guest CPU on a host, update it to what runs.
 *
 * All functions are pure: they read their arguments and the map and give a new result. Definitions
 * handed in are never changed and never kept. A message of a CPU_ERROR names what is wrong in
 * libvirt's terms; the caller prefixes the file.
 *
 * Source of the rules: libvirt's documented behaviour of `virsh cpu-baseline`, `cpu-compare`,
 * `hypervisor-cpu-baseline`, domain start and live migration, versions 9.0 to 12.8.
 */

#include <cpumodel/cpu_data.h>
#include <cpumodel/cpu_definition.h>
#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

#define CPU_ERROR (cpu_error_quark())
GQuark cpu_error_quark(void);

typedef enum {
    CPU_ERROR_UNKNOWN_MODEL,
    CPU_ERROR_UNKNOWN_FEATURE,
    CPU_ERROR_UNKNOWN_VENDOR,
    CPU_ERROR_INCOMPATIBLE, /* inputs that cannot be joined, a guest that a host cannot run */
    CPU_ERROR_UNSUPPORTED,  /* libvirt declines this for the architecture or the combination */
    CPU_ERROR_INVALID,      /* an input that no definition may look like */
} CpuError;

typedef enum { CPU_USABLE_UNKNOWN, CPU_USABLE_YES, CPU_USABLE_NO, CPU_USABLE_COUNT } CpuUsable;

/* One model a hypervisor offers; blockers are the features it cannot give. */
typedef struct {
    char *name;
    CpuUsable usable;
    gboolean is_deprecated;
    char *vendor;        /* NULL or "unknown" when not stated */
    char *canonical;     /* NULL when the name is not an alias */
    GPtrArray *blockers; /* of char*, never NULL, in the hypervisor's order */
} CpuHypervisorModel;

/* The models of one hypervisor, in its order; an absent list (NULL) allows every model. */
typedef GPtrArray CpuHypervisorModels; /* of CpuHypervisorModel*, with cpu_hypervisor_model_free */

CpuHypervisorModel *cpu_hypervisor_model_new(const char *name, CpuUsable usable);
void cpu_hypervisor_model_free(CpuHypervisorModel *model);
CpuHypervisorModels *cpu_hypervisor_models_new(void);
CpuHypervisorModels *cpu_hypervisor_models_copy(const CpuHypervisorModels *models);
/* By name; NULL when MODELS is NULL or lacks it. */
const CpuHypervisorModel *cpu_hypervisor_models_find(const CpuHypervisorModels *models,
                                                     const char *name);

/*
 * The bits of CPU: its model's, plus force/require/host features, minus disable/forbid ones, in
 * list order. Unknown feature names are an error, or, when UNKNOWN is not NULL, are collected there
 * (char*, borrowed from CPU) and otherwise passed over. An unknown model is always an error.
 */
gboolean cpu_engine_effective_set(const CpuMap *map, const CpuDefinition *cpu, CpuSet *ret_set,
                                  GPtrArray *unknown, GError **error);

typedef struct {
    CpuType type;                      /* host or guest result */
    gboolean is_migratable;            /* drop features that cannot migrate */
    CpuFallback fallback;              /* printed with a guest result */
    const CpuHypervisorModels *models; /* NULL: any model of the map */
    gboolean has_host_models; /* a guest result may be on a model that libvirt decodes hosts to
                                 alone: never its host-model, but guests can ask for it */
} CpuDecodeOptions;

/* The closest named model of raw data, with the features that differ. */
CpuDefinition *cpu_engine_decode(const CpuMap *map, const CpuData *data,
                                 const CpuDecodeOptions *options, GError **error);

/* The closest guest definition of a set without raw data (no signature); vendor NULL for none. */
CpuDefinition *cpu_engine_decode_set(const CpuMap *map, const CpuSet *set, const CpuVendor *vendor,
                                     const CpuDecodeOptions *options, GError **error);

/*
 * CPU with every feature of its model named, sorted by name; architectures without models only
 * sort.
 */
CpuDefinition *cpu_engine_expand(const CpuMap *map, const CpuDefinition *cpu, CpuArch arch,
                                 GError **error);

typedef enum {
    CPU_COMPARE_INCOMPATIBLE,
    CPU_COMPARE_IDENTICAL,
    CPU_COMPARE_SUPERSET,
    CPU_COMPARE_COUNT
} CpuCompareResult;

/* "incompatible", "identical", "superset" */
const char *cpu_compare_result_name(CpuCompareResult result);

typedef enum {
    CPU_REASON_NONE,
    CPU_REASON_HOST_UNKNOWN,       /* the host's CPU is not known */
    CPU_REASON_ARCH,               /* detail: the CPU's arch */
    CPU_REASON_VENDOR,             /* detail: the vendor that is required */
    CPU_REASON_MODEL,              /* detail: the model (or vendor) that is required */
    CPU_REASON_MISSING_FEATURES,   /* features: what the host lacks */
    CPU_REASON_FORBIDDEN_FEATURES, /* features: what the host has and must not */
    CPU_REASON_EXTRA_FEATURES,     /* features: what a strict match does not mention */
    CPU_REASON_COUNT
} CpuReasonKind;

/* Why a comparison said no. Zero it before first use; cpu_reason_clear() frees what it holds. */
typedef struct {
    CpuReasonKind kind;
    char *detail;        /* NULL where the kind has none */
    GPtrArray *features; /* of char*, in map order, unknown names after them; NULL when none */
} CpuReason;

void cpu_reason_clear(CpuReason *reason);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CpuReason, cpu_reason_clear)

/* REASON as a sentence ("the host lacks required features: a, b"); owned by the caller. */
char *cpu_reason_message(const CpuReason *reason);

/*
 * Can HOST do what CPU asks for? FALSE only on error; ret_reason (may be NULL) is filled when the
 * result is incompatible. HOST may be NULL or without a model: then incompatible. HOST_ARCH decides
 * whose rules hold; CPU_ARCH_NONE takes HOST's own.
 */
gboolean cpu_engine_compare(const CpuMap *map, CpuArch host_arch, const CpuDefinition *host,
                            const CpuDefinition *cpu, CpuCompareResult *ret_result,
                            CpuReason *ret_reason, GError **error);

/*
 * The same question put to a hypervisor, as `virsh hypervisor-cpu-compare` of libvirt 10.10 and
 * later answers it for x86: a model that MODELS call usable passes with whatever is disabled in it;
 * a model of the newer kind is held against its blockers; all else is compared with HOST_MODEL, the
 * host-model of domain capabilities. CPU_ERROR_UNSUPPORTED on other architectures: libvirt asks
 * QEMU or refuses.
 */
gboolean cpu_engine_compare_hypervisor(const CpuMap *map, CpuArch arch,
                                       const CpuDefinition *host_model,
                                       const CpuHypervisorModels *models, const CpuDefinition *cpu,
                                       CpuCompareResult *ret_result, CpuReason *ret_reason,
                                       GError **error);

typedef struct {
    gboolean is_migratable;
    gboolean is_expanded;
    gboolean is_qemu_driver; /* without what libvirt's QEMU driver manages itself (osxsave...) */
    const CpuHypervisorModels *models; /* NULL: any */
    const GPtrArray *allowed_features; /* of char*; NULL: any; as hypervisor-cpu-baseline has it */
} CpuBaselineOptions;

/*
 * The CPU that all of CPUS (n of them, host or guest type) can run, as `virsh cpu-baseline` gives
 * it. Linear in n. The error names the index of the culprit where there is one.
 */
CpuDefinition *cpu_engine_baseline(const CpuMap *map, CpuArch arch,
                                   const CpuDefinition *const *cpus, guint n_cpus,
                                   const CpuBaselineOptions *options, GError **error);

/* The same one CPU at a time, in constant memory. */
typedef struct CpuBaseline CpuBaseline;

/* ARCH as above: CPU_ARCH_NONE takes that of the first CPU. OPTIONS may be NULL. */
CpuBaseline *cpu_baseline_new(const CpuMap *map, CpuArch arch, const CpuBaselineOptions *options);
void cpu_baseline_free(CpuBaseline *baseline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuBaseline, cpu_baseline_free)
/* Takes the next CPU into account; after a FALSE the baseline is of no use any more. */
gboolean cpu_baseline_add(CpuBaseline *baseline, const CpuDefinition *cpu, GError **error);
/* The result, once. */
CpuDefinition *cpu_baseline_finish(CpuBaseline *baseline, GError **error);

typedef struct {
    const CpuHypervisorModels *models; /* models the guest may be translated to; NULL: all */
    gboolean is_update_only;           /* do not compare, and leave the model as it is */
    gboolean is_incoming; /* restored or migrated in: removed features are required, not disabled */
} CpuResolveOptions;

/*
 * GUEST as it would run on HOST: mode and policies resolved, the model translated to an allowed
 * one. An incompatible pair is CPU_ERROR_INCOMPATIBLE with the reason as its message.
 */
CpuDefinition *cpu_engine_resolve(const CpuMap *map, CpuArch host_arch, const CpuDefinition *host,
                                  const CpuDefinition *guest, const CpuResolveOptions *options,
                                  GError **error);

/* GUEST rewritten to the CPU that QEMU really made (enabled bits, disabled bits), check full. */
CpuDefinition *cpu_engine_update_live(const CpuMap *map, CpuArch arch, const CpuDefinition *guest,
                                      const CpuData *enabled, const CpuData *disabled,
                                      GError **error);

/* Does CPU have the feature? Unknown names are an error. */
gboolean cpu_engine_has_feature(const CpuMap *map, CpuArch arch, const CpuDefinition *cpu,
                                const char *name, gboolean *ret_has, GError **error);

G_END_DECLS

#endif
