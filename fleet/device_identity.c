/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Identities.
 *
 * Devices are put into groups by the stem of their key. The identities of a group are numbered:
 * "rng/0", "rng/1" where nothing names the devices, and "disk/vda", "disk/vda#2" where they share a
 * name, which libvirt refuses of some kinds only.
 */

#include <fleet/device_identity.h>
#include <fleet/device_places.h>
#include <string.h>

typedef struct {
    char *stem;
    gboolean is_counted;
    GPtrArray *devices; /* of Device*, borrowed, in libvirt's order */
} DeviceGroup;

static void
group_free(gpointer data)
{
    DeviceGroup *group = data;

    g_free(group->stem);
    g_ptr_array_unref(group->devices);
    g_free(group);
}

static char *
group_identity(const DeviceGroup *group, guint number)
{
    if (group->is_counted)
        return g_strdup_printf("%s/%u", group->stem, number);
    return number == 0 ? g_strdup(group->stem) : g_strdup_printf("%s#%u", group->stem, number + 1);
}

/* ---- what is remembered --------------------------------------------------------------------- */

/* Of the first that is not before TEXT. */
static guint
find_position(const KeptAddresses *kept, const char *text)
{
    guint low = 0, high = kept == NULL ? 0 : kept->addresses->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (strcmp(g_array_index(kept->addresses, KeptAddress, middle).device, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const KeptAddress *
kept_addresses_find(const KeptAddresses *kept, const char *identity)
{
    guint position = find_position(kept, identity);
    const KeptAddress *found = kept == NULL || position == kept->addresses->len
                                   ? NULL
                                   : &g_array_index(kept->addresses, KeptAddress, position);

    return found != NULL && strcmp(found->device, identity) == 0 ? found : NULL;
}

/* ---- one group ------------------------------------------------------------------------------ */

/* A group whose identities are given away. */
typedef struct {
    const DeviceGroup *group;
    const KeptAddresses *kept;
    GArray *numbers;  /* of guint, ascending: those under which something is remembered */
    guint n_buses;    /* PCI buses that the guest has */
    GHashTable *used; /* set of identities, borrowed: those that devices of any group have */
} Naming;

static void
take(Naming *naming, Device *device, guint number)
{
    device->identity = group_identity(naming->group, number);
    g_hash_table_add(naming->used, device->identity);
}

/*
 * What is remembered under NUMBER and in force; NULL when nothing is, or a device has it already.
 */
static const KeptAddress *
find_open(const Naming *naming, guint number)
{
    g_autofree char *identity = group_identity(naming->group, number);
    const KeptAddress *kept = g_hash_table_contains(naming->used, identity)
                                  ? NULL
                                  : kept_addresses_find(naming->kept, identity);

    return kept != NULL && kept_address_is_in_force(kept) ? kept : NULL;
}

/* The number that group_identity() made IDENTITY of; FALSE when it is of another group. */
static gboolean
parse_number(const DeviceGroup *group, const char *identity, guint *ret_number)
{
    const char *rest = identity + strlen(group->stem);
    guint64 number = 1;

    if ((*rest != '\0' || group->is_counted) &&
        (*rest != (group->is_counted ? '/' : '#') ||
         !g_ascii_string_to_unsigned(rest + 1, 10, group->is_counted ? 0 : 2, G_MAXINT, &number,
                                     NULL)))
        return FALSE;
    *ret_number = (guint)number - !group->is_counted;
    return TRUE;
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a, right = *(const guint *)b;

    return (left > right) - (left < right);
}

/*
 * Numbers are missing where devices have no address, which is all that is remembered, and the
 * devices behind them are remembered all the same.
 */
static GArray *
find_numbers(const DeviceGroup *group, const KeptAddresses *kept)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = find_position(kept, group->stem); kept != NULL && i < kept->addresses->len;
         i++) {
        const char *identity = g_array_index(kept->addresses, KeptAddress, i).device;
        guint number;

        if (!g_str_has_prefix(identity, group->stem))
            break;
        if (parse_number(group, identity, &number))
            g_array_append_val(numbers, number);
    }
    g_array_sort(numbers, compare_numbers);
    return numbers;
}

/* Is DEVICE written where planning moves it from there to where KEPT was? */
static gboolean
is_moved_to(const Naming *naming, const Device *device, const KeptAddress *kept)
{
    DeviceAddress address = {0};

    return device_address_parse(kept->address, &address) &&
           device_address_is_moved(&device->address, naming->n_buses, &address);
}

/*
 * Is PLACE, which is written, where KEPT was? zPCI identifiers are remembered with a place on PCI,
 * and a definition may write one of the two, or none.
 */
static gboolean
is_at(const char *place, const KeptAddress *kept)
{
    const gsize length = strlen(place);

    return strncmp(kept->address, place, length) == 0 &&
           (kept->address[length] == '\0' || kept->address[length] == ' ');
}

/* Those that are where one of them was; with IS_MOVED, those that planning will move there. */
static void
name_by_address(Naming *naming, gboolean is_moved)
{
    for (guint i = 0; i < naming->group->devices->len; i++) {
        Device *device = g_ptr_array_index(naming->group->devices, i);
        g_autofree char *place = device_has_open_port(device, &device->address)
                                     ? NULL
                                     : device_address_format_place(&device->address);

        for (guint k = 0; place != NULL && device->identity == NULL && k < naming->numbers->len;
             k++) {
            guint number = g_array_index(naming->numbers, guint, k);
            const KeptAddress *kept = find_open(naming, number);

            if (kept != NULL && (is_moved ? is_moved_to(naming, device, kept) : is_at(place, kept)))
                take(naming, device, number);
        }
    }
}

/* Has the device of NUMBER a place that DEVICE can have? TRUE when nothing is remembered. */
static gboolean
is_fitting(const Naming *naming, guint number, const Device *device)
{
    g_autofree char *identity = group_identity(naming->group, number);
    const KeptAddress *kept = kept_addresses_find(naming->kept, identity);
    DeviceAddress address = {0};

    return kept == NULL ||
           (device_address_parse(kept->address, &address) && device_may_have(device, &address));
}

/* Gives DEVICE the first identity in force that is open; FALSE when there is none. */
static gboolean
take_open(Naming *naming, Device *device, gboolean is_fit_wanted)
{
    for (guint k = 0; k < naming->numbers->len; k++) {
        guint number = g_array_index(naming->numbers, guint, k);

        if (find_open(naming, number) != NULL &&
            (!is_fit_wanted || is_fitting(naming, number, device))) {
            take(naming, device, number);
            return TRUE;
        }
    }
    return FALSE;
}

/* Gives DEVICE the first identity that no device has, and whose place it may have. */
static void
take_free(Naming *naming, Device *device)
{
    for (guint k = 0; device->identity == NULL; k++) {
        g_autofree char *identity = group_identity(naming->group, k);

        if (!g_hash_table_contains(naming->used, identity) && is_fitting(naming, k, device))
            take(naming, device, k);
    }
}

static void
name_group(const DeviceGroup *group, const KeptAddresses *kept, guint n_buses, GHashTable *used)
{
    g_autoptr(GArray) numbers = find_numbers(group, kept);
    Naming naming = {
        .group = group, .kept = kept, .numbers = numbers, .n_buses = n_buses, .used = used};

    name_by_address(&naming, FALSE);
    name_by_address(&naming, TRUE);
    for (guint i = 0; i < group->devices->len; i++) {
        Device *device = g_ptr_array_index(group->devices, i);

        if (device->identity == NULL)
            take_open(&naming, device, TRUE);
    }
    for (guint i = 0; i < group->devices->len; i++) {
        Device *device = g_ptr_array_index(group->devices, i);

        if (device->identity == NULL && !take_open(&naming, device, FALSE))
            take_free(&naming, device);
    }
}

/* ---- all groups ----------------------------------------------------------------------------- */

static DeviceGroup *
find_group(GHashTable *groups, GPtrArray *order, char *stem, gboolean is_counted)
{
    DeviceGroup *group = g_hash_table_lookup(groups, stem);

    if (group != NULL) {
        g_free(stem);
        return group;
    }
    group = g_new0(DeviceGroup, 1);
    group->stem = stem;
    group->is_counted = is_counted;
    group->devices = g_ptr_array_new();
    g_hash_table_insert(groups, stem, group);
    g_ptr_array_add(order, group);
    return group;
}

void
domain_devices_identify(DomainDevices *devices, const KeptAddresses *kept)
{
    g_autoptr(GHashTable) groups = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(group_free);
    g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
    const guint n_buses = domain_devices_count_pci_buses(devices);
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        gboolean is_counted;
        char *stem = device_key_stem(devices, device, &is_counted);

        g_clear_pointer(&device->identity, g_free);
        g_ptr_array_add(find_group(groups, order, stem, is_counted)->devices, device);
    }
    for (guint i = 0; i < order->len; i++)
        name_group(g_ptr_array_index(order, i), kept, n_buses, used);
}
