/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DOMAIN_GENERATOR_PRIVATE_H
#define TESTS_DOMAIN_GENERATOR_PRIVATE_H

/* What the files of the generator share: dice, text and addresses. */

#include "domain_generator.h"

G_BEGIN_DECLS

typedef struct {
    GRand *rand;
    GString *xml;
    const DomainRecipe *recipe;
    gboolean is_express; /* the root is PCI Express */
    gboolean is_i440fx, is_q35, has_pci;
    gboolean has_usb; /* a USB controller is there without being written */
    gboolean is_x86;
    gboolean has_balloon, has_hubs; /* written so far */
    guint n_numa_cells;
    guint n_pci_controllers; /* written so far, the root not counted */
    guint n_acpi_indexes;
} Generator;

gboolean generator_chance(Generator *g, guint per_mille);
guint generator_below(Generator *g, guint n);
/* Few most of the time, many now and then. */
guint generator_count(Generator *g, guint few, guint many);
const char *generator_pick(Generator *g, const char *const *words, guint n);

#define GENERATOR_PICK(g, ...)                                                                     \
    generator_pick(g, (const char *const[]){__VA_ARGS__},                                          \
                   G_N_ELEMENTS(((const char *const[]){__VA_ARGS__})))

void generator_add(Generator *g, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean generator_is_trouble(Generator *g);

/* Each writes an address of its type, an odd one, or most often none. */
void generator_pci_address(Generator *g, guint per_mille);
void generator_drive_address(Generator *g, const char *bus);
void generator_usb_address(Generator *g);

/* domain_generator_devices.c: the ordinary kinds */
void generator_pci_controllers(Generator *g);
void generator_devices(Generator *g);
void generator_dimms(Generator *g, guint n);
/* domain_generator_rare.c: kinds, models and topologies that few guests have */
void generator_rare_controllers(Generator *g);
void generator_rare_devices(Generator *g);

G_END_DECLS

#endif
