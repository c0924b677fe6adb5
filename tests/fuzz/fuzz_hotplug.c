/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Guests of the grammar, to which one of their devices comes, attached to the definition or to the
 * running guest, and from which one is detached. Inputs of fuzz.devices are inputs of this one.
 */

#include "fuzz.h"
#include "guest_grammar.h"
#include "hotplug_laws.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GuestDecisions input = {.at = data, .end = data + size};
    GuestDecisions line = guest_grammar_take_line(&input);
    const AddressOptions options = guest_grammar_options(&line);
    guint number = guest_grammar_decide(&line) % GUEST_GRAMMAR_MAX_DEVICES;
    g_autofree char *whole = guest_grammar_guest(input, GUEST_GRAMMAR_MAX_DEVICES);
    g_autofree char *less = guest_grammar_guest(input, number);
    g_autofree char *element = guest_grammar_device(input, number);

    if (element != NULL) {
        g_autofree char *by_config = hotplug_laws_broken_by_attach(less, element, &options, FALSE);
        fuzz_check(by_config, whole);
        g_autofree char *by_live = hotplug_laws_broken_by_attach(less, element, &options, TRUE);
        fuzz_check(by_live, whole);
    }
    g_autofree char *by_detach = hotplug_laws_broken_by_detach(whole, number, &options);
    fuzz_check(by_detach, whole);
    return 0;
}
