/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* The morning's view: the state in one line, its figures, what needs a person, and each pool at a glance. */

function figure(name, value, label, target, isBad) {
  return el('a', {class: `figure${isBad ? ' is-bad' : ''}`, href: `#${target}`},
    el('span', {class: 'figure-value', 'data-figure': name}, formatNumber(value)),
    ' ', el('span', {class: 'figure-label'}, label));
}

function figures() {
  const s = plan.summary;
  const nKnown = s.n_guests_known_stuck + s.n_guests_known_may_be_stuck;
  const trouble = (name, value, one, many, target) => figure(name, value, value === 1 ? one : many, target, value > 0);
  return el('div', {class: 'figures'},
    figure('n_hosts', s.n_hosts, s.n_hosts === 1 ? 'host' : 'hosts', 'hosts', false),
    figure('n_classes', s.n_classes, s.n_classes === 1 ? 'class' : 'classes', 'classes', false),
    figure('n_guests', s.n_guests, s.n_guests === 1 ? 'guest' : 'guests', 'guests', false),
    trouble('n_contracts.broken', s.n_contracts.broken, 'broken template', 'broken templates', 'classes'),
    trouble('n_guests_stuck', s.n_guests_stuck - s.n_guests_known_stuck, 'stuck guest', 'stuck guests', 'guests'),
    trouble('n_guests_may_be_stuck', s.n_guests_may_be_stuck - s.n_guests_known_may_be_stuck, 'may be stuck',
      'may be stuck', 'guests'),
    nKnown === 0 ? null : figure('n_guests_known', nKnown, 'known to be stuck', 'guests', false),
    trouble('n_drift_actionable', s.n_drift_actionable, 'change to act on', 'changes to act on', 'drift'),
    trouble('n_quarantine', s.n_quarantine, 'document in quarantine', 'documents in quarantine', 'quarantine'));
}

/* ---- what needs a person ---- */

/* ITEMS that have the same KEY stand together; the largest groups come first. */
function together(items, key) {
  const groups = new Map();
  for (const item of items) {
    const words = JSON.stringify(key(item));
    if (!groups.has(words)) groups.set(words, []);
    groups.get(words).push(item);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/* Hosts of a class that break its promise in the same way. */
function brokenTemplates() {
  return plan.pools.flatMap((pool) => pool.classes.flatMap((klass) =>
    together(klass.contract.breaches, (breach) => breach.reasons).map((same) => ({
      tone: 'no', label: 'Broken template',
      who: [hostLinks(same.map((breach) => breach.host), 4), same.length === 1 ? ' does not meet ' : ' do not meet ',
        classLink(pool, klass)],
      why: same[0].reasons.join(' '),
      cure: ['Give them what they lack, put them into another pool, or publish what the hosts have in common now: ',
        el('code', {}, 'virt-plan accept --pool ', nameOf(pool.name), ' --class ', nameOf(klass.name))],
    }))));
}

/* How many hosts the one change would open, which differs from guest to guest. */
const openedHosts = /would open ([\d,]+) hosts?/;

/* What holds GUESTS, which is the same but for the hosts that its cure would open: "open 2 to 3 hosts". */
function heldBy(guests) {
  const words = plan.guests[guests[0]].held_by;
  if (!words) return null;
  const counts = guests.map((i) => openedHosts.exec(plan.guests[i].held_by)).filter(Boolean).map((found) => Number(found[1]));
  const least = Math.min(...counts), most = Math.max(...counts);
  return least === most || counts.length === 0 ? words
    : words.replace(openedHosts, `would open ${formatNumber(least)} to ${plural(most, 'host', 'hosts')}`);
}

/* Guests in a state of trouble that the plan file does not know, those together that one thing holds. */
function guestsInTrouble(state, tone, one, many) {
  const stuck = [...plan.guests.keys()].filter((i) => plan.guests[i].state === state && !isKnown(plan.guests[i]));
  return together(stuck, (i) => [(plan.guests[i].held_by || '').replace(openedHosts, ''),
    plan.guests[i].is_freed_by_template]).map((guests) => {
    const first = plan.guests[guests[0]];
    return {
      tone, label: guests.length === 1 ? one : `${formatNumber(guests.length)} ${many}`,
      who: [guestLinks(guests, 4),
        guests.length === 1 && first.host !== null ? [' on ', hostLink(first.host)] : null],
      why: heldBy(guests) || (state === 'may-be-stuck' ? 'Its pool’s other hosts are not planned with.' : null),
      cure: first.is_freed_by_template ? 'A restart on the class’s template is enough.' : null,
    };
  });
}

function unplannedHosts() {
  return plan.pools.filter((pool) => pool.unplanned.length > 0).map((pool) => ({
    tone: 'no', label: plural(pool.unplanned.length, 'host not planned', 'hosts not planned'),
    who: [hostLinks(pool.unplanned, 4), ' in pool ', nameOf(pool.name)],
    why: 'The CPU is not known to the CPU map, so no template can hold there.',
  }));
}

function missedFailovers() {
  return plan.pools.filter((pool) => pool.failover_hosts > 0 && pool.maintenance.failover_text
    && pool.maintenance.failover !== 'yes').map((pool) => ({
    tone: pool.maintenance.failover, label: 'Failover', href: placeHref({pool: pool.name}),
    who: ['pool ', nameOf(pool.name)], why: pool.maintenance.failover_text,
  }));
}

function changesToActOn() {
  const who = (item) => (item.host && item.subject ? el('span', {}, hostLinkByName(item.host), ', ', nameOf(item.subject))
    : item.host ? hostLinkByName(item.host) : nameOf(item.subject || item.id));
  return together(plan.drift.filter((item) => item.is_actionable), (item) => [item.id, item.text, item.cause]).map((items) => ({
    tone: 'warn', label: items.length === 1 ? 'Change' : `${formatNumber(items.length)} changes`, href: '#drift',
    who: linkList(items.map((item) => () => who(item)), 4), why: items[0].text || items[0].id,
    cure: items[0].cause ? `Changed with it: ${items[0].cause}` : null,
  }));
}

/* Findings that say the same of several documents or hosts. */
function findingNeeds(findings, one, many, href) {
  const where = (finding) => el('span', {}, finding.source ? nameOf(finding.source)
    : finding.host ? hostLinkByName(finding.host) : 'a document', finding.line ? `, line ${finding.line}` : '');
  return together(findings, (finding) => [finding.severity, finding.text, finding.remedy]).map((same) => ({
    tone: same[0].severity === 'error' ? 'no' : 'warn', href,
    label: same.length === 1 ? one : `${formatNumber(same.length)} ${many}`,
    who: linkList(same.map((finding) => () => where(finding)), 4), why: same[0].text, cure: same[0].remedy,
  }));
}

function needs() {
  return [...brokenTemplates(), ...guestsInTrouble('stuck', 'no', 'Stuck guest', 'stuck guests'),
    ...guestsInTrouble('may-be-stuck', 'unknown', 'May be stuck', 'may be stuck'), ...unplannedHosts(),
    ...missedFailovers(), ...changesToActOn(),
    ...findingNeeds(plan.quarantine, 'Quarantine', 'in quarantine', '#quarantine'),
    ...findingNeeds(plan.findings.filter((finding) => finding.severity === 'error'), 'Error', 'errors', '#findings')];
}

function needRow(item) {
  return el('li', {class: `need need-${item.tone}`},
    el('span', {class: 'need-label'}, symbolOf(item.tone), ' ',
      item.href ? el('a', {href: item.href}, item.label) : item.label),
    el('div', {},
      el('p', {class: 'need-who'}, item.who),
      item.why ? el('p', {class: 'need-why'}, item.why) : null,
      item.cure ? el('p', {class: 'need-cure'}, el('span', {'aria-hidden': 'true'}, '→ '), item.cure) : null));
}

function needsPart() {
  const items = needs();
  const shown = 8, most = 300;
  const list = (some) => el('ul', {class: 'needs'}, some.map(needRow));
  return el('div', {class: 'panel'}, el('h3', {}, 'What needs you'),
    items.length === 0 ? nothing(plan.summary.n_hosts === 0
      ? 'No host is known: check the plan file’s sources, and what collects the documents.'
      : plan.summary.n_guests_known_stuck + plan.summary.n_guests_known_may_be_stuck > 0
        ? 'Nothing: no guest is stuck but those that the plan file knows, no published template is broken, no document is in quarantine.'
      : 'Nothing: no guest is stuck, no published template is broken, no document is in quarantine.')
      : list(items.slice(0, shown)),
    items.length > shown ? lazyDetails(`and ${formatNumber(items.length - shown)} more`,
      () => [list(items.slice(shown, most)), items.length > most
        ? nothing(`The first ${most} are here; the sections below have all.`) : null]) : null);
}

/* ---- pools at a glance ---- */

function pairsTotal(pairs) {
  return Object.values(pairs).reduce((sum, n) => sum + n, 0);
}

/* Shares of ordered pairs of hosts, as a bar. */
function pairsBar(pairs) {
  const total = pairsTotal(pairs);
  return el('span', {class: 'bar', 'aria-hidden': 'true'},
    ['yes', 'warn', 'unknown', 'no'].filter((kind) => pairs[kind] > 0)
      .map((kind) => styled(el('span', {class: `bar-part fill-${kind}`}), 'flex-grow', String(pairs[kind] / total))));
}

function openShare(pairs) {
  const total = pairsTotal(pairs);
  return total === 0 ? null : (pairs.yes + pairs.warn) / total;
}

function troubled(n) {
  return n === 0 ? '0' : el('b', {class: 'bad'}, formatNumber(n));
}

function failoverBadge(pool) {
  const hosts = plural(pool.failover_hosts, 'host', 'hosts');
  if (pool.failover_hosts === 0) return el('span', {class: 'muted'}, 'not asked for');
  const words = {yes: `${hosts} can fail`, unknown: `not known for ${hosts}`, no: `not for ${hosts}`};
  return badge(pool.maintenance.failover, symbolOf(pool.maintenance.failover), ` ${words[pool.maintenance.failover]}`);
}

function poolRow(pool) {
  const pairs = pool.matrices.template ? pool.matrices.template.n_pairs : {yes: 0, warn: 0, unknown: 0, no: 0};
  const share = openShare(pairs);
  const guests = plan.guests.filter((guest) => plan.pools[guest.pool] === pool);
  const inState = (state) => guests.filter((guest) => guest.state === state && !isKnown(guest)).length;
  const nMayBe = inState('may-be-stuck'), nKnown = guests.filter(isKnown).length;
  const cell = (label, attributes, ...content) => el('td', {role: 'cell', 'data-label': label, ...attributes},
    el('span', {}, content)); /* one box beside its label, where the screen is narrow */
  return el('tr', {role: 'row', 'data-pool': pool.name},
    el('th', {scope: 'row', role: 'rowheader', 'data-label': 'Pool'},
      el('a', {href: placeHref({pool: pool.name})}, nameOf(pool.name))),
    cell('Hosts', {class: 'number'}, formatNumber(pool.n_hosts), pool.unplanned.length === 0 ? null
      : el('b', {class: 'bad'}, ` + ${formatNumber(pool.unplanned.length)} not planned`)),
    cell('Classes', {class: 'number'}, formatNumber(pool.classes.length)),
    cell('Ways open', {class: 'pairs-cell'}, share === null ? '–'
      : [pairsBar(pairs), el('span', {}, formatPercent(share))]),
    cell('Stuck guests', {class: 'number'}, troubled(inState('stuck')), nMayBe === 0 ? null
      : ` + ${formatNumber(nMayBe)} that may be`, nKnown === 0 ? null : ` + ${formatNumber(nKnown)} known`),
    cell('Cannot be emptied', {class: 'number'}, troubled(nDrains(pool, 'no')), nDrains(pool, 'unknown') === 0 ? null
      : ` + ${formatNumber(nDrains(pool, 'unknown'))} not known`),
    cell('Failover', {}, failoverBadge(pool)));
}

function pairsLegend() {
  const pairs = plan.summary.n_pairs;
  const total = pairsTotal(pairs);
  if (total === 0) return null;
  const item = (kind, value, name) => el('li', {}, swatch(kind), ' ', verdicts[kind].label, ' ',
    el('b', {'data-figure': name}, formatNumber(value)));
  return el('div', {class: 'pairs-legend'},
    el('p', {class: 'muted small'}, 'Ways from host to host for guests on their class’s template, over all pools:'),
    el('ul', {class: 'legend'}, ['yes', 'warn', 'unknown', 'no'].map((kind) => item(kind, pairs[kind], `n_pairs.${kind}`)),
      el('li', {}, swatch('oneway'), ' pairs with one way only ', el('b', {'data-figure': 'n_one_way'},
        formatNumber(plan.summary.n_one_way)))));
}

function poolsPart() {
  const head = (title, isNumber) => el('th', {scope: 'col', role: 'columnheader', class: isNumber ? 'number' : null}, title);
  if (plan.pools.length === 0) return null;
  return el('div', {class: 'panel'}, el('h3', {}, 'Pools at a glance'),
    el('div', {class: 'table-scroll'}, el('table', {class: 'glance', role: 'table'},
      el('caption', {class: 'visually-hidden'}, 'Pools at a glance'),
      el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, head('Pool'), head('Hosts', true), head('Classes', true),
        head('Ways open'), head('Stuck guests', true), head('Cannot be emptied', true), head('Failover'))),
      el('tbody', {role: 'rowgroup'}, plan.pools.map(poolRow)))),
    pairsLegend());
}

/* ---- the section ---- */

function stateLine() {
  const s = plan.summary;
  const notes = [
    s.n_hosts_gone > 0 ? `${plural(s.n_hosts_gone, 'host is', 'hosts are')} known from before and did not report.` : null,
    s.n_hosts_unassigned > 0 ? `${plural(s.n_hosts_unassigned, 'host is', 'hosts are')} in no pool.` : null,
    plan.run.earlier === null ? 'There is no earlier run to compare with.'
      : s.n_drift === 0 ? `No drift since run ${plan.run.earlier}.`
        : `${plural(s.n_drift, 'change', 'changes')} since run ${plan.run.earlier}.`,
  ];
  return el('div', {class: `state ${s.is_well ? 'is-well' : 'is-troubled'}`},
    el('span', {class: 'state-mark', 'aria-hidden': 'true'}, s.is_well ? '✓' : '!'),
    el('div', {}, el('p', {class: 'state-line', 'data-figure': 'headline'}, s.headline),
      el('p', {class: 'state-notes'}, notes.filter(Boolean).join(' '))));
}

function overview() {
  return el('section', {id: 'overview', 'aria-labelledby': 'overview-title'},
    el('h2', {id: 'overview-title', class: 'visually-hidden', tabindex: '-1'}, 'Overview'),
    stateLine(), figures(), needsPart(), poolsPart());
}
