/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * The plan's document with its positions resolved. Nothing here computes what the plan does not say,
 * but for counts, and for the way back of a pair.
 */

const plan = JSON.parse(document.getElementById('document').textContent);

/* Outcomes name their reasons by position. */
for (const holder of [...plan.outlooks, ...plan.pools.flatMap((pool) => Object.values(pool.matrices))]) {
  for (const outcome of holder.outcomes) {
    outcome.blockers = outcome.blockers.map((index) => plan.blockers[index]);
  }
}

/* What the document says of a host, a guest or a class in another place than with it. */
const index = {
  host: new Map(plan.hosts.name.map((name, i) => [name, i])),
  guestsOf: groupGuests(),
  addresses: new Map(plan.addresses.map((entry) => [entry.guest, entry])),
  drain: new Map(plan.pools.flatMap((pool) => pool.drains.map((drain) => [drain.host, drain]))),
};

function groupGuests() {
  const guestsOf = new Map();
  plan.guests.forEach((guest, i) => {
    if (!guestsOf.has(guest.host)) guestsOf.set(guest.host, []);
    guestsOf.get(guest.host).push(i);
  });
  return guestsOf;
}

/* Hosts of POOL whose emptying has that verdict. Those that can be emptied without a remark are not listed. */
function nDrains(pool, verdict) {
  return pool.drains.filter((drain) => drain.verdict === verdict).length;
}

function hostName(i) {
  if (i === null) return 'unknown host';
  return i < plan.hosts.name.length ? plan.hosts.name[i] : `host ${formatNumber(i)} of hosts.csv`;
}

function hostPool(i) {
  const pool = plan.hosts.pool[i];
  return Number.isInteger(pool) ? plan.pools[pool] : null;
}

function hostClass(i) {
  const pool = hostPool(i);
  const klass = plan.hosts.class[i];
  return pool && Number.isInteger(klass) ? pool.classes[klass] : null;
}

function groupClass(g) {
  return g.class === null ? null : plan.pools[g.pool].classes[g.class];
}

function guestName(i) {
  const guest = plan.guests[i];
  return guest ? guest.name || 'unnamed' : `guest ${formatNumber(i)} of guests.csv`;
}

/* "kvm01" or "kvm01 and 3 like it" */
function groupLabel(g) {
  return g.n_hosts > 1 ? `${shortName(g.name)} and ${formatNumber(g.n_hosts - 1)} like it` : shortName(g.name);
}

/* A directed matrix: from row to column, each a position in the matrix's groups. */
class MigrationMatrix {
  constructor(raw) {
    this.raw = raw;
    this.n = raw.groups.length;
    this.expanded = new Map();
    this.open = raw.outcomes.map((o) => o.verdict === 'yes' || o.verdict === 'warn');
    this.refused = raw.outcomes.map((o) => o.verdict === 'no');
  }

  group(position) {
    return plan.groups[this.raw.groups[position]];
  }

  /* The position of a host's group; -1 where it has none here. */
  positionOf(host) {
    return this.raw.groups.indexOf(plan.hosts.group[host]);
  }

  row(position) {
    const kind = this.raw.rows[position];
    let cells = this.expanded.get(kind);
    if (!cells) {
      const runs = this.raw.runs[kind];
      cells = new Uint32Array(this.n);
      for (let i = 0, at = 0; i < runs.length; i += 2) {
        cells.fill(runs[i], at, at + runs[i + 1]);
        at += runs[i + 1];
      }
      this.expanded.set(kind, cells);
    }
    return cells;
  }

  index(from, to) {
    return from === to ? this.raw.diagonal[from] : this.row(from)[to];
  }

  outcome(from, to) {
    return this.raw.outcomes[this.index(from, to)];
  }

  /* Open there, refused back. */
  isOneWay(from, to) {
    return this.open[this.index(from, to)] && this.refused[this.index(to, from)];
  }

  /* What a cell is drawn as. */
  kind(from, to) {
    return this.isOneWay(from, to) ? 'oneway' : this.outcome(from, to).verdict;
  }

  /* Ordered pairs of different hosts in a cell. */
  nPairs(from, to) {
    const n = this.group(to).n_hosts;
    return this.group(from).n_hosts * (from === to ? n - 1 : n);
  }

  /*
   * Positions ordered by class, and where each class begins. Classes whose guests can go furthest come
   * first, so that what is open gathers on one side of the diagonal.
   */
  byClass() {
    const members = new Map();
    for (let position = 0; position < this.n; position++) {
      const klass = this.group(position).class;
      const key = klass === null ? -1 : klass;
      if (!members.has(key)) members.set(key, []);
      members.get(key).push(position);
    }
    const firsts = [...members.values()].map((positions) => positions[0]);
    const reach = (positions) => firsts.filter((to) => this.open[this.index(positions[0], to)]).length;
    const sorted = [...members].map(([klass, positions]) => ({klass, positions, reach: reach(positions)}))
      .sort((a, b) => b.reach - a.reach || a.klass - b.klass);
    const order = sorted.flatMap(({positions}) => positions);
    const bands = [];
    for (const {klass, positions} of sorted) {
      const begin = bands.length === 0 ? 0 : bands[bands.length - 1].end;
      bands.push({klass, begin, end: begin + positions.length});
    }
    return {order, bands};
  }

  /* For each pair of bands, pairs of hosts by what their cells are drawn as. */
  countBands(order, bands) {
    return bands.map((from) => bands.map((to) => {
      const counts = {};
      for (let i = from.begin; i < from.end; i++) {
        for (let j = to.begin; j < to.end; j++) {
          const n = this.nPairs(order[i], order[j]);
          const kind = this.kind(order[i], order[j]);
          if (n > 0) counts[kind] = (counts[kind] || 0) + n;
        }
      }
      return counts;
    }));
  }

  /* What is against going from one band to another: [reason, pairs of hosts], most pairs first. */
  bandReasons(order, from, to) {
    const pairs = new Map();
    for (let i = from.begin; i < from.end; i++) {
      for (let j = to.begin; j < to.end; j++) {
        const n = this.nPairs(order[i], order[j]);
        if (n === 0) continue;
        for (const blocker of this.outcome(order[i], order[j]).blockers) {
          pairs.set(blocker, (pairs.get(blocker) || 0) + n);
        }
      }
    }
    const weight = {no: 2, unknown: 1, warn: 0};
    return [...pairs].sort((a, b) => weight[b[0].severity] - weight[a[0].severity] || b[1] - a[1]);
  }
}
