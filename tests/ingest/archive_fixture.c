/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "archive_fixture.h"
#include "ingest_fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

const ArchivePacking archive_packings[N_ARCHIVE_PACKINGS] = {
    {".tar", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_NONE},
    {".tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP},
    {".tar.xz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ},
    {".tar.zst", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_ZSTD},
    {".tar.bz2", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_BZIP2},
    {".zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
    {".xml", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP},
};

void
archive_fixture_write(const char *path, const ArchivePacking *packing, const ArchiveMember *list,
                      guint n)
{
    struct archive *archive = archive_write_new();

    assert_int_equal(archive_write_set_format(archive, packing->format), ARCHIVE_OK);
    assert_int_equal(archive_write_add_filter(archive, packing->filter), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    for (guint i = 0; i < n; i++) {
        struct archive_entry *entry = archive_entry_new();

        archive_entry_set_pathname(entry, list[i].name);
        archive_entry_set_perm(entry, 0644);
        if (list[i].text != NULL) {
            archive_entry_set_filetype(entry, AE_IFREG);
            archive_entry_set_size(entry, (gint64)strlen(list[i].text));
        } else {
            archive_entry_set_filetype(entry, AE_IFLNK);
            archive_entry_set_symlink(entry, "/etc/passwd");
        }
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        if (list[i].text != NULL)
            assert_int_equal(archive_write_data(archive, list[i].text, strlen(list[i].text)),
                             strlen(list[i].text));
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
}
