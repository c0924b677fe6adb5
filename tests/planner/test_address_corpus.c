/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Every pair of libvirt's own domain XML test that is at hand: planning its input gives the
 * addresses and controllers of its output, no fewer and no more.
 *
 * The outputs are what libvirt 11.3.0 makes of a load, but for those of an "abi-update", which are
 * new definitions.
 */

#include "address_compare.h"

#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <reports/domain_writer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SKIP 77

/* Their test takes USB controllers away from QEMU, which no definition tells. */
#define IMPOSSIBLE "-unavailable-"

typedef enum { PAIR_ABSENT, PAIR_EQUAL, PAIR_DIFFERENT } PairResult;

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Lines without the names of devices that libvirt changes: it invents MAC addresses, and completes
 * the sources of host devices.
 */
static char *
anonymous_facts(const DomainDevices *devices)
{
    g_autofree char *facts = address_facts(devices);
    g_auto(GStrv) lines = g_strsplit(facts, "\n", 0);
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "interface/") || g_str_has_prefix(lines[i], "hostdev/"))
            memmove(lines[i], strstr(lines[i], ": "), strlen(strstr(lines[i], ": ")) + 1);
        g_ptr_array_add(list, lines[i]);
    }
    g_ptr_array_sort(list, compare_lines);
    g_ptr_array_add(list, NULL);
    return g_strjoinv("\n", (char **)list->pdata);
}

static char *
facts_of(const char *text, gsize length)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);

    if (devices != NULL)
        return anonymous_facts(devices);
    printf("  cannot be read: line %u: %s\n", refusal->line, refusal->text);
    finding_free(refusal);
    return NULL;
}

static char *
planned_facts(const char *text, gsize length, gboolean is_load)
{
    const AddressOptions options = {.is_load = is_load, .libvirt_version = VERSION_NUMBER(11, 3)};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    if (refusal != NULL) {
        printf("  refused: line %u: %s\n", refusal->line, refusal->text);
        finding_free(refusal);
        return NULL;
    }
    g_autoptr(GString) out = domain_write(text, length, devices);
    return facts_of(out->str, out->len);
}

static PairResult
compare_pair(const char *input, const char *output)
{
    g_autofree char *input_path =
        g_build_filename(TEST_CORPUS_DIR, "corpus/qemuxmlconf", input, NULL);
    g_autofree char *output_path =
        g_build_filename(TEST_CORPUS_DIR, "corpus/qemuxmlconf", output, NULL);
    g_autofree char *written = NULL;
    g_autofree char *expected = NULL;
    gsize n_written = 0, n_expected = 0;

    if (!g_file_get_contents(input_path, &written, &n_written, NULL) ||
        !g_file_get_contents(output_path, &expected, &n_expected, NULL))
        return PAIR_ABSENT;
    g_autofree char *left = facts_of(expected, n_expected);
    g_autofree char *right =
        planned_facts(written, n_written, strstr(output, "abi-update") == NULL);
    if (g_strcmp0(left, right) == 0)
        return PAIR_EQUAL;
    printf("%s:\nexpected\n%s\nplanned\n%s\n\n", output, left, right);
    return PAIR_DIFFERENT;
}

int
main(void)
{
    g_autofree char *path = g_build_filename(TEST_CORPUS_DIR, "spec/addr-cases.tsv", NULL);
    g_autofree char *table = NULL;
    guint n[PAIR_DIFFERENT + 1] = {0};

    if (!g_file_get_contents(path, &table, NULL, NULL)) {
        printf("skipped: there is no %s\n", path);
        return EXIT_SKIP;
    }
    g_auto(GStrv) lines = g_strsplit(table, "\n", 0);
    for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_auto(GStrv) columns = g_strsplit(lines[i], "\t", 4);

        if (strstr(columns[2], IMPOSSIBLE) == NULL)
            n[compare_pair(columns[1], columns[2])]++;
    }
    printf("%u pairs equal, %u different\n", n[PAIR_EQUAL], n[PAIR_DIFFERENT]);
    return n[PAIR_DIFFERENT] == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
