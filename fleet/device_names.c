/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The words of the domain XML for kinds and models, as tables indexed by the enumerations.
 */

#include <fleet/device_models.h>
#include <string.h>

static const char *const kind_names[] = {
    [DEVICE_DISK] = "disk",
    [DEVICE_INTERFACE] = "interface",
    [DEVICE_SOUND] = "sound",
    [DEVICE_HOSTDEV] = "hostdev",
    [DEVICE_VIDEO] = "video",
    [DEVICE_CONTROLLER] = "controller",
    [DEVICE_SMARTCARD] = "smartcard",
    [DEVICE_SERIAL] = "serial",
    [DEVICE_PARALLEL] = "parallel",
    [DEVICE_CHANNEL] = "channel",
    [DEVICE_CONSOLE] = "console",
    [DEVICE_INPUT] = "input",
    [DEVICE_FILESYSTEM] = "filesystem",
    [DEVICE_WATCHDOG] = "watchdog",
    [DEVICE_MEMBALLOON] = "memballoon",
    [DEVICE_RNG] = "rng",
    [DEVICE_NVRAM] = "nvram",
    [DEVICE_HUB] = "hub",
    [DEVICE_SHMEM] = "shmem",
    [DEVICE_TPM] = "tpm",
    [DEVICE_PANIC] = "panic",
    [DEVICE_MEMORY] = "memory",
    [DEVICE_REDIRDEV] = "redirdev",
    [DEVICE_IOMMU] = "iommu",
    [DEVICE_VSOCK] = "vsock",
    [DEVICE_CRYPTO] = "crypto",
    [DEVICE_PSTORE] = "pstore",
};
G_STATIC_ASSERT(G_N_ELEMENTS(kind_names) == DEVICE_KIND_COUNT);

const char *
device_kind_name(DeviceKind kind)
{
    return kind_names[kind];
}

gboolean
device_kind_from_name(const char *name, DeviceKind *ret_kind)
{
    for (guint i = 0; i < DEVICE_KIND_COUNT; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *ret_kind = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Defines NAME##_words from a list of [VALUE] = "word"; COUNT holds the list to its enumeration. */
#define DEFINE_WORDS(name, text, count, ...)                                                       \
    static const char *const name##_table[count] = {__VA_ARGS__};                                  \
    const DeviceWords name##_words = {text, count, name##_table}

DEFINE_WORDS(disk_bus, "disk bus", DISK_BUS_COUNT, [DISK_BUS_IDE] = "ide", [DISK_BUS_FDC] = "fdc",
             [DISK_BUS_SCSI] = "scsi", [DISK_BUS_VIRTIO] = "virtio", [DISK_BUS_XEN] = "xen",
             [DISK_BUS_USB] = "usb", [DISK_BUS_UML] = "uml", [DISK_BUS_SATA] = "sata",
             [DISK_BUS_SD] = "sd", [DISK_BUS_NVME] = "nvme");
DEFINE_WORDS(controller_type, "controller type", CONTROLLER_TYPE_COUNT, [CONTROLLER_IDE] = "ide",
             [CONTROLLER_FDC] = "fdc", [CONTROLLER_SCSI] = "scsi", [CONTROLLER_SATA] = "sata",
             [CONTROLLER_VIRTIO_SERIAL] = "virtio-serial", [CONTROLLER_CCID] = "ccid",
             [CONTROLLER_USB] = "usb", [CONTROLLER_PCI] = "pci", [CONTROLLER_XENBUS] = "xenbus",
             [CONTROLLER_ISA] = "isa", [CONTROLLER_NVME] = "nvme");
DEFINE_WORDS(sound_model, "sound model",
             SOUND_MODEL_COUNT, [SOUND_MODEL_SB16] = "sb16", [SOUND_MODEL_ES1370] = "es1370",
             [SOUND_MODEL_PCSPK] = "pcspk", [SOUND_MODEL_AC97] = "ac97",
             [SOUND_MODEL_ICH6] = "ich6", [SOUND_MODEL_ICH9] = "ich9", [SOUND_MODEL_USB] = "usb",
             [SOUND_MODEL_ICH7] = "ich7", [SOUND_MODEL_VIRTIO] = "virtio");
DEFINE_WORDS(
    video_model, "video model",
    VIDEO_MODEL_COUNT, [VIDEO_MODEL_NONE] = "none", [VIDEO_MODEL_VGA] = "vga",
    [VIDEO_MODEL_CIRRUS] = "cirrus", [VIDEO_MODEL_VMVGA] = "vmvga", [VIDEO_MODEL_XEN] = "xen",
    [VIDEO_MODEL_VBOX] = "vbox", [VIDEO_MODEL_QXL] = "qxl", [VIDEO_MODEL_PARALLELS] = "parallels",
    [VIDEO_MODEL_VIRTIO] = "virtio", [VIDEO_MODEL_GOP] = "gop", [VIDEO_MODEL_BOCHS] = "bochs",
    [VIDEO_MODEL_RAMFB] = "ramfb", [VIDEO_MODEL_DEFAULT] = "default");
DEFINE_WORDS(
    serial_target, "serial target type", SERIAL_TARGET_COUNT, [SERIAL_TARGET_ISA] = "isa-serial",
    [SERIAL_TARGET_USB] = "usb-serial", [SERIAL_TARGET_PCI] = "pci-serial",
    [SERIAL_TARGET_SPAPR_VIO] = "spapr-vio-serial", [SERIAL_TARGET_SYSTEM] = "system-serial",
    [SERIAL_TARGET_SCLP] = "sclp-serial", [SERIAL_TARGET_ISA_DEBUG] = "isa-debug");
DEFINE_WORDS(console_target, "console target type",
             CONSOLE_TARGET_COUNT, [CONSOLE_TARGET_SERIAL] = "serial", [CONSOLE_TARGET_XEN] = "xen",
             [CONSOLE_TARGET_UML] = "uml", [CONSOLE_TARGET_VIRTIO] = "virtio",
             [CONSOLE_TARGET_LXC] = "lxc", [CONSOLE_TARGET_OPENVZ] = "openvz",
             [CONSOLE_TARGET_SCLP] = "sclp", [CONSOLE_TARGET_SCLPLM] = "sclplm");
DEFINE_WORDS(channel_target, "channel target type",
             CHANNEL_TARGET_COUNT, [CHANNEL_TARGET_GUESTFWD] = "guestfwd",
             [CHANNEL_TARGET_VIRTIO] = "virtio", [CHANNEL_TARGET_XEN] = "xen");
DEFINE_WORDS(
    input_type, "input type", INPUT_TYPE_COUNT, [INPUT_MOUSE] = "mouse", [INPUT_TABLET] = "tablet",
    [INPUT_KEYBOARD] = "keyboard", [INPUT_PASSTHROUGH] = "passthrough", [INPUT_EVDEV] = "evdev");
DEFINE_WORDS(
    input_bus, "input bus",
    INPUT_BUS_COUNT, [INPUT_BUS_PS2] = "ps2", [INPUT_BUS_USB] = "usb", [INPUT_BUS_XEN] = "xen",
    [INPUT_BUS_PARALLELS] = "parallels", [INPUT_BUS_VIRTIO] = "virtio", [INPUT_BUS_NONE] = "none");
DEFINE_WORDS(filesystem_driver, "filesystem driver",
             FILESYSTEM_DRIVER_COUNT, [FILESYSTEM_DRIVER_PATH] = "path",
             [FILESYSTEM_DRIVER_HANDLE] = "handle", [FILESYSTEM_DRIVER_LOOP] = "loop",
             [FILESYSTEM_DRIVER_NBD] = "nbd", [FILESYSTEM_DRIVER_PLOOP] = "ploop",
             [FILESYSTEM_DRIVER_VIRTIOFS] = "virtiofs", [FILESYSTEM_DRIVER_MTP] = "mtp");
DEFINE_WORDS(watchdog_model, "watchdog model", WATCHDOG_COUNT, [WATCHDOG_I6300ESB] = "i6300esb",
             [WATCHDOG_IB700] = "ib700", [WATCHDOG_DIAG288] = "diag288", [WATCHDOG_ITCO] = "itco");
DEFINE_WORDS(balloon_model, "memballoon model",
             BALLOON_COUNT, [BALLOON_VIRTIO] = "virtio", [BALLOON_XEN] = "xen",
             [BALLOON_NONE] = "none", [BALLOON_TRANSITIONAL] = "virtio-transitional",
             [BALLOON_NON_TRANSITIONAL] = "virtio-non-transitional");
DEFINE_WORDS(tpm_model, "TPM model",
             TPM_MODEL_COUNT, [TPM_MODEL_TIS] = "tpm-tis", [TPM_MODEL_CRB] = "tpm-crb",
             [TPM_MODEL_SPAPR] = "tpm-spapr", [TPM_MODEL_SPAPR_PROXY] = "spapr-tpm-proxy");
DEFINE_WORDS(panic_model, "panic model", PANIC_MODEL_COUNT, [PANIC_MODEL_ISA] = "isa",
             [PANIC_MODEL_PSERIES] = "pseries", [PANIC_MODEL_HYPERV] = "hyperv",
             [PANIC_MODEL_S390] = "s390", [PANIC_MODEL_PVPANIC] = "pvpanic");
DEFINE_WORDS(memory_model, "memory model", MEMORY_MODEL_COUNT, [MEMORY_MODEL_DIMM] = "dimm",
             [MEMORY_MODEL_NVDIMM] = "nvdimm", [MEMORY_MODEL_VIRTIO_PMEM] = "virtio-pmem",
             [MEMORY_MODEL_VIRTIO_MEM] = "virtio-mem", [MEMORY_MODEL_SGX_EPC] = "sgx-epc");
DEFINE_WORDS(iommu_model, "iommu model", IOMMU_COUNT, [IOMMU_INTEL] = "intel",
             [IOMMU_SMMUV3] = "smmuv3", [IOMMU_VIRTIO] = "virtio", [IOMMU_AMD] = "amd");
DEFINE_WORDS(virtio_model, "virtio model", VIRTIO_MODEL_COUNT, [VIRTIO_MODEL_VIRTIO] = "virtio",
             [VIRTIO_MODEL_TRANSITIONAL] = "virtio-transitional",
             [VIRTIO_MODEL_NON_TRANSITIONAL] = "virtio-non-transitional");

gboolean
device_words_find(const DeviceWords *words, const char *word, guint *ret_value)
{
    for (guint i = 0; i < words->n_words; i++) {
        if (words->words[i] != NULL && strcmp(words->words[i], word) == 0) {
            *ret_value = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Some names mean different models for different controllers, so the type is a part of the key. */
static const struct {
    ControllerType type;
    const char *name;
} controller_models[] = {
    [CONTROLLER_MODEL_NONE] = {CONTROLLER_TYPE_COUNT, NULL},
    [CONTROLLER_MODEL_PIIX3] = {CONTROLLER_IDE, "piix3"},
    [CONTROLLER_MODEL_PIIX4] = {CONTROLLER_IDE, "piix4"},
    [CONTROLLER_MODEL_ICH6] = {CONTROLLER_IDE, "ich6"},
    [CONTROLLER_MODEL_AUTO] = {CONTROLLER_SCSI, "auto"},
    [CONTROLLER_MODEL_BUSLOGIC] = {CONTROLLER_SCSI, "buslogic"},
    [CONTROLLER_MODEL_LSILOGIC] = {CONTROLLER_SCSI, "lsilogic"},
    [CONTROLLER_MODEL_LSISAS1068] = {CONTROLLER_SCSI, "lsisas1068"},
    [CONTROLLER_MODEL_VMPVSCSI] = {CONTROLLER_SCSI, "vmpvscsi"},
    [CONTROLLER_MODEL_IBMVSCSI] = {CONTROLLER_SCSI, "ibmvscsi"},
    [CONTROLLER_MODEL_VIRTIO_SCSI] = {CONTROLLER_SCSI, "virtio-scsi"},
    [CONTROLLER_MODEL_LSISAS1078] = {CONTROLLER_SCSI, "lsisas1078"},
    [CONTROLLER_MODEL_SCSI_TRANSITIONAL] = {CONTROLLER_SCSI, "virtio-transitional"},
    [CONTROLLER_MODEL_SCSI_NON_TRANSITIONAL] = {CONTROLLER_SCSI, "virtio-non-transitional"},
    [CONTROLLER_MODEL_NCR53C90] = {CONTROLLER_SCSI, "ncr53c90"},
    [CONTROLLER_MODEL_DC390] = {CONTROLLER_SCSI, "dc390"},
    [CONTROLLER_MODEL_AM53C974] = {CONTROLLER_SCSI, "am53c974"},
    [CONTROLLER_MODEL_VIRTIO_SERIAL] = {CONTROLLER_VIRTIO_SERIAL, "virtio"},
    [CONTROLLER_MODEL_SERIAL_TRANSITIONAL] = {CONTROLLER_VIRTIO_SERIAL, "virtio-transitional"},
    [CONTROLLER_MODEL_SERIAL_NON_TRANSITIONAL] = {CONTROLLER_VIRTIO_SERIAL,
                                                  "virtio-non-transitional"},
    [CONTROLLER_MODEL_PIIX3_UHCI] = {CONTROLLER_USB, "piix3-uhci"},
    [CONTROLLER_MODEL_PIIX4_UHCI] = {CONTROLLER_USB, "piix4-uhci"},
    [CONTROLLER_MODEL_EHCI] = {CONTROLLER_USB, "ehci"},
    [CONTROLLER_MODEL_ICH9_EHCI1] = {CONTROLLER_USB, "ich9-ehci1"},
    [CONTROLLER_MODEL_ICH9_UHCI1] = {CONTROLLER_USB, "ich9-uhci1"},
    [CONTROLLER_MODEL_ICH9_UHCI2] = {CONTROLLER_USB, "ich9-uhci2"},
    [CONTROLLER_MODEL_ICH9_UHCI3] = {CONTROLLER_USB, "ich9-uhci3"},
    [CONTROLLER_MODEL_VT82C686B_UHCI] = {CONTROLLER_USB, "vt82c686b-uhci"},
    [CONTROLLER_MODEL_PCI_OHCI] = {CONTROLLER_USB, "pci-ohci"},
    [CONTROLLER_MODEL_NEC_XHCI] = {CONTROLLER_USB, "nec-xhci"},
    [CONTROLLER_MODEL_QUSB1] = {CONTROLLER_USB, "qusb1"},
    [CONTROLLER_MODEL_QUSB2] = {CONTROLLER_USB, "qusb2"},
    [CONTROLLER_MODEL_QEMU_XHCI] = {CONTROLLER_USB, "qemu-xhci"},
    [CONTROLLER_MODEL_USB_NONE] = {CONTROLLER_USB, "none"},
    [CONTROLLER_MODEL_PCI_ROOT] = {CONTROLLER_PCI, "pci-root"},
    [CONTROLLER_MODEL_PCIE_ROOT] = {CONTROLLER_PCI, "pcie-root"},
    [CONTROLLER_MODEL_PCI_BRIDGE] = {CONTROLLER_PCI, "pci-bridge"},
    [CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE] = {CONTROLLER_PCI, "dmi-to-pci-bridge"},
    [CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE] = {CONTROLLER_PCI, "pcie-to-pci-bridge"},
    [CONTROLLER_MODEL_PCIE_ROOT_PORT] = {CONTROLLER_PCI, "pcie-root-port"},
    [CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT] = {CONTROLLER_PCI, "pcie-switch-upstream-port"},
    [CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT] = {CONTROLLER_PCI,
                                                      "pcie-switch-downstream-port"},
    [CONTROLLER_MODEL_PCI_EXPANDER_BUS] = {CONTROLLER_PCI, "pci-expander-bus"},
    [CONTROLLER_MODEL_PCIE_EXPANDER_BUS] = {CONTROLLER_PCI, "pcie-expander-bus"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(controller_models) == CONTROLLER_MODEL_COUNT);

gboolean
controller_model_from_name(ControllerType type, const char *name, ControllerModel *ret_model)
{
    for (guint i = CONTROLLER_MODEL_NONE + 1; i < CONTROLLER_MODEL_COUNT; i++) {
        if (controller_models[i].type == type && strcmp(controller_models[i].name, name) == 0) {
            *ret_model = i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *
controller_model_name(ControllerModel model)
{
    return controller_models[model].name;
}

/* Several cards share a model value: for addresses they are alike. */
static const struct {
    const char *name;
    InterfaceModel model;
} interface_models[] = {
    {"virtio", INTERFACE_MODEL_VIRTIO},
    {"virtio-transitional", INTERFACE_MODEL_VIRTIO_TRANSITIONAL},
    {"virtio-non-transitional", INTERFACE_MODEL_VIRTIO_NON_TRANSITIONAL},
    {"e1000", INTERFACE_MODEL_E1000},
    {"e1000e", INTERFACE_MODEL_E1000E},
    {"igb", INTERFACE_MODEL_IGB},
    {"rtl8139", INTERFACE_MODEL_RTL8139},
    {"usb-net", INTERFACE_MODEL_USB_NET},
    {"spapr-vlan", INTERFACE_MODEL_SPAPR_VLAN},
    {"lan9118", INTERFACE_MODEL_LAN9118},
    {"scm91c111", INTERFACE_MODEL_SMC91C111},
    {"netfront", INTERFACE_MODEL_NETFRONT},
    {"vlance", INTERFACE_MODEL_OTHER_PCI},
    {"vmxnet", INTERFACE_MODEL_OTHER_PCI},
    {"vmxnet2", INTERFACE_MODEL_OTHER_PCI},
    {"vmxnet3", INTERFACE_MODEL_OTHER_PCI},
    {"Am79C970A", INTERFACE_MODEL_OTHER_PCI},
    {"Am79C973", INTERFACE_MODEL_OTHER_PCI},
    {"82540EM", INTERFACE_MODEL_OTHER_PCI},
    {"82545EM", INTERFACE_MODEL_OTHER_PCI},
    {"82543GC", INTERFACE_MODEL_OTHER_PCI},
};

InterfaceModel
interface_model_from_name(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(interface_models); i++) {
        if (g_ascii_strcasecmp(interface_models[i].name, name) == 0)
            return interface_models[i].model;
    }
    return INTERFACE_MODEL_UNKNOWN;
}

const char *
interface_model_name(InterfaceModel model)
{
    for (guint i = 0; i < G_N_ELEMENTS(interface_models); i++) {
        if (interface_models[i].model == model && model != INTERFACE_MODEL_OTHER_PCI)
            return interface_models[i].name;
    }
    return NULL;
}

gboolean
interface_model_is_virtio(InterfaceModel model)
{
    return model == INTERFACE_MODEL_VIRTIO || model == INTERFACE_MODEL_VIRTIO_TRANSITIONAL ||
           model == INTERFACE_MODEL_VIRTIO_NON_TRANSITIONAL;
}
