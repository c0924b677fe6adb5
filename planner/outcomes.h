/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_OUTCOMES_H
#define PLANNER_OUTCOMES_H

/*
 * Outcomes of many pairs of endpoints, each distinct one made once.
 *
 * The aspects of a pair are answered apart and remembered by what they depend on; a pair's outcome
 * is then a combination of a few small numbers. So the cost of a pair is a few look-ups, and an
 * Outcome is only made for answers that have not been given before.
 */

#include "check_input.h"

G_BEGIN_DECLS

typedef struct OutcomeTable OutcomeTable;

/* A table whose outcomes are added to OUTCOMES (of Outcome*, index 0 a plain yes). */
OutcomeTable *outcome_table_new(const Planning *planning, GPtrArray *outcomes);
void outcome_table_free(OutcomeTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutcomeTable, outcome_table_free)

/*
 * Names who moves from where for the lookups that follow. TRAVELLER must live until the next call;
 * ID tells travellers apart. FROM may be NULL (only starts are asked for then).
 */
void outcome_table_set_source(OutcomeTable *table, const Traveller *traveller, guint32 id,
                              const Endpoint *from);

/*
 * Two halves of the answer, as small numbers that mean the same for all sources of the table; 0 is
 * nothing to say. The CPU half depends on the traveller and the two CPUs, the site half on the
 * traveller's id and the rest of the endpoints.
 */
guint32 outcome_table_cpu_part(OutcomeTable *table, const Endpoint *to, gboolean is_start);
guint32 outcome_table_site_part(OutcomeTable *table, const Endpoint *to, gboolean is_start);
guint outcome_table_n_cpu_parts(const OutcomeTable *table);
guint outcome_table_n_site_parts(const OutcomeTable *table);

/* What tells ENDPOINT from others in the site half. */
void outcome_site_of(const Endpoint *endpoint, guint32 ret_site[ASPECT_COUNT]);

/* The index in OUTCOMES of both halves together. */
guint32 outcome_table_join(OutcomeTable *table, guint32 cpu_part, guint32 site_part);

/* The index in OUTCOMES of the source's traveller going to TO. */
guint32 outcome_table_find(OutcomeTable *table, const Endpoint *to, gboolean is_start);

/* The verdict of the aspects in ASPECTS (bits 1 << Aspect) alone. */
Verdict outcome_table_verdict(OutcomeTable *table, const Endpoint *to, gboolean is_start,
                              guint aspects);

G_END_DECLS

#endif
