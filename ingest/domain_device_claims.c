/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a guest's devices claim of the host for themselves: ports of screens, context IDs of vsocks.
 *
 * A definition fixes some of them. Others libvirt chooses at the start of the guest, and shows in
 * the definition of a guest that runs.
 *
 * Source: libvirt's documentation, "Domain XML format: Graphical framebuffers", "Vsock".
 */

#include "domain_reading.h"

#define MAX_PORT 65535

static void
add_claim(const XmlEvent *event, GuestClaimKind kind, const char *attribute, guint64 highest,
          gboolean is_fixed)
{
    Guest *guest = ((DomainReading *)event->record)->guest;
    g_autofree char *value = xml_attribute_dup(&event->attributes, attribute);
    guint64 number;

    /* "-1" asks for any, and what the host chooses is forgotten when the guest ends */
    if (value == NULL || !(is_fixed || guest->is_running) ||
        !g_ascii_string_to_unsigned(value, 10, 1, highest, &number, NULL))
        return;
    GuestClaim claim = {.kind = kind, .number = (guint32)number, .is_fixed = is_fixed};
    g_array_append_val(guest->claims, claim);
}

void
domain_claims_start_graphics(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    const gboolean is_chosen = xml_attribute_is(&event->attributes, "autoport", "yes");

    reading->device.n_claims = reading->guest->claims->len;
    add_claim(event, GUEST_CLAIM_SCREEN_PORT, "port", MAX_PORT, !is_chosen);
    add_claim(event, GUEST_CLAIM_SCREEN_PORT, "tlsPort", MAX_PORT, !is_chosen);
    /* a guest that runs does not tell whether libvirt chose it */
    add_claim(event, GUEST_CLAIM_SCREEN_PORT, "websocket", MAX_PORT, !reading->guest->is_running);
}

void
domain_claims_start_listen(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    if (!reading->device.is_listened && (xml_attribute_is(&event->attributes, "type", "none") ||
                                         xml_attribute_is(&event->attributes, "type", "socket")))
        g_array_set_size(reading->guest->claims, reading->device.n_claims);
    reading->device.is_listened = TRUE;
}

static void
start_cid(const XmlEvent *event)
{
    add_claim(event, GUEST_CLAIM_VSOCK_CID, "address", G_MAXUINT32,
              !xml_attribute_is(&event->attributes, "auto", "yes"));
}

const XmlElement domain_vsock_children[] = {
    {"cid", .start = start_cid},
    {NULL},
};
