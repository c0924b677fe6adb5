/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that each report of the sample plan is well-formed, that its figures are the plan's, and
 * that no name acts where it is printed.
 */

#include "plan_json.h"
#include "sample_plan.h"

#include <fleet/words.h>
#include <reports/escape.h>
#include <reports/reports.h>
#include <reports/text.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

/* ---- JSON ----------------------------------------------------------------------------------- */

static json_object *
member(json_object *object, const char *key)
{
    json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value))
        fail_msg("no member '%s'", key);
    return value;
}

static guint64
number(json_object *object, const char *key)
{
    return (guint64)json_object_get_int64(member(object, key));
}

/* A cell of a matrix, read back from its runs. */
static guint
written_cell(json_object *matrix, guint row, guint column)
{
    guint kind = (guint)json_object_get_int(json_object_array_get_idx(member(matrix, "rows"), row));
    json_object *runs = json_object_array_get_idx(member(matrix, "runs"), kind);

    if (row == column)
        return (guint)json_object_get_int(
            json_object_array_get_idx(member(matrix, "diagonal"), row));

    for (gsize i = 0; i < json_object_array_length(runs); i += 2) {
        guint n = (guint)json_object_get_int(json_object_array_get_idx(runs, i + 1));

        if (column < n)
            return (guint)json_object_get_int(json_object_array_get_idx(runs, i));
        column -= n;
    }
    fail_msg("row %u is too short", row);
    return 0;
}

static void
assert_matrix(json_object *matrix, const Matrix *expected)
{
    assert_int_equal(json_object_array_length(member(matrix, "groups")), expected->n);
    assert_int_equal(number(matrix, "n_one_way"), expected->n_one_way);
    assert_int_equal(json_object_array_length(member(matrix, "outcomes")), expected->outcomes->len);
    for (guint row = 0; row < expected->n; row++) {
        for (guint column = 0; column < expected->n; column++)
            assert_int_equal(written_cell(matrix, row, column), matrix_cell(expected, row, column));
    }
}

static char *
whole_json(const Plan *plan)
{
    const PlanJsonOptions options = {0};
    Output output;

    output_init_memory(&output);
    plan_json_write(plan, &options, &output);
    return output_steal(&output);
}

static void
test_json_document_holds_the_plan(void **state)
{
    const SamplePlan *sample = *state;
    g_autofree char *text = whole_json(sample->plan);
    json_object *document = json_tokener_parse(text);

    assert_non_null(document);
    assert_null(strchr(text, '<'));
    json_object *names = member(member(document, "hosts"), "name");
    assert_int_equal(json_object_array_length(names), SAMPLE_N_HOSTS);
    for (guint i = 0; i < SAMPLE_N_HOSTS; i++)
        assert_string_equal(json_object_get_string(json_object_array_get_idx(names, i)),
                            fleet_host(sample->fleet, i)->name);
    for (guint p = 0; p < sample->plan->pools->len; p++) {
        const PlanPool *pool = sample->plan->pools->pdata[p];
        json_object *matrices =
            member(json_object_array_get_idx(member(document, "pools"), p), "matrices");

        for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++)
            assert_matrix(member(matrices, matrix_subject_name(subject)), pool->matrices[subject]);
    }
    assert_int_equal(number(member(document, "summary"), "n_guests_stuck"), 3);
    assert_int_equal(number(member(document, "summary"), "n_guests_may_be_stuck"), 3);
    json_object_put(document);
}

static void
test_page_of_many_hosts_stays_small(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(5000);
    char *page = report_html(sample->plan);
    gsize length = strlen(page);

    (void)state;
    g_free(page);
    assert_true(length < 10 * 1000 * 1000);
}

static void
test_equal_plans_give_equal_pages(void **state)
{
    g_autoptr(SamplePlan) again = sample_plan_new(SAMPLE_N_HOSTS);
    const SamplePlan *sample = *state;
    g_autofree char *first = report_html(sample->plan), *second = report_html(again->plan);

    assert_string_equal(first, second);
}

/* ---- the page ------------------------------------------------------------------------------- */

static void
test_page_loads_nothing_and_runs_no_name(void **state)
{
    const SamplePlan *sample = *state;
    g_autofree char *page = report_html(sample->plan);

    assert_null(strstr(page, "<script>alert"));
    assert_null(strstr(page, "<img"));
    assert_null(strstr(page, "{{"));
    assert_null(strstr(page, " src=\""));
    assert_null(strstr(page, "href=\"http"));
    assert_non_null(strstr(page, "default-src 'none'; script-src 'sha256-"));
}

static void
test_page_has_the_dark_palette_for_the_system_and_for_the_reader(void **state)
{
    const SamplePlan *sample = *state;
    g_autofree char *page = report_html(sample->plan);
    const char *of_system = strstr(page, ":root:not([data-theme=\"light\"]) {");
    const char *of_reader = strstr(page, ":root[data-theme=\"dark\"] {");

    assert_true(of_system != NULL && of_system < of_reader);
    g_autofree char *between = g_strndup(of_system, (gsize)(of_reader - of_system));
    assert_non_null(strstr(between, "--page: #0f1216;"));
    assert_non_null(strstr(of_reader, "--page: #0f1216;"));
}

/* ---- metrics -------------------------------------------------------------------------------- */

/* A host that does not tell its microcode has not the revision 0. */
static void
test_metrics_have_no_microcode_of_hosts_that_do_not_tell(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    Host *host = (Host *)(guintptr)fleet_host(sample->plan->fleet, 0);

    (void)state;
    g_autofree char *told = report_prometheus(sample->plan);
    assert_null(strstr(told, "microcode=\"\""));
    host->microcode = 0;
    g_autofree char *text = report_prometheus(sample->plan);
    g_autofree char *label = g_strdup_printf("{host=\"%s\",", host->name);
    const char *sample_of_host = strstr(strstr(text, "# TYPE virtplan_host_info"), label);

    assert_non_null(sample_of_host);
    g_auto(GStrv) line = g_strsplit(sample_of_host, "\n", 2);
    assert_non_null(strstr(line[0], ",microcode=\"\"} 1"));
    assert_null(strstr(text, "0x0\""));
}

static void
test_metrics_are_in_the_textfile_format(void **state)
{
    const SamplePlan *sample = *state;
    g_autofree char *text = report_prometheus(sample->plan);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines);

    assert_string_equal(lines[n - 1], "");
    for (guint i = 0; i + 1 < n; i++) {
        gboolean is_comment = g_str_has_prefix(lines[i], "# HELP virtplan_") ||
                              g_str_has_prefix(lines[i], "# TYPE virtplan_");

        if (!is_comment &&
            !g_regex_match_simple("^virtplan_[a-z_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)+\\})? "
                                  "[0-9.e+-]+$",
                                  lines[i], 0, 0))
            fail_msg("line %u: %s", i + 1, lines[i]);
    }
    assert_non_null(strstr(text, "virtplan_guests{state=\"stuck\"} 3\n"));
    assert_non_null(strstr(text, "virtplan_guests{state=\"may-be-stuck\"} 3\n"));
    assert_non_null(strstr(
        text,
        "virtplan_class_contract{pool=\"prod\",class=\"intel-skylake\",state=\"broken\"} 1\n"));
}

/* ---- text ----------------------------------------------------------------------------------- */

static char *
all_text(const Plan *plan, const ReportStyle *style)
{
    GString *out = g_string_new(NULL);

    report_text_summary(plan, style, out);
    report_text_limits(plan, NULL, style, out);
    for (guint i = 0; i < plan->pools->len; i++) {
        const PlanPool *pool = plan->pools->pdata[i];
        for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++)
            report_text_matrix(plan, pool, subject, style, out);
        report_text_drains(plan, pool, style, out);
    }
    report_text_guests(plan, plan->guests, "There are no guests.", style, out);
    report_text_drift(plan, NULL, NULL, style, out);
    report_text_findings(plan->fleet->quarantine, style, out);
    return g_string_free(out, FALSE);
}

static void
test_text_is_plain_and_fits_its_width(void **state)
{
    const SamplePlan *sample = *state;
    ReportStyle style = {.width = 100};
    g_autofree char *text = all_text(sample->plan, &style);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    assert_null(strchr(text, '\033'));
    for (guint i = 0; lines[i] != NULL; i++) {
        if (escape_width(lines[i]) > style.width)
            fail_msg("too wide: %s", lines[i]);
    }
    assert_non_null(strstr(text, "2 stuck guests, 3 guests that may be stuck"));
}

static guint
count_of(const char *text, const char *part)
{
    g_auto(GStrv) pieces = g_strsplit(text, part, -1);

    return g_strv_length(pieces) - 1;
}

static void
add_breach(PlanClass *klass, guint32 host, const char *reason)
{
    const ContractBreach breach = {.host = host, .reasons = g_ptr_array_new_with_free_func(g_free)};

    g_ptr_array_add(breach.reasons, g_strdup(reason));
    g_array_append_val(klass->contract.breaches, breach);
}

static void
test_hosts_that_break_a_promise_alike_are_told_of_together(void **state)
{
    (void)state;
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanPool *pool = sample->plan->pools->pdata[0];
    PlanClass *klass = pool->classes->pdata[0];
    ReportStyle style = {0};
    g_autoptr(GString) summary = g_string_new(NULL), named = g_string_new(NULL);

    g_array_set_size(klass->contract.breaches, 0);
    for (guint32 host = 0; host < 10; host++) {
        add_breach(klass, host, "It lacks avx2.");
        if (host < 8)
            g_string_append_printf(named, "%s%s", host > 0 ? ", " : "",
                                   fleet_host(sample->fleet, host)->name);
        if (host == 4)
            add_breach(klass, 20, "It lacks aes.");
    }
    report_text_summary(sample->plan, &style, summary);
    g_string_append(named, " and 2 more: It lacks avx2. What to do: give them what they lack");
    assert_int_equal(count_of(summary->str, named->str), 1);
    assert_int_equal(count_of(summary->str, "It lacks avx2."), 1);
    assert_int_equal(count_of(summary->str, "It lacks aes. What to do: give it what it lacks"), 1);
}

/* Guests that one thing holds are told of together, with what the cure opens for them. */
static void
test_text_tells_one_reason_once(void **state)
{
    const SamplePlan *sample = *state;
    ReportStyle style = {0};
    g_autoptr(GString) summary = g_string_new(NULL), guests = g_string_new(NULL);

    report_text_summary(sample->plan, &style, summary);
    report_text_guests(sample->plan, sample->plan->guests, "", &style, guests);
    const GString *both[] = {summary, guests};
    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        assert_int_equal(count_of(both[i]->str, "Mode maximum, of which nothing is known."), 1);
        assert_int_equal(count_of(both[i]->str, "What to do: give it a template."), 1);
        /* once for those that a restart frees, once for the others, and in the list of guests once
           more for the one that the plan file knows */
        assert_int_equal(count_of(both[i]->str, "The guest has avx512f"), i == 0 ? 2 : 3);
        assert_non_null(strstr(both[i]->str, "A restart on the class's template is enough."));
    }
}

/* What the plan file knows needs nobody, and is told apart with its reason. */
static void
test_text_tells_known_guests_apart(void **state)
{
    const SamplePlan *sample = *state;
    ReportStyle style = {0};
    g_autoptr(GString) summary = g_string_new(NULL), guests = g_string_new(NULL);

    report_text_summary(sample->plan, &style, summary);
    report_text_guests(sample->plan, sample->plan->guests, "", &style, guests);
    assert_non_null(strstr(summary->str, "20 guests, 1 of them known to be stuck)."));
    assert_int_equal(count_of(summary->str, "it waits for <new> hosts (until 2027-03-31)"), 1);
    assert_int_equal(count_of(guests->str, "stuck, known"), 1);
    assert_int_equal(
        count_of(guests->str, "The plan file knows, until 2027-03-31: it waits for <new> hosts."),
        1);
}

/* Where only that is left, all is well. */
static void
test_fleet_whose_trouble_is_known_is_well(void **state)
{
    (void)state;
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    Plan *plan = sample->plan;

    for (guint i = 0; i < plan->guests->len; i++)
        ((GuestPlan *)plan->guests->pdata[i])->known = plan->settings->known_stuck->pdata[0];
    for (guint i = 0; i < plan->pools->len; i++) {
        PlanPool *pool = plan->pools->pdata[i];
        pool->maintenance.failover = VERDICT_YES;
        g_array_set_size(pool->quarantined, 0);
        for (guint j = 0; j < pool->classes->len; j++)
            ((PlanClass *)pool->classes->pdata[j])->contract.state = CONTRACT_KEPT;
    }
    g_ptr_array_set_size(plan->drift, 0);
    g_ptr_array_set_size(plan->findings, 0);
    g_ptr_array_set_size(sample->fleet->quarantine, 0);
    assert_true(report_is_well(plan));
    ((GuestPlan *)plan->guests->pdata[2])->known = NULL;
    assert_false(report_is_well(plan));
}

/* Of one guest it is told by name where it could go, its own host apart. */
static void
test_text_names_the_hosts_that_a_cure_opens(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const Plan *plan = sample->plan;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    ReportStyle style = {0};

    (void)state;
    for (guint i = 0; i < plan->guests->len && one->len == 0; i++) {
        GuestPlan *guest = plan->guests->pdata[i];

        if (guest->freedom == GUEST_STUCK && guest->obstacle != NULL)
            g_ptr_array_add(one, guest);
    }
    GuestPlan *guest = one->pdata[0];
    const guint32 own = g_array_index(plan->group_of, guint32, guest->host);
    const HostGroup *group = plan->groups->pdata[own];
    g_array_set_size(guest->cured_groups, 0);
    g_array_append_val(guest->cured_groups, own);
    guest->n_cured_hosts = group->hosts->len - 1;
    report_text_guests(plan, one, "", &style, out);
    const char *opens = strstr(out->str, "(opens ");
    assert_non_null(opens);
    for (guint i = 0; i < group->hosts->len; i++) {
        const guint32 host = g_array_index(group->hosts, guint32, i);
        const gboolean is_told = strstr(opens, fleet_host(plan->fleet, host)->name) != NULL;

        assert_int_equal(is_told, host != guest->host);
    }
}

/* Every host that can be emptied has its turn, whether others cannot or not. */
static void
test_drain_text_has_the_order_of_a_rolling_maintenance(void **state)
{
    const SamplePlan *sample = *state;
    const PlanPool *pool = g_ptr_array_index(sample->plan->pools, 0);
    const ReportStyle style = {0};
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at;

    assert_true(pool->maintenance.n_order >= 2);
    report_text_drains(sample->plan, pool, &style, text);
    at = strstr(text->str, "before the next one's leave: ");
    for (guint i = 0; i < pool->maintenance.n_order; i++) {
        const char *name = fleet_host(sample->plan->fleet, pool->maintenance.order[i])->name;

        if (!g_str_has_prefix(name, "kvm")) /* others are escaped */
            continue;
        at = at != NULL ? strstr(at, name) : NULL;
        if (at == NULL)
            fail_msg("%s has no turn behind the ones before it", name);
    }
}

/* A change says what it is about, and a guest that is stuck by now is not explained twice. */
static void
test_text_names_what_changed(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    ReportStyle style = {0};
    static const struct {
        const char *id, *host, *subject, *text;
    } changes[] = {
        {"guest-stuck", "kvm1", "web01", "Can migrate to no other host. It has avx512f."},
        {"guest-stuck", "kvm2", "web02", "Can migrate to no other host. It has avx512f."},
        {"class-split", NULL, "prod/intel", "Its hosts are now in two classes."},
        {"address-moved", "kvm3", "db01", "disk/vda moved."},
        {"features-lost", "kvm4", NULL, "Lost hle."},
        {"features-lost", "kvm5", NULL, "Lost rtm."},
        {"features-lost", "kvm6", NULL, "Lost hle."},
        {"guest-cannot-restart", "kvm7", "old01", "Could not start here any more."},
    };
    g_autoptr(GString) text = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        DriftItem *item = g_new0(DriftItem, 1);

        *item = (DriftItem){.id = changes[i].id,
                            .is_actionable = TRUE,
                            .host = g_strdup(changes[i].host),
                            .subject = g_strdup(changes[i].subject),
                            .text = g_strdup(changes[i].text)};
        g_ptr_array_add(sample->plan->drift, item);
    }
    report_text_summary(sample->plan, &style, text);
    assert_non_null(strstr(text->str, "  Newly stuck: web01 on kvm1, web02 on kvm2.\n"));
    assert_non_null(strstr(text->str, "  prod/intel: Its hosts are now in two classes.\n"));
    assert_non_null(strstr(text->str, "  db01 on kvm3: disk/vda moved.\n"));
    assert_null(strstr(text->str, "It has avx512f."));
    assert_non_null(strstr(text->str, " changes since run "));
    assert_non_null(strstr(text->str, "  kvm4, kvm6: Lost hle.\n"));
    assert_non_null(strstr(text->str, "  kvm5: Lost rtm.\n"));
    assert_non_null(strstr(text->str, "  Newly could not start again: old01 on kvm7.\n"));
}

/* What one thing keeps from starting again is one paragraph, and no finding for each besides. */
static void
test_text_tells_guests_that_could_not_start_again_together(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    ReportStyle style = {0};
    g_autoptr(GString) before = g_string_new(NULL), text = g_string_new(NULL);

    (void)state;
    report_text_summary(sample->plan, &style, before);
    assert_null(strstr(before->str, "could not start again where they are"));
    for (guint i = 0; i < 2; i++) {
        GuestPlan *guest = sample->plan->guests->pdata[i];
        guest->can_start_here = 1;
        g_ptr_array_add(sample->plan->findings,
                        finding_new(FINDING_WARNING, "guest-cannot-restart", "one by one", "x"));
    }
    report_text_summary(sample->plan, &style, text);
    const char *section = strstr(text->str, "Guests that could not start again where they are\n");
    assert_non_null(section);
    assert_int_equal(count_of(section, "the host lacks avx512f"), 1);
    assert_int_equal(count_of(section, "start each on a host that can"), 1);
    assert_null(strstr(text->str, "one by one"));
}

/* Other hosts of its pool where GUEST could start. */
static guint
open_starts(const Plan *plan, const GuestPlan *guest)
{
    guint n = 0;

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);
        const HostGroup *group = plan->groups->pdata[target->group];
        const Outcome *start = guest->outcomes->pdata[target->can_start];

        for (guint j = 0; j < group->hosts->len; j++)
            n += g_array_index(group->hosts, guint32, j) != guest->host &&
                 start->verdict == VERDICT_YES;
    }
    return n;
}

/*
 * Every other host of the guest's pool is in one row, those that it can go to first; where it
 * could start is told beside.
 */
static void
test_text_tells_where_a_guest_can_go(void **state)
{
    const SamplePlan *sample = *state;
    ReportStyle style = {0};

    for (guint i = 0; i < sample->plan->guests->len; i++) {
        const GuestPlan *guest = sample->plan->guests->pdata[i];
        const PlanPool *pool = sample->plan->pools->pdata[guest->pool];
        g_autoptr(GString) text = g_string_new(NULL);
        guint n_open = 0, n_closed = 0, n_starts = 0;

        report_text_guest(sample->plan, guest, &style, text);
        g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
        for (guint l = 0; lines[l] != NULL; l++) {
            char verdict[16], start[16], class_name[64];
            guint n_hosts = 0;

            if (sscanf(lines[l], "%15s %15s %63s %u", verdict, start, class_name, &n_hosts) != 4)
                continue;
            assert_true(n_closed == 0 || strcmp(verdict, "yes") != 0);
            *(strcmp(verdict, "yes") == 0 ? &n_open : &n_closed) += n_hosts;
            n_starts += strcmp(start, "yes") == 0 ? n_hosts : 0;
        }
        assert_int_equal(n_starts, open_starts(sample->plan, guest));
        assert_int_equal(n_open, guest->n_migrate_hosts);
        assert_int_equal(n_open + n_closed, pool->hosts->len - 1);
    }
}

/* Reasons that differ in their features alone are one row, and its pairs are those of all. */
static void
test_matrix_text_tells_one_check_once(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanPool *pool = sample->plan->pools->pdata[0];
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];
    ReportStyle style = {0};
    g_autoptr(GString) text = g_string_new(NULL);

    (void)state;
    g_autofree char *n_pairs = words_number(matrix->n_pairs[VERDICT_NO]);
    g_autofree char *row = g_strdup_printf("%s  no       features-missing", n_pairs);
    for (guint i = 0; i < matrix->outcomes->len; i++) {
        const Outcome *outcome = matrix->outcomes->pdata[i];

        for (guint b = 0; b < outcome->blockers->len; b++) {
            Blocker *blocker = outcome->blockers->pdata[b];
            if (strcmp(blocker->check, "vendor") == 0)
                blocker->check = "features-missing"; /* every no is now of one check */
        }
    }
    report_text_matrix(sample->plan, pool, SUBJECT_TEMPLATE, &style, text);
    assert_int_equal(count_of(text->str, "  features-missing  "), 1);
    assert_non_null(strstr(text->str, "And 1 other form of it."));
    assert_non_null(strstr(text->str, row));
}

static void
test_plan_without_hosts_is_reported_as_not_well(void **state)
{
    g_autoptr(SamplePlan) empty = sample_plan_new_empty();
    ReportStyle style = {0};
    g_autofree char *text = all_text(empty->plan, &style);
    g_autofree char *json = whole_json(empty->plan);
    g_autofree char *metrics = report_prometheus(empty->plan);
    g_autofree char *dot = report_dot(empty->plan);
    json_object *document = json_tokener_parse(json);

    (void)state;
    assert_non_null(strstr(text, "Needs you: no host to plan with"));
    assert_non_null(strstr(metrics, "virtplan_is_well 0\n"));
    assert_non_null(strstr(dot, "digraph"));
    assert_non_null(document);
    json_object_put(document);
}

static void
test_graph_tells_how_classes_merge(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    g_autofree char *dot = report_dot(sample->plan);

    (void)state;
    assert_non_null(strstr(dot, "label=\"merge 1: gives up 20.00 %\""));
    assert_non_null(strstr(dot, "{p0c0 p0c1} -> p0m0 ["));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_document_holds_the_plan),
        cmocka_unit_test(test_page_of_many_hosts_stays_small),
        cmocka_unit_test(test_equal_plans_give_equal_pages),
        cmocka_unit_test(test_page_loads_nothing_and_runs_no_name),
        cmocka_unit_test(test_page_has_the_dark_palette_for_the_system_and_for_the_reader),
        cmocka_unit_test(test_metrics_are_in_the_textfile_format),
        cmocka_unit_test(test_metrics_have_no_microcode_of_hosts_that_do_not_tell),
        cmocka_unit_test(test_text_is_plain_and_fits_its_width),
        cmocka_unit_test(test_text_names_the_hosts_that_a_cure_opens),
        cmocka_unit_test(test_hosts_that_break_a_promise_alike_are_told_of_together),
        cmocka_unit_test(test_text_tells_one_reason_once),
        cmocka_unit_test(test_text_tells_known_guests_apart),
        cmocka_unit_test(test_fleet_whose_trouble_is_known_is_well),
        cmocka_unit_test(test_drain_text_has_the_order_of_a_rolling_maintenance),
        cmocka_unit_test(test_text_names_what_changed),
        cmocka_unit_test(test_text_tells_guests_that_could_not_start_again_together),
        cmocka_unit_test(test_text_tells_where_a_guest_can_go),
        cmocka_unit_test(test_matrix_text_tells_one_check_once),
        cmocka_unit_test(test_plan_without_hosts_is_reported_as_not_well),
        cmocka_unit_test(test_graph_tells_how_classes_merge),
    };
    return cmocka_run_group_tests(tests, sample_plan_set_up, sample_plan_tear_down);
}
