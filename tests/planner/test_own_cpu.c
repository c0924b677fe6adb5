/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts known by their own CPU alone, on real CPUs: what QEMU really gave guests there is nowhere
 * taken for missing, and what is promised to guests is what QEMU gave, but for what the old
 * kernels and QEMUs of these dumps did not know.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../cpumodel/cpu_testing.h"
#include "fleet_builder.h"
#include "host_cpu.h"

#define HOST_SUFFIX "-host.xml"

/* Given by newer kernels and QEMUs to guests of such CPUs, so whoever has these keeps them. */
static const char *const given_later[] = {
    "amd-stibp",    "arat",   "clzero",     "fsrm",   "ibrs",   "overflow-recov",
    "perfctr_core", "pku",    "rdpid",      "rdtscp", "sha-ni", "spec-ctrl",
    "stibp",        "succor", "xsaveerptr", "xsaves",
};

static CpuDefinition *
read_cpu(const char *stem, const char *suffix)
{
    g_autofree char *name = g_strconcat("corpus/cputestdata/", stem, suffix, NULL);
    g_autofree char *path = testing_corpus_path(name);
    g_autofree char *xml = testing_read(path);

    return testing_cpu(xml);
}

/* A fleet of one host that has this CPU and no domain capabilities. */
static Fleet *
fleet_of_cpu(CpuMap *map, CpuDefinition *cpu)
{
    FleetBuilder *builder = fleet_builder_new(map);

    fleet_builder_add_host(builder, &(HostSpec){.name = "a", .model = "qemu64"});
    CpuProfile *profile = g_ptr_array_index(builder->fleet->cpus, 0);
    cpu_definition_free(profile->cpu);
    profile->cpu = cpu;
    return fleet_builder_finish(builder);
}

static void
assert_told(const Universe *universe, const char *stem, const HostCpu *host,
            const CpuDefinition *guest)
{
    CpuSet given, lost, promised = host->set, later = {{0}};

    assert_true(cpu_engine_effective_set(universe->map, guest, &given, NULL, NULL));
    lost = given;
    cpu_set_subtract(&lost, &host->set);
    cpu_set_subtract(&lost, &host->maybe);
    g_autofree char *names = universe_list(universe, &lost, 20);
    if (!cpu_set_is_empty(&lost))
        fail_msg("%s: guests have %s, which the host is said to lack", stem, names);
    for (guint i = 0; i < G_N_ELEMENTS(given_later); i++)
        cpu_set_unite(&later,
                      &cpu_map_find_feature(universe->map, CPU_FAMILY_X86, given_later[i])->bits);
    cpu_set_subtract(&promised, &given);
    cpu_set_subtract(&promised, &later);
    cpu_set_subtract(&promised, &universe->never_migrated);
    g_autofree char *untrue = universe_list(universe, &promised, 20);
    if (!cpu_set_is_empty(&promised))
        fail_msg("%s: guests are promised %s, which QEMU did not give", stem, untrue);
}

static void
check_cpu(CpuMap *map, const char *stem)
{
    g_autoptr(Universe) universe = universe_new(map, CPU_FAMILY_X86, NULL);
    Universe *universes[CPU_FAMILY_COUNT] = {[CPU_FAMILY_X86] = universe};
    g_autoptr(CpuDefinition) guest = read_cpu(stem, "-json.xml");
    g_autoptr(Fleet) fleet = fleet_of_cpu(map, read_cpu(stem, HOST_SUFFIX));
    HostCpu *host = host_cpu_new(fleet, fleet_host(fleet, 0), universes);

    assert_null(host->problem);
    assert_false(host->is_host_model);
    assert_told(universe, stem, host, guest);
    host_cpu_free(host);
}

static void
test_what_qemu_gives_is_not_taken_for_missing(void **state)
{
    guint n = 0;

    (void)state;
    if (!testing_has_corpus("corpus/cputestdata") || !testing_has_corpus("cpu_map-11.3.0"))
        skip();
    g_autofree char *folder = testing_corpus_path("cpu_map-11.3.0");
    g_autofree char *dumps = testing_corpus_path("corpus/cputestdata");
    g_autoptr(CpuMap) map = testing_load_map(folder);
    g_autoptr(GDir) dir = g_dir_open(dumps, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *stem =
            g_strndup(name, strlen(name) - MIN(strlen(name), strlen(HOST_SUFFIX)));
        g_autofree char *json = g_strconcat(dumps, "/", stem, "-json.xml", NULL);

        if (!g_str_has_prefix(name, "x86_64-cpuid-") || !g_str_has_suffix(name, HOST_SUFFIX) ||
            !g_file_test(json, G_FILE_TEST_EXISTS))
            continue;
        check_cpu(map, stem);
        n++;
    }
    assert_true(n > 20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_qemu_gives_is_not_taken_for_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
