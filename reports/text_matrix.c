/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A matrix on a terminal: a grid with one character for each cell, and the reasons in a table. Its
 * lines are groups of like hosts where they are few, classes otherwise. A cell of classes tells the
 * worst verdict between them when it holds for all pairs, and '%' when it varies.
 */

#include "text_private.h"

#include <fleet/words.h>
#include <reports/escape.h>

/* More lines than a screen has are no help. */
#define GRID_MAX 60
#define REASONS_MAX 20

/* How a cell looks: by its verdict, or VERDICT_COUNT where that varies. */
static const struct {
    char symbol;
    const char *colour; /* of a terminal: the parameter of SGR */
} looks[] = {
    [VERDICT_YES] = {'+', "32"}, [VERDICT_WARN] = {'~', "33"}, [VERDICT_UNKNOWN] = {'?', "33"},
    [VERDICT_NO] = {'-', "31"},  [VERDICT_COUNT] = {'%', "0"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(looks) == VERDICT_COUNT + 1);

#define SYMBOL_SELF '\\'
#define SYMBOL_NO_RETURN '>'

typedef struct {
    const Plan *plan;
    const PlanPool *pool;
    const Matrix *matrix;
    const HostMembership *memberships;
    GPtrArray *labels; /* of char*: of each line */
    GArray *n_hosts;   /* of guint: in each line */
    guint32 *line_of;  /* of each row of the matrix */
    guint n_lines;
    guint64 *counts; /* of host pairs: (from, to, verdict) */
} Grid;

static guint32
row_class(const Grid *grid, guint row)
{
    const HostGroup *group = grid->plan->groups->pdata[grid->matrix->groups[row]];

    if (group->hosts->len == 0)
        return FLEET_NO_INDEX;
    return grid->memberships[g_array_index(group->hosts, guint32, 0)].class_index;
}

static guint
row_hosts(const Grid *grid, guint row)
{
    return ((const HostGroup *)grid->plan->groups->pdata[grid->matrix->groups[row]])->hosts->len;
}

static void
add_line(Grid *grid, const char *class_name, const char *group_name)
{
    guint none = 0;

    g_ptr_array_add(grid->labels, group_name != NULL
                                      ? g_strdup_printf("%s: %s", class_name, group_name)
                                      : g_strdup(class_name));
    g_array_append_val(grid->n_hosts, none);
    grid->n_lines++;
}

typedef struct {
    guint32 class_index; /* FLEET_NO_INDEX: of the hosts in none */
    guint first_row;
    guint reach; /* classes that its guests can go to */
} ClassReach;

static gint
compare_reaches(gconstpointer a, gconstpointer b)
{
    const ClassReach *left = a, *right = b;

    if (left->reach != right->reach)
        return left->reach < right->reach ? 1 : -1;
    return (left->class_index > right->class_index) - (left->class_index < right->class_index);
}

/*
 * The classes that have rows; those whose guests can go furthest first, so that what is open
 * gathers above the diagonal.
 */
static GArray *
order_classes(const Grid *grid)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(ClassReach));
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint row = 0; row < grid->matrix->n; row++) {
        ClassReach reach = {row_class(grid, row), row, 0};

        if (g_hash_table_add(seen, GUINT_TO_POINTER(reach.class_index)))
            g_array_append_val(order, reach);
    }
    for (guint i = 0; i < order->len; i++) {
        ClassReach *from = &g_array_index(order, ClassReach, i);

        for (guint j = 0; j < order->len; j++) {
            guint to = g_array_index(order, ClassReach, j).first_row;
            from->reach +=
                matrix_outcome(grid->matrix, from->first_row, to)->verdict <= VERDICT_WARN;
        }
    }
    g_array_sort(order, compare_reaches);
    return order;
}

/* Gives each row its line. */
static void
place_rows(Grid *grid)
{
    gboolean is_of_groups = grid->matrix->n <= GRID_MAX;
    g_autoptr(GArray) order = order_classes(grid);

    for (guint i = 0; i < order->len; i++) {
        guint32 class_index = g_array_index(order, ClassReach, i).class_index;
        const char *name = class_index == FLEET_NO_INDEX
                               ? "no class"
                               : ((const PlanClass *)grid->pool->classes->pdata[class_index])->name;
        gboolean has_line = FALSE;

        for (guint row = 0; row < grid->matrix->n; row++) {
            const HostGroup *group = grid->plan->groups->pdata[grid->matrix->groups[row]];

            if (row_class(grid, row) != class_index)
                continue;
            if (is_of_groups || !has_line)
                add_line(grid, name, is_of_groups ? group->name : NULL);
            has_line = TRUE;
            grid->line_of[row] = grid->n_lines - 1;
            g_array_index(grid->n_hosts, guint, grid->n_lines - 1) += row_hosts(grid, row);
        }
    }
}

/* How many pairs of different hosts, the first of ROW and the second of COLUMN, there are. */
static guint64
count_pairs(const Grid *grid, guint row, guint column)
{
    const guint64 n_from = row_hosts(grid, row), n_to = row_hosts(grid, column);

    return n_from * (row == column ? n_to - 1 : n_to);
}

static guint64 *
count_at(const Grid *grid, guint from, guint to)
{
    return grid->counts + ((gsize)from * grid->n_lines + to) * VERDICT_COUNT;
}

static void
count_cells(Grid *grid)
{
    grid->counts = g_new0(guint64, MAX((gsize)grid->n_lines * grid->n_lines * VERDICT_COUNT, 1));
    for (guint row = 0; row < grid->matrix->n; row++) {
        for (guint column = 0; column < grid->matrix->n; column++) {
            guint64 *counts = count_at(grid, grid->line_of[row], grid->line_of[column]);

            counts[matrix_outcome(grid->matrix, row, column)->verdict] +=
                count_pairs(grid, row, column);
        }
    }
}

/* The one verdict of a cell; VERDICT_COUNT when it varies, and RET_IS_EMPTY without pairs. */
static Verdict
cell_verdict(const Grid *grid, guint from, guint to, gboolean *ret_is_empty)
{
    const guint64 *counts = count_at(grid, from, to);
    Verdict found = VERDICT_COUNT;
    guint n_kinds = 0;

    for (Verdict verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        if (counts[verdict] > 0) {
            found = verdict;
            n_kinds++;
        }
    }
    *ret_is_empty = n_kinds == 0;
    return n_kinds == 1 ? found : VERDICT_COUNT;
}

static void
append_cell(const Grid *grid, guint from, guint to, const ReportStyle *style, GString *out)
{
    gboolean is_empty = FALSE, is_back_empty = FALSE;
    Verdict verdict = cell_verdict(grid, from, to, &is_empty);
    Verdict back = cell_verdict(grid, to, from, &is_back_empty);
    char symbol = looks[verdict].symbol;

    if (is_empty)
        symbol = SYMBOL_SELF;
    else if (verdict <= VERDICT_WARN && back == VERDICT_NO)
        symbol = SYMBOL_NO_RETURN;
    if (style->is_coloured && !is_empty)
        g_string_append_printf(out, " \033[%sm%c\033[0m", looks[verdict].colour, symbol);
    else
        g_string_append_printf(out, " %c", symbol);
}

static void
append_column_numbers(const Grid *grid, guint indent, GString *out)
{
    for (guint divisor = grid->n_lines >= 10 ? 10 : 1; divisor >= 1; divisor /= 10) {
        g_string_append_printf(out, "%*s", (int)indent, "");
        for (guint i = 0; i < grid->n_lines; i++) {
            guint digit = (i + 1) / divisor;

            if (digit == 0)
                g_string_append(out, "  ");
            else
                g_string_append_printf(out, " %u", digit % 10);
        }
        g_string_append_c(out, '\n');
    }
}

static void
append_legend(const ReportStyle *style, GString *out)
{
    g_autofree char *symbols = g_strdup_printf(
        "%c yes, %c yes and not back, %c with a remark, %c not known, %c no, %c some, %c one host",
        looks[VERDICT_YES].symbol, SYMBOL_NO_RETURN, looks[VERDICT_WARN].symbol,
        looks[VERDICT_UNKNOWN].symbol, looks[VERDICT_NO].symbol, looks[VERDICT_COUNT].symbol,
        SYMBOL_SELF);

    report_text_paragraph(
        out, style, 0, 0,
        "Rows migrate to columns. The number before a row is its column's, the one after "
        "it counts its hosts.");
    report_text_paragraph(out, style, 0, 0, symbols);
}

static void
append_grid(const Grid *grid, const ReportStyle *style, GString *out)
{
    guint widest = 0;
    g_autoptr(GPtrArray) printable = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < grid->n_lines; i++) {
        GString *label = g_string_new(NULL);

        escape_terminal(label, grid->labels->pdata[i]);
        widest = MAX(widest, escape_width(label->str));
        g_ptr_array_add(printable, g_string_free(label, FALSE));
    }
    append_column_numbers(grid, widest + 12, out);
    for (guint i = 0; i < grid->n_lines; i++) {
        const char *label = printable->pdata[i];

        g_string_append_printf(out, "%3u %s%*s %6u ", i + 1, label,
                               (int)(widest - escape_width(label)), "",
                               g_array_index(grid->n_hosts, guint, i));
        for (guint j = 0; j < grid->n_lines; j++)
            append_cell(grid, i, j, style, out);
        g_string_append_c(out, '\n');
    }
    append_legend(style, out);
}

/* ---- reasons -------------------------------------------------------------------------------- */

/* What one check says, with one remedy, in one form or several: other features, other versions. */
typedef struct {
    guint64 n_pairs;
    const Blocker *blocker; /* the form that most pairs have */
    guint64 n_pairs_of_blocker;
    guint n_forms;
    guint last_outcome; /* that was counted, from 1 on: a pair that has two forms counts once */
} Reason;

typedef struct {
    guint64 n_pairs;
    const Blocker *blocker;
} ReasonForm;

static gint
compare_reasons(gconstpointer a, gconstpointer b)
{
    const Reason *left = a, *right = b;

    if (left->blocker->severity != right->blocker->severity)
        return left->blocker->severity < right->blocker->severity ? 1 : -1;
    if (left->n_pairs != right->n_pairs)
        return left->n_pairs < right->n_pairs ? 1 : -1;
    return g_strcmp0(left->blocker->text, right->blocker->text);
}

/* For how many host pairs each outcome holds. Owned by the caller. */
static guint64 *
count_outcomes(const Grid *grid)
{
    const Matrix *matrix = grid->matrix;
    guint64 *counts = g_new0(guint64, matrix->outcomes->len);

    for (guint row = 0; row < matrix->n; row++) {
        for (guint column = 0; column < matrix->n; column++)
            counts[matrix_cell(matrix, row, column)] += count_pairs(grid, row, column);
    }
    return counts;
}

/* Reasons and their forms, with where each is by its words. */
typedef struct {
    GArray *reasons; /* of Reason */
    GArray *forms;   /* of ReasonForm */
    GHashTable *reason_at, *form_at;
} ReasonCount;

/* The position of KEY in ARRAY, which gets ITEM when it has none. KEY is taken. */
static guint
find_or_add(GHashTable *positions, char *key, GArray *array, gconstpointer item)
{
    gpointer position = NULL;

    if (!g_hash_table_lookup_extended(positions, key, NULL, &position)) {
        position = GUINT_TO_POINTER(array->len);
        g_array_append_vals(array, item, 1);
        g_hash_table_insert(positions, key, position);
    } else {
        g_free(key);
    }
    return GPOINTER_TO_UINT(position);
}

static void
count_blocker(ReasonCount *count, const Blocker *blocker, guint outcome, guint64 n_pairs)
{
    const Reason new_reason = {.blocker = blocker};
    const ReasonForm new_form = {.blocker = blocker};
    char *key = g_strdup_printf("%s\n%u\n%s", blocker->check, blocker->severity,
                                blocker->remedy != NULL ? blocker->remedy : "");
    char *form_key = g_strdup_printf("%s\n%s", key, blocker->text != NULL ? blocker->text : "");
    const guint at = find_or_add(count->reason_at, key, count->reasons, &new_reason);
    const guint n_forms = count->forms->len;
    const guint form_at = find_or_add(count->form_at, form_key, count->forms, &new_form);
    Reason *reason = &g_array_index(count->reasons, Reason, at);
    ReasonForm *form = &g_array_index(count->forms, ReasonForm, form_at);

    reason->n_forms += count->forms->len > n_forms;
    reason->n_pairs += reason->last_outcome != outcome ? n_pairs : 0;
    reason->last_outcome = outcome;
    form->n_pairs += n_pairs;
    if (form->n_pairs > reason->n_pairs_of_blocker) {
        reason->blocker = form->blocker;
        reason->n_pairs_of_blocker = form->n_pairs;
    }
}

/* The distinct reasons (of Reason), those of most trouble and of most pairs first. */
static GArray *
count_reasons(const Grid *grid)
{
    g_autofree guint64 *counts = count_outcomes(grid);
    g_autoptr(GHashTable) reason_at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) form_at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) forms = g_array_new(FALSE, TRUE, sizeof(ReasonForm));
    ReasonCount count = {g_array_new(FALSE, TRUE, sizeof(Reason)), forms, reason_at, form_at};

    for (guint i = 0; i < grid->matrix->outcomes->len; i++) {
        const Outcome *outcome = grid->matrix->outcomes->pdata[i];

        for (guint b = 0; b < outcome->blockers->len && counts[i] > 0; b++)
            count_blocker(&count, outcome->blockers->pdata[b], i + 1, counts[i]);
    }
    g_array_sort(count.reasons, compare_reasons);
    return count.reasons;
}

static void
add_reason_text(Table *table, const Reason *reason)
{
    const guint n_others = reason->n_forms - 1;

    if (n_others == 0)
        table_add_text(table, reason->blocker->text);
    else
        table_add_format(table, "%s And %u other form%s of it.", reason->blocker->text, n_others,
                         words_plural(n_others));
}

static void
append_reasons(const Grid *grid, const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"n_pairs", "PAIRS", TABLE_NUMBER, 0},
        {"verdict", "VERDICT", TABLE_TEXT, 0},
        {"check", "CHECK", TABLE_TEXT, TABLE_WHOLE},
        {"text", "WHY", TABLE_TEXT, TABLE_WRAP},
        {"remedy", "WHAT WOULD CURE IT", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    g_autoptr(GArray) reasons = count_reasons(grid);

    for (guint i = 0; i < MIN(reasons->len, REASONS_MAX); i++) {
        const Reason *reason = &g_array_index(reasons, Reason, i);

        table_add_number(table, reason->n_pairs);
        table_add_text(table, verdict_name(reason->blocker->severity));
        table_tone(table, text_verdict_tone(reason->blocker->severity));
        table_add_text(table, reason->blocker->check);
        add_reason_text(table, reason);
        table_add_text(table, reason->blocker->remedy);
    }
    if (reasons->len == 0)
        return;
    g_string_append_c(out, '\n');
    table_print(table, REPORT_FORMAT_TEXT, style, out);
    if (reasons->len > REASONS_MAX)
        g_string_append_printf(out, "... and %u more in matrix.csv\n", reasons->len - REASONS_MAX);
}

static void
append_pairs(const Matrix *matrix, const ReportStyle *style, GString *out)
{
    g_autofree char *yes = words_number(matrix->n_pairs[VERDICT_YES]);
    g_autofree char *warn = words_number(matrix->n_pairs[VERDICT_WARN]);
    g_autofree char *unknown = words_number(matrix->n_pairs[VERDICT_UNKNOWN]);
    g_autofree char *no = words_number(matrix->n_pairs[VERDICT_NO]);
    g_autofree char *one_way = words_number(matrix->n_one_way);
    g_autofree char *text = g_strdup_printf(
        "Pairs of hosts: %s yes, %s with a remark, %s not known, %s no; %s go one way only.", yes,
        warn, unknown, no, one_way);

    report_text_paragraph(out, style, 0, 0, text);
}

void
report_text_matrix(const Plan *plan, const PlanPool *pool, MatrixSubject subject,
                   const ReportStyle *style, GString *out)
{
    const Matrix *matrix = pool->matrices[subject];

    if (matrix == NULL || matrix->n == 0) {
        g_string_append(out, "There is no matrix: the pool has no hosts to compare.\n");
        return;
    }
    if (pool->hosts->len == 1) {
        g_string_append(out, "The pool has one host: there is nowhere to migrate to.\n");
        return;
    }
    g_autofree HostMembership *memberships = summary_host_memberships(plan);
    g_autofree guint32 *line_of = g_new0(guint32, matrix->n);
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) n_hosts = g_array_new(FALSE, TRUE, sizeof(guint));
    Grid grid = {plan, pool, matrix, memberships, labels, n_hosts, line_of, 0, NULL};

    place_rows(&grid);
    if (grid.n_lines <= GRID_MAX) {
        count_cells(&grid);
        append_grid(&grid, style, out);
    }
    append_pairs(matrix, style, out);
    append_reasons(&grid, style, out);
    g_free(grid.counts);
}
