/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPUDATA_READER_H
#define INGEST_CPUDATA_READER_H

/*
 * libvirt's raw CPUID documents: `<cpudata arch='x86'>` with `<cpuid>` and `<msr>` children.
 *
 * Items of one key are ORed. Registers that a `<cpuid>` leaves out are 0.
 */

#include <cpumodel/cpu_data.h>

G_BEGIN_DECLS

#define CPUDATA_READER_ERROR (cpudata_reader_error_quark())
GQuark cpudata_reader_error_quark(void);
typedef enum {
    CPUDATA_READER_ERROR_INVALID, /* not XML, another root element, a number out of range */
    CPUDATA_READER_ERROR_EMPTY,   /* no item in it */
} CpuDataReaderError;

/* Owned by the caller. Messages start with "line N: " where there is a line. */
CpuData *cpudata_reader_parse(const char *bytes, gsize length, GError **error);

G_END_DECLS

#endif
