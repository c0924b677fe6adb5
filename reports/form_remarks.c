/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The comments of a template's forms, and what else the forms share. */

#include "forms_private.h"
#include "summary.h"

#include <fleet/words.h>
#include <reports/escape.h>

#include <string.h>

#define LISTED 8

gboolean
form_disables(const CpuDefinitionFeature *feature)
{
    return cpu_policy_is_off(feature->policy);
}

/* What people use comes first; QEMU's machines for special purposes last. */
static guint
machine_rank(const char *machine)
{
    static const struct {
        const char *prefix;
        guint rank;
    } ranks[] = {{"pc-q35", 0},  {"q35", 0},   {"pc-i440fx", 1}, {"pc-", 2}, {"pc", 2},
                 {"microvm", 9}, {"isapc", 9}, {"x-remote", 9},  {"none", 9}};

    for (gsize i = 0; i < G_N_ELEMENTS(ranks); i++)
        if (g_str_has_prefix(machine, ranks[i].prefix))
            return ranks[i].rank;
    return 3;
}

static gint
compare_machines(gconstpointer a, gconstpointer b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    const guint left_rank = machine_rank(left), right_rank = machine_rank(right);

    if (left_rank != right_rank)
        return left_rank < right_rank ? -1 : 1;
    return strverscmp(left, right);
}

/* Those of MACHINES of whose kind none is newer. Owned by the caller. */
static char *
newest_machines(const GPtrArray *machines)
{
    g_autoptr(GPtrArray) newest = machine_type_newest(machines);

    g_ptr_array_sort(newest, compare_machines);
    g_ptr_array_add(newest, NULL);
    return g_strjoinv(" ", (char **)newest->pdata);
}

void
form_add_remark(GPtrArray *remarks, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    GString *printable = g_string_new(NULL);
    escape_terminal(printable, text);
    g_ptr_array_add(remarks, g_string_free(printable, FALSE));
}

static void
add_lost_machines(GPtrArray *remarks, const Contract *contract)
{
    if (contract->lost_machines->len == 0)
        return;
    g_autofree char *machines = words_list(contract->lost_machines, LISTED);
    form_add_remark(remarks, "no longer listed by every host, and no guest has them: %s", machines);
}

/* Are the notes on the planned template also those on the one that the form is of? */
static gboolean
is_as_planned(const PlanClass *klass)
{
    const PublishedTemplate *published = klass->contract.published;

    return published == NULL || g_strcmp0(published->digest, klass->template->digest) == 0;
}

/* A published template stays: what the hosts have in common now is told, not written. */
static void
add_contract_remarks(GPtrArray *remarks, const FormSource *source)
{
    const PublishedTemplate *published = source->klass->contract.published;

    if (published == NULL) {
        form_add_remark(remarks, "not published yet: 'virt-plan accept' keeps it as it is");
        return;
    }
    g_autofree char *at = summary_time(published->published_at);
    form_add_remark(remarks, "published in run %" G_GINT64_FORMAT " at %s, and unchanged since",
                    published->run, at);
    if (!is_as_planned(source->klass))
        form_add_remark(remarks,
                        "planned anew it would differ: see the report before accepting that");
    if (source->klass->contract.state == CONTRACT_BROKEN)
        form_add_remark(remarks, "BROKEN: %u of the class's hosts do not meet it",
                        source->klass->contract.breaches->len);
    add_lost_machines(remarks, &source->klass->contract);
}

GPtrArray *
form_remarks(const FormSource *source)
{
    const GPtrArray *notes = source->klass->template->notes;
    GPtrArray *remarks = g_ptr_array_new_with_free_func(g_free);

    form_add_remark(remarks, "%s: %u host%s", source->name, source->klass->hosts->len,
                    words_plural(source->klass->hosts->len));
    add_contract_remarks(remarks, source);
    if (source->cpu == NULL)
        form_add_remark(remarks,
                        "there is no guest CPU that could be given to all of them: no template");
    if (source->machines->len > 0) {
        g_autofree char *machines = newest_machines(source->machines);
        form_add_remark(remarks, "newest machine types that every host lists: %s", machines);
    }
    for (guint i = 0; is_as_planned(source->klass) && i < notes->len; i++)
        form_add_remark(remarks, "%s", (const char *)notes->pdata[i]);
    return remarks;
}

void
form_print_remarks(const GPtrArray *remarks, GString *out)
{
    for (guint i = 0; i < remarks->len; i++)
        g_string_append_printf(out, "# %s\n", (const char *)remarks->pdata[i]);
}
