/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Archives made to do harm: nothing outside is touched, no program is started, memory has a bound.
 */

#include "archive_fixture.h"
#include "ingest_fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* Nothing outside is touched, each bad member is one finding, the good one is read. */
static void
test_hostile_members_touch_nothing_outside(void **state)
{
    static const ArchiveMember hostile[] = {
        {"/tmp/virt-plan-evil.xml", fixture_domain, NULL, "archive-path"},
        {"a/../../virt-plan-evil.xml", fixture_domain, NULL, "archive-path"},
        {"link.xml", NULL, NULL, "archive-link"},
        {"good/web01.xml", fixture_capabilities, "web01", NULL},
    };
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "evil.tar", NULL);
    Kept kept;

    (void)state;
    archive_fixture_write(path, &archive_packings[0], hostile, G_N_ELEMENTS(hostile));
    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, NULL);
    assert_int_equal(g_hash_table_size(kept.readings), G_N_ELEMENTS(hostile));
    for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
        SourceReading *reading = fixture_find(&kept, hostile[i].name);

        if (hostile[i].finding != NULL)
            assert_string_equal(fixture_finding(reading)->id, hostile[i].finding);
        else
            assert_string_equal(fixture_document(reading)->host_name, hostile[i].host);
    }
    assert_false(g_file_test("/tmp/virt-plan-evil.xml", G_FILE_TEST_EXISTS));
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

static void
test_archive_bomb_is_stopped(void **state)
{
    const IngestOptions options = {
        .limits = {.max_document_bytes = 1 << 20, .max_archive_bytes = 4 << 20}};
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "bomb.tar.gz", NULL);
    g_autofree char *blanks = g_strnfill(2 << 20, ' ');
    ArchiveMember bomb[16];
    Kept kept;
    guint n_long = 0, n_big = 0;
    GHashTableIter iter;
    gpointer reading;

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(bomb); i++)
        bomb[i] = (ArchiveMember){.name = g_strdup_printf("web%02u.xml", i), .text = blanks};
    archive_fixture_write(path, &archive_packings[1], bomb, G_N_ELEMENTS(bomb));
    for (guint i = 0; i < G_N_ELEMENTS(bomb); i++)
        g_free((gpointer)(guintptr)bomb[i].name);
    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, &options);
    g_hash_table_iter_init(&iter, kept.readings);
    while (g_hash_table_iter_next(&iter, NULL, &reading)) {
        const Finding *finding = fixture_finding(reading);

        n_long += strcmp(finding->id, "too-long") == 0;
        n_big += strcmp(finding->id, "archive-too-big") == 0;
    }
    assert_int_equal(n_big, 1);
    assert_true(n_long > 0 && n_long < G_N_ELEMENTS(bomb));
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

/* The findings with ID of all that was read. */
static guint
count_findings(const Kept *kept, const char *id)
{
    GHashTableIter iter;
    gpointer value;
    guint n = 0;

    g_hash_table_iter_init(&iter, kept->readings);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const SourceReading *reading = value;

        for (guint i = 0; i < reading->findings->len; i++)
            n += strcmp(((Finding *)g_ptr_array_index(reading->findings, i))->id, id) == 0;
    }
    return n;
}

static void
test_what_is_unpacked_to_get_further_counts_too(void **state)
{
    const IngestOptions options = {
        .limits = {.max_document_bytes = 1 << 10, .max_archive_bytes = 4 << 20}};
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "bomb.tar.gz", NULL);
    g_autofree char *blanks = g_strnfill(16 << 20, ' ');
    const ArchiveMember bomb[] = {{"web01.xml", blanks, NULL, NULL},
                                  {"web02.xml", fixture_capabilities, NULL, NULL}};
    Kept kept;

    (void)state;
    archive_fixture_write(path, &archive_packings[1], bomb, G_N_ELEMENTS(bomb));
    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, &options);
    assert_int_equal(count_findings(&kept, "archive-too-big"), 1);
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

/* A name of a hundred thousand folders is refused, before it costs anything. */
static void
test_endless_name_is_refused(void **state)
{
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "names.tar", NULL);
    g_autoptr(GString) name = g_string_new(NULL);
    Kept kept;

    (void)state;
    for (guint i = 0; i < 100000; i++)
        g_string_append(name, "a/");
    g_string_append(name, "web01.xml");
    const ArchiveMember list[] = {{name->str, fixture_capabilities, NULL, NULL},
                                  {"good/web02.xml", fixture_capabilities, "web02", NULL}};
    archive_fixture_write(path, &archive_packings[0], list, G_N_ELEMENTS(list));
    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, NULL);
    assert_int_equal(count_findings(&kept, "archive-path"), 1);
    assert_string_equal(fixture_document(fixture_find(&kept, "good/web02.xml"))->host_name,
                        "web02");
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

/*
 * libarchive can have `lrzip` unpack what it cannot itself, also inside of another compression. No
 * document makes virt-plan start a program.
 */
static void
test_no_program_is_started(void **state)
{
    static const char lrzip[] = "LRZI\0\6 and then some that no program should ever see";
    char *folder = fixture_folder_new();
    g_autofree char *path = g_build_filename(folder, "web01.xml.gz", NULL);
    g_autofree char *program = g_build_filename(folder, "lrzip", NULL);
    g_autofree char *trace = g_build_filename(folder, "started", NULL);
    g_autofree char *script = g_strdup_printf("#!/bin/sh\n: > '%s'\ncat\n", trace);
    g_autofree char *paths = g_strdup_printf("%s:%s", folder, g_getenv("PATH"));
    g_autofree char *before = g_strdup(g_getenv("PATH"));
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    Kept kept;

    (void)state;
    archive_write_set_format_raw(archive);
    archive_write_add_filter_gzip(archive);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    archive_write_data(archive, lrzip, sizeof lrzip);
    archive_entry_free(entry);
    archive_write_free(archive);
    assert_true(
        g_file_set_contents_full(program, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    g_setenv("PATH", paths, TRUE);
    fixture_kept_init(&kept);
    fixture_ingest(&kept, path, NULL);
    g_setenv("PATH", before, TRUE);
    assert_false(g_file_test(trace, G_FILE_TEST_EXISTS));
    assert_int_equal(g_hash_table_size(kept.readings), 1);
    fixture_kept_clear(&kept);
    fixture_folder_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_members_touch_nothing_outside),
        cmocka_unit_test(test_archive_bomb_is_stopped),
        cmocka_unit_test(test_what_is_unpacked_to_get_further_counts_too),
        cmocka_unit_test(test_endless_name_is_refused),
        cmocka_unit_test(test_no_program_is_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
