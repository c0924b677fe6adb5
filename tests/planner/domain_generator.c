/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A guest is a handful of devices of each kind. What libvirt checks for reasons outside addressing
 * (two watchdogs, a second TPM) is mostly avoided, so that what is left to refuse is about places.
 */

#include "domain_generator.h"
#include "domain_oddities.h"

#include <string.h>

typedef struct {
    GRand *rand;
    GString *xml;
    const DomainRecipe *recipe;
    gboolean is_q35;
    guint n_usb_sources;
    guint n_pci_controllers; /* written so far, the root not counted */
} Generator;

static gboolean
chance(Generator *g, guint per_mille)
{
    return (guint)g_rand_int_range(g->rand, 0, 1000) < per_mille;
}

static guint
below(Generator *g, guint n)
{
    return (guint)g_rand_int_range(g->rand, 0, (gint)n);
}

/* Few most of the time, many now and then. */
static guint
count(Generator *g, guint few, guint many)
{
    return chance(g, 60) ? below(g, many + 1) : chance(g, 500) ? 0 : below(g, few + 1);
}

static const char *
pick(Generator *g, const char *const *words, guint n)
{
    return words[below(g, n)];
}

#define PICK(g, ...)                                                                               \
    pick(g, (const char *const[]){__VA_ARGS__}, G_N_ELEMENTS(((const char *const[]){__VA_ARGS__})))

static void G_GNUC_PRINTF(2, 3) add(Generator *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(g->xml, format, args);
    va_end(args);
}

static gboolean
is_trouble(Generator *g)
{
    return chance(g, g->recipe->trouble);
}

/* ---- addresses ------------------------------------------------------------------------------ */

/* Addresses that are written oddly, or are none. */
static void
add_odd_address(Generator *g)
{
    add(g, "      %s\n", pick(g, domain_odd_addresses, domain_n_odd_addresses));
}

static void
add_pci_address(Generator *g, guint per_mille)
{
    if (chance(g, g->recipe->oddity)) {
        add_odd_address(g);
        return;
    }
    if (!chance(g, per_mille))
        return;
    if (chance(g, 60)) {
        add(g, "      <address type='pci'/>\n");
        return;
    }
    guint bus = is_trouble(g) ? below(g, 4) : g->is_q35 ? below(g, 1 + g->n_pci_controllers) : 0;
    guint slot = g->is_q35 && bus > 0 && !is_trouble(g) ? 0 : 3 + below(g, 24);
    guint function = chance(g, 150) ? below(g, 8) : 0;
    if (is_trouble(g))
        slot = below(g, 32);
    add(g,
        "      <address type='pci' domain='0x0000' bus='0x%02x' slot='0x%02x' "
        "function='0x%x'%s/>\n",
        bus, slot, function, PICK(g, "", "", "", " multifunction='on'", " multifunction='off'"));
}

static void
add_drive_address(Generator *g, const char *bus)
{
    gboolean is_scsi = strcmp(bus, "scsi") == 0, is_sata = strcmp(bus, "sata") == 0;

    if (chance(g, g->recipe->oddity)) {
        add_odd_address(g);
        return;
    }
    if (!chance(g, 250))
        return;
    add(g, "      <address type='drive' controller='%u' bus='%u' target='0' unit='%u'/>\n",
        is_scsi || is_sata ? below(g, 4) : (guint)is_trouble(g),
        strcmp(bus, "ide") == 0 ? below(g, 2) : 0,
        is_scsi ? below(g, 9) : below(g, is_sata ? 6 : 2));
}

static void
add_usb_address(Generator *g)
{
    if (chance(g, g->recipe->oddity)) {
        add_odd_address(g);
        return;
    }
    if (!chance(g, 200))
        return;
    switch (below(g, 4)) {
    case 0:
        add(g, "      <address type='usb' bus='%u'/>\n", is_trouble(g) ? below(g, 3) : 0);
        break;
    case 1:
        add(g, "      <address type='usb' bus='0' port='%u.%u'/>\n", 1 + below(g, 2),
            1 + below(g, 9));
        break;
    default:
        add(g, "      <address type='usb' bus='%u' port='%u'/>\n", is_trouble(g) ? below(g, 3) : 0,
            1 + below(g, is_trouble(g) ? 9 : 2));
        break;
    }
}

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
        guint n = count(g, buses[i].few, buses[i].many);
        gboolean is_own = strcmp(buses[i].prefix, "sd") != 0;
        guint at = is_own ? 0 : letter;

        if (g->is_q35 && strcmp(bus, "ide") == 0 && !is_trouble(g))
            continue;
        for (guint j = 0; j < n && at < 26; j++, at += chance(g, 200) ? 2 : 1) {
            if (at >= 26)
                break;
            add(g, "    <disk type='file' device='%s'>\n      <source file='/tmp/none-%s%c'/>\n",
                strcmp(bus, "fdc") == 0 ? "floppy" : "disk", buses[i].prefix, 'a' + at);
            add(g, "      <target dev='%s%c' bus='%s'/>\n", buses[i].prefix, 'a' + at, bus);
            if (strcmp(bus, "virtio") == 0)
                add_pci_address(g, 200);
            else if (strcmp(bus, "usb") == 0)
                add_usb_address(g);
            else
                add_drive_address(g, bus);
            add(g, "    </disk>\n");
        }
        if (!is_own)
            letter = at;
    }
}

static void
add_pci_controllers(Generator *g)
{
    guint n = count(g, 4, 12), index = 0;

    if (chance(g, 400))
        add(g, "    <controller type='pci' index='0' model='%s'/>\n",
            g->is_q35 ? "pcie-root" : "pci-root");
    for (guint i = 0; i < n; i++) {
        const char *model =
            is_trouble(g)
                ? PICK(g, "pci-bridge", "pcie-root-port", "dmi-to-pci-bridge", "pcie-to-pci-bridge",
                       "pcie-switch-upstream-port", "pcie-switch-downstream-port",
                       "pci-expander-bus", "pcie-expander-bus")
            : g->is_q35 ? PICK(g, "pcie-root-port", "pcie-root-port", "pcie-root-port",
                               "pcie-to-pci-bridge", "dmi-to-pci-bridge")
                        : PICK(g, "pci-bridge", "pci-bridge", "pci-expander-bus");

        index += chance(g, 120) ? 2 : 1;
        add(g, "    <controller type='pci' index='%u' model='%s'>\n", index, model);
        if (chance(g, 60) && strcmp(model, "pcie-root-port") == 0)
            add(g, "      <target chassis='%u' port='0x%x'%s/>\n", 1 + below(g, 30), below(g, 250),
                chance(g, 300) ? " hotplug='off'" : "");
        if (chance(g, 120))
            add(g, "      <address type='pci' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n",
                is_trouble(g) ? below(g, 4) : 0, 3 + below(g, 25),
                chance(g, 200) ? below(g, 8) : 0);
        add(g, "    </controller>\n");
    }
    g->n_pci_controllers = index;
}

static void
add_usb_controllers(Generator *g)
{
    static const char *const companions[] = {"ich9-ehci1", "ich9-uhci1", "ich9-uhci2",
                                             "ich9-uhci3"};
    gboolean is_indexed = chance(g, 700);

    if (chance(g, 500))
        return;
    if (chance(g, 300)) {
        guint n = 1 + below(g, 4);

        for (guint i = 0; i < n; i++) {
            const char *model = companions[chance(g, 100) ? below(g, 4) : i];

            add(g, "    <controller type='usb'%s model='%s'>\n", is_indexed ? " index='0'" : "",
                model);
            add_pci_address(g, 100);
            add(g, "    </controller>\n");
        }
        return;
    }
    guint n = 1 + count(g, 1, 2);
    for (guint i = 0; i < n; i++) {
        g_autofree char *index = is_indexed ? g_strdup_printf(" index='%u'", i) : g_strdup("");
        g_autofree char *ports = NULL;
        const char *model = PICK(g, "", " model='piix3-uhci'", " model='qemu-xhci'",
                                 " model='nec-xhci'", " model='ehci'", " model='pci-ohci'",
                                 " model='piix4-uhci'", " model='vt82c686b-uhci'");

        ports = strstr(model, "xhci") != NULL && chance(g, 300)
                    ? g_strdup_printf(" ports='%u'", 1 + below(g, is_trouble(g) ? 17 : 15))
                    : g_strdup("");
        add(g, "    <controller type='usb'%s%s%s>\n", index, model, ports);
        add_pci_address(g, 150);
        add(g, "    </controller>\n");
    }
}

static void
add_other_controllers(Generator *g)
{
    for (guint i = 0, n = count(g, 2, 4); i < n; i++) {
        add(g, "    <controller type='scsi'%s%s>\n",
            chance(g, 600) ? (i == 0   ? " index='0'"
                              : i == 1 ? " index='1'"
                                       : " index='3'")
                           : "",
            PICK(g, "", " model='virtio-scsi'", " model='lsilogic'", " model='virtio-scsi'",
                 " model='lsisas1068'", " model='auto'", " model='virtio-non-transitional'",
                 " model='virtio-transitional'"));
        add_pci_address(g, 200);
        add(g, "    </controller>\n");
    }
    if (chance(g, 200)) {
        add(g, "    <controller type='sata'%s>\n", PICK(g, "", " index='0'", " index='1'"));
        add_pci_address(g, g->is_q35 ? g->recipe->trouble : 200);
        add(g, "    </controller>\n");
    }
    if (chance(g, 200)) {
        add(g, "    <controller type='virtio-serial'%s%s>\n",
            PICK(g, "", " index='0'", " index='2'"), PICK(g, "", "", " ports='4'", " ports='31'"));
        add_pci_address(g, 200);
        add(g, "    </controller>\n");
    }
    if (chance(g, 100))
        add(g, "    <controller type='ccid' index='0'/>\n");
    if (chance(g, 100))
        add(g, "    <controller type='ide' index='0'/>\n");
}

static void
add_interfaces(Generator *g)
{
    for (guint i = 0, n = count(g, 4, 10); i < n; i++) {
        const char *model =
            PICK(g, "virtio", "virtio", "e1000", "e1000e", "rtl8139", "", "vmxnet3", "pcnet",
                 "ne2k_pci", "virtio-transitional", "virtio-non-transitional", "E1000");
        gboolean is_hostdev = chance(g, 80);

        if (is_hostdev) {
            add(g,
                "    <interface type='hostdev' managed='yes'>\n"
                "      <source><address type='pci' domain='0x7' bus='0x%02x' slot='0x01' "
                "function='0x0'/></source>\n",
                64 + i);
        } else {
            add(g, "    <interface type='user'>\n");
        }
        add(g, "      <mac address='52:54:00:00:00:%02x'/>\n", i);
        if (*model != '\0' && !is_hostdev)
            add(g, "      <model type='%s'/>\n", model);
        add_pci_address(g, 200);
        add(g, "    </interface>\n");
    }
}

static void
add_hostdevs(Generator *g)
{
    for (guint i = 0, n = count(g, 3, 10); i < n; i++) {
        switch (below(g, 5)) {
        case 0:
            add(g,
                "    <hostdev mode='subsystem' type='usb'>\n      <source><vendor id='0x1%03x'/>"
                "<product id='0x%04x'/></source>\n",
                i, i + 1);
            add_usb_address(g);
            break;
        case 1:
            add(g,
                "    <hostdev mode='subsystem' type='pci' managed='yes'>\n"
                "      <source><address domain='0x7' bus='0x%02x' slot='0x01' "
                "function='0x0'/></source>\n",
                i + 1);
            add_pci_address(g, 200);
            break;
        case 2:
            add(g,
                "    <hostdev mode='subsystem' type='mdev' model='vfio-pci'>\n"
                "      <source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8%03x'/></source>\n",
                i);
            add_pci_address(g, 200);
            break;
        default:
            add(g,
                "    <hostdev mode='subsystem' type='scsi'>\n"
                "      <source><adapter name='scsi_host0'/>"
                "<address bus='0' target='0' unit='%u'/></source>\n",
                i);
            add_drive_address(g, "scsi");
            break;
        }
        add(g, "    </hostdev>\n");
    }
}

static void
add_characters(Generator *g)
{
    for (guint i = 0, n = count(g, 2, 3); i < n; i++) {
        const char *target = PICK(g, "", "isa-serial", "pci-serial", "usb-serial");

        add(g, "    <serial type='pty'>\n");
        if (*target != '\0')
            add(g, "      <target type='%s'/>\n", target);
        if (strcmp(target, "pci-serial") == 0)
            add_pci_address(g, 200);
        else if (strcmp(target, "usb-serial") == 0)
            add_usb_address(g);
        add(g, "    </serial>\n");
    }
    if (chance(g, 200))
        add(g, "    <parallel type='pty'/>\n");
    for (guint i = 0, n = count(g, 3, 40); i < n; i++) {
        add(g, "    <channel type='pty'>\n      <target type='virtio' name='ch.%u'/>\n", i);
        if (chance(g, 200))
            add(g, "      <address type='virtio-serial' controller='%u' bus='0' port='%u'/>\n",
                chance(g, 200) ? below(g, 3) : 0, below(g, is_trouble(g) ? 33 : 6));
        add(g, "    </channel>\n");
    }
    gboolean has_bare = chance(g, 300);
    if (has_bare)
        add(g, "    <console type='pty'/>\n");
    for (guint i = 0, n = count(g, 1, 3); i < n; i++)
        add(g, "    <console type='pty'><target type='virtio' port='%u'/></console>\n",
            i + has_bare);
    if (chance(g, 80))
        add(g, "    <smartcard mode='host'>%s</smartcard>\n",
            PICK(g, "", "", "<address type='ccid' controller='0' slot='0'/>"));
}

static void
add_inputs(Generator *g)
{
    for (guint i = 0, n = count(g, 3, 12); i < n; i++) {
        const char *bus = PICK(g, "", "usb", "usb", "virtio", "ps2");
        const char *type = strcmp(bus, "ps2") == 0 || *bus == '\0'
                               ? PICK(g, "mouse", "keyboard")
                               : PICK(g, "mouse", "keyboard", "tablet");

        add(g, "    <input type='%s'%s%s%s>\n", type, *bus == '\0' ? "" : " bus='", bus,
            *bus == '\0' ? "" : "'");
        if (strcmp(bus, "usb") == 0)
            add_usb_address(g);
        else if (strcmp(bus, "virtio") == 0)
            add_pci_address(g, 150);
        add(g, "    </input>\n");
    }
    for (guint i = 0, n = count(g, 1, 3); i < n; i++) {
        add(g, "    <hub type='usb'>\n");
        add_usb_address(g);
        add(g, "    </hub>\n");
    }
    for (guint i = 0, n = count(g, 2, 4); i < n; i++) {
        add(g, "    <redirdev bus='usb' type='tcp'>\n      <source mode='connect' host='localhost' "
               "service='4000'/>\n      <protocol type='raw'/>\n");
        add_usb_address(g);
        add(g, "    </redirdev>\n");
    }
}

static void
add_display(Generator *g)
{
    gboolean has_graphics = chance(g, 500);

    if (has_graphics)
        add(g, "    <graphics type='vnc' port='-1'/>\n");
    for (guint i = 0, n = count(g, 2, 3); i < n; i++) {
        const char *model = i == 0 ? PICK(g, "vga", "cirrus", "qxl", "virtio", "bochs", "vmvga")
                                   : PICK(g, "qxl", "virtio");

        add(g, "    <video>\n      <model type='%s'%s/>\n", model,
            n > 1 && i == 1 && chance(g, 200) && !chance(g, 700) ? " primary='yes'" : "");
        add_pci_address(g, 120);
        add(g, "    </video>\n");
    }
    for (guint i = 0, n = count(g, 2, 4); i < n; i++) {
        const char *model = PICK(g, "ich6", "ich9", "ac97", "es1370", "usb", "sb16");

        add(g, "    <sound model='%s'>\n", model);
        if (strcmp(model, "usb") == 0)
            add_usb_address(g);
        else if (strcmp(model, "sb16") != 0)
            add_pci_address(g, 150);
        add(g, "    </sound>\n");
    }
}

static void
add_rest(Generator *g)
{
    for (guint i = 0, n = count(g, 2, 5); i < n; i++) {
        add(g,
            "    <filesystem type='mount'%s>\n      <source dir='/tmp'/>\n"
            "      <target dir='fs%u'/>\n",
            PICK(g, "", "", " model='virtio-transitional'", " model='virtio-non-transitional'"), i);
        add_pci_address(g, 150);
        add(g, "    </filesystem>\n");
    }
    if (chance(g, 200)) {
        const char *model = PICK(g, "i6300esb", "ib700");

        add(g, "    <watchdog model='%s'>\n", model);
        if (*(model + 1) == '6')
            add_pci_address(g, 200);
        add(g, "    </watchdog>\n");
    }
    if (chance(g, 500)) {
        const char *model =
            PICK(g, "none", "virtio", "virtio-transitional", "virtio-non-transitional");

        add(g, "    <memballoon model='%s'>\n", model);
        if (strcmp(model, "none") != 0)
            add_pci_address(g, 200);
        add(g, "    </memballoon>\n");
    }
    for (guint i = 0, n = count(g, 2, 4); i < n; i++) {
        add(g, "    <rng model='%s'><backend model='random'>/dev/random</backend>\n",
            PICK(g, "virtio", "virtio", "virtio-transitional", "virtio-non-transitional"));
        add_pci_address(g, 200);
        add(g, "    </rng>\n");
    }
    for (guint i = 0, n = count(g, 2, 3); i < n; i++) {
        add(g, "    <shmem name='shm%u'><model type='ivshmem-plain'/><size unit='M'>4</size>\n", i);
        add_pci_address(g, 200);
        add(g, "    </shmem>\n");
    }
    if (chance(g, 100))
        add(g, "    <tpm model='tpm-tis'><backend type='passthrough'>"
               "<device path='/dev/tpm0'/></backend></tpm>\n");
    if (chance(g, 150)) {
        add(g, "    <vsock model='%s'><cid auto='yes'/>\n",
            PICK(g, "virtio", "virtio-transitional", "virtio-non-transitional"));
        add_pci_address(g, 200);
        add(g, "    </vsock>\n");
    }
    if (chance(g, 100))
        add(g, "    <panic model='isa'/>\n");
    if (g->is_q35 && chance(g, 80)) {
        add(g, "    <iommu model='virtio'>\n");
        add_pci_address(g, 100);
        add(g, "    </iommu>\n");
    }
}

/* Devices that are one too many, incomplete, or in the wrong guest. */
static void
add_odd_device(Generator *g)
{
    add(g, "    %s\n", pick(g, domain_odd_devices, domain_n_odd_devices));
}

static void
add_memory(Generator *g, guint n)
{
    for (guint i = 0; i < n; i++) {
        add(g, "    <memory model='dimm'>\n      <target><size unit='KiB'>131072</size>"
               "<node>0</node></target>\n");
        if (chance(g, 300))
            add(g, "      <address type='dimm' slot='%u'/>\n", below(g, is_trouble(g) ? 6 : 4));
        add(g, "    </memory>\n");
    }
}

char *
domain_generate(guint32 seed, const DomainRecipe *recipe)
{
    Generator g = {.rand = g_rand_new_with_seed(seed),
                   .xml = g_string_new(NULL),
                   .recipe = recipe,
                   .is_q35 = strstr(recipe->machine, "q35") != NULL};
    guint n_dimms = chance(&g, 100) ? 1 + below(&g, 4) : 0;
    void (*const parts[])(Generator *) = {
        add_disks,      add_usb_controllers, add_other_controllers, add_interfaces, add_hostdevs,
        add_characters, add_inputs,          add_display,           add_rest,
    };

    add(&g, "<domain type='qemu'>\n  <name>%s</name>\n", recipe->name);
    if (n_dimms > 0)
        add(&g, "  <maxMemory slots='4' unit='KiB'>4194304</maxMemory>\n");
    add(&g, "  <memory unit='KiB'>%u</memory>\n  <vcpu>1</vcpu>\n", 524288 + n_dimms * 131072);
    add(&g,
        "  <os><type arch='x86_64' machine='%s'>hvm</type></os>\n  <features><acpi/></features>\n",
        recipe->machine);
    if (n_dimms > 0)
        add(&g, "  <cpu><numa><cell id='0' cpus='0' memory='524288' unit='KiB'/></numa></cpu>\n");
    add(&g, "  <devices>\n");
    add_pci_controllers(&g);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (chance(&g, 600))
            parts[i](&g);
    }
    while (chance(&g, recipe->oddity * 10))
        add_odd_device(&g);
    add_memory(&g, n_dimms);
    add(&g, "  </devices>\n</domain>\n");
    g_rand_free(g.rand);
    return g_string_free(g.xml, FALSE);
}
