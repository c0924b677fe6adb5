/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The CPU of a VirtualMachine. The cluster has a default too, one for all its guests and a model
 * alone: how to set it is a remark, where the template is such a model.
 *
 * KubeVirt sends guests to nodes by labels: one for each model that the node's libvirt calls usable
 * (pkg/virt-handler/node-labeller), and one for each feature that is required.
 */

#include "data.h"
#include "forms_private.h"

#include <reports/escape.h>

#include <string.h>

static gboolean
is_obsolete(const char *model)
{
    for (guint i = 0; i < n_kubevirt_obsolete_rows; i++) {
        if (strcmp(kubevirt_obsolete_rows[i].model, model) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The line is for a shell, which must find no more in it than a name. */
static gboolean
is_plain_name(const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        if (!g_ascii_isalnum(*p) && strchr("-_.+", *p) == NULL)
            return FALSE;
    }
    return TRUE;
}

static void
add_cluster_remarks(const FormSource *source, GPtrArray *remarks)
{
    if (source->cpu->features->len > 0) {
        form_add_remark(remarks, "not for the cluster's default (cpuModel): that is a model alone, "
                                 "and this one needs features");
    } else if (is_plain_name(source->cpu->model)) {
        form_add_remark(remarks, "as the cluster's default, for all its guests:");
        form_add_remark(remarks,
                        "  kubectl patch kubevirt -n kubevirt kubevirt --type merge -p "
                        "'{\"spec\":{\"configuration\":{\"cpuModel\":\"%s\"}}}'",
                        source->cpu->model);
    }
}

static void
add_kubevirt_remarks(const FormSource *source, GPtrArray *remarks)
{
    add_cluster_remarks(source, remarks);
    if (source->physical_address_bits > 0)
        form_add_remark(remarks,
                        "left out: %u physical address bits; KubeVirt cannot ask for a number, and "
                        "guests get QEMU's",
                        source->physical_address_bits);
    if (is_obsolete(source->cpu->model))
        form_add_remark(remarks,
                        "no node will do: KubeVirt labels none for %s as long as the cluster's "
                        "obsoleteCPUModels has it, which it has at first",
                        source->cpu->model);
}

void
form_write_kubevirt(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = form_remarks(source);

    if (source->cpu != NULL)
        add_kubevirt_remarks(source, remarks);
    form_print_remarks(remarks, out);
    if (source->cpu == NULL)
        return;
    g_string_append(out, "spec:\n  template:\n    spec:\n      domain:\n        cpu:\n"
                         "          model: ");
    escape_json(out, source->cpu->model);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);

        if (i == 0)
            g_string_append(out, "          features:\n");
        g_string_append(out, "            - {name: ");
        escape_json(out, feature->name);
        g_string_append_printf(out, ", policy: %s}\n",
                               form_disables(feature) ? "disable" : "require");
    }
}
