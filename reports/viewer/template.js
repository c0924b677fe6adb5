/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/* A template in each ecosystem's form, to be copied. */

const formTitles = {
  libvirt: 'libvirt', nova: 'OpenStack Nova', kubevirt: 'KubeVirt', proxmox: 'Proxmox VE', ovirt: 'oVirt',
};

/* Copies as older browsers do, and as a page may that has no right to the clipboard. */
function copyBySelection(text) {
  const area = el('textarea', {class: 'visually-hidden', 'aria-hidden': 'true', readonly: true});
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  focused.focus({preventScroll: true});
  return isCopied;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    return copyBySelection(text);
  }
}

function copyButton(panel, textNow) {
  const button = el('button', {type: 'button', class: 'copy'}, 'Copy');
  const told = el('span', {role: 'status', class: 'visually-hidden'});
  button.addEventListener('click', async () => {
    const isCopied = await copyText(textNow());
    if (!isCopied) getSelection().selectAllChildren(panel);
    button.textContent = isCopied ? '✓ Copied' : 'Press Ctrl+C';
    told.textContent = isCopied ? 'Copied' : 'The text is selected; press Ctrl+C to copy it';
    setTimeout(() => { button.textContent = 'Copy'; told.textContent = ''; }, 2500);
  });
  return [button, told];
}

/* Tabs as the ARIA practice has them: arrow keys move, one tab is in the tab order. */
function templateTabs(forms, id) {
  const names = Object.keys(forms);
  const panel = el('pre', {class: 'template', tabindex: '0', id: `${id}-panel`, role: 'tabpanel'});
  let shown = names[0];
  const select = (name) => {
    shown = name;
    panel.textContent = visibleLines(forms[name]);
    panel.setAttribute('aria-labelledby', `${id}-${name}`);
    tabs.forEach((tab) => {
      const isOn = tab.dataset.form === name;
      tab.setAttribute('aria-selected', String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
    });
  };
  const move = (event) => {
    const at = tabs.indexOf(event.target);
    const to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.focus();
    select(next.dataset.form);
  };
  const tabs = names.map((name) => el('button', {type: 'button', role: 'tab', 'data-form': name, id: `${id}-${name}`,
    'aria-controls': `${id}-panel`, onclick: () => select(name), onkeydown: move}, formTitles[name] || name));
  select(shown);
  return el('div', {class: 'template-box'},
    el('div', {class: 'tabs'}, el('div', {role: 'tablist', 'aria-label': 'Template for'}, tabs),
      copyButton(panel, () => forms[shown])),
    panel);
}
