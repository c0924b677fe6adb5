/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Random guests, planned here and defined on the installed libvirt (address_live.h).
 *
 * Skips without a QEMU driver of libvirt.
 * ADDRESS_LIVE_GUESTS sets how many guests, and ADDRESS_LIVE_SEED the first seed; both are printed.
 * ADDRESS_LIVE_MACHINE keeps to one machine type.
 */

#include "address_live.h"
#include "domain_generator.h"
#include "live_libvirt.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define DEFAULT_GUESTS 60

/* The machines that are tried in turn, where their emulator is installed. */
static const struct {
    const char *arch, *program, *machine;
} machines[] = {
    {"x86_64", "qemu-system-x86_64", "pc-i440fx-7.2"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-7.2"},
    {"x86_64", "qemu-system-x86_64", "pc-i440fx-2.12"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-5.2"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-7.2"},
    {"x86_64", "qemu-system-x86_64", "isapc"},
    {"x86_64", "qemu-system-x86_64", "microvm"},
    {"aarch64", "qemu-system-aarch64", "virt-7.2"},
    {"ppc64", "qemu-system-ppc64", "pseries-7.2"},
    {"riscv64", "qemu-system-riscv64", "virt"},
    {"s390x", "qemu-system-s390x", "s390-ccw-virtio-7.2"},
    {"armv7l", "qemu-system-arm", "versatilepb"},
    {"ppc64", "qemu-system-ppc64", "mac99"},
};

static void
compare(AddressLive *live, guint32 seed)
{
    const char *only = g_getenv("ADDRESS_LIVE_MACHINE");
    guint row = seed % G_N_ELEMENTS(machines);
    g_autofree char *emulator = g_find_program_in_path(machines[row].program);
    g_autofree char *name = g_strdup_printf("virt-plan-test-%d", (int)getpid());
    DomainRecipe recipe = {.name = name,
                           .arch = machines[row].arch,
                           .machine = machines[row].machine,
                           .emulator = emulator,
                           .trouble = seed % 3 == 0 ? 60 : 4,
                           .oddity = seed % 4 == 0 ? 20 : 1,
                           .rarity = seed % 5 < 2 ? 500 : 50};

    if (emulator == NULL || !address_live_has_machine(live, recipe.machine) ||
        (only != NULL && strcmp(only, recipe.machine) != 0))
        return;
    g_autofree char *xml = domain_generate(seed, &recipe);
    g_autofree char *label = g_strdup_printf("seed %u, %s", seed, recipe.machine);
    address_live_compare(live, label, xml);
}

int
main(void)
{
    AddressLive live;
    guint n = live_libvirt_setting("ADDRESS_LIVE_GUESTS", DEFAULT_GUESTS);
    guint seed = live_libvirt_setting("ADDRESS_LIVE_SEED", 1);

    if (!address_live_open(&live))
        return EXIT_SKIP;
    printf("%u guests from seed %u\n", n, seed);
    for (guint i = 0; i < n; i++)
        compare(&live, seed + i);
    return address_live_close(&live);
}
