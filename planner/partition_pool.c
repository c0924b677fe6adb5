/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The exchange is that of Whitaker (1983) for the p-median problem: with the best and the second
 * best chosen baseline of every item at hand, one walk over the items that have a candidate tells
 * what it gains and which of the chosen ones is missed least, whatever the number of classes.
 *
 * The pool grows while it is used: what the classes of a choice really offer is often more than the
 * baseline they were chosen by, and is added. A baseline is not given up while an item has no
 * other.
 */
#include "partition_pool.h"

#include "partition_random.h"

#include <string.h>

#define MAX_CANDIDATES 4096
#define MAX_SWEEPS 20        /* over the candidates; a few are enough */
#define MAX_ROUNDS 4         /* of choosing, and adding what the classes offer */
#define SHAKE_BUDGET 6000000 /* items looked at */
#define MAX_SHAKES 200
#define SWEEPS_OF_SHAKE 3 /* that an exchange usually takes */

struct BaselinePool {
    const Columns *columns;
    guint n_item_words;
    GArray *sets;      /* of n_words words for each candidate */
    GArray *covers;    /* of n_item_words words for each: the items that have it */
    GArray *values;    /* of gint64 */
    GHashTable *known; /* GBytes of a set */
    guint64 n_covered; /* sum over the candidates: what a sweep costs */
};

#define NO_VALUE (-1) /* of a baseline that is not there */

/* What would be missed of a chosen baseline. */
typedef struct {
    gint64 loss;  /* of its items, by going to their second best */
    guint n_only; /* items that have no other */
} Miss;

/* The chosen baselines and how each item is served. */
typedef struct {
    BaselinePool *pool;
    guint n;
    guint32 *chosen;       /* candidates */
    guint *first;          /* by item: place in chosen of the best; G_MAXUINT for none */
    gint64 *best, *second; /* by item; NO_VALUE for none */
    Miss *misses;          /* by place */
} Choice;

BaselinePool *
baseline_pool_new(const Columns *columns)
{
    BaselinePool *pool = g_new0(BaselinePool, 1);
    g_autofree guint64 *nothing = g_new0(guint64, columns->n_words);

    pool->columns = columns;
    pool->n_item_words = (columns->n_items + 63) / 64;
    pool->sets = g_array_new(FALSE, FALSE, columns->n_words * (guint)sizeof(guint64));
    pool->covers = g_array_new(FALSE, TRUE, pool->n_item_words * (guint)sizeof(guint64));
    pool->values = g_array_new(FALSE, FALSE, sizeof(gint64));
    pool->known =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    baseline_pool_add(pool, nothing);
    return pool;
}

void
baseline_pool_free(BaselinePool *pool)
{
    if (pool == NULL)
        return;
    g_array_unref(pool->sets);
    g_array_unref(pool->covers);
    g_array_unref(pool->values);
    g_hash_table_unref(pool->known);
    g_free(pool);
}

static const guint64 *
cover_of(const BaselinePool *pool, guint32 candidate)
{
    return (const guint64 *)(const void *)pool->covers->data +
           (gsize)candidate * pool->n_item_words;
}

static gint64
value_of(const BaselinePool *pool, guint32 candidate)
{
    return g_array_index(pool->values, gint64, candidate);
}

static gboolean
has_all(const guint64 *row, const guint64 *set, guint n_words)
{
    guint64 lacking = 0;

    for (guint i = 0; i < n_words; i++)
        lacking |= set[i] & ~row[i];
    return lacking == 0;
}

void
baseline_pool_add(BaselinePool *pool, const guint64 *set)
{
    const Columns *columns = pool->columns;
    const gint64 value = columns_weight(columns, set);

    if (pool->values->len >= MAX_CANDIDATES ||
        !g_hash_table_add(pool->known, g_bytes_new(set, columns->n_words * sizeof(guint64))))
        return;
    g_array_append_vals(pool->sets, set, 1);
    g_array_append_val(pool->values, value);
    g_array_set_size(pool->covers, pool->values->len);
    guint64 *cover = (guint64 *)(gpointer)pool->covers->data +
                     (gsize)(pool->values->len - 1) * pool->n_item_words;
    for (guint i = 0; i < columns->n_items; i++)
        if (has_all(columns_row(columns, i), set, columns->n_words))
            cover[i / 64] |= G_GUINT64_CONSTANT(1) << (i % 64);
    for (guint w = 0; w < pool->n_item_words; w++)
        pool->n_covered += (guint)__builtin_popcountll(cover[w]);
}

gboolean
baseline_pool_has_room(const BaselinePool *pool)
{
    return pool->values->len < MAX_CANDIDATES / 2;
}

/* What each class offers, n_words for each. */
static guint64 *
offers_of(const Columns *columns, const guint *class_of, guint n_classes)
{
    guint64 *offers = g_new(guint64, (gsize)n_classes * columns->n_words);

    memset(offers, 0xff, (gsize)n_classes * columns->n_words * sizeof(guint64));
    for (guint i = 0; i < columns->n_items; i++)
        for (guint w = 0; w < columns->n_words; w++)
            offers[(gsize)class_of[i] * columns->n_words + w] &= columns_row(columns, i)[w];
    return offers;
}

/* Adds what each class of the partition CLASS_OF offers. */
static void
baseline_pool_add_classes(BaselinePool *pool, const guint *class_of, guint n_classes)
{
    g_autofree guint64 *offers = offers_of(pool->columns, class_of, n_classes);

    for (guint i = 0; i < n_classes; i++)
        baseline_pool_add(pool, offers + (gsize)i * pool->columns->n_words);
}

/* ---- choices -------------------------------------------------------------------------------- */

static void
choice_release(Choice *choice)
{
    g_free(choice->chosen);
    g_free(choice->first);
    g_free(choice->best);
    g_free(choice->second);
    g_free(choice->misses);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Choice, choice_release)

/* Works out who serves whom. */
static void
serve_items(Choice *choice)
{
    const BaselinePool *pool = choice->pool;
    const Columns *columns = pool->columns;

    for (guint i = 0; i < columns->n_items; i++) {
        choice->first[i] = G_MAXUINT;
        choice->best[i] = choice->second[i] = NO_VALUE;
    }
    for (guint place = 0; place < choice->n; place++) {
        const guint64 *cover = cover_of(pool, choice->chosen[place]);
        const gint64 value = value_of(pool, choice->chosen[place]);

        for (guint i = 0; i < columns->n_items; i++) {
            if (((cover[i / 64] >> (i % 64)) & 1) == 0)
                continue;
            if (value > choice->best[i]) {
                choice->second[i] = choice->best[i];
                choice->best[i] = value;
                choice->first[i] = place;
            } else if (value > choice->second[i]) {
                choice->second[i] = value;
            }
        }
    }
    memset(choice->misses, 0, choice->n * sizeof(Miss));
    for (guint i = 0; i < columns->n_items; i++) {
        if (choice->first[i] == G_MAXUINT)
            continue;
        Miss *miss = &choice->misses[choice->first[i]];
        if (choice->second[i] == NO_VALUE)
            miss->n_only++;
        else
            miss->loss += columns->item_weight[i] * (choice->best[i] - choice->second[i]);
    }
}

/*
 * What CANDIDATE gains beside the chosen ones, which serve all; MISSES (by place) gets what would
 * then be missed of each of those.
 */
static gint64
weigh_candidate(const Choice *choice, guint32 candidate, Miss *misses)
{
    const BaselinePool *pool = choice->pool;
    const guint64 *cover = cover_of(pool, candidate);
    const gint64 value = value_of(pool, candidate);
    gint64 gain = 0;

    memcpy(misses, choice->misses, choice->n * sizeof(Miss));
    for (guint w = 0; w < pool->n_item_words; w++)
        for (guint64 left = cover[w]; left != 0; left &= left - 1) {
            const guint i = w * 64 + (guint)__builtin_ctzll(left);
            const gint64 weight = pool->columns->item_weight[i];
            const gint64 best = choice->best[i], second = choice->second[i];
            Miss *miss = &misses[choice->first[i]];

            gain += weight * MAX(value - best, 0);
            if (second == NO_VALUE) {
                miss->n_only--;
                miss->loss += weight * (best - MIN(value, best));
            } else if (value > second) {
                miss->loss -= weight * (MIN(value, best) - second);
            }
        }
    return gain;
}

static gboolean
is_chosen(const Choice *choice, guint32 candidate)
{
    for (guint i = 0; i < choice->n; i++)
        if (choice->chosen[i] == candidate)
            return TRUE;
    return FALSE;
}

/* Chooses the candidate that gains most beside those that are chosen. */
static void
grow_choice(Choice *choice)
{
    g_autofree Miss *misses = g_new0(Miss, choice->n + 1);
    gint64 best_gain = 0;
    guint32 best = 0;

    for (guint32 candidate = 0; candidate < choice->pool->values->len; candidate++) {
        const gint64 gain = weigh_candidate(choice, candidate, misses);

        if (gain > best_gain) {
            best_gain = gain;
            best = candidate;
        }
    }
    if (best_gain == 0)
        return;
    choice->chosen[choice->n++] = best;
    serve_items(choice);
}

/* The place that can be given up with the least loss; the number of places when there is none. */
static guint
missed_least(const Choice *choice, const Miss *misses)
{
    guint least = choice->n;

    for (guint place = 0; place < choice->n; place++)
        if (misses[place].n_only == 0 &&
            (least == choice->n || misses[place].loss < misses[least].loss))
            least = place;
    return least;
}

/* Exchanges chosen baselines for others, one by one, as long as that gains; returns how many. */
static guint
exchange(Choice *choice)
{
    g_autofree Miss *misses = g_new0(Miss, choice->n + 1);
    gboolean is_changed = TRUE;
    guint n_changes = 0;

    for (guint sweep = 0; sweep < MAX_SWEEPS && is_changed; sweep++) {
        is_changed = FALSE;
        for (guint32 candidate = 0; candidate < choice->pool->values->len; candidate++) {
            const gint64 gain = weigh_candidate(choice, candidate, misses);
            const guint place = missed_least(choice, misses);

            if (place == choice->n || gain <= misses[place].loss || is_chosen(choice, candidate))
                continue;
            choice->chosen[place] = candidate;
            serve_items(choice);
            n_changes++;
            is_changed = TRUE;
        }
    }
    return n_changes;
}

/* Puts candidates at random in a few places that can be missed. */
static void
shake(Choice *choice, guint64 *random)
{
    const guint n_places = 1 + choice->n / 4;

    for (guint i = 0; i < n_places; i++) {
        const guint place = partition_random_below(random, choice->n);
        const guint32 candidate = partition_random_below(random, choice->pool->values->len);

        if (choice->misses[place].n_only > 0 || is_chosen(choice, candidate))
            continue;
        choice->chosen[place] = candidate;
        serve_items(choice);
    }
}

static gint64
value_of_choice(const Choice *choice)
{
    gint64 value = 0;

    for (guint i = 0; i < choice->pool->columns->n_items; i++)
        value += choice->pool->columns->item_weight[i] * choice->best[i];
    return value;
}

/* Shakes and exchanges again and again, and goes on from the best choice that was met. */
static gboolean
exchange_shaken(Choice *choice)
{
    const gsize n_bytes = choice->n * sizeof(guint32);
    g_autofree guint32 *best = NULL;
    guint64 random = choice->n;
    gboolean is_any = exchange(choice) > 0;
    gint64 best_value = value_of_choice(choice);

    best = g_memdup2(choice->chosen, n_bytes);
    guint64 work = 0;
    for (guint i = 0; i < MAX_SHAKES && work < SHAKE_BUDGET; i++) {
        shake(choice, &random);
        work += SWEEPS_OF_SHAKE * choice->pool->n_covered +
                exchange(choice) * (guint64)choice->n * choice->pool->columns->n_items;
        const gint64 value = value_of_choice(choice);

        if (value > best_value) {
            best_value = value;
            memcpy(best, choice->chosen, n_bytes);
            is_any = TRUE;
        } else {
            memcpy(choice->chosen, best, n_bytes);
            serve_items(choice);
        }
    }
    return is_any;
}

/* The classes of the choice, numbered without gaps; returns how many. */
static guint
read_choice(const Choice *choice, guint *ret_class_of)
{
    g_autofree guint *number = g_new0(guint, choice->n + 1);
    guint n = 0;

    for (guint i = 0; i < choice->pool->columns->n_items; i++) {
        guint *name = &number[choice->first[i]];

        if (*name == 0)
            *name = ++n;
        ret_class_of[i] = *name - 1;
    }
    return n;
}

/* The candidates that the classes offer; a set that the full pool could not take is left out. */
static void
choose_offers(Choice *choice, const guint *class_of, guint n_classes)
{
    BaselinePool *pool = choice->pool;
    const guint n_words = pool->columns->n_words;
    g_autofree guint64 *offers = offers_of(pool->columns, class_of, n_classes);

    choice->n = 0;
    for (guint i = 0; i < n_classes; i++)
        for (guint32 c = 0; c < pool->values->len; c++)
            if (memcmp(pool->sets->data + (gsize)c * n_words * sizeof(guint64),
                       offers + (gsize)i * n_words, n_words * sizeof(guint64)) == 0 &&
                !is_chosen(choice, c)) {
                choice->chosen[choice->n++] = c;
                break;
            }
    serve_items(choice);
}

static gboolean
serves_all(const Choice *choice)
{
    for (guint i = 0; i < choice->pool->columns->n_items; i++)
        if (choice->first[i] == G_MAXUINT)
            return FALSE;
    return TRUE;
}

guint
baseline_pool_choose(BaselinePool *pool, const guint *class_of, guint n_classes,
                     gboolean is_growing, guint *ret_class_of)
{
    const guint n_items = pool->columns->n_items;
    g_auto(Choice) choice = {
        .pool = pool,
        .chosen = g_new0(guint32, n_classes + 2),
        .first = g_new0(guint, n_items),
        .best = g_new0(gint64, n_items),
        .second = g_new0(gint64, n_items),
        .misses = g_new0(Miss, n_classes + 2),
    };
    guint n = n_classes;

    memmove(ret_class_of, class_of, n_items * sizeof(guint));
    baseline_pool_add_classes(pool, class_of, n_classes);
    choose_offers(&choice, class_of, n_classes);
    if (!serves_all(&choice))
        return n_classes; /* the pool is full, and lacks what a class offers */
    if (is_growing)
        grow_choice(&choice);
    for (guint round = 0; round < MAX_ROUNDS; round++) {
        const gboolean is_changed = round == 0 ? exchange_shaken(&choice) : exchange(&choice) > 0;

        n = read_choice(&choice, ret_class_of);
        baseline_pool_add_classes(pool, ret_class_of, n);
        choose_offers(&choice, ret_class_of, n);
        if (!is_changed || !serves_all(&choice))
            break;
    }
    return n;
}
