/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_DEFINITION_H
#define CPUMODEL_CPU_DEFINITION_H

/*
 * A CPU as a `<cpu>` element describes it: a model's name and the features that differ from it.
 *
 * A definition is of host type (capabilities, what `virsh cpu-baseline` takes; features have no
 * policy) or of guest type (domain XML, host-model of domain capabilities). Names are kept as they
 * were written; whether a CPU map knows them is the engine's question, not the definition's.
 *
 * Source: libvirt's documentation, "Format of capabilities" and "Domain XML: CPU model and
 * topology".
 */

#include <cpumodel/arch.h>

G_BEGIN_DECLS

typedef enum { CPU_TYPE_HOST, CPU_TYPE_GUEST, CPU_TYPE_COUNT } CpuType;

typedef enum {
    CPU_MODE_CUSTOM,
    CPU_MODE_HOST_MODEL,
    CPU_MODE_HOST_PASSTHROUGH,
    CPU_MODE_MAXIMUM,
    CPU_MODE_COUNT
} CpuMode;

typedef enum { CPU_MATCH_EXACT, CPU_MATCH_MINIMUM, CPU_MATCH_STRICT, CPU_MATCH_COUNT } CpuMatch;

typedef enum {
    CPU_CHECK_DEFAULT,
    CPU_CHECK_NONE,
    CPU_CHECK_PARTIAL,
    CPU_CHECK_FULL,
    CPU_CHECK_COUNT
} CpuCheck;

typedef enum { CPU_FALLBACK_ALLOW, CPU_FALLBACK_FORBID, CPU_FALLBACK_COUNT } CpuFallback;

/* An on/off or yes/no attribute that may be absent. */
typedef enum { CPU_SWITCH_ABSENT, CPU_SWITCH_ON, CPU_SWITCH_OFF, CPU_SWITCH_COUNT } CpuSwitch;

typedef enum {
    CPU_POLICY_NONE = -1, /* feature of a host type definition; counts as require */
    CPU_POLICY_FORCE,
    CPU_POLICY_REQUIRE,
    CPU_POLICY_OPTIONAL,
    CPU_POLICY_DISABLE,
    CPU_POLICY_FORBID,
    CPU_POLICY_COUNT
} CpuPolicy;

/* Does a guest with the feature under POLICY run without it? */
static inline gboolean
cpu_policy_is_off(CpuPolicy policy)
{
    return policy == CPU_POLICY_DISABLE || policy == CPU_POLICY_FORBID;
}

typedef enum {
    CPU_CACHE_MODE_EMULATE,
    CPU_CACHE_MODE_PASSTHROUGH,
    CPU_CACHE_MODE_DISABLE,
    CPU_CACHE_MODE_COUNT
} CpuCacheMode;

typedef struct {
    char *name; /* lives as long as the definition; never freed by itself */
    CpuPolicy policy;
} CpuDefinitionFeature;

/*
 * What the names of definitions' features point into. Definitions share it, whoever made it adds to
 * it, and it is freed with the last of them. Adding is for one thread, the rest for any.
 */
typedef struct CpuFeatureNames CpuFeatureNames;

typedef struct {
    CpuType type;
    CpuArch arch; /* host type only */
    CpuMode mode; /* guest type only, as are match, check, the two switches and fallback */
    CpuMatch match;
    CpuCheck check;
    CpuSwitch migratable;
    CpuSwitch deprecated_features;
    char *model; /* NULL for none */
    CpuFallback fallback;
    char *vendor;    /* NULL for none */
    char *vendor_id; /* 12 bytes, NULL for none */

    guint32 microcode; /* 0: not stated */
    guint family;      /* signature; 0: not stated */
    guint model_number;
    guint stepping;
    guint64 tsc_hz;        /* 0: not stated */
    CpuSwitch tsc_scaling; /* printed as yes/no */

    guint sockets, dies, clusters, cores, threads; /* all 0: no topology */

    gboolean has_cache;
    gint cache_level; /* -1: not stated */
    CpuCacheMode cache_mode;

    gboolean has_maxphysaddr;
    gboolean is_maxphysaddr_emulated; /* else passthrough */
    gint maxphysaddr_bits;            /* -1: not stated */
    guint maxphysaddr_limit;          /* 0: not stated */

    GArray *features;       /* of CpuDefinitionFeature, in document order, names unique */
    CpuFeatureNames *names; /* what the names of the list above point into */
} CpuDefinition;

CpuFeatureNames *cpu_feature_names_new(void);
CpuFeatureNames *cpu_feature_names_ref(CpuFeatureNames *names);
void cpu_feature_names_unref(CpuFeatureNames *names); /* NULL is allowed */
/* Adds NAME without looking for it; the copy lives as long as NAMES. */
char *cpu_feature_names_add(CpuFeatureNames *names, const char *name);

/* An empty definition: no model, no features, all else zero or "not stated". */
CpuDefinition *cpu_definition_new(CpuType type);
/* The same, to be given features whose names are of NAMES, with cpu_definition_share_feature(). */
CpuDefinition *cpu_definition_new_sharing(CpuType type, CpuFeatureNames *names);
CpuDefinition *cpu_definition_copy(const CpuDefinition *cpu);
void cpu_definition_free(CpuDefinition *cpu); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuDefinition, cpu_definition_free)

/* The feature of that name, or NULL. Valid until the list changes. Linear. */
CpuDefinitionFeature *cpu_definition_find_feature(const CpuDefinition *cpu, const char *name);

/* Sets the policy of NAME, appending it when the list lacks it. */
void cpu_definition_set_feature(CpuDefinition *cpu, const char *name, CpuPolicy policy);

/* Appends NAME without looking for it; the caller knows that the list lacks it. */
void cpu_definition_append_feature(CpuDefinition *cpu, const char *name, CpuPolicy policy);

/* The same for a NAME that NAMES gave, with which CPU was made; CPU must not have others. */
static inline void
cpu_definition_share_feature(CpuDefinition *cpu, const CpuFeatureNames *names, char *name,
                             CpuPolicy policy)
{
    const CpuDefinitionFeature feature = {name, policy};

    g_assert(cpu->names == names);
    g_array_append_val(cpu->features, feature);
}

/* Forgets all features. */
void cpu_definition_clear_features(CpuDefinition *cpu);

/* Removes the features that IS_KEPT, given DATA, says FALSE to; the others stay in order. */
void cpu_definition_keep_features(CpuDefinition *cpu,
                                  gboolean (*is_kept)(const CpuDefinitionFeature *feature,
                                                      gconstpointer data),
                                  gconstpointer data);

/* Sorts the features by name, byte by byte. */
void cpu_definition_sort_features(CpuDefinition *cpu);

static inline CpuDefinitionFeature *
cpu_definition_feature(const CpuDefinition *cpu, guint index)
{
    return &g_array_index(cpu->features, CpuDefinitionFeature, index);
}

/*
 * Appends CPU to OUT as libvirt formats it: element by element, in its order, two spaces a level,
 * starting INDENT spaces in. An empty definition gives nothing. A host type definition prints its
 * arch, model and vendor.
 */
void cpu_definition_format(const CpuDefinition *cpu, guint indent, GString *out);

/* libvirt's words for the enumerations, by value, and NULL behind them. */
extern const char *const cpu_mode_names[CPU_MODE_COUNT + 1];
extern const char *const cpu_match_names[CPU_MATCH_COUNT + 1];
extern const char *const cpu_check_names[CPU_CHECK_COUNT + 1];
extern const char *const cpu_policy_names[CPU_POLICY_COUNT + 1];
extern const char *const cpu_fallback_names[CPU_FALLBACK_COUNT + 1];
extern const char *const cpu_cache_mode_names[CPU_CACHE_MODE_COUNT + 1];

/* The same of one value; static. CPU_POLICY_NONE counts as require. */
const char *cpu_mode_name(CpuMode mode);
const char *cpu_match_name(CpuMatch match);
const char *cpu_check_name(CpuCheck check);
const char *cpu_policy_name(CpuPolicy policy);
const char *cpu_fallback_name(CpuFallback fallback);

G_END_DECLS

#endif
