/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is remembered of devices whose written addresses libvirt replaces or completes: another type
 * than they can have, a hub for want of USB ports, zPCI numbers.
 */

#include "kept_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define MOUSE(bus) "<input type='mouse' bus='" bus "'/>"
#define CHANNEL(name, address)                                                                     \
    "<channel type='pty'><target type='virtio' name='" name "'/>" address "</channel>"
#define DISK(target) "<disk><target dev='" target "' bus='virtio'/></disk>"
#define CARD(mac, model)                                                                           \
    "<interface type='network'><mac address='" mac "'/><model type='" model "'/></interface>"
#define RNG "<rng model='virtio'/>"
#define RNG_AT(slot)                                                                               \
    "<rng model='virtio'><address type='pci' bus='0' slot='" slot "' function='0'/></rng>"
#define MAC_1 "52:54:00:00:00:01"

/* Its card is on spapr-vio whatever is written, so it is not the one that was on PCI. */
static void
test_nameless_spapr_vlan_takes_no_place_on_pci_from_another(void **state)
{
#define NAMELESS_CARDS                                                                             \
    "<interface type='user'><model type='spapr-vlan'/><address type='pci' slot='0'/></interface>"  \
    "<interface type='user'><model type='e1000'/></interface>"
    Story story;

    (void)state;
    story_begin(&story, "pseries-7.2");
    story.arch = "ppc64";
    night(&story, CARD(MAC_1, "e1000") NAMELESS_CARDS);
    assert_string_equal(place(&story, "interface/0"), "spapr-vio 00001000");
    assert_string_equal(place(&story, "interface/1"), "pci 0000:00:02.0");
    g_autoptr(GHashTable) before = places(&story);
    night(&story, NAMELESS_CARDS);
    assert_none_moved(before, &story);
    story_end(&story);
}

#define CRYPTO "<crypto model='virtio'><backend model='builtin'/></crypto>"

/*
 * A serial port of another type, be it made of a console, is offered no place that it cannot have,
 * for which all others would lose theirs.
 */
static void
test_serial_port_of_another_type_moves_nobody(void **state)
{
    static const char *const later[] = {
        "<serial type='pty'><target type='isa-serial'/></serial>",
        "<console type='pty'><target type='serial'/><address type='isa' iobase='0x3f8'/></console>",
        "",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(later); i++) {
        g_autofree char *after = g_strconcat(later[i], CRYPTO CRYPTO, NULL);
        Story story;

        story_begin(&story, "pc-i440fx-7.2");
        night(&story, "<serial type='pty'><target type='pci-serial'/></serial>" CRYPTO CRYPTO);
        assert_true(g_str_has_prefix(place(&story, "serial/0"), "pci "));
        g_autofree char *first = g_strdup(place(&story, "crypto/0"));
        g_autofree char *second = g_strdup(place(&story, "crypto/1"));
        night(&story, after);
        assert_string_equal(place(&story, "crypto/0"), first);
        assert_string_equal(place(&story, "crypto/1"), second);
        story_end(&story);
    }
}

/* libvirt takes a PCI address that is written for it for a register. */
static void
test_serial_port_of_pseries_written_on_pci_takes_no_place_there_from_another(void **state)
{
    static const char ports[] =
        "<serial type='pty'><target/><address type='pci' slot='26' function='6'/></serial>"
        "<serial type='pty'><target type='pci-serial'/></serial>";
    g_autofree char *both = g_strconcat(RNG, ports, NULL);
    Story story;

    (void)state;
    story_begin(&story, "pseries-7.2");
    story.arch = "ppc64";
    night(&story, both);
    g_autofree char *first = g_strdup(place(&story, "serial/1"));
    assert_true(g_str_has_prefix(first, "pci "));
    night(&story, ports);
    assert_string_equal(place(&story, "serial/1"), first);
    assert_string_equal(place(&story, "serial/0"), "spapr-vio 00000000");
    story_end(&story);
}

/* Nor is the place taken that it writes. */
static void
test_place_on_pci_that_a_serial_port_of_pseries_writes_is_free(void **state)
{
    static const char port[] = "<serial type='pty'><address type='pci' slot='2'/></serial>"
                               "<controller type='usb' index='0' model='none'/>";
    g_autofree char *both =
        g_strconcat("<disk type='file' device='disk'><target dev='vda'/></disk>", port, NULL);
    Story story;

    (void)state;
    story_begin(&story, "pseries-7.2");
    story.arch = "ppc64";
    night(&story, both);
    assert_string_equal(place(&story, "memballoon/0"), "pci 0000:00:02.0");
    night(&story, port);
    assert_string_equal(place(&story, "memballoon/0"), "pci 0000:00:02.0");
    story_end(&story);
}

static void
test_address_that_planning_replaces_is_as_good_as_none(void **state)
{
    static const char hub[] = "<hub type='usb'><address type='pci' slot='9'/></hub>";
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    g_autofree char *first = g_strconcat(CHANNEL("a", "") CHANNEL("b", "<address type='usb'/>"),
                                         MOUSE("usb"), hub, NULL);
    night(&story, first);
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    g_autofree char *hub_place = g_strdup(place(&story, "hub/0"));
    g_autofree char *second = g_strconcat(CHANNEL("b", "<address type='usb'/>"), hub, NULL);
    night(&story, second);
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    assert_string_equal(place(&story, "hub/0"), hub_place);
    night(&story, RNG_AT("8") RNG);
    g_autofree char *rng_place = g_strdup(place(&story, "rng/1"));
    g_autofree char *third =
        g_strdup_printf("<hub type='usb'><address type='pci' slot='%u'/></hub>" RNG_AT("8") RNG,
                        (guint)g_ascii_strtoull(rng_place + strlen("pci 0000:00:"), NULL, 16));
    night(&story, third);
    assert_string_equal(place(&story, "rng/1"), rng_place);
    g_autofree char *fourth = g_strdup_printf(
        "<memory model='dimm'><address type='pci' slot='%u'/></memory>" RNG_AT("8") RNG,
        (guint)g_ascii_strtoull(rng_place + strlen("pci 0000:00:"), NULL, 16));
    night(&story, fourth);
    assert_string_equal(place(&story, "rng/1"), rng_place);
    assert_true(g_str_has_prefix(place(&story, "memory/0"), "dimm 0 base "));
    story_end(&story);
}

static void
test_loaded_hub_on_pci_moves_only_who_was_there(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    story.is_load = TRUE;
    night(&story, MOUSE("usb"));
    assert_string_equal(place(&story, "controller/pci/1"), "pci 0000:00:01.0");
    g_autofree char *second = g_strdup(place(&story, "controller/pci/2"));
    night(&story,
          MOUSE("usb") "<hub type='usb'><address type='pci' slot='1' multifunction='on'/></hub>");
    assert_true(g_str_has_prefix(place(&story, "controller/pci/1"), "pci 0000:00:0"));
    assert_false(g_str_has_prefix(place(&story, "controller/pci/1"), "pci 0000:00:01.0"));
    assert_string_equal(place(&story, "controller/pci/2"), second);
    story_end(&story);
}

static void
test_loaded_hub_keeps_its_ccw_address_when_a_device_leaves(void **state)
{
    static const char rest[] =
        "<hub type='usb'><address type='isa'/></hub><hub type='usb'><address type='ccw'/></hub>";
    g_autofree char *both = g_strconcat(RNG, rest, NULL);
    Story story;

    (void)state;
    story_begin(&story, "s390-ccw-virtio-7.2");
    story.arch = "s390x";
    story.is_load = TRUE;
    night(&story, both);
    g_autofree char *first = g_strdup(place(&story, "hub/1"));
    assert_true(g_str_has_prefix(first, "ccw "));
    night(&story, rest);
    assert_string_equal(place(&story, "hub/1"), first);
    story_end(&story);
}

#define ZPCI(target, slot, numbers)                                                                \
    "<disk><target dev='" target "' bus='virtio'/><address type='pci' bus='0' slot='" slot         \
    "' function='0'>" numbers "</address></disk>"
#define OPEN_ZPCI(numbers) "<rng model='virtio'><address type='pci'>" numbers "</address></rng>"

/* A number that is written goes before a remembered one, which alone is given up. */
static void
test_zpci_numbers_stay_but_where_another_has_them(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "s390-ccw-virtio-8.0");
    story.arch = "s390x";
    night(&story, ZPCI("vdb", "2", "") ZPCI("vdc", "3", "") DISK("vdd"));
    assert_string_equal(place(&story, "disk/vdb"), "pci 0000:00:02.0 uid 0001 fid 00000000");
    assert_string_equal(place(&story, "disk/vdc"), "pci 0000:00:03.0 uid 0002 fid 00000001");
    assert_string_equal(place(&story, "disk/vdd"), "ccw fe.0.0000");
    night(&story, ZPCI("vda", "1", "") ZPCI("vdb", "2", "") ZPCI("vdc", "3", "") DISK("vdd"));
    assert_string_equal(place(&story, "disk/vda"), "pci 0000:00:01.0 uid 0003 fid 00000002");
    assert_string_equal(place(&story, "disk/vdb"), "pci 0000:00:02.0 uid 0001 fid 00000000");
    assert_string_equal(place(&story, "disk/vdc"), "pci 0000:00:03.0 uid 0002 fid 00000001");
    night(&story, DISK("vde") ZPCI("vda", "1", "<zpci fid='1'/>") ZPCI("vdb", "2", "")
                      ZPCI("vdc", "3", "") DISK("vdd"));
    assert_string_equal(place(&story, "disk/vda"), "pci 0000:00:01.0 uid 0003 fid 00000001");
    assert_string_equal(place(&story, "disk/vdb"), "pci 0000:00:02.0 uid 0001 fid 00000000");
    assert_string_equal(place(&story, "disk/vdc"), "pci 0000:00:03.0 uid 0002 fid 00000002");
    assert_string_equal(place(&story, "disk/vdd"), "ccw fe.0.0000");
    story_end(&story);
}

static void
test_written_zpci_number_goes_before_the_remembered_one(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "s390-ccw-virtio-8.0");
    story.arch = "s390x";
    night(&story, OPEN_ZPCI("<zpci uid='5' fid='3'/>"));
    night(&story, OPEN_ZPCI("<zpci uid='6'/>"));
    assert_string_equal(place(&story, "rng/0"), "pci 0000:00:01.0 uid 0006 fid 00000003");
    story_end(&story);
}

/* A device that writes one of its numbers gets the other at once, and not one that is written. */
static void
test_new_zpci_number_is_none_that_is_remembered_or_written(void **state)
{
    static const char rngs[] = "<rng model='virtio'><address type='pci'/></rng>"
                               "<rng model='virtio'><address type='pci'/></rng>";
    g_autofree char *more =
        g_strconcat("<memballoon model='virtio'><address type='pci' bus='0' slot='24'><zpci "
                    "fid='24'/></address></memballoon>",
                    rngs,
                    "<vsock model='virtio'><address type='pci' bus='0' slot='25'><zpci uid='3' "
                    "fid='7'/></address></vsock>",
                    NULL);
    Story story;

    (void)state;
    story_begin(&story, "s390-ccw-virtio-8.0");
    story.arch = "s390x";
    night(&story, rngs);
    assert_string_equal(place(&story, "rng/1"), "pci 0000:00:02.0 uid 0002 fid 00000001");
    night(&story, more);
    assert_string_equal(place(&story, "rng/1"), "pci 0000:00:02.0 uid 0002 fid 00000001");
    assert_string_equal(place(&story, "memballoon/0"), "pci 0000:00:18.0 uid 0004 fid 00000018");
    story_end(&story);
}

/* One that writes its place and one of the two numbers is the one that was there. */
static void
test_written_place_with_one_zpci_number_names_its_device(void **state)
{
#define PCI_MOUSE "<input type='mouse'><address type='pci'/></input>"
#define PCI_DISK "<disk type='file'><target dev='vda' bus='virtio'/><address type='pci'/></disk>"
    static const char mice[] =
        PCI_MOUSE "<input type='mouse' bus='ps2'><address type='pci' bus='0' slot='26'>"
                  "<zpci fid='17'/></address></input>" PCI_MOUSE;
    g_autofree char *more = g_strconcat(mice, PCI_DISK, NULL);
    Story story;

    (void)state;
    story_begin(&story, "s390-ccw-virtio-8.0");
    story.arch = "s390x";
    night(&story, more);
    g_autoptr(GHashTable) first = places(&story);
    night(&story, mice);
    assert_none_moved(first, &story);
    story_end(&story);
}

/* A serial port or sound card that is not on PCI takes no place there from one that is. */
static void
test_who_is_not_on_pci_takes_no_remembered_place_there(void **state)
{
    static const char devices[] = "<serial type='pty'><target port='0'/></serial>"
                                  "<serial type='pty'><target type='pci-serial'/></serial>"
                                  "<serial type='pty'><target port='21'/><address type='pci'/>"
                                  "</serial>"
                                  "<sound model='sb16'><address type='pci'/></sound>"
                                  "<sound model='es1370'/>";
    Story story;

    (void)state;
    story_begin(&story, "mac99");
    story.arch = "ppc64";
    night(&story, devices);
    g_autoptr(GHashTable) first = places(&story);
    for (guint i = 0; i < 2; i++) {
        night(&story, devices);
        g_autoptr(GHashTable) again = places(&story);
        assert_int_equal(g_hash_table_size(again), g_hash_table_size(first));
        assert_none_moved(first, &story);
    }
    story_end(&story);
}

/* For want of USB ports the first has no address, and the others stay where they are written. */
static void
test_hub_without_an_address_takes_no_other_ones_name(void **state)
{
    static const char hubs[] = "<memory model='dimm'><target><size unit='KiB'>25</size>"
                               "<node>0</node></target><address type='ccw' cssid='0xfe' ssid='0'"
                               " devno='0'/></memory>"
                               "<hub type='usb'/><hub type='usb'><address type='isa'/></hub>"
                               "<hub type='usb'><address type='ccw'/></hub>";
    Story story;

    (void)state;
    story_begin(&story, "s390-ccw-virtio-8.0");
    story.arch = "s390x";
    story.is_load = TRUE;
    for (guint i = 0; i < 2; i++) {
        night(&story, hubs);
        assert_string_equal(place(&story, "hub/0"), "");
        assert_string_equal(place(&story, "hub/1"), "isa 0:0");
        assert_string_equal(place(&story, "hub/2"), "ccw fe.0.0002");
    }
    story_end(&story);
}

/*
 * Where nothing needs a bus, the hub's is made by planning: a port before it makes its number one
 * higher. What has its place elsewhere keeps it.
 */
static void
test_place_of_a_loaded_hub_behind_an_added_port_moves_nobody(void **state)
{
#define HUB "<hub type='usb'><address type='pci' bus='1' slot='8' function='0'/></hub>"
    Story story;

    (void)state;
    story_begin(&story, "virt-7.2");
    story.arch = "aarch64";
    story.is_load = TRUE;
    night(&story, DISK("vda") HUB "<rng model='virtio'><address type='virtio-mmio'/></rng>");
    assert_string_equal(place(&story, "hub/0"), "pci 0000:02:08.0");
    assert_string_equal(place(&story, "disk/vda"), "virtio-mmio");
    night(&story, DISK("vda") HUB);
    assert_string_equal(place(&story, "hub/0"), "pci 0000:02:08.0");
    assert_string_equal(place(&story, "disk/vda"), "virtio-mmio");
    story_end(&story);
}

/* A device is not taken for another one of its name that is where its own replaced address says. */
static void
test_replaced_address_finds_no_other_device_of_its_name(void **state)
{
#define CCID "<address type='ccid' controller='3' slot='4'/>"
#define XEN_CHANNEL "<channel type='pty'><target type='xen' name='b'/>" CCID "</channel>"
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, CHANNEL("a", "") CHANNEL("b", CCID) XEN_CHANNEL);
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    assert_string_equal(place(&story, "channel/b#2"), "ccid 3:4");
    night(&story, CHANNEL("b", CCID) XEN_CHANNEL);
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    night(&story, XEN_CHANNEL CHANNEL("b", CCID));
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    night(&story, CHANNEL("b", CCID));
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    story_end(&story);
}

/* A serial port without a type of its own is on no USB bus, whatever it writes. */
static void
test_usb_port_that_means_nothing_is_free_for_the_hub_that_was_there(void **state)
{
#define USB_SERIAL "<serial type='pty'><target type='usb-serial'/></serial>"
#define FOUR USB_SERIAL USB_SERIAL USB_SERIAL USB_SERIAL
    static const char devices[] = "<serial type='pty'><target port='0'/><address type='usb' "
                                  "bus='0' port='1'/></serial>" FOUR FOUR USB_SERIAL USB_SERIAL;
    Story story;

    (void)state;
    story_begin(&story, "malta");
    story.arch = "mips";
    for (guint i = 0; i < 2; i++) {
        night(&story, devices);
        assert_string_equal(place(&story, "hub/0"), "usb 0:1");
        assert_string_equal(place(&story, "serial/0"), "usb 0:1");
        assert_string_equal(place(&story, "hub/1"), "usb 0:2");
    }
    story_end(&story);
}

/* Nor does another serial port get it that comes under that one's number. */
static void
test_usb_port_that_means_nothing_passes_to_no_other_serial_port(void **state)
{
#define ON_NO_USB                                                                                  \
    "<serial type='pty'><target port='0'/><address type='usb' bus='0' port='1'/></serial>"
#define REST USB_SERIAL "<serial type='pty'><target port='0'/></serial>" USB_SERIAL USB_SERIAL
    Story story;

    (void)state;
    story_begin(&story, "mac99");
    story.arch = "ppc64";
    night(&story, USB_SERIAL USB_SERIAL ON_NO_USB REST);
    assert_string_equal(place(&story, "hub/0"), "usb 0:1");
    assert_string_equal(place(&story, "serial/2"), "usb 0:1");
    night(&story, USB_SERIAL USB_SERIAL REST);
    assert_string_equal(place(&story, "hub/0"), "usb 0:1");
    assert_string_not_equal(place(&story, "serial/2"), "usb 0:1");
    story_end(&story);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nameless_spapr_vlan_takes_no_place_on_pci_from_another),
        cmocka_unit_test(test_serial_port_of_another_type_moves_nobody),
        cmocka_unit_test(
            test_serial_port_of_pseries_written_on_pci_takes_no_place_there_from_another),
        cmocka_unit_test(test_place_on_pci_that_a_serial_port_of_pseries_writes_is_free),
        cmocka_unit_test(test_address_that_planning_replaces_is_as_good_as_none),
        cmocka_unit_test(test_loaded_hub_on_pci_moves_only_who_was_there),
        cmocka_unit_test(test_loaded_hub_keeps_its_ccw_address_when_a_device_leaves),
        cmocka_unit_test(test_zpci_numbers_stay_but_where_another_has_them),
        cmocka_unit_test(test_written_zpci_number_goes_before_the_remembered_one),
        cmocka_unit_test(test_new_zpci_number_is_none_that_is_remembered_or_written),
        cmocka_unit_test(test_written_place_with_one_zpci_number_names_its_device),
        cmocka_unit_test(test_who_is_not_on_pci_takes_no_remembered_place_there),
        cmocka_unit_test(test_hub_without_an_address_takes_no_other_ones_name),
        cmocka_unit_test(test_place_of_a_loaded_hub_behind_an_added_port_moves_nobody),
        cmocka_unit_test(test_replaced_address_finds_no_other_device_of_its_name),
        cmocka_unit_test(test_usb_port_that_means_nothing_is_free_for_the_hub_that_was_there),
        cmocka_unit_test(test_usb_port_that_means_nothing_passes_to_no_other_serial_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
