# SPDX-License-Identifier: LGPL-2.1-or-later
"""Can everybody use the page? Contrast, names and roles, headings, the keyboard, widths, quiet motion."""
import json

SCHEMES = ("light", "dark")
WIDTHS = (1440, 1024, 400)
CONTROL_ROLES = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "tab", "application",
                 "listbox", "option", "DisclosureTriangle"}

COLOURS = """
window.parseColour = (colour) => {
  const parts = colour.match(/[\\d.]+/g).map(Number);
  const scale = colour.startsWith('color(') ? 255 : 1;
  return {rgb: parts.slice(0, 3).map((v) => v * scale), alpha: parts.length > 3 ? parts[3] : 1};
};
window.lightOf = (rgb) => {
  const [r, g, b] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
window.contrastOf = (one, other) => {
  const [a, b] = [lightOf(one), lightOf(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
};
window.behind = (node) => {
  for (let n = node; n; n = n.parentElement) {
    const back = parseColour(getComputedStyle(n).backgroundColor);
    if (back.alpha === 1) return back.rgb;
    if (back.alpha > 0) {
      const under = n.parentElement ? behind(n.parentElement) : [255, 255, 255];
      return back.rgb.map((v, i) => v * back.alpha + under[i] * (1 - back.alpha));
    }
  }
  return [255, 255, 255];
};
"""

# The least contrast of any text with what is behind it, as WCAG 2.1 defines it.
TEXT_CONTRAST = """
(() => {
  let worst = {ratio: 99, n: 0};
  let n = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest('script, :disabled')) continue;
    const style = getComputedStyle(node);
    const ink = parseColour(node.closest('svg') ? style.fill : style.color).rgb;
    const ratio = contrastOf(ink, behind(node));
    n += 1;
    if (ratio < worst.ratio) worst = {ratio, text: walker.currentNode.data.slice(0, 40), at: `${node.tagName}.${node.className}`};
  }
  return {...worst, n};
})()
"""

# The matrix is a canvas: its symbols on their fills, its names on the page, and fills beside each other.
FILL_CONTRAST = """
(() => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => {
    const n = parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return [n >> 16, (n >> 8) & 255, n & 255];
  };
  const kinds = ['yes', 'oneway', 'warn', 'unknown', 'no'];
  const lights = kinds.map((kind) => of(`--fill-${kind}`));
  return {
    symbols: Math.min(...kinds.map((kind) => contrastOf(of(`--on-${kind}`), of(`--fill-${kind}`)))),
    names: Math.min(contrastOf(of('--muted'), of('--page')), contrastOf(of('--ink'), of('--page'))),
    yesToNo: contrastOf(of('--fill-yes'), of('--fill-no')),
    neighbours: Math.min(...lights.flatMap((a, i) => lights.slice(i + 1).map((b) => contrastOf(a, b)))),
    edges: Math.min(contrastOf(of('--strong-line'), of('--surface')), contrastOf(of('--accent'), of('--page'))),
  };
})()
"""

STRUCTURE = """
(() => {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((n) => n.checkVisibility());
  const ids = [...document.querySelectorAll('[id]')].map((n) => n.id);
  const named = ['aria-controls', 'aria-labelledby', 'aria-describedby', 'aria-activedescendant'];
  return {
    lang: document.documentElement.lang, title: document.title,
    headings: visible('h1, h2, h3, h4, h5, h6').map((n) => Number(n.tagName[1])),
    landmarks: ['header', 'nav', 'main', 'footer'].map((tag) => document.querySelectorAll(`body > ${tag}, body > .page > ${tag}`).length),
    doubleIds: ids.filter((id, i) => ids.indexOf(id) !== i),
    dangling: named.flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
      .flatMap((n) => n.getAttribute(name).split(' ')).filter((id) => !document.getElementById(id))),
    unfinished: document.querySelectorAll('#drawing').length,
    tabindexes: [...document.querySelectorAll('[tabindex]')].filter((n) => n.tabIndex > 0).length,
    tablesWithoutCaption: [...document.querySelectorAll('table')].filter((n) => !n.caption || !n.caption.textContent).length,
    headersWithoutScope: [...document.querySelectorAll('th')].filter((n) => !n.scope).length,
    unsortedHeads: [...document.querySelectorAll('.table-block > .table-scroll > table > thead')].filter((n) => !n.hidden && n.querySelectorAll('button').length === 0).length,
    imagesWithoutName: [...document.querySelectorAll('[role=img]')].filter((n) => !n.getAttribute('aria-label')).length,
    smallTargets: visible('button, select, input, summary').filter((n) => n.getBoundingClientRect().height < 18)
      .map((n) => `${n.tagName}.${n.className}`),
  };
})()
"""


def emulate(page, **features):
    page.call("Emulation.setEmulatedMedia",
              features=[{"name": name.replace("_", "-"), "value": value} for name, value in features.items()])


def check_contrast(page, check):
    page.run(COLOURS)
    page.run("openAll(document.body)")
    page.run("document.querySelector('#guests .table-block').table.reveal(0)")
    for scheme in SCHEMES:
        emulate(page, prefers_color_scheme=scheme)
        worst = page.run(TEXT_CONTRAST)
        check(f"contrast in {scheme}", worst["ratio"] >= 4.5, str(worst))
        check(f"texts looked at in {scheme}", worst["n"] > 300, str(worst["n"]))
        fills = page.run(FILL_CONTRAST)
        for name, least in (("symbols", 4.5), ("names", 4.5), ("yesToNo", 3), ("neighbours", 1.15), ("edges", 3)):
            check(f"the matrix's {name} in {scheme}", fills[name] >= least, str(fills))
    emulate(page, prefers_color_scheme="light")


def check_structure(page, check, equal):
    found = page.run(STRUCTURE)
    equal("language", found["lang"], "en")
    check("the title", found["title"].startswith("virt-plan: "), found["title"])
    equal("first-rank headings", found["headings"].count(1), 1)
    for above, below in zip(found["headings"], found["headings"][1:]):
        check("headings go down one rank at a time", below <= above + 1, f"{above} then {below}")
    equal("landmarks", found["landmarks"], [1, 1, 1, 1])
    for name in ("doubleIds", "dangling", "smallTargets"):
        equal(name, found[name], [])
    for name in ("unfinished", "tabindexes", "tablesWithoutCaption", "headersWithoutScope", "unsortedHeads", "imagesWithoutName"):
        equal(name, found[name], 0)


def check_names(page, check):
    """As the browser tells them to a screen reader."""
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    controls = [node for node in nodes if not node.get("ignored") and node.get("role", {}).get("value") in CONTROL_ROLES]
    check("controls", len(controls) > 50, f"are only {len(controls)}")
    for node in controls:
        name = str(node.get("name", {}).get("value", "")).strip()
        check("a control has a name", name != "", json.dumps(node.get("role")) + str(node.get("backendDOMNodeId")))
    page.call("Accessibility.disable")


def check_tab_order(page, check, equal):
    """Tab goes through the page in its order, and shows where it is."""
    page.run("document.activeElement.blur(); scrollTo(0, 0); openAll(document.querySelector('#overview'))")
    seen = []
    for _ in range(40):
        page.key("Tab")
        seen.append(page.run("""(() => {
            const n = document.activeElement;
            const style = getComputedStyle(n);
            const all = [...document.querySelectorAll('*')];
            return {at: all.indexOf(n), tag: `${n.tagName}.${n.className}`, isShown: style.outlineStyle !== 'none' && style.outlineWidth !== '0px'};
        })()"""))
    places = [each["at"] for each in seen]
    equal("tab order is the page's", places, sorted(places))
    check("tab moves", len(set(places)) == len(places), str(seen))
    for each in seen:
        check("focus is shown", each["isShown"], each["tag"])


def check_widths(page, check):
    for width in WIDTHS:
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        page.run("new Promise((done) => setTimeout(done, 150))")
        over = page.run("document.documentElement.scrollWidth - innerWidth")
        check(f"nothing stands out of a page {width} wide", over <= 0, f"by {over}")
    page.call("Emulation.clearDeviceMetricsOverride")


def check_motion(page, equal):
    emulate(page, prefers_reduced_motion="reduce")
    equal("scrolling when motion is not wanted", page.run("getComputedStyle(document.documentElement).scrollBehavior"), "auto")
    equal("moving parts", page.run("""[...document.querySelectorAll('.open, .class-name')]
        .filter((n) => getComputedStyle(n, '::before').transitionDuration !== '0s').length"""), 0)
    emulate(page)


def check_keyboard(page, document, check, equal):
    page.run("document.querySelector('#matrix canvas').focus()")
    before = page.run("document.querySelector('#matrix .story').textContent")
    page.key("ArrowDown")
    page.key("ArrowRight")
    check("arrow keys move in the matrix", before != page.run("document.querySelector('#matrix .story').textContent"))
    check("the pair is told to screen readers", page.run("document.querySelector('#matrix-spoken').textContent").startswith("From "))
    page.key("Enter")
    check("Enter goes to the reasons", page.run("document.activeElement.classList.contains('story')"))
    page.run("document.activeElement.blur()")
    page.key("/")
    equal("'/' goes to the search", page.run("document.activeElement.getAttribute('role')"), "combobox")
    for letter in "web0002":
        page.key(letter)
    equal("guests found", page.run("document.querySelectorAll('#search-list [role=option]').length"), 1)
    page.key("Enter")
    page.run("new Promise((done) => setTimeout(done, 100))")
    equal("the guest is open", page.run("document.querySelector('#guests .open[aria-expanded=true]').textContent"), "web0002")
    check("and has an address", "guest=web0002" in page.run("location.hash"))
    rows = next(a for a in document["addresses"] if a["guest"] == 2)["devices"]
    equal("devices drawn", page.run("document.querySelectorAll('#guests .device').length"),
          len([row for row in rows if row[1] is not None]))
    page.run("document.querySelector('.class-card summary').focus()")
    page.key("Enter")
    page.run("new Promise((done) => setTimeout(done, 100))")
    equal("Enter opens a class", page.run("document.querySelector('.class-card').open"), True)
    page.run("document.querySelector('.class-card [role=tab]').focus()")
    page.key("ArrowRight")
    equal("arrow keys move between tabs", page.run("document.activeElement.dataset.form"), "nova")


def check_places(page, document, url, equal):
    """Addresses inside the page: they open what they name, and the back button returns."""
    host = document["hosts"]["name"][3]
    pool = document["pools"][0]
    settle = "new Promise((done) => setTimeout(done, 200))"
    opened = "shown(document.querySelector('#{} .open[aria-expanded=true]') || document.body)"
    page.run(f"location.hash = new URLSearchParams({{host: {json.dumps(host)}}})")
    page.run(settle)
    equal("an address opens a host", page.run(opened.format("hosts")), host)
    page.run(f"location.hash = new URLSearchParams({{class: {json.dumps(pool['classes'][1]['name'])}, pool: 'prod'}})")
    page.run(settle)
    equal("an address opens a class", page.run("document.querySelectorAll('.class-card')[1].open"), True)
    page.run("history.back()")
    page.run(settle)
    equal("back goes back", page.run("new URLSearchParams(location.hash.slice(1)).get('host')"), host)
    first, last = pool["hosts"][0], pool["hosts"][-1]
    names = [document["hosts"]["name"][index] for index in (first, last)]
    page.open(f"{url}?again#" + page.run(f"String(new URLSearchParams({{from: {json.dumps(names[0])}, to: {json.dumps(names[1])}}}))"))
    page.run(settle)
    page.run("window.shown = (node) => node.textContent.replace(/\\s+/g, ' ').trim()")
    story = page.run("shown(document.querySelector('#matrix .story'))")
    equal("an address opens a pair", all(name in story for name in names), True)


def check_copying(page, document, equal):
    """With the clipboard, and where the page may not use it."""
    form = document["pools"][0]["classes"][0]["template"]["forms"]["libvirt"]
    page.run("""(() => {
        const card = document.querySelector('.class-card');
        card.fill();
        card.open = true;
        card.querySelector('[role=tab]').click();
        window.copied = [];
        document.addEventListener('copy', () => copied.push(document.activeElement.value));
        Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {writeText: async (text) => { copied.push(text); }}});
        card.querySelector('.copy').click();
    })()""")
    page.run("new Promise((done) => setTimeout(done, 50))")
    equal("what is copied", page.run("copied"), [form])
    page.run("""Object.defineProperty(navigator, 'clipboard', {configurable: true, value: undefined});
        copied = [];""")
    page.run("document.querySelector('.class-card .copy').scrollIntoView({block: 'center', behavior: 'instant'})")
    page.run("new Promise((done) => setTimeout(done, 300))")
    box = page.run("""(() => {
        const copy = document.querySelector('.class-card .copy');
        const r = copy.getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2];
    })()""")
    page.click(*box)
    page.run("new Promise((done) => setTimeout(done, 100))")
    equal("what is copied without a clipboard", page.run("copied"), [form])
