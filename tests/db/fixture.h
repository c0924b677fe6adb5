/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DB_FIXTURE_H
#define TESTS_DB_FIXTURE_H

/*
 * Inventories in a folder of their own, readings made of a few numbers, and fleets as text: two
 * fleets that say the same have the same text, whatever ids they had in their inventories.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <db/inventory.h>
#include <sqlite3.h>

/* Each test has a folder with an inventory's path in it. */
typedef struct {
    char *folder;
    char *path;
} Fixture;

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Fails the test with the error's message. */
void assert_no_error(const GError *error);

Inventory *fixture_open(const Fixture *fixture);

/* ---- readings -------------------------------------------------------------------------------- */

/* A source whose bytes are those of CONTENT: equal numbers are equal bytes. */
SourceReading *reading_new(const char *path, const char *member, guint64 content);
/* A host with one of the CPUs 0, 1, ...: CPU n has the features f0..fn beside its model. */
void reading_add_host(SourceReading *reading, const char *host, guint cpu, guint32 microcode);
void reading_add_raw_host(SourceReading *reading, const char *host, guint cpu);
void reading_add_domain(SourceReading *reading, const char *host, const char *machine,
                        guint variant);
/* "QEMU 7.2.22 libvirt 9.0.0 kernel 6.1.0": those that are told. */
void reading_add_software(SourceReading *reading, const char *host, const char *versions);
void reading_add_guest(SourceReading *reading, const char *host, const char *name, const char *uuid,
                       const char *xml);
void reading_add_finding(SourceReading *reading, FindingSeverity severity, const char *id,
                         const char *text);

/* A source with one host, and one that is not XML. */
SourceReading *host_file(const char *path, guint64 content, const char *host, guint cpu,
                         guint32 microcode);
SourceReading *broken_file(const char *path, guint64 content);

/* ---- runs ------------------------------------------------------------------------------------ */

/* Records READING as ingest would (known sources are unchanged) and frees it. */
void record(Inventory *inventory, SourceReading *reading);
/* A whole run of READINGS, which end with NULL and are freed. */
InventoryRun record_run(Inventory *inventory, gboolean is_complete, SourceReading *readings,
                        ...) G_GNUC_NULL_TERMINATED;
void begin(Inventory *inventory, gboolean is_complete);
InventoryRun finish(Inventory *inventory);

/* ---- looking --------------------------------------------------------------------------------- */

/* Reads <domain><name>N</name><uuid>U</uuid></domain>, and refuses anything else. */
Guest *read_guest(const char *xml, gsize length, GError **error);

/* The fleet of RUN as text, and its runs too when WITH_RUNS. Owned by the caller. */
char *fleet_text(Inventory *inventory, gint64 run, gboolean with_runs);
/* "NAME NAME ...": the hosts of RUN. Owned by the caller. */
char *host_names(Inventory *inventory, gint64 run);
void assert_hosts(Inventory *inventory, gint64 run, const char *expected);

/* The first column of the first row of SQL, as a number, read by a connection of its own. */
gint64 query_number(const Fixture *fixture, const char *sql);

#endif
