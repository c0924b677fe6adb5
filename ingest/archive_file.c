/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The file is opened once for all that is done with it, so that one that is put in its place
 * meanwhile does not matter. One that is written to while it is read shows in its status.
 */

#include "archive_file.h"

#include "archive_source.h"
#include "file_time.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#define BLOCK_BYTES ((gsize)1 << 20)

Source *
archive_file_source(const char *path, const struct stat *status)
{
    Source *source = g_new0(Source, 1);

    source->path = g_utf8_make_valid(path, -1);
    source->size = (guint64)status->st_size;
    source->mtime_ns = file_time_ns(&status->st_mtim);
    return source;
}

gboolean
archive_file_open(ArchiveFile *file, const char *path)
{
    char head[ARCHIVE_HEAD_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    gssize n = fd == -1 ? -1 : read(fd, head, sizeof head);

    *file = (ArchiveFile){.fd = fd};
    if (n > 0 && archive_source_recognizes(head, (gsize)n) && fstat(fd, &file->status) == 0 &&
        S_ISREG(file->status.st_mode)) {
        file->source = archive_file_source(path, &file->status);
        return TRUE;
    }
    archive_file_close(file);
    return FALSE;
}

void
archive_file_close(ArchiveFile *file)
{
    if (file->fd != -1)
        close(file->fd);
    file->fd = -1;
    g_clear_pointer(&file->source, source_free);
}

gboolean
archive_file_hash(ArchiveFile *file)
{
    g_autofree char *block = g_malloc(BLOCK_BYTES);
    XXH3_state_t *state = XXH3_createState();
    off_t offset = 0;
    gssize n;

    if (state == NULL)
        g_error("out of memory");
    XXH3_128bits_reset(state);
    do {
        n = pread(file->fd, block, BLOCK_BYTES, offset);
        if (n > 0) {
            XXH3_128bits_update(state, block, (gsize)n);
            offset += n;
        }
    } while (n > 0 || (n < 0 && errno == EINTR));
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    file->source->hash[0] = hash.high64;
    file->source->hash[1] = hash.low64;
    return n == 0;
}

gboolean
archive_file_is_same(const ArchiveFile *file)
{
    struct stat now;

    return fstat(file->fd, &now) == 0 && now.st_size == file->status.st_size &&
           file_time_ns(&now.st_mtim) == file_time_ns(&file->status.st_mtim) &&
           file_time_ns(&now.st_ctim) == file_time_ns(&file->status.st_ctim);
}
