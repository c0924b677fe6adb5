/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The description's names become sets of the CPU map, and the CPU engine names them again as the
 * libvirt of the host would: with the models and features that its version knows.
 */

#include "silicon.h"

#include <glib.h>
#include <string.h>

/* The names that cpu_variant may leave out: one for each of its bits. */
#define MAX_VARIANT_BITS 20

static gboolean
set_feature(const CpuMap *map, const char *name, gboolean is_on, CpuSet *set, GError **error)
{
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, name);

    if (feature == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "the CPU map has no feature '%s'",
                    name);
        return FALSE;
    }
    if (is_on)
        cpu_set_unite(set, &feature->bits);
    else
        cpu_set_subtract(set, &feature->bits);
    return TRUE;
}

static gboolean
set_features(const CpuMap *map, const GPtrArray *names, gboolean is_on, CpuSet *set, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        if (!set_feature(map, g_ptr_array_index(names, i), is_on, set, error))
            return FALSE;
    }
    return TRUE;
}

/* Takes away what libvirt's VERSION (as libvirt numbers it) has no name for. */
static void
drop_unknown_features(const CpuMap *map, guint version, CpuSet *set)
{
    CpuSet known = {0};

    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        if (feature->since.having != 0 && feature->since.having <= version)
            cpu_set_unite(&known, &feature->bits);
    }
    cpu_set_intersect(set, &known);
}

/* Bit n of the variant leaves out the n-th name from the end of what the processor lists. */
static gboolean
apply_variant(const CpuMap *map, const HostIdentity *host, CpuSet *host_set, CpuSet *guest_set,
              GError **error)
{
    const GPtrArray *lists[] = {host->processor->host_only, host->processor->plus};
    guint bit = 0;

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint k = lists[i]->len; k > 0 && bit < MAX_VARIANT_BITS; k--, bit++) {
            const char *name = g_ptr_array_index(lists[i], k - 1);

            if (((host->cpu_variant >> bit) & 1) == 0)
                continue;
            if (!set_feature(map, name, FALSE, host_set, error) ||
                !set_feature(map, name, FALSE, guest_set, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* HOST_SET: what the silicon reports; GUEST_SET: what KVM offers. */
static gboolean
build_sets(const Description *description, const CpuMap *map, const HostIdentity *host,
           CpuSet *host_set, CpuSet *guest_set, GError **error)
{
    const Processor *processor = host->processor;
    const CpuModel *model = cpu_map_find_model(map, CPU_FAMILY_X86, processor->model);

    if (model == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "the CPU map has no model '%s'",
                    processor->model);
        return FALSE;
    }
    *host_set = model->set;
    if (!set_features(map, processor->plus, TRUE, host_set, error) ||
        !set_features(map, host->microcode->plus, TRUE, host_set, error) ||
        !set_features(map, processor->minus, FALSE, host_set, error) ||
        !set_features(map, host->microcode->minus, FALSE, host_set, error) ||
        !set_feature(map, processor->nested, TRUE, host_set, error))
        return FALSE;
    *guest_set = *host_set;
    if (!set_features(map, processor->host_only, TRUE, host_set, error) ||
        !set_features(map, host->microcode->host_only, TRUE, host_set, error) ||
        !set_features(map, description->kvm, TRUE, guest_set, error))
        return FALSE;
    return apply_variant(map, host, host_set, guest_set, error);
}

static CpuData *
raw_data(const CpuMap *map, const Processor *processor, const CpuSet *set, const CpuVendor *vendor)
{
    CpuData *data = cpu_data_new();
    const guint *signature = (const guint *)(const void *)processor->signature->data;

    cpu_data_set_vendor(data, vendor->string);
    cpu_data_set_signature(data, signature[0], signature[1], signature[2]);
    cpu_set_foreach (bit, set) {
        const CpuBit *where = cpu_map_bit(map, CPU_FAMILY_X86, bit);
        CpuDataItem item = {where->is_msr, where->leaf, where->subleaf, {0}};

        item.regs[where->reg] = UINT32_C(1) << where->bit;
        cpu_data_add(data, &item);
    }
    return data;
}

gboolean
silicon_libvirt_knows_model(const Software *software, const CpuModel *model)
{
    return model->since.having != 0 &&
           model->since.having <= description_version(software->libvirt);
}

static gboolean
lists_name(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++) {
        if (strcmp(g_ptr_array_index(names, i), name) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
silicon_qemu_knows_model(const Description *description, const Software *software,
                         const CpuModel *model)
{
    guint version = description_version(software->qemu);

    if (lists_name(description->map_only_models, model->name))
        return FALSE;
    for (guint i = 0; i < description->qemu->len; i++) {
        const QemuRelease *release = &g_array_index(description->qemu, QemuRelease, i);

        if (description_version(release->version) > version &&
            lists_name(release->new_models, model->name))
            return FALSE;
    }
    return TRUE;
}

/* The models that the host's libvirt may choose from; for guests, that its QEMU knows as well. */
static CpuHypervisorModels *
known_models(const Description *description, const CpuMap *map, const Software *software,
             gboolean is_guest)
{
    CpuHypervisorModels *models = cpu_hypervisor_models_new();

    for (guint i = 0; i < cpu_map_n_models(map, CPU_FAMILY_X86); i++) {
        const CpuModel *model = cpu_map_model(map, CPU_FAMILY_X86, i);

        if (silicon_libvirt_knows_model(software, model) &&
            (!is_guest || silicon_qemu_knows_model(description, software, model)))
            g_ptr_array_add(models, cpu_hypervisor_model_new(model->name, CPU_USABLE_YES));
    }
    return models;
}

/* Names SET with the models that the host's software knows. */
static CpuDefinition *
name_set(const Description *description, const CpuMap *map, const HostIdentity *host,
         const CpuSet *set, CpuType type, GError **error)
{
    const CpuVendor *vendor = cpu_map_find_vendor(map, CPU_FAMILY_X86, host->processor->vendor);
    CpuHypervisorModels *models =
        known_models(description, map, host->software, type == CPU_TYPE_GUEST);
    CpuDecodeOptions options = {
        .type = type, .is_migratable = FALSE, .fallback = CPU_FALLBACK_FORBID, .models = models};
    CpuDefinition *cpu = NULL;

    if (vendor == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "the CPU map has no vendor '%s'",
                    host->processor->vendor);
    } else {
        g_autoptr(CpuData) data = raw_data(map, host->processor, set, vendor);

        cpu = cpu_engine_decode(map, data, &options, error);
    }
    g_ptr_array_unref(models);
    return cpu;
}

Silicon *
silicon_new(const Description *description, const CpuMap *map, const HostIdentity *host,
            GError **error)
{
    g_autoptr(Silicon) silicon = g_new0(Silicon, 1);
    guint version = description_version(host->software->libvirt);
    CpuSet host_set;

    if (!build_sets(description, map, host, &host_set, &silicon->guest_set, error)) {
        g_prefix_error(error, "%s: ", host->processor->name);
        return NULL;
    }
    drop_unknown_features(map, version, &host_set);
    drop_unknown_features(map, version, &silicon->guest_set);
    silicon->host = name_set(description, map, host, &host_set, CPU_TYPE_HOST, error);
    if (silicon->host != NULL)
        silicon->host_model =
            name_set(description, map, host, &silicon->guest_set, CPU_TYPE_GUEST, error);
    if (silicon->host_model == NULL) {
        g_prefix_error(error, "%s: ", host->processor->name);
        return NULL;
    }
    return g_steal_pointer(&silicon);
}

void
silicon_free(Silicon *silicon)
{
    if (silicon == NULL)
        return;
    cpu_definition_free(silicon->host);
    cpu_definition_free(silicon->host_model);
    g_free(silicon);
}
