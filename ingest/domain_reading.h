/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_READING_H
#define INGEST_DOMAIN_READING_H

/*
 * What domain_reader.c, domain_placement.c and domain_device_*.c share: the domain that is being
 * read.
 */

#include "xml_stream.h"

#include <fleet/guest.h>

G_BEGIN_DECLS

/* No page of this size is a huge one, whatever the host's own are. */
#define BASE_PAGE_KIB 4

/* The facts of the device that is open, as far as a trait may need them. */
typedef struct {
    guint line;
    char *type; /* of the device element, or of a TPM's backend */
    char *mode;
    char *model;
    char *role;
    char *name;
    char *driver; /* the driver's type */
    char *cache;
    char *source;  /* what stands for it on the host: a path, a name, an address */
    char *backing; /* of a disk: the first file or device of the host below its own source */
    char *target;
    char *driver_name; /* the driver's name: "vhostuser" */
    char *bus;         /* of the target */
    char *version;     /* of a TPM's backend */
    char *render_node; /* the graphics card of the host that draws for it */
    char *listen;      /* an address of the host that it is served on */
    char *format;      /* of a disk's image, or one below, which QEMU does not migrate */
    char *socket;      /* of the host, on which a network disk is served */
    char *source_mode; /* "connect": a process of the host has to be there */
    char *secret;      /* libvirt's own that it needs */
    char *nodes;       /* of the host, which a memory device is bound to */
    char *action;      /* of a watchdog */
    char *rom;         /* the file of an option ROM */
    char *filter;      /* of libvirt's network filters */
    char *script;      /* that an interface's tap device is set up with */
    char *target_type; /* of a serial port */
    char *unit;        /* of the open <pagesize> */
    guint64 page_kib;  /* of the pages of a memory device; 0: not told */
    gboolean is_readonly, is_shareable, is_transient, is_teamed, is_3d, is_blob, is_mirrored;
    gboolean is_unmanaged; /* libvirt does not make its tap device */
    gboolean is_listened;  /* one of the <listen> of a screen was read */
    guint n_claims;        /* of the guest, before those of a screen that is open */
} DeviceFacts;

typedef struct {
    Guest *guest;
    const char *bytes;    /* the document */
    gsize xml_start;      /* of <domain> in it */
    guint start_line;     /* of <domain> in the source */
    guint nvram_line;     /* of the open <nvram> */
    guint hugepages_line; /* of the open <hugepages>; 0 once a size was given */
    char *unit;           /* of the open <memory> */
    GHashTable *bindings; /* of memory and processors to parts of the host: those that are traits */
    GString *qemu_arguments; /* what the open domain asks of QEMU behind libvirt's back */
    GuestTrait seclabel;     /* the open <seclabel>; detail is its model, line 0 when not static */
    DeviceFacts device;
} DomainReading;

/* Adds what the guest needs of the emulator, once: "video.modelType" and "qxl". */
void domain_reading_need(DomainReading *reading, const char *what, const char *value);

void device_facts_clear(DeviceFacts *facts);

/* Begin the facts of a device, and add those of its <backend>. */
void domain_device_start(const XmlEvent *event);
void domain_device_start_graphics(const XmlEvent *event);
void domain_device_start_backend(const XmlEvent *event);
/* The ports of a <graphics>, and that none is served where its first <listen> says so. */
void domain_claims_start_graphics(const XmlEvent *event);
void domain_claims_start_listen(const XmlEvent *event);

/* The rows below a device, and below <graphics>, that fill in its facts. */
extern const XmlElement domain_device_children[];
extern const XmlElement domain_graphics_children[];
extern const XmlElement domain_rng_backend_children[];

/* A <vcpu>, or an element of <cputune>, that may name processors of the host. */
void domain_placement_start_pin(const XmlEvent *event);

/* The rows below <vsock>. */
extern const XmlElement domain_vsock_children[];

/* The rows below <cputune>, <numatune> and <memoryBacking>. */
extern const XmlElement domain_cputune_elements[];
extern const XmlElement domain_numatune_elements[];
extern const XmlElement domain_memory_backing_elements[];

/* The rows below <devices>. */
extern const XmlElement domain_device_elements[];

G_END_DECLS

#endif
