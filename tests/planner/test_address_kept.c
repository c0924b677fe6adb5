/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the inventory remembers of a guest's addresses, given to the next plan: whoever stays keeps
 * its place, whatever else changes in the definition. Nights are lists of devices; after each, what
 * was planned is remembered as the inventory does it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fleet/device_identity.h>
#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <string.h>

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

typedef struct {
    const char *machine;
    guint spare_ports, reserved_slots;
    KeptAddresses kept; /* what is remembered, sorted by device */
    gint64 run;
} Story;

static void
clear_kept(gpointer data)
{
    KeptAddress *address = data;

    g_free(address->device);
    g_free(address->address);
    g_free(address->model);
}

static void
story_begin(Story *story, const char *machine)
{
    *story = (Story){.machine = machine};
    story->kept.addresses = g_array_new(FALSE, TRUE, sizeof(KeptAddress));
    g_array_set_clear_func(story->kept.addresses, clear_kept);
}

static void
story_end(Story *story)
{
    g_array_unref(story->kept.addresses);
}

static gint
compare_kept(gconstpointer a, gconstpointer b)
{
    return strcmp(((const KeptAddress *)a)->device, ((const KeptAddress *)b)->device);
}

/* Remembers NOW; what is not in it any more is no longer in force. */
static void
remember(Story *story, const GArray *now)
{
    GArray *addresses = story->kept.addresses;

    for (guint i = 0; i < addresses->len; i++) {
        KeptAddress *old = &g_array_index(addresses, KeptAddress, i);
        if (old->last_run == 0)
            old->last_run = story->run;
    }
    story->run++;
    for (guint i = 0; i < now->len; i++) {
        const KeptAddress *one = &g_array_index(now, KeptAddress, i);
        KeptAddress copy = {.device = g_strdup(one->device),
                            .address = g_strdup(one->address),
                            .model = g_strdup(one->model),
                            .is_planned = one->is_planned,
                            .first_run = story->run};

        for (guint k = 0; k < addresses->len; k++) {
            if (strcmp(g_array_index(addresses, KeptAddress, k).device, copy.device) == 0)
                g_array_remove_index(addresses, k--);
        }
        g_array_append_val(addresses, copy);
    }
    g_array_sort(addresses, compare_kept);
}

/* One night: the guest with DEVICES is planned and remembered. */
static void
night(Story *story, const char *devices)
{
    g_autofree char *text = g_strdup_printf(
        "<domain type='kvm'><maxMemory slots='4' unit='KiB'>8388608</maxMemory>"
        "<os><type arch='x86_64' machine='%s'>hvm</type></os><devices>%s</devices></domain>",
        story->machine, devices);
    AddressOptions options = {.spare_ports = story->spare_ports,
                              .reserved_slots = story->reserved_slots,
                              .kept = &story->kept};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) planned = domain_devices_read(text, strlen(text), &refusal);

    if (refusal == NULL)
        refusal = address_plan_guest(planned, &options);
    if (refusal != NULL)
        fail_msg("%s: %s", devices, refusal->text);
    GArray *now = address_list(planned);
    for (guint i = 1; i < now->len; i++)
        assert_string_not_equal(g_array_index(now, KeptAddress, i - 1).device,
                                g_array_index(now, KeptAddress, i).device);
    remember(story, now);
    address_list_free(now);
}

/* Where DEVICE is now; "" when it is not there. */
static const char *
place(const Story *story, const char *device)
{
    const KeptAddress *kept = kept_addresses_find(&story->kept, device);

    return kept == NULL || kept->last_run != 0 ? "" : kept->address;
}

/* All places that are in force, to be compared with later ones. */
static GHashTable *
places(const Story *story)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < story->kept.addresses->len; i++) {
        const KeptAddress *kept = &g_array_index(story->kept.addresses, KeptAddress, i);
        if (kept->last_run == 0)
            g_hash_table_insert(table, g_strdup(kept->device), g_strdup(kept->address));
    }
    return table;
}

/* Every device of BEFORE that is still there is where it was. */
static void
assert_none_moved(GHashTable *before, const Story *story)
{
    GHashTableIter iter;
    gpointer device, address;

    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, &device, &address)) {
        const char *now = place(story, device);
        if (*now != '\0' && strcmp(now, address) != 0)
            fail_msg("%s moved from %s to %s", (char *)device, (char *)address, now);
    }
}

/* ---- nights --------------------------------------------------------------------------------- */

/* Whatever comes and goes, in whatever order, those that stay keep their places. */
static void
test_nobody_moves(void **state)
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

/* Two cards of one address are two devices, and stay apart. */
static void
test_equal_cards(void **state)
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

/* A device under another name has the place of the one that it was. */
static void
test_renamed(void **state)
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

/* Of devices without a name, the one that leaves does not rename those behind it. */
static void
test_nameless(void **state)
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

/* A device without an address stands in front, and takes no place of those behind it. */
static void
test_placeless(void **state)
{
#define MOUSE(bus) "<input type='mouse' bus='" bus "'/>"
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

/* An address of another type, which planning replaces, is as good as none. */
static void
test_replaced_type(void **state)
{
#define CHANNEL(name, address)                                                                     \
    "<channel type='pty'><target type='virtio' name='" name "'/>" address "</channel>"
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

/* A device is not taken for another one of its name that is where its own replaced address says. */
static void
test_replaced_type_of_shared_name(void **state)
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

/* A place on a controller that was added for another device keeps the controller. */
static void
test_controller_stays(void **state)
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

/* A channel whose definition names a controller and no port keeps the port that it was given. */
static void
test_open_port(void **state)
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

/* A device of another model is the one that it replaces, and is seen to have moved. */
static void
test_replaced(void **state)
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

/* Who returns finds its place, but pushes nobody away who has taken it. */
static void
test_returned(void **state)
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

/* An old place that cannot be had any more is lost to its device, and to no other. */
static void
test_impossible(void **state)
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

/* Where only the bus of a place is written, the rest of it is remembered. */
static void
test_half_written(void **state)
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

/* A place is written on a bus that came to be as the port of its bridge: it stays behind that. */
static void
test_bus_behind_port(void **state)
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

#define USB_DISK(target) "<disk><target dev='" target "' bus='usb'/></disk>"

/* The hub that a device needed stays when the device leaves, with all that is behind it. */
static void
test_hub_stays(void **state)
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

/* A hub that was written, and is no longer, is made for what is behind it, and only for that. */
static void
test_written_hub(void **state)
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

/* Where the last port has to become a hub, the device that had it goes behind it, and no other. */
static void
test_hub_comes(void **state)
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

/* Places on a controller that is there no more are forgotten; those on others are not. */
static void
test_hub_without_controller(void **state)
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

/* Another machine is other hardware: the old places do not bind it. */
static void
test_other_machine(void **state)
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

/* Ports for devices to come are there before they come, are taken, and are not taken back. */
static void
test_spare_ports(void **state)
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
test_reserved_slots(void **state)
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
test_no_room_for_spares(void **state)
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
        cmocka_unit_test(test_nobody_moves),
        cmocka_unit_test(test_equal_cards),
        cmocka_unit_test(test_renamed),
        cmocka_unit_test(test_nameless),
        cmocka_unit_test(test_placeless),
        cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_replaced_type),
        cmocka_unit_test(test_controller_stays),
        cmocka_unit_test(test_open_port),
        cmocka_unit_test(test_returned),
        cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_half_written),
        cmocka_unit_test(test_bus_behind_port),
        cmocka_unit_test(test_other_machine),
        cmocka_unit_test(test_hub_stays),
        cmocka_unit_test(test_written_hub),
        cmocka_unit_test(test_hub_comes),
        cmocka_unit_test(test_hub_without_controller),
        cmocka_unit_test(test_spare_ports),
        cmocka_unit_test(test_reserved_slots),
        cmocka_unit_test(test_no_room_for_spares),
        cmocka_unit_test(test_replaced_type_of_shared_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
