/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a change makes of the room in a pool: three hosts of 64 GiB, a guest on two of them, and the
 * third, which has none, is removed. Hosts that can no longer be emptied are worse, and so is a
 * pool that no longer survives the failures that it is to survive.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CAPABILITIES                                                                               \
    "<capabilities><host><cpu><arch>x86_64</arch><model>Haswell-noTSX</model>"                     \
    "<vendor>Intel</vendor><maxphysaddr mode='emulate' bits='46'/></cpu><migration_features>"      \
    "<live/><uri_transports><uri_transport>tcp</uri_transport></uri_transports>"                   \
    "</migration_features><topology><cells num='1'><cell id='0'><memory unit='GiB'>64</memory>"    \
    "<cpus num='1'><cpu id='0'/></cpus></cell></cells></topology><secmodel><model>none</model>"    \
    "<doi>0</doi></secmodel></host><guest><os_type>hvm</os_type><arch name='x86_64'>"              \
    "<emulator>/usr/bin/qemu-system-x86_64</emulator><machine maxCpus='255'>pc-q35-7.2</machine>"  \
    "<domain type='kvm'/></arch></guest></capabilities>"

/* A document in the folder of HOST. */
static void
add_document(const Site *site, const char *host, const char *name, const char *text)
{
    g_autofree char *folder = g_build_filename(site->fleet, host, NULL);
    g_autofree char *path = g_build_filename("fleet", host, name, NULL);

    assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
    g_free(site_write_text(site, path, text));
}

static void
add_guest(const Site *site, const char *host, guint memory_gib)
{
    g_autofree char *text = g_strdup_printf(
        "<domain type='kvm' id='1'><name>%s-guest</name><memory unit='GiB'>%u</memory>"
        "<vcpu>1</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
        "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>Haswell-noTSX"
        "</model><feature policy='require' name='hypervisor'/></cpu></domain>",
        host, memory_gib);

    add_document(site, host, "guest.xml", text);
}

/* A night of the three hosts, whose pool is to survive the failure of N_FAILURES. */
static Site *
make_site(guint n_failures, guint guest_gib)
{
    g_autofree char *pools =
        g_strdup_printf("  - {name: all, hosts: ['*'], failover_hosts: %u}\n", n_failures);
    Site *site = site_new(pools);

    add_document(site, "a", "capabilities.xml", CAPABILITIES);
    add_document(site, "b", "capabilities.xml", CAPABILITIES);
    add_document(site, "c", "capabilities.xml", CAPABILITIES);
    add_guest(site, "a", guest_gib);
    add_guest(site, "b", guest_gib);
    g_auto(ProgramResult) night = site_run_night(site);
    if (night.status != 0)
        fail_msg("%s%s", night.out, night.err);
    return site;
}

static void
assert_removal(guint n_failures, guint guest_gib, int status, const char *const *parts)
{
    Site *site = make_site(n_failures, guest_gib);
    const char *const argv[] = {PROGRAM, "whatif", "-c", site->plan, "--remove", "c", NULL};
    g_auto(ProgramResult) result = program_run(argv);

    for (guint i = 0; parts[i] != NULL; i++)
        assert_contains(result.out, parts[i]);
    assert_int_equal(result.status, status);
    site_free(site);
}

static void
test_hosts_that_fill_up_are_worse(void **state)
{
    const char *const parts[] = {"Something would get worse.",
                                 "Ways open to guests on templates           6      2",
                                 "Given up by templates, per cent",
                                 "Hosts that cannot be emptied               0      2",
                                 "Hosts of which that is not known           0      0",
                                 "Pools without the failover asked for       0      0",
                                 NULL};

    (void)state;
    assert_removal(0, 40, 1, parts);
}

static void
test_failover_that_is_lost_is_worse(void **state)
{
    const char *const parts[] = {"Something would get worse.",
                                 "Hosts that cannot be emptied               0      0",
                                 "Hosts of which that is not known           0      0",
                                 "Pools without the failover asked for       0      1", NULL};

    (void)state;
    assert_removal(2, 30, 1, parts);
}

static void
test_room_that_is_left_is_not_worse(void **state)
{
    const char *const parts[] = {"Nothing would get worse.", NULL};

    (void)state;
    assert_removal(1, 30, 0, parts);
}

/* What is asked of hosts that go is whether the others take their guests. */
static void
test_guests_of_removed_hosts_are_told_with_where_they_could_go(void **state)
{
    static const struct {
        const char *glob, *part;
        int status;
    } cases[] = {{"a",
                  "1 guest of the removed hosts is left out with them. Each could go to a "
                  "host that stays.",
                  0},
                 {"b", "virt-plan guests --drain tells", 0}};
    Site *site = make_site(0, 10);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const argv[] = {PROGRAM,    "whatif",      "-c", site->plan,
                                    "--remove", cases[i].glob, NULL};
        g_auto(ProgramResult) result = program_run(argv);

        assert_contains(result.out, cases[i].part);
        assert_int_equal(result.status, cases[i].status);
    }
    site_free(site);
}

/* A host that is there already is replaced, huge pages and guests too, and not added to itself. */
static void
test_host_replaces_itself(void **state)
{
    Site *site = make_site(0, 30);
    g_autofree char *folder = g_build_filename(site->fleet, "a", NULL);
    g_auto(GStrv) parts = g_strsplit(CAPABILITIES, "<cpus num", 2);
    g_autofree char *text = g_strjoinv("<pages unit='KiB' size='4'>9</pages>"
                                       "<pages unit='KiB' size='2048'>9</pages><cpus num",
                                       parts);
    const char *const argv[] = {PROGRAM, "whatif", "-c", site->plan, "--add", folder, NULL};

    (void)state;
    add_document(site, "a", "capabilities.xml", text);
    site_pass_night(site);
    g_auto(ProgramResult) result = program_run(argv);
    assert_contains(result.out, "Nothing would get worse.");
    assert_contains(result.out, "Hosts in classes                           3      3");
    assert_contains(result.out, "Guests of the pools                        2      2");
    assert_string_equal(result.err, "");
    assert_int_equal(result.status, 0);
    site_free(site);
}

/* Of what is not as it should be, what is so already does not come of the change. */
static void
test_only_new_findings_are_told(void **state)
{
    static const char twin[] =
        "<domain type='kvm'><name>twin</name><uuid>00000000-0000-4000-8000-00000000000a</uuid>"
        "<memory>1024</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm"
        "</type></os></domain>";
    Site *site = make_site(0, 30);
    const char *const accept[] = {PROGRAM, "accept", "-q", "-c", site->plan, NULL};
    const char *const argv[] = {PROGRAM, "whatif", "-c", site->plan, "--strategy", "exact", NULL};

    (void)state;
    add_document(site, "a", "twin.xml", twin);
    add_document(site, "b", "twin.xml", twin);
    site_pass_night(site);
    g_auto(ProgramResult) accepted = program_run(accept);
    assert_int_equal(accepted.status, 0);
    g_auto(ProgramResult) result = program_run(argv);
    assert_contains(result.out, "for which a template is published");
    assert_null(strstr(result.out, "twin"));
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_that_fill_up_are_worse),
        cmocka_unit_test(test_failover_that_is_lost_is_worse),
        cmocka_unit_test(test_room_that_is_left_is_not_worse),
        cmocka_unit_test(test_guests_of_removed_hosts_are_told_with_where_they_could_go),
        cmocka_unit_test(test_host_replaces_itself),
        cmocka_unit_test(test_only_new_findings_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
