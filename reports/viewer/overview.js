/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* The state of the fleet in one line, its figures, and what needs a person. */

function figure(name, value, label, target, isBad) {
  return el('a', {class: `figure${isBad ? ' is-bad' : ''}`, href: `#${target}`},
    el('span', {class: 'figure-value', 'data-figure': name}, formatNumber(value)),
    el('span', {class: 'figure-label'}, label));
}

function figures() {
  const s = plan.summary;
  return el('div', {class: 'figures'},
    figure('n_hosts', s.n_hosts, 'hosts', 'hosts', false),
    figure('n_classes', s.n_classes, 'classes', 'classes', false),
    figure('n_guests', s.n_guests, 'guests', 'guests', false),
    figure('n_contracts.broken', s.n_contracts.broken, 'broken templates', 'classes',
      s.n_contracts.broken > 0),
    figure('n_guests_stuck', s.n_guests_stuck, 'stuck guests', 'guests', s.n_guests_stuck > 0),
    figure('n_drift_actionable', s.n_drift_actionable, 'changes to act on', 'drift',
      s.n_drift_actionable > 0),
    figure('n_quarantine', s.n_quarantine, 'documents in quarantine', 'quarantine',
      s.n_quarantine > 0));
}

function pairsBar() {
  const pairs = plan.summary.n_pairs;
  const total = Object.values(pairs).reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  const kinds = ['yes', 'warn', 'unknown', 'no'];
  const parts = kinds.filter((kind) => pairs[kind] > 0).map((kind) => {
    const part = el('span', {class: `bar-part fill-${kind}`});
    part.style.setProperty('flex-grow', String(pairs[kind] / total));
    return part;
  });
  return el('div', {class: 'pairs'},
    el('p', {class: 'lead-small'}, 'On its class’s template, a guest may go from host to host:'),
    el('div', {class: 'bar', 'aria-hidden': 'true'}, parts),
    el('ul', {class: 'legend'}, kinds.map((kind) => el('li', {},
      el('span', {class: `swatch fill-${kind}`, 'aria-hidden': 'true'}, verdicts[kind].symbol),
      ` ${formatPercent(pairs[kind] / total)} ${verdicts[kind].label} `,
      el('span', {class: 'muted', 'data-figure': `n_pairs.${kind}`}, formatNumber(pairs[kind])))),
    el('li', {}, el('span', {class: 'swatch fill-oneway', 'aria-hidden': 'true'}, '→'),
      ' of these one way only ',
      el('span', {class: 'muted', 'data-figure': 'n_one_way'},
        formatNumber(plan.summary.n_one_way)))));
}

/* Stuck guests, those that one thing holds together. */
function stuckByReason() {
  const reasons = new Map();
  for (const guest of plan.guests.filter((g) => g.is_stuck)) {
    const key = `${guest.held_by} ${guest.is_freed_by_template}`;
    if (!reasons.has(key)) reasons.set(key, {guests: [], first: guest});
    reasons.get(key).guests.push(guest);
  }
  return [...reasons.values()].sort((a, b) => b.guests.length - a.guests.length);
}

function needs() {
  const items = [];
  for (const pool of plan.pools) {
    for (const klass of pool.classes) {
      for (const breach of klass.contract.breaches) {
        items.push({kind: 'no', target: 'classes', text: [el('b', {}, hostName(breach.host)),
          ` no longer meets the published template of ${pool.name} / ${klass.name}: `,
          breach.reasons.join('; ')]});
      }
    }
  }
  for (const {guests, first} of stuckByReason()) {
    const names = guests.slice(0, 3).map((g) => g.name || 'unnamed').join(', ');
    const n = guests.length;
    items.push({kind: 'no', target: 'guests', text: [el('b', {}, names),
      n > 3 ? ` and ${formatNumber(n - 3)} more` : n === 1 ? ` on ${hostName(first.host)}` : '',
      n === 1 ? ' has nowhere to go' : ' have nowhere to go', first.held_by ? `: ${first.held_by}` : '',
      first.is_freed_by_template ? '. A restart on the pool’s template frees ' : '',
      first.is_freed_by_template ? (n === 1 ? 'it' : 'them') : '']});
  }
  for (const item of plan.drift.filter((d) => d.is_actionable)) {
    items.push({kind: 'warn', target: 'drift', text: [item.host ? el('b', {}, item.host) : null,
      item.host ? ': ' : '', item.text || item.id, item.cause ? ` (${item.cause})` : '']});
  }
  for (const finding of plan.quarantine) {
    items.push({kind: 'warn', target: 'quarantine', text: [
      el('b', {}, finding.source || finding.host || 'a document'),
      finding.line ? `, line ${finding.line}` : '', `: ${finding.text}`]});
  }
  return items;
}

function needsList() {
  const items = needs();
  const shown = 8;
  if (items.length === 0) return nothing('Nothing needs you tonight.');
  const row = (item) => el('li', {}, badge(item.kind, item.kind === 'no' ? '×' : '!'),
    el('a', {href: `#${item.target}`}, item.text));
  return [
    el('ul', {class: 'needs'}, items.slice(0, shown).map(row)),
    items.length > shown ? el('details', {class: 'more'},
      el('summary', {}, `and ${formatNumber(items.length - shown)} more`),
      el('ul', {class: 'needs'}, items.slice(shown, 500).map(row))) : null,
  ];
}

function overview() {
  const s = plan.summary;
  return el('section', {id: 'overview', 'aria-labelledby': 'overview-title'},
    el('h2', {id: 'overview-title', class: 'visually-hidden'}, 'Overview'),
    el('p', {class: `state ${s.is_well ? 'is-well' : 'is-troubled'}`, role: 'status'},
      el('span', {class: 'state-mark', 'aria-hidden': 'true'}, s.is_well ? '✓' : '!'),
      el('span', {'data-figure': 'headline'}, s.headline)),
    figures(),
    el('div', {class: 'columns'},
      el('div', {}, el('h3', {}, 'What needs you'), needsList()),
      el('div', {}, el('h3', {}, 'Freedom to migrate'), pairsBar())));
}
