/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_ADDRESS_COMPARE_H
#define TESTS_ADDRESS_COMPARE_H

/* What a definition says about places and controllers, as lines that can be compared. */

#include <fleet/device.h>

G_BEGIN_DECLS

/*
 * One sorted line for each device with an address and for each controller, with everything that
 * libvirt fills in. Owned by the caller.
 */
char *address_facts(const DomainDevices *devices);
/* Of a definition that the program or libvirt wrote; ends the test when it cannot be read. */
char *address_facts_of_text(const char *xml);

/* Prints the lines that only one of EXPECTED, which is libvirt's, and ACTUAL has. */
void address_facts_print_difference(const char *expected, const char *actual);

G_END_DECLS

#endif
