/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DIGEST_H
#define FLEET_DIGEST_H

/*
 * Digests of records: every member goes in with its length or width, so that no two different
 * records give the same stream of bytes. The bytes are gathered before they are hashed: hashing
 * them one by one takes three times as long.
 */

#include <cpumodel/cpu_definition.h>

G_BEGIN_DECLS

typedef GByteArray Digest;

Digest *digest_new(void);
/* NULL and "" are different. */
void digest_add_string(Digest *digest, const char *text);
void digest_add_number(Digest *digest, guint64 number);
/* Strings of a GPtrArray of char*, in its order. */
void digest_add_strings(Digest *digest, const GPtrArray *strings);
/* As a set: their order does not matter. */
void digest_add_string_set(Digest *digest, const GPtrArray *strings);
void digest_add_cpu(Digest *digest, const CpuDefinition *cpu);
/* Frees DIGEST and gives its value in hex; owned by the caller. */
char *digest_finish(Digest *digest);

G_END_DECLS

#endif
