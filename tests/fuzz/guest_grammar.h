/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_GUEST_GRAMMAR_H
#define TESTS_FUZZ_GUEST_GRAMMAR_H

/*
 * Guests by a grammar. Each line of the input is a device, each of its bytes a decision in that
 * device's grammar, so that small changes of the input are small changes of the guest. Most guests
 * can be read, and the planner has to answer.
 *
 * A line that is too short goes on with zeroes.
 */

#include <planner/address.h>

G_BEGIN_DECLS

#define GUEST_GRAMMAR_MAX_DEVICES 48

typedef struct {
    const guint8 *at, *end;
} GuestDecisions; /* borrowed: a line, or an input of many */

/* Splits the line that INPUT begins with off it. */
GuestDecisions guest_grammar_take_line(GuestDecisions *input);
/* The next byte of LINE, which it is taken from. */
guint8 guest_grammar_decide(GuestDecisions *line);
/* How a guest is planned, but for what is remembered of it. */
AddressOptions guest_grammar_options(GuestDecisions *line);

/*
 * The definition that INPUT stands for: its first line the guest, each other one a device. Without
 * the device SKIPPED, if there is one of that number. Owned by the caller.
 */
char *guest_grammar_guest(GuestDecisions input, guint skipped);
/* The element of device NUMBER; NULL when INPUT has no such line. Owned by the caller. */
char *guest_grammar_device(GuestDecisions input, guint number);

G_END_DECLS

#endif
