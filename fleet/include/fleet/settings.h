/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_SETTINGS_H
#define FLEET_SETTINGS_H

/*
 * What the site wants, as the plan file says it: where documents come from, where the inventory and
 * the reports are, which pools there are and how each is planned. docs/plan-file.rst is the manual.
 */

#include <fleet/fleet.h>

G_BEGIN_DECLS

typedef enum {
    STRATEGY_EXACT,  /* one class for each distinct CPU */
    STRATEGY_POOL,   /* one class, what all hosts have */
    STRATEGY_LADDER, /* named levels; a class is the highest level that a host meets */
    STRATEGY_AUTO,   /* the best partition into few classes */
    STRATEGY_COUNT
} Strategy;

/* By Strategy, as the plan file has them, and NULL behind them. */
extern const char *const strategy_names[STRATEGY_COUNT + 1];

const char *strategy_name(Strategy strategy);

typedef enum {
    VENDOR_RULE_SEPARATE, /* hosts of different vendors never share a class */
    VENDOR_RULE_MIXED,    /* they may */
    VENDOR_RULE_COUNT
} VendorRule;

typedef struct {
    char *name;
    GPtrArray *hosts;  /* of char*: globs of host names */
    GPtrArray *labels; /* of char*: hosts carrying all of these belong too */
    Strategy strategy;
    char *ladder;       /* which ladder: NULL for the vendor's own, "x86-64" for the neutral one */
    gboolean is_secure; /* take the levels' secure variants */
    guint max_classes;  /* auto; 0: no bound */
    gdouble max_loss;   /* auto; share of weighted features that may be given up, 0..1; <0: unset */
    guint min_hosts;    /* auto: hosts in each class at least; 0 and 1 mean any */
    VendorRule vendor_rule;
    GPtrArray *required;    /* of char*: features a template must have */
    GPtrArray *disabled;    /* of char*: features a template must not have */
    GPtrArray *models;      /* of char*: models a template may name; empty: any */
    guint failover_hosts;   /* hosts whose guests must fit on the others */
    guint guest_memory_mib; /* of the guest that room is counted in; 0: the middle one's */
    char *libvirt;          /* version for address plans, "9.0"; NULL: newest known */
    guint spare_ports;      /* free pcie-root-ports per guest */
    guint reserved_slots;   /* PCI slots kept free on i440fx */
} PoolSettings;

typedef struct {
    GPtrArray *hosts;  /* of char*: globs */
    GPtrArray *labels; /* of char*: given to those hosts */
} LabelSettings;

/* What the site knows of the software on hosts, and their documents do not tell. */
typedef struct {
    GPtrArray *hosts;               /* of char*: globs */
    char *versions[SOFTWARE_COUNT]; /* "9.2.1"; NULL: not told */
} VersionSettings;

/* Guests whose trouble is known, so that no night needs to call a person for it. */
typedef struct {
    GPtrArray *guests; /* of char*: globs of guests' names */
    GPtrArray *hosts;  /* of char*: globs of the hosts that they are on; empty: any */
    char *why;
    char *until;           /* "2027-03-31", the last day on which it counts; NULL: for good */
    gint64 until_s;        /* when that day is over: seconds since 1970, UTC; 0: never */
    gboolean has_failover; /* failover finds them a host to start on, like all others */
} KnownStuckSettings;

typedef struct {
    char *name; /* NULL: what the host calls itself */
    char *uri;
} CollectSettings;

typedef struct {
    char *name;
    gdouble weight;
} WeightSettings;

typedef struct {
    char *path;      /* the plan file itself, for messages */
    char *inventory; /* paths are absolute or relative to the plan file's folder */
    char *output;
    char *cpu_map;      /* NULL: built-in */
    GPtrArray *sources; /* of char* */
    GPtrArray *collect; /* of CollectSettings* */
    guint collect_timeout_s;
    /* What documents may cost; 0: what ingest has by default. */
    guint max_document_mib, max_archive_mib;
    guint max_depth;
    GPtrArray *labels;          /* of LabelSettings* */
    GPtrArray *versions;        /* of VersionSettings*; the first that names a host counts */
    GPtrArray *known_stuck;     /* of KnownStuckSettings*; the first that names a guest counts */
    GPtrArray *pools;           /* of PoolSettings*; at least one */
    GPtrArray *feature_weights; /* of WeightSettings*; over the built-in ones */
    char *metrics;              /* Prometheus textfile; NULL: only in the output folder */
} PlanSettings;

PoolSettings *pool_settings_new(const char *name);
void pool_settings_free(PoolSettings *pool);
PlanSettings *plan_settings_new(void); /* defaults, no pool */
void plan_settings_free(PlanSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanSettings, plan_settings_free)

/*
 * What SETTINGS tell of the versions on each host of FLEET, by its index; NULL where they tell
 * nothing. The array is the caller's, to free with g_free(); what is in it belongs to SETTINGS.
 */
const VersionSettings **plan_settings_host_versions(const PlanSettings *settings,
                                                    const Fleet *fleet);

G_END_DECLS

#endif
