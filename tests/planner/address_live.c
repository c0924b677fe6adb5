/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "address_live.h"

#include "address_compare.h"
#include "live_libvirt.h"

#include <ingest/domain_devices_reader.h>
#include <libvirt/virterror.h>
#include <reports/domain_writer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gboolean
address_live_open(AddressLive *live)
{
    gulong version = 0;

    *live = (AddressLive){.connection = live_libvirt_open_qemu()};
    if (live->connection == NULL || virConnectGetLibVersion(live->connection, &version) != 0) {
        printf("skipped: no libvirt with a QEMU driver answers\n");
        return FALSE;
    }
    live->version = (guint)version;
    live->capabilities = virConnectGetCapabilities(live->connection);
    g_assert(live->capabilities != NULL);
    printf("libvirt %lu\n", version);
    return TRUE;
}

int
address_live_close(AddressLive *live)
{
    printf("%u equal, %u refused by both, %u refused for what QEMU lacks or is not planned, "
           "%u different\n",
           live->n_equal, live->n_refused, live->n_beyond, live->n_different);
    free(live->capabilities);
    live_libvirt_close(live->connection);
    return live->n_different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

gboolean
address_live_has_machine(const AddressLive *live, const char *machine)
{
    g_autofree char *element = g_strdup_printf(">%s</machine>", machine);

    return strstr(live->capabilities, element) != NULL;
}

/* What libvirt makes of XML, as facts; NULL when it refuses it. */
static char *
live_facts(const AddressLive *live, const char *xml)
{
    virDomainPtr domain = virDomainDefineXML(live->connection, xml);
    Finding *refusal = NULL;

    if (domain == NULL)
        return NULL;
    char *text = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM);
    virDomainFree(domain);
    g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);
    free(text);
    if (devices == NULL)
        g_error("cannot read what libvirt wrote: %s", refusal->text);
    return address_facts(devices);
}

/* What planning makes of XML, written and read again; NULL and REFUSAL when it is refused. */
static char *
planned_facts(const AddressLive *live, const char *xml, char **ret_refusal)
{
    AddressOptions options = {.libvirt_version = live->version};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(xml, strlen(xml), &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    if (refusal != NULL) {
        *ret_refusal = finding_format(refusal);
        finding_free(refusal);
        return NULL;
    }
    g_autoptr(GString) text = domain_write(xml, strlen(xml), devices);
    g_autoptr(DomainDevices) again = domain_devices_read(text->str, text->len, &refusal);
    if (again == NULL)
        g_error("cannot read what was written: %s\n%s", refusal->text, text->str);
    return address_facts(again);
}

static void
keep(const char *label, const char *xml)
{
    const char *folder = g_getenv("ADDRESS_LIVE_KEEP");

    if (folder == NULL)
        return;
    g_autofree char *path = g_strdup_printf("%s/%s.xml", folder, label);
    g_file_set_contents(path, xml, -1, NULL);
}

/* Guests that libvirt would run out of memory over, or would define and never start or load. */
static gboolean
is_refused_first(const char *refusal)
{
    return strstr(refusal, "out of reach") != NULL || strstr(refusal, "never start it") != NULL ||
           strstr(refusal, "never load it again") != NULL;
}

/* Was libvirt's last refusal for what no plan tells? */
static gboolean
is_beyond(const AddressLive *live)
{
    const virError *error = virGetLastError();

    for (guint i = 0; error != NULL && live->beyond != NULL && live->beyond[i] != NULL; i++) {
        if (strstr(error->message, live->beyond[i]) != NULL)
            return TRUE;
    }
    return live_libvirt_is_lacking();
}

void
address_live_compare(AddressLive *live, const char *label, const char *xml)
{
    g_autofree char *refusal = NULL;
    g_autofree char *actual = planned_facts(live, xml, &refusal);

    if (actual == NULL && is_refused_first(refusal)) {
        live->n_refused++;
        return;
    }
    g_autofree char *expected = live_facts(live, xml);
    const virError *error = virGetLastError();

    if (expected == NULL && actual == NULL) {
        live->n_refused++;
        if (g_getenv("ADDRESS_LIVE_REASONS") != NULL)
            printf("both: %s\n   %s\n", error == NULL ? "?" : error->message, refusal);
        return;
    }
    if (expected != NULL && actual != NULL && strcmp(expected, actual) == 0) {
        live->n_equal++;
        return;
    }
    if (expected == NULL && is_beyond(live)) {
        live->n_beyond++;
        return;
    }
    live->n_different++;
    keep(label, xml);
    printf("%s:\n", label);
    if (expected == NULL)
        printf("  only libvirt refuses it: %s\n", error == NULL ? "?" : error->message);
    else if (actual == NULL)
        printf("  only the plan refuses it: %s\n", refusal);
    else
        address_facts_print_difference(expected, actual);
}
