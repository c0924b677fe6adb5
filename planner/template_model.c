/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which CPU model a class's template is on.
 *
 * A ladder's level names its model. Elsewhere it is one of the members' models, a model of the same
 * CPUs as theirs, or whichever is closest: but a model that every member can run as it is comes
 * before one that a member's hypervisor calls unusable, because some who start guests ask for the
 * model alone. libvirt never has its host-models on "-noTSX", and guests can ask for it all the
 * same.
 */
#include "signatures.h"

#include <cpumodel/text_list.h>
#include <string.h>

#define LISTED 8 /* blockers that a note names */

/* ---- what the members say of models --------------------------------------------------------- */

/* Lowers MODEL to what OTHER says of it too. */
static void
merge_model(CpuHypervisorModel *model, const CpuHypervisorModel *other)
{
    if (other->usable != CPU_USABLE_YES && model->usable != CPU_USABLE_NO)
        model->usable = other->usable;
    for (guint i = 0; i < other->blockers->len; i++) {
        const char *blocker = g_ptr_array_index(other->blockers, i);

        if (!text_list_has(model->blockers, blocker))
            g_ptr_array_add(model->blockers, g_strdup(blocker));
    }
}

static CpuHypervisorModel *
copy_model(const CpuHypervisorModel *model)
{
    CpuHypervisorModel *copy = cpu_hypervisor_model_new(model->name, model->usable);

    merge_model(copy, model);
    return copy;
}

/* The models of BOTH, with the blockers of both. */
static CpuHypervisorModels *
common_models(const CpuHypervisorModels *models, const CpuHypervisorModels *others)
{
    CpuHypervisorModels *common = cpu_hypervisor_models_new();

    for (guint i = 0; i < models->len; i++) {
        const CpuHypervisorModel *model = g_ptr_array_index(models, i);
        const CpuHypervisorModel *other = cpu_hypervisor_models_find(others, model->name);

        if (other == NULL)
            continue;
        CpuHypervisorModel *merged = copy_model(model);
        merge_model(merged, other);
        g_ptr_array_add(common, merged);
    }
    return common;
}

/* The models that every member's hypervisor knows; NULL where no member tells. */
static CpuHypervisorModels *
models_of_members(const ClassDraft *draft)
{
    CpuHypervisorModels *models = NULL;
    const CpuHypervisorModels *last = NULL;

    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        for (guint j = 0; j < signature->cpus->len; j++) {
            const HostCpu *cpu = g_ptr_array_index(signature->cpus, j);

            if (cpu->domain == NULL || cpu->domain->models->len == 0 || cpu->domain->models == last)
                continue;
            CpuHypervisorModels *next =
                common_models(models != NULL ? models : cpu->domain->models, cpu->domain->models);
            g_clear_pointer(&models, g_ptr_array_unref);
            models = next;
            last = cpu->domain->models;
        }
    }
    return models;
}

/* MODELS (NULL: those of the map) without the ones that ALLOWED (empty: any) does not name. */
static CpuHypervisorModels *
restrict_models(const CpuMap *map, const CpuHypervisorModels *models, GPtrArray *allowed)
{
    CpuHypervisorModels *restricted = cpu_hypervisor_models_new();
    const guint n = models != NULL ? models->len : cpu_map_n_models(map, CPU_FAMILY_X86);

    for (guint i = 0; i < n; i++) {
        const CpuHypervisorModel *model = models != NULL ? g_ptr_array_index(models, i) : NULL;
        const char *name =
            model != NULL ? model->name : cpu_map_model(map, CPU_FAMILY_X86, i)->name;

        if (allowed->len > 0 && !text_list_has(allowed, name))
            continue;
        g_ptr_array_add(restricted, model != NULL
                                        ? copy_model(model)
                                        : cpu_hypervisor_model_new(name, CPU_USABLE_UNKNOWN));
    }
    return restricted;
}

/* Those of MODELS that are as USABLE. */
static CpuHypervisorModels *
models_of_usability(const CpuHypervisorModels *models, CpuUsable usable)
{
    CpuHypervisorModels *chosen = cpu_hypervisor_models_new();

    for (guint i = 0; i < models->len; i++) {
        const CpuHypervisorModel *model = g_ptr_array_index(models, i);

        if (model->usable == usable)
            g_ptr_array_add(chosen, copy_model(model));
    }
    return chosen;
}

/* ---- names ---------------------------------------------------------------------------------- */

/* QEMU's name for one version of a model, "Skylake-Server-v4", which not every libvirt knows. */
static gboolean
is_versioned(const char *name)
{
    const char *version = g_strrstr(name, "-v");

    return version != NULL && version[2] != '\0' &&
           strspn(version + 2, "0123456789") == strlen(version + 2);
}

/* The name under which a guest may ask for MODEL: "Skylake-Client-IBRS" for "Skylake-Client-v2". */
static const char *
guest_model_name(const CpuMap *map, const char *name)
{
    const CpuModel *model = cpu_map_find_model(map, CPU_FAMILY_X86, name);

    if (model == NULL || model->is_decodable_guest)
        return name;
    const CpuModel *alias = model->ancestor;
    return alias != NULL && alias->canonical == model ? alias->name : name;
}

/* The names of the members' models that guests can ask for (borrowed), each once. */
static GPtrArray *
models_of_cpus(const CpuMap *map, const ClassDraft *draft)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        for (guint j = 0; j < signature->cpus->len; j++) {
            const char *model = ((const HostCpu *)g_ptr_array_index(signature->cpus, j))->model;
            const char *name = model != NULL ? guest_model_name(map, model) : NULL;

            if (name != NULL && !is_versioned(name) && !text_list_has(names, name))
                g_ptr_array_add(names, (gpointer)(guintptr)name);
        }
    }
    return names;
}

static gboolean
share_signature(const CpuModel *a, const CpuModel *b)
{
    for (guint i = 0; i < a->n_signatures; i++) {
        for (guint j = 0; j < b->n_signatures; j++) {
            const CpuSignature *one = &a->signatures[i], *other = &b->signatures[j];

            if (one->family == other->family && one->model == other->model &&
                (one->steppings & other->steppings) != 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* The names of other models of the same CPUs as those of NAMES; with or without a version. */
static GPtrArray *
models_of_same_cpus(const CpuMap *map, GPtrArray *names, gboolean with_version)
{
    GPtrArray *others = g_ptr_array_new();

    for (guint i = 0; i < cpu_map_n_models(map, CPU_FAMILY_X86); i++) {
        const CpuModel *model = cpu_map_model(map, CPU_FAMILY_X86, i);
        gboolean is_one = FALSE;

        if (is_versioned(model->name) != with_version || text_list_has(names, model->name))
            continue;
        for (guint j = 0; j < names->len && !is_one; j++) {
            const CpuModel *known =
                cpu_map_find_model(map, CPU_FAMILY_X86, g_ptr_array_index(names, j));

            is_one = known != NULL && share_signature(known, model);
        }
        if (is_one)
            g_ptr_array_add(others, (gpointer)(guintptr)model->name);
    }
    return others;
}

/* ---- the choice ----------------------------------------------------------------------------- */

typedef struct {
    const Planning *planning;
    const CpuSet *set;
    const CpuVendor *vendor;
} Choice;

/* The set on ONLY, or, where that is NULL, on the closest of MODELS as libvirt would choose it. */
static CpuDefinition *
decode_with(const Choice *choice, const CpuHypervisorModels *models, const char *only,
            GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GPtrArray) restricted = NULL;
    CpuDecodeOptions options = {
        .type = CPU_TYPE_GUEST, .fallback = CPU_FALLBACK_FORBID, .has_host_models = only != NULL};

    if (only != NULL) {
        g_ptr_array_add(names, (gpointer)(guintptr)only);
        restricted = restrict_models(choice->planning->map, models, names);
        if (restricted->len == 0)
            return NULL;
    }
    options.models = restricted != NULL ? restricted : models;
    return cpu_engine_decode_set(choice->planning->map, choice->set, choice->vendor, &options,
                                 error);
}

static guint
count_disabled(const CpuDefinition *cpu)
{
    guint n = 0;

    for (guint i = 0; i < cpu->features->len; i++)
        n += cpu_definition_feature(cpu, i)->policy == CPU_POLICY_DISABLE;
    return n;
}

/* A template that takes little away from its model is the easier one to read and to keep. */
static gboolean
is_plainer(const CpuDefinition *cpu, const CpuDefinition *than)
{
    const guint n = count_disabled(cpu), n_than = count_disabled(than);

    return n != n_than ? n < n_than : cpu->features->len < than->features->len;
}

/* The set on the plainest of NAMES; NULL when none of them is among MODELS. */
static CpuDefinition *
decode_plainest(const Choice *choice, const CpuHypervisorModels *models, const GPtrArray *names)
{
    g_autoptr(CpuDefinition) best = NULL;

    for (guint i = 0; i < names->len; i++) {
        g_autoptr(CpuDefinition) cpu =
            decode_with(choice, models, g_ptr_array_index(names, i), NULL);

        if (cpu == NULL || (best != NULL && !is_plainer(cpu, best)))
            continue;
        cpu_definition_free(best);
        best = g_steal_pointer(&cpu);
    }
    return g_steal_pointer(&best);
}

/* The set on one of MODELS: one of the members' NAMES, one of the same CPUs, or the closest. */
static CpuDefinition *
decode_like_members(const Choice *choice, const CpuHypervisorModels *models, GPtrArray *names,
                    GError **error)
{
    CpuDefinition *cpu = decode_plainest(choice, models, names);

    for (gint with_version = FALSE; cpu == NULL && with_version <= TRUE; with_version++) {
        g_autoptr(GPtrArray) others =
            models_of_same_cpus(choice->planning->map, names, with_version);

        cpu = decode_plainest(choice, models, others);
    }
    return cpu != NULL ? cpu : decode_with(choice, models, NULL, error);
}

/* The closest definition of the set on what every member can run as it is, if there is any. */
static CpuDefinition *
decode_usable(const Choice *choice, const ClassDraft *draft, const CpuHypervisorModels *models,
              GError **error)
{
    static const CpuUsable order[] = {CPU_USABLE_YES, CPU_USABLE_UNKNOWN, CPU_USABLE_NO};
    g_autoptr(GPtrArray) names = models_of_cpus(choice->planning->map, draft);
    CpuDefinition *cpu = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(order) && cpu == NULL; i++) {
        g_autoptr(GPtrArray) usable = models_of_usability(models, order[i]);

        g_clear_error(error);
        cpu = decode_like_members(choice, usable, names, error);
    }
    return cpu;
}

/* Nova, KubeVirt and oVirt start guests where a hypervisor can run the model without the rest. */
static void
note_unusable(const CpuHypervisorModels *models, const CpuDefinition *cpu, Template *template)
{
    const CpuHypervisorModel *model = cpu_hypervisor_models_find(models, cpu->model);

    if (model == NULL || model->usable != CPU_USABLE_NO)
        return;
    g_autofree char *blockers = words_list(model->blockers, LISTED);
    template_note(template,
                  "A member's hypervisor calls the model %s alone unusable%s%s. libvirt starts the "
                  "template's guests there all the same; Nova, KubeVirt and oVirt do not.",
                  cpu->model, *blockers != '\0' ? " for want of " : "", blockers);
}

CpuDefinition *
template_model_choose(const Planning *planning, const PlanPool *pool, const ClassDraft *draft,
                      const CpuSet *set, const CpuVendor *vendor, Template *template)
{
    const Choice choice = {.planning = planning, .set = set, .vendor = vendor};
    g_autoptr(GPtrArray) known = models_of_members(draft);
    g_autoptr(GPtrArray) models = restrict_models(planning->map, known, pool->settings->models);
    g_autoptr(GError) error = NULL;
    CpuDefinition *cpu = NULL;

    if (models->len == 0) {
        template_note(template, "No CPU model that the pool allows is known to every member.");
        return NULL;
    }
    if (draft->level != NULL)
        cpu = decode_with(&choice, models, draft->level->model->name, NULL);
    if (cpu == NULL)
        cpu = decode_usable(&choice, draft, models, &error);
    if (cpu == NULL)
        template_note(template, "libvirt has no CPU model for what the members have in common: %s.",
                      error->message);
    else
        note_unusable(models, cpu, template);
    return cpu;
}
