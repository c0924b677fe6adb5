/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <cpumodel/text_list.h>

#include <string.h>

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
text_list_sort(GPtrArray *texts)
{
    g_ptr_array_sort(texts, compare_texts);
}

gboolean
text_list_has(const GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++)
        if (strcmp(g_ptr_array_index(texts, i), text) == 0)
            return TRUE;
    return FALSE;
}
