/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GENERATOR_SILICON_H
#define GENERATOR_SILICON_H

/*
 * A host's CPU as its libvirt sees it: what the processor and its microcode have, and what KVM
 * gives guests of it.
 */

#include "roster.h"

#include <cpumodel/cpu_engine.h>

G_BEGIN_DECLS

typedef struct {
    CpuDefinition *host;       /* the capabilities' <cpu>, without what is each host's own */
    CpuDefinition *host_model; /* the domain capabilities' host-model */
    CpuSet guest_set;          /* what guests can use */
} Silicon;

/* Fails when the map lacks a name of the description. */
Silicon *silicon_new(const Description *description, const CpuMap *map, const HostIdentity *host,
                     GError **error);
void silicon_free(Silicon *silicon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Silicon, silicon_free)

/* Does SOFTWARE's libvirt, and its QEMU, know MODEL? */
gboolean silicon_libvirt_knows_model(const Software *software, const CpuModel *model);
gboolean silicon_qemu_knows_model(const Description *description, const Software *software,
                                  const CpuModel *model);

G_END_DECLS

#endif
