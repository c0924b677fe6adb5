/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The matrix on real documents, pair by pair: each domain capabilities of the corpus is a host,
 * each one's host-model a guest with that CPU. Whatever the planner says yes to, libvirt's
 * comparison of the guest's CPU with the target's host-model must accept; and where libvirt
 * accepts, the planner's no must have a reason that is not about the CPU's features.
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

/* A host that has these domain capabilities, and nothing else that could stand in the way. */
static void
add_host(FleetBuilder *builder, const char *name, DomainCapabilities *domain)
{
    const HostSpec spec = {.name = name, .model = "qemu64", .machines = "pc-q35-8.2"};
    DomainSet set = {.n_indexes = 1, .indexes = g_new0(guint32, 1)};
    Fleet *fleet = builder->fleet;

    fleet_builder_add_host(builder, &spec);
    g_ptr_array_add(fleet->domain_capabilities, domain);
    set.indexes[0] = fleet->domain_capabilities->len - 1;
    g_array_append_val(fleet->domain_sets, set);
    Host *host = &g_array_index(fleet->hosts, Host, fleet->hosts->len - 1);
    host->domain_set = fleet->domain_sets->len - 1;
}

static void
add_guest(FleetBuilder *builder, const char *host, const CpuDefinition *cpu)
{
    const GuestSpec spec = {.name = "g", .host = host};
    Guest *guest = fleet_builder_add_guest(builder, &spec);

    cpu_definition_free(guest->cpu);
    guest->cpu = cpu_definition_copy(cpu);
    guest->cpu->mode = CPU_MODE_CUSTOM;
}

static void
add_file(Corpus *corpus, FleetBuilder *builder, const char *folder, const char *name)
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
        add_guest(builder, name, domain->host_model_cpu);
        add_host(builder, name, g_steal_pointer(&document->domain));
    }
}

static int
load_corpus(void **state)
{
    g_autofree char *folder = g_build_filename(TEST_CORPUS_DIR, "corpus/domaincaps", NULL);
    g_autoptr(GPtrArray) names = corpus_files(folder);
    Corpus *corpus = g_new0(Corpus, 1);
    FleetBuilder *builder;

    corpus->map = cpu_map_new_builtin();
    builder = fleet_builder_new(corpus->map);
    for (guint i = 0; i < names->len; i++)
        add_file(corpus, builder, folder, g_ptr_array_index(names, i));
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

static const CpuDefinition *
host_model_of(const Fleet *fleet, guint32 host)
{
    const DomainSet *set =
        &g_array_index(fleet->domain_sets, DomainSet, fleet_host(fleet, host)->domain_set);

    return ((const DomainCapabilities *)g_ptr_array_index(fleet->domain_capabilities,
                                                          set->indexes[0]))
        ->host_model_cpu;
}

static const Outcome *
start_outcome(const Plan *plan, const GuestPlan *guest, guint32 host)
{
    const guint32 group = g_array_index(plan->group_of, guint32, host);

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);

        if (target->group == group)
            return g_ptr_array_index(guest->outcomes, target->can_start);
    }
    return NULL;
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

static void
test_pairs_agree_with_libvirts_comparison(void **state)
{
    const Corpus *corpus = *state;
    const Fleet *fleet = corpus->fleet;
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
    guint n_pairs = 0, n_yes = 0, n_refused = 0;

    test_settings_pool(settings)->vendor_rule = VENDOR_RULE_MIXED;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, corpus->map, PLANNER_GUESTS);
    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest_plan = g_ptr_array_index(plan->guests, i);
        const Guest *guest = g_ptr_array_index(fleet->guests, i);

        for (guint32 host = 0; host < fleet->hosts->len; host++) {
            const Outcome *outcome = start_outcome(plan, guest_plan, host);
            CpuCompareResult result = CPU_COMPARE_INCOMPATIBLE;

            if (outcome == NULL)
                continue;
            const gboolean is_accepted =
                cpu_engine_compare(corpus->map, CPU_ARCH_X86_64, host_model_of(fleet, host),
                                   guest->cpu, &result, NULL, NULL) &&
                result != CPU_COMPARE_INCOMPATIBLE;
            if (outcome->verdict <= VERDICT_WARN)
                assert_true(is_accepted);
            if (is_accepted && outcome->verdict == VERDICT_NO)
                assert_false(blames_features_alone(outcome));
            n_pairs++;
            n_yes += outcome->verdict <= VERDICT_WARN ? 1 : 0;
            n_refused += is_accepted ? 0 : 1;
        }
    }
    print_message("%u hosts, %u pairs: %u yes, %u refused by libvirt\n", fleet->hosts->len, n_pairs,
                  n_yes, n_refused);
    assert_true(n_yes >= fleet->hosts->len);
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
