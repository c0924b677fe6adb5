/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What `virt-plan whatif` answers: whether something gets worse, and the classes before and after.
 * People see figures and what would change; programs see all classes.
 */
#include "cmd_whatif.h"

#include <fleet/words.h>
#include <planner/whatif.h>
#include <reports/table.h>
#include <reports/text.h>
#include <string.h>

/* Programs read before and after apart, people side by side. */
static const TableColumn columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
    {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"hosts_before", "", TABLE_NUMBER, TABLE_NO_TEXT},
    {"hosts_after", "", TABLE_NUMBER, TABLE_NO_TEXT},
    {"model_before", "", TABLE_TEXT, TABLE_NO_TEXT},
    {"model_after", "", TABLE_TEXT, TABLE_NO_TEXT},
    {"features_before", "", TABLE_NUMBER, TABLE_NO_TEXT},
    {"features_after", "", TABLE_NUMBER, TABLE_NO_TEXT},
    {"loss_before", "", TABLE_NUMBER, TABLE_NO_TEXT},
    {"loss_after", "", TABLE_NUMBER, TABLE_NO_TEXT},
    {"hosts", "HOSTS", TABLE_TEXT, TABLE_TEXT_ONLY},
    {"model", "TEMPLATE", TABLE_TEXT, TABLE_TEXT_ONLY | TABLE_WRAP},
    {"features", "FEATURES", TABLE_TEXT, TABLE_TEXT_ONLY},
    {"gives_up", "GIVES UP", TABLE_TEXT, TABLE_TEXT_ONLY},
};

static void
add_number_pair(Table *table, gboolean has_before, guint64 before, gboolean has_after,
                guint64 after)
{
    if (has_before)
        table_add_number(table, before);
    else
        table_add_none(table);
    if (has_after)
        table_add_number(table, after);
    else
        table_add_none(table);
}

static const char *
model_of(const PlanClass *klass)
{
    return klass != NULL && klass->template->cpu != NULL ? klass->template->cpu->model : NULL;
}

static void
add_loss(Table *table, const PlanClass *klass)
{
    if (klass != NULL)
        table_add_decimal(table, klass->loss, 4);
    else
        table_add_none(table);
}

/* "10 -> 7", "7" where both are the same, "-" for what is not there. BEFORE and AFTER are taken. */
static void
add_change(Table *table, char *before, char *after)
{
    if (g_strcmp0(before, after) == 0)
        table_add_text(table, after);
    else
        table_add_format(table, "%s -> %s", before != NULL ? before : "-",
                         after != NULL ? after : "-");
    g_free(before);
    g_free(after);
}

/* The columns for people. */
static void
add_changes(Table *table, const PlanClass *before, const PlanClass *after)
{
    const PlanClass *both[] = {before, after};
    char *hosts[2] = {NULL}, *features[2] = {NULL}, *losses[2] = {NULL};

    for (guint i = 0; i < 2; i++) {
        if (both[i] == NULL)
            continue;
        hosts[i] = words_number(both[i]->hosts->len);
        features[i] = words_number(both[i]->template->features->len);
        losses[i] = report_text_percent(both[i]->loss);
    }
    add_change(table, hosts[0], hosts[1]);
    add_change(table, g_strdup(model_of(before)), g_strdup(model_of(after)));
    add_change(table, features[0], features[1]);
    add_change(table, losses[0], losses[1]);
}

/* A class as it was and as it would be; one of the two may be NULL. */
static void
add_class_pair(Table *table, const char *pool, const PlanClass *before, const PlanClass *after)
{
    table_add_text(table, pool);
    table_add_text(table, before != NULL ? before->name : after->name);
    add_number_pair(table, before != NULL, before != NULL ? before->hosts->len : 0, after != NULL,
                    after != NULL ? after->hosts->len : 0);
    table_add_text(table, model_of(before));
    table_add_text(table, model_of(after));
    add_number_pair(table, before != NULL, before != NULL ? before->template->features->len : 0,
                    after != NULL, after != NULL ? after->template->features->len : 0);
    add_loss(table, before);
    add_loss(table, after);
    add_changes(table, before, after);
}

static gboolean
is_same_class(const PlanClass *before, const PlanClass *after)
{
    return before != NULL && after != NULL && before->hosts->len == after->hosts->len &&
           before->loss == after->loss &&
           g_strcmp0(before->template->digest, after->template->digest) == 0;
}

/* People see what would change, programs see all. */
static void
print_classes(CommandContext *context, const PlanningView *before, const PlanningView *after)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    const gboolean is_text = context->format == REPORT_FORMAT_TEXT;
    guint n_same = 0, n_changed = 0;

    for (guint i = 0; i < after->plan->pools->len; i++) {
        const PlanPool *old = g_ptr_array_index(before->plan->pools, i);
        const PlanPool *new = g_ptr_array_index(after->plan->pools, i);

        if (!planning_view_shows(after, new))
            continue;
        for (guint j = 0; j < old->classes->len; j++) {
            const PlanClass *klass = g_ptr_array_index(old->classes, j);
            const PlanClass *now = plan_pool_find_class(new, klass->name);

            if (is_text && is_same_class(klass, now)) {
                n_same++;
                continue;
            }
            n_changed++;
            add_class_pair(table, old->settings->name, klass, now);
        }
        for (guint j = 0; j < new->classes->len; j++) {
            const PlanClass *klass = g_ptr_array_index(new->classes, j);
            if (plan_pool_find_class(old, klass->name) != NULL)
                continue;
            n_changed++;
            add_class_pair(table, new->settings->name, NULL, klass);
        }
    }
    if (!is_text || n_changed > 0)
        table_print(table, context->format, &context->style, context->out);
    if (is_text && n_same > 0)
        g_string_append_printf(context->out, "%s%u class%s would stay as %s.\n",
                               n_changed > 0 ? "\n" : "", n_same, n_same == 1 ? "" : "es",
                               n_same == 1 ? "it is" : "they are");
}

/* What is counted before and after, over the pools that are shown. */
typedef struct {
    guint n_hosts, n_classes, n_guests, n_guests_in[GUEST_FREEDOM_COUNT];
    guint n_drains[VERDICT_COUNT], n_without_failover;
    guint64 n_open; /* ordered pairs of hosts, for a guest on its class's template */
    gdouble loss;   /* what the hosts' templates give up of what they have, summed over hosts */
} Figures;

static void
add_templates(Figures *figures, const PlanPool *pool)
{
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];

    if (matrix != NULL)
        figures->n_open += matrix->n_pairs[VERDICT_YES] + matrix->n_pairs[VERDICT_WARN];
    for (guint i = 0; i < pool->classes->len; i++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, i);

        figures->loss += klass->loss * klass->hosts->len;
    }
}

/* Of what a host has, how much its template gives up on average, in per cent. */
static gdouble
mean_loss(const Figures *figures)
{
    return figures->n_hosts > 0 ? 100 * figures->loss / figures->n_hosts : 0;
}

static Figures
count_figures(const PlanningView *view, const PlanningView *shown)
{
    const Plan *plan = view->plan;
    Figures figures = {0};

    for (guint i = 0; i < plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(plan->pools, i);

        if (!planning_view_shows(shown, g_ptr_array_index(shown->plan->pools, i)))
            continue;
        figures.n_hosts += pool->hosts->len;
        figures.n_classes += pool->classes->len;
        for (guint j = 0; j < pool->drains->len; j++)
            figures.n_drains[((const Drain *)g_ptr_array_index(pool->drains, j))->verdict]++;
        figures.n_without_failover += pool->maintenance.failover != VERDICT_YES;
        add_templates(&figures, pool);
        for (guint j = 0; j < plan->guests->len; j++) {
            const GuestPlan *guest = g_ptr_array_index(plan->guests, j);
            figures.n_guests_in[guest->freedom] += guest->pool == i;
            figures.n_guests += guest->pool == i;
        }
    }
    return figures;
}

/* Of trouble, more is worse. */
typedef struct {
    const char *what;
    gdouble before, after;
    gboolean is_trouble;
    guint n_digits; /* after the point */
} FigureRow;

#define N_FIGURE_ROWS 10
#define STRANDED_NAMED 8 /* guests; more are counted */

static void
list_figures(const Figures *was, const Figures *is, FigureRow rows[N_FIGURE_ROWS])
{
    const FigureRow all[N_FIGURE_ROWS] = {
        {"Hosts in classes", was->n_hosts, is->n_hosts, FALSE, 0},
        {"Classes", was->n_classes, is->n_classes, FALSE, 0},
        {"Guests of the pools", was->n_guests, is->n_guests, FALSE, 0},
        {"Ways open to guests on templates", (gdouble)was->n_open, (gdouble)is->n_open, FALSE, 0},
        {"Given up by templates, per cent", mean_loss(was), mean_loss(is), FALSE, 1},
        {"Stuck guests", was->n_guests_in[GUEST_STUCK], is->n_guests_in[GUEST_STUCK], TRUE, 0},
        {"Guests that may be stuck", was->n_guests_in[GUEST_MAY_BE_STUCK],
         is->n_guests_in[GUEST_MAY_BE_STUCK], TRUE, 0},
        {"Hosts that cannot be emptied", was->n_drains[VERDICT_NO], is->n_drains[VERDICT_NO], TRUE,
         0},
        {"Hosts of which that is not known", was->n_drains[VERDICT_UNKNOWN],
         is->n_drains[VERDICT_UNKNOWN], TRUE, 0},
        {"Pools without the failover asked for", was->n_without_failover, is->n_without_failover,
         TRUE, 0},
    };

    memcpy(rows, all, sizeof all);
}

static void
add_figure(Table *table, gdouble figure, guint n_digits)
{
    if (n_digits == 0)
        table_add_number(table, (guint64)figure);
    else
        table_add_decimal(table, figure, n_digits);
}

/* The guests of hosts that are removed, by whether a host that stays would take each. */
typedef struct {
    guint n, n_ways[VERDICT_COUNT];
    GPtrArray *stranded; /* of char*, borrowed: those without a certain way */
} LeftOut;

/* Definitions that were collected from the configuration do not tell which guests run. */
static gboolean
tells_who_runs(const Fleet *fleet)
{
    for (guint i = 0; i < fleet->guests->len; i++)
        if (((const Guest *)g_ptr_array_index(fleet->guests, i))->is_running)
            return TRUE;
    return FALSE;
}

static LeftOut
find_left_out(const PlanningView *before, const PlanningView *after)
{
    const Plan *plan = before->plan;
    const gboolean is_told = tells_who_runs(plan->fleet);
    LeftOut left = {.stranded = g_ptr_array_new()};

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = g_ptr_array_index(plan->guests, i);
        const Guest *record = g_ptr_array_index(plan->fleet->guests, guest->guest);

        if (guest->pool == FLEET_NO_INDEX ||
            !planning_view_shows(after, g_ptr_array_index(after->plan->pools, guest->pool)) ||
            fleet_find_host(after->fleet, record->host) != FLEET_NO_INDEX)
            continue;
        const Verdict verdict =
            whatif_best_way_out(plan, guest, after->fleet, is_told && !record->is_running);
        left.n++;
        left.n_ways[verdict]++;
        if (verdict > VERDICT_WARN)
            g_ptr_array_add(left.stranded, record->name);
    }
    return left;
}

static void
print_left_out(CommandContext *context, const LeftOut *left)
{
    const guint n_bad = left->n_ways[VERDICT_NO], n_unsure = left->n_ways[VERDICT_UNKNOWN];
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *names = words_list(left->stranded, STRANDED_NAMED);

    g_string_append_printf(text, "%u guest%s of the removed hosts %s left out with them.", left->n,
                           words_plural(left->n), left->n == 1 ? "is" : "are");
    if (n_bad + n_unsure == 0)
        g_string_append(text, " Each could go to a host that stays.");
    if (n_bad > 0)
        g_string_append_printf(text, " %u could go to no host that stays.", n_bad);
    if (n_unsure > 0)
        g_string_append_printf(text, " Of %u it is not known.", n_unsure);
    if (n_bad + n_unsure > 0)
        g_string_append_printf(text, " Look at %s.", names);
    g_string_append(text, " Whether hosts have the memory, virt-plan guests --drain tells, host by "
                          "host.");
    report_text_paragraph(context->out, &context->style, 0, 0, text->str);
    g_string_append_c(context->out, '\n');
}

/* The answer in short: is it worse, and in what. */
static void
print_figures(CommandContext *context, const FigureRow *rows, const LeftOut *left,
              gboolean is_worse)
{
    static const TableColumn figure_columns[] = {
        {"what", "", TABLE_TEXT, 0},
        {"before", "BEFORE", TABLE_NUMBER, 0},
        {"after", "AFTER", TABLE_NUMBER, 0},
    };
    g_autoptr(Table) table = table_new(figure_columns, G_N_ELEMENTS(figure_columns));

    for (gsize i = 0; i < N_FIGURE_ROWS; i++) {
        table_add_text(table, rows[i].what);
        add_figure(table, rows[i].before, rows[i].n_digits);
        add_figure(table, rows[i].after, rows[i].n_digits);
        if (rows[i].is_trouble && rows[i].after > rows[i].before)
            table_tone(table, TABLE_TONE_BAD);
        else if (rows[i].is_trouble && rows[i].after < rows[i].before)
            table_tone(table, TABLE_TONE_GOOD);
    }
    g_string_append(context->out,
                    is_worse ? "Something would get worse.\n\n" : "Nothing would get worse.\n\n");
    table_print(table, REPORT_FORMAT_TEXT, &context->style, context->out);
    g_string_append_c(context->out, '\n');
    if (left->n > 0)
        print_left_out(context, left);
}

/*
 * Hosts that go, and classes with them, do so because it was asked for; what else becomes of the
 * classes is in their table, unless it needs a person.
 */
static gboolean
is_news(const DriftItem *item, gconstpointer view)
{
    static const char *const asked_for[] = {"host-gone", "class-gone"};
    static const char *const in_table[] = {"class-new", "class-merged", "template-changed"};

    if (!planning_view_shows_drift(view, item))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(asked_for); i++)
        if (g_strcmp0(item->id, asked_for[i]) == 0)
            return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(in_table); i++)
        if (g_strcmp0(item->id, in_table[i]) == 0)
            return item->is_actionable;
    return TRUE;
}

static gboolean
gets_worse(const PlanningView *view, const FigureRow *rows, const LeftOut *left)
{
    if (left->stranded->len > 0)
        return TRUE;
    for (gsize i = 0; i < N_FIGURE_ROWS; i++)
        if (rows[i].is_trouble && rows[i].after > rows[i].before)
            return TRUE;
    for (guint i = 0; i < view->plan->drift->len; i++) {
        const DriftItem *item = g_ptr_array_index(view->plan->drift, i);

        if (item->is_actionable && is_news(item, view))
            return TRUE;
    }
    return FALSE;
}

/* The changes that the table of classes does not show; nothing where there are none. */
static void
print_changes(CommandContext *context, const PlanningView *view)
{
    const GPtrArray *drift = view->plan->drift;
    gboolean has_any = FALSE;

    for (guint i = 0; i < drift->len && !has_any; i++)
        has_any = is_news(g_ptr_array_index(drift, i), view);
    if (!has_any)
        return;
    g_string_append_c(context->out, '\n');
    report_text_drift(view->plan, is_news, view, &context->style, context->out);
}

/* What is not as it should be already does not come of the change. */
static void
print_new_findings(CommandContext *context, const Plan *before, const Plan *after)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();

    for (guint i = 0; i < before->findings->len; i++)
        g_hash_table_add(known, finding_format(g_ptr_array_index(before->findings, i)));
    for (guint i = 0; i < after->findings->len; i++) {
        g_autofree char *line = finding_format(g_ptr_array_index(after->findings, i));

        if (!g_hash_table_contains(known, line))
            g_ptr_array_add(fresh, g_ptr_array_index(after->findings, i));
    }
    if (fresh->len == 0)
        return;
    g_string_append_c(context->out, '\n');
    report_text_findings(fresh, &context->style, context->out);
}

/* Where published templates keep more classes than are asked for, the question is not answered. */
static void
print_kept_classes(CommandContext *context, const PlanningView *view)
{
    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);
        const guint most = pool->settings->max_classes;

        for (guint k = 0; k < pool->tradeoff->len && planning_view_shows(view, pool); k++) {
            const TradeoffPoint *point = &g_array_index(pool->tradeoff, TradeoffPoint, k);

            if (!point->is_chosen || !point->is_kept || most == 0 || point->n_classes <= most)
                continue;
            g_autofree char *text = g_strdup_printf(
                "Pool %s keeps %u classes and not %u: published templates hold their hosts "
                "together. What fewer would give up, virt-plan classes --limits tells; virt-plan "
                "accept --retire --pool %s takes the templates back.",
                pool->settings->name, point->n_classes, most, pool->settings->name);
            g_string_append_c(context->out, '\n');
            report_text_paragraph(context->out, &context->style, 0, 0, text);
        }
    }
}

gboolean
whatif_answer_print(CommandContext *context, const PlanningView *before, const PlanningView *after)
{
    const Figures was = count_figures(before, after), is = count_figures(after, after);
    const gboolean is_text = context->format == REPORT_FORMAT_TEXT;
    const LeftOut left = find_left_out(before, after);
    FigureRow rows[N_FIGURE_ROWS];

    list_figures(&was, &is, rows);
    const gboolean is_worse = gets_worse(after, rows, &left);
    if (is_text)
        print_figures(context, rows, &left, is_worse);
    g_ptr_array_unref(left.stranded);
    print_classes(context, before, after);
    if (is_text) {
        print_changes(context, after);
        print_new_findings(context, before->plan, after->plan);
        print_kept_classes(context, after);
    }
    return is_worse;
}
