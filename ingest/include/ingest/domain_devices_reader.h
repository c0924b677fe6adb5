/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_DEVICES_READER_H
#define INGEST_DOMAIN_DEVICES_READER_H

/*
 * A domain XML's devices, with the place of each in the text.
 *
 * What libvirt refuses while it parses (a number that is none, an unknown model, an address that
 * cannot be) is refused here, with the element's line. What it completes or checks afterwards is
 * the planner's. Attributes and elements that no address depends on are not looked at.
 */

#include <fleet/device.h>
#include <fleet/finding.h>

G_BEGIN_DECLS

/*
 * Reads the domain in TEXT (LENGTH bytes, in UTF-8 or another encoding that contains ASCII). NULL
 * and a finding without a source in RET_REFUSAL when it is not well-formed or libvirt would refuse
 * it; both are the caller's. The root may be any element that holds one `<domain>`.
 */
DomainDevices *domain_devices_read(const char *text, gsize length, Finding **ret_refusal);

/*
 * Reads a single device element as `virsh attach-device` takes it. Rules that need the other
 * devices (the order of lists, controllers that host devices bring along) are left to the caller.
 */
Device *domain_device_read(const char *text, gsize length, Finding **ret_refusal);

G_END_DECLS

#endif
