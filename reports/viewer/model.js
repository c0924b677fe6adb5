/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * The plan's document with its positions resolved. Nothing here computes what the plan does not say,
 * but for counts and for the way back of a pair.
 */

const plan = JSON.parse(document.getElementById('document').textContent);

/* Outcomes name their reasons by position. */
for (const holder of [...plan.outlooks, ...plan.pools.flatMap((pool) => Object.values(pool.matrices))]) {
  for (const outcome of holder.outcomes) {
    outcome.blockers = outcome.blockers.map((index) => plan.blockers[index]);
  }
}

function hostName(index) {
  if (index === null) return 'unknown host';
  return index < plan.hosts.name.length ? plan.hosts.name[index] : `host ${formatNumber(index)} of hosts.csv`;
}

function hostClass(index) {
  const pool = plan.hosts.pool[index];
  const klass = plan.hosts.class[index];
  const isKnown = Number.isInteger(pool) && Number.isInteger(klass);
  return isKnown ? plan.pools[pool].classes[klass] : null;
}

function groupClass(g) {
  return g.class === null ? null : plan.pools[g.pool].classes[g.class];
}

function guestName(index) {
  const guest = plan.guests[index];
  return guest ? guest.name || 'unnamed' : `guest ${index}`;
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

  row(index) {
    const kind = this.raw.rows[index];
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

  /*
   * Positions ordered by class, and where each class begins. Classes whose guests can go furthest come
   * first, so that what is open gathers on one side of the diagonal.
   */
  byClass() {
    const members = new Map();
    this.raw.groups.forEach((g, position) => {
      const klass = plan.groups[g].class;
      const key = klass === null ? -1 : klass;
      if (!members.has(key)) members.set(key, []);
      members.get(key).push(position);
    });
    const firsts = [...members.values()].map((positions) => positions[0]);
    const reach = (positions) =>
      firsts.filter((to) => this.open[this.index(positions[0], to)]).length;
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
}

function group(matrix, position) {
  return plan.groups[matrix.raw.groups[position]];
}

/* "kvm01" or "kvm01 and 3 like it" */
function groupLabel(g) {
  return g.n_hosts > 1 ? `${g.name} and ${formatNumber(g.n_hosts - 1)} like it` : g.name;
}
