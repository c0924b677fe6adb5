/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan addresses DOMAIN.xml`: the address plan of one definition, without an inventory.
 */

#include "commands.h"

#include <ingest/domain_devices_reader.h>
#include <ingest/ingest.h>
#include <planner/address.h>
#include <reports/domain_writer.h>
#include <string.h>

typedef struct {
    char *libvirt;
    char *capabilities;
    gboolean is_load;
} AddressesOptions;

static const CommandOption options[] = {
    {"libvirt", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(AddressesOptions, libvirt),
     "plan as this version of libvirt does", "VERSION"},
    {"as-load", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AddressesOptions, is_load),
     "plan as libvirt reads its own files, not as it defines a guest", NULL},
    {"capabilities", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(AddressesOptions, capabilities),
     "take machine types from these host capabilities", "FILE"},
    {0},
};

/* ---- reading -------------------------------------------------------------------------------- */

static gboolean
read_input(const char *path, char **ret_text, gsize *ret_length, GError **error)
{
    if (strcmp(path, "-") != 0)
        return g_file_get_contents(path, ret_text, ret_length, error);

    g_autoptr(GIOChannel) channel = g_io_channel_unix_new(0);
    g_io_channel_set_encoding(channel, NULL, NULL);
    return g_io_channel_read_to_end(channel, ret_text, ret_length, error) == G_IO_STATUS_NORMAL;
}

/* Makes an error of REFUSAL, which it takes. */
static void
set_refusal(GError **error, const char *path, Finding *refusal)
{
    g_autoptr(Finding) owned = refusal;

    owned->source = g_strdup(path);
    g_autofree char *text = finding_format(owned);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
}

/* The machine types of the host capabilities in PATH, to be freed with the reading. */
static const MachineProfile *
read_machines(const char *path, SourceReading **ret_reading, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    IngestOptions ingest = {0};

    if (!read_input(path, &text, &length, error))
        return NULL;
    *ret_reading = ingest_buffer(path, text, length, &ingest);
    for (guint i = 0; i < (*ret_reading)->documents->len; i++) {
        const Document *document = g_ptr_array_index((*ret_reading)->documents, i);

        if (document->kind == DOCUMENT_HOST_CAPABILITIES)
            return document->host->machines;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: there are no host capabilities in it: give what 'virsh capabilities' prints",
                path);
    return NULL;
}

/* ---- running -------------------------------------------------------------------------------- */

static gboolean
plan_text(CommandContext *context, const char *path, const AddressOptions *plan, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    Finding *refusal = NULL;

    if (!read_input(path, &text, &length, error))
        return FALSE;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, length, &refusal);
    if (devices != NULL)
        refusal = address_plan_guest(devices, plan);
    if (refusal != NULL) {
        set_refusal(error, path, refusal);
        return FALSE;
    }
    g_autoptr(GString) out = domain_write(text, length, devices);
    g_string_append_len(context->out, out->str, (gssize)out->len);
    return TRUE;
}

static ExitStatus
run(CommandContext *context, const void *values, GError **error)
{
    const AddressesOptions *given = values;
    AddressOptions plan = {.is_load = given->is_load};
    g_autoptr(SourceReading) reading = NULL;

    if (context->n_args != 1) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "give one domain XML file, or '-' for standard input");
        return EXIT_USAGE;
    }
    if (given->libvirt != NULL &&
        !address_version_from_text(given->libvirt, &plan.libvirt_version)) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "'%s' is no libvirt version: write it as '9.0' or '11.3.0'", given->libvirt);
        return EXIT_USAGE;
    }
    if (given->capabilities != NULL) {
        plan.machines = read_machines(given->capabilities, &reading, error);
        if (plan.machines == NULL)
            return EXIT_FAILED;
    }
    return plan_text(context, context->args[0], &plan, error) ? EXIT_WELL : EXIT_FAILED;
}

const Command command_addresses = {
    .name = "addresses",
    .summary = "Plan where a guest's devices sit",
    .synopsis = "[OPTION...] DOMAIN.xml",
    .options = options,
    .options_size = sizeof(AddressesOptions),
    .run = run,
};
