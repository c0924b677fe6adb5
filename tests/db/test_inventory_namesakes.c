/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two systems of one name: none is lost without a word, and nothing of one is told of the other. */

#include "fixture.h"

#define UUID_A "aaaaaaaa-0000-0000-0000-000000000001"
#define UUID_B "bbbbbbbb-0000-0000-0000-000000000002"

/* The capabilities of a system, in a file of its own; a greater CONTENT is a newer file. */
static SourceReading *
system_file(const char *path, guint64 content, const char *uuid)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_host(reading, "h1", 1, 1);
    Document *document = g_ptr_array_index(reading->documents, 0);
    g_free(document->host->uuid);
    document->host->uuid = g_strdup(uuid);
    return reading;
}

static SourceReading *
guest_file(const char *path, guint64 content, const char *name)
{
    SourceReading *reading = reading_new(path, NULL, content);
    g_autofree char *xml = g_strdup_printf("<domain><name>%s</name></domain>", name);

    reading_add_guest(reading, "h1", name, NULL, xml);
    return reading;
}

static SourceReading *
domain_file(const char *path, guint64 content, guint variant)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_domain(reading, "h1", "pc-q35-9.2", variant);
    return reading;
}

static Fleet *
load(Inventory *inventory)
{
    g_autoptr(GError) error = NULL;
    Fleet *fleet = inventory_load_fleet(inventory, 0, read_guest, &error);

    assert_no_error(error);
    return fleet;
}

static void
assert_host(Inventory *inventory, const char *uuid, guint n_quarantined)
{
    g_autoptr(Fleet) fleet = load(inventory);

    assert_int_equal(fleet->hosts->len, 1);
    assert_string_equal(fleet_host(fleet, 0)->uuid, uuid);
    assert_int_equal(fleet->quarantine->len, n_quarantined);
}

static void
assert_named(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' does not name %s", text, part);
}

/* ---- one run --------------------------------------------------------------------------------- */

static void
test_second_system_of_a_name_is_told_and_kept_apart(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    InventoryRun run = record_run(inventory, TRUE, system_file("r1/h1/capabilities.xml", 2, UUID_A),
                                  guest_file("r1/h1/guests/mail.xml", 3, "mail"),
                                  guest_file("r2/h1/guests/web.xml", 4, "web"),
                                  domain_file("r2/h1/domcapabilities.xml", 5, 2),
                                  system_file("r2/h1/capabilities.xml", 1, UUID_B), NULL);
    assert_int_equal(run.n_quarantined, 1);
    g_autoptr(Fleet) fleet = load(inventory);
    assert_int_equal(fleet->hosts->len, 1);
    assert_string_equal(fleet_host(fleet, 0)->uuid, UUID_A);
    assert_true(fleet_host(fleet, 0)->domain_set == FLEET_NO_INDEX);
    assert_int_equal(fleet->guests->len, 1);
    assert_string_equal(((Guest *)g_ptr_array_index(fleet->guests, 0))->name, "mail");
    assert_int_equal(fleet->quarantine->len, 1);
    const Finding *finding = g_ptr_array_index(fleet->quarantine, 0);
    assert_string_equal(finding->id, "host-name-shared");
    assert_string_equal(finding->host, "h1");
    assert_true(g_str_has_suffix(finding->source, "/r2/h1/capabilities.xml"));
    assert_named(finding->text, "/r1/h1/capabilities.xml");
    assert_named(finding->text, UUID_A);
    assert_named(finding->text, UUID_B);
    assert_named(finding->text, "2 documents");
}

/* The four files of two systems, A's with CONTENT; K says in which order they are read. */
static void
record_in_order(Inventory *inventory, guint k, guint64 content)
{
    guint rest[] = {0, 1, 2, 3};

    begin(inventory, TRUE);
    for (guint n = 4; n > 0; n--) {
        guint i = k % n;

        k /= n;
        switch (rest[i]) {
        case 0:
            record(inventory, system_file("r1/h1/capabilities.xml", content, UUID_A));
            break;
        case 1:
            record(inventory, system_file("r2/h1/capabilities.xml", 15, UUID_B));
            break;
        case 2:
            record(inventory, guest_file("r1/h1/mail.xml", 30, "mail"));
            break;
        default:
            record(inventory, guest_file("r2/h1/web.xml", 40, "web"));
            break;
        }
        rest[i] = rest[n - 1];
        inventory_flush(inventory, NULL);
    }
    finish(inventory);
}

static void
test_order_of_reading_does_not_decide_whose_the_name_is(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *expected = NULL;

    for (guint k = 0; k < 24; k++) {
        g_autofree char *path = g_strdup_printf("%s/%u.db", fixture->folder, k);
        g_autoptr(Inventory) inventory = inventory_open(path, FALSE, NULL);

        record_in_order(inventory, k, 10);
        /* The next night, the other's file is the newest: the name stays where it was. */
        record_in_order(inventory, 23 - k, 20);
        g_autofree char *text = fleet_text(inventory, 0, FALSE);
        if (expected == NULL)
            expected = g_strdup(text);
        assert_string_equal(text, expected);
        assert_host(inventory, UUID_B, 1);
    }
}

/* ---- over several runs ----------------------------------------------------------------------- */

static void
test_system_installed_anew_is_the_host(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    for (gboolean is_complete = FALSE; is_complete <= TRUE; is_complete++) {
        record_run(inventory, is_complete, system_file("r/h1/capabilities.xml", 1, UUID_A), NULL);
        assert_host(inventory, UUID_A, 0);
        record_run(inventory, is_complete, system_file("r/h1/capabilities.xml", 2, UUID_B), NULL);
        assert_host(inventory, UUID_B, 0);
    }
}

/* A folder for each day: today's documents count, and those of the old system are told. */
static void
test_run_that_met_one_of_two_systems_takes_that_one(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, FALSE, system_file("monday/h1/capabilities.xml", 1, UUID_A), NULL);
    record_run(inventory, FALSE, system_file("tuesday/h1/capabilities.xml", 2, UUID_B), NULL);
    assert_host(inventory, UUID_B, 1);
    record_run(inventory, FALSE, guest_file("elsewhere/h1/mail.xml", 3, "mail"), NULL);
    assert_host(inventory, UUID_B, 1);
    record_run(inventory, TRUE, system_file("tuesday/h1/capabilities.xml", 2, UUID_B), NULL);
    assert_host(inventory, UUID_B, 0);
}

static void
test_shared_name_is_told_until_one_system_has_another(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    record_run(inventory, TRUE, system_file("r1/h1/capabilities.xml", 1, UUID_A), NULL);
    InventoryRun run = record_run(inventory, TRUE, system_file("r1/h1/capabilities.xml", 1, UUID_A),
                                  system_file("r2/h1/capabilities.xml", 2, UUID_B), NULL);
    g_autoptr(GPtrArray) told = inventory_contradictions(inventory, run.id, &error);
    assert_no_error(error);
    assert_int_equal(told->len, 1);
    run = record_run(inventory, TRUE, system_file("r1/h1/capabilities.xml", 1, UUID_A),
                     system_file("r2/h1/capabilities.xml", 2, UUID_B), NULL);
    assert_host(inventory, UUID_A, 1);
    record_run(inventory, TRUE, system_file("r1/h1/capabilities.xml", 1, UUID_A), NULL);
    assert_host(inventory, UUID_A, 0);
}

/* ---- what lies near neither ------------------------------------------------------------------ */

static void
test_ambiguous_guest_stays_and_ambiguous_promise_does_not(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, system_file("caps/r1/h1.xml", 2, UUID_A),
               system_file("caps/r2/h1.xml", 1, UUID_B),
               guest_file("guests/h1.mail.domain.xml", 3, "mail"),
               domain_file("domains/h1.xml", 4, 1), NULL);
    g_autoptr(Fleet) fleet = load(inventory);
    assert_int_equal(fleet->guests->len, 1);
    assert_true(fleet_host(fleet, 0)->domain_set == FLEET_NO_INDEX);
}

/* ---- one thing, two documents ---------------------------------------------------------------- */

static void
assert_told(Inventory *inventory, const char *id, const char *source)
{
    g_autoptr(Fleet) fleet = load(inventory);

    assert_int_equal(fleet->findings->len, 1);
    const Finding *finding = g_ptr_array_index(fleet->findings, 0);
    assert_string_equal(finding->id, id);
    assert_true(g_str_has_suffix(finding->source, source));
}

static void
test_second_guest_of_a_uuid_is_told(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *first = reading_new("r/h1/a.xml", NULL, 1);
    SourceReading *second = reading_new("r/h1/b.xml", NULL, 2);

    reading_add_guest(first, "h1", "a", UUID_A, "<domain><name>a</name></domain>");
    reading_add_guest(second, "h1", "b", UUID_A, "<domain><name>b</name></domain>");
    record_run(inventory, TRUE, system_file("r/h1/capabilities.xml", 1, UUID_A), first, second,
               NULL);
    assert_told(inventory, "guest-described-twice", "/r/h1/a.xml");
}

static void
test_same_document_under_two_names_is_one(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, system_file("r/h1/capabilities.xml", 1, UUID_A),
               system_file("r/h1/capabilities-copy.xml", 1, UUID_A),
               guest_file("r/h1/mail.xml", 2, "mail"), guest_file("r/h1/mail2.xml", 2, "mail"),
               NULL);
    g_autoptr(Fleet) fleet = load(inventory);
    assert_int_equal(fleet->hosts->len, 1);
    assert_int_equal(fleet->guests->len, 1);
    assert_int_equal(fleet->findings->len + fleet->quarantine->len, 0);
}

static void
test_contradicting_domain_capabilities_are_told(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, system_file("r/h1/capabilities.xml", 1, UUID_A),
               domain_file("r/h1/domcapabilities.xml", 2, 1),
               domain_file("r/h1/domcapabilities-old.xml", 1, 3), NULL);
    assert_told(inventory, "host-described-twice", "/r/h1/domcapabilities-old.xml");
}

static void
test_guests_of_a_host_that_nothing_describes_are_told(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, FALSE, guest_file("h1.mail.domain.xml", 1, "mail"), NULL);
    assert_told(inventory, "host-not-described", "/h1.mail.domain.xml");
    record_run(inventory, FALSE, system_file("h1.xml", 2, UUID_A), NULL);
    g_autoptr(Fleet) fleet = load(inventory);
    assert_int_equal(fleet->findings->len, 0);
    assert_int_equal(fleet->guests->len, 1);
}

/* Guests of no known host are kept, and are of no host. */
static void
test_guest_of_no_known_host_is_of_none(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *first = reading_new("a.xml", NULL, 1);
    SourceReading *second = reading_new("b.xml", NULL, 2);

    reading_add_guest(first, DOCUMENT_HOST_UNKNOWN, "a", UUID_A, "<domain><name>a</name></domain>");
    reading_add_guest(second, DOCUMENT_HOST_UNKNOWN, "b", UUID_A,
                      "<domain><name>b</name></domain>");
    InventoryRun run = record_run(inventory, FALSE, first, second, NULL);
    assert_int_equal(run.n_hosts, 0);
    assert_int_equal(run.n_guests, 1);
    assert_told(inventory, "guest-described-twice", "/a.xml");
    g_autoptr(Fleet) fleet = load(inventory);
    assert_null(((Guest *)g_ptr_array_index(fleet->guests, 0))->host);
    assert_null(((Finding *)g_ptr_array_index(fleet->findings, 0))->host);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_second_system_of_a_name_is_told_and_kept_apart),
        TEST(test_order_of_reading_does_not_decide_whose_the_name_is),
        TEST(test_system_installed_anew_is_the_host),
        TEST(test_run_that_met_one_of_two_systems_takes_that_one),
        TEST(test_shared_name_is_told_until_one_system_has_another),
        TEST(test_ambiguous_guest_stays_and_ambiguous_promise_does_not),
        TEST(test_second_guest_of_a_uuid_is_told),
        TEST(test_same_document_under_two_names_is_one),
        TEST(test_guests_of_a_host_that_nothing_describes_are_told),
        TEST(test_guest_of_no_known_host_is_of_none),
        TEST(test_contradicting_domain_capabilities_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
