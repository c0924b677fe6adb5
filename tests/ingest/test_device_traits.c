/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a guest's devices, and other elements beside them, say that bears on its migration; and what
 * the guest asks of its emulator.
 */

#include "ingest_fixture.h"

static const struct {
    const char *device;
    GuestTraitKind kind;
    const char *detail;
} trait_cases[] = {
    {"<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='u-1'/>"
     "</source></hostdev>",
     GUEST_TRAIT_HOSTDEV_MDEV, "u-1"},
    {"<hostdev mode='subsystem' type='mdev' model='vfio-ap'><source><address uuid='u-1'/>"
     "</source></hostdev>",
     GUEST_TRAIT_DEVICE_STATELESS, "adapter of the host for cryptography (AP)"},
    {"<hostdev mode='subsystem' type='mdev' model='vfio-ccw'><source><address uuid='u-1'/>"
     "</source></hostdev>",
     GUEST_TRAIT_DEVICE_STATELESS, "channel I/O device of the host (CCW)"},
    {"<hostdev mode='subsystem' type='usb'><source><vendor id='0x1d6b'/><product id='0x2'/>"
     "</source></hostdev>",
     GUEST_TRAIT_HOSTDEV_USB, "1d6b:0002"},
    {"<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>"
     "<address bus='0' target='1' unit='2'/></source></hostdev>",
     GUEST_TRAIT_HOSTDEV_SCSI, "scsi_host0 0:1:2"},
    {"<hostdev mode='capabilities' type='misc'><source><char>/dev/x</char></source></hostdev>",
     GUEST_TRAIT_HOSTDEV_OTHER, NULL},
    {"<interface type='hostdev'><source><address type='pci' domain='0' bus='1' slot='2' "
     "function='3'/></source></interface>",
     GUEST_TRAIT_INTERFACE_HOSTDEV, "0000:01:02.3"},
    {"<interface type='direct'><source dev='eth0' mode='vepa'/></interface>",
     GUEST_TRAIT_INTERFACE_DIRECT, "eth0"},
    {"<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>",
     GUEST_TRAIT_INTERFACE_VDPA, "/dev/vhost-vdpa-0"},
    {"<disk type='vhostuser'><source type='unix' path='/run/v'/><target dev='vdb'/></disk>",
     GUEST_TRAIT_DISK_VHOST_USER, "vdb: /run/v"},
    {"<disk type='block'><source dev='/dev/sdb'/><target dev='vdc'/></disk>",
     GUEST_TRAIT_DISK_CACHE, "vdc: default"},
    {"<filesystem type='mount'><source dir='/srv'/><target dir='tag'/></filesystem>",
     GUEST_TRAIT_FILESYSTEM_PASSTHROUGH, "tag: /srv"},
    {"<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv'/>"
     "<target dir='tag'/></filesystem>",
     GUEST_TRAIT_FILESYSTEM_VIRTIOFS, "tag: /srv"},
    {"<filesystem type='mount'><driver type='mtp'/><source dir='/srv'/><target dir='tag'/>"
     "</filesystem>",
     GUEST_TRAIT_HOST_FILE, "tag: /srv"},
    {"<filesystem type='mount'><driver type='mtp'/><source dir='/srv'/><target dir='tag'/>"
     "</filesystem>",
     GUEST_TRAIT_DEVICE_STATELESS, "USB media device (MTP)"},
    {"<shmem name='s0'><model type='ivshmem-plain'/></shmem>", GUEST_TRAIT_SHMEM, "s0"},
    {"<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend>"
     "</tpm>",
     GUEST_TRAIT_TPM_PASSTHROUGH, "tpm-tis"},
    {"<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
     GUEST_TRAIT_TPM_EMULATOR, "tpm-crb"},
    {"<serial type='dev'><source path='/dev/ttyS0'/></serial>", GUEST_TRAIT_CHARDEV_HOST,
     "/dev/ttyS0"},
    {"<memory model='nvdimm'><source><path>/dev/pmem0</path></source></memory>",
     GUEST_TRAIT_MEMORY_NVDIMM, "nvdimm: /dev/pmem0"},
    {"<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5'/>"
     "</hostdev>",
     GUEST_TRAIT_HOSTDEV_VHOST_SCSI, "naa.5"},
    {"<interface type='hostdev'><source><address type='pci' domain='0' bus='1' slot='2' "
     "function='3'/></source><teaming type='transient' persistent='ua-1'/></interface>",
     GUEST_TRAIT_HOSTDEV_TEAMED, "0000:01:02.3"},
    {"<interface type='hostdev'><source><address type='pci' domain='0' bus='1' slot='2' "
     "function='3'/></source><teaming type='persistent'/></interface>",
     GUEST_TRAIT_INTERFACE_HOSTDEV, "0000:01:02.3"},
    {"<interface type='vhostuser'><source type='unix' path='/run/vhu' mode='client'/>"
     "</interface>",
     GUEST_TRAIT_INTERFACE_VHOST_USER, "/run/vhu"},
    {"<disk type='nvme'><source type='pci' managed='yes' namespace='1'><address domain='0' "
     "bus='1' slot='0' function='0'/></source><target dev='vde'/></disk>",
     GUEST_TRAIT_DISK_NVME, "vde: 0000:01:00.0"},
    {"<disk type='file'><source file='/a'/><target dev='vdf'/><transient/></disk>",
     GUEST_TRAIT_DISK_TRANSIENT, "vdf"},
    {"<video><model type='virtio'><acceleration accel3d='yes'/></model></video>",
     GUEST_TRAIT_VIDEO_3D, "virtio"},
    {"<video><model type='virtio' blob='on'/></video>", GUEST_TRAIT_VIDEO_BLOB, "virtio"},
    {"<video><driver name='vhostuser'/><model type='virtio'/></video>",
     GUEST_TRAIT_VIDEO_VHOST_USER, "virtio"},
    {"<video><driver name='qemu'/><model type='virtio'><acceleration accel3d='no'/></model>"
     "</video>",
     GUEST_TRAIT_COUNT, NULL},
    {"<sound model='usb'/>", GUEST_TRAIT_DEVICE_STATELESS, "USB sound card"},
    {"<sound model='ich9'/>", GUEST_TRAIT_COUNT, NULL},
    {"<crypto model='virtio' type='qemu'><backend model='builtin'/></crypto>",
     GUEST_TRAIT_DEVICE_STATELESS, "virtio crypto device"},
    {"<controller type='nvme' index='0'/>", GUEST_TRAIT_DEVICE_STATELESS, "NVMe controller"},
    {"<controller type='pci' model='pcie-root'/>", GUEST_TRAIT_COUNT, NULL},
    {"<input type='passthrough' bus='virtio'><source evdev='/dev/input/event1'/></input>",
     GUEST_TRAIT_DEVICE_STATELESS, "input device of the host"},
    {"<input type='tablet' bus='usb'/>", GUEST_TRAIT_COUNT, NULL},
    {"<iommu model='amd'/>", GUEST_TRAIT_DEVICE_STATELESS, "AMD IOMMU"},
    {"<iommu model='intel'/>", GUEST_TRAIT_COUNT, NULL},
    {"</devices><memoryBacking><locked/></memoryBacking><devices>", GUEST_TRAIT_MEMORY_LOCKED,
     "locked"},
    {"<disk type='volume'><source pool='default' volume='v'/><target dev='vdg'/></disk>",
     GUEST_TRAIT_DISK_VOLUME, "vdg: v"},
    {"</devices><q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
     "<q:arg value='-device'/><q:arg value='edu'/><q:env name='A' value='B'/>"
     "</q:commandline><devices>",
     GUEST_TRAIT_QEMU_COMMANDLINE, "-device edu A"},
    {"</devices><q:override xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
     "<q:device alias='video0'><q:frontend><q:property name='x-y' type='bool' value='on'/>"
     "</q:frontend></q:device></q:override><devices>",
     GUEST_TRAIT_QEMU_COMMANDLINE, "x-y"},
    {"</devices><q:commandline xmlns:q='urn:other'><q:arg value='-S'/></q:commandline>"
     "<devices>",
     GUEST_TRAIT_COUNT, NULL},
    {"<shmem name='s1' role='master'><model type='ivshmem-plain'/></shmem>", GUEST_TRAIT_COUNT,
     NULL},
    {"<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vdd'/></disk>",
     GUEST_TRAIT_COUNT, NULL},
    {"<serial type='pty'/>", GUEST_TRAIT_COUNT, NULL},
    {"<disk type='network'><source protocol='nbd' name='n'/><backingStore type='network'>"
     "<source protocol='rbd' name='p/j'/><backingStore type='file'><source file='/base'/>"
     "</backingStore></backingStore><target dev='vdi'/></disk>",
     GUEST_TRAIT_DISK_LOCAL, "vdi: /base"},
    {"<disk type='network'><source protocol='nbd' name='n'/><backingStore type='network'>"
     "<source protocol='rbd' name='p/j'/><backingStore/></backingStore><target dev='vdj'/></disk>",
     GUEST_TRAIT_COUNT, NULL},
    {"<disk type='network'><source protocol='rbd' name='p/i'/><mirror type='file' job='copy'>"
     "<source file='/b'/></mirror><target dev='vdh'/></disk>",
     GUEST_TRAIT_DISK_MIRROR, "vdh"},
    {"<interface type='network'><source network='vfs'/><actual type='hostdev'><source>"
     "<address type='pci' domain='0' bus='1' slot='2' function='4'/></source></actual>"
     "</interface>",
     GUEST_TRAIT_INTERFACE_HOSTDEV, "0000:01:02.4"},
    {"<interface type='network'><source network='n'/><actual type='bridge'>"
     "<source bridge='b'/></actual></interface>",
     GUEST_TRAIT_COUNT, NULL},
    {"<tpm model='tpm-crb'><backend type='external'><source type='unix' path='/t'/></backend>"
     "</tpm>",
     GUEST_TRAIT_TPM_EXTERNAL, "tpm-crb"},
    {"<input type='evdev'><source dev='/dev/input/event2'/></input>", GUEST_TRAIT_HOST_DEVICE,
     "/dev/input/event2"},
    {"<rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>",
     GUEST_TRAIT_HOST_DEVICE, "/dev/hwrng"},
    {"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", GUEST_TRAIT_COUNT,
     NULL},
    {"<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>",
     GUEST_TRAIT_HOST_DEVICE, "/dev/dri/renderD128"},
    {"<video><model type='none'><acceleration rendernode='/dev/dri/renderD129'/></model></video>",
     GUEST_TRAIT_HOST_DEVICE, "/dev/dri/renderD129"},
    {"<smartcard mode='host'/>", GUEST_TRAIT_HOST_DEVICE, "smart card"},
    {"<smartcard mode='passthrough' type='spicevmc'/>", GUEST_TRAIT_COUNT, NULL},
    {"<graphics type='vnc' listen='192.0.2.1'><listen type='address' address='192.0.2.1'/>"
     "</graphics>",
     GUEST_TRAIT_HOST_ADDRESS, "192.0.2.1"},
    {"<graphics type='vnc' listen='192.0.2.2'/>", GUEST_TRAIT_HOST_ADDRESS, "192.0.2.2"},
    {"<graphics type='vnc' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/>"
     "</graphics>",
     GUEST_TRAIT_COUNT, NULL},
    {"<graphics type='spice'><listen type='address' address='::'/></graphics>", GUEST_TRAIT_COUNT,
     NULL},
    {"<memory model='sgx-epc'><target><size>4</size></target></memory>", GUEST_TRAIT_MEMORY_NVDIMM,
     "sgx-epc"},
    {"</devices><os><kernel>/boot/vmlinuz</kernel></os><devices>", GUEST_TRAIT_HOST_FILE,
     "/boot/vmlinuz"},
    {"</devices><os><acpi><table type='slic'>/etc/slic</table></acpi></os><devices>",
     GUEST_TRAIT_HOST_FILE, "/etc/slic"},
    {"</devices><sysinfo type='fwcfg'><entry name='opt/a' file='/etc/a'/></sysinfo><devices>",
     GUEST_TRAIT_HOST_FILE, "/etc/a"},
    {"</devices><cputune><cachetune vcpus='0'/></cputune><devices>", GUEST_TRAIT_RESCTRL,
     "cachetune"},
    {"<disk type='file'><driver type='vmdk'/><source file='/a'/><target dev='vdk'/></disk>",
     GUEST_TRAIT_DISK_FORMAT, "vdk: vmdk"},
    {"<disk type='file'><driver type='qcow2'/><source file='/a'/><backingStore type='file'>"
     "<format type='qcow2'/><source file='/b'/><backingStore type='file'><format type='vpc'/>"
     "<source file='/c'/></backingStore></backingStore><target dev='vdk'/></disk>",
     GUEST_TRAIT_DISK_FORMAT, "vdk: vpc"},
    {"<disk type='network'><driver type='qcow2'/><source protocol='rbd' name='p/i'/>"
     "<backingStore type='network'><format type='qed'/><source protocol='rbd' name='p/j'/>"
     "</backingStore><target dev='vdk'/></disk>",
     GUEST_TRAIT_COUNT, NULL},
    {"<disk type='file' device='cdrom'><driver type='vmdk'/><target dev='sda'/></disk>",
     GUEST_TRAIT_COUNT, NULL},
    {"<disk type='network'><source protocol='nbd'><host transport='unix' socket='/run/n'/>"
     "</source><target dev='vdl'/></disk>",
     GUEST_TRAIT_DISK_SOCKET, "vdl: /run/n"},
    {"<disk type='network'><source protocol='nbd'><host name='h' port='10809'/></source>"
     "<transient/><target dev='vdl'/></disk>",
     GUEST_TRAIT_DISK_TRANSIENT, "vdl"},
    {"<disk type='network'><auth username='u'><secret type='ceph' uuid='s-1'/></auth>"
     "<source protocol='rbd' name='p/i'/><target dev='vdm'/></disk>",
     GUEST_TRAIT_SECRET, "vdm: s-1"},
    {"<disk type='network'><source protocol='rbd' name='p/i'><encryption format='luks'>"
     "<secret type='passphrase' usage='s-2'/></encryption></source><target dev='vdm'/></disk>",
     GUEST_TRAIT_SECRET, "vdm: s-2"},
    {"<tpm model='tpm-crb'><backend type='emulator'><encryption secret='s-3'/></backend></tpm>",
     GUEST_TRAIT_SECRET, "s-3"},
    {"<interface type='bridge'><source bridge='b'/><model type='usb-net'/></interface>",
     GUEST_TRAIT_DEVICE_STATELESS, "USB network card"},
    {"<serial type='pty'><target type='usb-serial' port='0'/></serial>",
     GUEST_TRAIT_DEVICE_STATELESS, "USB serial port"},
    {"</devices><features><mte state='on'/></features><devices>", GUEST_TRAIT_DEVICE_STATELESS,
     "memory tagging (MTE)"},
    {"</devices><features><mte state='off'/></features><devices>", GUEST_TRAIT_COUNT, NULL},
    {"<interface type='ethernet'><script path='/etc/up'/></interface>", GUEST_TRAIT_HOST_FILE,
     "/etc/up"},
    {"<interface type='bridge'><source bridge='b'/><rom file='/etc/boot.rom'/></interface>",
     GUEST_TRAIT_HOST_FILE, "/etc/boot.rom"},
    {"<interface type='bridge'><source bridge='b'/><rom bar='off'/></interface>", GUEST_TRAIT_COUNT,
     NULL},
    {"<interface type='bridge'><source bridge='b'/><filterref filter='clean-traffic'/></interface>",
     GUEST_TRAIT_NETWORK_FILTER, "clean-traffic"},
    {"<interface type='server'><source address='192.0.2.3' port='5558'/></interface>",
     GUEST_TRAIT_HOST_ADDRESS, "192.0.2.3"},
    {"<interface type='udp'><source address='192.0.2.9' port='1'>"
     "<local address='192.0.2.4' port='2'/></source></interface>",
     GUEST_TRAIT_HOST_ADDRESS, "192.0.2.4"},
    {"<interface type='mcast'><source address='230.0.0.1' port='5558'/></interface>",
     GUEST_TRAIT_COUNT, NULL},
    {"<serial type='tcp'><source mode='bind' host='192.0.2.5' service='4555'/></serial>",
     GUEST_TRAIT_HOST_ADDRESS, "192.0.2.5"},
    {"<serial type='tcp'><source mode='connect' host='192.0.2.5' service='4555'/></serial>",
     GUEST_TRAIT_COUNT, NULL},
    {"<serial type='pipe'><source path='/p'/></serial>", GUEST_TRAIT_CHARDEV_HOST, "/p"},
    {"<serial type='unix'><source mode='connect' path='/s'/></serial>", GUEST_TRAIT_CHARDEV_HOST,
     "/s"},
    {"<channel type='unix'><source mode='bind' path='/s'/></channel>", GUEST_TRAIT_COUNT, NULL},
    {"<memory model='dimm'><source><nodemask>3</nodemask></source></memory>",
     GUEST_TRAIT_NUMA_STRICT, "3"},
    {"<memory model='virtio-mem'><source><pagesize unit='MiB'>2</pagesize></source></memory>",
     GUEST_TRAIT_DEVICE_HUGEPAGES, "2048 KiB"},
    {"<memory model='dimm'><source><pagesize unit='KiB'>4</pagesize></source></memory>",
     GUEST_TRAIT_COUNT, NULL},
    {"</devices><memoryBacking><hugepages><page size='4' unit='KiB'/></hugepages></memoryBacking>"
     "<devices>",
     GUEST_TRAIT_COUNT, NULL},
    {"<channel type='qemu-vdagent'><target type='virtio' name='com.redhat.spice.0'/></channel>",
     GUEST_TRAIT_CHARDEV_VDAGENT, NULL},
    {"<watchdog model='itco' action='poweroff'/>", GUEST_TRAIT_WATCHDOG_ITCO, "poweroff"},
    {"<watchdog model='itco'/>", GUEST_TRAIT_WATCHDOG_ITCO, "reset"},
    {"<watchdog model='i6300esb' action='poweroff'/>", GUEST_TRAIT_COUNT, NULL},
    {"<interface type='ethernet'><target dev='tap7' managed='no'/></interface>",
     GUEST_TRAIT_HOST_DEVICE, "tap7"},
    {"<interface type='ethernet'><target dev='tap7'/></interface>", GUEST_TRAIT_COUNT, NULL},
    {"<rng model='virtio'><backend model='egd' type='unix'><source mode='connect' path='/e'/>"
     "</backend></rng>",
     GUEST_TRAIT_CHARDEV_HOST, "/e"},
    {"<rng model='virtio'><backend model='egd' type='tcp'>"
     "<source mode='connect' host='192.0.2.1' service='7'/></backend></rng>",
     GUEST_TRAIT_COUNT, NULL},
    {"<shmem name='s' role='master'><model type='ivshmem-doorbell'/><server path='/i'/></shmem>",
     GUEST_TRAIT_CHARDEV_HOST, "/i"},
    {"<warpdrive model='nx'/>", GUEST_TRAIT_DEVICE_UNKNOWN, "warpdrive"},
    {"<watchdog model='i6300esb'/><memballoon model='virtio'/><vsock/><audio/><hub/><lease/><nvram/>"
     "<pstore/><redirfilter/>",
     GUEST_TRAIT_COUNT, NULL},
    {"<x:disk xmlns:x='urn:x' type='file'><source file='/a'/></x:disk>", GUEST_TRAIT_COUNT, NULL},
};

static void
test_devices_that_bear_on_migration_are_traits(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(trait_cases); i++) {
        g_autofree char *text =
            g_strdup_printf("<domain type='kvm'><name>g</name><devices>%s</devices></domain>",
                            trait_cases[i].device);
        g_autoptr(SourceReading) reading = fixture_read("h.g.domain.xml", text);
        const Guest *guest = fixture_document(reading)->guest;
        gboolean has_any = FALSE;

        assert_string_equal(guest->host, "h");
        for (guint k = 0; k < guest->traits->len; k++) {
            const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, k);

            if (trait->kind != trait_cases[i].kind)
                continue;
            has_any = TRUE;
            assert_int_equal(g_strcmp0(trait->detail, trait_cases[i].detail), 0);
        }
        if (has_any != (trait_cases[i].kind != GUEST_TRAIT_COUNT) ||
            (trait_cases[i].kind == GUEST_TRAIT_COUNT && guest->traits->len > 0))
            fail_msg("wrong traits for %s", trait_cases[i].device);
    }
}

/* Of a guest that runs and of one that does not: "port 5901", "cid 3", and "?" when it is chosen. */
static const struct {
    const char *device, *running, *shut_off;
} claim_cases[] = {
    {"<graphics type='vnc' port='5901' autoport='no'/>", "port 5901", "port 5901"},
    {"<graphics type='vnc' port='5901'/>", "port 5901", "port 5901"},
    {"<graphics type='vnc' port='5901' autoport='yes'/>", "port 5901?", ""},
    {"<graphics type='vnc' port='-1' autoport='yes'/>", "", ""},
    {"<graphics type='vnc'/>", "", ""},
    {"<graphics type='vnc' port='5901' websocket='5701'/>", "port 5901 port 5701?",
     "port 5901 port 5701"},
    {"<graphics type='spice' port='5901' tlsPort='5902'><listen type='address'/>"
     "<listen type='none'/></graphics>",
     "port 5901 port 5902", "port 5901 port 5902"},
    {"<graphics type='vnc' port='5900'/><graphics type='spice' port='5901'>"
     "<listen type='socket' socket='/s'/></graphics>",
     "port 5900", "port 5900"},
    {"<graphics type='spice' port='5901'><listen type='none'/></graphics>", "", ""},
    {"<graphics type='vnc' port='65536'/><graphics type='vnc' port='x'/>", "", ""},
    {"<vsock><cid auto='no' address='3'/></vsock>", "cid 3", "cid 3"},
    {"<vsock><cid address='4294967295'/></vsock>", "cid 4294967295", "cid 4294967295"},
    {"<vsock><cid auto='yes' address='3'/></vsock>", "cid 3?", ""},
    {"<vsock><cid auto='no'/></vsock>", "", ""},
};

static void
assert_claims(const char *device, const char *id, const char *expected)
{
    g_autofree char *text = g_strdup_printf(
        "<domain type='kvm'%s><name>g</name><devices>%s</devices></domain>", id, device);
    g_autoptr(SourceReading) reading = fixture_read("h.g.domain.xml", text);
    const GArray *claims = fixture_document(reading)->guest->claims;
    g_autoptr(GString) found = g_string_new(NULL);

    for (guint i = 0; i < claims->len; i++) {
        const GuestClaim *claim = &g_array_index(claims, GuestClaim, i);

        g_string_append_printf(found, "%s%s %u%s", i > 0 ? " " : "",
                               claim->kind == GUEST_CLAIM_VSOCK_CID ? "cid" : "port", claim->number,
                               claim->is_fixed ? "" : "?");
    }
    assert_string_equal(found->str, expected);
}

static void
test_ports_and_cids_are_claimed(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(claim_cases); i++) {
        assert_claims(claim_cases[i].device, " id='3'", claim_cases[i].running);
        assert_claims(claim_cases[i].device, "", claim_cases[i].shut_off);
    }
}

/* What a guest asks of its emulator, in the words of domain capabilities. */
static void
test_needs_are_in_the_words_of_domain_capabilities(void **state)
{
    static const char text[] =
        "<domain type='kvm'><name>g</name>"
        "<os firmware='efi'><type>hvm</type><loader secure='yes'>/fw/CODE.fd</loader></os>"
        "<features><gic version='2'/><vmcoreinfo state='on'/><ps2 state='off'/></features>"
        "<genid/><memoryBacking><source type='memfd'/></memoryBacking><devices>"
        "<disk type='file'><target dev='sda' bus='sata'/></disk>"
        "<panic model='isa'/><channel type='spicevmc'/><channel type='null'/>"
        "<video><model type='qxl'/></video><video><model type='qxl'/></video>"
        "<graphics type='spice'><listen type='none'/></graphics>"
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
        "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"
        "<redirdev bus='usb' type='spicevmc'/></devices></domain>";
    static const char *const needs[] = {
        "channel.type=spicevmc",
        "disk.bus=sata",
        "genid.state=on",
        "gic.version=2",
        "graphics.type=spice",
        "loader.secure=yes",
        "memoryBacking.sourceType=memfd",
        "os.firmware=efi",
        "os.loader=/fw/CODE.fd",
        "panic.model=isa",
        "redirdev.bus=usb",
        "rng.backendModel=random",
        "rng.model=virtio",
        "tpm.backendModel=emulator",
        "tpm.backendVersion=2.0",
        "tpm.model=tpm-crb",
        "video.modelType=qxl",
        "vmcoreinfo.state=on",
    };
    g_autoptr(SourceReading) reading = fixture_read("h.g.domain.xml", text);
    const Guest *guest = fixture_document(reading)->guest;

    (void)state;
    assert_int_equal(guest->needs->len, G_N_ELEMENTS(needs));
    for (guint i = 0; i < G_N_ELEMENTS(needs); i++)
        assert_string_equal(g_ptr_array_index(guest->needs, i), needs[i]);
}

/* What the kernel's tap devices offload, a card of another kind has not seen. */
static void
test_virtio_cards_on_tap_devices_are_told_from_others(void **state)
{
    static const struct {
        const char *type, *model;
        gboolean is_needed;
    } rows[] = {
        {"bridge", "virtio", TRUE},
        {"network", "virtio", TRUE},
        {"ethernet", "virtio", TRUE},
        {"direct", "virtio-non-transitional", TRUE},
        {"bridge", "e1000e", FALSE},
        {"vhostuser", "virtio", FALSE},
        {"user", "virtio", FALSE},
        {"vdpa", "virtio", FALSE},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "<domain type='kvm'><name>g</name><devices><interface type='%s'><model type='%s'/>"
            "</interface></devices></domain>",
            rows[i].type, rows[i].model);
        g_autoptr(SourceReading) reading = fixture_read("h.g.domain.xml", text);
        const Guest *guest = fixture_document(reading)->guest;

        assert_int_equal(guest->needs->len, rows[i].is_needed);
        if (rows[i].is_needed)
            assert_string_equal(g_ptr_array_index(guest->needs, 0), "interface.model=virtio");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices_that_bear_on_migration_are_traits),
        cmocka_unit_test(test_ports_and_cids_are_claimed),
        cmocka_unit_test(test_needs_are_in_the_words_of_domain_capabilities),
        cmocka_unit_test(test_virtio_cards_on_tap_devices_are_told_from_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
