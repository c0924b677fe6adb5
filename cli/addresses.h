/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_ADDRESSES_H
#define CLI_ADDRESSES_H

/* What the forms of `virt-plan addresses` share; each form has a file cli/addresses_NAME.c. */

#include "planning.h"

#include <ingest/document_encoding.h>
#include <planner/address.h>

typedef struct {
    PlanningOptions planning;
    char *libvirt;
    char *capabilities;
    gboolean is_load;
    char *attach, *detach; /* forms: the device's file, or its name */
    gboolean is_live;
    gboolean is_compare, is_list;
    char *find, *draw;
} AddressesOptions;

/* One run of the command. */
typedef struct {
    CommandContext *context;
    const AddressesOptions *options;
    AddressOptions plan;
    SourceReading *machines;   /* what plan.machines belongs to; NULL when none were given */
    PlanningView view;         /* opened by the first guest that is no file */
    DocumentEncoding encoding; /* of the last file that was read */
} AddressesJob;

/* A guest with its plan. */
typedef struct {
    char *name; /* of the file or guest, for messages */
    char *text;
    gsize length;
    const DomainDevices *devices; /* planned, read from text */
    DomainDevices *owned;         /* devices, unless the inventory's plan has them */
} PlannedGuest;

void planned_guest_clear(PlannedGuest *guest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlannedGuest, planned_guest_clear)

/* ---- addresses_input.c ---------------------------------------------------------------------- */

/* TRUE when NAME is "-", a file, or called like one; else it is a guest of the inventory. */
gboolean addresses_is_file(const char *name);
/* Makes an error of REFUSAL, which it takes, about PATH. */
void addresses_refuse(const char *path, Finding *refusal, GError **error);
/* Reads and plans TEXT, which it takes, called NAME. */
gboolean addresses_plan_text(const AddressesJob *job, const char *name, char *text, gsize length,
                             PlannedGuest *ret_guest, GError **error);
/* Ends TEXT's last line unless it is, and prints TEXT in the encoding of the last file read. */
ExitStatus addresses_print(AddressesJob *job, GString *text, GError **error);
/* The file or guest of that name, planned. */
gboolean addresses_plan(AddressesJob *job, const char *name, PlannedGuest *ret_guest,
                        GError **error);
/* Opens the inventory and plans its guests' addresses, once. */
gboolean addresses_open_view(AddressesJob *job, GError **error);
/*
 * The plan of the inventory's guest called NAME, "HOST/NAME" or by its UUID, of one that is not
 * refused; opens the inventory. NULL and an error unless there is just one. Borrowed.
 */
const AddressPlan *addresses_plan_of_guest(AddressesJob *job, const char *name, GError **error);

/* ---- the forms ------------------------------------------------------------------------------ */

ExitStatus addresses_run_attach(AddressesJob *job, GError **error);
ExitStatus addresses_run_detach(AddressesJob *job, GError **error);
ExitStatus addresses_run_compare(AddressesJob *job, GError **error);
ExitStatus addresses_run_draw(AddressesJob *job, GError **error);
ExitStatus addresses_run_list(AddressesJob *job, GError **error); /* and --find */

#endif
