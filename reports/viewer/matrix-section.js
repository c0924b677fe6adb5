/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* The matrix with its controls, the story of the current pair, and the same between classes as a table. */

const subjectTitles = {
  template: 'a guest on its class’s template',
  'host-model': 'a guest with host-model',
  'host-passthrough': 'a guest with host-passthrough',
};

function pairHosts(g) {
  const names = g.hosts.slice(0, 5).map(hostName).join(', ');
  return g.n_hosts > 5 ? `${names} and ${formatNumber(g.n_hosts - 5)} more` : names;
}

function wayPart(title, matrix, from, to) {
  const outcome = matrix.outcome(from, to);
  return el('div', {class: 'way'},
    el('h4', {}, title, ' ', verdictBadge(outcome.verdict)),
    outcome.blockers.length === 0 ? el('p', {class: 'muted'}, 'Every check passes.')
      : reasonList(outcome));
}

function pairStory(matrix, from, to) {
  const source = group(matrix, from), target = group(matrix, to);
  if (from === to) {
    return [
      el('h3', {}, groupLabel(source)),
      source.n_hosts > 1 ? [el('p', {class: 'muted'}, pairHosts(source)),
        wayPart('Between them', matrix, from, to)]
        : el('p', {class: 'muted'}, 'The host itself.'),
    ];
  }
  const klass = (g) => { const k = groupClass(g); return k ? k.name : 'no class'; };
  return [
    el('dl', {class: 'facts'},
      fact('From', el('b', {}, groupLabel(source)), ` (${klass(source)})`),
      fact('To', el('b', {}, groupLabel(target)), ` (${klass(target)})`)),
    matrix.isOneWay(from, to) ? el('p', {}, badge('oneway', '→ one way'), ' It could not come back.') : null,
    wayPart('There', matrix, from, to),
    wayPart('And back', matrix, to, from),
  ];
}

/* For screen readers: the pair in one sentence. */
function pairSentence(matrix, from, to) {
  const outcome = matrix.outcome(from, to);
  const reasons = outcome.blockers.map((blocker) => blocker.text).join('; ');
  return `From ${group(matrix, from).name} to ${group(matrix, to).name}: ${verdicts[outcome.verdict].label}${
    matrix.isOneWay(from, to) ? ', one way' : ''}${reasons ? `. ${reasons}` : ''}`;
}

/* Pairs of hosts between classes, by what their cells are drawn as. */
function countClasses(matrix, bands, order) {
  return bands.map((from) => bands.map((to) => {
    const counts = {};
    for (let i = from.begin; i < from.end; i++) {
      for (let j = to.begin; j < to.end; j++) {
        const n = group(matrix, order[i]).n_hosts * (group(matrix, order[j]).n_hosts - (i === j ? 1 : 0));
        const kind = matrix.kind(order[i], order[j]);
        counts[kind] = (counts[kind] || 0) + n;
      }
    }
    return counts;
  }));
}

function classTable(matrix, pool) {
  const {order, bands} = matrix.byClass();
  if (bands.length > 30 || matrix.n > 3000) return null;
  const counts = countClasses(matrix, bands, order);
  const name = (band) => (pool.classes[band.klass] ? pool.classes[band.klass].name : 'no class');
  const cell = (tally) => {
    const total = Object.values(tally).reduce((sum, n) => sum + n, 0);
    if (total === 0) return el('td', {class: 'muted'}, '–');
    return el('td', {}, kindsDrawn.filter((kind) => tally[kind]).map((kind) =>
      el('span', {class: 'tally'}, badge(kind, [el('span', {'aria-hidden': 'true'},
        kind === 'oneway' ? '→' : verdicts[kind].symbol), ' ',
      kind === 'oneway' ? 'one way' : verdicts[kind].label]), ` ${formatNumber(tally[kind])} `)));
  };
  return el('details', {class: 'more'}, el('summary', {}, 'The same between classes, as a table'),
    el('div', {class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Between classes'},
      el('table', {}, el('caption', {class: 'visually-hidden'}, 'Pairs of hosts between classes'),
        el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'from \\ to'),
          bands.map((band) => el('th', {scope: 'col'}, name(band))))),
        el('tbody', {}, bands.map((band, i) => el('tr', {}, el('th', {scope: 'row'}, name(band)),
          counts[i].map(cell)))))));
}

function matrixLegend() {
  const text = {yes: 'yes', oneway: 'yes, one way only', warn: 'with a remark', unknown: 'not known', no: 'no'};
  return el('ul', {class: 'legend'}, kindsDrawn.map((kind) => el('li', {},
    el('span', {class: `swatch fill-${kind}`, 'aria-hidden': 'true'}, kindSymbols[kind] || '✓'),
    ` ${text[kind]}`)));
}

function selectOf(label, options, onChange) {
  const select = el('select', {onchange: () => onChange(select.value)},
    options.map(([value, text]) => el('option', {value}, text)));
  return el('label', {class: 'control'}, label, select);
}

/* The section, and what the page's search should call. */
function matrixSection() {
  const pools = plan.pools.map((pool, i) => [i, pool])
    .filter(([, pool]) => Object.values(pool.matrices).some((m) => m.groups.length > 0));
  if (pools.length === 0) {
    return {node: section('matrix', 'Who can migrate where', null, nothing('There are no hosts to compare.')),
      find: () => {}};
  }
  const story = el('aside', {class: 'story', 'aria-label': 'The current pair'});
  const spoken = el('p', {class: 'visually-hidden', role: 'status'});
  const summary = el('p', {class: 'muted'});
  const tableHolder = el('div', {});
  const subjects = el('span', {});
  const state = {pool: pools[0][0], subject: 'template', matrix: null};
  const tell = (from, to) => {
    replaceChildren(story, pairStory(state.matrix, from, to));
    spoken.textContent = pairSentence(state.matrix, from, to);
  };
  const view = new MatrixView(tell);
  const update = () => {
    const pool = plan.pools[state.pool];
    const available = Object.keys(pool.matrices);
    if (!available.includes(state.subject)) state.subject = available[0];
    state.matrix = new MigrationMatrix(pool.matrices[state.subject]);
    const pairs = state.matrix.raw.n_pairs;
    summary.textContent = `${pool.name}: ${plural(pool.n_hosts, 'host', 'hosts')} in ${
      plural(state.matrix.n, 'group', 'groups')} of like hosts. Of their ordered pairs, ${
      formatNumber(pairs.yes + pairs.warn)} are open, ${formatNumber(pairs.unknown)} not known, ${
      formatNumber(pairs.no)} closed; ${plural(state.matrix.raw.n_one_way, 'pair goes', 'pairs go')} one way only.`;
    view.show(state.matrix, pool);
    view.canvas.setAttribute('aria-label', summary.textContent);
    tell(view.order[view.current[0]], view.order[view.current[1]]);
    replaceChildren(tableHolder, classTable(state.matrix, pool));
  };
  const drawSubjects = () => replaceChildren(subjects, selectOf('for',
    Object.keys(plan.pools[state.pool].matrices).map((name) => [name, subjectTitles[name] || name]),
    (value) => { state.subject = value; update(); }));
  drawSubjects();
  const zoomButton = (label, text, act) => el('button', {type: 'button', 'aria-label': label, title: label,
    onclick: act}, text);
  const node = section('matrix', 'Who can migrate where', null,
    el('div', {class: 'controls'},
      selectOf('Pool', pools.map(([i, pool]) => [i, pool.name]), (value) => {
        state.pool = Number(value);
        drawSubjects();
        update();
      }), subjects,
      el('span', {class: 'zoom'}, zoomButton('Zoom out', '−', () => view.zoom(1 / 1.5)),
        zoomButton('Whole matrix', 'Fit', () => view.fit()),
        zoomButton('Zoom in', '+', () => view.zoom(1.5)))),
    summary, matrixLegend(),
    el('div', {class: 'matrix-layout'}, view.holder, story),
    el('p', {id: 'matrix-help', class: 'muted small'},
      'Rows migrate to columns. Point at a cell, or focus the picture and use the arrow keys (with Shift, ten ' +
      'at a time); + and − zoom, 0 shows all, dragging moves.'),
    spoken, tableHolder);
  new ResizeObserver(() => view.fit()).observe(view.holder);
  update();
  return {
    node,
    find: (query) => {
      view.query = query.toLowerCase();
      const found = query === '' ? -1 : view.order.findIndex((position) => view.isFound(position));
      if (found >= 0) view.move([found, view.current[1]], true);
      else view.redraw();
    },
    redraw: () => view.redraw(),
  };
}
