/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The cases of libvirt's own CPU test: the engine gives the answers that libvirt expects of itself,
 * file by file and byte by byte. Cases whose files are not in the corpus are counted, not run.
 */

#include "cpu_testing.h"

#include <ingest/cpudata_reader.h>
#include <ingest/qemu_cpu_reader.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define CASES "spec/cputest-cases.tsv"
#define FILES "corpus/cputestdata"
#define MAP "cpu_map-11.3.0"

typedef struct {
    const CpuMap *map;
    char **columns; /* nr, kind, test function, arch, inputs, flags or models, expected */
    char **inputs;  /* "name=file" */
} Case;

enum { COLUMN_NUMBER, COLUMN_KIND, COLUMN_INPUTS = 4, COLUMN_FLAGS, COLUMN_EXPECTED, N_COLUMNS };

/* ---- the files of a case -------------------------------------------------------------------- */

static const char *
input_name(const Case *test, const char *key)
{
    for (guint i = 0; test->inputs[i] != NULL; i++) {
        const char *value = strchr(test->inputs[i], '=');

        size_t length = value == NULL ? 0 : (size_t)(value - test->inputs[i]);
        if (length == strlen(key) && memcmp(test->inputs[i], key, length) == 0)
            return value + 1;
    }
    return NULL;
}

static char *
file_path(const char *name)
{
    g_autofree char *relative = g_build_filename(FILES, name, NULL);

    return testing_corpus_path(relative);
}

static gboolean
has_file(const char *name)
{
    g_autofree char *path = file_path(name);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static gboolean
is_file_name(const char *name)
{
    return g_str_has_suffix(name, ".xml") || g_str_has_suffix(name, ".json") ||
           g_str_has_suffix(name, ".sig");
}

static gboolean
has_files(const Case *test)
{
    for (guint i = 0; test->inputs[i] != NULL; i++) {
        const char *name = strchr(test->inputs[i], '=') + 1;

        if (is_file_name(name) && !has_file(name))
            return FALSE;
    }
    return !is_file_name(test->columns[COLUMN_EXPECTED]) ||
           has_file(test->columns[COLUMN_EXPECTED]);
}

static char *
read_file(const char *name)
{
    g_autofree char *path = file_path(name);

    return testing_read(path);
}

static CpuDefinition *
read_cpu(const Case *test, const char *key)
{
    g_autofree char *text = read_file(input_name(test, key));

    return testing_cpu(text);
}

static CpuData *
read_data(const char *name)
{
    g_autofree char *text = read_file(name);
    g_autoptr(GError) error = NULL;
    CpuData *data = cpudata_reader_parse(text, strlen(text), &error);

    if (data == NULL)
        fail_msg("%s: %s", name, error->message);
    return data;
}

static QemuCpuReply *
read_reply(const Case *test)
{
    g_autofree char *text = read_file(input_name(test, "json"));
    g_autoptr(GError) error = NULL;
    QemuCpuReply *reply = qemu_cpu_reader_parse(text, strlen(text), test->map, &error);

    if (reply == NULL)
        fail_msg("%s: %s", input_name(test, "json"), error->message);
    return reply;
}

/* The models of the second reply, when the case wants them. */
static CpuHypervisorModels *
models_of_reply(const Case *test)
{
    if (!g_str_has_prefix(test->columns[COLUMN_FLAGS], "JSON_MODELS"))
        return NULL;
    g_autoptr(QemuCpuReply) reply = read_reply(test);
    assert_non_null(reply->models);
    return g_steal_pointer(&reply->models);
}

/* ---- checks --------------------------------------------------------------------------------- */

/* A result that is a file, or ERROR. */
static gboolean
is_expected(const Case *test, const CpuDefinition *result)
{
    const char *expected = test->columns[COLUMN_EXPECTED];

    if (!is_file_name(expected))
        return result == NULL;
    g_autofree char *wanted = read_file(expected);
    g_autofree char *got = testing_format(result);
    return strcmp(wanted, got) == 0;
}

static gboolean
check_compare(const Case *test)
{
    g_autoptr(CpuDefinition) host = read_cpu(test, "host"), cpu = read_cpu(test, "cpu");
    CpuCompareResult result;
    const char *got = "error";

    if (cpu_engine_compare(test->map, host->arch, host, cpu, &result, NULL, NULL))
        got = cpu_compare_result_name(result);
    return g_ascii_strcasecmp(got, test->columns[COLUMN_EXPECTED]) == 0;
}

static gboolean
check_update(const Case *test)
{
    g_autoptr(CpuDefinition) host = read_cpu(test, "host"), cpu = read_cpu(test, "cpu");
    CpuResolveOptions options = {.is_update_only = TRUE};
    g_autoptr(CpuDefinition) result =
        cpu_engine_resolve(test->map, host->arch, host, cpu, &options, NULL);

    return is_expected(test, result);
}

static gboolean
check_guest_cpu(const Case *test)
{
    g_autoptr(CpuDefinition) host = read_cpu(test, "host"), cpu = read_cpu(test, "cpu");
    const char *names = strchr(test->columns[COLUMN_FLAGS], '=');
    g_auto(GStrv) list = g_strsplit(names == NULL ? "" : names + 1, ",", -1);
    g_autoptr(GPtrArray) models = cpu_hypervisor_models_new();
    CpuResolveOptions options = {.models = names == NULL ? NULL : models};

    for (guint i = 0; list[i] != NULL; i++)
        g_ptr_array_add(models, cpu_hypervisor_model_new(list[i], CPU_USABLE_UNKNOWN));
    g_autoptr(CpuDefinition) result =
        cpu_engine_resolve(test->map, host->arch, host, cpu, &options, NULL);
    return is_expected(test, result);
}

/* The result, too, must be something that each of the CPUs can run. */
static gboolean
check_joined(const Case *test, const GPtrArray *cpus, const CpuBaselineOptions *options)
{
    const CpuDefinition *const *list = (const CpuDefinition *const *)(void *)cpus->pdata;
    g_autoptr(CpuDefinition) result =
        cpu_engine_baseline(test->map, CPU_ARCH_NONE, list, cpus->len, options, NULL);

    if (!is_expected(test, result))
        return FALSE;
    for (guint i = 0; result != NULL && i < cpus->len; i++) {
        CpuCompareResult verdict;

        if (!cpu_engine_compare(test->map, list[i]->arch, list[i], result, &verdict, NULL, NULL) ||
            verdict == CPU_COMPARE_INCOMPATIBLE)
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_baseline(const Case *test)
{
    g_autofree char *text = read_file(input_name(test, "cpus"));
    g_autoptr(GPtrArray) cpus = testing_parse_all(text, NULL);
    CpuBaselineOptions options = {
        .is_expanded = strstr(test->columns[COLUMN_FLAGS], "features") != NULL,
        .is_migratable = strstr(test->columns[COLUMN_FLAGS], "migratable") != NULL,
    };

    assert_non_null(cpus);
    return check_joined(test, cpus, &options);
}

static gboolean
check_cpuid_baseline(const Case *test)
{
    g_autoptr(GPtrArray) cpus = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_definition_free);

    g_ptr_array_add(cpus, read_cpu(test, "cpu1"));
    g_ptr_array_add(cpus, read_cpu(test, "cpu2"));
    return check_joined(test, cpus, NULL);
}

static gboolean
check_has_feature(const Case *test)
{
    g_autoptr(CpuDefinition) host = read_cpu(test, "host");
    const char *feature = strchr(test->columns[COLUMN_FLAGS], '=');
    gboolean has;
    const char *got = "FAIL";

    assert_non_null(feature);
    if (cpu_engine_has_feature(test->map, host->arch, host, feature + 1, &has, NULL))
        got = has ? "YES" : "NO";
    return strcmp(got, test->columns[COLUMN_EXPECTED]) == 0;
}

static gboolean
decodes_to(const Case *test, const CpuData *data, CpuType type)
{
    g_autoptr(GPtrArray) models = type == CPU_TYPE_GUEST ? models_of_reply(test) : NULL;
    CpuDecodeOptions options = {.type = type, .fallback = CPU_FALLBACK_FORBID, .models = models};
    g_autoptr(CpuDefinition) result = cpu_engine_decode(test->map, data, &options, NULL);

    return is_expected(test, result);
}

static gboolean
check_cpuid_host(const Case *test)
{
    g_autoptr(CpuData) data = read_data(input_name(test, "cpuid"));

    return decodes_to(test, data, CPU_TYPE_HOST);
}

static gboolean
check_cpuid_guest(const Case *test)
{
    g_autoptr(CpuData) data = read_data(input_name(test, "cpuid"));

    return decodes_to(test, data, CPU_TYPE_GUEST);
}

static gboolean
check_json(const Case *test)
{
    g_autoptr(QemuCpuReply) reply = read_reply(test);

    return decodes_to(test, reply->data, CPU_TYPE_GUEST);
}

static gboolean
check_signature(const Case *test)
{
    g_autofree char *wanted = read_file(test->columns[COLUMN_EXPECTED]);
    gboolean is_json = input_name(test, "json") != NULL;
    g_autoptr(QemuCpuReply) reply = is_json ? read_reply(test) : NULL;
    g_autoptr(CpuData) data =
        is_json ? cpu_data_copy(reply->data) : read_data(input_name(test, "cpuid"));
    guint numbers[3];

    cpu_data_signature(data, &numbers[0], &numbers[1], &numbers[2]);
    g_auto(GStrv) lines = g_strsplit(wanted, "\n", -1);
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        const char *number = strchr(lines[i + 1], ':');

        if (number == NULL || numbers[i] != strtoul(number + 1, NULL, 10))
            return FALSE;
    }
    return TRUE;
}

/* ---- live update ---------------------------------------------------------------------------- */

/* The guest's definition with the model that QEMU chose, where that can be had. */
static CpuDefinition *
with_model_of(const Case *test, const CpuDefinition *guest, const CpuDefinition *wanted)
{
    g_autoptr(GPtrArray) offered = models_of_reply(test);
    g_autoptr(GPtrArray) models = cpu_hypervisor_models_new();
    const CpuHypervisorModel *found = cpu_hypervisor_models_find(offered, wanted->model);
    CpuHypervisorModel *only = cpu_hypervisor_model_new(wanted->model, CPU_USABLE_UNKNOWN);
    g_autoptr(CpuDefinition) open = cpu_definition_copy(guest);
    CpuResolveOptions options = {.models = models};

    for (guint i = 0; found != NULL && i < found->blockers->len; i++)
        g_ptr_array_add(only->blockers, g_strdup(found->blockers->pdata[i]));
    g_ptr_array_add(models, only);
    open->check = CPU_CHECK_NONE;
    open->fallback = CPU_FALLBACK_ALLOW;
    CpuDefinition *result =
        cpu_engine_resolve(test->map, CPU_ARCH_X86_64, guest, open, &options, NULL);
    return result == NULL ? cpu_definition_copy(guest) : result;
}

/* Every feature of WANTED is in GOT with its policy; GOT may disable more. */
static gboolean
has_same_features(const CpuDefinition *got, const CpuDefinition *wanted)
{
    for (guint i = 0; i < wanted->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(wanted, i);
        const CpuDefinitionFeature *own = cpu_definition_find_feature(got, item->name);

        if (own == NULL || own->policy != item->policy)
            return FALSE;
    }
    for (guint i = 0; i < got->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(got, i);

        if (item->policy != CPU_POLICY_DISABLE &&
            cpu_definition_find_feature(wanted, item->name) == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_update_live(const Case *test)
{
    g_autoptr(CpuDefinition) guest = read_cpu(test, "cpu");
    g_autofree char *text = read_file(test->columns[COLUMN_EXPECTED]);
    g_autoptr(CpuDefinition) wanted = testing_cpu(text);
    g_autoptr(CpuData) enabled = read_data(input_name(test, "enabled"));
    g_autofree char *disabled_text = read_file(input_name(test, "disabled"));
    g_autoptr(CpuData) disabled = cpudata_reader_parse(disabled_text, strlen(disabled_text), NULL);
    g_autoptr(CpuDefinition) start = strcmp(guest->model, wanted->model) == 0
                                         ? cpu_definition_copy(guest)
                                         : with_model_of(test, guest, wanted);

    if (disabled == NULL) /* nothing was disabled */
        disabled = cpu_data_new();
    g_autoptr(CpuDefinition) live =
        cpu_engine_update_live(test->map, CPU_ARCH_X86_64, start, enabled, disabled, NULL);
    if (live == NULL)
        return FALSE;
    g_autoptr(CpuDefinition) got = cpu_engine_expand(test->map, live, CPU_ARCH_X86_64, NULL);
    g_autoptr(CpuDefinition) expected = cpu_engine_expand(test->map, wanted, CPU_ARCH_X86_64, NULL);
    return live->check == CPU_CHECK_FULL && strcmp(got->model, expected->model) == 0 &&
           has_same_features(got, expected);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    gboolean (*check)(const Case *test);
} kinds[] = {
    {"compare", check_compare},
    {"guest-compare", check_compare},
    {"update-compare", check_compare},
    {"update", check_update},
    {"guest-cpu", check_guest_cpu},
    {"baseline", check_baseline},
    {"cpuid-baseline", check_cpuid_baseline},
    {"has-feature", check_has_feature},
    {"cpuid-host", check_cpuid_host},
    {"cpuid-guest", check_cpuid_guest},
    {"cpuid-json", check_json},
    {"cpuid-signature", check_signature},
    {"json-signature", check_signature},
    {"update-live", check_update_live},
};

typedef struct {
    guint n_passed, n_failed, n_absent;
} Tally;

static void
run_case(const CpuMap *map, const char *line, Tally *tally)
{
    g_auto(GStrv) columns = g_strsplit(line, "\t", -1);

    if (g_strv_length(columns) != N_COLUMNS)
        return;
    g_auto(GStrv) inputs = g_strsplit(columns[COLUMN_INPUTS], ";", -1);
    Case test = {.map = map, .columns = columns, .inputs = inputs};
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].kind, columns[COLUMN_KIND]) != 0)
            continue;
        if (!has_files(&test)) {
            tally->n_absent++;
        } else if (kinds[i].check(&test)) {
            tally->n_passed++;
        } else {
            tally->n_failed++;
            fprintf(stderr, "differs: %s\n", line);
        }
    }
}

static void
test_answers_are_those_of_libvirts_own_cpu_test(void **state)
{
    g_autofree char *cases_path = testing_corpus_path(CASES);
    g_autofree char *map_path = testing_corpus_path(MAP);
    g_autoptr(CpuMap) map = testing_load_map(map_path);
    g_autofree char *cases = testing_read(cases_path);
    g_auto(GStrv) lines = g_strsplit(cases, "\n", -1);
    Tally tally = {0};

    (void)state;
    for (guint i = 1; lines[i] != NULL; i++)
        run_case(map, lines[i], &tally);
    fprintf(stderr, "%u cases as expected, %u not, %u without their files\n", tally.n_passed,
            tally.n_failed, tally.n_absent);
    assert_int_equal(tally.n_failed, 0);
    assert_true(tally.n_passed > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_are_those_of_libvirts_own_cpu_test)};

    if (!testing_has_corpus(CASES) || !testing_has_corpus(FILES) || !testing_has_corpus(MAP))
        return TEST_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
