/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Outcomes and their reasons. The same reason stands in the outcomes of many pairs, subjects and
 * guests, so the document has one list of all reasons, and outcomes name them by position. Reasons
 * are the same when they say the same.
 */

#include "plan_json.h"

struct BlockerTable {
    GHashTable *indexes; /* const Blocker* -> position */
    GArray *blockers;    /* of const Blocker* */
};

static guint
hash_blocker(gconstpointer key)
{
    const Blocker *blocker = key;

    return g_str_hash(blocker->check) ^ (blocker->text != NULL ? g_str_hash(blocker->text) : 0);
}

static gboolean
equal_lists(const GPtrArray *a, const GPtrArray *b)
{
    guint n = a != NULL ? a->len : 0;

    if (n != (b != NULL ? b->len : 0))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (g_strcmp0(a->pdata[i], b->pdata[i]) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
equal_blockers(gconstpointer a, gconstpointer b)
{
    const Blocker *left = a, *right = b;

    return left->severity == right->severity && g_strcmp0(left->check, right->check) == 0 &&
           g_strcmp0(left->text, right->text) == 0 && g_strcmp0(left->remedy, right->remedy) == 0 &&
           equal_lists(left->features, right->features);
}

BlockerTable *
blocker_table_new(void)
{
    BlockerTable *table = g_new0(BlockerTable, 1);

    table->indexes = g_hash_table_new(hash_blocker, equal_blockers);
    table->blockers = g_array_new(FALSE, FALSE, sizeof(const Blocker *));
    return table;
}

void
blocker_table_free(BlockerTable *table)
{
    if (table == NULL)
        return;
    g_hash_table_unref(table->indexes);
    g_array_unref(table->blockers);
    g_free(table);
}

guint32
blocker_table_index(BlockerTable *table, Blocker *blocker)
{
    gpointer index = NULL;

    if (!g_hash_table_lookup_extended(table->indexes, blocker, NULL, &index)) {
        index = GUINT_TO_POINTER(table->blockers->len);
        g_hash_table_insert(table->indexes, blocker, index);
        g_array_append_val(table->blockers, blocker);
    }
    return GPOINTER_TO_UINT(index);
}

void
plan_json_outcomes(JsonWriter *json, const GPtrArray *outcomes, BlockerTable *table)
{
    json_begin_array(json, "outcomes");
    for (guint i = 0; i < outcomes->len; i++) {
        const Outcome *outcome = outcomes->pdata[i];

        json_begin_object(json, NULL);
        json_string(json, "verdict", verdict_name(outcome->verdict));
        json_begin_line(json, "blockers");
        for (guint b = 0; b < outcome->blockers->len; b++)
            json_number(json, NULL, blocker_table_index(table, outcome->blockers->pdata[b]));
        json_end_line(json);
        json_end_object(json);
    }
    json_end_array(json);
}

void
plan_json_blockers(JsonWriter *json, const BlockerTable *table)
{
    json_begin_array(json, "blockers");
    for (guint i = 0; i < table->blockers->len; i++) {
        const Blocker *blocker = g_array_index(table->blockers, const Blocker *, i);

        json_begin_object(json, NULL);
        json_string(json, "check", blocker->check);
        json_string(json, "severity", verdict_name(blocker->severity));
        json_string(json, "text", blocker->text);
        json_string(json, "remedy", blocker->remedy);
        json_strings(json, "features", blocker->features);
        json_end_object(json);
    }
    json_end_array(json);
}
