/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two systems of one name. Capabilities carry the UUID of their system, so reports of two UUIDs
 * that are there at the same time are of two systems, of which only one can be the host: the one
 * that it was before the run, as long as the run met a document of it; else the newest that the run
 * met. So a system that was installed anew in its old place is the host with another UUID, and two
 * systems that share a name do not take turns. The others are in quarantine until they have names
 * of their own; nothing that is known of them is told of the host.
 *
 * Guests, domain capabilities and versions do not say which system they are of. They are of the one
 * whose report lies nearest, by the folders that their places share. Those that lie as near to
 * another one are ambiguous: a guest stays with the name, as its file says, but domain capabilities
 * and versions could promise what the host cannot do, and do not count.
 */

#include "host_documents.h"

#include <fleet/words.h>
#include <string.h>

#define NAMESAKE_ID "host-name-shared"

static gboolean
is_same_system(const char *a, const char *b)
{
    return g_ascii_strcasecmp(a, b) == 0;
}

static gboolean
is_shared(const GPtrArray *list)
{
    const char *first = NULL;

    for (guint i = 0; i < list->len; i++) {
        const HostDocument *document = g_ptr_array_index(list, i);

        if (first == NULL)
            first = document->uuid;
        else if (document->uuid != NULL && !is_same_system(first, document->uuid))
            return TRUE;
    }
    return FALSE;
}

/* ---- whose the name is ----------------------------------------------------------------------- */

QUERY(select_uuid_before,
      "SELECT uuid FROM host_state JOIN host_report ON host_report.id = host_report_id"
      " WHERE host_state.host_id = :host AND first_run < :run ORDER BY first_run DESC LIMIT 1");

/* The UUID that the host had before this run; NULL when it had none. Owned by the caller. */
static gboolean
read_uuid_before(Inventory *inventory, gint64 host, char **ret_uuid, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_uuid_before);

    statement_bind_int(statement, ":host", host);
    statement_bind_int(statement, ":run", inventory->open_run.id);
    *ret_uuid = statement_next(statement) ? g_strdup(statement_text(statement, "uuid")) : NULL;
    return statement_finish(statement, error);
}

/* The newest report of the system that has the name. BEFORE: the UUID that the host had. */
static const HostDocument *
find_owner(Inventory *inventory, const GPtrArray *list, const char *before)
{
    const HostDocument *owner = NULL;
    gboolean is_owner_met = FALSE, is_owner_old = FALSE;

    for (guint i = 0; i < list->len; i++) {
        const HostDocument *document = g_ptr_array_index(list, i);

        if (document->uuid == NULL)
            continue;
        gboolean is_met = source_is_seen(inventory, document->source);
        gboolean is_old = before != NULL && is_same_system(document->uuid, before);
        gboolean is_worse = is_met != is_owner_met ? is_owner_met : is_owner_old && !is_old;
        if (owner != NULL && is_worse)
            continue;
        owner = document;
        is_owner_met = is_met;
        is_owner_old = is_old;
    }
    return owner;
}

/* ---- which documents are of which system ----------------------------------------------------- */

/* How much of their paths two places share, in whole folders; all of it for one source. */
static gsize
nearness(const char *a, const char *b)
{
    gsize n_folders = 0;

    if (strcmp(a, b) == 0)
        return G_MAXSIZE;
    for (gsize i = 0; a[i] == b[i]; i++) {
        if (a[i] == '/')
            n_folders++;
    }
    return n_folders;
}

/* The UUID of the other system that DOCUMENT, which tells none itself, is of; NULL: the owner. */
static const char *
find_stranger(const GPtrArray *list, const HostDocument *document, const char *owner)
{
    const HostDocument *other = NULL;
    gsize own_nearness = 0, other_nearness = 0;

    for (guint i = 0; i < list->len; i++) {
        const HostDocument *report = g_ptr_array_index(list, i);

        if (report->uuid == NULL)
            continue;
        gsize near = nearness(report->place, document->place);
        if (is_same_system(report->uuid, owner)) {
            own_nearness = MAX(own_nearness, near);
        } else if (other == NULL || near >= other_nearness) {
            other = report;
            other_nearness = near;
        }
    }
    gboolean is_promise = document->domain != 0 || document->software != NULL;
    gboolean is_other = is_promise ? other_nearness >= own_nearness : other_nearness > own_nearness;
    return is_other && other != NULL ? other->uuid : NULL;
}

static void
part_documents(GPtrArray *list, const char *owner)
{
    for (guint i = 0; i < list->len; i++) {
        HostDocument *document = g_ptr_array_index(list, i);

        if (document->uuid == NULL)
            document->stranger = find_stranger(list, document, owner);
        else if (!is_same_system(document->uuid, owner))
            document->stranger = document->uuid;
    }
}

/* ---- telling --------------------------------------------------------------------------------- */

/* Documents without a UUID that lie with the system of UUID. */
static guint
count_company(const GPtrArray *list, const char *uuid)
{
    guint n = 0;

    for (guint i = 0; i < list->len; i++) {
        const HostDocument *document = g_ptr_array_index(list, i);

        n += document->uuid == NULL && document->stranger != NULL &&
             is_same_system(document->stranger, uuid);
    }
    return n;
}

static Finding *
namesake_finding(const char *name, const GPtrArray *list, const HostDocument *report,
                 const HostDocument *owner)
{
    guint n_company = count_company(list, report->uuid);
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text,
                           "two systems are called %s: %s (UUID %s) is taken for it, and this one "
                           "(UUID %s) is left out",
                           name, owner->place, owner->uuid, report->uuid);
    if (n_company > 0)
        g_string_append_printf(text, ", with what else lies there (%u document%s)", n_company,
                               words_plural(n_company));
    Finding *finding =
        finding_new(FINDING_ERROR, NAMESAKE_ID, text->str,
                    "give each system a name of its own, by the name of its folder or file, or "
                    "remove what is left of a system that is no more");

    finding->host = g_strdup(name);
    finding->source = g_strdup(report->place);
    return finding;
}

/* One finding for each other system, about its newest report. */
static void
tell_strangers(const char *name, HostDocuments *documents, const HostDocument *owner)
{
    const GPtrArray *list = documents->list;
    g_autoptr(GPtrArray) told = g_ptr_array_new();

    for (guint i = list->len; i-- > 0;) {
        const HostDocument *report = g_ptr_array_index(list, i);
        gboolean is_told = report->uuid == NULL || report->stranger == NULL;

        for (guint j = 0; !is_told && j < told->len; j++)
            is_told = is_same_system(g_ptr_array_index(told, j), report->uuid);
        if (is_told)
            continue;
        g_ptr_array_add(told, report->uuid);
        g_ptr_array_add(documents->findings, namesake_finding(name, list, report, owner));
    }
}

gboolean
namesakes_part(Inventory *inventory, gint64 host, const char *name, HostDocuments *documents,
               GError **error)
{
    g_autofree char *before = NULL;

    if (!is_shared(documents->list))
        return TRUE;
    if (!read_uuid_before(inventory, host, &before, error))
        return FALSE;
    const HostDocument *owner = find_owner(inventory, documents->list, before);
    part_documents(documents->list, owner->uuid);
    tell_strangers(name, documents, owner);
    return TRUE;
}

QUERY(select_shared, "SELECT id FROM host WHERE name IN (SELECT host FROM finding"
                     " INDEXED BY finding_of_host WHERE host IS NOT NULL AND stage = 'inventory'"
                     " AND last_run IS NULL AND code = '" NAMESAKE_ID "')");

gboolean
namesakes_mark_dirty(Inventory *inventory, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_shared);

    while (statement_next(statement))
        inventory_mark_dirty(inventory, statement_int(statement, "id"));
    return statement_finish(statement, error);
}
