/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Values that planning knows better than the text (addresses, models, buses, numbers of
 * controllers) are taken from the plan, so that a definition with them and one without are equal
 * when they will be.
 */

#include "abi_properties.h"

#include <string.h>

static const AbiRule machine_rule = {"machine type", "it is another kind of machine", FALSE};
static const AbiRule address_rule = {"address", "the guest finds the device there", FALSE};
static const AbiRule place_rule = {"place", "QEMU's migration stream names the device by it", TRUE};
static const AbiRule model_rule = {"model", "the guest's driver is bound to this kind of device",
                                   FALSE};
static const AbiRule bus_rule = {"bus", "the guest's driver is bound to this kind of device",
                                 FALSE};
static const AbiRule type_rule = {"type", "the guest's driver is bound to this kind of device",
                                  FALSE};
static const AbiRule mac_rule = {"MAC address", "the guest names and configures the card by it",
                                 FALSE};
static const AbiRule target_rule = {"target type",
                                    "the guest's driver is bound to this kind of device", FALSE};
static const AbiRule port_rule = {"port", "the guest names the port by it", FALSE};
static const AbiRule model_name_rule = {"model name",
                                        "QEMU's migration stream has a state of this shape", TRUE};

static void
compare_values(AbiComparison *comparison, const char *device, const AbiRule *rule,
               const char *const values[2], const guint lines[2])
{
    if (g_strcmp0(values[0], values[1]) != 0)
        abi_comparison_add(comparison, device, rule, rule->name, values, lines);
}

/* ---- written properties --------------------------------------------------------------------- */

static void
compare_property(AbiComparison *comparison, const char *device, const AbiProperty *one,
                 const AbiElement *const elements[2])
{
    const char *values[2] = {NULL, NULL};
    guint lines[2] = {0, 0};

    for (guint i = 0; i < 2; i++) {
        const AbiProperty *property = abi_element_find(elements[i], one->name);

        if (property != NULL)
            values[i] = property->value;
        if (elements[i] != NULL)
            lines[i] = property != NULL ? property->line : elements[i]->line;
    }
    if (g_strcmp0(values[0], values[1]) != 0)
        abi_comparison_add(comparison, device, one->rule, one->name, values, lines);
}

/* libvirt asks for the queues of a card only when the card has such. */
static gboolean
is_ignored(const Device *device, const AbiProperty *property)
{
    return device != NULL && device->kind == DEVICE_INTERFACE &&
           !interface_model_is_virtio(device->interface.model) &&
           strcmp(property->name, "queues") == 0;
}

/* Either may be NULL: a device that is not written has nothing written. DEVICE is NULL: a guest. */
static void
compare_elements(AbiComparison *comparison, const char *key, const Device *device,
                 const AbiElement *const elements[2])
{
    for (guint side = 0; side < 2; side++) {
        const GArray *properties = elements[side] == NULL ? NULL : elements[side]->properties;

        for (guint i = 0; properties != NULL && i < properties->len; i++) {
            const AbiProperty *property = &g_array_index(properties, AbiProperty, i);

            if (!is_ignored(device, property) &&
                (side == 0 || abi_element_find(elements[0], property->name) == NULL))
                compare_property(comparison, key, property, elements);
        }
    }
}

/* ---- planned properties --------------------------------------------------------------------- */

/* NULL for -1, which is "not written". */
static char *
number_text(const ControllerDevice *controller, gsize offset)
{
    gint number = G_STRUCT_MEMBER(gint, controller, offset);

    return number == -1 ? NULL : g_strdup_printf("%d", number);
}

static void
compare_numbers(AbiComparison *comparison, const char *key, const Device *const devices[2])
{
#define PLACE "QEMU's migration stream names what is behind the controller by it"
    static const struct {
        AbiRule rule;
        gsize offset;
    } numbers[] = {
        {{"companion port", PLACE, TRUE}, G_STRUCT_OFFSET(ControllerDevice, master_port)},
        {{"chassis number", PLACE, TRUE}, G_STRUCT_OFFSET(ControllerDevice, chassis_nr)},
        {{"chassis", PLACE, TRUE}, G_STRUCT_OFFSET(ControllerDevice, chassis)},
        {{"port", PLACE, TRUE}, G_STRUCT_OFFSET(ControllerDevice, port)},
        {{"bus number", PLACE, TRUE}, G_STRUCT_OFFSET(ControllerDevice, bus_nr)},
        {{"target index", PLACE, TRUE}, G_STRUCT_OFFSET(ControllerDevice, target_index)},
    };
#undef PLACE

    const guint lines[] = {devices[0]->place.line, devices[1]->place.line};

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *left = number_text(&devices[0]->controller, numbers[i].offset);
        g_autofree char *right = number_text(&devices[1]->controller, numbers[i].offset);
        const char *const values[] = {left, right};

        compare_values(comparison, key, &numbers[i].rule, values, lines);
    }
}

/* What the guest sees of a device's model, where planning fills it in. */
static const char *
model_name(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_CONTROLLER:
        return controller_model_name(device->controller.model);
    case DEVICE_INTERFACE: {
        const char *known = interface_model_name(device->interface.model);
        return known != NULL ? known : device->interface.model_name;
    }
    case DEVICE_VIDEO:
        return video_model_words.words[device->video.model];
    case DEVICE_TPM:
        return tpm_model_words.words[device->tpm.model];
    case DEVICE_PANIC:
        return panic_model_words.words[device->panic.model];
    default:
        return NULL;
    }
}

static const char *
bus_name(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return disk_bus_words.words[device->disk.bus];
    case DEVICE_INPUT:
        return input_bus_words.words[device->input.bus];
    default:
        return NULL;
    }
}

static const char *
target_name(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_SERIAL:
        return serial_target_words.words[device->serial.target];
    case DEVICE_CONSOLE:
        return console_target_words.words[device->console.target];
    default:
        return NULL;
    }
}

/*
 * What libvirt compares of an address, and what it leaves out of it: USB ports, spapr-vio
 * registers, the target of a drive, whether a slot has functions, zPCI identifiers.
 */
static void
split_address(const DeviceAddress *address, char **ret_compared, char **ret_rest)
{
    DeviceAddress compared = *address;

    *ret_rest = NULL;
    switch ((guint)address->type) {
    case ADDRESS_USB:
    case ADDRESS_SPAPR_VIO:
        *ret_compared = g_strdup(address_type_name(address->type));
        *ret_rest = device_address_format(address);
        return;
    case ADDRESS_DRIVE:
        compared.drive.target = 0;
        *ret_rest = g_strdup_printf("target %u", address->drive.target);
        break;
    case ADDRESS_PCI:
        compared.pci.has_uid = compared.pci.has_fid = FALSE;
        *ret_rest = address->pci.multifunction == CPU_SWITCH_ON ? g_strdup("multifunction") : NULL;
        if (address->pci.has_uid || address->pci.has_fid) {
            g_free(*ret_rest);
            *ret_rest = device_address_format(address);
        }
        break;
    default:
        break;
    }
    *ret_compared = device_address_format(&compared);
    if (*ret_compared == NULL && address->type != ADDRESS_NONE)
        *ret_compared = g_strdup(address_type_name(address->type));
}

static void
compare_addresses(AbiComparison *comparison, const char *key, const Device *const devices[2],
                  const guint owners[2])
{
    g_autofree char *left = NULL, *left_rest = NULL, *right = NULL, *right_rest = NULL;
    guint lines[2];

    split_address(&devices[0]->address, &left, &left_rest);
    split_address(&devices[1]->address, &right, &right_rest);
    for (guint i = 0; i < 2; i++)
        lines[i] = devices[i]->address_place.line != 0 ? devices[i]->address_place.line : owners[i];
    const char *const compared[] = {left, right}, *const rest[] = {left_rest, right_rest};
    compare_values(comparison, key, &address_rule, compared, lines);
    if (g_strcmp0(left, right) == 0)
        compare_values(comparison, key, &place_rule, rest, lines);
}

static void
compare_controllers(AbiComparison *comparison, const char *key, const Device *const devices[2],
                    const guint owners[2])
{
    const char *const names[] = {devices[0]->controller.model_name,
                                 devices[1]->controller.model_name};

    if (devices[0]->controller.type == CONTROLLER_PCI)
        compare_values(comparison, key, &model_name_rule, names, owners);
    compare_numbers(comparison, key, devices);
}

static void
compare_planned(AbiComparison *comparison, const char *key, const AbiPair *pair)
{
    const Device *const *devices = pair->devices;
    const guint owners[] = {devices[0]->place.line, devices[1]->place.line};
    const char *const models[] = {model_name(devices[0]), model_name(devices[1])};
    const char *const buses[] = {bus_name(devices[0]), bus_name(devices[1])};
    const char *const targets[] = {target_name(devices[0]), target_name(devices[1])};

    if (devices[0]->kind == DEVICE_INTERFACE) {
        const char *const macs[] = {devices[0]->interface.mac, devices[1]->interface.mac};
        compare_values(comparison, key, &mac_rule, macs, owners);
    }
    if (devices[0]->kind == DEVICE_INPUT) {
        const char *const types[] = {input_type_words.words[devices[0]->input.type],
                                     input_type_words.words[devices[1]->input.type]};
        compare_values(comparison, key, &type_rule, types, owners);
    }
    compare_values(comparison, key, &model_rule, models, owners);
    compare_values(comparison, key, &bus_rule, buses, owners);
    compare_values(comparison, key, &target_rule, targets, owners);
    if (pair->ports[0] != pair->ports[1]) {
        g_autofree char *left = g_strdup_printf("%d", pair->ports[0]);
        g_autofree char *right = g_strdup_printf("%d", pair->ports[1]);
        const char *const ports[] = {left, right};
        compare_values(comparison, key, &port_rule, ports, owners);
    }
    compare_addresses(comparison, key, devices, owners);
    if (devices[0]->kind == DEVICE_CONTROLLER)
        compare_controllers(comparison, key, devices, owners);
}

static const AbiElement *
written_element(const AbiSide *side, const Device *device)
{
    return device->place.line == 0
               ? NULL
               : g_hash_table_lookup(side->abi->devices, GUINT_TO_POINTER(device->place.begin));
}

void
abi_properties_compare_devices(AbiComparison *comparison, const char *key, const AbiPair *pair)
{
    const AbiElement *elements[2];

    for (guint i = 0; i < 2; i++)
        elements[i] = written_element(comparison->sides[i], pair->devices[i]);
    compare_planned(comparison, key, pair);
    compare_elements(comparison, key, pair->devices[0], elements);
}

void
abi_properties_compare_guests(AbiComparison *comparison)
{
    const AbiSide *left = comparison->sides[0], *right = comparison->sides[1];
    const AbiElement *const guests[] = {left->abi->guest, right->abi->guest};
    const char *const machines[] = {left->devices->machine, right->devices->machine};
    const guint lines[] = {left->devices->os_type_place.line, right->devices->os_type_place.line};

    compare_values(comparison, "guest", &machine_rule, machines, lines);
    compare_elements(comparison, "guest", NULL, guests);
}
