/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_DATA_H
#define CPUMODEL_CPU_DATA_H

/*
 * What a CPU reports about itself: CPUID leaves and MSRs as raw registers.
 *
 * Items with one key are merged by OR, as libvirt merges them. An all-zero item is the same as
 * none.
 */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

typedef struct {
    gboolean is_msr;
    guint32 leaf;                     /* CPUID: EAX input; MSR: index */
    guint32 subleaf;                  /* CPUID: ECX input; MSR: 0 */
    guint32 regs[CPU_REGISTER_COUNT]; /* MSR: low half in EAX, high half in EDX */
} CpuDataItem;

/* Bytes of the vendor string in leaf 0. */
#define CPU_VENDOR_STRING_LENGTH 12

typedef struct CpuData CpuData;

CpuData *cpu_data_new(void);
CpuData *cpu_data_copy(const CpuData *data);
void cpu_data_free(CpuData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuData, cpu_data_free)

/* ORs ITEM into the item of its key. */
void cpu_data_add(CpuData *data, const CpuDataItem *item);
/* ANDs DATA with OTHER, item by item; items without a partner vanish. */
void cpu_data_intersect(CpuData *data, const CpuData *other);
/* The item of that key, or NULL. */
const CpuDataItem *cpu_data_find(const CpuData *data, gboolean is_msr, guint32 leaf,
                                 guint32 subleaf);
guint cpu_data_n_items(const CpuData *data);
/* Sorted: CPUID before MSR, then leaf, then subleaf. */
const CpuDataItem *cpu_data_item(const CpuData *data, guint index);

/* The vendor string of leaf 0 in the map's table, or NULL when none matches. */
const CpuVendor *cpu_data_vendor(const CpuData *data, const CpuMap *map);
/* ORs the vendor's 12 bytes into leaf 0 (EBX, EDX, ECX). */
void cpu_data_set_vendor(CpuData *data, const char string[CPU_VENDOR_STRING_LENGTH]);

/* Leaf 1 EAX as family, model, stepping; all 0 when there is no leaf 1. */
void cpu_data_signature(const CpuData *data, guint *ret_family, guint *ret_model,
                        guint *ret_stepping);
void cpu_data_set_signature(CpuData *data, guint family, guint model, guint stepping);

/* Physical address bits of leaf 0x80000008 EAX[7:0]; 0 when not reported. */
guint cpu_data_physical_address_bits(const CpuData *data);

/* The bits of DATA that the map's x86 tables name. */
void cpu_data_to_set(const CpuData *data, const CpuMap *map, CpuSet *ret_set);
/* The reverse: ORs the bits of SET into DATA. */
void cpu_data_add_set(CpuData *data, const CpuMap *map, const CpuSet *set);

/* libvirt's `<cpudata arch='x86'>` document, items sorted, all-zero ones left out. */
void cpu_data_format(const CpuData *data, GString *out);

G_END_DECLS

#endif
