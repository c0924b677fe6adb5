/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_MAP_H
#define CPUMODEL_CPU_MAP_H

/*
 * The CPU map: which features, vendors and named models there are.
 *
 * A map holds one table set per CPU family (x86, ppc64, arm). It is built once, by
 * cpu_map_new_builtin() from the tables compiled into the program or by a CpuMapBuilder from
 * elsewhere (a libvirt map directory), and never changes afterwards: any number of threads may read
 * it. Everything a map hands out is owned by the map and lives as long as it does.
 *
 * "Map order" is the order in which features and models were added. libvirt's outputs follow it, so
 * it is part of a map's meaning; `index` members count in it.
 *
 * Facts: Intel SDM volume 2A (CPUID) and volume 4 (MSRs), AMD APM volume 3 appendix E; names and
 * models as libvirt's cpu_map has them.
 */

#include <cpumodel/arch.h>
#include <cpumodel/cpu_set.h>

G_BEGIN_DECLS

typedef struct CpuMap CpuMap;
typedef struct CpuMapBuilder CpuMapBuilder;

#define CPU_MAP_ERROR (cpu_map_error_quark())
GQuark cpu_map_error_quark(void);

typedef enum {
    CPU_MAP_ERROR_DUPLICATE, /* a name is declared twice */
    CPU_MAP_ERROR_UNKNOWN, /* a model names a vendor, feature or ancestor not declared before it */
    CPU_MAP_ERROR_INVALID, /* a value out of range, or more bits than CPU_SET_BITS */
} CpuMapError;

typedef enum {
    CPU_REGISTER_EAX,
    CPU_REGISTER_EBX,
    CPU_REGISTER_ECX,
    CPU_REGISTER_EDX,
    CPU_REGISTER_COUNT
} CpuRegister;

/* One bit of one CPUID output register, or of one MSR (low half in EAX, high half in EDX). */
typedef struct {
    gboolean is_msr;
    guint32 leaf;    /* CPUID: EAX input; MSR: index */
    guint32 subleaf; /* CPUID: ECX input; MSR: 0 */
    CpuRegister reg;
    guint8 bit; /* 0..31 */
} CpuBit;

/*
 * BIT for people: "CPUID 0x00000007 sub-leaf 1 EAX bit 4", "MSR 0x10a bit 3". Owned by the caller.
 */
char *cpu_bit_describe(const CpuBit *bit);

typedef struct {
    const char *name;
    const char *source; /* who spells it so: "qemu", "linux", "amd", ... */
} CpuFeatureAlias;

/* What a feature is about, as a person would sort it. */
typedef enum {
    CPU_FEATURE_GROUP_OTHER = 0,
    CPU_FEATURE_GROUP_INSTRUCTIONS,
    CPU_FEATURE_GROUP_MITIGATIONS,
    CPU_FEATURE_GROUP_VIRTUALIZATION,
    CPU_FEATURE_GROUP_POWER, /* and monitoring */
    CPU_FEATURE_GROUP_COUNT
} CpuFeatureGroup;

/*
 * The libvirt releases between which a name appeared, as version.h numbers them: LACKING is the
 * newest known not to have it, HAVING the oldest known to have it; 0 where none is known.
 */
typedef struct {
    guint lacking;
    guint having;
} CpuSince;

typedef struct {
    const char *name;
    guint index; /* in map order */
    CpuSet bits; /* x86: never empty, a CPU has the feature when it has all; else empty */
    gboolean is_migratable;
    CpuFeatureGroup group;
    CpuSince since;
    const CpuFeatureAlias *aliases;
    guint n_aliases;
} CpuFeature;

typedef struct {
    const char *name;    /* "Intel" */
    const char *string;  /* x86: the 12 bytes of CPUID leaf 0, "GenuineIntel"; arm: NULL */
    guint32 implementer; /* arm: MIDR implementer; else 0 */
} CpuVendor;

/* Family and model as libvirt composes them: extended family always added to the base one. */
typedef struct {
    guint family;
    guint model;
    guint16 steppings; /* bit n: stepping n; 0xffff when the map names none */
} CpuSignature;

/*
 * What CpuSignature.steppings is of TEXT, numbers and ranges joined by commas ("0-4,7") as CPU maps
 * have them; blanks around numbers are allowed. 0 when it is something else.
 */
guint16 cpu_steppings_parse(const char *text);

/* ppc64: processor version register; arm: part number, mask 0xffff when the map names none. */
typedef struct {
    guint32 value;
    guint32 mask;
} CpuPvr;

typedef struct CpuModel CpuModel;
struct CpuModel {
    const char *name;
    guint index; /* in map order */
    CpuSince since;
    const char *group;         /* heading under which libvirt's index lists it; NULL for none */
    const CpuVendor *vendor;   /* NULL: fits every vendor */
    const CpuModel *ancestor;  /* the model it was declared on top of, or NULL */
    const CpuModel *canonical; /* the versioned name of this alias (Haswell: Haswell-v1), or NULL */
    gboolean is_decodable_host;     /* may be chosen for a host CPU */
    gboolean is_decodable_guest;    /* may be chosen for a guest CPU */
    gboolean is_compat_checked;     /* check='partial' compares instead of asking for usability */
    const CpuSignature *signatures; /* in map order; never inherited together with own ones */
    guint n_signatures;
    const CpuPvr *pvrs;
    guint n_pvrs;
    CpuSet set; /* features that are part of the model; not the two lists below */
    const CpuFeature *const *removed; /* QEMU dropped them; disabled explicitly. Map-file order */
    guint n_removed;
    const CpuFeature *const *added; /* libvirt learnt of them later; tolerated by live checks */
    guint n_added;
};

/* The group's name for people ("instruction sets", "power and monitoring"). Static. */
const char *cpu_feature_group_name(CpuFeatureGroup group);

/* The words for groups in data files ("instructions", "power"), by value, and NULL behind them. */
extern const char *const cpu_feature_group_words[CPU_FEATURE_GROUP_COUNT + 1];

/* The map compiled into the program. Never NULL. Free with cpu_map_unref(). */
CpuMap *cpu_map_new_builtin(void);

CpuMap *cpu_map_ref(CpuMap *map);
void cpu_map_unref(CpuMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuMap, cpu_map_unref)

/* Where the map came from, for messages: "built-in", or a path. */
const char *cpu_map_origin(const CpuMap *map);

/* Number of bit positions in use by FAMILY's sets; all set bits are below it. */
guint cpu_map_n_bits(const CpuMap *map, CpuFamily family);
/* What position BIT of FAMILY's sets means; BIT < cpu_map_n_bits(). */
const CpuBit *cpu_map_bit(const CpuMap *map, CpuFamily family, guint bit);

guint cpu_map_n_features(const CpuMap *map, CpuFamily family);
const CpuFeature *cpu_map_feature(const CpuMap *map, CpuFamily family, guint index);
/* By libvirt's own name only, as libvirt's XML is read; NULL when unknown. O(1). */
const CpuFeature *cpu_map_find_feature(const CpuMap *map, CpuFamily family, const char *name);
/*
 * By any spelling: own name, alias, or a spelling of QEMU or Linux that differs only in '-', '_'.
 */
const CpuFeature *cpu_map_find_feature_alias(const CpuMap *map, CpuFamily family, const char *name);

guint cpu_map_n_vendors(const CpuMap *map, CpuFamily family);
const CpuVendor *cpu_map_vendor(const CpuMap *map, CpuFamily family, guint index);
const CpuVendor *cpu_map_find_vendor(const CpuMap *map, CpuFamily family, const char *name);

guint cpu_map_n_models(const CpuMap *map, CpuFamily family);
const CpuModel *cpu_map_model(const CpuMap *map, CpuFamily family, guint index);
const CpuModel *cpu_map_find_model(const CpuMap *map, CpuFamily family, const char *name);

/* ---- building ------------------------------------------------------------------------------- */

/* Fill in what is known, leave the rest zero. The builder copies everything. */
typedef struct {
    const char *name;
    const CpuBit *bits;
    guint n_bits;
    gboolean is_unmigratable;
    CpuFeatureGroup group;
    CpuSince since;
    const CpuFeatureAlias *aliases;
    guint n_aliases;
} CpuFeatureDeclaration;

typedef struct {
    const char *name;
    const char *group;
    CpuSince since;
    const char *ancestor; /* NULL for none */
    const char *vendor;   /* NULL: the ancestor's, or none */
    gboolean is_decodable_host;
    gboolean is_decodable_guest;
    gboolean is_compat_checked;
    const CpuSignature *signatures; /* none: the ancestor's */
    guint n_signatures;
    const CpuPvr *pvrs;
    guint n_pvrs;
    const char *const *features; /* names, as are the two below */
    guint n_features;
    const char *const *removed;
    guint n_removed;
    const char *const *added;
    guint n_added;
} CpuModelDeclaration;

/* ORIGIN as for cpu_map_origin(). Free with cpu_map_builder_free() or cpu_map_builder_finish(). */
CpuMapBuilder *cpu_map_builder_new(const char *origin);
void cpu_map_builder_free(CpuMapBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuMapBuilder, cpu_map_builder_free)

/* Each returns FALSE with a CPU_MAP_ERROR and leaves the builder as it was. */
gboolean cpu_map_builder_add_vendor(CpuMapBuilder *builder, CpuFamily family,
                                    const CpuVendor *vendor, GError **error);
gboolean cpu_map_builder_add_feature(CpuMapBuilder *builder, CpuFamily family,
                                     const CpuFeatureDeclaration *declaration, GError **error);
gboolean cpu_map_builder_add_model(CpuMapBuilder *builder, CpuFamily family,
                                   const CpuModelDeclaration *declaration, GError **error);

/* Takes BUILDER and gives the finished map. */
CpuMap *cpu_map_builder_finish(CpuMapBuilder *builder);

G_END_DECLS

#endif
