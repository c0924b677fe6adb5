/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_SIGNATURES_H
#define PLANNER_SIGNATURES_H

/*
 * The distinct CPUs of one pool: what its classes are made of.
 */

#include "planning.h"

G_BEGIN_DECLS

/* Hosts that a pool's classes cannot tell apart. */
typedef struct {
    char *key;       /* see host_cpu_class_key() */
    CpuSet set;      /* what its guests can have, without the features that the pool disables */
    GArray *hosts;   /* of guint32, ascending */
    GPtrArray *cpus; /* of const HostCpu*, distinct, at least one */
    guint64 weight;  /* sum of its hosts' weights */
    gdouble value;   /* weight of set */
} Signature;

/*
 * The signatures of POOL, sorted by key and set (of Signature*). A host weighs as many as it has
 * logical CPUs where every host of the pool tells, else 1.
 */
GPtrArray *signatures_of_pool(const Planning *planning, const PlanPool *pool);

static inline CpuFamily
signature_family(const Signature *signature)
{
    return ((const HostCpu *)g_ptr_array_index(signature->cpus, 0))->family;
}

/* A class before it has a template: which signatures, held to which level. */
typedef struct {
    GPtrArray *signatures;    /* of const Signature*, not empty, of one key */
    const LadderLevel *level; /* NULL: the class offers what its signatures have in common */
    const PublishedTemplate *published; /* auto: the template that keeps them together, or NULL */
    CpuSet baseline;                    /* what the class offers */
    gdouble loss;                       /* share of its members' features that it gives up, 0..1 */
} ClassDraft;

ClassDraft *class_draft_new(void);
void class_draft_free(ClassDraft *draft);
void class_draft_add(ClassDraft *draft, const Signature *signature);

/* The drafts of POOL (of ClassDraft*) by its strategy; fills in the pool's trade-off. */
GPtrArray *strategy_draft_classes(Planning *planning, PlanPool *pool, const GPtrArray *signatures);

/*
 * A draft for each of POOL's published templates that signatures meet (of ClassDraft*); the
 * signatures that meet none are added to RET_REST.
 */
GPtrArray *promises_draft_classes(const Planning *planning, const PlanPool *pool,
                                  const GPtrArray *signatures, GPtrArray *ret_rest);

/* Tells of the hosts of REST (of Signature*), which meet no published template. */
void promises_report_outsiders(Planning *planning, const PlanPool *pool, const GPtrArray *rest);

/*
 * Puts what the published templates keep, N_CLASSES with LOSS, into the trade-off of POOL, which
 * has the best partition as the chosen one, and proposes that one where it is better.
 */
void promises_report_tradeoff(Planning *planning, PlanPool *pool, guint n_classes, gdouble loss);

/* The name of each draft (of char*), unique within the pool, in the drafts' order. */
GPtrArray *class_names(const Planning *planning, const PlanPool *pool, const GPtrArray *drafts);

/* Fills in KLASS->template. */
void class_template_make(Planning *planning, const PlanPool *pool, PlanClass *klass,
                         const ClassDraft *draft);

/* Adds a sentence to the template's notes. */
void template_note(Template *template, const char *format, ...) G_GNUC_PRINTF(2, 3);

/*
 * SET on the CPU model that is right for DRAFT's template, with what differs. NULL when there is
 * none; the template's notes tell why, and what is to be known of the model. Owned by the caller.
 */
CpuDefinition *template_model_choose(const Planning *planning, const PlanPool *pool,
                                     const ClassDraft *draft, const CpuSet *set,
                                     const CpuVendor *vendor, Template *template);

/* Fills in the template's address bits, TSC frequency and machine types. */
void template_parts_make(const Planning *planning, PlanClass *klass);

/* Fills in KLASS->limits. */
void class_limits_make(const Planning *planning, PlanClass *klass, const ClassDraft *draft);

/* Fills in POOL's merges, once its classes are in order; DRAFTS are those of NAMES. */
void class_merges_make(const Planning *planning, PlanPool *pool, const GPtrArray *drafts,
                       const GPtrArray *names);

/* Fills in the contracts of POOL's classes, and reports published templates without a class. */
void contracts_check(Planning *planning, PlanPool *pool);

/* Reports published templates of pools that the settings do not name. */
void contracts_check_pools(Planning *planning);
/* Notes with each class the guests that run a template which was replaced or retired. */
void contracts_find_outdated_guests(Planning *planning);

G_END_DECLS

#endif
