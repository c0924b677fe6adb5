# SPDX-License-Identifier: LGPL-2.1-or-later
"""Opens report.html in a headless Chromium: check_page.py PRINT_SAMPLE.

Proves that the page loads without an error, that each section's numbers are the document's, that
hostile names stay text, that it can be used from the keyboard, that its colours have enough contrast
in light and dark, and that a page of 5,000 hosts is small and quick.
"""
import json
import os
import subprocess
import sys
import tempfile

import browser

MAX_BYTES = 10_000_000
MAX_READY_S = 10
MAX_REDRAW_MS = 500

# The least contrast of any text with what is behind it, as WCAG 2.1 defines it.
CONTRAST = """
(() => {
  const parse = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    return {rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1};
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => {
      const c = v / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let n = node; n; n = n.parentElement) {
      const back = parse(getComputedStyle(n).backgroundColor);
      if (back.alpha === 1) return back.rgb;
    }
    return [255, 255, 255];
  };
  let worst = {ratio: 99};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest('svg, script')
        || node.closest(':disabled')) continue;
    const style = getComputedStyle(node);
    const a = light(parse(style.color).rgb), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) {
      worst = {ratio, text: walker.currentNode.data.slice(0, 40), tag: node.tagName + '.' + node.className};
    }
  }
  return worst;
})()
"""

failures = []


def check(what, is_true, detail=""):
    if not is_true:
        failures.append(f"{what} {detail}".strip())


def equal(what, found, expected):
    check(what, found == expected, f"is {found!r}, not {expected!r}")


def number(text):
    return int(text.replace(",", ""))


def check_figures(page, document):
    figures = page.run("""Object.fromEntries([...document.querySelectorAll('[data-figure]')]
        .map((n) => [n.dataset.figure, n.textContent]))""")
    check("figures", len(figures) >= 12, f"are {len(figures)}")
    for path, text in figures.items():
        expected = document["summary"]
        for step in path.split("."):
            expected = expected[step]
        if isinstance(expected, str):
            equal(path, text, expected)
        else:
            equal(path, number(text), expected)


def check_sections(page, document):
    counts = page.run("""Object.fromEntries([...document.querySelectorAll('section[data-count]')]
        .map((n) => [n.id, Number(n.dataset.count)]))""")
    classes = [klass for pool in document["pools"] for klass in pool["classes"]]
    expected = {
        "classes": len(classes),
        "limits": sum(len(klass["limits"]) for klass in classes),
        "guests": len(document["guests"]),
        "drift": len(document["drift"]),
        "quarantine": len(document["quarantine"]),
        "findings": len(document["findings"]),
        "hosts": len(document["hosts"]["name"]),
    }
    equal("the sections' counts", counts, expected)
    for name, n in expected.items():
        if name == "classes":
            continue
        rows = page.run(f"document.querySelectorAll('#{name} tbody tr').length")
        equal(f"rows of {name}", rows, min(n, 50))
    cards = page.run("""[...document.querySelectorAll('.class-card')].map((n) => [n.dataset.class,
        n.querySelector('.class-hosts').textContent, n.querySelector('.class-model').textContent])""")
    equal("class cards", cards, [[klass["name"], f"{klass['n_hosts']} hosts",
                                  klass["template"]["model"]] for klass in classes])
    page.run("document.querySelectorAll('.class-card').forEach((card) => { card.open = true; })")
    page.run("new Promise((done) => setTimeout(done, 200))")
    templates = page.run("[...document.querySelectorAll('pre.template')].map((n) => n.textContent)")
    equal("templates", templates, [klass["template"]["forms"]["libvirt"] for klass in classes])
    page.run("document.querySelectorAll('.class-card').forEach((card) => { card.open = false; })")


def check_matrix(page, document):
    """Every cell that the viewer makes of the document, against the document read here."""
    for index, pool in enumerate(document["pools"]):
        raw = pool["matrices"]["template"]
        shown = page.run(f"""(() => {{
            const m = new MigrationMatrix(plan.pools[{index}].matrices.template);
            return Array.from({{length: m.n}}, (_, i) =>
              Array.from({{length: m.n}}, (_, j) => m.outcome(i, j).verdict));
        }})()""")
        for i, kind in enumerate(raw["rows"]):
            runs = raw["runs"][kind]
            row = [o for o, n in zip(runs[::2], runs[1::2]) for _ in range(n)]
            row[i] = raw["diagonal"][i]
            equal(f"matrix row {i}", shown[i], [raw["outcomes"][o]["verdict"] for o in row])
    text = page.run("document.querySelector('#matrix .muted').textContent")
    pairs = document["pools"][0]["matrices"]["template"]["n_pairs"]
    check("the matrix's open pairs", f"{pairs['yes'] + pairs['warn']:,} are open" in text, text)


def check_text_stays_text(page, document):
    equal("images", page.run("document.querySelectorAll('img').length"), 0)
    equal("scripts", page.run("document.querySelectorAll('script').length"), 2)
    hosts = page.run("[...document.querySelectorAll('#hosts tbody th')].map((n) => n.textContent)")
    names = document["hosts"]["name"]
    check("the hostile host name", "<script>alert(1)</script>" in hosts)
    check("no control code is shown", not any("\033" in host for host in hosts))
    equal("hosts shown", len(hosts), len(names))


def check_keyboard(page, document):
    page.run("document.querySelector('#matrix canvas').focus()")
    before = page.run("document.querySelector('#matrix .story').textContent")
    page.key("ArrowDown")
    page.key("ArrowRight")
    after = page.run("document.querySelector('#matrix .story').textContent")
    check("arrow keys move in the matrix", before != after)
    spoken = page.run("document.querySelector('#matrix p[role=status]').textContent")
    check("the pair is told to screen readers", spoken.startswith("From "), spoken)
    page.run("document.activeElement.blur()")
    page.key("/")
    equal("'/' goes to the search", page.run("document.activeElement.type"), "search")
    for letter in "web0002":
        page.key(letter)
    page.run("new Promise((done) => setTimeout(done, 400))")
    equal("guests found", page.run("document.querySelectorAll('#guests tbody tr').length"), 1)
    page.run("document.querySelector('#guests .open').click()")
    rows = next(a for a in document["addresses"] if a["guest"] == 2)["devices"]
    placed = [row for row in rows if row[1] is not None]
    equal("devices drawn", page.run("document.querySelectorAll('#guests .device').length"), len(placed))
    unnamed = page.run("""[...document.querySelectorAll('button, input, select, canvas, a[href]')]
        .filter((n) => !(n.textContent || n.getAttribute('aria-label') || n.closest('label'))).length""")
    equal("controls without a name", unnamed, 0)


def check_contrast(page):
    for scheme in ("light", "dark"):
        page.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        worst = page.run(CONTRAST)
        check(f"contrast in {scheme}", worst["ratio"] >= 4.5, str(worst))


def check_vast(path, folder, print_sample):
    """More hosts than the page lists: it counts them all and says where the others are."""
    out = os.path.join(folder, "vast")
    subprocess.run([print_sample, out, "21000"], check=True)
    with browser.Browser(path) as page:
        page.open(f"file://{out}/report.html")
        equal("hosts counted", page.run("document.querySelector('[data-figure=n_hosts]').textContent"),
              "21,000")
        footer = page.run("document.querySelector('.page-footer').textContent")
        check("the hosts left out", "1,000 hosts" in footer, footer)
        page.run("document.querySelectorAll('.class-card').forEach((card) => { card.open = true; })")
        page.run("new Promise((done) => setTimeout(done, 500))")
        equal("problems of the vast page", page.problems, [])


def check_large(path, folder, print_sample):
    out = os.path.join(folder, "large")
    subprocess.run([print_sample, out, "5000"], check=True)
    page_path = os.path.join(out, "report.html")
    size = os.path.getsize(page_path)
    check("the page of 5,000 hosts", size < MAX_BYTES, f"has {size} bytes")
    with browser.Browser(path) as page:
        ready = page.open(f"file://{page_path}")
        draw = page.run("""(async () => {
            const canvas = document.querySelector('#matrix canvas');
            const started = performance.now();
            canvas.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown'}));
            await new Promise(requestAnimationFrame);
            await new Promise(requestAnimationFrame);
            return performance.now() - started;
        })()""")
        equal("problems of the large page", page.problems, [])
    print(f"5,000 hosts: {size} bytes, ready in {ready:.1f} s, matrix redrawn in {draw:.0f} ms")
    check("ready", ready < MAX_READY_S, f"after {ready:.1f} s")
    check("redrawing the matrix", draw < MAX_REDRAW_MS, f"takes {draw:.0f} ms")


def main():
    path = browser.find()
    if path is None:
        print("skipped: no Chromium is installed")
        sys.exit(77)
    print_sample = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "small")
        subprocess.run([print_sample, out, "40"], check=True)
        with open(os.path.join(out, "plan.json"), encoding="utf-8") as file:
            document = json.load(file)
        with browser.Browser(path) as page:
            page.open(f"file://{out}/report.html")
            check_figures(page, document)
            check_sections(page, document)
            check_matrix(page, document)
            check_text_stays_text(page, document)
            check_contrast(page)
            check_keyboard(page, document)
            equal("problems", page.problems, [])
        empty = os.path.join(folder, "empty")
        subprocess.run([print_sample, empty, "0"], check=True)
        with browser.Browser(path) as page:
            page.open(f"file://{empty}/report.html")
            equal("problems of the empty page", page.problems, [])
        check_large(path, folder, print_sample)
        check_vast(path, folder, print_sample)
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
