/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * Elements. Everything that comes from the plan goes through textContent or an attribute that holds
 * no code, so that no name can become markup.
 */

const svgNamespace = 'http://www.w3.org/2000/svg';

/* Control codes, direction marks and what else acts or vanishes, as something to see. */
const unseen = new RegExp('[\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb' +
  '\\u{e0000}-\\u{e0fff}]|\\p{Cs}', 'gu');

function visible(text) {
  return String(text)
    .replace(/[\u0000-\u001f]/g, (c) => String.fromCodePoint(0x2400 + c.charCodeAt(0)))
    .replace(unseen, (c) => `\\u${c.codePointAt(0).toString(16).padStart(4, '0')}`);
}

/* The same of a text whose lines and tabs are to stay. */
function visibleLines(text) {
  return text.replace(/[^\n\t]+/g, visible);
}

/* el('p', {class: 'note', onclick: f}, 'text', child): an element. Null children are left out. */
function el(tag, attributes, ...children) {
  const node = tag.startsWith('svg:')
    ? document.createElementNS(svgNamespace, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) {
      node.append(child instanceof Node ? child : visible(child));
    }
  }
}

function replaceChildren(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

/* A width or a share that a style sheet cannot know. The policy refuses style attributes. */
function styled(node, property, value) {
  node.style.setProperty(property, value);
  return node;
}
