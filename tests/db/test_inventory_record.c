/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a run records is what is loaded, at that run and later; and nights that differ in nothing
 * leave nothing but their run.
 */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define UUID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define XML_A "<domain><name>web</name><uuid>" UUID_A "</uuid></domain>"
#define XML_A2 "<domain id='3'><name>web</name><uuid>" UUID_A "</uuid></domain>"

/* Rows of all tables but run. */
#define COUNT_ROWS                                                                                 \
    "SELECT (SELECT count(*) FROM source) + (SELECT count(*) FROM host)"                           \
    " + (SELECT count(*) FROM document) + (SELECT count(*) FROM cpu_definition)"                   \
    " + (SELECT count(*) FROM cpu_profile) + (SELECT count(*) FROM machine_profile)"               \
    " + (SELECT count(*) FROM machine_type) + (SELECT count(*) FROM capability_profile)"           \
    " + (SELECT count(*) FROM domain_capability) + (SELECT count(*) FROM domain_set)"              \
    " + (SELECT count(*) FROM host_report) + (SELECT count(*) FROM host_state)"                    \
    " + (SELECT count(*) FROM guest_definition) + (SELECT count(*) FROM guest_state)"              \
    " + (SELECT count(*) FROM finding)"

static SourceReading *
domain_file(const char *path, guint64 content, const char *host, guint variant)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_domain(reading, host, "pc-q35-9.2", variant);
    return reading;
}

static SourceReading *
guest_file(const char *path, guint64 content, const char *host, const char *xml)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_guest(reading, host, "web", UUID_A, xml);
    return reading;
}

static void
test_recorded_fleet_is_loaded_whole(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    InventoryRun run = record_run(
        inventory, TRUE, host_file("b.xml", 1, "b", 2, 0x10), host_file("a.xml", 2, "a", 1, 0x20),
        domain_file("a.dom", 3, "a", 1), guest_file("a.web", 4, "a", XML_A), NULL);
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, read_guest, &error);

    assert_no_error(error);
    assert_int_equal(run.id, 1);
    assert_int_equal(run.n_hosts, 2);
    assert_int_equal(run.n_hosts_new, 2);
    assert_int_equal(run.n_guests, 1);
    assert_int_equal(run.n_sources, 4);
    assert_int_equal(fleet->hosts->len, 2);
    const Host *a = fleet_host(fleet, 0), *b = fleet_host(fleet, 1);
    assert_string_equal(a->name, "a");
    assert_int_equal(a->microcode, 0x20);
    assert_int_equal(a->tsc_hz, 2500000000);
    assert_int_equal(a->tsc_scaling, CPU_SWITCH_OFF);
    assert_int_equal(a->memory_kib, 512 * 1024 * 1024);
    assert_int_equal(a->threads, 2);
    assert_int_equal(b->domain_set, FLEET_NO_INDEX);
    assert_int_equal(a->machines, b->machines);
    assert_int_not_equal(a->cpu, b->cpu);

    const CpuProfile *cpu = g_ptr_array_index(fleet->cpus, b->cpu);
    assert_int_equal(cpu->physical_address_bits, 46);
    assert_int_equal(cpu->cpu->features->len, 3);
    assert_int_equal(cpu->cpu->microcode, 0);
    const MachineProfile *machines = g_ptr_array_index(fleet->machines, a->machines);
    const MachineType *alias = machine_profile_find(machines, CPU_ARCH_X86_64, "q35");
    assert_string_equal(alias->canonical, "pc-q35-9.2");
    const CapabilityProfile *capabilities = g_ptr_array_index(fleet->capabilities, a->capabilities);
    assert_true(capabilities->can_live_migrate);
    const SecurityModel *security = g_ptr_array_index(capabilities->security_models, 0);
    assert_string_equal(g_ptr_array_index(security->baselabels, 0),
                        "kvm=system_u:system_r:svirt_t:s0");
    const Guest *guest = g_ptr_array_index(fleet->guests, 0);
    assert_string_equal(guest->host, "a");
    assert_string_equal(guest->xml, XML_A);
}

/* Every member survives: the digest, which covers them all, is the same when computed anew. */
static void
test_every_member_of_a_profile_survives(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 3, 1), domain_file("a.dom", 2, "a", 2),
               NULL);
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, NULL, &error);
    assert_no_error(error);
    DomainCapabilities *domain = g_ptr_array_index(fleet->domain_capabilities, 0);
    g_autofree char *stored = g_strdup(domain->digest);
    domain_capabilities_seal(domain);
    assert_string_equal(domain->digest, stored);
    const CpuHypervisorModel *blocked = g_ptr_array_index(domain->models, 1);
    assert_string_equal(g_ptr_array_index(blocked->blockers, 1), "odd \"name\"\\,\n\x01");

    MachineProfile *machines = g_ptr_array_index(fleet->machines, 0);
    g_autofree char *stored_machines = g_strdup(machines->digest);
    machine_profile_seal(machines);
    assert_string_equal(machines->digest, stored_machines);
    CapabilityProfile *capabilities = g_ptr_array_index(fleet->capabilities, 0);
    g_autofree char *stored_capabilities = g_strdup(capabilities->digest);
    capability_profile_seal(capabilities);
    assert_string_equal(capabilities->digest, stored_capabilities);
}

static void
test_unchanged_night_adds_only_its_run(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    for (guint night = 1; night <= 3; night++) {
        InventoryRun run = record_run(
            inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), domain_file("a.dom", 2, "a", 0),
            guest_file("a.web", 3, "a", XML_A), broken_file("c.xml", 4), NULL);
        static gint64 rows, changes;

        if (night == 1) {
            rows = query_number(*state, COUNT_ROWS);
            changes = run.n_hosts_new;
            assert_int_equal(changes, 1);
        } else {
            assert_int_equal(query_number(*state, COUNT_ROWS), rows);
            assert_int_equal(run.n_unchanged, 4);
            assert_int_equal(run.n_hosts_new + run.n_hosts_changed + run.n_hosts_gone, 0);
        }
        assert_int_equal(run.n_quarantined, 1);
        assert_int_equal(query_number(*state, "SELECT count(*) FROM run"), night);
    }
}

static void
test_every_run_can_be_seen_again(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_auto(GStrv) texts = g_new0(char *, 5);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), host_file("b.xml", 2, "b", 2, 1),
               guest_file("g", 3, "a", XML_A), NULL);
    texts[0] = fleet_text(inventory, 0, TRUE);
    record_run(inventory, TRUE, host_file("a.xml", 11, "a", 0, 2), host_file("b.xml", 2, "b", 2, 1),
               guest_file("g", 13, "b", XML_A2), NULL);
    texts[1] = fleet_text(inventory, 0, TRUE);
    record_run(inventory, TRUE, host_file("b.xml", 2, "b", 2, 1), NULL);
    texts[2] = fleet_text(inventory, 0, TRUE);
    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), host_file("b.xml", 2, "b", 2, 1),
               NULL);
    texts[3] = fleet_text(inventory, 0, TRUE);
    for (guint i = 0; texts[i] != NULL; i++) {
        g_autofree char *again = fleet_text(inventory, i + 1, TRUE);

        assert_string_equal(again, texts[i]);
    }
    assert_hosts(inventory, 2, "a b");
    assert_hosts(inventory, 3, "b");
    assert_non_null(strstr(texts[0], "guest web on a"));
    assert_non_null(strstr(texts[1], "guest web on b: " XML_A2));
    assert_non_null(strstr(texts[2], "1 gone"));
}

static gboolean
has_changed(Inventory *inventory, gint64 before, gint64 run)
{
    g_autoptr(GError) error = NULL;
    gboolean is_changed = FALSE;

    assert_true(inventory_has_changed(inventory, before, run, &is_changed, &error));
    return is_changed;
}

/* The fleets of two runs are the same exactly when nothing is said to have changed between them. */
static void
test_what_has_not_changed_is_the_same_fleet(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *nights[][4] = {
        {host_file("a.xml", 1, "a", 1, 1), guest_file("g", 3, "a", XML_A)},
        {host_file("a.xml", 1, "a", 1, 1), guest_file("g", 3, "a", XML_A)},
        /* A host and a guest that come, one that differs, a mistake, and their going again. */
        {host_file("a.xml", 1, "a", 1, 1), guest_file("g", 3, "a", XML_A),
         host_file("b.xml", 2, "b", 1, 1)},
        {host_file("a.xml", 1, "a", 1, 1), guest_file("g", 4, "a", XML_A2),
         host_file("b.xml", 2, "b", 1, 1)},
        {host_file("a.xml", 5, "a", 1, 2), guest_file("g", 4, "a", XML_A2),
         host_file("b.xml", 2, "b", 1, 1)},
        {host_file("a.xml", 5, "a", 1, 2), guest_file("g", 4, "a", XML_A2),
         host_file("b.xml", 2, "b", 1, 1), broken_file("c.xml", 6)},
        {host_file("a.xml", 5, "a", 1, 2), guest_file("g", 4, "a", XML_A2),
         host_file("b.xml", 2, "b", 1, 1)},
        {host_file("a.xml", 5, "a", 1, 2), host_file("b.xml", 2, "b", 1, 1)},
        {host_file("b.xml", 2, "b", 1, 1)},
        {host_file("b.xml", 2, "b", 1, 1)},
    };

    for (guint i = 0; i < G_N_ELEMENTS(nights); i++)
        record_run(inventory, TRUE, nights[i][0], nights[i][1], nights[i][2], nights[i][3], NULL);
    for (guint run = 2; run <= G_N_ELEMENTS(nights); run++) {
        g_autofree char *last = fleet_text(inventory, run - 1, FALSE);
        g_autofree char *now = fleet_text(inventory, run, FALSE);

        assert_int_equal(has_changed(inventory, run - 1, run), strcmp(last, now) != 0);
    }
    assert_false(has_changed(inventory, 1, 2));
    assert_true(has_changed(inventory, 1, 3));
    assert_true(has_changed(inventory, 1, G_N_ELEMENTS(nights)));
}

static void
test_run_counts_new_changed_and_gone_hosts(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), host_file("b.xml", 2, "b", 2, 1),
               host_file("c.xml", 3, "c", 2, 1), NULL);
    InventoryRun run =
        record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1),
                   host_file("b.xml", 12, "b", 2, 9), host_file("d.xml", 4, "d", 2, 1), NULL);
    assert_int_equal(run.n_hosts, 3);
    assert_int_equal(run.n_hosts_new, 1);
    assert_int_equal(run.n_hosts_changed, 1);
    assert_int_equal(run.n_hosts_gone, 1);
    assert_int_equal(run.n_unchanged, 1);
}

static void
test_incomplete_run_only_adds(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    record_run(inventory, FALSE, host_file("b.xml", 2, "b", 1, 1), NULL);
    assert_hosts(inventory, 0, "a b");
}

/* The other documents of a host stay when one of them goes. */
static void
test_state_is_the_union_of_documents(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), domain_file("a.dom", 2, "a", 0),
               NULL);
    record_run(inventory, TRUE, domain_file("a.dom", 2, "a", 0), NULL);
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, NULL, &error);
    assert_no_error(error);
    assert_int_equal(fleet->hosts->len, 1);
    assert_int_equal(fleet_host(fleet, 0)->cpu, FLEET_NO_INDEX);
    assert_int_equal(fleet_host(fleet, 0)->domain_set, 0);
    begin(inventory, TRUE);
    finish(inventory);
    assert_hosts(inventory, 0, "");
}

static void
test_moved_source_changes_nothing(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("old/a.xml", 1, "a", 1, 1), NULL);
    InventoryRun run = record_run(inventory, TRUE, host_file("new/a.xml", 1, "a", 1, 1), NULL);
    assert_int_equal(run.n_hosts_changed, 0);
    assert_int_equal(query_number(*state, "SELECT count(*) FROM host_state"), 1);
}

/* ---- one host, two opinions ------------------------------------------------------------------ */

static void
test_newest_document_counts(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    SourceReading *raw = reading_new("z.cpuid", NULL, 9);

    reading_add_raw_host(raw, "a", 5);
    record_run(inventory, TRUE, host_file("x.xml", 2, "a", 1, 0x22),
               host_file("y.xml", 1, "a", 1, 0x11), raw, NULL);
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, NULL, &error);
    assert_no_error(error);
    assert_int_equal(fleet_host(fleet, 0)->microcode, 0x22);
    assert_int_equal(fleet->quarantine->len, 0);
    assert_int_equal(fleet->findings->len, 1);
    const Finding *finding = g_ptr_array_index(fleet->findings, 0);
    assert_string_equal(finding->id, "host-described-twice");
    assert_true(g_str_has_suffix(finding->source, "/y.xml"));
    record_run(inventory, TRUE, host_file("y.xml", 1, "a", 1, 0x11), NULL);
    g_autoptr(Fleet) later = inventory_load_fleet(inventory, 0, NULL, &error);
    assert_no_error(error);
    assert_int_equal(fleet_host(later, 0)->microcode, 0x11);
    assert_int_equal(later->findings->len, 0);
}

/* The same bytes, written again: their file is the newest one since, without having been read. */
static void
test_newer_time_of_the_same_bytes_counts(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    SourceReading *again = host_file("y.xml", 1, "a", 1, 0x11);

    record_run(inventory, TRUE, host_file("x.xml", 2, "a", 1, 0x22),
               host_file("y.xml", 1, "a", 1, 0x11), NULL);
    again->source->mtime_ns += 1000 * again->source->mtime_ns;
    InventoryRun run =
        record_run(inventory, TRUE, host_file("x.xml", 2, "a", 1, 0x22), again, NULL);
    assert_int_equal(run.n_unchanged, 2);
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, NULL, &error);
    assert_no_error(error);
    assert_int_equal(fleet_host(fleet, 0)->microcode, 0x11);
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* One path of two folders is two sources; two spellings of one path are one. */
static void
test_sources_are_told_apart_by_absolute_paths(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    g_autofree char *here = g_get_current_dir();

    record_run(inventory, FALSE, host_file("hosts.xml", 1, "a", 1, 1), NULL);
    assert_int_equal(g_chdir(fixture->folder), 0);
    record_run(inventory, FALSE, host_file("hosts.xml", 2, "b", 1, 1), NULL);
    InventoryRun run =
        record_run(inventory, FALSE, host_file("./x/../hosts.xml", 2, "b", 1, 1), NULL);
    assert_int_equal(g_chdir(here), 0);
    assert_int_equal(run.n_unchanged, 1);
    assert_hosts(inventory, 0, "a b");
}

/* virsh -c URI capabilities | virt-plan ingest -, for one host after the other */
static void
test_standard_input_adds_to_what_is_known(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, FALSE, host_file("-", 1, "a", 1, 1), NULL);
    record_run(inventory, FALSE, host_file("-", 2, "b", 1, 1), NULL);
    record_run(inventory, FALSE, host_file("-", 3, "a", 2, 0x77), NULL);
    assert_hosts(inventory, 0, "a b");
    g_autofree char *text = fleet_text(inventory, 0, FALSE);
    assert_non_null(strstr(text, "ucode 77"));
    assert_int_equal(query_number(*state, "SELECT count(*) FROM document"), 2);
}

/* ---- runs that did not end ------------------------------------------------------------------- */

static void
test_run_after_a_killed_one_takes_its_batches_over(void **state)
{
    g_autoptr(GError) error = NULL;
    Inventory *killed = fixture_open(*state);

    record_run(killed, TRUE, host_file("a.xml", 1, "a", 1, 1), host_file("b.xml", 2, "b", 1, 1),
               NULL);
    begin(killed, TRUE);
    record(killed, host_file("a.xml", 11, "a", 2, 2));
    inventory_flush(killed, &error);
    assert_no_error(error);
    record(killed, host_file("b.xml", 12, "b", 2, 2));
    inventory_close(killed);

    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autofree char *before = fleet_text(inventory, 0, FALSE);
    assert_null(strstr(before, "ucode 2"));
    InventoryRun run = record_run(inventory, TRUE, host_file("a.xml", 11, "a", 2, 2),
                                  host_file("b.xml", 12, "b", 2, 2), NULL);
    assert_int_equal(run.id, 3);
    assert_int_equal(run.n_unchanged, 1);
    assert_int_equal(run.n_hosts_changed, 2);
    gint64 run_before;
    assert_true(inventory_run_before(inventory, 0, &run_before, NULL));
    assert_int_equal(run_before, 1);
    g_autofree char *after = fleet_text(inventory, 0, FALSE);
    assert_null(strstr(after, "ucode 1"));
}

/* Two processes record at once, batch by batch, and the older run ends last. */
static void
test_two_writers_lose_nothing(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Inventory) older = fixture_open(*state);
    g_autoptr(Inventory) newer = fixture_open(*state);

    record_run(older, TRUE, host_file("a.xml", 1, "a", 1, 1), host_file("b.xml", 2, "b", 1, 1),
               NULL);
    begin(older, TRUE);
    begin(newer, FALSE);
    record(newer, domain_file("a.dom", 3, "a", 1));
    record(newer, host_file("c.xml", 4, "c", 1, 1));
    inventory_flush(newer, &error);
    record(older, host_file("a.xml", 11, "a", 1, 7));
    inventory_flush(older, &error);
    finish(newer);
    record(older, host_file("b.xml", 2, "b", 1, 1));
    finish(older);
    assert_no_error(error);
    g_autofree char *text = fleet_text(older, 0, FALSE);
    assert_non_null(strstr(text, "ucode 7"));
    assert_non_null(strstr(text, "domain 0 pc-q35-9.2"));
    assert_hosts(older, 0, "a b c");
}

static void
test_another_reader_reads_everything_again(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    inventory_set_reader(inventory, "another");
    InventoryRun run = record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    assert_int_equal(run.n_unchanged, 0);
    assert_int_equal(run.n_hosts_changed, 0);
    run = record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    assert_int_equal(run.n_unchanged, 1);
}

static void
test_source_is_known_by_its_path_time_and_size(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    Source source = {.path = (char[]){"a.xml"}, .size = 1001, .mtime_ns = 1000001};

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    begin(inventory, TRUE);
    assert_true(inventory_knows_source(inventory, &source, FALSE));
    source.size++;
    assert_false(inventory_knows_source(inventory, &source, FALSE));
    source.size--;
    source.mtime_ns++;
    assert_false(inventory_knows_source(inventory, &source, FALSE));
    source.mtime_ns = 0;
    assert_false(inventory_knows_source(inventory, &source, FALSE));
    source.path = (char[]){"b.xml"};
    assert_false(inventory_knows_source(inventory, &source, TRUE));
    finish(inventory);
}

static void
test_there_is_no_fleet_before_the_first_run(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    assert_null(inventory_load_fleet(inventory, 0, NULL, &error));
    assert_true(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND));
}

static void
test_unreadable_guest_is_told_and_the_others_are_there(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *reading = reading_new("odd", NULL, 1);

    reading_add_guest(reading, "a", "odd", NULL, "<domain/>");
    record_run(inventory, TRUE, reading, guest_file("g", 2, "a", XML_A), NULL);
    g_autofree char *text = fleet_text(inventory, 0, FALSE);
    assert_non_null(strstr(text, "guest web on a"));
    assert_non_null(strstr(text, "guest odd cannot be read from the inventory: no name"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_recorded_fleet_is_loaded_whole),
        TEST(test_every_member_of_a_profile_survives),
        TEST(test_unchanged_night_adds_only_its_run),
        TEST(test_every_run_can_be_seen_again),
        TEST(test_what_has_not_changed_is_the_same_fleet),
        TEST(test_run_counts_new_changed_and_gone_hosts),
        TEST(test_incomplete_run_only_adds),
        TEST(test_state_is_the_union_of_documents),
        TEST(test_moved_source_changes_nothing),
        TEST(test_newest_document_counts),
        TEST(test_newer_time_of_the_same_bytes_counts),
        TEST(test_sources_are_told_apart_by_absolute_paths),
        TEST(test_standard_input_adds_to_what_is_known),
        TEST(test_run_after_a_killed_one_takes_its_batches_over),
        TEST(test_two_writers_lose_nothing),
        TEST(test_another_reader_reads_everything_again),
        TEST(test_source_is_known_by_its_path_time_and_size),
        TEST(test_there_is_no_fleet_before_the_first_run),
        TEST(test_unreadable_guest_is_told_and_the_others_are_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
