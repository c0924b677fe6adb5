/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Guests, limits, drift, quarantine, findings and hosts as tables. Each gives {node, find}. */

function guestStory(guest, index) {
  const reasons = plan.outlooks[guest.outlook].reasons;
  return el('div', {class: 'guest-story'},
    guest.held_by ? el('p', {}, el('b', {}, 'Held by: '), guest.held_by,
      guest.is_freed_by_template ? '. A restart on its pool’s template frees it.' : '.') : null,
    reasons.length > 0 ? [el('h4', {}, 'What is against its migration'),
      el('ul', {class: 'reasons'}, reasons.slice(0, 12).map(([index, n]) => [plan.blockers[index], n]).map(([blocker, n]) =>
        el('li', {}, verdictBadge(blocker.severity), ' ', el('code', {class: 'check'}, blocker.check),
        ` on ${plural(n, 'host', 'hosts')}`, el('p', {}, blocker.text),
        blocker.remedy ? el('p', {class: 'remedy'}, 'Cure: ', blocker.remedy) : null)))] : null,
    el('h4', {}, 'Device map'), devicePart(plan.addresses[index]) || nothing('There is none.'));
}

function guestsSection() {
  const rows = plan.guests.map((guest, index) => ({guest, index}));
  const table = new DataTable({
    caption: 'Guests', rows, empty: 'There are no guests.',
    onOpen: ({guest, index}) => guestStory(guest, index),
    columns: [
      {title: 'Guest', text: ({guest}) => guest.name || 'unnamed'},
      {title: 'Host', text: ({guest}) => hostName(guest.host)},
      {title: 'CPU', text: ({guest}) => guest.cpu},
      {title: 'Machine', text: ({guest}) => guest.machine || '–'},
      {title: 'Starts on', isNumber: true, text: ({guest}) => formatNumber(guest.n_start_hosts),
        value: ({guest}) => guest.n_start_hosts},
      {title: 'Migrates to', isNumber: true, text: ({guest}) => formatNumber(guest.n_migrate_hosts),
        value: ({guest}) => guest.n_migrate_hosts},
      {title: 'State', text: ({guest}) => (guest.is_stuck ? 'stuck' : 'free'),
        cell: ({guest}) => (guest.is_stuck ? badge('no', '× stuck') : badge('yes', '✓ free'))},
    ],
  });
  const only = el('input', {type: 'checkbox', onchange: () =>
    table.filter(table.query, only.checked ? ({guest}) => guest.is_stuck : () => true)});
  const stuck = plan.summary.n_guests_stuck;
  return {
    node: section('guests', 'Guests', plan.guests.length,
      el('div', {class: 'controls'}, el('label', {class: 'control'}, only,
        ` only the ${plural(stuck, 'stuck one', 'stuck ones')}`)),
      el('p', {class: 'muted small'}, 'Open a guest for its reasons and its device map.'), table.node),
    find: (query) => table.filter(query),
  };
}

/* What holds classes back, over all pools, and what it would take to lift it. */
function limitsSection() {
  const rows = plan.pools.flatMap((pool) => pool.classes.flatMap((klass) =>
    klass.limits.map((limit) => ({pool, klass, limit}))));
  const table = new DataTable({
    caption: 'What limits the classes', rows, empty: 'Nothing holds a class back.',
    columns: [
      {title: 'Class', text: ({pool, klass}) => `${pool.name} / ${klass.name}`},
      {title: 'Would gain', isNumber: true, text: ({limit}) => formatPercent(limit.gain),
        value: ({limit}) => limit.gain || 0},
      {title: 'Held back by', text: ({limit}) => limit.hosts.map(hostName).join(' '),
        cell: ({limit}) => [plural(limit.n_hosts, 'host', 'hosts'), ': ',
          limit.hosts.slice(0, 4).map(hostName).join(', '), limit.n_hosts > 4 ? ' …' : '']},
      {title: 'Features it would give back', text: ({limit}) => limit.features.join(' '),
        cell: ({limit}) => chips(limit.features, 12)},
      {title: 'What it takes', text: ({limit}) => limit.text || ''},
    ],
  });
  table.sortColumn = table.columns[1];
  table.isDescending = true;
  table.sort();
  return {node: section('limits', 'What limits the classes', rows.length, table.node),
    find: (query) => table.filter(query)};
}

function driftSection() {
  const table = new DataTable({
    caption: 'What changed', rows: plan.drift,
    empty: plan.run.earlier === null ? 'There is no earlier run to compare with.' : 'Nothing changed.',
    columns: [
      {title: 'Change', text: (item) => item.id, cell: (item) => [item.is_actionable
        ? badge('warn', '! act') : badge('plain', 'note'), ' ', el('code', {class: 'check'}, item.id)]},
      {title: 'Host', text: (item) => item.host || '–'},
      {title: 'Concerns', text: (item) => item.subject || '–'},
      {title: 'What', text: (item) => `${item.text || ''} ${item.features.join(' ')}`,
        cell: (item) => [item.text || '', ' ', chips(item.features, 12)]},
      {title: 'Changed with it', text: (item) => item.cause || '–'},
    ],
  });
  const since = plan.run.earlier === null ? 'What changed' : `What changed since run ${plan.run.earlier}`;
  return {node: section('drift', since, plan.drift.length, table.node), find: (query) => table.filter(query)};
}

function findingTable(caption, rows, empty) {
  const tones = {error: 'no', warning: 'warn', note: 'plain'};
  return new DataTable({
    caption, rows, empty,
    columns: [
      {title: 'Severity', text: (f) => f.severity, cell: (f) => badge(tones[f.severity], f.severity)},
      {title: 'Where', text: (f) => `${f.source || f.host || '–'}${f.line ? `:${f.line}` : ''}`},
      {title: 'What', text: (f) => f.text || ''},
      {title: 'What to do', text: (f) => f.remedy || '–'},
    ],
  });
}

function quarantineSection() {
  const table = findingTable('Quarantine', plan.quarantine, 'No document is in quarantine.');
  return {node: section('quarantine', 'Quarantine', plan.quarantine.length, table.node),
    find: (query) => table.filter(query)};
}

function findingsSection() {
  const table = findingTable('Findings', plan.findings, 'The planner found nothing to tell.');
  return {node: section('findings', 'Findings', plan.findings.length, table.node),
    find: (query) => table.filter(query)};
}

function hostStory(index) {
  const cpu = plan.hosts.cpu[index];
  const groupIndex = plan.hosts.group[index];
  const guests = plan.guests.filter((guest) => guest.host === index);
  return el('div', {},
    cpu !== null ? el('p', {}, 'Beside its model’s, its CPU has ', chips(plan.cpus[cpu].features, 40)) : null,
    groupIndex !== null ? el('p', {}, 'For migration it is like ',
      chips(plan.groups[groupIndex].hosts.slice(0, 40).map(hostName), 40)) : null,
    el('p', {}, guests.length === 0 ? 'No guests.' : `${plural(guests.length, 'guest', 'guests')}: `,
      guests.slice(0, 50).map((guest) => guest.name).join(', '), guests.length > 50 ? ' …' : ''));
}

function hostsSection() {
  const h = plan.hosts;
  const rows = h.name.map((_, i) => i);
  const className = (i) => { const klass = hostClass(i); return klass ? klass.name : '–'; };
  const model = (i) => (h.cpu[i] === null ? '–' : plan.cpus[h.cpu[i]].model || '–');
  const qemu = (i) => (h.machines[i] === null ? null : plan.machines[h.machines[i]].qemu_version);
  const table = new DataTable({
    caption: 'Hosts', rows, empty: 'There are no hosts.', onOpen: hostStory,
    columns: [
      {title: 'Host', text: (i) => h.name[i]},
      {title: 'Pool', text: (i) => (h.pool[i] === null ? '–' : plan.pools[h.pool[i]].name)},
      {title: 'Class', text: className},
      {title: 'CPU', text: model},
      {title: 'Microcode', text: (i) => (h.microcode[i] === null ? '–' : `0x${hex(h.microcode[i], 1)}`)},
      {title: 'QEMU', text: (i) => qemu(i) || '–'},
      {title: 'CPUs', isNumber: true, text: (i) => formatNumber(h.n_cpus[i]), value: (i) => h.n_cpus[i] || 0},
      {title: 'Memory', isNumber: true, text: (i) => formatMemory(h.memory_kib[i]),
        value: (i) => h.memory_kib[i] || 0},
    ],
  });
  return {node: section('hosts', 'Hosts', h.name.length, table.node), find: (query) => table.filter(query)};
}
