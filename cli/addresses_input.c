/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where the guests of `virt-plan addresses` come from: files, standard input, the inventory. */

#include "addresses.h"
#include "site_names.h"

#include <ingest/domain_devices_reader.h>
#include <ingest/input_file.h>
#include <string.h>

void
planned_guest_clear(PlannedGuest *guest)
{
    g_clear_pointer(&guest->name, g_free);
    g_clear_pointer(&guest->text, g_free);
    g_clear_pointer(&guest->owned, domain_devices_free);
    guest->devices = NULL;
}

gboolean
addresses_is_file(const char *name)
{
    return strcmp(name, "-") == 0 || g_str_has_suffix(name, ".xml") ||
           g_file_test(name, G_FILE_TEST_EXISTS);
}

void
addresses_refuse(const char *path, Finding *refusal, GError **error)
{
    g_autoptr(Finding) owned = refusal;

    g_free(owned->source);
    owned->source = g_strdup(path);
    g_autofree char *text = finding_format(owned);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, text);
}

gboolean
addresses_plan_text(const AddressesJob *job, const char *name, char *text, gsize length,
                    PlannedGuest *ret_guest, GError **error)
{
    g_auto(PlannedGuest) guest = {.name = g_strdup(name), .text = text, .length = length};
    Finding *refusal = NULL;

    guest.owned = domain_devices_read(text, length, &refusal);
    if (guest.owned != NULL)
        refusal = address_plan_guest(guest.owned, &job->plan);
    if (refusal != NULL) {
        addresses_refuse(name, refusal, error);
        return FALSE;
    }
    guest.devices = guest.owned;
    *ret_guest = guest;
    guest = (PlannedGuest){0};
    return TRUE;
}

/* ---- the inventory -------------------------------------------------------------------------- */

gboolean
addresses_open_view(AddressesJob *job, GError **error)
{
    return job->view.plan != NULL || planning_view_open(&job->view, &job->options->planning,
                                                        PLANNER_ADDRESSES | PLANNER_GUESTS, error);
}

static gboolean
is_called(const Guest *guest, const char *name)
{
    if (strcmp(guest->name, name) == 0 || g_strcmp0(guest->uuid, name) == 0)
        return TRUE;
    gsize n_host = guest->host == NULL ? 0 : strlen(guest->host);
    return n_host > 0 && strncmp(name, guest->host, n_host) == 0 && name[n_host] == '/' &&
           strcmp(name + n_host + 1, guest->name) == 0;
}

static const Guest *
guest_of(const AddressesJob *job, const AddressPlan *plan)
{
    return g_ptr_array_index(job->view.fleet->guests, plan->guest);
}

static const char *
host_of(const Guest *guest)
{
    return guest->host != NULL ? guest->host : "an unknown host";
}

/* The plan of the guest called NAME, "HOST/NAME" or by its UUID; an error unless there is one. */
static const AddressPlan *
find_guest(const AddressesJob *job, const char *name, GError **error)
{
    const AddressPlan *found = NULL;

    for (guint i = 0; i < job->view.plan->addresses->len; i++) {
        const AddressPlan *plan = g_ptr_array_index(job->view.plan->addresses, i);

        if (!is_called(guest_of(job, plan), name))
            continue;
        if (found != NULL) {
            g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                        "there are several guests '%s', on %s and %s: write HOST/NAME", name,
                        host_of(guest_of(job, found)), host_of(guest_of(job, plan)));
            return NULL;
        }
        found = plan;
    }
    if (found == NULL) {
        site_names_refuse_guest(job->view.inventory, job->view.fleet, name, error);
        g_prefix_error(error, "%s: neither a file nor a guest: ", name);
    }
    return found;
}

const AddressPlan *
addresses_plan_of_guest(AddressesJob *job, const char *name, GError **error)
{
    const AddressPlan *plan = addresses_open_view(job, error) ? find_guest(job, name, error) : NULL;

    if (plan == NULL || plan->refusal == NULL)
        return plan;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "guest %s: line %u: %s: %s", name,
                plan->refusal->line, plan->refusal->text, plan->refusal->remedy);
    return NULL;
}

static gboolean
plan_from_inventory(AddressesJob *job, const char *name, PlannedGuest *ret_guest, GError **error)
{
    const AddressPlan *plan = addresses_plan_of_guest(job, name, error);

    if (plan == NULL)
        return FALSE;
    *ret_guest = (PlannedGuest){.name = g_strdup(name),
                                .text = g_strdup(guest_of(job, plan)->xml),
                                .devices = plan->devices};
    ret_guest->length = strlen(ret_guest->text);
    return TRUE;
}

gboolean
addresses_plan(AddressesJob *job, const char *name, PlannedGuest *ret_guest, GError **error)
{
    char *text = NULL;
    gsize length = 0;

    if (!addresses_is_file(name))
        return plan_from_inventory(job, name, ret_guest, error);
    if (!input_file_read(name, &text, &length, error))
        return FALSE;
    if (!document_encoding_decode(&job->encoding, &text, &length, error)) {
        g_prefix_error(error, "%s: not in the encoding that it begins in: ", name);
        g_free(text);
        return FALSE;
    }
    return addresses_plan_text(job, name, text, length, ret_guest, error);
}

ExitStatus
addresses_print(AddressesJob *job, GString *text, GError **error)
{
    if (!g_str_has_suffix(text->str, "\n"))
        g_string_append_c(text, '\n');
    if (!document_encoding_encode(&job->encoding, text, error))
        return EXIT_FAILED;
    g_string_append_len(job->context->out, text->str, (gssize)text->len);
    return EXIT_WELL;
}
