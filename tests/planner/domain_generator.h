/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DOMAIN_GENERATOR_H
#define TESTS_DOMAIN_GENERATOR_H

/* Random guests for the address plan: every kind of device, sensible and not. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *name;     /* of the domain */
    const char *arch;     /* NULL: x86_64 */
    const char *machine;  /* a machine type of it */
    const char *emulator; /* NULL: left out */
    guint trouble;        /* out of 1000: how often something is placed where it may not be */
    guint oddity; /* out of 1000: how often an address is odd; ten times as often, a device */
    guint rarity; /* out of 1000: how often a guest has kinds that few guests have */
} DomainRecipe;

/* The domain XML of SEED; equal arguments give equal texts. Owned by the caller. */
char *domain_generate(guint32 seed, const DomainRecipe *recipe);

G_END_DECLS

#endif
