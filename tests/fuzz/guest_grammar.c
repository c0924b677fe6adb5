/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * In a grammar, "{A|B}" is one of its parts, "%" a number and "@" with a letter one of the
 * addresses below. A line that has come to its end decides for the first part and 0.
 */

#include "guest_grammar.h"

#include <string.h>

#define DEPTH_MAX 6

static const char *const addresses[] = {
    ['a'] = "{||||@p|@p|@p|@p|@d|@u|@s|@c|@v|@w|@i|@m|@n}",
    ['c'] = "<address type='ccid' controller='%' slot='%'/>",
    ['d'] = "<address type='drive' controller='%' bus='{0|%}' target='{0|%}' unit='%'/>",
    ['i'] = "<address type='isa'{| iobase='0x%'}{| irq='0x%'}/>",
    ['m'] = "<address type='dimm' slot='%'{| base='0x100000000'| base='0x%'}/>",
    ['n'] = "<address type='{none|unassigned|virtio-mmio|virtio-s390|pci|drive|usb}'/>",
    ['p'] = "<address type='pci'{| domain='0x0000'| domain='%'} bus='{0|%}' slot='%' "
            "function='{0|%}'{| multifunction='on'| multifunction='off'}>"
            "{|<zpci uid='%' fid='%'/>|<zpci fid='%'/>}</address>",
    ['s'] = "<address type='virtio-serial' controller='%' bus='{0|%}' port='%'/>",
    ['u'] = "<address type='usb' bus='%'{| port='%'| port='%.%'| port='%.%.%'}/>",
    ['v'] = "<address type='spapr-vio'{| reg='0x%000'| reg='0x30000%'}/>",
    ['w'] = "<address type='ccw'{| cssid='0xfe' ssid='0x%' devno='0x000%'}/>",
};

#define VIRTIO "{virtio|virtio-transitional|virtio-non-transitional}"

static const char *const devices[] = {
    "<disk type='file' device='{disk|cdrom|floppy|lun}'{| model=' " VIRTIO "'}>"
    "<target dev='{vd|sd|hd|fd|xvd|ub}{a|b|c|d|e|f|aa|ab|z}'"
    "{| bus='{virtio|scsi|sata|ide|usb|fdc|sd|xen|uml}'}/>@a</disk>",
    "<disk type='file'><target dev='vd{a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p}' "
    "bus='virtio'/>{|@p}</disk>",
    "<disk type='file'><target dev='sd{a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p}' bus='{scsi|sata|usb}'/>"
    "{|@d|@u}</disk>",
    "<controller type='pci'{| index='%'} model='{pcie-root-port|pci-bridge|pcie-root|pci-root|"
    "dmi-to-pci-bridge|pcie-to-pci-bridge|pcie-switch-upstream-port|"
    "pcie-switch-downstream-port|pci-expander-bus|pcie-expander-bus}'>"
    "{|<model name='{ioh3420|pcie-root-port|pxb|pxb-pcie|spapr-pci-host-bridge|pci-bridge}'/>}"
    "{|<target chassisNr='%'/>|<target chassis='%' port='0x%'/>|<target busNr='%'/>|"
    "<target index='%'/>|<target busNr='%'><node>%</node></target>|<target hotplug='off'/>}"
    "{|@p}</controller>",
    "<controller type='usb'{| index='%'}{| model='{qemu-xhci|nec-xhci|piix3-uhci|ich9-ehci1|"
    "ich9-uhci1|ich9-uhci2|ich9-uhci3|pci-ohci|ehci|qusb1|piix4-uhci|vt82c686b-uhci}'}"
    "{| ports='%'}>{|<master startport='%'/>}@a</controller>",
    "<controller type='usb' index='0' model='none'/>",
    "<controller type='scsi'{| index='%'}{| model='{" VIRTIO "-scsi|virtio-scsi|lsilogic|auto|"
    "lsisas1068|lsisas1078|ibmvscsi|vmpvscsi|buslogic|ncr53c90|am53c974|dc390}'}>@a</controller>",
    "<controller type='{virtio-serial|sata|ide|fdc|ccid|isa|xenbus}'{| index='%'}{| ports='%'}>@a"
    "</controller>",
    "<interface type='user'>{|<mac address='52:54:00:00:00:1%'/>}"
    "{|<model type='{virtio|e1000|e1000e|rtl8139|igb|vmxnet3|usb-net|spapr-vlan|lan9118|"
    "virtio-transitional|virtio-non-transitional|ne2k_pci|netfront|any}'/>}@a</interface>",
    "<interface type='hostdev'><source>@p</source>@a</interface>",
    "<sound model='{ich6|ich9|ac97|es1370|usb|sb16|pcspk|virtio|ich7}'>@a</sound>",
    "<hostdev mode='subsystem' type='pci' managed='yes'><source>@p</source>@a</hostdev>",
    "<hostdev mode='subsystem' type='{usb|scsi|scsi_host|mdev}'"
    "{| model='{vfio-pci|vfio-ccw|vfio-ap|" VIRTIO "}'}>"
    "<source{| protocol='vhost' wwpn='naa.5123456789abcde0'}>"
    "{|<address uuid='c2177883-f1bb-47f0-914d-32a22e3a8000'/>|<adapter name='scsi_host0'/>"
    "<address bus='0' target='0' unit='%'/>|<vendor id='0x1'/><product id='0x%'/>}</source>@a"
    "</hostdev>",
    "<video>{|<model type='{vga|cirrus|qxl|virtio|ramfb|bochs|none|vmvga|default}'"
    "{| primary='yes'}/>}@a</video>",
    "<graphics type='{vnc|spice|sdl}'/>",
    "<smartcard mode='{host|passthrough}'>@a</smartcard>",
    "<serial type='pty'>{|<target{| port='%'}{| type='{isa-serial|usb-serial|pci-serial|"
    "spapr-vio-serial|system-serial|sclp-serial|isa-debug}'}/>}@a</serial>",
    "<parallel type='pty'>@a</parallel>",
    "<channel type='pty'><target type='{virtio|xen}' name='n%'/>@a</channel>",
    "<channel type='pty'><target type='guestfwd' address='10.0.2.1' port='4600'/></channel>",
    "<console type='pty'>{|<target type='{serial|virtio|sclp|sclplm|xen}'{| port='%'}/>}@a"
    "</console>",
    "<input type='{mouse|tablet|keyboard|passthrough|evdev}'{| bus='{usb|virtio|ps2|xen}'}>@a"
    "</input>",
    "<filesystem type='mount'>{|<driver type='{virtiofs|path|handle}'/>}<source dir='/t'/>"
    "<target dir='t%'/>@a</filesystem>",
    "<watchdog model='{i6300esb|ib700|diag288|itco}'>@a</watchdog>",
    "<memballoon model='{" VIRTIO "|none|xen}'>@a</memballoon>",
    "<rng model='" VIRTIO "'><backend model='random'>/dev/random</backend>@a</rng>",
    "<nvram>@a</nvram>",
    "<hub type='usb'>@a</hub>",
    "<shmem name='s%'>{|<model type='{ivshmem-plain|ivshmem-doorbell}'/>}@a</shmem>",
    "<tpm{| model='{tpm-tis|tpm-crb|tpm-spapr|spapr-tpm-proxy}'}><backend type='passthrough'/>@a"
    "</tpm>",
    "<panic{| model='{isa|pseries|hyperv|s390|pvpanic}'}>@a</panic>",
    "<memory model='{dimm|nvdimm|virtio-pmem|virtio-mem|sgx-epc}'>"
    "<target><size unit='KiB'>%</size><node>0</node></target>@a</memory>",
    "<redirdev bus='usb' type='{spicevmc|pty}'>@a</redirdev>",
    "<iommu model='{intel|smmuv3|virtio|amd}'>@a</iommu>",
    "<vsock model='" VIRTIO "'>@a</vsock>",
    "<crypto model='virtio'><backend model='builtin'/>@a</crypto>",
    "<pstore backend='acpi-erst'>@a</pstore>",
};

static const char head[] =
    "<domain type='{kvm|qemu|xen}'><name>g</name>{|<maxMemory slots='%'>8000000</maxMemory>}"
    "<memory>1048576</memory><vcpu>{1|%}</vcpu><os><type arch='"
    "{x86_64' "
    "machine='{pc-i440fx-7.2|pc-q35-7.2|pc|q35|pc-q35-2.4|isapc|microvm|pc-i440fx-2.0|xenfv}"
    "|aarch64' machine='{virt-7.2|virt|virt-2.6|vexpress-a15|sbsa-ref}"
    "|ppc64' machine='{pseries-7.2|pseries|mac99}"
    "|s390x' machine='{s390-ccw-virtio-7.2|s390-ccw-virtio|s390-virtio}"
    "|riscv64' machine='{virt|spike}|loongarch64' machine='virt|armv7l' machine='{virt|vexpress-a9}"
    "|i686' machine='{pc|q35}|mips' machine='malta|x86_64}'>{hvm|exe|xen|linux}</type></os>"
    "<features>{<acpi/>|}{|<ps2 state='off'/>|<ps2 state='on'/>}</features>"
    "{|<cpu><numa><cell id='0' cpus='0' memory='524288'/></numa></cpu>}<devices>\n";

/* ---- decisions ------------------------------------------------------------------------------- */

guint8
guest_grammar_decide(GuestDecisions *line)
{
    return line->at < line->end ? *line->at++ : 0;
}

GuestDecisions
guest_grammar_take_line(GuestDecisions *input)
{
    gsize length = (gsize)(input->end - input->at);
    const guint8 *end = length > 0 ? memchr(input->at, '\n', length) : NULL;
    GuestDecisions line = {.at = input->at, .end = end != NULL ? end : input->end};

    input->at = end != NULL ? end + 1 : input->end;
    return line;
}

static void
expand_number(GuestDecisions *line, GString *text)
{
    static const char *const odd[] = {"255", "256",        "32",  "31", "65535", "4294967295",
                                      "-1",  "2147483648", "007", "",   "1x",    "8"};
    guint8 byte = guest_grammar_decide(line);

    if (byte >= 0xf0)
        g_string_append(text, odd[byte % G_N_ELEMENTS(odd)]);
    else
        g_string_append_printf(text, "%u", byte % 40u);
}

/* ---- grammar --------------------------------------------------------------------------------- */

/* The end of the part of an alternative that begins at PART: a '|' or the closing '}'. */
static const char *
end_of_part(const char *part)
{
    guint depth = 0;

    for (; depth > 0 || (*part != '|' && *part != '}'); part++) {
        g_assert(*part != '\0');
        depth += *part == '{';
        depth -= *part == '}';
    }
    return part;
}

static void expand(GuestDecisions *line, const char *from, const char *to, guint depth,
                   GString *text);

/* Expands the alternative behind a '{' and gives what follows its '}'. */
static const char *
expand_alternative(GuestDecisions *line, const char *first, guint depth, GString *text)
{
    const char *parts[64], *end = end_of_part(first);
    guint n = 0;

    parts[n++] = first;
    while (*end == '|') {
        g_assert(n < G_N_ELEMENTS(parts));
        parts[n++] = end + 1;
        end = end_of_part(end + 1);
    }
    const char *chosen = parts[guest_grammar_decide(line) % n];
    expand(line, chosen, end_of_part(chosen), depth + 1, text);
    return end + 1;
}

static void
expand(GuestDecisions *line, const char *from, const char *to, guint depth, GString *text)
{
    g_assert(depth < DEPTH_MAX);
    while (from < to) {
        if (*from == '{') {
            from = expand_alternative(line, from + 1, depth, text);
        } else if (*from == '@') {
            const char *address = addresses[(guint8)from[1]];

            expand(line, address, address + strlen(address), depth + 1, text);
            from += 2;
        } else if (*from == '%') {
            expand_number(line, text);
            from++;
        } else {
            g_string_append_c(text, *from++);
        }
    }
}

static void
expand_whole(GuestDecisions *line, const char *grammar, GString *text)
{
    expand(line, grammar, grammar + strlen(grammar), 0, text);
}

/* ---- guests ---------------------------------------------------------------------------------- */

AddressOptions
guest_grammar_options(GuestDecisions *line)
{
    static const guint versions[] = {0, VERSION_NUMBER(9, 0), VERSION_NUMBER(10, 0),
                                     VERSION_NUMBER(11, 3)};
    AddressOptions options = {0};

    options.libvirt_version = versions[guest_grammar_decide(line) % G_N_ELEMENTS(versions)];
    options.is_load = guest_grammar_decide(line) % 2;
    options.spare_ports = guest_grammar_decide(line) % 4;
    options.reserved_slots = guest_grammar_decide(line) % 4;
    return options;
}

static void
expand_device(GuestDecisions line, GString *text)
{
    expand_whole(&line, devices[guest_grammar_decide(&line) % G_N_ELEMENTS(devices)], text);
}

char *
guest_grammar_guest(GuestDecisions input, guint skipped)
{
    GString *text = g_string_new(NULL);
    GuestDecisions line = guest_grammar_take_line(&input);

    expand_whole(&line, head, text);
    for (guint i = 0; i < GUEST_GRAMMAR_MAX_DEVICES && input.at < input.end; i++) {
        line = guest_grammar_take_line(&input);
        if (i == skipped)
            continue;
        expand_device(line, text);
        g_string_append_c(text, '\n');
    }
    g_string_append(text, "</devices></domain>\n");
    return g_string_free(text, FALSE);
}

char *
guest_grammar_device(GuestDecisions input, guint number)
{
    GString *text = g_string_new(NULL);

    guest_grammar_take_line(&input);
    for (guint i = 0; i < number && input.at < input.end; i++)
        guest_grammar_take_line(&input);
    if (input.at < input.end)
        expand_device(guest_grammar_take_line(&input), text);
    return g_string_free(text, text->len == 0);
}
