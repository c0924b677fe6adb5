/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Random guests, planned here and defined on the installed libvirt: the same addresses, the same
 * controllers, and the same guests refused.
 *
 * Skips without a QEMU driver of libvirt.
 * ADDRESS_LIVE_GUESTS sets how many guests, and ADDRESS_LIVE_SEED the first seed; both are printed.
 * ADDRESS_LIVE_REASONS has the reasons printed why both refuse a guest; ADDRESS_LIVE_MACHINE keeps
 * to one machine type. A guest that differs is written to the folder that ADDRESS_LIVE_KEEP names.
 */

#include "address_compare.h"
#include "domain_generator.h"
#include "live_libvirt.h"

#include <ingest/domain_devices_reader.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <planner/address.h>
#include <reports/domain_writer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define DEFAULT_GUESTS 60

/* The machines that are tried in turn, where their emulator is installed. */
static const struct {
    const char *arch, *program, *machine;
} machines[] = {
    {"x86_64", "qemu-system-x86_64", "pc-i440fx-7.2"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-7.2"},
    {"x86_64", "qemu-system-x86_64", "pc-i440fx-2.12"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-5.2"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-7.2"},
    {"x86_64", "qemu-system-x86_64", "isapc"},
    {"x86_64", "qemu-system-x86_64", "microvm"},
    {"aarch64", "qemu-system-aarch64", "virt-7.2"},
    {"ppc64", "qemu-system-ppc64", "pseries-7.2"},
    {"riscv64", "qemu-system-riscv64", "virt"},
    {"s390x", "qemu-system-s390x", "s390-ccw-virtio-7.2"},
    {"armv7l", "qemu-system-arm", "versatilepb"},
    {"ppc64", "qemu-system-ppc64", "mac99"},
};

typedef struct {
    virConnectPtr connection;
    guint version;
    const char *machine; /* only this one; NULL: all */
    const char *keep;
    char *capabilities;   /* of the driver, as text */
    gboolean has_reasons; /* say why guests are refused by both */
    guint n_equal, n_refused, n_lacking, n_different;
} Live;

/* What libvirt makes of XML, as facts; NULL when it refuses it. */
static char *
live_facts(const Live *live, const char *xml)
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
planned_facts(const Live *live, const char *xml, char **ret_refusal)
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
keep(const Live *live, guint32 seed, const char *xml)
{
    if (live->keep == NULL)
        return;
    g_autofree char *path = g_strdup_printf("%s/%u.xml", live->keep, seed);
    g_file_set_contents(path, xml, -1, NULL);
}

/* The emulator that libvirt would start lists the machine of ROW. */
static gboolean
has_machine(const Live *live, guint row)
{
    g_autofree char *element = g_strdup_printf(">%s</machine>", machines[row].machine);

    return strstr(live->capabilities, element) != NULL;
}

static void
compare(Live *live, guint32 seed)
{
    guint row = seed % G_N_ELEMENTS(machines);
    g_autofree char *emulator = g_find_program_in_path(machines[row].program);
    g_autofree char *name = g_strdup_printf("virt-plan-test-%d", (int)getpid());
    DomainRecipe recipe = {.name = name,
                           .arch = machines[row].arch,
                           .machine = machines[row].machine,
                           .emulator = emulator,
                           .trouble = seed % 3 == 0 ? 60 : 4,
                           .oddity = seed % 4 == 0 ? 20 : 1,
                           .rarity = seed % 5 < 2 ? 500 : 50};

    if (emulator == NULL || !has_machine(live, row) ||
        (live->machine != NULL && strcmp(live->machine, recipe.machine) != 0))
        return;
    g_autofree char *xml = domain_generate(seed, &recipe);
    g_autofree char *refusal = NULL;
    g_autofree char *expected = live_facts(live, xml);
    g_autofree char *actual = planned_facts(live, xml, &refusal);
    const virError *error = virGetLastError();

    if (expected == NULL && actual == NULL) {
        live->n_refused++;
        if (live->has_reasons)
            printf("both: %s\n   %s\n", error == NULL ? "?" : error->message, refusal);
        return;
    }
    if (expected != NULL && actual != NULL && strcmp(expected, actual) == 0) {
        live->n_equal++;
        return;
    }
    if (expected == NULL && live_libvirt_is_lacking()) {
        live->n_lacking++;
        return;
    }
    live->n_different++;
    keep(live, seed, xml);
    printf("seed %u, %s:\n", seed, recipe.machine);
    if (expected == NULL)
        printf("  only libvirt refuses it: %s\n", error == NULL ? "?" : error->message);
    else if (actual == NULL)
        printf("  only the plan refuses it: %s\n", refusal);
    else
        address_facts_print_difference(expected, actual);
}

static guint
setting(const char *name, guint otherwise)
{
    const char *text = g_getenv(name);

    return text == NULL ? otherwise : (guint)g_ascii_strtoull(text, NULL, 10);
}

int
main(void)
{
    Live live = {.keep = g_getenv("ADDRESS_LIVE_KEEP"),
                 .machine = g_getenv("ADDRESS_LIVE_MACHINE"),
                 .has_reasons = g_getenv("ADDRESS_LIVE_REASONS") != NULL};
    guint n = setting("ADDRESS_LIVE_GUESTS", DEFAULT_GUESTS);
    guint seed = setting("ADDRESS_LIVE_SEED", 1);
    gulong version = 0;

    live.connection = live_libvirt_open_qemu();
    if (live.connection == NULL || virConnectGetLibVersion(live.connection, &version) != 0) {
        printf("skipped: no libvirt with a QEMU driver answers\n");
        return EXIT_SKIP;
    }
    live.version = ADDRESS_VERSION((guint)(version / 1000000), (guint)(version / 1000 % 1000));
    live.capabilities = virConnectGetCapabilities(live.connection);
    g_assert(live.capabilities != NULL);
    printf("%u guests from seed %u, libvirt %lu\n", n, seed, version);
    for (guint i = 0; i < n; i++)
        compare(&live, seed + i);
    printf("%u equal, %u refused by both, %u refused for what QEMU lacks, %u different\n",
           live.n_equal, live.n_refused, live.n_lacking, live.n_different);
    free(live.capabilities);
    live_libvirt_close(live.connection);
    return live.n_different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
