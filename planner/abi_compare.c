/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Comparing two guests: which of their devices are the same, and which one of them lacks.
 *
 * A device is matched by its name, so that one that is missing is told as missing and does not make
 * all behind it different. libvirt matches by position; where names agree and positions do not,
 * that is told once for the kind. What has no name that the guest sees is matched by position
 * alone.
 *
 * Devices that libvirt gives every such machine, and that the plan leaves out because they have no
 * address, are not compared.
 */

#include "abi_properties.h"

#include <string.h>

static const AbiRule presence_rule = {"presence", "the guest has this device on one side only",
                                      FALSE};
static const AbiRule crypto_rule = {"presence", "the guest has this device on one side only", TRUE};
static const AbiRule sequence_rule = {"order", "libvirt compares device by device in this order",
                                      FALSE};

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
add_missing(AbiComparison *comparison, const KindList *list, guint position, guint side)
{
    const Device *device = g_ptr_array_index(list->devices, position);
    const AbiRule *rule = device->kind == DEVICE_CRYPTO || device->kind == DEVICE_NVRAM
                              ? &crypto_rule
                              : &presence_rule;
    const char *values[2] = {"absent", "absent"};
    guint lines[2] = {0, 0};

    values[side] = "present";
    lines[side] = device->place.line;
    abi_comparison_add(comparison, g_ptr_array_index(list->names, position), rule, rule->name,
                       values, lines);
}

static void
compare_pair(AbiComparison *comparison, const KindList *left, guint i, const KindList *right,
             guint k)
{
    const AbiPair pair = {
        {g_ptr_array_index(left->devices, i), g_ptr_array_index(right->devices, k)},
        {g_array_index(left->ports, gint, i), g_array_index(right->ports, gint, k)}};

    abi_properties_compare_devices(comparison, g_ptr_array_index(left->names, i), &pair);
}

/* Those that have no counterpart by name. A controller of another index is another controller. */
static void
compare_leftovers(AbiComparison *comparison, const KindList *left, const KindList *right,
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
compare_kind(AbiComparison *comparison, DeviceKind kind)
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

            abi_comparison_add(comparison, name, &sequence_rule, sequence_rule.name,
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
    AbiComparison comparison;

    abi_comparison_init(&comparison, left, right);
    abi_properties_compare_guests(&comparison);
    for (guint kind = 0; kind < DEVICE_KIND_COUNT; kind++)
        compare_kind(&comparison, (DeviceKind)kind);
    return comparison.differences;
}
