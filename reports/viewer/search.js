/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * The page's search: hosts, guests, classes, features and documents by a part of their name, as a list
 * under the field (an ARIA combobox). What is chosen is gone to by its address.
 */

const searchMost = 12;

/* Everything that has a name: {kind, name, note, href}. Made when first asked for. */
function searchEntries() {
  const guests = plan.guests.map((guest, i) => ({kind: 'guest', name: guestName(i),
    note: guest.state === 'stuck' ? stateLabel(guest) : `on ${hostName(guest.host)}`, href: () => guestHref(i)}));
  const hosts = plan.hosts.name.map((name, i) => {
    const klass = hostClass(i);
    return {kind: 'host', name, note: klass ? klass.name : 'in no class', href: () => hostHref(i)};
  });
  const classes = plan.pools.flatMap((pool) => pool.classes.map((klass) => ({kind: 'class', name: klass.name,
    note: `${pool.name}, ${plural(klass.n_hosts, 'host', 'hosts')}`, href: () => classHref(pool, klass)})));
  const counts = new Map();
  plan.pools.flatMap((pool) => pool.classes).forEach((klass) => klass.template.features.forEach((feature) =>
    counts.set(feature, (counts.get(feature) || 0) + 1)));
  const features = [...counts].sort().map(([name, n]) => ({kind: 'feature', name,
    note: `in ${formatNumber(n)} of ${plural(plan.summary.n_classes, 'template', 'templates')}`,
    href: () => placeHref({feature: name})}));
  const documents = plan.quarantine.filter((finding) => finding.source).map((finding) => ({kind: 'quarantine',
    name: finding.source, note: finding.text || '', href: () => '#quarantine'}));
  return [...classes, ...hosts, ...guests, ...features, ...documents]
    .map((entry) => ({...entry, key: entry.name.toLowerCase()}));
}

/* Names that begin with QUERY come first, then shorter ones. */
function searchFor(entries, query) {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [];
  const found = entries.filter((entry) => words.every((word) => entry.key.includes(word)));
  const rank = (entry) => (entry.key === words[0] ? 0 : entry.key.startsWith(words[0]) ? 1 : 2);
  return found.sort((a, b) => rank(a) - rank(b) || a.key.length - b.key.length || byVersion.compare(a.key, b.key));
}

class SearchBox {
  constructor() {
    this.entries = null;
    this.found = [];
    this.active = -1;
    this.list = el('ul', {role: 'listbox', id: 'search-list', 'aria-label': 'Found', hidden: true});
    this.told = el('span', {role: 'status', class: 'visually-hidden'});
    this.input = el('input', {type: 'search', placeholder: 'Find a host, guest, class, feature…', role: 'combobox',
      'aria-label': 'Find', 'aria-expanded': 'false', 'aria-controls': 'search-list', 'aria-autocomplete': 'list',
      'aria-keyshortcuts': '/', autocomplete: 'off', spellcheck: 'false', oninput: () => this.find(),
      onkeydown: (event) => this.onKey(event), onfocus: () => this.find(), onblur: () => setTimeout(() => this.close(), 150)});
    this.node = el('div', {class: 'search', role: 'search'}, this.input, el('kbd', {'aria-hidden': 'true'}, '/'),
      this.list, this.told);
    document.addEventListener('keydown', (event) => this.onShortcut(event));
  }

  onShortcut(event) {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.input.focus();
    this.input.select();
  }

  find() {
    this.entries = this.entries || searchEntries();
    this.found = searchFor(this.entries, this.input.value);
    this.active = this.found.length > 0 ? 0 : -1;
    this.draw();
  }

  draw() {
    const isOpen = this.input.value.trim() !== '';
    const option = (entry, i) => el('li', {role: 'option', id: `search-${i}`, 'aria-selected': String(i === this.active),
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.go(i)},
    el('span', {class: `search-kind search-${entry.kind}`}, entry.kind), ' ', nameOf(entry.name), ' ',
    el('span', {class: 'muted'}, shortName(entry.note)));
    const more = this.found.length - searchMost;
    replaceChildren(this.list, this.found.slice(0, searchMost).map(option),
      this.found.length === 0 ? el('li', {class: 'muted', role: 'presentation'}, 'Nothing is called that.') : null,
      more > 0 ? el('li', {class: 'muted', role: 'presentation'}, `and ${formatNumber(more)} more; type on`) : null);
    this.list.hidden = !isOpen;
    this.input.setAttribute('aria-expanded', String(isOpen));
    if (this.active >= 0 && isOpen) this.input.setAttribute('aria-activedescendant', `search-${this.active}`);
    else this.input.removeAttribute('aria-activedescendant');
    this.told.textContent = isOpen ? `${formatNumber(this.found.length)} found` : '';
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
  }

  onKey(event) {
    const n = Math.min(this.found.length, searchMost);
    if (event.key === 'Escape') {
      this.input.value = '';
      this.draw();
    } else if (event.key === 'Enter') {
      if (this.active >= 0) this.go(this.active);
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && n > 0) {
      this.active = (this.active + (event.key === 'ArrowDown' ? 1 : n - 1)) % n;
      this.draw();
    } else {
      return;
    }
    event.preventDefault();
  }

  go(i) {
    const href = this.found[i].href();
    this.input.value = '';
    this.input.blur();
    this.close();
    if (location.hash === href) window.dispatchEvent(new HashChangeEvent('hashchange'));
    else location.hash = href;
  }
}
