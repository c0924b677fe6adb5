/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * print_sample FOLDER N_HOSTS: writes every report of the sample plan into FOLDER. For the tests
 * that look at the files from outside, and for looking at the page.
 */

#include "sample_plan.h"

#include <reports/reports.h>

#include <stdlib.h>

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc != 3) {
        g_printerr("usage: print_sample FOLDER N_HOSTS\n");
        return 2;
    }
    guint n_hosts = (guint)strtoul(argv[2], NULL, 10);
    g_autoptr(SamplePlan) sample = n_hosts > 0 ? sample_plan_new(n_hosts) : sample_plan_new_empty();
    if (!report_write_folder(sample->plan, argv[1], NULL, &error)) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    return 0;
}
