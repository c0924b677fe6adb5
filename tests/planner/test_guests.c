/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where guests can go, which hosts can be emptied, contracts, drift between two fleets, and
 * imagined changes; the matrix pair by pair against the CPU engine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <planner/whatif.h>

#include "fleet_builder.h"
#include "packing.h"

#define OLD_MODEL "Haswell-noTSX-IBRS"
#define NEW_MODEL "Skylake-Server-noTSX-IBRS"
#define OLD_HOST .model = OLD_MODEL, .is_host_model = TRUE
#define NEW_HOST .model = NEW_MODEL, .is_host_model = TRUE
#define SEED 9

static CpuMap *map;

static int
load_map(void **state)
{
    (void)state;
    map = cpu_map_new_builtin();
    return 0;
}

static int
drop_map(void **state)
{
    (void)state;
    cpu_map_unref(map);
    return 0;
}

static FleetBuilder *
builder_with(const HostSpec *specs, guint n_specs)
{
    FleetBuilder *builder = fleet_builder_new(map);

    for (guint i = 0; i < n_specs; i++)
        fleet_builder_add_host(builder, &specs[i]);
    return builder;
}

static const GuestPlan *
guest_at(const Plan *plan, guint index)
{
    return g_ptr_array_index(plan->guests, index);
}

static const DriftItem *
find_drift(const Plan *plan, const char *id, const char *host)
{
    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = g_ptr_array_index(plan->drift, i);

        if (strcmp(item->id, id) == 0 && (host == NULL || g_strcmp0(item->host, host) == 0))
            return item;
    }
    return NULL;
}

/* ---- guests and drains ---------------------------------------------------------------------- */

static const Finding *
finding_of(const Plan *plan, const char *id)
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

/* One UUID on two hosts, where it runs on the first N_RUNNING of them. */
static void
test_guest_of_two_hosts_is_told(void **state)
{
    static const struct {
        guint n_running;
        gboolean has_other_uuid;
        const char *id; /* NULL: nothing to tell */
    } cases[] = {
        {2, FALSE, "guest-runs-twice"},
        {1, FALSE, "guest-defined-twice"},
        {0, FALSE, "guest-defined-twice"},
        {2, TRUE, NULL},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const HostSpec hosts[] = {{.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}};
        FleetBuilder *builder = builder_with(hosts, G_N_ELEMENTS(hosts));

        for (guint k = 0; k < 2; k++) {
            const GuestSpec spec = {
                .name = "mail", .host = hosts[k].name, .is_shut_off = k >= cases[i].n_running};
            Guest *guest = fleet_builder_add_guest(builder, &spec);

            g_free(guest->uuid);
            guest->uuid = g_strdup(cases[i].has_other_uuid && k == 1 ? "u2" : "u1");
        }
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
        const Finding *runs = finding_of(plan, "guest-runs-twice");
        const Finding *copies = finding_of(plan, "guest-defined-twice");

        assert_int_equal(runs != NULL, g_strcmp0(cases[i].id, "guest-runs-twice") == 0);
        assert_int_equal(copies != NULL, g_strcmp0(cases[i].id, "guest-defined-twice") == 0);
        if (cases[i].id != NULL)
            assert_string_equal((runs != NULL ? runs : copies)->host, "b");
    }
}

static void
test_guest_is_stuck_and_freed_by_template(void **state)
{
    const HostSpec hosts[] = {{.name = "new", NEW_HOST}, {.name = "old", OLD_HOST}};
    const GuestSpec guest = {.name = "g", .host = "new", .mode = CPU_MODE_HOST_MODEL};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = g_ptr_array_index(plan->pools, 0);

    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_STUCK);
    assert_true(guest_at(plan, 0)->is_freed_by_template);
    assert_int_equal(guest_at(plan, 0)->n_start_hosts, 2);
    assert_int_equal(guest_at(plan, 0)->n_migrate_hosts, 0);
    assert_non_null(strstr(guest_at(plan, 0)->held_by, "open 1 host:"));
    const Drain *drain = g_ptr_array_index(pool->drains, 0);
    assert_int_equal(drain->verdict, VERDICT_NO);
    assert_int_equal(drain->stranded->len, 1);
    assert_int_equal(pool->maintenance.n_order, 1);
    assert_int_equal(pool->maintenance.blocking_guests->len, 1);
}

static void
test_only_host_of_a_pool_makes_nobody_stuck(void **state)
{
    const HostSpec host = {.name = "a", NEW_HOST};
    const GuestSpec guest = {.name = "g", .host = "a", .mode = CPU_MODE_HOST_MODEL};
    FleetBuilder *builder = builder_with(&host, 1);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_ALONE);
}

/* Two guests of 60 GiB leave for two hosts of 100 GiB: each fits, but not both on one. */
static void
test_drain_minds_memory_and_failover(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .memory_gib = 200},
                              {.name = "b", NEW_HOST, .memory_gib = 100},
                              {.name = "c", NEW_HOST, .memory_gib = 100}};
    FleetBuilder *builder = builder_with(hosts, 3);

    (void)state;
    for (guint i = 0; i < 2; i++) {
        const GuestSpec guest = {
            .name = i == 0 ? "g" : "h", .host = "a", .model = OLD_MODEL, .memory_gib = 60};
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(((const Drain *)g_ptr_array_index(
                          ((PlanPool *)g_ptr_array_index(plan->pools, 0))->drains, 0))
                         ->verdict,
                     VERDICT_YES);
    /* with a failure to survive as well, the last host would have to take all */
    test_settings_pool(settings)->failover_hosts = 1;
    g_autoptr(Plan) careful = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = g_ptr_array_index(careful->pools, 0);
    assert_int_equal(((const Drain *)g_ptr_array_index(pool->drains, 0))->verdict, VERDICT_WARN);
    assert_true(pool->maintenance.is_failover_kept);
    g_array_index(fleet->hosts, Host, 1).memory_kib = 50 << 20;
    g_autoptr(Plan) full = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    pool = g_ptr_array_index(full->pools, 0);
    assert_int_equal(((const Drain *)g_ptr_array_index(pool->drains, 0))->verdict, VERDICT_NO);
}

/* Is there any way at all to put items [item, n) into bins? */
static gboolean
fits_somehow(const PackItem *items, guint n, guint item, gint64 *room)
{
    if (item == n)
        return TRUE;
    for (guint i = 0; i < items[item].n_bins; i++) {
        const guint32 bin = items[item].bins[i];
        if (items[item].size > 0 && room[bin] < (gint64)items[item].size)
            continue;
        room[bin] -= (gint64)items[item].size;
        const gboolean fits = fits_somehow(items, n, item + 1, room);
        room[bin] += (gint64)items[item].size;
        if (fits)
            return TRUE;
    }
    return FALSE;
}

#define N_BINS 5
#define MAX_ITEMS 6
#define N_PACKINGS 3000

/* Against all ways, on random small cases: a placement is one, and a no is one. */
static void
test_packing_is_exact(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);
    guint n_found = 0, n_none = 0;

    (void)state;
    for (guint round = 0; round < N_PACKINGS; round++) {
        guint32 kinds[N_BINS], bins[MAX_ITEMS][N_BINS], places[MAX_ITEMS];
        gint64 room[N_BINS], before[N_BINS];
        PackItem items[MAX_ITEMS];
        const guint n = (guint)g_rand_int_range(rand, 1, MAX_ITEMS + 1);

        for (guint i = 0; i < N_BINS; i++) {
            kinds[i] = (guint32)g_rand_int_range(rand, 0, 3);
            room[i] = before[i] = g_rand_int_range(rand, -2, 12);
        }
        for (guint i = 0; i < n; i++) {
            const guint32 wanted = g_rand_int(rand) & 7; /* kinds that will do */
            items[i] = (PackItem){.size = (guint64)g_rand_int_range(rand, 0, 9), .bins = bins[i]};
            for (guint32 bin = 0; bin < N_BINS; bin++)
                if ((wanted >> kinds[bin]) & 1)
                    bins[i][items[i].n_bins++] = bin;
        }
        const PackResult result = pack_items(items, n, room, kinds, 100000, places);
        assert_int_not_equal(result, PACK_GAVE_UP);
        if ((result == PACK_FOUND) != fits_somehow(items, n, 0, before))
            fail_msg("round %u, seed %d: found %d", round, SEED, result == PACK_FOUND);
        n_found += result == PACK_FOUND;
        n_none += result == PACK_NONE;
        for (guint i = 0; i < n && result == PACK_FOUND; i++) {
            gboolean is_own = FALSE;
            for (guint j = 0; j < items[i].n_bins; j++)
                is_own = is_own || bins[i][j] == places[i];
            assert_true(is_own);
            before[places[i]] -= (gint64)items[i].size;
            assert_true(items[i].size == 0 || before[places[i]] >= 0);
        }
        assert_memory_equal(room, before, sizeof(room));
    }
    assert_true(n_found > N_PACKINGS / 10 && n_none > N_PACKINGS / 10);
}

/* A search that may not try every way says so, and leaves the room as it was. */
static void
test_packing_gives_up(void **state)
{
    static const guint32 bins[] = {0, 1}, kinds[] = {0, 1};
    const PackItem items[] = {{4, bins, 2}, {3, bins, 2}, {3, bins, 2}, {2, bins, 2}, {2, bins, 2}};
    gint64 room[] = {7, 7};
    guint32 places[5];

    (void)state;
    assert_int_equal(pack_items(items, 5, room, kinds, 1, places), PACK_GAVE_UP);
    assert_int_equal(room[0], 7);
    assert_int_equal(room[1], 7);
    assert_int_equal(pack_items(items, 5, room, kinds, 1000, places), PACK_FOUND);
}

/* What binds a guest to its host is on its host, whatever else the host has in its group. */
static void
test_guest_can_start_where_it_is(void **state)
{
    const HostSpec specs[] = {
        {.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}, {.name = "c", NEW_HOST}};
    const GuestTraitKind kinds[] = {GUEST_TRAIT_HOSTDEV_PCI, GUEST_TRAIT_INTERFACE_VDPA,
                                    GUEST_TRAIT_SHMEM, GUEST_TRAIT_TPM_PASSTHROUGH,
                                    GUEST_TRAIT_CHARDEV_HOST};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        for (guint n_hosts = 1; n_hosts <= G_N_ELEMENTS(specs); n_hosts++) {
            FleetBuilder *builder = builder_with(specs, n_hosts);
            Guest *guest = fleet_builder_add_guest(
                builder, &(GuestSpec){.name = "g", .host = "a", .model = OLD_MODEL});
            const GuestTrait trait = {.kind = kinds[i]};
            g_array_append_val(guest->traits, trait);
            g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
            g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
            g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
            const GuestPlan *placed = guest_at(plan, 0);
            const Outcome *here = g_ptr_array_index(placed->outcomes, placed->can_start_here);

            assert_int_equal(here->verdict, VERDICT_YES);
            assert_int_equal(placed->n_start_hosts, 1);
            if (n_hosts > 1)
                assert_int_equal(test_guest_target(plan, "b", TRUE)->verdict, VERDICT_UNKNOWN);
            else
                assert_int_equal(test_guest_target(plan, "a", TRUE)->verdict, VERDICT_YES);
        }
}

/* That it runs answers what is not known of its host, and nothing that is known against it. */
static void
test_running_guest_answers_for_its_host(void **state)
{
    static const struct {
        HostSpec host;
        GuestSpec guest;
        Verdict expected;
    } rows[] = {
        {{.name = "a", OLD_HOST, .machines = ""}, {.model = OLD_MODEL}, VERDICT_YES},
        {{.name = "a", OLD_HOST, .machines = ""},
         {.model = OLD_MODEL, .is_shut_off = TRUE},
         VERDICT_UNKNOWN},
        {{.name = "a", OLD_HOST}, {.model = NEW_MODEL}, VERDICT_NO},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        FleetBuilder *builder = builder_with(&rows[i].host, 1);
        GuestSpec spec = rows[i].guest;

        spec.name = "g";
        spec.host = "a";
        fleet_builder_add_guest(builder, &spec);
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const GuestPlan *placed = guest_at(plan, 0);
        const Outcome *here = g_ptr_array_index(placed->outcomes, placed->can_start_here);

        assert_int_equal(here->verdict, rows[i].expected);
        assert_int_equal(placed->n_start_hosts, rows[i].expected == VERDICT_YES ? 1 : 0);
    }
}

static void
test_like_guests_share_their_targets(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    for (guint i = 0; i < 3; i++) {
        const char *const names[] = {"x", "y", "z"};
        const GuestSpec guest = {.name = names[i], .host = i == 2 ? "b" : "a", .model = OLD_MODEL};
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_ptr_equal(guest_at(plan, 0)->targets, guest_at(plan, 1)->targets);
    assert_ptr_equal(guest_at(plan, 0)->targets, guest_at(plan, 2)->targets);
    for (guint i = 0; i < 3; i++)
        assert_int_equal(guest_at(plan, i)->n_migrate_hosts, 1);
}

/* ---- contracts ------------------------------------------------------------------------------ */

static void
publish(Fleet *fleet, const Plan *plan)
{
    const PlanClass *klass = test_class(plan, NULL);
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

static void
test_contract_is_kept_has_headroom_or_is_broken(void **state)
{
    const HostSpec hosts[] = {{.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}};
    const HostSpec newer[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const HostSpec worse[] = {{.name = "a", OLD_HOST},
                              {.name = "b",
                               .model = OLD_MODEL,
                               .features = "-aes",
                               .is_host_model = TRUE,
                               .machines = "pc-q35-7.2",
                               .address_bits = 39}};
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(hosts, 2));
    g_autoptr(Plan) first = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Fleet) fleet_newer = fleet_builder_finish(builder_with(newer, 2));
    g_autoptr(Fleet) fleet_worse = fleet_builder_finish(builder_with(worse, 2));

    (void)state;
    assert_int_equal(test_class(first, NULL)->contract.state, CONTRACT_NONE);
    publish(fleet, first);
    publish(fleet_newer, first);
    publish(fleet_worse, first);
    g_autoptr(Plan) kept = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(test_class(kept, NULL)->contract.state, CONTRACT_KEPT);
    g_autoptr(Plan) more = planner_plan(fleet_newer, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(test_class(more, NULL)->contract.state, CONTRACT_HEADROOM);
    assert_true(test_class(more, NULL)->contract.headroom->len > 0);
    g_autoptr(Plan) broken = planner_plan(fleet_worse, NULL, settings, map, PLANNER_CLASSES);
    const Contract *contract = &test_class(broken, NULL)->contract;
    assert_int_equal(contract->state, CONTRACT_BROKEN);
    assert_int_equal(contract->breaches->len, 1);
    const ContractBreach *breach = &g_array_index(contract->breaches, ContractBreach, 0);
    assert_int_equal(breach->host, 1);
    assert_int_equal(breach->reasons->len, 3); /* aes, address bits, machine types */
}

/* ---- drift ---------------------------------------------------------------------------------- */

static void
test_drift_names_changes_and_causes(void **state)
{
    const HostSpec before[] = {
        {.name = "gone", OLD_HOST},
        {.name = "lost", .model = "Haswell", .is_host_model = TRUE},
        {.name = "same", OLD_HOST},
        {.name = "sick", OLD_HOST},
    };
    const HostSpec after[] = {
        {.name = "fresh", OLD_HOST},
        {.name = "lost",
         .model = "Haswell",
         .features = "-hle -rtm",
         .is_host_model = TRUE,
         .machines = "pc-q35-8.2"},
        {.name = "same", OLD_HOST},
        {.name = "sick", .model = "NoSuchModel", .is_host_model = TRUE},
    };
    g_autoptr(Fleet) old = fleet_builder_finish(builder_with(before, 4));
    g_autoptr(Fleet) new = fleet_builder_finish(builder_with(after, 4));
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);

    (void)state;
    g_array_index(old->hosts, Host, 1).microcode = 0x10;
    g_array_index(new->hosts, Host, 1).microcode = 0x11;
    g_autoptr(Plan) plan = planner_plan(new, old, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(plan->drift_run, 1);
    assert_true(find_drift(plan, "host-gone", "gone")->is_actionable);
    assert_false(find_drift(plan, "host-new", "fresh")->is_actionable);
    assert_true(find_drift(plan, "host-quarantined", "sick")->is_actionable);
    assert_null(find_drift(plan, "features-lost", "same"));
    const DriftItem *lost = find_drift(plan, "features-lost", "lost");
    assert_int_equal(lost->features->len, 2);
    assert_string_equal(lost->cause, "microcode 0x10 to 0x11; QEMU 9.0 to 8.2");
    g_autoptr(Plan) none = planner_plan(new, new, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(none->drift->len, 0);
}

static void
test_drift_sees_a_class_split(void **state)
{
    const HostSpec before[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const HostSpec after[] = {{.name = "a", NEW_HOST}, {.name = "b", OLD_HOST}};
    g_autoptr(Fleet) old = fleet_builder_finish(builder_with(before, 2));
    g_autoptr(Fleet) new = fleet_builder_finish(builder_with(after, 2));
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
    g_autoptr(Plan) split = planner_plan(new, old, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) merged = planner_plan(old, new, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_non_null(find_drift(split, "class-split", NULL));
    assert_non_null(find_drift(merged, "class-merged", NULL));
}

/* ---- what if -------------------------------------------------------------------------------- */

static void
test_whatif_changes_only_what_it_is_told(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a1", NEW_HOST}, {.name = "a2", NEW_HOST}, {.name = "b1", OLD_HOST}};
    const GuestSpec guest = {.name = "g", .host = "b1", .model = OLD_MODEL};
    FleetBuilder *builder = builder_with(hosts, 3);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx512f", "*"), 2);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx512f", "*"), 0);
    assert_int_equal(whatif_lose_feature(fleet, map, "aes", "a1"), 1);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(test_pair(plan, SUBJECT_HOST_MODEL, "a2", "a1")->verdict, VERDICT_NO);
    assert_true(test_pair(plan, SUBJECT_HOST_MODEL, "a1", "a2")->verdict <= VERDICT_WARN);
    assert_int_equal(whatif_remove_hosts(fleet, "b*"), 1);
    assert_int_equal(fleet->hosts->len, 2);
    assert_int_equal(fleet->guests->len, 0);
}

static Document *
raw_document(const char *name)
{
    Document *document = g_new0(Document, 1);

    document->kind = DOCUMENT_HOST_CAPABILITIES;
    document->host_name = g_strdup(name);
    document->host = host_capabilities_new();
    document->host->is_raw_cpuid = TRUE;
    document->host->cpu->arch = CPU_ARCH_X86_64;
    document->host->cpu->model = g_strdup("Icelake-Server");
    document->host->cpu->vendor = g_strdup("Intel");
    return document;
}

static void
test_whatif_host_of_a_dump_gets_the_fleets_software(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(hosts, 2));
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    (void)state;
    g_ptr_array_add(documents, raw_document("aa"));
    whatif_add_hosts(fleet, documents, names);
    assert_int_equal(names->len, 1);
    assert_int_equal(fleet_find_host(fleet, "aa"), 1);
    assert_int_equal(fleet_host(fleet, 1)->machines, fleet_host(fleet, 0)->machines);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_MATRIX);
    assert_int_equal(test_class(plan, NULL)->hosts->len, 3);
}

/* A dump that a 32-bit program made hides syscall, and only that. */
static void
test_whatif_dump_of_32_bits_has_syscall(void **state)
{
    const HostSpec spec = {.name = "a", NEW_HOST};
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(&spec, 1));
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Document *document = raw_document("z");

    (void)state;
    g_free(document->host->cpu->model);
    document->host->cpu->model = g_strdup("coreduo");
    cpu_definition_set_feature(document->host->cpu, "lm", CPU_POLICY_REQUIRE);
    g_ptr_array_add(documents, document);
    whatif_add_hosts(fleet, documents, names);
    const CpuProfile *profile =
        g_ptr_array_index(fleet->cpus, fleet_host(fleet, fleet_find_host(fleet, "z"))->cpu);
    CpuSet set, syscall;
    assert_true(cpu_engine_effective_set(map, profile->cpu, &set, NULL, NULL));
    syscall = cpu_map_find_feature(map, CPU_FAMILY_X86, "syscall")->bits;
    assert_true(cpu_set_contains(&set, &syscall));
}

/* ---- against the engine --------------------------------------------------------------------- */

static const char *const models[] = {
    "Westmere",       "SandyBridge",    "Haswell",   "Haswell-noTSX", "Broadwell-IBRS",
    "Skylake-Server", "Icelake-Server", "EPYC-Rome", "EPYC-Milan",    "qemu64",
};
static const char *const features[] = {"aes", "avx2", "ssbd", "umip", "pcid", "rtm", "xsaves"};

static char *
random_features(GRand *random, const char *marks)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(features); i++)
        if (g_rand_int_range(random, 0, 3) == 0) {
            const char mark = marks[g_rand_int_range(random, 0, (gint)strlen(marks))];
            g_string_append_printf(text, "%s%s ", mark == '+' ? "" : (char[]){mark, '\0'},
                                   features[i]);
        }
    return g_string_free(text, FALSE);
}

/* The planner says yes or warn to no guest that the engine, which is libvirt's answer, refuses. */
static void
test_no_yes_where_libvirt_refuses(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    guint n_yes = 0, n_no = 0;

    (void)state;
    for (guint round = 0; round < 150; round++) {
        const char *model = models[g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(models))];
        g_autofree char *of_host = random_features(random, "+-");
        g_autofree char *of_guest = random_features(random, "++-?!*");
        const gboolean is_amd = g_str_has_prefix(model, "EPYC");
        const HostSpec hosts[] = {{.name = "a", .model = "Icelake-Server", .is_host_model = TRUE},
                                  {.name = "b",
                                   .model = model,
                                   .vendor = is_amd ? "AMD" : "Intel",
                                   .features = of_host,
                                   .is_host_model = g_rand_boolean(random)}};
        const GuestSpec guest = {
            .name = "g",
            .host = "a",
            .model = models[g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(models))],
            .features = of_guest,
            .match = (CpuMatch)g_rand_int_range(random, 0, CPU_MATCH_COUNT)};
        FleetBuilder *builder = builder_with(hosts, 2);
        fleet_builder_add_guest(builder, &guest);
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const Outcome *outcome = test_guest_target(plan, "b", TRUE);
        const Host *b = fleet_host(fleet, 1);
        const CpuDefinition *host =
            b->domain_set != FLEET_NO_INDEX
                ? ((const DomainCapabilities *)g_ptr_array_index(
                       fleet->domain_capabilities, fleet->domain_capabilities->len - 1))
                      ->host_model_cpu
                : ((const CpuProfile *)g_ptr_array_index(fleet->cpus, b->cpu))->cpu;
        CpuCompareResult result = CPU_COMPARE_INCOMPATIBLE;
        const gboolean is_refused =
            !cpu_engine_compare(map, CPU_ARCH_X86_64, host,
                                ((const Guest *)g_ptr_array_index(fleet->guests, 0))->cpu, &result,
                                NULL, NULL) ||
            result == CPU_COMPARE_INCOMPATIBLE;

        if (is_refused)
            assert_true(outcome->verdict > VERDICT_WARN);
        n_no += is_refused ? 1 : 0;
        n_yes += outcome->verdict <= VERDICT_WARN ? 1 : 0;
    }
    print_message("%u refused by libvirt, %u yes from the planner\n", n_no, n_yes);
    assert_true(n_no > 20 && n_yes > 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guest_of_two_hosts_is_told),
        cmocka_unit_test(test_guest_is_stuck_and_freed_by_template),
        cmocka_unit_test(test_only_host_of_a_pool_makes_nobody_stuck),
        cmocka_unit_test(test_drain_minds_memory_and_failover),
        cmocka_unit_test(test_packing_is_exact),
        cmocka_unit_test(test_packing_gives_up),
        cmocka_unit_test(test_like_guests_share_their_targets),
        cmocka_unit_test(test_guest_can_start_where_it_is),
        cmocka_unit_test(test_running_guest_answers_for_its_host),
        cmocka_unit_test(test_contract_is_kept_has_headroom_or_is_broken),
        cmocka_unit_test(test_drift_names_changes_and_causes),
        cmocka_unit_test(test_drift_sees_a_class_split),
        cmocka_unit_test(test_whatif_changes_only_what_it_is_told),
        cmocka_unit_test(test_whatif_host_of_a_dump_gets_the_fleets_software),
        cmocka_unit_test(test_whatif_dump_of_32_bits_has_syscall),
        cmocka_unit_test(test_no_yes_where_libvirt_refuses),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, load_map, drop_map);
}
