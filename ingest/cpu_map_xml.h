/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPU_MAP_XML_H
#define INGEST_CPU_MAP_XML_H

/*
 * The trees of libvirt's map files: a reader that goes through them, and what it asks of a node.
 * Errors begin with FILE:LINE.
 */

#include "cpu_map_reader_private.h"

#include <libxml/tree.h>

G_BEGIN_DECLS

typedef struct {
    const CpuMapFiles *files;
    CpuMapBuilder *builder;
    const CpuMap *builtin; /* for what libvirt's maps do not say */
    char *folder;          /* includes are relative to it */
    const char *path;      /* file being read, for messages */
    CpuFamily family;
    const char *group; /* NULL outside of one */
    guint n_files;
} CpuMapReader;

/* Sets ERROR to "FILE:LINE: ..."; always FALSE. */
gboolean cpu_map_xml_refuse(const CpuMapReader *reader, const xmlNode *node, GError **error,
                            const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Puts the place of NODE in front of an error of the builder; always FALSE. */
gboolean cpu_map_xml_prefix(const CpuMapReader *reader, const xmlNode *node, GError **error);

gboolean cpu_map_xml_is(const xmlNode *node, const char *name);
/* NODE or the first after it that is an element NAME; NULL when there is none. */
const xmlNode *cpu_map_xml_next(const xmlNode *node, const char *name);

#define cpu_map_xml_foreach(node, parent, name)                                                    \
    for (const xmlNode *node = cpu_map_xml_next((parent)->children, name); node != NULL;           \
         node = cpu_map_xml_next(node->next, name))

/* The attribute's value, owned by the tree; NULL when there is none. */
const char *cpu_map_xml_attribute(const xmlNode *node, const char *name);
/* NULL and an error when it is absent or empty. */
const char *cpu_map_xml_required(const CpuMapReader *reader, const xmlNode *node, const char *name,
                                 GError **error);
gboolean cpu_map_xml_has(const xmlNode *node, const char *name, const char *word);
/* An attribute in C notation, of 32 bits; when it is absent an error if IS_REQUIRED, or else 0. */
gboolean cpu_map_xml_number(const CpuMapReader *reader, const xmlNode *node, const char *name,
                            gboolean is_required, guint32 *ret_value, GError **error);

/* Gives the builder the vendors, features and models that are NODE's children, in this order. */
gboolean cpu_map_declarations_read(CpuMapReader *reader, const xmlNode *node, GError **error);

G_END_DECLS

#endif
