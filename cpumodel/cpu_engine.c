/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The engine: picks the driver of the architecture and does what is the same for all of them.
 *
 * libvirt's name for a driver is by family; a family without one is refused here, in one place.
 */

#include "cpu_x86.h"

G_DEFINE_QUARK(virt_plan_cpu_error_quark, cpu_error)

static const CpuDriver *const drivers[] = {
    [CPU_FAMILY_NONE] = NULL,
    [CPU_FAMILY_X86] = &cpu_x86_driver,
    [CPU_FAMILY_PPC64] = &cpu_ppc64_driver,
    [CPU_FAMILY_ARM] = &cpu_arm_driver,
    [CPU_FAMILY_S390] = &cpu_s390_driver,
    [CPU_FAMILY_RISCV64] = &cpu_riscv64_driver,
    [CPU_FAMILY_LOONGARCH64] = &cpu_loongarch64_driver,
};
G_STATIC_ASSERT(G_N_ELEMENTS(drivers) == CPU_FAMILY_COUNT);

static const CpuDriver *
find_driver(CpuArch arch, GError **error)
{
    const CpuDriver *driver = drivers[cpu_arch_family(arch)];

    if (driver == NULL)
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                    "libvirt does not handle CPUs of architecture '%s'", cpu_arch_name(arch));
    return driver;
}

/* A definition that names no architecture is taken for x86, as most are. */
static CpuArch
arch_of(CpuArch arch, const CpuDefinition *cpu)
{
    if (arch == CPU_ARCH_NONE && cpu != NULL)
        arch = cpu->arch;
    return arch == CPU_ARCH_NONE ? CPU_ARCH_X86_64 : arch;
}

gboolean
cpu_engine_effective_set(const CpuMap *map, const CpuDefinition *cpu, CpuSet *ret_set,
                         GPtrArray *unknown, GError **error)
{
    if (cpu_arch_family(arch_of(CPU_ARCH_NONE, cpu)) == CPU_FAMILY_X86)
        return cpu_x86_effective_set(map, cpu, ret_set, unknown, error);
    *ret_set = (CpuSet){{0}};
    return TRUE;
}

CpuDefinition *
cpu_engine_decode(const CpuMap *map, const CpuData *data, const CpuDecodeOptions *options,
                  GError **error)
{
    CpuX86Decode input = {.vendor = cpu_data_vendor(data, map)};

    cpu_data_to_set(data, map, &input.set);
    cpu_data_signature(data, &input.family, &input.model, &input.stepping);
    return cpu_x86_decode(map, &input, options, error);
}

CpuDefinition *
cpu_engine_decode_set(const CpuMap *map, const CpuSet *set, const CpuVendor *vendor,
                      const CpuDecodeOptions *options, GError **error)
{
    CpuX86Decode input = {.set = *set, .vendor = vendor};

    return cpu_x86_decode(map, &input, options, error);
}

CpuDefinition *
cpu_engine_expand(const CpuMap *map, const CpuDefinition *cpu, CpuArch arch, GError **error)
{
    if (cpu_arch_family(arch_of(arch, cpu)) == CPU_FAMILY_X86)
        return cpu_x86_expand(map, cpu, error);

    CpuDefinition *result = cpu_definition_copy(cpu);
    cpu_definition_sort_features(result);
    return result;
}

gboolean
cpu_engine_compare(const CpuMap *map, CpuArch host_arch, const CpuDefinition *host,
                   const CpuDefinition *cpu, CpuCompareResult *ret_result, CpuReason *ret_reason,
                   GError **error)
{
    const CpuDriver *driver = find_driver(arch_of(host_arch, host), error);

    return driver != NULL &&
           cpu_driver_compare(driver, map, host, cpu, ret_result, ret_reason, error);
}

gboolean
cpu_engine_compare_hypervisor(const CpuMap *map, CpuArch arch, const CpuDefinition *host_model,
                              const CpuHypervisorModels *models, const CpuDefinition *cpu,
                              CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    if (cpu_arch_family(arch_of(arch, NULL)) == CPU_FAMILY_X86)
        return cpu_x86_compare_hypervisor(map, host_model, models, cpu, ret_result, ret_reason,
                                          error);
    if (cpu_arch_family(arch) == CPU_FAMILY_S390)
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                    "libvirt asks QEMU itself about CPUs of architecture '%s': run virsh "
                    "hypervisor-cpu-compare on the host",
                    cpu_arch_name(arch));
    else
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                    "libvirt compares no CPU of architecture '%s' with a hypervisor's",
                    cpu_arch_name(arch));
    return FALSE;
}

/* ---- baseline ------------------------------------------------------------------------------- */

CpuBaseline *
cpu_baseline_new(const CpuMap *map, CpuArch arch, const CpuBaselineOptions *options)
{
    CpuBaseline *baseline = g_new0(CpuBaseline, 1);

    baseline->map = map;
    baseline->arch = arch;
    if (options != NULL)
        baseline->options = *options;
    return baseline;
}

void
cpu_baseline_free(CpuBaseline *baseline)
{
    if (baseline == NULL)
        return;
    cpu_x86_baseline_free(baseline->x86);
    cpu_definition_free(baseline->result);
    g_free(baseline);
}

static gboolean
choose_driver(CpuBaseline *baseline, const CpuDefinition *first, GError **error)
{
    baseline->arch = arch_of(baseline->arch, first);
    baseline->driver = find_driver(baseline->arch, error);
    if (baseline->driver == NULL)
        return FALSE;
    if (baseline->driver->baseline_add != NULL)
        return TRUE;
    g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                "libvirt has no baseline for CPUs of architecture '%s'",
                cpu_arch_name(baseline->arch));
    return FALSE;
}

gboolean
cpu_baseline_add(CpuBaseline *baseline, const CpuDefinition *cpu, GError **error)
{
    if (cpu->model == NULL) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INVALID,
                    "the CPU has no model: a baseline needs named models");
        return FALSE;
    }
    if (baseline->driver == NULL && !choose_driver(baseline, cpu, error))
        return FALSE;
    return baseline->driver->baseline_add(baseline, cpu, baseline->n_cpus++, error);
}

CpuDefinition *
cpu_baseline_finish(CpuBaseline *baseline, GError **error)
{
    g_autoptr(CpuDefinition) result = NULL;

    if (baseline->n_cpus == 0) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INVALID, "there is no CPU to make a baseline of");
        return NULL;
    }
    if (baseline->driver->baseline_finish != NULL)
        result = baseline->driver->baseline_finish(baseline, error);
    else
        result = g_steal_pointer(&baseline->result);
    if (result == NULL || !baseline->options.is_expanded)
        return g_steal_pointer(&result);
    return cpu_engine_expand(baseline->map, result, baseline->arch, error);
}

CpuDefinition *
cpu_engine_baseline(const CpuMap *map, CpuArch arch, const CpuDefinition *const *cpus, guint n_cpus,
                    const CpuBaselineOptions *options, GError **error)
{
    g_autoptr(CpuBaseline) baseline = cpu_baseline_new(map, arch, options);

    for (guint i = 0; i < n_cpus; i++) {
        if (!cpu_baseline_add(baseline, cpus[i], error)) {
            g_prefix_error(error, "CPU %u: ", i + 1);
            return NULL;
        }
    }
    return cpu_baseline_finish(baseline, error);
}

/* ---- resolving ------------------------------------------------------------------------------ */

static gboolean
translate(const CpuMap *map, const CpuDriver *driver, CpuDefinition *guest,
          const CpuHypervisorModels *models, GError **error)
{
    if (guest->mode != CPU_MODE_CUSTOM || guest->model == NULL || models == NULL ||
        cpu_hypervisor_models_find(models, guest->model) != NULL)
        return TRUE;
    if (guest->fallback != CPU_FALLBACK_ALLOW) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "the hypervisor does not have CPU model '%s', and the definition allows no "
                    "other",
                    guest->model);
        return FALSE;
    }
    if (driver->translate == NULL) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                    "the hypervisor does not have CPU model '%s', and on this architecture no "
                    "other can take its place",
                    guest->model);
        return FALSE;
    }
    return driver->translate(map, guest, models, error);
}

static gboolean
check_runs(const CpuMap *map, CpuArch arch, const CpuDefinition *host, const CpuDefinition *guest,
           GError **error)
{
    g_auto(CpuReason) reason = {0};
    CpuCompareResult result;

    if (guest->check == CPU_CHECK_NONE)
        return TRUE;
    if (!cpu_engine_compare(map, arch, host, guest, &result, &reason, error))
        return FALSE;
    if (result != CPU_COMPARE_INCOMPATIBLE)
        return TRUE;
    g_autofree char *message = cpu_reason_message(&reason);
    g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE, "the guest cannot run on this host: %s",
                message);
    return FALSE;
}

static gboolean
depends_on_nothing(const CpuDefinition *guest)
{
    return guest->mode == CPU_MODE_HOST_PASSTHROUGH || guest->mode == CPU_MODE_MAXIMUM ||
           (guest->mode == CPU_MODE_CUSTOM && guest->model == NULL);
}

CpuDefinition *
cpu_engine_resolve(const CpuMap *map, CpuArch host_arch, const CpuDefinition *host,
                   const CpuDefinition *guest, const CpuResolveOptions *options, GError **error)
{
    CpuArch arch = arch_of(host_arch, host);
    const CpuDriver *driver = find_driver(arch, error);
    g_autoptr(CpuDefinition) result = cpu_definition_copy(guest);
    g_autoptr(CpuDefinition) migratable = NULL;

    if (driver == NULL)
        return NULL;
    if (!options->is_update_only && driver->convert_legacy != NULL && result->model != NULL)
        cpu_driver_set_string(&result->model, driver->convert_legacy(guest->model));
    if (!options->is_update_only && !check_runs(map, arch, host, result, error))
        return NULL;
    if (depends_on_nothing(result))
        return g_steal_pointer(&result);

    if (host != NULL) {
        migratable = cpu_definition_copy(host);
        cpu_driver_drop_unmigratable(map, cpu_arch_family(arch), migratable);
    }
    CpuPolicy removed = options->is_incoming ? CPU_POLICY_REQUIRE : CPU_POLICY_DISABLE;
    if (!driver->update(map, migratable, result, removed, error))
        return NULL;
    if (!options->is_update_only && !translate(map, driver, result, options->models, error))
        return NULL;
    return g_steal_pointer(&result);
}

CpuDefinition *
cpu_engine_update_live(const CpuMap *map, CpuArch arch, const CpuDefinition *guest,
                       const CpuData *enabled, const CpuData *disabled, GError **error)
{
    if (cpu_arch_family(arch_of(arch, guest)) == CPU_FAMILY_X86)
        return cpu_x86_update_live(map, guest, enabled, disabled, error);
    g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                "running CPUs of architecture '%s' cannot be read",
                cpu_arch_name(arch_of(arch, guest)));
    return NULL;
}

gboolean
cpu_engine_has_feature(const CpuMap *map, CpuArch arch, const CpuDefinition *cpu, const char *name,
                       gboolean *ret_has, GError **error)
{
    if (cpu_arch_family(arch_of(arch, cpu)) == CPU_FAMILY_X86)
        return cpu_x86_has_feature(map, cpu, name, ret_has, error);
    g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                "features of architecture '%s' cannot be asked for",
                cpu_arch_name(arch_of(arch, cpu)));
    return FALSE;
}
