/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_oddities.h"

const char *const domain_odd_addresses[] = {
    "<address type='pci' domain='0x0001' bus='0x00' slot='0x05' function='0x0'/>",
    "<address type='pci' bus='0x100' slot='0x05' function='0x0'/>",
    "<address type='pci' bus='0x00' slot='0x20' function='0x0'/>",
    "<address type='pci' bus='0x00' slot='0x05' function='0x8'/>",
    "<address type='pci' bus='0x00' slot='010' function='0'/>",
    "<address type='pci' bus='-1' slot='5' function='0'/>",
    "<address type='pci' bus='0' slot='5x' function='0'/>",
    "<address type='pci' bus='0' slot='0' function='1' multifunction='on'/>",
    "<address type='pci' slot='5'/>",
    "<address type='pci' slot='5' multifunction='yes'/>",
    "<address type='drive' controller='0' bus='0' target='0' unit='1'/>",
    "<address type='drive'/>",
    "<address type='usb' bus='0' port='1'/>",
    "<address type='usb' bus='0' port='0'/>",
    "<address type='usb' bus='0' port='1.1.1.1.1'/>",
    "<address type='usb' bus='0' port='x'/>",
    "<address type='ccw'/>",
    "<address type='virtio-mmio'/>",
    "<address type='isa' iobase='0x378'/>",
    "<address type='none'/>",
    "<address type='nonsense'/>",
    "<address bus='0' slot='5'/>",
    "<address type='ccid' controller='0' slot='0'/>",
    "<address type='virtio-serial' controller='0' bus='0' port='1'/>",
    "<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0003'/>",
    "<address type='ccw' cssid='0xfe' ssid='0x0'/>",
    "<address type='spapr-vio' reg='0x2000'/>",
    "<address type='spapr-vio'/>",
    "<address type='pci' bus='0' slot='7'><zpci uid='0x0001' fid='0x00000000'/></address>",
    "<address type='pci'><zpci uid='0x0002'/></address>",
    "<address type='dimm' slot='0'/>",
    "<address type='unassigned'/>",
};
const guint domain_n_odd_addresses = G_N_ELEMENTS(domain_odd_addresses);

const char *const domain_odd_devices[] = {
    "<controller type='usb' model='none'/>",
    "<controller type='usb' index='0' model='qemu-xhci'/>",
    "<controller type='usb' index='1' model='ich9-uhci1'/>",
    "<controller type='usb' model='qusb1'/>",
    "<controller type='usb' index='3' model='qemu-xhci' ports='40'/>",
    "<controller type='usb' model='nonsense'/>",
    "<controller type='ide' index='1'/>",
    "<controller type='ide'/>",
    "<controller type='fdc' index='1'/>",
    "<controller type='ccid' index='1'/>",
    "<controller type='scsi' index='0'/>",
    "<controller type='scsi' index='2' model='lsisas1078'/>",
    "<controller type='scsi' model='nonsense'/>",
    "<controller type='sata' index='2'/>",
    "<controller type='virtio-serial' index='0' ports='1'/>",
    "<controller type='pci' model='pci-bridge'/>",
    "<controller type='pci' model='pcie-root-port'/>",
    "<controller type='pci' index='1' model='pci-root'/>",
    "<controller type='pci' index='3' model='pcie-switch-upstream-port'/>",
    "<controller type='pci' index='4' model='pcie-switch-downstream-port'/>",
    "<controller type='pci' index='256' model='pci-bridge'/>",
    "<controller type='pci' index='5' model='pci-bridge'><target chassisNr='7'/></controller>",
    "<controller type='pci' index='5' model='pci-bridge'><target chassis='7'/></controller>",
    "<controller type='pci' index='5' model='pci-bridge'><target chassisNr='0'/></controller>",
    "<controller type='pci' index='5' model='pci-expander-bus'><target "
    "busNr='8'/></controller>",
    "<controller type='pci' index='5' model='pci-expander-bus'><target "
    "busNr='2'/></controller>",
    "<controller type='pci' index='5' model='pci-expander-bus'><target><node>0</node></target>"
    "</controller>",
    "<controller type='pci' index='5' model='pcie-root-port'><model "
    "name='ioh3420'/></controller>",
    "<controller type='pci' index='5' model='pcie-root-port'><model name='pxb'/></controller>",
    "<controller type='pci' index='0' model='pci-root'><address type='pci' "
    "slot='3'/></controller>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='vda' "
    "bus='virtio'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='sdb' "
    "bus='virtio'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='vd1' "
    "bus='virtio'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='nvme0' "
    "bus='scsi'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='hdq'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='sdx'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='sdaa1' "
    "bus='scsi'/></disk>",
    "<disk type='file' device='cdrom'><target dev='hdb'/></disk>",
    "<disk type='file' device='cdrom'><target dev='sdz' bus='sata'/></disk>",
    "<disk type='file' device='floppy'><target dev='fdb'/></disk>",
    "<disk type='file' device='floppy'><target dev='vdx' bus='fdc'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/></disk>",
    "<disk type='file' device='disk'><source file='/tmp/a'/><target dev='vdy' "
    "bus='nonsense'/></disk>",
    "<video><model type='cirrus'/></video>",
    "<video><model type='ramfb'/></video>",
    "<video><model type='none'/></video>",
    "<video><model type='qxl' primary='yes'/></video>",
    "<video/>",
    "<memballoon model='virtio'/>",
    "<controller type='isa' index='0'/>",
    "<controller type='xenbus' index='0'/>",
    "<interface type='user'><model type='usb-net'/><mac "
    "address='52:54:00:01:00:01'/></interface>",
    "<interface type='user'><model type='nonsense'/><mac "
    "address='52:54:00:01:00:02'/></interface>",
    "<interface type='user'><mac address='52:54:00:01:00:03'/><address type='pci' bus='1' "
    "slot='1'/>"
    "</interface>",
    "<watchdog model='i6300esb'/>",
    "<watchdog model='diag288'/>",
    "<smartcard mode='host'/>",
    "<iommu model='intel'/>",
    "<iommu model='virtio'/>",
    "<iommu model='smmuv3'/>",
    "<sound model='nonsense'/>",
    "<panic model='hyperv'/>",
    "<panic model='pseries'/>",
    "<panic/>",
    "<nvram/>",
    "<hub type='nonsense'/>",
    "<serial type='pty'><target type='pci-serial' port='0'/></serial>",
    "<serial type='pty'><target type='spapr-vio-serial'/></serial>",
    "<serial type='pty'><target type='isa-debug' model='isa-debugcon'/></serial>",
    "<serial type='pty'><target port='2'/></serial>",
    "<console type='pty'><target type='serial'/></console>",
    "<console type='pty'><target type='sclp'/></console>",
    "<console type='pty'><target type='virtio'/><address type='virtio-serial' controller='1'/>"
    "</console>",
    "<channel type='pty'><target type='virtio' name='odd'/><address type='virtio-serial' "
    "controller='3'/></channel>",
    "<channel type='pty'><target type='virtio' name='odd'/><address type='virtio-serial' "
    "controller='0' bus='0' port='31'/></channel>",
    "<channel type='pty'><target type='guestfwd' address='10.0.2.1' port='4600'/></channel>",
    "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' "
    "wwpn='naa.5123456789abcde0'/></hostdev>",
    "<hostdev mode='subsystem' type='pci'><source/></hostdev>",
    "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address "
    "bus='0' "
    "target='0' unit='0'/></source><address type='drive' controller='2' unit='9'/></hostdev>",
    "<memory model='dimm'><target><size "
    "unit='KiB'>131072</size><node>0</node></target></memory>",
    "<filesystem type='mount'><source dir='/tmp'/><target dir='odd'/><address type='pci' "
    "slot='2'/></filesystem>",
    "<input type='keyboard' bus='xen'/>",
    "<input type='tablet' bus='ps2'/>",
    "<tpm model='tpm-spapr'><backend type='passthrough'><device "
    "path='/dev/tpm0'/></backend></tpm>",
    "<tpm model='tpm-crb'><backend type='passthrough'><device "
    "path='/dev/tpm0'/></backend></tpm>",
    "<redirdev bus='usb' type='pty'/>",
};
const guint domain_n_odd_devices = G_N_ELEMENTS(domain_odd_devices);
