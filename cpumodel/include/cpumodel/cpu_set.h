/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_SET_H
#define CPUMODEL_CPU_SET_H

/*
 * A CPU as a fixed-width set of bits.
 *
 * Each position stands for one CPUID or MSR bit that the CPU map names, in map order; what a
 * position means is the business of the CpuMap that handed it out, and sets of different maps must
 * not be mixed. Invariant: bits at and above the map's number of bits are zero.
 *
 * A CpuSet is a plain value: copy it by assignment, compare it with cpu_set_equal(). Zeroed memory
 * is the empty set. All operations are total and cannot fail.
 */

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* libvirt 12.8 names about 400 bits for x86; the width leaves room to double that. */
#define CPU_SET_BITS 1024
#define CPU_SET_WORDS (CPU_SET_BITS / 64)

typedef struct {
    uint64_t words[CPU_SET_WORDS];
} CpuSet;

static inline void
cpu_set_add(CpuSet *set, guint bit)
{
    set->words[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static inline void
cpu_set_remove(CpuSet *set, guint bit)
{
    set->words[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

static inline gboolean
cpu_set_has(const CpuSet *set, guint bit)
{
    return (set->words[bit / 64] >> (bit % 64)) & 1;
}

/* set := set OR other */
static inline void
cpu_set_unite(CpuSet *set, const CpuSet *other)
{
    for (guint i = 0; i < CPU_SET_WORDS; i++)
        set->words[i] |= other->words[i];
}

/* set := set AND other */
static inline void
cpu_set_intersect(CpuSet *set, const CpuSet *other)
{
    for (guint i = 0; i < CPU_SET_WORDS; i++)
        set->words[i] &= other->words[i];
}

/* set := set AND NOT other */
static inline void
cpu_set_subtract(CpuSet *set, const CpuSet *other)
{
    for (guint i = 0; i < CPU_SET_WORDS; i++)
        set->words[i] &= ~other->words[i];
}

/* TRUE when every bit of SUBSET is in SET. */
static inline gboolean
cpu_set_contains(const CpuSet *set, const CpuSet *subset)
{
    uint64_t lacking = 0;

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        lacking |= subset->words[i] & ~set->words[i];
    return lacking == 0;
}

static inline gboolean
cpu_set_intersects(const CpuSet *set, const CpuSet *other)
{
    uint64_t common = 0;

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        common |= set->words[i] & other->words[i];
    return common != 0;
}

static inline gboolean
cpu_set_equal(const CpuSet *a, const CpuSet *b)
{
    uint64_t differing = 0;

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        differing |= a->words[i] ^ b->words[i];
    return differing == 0;
}

static inline gboolean
cpu_set_is_empty(const CpuSet *set)
{
    uint64_t any = 0;

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        any |= set->words[i];
    return any == 0;
}

/* Number of bits in SET. */
static inline guint
cpu_set_count(const CpuSet *set)
{
    guint n = 0;

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        n += (guint)__builtin_popcountll(set->words[i]);
    return n;
}

/* The first bit of SET at or after FROM, CPU_SET_BITS when there is none. */
static inline guint
cpu_set_next(const CpuSet *set, guint from)
{
    for (guint i = from / 64; i < CPU_SET_WORDS; i++) {
        uint64_t word = set->words[i];

        if (i == from / 64)
            word &= ~UINT64_C(0) << (from % 64);
        if (word != 0)
            return i * 64 + (guint)__builtin_ctzll(word);
    }
    return CPU_SET_BITS;
}

#define cpu_set_foreach(bit, set)                                                                  \
    for (guint bit = cpu_set_next(set, 0); bit < CPU_SET_BITS; bit = cpu_set_next(set, bit + 1))

G_END_DECLS

#endif
