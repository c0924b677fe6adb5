/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_SPELLING_H
#define REPORTS_SPELLING_H

/* How others spell the x86 features and models that libvirt names. */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

/*
 * The name of the property of QEMU's CPUs that libvirt's feature NAME stands for. NULL: there is
 * none, and no guest can have the feature. Owned by the caller.
 */
char *spelling_for_qemu(const char *name);

/*
 * The flag by which Linux shows NAME in /proc/cpuinfo. FEATURE, which may be NULL, is what the map
 * knows of it: its aliases are tried too. NULL: Linux shows nothing, or shows it only in guests.
 * Static.
 */
const char *spelling_for_linux(const CpuFeature *feature, const char *name);

/*
 * The name by which Proxmox VE takes MODEL as a reported-model: its own, or another name that MAP
 * (NULL: no map) has for the same x86 model. NULL: there is none. Static.
 */
const char *spelling_proxmox_model(const CpuMap *map, const char *model);

/*
 * The model that guests would get from Proxmox VE if a MODEL without a name in it were its
 * reported-model: one that replaces it, or kvm64, for which the line is left out. Static.
 */
const char *spelling_proxmox_replacement(const CpuMap *map, const char *model);

G_END_DECLS

#endif
