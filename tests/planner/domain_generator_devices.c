/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The kinds of devices that most guests have.
 */

#include "domain_generator_private.h"
#include "domain_oddities.h"

#include <string.h>

/* ---- devices -------------------------------------------------------------------------------- */

static void
add_disks(Generator *g)
{
    static const struct {
        const char *bus, *prefix;
        guint few, many;
    } buses[] = {
        {"virtio", "vd", 6, 24}, {"scsi", "sd", 5, 20}, {"sata", "sd", 3, 10},
        {"ide", "hd", 3, 5},     {"usb", "sd", 2, 8},   {"fdc", "fd", 1, 3},
    };

    guint letter = 0;
    for (guint i = 0; i < G_N_ELEMENTS(buses); i++) {
        const char *bus = buses[i].bus;
        guint n = generator_count(g, buses[i].few, buses[i].many);
        gboolean is_own = strcmp(buses[i].prefix, "sd") != 0;
        guint at = is_own ? 0 : letter;

        if (!g->is_i440fx && strcmp(bus, "ide") == 0 && !generator_is_trouble(g))
            continue;
        for (guint j = 0; j < n && at < 26; j++, at += generator_chance(g, 200) ? 2 : 1) {
            if (at >= 26)
                break;
            generator_add(
                g, "    <disk type='file' device='%s'>\n      <source file='/tmp/none-%s%c'/>\n",
                strcmp(bus, "fdc") == 0 ? "floppy" : "disk", buses[i].prefix, 'a' + at);
            generator_add(g, "      <target dev='%s%c' bus='%s'/>\n", buses[i].prefix, 'a' + at,
                          bus);
            if (strcmp(bus, "virtio") == 0)
                generator_pci_address(g, 200);
            else if (strcmp(bus, "usb") == 0)
                generator_usb_address(g);
            else
                generator_drive_address(g, bus);
            generator_add(g, "    </disk>\n");
        }
        if (!is_own)
            letter = at;
    }
}

void
generator_pci_controllers(Generator *g)
{
    guint n = generator_count(g, 4, 12), index = 0;

    if (generator_chance(g, 400))
        generator_add(g, "    <controller type='pci' index='0' model='%s'/>\n",
                      g->is_express ? "pcie-root" : "pci-root");
    for (guint i = 0; i < n; i++) {
        const char *model =
            generator_is_trouble(g)
                ? GENERATOR_PICK(g, "pci-bridge", "pcie-root-port", "dmi-to-pci-bridge",
                                 "pcie-to-pci-bridge", "pcie-switch-upstream-port",
                                 "pcie-switch-downstream-port", "pci-expander-bus",
                                 "pcie-expander-bus")
            : g->is_express
                ? GENERATOR_PICK(g, "pcie-root-port", "pcie-root-port", "pcie-root-port",
                                 "pcie-to-pci-bridge", "dmi-to-pci-bridge")
            : g->is_i440fx ? GENERATOR_PICK(g, "pci-bridge", "pci-bridge", "pci-expander-bus")
            : g_str_has_prefix(g->recipe->machine, "pseries")
                ? GENERATOR_PICK(g, "pci-root", "pci-root", "pci-bridge")
                : "pci-bridge";

        index += generator_chance(g, 120) ? 2 : 1;
        generator_add(g, "    <controller type='pci' index='%u' model='%s'>\n", index, model);
        if (generator_chance(g, 60) && strcmp(model, "pcie-root-port") == 0)
            generator_add(g, "      <target chassis='%u' port='0x%x'%s/>\n",
                          1 + generator_below(g, 30), generator_below(g, 250),
                          generator_chance(g, 300) ? " hotplug='off'" : "");
        if (generator_chance(g, strcmp(model, "pci-root") == 0 ? 5 : 120))
            generator_add(
                g, "      <address type='pci' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n",
                generator_is_trouble(g) ? generator_below(g, 4) : 0, 3 + generator_below(g, 25),
                generator_chance(g, 200) ? generator_below(g, 8) : 0);
        generator_add(g, "    </controller>\n");
    }
    g->n_pci_controllers = index;
}

static void
add_usb_controllers(Generator *g)
{
    static const char *const companions[] = {"ich9-ehci1", "ich9-uhci1", "ich9-uhci2",
                                             "ich9-uhci3"};
    gboolean is_indexed = generator_chance(g, 700);

    if (generator_chance(g, 500))
        return;
    if (generator_chance(g, 300)) {
        guint n = 1 + generator_below(g, 4);

        for (guint i = 0; i < n; i++) {
            const char *model = companions[generator_chance(g, 100) ? generator_below(g, 4) : i];

            generator_add(g, "    <controller type='usb'%s model='%s'>\n",
                          is_indexed ? " index='0'" : "", model);
            generator_pci_address(g, 100);
            generator_add(g, "    </controller>\n");
        }
        return;
    }
    guint n = 1 + generator_count(g, 1, 2);
    for (guint i = 0; i < n; i++) {
        g_autofree char *index = is_indexed ? g_strdup_printf(" index='%u'", i) : g_strdup("");
        g_autofree char *ports = NULL;
        const char *model = GENERATOR_PICK(
            g, "", " model='piix3-uhci'", " model='qemu-xhci'", " model='nec-xhci'",
            " model='ehci'", " model='pci-ohci'", " model='piix4-uhci'", " model='vt82c686b-uhci'");

        ports = strstr(model, "xhci") != NULL && generator_chance(g, 300)
                    ? g_strdup_printf(" ports='%u'",
                                      1 + generator_below(g, generator_is_trouble(g) ? 17 : 15))
                    : g_strdup("");
        generator_add(g, "    <controller type='usb'%s%s%s>\n", index, model, ports);
        generator_pci_address(g, 150);
        generator_add(g, "    </controller>\n");
    }
}

static void
add_other_controllers(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 2, 4); i < n; i++) {
        generator_add(g, "    <controller type='scsi'%s%s>\n",
                      generator_chance(g, 600) ? (i == 0   ? " index='0'"
                                                  : i == 1 ? " index='1'"
                                                           : " index='3'")
                                               : "",
                      GENERATOR_PICK(g, "", " model='virtio-scsi'", " model='lsilogic'",
                                     " model='virtio-scsi'", " model='lsisas1068'", " model='auto'",
                                     " model='virtio-non-transitional'",
                                     " model='virtio-transitional'"));
        generator_pci_address(g, 200);
        generator_add(g, "    </controller>\n");
    }
    if (generator_chance(g, 200)) {
        generator_add(g, "    <controller type='sata'%s>\n",
                      GENERATOR_PICK(g, "", " index='0'", " index='1'"));
        generator_pci_address(g, g->is_q35 ? g->recipe->trouble : 200);
        generator_add(g, "    </controller>\n");
    }
    if (generator_chance(g, 200)) {
        generator_add(g, "    <controller type='virtio-serial'%s%s>\n",
                      GENERATOR_PICK(g, "", " index='0'", " index='2'"),
                      GENERATOR_PICK(g, "", "", " ports='4'", " ports='31'"));
        generator_pci_address(g, 200);
        generator_add(g, "    </controller>\n");
    }
    if (generator_chance(g, 100))
        generator_add(g, "    <controller type='ccid' index='0'/>\n");
    if (g->is_i440fx && generator_chance(g, 100))
        generator_add(g, "    <controller type='ide' index='0'/>\n");
}

static void
add_interfaces(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 4, 10); i < n; i++) {
        const char *model = GENERATOR_PICK(g, "virtio", "virtio", "e1000", "e1000e", "rtl8139", "",
                                           "vmxnet3", "pcnet", "ne2k_pci", "virtio-transitional",
                                           "virtio-non-transitional", "E1000");
        gboolean is_hostdev =
            generator_chance(g, 80) && !g_str_has_prefix(g->recipe->machine, "pseries");

        if (is_hostdev) {
            generator_add(g,
                          "    <interface type='hostdev' managed='yes'>\n"
                          "      <source><address type='pci' domain='0x7' bus='0x%02x' slot='0x01' "
                          "function='0x0'/></source>\n",
                          64 + i);
        } else {
            generator_add(g, "    <interface type='user'>\n");
        }
        generator_add(g, "      <mac address='52:54:00:00:00:%02x'/>\n", i);
        if (*model != '\0' && !is_hostdev)
            generator_add(g, "      <model type='%s'/>\n", model);
        generator_pci_address(g, 200);
        generator_add(g, "    </interface>\n");
    }
}

static void
add_hostdevs(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 3, 10); i < n; i++) {
        /* What pseries does with a PCI host device hangs on whether the host has it. */
        guint kind = generator_below(g, 5);

        switch (kind == 1 && g_str_has_prefix(g->recipe->machine, "pseries") ? 3 : kind) {
        case 0:
            generator_add(
                g,
                "    <hostdev mode='subsystem' type='usb'>\n      <source><vendor id='0x1%03x'/>"
                "<product id='0x%04x'/></source>\n",
                i, i + 1);
            generator_usb_address(g);
            break;
        case 1:
            generator_add(g,
                          "    <hostdev mode='subsystem' type='pci' managed='yes'>\n"
                          "      <source><address domain='0x7' bus='0x%02x' slot='0x01' "
                          "function='0x0'/></source>\n",
                          i + 1);
            generator_pci_address(g, 200);
            break;
        case 2:
            generator_add(
                g,
                "    <hostdev mode='subsystem' type='mdev' model='vfio-pci'>\n"
                "      <source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8%03x'/></source>\n",
                i);
            generator_pci_address(g, 200);
            break;
        default:
            generator_add(g,
                          "    <hostdev mode='subsystem' type='scsi'>\n"
                          "      <source><adapter name='scsi_host0'/>"
                          "<address bus='0' target='0' unit='%u'/></source>\n",
                          i);
            generator_drive_address(g, "scsi");
            break;
        }
        generator_add(g, "    </hostdev>\n");
    }
}

static void
add_characters(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 2, 3); i < n; i++) {
        const char *target = GENERATOR_PICK(g, "", "isa-serial", "pci-serial", "usb-serial");

        generator_add(g, "    <serial type='pty'>\n");
        if (*target != '\0')
            generator_add(g, "      <target type='%s'/>\n", target);
        if (strcmp(target, "pci-serial") == 0)
            generator_pci_address(g, 200);
        else if (strcmp(target, "usb-serial") == 0)
            generator_usb_address(g);
        generator_add(g, "    </serial>\n");
    }
    if (g->is_x86 && generator_chance(g, 200))
        generator_add(g, "    <parallel type='pty'/>\n");
    for (guint i = 0, n = generator_count(g, 3, 40); i < n; i++) {
        generator_add(g, "    <channel type='pty'>\n      <target type='virtio' name='ch.%u'/>\n",
                      i);
        if (generator_chance(g, 200))
            generator_add(
                g, "      <address type='virtio-serial' controller='%u' bus='0' port='%u'/>\n",
                generator_chance(g, 200) ? generator_below(g, 3) : 0,
                generator_below(g, generator_is_trouble(g) ? 33 : 6));
        generator_add(g, "    </channel>\n");
    }
    gboolean has_bare = generator_chance(g, 300);
    if (has_bare)
        generator_add(g, "    <console type='pty'/>\n");
    for (guint i = 0, n = generator_count(g, 1, 3); i < n; i++)
        generator_add(g, "    <console type='pty'><target type='virtio' port='%u'/></console>\n",
                      i + has_bare);
    if (generator_chance(g, 80))
        generator_add(g, "    <smartcard mode='host'>%s</smartcard>\n",
                      GENERATOR_PICK(g, "", "", "<address type='ccid' controller='0' slot='0'/>"));
}

static void
add_inputs(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 3, 12); i < n; i++) {
        const char *bus = GENERATOR_PICK(g, "", "usb", "usb", "virtio", "ps2");
        const char *type = strcmp(bus, "ps2") == 0 || *bus == '\0'
                               ? GENERATOR_PICK(g, "mouse", "keyboard")
                               : GENERATOR_PICK(g, "mouse", "keyboard", "tablet");

        generator_add(g, "    <input type='%s'%s%s%s>\n", type, *bus == '\0' ? "" : " bus='", bus,
                      *bus == '\0' ? "" : "'");
        if (strcmp(bus, "usb") == 0)
            generator_usb_address(g);
        else if (strcmp(bus, "virtio") == 0)
            generator_pci_address(g, 150);
        generator_add(g, "    </input>\n");
    }
    for (guint i = 0, n = generator_count(g, 1, 3); i < n; i++) {
        g->has_hubs = TRUE;
        generator_add(g, "    <hub type='usb'>\n");
        generator_usb_address(g);
        generator_add(g, "    </hub>\n");
    }
    for (guint i = 0, n = generator_count(g, 2, 4); i < n; i++) {
        generator_add(
            g, "    <redirdev bus='usb' type='tcp'>\n      <source mode='connect' host='localhost' "
               "service='4000'/>\n      <protocol type='raw'/>\n");
        generator_usb_address(g);
        generator_add(g, "    </redirdev>\n");
    }
}

static void
add_display(Generator *g)
{
    gboolean has_graphics = generator_chance(g, 500);

    if (has_graphics)
        generator_add(g, "    <graphics type='vnc' port='-1'/>\n");
    for (guint i = 0, n = generator_count(g, 2, 3); i < n; i++) {
        const char *model =
            i == 0 ? GENERATOR_PICK(g, "vga", "cirrus", "qxl", "virtio", "bochs", "vmvga")
                   : GENERATOR_PICK(g, "qxl", "virtio");

        generator_add(g, "    <video>\n      <model type='%s'%s/>\n", model,
                      n > 1 && i == 1 && generator_chance(g, 200) && !generator_chance(g, 700)
                          ? " primary='yes'"
                          : "");
        generator_pci_address(g, 120);
        generator_add(g, "    </video>\n");
    }
    for (guint i = 0, n = generator_count(g, 2, 4); i < n; i++) {
        const char *model = GENERATOR_PICK(g, "ich6", "ich9", "ac97", "es1370", "usb", "sb16");

        generator_add(g, "    <sound model='%s'>\n", model);
        if (strcmp(model, "usb") == 0)
            generator_usb_address(g);
        else if (strcmp(model, "sb16") != 0)
            generator_pci_address(g, 150);
        generator_add(g, "    </sound>\n");
    }
}

static void
add_filesystems(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 2, 5); i < n; i++) {
        generator_add(g,
                      "    <filesystem type='mount'%s>\n      <source dir='/tmp'/>\n"
                      "      <target dir='fs%u'/>\n",
                      GENERATOR_PICK(g, "", "", " model='virtio-transitional'",
                                     " model='virtio-non-transitional'"),
                      i);
        generator_pci_address(g, 150);
        generator_add(g, "    </filesystem>\n");
    }
}

/* Those that a guest has once at most. */
static void
add_watchdog_and_balloon(Generator *g)
{
    if (generator_chance(g, 200)) {
        const char *model = GENERATOR_PICK(g, "i6300esb", "ib700");

        generator_add(g, "    <watchdog model='%s'>\n", model);
        if (*(model + 1) == '6')
            generator_pci_address(g, 200);
        generator_add(g, "    </watchdog>\n");
    }
    if (generator_chance(g, g->has_balloon ? 0 : 500)) {
        const char *model =
            GENERATOR_PICK(g, "none", "virtio", "virtio-transitional", "virtio-non-transitional");

        g->has_balloon = TRUE;
        generator_add(g, "    <memballoon model='%s'>\n", model);
        if (strcmp(model, "none") != 0)
            generator_pci_address(g, 200);
        generator_add(g, "    </memballoon>\n");
    }
}

static void
add_small_devices(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 2, 4); i < n; i++) {
        generator_add(g, "    <rng model='%s'><backend model='random'>/dev/random</backend>\n",
                      GENERATOR_PICK(g, "virtio", "virtio", "virtio-transitional",
                                     "virtio-non-transitional"));
        generator_pci_address(g, 200);
        generator_add(g, "    </rng>\n");
    }
    for (guint i = 0, n = generator_count(g, 2, 3); i < n; i++) {
        generator_add(
            g, "    <shmem name='shm%u'><model type='ivshmem-plain'/><size unit='M'>4</size>\n", i);
        generator_pci_address(g, 200);
        generator_add(g, "    </shmem>\n");
    }
    if (generator_chance(g, 100))
        generator_add(g, "    <tpm model='tpm-tis'><backend type='passthrough'>"
                         "<device path='/dev/tpm0'/></backend></tpm>\n");
    if (generator_chance(g, 150)) {
        generator_add(
            g, "    <vsock model='%s'><cid auto='yes'/>\n",
            GENERATOR_PICK(g, "virtio", "virtio-transitional", "virtio-non-transitional"));
        generator_pci_address(g, 200);
        generator_add(g, "    </vsock>\n");
    }
    if (g->is_x86 && generator_chance(g, 100))
        generator_add(g, "    <panic model='isa'/>\n");
    if (g->is_express && generator_chance(g, 80)) {
        generator_add(g, "    <iommu model='virtio'>\n");
        generator_pci_address(g, 100);
        generator_add(g, "    </iommu>\n");
    }
}

static void
add_rest(Generator *g)
{
    add_filesystems(g);
    add_watchdog_and_balloon(g);
    add_small_devices(g);
}

/* Devices that are one too many, incomplete, or in the wrong guest. */
static void
add_odd_device(Generator *g)
{
    generator_add(g, "    %s\n", generator_pick(g, domain_odd_devices, domain_n_odd_devices));
}

void
generator_dimms(Generator *g, guint n)
{
    for (guint i = 0; i < n; i++) {
        generator_add(g, "    <memory model='dimm'>\n      <target><size unit='KiB'>131072</size>"
                         "<node>0</node></target>\n");
        if (generator_chance(g, 300))
            generator_add(g, "      <address type='dimm' slot='%u'/>\n",
                          generator_below(g, generator_is_trouble(g) ? 6 : 4));
        generator_add(g, "    </memory>\n");
    }
}

void
generator_devices(Generator *g)
{
    void (*const parts[])(Generator *) = {
        add_disks,      add_usb_controllers, add_other_controllers, add_interfaces, add_hostdevs,
        add_characters, add_inputs,          add_display,           add_rest,
    };

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (generator_chance(g, g->has_pci ? 600 : 100))
            parts[i](g);
    }
    while (generator_chance(g, g->recipe->oddity * 10))
        add_odd_device(g);
}
