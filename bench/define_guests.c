/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * define_guests N FILE...: the twin of plan_addresses. libvirt's QEMU driver, in this process and
 * with a new folder for its state where that can be, defines the guests in the files, N of them in
 * all, and prints the guests defined in a second, in a second of processor time, and how many it
 * refused. Without a driver it prints nothing and ends with 77.
 *
 * Each guest is defined under one name, so that there is never more than one; QEMU is probed by a
 * first definition outside the measured time.
 */

#include "live_libvirt.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXIT_SKIP 77

/* TEXT with the name and UUID of the guest that is defined again and again. */
static char *
rename_guest(const char *text)
{
    g_autoptr(GRegex) names =
        g_regex_new("<name>[^<]*</name>", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
    g_autoptr(GRegex) uuids =
        g_regex_new("<uuid>[^<]*</uuid>", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
    g_autofree char *named = g_regex_replace_literal(
        names, text, -1, 0, "<name>virt-plan-bench</name>", G_REGEX_MATCH_DEFAULT, NULL);

    return g_regex_replace_literal(uuids, named, -1, 0,
                                   "<uuid>00000000-0000-4000-8000-000000000000</uuid>",
                                   G_REGEX_MATCH_DEFAULT, NULL);
}

static gboolean
define(virConnectPtr connection, const char *text)
{
    virDomainPtr domain = virDomainDefineXML(connection, text);

    if (domain == NULL)
        return FALSE;
    virDomainFree(domain);
    return TRUE;
}

static void
remove_guest(virConnectPtr connection)
{
    virDomainPtr domain = virDomainLookupByName(connection, "virt-plan-bench");

    if (domain == NULL)
        return;
    virDomainUndefine(domain);
    virDomainFree(domain);
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    guint n = argc > 2 ? (guint)strtoul(argv[1], NULL, 10) : 0;
    guint n_refused = 0;

    for (int i = 2; i < argc; i++) {
        g_autofree char *text = NULL;

        if (!g_file_get_contents(argv[i], &text, NULL, &error)) {
            fprintf(stderr, "define_guests: %s\n", error->message);
            return 3;
        }
        g_ptr_array_add(texts, rename_guest(text));
    }
    if (n == 0) {
        fprintf(stderr, "usage: define_guests N FILE...\n");
        return 2;
    }
    virConnectPtr connection = live_libvirt_open_qemu();
    if (connection == NULL)
        return EXIT_SKIP;
    define(connection, g_ptr_array_index(texts, 0));
    clock_t busy = clock();
    gint64 started_us = g_get_monotonic_time();
    for (guint i = 0; i < n; i++)
        n_refused += !define(connection, g_ptr_array_index(texts, i % texts->len));
    gdouble elapsed_s = (gdouble)(g_get_monotonic_time() - started_us) / (gdouble)G_USEC_PER_SEC;
    gdouble busy_s = (gdouble)(clock() - busy) / CLOCKS_PER_SEC; /* of all threads */
    printf("%.0f %.0f %u\n", n / elapsed_s, n / busy_s, n_refused);
    remove_guest(connection);
    live_libvirt_close(connection);
    return 0;
}
