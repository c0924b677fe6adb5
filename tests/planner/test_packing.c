/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether guests fit on hosts all at once, against trying everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "packing.h"

#define SEED 9
#define N_BINS 5
#define MAX_ITEMS 6
#define N_PACKINGS 3000

/* Is there any way at all to put items [item, n) into bins? */
static gboolean
fits_somehow(const PackItem *items, guint n, guint item, gint64 *room)
{
    if (item == n)
        return TRUE;
    for (guint i = 0; i < items[item].n_bins; i++) {
        const guint32 bin = items[item].bins[i];
        if (items[item].size > 0 && room[bin] < (gint64)items[item].size)
            continue;
        room[bin] -= (gint64)items[item].size;
        const gboolean fits = fits_somehow(items, n, item + 1, room);
        room[bin] += (gint64)items[item].size;
        if (fits)
            return TRUE;
    }
    return FALSE;
}

/* Against all ways, on random small cases: a placement is one, and a no is one. */
static void
test_packing_is_exact(void **state)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);
    guint n_found = 0, n_none = 0;

    (void)state;
    for (guint round = 0; round < N_PACKINGS; round++) {
        guint32 kinds[N_BINS], bins[MAX_ITEMS][N_BINS], places[MAX_ITEMS];
        gint64 room[N_BINS], before[N_BINS];
        PackItem items[MAX_ITEMS];
        const guint n = (guint)g_rand_int_range(rand, 1, MAX_ITEMS + 1);

        for (guint i = 0; i < N_BINS; i++) {
            kinds[i] = (guint32)g_rand_int_range(rand, 0, 3);
            room[i] = before[i] = g_rand_int_range(rand, -2, 12);
        }
        for (guint i = 0; i < n; i++) {
            const guint32 wanted = g_rand_int(rand) & 7; /* kinds that will do */
            items[i] = (PackItem){.size = (guint64)g_rand_int_range(rand, 0, 9), .bins = bins[i]};
            for (guint32 bin = 0; bin < N_BINS; bin++)
                if ((wanted >> kinds[bin]) & 1)
                    bins[i][items[i].n_bins++] = bin;
        }
        const PackResult result = pack_items(items, n, room, kinds, 100000, places);
        assert_int_not_equal(result, PACK_GAVE_UP);
        if ((result == PACK_FOUND) != fits_somehow(items, n, 0, before))
            fail_msg("round %u, seed %d: found %d", round, SEED, result == PACK_FOUND);
        n_found += result == PACK_FOUND;
        n_none += result == PACK_NONE;
        for (guint i = 0; i < n && result == PACK_FOUND; i++) {
            gboolean is_own = FALSE;
            for (guint j = 0; j < items[i].n_bins; j++)
                is_own = is_own || bins[i][j] == places[i];
            assert_true(is_own);
            before[places[i]] -= (gint64)items[i].size;
            assert_true(items[i].size == 0 || before[places[i]] >= 0);
        }
        assert_memory_equal(room, before, sizeof(room));
    }
    assert_true(n_found > N_PACKINGS / 10 && n_none > N_PACKINGS / 10);
}

/* A search that may not try every way says so, and leaves the room as it was. */
static void
test_packing_gives_up(void **state)
{
    static const guint32 bins[] = {0, 1}, kinds[] = {0, 1};
    const PackItem items[] = {{4, bins, 2}, {3, bins, 2}, {3, bins, 2}, {2, bins, 2}, {2, bins, 2}};
    gint64 room[] = {7, 7};
    guint32 places[5];

    (void)state;
    assert_int_equal(pack_items(items, 5, room, kinds, 1, places), PACK_GAVE_UP);
    assert_int_equal(room[0], 7);
    assert_int_equal(room[1], 7);
    assert_int_equal(pack_items(items, 5, room, kinds, 1000, places), PACK_FOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packing_is_exact),
        cmocka_unit_test(test_packing_gives_up),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
