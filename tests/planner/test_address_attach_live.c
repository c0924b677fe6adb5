/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Random devices, attached to and detached from random guests' definitions here and on the
 * installed libvirt: the same addresses and controllers, and the same devices refused.
 *
 * Skips without a QEMU driver of libvirt; machines whose emulator is not installed are left out.
 * ADDRESS_LIVE_GUESTS sets how many guests, and ADDRESS_LIVE_SEED the first seed; both are printed.
 */

#include "address_compare.h"
#include "domain_generator.h"
#include "live_libvirt.h"

#include <ingest/domain_devices_reader.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <planner/hotplug.h>
#include <reports/domain_edit.h>
#include <reports/domain_writer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define DEFAULT_GUESTS 60
#define DONOR_SEED 100000 /* guests from there on give their devices away */

static const struct {
    const char *arch, *program, *machine;
} machines[] = {
    {"x86_64", "qemu-system-x86_64", "pc-i440fx-7.2"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-7.2"},
    {"x86_64", "qemu-system-x86_64", "pc-i440fx-2.12"},
    {"x86_64", "qemu-system-x86_64", "pc-q35-5.2"},
    {"aarch64", "qemu-system-aarch64", "virt-7.2"},
    {"ppc64", "qemu-system-ppc64", "pseries-7.2"},
    {"s390x", "qemu-system-s390x", "s390-ccw-virtio-7.2"},
};

typedef struct {
    virConnectPtr connection;
    guint version;
    guint n_equal, n_refused, n_lacking, n_different, n_undefined;
    guint n_detached, n_stuck; /* libvirt detaches it, and not */
} Live;

/* What libvirt makes of ELEMENT attached to DOMAIN; NULL when it refuses it. */
static char *
live_facts(virDomainPtr domain, const char *element)
{
    if (virDomainAttachDeviceFlags(domain, element, VIR_DOMAIN_AFFECT_CONFIG) != 0)
        return NULL;
    char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    char *facts = address_facts_of_text(xml);
    free(xml);
    return facts;
}

/* libvirt reads a definition again before it changes it, which may complete it. */
static char *
loaded(const char *xml, const AddressOptions *options, Finding **ret_refusal)
{
    AddressOptions load = *options;
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(xml, strlen(xml), &refusal);

    load.is_load = TRUE;
    if (devices != NULL)
        refusal = address_plan_guest(devices, &load);
    if (refusal != NULL) {
        *ret_refusal = refusal;
        return NULL;
    }
    return g_string_free(domain_write(xml, strlen(xml), devices), FALSE);
}

/* The same here; REFUSAL says why not. */
static char *
planned_facts(const Live *live, const char *stored, const char *element, char **ret_refusal)
{
    AddressOptions options = {.libvirt_version = live->version};
    Finding *refusal = NULL;
    guint32 offset = 0;
    g_autofree char *xml = loaded(stored, &options, &refusal);
    if (xml == NULL) {
        *ret_refusal = finding_format(refusal);
        finding_free(refusal);
        return NULL;
    }
    g_autoptr(DomainDevices) guest = domain_devices_read(xml, strlen(xml), &refusal);
    g_autoptr(Device) device = domain_device_read(element, strlen(element), &refusal);

    g_assert(guest != NULL);
    if (device != NULL)
        refusal = hotplug_check(guest, device, &options, FALSE);
    if (refusal == NULL) {
        g_autoptr(GString) text =
            domain_edit_insert(xml, strlen(xml), guest, device->kind, element, &offset);
        g_autoptr(DomainDevices) both = domain_devices_read(text->str, text->len, &refusal);

        if (both != NULL)
            refusal =
                hotplug_attach(both, domain_devices_find_place(both, offset), &options, FALSE);
        if (refusal == NULL) {
            g_autoptr(GString) out = domain_write(text->str, text->len, both);

            return address_facts_of_text(out->str);
        }
    }
    *ret_refusal = finding_format(refusal);
    finding_free(refusal);
    return NULL;
}

/* A device out of the guest of SEED, as text. */
static char *
choose_element(guint32 seed, const DomainRecipe *guest)
{
    DomainRecipe recipe = *guest;

    recipe.trouble = seed % 5 == 0 ? 100 : 0;
    recipe.oddity = seed % 7 == 0 ? 50 : 0;
    recipe.rarity = seed % 2 == 0 ? 900 : 0;
    g_autofree char *xml = domain_generate(seed, &recipe);
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(xml, strlen(xml), &refusal);

    if (devices == NULL || devices->owned->len == 0) {
        g_clear_pointer(&refusal, finding_free);
        return g_strdup("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>");
    }
    const Device *device = g_ptr_array_index(devices->owned, seed % devices->owned->len);
    return g_strndup(xml + device->place.begin, device->place.end - device->place.begin);
}

static void
attach(Live *live, virDomainPtr domain, guint32 seed, const DomainRecipe *recipe)
{
    char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    g_autofree char *element = choose_element(DONOR_SEED + seed, recipe);
    g_autofree char *refusal = NULL;
    g_autofree char *actual = planned_facts(live, xml, element, &refusal);
    g_autofree char *expected = live_facts(domain, element);
    const virError *error = virGetLastError();

    free(xml);
    if (expected == NULL && actual == NULL) {
        live->n_refused++;
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
    printf("seed %u, %s: %s\n", seed, recipe->machine, element);
    if (expected == NULL)
        printf("  only libvirt refuses it: %s\n", error == NULL ? "?" : error->message);
    else if (actual == NULL)
        printf("  only the plan refuses it: %s\n", refusal);
    else
        address_facts_print_difference(expected, actual);
}

/* ---- detaching ------------------------------------------------------------------------------ */

/* Kinds that libvirt detaches from a definition. */
static gboolean
can_leave(const Device *device)
{
    static const DeviceKind kinds[] = {
        DEVICE_DISK,   DEVICE_INTERFACE, DEVICE_SOUND,      DEVICE_HOSTDEV, DEVICE_CONTROLLER,
        DEVICE_SERIAL, DEVICE_CHANNEL,   DEVICE_FILESYSTEM, DEVICE_RNG,     DEVICE_MEMORY,
        DEVICE_INPUT,  DEVICE_SHMEM,     DEVICE_WATCHDOG,   DEVICE_VSOCK,   DEVICE_REDIRDEV,
    };

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (device->kind == kinds[i])
            return TRUE;
    }
    return FALSE;
}

static Device *
choose_leaving(const DomainDevices *devices, guint32 seed)
{
    for (guint i = 0; i < devices->owned->len; i++) {
        Device *device = g_ptr_array_index(devices->owned, (seed + i) % devices->owned->len);

        if (device->place.line != 0 && can_leave(device))
            return device;
    }
    return NULL;
}

/* The guest of XML without LEAVING, planned again; NULL when it is refused. */
static char *
planned_rest(const Live *live, const char *xml, const DomainDevices *devices, Device *leaving)
{
    const AddressOptions options =
        hotplug_leaving_options(&(AddressOptions){.libvirt_version = live->version});
    Finding *refusal = NULL;
    g_autoptr(GPtrArray) all = hotplug_leaving(devices, leaving);
    GString *rest = domain_edit_remove(xml, strlen(xml), all);
    g_autofree char *text = g_string_free(rest, FALSE);
    g_autoptr(DomainDevices) left = domain_devices_read(text, strlen(text), &refusal);

    if (left != NULL)
        refusal = address_plan_guest(left, &options);
    if (refusal != NULL) {
        printf("  the rest is refused: %s\n", refusal->text);
        finding_free(refusal);
        return NULL;
    }
    g_autoptr(GString) out = domain_write(text, strlen(text), left);
    return address_facts_of_text(out->str);
}

/*
 * libvirt lists controllers as it holds them, and only when it reads them next as they are written.
 */
static void
forget_order(char *facts)
{
    char *order = facts == NULL ? NULL : strstr(facts, "order:");

    if (order != NULL)
        *order = '\0';
}

static void
detach(Live *live, virDomainPtr domain, guint32 seed, const char *machine)
{
    char *stored = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    AddressOptions options = {.libvirt_version = live->version};
    Finding *refusal = NULL;
    g_autofree char *xml = loaded(stored, &options, &refusal);
    g_autoptr(DomainDevices) devices =
        xml == NULL ? NULL : domain_devices_read(xml, strlen(xml), &refusal);

    /* Planning tells which console stands for a serial port. */
    options.is_load = TRUE;
    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    Device *leaving = devices == NULL || refusal != NULL ? NULL : choose_leaving(devices, seed);
    free(stored);
    finding_free(refusal);
    if (leaving == NULL)
        return;
    g_autofree char *element =
        g_strndup(xml + leaving->place.begin, leaving->place.end - leaving->place.begin);
    if (!live_libvirt_detach(domain, element)) {
        live->n_stuck++;
        return;
    }
    char *after = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    g_autofree char *expected = address_facts_of_text(after);
    g_autofree char *actual = planned_rest(live, xml, devices, leaving);
    free(after);
    forget_order(expected);
    forget_order(actual);
    if (g_strcmp0(expected, actual) == 0) {
        live->n_detached++;
        return;
    }
    live->n_different++;
    printf("seed %u, %s, detached: %s\n", seed, machine, element);
    if (actual != NULL)
        address_facts_print_difference(expected, actual);
}

static void
compare(Live *live, guint32 seed)
{
    g_autofree char *name = g_strdup_printf("virt-plan-attach-%d", (int)getpid());
    guint row = seed % G_N_ELEMENTS(machines);
    g_autofree char *emulator = g_find_program_in_path(machines[row].program);
    DomainRecipe recipe = {.name = name,
                           .arch = machines[row].arch,
                           .machine = machines[row].machine,
                           .emulator = emulator,
                           .rarity = seed % 4 == 0 ? 300 : 0};

    if (emulator == NULL)
        return;
    g_autofree char *xml = domain_generate(seed, &recipe);
    virDomainPtr domain = virDomainDefineXML(live->connection, xml);

    if (domain == NULL) {
        live->n_undefined++;
        return;
    }
    attach(live, domain, seed, &recipe);
    detach(live, domain, seed, recipe.machine);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM);
    virDomainFree(domain);
}

int
main(void)
{
    Live live = {0};
    guint n = live_libvirt_setting("ADDRESS_LIVE_GUESTS", DEFAULT_GUESTS);
    guint seed = live_libvirt_setting("ADDRESS_LIVE_SEED", 1);
    gulong version = 0;

    live.connection = live_libvirt_open_qemu();
    if (live.connection == NULL || virConnectGetLibVersion(live.connection, &version) != 0) {
        printf("skipped: no libvirt with a QEMU driver answers\n");
        return EXIT_SKIP;
    }
    live.version = (guint)version;
    printf("%u guests from seed %u, libvirt %lu\n", n, seed, version);
    for (guint i = 0; i < n; i++)
        compare(&live, seed + i);
    printf("%u equal, %u refused by both, %u refused for what QEMU lacks, %u different; %u guests "
           "were refused\n",
           live.n_equal, live.n_refused, live.n_lacking, live.n_different, live.n_undefined);
    printf("%u detached alike, %u that libvirt does not detach\n", live.n_detached, live.n_stuck);
    live_libvirt_close(live.connection);
    return live.n_different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
