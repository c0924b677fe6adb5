/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * As `virt-plan addresses --attach` and `--detach` do it: a guest is planned, what was planned is
 * written and read again, its text is edited, and that text planned.
 */

#include "hotplug_laws.h"

#include "address_laws.h"
#include "domain_edit_laws.h"

#include <ingest/domain_devices_reader.h>
#include <reports/domain_edit.h>
#include <reports/domain_writer.h>
#include <string.h>

/* Takes REFUSAL, and tells what it lacks. */
static char *
broken_refusal(Finding *refusal)
{
    gboolean is_clear = *refusal->text != '\0' && *refusal->remedy != '\0';

    finding_free(refusal);
    return is_clear ? NULL : g_strdup("a refusal does not tell why, or what to do");
}

/* Reads and plans; NULL and REFUSAL when that is refused. */
static DomainDevices *
plan(const char *text, gsize length, const AddressOptions *options, Finding **ret_refusal)
{
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, ret_refusal);

    if (devices != NULL)
        *ret_refusal = address_plan_guest(devices, options);
    return *ret_refusal == NULL ? g_steal_pointer(&devices) : NULL;
}

/* The plan of TEXT as text, and read and planned from there; NULL when that is refused. */
static GString *
stored(const char *text, const AddressOptions *options, DomainDevices **ret_devices)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = plan(text, strlen(text), options, &refusal);
    GString *written = devices == NULL ? NULL : domain_write(text, strlen(text), devices);

    if (written != NULL)
        *ret_devices = plan(written->str, written->len, options, &refusal);
    if (refusal != NULL && written != NULL)
        g_string_free(g_steal_pointer(&written), TRUE);
    finding_free(refusal);
    return written;
}

/*
 * Is DEVICE on a bus whose controller leaves? Its place is then one on a bus that the definition
 * does not have, which may become the port of the bridge that it needs, as in libvirt.
 */
static gboolean
loses_bus(const GPtrArray *leaving, const Device *device)
{
    for (guint i = 0; leaving != NULL && i < leaving->len; i++) {
        const Device *gone = g_ptr_array_index(leaving, i);

        if (gone->kind == DEVICE_CONTROLLER && gone->controller.type == CONTROLLER_PCI &&
            device->address.type == ADDRESS_PCI &&
            device->address.pci.bus == (guint)gone->controller.index)
            return TRUE;
    }
    return FALSE;
}

/* Devices in the texts of OLD, but LEAVING, and of NEW, but COME, have the same places. */
static char *
moved(const DomainDevices *old, const GPtrArray *leaving, const DomainDevices *new,
      const Device *come)
{
    g_autoptr(GPtrArray) before = domain_edit_laws_in_text(old);
    g_autoptr(GPtrArray) after = domain_edit_laws_in_text(new);
    guint at = 0;

    for (guint i = 0; i < before->len; i++) {
        const Device *device = g_ptr_array_index(before, i);

        if (domain_edit_laws_is_in(leaving, device))
            continue;
        while (at < after->len && g_ptr_array_index(after, at) == come)
            at++;
        g_return_val_if_fail(at < after->len, g_strdup("a device is lost"));
        g_autofree char *was = device_address_format(&device->address);
        g_autofree char *is =
            device_address_format(&((Device *)g_ptr_array_index(after, at++))->address);
        if (was != NULL && !loses_bus(leaving, device) && !address_laws_is_same_place(was, is))
            return g_strdup_printf("the <%s> at %s is at %s now", device_kind_name(device->kind),
                                   was, is == NULL ? "no address" : is);
    }
    return NULL;
}

/* ---- attaching ------------------------------------------------------------------------------ */

/* Controllers that are not SCSI ones, and hubs. */
static guint
count_ways(const DomainDevices *devices)
{
    guint n = domain_devices_n(devices, DEVICE_HUB);

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++)
        n += domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller.type != CONTROLLER_SCSI;
    return n;
}

/* What was planned, DEVICES from TEXT, is written, read and planned again. */
static char *
broken_result(const GString *text, const DomainDevices *devices, const AddressOptions *options)
{
    AddressOptions attached = *options;
    g_autoptr(GString) written = domain_write(text->str, text->len, devices);
    Finding *refusal = NULL;

    attached.is_attach = TRUE; /* controllers are not looked at, see planner/hotplug.h */
    attached.spare_ports = attached.reserved_slots = 0; /* the device may have taken the last */
    g_autoptr(DomainDevices) again = plan(written->str, written->len, &attached, &refusal);
    if (again == NULL) {
        char *reason = g_strdup_printf("the result is refused: %s", refusal->text);

        finding_free(refusal);
        return reason;
    }
    GArray *before = address_list(devices), *after = address_list(again);
    char *reason = address_laws_moved(before, after, "in the result");
    g_array_unref(before);
    g_array_unref(after);
    return reason;
}

static char *
broken_attach(const GString *text, const DomainDevices *devices, const Device *device,
              const char *element, const AddressOptions *options, gboolean is_live)
{
    guint32 offset = 0;
    Finding *refusal = NULL;
    g_autoptr(GString) more =
        domain_edit_insert(text->str, text->len, devices, device->kind, element, &offset);
    g_autoptr(DomainDevices) all = domain_devices_read(more->str, more->len, &refusal);

    if (all == NULL)
        return broken_refusal(refusal);
    Device *inserted = domain_devices_find_place(all, offset);
    refusal = hotplug_attach(all, inserted, options, is_live);
    if (refusal != NULL)
        return broken_refusal(refusal);
    char *reason = moved(devices, NULL, all, inserted);
    if (reason == NULL && is_live && count_ways(all) > count_ways(devices) &&
        device->kind != DEVICE_CONTROLLER)
        reason = g_strdup("a running guest is given a controller");
    if (reason == NULL)
        reason = address_laws_broken_places(all, options);
    return reason != NULL ? reason : broken_result(more, all, options);
}

char *
hotplug_laws_broken_by_attach(const char *text, const char *element, const AddressOptions *options,
                              gboolean is_live)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = NULL;
    g_autoptr(GString) guest = stored(text, options, &devices);
    g_autoptr(Device) device = domain_device_read(element, strlen(element), &refusal);

    if (guest == NULL || device == NULL) {
        finding_free(refusal);
        return NULL;
    }
    refusal = hotplug_check(devices, device, options, is_live);
    if (refusal != NULL)
        return broken_refusal(refusal);
    char *reason = domain_edit_laws_broken_by_insertion(guest->str, guest->len, devices,
                                                        device->kind, element);
    return reason != NULL ? reason
                          : broken_attach(guest, devices, device, element, options, is_live);
}

/* ---- detaching ------------------------------------------------------------------------------ */

char *
hotplug_laws_broken_by_detach(const char *text, guint number, const AddressOptions *options)
{
    const AddressOptions leaving_options = hotplug_leaving_options(options);
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = NULL;
    g_autoptr(GString) guest = stored(text, options, &devices);

    if (guest == NULL)
        return NULL;
    g_autoptr(GPtrArray) all = domain_edit_laws_in_text(devices);
    if (number >= all->len)
        return NULL;
    g_autoptr(GPtrArray) leaving = hotplug_leaving(devices, g_ptr_array_index(all, number));
    char *reason = domain_edit_laws_broken_by_removal(guest->str, guest->len, devices, leaving);
    if (reason != NULL)
        return reason;
    g_autoptr(GString) left = domain_edit_remove(guest->str, guest->len, leaving);
    g_autoptr(DomainDevices) rest = plan(left->str, left->len, &leaving_options, &refusal);
    return rest == NULL ? broken_refusal(refusal) : moved(devices, leaving, rest, NULL);
}
