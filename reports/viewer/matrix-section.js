/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* The matrix with its controls, the story of the current pair, and the same between classes as a table. */

const subjectTitles = {
  template: 'a guest on its class’s template',
  'host-model': 'a guest with host-model',
  'host-passthrough': 'a guest with host-passthrough',
};
const groupsAtOnce = 90; /* beyond so many groups the picture begins with classes */
const bandedMost = 4000; /* groups that are counted by class */
const tabledMost = 30;

function matrixLegend() {
  const text = {yes: 'yes', oneway: 'yes, one way only', warn: 'yes, with a remark', unknown: 'not known', no: 'no'};
  return el('ul', {class: 'legend'}, kindsDrawn.map((kind) => el('li', {}, swatch(kind), ` ${text[kind]}`)));
}

function selectOf(label, onChange) {
  const select = el('select', {onchange: () => onChange(select.value)});
  const set = (options, value) => {
    replaceChildren(select, options.map(([each, text]) => el('option', {value: each}, shortName(text))));
    select.value = value;
  };
  return {node: el('label', {class: 'control'}, label, ' ', select), set, select};
}

class MatrixSection {
  constructor(pools) {
    this.pools = pools;
    this.pool = pools.find((pool) => pool.n_hosts > 1) || pools[0];
    this.subject = null;
    this.level = null;
    this.view = new MatrixView({onLook: (row, column, isByKey) => this.tell(row, column, isByKey),
      onEnter: (row, column) => this.enter(row, column)});
    this.story = el('aside', {class: 'story', 'aria-label': 'The current pair', tabindex: '-1'});
    this.spoken = el('p', {class: 'visually-hidden', role: 'status', id: 'matrix-spoken'});
    this.summary = el('p', {class: 'muted', id: 'matrix-summary'});
    this.tableHolder = el('div', {});
    this.controls();
    this.node = section('matrix', 'Who can migrate where', null, this.controlsNode, this.pairForm(), this.summary,
      matrixLegend(),
      el('div', {class: 'matrix-layout'}, this.view.holder, this.story),
      el('p', {id: 'matrix-help', class: 'muted small'},
        'Rows migrate to columns. Point at a cell to read it, click to keep it; or focus the picture and use the arrow ' +
        'keys (with Shift, ten at a time), Enter for the reasons, + and − to zoom, 0 for all. Ctrl and the wheel zoom, ' +
        'dragging moves.'),
      this.spoken, this.tableHolder);
    this.usePool(this.pool);
    new ResizeObserver(() => this.view.resize()).observe(this.view.holder);
  }

  controls() {
    const button = (label, text, act) => el('button', {type: 'button', 'aria-label': label, title: label, onclick: act}, text);
    this.poolSelect = selectOf('Pool', (value) => this.usePool(plan.pools[Number(value)]));
    this.subjectSelect = selectOf('for', (value) => this.useSubject(value));
    this.levelSelect = selectOf('by', (value) => this.useLevel(value));
    this.poolSelect.set(this.pools.map((pool) => [plan.pools.indexOf(pool), pool.name]), plan.pools.indexOf(this.pool));
    this.controlsNode = el('div', {class: 'controls'}, this.poolSelect.node, this.subjectSelect.node, this.levelSelect.node,
      el('span', {class: 'zoom', role: 'group', 'aria-label': 'Zoom'}, button('Zoom out', '−', () => this.view.zoom(1 / 1.5)),
        button('Whole matrix', 'Fit', () => this.view.fit()), button('Zoom in', '+', () => this.view.zoom(1.5))));
  }

  /* From one host to another, by their names. */
  pairForm() {
    const list = el('datalist', {id: 'matrix-hosts'});
    const input = (label) => el('input', {type: 'text', list: 'matrix-hosts', 'aria-label': label, placeholder: label,
      autocomplete: 'off', spellcheck: 'false', onchange: () => this.askPair(),
      onfocus: () => { if (!list.firstChild) append(list, plan.hosts.name.map((name) => el('option', {value: name}))); }});
    this.from = input('from host');
    this.to = input('to host');
    this.answer = el('span', {role: 'status', class: 'pair-answer'});
    return el('form', {class: 'controls pair-form', onsubmit: (event) => { event.preventDefault(); this.askPair(); }},
      el('span', {class: 'control'}, 'Can a guest go'), this.from, el('span', {class: 'control'}, '→'), this.to, list,
      el('button', {type: 'submit'}, 'Look up'), this.answer);
  }

  askPair() {
    if (this.from.value === '' || this.to.value === '') return;
    const places = [this.from.value, this.to.value].map((name) => index.host.get(name.trim()));
    const unknown = [this.from, this.to].find((_, i) => places[i] === undefined);
    if (unknown) {
      this.answer.textContent = `No host is called ${visible(shortName(unknown.value))}.`;
    } else if (this.showPair(...places)) {
      notePlace(placeHref({from: this.from.value, to: this.to.value}));
    } else {
      this.answer.textContent = 'These hosts are not in one pool’s matrix.';
    }
  }

  /* ---- what is shown ---- */

  usePool(pool) {
    const subjects = Object.keys(pool.matrices);
    this.pool = pool;
    this.poolSelect.select.value = plan.pools.indexOf(pool);
    const subject = subjects.includes(this.subject) ? this.subject : subjects[0];
    this.subjectSelect.set(subjects.map((name) => [name, subjectTitles[name] || name]), subject);
    this.level = null;
    this.useSubject(subject);
  }

  useSubject(subject) {
    this.subject = subject;
    this.matrix = new MigrationMatrix(this.pool.matrices[subject]);
    this.classGrid = null;
    const nBands = this.matrix.byClass().bands.length;
    const levels = [['groups', `groups of like hosts (${formatNumber(this.matrix.n)})`]];
    if (nBands > 1 && this.matrix.n <= bandedMost) levels.push(['classes', `classes (${formatNumber(nBands)})`]);
    const level = levels.some(([name]) => name === this.level) ? this.level
      : levels.length > 1 && this.matrix.n > groupsAtOnce ? 'classes' : 'groups';
    this.levelSelect.set(levels, level);
    this.levelSelect.node.hidden = levels.length === 1;
    this.tellSummary();
    this.useLevel(level);
    this.drawTable(levels.length > 1 && nBands <= tabledMost);
  }

  classes() {
    this.classGrid = this.classGrid || new ClassGrid(this.matrix, this.pool);
    return this.classGrid;
  }

  useLevel(level) {
    this.level = level;
    this.levelSelect.select.value = level;
    this.view.show(level === 'classes' ? this.classes() : new GroupGrid(this.matrix, this.pool));
    this.tell(...this.view.chosen, false);
  }

  tellSummary() {
    const {n_pairs: pairs, n_one_way: nOneWay} = this.matrix.raw;
    this.summary.textContent = `${visible(shortName(this.pool.name))}: ${plural(this.pool.n_hosts, 'host', 'hosts')} in ${
      plural(this.matrix.n, 'group', 'groups')} of like hosts. Of their ordered pairs, ${
      formatNumber(pairs.yes + pairs.warn)} are open, ${formatNumber(pairs.unknown)} not known, ${
      formatNumber(pairs.no)} closed; ${plural(nOneWay, 'pair goes', 'pairs go')} one way only.`;
    this.view.canvas.setAttribute('aria-label', this.summary.textContent);
  }

  drawTable(isShown) {
    replaceChildren(this.tableHolder, isShown
      ? lazyDetails('The same between classes, as a table', () => classTable(this.classes())) : null);
  }

  tell(row, column, isByKey) {
    const {grid} = this.view;
    if (this.level === 'classes') {
      replaceChildren(this.story, blockStory(grid, row, column, (...cell) => this.enter(...cell)));
      if (isByKey) this.spoken.textContent = blockSentence(grid, row, column);
      return;
    }
    const from = grid.order[row], to = grid.order[column];
    replaceChildren(this.story, pairStory(this.matrix, from, to));
    if (isByKey) this.spoken.textContent = pairSentence(this.matrix, from, to);
  }

  /* Into a cell: of classes, to their hosts; of hosts, to the reasons. */
  enter(row, column) {
    if (this.level !== 'classes') {
      this.story.focus();
      return;
    }
    const {blocks} = this.view.grid;
    const from = blocks[row], to = blocks[column];
    this.useLevel('groups');
    this.view.choose([from.begin, to.begin]);
    this.view.zoomTo(from.begin, to.begin, Math.max(from.end - from.begin, to.end - to.begin));
    this.view.canvas.focus({preventScroll: true});
  }

  /* ---- from elsewhere ---- */

  showPair(from, to) {
    const pool = hostPool(from);
    if (!pool || pool !== hostPool(to) || Object.keys(pool.matrices).length === 0) return false;
    if (pool !== this.pool) this.usePool(pool);
    const positions = [from, to].map((host) => this.matrix.positionOf(host));
    if (positions.includes(-1)) return false;
    if (this.level !== 'groups') this.useLevel('groups');
    const cell = positions.map((position) => this.view.grid.order.indexOf(position));
    if (this.view.grid.n > groupsAtOnce) this.view.zoomTo(0, 0, groupsAtOnce / 2);
    this.view.choose(cell, true);
    this.from.value = hostName(from);
    this.to.value = hostName(to);
    this.answer.textContent = '';
    append(this.answer, [verdictBadge(this.matrix.outcome(...positions).verdict)]);
    return true;
  }

  open(parameters) {
    const [from, to] = ['from', 'to'].map((key) => index.host.get(parameters.get(key)));
    if (from === undefined || to === undefined || !this.showPair(from, to)) return false;
    this.node.scrollIntoView();
    this.view.canvas.focus({preventScroll: true});
    return true;
  }
}

function matrixSection() {
  const pools = plan.pools.filter((pool) => Object.values(pool.matrices).some((matrix) => matrix.groups.length > 0));
  if (pools.length === 0) {
    return {node: section('matrix', 'Who can migrate where', null, nothing('There are no hosts to compare.'))};
  }
  const matrix = new MatrixSection(pools);
  return {node: matrix.node, redraw: () => matrix.view.redraw(), drawNow: () => matrix.view.draw(),
    places: [['from', (parameters) => matrix.open(parameters)]]};
}
