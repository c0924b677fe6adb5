/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts that have one UUID, because they were cloned, or because their maker left it in all boards:
 * libvirt refuses to migrate between them.
 */
#include "planning.h"

static void
report_shared_uuid(Planning *planning, const Host *first, const Host *second, guint n_hosts)
{
    planning_add_finding(
        planning, FINDING_WARNING, "host-uuid", first->name,
        n_hosts == 2
            ? g_strdup_printf("hosts %s and %s have the same UUID %s; libvirt takes them "
                              "for one host and migrates no guest between them",
                              first->name, second->name, first->uuid)
            : g_strdup_printf("%u hosts, such as %s and %s, have the same UUID %s; libvirt "
                              "takes them for one host and migrates no guest between them",
                              n_hosts, first->name, second->name, first->uuid),
        "give each host its own host_uuid in libvirtd.conf or virtqemud.conf");
}

/*
 * By host: whether another one may have its UUID. Most have one of their own, which a bit for each
 * hash tells in a fraction of the time that looking them all up takes. Owned by the caller.
 */
static guint8 *
hosts_with_like_uuids(const Fleet *fleet)
{
    enum { BITS_PER_HOST = 16 };
    const guint n_bits = g_bit_storage((gulong)fleet->hosts->len * BITS_PER_HOST);
    const gsize n_bytes = (gsize)1 << MAX(n_bits, 3) >> 3;
    g_autofree guint8 *once = g_malloc0(n_bytes), *twice = g_malloc0(n_bytes);
    g_autofree guint32 *hashes = g_new0(guint32, fleet->hosts->len);
    guint8 *is_like = g_new0(guint8, fleet->hosts->len);

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const char *uuid = fleet_host(fleet, i)->uuid;
        const guint32 hash = uuid != NULL ? g_str_hash(uuid) : 0;
        const guint8 bit = (guint8)(1 << (hash & 7));
        const gsize byte = hash >> 3 & (n_bytes - 1);

        hashes[i] = hash;
        twice[byte] |= once[byte] & bit;
        once[byte] |= bit;
    }
    for (guint i = 0; i < fleet->hosts->len; i++)
        is_like[i] = twice[hashes[i] >> 3 & (n_bytes - 1)] >> (hashes[i] & 7) & 1;
    return is_like;
}

void
planning_find_shared_uuids(Planning *planning)
{
    const GArray *hosts = planning->fleet->hosts;
    g_autoptr(GHashTable) first_of = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree guint *n_with = g_new0(guint, hosts->len); /* by the first host with the UUID */
    g_autofree guint *second_of = g_new0(guint, hosts->len);
    g_autofree guint8 *is_like = hosts_with_like_uuids(planning->fleet);

    for (guint i = 0; i < hosts->len; i++) {
        const char *uuid = fleet_host(planning->fleet, i)->uuid;

        if (uuid == NULL || !is_like[i])
            continue;
        /* Counted from 1, so that one look-up tells. */
        const gpointer known = g_hash_table_lookup(first_of, uuid);
        const guint first = known != NULL ? GPOINTER_TO_UINT(known) - 1 : i;
        if (known == NULL)
            g_hash_table_insert(first_of, (gpointer)(guintptr)uuid, GUINT_TO_POINTER(i + 1));
        if (++n_with[first] == 2)
            second_of[first] = i;
    }
    for (guint i = 0; i < hosts->len; i++) {
        if (n_with[i] > 1)
            report_shared_uuid(planning, fleet_host(planning->fleet, i),
                               fleet_host(planning->fleet, second_of[i]), n_with[i]);
    }
}
