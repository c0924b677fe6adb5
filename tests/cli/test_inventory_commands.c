/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * hosts, history, quarantine and accept as a person uses them: what they print of a small fleet, in
 * each form, how they end, and what they say when something is missing or misspelt.
 */

#include "ask.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

static void
run_night(const Site *site)
{
    g_auto(ProgramResult) result = site_run_night(site);

    if (result.status > 1)
        fail_msg("%s", result.err);
}

/* A site after two nights: in the second, one host was gone. */
static int
set_up(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    g_autofree char *host = g_build_filename(site->fleet, "cmp-b01", NULL);

    site_make_hosts(site, "8");
    run_night(site);
    program_remove_folder(host);
    run_night(site);
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

static const Question answers[] = {
    {{"hosts", "-d", "@inventory.db"}, .out = "HOST", .absent = "cmp-b01"},
    {{"hosts", "-c", "@plan.yaml", "--run", "1"}, .out = "cmp-b01"},
    {{"hosts", "-d", "@inventory.db", "--format", "csv"}, .out = "host,uuid,arch,vendor"},
    {{"hosts", "-d", "@inventory.db", "--format", "json"}, .out = "\"physical_address_bits\": 46"},
    {{"hosts", "-d", "@inventory.db", "--run", "1", "*-b*"}, .out = "cmp-b01", .absent = "cmp-a"},
    {{"hosts", "-d", "@inventory.db", "no-*"}, 1, .absent = "cmp-"},
    {{"hosts", "-d", "@inventory.db", "--run", "7"},
     3,
     .error = "no finished run 7: the last is 2"},
    {{"hosts", "-d", "@inventory.db", "--run", "soon"}, 2, .error = "2026-01-31"},
    {{"hosts", "-d", "@inventory.db", "--run", "1999-12-31"},
     3,
     .error = "give a later day, from 2"},
    {{"hosts", "-d", "/nowhere/i.db"}, 3, .error = "there is no inventory"},
    {{"history", "-d", "@inventory.db", "cmp-b01"}, .out = "absent"},
    {{"history", "-d", "@inventory.db", "cmp-b01", "--format", "json"},
     .out = "\"what\": \"microcode\""},
    {{"history", "-d", "@inventory.db", "cmp-b01"}, .absent = "HOST"},
    {{"history", "-d", "@inventory.db", "cmp-b0?", "cmp-e01"}, .out = "cmp-b01  "},
    {{"history", "-d", "@inventory.db", "cmp-b01", "cmp-e*"}, .out = "cmp-e01  "},
    {{"history", "-d", "@inventory.db", "no-*"}, 1, .absent = "cmp-"},
    {{"hosts", "-d", "@inventory.db", "cmpe01"}, 2, .error = "did you mean 'cmp-e01'"},
    {{"guests", "-d", "@inventory.db", "crm*"}, 1, .out = "could not start again on cmp-e01: "},
    {{"guests", "-d", "@inventory.db", "crm*"}, 1, .out = "matrix --explain cmp-e01 TO-HOST crm"},
    {{"guests", "-d", "@inventory.db", "*"}, 1, .out = "matrix --explain FROM-HOST TO-HOST GUEST"},
    {{"guests", "-d", "@inventory.db", "nobody"}, 2, .error = "'virt-plan guests' lists them"},
    /* Who asks for what was there, and is not now, is told when it was. */
    {{"guests", "-d", "@inventory.db", "mail01"},
     2,
     .error = "last on cmp-b01 in run 1: ask as of then with --run 1"},
    {{"guests", "-d", "@inventory.db", "--run", "1", "mail01", "--format", "csv"},
     1,
     .out = ",migrates_to,may_migrate_to,starts_on,may_start_on\n"},
    {{"guests", "-d", "@inventory.db", "--run", "1", "mail01", "--format", "json"},
     1,
     .out = "\"starts_on\": [\"cmp-b01\", "},
    {{"hosts", "-d", "@inventory.db", "cmp-b01"},
     2,
     .error = "host 'cmp-b01' is gone, and was there last in run 1: ask as of then with --run 1"},
    {{"matrix", "-d", "@inventory.db", "--explain", "cmp-b01", "cmp-g01"},
     2,
     .error = "was there last in run 1"},
    {{"addresses", "-d", "@inventory.db", "mail01"}, 2, .error = "was last on cmp-b01 in run 1"},
    {{"guests", "-d", "@inventory.db", "--drain", "x"}, 2, .error = "there is no host 'x'"},
    {{"guests", "-d", "@inventory.db", "--drain", "x*"}, 2, .error = "no such host is in a pool"},
    {{"guests", "-d", "@inventory.db", "--pool", "all", "--drain", "x"},
     2,
     .error = "leave --pool out"},
    {{"guests", "-d", "@inventory.db", "--drain", "--run", "1", "--format", "csv"},
     1,
     .out = "pool,host,verdict,n_guests,stranded,text,order"},
    {{"matrix", "-d", "@inventory.db", "--explain", "cmp-e01", "cmp-g01"}, 1, .out = "template: "},
    /* every feature is named */
    {{"matrix", "-d", "@inventory.db", "--explain", "cmp-g01", "cmp-e01"},
     1,
     .out = "smap, xgetbv1, xsavec.",
     .absent = " more."},
    {{"matrix", "-d", "@inventory.db", "--explain", "cmp-g01", "cmp-g01"},
     2,
     .error = "about two hosts"},
    {{"matrix", "-d", "@inventory.db", "cmp-g01", "cmp-e01"},
     2,
     .error = "--explain FROM-HOST TO-HOST"},
    {{"whatif", "-c", "@plan.yaml", "--remove", "cmp-g01"}, 1, .out = "guests --drain tells"},
    {{"whatif", "-c", "@plan.yaml", "--remove", "cmp-g01"},
     1,
     .out = "could go to no host that stays. Look at "},
    {{"whatif", "-c", "@plan.yaml", "--remove", "cmp-g01"}, 1, .out = "Something would get worse"},
    {{"history", "-d", "@inventory.db", "cmp-e1"}, 2, .error = "did you mean 'cmp-e01'"},
    {{"history", "-d", "@inventory.db", "nobody"}, 2, .error = "'virt-plan hosts' lists those"},
    {{"history", "-d", "@inventory.db", "cmp-b1"}, 2, .error = "did you mean 'cmp-b01'"},
    {{"history", "-d", "@inventory.db"}, 2, .error = "the name of a host"},
    {{"quarantine", "-d", "@inventory.db"}, 1, .out = "cmp-x01/capabilities.xml"},
    {{"quarantine", "-d", "@inventory.db", "--format", "json"}, 1, .out = "\"is_open\": true"},
    /* People are told when, programs the run too. */
    {{"quarantine", "-d", "@inventory.db"}, 1, .out = "SINCE", .absent = "RUN"},
    {{"quarantine", "-d", "@inventory.db", "--format", "json"}, 1, .out = "\"since\": \"20"},
    {{"quarantine", "-d", "@inventory.db", "--format", "csv"}, 1, .out = "since,first_run,"},
    {{"addresses", "-c", "@plan.yaml", "--list"}, .out = "SINCE", .absent = "RUN"},
    {{"addresses", "-c", "@plan.yaml", "--list", "--format", "json"}, .out = "\"since\": \"20"},
    {{"addresses", "-c", "@plan.yaml", "--list", "--format", "csv"}, .out = "since,first_run\n"},
    {{"template", "-d", "@inventory.db", "--pool", "all"}, .out = "<model"},
    {{"template", "-d", "@inventory.db", "--pool", "al"}, 2, .error = "did you mean 'all'"},
    /* Without a pool, those of all. */
    {{"template", "-d", "@inventory.db"}, .out = "<model"},
    {{"template", "-d", "@inventory.db", "x"}, 2, .error = "template takes no argument"},
    {{"whatif", "-c", "@plan.yaml"}, 2, .error = "no change is named"},
    {{"whatif", "-c", "@plan.yaml", "--on", "*"}, 2, .error = "give --lose FEATURE"},
    {{"whatif", "-c", "@plan.yaml", "--remove", "nobody"}, 2, .error = "no host 'nobody'"},
    {{"whatif", "-c", "@plan.yaml", "--disable", "no-such"}, 2, .error = "no CPU feature"},
    {{"whatif", "-c", "@plan.yaml", "--disable", "amx-tile"}, .out = "would stay as"},
    {{"whatif", "-c", "@plan.yaml", "--disable", "amx-tile"}, .out = "Nothing would get worse"},
    {{"accept"}, 2, .error = "needs the plan file"},
    {{"accept", "-c", "@plan.yaml", "--pool", "al"}, 2, .error = "did you mean 'all'"},
    {{"accept", "-c", "@plan.yaml", "--class", "none-such"}, 2, .error = "no class 'none-such'"},
};

static void
test_inventory_questions_have_answers_or_remedies(void **state)
{
    const Site *site = *state;

    ask_all(site->folder, answers, G_N_ELEMENTS(answers));
}

static void
test_error_about_a_long_name_stays_readable(void **state)
{
    const Site *site = *state;
    g_autofree char *name = g_strnfill(200000, 'x');
    g_autofree char *text = g_strconcat(
        "<cpu><arch>x86_64</arch><model>Haswell</model><feature name='", name, "'/></cpu>", NULL);
    g_autofree char *path = g_build_filename(site->folder, "long.xml", NULL);
    const char *const arguments[] = {"cpu", "baseline", path, NULL};

    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_auto(ProgramResult) result = ask(site->folder, arguments);
    assert_int_equal(result.status, 3);
    assert_string_equal(result.out, "");
    assert_true(strlen(result.err) < 4096);
    ask_assert_part(result.err, "long.xml:1: unknown CPU feature 'xxx", arguments);
    ask_assert_part(result.err, "xxx': the CPU map", arguments);
}

static void
test_domain_capabilities_alone_tell_vendor_and_architecture(void **state)
{
    const Site *site = *state;
    static const char *const reading[] = {"ingest", "-d", "@alone.db",
                                          "@fleet/cmp-e01/domcapabilities-q35.xml", NULL};
    static const Question hosts[] = {
        {{"hosts", "-d", "@alone.db", "--format", "csv"},
         .out = "\ncmp-e01,,x86_64,Intel,,,,,,,,Haswell-noTSX-IBRS,,,1\n"},
    };
    g_auto(ProgramResult) result = ask(site->folder, reading);

    assert_int_equal(result.status, 0);
    ask_all(site->folder, hosts, G_N_ELEMENTS(hosts));
}

/* As the host tells them in a file of any name, and then to be asked for at that run. */
static void
test_versions_that_a_host_tells_are_listed(void **state)
{
    const Site *site = *state;
    static const char *const reading[] = {"ingest",     "-d", "@told.db",
                                          "--host",     "h",  "@fleet/cmp-e01/capabilities.xml",
                                          "@virsh.out", NULL};
    static const char *const more[] = {"ingest", "-d",         "@told.db",    "--host",
                                       "h",      "@uname.out", "@broken.out", NULL};
    static const Question questions[] = {
        {{"hosts", "-d", "@told.db", "--format", "csv"}, .out = ",7.2.22,"},
        {{"hosts", "-d", "@told.db", "--format", "csv"}, .out = ",9.1.0,6.1.0-28-amd64,2\n"},
        {{"hosts", "-d", "@told.db", "--format", "json"}, .out = "\"kernel\": \"6.1.0-28-amd64\""},
        {{"hosts", "-d", "@told.db", "--run", "1", "--format", "csv"}, .out = ",9.1.0,,1\n"},
        {{"history", "-d", "@told.db", "h"},
         .out = "QEMU 7.2.22, libvirt 9.1.0, kernel 6.1.0-28-amd64"},
        {{"quarantine", "-d", "@told.db"},
         1,
         .out = "'Running against daemon:' is told twice: 10.0.0 here, 9.1.0 before"},
    };
    g_free(site_write_text(site, "virsh.out",
                           "Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 7.2.22\n"
                           "Running against daemon: 9.1.0\n"));
    g_free(site_write_text(site, "uname.out", "Linux 6.1.0-28-amd64\n"));
    g_free(site_write_text(site, "broken.out",
                           "Running against daemon: 9.1.0\nRunning against daemon: 10.0.0\n"));
    g_auto(ProgramResult) first = ask(site->folder, reading);
    g_auto(ProgramResult) second = ask(site->folder, more);

    assert_int_equal(first.status, 0);
    assert_int_equal(second.status, 1);
    ask_assert_part(second.err, "broken.out:2: ", more);
    ask_assert_part(second.err, "virsh version --daemon", more);
    ask_all(site->folder, questions, G_N_ELEMENTS(questions));
}

static void
test_only_accept_publishes_and_does_so_once(void **state)
{
    const Site *site = *state;
    static const char *const dry[] = {"accept", "-c", "@plan.yaml", "-n", NULL};
    static const char *const wet[] = {"accept", "-c", "@plan.yaml", NULL};
    g_auto(ProgramResult) imagined = ask(site->folder, dry);
    g_auto(ProgramResult) first = ask(site->folder, wet);
    g_auto(ProgramResult) second = ask(site->folder, wet);

    assert_int_equal(imagined.status, 0);
    assert_non_null(strstr(imagined.out, "would publish"));
    assert_int_equal(first.status, 0);
    assert_non_null(strstr(first.out, "published"));
    assert_null(strstr(first.out, "unchanged"));
    assert_non_null(strstr(second.out, "unchanged"));
    assert_null(strstr(second.out, "published"));
}

/* A guest of mode maximum, of which nothing is known, on the first of two hosts. */
static Site *
site_of_the_unknown(void)
{
    static const char domain[] =
        "<domain type='kvm'><name>max</name><memory unit='GiB'>1</memory><vcpu>1</vcpu>"
        "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><cpu "
        "mode='maximum'/><seclabel type='none'/></domain>";
    Site *site = site_new("  - {name: two, hosts: [cmp-b01, cmp-e01], strategy: pool}\n");
    g_autofree char *guest = g_build_filename(site->fleet, "cmp-b01", "max.xml", NULL);
    char *others[] = {g_build_filename(site->fleet, "cmp-b01", "mail01.xml", NULL),
                      g_build_filename(site->fleet, "cmp-e01", "crm01.xml", NULL)};

    site_make_hosts(site, "8");
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_int_equal(g_unlink(others[i]), 0);
        g_free(others[i]);
    }
    assert_true(g_file_set_contents(guest, domain, -1, NULL));
    run_night(site);
    return site;
}

static void
test_changes_and_exit_status_of_a_pool_are_its_own(void **state)
{
    static const struct {
        const char *pool;
        int status;
    } cases[] = {{"old", 1}, {"new", 0}};
    Site *site = site_new("  - {name: old, hosts: [cmp-b*]}\n  - {name: new, hosts: ['*']}\n");
    g_autofree char *host = g_build_filename(site->fleet, "cmp-b01", NULL);

    (void)state;
    site_make_hosts(site, "8");
    run_night(site);
    program_remove_folder(host);
    run_night(site);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const question[] = {"drift", "-c", "@plan.yaml", "--pool", cases[i].pool, NULL};
        g_auto(ProgramResult) result = ask(site->folder, question);

        assert_int_equal(result.status, cases[i].status);
        assert_int_equal(strstr(result.out, "cmp-b01") != NULL, cases[i].status == 1);
    }
    site_free(site);
}

/* Whose domain capabilities never came is planned with, and only the doctor misses them. */
static void
test_doctor_names_hosts_without_domain_capabilities(void **state)
{
    static const char *const question[] = {"doctor", "-c", "@plan.yaml", NULL};
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");

    (void)state;
    site_make_hosts(site, "8");
    run_night(site);
    g_auto(ProgramResult) all = ask(site->folder, question);
    assert_contains(all.out, "all tell what KVM gives their guests");
    for (guint i = 0; i < 2; i++) {
        g_autofree char *file =
            g_build_filename(site->fleet, "cmp-b01",
                             i == 0 ? "domcapabilities-pc.xml" : "domcapabilities-q35.xml", NULL);
        assert_int_equal(g_unlink(file), 0);
    }
    g_autofree char *inventory = g_build_filename(site->folder, "inventory.db", NULL);
    assert_int_equal(g_unlink(inventory), 0);
    run_night(site);
    g_auto(ProgramResult) without = ask(site->folder, question);
    assert_contains(without.out, "do not tell what KVM gives their guests: cmp-b01 ");
    assert_int_equal(without.status, 0);
    site_free(site);
}

/* A host's versions are told by its documents, by the plan file, or by both together. */
static void
test_doctor_names_hosts_without_versions(void **state)
{
    static const char *const question[] = {"doctor", "-c", "@plan.yaml", NULL};
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    g_autofree char *plan = g_build_filename(site->folder, "plan.yaml", NULL);
    g_autofree char *file = g_build_filename(site->fleet, "cmp-b01", "versions.txt", NULL);
    g_autofree char *text = NULL;

    (void)state;
    site_make_hosts(site, "8");
    g_unlink(file);
    run_night(site);
    assert_true(g_file_get_contents(plan, &text, NULL, NULL));
    g_auto(ProgramResult) before = ask(site->folder, question);
    assert_contains(before.out, "do not tell their QEMU, libvirt and kernel: ");
    assert_contains(before.out, "cmp-b01");
    g_autofree char *more = g_strconcat(text,
                                        "versions:\n  - {hosts: ['*'], qemu: 8.2.2, kernel: "
                                        "6.1.0}\n",
                                        NULL);
    assert_true(g_file_set_contents(plan, more, -1, NULL));
    g_auto(ProgramResult) half = ask(site->folder, question);
    assert_contains(half.out, "do not tell their libvirt: cmp-b01");
    assert_true(g_file_set_contents(file, "Running against daemon: 10.0.0\n", -1, NULL));
    run_night(site);
    g_auto(ProgramResult) told = ask(site->folder, question);
    assert_null(strstr(told.out, "kernel: cmp-b01"));
    g_autofree char *all = g_strconcat(text,
                                       "versions:\n  - {hosts: ['*'], qemu: 8.2.2, libvirt: "
                                       "10.0.0, kernel: 6.1.0}\n",
                                       NULL);
    assert_true(g_file_set_contents(plan, all, -1, NULL));
    g_auto(ProgramResult) written = ask(site->folder, question);
    assert_contains(written.out, "all tell their QEMU, libvirt and kernel");
    assert_int_equal(written.status, 0);
    site_free(site);
}

/* As if HOST's documents had been brought DAYS before the others'. */
static void
set_age(const char *fleet, const char *host, int days)
{
    g_autofree char *path = g_build_filename(fleet, host, NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    GStatBuf status;
    const char *name;

    assert_non_null(folder);
    assert_int_equal(g_stat(path, &status), 0);
    struct utimbuf time = {status.st_mtime - days * 86400, status.st_mtime - days * 86400};
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        assert_int_equal(g_utime(file, &time), 0);
    }
    assert_int_equal(g_utime(path, &time), 0);
}

/* What the night would stumble over, or pass over in silence, beside its hosts. */
static void
test_doctor_sees_a_missing_metrics_folder_and_empty_or_old_sources(void **state)
{
    static const char *const question[] = {"doctor", "-c", "@plan.yaml", NULL};
    static const char *const night[] = {"run", "-c", "@plan.yaml", NULL};
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    g_autofree char *plan = g_build_filename(site->folder, "plan.yaml", NULL);
    g_autofree char *report = g_build_filename(site->folder, "report", "report.txt", NULL);
    g_autofree char *text = NULL;

    (void)state;
    site_make_hosts(site, "8");
    assert_true(g_file_get_contents(plan, &text, NULL, NULL));
    g_autofree char *more = g_strconcat("metrics: nowhere/m.prom\n", text, NULL);
    assert_true(g_file_set_contents(plan, more, -1, NULL));
    g_auto(ProgramResult) ran = ask(site->folder, night);
    assert_int_equal(ran.status, 3);
    assert_contains(ran.err, "the reports are written, but not these metrics: ");
    assert_contains(ran.err, "make the folder");
    assert_true(g_file_test(report, G_FILE_TEST_EXISTS));
    g_auto(ProgramResult) answer = ask(site->folder, question);
    assert_int_equal(answer.status, 1);
    assert_contains(answer.out, "problem  metrics");
    assert_null(strstr(answer.out, "days older"));
    set_age(site->fleet, "cmp-b01", 8);
    set_age(site->fleet, "cmp-e01", 6);
    g_auto(ProgramResult) stale = ask(site->folder, question);
    assert_contains(stale.out, "more than 7 days older than the newest: cmp-b01 ");
    program_remove_folder(site->fleet);
    assert_int_equal(g_mkdir(site->fleet, 0700), 0);
    assert_true(g_file_set_contents(plan, text, -1, NULL));
    g_auto(ProgramResult) empty = ask(site->folder, question);
    assert_contains(empty.out, "the folder is empty");
    site_free(site);
}

/* What is named on the command line, plan file or inventory, counts for more. */
static void
test_environment_names_the_plan_file(void **state)
{
    static const char *const pools[] = {"classes", NULL};
    static const char *const one_pool[] = {"classes", "-d", "@inventory.db", NULL};
    static const char *const completed[] = {"__complete", "classes", "--pool", "", NULL};
    Site *site = site_new("  - {name: mine, hosts: ['*'], strategy: exact}\n");
    g_autofree char *plan = g_build_filename(site->folder, "plan.yaml", NULL);

    (void)state;
    site_make_hosts(site, "8");
    run_night(site);
    g_setenv("VIRT_PLAN_CONFIG", plan, TRUE);
    g_auto(ProgramResult) by_plan = ask(site->folder, pools);
    g_auto(ProgramResult) by_inventory = ask(site->folder, one_pool);
    g_auto(ProgramResult) names = ask(site->folder, completed);
    g_unsetenv("VIRT_PLAN_CONFIG");
    assert_contains(by_plan.out, "\nmine ");
    assert_null(strstr(by_inventory.out, "mine"));
    assert_contains(by_inventory.out, "\nall ");
    assert_string_equal(names.out, "mine\n");
    site_free(site);
}

/* Room is counted in the guest that is asked for, and the three questions are asked one by one. */
static void
test_capacity_is_of_guests_of_the_size_that_is_asked_for(void **state)
{
    static const struct {
        const char *arguments[8];
        int status;
        const char *part;
    } cases[] = {
        {{"classes", "-c", "@plan.yaml", "--capacity"},
         0,
         "the middle one of those that run there"},
        {{"classes", "-c", "@plan.yaml", "--capacity", "--guest-memory", "1048576"},
         0,
         "room is for more guests of 1,024 GiB, the size that is asked for"},
        {{"classes", "-c", "@plan.yaml", "--capacity", "--guest-memory", "-1"}, 2, "from 1 on"},
        {{"classes", "-c", "@plan.yaml", "--guest-memory", "4096"}, 2, "give that too"},
        {{"classes", "-c", "@plan.yaml", "--capacity", "--limits"}, 2, "give one of them"},
    };
    Site *site = site_of_the_unknown();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = ask(site->folder, cases[i].arguments);

        ask_assert_part(cases[i].status == 0 ? result.out : result.err, cases[i].part,
                        cases[i].arguments);
        assert_int_equal(result.status, cases[i].status);
    }
    site_free(site);
}

static void
test_exit_status_is_no_yes_where_the_answer_is_unknown(void **state)
{
    static const struct {
        const char *arguments[8];
        const char *part, *absent;
    } cases[] = {
        {{"guests", "-c", "@plan.yaml", "--drain"}, "unknown", "  no  "},
        {{"guests", "-c", "@plan.yaml", "--stuck"}, "may be stuck", "Where max"},
        {{"guests", "-c", "@plan.yaml", "max"}, "Where max on cmp-b01 can go", "\nno "},
        {{"guests", "-c", "@plan.yaml", "max", "--format", "json"},
         "\"migrates_to\": [], \"may_migrate_to\": [\"cmp-",
         "migrate_to\": [\"cmp-b01\""},
        {{"guests", "-c", "@plan.yaml", "--format", "csv"}, "max,", "migrate_to"},
        {{"matrix", "-c", "@plan.yaml", "--explain", "cmp-b01", "cmp-e01", "max"},
         "may not be able to migrate",
         NULL},
    };
    Site *site = site_of_the_unknown();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = ask(site->folder, cases[i].arguments);

        ask_assert_part(result.out, cases[i].part, cases[i].arguments);
        if (result.status != 1 ||
            (cases[i].absent != NULL && strstr(result.out, cases[i].absent) != NULL))
            fail_msg("case %u ends with %d: %s", i, result.status, result.out);
    }
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inventory_questions_have_answers_or_remedies),
        cmocka_unit_test(test_error_about_a_long_name_stays_readable),
        cmocka_unit_test(test_domain_capabilities_alone_tell_vendor_and_architecture),
        cmocka_unit_test(test_versions_that_a_host_tells_are_listed),
        cmocka_unit_test(test_only_accept_publishes_and_does_so_once),
        cmocka_unit_test(test_changes_and_exit_status_of_a_pool_are_its_own),
        cmocka_unit_test(test_doctor_names_hosts_without_domain_capabilities),
        cmocka_unit_test(test_doctor_names_hosts_without_versions),
        cmocka_unit_test(test_environment_names_the_plan_file),
        cmocka_unit_test(test_doctor_sees_a_missing_metrics_folder_and_empty_or_old_sources),
        cmocka_unit_test(test_capacity_is_of_guests_of_the_size_that_is_asked_for),
        cmocka_unit_test(test_exit_status_is_no_yes_where_the_answer_is_unknown),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
