/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Pools and their classes: what a class is, its template, its contract, what limits it. */

const classesShown = 60;

const contractTexts = {
  none: ['plain', '', 'not published'],
  kept: ['yes', '✓ ', 'published, kept'],
  headroom: ['yes', '✓ ', 'kept, with headroom'],
  narrowed: ['yes', '✓ ', 'kept, narrowed'],
  broken: ['no', '× ', 'published, broken'],
};

function newestFirst(machines) {
  const version = (machine) => (/-(\d[\d.]*)$/.exec(machine) || ['', '0'])[1];
  return [...machines].sort((a, b) => byVersion.compare(version(b), version(a)) || byVersion.compare(a, b));
}

/* A share as a bar of at most MOST. */
function shareBar(share, most, kind) {
  return el('span', {class: `share share-${kind}`, 'aria-hidden': 'true'},
    styled(el('span', {}), 'width', `${Math.max(share ? 3 : 0, 100 * (share || 0) / most)}%`));
}

/* The template that guests run with: a published one stays, whatever would be planned now. */
function currentModel(klass) {
  const {published} = klass.contract;
  return published ? published.model : klass.template.model;
}

/* Does what is published differ from what would be planned now? */
function isOutdated(klass) {
  const {published} = klass.contract;
  return published !== null && published.digest !== klass.template.digest;
}

/* A class has one CPU for guests; what else its hosts differ in may close ways between them. */
function waysInside(klass) {
  const ways = klass.n_ways;
  const open = ways.yes + ways.warn;
  const all = open + ways.unknown + ways.no;
  if (open === all) return `all ${formatNumber(all)} open`;
  const rest = [[ways.no, 'closed'], [ways.unknown, 'not known']].filter(([n]) => n > 0)
    .map(([n, words]) => `${formatNumber(n)} ${words}`).join(', ');
  return [`${formatNumber(open)} of ${formatNumber(all)} open, ${rest}: `,
    klass.barriers.map((check) => [el('code', {class: 'check'}, check), ' '])];
}

/* For who does not open the class: that it is not open inside. */
function closedInside(klass) {
  const ways = klass.n_ways;
  const open = ways.yes + ways.warn;
  const all = open + ways.unknown + ways.no;
  return open === all ? null : [' ', el('span', {class: 'class-ways'},
    `${formatNumber(open)} of ${formatNumber(all)} ways open`)];
}

/* What runs there, what is free, and how many more guests of the pool's size have room. */
function capacityFacts(pool, capacity) {
  const guests = plural(capacity.n_guests, 'guest', 'guests');
  const untold = capacity.n_untold_hosts === 0 ? ''
    : `; ${plural(capacity.n_untold_hosts, 'host does', 'hosts do')} not tell`;
  const safe = pool.failover_hosts === 0 ? ''
    : capacity.n_more_guests_with_failover === null ? '; the failover is not sure as it is'
      : `; for ${formatNumber(capacity.n_more_guests_with_failover)} with the failover kept`;
  return [
    fact('Runs', `${guests} with ${formatMemory(capacity.used_kib)}${capacity.n_cpus === 0 ? ''
      : `, ${(capacity.n_vcpus / capacity.n_cpus).toFixed(2)} vCPUs for each CPU`}`),
    fact('Free', `${capacity.free_kib === 0 ? 'none' : formatMemory(capacity.free_kib)}, at most ${
      capacity.largest_free_kib === 0 ? 'none' : formatMemory(capacity.largest_free_kib)} on one host${untold}`),
    capacity.n_more_guests === null ? null : fact('Room', `for ${plural(capacity.n_more_guests, 'more guest', 'more guests')
    } of ${formatMemory(pool.guest_kib)}${safe}`)];
}

function capacityTitle(pool) {
  const {free_kib: free, n_more_guests: nMore, n_more_guests_with_failover: nSafe} = pool.capacity;
  const n = pool.failover_hosts > 0 && nSafe !== null ? nSafe : nMore;
  return `Capacity: ${free === 0 ? 'no memory' : formatMemory(free)} free${
    n === null ? '' : `, room for ${plural(n, 'more guest', 'more guests')}`}`;
}

function classFacts(pool, klass) {
  const template = klass.template;
  const byHostCpu = klass.n_hosts - klass.n_host_model;
  return el('dl', {class: 'facts'},
    fact('Capacity', `${formatNumber(klass.n_cpus)} CPUs, ${formatMemory(klass.memory_kib)}`),
    capacityFacts(pool, klass.capacity),
    klass.level ? fact('Level', klass.level) : null,
    fact('Vendor', `${klass.vendor || 'mixed'}, ${klass.arch}`),
    fact('Gives up', formatPercent(klass.loss)),
    klass.n_hosts > 1 ? fact('Ways inside', waysInside(klass)) : null,
    byHostCpu > 0 ? fact('Judged by', `${plural(byHostCpu, 'host', 'hosts')} by the host CPU: no domain capabilities`) : null,
    isOutdated(klass) ? fact('Planned anew', `${template.model || 'no template'}, ${
      plural(template.features.length, 'feature', 'features')}`) : null,
    template.physical_address_bits ? fact('Address bits', template.physical_address_bits) : null,
    template.tsc_hz ? fact('TSC', `${(template.tsc_hz / 1e6).toFixed(3)} MHz`) : null,
    template.machines.length > 0 ? fact('Machine types', chips(newestFirst(template.machines), 6)) : null);
}

function contractPart(klass) {
  const contract = klass.contract;
  const outdated = contract.outdated_guests.length > 0
    ? el('p', {}, `${plural(contract.outdated_guests.length, 'guest runs', 'guests run')} with an older one: `,
      guestLinks(contract.outdated_guests)) : null;
  if (contract.state === 'none') {
    return el('div', {}, el('p', {class: 'muted'}, 'Not published: the template follows the members. ',
      el('code', {}, 'virt-plan accept'), ' publishes it.'), outdated);
  }
  return el('div', {class: 'contract'},
    el('p', {}, `Unchanged since ${formatTime(contract.published.at)} (run ${contract.published.run}).`),
    together(contract.breaches, (breach) => breach.reasons).map((same) => el('p', {class: 'breach'},
      badge('no', symbolOf('no'), ' broken'), ' ', hostLinks(same.map((breach) => breach.host), 20),
      `: ${same[0].reasons.join(' ')}`)),
    contract.lost_machines.length > 0
      ? el('p', {}, 'Not every host lists these machine types any more, and no guest has them: ', chips(contract.lost_machines, 6)) : null,
    contract.headroom.length > 0
      ? el('p', {}, 'All members now also have ', chips(contract.headroom)) : null,
    outdated);
}

function limitsPart(klass) {
  if (klass.limits.length === 0) return el('p', {class: 'muted'}, 'Nothing: no host holds the others back.');
  const most = Math.max(...klass.limits.map((limit) => limit.gain || 0), 0.0001);
  return el('ol', {class: 'limits'}, klass.limits.map((limit) => el('li', {},
    el('div', {class: 'gain'}, el('b', {}, `+${formatPercent(limit.gain)}`), shareBar(limit.gain, most, 'gain')),
    el('div', {}, el('p', {}, limit.text), lazyDetails(
      `${plural(limit.n_hosts, 'host', 'hosts')}, ${plural(limit.features.length, 'feature', 'features')}`,
      () => [el('p', {}, hostLinks(limit.hosts, 20)), chips(limit.features, 200)])))));
}

function classBody(pool, klass, id) {
  const template = klass.template;
  return [
    el('div', {class: 'columns'},
      el('div', {}, el('h4', {class: 'label'}, 'Template'), templateTabs(template.forms, id),
        template.notes.length > 0 ? el('ul', {class: 'notes'}, template.notes.map((note) => el('li', {}, note))) : null),
      el('div', {}, el('h4', {class: 'label'}, 'The class'), classFacts(pool, klass),
        el('h4', {class: 'label'}, 'Published template'), contractPart(klass),
        el('h4', {class: 'label'}, 'What limits it'), limitsPart(klass))),
    lazyDetails(`All ${plural(template.features.length, 'feature', 'features')} that a guest ${
      isOutdated(klass) ? 'would see with the template planned anew' : 'sees'}`,
      () => chips(template.features, 1000)),
    lazyDetails(`Its ${plural(klass.n_hosts, 'host', 'hosts')}`,
      () => hostLinks(klass.hosts, 2000)),
  ];
}

function classCard(pool, poolIndex, klass, classIndex) {
  const [tone, symbol, text] = contractTexts[klass.contract.state];
  const id = `class-${poolIndex}-${classIndex}`;
  const body = el('div', {class: 'class-body'});
  const card = el('details', {class: 'class-card', id, 'data-class': klass.name},
    el('summary', {},
      el('span', {class: 'class-name'}, nameOf(klass.name)), ' ',
      el('span', {class: 'class-model'}, nameOf(currentModel(klass) || 'no template')), ' ',
      el('span', {class: 'class-hosts'}, plural(klass.n_hosts, 'host', 'hosts')), ' ',
      el('span', {class: 'class-loss'}, shareBar(klass.loss, 0.4, 'loss'), `gives up ${formatPercent(klass.loss)}`,
        closedInside(klass)), ' ',
      el('span', {class: 'class-contract'}, badge(tone, el('span', {'aria-hidden': 'true'}, symbol), text))),
    body);
  card.fill = () => { if (!body.firstChild) replaceChildren(body, classBody(pool, klass, id)); };
  card.addEventListener('toggle', () => {
    if (!card.open) return;
    card.fill();
    if (!card.isQuiet) notePlace(classHref(pool, klass));
    card.isQuiet = false;
  });
  return card;
}

function maintenanceTitle(pool) {
  const parts = [['no', 'cannot be emptied'], ['unknown', 'not for certain'], ['warn', 'with a remark']]
    .map(([verdict, words]) => [nDrains(pool, verdict), words]).filter(([n]) => n > 0)
    .map(([n, words]) => `${plural(n, 'host', 'hosts')} ${words}`);
  return `Maintenance: ${parts.length === 0 ? 'every host can be emptied' : parts.join(', ')}`;
}

const failoverWords = {yes: 'failover kept', unknown: 'failover not known', no: 'failover not kept'};

function maintenancePart(pool) {
  const blocked = pool.drains;
  const m = pool.maintenance;
  return lazyDetails(maintenanceTitle(pool), () => [
    m.failover_text ? el('p', {}, pool.failover_hosts === 0 ? null
      : [badge(m.failover, symbolOf(m.failover), ` ${failoverWords[m.failover]}`), ' '], m.failover_text) : null,
    el('ul', {class: 'plain-list'}, blocked.slice(0, 200).map((drain) => el('li', {}, verdictBadge(drain.verdict), ' ',
      hostLink(drain.host), drain.text ? `: ${drain.text} ` : ' ',
      drain.stranded.length > 0 ? ['(', guestLinks(drain.stranded), ')'] : null))),
    blocked.length > 200 ? nothing('drains.csv has all of them.') : null,
    m.order.length > 0 ? el('p', {class: 'muted'}, 'A rolling maintenance can empty, one after the other: ',
      hostLinks(m.order, 30)) : null], {class: 'maintenance'});
}

/* The words by which a class is found: its name, model, hosts and features. */
function classWords(klass) {
  return [klass.name, currentModel(klass), klass.level, klass.vendor, ...klass.template.features,
    ...klass.hosts.map(hostName)].join('\n').toLowerCase();
}

/* A pool's classes, the first of them until more are asked for. */
class ClassList {
  constructor(pool, poolIndex) {
    this.pool = pool;
    this.cards = pool.classes.map((klass, i) => classCard(pool, poolIndex, klass, i));
    this.list = el('div', {class: 'class-list'});
    this.limit = classesShown;
    this.query = '';
    this.draw();
  }

  filter(query) {
    this.query = query.toLowerCase();
    this.draw();
    return this.found.length;
  }

  draw() {
    this.words = this.words || (this.query ? this.pool.classes.map(classWords) : null);
    this.found = this.cards.filter((_, i) => this.query === '' || this.words[i].includes(this.query));
    const rest = this.found.length - this.limit;
    replaceChildren(this.list, this.found.slice(0, this.limit), rest <= 0 ? null
      : el('button', {type: 'button', class: 'show-more', onclick: () => this.showMore()},
        `Show ${formatNumber(Math.min(rest, classesShown))} more; ${plural(rest, 'class is', 'classes are')} left`));
  }

  showMore() {
    const at = this.limit;
    this.limit += classesShown;
    this.draw();
    this.found[at].firstChild.focus();
  }

  open(klass) {
    const at = this.pool.classes.indexOf(klass);
    if (at < 0) return false;
    this.query = '';
    this.limit = Math.max(this.limit, at + 1);
    this.draw();
    const card = this.cards[at];
    if (!card.open) card.isQuiet = true;
    card.fill();
    card.open = true;
    card.scrollIntoView();
    card.firstChild.focus({preventScroll: true});
    return true;
  }
}

function poolPart(pool, list) {
  const outline = [`strategy ${pool.strategy}`, plural(pool.n_hosts, 'host', 'hosts'),
    plural(pool.classes.length, 'class', 'classes')].join(' · ');
  return el('div', {class: 'pool', 'data-pool': pool.name},
    el('h3', {tabindex: '-1'}, nameOf(pool.name), ' ', el('span', {class: 'muted'}, outline)),
    pool.unplanned.length > 0 ? el('p', {}, badge('no', symbolOf('no'), ' not planned'),
      ` ${plural(pool.unplanned.length, 'host has', 'hosts have')} a CPU that is not known: `,
      hostLinks(pool.unplanned)) : null,
    pool.classes.length === 0 ? nothing('No host of this pool could be planned.') : null,
    list.list, pool.classes.length > 0 ? lazyDetails(capacityTitle(pool),
      () => el('dl', {class: 'facts'}, capacityFacts(pool, pool.capacity)), {class: 'pool-capacity'}) : null,
    pool.n_hosts > 0 ? maintenancePart(pool) : null, tradeoffPlot(pool));
}

/* The section, and what opens its places. */
function classesSection() {
  const lists = plan.pools.map((pool, i) => new ClassList(pool, i));
  const parts = plan.pools.map((pool, i) => poolPart(pool, lists[i]));
  const told = el('p', {class: 'table-status', role: 'status'});
  const input = el('input', {type: 'search', placeholder: 'Filter by name, model, feature or host',
    'aria-label': 'Filter classes', autocomplete: 'off', spellcheck: 'false', oninput: () => filter(input.value.trim())});
  const filter = (query) => {
    const n = lists.map((list) => list.filter(query));
    parts.forEach((part, i) => { part.hidden = query !== '' && n[i] === 0; });
    told.textContent = query === '' ? '' : `${plural(n.reduce((sum, each) => sum + each, 0), 'class', 'classes')} of ${
      formatNumber(plan.summary.n_classes)} match`;
  };
  const poolAt = (name) => plan.pools.findIndex((pool) => pool.name === name);
  const clear = () => { input.value = ''; filter(''); };
  const node = section('classes', 'Pools and classes', plan.summary.n_classes,
    plan.summary.n_classes > 1 ? el('div', {class: 'table-tools'}, input, told) : null,
    parts.length === 0 ? nothing('The plan file names no pool.') : parts);
  return {
    node,
    places: [
      ['class', (parameters) => {
        const at = poolAt(parameters.get('pool'));
        const klass = at < 0 ? null : plan.pools[at].classes.find((each) => each.name === parameters.get('class'));
        clear();
        return Boolean(klass) && lists[at].open(klass);
      }],
      ['pool', (parameters) => {
        const at = poolAt(parameters.get('pool'));
        if (at < 0) return false;
        clear();
        parts[at].scrollIntoView();
        parts[at].firstChild.focus({preventScroll: true});
        return true;
      }],
      ['feature', (parameters) => {
        input.value = parameters.get('feature');
        filter(input.value);
        node.scrollIntoView();
        return true;
      }],
    ],
  };
}
