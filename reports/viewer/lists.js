/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Limits, changes, quarantine and findings as tables. */

/* What holds classes back, over all pools, and what it would take to lift it. */
function limitsSection() {
  const rows = plan.pools.flatMap((pool) => pool.classes.flatMap((klass) =>
    klass.limits.map((limit) => ({pool, klass, limit}))));
  const most = Math.max(0.0001, ...rows.map(({limit}) => limit.gain || 0));
  const table = new DataTable({
    caption: 'What limits the classes', unit: ['limit', 'limits'], rows, empty: 'Nothing holds a class back.',
    sort: {by: 'Would gain', isDescending: true},
    columns: [
      {title: 'Class', kind: 'named', text: ({pool, klass}) => `${pool.name} / ${klass.name}`,
        cell: ({pool, klass}) => [el('span', {class: 'muted'}, nameOf(pool.name), ' / '), classLink(pool, klass)]},
      {title: 'Would gain', isNumber: true, kind: 'freedom', text: ({limit}) => formatPercent(limit.gain),
        cell: ({limit}) => [el('span', {}, formatPercent(limit.gain)), shareBar(limit.gain, most, 'gain')],
        value: ({limit}) => limit.gain || 0},
      {title: 'Hosts in the way', text: ({limit}) => limit.hosts.map(hostName).join(' '), value: ({limit}) => limit.n_hosts,
        cell: ({limit}) => [el('b', {}, formatNumber(limit.n_hosts)), ' ', hostLinks(limit.hosts, 3)]},
      {title: 'What lifts it', kind: 'wide', text: ({limit}) => `${limit.text || ''} ${limit.features.join(' ')}`,
        value: ({limit}) => limit.text || '',
        cell: ({limit}) => [el('p', {}, limit.text || ''), lazyDetails(plural(limit.features.length, 'feature', 'features'),
          () => chips(limit.features, 200))]},
    ],
  });
  return {node: section('limits', 'What limits the classes', rows.length,
    rows.length === 0 ? null : el('p', {class: 'muted small'}, 'Moving the named hosts to a class of their own, or bringing ' +
      'them up to the others, gives the rest of the class these features.'), table.node)};
}

function driftSection() {
  const nToActOn = plan.drift.filter((item) => item.is_actionable).length;
  const ids = [...new Set(plan.drift.map((item) => item.id))].sort();
  const table = new DataTable({
    caption: 'Changes', unit: ['change', 'changes'], rows: plan.drift, sort: {by: 'Change'},
    empty: plan.run.earlier === null ? 'This is the first run: there is no earlier one to compare with.' : 'Nothing changed.',
    choices: [
      {label: 'Show', options: [['', 'all'], ['act', `to act on (${formatNumber(nToActOn)})`]],
        keep: (item) => item.is_actionable},
      {label: 'Kind', options: [['', 'all'], ...ids.map((id) => [id, id])], keep: (item, value) => item.id === value},
    ],
    columns: [
      {title: 'Change', kind: 'tagged', text: (item) => `${item.is_actionable ? 'act' : 'note'} ${item.id}`,
        cell: (item) => [item.is_actionable ? badge('warn', symbolOf('warn'), ' act') : badge('plain', 'note'), ' ',
          el('code', {class: 'check'}, item.id)]},
      {title: 'Host', kind: 'named', text: (item) => item.host || '–',
        cell: (item) => (item.host ? hostLinkByName(item.host) : '–')},
      {title: 'Concerns', kind: 'named', text: (item) => item.subject || '–'},
      {title: 'What', kind: 'wide', text: (item) => `${item.text || ''} ${item.features.join(' ')}`,
        cell: (item) => [el('p', {}, item.text || ''), item.features.length > 0 ? chips(item.features, 12) : null]},
      {title: 'Changed with it', text: (item) => item.cause || '–'},
    ],
  });
  const since = plan.run.earlier === null ? 'What changed' : `What changed since run ${plan.run.earlier}`;
  return {node: section('drift', since, plan.drift.length, table.node)};
}

function findingTable(caption, unit, rows, empty) {
  const tones = {error: 'no', warning: 'warn', note: 'plain'};
  const order = {error: 0, warning: 1, note: 2};
  return new DataTable({
    caption, unit, rows, empty, sort: {by: 'Severity'},
    columns: [
      {title: 'Severity', text: (f) => f.severity, value: (f) => order[f.severity],
        cell: (f) => badge(tones[f.severity], f.severity === 'note' ? '' : [symbolOf(tones[f.severity]), ' '], f.severity)},
      {title: 'Where', kind: 'wide', text: (f) => `${f.source || f.host || '–'}${f.line ? `:${f.line}` : ''} ${f.id}`,
        cell: (f) => [f.source ? nameOf(f.source) : f.host ? hostLinkByName(f.host) : '–', f.line ? `, line ${f.line}` : '',
          el('br'), el('code', {class: 'check'}, f.id)]},
      {title: 'What', kind: 'wide', text: (f) => f.text || '', cell: (f) => el('p', {}, f.text || '')},
      {title: 'What to do', kind: 'wide', text: (f) => f.remedy || '–', cell: (f) => el('p', {}, f.remedy || '–')},
    ],
  });
}

function quarantineSection() {
  const table = findingTable('Documents in quarantine', ['document', 'documents'], plan.quarantine,
    'No document is in quarantine.');
  return {node: section('quarantine', 'Quarantine', plan.quarantine.length,
    plan.quarantine.length === 0 ? null : el('p', {class: 'muted small'}, 'These documents could not be used. ' +
      'Their hosts are planned with what was known before, or are missing.'), table.node)};
}

function findingsSection() {
  const table = findingTable('Findings', ['finding', 'findings'], plan.findings, 'The planner found nothing to tell.');
  return {node: section('findings', 'Findings', plan.findings.length, table.node)};
}
