/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the inventory remembers of a guest's addresses, given to the next plan: whoever stays keeps
 * its place, whatever else changes in the definition.
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
#define DISK_AT(target, slot)                                                                      \
    "<disk><target dev='" target "' bus='virtio'/><address type='pci' bus='0' slot='" slot         \
    "' function='0'/></disk>"
#define CARD(mac, model)                                                                           \
    "<interface type='network'><mac address='" mac "'/><model type='" model "'/></interface>"
#define NAMELESS "<interface type='network'><model type='virtio'/></interface>"
#define RNG "<rng model='virtio'/>"
#define RNG_AT(slot)                                                                               \
    "<rng model='virtio'><address type='pci' bus='0' slot='" slot "' function='0'/></rng>"
#define SOUND "<sound model='ich6'/>"
#define MAC_1 "52:54:00:00:00:01"
#define MAC_2 "52:54:00:00:00:02"

static void
test_devices_that_stay_keep_their_places(void **state)
{
    static const char *const machines[] = {"pc-i440fx-8.0", "pc-q35-8.0"};
    static const char *const nights[] = {
        DISK("vda") DISK("vdb") CARD(MAC_1, "virtio") RNG,
        RNG CARD(MAC_1, "virtio") DISK("vdb") DISK("vda"),
        DISK("vdb") CARD(MAC_1, "virtio"),
        DISK("vdb") CARD(MAC_1, "virtio") CARD(MAC_2, "rtl8139") SOUND,
        DISK("vdb") CARD(MAC_1, "virtio") CARD(MAC_2, "rtl8139") SOUND,
        DISK("vdb") DISK("vdc") CARD(MAC_2, "rtl8139") CARD(MAC_1, "virtio") SOUND RNG,
        DISK("vda") DISK("vdb") DISK("vdc") CARD(MAC_2, "rtl8139") CARD(MAC_1, "virtio") SOUND RNG,
        DISK("vda") SOUND,
        DISK("vda") DISK("vde") SOUND RNG NAMELESS,
    };

    (void)state;
    for (guint m = 0; m < G_N_ELEMENTS(machines); m++) {
        for (guint spare = 0; spare < 4; spare += 3) {
            Story story;

            story_begin(&story, machines[m]);
            story.spare_ports = story.reserved_slots = spare;
            for (guint i = 0; i < G_N_ELEMENTS(nights); i++) {
                g_autoptr(GHashTable) before = places(&story);
                night(&story, nights[i]);
                assert_none_moved(before, &story);
            }
            story_end(&story);
        }
    }
}

static void
test_cards_of_one_address_stay_apart(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, CARD(MAC_1, "virtio") CARD(MAC_1, "virtio"));
    assert_string_equal(place(&story, "interface/" MAC_1), "pci 0000:00:02.0");
    assert_string_equal(place(&story, "interface/" MAC_1 "#2"), "pci 0000:00:03.0");
    night(&story, DISK("vda") CARD(MAC_1, "virtio") CARD(MAC_1, "virtio"));
    assert_string_equal(place(&story, "interface/" MAC_1), "pci 0000:00:02.0");
    assert_string_equal(place(&story, "interface/" MAC_1 "#2"), "pci 0000:00:03.0");
    story_end(&story);
}

static void
test_renamed_device_has_the_place_that_it_had(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, DISK("vda") DISK("vdb") CARD(MAC_1, "virtio"));
    g_autofree char *disk = g_strdup(place(&story, "disk/vdb"));
    g_autofree char *card = g_strdup(place(&story, "interface/" MAC_1));
    night(&story, DISK("vda") DISK("vdx") CARD(MAC_2, "virtio"));
    assert_string_equal(place(&story, "disk/vdx"), disk);
    assert_string_equal(place(&story, "interface/" MAC_2), card);
    story_end(&story);
}

static void
test_nameless_device_that_leaves_renames_no_other(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, RNG_AT("7") RNG_AT("8") RNG_AT("9"));
    night(&story, RNG_AT("8") RNG_AT("9"));
    assert_string_equal(place(&story, "rng/0"), "");
    assert_string_equal(place(&story, "rng/1"), "pci 0000:00:08.0");
    assert_string_equal(place(&story, "rng/2"), "pci 0000:00:09.0");
    night(&story, RNG_AT("9") RNG_AT("8") RNG);
    assert_string_equal(place(&story, "rng/0"), "pci 0000:00:07.0");
    assert_string_equal(place(&story, "rng/1"), "pci 0000:00:08.0");
    story_end(&story);
}

static void
test_device_without_an_address_takes_no_place_of_others(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, MOUSE("ps2") MOUSE("usb") MOUSE("usb"));
    night(&story, MOUSE("usb") MOUSE("ps2") MOUSE("usb"));
    assert_string_equal(place(&story, "input/mouse/0"), "");
    assert_string_equal(place(&story, "input/mouse/1"), "usb 0:1");
    assert_string_equal(place(&story, "input/mouse/2"), "usb 0:2");
    night(&story, MOUSE("ps2") MOUSE("usb") "<input type='mouse' bus='usb'>"
                                            "<address type='usb' bus='0' port='1'/></input>");
    assert_string_equal(place(&story, "input/mouse/1"), "usb 0:1");
    assert_string_equal(place(&story, "input/mouse/2"), "usb 0:2");
    story_end(&story);
}

static void
test_parallel_port_without_a_place_takes_no_remembered_one(void **state)
{
    static const char ports[] = "<parallel type='pty'/><parallel type='pty'><address type='pci' "
                                "bus='1' slot='20' function='0'/></parallel>";
    g_autofree char *first = g_strconcat(DISK("vda"), ports, NULL);
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    night(&story, first);
    assert_string_equal(place(&story, "parallel/1"), "pci 0000:02:14.0");
    g_autoptr(GHashTable) before = places(&story);
    night(&story, ports);
    assert_string_equal(place(&story, "parallel/1"), "pci 0000:02:14.0");
    assert_none_moved(before, &story);
    night(&story, "<parallel type='pty'/>");
    assert_string_equal(place(&story, "parallel/1"), "");
    story_end(&story);
}

static void
test_virtio_console_without_a_place_takes_no_remembered_one(void **state)
{
#define CONSOLE(address) "<console type='pty'><target type='virtio'/>" address "</console>"
#define ANY_PORT "<address type='virtio-serial' controller='5'/>"
    static const char first[] = CONSOLE(ANY_PORT) CONSOLE("") CONSOLE(ANY_PORT);
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, first);
    assert_string_equal(place(&story, "console/virtio/1"), "");
    assert_string_equal(place(&story, "console/virtio/2"), "virtio-serial 5:0:1");
    night(&story, first);
    assert_string_equal(place(&story, "console/virtio/1"), "");
    assert_string_equal(place(&story, "console/virtio/2"), "virtio-serial 5:0:1");
    story_end(&story);
}

/*
 * On virt of arm virtio devices go to PCI unless one is written on virtio-mmio, which has no places
 * that could be taken.
 */
static void
test_device_on_virtio_mmio_stays_there_when_the_written_one_leaves(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "virt-7.2");
    story.arch = "aarch64";
    night(&story,
          DISK("vda") DISK("vdb") "<rng model='virtio'><address type='virtio-mmio'/></rng>");
    assert_string_equal(place(&story, "disk/vda"), "virtio-mmio");
    assert_string_equal(place(&story, "disk/vdb"), "virtio-mmio");
    night(&story, DISK("vda") DISK("vdb"));
    assert_string_equal(place(&story, "disk/vda"), "virtio-mmio");
    assert_string_equal(place(&story, "disk/vdb"), "virtio-mmio");
    story_end(&story);
}

static void
test_kept_place_keeps_its_added_controller(void **state)
{
#define SCSI_DISK(target) "<disk><target dev='" target "' bus='scsi'/></disk>"
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, RNG SCSI_DISK("sda") SCSI_DISK("sdh"));
    g_autofree char *controller = g_strdup(place(&story, "controller/scsi/1"));
    assert_string_equal(place(&story, "disk/sdh"), "drive 1:0:0:0");
    night(&story, SCSI_DISK("sda") SCSI_DISK("sdb"));
    assert_string_equal(place(&story, "disk/sdb"), "drive 1:0:0:0");
    assert_string_equal(place(&story, "controller/scsi/1"), controller);
    story_end(&story);
}

static void
test_channel_without_a_port_keeps_the_one_it_was_given(void **state)
{
#define ON_CONTROLLER "<address type='virtio-serial' controller='0' bus='0'/>"
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, CHANNEL("a", ON_CONTROLLER) CHANNEL("b", ON_CONTROLLER));
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    night(&story, CHANNEL("b", ON_CONTROLLER));
    assert_string_equal(place(&story, "channel/b"), "virtio-serial 0:0:2");
    story_end(&story);
}

static void
test_device_of_another_model_is_the_one_it_replaces(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, SOUND);
    assert_string_equal(place(&story, "sound/0"), "pci 0000:00:02.0");
    night(&story, "<sound model='usb'/>");
    assert_string_equal(place(&story, "sound/0"), "usb 0:1");
    story_end(&story);
}

static void
test_who_returns_finds_its_place_unless_it_is_taken(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, DISK("vda") DISK("vdb"));
    g_autofree char *old = g_strdup(place(&story, "disk/vdb"));
    night(&story, DISK("vda"));
    night(&story, DISK("vda") DISK("vdb"));
    assert_string_equal(place(&story, "disk/vdb"), old);
    night(&story, DISK("vda"));
    night(&story, DISK("vda") DISK("vdc"));
    assert_string_equal(place(&story, "disk/vdc"), old);
    night(&story, DISK("vda") DISK("vdc") DISK("vdb"));
    assert_string_equal(place(&story, "disk/vdc"), old);
    assert_string_not_equal(place(&story, "disk/vdb"), old);
    story_end(&story);
}

static void
test_place_that_cannot_be_had_is_lost_to_its_device_alone(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, DISK("vda") DISK("vdb") CARD(MAC_1, "virtio") RNG);
    g_autofree char *card = g_strdup(place(&story, "interface/" MAC_1));
    g_autofree char *rng = g_strdup(place(&story, "rng/0"));
    g_autofree char *taken = g_strdup(place(&story, "disk/vdb"));
    night(&story, DISK_AT("vda", "4") DISK("vdb") CARD(MAC_1, "virtio") RNG);
    assert_string_equal(taken, "pci 0000:00:04.0");
    assert_string_equal(place(&story, "interface/" MAC_1), card);
    assert_string_equal(place(&story, "rng/0"), rng);
    night(&story,
          "<disk><target dev='vda' bus='scsi'/></disk>" DISK("vdb") CARD(MAC_1, "virtio") RNG);
    assert_string_equal(place(&story, "disk/vda"), "drive 0:0:0:0");
    assert_string_equal(place(&story, "interface/" MAC_1), card);
    story_end(&story);
}

static void
test_rest_of_a_half_written_place_is_remembered(void **state)
{
#define STICK(target, bus)                                                                         \
    "<disk><target dev='" target "' bus='usb'/><address type='usb' bus='" bus "'/></disk>"
    static const char xhci[] = "<controller type='usb' index='0' model='qemu-xhci'/>"
                               "<controller type='usb' index='1' model='qemu-xhci'/>";
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    g_autofree char *two = g_strconcat(xhci, STICK("sda", "0"), STICK("sdb", "0"), NULL);
    g_autofree char *one = g_strconcat(xhci, STICK("sdb", "0"), NULL);
    g_autofree char *other_bus = g_strconcat(xhci, STICK("sdb", "1"), NULL);
    night(&story, two);
    g_autofree char *old = g_strdup(place(&story, "disk/sdb"));
    assert_string_equal(old, "usb 0:2");
    night(&story, one);
    assert_string_equal(place(&story, "disk/sdb"), old);
    night(&story, other_bus);
    assert_string_equal(place(&story, "disk/sdb"), "usb 1:1");
    story_end(&story);
}

static void
test_old_places_do_not_bind_another_machine(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, DISK("vda"));
    story.machine = "pc-q35-8.0";
    night(&story, DISK("vda"));
    assert_string_equal(place(&story, "disk/vda"), "pci 0000:02:00.0");
    story_end(&story);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices_that_stay_keep_their_places),
        cmocka_unit_test(test_cards_of_one_address_stay_apart),
        cmocka_unit_test(test_renamed_device_has_the_place_that_it_had),
        cmocka_unit_test(test_nameless_device_that_leaves_renames_no_other),
        cmocka_unit_test(test_device_without_an_address_takes_no_place_of_others),
        cmocka_unit_test(test_parallel_port_without_a_place_takes_no_remembered_one),
        cmocka_unit_test(test_device_of_another_model_is_the_one_it_replaces),
        cmocka_unit_test(test_virtio_console_without_a_place_takes_no_remembered_one),
        cmocka_unit_test(test_device_on_virtio_mmio_stays_there_when_the_written_one_leaves),
        cmocka_unit_test(test_kept_place_keeps_its_added_controller),
        cmocka_unit_test(test_channel_without_a_port_keeps_the_one_it_was_given),
        cmocka_unit_test(test_who_returns_finds_its_place_unless_it_is_taken),
        cmocka_unit_test(test_place_that_cannot_be_had_is_lost_to_its_device_alone),
        cmocka_unit_test(test_rest_of_a_half_written_place_is_remembered),
        cmocka_unit_test(test_old_places_do_not_bind_another_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
