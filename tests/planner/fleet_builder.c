/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet_builder.h"

#include <string.h>

#define DEFAULT_MACHINES "pc-i440fx-8.2 pc-q35-8.2 pc-q35-9.0 pc=pc-i440fx-8.2 q35=pc-q35-9.0"

FleetBuilder *
fleet_builder_new(CpuMap *map)
{
    FleetBuilder *builder = g_new0(FleetBuilder, 1);

    builder->fleet = fleet_new();
    builder->fleet->run = 1;
    builder->map = map;
    builder->shared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return builder;
}

/* Index of KIND and TEXT in a table, or FLEET_NO_INDEX when the caller has to add it at LENGTH. */
static guint32
find_shared(FleetBuilder *builder, const char *kind, const char *text, guint length)
{
    char *key = g_strconcat(kind, " ", text, NULL);
    gpointer found = g_hash_table_lookup(builder->shared, key);

    if (found != NULL) {
        g_free(key);
        return GPOINTER_TO_UINT(found) - 1;
    }
    g_hash_table_insert(builder->shared, key, GUINT_TO_POINTER(length + 1));
    return FLEET_NO_INDEX;
}

static CpuPolicy
policy_of_mark(char mark)
{
    switch (mark) {
    case '-':
        return CPU_POLICY_DISABLE;
    case '?':
        return CPU_POLICY_OPTIONAL;
    case '!':
        return CPU_POLICY_FORBID;
    case '*':
        return CPU_POLICY_FORCE;
    default:
        return CPU_POLICY_REQUIRE;
    }
}

static void
add_features(CpuDefinition *cpu, const char *features)
{
    g_auto(GStrv) words = g_strsplit(features != NULL ? features : "", " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        const CpuPolicy policy = policy_of_mark(words[i][0]);
        const char *name = words[i] + (policy == CPU_POLICY_REQUIRE ? 0 : 1);

        if (*name == '\0')
            continue;
        if (cpu->type == CPU_TYPE_GUEST)
            cpu_definition_set_feature(cpu, name, policy);
        else if (policy == CPU_POLICY_REQUIRE)
            cpu_definition_set_feature(cpu, name, CPU_POLICY_NONE);
    }
}

static const char *
vendor_of(const HostSpec *spec)
{
    const char *vendor = spec->vendor != NULL ? spec->vendor : "Intel";

    return *vendor != '\0' ? vendor : NULL;
}

static CpuArch
arch_of(const HostSpec *spec)
{
    return spec->arch != CPU_ARCH_NONE ? spec->arch : CPU_ARCH_X86_64;
}

static CpuDefinition *
make_cpu(const HostSpec *spec, CpuType type)
{
    CpuDefinition *cpu = cpu_definition_new(type);

    cpu->arch = type == CPU_TYPE_HOST ? arch_of(spec) : CPU_ARCH_NONE;
    cpu->model = *spec->model != '\0' ? g_strdup(spec->model) : NULL;
    cpu->vendor = g_strdup(vendor_of(spec));
    add_features(cpu, spec->features);
    return cpu;
}

static guint32
add_cpu(FleetBuilder *builder, const HostSpec *spec)
{
    g_autofree char *text = g_strdup_printf(
        "%s|%s|%s|%u|%d", spec->model, spec->vendor != NULL ? spec->vendor : "-",
        spec->features != NULL ? spec->features : "", spec->address_bits, (int)spec->arch);
    GPtrArray *cpus = builder->fleet->cpus;
    guint32 index = find_shared(builder, "cpu", text, cpus->len);

    if (index != FLEET_NO_INDEX)
        return index;
    CpuProfile *profile = g_new0(CpuProfile, 1);
    profile->cpu = make_cpu(spec, CPU_TYPE_HOST);
    profile->physical_address_bits = spec->address_bits == 0           ? 46
                                     : spec->address_bits == G_MAXUINT ? 0
                                                                       : spec->address_bits;
    g_ptr_array_add(cpus, profile);
    return cpus->len - 1;
}

static void
add_machines(GuestSupport *support, const char *machines)
{
    g_auto(GStrv) words = g_strsplit(machines, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(words[i], "=", 2);
        MachineType *machine = machine_type_new(parts[0], parts[1]);

        machine->max_vcpus = 255;
        g_ptr_array_add(support->machines, machine);
    }
}

static guint32
add_machine_profile(FleetBuilder *builder, const HostSpec *spec)
{
    const char *machines = spec->machines != NULL ? spec->machines : DEFAULT_MACHINES;
    const char *types = spec->domain_types != NULL ? spec->domain_types : "kvm qemu";
    g_autofree char *text = g_strdup_printf("%s|%s|%d", machines, types, (int)arch_of(spec));
    GPtrArray *profiles = builder->fleet->machines;

    if (*machines == '\0')
        return FLEET_NO_INDEX;
    guint32 index = find_shared(builder, "machines", text, profiles->len);
    if (index != FLEET_NO_INDEX)
        return index;
    MachineProfile *profile = machine_profile_new();
    GuestSupport *support = guest_support_new(arch_of(spec));
    support->os_type = g_strdup("hvm");
    support->emulator = g_strdup("/usr/bin/qemu-system-x86_64");
    support->domain_types = (strstr(types, "kvm") != NULL ? DOMAIN_TYPE_KVM : 0) |
                            (strstr(types, "qemu") != NULL ? DOMAIN_TYPE_QEMU : 0) |
                            (strstr(types, "other") != NULL ? DOMAIN_TYPE_OTHER : 0);
    add_machines(support, machines);
    g_ptr_array_add(profile->guests, support);
    machine_profile_seal(profile);
    g_ptr_array_add(profiles, profile);
    return profiles->len - 1;
}

static guint32
add_capability_profile(FleetBuilder *builder, const HostSpec *spec)
{
    const char *transports = spec->transports != NULL ? spec->transports : "tcp";
    const char *security = spec->security != NULL ? spec->security : "apparmor";
    g_autofree char *text = g_strdup_printf("%s|%s", transports, security);
    GPtrArray *profiles = builder->fleet->capabilities;

    if (strcmp(transports, "?") == 0)
        return FLEET_NO_INDEX;
    guint32 index = find_shared(builder, "capabilities", text, profiles->len);
    if (index != FLEET_NO_INDEX)
        return index;
    CapabilityProfile *profile = capability_profile_new();
    profile->can_live_migrate = strcmp(transports, "-") != 0;
    if (profile->can_live_migrate && *transports != '\0')
        g_ptr_array_add(profile->transports, g_strdup(transports));
    /* dac is on every host; that it may be told first must not hide what confines guests */
    g_ptr_array_add(profile->security_models, security_model_new("dac", "0"));
    g_ptr_array_add(profile->security_models, security_model_new(security, "0"));
    capability_profile_seal(profile);
    g_ptr_array_add(profiles, profile);
    return profiles->len - 1;
}

static void
add_models(const FleetBuilder *builder, DomainCapabilities *domain, const char *models)
{
    if (models == NULL) {
        const guint n = cpu_map_n_models(builder->map, CPU_FAMILY_X86);
        for (guint i = 0; i < n; i++)
            g_ptr_array_add(
                domain->models,
                cpu_hypervisor_model_new(cpu_map_model(builder->map, CPU_FAMILY_X86, i)->name,
                                         CPU_USABLE_UNKNOWN));
        return;
    }
    g_auto(GStrv) words = g_strsplit(models, " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        const CpuUsable usable = words[i][0] == '!'   ? CPU_USABLE_NO
                                 : words[i][0] == '?' ? CPU_USABLE_UNKNOWN
                                                      : CPU_USABLE_YES;
        g_auto(GStrv) parts = g_strsplit(words[i] + (usable != CPU_USABLE_YES ? 1 : 0), ":", 2);
        g_auto(GStrv) blockers = g_strsplit(parts[1] != NULL ? parts[1] : "", ",", -1);
        CpuHypervisorModel *model = cpu_hypervisor_model_new(parts[0], usable);

        for (guint j = 0; blockers[j] != NULL; j++)
            g_ptr_array_add(model->blockers, g_strdup(blockers[j]));
        g_ptr_array_add(domain->models, model);
    }
}

static void
add_words(GPtrArray *array, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (guint i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0')
            g_ptr_array_add(array, g_strdup(words[i]));
}

static void
add_offers(GHashTable *device_values, const char *offers)
{
    g_auto(GStrv) words = g_strsplit(offers, " ", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(words[i], "=", 2);
        g_auto(GStrv) values = g_strsplit(parts[1], ",", -1);
        GPtrArray *array = g_ptr_array_new_with_free_func(g_free);

        for (guint j = 0; values[j] != NULL; j++)
            g_ptr_array_add(array, g_strdup(values[j]));
        g_hash_table_insert(device_values, g_strdup(parts[0]), array);
    }
}

static guint32
add_domain_set(FleetBuilder *builder, const HostSpec *spec)
{
    g_autofree char *text = g_strdup_printf(
        "%s|%s|%s|%s|%s|%s|%s|%s|%u|%d|%d", spec->model, spec->vendor != NULL ? spec->vendor : "-",
        spec->features != NULL ? spec->features : "", spec->models != NULL ? spec->models : "*",
        spec->hyperv != NULL ? spec->hyperv : "-", spec->launch != NULL ? spec->launch : "-",
        spec->offers != NULL ? spec->offers : "-",
        spec->domain_machine != NULL ? spec->domain_machine : "-", spec->max_vcpus, (int)spec->arch,
        spec->is_host_model_refused);
    guint32 index = find_shared(builder, "domain", text, builder->fleet->domain_sets->len);

    if (index != FLEET_NO_INDEX)
        return index;
    DomainCapabilities *domain = domain_capabilities_new();
    domain->arch = arch_of(spec);
    domain->domain_type = DOMAIN_TYPE_KVM;
    domain->machine = g_strdup(spec->domain_machine != NULL ? spec->domain_machine : "pc-q35-9.0");
    domain->emulator = g_strdup("/usr/bin/qemu-system-x86_64");
    domain->max_vcpus = spec->max_vcpus;
    domain->host_model = spec->is_host_model_refused ? SUPPORT_NO : SUPPORT_YES;
    domain->host_passthrough = SUPPORT_YES;
    domain->maximum = SUPPORT_YES;
    if (!spec->is_host_model_refused)
        domain->host_model_cpu = make_cpu(spec, CPU_TYPE_GUEST);
    add_models(builder, domain, spec->models);
    if (spec->hyperv != NULL) {
        domain->hyperv = SUPPORT_YES;
        add_words(domain->hyperv_features, spec->hyperv);
    }
    if (spec->launch != NULL)
        add_words(domain->launch_security_types, spec->launch);
    if (spec->offers != NULL)
        add_offers(domain->device_values, spec->offers);
    domain_capabilities_seal(domain);
    g_ptr_array_add(builder->fleet->domain_capabilities, domain);
    DomainSet set = {.n_indexes = 1, .indexes = g_new0(guint32, 1)};
    set.indexes[0] = builder->fleet->domain_capabilities->len - 1;
    g_array_append_val(builder->fleet->domain_sets, set);
    return builder->fleet->domain_sets->len - 1;
}

static const HostSoftware *
add_software(FleetBuilder *builder, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);

    if (text == NULL)
        return NULL;
    HostSoftware *software = host_software_new();
    for (guint i = 0; words[i] != NULL; i++) {
        for (guint j = 0; j < SOFTWARE_COUNT; j++) {
            const gsize length = strlen(software_name((Software)j));

            if (g_str_has_prefix(words[i], software_name((Software)j)) && words[i][length] == '=')
                software->versions[j] = g_strdup(words[i] + length + 1);
        }
    }
    g_ptr_array_add(builder->fleet->software, software);
    return software;
}

void
fleet_builder_add_host(FleetBuilder *builder, const HostSpec *spec)
{
    Host host = {
        .name = g_strdup(spec->name),
        .cpu = spec->model != NULL ? add_cpu(builder, spec) : FLEET_NO_INDEX,
        .machines = add_machine_profile(builder, spec),
        .capabilities = add_capability_profile(builder, spec),
        .domain_set = spec->is_host_model || spec->is_host_model_refused
                          ? add_domain_set(builder, spec)
                          : FLEET_NO_INDEX,
        .tsc_hz = spec->tsc_hz,
        .tsc_scaling = spec->tsc_scaling,
        .n_cpus = spec->n_cpus == 0           ? 64
                  : spec->n_cpus == G_MAXUINT ? 0
                                              : spec->n_cpus,
        .uuid = g_strdup(spec->uuid),
        .n_numa_cells = spec->n_numa_cells,
        .huge_pages = g_strdup(spec->huge_pages),
        .software = add_software(builder, spec->software),
        .first_run = spec->first_run,
    };

    if (spec->memory_gib != G_MAXUINT)
        host.memory_kib = (guint64)(spec->memory_gib == 0 ? 256 : spec->memory_gib) << 20;
    g_array_append_val(builder->fleet->hosts, host);
}

static void
add_claim(Guest *guest, GuestClaimKind kind, guint number, gboolean is_fixed)
{
    GuestClaim claim = {.kind = kind, .number = number, .is_fixed = is_fixed};

    if (number != 0)
        g_array_append_val(guest->claims, claim);
}

Guest *
fleet_builder_add_guest(FleetBuilder *builder, const GuestSpec *spec)
{
    Guest *guest = guest_new();

    guest->name = g_strdup(spec->name);
    guest->host = g_strdup(spec->host);
    guest->uuid = g_strdup(spec->uuid);
    guest->is_running = !spec->is_shut_off;
    guest->arch = spec->arch != CPU_ARCH_NONE ? spec->arch : CPU_ARCH_X86_64;
    guest->domain_type = DOMAIN_TYPE_KVM;
    guest->machine = g_strdup(spec->machine != NULL ? spec->machine : "pc-q35-8.2");
    guest->os_type = g_strdup("hvm");
    guest->memory_kib = (guint64)(spec->memory_gib == 0 ? 4 : spec->memory_gib) << 20;
    guest->n_vcpus = 2;
    guest->has_cpu = TRUE;
    guest->cpu->mode = spec->mode;
    guest->cpu->match = spec->match;
    guest->cpu->check = spec->check;
    guest->cpu->model = g_strdup(spec->model);
    guest->cpu->vendor = g_strdup(spec->vendor);
    add_features(guest->cpu, spec->features);
    add_claim(guest, GUEST_CLAIM_SCREEN_PORT, spec->screen_port, TRUE);
    add_claim(guest, GUEST_CLAIM_SCREEN_PORT, spec->chosen_port, FALSE);
    add_claim(guest, GUEST_CLAIM_VSOCK_CID, spec->vsock_cid, TRUE);
    g_ptr_array_add(builder->fleet->guests, guest);
    return guest;
}

static gint
compare_hosts(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Host *)a)->name, ((const Host *)b)->name);
}

static gint
compare_guests(gconstpointer a, gconstpointer b)
{
    const Guest *left = *(const Guest *const *)a, *right = *(const Guest *const *)b;
    const gint order = g_strcmp0(left->host, right->host);

    return order != 0 ? order : strcmp(left->name, right->name);
}

Fleet *
fleet_builder_finish(FleetBuilder *builder)
{
    Fleet *fleet = builder->fleet;

    g_array_sort(fleet->hosts, compare_hosts);
    g_ptr_array_sort(fleet->guests, compare_guests);
    g_hash_table_unref(builder->shared);
    g_free(builder);
    return fleet;
}

PlanSettings *
new_settings(Strategy strategy)
{
    PlanSettings *settings = plan_settings_new();
    PoolSettings *pool = pool_settings_new("p");

    pool->strategy = strategy;
    g_ptr_array_add(pool->hosts, g_strdup("*"));
    g_ptr_array_add(settings->pools, pool);
    return settings;
}

PoolSettings *
pool_of_settings(PlanSettings *settings)
{
    return g_ptr_array_index(settings->pools, 0);
}

const PlanClass *
find_class(const Plan *plan, const char *name)
{
    const PlanPool *pool = g_ptr_array_index(plan->pools, 0);

    for (guint i = 0; i < pool->classes->len; i++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, i);
        if (name == NULL || strcmp(klass->name, name) == 0)
            return klass;
    }
    return NULL;
}

/* The row of HOST in MATRIX. */
static guint
row_of(const Plan *plan, const Matrix *matrix, const char *host)
{
    const guint32 index = fleet_find_host(plan->fleet, host);

    for (guint i = 0; i < matrix->n; i++)
        if (matrix->groups[i] == g_array_index(plan->group_of, guint32, index))
            return i;
    g_assert_not_reached();
}

const Outcome *
pair_outcome(const Plan *plan, MatrixSubject subject, const char *from, const char *to)
{
    const PlanPool *pool = g_ptr_array_index(plan->pools, 0);
    const Matrix *matrix = pool->matrices[subject];

    return matrix_outcome(matrix, row_of(plan, matrix, from), row_of(plan, matrix, to));
}

static const Outcome *
guest_target(const Plan *plan, const GuestPlan *guest, const char *to, gboolean is_start)
{
    const guint32 group = g_array_index(plan->group_of, guint32, fleet_find_host(plan->fleet, to));

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);
        if (target->group == group)
            return g_ptr_array_index(guest->outcomes,
                                     is_start ? target->can_start : target->can_migrate);
    }
    return NULL;
}

const Outcome *
named_guest_outcome(const Plan *plan, const char *name, const char *to, gboolean is_start)
{
    const GuestPlan *guest = NULL;

    for (guint i = 0; i < plan->guests->len && guest == NULL; i++)
        if (strcmp(((const Guest *)plan->fleet->guests->pdata[i])->name, name) == 0)
            guest = plan->guests->pdata[i];
    return guest != NULL ? guest_target(plan, guest, to, is_start) : NULL;
}

const Outcome *
guest_outcome(const Plan *plan, const char *to, gboolean is_start)
{
    return guest_target(plan, g_ptr_array_index(plan->guests, 0), to, is_start);
}

const Blocker *
find_blocker(const Outcome *outcome, const char *check)
{
    for (guint i = 0; outcome != NULL && i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);
        if (strcmp(blocker->check, check) == 0)
            return blocker;
    }
    return NULL;
}
