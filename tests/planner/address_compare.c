/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "address_compare.h"

#include <ingest/domain_devices_reader.h>
#include <stdio.h>
#include <string.h>

static const char *
multifunction(const DeviceAddress *address)
{
    if (!device_address_is_pci_present(address) || address->pci.multifunction == CPU_SWITCH_ABSENT)
        return "";
    return address->pci.multifunction == CPU_SWITCH_ON ? " multifunction" : " no multifunction";
}

static void
append_controller(GString *line, const ControllerDevice *c)
{
    const char *model = controller_model_name(c->model);
    gboolean has_ports = c->type == CONTROLLER_USB || c->type == CONTROLLER_VIRTIO_SERIAL;

    g_string_append_printf(line, " model %s ports %d master %d", model == NULL ? "none" : model,
                           has_ports ? c->ports : -1, c->master_port);
    if (c->type == CONTROLLER_PCI)
        g_string_append_printf(line, " name %s chassisNr %d chassis %d port %d busNr %d index %d",
                               c->model_name == NULL ? "none" : c->model_name, c->chassis_nr,
                               c->chassis, c->port, c->bus_nr, c->target_index);
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

/* Controllers in the order of their list, on one line. */
static char *
controller_order(const DomainDevices *devices)
{
    GString *line = g_string_new("order:");

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *c = &domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller;
        const char *model = controller_model_name(c->model);

        g_string_append_printf(line, " %s%d/%s", controller_type_words.words[c->type], c->index,
                               model == NULL ? "none" : model);
    }
    return g_string_free(line, FALSE);
}

char *
address_facts(const DomainDevices *devices)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        g_autofree char *key = device_key(devices, device);
        g_autofree char *address = device_address_format(&device->address);
        GString *line = g_string_new(key);

        g_string_append_printf(line, ": %s%s", address == NULL ? "none" : address,
                               multifunction(&device->address));
        if (device->kind == DEVICE_CONTROLLER)
            append_controller(line, &device->controller);
        if (address == NULL && device->kind != DEVICE_CONTROLLER)
            g_string_free(line, TRUE);
        else
            g_ptr_array_add(lines, g_string_free(line, FALSE));
    }
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_add(lines, controller_order(devices));
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

char *
address_facts_of_text(const char *xml)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(xml, strlen(xml), &refusal);

    if (devices == NULL)
        g_error("cannot read what was written: %s\n%s", refusal->text, xml);
    return address_facts(devices);
}

void
address_facts_print_difference(const char *expected, const char *actual)
{
    g_auto(GStrv) left = g_strsplit(expected, "\n", 0);
    g_auto(GStrv) right = g_strsplit(actual, "\n", 0);

    for (guint i = 0; left[i] != NULL; i++) {
        if (!g_strv_contains((const char *const *)right, left[i]))
            printf("  libvirt: %s\n", left[i]);
    }
    for (guint i = 0; right[i] != NULL; i++) {
        if (!g_strv_contains((const char *const *)left, right[i]))
            printf("  planned: %s\n", right[i]);
    }
}
