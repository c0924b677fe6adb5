/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_ABI_H
#define FLEET_ABI_H

/*
 * What a guest sees of its definition beside its devices' addresses: values that must be equal on
 * both ends of a migration. Source: the checks that libvirt makes of a migration's target
 * definition ("ABI stability").
 *
 * Values are brought into one form (sizes in bytes or KiB, numbers decimal). What is not written,
 * or is written as libvirt fills it in anyway, has no property.
 */

#include <glib.h>

G_BEGIN_DECLS

/* Why a property counts. Static data; property and difference point to it. */
typedef struct {
    const char *name; /* "serial number", "queues"; of lists, what stands before the item's name */
    const char *why;  /* a sentence without its full stop */
    gboolean is_unchecked; /* libvirt does not compare it, though the guest sees it */
} AbiRule;

typedef struct {
    const AbiRule *rule;
    char *name; /* the rule's, and of lists the item: "feature acpi"; unique in its owner */
    char *value;
    guint line;
} AbiProperty;

/* A device's element, or the guest's own, for which begin is 0. */
typedef struct {
    guint32 begin; /* ElementPlace.begin of the device */
    guint line;
    GArray *properties; /* of AbiProperty, in the order of reading */
} AbiElement;

typedef struct {
    AbiElement *guest;
    GHashTable *devices; /* begin (GUINT_TO_POINTER) -> AbiElement* */
} GuestAbi;

GuestAbi *guest_abi_new(void);
void guest_abi_free(GuestAbi *abi);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestAbi, guest_abi_free)

/* The element of the device that begins there, made when there is none. */
AbiElement *guest_abi_device(GuestAbi *abi, guint32 begin, guint line);
/*
 * Adds what RULE asks for; ITEM is NULL but for lists. Both texts are copied. A name that is there
 * already is left as it is.
 */
void abi_element_add(AbiElement *element, const AbiRule *rule, const char *item, const char *value,
                     guint line);
/* NULL when there is none. ELEMENT may be NULL. Linear. */
const AbiProperty *abi_element_find(const AbiElement *element, const char *name);

G_END_DECLS

#endif
