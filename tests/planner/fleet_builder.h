/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_PLANNER_FLEET_BUILDER_H
#define TESTS_PLANNER_FLEET_BUILDER_H

/*
 * Fleets for tests, from a line per host and guest. What a spec leaves zero takes a sensible value:
 * a host of the builder is an x86_64 KVM host that tells all about itself.
 */

#include <planner/planner.h>

typedef struct {
    const char *name;
    const char *model;      /* NULL: no document tells the CPU; "": one does, without its model */
    const char *vendor;     /* NULL: "Intel"; "": not told */
    const char *features;   /* "avx2 -rtm": beside the model's; '-' disables (host-model only) */
    CpuArch arch;           /* NONE: x86_64 */
    gboolean is_host_model; /* tells by domain capabilities; else by its host CPU alone */
    gboolean is_host_model_refused; /* has domain capabilities, and they offer no host-model */
    const char *models; /* known to its hypervisor, "A !B:aes,avx ?C": B is unusable for want of
                           these, of C it is not told; NULL: those of the map */
    const char *domain_machine; /* that the domain capabilities are of; NULL: pc-q35-9.0 */
    guint max_vcpus;            /* of the domain capabilities, for that machine type; 0: not told */
    guint address_bits;         /* 0: 46; G_MAXUINT: not told */
    guint64 tsc_hz;             /* 0: not told */
    CpuSwitch tsc_scaling;
    guint memory_gib;         /* 0: 256; G_MAXUINT: not told */
    guint n_cpus;             /* 0: 64; G_MAXUINT: not told */
    const char *machines;     /* "pc-q35-9.2 q35=pc-q35-9.2"; NULL: a few; "": not told */
    const char *domain_types; /* of kvm, qemu, other; NULL: "kvm qemu" */
    const char *transports;   /* NULL: "tcp"; "": none; "-": no live migration; "?": not told */
    const char *security;     /* NULL: "apparmor" */
    const char *hyperv;       /* of the domain capabilities; NULL: not told */
    const char *launch;       /* launch security types of the domain capabilities; NULL: none */
    const char *offers;     /* of the domain capabilities' enumerations: "video.modelType=vga,virtio
                               tpm.supported=no"; NULL: not told */
    const char *uuid;       /* NULL: not told */
    guint n_numa_cells;     /* 0: not told */
    const char *huge_pages; /* "2048:1024 1048576:0"; NULL: not told */
    const char *software;   /* that it tells itself, "QEMU=7.2.1 kernel=6.1.0"; NULL: nothing */
    gint64 first_run;
} HostSpec;

typedef struct {
    const char *name;
    const char *host;
    CpuMode mode;
    const char *model;  /* NULL: no model */
    const char *vendor; /* NULL: not stated */
    /* "avx2 -rtm ?aes !pcid *x2apic": require, disable, optional, forbid, force */
    const char *features;
    CpuMatch match;
    CpuCheck check;
    const char *machine; /* NULL: "pc-q35-8.2" */
    guint memory_gib;    /* 0: 4 */
    CpuArch arch;        /* NONE: x86_64 */
    gboolean is_shut_off;
    const char *uuid; /* NULL: not told */
    guint screen_port, vsock_cid; /* that it fixes; 0: none */
    guint chosen_port;            /* of a screen, that its host gave it; 0: none */
} GuestSpec;

typedef struct {
    Fleet *fleet;
    CpuMap *map;
    GHashTable *shared; /* "kind text" -> index + 1 */
} FleetBuilder;

FleetBuilder *fleet_builder_new(CpuMap *map);
void fleet_builder_add_host(FleetBuilder *builder, const HostSpec *spec);
/* Returns the guest, for what the spec has no field for. */
Guest *fleet_builder_add_guest(FleetBuilder *builder, const GuestSpec *spec);
/* The fleet, hosts and guests sorted; frees BUILDER. */
Fleet *fleet_builder_finish(FleetBuilder *builder);

/* Settings with one pool "p" of all hosts, and that pool. */
PlanSettings *new_settings(Strategy strategy);
PoolSettings *pool_of_settings(PlanSettings *settings);

/* The only pool's class of that name, or its first class when NAME is NULL. */
const PlanClass *find_class(const Plan *plan, const char *name);
/* The outcome of the only pool's matrix from host FROM to host TO. */
const Outcome *pair_outcome(const Plan *plan, MatrixSubject subject, const char *from,
                            const char *to);
/* The outcome of the guest NAME's going to host TO. */
const Outcome *named_guest_outcome(const Plan *plan, const char *name, const char *to,
                                   gboolean is_start);
/* The same of the first guest. */
const Outcome *guest_outcome(const Plan *plan, const char *to, gboolean is_start);
/* The blocker of that check, or NULL. */
const Blocker *find_blocker(const Outcome *outcome, const char *check);

#endif
