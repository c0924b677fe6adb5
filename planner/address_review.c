/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reviewing address plans.
 *
 * Only addresses that are still in force are compared: a device that went and came back may sit
 * anywhere. Over a class, addresses can differ only where the machine type does, since planning
 * looks at nothing else of a host; so machine types are compared and guests are not planned once
 * more for each host. Machine profiles are shared by hosts, and each is looked at once.
 */

#include <fleet/device_identity.h>
#include <planner/address.h>
#include <planner/address_review.h>
#include <string.h>

static void
add_finding(AddressPlan *addresses, const Guest *guest, const char *id, guint line,
            const char *text, const char *remedy)
{
    Finding *finding = finding_new(FINDING_WARNING, id, text, remedy);

    finding->host = g_strdup(guest->host);
    finding->line = line;
    g_ptr_array_add(addresses->findings, finding);
}

/* ---- against the past ----------------------------------------------------------------------- */

static char *
since_text(const KeptAddress *kept)
{
    g_autoptr(GDateTime) time =
        kept->first_at != 0 ? g_date_time_new_from_unix_utc(kept->first_at) : NULL;

    return time != NULL ? g_date_time_format(time, "%Y-%m-%d")
                        : g_strdup_printf("run %" G_GINT64_FORMAT, kept->first_run);
}

static void
add_moved(Plan *plan, AddressPlan *addresses, const Guest *guest, const char *key, guint line,
          const char *now, const KeptAddress *before)
{
    g_autofree char *since = since_text(before);
    g_autofree char *text = g_strdup_printf("%s: %s is at %s, and was at %s since %s", guest->name,
                                            key, now, before->address, since);
    g_autofree char *remedy =
        g_strdup_printf("write %s into its definition, or accept what the guest then sees as new "
                        "hardware",
                        before->address);

    add_finding(addresses, guest, "address-moved", line, text, remedy);
    if (plan->drift_run == 0)
        return;
    DriftItem *item = drift_item_new("address-moved", TRUE);
    item->host = g_strdup(guest->host);
    item->subject = g_strdup_printf("%s %s", guest->name, key);
    item->text = g_strdup_printf("%s.", text);
    g_ptr_array_add(plan->drift, item);
}

static void
review_past(Plan *plan, AddressPlan *addresses, const Guest *guest, const KeptAddresses *kept)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, addresses->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        g_autofree char *now = device_address_format(&device->address);

        if (now == NULL)
            continue;
        g_autofree char *key = device_key(addresses->devices, device);
        const KeptAddress *before = kept_addresses_find(kept, key);

        if (before != NULL && kept_address_is_in_force(before) && strcmp(before->address, now) != 0)
            add_moved(plan, addresses, guest, key, device->place.line, now, before);
    }
}

/* ---- over the class ------------------------------------------------------------------------- */

static const PlanClass *
class_of_guest(const Plan *plan, guint32 guest)
{
    if (guest >= plan->guests->len)
        return NULL;
    const GuestPlan *planned = g_ptr_array_index(plan->guests, guest);
    if (planned->pool == FLEET_NO_INDEX || planned->host == FLEET_NO_INDEX)
        return NULL;
    const PlanPool *pool = g_ptr_array_index(plan->pools, planned->pool);
    const guint32 index = plan_pool_class_of(pool, planned->host);
    return index != FLEET_NO_INDEX ? g_ptr_array_index(pool->classes, index) : NULL;
}

/* What PROFILE means by the guest's machine type; NULL when it has none of that name. */
static const char *
machine_there(const MachineProfile *profile, const Guest *guest, const char *machine)
{
    const char *written = guest->machine != NULL ? guest->machine : machine;
    const MachineType *type = machine_profile_find(profile, guest->arch, written);

    return type != NULL ? machine_type_canonical(type) : NULL;
}

/* The hosts of a class where the guest would get another machine, or none. */
typedef struct {
    guint n_hosts;
    const char *host;    /* the first of them */
    const char *machine; /* there; NULL: it has none of that name */
} MachineDifference;

static MachineDifference
find_difference(const Plan *plan, const PlanClass *class, const AddressPlan *addresses,
                const Guest *guest)
{
    const Fleet *fleet = plan->fleet;
    g_autofree gboolean *is_other = g_new0(gboolean, MAX(fleet->machines->len, 1));
    MachineDifference difference = {0};

    for (guint i = 0; i < fleet->machines->len; i++)
        is_other[i] = g_strcmp0(machine_there(g_ptr_array_index(fleet->machines, i), guest,
                                              addresses->machine),
                                addresses->machine) != 0;
    for (guint i = 0; i < class->hosts->len; i++) {
        const Host *host = fleet_host(fleet, g_array_index(class->hosts, guint32, i));

        if (host->machines == FLEET_NO_INDEX || !is_other[host->machines])
            continue;
        if (difference.n_hosts++ > 0)
            continue;
        difference.host = host->name;
        difference.machine = machine_there(g_ptr_array_index(fleet->machines, host->machines),
                                           guest, addresses->machine);
    }
    return difference;
}

static void
review_class(const Plan *plan, AddressPlan *addresses, const Guest *guest)
{
    const PlanClass *class = class_of_guest(plan, addresses->guest);
    MachineDifference difference = {0};

    if (class != NULL)
        difference = find_difference(plan, class, addresses, guest);
    if (difference.n_hosts == 0)
        return;
    g_autofree char *what =
        difference.machine != NULL
            ? g_strdup_printf("is %s here and %s", addresses->machine, difference.machine)
            : g_strdup("is not there");
    g_autofree char *text =
        g_strdup_printf("%s: its machine type %s %s on %u of %u hosts of its class, such as %s",
                        guest->name, guest->machine != NULL ? guest->machine : addresses->machine,
                        what, difference.n_hosts, class->hosts->len, difference.host);
    add_finding(addresses, guest, "machine-differs", addresses->devices->os_type_place.line, text,
                "write a canonical machine type that all of them have");
}

/* ---- over the definitions of one guest ------------------------------------------------------ */

static gboolean
is_running(const Plan *plan, const AddressPlan *addresses)
{
    return ((const Guest *)g_ptr_array_index(plan->fleet->guests, addresses->guest))->is_running;
}

/* By the guests' keys, the plan that stands for the guest: const AddressPlan*, borrowed. */
static GHashTable *
find_main_definitions(const Plan *plan)
{
    GHashTable *mains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < plan->addresses->len; i++) {
        AddressPlan *addresses = g_ptr_array_index(plan->addresses, i);
        const Guest *guest = g_ptr_array_index(plan->fleet->guests, addresses->guest);
        char *key = fleet_guest_key(guest);
        const AddressPlan *main = g_hash_table_lookup(mains, key);

        if (addresses->devices != NULL &&
            (main == NULL || (guest->is_running && !is_running(plan, main))))
            g_hash_table_replace(mains, key, addresses);
        else
            g_free(key);
    }
    return mains;
}

/* The places of the guest's devices by their keys, as text. */
static GHashTable *
places_of(const DomainDevices *devices)
{
    GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        char *place = device_address_format(&device->address);

        if (place != NULL)
            g_hash_table_replace(places, device_key(devices, device), place);
    }
    return places;
}

static void
review_twin(const Plan *plan, AddressPlan *addresses, const Guest *guest, const AddressPlan *main)
{
    const Guest *twin = g_ptr_array_index(plan->fleet->guests, main->guest);
    g_autoptr(GHashTable) places = places_of(main->devices);
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, addresses->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        g_autofree char *key = device_key(addresses->devices, device);
        g_autofree char *here = device_address_format(&device->address);
        const char *there = g_hash_table_lookup(places, key);

        if (here == NULL || there == NULL || strcmp(here, there) == 0)
            continue;
        g_autofree char *text =
            g_strdup_printf("%s: %s is at %s in the definition on %s, and at %s in the one on %s",
                            guest->name, key, here, guest->host, there, twin->host);
        add_finding(addresses, guest, "address-differs", device->place.line, text,
                    "take the definition that is out of date from its host");
    }
}

void
address_review(Plan *plan)
{
    g_autoptr(GHashTable) mains = find_main_definitions(plan);

    for (guint i = 0; i < plan->addresses->len; i++) {
        AddressPlan *addresses = g_ptr_array_index(plan->addresses, i);
        const Guest *guest = g_ptr_array_index(plan->fleet->guests, addresses->guest);
        const KeptAddresses *kept = fleet_kept_addresses(plan->fleet, guest);
        g_autofree char *key = fleet_guest_key(guest);
        const AddressPlan *main = g_hash_table_lookup(mains, key);

        if (addresses->devices == NULL)
            continue;
        if (main != addresses)
            review_twin(plan, addresses, guest, main);
        else if (kept != NULL)
            review_past(plan, addresses, guest, kept);
        if (addresses->machine != NULL)
            review_class(plan, addresses, guest);
    }
}
