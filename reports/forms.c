/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One writer for each form, and one table of them. A form has two parts: remarks, which are
 * comments in the form's own syntax and may hold text from outside, and the template itself, which
 * holds nothing but names that a CPU map or a host's document spelt and that are escaped all the
 * same.
 *
 * A feature that a class must not have is written as disabled; every other policy as required:
 * templates use no others.
 */

#include "spelling.h"
#include "summary.h"

#include <reports/escape.h>
#include <reports/forms.h>

#include <string.h>

/* oVirt sorts the CPU types of a vendor by it; above those that its engine comes with. */
#define OVIRT_LEVEL 100

/* What is written: the published template where there is one, else the one that was planned. */
typedef struct {
    const PlanClass *klass;
    const CpuMap *map;
    const char *name;
    const CpuDefinition *cpu; /* NULL: no template */
    guint physical_address_bits;
    guint64 tsc_hz;
    const GPtrArray *machines;
} FormSource;

typedef void (*WriteForm)(const FormSource *source, GString *out);

static gboolean
is_disabled(const CpuDefinitionFeature *feature)
{
    return feature->policy == CPU_POLICY_DISABLE || feature->policy == CPU_POLICY_FORBID;
}

static const CpuFeature *
map_feature(const FormSource *source, const char *name)
{
    CpuFamily family = cpu_arch_family(source->klass->arch);

    return source->map != NULL ? cpu_map_find_feature(source->map, family, name) : NULL;
}

/* ---- remarks -------------------------------------------------------------------------------- */

/*
 * "pc-q35-9.2": up to its version; a name without one is a family of its own. Owned by the caller.
 */
static char *
machine_family(const char *machine)
{
    const char *dash = strrchr(machine, '-');

    return dash != NULL && g_ascii_isdigit(dash[1]) ? g_strndup(machine, (gsize)(dash - machine))
                                                    : g_strdup(machine);
}

/* What people use comes first; QEMU's machines for special purposes last. */
static guint
machine_rank(const char *machine)
{
    static const struct {
        const char *prefix;
        guint rank;
    } ranks[] = {{"pc-q35", 0},  {"q35", 0},   {"pc-i440fx", 1}, {"pc-", 2}, {"pc", 2},
                 {"microvm", 9}, {"isapc", 9}, {"x-remote", 9},  {"none", 9}};

    for (gsize i = 0; i < G_N_ELEMENTS(ranks); i++)
        if (g_str_has_prefix(machine, ranks[i].prefix))
            return ranks[i].rank;
    return 3;
}

static gint
compare_machines(gconstpointer a, gconstpointer b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    const guint left_rank = machine_rank(left), right_rank = machine_rank(right);

    if (left_rank != right_rank)
        return left_rank < right_rank ? -1 : 1;
    return strverscmp(left, right);
}

/* Of each family of MACHINES the one with the greatest version. Owned by the caller. */
static char *
newest_machines(const GPtrArray *machines)
{
    g_autoptr(GHashTable) newest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) shown = g_ptr_array_new();

    for (guint i = 0; i < machines->len; i++) {
        char *family = machine_family(machines->pdata[i]);
        const char *known = g_hash_table_lookup(newest, family);

        if (known == NULL || strverscmp(known, machines->pdata[i]) < 0)
            g_hash_table_insert(newest, family, machines->pdata[i]);
        else
            g_free(family);
    }
    for (guint i = 0; i < machines->len; i++) {
        g_autofree char *family = machine_family(machines->pdata[i]);

        if (g_hash_table_lookup(newest, family) == machines->pdata[i])
            g_ptr_array_add(shown, machines->pdata[i]);
    }
    g_ptr_array_sort(shown, compare_machines);
    g_ptr_array_add(shown, NULL);
    return g_strjoinv(" ", (char **)shown->pdata);
}

static void add_remark(GPtrArray *remarks, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add_remark(GPtrArray *remarks, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    GString *printable = g_string_new(NULL);
    escape_terminal(printable, text);
    g_ptr_array_add(remarks, g_string_free(printable, FALSE));
}

/* A published template stays: what the hosts have in common now is told, not written. */
static void
add_contract_remarks(GPtrArray *remarks, const FormSource *source)
{
    const PublishedTemplate *published = source->klass->contract.published;
    const Template *planned = source->klass->template;

    if (published == NULL) {
        add_remark(remarks, "not published yet: 'virt-plan accept' keeps it as it is");
        return;
    }
    g_autofree char *at = summary_time(published->published_at);
    add_remark(remarks, "published in run %" G_GINT64_FORMAT " at %s, and kept since",
               published->run, at);
    if (g_strcmp0(published->digest, planned->digest) != 0)
        add_remark(remarks, "planned anew it would differ: see the report before accepting that");
    if (source->klass->contract.state == CONTRACT_BROKEN)
        add_remark(remarks, "BROKEN: %u of the class's hosts no longer meet it",
                   source->klass->contract.breaches->len);
}

static GPtrArray *
common_remarks(const FormSource *source)
{
    const GPtrArray *notes = source->klass->template->notes;
    GPtrArray *remarks = g_ptr_array_new_with_free_func(g_free);

    add_remark(remarks, "%s: %u host%s", source->name, source->klass->hosts->len,
               source->klass->hosts->len == 1 ? "" : "s");
    add_contract_remarks(remarks, source);
    if (source->cpu == NULL)
        add_remark(remarks,
                   "there is no guest CPU that could be given to all of them: no template");
    if (source->machines->len > 0) {
        g_autofree char *machines = newest_machines(source->machines);
        add_remark(remarks, "newest machine types that every host lists: %s", machines);
    }
    for (guint i = 0; source->klass->contract.published == NULL && i < notes->len; i++)
        add_remark(remarks, "%s", (const char *)notes->pdata[i]);
    return remarks;
}

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

static void
print_hash_remarks(const GPtrArray *remarks, GString *out)
{
    for (guint i = 0; i < remarks->len; i++)
        g_string_append_printf(out, "# %s\n", (const char *)remarks->pdata[i]);
}

static gboolean
has_invtsc(const FormSource *source)
{
    const CpuDefinitionFeature *feature = cpu_definition_find_feature(source->cpu, "invtsc");

    return feature != NULL && !is_disabled(feature);
}

/* ---- libvirt -------------------------------------------------------------------------------- */

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

static void
write_libvirt(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = common_remarks(source);

    if (source->cpu != NULL && has_invtsc(source) && source->tsc_hz > 0)
        add_remark(remarks, "in <clock>: <timer name='tsc' frequency='%" G_GUINT64_FORMAT "'/>",
                   source->tsc_hz);
    print_xml_remarks(remarks, out);
    if (source->cpu == NULL)
        return;
    g_autoptr(CpuDefinition) cpu = libvirt_cpu(source);
    cpu_definition_format(cpu, 0, out);
}

/* ---- Nova ----------------------------------------------------------------------------------- */

static void
write_nova(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = common_remarks(source);

    if (source->cpu != NULL && source->physical_address_bits > 0)
        add_remark(remarks,
                   "flavor extra specs: hw:maxphysaddr_mode=emulate hw:maxphysaddr_bits=%u",
                   source->physical_address_bits);
    print_hash_remarks(remarks, out);
    if (source->cpu == NULL)
        return;
    g_string_append(out, "[libvirt]\ncpu_mode = custom\ncpu_models = ");
    escape_terminal(out, source->cpu->model);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);

        g_string_append(out, i == 0 ? "cpu_model_extra_flags = " : ", ");
        g_string_append_c(out, is_disabled(feature) ? '-' : '+');
        escape_terminal(out, feature->name);
    }
    if (source->cpu->features->len > 0)
        g_string_append_c(out, '\n');
}

/* ---- KubeVirt ------------------------------------------------------------------------------- */

static void
write_kubevirt(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = common_remarks(source);

    if (source->cpu != NULL) {
        add_remark(remarks,
                   "First the part of each VirtualMachine, then the cluster's default, which");
        add_remark(remarks,
                   "takes a model alone: features are for each VirtualMachine to ask for.");
    }
    print_hash_remarks(remarks, out);
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
                               is_disabled(feature) ? "disable" : "require");
    }
    g_string_append(out, "---\napiVersion: kubevirt.io/v1\nkind: KubeVirt\nspec:\n"
                         "  configuration:\n    cpuModel: ");
    escape_json(out, source->cpu->model);
    g_string_append_c(out, '\n');
}

/* ---- Proxmox -------------------------------------------------------------------------------- */

/* A section's name: a letter, then letters, digits, '-' and '_'. */
static char *
proxmox_id(const char *name)
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
        g_string_append_printf(out, "%s%c", separator, is_disabled(feature) ? '-' : '+');
        escape_terminal(out, name);
        separator = ";";
    }
    if (*separator == ';')
        g_string_append_c(out, '\n');
    return g_string_free(unknown, FALSE);
}

static void
write_proxmox(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = common_remarks(source);
    g_autofree char *id = proxmox_id(source->name);
    g_autoptr(GString) flags = g_string_new(NULL);

    const char *model =
        source->cpu != NULL ? spelling_proxmox_model(source->map, source->cpu->model) : NULL;

    if (source->cpu != NULL && model == NULL)
        add_remark(remarks,
                   "left out: Proxmox VE has no reported-model %s, and would give guests kvm64",
                   source->cpu->model);
    if (model != NULL) {
        add_remark(remarks, "in a guest's configuration: cpu: custom-%s", id);
        g_autofree char *unknown = append_proxmox_flags(source, flags);
        if (*unknown != '\0')
            add_remark(remarks, "left out, since QEMU has no name for it: %s", unknown);
    }
    print_hash_remarks(remarks, out);
    if (model == NULL)
        return;
    g_string_append_printf(out, "cpu-model: %s\n    reported-model %s\n%s", id, model, flags->str);
    if (source->physical_address_bits > 0)
        g_string_append_printf(out, "    phys-bits %u\n", source->physical_address_bits);
}

/* ---- oVirt ---------------------------------------------------------------------------------- */

/* The flag by which oVirt tells a vendor's hosts; NULL for those that it does not know. */
static const char *
ovirt_vendor_flag(const FormSource *source)
{
    static const struct {
        CpuFamily family;
        const char *vendor; /* NULL: any */
        const char *flag;
    } flags[] = {
        {CPU_FAMILY_X86, "Intel", "vmx"}, {CPU_FAMILY_X86, "AMD", "svm"},
        {CPU_FAMILY_X86, "Hygon", "svm"}, {CPU_FAMILY_PPC64, NULL, "powernv"},
        {CPU_FAMILY_S390, NULL, "sie"},
    };
    CpuFamily family = cpu_arch_family(source->klass->arch);

    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (flags[i].family == family &&
            (flags[i].vendor == NULL || g_strcmp0(source->klass->vendor, flags[i].vendor) == 0))
            return flags[i].flag;
    }
    return NULL;
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
append_ovirt_flags(const FormSource *source, GString *out)
{
    const char *vendor_flag = ovirt_vendor_flag(source);

    if (vendor_flag != NULL)
        g_string_append_printf(out, "%s,", vendor_flag);
    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);
        const char *flag = spelling_for_linux(map_feature(source, feature->name), feature->name);

        if (!is_disabled(feature) && flag != NULL && g_strcmp0(flag, vendor_flag) != 0)
            g_string_append_printf(out, "%s,", flag);
    }
    g_string_append(out, "model_");
    append_ovirt(out, source->cpu->model);
}

static void
write_ovirt(const FormSource *source, GString *out)
{
    g_autoptr(GPtrArray) remarks = common_remarks(source);

    if (source->cpu != NULL)
        add_remark(remarks, "an entry for ServerCPUList; entries are separated by ';'");
    print_hash_remarks(remarks, out);
    if (source->cpu == NULL)
        return;
    g_string_append_printf(out, "%u:", OVIRT_LEVEL);
    append_ovirt(out, source->name);
    g_string_append_c(out, ':');
    append_ovirt_flags(source, out);
    g_string_append_c(out, ':');
    append_ovirt(out, source->cpu->model);
    for (guint i = 0; i < source->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(source->cpu, i);

        g_string_append(out, is_disabled(feature) ? ",-" : ",+");
        append_ovirt(out, feature->name);
    }
    g_string_append_printf(out, ":%s\n", cpu_arch_name(source->klass->arch));
}

/* ---- the table ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    const char *extension;
    WriteForm write;
} forms[] = {
    [REPORT_FORM_LIBVIRT] = {"libvirt", ".xml", write_libvirt},
    [REPORT_FORM_NOVA] = {"nova", ".nova.conf", write_nova},
    [REPORT_FORM_KUBEVIRT] = {"kubevirt", ".kubevirt.yaml", write_kubevirt},
    [REPORT_FORM_PROXMOX] = {"proxmox", ".proxmox.conf", write_proxmox},
    [REPORT_FORM_OVIRT] = {"ovirt", ".ovirt.txt", write_ovirt},
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

char *
report_form_text(const PlanClass *klass, const CpuMap *map, ReportForm form)
{
    const Template *planned = klass->template;
    const PublishedTemplate *published = klass->contract.published;
    FormSource source = {
        .klass = klass,
        .map = map,
        .name = planned->name != NULL ? planned->name : klass->name,
        .cpu = planned->cpu,
        .physical_address_bits = planned->physical_address_bits,
        .tsc_hz = planned->tsc_hz,
        .machines = planned->machines,
    };
    GString *out = g_string_new(NULL);

    if (published != NULL) {
        source.cpu = published->cpu;
        source.physical_address_bits = published->physical_address_bits;
        source.tsc_hz = published->tsc_hz;
        source.machines = published->machines;
    }
    forms[form].write(&source, out);
    return g_string_free(out, FALSE);
}
