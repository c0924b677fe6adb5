/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

Site *
site_new(const char *pools)
{
    Site *site = g_new0(Site, 1);

    site->folder = program_make_folder();
    site->plan = g_build_filename(site->folder, "plan.yaml", NULL);
    site->fleet = g_build_filename(site->folder, "fleet", NULL);
    site->inventory = g_build_filename(site->folder, "inventory.db", NULL);
    assert_int_equal(g_mkdir_with_parents(site->fleet, 0700), 0);
    site_write_plan(site, pools);
    return site;
}

void
site_free(Site *site)
{
    program_remove_folder(site->folder);
    g_free(site->folder);
    g_free(site->plan);
    g_free(site->fleet);
    g_free(site->inventory);
    g_free(site);
}

void
site_write_plan(const Site *site, const char *pools)
{
    g_autofree char *text = g_strconcat(
        "inventory: inventory.db\noutput: report\nsources: [fleet]\npools:\n", pools, NULL);

    assert_true(g_file_set_contents(site->plan, text, -1, NULL));
}

char *
site_write_text(const Site *site, const char *name, const char *text)
{
    char *path = g_build_filename(site->folder, name, NULL);

    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

void
site_make_hosts(const Site *site, const char *n_hosts)
{
    const char *const argv[] = {FLEETGEN,    "--hosts", n_hosts, EXAMPLES_DIR "/fleet.yaml",
                                site->fleet, NULL};
    g_auto(ProgramResult) result = program_run(argv);

    if (result.status != 0)
        fail_msg("%s", result.err);
}

ProgramResult
site_run_night(const Site *site)
{
    const char *const argv[] = {PROGRAM, "run", "-c", site->plan, NULL};

    return program_run(argv);
}

void
site_pass_night(const Site *site)
{
    g_auto(ProgramResult) night = site_run_night(site);

    if (night.status > 1)
        fail_msg("%s", night.err);
}

char *
site_read_report(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, "report", name, NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("%s is not there", path);
    return text;
}

void
assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no '%s' in:\n%s", part, text);
}
