/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PCI_H
#define PLANNER_PCI_H

/*
 * PCI buses and who sits where on them.
 *
 * A PciSet is the occupancy of all buses at one moment. The first of two passes grows it to learn
 * which buses are needed; the second, with all controllers known, cannot.
 */

#include "address_private.h"

G_BEGIN_DECLS

#define PCI_SLOTS 32
#define PCI_FUNCTIONS 8
#define PCI_MAX_BUSES 256

/* What a device connects to, and, as a set, what a bus accepts. */
typedef enum {
    PCI_CLASS_NONE = 0,
    PCI_CLASS_PCI = 1 << 0,
    PCI_CLASS_PCIE = 1 << 1,
    PCI_CLASS_ROOT_PORT = 1 << 2,
    PCI_CLASS_UPSTREAM = 1 << 3,
    PCI_CLASS_DOWNSTREAM = 1 << 4,
    PCI_CLASS_DMI = 1 << 5,
    PCI_CLASS_PXB = 1 << 6,
    PCI_CLASS_PXB_PCIE = 1 << 7,
    PCI_CLASS_BRIDGE = 1 << 8,
    PCI_CLASS_PCIE_TO_PCI = 1 << 9,
} PciClass;

/* What a device asks for. */
typedef struct {
    PciClass class;
    gboolean is_controller; /* may also sit where nothing is placed by itself */
    gboolean is_aggregate;  /* may share a slot with its like */
    gboolean is_integrated; /* bus 0 only */
    guint32 isolation;      /* pseries: devices of different groups share no bus */
} PciNeed;

/* What a controller model is, as a bus and as a device. */
typedef struct {
    PciClass needs; /* NONE: it is a root */
    PciClass accepts;
    gboolean is_auto; /* endpoints may be placed there without being told to */
    guint first_slot, last_slot;
    const char *model_name; /* <model name=''/>; NULL: not written */
} PciModel;

const PciModel *pci_model(ControllerModel model);

typedef struct {
    ControllerModel model;
    PciClass accepts;
    guint8 functions[PCI_SLOTS]; /* bits: used functions */
    guint32 aggregating;         /* bits: slots that root ports share */
    guint32 isolation;
    gboolean is_isolation_locked;
} PciBus;

typedef struct {
    AddressContext *context;
    GArray *buses;       /* of PciBus */
    gboolean is_growing; /* first pass */
} PciSet;

/* ---- pci_class.c ---------------------------------------------------------------------------- */

/* What DEVICE connects to; class NONE when it is no PCI device. */
PciNeed pci_need(const AddressContext *context, const Device *device);
/* TRUE when the guest's PCI controller 0 is PCI Express. */
gboolean pci_is_express(const AddressContext *context);

/* ---- pci_set.c ------------------------------------------------------------------------------ */

void pci_set_init(PciSet *set, AddressContext *context, gboolean is_growing);
void pci_set_clear(PciSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PciSet, pci_set_clear)

static inline PciBus *
pci_set_bus(const PciSet *set, guint index)
{
    return &g_array_index(set->buses, PciBus, index);
}

/* TRUE when what has NEED can be put at ADDRESS without growing. */
gboolean pci_set_is_free(const PciSet *set, const PciAddress *address, PciNeed need);
/*
 * Marks the place of ADDRESS used by DEVICE (NULL: the machine itself). May raise the bus number
 * when the set grows. FALSE when it is taken or cannot hold such a device.
 */
gboolean pci_set_reserve(PciSet *set, const Device *device, PciAddress *address, PciNeed need,
                         gboolean is_explicit);
/* Finds and marks the lowest place. FUNCTION -1: any. DEVICE may be NULL. */
gboolean pci_set_reserve_next(PciSet *set, const Device *device, PciNeed need, gint function,
                              PciAddress *ret_address);
/* No function of that slot of bus 0 is used. */
gboolean pci_set_is_slot_empty(const PciSet *set, guint slot);
/* Every slot of every bus is used. */
gboolean pci_set_is_full(const PciSet *set);

/* ---- pci_fixed.c ---------------------------------------------------------------------------- */

/* The chipset's own places, and those that it prefers. */
gboolean pci_reserve_fixed(PciSet *set);
/* TRUE when DEVICE is one of the controllers inside the PIIX3. */
gboolean pci_is_piix3_part(const Device *device);

/* ---- pci_order.c ---------------------------------------------------------------------------- */

/* Gives every device that wants one an address, in libvirt's order; only notes it when growing. */
gboolean pci_assign_all(PciSet *set);

/* ---- pci_options.c -------------------------------------------------------------------------- */

/* Numbers of PCI controllers (chassis, port, busNr) and the multifunction flags. */
gboolean pci_fill_options(AddressContext *context);

/* ---- zpci.c --------------------------------------------------------------------------------- */

/*
 * Identifiers of s390x PCI devices: checks those that are written, and fills in the missing ones.
 */
gboolean pci_assign_zpci(AddressContext *context);

G_END_DECLS

#endif
