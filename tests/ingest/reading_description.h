/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_READING_DESCRIPTION_H
#define TESTS_READING_DESCRIPTION_H

/* A reading as text, to compare two that should say the same. */

#include <fleet/document.h>

/* Everything that READING says. Owned by the caller. */
char *reading_describe(const SourceReading *reading);

#endif
