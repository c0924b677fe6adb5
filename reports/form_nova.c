/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The [libvirt] section of nova.conf.
 *
 * Flags without a sign are required: so every Nova since 18 reads them, and only "-" needs a newer
 * one. When nova-compute starts it compares each flag with the host's own CPU and not with what KVM
 * makes of it (_check_cpu_compatibility, compareCPU), and ends where one is missing.
 */

#include "data.h"
#include "forms_private.h"

#include <reports/escape.h>

#include <string.h>

/* The module of KVM for the class's hosts; NULL where it is not one. */
static const char *
kvm_module(const PlanClass *klass)
{
    static const struct {
        const char *vendor, *module;
    } modules[] = {{"Intel", "vmx"}, {"AMD", "svm"}, {"Hygon", "svm"}};

    for (gsize i = 0; i < G_N_ELEMENTS(modules); i++) {
        if (g_strcmp0(klass->vendor, modules[i].vendor) == 0)
            return modules[i].module;
    }
    return NULL;
}

/* What KVM gives to guests on the class's hosts as NAME, whatever their own CPUs have; or NULL. */
static const KvmFeatureRow *
find_kvm_feature(const PlanClass *klass, const char *name)
{
    const char *module = kvm_module(klass);

    for (guint i = 0; cpu_arch_family(klass->arch) == CPU_FAMILY_X86 && i < n_kvm_feature_rows;
         i++) {
        const KvmFeatureRow *row = &kvm_feature_rows[i];

        if (strcmp(row->feature, name) == 0 &&
            (row->module == NULL || module == NULL || strcmp(row->module, module) == 0))
            return row;
    }
    return NULL;
}

/* Every guest has it with every KVM, and Nova would look for it in vain in the host's CPU. */
static gboolean
is_left_to_kvm(const FormSource *source, const CpuDefinitionFeature *feature)
{
    const KvmFeatureRow *row = find_kvm_feature(source->klass, feature->name);

    return row != NULL && row->certain == 1 && !form_disables(feature);
}

/* The line of flags, if there is one. */
static void
append_flags(const FormSource *source, GString *out)
{
    const char *separator = "cpu_model_extra_flags = ";

    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);

        if (is_left_to_kvm(source, feature))
            continue;
        g_string_append_printf(out, "%s%s", separator, form_disables(feature) ? "-" : "");
        escape_terminal(out, feature->name);
        separator = ", ";
    }
    if (strcmp(separator, ", ") == 0)
        g_string_append_c(out, '\n');
}

static void
add_flag_remarks(const FormSource *source, GPtrArray *remarks)
{
    g_autoptr(GString) given = g_string_new(NULL);
    gboolean has_disabled = FALSE;

    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);

        if (form_disables(feature))
            has_disabled = TRUE;
        else if (!is_left_to_kvm(source, feature) &&
                 find_kvm_feature(source->klass, feature->name) != NULL)
            g_string_append_printf(given, "%s%s", given->len > 0 ? ", " : "", feature->name);
    }
    if (has_disabled)
        form_add_remark(
            remarks, "flags with '-' need a Nova that knows signs: older ones take them for names");
    if (given->len == 0)
        return;
    form_add_remark(remarks, "KVM gives these to guests also where the host's CPU lacks them: %s.",
                    given->str);
    form_add_remark(remarks, "nova-compute looks for them in the host's CPU, and does not start "
                             "where one is missing, without");
    form_add_remark(remarks, "  [workarounds]");
    form_add_remark(remarks, "  skip_cpu_compare_at_startup = True");
}

void
form_write_nova(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = form_remarks(source);

    if (source->cpu != NULL && source->physical_address_bits > 0)
        form_add_remark(remarks,
                        "flavor extra specs: hw:maxphysaddr_mode=emulate hw:maxphysaddr_bits=%u",
                        source->physical_address_bits);
    if (source->cpu != NULL)
        add_flag_remarks(source, remarks);
    form_print_remarks(remarks, out);
    if (source->cpu == NULL)
        return;
    g_string_append(out, "[libvirt]\ncpu_mode = custom\ncpu_models = ");
    escape_terminal(out, source->cpu->model);
    g_string_append_c(out, '\n');
    append_flags(source, out);
}
