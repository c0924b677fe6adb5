/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * print_sample FOLDER N_HOSTS: writes every report of the sample plan into FOLDER. For the tests
 * that look at the files from outside, and for looking at the page.
 *
 * print_sample --spellings: prints each x86 feature of the built-in map, since which libvirt there
 * is one for certain, and how QEMU and Linux spell it ("-": not at all), one a line, by tabs.
 */

#include "sample_plan.h"
#include "spelling.h"

#include <reports/reports.h>

#include <stdlib.h>
#include <string.h>

static void
print_spellings(void)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();

    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);
        g_autofree char *qemu = spelling_for_qemu(feature->name);
        const char *flag = spelling_for_linux(feature, feature->name);

        g_print("%s\t%u\t%s\t%s\n", feature->name, feature->since.having, qemu != NULL ? qemu : "-",
                flag != NULL ? flag : "-");
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc == 2 && strcmp(argv[1], "--spellings") == 0) {
        print_spellings();
        return 0;
    }
    if (argc != 3) {
        g_printerr("usage: print_sample FOLDER N_HOSTS | --spellings\n");
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
