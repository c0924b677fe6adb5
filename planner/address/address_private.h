/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ADDRESS_PRIVATE_H
#define PLANNER_ADDRESS_PRIVATE_H

/*
 * What the steps of the address plan share.
 *
 * A step is a function that takes the context and returns FALSE after address_refuse(). Steps run
 * in the order of address_plan.c; each may rely on all before it.
 */

#include <planner/address.h>

G_BEGIN_DECLS

/* What changed between libvirt versions, as far as addresses feel it. */
typedef enum {
    CHANGE_CONTROLLERS_SORTED, /* added controllers go to their place, not to the end */
    CHANGE_USB2_REBUILD,       /* controllers are sorted again after companions got their index */
    CHANGE_USB_IN_WALK_ORDER,  /* USB ports in the order of all other addresses */
    CHANGE_USB_NET,            /* usb-net interfaces are USB devices */
    CHANGE_MTP,                /* file systems of driver mtp are known */
    CHANGE_CRYPTO,             /* crypto devices are known */
    CHANGE_PVPANIC,            /* pvpanic devices are known, and arm's default */
    CHANGE_VIRTIO_SOUND,
    CHANGE_PSTORE,
    CHANGE_INTEGRATED_PCI,     /* integrated devices count bus 0 as conventional too */
    CHANGE_MANY_WATCHDOGS,     /* several, and itco is one */
    CHANGE_DEFAULT_VIRT,       /* the default machine of ARM and RISC-V is virt */
    CHANGE_PANIC_MODEL,        /* a panic device without a model, nor a default, is refused */
    CHANGE_SLOTLESS_MEMORY,    /* virtio memory takes no slot */
    CHANGE_AUTO_NUMA,          /* memory hotplug brings a NUMA cell */
    CHANGE_ATTACH_IOMMU,       /* an iommu can be attached to a definition */
    CHANGE_AUTO_IOMMU,         /* many vCPUs bring an iommu, where they were refused without one */
    CHANGE_BOARD_ROOT,         /* versatilepb has a PCI root on every ARM, not on armv6l alone */
    CHANGE_BOARD_USB,          /* boards that had no USB controller get an OHCI one */
    CHANGE_VHOSTUSER_VIRTIO,   /* vhostuser interfaces default to virtio */
    CHANGE_VIRTIO_MEM_CCW,     /* s390x memory devices are ccw devices */
    CHANGE_ZPCI_ADDED_BRIDGES, /* bridges that libvirt adds get zPCI identifiers */
    CHANGE_NVME,               /* NVMe disks are known, and names like nvme0n1 */
    CHANGE_AMD_IOMMU,          /* the iommu model amd is known */
    CHANGE_VIRT_SCSI,          /* the default SCSI controller of virt machines is virtio-scsi */
    CHANGE_FLOPPY_CHECK,       /* floppy disks are refused where the machine has no controller */
    CHANGE_NO_DEFAULTS,        /* isapc, microvm and RISC-V get neither balloon nor USB */
    CHANGE_USB_MODELS,         /* USB controllers are xHCI by default, but on x86 and old boards */
    CHANGE_BOARD_PCI,          /* which boards have PCI, and which cards are none there */
    CHANGE_PORT_FOR_BRIDGE,    /* a pcie-to-pci-bridge brings the port that it sits on */
    CHANGE_USB_INPUT_WRITTEN,  /* inputs without a bus do not count when ppc64 gets its own */
    CHANGE_CONSOLE_PORT,       /* a console with a controller takes a port there */
    CHANGE_MANY_IOMMUS,        /* a guest may have several */
    CHANGE_NVME_EXPRESS,       /* NVMe controllers are PCI Express ones */
    CHANGE_SCSI_LIKE_FIRST, /* SCSI controllers without a model have that of the first with one */
    CHANGE_COUNT
} AddressChange;

typedef enum {
    FAMILY_I440FX,
    FAMILY_Q35,
    FAMILY_ISAPC,
    FAMILY_MICROVM,
    FAMILY_OTHER_X86,
    FAMILY_ARM_VIRT,
    FAMILY_ARM_VERSATILEPB,
    FAMILY_ARM_REALVIEW_EB,
    FAMILY_ARM_REALVIEW,
    FAMILY_ARM_VEXPRESS,
    FAMILY_OTHER_ARM,
    FAMILY_RISCV_VIRT,
    FAMILY_OTHER_RISCV,
    FAMILY_LOONGARCH_VIRT,
    FAMILY_PSERIES,
    FAMILY_OTHER_PPC64,
    FAMILY_OLD_PCI, /* ppc, alpha, sh4, sparc64 */
    FAMILY_S390_CCW,
    FAMILY_MALTA,
    FAMILY_OTHER_MIPS,
    FAMILY_SPARC,
    FAMILY_OTHER,
    FAMILY_COUNT
} MachineFamily;

/* What a family of machines is made of. */
typedef struct {
    ControllerModel root;        /* of PCI controller 0; NONE when there is no PCI */
    gboolean has_pci_assignment; /* PCI addresses are handed out */
    gboolean has_usb;            /* a USB controller is added */
    ControllerModel usb_default; /* the model of that one; NONE: as one without model */
    ControllerModel usb_model;   /* of controllers without, since CHANGE_USB_MODELS; NONE: PIIX3 */
    gboolean has_memballoon;
    gboolean lost_defaults; /* neither of the two since CHANGE_NO_DEFAULTS */
    gboolean has_virtio_mmio;
    gboolean has_ide; /* controller 0 is built in */
    ControllerModel scsi_default;
    InterfaceModel interface_default;
    VideoModel video_default;
    InputBus pointer_default; /* of mice and keyboards */
    SerialTarget serial_default;
    PanicModel panic_default;
    const char *machine; /* the one that is meant when none is written; NULL: not known */
} MachineTraits;

typedef struct {
    DomainDevices *devices;
    const AddressOptions *options;
    MachineFamily family;
    const MachineTraits *traits;
    guint recalled;        /* bit set over AddressType: kept addresses that are used */
    guint n_given_buses;   /* PCI buses before any is recalled or added */
    GHashTable *forgotten; /* set of ElementPlace.begin: devices without their old address */
    guint32 refused_begin; /* ElementPlace.begin of the device that is refused; 0: none */
    Finding *refusal;
} AddressContext;

/* Notes why libvirt would refuse the guest, at DEVICE's line if it has one; always FALSE. */
gboolean address_refuse(AddressContext *context, const Device *device, const char *remedy,
                        const char *format, ...) G_GNUC_PRINTF(4, 5);
gboolean address_version_has(const AddressOptions *options, AddressChange change);
gboolean address_has(const AddressContext *context, AddressChange change);

/* ---- machine.c ------------------------------------------------------------------------------ */

/* Makes the machine's name canonical and finds its family. */
gboolean address_machine_resolve(AddressContext *context);
/* The model of PCI controller 0; NONE when there is none. */
ControllerModel address_machine_root(const AddressContext *context);
/* IDE controller 0 is built in. */
gboolean address_machine_has_ide(const AddressContext *context);
/* A USB controller, or a memory balloon, is added. */
gboolean address_machine_has_usb(const AddressContext *context);
gboolean address_machine_has_memballoon(const AddressContext *context);
/* A floppy controller can be had. */
gboolean address_machine_has_fdc(const AddressContext *context);
/* It has a PCI bus. */
gboolean address_machine_has_pci(const AddressContext *context);
/* PCI addresses are handed out. */
gboolean address_machine_assigns_pci(const AddressContext *context);

static inline gboolean
address_is_x86(const AddressContext *context)
{
    return context->devices->arch == CPU_ARCH_X86_64 || context->devices->arch == CPU_ARCH_I686;
}

static inline gboolean
address_is_arm(const AddressContext *context)
{
    CpuArch arch = context->devices->arch;

    return arch == CPU_ARCH_AARCH64 || arch == CPU_ARCH_ARMV6L || arch == CPU_ARCH_ARMV7L;
}

/* ---- controllers.c -------------------------------------------------------------------------- */

/* Adds a controller where this version of libvirt lists it. */
Device *address_add_controller(AddressContext *context, ControllerType type, ControllerModel model,
                               gint index);
/* The lowest index that no controller of TYPE has. */
gint address_free_index(const AddressContext *context, ControllerType type);
gboolean address_assign_indexes(AddressContext *context);
/* Host devices on SCSI bring along controller 0 while they are parsed. */
gboolean address_parse_hostdevs(AddressContext *context);
gboolean address_add_needed_controllers(AddressContext *context);

/* ---- implicit.c ----------------------------------------------------------------------------- */

/* Forgets what is written of addresses that libvirt does not read. */
gboolean address_pass_over(AddressContext *context);
/* FALSE when this version of libvirt passes over elements of KIND. */
gboolean address_has_kind(const AddressContext *context, DeviceKind kind);
/* Devices that the machine always has; PCI controller 0 among them. */
gboolean address_add_machine_devices(AddressContext *context);
/* Serial ports and consoles that stand for each other. */
gboolean address_pair_consoles(AddressContext *context);
/* Adds the console that stands for SERIAL, in front of all others. */
void address_add_console(DomainDevices *devices, const Device *serial);
/* The console that stands for a serial port shows its address. */
gboolean address_finish_consoles(AddressContext *context);
gboolean address_add_video(AddressContext *context);

/* ---- models.c ------------------------------------------------------------------------------- */

/* Fills in models that were not written, device by device, and drive addresses with them. */
gboolean address_fill_models(AddressContext *context);
void address_fill_controller_model(AddressContext *context, Device *device);
/* The same for a device that is added later. */
void address_fill_model(AddressContext *context, Device *device);

/* ---- drive.c -------------------------------------------------------------------------------- */

/* The places that SCSI disks and host devices take. */
typedef GHashTable DriveSet;
DriveSet *drive_set_new(const DomainDevices *devices);
gboolean address_assign_disk(AddressContext *context, Device *disk, DriveSet *used);
void address_assign_scsi_hostdev(AddressContext *context, Device *hostdev, DriveSet *used);

/* FALSE when the SCSI controller of DRIVE cannot address its unit. */
gboolean address_scsi_has_unit(const DomainDevices *devices, const DriveAddress *drive);

/* ---- kept.c --------------------------------------------------------------------------------- */

/* The address that DEVICE had before; FALSE when none is known. */
gboolean address_find_kept(const AddressContext *context, const Device *device,
                           DeviceAddress *ret_address);
/* Gives devices without an address the one they had, where it is still free. */
gboolean address_recall_kept(AddressContext *context);

/* ---- one file each -------------------------------------------------------------------------- */

gboolean address_assign_virtio_serial(AddressContext *context);
gboolean address_assign_spapr_vio(AddressContext *context);
/* DEVICE is put on pSeries' own bus, with an address of another type also on other machines. */
gboolean address_is_on_spapr_vio(const AddressContext *context, const Device *device);
/* Gives such a DEVICE what libvirt makes of another type of address that is written for it. */
void address_retype_spapr_vio(const AddressContext *context, Device *device);
gboolean address_assign_ccw(AddressContext *context);
gboolean address_choose_virtio_bus(AddressContext *context);
gboolean address_assign_pci(AddressContext *context);
/* Is DEVICE one that gets a USB port, as hubs do? */
gboolean address_is_usb_device(const AddressContext *context, const Device *device);
gboolean address_assign_usb(AddressContext *context);
gboolean address_assign_memory(AddressContext *context);
/*
 * What libvirt makes of another type of address that is written for a DIMM: one of its own without
 * a slot, and with a part of what is written as its base. Other devices stay as they are.
 */
void address_retype_dimm(Device *device);
gboolean address_validate(AddressContext *context);
/* The USB controllers that were written go with each other. */
gboolean address_validate_usb_group(AddressContext *context);

G_END_DECLS

#endif
