/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A guest is a handful of devices of each kind. What libvirt checks for reasons outside addressing
 * (two watchdogs, a second TPM) is mostly avoided, so that what is left to refuse is about places.
 */

#include "domain_generator_private.h"
#include "domain_oddities.h"

#include <string.h>

gboolean
generator_chance(Generator *g, guint per_mille)
{
    return (guint)g_rand_int_range(g->rand, 0, 1000) < per_mille;
}

guint
generator_below(Generator *g, guint n)
{
    return (guint)g_rand_int_range(g->rand, 0, (gint)n);
}

guint
generator_count(Generator *g, guint few, guint many)
{
    return generator_chance(g, 60)    ? generator_below(g, many + 1)
           : generator_chance(g, 500) ? 0
                                      : generator_below(g, few + 1);
}

const char *
generator_pick(Generator *g, const char *const *words, guint n)
{
    return words[generator_below(g, n)];
}

void
generator_add(Generator *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(g->xml, format, args);
    va_end(args);
}

gboolean
generator_is_trouble(Generator *g)
{
    return generator_chance(g, g->recipe->trouble);
}

/* ---- addresses ------------------------------------------------------------------------------ */

/* Addresses that are written oddly, or are none. */
static void
add_odd_address(Generator *g)
{
    generator_add(g, "      %s\n", generator_pick(g, domain_odd_addresses, domain_n_odd_addresses));
}

void
generator_pci_address(Generator *g, guint per_mille)
{
    if (generator_chance(g, g->recipe->oddity)) {
        add_odd_address(g);
        return;
    }
    if (!generator_chance(g, per_mille))
        return;
    if (generator_chance(g, 60)) {
        generator_add(g, "      <address type='pci'/>\n");
        return;
    }
    guint bus = generator_is_trouble(g) ? generator_below(g, 4)
                : g->is_express         ? generator_below(g, 1 + g->n_pci_controllers)
                                        : 0;
    guint slot =
        g->is_express && bus > 0 && !generator_is_trouble(g) ? 0 : 3 + generator_below(g, 24);
    guint function = generator_chance(g, 150) ? generator_below(g, 8) : 0;
    if (generator_is_trouble(g))
        slot = generator_below(g, 32);
    generator_add(g,
                  "      <address type='pci' domain='0x0000' bus='0x%02x' slot='0x%02x' "
                  "function='0x%x'%s/>\n",
                  bus, slot, function,
                  GENERATOR_PICK(g, "", "", "", " multifunction='on'", " multifunction='off'"));
}

void
generator_drive_address(Generator *g, const char *bus)
{
    gboolean is_scsi = strcmp(bus, "scsi") == 0, is_sata = strcmp(bus, "sata") == 0;

    if (generator_chance(g, g->recipe->oddity)) {
        add_odd_address(g);
        return;
    }
    if (!generator_chance(g, 250))
        return;
    generator_add(g,
                  "      <address type='drive' controller='%u' bus='%u' target='0' unit='%u'/>\n",
                  is_scsi || is_sata ? generator_below(g, 4) : (guint)generator_is_trouble(g),
                  strcmp(bus, "ide") == 0 ? generator_below(g, 2) : 0,
                  is_scsi ? generator_below(g, 9) : generator_below(g, is_sata ? 6 : 2));
}

void
generator_usb_address(Generator *g)
{
    if (generator_chance(g, g->recipe->oddity)) {
        add_odd_address(g);
        return;
    }
    if (!generator_chance(g, 200))
        return;
    switch (generator_below(g, g->has_hubs ? 4 : 24)) {
    case 0:
        generator_add(g, "      <address type='usb' bus='%u'/>\n",
                      generator_is_trouble(g) ? generator_below(g, 3) : 0);
        break;
    case 1:
        generator_add(g, "      <address type='usb' bus='0' port='%u.%u'/>\n",
                      1 + generator_below(g, 2), 1 + generator_below(g, 9));
        break;
    default:
        generator_add(g, "      <address type='usb' bus='%u' port='%u'/>\n",
                      generator_is_trouble(g) ? generator_below(g, 3) : 0,
                      1 + generator_below(g, generator_is_trouble(g) ? 9 : 2));
        break;
    }
}

/* ---- the domain ----------------------------------------------------------------------------- */

static void
add_numa(Generator *g)
{
    guint n = g->n_numa_cells;

    generator_add(g, "  <cpu><numa>");
    for (guint i = 0; i < n; i++)
        generator_add(g, "<cell id='%u' cpus='%u' memory='%u' unit='KiB'/>", i, i, 524288 / n);
    generator_add(g, "</numa></cpu>\n");
}

/* Everything in front of <devices>. */
static void
add_head(Generator *g, guint n_dimms)
{
    const DomainRecipe *recipe = g->recipe;
    guint n_vcpus = MAX(g->n_numa_cells, 1);

    if (g->n_numa_cells == 0 && generator_chance(g, recipe->rarity / 10))
        n_vcpus = GENERATOR_PICK(g, "2", "3")[0] == '2' ? 2 : 288;
    generator_add(g, "<domain type='qemu'>\n  <name>%s</name>\n", recipe->name);
    if (g->n_numa_cells > 0 && (n_dimms > 0 || generator_chance(g, 500)))
        generator_add(g, "  <maxMemory slots='4' unit='KiB'>16777216</maxMemory>\n");
    generator_add(g, "  <memoryBacking><source type='memfd'/><access mode='shared'/>"
                     "</memoryBacking>\n");
    generator_add(g, "  <memory unit='KiB'>%u</memory>\n  <vcpu>%u</vcpu>\n",
                  524288 + n_dimms * 131072, n_vcpus);
    generator_add(g, "  <os><type arch='%s' machine='%s'>hvm</type></os>\n",
                  recipe->arch == NULL ? "x86_64" : recipe->arch, recipe->machine);
    if (g->is_x86)
        generator_add(g, "  <features>%s%s</features>\n",
                      generator_chance(g, recipe->rarity / 4) ? "" : "<acpi/>",
                      generator_chance(g, recipe->rarity / 4) ? "<ioapic driver='qemu'/>" : "");
    if (g->n_numa_cells > 0)
        add_numa(g);
    generator_add(g, "  <devices>\n");
    if (recipe->emulator != NULL)
        generator_add(g, "    <emulator>%s</emulator>\n", recipe->emulator);
}

char *
domain_generate(guint32 seed, const DomainRecipe *recipe)
{
    Generator g = {.rand = g_rand_new_with_seed(seed),
                   .xml = g_string_new(NULL),
                   .recipe = recipe,
                   .is_express = strstr(recipe->machine, "q35") != NULL ||
                                 g_str_has_prefix(recipe->machine, "virt"),
                   .is_x86 = recipe->arch == NULL || strcmp(recipe->arch, "x86_64") == 0};
    g.is_i440fx = g.is_x86 && strstr(recipe->machine, "440") != NULL;
    g.is_q35 = strstr(recipe->machine, "q35") != NULL;
    g.has_pci = strcmp(recipe->machine, "isapc") != 0 && strcmp(recipe->machine, "microvm") != 0;
    g.has_usb = g.is_i440fx || g.is_q35 || strcmp(recipe->machine, "microvm") == 0 ||
                g_str_has_prefix(recipe->machine, "pseries") ||
                strcmp(recipe->machine, "mac99") == 0;
    guint n_dimms = generator_chance(&g, 100) ? 1 + generator_below(&g, 4) : 0;

    if (n_dimms > 0 || generator_chance(&g, recipe->rarity / 3))
        g.n_numa_cells = 1 + (generator_chance(&g, recipe->rarity) ? generator_below(&g, 3) : 0);
    add_head(&g, n_dimms);
    if (g.has_pci || generator_chance(&g, 50))
        generator_pci_controllers(&g);
    if (!g.has_usb && g.has_pci && generator_chance(&g, 700))
        generator_add(&g, "    <controller type='usb' model='qemu-xhci' ports='8'/>\n");
    if (!g.has_pci && generator_chance(&g, 950))
        g.has_balloon = TRUE;
    if (g.has_balloon)
        generator_add(&g, "    <memballoon model='none'/>\n"
                          "    <controller type='usb' model='none'/>\n");
    if (generator_chance(&g, recipe->rarity))
        generator_rare_controllers(&g);
    generator_devices(&g);
    if (generator_chance(&g, recipe->rarity))
        generator_rare_devices(&g);
    generator_dimms(&g, n_dimms);
    generator_add(&g, "  </devices>\n</domain>\n");
    g_rand_free(g.rand);
    return g_string_free(g.xml, FALSE);
}
