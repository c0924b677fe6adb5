/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * virt-plan-fleetgen: an example fleet of any size, the same for the same description, seed and
 * options. Hosts are written one after the other; only what equal hosts share is kept, and only
 * within one row of the description, so memory does not grow with the fleet.
 */

#include "documents.h"
#include "sink.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const Description *description;
    const CpuMap *map;
    const Roster *roster;
    Sink *sink;
    const char *const *families; /* of machine types, that domain capabilities are written for */
    gboolean is_compact;
    gboolean is_marked;
    gboolean is_marked_throughout;
    gboolean has_guests;

    /* What the hosts of one row share. */
    const HostRow *row;
    GHashTable *silicon;   /* "CPU-VARIANT" -> Silicon* */
    GHashTable *documents; /* "CPU-VARIANT/MACHINE-VARIANT/FAMILY" -> GString* */
    GString *text;
} Generator;

static void
free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static void
begin_row(Generator *generator, const HostRow *row)
{
    if (generator->row == row)
        return;
    generator->row = row;
    g_hash_table_remove_all(generator->silicon);
    g_hash_table_remove_all(generator->documents);
}

static const Silicon *
find_silicon(Generator *generator, const HostIdentity *host, GError **error)
{
    g_autofree char *key = g_strdup_printf("%u", host->cpu_variant);
    Silicon *silicon = g_hash_table_lookup(generator->silicon, key);

    if (silicon == NULL) {
        silicon = silicon_new(generator->description, generator->map, host, error);
        if (silicon != NULL)
            g_hash_table_insert(generator->silicon, g_steal_pointer(&key), silicon);
    }
    return silicon;
}

static const GString *
find_domain_capabilities(Generator *generator, const HostIdentity *host, const Silicon *silicon,
                         const char *family)
{
    g_autofree char *key =
        g_strdup_printf("%u/%u/%s", host->cpu_variant, host->machine_variant, family);
    GString *text = g_hash_table_lookup(generator->documents, key);

    if (text == NULL) {
        text = g_string_new(NULL);
        domain_capabilities_write(generator->description, generator->map, host, silicon, family,
                                  text);
        g_hash_table_insert(generator->documents, g_steal_pointer(&key), text);
    }
    return text;
}

static gboolean
add_guests(Generator *generator, guint index, const HostIdentity *host, GError **error)
{
    g_autoptr(GArray) guests = roster_guests(generator->roster, index);

    for (guint i = 0; i < guests->len; i++) {
        const GuestIdentity *guest = &g_array_index(guests, GuestIdentity, i);
        g_autofree char *name = g_strdup_printf("%s/%s.xml", host->name, guest->name);

        g_string_truncate(generator->text, 0);
        guest_write(generator->description, guest, generator->text);
        if (!sink_add(generator->sink, name, generator->text->str, generator->text->len, error))
            return FALSE;
    }
    return TRUE;
}

/* Behind each so many lines is a comment, where documents are marked throughout. */
#define LINES_BETWEEN_MARKS 100

/* TEXT with comments that no other host's has, before its last tag or throughout. Owned. */
static GString *
mark(const Generator *generator, const HostIdentity *host, const GString *text)
{
    const char *last_tag = g_strrstr_len(text->str, (gssize)text->len, "</");
    const char *from = text->str, *end = last_tag != NULL ? last_tag : text->str + text->len;
    GString *marked = g_string_sized_new(text->len);
    guint n_lines = 0;

    for (const char *at = from; generator->is_marked_throughout && at < end; at++) {
        if (*at != '\n' || ++n_lines % LINES_BETWEEN_MARKS != 0)
            continue;
        g_string_append_len(marked, from, at + 1 - from);
        g_string_append_printf(marked, "<!-- %s -->\n", host->name);
        from = at + 1;
    }
    g_string_append_len(marked, from, end - from);
    g_string_append_printf(marked, "<!-- %s -->\n", host->name);
    return g_string_append(marked, end);
}

static gboolean
add_document(Generator *generator, const HostIdentity *host, const char *file, const GString *text,
             GError **error)
{
    g_autofree char *name = g_strdup_printf("%s/%s", host->name, file);

    if (!generator->is_marked)
        return sink_add(generator->sink, name, text->str, text->len, error);
    g_autoptr(GString) marked = mark(generator, host, text);
    return sink_add(generator->sink, name, marked->str, marked->len, error);
}

static gboolean
write_capabilities(Generator *generator, const HostIdentity *host, GError **error)
{
    begin_row(generator, host->row);
    const Silicon *silicon = find_silicon(generator, host, error);
    if (silicon == NULL)
        return FALSE;
    g_string_truncate(generator->text, 0);
    capabilities_write(generator->description, host, silicon, generator->is_compact,
                       generator->text);
    return TRUE;
}

static gboolean
add_host(Generator *generator, guint index, GError **error)
{
    HostIdentity host;

    roster_host(generator->roster, index, &host);
    if (!write_capabilities(generator, &host, error))
        return FALSE;
    if (!add_document(generator, &host, "capabilities.xml", generator->text, error))
        return FALSE;

    const Silicon *silicon = find_silicon(generator, &host, error);
    for (guint i = 0; generator->families[i] != NULL; i++) {
        const char *family = generator->families[i];
        const GString *text = find_domain_capabilities(generator, &host, silicon, family);
        g_autofree char *file = g_strdup_printf("domcapabilities-%s.xml", family);

        if (!add_document(generator, &host, file, text, error))
            return FALSE;
    }
    return !generator->has_guests || add_guests(generator, index, &host, error);
}

/* The host of that name; the first one where the fleet is too small to have it. */
static void
find_host(const Roster *roster, const char *name, HostIdentity *ret_host)
{
    for (guint i = 0; i < roster_n_hosts(roster); i++) {
        roster_host(roster, i, ret_host);
        if (strcmp(ret_host->name, name) == 0)
            return;
    }
    roster_host(roster, 0, ret_host);
}

static gboolean
add_broken_files(Generator *generator, GError **error)
{
    const GArray *files = generator->description->broken;

    for (guint i = 0; i < files->len; i++) {
        const BrokenFile *file = &g_array_index(files, BrokenFile, i);
        const char *text = file->text;
        gsize length = text != NULL ? strlen(text) : 0;
        HostIdentity host;

        if (file->like != NULL) {
            find_host(generator->roster, file->like, &host);
            if (!write_capabilities(generator, &host, error))
                return FALSE;
            text = generator->text->str;
            length = generator->text->len * file->keep_percent / 100;
        }
        if (!sink_add(generator->sink, file->name, text != NULL ? text : "", length, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
generate(Generator *generator, GError **error)
{
    gboolean is_done = TRUE;

    generator->silicon =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)silicon_free);
    generator->documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text);
    generator->text = g_string_new(NULL);
    for (guint i = 0; is_done && i < roster_n_hosts(generator->roster); i++)
        is_done = add_host(generator, i, error);
    is_done = is_done && add_broken_files(generator, error);
    g_hash_table_unref(generator->silicon);
    g_hash_table_unref(generator->documents);
    g_string_free(generator->text, TRUE);
    return is_done;
}

typedef struct {
    gint seed, n_hosts, n_cpus, n_machine_profiles, n_changed;
    gboolean is_compact, is_marked, is_marked_throughout, has_no_guests;
    char *families, *software;
} Options;

static gboolean
parse_options(int *argc, char ***argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"hosts", 0, 0, G_OPTION_ARG_INT, &options->n_hosts, "how many hosts", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "another fleet of the same kind", "N"},
        {"cpus", 0, 0, G_OPTION_ARG_INT, &options->n_cpus, "about how many distinct CPUs", "N"},
        {"machine-profiles", 0, 0, G_OPTION_ARG_INT, &options->n_machine_profiles,
         "about how many distinct lists of machine types", "N"},
        {"changed", 0, 0, G_OPTION_ARG_INT, &options->n_changed,
         "hosts whose CPU differs from the night before", "N"},
        {"families", 0, 0, G_OPTION_ARG_STRING, &options->families,
         "machine families to write domain capabilities for: q35,pc", "LIST"},
        {"software", 0, 0, G_OPTION_ARG_STRING, &options->software,
         "one release of libvirt and QEMU for all hosts", "NAME"},
        {"marked", 0, 0, G_OPTION_ARG_NONE, &options->is_marked,
         "a comment in each document, so that no two have the same bytes", NULL},
        {"marked-throughout", 0, 0, G_OPTION_ARG_NONE, &options->is_marked_throughout,
         "comments all through each, so that no two have a long text in common", NULL},
        {"compact", 0, 0, G_OPTION_ARG_NONE, &options->is_compact,
         "leave out what planning does not read", NULL},
        {"no-guests", 0, 0, G_OPTION_ARG_NONE, &options->has_no_guests, "hosts alone", NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("DESCRIPTION FOLDER|-");

    g_option_context_set_summary(
        context, "Writes the fleet of DESCRIPTION into FOLDER, or as a tar stream.");
    g_option_context_add_main_entries(context, entries, NULL);
    gboolean is_parsed = g_option_context_parse(context, argc, argv, error);
    g_option_context_free(context);
    if (is_parsed && *argc != 3) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "give a description and a folder, or '-' for a tar stream");
        return FALSE;
    }
    return is_parsed;
}

static gboolean
run(const Options *options, const char *description_path, const char *folder, GError **error)
{
    g_autoptr(Description) description = description_read(description_path, error);
    if (description == NULL)
        return FALSE;
    if (options->software != NULL &&
        description_find(description->software, options->software) == NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "the description has no software '%s'", options->software);
        return FALSE;
    }
    const RosterOptions roster_options = {
        .seed = options->seed != 0 ? (guint)options->seed : description->seed,
        .n_hosts = (guint)MAX(options->n_hosts, 0),
        .n_cpus = (guint)MAX(options->n_cpus, 0),
        .n_machine_profiles = (guint)MAX(options->n_machine_profiles, 0),
        .software = options->software,
        .n_changed = (guint)MAX(options->n_changed, 0),
    };
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(Roster) roster = roster_new(description, &roster_options);
    g_auto(GStrv) families =
        g_strsplit(options->families != NULL ? options->families : "q35,pc", ",", -1);
    Generator generator = {
        .description = description,
        .map = map,
        .roster = roster,
        .sink = sink_open(folder, error),
        .families = (const char *const *)families,
        .is_compact = options->is_compact,
        .is_marked = options->is_marked || options->is_marked_throughout,
        .is_marked_throughout = options->is_marked_throughout,
        .has_guests = !options->has_no_guests,
    };
    if (generator.sink == NULL)
        return FALSE;
    gboolean is_generated = generate(&generator, error);
    return sink_close(generator.sink, is_generated ? error : NULL) && is_generated;
}

int
main(int argc, char **argv)
{
    Options options = {0};
    g_autoptr(GError) error = NULL;

    gboolean is_done =
        parse_options(&argc, &argv, &options, &error) && run(&options, argv[1], argv[2], &error);
    g_free(options.families);
    g_free(options.software);
    if (is_done)
        return 0;
    fprintf(stderr, "virt-plan-fleetgen: %s\n", error->message);
    return g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED) ? 2 : 3;
}
