/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The <cpu> element of a domain's definition. */

#include "forms_private.h"

/* An XML comment must not hold two hyphens in a row. */
static void
print_xml_remarks(const GPtrArray *remarks, GString *out)
{
    g_string_append(out, "<!--\n");
    for (guint i = 0; i < remarks->len; i++) {
        g_string_append(out, "  ");
        for (const char *p = remarks->pdata[i]; *p != '\0'; p++) {
            g_string_append_c(out, *p);
            if (p[0] == '-' && p[1] == '-')
                g_string_append_c(out, ' ');
        }
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "-->\n");
}

static gboolean
has_invtsc(const FormSource *source)
{
    const CpuDefinitionFeature *feature = cpu_definition_find_feature(source->cpu, "invtsc");

    return feature != NULL && !form_disables(feature);
}

static CpuDefinition *
libvirt_cpu(const FormSource *source)
{
    CpuDefinition *cpu = cpu_definition_copy(source->cpu);

    if (!cpu->has_maxphysaddr && source->physical_address_bits > 0) {
        cpu->has_maxphysaddr = TRUE;
        cpu->is_maxphysaddr_emulated = TRUE;
        cpu->maxphysaddr_bits = (gint)source->physical_address_bits;
    }
    return cpu;
}

void
form_write_libvirt(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = form_remarks(source);

    if (source->cpu != NULL && has_invtsc(source) && source->tsc_hz > 0)
        form_add_remark(remarks,
                        "in <clock>: <timer name='tsc' frequency='%" G_GUINT64_FORMAT "'/>",
                        source->tsc_hz);
    print_xml_remarks(remarks, out);
    if (source->cpu == NULL)
        return;
    g_autoptr(CpuDefinition) cpu = libvirt_cpu(source);
    cpu_definition_format(cpu, 0, out);
}
