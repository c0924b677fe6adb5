/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* The page: navigation, light and dark, paper, and all sections in order. */

const sectionTitles = {overview: 'Overview', classes: 'Pools and classes', matrix: 'Migration', limits: 'Limits',
  guests: 'Guests', drift: 'Changes', quarantine: 'Quarantine', findings: 'Findings', hosts: 'Hosts'};

function navigation(sections) {
  const links = sections.map((node) => el('li', {}, el('a', {href: `#${node.id}`}, sectionTitles[node.id],
    node.dataset.count ? [' ', el('span', {class: 'count'}, formatNumber(Number(node.dataset.count)))] : null)));
  return el('nav', {'aria-label': 'Sections'}, el('ul', {}, links));
}

const openedMost = 40; /* classes whose templates are put on paper */

/* A page from a mail may have no store to remember things in. */
function remembered(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch (error) {
    /* then it is forgotten */
  }
  return null;
}

function setTheme(theme) {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function themeSelect(onChange) {
  const names = [['auto', 'Colours: system'], ['light', 'Colours: light'], ['dark', 'Colours: dark']];
  const select = el('select', {class: 'theme', 'aria-label': 'Colours', onchange: () => {
    remembered('virt-plan-colours', select.value);
    setTheme(select.value);
    onChange();
  }}, names.map(([value, text]) => el('option', {value}, text)));
  const before = remembered('virt-plan-colours');
  select.value = names.some(([value]) => value === before) ? before : 'auto';
  setTheme(select.value);
  return select;
}

function header(search, theme) {
  return el('header', {class: 'page-header'},
    el('div', {class: 'brand'}, el('h1', {}, 'virt-plan'),
      el('p', {class: 'muted'}, `run ${plan.run.id}, ${formatTime(plan.run.at)}`)),
    search, theme);
}

function footer() {
  const leftOut = plan.n_hosts_left_out + plan.n_guests_left_out;
  return el('footer', {class: 'page-footer'},
    el('p', {}, `${plan.generator}, CPU map: ${plan.cpu_map || 'none'}. This page is one file and asks no network; ` +
      'the same figures are in plan.json and the CSV files beside it.'),
    leftOut > 0 ? el('p', {},
      `${plural(plan.n_hosts_left_out, 'host', 'hosts')} and ${plural(plan.n_guests_left_out, 'guest', 'guests')} ` +
      'are only in hosts.csv and guests.csv; the figures count them.') : null,
    plan.n_device_maps_left_out > 0 ? el('p', {},
      `${plural(plan.n_device_maps_left_out, 'device map is', 'device maps are')} only in addresses.csv.`) : null);
}

/* Marks the section in view in the navigation. */
function followScroll(nav, sections) {
  const links = new Map([...nav.querySelectorAll('a')].map((a) => [a.hash.slice(1), a]));
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((e) => e.isIntersecting)) {
      links.forEach((a) => a.removeAttribute('aria-current'));
      links.get(entry.target.id).setAttribute('aria-current', 'true');
    }
  }, {rootMargin: '-20% 0px -70% 0px'});
  sections.forEach((node) => observer.observe(node));
}

/* Paper is light, shows what is folded, and has no pages to turn. */
function followPrinting(matrix) {
  const opened = [];
  let theme;
  window.addEventListener('beforeprint', () => {
    theme = document.documentElement.dataset.theme;
    setTheme('light');
    document.querySelectorAll('.table-block').forEach((block) => block.table.setPrinting(true));
    const cards = document.querySelectorAll('.class-card, .maintenance');
    [...cards].slice(0, openedMost).forEach((card) => {
      card.fill();
      if (!card.open) opened.push(card);
      card.isQuiet = !card.open;
      card.open = true;
    });
    if (matrix.drawNow) matrix.drawNow();
  });
  window.addEventListener('afterprint', () => {
    setTheme(theme);
    document.querySelectorAll('.table-block').forEach((block) => block.table.setPrinting(false));
    opened.splice(0).forEach((card) => { card.open = false; });
    if (matrix.redraw) matrix.redraw();
  });
}

function build() {
  const matrix = matrixSection();
  const parts = [classesSection(), matrix, limitsSection(), guestsSection(), driftSection(), quarantineSection(),
    findingsSection(), hostsSection()];
  const sections = [overview(), ...parts.map((part) => part.node)];
  const openers = new Map(parts.flatMap((part) => part.places || []));
  const nav = navigation(sections);
  const redraw = () => { if (matrix.redraw) matrix.redraw(); };
  document.getElementById('drawing').remove();
  document.title = `virt-plan: ${visible(plan.summary.headline)}`;
  document.body.append(
    el('a', {class: 'skip', href: '#overview'}, 'Skip to the report'),
    header(new SearchBox().node, themeSelect(redraw)),
    el('div', {class: 'page'}, nav, el('main', {}, sections)), footer());
  followScroll(nav, sections);
  followPrinting(matrix);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  window.addEventListener('hashchange', () => openPlace(openers));
  requestAnimationFrame(() => openPlace(openers));
}

build();
document.documentElement.dataset.state = 'ready';
