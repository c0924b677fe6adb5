/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * QEMU itself takes the plan: random guests' PCI controllers and devices, put where they are
 * planned, let QEMU start, and `info qtree` shows all of them.
 *
 * Devices that need something behind them are replaced by a virtio-rng: what is tried is the place.
 * Skips without a qemu-system-x86_64.
 */

#include "domain_generator.h"

#include <gio/gio.h>
#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SKIP 77
#define N_GUESTS 30

static const char *const machines[] = {"pc-i440fx-7.2", "pc-q35-7.2"};

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
add_device(GPtrArray *args, const DomainDevices *devices, const Device *device)
{
    const PciAddress *pci = &device->address.pci;
    g_autofree char *bus = bus_name(devices, pci->bus);
    g_autofree char *words = NULL;

    if (device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI)
        words = controller_words(&device->controller);
    if (words == NULL)
        words = g_strdup("virtio-rng-pci");
    g_ptr_array_add(args, g_strdup("-device"));
    g_ptr_array_add(
        args, g_strdup_printf("%s,bus=%s,addr=0x%x.0x%x%s", words, bus, pci->slot, pci->function,
                              pci->multifunction == CPU_SWITCH_ON ? ",multifunction=on" : ""));
}

/* Controllers first, in the order of their indexes, as QEMU wants a bus before who sits on it. */
static GPtrArray *
arguments(const DomainDevices *devices, const char *machine, guint *ret_n_devices)
{
    GPtrArray *args = g_ptr_array_new_with_free_func(g_free);
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
        g_ptr_array_add(args, g_strdup(fixed[i]));
    g_ptr_array_add(args, g_strdup(machine));
    *ret_n_devices = 0;
    for (gint i = 1; (device = domain_devices_find_controller(devices, CONTROLLER_PCI, i)) != NULL;
         i++) {
        add_device(args, devices, device);
        (*ret_n_devices)++;
    }
    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        gboolean is_bus =
            device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI;

        if (is_bus || is_built_in(device) || !device_address_is_pci_present(&device->address))
            continue;
        add_device(args, devices, device);
        (*ret_n_devices)++;
    }
    g_ptr_array_add(args, NULL);
    return args;
}

static guint
count(const char *text, const char *word)
{
    guint n = 0;

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        n++;
    return n;
}

/* TRUE when QEMU starts and shows N_DEVICES of ours. */
static gboolean
try_guest(guint32 seed, const DomainDevices *devices, const char *machine)
{
    guint n_devices = 0;
    g_autoptr(GPtrArray) args = arguments(devices, machine, &n_devices);
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) qemu =
        g_subprocess_newv((const char *const *)args->pdata,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          &error);
    g_autofree char *out = NULL;
    g_autofree char *complaints = NULL;

    if (qemu == NULL || !g_subprocess_communicate_utf8(qemu, "info qtree\nquit\n", NULL, &out,
                                                       &complaints, &error)) {
        printf("seed %u: %s\n", seed, error->message);
        return FALSE;
    }
    guint n_shown = count(out, "dev: virtio-rng-pci") + count(out, "dev: pcie-root-port") +
                    count(out, "dev: pci-bridge") + count(out, "dev: pcie-pci-bridge") +
                    count(out, "dev: i82801b11-bridge") + count(out, "dev: pxb,");
    /* An expander bus brings a bridge of its own. */
    n_shown -= count(out, "dev: pxb,");
    if (!g_subprocess_get_successful(qemu) || n_shown != n_devices) {
        printf("seed %u, %s: %u of %u devices: %s\n", seed, machine, n_shown, n_devices,
               complaints);
        return FALSE;
    }
    return TRUE;
}

int
main(void)
{
    g_autofree char *program = g_find_program_in_path("qemu-system-x86_64");
    guint n_tried = 0, n_failed = 0;

    if (program == NULL) {
        printf("skipped: there is no qemu-system-x86_64\n");
        return EXIT_SKIP;
    }
    for (guint32 seed = 1; n_tried < N_GUESTS; seed++) {
        const char *machine = machines[seed % 2];
        const DomainRecipe recipe = {.name = "qemu", .machine = machine};
        const AddressOptions options = {0};
        g_autofree char *text = domain_generate(seed, &recipe);
        Finding *refusal = NULL;
        g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);

        if (devices != NULL)
            refusal = address_plan_guest(devices, &options);
        finding_free(refusal);
        if (refusal != NULL)
            continue;
        n_tried++;
        n_failed += !try_guest(seed, devices, machine);
    }
    printf("%u guests started, %u failed\n", n_tried - n_failed, n_failed);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
