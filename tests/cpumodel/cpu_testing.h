/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CPUMODEL_CPU_TESTING_H
#define TESTS_CPUMODEL_CPU_TESTING_H

/*
 * What the tests of the CPU engine share: files of the corpora, definitions from text, text of
 * them.
 */

#include <cpumodel/cpu_data.h>
#include <cpumodel/cpu_engine.h>
#include <ingest/cpu_reader.h>

/* Exit status that tells CTest that a test was skipped. */
#define TEST_SKIPPED 77

/* TRUE when the corpus has PATH (relative); else says on standard error what is missing. */
gboolean testing_has_corpus(const char *path);

/* The absolute path of a file of the corpus. Owned by the caller. */
char *testing_corpus_path(const char *path);

/* The whole of a file; fails the test when it cannot be read. Owned by the caller. */
char *testing_read(const char *path);

/* All CPUs in XML text (of CpuDefinition*), or NULL and ERROR. */
GPtrArray *testing_parse_all(const char *xml, GError **error);
/* The first of them. */
CpuDefinition *testing_parse(const char *xml, GError **error);
/* The same, failing the test when there is none. */
CpuDefinition *testing_cpu(const char *xml);

/* CPU as libvirt's XML; NULL gives "". Owned by the caller. */
char *testing_format(const CpuDefinition *cpu);

/* The map in a folder; fails the test when it does not load. */
CpuMap *testing_load_map(const char *folder);

/* The seed of random tests: TEST_SEED of the environment, else a fixed one. Printed. */
guint32 testing_seed(void);

#endif
