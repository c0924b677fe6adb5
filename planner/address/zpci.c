/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * zPCI: the two numbers by which an s390x guest knows a PCI device, beside its PCI address.
 *
 * The sets are hash sets of what is used; the lowest free value is searched from where the last
 * search ended, since values are never given back.
 */

#include "pci.h"

#define UID_MIN 1
#define UID_MAX 0xffff

typedef struct {
    GHashTable *uids, *fids; /* used values */
    /* Values that devices have from an earlier plan alone, and where there are any, all that are
       written: who gets a new one at once is to take neither. */
    GHashTable *kept_uids, *kept_fids;
    guint32 next_uid, next_fid;
} ZpciSet;

static gboolean
has_zpci(const Device *device)
{
    return device->address.type == ADDRESS_PCI && device->kind != DEVICE_SERIAL &&
           device->kind != DEVICE_PARALLEL && device->kind != DEVICE_CHANNEL &&
           device->kind != DEVICE_CONSOLE;
}

static gboolean
use(AddressContext *context, const Device *device, GHashTable *used, guint32 value,
    const char *name)
{
    if (g_hash_table_add(used, GUINT_TO_POINTER(value)))
        return TRUE;
    return address_refuse(context, device, "give one of them another",
                          "the zPCI %s 0x%x is already in use", name, value);
}

static gboolean
is_taken(GHashTable *used, GHashTable *kept, guint32 value)
{
    return g_hash_table_contains(used, GUINT_TO_POINTER(value)) ||
           g_hash_table_contains(kept, GUINT_TO_POINTER(value));
}

/* Fills in what is missing. */
static gboolean
complete(AddressContext *context, ZpciSet *set, Device *device)
{
    PciAddress *pci = &device->address.pci;

    if (!pci->has_uid) {
        while (is_taken(set->uids, set->kept_uids, set->next_uid))
            set->next_uid++;
        if (set->next_uid > UID_MAX)
            return address_refuse(context, device, "remove PCI devices", "no zPCI uid is left");
        pci->uid = set->next_uid;
        pci->has_uid = TRUE;
        g_hash_table_add(set->uids, GUINT_TO_POINTER(pci->uid));
    }
    if (!pci->has_fid) {
        while (is_taken(set->fids, set->kept_fids, set->next_fid))
            set->next_fid++;
        pci->fid = set->next_fid;
        pci->has_fid = TRUE;
        g_hash_table_add(set->fids, GUINT_TO_POINTER(pci->fid));
    }
    return TRUE;
}

/* Which of its numbers DEVICE has from an earlier plan alone. */
static void
find_kept(const Device *device, gboolean *ret_uid, gboolean *ret_fid)
{
    const PciAddress *pci = &device->address.pci;
    const gboolean is_written = device->written.type == ADDRESS_PCI;

    *ret_uid = pci->has_uid && !(is_written && device->written.pci.has_uid);
    *ret_fid = pci->has_fid && !(is_written && device->written.pci.has_fid);
}

/* Adds the values of an earlier plan, or those that are written. */
static void
collect_values(AddressContext *context, ZpciSet *set, gboolean is_of_written)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        const PciAddress *pci = &device->address.pci;
        gboolean is_uid_kept, is_fid_kept;

        if (!has_zpci(device))
            continue;
        find_kept(device, &is_uid_kept, &is_fid_kept);
        if (pci->has_uid && is_uid_kept != is_of_written)
            g_hash_table_add(set->kept_uids, GUINT_TO_POINTER(pci->uid));
        if (pci->has_fid && is_fid_kept != is_of_written)
            g_hash_table_add(set->kept_fids, GUINT_TO_POINTER(pci->fid));
    }
}

static void
collect_kept(AddressContext *context, ZpciSet *set)
{
    collect_values(context, set, FALSE);
    if (g_hash_table_size(set->kept_uids) + g_hash_table_size(set->kept_fids) > 0)
        collect_values(context, set, TRUE);
}

/* Takes what is written; a device with one of the two gets the other at once. */
static gboolean
collect_written(AddressContext *context, ZpciSet *set)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        const PciAddress *pci = &device->address.pci;
        gboolean is_uid_kept, is_fid_kept;

        if (!has_zpci(device))
            continue;
        find_kept(device, &is_uid_kept, &is_fid_kept);
        const gboolean has_uid = pci->has_uid && !is_uid_kept,
                       has_fid = pci->has_fid && !is_fid_kept;
        if ((has_uid && !use(context, device, set->uids, pci->uid, "uid")) ||
            (has_fid && !use(context, device, set->fids, pci->fid, "fid")) ||
            ((has_uid || has_fid) && !complete(context, set, device)))
            return FALSE;
    }
    return TRUE;
}

/* FALSE where VALUE is of an earlier plan and another device has it now. */
static gboolean
is_still_free(GHashTable *used, GHashTable *kept, guint32 value)
{
    return !g_hash_table_contains(kept, GUINT_TO_POINTER(value)) ||
           g_hash_table_add(used, GUINT_TO_POINTER(value));
}

/* A number that is given up is replaced; the place stays. */
static void
settle_kept(AddressContext *context, ZpciSet *set)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        PciAddress *pci = &device->address.pci;
        gboolean is_uid_kept, is_fid_kept;

        if (!has_zpci(device))
            continue;
        find_kept(device, &is_uid_kept, &is_fid_kept);
        if (is_uid_kept)
            pci->has_uid = is_still_free(set->uids, set->kept_uids, pci->uid);
        if (is_fid_kept)
            pci->has_fid = is_still_free(set->fids, set->kept_fids, pci->fid);
    }
}

static gboolean
is_left_out(const AddressContext *context, const Device *device)
{
    return device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI &&
           device->place.line == 0 && !address_has(context, CHANGE_ZPCI_ADDED_BRIDGES);
}

gboolean
pci_assign_zpci(AddressContext *context)
{
    g_autoptr(GHashTable) uids = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) fids = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) kept_uids = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) kept_fids = g_hash_table_new(NULL, NULL);
    ZpciSet set = {.uids = uids,
                   .fids = fids,
                   .kept_uids = kept_uids,
                   .kept_fids = kept_fids,
                   .next_uid = UID_MIN};
    DeviceWalk walk;
    Device *device;

    if (context->family != FAMILY_S390_CCW)
        return TRUE;
    collect_kept(context, &set);
    if (!collect_written(context, &set))
        return FALSE;
    settle_kept(context, &set);
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (has_zpci(device) && !is_left_out(context, device) && !complete(context, &set, device))
            return FALSE;
    }
    return TRUE;
}
