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
