/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Documents of hosts with one QEMU and one kind of CPU say the same; those of different machine
 * types still have the mode 'custom' in common, which is nine tenths of them.
 */

#include "domain_capabilities_sharing.h"

static gpointer
get_domain(const Document *document)
{
    return domain_capabilities_ref(document->domain);
}

static void
set_domain(Document *document, gpointer domain)
{
    domain_capabilities_unref(document->domain);
    document->domain = domain_capabilities_ref(domain);
}

static GByteArray *
get_content(const Document *document)
{
    return domain_capabilities_content_but_models(document->domain);
}

static void
seal(Document *document)
{
    domain_capabilities_seal(document->domain);
}

static void
borrow_models(Document *document, gpointer lender)
{
    domain_capabilities_borrow_models(document->domain, lender);
}

static GByteArray *
get_models_content(const Document *document)
{
    return domain_capabilities_models_content(document->domain);
}

const SharedRecord domain_capabilities_whole = {
    .content = get_content,
    .seal = seal,
    .get = get_domain,
    .set = set_domain,
    .free = (GDestroyNotify)domain_capabilities_unref,
};

const SharedSection domain_capabilities_models = {
    .begin = "<mode name='custom'",
    .end = "</mode>",
    .stand_in = "<mode name='custom'/>",
    .foreign = "<enum",
    .record =
        {
            .content = get_models_content,
            .get = get_domain,
            .set = borrow_models,
            .free = (GDestroyNotify)domain_capabilities_unref,
        },
};
