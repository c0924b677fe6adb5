/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that the output folder is replaced as a whole: at no moment, and after no crash, does a
 * reader see a mixture of two nights, and nothing that virt-plan did not write is ever lost.
 */

#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <remove_tree.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_FILES 12
#define N_CRASHES 60

typedef struct {
    char *parent;
    char *path;
} Fixture;

static int
set_up(void **state)
{
    Fixture *place = g_new0(Fixture, 1);

    place->parent = g_dir_make_tmp("virt-plan-test-XXXXXX", NULL);
    place->path = g_build_filename(place->parent, "out", NULL);
    *state = place;
    return place->parent != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
    Fixture *place = *state;

    remove_tree(place->parent);
    g_free(place->parent);
    g_free(place->path);
    g_free(place);
    return 0;
}

static gboolean
write_file(FolderReplacement *folder, const char *name, const char *text, GError **error)
{
    g_autofree char *path = folder_replacement_add(folder, name, error);
    Output output;

    if (path == NULL || !output_init_file(&output, path, error))
        return FALSE;
    g_string_append(output.text, text);
    return output_finish(&output, error);
}

/* Fills the folder with N_FILES files that all hold NIGHT. */
static gboolean
write_night(const char *path, const char *night, GError **error)
{
    g_autoptr(FolderReplacement) folder = folder_replacement_begin(path, error);

    for (guint i = 0; i < N_FILES; i++) {
        g_autofree char *name = g_strdup_printf(i % 2 == 0 ? "file%u" : "templates/file%u", i);
        if (folder == NULL || !write_file(folder, name, night, error))
            return FALSE;
    }
    return folder_replacement_commit(folder, error);
}

/* The night that the folder is of; NULL when it is a mixture or incomplete. */
static char *
read_night(const char *path)
{
    g_autofree char *night = NULL;

    for (guint i = 0; i < N_FILES; i++) {
        g_autofree char *name = g_strdup_printf(i % 2 == 0 ? "file%u" : "templates/file%u", i);
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;

        if (!g_file_get_contents(file, &text, NULL, NULL))
            return NULL;
        if (night != NULL && strcmp(night, text) != 0)
            return NULL;
        g_free(night);
        night = g_steal_pointer(&text);
    }
    return g_steal_pointer(&night);
}

static guint
count_entries(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    guint n = 0;

    while (dir != NULL && g_dir_read_name(dir) != NULL)
        n++;
    g_clear_pointer(&dir, g_dir_close);
    return n;
}

static void
assert_night(const char *path, const char *expected)
{
    g_autofree char *night = read_night(path);

    assert_non_null(night);
    assert_string_equal(night, expected);
}

static void
test_folder_is_replaced_as_a_whole(void **state)
{
    const Fixture *place = *state;

    assert_true(write_night(place->path, "one", NULL));
    assert_night(place->path, "one");
    assert_true(write_night(place->path, "two", NULL));
    assert_night(place->path, "two");
    assert_int_equal(count_entries(place->parent), 1);
}

static void
test_abandoned_replacement_is_undone(void **state)
{
    const Fixture *place = *state;

    assert_true(write_night(place->path, "one", NULL));
    FolderReplacement *folder = folder_replacement_begin(place->path, NULL);
    assert_true(write_file(folder, "file0", "two", NULL));
    folder_replacement_free(folder);
    assert_night(place->path, "one");
    assert_int_equal(count_entries(place->parent), 1);
}

static void
test_foreign_files_are_kept(void **state)
{
    const Fixture *place = *state;
    g_autofree char *notes = g_build_filename(place->path, "notes.txt", NULL);
    g_autofree char *text = NULL;

    assert_true(write_night(place->path, "one", NULL));
    assert_true(g_file_set_contents(notes, "mine", -1, NULL));
    assert_true(write_night(place->path, "two", NULL));
    assert_night(place->path, "two");
    assert_true(g_file_get_contents(notes, &text, NULL, NULL));
    assert_string_equal(text, "mine");
    assert_int_equal(count_entries(place->parent), 1);
}

static void
test_foreign_folder_is_refused(void **state)
{
    const Fixture *place = *state;
    g_autofree char *notes = g_build_filename(place->path, "notes.txt", NULL);
    g_autoptr(GError) error = NULL;

    assert_int_equal(g_mkdir(place->path, 0755), 0);
    assert_true(write_night(place->path, "one", NULL));
    assert_night(place->path, "one");
    remove_tree(place->path);
    assert_int_equal(g_mkdir(place->path, 0755), 0);
    assert_true(g_file_set_contents(notes, "mine", -1, NULL));
    assert_false(write_night(place->path, "two", &error));
    assert_non_null(strstr(error->message, "did not write"));
    assert_true(g_file_test(notes, G_FILE_TEST_EXISTS));
    assert_int_equal(count_entries(place->parent), 1);
}

static void
test_link_to_the_folder_is_followed_and_kept(void **state)
{
    const Fixture *place = *state;
    g_autofree char *link = g_build_filename(place->parent, "link", NULL);

    assert_true(write_night(place->path, "one", NULL));
    assert_int_equal(symlink("out", link), 0);
    assert_true(write_night(link, "two", NULL));
    assert_night(place->path, "two");
    assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void
test_mode_of_the_folder_is_kept(void **state)
{
    const Fixture *place = *state;
    struct stat after;

    assert_true(write_night(place->path, "one", NULL));
    assert_int_equal(g_chmod(place->path, 0750), 0);
    assert_true(write_night(place->path, "two", NULL));
    assert_int_equal(stat(place->path, &after), 0);
    assert_int_equal(after.st_mode & 0777, 0750);
}

/*
 * Where the move-away fallback was interrupted, the folder is missing and its old files lie beside.
 */
static void
test_folder_that_was_moved_away_comes_back(void **state)
{
    const Fixture *place = *state;
    g_autofree char *old = g_build_filename(place->parent, ".out.virt-plan-old-abcdef", NULL);
    g_autoptr(GError) error = NULL;

    assert_true(write_night(place->path, "one", NULL));
    assert_int_equal(g_rename(place->path, old), 0);
    g_autoptr(FolderReplacement) folder = folder_replacement_begin(place->path, &error);
    assert_non_null(folder);
    assert_night(place->path, "one");
}

/* A child writes night after night and is killed at a random moment. */
static void
test_killed_writer_leaves_a_whole_folder(void **state)
{
    const Fixture *place = *state;
    guint32 seed = g_random_int();
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    print_message("seed %u\n", seed);
    assert_true(write_night(place->path, "0", NULL));
    for (guint crash = 0; crash < N_CRASHES; crash++) {
        pid_t child = fork();

        assert_true(child >= 0);
        for (guint night = 1; child == 0; night++) {
            g_autofree char *text = g_strdup_printf("%u-%u", crash, night);
            if (!write_night(place->path, text, NULL))
                _exit(1);
        }
        g_usleep((gulong)g_rand_int_range(random, 100, 20000));
        assert_int_equal(kill(child, SIGKILL), 0);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        g_autofree char *night = read_night(place->path);
        assert_non_null(night);
    }
    assert_true(write_night(place->path, "last", NULL));
    assert_night(place->path, "last");
    assert_int_equal(count_entries(place->parent), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folder_is_replaced_as_a_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_abandoned_replacement_is_undone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_files_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_folder_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_link_to_the_folder_is_followed_and_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_mode_of_the_folder_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folder_that_was_moved_away_comes_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_killed_writer_leaves_a_whole_folder, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
