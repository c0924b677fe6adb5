/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

/*
 * From files, folders, archives and standard input to documents.
 *
 * Sources are read by a pool of threads and handed, one SourceReading at a time, to a sink that the
 * caller gives, from the calling thread and in no particular order. Nothing in a
 * document makes ingest fetch anything, and no document stops it: what is wrong becomes a finding.
 */

#include <cpumodel/cpu_map.h>
#include <fleet/document.h>

G_BEGIN_DECLS

/* What an input may cost before it is refused; 0 takes the default. */
typedef struct {
    guint64 max_document_bytes;  /* one file or member of an archive; default 64 MiB */
    guint max_depth;             /* nested elements; default 200 */
    guint64 max_attribute_bytes; /* default 1 MiB */
    guint64 max_archive_bytes;   /* unpacked, of one archive; default 8 GiB */
    guint max_archive_members;   /* default 5 million */
} IngestLimits;

#define INGEST_IDLE_US (250 * G_TIME_SPAN_MILLISECOND)

/*
 * Where readings go. The is_known pair is called from many threads at the same time, all others
 * from the thread that ingests; one that returns FALSE with an error stops the whole ingest. What
 * they are given is borrowed, but for READING.
 */
typedef struct {
    /*
     * Was this source seen before? Called with path, size and mtime set and the hash zero (only
     * when is_mtime_trusted), then with the hash; TRUE skips it. NULL: no source was.
     */
    gboolean (*is_known)(const Source *source, gboolean has_hash, gpointer user_data);
    /* A source was found unchanged. May be NULL. */
    gboolean (*unchanged)(const Source *source, gpointer user_data, GError **error);
    /* A source was read. READING is the sink's to keep. */
    gboolean (*read)(SourceReading *reading, gpointer user_data, GError **error);

    /*
     * The same of an archive as a whole, which is not unpacked when it is known. NULL: archives are
     * unpacked, and the next two are not called; else these must be there.
     */
    gboolean (*is_known_archive)(const Source *archive, gboolean has_hash, gpointer user_data);
    /* An archive was found unchanged, and so all its members are. */
    gboolean (*unchanged_archive)(const Source *archive, gpointer user_data, GError **error);
    /*
     * All members of an archive were found, and nothing is wrong with it as an archive: told in any
     * order with what becomes of them.
     */
    gboolean (*read_archive)(const Source *archive, gpointer user_data, GError **error);

    /*
     * Nothing came for INGEST_IDLE_US, and what is awaited may take as long as a host or a disk
     * does: time to let go of what others wait for. May be NULL.
     */
    gboolean (*idle)(gpointer user_data, GError **error);
    /* For progress; N_TOTAL is 0 while it is not known. May be NULL. */
    void (*progress)(guint64 n_done, guint64 n_total, gpointer user_data);
    gpointer user_data;
} IngestSink;

typedef struct {
    const CpuMap *map;         /* to decode CPUID dumps */
    guint n_threads;           /* 0: one per processor */
    gboolean is_mtime_trusted; /* ask is_known by size and time first */
    const char *host_name; /* of everything that is read; NULL: from names, see docs/inputs.md */
    /* The caller's own files, passed over in folders without a word. NULL-terminated; NULL: none */
    const char *const *own_paths;
    IngestLimits limits;
} IngestOptions;

/*
 * The finding of a folder with nothing in it: an error, if there was something before, because a
 * disk that is not mounted looks like that; else nothing. The sink knows.
 */
#define INGEST_EMPTY_FOLDER "empty-folder"

/*
 * Reads every path (a file, a folder, an archive, "-") into SINK. FALSE only when the sink said so
 * or nothing at all could be done; a path that does not exist is a finding of its own reading.
 */
gboolean ingest_paths(const char *const *paths, guint n_paths, const IngestOptions *options,
                      const IngestSink *sink, GError **error);

/* Has NAME an ending of archives (".tar.gz", ".zip")? How a file is read, its bytes decide. */
gboolean ingest_is_archive_name(const char *name);

/* Reads one buffer as if it were the file NAME; for tests, fuzzers and live hosts. Thread-safe. */
SourceReading *ingest_buffer(const char *name, const char *bytes, gsize length,
                             const IngestOptions *options);

G_END_DECLS

#endif
