/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Registers of pseries' own bus. Each kind has a base; a register in use pushes the next up by
 * 0x1000, across kinds, so kinds that come later yield to earlier ones.
 */

#include "address_private.h"

#define REGISTER_STEP 0x1000

static gboolean
is_interface(const AddressContext *context, const Device *device)
{
    (void)context;
    return device->interface.model == INTERFACE_MODEL_SPAPR_VLAN;
}

static gboolean
is_controller(const AddressContext *context, const Device *device)
{
    (void)context;
    return device->controller.type == CONTROLLER_SCSI &&
           device->controller.model == CONTROLLER_MODEL_IBMVSCSI;
}

static gboolean
is_serial(const AddressContext *context, const Device *device)
{
    (void)context;
    return device->serial.target == SERIAL_TARGET_SPAPR_VIO;
}

static gboolean
is_nvram(const AddressContext *context, const Device *device)
{
    (void)device;
    return context->family == FAMILY_PSERIES;
}

static gboolean
is_tpm(const AddressContext *context, const Device *device)
{
    return context->family == FAMILY_PSERIES && device->tpm.model != TPM_MODEL_SPAPR_PROXY;
}

static const struct {
    DeviceKind kind;
    gboolean (*is_one)(const AddressContext *, const Device *);
    guint64 base;
} kinds[] = {
    {DEVICE_INTERFACE, is_interface, 0x1000},
    {DEVICE_CONTROLLER, is_controller, 0x2000},
    {DEVICE_SERIAL, is_serial, 0x30000000},
    {DEVICE_NVRAM, is_nvram, 0x3000},
    {DEVICE_TPM, is_tpm, 0x4000},
};

gboolean
address_is_on_spapr_vio(const AddressContext *context, const Device *device)
{
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].kind == device->kind)
            return kinds[i].is_one(context, device);
    }
    return FALSE;
}

static gboolean
is_taken(const AddressContext *context, const Device *self, guint64 reg)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device != self && device->address.type == ADDRESS_SPAPR_VIO &&
            device->address.spapr_vio.has_reg && device->address.spapr_vio.reg == reg)
            return TRUE;
    }
    return FALSE;
}

/*
 * What is there is taken for a register: the first two numbers are its value, and the third tells
 * whether there is one.
 */
void
address_retype_spapr_vio(const AddressContext *context, Device *device)
{
    DeviceAddress *address = &device->address;
    const DeviceAddress other = *address;
    guint64 low = 0, high = 0;
    guint third = 0;

    if (other.type == ADDRESS_SPAPR_VIO || !address_is_on_spapr_vio(context, device))
        return;

    if (other.type == ADDRESS_PCI) {
        low = other.pci.domain, high = other.pci.bus, third = other.pci.slot;
    } else if (other.type == ADDRESS_DRIVE) {
        low = other.drive.controller, high = other.drive.bus, third = other.drive.target;
    } else if (other.type == ADDRESS_VIRTIO_SERIAL) {
        low = other.virtio_serial.controller, high = other.virtio_serial.bus;
        third = other.virtio_serial.port;
    }
    *address = (DeviceAddress){.type = ADDRESS_SPAPR_VIO};
    address->spapr_vio.has_reg = (third & 0xff) != 0;
    if (address->spapr_vio.has_reg)
        address->spapr_vio.reg = high << 32 | low;
}

static gboolean
assign(AddressContext *context, Device *device, guint64 base)
{
    address_retype_spapr_vio(context, device);
    gboolean is_written = device->address.spapr_vio.has_reg;
    guint64 reg = is_written ? device->address.spapr_vio.reg : base;

    while (is_taken(context, device, reg)) {
        if (is_written)
            return address_refuse(
                context, device, "give one of them another register",
                "the spapr-vio register 0x%" G_GINT64_MODIFIER "x is already in use", reg);
        reg += REGISTER_STEP;
    }
    if (reg > G_MAXUINT32)
        return address_refuse(context, device, "use a register below 2^32",
                              "the spapr-vio register 0x%" G_GINT64_MODIFIER "x is out of range",
                              reg);
    device->address.spapr_vio.has_reg = TRUE;
    device->address.spapr_vio.reg = reg;
    return TRUE;
}

gboolean
address_assign_spapr_vio(AddressContext *context)
{
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        for (guint j = 0; j < domain_devices_n(context->devices, kinds[i].kind); j++) {
            Device *device = domain_devices_get(context->devices, kinds[i].kind, j);

            gboolean is_one =
                kinds[i].is_one(context, device) || device->address.type == ADDRESS_SPAPR_VIO;

            if (is_one && !assign(context, device, kinds[i].base))
                return FALSE;
        }
    }
    return TRUE;
}
