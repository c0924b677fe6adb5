/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_LIVE_LIBVIRT_H
#define TESTS_LIVE_LIBVIRT_H

/* The libvirt of this machine as an oracle for tests. */

#include <glib.h>
#include <libvirt/libvirt.h>

/*
 * Connects to a QEMU driver: the one at LIVE_LIBVIRT_URI where that is set; else one that runs in
 * this very process, with a new folder of its own for its state, which needs root; else that of the
 * daemon. NULL when there is none. What libvirt complains about is not printed.
 *
 * The driver of one's own runs QEMU as root, so that it may use whatever the machine has: a daemon
 * whose QEMU may not open /dev/kvm probes it anew at every question, which takes seconds each.
 */
virConnectPtr live_libvirt_open_qemu(void);

/* Closes CONNECTION and removes its folder. */
void live_libvirt_close(virConnectPtr connection);

/*
 * TRUE when the last refusal of libvirt was for a device that the installed QEMU lacks, which no
 * definition tells.
 */
gboolean live_libvirt_is_lacking(void);

/* Detaches ELEMENT from the definition; TRUE when libvirt does. What it loses there is its own. */
gboolean live_libvirt_detach(virDomainPtr domain, const char *element);

/* The number that the environment's NAME says, OTHERWISE where it is not set. */
guint live_libvirt_setting(const char *name, guint otherwise);

#endif
