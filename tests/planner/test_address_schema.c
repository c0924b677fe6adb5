/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is planned still is a domain by libvirt's own schema: for random guests, and for the inputs
 * of libvirt's test where they are at hand. A guest that the schema refuses before it is planned
 * proves nothing and is left out.
 *
 * Skips without libvirt's schemas; LIBVIRT_SCHEMAS names their folder.
 */

#include "domain_generator.h"

#include <ingest/domain_devices_reader.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <planner/address.h>
#include <reports/domain_writer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_SKIP 77
#define N_RANDOM_GUESTS 300
#define SCHEMA_FOLDER "/usr/share/libvirt/schemas"

typedef struct {
    xmlRelaxNGValidCtxt *context;
    GString *complaint; /* of the last validation */
    guint n_valid, n_invalid, n_left_out;
} Schema;

G_GNUC_PRINTF(2, 3)
static void
complain(void *user_data, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(user_data, format, args);
    va_end(args);
}

static gboolean
is_valid(Schema *schema, const char *text, gsize length)
{
    xmlDoc *document = xmlReadMemory(text, (int)length, NULL, NULL, XML_PARSE_NONET);

    g_string_truncate(schema->complaint, 0);
    if (document == NULL)
        return FALSE;
    gboolean valid = xmlRelaxNGValidateDoc(schema->context, document) == 0;
    xmlFreeDoc(document);
    return valid;
}

static void
try_guest(Schema *schema, const char *what, const char *text, gsize length)
{
    const AddressOptions options = {0};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    if (refusal != NULL || !is_valid(schema, text, length)) {
        finding_free(refusal);
        schema->n_left_out++;
        return;
    }
    g_autoptr(GString) planned = domain_write(text, length, devices);
    if (is_valid(schema, planned->str, planned->len)) {
        schema->n_valid++;
        return;
    }
    schema->n_invalid++;
    printf("%s: %s\n%s\n", what, schema->complaint->str, planned->str);
}

static void
try_random_guests(Schema *schema)
{
    static const struct {
        const char *arch, *machine;
    } machines[] = {
        {"x86_64", "pc-i440fx-7.2"}, {"x86_64", "pc-q35-7.2"},         {"aarch64", "virt-7.2"},
        {"ppc64", "pseries-7.2"},    {"s390x", "s390-ccw-virtio-7.2"}, {"riscv64", "virt"},
    };

    for (guint32 seed = 1; seed <= N_RANDOM_GUESTS; seed++) {
        guint row = seed % G_N_ELEMENTS(machines);
        const DomainRecipe recipe = {.name = "schema",
                                     .arch = machines[row].arch,
                                     .machine = machines[row].machine,
                                     .rarity = seed % 3 == 0 ? 600 : 0};
        g_autofree char *text = domain_generate(seed, &recipe);
        g_autofree char *what = g_strdup_printf("seed %u", seed);

        try_guest(schema, what, text, strlen(text));
    }
}

static void
try_corpus(Schema *schema)
{
    g_autofree char *folder = g_build_filename(TEST_CORPUS_DIR, "corpus/qemuxmlconf", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    if (dir == NULL)
        printf("there is no %s\n", folder);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        gsize length = 0;

        if (g_str_has_suffix(name, ".xml") && g_file_get_contents(path, &text, &length, NULL))
            try_guest(schema, name, text, length);
    }
}

int
main(void)
{
    const char *folder = g_getenv("LIBVIRT_SCHEMAS");
    g_autofree char *path =
        g_build_filename(folder == NULL ? SCHEMA_FOLDER : folder, "domain.rng", NULL);
    Schema schema = {.complaint = g_string_new(NULL)};

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        printf("skipped: there is no %s\n", path);
        g_string_free(schema.complaint, TRUE);
        return EXIT_SKIP;
    }
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
    xmlRelaxNG *grammar = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    schema.context = xmlRelaxNGNewValidCtxt(grammar);
    xmlRelaxNGSetValidErrors(schema.context, complain, complain, schema.complaint);
    try_random_guests(&schema);
    try_corpus(&schema);
    printf("%u planned guests valid, %u not; %u left out\n", schema.n_valid, schema.n_invalid,
           schema.n_left_out);
    xmlRelaxNGFreeValidCtxt(schema.context);
    xmlRelaxNGFree(grammar);
    g_string_free(schema.complaint, TRUE);
    return schema.n_invalid == 0 && schema.n_valid > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
