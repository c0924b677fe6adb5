/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `virt-plan addresses --list`, `--find` and `--draw`: plans to look at. */

#include "addresses.h"

#include <fleet/device_identity.h>
#include <reports/address_drawing.h>
#include <reports/table.h>
#include <string.h>

static const TableColumn columns[] = {
    {"guest", "GUEST", TABLE_TEXT, 0},     {"uuid", "UUID", TABLE_TEXT, TABLE_NO_TEXT},
    {"host", "HOST", TABLE_TEXT, 0},       {"device", "DEVICE", TABLE_TEXT, 0},
    {"address", "ADDRESS", TABLE_TEXT, 0}, {"is_planned", "PLANNED", TABLE_BOOLEAN, 0},
    {"since", "SINCE", TABLE_TIME, 0},     {"first_run", "SINCE RUN", TABLE_NUMBER, TABLE_NO_TEXT},
};

/* What is listed: all addresses, or one. */
typedef struct {
    Table *table;
    char *wanted; /* as device_address_format_place() writes it; NULL: all */
} AddressListing;

/* ---- rows ----------------------------------------------------------------------------------- */

/* What the inventory remembers of the device at its present address; NULL when it is new there. */
static const KeptAddress *
find_kept(const KeptAddresses *kept, const KeptAddress *planned)
{
    const KeptAddress *found = kept_addresses_find(kept, planned->device);

    return found != NULL && strcmp(found->address, planned->address) == 0 ? found : NULL;
}

static gboolean
is_wanted(const AddressListing *listing, const char *address)
{
    DeviceAddress parsed;

    if (listing->wanted == NULL)
        return TRUE;
    if (!device_address_parse(address, &parsed))
        return FALSE;
    g_autofree char *bare = device_address_format_place(&parsed);
    return g_strcmp0(bare, listing->wanted) == 0;
}

static void
add_devices(AddressListing *listing, const char *name, const Guest *guest,
            const DomainDevices *devices, const KeptAddresses *kept)
{
    g_autoptr(GArray) list = address_list(devices);

    for (guint i = 0; i < list->len; i++) {
        const KeptAddress *row = &g_array_index(list, KeptAddress, i);
        const KeptAddress *known = find_kept(kept, row);

        if (!is_wanted(listing, row->address))
            continue;
        table_add_text(listing->table, name);
        table_add_text(listing->table, guest != NULL ? guest->uuid : NULL);
        table_add_text(listing->table, guest != NULL ? guest->host : NULL);
        table_add_text(listing->table, row->device);
        table_add_text(listing->table, row->address);
        table_add_boolean(listing->table, row->is_planned);
        table_add_time(listing->table, known != NULL ? known->first_at : 0);
        if (known != NULL)
            table_add_number(listing->table, (guint64)known->first_run);
        else
            table_add_none(listing->table);
    }
}

/* ---- guests --------------------------------------------------------------------------------- */

static void
add_guest(const AddressesJob *job, AddressListing *listing, const AddressPlan *plan)
{
    const Fleet *fleet = job->view.fleet;
    const Guest *guest = g_ptr_array_index(fleet->guests, plan->guest);

    if (plan->devices != NULL)
        add_devices(listing, guest->name, guest, plan->devices, fleet_kept_addresses(fleet, guest));
}

static gboolean
is_in_pool(const AddressesJob *job, const AddressPlan *plan)
{
    const PlanningView *view = &job->view;
    const GuestPlan *guest = g_ptr_array_index(view->plan->guests, plan->guest);

    return planning_view_shows(view, plan_pool_of_guest(view->plan, guest));
}

static gboolean
add_fleet(AddressesJob *job, AddressListing *listing, GError **error)
{
    if (!addresses_open_view(job, error))
        return FALSE;
    for (guint i = 0; i < job->view.plan->addresses->len; i++) {
        const AddressPlan *plan = g_ptr_array_index(job->view.plan->addresses, i);

        if (is_in_pool(job, plan))
            add_guest(job, listing, plan);
    }
    return TRUE;
}

static gboolean
add_named(AddressesJob *job, AddressListing *listing, const char *name, GError **error)
{
    if (addresses_is_file(name)) {
        g_auto(PlannedGuest) guest = {0};

        if (!addresses_plan(job, name, &guest, error))
            return FALSE;
        add_devices(listing, name, NULL, guest.devices, NULL);
        return TRUE;
    }
    const AddressPlan *plan = addresses_plan_of_guest(job, name, error);
    if (plan == NULL)
        return FALSE;
    add_guest(job, listing, plan);
    return TRUE;
}

/* ---- finding -------------------------------------------------------------------------------- */

/* TEXT as device_address_format_place() writes it; PCI addresses need no "pci" in front. */
static char *
normalize_address(const char *text, GError **error)
{
    static const char *const prefixes[] = {"", "pci ", "pci 0000:"};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        g_autofree char *whole = g_strconcat(prefixes[i], text, NULL);
        DeviceAddress address;

        if (device_address_parse(whole, &address)) {
            char *bare = device_address_format_place(&address);

            if (bare != NULL)
                return bare;
        }
    }
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "'%s' is no address: write it as '0000:00:05.0', 'drive 0:0:0:1' or 'usb 0:1.2'",
                text);
    return NULL;
}

ExitStatus
addresses_run_list(AddressesJob *job, GError **error)
{
    const char *wanted = job->options->find;
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    AddressListing listing = {.table = table};
    g_autofree char *normal = wanted != NULL ? normalize_address(wanted, error) : NULL;
    gboolean is_fine = wanted == NULL || normal != NULL;

    listing.wanted = normal;
    if (is_fine && job->context->n_args == 0)
        is_fine = add_fleet(job, &listing, error);
    for (guint i = 0; is_fine && i < job->context->n_args; i++)
        is_fine = add_named(job, &listing, job->context->args[i], error);
    if (!is_fine)
        return EXIT_FAILED;
    table_print(table, job->context->format, &job->context->style, job->context->out);
    return wanted != NULL && table_n_rows(table) == 0 ? EXIT_ANSWER_NO : EXIT_WELL;
}

/* ---- drawing -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    GString *(*draw)(const DomainDevices *devices, const char *name);
} pens[] = {
    {"text", address_drawing_text},
    {"dot", address_drawing_dot},
    {"svg", address_drawing_svg},
};

ExitStatus
addresses_run_draw(AddressesJob *job, GError **error)
{
    g_auto(PlannedGuest) guest = {0};
    guint pen = 0;

    while (pen < G_N_ELEMENTS(pens) && strcmp(pens[pen].name, job->options->draw) != 0)
        pen++;
    if (pen == G_N_ELEMENTS(pens)) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "there is no drawing '%s': use text, dot or svg", job->options->draw);
        return EXIT_USAGE;
    }
    if (!addresses_plan(job, job->context->args[0], &guest, error))
        return EXIT_FAILED;
    g_autoptr(GString) out = pens[pen].draw(guest.devices, guest.name);
    g_string_append_len(job->context->out, out->str, (gssize)out->len);
    return EXIT_WELL;
}
