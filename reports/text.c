/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The parts of a plan as tables, one function each; text_summary.c composes them.
 */

#include "text_held_guests.h"
#include "text_layout.h"
#include "text_private.h"

#include <fleet/words.h>

/* Below it, a table of classes has names rather than capacities. */
#define NARROW_WIDTH 128

char *
report_text_percent(gdouble share)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(number, sizeof number, "%.1f", share * 100);
    return g_strdup_printf("%s %%", number);
}

TableTone
text_verdict_tone(Verdict verdict)
{
    static const TableTone tones[] = {
        [VERDICT_YES] = TABLE_TONE_GOOD,
        [VERDICT_WARN] = TABLE_TONE_CAUTION,
        [VERDICT_UNKNOWN] = TABLE_TONE_CAUTION,
        [VERDICT_NO] = TABLE_TONE_BAD,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(tones) == VERDICT_COUNT);

    return tones[verdict];
}

/* Prints TABLE, or NOTHING when it has no rows. */
static void
print_or_say(const Table *table, const char *nothing, const ReportStyle *style, GString *out)
{
    if (table_n_rows(table) > 0)
        table_print(table, REPORT_FORMAT_TEXT, style, out);
    else
        g_string_append_printf(out, "%s\n", nothing);
}

/* ---- classes -------------------------------------------------------------------------------- */

static const char *
contract_words(ContractState state)
{
    static const char *const words[] = {
        [CONTRACT_NONE] = "no",
        [CONTRACT_KEPT] = "kept",
        [CONTRACT_HEADROOM] = "kept, with headroom",
        [CONTRACT_NARROWED] = "kept, narrowed",
        [CONTRACT_BROKEN] = "broken",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(words) == CONTRACT_COUNT);

    return words[state];
}

static TableTone
contract_tone(ContractState state)
{
    static const TableTone tones[] = {
        [CONTRACT_NONE] = TABLE_TONE_FAINT,    [CONTRACT_KEPT] = TABLE_TONE_GOOD,
        [CONTRACT_HEADROOM] = TABLE_TONE_GOOD, [CONTRACT_NARROWED] = TABLE_TONE_GOOD,
        [CONTRACT_BROKEN] = TABLE_TONE_BAD,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(tones) == CONTRACT_COUNT);

    return tones[state];
}

/* The names of INDEXES' hosts, as words_list() has them. Owned by the caller. */
static char *
host_list(const Plan *plan, const GArray *indexes, guint most)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < indexes->len; i++)
        g_ptr_array_add(names, fleet_host(plan->fleet, g_array_index(indexes, guint32, i))->name);
    return words_list(names, most);
}

/* POOL is NULL where the table is of one pool; a narrow table has no capacity and loss. */
static void
add_class(Table *table, const Plan *plan, const PlanPool *pool, const PlanClass *klass,
          gboolean is_narrow)
{
    const CpuDefinition *cpu = klass->template->cpu;
    g_autofree char *memory = words_memory(klass->memory_kib);
    g_autofree char *loss = report_text_percent(klass->loss);
    g_autofree char *members = host_list(plan, klass->hosts, 8);

    if (pool != NULL)
        table_add_text(table, pool->settings->name);
    table_add_text(table, klass->name);
    table_add_number(table, klass->hosts->len);
    if (!is_narrow) {
        table_add_number(table, klass->n_cpus);
        table_add_text(table, memory);
    }
    table_add_text(table, cpu != NULL ? cpu->model : "no template");
    table_tone(table, cpu != NULL ? TABLE_TONE_PLAIN : TABLE_TONE_BAD);
    if (!is_narrow)
        table_add_text(table, loss);
    table_add_text(table, contract_words(klass->contract.state));
    table_tone(table, contract_tone(klass->contract.state));
    table_add_text(table, members);
}

guint
text_classes(const Plan *plan, const PlanPool *pool, guint max_rows, const ReportStyle *style,
             GString *out)
{
    static const TableColumn of_all[] = {
        {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},      {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"n_hosts", "HOSTS", TABLE_NUMBER, 0},          {"n_cpus", "CPUS", TABLE_NUMBER, 0},
        {"memory", "MEMORY", TABLE_TEXT, TABLE_RIGHT},  {"template", "TEMPLATE", TABLE_TEXT, 0},
        {"loss", "GIVES UP", TABLE_TEXT, TABLE_RIGHT},  {"contract", "PUBLISHED", TABLE_TEXT, 0},
        {"members", "MEMBERS", TABLE_TEXT, TABLE_WRAP},
    };
    static const TableColumn of_all_narrow[] = {
        {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE}, {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"n_hosts", "HOSTS", TABLE_NUMBER, 0},     {"template", "TEMPLATE", TABLE_TEXT, 0},
        {"contract", "PUBLISHED", TABLE_TEXT, 0},  {"members", "MEMBERS", TABLE_TEXT, TABLE_WRAP},
    };
    const gboolean is_narrow = style->width > 0 && style->width < NARROW_WIDTH;
    const TableColumn *columns = is_narrow ? of_all_narrow : of_all;
    const guint n_columns = is_narrow ? G_N_ELEMENTS(of_all_narrow) : G_N_ELEMENTS(of_all);
    const guint n_skipped = pool != NULL ? 1 : 0; /* of one pool, its name is known */
    g_autoptr(Table) table = table_new(columns + n_skipped, n_columns - n_skipped);
    guint n_left_out = 0;

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *candidate = plan->pools->pdata[p];

        for (guint c = 0; (pool == NULL || pool == candidate) && c < candidate->classes->len; c++) {
            if (table_n_rows(table) < max_rows)
                add_class(table, plan, pool == NULL ? candidate : NULL,
                          candidate->classes->pdata[c], is_narrow);
            else
                n_left_out++;
        }
    }
    print_or_say(table, "There are no classes.", style, out);
    return n_left_out;
}

void
report_text_classes(const Plan *plan, const PlanPool *pool, const ReportStyle *style, GString *out)
{
    text_classes(plan, pool, G_MAXUINT, style, out);
}

void
report_text_limits(const Plan *plan, const PlanPool *pool, const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"hosts", "HELD BACK BY", TABLE_TEXT, TABLE_WRAP},
        {"gain", "OTHERS WOULD GAIN", TABLE_TEXT, TABLE_RIGHT},
        {"features", "FEATURES", TABLE_LIST, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *candidate = plan->pools->pdata[p];

        for (guint c = 0; (pool == NULL || pool == candidate) && c < candidate->classes->len; c++) {
            const PlanClass *klass = candidate->classes->pdata[c];

            for (guint i = 0; i < klass->limits->len; i++) {
                const ClassLimit *limit = &g_array_index(klass->limits, ClassLimit, i);
                g_autofree char *gain = report_text_percent(limit->gain);
                g_autofree char *hosts = host_list(plan, limit->hosts, 4);

                table_add_text(table, klass->name);
                table_add_text(table, hosts);
                table_add_text(table, gain);
                table_add_list(table, limit->features);
            }
        }
    }
    print_or_say(table, "Nothing holds a class back.", style, out);
}

/* ---- guests --------------------------------------------------------------------------------- */

static void
add_guest(Table *table, const Plan *plan, const GuestPlan *guest)
{
    const Guest *record = plan->fleet->guests->pdata[guest->guest];
    g_autofree char *cpu = summary_guest_cpu(record);

    table_add_text(table, record->name);
    table_add_text(table, record->host);
    table_add_text(table, cpu);
    table_add_number(table, guest->n_start_hosts);
    table_add_number(table, guest->n_migrate_hosts);
    table_add_format(table, "%s%s", summary_guest_freedom(guest->freedom),
                     guest_plan_is_known(guest) ? ", known" : "");
    table_tone(table, !guest_plan_needs_person(guest) ? TABLE_TONE_PLAIN
                      : guest->freedom == GUEST_STUCK ? TABLE_TONE_BAD
                                                      : TABLE_TONE_CAUTION);
}

void
report_text_guests(const Plan *plan, const GPtrArray *guests, const char *none,
                   const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"guest", "GUEST", TABLE_TEXT, TABLE_WHOLE},
        {"host", "HOST", TABLE_TEXT, TABLE_WHOLE},
        {"cpu", "CPU", TABLE_TEXT, 0},
        {"n_start_hosts", "STARTS ON", TABLE_NUMBER, 0},
        {"n_migrate_hosts", "MIGRATES TO", TABLE_NUMBER, 0},
        {"state", "STATE", TABLE_TEXT, 0},
    };
    static const struct {
        GuestFreedom freedom;
        const char *title;
    } held[] = {{GUEST_STUCK, "What holds the stuck guests"},
                {GUEST_MAY_BE_STUCK, "What may hold the guests that may be stuck"}};
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < guests->len; i++)
        add_guest(table, plan, guests->pdata[i]);
    print_or_say(table, none, style, out);
    for (gsize i = 0; i < G_N_ELEMENTS(held); i++) {
        g_autoptr(GString) reasons = g_string_new(NULL);

        text_held_guests(plan, guests, held[i].freedom, G_MAXUINT, style, reasons);
        if (reasons->len == 0)
            continue;
        text_heading(out, style, held[i].title);
        g_string_append(out, reasons->str);
    }
}

#define SHOWN_ORDER_MAX 100

/* The hosts that can be emptied, in the order of a rolling maintenance. */
static void
append_order(const Plan *plan, const Maintenance *maintenance, const ReportStyle *style,
             GString *out)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (maintenance->n_order < 2)
        return;
    g_string_append(text,
                    "A rolling maintenance empties the emptiest first, and each host's guests "
                    "come back before the next one's leave: ");
    for (guint i = 0; i < MIN(maintenance->n_order, SHOWN_ORDER_MAX); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               fleet_host(plan->fleet, maintenance->order[i])->name);
    if (maintenance->n_order > SHOWN_ORDER_MAX)
        g_string_append_printf(text, " and %u more, which --format csv has",
                               maintenance->n_order - SHOWN_ORDER_MAX);
    g_string_append_c(text, '.');
    report_text_paragraph(out, style, 0, 0, text->str);
}

void
report_text_drains(const Plan *plan, const PlanPool *pool, const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"host", "HOST", TABLE_TEXT, TABLE_WHOLE},
        {"n_guests", "GUESTS", TABLE_NUMBER, 0},
        {"verdict", "CAN BE EMPTIED", TABLE_TEXT, 0},
        {"text", "WHY", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < pool->drains->len; i++) {
        const Drain *drain = pool->drains->pdata[i];

        if (drain->verdict == VERDICT_YES)
            continue;
        table_add_text(table, fleet_host(plan->fleet, drain->host)->name);
        table_add_number(table, drain->n_guests);
        table_add_text(table, verdict_name(drain->verdict));
        table_tone(table, text_verdict_tone(drain->verdict));
        table_add_text(table, drain->text);
    }
    if (plan->pools->len > 1) {
        g_autofree char *title = g_strdup_printf("Pool %s", pool->settings->name);
        text_heading(out, style, title);
    }
    print_or_say(table, "Every host can be emptied.", style, out);
    append_order(plan, &pool->maintenance, style, out);
    if (pool->maintenance.failover_text != NULL)
        report_text_paragraph(out, style, 0, 0, pool->maintenance.failover_text);
}

/* ---- what happened -------------------------------------------------------------------------- */

void
report_text_drift(const Plan *plan,
                  gboolean (*is_wanted)(const DriftItem *item, gconstpointer data),
                  gconstpointer data, const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"id", "CHANGE", TABLE_TEXT, 0},
        {"host", "HOST", TABLE_TEXT, TABLE_WHOLE},
        {"subject", "CONCERNS", TABLE_TEXT, 0},
        {"text", "WHAT", TABLE_TEXT, TABLE_WRAP},
        {"cause", "CHANGED WITH IT", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];

        if (is_wanted != NULL && !is_wanted(item, data))
            continue;
        table_add_text(table, item->id);
        table_tone(table, item->is_actionable ? TABLE_TONE_BAD : TABLE_TONE_PLAIN);
        table_add_text(table, item->host);
        table_add_text(table, item->subject);
        table_add_text(table, item->text);
        table_add_text(table, item->cause);
    }
    print_or_say(table,
                 plan->drift_run == 0 ? "There is no earlier run to compare with."
                                      : "Nothing changed.",
                 style, out);
}

void
report_text_findings(const GPtrArray *findings, const ReportStyle *style, GString *out)
{
    static const TableTone tones[] = {
        [FINDING_NOTE] = TABLE_TONE_FAINT,
        [FINDING_WARNING] = TABLE_TONE_CAUTION,
        [FINDING_ERROR] = TABLE_TONE_BAD,
    };
    static const TableColumn columns[] = {
        {"severity", "SEVERITY", TABLE_TEXT, 0},
        {"where", "WHERE", TABLE_TEXT, 0},
        {"text", "WHAT", TABLE_TEXT, TABLE_WRAP},
        {"remedy", "WHAT TO DO", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = findings->pdata[i];

        table_add_text(table, finding_severity_name(finding->severity));
        table_tone(table, tones[finding->severity]);
        if (finding->source != NULL && finding->line > 0)
            table_add_format(table, "%s:%u", finding->source, finding->line);
        else
            table_add_text(table, finding->source != NULL ? finding->source : finding->host);
        table_add_text(table, finding->text);
        table_add_text(table, finding->remedy);
    }
    print_or_say(table, "There is nothing to tell.", style, out);
}
