/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_DOMAIN_WRITER_PRIVATE_H
#define REPORTS_DOMAIN_WRITER_PRIVATE_H

/* What the files of the domain writer share. */

#include <fleet/device.h>

G_BEGIN_DECLS

/* Appends " NAME='VALUE'", escaped. */
void domain_write_attribute(GString *out, const char *name, const char *value);
/* Appends the attributes of a PCI controller's <target> that planning filled in. */
void domain_write_target(GString *out, const Device *controller);
/*
 * The children that planning gives DEVICE beside those it has, each an element on its own (char*).
 * For an added device these are all it has.
 */
GPtrArray *domain_write_children(const char *text, const Device *device);
/* The start tag of an added device, without its end: "<controller type='pci' index='1'". */
char *domain_write_start(const char *text, const Device *device);

/* The line break and white space in front of OFFSET; "" when something else is on its line. */
char *domain_write_indent(const char *text, guint32 offset);
/* One level deeper than INDENT, which may be "". */
char *domain_write_deeper(const char *indent);

G_END_DECLS

#endif
