/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_DATA_H
#define REPORTS_DATA_H

/*
 * How others spell features and models, compiled from reports/data/ by
 * cpumodel/tools/compile_data.c. Each row's meaning is in the comment at the top of its file.
 */

#include <glib.h>

G_BEGIN_DECLS

/* qemu_names.yaml */
typedef struct {
    const char *feature;
    const char *qemu; /* NULL: QEMU has no property for it */
} QemuNameRow;

/* linux_flags.yaml */
typedef struct {
    const char *flag;
} LinuxFlagRow;

/* proxmox_models.yaml */
typedef struct {
    const char *model;
    const char *becomes; /* the model that guests get in its place; NULL: they get MODEL */
} ProxmoxModelRow;

/* kubevirt_obsolete.yaml */
typedef struct {
    const char *model;
} KubevirtObsoleteRow;

/* kvm_given.yaml of the planner, whose data.h tells what each means */
typedef struct {
    const char *feature;
    const char *module;
    const char *needs;
    guint unasked;
    guint certain;
    guint named_since;
    const char *source;
} KvmFeatureRow;

extern const QemuNameRow qemu_name_rows[];
extern const guint n_qemu_name_rows;
extern const LinuxFlagRow linux_flag_rows[];
extern const guint n_linux_flag_rows;
extern const ProxmoxModelRow proxmox_model_rows[];
extern const guint n_proxmox_model_rows;
extern const KubevirtObsoleteRow kubevirt_obsolete_rows[];
extern const guint n_kubevirt_obsolete_rows;
extern const KvmFeatureRow kvm_feature_rows[];
extern const guint n_kvm_feature_rows;

G_END_DECLS

#endif
