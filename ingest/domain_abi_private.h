/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_ABI_PRIVATE_H
#define INGEST_DOMAIN_ABI_PRIVATE_H

/* What the files of the ABI reader share. */

#include "domain_devices_private.h"

#include <fleet/abi.h>

G_BEGIN_DECLS

/* How a value is brought into one form. */
typedef enum {
    ABI_TEXT,
    ABI_NUMBER,     /* decimal; 0 is the same as not written */
    ABI_SIZE_BYTES, /* with a unit attribute, else bytes */
    ABI_SIZE_KIB,   /* else KiB */
    ABI_PRESENCE,   /* that the element is there */
    ABI_UUID,
} AbiForm;

/*
 * Where a property stands: down from its owner by element names, then an attribute
 * ("driver@queues"), or the element's text ("serial").
 */
typedef struct {
    AbiRule rule;
    const char *path;
    AbiForm form;
    const char *usual; /* what libvirt fills in, which is the same as not written; NULL: nothing */
} AbiPath;

typedef struct {
    DeviceKind kind;
    AbiPath path;
} AbiDevicePath;

extern const AbiPath abi_guest_paths[];
extern const guint abi_n_guest_paths;
/* Of every kind of device. */
extern const AbiPath abi_common_paths[];
extern const guint abi_n_common_paths;
extern const AbiDevicePath abi_device_paths[];
extern const guint abi_n_device_paths;

/* The element at the end of NAMES ("driver/host"), of which LENGTH bytes count; NULL: none. */
const xmlNode *abi_follow(const xmlNode *node, const char *names, gsize length);
/* The element's own text without space around it; NULL when there is none. */
char *abi_element_text(const xmlNode *node);

/*
 * Texts in the one form of what they say; what says nothing of the kind stays as it is. The caller
 * frees them.
 */
/* A size and its attribute UNIT, in units of USUAL where that is NULL or "": "4096 KiB". */
char *abi_size_text(const char *text, const char *unit, const char *usual);
/* A number in decimal, octal or hexadecimal, in decimal. */
char *abi_number_text(const char *text);

/* Adds what PATH finds below OWNER to ELEMENT, unless it is what libvirt would fill in. */
void abi_read_path(const DomainTree *tree, const xmlNode *owner, const AbiPath *path,
                   AbiElement *element);

/* The properties of one owner as lists of items are read. */
typedef struct {
    const DomainTree *tree;
    AbiElement *element;
} AbiList;

void abi_list_add(const AbiList *list, const AbiRule *rule, const char *item, const xmlNode *node,
                  const char *value);
/* The first element of PARENT, which may be NULL, and the next from NODE on; NAME NULL: any. */
const xmlNode *abi_first_element(const xmlNode *parent, const char *name);
const xmlNode *abi_next_element(const xmlNode *node, const char *name);

/* What of a guest cannot be said by paths: features, timers, CPU features, NUMA cells, SMBIOS. */
void abi_read_guest_lists(const DomainTree *tree, const xmlNode *domain, AbiElement *guest);
/* And of devices. */
void abi_read_device_lists(const DomainTree *tree, const xmlNode *node, DeviceKind kind,
                           AbiElement *element);

G_END_DECLS

#endif
