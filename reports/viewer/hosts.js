/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Hosts: what each is, and what the plan says of it. */

function drainFact(i) {
  const drain = index.drain.get(i);
  if (!hostClass(i)) return null;
  return fact('Can be emptied', drain ? [verdictBadge(drain.verdict), ' ', drain.text] : verdictBadge('yes'));
}

function hostNews(i) {
  const name = hostName(i);
  const news = (id, text) => el('li', {}, el('code', {class: 'check'}, id), ' ', text);
  const items = plan.drift.filter((item) => item.host === name);
  const findings = plan.findings.filter((finding) => finding.host === name);
  if (items.length + findings.length === 0) return null;
  return [el('h3', {class: 'minor'}, 'To know'), el('ul', {class: 'plain-list'},
    items.map((item) => news(item.id, `${item.text || ''}${item.cause ? ` (${item.cause})` : ''}`)),
    findings.map((finding) => news(finding.id, finding.text || '')))];
}

function cpuWords(cpu) {
  const number = (n) => (n === null ? '–' : n);
  return `${cpu.vendor || ''} ${cpu.model || 'of no known model'}, family ${number(cpu.family)}, model ${
    number(cpu.model_number)}, stepping ${cpu.stepping}`;
}

function classCell(i) {
  const pool = hostPool(i), klass = hostClass(i);
  if (klass) return classLink(pool, klass);
  return pool ? badge('no', '× not planned') : badge('plain', 'in no pool');
}

/* What host I tells of the versions that it runs; null: nothing. */
function softwareOf(i) {
  return plan.hosts.software[i] === null ? null : plan.software[plan.hosts.software[i]];
}

/* QEMU's version as it is told, else by the newest machine type. */
function qemuOf(i) {
  const {machines} = plan.hosts;
  return (softwareOf(i) || {}).qemu || (machines[i] === null ? null : plan.machines[machines[i]].qemu_version) || '–';
}

function hostStory(i) {
  const cpu = plan.hosts.cpu[i] === null ? null : plan.cpus[plan.hosts.cpu[i]];
  const g = plan.hosts.group[i] === null ? null : plan.groups[plan.hosts.group[i]];
  const guests = index.guestsOf.get(i) || [];
  const klass = hostClass(i);
  const software = softwareOf(i);
  const alike = g ? g.hosts.filter((host) => host !== i) : [];
  return el('div', {class: 'opened-story columns'},
    el('div', {}, el('dl', {class: 'facts facts-wide'},
      fact('Host', el('b', {class: 'full-name'}, hostName(i))),
      klass ? fact('Class', classLink(hostPool(i), klass)) : null,
      cpu ? fact('CPU', cpuWords(cpu)) : null,
      cpu && cpu.physical_address_bits ? fact('Address bits', cpu.physical_address_bits) : null,
      plan.hosts.tsc_hz[i] ? fact('TSC', `${(plan.hosts.tsc_hz[i] / 1e6).toFixed(3)} MHz`) : null,
      software && software.libvirt ? fact('libvirt', software.libvirt) : null,
      software && software.kernel ? fact('Kernel', software.kernel) : null,
      drainFact(i)),
    hostNews(i)),
    el('div', {},
      el('h3', {class: 'minor'}, plural(guests.length, 'guest', 'guests')),
      guests.length === 0 ? nothing('None is known.') : guestLinks(guests, 20),
      alike.length > 0 ? [el('h3', {class: 'minor'}, 'For migration it is like'), hostLinks(alike, 12)] : null,
      cpu && cpu.features.length > 0 ? lazyDetails(`${plural(cpu.features.length, 'feature', 'features')} beside its model’s`,
        () => chips(cpu.features, 200)) : null));
}

function hostColumns() {
  const h = plan.hosts;
  const model = (i) => (h.cpu[i] === null ? '–' : plan.cpus[h.cpu[i]].model || '–');
  const nGuests = (i) => (index.guestsOf.get(i) || []).length;
  const className = (i) => { const klass = hostClass(i); return klass ? klass.name : '–'; };
  return [
    {title: 'Host', text: hostName},
    {title: 'Pool', text: (i) => { const pool = hostPool(i); return pool ? pool.name : '–'; }},
    {title: 'Class', text: className, cell: classCell},
    {title: 'CPU', text: model},
    {title: 'Microcode', text: (i) => (h.microcode[i] === null ? '–' : `0x${hex(h.microcode[i], 1)}`)},
    {title: 'QEMU', text: qemuOf},
    {title: 'CPUs', isNumber: true, text: (i) => formatNumber(h.n_cpus[i]), value: (i) => h.n_cpus[i] || 0},
    {title: 'Memory', isNumber: true, text: (i) => formatMemory(h.memory_kib[i]), value: (i) => h.memory_kib[i] || 0},
    {title: 'Guests', isNumber: true, text: (i) => formatNumber(nGuests(i)), value: nGuests},
  ];
}

function hostsSection() {
  const table = new DataTable({
    caption: 'Hosts', unit: ['host', 'hosts'], rows: [...plan.hosts.name.keys()], empty: 'There are no hosts.',
    onOpen: hostStory, hrefOf: hostHref, columns: hostColumns(),
    choices: [{label: 'Pool',
      options: [['', 'all'], ...plan.pools.map((pool, i) => [String(i), pool.name]), ['none', 'in none']],
      keep: (i, value) => (value === 'none' ? plan.hosts.pool[i] === null : plan.hosts.pool[i] === Number(value))}],
  });
  return {
    node: section('hosts', 'Hosts', plan.hosts.name.length, table.node),
    places: [['host', (parameters) => {
      const at = index.host.get(parameters.get('host'));
      return at !== undefined && table.reveal(at);
    }]],
  };
}
