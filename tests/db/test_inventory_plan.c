/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a plan leaves in the inventory: templates as they were published, addresses as they were
 * first given, and hosts that could not be planned with.
 */

#include "fixture.h"

#include <fleet/device.h>
#include <string.h>

#define XML "<domain><name>web</name><uuid>u-1</uuid></domain>"

static void
record_guest(Inventory *inventory)
{
    SourceReading *reading = reading_new("web", NULL, 1);

    reading_add_host(reading, "a", 1, 1);
    reading_add_guest(reading, "a", "web", "u-1", XML);
    record_run(inventory, TRUE, reading, NULL);
}

static Fleet *
load(Inventory *inventory, gint64 run)
{
    g_autoptr(GError) error = NULL;
    Fleet *fleet = inventory_load_fleet(inventory, run, read_guest, &error);

    assert_no_error(error);
    return fleet;
}

/* ---- templates ------------------------------------------------------------------------------- */

static void
publish(Inventory *inventory, const char *pool, const char *name, const char *model, gint64 now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Plan) plan = plan_new();
    PlanPool *planned = plan_pool_new(NULL);
    PlanClass *klass = plan_class_new(name);

    g_ptr_array_add(plan->pools, planned);
    g_ptr_array_add(planned->classes, klass);
    klass->template->cpu = cpu_definition_new(CPU_TYPE_GUEST);
    klass->template->cpu->model = g_strdup(model);
    cpu_definition_append_feature(klass->template->cpu, "aes", CPU_POLICY_REQUIRE);
    cpu_definition_append_feature(klass->template->cpu, "hle", CPU_POLICY_DISABLE);
    klass->template->physical_address_bits = 46;
    klass->template->tsc_hz = 2500000000;
    klass->template->digest = g_strdup(model);
    g_ptr_array_add(klass->template->machines, g_strdup("pc-q35-9.2"));
    inventory_publish_template(inventory, pool, klass, now, &error);
    assert_no_error(error);
}

static void
test_template_is_kept_as_published(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_guest(inventory);
    publish(inventory, "web", "intel", "Skylake-Server", 100);
    g_autoptr(Fleet) fleet = load(inventory, 0);
    assert_int_equal(fleet->templates->len, 1);
    const PublishedTemplate *published = g_ptr_array_index(fleet->templates, 0);
    assert_string_equal(published->pool, "web");
    assert_string_equal(published->class_name, "intel");
    assert_int_equal(published->run, 1);
    assert_int_equal(published->published_at, 100);
    assert_int_equal(published->cpu->type, CPU_TYPE_GUEST);
    assert_string_equal(published->cpu->model, "Skylake-Server");
    assert_int_equal(cpu_definition_find_feature(published->cpu, "hle")->policy,
                     CPU_POLICY_DISABLE);
    assert_int_equal(published->physical_address_bits, 46);
    assert_int_equal(published->tsc_hz, 2500000000);
    assert_string_equal(g_ptr_array_index(published->machines, 0), "pc-q35-9.2");
    assert_string_equal(published->digest, "Skylake-Server");
}

static void
test_newer_template_takes_its_place(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_guest(inventory);
    publish(inventory, "web", "intel", "Haswell", 100);
    publish(inventory, "web", "amd", "EPYC", 100);
    record_guest(inventory);
    publish(inventory, "web", "intel", "Broadwell", 50); /* the clock jumped back */
    g_autoptr(Fleet) now = load(inventory, 0);
    assert_int_equal(now->templates->len, 2);
    assert_string_equal(((PublishedTemplate *)now->templates->pdata[0])->class_name, "amd");
    assert_string_equal(((PublishedTemplate *)now->templates->pdata[1])->cpu->model, "Broadwell");
    assert_int_equal(now->superseded_templates->len, 1);
    assert_string_equal(((PublishedTemplate *)now->superseded_templates->pdata[0])->cpu->model,
                        "Haswell");
    g_autoptr(Fleet) then = load(inventory, 1);
    assert_string_equal(((PublishedTemplate *)then->templates->pdata[1])->cpu->model, "Haswell");
}

static void
test_class_without_cpu_is_not_published(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    g_autoptr(Plan) plan = plan_new();
    PlanPool *planned = plan_pool_new(NULL);
    PlanClass *klass = plan_class_new("empty");

    g_ptr_array_add(plan->pools, planned);
    g_ptr_array_add(planned->classes, klass);
    record_guest(inventory);
    assert_false(inventory_publish_template(inventory, "web", klass, 1, &error));
    assert_non_null(strstr(error->message, "no CPU in common"));
}

/* ---- addresses ------------------------------------------------------------------------------- */

typedef struct {
    const char *disk;
    guint slot;
    gboolean is_written;
} Disk;

static DomainDevices *
make_devices(const Disk *disks, guint n)
{
    DomainDevices *devices = domain_devices_new();

    for (guint i = 0; i < n; i++) {
        Device *device = device_new(DEVICE_DISK);

        device->disk.target = g_strdup(disks[i].disk);
        device->disk.bus = DISK_BUS_VIRTIO;
        device->address.type = ADDRESS_PCI;
        device->address.pci.slot = disks[i].slot;
        if (disks[i].is_written)
            device->written = device->address;
        domain_devices_insert(devices, device);
    }
    return devices;
}

/* A night whose plan gives the guest these disks. */
static void
record_disks(Inventory *inventory, const Disk *disks, guint n)
{
    g_autoptr(GError) error = NULL;

    record_guest(inventory);
    g_autoptr(Fleet) fleet = load(inventory, 0);
    g_autoptr(Plan) plan = plan_new();
    AddressPlan *addresses = address_plan_new(0);
    addresses->devices = make_devices(disks, n);
    plan->fleet = fleet;
    g_ptr_array_add(plan->addresses, addresses);
    inventory_record_plan(inventory, plan, &error);
    assert_no_error(error);
}

static const KeptAddress *
kept_disk(const Fleet *fleet, guint index)
{
    const KeptAddresses *kept = g_ptr_array_index(fleet->kept_addresses, 0);

    assert_string_equal(kept->guest, "u-1");
    assert_true(index < kept->addresses->len);
    return &g_array_index(kept->addresses, KeptAddress, index);
}

static void
test_address_is_kept_with_the_runs_that_had_it(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    const Disk both[] = {{"vda", 3, FALSE}, {"vdb", 4, FALSE}};
    const Disk written[] = {{"vda", 3, TRUE}, {"vdb", 4, TRUE}};
    const Disk moved[] = {{"vda", 5, TRUE}};

    record_disks(inventory, both, 2);
    record_disks(inventory, both, 2);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM kept_address"), 2);
    record_disks(inventory, written, 2);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM kept_address"), 2);
    record_disks(inventory, moved, 1);
    g_autoptr(Fleet) fleet = load(inventory, 0);
    assert_string_equal(kept_disk(fleet, 0)->device, "disk/vda");
    assert_string_equal(kept_disk(fleet, 0)->address, "pci 0000:00:05.0");
    assert_int_equal(kept_disk(fleet, 0)->first_run, 4);
    assert_int_equal(kept_disk(fleet, 0)->last_run, 0);
    assert_false(kept_disk(fleet, 0)->is_planned);
    /* The disk that went is remembered, for when it comes back. */
    assert_string_equal(kept_disk(fleet, 1)->address, "pci 0000:00:04.0");
    assert_int_equal(kept_disk(fleet, 1)->first_run, 1);
    assert_int_equal(kept_disk(fleet, 1)->last_run, 3);
    g_autoptr(Fleet) earlier = load(inventory, 2);
    assert_string_equal(kept_disk(earlier, 0)->address, "pci 0000:00:03.0");
    assert_int_equal(kept_disk(earlier, 1)->last_run, 0);

    record_disks(inventory, both, 2);
    g_autoptr(Fleet) back = load(inventory, 0);
    assert_int_equal(kept_disk(back, 1)->first_run, 5);
    assert_int_equal(kept_disk(back, 1)->last_run, 0);
}

/* ---- hosts that cannot be planned with ------------------------------------------------------- */

static void
record_finding(Inventory *inventory, const char *id)
{
    g_autoptr(GError) error = NULL;

    record_guest(inventory);
    g_autoptr(Fleet) fleet = load(inventory, 0);
    g_autoptr(Plan) plan = plan_new();
    plan->fleet = fleet;
    if (id != NULL) {
        Finding *finding = finding_new(FINDING_ERROR, id, "no such model", "update the map");

        finding->host = g_strdup("a");
        g_ptr_array_add(plan->findings, finding);
        g_ptr_array_add(plan->findings, finding_new(FINDING_ERROR, "pool-empty", "no host", NULL));
    }
    inventory_record_plan(inventory, plan, &error);
    assert_no_error(error);
}

static void
test_unknown_model_is_in_quarantine(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    record_finding(inventory, "unknown-model");
    record_finding(inventory, "unknown-model");
    g_autoptr(GPtrArray) open = inventory_quarantine(inventory, TRUE, &error);
    assert_no_error(error);
    assert_int_equal(open->len, 1);
    const QuarantineEntry *entry = g_ptr_array_index(open, 0);
    assert_true(entry->is_open);
    assert_int_equal(entry->first_run, 1);
    assert_string_equal(entry->finding->host, "a");
    assert_string_equal(entry->finding->id, "unknown-model");
    record_finding(inventory, NULL);
    g_autoptr(GPtrArray) all = inventory_quarantine(inventory, FALSE, &error);
    assert_no_error(error);
    assert_int_equal(all->len, 1);
    entry = g_ptr_array_index(all, 0);
    assert_false(entry->is_open);
    assert_int_equal(entry->last_run, 2);
}

/* ---- features -------------------------------------------------------------------------------- */

static SourceReading *
haswell(guint64 content, const char *model)
{
    SourceReading *reading = reading_new("a.xml", NULL, content);
    Document *document;

    reading_add_host(reading, "a", 0, 1);
    document = g_ptr_array_index(reading->documents, 0);
    g_free(document->host->cpu->model);
    document->host->cpu->model = g_strdup(model);
    return reading;
}

/* When did this host lose TSX? The feature is the model's; only a plan knows what models have. */
static void
test_lost_feature_is_one_query(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    g_autoptr(GError) error = NULL;
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    static const char *const models[] = {"Haswell", "Haswell-noTSX", "NoSuchModel"};

    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        record_run(inventory, TRUE, haswell(i + 1, models[i]), NULL);
        g_autoptr(Fleet) fleet = load(inventory, 0);
        g_autoptr(Plan) plan = plan_new();
        plan->fleet = fleet;
        plan->map = map;
        inventory_record_plan(inventory, plan, &error);
        assert_no_error(error);
    }
    assert_int_equal(query_number(fixture, "SELECT max(last_run) FROM host_features"
                                           " WHERE host = 'a' AND feature = 'hle'"),
                     1);
    assert_int_equal(query_number(fixture, "SELECT max(last_run) FROM host_features"
                                           " WHERE host = 'a' AND feature = 'avx2'"),
                     2);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM host_features WHERE host = 'a'"
                                           " AND first_run = 3"),
                     1);
    g_autoptr(GPtrArray) history = inventory_host_history(inventory, "a", &error);
    gboolean is_told = FALSE;
    for (guint i = 0; i < history->len; i++)
        is_told |= g_str_has_suffix(((HistoryEntry *)history->pdata[i])->text, "; lost hle, rtm");
    assert_true(is_told);
    /* What a model has that no map knows cannot be compared. */
    const HistoryEntry *last = history->pdata[history->len - 1];
    assert_string_equal(last->what, "cpu");
    assert_null(strstr(last->text, "lost"));
}

/* ---- history --------------------------------------------------------------------------------- */

#define UUID_A "aaaaaaaa-0000-0000-0000-000000000001"
#define UUID_B "bbbbbbbb-0000-0000-0000-000000000002"

static void
record_host(Inventory *inventory, const char *uuid, guint64 content, guint cpu, guint32 microcode)
{
    SourceReading *reading = reading_new("a.xml", NULL, content);

    reading_add_host(reading, "a", cpu, microcode);
    HostCapabilities *host = ((Document *)g_ptr_array_index(reading->documents, 0))->host;
    g_free(host->uuid);
    host->uuid = g_strdup(uuid);
    record_run(inventory, TRUE, reading, NULL);
}

static void
test_history_tells_each_state_of_a_host_and_its_runs(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    static const struct {
        const char *what;
        gint64 first_run, last_run;
        const char *text; /* its end */
    } expected[] = {
        {"presence", 1, 3, "present"},
        {"system", 1, 3, "system with UUID " UUID_A},
        {"cpu", 1, 2, "Intel Skylake-Server with 3 features more, 46 physical address bits"},
        {"microcode", 1, 1, "version 0x10"},
        {"machines", 1, 3, "2 machine types, as of QEMU 9.2"},
        {"capabilities", 1, 3, "live migration over tcp; security models selinux"},
        {"size", 1, 3, "512.0 GiB"},
        {"microcode", 2, 3, "version 0x20"},
        {"cpu", 3, 3, "bits; lost f2"},
        {"presence", 4, 4, "absent"},
        {"presence", 5, 0, "present"},
        {"system", 5, 0, "system with UUID " UUID_B},
        {"cpu", 5, 0, "bits; gained f2, f3"},
        {"microcode", 5, 0, "version 0x20"},
        {"machines", 5, 0, "QEMU 9.2"},
        {"capabilities", 5, 0, "selinux"},
        {"size", 5, 0, "GiB"},
    };

    record_host(inventory, UUID_A, 1, 2, 0x10);
    record_host(inventory, UUID_A, 2, 2, 0x20);
    record_host(inventory, UUID_A, 3, 1, 0x20);
    begin(inventory, TRUE);
    finish(inventory);
    record_host(inventory, UUID_B, 4, 3, 0x20);
    g_autoptr(GPtrArray) entries = inventory_host_history(inventory, "a", &error);
    assert_no_error(error);
    assert_int_equal(entries->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < entries->len; i++) {
        const HistoryEntry *entry = g_ptr_array_index(entries, i);

        assert_string_equal(entry->what, expected[i].what);
        assert_int_equal(entry->first_run, expected[i].first_run);
        assert_int_equal(entry->last_run, expected[i].last_run);
        if (!g_str_has_suffix(entry->text, expected[i].text))
            fail_msg("%s: %s", entry->what, entry->text);
    }
}

/* An absence begins with the first run without the host and ends with the last one. */
static void
test_absence_has_the_times_of_its_own_runs(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    g_autoptr(GError) error = NULL;
    static const struct {
        gint64 first_at, last_at;
        const char *text;
    } expected[] = {{1000, 1000, "present"},
                    {2000, 3000, "absent"},
                    {4000, 4000, "present"},
                    {5000, 0, "absent"}};
    guint n = 0;

    for (guint run = 1; run <= 6; run++)
        if (run == 1 || run == 4)
            record_host(inventory, UUID_A, run, 1, 0x10);
        else
            record_run(inventory, TRUE, NULL, NULL);
    query_number(fixture, "UPDATE run SET started_at = 1000 * id RETURNING id");
    g_autoptr(GPtrArray) entries = inventory_host_history(inventory, "a", &error);
    assert_no_error(error);
    for (guint i = 0; i < entries->len; i++) {
        const HistoryEntry *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->what, "presence") != 0)
            continue;
        assert_true(n < G_N_ELEMENTS(expected));
        assert_string_equal(entry->text, expected[n].text);
        assert_int_equal(entry->first_at, expected[n].first_at);
        assert_int_equal(entry->last_at, expected[n].last_at);
        n++;
    }
    assert_int_equal(n, G_N_ELEMENTS(expected));
}

static void
test_history_of_nobody_is_not_found(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;

    assert_null(inventory_host_history(inventory, "nobody", &error));
    assert_true(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_template_is_kept_as_published),
        TEST(test_newer_template_takes_its_place),
        TEST(test_class_without_cpu_is_not_published),
        TEST(test_address_is_kept_with_the_runs_that_had_it),
        TEST(test_unknown_model_is_in_quarantine),
        TEST(test_lost_feature_is_one_query),
        TEST(test_history_tells_each_state_of_a_host_and_its_runs),
        TEST(test_absence_has_the_times_of_its_own_runs),
        TEST(test_history_of_nobody_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
