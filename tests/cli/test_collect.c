/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hosts that are asked through a libvirt of the tests' own, fake_libvirt.c. */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gio/gio.h>
#include <sqlite3.h>

#define POLL_US (20 * G_TIME_SPAN_MILLISECOND)
#define MAX_POLLS 5000

/* Longer than all of the polls. */
#define LONG_TIMEOUT 1000

/* A host that answers at once, with three documents, and one that is as OTHER says. */
static char *
write_plan(const Site *site, const char *other, guint timeout_s)
{
    g_autofree char *text = g_strdup_printf("inventory: %s\noutput: %s/out\n"
                                            "collect_timeout: %u\n"
                                            "collect:\n"
                                            "  - {name: open, uri: 'fake://open'}\n"
                                            "  - {name: %s, uri: 'fake://%s'}\n"
                                            "pools: [{name: all, hosts: ['*']}]\n",
                                            site->inventory, site->folder, timeout_s, other, other);

    return site_write_text(site, "collect.yaml", text);
}

static GSubprocess *
begin_to_collect(const char *plan)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autoptr(GError) error = NULL;

    g_subprocess_launcher_setenv(launcher, "LD_LIBRARY_PATH", FAKE_LIBVIRT_DIR, TRUE);
    GSubprocess *collector =
        g_subprocess_launcher_spawn(launcher, &error, PROGRAM, "collect", "-q", "-c", plan, NULL);
    if (collector == NULL)
        fail_msg("%s", error->message);
    return collector;
}

/* What everybody can see of it: what was committed. */
static int
count_documents(const Site *site)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    int n = 0;

    if (sqlite3_open_v2(site->inventory, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(handle, "SELECT count(*) FROM document", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        n = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return n;
}

static void
test_inventory_is_free_while_a_host_is_waited_for(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*']}\n");
    g_autofree char *plan = write_plan(site, "hung", LONG_TIMEOUT);
    g_autoptr(GSubprocess) collector = begin_to_collect(plan);
    g_autofree char *document =
        g_build_filename(EXAMPLES_DIR, "2010", "server", "capabilities.xml", NULL);
    const char *const argv[] = {PROGRAM, "ingest", "-q", "-d", site->inventory, document, NULL};

    (void)state;
    for (guint i = 0; i < MAX_POLLS && count_documents(site) < 3; i++)
        g_usleep(POLL_US);
    const int n_documents = count_documents(site);
    g_auto(ProgramResult) result = program_run(argv);
    /* Before anything fails, because it would go on without the test. */
    g_subprocess_force_exit(collector);
    assert_true(g_subprocess_wait(collector, NULL, NULL));
    assert_int_equal(n_documents, 3);
    assert_int_equal(result.status, 0);
    site_free(site);
}

/* What COMMAND prints of a PLAN that write_plan() made, and on standard error. */
static char *
collect(const char *command, const char *plan, int expected_status)
{
    const char *const argv[] = {
        "/usr/bin/env", "LD_LIBRARY_PATH=" FAKE_LIBVIRT_DIR, PROGRAM, command, "-c", plan, NULL};
    g_auto(ProgramResult) result = program_run(argv);

    assert_int_equal(result.status, expected_status);
    return g_strconcat(result.out, result.err, NULL);
}

/* A thread that waits for a host may go on when the process ends. */
static void
test_libvirt_is_not_torn_down_around_a_host_that_is_waited_for(void **state)
{
    static const char *const commands[] = {"collect", "run"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        Site *site = site_new("  - {name: all, hosts: ['*']}\n");
        g_autofree char *plan = write_plan(site, "hung", 1);
        g_autofree char *told = collect(commands[i], plan, 1);

        assert_non_null(strstr(told, "not answered within 1 s"));
        assert_null(strstr(told, "torn down"));
        site_free(site);
    }
}

/* Of a host that has answered, libvirt has something until the thread has ended. */
static void
test_libvirt_is_not_torn_down_before_the_thread_of_a_host_has_ended(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*']}\n");
    g_autofree char *plan = write_plan(site, "late", LONG_TIMEOUT);
    g_autofree char *told = collect("collect", plan, 0);

    (void)state;
    assert_non_null(strstr(told, "2 hosts"));
    assert_null(strstr(told, "torn down"));
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inventory_is_free_while_a_host_is_waited_for),
        cmocka_unit_test(test_libvirt_is_not_torn_down_around_a_host_that_is_waited_for),
        cmocka_unit_test(test_libvirt_is_not_torn_down_before_the_thread_of_a_host_has_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
