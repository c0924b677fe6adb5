/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CLI_SITE_H
#define TESTS_CLI_SITE_H

/*
 * A place where nights are planned: a folder with a plan file that reads the documents below
 * "fleet", keeps "inventory.db" and writes "report".
 */

#include "program.h"

typedef struct {
    char *folder; /* of everything below */
    char *plan, *fleet, *inventory;
} Site;

/* POOLS: the rows of the plan file's list of pools, "  - {name: all, hosts: ['*']}\n". */
Site *site_new(const char *pools);
void site_free(Site *site);

/* Writes the plan file again, with POOLS. */
void site_write_plan(const Site *site, const char *pools);
/* Writes TEXT to the site's file NAME, and returns its path. Owned by the caller. */
char *site_write_text(const Site *site, const char *name, const char *text);
/* Makes N_HOSTS hosts of the example fleet. */
void site_make_hosts(const Site *site, const char *n_hosts);

ProgramResult site_run_night(const Site *site);
/* The same where it is only the past of a test: fails the test when the night could not be done. */
void site_pass_night(const Site *site);
/* The text of the report NAME; fails the test when there is none. Owned by the caller. */
char *site_read_report(const Site *site, const char *name);

/* Fails the test, and shows TEXT, when PART is not in it. */
void assert_contains(const char *text, const char *part);

#endif
