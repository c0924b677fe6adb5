/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CAPABILITIES_READING_H
#define INGEST_CAPABILITIES_READING_H

/* What capabilities_reader.c and capabilities_guests.c share: the document that is being read. */

#include "document_reader.h"

G_BEGIN_DECLS

/* A `<domain>` of the `<arch>` that is open. */
typedef struct {
    DomainTypes type;
    char *emulator;      /* NULL: the arch's */
    GPtrArray *machines; /* of MachineType*: those listed in it */
} OwnDomain;

/* What capabilities_guests.c works on. */
typedef struct {
    GuestSupport *guest;   /* the open `<guest>`; added to the profile at its end */
    MachineProfile *known; /* what it stands for, borrowed; or NULL */
    GPtrArray *domains;    /* of OwnDomain*: of the open guest */
    OwnDomain *domain;     /* the open `<domain>`, or NULL */
    MachineType *machine;  /* the open `<machine>` */
} GuestsReading;

typedef struct {
    HostCapabilities *host;
    SecurityModel *security_model; /* the open `<secmodel>`, owned by the capability profile */
    char *unit;                    /* of the open `<memory>` */
    guint64 page_kib;              /* of the open `<pages>`; 0: passed over */
    GTree *pages;                  /* size in KiB -> how many, of all cells; of guint64* both */
    char *label_type;              /* of the open `<baselabel>` */
    gboolean has_host;
    GuestsReading guests;
} CapabilitiesReading;

void guests_reading_init(GuestsReading *guests);
void guests_reading_release(GuestsReading *guests);

/* A `<guest>`, and the rows below it. */
void capabilities_guests_start(const XmlEvent *event);
void capabilities_guests_end(const XmlEvent *event);
extern const XmlElement capabilities_guests_elements[];

/* What guests a host offers is the same on all hosts with the same QEMU. */
extern const SharedSection capabilities_guests_section;

G_END_DECLS

#endif
