/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `<cpu>` from parsing events.
 *
 * Which rules hold depends on whether there is an `<arch>`, and that may stand anywhere. So
 * children are only collected while the element streams by (a table says which attributes of which
 * child matter) and judged when it ends, by cpu_reader_values.c. Features are the exception: there
 * are many of them and their rules are almost the same for both types, so they go straight into the
 * definition; only a bad policy waits for the verdict on the type.
 *
 * Duplicate features are found with one look-up in a table of all names ever met, each stamped with
 * the last element that had it; clearing a table for each CPU would cost more than reading it. The
 * definitions share these names.
 */

#include "cpu_reader_private.h"

#include <string.h>

G_DEFINE_QUARK(virt_plan_cpu_reader_error_quark, cpu_reader_error)

/* libvirt knows some 400 features; what lists ten times as many is no CPU. */
#define MAX_FEATURES 4096
/* Names kept for finding duplicates, over all elements. */
#define MAX_NAMES_KEPT 8192
/* Values kept of elements that were read. */
#define MAX_VALUE_BYTES 4096

const CpuChildRule cpu_child_rules[] = {
    [CPU_CHILD_ROOT] = {"cpu", {"mode", "match", "check", "migratable", "deprecated_features"}},
    [CPU_CHILD_ARCH] = {"arch", .has_text = TRUE},
    [CPU_CHILD_MODEL] = {"model", {"fallback", "vendor_id"}, .has_text = TRUE},
    [CPU_CHILD_VENDOR] = {"vendor", .has_text = TRUE},
    [CPU_CHILD_MICROCODE] = {"microcode", {"version"}},
    [CPU_CHILD_SIGNATURE] = {"signature", {"family", "model", "stepping"}},
    [CPU_CHILD_COUNTER] = {"counter", {"name", "frequency", "scaling"}},
    [CPU_CHILD_TOPOLOGY] = {"topology", {"sockets", "dies", "clusters", "cores", "threads"}},
    [CPU_CHILD_CACHE] = {"cache", {"level", "mode"}},
    [CPU_CHILD_MAXPHYSADDR] = {"maxphysaddr", {"mode", "bits", "limit"}},
};
G_STATIC_ASSERT(G_N_ELEMENTS(cpu_child_rules) == CPU_CHILD_COUNT);

struct CpuReader {
    CpuElement element;
    guint64 n_elements; /* begun so far: the number of this one */
    guint depth;        /* open elements below this one */
    gint open_child;    /* the CpuChild whose text is being read, or -1 */
    GString *text;
    GStringChunk *values; /* what the children point into */
    gsize n_value_bytes;  /* in it, with those of elements before */
    CpuChildValues children[CPU_CHILD_COUNT];
    CpuDefinition *cpu;
    CpuFeatureNames *names; /* of the features of all elements; they share them */
    GHashTable *seen;       /* char* of NAMES -> CpuSeenFeature* */
    guint n_forgotten;      /* how often these two were begun anew */
    GString *name;          /* that is looked up */
    const char *bad_policy;
    guint bad_policy_line;
    GError *error; /* the first thing wrong, whatever the type */
};

CpuReader *
cpu_reader_new(void)
{
    CpuReader *reader = g_new0(CpuReader, 1);

    reader->text = g_string_new(NULL);
    reader->values = g_string_chunk_new(MAX_VALUE_BYTES);
    reader->names = cpu_feature_names_new();
    reader->seen = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    reader->name = g_string_new(NULL);
    return reader;
}

void
cpu_reader_free(CpuReader *reader)
{
    if (reader == NULL)
        return;
    g_string_free(reader->text, TRUE);
    g_string_chunk_free(reader->values);
    g_hash_table_unref(reader->seen);
    cpu_feature_names_unref(reader->names);
    g_string_free(reader->name, TRUE);
    cpu_definition_free(reader->cpu);
    g_clear_error(&reader->error);
    g_free(reader);
}

guint
cpu_reader_convert_attributes(const xmlChar **list, int n,
                              CpuReaderAttribute ret_attributes[CPU_READER_MAX_ATTRIBUTES])
{
    guint n_kept = 0;

    for (int i = 0; i < n && n_kept < CPU_READER_MAX_ATTRIBUTES; i++, list += 5) {
        if (list[1] != NULL)
            continue;
        ret_attributes[n_kept++] = (CpuReaderAttribute){
            .name = (const char *)list[0],
            .value = (const char *)list[3],
            .length = (gsize)(list[4] - list[3]),
        };
    }
    return n_kept;
}

/* Telling most names apart by their first letter spares a call for each of them. */
static gboolean
is_name(const char *name, const char *wanted)
{
    return name[0] == wanted[0] && strcmp(name, wanted) == 0;
}

static const CpuReaderAttribute *
find_attribute(const CpuReaderAttribute *attributes, guint n, const char *name)
{
    for (guint i = 0; i < n; i++) {
        if (is_name(attributes[i].name, name))
            return &attributes[i];
    }
    return NULL;
}

static const char *
keep_value(CpuReader *reader, const char *value, gsize length)
{
    reader->n_value_bytes += length + 1;
    return g_string_chunk_insert_len(reader->values, value, (gssize)length);
}

static void
keep_attributes(CpuReader *reader, CpuChild child, const CpuReaderAttribute *attributes, guint n)
{
    for (guint i = 0; i < CPU_CHILD_MAX_ATTRIBUTES; i++) {
        const char *name = cpu_child_rules[child].attributes[i];

        if (name == NULL)
            return;
        const CpuReaderAttribute *attribute = find_attribute(attributes, n, name);
        if (attribute != NULL)
            reader->children[child].values[i] =
                keep_value(reader, attribute->value, attribute->length);
    }
}

static void
fail(CpuReader *reader, guint line, const char *message)
{
    if (reader->error == NULL)
        g_set_error(&reader->error, CPU_READER_ERROR, CPU_READER_ERROR_INVALID, "line %u: %s", line,
                    message);
}

static void
forget_names(CpuReader *reader)
{
    g_hash_table_remove_all(reader->seen);
    cpu_feature_names_unref(reader->names);
    reader->names = cpu_feature_names_new();
    reader->n_forgotten++;
}

/* Now and then: each time would cost more than the values do. */
static void
forget_values(CpuReader *reader)
{
    if (reader->n_value_bytes < MAX_VALUE_BYTES)
        return;
    g_string_chunk_clear(reader->values);
    reader->n_value_bytes = 0;
}

void
cpu_reader_begin(CpuReader *reader, CpuElement element, const CpuReaderAttribute *attributes,
                 guint n_attributes, guint line)
{
    g_clear_error(&reader->error);
    cpu_definition_free(reader->cpu);
    if (g_hash_table_size(reader->seen) > MAX_NAMES_KEPT)
        forget_names(reader);
    reader->cpu = cpu_definition_new_sharing(CPU_TYPE_GUEST, reader->names);
    forget_values(reader);
    memset(reader->children, 0, sizeof reader->children);
    reader->element = element;
    reader->n_elements++;
    reader->depth = 0;
    reader->open_child = -1;
    reader->bad_policy = NULL;
    reader->children[CPU_CHILD_ROOT].line = line;
    if (element != CPU_ELEMENT_HOST_MODEL)
        keep_attributes(reader, CPU_CHILD_ROOT, attributes, n_attributes);
}

static CpuSeenFeature *
find_seen(CpuReader *reader, const CpuReaderAttribute *name)
{
    g_string_truncate(reader->name, 0);
    g_string_append_len(reader->name, name->value, (gssize)name->length);
    CpuSeenFeature *seen = g_hash_table_lookup(reader->seen, reader->name->str);
    if (seen != NULL)
        return seen;
    seen = g_new0(CpuSeenFeature, 1);
    seen->name = cpu_feature_names_add(reader->names, reader->name->str);
    g_hash_table_insert(reader->seen, seen->name, seen);
    return seen;
}

static CpuPolicy
read_policy(CpuReader *reader, const CpuReaderAttribute *attribute, guint line)
{
    if (attribute == NULL)
        return CPU_POLICY_REQUIRE;
    for (CpuPolicy policy = 0; policy < CPU_POLICY_COUNT; policy++) {
        const char *name = cpu_policy_name(policy);

        if (strlen(name) == attribute->length &&
            memcmp(name, attribute->value, attribute->length) == 0)
            return policy;
    }
    if (reader->bad_policy == NULL) {
        reader->bad_policy = keep_value(reader, attribute->value, attribute->length);
        reader->bad_policy_line = line;
    }
    return CPU_POLICY_REQUIRE;
}

static gboolean
has_room(CpuReader *reader, guint line)
{
    if (reader->error == NULL && reader->cpu->features->len >= MAX_FEATURES)
        fail(reader, line, "the CPU lists too many features: no CPU has that many");
    return reader->error == NULL;
}

static void
add_feature(CpuReader *reader, CpuSeenFeature *seen, CpuPolicy policy, guint line)
{
    if (seen->element == reader->n_elements) {
        g_autofree char *message =
            g_strdup_printf("feature '%s' is listed twice: keep one", seen->name);
        fail(reader, line, message);
        return;
    }
    seen->element = reader->n_elements;
    cpu_definition_share_feature(reader->cpu, reader->names, seen->name, policy);
}

static void
start_feature(CpuReader *reader, const CpuReaderAttribute *attributes, guint n, guint line)
{
    const CpuReaderAttribute *name = find_attribute(attributes, n, "name");

    if (!has_room(reader, line))
        return;
    CpuPolicy policy = read_policy(reader, find_attribute(attributes, n, "policy"), line);
    if (name == NULL || name->length == 0)
        fail(reader, line, "a feature without a name: give it a name='...'");
    else
        add_feature(reader, find_seen(reader, name), policy, line);
}

static void
start_child(CpuReader *reader, const char *name, const CpuReaderAttribute *attributes, guint n,
            guint line)
{
    if (is_name(name, "feature")) {
        start_feature(reader, attributes, n, line);
        return;
    }
    for (CpuChild child = CPU_CHILD_ROOT + 1; child < CPU_CHILD_COUNT; child++) {
        CpuChildValues *values = &reader->children[child];

        if (!is_name(name, cpu_child_rules[child].name))
            continue;
        if (child == CPU_CHILD_COUNTER) {
            const CpuReaderAttribute *counter = find_attribute(attributes, n, "name");

            if (counter == NULL || counter->length != 3 || memcmp(counter->value, "tsc", 3) != 0)
                return;
        }
        if (values->n_seen++ > 0)
            return;
        values->line = line;
        keep_attributes(reader, child, attributes, n);
        if (cpu_child_rules[child].has_text) {
            reader->open_child = (gint)child;
            g_string_truncate(reader->text, 0);
        }
        return;
    }
}

void
cpu_reader_start(CpuReader *reader, const char *name, const CpuReaderAttribute *attributes,
                 guint n_attributes, guint line)
{
    if (reader->depth++ == 0 && name != NULL)
        start_child(reader, name, attributes, n_attributes, line);
}

void
cpu_reader_text(CpuReader *reader, const char *text, gsize length)
{
    if (reader->open_child >= 0)
        g_string_append_len(reader->text, text, (gssize)length);
}

gboolean
cpu_reader_end(CpuReader *reader)
{
    if (reader->depth == 0)
        return TRUE;
    reader->depth--;
    if (reader->depth == 0 && reader->open_child >= 0) {
        if (reader->text->len > 0)
            reader->children[reader->open_child].text =
                keep_value(reader, reader->text->str, reader->text->len);
        reader->open_child = -1;
    }
    return FALSE;
}

/* Notes what CHILD, which was started, made of itself: a feature that is all right. */
static void
note_feature(const CpuReader *reader, CpuReaderChild *child)
{
    const GArray *features = reader->cpu->features;
    const CpuReaderAttribute *name = find_attribute(child->attributes, child->n_attributes, "name");

    child->seen = NULL;
    if (reader->error != NULL || reader->bad_policy != NULL || child->name == NULL ||
        strcmp(child->name, "feature") != 0 || name == NULL)
        return;
    const CpuDefinitionFeature *last = cpu_definition_feature(reader->cpu, features->len - 1);
    child->seen = g_hash_table_lookup(reader->seen, last->name);
    child->n_forgotten = reader->n_forgotten;
    child->policy = last->policy;
}

void
cpu_reader_repeat(CpuReader *reader, CpuReaderChild *child, guint line)
{
    if (child->seen != NULL && child->n_forgotten == reader->n_forgotten) {
        if (has_room(reader, line))
            add_feature(reader, child->seen, child->policy, line);
        return;
    }
    cpu_reader_start(reader, child->name, child->attributes, child->n_attributes, line);
    cpu_reader_text(reader, child->text, child->length);
    cpu_reader_end(reader);
    note_feature(reader, child);
}

CpuDefinition *
cpu_reader_finish(CpuReader *reader, GError **error)
{
    g_autoptr(CpuDefinition) cpu = g_steal_pointer(&reader->cpu);

    if (reader->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&reader->error));
        return NULL;
    }
    if (!cpu_reader_judge(reader->children, reader->element, cpu, error))
        return NULL;
    if (cpu->type == CPU_TYPE_GUEST && reader->bad_policy != NULL) {
        g_set_error(error, CPU_READER_ERROR, CPU_READER_ERROR_INVALID,
                    "line %u: '%s' is no policy of a feature: use force, require, optional, "
                    "disable or forbid",
                    reader->bad_policy_line, reader->bad_policy);
        return NULL;
    }
    return g_steal_pointer(&cpu);
}
