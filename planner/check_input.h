/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CHECK_INPUT_H
#define PLANNER_CHECK_INPUT_H

/*
 * What a migration check is given: what moves (a Traveller), and the hosts it moves between
 * (Endpoints).
 *
 * Checks are grouped by aspect. Two pairs of endpoints that are equal in what an aspect looks at
 * have the same answers in that aspect, so each is worked out once:
 *
 *   CPU      the two HostCpus, condensed to CpuFacts
 *   MACHINE  the two SoftwareProfiles
 *   HOST     the two SystemProfiles
 *   TSC      the two ranges of TSC frequencies
 *   GUEST    the guest alone
 *   DEVICES  the two SoftwareProfiles, for the guest's devices
 *
 * An imagined guest has no devices, so the last two say nothing about it.
 */

#include <planner/checks.h>

#include "planning.h"

G_BEGIN_DECLS

typedef enum {
    ASPECT_CPU,
    ASPECT_MACHINE,
    ASPECT_HOST,
    ASPECT_TSC,
    ASPECT_GUEST, /* from here on: real guests only */
    ASPECT_DEVICES,
    ASPECT_COUNT
} Aspect;

/* One end of a migration: hosts that no check can tell apart. */
typedef struct {
    guint32 cpu;               /* index in Planning.cpus */
    guint32 machines;          /* index in Fleet.machines; FLEET_NO_INDEX: not told */
    guint32 capabilities;      /* index in Fleet.capabilities; FLEET_NO_INDEX: not told */
    guint32 software;          /* index in Planning.software */
    guint32 system;            /* index in Planning.systems */
    guint32 tsc;               /* index of the range; 0: not told */
    guint64 tsc_low, tsc_high; /* the range, no wider than libvirt tolerates; 0: not told */
    CpuSwitch tsc_scaling;
} Endpoint;

/* What libvirt's comparison says to a guest's CPU on one host's. */
typedef struct {
    guint8 kind;         /* CpuReasonKind; CPU_REASON_NONE: it fits */
    const char *message; /* interned; NULL when it fits */
} EngineAnswer;

/* A guest, or one of the imagined guests of a matrix. */
typedef struct {
    MatrixSubject subject; /* guests: by the mode of their CPU, custom ones are TEMPLATE */
    const Guest *guest;    /* NULL for an imagined one */
    /* of the source's class; NULL for a guest and for the other subjects */
    const Template *template;
    const CpuDefinition *cpu; /* custom CPU as it runs; NULL for what the source's host decides */
    CpuSet set;               /* what cpu has; empty without */
    const char *problem;      /* the guest's CPU cannot be understood, and why; NULL otherwise */
    CpuArch arch;
    DomainTypes type;
    const char *machine; /* NULL: any that the source has */
    GHashTable *answers; /* HostCpu -> EngineAnswer: what was asked already; NULL: ask each time */
    gboolean has_invtsc; /* or a tsc timer, so that the TSC frequency counts */
    guint64 tsc_hz;      /* fixed frequency; 0: the source's own */
    gboolean is_at_home; /* the question is whether it could start again on the host it is on */
} Traveller;

/* What there is to say against the guest's CPU model on the target. */
typedef enum {
    MODEL_FITS,
    MODEL_REPLACED,   /* the target's QEMU lacks it, and libvirt takes another one, as it may */
    MODEL_NOT_LISTED, /* the target's hypervisor does not know it */
    MODEL_MAY_BE_REPLACED, /* the same, but perhaps libvirt takes another one, as it may */
    MODEL_UNUSABLE,        /* the target's hypervisor says that it cannot give it */
    MODEL_NOT_TOLD,        /* the target's hypervisor does not say whether it can give it */
    MODEL_DIFFERS,         /* it is the source's own, of an architecture whose models do not mix */
} ModelFit;

/* Where the number of a guest's physical address bits comes from. */
typedef enum {
    BITS_TOLD,
    BITS_DEFAULT, /* what QEMU gives a guest that does not say */
    BITS_UNKNOWN,
} BitsOrigin;

/*
 * All that the CPU checks look at; compared bytewise, so zero it before filling it in. Strings are
 * interned.
 */
typedef struct {
    CpuSet missing; /* features that the target lacks */
    CpuSet unsure;  /* features that it may lack: its libvirt cannot tell */
    /* features that it may lack: its domain capabilities, which tell, are missing */
    CpuSet untold;
    const char *needed_vendor, *target_vendor; /* NULL where they agree; target's: or not told */
    const char *model; /* that model_fit is about; "" where the source does not tell its own */
    /* of a model: the target cannot give them, and whether the guest has them is not told */
    const char *lost_features;
    /* the target gives them, and the guest, whose check is 'full', does not ask for them */
    const char *unasked_features;
    const char *engine_message; /* what libvirt objects to beside missing features */
    guint8 engine_kind;         /* CpuReasonKind of engine_message */
    /* where details are too many: bits of CpuFeatureGroup, instead of missing; and instead of
     * unsure and untold */
    guint8 missing_groups, unknown_groups;
    guint8 model_fit;                /* ModelFit */
    guint8 needed_bits, target_bits; /* of physical addresses; needed_bits 0: there are enough */
    guint8 bits_origin;              /* BitsOrigin of needed_bits */
    guint8 family;                   /* of the target, whose positions the sets have */
    gboolean is_start;
    gboolean is_at_home;        /* as the traveller's */
    gboolean is_cpu_unknown;    /* of one of the hosts, so that there is nothing to compare */
    gboolean is_cpu_untold;     /* the guest has its host's CPU, which not both hosts tell */
    gboolean is_other_cpu;      /* host-passthrough: not the same CPU as the source's */
    gboolean is_other_pmu;      /* it sees performance counters of a host with another CPU */
    gboolean is_vendor_seen;    /* needed_vendor is only what the guest saw when it started */
    gboolean is_other_emulator; /* an emulated CPU, and perhaps another QEMU on the target */
    gboolean is_mode_refused;   /* the target does not offer the guest's CPU mode */
    gboolean is_other_machine;  /* domain is of another family of machine types than the guest's */
    const DomainCapabilities *domain; /* of the target, where the guest asks for what it tells */
} CpuFacts;

typedef struct {
    const Planning *planning;
    const Traveller *traveller;
    const Endpoint *from; /* NULL: not known; a start */
    const Endpoint *to;
    const CpuFacts *facts; /* ASPECT_CPU only */
    gboolean is_start;     /* else a live migration */
    Outcome *outcome;
} CheckInput;

/* Adds the blockers of ASPECT to the input's outcome. */
void checks_run(const CheckInput *input, Aspect aspect);

/* The CPU facts of TRAVELLER going from FROM (NULL for a start elsewhere) to TO. */
void cpu_facts_fill(const Planning *planning, const Traveller *traveller, const Endpoint *from,
                    const Endpoint *to, gboolean is_start, CpuFacts *ret_facts);

static inline const HostCpu *
endpoint_cpu(const Planning *planning, const Endpoint *endpoint)
{
    return g_ptr_array_index(planning->cpus, endpoint->cpu);
}

static inline const MachineProfile *
endpoint_machines(const Planning *planning, const Endpoint *endpoint)
{
    return endpoint->machines != FLEET_NO_INDEX
               ? g_ptr_array_index(planning->fleet->machines, endpoint->machines)
               : NULL;
}

static inline const CapabilityProfile *
endpoint_capabilities(const Planning *planning, const Endpoint *endpoint)
{
    return endpoint->capabilities != FLEET_NO_INDEX
               ? g_ptr_array_index(planning->fleet->capabilities, endpoint->capabilities)
               : NULL;
}

static inline const SoftwareProfile *
endpoint_software(const Planning *planning, const Endpoint *endpoint)
{
    return &g_array_index(planning->software, SoftwareProfile, endpoint->software);
}

static inline const SystemProfile *
endpoint_system(const Planning *planning, const Endpoint *endpoint)
{
    return &g_array_index(planning->systems, SystemProfile, endpoint->system);
}

/* ---- for the files that hold the checks ----------------------------------------------------- */

/* Adds a blocker; ID must be in the table. REMEDY is static. Returns it, for its features. */
Blocker *check_add(const CheckInput *input, const char *id, Verdict severity, const char *remedy,
                   const char *format, ...) G_GNUC_PRINTF(5, 6);

void checks_cpu(const CheckInput *input);
void checks_domain(const CheckInput *input);
void checks_machine(const CheckInput *input);
void checks_software(const CheckInput *input);
void checks_devices(const CheckInput *input);
void checks_host(const CheckInput *input);
void checks_tsc(const CheckInput *input);
void checks_guest(const CheckInput *input);

G_END_DECLS

#endif
