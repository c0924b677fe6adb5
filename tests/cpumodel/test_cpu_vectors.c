/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What libvirt 9.0.0 and 11.3.0 really answered to random inputs: baselines byte by byte, the
 * verdict of comparisons with the features they name, and whether an input was refused.
 */

#include "cpu_testing.h"

#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define VECTORS "corpus/cpu-vectors.jsonl"

typedef struct {
    struct json_object *json;
    const CpuMap *map;
} Vector;

/* The maps of the two versions. */
static const struct {
    const char *version;
    const char *folder; /* absolute, or below the corpus */
} maps[] = {
    {"9.0.0", "/usr/share/libvirt/cpu_map"},
    {"11.3.0", "cpu_map-11.3.0"},
};

static const char *
text_of(const Vector *vector, const char *key)
{
    return json_object_get_string(json_object_object_get(vector->json, key));
}

static gboolean
has_flag(const Vector *vector, const char *flag)
{
    struct json_object *flags = json_object_object_get(vector->json, "flags");

    for (gsize i = 0; i < json_object_array_length(flags); i++) {
        if (strcmp(json_object_get_string(json_object_array_get_idx(flags, i)), flag) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
check_baseline(const Vector *vector)
{
    g_autoptr(GPtrArray) cpus = testing_parse_all(text_of(vector, "input"), NULL);
    CpuBaselineOptions options = {
        .is_expanded = has_flag(vector, "--features"),
        .is_migratable = has_flag(vector, "--migratable"),
        .is_qemu_driver = strcmp(text_of(vector, "command"), "qemu-baseline") == 0,
    };
    g_autoptr(CpuDefinition) result = NULL;

    if (cpus != NULL)
        result = cpu_engine_baseline(vector->map, CPU_ARCH_NONE,
                                     (const CpuDefinition *const *)(void *)cpus->pdata, cpus->len,
                                     &options, NULL);
    g_autofree char *got = testing_format(result);
    return strcmp(got, text_of(vector, "stdout")) == 0;
}

/* The verdict in virsh's sentences; NULL for an error. */
static const char *
expected_verdict(const Vector *vector)
{
    static const struct {
        const char *words;
        const char *verdict;
    } sentences[] = {
        {"is identical to host CPU", "identical"},
        {"Host CPU is a superset", "superset"},
        {"incompatible with host CPU", "incompatible"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (strstr(text_of(vector, "stdout"), sentences[i].words) != NULL ||
            strstr(text_of(vector, "stderr"), sentences[i].words) != NULL)
            return sentences[i].verdict;
    }
    return NULL;
}

static gboolean
check_compare(const Vector *vector)
{
    const char *expected = expected_verdict(vector);
    const char *features = strstr(text_of(vector, "stderr"), "eatures: ");
    g_auto(CpuReason) reason = {0};
    g_autoptr(CpuDefinition) host = testing_cpu(text_of(vector, "host"));
    g_autoptr(CpuDefinition) cpu = testing_parse(text_of(vector, "input"), NULL);
    CpuCompareResult result;

    if (cpu == NULL ||
        !cpu_engine_compare(vector->map, host->arch, host, cpu, &result, &reason, NULL))
        return expected == NULL;
    if (g_strcmp0(cpu_compare_result_name(result), expected) != 0)
        return FALSE;
    if (features == NULL)
        return TRUE;
    g_autofree char *message = cpu_reason_message(&reason);
    g_autofree char *list = g_strchomp(g_strdup(features + strlen("eatures: ")));
    return g_str_has_suffix(message, list);
}

static gboolean
check_vector(const Vector *vector)
{
    if (strcmp(text_of(vector, "command"), "compare") == 0)
        return check_compare(vector);
    return check_baseline(vector);
}

static CpuMap *
load_map(const char *folder)
{
    g_autofree char *path =
        g_path_is_absolute(folder) ? g_strdup(folder) : testing_corpus_path(folder);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return testing_load_map(path);
    fprintf(stderr, "without %s: its vectors are skipped\n", path);
    return NULL;
}

static void
test_answers_are_those_that_libvirt_gave(void **state)
{
    g_autofree char *path = testing_corpus_path(VECTORS);
    g_autofree char *text = testing_read(path);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n_same = 0, n_different = 0;

    (void)state;
    for (guint m = 0; m < G_N_ELEMENTS(maps); m++) {
        g_autoptr(CpuMap) map = load_map(maps[m].folder);

        for (guint i = 0; map != NULL && lines[i] != NULL && *lines[i] != '\0'; i++) {
            Vector vector = {json_tokener_parse(lines[i]), map};

            assert_non_null(vector.json);
            if (strcmp(text_of(&vector, "version"), maps[m].version) == 0) {
                if (check_vector(&vector)) {
                    n_same++;
                } else {
                    n_different++;
                    fprintf(stderr, "differs: %s\n", text_of(&vector, "id"));
                }
            }
            json_object_put(vector.json);
        }
    }
    fprintf(stderr, "%u vectors the same, %u not\n", n_same, n_different);
    assert_int_equal(n_different, 0);
    assert_true(n_same > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers_are_those_that_libvirt_gave)};

    if (!testing_has_corpus(VECTORS))
        return TEST_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
