/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The versions of a host's software, as virsh and uname print them. */

#include "ingest_fixture.h"

#include <string.h>

#define VIRSH                                                                                      \
    "Compiled against library: libvirt 8.5.0\nUsing library: libvirt 9.0.0\n"                      \
    "Using API: QEMU 9.0.0\nRunning hypervisor: QEMU 7.2.22\n"
#define DAEMON "Running against daemon: 9.1.0\n"
#define UNAME "Linux 6.1.0-28-amd64\n"

/* ---- what is told --------------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *versions[SOFTWARE_COUNT];
} good[] = {
    {VIRSH DAEMON "\n" UNAME, {"7.2.22", "9.1.0", "6.1.0-28-amd64"}},
    {UNAME VIRSH DAEMON, {"7.2.22", "9.1.0", "6.1.0-28-amd64"}},
    /* Each line alone, and the library's where there is no daemon's. */
    {VIRSH, {"7.2.22", "9.0.0", NULL}},
    {DAEMON "Using library: libvirt 9.0.0\n", {NULL, "9.1.0", NULL}},
    {DAEMON, {NULL, "9.1.0", NULL}},
    {"Running hypervisor: QEMU 7.2.22", {"7.2.22", NULL, NULL}},
    {UNAME, {NULL, NULL, "6.1.0-28-amd64"}},
    /* Lines of other systems' ends, blanks, what others say before and behind. */
    {"Running against daemon: 9.1.0\r\n\r\nLinux 6.8.12-4-pve\r\n",
     {NULL, "9.1.0", "6.8.12-4-pve"}},
    {"\n\n  Linux   5.14.0-503.el9_5.x86_64 \t\n", {NULL, NULL, "5.14.0-503.el9_5.x86_64"}},
    {"Welcome to web01!\n" DAEMON "Good bye.", {NULL, "9.1.0", NULL}},
    /* Another hypervisor, and one whose version virsh cannot tell. */
    {"Using API: TEST 9.0.0\nRunning hypervisor: TEST 0.0.2\n" DAEMON, {NULL, "9.1.0", NULL}},
    {"Cannot extract running QEMU hypervisor version\n" DAEMON, {NULL, "9.1.0", NULL}},
    /* Said again, and another system's name behind virsh. */
    {VIRSH VIRSH UNAME UNAME, {"7.2.22", "9.0.0", "6.1.0-28-amd64"}},
    {DAEMON "FreeBSD 14.0-RELEASE\n", {NULL, "9.1.0", NULL}},
    /* Two numbers, and release names with all that they may have. */
    {"Running hypervisor: QEMU 10.1\n", {"10.1", NULL, NULL}},
    {"Linux 6.19-rc1+\n", {NULL, NULL, "6.19-rc1+"}},
    {"Linux 5.15.153.1-microsoft-standard-WSL2\n",
     {NULL, NULL, "5.15.153.1-microsoft-standard-WSL2"}},
    {"\xef\xbb\xbf" UNAME, {NULL, NULL, "6.1.0-28-amd64"}},
};

static void
test_each_line_is_read(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(SourceReading) reading = fixture_read("web01.versions.txt", good[i].text);
        const Document *document = fixture_document(reading);

        assert_int_equal(document->kind, DOCUMENT_HOST_SOFTWARE);
        assert_string_equal(document->host_name, "web01");
        for (guint j = 0; j < SOFTWARE_COUNT; j++)
            if (g_strcmp0(document->software->versions[j], good[i].versions[j]) != 0)
                fail_msg("row %u: %s is %s, not %s", i, software_name((Software)j),
                         document->software->versions[j], good[i].versions[j]);
    }
}

/* ---- what is refused ------------------------------------------------------------------------ */

static const struct {
    const char *text, *id;
    guint line;
    const char *part; /* of what is said */
} bad[] = {
    /* Two hosts in one file. */
    {DAEMON "Running against daemon: 10.0.0\n", "invalid-versions", 2, "10.0.0 here, 9.1.0 before"},
    {UNAME VIRSH "\nLinux 6.1.0-29-amd64", "invalid-versions", 7, "told twice"},
    {VIRSH "Using library: libvirt 9.0.1\n" DAEMON, "invalid-versions", 5, "told twice"},
    /* No version behind a label, once it is clear what the file is. */
    {UNAME "Running against daemon: 9.x\n", "invalid-versions", 2, "'9.x'"},
    {UNAME "Running against daemon:\n", "invalid-versions", 2, "''"},
    {UNAME "Running hypervisor: QEMU 9.2.0 (Debian)\n", "invalid-versions", 2, "(Debian)"},
    {"Running against daemon: 9\n", "invalid-versions", 1, "'9'"},
    {"Running against daemon: 9.0.\n", "invalid-versions", 1, "'9.0.'"},
    {"Running against daemon: 9.0.0.1\n", "invalid-versions", 1, "'9.0.0.1'"},
    {"Running against daemon: 9.1000\n", "invalid-versions", 1, "'9.1000'"},
    {"Running against daemon: 9.0.0-1\n", "invalid-versions", 1, "'9.0.0-1'"},
    {DAEMON "Linux web01 6.1.0-28-amd64 #1 SMP x86_64 GNU/Linux\n", "invalid-versions", 2, "web01"},
    {"\n\nLinux 6.1.0-28-amd64 #1 SMP\n", "invalid-versions", 3, "#1 SMP"},
    {"Linux 6.1.0\x1b[2J\n", "invalid-versions", 1, "6.1.0"},
    {"Linux 6.1.0\xff\n", "invalid-versions", 1, "6.1.0"},
    {"Linux 6.1\xc2\n", "invalid-versions", 1, "6.1"},
    /* Cut off. */
    {VIRSH "Running against daemon: 9", "invalid-versions", 5, "'9'"},
    {VIRSH "Running against daemon: ", "invalid-versions", 5, "''"},
    /* No versions at all: of no known kind, as before. */
    {"Compiled against library: libvirt 9.0.0\n", "unknown-document", 1, "no known kind"},
    {"Running hypervisor: Xen 4.17.0\n", "unknown-document", 1, "no known kind"},
    {"Linux hosts of our site\n", "unknown-document", 1, "no known kind"},
    {"LINUX 6.1.0\n", "unknown-document", 1, "no known kind"},
    {"Linux6.1.0\n", "unknown-document", 1, "no known kind"},
    {"QEMU emulator version 7.2.22\n", "unknown-document", 1, "no known kind"},
};

static void
test_what_is_no_version_is_told_with_its_line(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(SourceReading) reading = fixture_read("web01.txt", bad[i].text);
        const Finding *finding = fixture_finding(reading);

        if (strcmp(finding->id, bad[i].id) != 0 || finding->line != bad[i].line ||
            strstr(finding->text, bad[i].part) == NULL || *finding->remedy == '\0')
            fail_msg("row %u: %s, line %u: %s", i, finding->id, finding->line, finding->text);
        assert_int_equal(finding->severity, FINDING_ERROR);
        assert_true(g_utf8_validate(finding->text, -1, NULL));
        assert_null(strchr(finding->text, '\x1b'));
    }
}

/* As long as a release's name can be, longer, and lines without an end. */
static void
test_lengths_are_bounded(void **state)
{
    static const guint lengths[] = {1, 58, 59, 64, 65, 4096, 4 * 1024 * 1024};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *tail = g_strnfill(lengths[i], 'a');
        g_autofree char *text = g_strconcat("Linux 6.1.0", tail, "\n", NULL);
        g_autofree char *daemon = g_strconcat(DAEMON, "Linux ", tail, NULL);
        g_autofree char *digits = g_strdup_printf("%s%0*u", DAEMON "Linux ", (int)lengths[i], 1);
        g_autoptr(SourceReading) reading = fixture_read("web01.txt", text);
        g_autoptr(SourceReading) letters = fixture_read("web01.txt", daemon);
        g_autoptr(SourceReading) number = fixture_read("web01.txt", digits);

        if (lengths[i] + strlen("6.1.0") <= 64)
            assert_string_equal(fixture_document(reading)->software->versions[SOFTWARE_KERNEL],
                                g_strchomp(text) + strlen("Linux "));
        else
            assert_true(strlen(fixture_finding(reading)->text) < 200);
        assert_true(strlen(fixture_finding(letters)->text) < 200);
        assert_true(strlen(fixture_finding(number)->text) < 200);
    }
}

/* ---- whose it is ---------------------------------------------------------------------------- */

static void
assert_host(const char *folder, const char *given, const char *file, const char *host)
{
    g_autofree char *path = g_build_filename(folder, given, NULL);
    Kept kept;

    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, NULL);
    assert_string_equal(fixture_document(fixture_find(&kept, file))->host_name, host);
    fixture_kept_clear(&kept);
}

/* By the rules of all documents; the name says what it is only where the content does. */
static void
test_host_is_told_by_the_place(void **state)
{
    char *folder = fixture_folder_new();

    (void)state;
    fixture_write(folder, "own/web01/versions.txt", VIRSH);
    fixture_write(folder, "own/web01/kernel.txt", UNAME);
    fixture_write(folder, "own/web02/capabilities.xml", fixture_capabilities);
    fixture_write(folder, "own/web02/software", VIRSH);
    fixture_write(folder, "flat/web03.xml", fixture_capabilities);
    fixture_write(folder, "flat/web03.versions.txt", VIRSH);
    fixture_write(folder, "notes/web04.xml", fixture_capabilities);
    fixture_write(folder, "notes/versions.txt", "Versions of our documents: see the wiki.\n");
    assert_host(folder, "own", "versions.txt", "web01");
    assert_host(folder, "own", "kernel.txt", "web01");
    assert_host(folder, "own", "software", "web02");
    assert_host(folder, "own/web01", "versions.txt", "web01");
    assert_host(folder, "own/web01/versions.txt", "versions.txt", "web01");
    assert_host(folder, "flat", "web03.xml", "web03");
    assert_host(folder, "flat", "web03.versions.txt", "web03");
    assert_host(folder, "notes", "web04.xml", "web04");
    fixture_folder_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_line_is_read),
        cmocka_unit_test(test_what_is_no_version_is_told_with_its_line),
        cmocka_unit_test(test_lengths_are_bounded),
        cmocka_unit_test(test_host_is_told_by_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
