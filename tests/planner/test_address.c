/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The address plan: what it must never do, whatever the guest, and what it answers to chosen ones.
 *
 * The laws are tried on random guests; a failure prints the seed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "address_compare.h"
#include "domain_generator.h"

#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <reports/domain_writer.h>
#include <string.h>

#define N_RANDOM_GUESTS 400

/* The text with its plan written in; NULL and the message when it is refused. */
static char *
plan_text(const char *text, const AddressOptions *options, char **ret_refusal)
{
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, options);
    if (refusal != NULL) {
        if (ret_refusal != NULL)
            *ret_refusal = finding_format(refusal);
        finding_free(refusal);
        return NULL;
    }
    return g_string_free(domain_write(text, strlen(text), devices), FALSE);
}

static DomainDevices *
read_devices(const char *text)
{
    Finding *refusal = NULL;
    DomainDevices *devices = domain_devices_read(text, strlen(text), &refusal);

    if (devices == NULL)
        fail_msg("line %u: %s", refusal->line, refusal->text);
    return devices;
}

/* ---- laws ----------------------------------------------------------------------------------- */

/* Every PCI and USB address at most once; a load does not look at USB when a port is open. */
static void
assert_unique(const DomainDevices *devices, gboolean is_load, guint32 seed)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        char *address = device_address_format(&device->address);

        if (address == NULL)
            continue;
        if (device->address.type != ADDRESS_PCI &&
            (device->address.type != ADDRESS_USB || is_load)) {
            g_free(address);
            continue;
        }
        if (!g_hash_table_add(seen, address))
            fail_msg("seed %u: two devices at %s", seed, address);
    }
}

/* What was written stays, but for a bus that only came to be with the plan. */
static void
assert_unmoved(const DomainDevices *devices, guint32 seed)
{
    for (guint i = 0; i < devices->owned->len; i++) {
        const Device *device = g_ptr_array_index(devices->owned, i);
        DeviceAddress written = device->written;

        if (!device_address_is_pci_present(&written) && !device_address_is_usb_present(&written) &&
            written.type != ADDRESS_DRIVE)
            continue;
        if (written.type == ADDRESS_PCI && device->address.type == ADDRESS_PCI) {
            written.pci.multifunction = device->address.pci.multifunction;
            if (device->address.pci.bus == written.pci.bus + 1)
                written.pci.bus++;
        }
        if (!device_address_equal(&written, &device->address))
            fail_msg("seed %u: the device of line %u moved", seed, device->place.line);
    }
}

static void
check_laws(guint32 seed, const AddressOptions *options, guint *n_planned)
{
    static const char *const machines[] = {"pc-i440fx-7.2", "pc-q35-7.2"};
    DomainRecipe recipe = {
        .name = "law", .machine = machines[seed % 2], .trouble = 10, .oddity = seed % 4 == 0};
    g_autofree char *text = domain_generate(seed, &recipe);
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, options);
    if (refusal != NULL) {
        finding_free(refusal);
        return;
    }
    (*n_planned)++;
    assert_unique(devices, options->is_load, seed);
    assert_unmoved(devices, seed);
    g_autoptr(GString) once = domain_write(text, strlen(text), devices);
    g_autofree char *twice = plan_text(once->str, options, NULL);
    if (twice == NULL || strcmp(once->str, twice) != 0)
        fail_msg("seed %u: planning twice is not planning once", seed);
}

static void
test_planning_moves_nobody_and_twice_changes_nothing(void **state)
{
    const AddressOptions options[] = {
        {0},
        {.libvirt_version = VERSION_NUMBER(9, 0)},
        {.is_load = TRUE},
        {.spare_ports = 3, .reserved_slots = 3},
    };
    guint n_planned = 0;

    (void)state;
    for (guint32 seed = 1; seed <= N_RANDOM_GUESTS; seed++)
        check_laws(seed, &options[seed / 2 % G_N_ELEMENTS(options)], &n_planned);
    assert_true(n_planned > N_RANDOM_GUESTS / 3);
}

/* Forgetting every planned address and planning again with what was kept changes nothing. */
static void
test_planned_addresses_are_found_again(void **state)
{
    guint n_planned = 0;

    (void)state;
    for (guint32 seed = 1; seed <= N_RANDOM_GUESTS / 4; seed++) {
        DomainRecipe recipe = {.name = "kept", .machine = "pc-q35-7.2"};
        g_autofree char *text = domain_generate(seed, &recipe);
        AddressOptions options = {0};
        g_autoptr(DomainDevices) first = read_devices(text);
        g_autoptr(DomainDevices) second = read_devices(text);
        Finding *refusal = address_plan_guest(first, &options);

        if (refusal != NULL) {
            finding_free(refusal);
            continue;
        }
        KeptAddresses kept = {.addresses = address_list(first)};
        options.kept = &kept;
        refusal = address_plan_guest(second, &options);
        if (refusal != NULL)
            fail_msg("seed %u: %s", seed, refusal->text);
        g_autofree char *before = address_facts(first);
        g_autofree char *after = address_facts(second);
        if (strcmp(before, after) != 0)
            fail_msg("seed %u:\n%s\nbecame\n%s", seed, before, after);
        g_array_unref(kept.addresses);
        n_planned++;
    }
    assert_true(n_planned > N_RANDOM_GUESTS / 12);
}

/* ---- chosen guests -------------------------------------------------------------------------- */

#define GUEST(arch, machine, devices)                                                              \
    "<domain type='kvm'>\n<os><type arch='" arch "' machine='" machine                             \
    "'>hvm</type></os>\n<devices>\n" devices "\n</devices>\n</domain>\n"
#define DOMAIN(machine, devices) GUEST("x86_64", machine, devices)
#define HUB "<hub type='usb'/>"
#define HUB_AT(port) "<hub type='usb'><address type='usb' bus='0' port='" port "'/></hub>"

static void
test_disk_keeps_its_address_when_another_goes(void **state)
{
    static const char both[] =
        DOMAIN("pc-q35-8.0", "<disk><target dev='vda' bus='virtio'/></disk>"
                             "<disk><target dev='vdb' bus='virtio'/></disk>");
    static const char one[] = DOMAIN("pc-q35-8.0", "<disk><target dev='vdb' bus='virtio'/></disk>");
    AddressOptions options = {0};
    g_autoptr(DomainDevices) first = read_devices(both);
    g_autoptr(DomainDevices) second = read_devices(one);

    (void)state;
    assert_null(address_plan_guest(first, &options));
    KeptAddresses kept = {.addresses = address_list(first)};
    options.kept = &kept;
    assert_null(address_plan_guest(second, &options));
    const Device *before = domain_devices_get(first, DEVICE_DISK, 1);
    const Device *after = domain_devices_get(second, DEVICE_DISK, 0);
    assert_true(device_address_equal(&before->address, &after->address));
    g_array_unref(kept.addresses);
}

static void
test_spare_ports_are_as_many_as_asked_for(void **state)
{
    static const char text[] = DOMAIN("pc-q35-8.0", "<memballoon model='none'/>"
                                                    "<controller type='usb' model='none'/>");
    const AddressOptions options = {.spare_ports = 4};
    g_autoptr(DomainDevices) devices = read_devices(text);

    (void)state;
    assert_null(address_plan_guest(devices, &options));
    for (gint i = 1; i <= 4; i++)
        assert_non_null(domain_devices_find_controller(devices, CONTROLLER_PCI, i));
    assert_null(domain_devices_find_controller(devices, CONTROLLER_PCI, 5));
}

static void
test_refusal_names_what_is_wrong(void **state)
{
    static const struct {
        const char *text, *message; /* message: how it begins */
    } cases[] = {
        {DOMAIN("pc-q35-8.0",
                "<sound model='ac97'><address type='pci' bus='9' slot='99'/></sound>"),
         "<address> has slot='99'"},
        {DOMAIN("pc-q35-8.0", "<disk><target dev='hda' bus='ide'/></disk>"),
         "this machine has no IDE controller"},
        {DOMAIN("pc-i440fx-8.0", "<rng model='virtio'><address type='pci' slot='7'/></rng>\n"
                                 "<rng model='virtio'><address type='pci' slot='7'/></rng>"),
         "the PCI address 0000:00:07.0 of <rng> is already in use"},
        {DOMAIN("pc-i440fx-8.0", "<disk><target dev='nvme0' bus='virtio'/></disk>"),
         "'nvme0' is no disk name"},
        {DOMAIN("isapc", "<memballoon model='virtio'/>"), "<memballoon> needs a PCI bus"},
        {DOMAIN("pc-q35-8.0", "<controller type='pci' model='pcie-root-port'/>"),
         "PCI controller 0 of this machine must be pcie-root"},
        {DOMAIN("pc-q35-8.0", "<controller type='usb' index='5' model='none'/>"),
         "libvirt can define this guest but never start it: USB is disabled"},
        {DOMAIN("pc-i440fx-8.0", HUB HUB HUB_AT("1")),
         "libvirt can define this guest but never load it again: a USB hub would be behind that at "
         "port 1 of bus 0, which comes later"},
        {DOMAIN("pc-i440fx-8.0", HUB_AT("1.1") HUB_AT("1")),
         "there is no USB hub at port 1 of bus 0"},
        {DOMAIN("pc-i440fx-8.0", HUB_AT("1.0.17")), "there is no USB hub at port 1 of bus 0"},
        {DOMAIN("pc-i440fx-8.0", HUB_AT("1") HUB_AT("1.0.17")),
         "port 0 is out of the USB hub's range 1 to 8"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const AddressOptions options = {0};
        g_autofree char *refusal = NULL;
        g_autofree char *text = plan_text(cases[i].text, &options, &refusal);

        if (text != NULL)
            fail_msg("case %u was not refused", i);
        if (!g_str_has_prefix(refusal, cases[i].message))
            fail_msg("case %u: %s", i, refusal);
    }
}

/* 58 PCI devices and three slots, and the one that libvirt keeps, are two buses' 62. */
static void
test_reserved_slots_that_fill_the_buses_get_one_more(void **state)
{
    static const char text[] = DOMAIN(
        "pc-i440fx-8.0",
        "<disk><target dev='sdb' bus='scsi'/><address type='drive' controller='36'/></disk>"
        "<disk><target dev='sdl' bus='sata'/><address type='drive' controller='18'/></disk>");
    const AddressOptions options = {.reserved_slots = 3};
    g_autofree char *refusal = NULL;
    g_autofree char *once = plan_text(text, &options, &refusal);

    (void)state;
    assert_non_null(once);
    assert_non_null(strstr(once, "<controller type='pci' index='2' model='pci-bridge'>"));
    g_autofree char *twice = plan_text(once, &options, &refusal);
    assert_string_equal(once, twice);
}

/* A hub's place is one only once it is plugged in. */
static void
test_hubs_are_plugged_in_one_after_the_other(void **state)
{
    static const char *const texts[] = {
        DOMAIN("pc-i440fx-8.0", HUB_AT("1") HUB HUB),
        DOMAIN("pc-i440fx-8.0", HUB_AT("1") HUB_AT("1.1") HUB_AT("2.0.0")),
        DOMAIN("pc-i440fx-8.0", HUB HUB_AT("1")),
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        const AddressOptions options = {0};
        g_autofree char *refusal = NULL;
        g_autofree char *text = plan_text(texts[i], &options, &refusal);

        if (text == NULL)
            fail_msg("case %u: %s", i, refusal);
    }
}

static void
test_refusal_names_the_line_of_its_address(void **state)
{
    static const char text[] = DOMAIN("pc-i440fx-8.0", "<!-- a comment\n over lines -->\n"
                                                       "<watchdog model='i6300esb'>\n"
                                                       "<address type='pci' slot='0x40'/>"
                                                       "</watchdog>");
    Finding *refusal = NULL;

    (void)state;
    assert_null(domain_devices_read(text, strlen(text), &refusal));
    assert_int_equal(refusal->line, 7);
    finding_free(refusal);
}

/* What a guest's plan has before a version of libvirt, and has since. */
typedef struct {
    const char *text;
    guint before, since;   /* versions */
    const char *old, *new; /* what is found in the plan; NULL: it is refused */
} VersionCase;

static void
assert_version_change(const VersionCase *one, gboolean is_new)
{
    const char *expected = is_new ? one->new : one->old;
    const AddressOptions options = {.libvirt_version = is_new ? one->since : one->before};
    g_autofree char *refusal = NULL;
    g_autofree char *text = plan_text(one->text, &options, &refusal);

    if (expected == NULL ? text != NULL : text == NULL || strstr(text, expected) == NULL)
        fail_msg("%s: %s", one->text, text == NULL ? refusal : text);
    if (is_new && text != NULL && one->old != NULL && strcmp(one->old, expected) != 0 &&
        strstr(text, one->old) != NULL)
        fail_msg("%s still has %s: %s", one->text, one->old, text);
}

static void
assert_version_changes(const VersionCase *cases, guint n)
{
    for (guint i = 0; i < n; i++) {
        assert_version_change(&cases[i], FALSE);
        assert_version_change(&cases[i], TRUE);
    }
}

static void
test_devices_change_at_the_right_version(void **state)
{
    static const VersionCase cases[] = {
        {DOMAIN("pc-q35-8.0", "<interface type='user'><model type='usb-net'/></interface>"),
         VERSION_NUMBER(10, 2), VERSION_NUMBER(10, 3), NULL, "<address type='usb'"},
        {DOMAIN("pc-q35-8.0", "<sound model='virtio'/>"), VERSION_NUMBER(10, 3),
         VERSION_NUMBER(10, 4), NULL, "<sound model='virtio'>"},
        {DOMAIN("pc-i440fx-8.0", "<sound model='usb'/><hostdev mode='subsystem' type='usb'>"
                                 "<source/></hostdev>"),
         VERSION_NUMBER(10, 2), VERSION_NUMBER(10, 3), "port='1'/></hostdev>",
         "port='2'/></hostdev>"},
        {DOMAIN("pc-q35-8.0", "<disk><target dev='nvme1n3' bus='nvme'/><serial>s</serial>"
                              "</disk><controller type='nvme' index='0'><serial>t</serial>"
                              "</controller>"),
         VERSION_NUMBER(11, 4), VERSION_NUMBER(11, 5), NULL,
         "controller='1' bus='0' target='0' unit='2'/></disk>"},
        {DOMAIN("pc-i440fx-8.0", "<pstore backend='acpi-erst'><address type='pci' slot='2'/>"
                                 "</pstore><sound model='ich6'/>"),
         VERSION_NUMBER(10, 5), VERSION_NUMBER(10, 6), "slot='0x02' function='0x0'/></sound>",
         "slot='0x03' function='0x0'/></sound>"},
        {DOMAIN("pc-q35-8.0", "<iommu model='amd'/>"), VERSION_NUMBER(11, 4), VERSION_NUMBER(11, 5),
         NULL, "<iommu model='amd'/>"},
        {GUEST("riscv64", "virt", "<rng model='virtio'/>"), VERSION_NUMBER(11, 8),
         VERSION_NUMBER(11, 9), "<memballoon", "<rng"},
        {DOMAIN("pc-q35-8.0", "<controller type='virtio-serial' index='5'/><console type='pty'>"
                              "<target type='virtio'/><address type='virtio-serial' "
                              "controller='5'/></console>"),
         VERSION_NUMBER(11, 10), VERSION_NUMBER(12, 0), NULL, "<console"},
        {DOMAIN("pc-q35-8.0", "<disk><target dev='nvme0n1' bus='nvme'/><serial>s</serial></disk>"),
         VERSION_NUMBER(12, 5), VERSION_NUMBER(12, 6), "pcie-to-pci-bridge",
         "<controller type='nvme' index='0'>\n    <address type='pci' domain='0x0000' bus='0x02' "
         "slot='0x00'"},
    };

    (void)state;
    assert_version_changes(cases, G_N_ELEMENTS(cases));
}

static void
test_controllers_change_at_the_right_version(void **state)
{
    static const VersionCase cases[] = {
        {"<domain type='kvm'><os><type arch='aarch64' machine='virt-8.0'>hvm</type></os><devices>"
         "<controller type='scsi' index='0'/></devices></domain>",
         VERSION_NUMBER(11, 5), VERSION_NUMBER(11, 6), "model='lsilogic'", "model='virtio-scsi'"},
        {GUEST("ppc64", "pseries", "<disk device='floppy'><target dev='fda'/></disk>"),
         VERSION_NUMBER(11, 3), VERSION_NUMBER(11, 4), "<controller type='fdc'", NULL},
        {DOMAIN("pc-q35-8.0", "<controller type='pci' model='pcie-root'/>"
                              "<controller type='pci' model='pcie-to-pci-bridge'/>"),
         VERSION_NUMBER(11, 10), VERSION_NUMBER(12, 0), NULL, "index='2' model='pcie-root-port'"},
        {DOMAIN("pc-q35-8.0", "<controller type='scsi' index='1' model='virtio-scsi'/>"
                              "<controller type='scsi' index='0'/>"),
         VERSION_NUMBER(12, 5), VERSION_NUMBER(12, 6), "index='0' model='lsilogic'",
         "index='0' model='virtio-scsi'"},
        {GUEST("ppc64", "pseries",
               "<controller type='scsi' index='1' model='virtio-scsi'/>"
               "<controller type='scsi' index='0'/>"),
         VERSION_NUMBER(12, 5), VERSION_NUMBER(12, 6), "index='0' model='ibmvscsi'",
         "index='0' model='ibmvscsi'"},
    };

    (void)state;
    assert_version_changes(cases, G_N_ELEMENTS(cases));
}

static void
test_machines_and_their_usb_change_at_the_right_version(void **state)
{
    static const VersionCase cases[] = {
        {DOMAIN("microvm", ""), VERSION_NUMBER(11, 8), VERSION_NUMBER(11, 9), NULL, "microvm"},
        {DOMAIN("isapc", ""), VERSION_NUMBER(11, 8), VERSION_NUMBER(11, 9), NULL, "isapc"},
        {GUEST("riscv64", "virt", "<controller type='usb'/>"), VERSION_NUMBER(11, 8),
         VERSION_NUMBER(11, 9), "model='piix3-uhci'", "model='qemu-xhci'"},
        {GUEST("armv7l", "versatilepb", ""), VERSION_NUMBER(11, 8), VERSION_NUMBER(11, 9),
         "model='pci-ohci'", "model='qemu-xhci'"},
        {GUEST("aarch64", "sbsa-ref", "<watchdog model='i6300esb'/>"), VERSION_NUMBER(11, 8),
         VERSION_NUMBER(11, 9), "<watchdog model='i6300esb'/>", NULL},
        {GUEST("alpha", "clipper", ""), VERSION_NUMBER(11, 8), VERSION_NUMBER(11, 9),
         "model='piix3-uhci'", "model='pci-ohci'"},
        {GUEST("armv7l", "realview-eb", ""), VERSION_NUMBER(11, 8), VERSION_NUMBER(11, 9),
         "model='pci-ohci'/>", "model='qemu-xhci'>"},
        {GUEST("armv7l", "vexpress-a9", "<controller type='usb'/>"), VERSION_NUMBER(11, 8),
         VERSION_NUMBER(11, 9), "model='piix3-uhci'", NULL},
        {DOMAIN("isapc", "<memballoon model='none'/><controller type='pci' model='pci-root'/>"),
         VERSION_NUMBER(11, 8), VERSION_NUMBER(11, 9), "model='pci-root'", NULL},
    };

    (void)state;
    assert_version_changes(cases, G_N_ELEMENTS(cases));
}

/* Models that say nothing about the place, and elements that are no devices, refuse nothing. */
static void
test_what_says_nothing_about_a_place_is_accepted(void **state)
{
    static const struct {
        const char *text, *found;
    } cases[] = {
        {DOMAIN("pc-i440fx-8.0", "<disk device='cdrom' model='usb-bot'>"
                                 "<target dev='sda' bus='usb'/></disk>"),
         "<address type='usb' bus='0' port='1'/></disk>"},
        {DOMAIN("pc-i440fx-8.0", "<disk model='usb-storage'><target dev='sda' bus='usb'/></disk>"),
         "<address type='usb' bus='0' port='1'/></disk>"},
        {DOMAIN("microvm", "<memballoon model='none'/><controller type='usb' model='none'/>"),
         "model='none'"},
        {DOMAIN("pc-i440fx-8.0", "<lease><key>k</key></lease><graphics type='rdp'/>"
                                 "<audio id='1' type='dbus'/><redirfilter><usbdev allow='no'/>"
                                 "</redirfilter><memballoon model='none'/>"),
         "<model type='cirrus'"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const AddressOptions options = {0};
        g_autofree char *refusal = NULL;
        g_autofree char *text = plan_text(cases[i].text, &options, &refusal);

        if (text == NULL || strstr(text, cases[i].found) == NULL)
            fail_msg("case %u: %s", i, text == NULL ? refusal : text);
    }
}

static void
test_guest_that_lacks_nothing_comes_out_byte_for_byte(void **state)
{
    static const char *const texts[] = {
        DOMAIN("isapc", "<memballoon model='none'/>"),
        "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- <devices> -->\r\n"
        "<domain type = \"kvm\" >\r\n\t<os><type machine='isapc'\r\n "
        "arch=\"x86_64\">hvm</type></os>"
        "\r\n<devices ><memballoon  model = 'none' ></memballoon ></devices>\r\n</domain>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><domain><title>gr\xfcn</title><os><type "
        "arch='x86_64' machine='isapc'>hvm</type></os><devices><memballoon model='none'/>"
        "</devices></domain>",
        "<domstatus state='running'><domain><description><![CDATA[<disk> & ]] ></devices>]]>"
        "</description><metadata><a:disk xmlns:a='urn:a'>&#x41;&amp;&lt;</a:disk></metadata><os>"
        "<type arch='x86_64' machine='isap&#99;'>hvm</type></os><devices><unknown a='>'/><!-- "
        "<disk/> --><?pi <disk ?><memballoon model='none'/></devices></domain></domstatus>\n",
        "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><os><type arch='x86_64' "
        "machine='isapc'>hvm</type></os><qemu:commandline><qemu:arg value='-disk'/>"
        "</qemu:commandline><devices><memballoon model='none'/></devices><!-- end --></domain>\n\n",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        const AddressOptions options = {0};
        g_autofree char *refusal = NULL;
        g_autofree char *text = plan_text(texts[i], &options, &refusal);

        if (text == NULL)
            fail_msg("text %u: %s", i, refusal);
        assert_string_equal(text, texts[i]);
    }
}

/* What libvirt adds by itself cannot be removed, so the remedy says what to write. */
static void
test_remedy_for_what_libvirt_adds_says_what_to_write(void **state)
{
    const AddressOptions options = {.libvirt_version = VERSION_NUMBER(11, 8)};
    g_autofree char *balloon = NULL, *usb = NULL;

    (void)state;
    assert_null(plan_text(DOMAIN("isapc", ""), &options, &balloon));
    assert_non_null(strstr(balloon, "<memballoon model='none'/>"));
    assert_null(plan_text(DOMAIN("microvm", "<memballoon model='none'/>"), &options, &usb));
    assert_non_null(strstr(usb, "<controller type='usb' model='none'/>"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planning_moves_nobody_and_twice_changes_nothing),
        cmocka_unit_test(test_planned_addresses_are_found_again),
        cmocka_unit_test(test_disk_keeps_its_address_when_another_goes),
        cmocka_unit_test(test_spare_ports_are_as_many_as_asked_for),
        cmocka_unit_test(test_refusal_names_what_is_wrong),
        cmocka_unit_test(test_reserved_slots_that_fill_the_buses_get_one_more),
        cmocka_unit_test(test_hubs_are_plugged_in_one_after_the_other),
        cmocka_unit_test(test_refusal_names_the_line_of_its_address),
        cmocka_unit_test(test_devices_change_at_the_right_version),
        cmocka_unit_test(test_controllers_change_at_the_right_version),
        cmocka_unit_test(test_machines_and_their_usb_change_at_the_right_version),
        cmocka_unit_test(test_what_says_nothing_about_a_place_is_accepted),
        cmocka_unit_test(test_guest_that_lacks_nothing_comes_out_byte_for_byte),
        cmocka_unit_test(test_remedy_for_what_libvirt_adds_says_what_to_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
