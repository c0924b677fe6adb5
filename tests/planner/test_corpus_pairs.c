/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The matrix on real documents, pair by pair: each domain capabilities of the corpus is a host with
 * the machine types of its QEMU. Its guests have its host-model as a custom CPU, the modes
 * host-model and host-passthrough, and CPUs of random models and features with every policy and
 * match. Whatever the planner says yes to, libvirt's comparison of the guest's CPU with the
 * target's host-model must accept, and the target must know the model and the machine type; and
 * where libvirt accepts, the planner's no must have a reason that is not about the CPU's features.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ingest/ingest.h>

#include "fleet_builder.h"

#define MAX_HOSTS 60
#define SKIPPED 77
#define SEED 21
#define N_RANDOM_GUESTS 30 /* of each host */

typedef struct {
    CpuMap *map;
    Fleet *fleet;
} Corpus;

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
corpus_files(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (strstr(name, "x86_64") != NULL && g_str_has_suffix(name, ".xml"))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

static gdouble
machine_version(const char *machine)
{
    const char *version = strrchr(machine, '-');

    return version != NULL ? g_ascii_strtod(version + 1, NULL) : 0;
}

/* The machine types of the corpus that a QEMU with MACHINE as its newest has. Owned. */
static char *
machines_up_to(const char *machine)
{
    static const char *const versions[] = {"4.2", "6.2", "7.1", "7.2", "8.0",
                                           "8.1", "9.0", "9.1", "9.2", "10.0"};
    GString *machines = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(versions); i++)
        if (g_ascii_strtod(versions[i], NULL) <= machine_version(machine))
            g_string_append_printf(machines, "%spc-q35-%s pc-i440fx-%s", i > 0 ? " " : "",
                                   versions[i], versions[i]);
    return g_string_free(machines, FALSE);
}

/* A host that has these domain capabilities, and nothing else that could stand in the way. */
static void
add_host(FleetBuilder *builder, const char *name, DomainCapabilities *domain)
{
    g_autofree char *machines = machines_up_to(domain->machine);
    const HostSpec spec = {.name = name, .model = "qemu64", .machines = machines};
    DomainSet set = {.n_indexes = 1, .indexes = g_new0(guint32, 1)};
    Fleet *fleet = builder->fleet;

    fleet_builder_add_host(builder, &spec);
    g_ptr_array_add(fleet->domain_capabilities, domain);
    set.indexes[0] = fleet->domain_capabilities->len - 1;
    g_array_append_val(fleet->domain_sets, set);
    Host *host = &g_array_index(fleet->hosts, Host, fleet->hosts->len - 1);
    host->domain_set = fleet->domain_sets->len - 1;
}

static Guest *
add_guest(FleetBuilder *builder, const char *host, const DomainCapabilities *domain, CpuMode mode)
{
    const GuestSpec spec = {.name = "g", .host = host, .machine = domain->machine, .mode = mode};

    return fleet_builder_add_guest(builder, &spec);
}

/* A guest that has been started with the host-model of its host. */
static void
add_guest_like_host(FleetBuilder *builder, const char *host, const DomainCapabilities *domain)
{
    Guest *guest = add_guest(builder, host, domain, CPU_MODE_CUSTOM);

    cpu_definition_free(guest->cpu);
    guest->cpu = cpu_definition_copy(domain->host_model_cpu);
    guest->cpu->mode = CPU_MODE_CUSTOM;
}

static void
add_random_guest(FleetBuilder *builder, const char *host, const DomainCapabilities *domain,
                 GRand *rand)
{
    static const CpuMatch matches[] = {CPU_MATCH_EXACT, CPU_MATCH_EXACT, CPU_MATCH_MINIMUM,
                                       CPU_MATCH_STRICT};
    Guest *guest = add_guest(builder, host, domain, CPU_MODE_CUSTOM);
    const CpuMap *map = builder->map;
    const guint n_models = cpu_map_n_models(map, CPU_FAMILY_X86);
    const guint n_features = cpu_map_n_features(map, CPU_FAMILY_X86);
    const guint n_own = (guint)g_rand_int_range(rand, 0, 4);

    guest->cpu->model = g_strdup(
        cpu_map_model(map, CPU_FAMILY_X86, (guint)g_rand_int_range(rand, 0, (gint)n_models))->name);
    guest->cpu->match = matches[g_rand_int_range(rand, 0, G_N_ELEMENTS(matches))];
    guest->is_running = g_rand_boolean(rand);
    for (guint i = 0; i < n_own; i++)
        cpu_definition_set_feature(
            guest->cpu,
            cpu_map_feature(map, CPU_FAMILY_X86, (guint)g_rand_int_range(rand, 0, (gint)n_features))
                ->name,
            (CpuPolicy)g_rand_int_range(rand, CPU_POLICY_FORCE, CPU_POLICY_FORBID + 1));
}

static void
add_guests(FleetBuilder *builder, const char *host, const DomainCapabilities *domain, GRand *rand)
{
    add_guest_like_host(builder, host, domain);
    add_guest(builder, host, domain, CPU_MODE_HOST_MODEL);
    add_guest(builder, host, domain, CPU_MODE_HOST_PASSTHROUGH);
    for (guint i = 0; i < N_RANDOM_GUESTS; i++)
        add_random_guest(builder, host, domain, rand);
}

static void
add_file(Corpus *corpus, FleetBuilder *builder, const char *folder, const char *name, GRand *rand)
{
    const IngestOptions options = {.map = corpus->map};
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *bytes = NULL;
    gsize length;

    if (!g_file_get_contents(path, &bytes, &length, NULL))
        return;
    g_autoptr(SourceReading) reading = ingest_buffer(name, bytes, length, &options);
    for (guint i = 0; i < reading->documents->len; i++) {
        Document *document = g_ptr_array_index(reading->documents, i);
        DomainCapabilities *domain = document->domain;

        if (domain == NULL || domain->host_model_cpu == NULL ||
            domain->host_model_cpu->model == NULL || domain->domain_type != DOMAIN_TYPE_KVM ||
            builder->fleet->hosts->len >= MAX_HOSTS)
            continue;
        add_guests(builder, name, domain, rand);
        add_host(builder, name, g_steal_pointer(&document->domain));
    }
}

static int
load_corpus(void **state)
{
    g_autofree char *folder = g_build_filename(TEST_CORPUS_DIR, "corpus/domaincaps", NULL);
    g_autoptr(GPtrArray) names = corpus_files(folder);
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);
    Corpus *corpus = g_new0(Corpus, 1);
    FleetBuilder *builder;

    corpus->map = cpu_map_new_builtin();
    builder = fleet_builder_new(corpus->map);
    for (guint i = 0; i < names->len; i++)
        add_file(corpus, builder, folder, g_ptr_array_index(names, i), rand);
    corpus->fleet = fleet_builder_finish(builder);
    *state = corpus;
    return 0;
}

static int
drop_corpus(void **state)
{
    Corpus *corpus = *state;

    fleet_free(corpus->fleet);
    cpu_map_unref(corpus->map);
    g_free(corpus);
    return 0;
}

static const DomainCapabilities *
domain_of(const Fleet *fleet, guint32 host)
{
    const DomainSet *set =
        &g_array_index(fleet->domain_sets, DomainSet, fleet_host(fleet, host)->domain_set);

    return g_ptr_array_index(fleet->domain_capabilities, set->indexes[0]);
}

static const Outcome *
outcome_for(const Plan *plan, const GuestPlan *guest, guint32 host, gboolean is_start)
{
    const guint32 group = g_array_index(plan->group_of, guint32, host);

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);

        if (target->group == group)
            return g_ptr_array_index(guest->outcomes,
                                     is_start ? target->can_start : target->can_migrate);
    }
    return NULL;
}

/* The CPU that the guest has: as it is defined, or what its own host has made of that. Owned. */
static CpuDefinition *
cpu_of_guest(const Corpus *corpus, const Guest *guest, guint32 source, gboolean is_start)
{
    const CpuDefinition *host = domain_of(corpus->fleet, source)->host_model_cpu;
    const CpuResolveOptions options = {.is_update_only = TRUE};
    CpuDefinition *cpu =
        cpu_definition_copy(guest->cpu->mode == CPU_MODE_CUSTOM ? guest->cpu : host);

    cpu->mode = CPU_MODE_CUSTOM;
    if (is_start)
        return cpu;
    CpuDefinition *resolved =
        cpu_engine_resolve(corpus->map, CPU_ARCH_X86_64, host, cpu, &options, NULL);
    if (resolved == NULL)
        return cpu;
    cpu_definition_free(cpu);
    return resolved;
}

/* Does libvirt's comparison accept CPU on the host-model of TARGET? */
static gboolean
is_accepted_by_libvirt(const Corpus *corpus, const CpuDefinition *cpu, guint32 target)
{
    CpuCompareResult result = CPU_COMPARE_INCOMPATIBLE;

    return cpu_engine_compare(corpus->map, CPU_ARCH_X86_64,
                              domain_of(corpus->fleet, target)->host_model_cpu, cpu, &result, NULL,
                              NULL) &&
           result != CPU_COMPARE_INCOMPATIBLE;
}

static gboolean
blames_features_alone(const Outcome *outcome)
{
    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        if (blocker->severity == VERDICT_NO && !g_str_has_prefix(blocker->check, "features-"))
            return FALSE;
    }
    return TRUE;
}

typedef struct {
    guint n_pairs, n_yes, n_refused;
} Tally;

/* One guest, one target, one question. A host-model guest takes a new CPU where it starts. */
static void
check_pair(const Corpus *corpus, const Plan *plan, const GuestPlan *placed, guint32 host,
           gboolean is_start, Tally *tally)
{
    const Guest *guest = g_ptr_array_index(corpus->fleet->guests, placed->guest);
    const Outcome *outcome = outcome_for(plan, placed, host, is_start);
    const DomainCapabilities *target = domain_of(corpus->fleet, host);
    const gboolean is_yes = outcome != NULL && outcome->verdict <= VERDICT_WARN;

    if (outcome == NULL || (is_start && guest->cpu->mode != CPU_MODE_CUSTOM))
        return;
    g_autoptr(CpuDefinition) cpu = cpu_of_guest(corpus, guest, placed->host, is_start);
    const gboolean is_accepted = is_accepted_by_libvirt(corpus, cpu, host);
    if (is_yes && !is_accepted)
        fail_msg("yes to %s of %s from %s to %s, and libvirt refuses",
                 is_start ? "a start" : "a migration",
                 guest->cpu->model != NULL ? guest->cpu->model : cpu_mode_name(guest->cpu->mode),
                 guest->host, fleet_host(corpus->fleet, host)->name);
    if (is_yes) {
        assert_true(machine_version(guest->machine) <= machine_version(target->machine));
        if (guest->cpu->mode == CPU_MODE_CUSTOM)
            assert_non_null(cpu_hypervisor_models_find(target->models, cpu->model));
    }
    if (is_accepted && outcome->verdict == VERDICT_NO && guest->cpu->mode == CPU_MODE_CUSTOM &&
        is_start)
        assert_false(blames_features_alone(outcome));
    tally->n_pairs++;
    tally->n_yes += is_yes ? 1 : 0;
    tally->n_refused += is_accepted ? 0 : 1;
}

static void
test_pairs_agree_with_libvirts_comparison(void **state)
{
    const Corpus *corpus = *state;
    const Fleet *fleet = corpus->fleet;
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
    Tally starts = {0}, migrations = {0};

    test_settings_pool(settings)->vendor_rule = VENDOR_RULE_MIXED;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, corpus->map, PLANNER_GUESTS);
    for (guint i = 0; i < plan->guests->len; i++)
        for (guint32 host = 0; host < fleet->hosts->len; host++) {
            const GuestPlan *placed = g_ptr_array_index(plan->guests, i);
            if (host == placed->host) /* where it runs, that it runs answers what is not known */
                continue;
            check_pair(corpus, plan, placed, host, TRUE, &starts);
            check_pair(corpus, plan, placed, host, FALSE, &migrations);
        }
    print_message("%u hosts, seed %d; starts: %u pairs, %u yes, %u refused by libvirt; migrations: "
                  "%u pairs, %u yes, %u refused by libvirt\n",
                  fleet->hosts->len, SEED, starts.n_pairs, starts.n_yes, starts.n_refused,
                  migrations.n_pairs, migrations.n_yes, migrations.n_refused);
    assert_true(starts.n_yes > 100 && migrations.n_yes > 100);
    assert_true(starts.n_refused > 0 && migrations.n_refused > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_agree_with_libvirts_comparison),
    };
    g_autofree char *folder = g_build_filename(TEST_CORPUS_DIR, "corpus/domaincaps", NULL);

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        print_message("skipped: %s is not there\n", folder);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, load_corpus, drop_corpus);
}
