/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An entry of the engine's ServerCPUList: level, name, the flags that a host must report, what
 * guests are started with, architecture.
 */

#include "forms_private.h"
#include "spelling.h"

#include <reports/escape.h>

/* oVirt sorts the CPU types of a vendor by it; above those that its engine comes with. */
#define OVIRT_LEVEL 100

/* How oVirt's engine files CPU types; what it does not know ends up in no list, or stops it. */
static const struct {
    CpuFamily family;
    const char *vendor; /* NULL: any */
    const char *flag;   /* by which it tells the vendor's hosts */
    const char *arch;   /* its name of the hosts' architecture (ArchitectureType) */
} ovirt_kinds[] = {
    {CPU_FAMILY_X86, "Intel", "vmx", "x86_64"}, {CPU_FAMILY_X86, "AMD", "svm", "x86_64"},
    {CPU_FAMILY_X86, "Hygon", "svm", "x86_64"}, {CPU_FAMILY_PPC64, NULL, "powernv", "ppc64"},
    {CPU_FAMILY_S390, NULL, "sie", "s390x"},
};

/* The class's row above; -1 where it has none. */
static gint
ovirt_kind(const PlanClass *klass)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ovirt_kinds); i++) {
        if (ovirt_kinds[i].family == cpu_arch_family(klass->arch) &&
            (ovirt_kinds[i].vendor == NULL || g_strcmp0(klass->vendor, ovirt_kinds[i].vendor) == 0))
            return (gint)i;
    }
    return -1;
}

static const CpuFeature *
map_feature(const FormSource *source, const char *name)
{
    CpuFamily family = cpu_arch_family(source->klass->arch);

    return source->map != NULL ? cpu_map_find_feature(source->map, family, name) : NULL;
}

/* Fields end at ':', entries at ';', list items at ','. */
static void
append_ovirt(GString *out, const char *text)
{
    g_autofree char *clean = g_strdelimit(g_strdup(text), ":;,", ' ');

    escape_terminal(out, clean);
}

/* What a host has to report: the vendor's flag, what Linux shows of the features, the model. */
static void
append_ovirt_flags(const FormSource *source, const char *vendor_flag, GString *out)
{
    g_string_append_printf(out, "%s,", vendor_flag);
    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);
        const char *flag = spelling_for_linux(map_feature(source, feature->name), feature->name);

        if (!form_disables(feature) && flag != NULL && g_strcmp0(flag, vendor_flag) != 0)
            g_string_append_printf(out, "%s,", flag);
    }
    g_string_append(out, "model_");
    append_ovirt(out, source->cpu->model);
}

static void
append_ovirt_entry(const FormSource *source, gint kind, GString *out)
{
    g_string_append_printf(out, "%u:", OVIRT_LEVEL);
    append_ovirt(out, source->name);
    g_string_append_c(out, ':');
    append_ovirt_flags(source, ovirt_kinds[kind].flag, out);
    g_string_append_c(out, ':');
    append_ovirt(out, source->cpu->model);
    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);

        g_string_append(out, form_disables(feature) ? ",-" : ",+");
        append_ovirt(out, feature->name);
    }
    g_string_append_printf(out, ":%s\n", ovirt_kinds[kind].arch);
}

void
form_write_ovirt(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = form_remarks(source);
    const gint kind = ovirt_kind(source->klass);

    if (source->cpu != NULL && kind < 0)
        form_add_remark(remarks,
                        "left out: oVirt files a CPU type under the one vendor whose flag it has "
                        "(vmx, svm, powernv or sie), and the class's hosts have no such vendor");
    else if (source->cpu != NULL)
        form_add_remark(remarks, "an entry for ServerCPUList; entries are separated by ';'");
    if (source->cpu != NULL && kind >= 0 && source->physical_address_bits > 0)
        form_add_remark(remarks,
                        "left out: %u physical address bits; a CPU type has no number of them, and "
                        "guests get QEMU's",
                        source->physical_address_bits);
    form_print_remarks(remarks, out);
    if (source->cpu != NULL && kind >= 0)
        append_ovirt_entry(source, kind, out);
}
