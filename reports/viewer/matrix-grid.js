/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * What the matrix's picture shows: by groups of like hosts, or by classes, where a cell can have several
 * verdicts. Both give {n, bands, rowName(at), kind(row, column), mix(row, column)}.
 */

function bandName(pool, band) {
  const klass = pool.classes[band.klass];
  return klass ? klass.name : 'no class';
}

class GroupGrid {
  constructor(matrix, pool) {
    this.matrix = matrix;
    this.n = matrix.n;
    Object.assign(this, matrix.byClass());
    this.bands.forEach((band) => { band.name = bandName(pool, band); });
  }

  rowName(at) {
    const g = this.matrix.group(this.order[at]);
    return g.n_hosts > 1 ? `${shortName(g.name)} ×${g.n_hosts}` : shortName(g.name);
  }

  kind(row, column) {
    return this.matrix.kind(this.order[row], this.order[column]);
  }

  mix() {
    return null;
  }
}

class ClassGrid {
  constructor(matrix, pool) {
    const {order, bands} = matrix.byClass();
    this.matrix = matrix;
    this.order = order;
    this.blocks = bands.map((band) => ({...band, name: bandName(pool, band)}));
    this.bands = []; /* each row is one already */
    this.n = bands.length;
    this.counts = matrix.countBands(order, bands);
    this.mixes = this.counts.map((row) => row.map((counts) => {
      const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
      return kindsDrawn.filter((kind) => counts[kind]).map((kind) => [kind, counts[kind] / total]);
    }));
  }

  rowName(at) {
    return shortName(this.blocks[at].name);
  }

  /* Of several, the one that most pairs have. A class of one host has no pairs in itself. */
  kind(row, column) {
    const mix = this.mixes[row][column];
    return mix.length === 0 ? 'none' : mix.reduce((a, b) => (b[1] > a[1] ? b : a))[0];
  }

  mix(row, column) {
    const mix = this.mixes[row][column];
    return mix.length > 1 ? mix : null;
  }
}
