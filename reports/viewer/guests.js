/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Guests: how free each is, where it can go, what is against it, and its device map. */

const verdictKinds = ['yes', 'warn', 'unknown', 'no'];

/* By class, how many hosts answer what: to a migration there, and to a start. The guest's own host is none of them. */
function targetsByClass(guest) {
  const outlook = plan.outlooks[guest.outlook];
  if (outlook.targets === null) return null;
  const rows = new Map();
  const own = guest.host === null ? null : plan.hosts.group[guest.host];
  const tally = () => ({yes: 0, warn: 0, unknown: 0, no: 0});
  for (const [first, n, start, migrate] of outlook.targets) {
    const outcome = outlook.outcomes[migrate];
    for (let at = first; at < first + n; at++) {
      const g = plan.groups[at];
      const klass = groupClass(g);
      if (!rows.has(klass)) {
        rows.set(klass, {pool: plan.pools[g.pool], klass, migrate: tally(), start: tally(), checks: new Map()});
      }
      const row = rows.get(klass);
      const nHosts = g.n_hosts - (at === own ? 1 : 0);
      row.migrate[outcome.verdict] += nHosts;
      row.start[outlook.outcomes[start].verdict] += nHosts;
      if (nHosts > 0) {
        outcome.blockers.filter((blocker) => blocker.severity === outcome.verdict)
          .forEach((blocker) => { row.checks.set(blocker.check, blocker.severity); });
      }
    }
  }
  return [...rows.values()];
}

function targetsTable(guest) {
  const rows = targetsByClass(guest);
  if (rows === null) return nothing('Its targets are in guests.csv and plan.json; the page has room for some only.');
  if (rows.length === 0) return nothing('Its host is in no pool.');
  const head = (title, isNumber) => el('th', {scope: 'col', class: isNumber ? 'number' : null}, title);
  const counts = (tally) => {
    const told = verdictKinds.filter((kind) => tally[kind] > 0).map((kind) =>
      el('span', {class: 'tally'}, verdictBadge(kind), ` ${formatNumber(tally[kind])} `));
    return told.length > 0 ? told : el('span', {class: 'muted'}, 'only its own');
  };
  return el('div', {class: 'table-scroll'}, el('table', {class: 'plain targets'},
    el('caption', {class: 'visually-hidden'}, `Where ${guest.name || 'it'} can migrate and start, by class`),
    el('thead', {}, el('tr', {}, head('Class'), head('Migrates'), head('Starts'), head('Why not migrate'))),
    el('tbody', {}, rows.map((row) => el('tr', {},
      el('th', {scope: 'row'}, row.klass ? classLink(row.pool, row.klass) : 'no class'),
      el('td', {'data-label': 'Migrates'}, counts(row.migrate)),
      el('td', {'data-label': 'Starts'}, counts(row.start)),
      el('td', {}, [...row.checks.keys()].map((check) => [el('code', {class: 'check'}, check), ' '])))))));
}

function guestFacts(guest) {
  const klass = guest.host === null ? null : hostClass(guest.host);
  return el('dl', {class: 'facts facts-wide'},
    fact('Guest', el('b', {class: 'full-name'}, guest.name || 'unnamed')),
    fact('UUID', el('code', {}, guest.uuid || '–')),
    fact('Host', guest.host === null ? '–' : hostLink(guest.host),
      klass ? [' in ', classLink(hostPool(guest.host), klass)] : null),
    fact('Size', `${guest.n_vcpus === null ? 'unknown' : formatNumber(guest.n_vcpus)} vCPUs, ${
      formatMemory(guest.memory_kib)}`),
    fact('Starts here again', startsHere(guest)));
}

function startsHere(guest) {
  return guest.starts_here ? verdictBadge(guest.starts_here) : el('span', {class: 'muted'}, 'not known');
}

/* Reasons of one check and remedy stand together: [blocker, hosts] each, the widest first. */
function reasonsByCheck(reasons) {
  const kinds = new Map();
  for (const [i, n] of reasons) {
    const blocker = plan.blockers[i];
    const key = JSON.stringify([blocker.check, blocker.severity, blocker.remedy]);
    if (!kinds.has(key)) kinds.set(key, {first: blocker, nHosts: 0, forms: []});
    const kind = kinds.get(key);
    kind.nHosts += n;
    kind.forms.push([blocker, n]);
  }
  return [...kinds.values()];
}

function formItem([blocker, n]) {
  return el('li', {}, `${plural(n, 'host', 'hosts')}: ${blocker.text}`,
    blocker.features.length > 0 ? lazyDetails(plural(blocker.features.length, 'feature', 'features'),
      () => chips(blocker.features, 200)) : null);
}

function kindItem(kind) {
  const item = reasonItem(kind.first, el('span', {class: 'muted'}, ` on ${plural(kind.nHosts, 'host', 'hosts')}`));
  const rest = kind.forms.slice(1);
  if (rest.length > 0) {
    append(item, [lazyDetails(`and ${plural(rest.length, 'other form', 'other forms')} of it`,
      () => el('ul', {class: 'plain-list'}, rest.map(formItem)))]);
  }
  return item;
}

/* What keeps it from hosts comes first; remarks are folded away beside it. */
function guestReasons(guest) {
  const kinds = reasonsByCheck(plan.outlooks[guest.outlook].reasons);
  if (kinds.length === 0) return null;
  const remarks = kinds.filter((kind) => kind.first.severity === 'warn');
  const others = kinds.filter((kind) => kind.first.severity !== 'warn');
  const list = (some) => el('ul', {class: 'reasons'}, some.map(kindItem));
  return [el('h3', {class: 'minor'}, 'What is against its migration'), list(others.length > 0 ? others : remarks),
    others.length > 0 && remarks.length > 0 ? lazyDetails(`and ${plural(remarks.length, 'remark', 'remarks')}`,
      () => list(remarks)) : null];
}

/* The hosts that the one change would open. */
function openedLinks(guest) {
  const hosts = plan.outlooks[guest.outlook].cured_groups.flatMap((g) => plan.groups[g].hosts)
    .filter((host) => host !== guest.host).sort((a, b) => a - b);
  return hosts.length === 0 ? null : [' It opens ', hostLinks(hosts, 6), '.'];
}

function guestStory(i) {
  const guest = plan.guests[i];
  return el('div', {class: 'opened-story'},
    isKnown(guest) ? el('p', {class: 'callout'}, el('b', {}, 'The plan file knows. '), guest.known_why,
      guest.known_until ? ` (until ${guest.known_until})` : '') : null,
    guest.held_by ? el('p', {class: 'callout'}, el('b', {}, guestStates[guest.state].callout), guest.held_by,
      openedLinks(guest), guest.is_freed_by_template ? ' A restart on its class’s template frees it.' : '') : null,
    el('div', {class: 'columns'},
      el('div', {}, guestFacts(guest), el('h3', {class: 'minor'}, 'Where it can go'), targetsTable(guest)),
      el('div', {}, guestReasons(guest) || nothing('Nothing is against its migration.'))),
    el('h3', {class: 'minor'}, 'Device map'), devicePart(index.addresses.get(i)));
}

/* How many of the pool's other hosts are planned with. */
function nOthers(guest) {
  if (guest.pool === null) return 0;
  const isOwnPlanned = guest.host !== null && hostClass(guest.host) !== null;
  return Math.max(0, plan.pools[guest.pool].n_hosts - (isOwnPlanned ? 1 : 0));
}

/* Free is only said of a guest that is known to have somewhere to go. */
const guestStates = {
  stuck: {rank: 0, label: 'stuck', callout: 'Stuck. ', tone: 'no', symbol: 'no', isTrouble: true},
  'may-be-stuck': {rank: 1, label: 'may be stuck', callout: 'May be stuck. ', tone: 'unknown', symbol: 'unknown',
    isTrouble: true},
  'no-other-host': {rank: 2, label: 'no other host', callout: 'Held by: ', tone: 'plain', symbol: null},
  free: {rank: 3, label: 'free', callout: 'Held by: ', tone: 'yes', symbol: 'yes'},
};

/* It is in trouble, and the plan file says so. */
function isKnown(guest) {
  return guest.known_why !== null && guestStates[guest.state].isTrouble;
}

function stateLabel(guest) {
  return `${guestStates[guest.state].label}${isKnown(guest) ? ', known' : ''}`;
}

/* Guests sorted by it: the worst state first, and in it those with the fewest ways. */
function trouble(guest) {
  const rank = isKnown(guest) ? 1.5 : guestStates[guest.state].rank; /* behind those that need a person */
  return rank + guest.n_migrate_hosts / (2 * (nOthers(guest) + 1));
}

function stateBadge(guest) {
  const {tone, symbol} = guestStates[guest.state];
  return badge(isKnown(guest) ? 'plain' : tone, symbol ? [symbolOf(symbol), ' '] : null, stateLabel(guest));
}

function freedomCell(i) {
  const guest = plan.guests[i];
  const others = nOthers(guest);
  return [el('span', {}, formatNumber(guest.n_migrate_hosts), el('span', {class: 'muted'}, ` of ${formatNumber(others)}`)),
    others === 0 ? null : shareBar(guest.n_migrate_hosts / others, 1, guest.state === 'stuck' ? 'none' : 'open')];
}

function guestColumns() {
  return [
    {title: 'Guest', text: (i) => guestName(i)},
    {title: 'Host', kind: 'named', text: (i) => hostName(plan.guests[i].host), cell: (i) => hostLink(plan.guests[i].host)},
    {title: 'CPU', text: (i) => plan.guests[i].cpu},
    {title: 'Machine', text: (i) => plan.guests[i].machine || '–'},
    {title: 'Starts on', isNumber: true, text: (i) => formatNumber(plan.guests[i].n_start_hosts),
      value: (i) => plan.guests[i].n_start_hosts},
    {title: 'Migrates to', isNumber: true, kind: 'freedom', text: (i) => formatNumber(plan.guests[i].n_migrate_hosts),
      cell: freedomCell, value: (i) => plan.guests[i].n_migrate_hosts},
    {title: 'State', text: (i) => stateLabel(plan.guests[i]), cell: (i) => stateBadge(plan.guests[i]),
      value: (i) => trouble(plan.guests[i])},
  ];
}

function guestsSection() {
  const count = (state) => plan.guests.filter((guest) => guest.state === state).length;
  const states = Object.keys(guestStates).map((state) => [state, count(state)]).filter(([, n]) => n > 0);
  const table = new DataTable({
    caption: 'Guests', unit: ['guest', 'guests'], rows: [...plan.guests.keys()], empty: 'There are no guests.',
    onOpen: guestStory, hrefOf: guestHref, columns: guestColumns(), sort: {by: 'State'},
    choices: [
      {label: 'State', options: [['', 'all'], ...states.map(([state, n]) => [state, `${guestStates[state].label} (${formatNumber(n)})`])],
        keep: (i, value) => plan.guests[i].state === value},
      {label: 'Pool', options: [['', 'all'], ...plan.pools.map((pool, i) => [String(i), pool.name])],
        keep: (i, value) => plan.guests[i].pool === Number(value)},
    ],
  });
  const find = (name, on) => plan.guests.findIndex((guest) => (guest.name || guest.uuid) === name &&
    (on === null || (guest.host !== null && hostName(guest.host) === on)));
  return {
    node: section('guests', 'Guests', plan.guests.length,
      plan.guests.length === 0 ? null
        : el('p', {class: 'muted small'}, 'Open a guest for where it can go, its reasons and its device map.'),
      table.node),
    places: [['guest', (parameters) => {
      const name = parameters.get('guest');
      const at = find(name, parameters.get('on'));
      const anywhere = at >= 0 ? at : find(name, null); /* it may have moved since the link was made */
      return anywhere >= 0 && table.reveal(anywhere);
    }]],
  };
}
