/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Archives as a whole: one that the sink knows is not unpacked, one that was read to the last
 * member is told, and one with anything in it that must be told again is not.
 */

#include "archive_fixture.h"
#include "ingest_fixture.h"

#include <archive.h>
#include <string.h>

/* What a sink was told, and what it knows. */
typedef struct {
    guint n_read, n_unchanged, n_asked;
    guint n_archives_read, n_archives_unchanged;
    Source known;              /* an archive: its size and time, and with the hash that too */
    Source told;               /* the last archive, without its names */
    gboolean is_known_by_hash; /* else by its time, when that is asked */
} Told;

static gboolean
is_known_archive(const Source *archive, gboolean has_hash, gpointer user_data)
{
    Told *told = user_data;

    told->n_asked++;
    assert_null(archive->member);
    if (has_hash != told->is_known_by_hash)
        return FALSE;
    return has_hash
               ? memcmp(archive->hash, told->known.hash, sizeof archive->hash) == 0
               : archive->size == told->known.size && archive->mtime_ns == told->known.mtime_ns;
}

static void
keep_archive(Told *told, const Source *archive)
{
    told->told = *archive;
    told->told.path = NULL;
}

static gboolean
take_unchanged_archive(const Source *archive, gpointer user_data, GError **error)
{
    (void)error;
    ((Told *)user_data)->n_archives_unchanged++;
    keep_archive(user_data, archive);
    return TRUE;
}

static gboolean
take_archive(const Source *archive, gpointer user_data, GError **error)
{
    (void)error;
    ((Told *)user_data)->n_archives_read++;
    keep_archive(user_data, archive);
    return TRUE;
}

static gboolean
take_unchanged(const Source *source, gpointer user_data, GError **error)
{
    (void)source;
    (void)error;
    ((Told *)user_data)->n_unchanged++;
    return TRUE;
}

static gboolean
take_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    (void)error;
    ((Told *)user_data)->n_read++;
    source_reading_free(reading);
    return TRUE;
}

static void
ingest(Told *told, const char *path, const IngestOptions *options)
{
    const IngestSink sink = {
        .is_known_archive = is_known_archive,
        .unchanged_archive = take_unchanged_archive,
        .read_archive = take_archive,
        .unchanged = take_unchanged,
        .read = take_reading,
        .user_data = told,
    };

    assert_true(ingest_paths(&path, 1, options, &sink, NULL));
}

static const ArchiveMember good[] = {
    {"web01/capabilities.xml", fixture_capabilities, "web01", NULL},
    {"web02/capabilities.xml", fixture_capabilities, "web02", NULL},
    {"web02/broken.xml", "<domain>", "web02", "not-xml"},
};

/* A broken document is a document: it is known next time, and stays in quarantine. */
static void
test_archive_is_told_when_all_of_it_was_read(void **state)
{
    const IngestOptions options = {0};
    char *folder = fixture_folder_new();

    (void)state;
    for (guint i = 0; i < N_ARCHIVE_PACKINGS - 1; i++) {
        g_autofree char *name = g_strconcat("fleet", archive_packings[i].ending, NULL);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        Told told = {0};

        archive_fixture_write(path, &archive_packings[i], good, G_N_ELEMENTS(good));
        ingest(&told, path, &options);
        assert_int_equal(told.n_read, G_N_ELEMENTS(good));
        assert_int_equal(told.n_archives_read, 1);
        assert_int_equal(told.n_archives_unchanged, 0);
        assert_true(told.told.size > 0 && told.told.mtime_ns != 0 && told.told.hash[0] != 0);
        /* In a folder too. */
        told = (Told){0};
        ingest(&told, folder, &options);
        assert_int_equal(told.n_archives_read, i + 1);
    }
    fixture_folder_remove(folder);
}

static void
test_known_archive_is_not_unpacked(void **state)
{
    IngestOptions options = {0};
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "fleet.tar.gz", NULL);
    Told told = {0};

    (void)state;
    archive_fixture_write(path, &archive_packings[1], good, G_N_ELEMENTS(good));
    ingest(&told, path, &options);
    for (guint i = 0; i < 2; i++) {
        Told again = {.known = told.told, .is_known_by_hash = i == 0};

        options.is_mtime_trusted = i == 1;
        ingest(&again, path, &options);
        assert_int_equal(again.n_archives_unchanged, 1);
        assert_int_equal(again.n_archives_read + again.n_read + again.n_unchanged, 0);
        assert_int_equal(again.n_asked, 1);
    }
    /* Its time alone is nothing where it is not trusted. */
    Told distrusted = {.known = told.told};
    options.is_mtime_trusted = FALSE;
    ingest(&distrusted, path, &options);
    assert_int_equal(distrusted.n_archives_unchanged, 0);
    assert_int_equal(distrusted.n_read, G_N_ELEMENTS(good));
    fixture_folder_remove(folder);
}

static void
test_changed_archive_is_unpacked(void **state)
{
    IngestOptions options = {.is_mtime_trusted = TRUE};
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "fleet.tar", NULL);
    Told told = {.is_known_by_hash = TRUE};

    (void)state;
    archive_fixture_write(path, &archive_packings[0], good, G_N_ELEMENTS(good));
    ingest(&told, path, &options);
    Told again = {.known = told.told, .is_known_by_hash = TRUE};
    archive_fixture_write(path, &archive_packings[0], good, G_N_ELEMENTS(good) - 1);
    ingest(&again, path, &options);
    assert_int_equal(again.n_archives_unchanged, 0);
    assert_int_equal(again.n_archives_read, 1);
    assert_int_equal(again.n_read, G_N_ELEMENTS(good) - 1);
    assert_true(memcmp(again.told.hash, told.told.hash, sizeof told.told.hash) != 0);
    fixture_folder_remove(folder);
}

/* What is said of an archive itself, or of what is no document in it, is said every night. */
static void
test_archive_with_complaints_is_not_told(void **state)
{
    static const ArchiveMember with_link[] = {
        {"web01.xml", fixture_capabilities, "web01", NULL},
        {"link.xml", NULL, NULL, "archive-link"},
    };
    static const ArchiveMember outside[] = {
        {"web01.xml", fixture_capabilities, "web01", NULL},
        {"../web02.xml", fixture_capabilities, NULL, "archive-path"},
    };
    static const ArchiveMember nothing[] = {{".hidden", fixture_capabilities, NULL, NULL}};
    static const struct {
        const ArchiveMember *members;
        guint n;
        IngestLimits limits;
    } cases[] = {
        {with_link, 2, {0}},
        {outside, 2, {0}},
        {nothing, 1, {0}},
        {good, 3, {.max_document_bytes = 16}},
        {good, 3, {.max_archive_members = 2}},
    };
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "fleet.tar", NULL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const IngestOptions options = {.limits = cases[i].limits};
        Told told = {0};

        archive_fixture_write(path, &archive_packings[0], cases[i].members, cases[i].n);
        ingest(&told, path, &options);
        assert_true(told.n_read > 0);
        if (told.n_archives_read != 0)
            fail_msg("case %u is told", i);
    }
    fixture_folder_remove(folder);
}

/* An archive cut short, and one compressed file, which is no archive. */
static void
test_parts_are_not_told(void **state)
{
    const IngestOptions options = {0};
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "fleet.tar.gz", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    Told told = {0};

    (void)state;
    archive_fixture_write(path, &archive_packings[1], good, G_N_ELEMENTS(good));
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    assert_true(g_file_set_contents(path, bytes, (gssize)length / 2, NULL));
    ingest(&told, path, &options);
    assert_true(told.n_read > 0);
    assert_int_equal(told.n_archives_read, 0);
    archive_fixture_write(path, &(ArchivePacking){".gz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP},
                          good, 1);
    ingest(&told, path, &options);
    assert_int_equal(told.n_archives_read, 0);
    fixture_folder_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_archive_is_told_when_all_of_it_was_read),
        cmocka_unit_test(test_known_archive_is_not_unpacked),
        cmocka_unit_test(test_changed_archive_is_unpacked),
        cmocka_unit_test(test_archive_with_complaints_is_not_told),
        cmocka_unit_test(test_parts_are_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
