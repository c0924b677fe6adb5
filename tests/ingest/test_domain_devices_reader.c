/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading a domain's devices: libvirt's order of lists, the places of elements to the byte, and
 * what is refused, with its line.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ingest/domain_devices_reader.h>
#include <string.h>

#define DOMAIN(devices)                                                                            \
    "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os>\n<devices>" devices                \
    "</devices></domain>"

static DomainDevices *
read_devices(const char *text)
{
    Finding *refusal = NULL;
    DomainDevices *devices = domain_devices_read(text, strlen(text), &refusal);

    if (devices == NULL)
        fail_msg("line %u: %s", refusal->line, refusal->text);
    return devices;
}

static void
test_devices_are_in_the_order_of_libvirt(void **state)
{
    static const struct {
        const char *text, *keys; /* of all devices, in libvirt's order */
    } cases[] = {
        /* Disks: buses by their first disk, names ascending inside. */
        {DOMAIN("<disk><target dev='vdb' bus='virtio'/></disk><disk><target dev='sda' bus='scsi'/>"
                "</disk><disk><target dev='vda' bus='virtio'/></disk>"),
         "disk/vda disk/vdb disk/sda"},
        /* Controllers: grouped by type, sorted by index, a master before its companions. */
        {DOMAIN("<controller type='usb' index='0' model='ich9-uhci1'/><controller type='scsi' "
                "index='1'/><controller type='usb' index='0' model='ich9-ehci1'/>"
                "<controller type='scsi' index='0'/>"),
         "controller/usb/0 controller/usb/0/ich9-uhci1 controller/scsi/0 controller/scsi/1"},
        /* The primary video comes first; interfaces of host devices are seen once. */
        {DOMAIN("<video><model type='qxl'/></video><video><model type='vga' primary='yes'/></video>"
                "<interface type='hostdev'><mac address='52:54:00:00:00:0A'/><source>"
                "<address type='pci' bus='1'/></source></interface>"),
         "interface/52:54:00:00:00:0a video/0 video/1"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DomainDevices) devices = read_devices(cases[i].text);
        g_autoptr(GString) keys = g_string_new(NULL);
        DeviceWalk walk;
        const Device *device;

        device_walk_init(&walk, devices);
        while ((device = device_walk_next(&walk)) != NULL) {
            g_autofree char *key = device_key(devices, device);

            g_string_append_printf(keys, "%s%s", keys->len > 0 ? " " : "", key);
        }
        assert_string_equal(keys->str, cases[i].keys);
    }
}

static void
test_places_are_those_of_elements_alone(void **state)
{
    static const char text[] =
        "<!-- <rng/> -->\n<domain><os><type>hvm</type></os>\n<devices><![CDATA["
        "<rng/>]]>\n<?rng <rng/> ?>\n"
        "<rng model='virtio' x='/>'\n >\n<address type='pci' slot='3' /></rng>"
        "</devices></domain>";
    g_autoptr(DomainDevices) devices = read_devices(text);
    const Device *rng = domain_devices_get(devices, DEVICE_RNG, 0);
    const ElementPlace *place = &rng->place;

    (void)state;
    assert_int_equal(domain_devices_n(devices, DEVICE_RNG), 1);
    assert_int_equal(place->line, 5);
    assert_memory_equal(text + place->begin, "<rng", 4);
    assert_memory_equal(text + place->tag_end - 4, "'/>'\n >", 7);
    assert_memory_equal(text + place->content_end, "</rng>", 6);
    assert_memory_equal(text + place->end, "</devices>", 10);
    assert_int_equal(rng->address_place.line, 7);
    assert_true(rng->address_place.is_empty);
    assert_int_equal(rng->address.pci.slot, 3);
}

static void
test_what_libvirt_refuses_is_refused_at_its_line(void **state)
{
    static const struct {
        const char *text;
        guint line;
        const char *message; /* how it begins */
    } cases[] = {
        {"", 1, "not well-formed XML"},
        {"<domain>", 1, "not well-formed XML"},
        {"<network/>", 1, "there is no <domain>"},
        {"<!DOCTYPE a [<!ENTITY b 'c'>]><domain/>", 0, "the document has a document type"},
        {"<domain/>", 1, "the domain has no <os> type"},
        {"<domain><os><type arch='z80'>hvm</type></os></domain>", 1, "there is no architecture"},
        {DOMAIN("\n<disk/>"), 3, "the disk has no target name"},
        {DOMAIN("<rng model='virtio'><address/></rng>"), 2, "the address of <rng> has no type"},
        {DOMAIN("<rng model='virtio'><address type='nowhere'/></rng>"), 2, "<address> has type="},
        {DOMAIN("<rng model='virtio'><address type='pci' slot='-1'/></rng>"), 2,
         "<address> has slot='-1'"},
        {DOMAIN("<rng model='virtio'><address type='pci' slot='99999999999999999999'/></rng>"), 2,
         "<address> has slot="},
        {DOMAIN("<controller type='pci' index='256' model='pci-bridge'/>"), 2,
         "PCI controller index 256"},
        {DOMAIN("<controller type='scsi' model='ich9-ehci1'/>"), 2, "there is no scsi controller"},
        {DOMAIN("<input/>"), 2, "<input> has no type"},
        {DOMAIN("<redirdev><address type='usb' port='1.2.3.4.5'/></redirdev>"), 2,
         "<address> has port="},
        {DOMAIN("<panic><address type='ccw' cssid='1'/></panic>"), 2, "the ccw address"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Finding *refusal = NULL;
        DomainDevices *devices =
            domain_devices_read(cases[i].text, strlen(cases[i].text), &refusal);

        if (devices != NULL)
            fail_msg("case %u was not refused", i);
        if (refusal->line != cases[i].line || !g_str_has_prefix(refusal->text, cases[i].message))
            fail_msg("case %u: line %u: %s", i, refusal->line, refusal->text);
        finding_free(refusal);
    }
}

/* A leading 0 is octal in PCI addresses, and hexadecimal needs no 0x in ISA and spapr-vio ones. */
static void
test_numbers_have_the_base_that_libvirt_reads(void **state)
{
    g_autoptr(DomainDevices) devices = read_devices(
        DOMAIN("<rng model='virtio'><address type='pci' bus='0x1f' slot='010' function='7'/></rng>"
               "<serial type='pty'><address type='isa' iobase='3f8' irq='0x4'/></serial>"
               "<nvram><address type='spapr-vio' reg='3000'/></nvram>"));
    const PciAddress *pci = &domain_devices_get(devices, DEVICE_RNG, 0)->address.pci;

    (void)state;
    assert_int_equal(pci->bus, 0x1f);
    assert_int_equal(pci->slot, 8);
    assert_int_equal(pci->function, 7);
    assert_int_equal(domain_devices_get(devices, DEVICE_SERIAL, 0)->address.isa.iobase, 0x3f8);
    assert_int_equal(domain_devices_get(devices, DEVICE_NVRAM, 0)->address.spapr_vio.reg, 0x3000);
}

static void
test_device_alone_is_read_or_refused(void **state)
{
    static const char text[] = "<disk type='file'><target dev='sdb' bus='sata'/></disk>";
    Finding *refusal = NULL;
    g_autoptr(Device) disk = domain_device_read(text, strlen(text), &refusal);

    (void)state;
    assert_non_null(disk);
    assert_string_equal(disk->disk.target, "sdb");
    assert_null(domain_device_read("<graphics/>", 11, &refusal));
    assert_non_null(refusal);
    finding_free(refusal);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices_are_in_the_order_of_libvirt),
        cmocka_unit_test(test_places_are_those_of_elements_alone),
        cmocka_unit_test(test_what_libvirt_refuses_is_refused_at_its_line),
        cmocka_unit_test(test_numbers_have_the_base_that_libvirt_reads),
        cmocka_unit_test(test_device_alone_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
