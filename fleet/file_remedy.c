/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/file_remedy.h>

#include <errno.h>

static const struct {
    GFileError code;
    const char *remedy;
} remedies[] = {
    {G_FILE_ERROR_NOSPC, "make room on its disk"},
    {G_FILE_ERROR_IO, "check its disk for errors"},
    {G_FILE_ERROR_ACCES, "let this user write there, or name another place"},
    {G_FILE_ERROR_PERM, "let this user write there, or name another place"},
    {G_FILE_ERROR_ROFS, "name a place that can be written"},
};

const char *
file_remedy_of_reading(int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return "check the path";
    case EACCES:
    case EPERM:
        return "let this user read it";
    case EISDIR:
        return "name a file in it";
    case ELOOP:
        return "name the file itself, its symbolic links lead nowhere";
    case EIO:
        return "check its disk for errors";
    default:
        return "check the path and what is there";
    }
}

void
file_remedy_append(GError **error)
{
    if (error == NULL || *error == NULL || (*error)->domain != G_FILE_ERROR)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(remedies); i++) {
        if ((*error)->code != (gint)remedies[i].code)
            continue;
        char *message = g_strconcat((*error)->message, ": ", remedies[i].remedy, NULL);
        g_free((*error)->message);
        (*error)->message = message;
        return;
    }
}
