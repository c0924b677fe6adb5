/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_FORMS_PRIVATE_H
#define REPORTS_FORMS_PRIVATE_H

/*
 * What the writers of forms share. A form has two parts: remarks, which are comments in the form's
 * own syntax and may hold text from outside, and the template itself, which holds nothing but names
 * that a CPU map or a host's document spelt and that are escaped all the same.
 */

#include <fleet/plan.h>

G_BEGIN_DECLS

/* What is written: the published template where there is one, else the one that was planned. */
typedef struct {
    const PlanClass *klass;
    const CpuMap *map;
    const char *name;
    const char *proxmox_id;
    const CpuDefinition *cpu; /* NULL: no template */
    guint physical_address_bits;
    guint64 tsc_hz;
    const GPtrArray *machines;
} FormSource;

/*
 * A feature that a class must not have is written as disabled; every other policy as required:
 * templates use no others.
 */
gboolean form_disables(const CpuDefinitionFeature *feature);

/* The remarks (of char*) that every form has. Owned by the caller. */
GPtrArray *form_remarks(const FormSource *source);
void form_add_remark(GPtrArray *remarks, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* REMARKS as lines that begin with '#'. */
void form_print_remarks(const GPtrArray *remarks, GString *out);

/* The name of a section of Proxmox VE's file for NAME. Owned by the caller. */
char *form_proxmox_id(const char *name);

void form_write_libvirt(const FormSource *source, GString *out);
void form_write_nova(const FormSource *source, GString *out);
void form_write_kubevirt(const FormSource *source, GString *out);
void form_write_proxmox(const FormSource *source, GString *out);
void form_write_ovirt(const FormSource *source, GString *out);

G_END_DECLS

#endif
