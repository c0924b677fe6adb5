/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DOMAIN_GENERATOR_H
#define TESTS_DOMAIN_GENERATOR_H

/* Random guests for the address plan: every kind of device, sensible and not. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *name;    /* of the domain */
    const char *machine; /* a canonical x86 machine type */
    guint trouble;       /* out of 1000: how often something is placed where it may not be */
    guint oddity; /* out of 1000: how often an address is odd; ten times as often, a device */
} DomainRecipe;

/* The domain XML of SEED; equal arguments give equal texts. Owned by the caller. */
char *domain_generate(guint32 seed, const DomainRecipe *recipe);

G_END_DECLS

#endif
