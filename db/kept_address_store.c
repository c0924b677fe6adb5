/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Addresses of guests' devices as intervals. The latest row of a device is its kept address, also
 * when the row has ended: a device that comes back is to get its old place. A guest that is gone
 * keeps its open rows.
 */

#include "inventory_private.h"

#include <string.h>

/* Rows come sorted by guest and device; of each device, the latest row that RUN knows of. */
QUERY(select_kept,
      "SELECT guest, device, address, is_planned, model, first_run,"
      " (SELECT started_at FROM run WHERE run.id = first_run) AS first_at,"
      " CASE WHEN last_run < :run THEN last_run END AS last_run FROM kept_address AS kept"
      " WHERE first_run <= :run AND NOT EXISTS (SELECT 1 FROM kept_address AS later"
      "  WHERE later.guest = kept.guest AND later.device = kept.device"
      "  AND later.first_run > kept.first_run AND later.first_run <= :run)"
      " ORDER BY guest, device");

gboolean
kept_address_store_load(Inventory *inventory, Fleet *fleet, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_kept);
    KeptAddresses *last = NULL;

    statement_bind_int(statement, ":run", fleet->run);
    while (statement_next(statement)) {
        const char *guest = statement_string(statement, "guest");
        const KeptAddress address = {
            .device = g_strdup(statement_string(statement, "device")),
            .address = g_strdup(statement_string(statement, "address")),
            .first_run = statement_int(statement, "first_run"),
            .first_at = statement_int(statement, "first_at"),
            .last_run = statement_int(statement, "last_run"),
            .is_planned = (gboolean)statement_int(statement, "is_planned"),
            .model = g_strdup(statement_string(statement, "model")),
        };

        if (last == NULL || g_strcmp0(last->guest, guest) != 0) {
            last = kept_addresses_new(guest);
            g_ptr_array_add(fleet->kept_addresses, last);
        }
        g_array_append_val(last->addresses, address);
    }
    return statement_finish(statement, error);
}

/* ---- recording ------------------------------------------------------------------------------- */

/* The latest row of a device. */
typedef struct {
    gint64 first_run;
    gint64 last_run; /* 0: open */
    gboolean is_planned;
    gboolean is_met;
    char *address;
    char *model; /* NULL: none */
} KeptRow;

static void
kept_row_free(gpointer data)
{
    KeptRow *row = data;

    g_free(row->address);
    g_free(row->model);
    g_free(row);
}

/* A guest at a run: what its plan is brought up to date against. */
typedef struct {
    Inventory *inventory;
    gint64 run;
    const char *guest;
    GHashTable *rows; /* device -> KeptRow* */
} KeptGuest;

QUERY(select_rows,
      "SELECT device, address, is_planned, model, first_run, last_run FROM kept_address"
      " WHERE guest = :guest ORDER BY first_run");
QUERY(insert_row,
      "INSERT INTO kept_address (guest, device, first_run, address, is_planned, model)"
      " VALUES (:guest, :device, max(:run, ifnull((SELECT max(last_run) + 1 FROM kept_address"
      "  WHERE guest = :guest AND device = :device), 0)), :address, :is_planned, :model)");
QUERY(change_row,
      "UPDATE kept_address SET address = :address, is_planned = :is_planned, model = :model"
      " WHERE guest = :guest AND device = :device AND last_run IS NULL");
QUERY(end_row, "UPDATE kept_address SET last_run = :run - 1"
               " WHERE guest = :guest AND device = :device AND first_run < :run"
               " AND last_run IS NULL");

static gboolean
read_rows(KeptGuest *guest, GError **error)
{
    Statement *statement = connection_statement(guest->inventory->connection, &select_rows);

    statement_bind_text(statement, ":guest", guest->guest);
    while (statement_next(statement)) {
        KeptRow *row = g_new0(KeptRow, 1);

        row->first_run = statement_int(statement, "first_run");
        row->last_run = statement_int(statement, "last_run");
        row->is_planned = (gboolean)statement_int(statement, "is_planned");
        row->address = g_strdup(statement_string(statement, "address"));
        row->model = g_strdup(statement_string(statement, "model"));
        g_hash_table_replace(guest->rows, g_strdup(statement_string(statement, "device")), row);
    }
    return statement_finish(statement, error);
}

static Statement *
row_statement(const KeptGuest *guest, const Query *query, const char *device)
{
    Statement *statement = connection_statement(guest->inventory->connection, query);

    statement_bind_text(statement, ":guest", guest->guest);
    statement_bind_text(statement, ":device", device);
    return statement;
}

static gboolean
end_device(const KeptGuest *guest, const char *device, GError **error)
{
    Statement *statement = row_statement(guest, &end_row, device);

    statement_bind_int(statement, ":run", guest->run);
    return statement_run(statement, error);
}

static gboolean
write_device(const KeptGuest *guest, const Query *query, const KeptAddress *address, GError **error)
{
    Statement *statement = row_statement(guest, query, address->device);

    statement_bind_text(statement, ":address", address->address);
    statement_bind_int(statement, ":is_planned", address->is_planned);
    statement_bind_text(statement, ":model", address->model);
    if (query == &insert_row)
        statement_bind_int(statement, ":run", guest->run);
    return statement_run(statement, error);
}

/* That an address is now written where it was planned does not make it a new one. */
static gboolean
update_device(const KeptGuest *guest, const KeptAddress *now, GError **error)
{
    KeptRow *row = g_hash_table_lookup(guest->rows, now->device);

    if (row == NULL || row->last_run != 0)
        return write_device(guest, &insert_row, now, error);
    row->is_met = TRUE;
    gboolean is_same = strcmp(row->address, now->address) == 0;
    if (is_same && row->is_planned == now->is_planned && g_strcmp0(row->model, now->model) == 0)
        return TRUE;
    if (is_same || row->first_run >= guest->run)
        return write_device(guest, &change_row, now, error);
    return end_device(guest, now->device, error) && write_device(guest, &insert_row, now, error);
}

static gboolean
update_devices(const KeptGuest *guest, const DomainDevices *devices, GError **error)
{
    DeviceWalk walk;

    device_walk_init(&walk, devices);
    for (Device *device = device_walk_next(&walk); device != NULL;
         device = device_walk_next(&walk)) {
        g_autofree char *address = device_address_format(&device->address);
        g_autofree char *key = device_key(devices, device);
        g_autofree char *model = g_strdup(device_pci_controller_model(device));
        const KeptAddress now = {
            .device = key,
            .address = address,
            .is_planned = !device_address_equal(&device->address, &device->written),
            .model = model,
        };

        if (address != NULL && !update_device(guest, &now, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
end_missing(const KeptGuest *guest, GError **error)
{
    GHashTableIter iter;
    gpointer device, row;

    g_hash_table_iter_init(&iter, guest->rows);
    while (g_hash_table_iter_next(&iter, &device, &row)) {
        const KeptRow *kept = row;

        if (kept->last_run == 0 && !kept->is_met && !end_device(guest, device, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
update_guest(Inventory *inventory, gint64 run, const char *key, const DomainDevices *devices,
             GError **error)
{
    g_autoptr(GHashTable) rows =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_row_free);
    KeptGuest guest = {.inventory = inventory, .run = run, .guest = key, .rows = rows};

    return read_rows(&guest, error) && update_devices(&guest, devices, error) &&
           end_missing(&guest, error);
}

/* The guests that run, or those that do not; DONE has the keys of those that were before. */
static gboolean
update_guests(Inventory *inventory, const Plan *plan, gboolean is_running, GHashTable *done,
              GError **error)
{
    for (guint i = 0; i < plan->addresses->len; i++) {
        const AddressPlan *planned = g_ptr_array_index(plan->addresses, i);
        const Guest *guest = g_ptr_array_index(plan->fleet->guests, planned->guest);

        if (planned->devices == NULL || guest->is_running != is_running)
            continue;
        char *key = fleet_guest_key(guest);
        if (g_hash_table_add(done, key) &&
            !update_guest(inventory, plan->fleet->run, key, planned->devices, error))
            return FALSE;
    }
    return TRUE;
}

/* A guest that two hosts define is the one that runs, else the first. */
gboolean
kept_address_store_update(Inventory *inventory, const Plan *plan, GError **error)
{
    g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    return update_guests(inventory, plan, TRUE, done, error) &&
           update_guests(inventory, plan, FALSE, done, error);
}
