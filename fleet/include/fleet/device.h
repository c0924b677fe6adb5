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
 * Addresses are in device_address.h, kinds and models in device_models.h. Source: libvirt's
 * documentation, "Domain XML format: Devices" and "PCI topology and hotplug".
 */

#include <cpumodel/arch.h>
#include <fleet/device_address.h>
#include <fleet/device_models.h>

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
    char *serial; /* NULL when not written or empty */
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
    char *serial;     /* NVMe; NULL when not written or empty */
    gint chassis_nr, chassis, port, bus_nr, target_index, numa_node; /* -1: not written */
    CpuSwitch hotplug;
    ElementPlace master_place, model_place, target_place;
} ControllerDevice;

typedef struct {
    SerialTarget target;
    gint port; /* -1: not written */
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
    char *alias;    /* <alias name=''/>; NULL when not written */
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
/* Sorts the controllers again, as if each were inserted anew. */
void domain_devices_rebuild_controllers(DomainDevices *devices);

/* The controller of TYPE with INDEX; NULL when there is none. */
Device *domain_devices_find_controller(const DomainDevices *devices, ControllerType type,
                                       gint index);

/* The number of PCI buses: one more than the highest index of their controllers. */
guint domain_devices_count_pci_buses(const DomainDevices *devices);

/* The device whose element begins at byte BEGIN of the text; NULL when there is none. Linear. */
Device *domain_devices_find_place(const DomainDevices *devices, guint32 begin);

/* The model of a PCI controller, as libvirt names it; NULL for all other devices. Static. */
const char *device_pci_controller_model(const Device *device);

/* What a PCI device of the host is in HostdevDevice.source. Owned by the caller. */
char *hostdev_pci_source(const PciAddress *pci);

/* The number that a target name stands for ("vda": 0, "sdaa": 26), or -1. */
gint disk_target_index(const char *target);
/* A name like "nvme0n1": its controller, and its namespace counted from 0. FALSE for all others. */
gboolean disk_target_parse_nvme(const char *target, guint *ret_controller, guint *ret_index);

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
 * The device's identity where it has one (fleet/device_identity.h), else what its definition tells
 * of it: "disk/vda", "interface/52:54:00:12:34:56", "controller/pci/1", "rng/0". Two devices of one
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
