/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * plan_addresses N FILE...: plans the addresses of the guests in the files, one after the other and
 * N of them in all, from text to finished devices, and prints the guests planned in a second, in a
 * second of processor time, and how many were refused. One
 * process, as the nightly job does it and as libvirt's daemon does when it defines them.
 */

#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static gboolean
plan_one(const char *text, gsize length)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);
    const AddressOptions options = {0};

    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    g_autoptr(Finding) owned = refusal;
    return owned == NULL;
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    guint n = argc > 2 ? (guint)strtoul(argv[1], NULL, 10) : 0;
    guint n_refused = 0;

    for (int i = 2; i < argc; i++) {
        char *text = NULL;

        if (!g_file_get_contents(argv[i], &text, NULL, &error)) {
            fprintf(stderr, "plan_addresses: %s\n", error->message);
            return 3;
        }
        g_ptr_array_add(texts, text);
    }
    if (n == 0) {
        fprintf(stderr, "usage: plan_addresses N FILE...\n");
        return 2;
    }
    clock_t busy = clock();
    gint64 started_us = g_get_monotonic_time();
    for (guint i = 0; i < n; i++) {
        const char *text = g_ptr_array_index(texts, i % texts->len);

        n_refused += !plan_one(text, strlen(text));
    }
    gdouble elapsed_s = (gdouble)(g_get_monotonic_time() - started_us) / (gdouble)G_USEC_PER_SEC;
    gdouble busy_s = (gdouble)(clock() - busy) / CLOCKS_PER_SEC; /* of all threads */
    printf("%.0f %.0f %u\n", n / elapsed_s, n / busy_s, n_refused);
    return 0;
}
