/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPU_READER_H
#define INGEST_CPU_READER_H

/*
 * The `<cpu>` element, from parsing events to a definition, as strict as libvirt is.
 *
 * A CpuReader is fed by whoever streams the document: cpu_reader_begin() for the element itself,
 * start/text/end for everything below it, cpu_reader_finish() for the result. It can be used again
 * for the next element, which is cheaper than a new one. It never fails in between: what is wrong
 * is told by cpu_reader_finish(), so that the rest of the document is still read.
 *
 * Only direct children of the element count, unknown ones are passed over, and a child that may
 * stand only once is taken where it stands first.
 *
 * cpu_reader_file() is the front end for whole files, as `virsh cpu-baseline` reads them.
 *
 * Source: libvirt's documentation, "Domain XML: CPU model and topology", "Driver capabilities" and
 * "Domain capabilities".
 */

#include <cpumodel/cpu_definition.h>

G_BEGIN_DECLS

#define CPU_READER_ERROR (cpu_reader_error_quark())
GQuark cpu_reader_error_quark(void);

typedef enum {
    CPU_READER_ERROR_INVALID, /* the element breaks a rule; the message says which */
    CPU_READER_ERROR_NOT_XML, /* the file is not well formed */
    CPU_READER_ERROR_NO_CPU,  /* the file holds no CPU */
} CpuReaderError;

/* What element is read, and so which rules it follows. */
typedef enum {
    CPU_ELEMENT_BARE,       /* `<cpu>` on its own: host type when it has an `<arch>`, else guest */
    CPU_ELEMENT_BASELINE,   /* the same, but 'match' beside `<arch>` is not read */
    CPU_ELEMENT_HOST,       /* `<cpu>` of host capabilities; its model may be missing, a 'match' is
                               not read */
    CPU_ELEMENT_GUEST,      /* `<cpu>` of a domain */
    CPU_ELEMENT_HOST_MODEL, /* `<mode name='host-model'>` of domain capabilities: a guest
                               definition, the attributes of the element are not read */
    CPU_ELEMENT_COUNT
} CpuElement;

/* VALUE is not NUL-terminated; entities are already resolved. */
typedef struct {
    const char *name;
    const char *value;
    gsize length; /* bytes */
} CpuReaderAttribute;

typedef struct CpuReader CpuReader;

CpuReader *cpu_reader_new(void);
void cpu_reader_free(CpuReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CpuReader, cpu_reader_free)

/* The start tag of the element itself, at LINE (1-based) of its document. */
void cpu_reader_begin(CpuReader *reader, CpuElement element, const CpuReaderAttribute *attributes,
                      guint n_attributes, guint line);

/* A start tag below it. NAME is NULL for an element in a namespace: it is passed over. */
void cpu_reader_start(CpuReader *reader, const char *name, const CpuReaderAttribute *attributes,
                      guint n_attributes, guint line);
/* Text below it; may come in pieces. */
void cpu_reader_text(CpuReader *reader, const char *text, gsize length);
/* An end tag. TRUE when it is that of the element itself: call cpu_reader_finish() now. */
gboolean cpu_reader_end(CpuReader *reader);

/*
 * The definition, owned by the caller, or NULL and a CPU_READER_ERROR_INVALID whose message starts
 * with "line N: ". READER is ready for the next cpu_reader_begin() either way.
 */
CpuDefinition *cpu_reader_finish(CpuReader *reader, GError **error);

/* ---- whole files ---------------------------------------------------------------------------- */

/* A CPU as it was found in a file. */
typedef struct {
    CpuElement element;
    CpuArch arch; /* what the document around it says; CPU_ARCH_NONE when it does not */
    guint line;
    guint index; /* 0 for the first CPU of the file */
} CpuPlace;

/*
 * Called for every CPU in document order; CPU is the callee's to keep. FALSE with ERROR set stops
 * reading with that error, FALSE without one stops reading without.
 */
typedef gboolean (*CpuReaderSink)(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data,
                                  GError **error);

/*
 * Every CPU of the document or documents in BYTES: `<cpu>` at the top, in a domain, in host
 * capabilities, and the supported host-model of domain capabilities. Wrapper elements of any other
 * name are looked through; several documents may follow each other. Linear, in constant memory.
 * FALSE when the text is not XML (DTDs and entities of one's own included), a CPU is invalid, the
 * sink said so, or there is no CPU at all. A `<cpu>` at the top is read as BARE says:
 * CPU_ELEMENT_BARE, or CPU_ELEMENT_BASELINE as `virsh cpu-baseline` does. Messages start with
 * "line N: " where there is a line; the caller prefixes the file.
 */
gboolean cpu_reader_file(const char *bytes, gsize length, CpuElement bare, CpuReaderSink sink,
                         gpointer user_data, GError **error);

G_END_DECLS

#endif
