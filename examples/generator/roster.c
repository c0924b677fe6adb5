/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Host rows are stretched or shrunk to the wanted number: row r gets the hosts between its share
 * and its successor's, rounded down, so the shares always add up. Guests are dealt out in the same
 * way over the hosts of the rows that they live on.
 */

#include "roster.h"

#include <string.h>

struct Roster {
    const Description *description;
    RosterOptions options;
    guint n_described; /* hosts that the description names */
    guint *starts;     /* first host of each row, and one past the last */
};

/* The splitmix64 generator: small, fast, and the same everywhere. */
guint64
roster_random(guint64 *state)
{
    guint64 z = (*state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static guint64
random_of(const Roster *roster, guint64 kind, guint64 index)
{
    guint64 state = ((guint64)roster->options.seed << 32) ^ (kind << 56) ^ index;

    roster_random(&state);
    return roster_random(&state);
}

static const HostRow *
host_row(const Roster *roster, guint row)
{
    return &g_array_index(roster->description->hosts, HostRow, row);
}

Roster *
roster_new(const Description *description, const RosterOptions *options)
{
    Roster *roster = g_new0(Roster, 1);
    guint64 before = 0;

    roster->description = description;
    roster->options = *options;
    for (guint i = 0; i < description->hosts->len; i++)
        roster->n_described += host_row(roster, i)->count;
    if (roster->options.n_hosts == 0)
        roster->options.n_hosts = roster->n_described;
    roster->starts = g_new(guint, description->hosts->len + 1);
    for (guint i = 0; i < description->hosts->len; i++) {
        roster->starts[i] = (guint)(before * roster->options.n_hosts / roster->n_described);
        before += host_row(roster, i)->count;
    }
    roster->starts[description->hosts->len] = roster->options.n_hosts;
    return roster;
}

void
roster_free(Roster *roster)
{
    g_free(roster->starts);
    g_free(roster);
}

guint
roster_n_hosts(const Roster *roster)
{
    return roster->options.n_hosts;
}

/* NAME with its "%" as NUMBER, of at least two digits and as many as N needs. */
static void
format_name(char *ret_name, gsize size, const char *name, guint number, guint n)
{
    const char *place = strchr(name, '%');
    int length = place != NULL ? (int)(place - name) : (int)strlen(name);
    int digits = 2;

    for (guint limit = 100; limit <= n; limit *= 10)
        digits++;
    if (place == NULL)
        g_strlcpy(ret_name, name, size);
    else
        g_snprintf(ret_name, size, "%.*s%0*u%s", length, name, digits, number, place + 1);
}

static guint
row_of_host(const Roster *roster, guint index)
{
    guint low = 0, high = roster->description->hosts->len;

    while (high - low > 1) {
        guint middle = low + (high - low) / 2;

        if (roster->starts[middle] <= index)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Every so-many-th host is one of the n_changed. */
static gboolean
is_changed(const Roster *roster, guint index)
{
    guint64 n = roster->options.n_changed;

    return (index + 1) * n / roster->options.n_hosts != index * n / roster->options.n_hosts;
}

static guint
n_variants(guint wanted, guint n_rows)
{
    return wanted > n_rows ? (wanted + n_rows - 1) / n_rows : 1;
}

void
roster_host(const Roster *roster, guint index, HostIdentity *ret_host)
{
    const Description *description = roster->description;
    guint row_index = row_of_host(roster, index);
    const HostRow *row = host_row(roster, row_index);
    guint number = index - roster->starts[row_index];
    guint n_in_row = roster->starts[row_index + 1] - roster->starts[row_index];
    guint n_cpu_variants = n_variants(roster->options.n_cpus, description->hosts->len);

    *ret_host = (HostIdentity){
        .row = row,
        .processor = description_find(description->processors, row->processor),
        .software = description_find(description->software, roster->options.software != NULL
                                                                ? roster->options.software
                                                                : row->software),
        .cpu_variant = number % n_cpu_variants,
        .machine_variant =
            number % n_variants(roster->options.n_machine_profiles, description->software->len),
        .random = random_of(roster, 'h', index),
    };
    ret_host->microcode = description_find(ret_host->processor->microcodes, row->microcode);
    if (is_changed(roster, index))
        ret_host->cpu_variant += n_cpu_variants;
    format_name(ret_host->name, sizeof ret_host->name, row->name, number + 1, n_in_row);
}

/* Is host row ROW one of those that GUEST names? */
static gboolean
lives_on(const GuestRow *guest, const HostRow *row)
{
    size_t length = strcspn(row->name, "%");

    for (guint i = 0; i < guest->on->len; i++) {
        const char *name = g_ptr_array_index(guest->on, i);

        if (strlen(name) == length && strncmp(name, row->name, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* How many hosts GUEST lives on, and which of them HOST_INDEX is; FALSE when it is none. */
static gboolean
find_place(const Roster *roster, const GuestRow *guest, guint host_index, guint *ret_n,
           guint *ret_place)
{
    guint n = 0;
    gboolean is_found = FALSE;

    for (guint i = 0; i < roster->description->hosts->len; i++) {
        if (!lives_on(guest, host_row(roster, i)))
            continue;
        if (host_index >= roster->starts[i] && host_index < roster->starts[i + 1]) {
            *ret_place = n + host_index - roster->starts[i];
            is_found = TRUE;
        }
        n += roster->starts[i + 1] - roster->starts[i];
    }
    *ret_n = n;
    return is_found;
}

GArray *
roster_guests(const Roster *roster, guint host_index)
{
    GArray *guests = g_array_new(FALSE, TRUE, sizeof(GuestIdentity));
    const GArray *rows = roster->description->guests;

    for (guint i = 0; i < rows->len; i++) {
        const GuestRow *row = &g_array_index(rows, GuestRow, i);
        guint64 count = (guint64)row->count * roster->options.n_hosts / roster->n_described;
        guint n, place;

        if (!find_place(roster, row, host_index, &n, &place))
            continue;
        count = MAX(count, 1);
        guint64 first = (place * count + n - 1) / n, end = ((place + 1) * count + n - 1) / n;
        for (guint64 number = first; number < end; number++) {
            GuestIdentity guest = {.row = row,
                                   .random = random_of(roster, 'g', ((guint64)i << 32) + number)};

            format_name(guest.name, sizeof guest.name, row->name, (guint)number + 1, (guint)count);
            g_array_append_val(guests, guest);
        }
    }
    return guests;
}
