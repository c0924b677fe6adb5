/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * The migration matrix as a picture: rows migrate to columns. Only the cells in view are drawn, so its
 * cost depends on the screen and not on the fleet. One cell is chosen, by a click or the arrow keys; the
 * one under the pointer is only looked at, and leaving the picture comes back to the chosen one.
 */

const largestCell = 44;
const nameFont = 'system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';
const nameSize = 12;
const measuredMost = 500; /* names: the widest of so many are enough */
const namesCell = 11; /* from this size on, each row has its name */
const bandSpace = 20;
const narrow = 560; /* below this there is no room for the classes' names beside the hosts' */

class MatrixView {
  /* onLook(row, column, isByKey), onEnter(row, column) */
  constructor({onLook, onEnter}) {
    this.onLook = onLook;
    this.onEnter = onEnter;
    this.canvas = el('canvas', {tabindex: '0', role: 'application',
      'aria-roledescription': 'migration matrix', 'aria-describedby': 'matrix-help'});
    this.holder = el('div', {class: 'matrix-holder'}, this.canvas);
    this.holder.view = this;
    this.chosen = [0, 0];
    this.looked = null;
    this.drag = null;
    this.listen();
  }

  show(grid) {
    this.grid = grid;
    this.looked = null;
    this.chosen = [0, Math.min(1, grid.n - 1)];
    this.measureNames();
    this.fit();
  }

  current() {
    return this.looked || this.chosen;
  }

  /* ---- geometry ---- */

  /* How wide the names want to be. */
  measureNames() {
    const c = this.canvas.getContext('2d');
    const widest = (names) => Math.max(0, ...names.map((name) => c.measureText(visible(name)).width));
    c.font = `600 ${nameSize}px ${nameFont}`;
    this.widestBand = widest(this.grid.bands.slice(0, measuredMost).map((band) => shortName(band.name)));
    this.widestName = widest(Array.from({length: Math.min(this.grid.n, measuredMost)}, (_, at) => this.grid.rowName(at)));
  }

  measure() {
    const width = this.holder.clientWidth || 720;
    this.width = width;
    this.isNamed = this.cell >= namesCell;
    const isBanded = this.grid.bands.length > 0;
    this.bandWidth = isBanded && width >= narrow ? Math.min(this.widestBand + 18, width * 0.24) : 0;
    this.nameWidth = Math.min(this.widestName + 18, width * (this.bandWidth > 0 ? 0.2 : 0.32), 190);
    this.isTurned = isBanded && !this.isNamed; /* the classes' names stand where the hosts' would */
    this.top = this.isTurned ? Math.min(this.widestBand + 24, 190)
      : (isBanded ? bandSpace : 4) + (this.isNamed ? this.nameWidth : 8);
    this.left = this.bandWidth + (this.isNamed ? this.nameWidth : 0);
    this.viewWidth = Math.max(80, width - this.left - 2);
    this.viewHeight = Math.min(this.viewWidth, this.grid.n * this.cell);
    this.height = this.top + this.viewHeight + 2;
  }

  /* The room has changed: what was fitted is fitted anew, what was zoomed stays so. */
  resize() {
    const {cell, fitted} = this;
    this.fit();
    if (cell <= fitted || cell <= this.fitted) return;
    this.cell = cell;
    this.keepInView(true);
  }

  fit() {
    this.cell = namesCell;
    this.measure();
    this.fitted = Math.min(largestCell, this.viewWidth / this.grid.n);
    if (this.fitted < namesCell) {
      this.cell = namesCell - 0.01;
      this.measure();
      this.fitted = Math.min(namesCell - 0.01, this.viewWidth / this.grid.n);
    }
    this.cell = this.fitted;
    this.x = 0;
    this.y = 0;
    this.redraw();
  }

  zoom(factor) {
    this.cell = Math.min(largestCell, Math.max(this.fitted, this.cell * factor));
    this.keepInView(true);
    this.redraw();
  }

  /* So many cells from ROW and COLUMN fill the view. */
  zoomTo(row, column, n) {
    this.measure();
    this.cell = Math.min(largestCell, Math.max(this.fitted, this.viewWidth / Math.max(1, n)));
    this.measure();
    this.y = row * this.cell;
    this.x = column * this.cell;
    this.redraw();
  }

  clamp() {
    this.measure();
    const most = Math.max(0, this.grid.n * this.cell - this.viewWidth);
    const mostDown = Math.max(0, this.grid.n * this.cell - this.viewHeight);
    this.x = Math.min(most, Math.max(0, this.x));
    this.y = Math.min(mostDown, Math.max(0, this.y));
    this.canvas.classList.toggle('is-zoomed', most > 0.5);
  }

  keepInView(isCentred) {
    this.measure();
    const place = (at, shift, space) => {
      const begin = at * this.cell;
      if (isCentred) return begin - space / 2;
      if (begin < shift) return begin;
      return begin + this.cell > shift + space ? begin + this.cell - space : shift;
    };
    this.y = place(this.current()[0], this.y, this.viewHeight);
    this.x = place(this.current()[1], this.x, this.viewWidth);
  }

  /* The cell at a point of the canvas; null outside the grid. */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left - this.left, y = event.clientY - box.top - this.top;
    if (x < 0 || y < 0 || x >= this.viewWidth || y >= this.viewHeight) return null;
    const column = Math.floor((x + this.x) / this.cell), row = Math.floor((y + this.y) / this.cell);
    return column < this.grid.n && row < this.grid.n ? [row, column] : null;
  }

  /* ---- input ---- */

  listen() {
    const c = this.canvas;
    c.addEventListener('pointermove', (event) => this.onMove(event));
    c.addEventListener('pointerleave', () => this.lookAt(null));
    c.addEventListener('pointerdown', (event) => {
      this.drag = {x: event.clientX + this.x, y: event.clientY + this.y, atX: event.clientX, atY: event.clientY};
      c.setPointerCapture(event.pointerId);
    });
    c.addEventListener('pointerup', (event) => this.onUp(event));
    c.addEventListener('pointercancel', () => { this.drag = null; });
    c.addEventListener('dblclick', (event) => {
      const cell = this.at(event);
      if (cell) this.onEnter(...cell);
    });
    c.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.lookAt(this.at(event));
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8);
    }, {passive: false});
    c.addEventListener('keydown', (event) => this.onKey(event));
    c.addEventListener('focus', () => this.redraw());
    c.addEventListener('blur', () => this.redraw());
  }

  onMove(event) {
    if (this.drag && event.buttons && this.canvas.classList.contains('is-zoomed')) {
      this.x = this.drag.x - event.clientX;
      this.y = this.drag.y - event.clientY;
      this.redraw();
      return;
    }
    if (event.pointerType === 'mouse') this.lookAt(this.at(event));
  }

  onUp(event) {
    const isClick = this.drag && Math.abs(event.clientX - this.drag.atX) + Math.abs(event.clientY - this.drag.atY) < 6;
    const cell = this.at(event);
    this.drag = null;
    this.canvas.focus({preventScroll: true});
    if (isClick && cell) this.choose(cell);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.grid.n - 1;
    const step = event.shiftKey ? 10 : 1;
    const [row, column] = this.chosen;
    const keys = {
      ArrowUp: [row - step, column], ArrowDown: [row + step, column],
      ArrowLeft: [row, column - step], ArrowRight: [row, column + step],
      Home: [row, 0], End: [row, last], PageUp: [0, column], PageDown: [last, column],
    };
    if (keys[event.key]) {
      this.choose(keys[event.key].map((at) => Math.min(last, Math.max(0, at))), true);
    } else if (event.key === 'Enter') {
      this.onEnter(row, column);
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

  lookAt(cell) {
    const was = this.current();
    this.looked = cell;
    const now = this.current();
    if (was[0] === now[0] && was[1] === now[1]) return;
    this.redraw();
    this.onLook(now[0], now[1], false);
  }

  choose(cell, isByKey) {
    this.chosen = cell;
    this.looked = null;
    if (isByKey) this.keepInView(false);
    this.redraw();
    this.onLook(cell[0], cell[1], isByKey);
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
    const colours = {ink: of('--ink'), muted: of('--muted'), line: of('--line'), strong: of('--strong-line'),
      accent: of('--accent')};
    for (const kind of [...kindsDrawn, 'none']) {
      colours[kind] = of(`--fill-${kind}`);
      colours[`on-${kind}`] = of(`--on-${kind}`);
    }
    return colours;
  }

  draw() {
    if (!this.grid || this.grid.n === 0) return;
    this.clamp();
    const ratio = window.devicePixelRatio || 1;
    const c = this.canvas.getContext('2d');
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    styled(this.canvas, 'width', `${this.width}px`);
    styled(this.canvas, 'height', `${this.height}px`);
    c.scale(ratio, ratio);
    this.paint = this.colours();
    c.save();
    c.beginPath();
    c.rect(this.left, this.top, this.viewWidth + 1, this.viewHeight + 1);
    c.clip();
    if (this.cell < 3) this.drawPixels(c, ratio);
    else this.drawCells(c);
    this.drawBands(c);
    this.drawCross(c);
    c.restore();
    this.drawLabels(c);
  }

  /* The range of cells in view, of rows or columns. */
  range(shift, space) {
    return [Math.floor(shift / this.cell), Math.min(this.grid.n, Math.ceil((shift + space) / this.cell))];
  }

  drawCells(c) {
    const [firstRow, lastRow] = this.range(this.y, this.viewHeight);
    const [firstColumn, lastColumn] = this.range(this.x, this.viewWidth);
    const gap = this.cell >= 8 ? 1 : 0;
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.font = `600 ${Math.min(15, this.cell * 0.46)}px ${nameFont}`;
    for (let row = firstRow; row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        this.drawCell(c, row, column, this.cell - gap);
      }
    }
  }

  drawCell(c, row, column, size) {
    const kind = this.grid.kind(row, column), mix = this.grid.mix(row, column);
    const x = Math.round(this.left + column * this.cell - this.x);
    const y = Math.round(this.top + row * this.cell - this.y);
    if (mix) {
      this.drawMix(c, mix, x, y, size);
      return;
    }
    c.fillStyle = this.paint[kind];
    c.fillRect(x, y, Math.ceil(size), Math.ceil(size));
    if (this.cell >= 14 && kind !== 'none' && (kind !== 'yes' || this.cell >= 22)) {
      c.fillStyle = this.paint[`on-${kind}`];
      c.fillText(verdicts[kind].symbol, x + size / 2, y + size / 2 + 0.5);
    }
  }

  /* Several verdicts: stripes as high as their shares. */
  drawMix(c, mix, x, y, size) {
    let at = y;
    for (const [kind, share] of mix) {
      const height = size * share;
      c.fillStyle = this.paint[kind];
      c.fillRect(x, at, size, height + 0.5);
      if (height >= 13) {
        c.fillStyle = this.paint[`on-${kind}`];
        c.fillText(verdicts[kind].symbol, x + size / 2, at + height / 2 + 0.5);
      }
      at += height;
    }
  }

  /* Cells smaller than a few pixels: one pixel at a time. */
  drawPixels(c, ratio) {
    const width = Math.max(1, Math.round(this.viewWidth * ratio));
    const height = Math.max(1, Math.round(this.viewHeight * ratio));
    const image = c.createImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    const colours = Object.fromEntries([...kindsDrawn, 'none'].map((kind) => [kind, pixelOf(this.paint[kind])]));
    const last = this.grid.n - 1;
    const columns = Int32Array.from({length: width}, (_, px) => Math.min(last, Math.floor((px / ratio + this.x) / this.cell)));
    let before = -1;
    for (let py = 0; py < height; py++) {
      const row = Math.min(last, Math.floor((py / ratio + this.y) / this.cell));
      if (row === before) {
        words.copyWithin(py * width, (py - 1) * width, py * width);
        continue;
      }
      for (let px = 0; px < width; px++) {
        words[py * width + px] = px > 0 && columns[px] === columns[px - 1] ? words[py * width + px - 1]
          : colours[this.grid.kind(row, columns[px])];
      }
      before = row;
    }
    c.putImageData(image, Math.round(this.left * ratio), Math.round(this.top * ratio));
  }

  drawBands(c) {
    c.strokeStyle = this.paint.strong;
    c.lineWidth = 1;
    const right = this.left + Math.min(this.viewWidth, this.grid.n * this.cell - this.x);
    const bottom = this.top + Math.min(this.viewHeight, this.grid.n * this.cell - this.y);
    c.beginPath();
    for (const band of this.grid.bands.slice(1)) {
      const x = Math.round(this.left + band.begin * this.cell - this.x) - 0.5;
      const y = Math.round(this.top + band.begin * this.cell - this.y) - 0.5;
      c.moveTo(x, this.top);
      c.lineTo(x, bottom);
      c.moveTo(this.left, y);
      c.lineTo(right, y);
    }
    c.stroke();
  }

  /* The current cell, and faintly its row and column. */
  drawCross(c) {
    const frame = ([row, column], width, dash) => {
      const size = Math.max(7, this.cell);
      c.setLineDash(dash);
      c.lineWidth = width;
      c.strokeRect(this.left + column * this.cell - this.x - (size - this.cell) / 2 + width / 2 - 1,
        this.top + row * this.cell - this.y - (size - this.cell) / 2 + width / 2 - 1, size - width + 1, size - width + 1);
    };
    const [row, column] = this.current();
    c.globalAlpha = 0.16;
    c.fillStyle = this.paint.accent;
    const x = this.left + column * this.cell - this.x, y = this.top + row * this.cell - this.y;
    c.fillRect(this.left, y, Math.min(this.viewWidth, this.grid.n * this.cell), Math.max(1, this.cell - 1));
    c.fillRect(x, this.top, Math.max(1, this.cell - 1), this.viewHeight);
    c.globalAlpha = 1;
    c.strokeStyle = this.paint.ink;
    if (this.looked) frame(this.chosen, 1.5, [3, 2]);
    frame(this.current(), 3, []);
    c.setLineDash([]);
  }

  drawLabels(c) {
    c.textBaseline = 'middle';
    if (this.isNamed) this.drawNames(c);
    const [row, column] = this.current();
    for (const band of this.grid.bands) {
      const begin = band.begin * this.cell, end = band.end * this.cell;
      const yBegin = Math.max(0, begin - this.y), yEnd = Math.min(this.viewHeight, end - this.y);
      const xBegin = Math.max(0, begin - this.x), xEnd = Math.min(this.viewWidth, end - this.x);
      const name = shortName(band.name);
      const isIn = (at) => at >= band.begin && at < band.end;
      c.textAlign = 'left';
      c.font = `600 ${nameSize}px ${nameFont}`;
      if (yEnd - yBegin > 12 && this.bandWidth > 0) {
        c.fillStyle = isIn(row) ? this.paint.ink : this.paint.muted;
        c.fillText(cut(c, name, this.bandWidth - 16), 0, this.top + (yBegin + yEnd) / 2);
      }
      c.fillStyle = isIn(column) ? this.paint.ink : this.paint.muted;
      if (this.isTurned && xEnd - xBegin > 11) {
        this.drawTurned(c, name, this.left + (xBegin + xEnd) / 2, this.top - 10, this.top - 14);
      } else if (!this.isTurned && xEnd - xBegin > c.measureText(name).width + 4) {
        c.fillText(visible(name), this.left + xBegin + 2, bandSpace / 2 - 1);
      }
      c.fillStyle = this.paint.strong;
      if (xEnd > xBegin) c.fillRect(this.left + xBegin, this.isTurned ? this.top - 6 : bandSpace - 3, xEnd - xBegin - 2, 2);
      if (yEnd > yBegin) c.fillRect(this.left - 6, this.top + yBegin, 2, yEnd - yBegin - 2);
    }
  }

  drawNames(c) {
    const [firstRow, lastRow] = this.range(this.y, this.viewHeight);
    const [firstColumn, lastColumn] = this.range(this.x, this.viewWidth);
    const size = Math.min(nameSize, this.cell - 0.5);
    const style = (at, isCurrent) => {
      c.font = `${isCurrent ? '700 ' : ''}${size}px ${nameFont}`;
      c.fillStyle = isCurrent ? this.paint.ink : this.paint.muted;
    };
    c.textAlign = 'right';
    for (let row = firstRow; row < lastRow; row++) {
      const y = this.top + (row + 0.5) * this.cell - this.y;
      if (y < this.top || y > this.top + this.viewHeight) continue;
      style(row, row === this.current()[0]);
      c.fillText(cut(c, this.grid.rowName(row), this.nameWidth - 14), this.left - 11, y);
    }
    c.textAlign = 'left';
    for (let column = firstColumn; column < lastColumn; column++) {
      const x = this.left + (column + 0.5) * this.cell - this.x;
      if (x < this.left || x > this.left + this.viewWidth) continue;
      style(column, column === this.current()[1]);
      this.drawTurned(c, this.grid.rowName(column), x, this.top - 7, this.nameWidth - 14);
    }
  }

  /* NAME from (X, Y) upwards. */
  drawTurned(c, name, x, y, room) {
    c.save();
    c.translate(x, y);
    c.rotate(-Math.PI / 2);
    c.fillText(cut(c, name, room), 0, 0);
    c.restore();
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
