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
 * | kubevirt | cpu of a VirtualMachine, cpuModel of the KubeVirt CR | libvirt                |
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
/* TRUE and the form of that name; FALSE when there is none. */
gboolean report_form_from_name(const char *name, ReportForm *ret_form);

/*
 * KLASS's template as a file of FORM, with remarks in its comments. Where the class has no common
 * CPU there are only remarks. MAP gives the spellings. Owned by the caller.
 */
char *report_form_text(const PlanClass *klass, const CpuMap *map, ReportForm form);

G_END_DECLS

#endif
