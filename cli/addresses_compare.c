/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `virt-plan addresses --compare A B`: what a migration from A to B would not survive. */

#include "addresses.h"

#include <ingest/domain_abi_reader.h>
#include <planner/abi_compare.h>
#include <reports/escape.h>
#include <reports/table.h>

static const TableColumn columns[] = {
    {"device", "DEVICE", TABLE_TEXT, 0},      {"property", "PROPERTY", TABLE_TEXT, 0},
    {"left", "LEFT", TABLE_TEXT, 0},          {"left_line", "LINE", TABLE_NUMBER, TABLE_PLAIN},
    {"right", "RIGHT", TABLE_TEXT, 0},        {"right_line", "LINE", TABLE_NUMBER, TABLE_PLAIN},
    {"checked", "CHECKED", TABLE_BOOLEAN, 0}, {"why", "WHY", TABLE_TEXT, 0},
};

static GuestAbi *
read_abi(const PlannedGuest *guest, GError **error)
{
    Finding *refusal = NULL;
    GuestAbi *abi = domain_abi_read(guest->text, guest->length, &refusal);

    if (abi == NULL)
        addresses_refuse(guest->name, refusal, error);
    return abi;
}

static void
print_table(const AddressesJob *job, const GPtrArray *differences)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < differences->len; i++) {
        const AbiDifference *difference = g_ptr_array_index(differences, i);

        table_add_text(table, difference->device);
        table_add_text(table, difference->property);
        for (guint side = 0; side < 2; side++) {
            table_add_text(table, difference->values[side]);
            if (difference->lines[side] > 0)
                table_add_number(table, difference->lines[side]);
            else
                table_add_none(table);
        }
        table_add_boolean(table, !difference->is_unchecked);
        table_add_text(table, difference->why);
    }
    table_print(table, job->context->format, &job->context->style, job->context->out);
}

/* "A.xml:12: disk/vda: serial number: x; B.xml:14: y (why)" */
static void
print_line(GString *out, const AbiDifference *difference, const PlannedGuest guests[2])
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint side = 0; side < 2; side++) {
        const char *value = difference->values[side];

        g_string_append(line, side == 0 ? "" : "; ");
        g_string_append(line, guests[side].name);
        if (difference->lines[side] > 0)
            g_string_append_printf(line, ":%u", difference->lines[side]);
        g_string_append(line, ": ");
        if (side == 0)
            g_string_append_printf(line, "%s: %s: ", difference->device, difference->property);
        g_string_append(line, value == NULL ? "not written" : value);
    }
    g_string_append_printf(line, " (%s%s)", difference->why,
                           difference->is_unchecked ? "; libvirt does not compare it" : "");
    escape_terminal(out, line->str);
    g_string_append_c(out, '\n');
}

/* How many of DIFFERENCES libvirt refuses. */
static guint
n_checked(const GPtrArray *differences)
{
    guint n = 0;

    for (guint i = 0; i < differences->len; i++)
        n += !((const AbiDifference *)g_ptr_array_index(differences, i))->is_unchecked;
    return n;
}

ExitStatus
addresses_run_compare(AddressesJob *job, GError **error)
{
    CommandContext *context = job->context;
    g_auto(PlannedGuest) left = {0};
    g_auto(PlannedGuest) right = {0};

    if (!addresses_plan(job, context->args[0], &left, error) ||
        !addresses_plan(job, context->args[1], &right, error))
        return EXIT_FAILED;
    g_autoptr(GuestAbi) left_abi = read_abi(&left, error);
    g_autoptr(GuestAbi) right_abi = left_abi == NULL ? NULL : read_abi(&right, error);
    if (right_abi == NULL)
        return EXIT_FAILED;
    const AbiSide sides[] = {{left.devices, left_abi}, {right.devices, right_abi}};
    const PlannedGuest guests[] = {left, right};
    g_autoptr(GPtrArray) differences = abi_compare(&sides[0], &sides[1]);
    if (context->format != REPORT_FORMAT_TEXT)
        print_table(job, differences);
    for (guint i = 0; context->format == REPORT_FORMAT_TEXT && i < differences->len; i++)
        print_line(context->out, g_ptr_array_index(differences, i), guests);
    if (context->format == REPORT_FORMAT_TEXT && differences->len == 0 && !context->is_quiet)
        g_string_append(context->out, "The guest sees the same machine on both ends.\n");
    return n_checked(differences) == 0 ? EXIT_WELL : EXIT_ANSWER_NO;
}
