/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "corpus_fleet.h"

#include <ingest/ingest.h>
#include <string.h>

#include "fleet_builder.h"

#define MAX_HOSTS 60

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

gdouble
corpus_machine_version(const char *machine)
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
        if (g_ascii_strtod(versions[i], NULL) <= corpus_machine_version(machine))
            g_string_append_printf(machines, "%spc-q35-%s pc-i440fx-%s", i > 0 ? " " : "",
                                   versions[i], versions[i]);
    return g_string_free(machines, FALSE);
}

/* A host that has these domain capabilities, and nothing else that could stand in the way. */
static void
add_host(FleetBuilder *builder, const char *name, DomainCapabilities *domain)
{
    g_autofree char *machines = machines_up_to(domain->machine);
    const HostSpec spec = {.name = name, .machines = machines};
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
add_random_guest(const Corpus *corpus, FleetBuilder *builder, const char *host,
                 const DomainCapabilities *domain, GRand *rand)
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
    if (!corpus->is_plain)
        guest->cpu->match = matches[g_rand_int_range(rand, 0, G_N_ELEMENTS(matches))];
    guest->is_running = g_rand_boolean(rand);
    for (guint i = 0; i < n_own; i++)
        cpu_definition_set_feature(
            guest->cpu,
            cpu_map_feature(map, CPU_FAMILY_X86, (guint)g_rand_int_range(rand, 0, (gint)n_features))
                ->name,
            corpus->is_plain
                ? (g_rand_boolean(rand) ? CPU_POLICY_REQUIRE : CPU_POLICY_DISABLE)
                : (CpuPolicy)g_rand_int_range(rand, CPU_POLICY_FORCE, CPU_POLICY_FORBID + 1));
}

static void
add_guests(const Corpus *corpus, FleetBuilder *builder, const char *host,
           const DomainCapabilities *domain, GRand *rand)
{
    add_guest_like_host(builder, host, domain);
    add_guest(builder, host, domain, CPU_MODE_HOST_MODEL);
    add_guest(builder, host, domain, CPU_MODE_HOST_PASSTHROUGH);
    for (guint i = 0; i < corpus->n_random; i++)
        add_random_guest(corpus, builder, host, domain, rand);
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
        add_guests(corpus, builder, name, domain, rand);
        add_host(builder, name, g_steal_pointer(&document->domain));
    }
}

gboolean
corpus_is_there(void)
{
    g_autofree char *folder = g_build_filename(TEST_CORPUS_DIR, "corpus/domaincaps", NULL);

    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        return TRUE;
    g_print("skipped: %s is not there\n", folder);
    return FALSE;
}

Corpus *
corpus_new(CpuMap *map, guint32 seed, guint n_random, gboolean is_plain)
{
    g_autofree char *folder = g_build_filename(TEST_CORPUS_DIR, "corpus/domaincaps", NULL);
    g_autoptr(GPtrArray) names = corpus_files(folder);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    Corpus *corpus = g_new0(Corpus, 1);
    FleetBuilder *builder = fleet_builder_new(map);

    *corpus = (Corpus){.map = map, .n_random = n_random, .is_plain = is_plain};
    for (guint i = 0; i < names->len; i++)
        add_file(corpus, builder, folder, g_ptr_array_index(names, i), rand);
    corpus->fleet = fleet_builder_finish(builder);
    return corpus;
}

void
corpus_free(Corpus *corpus)
{
    fleet_free(corpus->fleet);
    cpu_map_unref(corpus->map);
    g_free(corpus);
}

const DomainCapabilities *
corpus_domain(const Corpus *corpus, guint32 host)
{
    const Fleet *fleet = corpus->fleet;
    const DomainSet *set =
        &g_array_index(fleet->domain_sets, DomainSet, fleet_host(fleet, host)->domain_set);

    return g_ptr_array_index(fleet->domain_capabilities, set->indexes[0]);
}

const Outcome *
corpus_outcome(const Plan *plan, const GuestPlan *guest, guint32 host, gboolean is_start)
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
