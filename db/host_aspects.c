/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A table of aspects: what tells that one has changed, and what is said of it when it has. */

#include "host_aspects.h"

#include "store.h"

#include <cpumodel/text_list.h>
#include <cpumodel/version.h>
#include <fleet/words.h>

void
host_state_clear(gpointer data)
{
    HostState *state = data;

    g_free(state->uuid);
    host_software_free(state->software);
}

void
aspect_description_clear(AspectDescription *description)
{
    g_clear_pointer(&description->text, g_free);
    g_clear_pointer(&description->features, g_ptr_array_unref);
    g_clear_pointer(&description->basis, g_free);
}

/* ---- features -------------------------------------------------------------------------------- */

static void
add_features(const CpuDefinition *cpu, GPtrArray *names)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        if (!cpu_policy_is_off(feature->policy) && !text_list_has(names, feature->name))
            g_ptr_array_add(names, g_strdup(feature->name));
    }
    text_list_sort(names);
}

/* ---- aspects --------------------------------------------------------------------------------- */

static char *
identity_of(gint64 number)
{
    return number != 0 ? g_strdup_printf("%" G_GINT64_FORMAT, number) : NULL;
}

static char *
system_identity(const HostState *state)
{
    return g_strdup(state->uuid);
}

static gboolean
system_describe(Connection *connection, const HostState *state, AspectDescription *ret_description,
                GError **error)
{
    (void)connection;
    (void)error;
    ret_description->text = g_strdup_printf("system with UUID %s", state->uuid);
    return TRUE;
}

static char *
cpu_identity(const HostState *state)
{
    return identity_of(state->cpu);
}

static char *
cpu_text(const CpuDefinition *cpu, guint physical_address_bits, guint n_features)
{
    GString *text = g_string_new(cpu->vendor);

    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                           cpu->model != NULL ? cpu->model : "CPU without a model");
    if (n_features > 0)
        g_string_append_printf(text, ", %u feature%s", n_features, words_plural(n_features));
    else if (cpu->features->len > 0)
        g_string_append_printf(text, " with %u feature%s more", cpu->features->len,
                               words_plural(cpu->features->len));
    if (physical_address_bits > 0)
        g_string_append_printf(text, ", %u physical address bits", physical_address_bits);
    return g_string_free(text, FALSE);
}

static gboolean
cpu_describe(Connection *connection, const HostState *state, AspectDescription *ret_description,
             GError **error)
{
    g_autoptr(GPtrArray) features = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CpuProfile) profile = cpu_store_load_profile(connection, state->cpu, error);

    if (profile == NULL)
        return FALSE;
    gboolean is_well = cpu_store_load_expansion(connection, state->cpu, features, error);
    ret_description->text = cpu_text(profile->cpu, profile->physical_address_bits, features->len);
    if (features->len == 0) {
        add_features(profile->cpu, features);
        ret_description->basis = g_strdup(profile->cpu->model);
    }
    ret_description->features = g_steal_pointer(&features);
    return is_well;
}

static char *
microcode_identity(const HostState *state)
{
    return identity_of(state->microcode);
}

static gboolean
microcode_describe(Connection *connection, const HostState *state,
                   AspectDescription *ret_description, GError **error)
{
    (void)connection;
    (void)error;
    ret_description->text =
        g_strdup_printf("microcode version 0x%" G_GINT64_MODIFIER "x", state->microcode);
    return TRUE;
}

static char *
machines_identity(const HostState *state)
{
    return identity_of(state->machines);
}

static gboolean
machines_describe(Connection *connection, const HostState *state,
                  AspectDescription *ret_description, GError **error)
{
    g_autoptr(MachineProfile) profile =
        profile_store_load_machines(connection, state->machines, error);
    guint n_machines = 0, version = 0;

    if (profile == NULL)
        return FALSE;
    for (guint i = 0; i < profile->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(profile->guests, i);

        n_machines += guest->machines->len;
        version = MAX(version, machine_profile_qemu_version(profile, guest->arch));
    }
    g_autofree char *qemu = version_format(version);
    ret_description->text =
        version == 0 ? g_strdup_printf("%u machine types", n_machines)
                     : g_strdup_printf("%u machine types, as of QEMU %s", n_machines, qemu);
    return TRUE;
}

static char *
capabilities_identity(const HostState *state)
{
    return identity_of(state->capabilities);
}

static gboolean
capabilities_describe(Connection *connection, const HostState *state,
                      AspectDescription *ret_description, GError **error)
{
    g_autoptr(CapabilityProfile) profile =
        profile_store_load_capabilities(connection, state->capabilities, error);

    if (profile == NULL)
        return FALSE;
    GString *text =
        g_string_new(profile->can_live_migrate ? "live migration" : "no live migration");
    for (guint i = 0; i < profile->transports->len; i++)
        g_string_append_printf(text, "%s %s", i == 0 ? " over" : ",",
                               (const char *)g_ptr_array_index(profile->transports, i));
    for (guint i = 0; i < profile->security_models->len; i++) {
        const SecurityModel *model = g_ptr_array_index(profile->security_models, i);

        g_string_append_printf(text, "%s %s", i == 0 ? "; security models" : ",",
                               model->model != NULL ? model->model : "without a name");
    }
    ret_description->text = g_string_free(text, FALSE);
    return TRUE;
}

static char *
domains_identity(const HostState *state)
{
    return identity_of(state->domain_set);
}

static void
describe_domain(const DomainCapabilities *domain, GString *text, GString *basis,
                GPtrArray *features)
{
    const CpuDefinition *cpu = domain->host_model_cpu;

    g_string_append_printf(text, "%s%s %s %s", text->len > 0 ? ", " : "",
                           cpu_arch_name(domain->arch), domain_type_name(domain->domain_type),
                           domain->machine != NULL ? domain->machine : "any machine");
    if (cpu == NULL)
        return;
    const char *model = cpu->model != NULL ? cpu->model : "unnamed";
    g_string_append_printf(text, " (host-model %s)", model);
    g_string_append_printf(basis, "%s ", model);
    add_features(cpu, features);
}

static gint
compare_domains(gconstpointer a, gconstpointer b)
{
    const DomainCapabilities *left = *(const DomainCapabilities *const *)a;
    const DomainCapabilities *right = *(const DomainCapabilities *const *)b;
    gint order = (gint)left->arch - (gint)right->arch;

    if (order == 0)
        order = (gint)left->domain_type - (gint)right->domain_type;
    if (order == 0)
        order = g_strcmp0(left->machine, right->machine);
    return order != 0 ? order : g_strcmp0(left->emulator, right->emulator);
}

static gboolean
domains_describe(Connection *connection, const HostState *state, AspectDescription *ret_description,
                 GError **error)
{
    g_autoptr(GArray) members = domain_store_load_set(connection, state->domain_set, error);
    g_autoptr(GPtrArray) features = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) domains =
        g_ptr_array_new_with_free_func((GDestroyNotify)domain_capabilities_unref);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) basis = g_string_new(NULL);

    if (members == NULL)
        return FALSE;
    for (guint i = 0; i < members->len; i++) {
        DomainCapabilities *domain =
            domain_store_load(connection, g_array_index(members, gint64, i), error);

        if (domain == NULL)
            return FALSE;
        g_ptr_array_add(domains, domain);
    }
    g_ptr_array_sort(domains, compare_domains);
    for (guint i = 0; i < domains->len; i++)
        describe_domain(g_ptr_array_index(domains, i), text, basis, features);
    ret_description->text = g_strdup(text->str);
    ret_description->basis = g_strdup(basis->str);
    ret_description->features = g_steal_pointer(&features);
    return TRUE;
}

static char *
software_identity(const HostState *state)
{
    return identity_of(state->software_id);
}

static gboolean
software_describe(Connection *connection, const HostState *state,
                  AspectDescription *ret_description, GError **error)
{
    GString *text = g_string_new(NULL);

    (void)connection;
    (void)error;
    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        if (state->software->versions[i] != NULL)
            g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "",
                                   software_name((Software)i), state->software->versions[i]);
    }
    ret_description->text = g_string_free(text, FALSE);
    return TRUE;
}

static char *
size_identity(const HostState *state)
{
    if (state->n_cpus == 0 && state->memory_kib == 0)
        return NULL;
    return g_strdup_printf("%d %d %d %d %d %" G_GINT64_FORMAT, (int)state->n_cpus,
                           (int)state->n_numa_cells, (int)state->sockets, (int)state->cores,
                           (int)state->threads, state->memory_kib);
}

static gboolean
size_describe(Connection *connection, const HostState *state, AspectDescription *ret_description,
              GError **error)
{
    (void)connection;
    (void)error;
    ret_description->text =
        g_strdup_printf("%d CPUs in %d NUMA cell%s (%d sockets, %d cores, %d threads), %.1f GiB",
                        (int)state->n_cpus, (int)state->n_numa_cells,
                        words_plural(state->n_numa_cells), (int)state->sockets, (int)state->cores,
                        (int)state->threads, (double)state->memory_kib / (1024 * 1024));
    return TRUE;
}

const HostAspect host_aspects[] = {
    {"system", system_identity, system_describe},
    {"cpu", cpu_identity, cpu_describe},
    {"microcode", microcode_identity, microcode_describe},
    {"machines", machines_identity, machines_describe},
    {"capabilities", capabilities_identity, capabilities_describe},
    {"domain capabilities", domains_identity, domains_describe},
    {"software", software_identity, software_describe},
    {"size", size_identity, size_describe},
};
G_STATIC_ASSERT(G_N_ELEMENTS(host_aspects) == HOST_ASPECT_COUNT);
