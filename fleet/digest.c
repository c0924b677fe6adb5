/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "digest.h"

#include <cpumodel/text_list.h>
#include <string.h>

/* SHA-256 cut to 128 bits: enough against accidents and against documents made to collide. */
#define DIGEST_HEX_LENGTH 32
/* Most records are gathered without growing. */
#define USUAL_BYTES (16 << 10)

Digest *
digest_new(void)
{
    return g_byte_array_sized_new(USUAL_BYTES);
}

void
digest_add_number(Digest *digest, guint64 number)
{
    guint64 bytes = GUINT64_TO_LE(number);

    g_byte_array_append(digest, (const guint8 *)&bytes, sizeof bytes);
}

void
digest_add_string(Digest *digest, const char *text)
{
    gsize length = text != NULL ? strlen(text) : 0;
    guint64 prefix = GUINT64_TO_LE(text != NULL ? length : G_MAXUINT64);
    guint start = digest->len;

    /* One growth for both: domain capabilities have thousands of strings. */
    g_byte_array_set_size(digest, start + (guint)(sizeof prefix + length));
    memcpy(digest->data + start, &prefix, sizeof prefix);
    if (length > 0)
        memcpy(digest->data + start + sizeof prefix, text, length);
}

void
digest_add_strings(Digest *digest, const GPtrArray *strings)
{
    digest_add_number(digest, strings->len);
    for (guint i = 0; i < strings->len; i++)
        digest_add_string(digest, g_ptr_array_index(strings, i));
}

void
digest_add_string_set(Digest *digest, const GPtrArray *strings)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();

    for (guint i = 0; i < strings->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(strings, i));
    text_list_sort(sorted);
    digest_add_strings(digest, sorted);
}

void
digest_add_cpu(Digest *digest, const CpuDefinition *cpu)
{
    digest_add_number(digest, cpu != NULL);
    if (cpu == NULL)
        return;

    g_autoptr(GString) xml = g_string_new(NULL);
    cpu_definition_format(cpu, 0, xml);
    digest_add_string(digest, xml->str);
}

char *
digest_finish(Digest *digest)
{
    g_autoptr(GByteArray) bytes = digest;
    g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);

    return g_strndup(hex, DIGEST_HEX_LENGTH);
}
