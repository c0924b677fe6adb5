/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DOMAIN_ODDITIES_H
#define TESTS_DOMAIN_ODDITIES_H

/* Elements that libvirt refuses, corrects or puts somewhere special. */

#include <glib.h>

G_BEGIN_DECLS

extern const char *const domain_odd_addresses[];
extern const guint domain_n_odd_addresses;
extern const char *const domain_odd_devices[];
extern const guint domain_n_odd_devices;

G_END_DECLS

#endif
