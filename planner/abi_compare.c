/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Comparing two guests.
 *
 * A device is matched by its key, so that one that is missing is told as missing and does not make
 * all behind it different. libvirt matches by position; where keys agree and positions do not, that
 * is told once for the kind. Host devices are matched by position alone: what they are on the host
 * may differ.
 *
 * Values that planning knows better than the text (addresses, models, numbers of controllers) are
 * taken from the plan, so that a definition with them and one without are equal when they will be.
 */

#include <planner/abi_compare.h>
#include <string.h>

typedef struct {
    const AbiSide *sides[2];
    GPtrArray *differences;
} Comparison;

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
add_difference(Comparison *comparison, const char *device, const char *property,
               const char *const values[2], const guint lines[2])
{
    AbiDifference *difference = g_new0(AbiDifference, 1);

    difference->device = g_strdup(device);
    difference->property = g_strdup(property);
    for (guint i = 0; i < 2; i++) {
        difference->values[i] = g_strdup(values[i]);
        difference->lines[i] = lines[i];
    }
    g_ptr_array_add(comparison->differences, difference);
}

static void
compare_values(Comparison *comparison, const char *device, const char *property,
               const char *const values[2], const guint lines[2])
{
    if (g_strcmp0(values[0], values[1]) != 0)
        add_difference(comparison, device, property, values, lines);
}

/* ---- written properties --------------------------------------------------------------------- */

static void
compare_property(Comparison *comparison, const char *device, const char *name,
                 const AbiElement *const elements[2])
{
    const char *values[2] = {NULL, NULL};
    guint lines[2] = {0, 0};

    for (guint i = 0; i < 2; i++) {
        const AbiProperty *property = abi_element_find(elements[i], name);

        if (property != NULL)
            values[i] = property->value;
        if (elements[i] != NULL)
            lines[i] = property != NULL ? property->line : elements[i]->line;
    }
    compare_values(comparison, device, name, values, lines);
}

static void
compare_elements(Comparison *comparison, const char *device, const AbiElement *const elements[2])
{
    for (guint side = 0; side < 2; side++) {
        const GArray *properties = elements[side] == NULL ? NULL : elements[side]->properties;

        for (guint i = 0; properties != NULL && i < properties->len; i++) {
            const char *name = g_array_index(properties, AbiProperty, i).name;

            if (side == 0 || abi_element_find(elements[0], name) == NULL)
                compare_property(comparison, device, name, elements);
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
    static const struct {
        const char *name;
        gsize offset;
    } numbers[] = {
        {"index", G_STRUCT_OFFSET(ControllerDevice, index)},
        {"companion port", G_STRUCT_OFFSET(ControllerDevice, master_port)},
        {"chassis number", G_STRUCT_OFFSET(ControllerDevice, chassis_nr)},
        {"chassis", G_STRUCT_OFFSET(ControllerDevice, chassis)},
        {"port", G_STRUCT_OFFSET(ControllerDevice, port)},
        {"bus number", G_STRUCT_OFFSET(ControllerDevice, bus_nr)},
        {"target index", G_STRUCT_OFFSET(ControllerDevice, target_index)},
    };

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *left = number_text(&devices[0]->controller, numbers[i].offset);
        g_autofree char *right = number_text(&devices[1]->controller, numbers[i].offset);
        const char *const values[] = {left, right};
        const guint lines[] = {devices[0]->place.line, devices[1]->place.line};

        compare_values(comparison, key, numbers[i].name, values, lines);
    }
}

/* What the guest sees of a device's model, where planning fills it in. */
static const char *
model_name(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_CONTROLLER:
        return controller_model_name(device->controller.model);
    case DEVICE_INTERFACE:
        return device->interface.model_name != NULL ? device->interface.model_name
                                                    : interface_model_name(device->interface.model);
    case DEVICE_VIDEO:
        return video_model_words.words[device->video.model];
    default:
        return NULL;
    }
}

/* The place, with what PCI adds to it. */
static char *
address_text(const DeviceAddress *address)
{
    char *text = device_address_format(address);

    if (text == NULL || address->type != ADDRESS_PCI || address->pci.multifunction != CPU_SWITCH_ON)
        return text;
    g_autofree char *plain = text;
    return g_strconcat(plain, " multifunction", NULL);
}

static void
compare_devices(Comparison *comparison, const char *key, const Device *const devices[2])
{
    g_autofree char *left = address_text(&devices[0]->address);
    g_autofree char *right = address_text(&devices[1]->address);
    const char *const addresses[] = {left, right};
    const char *const models[] = {model_name(devices[0]), model_name(devices[1])};
    const AbiElement *elements[2] = {NULL, NULL};
    guint lines[2], owners[] = {devices[0]->place.line, devices[1]->place.line};

    for (guint i = 0; i < 2; i++) {
        lines[i] = devices[i]->address_place.line;
        if (lines[i] == 0)
            lines[i] = owners[i];
        if (owners[i] != 0)
            elements[i] = g_hash_table_lookup(comparison->sides[i]->abi->devices,
                                              GUINT_TO_POINTER(devices[i]->place.begin));
    }
    compare_values(comparison, key, "model", models, owners);
    compare_values(comparison, key, "address", addresses, lines);
    if (devices[0]->kind == DEVICE_CONTROLLER && devices[0]->controller.type == CONTROLLER_PCI) {
        const char *const names[] = {devices[0]->controller.model_name,
                                     devices[1]->controller.model_name};

        compare_values(comparison, key, "model name", names, owners);
    }
    if (devices[0]->kind == DEVICE_CONTROLLER)
        compare_numbers(comparison, key, devices);
    if (elements[0] != NULL && elements[1] != NULL)
        compare_elements(comparison, key, elements);
}

/* ---- matching ------------------------------------------------------------------------------- */

/* The devices of KIND with a key each, in libvirt's order. */
typedef struct {
    GPtrArray *devices; /* of Device*, borrowed */
    GPtrArray *keys;    /* of char* */
} KindList;

static void
kind_list_init(KindList *list, const DomainDevices *devices, DeviceKind kind)
{
    *list = (KindList){g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < domain_devices_n(devices, kind); i++) {
        Device *device = domain_devices_get(devices, kind, i);

        if (device->kind != kind || (kind == DEVICE_CONSOLE && device->console.is_alias))
            continue;
        g_ptr_array_add(list->keys, kind == DEVICE_HOSTDEV
                                        ? g_strdup_printf("hostdev/%u", list->devices->len)
                                        : device_key(devices, device));
        g_ptr_array_add(list->devices, device);
    }
}

static void
kind_list_clear(KindList *list)
{
    g_clear_pointer(&list->devices, g_ptr_array_unref);
    g_clear_pointer(&list->keys, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KindList, kind_list_clear)

/* Position of KEY in LIST; -1 when it is not there. */
static gint
find_key(const KindList *list, const char *key)
{
    for (guint i = 0; i < list->keys->len; i++) {
        if (strcmp(g_ptr_array_index(list->keys, i), key) == 0)
            return (gint)i;
    }
    return -1;
}

static void
add_missing(Comparison *comparison, const KindList *list, guint position, guint side)
{
    const Device *device = g_ptr_array_index(list->devices, position);
    const char *values[2] = {"absent", "absent"};
    guint lines[2] = {0, 0};

    values[side] = "present";
    lines[side] = device->place.line;
    add_difference(comparison, g_ptr_array_index(list->keys, position), "presence", values, lines);
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
        const char *key = g_ptr_array_index(left.keys, i);
        gint other = find_key(&right, key);

        if (other == -1) {
            add_missing(comparison, &left, i, 0);
            continue;
        }
        const Device *const pair[] = {g_ptr_array_index(left.devices, i),
                                      g_ptr_array_index(right.devices, (guint)other)};
        compare_devices(comparison, key, pair);
        if (other < last && !is_order_told) {
            add_difference(comparison, key, "order", (const char *const[]){"later", "earlier"},
                           (const guint[]){pair[0]->place.line, pair[1]->place.line});
            is_order_told = TRUE;
        }
        last = MAX(last, other);
    }
    for (guint i = 0; i < right.devices->len; i++) {
        if (find_key(&left, g_ptr_array_index(right.keys, i)) == -1)
            add_missing(comparison, &right, i, 1);
    }
}

GPtrArray *
abi_compare(const AbiSide *left, const AbiSide *right)
{
    Comparison comparison = {{left, right}, g_ptr_array_new_with_free_func(difference_free)};
    const AbiElement *const guests[] = {left->abi->guest, right->abi->guest};
    const char *const machines[] = {left->devices->machine, right->devices->machine};
    const guint lines[] = {left->devices->os_type_place.line, right->devices->os_type_place.line};

    compare_values(&comparison, "guest", "machine type", machines, lines);
    compare_elements(&comparison, "guest", guests);
    for (guint kind = 0; kind < DEVICE_KIND_COUNT; kind++)
        compare_kind(&comparison, (DeviceKind)kind);
    return comparison.differences;
}
