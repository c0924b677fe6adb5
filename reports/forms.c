/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One table of the forms, and what of a plan each is written from. */

#include "forms_private.h"

#include <cpumodel/text_list.h>
#include <reports/forms.h>

static const struct {
    const char *name;
    const char *extension;
    const char *separator;
    void (*write)(const FormSource *source, GString *out);
} forms[] = {
    [REPORT_FORM_LIBVIRT] = {"libvirt", ".xml", "\n", form_write_libvirt},
    [REPORT_FORM_NOVA] = {"nova", ".nova.conf", "\n", form_write_nova},
    [REPORT_FORM_KUBEVIRT] = {"kubevirt", ".kubevirt.yaml", "---\n", form_write_kubevirt},
    [REPORT_FORM_PROXMOX] = {"proxmox", ".proxmox.conf", "", form_write_proxmox},
    [REPORT_FORM_OVIRT] = {"ovirt", ".ovirt.txt", "\n", form_write_ovirt},
};
G_STATIC_ASSERT(G_N_ELEMENTS(forms) == REPORT_FORM_COUNT);

const char *
report_form_name(ReportForm form)
{
    return forms[form].name;
}

const char *
report_form_extension(ReportForm form)
{
    return forms[form].extension;
}

const char *
report_form_separator(ReportForm form)
{
    return forms[form].separator;
}

gboolean
report_form_from_name(const char *name, ReportForm *ret_form)
{
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        if (g_strcmp0(forms[form].name, name) == 0) {
            *ret_form = form;
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- a plan's forms ------------------------------------------------------------------------- */

struct ReportForms {
    const CpuMap *map;
    GHashTable *proxmox_ids; /* const PlanClass* -> char* */
};

static const char *
template_name(const PlanClass *klass)
{
    return klass->template->name != NULL ? klass->template->name : klass->name;
}

/* The names of KLASS and of others can differ in what a section's name cannot have. */
static void
name_section(ReportForms *report_forms, const PlanClass *klass, GHashTable *used)
{
    g_autofree char *wanted = form_proxmox_id(template_name(klass));
    char *id = g_strdup(wanted);

    for (guint n = 2; g_hash_table_contains(used, id); n++) {
        g_free(id);
        id = g_strdup_printf("%s_%u", wanted, n);
    }
    g_hash_table_add(used, id);
    g_hash_table_insert(report_forms->proxmox_ids, (gpointer)(guintptr)klass, id);
}

ReportForms *
report_forms_new(const Plan *plan)
{
    ReportForms *report_forms = g_new0(ReportForms, 1);
    g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);

    report_forms->map = plan->map;
    report_forms->proxmox_ids = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++)
            name_section(report_forms, pool->classes->pdata[c], used);
    }
    return report_forms;
}

void
report_forms_free(ReportForms *report_forms)
{
    if (report_forms == NULL)
        return;
    g_hash_table_unref(report_forms->proxmox_ids);
    g_free(report_forms);
}

/*
 * What PUBLISHED promises and every host of KLASS still lists, also where the promise is broken.
 * Borrowed from PUBLISHED.
 */
static GPtrArray *
machines_left(const PlanClass *klass, const PublishedTemplate *published)
{
    GPtrArray *left = g_ptr_array_new();

    for (guint i = 0; i < published->machines->len; i++)
        if (text_list_has(klass->template->machines, published->machines->pdata[i]))
            g_ptr_array_add(left, published->machines->pdata[i]);
    return left;
}

char *
report_form_text(const ReportForms *report_forms, const PlanClass *klass, ReportForm form)
{
    const Template *planned = klass->template;
    const PublishedTemplate *published = klass->contract.published;
    FormSource source = {
        .klass = klass,
        .map = report_forms->map,
        .name = template_name(klass),
        .proxmox_id = g_hash_table_lookup(report_forms->proxmox_ids, klass),
        .cpu = planned->cpu,
        .physical_address_bits = planned->physical_address_bits,
        .tsc_hz = planned->tsc_hz,
        .machines = planned->machines,
    };
    g_autoptr(GPtrArray) left = published != NULL ? machines_left(klass, published) : NULL;
    GString *out = g_string_new(NULL);

    if (published != NULL) {
        source.cpu = published->cpu;
        source.physical_address_bits = published->physical_address_bits;
        source.tsc_hz = published->tsc_hz;
        source.machines = left;
    }
    forms[form].write(&source, out);
    return g_string_free(out, FALSE);
}
