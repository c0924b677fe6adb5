/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The history of one host. Its states are read in their order, and each aspect of a state becomes
 * an interval that goes on as long as the aspect stays the same, through states that differ in
 * something else.
 */

#include "host_aspects.h"
#include "inventory_private.h"
#include "store.h"

#include <cpumodel/text_list.h>

/* ---- intervals ------------------------------------------------------------------------------- */

static void
history_entry_free(gpointer data)
{
    HistoryEntry *entry = data;

    g_free(entry->what);
    g_free(entry->text);
    g_free(entry);
}

static HistoryEntry *
add_entry(GPtrArray *entries, const char *what, const HostState *state, char *text)
{
    HistoryEntry *entry = g_new0(HistoryEntry, 1);

    entry->what = g_strdup(what);
    entry->text = text;
    entry->first_run = state->first_run;
    entry->first_at = state->first_at;
    entry->last_run = state->last_run;
    entry->last_at = state->last_at;
    g_ptr_array_add(entries, entry);
    return entry;
}

static void
prolong(HistoryEntry *entry, const HostState *state)
{
    entry->last_run = state->last_run;
    entry->last_at = state->last_at;
}

/* The interval of one aspect that is going on, and what it was about. */
typedef struct {
    HistoryEntry *entry; /* NULL: none */
    char *identity;
    AspectDescription description; /* of the last one that was told */
} Going;

static void
going_clear(Going *going)
{
    g_free(going->identity);
    aspect_description_clear(&going->description);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Going, going_clear)

/* Appends "; WORD a, b, c" with the names of A that B lacks. */
static void
append_difference(GString *text, const char *word, GPtrArray *a, GPtrArray *b)
{
    gboolean is_first = TRUE;

    for (guint i = 0; i < a->len; i++) {
        const char *name = g_ptr_array_index(a, i);

        if (text_list_has(b, name))
            continue;
        if (is_first)
            g_string_append_printf(text, "; %s %s", word, name);
        else
            g_string_append_printf(text, ", %s", name);
        is_first = FALSE;
    }
}

static gboolean
begin_entry(Connection *connection, const HostAspect *aspect, const HostState *state, Going *going,
            GPtrArray *entries, GError **error)
{
    g_auto(AspectDescription) description = {0};

    if (!aspect->describe(connection, state, &description, error))
        return FALSE;
    GString *text = g_string_new(description.text);
    if (description.features != NULL && going->description.features != NULL &&
        g_strcmp0(description.basis, going->description.basis) == 0) {
        append_difference(text, "lost", going->description.features, description.features);
        append_difference(text, "gained", description.features, going->description.features);
    }
    going->entry = add_entry(entries, aspect->what, state, g_string_free(text, FALSE));
    aspect_description_clear(&going->description);
    going->description = description;
    description = (AspectDescription){0};
    return TRUE;
}

static gboolean
add_aspect(Connection *connection, const HostAspect *aspect, const GArray *states,
           GPtrArray *entries, GError **error)
{
    g_auto(Going) going = {0};
    gint64 expected_run = 0;

    for (guint i = 0; i < states->len; i++) {
        const HostState *state = &g_array_index(states, HostState, i);
        g_autofree char *identity = aspect->identity(state);
        gboolean is_same = going.entry != NULL && state->first_run == expected_run &&
                           g_strcmp0(identity, going.identity) == 0;

        expected_run = state->last_run + 1;
        if (is_same) {
            prolong(going.entry, state);
            continue;
        }
        going.entry = NULL;
        g_free(going.identity);
        going.identity = g_steal_pointer(&identity);
        if (going.identity != NULL &&
            !begin_entry(connection, aspect, state, &going, entries, error))
            return FALSE;
    }
    return TRUE;
}

/* What lies between the states BEFORE and AFTER; NULL: the host is gone. */
static void
add_absence(const HostState *before, const HostState *after, GPtrArray *entries)
{
    HostState gap = {.first_run = before->last_run + 1, .first_at = before->after_at};

    if (after != NULL) {
        gap.last_run = after->first_run - 1;
        gap.last_at = after->before_at;
    }
    add_entry(entries, "presence", &gap, g_strdup("absent"));
}

/* "present" for each unbroken row of states, "absent" for each gap and for a host that is gone. */
static void
add_presence(const GArray *states, GPtrArray *entries)
{
    const HostState *last = NULL;
    HistoryEntry *present = NULL;

    for (guint i = 0; i < states->len; i++) {
        const HostState *state = &g_array_index(states, HostState, i);

        if (last != NULL && last->last_run + 1 == state->first_run) {
            prolong(present, state);
        } else {
            if (last != NULL)
                add_absence(last, state, entries);
            present = add_entry(entries, "presence", state, g_strdup("present"));
        }
        last = state;
    }
    if (last != NULL && last->last_run != 0)
        add_absence(last, NULL, entries);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const HistoryEntry *left = *(const HistoryEntry *const *)a;
    const HistoryEntry *right = *(const HistoryEntry *const *)b;

    return (left->first_run > right->first_run) - (left->first_run < right->first_run);
}

/* ---- reading --------------------------------------------------------------------------------- */

QUERY(select_states,
      "SELECT state.first_run, state.last_run, first.started_at AS first_at,"
      " last.started_at AS last_at, earlier.started_at AS before_at, later.started_at AS after_at,"
      " cpu_profile_id, machine_profile_id, capability_profile_id,"
      " domain_set_id, uuid, microcode, memory_kib, n_cpus, n_numa_cells, sockets, cores, threads,"
      " software_id, qemu, libvirt, kernel"
      " FROM host JOIN host_state AS state ON state.host_id = host.id"
      " JOIN run AS first ON first.id = state.first_run"
      " LEFT JOIN run AS last ON last.id = state.last_run"
      " LEFT JOIN run AS earlier ON earlier.id = state.first_run - 1"
      " LEFT JOIN run AS later ON later.id = state.last_run + 1"
      " LEFT JOIN host_report ON host_report.id = state.host_report_id"
      " LEFT JOIN software ON software.id = state.software_id"
      " WHERE host.name = :name ORDER BY state.first_run");

static GArray *
read_states(Inventory *inventory, const char *host, GError **error)
{
    g_autoptr(GArray) states = g_array_new(FALSE, FALSE, sizeof(HostState));
    Statement *statement = connection_statement(inventory->connection, &select_states);

    g_array_set_clear_func(states, host_state_clear);
    statement_bind_text(statement, ":name", host);
    while (statement_next(statement)) {
        const HostState state = {
            .first_run = statement_int(statement, "first_run"),
            .last_run = statement_int(statement, "last_run"),
            .first_at = statement_int(statement, "first_at"),
            .last_at = statement_int(statement, "last_at"),
            .before_at = statement_int(statement, "before_at"),
            .after_at = statement_int(statement, "after_at"),
            .cpu = statement_int(statement, "cpu_profile_id"),
            .machines = statement_int(statement, "machine_profile_id"),
            .capabilities = statement_int(statement, "capability_profile_id"),
            .domain_set = statement_int(statement, "domain_set_id"),
            .uuid = g_strdup(statement_text(statement, "uuid")),
            .microcode = statement_int(statement, "microcode"),
            .memory_kib = statement_int(statement, "memory_kib"),
            .n_cpus = statement_int(statement, "n_cpus"),
            .n_numa_cells = statement_int(statement, "n_numa_cells"),
            .sockets = statement_int(statement, "sockets"),
            .cores = statement_int(statement, "cores"),
            .threads = statement_int(statement, "threads"),
            .software_id = statement_int(statement, "software_id"),
            .software = software_store_read(statement),
        };

        g_array_append_val(states, state);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&states) : NULL;
}

GPtrArray *
inventory_host_history(Inventory *inventory, const char *host, GError **error)
{
    g_autoptr(GArray) states = read_states(inventory, host, error);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(history_entry_free);

    if (states == NULL)
        return NULL;
    if (states->len == 0) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND,
                    "%s: no document ever described a host '%s': 'virt-plan hosts' lists them",
                    connection_path(inventory->connection), host);
        return NULL;
    }
    add_presence(states, entries);
    for (guint i = 0; i < HOST_ASPECT_COUNT; i++) {
        if (!add_aspect(inventory->connection, &host_aspects[i], states, entries, error))
            return NULL;
    }
    /* Stable: what begins together stays in the order of the aspects. */
    g_ptr_array_sort(entries, compare_entries);
    return g_steal_pointer(&entries);
}

/* ---- which hosts there are ------------------------------------------------------------------- */

QUERY(select_names, "SELECT name FROM host WHERE EXISTS (SELECT 1 FROM host_state"
                    " WHERE host_state.host_id = host.id) ORDER BY name");

GPtrArray *
inventory_host_names(Inventory *inventory, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Statement *statement = connection_statement(inventory->connection, &select_names);

    while (statement_next(statement))
        g_ptr_array_add(names, g_strdup(statement_string(statement, "name")));
    return statement_finish(statement, error) ? g_steal_pointer(&names) : NULL;
}
