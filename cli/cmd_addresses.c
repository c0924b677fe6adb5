/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan addresses`: the address plan of one definition or of the inventory's guests. This file
 * has the options and the plain form; cli/addresses_*.c have the others.
 */

#include "addresses.h"
#include "commands.h"

#include <cpumodel/version.h>
#include <ingest/ingest.h>
#include <ingest/input_file.h>
#include <reports/domain_writer.h>
#include <string.h>

static const CommandOption options[] = {
    PLANNING_OPTIONS(AddressesOptions, planning),
    {"libvirt", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(AddressesOptions, libvirt),
     "plan as this version of libvirt does", "VERSION"},
    {"as-load", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AddressesOptions, is_load),
     "plan as libvirt reads its own files", NULL},
    {"capabilities", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(AddressesOptions, capabilities),
     "take machine types from these host capabilities", "FILE"},
    {"attach", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(AddressesOptions, attach),
     "give the guest this device too", "DEVICE.xml"},
    {"detach", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(AddressesOptions, detach),
     "take this device from the guest", "DEVICE"},
    {"live", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AddressesOptions, is_live),
     "attach where a running guest takes hotplug", NULL},
    {"compare", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AddressesOptions, is_compare),
     "tell what two guests must have equal to migrate", NULL},
    {"list", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AddressesOptions, is_list),
     "list the addresses of these guests, or of all", NULL},
    {"find", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(AddressesOptions, find),
     "list the devices that have this address", "ADDRESS"},
    {"draw", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(AddressesOptions, draw),
     "draw buses and slots as text, dot or svg", "FORM"},
    {0},
};

/* The machine types of the host capabilities in PATH, to be freed with the reading. */
static const MachineProfile *
read_machines(const char *path, SourceReading **ret_reading, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    IngestOptions ingest = {0};

    if (!input_file_read(path, &text, &length, error))
        return NULL;
    *ret_reading = ingest_buffer(path, text, length, &ingest);
    for (guint i = 0; i < (*ret_reading)->documents->len; i++) {
        const Document *document = g_ptr_array_index((*ret_reading)->documents, i);

        if (document->kind == DOCUMENT_HOST_CAPABILITIES)
            return document->host->machines;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: there are no host capabilities in it: give what 'virsh capabilities' prints",
                path);
    return NULL;
}

/* ---- forms ---------------------------------------------------------------------------------- */

static ExitStatus
run_print(AddressesJob *job, GError **error)
{
    g_auto(PlannedGuest) guest = {0};

    if (!addresses_plan(job, job->context->args[0], &guest, error))
        return EXIT_FAILED;
    g_autoptr(GString) out = domain_write(guest.text, guest.length, guest.devices);
    return addresses_print(job, out, error);
}

typedef struct {
    gsize option; /* offset of what asks for it in AddressesOptions; a gboolean, or a char* */
    gboolean is_switch;
    guint min_args, max_args;
    gboolean has_format; /* a table, not a document */
    const char *usage;
    ExitStatus (*run)(AddressesJob *job, GError **error);
} AddressesForm;

#define ONE_GUEST "give one domain XML file, '-' for standard input, or a guest of the inventory"

static const AddressesForm forms[] = {
    {G_STRUCT_OFFSET(AddressesOptions, attach), FALSE, 1, 1, FALSE, ONE_GUEST,
     addresses_run_attach},
    {G_STRUCT_OFFSET(AddressesOptions, detach), FALSE, 1, 1, FALSE, ONE_GUEST,
     addresses_run_detach},
    {G_STRUCT_OFFSET(AddressesOptions, is_compare), TRUE, 2, 2, TRUE,
     "give the two definitions to compare", addresses_run_compare},
    {G_STRUCT_OFFSET(AddressesOptions, is_list), TRUE, 0, G_MAXUINT, TRUE, NULL,
     addresses_run_list},
    {G_STRUCT_OFFSET(AddressesOptions, find), FALSE, 0, G_MAXUINT, TRUE, NULL, addresses_run_list},
    {G_STRUCT_OFFSET(AddressesOptions, draw), FALSE, 1, 1, FALSE, ONE_GUEST, addresses_run_draw},
};

static const AddressesForm plain_form = {0, FALSE, 1, 1, FALSE, ONE_GUEST, run_print};

static gboolean
is_asked_for(const AddressesForm *form, const AddressesOptions *given)
{
    return form->is_switch ? G_STRUCT_MEMBER(gboolean, given, form->option)
                           : G_STRUCT_MEMBER(char *, given, form->option) != NULL;
}

/* The form that the options ask for; NULL with an error when it is not one that can be. */
static const AddressesForm *
find_form(const AddressesJob *job, GError **error)
{
    const AddressesOptions *given = job->options;
    const AddressesForm *form = &plain_form;
    const char *wrong = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (!is_asked_for(&forms[i], given))
            continue;
        if (form != &plain_form)
            wrong = "--attach, --detach, --compare, --list, --find and --draw exclude each other";
        form = &forms[i];
    }
    if (wrong == NULL &&
        (job->context->n_args < form->min_args || job->context->n_args > form->max_args))
        wrong = form->usage;
    if (wrong == NULL && given->is_live && given->attach == NULL)
        wrong = "--live goes with --attach";
    if (wrong == NULL && !form->has_format && job->context->format != REPORT_FORMAT_TEXT)
        wrong = "--format goes with --list, --find and --compare";
    if (wrong == NULL)
        return form;
    g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, wrong);
    return NULL;
}

/* ---- running -------------------------------------------------------------------------------- */

static void
job_release(AddressesJob *job)
{
    g_clear_pointer(&job->machines, source_reading_free);
    planning_view_release(&job->view);
    document_encoding_clear(&job->encoding);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AddressesJob, job_release)

static ExitStatus
run(CommandContext *context, const void *values, GError **error)
{
    const AddressesOptions *given = values;
    g_auto(AddressesJob) job = {
        .context = context, .options = given, .plan = {.is_load = given->is_load}};
    const AddressesForm *form = find_form(&job, error);

    if (form == NULL)
        return EXIT_USAGE;
    if (given->libvirt != NULL && !version_parse(given->libvirt, &job.plan.libvirt_version)) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "'%s' is no libvirt version: write it as '9.0' or '11.3.0'", given->libvirt);
        return EXIT_USAGE;
    }
    if (given->capabilities != NULL) {
        job.plan.machines = read_machines(given->capabilities, &job.machines, error);
        if (job.plan.machines == NULL)
            return EXIT_FAILED;
    }
    return form->run(&job, error);
}

const Command command_addresses = {
    .name = "addresses",
    .summary = "Plan where guests' devices sit",
    .synopsis = "[OPTION...] DOMAIN.xml|GUEST...",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = options,
    .options_size = sizeof(AddressesOptions),
    .run = run,
};
