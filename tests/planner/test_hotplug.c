/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Devices for running guests: the places that take hotplug, and what is refused.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ingest/domain_devices_reader.h>
#include <planner/hotplug.h>
#include <reports/domain_edit.h>
#include <reports/domain_writer.h>
#include <string.h>

#define PORT "<controller type='pci' model='pcie-root-port'/>"
#define ROOT "<controller type='pci' model='pcie-root'/>"
#define BARE "<memballoon model='none'/><controller type='usb' model='none'/>"
#define RNG(address)                                                                               \
    "<rng model='virtio'><backend model='random'>/dev/urandom</backend>" address "</rng>"

static char *
planned_text(const char *machine, const char *devices)
{
    g_autofree char *xml = g_strdup_printf("<domain type='kvm'><os><type arch='x86_64' "
                                           "machine='%s'>hvm</type></os><devices>%s</devices>"
                                           "</domain>",
                                           machine, devices);
    const AddressOptions options = {0};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) guest = domain_devices_read(xml, strlen(xml), &refusal);

    assert_non_null(guest);
    refusal = address_plan_guest(guest, &options);
    if (refusal != NULL)
        fail_msg("%s", refusal->text);
    return g_string_free(domain_write(xml, strlen(xml), guest), FALSE);
}

/* The guest with ELEMENT attached while it runs, or why not. */
static char *
attached_text(const char *xml, const char *element)
{
    /* Ports that are kept for hotplug are there to be used. */
    const AddressOptions options = {.spare_ports = 1, .reserved_slots = 1};
    Finding *refusal = NULL;
    guint32 offset = 0;
    g_autoptr(DomainDevices) guest = domain_devices_read(xml, strlen(xml), &refusal);
    g_autoptr(Device) device = domain_device_read(element, strlen(element), &refusal);

    assert_non_null(device);
    refusal = hotplug_check(guest, device, &options, TRUE);
    if (refusal == NULL) {
        g_autoptr(GString) text =
            domain_edit_insert(xml, strlen(xml), guest, device->kind, element, &offset);
        g_autoptr(DomainDevices) both = domain_devices_read(text->str, text->len, &refusal);

        refusal = hotplug_attach(both, domain_devices_find_place(both, offset), &options, TRUE);
        if (refusal == NULL)
            return g_string_free(domain_write(text->str, text->len, both), FALSE);
    }
    char *message = g_strdup(refusal->text);
    finding_free(refusal);
    return message;
}

static void
test_running_guest_takes_only_what_can_be_plugged(void **state)
{
    static const struct {
        const char *name, *machine, *devices, *element, *found;
    } cases[] = {
        {"an i440fx guest gives its lowest free slot", "pc-i440fx-8.0", BARE, RNG(""),
         "bus='0x00' slot='0x02' function='0x0'/></rng>"},
        {"its chipset's places stay its own", "pc-i440fx-8.0", "<memballoon model='none'/>",
         RNG("<address type='pci' slot='1'/>"), "0000:00:01.0"},
        {"a q35 guest gives its lowest free port", "pc-q35-8.0", BARE ROOT PORT PORT, RNG(""),
         "bus='0x01' slot='0x00' function='0x0'/></rng>"},
        {"a port that takes no hotplug is passed over", "pc-q35-8.0",
         BARE ROOT "<controller type='pci' model='pcie-root-port'><target hotplug='off'/>"
                   "</controller>" PORT,
         RNG(""), "bus='0x02' slot='0x00' function='0x0'/></rng>"},
        {"without a free port there is no place", "pc-q35-8.0", BARE ROOT PORT RNG(""), RNG(""),
         "no PCI slot that takes hotplug is free"},
        {"a conventional card needs a bridge that is there", "pc-q35-8.0", BARE ROOT PORT PORT,
         "<interface type='user'><model type='rtl8139'/></interface>",
         "no PCI slot that takes hotplug is free"},
        {"only function 0 is given", "pc-q35-8.0", BARE ROOT PORT,
         RNG("<address type='pci' bus='1' slot='0' function='1'/>"), "function 0 only"},
        {"the root complex takes no hotplug", "pc-q35-8.0", BARE ROOT PORT,
         RNG("<address type='pci' bus='0' slot='9'/>"), "takes no hotplug"},
        {"a SCSI disk brings all controllers up to its own, like the last one", "pc-q35-8.0",
         BARE ROOT PORT PORT PORT "<controller type='scsi' model='virtio-scsi'/>",
         "<disk><target dev='sdo' bus='scsi'/></disk>",
         "<controller type='scsi' index='2' model='virtio-scsi'>"},
        {"which need places too", "pc-q35-8.0",
         BARE ROOT PORT PORT "<controller type='scsi' model='virtio-scsi'/>",
         "<disk><target dev='sdo' bus='scsi'/></disk>", "no PCI slot that takes hotplug is free"},
        {"a virtio console is taken", "pc-q35-8.0", BARE "<controller type='virtio-serial'/>",
         "<console type='pty'><target type='virtio'/></console>", "<target type='virtio'/>"},
        {"a virtio-serial controller is not", "pc-i440fx-8.0", BARE,
         "<controller type='virtio-serial'/>", "a running guest takes no <controller>"},
        {"nor a watchdog on ISA", "pc-i440fx-8.0", BARE, "<watchdog model='ib700'/>",
         "a running guest takes no <watchdog>"},
        {"nor a SATA disk", "pc-q35-8.0", BARE, "<disk><target dev='sda' bus='sata'/></disk>",
         "a running guest takes no <disk>"},
        {"nor a sound card", "pc-q35-8.0", BARE, "<sound model='ich6'/>",
         "libvirt attaches no <sound> to a running guest"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml = planned_text(cases[i].machine, cases[i].devices);
        g_autofree char *text = attached_text(xml, cases[i].element);

        if (strstr(text, cases[i].found) == NULL)
            fail_msg("%s: %s", cases[i].name, text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_running_guest_takes_only_what_can_be_plugged)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
