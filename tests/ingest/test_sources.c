/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files, folders and archives: every document once, with the right host, whatever the layout. */

#include "archive_fixture.h"
#include "ingest_fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* One tree with every layout; the same names come out of a folder and of an archive of it. */
static const ArchiveMember members[] = {
    {"own/web01/capabilities.xml", fixture_capabilities, "web01", NULL},
    {"own/web01/domcapabilities-q35.xml", fixture_domain_capabilities, "web01", NULL},
    {"own/web01/guests/mail.xml", fixture_domain, "web01", NULL},
    {"plain/web02/a.xml", fixture_capabilities, "web02", NULL},
    {"plain/web02/b.xml", fixture_domain_capabilities, "web02", NULL},
    {"flat/web03.xml", fixture_capabilities, "web03", NULL},
    {"flat/web04.xml", fixture_capabilities, "web04", NULL},
    {"named/web05.example.com.capabilities.xml", fixture_capabilities, "web05.example.com", NULL},
    {"named/web05.example.com.domcapabilities.xml", fixture_domain_capabilities,
     "web05.example.com", NULL},
    {"named/web05.example.com.domcapabilities-pc.xml", fixture_domain_capabilities,
     "web05.example.com", NULL},
    {"named/web05.example.com.mail.domain.xml", fixture_domain, "web05.example.com", NULL},
    {"single/web06.xml", fixture_capabilities, "web06", NULL},
    {"odd/<b>web08\x1b[31m.xml", fixture_capabilities, "<b>web08\x1b[31m", NULL},
    {"broken/web07.xml", "<capabilities>", NULL, "not-xml"},
    {".git/config.xml", "<nothing/>", NULL, NULL},
    {"flat/web03.xml~", "<nothing/>", NULL, NULL},
};

static void
check_members(const Kept *kept, gboolean is_archive)
{
    guint n_expected = 0;

    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        if (members[i].host == NULL && members[i].finding == NULL)
            continue;
        const SourceReading *reading = fixture_find(kept, members[i].name);
        n_expected++;
        assert_int_equal(reading->source->member != NULL, is_archive);
        assert_true(reading->source->hash[0] != 0);
        assert_int_equal(reading->source->size, strlen(members[i].text));
        assert_true(reading->source->mtime_ns != 0);
        if (members[i].finding != NULL) {
            const Finding *finding = g_ptr_array_index(reading->findings, 0);

            assert_string_equal(finding->id, members[i].finding);
            continue;
        }
        const Document *document = g_ptr_array_index(reading->documents, 0);
        assert_string_equal(document->host_name, members[i].host);
    }
    assert_int_equal(g_hash_table_size(kept->readings), n_expected);
}

static void
test_folder_is_read_by_any_number_of_threads(void **state)
{
    char *folder = fixture_folder_new();
    Kept kept;

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(members); i++)
        fixture_write(folder, members[i].name, members[i].text);
    for (guint n_threads = 1; n_threads <= 4; n_threads++) {
        const IngestOptions options = {.n_threads = n_threads};

        fixture_kept_init(&kept);
        fixture_ingest(&kept, folder, &options);
        check_members(&kept, FALSE);
        fixture_kept_clear(&kept);
    }
    fixture_folder_remove(folder);
}

/* A folder that is given, and a file that is given, of one host. */
static void
test_given_folder_and_given_file_are_of_one_host(void **state)
{
    static const char *const paths[] = {"web09", "web09/capabilities.xml", "web09/../web09/."};
    char *folder = fixture_folder_new();

    (void)state;
    fixture_write(folder, "web09/capabilities.xml", fixture_capabilities);
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *path = g_build_filename(folder, paths[i], NULL);
        Kept kept;

        fixture_kept_init(&kept);
        fixture_ingest(&kept, path, NULL);
        const Document *document = fixture_document(fixture_find(&kept, "capabilities.xml"));
        assert_string_equal(document->host_name, "web09");
        fixture_kept_clear(&kept);
    }
    fixture_folder_remove(folder);
}

/* Names that are no UTF-8 become some, so that they can be stored and printed. */
static void
test_names_that_are_no_utf8_become_some(void **state)
{
    char *folder = fixture_folder_new();
    Kept kept;

    (void)state;
    fixture_write(folder, "web\xff/capabilities.xml", fixture_capabilities);
    fixture_write(folder, "db\xfe.xml", fixture_domain);
    fixture_kept_init(&kept);
    fixture_ingest(&kept, folder, NULL);
    assert_string_equal(fixture_document(fixture_find(&kept, "capabilities.xml"))->host_name,
                        "web\xef\xbf\xbd");
    assert_true(g_utf8_validate(fixture_find(&kept, "\xbd.xml")->source->path, -1, NULL));
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

static void
test_host_option_names_every_document(void **state)
{
    const IngestOptions options = {.host_name = "db1"};
    char *folder = fixture_folder_new();
    Kept kept;

    (void)state;
    fixture_write(folder, "x.xml", fixture_capabilities);
    fixture_write(folder, "y.xml", fixture_domain);
    fixture_kept_init(&kept);
    fixture_ingest(&kept, folder, &options);
    assert_string_equal(fixture_document(fixture_find(&kept, "x.xml"))->host_name, "db1");
    assert_string_equal(fixture_document(fixture_find(&kept, "y.xml"))->guest->host, "db1");
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

/* ---- what cannot be read -------------------------------------------------------------------- */

static void
assert_complaint(const char *path, const char *id)
{
    Kept kept;

    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, NULL);
    assert_int_equal(g_hash_table_size(kept.readings), 1);
    const Finding *finding = fixture_finding(fixture_find(&kept, path));
    assert_string_equal(finding->id, id);
    assert_int_equal(finding->severity, FINDING_ERROR);
    fixture_kept_clear(&kept);
}

static void
test_unreadable_path_is_one_finding(void **state)
{
    char *folder = fixture_folder_new();
    g_autofree char *missing = g_build_filename(folder, "missing.xml", NULL);
    g_autofree char *pipe = g_build_filename(folder, "pipe", NULL);
    g_autofree char *dangling = g_build_filename(folder, "dangling", NULL);

    (void)state;
    assert_complaint(missing, "unreadable");
    assert_complaint("/dev/null", "unreadable");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_complaint(pipe, "unreadable");
    assert_int_equal(symlink("/nowhere/at/all", dangling), 0);
    assert_complaint(dangling, "unreadable");
    fixture_folder_remove(folder);
}

/* A folder that contains itself ends; files behind links to files are read. */
static void
test_links_are_followed_and_end(void **state)
{
    char *folder = fixture_folder_new();
    g_autofree char *loop = g_build_filename(folder, "loop", NULL);
    g_autofree char *link_path = g_build_filename(folder, "web02.xml", NULL);
    g_autofree char *target = g_build_filename(folder, "web01.xml", NULL);
    Kept kept;

    (void)state;
    fixture_write(folder, "web01.xml", fixture_capabilities);
    assert_int_equal(symlink(folder, loop), 0);
    assert_int_equal(symlink(target, link_path), 0);
    fixture_kept_init(&kept);
    fixture_ingest(&kept, folder, NULL);
    assert_int_equal(g_hash_table_size(kept.readings), 2);
    assert_string_equal(fixture_document(fixture_find(&kept, "web02.xml"))->host_name, "web02");
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

static void
test_known_sources_are_unchanged(void **state)
{
    char *folder = fixture_folder_new();

    (void)state;
    fixture_write(folder, "web01.xml", fixture_capabilities);
    fixture_write(folder, "web02.xml", fixture_capabilities);
    for (guint i = 0; i < 2; i++) {
        const IngestOptions options = {.is_mtime_trusted = i == 1};
        Kept kept;

        fixture_kept_init(&kept);
        kept.is_all_known = TRUE;
        fixture_ingest(&kept, folder, &options);
        assert_int_equal(g_hash_table_size(kept.readings), 0);
        assert_int_equal(kept.unchanged->len, 2);
        fixture_kept_clear(&kept);
    }
    fixture_folder_remove(folder);
}

/* A sink that says stop stops everything, with its error, and nothing leaks or hangs. */
static void
test_ingest_stops_when_the_sink_says_so(void **state)
{
    char *folder = fixture_folder_new();
    Kept kept;

    (void)state;
    for (guint i = 0; i < 500; i++) {
        g_autofree char *name = g_strdup_printf("web%03u.xml", i);

        fixture_write(folder, name, fixture_capabilities);
    }
    fixture_kept_init(&kept);
    kept.stop_after = 3;
    fixture_ingest(&kept, folder, NULL);
    assert_int_equal(g_hash_table_size(kept.readings), 3);
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

/* ---- archives ------------------------------------------------------------------------------- */

/* A source that is slow to read: not before the sink was idle. */
typedef struct {
    GMutex lock;
    GCond rested;
    gboolean has_rested;
    guint n_readings;
} SlowSource;

static gboolean
is_known_after_rest(const Source *source, gboolean has_hash, gpointer user_data)
{
    SlowSource *slow = user_data;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&slow->lock);

    (void)source;
    (void)has_hash;
    while (!slow->has_rested)
        g_cond_wait(&slow->rested, &slow->lock);
    return FALSE;
}

static gboolean
rest(gpointer user_data, GError **error)
{
    SlowSource *slow = user_data;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&slow->lock);

    (void)error;
    slow->has_rested = TRUE;
    g_cond_signal(&slow->rested);
    return TRUE;
}

static gboolean
rest_and_stop(gpointer user_data, GError **error)
{
    rest(user_data, NULL);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
    return FALSE;
}

static gboolean
count_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    (void)error;
    source_reading_free(reading);
    ((SlowSource *)user_data)->n_readings++;
    return TRUE;
}

static void
test_sink_is_idle_while_a_source_is_waited_for(void **state)
{
    char *folder = fixture_folder_new();
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    const IngestOptions options = {.map = map};
    const struct {
        gboolean (*idle)(gpointer user_data, GError **error);
        gboolean is_well;
    } cases[] = {{rest, TRUE}, {rest_and_stop, FALSE}};

    (void)state;
    fixture_write(folder, "web09/capabilities.xml", fixture_capabilities);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        SlowSource slow = {0};
        const IngestSink sink = {.is_known = is_known_after_rest,
                                 .read = count_reading,
                                 .idle = cases[i].idle,
                                 .user_data = &slow};
        const char *path = folder;
        g_autoptr(GError) error = NULL;

        assert_int_equal(ingest_paths(&path, 1, &options, &sink, &error), cases[i].is_well);
        assert_int_equal(error == NULL, cases[i].is_well);
        assert_int_equal(slow.n_readings, cases[i].is_well ? 1 : 0);
    }
    fixture_folder_remove(folder);
}

static void
test_archives_of_all_packings_are_read(void **state)
{
    char *folder = fixture_folder_new();

    (void)state;
    for (guint i = 0; i < N_ARCHIVE_PACKINGS; i++) {
        g_autofree char *name = g_strconcat("fleet", archive_packings[i].ending, NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        Kept kept;

        archive_fixture_write(path, &archive_packings[i], members, G_N_ELEMENTS(members));
        fixture_kept_init(&kept);
        fixture_ingest(&kept, path, NULL);
        check_members(&kept, TRUE);
        fixture_kept_clear(&kept);
    }
    fixture_folder_remove(folder);
}

/* An archive that a failed job left empty must not make its hosts go. */
static void
test_archive_without_members_is_refused(void **state)
{
    char *folder = fixture_folder_new();

    (void)state;
    for (guint i = 0; i < N_ARCHIVE_PACKINGS; i++) {
        g_autofree char *name = g_strconcat("fleet", archive_packings[i].ending, NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        Kept kept;

        archive_fixture_write(path, &archive_packings[i], NULL, 0);
        fixture_kept_init(&kept);
        fixture_ingest(&kept, path, NULL);
        const SourceReading *reading = fixture_find(&kept, name);
        assert_int_equal(reading->findings->len, 1);
        const Finding *finding = g_ptr_array_index(reading->findings, 0);
        assert_int_equal(finding->severity, FINDING_ERROR);
        assert_string_equal(finding->id, "empty");
        fixture_kept_clear(&kept);
    }
    fixture_folder_remove(folder);
}

/* Standard input passes once; that its capabilities come last must not cost a guest its host. */
static void
test_archive_on_standard_input_in_any_order(void **state)
{
    static const ArchiveMember orders[][2] = {
        {{"web01/mail.xml", fixture_domain, NULL, NULL},
         {"web01/capabilities.xml", fixture_capabilities, NULL, NULL}},
        {{"web01/capabilities.xml", fixture_capabilities, NULL, NULL},
         {"web01/mail.xml", fixture_domain, NULL, NULL}},
    };
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "fleet", NULL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(orders) * N_ARCHIVE_PACKINGS; i++) {
        g_autofree char *bytes = NULL;
        gsize length;
        int input = dup(STDIN_FILENO), ends[2];
        Kept kept;

        archive_fixture_write(path, &archive_packings[i / 2], orders[i % 2], 2);
        assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], bytes, length), length);
        close(ends[1]);
        assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
        close(ends[0]);
        fixture_kept_init(&kept);
        fixture_ingest(&kept, "-", NULL);
        dup2(input, STDIN_FILENO);
        close(input);
        assert_string_equal(fixture_document(fixture_find(&kept, "mail.xml"))->guest->host,
                            "web01");
        fixture_kept_clear(&kept);
    }
    fixture_folder_remove(folder);
}

static void
test_archive_of_one_host_names_it(void **state)
{
    static const ArchiveMember own[] = {
        {"./capabilities.xml", fixture_capabilities, NULL, NULL},
        {"./domain/mail.xml", fixture_domain, NULL, NULL},
    };
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "web08.example.com.tar.gz", NULL);
    Kept kept;

    (void)state;
    archive_fixture_write(path, &archive_packings[1], own, G_N_ELEMENTS(own));
    fixture_kept_init(&kept);
    fixture_ingest(&kept, folder, NULL);
    assert_string_equal(fixture_document(fixture_find(&kept, "mail.xml"))->host_name,
                        "web08.example.com");
    /* The folder, with nothing else in it, is not empty. */
    assert_int_equal(g_hash_table_size(kept.readings), G_N_ELEMENTS(own));
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

static void
test_compressed_document_is_read(void **state)
{
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "web08.xml.gz", NULL);
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    Kept kept;

    (void)state;
    archive_write_set_format_raw(archive);
    archive_write_add_filter_gzip(archive);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    archive_write_data(archive, fixture_capabilities, strlen(fixture_capabilities));
    archive_entry_free(entry);
    archive_write_free(archive);
    fixture_kept_init(&kept);
    fixture_ingest(&kept, folder, NULL);
    assert_string_equal(fixture_document(fixture_find(&kept, "web08.xml.gz"))->host_name, "web08");
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

/*
 * Reads the first bytes of an archive: one finding of its own. Returns how many readings it gives.
 */
static guint
read_cut(const char *path, const char *bytes, gsize cut)
{
    GHashTableIter iter;
    gpointer reading;
    guint n_findings = 0;
    Kept kept;

    assert_true(g_file_set_contents(path, bytes, (gssize)cut, NULL));
    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, NULL);
    g_hash_table_iter_init(&iter, kept.readings);
    while (g_hash_table_iter_next(&iter, NULL, &reading)) {
        const SourceReading *one = reading;

        n_findings += one->source->member == NULL ? one->findings->len : 0;
    }
    assert_int_equal(n_findings, 1);
    const guint n_readings = g_hash_table_size(kept.readings);
    fixture_kept_clear(&kept);
    return n_readings;
}

/* Of a small compressed one nothing may be left. */
static void
test_cut_archive_gives_its_first_members(void **state)
{
    (void)state;
    for (guint i = 0; i < 2; i++) {
        char *folder = fixture_folder_new();
        g_autofree char *name = g_strconcat("cut", archive_packings[i].ending, NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        guint n_before = 0;

        archive_fixture_write(path, &archive_packings[i], members, G_N_ELEMENTS(members));
        assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        for (gsize cut = length / 10; cut < length - length / 10; cut += length / 10) {
            const guint n = read_cut(path, bytes, cut);

            assert_true(n >= n_before);
            n_before = n;
        }
        if (archive_packings[i].filter == ARCHIVE_FILTER_NONE)
            assert_true(n_before > 2);
        fixture_folder_remove(folder);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder_is_read_by_any_number_of_threads),
        cmocka_unit_test(test_given_folder_and_given_file_are_of_one_host),
        cmocka_unit_test(test_names_that_are_no_utf8_become_some),
        cmocka_unit_test(test_host_option_names_every_document),
        cmocka_unit_test(test_unreadable_path_is_one_finding),
        cmocka_unit_test(test_links_are_followed_and_end),
        cmocka_unit_test(test_known_sources_are_unchanged),
        cmocka_unit_test(test_ingest_stops_when_the_sink_says_so),
        cmocka_unit_test(test_sink_is_idle_while_a_source_is_waited_for),
        cmocka_unit_test(test_archives_of_all_packings_are_read),
        cmocka_unit_test(test_archive_without_members_is_refused),
        cmocka_unit_test(test_archive_on_standard_input_in_any_order),
        cmocka_unit_test(test_archive_of_one_host_names_it),
        cmocka_unit_test(test_compressed_document_is_read),
        cmocka_unit_test(test_cut_archive_gives_its_first_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
