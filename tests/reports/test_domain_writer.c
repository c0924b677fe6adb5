/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writing a plan into a domain XML: only what was planned changes, in every layout, and the result
 * is the same to the byte.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <reports/domain_edit.h>
#include <reports/domain_writer.h>
#include <string.h>

typedef struct {
    const char *before, *after;
} Case;

static const Case cases[] = {
    /* Comments, order, unknown elements, namespaces and entities stay. */
    {"<?xml version='1.0'?>\n<!-- <disk/> -->\n<domain type='kvm' xmlns:q='urn:q'>\n"
     "  <name>a&amp;b</name>\n  <os><type arch='x86_64' machine=\"pc-i440fx-8.0\">hvm</type></os>\n"
     "  <devices>\n    <memballoon model='none'/>\n    <!-- root -->\n"
     "    <controller type='pci' index='0' model='pci-root'/>\n"
     "    <controller type='usb' index='0' model='none'/>\n"
     "    <rng model='virtio'>\n      <backend model='random' q:x='1>2'>/dev/random</backend>\n"
     "      <future/>\n    </rng>\n  </devices>\n  <q:commandline/>\n</domain>\n",
     "<?xml version='1.0'?>\n<!-- <disk/> -->\n<domain type='kvm' xmlns:q='urn:q'>\n"
     "  <name>a&amp;b</name>\n  <os><type arch='x86_64' machine=\"pc-i440fx-8.0\">hvm</type></os>\n"
     "  <devices>\n    <memballoon model='none'/>\n    <!-- root -->\n"
     "    <controller type='pci' index='0' model='pci-root'/>\n"
     "    <controller type='usb' index='0' model='none'/>\n"
     "    <rng model='virtio'>\n      <backend model='random' q:x='1>2'>/dev/random</backend>\n"
     "      <future/>\n"
     "      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>\n"
     "    </rng>\n  </devices>\n  <q:commandline/>\n</domain>\n"},
    /* Without line breaks none are made; an empty element is opened. */
    {"<domain type='kvm'><os><type machine='pc-i440fx-8.0'>hvm</type></os><devices>"
     "<controller type='pci' index='0' model='pci-root'/><controller type='usb' model='none'/>"
     "<memballoon model='virtio' /></devices></domain>",
     "<domain type='kvm'><os><type machine='pc-i440fx-8.0'>hvm</type></os><devices>"
     "<controller type='pci' index='0' model='pci-root'/>"
     "<controller type='usb' model='none' index='0'/>"
     "<memballoon model='virtio'><address type='pci' domain='0x0000' bus='0x00' slot='0x02' "
     "function='0x0'/></memballoon></devices></domain>"},
    /*
     * An empty wish is replaced, a model with the value 'auto' too; indentation is the document's.
     */
    {"<domain type='kvm'>\n\t<os>\n\t\t<type>hvm</type>\n\t</os>\n\t<devices>\n"
     "\t\t<controller type='pci' index='0' model='pci-root'/>\n"
     "\t\t<controller type='usb' index='0' model='none'/>\n"
     "\t\t<controller type='scsi' model=\"auto\" index='0'>\n\t\t\t<address type='pci'/>\n"
     "\t\t</controller>\n\t\t<memballoon model='none'/>\n\t</devices>\n</domain>\n",
     "<domain type='kvm'>\n\t<os>\n\t\t<type machine='pc'>hvm</type>\n\t</os>\n\t<devices>\n"
     "\t\t<controller type='pci' index='0' model='pci-root'/>\n"
     "\t\t<controller type='usb' index='0' model='none'/>\n"
     "\t\t<controller type='scsi' model=\"lsilogic\" index='0'>\n"
     "\t\t\t<address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>\n"
     "\t\t</controller>\n\t\t<memballoon model='none'/>\n\t</devices>\n</domain>\n"},
    /* What was written on one line stays on it. */
    {"<domain type='kvm'>\n  <os><type machine='pc-i440fx-8.0'>hvm</type></os>\n  <devices>\n"
     "    <controller type='pci' index='0' model='pci-root'/>\n"
     "    <controller type='usb' index='0' model='none'/>\n    <memballoon model='none'/>\n"
     "    <disk type='file'><target dev='vda' bus='virtio'/></disk>\n"
     "    <watchdog model='i6300esb'></watchdog>\n  </devices>\n</domain>\n",
     "<domain type='kvm'>\n  <os><type machine='pc-i440fx-8.0'>hvm</type></os>\n  <devices>\n"
     "    <controller type='pci' index='0' model='pci-root'/>\n"
     "    <controller type='usb' index='0' model='none'/>\n    <memballoon model='none'/>\n"
     "    <disk type='file'><target dev='vda' bus='virtio'/><address type='pci' domain='0x0000' "
     "bus='0x00' slot='0x02' function='0x0'/></disk>\n"
     "    <watchdog model='i6300esb'>\n"
     "      <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>\n"
     "    </watchdog>\n  </devices>\n</domain>\n"},
    /* No devices at all. */
    {"<domain type='kvm'>\n  <os><type machine='pc-i440fx-8.0'>hvm</type></os>\n</domain>\n",
     "<domain type='kvm'>\n  <os><type machine='pc-i440fx-8.0'>hvm</type></os>\n  <devices>\n"
     "    <controller type='usb' index='0' model='piix3-uhci'>\n"
     "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x2'/>\n"
     "    </controller>\n"
     "    <controller type='pci' index='0' model='pci-root'/>\n"
     "    <memballoon model='virtio'>\n"
     "      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>\n"
     "    </memballoon>\n"
     "  </devices>\n</domain>\n"},
};

static char *
plan(const char *text)
{
    const AddressOptions options = {0};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);

    if (devices == NULL)
        fail_msg("%s", refusal->text);
    refusal = address_plan_guest(devices, &options);
    if (refusal != NULL)
        fail_msg("%s", refusal->text);
    return g_string_free(domain_write(text, strlen(text), devices), FALSE);
}

static void
test_written_plan_is_written_again_unchanged(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *after = plan(cases[i].before);

        assert_string_equal(after, cases[i].after);
        g_autofree char *again = plan(after);
        assert_string_equal(again, after);
    }
}

static void
test_addresses_are_written_as_libvirt_does(void **state)
{
    static const struct {
        DeviceAddress address;
        const char *text;
    } addresses[] = {
        {{.type = ADDRESS_PCI, .pci = {.slot = 2, .multifunction = CPU_SWITCH_ON}},
         "<address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0' "
         "multifunction='on'/>"},
        {{.type = ADDRESS_PCI, .pci = {.bus = 1, .has_uid = TRUE, .uid = 2, .has_fid = TRUE}},
         "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'>"
         "<zpci uid='0x0002' fid='0x00000000'/></address>"},
        {{.type = ADDRESS_USB, .usb = {.bus = 1, .ports = {1, 2}}},
         "<address type='usb' bus='1' port='1.2'/>"},
        {{.type = ADDRESS_USB, .usb = {.bus = G_MAXUINT}},
         "<address type='usb' bus='4294967295'/>"},
        {{.type = ADDRESS_CCW, .ccw = {TRUE, 0xfe, 0, 0x10}},
         "<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0010'/>"},
        {{.type = ADDRESS_SPAPR_VIO, .spapr_vio = {TRUE, 0x3000}},
         "<address type='spapr-vio' reg='0x00003000'/>"},
        {{.type = ADDRESS_VIRTIO_MMIO}, "<address type='virtio-mmio'/>"},
    };

    (void)state;
    assert_null(domain_write_address(&(DeviceAddress){0}));
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *text = domain_write_address(&addresses[i].address);

        assert_string_equal(text, addresses[i].text);
    }
}

/* An inserted element is indented like its neighbours, but for what its lines break. */
static void
test_inserted_element_is_indented_like_its_neighbours(void **state)
{
    static const char text[] = "<domain type='kvm'>\n    <os><type arch='x86_64'>hvm</type></os>\n"
                               "    <devices>\n        <hub type='usb'/>\n"
                               "    </devices>\n</domain>\n";
    static const Case elements[] = {
        {"<hub type='usb'>\n  <address type='usb'\n    bus='0'/>\n</hub>",
         "\n        <hub type='usb'>\n          <address type='usb'\n            bus='0'/>"
         "\n        </hub>\n    </devices>"},
        {"<hub type='usb'>\n  <a b='1\n2'/>\n  <!-- 3\n4 > 5 -->\n  <c>\n6\n</c>\n"
         "  <d><![CDATA[>\n<]]></d>\n</hub>",
         "\n        <hub type='usb'>\n          <a b='1\n2'/>\n          <!-- 3\n4 > 5 -->"
         "\n          <c>\n6\n</c>\n          <d><![CDATA[>\n<]]></d>\n        </hub>\n"},
    };
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(text, strlen(text), &refusal);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(elements); i++) {
        guint32 offset = 0;
        g_autoptr(GString) more = domain_edit_insert(text, strlen(text), devices, DEVICE_HUB,
                                                     elements[i].before, &offset);

        if (strstr(more->str, elements[i].after) == NULL)
            fail_msg("%s", more->str);
        assert_true(g_str_has_prefix(more->str + offset, "<hub type='usb'>"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_plan_is_written_again_unchanged),
        cmocka_unit_test(test_addresses_are_written_as_libvirt_does),
        cmocka_unit_test(test_inserted_element_is_indented_like_its_neighbours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
