/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What pools and classes hold, what they have left, and how many more guests have room. */

#include "text_private.h"

#include <fleet/words.h>

static const char *
guest_is_told(const PlanPool *pool)
{
    return pool->settings->guest_memory_mib > 0 ? "the size that is asked for"
                                                : "the middle one of those that run there";
}

/* "1.8"; "-" where a host does not tell its CPUs. Owned by the caller. */
static char *
vcpus_per_cpu(const Capacity *capacity)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (capacity->n_cpus == 0)
        return g_strdup("-");
    g_ascii_formatd(number, sizeof number, "%.2f",
                    (gdouble)capacity->n_vcpus / (gdouble)capacity->n_cpus);
    return g_strdup(number);
}

static char *
memory_or_none(guint64 kib)
{
    return kib > 0 ? words_memory(kib) : g_strdup("none");
}

static void
add_row(Table *table, const PlanPool *pool, const char *class_name, const Capacity *capacity)
{
    g_autofree char *memory = words_memory(capacity->memory_kib);
    g_autofree char *free_memory = memory_or_none(capacity->free_kib);
    g_autofree char *largest = memory_or_none(capacity->largest_kib);
    g_autofree char *ratio = vcpus_per_cpu(capacity);

    table_add_text(table, pool->settings->name);
    table_add_text(table, class_name);
    table_add_number(table, capacity->n_hosts);
    table_add_number(table, capacity->n_guests);
    table_add_text(table, ratio);
    table_add_text(table, memory);
    table_add_text(table, free_memory);
    table_add_text(table, largest);
    table_add_number_or_none(table, capacity->n_more, CAPACITY_UNKNOWN);
    table_add_number_or_none(table, capacity->n_more_failover, CAPACITY_UNKNOWN);
}

static void
append_legend(const PlanPool *pool, const ReportStyle *style, GString *out)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *guest = words_memory(pool->guest_kib);
    const guint n_failing = pool->settings->failover_hosts;

    if (pool->guest_kib == 0)
        g_string_printf(text,
                        "Pool %s: no guest runs there that room could be counted in; guest_memory "
                        "in the plan file says of which size.",
                        pool->settings->name);
    else
        g_string_printf(text, "Pool %s: room is for more guests of %s, %s", pool->settings->name,
                        guest, guest_is_told(pool));
    if (pool->guest_kib > 0 && n_failing == 0)
        g_string_append(text, "; the pool asks for no failover.");
    else if (pool->guest_kib > 0 && pool->capacity.n_more_failover == CAPACITY_UNKNOWN)
        g_string_append_printf(text,
                               "; the pool is not sure of its failover of %u host%s as it is.",
                               n_failing, words_plural(n_failing));
    else if (pool->guest_kib > 0)
        g_string_append_printf(text, "; with failover: all guests find a place when %u host%s.",
                               n_failing, n_failing == 1 ? " fails" : "s fail");
    if (pool->capacity.n_untold_hosts > 0)
        g_string_append_printf(text, " %u host%s not tell %s memory and count%s as full.",
                               pool->capacity.n_untold_hosts,
                               pool->capacity.n_untold_hosts == 1 ? " does" : "s do",
                               pool->capacity.n_untold_hosts == 1 ? "its" : "their",
                               pool->capacity.n_untold_hosts == 1 ? "s" : "");
    report_text_paragraph(out, style, 0, 0, text->str);
}

void
report_text_capacity(const Plan *plan, const PlanPool *pool, const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
        {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"n_hosts", "HOSTS", TABLE_NUMBER, 0},
        {"n_guests", "GUESTS", TABLE_NUMBER, 0},
        {"vcpus", "VCPUS/CPU", TABLE_TEXT, TABLE_RIGHT},
        {"memory", "MEMORY", TABLE_TEXT, TABLE_RIGHT},
        {"free", "FREE", TABLE_TEXT, TABLE_RIGHT},
        {"largest", "LARGEST", TABLE_TEXT, TABLE_RIGHT},
        {"n_more", "ROOM", TABLE_NUMBER, 0},
        {"n_more_failover", "WITH FAILOVER", TABLE_NUMBER, 0},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *candidate = plan->pools->pdata[p];

        if (pool != NULL && pool != candidate)
            continue;
        for (guint c = 0; c < candidate->classes->len; c++) {
            const PlanClass *klass = candidate->classes->pdata[c];

            add_row(table, candidate, klass->name, &klass->capacity);
        }
        if (candidate->classes->len > 1)
            add_row(table, candidate, "all classes", &candidate->capacity);
    }
    if (table_n_rows(table) == 0) {
        g_string_append(out, "There are no classes.\n");
        return;
    }
    table_print(table, REPORT_FORMAT_TEXT, style, out);
    g_string_append_c(out, '\n');
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *candidate = plan->pools->pdata[p];

        if ((pool == NULL || pool == candidate) && candidate->classes->len > 0)
            append_legend(candidate, style, out);
    }
}

void
text_capacity_sentence(const PlanPool *pool, const ReportStyle *style, GString *out)
{
    const Capacity *capacity = &pool->capacity;
    g_autofree char *memory = words_memory(capacity->memory_kib);
    g_autofree char *free_memory = memory_or_none(capacity->free_kib);
    g_autofree char *guest = words_memory(pool->guest_kib);
    g_autoptr(GString) text = g_string_new(NULL);

    if (capacity->memory_kib == 0)
        return;
    g_string_printf(text, "Of %s of memory %s %s free", memory, free_memory,
                    capacity->free_kib > 0 ? "are" : "is");
    if (capacity->n_more != CAPACITY_UNKNOWN) {
        g_autofree char *more = words_number(capacity->n_more);

        g_string_append_printf(text, ": room for %s more guest%s of %s, %s", more,
                               words_plural((guint)MIN(capacity->n_more, G_MAXUINT)), guest,
                               guest_is_told(pool));
    }
    if (pool->settings->failover_hosts > 0 && capacity->n_more_failover != CAPACITY_UNKNOWN) {
        g_autofree char *more = words_number(capacity->n_more_failover);

        g_string_append_printf(text, "; for %s with the failover kept", more);
    }
    g_string_append_c(text, '.');
    report_text_paragraph(out, style, 0, 0, text->str);
}
