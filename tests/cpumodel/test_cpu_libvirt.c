/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The engine against the libvirt of this machine, through its client library, with random inputs.
 *
 * - Baselines: libvirt's test driver answers in this very process.
 * - Comparisons: libvirt compares with the CPU of this host only, so that is the host of all of
 *   them.
 * - Guests: what a definition becomes is asked by defining a guest and reading it back updated; the
 *   host is the one that a plain host-model guest shows.
 *
 * The last two need libvirt's QEMU driver and are skipped without. What no interface of
 * libvirt answers for other hosts than this one (comparisons, guests) is held against its own test
 * cases and recorded answers by other tests. TEST_COUNT sets the number of inputs of each kind.
 */

#include "cpu_random.h"
#include "cpu_testing.h"
#include "live_libvirt.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define MAP_OF_LIBVIRT "/usr/share/libvirt/cpu_map"
#define DEFAULT_BASELINES 2000
#define DEFAULT_COMPARISONS 2000
#define DEFAULT_GUESTS 60

typedef struct {
    CpuMap *map;
    CpuRandom random;
    virConnectPtr test_driver;
    virConnectPtr qemu; /* NULL: no daemon */
    guint n_different;
} World;

static guint
count_of(guint usual)
{
    const char *text = g_getenv("TEST_COUNT");

    return text == NULL ? usual : (guint)g_ascii_strtoull(text, NULL, 10);
}

static void
report(World *world, const char *what, const char *input, const char *libvirt, const char *own)
{
    if (world->n_different++ < 5)
        fprintf(stderr, "%s differs for\n%s\nlibvirt: %s\nown: %s\n", what, input, libvirt, own);
}

/* ---- baselines ------------------------------------------------------------------------------ */

static GPtrArray *
random_hosts(const CpuRandom *random)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    const CpuModel *common = cpu_random_chance(random, 25) ? cpu_random_model(random) : NULL;
    const CpuModel *first = cpu_random_model(random);
    gint n = g_rand_int_range(random->rand, 1, 5);

    while ((gint)texts->len < n) {
        const CpuModel *model = common != NULL ? common : cpu_random_model(random);

        /* Most random pairs of vendors have no baseline; that is soon tested enough. */
        if (model->vendor != first->vendor && !cpu_random_chance(random, 5))
            continue;
        g_autoptr(CpuDefinition) cpu = cpu_random_host(random, model);
        g_ptr_array_add(texts, cpu_random_text(random, cpu));
    }
    return texts;
}

static char *
own_baseline(const CpuMap *map, const GPtrArray *texts, gboolean is_expanded)
{
    g_autoptr(GPtrArray) cpus = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_definition_free);
    CpuBaselineOptions options = {.is_expanded = is_expanded};

    for (guint i = 0; i < texts->len; i++) {
        CpuDefinition *cpu = testing_parse(texts->pdata[i], NULL);

        if (cpu == NULL)
            return NULL;
        g_ptr_array_add(cpus, cpu);
    }
    g_autoptr(CpuDefinition) result =
        cpu_engine_baseline(map, CPU_ARCH_NONE, (const CpuDefinition *const *)(void *)cpus->pdata,
                            cpus->len, &options, NULL);
    return result == NULL ? NULL : testing_format(result);
}

static void
test_random_baselines_are_those_of_libvirt(void **state)
{
    World *world = *state;
    guint n = count_of(DEFAULT_BASELINES), n_refused = 0;

    world->n_different = 0;
    for (guint i = 0; i < n; i++) {
        g_autoptr(GPtrArray) texts = random_hosts(&world->random);
        gboolean is_expanded = cpu_random_chance(&world->random, 30);
        g_autofree char *own = own_baseline(world->map, texts, is_expanded);
        char *libvirt =
            virConnectBaselineCPU(world->test_driver, (const char **)texts->pdata, texts->len,
                                  is_expanded ? VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES : 0);

        n_refused += libvirt == NULL;
        if (g_strcmp0(own, libvirt) != 0) {
            g_ptr_array_add(texts, NULL);
            g_autofree char *input = g_strjoinv("\n", (char **)texts->pdata);
            report(world, "baseline", input, libvirt == NULL ? "refused" : libvirt,
                   own == NULL ? "refused" : own);
        }
        free(libvirt);
    }
    fprintf(stderr, "%u baselines (%u refused), %u different\n", n, n_refused, world->n_different);
    assert_int_equal(world->n_different, 0);
    assert_true(n_refused < n);
}

/* ---- comparisons ---------------------------------------------------------------------------- */

static const char *
libvirt_verdict(int result)
{
    switch (result) {
    case VIR_CPU_COMPARE_INCOMPATIBLE:
        return "incompatible";
    case VIR_CPU_COMPARE_IDENTICAL:
        return "identical";
    case VIR_CPU_COMPARE_SUPERSET:
        return "superset";
    default:
        return "error";
    }
}

static const char *
own_verdict(const CpuMap *map, const CpuDefinition *host, const char *text)
{
    g_autoptr(CpuDefinition) cpu = testing_parse(text, NULL);
    CpuCompareResult result;

    if (cpu == NULL || !cpu_engine_compare(map, host->arch, host, cpu, &result, NULL, NULL))
        return "error";
    return cpu_compare_result_name(result);
}

/* The host with some features more or less, as a host's or a guest's definition. */
static CpuDefinition *
vary_host(const CpuRandom *random, const CpuDefinition *host)
{
    CpuDefinition *cpu = cpu_definition_copy(host);
    gint n = g_rand_int_range(random->rand, 0, 4);

    if (cpu_random_chance(random, 60)) {
        cpu->type = CPU_TYPE_GUEST;
        cpu->match = (CpuMatch)g_rand_int_range(random->rand, 0, CPU_MATCH_COUNT);
        for (guint i = 0; i < cpu->features->len; i++)
            cpu_definition_feature(cpu, i)->policy =
                cpu_random_chance(random, 97)
                    ? CPU_POLICY_REQUIRE
                    : (CpuPolicy)g_rand_int_range(random->rand, 0, CPU_POLICY_COUNT);
    }
    for (guint i = cpu->features->len; i > 0; i--) {
        if (cpu_random_chance(random, 2))
            g_array_remove_index(cpu->features, i - 1);
    }
    for (gint i = 0; i < n; i++)
        cpu_definition_set_feature(cpu, cpu_random_feature(random),
                                   (CpuPolicy)g_rand_int_range(random->rand, 0, CPU_POLICY_COUNT));
    return cpu;
}

static CpuDefinition *
random_cpu(const CpuRandom *random, const CpuDefinition *host)
{
    switch (g_rand_int_range(random->rand, 0, 3)) {
    case 0:
        return cpu_random_guest(random);
    case 1:
        return cpu_random_host(random, NULL);
    default:
        return vary_host(random, host);
    }
}

/* NULL where libvirt cannot tell the host's CPU, as in a root without /sys. */
static CpuDefinition *
host_of(virConnectPtr connection)
{
    char *capabilities = virConnectGetCapabilities(connection);

    assert_non_null(capabilities);
    CpuDefinition *host = testing_parse(capabilities, NULL);
    free(capabilities);
    return host;
}

static void
test_random_comparisons_are_those_of_libvirt(void **state)
{
    World *world = *state;
    guint n = count_of(DEFAULT_COMPARISONS);

    if (world->qemu == NULL) {
        fprintf(stderr, "no QEMU driver of libvirt: comparisons are not tested\n");
        skip();
    }
    g_autoptr(CpuDefinition) host = host_of(world->qemu);
    if (host == NULL) {
        fprintf(stderr, "libvirt cannot tell this host's CPU: comparisons are not tested\n");
        skip();
    }
    guint n_of[4] = {0};
    world->n_different = 0;
    for (guint i = 0; i < n; i++) {
        g_autoptr(CpuDefinition) cpu = random_cpu(&world->random, host);
        g_autofree char *text = cpu_random_text(&world->random, cpu);
        int result = *text == '\0' ? -1 : virConnectCompareCPU(world->qemu, text, 0);
        const char *own = *text == '\0' ? "error" : own_verdict(world->map, host, text);

        n_of[CLAMP(result + 1, 0, 3)]++;
        if (strcmp(own, libvirt_verdict(result)) != 0)
            report(world, "comparison", text, libvirt_verdict(result), own);
    }
    fprintf(
        stderr,
        "%u comparisons (%u errors, %u incompatible, %u identical, %u superset), %u different\n", n,
        n_of[0], n_of[1], n_of[2], n_of[3], world->n_different);
    assert_int_equal(world->n_different, 0);
    assert_true(n_of[0] < n);
}

/* ---- guests --------------------------------------------------------------------------------- */

/* The guest's `<cpu>` as libvirt would start it, NULL when it refuses the definition. */
static CpuDefinition *
updated_by_libvirt(virConnectPtr connection, const char *cpu)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain type='qemu'><name>virt-plan-test-cpu</name><memory>65536</memory><os>"
        "<type arch='x86_64'>hvm</type></os>%s</domain>",
        cpu);
    virDomainPtr domain = virDomainDefineXML(connection, xml);

    if (domain == NULL)
        return NULL;
    char *updated = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_UPDATE_CPU);
    virDomainUndefine(domain);
    virDomainFree(domain);
    CpuDefinition *result = updated == NULL ? NULL : testing_cpu(updated);
    free(updated);
    return result;
}

static CpuDefinition *
updated_by_engine(const CpuMap *map, const CpuDefinition *host, const char *text)
{
    g_autoptr(CpuDefinition) guest = testing_parse(text, NULL);
    CpuResolveOptions options = {.is_update_only = TRUE};

    if (guest == NULL)
        return NULL;
    CpuDefinition *result = cpu_engine_resolve(map, CPU_ARCH_X86_64, host, guest, &options, NULL);
    /* libvirt writes down what the absence of a check means. */
    if (result != NULL && result->check == CPU_CHECK_DEFAULT)
        result->check = guest->mode == CPU_MODE_HOST_MODEL ? CPU_CHECK_PARTIAL : CPU_CHECK_NONE;
    if (result != NULL && result->mode == CPU_MODE_HOST_PASSTHROUGH &&
        result->migratable == CPU_SWITCH_ABSENT)
        result->migratable = CPU_SWITCH_ON;
    return result;
}

/*
 * A libvirt that can see /dev/kvm but not use it examines QEMU anew for every question, which takes
 * seconds each time.
 */
static gboolean
remembers_qemu(virConnectPtr connection)
{
    gint64 start_us = 0;

    for (guint i = 0; i < 2; i++) {
        start_us = g_get_monotonic_time();
        char *capabilities =
            virConnectGetDomainCapabilities(connection, NULL, NULL, NULL, "qemu", 0);

        if (capabilities == NULL)
            return FALSE;
        free(capabilities);
    }
    return g_get_monotonic_time() - start_us < G_USEC_PER_SEC;
}

static void
test_random_guests_are_those_of_libvirt(void **state)
{
    World *world = *state;
    guint n = MIN(count_of(DEFAULT_GUESTS), 10000);

    if (world->qemu == NULL) {
        fprintf(stderr, "no QEMU driver of libvirt: guests are not tested\n");
        skip();
    }
    if (!remembers_qemu(world->qemu)) {
        fprintf(stderr,
                "this libvirt has no QEMU, or examines it for each question: guests are not "
                "tested\n");
        skip();
    }
    g_autoptr(CpuDefinition) host = updated_by_libvirt(world->qemu, "<cpu mode='host-model'/>");
    if (host == NULL || host->model == NULL) {
        fprintf(stderr, "this libvirt has no host-model for QEMU: guests are not tested\n");
        skip();
    }
    guint n_refused = 0;
    world->n_different = 0;
    for (guint i = 0; i < n; i++) {
        g_autoptr(CpuDefinition) guest = cpu_random_guest(&world->random);
        guest->fallback = CPU_FALLBACK_ALLOW;
        if (guest->mode == CPU_MODE_MAXIMUM)
            guest->mode = CPU_MODE_HOST_MODEL;
        g_autofree char *text = testing_format(guest);
        g_autoptr(CpuDefinition) theirs = updated_by_libvirt(world->qemu, text);
        g_autoptr(CpuDefinition) ours = updated_by_engine(world->map, host, text);
        g_autofree char *libvirt = testing_format(theirs), *own = testing_format(ours);

        n_refused += theirs == NULL;
        if (strcmp(libvirt, own) != 0)
            report(world, "guest", text, libvirt, own);
    }
    fprintf(stderr, "%u guests (%u refused), %u different\n", n, n_refused, world->n_different);
    assert_int_equal(world->n_different, 0);
    assert_true(n_refused < n);
}

/* ---- the world ------------------------------------------------------------------------------ */

static void
say_nothing(void *user_data, virErrorPtr error)
{
    (void)user_data, (void)error;
}

int
main(void)
{
    World world = {0};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_random_baselines_are_those_of_libvirt, &world),
        cmocka_unit_test_prestate(test_random_comparisons_are_those_of_libvirt, &world),
        cmocka_unit_test_prestate(test_random_guests_are_those_of_libvirt, &world),
    };

    virSetErrorFunc(NULL, say_nothing);
    world.test_driver = virConnectOpen("test:///default");
    if (world.test_driver == NULL || !g_file_test(MAP_OF_LIBVIRT, G_FILE_TEST_EXISTS)) {
        fprintf(stderr, "skipped: no libvirt, or not its CPU map in %s\n", MAP_OF_LIBVIRT);
        return TEST_SKIPPED;
    }
    world.qemu = live_libvirt_open_qemu();
    world.map = testing_load_map(MAP_OF_LIBVIRT);
    world.random.map = world.map;
    world.random.rand = g_rand_new_with_seed(testing_seed());
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    g_rand_free(world.random.rand);
    cpu_map_unref(world.map);
    virConnectClose(world.test_driver);
    if (world.qemu != NULL)
        live_libvirt_close(world.qemu);
    return status;
}
