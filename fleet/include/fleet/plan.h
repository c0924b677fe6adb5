/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_PLAN_H
#define FLEET_PLAN_H

/*
 * The plan: everything that is computed from a fleet and the site's settings. Reports print it and
 * compute nothing.
 *
 * A plan borrows from the fleet, the settings and the CPU map it was made from; they must outlive
 * it. All lists are in the order in which they are printed: by name, bytewise, unless their comment
 * says otherwise. Hosts are indexes into Fleet.hosts, guests into Fleet.guests.
 */

#include <cpumodel/cpu_definition.h>
#include <cpumodel/cpu_map.h>
#include <fleet/device.h>
#include <fleet/fleet.h>
#include <fleet/settings.h>

G_BEGIN_DECLS

/* ---- verdicts ------------------------------------------------------------------------------- */

typedef enum {
    VERDICT_YES,
    VERDICT_WARN,    /* it works, with something to know */
    VERDICT_UNKNOWN, /* not enough is known to say yes */
    VERDICT_NO,
    VERDICT_COUNT
} Verdict; /* in ascending order of trouble: the verdict of many is their maximum */

/* "yes", "warn", "unknown", "no" */
const char *verdict_name(Verdict verdict);

/* One reason against a migration. */
typedef struct {
    const char *check;   /* stable id from the planner's table of checks: "features-missing" */
    Verdict severity;    /* WARN, UNKNOWN or NO */
    char *text;          /* one sentence that names the facts */
    char *remedy;        /* what would cure it */
    GPtrArray *features; /* of char*: the features it is about; NULL when none */
    const char *lead;    /* static: what the text says before it lists them; NULL like them */
} Blocker;

/* CHECK is static, TEXT and REMEDY are copied; no features. */
Blocker *blocker_new(const char *check, Verdict severity, const char *text, const char *remedy);
/* Blockers are shared by the outcomes that have them; the last blocker_unref() frees one. */
Blocker *blocker_ref(Blocker *blocker);
void blocker_unref(Blocker *blocker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Blocker, blocker_unref)
/*
 * Its text and remedy where the target is the guest's own host, which is asked whether it could
 * start the guest again: "The host lacks ...". Owned by the caller.
 */
char *blocker_text_here(const Blocker *blocker);
char *blocker_remedy_here(const Blocker *blocker);

/* A verdict with all its reasons, worst first. Outcomes are shared by all pairs they hold for. */
typedef struct {
    Verdict verdict;
    GPtrArray *blockers; /* of Blocker*; empty for YES */
} Outcome;

Outcome *outcome_new(void); /* a plain yes */
void outcome_free(Outcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outcome, outcome_free)
/* Takes BLOCKER, and raises the verdict to its severity. */
void outcome_add(Outcome *outcome, Blocker *blocker);

/* ---- capacity ------------------------------------------------------------------------------- */

#define CAPACITY_UNKNOWN G_MAXUINT64

/*
 * What the hosts of a class or pool have left. A host that does not tell its memory counts as full.
 * Memory that is reserved in huge pages serves those that ask for it, so neither what is free nor
 * room is counted in it.
 */
typedef struct {
    guint n_hosts;
    guint n_untold_hosts; /* that do not tell their memory */
    guint n_guests;       /* that run there; all, where none of the fleet is known to run */
    guint64 memory_kib;   /* of the hosts */
    guint64 used_kib;     /* of the guests, huge pages too */
    guint64 free_kib;     /* that no guest has; a host whose guests have more than it has is full */
    guint64 largest_kib;  /* the most that is free on one host: no larger guest fits */
    guint n_cpus;         /* of the hosts, logical */
    guint n_vcpus;        /* of the guests */
    guint64 n_more; /* more guests of PlanPool.guest_kib that have room; CAPACITY_UNKNOWN where
                       that is 0 */
    guint64 n_more_failover; /* the same with all guests finding a place after the failures that the
                                pool's failover is judged by, see planner/room.h; CAPACITY_UNKNOWN
                                where it may not have that */
} Capacity;

/* ---- classes -------------------------------------------------------------------------------- */

typedef struct {
    char *name;                  /* "POOL-CLASS" */
    CpuDefinition *cpu;          /* guest type; NULL when there is no common CPU */
    GPtrArray *features;         /* of char*: all that the guest will see, sorted; expanded cpu */
    guint physical_address_bits; /* the smallest of the members; 0: a member does not tell */
    guint64 tsc_hz;              /* one that every member can give; 0: there is none */
    GPtrArray *machines;         /* of char*: canonical names that every member lists, sorted */
    char *digest;                /* of all of the above */
    GPtrArray *notes;            /* of char*: what was left out, and why; sentences */
} Template;

/* One thing that holds a class back. */
typedef struct {
    GArray *hosts;       /* of guint32: the hosts that lack it; those that would have to go */
    GPtrArray *features; /* of char*: what the rest would gain */
    gdouble gain;        /* weighted share of features given back, 0..1 */
    char *text;          /* one sentence */
} ClassLimit;

typedef enum {
    CONTRACT_NONE,     /* nothing published for this class */
    CONTRACT_KEPT,     /* every member meets the published template */
    CONTRACT_HEADROOM, /* kept, and the members have more in common than it uses */
    CONTRACT_NARROWED, /* kept, but for machine types that nobody counts on */
    CONTRACT_BROKEN,   /* a member does not meet it */
    CONTRACT_COUNT
} ContractState;

/* "none", "kept", "headroom", "narrowed", "broken" */
const char *contract_state_name(ContractState state);

typedef struct {
    guint32 host;
    GPtrArray *reasons; /* of char*: sentences */
} ContractBreach;

typedef struct {
    ContractState state;
    const PublishedTemplate *published; /* NULL when CONTRACT_NONE */
    GArray *breaches;                   /* of ContractBreach */
    /* of char*: promised, lacked by a member, and neither a guest's nor the newest of their kind */
    GPtrArray *lost_machines;
    GPtrArray *headroom;     /* of char*: what all members have and the published one lacks */
    GArray *outdated_guests; /* of guint32: guests here on a replaced or retired template */
} Contract;

typedef struct {
    char *name;  /* unique in its pool, and stable while its founding members stay */
    char *level; /* ladder: the level's name; NULL otherwise */
    CpuArch arch;
    char *vendor;       /* NULL when members differ or do not tell */
    GArray *hosts;      /* of guint32, ascending */
    CpuSet set;         /* what every member has */
    gdouble loss;       /* weighted share of its members' features that the class gives up, 0..1 */
    Template *template; /* never NULL; its cpu may be */
    GArray *limits;     /* of ClassLimit, greatest gain first */
    Contract contract;
    guint64 memory_kib; /* sum over members */
    guint n_cpus;
    Capacity capacity; /* zero where guests were not planned */
    /* Ways from each member to each other, of a guest on the template; 0: no matrix was made. */
    guint64 n_ways[VERDICT_COUNT];
    GPtrArray *barriers; /* of const char*, static: checks that decide where one is not open, the
                            one that decides most ways first */
    guint n_host_model; /* members judged by what their hypervisor offers (domain capabilities); the
                           others are judged by their host CPU */
} PlanClass;

/* auto: what each number of classes would cost; for the others, a single point. */
typedef struct {
    guint n_classes;
    gdouble loss; /* 0..1 */
    gboolean is_chosen;
    gboolean is_exact; /* proven best */
    gboolean is_kept;  /* not the best of that many, but what the published templates keep */
} TradeoffPoint;

/*
 * Two classes that cost least to merge, of those that are left. Classes are numbered as in
 * PlanPool.classes; what the merge of index i makes bears the number of classes plus i.
 */
typedef struct {
    guint32 first, second;
    gdouble loss;       /* what the merged class's hosts have that it gives up, 0..1 */
    gdouble added_loss; /* what is lost by this merge alone, as a share of all that the pool has */
} ClassMerge;

/* ---- migration ------------------------------------------------------------------------------ */

/* Hosts for which every migration check gives the same answers. */
typedef struct {
    guint32 pool;  /* index in Plan.pools */
    char *name;    /* its first host's name, for messages */
    GArray *hosts; /* of guint32, ascending */
} HostGroup;

typedef enum {
    SUBJECT_TEMPLATE,         /* a guest on the source's class template */
    SUBJECT_HOST_MODEL,       /* a guest with mode='host-model', started on the source */
    SUBJECT_HOST_PASSTHROUGH, /* a guest with mode='host-passthrough' */
    SUBJECT_COUNT
} MatrixSubject;

/* "template", "host-model", "host-passthrough" */
const char *matrix_subject_name(MatrixSubject subject);

/* Half of what a matrix says: groups that are alike in it share its rows and columns. */
typedef struct {
    guint n_sources, n_targets;
    guint32 *source_of, *target_of; /* by group of the matrix: its row and its column here */
    guint32 *parts;                 /* n_sources * n_targets; 0: nothing to say */
    guint n_parts;
} MatrixFactor;

/*
 * A directed matrix over the host groups of one pool, row = from. A cell is an index of outcomes:
 * what the CPUs of the two groups say, joined with what the rest of the hosts does. The diagonal is
 * between two hosts of one group. Ask with matrix_cell() and matrix_outcome().
 */
typedef struct {
    MatrixSubject subject;
    guint n;         /* groups */
    guint32 *groups; /* index in Plan.groups of row and column i */
    MatrixFactor cpus;
    MatrixFactor sites;  /* hypervisor, machine types, capabilities, TSC */
    guint32 *joined;     /* cpus.n_parts * sites.n_parts: index of outcomes, where a cell has it */
    GPtrArray *outcomes; /* of Outcome*; index 0 is a plain yes */
    guint64 n_pairs[VERDICT_COUNT]; /* of different hosts, expanded */
    guint64 n_one_way;              /* unordered host pairs where one direction alone is yes/warn */
} Matrix;

typedef struct {
    guint32 group;     /* index in Plan.groups */
    guint32 can_start; /* index in GuestPlan.outcomes */
    guint32 can_migrate;
} GuestTarget;

/* Where a guest stands with its pool's other hosts; in ascending order of trouble. */
typedef enum {
    GUEST_ALONE,        /* there is no other host, or its own is in no pool */
    GUEST_FREE,         /* it can migrate to at least one */
    GUEST_MAY_BE_STUCK, /* to none for certain; of one it is not known, or no other is planned */
    GUEST_STUCK,        /* to none of those that are planned with */
    GUEST_FREEDOM_COUNT
} GuestFreedom;

/* "no-other-host", "free", "may-be-stuck", "stuck" */
const char *guest_freedom_name(GuestFreedom freedom);

typedef struct {
    guint32 guest; /* index in Fleet.guests */
    guint32 host;  /* index in Fleet.hosts, FLEET_NO_INDEX when not known */
    guint32 pool;  /* index in Plan.pools, FLEET_NO_INDEX when its host is in none */
    GuestFreedom freedom;
    GArray *targets; /* of GuestTarget: the groups of its pool; shared by guests that are alike.
                        Its own group's entry is about the group's other hosts, if there are any */
    guint32 can_start_here; /* index in outcomes: could it start again where it is? FLEET_NO_INDEX
                               where its host is in no pool, or that host's CPU is not known */
    GPtrArray *outcomes;    /* of Outcome*; index 0 is a plain yes; shared likewise */
    guint n_start_hosts;    /* hosts where it could start */
    guint n_migrate_hosts;  /* other hosts it could live-migrate to */
    char *held_by;          /* the one change that frees most; NULL when nothing holds it */
    char *obstacle;         /* its reason alone, which guests on other hosts share; NULL like it */
    char *remedy;           /* and what to do; NULL like it */
    guint n_cured_hosts;    /* hosts that the change would open; 0: not by itself */
    GArray *cured_groups;   /* of guint32: the groups of those hosts, of which its own is none, even
                               where it is in one; shared likewise */
    gboolean is_freed_by_template;   /* a restart on its class's template would free it */
    const KnownStuckSettings *known; /* what the plan file says of it, and is in force; NULL:
                                        nothing */
} GuestPlan;

/* Can all guests leave this host? */
typedef struct {
    guint32 host;
    Verdict verdict;
    guint n_guests;
    GArray *stranded; /* of guint32: guests with no place to go */
    char *text;       /* why not, or what it takes; a sentence */
} Drain;

typedef struct {
    guint32 *order; /* hosts in the order in which they can be drained, one after the other */
    guint n_order;
    GArray *blocking_guests; /* of guint32: what makes a rolling maintenance impossible */
    Verdict failover;        /* can the pool's failover_hosts fail, and all guests start again? */
    char *failover_text;     /* a sentence */
} Maintenance;

/* ---- drift ---------------------------------------------------------------------------------- */

typedef struct {
    const char *id; /* "host-new", "host-gone", "features-lost", "features-gained", "class-split",
                       "class-merged", "template-broken", "guest-stuck", "guest-may-be-stuck",
                       "guest-cannot-restart", "address-moved", ... */
    gboolean is_actionable; /* needs a person */
    char *host;             /* NULL when it concerns none */
    char *pool;             /* whose host, guest or class it is; NULL: of none, or not told */
    char *subject;          /* pool, class, guest or device it concerns; NULL when it is the host */
    char *text;             /* a sentence */
    char *cause;            /* what changed with it: microcode, QEMU...; NULL when nothing did */
    GPtrArray *features;    /* of char*; NULL when none */
} DriftItem;

void drift_item_free(DriftItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DriftItem, drift_item_free)

/* ---- addresses ------------------------------------------------------------------------------ */

typedef struct {
    guint32 guest;
    DomainDevices *devices; /* complete; NULL when libvirt would refuse the definition */
    Finding *refusal;       /* why, at the definition's line; NULL when devices is set */
    char *machine;          /* canonical */
    GPtrArray *findings;    /* of Finding*: moved devices, hosts that differ */
} AddressPlan;

/* ---- the whole ------------------------------------------------------------------------------ */

typedef struct {
    const PoolSettings *settings;
    GArray *hosts;       /* of guint32, ascending */
    GArray *quarantined; /* of guint32: in the pool, but their CPU is not known */
    GPtrArray *classes;  /* of PlanClass* */
    GArray *class_of;    /* of guint32, as hosts: index in classes; FLEET_NO_INDEX for none */
    GArray *tradeoff;    /* of TradeoffPoint, by n_classes */
    GArray *merges;      /* of ClassMerge, in the order of merging; empty beyond 100 classes */
    Matrix *matrices[SUBJECT_COUNT];
    GPtrArray *drains; /* of Drain*, by host */
    Maintenance maintenance;
    Capacity capacity; /* the sum of its classes' */
    guint64 guest_kib; /* the guest that room is counted in: what the plan file says, or else the
                          middle one of those that run; 0: none does */
} PlanPool;

typedef struct {
    const Fleet *fleet;
    const PlanSettings *settings;
    const CpuMap *map;
    GPtrArray *pools;     /* of PlanPool*, in the plan file's order */
    GPtrArray *groups;    /* of HostGroup* */
    GArray *group_of;     /* of guint32, by host: index in groups; FLEET_NO_INDEX for none */
    GPtrArray *guests;    /* of GuestPlan*, as Fleet.guests */
    GPtrArray *addresses; /* of AddressPlan*, as Fleet.guests */
    GPtrArray *drift;     /* of DriftItem*; empty when there was no earlier run */
    gint64 drift_run;     /* the run that drift compares with; 0 for none */
    GArray *unassigned;   /* of guint32: hosts in no pool */
    GPtrArray *findings;  /* of Finding* */
} Plan;

Plan *plan_new(void);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* The pool of PLAN with that name, and the class of POOL; NULL when there is none. Linear. */
const PlanPool *plan_find_pool(const Plan *plan, const char *name);
PlanClass *plan_pool_find_class(const PlanPool *pool, const char *name);
/* The pool of PLAN that GUEST's host is in; NULL when it is in none. */
const PlanPool *plan_pool_of_guest(const Plan *plan, const GuestPlan *guest);
/* The index in POOL's classes of the class of HOST; FLEET_NO_INDEX for none. Binary search. */
guint32 plan_pool_class_of(const PlanPool *pool, guint32 host);

/* The rest of a plan's records; each is freed by what holds it. */
PlanPool *plan_pool_new(const PoolSettings *settings);
PlanClass *plan_class_new(const char *name);
HostGroup *host_group_new(guint32 pool, const char *name);
/* Its factors are empty: whoever makes them owns them until the matrix is freed, with it. */
Matrix *matrix_new(MatrixSubject subject, guint n);
GuestPlan *guest_plan_new(guint32 guest);
/*
 * The first thing because of which its own host would not start the guest again; NULL: it would, or
 * nobody knows.
 */
const Blocker *guest_plan_restart_blocker(const GuestPlan *plan);
/* It is stuck, or may be: and the plan file does not know, or does. */
gboolean guest_plan_needs_person(const GuestPlan *plan);
gboolean guest_plan_is_known(const GuestPlan *plan);
Drain *drain_new(guint32 host);
DriftItem *drift_item_new(const char *id, gboolean is_actionable);
AddressPlan *address_plan_new(guint32 guest);

static inline guint32
matrix_factor_part(const MatrixFactor *factor, guint row, guint column)
{
    const gsize source = factor->source_of[row];

    return factor->parts[source * factor->n_targets + factor->target_of[column]];
}

/* The index in MATRIX->outcomes of cell (ROW, COLUMN). */
static inline guint32
matrix_cell(const Matrix *matrix, guint row, guint column)
{
    const gsize cpu_part = matrix_factor_part(&matrix->cpus, row, column);

    return matrix->joined[cpu_part * matrix->sites.n_parts +
                          matrix_factor_part(&matrix->sites, row, column)];
}

/* What cell (ROW, COLUMN) says. Never NULL. */
const Outcome *matrix_outcome(const Matrix *matrix, guint row, guint column);

G_END_DECLS

#endif
