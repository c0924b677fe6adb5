/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_RECORD_H
#define DB_RECORD_H

/*
 * Rows to structs and back, by tables: a Field says which column holds which member, and how. A
 * query that takes a record has a parameter for each column, by the column's name.
 */

#include "statement.h"

/* The words that stand for the values of an enumeration, or for the bits of flags, from 0 on. */
typedef struct {
    const char *const *words;
    guint n;
} Words;

/* VALUE must be in range. Static. */
const char *words_of(const Words *words, gint value);
/* The value that WORD stands for; 0 when it stands for none, which only a damaged file can hold. */
gint words_value(const Words *words, const char *word);

extern const Words arch_words;
extern const Words switch_words;
extern const Words support_words;
extern const Words usable_words;
extern const Words severity_words;
extern const Words domain_type_words; /* by bit */

typedef enum {
    FIELD_INT,    /* gint, gboolean */
    FIELD_UINT,   /* guint, guint32 */
    FIELD_UINT64, /* guint64, gint64 */
    FIELD_TEXT,   /* char*, owned */
    FIELD_WORD,   /* an enumeration, stored as a word */
    FIELD_FLAGS,  /* a bit set over words, stored as words with a space between */
    FIELD_LIST,   /* GPtrArray* of char*, stored as a JSON array; must exist when read */
} FieldKind;

typedef struct {
    const char *parameter; /* of queries: ":" and the name of the column */
    FieldKind kind;
    gsize offset;
    const Words *words; /* FIELD_WORD, FIELD_FLAGS */
} Field;

#define FIELD(type, member, kind)                                                                  \
    {                                                                                              \
        ":" #member, kind, G_STRUCT_OFFSET(type, member), NULL                                     \
    }
#define FIELD_AS(column, type, member, kind)                                                       \
    {                                                                                              \
        ":" column, kind, G_STRUCT_OFFSET(type, member), NULL                                      \
    }
#define FIELD_WORDS(type, member, words)                                                           \
    {                                                                                              \
        ":" #member, FIELD_WORD, G_STRUCT_OFFSET(type, member), words                              \
    }

/* Binds the N FIELDS of RECORD, which must not change until the statement is finished. */
void record_bind(Statement *statement, const Field *fields, gsize n, const void *record);
/* Sets the N FIELDS of RECORD from the current row; texts are copied, lists appended to. */
void record_read(Statement *statement, const Field *fields, gsize n, void *record);

/* A JSON array of strings, owned by the caller. A NULL list is an empty one. */
char *list_to_json(const GPtrArray *list);
/* Appends the strings of a JSON array to LIST (of char*). */
void list_from_json(const char *json, GPtrArray *list);

#endif
