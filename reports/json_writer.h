/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_JSON_WRITER_H
#define REPORTS_JSON_WRITER_H

/*
 * A JSON document written from its beginning to its end, without a tree in memory.
 *
 * KEY is the member's name inside an object and NULL inside an array. Names are ours and need no
 * escape; values may be anything. Lists of numbers and of strings stand on one line.
 */

#include "output.h"

typedef struct {
    Output *output;
    gboolean is_compact; /* no white space */
    guint depth;
    gboolean is_first;   /* nothing in the open object or array yet */
    guint n_lines;       /* open arrays of one line */
    guint32 index_limit; /* json_indexes() leaves out those from here on; 0: none */
} JsonWriter;

void json_writer_init(JsonWriter *json, Output *output, gboolean is_compact);

void json_begin_object(JsonWriter *json, const char *key);
void json_end_object(JsonWriter *json);
void json_begin_array(JsonWriter *json, const char *key);
void json_end_array(JsonWriter *json);

/* An array whose items stand on one line; it holds no objects. */
void json_begin_line(JsonWriter *json, const char *key);
void json_end_line(JsonWriter *json);

void json_string(JsonWriter *json, const char *key, const char *value); /* NULL: null */
void json_number(JsonWriter *json, const char *key, guint64 value);
void json_decimal(JsonWriter *json, const char *key, gdouble value); /* not finite: null */
void json_boolean(JsonWriter *json, const char *key, gboolean value);
void json_null(JsonWriter *json, const char *key);

/* The number, or null when it equals NONE. */
void json_number_or_null(JsonWriter *json, const char *key, guint64 value, guint64 none);
void json_strings(JsonWriter *json, const char *key, const GPtrArray *values); /* of char* */
/* Positions of hosts or guests (guint32), as far as the document lists them. */
void json_indexes(JsonWriter *json, const char *key, const GArray *values);
void json_numbers(JsonWriter *json, const char *key, const guint32 *values, gsize n);

#endif
