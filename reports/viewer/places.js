/* SPDX-License-Identifier: LGPL-2.1-or-later */
'use strict';

/*
 * Places of the page that have an address: "#guest=web01&on=kvm01", "#class=amd&pool=prod",
 * "#from=kvm01&to=kvm02". The first word tells the kind. An address can be mailed, and the browser's
 * back button works through them.
 */

function placeHref(parameters) {
  return `#${new URLSearchParams(parameters)}`;
}

function hostHref(i) {
  return placeHref({host: hostName(i)});
}

function guestHref(i) {
  const guest = plan.guests[i];
  return placeHref(guest.host === null ? {guest: guest.name || guest.uuid || String(i)}
    : {guest: guest.name || guest.uuid || String(i), on: hostName(guest.host)});
}

function classHref(pool, klass) {
  return placeHref({class: klass.name, pool: pool.name});
}

function hostLink(i) {
  return i !== null && i < plan.hosts.name.length ? el('a', {href: hostHref(i)}, nameOf(hostName(i)))
    : el('span', {}, hostName(i));
}

/* A host that a finding or a change names: it need not be one of the plan's. */
function hostLinkByName(name) {
  return index.host.has(name) ? hostLink(index.host.get(name)) : nameOf(name);
}

function guestLink(i) {
  return plan.guests[i] ? el('a', {href: guestHref(i)}, nameOf(guestName(i))) : el('span', {}, guestName(i));
}

function classLink(pool, klass) {
  return el('a', {href: classHref(pool, klass)}, nameOf(klass.name));
}

/* Links to the hosts at POSITIONS; those beyond MOST are folded away. */
function hostLinks(positions, most) {
  return linkList(positions.map((i) => () => hostLink(i)), most);
}

function guestLinks(positions, most) {
  return linkList(positions.map((i) => () => guestLink(i)), most);
}

/* Tells the address of what a person opened, without going there. */
function notePlace(href) {
  try {
    if (location.hash !== href) history.pushState(null, '', href);
  } catch (error) {
    /* A page inside a mail has no address of its own. */
  }
}

/* OPENERS: kind -> function of the address's parameters that goes there and says whether it could. */
function openPlace(openers) {
  let parameters;
  try {
    parameters = new URLSearchParams(location.hash.slice(1));
  } catch (error) {
    return;
  }
  const [kind] = parameters.keys();
  if (openers.has(kind)) openers.get(kind)(parameters);
}
