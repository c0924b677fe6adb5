/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The report page: a frame that is built into the program, with the style, the viewer and the
 * plan's document put in where its marks are. Nothing of the plan is written as HTML; the viewer
 * shows it as text. The page's security policy allows the one script and style by their hashes, and
 * no network.
 */

#include "plan_json.h"

#include <reports/reports.h>

#include <string.h>

extern const char report_frame[], report_style[], report_dark[];
extern const char report_script_dom[], report_script_words[], report_script_model[],
    report_script_places[], report_script_table[], report_script_overview[],
    report_script_template[], report_script_tradeoff[], report_script_classes[],
    report_script_matrix_grid[], report_script_matrix_view[], report_script_matrix_story[],
    report_script_matrix_section[], report_script_devices[], report_script_guests[],
    report_script_hosts[], report_script_lists[], report_script_search[], report_script_page[];

/* What is needed first comes first. */
static const char *const script_parts[] = {
    report_script_dom,
    report_script_words,
    report_script_model,
    report_script_places,
    report_script_table,
    report_script_overview,
    report_script_template,
    report_script_tradeoff,
    report_script_classes,
    report_script_matrix_grid,
    report_script_matrix_view,
    report_script_matrix_story,
    report_script_matrix_section,
    report_script_devices,
    report_script_guests,
    report_script_hosts,
    report_script_lists,
    report_script_search,
    report_script_page,
};

/* Beyond these the page would no longer open quickly or fit a mail; the other files have all. */
#define TARGET_BYTES_MAX ((guint64)3 * 512 * 1024)
#define DEVICE_BYTES_MAX ((guint64)2 * 1024 * 1024)
#define LISTED_MAX 20000

static char *
source_hash(const char *text)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;

    g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_get_digest(checksum, digest, &length);
    g_autofree char *base64 = g_base64_encode(digest, length);
    return g_strdup_printf("'sha256-%s'", base64);
}

static void
append_document(const Plan *plan, GString *out)
{
    PlanJsonOptions options = {
        .is_compact = TRUE,
        .max_listed = LISTED_MAX,
        .max_target_bytes = TARGET_BYTES_MAX,
        .max_device_bytes = DEVICE_BYTES_MAX,
    };
    Output output;

    output_init_memory(&output);
    plan_json_write(plan, &options, &output);
    g_string_append_len(out, output.text->str, (gssize)output.text->len);
    g_string_free(output.text, TRUE);
}

/* The style's rules for the dark palette have a mark in its place. */
static char *
whole_style(void)
{
    GString *style = g_string_new(report_style);

    g_string_replace(style, "{{dark}}", report_dark, 0);
    return g_string_free(style, FALSE);
}

static char *
whole_script(void)
{
    GString *script = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(script_parts); i++)
        g_string_append(script, script_parts[i]);
    return g_string_free(script, FALSE);
}

/* What stands for the frame's MARK. */
static void
append_mark(const Plan *plan, const char *mark, const char *style, const char *script, GString *out)
{
    g_autofree char *hash = NULL;

    if (strcmp(mark, "document") == 0) {
        append_document(plan, out);
    } else if (strcmp(mark, "style") == 0) {
        g_string_append(out, style);
    } else if (strcmp(mark, "script") == 0) {
        g_string_append(out, script);
    } else {
        hash = source_hash(strcmp(mark, "style-hash") == 0 ? style : script);
        g_string_append(out, hash);
    }
}

char *
report_html(const Plan *plan)
{
    GString *out = g_string_new(NULL);
    g_autofree char *style = whole_style();
    g_autofree char *script = whole_script();
    const char *rest = report_frame, *begin;

    while ((begin = strstr(rest, "{{")) != NULL) {
        const char *end = strstr(begin, "}}");
        g_autofree char *mark = g_strndup(begin + 2, (gsize)(end - begin - 2));

        g_string_append_len(out, rest, begin - rest);
        append_mark(plan, mark, style, script, out);
        rest = end + 2;
    }
    g_string_append(out, rest);
    return g_string_free(out, FALSE);
}
