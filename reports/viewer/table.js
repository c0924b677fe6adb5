/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * A table that sorts, filters and shows a page at a time, so that a hundred thousand rows stay usable.
 *
 * columns: [{title, text(row) -> what is searched and shown, cell(row) -> node to show instead,
 * value(row) -> what is sorted by, isNumber, kind -> its class}].
 * choices: [{label, options: [[value, text]], keep(row, value)}]; a choice's first value keeps all.
 * A row that can be opened has onOpen(row) -> node, shown below it, and hrefOf(row), its address.
 */

const pageSize = 50;
const printedRows = 500;

class DataTable {
  constructor({caption, unit, columns, rows, onOpen, hrefOf, empty, choices, sort}) {
    Object.assign(this, {columns, rows, onOpen, hrefOf, empty, unit});
    this.found = rows;
    this.page = 0;
    this.size = pageSize;
    this.opened = null;
    this.sortColumn = sort ? columns.find((column) => column.title === sort.by) : null;
    this.isDescending = Boolean(sort && sort.isDescending);
    this.choices = choices || [];
    this.texts = new Map();
    this.head = el('tr', {role: 'row'});
    this.body = el('tbody', {role: 'rowgroup'});
    this.status = el('p', {class: 'table-status', role: 'status'});
    this.pager = el('div', {class: 'pager', role: 'group', 'aria-label': `Pages of ${caption}`});
    this.node = el('div', {class: 'table-block'}, this.toolbar(caption),
      el('div', {class: 'table-scroll'},
        el('table', {role: 'table'}, el('caption', {class: 'visually-hidden'}, caption),
          el('thead', {role: 'rowgroup'}, this.head), this.body)),
      this.pager);
    this.node.table = this;
    this.sort();
  }

  /* ---- what is shown ---- */

  toolbar(caption) {
    if (this.rows.length === 0) return el('div', {class: 'table-tools'}, this.status);
    this.input = el('input', {type: 'search', placeholder: 'Filter', 'aria-label': `Filter ${caption}`,
      autocomplete: 'off', spellcheck: 'false', oninput: () => this.filterSoon()});
    const selects = this.choices.map((choice) => {
      choice.select = el('select', {onchange: () => this.filter()},
        choice.options.map(([value, text]) => el('option', {value}, shortName(text))));
      return el('label', {class: 'control'}, choice.label, ' ', choice.select);
    });
    return el('div', {class: 'table-tools'}, this.input, selects, this.status);
  }

  filterSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.filter(), 120);
  }

  /* Shows the rows that have all words of TEXT, which is what is typed if it is not given. */
  filter(text) {
    if (!this.input) return;
    if (text !== undefined) this.input.value = text;
    const words = this.input.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const active = this.choices.filter((choice) => choice.select.selectedIndex > 0);
    this.page = 0;
    this.found = this.rows.filter((row) => active.every((choice) => choice.keep(row, choice.select.value)) &&
      (words.length === 0 || words.every((word) => this.textOf(row).includes(word))));
    this.sort();
  }

  choose(label, value) {
    const choice = this.choices.find((each) => each.label === label);
    if (!choice || !choice.select) return;
    choice.select.value = value;
    this.filter();
  }

  textOf(row) {
    let text = this.texts.get(row);
    if (text === undefined) {
      text = this.columns.map((column) => column.text(row)).join('\n').toLowerCase();
      this.texts.set(row, text);
    }
    return text;
  }

  sort() {
    const column = this.sortColumn;
    if (column) {
      const sign = this.isDescending ? -1 : 1;
      const key = column.value || column.text;
      const compare = (a, b) => (typeof a === 'string' && typeof b === 'string' ? byVersion.compare(a, b) : a - b);
      this.found = this.found.map((row) => [key(row), row])
        .sort((a, b) => compare(a[0], b[0]) * sign).map(([, row]) => row);
    }
    this.draw();
  }

  sortBy(column) {
    this.isDescending = this.sortColumn === column && !this.isDescending;
    this.sortColumn = column;
    this.page = 0;
    this.sort();
    this.head.children[this.columns.indexOf(column)].firstChild.focus();
  }

  /* ---- rows that open ---- */

  /* Goes to ROW, wherever it is, and opens it. */
  reveal(row) {
    if (!this.found.includes(row)) {
      this.choices.forEach((choice) => { choice.select.selectedIndex = 0; });
      this.filter('');
    }
    const at = this.found.indexOf(row);
    if (at < 0) return false;
    this.page = Math.floor(at / this.size);
    this.opened = row;
    this.draw();
    const opener = this.body.querySelector('.open[aria-expanded="true"]');
    opener.closest('tr').scrollIntoView();
    opener.focus({preventScroll: true});
    return true;
  }

  toggle(row) {
    const isOpening = this.opened !== row;
    this.opened = isOpening ? row : null;
    this.draw();
    const openers = [...this.body.querySelectorAll('.open')];
    openers.find((opener) => opener.row === row).focus({preventScroll: true});
    if (isOpening && this.hrefOf) notePlace(this.hrefOf(row));
  }

  /* ---- drawing ---- */

  drawHead() {
    replaceChildren(this.head, this.columns.map((column) => {
      const isSorted = this.sortColumn === column;
      const direction = this.isDescending ? 'descending' : 'ascending';
      return el('th', {scope: 'col', role: 'columnheader', class: this.classOf(column),
        'aria-sort': isSorted ? direction : null},
      el('button', {type: 'button', class: 'sort', onclick: () => this.sortBy(column)},
        column.title, el('span', {'aria-hidden': 'true', class: 'arrow'},
          isSorted ? (this.isDescending ? ' ↓' : ' ↑') : '')));
    }));
  }

  classOf(column) {
    return [column.isNumber ? 'number' : '', column.kind || ''].join(' ').trim() || null;
  }

  drawRow(row) {
    const isOpen = this.opened === row;
    const cells = this.columns.map((column, i) => {
      let content = column.cell ? column.cell(row) : nameOf(column.text(row));
      const attributes = {class: this.classOf(column), 'data-label': column.title};
      if (i > 0) return el('td', {...attributes, role: 'cell'}, content);
      if (this.onOpen) {
        content = el('button', {type: 'button', class: 'open', 'aria-expanded': String(isOpen),
          onclick: () => this.toggle(row)}, content);
        content.row = row;
      }
      return el('th', {...attributes, role: 'rowheader', scope: 'row'}, content);
    });
    const tr = el('tr', {role: 'row', class: isOpen ? 'is-open' : null}, cells);
    return isOpen ? [tr, el('tr', {role: 'row', class: 'opened'},
      el('td', {role: 'cell', colspan: this.columns.length}, this.onOpen(row)))] : tr;
  }

  drawPager() {
    const last = Math.max(0, Math.ceil(this.found.length / this.size) - 1);
    const go = (text, label, page, isOff) => el('button', {type: 'button', disabled: isOff, 'aria-label': label,
      onclick: () => this.turnTo(page, label)}, text);
    this.pager.hidden = last === 0;
    replaceChildren(this.pager, last === 0 ? [] : [
      go('«', 'First page', 0, this.page === 0), go('‹ Previous', 'Previous page', this.page - 1, this.page === 0),
      el('span', {}, `${formatNumber(this.page + 1)} of ${formatNumber(last + 1)}`),
      go('Next ›', 'Next page', this.page + 1, this.page === last), go('»', 'Last page', last, this.page === last)]);
  }

  turnTo(page, label) {
    this.page = page;
    this.draw();
    const button = this.pager.querySelector(`[aria-label="${label}"]`);
    (button.disabled ? this.pager.querySelector('button:not(:disabled)') : button).focus();
  }

  draw() {
    const begin = this.page * this.size;
    const shown = this.found.slice(begin, begin + this.size);
    this.drawHead();
    this.head.parentNode.hidden = shown.length === 0;
    replaceChildren(this.body, shown.map((row) => this.drawRow(row)));
    this.drawPager();
    this.status.textContent = this.statusText(begin, shown.length);
  }

  statusText(begin, n) {
    const all = plural(this.rows.length, ...this.unit);
    if (this.rows.length === 0) return this.empty;
    if (this.found.length === 0) return `None of ${all} matches.`;
    const of = this.found.length === this.rows.length ? all : `${formatNumber(this.found.length)} of ${all}`;
    return n === this.found.length ? of : `${formatNumber(begin + 1)}–${formatNumber(begin + n)} of ${of}`;
  }

  /* On paper there are no pages to turn. */
  setPrinting(isPrinting) {
    this.size = isPrinting ? printedRows : pageSize;
    this.page = isPrinting ? 0 : this.page;
    this.draw();
  }
}
