/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DEVICE_H
#define FLEET_DEVICE_H

/*
 * A guest's devices, as far as their addresses depend on them.
 *
 * DomainDevices is read from a domain XML (ingest/domain_devices_reader.h), completed by the
 * address plan (planner/address.h) and written back into the text it came from
 * (reports/domain_writer.h). Every device remembers where its element is in that text, so that a
 * message can name the line and the writer can edit in place. A device that planning adds has no
 * place (place.line is 0).
 *
 * Names are libvirt's. Source: libvirt's documentation, "Domain XML format: Devices" and
 * "PCI topology and hotplug".
 */

#include <cpumodel/arch.h>
#include <cpumodel/cpu_definition.h>

G_BEGIN_DECLS

/* ---- places in the text --------------------------------------------------------------------- */

/* Where an element is, in bytes from the start of the text. A zero line means: not in the text. */
typedef struct {
    guint32 line;        /* of the '<', from 1 */
    guint32 begin;       /* of the '<' */
    guint32 tag_end;     /* behind the last attribute or name of the start tag */
    guint32 content_end; /* of the "</"; equals end when is_empty */
    guint32 end;         /* behind the element's last '>' */
    gboolean is_empty;   /* <element/> */
} ElementPlace;

/* ---- addresses ------------------------------------------------------------------------------ */

typedef enum {
    ADDRESS_NONE, /* no <address> */
    ADDRESS_PCI,
    ADDRESS_DRIVE,
    ADDRESS_VIRTIO_SERIAL,
    ADDRESS_CCID,
    ADDRESS_USB,
    ADDRESS_SPAPR_VIO,
    ADDRESS_VIRTIO_S390,
    ADDRESS_CCW,
    ADDRESS_VIRTIO_MMIO,
    ADDRESS_ISA,
    ADDRESS_DIMM,
    ADDRESS_UNASSIGNED,
    ADDRESS_TYPE_COUNT
} AddressType;

#define USB_MAX_DEPTH 4

typedef struct {
    guint domain, bus, slot, function;
    CpuSwitch multifunction;
    gboolean has_uid, has_fid; /* zPCI identifiers, s390x only */
    guint32 uid, fid;
} PciAddress;

typedef struct {
    guint controller, bus, target, unit;
} DriveAddress;

typedef struct {
    guint bus;
    guint ports[USB_MAX_DEPTH]; /* from the controller outwards; 0 ends the path */
    gboolean has_bus;
} UsbAddress;

typedef struct {
    AddressType type;
    union {
        PciAddress pci;
        DriveAddress drive;
        UsbAddress usb;
        struct {
            guint controller, bus, port; /* port 0: not chosen yet */
        } virtio_serial;
        struct {
            guint controller, slot;
        } ccid;
        struct {
            gboolean has_reg;
            guint64 reg;
        } spapr_vio;
        struct {
            gboolean is_assigned;
            guint cssid, ssid, devno;
        } ccw;
        struct {
            guint iobase, irq;
            gboolean has_iobase, has_irq;
        } isa;
        struct {
            guint slot;
            gboolean has_slot, has_base;
            guint64 base;
        } dimm;
    };
} DeviceAddress;

/* libvirt's word: "pci", "drive", ...; "none" for ADDRESS_NONE. Static. */
const char *address_type_name(AddressType type);
/* FALSE when there is none of that name. */
gboolean address_type_from_name(const char *name, AddressType *ret_type);

gboolean device_address_equal(const DeviceAddress *a, const DeviceAddress *b);
/* A PCI address that names a place: one of 0:0.F is a wish for any place. */
gboolean device_address_is_pci_present(const DeviceAddress *address);
/* Without an address, or with an empty PCI one. */
gboolean device_address_is_pci_wanted(const DeviceAddress *address);
/* A USB address with a port. */
gboolean device_address_is_usb_present(const DeviceAddress *address);
/* "pci 0000:00:02.0", "drive 0:0:0:0", "usb 0:1.2", ...; NULL when there is nothing to tell. */
char *device_address_format(const DeviceAddress *address);
/* The reverse of device_address_format(); FALSE when TEXT is not of that form. */
gboolean device_address_parse(const char *text, DeviceAddress *ret_address);

/* ---- kinds and models ----------------------------------------------------------------------- */

/* In the order in which libvirt visits all devices of a guest. */
typedef enum {
    DEVICE_DISK,
    DEVICE_INTERFACE,
    DEVICE_SOUND,
    DEVICE_HOSTDEV,
    DEVICE_VIDEO,
    DEVICE_CONTROLLER,
    DEVICE_SMARTCARD,
    DEVICE_SERIAL,
    DEVICE_PARALLEL,
    DEVICE_CHANNEL,
    DEVICE_CONSOLE,
    DEVICE_INPUT,
    DEVICE_FILESYSTEM,
    DEVICE_WATCHDOG,
    DEVICE_MEMBALLOON,
    DEVICE_RNG,
    DEVICE_NVRAM,
    DEVICE_HUB,
    DEVICE_SHMEM,
    DEVICE_TPM,
    DEVICE_PANIC,
    DEVICE_MEMORY,
    DEVICE_REDIRDEV,
    DEVICE_IOMMU,
    DEVICE_VSOCK,
    DEVICE_CRYPTO,
    DEVICE_PSTORE,
    DEVICE_KIND_COUNT
} DeviceKind;

/* The element's name. Static. */
const char *device_kind_name(DeviceKind kind);
gboolean device_kind_from_name(const char *name, DeviceKind *ret_kind);

typedef enum {
    VIRTIO_MODEL_NONE, /* not a virtio model, or not written */
    VIRTIO_MODEL_VIRTIO,
    VIRTIO_MODEL_TRANSITIONAL,
    VIRTIO_MODEL_NON_TRANSITIONAL,
    VIRTIO_MODEL_COUNT
} VirtioModel;

typedef enum {
    DISK_BUS_NONE,
    DISK_BUS_IDE,
    DISK_BUS_FDC,
    DISK_BUS_SCSI,
    DISK_BUS_VIRTIO,
    DISK_BUS_XEN,
    DISK_BUS_USB,
    DISK_BUS_UML,
    DISK_BUS_SATA,
    DISK_BUS_SD,
    DISK_BUS_COUNT
} DiskBus;

typedef enum {
    CONTROLLER_IDE,
    CONTROLLER_FDC,
    CONTROLLER_SCSI,
    CONTROLLER_SATA,
    CONTROLLER_VIRTIO_SERIAL,
    CONTROLLER_CCID,
    CONTROLLER_USB,
    CONTROLLER_PCI,
    CONTROLLER_XENBUS,
    CONTROLLER_ISA,
    CONTROLLER_TYPE_COUNT
} ControllerType;

typedef enum {
    CONTROLLER_MODEL_NONE, /* not written */
    CONTROLLER_MODEL_PIIX3,
    CONTROLLER_MODEL_PIIX4,
    CONTROLLER_MODEL_ICH6,
    CONTROLLER_MODEL_AUTO,
    CONTROLLER_MODEL_BUSLOGIC,
    CONTROLLER_MODEL_LSILOGIC,
    CONTROLLER_MODEL_LSISAS1068,
    CONTROLLER_MODEL_VMPVSCSI,
    CONTROLLER_MODEL_IBMVSCSI,
    CONTROLLER_MODEL_VIRTIO_SCSI,
    CONTROLLER_MODEL_LSISAS1078,
    CONTROLLER_MODEL_SCSI_TRANSITIONAL,
    CONTROLLER_MODEL_SCSI_NON_TRANSITIONAL,
    CONTROLLER_MODEL_NCR53C90,
    CONTROLLER_MODEL_DC390,
    CONTROLLER_MODEL_AM53C974,
    CONTROLLER_MODEL_VIRTIO_SERIAL,
    CONTROLLER_MODEL_SERIAL_TRANSITIONAL,
    CONTROLLER_MODEL_SERIAL_NON_TRANSITIONAL,
    CONTROLLER_MODEL_PIIX3_UHCI,
    CONTROLLER_MODEL_PIIX4_UHCI,
    CONTROLLER_MODEL_EHCI,
    CONTROLLER_MODEL_ICH9_EHCI1,
    CONTROLLER_MODEL_ICH9_UHCI1,
    CONTROLLER_MODEL_ICH9_UHCI2,
    CONTROLLER_MODEL_ICH9_UHCI3,
    CONTROLLER_MODEL_VT82C686B_UHCI,
    CONTROLLER_MODEL_PCI_OHCI,
    CONTROLLER_MODEL_NEC_XHCI,
    CONTROLLER_MODEL_QUSB1,
    CONTROLLER_MODEL_QUSB2,
    CONTROLLER_MODEL_QEMU_XHCI,
    CONTROLLER_MODEL_USB_NONE,
    CONTROLLER_MODEL_PCI_ROOT,
    CONTROLLER_MODEL_PCIE_ROOT,
    CONTROLLER_MODEL_PCI_BRIDGE,
    CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE,
    CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE,
    CONTROLLER_MODEL_PCIE_ROOT_PORT,
    CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT,
    CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT,
    CONTROLLER_MODEL_PCI_EXPANDER_BUS,
    CONTROLLER_MODEL_PCIE_EXPANDER_BUS,
    CONTROLLER_MODEL_COUNT
} ControllerModel;

typedef enum {
    INTERFACE_MODEL_NONE,    /* not written */
    INTERFACE_MODEL_UNKNOWN, /* a name outside libvirt's list; it is kept as text */
    INTERFACE_MODEL_VIRTIO,
    INTERFACE_MODEL_VIRTIO_TRANSITIONAL,
    INTERFACE_MODEL_VIRTIO_NON_TRANSITIONAL,
    INTERFACE_MODEL_E1000,
    INTERFACE_MODEL_E1000E,
    INTERFACE_MODEL_IGB,
    INTERFACE_MODEL_RTL8139,
    INTERFACE_MODEL_USB_NET,
    INTERFACE_MODEL_SPAPR_VLAN,
    INTERFACE_MODEL_LAN9118,
    INTERFACE_MODEL_SMC91C111,
    INTERFACE_MODEL_NETFRONT,
    INTERFACE_MODEL_OTHER_PCI, /* one of the named conventional cards */
    INTERFACE_MODEL_COUNT
} InterfaceModel;

typedef enum {
    SOUND_MODEL_SB16,
    SOUND_MODEL_ES1370,
    SOUND_MODEL_PCSPK,
    SOUND_MODEL_AC97,
    SOUND_MODEL_ICH6,
    SOUND_MODEL_ICH9,
    SOUND_MODEL_USB,
    SOUND_MODEL_ICH7,
    SOUND_MODEL_VIRTIO,
    SOUND_MODEL_COUNT
} SoundModel;

typedef enum {
    HOSTDEV_USB,
    HOSTDEV_PCI,
    HOSTDEV_SCSI,
    HOSTDEV_SCSI_HOST,
    HOSTDEV_MDEV_PCI,
    HOSTDEV_MDEV_CCW,
    HOSTDEV_MDEV_AP,
    HOSTDEV_OTHER, /* containers' capabilities and such */
    HOSTDEV_COUNT
} HostdevType;

typedef enum {
    VIDEO_MODEL_NONE_WRITTEN,
    VIDEO_MODEL_NONE, /* model type='none' */
    VIDEO_MODEL_VGA,
    VIDEO_MODEL_CIRRUS,
    VIDEO_MODEL_VMVGA,
    VIDEO_MODEL_XEN,
    VIDEO_MODEL_VBOX,
    VIDEO_MODEL_QXL,
    VIDEO_MODEL_PARALLELS,
    VIDEO_MODEL_VIRTIO,
    VIDEO_MODEL_GOP,
    VIDEO_MODEL_BOCHS,
    VIDEO_MODEL_RAMFB,
    VIDEO_MODEL_DEFAULT, /* model type='default': the same as not written */
    VIDEO_MODEL_COUNT
} VideoModel;

typedef enum {
    SERIAL_TARGET_NONE, /* not written */
    SERIAL_TARGET_ISA,
    SERIAL_TARGET_USB,
    SERIAL_TARGET_PCI,
    SERIAL_TARGET_SPAPR_VIO,
    SERIAL_TARGET_SYSTEM,
    SERIAL_TARGET_SCLP,
    SERIAL_TARGET_ISA_DEBUG,
    SERIAL_TARGET_COUNT
} SerialTarget;

typedef enum {
    CONSOLE_TARGET_NONE, /* not written */
    CONSOLE_TARGET_SERIAL,
    CONSOLE_TARGET_XEN,
    CONSOLE_TARGET_UML,
    CONSOLE_TARGET_VIRTIO,
    CONSOLE_TARGET_LXC,
    CONSOLE_TARGET_OPENVZ,
    CONSOLE_TARGET_SCLP,
    CONSOLE_TARGET_SCLPLM,
    CONSOLE_TARGET_COUNT
} ConsoleTarget;

typedef enum {
    CHANNEL_TARGET_NONE,
    CHANNEL_TARGET_GUESTFWD,
    CHANNEL_TARGET_VIRTIO,
    CHANNEL_TARGET_XEN,
    CHANNEL_TARGET_COUNT
} ChannelTarget;

typedef enum {
    INPUT_MOUSE,
    INPUT_TABLET,
    INPUT_KEYBOARD,
    INPUT_PASSTHROUGH,
    INPUT_EVDEV,
    INPUT_TYPE_COUNT
} InputType;

typedef enum {
    INPUT_BUS_DEFAULT, /* not written */
    INPUT_BUS_PS2,
    INPUT_BUS_USB,
    INPUT_BUS_XEN,
    INPUT_BUS_PARALLELS,
    INPUT_BUS_VIRTIO,
    INPUT_BUS_NONE, /* evdev */
    INPUT_BUS_COUNT
} InputBus;

typedef enum {
    FILESYSTEM_DRIVER_DEFAULT,
    FILESYSTEM_DRIVER_PATH,
    FILESYSTEM_DRIVER_HANDLE,
    FILESYSTEM_DRIVER_LOOP,
    FILESYSTEM_DRIVER_NBD,
    FILESYSTEM_DRIVER_PLOOP,
    FILESYSTEM_DRIVER_VIRTIOFS,
    FILESYSTEM_DRIVER_MTP,
    FILESYSTEM_DRIVER_COUNT
} FilesystemDriver;

typedef enum {
    WATCHDOG_I6300ESB,
    WATCHDOG_IB700,
    WATCHDOG_DIAG288,
    WATCHDOG_ITCO,
    WATCHDOG_COUNT
} WatchdogModel;

typedef enum {
    BALLOON_VIRTIO,
    BALLOON_XEN,
    BALLOON_NONE,
    BALLOON_TRANSITIONAL,
    BALLOON_NON_TRANSITIONAL,
    BALLOON_COUNT
} BalloonModel;

typedef enum {
    TPM_MODEL_NONE, /* not written */
    TPM_MODEL_TIS,
    TPM_MODEL_CRB,
    TPM_MODEL_SPAPR,
    TPM_MODEL_SPAPR_PROXY,
    TPM_MODEL_COUNT
} TpmModel;

typedef enum {
    PANIC_MODEL_NONE, /* not written */
    PANIC_MODEL_ISA,
    PANIC_MODEL_PSERIES,
    PANIC_MODEL_HYPERV,
    PANIC_MODEL_S390,
    PANIC_MODEL_PVPANIC,
    PANIC_MODEL_COUNT
} PanicModel;

typedef enum {
    MEMORY_MODEL_DIMM,
    MEMORY_MODEL_NVDIMM,
    MEMORY_MODEL_VIRTIO_PMEM,
    MEMORY_MODEL_VIRTIO_MEM,
    MEMORY_MODEL_SGX_EPC,
    MEMORY_MODEL_COUNT
} MemoryModel;

typedef enum { IOMMU_INTEL, IOMMU_SMMUV3, IOMMU_VIRTIO, IOMMU_AMD, IOMMU_COUNT } IommuModel;

/* ---- names ---------------------------------------------------------------------------------- */

/* A closed list of words in an attribute; a NULL word is a value that is not written as a word. */
typedef struct {
    const char *what; /* for messages: "disk bus" */
    guint n_words;
    const char *const *words;
} DeviceWords;

extern const DeviceWords disk_bus_words, controller_type_words, sound_model_words,
    video_model_words, serial_target_words, console_target_words, channel_target_words,
    input_type_words, input_bus_words, filesystem_driver_words, watchdog_model_words,
    balloon_model_words, tpm_model_words, panic_model_words, memory_model_words, iommu_model_words,
    virtio_model_words;

/* FALSE when the list lacks WORD. */
gboolean device_words_find(const DeviceWords *words, const char *word, guint *ret_value);

/* The model of that name for controllers of TYPE; FALSE when libvirt has none. */
gboolean controller_model_from_name(ControllerType type, const char *name,
                                    ControllerModel *ret_model);
/* NULL for CONTROLLER_MODEL_NONE. Static. */
const char *controller_model_name(ControllerModel model);
/* Compared without regard to case, as libvirt does; UNKNOWN when its list lacks NAME. */
InterfaceModel interface_model_from_name(const char *name);
/* The name to write; NULL for NONE, UNKNOWN and OTHER_PCI. Static. */
const char *interface_model_name(InterfaceModel model);
/* virtio under any of its three names */
gboolean interface_model_is_virtio(InterfaceModel model);

/* ---- devices -------------------------------------------------------------------------------- */

/* What planning filled in beside the address, for the writer. */
typedef enum {
    DEVICE_FILLED_INDEX = 1 << 0,
    DEVICE_FILLED_MODEL = 1 << 1,
    DEVICE_FILLED_MASTER = 1 << 2,
    DEVICE_FILLED_MODEL_NAME = 1 << 3, /* PCI controllers: <model name=''/> */
    DEVICE_FILLED_CHASSIS_NR = 1 << 4,
    DEVICE_FILLED_CHASSIS = 1 << 5,
    DEVICE_FILLED_PORT = 1 << 6,
    DEVICE_FILLED_BUS_NR = 1 << 7,
    DEVICE_FILLED_TARGET_INDEX = 1 << 8,
} DeviceFilled; /* bit set */

typedef struct {
    DiskBus bus;         /* as it counts */
    DiskBus written_bus; /* NONE when not written */
    gboolean is_floppy, is_cdrom, is_lun;
    char *target; /* NULL when not written */
    VirtioModel model;
} DiskDevice;

typedef struct {
    char *type; /* "network", "hostdev", ...; never NULL */
    gboolean is_hostdev, is_hostdev_usb;
    DeviceAddress source_pci; /* of the host's card; type NONE when there is none */
    InterfaceModel model;
    char *model_name; /* as written; NULL when not */
    char *mac;        /* NULL when not written */
    ElementPlace model_place;
} InterfaceDevice;

typedef struct {
    HostdevType type;
    DeviceAddress source_pci; /* type NONE when it is no PCI device */
    VirtioModel model;        /* scsi_host */
    char *source;             /* what it is, for keys: "pci/0000:01:00.0"; NULL when not told */
} HostdevDevice;

typedef struct {
    VideoModel model;
    gboolean is_primary;
    ElementPlace model_place;
} VideoDevice;

typedef struct {
    ControllerType type;
    ControllerModel model;
    gint index;       /* -1: none yet */
    gint ports;       /* -1: not written */
    gint master_port; /* <master startport=''/>; -1: none */
    char *model_name; /* PCI: <model name=''/>; NULL when not written */
    gint chassis_nr, chassis, port, bus_nr, target_index, numa_node; /* -1: not written */
    CpuSwitch hotplug;
    ElementPlace master_place, model_place, target_place;
} ControllerDevice;

typedef struct {
    SerialTarget target;
    gboolean is_target_written; /* with a target type, "isa-serial" included */
    gint port;                  /* -1: not written */
    ElementPlace target_place;
} SerialDevice;

typedef struct {
    ConsoleTarget target;
    gint port;
    gboolean is_alias; /* of the first serial port */
    ElementPlace target_place;
} ConsoleDevice;

typedef struct {
    ChannelTarget target;
    char *name;
} ChannelDevice;

typedef struct {
    InputType type;
    InputBus bus;
    VirtioModel model;
} InputDevice;

typedef struct {
    FilesystemDriver driver;
    VirtioModel model;
    char *target;
} FilesystemDevice;

typedef struct Device Device;
struct Device {
    DeviceKind kind;
    ElementPlace place, address_place;
    char *alias; /* <alias name=''/>; NULL when not written */
    char *identity; /* by which it is known from run to run; NULL until it is identified */
    DeviceAddress address;
    DeviceAddress written; /* the address as it was read */
    DeviceFilled filled;
    char *content;      /* characters, shmem: what tells one from another, as text; else NULL */
    gboolean is_spice;  /* what is behind it is a SPICE client */
    const Device *twin; /* added serial port or console: the element it repeats; else NULL */
    union {
        DiskDevice disk;
        InterfaceDevice interface;
        struct {
            SoundModel model;
        } sound;
        HostdevDevice hostdev;
        VideoDevice video;
        ControllerDevice controller;
        struct {
            char *mode;
        } smartcard;
        SerialDevice serial; /* and parallel */
        ChannelDevice channel;
        ConsoleDevice console;
        InputDevice input;
        FilesystemDevice filesystem;
        struct {
            WatchdogModel model;
        } watchdog;
        struct {
            BalloonModel model;
        } memballoon;
        struct {
            VirtioModel model;
        } virtio; /* rng, vsock */
        struct {
            char *name;
        } shmem;
        struct {
            TpmModel model;
        } tpm;
        struct {
            PanicModel model;
        } panic;
        struct {
            MemoryModel model;
        } memory;
        struct {
            char *bus;
        } redirdev;
        struct {
            IommuModel model;
        } iommu;
    };
};

/* ---- the whole ------------------------------------------------------------------------------ */

typedef struct DomainDevices DomainDevices;
struct DomainDevices {
    CpuArch arch;
    char *machine;               /* NULL when not written */
    gboolean is_machine_changed; /* planning made it canonical */
    char *os_type;               /* "hvm"; NULL when not written */
    char *domain_type;           /* "kvm"; NULL when not written */
    CpuSwitch ps2;               /* <features><ps2 state=''/> */
    gboolean has_acpi;
    guint n_vcpus; /* maximum */
    guint n_graphics;
    gboolean has_spice; /* one of them */
    guint n_numa_cells;
    gboolean has_max_memory;
    guint memory_slots; /* <maxMemory slots=''>; 0: none */
    ElementPlace os_type_place, devices_place;
    ElementPlace root_place;
    GPtrArray *lists[DEVICE_KIND_COUNT]; /* of Device*, borrowed from owned, in libvirt's order */
    GPtrArray *owned;                    /* of Device* */
};

DomainDevices *domain_devices_new(void);
DomainDevices *domain_devices_copy(const DomainDevices *devices);
void domain_devices_free(DomainDevices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainDevices, domain_devices_free)

Device *device_new(DeviceKind kind);
Device *device_copy(const Device *device);
void device_free(Device *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Device, device_free)

static inline Device *
domain_devices_get(const DomainDevices *devices, DeviceKind kind, guint index)
{
    return (Device *)g_ptr_array_index(devices->lists[kind], index);
}

static inline guint
domain_devices_n(const DomainDevices *devices, DeviceKind kind)
{
    return devices->lists[kind]->len;
}

/*
 * Takes DEVICE and puts it where libvirt keeps it: disks by bus and target, controllers by type and
 * index, a primary video first, an interface of type hostdev also among the host devices.
 */
void domain_devices_insert(DomainDevices *devices, Device *device);
/* Takes DEVICE and puts it at POSITION of its list; beyond the end: last. */
void domain_devices_insert_at(DomainDevices *devices, Device *device, guint position);
/* Where libvirt's order puts the controller DEVICE, which is not in the list. */
guint domain_devices_controller_position(const DomainDevices *devices, const Device *device);
/* Sorts the controllers again, as if each were inserted anew. */
void domain_devices_rebuild_controllers(DomainDevices *devices);

/* The controller of TYPE with INDEX; NULL when there is none. */
Device *domain_devices_find_controller(const DomainDevices *devices, ControllerType type,
                                       gint index);

/* The model of a PCI controller, as libvirt names it; NULL for all other devices. Static. */
const char *device_pci_controller_model(const Device *device);

/* The number that a target name stands for ("vda": 0, "sdaa": 26), or -1. */
gint disk_target_index(const char *target);

/*
 * Visits all devices in libvirt's order, each once: not the alias of a serial port, and interfaces
 * of type hostdev only as interfaces. Devices may be added during the walk.
 */
typedef struct {
    const DomainDevices *devices;
    guint kind, index;
} DeviceWalk;

void device_walk_init(DeviceWalk *walk, const DomainDevices *devices);
/* NULL at the end. */
Device *device_walk_next(DeviceWalk *walk);

/*
 * The device's identity where it has one (fleet/device_identity.h), else what its definition tells of
 * it: "disk/vda", "interface/52:54:00:12:34:56", "controller/pci/1", "rng/0". Two devices of one
 * name have one key until they are identified. Owned by the caller. Linear.
 */
char *device_key(const DomainDevices *devices, const Device *device);

/*
 * The part of the key that the definition tells, without a position: "disk/vda", "rng". TRUE in
 * RET_IS_COUNTED when devices with that stem are told apart by position alone. Owned by the caller.
 */
char *device_key_stem(const DomainDevices *devices, const Device *device, gboolean *ret_is_counted);

G_END_DECLS

#endif
