/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * A guest's device map. PCI buses are drawn with their 32 slots; a port carries what is behind it, a
 * bridge's bus is drawn inside its parent. Devices of other buses (drive, USB, virtio-serial) stand by the
 * kind of their address.
 */

/* "pci 0000:01:02.3" taken apart; null for other addresses. */
function parsePci(address) {
  const match = /^pci ([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\.([0-7])$/i.exec(address || '');
  return match ? {bus: parseInt(match[2], 16), slot: parseInt(match[3], 16), function: parseInt(match[4], 16)} : null;
}

function readDevices(rows) {
  return rows.map(([key, address, detail, isPlanned]) => {
    const bus = /^controller\/pci\/(\d+)$/.exec(key);
    return {key, address, detail, isPlanned, pci: parsePci(address),
      bus: bus ? Number(bus[1]) : null, kind: key.split('/')[0]};
  });
}

/* A port has room for one device, in slot 0. */
function isPort(device) {
  return device.bus !== null && /(root|downstream)-port$/.test(device.detail || '');
}

class DeviceMap {
  constructor(rows) {
    this.devices = readDevices(rows);
    this.members = new Map();
    for (const device of this.devices.filter((each) => each.pci)) {
      if (!this.members.has(device.pci.bus)) this.members.set(device.pci.bus, []);
      this.members.get(device.pci.bus).push(device);
    }
    for (const list of this.members.values()) {
      list.sort((a, b) => a.pci.slot - b.pci.slot || a.pci.function - b.pci.function);
    }
    this.drawn = new Set();
  }

  node() {
    const buses = [...new Set([...this.members.keys(),
      ...this.devices.filter((device) => device.bus !== null).map((device) => device.bus)])].sort((a, b) => a - b);
    return el('div', {class: 'device-map'}, buses.map((number) => this.bus(number)), this.otherBuses(), this.withoutAddress());
  }

  bus(number) {
    if (this.drawn.has(number)) return null;
    this.drawn.add(number);
    const controller = this.devices.find((device) => device.bus === number);
    const members = this.members.get(number) || [];
    const model = controller && controller.detail ? controller.detail : 'bus';
    const inner = members.filter((device) => device.bus !== null && !isPort(device));
    return el('div', {class: 'bus'},
      el('p', {class: 'bus-title'}, el('b', {}, `PCI bus ${hex(number, 2)}`), ` ${model}`,
        el('span', {class: 'muted'}, members.length === 0 ? ', empty' : '')),
      this.slots(members),
      el('ul', {class: 'devices'}, members.map((device) => this.tile(device))),
      inner.map((device) => this.bus(device.bus)));
  }

  /* A strip of the bus's 32 slots: which are in use. */
  slots(members) {
    const used = new Map();
    for (const device of members) {
      used.set(device.pci.slot, [...(used.get(device.pci.slot) || []), device.key]);
    }
    return el('div', {class: 'slots', role: 'img', 'aria-label': `${plural(used.size, 'slot', 'slots')} of 32 in use`},
      Array.from({length: 32}, (_, slot) => el('span', {class: `slot${used.has(slot) ? ' is-used' : ''}`,
        title: visible(`slot ${hex(slot, 2)}: ${used.has(slot) ? used.get(slot).join(', ') : 'free'}`)}, hex(slot, 2))));
  }

  tile(device) {
    const place = `${hex(device.pci.slot, 2)}.${device.pci.function}`;
    if (!isPort(device)) return deviceTile(device, place, device.bus === null ? null : ` → bus ${hex(device.bus, 2)}`);
    this.drawn.add(device.bus);
    const behind = this.members.get(device.bus) || [];
    const tile = deviceTile(device, place, null);
    tile.classList.add('device-port');
    append(tile, [el('div', {class: 'behind'}, el('span', {class: 'device-place'}, `bus ${hex(device.bus, 2)}`),
      behind.length === 0 ? el('span', {class: 'muted'}, 'free')
        : el('ul', {class: 'devices'}, behind.map((each) => this.tile(each))))]);
    return tile;
  }

  otherBuses() {
    const others = new Map();
    for (const device of this.devices.filter((each) => each.address && !each.pci)) {
      const kind = device.address.split(' ')[0];
      if (!others.has(kind)) others.set(kind, []);
      others.get(kind).push(device);
    }
    return [...others].map(([kind, list]) => el('div', {class: 'bus'},
      el('p', {class: 'bus-title'}, el('b', {}, kind), ' addresses'),
      el('ul', {class: 'devices'}, list.map((device) => deviceTile(device, device.address.slice(kind.length + 1), null)))));
  }

  withoutAddress() {
    const names = this.devices.filter((device) => !device.address && device.bus === null).map((device) => device.key);
    return names.length === 0 ? null : el('p', {class: 'muted small'}, `Without an address: ${names.join(', ')}.`);
  }
}

function deviceTile(device, place, note) {
  return el('li', {class: 'device', 'data-key': device.key, 'data-address': device.address},
    el('span', {class: 'device-place'}, place), ' ', el('span', {class: 'device-key'}, nameOf(device.key)),
    device.detail ? [' ', el('span', {class: 'device-detail'}, device.detail)] : null,
    note ? el('span', {class: 'device-detail'}, note) : null,
    device.isPlanned ? [' ', el('span', {class: 'device-planned', title: 'address chosen by virt-plan'}, 'planned')] : null);
}

function devicePart(addresses) {
  if (!addresses) return nothing('There is none.');
  const findings = addresses.findings.map((finding) => el('p', {}, badge('warn', finding.severity), ' ',
    finding.text, finding.remedy ? `: ${finding.remedy}` : ''));
  if (addresses.refusal !== null) {
    return [el('p', {}, badge('no', symbolOf('no'), ' refused'), ' libvirt would refuse this definition',
      addresses.refusal_line ? ` at line ${addresses.refusal_line}` : '', `: ${addresses.refusal}`,
      addresses.refusal_remedy ? `: ${addresses.refusal_remedy}` : ''), findings];
  }
  if (addresses.devices === null) {
    return el('p', {class: 'muted'}, 'It is in addresses.csv; the page has room for some only.');
  }
  const nPlanned = addresses.devices.filter((row) => row[3]).length;
  return [findings, el('p', {class: 'muted small'}, `${plural(addresses.devices.length, 'device', 'devices')}${
    addresses.machine ? ` on ${addresses.machine}` : ''}; ${nPlanned === 0 ? 'all addresses were in the definition'
    : `${plural(nPlanned, 'address', 'addresses')} planned by virt-plan`}.`),
  new DeviceMap(addresses.devices).node()];
}
