/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_ESCAPE_H
#define REPORTS_ESCAPE_H

/*
 * Text from outside, made harmless for where it goes. Names of hosts, guests and features come from
 * documents that anybody may have written.
 *
 * Each function appends to OUT, takes any bytes (invalid UTF-8 becomes U+FFFD or an escape) and
 * cannot fail. NULL is taken as the empty string.
 */

#include <glib.h>

G_BEGIN_DECLS

/*
 * For a terminal: control codes (C0, C1, DEL), invisible direction marks and invalid bytes become
 * \n, \t, \x1b or \u202e; everything else stays.
 */
void escape_terminal(GString *out, const char *text);

/*
 * One CSV field: quoted where it has to be. A text that begins as a formula does (= + - @, tab,
 * carriage return) gets an apostrophe in front, which spreadsheets show as nothing. Control and
 * invisible characters other than white space are written out as escape_terminal() does, since
 * people look at CSV in terminals too.
 */
void escape_csv(GString *out, const char *text);

/*
 * A JSON string with its quotes, ASCII < > & as \u escapes so that it can stand inside an HTML
 * script element.
 */
void escape_json(GString *out, const char *text);

/*
 * The value of a Prometheus label, without its quotes. Only these, '\\' and line feeds need an
 * escape: all else stands as it is, so that two values do not become one.
 */
void escape_prometheus(GString *out, const char *text);

/* A double-quoted Graphviz string with its quotes. */
void escape_dot(GString *out, const char *text);

/*
 * A name for a file in one folder: letters, digits, '.', '_' and '-' stay, each other byte becomes
 * %XX, a leading dot too; cut to a length that every file system takes, then with a hash at its
 * end. Different texts give different names. Owned by the caller.
 */
char *escape_file_name(const char *text);

/* Columns that TEXT, valid UTF-8 without control codes, takes on a terminal. */
guint escape_width(const char *text);

G_END_DECLS

#endif
