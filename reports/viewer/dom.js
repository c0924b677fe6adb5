/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * Elements, numbers and words. Everything that comes from the plan goes through textContent or an
 * attribute that holds no code, so that no name can become markup.
 */

const svgNamespace = 'http://www.w3.org/2000/svg';

/* Control codes and direction marks, which would act or vanish, as something to see. */
function visible(text) {
  return String(text).replace(/[\u0000-\u001f]/g, (c) => String.fromCodePoint(0x2400 + c.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/* el('p', {class: 'note', onclick: f}, 'text', child): an element. Null children are left out. */
function el(tag, attributes, ...children) {
  const node = tag.startsWith('svg:')
    ? document.createElementNS(svgNamespace, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) {
      node.append(child instanceof Node ? child : visible(child));
    }
  }
  return node;
}

function replaceChildren(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null));
}

const numberFormat = new Intl.NumberFormat('en');

function formatNumber(n) {
  return n === null || n === undefined ? '–' : numberFormat.format(n);
}

function plural(n, one, many) {
  return `${formatNumber(n)} ${n === 1 ? one : many}`;
}

function formatPercent(share) {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

function formatMemory(kib) {
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  if (!kib) return '–';
  while (kib >= 4096 && unit + 1 < units.length) {
    kib /= 1024;
    unit += 1;
  }
  return `${formatNumber(Math.round(kib))} ${units[unit]}`;
}

function formatTime(iso) {
  return iso === null ? 'unknown time' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/* What each verdict is called and shown as; the symbol tells it without colour. */
const verdicts = {
  yes: {label: 'yes', symbol: '✓', text: 'can migrate'},
  warn: {label: 'with a remark', symbol: '!', text: 'can migrate, with something to know'},
  unknown: {label: 'not known', symbol: '?', text: 'not enough is known to say yes'},
  no: {label: 'no', symbol: '×', text: 'cannot migrate'},
};

function badge(kind, text) {
  return el('span', {class: `badge badge-${kind}`}, text);
}

function verdictBadge(verdict) {
  return badge(verdict, [el('span', {'aria-hidden': 'true'}, verdicts[verdict].symbol), ' ',
    verdicts[verdict].label]);
}

function chips(words, most = 24) {
  const shown = words.slice(0, most).map((word) => el('code', {class: 'chip'}, word));
  if (words.length > most) {
    shown.push(el('details', {class: 'more'},
      el('summary', {}, `and ${formatNumber(words.length - most)} more`),
      words.slice(most).map((word) => el('code', {class: 'chip'}, word))));
  }
  return el('span', {class: 'chips'}, shown);
}

/* The reasons of an outcome, as a list. */
function reasonList(outcome) {
  return el('ul', {class: 'reasons'}, outcome.blockers.map((blocker) => el('li', {},
    verdictBadge(blocker.severity), ' ', el('code', {class: 'check'}, blocker.check),
    el('p', {}, blocker.text),
    blocker.features.length > 0 ? chips(blocker.features) : null,
    blocker.remedy ? el('p', {class: 'remedy'}, 'Cure: ', blocker.remedy) : null)));
}

/* Where a section starts. COUNT is the figure that its heading shows. */
function section(id, title, count, ...children) {
  return el('section', {id, 'aria-labelledby': `${id}-title`, 'data-count': count},
    el('h2', {id: `${id}-title`}, title,
      count === null ? null : el('span', {class: 'count'}, formatNumber(count))),
    children);
}

function nothing(text) {
  return el('p', {class: 'nothing'}, text);
}
