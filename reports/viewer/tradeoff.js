/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Classes against loss: what each number of classes would give up, as a plot and as a table. */

const plot = {width: 520, height: 230, left: 58, right: 20, top: 26, bottom: 44};

/* A round number not below MOST, and the steps to it. */
function niceScale(most) {
  const size = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.25, 0.5, 1, 2.5].map((factor) => factor * size).find((each) => each * 4 >= most);
  return Array.from({length: Math.ceil(most / step - 1e-9) + 1}, (_, i) => i * step);
}

function plotFrame(x, y, ticks, counts) {
  const {width, height, left, right, bottom} = plot;
  const isWhole = ticks.every((loss) => Math.abs(loss * 100 - Math.round(loss * 100)) < 1e-6);
  return [
    ticks.map((loss) => [
      el('svg:line', {x1: left, x2: width - right, y1: y(loss), y2: y(loss), class: 'grid-line'}),
      el('svg:text', {x: left - 10, y: y(loss) + 4, class: 'tick', 'text-anchor': 'end'},
        `${(loss * 100).toFixed(isWhole ? 0 : ticks[1] < 0.01 ? 2 : 1)} %`)]),
    counts.map((n) => el('svg:text', {x: x(n), y: height - bottom + 20, class: 'tick', 'text-anchor': 'middle'}, String(n))),
    el('svg:text', {x: left, y: 12, class: 'tick', 'text-anchor': 'middle'}, 'gives up'),
    el('svg:text', {x: width - right, y: height - 6, class: 'tick', 'text-anchor': 'end'}, 'number of classes'),
  ];
}

function plotPoint(point, x, y) {
  const [cx, cy] = [x(point.n_classes), y(point.loss)];
  const isOnTheRight = cx > plot.width / 2;
  const label = `${plural(point.n_classes, 'class', 'classes')}: gives up ${formatPercent(point.loss)}${
    point.is_chosen ? ', the plan' : ''}`;
  return el('svg:g', {}, el('svg:title', {}, label),
    el('svg:circle', {cx, cy, r: point.is_chosen ? 7 : 4.5, 'data-classes': point.n_classes, 'data-loss': point.loss,
      class: `plot-point${point.is_chosen ? ' is-chosen' : point.is_exact ? '' : ' is-found'}`}),
    point.is_chosen ? el('svg:text', {x: isOnTheRight ? cx + 8 : cx + 12, y: isOnTheRight ? cy - 14 : cy - 10,
      class: 'plot-label', 'text-anchor': isOnTheRight ? 'end' : 'start'},
      `the plan: ${plural(point.n_classes, 'class', 'classes')}, ${formatPercent(point.loss)}`) : null);
}

function tradeoffTable(points) {
  const head = (title) => el('th', {scope: 'col', class: 'number'}, title);
  return el('table', {class: 'plain'}, el('caption', {class: 'visually-hidden'}, 'What each number of classes gives up'),
    el('thead', {}, el('tr', {}, head('Classes'), head('Gives up'), el('th', {scope: 'col'}, ''))),
    el('tbody', {}, points.map((point) => el('tr', {},
      el('th', {scope: 'row', class: 'number'}, formatNumber(point.n_classes)),
      el('td', {class: 'number'}, formatPercent(point.loss)),
      el('td', {}, [point.is_chosen ? 'the plan' : null, point.is_kept ? 'keeps the published templates' : null,
        point.is_exact ? 'proven best' : 'best found'].filter(Boolean).join(', '))))));
}

function tradeoffPlot(pool) {
  const points = pool.tradeoff;
  if (points.length < 2) return null;
  const {width, height, left, right, top, bottom} = plot;
  const ticks = niceScale(Math.max(...points.map((point) => point.loss || 0), 0.001));
  const first = points[0].n_classes, last = points[points.length - 1].n_classes;
  const x = (n) => left + 14 + (width - left - right - 28) * (n - first) / Math.max(1, last - first);
  const y = (loss) => top + (height - top - bottom) * (1 - (loss || 0) / ticks[ticks.length - 1]);
  const step = Math.ceil((last - first + 1) / 12);
  const counts = points.map((point) => point.n_classes).filter((n) => (n - first) % step === 0);
  const isGuessed = points.some((point) => !point.is_exact && !point.is_chosen);
  const isKept = points.some((point) => point.is_chosen && point.is_kept);
  const svg = el('svg:svg', {viewBox: `0 0 ${width} ${height}`, class: 'plot', role: 'img',
    'aria-label': `Classes against loss in pool ${pool.name}; the table below has the figures`},
  plotFrame(x, y, ticks, counts),
  el('svg:polyline', {points: points.map((point) => `${x(point.n_classes)},${y(point.loss)}`).join(' '), class: 'plot-line'}),
  points.map((point) => plotPoint(point, x, y)));
  return el('figure', {class: 'tradeoff', 'data-pool': pool.name},
    el('figcaption', {}, el('h4', {}, 'Fewer classes, or less given up'),
      el('p', {class: 'muted small'}, 'More classes give up fewer features, and part the pool into smaller islands.',
        isGuessed ? ' Hollow points are the best that was found, not proven best.' : '',
        isKept ? ' The plan keeps the published templates, whatever else would give up less.' : '')),
    svg, lazyDetails('The figures', () => tradeoffTable(points)));
}
