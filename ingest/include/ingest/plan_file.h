/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_PLAN_FILE_H
#define INGEST_PLAN_FILE_H

/*
 * The plan file: YAML, strict. docs/plan-file.rst is its manual; every key there is a row in the
 * tables of plan_file.c.
 *
 * An unknown key, a value of the wrong type or out of range, a bad glob, a key given twice: each is
 * an error that names FILE:LINE:COLUMN, what is wrong, and the nearest key or the words allowed.
 * Paths in the file are taken from the file's own folder.
 */

#include <fleet/settings.h>

G_BEGIN_DECLS

#define PLAN_FILE_ERROR (plan_file_error_quark())
GQuark plan_file_error_quark(void);

typedef enum {
    PLAN_FILE_ERROR_READ,    /* cannot be read */
    PLAN_FILE_ERROR_SYNTAX,  /* not YAML */
    PLAN_FILE_ERROR_INVALID, /* YAML, but not a plan file */
} PlanFileError;

/* Reads the plan file at PATH. Owned by the caller. */
PlanSettings *plan_file_read(const char *path, GError **error);

/* The same for a text in memory; PATH is for messages and for the folder of relative paths. */
PlanSettings *plan_file_parse(const char *path, const char *text, gsize length, GError **error);

/* All keys of the plan file as "pools[].strategy"; NULL-terminated, free with g_strfreev(). */
char **plan_file_keys(void);

G_END_DECLS

#endif
