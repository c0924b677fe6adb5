/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What changes: contracts with what was published, drift between two fleets, and imagined changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <planner/whatif.h>

#include "planner_fixture.h"

/* ---- contracts ------------------------------------------------------------------------------ */

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
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(hosts, 2));
    g_autoptr(Plan) first = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Fleet) fleet_newer = fleet_builder_finish(builder_with(newer, 2));
    g_autoptr(Fleet) fleet_worse = fleet_builder_finish(builder_with(worse, 2));

    (void)state;
    assert_int_equal(find_class(first, NULL)->contract.state, CONTRACT_NONE);
    publish_class(fleet, find_class(first, NULL));
    publish_class(fleet_newer, find_class(first, NULL));
    publish_class(fleet_worse, find_class(first, NULL));
    g_autoptr(Plan) kept = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(find_class(kept, NULL)->contract.state, CONTRACT_KEPT);
    g_autoptr(Plan) more = planner_plan(fleet_newer, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(find_class(more, NULL)->contract.state, CONTRACT_HEADROOM);
    assert_true(find_class(more, NULL)->contract.headroom->len > 0);
    g_autoptr(Plan) broken = planner_plan(fleet_worse, NULL, settings, map, PLANNER_CLASSES);
    const Contract *contract = &find_class(broken, NULL)->contract;
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
        {.name = "same", OLD_HOST, .uuid = "u1"},
        {.name = "sick", OLD_HOST},
    };
    const HostSpec after[] = {
        {.name = "fresh", OLD_HOST},
        {.name = "lost",
         .model = "Haswell",
         .features = "-hle -rtm",
         .is_host_model = TRUE,
         .machines = "pc-q35-8.2"},
        {.name = "same", OLD_HOST, .uuid = "u2"},
        {.name = "sick", .model = "NoSuchModel", .is_host_model = TRUE},
    };
    g_autoptr(Fleet) old = fleet_builder_finish(builder_with(before, 4));
    g_autoptr(Fleet) new = fleet_builder_finish(builder_with(after, 4));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    g_array_index(old->hosts, Host, 1).microcode = 0x10;
    g_array_index(new->hosts, Host, 1).microcode = 0x11;
    g_array_index(old->hosts, Host, 2).microcode = 0x20;
    g_array_index(new->hosts, Host, 2).microcode = 0x21;
    g_autoptr(Plan) plan = planner_plan(new, old, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(plan->drift_run, 1);
    assert_true(find_drift(plan, "host-gone", "gone")->is_actionable);
    assert_string_equal(find_drift(plan, "host-gone", "gone")->pool, "p");
    assert_false(find_drift(plan, "host-new", "fresh")->is_actionable);
    assert_true(find_drift(plan, "host-quarantined", "sick")->is_actionable);
    assert_null(find_drift(plan, "features-lost", "same"));
    assert_false(find_drift(plan, "host-replaced", "same")->is_actionable);
    const DriftItem *microcode = find_drift(plan, "microcode-changed", "same");
    assert_string_equal(microcode->text, "Has microcode 0x21, had 0x20.");
    assert_false(microcode->is_actionable);
    const DriftItem *lost = find_drift(plan, "features-lost", "lost");
    assert_int_equal(lost->features->len, 2);
    assert_string_equal(lost->cause, "microcode 0x10 to 0x11; QEMU 9.0 to 8.2");
    g_autoptr(Plan) none = planner_plan(new, new, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(none->drift->len, 0);
}

/* What the host itself tells counts, where it does at both times; else what can be seen of it. */
static void
test_drift_compares_versions_that_hosts_tell(void **state)
{
    const HostSpec before[] = {
        {.name = "a",
         .model = "Haswell",
         .is_host_model = TRUE,
         .software = "QEMU=7.2.9 libvirt=9.0.0 kernel=6.1.0-27"},
        {.name = "b", OLD_HOST, .software = "QEMU=7.2.9 libvirt=9.0.0 kernel=6.1.0-27"},
        {.name = "c", OLD_HOST, .software = "kernel=6.1.0-27"},
        {.name = "d", OLD_HOST},
    };
    const HostSpec after[] = {
        {.name = "a",
         .model = "Haswell",
         .features = "-hle -rtm",
         .is_host_model = TRUE,
         .software = "QEMU=7.2.22 libvirt=9.1.0 kernel=6.1.0-28"},
        {.name = "b",
         OLD_HOST,
         .machines = "pc-q35-8.2",
         .software = "QEMU=7.2.9 libvirt=9.0.0 kernel=6.1.0-27"},
        {.name = "c",
         OLD_HOST,
         .machines = "pc-q35-8.2",
         .software = "QEMU=8.2.0 libvirt=9.0.0 kernel=6.1.0-27"},
        {.name = "d", OLD_HOST, .software = "QEMU=7.2.9 libvirt=9.0.0 kernel=6.1.0-27"},
    };
    g_autoptr(Fleet) old = fleet_of(before, 4), new = fleet_of(after, 4);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    new->run = old->run + 1;
    g_autoptr(Plan) plan = planner_plan(new, old, settings, map, PLANNER_EVERYTHING);
    assert_string_equal(
        find_drift(plan, "features-lost", "a")->cause,
        "QEMU 7.2.9 to 7.2.22; libvirt 9.0.0 to 9.1.0; kernel 6.1.0-27 to 6.1.0-28");
    assert_string_equal(find_drift(plan, "qemu-changed", "a")->text,
                        "Runs QEMU 7.2.22, ran 7.2.9.");
    assert_string_equal(find_drift(plan, "libvirt-changed", "a")->text,
                        "Runs libvirt 9.1.0, ran 9.0.0.");
    assert_string_equal(find_drift(plan, "kernel-changed", "a")->text,
                        "Runs kernel 6.1.0-28, ran 6.1.0-27.");
    assert_false(find_drift(plan, "kernel-changed", "a")->is_actionable);
    assert_null(find_drift(plan, "qemu-changed", "b"));
    assert_string_equal(find_drift(plan, "qemu-changed", "c")->text, "Runs QEMU 8.2, ran 9.0.");
    assert_null(find_drift(plan, "libvirt-changed", "c"));
    assert_null(find_drift(plan, "kernel-changed", "d"));
    assert_null(find_drift(plan, "qemu-changed", "d"));
}

/* Between two runs something did it, be it untold; within one, who asked what if knows it. */
static void
test_only_what_happened_has_an_untold_cause(void **state)
{
    const HostSpec before[] = {{.name = "a", .model = "Haswell", .is_host_model = TRUE}};
    const HostSpec after[] = {
        {.name = "a", .model = "Haswell", .features = "-hle -rtm", .is_host_model = TRUE}};
    g_autoptr(Fleet) old = fleet_of(before, 1), new = fleet_of(after, 1);
    char kernel[] = "6.1.0";
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    g_autoptr(Plan) asked = planner_plan(new, old, settings, map, PLANNER_CLASSES);
    assert_null(find_drift(asked, "features-lost", "a")->cause);
    new->run = old->run + 1;
    g_autoptr(Plan) happened = planner_plan(new, old, settings, map, PLANNER_CLASSES);
    const DriftItem *lost = find_drift(happened, "features-lost", "a");
    assert_non_null(strstr(lost->cause, "nothing else that documents tell: look at the kernel, "));
    assert_string_equal(lost->pool, "p");
    const HostSoftware software = {.versions = {[SOFTWARE_KERNEL] = kernel}};
    g_array_index(old->hosts, Host, 0).software = &software;
    g_array_index(new->hosts, Host, 0).software = &software;
    g_autoptr(Plan) told = planner_plan(new, old, settings, map, PLANNER_CLASSES);
    assert_non_null(strstr(find_drift(told, "features-lost", "a")->cause,
                           "look at the kernel's options and modules"));
}

/* What only domain capabilities tell is not lost with them. */
static void
test_missing_domain_capabilities_are_no_lost_features(void **state)
{
    const HostSpec before[] = {{.name = "a",
                                .model = "Haswell",
                                .features = "hypervisor tsc_adjust vmx vmx-ept umip",
                                .is_host_model = TRUE}};
    const HostSpec same[] = {{.name = "a", .model = "Haswell", .features = "vmx"}};
    const HostSpec less[] = {{.name = "a", .model = "Haswell-noTSX", .features = "vmx"}};
    g_autoptr(Fleet) old = fleet_of(before, 1), silent = fleet_of(same, 1),
                     lost = fleet_of(less, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(silent, old, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) worse = planner_plan(lost, old, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) back = planner_plan(old, silent, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_null(find_drift(plan, "features-lost", "a"));
    assert_true(find_drift(plan, "domain-capabilities-gone", "a")->is_actionable);
    assert_int_equal(find_drift(worse, "features-lost", "a")->features->len, 2); /* hle, rtm */
    assert_null(find_drift(back, "domain-capabilities-gone", "a"));
}

/* Who moved is named; who stayed in the class of that name is counted. */
static void
test_drift_sees_a_class_split(void **state)
{
    const HostSpec before[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const HostSpec after[] = {{.name = "a", NEW_HOST}, {.name = "b", OLD_HOST}};
    g_autoptr(Fleet) old = fleet_builder_finish(builder_with(before, 2));
    g_autoptr(Fleet) new = fleet_builder_finish(builder_with(after, 2));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) split = planner_plan(new, old, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) merged = planner_plan(old, new, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_non_null(strstr(find_drift(split, "class-split", NULL)->text, "(b)"));
    assert_non_null(strstr(find_drift(split, "class-split", NULL)->text, "(1 host)"));
    assert_non_null(strstr(find_drift(merged, "class-merged", NULL)->text, "(b)"));
}

/* Guests still run with them. */
static void
test_templates_of_a_pool_that_lost_its_name_are_not_forgotten(void **state)
{
    const HostSpec specs[] = {{.name = "a", OLD_HOST}};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_of(specs, 1);
    g_autoptr(Plan) before = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    publish_class(fleet, find_class(before, NULL));
    g_autoptr(Plan) kept = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_null(find_finding(kept, "published-pool-gone"));
    g_free(pool_of_settings(settings)->name);
    pool_of_settings(settings)->name = g_strdup("renamed");
    g_autoptr(Plan) after = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_non_null(find_finding(after, "published-pool-gone"));
}

/* As earlier releases published them of POWER hosts. */
static void
test_a_template_of_another_architecture_promises_no_address_bits(void **state)
{
    const HostSpec specs[] = {
        {.name = "p", .arch = CPU_ARCH_PPC64LE, .model = "POWER9", .vendor = "IBM"}};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_of(specs, 1);
    g_autoptr(Plan) before = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    publish_class(fleet, find_class(before, NULL));
    ((PublishedTemplate *)g_ptr_array_index(fleet->templates, 0))->physical_address_bits = 64;
    g_autoptr(Plan) after = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(find_class(after, NULL)->contract.state, CONTRACT_KEPT);
}

/* Its UUID tells; one that several have tells nothing. */
static void
test_drift_knows_a_renamed_host_by_its_uuid(void **state)
{
    const HostSpec was[] = {{.name = "a", NEW_HOST, .uuid = "1"},
                            {.name = "b", OLD_HOST, .uuid = "2"},
                            {.name = "c", OLD_HOST, .uuid = "2"},
                            {.name = "d", OLD_HOST}};
    const HostSpec is[] = {{.name = "e", OLD_HOST, .uuid = "1"},
                           {.name = "f", OLD_HOST, .uuid = "2"},
                           {.name = "g", OLD_HOST}};
    g_autoptr(Fleet) earlier = fleet_of(was, G_N_ELEMENTS(was)),
                     fleet = fleet_of(is, G_N_ELEMENTS(is));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, earlier, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_non_null(strstr(find_drift(plan, "host-renamed", "e")->text, "called a:"));
    assert_false(find_drift(plan, "host-renamed", "e")->is_actionable);
    assert_non_null(find_drift(plan, "features-lost", "e"));
    assert_null(find_drift(plan, "host-gone", "a"));
    assert_null(find_drift(plan, "host-new", "e"));
    for (guint i = 1; i < G_N_ELEMENTS(was); i++)
        assert_non_null(find_drift(plan, "host-gone", was[i].name));
    for (guint i = 1; i < G_N_ELEMENTS(is); i++)
        assert_non_null(find_drift(plan, "host-new", is[i].name));
}

/* Hosts that are gone took their guests along, or left them to others. */
static void
test_drift_tells_what_became_of_the_guests_of_a_host_that_is_gone(void **state)
{
    const HostSpec was[] = {{.name = "empty", OLD_HOST},
                            {.name = "drained", OLD_HOST},
                            {.name = "fell", OLD_HOST},
                            {.name = "took", OLD_HOST},
                            {.name = "stays", OLD_HOST}};
    const GuestSpec then[] = {{.name = "a", .host = "drained", .uuid = "1"},
                              {.name = "b", .host = "fell", .uuid = "2"},
                              {.name = "c", .host = "fell", .uuid = "3"},
                              {.name = "d", .host = "took", .uuid = "4"},
                              {.name = "e", .host = "took", .uuid = "5"}};
    const GuestSpec now[] = {{.name = "a", .host = "stays", .uuid = "1"},
                             {.name = "b", .host = "stays", .uuid = "2"},
                             {.name = "e", .uuid = "5"}};
    static const struct {
        const char *host, *text;
    } told[] = {{"empty", "were read."},
                {"drained", "were read. Its only guest is on another host now."},
                {"fell", "were read. Of its 2 guests c is on no host now."},
                {"took", "Of its 2 guests 2 are on no host now, such as d."}};
    FleetBuilder *before = builder_with(was, G_N_ELEMENTS(was));
    FleetBuilder *after = builder_with(was + 4, 1);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(then); i++)
        fleet_builder_add_guest(before, &then[i]);
    for (guint i = 0; i < G_N_ELEMENTS(now); i++)
        fleet_builder_add_guest(after, &now[i]);
    g_autoptr(Fleet) earlier = fleet_builder_finish(before), fleet = fleet_builder_finish(after);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, earlier, settings, map, PLANNER_CLASSES);
    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        const DriftItem *item = find_drift(plan, "host-gone", told[i].host);
        if (!g_str_has_suffix(item->text, told[i].text))
            fail_msg("%s: %s", told[i].host, item->text);
    }
}

static void
test_drift_tells_a_host_that_is_back_from_a_new_one(void **state)
{
    const HostSpec was[] = {{.name = "a", OLD_HOST, .first_run = 1}};
    const HostSpec is[] = {{.name = "a", OLD_HOST, .first_run = 1},
                           {.name = "b", OLD_HOST, .first_run = 2},
                           {.name = "c", OLD_HOST, .first_run = 6}};
    g_autoptr(Fleet) earlier = fleet_of(was, 1), fleet = fleet_of(is, G_N_ELEMENTS(is));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    earlier->run = 5;
    fleet->run = 6;
    g_autoptr(Plan) plan = planner_plan(fleet, earlier, settings, map, PLANNER_CLASSES);
    assert_non_null(strstr(find_drift(plan, "host-new", "b")->text, "back"));
    assert_null(strstr(find_drift(plan, "host-new", "c")->text, "back"));
    assert_null(find_drift(plan, "host-new", "a"));
}

static void
test_drift_tells_of_a_host_without_its_capabilities(void **state)
{
    const HostSpec was[] = {{.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}};
    g_autoptr(Fleet) earlier = fleet_of(was, 2), fleet = fleet_of(was, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    g_array_index(fleet->hosts, Host, 1).cpu = FLEET_NO_INDEX;
    g_autoptr(Plan) plan = planner_plan(fleet, earlier, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) back = planner_plan(earlier, fleet, settings, map, PLANNER_CLASSES);
    assert_true(find_drift(plan, "capabilities-gone", "b")->is_actionable);
    assert_null(find_drift(plan, "capabilities-gone", "a"));
    assert_null(find_drift(back, "capabilities-gone", NULL));
}

static void
test_drift_of_a_replaced_host_is_laid_to_that(void **state)
{
    const HostSpec was[] = {{.name = "a", NEW_HOST, .uuid = "1"}};
    const HostSpec is[] = {{.name = "a", OLD_HOST, .uuid = "2"}};
    g_autoptr(Fleet) earlier = fleet_of(was, 1), fleet = fleet_of(is, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, earlier, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_non_null(strstr(find_drift(plan, "features-lost", "a")->cause, "another system"));
}

static void
test_a_guest_is_freed_by_a_way_out_not_by_the_loss_of_its_host(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a", NEW_HOST}, {.name = "b", OLD_HOST}, {.name = "c", NEW_HOST}};
    const GuestSpec guest = {.name = "g", .host = "a", .model = NEW_MODEL};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    FleetBuilder *builders[] = {builder_with(hosts, 2), builder_with(hosts + 1, 1),
                                builder_with(hosts, 3)};
    Fleet *fleets[G_N_ELEMENTS(builders)];

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(builders); i++) {
        (void)fleet_builder_add_guest(builders[i], &guest);
        fleets[i] = fleet_builder_finish(builders[i]);
    }
    g_autoptr(Plan) without = planner_plan(fleets[1], fleets[0], settings, map, PLANNER_EVERYTHING);
    g_autoptr(Plan) more = planner_plan(fleets[2], fleets[0], settings, map, PLANNER_EVERYTHING);
    assert_null(find_drift(without, "guest-freed", NULL));
    assert_non_null(find_drift(more, "guest-freed", NULL));
    for (guint i = 0; i < G_N_ELEMENTS(builders); i++)
        fleet_free(fleets[i]);
}

/* ---- what if -------------------------------------------------------------------------------- */

static void
test_whatif_changes_only_what_it_is_told(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a1", NEW_HOST}, {.name = "a2", NEW_HOST}, {.name = "b1", OLD_HOST}};
    const GuestSpec guest = {.name = "g", .host = "b1", .model = OLD_MODEL};
    FleetBuilder *builder = builder_with(hosts, 3);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx512f", "*"), 2);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx512f", "*"), 0);
    assert_int_equal(whatif_lose_feature(fleet, map, "aes", "a1"), 1);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "a2", "a1")->verdict, VERDICT_NO);
    assert_true(pair_outcome(plan, SUBJECT_HOST_MODEL, "a1", "a2")->verdict <= VERDICT_WARN);
    assert_int_equal(whatif_remove_hosts(fleet, "b*"), 1);
    assert_int_equal(fleet->hosts->len, 2);
    assert_int_equal(fleet->guests->len, 0);
}

/* What a host's hypervisor offers beside the CPU is as it was. */
static void
test_whatif_that_takes_a_feature_leaves_the_devices_that_are_offered(void **state)
{
    const HostSpec hosts[] = {{.name = "a", OLD_HOST, .offers = "video.modelType=qxl,vga"},
                              {.name = "b", OLD_HOST, .offers = "video.modelType=vga"}};
    const GuestSpec guest = {.name = "g", .host = "a", .model = "Nehalem"};
    FleetBuilder *builder = builder_with(hosts, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    g_ptr_array_add(fleet_builder_add_guest(builder, &guest)->needs,
                    g_strdup("video.modelType=qxl"));
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx2", "*"), 2);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_non_null(find_blocker(guest_outcome(plan, "b", FALSE), "device-model"));
}

/* Features of other architectures are in no CPU map: a host's documents name them. */
static void
test_whatif_takes_features_that_only_documents_name(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a",
         .arch = CPU_ARCH_S390X,
         .model = "z14",
         .features = "vx te",
         .is_host_model = TRUE},
        {.name = "b",
         .arch = CPU_ARCH_S390X,
         .model = "z14",
         .features = "vx te",
         .is_host_model = TRUE},
    };
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Fleet) fleet = fleet_of(hosts, 2);

    (void)state;
    assert_true(whatif_is_feature_named(fleet, "te"));
    assert_false(whatif_is_feature_named(fleet, "nosuch"));
    assert_int_equal(whatif_lose_feature(fleet, map, "nosuch", "*"), 0);
    assert_int_equal(whatif_lose_feature(fleet, map, "te", "b"), 1);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "a", "b")->verdict, VERDICT_NO);
    assert_int_equal(pair_outcome(plan, SUBJECT_HOST_MODEL, "b", "a")->verdict, VERDICT_YES);
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
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    (void)state;
    g_ptr_array_add(documents, raw_document("aa"));
    whatif_add_hosts(fleet, documents, names);
    assert_int_equal(names->len, 1);
    assert_int_equal(fleet_find_host(fleet, "aa"), 1);
    assert_int_equal(fleet_host(fleet, 1)->machines, fleet_host(fleet, 0)->machines);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_MATRIX);
    assert_int_equal(find_class(plan, NULL)->hosts->len, 3);
}

static Document *
software_document(const char *host, Software software, const char *version)
{
    Document *document = g_new0(Document, 1);

    document->kind = DOCUMENT_HOST_SOFTWARE;
    document->host_name = g_strdup(host);
    document->software = host_software_new();
    document->software->versions[software] = g_strdup(version);
    return document;
}

/* In whatever order; what they leave open is that of most hosts, and they make no host. */
static void
test_whatif_host_has_the_versions_that_its_documents_tell(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a", NEW_HOST, .software = "libvirt=9.0.0 kernel=6.1.0"},
        {.name = "b", NEW_HOST},
        {.name = "c", NEW_HOST},
    };
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(hosts, 3));
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    (void)state;
    g_ptr_array_add(documents, software_document("z", SOFTWARE_KERNEL, "6.2.0"));
    g_ptr_array_add(documents, raw_document("z"));
    g_ptr_array_add(documents, software_document("z", SOFTWARE_QEMU, "7.2.0"));
    g_ptr_array_add(documents, software_document("b", SOFTWARE_QEMU, "7.2.0"));
    g_ptr_array_add(documents, software_document("nowhere", SOFTWARE_QEMU, "7.2.0"));
    whatif_add_hosts(fleet, documents, names);
    assert_int_equal(names->len, 1);
    assert_int_equal(fleet->hosts->len, 4);
    const HostSoftware *software = fleet_host(fleet, fleet_find_host(fleet, "z"))->software;
    assert_string_equal(software->versions[SOFTWARE_QEMU], "7.2.0");
    assert_string_equal(software->versions[SOFTWARE_LIBVIRT], "9.0.0");
    assert_string_equal(software->versions[SOFTWARE_KERNEL], "6.2.0");
    assert_null(fleet_host(fleet, fleet_find_host(fleet, "b"))->software);
    assert_true(fleet_host(fleet, fleet_find_host(fleet, "b"))->cpu != FLEET_NO_INDEX);
}

/* As a night would plan with it: what a dump hides is added by who reads the dump. */
static void
test_whatif_host_has_the_cpu_that_its_document_tells(void **state)
{
    const HostSpec spec = {.name = "a", NEW_HOST};
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(&spec, 1));
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Document *document = raw_document("z");

    (void)state;
    cpu_definition_set_feature(document->host->cpu, "lm", CPU_POLICY_REQUIRE);
    cpu_definition_set_feature(document->host->cpu, "syscall", CPU_POLICY_DISABLE);
    g_autofree char *told = host_cpu_digest(document->host->cpu, 0);
    g_ptr_array_add(documents, document);
    whatif_add_hosts(fleet, documents, names);
    const CpuProfile *profile =
        g_ptr_array_index(fleet->cpus, fleet_host(fleet, fleet_find_host(fleet, "z"))->cpu);
    g_autofree char *planned = host_cpu_digest(profile->cpu, 0);
    assert_string_equal(planned, told);
    assert_int_equal(cpu_definition_find_feature(profile->cpu, "syscall")->policy,
                     CPU_POLICY_DISABLE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract_is_kept_has_headroom_or_is_broken),
        cmocka_unit_test(test_drift_names_changes_and_causes),
        cmocka_unit_test(test_drift_compares_versions_that_hosts_tell),
        cmocka_unit_test(test_missing_domain_capabilities_are_no_lost_features),
        cmocka_unit_test(test_only_what_happened_has_an_untold_cause),
        cmocka_unit_test(test_drift_sees_a_class_split),
        cmocka_unit_test(test_whatif_changes_only_what_it_is_told),
        cmocka_unit_test(test_whatif_that_takes_a_feature_leaves_the_devices_that_are_offered),
        cmocka_unit_test(test_whatif_takes_features_that_only_documents_name),
        cmocka_unit_test(test_templates_of_a_pool_that_lost_its_name_are_not_forgotten),
        cmocka_unit_test(test_a_template_of_another_architecture_promises_no_address_bits),
        cmocka_unit_test(test_drift_of_a_replaced_host_is_laid_to_that),
        cmocka_unit_test(test_drift_tells_a_host_that_is_back_from_a_new_one),
        cmocka_unit_test(test_drift_knows_a_renamed_host_by_its_uuid),
        cmocka_unit_test(test_drift_tells_what_became_of_the_guests_of_a_host_that_is_gone),
        cmocka_unit_test(test_drift_tells_of_a_host_without_its_capabilities),
        cmocka_unit_test(test_a_guest_is_freed_by_a_way_out_not_by_the_loss_of_its_host),
        cmocka_unit_test(test_whatif_host_of_a_dump_gets_the_fleets_software),
        cmocka_unit_test(test_whatif_host_has_the_versions_that_its_documents_tell),
        cmocka_unit_test(test_whatif_host_has_the_cpu_that_its_document_tells),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
