/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout.h"

#include <ingest/ingest.h>
#include <string.h>

#define GUEST_ENDING ".domain"

/* Endings that say how a file is written, taken off from the right as long as there is one. */
static const char *const format_endings[] = {
    ".xml", ".txt", ".json", ".cpuid", ".gz", ".xz", ".bz2", ".zst", ".lz4", ".lzma", ".Z",
};

static const char *const archive_endings[] = {
    ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tar.lz4", ".tar.lzma", ".tar.Z",
    ".tgz",    ".txz",    ".tbz2",    ".tzst",    ".tar",     ".zip",
};

/* Words that say what a document is, alone or before a '-', '_' or '.'. */
static const char *const kind_words[] = {
    "domcapabilities",
    "domcaps",
    "domain-capabilities",
    "capabilities",
    "caps",
    "host-capabilities",
    "hostcaps",
    "cpuid",
    "cpudata",
    "qmp",
    "query-cpu-model-expansion",
    "query-cpu-definitions",
};

/* Endings of a name that say what the document is, after the host's name. */
static const char *const kind_endings[] = {
    ".capabilities", ".caps", ".domcapabilities", ".domcaps", ".cpuid",
    ".cpudata",      ".qmp",  ".versions",
};

static gboolean
take_ending(char *name, const char *const *endings, guint n_endings)
{
    for (guint i = 0; i < n_endings; i++) {
        gsize length = strlen(name), ending = strlen(endings[i]);

        if (length > ending && g_ascii_strcasecmp(name + length - ending, endings[i]) == 0) {
            name[length - ending] = '\0';
            return TRUE;
        }
    }
    return FALSE;
}

static char *
without_format(const char *file_name)
{
    char *name = g_strdup(file_name);

    while (take_ending(name, format_endings, G_N_ELEMENTS(format_endings)))
        continue;
    return name;
}

/* Is NAME the word, alone or with something set off behind it? */
static gboolean
is_word(const char *name, const char *word)
{
    const gsize length = strlen(word);

    return g_ascii_strncasecmp(name, word, length) == 0 &&
           (name[length] == '\0' || strchr("-_.", name[length]) != NULL);
}

gboolean
layout_is_generic(const char *file_name)
{
    g_autofree char *name = without_format(file_name);

    for (guint i = 0; i < G_N_ELEMENTS(kind_words); i++) {
        if (is_word(name, kind_words[i]))
            return TRUE;
    }
    return FALSE;
}

gboolean
layout_is_software(const char *file_name)
{
    g_autofree char *name = without_format(file_name);

    return is_word(name, "versions");
}

gboolean
layout_is_guest_of_host(const char *file_name)
{
    g_autofree char *name = without_format(file_name);

    return g_str_has_suffix(name, GUEST_ENDING) && strlen(name) > strlen(GUEST_ENDING);
}

/* NAME.GUEST: both may have dots in them, so the guest's name decides, else the first dot. */
static void
take_guest(char *name, const char *guest)
{
    gsize length = strlen(name), guest_length = guest == NULL ? 0 : strlen(guest);
    char *dot = NULL;

    if (guest_length > 0 && length > guest_length + 1 && g_str_has_suffix(name, guest) &&
        name[length - guest_length - 1] == '.')
        dot = name + length - guest_length - 1;
    else if (length > 1)
        dot = strchr(name + 1, '.');
    if (dot != NULL)
        *dot = '\0';
}

/* NAME.domcapabilities.q35 and NAME.domcapabilities-q35 */
static void
take_middle(char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(kind_endings); i++) {
        char *middle = strstr(name, kind_endings[i]);

        if (middle != NULL && middle != name && strchr("-_.", middle[strlen(kind_endings[i])])) {
            *middle = '\0';
            return;
        }
    }
}

char *
layout_host_of_file(const char *file_name, const char *guest)
{
    char *name = without_format(file_name);

    if (take_ending(name, (const char *const[]){GUEST_ENDING}, 1))
        take_guest(name, guest);
    else if (!take_ending(name, kind_endings, G_N_ELEMENTS(kind_endings)))
        take_middle(name);
    return name;
}

char *
layout_host_of_folder(const char *folder_name)
{
    char *name = g_strdup(folder_name);

    take_ending(name, archive_endings, G_N_ELEMENTS(archive_endings));
    return name;
}

gboolean
ingest_is_archive_name(const char *name)
{
    g_autofree char *rest = g_strdup(name);

    return take_ending(rest, archive_endings, G_N_ELEMENTS(archive_endings));
}

void
layout_folder_add(LayoutFolder *folder, const char *file_name, LayoutKind kind)
{
    g_autofree char *name = without_format(file_name);

    if (layout_is_generic(file_name) ||
        (kind == LAYOUT_KIND_SOFTWARE && layout_is_software(file_name))) {
        folder->has_generic = TRUE;
    } else if (kind == LAYOUT_KIND_HOST) {
        folder->n_hosts++;
    } else {
        folder->n_others++;
        folder->n_named += strchr(name, '.') != NULL;
    }
}

gboolean
layout_folder_is_decided(const LayoutFolder *folder)
{
    return folder->has_generic || folder->n_hosts > 1 || folder->n_named > 0;
}

gboolean
layout_folder_is_host(const LayoutFolder *folder, gboolean is_given)
{
    if (folder->has_generic)
        return TRUE;
    return !is_given && folder->n_hosts == 1 && folder->n_others > 0 && folder->n_named == 0;
}
