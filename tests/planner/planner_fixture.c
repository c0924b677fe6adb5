/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planner_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* After those that it needs. */
#include <cmocka.h>

CpuMap *map;

int
load_map(void **state)
{
    (void)state;
    map = cpu_map_new_builtin();
    return 0;
}

int
drop_map(void **state)
{
    (void)state;
    cpu_map_unref(map);
    return 0;
}

FleetBuilder *
builder_with(const HostSpec *specs, guint n_specs)
{
    FleetBuilder *builder = fleet_builder_new(map);

    for (guint i = 0; i < n_specs; i++)
        fleet_builder_add_host(builder, &specs[i]);
    return builder;
}

Fleet *
fleet_of(const HostSpec *specs, guint n_specs)
{
    return fleet_builder_finish(builder_with(specs, n_specs));
}

void
publish_class(Fleet *fleet, const PlanClass *klass)
{
    PublishedTemplate *published = published_template_new("p", klass->name);

    published->cpu = cpu_definition_copy(klass->template->cpu);
    published->physical_address_bits = klass->template->physical_address_bits;
    published->tsc_hz = klass->template->tsc_hz;
    published->digest = g_strdup(klass->template->digest);
    published->run = 1;
    for (guint i = 0; i < klass->template->machines->len; i++)
        g_ptr_array_add(published->machines,
                        g_strdup(g_ptr_array_index(klass->template->machines, i)));
    g_ptr_array_add(fleet->templates, published);
}

const PlanPool *
only_pool(const Plan *plan)
{
    return g_ptr_array_index(plan->pools, 0);
}

const GuestPlan *
guest_at(const Plan *plan, guint index)
{
    return g_ptr_array_index(plan->guests, index);
}

gboolean
has_string(const GPtrArray *strings, const char *wanted)
{
    for (guint i = 0; i < strings->len; i++)
        if (strcmp(g_ptr_array_index(strings, i), wanted) == 0)
            return TRUE;
    return FALSE;
}

const DriftItem *
find_drift(const Plan *plan, const char *id, const char *host)
{
    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = g_ptr_array_index(plan->drift, i);

        if (strcmp(item->id, id) == 0 && (host == NULL || g_strcmp0(item->host, host) == 0))
            return item;
    }
    return NULL;
}

const Finding *
find_finding(const Plan *plan, const char *id)
{
    const Finding *found = NULL;

    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(plan->findings, i);

        if (strcmp(finding->id, id) != 0)
            continue;
        assert_null(found);
        found = finding;
    }
    return found;
}
