/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* How numbers, names and verdicts are written. */

const numberFormat = new Intl.NumberFormat('en');
const byVersion = new Intl.Collator('en', {numeric: true});
const longestName = 72;

function formatNumber(n) {
  return n === null || n === undefined ? '–' : numberFormat.format(n);
}

function plural(n, one, many) {
  return `${formatNumber(n)} ${n === 1 ? one : many}`;
}

function formatPercent(share) {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;
}

function formatMemory(kib) {
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const limits = [4096, 4096, 100000, 100000, Infinity]; /* one unit for hosts and classes, to compare them */
  let unit = 0;
  if (!kib) return '–';
  while (kib >= limits[unit]) {
    kib /= 1024;
    unit += 1;
  }
  return `${formatNumber(Math.round(kib))} ${units[unit]}`;
}

function formatTime(iso) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso || '') ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : 'unknown time';
}

function hex(n, width) {
  return n.toString(16).padStart(width, '0');
}

/* NAME, cut in its middle where it would fill the page. */
function shortName(name) {
  const letters = [...String(name)];
  return letters.length <= longestName ? String(name)
    : `${letters.slice(0, longestName - 20).join('')}…${letters.slice(-16).join('')}`;
}

/* A name from outside: kept apart from the text around it, whichever way it is written. */
function nameOf(name) {
  const short = shortName(name);
  return el('bdi', {class: 'name', title: short === name ? null : visible(name).slice(0, 2000)}, short);
}

/* What each verdict is called and shown as; the symbol tells it without colour. */
const verdicts = {
  yes: {label: 'yes', symbol: '✓'},
  oneway: {label: 'one way', symbol: '→'},
  warn: {label: 'with a remark', symbol: '!'},
  unknown: {label: 'not known', symbol: '?'},
  no: {label: 'no', symbol: '×'},
};
const kindsDrawn = Object.keys(verdicts);

function badge(kind, ...text) {
  return el('span', {class: `badge badge-${kind}`}, text);
}

function verdictBadge(verdict) {
  return badge(verdict, symbolOf(verdict), ' ', verdicts[verdict].label);
}

function symbolOf(kind) {
  return el('span', {'aria-hidden': 'true', class: 'symbol'}, verdicts[kind].symbol);
}

function swatch(kind) {
  return el('span', {class: `swatch fill-${kind}`, 'aria-hidden': 'true'}, verdicts[kind].symbol);
}

/* Words of code, such as features; those beyond MOST are folded away. */
function chips(words, most = 24) {
  const chip = (word) => [el('code', {class: 'chip'}, nameOf(word)), ' '];
  const rest = () => words.slice(most).map(chip);
  return el('span', {class: 'chips'}, words.slice(0, most).map(chip), words.length > most
    ? lazyDetails(`and ${formatNumber(words.length - most)} more`, rest) : null);
}

/* Links with commas between them; those beyond MOST are folded away. */
function linkList(links, most = 8) {
  const joined = (list) => list.flatMap((link, i) => (i === 0 ? [link()] : [', ', link()]));
  return el('span', {class: 'links'}, joined(links.slice(0, most)), links.length > most
    ? [' ', lazyDetails(`and ${formatNumber(links.length - most)} more`, () => joined(links.slice(most, 2000)))] : null);
}

/* Details whose content is made when they are opened. */
function lazyDetails(title, make, attributes = {}) {
  const body = el('div', {class: 'details-body'});
  const node = el('details', {...attributes, class: `more ${attributes.class || ''}`.trim()}, el('summary', {}, title), body);
  const fill = () => { if (!body.firstChild) replaceChildren(body, make()); };
  node.addEventListener('toggle', () => { if (node.open) fill(); });
  node.fill = fill;
  return node;
}

function fact(term, ...description) {
  return [el('dt', {}, term), el('dd', {}, description)];
}

function nothing(text) {
  return el('p', {class: 'nothing'}, text);
}

/* Where a section starts. COUNT is the figure that its heading and the navigation show. */
function section(id, title, count, ...children) {
  return el('section', {id, 'aria-labelledby': `${id}-title`, 'data-count': count},
    el('h2', {id: `${id}-title`, tabindex: '-1'}, title,
      count === null ? null : [' ', el('span', {class: 'count'}, formatNumber(count))]),
    children);
}
