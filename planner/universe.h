/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_UNIVERSE_H
#define PLANNER_UNIVERSE_H

/*
 * All features that hosts of one CPU family name, each with a place in a CpuSet and a weight.
 *
 * The places below first_foreign are the CPU map's; a feature that the map does not know gets one
 * of those above when it is first named. So what the map knows and what it does not are intersected
 * and compared alike. Families whose features the map gives no bits have foreign features only.
 */

#include <cpumodel/cpu_map.h>
#include <fleet/settings.h>

G_BEGIN_DECLS

/* Where all of FEATURE's bits are taken away, so are those of DEPENDENTS. */
typedef struct {
    CpuSet feature, dependents;
} Dependency;

/* Which module of KVM gives a feature. */
typedef enum { KVM_MODULE_ANY, KVM_MODULE_VMX, KVM_MODULE_SVM } KvmModule;

/* A feature that KVM gives to guests though the host's CPUID lacks it. */
typedef struct {
    const char *name; /* static */
    CpuSet feature;
    CpuSet needs; /* of the host's CPU; empty: none */
    KvmModule module;
    gboolean is_unasked; /* a guest has it though its model lacks it, unless it disables it */
    gboolean is_certain; /* else it depends on what no document but domain capabilities tells */
    guint named_since;   /* QEMU release; on AMD, only guests that name it have it; 0: all */
} KvmGiven;

typedef struct {
    const CpuMap *map;
    CpuFamily family;
    guint first_foreign;
    GPtrArray *foreign;            /* of char*: name of bit first_foreign + i */
    GHashTable *foreign_index;     /* name -> i + 1 */
    guint n_refused;               /* names for which there was no place left */
    gdouble weights[CPU_SET_BITS]; /* of each bit */
    CpuSet unmigratable;           /* by the map's word */
    CpuSet never_migrated;         /* by QEMU's: the invariant TSC; host-model leaves it out */
    CpuSet host_only;              /* never a guest's, where only the host's own CPU is known */
    GArray *kvm_given;             /* of KvmGiven: a guest's beside the host's own CPU */
    CpuSet nested_intel;           /* what vmx offers inside the guest */
    CpuSet nested_amd;             /* what svm offers inside the guest */
    CpuSet arch_capabilities;      /* what arch-capabilities tells */
    GArray *dependencies;          /* of Dependency: what goes when another feature goes */
    CpuSet groups[CPU_FEATURE_GROUP_COUNT]; /* features by what they are about */
    /* Features by their lowest bit, as lists: of index + 1, where 0 is none. */
    guint *first_feature; /* by bit */
    guint *next_feature;  /* by feature */
} Universe;

/* WEIGHTS (of WeightSettings*) are the site's own. */
Universe *universe_new(const CpuMap *map, CpuFamily family, const GPtrArray *weights);
void universe_free(Universe *universe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Universe, universe_free)

/* Adds the bits of NAME to SET, giving it a place when it has none. */
void universe_add_name(Universe *universe, const char *name, CpuSet *set);
/* The bits of NAME without giving it a place; FALSE when it has none. */
gboolean universe_find_name(const Universe *universe, const char *name, CpuSet *ret_bits);

/* Names of the features in SET (of char*), sorted bytewise. Owned by the caller. */
GPtrArray *universe_names(const Universe *universe, const CpuSet *set);
/* "a, b and 3 more": at most LIMIT names of SET. Owned by the caller. */
char *universe_list(const Universe *universe, const CpuSet *set, guint limit);

/* SET without foreign bits, as the CPU engine wants it. */
CpuSet universe_known(const Universe *universe, const CpuSet *set);

gdouble universe_weight(const Universe *universe, const CpuSet *set);

/*
 * The bits of NAMES (of char*), with those of all features that cannot be used without them
 * (planner/data/dependencies.yaml); vmx and svm bring their nested features.
 */
CpuSet universe_closure(const Universe *universe, const GPtrArray *names);

G_END_DECLS

#endif
