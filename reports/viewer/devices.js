/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * A guest's device map. PCI buses are drawn with their slots, nested as the ports and bridges nest
 * them; devices of other buses (drive, USB, virtio-serial) stand under the controller's kind.
 */

/* "pci 0000:01:02.3" taken apart; null for other addresses. */
function parsePci(address) {
  const match = /^pci ([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\.([0-7])$/i.exec(address || '');
  if (!match) return null;
  return {domain: parseInt(match[1], 16), bus: parseInt(match[2], 16), slot: parseInt(match[3], 16),
    function: parseInt(match[4], 16)};
}

function readDevices(rows) {
  return rows.map(([key, address, detail, isPlanned]) => {
    const port = /^controller\/pci\/(\d+)$/.exec(key);
    return {key, address, detail, isPlanned, pci: parsePci(address),
      bus: port ? Number(port[1]) : null, kind: key.split('/')[0]};
  });
}

function hex(n, width) {
  return n.toString(16).padStart(width, '0');
}

function deviceTile(device, place) {
  return el('li', {class: `device device-${device.bus !== null ? 'port' : device.kind}`},
    el('span', {class: 'device-place'}, place),
    el('span', {class: 'device-key'}, device.key),
    device.detail ? el('span', {class: 'device-detail'}, device.detail) : null,
    device.isPlanned ? el('span', {class: 'device-planned', title: 'address chosen by virt-plan'}, 'planned') : null);
}

/* A strip of the bus's 32 slots: which are in use. */
function slotStrip(devices) {
  const used = new Map();
  for (const device of devices) {
    used.set(device.pci.slot, [...(used.get(device.pci.slot) || []), device]);
  }
  return el('div', {class: 'slots', role: 'img',
    'aria-label': `${plural(used.size, 'slot', 'slots')} of 32 in use`},
  Array.from({length: 32}, (_, slot) => el('span', {
    class: `slot${used.has(slot) ? ' is-used' : ''}`,
    title: used.has(slot) ? `slot ${hex(slot, 2)}: ${used.get(slot).map((d) => d.key).join(', ')}`
      : `slot ${hex(slot, 2)}: free`}, hex(slot, 2))));
}

function busPart(number, devices, buses, seen) {
  if (seen.has(number)) return null;
  seen.add(number);
  const controller = devices.find((device) => device.bus === number);
  const members = (buses.get(number) || []).sort((a, b) =>
    a.pci.slot - b.pci.slot || a.pci.function - b.pci.function);
  const model = controller && controller.detail ? controller.detail : number === 0 ? 'root bus' : 'bus';
  const isPort = /port/.test(model);
  return el('div', {class: `bus${isPort ? ' is-port' : ''}`},
    el('p', {class: 'bus-title'}, el('b', {}, `Bus ${hex(number, 2)}`), ` ${model}`,
      members.length === 0 ? el('span', {class: 'muted'}, ', free') : null),
    isPort ? null : slotStrip(members),
    el('ul', {class: 'devices'}, members.map((device) =>
      deviceTile(device, `${hex(device.pci.slot, 2)}.${device.pci.function}`))),
    el('div', {class: 'bus-children'}, members.filter((device) => device.bus !== null)
      .map((device) => busPart(device.bus, devices, buses, seen))));
}

function deviceMap(rows) {
  const devices = readDevices(rows);
  const buses = new Map();
  const others = new Map();
  const without = [];
  for (const device of devices) {
    if (device.pci) {
      buses.set(device.pci.bus, [...(buses.get(device.pci.bus) || []), device]);
    } else if (device.address) {
      const kind = device.address.split(' ')[0];
      others.set(kind, [...(others.get(kind) || []), device]);
    } else if (device.bus === null) {
      without.push(device);
    }
  }
  const seen = new Set();
  const numbers = [...new Set([...buses.keys(),
    ...devices.filter((d) => d.bus !== null).map((d) => d.bus)])].sort((a, b) => a - b);
  return el('div', {class: 'device-map'},
    numbers.map((number) => busPart(number, devices, buses, seen)),
    [...others].map(([kind, list]) => el('div', {class: 'bus'},
      el('p', {class: 'bus-title'}, el('b', {}, kind), ' addresses'),
      el('ul', {class: 'devices'}, list.map((device) =>
        deviceTile(device, device.address.slice(kind.length + 1)))))),
    without.length > 0 ? el('p', {class: 'muted'}, 'Without an address: ',
      without.map((device) => device.key).join(', ')) : null);
}

function devicePart(addresses) {
  if (!addresses) return null;
  const findings = addresses.findings.map((finding) => el('p', {}, badge('warn', finding.severity), ' ',
    finding.text, finding.remedy ? `: ${finding.remedy}` : ''));
  if (addresses.refusal !== null) {
    return [el('p', {}, badge('no', '× refused'), ' libvirt would refuse this definition',
      addresses.refusal_line ? ` at line ${addresses.refusal_line}` : '', `: ${addresses.refusal}`), findings];
  }
  if (addresses.devices === null) {
    return el('p', {class: 'muted'}, 'The device map is in addresses.csv; the page has room for some only.');
  }
  return [findings, deviceMap(addresses.devices)];
}
