/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_LAYOUT_H
#define INGEST_LAYOUT_H

/*
 * Whose document a file is, from where it lies. Documents do not carry the host's name.
 *
 * In a host's own folder, everything belongs to the host that the folder is named after, in its
 * subfolders too; elsewhere the file's name begins with the host's:
 *
 *     NAME/capabilities.xml            NAME.xml
 *     NAME/domcapabilities-q35.xml     NAME.domcapabilities.xml
 *     NAME/guests/GUEST.xml            NAME.GUEST.domain.xml
 *     NAME/versions.txt                NAME.versions.txt
 *
 * A folder is a host's own when a file in it has a name that says only what it is
 * (capabilities.xml), or when it holds exactly one host capabilities document beside others whose
 * names do not begin with a host's. A folder that was given itself is a host's own by the first
 * rule alone. An archive is a folder that is named after the archive.
 */

#include <glib.h>

G_BEGIN_DECLS

/* What is in a file, as far as it matters here. */
typedef enum {
    LAYOUT_KIND_OTHER,
    LAYOUT_KIND_HOST,     /* host capabilities, or a dump of the host's CPU */
    LAYOUT_KIND_SOFTWARE, /* versions of a host's software */
} LayoutKind;

/*
 * The name of the host that the file of that name alone tells: "web01" for "web01.xml". GUEST is
 * the name of the guest whose definition is in it, or NULL: it parts the dots of
 * NAME.GUEST.domain.xml. Owned by the caller.
 */
char *layout_host_of_file(const char *file_name, const char *guest);

/* TRUE for "NAME.GUEST.domain.xml": the name tells the host of a guest. */
gboolean layout_is_guest_of_host(const char *file_name);

/* TRUE when the name only says what the file is ("capabilities.xml", "domcaps-q35.xml"). */
gboolean layout_is_generic(const char *file_name);

/*
 * TRUE for "versions.txt", a name that files about other things have too: it says what the file is
 * only where the file holds LAYOUT_KIND_SOFTWARE.
 */
gboolean layout_is_software(const char *file_name);

/* A folder's name as a host's: without an archive's endings. Owned. */
char *layout_host_of_folder(const char *folder_name);

/* What is known of a folder from its files; zero it first. */
typedef struct {
    gboolean has_generic;
    guint n_hosts;  /* files of LAYOUT_KIND_HOST */
    guint n_others; /* the other files */
    guint n_named;  /* of them, those that name their host themselves */
} LayoutFolder;

void layout_folder_add(LayoutFolder *folder, const char *file_name, LayoutKind kind);
/* TRUE when what a further file holds does not matter any more. */
gboolean layout_folder_is_decided(const LayoutFolder *folder);
/* IS_GIVEN: it is one of the paths to read, not found below one. */
gboolean layout_folder_is_host(const LayoutFolder *folder, gboolean is_given);

G_END_DECLS

#endif
