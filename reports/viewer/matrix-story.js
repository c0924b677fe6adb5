/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* What the matrix has to tell of a pair: of groups of hosts, or of classes; for eyes and for ears. */

const mostReasons = 12;

function reasonItem(blocker, detail) {
  return el('li', {}, verdictBadge(blocker.severity), ' ', el('code', {class: 'check'}, blocker.check), detail,
    el('p', {}, blocker.text),
    blocker.features.length > 0 ? lazyDetails(plural(blocker.features.length, 'feature', 'features'),
      () => chips(blocker.features, 200)) : null,
    blocker.remedy ? el('p', {class: 'remedy'}, el('span', {'aria-hidden': 'true'}, '→ '), blocker.remedy) : null);
}

function wayPart(title, matrix, from, to) {
  const outcome = matrix.outcome(from, to);
  return el('div', {class: 'way'}, el('h3', {class: 'minor'}, title, ' ', verdictBadge(outcome.verdict)),
    outcome.blockers.length === 0 ? el('p', {class: 'muted'}, 'Every check passes.')
      : el('ul', {class: 'reasons'}, outcome.blockers.map((blocker) => reasonItem(blocker))));
}

function groupHosts(g) {
  return hostLinks(g.hosts, 6);
}

function groupFact(term, g) {
  const klass = groupClass(g);
  return fact(term, g.n_hosts === 1 ? groupHosts(g) : [el('b', {}, groupLabel(g)), el('br'), groupHosts(g)],
    klass ? el('span', {class: 'muted'}, ' in ', classLink(plan.pools[g.pool], klass)) : null);
}

function pairStory(matrix, from, to) {
  const source = matrix.group(from), target = matrix.group(to);
  if (from === to) {
    return [el('dl', {class: 'facts'}, groupFact('Hosts', source)),
      source.n_hosts > 1 ? wayPart('Between them', matrix, from, to) : el('p', {class: 'muted'}, 'The host itself.')];
  }
  return [el('dl', {class: 'facts'}, groupFact('From', source), groupFact('To', target)),
    matrix.isOneWay(from, to) ? el('p', {}, badge('oneway', symbolOf('oneway'), ' one way'), ' It could not come back.') : null,
    wayPart('There', matrix, from, to), wayPart('And back', matrix, to, from)];
}

/* For screen readers: the pair in one sentence. */
function pairSentence(matrix, from, to) {
  const outcome = matrix.outcome(from, to);
  const reasons = outcome.blockers.slice(0, 3).map((blocker) => blocker.text).join(' ');
  return `From ${groupLabel(matrix.group(from))} to ${groupLabel(matrix.group(to))}: ${verdicts[outcome.verdict].label}${
    matrix.isOneWay(from, to) ? ', one way' : ''}. ${reasons}`;
}

function tallies(mix, counts) {
  return el('ul', {class: 'tallies'}, kindsDrawn.filter((kind) => counts[kind]).map((kind) =>
    el('li', {}, verdictBadge(kind), ` ${plural(counts[kind], 'pair', 'pairs')}`)));
}

function blockWay(title, grid, from, to) {
  const counts = grid.counts[from][to];
  const reasons = grid.matrix.bandReasons(grid.order, grid.blocks[from], grid.blocks[to]);
  return el('div', {class: 'way'}, el('h3', {class: 'minor'}, title),
    Object.keys(counts).length === 0 ? el('p', {class: 'muted'}, 'A single host.') : tallies(grid.mixes[from][to], counts),
    reasons.length === 0 ? null : el('ul', {class: 'reasons'}, reasons.slice(0, mostReasons).map(([blocker, n]) =>
      reasonItem(blocker, el('span', {class: 'muted'}, ` ${plural(n, 'pair', 'pairs')}`)))),
    reasons.length <= mostReasons ? null
      : el('p', {class: 'muted'}, `and ${formatNumber(reasons.length - mostReasons)} other reasons`));
}

function blockStory(grid, from, to, onEnter) {
  const open = el('button', {type: 'button', onclick: () => onEnter(from, to)}, 'Show its hosts');
  const name = (at) => el('b', {}, nameOf(grid.blocks[at].name));
  const facts = from === to ? fact('Class', name(from)) : [fact('From', name(from)), fact('To', name(to))];
  return [el('dl', {class: 'facts'}, facts),
    open, from === to ? blockWay('Between its hosts', grid, from, to)
      : [blockWay('There', grid, from, to), blockWay('And back', grid, to, from)]];
}

function blockSentence(grid, from, to) {
  const counts = grid.counts[from][to];
  const parts = kindsDrawn.filter((kind) => counts[kind])
    .map((kind) => `${plural(counts[kind], 'pair', 'pairs')} ${verdicts[kind].label}`);
  return `From class ${grid.rowName(from)} to ${grid.rowName(to)}: ${parts.join(', ') || 'a single host'}.`;
}

/* The same between classes, for those who read no picture. */
function classTable(grid) {
  const cell = (counts) => {
    const kinds = kindsDrawn.filter((kind) => counts[kind]);
    return el('td', {}, kinds.length === 0 ? '–' : kinds.map((kind) => el('span', {class: 'tally'},
      verdictBadge(kind), ` ${formatNumber(counts[kind])} `)));
  };
  return el('div', {class: 'table-scroll'},
    el('table', {}, el('caption', {class: 'visually-hidden'}, 'Pairs of hosts between classes'),
      el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'from \\ to'),
        grid.blocks.map((block) => el('th', {scope: 'col'}, nameOf(block.name))))),
      el('tbody', {}, grid.blocks.map((block, i) => el('tr', {}, el('th', {scope: 'row'}, nameOf(block.name)),
        grid.counts[i].map(cell))))));
}
