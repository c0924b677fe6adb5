/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The elements that the address plan writes, as libvirt formats them.
 */

#include "domain_writer_private.h"

#include <reports/domain_writer.h>
#include <string.h>

void
domain_write_attribute(GString *out, const char *name, const char *value)
{
    g_autofree char *escaped = g_markup_escape_text(value, -1);

    g_string_append_printf(out, " %s='%s'", name, escaped);
}

static void
domain_write_number(GString *out, const char *name, gint value)
{
    g_string_append_printf(out, " %s='%d'", name, value);
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void
write_pci(GString *out, const PciAddress *pci)
{
    g_string_append_printf(out, " domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'",
                           pci->domain, pci->bus, pci->slot, pci->function);
    if (pci->multifunction != CPU_SWITCH_ABSENT)
        domain_write_attribute(out, "multifunction",
                               pci->multifunction == CPU_SWITCH_ON ? "on" : "off");
}

static void
write_usb(GString *out, const UsbAddress *usb)
{
    g_string_append_printf(out, " bus='%u'", usb->bus);
    if (usb->ports[0] == 0)
        return;
    g_string_append(out, " port='");
    for (guint i = 0; i < USB_MAX_DEPTH && usb->ports[i] != 0; i++)
        g_string_append_printf(out, "%s%u", i > 0 ? "." : "", usb->ports[i]);
    g_string_append_c(out, '\'');
}

static void
write_isa(GString *out, const DeviceAddress *address)
{
    if (address->isa.has_iobase)
        g_string_append_printf(out, " iobase='0x%x'", address->isa.iobase);
    if (address->isa.has_irq)
        g_string_append_printf(out, " irq='0x%x'", address->isa.irq);
}

static void
write_dimm(GString *out, const DeviceAddress *address)
{
    g_string_append_printf(out, " slot='%u'", address->dimm.slot);
    if (address->dimm.has_base)
        g_string_append_printf(out, " base='0x%" G_GINT64_MODIFIER "x'", address->dimm.base);
}

static void
write_numbers(GString *out, const DeviceAddress *address)
{
    switch (address->type) {
    case ADDRESS_PCI:
        if (device_address_is_pci_present(address))
            write_pci(out, &address->pci);
        break;
    case ADDRESS_DRIVE:
        g_string_append_printf(out, " controller='%u' bus='%u' target='%u' unit='%u'",
                               address->drive.controller, address->drive.bus, address->drive.target,
                               address->drive.unit);
        break;
    case ADDRESS_VIRTIO_SERIAL:
        g_string_append_printf(out, " controller='%u' bus='%u' port='%u'",
                               address->virtio_serial.controller, address->virtio_serial.bus,
                               address->virtio_serial.port);
        break;
    case ADDRESS_CCID:
        g_string_append_printf(out, " controller='%u' slot='%u'", address->ccid.controller,
                               address->ccid.slot);
        break;
    case ADDRESS_USB:
        write_usb(out, &address->usb);
        break;
    case ADDRESS_SPAPR_VIO:
        if (address->spapr_vio.has_reg)
            g_string_append_printf(out, " reg='0x%08" G_GINT64_MODIFIER "x'",
                                   address->spapr_vio.reg);
        break;
    case ADDRESS_CCW:
        if (address->ccw.is_assigned)
            g_string_append_printf(out, " cssid='0x%x' ssid='0x%x' devno='0x%04x'",
                                   address->ccw.cssid, address->ccw.ssid, address->ccw.devno);
        break;
    case ADDRESS_ISA:
        write_isa(out, address);
        break;
    case ADDRESS_DIMM:
        write_dimm(out, address);
        break;
    case ADDRESS_NONE:
    case ADDRESS_VIRTIO_S390:
    case ADDRESS_VIRTIO_MMIO:
    case ADDRESS_UNASSIGNED:
    case ADDRESS_TYPE_COUNT:
    default:
        break;
    }
}

char *
domain_write_address(const DeviceAddress *address)
{
    const PciAddress *pci = &address->pci;

    if (address->type == ADDRESS_NONE)
        return NULL;
    GString *out = g_string_new("<address");
    domain_write_attribute(out, "type", address_type_name(address->type));
    write_numbers(out, address);
    if (address->type == ADDRESS_PCI && (pci->has_uid || pci->has_fid)) {
        g_string_append(out, "><zpci");
        if (pci->has_uid)
            g_string_append_printf(out, " uid='0x%04x'", pci->uid);
        if (pci->has_fid)
            g_string_append_printf(out, " fid='0x%08x'", pci->fid);
        g_string_append(out, "/></address>");
    } else {
        g_string_append(out, "/>");
    }
    return g_string_free(out, FALSE);
}

/* ---- children ------------------------------------------------------------------------------- */

void
domain_write_target(GString *out, const Device *controller)
{
    const ControllerDevice *c = &controller->controller;
    DeviceFilled filled = controller->filled;

    if (filled & DEVICE_FILLED_CHASSIS_NR)
        domain_write_number(out, "chassisNr", c->chassis_nr);
    if (filled & DEVICE_FILLED_CHASSIS)
        domain_write_number(out, "chassis", c->chassis);
    if (filled & DEVICE_FILLED_PORT)
        g_string_append_printf(out, " port='0x%x'", (guint)c->port);
    if (filled & DEVICE_FILLED_BUS_NR)
        domain_write_number(out, "busNr", c->bus_nr);
    if (filled & DEVICE_FILLED_TARGET_INDEX)
        domain_write_number(out, "index", c->target_index);
}

static void
add_child(GPtrArray *children, const char *name, GString *attributes)
{
    if (attributes->len > 0)
        g_ptr_array_add(children, g_strdup_printf("<%s%s/>", name, attributes->str));
    g_string_truncate(attributes, 0);
}

static void
add_controller_children(GPtrArray *children, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    g_autoptr(GString) attributes = g_string_new(NULL);

    if (c->type == CONTROLLER_USB && (device->filled & DEVICE_FILLED_MASTER) &&
        c->master_place.line == 0) {
        domain_write_number(attributes, "startport", c->master_port);
        add_child(children, "master", attributes);
    }
    if ((device->filled & DEVICE_FILLED_MODEL_NAME) && c->model_place.line == 0) {
        domain_write_attribute(attributes, "name", c->model_name);
        add_child(children, "model", attributes);
    }
    if (c->target_place.line == 0) {
        domain_write_target(attributes, device);
        add_child(children, "target", attributes);
    }
}

/* The text of the element at PLACE without its tags and without the parts at A and B. */
static char *
inner_text_without(const char *text, const ElementPlace *place, const ElementPlace *a,
                   const ElementPlace *b)
{
    const ElementPlace *first = a->begin < b->begin ? a : b, *second = first == a ? b : a;
    const ElementPlace *cuts[] = {first, second};
    guint32 at = place->tag_end + 1;
    GString *inner = g_string_new(NULL);

    if (place->is_empty)
        return g_string_free(inner, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(cuts); i++) {
        if (cuts[i]->line == 0)
            continue;
        g_string_append_len(inner, text + at, cuts[i]->begin - at);
        at = cuts[i]->end;
    }
    g_string_append_len(inner, text + at, place->content_end - at);
    return g_strstrip(g_string_free(inner, FALSE));
}

/* What an added serial port or console shares with the element it repeats. */
static void
add_twin_children(GPtrArray *children, const char *text, const Device *device)
{
    const Device *twin = device->twin;
    const ElementPlace *target =
        twin->kind == DEVICE_SERIAL ? &twin->serial.target_place : &twin->console.target_place;
    g_autofree char *inner = inner_text_without(text, &twin->place, target, &twin->address_place);
    g_autoptr(GString) attributes = g_string_new(NULL);
    const char *type =
        device->kind == DEVICE_SERIAL ? serial_target_words.words[device->serial.target] : "serial";

    if (*inner != '\0')
        g_ptr_array_add(children, g_steal_pointer(&inner));
    if (type != NULL)
        domain_write_attribute(attributes, "type", type);
    domain_write_number(attributes, "port", 0);
    add_child(children, "target", attributes);
}

GPtrArray *
domain_write_children(const char *text, const Device *device)
{
    GPtrArray *children = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) attributes = g_string_new(NULL);
    gboolean is_model_filled = (device->filled & DEVICE_FILLED_MODEL) != 0;

    if (device->kind == DEVICE_CONTROLLER) {
        add_controller_children(children, device);
    } else if (device->kind == DEVICE_VIDEO && is_model_filled &&
               device->video.model_place.line == 0) {
        domain_write_attribute(attributes, "type", video_model_words.words[device->video.model]);
        add_child(children, "model", attributes);
    } else if (device->kind == DEVICE_INTERFACE && is_model_filled &&
               device->interface.model_place.line == 0) {
        domain_write_attribute(attributes, "type", interface_model_name(device->interface.model));
        add_child(children, "model", attributes);
    } else if (device->twin != NULL) {
        add_twin_children(children, text, device);
    }
    if (device->address_place.line == 0 && device->address.type != ADDRESS_NONE)
        g_ptr_array_add(children, domain_write_address(&device->address));
    return children;
}

/* ---- added devices -------------------------------------------------------------------------- */

static void
write_controller_start(GString *out, const ControllerDevice *c)
{
    domain_write_attribute(out, "type", controller_type_words.words[c->type]);
    domain_write_number(out, "index", c->index);
    if (c->model != CONTROLLER_MODEL_NONE)
        domain_write_attribute(out, "model", controller_model_name(c->model));
}

/* The attributes in the start tag of the element that an added serial port or console repeats. */
static void
write_twin_start(GString *out, const char *text, const Device *twin)
{
    gsize name_length = strlen(device_kind_name(twin->kind)) + 1;
    guint32 begin = twin->place.begin + (guint32)name_length;

    if (twin->place.tag_end > begin)
        g_string_append_len(out, text + begin, twin->place.tag_end - begin);
}

char *
domain_write_start(const char *text, const Device *device)
{
    GString *out = g_string_new("<");

    g_string_append(out, device_kind_name(device->kind));
    switch ((guint)device->kind) {
    case DEVICE_CONTROLLER:
        write_controller_start(out, &device->controller);
        break;
    case DEVICE_MEMBALLOON:
        domain_write_attribute(out, "model", balloon_model_words.words[device->memballoon.model]);
        break;
    case DEVICE_INPUT:
        domain_write_attribute(out, "type", input_type_words.words[device->input.type]);
        domain_write_attribute(out, "bus", input_bus_words.words[device->input.bus]);
        break;
    case DEVICE_HUB:
        domain_write_attribute(out, "type", "usb");
        break;
    default:
        if (device->twin != NULL)
            write_twin_start(out, text, device->twin);
        break;
    }
    return g_string_free(out, FALSE);
}
