/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "abi_comparison.h"

static void
difference_free(gpointer data)
{
    AbiDifference *difference = data;

    g_free(difference->device);
    g_free(difference->property);
    g_free(difference->values[0]);
    g_free(difference->values[1]);
    g_free(difference);
}

void
abi_comparison_init(AbiComparison *comparison, const AbiSide *left, const AbiSide *right)
{
    comparison->sides[0] = left;
    comparison->sides[1] = right;
    comparison->differences = g_ptr_array_new_with_free_func(difference_free);
}

void
abi_comparison_add(AbiComparison *comparison, const char *device, const AbiRule *rule,
                   const char *name, const char *const values[2], const guint lines[2])
{
    AbiDifference *difference = g_new0(AbiDifference, 1);

    difference->device = g_strdup(device);
    difference->property = g_strdup(name);
    difference->why = rule->why;
    difference->is_unchecked = rule->is_unchecked;
    for (guint i = 0; i < 2; i++) {
        difference->values[i] = g_strdup(values[i]);
        difference->lines[i] = lines[i];
    }
    g_ptr_array_add(comparison->differences, difference);
}
