/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_DRIVER_H
#define CPUMODEL_CPU_DRIVER_H

/*
 * What one family of architectures brings to the engine. Private to cpumodel.
 *
 * cpu_engine.c picks the driver by architecture and does what is the same for all of them; a
 * function that a family lacks is NULL, and the engine answers for it as libvirt does.
 */

#include <cpumodel/cpu_engine.h>

G_BEGIN_DECLS

/* The state of a baseline; families other than x86 only look at models. */
typedef struct CpuX86Baseline CpuX86Baseline;

typedef struct {
    /* HOST has a model. The rest as for cpu_engine_compare(). */
    gboolean (*compare)(const CpuMap *map, const CpuDefinition *host, const CpuDefinition *cpu,
                        CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error);
    /* Resolves mode and policies of GUEST in place; HOST may be NULL. */
    gboolean (*update)(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest,
                       CpuPolicy removed_policy, GError **error);
    /* Gives GUEST a model of MODELS in place. */
    gboolean (*translate)(const CpuMap *map, CpuDefinition *guest,
                          const CpuHypervisorModels *models, GError **error);
    /* The name that stands for an old spelling of a model; NAME itself when it is none. */
    const char *(*convert_legacy)(const char *name);
    /* Takes in the CPU of that index, the first with index 0. */
    gboolean (*baseline_add)(CpuBaseline *baseline, const CpuDefinition *cpu, guint index,
                             GError **error);
    /* The result, once; owned by the caller. */
    CpuDefinition *(*baseline_finish)(CpuBaseline *baseline, GError **error);
} CpuDriver;

struct CpuBaseline {
    const CpuMap *map;
    const CpuDriver *driver; /* NULL until the first CPU told the architecture */
    CpuArch arch;
    CpuBaselineOptions options;
    guint n_cpus;
    CpuX86Baseline *x86;
    CpuDefinition *result; /* of the families that only look at models */
};

extern const CpuDriver cpu_x86_driver;
extern const CpuDriver cpu_ppc64_driver;
extern const CpuDriver cpu_arm_driver;
extern const CpuDriver cpu_s390_driver;
extern const CpuDriver cpu_riscv64_driver;
extern const CpuDriver cpu_loongarch64_driver;

/* Fills REASON, unless it is NULL. DETAIL is copied; FEATURES is taken. */
void cpu_reason_set(CpuReason *reason, CpuReasonKind kind, const char *detail, GPtrArray *features);

/*
 * As cpu_engine_compare(), by DRIVER: a host whose model is not known runs nothing, all else is the
 * driver's to say.
 */
gboolean cpu_driver_compare(const CpuDriver *driver, const CpuMap *map, const CpuDefinition *host,
                            const CpuDefinition *cpu, CpuCompareResult *ret_result,
                            CpuReason *ret_reason, GError **error);

/*
 * The checks that families share: CPU's architecture, where it names one, is of FAMILY, and its
 * vendor, where it names one, is HOST's. FALSE and REASON otherwise.
 */
gboolean cpu_driver_accepts(CpuFamily family, const CpuDefinition *host, const CpuDefinition *cpu,
                            CpuReason *reason);

/* GUEST takes HOST's model and vendor and becomes a custom, exact definition. */
void cpu_driver_take_model(CpuDefinition *guest, const CpuDefinition *host);

/* HOST's features with GUEST's own ones laid over them, into GUEST. */
void cpu_driver_merge_features(CpuDefinition *guest, const CpuDefinition *host);

/* Takes out of CPU, which is of FAMILY, what libvirt does not let guests migrate with. */
void cpu_driver_drop_unmigratable(const CpuMap *map, CpuFamily family, CpuDefinition *cpu);

/* Those of MAP; NULL, with the CPU_ERROR of an unknown one, when it has none of that name. */
const CpuModel *cpu_driver_find_model(const CpuMap *map, CpuFamily family, const char *name,
                                      GError **error);
const CpuVendor *cpu_driver_find_vendor(const CpuMap *map, CpuFamily family, const char *name,
                                        GError **error);

/* An own copy of TEXT in *SLOT, whose old content is freed. */
void cpu_driver_set_string(char **slot, const char *text);

G_END_DECLS

#endif
