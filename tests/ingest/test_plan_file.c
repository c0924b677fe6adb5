/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The plan file: every key reaches its setting, and every mistake is told with place and remedy. */

#include "ingest_fixture.h"

#include <ingest/plan_file.h>
#include <string.h>

static const char whole[] = "inventory: fleet.db\n"
                            "output: /srv/report\n"
                            "metrics: metrics.prom\n"
                            "cpu_map: map\n"
                            "sources: [hosts, ../more]\n"
                            "collect:\n"
                            "  - uri: qemu+ssh://root@h1/system?no_tty=1\n"
                            "    name: h1\n"
                            "  - {uri: \"test:///default\"}\n"
                            "collect_timeout: 5\n"
                            "max_document: 100\nmax_archive: 20\nmax_depth: 50\n"
                            "labels:\n"
                            "  - hosts: [\"web*\"]\n"
                            "    labels: [web, rack1]\n"
                            "versions:\n"
                            "  - hosts: [\"web*\"]\n"
                            "    qemu: 9.2\n"
                            "    kernel: 5.15.0-91-generic\n"
                            "known_stuck:\n"
                            "  - {guests: [\"gpu*\"], why: GPU}\n"
                            "  - guests: [db01]\n"
                            "    hosts: [\"web*\"]\n"
                            "    why: waits for hosts\n"
                            "    until: 2027-02-28\n"
                            "    failover: false\n"
                            "pools:\n"
                            "  - name: prod\n"
                            "    hosts: [\"web*\", db?]\n"
                            "    labels: [web]\n"
                            "    strategy: auto\n"
                            "    secure: true\n"
                            "    max_classes: 3\n"
                            "    max_loss: 5%\n"
                            "    min_hosts: 2\n"
                            "    vendors: mixed\n"
                            "    required: [aes]\n"
                            "    disabled: [mpx]\n"
                            "    models: [Haswell-noTSX]\n"
                            "    failover_hosts: 1\n"
                            "    libvirt: 9.0\n"
                            "    spare_ports: 4\n"
                            "    reserved_slots: 2\n"
                            "  - name: test\n"
                            "    hosts: [\"*\"]\n"
                            "    ladder: x86-64\n"
                            "feature_weights: {avx512f: 3, aes: 0.5}\n";

static PlanSettings *
parse(const char *text, GError **error)
{
    return plan_file_parse("/etc/plans/plan.yaml", text, strlen(text), error);
}

static void
test_whole_plan_file_is_read(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PlanSettings) settings = parse(whole, &error);

    (void)state;
    if (settings == NULL)
        fail_msg("%s", error->message);
    const PoolSettings *pool = g_ptr_array_index(settings->pools, 0);
    const PoolSettings *second = g_ptr_array_index(settings->pools, 1);
    const LabelSettings *label = g_ptr_array_index(settings->labels, 0);
    const CollectSettings *collect = g_ptr_array_index(settings->collect, 0);
    const WeightSettings *weight = g_ptr_array_index(settings->feature_weights, 1);
    const VersionSettings *version = g_ptr_array_index(settings->versions, 0);
    assert_string_equal(version->versions[SOFTWARE_QEMU], "9.2");
    assert_null(version->versions[SOFTWARE_LIBVIRT]);
    assert_string_equal(version->versions[SOFTWARE_KERNEL], "5.15.0-91-generic");
    const KnownStuckSettings *for_good = g_ptr_array_index(settings->known_stuck, 0);
    const KnownStuckSettings *for_a_while = g_ptr_array_index(settings->known_stuck, 1);
    assert_string_equal(g_ptr_array_index(for_good->guests, 0), "gpu*");
    assert_int_equal(for_good->hosts->len, 0);
    assert_string_equal(for_good->why, "GPU");
    assert_int_equal(for_good->until_s, 0);
    assert_true(for_good->has_failover);
    assert_string_equal(g_ptr_array_index(for_a_while->hosts, 0), "web*");
    assert_string_equal(for_a_while->until, "2027-02-28");
    assert_int_equal(for_a_while->until_s, 1803859200); /* when March begins in UTC */
    assert_false(for_a_while->has_failover);
    assert_string_equal(settings->path, "/etc/plans/plan.yaml");
    assert_string_equal(settings->inventory, "/etc/plans/fleet.db");
    assert_string_equal(settings->output, "/srv/report");
    assert_string_equal(settings->metrics, "/etc/plans/metrics.prom");
    assert_string_equal(settings->cpu_map, "/etc/plans/map");
    assert_string_equal(g_ptr_array_index(settings->sources, 1), "/etc/plans/../more");
    assert_int_equal(settings->collect->len, 2);
    assert_string_equal(collect->name, "h1");
    assert_string_equal(collect->uri, "qemu+ssh://root@h1/system?no_tty=1");
    assert_int_equal(settings->collect_timeout_s, 5);
    assert_int_equal(settings->max_document_mib, 100);
    assert_int_equal(settings->max_archive_mib, 20);
    assert_int_equal(settings->max_depth, 50);
    assert_string_equal(g_ptr_array_index(label->labels, 1), "rack1");
    assert_string_equal(pool->name, "prod");
    assert_string_equal(g_ptr_array_index(pool->hosts, 1), "db?");
    assert_string_equal(g_ptr_array_index(pool->labels, 0), "web");
    assert_int_equal(pool->strategy, STRATEGY_AUTO);
    assert_true(pool->is_secure);
    assert_int_equal(pool->max_classes, 3);
    assert_true(pool->max_loss > 0.0499 && pool->max_loss < 0.0501);
    assert_int_equal(pool->min_hosts, 2);
    assert_int_equal(pool->vendor_rule, VENDOR_RULE_MIXED);
    assert_string_equal(g_ptr_array_index(pool->required, 0), "aes");
    assert_string_equal(g_ptr_array_index(pool->disabled, 0), "mpx");
    assert_string_equal(g_ptr_array_index(pool->models, 0), "Haswell-noTSX");
    assert_int_equal(pool->failover_hosts, 1);
    assert_string_equal(pool->libvirt, "9.0");
    assert_int_equal(pool->spare_ports, 4);
    assert_int_equal(pool->reserved_slots, 2);
    assert_string_equal(second->ladder, "x86-64");
    assert_int_equal(second->strategy, STRATEGY_LADDER);
    assert_string_equal(weight->name, "aes");
    assert_true(weight->weight > 0.49 && weight->weight < 0.51);
}

static void
test_keys_that_are_left_out_have_defaults(void **state)
{
    g_autoptr(PlanSettings) settings = parse("pools: [{name: a, hosts: ['*']}]", NULL);
    const PoolSettings *pool = g_ptr_array_index(settings->pools, 0);

    (void)state;
    assert_string_equal(settings->inventory, "/etc/plans/virt-plan.db");
    assert_string_equal(settings->output, "/etc/plans/report");
    assert_null(settings->cpu_map);
    assert_null(settings->metrics);
    assert_int_equal(settings->collect_timeout_s, 30);
    assert_int_equal(settings->max_document_mib, 0);
    assert_int_equal(pool->strategy, STRATEGY_LADDER);
    assert_int_equal(pool->vendor_rule, VENDOR_RULE_SEPARATE);
    assert_true(pool->max_loss < 0);
}

#define POOL "pools: [{name: a, hosts: ['*']}]\n"

static const struct {
    const char *text;
    const char *message; /* behind the path */
} mistakes[] = {
    {"", ":1:1: the plan file is empty"},
    {"# nothing\n", ":1:1: the plan file is empty"},
    {"- a\n", ":1:1: this is a list: give a mapping"},
    {"sources: [a]\n", ":1:1: 'pools' is missing: add it"},
    {POOL "source: [a]\n", ":2:1: unknown key 'source': did you mean 'sources'?"},
    {POOL "Sources: [a]\n", ":2:1: unknown key 'Sources': did you mean 'sources'?"},
    {POOL "feature: {}\n", ":2:1: unknown key 'feature': did you mean 'feature_weights'?"},
    {POOL "zebra: 1\n", ":2:1: unknown key 'zebra': use one of inventory, "},
    {"pools:\n  - name: a\n    hosts: ['*']\n    stategy: auto\n",
     ":4:5: unknown key 'stategy': did you mean 'strategy'?"},
    {"pools:\n  - name: a\n    hosts: ['*']\n    strategy: laddder\n",
     ":4:15: 'strategy' cannot be 'laddder': did you mean 'ladder'?"},
    {"pools:\n  - {name: a, hosts: ['*'], vendors: some}\n",
     ":2:38: 'vendors' cannot be 'some': use one of separate, mixed"},
    {POOL "sources: a\n", ":2:10: 'sources' is a single value: give a list"},
    {POOL "sources: [[a]]\n", ":2:11: 'sources' is a list: give a single value"},
    {POOL "inventory: [a]\n", ":2:12: 'inventory' is a list: give a single value"},
    {POOL "inventory:\n", ":2:11: 'inventory' has no value"},
    {POOL "inventory: ''\n", ":2:12: 'inventory' is empty"},
    {POOL "inventory: a\ninventory: b\n", ":3:1: 'inventory' is given twice"},
    {POOL "versions: [{hosts: [a], qemu: new}]\n", ":2:12: 'new' is not a version: give two"},
    {POOL "versions: [{hosts: [a], qemu: 9.}]\n", ":2:12: '9.' is not a version: give two"},
    {POOL "versions: [{hosts: [a], kernel: 5.1500.1}]\n", ":2:12: '5.1500.1' is not a version"},
    {"pools: [{name: p, hosts: [a], libvirt: new}]\n",
     ":1:9: 'new' is no version of libvirt: give two or three numbers with dots, such as \"9.0\""},
    {"pools: [{name: p, hosts: [a], libvirt: 9.0.0-1}]\n",
     ":1:9: '9.0.0-1' is no version of libvirt: give two or three numbers with dots, such as "
     "\"9.0\""},
    {"pools: [{name: p, hosts: [a], libvirt: 9.0.0.0}]\n",
     ":1:9: '9.0.0.0' is no version of libvirt: give two or three numbers with dots, such as "
     "\"9.0\""},
    {POOL "known_stuck: [{guests: [a]}]\n", ":2:15: 'why' is missing: add it"},
    {POOL "known_stuck: [{guests: [a], why: b, until: soon}]\n", ":2:15: 'soon' is no day: give"},
    {POOL "known_stuck: [{guests: [a], why: b, until: 2027-02-29}]\n",
     ":2:15: '2027-02-29' is no day"},
    {POOL "known_stuck: [{guests: [a], why: b, until: 2027-2-003}]\n",
     ":2:15: '2027-2-003' is no day"},
    {POOL "versions: [{hosts: [a]}]\n", ":2:12: no version is told: give qemu, libvirt or kernel"},
    {POOL "feature_weights: [a]\n", ":2:18: 'feature_weights' is a list: give a mapping"},
    {POOL "feature_weights: {a: 1, a: 2}\n", ":2:25: 'a' is given twice"},
    {POOL "feature_weights: {a: heavy}\n", ":2:22: 'feature_weights' cannot be 'heavy'"},
    {POOL "feature_weights: {a: -1}\n", ":2:22: 'feature_weights' cannot be '-1'"},
    {POOL "collect_timeout: 0\n", ":2:18: 'collect_timeout' cannot be '0': give a whole number "
                                  "from 1 to 3600"},
    {POOL "collect_timeout: 1.5\n", ":2:18: 'collect_timeout' cannot be '1.5'"},
    {POOL "collect: [{name: x}]\n", ":2:11: 'uri' is missing: add it"},
    {"pools: []\n", ":1:8: 'pools' is too short: give 1 or more"},
    {"pools: [{hosts: ['*']}]\n", ":1:9: 'name' is missing"},
    {"pools: [{name: a}]\n", ":1:9: pool 'a' has neither hosts nor labels"},
    {"pools: [{name: a, hosts: ['web[1-3]']}]\n", ":1:27: bad glob 'web[1-3]': '['"},
    {"pools: [{name: a, hosts: ['']}]\n", ":1:27: 'hosts' is empty"},
    {"pools: [{name: a, hosts: ['*'], secure: maybe}]\n",
     ":1:41: 'secure' cannot be 'maybe': use true or false"},
    {"pools: [{name: a, hosts: ['*'], max_loss: 120%}]\n",
     ":1:43: 'max_loss' cannot be '120%': give a share"},
    {"pools: [{name: a, hosts: ['*'], max_loss: nan}]\n", ":1:43: 'max_loss' cannot be 'nan'"},
    {"pools: [{name: a, hosts: ['*'], ladder: x86-64, strategy: pool}]\n",
     ":1:9: pool 'a' names a ladder, and its strategy is 'pool'"},
    {"pools: [{name: a, hosts: ['*'], required: [aes], disabled: [aes]}]\n",
     ":1:9: pool 'a' requires and disables 'aes'"},
    {"pools:\n- {name: a, hosts: ['*']}\n- {name: a, hosts: ['*']}\n",
     ":3:3: an earlier pool is called 'a' too: give each a name of its own"},
    {POOL "---\n" POOL, ":3:1: a second document begins here"},
    {"pools: [\n", ":2:1: not YAML, "},
    {"a:\n\tb: 1\n", ":2:1: not YAML, "},
    {"pools: *nobody\n", ":1:8: not YAML, "},
    {"? [a]\n: b\n", ":1:3: a list stands where a key should"},
    {"<<: {a: b}\n", ":1:1: unknown key '<<'"},
    {"pools: \xff\n", ": "},
};

/* Depth costs the more the deeper it is, so it is refused before it is reached. */
static void
test_deep_nesting_is_refused_at_once(void **state)
{
    static const char *const openings[] = {"[", "{a: ", "{", "- "};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(openings); i++) {
        g_autoptr(GString) text = g_string_new("pools:\n  ");
        g_autoptr(GError) error = NULL;

        for (guint j = 0; j < 300000; j++)
            g_string_append(text, openings[i]);
        assert_null(parse(text->str, &error));
        assert_non_null(strstr(error->message, "within one another"));
    }
}

static void
test_mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autofree char *expected = g_strconcat("/etc/plans/plan.yaml", mistakes[i].message, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(PlanSettings) settings = parse(mistakes[i].text, &error);

        if (settings != NULL)
            fail_msg("accepted: %s", mistakes[i].text);
        if (!g_str_has_prefix(error->message, expected))
            fail_msg("expected: %s\n     got: %s", expected, error->message);
        assert_true(error->domain == PLAN_FILE_ERROR);
    }
}

static void
test_missing_plan_file_is_named(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(plan_file_read("/nowhere/plan.yaml", &error));
    assert_true(g_error_matches(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_READ));
    assert_non_null(strstr(error->message, "/nowhere/plan.yaml"));
}

/* Each key of the tables is in the manual, and the manual has no key that the tables lack. */
static void
test_manual_has_the_keys_of_the_tables(void **state)
{
    g_autofree char *path =
        g_build_filename(TEST_SOURCE_DIR, "..", "..", "docs", "plan-file.rst", NULL);
    g_autofree char *manual = NULL;
    g_auto(GStrv) keys = plan_file_keys();

    (void)state;
    assert_true(g_file_get_contents(path, &manual, NULL, NULL));
    for (guint i = 0; keys[i] != NULL; i++) {
        g_autofree char *heading = g_strdup_printf("\n``%s``\n", keys[i]);

        if (strstr(manual, heading) == NULL)
            fail_msg("docs/plan-file.rst does not explain '%s'", keys[i]);
    }
    g_auto(GStrv) lines = g_strsplit(manual, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        gsize length = strlen(lines[i]);

        if (length < 5 || !g_str_has_prefix(lines[i], "``") || !g_str_has_suffix(lines[i], "``"))
            continue;
        g_autofree char *key = g_strndup(lines[i] + 2, length - 4);
        if (!g_strv_contains((const char *const *)keys, key))
            fail_msg("docs/plan-file.rst explains '%s', which is no key", key);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_plan_file_is_read),
        cmocka_unit_test(test_keys_that_are_left_out_have_defaults),
        cmocka_unit_test(test_mistakes_are_told_with_their_place),
        cmocka_unit_test(test_deep_nesting_is_refused_at_once),
        cmocka_unit_test(test_missing_plan_file_is_named),
        cmocka_unit_test(test_manual_has_the_keys_of_the_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
