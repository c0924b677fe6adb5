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

/* Fills in what is missing. */
static gboolean
complete(AddressContext *context, ZpciSet *set, Device *device)
{
    PciAddress *pci = &device->address.pci;

    if (!pci->has_uid) {
        while (g_hash_table_contains(set->uids, GUINT_TO_POINTER(set->next_uid)))
            set->next_uid++;
        if (set->next_uid > UID_MAX)
            return address_refuse(context, device, "remove PCI devices", "no zPCI uid is left");
        pci->uid = set->next_uid;
        pci->has_uid = TRUE;
        g_hash_table_add(set->uids, GUINT_TO_POINTER(pci->uid));
    }
    if (!pci->has_fid) {
        while (g_hash_table_contains(set->fids, GUINT_TO_POINTER(set->next_fid)))
            set->next_fid++;
        pci->fid = set->next_fid;
        pci->has_fid = TRUE;
        g_hash_table_add(set->fids, GUINT_TO_POINTER(pci->fid));
    }
    return TRUE;
}

/* Takes what is written; a device with one of the two gets the other at once. */
static gboolean
collect(AddressContext *context, ZpciSet *set)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        const PciAddress *pci = &device->address.pci;

        if (!has_zpci(device) || (!pci->has_uid && !pci->has_fid))
            continue;
        if (pci->has_uid && !use(context, device, set->uids, pci->uid, "uid"))
            return FALSE;
        if (pci->has_fid && !use(context, device, set->fids, pci->fid, "fid"))
            return FALSE;
        if (!complete(context, set, device))
            return FALSE;
    }
    return TRUE;
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
    ZpciSet set = {.uids = uids, .fids = fids, .next_uid = UID_MIN};
    DeviceWalk walk;
    Device *device;

    if (context->family != FAMILY_S390_CCW)
        return TRUE;
    if (!collect(context, &set))
        return FALSE;
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (has_zpci(device) && !is_left_out(context, device) && !complete(context, &set, device))
            return FALSE;
    }
    return TRUE;
}
