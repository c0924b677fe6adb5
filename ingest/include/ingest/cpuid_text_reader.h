/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPUID_TEXT_READER_H
#define INGEST_CPUID_TEXT_READER_H

/*
 * CPUID dumps as text: what `cpuid -r` prints, and the form in which CPUID collectors publish
 * their dumps ("CPUID 00000007: EAX-EBX-ECX-EDX [SL 00]").
 *
 * A dump lists its logical CPUs one after the other. A guest can be moved between them at any time,
 * so the result is what all of them have: registers are ANDed. Numbers that differ by nature (APIC
 * ids, topology, cache shares) do not count as a difference.
 */

#include <cpumodel/cpu_data.h>

G_BEGIN_DECLS

#define CPUID_TEXT_READER_ERROR (cpuid_text_reader_error_quark())
GQuark cpuid_text_reader_error_quark(void);
typedef enum {
    CPUID_TEXT_READER_ERROR_INVALID, /* a line that begins like a leaf and is none */
    CPUID_TEXT_READER_ERROR_EMPTY,   /* no leaf in it */
} CpuidTextReaderError;

typedef struct {
    CpuData *data;              /* what every logical CPU has */
    guint n_cpus;               /* logical CPUs in the dump */
    guint n_differing;          /* of them, those that lack feature bits that another one has */
    guint first_differing_line; /* where the first of these begins; 0 when none does */
} CpuidText;

void cpuid_text_free(CpuidText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuidText, cpuid_text_free)

/* TRUE when there is a line of either form in BYTES. Linear. */
gboolean cpuid_text_reader_recognizes(const char *bytes, gsize length);

/* Owned by the caller. Messages start with "line N: " where there is a line. */
CpuidText *cpuid_text_reader_parse(const char *bytes, gsize length, GError **error);

G_END_DECLS

#endif
