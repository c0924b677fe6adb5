/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A section of /etc/pve/virtual-guest/cpu-models.conf. Only an empty line ends a section
 * (PVE::SectionConfig), so there is one at the end: files can be put behind each other.
 */

#include "forms_private.h"
#include "spelling.h"

#include <reports/escape.h>

/* A section's name: a letter, then letters, digits, '-' and '_'. */
char *
form_proxmox_id(const char *name)
{
    GString *id = g_string_new(NULL);

    for (const char *p = name; *p != '\0'; p++) {
        gboolean is_kept = g_ascii_isalnum(*p) || *p == '-' || *p == '_';
        g_string_append_c(id, is_kept ? *p : '-');
    }
    if (!g_ascii_isalpha(id->str[0]))
        g_string_prepend(id, "vp-");
    return g_string_free(id, FALSE);
}

/*
 * The flags line, if there is one. Returns what QEMU has no name for, joined. Owned by the caller.
 */
static char *
append_proxmox_flags(const FormSource *source, GString *out)
{
    GString *unknown = g_string_new(NULL);
    const char *separator = "    flags ";

    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);
        g_autofree char *name = spelling_for_qemu(feature->name);

        if (name == NULL) {
            g_string_append_printf(unknown, "%s%s", unknown->len > 0 ? " " : "", feature->name);
            continue;
        }
        g_string_append_printf(out, "%s%c", separator, form_disables(feature) ? '-' : '+');
        escape_terminal(out, name);
        separator = ";";
    }
    if (*separator == ';')
        g_string_append_c(out, '\n');
    return g_string_free(unknown, FALSE);
}

void
form_write_proxmox(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = form_remarks(source);
    g_autoptr(GString) flags = g_string_new(NULL);

    const char *model =
        source->cpu != NULL ? spelling_proxmox_model(source->map, source->cpu->model) : NULL;

    if (source->cpu != NULL && model == NULL)
        form_add_remark(
            remarks, "left out: Proxmox VE has no reported-model %s, and would give guests %s",
            source->cpu->model, spelling_proxmox_replacement(source->map, source->cpu->model));
    if (model != NULL) {
        form_add_remark(remarks, "in a guest's configuration: cpu: custom-%s", source->proxmox_id);
        g_autofree char *unknown = append_proxmox_flags(source, flags);
        if (*unknown != '\0')
            form_add_remark(remarks, "left out, since QEMU has no name for it: %s", unknown);
    }
    form_print_remarks(remarks, out);
    if (model != NULL) {
        g_string_append_printf(out, "cpu-model: %s\n    reported-model %s\n%s", source->proxmox_id,
                               model, flags->str);
        if (source->physical_address_bits > 0)
            g_string_append_printf(out, "    phys-bits %u\n", source->physical_address_bits);
    }
    g_string_append_c(out, '\n');
}
