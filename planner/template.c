/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A class's template: the guest CPU that every member can run, and what goes with it.
 *
 * The features to give are decoded into a named model with differences, as libvirt would. Then the
 * template is made safe: it is expanded again, and whatever it has that a member lacks is disabled
 * by name. libvirt itself can give such a feature back, because its migratable filter drops entries
 * after the model is chosen. A feature that libvirt does not migrate is never asked for; where the
 * model has it, it stays only if every member offers it, since QEMU keeps its models migratable.
 */
#include <cpumodel/text_list.h>

#include "signatures.h"

#define LISTED 8 /* features that a note names */

void
template_note(Template *template, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(template->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* ---- the CPU -------------------------------------------------------------------------------- */

/* Drops what must not be asked for by name: features that do not migrate. */
static void
drop_unmigratable(const Planning *planning, const PoolSettings *settings, CpuDefinition *cpu,
                  Template *template)
{
    for (guint i = cpu->features->len; i-- > 0;) {
        const CpuDefinitionFeature *entry = cpu_definition_feature(cpu, i);
        const CpuFeature *feature =
            cpu_map_find_feature(planning->map, CPU_FAMILY_X86, entry->name);

        if (feature == NULL || feature->is_migratable || entry->policy != CPU_POLICY_REQUIRE ||
            text_list_has(settings->required, entry->name))
            continue;
        template_note(template, "%s is left out: libvirt does not migrate it.", feature->name);
        g_array_remove_index(cpu->features, i);
    }
}

/* Disables by name whatever CPU has and SET lacks; FALSE when that does not help. */
static gboolean
make_safe(const Planning *planning, CpuDefinition *cpu, const CpuSet *set, Template *template)
{
    const Universe *universe = planning->universes[CPU_FAMILY_X86];
    CpuSet extra;

    if (!cpu_engine_effective_set(planning->map, cpu, &extra, NULL, NULL))
        return FALSE;
    cpu_set_subtract(&extra, set);
    if (cpu_set_is_empty(&extra))
        return TRUE;
    g_autoptr(GPtrArray) names = universe_names(universe, &extra);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        cpu_definition_set_feature(cpu, name, CPU_POLICY_DISABLE);
        template_note(template, "%s is disabled: the model has it, and a member lacks it.", name);
    }
    if (!cpu_engine_effective_set(planning->map, cpu, &extra, NULL, NULL))
        return FALSE;
    return cpu_set_contains(set, &extra);
}

static void
check_required(Planning *planning, const PoolSettings *settings, const PlanClass *klass,
               const ClassDraft *draft)
{
    const CpuFamily family = cpu_arch_family(klass->arch);
    const Universe *universe = planning->universes[family];
    /* elsewhere a feature may be part of a model without being named */
    const char *verb = family == CPU_FAMILY_X86 ? "cannot" : "is not known to";

    for (guint i = 0; i < settings->required->len; i++) {
        const char *name = g_ptr_array_index(settings->required, i);
        CpuSet bits;

        if (universe_find_name(universe, name, &bits) && cpu_set_contains(&draft->baseline, &bits))
            continue;
        template_note(klass->template, "The pool requires %s, which this class %s give.", name,
                      verb);
        planning_add_finding(
            planning, FINDING_WARNING, "required-feature", NULL,
            g_strdup_printf("pool %s requires the CPU feature %s, which class %s %s give",
                            settings->name, name, klass->name, verb),
            "take the hosts without it out of the pool, or the feature out of the plan file");
    }
}

static void
note_nested(const Universe *universe, const CpuSet *set, Template *template)
{
    CpuSet nested = universe->nested_intel;

    cpu_set_intersect(&nested, set);
    const guint n_nested = cpu_set_count(&nested);

    if (n_nested > 0)
        template_note(
            template,
            "%u feature%s of nested virtualization %s part of it; a pool whose guests run no "
            "hypervisor can disable vmx and be rid of %s.",
            n_nested, words_plural(n_nested), n_nested == 1 ? "is" : "are",
            n_nested == 1 ? "it" : "them");
}

static void
make_x86_cpu(Planning *planning, const PlanPool *pool, PlanClass *klass, const ClassDraft *draft)
{
    const Universe *universe = planning->universes[CPU_FAMILY_X86];
    Template *template = klass->template;
    const CpuSet set = universe_known(universe, &draft->baseline);
    const CpuVendor *vendor =
        klass->vendor != NULL ? cpu_map_find_vendor(planning->map, CPU_FAMILY_X86, klass->vendor)
                              : NULL;
    g_autoptr(CpuDefinition) cpu = NULL;

    cpu = template_model_choose(planning, pool, draft, &set, vendor, template);
    if (cpu == NULL)
        return;
    drop_unmigratable(planning, pool->settings, cpu, template);
    if (!make_safe(planning, cpu, &set, template)) {
        template_note(template,
                      "No safe definition was found for what the members have in common.");
        return;
    }
    note_nested(universe, &set, template);
    cpu->mode = CPU_MODE_CUSTOM;
    cpu->match = CPU_MATCH_EXACT;
    cpu->check = CPU_CHECK_PARTIAL;
    cpu->fallback = CPU_FALLBACK_FORBID;
    g_free(cpu->vendor);
    cpu->vendor = g_strdup(vendor != NULL ? vendor->name : NULL);
    template->cpu = g_steal_pointer(&cpu);
}

/* The members' CPUs, each once. Borrowed. */
static GPtrArray *
cpus_of_members(const ClassDraft *draft)
{
    GPtrArray *cpus = g_ptr_array_new();

    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        for (guint j = 0; j < signature->cpus->len; j++)
            g_ptr_array_add(cpus, g_ptr_array_index(signature->cpus, j));
    }
    return cpus;
}

/*
 * Can guests be started with MODEL on every member? libvirt's names for the CPUs of arm hosts are
 * not QEMU's for guests, and under KVM QEMU has hardly any there.
 */
static gboolean
is_guest_model(const PlanClass *klass, const GPtrArray *cpus, const char *model)
{
    for (guint i = 0; i < cpus->len; i++) {
        const HostCpu *cpu = g_ptr_array_index(cpus, i);
        const CpuHypervisorModel *listed =
            cpu->models != NULL ? g_hash_table_lookup(cpu->models, model) : NULL;

        if (listed != NULL ? listed->usable == CPU_USABLE_NO
                           : cpu->models != NULL || cpu_arch_family(klass->arch) == CPU_FAMILY_ARM)
            return FALSE;
    }
    return TRUE;
}

/* Other families: what libvirt makes of the members, if anything. */
static void
make_named_cpu(const Planning *planning, const PoolSettings *settings, PlanClass *klass,
               const ClassDraft *draft)
{
    g_autoptr(GPtrArray) cpus = cpus_of_members(draft);
    g_autoptr(GPtrArray) definitions = g_ptr_array_new();
    const CpuBaselineOptions options = {.is_migratable = TRUE};
    g_autoptr(CpuDefinition) cpu = NULL;
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < cpus->len; i++)
        g_ptr_array_add(
            definitions,
            (gpointer)(guintptr)((const HostCpu *)g_ptr_array_index(cpus, i))->definition);
    cpu = cpu_engine_baseline(planning->map, klass->arch,
                              (const CpuDefinition *const *)definitions->pdata, definitions->len,
                              &options, &error);
    if (cpu == NULL)
        template_note(klass->template, "libvirt makes no common CPU for %s: %s.",
                      cpu_arch_name(klass->arch), error->message);
    else if (settings->models->len > 0 && !text_list_has(settings->models, cpu->model))
        template_note(klass->template, "The pool does not allow the members' CPU model, %s.",
                      cpu->model);
    else if (!is_guest_model(klass, cpus, cpu->model))
        template_note(
            klass->template,
            "The members' CPU is %s, which is no CPU model that their hypervisors give to "
            "guests.",
            cpu->model);
    else
        klass->template->cpu = g_steal_pointer(&cpu);
    if (cpu_arch_family(klass->arch) == CPU_FAMILY_ARM)
        template_note(klass->template, "Guests on KVM run with mode host-passthrough on this "
                                       "architecture; the class has members with equal CPUs only.");
}

static void
list_features(const Planning *planning, const PlanClass *klass)
{
    Template *template = klass->template;
    g_autoptr(CpuDefinition) expanded = NULL;

    if (template->cpu == NULL)
        return;
    expanded = cpu_engine_expand(planning->map, template->cpu, klass->arch, NULL);
    if (expanded == NULL)
        return;
    for (guint i = 0; i < expanded->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(expanded, i);

        if (!cpu_policy_is_off(feature->policy))
            g_ptr_array_add(template->features, g_strdup(feature->name));
    }
    text_list_sort(template->features);
}

static void
seal(Template *template)
{
    g_autoptr(GString) content = g_string_new(NULL);

    if (template->cpu != NULL)
        cpu_definition_format(template->cpu, 0, content);
    g_string_append_printf(content, "bits %u\ntsc %" G_GUINT64_FORMAT "\n",
                           template->physical_address_bits, template->tsc_hz);
    for (guint i = 0; i < template->machines->len; i++)
        g_string_append_printf(content, "machine %s\n",
                               (const char *)g_ptr_array_index(template->machines, i));
    template->digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content->str, -1);
}

/* Why members are judged by their host CPU, where not all are by their hypervisor's host-model. */
static const char *
reason_for_host_cpu(const ClassDraft *draft)
{
    g_autoptr(GPtrArray) cpus = cpus_of_members(draft);
    guint n_silent = 0, n_refusing = 0;

    for (guint i = 0; i < cpus->len; i++) {
        const HostCpu *cpu = g_ptr_array_index(cpus, i);

        n_silent += !cpu->is_host_model && cpu->domain == NULL;
        n_refusing += !cpu->is_host_model && cpu->domain != NULL;
    }
    return n_refusing == 0 ? "domain capabilities are not known"
           : n_silent == 0 ? "hypervisor offers no host-model"
                           : "domain capabilities are not known or offer no host-model";
}

/* What the figures rest on, so that nobody takes one source for the other. */
static void
note_source(const PlanClass *klass, const ClassDraft *draft)
{
    const guint n_hosts = klass->hosts->len, n_other = n_hosts - klass->n_host_model;
    const char *reason = reason_for_host_cpu(draft);
    const char *kept = cpu_arch_family(klass->arch) == CPU_FAMILY_X86
                           ? "; features that KVM keeps to the host are left out"
                           : "";

    if (draft->level != NULL)
        template_note(klass->template,
                      "It is the level %s (%s) and does not change with the members.",
                      draft->level->name, draft->level->title);
    if (n_other == 0)
        template_note(
            klass->template,
            "All members are judged by what their hypervisor offers (domain capabilities).");
    else if (n_other == 1)
        template_note(klass->template, "%s is judged by its host CPU, because its %s%s.",
                      n_hosts == 1 ? "The only member" : "One member", reason, kept);
    else
        template_note(klass->template,
                      "%u of %u members are judged by their host CPU, because their %s%s.", n_other,
                      n_hosts, reason, kept);
}

/* Features in the baseline that no map knows cannot be promised. */
static void
note_foreign(const Universe *universe, const ClassDraft *draft, Template *template)
{
    const CpuSet known = universe_known(universe, &draft->baseline);
    CpuSet foreign = draft->baseline;

    cpu_set_subtract(&foreign, &known);
    if (cpu_set_is_empty(&foreign) || universe->family != CPU_FAMILY_X86)
        return;
    g_autofree char *list = universe_list(universe, &foreign, LISTED);
    template_note(template, "Left out because the CPU map does not know them: %s.", list);
}

/* Members whose libvirt is known to be too old for what the template says. */
static guint
count_passing_over_maxphysaddr(const Planning *planning, const PlanClass *klass)
{
    guint n = 0;

    for (guint i = 0; i < klass->hosts->len; i++) {
        const SoftwareProfile *software =
            planning_host_software(planning, g_array_index(klass->hosts, guint32, i));

        n += software->versions[SOFTWARE_LIBVIRT].high < LIBVIRT_KNOWS_MAXPHYSADDR;
    }
    return n;
}

static void
write_address_bits(const Planning *planning, const PlanClass *klass)
{
    CpuDefinition *cpu = klass->template->cpu;
    const guint n_old = count_passing_over_maxphysaddr(planning, klass);

    cpu->has_maxphysaddr = TRUE;
    cpu->is_maxphysaddr_emulated = TRUE;
    cpu->maxphysaddr_bits = (gint)klass->template->physical_address_bits;
    if (n_old > 0)
        template_note(
            klass->template,
            "The libvirt of %u of %u member%s, older than 8.7, passes over <maxphysaddr>: "
            "guests that start there have as many bits as they would without.",
            n_old, klass->hosts->len, words_plural(klass->hosts->len));
}

void
class_template_make(Planning *planning, const PlanPool *pool, PlanClass *klass,
                    const ClassDraft *draft)
{
    const Signature *first = g_ptr_array_index(draft->signatures, 0);
    Template *template = klass->template;

    template->name = g_strdup_printf("%s-%s", pool->settings->name, klass->name);
    note_source(klass, draft);
    template_parts_make(planning, klass);
    check_required(planning, pool->settings, klass, draft);
    if (signature_family(first) == CPU_FAMILY_X86)
        make_x86_cpu(planning, pool, klass, draft);
    else
        make_named_cpu(planning, pool->settings, klass, draft);
    note_foreign(planning->universes[signature_family(first)], draft, template);
    if (template->cpu != NULL && template->physical_address_bits > 0 &&
        signature_family(first) == CPU_FAMILY_X86)
        write_address_bits(planning, klass);
    list_features(planning, klass);
    seal(template);
}
