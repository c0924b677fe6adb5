/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each kind of document becomes its record, with everything that planning needs. */

#include "ingest_fixture.h"

#include <ingest/guest_reader.h>
#include <string.h>

static void
test_host_capabilities_are_read_whole(void **state)
{
    g_autoptr(SourceReading) reading = fixture_read("web01.xml", fixture_capabilities);
    const Document *document = fixture_document(reading);
    const HostCapabilities *host = document->host;
    const GuestSupport *guest = g_ptr_array_index(host->machines->guests, 0);
    const SecurityModel *security = g_ptr_array_index(host->capabilities->security_models, 0);

    (void)state;
    assert_int_equal(document->kind, DOCUMENT_HOST_CAPABILITIES);
    assert_string_equal(document->host_name, "web01");
    assert_string_equal(host->uuid, "11111111-2222-3333-4444-555555555555");
    assert_string_equal(host->cpu->model, "Haswell-noTSX");
    assert_int_equal(host->cpu->microcode, 67);
    assert_int_equal(host->cpu->model_number, 63);
    assert_int_equal(host->cpu->tsc_hz, 2394000000);
    assert_int_equal(host->cpu->tsc_scaling, CPU_SWITCH_OFF);
    assert_int_equal(host->cpu->threads, 2);
    assert_int_equal(host->physical_address_bits, 46);
    assert_int_equal(host->memory_kib, 2024);
    assert_int_equal(host->n_cpus, 3);
    assert_int_equal(host->n_numa_cells, 2);
    assert_int_equal(host->capabilities->iommu, CPU_SWITCH_ON);
    assert_true(host->capabilities->can_live_migrate);
    assert_int_equal(host->capabilities->transports->len, 2);
    assert_string_equal(g_ptr_array_index(host->capabilities->power_management, 1), "suspend_disk");
    assert_string_equal(security->model, "dac");
    assert_string_equal(g_ptr_array_index(security->baselabels, 0), "kvm=+64055:+64055");
    assert_int_equal(host->machines->guests->len, 1);
    assert_int_equal(guest->domain_types, DOMAIN_TYPE_KVM | DOMAIN_TYPE_QEMU);
    assert_int_equal(guest->machines->len, 4); /* the one under <domain>, without its repetition */
    assert_string_equal(machine_profile_find(host->machines, CPU_ARCH_X86_64, "q35")->canonical,
                        "pc-q35-7.2");
    assert_true(
        machine_profile_find(host->machines, CPU_ARCH_X86_64, "pc-i440fx-1.7")->is_deprecated);
    assert_int_equal(
        machine_profile_find(host->machines, CPU_ARCH_X86_64, "pc-i440fx-7.2")->max_vcpus, 255);
    assert_non_null(host->machines->digest);
    assert_non_null(host->capabilities->digest);
}

/* libvirt takes a UUID with or without hyphens, in capitals or not, and writes it in one form. */
static void
test_uuid_of_a_host_is_canonical(void **state)
{
    static const struct {
        const char *written, *kept;
    } uuids[] = {
        {"4C4C4544-0031-4810-8057-B4C04F4E3732", "4c4c4544-0031-4810-8057-b4c04f4e3732"},
        {"4c4c4544003148108057b4c04f4e3732", "4c4c4544-0031-4810-8057-b4c04f4e3732"},
        {" 4C4C4544 00314810 8057B4C0 4F4E3732\n", "4c4c4544-0031-4810-8057-b4c04f4e3732"},
        {"Not Settable", "Not Settable"},
        {"4c4c4544003148108057b4c04f4e37321", "4c4c4544003148108057b4c04f4e37321"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(uuids); i++) {
        g_autofree char *text =
            g_strdup_printf("<capabilities><host><uuid>%s</uuid><cpu><arch>x86_64</arch></cpu>"
                            "</host></capabilities>",
                            uuids[i].written);
        g_autoptr(SourceReading) reading = fixture_read("h.xml", text);

        assert_string_equal(fixture_document(reading)->host->uuid, uuids[i].kept);
    }
}

static void
test_kvm_with_an_emulator_of_its_own_stands_apart(void **state)
{
    static const char text[] =
        "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
        "<arch name='x86_64'><emulator>/usr/bin/qemu</emulator><machine>pc</machine>"
        "<domain type='qemu'/><domain type='kvm'><emulator>/usr/bin/kvm</emulator>"
        "<machine>pc-1.0</machine></domain></arch></guest></capabilities>";
    g_autoptr(SourceReading) reading = fixture_read("h.xml", text);
    const MachineProfile *machines = fixture_document(reading)->host->machines;
    const GuestSupport *kvm = g_ptr_array_index(machines->guests, 0);
    const GuestSupport *qemu = g_ptr_array_index(machines->guests, 1);

    (void)state;
    assert_string_equal(kvm->emulator, "/usr/bin/kvm");
    assert_int_equal(kvm->domain_types, DOMAIN_TYPE_KVM);
    assert_int_equal(kvm->machines->len, 2);
    assert_string_equal(qemu->emulator, "/usr/bin/qemu");
    assert_int_equal(qemu->domain_types, DOMAIN_TYPE_QEMU);
    assert_int_equal(qemu->machines->len, 1);
}

static void
assert_domain_offers(const DomainCapabilities *domain, const char *key, const char *value)
{
    const GPtrArray *values = g_hash_table_lookup(domain->device_values, key);

    assert_non_null(values);
    assert_int_equal(values->len, 1);
    assert_string_equal(g_ptr_array_index(values, 0), value);
}

static void
test_domain_capabilities_are_read_whole(void **state)
{
    g_autoptr(SourceReading) reading =
        fixture_read("web01.domcapabilities.xml", fixture_domain_capabilities);
    const Document *document = fixture_document(reading);
    const DomainCapabilities *domain = document->domain;
    const CpuHypervisorModel *epyc = cpu_hypervisor_models_find(domain->models, "EPYC");
    const GPtrArray *buses = g_hash_table_lookup(domain->device_values, "disk.bus");

    (void)state;
    assert_string_equal(document->host_name, "web01");
    assert_string_equal(domain->machine, "pc-q35-9.2");
    assert_int_equal(domain->domain_type, DOMAIN_TYPE_KVM);
    assert_int_equal(domain->max_vcpus, 4096);
    assert_int_equal(domain->host_passthrough, SUPPORT_YES);
    assert_int_equal(domain->host_passthrough_migratable, SUPPORT_YES);
    assert_int_equal(domain->maximum, SUPPORT_NO);
    assert_int_equal(domain->host_model, SUPPORT_YES);
    assert_string_equal(domain->host_model_cpu->model, "Skylake-Server-IBRS");
    assert_int_equal(cpu_definition_find_feature(domain->host_model_cpu, "mpx")->policy,
                     CPU_POLICY_DISABLE);
    assert_int_equal(domain->host_model_cpu->maxphysaddr_limit, 46);
    assert_int_equal(domain->models->len, 3);
    assert_int_equal(epyc->usable, CPU_USABLE_NO);
    assert_true(epyc->is_deprecated);
    assert_int_equal(epyc->blockers->len, 2);
    assert_string_equal(cpu_hypervisor_models_find(domain->models, "Haswell-noTSX")->canonical,
                        "Haswell-v2");
    assert_int_equal(cpu_hypervisor_models_find(domain->models, "qemu64")->usable,
                     CPU_USABLE_UNKNOWN);
    assert_int_equal(buses->len, 2);
    assert_domain_offers(domain, "os.loader", "/fw/CODE.fd");
    assert_domain_offers(domain, "os.firmware", "efi");
    assert_domain_offers(domain, "tpm.supported", "no");
    assert_int_equal(domain->sev, SUPPORT_YES);
    assert_int_equal(domain->sev_reduced_phys_bits, 5);
    assert_int_equal(domain->sev_max_es_guests, 450);
    assert_int_equal(domain->sgx, SUPPORT_NO);
    assert_int_equal(domain->tdx, SUPPORT_UNKNOWN);
    assert_string_equal(g_ptr_array_index(domain->hyperv_features, 0), "relaxed");
    assert_int_equal(domain->launch_security_types->len, 2);
}

static void
assert_trait(const Guest *guest, GuestTraitKind kind, const char *detail, guint line)
{
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);

        if (trait->kind != kind)
            continue;
        assert_string_equal(trait->detail, detail);
        assert_int_equal(trait->line, line);
        return;
    }
    fail_msg("no trait %u", kind);
}

static void
test_domain_is_read_whole(void **state)
{
    g_autoptr(SourceReading) reading = fixture_read("web01.mail.domain.xml", fixture_domain);
    const Document *document = fixture_document(reading);
    const Guest *guest = document->guest;

    (void)state;
    assert_string_equal(document->host_name, "web01");
    assert_string_equal(guest->host, "web01");
    assert_string_equal(guest->name, "mail");
    assert_true(guest->is_running);
    assert_int_equal(guest->memory_kib, 2 * 1024 * 1024);
    assert_int_equal(guest->n_vcpus, 4);
    assert_string_equal(guest->machine, "pc-q35-9.2");
    assert_int_equal(guest->arch, CPU_ARCH_X86_64);
    assert_true(guest->has_cpu);
    assert_string_equal(guest->cpu->model, "Haswell-noTSX");
    assert_int_equal(guest->tsc_hz, 2394000000);
    assert_int_equal(guest->hyperv_features->len, 1);
    assert_string_equal(guest->emulator, "/usr/bin/qemu-system-x86_64");
    assert_trait(guest, GUEST_TRAIT_CPU_PINNED, "0-3", 5);
    assert_trait(guest, GUEST_TRAIT_NVRAM, "/var/lib/libvirt/qemu/nvram/mail.fd", 8);
    assert_trait(guest, GUEST_TRAIT_CLOCK_TSC, "2394000000 Hz", 15);
    assert_trait(guest, GUEST_TRAIT_DISK_LOCAL, "vda: /images/mail & news.qcow2", 18);
    assert_trait(guest, GUEST_TRAIT_HOSTDEV_PCI, "0000:06:12.5", 25);
    assert_trait(guest, GUEST_TRAIT_SECLABEL_STATIC, "selinux: a:b:c", 29);
    assert_int_equal(guest->traits->len, 6); /* no cache trait, none of the empty drive */
    assert_true(g_str_has_prefix(guest->xml, "<domain type='kvm' id='7'>"));
    assert_true(g_str_has_suffix(guest->xml, "</domain>"));
}

static const struct {
    const char *device;
    GuestTraitKind kind;
    const char *detail;
} trait_cases[] = {
    {"<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='u-1'/>"
     "</source></hostdev>",
     GUEST_TRAIT_HOSTDEV_MDEV, "u-1"},
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
    {"<warpdrive model='nx'/>", GUEST_TRAIT_DEVICE_UNKNOWN, "warpdrive"},
    {"<watchdog model='itco'/><memballoon model='virtio'/><vsock/><audio/><hub/><lease/><nvram/>"
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

static void
test_status_file_is_the_domain_of_a_running_guest(void **state)
{
    static const char text[] = "<!-- by libvirt -->\n<domstatus state='running' pid='1'>\n"
                               "  <monitor path='/x'/>\n  <domain type='qemu'><name>g</name>"
                               "<devices/></domain>\n</domstatus>\n";
    g_autoptr(SourceReading) reading = fixture_read("h.g.domain.xml", text);
    const Document *document = fixture_document(reading);

    (void)state;
    assert_true(document->guest->is_running);
    assert_int_equal(document->line, 4);
    assert_string_equal(document->guest->xml,
                        "<domain type='qemu'><name>g</name><devices/></domain>");
}

/*
 * Where a document ends is known however much follows it: beyond 32000 bytes libxml2's own count of
 * consumed bytes is wrong, and the rest of the file would be lost.
 */
static void
test_end_is_known_however_much_follows(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(fixture_capabilities);

    for (guint i = 0; i < 4000; i++)
        g_string_append(text, "<!-- padding -->\n");
    g_string_append(text, fixture_domain);
    g_string_append(text, fixture_domain_capabilities);
    g_autoptr(SourceReading) reading = fixture_read("host7.xml", text->str);

    assert_int_equal(reading->findings->len, 0);
    assert_int_equal(reading->documents->len, 3);
    const Document *guest = g_ptr_array_index(reading->documents, 1);
    assert_int_equal(guest->kind, DOCUMENT_DOMAIN);
    assert_string_equal(guest->guest->host, "host7");
}

/* Several documents of several kinds in one file, with and without declarations. */
static void
test_several_documents_of_a_file_are_read(void **state)
{
    g_autofree char *text = g_strconcat(
        "<?xml version='1.0' encoding='UTF-8'?>\n", fixture_capabilities, "<!-- next -->\n",
        fixture_domain_capabilities, "\n\n<?xml version=\"1.0\"?>", fixture_domain, NULL);
    g_autoptr(SourceReading) reading = fixture_read("h.xml", text);
    static const DocumentKind kinds[] = {DOCUMENT_HOST_CAPABILITIES, DOCUMENT_DOMAIN_CAPABILITIES,
                                         DOCUMENT_DOMAIN};

    (void)state;
    assert_int_equal(reading->findings->len, 0);
    assert_int_equal(reading->documents->len, G_N_ELEMENTS(kinds));
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        assert_int_equal(document->kind, kinds[i]);
        assert_string_equal(document->host_name, "h");
    }
    assert_int_equal(((Document *)g_ptr_array_index(reading->documents, 0))->line, 2);
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 2))->guest->host, "h");
}

/* Hosts in one file stay apart, and what follows a host is its own. */
static void
test_hosts_of_one_file_stay_apart(void **state)
{
    g_autofree char *text =
        g_strconcat(fixture_capabilities, fixture_capabilities, fixture_domain_capabilities, NULL);
    g_autoptr(SourceReading) reading = fixture_read("all.xml", text);
    const Finding *finding = g_ptr_array_index(reading->findings, 0);

    (void)state;
    assert_int_equal(reading->documents->len, 3);
    assert_int_equal(finding->severity, FINDING_WARNING);
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 0))->host_name, "all");
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 1))->host_name, "all#2");
    assert_string_equal(((Document *)g_ptr_array_index(reading->documents, 2))->host_name, "all#2");
}

static void
test_other_encodings_are_read(void **state)
{
    static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?>"
                               "<domain type='kvm'><name>b\xfc"
                               "ro</name></domain>";
    static const char *const encodings[] = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"};
    g_autoptr(SourceReading) latin = fixture_read("h.g.domain.xml", text);

    (void)state;
    assert_string_equal(fixture_document(latin)->guest->name, "b\xc3\xbcro");
    for (guint i = 0; i < G_N_ELEMENTS(encodings); i++) {
        gsize length;
        g_autofree char *bytes =
            g_convert("<?xml version='1.0'?><domain type='kvm'><name>b\xc3\xbcro</name></domain>",
                      -1, encodings[i], "UTF-8", NULL, &length, NULL);
        g_autoptr(SourceReading) reading = fixture_read_bytes("h.g.domain.xml", bytes, length);

        assert_string_equal(fixture_document(reading)->guest->name, "b\xc3\xbcro");
    }
}

static void
test_guest_reader_reads_or_names_the_line(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Guest) guest = guest_reader_parse(fixture_domain, strlen(fixture_domain), &error);
    static const char broken[] =
        "<domain type='kvm'>\n<name>g</name>\n<vcpu>many</vcpu>\n</domain>";

    (void)state;
    assert_non_null(guest);
    assert_null(guest_reader_parse(broken, strlen(broken), &error));
    assert_true(g_error_matches(error, GUEST_READER_ERROR, GUEST_READER_ERROR_INVALID));
    assert_true(g_str_has_prefix(error->message, "line 3: "));
    g_clear_error(&error);
    assert_null(guest_reader_parse("<capabilities/>", 15, &error));
    assert_non_null(error);
}

/* A guest's file name is no host's. */
static void
test_guest_of_no_known_host_is_told(void **state)
{
    static const char *const names[] = {"f/h1/mail01.xml", "domains/h1.mail01.xml", "-"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(SourceReading) reading =
            fixture_read(names[i], "<domain type='kvm'><name>mail01</name></domain>");
        const Document *document = g_ptr_array_index(reading->documents, 0);

        assert_null(document->guest->host);
        assert_string_equal(document->host_name, DOCUMENT_HOST_UNKNOWN);
        assert_int_equal(reading->findings->len, 1);
        const Finding *finding = g_ptr_array_index(reading->findings, 0);
        assert_string_equal(finding->id, "guest-without-host");
        assert_non_null(strstr(finding->text, "mail01"));
        assert_non_null(strstr(finding->remedy, "HOST.mail01.domain.xml"));
    }
}

/* QEMU's replies do not tell the architecture: "ibs" is a feature on s390x too. */
static void
test_qemu_reply_about_no_x86_cpu_is_refused(void **state)
{
    const char *const refused[] = {
        "{\"return\": {\"model\": {\"name\": \"z14-base\", \"props\": {\"vx\": true, \"ibs\": "
        "true}}}}",
        "{\"return\": {\"model\": {\"name\": \"host\", \"props\": {\"aarch64\": true, \"sve\": "
        "true}}}}",
        "{\"return\": [{\"name\": \"cortex-a57\"}, {\"name\": \"max\"}, {\"name\": \"host\"}]}",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(SourceReading) reading = fixture_read("kvm01/qmp.json", refused[i]);
        const Finding *finding = fixture_finding(reading);

        assert_string_equal(finding->id, "invalid-qemu-reply");
        assert_non_null(strstr(finding->text, "no x86 CPU"));
        assert_non_null(strstr(finding->remedy, "domcapabilities"));
    }
    g_autoptr(SourceReading) reading = fixture_read(
        "kvm01/qmp.json", "{\"return\": [{\"name\": \"qemu64\", \"unavailable-features\": "
                          "[\"sse4-1\", \"sse4.1\", \"pku\", \"pku\"]}, {\"name\": \"max\"}]}");
    const CpuHypervisorModel *model =
        cpu_hypervisor_models_find(fixture_document(reading)->domain->models, "qemu64");
    assert_int_equal(model->blockers->len, 3); /* each spelling once */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_qemu_reply_about_no_x86_cpu_is_refused),
        cmocka_unit_test(test_guest_of_no_known_host_is_told),
        cmocka_unit_test(test_host_capabilities_are_read_whole),
        cmocka_unit_test(test_uuid_of_a_host_is_canonical),
        cmocka_unit_test(test_kvm_with_an_emulator_of_its_own_stands_apart),
        cmocka_unit_test(test_domain_capabilities_are_read_whole),
        cmocka_unit_test(test_domain_is_read_whole),
        cmocka_unit_test(test_devices_that_bear_on_migration_are_traits),
        cmocka_unit_test(test_needs_are_in_the_words_of_domain_capabilities),
        cmocka_unit_test(test_status_file_is_the_domain_of_a_running_guest),
        cmocka_unit_test(test_several_documents_of_a_file_are_read),
        cmocka_unit_test(test_end_is_known_however_much_follows),
        cmocka_unit_test(test_hosts_of_one_file_stay_apart),
        cmocka_unit_test(test_other_encodings_are_read),
        cmocka_unit_test(test_guest_reader_reads_or_names_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
