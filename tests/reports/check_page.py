# SPDX-License-Identifier: LGPL-2.1-or-later
"""Opens report.html in a headless Chromium: check_page.py PRINT_SAMPLE.

Proves that the page loads without an error, that each section's numbers are the document's, that hostile
names stay text, that it can be used by everybody, and that it asks no network. A page of 5,000 hosts stays
small and puts few elements on the screen, a larger one says what it leaves out.
"""
import json
import os
import subprocess
import sys
import tempfile

import browser
import page_access
import page_hostile
import page_numbers

MAX_BYTES = 10_000_000
MAX_ELEMENTS = 12_000

failures = []


def check(what, is_true, detail=""):
    if not is_true:
        failures.append(f"{what} {detail}".strip()[:500])


def equal(what, found, expected):
    check(what, found == expected, f"is {found!r}, not {expected!r}")


class Sample:
    """The reports of a sample plan, and its page in a browser."""

    def __init__(self, print_sample, folder, n_hosts):
        self.name = f"{n_hosts} hosts"
        self.folder = os.path.join(folder, str(n_hosts))
        subprocess.run([print_sample, self.folder, str(n_hosts)], check=True)
        self.path = os.path.join(self.folder, "report.html")
        self.url = f"file://{self.path}"

    def html(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def document(self):
        with open(os.path.join(self.folder, "plan.json"), encoding="utf-8") as file:
            return json.load(file)


def check_small(path, sample):
    document = sample.document()
    page_hostile.check_policy(sample.html(), check, equal)
    with browser.Browser(path) as page:
        page.call("Network.enable")
        page.open(sample.url)
        equal("files that the page loads", page.run("performance.getEntriesByType('resource').length"), 0)
        page_numbers.Numbers(page, document, check, equal).all()
        equal("problems", page.problems, [])
    with browser.Browser(path) as page:
        page_access.emulate(page, prefers_reduced_motion="reduce")
        page.open(sample.url)
        page.run(page_numbers.HELPERS)
        page_access.check_tab_order(page, check, equal)
        page_access.check_keyboard(page, document, check, equal)
        page_access.check_copying(page, document, equal)
        page_access.check_contrast(page, check)
        page_access.check_structure(page, check, equal)
        page_access.check_names(page, check)
        page_access.check_widths(page, check)
        page_access.check_motion(page, equal)
        page_access.check_places(page, document, sample.url, equal)
        equal("problems of using the page", page.problems, [])


def check_hostile(path, sample):
    document = page_hostile.poisoned(sample.document())
    html = page_hostile.splice(sample.html(), json.dumps(document))
    poisoned = os.path.join(sample.folder, "hostile.html")
    with open(poisoned, "w", encoding="utf-8") as file:
        file.write(html)
    with browser.Browser(path) as page:
        page.open(f"file://{poisoned}")
        page.run(page_numbers.HELPERS)
        page_hostile.check_hostile(page, document, check, equal)
        page_access.check_widths(page, check)
        equal("problems of the hostile page", page.problems, [])


def check_paper(path, sample):
    """Printed from dark, it is light, and all that is paged is there."""
    n_hosts = len(sample.document()["hosts"]["name"])
    with browser.Browser(path) as page:
        page_access.emulate(page, prefers_color_scheme="dark")
        page.open(sample.url)
        page.run("""window.printed = null; addEventListener('beforeprint', () => {
            window.printed = [getComputedStyle(document.body).color, document.querySelectorAll('#hosts tbody tr').length,
              document.querySelectorAll('.class-card[open]').length];
        })""")
        page.call("Page.printToPDF")
        dark = page.run("getComputedStyle(document.body).color")
        colour, rows, cards = page.run("printed")
        check("paper is light", colour != dark, colour)
        equal("hosts on paper", rows, n_hosts)
        equal("classes on paper", cards, sum(len(pool["classes"]) for pool in sample.document()["pools"]))
        equal("classes open after printing", page.run("document.querySelectorAll('.class-card[open]').length"), 0)


def check_large(path, sample):
    size = os.path.getsize(sample.path)
    check(f"the page of {sample.name}", size < MAX_BYTES, f"has {size} bytes")
    with browser.Browser(path) as page:
        ready = page.open(sample.url)
        elements = page.run("document.querySelectorAll('*').length")
        check("elements of the large page", elements < MAX_ELEMENTS, f"are {elements}")
        found = page.run("""(() => {
            const {table} = document.querySelector('#hosts .table-block');
            const started = performance.now();
            table.filter('kvm0123');
            return [table.found.length, table.body.children.length, performance.now() - started];
        })()""")
        equal("hosts found", found[:2], [1, 1])
        check_levels(page, sample.document())
        drawn = page.run("""(() => {
            const {view} = document.querySelector('.matrix-holder');
            const started = performance.now();
            view.draw();
            return performance.now() - started;
        })()""")
        equal("problems of the large page", page.problems, [])
    print(f"{sample.name}: {size} bytes, {elements} elements, ready in {ready:.1f} s, "
          f"filtered in {found[2]:.0f} ms, matrix drawn in {drawn:.0f} ms")


def check_levels(page, document):
    """A large matrix begins by class; Enter goes into a pair of classes, and a pair of hosts is found by name."""
    pool = document["pools"][0]
    n_groups = len(pool["matrices"]["template"]["groups"])
    sizes = "[...document.querySelectorAll('.matrix-holder')].map((n) => n.view.grid.n)[0]"
    equal("rows by class", page.run(sizes), len(pool["classes"]))
    page.run("document.querySelector('#matrix canvas').focus()")
    page.key("Enter")
    equal("rows by group", page.run(sizes), n_groups)
    first, last = (document["hosts"]["name"][pool["hosts"][index]] for index in (0, -1))
    found = page.run(f"""(() => {{
        const [from, to] = document.querySelectorAll('.pair-form input');
        const ask = (a, b) => {{
          [from.value, to.value] = [a, b];
          document.querySelector('.pair-form').requestSubmit();
          return document.querySelector('.pair-answer').textContent;
        }};
        const answers = [ask({json.dumps(first)}, 'no such host'), ask({json.dumps(first)}, {json.dumps(last)})];
        const {{view}} = document.querySelector('.matrix-holder');
        return {{answers, story: document.querySelector('#matrix .story').textContent,
          chosen: view.chosen.map((at) => view.grid.matrix.group(view.grid.order[at]).hosts)}};
    }})()""")
    check("an unknown host is told", "no such host" in found["answers"][0], found["answers"][0])
    check("a pair is answered", found["answers"][1][:1] in "✓!?×", found["answers"][1])
    equal("the pair is chosen", [pool["hosts"][index] in hosts for index, hosts in zip((0, -1), found["chosen"])], [True, True])


def check_vast(path, sample):
    """More hosts than the page lists: it counts them all and says where the others are."""
    with browser.Browser(path) as page:
        page.open(sample.url)
        equal("hosts counted", page.run("document.querySelector('[data-figure=n_hosts]').textContent"), "21,000")
        equal("hosts listed", page.run("document.querySelector('#hosts').dataset.count"), "20000")
        check("what is left out is said", "1,000 hosts" in page.run("document.querySelector('footer').textContent"))
        page.run("document.querySelectorAll('.class-card').forEach((card) => { card.open = true; })")
        page.run("new Promise((done) => setTimeout(done, 500))")
        equal("problems of the vast page", page.problems, [])


def main():
    path = browser.find()
    if path is None:
        print("skipped: no Chromium is installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        small = Sample(sys.argv[1], folder, 40)
        check_small(path, small)
        check_hostile(path, small)
        check_paper(path, small)
        check_large(path, Sample(sys.argv[1], folder, 5000))
        check_vast(path, Sample(sys.argv[1], folder, 21000))
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
