/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Comparing two guests.
 *
 * A device is matched by its name, so that one that is missing is told as missing and does not make
 * all behind it different. libvirt matches by position; where names agree and positions do not,
 * that is told once for the kind. What has no name that the guest sees is matched by position
 * alone.
 *
 * Values that planning knows better than the text (addresses, models, buses, numbers of
 * controllers) are taken from the plan, so that a definition with them and one without are equal
 * when they will be. Devices that libvirt gives every such machine, and that the plan leaves out
 * because they have no address, are not compared.
 */

#include <planner/abi_compare.h>
#include <string.h>

typedef struct {
    const AbiSide *sides[2];
    GPtrArray *differences;
} Comparison;

static const AbiRule machine_rule = {"machine type", "it is another kind of machine", FALSE};
static const AbiRule presence_rule = {"presence", "the guest has this device on one side only",
                                      FALSE};
static const AbiRule crypto_rule = {"presence", "the guest has this device on one side only", TRUE};
static const AbiRule sequence_rule = {"order", "libvirt compares device by device in this order",
                                      FALSE};
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
difference_free(gpointer data)
{
    AbiDifference *difference = data;

    g_free(difference->device);
    g_free(difference->property);
    g_free(difference->values[0]);
    g_free(difference->values[1]);
    g_free(difference);
}

static void
add_difference(Comparison *comparison, const char *device, const AbiRule *rule, const char *name,
               const char *const values[2], const guint lines[2])
{
    AbiDifference *difference = g_new0(AbiDifference, 1);

    difference->device = g_strdup(device);
    difference->property = g_strdup(name);
    difference->why = rule->why;
    difference->is_unchecked = rule->is_unchecked;
    for (guint i = 0; i < 2; i++) {
        difference->values[i] = g_strdup(values[i]);
        difference->lines[i] = lines[i];
    }
    g_ptr_array_add(comparison->differences, difference);
}

static void
compare_values(Comparison *comparison, const char *device, const AbiRule *rule,
               const char *const values[2], const guint lines[2])
{
    if (g_strcmp0(values[0], values[1]) != 0)
        add_difference(comparison, device, rule, rule->name, values, lines);
}

/* ---- written properties --------------------------------------------------------------------- */

static void
compare_property(Comparison *comparison, const char *device, const AbiProperty *one,
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
        add_difference(comparison, device, one->rule, one->name, values, lines);
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
compare_elements(Comparison *comparison, const char *key, const Device *device,
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
compare_numbers(Comparison *comparison, const char *key, const Device *const devices[2])
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
compare_addresses(Comparison *comparison, const char *key, const Device *const devices[2],
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
compare_controllers(Comparison *comparison, const char *key, const Device *const devices[2],
                    const guint owners[2])
{
    const char *const names[] = {devices[0]->controller.model_name,
                                 devices[1]->controller.model_name};

    if (devices[0]->controller.type == CONTROLLER_PCI)
        compare_values(comparison, key, &model_name_rule, names, owners);
    compare_numbers(comparison, key, devices);
}

/* A pair of devices that are taken for the same, and the numbers that their ports get. */
typedef struct {
    const Device *devices[2];
    gint ports[2];
} DevicePair;

static void
compare_planned(Comparison *comparison, const char *key, const DevicePair *pair)
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

static void
compare_devices(Comparison *comparison, const char *key, const DevicePair *pair)
{
    const AbiElement *elements[2];

    for (guint i = 0; i < 2; i++)
        elements[i] = written_element(comparison->sides[i], pair->devices[i]);
    compare_planned(comparison, key, pair);
    compare_elements(comparison, key, pair->devices[0], elements);
}

/* ---- matching ------------------------------------------------------------------------------- */

/* The devices of KIND with a name each, in libvirt's order. */
typedef struct {
    GPtrArray *devices; /* of Device*, borrowed */
    GPtrArray *names;   /* of char*: by which they are matched */
    GArray *ports;      /* of gint: numbers of serial and parallel ports; others have 0 */
    GPtrArray *given;   /* of Device*: what libvirt adds and the plan does not have */
} KindList;

/* What libvirt gives by itself, and what stands for another device. */
static gboolean
is_given(const Device *device)
{
    if (device->kind == DEVICE_PANIC)
        return device->panic.model == PANIC_MODEL_S390 ||
               device->panic.model == PANIC_MODEL_PSERIES;
    if (device->kind == DEVICE_WATCHDOG)
        return device->watchdog.model == WATCHDOG_ITCO;
    return device->kind == DEVICE_CONSOLE && device->console.is_alias;
}

/* NULL: it has none, or none that the guest sees. */
static const char *
guest_name(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return device->disk.target;
    case DEVICE_INTERFACE:
        return device->interface.mac;
    case DEVICE_CHANNEL:
        return device->channel.name;
    case DEVICE_FILESYSTEM:
        return device->filesystem.target;
    default:
        return NULL;
    }
}

/* Inputs are told apart by what they are, so that one more does not shift the others. */
static char *
input_name(const KindList *list, const Device *device)
{
    const InputDevice *input = &device->input;
    guint n_before = 0;

    for (guint i = 0; i < list->devices->len; i++) {
        const Device *other = g_ptr_array_index(list->devices, i);
        n_before += other->input.type == input->type && other->input.bus == input->bus;
    }
    g_autofree char *what = g_strdup_printf("input/%s %s", input_bus_words.words[input->bus],
                                            input_type_words.words[input->type]);
    return n_before == 0 ? g_steal_pointer(&what) : g_strdup_printf("%s %u", what, n_before + 1);
}

static char *
match_name(const KindList *list, const DomainDevices *devices, const Device *device)
{
    const char *name = guest_name(device);
    const char *kind = device_kind_name(device->kind);

    if (device->kind == DEVICE_CONTROLLER)
        return device_key(devices, device);
    if (device->kind == DEVICE_INPUT)
        return input_name(list, device);
    return name != NULL ? g_strdup_printf("%s/%s", kind, name)
                        : g_strdup_printf("%s/%u", kind, list->devices->len);
}

static void
kind_list_add(KindList *list, const DomainDevices *devices, Device *device, gint *next_port)
{
    gboolean has_port = device->kind == DEVICE_SERIAL || device->kind == DEVICE_PARALLEL;
    gint port = has_port ? device->serial.port : 0;

    if (port == -1)
        port = *next_port;
    *next_port = MAX(*next_port, port + 1);
    g_array_append_val(list->ports, port);
    g_ptr_array_add(list->names, match_name(list, devices, device));
    g_ptr_array_add(list->devices, device);
}

static void
free_device(gpointer device)
{
    device_free(device);
}

/* A PS/2 mouse and keyboard, which libvirt puts behind what is written where it is not written. */
static void
kind_list_add_ps2(KindList *list, const DomainDevices *devices, InputType type, gint *next_port)
{
    for (guint i = 0; i < list->devices->len; i++) {
        const Device *device = g_ptr_array_index(list->devices, i);

        if (device->input.bus == INPUT_BUS_PS2 && device->input.type == type)
            return;
    }
    Device *given = device_new(DEVICE_INPUT);
    given->input.bus = INPUT_BUS_PS2;
    given->input.type = type;
    g_ptr_array_add(list->given, given);
    kind_list_add(list, devices, given, next_port);
}

static void
kind_list_init(KindList *list, const DomainDevices *devices, DeviceKind kind)
{
    gboolean is_x86 = devices->arch == CPU_ARCH_X86_64 || devices->arch == CPU_ARCH_I686;
    gint next_port = 0;

    *list = (KindList){g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free),
                       g_array_new(FALSE, FALSE, sizeof(gint)),
                       g_ptr_array_new_with_free_func(free_device)};
    for (guint i = 0; i < domain_devices_n(devices, kind); i++) {
        Device *device = domain_devices_get(devices, kind, i);

        if (device->kind == kind && !is_given(device))
            kind_list_add(list, devices, device, &next_port);
    }
    if (kind == DEVICE_INPUT && is_x86 && devices->ps2 != CPU_SWITCH_OFF) {
        kind_list_add_ps2(list, devices, INPUT_MOUSE, &next_port);
        kind_list_add_ps2(list, devices, INPUT_KEYBOARD, &next_port);
    }
}

static void
kind_list_clear(KindList *list)
{
    g_clear_pointer(&list->devices, g_ptr_array_unref);
    g_clear_pointer(&list->names, g_ptr_array_unref);
    g_clear_pointer(&list->ports, g_array_unref);
    g_clear_pointer(&list->given, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KindList, kind_list_clear)

/* Position of NAME in LIST; -1 when it is not there. */
static gint
find_name(const KindList *list, const char *name)
{
    for (guint i = 0; i < list->names->len; i++) {
        if (strcmp(g_ptr_array_index(list->names, i), name) == 0)
            return (gint)i;
    }
    return -1;
}

/* The next device of LIST from *POSITION on whose name OTHER lacks; -1 when there is none. */
static gint
next_leftover(const KindList *list, const KindList *other, guint *position)
{
    while (*position < list->names->len) {
        guint i = (*position)++;

        if (find_name(other, g_ptr_array_index(list->names, i)) == -1)
            return (gint)i;
    }
    return -1;
}

static void
add_missing(Comparison *comparison, const KindList *list, guint position, guint side)
{
    const Device *device = g_ptr_array_index(list->devices, position);
    const AbiRule *rule = device->kind == DEVICE_CRYPTO || device->kind == DEVICE_NVRAM
                              ? &crypto_rule
                              : &presence_rule;
    const char *values[2] = {"absent", "absent"};
    guint lines[2] = {0, 0};

    values[side] = "present";
    lines[side] = device->place.line;
    add_difference(comparison, g_ptr_array_index(list->names, position), rule, rule->name, values,
                   lines);
}

static void
compare_pair(Comparison *comparison, const KindList *left, guint i, const KindList *right, guint k)
{
    const DevicePair pair = {
        {g_ptr_array_index(left->devices, i), g_ptr_array_index(right->devices, k)},
        {g_array_index(left->ports, gint, i), g_array_index(right->ports, gint, k)}};

    compare_devices(comparison, g_ptr_array_index(left->names, i), &pair);
}

/* Those that have no counterpart by name. A controller of another index is another controller. */
static void
compare_leftovers(Comparison *comparison, const KindList *left, const KindList *right,
                  DeviceKind kind)
{
    guint at[2] = {0, 0};

    for (;;) {
        gint i = next_leftover(left, right, &at[0]);
        gint k = next_leftover(right, left, &at[1]);

        if (i >= 0 && k >= 0 && kind != DEVICE_CONTROLLER) {
            compare_pair(comparison, left, (guint)i, right, (guint)k);
            continue;
        }
        if (i >= 0)
            add_missing(comparison, left, (guint)i, 0);
        if (k >= 0)
            add_missing(comparison, right, (guint)k, 1);
        if (i < 0 && k < 0)
            return;
    }
}

static void
compare_kind(Comparison *comparison, DeviceKind kind)
{
    g_auto(KindList) left = {0};
    g_auto(KindList) right = {0};
    gint last = -1;
    gboolean is_order_told = FALSE;

    kind_list_init(&left, comparison->sides[0]->devices, kind);
    kind_list_init(&right, comparison->sides[1]->devices, kind);
    for (guint i = 0; i < left.devices->len; i++) {
        const char *name = g_ptr_array_index(left.names, i);
        gint other = find_name(&right, name);

        if (other == -1)
            continue;
        compare_pair(comparison, &left, i, &right, (guint)other);
        if (other < last && !is_order_told) {
            const Device *device = g_ptr_array_index(left.devices, i);
            const Device *twin = g_ptr_array_index(right.devices, (guint)other);

            add_difference(comparison, name, &sequence_rule, sequence_rule.name,
                           (const char *const[]){"later", "earlier"},
                           (const guint[]){device->place.line, twin->place.line});
            is_order_told = TRUE;
        }
        last = MAX(last, other);
    }
    compare_leftovers(comparison, &left, &right, kind);
}

GPtrArray *
abi_compare(const AbiSide *left, const AbiSide *right)
{
    Comparison comparison = {{left, right}, g_ptr_array_new_with_free_func(difference_free)};
    const AbiElement *const guests[] = {left->abi->guest, right->abi->guest};
    const char *const machines[] = {left->devices->machine, right->devices->machine};
    const guint lines[] = {left->devices->os_type_place.line, right->devices->os_type_place.line};

    compare_values(&comparison, "guest", &machine_rule, machines, lines);
    compare_elements(&comparison, "guest", NULL, guests);
    for (guint kind = 0; kind < DEVICE_KIND_COUNT; kind++)
        compare_kind(&comparison, (DeviceKind)kind);
    return comparison.differences;
}
