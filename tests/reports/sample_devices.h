/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_REPORTS_SAMPLE_DEVICES_H
#define TESTS_REPORTS_SAMPLE_DEVICES_H

#include <fleet/device.h>

/* The devices of the sample plan's guest number GUEST: 11 of them on 5 PCI buses. */
DomainDevices *sample_devices_new(guint guest);

#endif
