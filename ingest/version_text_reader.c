/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lines that begin with a known label carry a version. All others are for people and are passed
 * over: what virsh says of other hypervisors than QEMU, and of what it was compiled against, too.
 * virsh may have been run elsewhere than the daemon that it asks, so its own library's version
 * counts only where no daemon tells one.
 */

#include "version_text_reader.h"

#include <cpumodel/version.h>
#include <string.h>

G_DEFINE_QUARK(virt_plan_version_text_reader_error_quark, version_text_reader_error)

/* Linux has room for so much of a release's name. */
#define MAX_VERSION_LENGTH 64
#define MAX_QUOTED_LENGTH 40

/* Of two forms about the same software, the first counts. */
static const struct {
    const char *label;
    Software software;
    gboolean has_suffix; /* behind the numbers: "6.1.0-28-amd64" */
} forms[] = {
    {VERSION_TEXT_QEMU, SOFTWARE_QEMU, FALSE},
    {VERSION_TEXT_DAEMON, SOFTWARE_LIBVIRT, FALSE},
    {"Using library: libvirt", SOFTWARE_LIBVIRT, FALSE},
    {"Linux", SOFTWARE_KERNEL, TRUE},
};

/* What stands behind a label. */
typedef struct {
    guint form; /* G_N_ELEMENTS(forms): the line has no label */
    const char *text;
    gsize length;
} Told;

/* ---- lines ---------------------------------------------------------------------------------- */

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void
strip(const char **start, const char **stop)
{
    while (*start < *stop && is_blank(**start))
        (*start)++;
    while (*start < *stop && is_blank((*stop)[-1]))
        (*stop)--;
}

/* Moves CURSOR behind its line. */
static Told
take_line(const char **cursor, const char *end)
{
    const char *start = *cursor;
    const char *stop = memchr(start, '\n', (gsize)(end - start));
    Told told = {.form = 0};

    stop = stop == NULL ? end : stop;
    *cursor = stop == end ? end : stop + 1;
    strip(&start, &stop);
    for (; told.form < G_N_ELEMENTS(forms); told.form++) {
        const gsize label = strlen(forms[told.form].label), line = (gsize)(stop - start);

        if (line < label || memcmp(start, forms[told.form].label, label) != 0 ||
            (line > label && !is_blank(start[label])))
            continue;
        start += label;
        strip(&start, &stop);
        break;
    }
    told.text = start;
    told.length = (gsize)(stop - start);
    return told;
}

static gboolean
is_suffix(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!g_ascii_isalnum(*text) && strchr("._+~:-", *text) == NULL)
            return FALSE;
    }
    return TRUE;
}

/* Two or three numbers with dots between them, and no more but what FORM allows. */
static gboolean
is_version(const char *text, guint form)
{
    const char *rest;
    guint version;
    const guint n = version_read(text, &version, &rest);

    if (n < 2 || strlen(text) > MAX_VERSION_LENGTH || (n == 2 && *rest == '.'))
        return FALSE;
    return *rest == '\0' || (forms[form].has_suffix && is_suffix(rest));
}

/* ---- the text ------------------------------------------------------------------------------- */

gboolean
version_text_reader_recognizes(const char *bytes, gsize length)
{
    const char *cursor = bytes, *end = bytes + length;

    while (cursor < end) {
        const Told told = take_line(&cursor, end);

        if (told.form < G_N_ELEMENTS(forms) && told.length > 0 && g_ascii_isdigit(*told.text))
            return TRUE;
    }
    return FALSE;
}

/* The version as it is told, or NULL with an error. BEFORE: what an earlier line told; or NULL. */
static char *
read_version(const Told *told, guint line, const char *before, GError **error)
{
    g_autofree char *version = g_strndup(told->text, told->length);
    const char *label = forms[told->form].label;
    const gboolean is_well = is_version(version, told->form);

    if (is_well && (before == NULL || strcmp(before, version) == 0))
        return g_steal_pointer(&version);
    g_autofree char *quoted =
        g_utf8_make_valid(told->text, (gssize)MIN(told->length, MAX_QUOTED_LENGTH));
    if (!is_well)
        g_set_error(error, VERSION_TEXT_READER_ERROR, VERSION_TEXT_READER_ERROR_INVALID,
                    "line %u: '%s' behind '%s' is no version", line, quoted, label);
    else
        g_set_error(error, VERSION_TEXT_READER_ERROR, VERSION_TEXT_READER_ERROR_CONTRADICTION,
                    "line %u: '%s' is told twice: %s here, %s before", line, label, quoted, before);
    return NULL;
}

HostSoftware *
version_text_reader_parse(const char *bytes, gsize length, GError **error)
{
    const char *cursor = bytes, *end = bytes + length;
    char *versions[G_N_ELEMENTS(forms)] = {0};
    HostSoftware *software = host_software_new();
    gboolean is_well = TRUE;

    for (guint line = 1; is_well && cursor < end; line++) {
        const Told told = take_line(&cursor, end);

        if (told.form == G_N_ELEMENTS(forms))
            continue;
        char *version = read_version(&told, line, versions[told.form], error);
        is_well = version != NULL;
        g_free(versions[told.form]);
        versions[told.form] = version;
    }
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        char **slot = &software->versions[forms[i].software];

        if (*slot == NULL)
            *slot = g_steal_pointer(&versions[i]);
        g_free(versions[i]);
    }
    if (!is_well)
        g_clear_pointer(&software, host_software_free);
    return software;
}
