/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * The migration matrix as a picture: rows migrate to columns, both ordered by class. Only the cells in
 * view are drawn, so its cost depends on the screen and not on the fleet. One cell is current; the
 * pointer or the arrow keys move it, and the panel beside tells its story.
 */

const maxCell = 40;
const bandFont = '600 12px system-ui, sans-serif';
const nameSize = 11;
const measuredMost = 500; /* names: the widest of so many are enough */
const namesCell = 10; /* from this size on, each row has its name */
const bandSpace = 18;
const kindsDrawn = ['yes', 'oneway', 'warn', 'unknown', 'no'];
const kindSymbols = {yes: '', oneway: '→', warn: '!', unknown: '?', no: '×'};

class MatrixView {
  constructor(onCurrent) {
    this.onCurrent = onCurrent;
    this.canvas = el('canvas', {tabindex: '0', role: 'application',
      'aria-roledescription': 'migration matrix', 'aria-describedby': 'matrix-help'});
    this.holder = el('div', {class: 'matrix-holder'}, this.canvas);
    this.current = [0, 0];
    this.query = '';
    this.drag = null;
    this.listen();
  }

  show(matrix, pool) {
    this.matrix = matrix;
    this.pool = pool;
    Object.assign(this, matrix.byClass());
    this.current = [0, Math.min(1, matrix.n - 1)];
    this.measureNames();
    this.fit();
  }

  /* ---- geometry ---- */

  /* How wide the names want to be. */
  measureNames() {
    const c = this.canvas.getContext('2d');
    const widest = (names) => Math.max(0, ...names.map((name) => c.measureText(visible(name)).width));
    c.font = bandFont;
    this.widestBand = widest(this.bands.slice(0, measuredMost).map((band) => this.bandName(band)));
    c.font = `600 ${nameSize}px system-ui, sans-serif`;
    this.widestName = widest(this.order.slice(0, measuredMost).map((_, at) => this.rowName(at)));
  }

  measure() {
    const width = this.holder.clientWidth || 720;
    this.width = width;
    this.isNamed = this.cell >= namesCell;
    this.bandWidth = Math.min(this.widestBand + 16, width * 0.24);
    this.nameWidth = Math.min(this.widestName + 20, width * 0.24, 180);
    this.top = bandSpace + (this.isNamed ? this.nameWidth : 8);
    this.left = this.bandWidth + (this.isNamed ? this.nameWidth : 0);
    this.viewWidth = Math.max(80, width - this.left - 2);
    this.viewHeight = Math.min(this.viewWidth, this.matrix.n * this.cell);
    this.height = this.top + this.viewHeight + 2;
  }

  fit() {
    this.cell = namesCell;
    this.measure();
    this.fitted = Math.min(maxCell, this.viewWidth / this.matrix.n);
    if (this.fitted < namesCell) {
      this.cell = namesCell - 0.01;
      this.measure();
      this.fitted = Math.min(namesCell - 0.01, this.viewWidth / this.matrix.n);
    }
    this.cell = this.fitted;
    this.x = 0;
    this.y = 0;
    this.redraw();
  }

  zoom(factor) {
    const old = this.cell;
    this.cell = Math.min(maxCell, Math.max(this.fitted, old * factor));
    this.keepInView(true);
    this.redraw();
  }

  clamp() {
    this.measure();
    const most = Math.max(0, this.matrix.n * this.cell - this.viewWidth);
    const mostDown = Math.max(0, this.matrix.n * this.cell - this.viewHeight);
    this.x = Math.min(most, Math.max(0, this.x));
    this.y = Math.min(mostDown, Math.max(0, this.y));
  }

  keepInView(isCentred) {
    this.measure();
    const place = (at, shift, space) => {
      const begin = at * this.cell;
      if (isCentred) return begin - space / 2;
      if (begin < shift) return begin;
      return begin + this.cell > shift + space ? begin + this.cell - space : shift;
    };
    this.y = place(this.current[0], this.y, this.viewHeight);
    this.x = place(this.current[1], this.x, this.viewWidth);
  }

  /* The cell at a point of the canvas; null outside the grid. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - this.left + this.x) / this.cell);
    const row = Math.floor((event.clientY - box.top - this.top + this.y) / this.cell);
    const isInside = event.clientX - box.left >= this.left && event.clientY - box.top >= this.top &&
      column >= 0 && row >= 0 && column < this.matrix.n && row < this.matrix.n;
    return isInside ? [row, column] : null;
  }

  /* ---- input ---- */

  listen() {
    const c = this.canvas;
    c.addEventListener('pointermove', (event) => this.onMove(event));
    c.addEventListener('pointerdown', (event) => {
      c.focus({preventScroll: true});
      this.drag = {x: event.clientX + this.x, y: event.clientY + this.y};
      c.setPointerCapture(event.pointerId);
    });
    c.addEventListener('pointerup', () => { this.drag = null; });
    c.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const cell = this.at(event);
      if (cell) this.move(cell);
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8);
    }, {passive: false});
    c.addEventListener('keydown', (event) => this.onKey(event));
  }

  onMove(event) {
    if (this.drag && event.buttons) {
      this.x = this.drag.x - event.clientX;
      this.y = this.drag.y - event.clientY;
      this.redraw();
      return;
    }
    const cell = this.at(event);
    if (cell && (cell[0] !== this.current[0] || cell[1] !== this.current[1])) this.move(cell);
  }

  onKey(event) {
    const last = this.matrix.n - 1;
    const step = event.shiftKey ? 10 : 1;
    const [row, column] = this.current;
    const keys = {
      ArrowUp: [row - step, column], ArrowDown: [row + step, column],
      ArrowLeft: [row, column - step], ArrowRight: [row, column + step],
      Home: [row, 0], End: [row, last], PageUp: [0, column], PageDown: [last, column],
    };
    if (keys[event.key]) {
      this.move(keys[event.key].map((at) => Math.min(last, Math.max(0, at))), true);
    } else if (event.key === '+' || event.key === '=') {
      this.zoom(1.5);
    } else if (event.key === '-') {
      this.zoom(1 / 1.5);
    } else if (event.key === '0') {
      this.fit();
    } else {
      return;
    }
    event.preventDefault();
  }

  move(cell, isByKey) {
    this.current = cell;
    if (isByKey) this.keepInView(false);
    this.redraw();
    this.onCurrent(this.order[cell[0]], this.order[cell[1]]);
  }

  /* ---- drawing ---- */

  redraw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(name).trim();
    const colours = {ink: of('--ink'), muted: of('--muted'), line: of('--line'), surface: of('--surface'),
      accent: of('--accent'), mark: of('--mark')};
    for (const kind of kindsDrawn) {
      colours[kind] = of(`--fill-${kind}`);
      colours[`on-${kind}`] = of(`--on-${kind}`);
    }
    return colours;
  }

  draw() {
    if (!this.matrix || this.matrix.n === 0) return;
    this.clamp();
    const ratio = window.devicePixelRatio || 1;
    const c = this.canvas.getContext('2d');
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    c.scale(ratio, ratio);
    this.paint = this.colours();
    c.save();
    c.beginPath();
    c.rect(this.left, this.top, this.viewWidth, this.viewHeight);
    c.clip();
    if (this.cell < 3) this.drawPixels(c, ratio);
    else this.drawCells(c);
    this.drawBands(c);
    this.drawCurrent(c);
    c.restore();
    this.drawLabels(c);
  }

  /* The range of cells in view, of rows or columns. */
  range(shift, space) {
    return [Math.floor(shift / this.cell),
      Math.min(this.matrix.n, Math.ceil((shift + space) / this.cell))];
  }

  drawCells(c) {
    const [firstRow, lastRow] = this.range(this.y, this.viewHeight);
    const [firstColumn, lastColumn] = this.range(this.x, this.viewWidth);
    const gap = this.cell >= 8 ? 1 : 0;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.font = `600 ${Math.min(15, this.cell * 0.5)}px system-ui, sans-serif`;
    for (let row = firstRow; row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        const kind = this.matrix.kind(this.order[row], this.order[column]);
        const x = this.left + column * this.cell - this.x;
        const y = this.top + row * this.cell - this.y;
        c.fillStyle = this.paint[kind];
        c.fillRect(x, y, this.cell - gap, this.cell - gap);
        if (this.cell >= 16 && kindSymbols[kind]) {
          c.fillStyle = this.paint[`on-${kind}`];
          c.fillText(kindSymbols[kind], x + this.cell / 2, y + this.cell / 2);
        }
      }
    }
  }

  /* Cells smaller than a few pixels: one pixel at a time. */
  drawPixels(c, ratio) {
    const width = Math.max(1, Math.round(this.viewWidth * ratio));
    const height = Math.max(1, Math.round(this.viewHeight * ratio));
    const image = c.createImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    const colours = Object.fromEntries(kindsDrawn.map((kind) => [kind, pixelOf(this.paint[kind])]));
    const columns = Array.from({length: width}, (_, px) =>
      this.order[Math.min(this.matrix.n - 1, Math.floor((px / ratio + this.x) / this.cell))]);
    for (let py = 0; py < height; py++) {
      const row = this.order[Math.min(this.matrix.n - 1, Math.floor((py / ratio + this.y) / this.cell))];
      for (let px = 0; px < width; px++) {
        words[py * width + px] = colours[this.matrix.kind(row, columns[px])];
      }
    }
    c.putImageData(image, Math.round(this.left * ratio), Math.round(this.top * ratio));
  }

  drawBands(c) {
    c.strokeStyle = this.paint.ink;
    c.lineWidth = 1;
    c.globalAlpha = 0.55;
    const right = this.left + Math.min(this.viewWidth, this.matrix.n * this.cell - this.x);
    const bottom = this.top + Math.min(this.viewHeight, this.matrix.n * this.cell - this.y);
    for (const band of this.bands.slice(1)) {
      const x = Math.round(this.left + band.begin * this.cell - this.x) - 0.5;
      const y = Math.round(this.top + band.begin * this.cell - this.y) - 0.5;
      c.beginPath();
      c.moveTo(x, this.top);
      c.lineTo(x, bottom);
      c.moveTo(this.left, y);
      c.lineTo(right, y);
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  drawCurrent(c) {
    const [row, column] = this.current;
    const size = Math.max(6, this.cell);
    c.strokeStyle = this.paint.accent;
    c.lineWidth = 2;
    c.strokeRect(this.left + column * this.cell - this.x - (size - this.cell) / 2,
      this.top + row * this.cell - this.y - (size - this.cell) / 2, size - 1, size - 1);
  }

  bandName(band) {
    const klass = this.pool.classes[band.klass];
    return klass ? klass.name : 'no class';
  }

  rowName(at) {
    const g = group(this.matrix, this.order[at]);
    return g.n_hosts > 1 ? `${g.name} ×${g.n_hosts}` : g.name;
  }

  isFound(position) {
    if (this.query === '') return false;
    return group(this.matrix, position).hosts.some((host) =>
      hostName(host).toLowerCase().includes(this.query));
  }

  drawLabels(c) {
    c.textBaseline = 'middle';
    if (this.isNamed) this.drawNames(c);
    for (const band of this.bands) {
      const begin = band.begin * this.cell, end = band.end * this.cell;
      const yBegin = Math.max(0, begin - this.y), yEnd = Math.min(this.viewHeight, end - this.y);
      const xBegin = Math.max(0, begin - this.x), xEnd = Math.min(this.viewWidth, end - this.x);
      const name = this.bandName(band);
      c.font = bandFont;
      c.fillStyle = this.paint.ink;
      c.textAlign = 'left';
      if (yEnd - yBegin > 12) {
        c.fillText(cut(c, name, this.bandWidth - 14), 0, this.top + (yBegin + yEnd) / 2);
      }
      if (xEnd - xBegin > c.measureText(name).width + 4) {
        c.fillText(visible(name), this.left + xBegin + 2, bandSpace / 2);
      }
      c.fillStyle = this.paint.line;
      c.fillRect(this.left + xBegin, bandSpace, Math.max(0, xEnd - xBegin - 2), 2);
      c.fillRect(this.left - 5, this.top + yBegin, 2, Math.max(0, yEnd - yBegin - 2));
    }
  }

  drawNames(c) {
    const [firstRow, lastRow] = this.range(this.y, this.viewHeight);
    const [firstColumn, lastColumn] = this.range(this.x, this.viewWidth);
    const size = Math.min(nameSize, this.cell - 0.5);
    const style = (at, isCurrent) => {
      c.font = `${isCurrent ? '600 ' : ''}${size}px system-ui, sans-serif`;
      c.fillStyle = this.isFound(this.order[at]) ? this.paint.mark
        : isCurrent ? this.paint.ink : this.paint.muted;
    };
    c.textAlign = 'right';
    for (let row = firstRow; row < lastRow; row++) {
      const y = this.top + (row + 0.5) * this.cell - this.y;
      if (y < this.top || y > this.top + this.viewHeight) continue;
      style(row, row === this.current[0]);
      c.fillText(cut(c, this.rowName(row), this.nameWidth - 12), this.left - 10, y);
    }
    c.textAlign = 'left';
    for (let column = firstColumn; column < lastColumn; column++) {
      const x = this.left + (column + 0.5) * this.cell - this.x;
      if (x < this.left || x > this.left + this.viewWidth) continue;
      style(column, column === this.current[1]);
      c.save();
      c.translate(x, this.top - 6);
      c.rotate(-Math.PI / 2);
      c.fillText(cut(c, this.rowName(column), this.nameWidth - 14), 0, 0);
      c.restore();
    }
  }
}

/* NAME, cut to WIDTH with an ellipsis. */
function cut(c, name, width) {
  const text = visible(name);
  if (c.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && c.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

/* "#rrggbb" as a pixel of an ImageData seen as words, little-endian. */
function pixelOf(colour) {
  const n = parseInt(colour.slice(1), 16);
  return ((255 << 24) | ((n & 0xff) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}
