/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The rules of libvirt's address assignment one by one, each as a guest that would come out
 * otherwise without it. A case names the rule; its guest is as small as shows it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "address_compare.h"

#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <string.h>

#define NOTHING "<memballoon model='none'/><controller type='usb' model='none'/>"
#define PCIE_ROOT "<controller type='pci' model='pcie-root'/>"
#define PORT "<controller type='pci' model='pcie-root-port'/>"
#define RNG "<rng model='virtio'/>"
#define DISK(name, bus) "<disk><target dev='" name "' bus='" bus "'/></disk>"
#define CARD(model) "<interface type='user'><mac address='52:54:00:00:00:01'/>" model "</interface>"
#define DIMM(address)                                                                              \
    "<memory model='dimm'><target><size unit='KiB'>131072</size></target>" address "</memory>"
#define VGA "<video><model type='vga'/></video>"
#define SCSI_HOSTDEV(unit, address)                                                                \
    "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' "  \
    "target='0' unit='" unit "'/></source>" address "</hostdev>"

typedef struct {
    const char *rule;
    const char *machine; /* with "ARCH " in front where it is not x86_64 */
    const char *devices;
    const char *facts[4]; /* lines of address_facts() or their beginnings; or what refuses it */
} Rule;

#define I440FX "pc-i440fx-8.0"
#define Q35 "pc-q35-8.0"

/* ---- PCI ------------------------------------------------------------------------------------ */

static const Rule pci_rules[] = {
    {"numbers are read as C reads them: a leading 0 is octal",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='010'/></rng>",
     {"rng/0: pci 0000:00:08.0"}},
    {"bus 0, slot 0 asks for any place, whatever the function",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' bus='0' slot='0' function='1'/></rng>",
     {"rng/0: pci 0000:00:02.0"}},
    {"the first <address> counts",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='7'/><address type='pci' slot='8'/>"
             "</rng>",
     {"rng/0: pci 0000:00:07.0"}},
    {"the domain must be 0",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' domain='1' slot='7'/></rng>",
     {"there is only domain 0"}},
    {"IDE controller 0 is at 1.1",
     I440FX,
     NOTHING DISK("hda", "ide"),
     {"controller/ide/0: pci 0000:00:01.1"}},
    {"and nowhere else",
     I440FX,
     NOTHING "<controller type='ide' index='0'><address type='pci' slot='9'/></controller>",
     {"0000:00:01.1"}},
    {"a PIIX3 USB controller 0 is at 1.2",
     I440FX,
     "<memballoon model='none'/>",
     {"controller/usb/0: pci 0000:00:01.2"}},
    {"another USB controller 0 is an ordinary device",
     I440FX,
     "<memballoon model='none'/><controller type='usb' model='ehci'/>",
     {"controller/usb/0: pci 0000:00:02.0"}},
    {"1.0 belongs to the chipset of i440fx",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='1'/></rng>",
     {"already in use"}},
    {"1.4 does not",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='1' function='4'/></rng>",
     {"rng/0: pci 0000:00:01.4"}},
    {"the first video card of i440fx is in slot 2",
     I440FX,
     NOTHING RNG VGA,
     {"video/0: pci 0000:00:02.0", "rng/0: pci 0000:00:03.0"}},
    {"where slot 2 is taken, it is placed before all others",
     I440FX,
     NOTHING CARD("") VGA "<rng model='virtio'><address type='pci' slot='2'/></rng>",
     {"video/0: pci 0000:00:03.0", "interface/52:54:00:00:00:01: pci 0000:00:04.0"}},
    {"without a card slot 2 is anybody's", I440FX, NOTHING RNG, {"rng/0: pci 0000:00:02.0"}},
    {"the first video card of q35 is in slot 1", Q35, NOTHING VGA, {"video/0: pci 0000:00:01.0"}},
    {"SATA controller 0 of q35 is at 1f.2", Q35, NOTHING, {"controller/sata/0: pci 0000:00:1f.2"}},
    {"1f.0 and 1f.3 belong to the chipset of q35",
     Q35,
     NOTHING "<rng model='virtio'><address type='pci' slot='0x1f' function='3'/></rng>",
     {"already in use"}},
    {"the first ich9 sound card of q35 is in slot 1b",
     Q35,
     NOTHING "<sound model='ich9'/>",
     {"sound/0: pci 0000:00:1b.0"}},
    {"ich9 companions of q35 are in slot 1d",
     Q35,
     "<memballoon model='none'/><controller type='usb' model='ich9-uhci1'/>"
     "<controller type='usb' model='ich9-ehci1'/>",
     {"controller/usb/0/ich9-uhci1: pci 0000:00:1d.0 multifunction",
      "controller/usb/0: pci 0000:00:1d.7"}},
    {"a dmi-to-pci-bridge is in slot 1e",
     Q35,
     NOTHING PCIE_ROOT "<controller type='pci' model='dmi-to-pci-bridge'/>",
     {"controller/pci/1: pci 0000:00:1e.0"}},
    {"holes are filled from bus 0 on",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='3'/></rng>" RNG RNG,
     {"rng/1: pci 0000:00:02.0", "rng/2: pci 0000:00:04.0"}},
    {"nothing but root ports shares a slot by itself",
     Q35,
     NOTHING PCIE_ROOT PORT PORT,
     {"controller/pci/1: pci 0000:00:01.0 multifunction", "controller/pci/2: pci 0000:00:01.1"}},
    {"root ports do not join one that was placed by hand elsewhere",
     Q35,
     NOTHING PCIE_ROOT "<controller type='pci' model='pcie-root-port'><address type='pci' "
                       "slot='5'/></controller>" PORT,
     {"controller/pci/1: pci 0000:00:05.0", "controller/pci/2: pci 0000:00:01.0"}},
    {"nor a slot that somebody else began",
     Q35,
     NOTHING PCIE_ROOT "<rng model='virtio'><address type='pci' slot='1'/></rng>" PORT,
     {"controller/pci/1: pci 0000:00:02.0"}},
    {"an express device gets a root port of its own, and one is spare",
     Q35,
     NOTHING RNG,
     {"controller/pci/1: pci 0000:00:01.0", "controller/pci/2: pci 0000:00:01.1",
      "rng/0: pci 0000:01:00.0"}},
    {"with a controller that was written none is spare",
     Q35,
     NOTHING PCIE_ROOT PORT RNG RNG,
     {"order: usb0/none pci0/pcie-root pci1/pcie-root-port pci2/pcie-root-port sata0/none"}},
    {"a conventional card brings a port and a bridge",
     Q35,
     NOTHING CARD("<model type='rtl8139'/>"),
     {"controller/pci/1: pci 0000:00:01.0", "controller/pci/2: pci 0000:01:00.0",
      "interface/52:54:00:00:00:01: pci 0000:02:01.0"}},
    {"which sits on the lowest port that is free",
     Q35,
     NOTHING PCIE_ROOT PORT CARD("<model type='rtl8139'/>"),
     {"controller/pci/2: pci 0000:00:01.1", "controller/pci/3: pci 0000:01:00.0"}},
    {"a conventional device on a bus to come finds it one higher",
     Q35,
     NOTHING CARD("<model type='rtl8139'/><address type='pci' bus='1' slot='1'/>"),
     {"interface/52:54:00:00:00:01: pci 0000:02:01.0"}},
    {"indexes that are left out below a written one get root ports",
     Q35,
     NOTHING PCIE_ROOT "<controller type='pci' index='3' model='pcie-root-port'/>",
     {"controller/pci/1: pci 0000:00:01.0 multifunction model pcie-root-port",
      "controller/pci/2: pci 0000:00:01.1 model pcie-root-port",
      "controller/pci/3: pci 0000:00:01.2"}},
    {"an unknown card is PCI Express",
     Q35,
     NOTHING CARD("<model type='tulip'/>"),
     {"interface/52:54:00:00:00:01: pci 0000:01:00.0"}},
    {"models of cards are compared without regard to case",
     Q35,
     NOTHING CARD("<model type='RTL8139'/>"),
     {"interface/52:54:00:00:00:01: pci 0000:02:01.0"}},
    {"a transitional device is conventional",
     Q35,
     NOTHING "<rng model='virtio-transitional'/>",
     {"rng/0: pci 0000:02:01.0"}},
    {"a USB controller without a model is PIIX3 on q35 too",
     Q35,
     "<memballoon model='none'/><controller type='usb'/>",
     {"controller/usb/0: pci 0000:02:01.0 model piix3-uhci"}},
    {"function 0 of a shared slot says so",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='5'/></rng>"
             "<rng model='virtio'><address type='pci' slot='5' function='1'/></rng>",
     {"rng/0: pci 0000:00:05.0 multifunction", "rng/1: pci 0000:00:05.1"}},
    {"unless it was told not to",
     I440FX,
     NOTHING "<rng model='virtio'><address type='pci' slot='5' multifunction='off'/></rng>"
             "<rng model='virtio'><address type='pci' slot='5' function='1'/></rng>",
     {"rng/0: pci 0000:00:05.0 no multifunction"}},
    {"a lone EHCI is at function 7",
     I440FX,
     "<memballoon model='none'/><controller type='usb' index='1' model='ich9-ehci1'/>",
     {"controller/usb/1: pci 0000:00:02.7"}},
    {"bus numbers of expander buses go down by two",
     I440FX,
     NOTHING "<controller type='pci' index='1' model='pci-expander-bus'/>"
             "<controller type='pci' index='2' model='pci-expander-bus'/>",
     {"controller/pci/1: pci 0000:00:02.0 model pci-expander-bus ports -1 master -1 name pxb "
      "chassisNr -1 chassis -1 port -1 busNr 254",
      "controller/pci/2: pci 0000:00:03.0 model pci-expander-bus ports -1 master -1 name pxb "
      "chassisNr -1 chassis -1 port -1 busNr 252"}},
    {"until there are none",
     I440FX,
     NOTHING "<controller type='pci' index='1' model='pci-expander-bus'><target busNr='2'/>"
             "</controller><controller type='pci' index='2' model='pci-expander-bus'/>",
     {"bus"}},
    {"a bridge's index must be above its bus",
     I440FX,
     NOTHING "<controller type='pci' index='2' model='pci-bridge'/>"
             "<controller type='pci' index='1' model='pci-bridge'><address type='pci' bus='2' "
             "slot='1'/></controller>",
     {"pci-bridge 1 sits on bus 2"}},
    {"PCI controllers come first, file systems next, then cards and sound",
     I440FX,
     NOTHING RNG "<sound model='ich6'/>" CARD(
         "") "<filesystem type='mount'><source dir='/'/><target dir='f'/></filesystem>",
     {"filesystem/f: pci 0000:00:02.0", "interface/52:54:00:00:00:01: pci 0000:00:03.0",
      "sound/0: pci 0000:00:04.0", "rng/0: pci 0000:00:05.0"}},
    {"cards of the host come before other host devices, behind virtio disks",
     I440FX,
     NOTHING "<hostdev mode='subsystem' type='pci'><source><address bus='9' slot='1'/></source>"
             "</hostdev><interface type='hostdev'><mac address='52:54:00:00:00:01'/><source>"
             "<address type='pci' bus='8' slot='1'/></source></interface>" DISK("vda", "virtio"),
     {"disk/vda: pci 0000:00:02.0", "interface/52:54:00:00:00:01: pci 0000:00:03.0",
      "hostdev/pci/0000:09:01.0: pci 0000:00:04.0"}},
    {"disks of one bus go by name",
     I440FX,
     NOTHING DISK("vdb", "virtio") DISK("vda", "virtio"),
     {"disk/vda: pci 0000:00:02.0", "disk/vdb: pci 0000:00:03.0"}},
    {"a primary video card is the first",
     I440FX,
     NOTHING "<video><model type='qxl'/></video><video><model type='vga' primary='yes'/></video>",
     {"video/0: pci 0000:00:02.0"}},
    {"two controllers that disable USB are told before any place",
     "isapc",
     "<controller type='usb' model='none'/><controller type='usb' model='none'/>" RNG,
     {"USB is disabled twice"}},
    {"without PCI nobody gets a place", "isapc", NOTHING RNG, {"needs a PCI bus"}},
};

/* ---- drives --------------------------------------------------------------------------------- */

static const Rule drive_rules[] = {
    {"SCSI counts seven disks to a controller, virtio-scsi too",
     I440FX,
     NOTHING "<controller type='scsi' model='virtio-scsi'/>" DISK("sdh", "scsi"),
     {"disk/sdh: drive 1:0:0:0"}},
    {"SATA six", I440FX, NOTHING DISK("sdh", "sata"), {"disk/sdh: drive 1:0:0:1"}},
    {"IDE two on each of two buses",
     I440FX,
     NOTHING DISK("hdc", "ide"),
     {"disk/hdc: drive 0:1:0:0"}},
    {"floppy drives two",
     I440FX,
     NOTHING "<disk device='floppy'><target dev='fdb' bus='fdc'/></disk>",
     {"disk/fdb: drive 0:0:0:1"}},
    {"letters count on behind z",
     I440FX,
     NOTHING DISK("sdaa", "sata"),
     {"disk/sdaa: drive 4:0:0:2"}},
    {"a disk whose name has no number is refused on every bus",
     I440FX,
     NOTHING DISK("vd1", "virtio"),
     {"no disk name"}},
    {"sda without a bus is SCSI",
     I440FX,
     NOTHING "<disk><target dev='sda'/></disk>",
     {"controller/scsi/0: pci 0000:00:02.0 model lsilogic", "disk/sda: drive 0:0:0:0"}},
    {"hda without a bus is IDE, which q35 lacks",
     Q35,
     NOTHING "<disk><target dev='hda'/></disk>",
     {"no IDE controller"}},
    {"all controllers up to the highest that is used are added",
     I440FX,
     NOTHING "<disk><target dev='sda' bus='sata'/><address type='drive' controller='2'/></disk>",
     {"order: usb0/none pci0/pci-root sata0/none sata1/none sata2/none"}},
    {"a drive address without numbers is 0:0:0:0",
     I440FX,
     NOTHING "<disk><target dev='sdc' bus='sata'/><address type='drive'/></disk>",
     {"disk/sdc: drive 0:0:0:0"}},
    {"the unit is not checked",
     I440FX,
     NOTHING "<controller type='scsi' model='lsilogic'/><disk><target dev='sda' bus='scsi'/>"
             "<address type='drive' unit='7'/></disk>",
     {"disk/sda: drive 0:0:0:7"}},
    {"lsilogic has target 0 only",
     I440FX,
     NOTHING "<controller type='scsi' model='lsilogic'/><disk><target dev='sda' bus='scsi'/>"
             "<address type='drive' target='1'/></disk>",
     {"no target 1"}},
    {"two disks cannot have one place",
     I440FX,
     NOTHING DISK("sda",
                  "sata") "<disk><target dev='sdb' bus='sata'/><address type='drive'/></disk>",
     {"already in use"}},
    {"nor one name", I440FX, NOTHING DISK("sda", "sata") DISK("sda", "scsi"), {"two disks 'sda'"}},
    {"SCSI host devices take free units of the lowest controller",
     I440FX,
     NOTHING DISK("sda", "scsi") SCSI_HOSTDEV("1", "") SCSI_HOSTDEV("2", ""),
     {"hostdev/scsi/scsi_host0/0/0/1: drive 0:0:0:1",
      "hostdev/scsi/scsi_host0/0/0/2: drive 0:0:0:2"}},
    {"and add controller 0 before others get their index",
     I440FX,
     NOTHING "<controller type='scsi' model='virtio-scsi'/>" SCSI_HOSTDEV("1", ""),
     {"controller/scsi/0: pci 0000:00:03.0", "controller/scsi/1: pci 0000:00:02.0"}},
    {"a disk's place that a host device was given is refused",
     I440FX,
     NOTHING DISK("sda", "scsi") SCSI_HOSTDEV("1", "<address type='drive'/>"),
     {"belongs to a host device"}},
};

/* ---- USB, virtio-serial, CCID, memory ------------------------------------------------------- */

#define TABLET "<input type='tablet' bus='usb'/>"

static const Rule port_rules[] = {
    {"a PIIX3 has two ports, and a hub is added for more",
     I440FX,
     TABLET TABLET TABLET,
     {"hub/0: usb 0:1", "input/tablet/0: usb 0:2", "input/tablet/1: usb 0:1.1",
      "input/tablet/2: usb 0:1.2"}},
    {"controllers are filled in the order of their numbers",
     I440FX,
     "<controller type='usb' index='1' model='qemu-xhci'/>" TABLET TABLET TABLET,
     {"input/tablet/0: usb 0:1", "input/tablet/1: usb 0:2", "input/tablet/2: usb 1:1"}},
    {"companions have no ports, an EHCI has six",
     Q35,
     "<controller type='usb' model='ich9-uhci1'/><controller type='usb' model='ich9-ehci1'/>" TABLET
         TABLET TABLET,
     {"input/tablet/0: usb 0:1", "input/tablet/1: usb 0:2", "input/tablet/2: usb 0:3"}},
    {"a DIMM has a slot whatever is written, and part of that as its base",
     Q35,
     NOTHING DIMM("<address type='pci' bus='0' slot='7' function='3'/>")
         DIMM("<address type='drive' controller='1' bus='2' target='3' unit='4'/>")
             DIMM("<address type='usb' bus='0' port='1.2'/>") DIMM("<address type='isa' irq='5'/>")
                 RNG RNG,
     {"memory/0: dimm 0 base 300000007\n", "memory/1: dimm 1 base 400000003\n",
      "memory/2: dimm 2 base 2\n", "memory/3: dimm 3\n"}},
    {"another type of address of a DIMM takes no slot from those that are written",
     Q35,
     NOTHING DIMM("<address type='spapr-vio' reg='0x3000'/>")
         DIMM("<address type='dimm' slot='0'/>") DIMM("<address type='ccw' cssid='0xfe' ssid='0x1' "
                                                      "devno='0x3'/>"),
     {"memory/0: dimm 1 base 1\n", "memory/1: dimm 0\n", "memory/2: dimm 2 base 100000003\n"}},
    {"enclave memory has no address",
     Q35,
     "<memory model='sgx-epc'><target><size unit='KiB'>2048</size></target>"
     "<address type='dimm' slot='9'/></memory>",
     {"memory of model sgx-epc cannot have an address"}},
    {"without USB there is no place",
     I440FX,
     "<memballoon model='none'/><controller type='usb' model='none'/>" TABLET,
     {"USB"}},
    {"a bus that is named is the only one tried",
     I440FX,
     "<controller type='usb' index='1' model='qemu-xhci'/><input type='tablet' bus='usb'><address "
     "type='usb' bus='1'/></input>",
     {"input/tablet/0: usb 1:1"}},
    {"port 0 is no port",
     I440FX,
     "<input type='tablet' bus='usb'><address type='usb' bus='0' port='0'/></input>",
     {"input/tablet/0: usb 0:1"}},
    {"two devices cannot share a port",
     I440FX,
     "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>"
     "<input type='mouse' bus='usb'><address type='usb' bus='0' port='1'/></input>",
     {"already in use"}},
    {"a port of a hub that is not there is refused",
     I440FX,
     "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1.1'/></input>",
     {"hub"}},
    {"channels begin at port 1",
     I440FX,
     NOTHING "<channel type='pty'><target type='virtio' name='a'/></channel>",
     {"channel/a: virtio-serial 0:0:1"}},
    {"port 31 does not exist by default",
     I440FX,
     NOTHING "<channel type='pty'><target type='virtio' name='a'/><address type='virtio-serial' "
             "port='31'/></channel>",
     {"no port 31"}},
    {"a full controller is followed by another",
     I440FX,
     NOTHING "<controller type='virtio-serial' index='0' ports='2'/><channel type='pty'><target "
             "type='virtio' name='a'/></channel><channel type='pty'><target type='virtio' "
             "name='b'/></channel>",
     {"channel/a: virtio-serial 0:0:1", "channel/b: virtio-serial 1:0:1"}},
    {"a controller that a channel names is added alone",
     I440FX,
     NOTHING "<channel type='pty'><target type='virtio' name='a'/><address type='virtio-serial' "
             "controller='3'/></channel>",
     {"channel/a: virtio-serial 3:0:1", "order: usb0/none pci0/pci-root virtio-serial3/none"}},
    {"a smartcard is in slot 0 of CCID controller 0",
     I440FX,
     "<smartcard mode='host'/>",
     {"controller/ccid/0: usb 0:1"}},
    {"a bare console becomes a serial port",
     I440FX,
     NOTHING "<console type='pty'><address type='isa' iobase='0x3f8'/></console>",
     {"serial/0: isa"}},
    {"a second one is refused",
     I440FX,
     NOTHING "<console type='pty'><target type='virtio'/></console><console type='pty'/>",
     {"only the first console"}},
};

/* ---- other architectures -------------------------------------------------------------------- */

#define SPAPR_CARD(n)                                                                              \
    "<interface type='user'><mac address='52:54:00:00:00:0" n "'/><model type='spapr-vlan'/>"      \
    "</interface>"

static const Rule machine_rules[] = {
    {"registers of one kind push those of the next",
     "ppc64 pseries",
     NOTHING SPAPR_CARD("1") SPAPR_CARD("2") "<controller type='scsi' model='ibmvscsi'/><nvram/>",
     {"interface/52:54:00:00:00:01: spapr-vio 00001000",
      "interface/52:54:00:00:00:02: spapr-vio 00002000", "controller/scsi/0: spapr-vio 00003000",
      "nvram/0: spapr-vio 00004000"}},
    {"conventional buses of pseries are host bridges",
     "ppc64 pseries",
     NOTHING "<rng model='virtio'><address type='pci' bus='1' slot='1'/></rng>",
     {"rng/0: pci 0000:01:01.0", "order: usb0/none pci0/pci-root pci1/pci-root"}},
    {"ccw numbers follow the order of all devices",
     "s390x s390-ccw-virtio",
     NOTHING RNG DISK("vda", "virtio"),
     {"disk/vda: ccw fe.0.0000", "rng/0: ccw fe.0.0001"}},
    {"written ones are kept and passed over",
     "s390x s390-ccw-virtio",
     NOTHING "<rng model='virtio'><address type='ccw' cssid='0xfe' ssid='0' devno='0'/></rng>" DISK(
         "vda", "virtio"),
     {"disk/vda: ccw fe.0.0001", "rng/0: ccw fe.0.0000"}},
    {"ccw addresses are s390x's alone",
     Q35,
     NOTHING "<rng model='virtio'><address type='ccw'/></rng>",
     {"ccw"}},
    {"PCI devices of s390x get zPCI identifiers",
     "s390x s390-ccw-virtio",
     "<memballoon model='none'/><controller type='usb' model='qemu-xhci'/>",
     {"controller/usb/0: pci 0000:00:01.0"}},
    {"one virtio-mmio device makes all of them so",
     "aarch64 virt",
     NOTHING "<rng model='virtio'><address type='virtio-mmio'/></rng>" DISK("vda", "virtio"),
     {"order: usb0/none pci0/pcie-root"}},
    {"ARM virt has PCI Express",
     "aarch64 virt",
     NOTHING DISK("vda", "virtio"),
     {"disk/vda: pci 0000:01:00.0"}},
    {"the root must be the machine's",
     Q35,
     "<controller type='pci' model='pci-root'/>",
     {"must be pcie-root"}},
    {"and have no address",
     I440FX,
     NOTHING "<controller type='pci' index='0' model='pci-root'><address type='pci' slot='3'/>"
             "</controller>",
     {"has no address"}},
    {"an expander bus is one of its machine's kind",
     Q35,
     NOTHING PCIE_ROOT "<controller type='pci' index='1' model='pci-expander-bus'/>",
     {"cannot have a pci-expander-bus"}},
};

/* ---- addresses of the wrong type ------------------------------------------------------------ */

#define PCI_7 "<address type='pci' slot='7'/>"
#define USB_HOSTDEV(vendor, product)                                                               \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='" vendor "'/><product id='" product  \
    "'/></source></hostdev>"
#define VIRTIOFS(target, driver)                                                                   \
    "<filesystem type='mount'><driver type='" driver "'/><source dir='/t'/><target dir='" target   \
    "'/></filesystem>"

static const Rule type_rules[] = {
    {"a virtio channel is on virtio-serial, wherever it says it is",
     I440FX,
     NOTHING "<channel type='pty'><target type='virtio' name='n'/>" PCI_7 "</channel>" RNG,
     {"channel/n: virtio-serial 0:0:1", "rng/0: pci 0000:00:03.0"}},
    {"whatever is no disk and has a drive's address is held to SCSI's",
     I440FX,
     NOTHING "<shmem name='s'><address type='drive' controller='0' bus='1' unit='0'/></shmem>",
     {"drive address 0:1:0:0 cannot be on bus scsi"}},
    {"a balloon that is none has no place, and takes none",
     I440FX,
     "<controller type='usb' model='none'/><memballoon model='none'><address type='pci' slot='2'/>"
     "</memballoon>" RNG,
     {"rng/0: pci 0000:00:02.0"}},
    {"a panic device on ISA has no other address",
     I440FX,
     NOTHING "<panic model='isa'>" PCI_7 "</panic>",
     {"a panic device of model isa cannot have an address of type pci"}},
    {"one of Hyper-V has none",
     I440FX,
     NOTHING "<panic model='hyperv'><address type='isa'/></panic>",
     {"a panic device of model hyperv cannot have an address of type isa"}},
    {"a smartcard is on a CCID controller",
     I440FX,
     "<smartcard mode='host'>" PCI_7 "</smartcard>",
     {"a smartcard cannot have an address of type pci"}},
    {"an iommu of Intel has no address",
     Q35,
     NOTHING "<iommu model='intel'>" PCI_7 "</iommu>",
     {"an iommu of model intel has no address"}},
    {"nothing is on virtio-s390 any more",
     I440FX,
     NOTHING "<video><address type='virtio-s390'/></video>",
     {"virtio-s390"}},
    {"a SCSI host adapter is on PCI or channel I/O",
     I440FX,
     NOTHING "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' "
             "wwpn='naa.5123456789abcde0'/><address type='usb' bus='0' port='1'/></hostdev>",
     {"a SCSI host adapter cannot have an address of type usb"}},
    {"a watchdog on ISA has no address that could be told",
     I440FX,
     NOTHING "<watchdog model='ib700'><address type='isa' iobase='0x1'/></watchdog>",
     {"a watchdog of model ib700 cannot have an address of type isa"}},
    {"an input that is passed through is virtio",
     I440FX,
     "<memballoon model='none'/><input type='passthrough' bus='usb'><source "
     "evdev='/dev/null'/></input>",
     {"cannot be on bus usb"}},
    {"a disk has a disk's name, though it is told where it is",
     I440FX,
     NOTHING "<disk><target dev='ubd' bus='virtio'/>" PCI_7 "</disk>",
     {"'ubd' is no name of a disk"}},
    {"an ncr53c90 is part of some boards",
     I440FX,
     NOTHING "<controller type='scsi' model='ncr53c90'/>",
     {"this machine has no ncr53c90"}},
    {"and a controller of theirs",
     "mips64 magnum",
     NOTHING "<controller type='scsi' model='ncr53c90'/>",
     {"controller/scsi/0: none model ncr53c90"}},
    {"a USB port of 0 ends the path, and at its beginning leaves it open",
     I440FX,
     "<memballoon model='none'/><sound model='usb'><address type='usb' bus='0' port='0.19.31'/>"
     "</sound>",
     {"sound/0: usb 0:1"}},
    {"a root has no model name, but on pSeries",
     I440FX,
     NOTHING "<controller type='pci' model='pci-root'><model name='ioh3420'/></controller>",
     {"a pci-root cannot be QEMU's 'ioh3420'"}},
    {"where it has that of its host bridges",
     "ppc64 pseries",
     NOTHING "<controller type='pci' model='pci-root'><model name='spapr-pci-host-bridge'/>"
             "</controller>",
     {"controller/pci/0: none model pci-root ports -1 master -1 name spapr-pci-host-bridge"}},
    {"a card of the host is given once, to an interface or by itself",
     I440FX,
     NOTHING "<hostdev mode='subsystem' type='pci'><source><address type='pci' bus='9' slot='1'/>"
             "</source></hostdev><interface type='hostdev'><source><address type='pci' bus='9' "
             "slot='1'/></source></interface>",
     {"the same device of the host is given twice"}},
    {"a USB device of the host is the same however its identifiers are written",
     I440FX,
     "<memballoon model='none'/>" USB_HOSTDEV("0x1", "0x02"),
     {"hostdev/usb/0x0001/0x0002: usb 0:1"}},
    {"a virtiofs file system shares its target with no other",
     I440FX,
     NOTHING VIRTIOFS("t", "path") VIRTIOFS("t", "virtiofs"),
     {"there are two file systems 't'"}},
    {"others may",
     I440FX,
     NOTHING VIRTIOFS("t", "path") VIRTIOFS("t", "path"),
     {"filesystem/t: pci 0000:00:02.0"}},
    {"a memory device at 0 is where QEMU wants it",
     I440FX,
     NOTHING "<video><model type='vga'/><address type='dimm' slot='3' base='0x0'/></video>",
     {"video/0: dimm 3\n"}},
    {"QEMU has no ich7 sound card, wherever",
     I440FX,
     NOTHING "<sound model='ich7'><address type='usb' bus='0' port='1'/></sound>",
     {"QEMU has no ich7 sound card"}},
    {"nor a balloon of Xen",
     I440FX,
     "<memballoon model='xen'/>",
     {"QEMU has no xen memory balloon"}},
    {"nor a console of Xen",
     I440FX,
     NOTHING "<console type='pty'><target type='xen'/></console>",
     {"QEMU has no xen console"}},
};

static void
check(const Rule *rule)
{
    g_auto(GStrv) machine = g_strsplit(rule->machine, " ", 2);
    const char *arch = machine[1] == NULL ? "x86_64" : machine[0];
    g_autofree char *xml = g_strdup_printf(
        "<domain type='kvm'><maxMemory slots='16' unit='KiB'>8388608</maxMemory>"
        "<os><type arch='%s' machine='%s'>hvm</type></os><devices>%s</devices></domain>",
        arch, machine[1] == NULL ? machine[0] : machine[1], rule->devices);
    const AddressOptions options = {0};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read(xml, strlen(xml), &refusal);

    if (devices != NULL)
        refusal = address_plan_guest(devices, &options);
    g_autofree char *facts = refusal == NULL ? address_facts(devices) : g_strdup(refusal->text);
    g_autofree char *lines = g_strconcat("\n", facts, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rule->facts) && rule->facts[i] != NULL; i++) {
        g_autofree char *line =
            refusal == NULL ? g_strconcat("\n", rule->facts[i], NULL) : g_strdup(rule->facts[i]);

        if (strstr(lines, line) == NULL)
            fail_msg("%s: %s is not in%s", rule->rule, rule->facts[i], lines);
    }
    finding_free(refusal);
}

#define DEFINE_TEST(name, rules)                                                                   \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        for (guint i = 0; i < G_N_ELEMENTS(rules); i++)                                            \
            check(&rules[i]);                                                                      \
    }

DEFINE_TEST(test_pci_devices_are_where_libvirt_puts_them, pci_rules)
DEFINE_TEST(test_drives_are_where_libvirt_puts_them, drive_rules)
DEFINE_TEST(test_ports_and_slots_are_those_that_libvirt_gives, port_rules)
DEFINE_TEST(test_each_machine_has_the_controllers_of_libvirt, machine_rules)
DEFINE_TEST(test_address_of_another_type_is_taken_as_libvirt_does, type_rules)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pci_devices_are_where_libvirt_puts_them),
        cmocka_unit_test(test_drives_are_where_libvirt_puts_them),
        cmocka_unit_test(test_ports_and_slots_are_those_that_libvirt_gives),
        cmocka_unit_test(test_each_machine_has_the_controllers_of_libvirt),
        cmocka_unit_test(test_address_of_another_type_is_taken_as_libvirt_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
