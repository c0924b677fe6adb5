/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Kinds, models and topologies that few guests have: expander buses with what belongs on them,
 * switches, NUMA nodes, devices of other machines, explicit companions and nested hubs.
 */

#include "domain_generator_private.h"

#include <string.h>

/* ---- PCI topologies ------------------------------------------------------------------------- */

static void
add_pci_controller(Generator *g, const char *model, const char *inside)
{
    generator_add(g, "    <controller type='pci' index='%u' model='%s'>%s</controller>\n",
                  ++g->n_pci_controllers, model, inside);
}

static char *
address_text(guint bus, guint slot, guint function)
{
    return g_strdup_printf("<address type='pci' bus='0x%02x' slot='0x%02x' function='0x%x'/>", bus,
                           slot, function);
}

static char *
node_text(Generator *g)
{
    if (g->n_numa_cells == 0 ? !generator_is_trouble(g) : generator_chance(g, 300))
        return g_strdup("");
    return g_strdup_printf("<target%s><node>%u</node></target>",
                           generator_chance(g, 200) ? " busNr='100'" : "",
                           generator_below(g, MAX(g->n_numa_cells, 1) + generator_is_trouble(g)));
}

/* A root port, a switch behind it, and what a switch has. */
static void
add_switch(Generator *g)
{
    gboolean is_placed = generator_chance(g, 500);
    guint n = 1 + generator_below(g, 3);

    if (generator_chance(g, 700))
        add_pci_controller(g, "pcie-root-port", "");
    g_autofree char *up = is_placed ? address_text(g->n_pci_controllers, 0, 0) : g_strdup("");
    add_pci_controller(g, "pcie-switch-upstream-port", up);
    guint bus = g->n_pci_controllers;
    for (guint i = 0; i < n; i++) {
        g_autofree char *down =
            generator_chance(g, 300) ? address_text(bus, generator_below(g, 32), 0) : g_strdup("");

        add_pci_controller(g, "pcie-switch-downstream-port", down);
    }
}

/* An expander bus, and bridges or ports that sit on it. */
static void
add_expander(Generator *g)
{
    g_autofree char *node = node_text(g);
    guint n = generator_below(g, 3);

    add_pci_controller(g, g->is_express ? "pcie-expander-bus" : "pci-expander-bus", node);
    guint bus = g->n_pci_controllers;
    for (guint i = 0; i < n; i++) {
        g_autofree char *place = address_text(bus, i, generator_below(g, 2));

        add_pci_controller(g,
                           g->is_express ? GENERATOR_PICK(g, "pcie-root-port", "pcie-root-port",
                                                          "dmi-to-pci-bridge")
                                         : "pci-bridge",
                           place);
    }
}

/* The conventional buses of a q35 guest of old. */
static void
add_dmi_bridges(Generator *g)
{
    add_pci_controller(g, "dmi-to-pci-bridge", "");
    if (generator_chance(g, 700)) {
        g_autofree char *place =
            generator_chance(g, 500) ? address_text(g->n_pci_controllers, 1, 0) : g_strdup("");

        add_pci_controller(g, "pci-bridge", place);
    }
}

/* Ports that share a slot, with or without function 0. */
static void
add_port_group(Generator *g)
{
    guint slot = 2 + generator_below(g, 20), n = 1 + generator_below(g, 8);

    for (guint i = 0; i < n; i++) {
        g_autofree char *place = generator_chance(g, 800) ? address_text(0, slot, i) : g_strdup("");

        add_pci_controller(g, "pcie-root-port", place);
    }
}

void
generator_rare_controllers(Generator *g)
{
    void (*const express[])(Generator *) = {add_switch, add_dmi_bridges, add_port_group,
                                            add_expander};
    guint n = generator_below(g, 3), n_kinds = G_N_ELEMENTS(express);

    if (strcmp(g->recipe->machine, "virt") == 0 && !generator_is_trouble(g))
        n_kinds--; /* RISC-V has no expander bus */
    for (guint i = 0; i < n; i++) {
        if (g->is_express)
            express[generator_below(g, n_kinds)](g);
        else if (generator_chance(g, g->is_i440fx ? 800 : 20))
            add_expander(g);
    }
}

/* ---- storage -------------------------------------------------------------------------------- */

static void
add_rare_disks(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 3, 8); i < n; i++) {
        const char *prefix = GENERATOR_PICK(g, "vd", "sd", "hd", "fd", "xvd");
        const char *device = GENERATOR_PICK(g, "disk", "disk", "cdrom", "lun", "floppy");
        const char *bus = GENERATOR_PICK(g, "", "", " bus='virtio'", " bus='scsi'", " bus='sata'",
                                         " bus='usb'", " bus='ide'", " bus='fdc'", " bus='sd'");
        gboolean is_plain = !generator_chance(g, 50 + g->recipe->trouble);

        if (is_plain) {
            device = generator_chance(g, 300) ? "cdrom" : "disk";
            prefix = generator_chance(g, 500) ? "sd" : "vd";
            bus = strcmp(device, "cdrom") == 0
                      ? GENERATOR_PICK(g, " bus='sata'", " bus='scsi'", " bus='usb'")
                  : prefix[0] == 'v'
                      ? GENERATOR_PICK(g, "", " bus='virtio'", " bus='scsi'", " bus='usb'")
                      : GENERATOR_PICK(g, " bus='scsi'", " bus='usb'", " bus='sata'");
        }
        const char *model =
            strcmp(bus, " bus='virtio'") == 0 && strcmp(device, "disk") == 0
                ? GENERATOR_PICK(g, "", " model='virtio-transitional'",
                                 " model='virtio-non-transitional'", " model='virtio'")
                : "";
        const char *source = strcmp(device, "disk") == 0 ? "<source file='/tmp/none'/>" : "";
        if (strcmp(device, "lun") == 0)
            source = "<source dev='/dev/sdz'/>";
        generator_add(g,
                      "    <disk type='%s' device='%s'%s>\n      <driver name='qemu' type='raw'/>"
                      "%s<target dev='%s%c%c'%s/>\n",
                      strcmp(device, "lun") == 0 ? "block" : "file", device, model, source, prefix,
                      'a' + generator_below(g, 2), 'a' + i, bus);
        if (strcmp(bus, " bus='virtio'") == 0)
            generator_pci_address(g, 200);
        else if (strcmp(bus, " bus='usb'") == 0)
            generator_usb_address(g);
        generator_add(g, "    </disk>\n");
    }
}

static void
add_rare_scsi(Generator *g)
{
    for (guint i = 0, n = 1 + generator_below(g, 3); i < n; i++) {
        generator_add(g, "    <controller type='scsi' index='%u' model='%s'>\n", 4 + i * 2,
                      GENERATOR_PICK(g, "lsisas1078", "lsisas1068", "lsilogic", "virtio-scsi",
                                     "virtio-non-transitional", "vmpvscsi", "ncr53c90", "dc390",
                                     "am53c974", "ibmvscsi"));
        generator_pci_address(g, 150);
        generator_add(g, "    </controller>\n");
    }
}

/* ---- USB ------------------------------------------------------------------------------------ */

static void
add_companions(Generator *g)
{
    static const char *const models[] = {"ich9-uhci3", "ich9-uhci1", "ich9-ehci1", "ich9-uhci2"};
    guint index = generator_below(g, 3), from = generator_below(g, 4);
    guint slot = 4 + generator_below(g, 20);
    gboolean is_placed = generator_chance(g, 400);

    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        const char *model = models[(from + i) % G_N_ELEMENTS(models)];
        guint number = (guint)(model[strlen(model) - 1] - '1');
        gboolean is_ehci = strstr(model, "ehci") != NULL;

        if (generator_chance(g, 100))
            continue;
        generator_add(g, "    <controller type='usb' index='%u' model='%s'>\n", index, model);
        if (!is_ehci && generator_chance(g, 600))
            generator_add(g, "      <master startport='%u'/>\n", number * 2);
        if (is_placed && generator_chance(g, 700)) {
            g_autofree char *place = address_text(0, slot, is_ehci ? 7 : number);

            generator_add(g, "      %s\n", place);
        }
        generator_add(g, "    </controller>\n");
    }
}

static void
add_nested_hubs(Generator *g)
{
    static const char *const chains[] = {"1", "1.1", "1.2", "1.1.1", "1.1.2", "2", "2.8", "2.9"};
    guint n = 1 + generator_below(g, G_N_ELEMENTS(chains) - 1);

    for (guint i = 0; i < n; i++)
        generator_add(g, "    <hub type='usb'><address type='usb' bus='0' port='%s'/></hub>\n",
                      chains[i]);
    for (guint i = 0, m = generator_below(g, 12); i < m; i++)
        generator_add(g, "    <input type='tablet' bus='usb'/>\n");
}

/* ---- characters ----------------------------------------------------------------------------- */

static void
add_rare_characters(Generator *g)
{
    if (generator_chance(g, 300))
        generator_add(g,
                      "    <serial type='pty'><target type='isa-serial' port='%u'/>"
                      "<address type='isa' iobase='0x%x' irq='0x4'/></serial>\n",
                      generator_below(g, 4), 0x3f8 - generator_below(g, 3) * 0x100);
    if (g->is_x86 && generator_chance(g, 150))
        generator_add(g, "    <serial type='pty'><target type='isa-debug'>"
                         "<model name='isa-debugcon'/></target>"
                         "<address type='isa' iobase='0x402'/></serial>\n");
    for (guint i = 0, n = generator_below(g, 3); i < n; i++) {
        generator_add(g, "    <controller type='virtio-serial' index='%u'%s%s>\n", 5 + i,
                      GENERATOR_PICK(g, "", " ports='2'", " ports='1'", " ports='0'"),
                      GENERATOR_PICK(g, "", " model='virtio'", " model='virtio-transitional'",
                                     " model='virtio-non-transitional'"));
        generator_pci_address(g, 150);
        generator_add(g, "    </controller>\n");
    }
    for (guint i = 0, n = generator_count(g, 3, 6); i < n; i++)
        generator_add(g,
                      "    <channel type='unix'><target type='virtio' name='rare.%u'/>%s"
                      "</channel>\n",
                      i,
                      GENERATOR_PICK(g, "", "<address type='virtio-serial' controller='5'/>",
                                     "<address type='virtio-serial' controller='6' port='1'/>",
                                     "<address type='virtio-serial'/>"));
    if (generator_chance(g, 200))
        generator_add(g,
                      "    <channel type='pty'><target type='guestfwd' address='10.0.2.%u' "
                      "port='4600'/></channel>\n",
                      1 + generator_below(g, 5));
    for (guint i = 0, n = generator_below(g, 3); i < n; i++)
        generator_add(g, "    <console type='pty'><target type='%s'/>%s</console>\n",
                      GENERATOR_PICK(g, "virtio", "virtio", "serial"),
                      GENERATOR_PICK(g, "", "", "<address type='virtio-serial' controller='5'/>",
                                     "<address type='virtio-serial' controller='0' bus='0' "
                                     "port='3'/>"));
    if (generator_chance(g, 150))
        generator_add(g, "    <parallel type='pty'>%s</parallel>\n",
                      GENERATOR_PICK(g, "", "<address type='isa' iobase='0x378' irq='0x7'/>"));
}

/* ---- everything else ------------------------------------------------------------------------ */

static void
add_rare_interfaces(Generator *g)
{
    for (guint i = 0, n = generator_count(g, 3, 6); i < n; i++) {
        generator_add(g, "    <interface type='%s'>\n      <mac address='52:54:00:02:00:%02x'/>\n",
                      "user", i);
        generator_add(g, "      <model type='%s'/>\n",
                      GENERATOR_PICK(g, "82540EM", "82545em", "vlance", "vmxnet", "igb", "VIRTIO",
                                     "tulip", "netfront", "lan9118", "usb-net", "e1000-82544gc",
                                     "Am79C973"));
        generator_pci_address(g, 150);
        generator_add(g, "    </interface>\n");
    }
}

static void
add_rare_hostdevs(Generator *g)
{
    if (generator_chance(g, 250)) {
        generator_add(g,
                      "    <hostdev mode='subsystem' type='scsi_host'%s><source protocol='vhost' "
                      "wwpn='naa.5123456789abcde0'/>\n",
                      GENERATOR_PICK(g, "", " model='virtio'", " model='virtio-transitional'",
                                     " model='virtio-non-transitional'"));
        generator_pci_address(g, 150);
        generator_add(g, "    </hostdev>\n");
    }
    if (g->is_x86 && generator_chance(g, 250))
        generator_add(g,
                      "    <hostdev mode='subsystem' type='pci' managed='yes'><source><address "
                      "domain='0x7' bus='0x50' slot='0x1' function='0x%x'/></source>%s"
                      "</hostdev>\n",
                      generator_below(g, 8),
                      GENERATOR_PICK(g, "", "<address type='unassigned'/>", "<rom bar='off'/>"));
    if (generator_chance(g, 200)) {
        generator_add(g,
                      "    <hostdev mode='subsystem' type='scsi'><source protocol='iscsi' "
                      "name='iqn.2000-01.org.example:1/%u'><host name='example.org' "
                      "port='3260'/></source>\n",
                      generator_below(g, 9));
        generator_drive_address(g, "scsi");
        generator_add(g, "    </hostdev>\n");
    }
}

static void
add_rare_memory(Generator *g)
{
    if (g->n_numa_cells == 0 || !generator_chance(g, 500))
        return;
    if (generator_chance(g, 400)) {
        generator_add(g, "    <memory model='virtio-pmem' access='shared'><source><path>/tmp/pmem"
                         "</path></source><target><size unit='KiB'>524288</size></target>\n");
        generator_pci_address(g, 200);
        generator_add(g, "    </memory>\n");
    }
    if (generator_chance(g, 400)) {
        generator_add(g, "    <memory model='virtio-mem'><target><size unit='KiB'>1048576</size>"
                         "<node>0</node><block unit='KiB'>2048</block><requested unit='KiB'>0"
                         "</requested></target>\n");
        generator_pci_address(g, 200);
        generator_add(g, "    </memory>\n");
    }
    if (g->is_x86 && generator_chance(g, 300))
        generator_add(g, "    <memory model='nvdimm'><source><path>/tmp/nvdimm</path></source>"
                         "<target><size unit='KiB'>131072</size><node>0</node></target>"
                         "</memory>\n");
}

static void
add_rare_display(Generator *g)
{
    if (generator_chance(g, 150))
        generator_add(g, "    <graphics type='%s'/>\n",
                      GENERATOR_PICK(g, "sdl", "egl-headless", "vnc"));
    if (generator_chance(g, 200)) {
        generator_add(g, "    <video><model type='%s'%s/>\n",
                      GENERATOR_PICK(g, "ramfb", "none", "virtio", "qxl", "bochs", "vga"),
                      GENERATOR_PICK(g, "", " primary='yes'", " heads='1'"));
        generator_pci_address(g, 150);
        generator_add(g, "    </video>\n");
    }
    if (generator_chance(g, 200))
        generator_add(g, "    <sound model='%s'/>\n",
                      GENERATOR_PICK(g, "ich9", "ich7", "virtio", "pcspk", "usb"));
    if (generator_chance(g, 100))
        generator_add(g, "    <audio id='1' type='none'/>\n");
}

/* Devices of which a guest has seldom one, each whole. */
static const char *const rare_elements[] = {
    "<watchdog model='itco'/>",
    "<watchdog model='ib700' action='poweroff'/>",
    "<watchdog model='i6300esb' action='none'/>",
    "<panic model='hyperv'/>",
    "<panic model='isa'><address type='isa' iobase='0x505'/></panic>",
    "<panic model='pvpanic'/>",
    "<panic/>",
    "<iommu model='intel'/>",
    "<iommu model='intel'><driver intremap='off' eim='off'/></iommu>",
    "<iommu model='virtio'/>",
    "<smartcard mode='passthrough' type='spicevmc'/>",
    "<smartcard mode='host'/>",
    "<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend>"
    "</tpm>",
    "<tpm><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>",
    "<input type='passthrough' bus='virtio'><source evdev='/dev/input/event1'/></input>",
    "<input type='evdev'><source dev='/dev/input/event1'/></input>",
    "<input type='tablet'/>",
    "<input type='keyboard' bus='usb'/>",
    "<input type='mouse' bus='virtio' model='virtio-transitional'/>",
    "<input type='tablet' bus='virtio' model='virtio-non-transitional'/>",
    "<shmem name='plain0'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
    "<shmem name='bell0'><model type='ivshmem-doorbell'/><server path='/tmp/s'/>"
    "<msi vectors='8'/></shmem>",
    "<filesystem type='mount' accessmode='passthrough'><driver type='virtiofs'/>"
    "<source dir='/tmp'/><target dir='vfs'/></filesystem>",
    "<filesystem type='mount'><driver type='mtp'/><source dir='/tmp'/><target dir='mtp'/>"
    "</filesystem>",
    "<rng model='virtio'><backend model='builtin'/></rng>",
    "<rng model='virtio'><backend model='random'>/dev/random</backend>"
    "<address type='pci'/></rng>",
    "<vsock model='virtio'><cid auto='no' address='4'/></vsock>",
    "<vsock/>",
    "<crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/></crypto>",
    "<controller type='ccid' index='0'/>",
    "<controller type='fdc' index='0'/>",
    "<controller type='nvme' index='0'><serial>s</serial></controller>",
    "<disk type='file' device='disk'><source file='/tmp/none'/><target dev='nvme0n1' "
    "bus='nvme'/><serial>s</serial></disk>",
    "<disk type='file' device='disk'><source file='/tmp/none'/><target dev='nvme0n3' "
    "bus='nvme'/><serial>s</serial></disk>",
    "<disk type='file' device='disk'><source file='/tmp/none'/><target dev='nvme1n2' "
    "bus='nvme'/><serial>t</serial></disk>",
    "<disk type='file' device='disk'><source file='/tmp/none'/><target dev='nvme0n2' "
    "bus='virtio'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/none'/><target dev='nvme3n2' "
    "bus='scsi'/></disk>",
    "<iommu model='amd'/>",
    "<controller type='sata' index='3'/>",
    "<controller type='usb' index='2' model='qemu-xhci' ports='8'/>",
    "<controller type='usb' index='1' model='nec-xhci'/>",
    "<redirdev bus='usb' type='tcp'><source mode='connect' host='localhost' service='4000'/>"
    "</redirdev>",
};

static void
add_rare_rest(Generator *g)
{
    for (guint i = 0, n = generator_below(g, 6); i < n; i++)
        generator_add(g, "    %s\n", generator_pick(g, rare_elements, G_N_ELEMENTS(rare_elements)));
    for (guint i = 0, n = generator_chance(g, 200) ? generator_below(g, 4) : 0; i < n; i++)
        generator_add(g,
                      "    <rng model='virtio'><backend model='random'>/dev/urandom</backend>"
                      "<acpi index='%u'/></rng>\n",
                      ++g->n_acpi_indexes);
}

void
generator_rare_devices(Generator *g)
{
    void (*const parts[])(Generator *) = {
        add_rare_disks,      add_rare_scsi,       add_companions,    add_nested_hubs,
        add_rare_characters, add_rare_interfaces, add_rare_hostdevs, add_rare_memory,
        add_rare_display,    add_rare_rest,
    };

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (generator_chance(g, 250))
            parts[i](g);
    }
}
