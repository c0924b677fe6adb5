/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * A table that sorts, filters and shows a page at a time, so that a hundred thousand rows stay usable.
 *
 * columns: [{title, cell(row) -> node or text, text(row) -> what is searched, value(row) -> what is
 * sorted by, isNumber}]. Rows are opened with onOpen(row) -> node, shown below the row.
 */

const pageSize = 50;

class DataTable {
  constructor({caption, columns, rows, onOpen, empty}) {
    this.columns = columns;
    this.rows = rows;
    this.onOpen = onOpen;
    this.query = '';
    this.keep = () => true;
    this.sortColumn = null;
    this.isDescending = false;
    this.page = 0;
    this.empty = empty;
    this.body = el('tbody', {});
    this.head = el('tr', {});
    this.status = el('p', {class: 'table-status', role: 'status'});
    this.pager = el('div', {class: 'pager'});
    this.node = el('div', {class: 'table-block'},
      el('div', {class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': caption},
        el('table', {}, el('caption', {class: 'visually-hidden'}, caption),
          el('thead', {}, this.head), this.body)),
      el('div', {class: 'table-foot'}, this.status, this.pager));
    this.filter('');
  }

  filter(query, keep) {
    this.query = query.toLowerCase();
    if (keep) this.keep = keep;
    this.page = 0;
    const words = this.query.split(/\s+/).filter((word) => word !== '');
    this.found = this.rows.filter((row) => this.keep(row) && words.every((word) =>
      this.columns.some((column) => String(column.text(row)).toLowerCase().includes(word))));
    this.sort();
  }

  sort() {
    const column = this.sortColumn;
    if (column) {
      const sign = this.isDescending ? -1 : 1;
      const key = column.value || column.text;
      this.found.sort((a, b) => {
        const left = key(a), right = key(b);
        if (left === right) return 0;
        return (left < right ? -1 : 1) * sign;
      });
    }
    this.draw();
  }

  sortBy(column) {
    this.isDescending = this.sortColumn === column && !this.isDescending;
    this.sortColumn = column;
    this.sort();
  }

  drawHead() {
    replaceChildren(this.head, this.columns.map((column) => {
      const isSorted = this.sortColumn === column;
      const direction = this.isDescending ? 'descending' : 'ascending';
      return el('th', {scope: 'col', class: column.isNumber ? 'number' : null,
        'aria-sort': isSorted ? direction : null},
      el('button', {type: 'button', class: 'sort', onclick: () => this.sortBy(column)},
        column.title, el('span', {'aria-hidden': 'true', class: 'arrow'},
          isSorted ? (this.isDescending ? ' ↓' : ' ↑') : '')));
    }));
  }

  drawRow(row) {
    const cells = this.columns.map((column, i) => {
      const content = column.cell ? column.cell(row) : column.text(row);
      const attributes = {class: column.isNumber ? 'number' : null};
      if (i > 0 || !this.onOpen) return el(i === 0 ? 'th' : 'td', {...attributes, scope: i === 0 ? 'row' : null}, content);
      const button = el('button', {type: 'button', class: 'open', 'aria-expanded': 'false',
        onclick: () => this.toggle(row, button)}, content);
      return el('th', {...attributes, scope: 'row'}, button);
    });
    return el('tr', {}, cells);
  }

  toggle(row, button) {
    const tr = button.closest('tr');
    const isOpen = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!isOpen));
    if (isOpen) {
      tr.nextElementSibling.remove();
    } else {
      tr.after(el('tr', {class: 'opened'},
        el('td', {colspan: this.columns.length}, this.onOpen(row))));
    }
  }

  drawPager(n) {
    const last = Math.max(0, Math.ceil(n / pageSize) - 1);
    const go = (text, page, isOff) => el('button', {type: 'button', disabled: isOff,
      onclick: () => { this.page = page; this.draw(); }}, text);
    replaceChildren(this.pager, last === 0 ? [] : [
      go('First', 0, this.page === 0), go('Previous', this.page - 1, this.page === 0),
      el('span', {}, `Page ${formatNumber(this.page + 1)} of ${formatNumber(last + 1)}`),
      go('Next', this.page + 1, this.page === last), go('Last', last, this.page === last)]);
  }

  draw() {
    const begin = this.page * pageSize;
    this.drawHead();
    replaceChildren(this.body, this.found.slice(begin, begin + pageSize).map((row) => this.drawRow(row)));
    this.status.textContent = this.found.length === 0
      ? (this.rows.length === 0 ? this.empty : 'Nothing matches.')
      : `${formatNumber(this.found.length)} of ${formatNumber(this.rows.length)}`;
    this.drawPager(this.found.length);
  }
}
