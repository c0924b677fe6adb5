/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_CAPABILITIES_SHARING_H
#define INGEST_DOMAIN_CAPABILITIES_SHARING_H

/* What domain capabilities have in common: see document_sharing.h. */

#include "document_reader.h"

G_BEGIN_DECLS

/* All of a document. */
extern const SharedRecord domain_capabilities_whole;
/* The models of its CPU mode 'custom', with what keeps each from being used. */
extern const SharedSection domain_capabilities_models;

G_END_DECLS

#endif
