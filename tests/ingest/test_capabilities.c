/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a host's capabilities add up to, and where they cannot be believed. */

#include "ingest_fixture.h"

static SourceReading *
read_capabilities(const char *cells, const char *guest)
{
    g_autofree char *text =
        g_strdup_printf("<capabilities><host><cpu><arch>x86_64</arch><model>Haswell</model></cpu>"
                        "<topology><cells num='2'>%s</cells></topology></host>%s</capabilities>",
                        cells, guest);

    return fixture_read("capabilities.xml", text);
}

/* N cells with KIB each. Owned by the caller. */
static char *
cells_of(guint n, const char *kib)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "<cell id='%u'><memory unit='KiB'>%s</memory></cell>", i, kib);
    return g_string_free(text, FALSE);
}

/* Each cell may have what the sum of all cannot be. */
static void
test_memory_of_cells_adds_up(void **state)
{
    g_autofree char *few = cells_of(2, "512"), *many = cells_of(600, "18014398509481000");
    g_autoptr(SourceReading) well = read_capabilities(few, "");
    g_autoptr(SourceReading) too_much = read_capabilities(many, "");

    (void)state;
    assert_int_equal(fixture_document(well)->host->memory_kib, 1024);
    assert_string_equal(fixture_finding(too_much)->id, "invalid-number");
}

/* An <arch> without a <domain> has machine types all the same. */
static void
test_guest_without_domain_types_is_kept(void **state)
{
    g_autoptr(SourceReading) reading = read_capabilities(
        "", "<guest><os_type>hvm</os_type><arch name='x86_64'><emulator>/q</emulator>"
            "<machine>pc-q35-9.0</machine></arch></guest>");
    const MachineProfile *machines = fixture_document(reading)->host->machines;

    (void)state;
    assert_int_equal(machines->guests->len, 1);
    const GuestSupport *guest = machines->guests->pdata[0];
    assert_int_equal(guest->domain_types, DOMAIN_TYPE_NONE);
    assert_int_equal(guest->machines->len, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_of_cells_adds_up),
        cmocka_unit_test(test_guest_without_domain_types_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
