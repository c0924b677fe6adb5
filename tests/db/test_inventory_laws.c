/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Random fleets over random nights. Whatever happened before, the inventory tells of every night
 * what an inventory tells that heard of that night alone, in another order and split over several
 * runs; and later nights do not change what earlier ones were.
 */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_SOURCES 14
#define N_NIGHTS 12
#define N_FLEETS 6

/* A source on one night. */
typedef struct {
    gboolean is_there;
    gboolean is_broken;
    guint64 content;   /* of the source as it is */
    guint64 last_good; /* content when it was last good; 0: never, or gone since */
} SourceState;

typedef struct {
    SourceState sources[N_SOURCES];
} Night;

/* ---- documents from numbers ------------------------------------------------------------------ */

/*
 * What a source says follows from its content alone. Sources are of three kinds, and two of each
 * kind can be about one host, so that documents contradict each other.
 */
static SourceReading *
make_reading(guint source, guint64 content, gboolean is_broken)
{
    g_autofree char *path = g_strdup_printf("s%02u", source);
    g_autofree char *host = g_strdup_printf("h%" G_GUINT64_FORMAT, (source / 2 + content / 7) % 5);
    g_autofree char *uuid = g_strdup_printf("u%" G_GUINT64_FORMAT, content % 2);
    g_autofree char *xml = g_strdup_printf(
        "<domain><name>g%" G_GUINT64_FORMAT "</name><uuid>%s</uuid></domain>", content % 4, uuid);
    SourceReading *reading = reading_new(path, NULL, content);

    if (is_broken) {
        reading_add_finding(reading, FINDING_ERROR, "not-xml", "it is broken");
        return reading;
    }
    switch (source % 3) {
    case 0:
        reading_add_host(reading, host, (guint)(content % 6), (guint32)(content % 2));
        break;
    case 1:
        reading_add_domain(reading, host, content % 2 ? "pc-q35-9.2" : "pc-i440fx-9.2",
                           (guint)(content % 3));
        break;
    default:
        reading_add_guest(reading, host, "guest", uuid, xml);
        reading_add_domain(reading, host, "virt-9.2", (guint)(content % 2));
    }
    if (content % 5 == 0)
        reading_add_finding(reading, FINDING_WARNING, "odd", "it is odd");
    return reading;
}

static void
next_night(GRand *random, const Night *before, Night *ret_night)
{
    for (guint i = 0; i < N_SOURCES; i++) {
        SourceState *source = &ret_night->sources[i];

        *source = before->sources[i];
        if (g_rand_int_range(random, 0, 3) != 0)
            continue;
        source->is_there = g_rand_int_range(random, 0, 4) != 0;
        source->is_broken = g_rand_int_range(random, 0, 4) == 0;
        source->content = (guint64)g_rand_int_range(random, 1, 40) + 40 * i;
        if (source->is_broken)
            source->content += 1000;
        if (!source->is_there)
            source->last_good = 0;
        else if (!source->is_broken)
            source->last_good = source->content;
    }
}

/* ---- two ways to the same night -------------------------------------------------------------- */

static void
record_whole_night(Inventory *inventory, const Night *night)
{
    begin(inventory, TRUE);
    for (guint i = 0; i < N_SOURCES; i++) {
        const SourceState *source = &night->sources[i];

        if (source->is_there)
            record(inventory, make_reading(i, source->content, source->is_broken));
    }
    finish(inventory);
}

static void
shuffle(GRand *random, guint order[N_SOURCES])
{
    for (guint i = 0; i < N_SOURCES; i++)
        order[i] = i;
    for (guint i = N_SOURCES - 1; i > 0; i--) {
        guint j = (guint)g_rand_int_range(random, 0, (gint32)i + 1);
        guint other = order[i];

        order[i] = order[j];
        order[j] = other;
    }
}

/* What was last good first, then what is broken now; in any order, in runs of any length. */
static void
record_in_pieces(Inventory *inventory, GRand *random, const Night *night)
{
    for (guint pass = 0; pass < 2; pass++) {
        guint order[N_SOURCES];

        shuffle(random, order);
        begin(inventory, FALSE);
        for (guint i = 0; i < N_SOURCES; i++) {
            const SourceState *source = &night->sources[order[i]];
            gboolean is_broken = pass == 1;

            if (!source->is_there || (is_broken ? !source->is_broken : source->last_good == 0))
                continue;
            record(
                inventory,
                make_reading(order[i], is_broken ? source->content : source->last_good, is_broken));
            if (g_rand_int_range(random, 0, 4) == 0) {
                finish(inventory);
                begin(inventory, FALSE);
            }
        }
        finish(inventory);
    }
}

static char *
text_in_pieces(const Fixture *fixture, GRand *random, const Night *night)
{
    g_autofree char *path = g_build_filename(fixture->folder, "pieces.db", NULL);
    const Fixture pieces = {.folder = fixture->folder, .path = path};
    Inventory *inventory = fixture_open(&pieces);

    record_in_pieces(inventory, random, night);
    char *text = fleet_text(inventory, 0, FALSE);
    inventory_close(inventory);
    g_unlink(path);
    return text;
}

/* Fleets are long; cmocka would print their beginnings. */
static void
assert_same(const char *a, const char *b)
{
    if (strcmp(a, b) != 0) {
        print_error("---- one:\n%s---- other:\n%s", a, b);
        fail();
    }
}

/* ---- laws ------------------------------------------------------------------------------------ */

static void
check_fleet(const Fixture *fixture, GRand *random)
{
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    g_auto(GStrv) texts = g_new0(char *, N_NIGHTS + 1);
    Night nights[N_NIGHTS + 1] = {0};

    for (guint n = 0; n < N_NIGHTS; n++) {
        next_night(random, &nights[n], &nights[n + 1]);
        record_whole_night(inventory, &nights[n + 1]);
        texts[n] = fleet_text(inventory, 0, FALSE);
        g_autofree char *pieces = text_in_pieces(fixture, random, &nights[n + 1]);
        assert_same(texts[n], pieces);
    }
    for (guint n = 0; n < N_NIGHTS; n++) {
        g_autofree char *again = fleet_text(inventory, n + 1, FALSE);

        assert_same(again, texts[n]);
    }
    /* Intervals of one host do not overlap. */
    assert_int_equal(query_number(fixture,
                                  "SELECT count(*) FROM host_state AS a JOIN host_state AS b"
                                  " ON a.host_id = b.host_id AND a.first_run < b.first_run"
                                  " WHERE ifnull(a.last_run, 1000000) >= b.first_run"),
                     0);
}

static void
test_any_order_gives_the_same(void **state)
{
    const Fixture *fixture = *state;
    const char *chosen = g_getenv("TEST_SEED");
    guint32 seed = chosen != NULL ? (guint32)g_ascii_strtoull(chosen, NULL, 10) : 1789;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    print_message("seed %u (TEST_SEED sets another)\n", seed);
    for (guint i = 0; i < N_FLEETS; i++) {
        check_fleet(fixture, random);
        g_unlink(fixture->path);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_any_order_gives_the_same, fixture_setup,
                                        fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
