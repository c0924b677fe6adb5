/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_FORMS_H
#define REPORTS_FORMS_H

/*
 * A class's template in the form that each ecosystem takes, with its own spelling of every feature.
 *
 * | form     | goes to                                             | spelling               |
 * |----------|-----------------------------------------------------|------------------------|
 * | libvirt  | `<cpu>` of a domain XML                             | libvirt                |
 * | nova     | [libvirt] section of nova.conf                      | libvirt                |
 * | kubevirt | cpu of a VirtualMachine                             | libvirt                |
 * | proxmox  | /etc/pve/virtual-guest/cpu-models.conf              | QEMU                   |
 * | ovirt    | an entry of ServerCPUList (engine-config)           | Linux, then libvirt    |
 */

#include <fleet/plan.h>

G_BEGIN_DECLS

typedef enum {
    REPORT_FORM_LIBVIRT,
    REPORT_FORM_NOVA,
    REPORT_FORM_KUBEVIRT,
    REPORT_FORM_PROXMOX,
    REPORT_FORM_OVIRT,
    REPORT_FORM_COUNT
} ReportForm;

/* "libvirt", "nova", ... Static. */
const char *report_form_name(ReportForm form);
/* Of a file in that form, with its dot: ".xml". Static. */
const char *report_form_extension(ReportForm form);
/* What goes between two of a kind in one stream: "---\n" for YAML documents. Static. */
const char *report_form_separator(ReportForm form);
/* TRUE and the form of that name; FALSE when there is none. */
gboolean report_form_from_name(const char *name, ReportForm *ret_form);

/* The forms of one plan's templates, whose names they keep apart. Borrows the plan. */
typedef struct ReportForms ReportForms;

ReportForms *report_forms_new(const Plan *plan);
void report_forms_free(ReportForms *report_forms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportForms, report_forms_free)

/*
 * The template of KLASS, a class of the plan, as a file of FORM, with remarks in its comments.
 * Where the class has no common CPU, or the form cannot say it, there are only remarks. Owned by
 * the caller.
 */
char *report_form_text(const ReportForms *report_forms, const PlanClass *klass, ReportForm form);

G_END_DECLS

#endif
