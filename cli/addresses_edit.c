/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan addresses --attach` and `--detach`.
 *
 * Both begin with the planned document, as libvirt has it stored; edit its text; and plan the
 * edited text again, so that what is printed is what planning a whole document gives.
 */

#include "addresses.h"

#include <ingest/domain_devices_reader.h>
#include <ingest/input_file.h>
#include <planner/hotplug.h>
#include <reports/domain_edit.h>
#include <reports/domain_writer.h>
#include <string.h>

/* The guest that the command line names, its plan written into its text. */
static gboolean
read_written(AddressesJob *job, PlannedGuest *ret_guest, GError **error)
{
    g_auto(PlannedGuest) guest = {0};

    if (!addresses_plan(job, job->context->args[0], &guest, error))
        return FALSE;
    GString *text = domain_write(guest.text, guest.length, guest.devices);
    gsize length = text->len;
    return addresses_plan_text(job, guest.name, g_string_free(text, FALSE), length, ret_guest,
                               error);
}

static ExitStatus
print_written(AddressesJob *job, const char *text, gsize length, const DomainDevices *devices,
              GError **error)
{
    g_autoptr(GString) out = domain_write(text, length, devices);

    return addresses_print(job, out, error);
}

/* ---- attaching ------------------------------------------------------------------------------ */

static gboolean
read_device(const char *path, char **ret_element, Device **ret_device, GError **error)
{
    g_auto(DocumentEncoding) encoding = {0};
    g_autofree char *text = NULL;
    gsize length = 0;
    Finding *refusal = NULL;

    if (!input_file_read(path, &text, &length, error) ||
        !document_encoding_decode(&encoding, &text, &length, error))
        return FALSE;
    g_autoptr(Device) device = domain_device_read(text, length, &refusal);
    if (device == NULL) {
        addresses_refuse(path, refusal, error);
        return FALSE;
    }
    *ret_element = g_strndup(text + device->place.begin, device->place.end - device->place.begin);
    *ret_device = g_steal_pointer(&device);
    return TRUE;
}

/* Plans the text that has the new device at OFFSET, and prints it. */
static gboolean
attach_text(AddressesJob *job, const GString *text, guint32 offset, const Device *device,
            GError **error)
{
    const AddressesOptions *options = job->options;
    Finding *refusal = NULL;
    Device *inserted = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text->str, text->len, &refusal);

    if (devices != NULL) {
        inserted = domain_devices_find_place(devices, offset);
        refusal = hotplug_attach(devices, inserted, &job->plan, options->is_live);
    }
    if (refusal != NULL) {
        gboolean is_of_device = inserted != NULL && refusal->line == inserted->place.line;

        /* The lines of the edited text are nobody's. */
        refusal->line = is_of_device ? device->place.line : 0;
        addresses_refuse(is_of_device ? options->attach : job->context->args[0], refusal, error);
        return FALSE;
    }
    return print_written(job, text->str, text->len, devices, error) == EXIT_WELL;
}

ExitStatus
addresses_run_attach(AddressesJob *job, GError **error)
{
    const AddressesOptions *options = job->options;
    g_auto(PlannedGuest) guest = {0};
    g_autofree char *element = NULL;
    g_autoptr(Device) device = NULL;
    guint32 offset = 0;

    if (!read_device(options->attach, &element, &device, error) ||
        !read_written(job, &guest, error))
        return EXIT_FAILED;
    Finding *refusal = hotplug_check(guest.devices, device, &job->plan, options->is_live);
    if (refusal != NULL) {
        addresses_refuse(options->attach, refusal, error);
        return EXIT_FAILED;
    }
    g_autoptr(GString) text =
        domain_edit_insert(guest.text, guest.length, guest.devices, device->kind, element, &offset);
    return attach_text(job, text, offset, device, error) ? EXIT_WELL : EXIT_FAILED;
}

/* ---- detaching ------------------------------------------------------------------------------ */

static gboolean
equals(const char *wanted, const char *value)
{
    return value != NULL && g_ascii_strcasecmp(wanted, value) == 0;
}

/* By alias, key, target, MAC address or place. */
static gboolean
is_named(const DomainDevices *devices, const Device *device, const char *name)
{
    g_autofree char *key = device_key(devices, device);
    g_autofree char *address = device_address_format(&device->address);
    const char *number = address == NULL ? NULL : strchr(address, ' ');

    if (strcmp(key, name) == 0 || equals(name, device->alias) || equals(name, address) ||
        (number != NULL && strcmp(number + 1, name) == 0))
        return TRUE;
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return equals(name, device->disk.target);
    case DEVICE_INTERFACE:
        return equals(name, device->interface.mac);
    case DEVICE_FILESYSTEM:
        return equals(name, device->filesystem.target);
    default:
        return FALSE;
    }
}

/* Nothing that WANTED says is otherwise in DEVICE. */
static gboolean
is_like(const Device *device, const Device *wanted)
{
    gboolean is_place_told =
        wanted->address.type != ADDRESS_NONE && !device_address_is_pci_wanted(&wanted->address);

    if (device->kind != wanted->kind ||
        (wanted->alias != NULL && g_strcmp0(wanted->alias, device->alias) != 0))
        return FALSE;
    switch ((guint)wanted->kind) {
    case DEVICE_DISK:
        return g_strcmp0(wanted->disk.target, device->disk.target) == 0;
    case DEVICE_INTERFACE:
        if (wanted->interface.mac != NULL)
            return equals(wanted->interface.mac, device->interface.mac);
        break;
    case DEVICE_CONTROLLER:
        return wanted->controller.type == device->controller.type &&
               (wanted->controller.index == -1 ||
                wanted->controller.index == device->controller.index) &&
               (wanted->controller.model == CONTROLLER_MODEL_NONE ||
                wanted->controller.model == device->controller.model);
    case DEVICE_HOSTDEV:
        return g_strcmp0(wanted->hostdev.source, device->hostdev.source) == 0;
    case DEVICE_CHANNEL:
        if (wanted->channel.name != NULL)
            return g_strcmp0(wanted->channel.name, device->channel.name) == 0;
        break;
    case DEVICE_FILESYSTEM:
        return g_strcmp0(wanted->filesystem.target, device->filesystem.target) == 0;
    default:
        break;
    }
    return !is_place_told || device_address_equal(&wanted->address, &device->address);
}

static GPtrArray *
find_detached(const DomainDevices *devices, const char *name, const Device *wanted)
{
    GPtrArray *found = g_ptr_array_new();
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->place.line != 0 &&
            (wanted != NULL ? is_like(device, wanted) : is_named(devices, device, name)))
            g_ptr_array_add(found, device);
    }
    return found;
}

static gboolean
check_found(const PlannedGuest *guest, const GPtrArray *found, const char *name, GError **error)
{
    if (found->len == 1)
        return TRUE;
    if (found->len == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: it has no device '%s': name one by alias, target, MAC address or address, "
                    "or give its element in a file",
                    guest->name, name);
        return FALSE;
    }
    const Device *first = g_ptr_array_index(found, 0), *second = g_ptr_array_index(found, 1);
    g_autofree char *a = device_key(guest->devices, first);
    g_autofree char *b = device_key(guest->devices, second);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: '%s' may be %s or %s: name it more exactly", guest->name, name, a, b);
    return FALSE;
}

ExitStatus
addresses_run_detach(AddressesJob *job, GError **error)
{
    const char *name = job->options->detach;
    g_auto(PlannedGuest) guest = {0};
    g_auto(PlannedGuest) rest = {0};
    g_autofree char *element = NULL;
    g_autoptr(Device) wanted = NULL;

    if (addresses_is_file(name) && !read_device(name, &element, &wanted, error))
        return EXIT_FAILED;
    if (!read_written(job, &guest, error))
        return EXIT_FAILED;
    g_autoptr(GPtrArray) found = find_detached(guest.devices, name, wanted);
    if (!check_found(&guest, found, name, error))
        return EXIT_FAILED;
    g_autoptr(GPtrArray) leaving = hotplug_leaving(guest.devices, g_ptr_array_index(found, 0));
    GString *text = domain_edit_remove(guest.text, guest.length, leaving);
    gsize length = text->len;
    job->plan = hotplug_leaving_options(&job->plan);
    if (!addresses_plan_text(job, guest.name, g_string_free(text, FALSE), length, &rest, error))
        return EXIT_FAILED;
    return print_written(job, rest.text, rest.length, rest.devices, error);
}
