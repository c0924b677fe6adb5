/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * QEMU itself takes the plan: random guests' PCI controllers and devices, put where they are
 * planned, let QEMU start, and `info qtree` shows each of them on its bus, in its slot and
 * function. Root ports that share slots, bridges, expander buses and switches are among them; how
 * many is printed.
 *
 * Devices that need something behind them are replaced by a virtio-rng: what is tried is the place.
 * Left out: guests whose controllers sit behind ones with a higher index, which QEMU would have to
 * be told in another order. Skips without a qemu-system-x86_64.
 */

#include "domain_generator.h"

#include <gio/gio.h>
#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SKIP 77
#define N_GUESTS 40

static const char *const machines[] = {"pc-i440fx-7.2", "pc-q35-7.2"};

/* Places that are planned, as "ID on BUS at SLOT.FUNCTION", and controllers tried, by model. */
typedef struct {
    GPtrArray *args, *places;
    guint n_models[CONTROLLER_MODEL_COUNT];
} Trial;

/* The name of the QEMU bus that has PCI bus INDEX. */
static char *
bus_name(const DomainDevices *devices, guint index)
{
    const Device *controller = domain_devices_find_controller(devices, CONTROLLER_PCI, (gint)index);

    if (controller->controller.model == CONTROLLER_MODEL_PCIE_ROOT)
        return g_strdup("pcie.0");
    if (controller->controller.model == CONTROLLER_MODEL_PCI_ROOT)
        return g_strdup("pci.0");
    return g_strdup_printf("b%u", index);
}

/* QEMU's words for a PCI controller; NULL for a root and for those that this test leaves out. */
static char *
controller_words(const ControllerDevice *c)
{
    switch ((guint)c->model) {
    case CONTROLLER_MODEL_PCI_BRIDGE:
        return g_strdup_printf("pci-bridge,chassis_nr=%d,id=b%d", c->chassis_nr, c->index);
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
        return g_strdup_printf("pcie-root-port,port=%d,chassis=%d,id=b%d", c->port, c->chassis,
                               c->index);
    case CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE:
        return g_strdup_printf("pcie-pci-bridge,id=b%d", c->index);
    case CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE:
        return g_strdup_printf("i82801b11-bridge,id=b%d", c->index);
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
        return g_strdup_printf("pxb,bus_nr=%d,id=b%d", c->bus_nr, c->index);
    case CONTROLLER_MODEL_PCIE_EXPANDER_BUS:
        return g_strdup_printf("pxb-pcie,bus_nr=%d,id=b%d", c->bus_nr, c->index);
    case CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT:
        return g_strdup_printf("x3130-upstream,id=b%d", c->index);
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        return g_strdup_printf("xio3130-downstream,port=%d,chassis=%d,id=b%d", c->port, c->chassis,
                               c->index);
    default:
        return NULL;
    }
}

/* A part of the machine that is there without being asked for. */
static gboolean
is_built_in(const Device *device)
{
    const PciAddress *pci = &device->address.pci;

    return pci->bus == 0 &&
           ((pci->slot == 1 && (pci->function == 1 || pci->function == 2)) ||
            (pci->slot == 0x1f && pci->function == 2)) &&
           device->kind == DEVICE_CONTROLLER && device->controller.index == 0;
}

static void
add_device(Trial *trial, const DomainDevices *devices, const Device *device)
{
    const PciAddress *pci = &device->address.pci;
    gboolean is_bus =
        device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI;
    g_autofree char *bus = bus_name(devices, pci->bus);
    g_autofree char *id = is_bus ? g_strdup_printf("b%d", device->controller.index)
                                 : g_strdup_printf("d%u", trial->places->len);
    g_autofree char *words = is_bus ? controller_words(&device->controller)
                                    : g_strdup_printf("virtio-rng-pci,id=%s", id);

    if (is_bus)
        trial->n_models[device->controller.model]++;
    g_ptr_array_add(trial->args, g_strdup("-device"));
    g_ptr_array_add(
        trial->args,
        g_strdup_printf("%s,bus=%s,addr=0x%x.0x%x%s", words, bus, pci->slot, pci->function,
                        pci->multifunction == CPU_SWITCH_ON ? ",multifunction=on" : ""));
    g_ptr_array_add(trial->places,
                    g_strdup_printf("%s on %s at %02x.%x", id, bus, pci->slot, pci->function));
}

/* Controllers first, in the order of their indexes, as QEMU wants a bus before who sits on it. */
static void
prepare(Trial *trial, const DomainDevices *devices, const char *machine)
{
    const char *const fixed[] = {"qemu-system-x86_64",
                                 "-S",
                                 "-nodefaults",
                                 "-display",
                                 "none",
                                 "-monitor",
                                 "stdio",
                                 "-accel",
                                 "tcg",
                                 "-m",
                                 "64",
                                 "-machine"};
    DeviceWalk walk;
    const Device *device;

    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_ptr_array_add(trial->args, g_strdup(fixed[i]));
    g_ptr_array_add(trial->args, g_strdup(machine));
    for (gint i = 1; (device = domain_devices_find_controller(devices, CONTROLLER_PCI, i)) != NULL;
         i++)
        add_device(trial, devices, device);
    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        gboolean is_bus =
            device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI;

        if (!is_bus && !is_built_in(device) && device_address_is_pci_present(&device->address))
            add_device(trial, devices, device);
    }
    g_ptr_array_add(trial->args, NULL);
}

/* What `info qtree` shows, in the words of Trial's places. */
static GHashTable *
shown_places(const char *tree)
{
    GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(tree, "\n", 0);
    char *buses[64] = {NULL}; /* by indentation: two columns for each level */
    const char *bus = "", *id = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strchug(g_strdup(lines[i]));
        guint level = (guint)(strlen(lines[i]) - strlen(line)) / 2;
        char *quote = strstr(line, "id \"");

        g_strchomp(line);
        if (g_str_has_prefix(line, "bus: ") && level < G_N_ELEMENTS(buses)) {
            g_free(buses[level]);
            buses[level] = g_strdup(line + strlen("bus: "));
        } else if (g_str_has_prefix(line, "dev: ") && quote != NULL && level > 0) {
            bus = level <= G_N_ELEMENTS(buses) ? buses[level - 1] : NULL;
            *strrchr(line, '"') = '\0';
            id = g_intern_string(quote + strlen("id \""));
        } else if (g_str_has_prefix(line, "addr = ") && id != NULL) {
            g_hash_table_add(places,
                             g_strdup_printf("%s on %s at %s", id, bus, line + strlen("addr = ")));
        }
        g_free(line);
    }
    for (guint i = 0; i < G_N_ELEMENTS(buses); i++)
        g_free(buses[i]);
    return places;
}

#define PROMPT "(qemu) "

/*
 * What the monitor answers to COMMAND. It is told to quit only when it has answered, since it drops
 * what nobody has read by then.
 */
static char *
ask_monitor(GSubprocess *qemu, const char *command)
{
    GOutputStream *in = g_subprocess_get_stdin_pipe(qemu);
    GInputStream *out = g_subprocess_get_stdout_pipe(qemu);
    GString *answer = g_string_new(NULL);
    char buffer[4096];
    gssize n = 0;

    g_output_stream_write_all(in, command, strlen(command), NULL, NULL, NULL);
    do {
        n = g_input_stream_read(out, buffer, sizeof buffer, NULL, NULL);
        if (n > 0)
            g_string_append_len(answer, buffer, n);
        const char *first = strstr(answer->str, PROMPT);
        const char *last = g_strrstr(answer->str, PROMPT);
        if (first != last && last[-1] == '\n')
            break;
    } while (n > 0);
    g_output_stream_write_all(in, "quit\n", strlen("quit\n"), NULL, NULL, NULL);
    return g_string_free(answer, FALSE);
}

/* TRUE when QEMU starts and shows every device in its place. */
static gboolean
try_guest(Trial *trial, guint32 seed, const char *machine)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) qemu =
        g_subprocess_newv((const char *const *)trial->args->pdata,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          &error);
    gboolean is_fine = TRUE;

    if (qemu == NULL) {
        printf("seed %u: %s\n", seed, error->message);
        return FALSE;
    }
    g_autofree char *out = ask_monitor(qemu, "info qtree\n");
    g_autofree char *complaints = NULL;
    if (!g_subprocess_communicate_utf8(qemu, NULL, NULL, NULL, &complaints, &error) ||
        !g_subprocess_get_successful(qemu)) {
        printf("seed %u, %s: QEMU does not start: %s\n", seed, machine, complaints);
        return FALSE;
    }
    g_autoptr(GHashTable) shown = shown_places(out);
    for (guint i = 0; i < trial->places->len; i++) {
        const char *place = g_ptr_array_index(trial->places, i);

        if (!g_hash_table_contains(shown, place)) {
            printf("seed %u, %s: QEMU does not show %s\n", seed, machine, place);
            is_fine = FALSE;
        }
    }
    return is_fine;
}

/* Every controller's bus comes before it. */
static gboolean
is_ordered(const DomainDevices *devices)
{
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const Device *device = domain_devices_get(devices, DEVICE_CONTROLLER, i);

        if (device->controller.type == CONTROLLER_PCI && device->address.type == ADDRESS_PCI &&
            device->address.pci.bus >= (guint)device->controller.index)
            return FALSE;
    }
    return TRUE;
}

/* The guest of SEED, planned; NULL when it is refused or left out. */
static DomainDevices *
plan_guest(guint32 seed, const char *machine)
{
    const DomainRecipe recipe = {
        .name = "qemu", .machine = machine, .rarity = seed % 3 == 0 ? 0 : 900};
    const AddressOptions options = {0};
    g_autofree char *text = domain_generate(seed, &recipe);
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    finding_free(refusal);
    return refusal != NULL || !is_ordered(devices) ? NULL : g_steal_pointer(&devices);
}

int
main(void)
{
    g_autofree char *program = g_find_program_in_path("qemu-system-x86_64");
    guint n_tried = 0, n_failed = 0, n_devices = 0;
    Trial trial = {0};

    if (program == NULL) {
        printf("skipped: there is no qemu-system-x86_64\n");
        return EXIT_SKIP;
    }
    signal(SIGPIPE, SIG_IGN);
    for (guint32 seed = 1; n_tried < N_GUESTS; seed++) {
        const char *machine = machines[seed % 2];
        g_autoptr(DomainDevices) devices = plan_guest(seed, machine);

        if (devices == NULL)
            continue;
        trial.args = g_ptr_array_new_with_free_func(g_free);
        trial.places = g_ptr_array_new_with_free_func(g_free);
        prepare(&trial, devices, machine);
        n_tried++;
        n_devices += trial.places->len;
        n_failed += !try_guest(&trial, seed, machine);
        g_ptr_array_unref(trial.args);
        g_ptr_array_unref(trial.places);
    }
    printf("%u guests with %u devices started, %u failed\n", n_tried, n_devices, n_failed);
    for (guint i = 0; i < CONTROLLER_MODEL_COUNT; i++) {
        if (trial.n_models[i] > 0)
            printf("  %u %s\n", trial.n_models[i], controller_model_name(i));
    }
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
