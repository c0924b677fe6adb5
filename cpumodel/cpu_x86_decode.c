/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The decoder: which named model describes a set of features best.
 *
 * Models are tried from the last of the map to the first, and a tie keeps the one met first, so
 * versioned names win over the plain ones that stand before them. A model whose signature fits
 * beats every model whose signature does not; among equals the shorter list of differing features
 * wins, where a disabled feature costs more than a required one (score()).
 *
 * A candidate is kept as two sets until the end; a list of names is made for the winner only. With
 * a plain map (every feature one bit) lengths of lists are numbers of bits, which makes a decode a
 * few microseconds; other maps are walked feature by feature.
 */

#include "cpu_x86.h"

#include <string.h>

typedef struct {
    const CpuMap *map;
    const CpuX86Decode *input;
    const CpuDecodeOptions *options;
    CpuSet set; /* the input's, after the TSX filter */
    gboolean has_signature;
    gboolean is_plain;
    GHashTable *allowed; /* name -> const CpuHypervisorModel*; NULL: every model */
} Decoder;

typedef struct {
    const CpuModel *model; /* NULL: none yet */
    CpuSet extra;          /* to require beside the model */
    CpuSet missing;        /* to disable in it */
    guint total;           /* length of its list, as the decoder counts */
    guint penalty;         /* what disabled features add to it */
    guint n_disabled;      /* entries of the list, those that QEMU removed included */
    gboolean is_preferred;
    gboolean is_signature_match;
} Candidate;

static guint
count_features(const Decoder *decoder, const CpuSet *set)
{
    CpuX86Walk walk;
    guint n = 0;

    if (decoder->is_plain)
        return cpu_set_count(set);
    cpu_x86_walk_init(&walk, decoder->map, set, FALSE);
    while (cpu_x86_walk_next(&walk) != NULL)
        n++;
    return n;
}

/* Features that QEMU removed from the model and that no other entry of the list names. */
static guint
count_removed(const Candidate *candidate)
{
    guint n = 0;

    for (guint i = 0; i < candidate->model->n_removed; i++) {
        const CpuSet *bits = &candidate->model->removed[i]->bits;

        if (!cpu_set_contains(&candidate->extra, bits) &&
            !cpu_set_contains(&candidate->missing, bits))
            n++;
    }
    return n;
}

/*
 * The price of a guest's list. Each disabled entry costs more than the one before, but every one
 * met also ends the count one entry earlier, and disabled entries stand last: so only the first
 * half of them is charged. That is how libvirt counts, and its choices depend on it.
 */
static void
score(Candidate *candidate, guint n_required, gboolean is_guest)
{
    guint limit = n_required + candidate->n_disabled, step = 2;

    candidate->penalty = 0;
    if (is_guest) {
        for (guint i = n_required; i < limit; i++) {
            limit--;
            candidate->penalty += step++;
        }
    }
    candidate->total = limit + candidate->penalty;
}

static void
add_blockers(const Decoder *decoder, const CpuHypervisorModel *offered, Candidate *candidate)
{
    for (guint i = 0; i < offered->blockers->len; i++) {
        const CpuFeature *feature = cpu_map_find_feature(decoder->map, CPU_FAMILY_X86,
                                                         g_ptr_array_index(offered->blockers, i));

        if (feature != NULL && !cpu_set_contains(&candidate->extra, &feature->bits))
            cpu_set_unite(&candidate->missing, &feature->bits);
    }
}

static gboolean
matches_signature(const Decoder *decoder, const CpuModel *model)
{
    const CpuX86Decode *input = decoder->input;

    for (guint i = 0; i < model->n_signatures; i++) {
        const CpuSignature *signature = &model->signatures[i];

        if (signature->family == input->family && signature->model == input->model &&
            (signature->steppings >> input->stepping) & 1)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_vendor_allowed(const Decoder *decoder, const CpuModel *model)
{
    const CpuVendor *vendor = decoder->input->vendor;

    return vendor == NULL || model->vendor == NULL ||
           strcmp(vendor->name, model->vendor->name) == 0;
}

static gboolean
is_preferred(const Decoder *decoder, const CpuModel *model)
{
    for (guint i = 0; i < decoder->input->n_preferred; i++) {
        if (decoder->input->preferred[i] == model)
            return TRUE;
    }
    return FALSE;
}

/* FALSE when MODEL may not describe the CPU at all. */
static gboolean
make_candidate(const Decoder *decoder, const CpuModel *model, Candidate *ret_candidate)
{
    gboolean is_guest = decoder->options->type == CPU_TYPE_GUEST;
    gboolean takes_host = !is_guest || decoder->options->has_host_models;
    const CpuHypervisorModel *offered = NULL;
    Candidate candidate = {.model = model};

    if (!(is_guest && model->is_decodable_guest) && !(takes_host && model->is_decodable_host))
        return FALSE;
    if (decoder->allowed != NULL) {
        offered = g_hash_table_lookup(decoder->allowed, model->name);
        if (offered == NULL)
            return FALSE;
    }
    if (!is_vendor_allowed(decoder, model))
        return FALSE;
    candidate.extra = decoder->set;
    cpu_set_subtract(&candidate.extra, &model->set);
    candidate.missing = model->set;
    cpu_set_subtract(&candidate.missing, &decoder->set);
    if (offered != NULL)
        add_blockers(decoder, offered, &candidate);
    candidate.n_disabled = count_features(decoder, &candidate.missing);
    if (is_guest)
        candidate.n_disabled += count_removed(&candidate);
    else if (candidate.n_disabled > 0)
        return FALSE;
    score(&candidate, count_features(decoder, &candidate.extra), is_guest);
    candidate.is_preferred = is_preferred(decoder, model);
    candidate.is_signature_match = decoder->has_signature && matches_signature(decoder, model);
    *ret_candidate = candidate;
    return TRUE;
}

static gboolean
is_better(const Candidate *candidate, const Candidate *best)
{
    if (best->model == NULL)
        return TRUE;
    if (candidate->is_signature_match != best->is_signature_match)
        return candidate->is_signature_match;
    if (candidate->total != best->total)
        return candidate->total < best->total ||
               (candidate->is_preferred && candidate->penalty < best->penalty);
    return candidate->penalty < best->penalty;
}

static void
choose(const Decoder *decoder, Candidate *ret_best)
{
    gboolean has_one_preferred = decoder->input->n_preferred == 1;

    ret_best->model = NULL;
    for (guint i = cpu_map_n_models(decoder->map, CPU_FAMILY_X86); i > 0; i--) {
        Candidate candidate;

        if (!make_candidate(decoder, cpu_map_model(decoder->map, CPU_FAMILY_X86, i - 1),
                            &candidate))
            continue;
        gboolean is_final = has_one_preferred && candidate.is_preferred;
        if (is_final || is_better(&candidate, ret_best))
            *ret_best = candidate;
        if (is_final)
            return;
    }
}

/*
 * Haswell and early Haswell-EP processors announce transactional memory that microcode turned off;
 * libvirt never believes them.
 */
static gboolean
has_broken_tsx(const CpuX86Decode *input)
{
    if (input->vendor == NULL || strcmp(input->vendor->name, "Intel") != 0 || input->family != 6)
        return FALSE;
    return input->model == 60 || input->model == 69 || input->model == 70 ||
           (input->model == 63 && input->stepping < 4);
}

static void
remove_feature(const CpuMap *map, CpuSet *set, const char *name)
{
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, name);

    if (feature != NULL)
        cpu_set_subtract(set, &feature->bits);
}

static GHashTable *
index_models(const CpuHypervisorModels *models)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < models->len; i++) {
        CpuHypervisorModel *model = g_ptr_array_index(models, i);

        if (!g_hash_table_contains(index, model->name))
            g_hash_table_insert(index, model->name, model);
    }
    return index;
}

static void
append_features(const Decoder *decoder, const CpuSet *set, CpuPolicy policy, CpuDefinition *result)
{
    CpuX86Walk walk;
    const CpuFeature *feature;

    cpu_x86_walk_init(&walk, decoder->map, set, decoder->is_plain);
    while ((feature = cpu_x86_walk_next(&walk)) != NULL)
        cpu_definition_append_feature(result, feature->name, policy);
}

static CpuDefinition *
describe(const Decoder *decoder, const Candidate *best)
{
    gboolean is_guest = decoder->options->type == CPU_TYPE_GUEST;
    CpuDefinition *result = cpu_definition_new(decoder->options->type);

    result->model = g_strdup(best->model->name);
    if (decoder->input->vendor != NULL)
        result->vendor = g_strdup(decoder->input->vendor->name);
    result->family = decoder->input->family;
    result->model_number = decoder->input->model;
    result->stepping = decoder->input->stepping;
    if (is_guest)
        result->fallback = decoder->options->fallback;
    else
        result->arch = CPU_ARCH_X86_64;
    append_features(decoder, &best->extra, is_guest ? CPU_POLICY_REQUIRE : CPU_POLICY_NONE, result);
    append_features(decoder, &best->missing, CPU_POLICY_DISABLE, result);
    if (is_guest)
        cpu_x86_append_removed(result, best->model, CPU_POLICY_DISABLE);
    if (decoder->options->is_migratable)
        cpu_driver_drop_unmigratable(decoder->map, CPU_FAMILY_X86, result);
    return result;
}

CpuDefinition *
cpu_x86_decode(const CpuMap *map, const CpuX86Decode *input, const CpuDecodeOptions *options,
               GError **error)
{
    g_autoptr(GHashTable) allowed = options->models == NULL ? NULL : index_models(options->models);
    Decoder decoder = {
        .map = map,
        .input = input,
        .options = options,
        .set = input->set,
        .has_signature = input->family != 0 || input->model != 0 || input->stepping != 0,
        .is_plain = cpu_x86_is_plain(map),
        .allowed = allowed,
    };
    Candidate best;

    if (has_broken_tsx(input)) {
        remove_feature(map, &decoder.set, "hle");
        remove_feature(map, &decoder.set, "rtm");
    }
    choose(&decoder, &best);
    if (best.model == NULL) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "no CPU model %sdescribes these features",
                    options->models != NULL ? "that may be used " : "");
        return NULL;
    }
    return describe(&decoder, &best);
}
