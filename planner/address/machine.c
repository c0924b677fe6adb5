/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Machine types: what a name means, and what such a machine is made of.
 *
 * Architecture and name alone decide the family. An alias ("pc", "q35", "virt") is resolved only
 * from a host's capabilities, since it means another machine with each QEMU; without them it stays.
 */

#include "address_private.h"

#include <string.h>

#define NO_PCI CONTROLLER_MODEL_NONE
#define ROOT_PCI CONTROLLER_MODEL_PCI_ROOT
#define ROOT_PCIE CONTROLLER_MODEL_PCIE_ROOT

static const MachineTraits families[] = {
    [FAMILY_I440FX] = {.root = ROOT_PCI,
                       .has_pci_assignment = TRUE,
                       .has_usb = TRUE,
                       .has_memballoon = TRUE,
                       .has_ide = TRUE,
                       .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                       .interface_default = INTERFACE_MODEL_RTL8139,
                       .video_default = VIDEO_MODEL_CIRRUS,
                       .pointer_default = INPUT_BUS_PS2,
                       .serial_default = SERIAL_TARGET_ISA,
                       .panic_default = PANIC_MODEL_ISA,
                       .machine = "pc"},
    [FAMILY_Q35] = {.root = ROOT_PCIE,
                    .has_pci_assignment = TRUE,
                    .has_usb = TRUE,
                    .usb_default = CONTROLLER_MODEL_QEMU_XHCI,
                    .has_memballoon = TRUE,
                    .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                    .interface_default = INTERFACE_MODEL_RTL8139,
                    .video_default = VIDEO_MODEL_CIRRUS,
                    .pointer_default = INPUT_BUS_PS2,
                    .serial_default = SERIAL_TARGET_ISA,
                    .panic_default = PANIC_MODEL_ISA},
    [FAMILY_ISAPC] = {.root = NO_PCI,
                      .has_pci_assignment = TRUE,
                      .has_memballoon = TRUE,
                      .lost_defaults = TRUE,
                      .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                      .interface_default = INTERFACE_MODEL_RTL8139,
                      .video_default = VIDEO_MODEL_CIRRUS,
                      .pointer_default = INPUT_BUS_PS2,
                      .serial_default = SERIAL_TARGET_ISA,
                      .panic_default = PANIC_MODEL_ISA},
    [FAMILY_MICROVM] = {.root = NO_PCI,
                        .has_pci_assignment = TRUE,
                        .has_usb = TRUE,
                        .has_memballoon = TRUE,
                        .lost_defaults = TRUE,
                        .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                        .interface_default = INTERFACE_MODEL_RTL8139,
                        .video_default = VIDEO_MODEL_CIRRUS,
                        .pointer_default = INPUT_BUS_PS2,
                        .serial_default = SERIAL_TARGET_ISA,
                        .panic_default = PANIC_MODEL_ISA},
    [FAMILY_OTHER_X86] = {.root = NO_PCI,
                          .has_pci_assignment = TRUE,
                          .has_usb = TRUE,
                          .has_memballoon = TRUE,
                          .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                          .interface_default = INTERFACE_MODEL_RTL8139,
                          .video_default = VIDEO_MODEL_CIRRUS,
                          .pointer_default = INPUT_BUS_PS2,
                          .serial_default = SERIAL_TARGET_ISA,
                          .panic_default = PANIC_MODEL_ISA},
    [FAMILY_ARM_VIRT] = {.root = ROOT_PCIE,
                         .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                         .has_pci_assignment = TRUE,
                         .has_virtio_mmio = TRUE,
                         .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                         .interface_default = INTERFACE_MODEL_VIRTIO,
                         .video_default = VIDEO_MODEL_VIRTIO,
                         .pointer_default = INPUT_BUS_USB,
                         .serial_default = SERIAL_TARGET_SYSTEM,
                         .panic_default = PANIC_MODEL_PVPANIC,
                         .machine = "virt"},
    [FAMILY_ARM_VERSATILEPB] = {.root = ROOT_PCI,
                                .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                                .has_pci_assignment = TRUE,
                                .has_usb = TRUE,
                                .usb_default = CONTROLLER_MODEL_PCI_OHCI,
                                .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                                .interface_default = INTERFACE_MODEL_SMC91C111,
                                .video_default = VIDEO_MODEL_CIRRUS,
                                .pointer_default = INPUT_BUS_USB},
    [FAMILY_ARM_REALVIEW_EB] = {.root = ROOT_PCI,
                                .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                                .has_usb = TRUE,
                                .usb_default = CONTROLLER_MODEL_PCI_OHCI,
                                .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                                .interface_default = INTERFACE_MODEL_LAN9118,
                                .video_default = VIDEO_MODEL_CIRRUS,
                                .pointer_default = INPUT_BUS_USB},
    [FAMILY_ARM_REALVIEW] = {.root = NO_PCI,
                             .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                             .has_usb = TRUE,
                             .usb_default = CONTROLLER_MODEL_PCI_OHCI,
                             .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                             .interface_default = INTERFACE_MODEL_LAN9118,
                             .video_default = VIDEO_MODEL_CIRRUS,
                             .pointer_default = INPUT_BUS_USB},
    [FAMILY_ARM_VEXPRESS] = {.root = NO_PCI,
                             .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                             .has_virtio_mmio = TRUE,
                             .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                             .interface_default = INTERFACE_MODEL_LAN9118,
                             .video_default = VIDEO_MODEL_CIRRUS,
                             .pointer_default = INPUT_BUS_USB},
    [FAMILY_OTHER_ARM] = {.root = NO_PCI,
                          .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                          .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                          .interface_default = INTERFACE_MODEL_LAN9118,
                          .video_default = VIDEO_MODEL_CIRRUS,
                          .pointer_default = INPUT_BUS_USB},
    [FAMILY_RISCV_VIRT] = {.root = ROOT_PCIE,
                           .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                           .lost_defaults = TRUE,
                           .has_pci_assignment = TRUE,
                           .has_memballoon = TRUE,
                           .has_virtio_mmio = TRUE,
                           .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                           .interface_default = INTERFACE_MODEL_VIRTIO,
                           .video_default = VIDEO_MODEL_VIRTIO,
                           .pointer_default = INPUT_BUS_USB,
                           .serial_default = SERIAL_TARGET_SYSTEM,
                           .machine = "virt"},
    [FAMILY_OTHER_RISCV] = {.root = NO_PCI,
                            .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                            .lost_defaults = TRUE,
                            .has_memballoon = TRUE,
                            .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                            .interface_default = INTERFACE_MODEL_RTL8139,
                            .video_default = VIDEO_MODEL_CIRRUS,
                            .pointer_default = INPUT_BUS_USB},
    [FAMILY_LOONGARCH_VIRT] = {.root = ROOT_PCIE,
                               .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                               .has_pci_assignment = TRUE,
                               .scsi_default = CONTROLLER_MODEL_VIRTIO_SCSI,
                               .interface_default = INTERFACE_MODEL_VIRTIO,
                               .video_default = VIDEO_MODEL_VIRTIO,
                               .pointer_default = INPUT_BUS_USB,
                               .serial_default = SERIAL_TARGET_SYSTEM,
                               .machine = "virt"},
    [FAMILY_PSERIES] = {.root = ROOT_PCI,
                        .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                        .has_pci_assignment = TRUE,
                        .has_usb = TRUE,
                        .has_memballoon = TRUE,
                        .scsi_default = CONTROLLER_MODEL_IBMVSCSI,
                        .interface_default = INTERFACE_MODEL_RTL8139,
                        .video_default = VIDEO_MODEL_VGA,
                        .pointer_default = INPUT_BUS_USB,
                        .serial_default = SERIAL_TARGET_SPAPR_VIO,
                        .panic_default = PANIC_MODEL_PSERIES,
                        .machine = "pseries"},
    [FAMILY_OTHER_PPC64] = {.root = ROOT_PCI,
                            .usb_model = CONTROLLER_MODEL_QEMU_XHCI,
                            .has_pci_assignment = TRUE,
                            .has_usb = TRUE,
                            .has_memballoon = TRUE,
                            .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                            .interface_default = INTERFACE_MODEL_RTL8139,
                            .video_default = VIDEO_MODEL_VGA,
                            .pointer_default = INPUT_BUS_USB},
    [FAMILY_OLD_PCI] = {.root = ROOT_PCI,
                        .usb_model = CONTROLLER_MODEL_PCI_OHCI,
                        .has_pci_assignment = TRUE,
                        .has_usb = TRUE,
                        .has_memballoon = TRUE,
                        .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                        .interface_default = INTERFACE_MODEL_RTL8139,
                        .video_default = VIDEO_MODEL_CIRRUS,
                        .pointer_default = INPUT_BUS_USB},
    [FAMILY_S390_CCW] = {.root = ROOT_PCI,
                         .usb_model = CONTROLLER_MODEL_USB_NONE,
                         .has_pci_assignment = TRUE,
                         .has_memballoon = TRUE,
                         .scsi_default = CONTROLLER_MODEL_VIRTIO_SCSI,
                         .interface_default = INTERFACE_MODEL_VIRTIO,
                         .video_default = VIDEO_MODEL_VIRTIO,
                         .pointer_default = INPUT_BUS_VIRTIO,
                         .serial_default = SERIAL_TARGET_SCLP,
                         .panic_default = PANIC_MODEL_S390,
                         .machine = "s390-ccw-virtio"},
    [FAMILY_MALTA] = {.root = ROOT_PCI,
                      .usb_model = CONTROLLER_MODEL_PCI_OHCI,
                      .has_pci_assignment = TRUE,
                      .has_usb = TRUE,
                      .has_memballoon = TRUE,
                      .has_ide = TRUE,
                      .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                      .interface_default = INTERFACE_MODEL_RTL8139,
                      .video_default = VIDEO_MODEL_CIRRUS,
                      .pointer_default = INPUT_BUS_USB},
    [FAMILY_OTHER_MIPS] = {.root = NO_PCI,
                           .usb_model = CONTROLLER_MODEL_PCI_OHCI,
                           .has_pci_assignment = TRUE,
                           .has_usb = TRUE,
                           .has_memballoon = TRUE,
                           .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                           .interface_default = INTERFACE_MODEL_RTL8139,
                           .video_default = VIDEO_MODEL_CIRRUS,
                           .pointer_default = INPUT_BUS_USB},
    [FAMILY_SPARC] = {.root = NO_PCI,
                      .usb_model = CONTROLLER_MODEL_PCI_OHCI,
                      .has_pci_assignment = TRUE,
                      .scsi_default = CONTROLLER_MODEL_NCR53C90,
                      .interface_default = INTERFACE_MODEL_RTL8139,
                      .video_default = VIDEO_MODEL_CIRRUS,
                      .pointer_default = INPUT_BUS_USB},
    [FAMILY_OTHER] = {.root = NO_PCI,
                      .has_pci_assignment = TRUE,
                      .scsi_default = CONTROLLER_MODEL_LSILOGIC,
                      .interface_default = INTERFACE_MODEL_RTL8139,
                      .video_default = VIDEO_MODEL_CIRRUS,
                      .pointer_default = INPUT_BUS_USB},
};
G_STATIC_ASSERT(G_N_ELEMENTS(families) == FAMILY_COUNT);

#define X86 ((1ull << CPU_ARCH_X86_64) | (1ull << CPU_ARCH_I686))
#define ARM ((1ull << CPU_ARCH_AARCH64) | (1ull << CPU_ARCH_ARMV6L) | (1ull << CPU_ARCH_ARMV7L))
#define RISCV ((1ull << CPU_ARCH_RISCV32) | (1ull << CPU_ARCH_RISCV64))
#define PPC64 ((1ull << CPU_ARCH_PPC64) | (1ull << CPU_ARCH_PPC64LE))
#define OLD_PCI                                                                                    \
    ((1ull << CPU_ARCH_PPC) | (1ull << CPU_ARCH_ALPHA) | (1ull << CPU_ARCH_SH4) |                  \
     (1ull << CPU_ARCH_SH4EB) | (1ull << CPU_ARCH_SPARC64))
#define MIPS                                                                                       \
    ((1ull << CPU_ARCH_MIPS) | (1ull << CPU_ARCH_MIPSEL) | (1ull << CPU_ARCH_MIPS64) |             \
     (1ull << CPU_ARCH_MIPS64EL))
#define S390 ((1ull << CPU_ARCH_S390) | (1ull << CPU_ARCH_S390X))

/* The first row that matches counts; a NULL name matches any. */
static const struct {
    guint64 archs; /* bits by CpuArch */
    const char *name;
    gboolean is_prefix;
    MachineFamily family;
} family_names[] = {
    {X86, "pc", FALSE, FAMILY_I440FX},
    {X86, "pc-i440fx-", TRUE, FAMILY_I440FX},
    {X86, "pc-0.", TRUE, FAMILY_I440FX},
    {X86, "pc-1.", TRUE, FAMILY_I440FX},
    {X86, "rhel", TRUE, FAMILY_I440FX},
    {X86, "q35", FALSE, FAMILY_Q35},
    {X86, "pc-q35-", TRUE, FAMILY_Q35},
    {X86, "isapc", FALSE, FAMILY_ISAPC},
    {X86, "microvm", FALSE, FAMILY_MICROVM},
    {X86, NULL, FALSE, FAMILY_OTHER_X86},
    {ARM, "virt", FALSE, FAMILY_ARM_VIRT},
    {ARM, "virt-", TRUE, FAMILY_ARM_VIRT},
    {ARM, "versatilepb", FALSE, FAMILY_ARM_VERSATILEPB},
    {ARM, "realview-eb", TRUE, FAMILY_ARM_REALVIEW_EB},
    {ARM, "realview-", TRUE, FAMILY_ARM_REALVIEW},
    {ARM, "vexpress-", TRUE, FAMILY_ARM_VEXPRESS},
    {ARM, NULL, FALSE, FAMILY_OTHER_ARM},
    {RISCV, "virt", FALSE, FAMILY_RISCV_VIRT},
    {RISCV, "virt-", TRUE, FAMILY_RISCV_VIRT},
    {RISCV, NULL, FALSE, FAMILY_OTHER_RISCV},
    {1ull << CPU_ARCH_LOONGARCH64, NULL, FALSE, FAMILY_LOONGARCH_VIRT},
    {PPC64, "pseries", FALSE, FAMILY_PSERIES},
    {PPC64, "pseries-", TRUE, FAMILY_PSERIES},
    {PPC64, NULL, FALSE, FAMILY_OTHER_PPC64},
    {OLD_PCI, NULL, FALSE, FAMILY_OLD_PCI},
    {S390, "s390-ccw", TRUE, FAMILY_S390_CCW},
    {MIPS, "malta", FALSE, FAMILY_MALTA},
    {MIPS, NULL, FALSE, FAMILY_OTHER_MIPS},
    {1ull << CPU_ARCH_SPARC, NULL, FALSE, FAMILY_SPARC},
};

static MachineFamily
family_of(CpuArch arch, const char *machine)
{
    for (guint i = 0; i < G_N_ELEMENTS(family_names); i++) {
        const char *name = family_names[i].name;

        if (!(family_names[i].archs & (1ull << arch)))
            continue;
        if (name == NULL || strcmp(machine, name) == 0 ||
            (family_names[i].is_prefix && g_str_has_prefix(machine, name)))
            return family_names[i].family;
    }
    return FAMILY_OTHER;
}

/* The machine that libvirt takes for ARCH when none is written. */
static const char *
default_machine(CpuArch arch)
{
    for (guint i = 0; i < G_N_ELEMENTS(family_names); i++) {
        const char *machine = families[family_names[i].family].machine;

        if ((family_names[i].archs & (1ull << arch)) && machine != NULL)
            return machine;
    }
    return NULL;
}

static void
set_machine(DomainDevices *devices, const char *name)
{
    if (g_strcmp0(devices->machine, name) == 0)
        return;
    g_free(devices->machine);
    devices->machine = g_strdup(name);
    devices->is_machine_changed = TRUE;
}

ControllerModel
address_machine_root(const AddressContext *context)
{
    if (context->family == FAMILY_ARM_VERSATILEPB && context->devices->arch != CPU_ARCH_ARMV6L &&
        !address_has(context, CHANGE_BOARD_ROOT))
        return CONTROLLER_MODEL_NONE;
    if (context->family == FAMILY_ARM_REALVIEW_EB && !address_has(context, CHANGE_BOARD_PCI))
        return CONTROLLER_MODEL_NONE;
    return context->traits->root;
}

gboolean
address_machine_has_pci(const AddressContext *context)
{
    return address_machine_root(context) != CONTROLLER_MODEL_NONE;
}

gboolean
address_machine_assigns_pci(const AddressContext *context)
{
    return context->traits->has_pci_assignment || address_has(context, CHANGE_BOARD_PCI);
}

static gboolean
has_defaults(const AddressContext *context)
{
    return !context->traits->lost_defaults || !address_has(context, CHANGE_NO_DEFAULTS);
}

gboolean
address_machine_has_memballoon(const AddressContext *context)
{
    return context->traits->has_memballoon && has_defaults(context);
}

gboolean
address_machine_has_usb(const AddressContext *context)
{
    switch ((guint)context->family) {
    case FAMILY_ARM_VERSATILEPB:
    case FAMILY_ARM_REALVIEW_EB:
        return address_has(context, CHANGE_BOARD_USB);
    case FAMILY_ARM_REALVIEW:
        return address_has(context, CHANGE_BOARD_USB) && !address_has(context, CHANGE_BOARD_PCI);
    default:
        return context->traits->has_usb && has_defaults(context);
    }
}

gboolean
address_machine_has_fdc(const AddressContext *context)
{
    CpuArch arch = context->devices->arch;

    switch ((guint)context->family) {
    case FAMILY_OTHER_PPC64:
    case FAMILY_MALTA:
    case FAMILY_OTHER_MIPS:
    case FAMILY_SPARC:
        return TRUE;
    case FAMILY_OLD_PCI:
        return arch != CPU_ARCH_SH4 && arch != CPU_ARCH_SH4EB;
    default:
        return address_is_x86(context);
    }
}

gboolean
address_machine_has_ide(const AddressContext *context)
{
    static const char *const machines[] = {"sun4u", "g3beige", NULL};
    const char *machine = context->devices->machine;

    return context->traits->has_ide || (machine != NULL && g_strv_contains(machines, machine));
}

gboolean
address_machine_resolve(AddressContext *context)
{
    DomainDevices *devices = context->devices;
    const MachineProfile *profile = context->options->machines;

    gboolean is_default_known =
        address_has(context, CHANGE_DEFAULT_VIRT) || !((ARM | RISCV) & (1ull << devices->arch));
    if (devices->machine == NULL && is_default_known && default_machine(devices->arch) != NULL)
        set_machine(devices, default_machine(devices->arch));
    if (devices->machine != NULL && profile != NULL) {
        const MachineType *type = machine_profile_find(profile, devices->arch, devices->machine);

        if (type == NULL)
            return address_refuse(context, NULL, "use one that the capabilities list",
                                  "the host has no machine type '%.64s'", devices->machine);
        set_machine(devices, machine_type_canonical(type));
    }
    context->family = family_of(devices->arch, devices->machine == NULL ? "" : devices->machine);
    context->traits = &families[context->family];
    return TRUE;
}
