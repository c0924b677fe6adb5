/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DEVICE_MODELS_H
#define FLEET_DEVICE_MODELS_H

/*
 * What kinds and models of devices there are, as far as addresses depend on them, and their names,
 * which are libvirt's.
 *
 * Source: libvirt's documentation, "Domain XML format: Devices" and "PCI topology and hotplug".
 */

#include <glib.h>

G_BEGIN_DECLS

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
    DISK_BUS_NVME,
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
    CONTROLLER_NVME,
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

G_END_DECLS

#endif
