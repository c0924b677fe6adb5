/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two definitions, compared here and by the installed libvirt: when it is told of a snapshot for
 * the second time, it holds the guest that is in it against the first one, as it does on a
 * migration. Nothing runs.
 *
 * Each change of the base document below is one that libvirt compares or one that it lets pass, and
 * both have to agree which. Skips without a QEMU driver of libvirt.
 */

#include "live_libvirt.h"

#include <ingest/domain_abi_reader.h>
#include <ingest/domain_devices_reader.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <libvirt/virterror.h>
#include <planner/abi_compare.h>
#include <planner/address.h>
#include <stdio.h>
#include <string.h>

#define EXIT_SKIP 77

static const char base_text[] =
    "<domain type='qemu'>\n"
    "<name>virt-plan-abi</name><uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
    "<memory unit='MiB'>512</memory><currentMemory unit='MiB'>512</currentMemory>\n"
    "<vcpu>4</vcpu><iothreads>1</iothreads>\n"
    "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n"
    "<features><acpi/><apic/><smm state='on'><tseg unit='MiB'>48</tseg></smm>"
    "<hyperv><relaxed state='on'/><spinlocks state='on' retries='4096'/>"
    "<synic state='on'/><vpindex state='on'/><stimer state='on'><direct state='on'/></stimer>"
    "<vendor_id state='on' value='KVM'/></hyperv><kvm><hidden state='on'/></kvm></features>\n"
    "<cpu mode='custom' match='exact'><model>Nehalem</model><topology sockets='2' cores='2' "
    "threads='1'/><feature name='vmx' policy='disable'/><feature name='aes' policy='require'/>"
    "<numa><cell id='0' cpus='0-1' memory='256' unit='MiB'/>"
    "<cell id='1' cpus='2-3' memory='256' unit='MiB'/></numa></cpu>\n"
    "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/>"
    "</clock>\n"
    "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/tmp/x.raw'/>"
    "<target dev='vda' bus='virtio'/></disk>\n"
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/tmp/y.raw'/>"
    "<target dev='sda' bus='scsi'/>"
    "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>\n"
    "<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>\n"
    "<controller type='scsi' index='0' model='virtio-scsi'><driver queues='2'/></controller>\n"
    "<controller type='usb' index='0' model='qemu-xhci' ports='8'/>\n"
    "<controller type='virtio-serial' index='0'/>\n"
    "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>\n"
    "<interface type='user'><mac address='52:54:00:00:00:02'/><model type='e1000'/></interface>\n"
    "<input type='tablet' bus='usb'><address type='usb' bus='0' port='2'/></input>\n"
    "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>\n"
    "<channel type='unix'><target type='virtio' name='com.example.0'/></channel>\n"
    "<serial type='pty'/><parallel type='pty'/><sound model='ich9'><codec type='micro'/></sound>\n"
    "<video><model type='vga'/></video>\n"
    "<watchdog model='i6300esb' action='reset'/>\n"
    "<memballoon model='virtio'/>\n"
    "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n"
    "<shmem name='one'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>\n"
    "<redirdev bus='usb' type='tcp'><source mode='connect' host='localhost' service='4000'/>"
    "<protocol type='raw'/></redirdev>\n"
    "<redirfilter><usbdev class='0x08' allow='yes'/><usbdev allow='no'/></redirfilter>\n"
    "<iommu model='intel'/><panic model='isa'/>\n"
    "</devices></domain>\n";

/* Replacements in the base; where the first and the last are, a blank stands for nothing. */
static const struct {
    const char *from, *to;
} changes[] = {
    /* the guest */
    {"<domain type='qemu'>",
     "<domain type='qemu'><title>other</title><description>x</description>"},
    {"4444-555555555555</uuid>",
     "4444-555555555555</uuid><genid>aaaaaaaa-2222-3333-4444-555555555555</genid>"},
    {"<iothreads>1</iothreads>", "<iothreads>3</iothreads>"},
    {"<iothreads>1</iothreads>", "<cputune><shares>2048</shares></cputune>"},
    {"<iothreads>1</iothreads>", "<memoryBacking><hugepages/></memoryBacking>"},
    {"<iothreads>1</iothreads>", "<memoryBacking><source type='memfd'/></memoryBacking>"},
    {"<memory unit='MiB'>512", "<memory unit='KiB'>524288"},
    {"<memory unit='MiB'>512", "<memory unit=''>524288"},
    {"<currentMemory", "<maxMemory slots='4' unit='GiB'>4</maxMemory><currentMemory"},
    {"<vcpu>4</vcpu>", "<vcpu current='2'>4</vcpu>"},
    {"<vcpu>4</vcpu>", "<vcpu current='4'>4</vcpu>"},
    {"<vcpu>4</vcpu>", "<vcpu placement='static' cpuset='0-1'>4</vcpu>"},
    {"<vcpu>4</vcpu>", "<vcpu current='3'>4</vcpu><vcpus><vcpu id='0' enabled='yes' "
                       "hotpluggable='no'/><vcpu id='1' enabled='yes' hotpluggable='yes'/>"
                       "<vcpu id='2' enabled='no' hotpluggable='yes'/>"
                       "<vcpu id='3' enabled='yes' hotpluggable='yes'/></vcpus>"},
    {"machine='pc-q35-7.2'", "machine='pc-q35-7.1'"},
    {"hvm</type>", "hvm</type><bootmenu enable='yes'/>"},
    {"hvm</type>", "hvm</type><boot dev='network'/>"},
    {"hvm</type>", "hvm</type><smbios mode='host'/>"},
    {"hvm</type>", "hvm</type><smbios mode='emulate'/>"},
    {"<os>",
     "<sysinfo type='smbios'><system><entry name='serial'>x</entry></system></sysinfo><os>"},
    /* features */
    {"<acpi/>", " "},
    {"<acpi/>", "<acpi/><pmu state='on'/>"},
    {"<acpi/>", "<acpi/><pmu state='off'/>"},
    {"<acpi/>", "<acpi/><pae/>"},
    {"<acpi/>", "<acpi/><vmport state='off'/>"},
    {"<acpi/>", "<acpi/><ioapic driver='qemu'/>"},
    {"<acpi/>", "<acpi/><vmcoreinfo state='on'/>"},
    {"<acpi/>", "<acpi/><pvspinlock state='on'/>"},
    {"<acpi/>", "<acpi/><msrs unknown='ignore'/>"},
    {"<apic/>", "<apic eoi='on'/>"},
    {"<tseg unit='MiB'>48", "<tseg unit='MiB'>64"},
    {"<tseg unit='MiB'>48</tseg>", " "},
    {"<relaxed state='on'/>", "<relaxed state='off'/>"},
    {"<relaxed state='on'/>", " "},
    {"<relaxed state='on'/>", "<relaxed state='on'/><vapic state='on'/>"},
    {"retries='4096'", "retries='8191'"},
    {"<direct state='on'/>", " "},
    {"value='KVM'", "value='Other'"},
    {"<hyperv>", "<hyperv mode='custom'>"},
    {"<hidden state='on'/>", "<hidden state='off'/>"},
    {"<hidden state='on'/>", "<hidden state='on'/><poll-control state='on'/>"},
    /* CPU */
    {"match='exact'", "match='strict'"},
    {"match='exact'", "match='exact' check='none'"},
    {"match='exact'", "match='exact' check='full'"},
    {"<model>Nehalem", "<model fallback='forbid'>Nehalem"},
    {"<model>Nehalem", "<model vendor_id='KVMKVMKVMKVM'>Nehalem"},
    {"<model>Nehalem", "<model>Westmere"},
    {"Nehalem</model>", "Nehalem</model><vendor>Intel</vendor>"},
    {"sockets='2' cores='2'", "sockets='1' cores='4'"},
    {"sockets='2'", "sockets='2' dies='1'"},
    {"<feature name='vmx' policy='disable'/><feature name='aes' policy='require'/>",
     "<feature name='aes' policy='require'/><feature name='vmx' policy='disable'/>"},
    {"name='aes' policy='require'", "name='aes'"},
    {"name='aes' policy='require'", "name='aes' policy='force'"},
    {"<feature name='vmx' policy='disable'/>", " "},
    {"<numa>", "<cache mode='passthrough'/><numa>"},
    {"cpus='0-1' memory='256' unit='MiB'/>", "cpus='0-1' memory='262144'/>"},
    {"cpus='0-1' memory='256' unit='MiB'/><cell id='1' cpus='2-3'",
     "cpus='0,2' memory='256' unit='MiB'/><cell id='1' cpus='1,3'"},
    {"cpus='0-1' memory='256' unit='MiB'/>",
     "cpus='0,1' memory='256' unit='MiB' memAccess='shared'/>"},
    {"cpus='0-1' memory='256' unit='MiB'/>",
     "cpus='0-1' memory='256' unit='MiB'><distances><sibling id='0' value='10'/>"
     "<sibling id='1' value='31'/></distances></cell>"},
    {"cpus='0-1' memory='256' unit='MiB'/>",
     "cpus='0-1' memory='256' unit='MiB'><distances><sibling id='0' value='10'/>"
     "<sibling id='1' value='20'/></distances></cell>"},
    /* clock */
    {"<clock offset='utc'>", "<clock offset='localtime'>"},
    {"tickpolicy='catchup'", "tickpolicy='delay'"},
    {"<timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/>",
     "<timer name='hpet' present='no'/><timer name='rtc' tickpolicy='catchup'/>"},
    {"<timer name='hpet' present='no'/>", "<timer name='hpet' present='yes'/>"},
    {"<timer name='hpet' present='no'/>", " "},
    {"<timer name='hpet' present='no'/>",
     "<timer name='hpet' present='no'/><timer name='tsc' frequency='3000000000'/>"},
    {"</clock>", "</clock><on_crash>restart</on_crash>"},
    /* disks */
    {"type='raw'/><source file='/tmp/x.raw'/>", "type='raw' cache='none'/><source file='/z'/>"},
    {"type='raw'/><source file='/tmp/x.raw'/>", "type='raw' queues='4'/><source file='/tmp/x'/>"},
    {"type='raw'/><source file='/tmp/x.raw'/>", "type='raw' iommu='on'/><source file='/tmp/x'/>"},
    {"type='raw'/><source file='/tmp/x.raw'/>", "type='raw' packed='off'/><source file='/x'/>"},
    {"bus='virtio'/></disk>", "bus='virtio'/><boot order='1'/></disk>"},
    {"bus='virtio'/></disk>", "bus='virtio'/><alias name='ua-first'/></disk>"},
    {"bus='virtio'/></disk>", "bus='virtio'/><serial>one</serial></disk>"},
    {"bus='virtio'/></disk>", "bus='virtio'/><readonly/></disk>"},
    {"bus='virtio'/></disk>", "bus='virtio'/><shareable/></disk>"},
    {"bus='virtio'/></disk>",
     "bus='virtio'/><iotune><read_iops_sec>9</read_iops_sec></iotune></disk>"},
    {"bus='virtio'/></disk>",
     "bus='virtio'/><address type='pci' domain='0' bus='0' slot='9' function='0'/></disk>"},
    {"bus='virtio'/></disk>", "bus='virtio'/><acpi index='7'/></disk>"},
    {"dev='vda' bus='virtio'", "dev='vdb' bus='virtio'"},
    {"dev='vda' bus='virtio'", "dev='vda'"},
    {"dev='sda' bus='scsi'/>", "dev='sda' bus='scsi'/><wwn>5000c50015ea71aa</wwn>"},
    {"dev='sda' bus='scsi'/>", "dev='sda' bus='scsi' rotation_rate='7200'/>"},
    {"dev='sda' bus='scsi'/>", "dev='sda' bus='scsi'/><vendor>ACME</vendor>"},
    {"target='0' unit='0'", "target='1' unit='0'"},
    {"target='0' unit='0'", "target='0' unit='1'"},
    {"dev='sdb' bus='sata'/>", "dev='sdb' bus='sata'/><readonly/>"},
    {"dev='sdb' bus='sata'/>", "dev='sdb' bus='sata' tray='open'/>"},
    {"<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>\n", " "},
    /* controllers */
    {"queues='2'", "queues='4'"},
    {"<driver queues='2'/>", " "},
    {"<driver queues='2'/>", "<driver queues='2' iothread='1'/>"},
    {"model='virtio-scsi'", "model='lsilogic'"},
    {"ports='8'", "ports='4'"},
    {"type='virtio-serial' index='0'", "type='virtio-serial' index='0' ports='16'"},
    {"type='virtio-serial' index='0'", "type='virtio-serial' index='0' vectors='4'"},
    {"<controller type='virtio-serial' index='0'/>\n", " "},
    {"<controller type='virtio-serial' index='0'/>\n",
     "<controller type='virtio-serial' index='0'/><controller type='virtio-serial' index='1'/>"},
    /* network */
    {"00:00:01'/><model type='virtio'/>",
     "00:00:01'/><model type='virtio'/><driver name='vhost'/>"},
    {"00:00:01'/><model type='virtio'/>", "00:00:01'/><model type='virtio'/><mtu size='9000'/>"},
    {"00:00:01'/><model type='virtio'/>", "00:00:01'/><model type='virtio'/><link state='down'/>"},
    {"00:00:01'/><model type='virtio'/>", "00:00:01'/><model type='e1000e'/>"},
    {"00:00:02'/><model type='e1000'/>", "00:00:02'/><model type='E1000'/>"},
    {"00:00:02'/><model type='e1000'/>", "00:00:02'/><model type='e1000'/><rom bar='off'/>"},
    {"52:54:00:00:00:02", "52:54:00:00:00:03"},
    /* the rest */
    {"<input type='tablet' bus='usb'>", "<input type='mouse' bus='ps2'/>\n"
                                        "<input type='tablet' bus='usb'>"},
    {"<input type='tablet' bus='usb'>", "<input type='mouse' bus='usb'>"},
    {"port='2'", "port='3'"},
    {"<input type='tablet' bus='usb'>", "<input type='keyboard' bus='usb'/>\n"
                                        "<input type='tablet' bus='usb'>"},
    {"com.example.0", "com.example.1"},
    {"org.qemu.guest_agent.0'/></channel>\n<channel type='unix'><target type='virtio' "
     "name='com.example.0'",
     "com.example.0'/></channel>\n<channel type='unix'><target type='virtio' "
     "name='org.qemu.guest_agent.0'"},
    {"<channel type='unix'><target type='virtio' name='com.example.0'/>",
     "<channel type='pty'><target type='virtio' name='com.example.0'/>"},
    {"<channel type='unix'><target type='virtio' name='com.example.0'/>",
     "<channel type='unix'><target type='virtio' name='com.example.0'/>"
     "<address type='virtio-serial' controller='0' bus='0' port='5'/>"},
    {"<serial type='pty'/>",
     "<serial type='pty'><target type='isa-serial' port='0'><model name='isa-serial'/></target>"
     "</serial>"},
    {"<serial type='pty'/>", "<serial type='pty'><target port='1'/></serial>"},
    {"<serial type='pty'/>", "<serial type='pty'/><serial type='pty'/>"},
    {"<serial type='pty'/>", "<serial type='pty'><target type='pci-serial'/></serial>"},
    {"<serial type='pty'/>", "<serial type='file'><source path='/tmp/log'/></serial>"},
    {"<serial type='pty'/>",
     "<serial type='pty'/><console type='pty'><target type='virtio'/></console>"},
    {"<parallel type='pty'/>", "<parallel type='pty'><target port='0'/></parallel>"},
    {"<parallel type='pty'/>", "<parallel type='pty'><target port='1'/></parallel>"},
    {"<codec type='micro'/>", "<codec type='duplex'/>"},
    {"<sound model='ich9'>", "<sound model='ich6'>"},
    {"<model type='vga'/>", "<model type='vga' vram='16384' heads='1' primary='yes'/>"},
    {"<model type='vga'/>", "<model type='vga' vram='32768'/>"},
    {"<model type='vga'/>", "<model type='cirrus'/>"},
    {"<model type='vga'/>", "<model type='virtio'/>"},
    {"action='reset'", "action='pause'"},
    {"<watchdog model='i6300esb' action='reset'/>", " "},
    {"<memballoon model='virtio'/>", " "},
    {"<memballoon model='virtio'/>", "<memballoon model='none'/>"},
    {"<memballoon model='virtio'/>", "<memballoon model='virtio'><stats period='9'/></memballoon>"},
    {"<memballoon model='virtio'/>", "<memballoon model='virtio' autodeflate='on'/>"},
    {"<memballoon model='virtio'/>", "<memballoon model='virtio' freePageReporting='on'/>"},
    {"<memballoon model='virtio'/>", "<memballoon model='virtio'><driver ats='on'/></memballoon>"},
    {"<backend model='random'>/dev/urandom", "<backend model='random'>/dev/random"},
    {"<rng model='virtio'>", "<rng model='virtio'><rate bytes='10' period='10'/>"},
    {"<rng model='virtio'>", "<rng model='virtio-non-transitional'>"},
    {"<shmem name='one'>", "<shmem name='two'>"},
    {"<size unit='M'>4</size>", " "},
    {"<size unit='M'>4</size>", "<size unit='M'>8</size>"},
    {"type='ivshmem-plain'", "type='ivshmem-doorbell'"},
    {"service='4000'", "service='4001'"},
    {"<redirdev bus='usb' type='tcp'>", "<redirdev bus='usb' type='unix'>"},
    {"class='0x08'", "class='0x09'"},
    {"<usbdev allow='no'/>", " "},
    {"class='0x08' allow='yes'", "class='8' vendor='-1' allow='yes'"},
    {"<iommu model='intel'/>", "<iommu model='intel'><driver intremap='on'/></iommu>"},
    {"<iommu model='intel'/>", "<iommu model='intel'><driver caching_mode='on'/></iommu>"},
    {"<iommu model='intel'/>", "<iommu model='intel'><driver aw_bits='48'/></iommu>"},
    {"<iommu model='intel'/>", " "},
    {"<panic model='isa'/>", "<panic/>"},
    {"<panic model='isa'/>", "<panic model='isa'/><panic model='hyperv'/>"},
    {"<panic model='isa'/>", "<panic model='isa'/><vsock><cid auto='yes'/></vsock>"},
    {"<panic model='isa'/>", "<panic model='isa'/><graphics type='vnc'/>"},
    {"<panic model='isa'/>", "<panic model='isa'/><audio id='1' type='none'/>"},
    {"<panic model='isa'/>", "<panic model='isa'/><tpm><backend type='emulator'/></tpm>"},
    {"<panic model='isa'/>", "<panic model='isa'/><hub type='usb'/>"},
};

typedef struct {
    DomainDevices *devices;
    GuestAbi *abi;
} Definition;

static gboolean
definition_read(const char *xml, Definition *ret_definition)
{
    const AddressOptions options = {.libvirt_version = VERSION_NUMBER(9, 0)};
    Finding *refusal = NULL;

    ret_definition->devices = domain_devices_read(xml, strlen(xml), &refusal);
    if (ret_definition->devices != NULL)
        refusal = address_plan_guest(ret_definition->devices, &options);
    if (refusal == NULL)
        ret_definition->abi = domain_abi_read(xml, strlen(xml), &refusal);
    g_clear_pointer(&refusal, finding_free);
    return ret_definition->abi != NULL;
}

static void
definition_clear(Definition *definition)
{
    g_clear_pointer(&definition->devices, domain_devices_free);
    g_clear_pointer(&definition->abi, guest_abi_free);
}

/* Whether BASE and XML differ in what libvirt compares; -1 when XML is refused. RET_TEXT: what. */
static int
is_different_here(const Definition *base, const char *xml, char **ret_text)
{
    Definition other = {NULL, NULL};
    g_autoptr(GString) text = g_string_new(NULL);
    int answer = -1;

    if (definition_read(xml, &other)) {
        const AbiSide left = {base->devices, base->abi}, right = {other.devices, other.abi};
        g_autoptr(GPtrArray) differences = abi_compare(&left, &right);

        answer = 0;
        for (guint i = 0; i < differences->len; i++) {
            const AbiDifference *one = g_ptr_array_index(differences, i);

            g_string_append_printf(text, " [%s %s: %s / %s%s]", one->device, one->property,
                                   one->values[0], one->values[1],
                                   one->is_unchecked ? " unchecked" : "");
            answer |= !one->is_unchecked;
        }
    }
    definition_clear(&other);
    *ret_text = g_strdup(text->str);
    return answer;
}

static gboolean
take_snapshot(virDomainPtr domain, const char *xml)
{
    g_autofree char *text =
        g_strdup_printf("<domainsnapshot><name>s</name><state>shutoff</state>"
                        "<creationTime>1000</creationTime><memory snapshot='no'/>%s"
                        "</domainsnapshot>",
                        xml);
    virDomainSnapshotPtr snapshot =
        virDomainSnapshotCreateXML(domain, text, VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE);

    if (snapshot == NULL)
        return FALSE;
    virDomainSnapshotFree(snapshot);
    return TRUE;
}

/* The same question to libvirt. */
static int
is_different_there(virDomainPtr domain, const char *xml)
{
    static const char *const words[] = {"differ", "match", "compatible"};
    const char *message;

    if (!take_snapshot(domain, base_text))
        g_error("libvirt does not take the base: %s", virGetLastErrorMessage());
    if (take_snapshot(domain, xml))
        return 0;
    message = virGetLastErrorMessage();
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(message, words[i]) != NULL)
            return 1;
    }
    return -1;
}

static gboolean
compare(virDomainPtr domain, const Definition *base, guint number)
{
    g_autoptr(GString) xml = g_string_new(base_text);
    const char *to = strcmp(changes[number].to, " ") == 0 ? "" : changes[number].to;
    g_autofree char *text = NULL;

    if (g_string_replace(xml, changes[number].from, to, 1) != 1)
        g_error("the base has no %s", changes[number].from);
    int here = is_different_here(base, xml->str, &text);
    int there = is_different_there(domain, xml->str);
    if (here == there || here == -1 || there == -1) {
        if (here != there)
            printf("refused %s: %s -> %s (%s)\n", here == -1 ? "here" : "there",
                   changes[number].from, to, there == -1 ? virGetLastErrorMessage() : "");
        return TRUE;
    }
    printf("%s -> %s\n  here: %d%s\n  libvirt: %d %s\n", changes[number].from, to, here, text,
           there, there == 1 ? virGetLastErrorMessage() : "");
    return FALSE;
}

int
main(void)
{
    virConnectPtr connection = live_libvirt_open_qemu();
    Definition base = {NULL, NULL};
    guint n_different = 0;

    if (connection == NULL) {
        printf("no QEMU driver of libvirt: skipped\n");
        return EXIT_SKIP;
    }
    virDomainPtr domain = virDomainDefineXML(connection, base_text);
    if (domain == NULL)
        g_error("libvirt does not define the base: %s", virGetLastErrorMessage());
    if (!definition_read(base_text, &base))
        g_error("the base cannot be planned");
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++)
        n_different += !compare(domain, &base, i);
    printf("%u changes, %u told otherwise than by libvirt\n", (guint)G_N_ELEMENTS(changes),
           n_different);
    virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA);
    virDomainFree(domain);
    definition_clear(&base);
    live_libvirt_close(connection);
    return n_different == 0 ? 0 : 1;
}
