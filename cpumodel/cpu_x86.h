/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_X86_H
#define CPUMODEL_CPU_X86_H

/*
 * x86 CPUs as sets: what the parts of the x86 driver share. Private to cpumodel.
 */

#include "cpu_driver.h"

G_BEGIN_DECLS

/*
 * The features of a set in map order. A feature is in a set when all its bits are; the bits of one
 * that was met are taken out of the set before the next is looked for.
 */
typedef struct {
    const CpuMap *map;
    CpuSet rest;
    guint next;        /* index of the next feature to look at */
    gboolean is_plain; /* feature i is exactly bit i, as in all maps that libvirt ever had */
} CpuX86Walk;

/* TRUE when every feature of MAP is one bit, and no two share one. */
gboolean cpu_x86_is_plain(const CpuMap *map);

/* IS_PLAIN is what cpu_x86_is_plain() says of MAP, which is asked once for many walks. */
void cpu_x86_walk_init(CpuX86Walk *walk, const CpuMap *map, const CpuSet *set, gboolean is_plain);
/* NULL after the last one. */
const CpuFeature *cpu_x86_walk_next(CpuX86Walk *walk);

/* Names of the features in SET, in map order; of char*, owned by the caller. */
GPtrArray *cpu_x86_feature_names(const CpuMap *map, const CpuSet *set);

/* Those of MAP; NULL, with the CPU_ERROR of an unknown one, when it has none of that name. */
const CpuModel *cpu_x86_find_model(const CpuMap *map, const char *name, GError **error);
const CpuFeature *cpu_x86_find_feature(const CpuMap *map, const char *name, GError **error);

/* TRUE for a name that libvirt knows beside its map: what KVM and Hyper-V announce to guests. */
gboolean cpu_x86_is_hypervisor_feature(const char *name);

/* Gives SET what FEATURE of a definition does, or takes it: any POLICY but optional. */
void cpu_x86_apply_feature(CpuSet *set, const CpuFeature *feature, CpuPolicy policy);

/* As cpu_engine_effective_set(). */
gboolean cpu_x86_effective_set(const CpuMap *map, const CpuDefinition *cpu, CpuSet *ret_set,
                               GPtrArray *unknown, GError **error);

/*
 * The bits of the features of CPU that have exactly that policy; for CPU_POLICY_REQUIRE with those
 * of its model. A host type definition requires all it lists.
 */
gboolean cpu_x86_policy_set(const CpuMap *map, const CpuDefinition *cpu, CpuPolicy policy,
                            CpuSet *ret_set, GError **error);

/* Appends each feature that QEMU removed from MODEL and CPU does not list, with POLICY. */
void cpu_x86_append_removed(CpuDefinition *cpu, const CpuModel *model, CpuPolicy policy);

/* What the decoder goes by. */
typedef struct {
    CpuSet set;
    const CpuVendor *vendor;          /* NULL: not known */
    guint family, model, stepping;    /* all 0: no signature */
    const CpuModel *const *preferred; /* without duplicates; NULL for none */
    guint n_preferred;
} CpuX86Decode;

/* The closest named model; the rest as for cpu_engine_decode(). */
CpuDefinition *cpu_x86_decode(const CpuMap *map, const CpuX86Decode *input,
                              const CpuDecodeOptions *options, GError **error);

/* As CpuDriver.compare and cpu_engine_compare() have it. */
gboolean cpu_x86_compare(const CpuMap *map, const CpuDefinition *host, const CpuDefinition *cpu,
                         CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error);

/* As cpu_engine_compare_hypervisor(). */
gboolean cpu_x86_compare_hypervisor(const CpuMap *map, const CpuDefinition *host_model,
                                    const CpuHypervisorModels *models, const CpuDefinition *cpu,
                                    CpuCompareResult *ret_result, CpuReason *ret_reason,
                                    GError **error);

/* As cpu_engine_expand(). */
CpuDefinition *cpu_x86_expand(const CpuMap *map, const CpuDefinition *cpu, GError **error);

/* As CpuDriver has them; the state of the baseline is theirs, and freed with the last. */
gboolean cpu_x86_baseline_add(CpuBaseline *baseline, const CpuDefinition *cpu, guint index,
                              GError **error);
CpuDefinition *cpu_x86_baseline_finish(CpuBaseline *baseline, GError **error);
void cpu_x86_baseline_free(CpuX86Baseline *x86);

/* As CpuDriver has them. */
gboolean cpu_x86_update(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest,
                        CpuPolicy removed_policy, GError **error);
gboolean cpu_x86_translate(const CpuMap *map, CpuDefinition *guest,
                           const CpuHypervisorModels *models, GError **error);
/* As the cpu_engine_ functions of these names. */
CpuDefinition *cpu_x86_update_live(const CpuMap *map, const CpuDefinition *guest,
                                   const CpuData *enabled, const CpuData *disabled, GError **error);
gboolean cpu_x86_has_feature(const CpuMap *map, const CpuDefinition *cpu, const char *name,
                             gboolean *ret_has, GError **error);

G_END_DECLS

#endif
