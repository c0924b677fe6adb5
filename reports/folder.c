/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Beside the folder NAME there may be
 *
 *   .NAME.virt-plan-new-XXXXXX   files being written, locked by who writes them; or, after the
 *                                exchange, the files of before, on their way out
 *   .NAME.virt-plan-old-XXXXXX   the files of before where the file system cannot exchange two
 *                                folders and NAME was moved away first; moved back when NAME is
 *                                missing
 *
 * Inside each folder that was written completely is a manifest, the list of its files, which tells
 * them from files that somebody else put there. It is written last.
 *
 * Left out: ownership and extended attributes of the folder are not carried over.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST ".virt-plan-files"
#define NEW_INFIX ".virt-plan-new-"
#define OLD_INFIX ".virt-plan-old-"

struct FolderReplacement {
    char *path; /* the folder, links resolved */
    char *parent;
    char *base; /* its last component */
    char *staging;
    int lock;         /* of the staging folder */
    GPtrArray *names; /* of char*: files added */
};

static gboolean
fail(GError **error, const char *what, const char *path)
{
    int code = errno;

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "cannot %s '%s': %s",
                what, path, g_strerror(code));
    return FALSE;
}

/* ---- taking files away ---------------------------------------------------------------------- */

/* Removes PATH and all below it, not following links. */
static void
remove_tree(const char *path)
{
    GDir *dir = NULL;
    const char *name;

    if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        dir = g_dir_open(path, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_clear_pointer(&dir, g_dir_close);
    (void)remove(path);
}

/* A name of a manifest: relative, and never upwards. */
static gboolean
is_own_name(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        if (*parts[i] == '\0' || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0)
            return FALSE;
    }
    return parts[0] != NULL;
}

/*
 * Removes the files that the manifest of FOLDER lists, and their folders when they are then empty.
 */
static void
remove_listed(const char *folder)
{
    g_autofree char *manifest = g_build_filename(folder, MANIFEST, NULL);
    g_autofree char *list = NULL;

    if (!g_file_get_contents(manifest, &list, NULL, NULL))
        return;
    g_auto(GStrv) names = g_strsplit(list, "\n", -1);
    for (guint i = 0; names[i] != NULL; i++) {
        if (!is_own_name(names[i]))
            continue;
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autofree char *parent = g_path_get_dirname(path);

        (void)g_unlink(path);
        if (strcmp(parent, folder) != 0)
            (void)g_rmdir(parent);
    }
    (void)g_unlink(manifest);
}

/* Moves what is in FROM into TO where TO has nothing of that name. */
static void
move_rest(const char *from, const char *to)
{
    GDir *dir = g_dir_open(from, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *target = g_build_filename(to, name, NULL);

        (void)renameat2(AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE);
    }
    g_clear_pointer(&dir, g_dir_close);
}

/* FOLDER was replaced by TO: takes its listed files away and keeps the others in TO. */
static void
retire(const char *folder, const char *to)
{
    g_autofree char *manifest = g_build_filename(folder, MANIFEST, NULL);

    if (!g_file_test(manifest, G_FILE_TEST_EXISTS)) {
        remove_tree(folder);
        return;
    }
    remove_listed(folder);
    move_rest(folder, to);
    (void)g_rmdir(folder);
}

/* ---- what a crash left ---------------------------------------------------------------------- */

/* Nobody writes PATH any more. */
static gboolean
is_abandoned(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    gboolean is_free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return is_free;
}

static void
heal(const FolderReplacement *folder)
{
    g_autofree char *new_prefix = g_strconcat(".", folder->base, NEW_INFIX, NULL);
    g_autofree char *old_prefix = g_strconcat(".", folder->base, OLD_INFIX, NULL);
    GDir *dir = g_dir_open(folder->parent, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder->parent, name, NULL);
        gboolean is_old = g_str_has_prefix(name, old_prefix);

        if (!is_old && !g_str_has_prefix(name, new_prefix))
            continue;
        if (is_old && g_access(folder->path, F_OK) != 0)
            (void)g_rename(path, folder->path);
        else if (is_abandoned(path))
            retire(path, folder->path);
    }
    g_clear_pointer(&dir, g_dir_close);
}

/* ---- replacing ------------------------------------------------------------------------------ */

/* A folder that has files, and none of ours, is not one to replace. */
static gboolean
check_target(const char *path, GError **error)
{
    g_autofree char *manifest = g_build_filename(path, MANIFEST, NULL);
    GDir *dir;
    gboolean is_empty;

    if (g_access(path, F_OK) != 0 || g_file_test(manifest, G_FILE_TEST_EXISTS))
        return TRUE;
    dir = g_dir_open(path, 0, error);
    if (dir == NULL)
        return FALSE;
    is_empty = g_dir_read_name(dir) == NULL;
    g_dir_close(dir);
    if (is_empty)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "'%s' has files that virt-plan did not write: name a new or an empty folder", path);
    return FALSE;
}

static gboolean
stage(FolderReplacement *folder, GError **error)
{
    g_autofree char *name = g_strconcat(".", folder->base, NEW_INFIX, "XXXXXX", NULL);
    struct stat before;

    folder->staging = g_build_filename(folder->parent, name, NULL);
    if (g_mkdtemp_full(folder->staging, 0777) == NULL) {
        gboolean result = fail(error, "create a folder beside", folder->path);

        g_clear_pointer(&folder->staging, g_free);
        return result;
    }
    folder->lock = open(folder->staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->lock < 0 || flock(folder->lock, LOCK_EX | LOCK_NB) != 0)
        return fail(error, "lock", folder->staging);
    if (stat(folder->path, &before) == 0)
        (void)fchmod(folder->lock, before.st_mode & 07777);
    return TRUE;
}

FolderReplacement *
folder_replacement_begin(const char *path, GError **error)
{
    g_autoptr(FolderReplacement) folder = g_new0(FolderReplacement, 1);
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    char *resolved = realpath(absolute, NULL);

    folder->lock = -1;
    folder->names = g_ptr_array_new_with_free_func(g_free);
    folder->path = g_strdup(resolved != NULL ? resolved : absolute);
    free(resolved);
    folder->parent = g_path_get_dirname(folder->path);
    folder->base = g_path_get_basename(folder->path);
    if (g_mkdir_with_parents(folder->parent, 0777) != 0) {
        fail(error, "create", folder->parent);
        return NULL;
    }
    heal(folder);
    if (!check_target(folder->path, error) || !stage(folder, error))
        return NULL;
    return g_steal_pointer(&folder);
}

char *
folder_replacement_add(FolderReplacement *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder->staging, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_assert(is_own_name(name));
    if (g_mkdir_with_parents(parent, 0777) != 0) {
        fail(error, "create", parent);
        return NULL;
    }
    g_ptr_array_add(folder->names, g_strdup(name));
    return g_steal_pointer(&path);
}

/* A file or a folder. */
static gboolean
sync_path(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail(error, "open", path);
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
        fail(error, "sync", path);
        close(fd);
        return FALSE;
    }
    close(fd);
    return TRUE;
}

static gboolean
write_manifest(FolderReplacement *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder->staging, MANIFEST, NULL);
    Output output;

    if (!output_init_file(&output, path, error))
        return FALSE;
    for (guint i = 0; i < folder->names->len; i++)
        g_string_append_printf(output.text, "%s\n", (const char *)folder->names->pdata[i]);
    return output_finish(&output, error);
}

/*
 * Syncs each file, each sub-folder and the staging folder itself. When all is written, not file by
 * file before that, the first sync does most of the work for all.
 */
static gboolean
sync_all(FolderReplacement *folder, GError **error)
{
    g_autofree char *last = NULL;

    for (guint i = 0; i < folder->names->len; i++) {
        g_autofree char *path = g_build_filename(folder->staging, folder->names->pdata[i], NULL);
        g_autofree char *parent = g_path_get_dirname(path);

        if (!sync_path(path, error))
            return FALSE;
        if (g_strcmp0(parent, last) == 0)
            continue;
        if (!sync_path(parent, error))
            return FALSE;
        g_free(last);
        last = g_steal_pointer(&parent);
    }
    g_autofree char *manifest = g_build_filename(folder->staging, MANIFEST, NULL);
    return sync_path(manifest, error) && sync_path(folder->staging, error);
}

/* For file systems that cannot exchange: moves the old folder away first. */
static gboolean
swap_by_moving(FolderReplacement *folder, GError **error)
{
    g_autofree char *suffix = g_strdup(folder->staging + strlen(folder->staging) - 6);
    g_autofree char *name = g_strconcat(".", folder->base, OLD_INFIX, suffix, NULL);
    g_autofree char *old = g_build_filename(folder->parent, name, NULL);

    if (g_rename(folder->path, old) != 0)
        return fail(error, "move away", folder->path);
    if (g_rename(folder->staging, folder->path) != 0) {
        fail(error, "put in place", folder->path);
        (void)g_rename(old, folder->path);
        return FALSE;
    }
    g_free(folder->staging);
    folder->staging = g_steal_pointer(&old);
    return TRUE;
}

gboolean
folder_replacement_commit(FolderReplacement *folder, GError **error)
{
    if (!write_manifest(folder, error) || !sync_all(folder, error))
        return FALSE;
    if (renameat2(AT_FDCWD, folder->staging, AT_FDCWD, folder->path, RENAME_NOREPLACE) == 0 ||
        (errno == EINVAL && g_access(folder->path, F_OK) != 0 &&
         g_rename(folder->staging, folder->path) == 0)) {
        g_clear_pointer(&folder->staging, g_free);
        return sync_path(folder->parent, error);
    }
    if (renameat2(AT_FDCWD, folder->staging, AT_FDCWD, folder->path, RENAME_EXCHANGE) != 0) {
        if (errno != EINVAL && errno != ENOSYS)
            return fail(error, "put in place", folder->path);
        if (!swap_by_moving(folder, error))
            return FALSE;
    }
    if (!sync_path(folder->parent, error))
        return FALSE;
    retire(folder->staging, folder->path);
    g_clear_pointer(&folder->staging, g_free);
    return TRUE;
}

void
folder_replacement_free(FolderReplacement *folder)
{
    if (folder == NULL)
        return;
    if (folder->staging != NULL)
        retire(folder->staging, folder->path);
    if (folder->lock >= 0)
        close(folder->lock);
    g_ptr_array_unref(folder->names);
    g_free(folder->staging);
    g_free(folder->path);
    g_free(folder->parent);
    g_free(folder->base);
    g_free(folder);
}
