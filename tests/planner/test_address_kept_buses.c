/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The buses that devices are behind, remembered with them: controllers and hubs that planning added
 * stay, whether their devices do or not, and ports and slots that were kept free are taken first.
 */

#include "kept_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DISK(target) "<disk><target dev='" target "' bus='virtio'/></disk>"
#define USB_DISK(target) "<disk><target dev='" target "' bus='usb'/></disk>"

/* It is known there when another one of its kind, before it in the definition, leaves. */
static void
test_device_behind_port_is_not_taken_for_the_one_that_leaves(void **state)
{
    static const char second[] = "<sound model='ich6'><address type='pci' bus='1' slot='20' "
                                 "function='0'/></sound>";
    g_autofree char *all = g_strconcat(DISK("vda") "<sound model='ich6'/>", second, NULL);
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    night(&story, all);
    assert_string_equal(place(&story, "sound/1"), "pci 0000:02:14.0");
    g_autoptr(GHashTable) before = places(&story);
    night(&story, second);
    assert_string_equal(place(&story, "sound/1"), "pci 0000:02:14.0");
    assert_string_equal(place(&story, "sound/0"), "");
    assert_none_moved(before, &story);
    story_end(&story);
}

/* A place is written on a bus that came to be as the port of its bridge: it stays behind that. */
static void
test_bus_that_a_port_was_put_before_stays_behind_it(void **state)
{
    static const char card[] = "<sound model='ich6'><address type='pci' bus='1' slot='16' "
                               "function='0'/></sound>";
    g_autofree char *two = g_strconcat(card, DISK("vda") DISK("vdb"), NULL);
    g_autofree char *one = g_strconcat(card, DISK("vdb"), NULL);
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    night(&story, two);
    g_autofree char *old = g_strdup(place(&story, "disk/vdb"));
    assert_string_equal(place(&story, "sound/0"), "pci 0000:02:10.0");
    night(&story, one);
    assert_string_equal(place(&story, "sound/0"), "pci 0000:02:10.0");
    assert_string_equal(place(&story, "disk/vdb"), old);
    story_end(&story);
}

static void
test_hub_stays_with_all_behind_it_when_a_device_leaves(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, USB_DISK("sda") USB_DISK("sdb") USB_DISK("sdc"));
    assert_string_equal(place(&story, "hub/0"), "usb 0:1");
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:1.1");
    assert_string_equal(place(&story, "disk/sdc"), "usb 0:1.2");
    night(&story, USB_DISK("sdc"));
    assert_string_equal(place(&story, "hub/0"), "usb 0:1");
    assert_string_equal(place(&story, "disk/sdc"), "usb 0:1.2");
    night(&story, "");
    assert_string_equal(place(&story, "hub/0"), "usb 0:1");
    night(&story, USB_DISK("sdb") USB_DISK("sdc"));
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:1.1");
    assert_string_equal(place(&story, "disk/sdc"), "usb 0:1.2");
    story_end(&story);
}

static void
test_hub_no_longer_written_is_made_only_for_who_is_behind_it(void **state)
{
#define HUB(port) "<hub type='usb'><address type='usb' bus='0' port='" port "'/></hub>"
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, HUB("1") HUB("1.1") USB_DISK("sda") USB_DISK("sdb"));
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:1.2");
    night(&story, USB_DISK("sdb"));
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:1.2");
    assert_string_equal(place(&story, "hub/0"), "usb 0:1");
    assert_string_equal(place(&story, "hub/1"), "");
    story_end(&story);
}

static void
test_device_of_the_last_port_alone_goes_behind_a_new_hub(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    night(&story, USB_DISK("sdb") USB_DISK("sdc"));
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:1");
    assert_string_equal(place(&story, "disk/sdc"), "usb 0:2");
    night(&story, USB_DISK("sda") USB_DISK("sdb") USB_DISK("sdc"));
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:1");
    assert_string_equal(place(&story, "hub/0"), "usb 0:2");
    assert_true(g_str_has_prefix(place(&story, "disk/sdc"), "usb 0:2."));
    assert_true(g_str_has_prefix(place(&story, "disk/sda"), "usb 0:2."));
    story_end(&story);
}

static void
test_only_places_on_a_controller_that_went_are_forgotten(void **state)
{
#define XHCI(index) "<controller type='usb' index='" index "' model='qemu-xhci' ports='2'/>"
#define USB_DISK_ON(target, bus)                                                                   \
    "<disk><target dev='" target "' bus='usb'/><address type='usb' bus='" bus "'/></disk>"
    static const char behind[] = USB_DISK_ON("sdd", "1")
        USB_DISK_ON("sde", "1") "<hub type='usb'><address type='usb' bus='1' "
                                "port='1'/></hub>";
    g_autofree char *both =
        g_strconcat(XHCI("0") XHCI("1") USB_DISK("sda") USB_DISK("sdb"), behind, NULL);
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    night(&story, both);
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:2");
    assert_string_equal(place(&story, "disk/sde"), "usb 1:1.1");
    night(&story, XHCI("0") USB_DISK("sdb") USB_DISK("sde"));
    assert_string_equal(place(&story, "disk/sdb"), "usb 0:2");
    assert_string_equal(place(&story, "disk/sde"), "usb 0:1");
    story_end(&story);
}

static void
test_spare_ports_are_taken_first_and_not_taken_back(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-q35-8.0");
    story.spare_ports = 3;
    night(&story, DISK("vda"));
    g_autofree char *spare = g_strdup(place(&story, "controller/pci/4"));
    assert_string_equal(place(&story, "controller/pci/6"), "pci 0000:00:01.5");
    assert_string_equal(place(&story, "controller/pci/7"), "");
    night(&story, DISK("vda") DISK("vdb"));
    assert_string_equal(place(&story, "disk/vdb"), "pci 0000:04:00.0");
    assert_string_equal(place(&story, "controller/pci/4"), spare);
    assert_string_equal(place(&story, "controller/pci/7"), "pci 0000:00:01.6");
    story.spare_ports = 0;
    night(&story, DISK("vda"));
    assert_string_equal(place(&story, "controller/pci/7"), "pci 0000:00:01.6");
    night(&story, DISK("vda") DISK("vdc"));
    assert_string_equal(place(&story, "disk/vdc"), "pci 0000:04:00.0");
    story_end(&story);
}

/* Slots for devices to come: a bridge where they would not fit, and the lowest are taken first. */
static void
test_reserved_slots_that_do_not_fit_get_a_bridge(void **state)
{
    Story story;

    (void)state;
    story_begin(&story, "pc-i440fx-8.0");
    story.reserved_slots = 30;
    night(&story, DISK("vda"));
    g_autofree char *bridge = g_strdup(place(&story, "controller/pci/1"));
    assert_string_not_equal(bridge, "");
    night(&story, DISK("vda") DISK("vdb"));
    assert_string_equal(place(&story, "controller/pci/1"), bridge);
    assert_true(g_str_has_prefix(place(&story, "disk/vdb"), "pci 0000:00:"));
    story.reserved_slots = 0;
    night(&story, DISK("vda") DISK("vdb") DISK("vdc"));
    assert_string_equal(place(&story, "controller/pci/1"), bridge);
    story_end(&story);
}

/* Appends random number generators at slots FIRST to LAST of bus 0. */
static void
append_rngs(GString *devices, guint first, guint last)
{
    for (guint slot = first; slot <= last; slot++)
        g_string_append_printf(
            devices, "<rng model='virtio'><address type='pci' bus='0' slot='%u'/></rng>", slot);
}

/*
 * Where bus 0 is full there is no place for the bridge or the ports that free places would need:
 * the guest has what it has without them, and its devices stay.
 */
static void
test_full_bus_gets_no_spares_and_moves_nobody(void **state)
{
    static const struct {
        const char *machine, *head;
        guint first, last;
    } rows[] = {
        {"pc-i440fx-8.0", "<controller type='usb' model='none'/><memballoon model='none'/>", 2, 31},
        {"pc-q35-8.0", "<controller type='usb' model='none'/><memballoon model='none'/>", 1, 30},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) devices = g_string_new(rows[i].head);
        Story story;

        append_rngs(devices, rows[i].first, rows[i].last - 1);
        story_begin(&story, rows[i].machine);
        night(&story, devices->str);
        append_rngs(devices, rows[i].last, rows[i].last);
        g_autoptr(GHashTable) before = places(&story);
        story.spare_ports = story.reserved_slots = 2;
        night(&story, devices->str);
        assert_none_moved(before, &story);
        story_end(&story);
        story_begin(&story, rows[i].machine);
        story.spare_ports = story.reserved_slots = 2;
        night(&story, devices->str);
        assert_string_equal(place(&story, "controller/pci/1"), "");
        story_end(&story);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bus_that_a_port_was_put_before_stays_behind_it),
        cmocka_unit_test(test_device_behind_port_is_not_taken_for_the_one_that_leaves),
        cmocka_unit_test(test_hub_stays_with_all_behind_it_when_a_device_leaves),
        cmocka_unit_test(test_hub_no_longer_written_is_made_only_for_who_is_behind_it),
        cmocka_unit_test(test_device_of_the_last_port_alone_goes_behind_a_new_hub),
        cmocka_unit_test(test_only_places_on_a_controller_that_went_are_forgotten),
        cmocka_unit_test(test_spare_ports_are_taken_first_and_not_taken_back),
        cmocka_unit_test(test_reserved_slots_that_do_not_fit_get_a_bridge),
        cmocka_unit_test(test_full_bus_gets_no_spares_and_moves_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
