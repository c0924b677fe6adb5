/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Drive addresses: disks by their target's name, host devices on SCSI by the lowest free place.
 *
 * The set of places holds SCSI only, and packs controller and unit into one number; places with
 * another bus or target are left out, since none is ever handed out there.
 */

#include "address_private.h"

#include <string.h>

/* How many disks a controller takes by name, whatever its model: libvirt counts narrow SCSI. */
#define SCSI_UNITS 7
#define SATA_UNITS 6
#define IDE_UNITS 4
#define FDC_UNITS 2

typedef enum { DRIVE_OF_DISK = 1, DRIVE_OF_HOSTDEV = 2 } DriveOwner;

static guint64
drive_key(const DriveAddress *drive)
{
    return ((guint64)drive->controller << 32) | drive->unit;
}

static void
drive_set_add(DriveSet *set, const Device *device, DriveOwner owner)
{
    const DriveAddress *drive = &device->address.drive;

    if (device->address.type == ADDRESS_DRIVE && drive->bus == 0 && drive->target == 0)
        g_hash_table_insert(set, g_memdup2(&(guint64){drive_key(drive)}, sizeof(guint64)),
                            GUINT_TO_POINTER(owner));
}

static DriveOwner
drive_set_owner(DriveSet *set, const DriveAddress *drive)
{
    guint64 key = drive_key(drive);

    return GPOINTER_TO_UINT(g_hash_table_lookup(set, &key));
}

DriveSet *
drive_set_new(const DomainDevices *devices)
{
    DriveSet *set = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_DISK); i++) {
        const Device *disk = domain_devices_get(devices, DEVICE_DISK, i);

        if (disk->disk.bus == DISK_BUS_SCSI)
            drive_set_add(set, disk, DRIVE_OF_DISK);
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_HOSTDEV); i++) {
        const Device *hostdev = domain_devices_get(devices, DEVICE_HOSTDEV, i);

        if (hostdev->kind == DEVICE_HOSTDEV && hostdev->hostdev.type == HOSTDEV_SCSI)
            drive_set_add(set, hostdev, DRIVE_OF_HOSTDEV);
    }
    return set;
}

static gboolean
drive_of_index(DiskBus bus, guint controller, guint index, DriveAddress *ret_drive)
{
    switch (bus) {
    case DISK_BUS_NVME:
        *ret_drive = (DriveAddress){controller, 0, 0, index};
        return TRUE;
    case DISK_BUS_IDE:
        *ret_drive = (DriveAddress){index / IDE_UNITS, index % IDE_UNITS / 2, 0, index % 2};
        return TRUE;
    case DISK_BUS_SATA:
        *ret_drive = (DriveAddress){index / SATA_UNITS, 0, 0, index % SATA_UNITS};
        return TRUE;
    case DISK_BUS_FDC:
        *ret_drive = (DriveAddress){index / FDC_UNITS, 0, 0, index % FDC_UNITS};
        return TRUE;
    case DISK_BUS_SCSI:
        *ret_drive = (DriveAddress){index / SCSI_UNITS, 0, 0, index % SCSI_UNITS};
        return TRUE;
    case DISK_BUS_NONE:
    case DISK_BUS_VIRTIO:
    case DISK_BUS_XEN:
    case DISK_BUS_USB:
    case DISK_BUS_UML:
    case DISK_BUS_SD:
    case DISK_BUS_COUNT:
    default:
        return FALSE;
    }
}

gboolean
address_assign_disk(AddressContext *context, Device *disk, DriveSet *used)
{
    gint letters = disk_target_index(disk->disk.target);
    guint index = (guint)letters, controller = 0;
    gboolean is_named = letters >= 0;
    DriveAddress drive;

    if (disk->address.type != ADDRESS_NONE)
        return TRUE;
    if (address_has(context, CHANGE_NVME) &&
        disk_target_parse_nvme(disk->disk.target, &controller, &index))
        is_named = TRUE;
    if (!is_named)
        return address_refuse(context, disk, "name it vda, sda, hda or fda, or give it an address",
                              "'%.64s' is no disk name that stands for a place", disk->disk.target);
    if (!drive_of_index(disk->disk.bus, controller, index, &drive))
        return TRUE;
    if (disk->disk.bus == DISK_BUS_SCSI && drive_set_owner(used, &drive) == DRIVE_OF_HOSTDEV)
        return address_refuse(context, disk, "give the disk another name or its own address",
                              "the place of disk '%.64s' belongs to a host device",
                              disk->disk.target);
    disk->address.type = ADDRESS_DRIVE;
    disk->address.drive = drive;
    if (disk->disk.bus == DISK_BUS_SCSI)
        drive_set_add(used, disk, DRIVE_OF_DISK);
    return TRUE;
}

/* What a SCSI controller's model cannot address. */
static const struct {
    ControllerModel model;
    gint highest, reserved; /* units; -1: any, none */
} scsi_units[] = {
    {CONTROLLER_MODEL_VIRTIO_SCSI, 16383, -1},
    {CONTROLLER_MODEL_SCSI_TRANSITIONAL, 16383, -1},
    {CONTROLLER_MODEL_SCSI_NON_TRANSITIONAL, 16383, -1},
    {CONTROLLER_MODEL_IBMVSCSI, 31, 7},
    {CONTROLLER_MODEL_LSISAS1068, 1, -1},
    {CONTROLLER_MODEL_LSISAS1078, 255, -1},
    {CONTROLLER_MODEL_LSILOGIC, -1, 7},
    {CONTROLLER_MODEL_VMPVSCSI, -1, 7},
    {CONTROLLER_MODEL_BUSLOGIC, -1, 7},
    {CONTROLLER_MODEL_NCR53C90, 6, -1},
    {CONTROLLER_MODEL_DC390, 6, -1},
    {CONTROLLER_MODEL_AM53C974, 6, -1},
};

static gboolean
model_has_unit(ControllerModel model, gint unit)
{
    for (guint i = 0; i < G_N_ELEMENTS(scsi_units); i++) {
        if (scsi_units[i].model == model)
            return (scsi_units[i].highest == -1 || unit <= scsi_units[i].highest) &&
                   unit != scsi_units[i].reserved;
    }
    return TRUE;
}

gboolean
address_scsi_has_unit(const DomainDevices *devices, const DriveAddress *drive)
{
    const Device *controller =
        domain_devices_find_controller(devices, CONTROLLER_SCSI, (gint)drive->controller);

    return controller == NULL ||
           model_has_unit(controller->controller.model, (gint)MIN(drive->unit, G_MAXINT));
}

static gboolean
is_free(const AddressContext *context, DriveSet *used, const DriveAddress *drive)
{
    return drive_set_owner(used, drive) == 0 && address_scsi_has_unit(context->devices, drive);
}

void
address_assign_scsi_hostdev(AddressContext *context, Device *hostdev, DriveSet *used)
{
    DriveAddress drive = {0};

    if (hostdev->hostdev.type != HOSTDEV_SCSI || hostdev->address.type != ADDRESS_NONE)
        return;
    while (!is_free(context, used, &drive)) {
        if (++drive.unit == SCSI_UNITS) {
            drive.controller++;
            drive.unit = 0;
        }
    }
    hostdev->address.type = ADDRESS_DRIVE;
    hostdev->address.drive = drive;
    drive_set_add(used, hostdev, DRIVE_OF_HOSTDEV);
}
