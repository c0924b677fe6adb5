/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nights.h"

#define N_HOSTS 8

void
record_sources(Inventory *inventory, guint night)
{
    for (guint i = 0; i < N_HOSTS; i++) {
        g_autofree char *host = g_strdup_printf("host%u", i);
        guint64 version = (night + i) / 3;
        SourceReading *reading = reading_new(host, NULL, 1000 * i + version);

        if (i == night % N_HOSTS) {
            source_reading_free(reading);
            continue;
        }
        if ((night + i) % 7 == 0) {
            reading_add_finding(reading, FINDING_ERROR, "not-xml", "it is broken");
        } else {
            reading_add_host(reading, host, (guint)version % 5, (guint32)version);
            reading_add_domain(reading, host, "pc-q35-9.2", (guint)version % 3);
            reading_add_guest(reading, host, host, NULL, "<domain><name>web</name></domain>");
        }
        record(inventory, reading);
        assert_true(inventory_flush(inventory, NULL));
    }
}

void
record_night(Inventory *inventory, guint night)
{
    begin(inventory, TRUE);
    record_sources(inventory, night);
    finish(inventory);
}

void
record_nights(const char *path, guint n)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Inventory) inventory = inventory_open(path, FALSE, &error);

    assert_no_error(error);
    for (guint night = 0; night < n; night++)
        record_night(inventory, night);
}

void
assert_whole(const Fixture *fixture)
{
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM pragma_integrity_check"
                                           " WHERE integrity_check <> 'ok'"),
                     0);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}
