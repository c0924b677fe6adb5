/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPU_MAP_READER_H
#define INGEST_CPU_MAP_READER_H

/*
 * Loading a libvirt CPU map, so that answers are those of the libvirt it belongs to.
 *
 * All forms since libvirt 1.3 are read: a folder with index.xml, which includes one file for the
 * vendors, one for the features and one for each model (since 4.7), in groups (since 10.10); or one
 * cpu_map.xml that holds everything. The files are read without network, DTD or entities.
 *
 * What no libvirt map says of a name (its CpuFeatureGroup, since when it is known, how Linux spells
 * it) is taken from the built-in map.
 */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

/*
 * The map at PATH: a folder, its index.xml, or a cpu_map.xml. NULL with a CPU_MAP_ERROR (what the
 * map says is wrong) or a G_FILE_ERROR (it cannot be read); the message starts with FILE:LINE or
 * FILE. One error makes the whole map unusable, as it does for libvirt.
 */
CpuMap *cpu_map_reader_load(const char *path, GError **error);

G_END_DECLS

#endif
