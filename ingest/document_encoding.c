/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The declaration keeps its length: the shorter name is followed by blanks behind its quote, so
 * that lines and bytes of what follows are those of the document.
 */

#include <ingest/document_encoding.h>

#include "text_encoding.h"

#include <string.h>

void
document_encoding_clear(DocumentEncoding *encoding)
{
    g_free(encoding->name);
    g_free(encoding->declaration);
    *encoding = (DocumentEncoding){0};
}

/* TRUE when the bytes are of an encoding whose units are wider than ASCII's. */
static gboolean
is_wide(const char *name, const char *bytes)
{
    return name != NULL && (g_str_has_prefix(name, "UTF-16") || g_str_has_prefix(name, "UTF-32")) &&
           !g_str_has_prefix(bytes, "<?xml");
}

/* Says UTF-8 in the XML declaration of TEXT, and keeps what it said. */
static void
rewrite_declaration(DocumentEncoding *encoding, char *text)
{
    const char *stop = g_str_has_prefix(text, "<?xml") ? strstr(text, "?>") : NULL;
    char *name = stop == NULL ? NULL : g_strstr_len(text, stop - text, "encoding");
    gsize n_name = 0;

    if (name == NULL)
        return;
    name += strcspn(name, "\"'");
    const char quote = *name++;
    while (name + n_name < stop && name[n_name] != quote)
        n_name++;
    if (name + n_name >= stop || n_name < strlen("UTF-8"))
        return;
    encoding->declaration = g_strndup(text, (gsize)(stop - text));
    memset(name, ' ', n_name + 1);
    memcpy(name, "UTF-8", strlen("UTF-8"));
    name[strlen("UTF-8")] = quote;
}

gboolean
document_encoding_decode(DocumentEncoding *encoding, char **text, gsize *length, GError **error)
{
    gsize n_mark = 0, n_decoded = 0;
    g_autofree char *name = text_encoding_claimed(*text, *length, &n_mark);

    document_encoding_clear(encoding);
    if (!is_wide(name, *text))
        return TRUE;
    char *decoded = g_convert(*text + n_mark, (gssize)(*length - n_mark), "UTF-8", name, NULL,
                              &n_decoded, error);
    if (decoded == NULL)
        return FALSE;
    encoding->n_mark = n_mark;
    memcpy(encoding->mark, *text, n_mark);
    encoding->name = g_steal_pointer(&name);
    rewrite_declaration(encoding, decoded);
    g_free(*text);
    *text = decoded;
    *length = n_decoded;
    return TRUE;
}

gboolean
document_encoding_encode(const DocumentEncoding *encoding, GString *text, GError **error)
{
    gsize n_encoded = 0;

    if (encoding->name == NULL)
        return TRUE;
    if (encoding->declaration != NULL)
        memcpy(text->str, encoding->declaration, strlen(encoding->declaration));
    g_autofree char *encoded =
        g_convert(text->str, (gssize)text->len, encoding->name, "UTF-8", NULL, &n_encoded, error);
    if (encoded == NULL)
        return FALSE;
    g_string_truncate(text, 0);
    g_string_append_len(text, encoding->mark, (gssize)encoding->n_mark);
    g_string_append_len(text, encoded, (gssize)n_encoded);
    return TRUE;
}
