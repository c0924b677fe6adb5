/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* Pools, their classes with templates to copy, what limits them, and the trade-off. */

const contractTexts = {
  none: ['plain', 'not published'],
  kept: ['yes', 'published, kept'],
  headroom: ['yes', 'published, with headroom'],
  broken: ['no', 'published, broken'],
};

const formTitles = {
  libvirt: 'libvirt', nova: 'OpenStack Nova', kubevirt: 'KubeVirt', proxmox: 'Proxmox VE', ovirt: 'oVirt',
};

async function copyText(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    const area = el('textarea', {class: 'visually-hidden'});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = label; }, 1500);
}

/* Tabs as the ARIA practice has them: arrow keys move, one tab is in the tab order. */
function templateTabs(klass, id) {
  const names = Object.keys(klass.template.forms);
  const panel = el('pre', {class: 'template', tabindex: '0', id: `${id}-panel`, role: 'tabpanel'});
  const copy = el('button', {type: 'button', class: 'copy',
    onclick: () => copyText(panel.textContent, copy)}, 'Copy');
  const select = (name) => {
    panel.textContent = klass.template.forms[name];
    panel.setAttribute('aria-labelledby', `${id}-${name}`);
    tabs.forEach((tab) => {
      const isOn = tab.dataset.form === name;
      tab.setAttribute('aria-selected', String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
    });
  };
  const move = (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus();
    select(next.dataset.form);
  };
  const tabs = names.map((name) => el('button', {type: 'button', role: 'tab', 'data-form': name,
    id: `${id}-${name}`, 'aria-controls': `${id}-panel`, onclick: () => select(name),
    onkeydown: move}, formTitles[name] || name));
  select(names[0]);
  return el('div', {class: 'template-box'},
    el('div', {class: 'tabs'}, el('div', {role: 'tablist', 'aria-label': 'Template for'}, tabs), copy),
    panel);
}

function fact(term, ...description) {
  return [el('dt', {}, term), el('dd', {}, description)];
}

const byVersion = new Intl.Collator('en', {numeric: true});

function newestFirst(machines) {
  const version = (machine) => (/-(\d[\d.]*)$/.exec(machine) || ['', '0'])[1];
  return [...machines].sort((a, b) => byVersion.compare(version(b), version(a)) || byVersion.compare(a, b));
}

function classFacts(klass) {
  const template = klass.template;
  return el('dl', {class: 'facts'},
    fact('Hosts', `${formatNumber(klass.n_hosts)}${klass.n_host_model < klass.n_hosts
      ? `, ${formatNumber(klass.n_hosts - klass.n_host_model)} of them judged by their host CPU` : ''}`),
    fact('Capacity', `${formatNumber(klass.n_cpus)} CPUs, ${formatMemory(klass.memory_kib)}`),
    klass.level ? fact('Level', klass.level) : null,
    klass.vendor ? fact('Vendor', `${klass.vendor}, ${klass.arch}`) : null,
    fact('Gives up', formatPercent(klass.loss)),
    template.physical_address_bits ? fact('Address bits', template.physical_address_bits) : null,
    template.tsc_hz ? fact('TSC', `${(template.tsc_hz / 1e6).toFixed(3)} MHz`) : null,
    template.machines.length > 0 ? fact('Machine types', chips(newestFirst(template.machines), 8)) : null);
}

function contractPart(klass) {
  const contract = klass.contract;
  if (contract.state === 'none') return null;
  return el('div', {class: 'contract'},
    el('h5', {}, 'Published template'),
    el('p', {}, `Kept since ${formatTime(contract.published.at)} (run ${contract.published.run}).`),
    contract.breaches.map((breach) => el('p', {class: 'breach'}, badge('no', '× broken'), ' ',
      el('b', {}, hostName(breach.host)), `: ${breach.reasons.join('; ')}`)),
    contract.headroom.length > 0
      ? el('p', {}, 'All members now also have ', chips(contract.headroom), '.') : null,
    contract.outdated_guests.length > 0
      ? el('p', {}, `${plural(contract.outdated_guests.length, 'guest runs', 'guests run')} with an older one: `,
        contract.outdated_guests.slice(0, 10).map(guestName).join(', '),
        contract.outdated_guests.length > 10 ? ' …' : '') : null);
}

function limitsPart(klass) {
  if (klass.limits.length === 0) return el('p', {class: 'muted'}, 'Nothing holds this class back.');
  const most = Math.max(...klass.limits.map((limit) => limit.gain || 0), 0.0001);
  return el('ol', {class: 'limits'}, klass.limits.map((limit) => {
    const bar = el('span', {class: 'gain-bar'});
    bar.style.setProperty('width', `${Math.max(2, 100 * (limit.gain || 0) / most)}%`);
    return el('li', {},
      el('div', {class: 'gain'}, el('span', {class: 'gain-track', 'aria-hidden': 'true'}, bar),
        el('b', {}, `+${formatPercent(limit.gain)}`)),
      el('div', {}, el('p', {}, limit.text),
        el('p', {class: 'muted'}, `Without ${plural(limit.n_hosts, 'host', 'hosts')}: `,
          limit.hosts.slice(0, 6).map(hostName).join(', '), limit.n_hosts > 6 ? ' …' : ''),
        chips(limit.features, 12)));
  }));
}

function classCard(pool, poolIndex, klass, classIndex) {
  const [tone, text] = contractTexts[klass.contract.state];
  const id = `class-${poolIndex}-${classIndex}`;
  const template = klass.template;
  const body = el('div', {class: 'class-body'});
  const card = el('details', {class: 'class-card', id, 'data-class': klass.name},
    el('summary', {},
      el('span', {class: 'class-name'}, klass.name),
      el('span', {class: 'class-model'}, template.model || 'no common CPU'),
      el('span', {class: 'class-hosts'}, plural(klass.n_hosts, 'host', 'hosts')),
      el('span', {class: 'class-loss'}, `gives up ${formatPercent(klass.loss)}`),
      el('span', {class: 'class-contract'}, badge(tone, text))),
    body);
  card.fill = () => {
    if (body.firstChild) return;
    replaceChildren(body,
      el('div', {class: 'columns'},
        el('div', {}, el('h5', {}, 'Template'), templateTabs(klass, id),
          template.notes.length > 0 ? el('ul', {class: 'notes'},
            template.notes.map((note) => el('li', {}, note))) : null,
          el('details', {class: 'more'}, el('summary', {},
            `All ${formatNumber(template.features.length)} features that a guest sees`),
          chips(template.features, 1000))),
        el('div', {}, el('h5', {}, 'The class'), classFacts(klass), contractPart(klass),
          el('h5', {}, 'What limits it'), limitsPart(klass))),
      el('details', {class: 'more'}, el('summary', {}, `Its ${plural(klass.n_hosts, 'host', 'hosts')}`),
        chips(klass.hosts.slice(0, 2000).map(hostName), 2000)));
  };
  card.addEventListener('toggle', () => { if (card.open) card.fill(); });
  return card;
}

/* Classes against loss: what each number of classes would cost. */
function tradeoffPlot(pool) {
  const points = pool.tradeoff;
  if (points.length < 2) return null;
  const width = 420, height = 200, left = 48, bottom = 34, top = 12, right = 16;
  const mostLoss = Math.max(...points.map((p) => p.loss || 0), 0.01);
  const first = points[0].n_classes, last = points[points.length - 1].n_classes;
  const x = (n) => left + (width - left - right) * (n - first) / Math.max(1, last - first);
  const y = (loss) => top + (height - top - bottom) * (1 - (loss || 0) / mostLoss);
  const labelStep = Math.ceil((last - first + 1) / 12);
  const ticks = [0, mostLoss / 2, mostLoss];
  const line = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.n_classes)},${y(p.loss)}`).join(' ');
  const svg = el('svg:svg', {viewBox: `0 0 ${width} ${height}`, class: 'plot', role: 'img',
    'aria-label': `What each number of classes costs: ${points.map((p) =>
      `${p.n_classes}: ${formatPercent(p.loss)}`).join(', ')}`},
  ticks.map((loss) => [
    el('svg:line', {x1: left, x2: width - right, y1: y(loss), y2: y(loss), class: 'grid-line'}),
    el('svg:text', {x: left - 8, y: y(loss) + 4, class: 'tick', 'text-anchor': 'end'}, formatPercent(loss))]),
  el('svg:path', {d: line, class: 'plot-line'}),
  points.map((p) => [
    el('svg:circle', {cx: x(p.n_classes), cy: y(p.loss), r: p.is_chosen ? 7 : 4,
      class: p.is_chosen ? 'plot-point is-chosen' : 'plot-point'},
    el('svg:title', {}, `${plural(p.n_classes, 'class', 'classes')}: gives up ${formatPercent(p.loss)}${
      p.is_exact ? ', proven best' : ''}`)),
    (p.n_classes - first) % labelStep === 0 || p.is_chosen
      ? el('svg:text', {x: x(p.n_classes), y: height - bottom + 18, class: 'tick', 'text-anchor': 'middle'},
        String(p.n_classes)) : null]),
  el('svg:text', {x: (left + width - right) / 2, y: height - 2, class: 'tick', 'text-anchor': 'middle'},
    'classes'));
  return el('figure', {class: 'tradeoff'}, svg,
    el('figcaption', {}, 'What each number of classes gives up. The large point is the plan.'));
}

function maintenancePart(pool) {
  const blocked = pool.drains.filter((drain) => drain.verdict !== 'yes');
  const m = pool.maintenance;
  return el('details', {class: 'more maintenance'},
    el('summary', {}, blocked.length === 0 ? 'Maintenance: every host can be emptied'
      : `Maintenance: ${plural(blocked.length, 'host', 'hosts')} cannot be emptied`),
    m.failover_text ? el('p', {}, badge(m.is_failover_kept ? 'yes' : 'no',
      m.is_failover_kept ? '✓ failover kept' : '× failover not kept'), ' ', m.failover_text) : null,
    blocked.slice(0, 200).map((drain) => el('p', {}, verdictBadge(drain.verdict), ' ',
      el('b', {}, hostName(drain.host)), drain.text ? `: ${drain.text}` : '')),
    m.order.length > 0 ? el('p', {class: 'muted'}, 'A rolling maintenance can go: ',
      m.order.slice(0, 40).map(hostName).join(', '), m.order.length > 40 ? ' …' : '') : null);
}

function poolPart(pool, index) {
  return el('div', {class: 'pool'},
    el('h3', {}, pool.name,
      el('span', {class: 'muted'}, ` ${plural(pool.n_hosts, 'host', 'hosts')}, strategy ${pool.strategy}`)),
    pool.unplanned.length > 0 ? el('p', {}, badge('no', '×'),
      ` ${plural(pool.unplanned.length, 'host has', 'hosts have')} a CPU that is not known: `,
      pool.unplanned.slice(0, 20).map(hostName).join(', ')) : null,
    pool.classes.map((klass, i) => classCard(pool, index, klass, i)),
    tradeoffPlot(pool), maintenancePart(pool));
}

function classesSection() {
  return section('classes', 'Pools and classes', plan.summary.n_classes,
    plan.pools.map((pool, i) => poolPart(pool, i)));
}
