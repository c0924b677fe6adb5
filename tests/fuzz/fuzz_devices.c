/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests of the grammar, planned as they are, and as a device comes or goes. */

#include "address_laws.h"
#include "fuzz.h"
#include "guest_grammar.h"

#include <string.h>

/* A controller is not skipped: another one may take its place and its name. */
static guint
choose_skipped(GuestDecisions input, guint number)
{
    g_autofree char *device = guest_grammar_device(input, number);

    return device == NULL || g_str_has_prefix(device, "<controller") ? GUEST_GRAMMAR_MAX_DEVICES
                                                                     : number;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GuestDecisions input = {.at = data, .end = data + size};
    GuestDecisions line = guest_grammar_take_line(&input);
    const AddressOptions options = guest_grammar_options(&line);
    guint skipped = choose_skipped(input, guest_grammar_decide(&line) % GUEST_GRAMMAR_MAX_DEVICES);
    g_autofree char *whole = guest_grammar_guest(input, GUEST_GRAMMAR_MAX_DEVICES);
    g_autofree char *less = guest_grammar_guest(input, skipped);

    g_autofree char *broken = address_laws_broken(whole, strlen(whole), &options);
    fuzz_check(broken, whole);
    g_autofree char *broken_by_less = address_laws_broken_by_change(whole, less, &options);
    fuzz_check(broken_by_less, whole);
    g_autofree char *broken_by_more = address_laws_broken_by_change(less, whole, &options);
    fuzz_check(broken_by_more, whole);
    return 0;
}
