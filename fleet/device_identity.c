/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Identities.
 *
 * Devices are put into groups by the stem of their key. The identities of a group are numbered:
 * "rng/0", "rng/1" where nothing names the devices, and "disk/vda", "disk/vda#2" where they share a
 * name, which libvirt refuses of some kinds only.
 */

#include <fleet/device_identity.h>
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

const KeptAddress *
kept_addresses_find(const KeptAddresses *kept, const char *identity)
{
    guint low = 0, high = kept == NULL ? 0 : kept->addresses->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const KeptAddress *address = &g_array_index(kept->addresses, KeptAddress, middle);
        int order = strcmp(identity, address->device);

        if (order == 0)
            return address;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* ---- one group ------------------------------------------------------------------------------ */

/* A group whose identities are given away. */
typedef struct {
    const DeviceGroup *group;
    const KeptAddresses *kept;
    guint n;          /* all that is remembered of the group has a lower number */
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

    return kept != NULL && kept->last_run == 0 ? kept : NULL;
}

/* Those that are where one of them was. */
static void
name_by_address(Naming *naming)
{
    for (guint i = 0; i < naming->group->devices->len; i++) {
        Device *device = g_ptr_array_index(naming->group->devices, i);
        g_autofree char *address = device_address_format(&device->address);

        for (guint k = 0; address != NULL && device->identity == NULL && k < naming->n; k++) {
            const KeptAddress *kept = find_open(naming, k);

            if (kept != NULL && strcmp(kept->address, address) == 0)
                take(naming, device, k);
        }
    }
}

/* The first identity that is in force, else the first that no device has. */
static guint
next_number(const Naming *naming)
{
    for (guint k = 0; k < naming->n; k++) {
        if (find_open(naming, k) != NULL)
            return k;
    }
    for (guint k = 0;; k++) {
        g_autofree char *identity = group_identity(naming->group, k);

        if (!g_hash_table_contains(naming->used, identity))
            return k;
    }
}

static void
name_group(const DeviceGroup *group, const KeptAddresses *kept, GHashTable *used)
{
    Naming naming = {.group = group, .kept = kept, .used = used};

    for (gboolean is_more = kept != NULL; is_more; naming.n += is_more) {
        g_autofree char *identity = group_identity(group, naming.n);
        is_more = kept_addresses_find(kept, identity) != NULL;
    }
    name_by_address(&naming);
    for (guint i = 0; i < group->devices->len; i++) {
        Device *device = g_ptr_array_index(group->devices, i);

        if (device->identity == NULL)
            take(&naming, device, next_number(&naming));
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
        name_group(g_ptr_array_index(order, i), kept, used);
}
