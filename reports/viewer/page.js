/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* The page: navigation, search, light and dark, and all sections in order. */

function navigation(sections) {
  const titles = {overview: 'Overview', classes: 'Pools and classes', matrix: 'Migration', limits: 'Limits', guests: 'Guests',
    drift: 'Changes', quarantine: 'Quarantine', findings: 'Findings', hosts: 'Hosts'};
  const links = sections.map((node) => el('li', {}, el('a', {href: `#${node.id}`}, titles[node.id],
    node.dataset.count ? el('span', {class: 'count'}, formatNumber(Number(node.dataset.count))) : null)));
  return el('nav', {'aria-label': 'Sections'}, el('ul', {}, links));
}

function themeButton(onChange) {
  const names = {auto: 'Colours: system', light: 'Colours: light', dark: 'Colours: dark'};
  const order = ['auto', 'light', 'dark'];
  let current = 'auto';
  const button = el('button', {type: 'button', class: 'theme', onclick: () => {
    current = order[(order.indexOf(current) + 1) % order.length];
    if (current === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = current;
    button.textContent = names[current];
    onChange();
  }}, names[current]);
  return button;
}

function searchBox(parts) {
  let timer = 0;
  const input = el('input', {type: 'search', placeholder: 'Host, guest, feature…', 'aria-label': 'Search',
    autocomplete: 'off', oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => parts.forEach((part) => part.find(input.value.trim())), 150);
    }});
  document.addEventListener('keydown', (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === '/' && !isTyping) {
      event.preventDefault();
      input.focus();
    }
  });
  return el('div', {class: 'search'}, input, el('kbd', {'aria-hidden': 'true'}, '/'));
}

function header(search, theme) {
  return el('header', {class: 'page-header'},
    el('div', {class: 'brand'}, el('h1', {}, 'virt-plan'),
      el('p', {class: 'muted'}, `run ${plan.run.id}, ${formatTime(plan.run.at)}`)),
    search, theme);
}

function footer() {
  return el('footer', {class: 'page-footer'},
    el('p', {}, `${plan.generator}, CPU map: ${plan.cpu_map || 'none'}. This page is one file and asks no network; ` +
      'the same figures are in plan.json and the CSV files beside it.'),
    plan.n_hosts_left_out + plan.n_guests_left_out > 0 ? el('p', {},
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

/* A link to a class opens it: report.html#class-0-2. */
function openTarget() {
  const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

function build() {
  const matrix = matrixSection();
  const parts = [limitsSection(), matrix, guestsSection(), driftSection(), quarantineSection(), findingsSection(),
    hostsSection()];
  const sections = [overview(), classesSection(), ...parts.map((part) => part.node)];
  const nav = navigation(sections);
  document.title = `virt-plan: ${plan.summary.headline}`;
  document.body.append(
    el('a', {class: 'skip', href: '#overview'}, 'Skip to the report'),
    header(searchBox(parts), themeButton(() => matrix.redraw && matrix.redraw())),
    el('div', {class: 'page'}, nav, el('main', {}, sections)), footer());
  followScroll(nav, sections);
  openTarget();
  window.addEventListener('hashchange', openTarget);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change',
    () => matrix.redraw && matrix.redraw());
  window.addEventListener('beforeprint', () => {
    document.querySelectorAll('details.class-card').forEach((card) => {
      card.fill();
      card.open = true;
    });
  });
}

build();
document.documentElement.dataset.state = 'ready';
