/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turns one file of a folder's data/ into a C table: compile_data TABLE INPUT OUTPUT. The folder
 * has the row's type in its data.h.
 *
 * A file is a YAML sequence of flat mappings. The tables below say which keys a mapping may have,
 * how each value is written in C, and which must be there; anything else stops the build with file,
 * line and column. Runs on the build machine only.
 */
#include <cpumodel/version.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef enum {
    VALUE_STRING,
    VALUE_NUMBER,
    VALUE_RELEASE,
    VALUE_FROM,
    VALUE_TO,
    VALUE_DATE
} ValueKind;

#define MAX_COLUMNS 32

typedef struct {
    const char *key; /* also the C member */
    ValueKind kind;
    gboolean is_required;
} Column;

typedef struct {
    const char *name; /* of the array */
    const char *type; /* of its rows */
    Column columns[MAX_COLUMNS];
} Table;

/* One file, of which two folders have a table. */
#define KVM_GIVEN_COLUMNS                                                                          \
    {                                                                                              \
        {"feature", VALUE_STRING, TRUE}, {"module", VALUE_STRING, FALSE},                          \
            {"needs", VALUE_STRING, FALSE}, {"unasked", VALUE_NUMBER, FALSE},                      \
            {"certain", VALUE_NUMBER, FALSE}, {"named_since", VALUE_RELEASE, FALSE},               \
            {"source", VALUE_STRING, TRUE},                                                        \
    }

static const Table tables[] = {
    {"weight_rows",
     "WeightRow",
     {{"group", VALUE_STRING, FALSE},
      {"feature", VALUE_STRING, FALSE},
      {"weight", VALUE_NUMBER, TRUE}}},
    {"host_only_rows",
     "HostOnlyRow",
     {{"feature", VALUE_STRING, TRUE}, {"reason", VALUE_STRING, TRUE}}},
    {"kvm_given_rows", "KvmGivenRow", KVM_GIVEN_COLUMNS},
    {"kvm_feature_rows", "KvmFeatureRow", KVM_GIVEN_COLUMNS},
    {"dependency_rows",
     "DependencyRow",
     {{"feature", VALUE_STRING, TRUE}, {"needs", VALUE_STRING, TRUE}}},
    {"qemu_release_rows",
     "QemuReleaseRow",
     {{"release", VALUE_RELEASE, TRUE}, {"date", VALUE_DATE, TRUE}}},
    {"hyperv_rows",
     "HypervRow",
     {{"enlightenment", VALUE_STRING, TRUE},
      {"kernel", VALUE_FROM, TRUE},
      {"qemu", VALUE_FROM, TRUE}}},
    {"distribution_machine_rows",
     "DistributionMachineRow",
     {{"name", VALUE_STRING, TRUE}, {"release", VALUE_RELEASE, TRUE}}},
    {"qemu_model_rows",
     "QemuModelRow",
     {{"model", VALUE_STRING, TRUE},
      {"release", VALUE_RELEASE, FALSE},
      {"removed", VALUE_RELEASE, FALSE}}},
    {"qemu_name_rows",
     "QemuNameRow",
     {{"feature", VALUE_STRING, TRUE}, {"qemu", VALUE_STRING, FALSE}}},
    {"linux_flag_rows", "LinuxFlagRow", {{"flag", VALUE_STRING, TRUE}}},
    {"proxmox_model_rows",
     "ProxmoxModelRow",
     {{"model", VALUE_STRING, TRUE}, {"becomes", VALUE_STRING, FALSE}}},
    {"kubevirt_obsolete_rows", "KubevirtObsoleteRow", {{"model", VALUE_STRING, TRUE}}},
    {"bad_pair_rows",
     "BadPairRow",
     {{"id", VALUE_STRING, TRUE},
      {"software", VALUE_STRING, TRUE},
      {"arch", VALUE_STRING, FALSE},
      {"source_from", VALUE_FROM, FALSE},
      {"source_to", VALUE_TO, FALSE},
      {"target_from", VALUE_FROM, FALSE},
      {"target_to", VALUE_TO, FALSE},
      {"source_qemu_from", VALUE_FROM, FALSE},
      {"target_qemu_to", VALUE_TO, FALSE},
      {"cured_by", VALUE_FROM, FALSE},
      {"machine_from", VALUE_FROM, FALSE},
      {"machine_to", VALUE_TO, FALSE},
      {"machine_not", VALUE_STRING, FALSE},
      {"several_threads", VALUE_NUMBER, FALSE},
      {"without_counters", VALUE_NUMBER, FALSE},
      {"named_cpu", VALUE_NUMBER, FALSE},
      {"guest_has", VALUE_STRING, FALSE},
      {"guest_lacks", VALUE_STRING, FALSE},
      {"source_has", VALUE_STRING, FALSE},
      {"guest_needs", VALUE_STRING, FALSE},
      {"only_certain", VALUE_NUMBER, FALSE},
      {"severity", VALUE_STRING, TRUE},
      {"text", VALUE_STRING, TRUE},
      {"remedy", VALUE_STRING, TRUE},
      {"source", VALUE_STRING, TRUE}}},
};

static const char *input_path;

G_GNUC_NORETURN
G_GNUC_PRINTF(2, 3)
static void
fail(yaml_mark_t mark, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s:%zu:%zu: ", input_path, mark.line + 1, mark.column + 1);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static const Column *
find_column(const Table *table, const yaml_node_t *key)
{
    if (key->type != YAML_SCALAR_NODE)
        fail(key->start_mark, "a key must be a word");
    for (guint i = 0; i < MAX_COLUMNS && table->columns[i].key != NULL; i++)
        if (strcmp(table->columns[i].key, (const char *)key->data.scalar.value) == 0)
            return &table->columns[i];
    fail(key->start_mark, "unknown key '%s'", (const char *)key->data.scalar.value);
}

static void
append_string(GString *out, const char *text)
{
    g_autofree char *escaped = g_strescape(text, NULL);

    g_string_append_printf(out, "\"%s\"", escaped);
}

static void
append_release(GString *out, const yaml_node_t *node, const char *text)
{
    const char *rest;
    guint version;

    if (version_read(text, &version, &rest) != 2 || *rest != '\0')
        fail(node->start_mark, "'%s' is not a release such as \"9.2\"", text);
    g_string_append_printf(out, "%u", version);
}

/* An inclusive bound: "9.2" begins with 9.2.0 and ends with 9.2.999. */
static void
append_bound(GString *out, const yaml_node_t *node, const char *text, guint rest_of_series)
{
    const char *rest;
    guint version;
    const guint n = version_read(text, &version, &rest);

    if (n < 2 || *rest != '\0')
        fail(node->start_mark, "'%s' is not a version such as \"9.2\" or \"9.2.1\"", text);
    g_string_append_printf(out, "%u", n == 2 ? version + rest_of_series : version);
}

static void
append_date(GString *out, const yaml_node_t *node, const char *text)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *midnight = g_strconcat(text, "T00:00:00Z", NULL);
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(midnight, utc);

    if (date == NULL)
        fail(node->start_mark, "'%s' is not a date such as 2024-12-10", text);
    g_string_append_printf(out, "G_GINT64_CONSTANT(%" G_GINT64_FORMAT ")",
                           g_date_time_to_unix(date));
}

static void
append_number(GString *out, const yaml_node_t *node, const char *text)
{
    char *end;
    gdouble number = g_ascii_strtod(text, &end);
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (end == text || *end != '\0' || number < 0)
        fail(node->start_mark, "'%s' is not a number of 0 or more", text);
    g_string_append(out, g_ascii_dtostr(buffer, sizeof(buffer), number));
}

static void
append_value(GString *out, const Column *column, const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE)
        fail(node->start_mark, "'%s' must have a single value", column->key);
    const char *text = (const char *)node->data.scalar.value;

    switch (column->kind) {
    case VALUE_STRING:
        append_string(out, text);
        break;
    case VALUE_NUMBER:
        append_number(out, node, text);
        break;
    case VALUE_RELEASE:
        append_release(out, node, text);
        break;
    case VALUE_FROM:
        append_bound(out, node, text, 0);
        break;
    case VALUE_TO:
        append_bound(out, node, text, VERSION_REST_OF_SERIES);
        break;
    case VALUE_DATE:
        append_date(out, node, text);
        break;
    default:
        g_assert_not_reached();
    }
}

static void
append_row(GString *out, const Table *table, yaml_document_t *document, const yaml_node_t *row)
{
    gboolean is_seen[MAX_COLUMNS] = {FALSE};

    if (row->type != YAML_MAPPING_NODE)
        fail(row->start_mark, "each row must be a mapping");
    g_string_append(out, "    {");
    for (const yaml_node_pair_t *pair = row->data.mapping.pairs.start;
         pair < row->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(document, pair->key);
        const Column *column = find_column(table, key);

        if (is_seen[column - table->columns])
            fail(key->start_mark, "'%s' is given twice", column->key);
        is_seen[column - table->columns] = TRUE;
        g_string_append_printf(out, ".%s = ", column->key);
        append_value(out, column, yaml_document_get_node(document, pair->value));
        g_string_append(out, ", ");
    }
    for (guint i = 0; i < MAX_COLUMNS && table->columns[i].key != NULL; i++) {
        if (table->columns[i].is_required && !is_seen[i])
            fail(row->start_mark, "'%s' is missing", table->columns[i].key);
        if (table->columns[i].kind == VALUE_TO && !is_seen[i])
            g_string_append_printf(out, ".%s = G_MAXUINT32, ", table->columns[i].key);
    }
    g_string_append(out, "},\n");
}

static char *
compile(const Table *table, yaml_document_t *document)
{
    const yaml_node_t *root = yaml_document_get_root_node(document);
    GString *out = g_string_new("#include \"data.h\"\n\n");

    if (root == NULL || root->type != YAML_SEQUENCE_NODE)
        fail((yaml_mark_t){0}, "the file must be a sequence");
    g_string_append_printf(out, "const %s %s[] = {\n", table->type, table->name);
    for (const yaml_node_item_t *item = root->data.sequence.items.start;
         item < root->data.sequence.items.top; item++)
        append_row(out, table, document, yaml_document_get_node(document, *item));
    g_string_append_printf(out, "};\n\nconst guint n_%s = G_N_ELEMENTS(%s);\n", table->name,
                           table->name);
    return g_string_free(out, FALSE);
}

static const Table *
find_table(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if (strcmp(tables[i].name, name) == 0)
            return &tables[i];
    return NULL;
}

int
main(int argc, char **argv)
{
    yaml_parser_t parser;
    yaml_document_t document;
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize length;

    const Table *table = argc == 4 ? find_table(argv[1]) : NULL;
    if (table == NULL) {
        fprintf(stderr, "usage: compile_data TABLE INPUT OUTPUT\n");
        return 2;
    }
    input_path = argv[2];
    if (!g_file_get_contents(input_path, &bytes, &length, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    if (!yaml_parser_load(&parser, &document))
        fail(parser.problem_mark, "%s", parser.problem);
    g_autofree char *text = compile(table, &document);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    if (!g_file_set_contents(argv[3], text, -1, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return 0;
}
