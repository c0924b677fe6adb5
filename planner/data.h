/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DATA_H
#define PLANNER_DATA_H

/*
 * Facts that the planner looks up, compiled from planner/data/ by cpumodel/tools/compile_data.c.
 * Each row's meaning is in the comment at the top of its file.
 *
 * Releases and versions are numbered as cpumodel/version.h does, dates are seconds since 1970.
 */

#include <glib.h>

G_BEGIN_DECLS

/* weights.yaml: one of the two names is set. */
typedef struct {
    const char *group;
    const char *feature;
    gdouble weight;
} WeightRow;

/* host_only.yaml */
typedef struct {
    const char *feature;
    const char *reason;
} HostOnlyRow;

/* kvm_given.yaml */
typedef struct {
    const char *feature;
    const char *module; /* "vmx", "svm"; NULL: both */
    const char *needs;  /* features with spaces between; NULL: none */
    guint unasked;      /* 1: a guest has it whatever its CPU model */
    guint certain;      /* 1: every guest has it */
    guint named_since;  /* 0: never; release as in QemuReleaseRow */
    const char *source;
} KvmGivenRow;

/* dependencies.yaml: NEEDS are the features that need FEATURE, with spaces between */
typedef struct {
    const char *feature;
    const char *needs;
} DependencyRow;

/* qemu_releases.yaml, oldest first */
typedef struct {
    guint release;
    gint64 date;
} QemuReleaseRow;

/* hyperv.yaml: versions as in BadPairRow */
typedef struct {
    const char *enlightenment;
    guint kernel, qemu;
} HypervRow;

/* qemu_models.yaml: releases of QEMU; 0: not said */
typedef struct {
    const char *model;
    guint release;
    guint removed;
} QemuModelRow;

/* bad_pairs.yaml: 0 (G_MAXUINT32 for upper bounds) and NULL where a row sets no bound */
typedef struct {
    const char *id;
    const char *software; /* whose versions source_ and target_ are: "qemu", "libvirt", "kernel" */
    const char *arch;     /* of the hosts, and of guests that run under KVM there; NULL: any */
    guint source_from, source_to;
    guint target_from, target_to;
    guint source_qemu_from;         /* QEMU on the source since which it goes wrong */
    guint target_qemu_to;           /* QEMU on the target up to which it goes wrong */
    guint cured_by;                 /* libvirt on the target from which on it works */
    guint machine_from, machine_to; /* of the guest's machine type */
    const char *machine_not;        /* in the name of a type that the row is not of */
    guint several_threads;          /* 1: of guests with several threads or cores in a processor */
    guint without_counters;         /* 1: of guests that ask for no performance counters */
    guint named_cpu;                /* 1: of guests whose CPU libvirt names */
    const char *guest_has, *guest_lacks; /* a feature of the guest's CPU */
    const char *source_has;              /* a feature of the source's CPU */
    const char *guest_needs; /* of what Guest.needs has: the row is of guests with such a device */
    guint only_certain;      /* 1: it says nothing where the versions leave it open */
    const char *severity;    /* where all of it is certain; else no more than "unknown" */
    const char *text;
    const char *remedy;
    const char *source;
} BadPairRow;

extern const WeightRow weight_rows[];
extern const guint n_weight_rows;
extern const HostOnlyRow host_only_rows[];
extern const guint n_host_only_rows;
extern const KvmGivenRow kvm_given_rows[];
extern const guint n_kvm_given_rows;
extern const DependencyRow dependency_rows[];
extern const guint n_dependency_rows;
extern const QemuReleaseRow qemu_release_rows[];
extern const guint n_qemu_release_rows;
extern const HypervRow hyperv_rows[];
extern const guint n_hyperv_rows;
extern const QemuModelRow qemu_model_rows[];
extern const guint n_qemu_model_rows;
extern const BadPairRow bad_pair_rows[];
extern const guint n_bad_pair_rows;

G_END_DECLS

#endif
