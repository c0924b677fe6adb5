/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The fleet of one run.
 *
 * Hosts are read in one pass, in the order of the file, with the ids of what they share where a
 * loaded host has indexes; then they are sorted by name, and ids become indexes in the order in
 * which the sorted hosts need them. So the tables of a fleet hold nothing that no host uses, and
 * their order depends on what the hosts say, not on when they were first heard of.
 */

#include "inventory_private.h"
#include "record.h"
#include "store.h"

#include <string.h>

/* ---- hosts ----------------------------------------------------------------------------------- */

/* The "+" keeps SQLite from using an index: nearly all rows are wanted, in their own order. */
QUERY(select_hosts,
      "SELECT name, uuid, cpu_profile_id, machine_profile_id, capability_profile_id, domain_set_id,"
      " microcode, tsc_scaling, tsc_hz, memory_kib, n_cpus, n_numa_cells, sockets, cores, threads,"
      " huge_pages, host.first_run AS first_run, state.first_run AS last_change_run, software_id,"
      " qemu, libvirt, kernel"
      " FROM host_state AS state JOIN host ON host.id = state.host_id"
      " LEFT JOIN host_report ON host_report.id = host_report_id"
      " LEFT JOIN software ON software.id = software_id"
      " WHERE +state.first_run <= :run AND ifnull(+state.last_run, :run) >= :run");

/* The columns of select_hosts: looked up once for a million rows. */
typedef enum {
    COLUMN_NAME,
    COLUMN_UUID,
    COLUMN_CPU,
    COLUMN_MACHINES,
    COLUMN_CAPABILITIES,
    COLUMN_DOMAIN_SET,
    COLUMN_MICROCODE,
    COLUMN_TSC_SCALING,
    COLUMN_TSC_HZ,
    COLUMN_MEMORY,
    COLUMN_N_CPUS,
    COLUMN_N_NUMA_CELLS,
    COLUMN_SOCKETS,
    COLUMN_CORES,
    COLUMN_THREADS,
    COLUMN_HUGE_PAGES,
    COLUMN_FIRST_RUN,
    COLUMN_LAST_CHANGE_RUN,
    COLUMN_SOFTWARE,
    COLUMN_COUNT
} HostColumn;

static const char *const column_names[] = {
    [COLUMN_NAME] = "name",
    [COLUMN_UUID] = "uuid",
    [COLUMN_CPU] = "cpu_profile_id",
    [COLUMN_MACHINES] = "machine_profile_id",
    [COLUMN_CAPABILITIES] = "capability_profile_id",
    [COLUMN_DOMAIN_SET] = "domain_set_id",
    [COLUMN_MICROCODE] = "microcode",
    [COLUMN_TSC_SCALING] = "tsc_scaling",
    [COLUMN_TSC_HZ] = "tsc_hz",
    [COLUMN_MEMORY] = "memory_kib",
    [COLUMN_N_CPUS] = "n_cpus",
    [COLUMN_N_NUMA_CELLS] = "n_numa_cells",
    [COLUMN_SOCKETS] = "sockets",
    [COLUMN_CORES] = "cores",
    [COLUMN_THREADS] = "threads",
    [COLUMN_HUGE_PAGES] = "huge_pages",
    [COLUMN_FIRST_RUN] = "first_run",
    [COLUMN_LAST_CHANGE_RUN] = "last_change_run",
    [COLUMN_SOFTWARE] = "software_id",
};
G_STATIC_ASSERT(G_N_ELEMENTS(column_names) == COLUMN_COUNT);

static void
read_host(Statement *s, const int columns[COLUMN_COUNT], Host *ret_host)
{
    const char *scaling = statement_text_at(s, columns[COLUMN_TSC_SCALING]);

    *ret_host = (Host){
        .name = g_strdup(statement_string_at(s, columns[COLUMN_NAME])),
        .uuid = g_strdup(statement_text_at(s, columns[COLUMN_UUID])),
        .cpu = (guint32)statement_int_at(s, columns[COLUMN_CPU]),
        .machines = (guint32)statement_int_at(s, columns[COLUMN_MACHINES]),
        .capabilities = (guint32)statement_int_at(s, columns[COLUMN_CAPABILITIES]),
        .domain_set = (guint32)statement_int_at(s, columns[COLUMN_DOMAIN_SET]),
        .microcode = (guint32)statement_int_at(s, columns[COLUMN_MICROCODE]),
        .tsc_scaling = (CpuSwitch)words_value(&switch_words, scaling),
        .tsc_hz = (guint64)statement_int_at(s, columns[COLUMN_TSC_HZ]),
        .memory_kib = (guint64)statement_int_at(s, columns[COLUMN_MEMORY]),
        .n_cpus = (guint32)statement_int_at(s, columns[COLUMN_N_CPUS]),
        .n_numa_cells = (guint32)statement_int_at(s, columns[COLUMN_N_NUMA_CELLS]),
        .sockets = (guint32)statement_int_at(s, columns[COLUMN_SOCKETS]),
        .cores = (guint32)statement_int_at(s, columns[COLUMN_CORES]),
        .threads = (guint32)statement_int_at(s, columns[COLUMN_THREADS]),
        .huge_pages = g_strdup(statement_text_at(s, columns[COLUMN_HUGE_PAGES])),
        .first_run = statement_int_at(s, columns[COLUMN_FIRST_RUN]),
        .last_change_run = statement_int_at(s, columns[COLUMN_LAST_CHANGE_RUN]),
    };
}

/* The versions of STATEMENT's row, whose id is ID; SEEN: id -> what was read before. */
static const HostSoftware *
software_of_row(Statement *statement, gint64 id, GHashTable *seen, Fleet *fleet)
{
    HostSoftware *software = id != 0 ? g_hash_table_lookup(seen, GINT_TO_POINTER(id)) : NULL;

    if (id != 0 && software == NULL) {
        software = software_store_read(statement);
        g_ptr_array_add(fleet->software, software);
        g_hash_table_insert(seen, GINT_TO_POINTER(id), software);
    }
    return software;
}

static gint
compare_hosts(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Host *)a)->name, ((const Host *)b)->name);
}

static gboolean
load_hosts(Inventory *inventory, Fleet *fleet, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_hosts);
    g_autoptr(GHashTable) software = g_hash_table_new(NULL, NULL);
    int columns[COLUMN_COUNT];
    gboolean is_sorted = TRUE;

    statement_bind_int(statement, ":run", fleet->run);
    if (statement_next(statement)) {
        for (guint i = 0; i < COLUMN_COUNT; i++)
            columns[i] = statement_column(statement, column_names[i]);
        do {
            Host host;

            read_host(statement, columns, &host);
            host.software = software_of_row(
                statement, statement_int_at(statement, columns[COLUMN_SOFTWARE]), software, fleet);
            if (fleet->hosts->len > 0 && is_sorted)
                is_sorted = compare_hosts(fleet_host(fleet, fleet->hosts->len - 1), &host) <= 0;
            g_array_append_val(fleet->hosts, host);
        } while (statement_next(statement));
    }
    if (!is_sorted)
        g_array_sort(fleet->hosts, compare_hosts);
    return statement_finish(statement, error);
}

QUERY(count_hosts_ever, "SELECT count(*) AS n FROM"
                        " (SELECT DISTINCT host_id FROM host_state WHERE +first_run <= :run)");

static gboolean
count_gone_hosts(Inventory *inventory, Fleet *fleet, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &count_hosts_ever);

    statement_bind_int(statement, ":run", fleet->run);
    if (statement_next(statement))
        fleet->n_gone_hosts = statement_uint(statement, "n") - fleet->hosts->len;
    return statement_finish(statement, error);
}

/* ---- what hosts share ------------------------------------------------------------------------ */

/* Indexes given to ids in the order in which they are asked for. */
typedef struct {
    GHashTable *indexes; /* id -> index + 1 */
    GArray *ids;         /* of gint64, by index */
} IdTable;

static void
id_table_init(IdTable *table)
{
    table->indexes = g_hash_table_new(NULL, NULL);
    table->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
}

static void
id_table_release(IdTable *table)
{
    g_hash_table_unref(table->indexes);
    g_array_unref(table->ids);
}

static guint32
id_table_index(IdTable *table, gint64 id)
{
    if (id == 0)
        return FLEET_NO_INDEX;
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(table->indexes, GINT_TO_POINTER(id)));
    if (known != 0)
        return known - 1;
    g_array_append_val(table->ids, id);
    g_hash_table_insert(table->indexes, GINT_TO_POINTER(id), GUINT_TO_POINTER(table->ids->len));
    return table->ids->len - 1;
}

typedef struct {
    IdTable cpus, machines, capabilities, domain_sets, domains;
} SharedIds;

static void
shared_ids_init(SharedIds *ids)
{
    id_table_init(&ids->cpus);
    id_table_init(&ids->machines);
    id_table_init(&ids->capabilities);
    id_table_init(&ids->domain_sets);
    id_table_init(&ids->domains);
}

static void
shared_ids_release(SharedIds *ids)
{
    id_table_release(&ids->cpus);
    id_table_release(&ids->machines);
    id_table_release(&ids->capabilities);
    id_table_release(&ids->domain_sets);
    id_table_release(&ids->domains);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SharedIds, shared_ids_release)

static void
ids_to_indexes(Fleet *fleet, SharedIds *ids)
{
    for (guint i = 0; i < fleet->hosts->len; i++) {
        Host *host = &g_array_index(fleet->hosts, Host, i);

        host->cpu = id_table_index(&ids->cpus, host->cpu);
        host->machines = id_table_index(&ids->machines, host->machines);
        host->capabilities = id_table_index(&ids->capabilities, host->capabilities);
        host->domain_set = id_table_index(&ids->domain_sets, host->domain_set);
    }
}

static gboolean
load_domain_sets(Inventory *inventory, Fleet *fleet, SharedIds *ids, GError **error)
{
    for (guint i = 0; i < ids->domain_sets.ids->len; i++) {
        gint64 id = g_array_index(ids->domain_sets.ids, gint64, i);
        g_autoptr(GArray) members = domain_store_load_set(inventory->connection, id, error);

        if (members == NULL)
            return FALSE;
        g_autoptr(GArray) indexes = g_array_new(FALSE, FALSE, sizeof(guint32));
        for (guint j = 0; j < members->len; j++) {
            guint32 index = id_table_index(&ids->domains, g_array_index(members, gint64, j));

            g_array_append_val(indexes, index);
        }
        g_array_sort(indexes, fleet_compare_indexes);
        DomainSet set = {.n_indexes = indexes->len};
        set.indexes = (guint32 *)(void *)g_array_free(g_steal_pointer(&indexes), FALSE);
        g_array_append_val(fleet->domain_sets, set);
    }
    return TRUE;
}

typedef gpointer (*ProfileLoader)(Connection *connection, gint64 id, GError **error);

static gboolean
load_profiles(Inventory *inventory, const IdTable *table, ProfileLoader load, GPtrArray *profiles,
              GError **error)
{
    for (guint i = 0; i < table->ids->len; i++) {
        gpointer profile = load(inventory->connection, g_array_index(table->ids, gint64, i), error);

        if (profile == NULL)
            return FALSE;
        g_ptr_array_add(profiles, profile);
    }
    return TRUE;
}

static gboolean
load_shared(Inventory *inventory, Fleet *fleet, GError **error)
{
    g_auto(SharedIds) ids;

    shared_ids_init(&ids);
    ids_to_indexes(fleet, &ids);
    return load_domain_sets(inventory, fleet, &ids, error) &&
           load_profiles(inventory, &ids.cpus,
                         (ProfileLoader)(void (*)(void))cpu_store_load_profile, fleet->cpus,
                         error) &&
           load_profiles(inventory, &ids.machines,
                         (ProfileLoader)(void (*)(void))profile_store_load_machines,
                         fleet->machines, error) &&
           load_profiles(inventory, &ids.capabilities,
                         (ProfileLoader)(void (*)(void))profile_store_load_capabilities,
                         fleet->capabilities, error) &&
           load_profiles(inventory, &ids.domains, (ProfileLoader)(void (*)(void))domain_store_load,
                         fleet->domain_capabilities, error);
}

/* ---- guests ---------------------------------------------------------------------------------- */

QUERY(select_guests,
      "SELECT host.name AS host, guest_state.guest AS guest, xml FROM guest_state"
      " JOIN host ON host.id = guest_state.host_id"
      " JOIN guest_definition ON guest_definition.id = guest_definition_id"
      " WHERE +guest_state.first_run <= :run AND ifnull(+guest_state.last_run, :run) >= :run");

/* A definition was readable when it was stored; a stricter reader may refuse it today. */
static Finding *
unreadable_guest(const char *host, const char *guest, const GError *failure)
{
    g_autofree char *text =
        g_strdup_printf("guest %s cannot be read from the inventory: %s", guest, failure->message);
    Finding *finding = finding_new(FINDING_ERROR, "unreadable-guest", text,
                                   "read its domain XML again from the host");

    finding->host = g_strdup(host);
    return finding;
}

static gboolean
load_guests(Inventory *inventory, Fleet *fleet, InventoryGuestReader reader, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_guests);

    statement_bind_int(statement, ":run", fleet->run);
    while (statement_next(statement)) {
        const char *host = statement_string(statement, "host");
        const char *xml = statement_string(statement, "xml");
        g_autoptr(GError) failure = NULL;
        Guest *guest = reader(xml, strlen(xml), &failure);

        if (guest == NULL) {
            g_ptr_array_add(fleet->quarantine,
                            unreadable_guest(host, statement_text(statement, "guest"), failure));
            continue;
        }
        g_free(guest->host);
        guest->host = strcmp(host, DOCUMENT_HOST_UNKNOWN) != 0 ? g_strdup(host) : NULL;
        if (guest->xml == NULL)
            guest->xml = g_strdup(xml);
        g_ptr_array_add(fleet->guests, guest);
    }
    g_ptr_array_sort(fleet->guests, guest_compare);
    return statement_finish(statement, error);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static gboolean
load(Inventory *inventory, gint64 run, Fleet *fleet, InventoryGuestReader reader, GError **error)
{
    return run_resolve(inventory, run, &fleet->run, &fleet->run_at, error) &&
           load_hosts(inventory, fleet, error) && count_gone_hosts(inventory, fleet, error) &&
           load_shared(inventory, fleet, error) && finding_store_load(inventory, fleet, error) &&
           template_store_load(inventory, fleet, error) &&
           kept_address_store_load(inventory, fleet, error) &&
           (reader == NULL || load_guests(inventory, fleet, reader, error));
}

Fleet *
inventory_load_fleet(Inventory *inventory, gint64 run, InventoryGuestReader reader, GError **error)
{
    g_autoptr(Fleet) fleet = fleet_new();

    /*
     * One transaction, so that a run that is recorded meanwhile is seen as a whole or not at all.
     */
    if (!connection_execute(inventory->connection, "BEGIN", error))
        return NULL;
    gboolean is_loaded = load(inventory, run, fleet, reader, error);
    connection_rollback(inventory->connection);
    return is_loaded ? g_steal_pointer(&fleet) : NULL;
}
