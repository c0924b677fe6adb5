# SPDX-License-Identifier: LGPL-2.1-or-later
"""Is what each section shows what the document says? The document is read here a second time."""
import re

import page_text as text

# The text of a node, its spaces as a person sees them.
HELPERS = """
window.shown = (node) => node.textContent.replace(/\\s+/g, ' ').trim();
window.rowsOf = (id) => {
  const table = document.querySelector(`#${id} .table-block`).table;
  table.setPrinting(true);
  const rows = [...table.body.children].map((tr) => [...tr.children].map(shown));
  table.setPrinting(false);
  return rows;
};
window.openAll = (root) => {
  for (let more = true; more;) {
    const folded = [...root.querySelectorAll('details:not([open])')];
    folded.forEach((node) => { if (node.fill) node.fill(); node.open = true; });
    more = folded.length > 0;
  }
};
"""

TROUBLE = ("stuck", "may-be-stuck")


def squeeze(words):
    return " ".join(str(words).split())


class Numbers:
    def __init__(self, page, document, check, equal):
        self.page, self.document, self.check, self.equal = page, document, check, equal
        self.classes = [(pool, klass) for pool in document["pools"] for klass in pool["classes"]]
        page.run(HELPERS)

    def host(self, index):
        return "unknown host" if index is None else self.document["hosts"]["name"][index]

    def all(self):
        for name in dir(self):
            if name.startswith("of_"):
                getattr(self, name)()

    def same_rows(self, what, found, expected):
        """Rows in any order: the page sorts them its own way."""
        found, expected = sorted(found), sorted([squeeze(cell) for cell in row] for row in expected)
        self.equal(f"rows of {what}", len(found), len(expected))
        for left, right in zip(found, expected):
            self.equal(f"a row of {what}", left, right)

    # ---- overview ----

    def of_figures(self):
        figures = self.page.run("""Object.fromEntries([...document.querySelectorAll('[data-figure]')]
            .map((n) => [n.dataset.figure, n.textContent]))""")
        self.check("figures", len(figures) >= (12 if any(self.document["summary"]["n_pairs"].values()) else 8), f"are {len(figures)}")
        summary = self.document["summary"]
        known = {"n_guests_stuck": summary["n_guests_known_stuck"],
                 "n_guests_may_be_stuck": summary["n_guests_known_may_be_stuck"]}
        if sum(known.values()) > 0:
            self.equal("known guests", figures.pop("n_guests_known", None), text.number(sum(known.values())))
        for path, shown in figures.items():
            expected = summary
            for step in path.split("."):
                expected = expected[step]
            self.equal(path, shown, expected if isinstance(expected, str) else text.number(expected - known.get(path, 0)))

    def of_needs(self):
        self.page.run("openAll(document.querySelector('#overview'))")
        needs = self.page.run("[...document.querySelectorAll('.need')].map(shown)")
        wanted = []
        for pool, klass in self.classes:
            wanted += [[self.host(breach["host"]), klass["name"], *breach["reasons"]]
                       for breach in klass["contract"]["breaches"]]
        # Guests that one thing holds stand together, whatever the number of hosts that its cure would open.
        wanted += [[guest["name"], *re.split(r"would open [\d,]+ hosts?", guest["held_by"] or "")]
                   for guest in self.document["guests"] if guest["state"] in TROUBLE and guest["known_why"] is None]
        wanted += [["Failover", pool["name"], pool["maintenance"]["failover_text"]] for pool in self.document["pools"]
                   if pool["failover_hosts"] > 0 and pool["maintenance"]["failover"] != "yes"]
        wanted += [[item["host"] or "", item["text"]] for item in self.document["drift"] if item["is_actionable"]]
        wanted += [[finding["source"], finding["text"], finding["remedy"]] for finding in self.document["quarantine"]]
        for words in wanted:
            words = [squeeze(text.visible(word)) for word in words if word]
            self.check("a need", any(all(word in need for word in words) for need in needs), f"{words} is not told")

    def of_pools(self):
        rows = self.page.run("[...document.querySelectorAll('.glance tbody tr')].map((tr) => [...tr.children].map(shown))")
        expected = []
        for index, pool in enumerate(self.document["pools"]):
            pairs = pool["matrices"]["template"]["n_pairs"]
            total = sum(pairs.values())
            guests = [guest for guest in self.document["guests"] if guest["pool"] == index]
            states = [guest["state"] for guest in guests if guest["known_why"] is None]
            n_known = sum(guest["state"] in TROUBLE and guest["known_why"] is not None for guest in guests)
            may_be = f" + {text.number(states.count('may-be-stuck'))} that may be" if "may-be-stuck" in states else ""
            may_be += f" + {text.number(n_known)} known" if n_known > 0 else ""
            drains = [drain["verdict"] for drain in pool["drains"]]
            hosts = text.plural(pool["failover_hosts"], "host", "hosts")
            unplanned = f" + {text.number(len(pool['unplanned']))} not planned" if pool["unplanned"] else ""
            failover = {"yes": f"✓ {hosts} can fail", "unknown": f"? not known for {hosts}", "no": f"× not for {hosts}"}
            expected.append([
                text.short(pool["name"]), text.number(pool["n_hosts"]) + unplanned, text.number(len(pool["classes"])),
                text.percent((pairs["yes"] + pairs["warn"]) / total) if total else "–", text.number(states.count("stuck")) + may_be,
                text.number(drains.count("no")) + (f" + {text.number(drains.count('unknown'))} not known" if "unknown" in drains else ""),
                "not asked for" if pool["failover_hosts"] == 0
                else failover[pool["maintenance"]["failover"]]])
        self.equal("pools at a glance", rows, expected)

    # ---- sections ----

    def of_counts(self):
        counts = self.page.run("""Object.fromEntries([...document.querySelectorAll('section[data-count]')]
            .map((n) => [n.id, [Number(n.dataset.count), shown(n.querySelector('h2 .count'))]]))""")
        expected = {
            "classes": len(self.classes), "limits": sum(len(klass["limits"]) for _, klass in self.classes),
            "guests": len(self.document["guests"]), "drift": len(self.document["drift"]),
            "quarantine": len(self.document["quarantine"]), "findings": len(self.document["findings"]),
            "hosts": len(self.document["hosts"]["name"]),
        }
        self.equal("the sections' counts", counts, {key: [n, text.number(n)] for key, n in expected.items()})

    def of_classes(self):
        cards = self.page.run("""[...document.querySelectorAll('.class-card')].map((card) => {
            openAll(card.parentNode);
            const forms = [...card.querySelectorAll('[role=tab]')].map((tab) => {
              tab.click();
              return [tab.dataset.form, card.querySelector('pre.template').textContent];
            });
            return {summary: shown(card.firstChild), body: shown(card), forms: Object.fromEntries(forms),
              limits: [...card.querySelectorAll('.limits > li')].map(shown)};
        })""")
        self.equal("class cards", len(cards), len(self.classes))
        states = {"none": "not published", "kept": "✓ published, kept", "headroom": "✓ kept, with headroom",
                  "narrowed": "✓ kept, narrowed", "broken": "× published, broken"}
        for card, (_, klass) in zip(cards, self.classes):
            template, contract = klass["template"], klass["contract"]
            model = (contract["published"] or template)["model"]
            self.equal("a class", card["summary"], squeeze(
                f"{text.short(klass['name'])} {text.short(model or 'no template')} "
                f"{text.plural(klass['n_hosts'], 'host', 'hosts')} gives up {text.percent(klass['loss'])} "
                f"{self.closed_inside(klass)}{states[contract['state']]}"))
            self.equal("its templates", card["forms"], template["forms"])
            capacity = klass["capacity"]
            words = [f"{text.number(klass['n_cpus'])} CPUs, {text.memory(klass['memory_kib'])}",
                     f"Runs{text.plural(capacity['n_guests'], 'guest', 'guests')} with {text.memory(capacity['used_kib'])}",
                     *([] if capacity["n_more_guests"] is None
                       else [f"for {text.plural(capacity['n_more_guests'], 'more guest', 'more guests')} of"]),
                     text.percent(klass["loss"]), *self.ways_inside(klass), *template["features"], *template["machines"], *template["notes"],
                     *(text.short(self.host(host)) for host in klass["hosts"]),
                     *(reason for breach in contract["breaches"] for reason in breach["reasons"]),
                     *contract["headroom"], *contract["lost_machines"],
                     *(self.document["guests"][guest]["name"] for guest in contract["outdated_guests"])]
            for word in map(squeeze, words):
                self.check("a class tells", word in card["body"], f"not {word!r}")
            self.equal("its limits", len(card["limits"]), len(klass["limits"]))
            for shown, limit in zip(card["limits"], klass["limits"]):
                for word in [f"+{text.percent(limit['gain'])}", limit["text"], *limit["features"]]:
                    self.check("a limit tells", squeeze(word) in shown, f"{shown!r}, not {word!r}")

    @staticmethod
    def closed_inside(klass):
        n_open, n_all = klass["n_ways"]["yes"] + klass["n_ways"]["warn"], sum(klass["n_ways"].values())
        return "" if n_open == n_all else f"{text.number(n_open)} of {text.number(n_all)} ways open "

    @staticmethod
    def ways_inside(klass):
        ways = klass["n_ways"]
        n_open, n_all = ways["yes"] + ways["warn"], sum(ways.values())
        if klass["n_hosts"] < 2:
            return []
        if n_open == n_all:
            return [f"all {text.number(n_all)} open"]
        return [f"{text.number(n_open)} of {text.number(n_all)} open", *klass["barriers"],
                *(f"{text.number(ways[kind])} {label}" for kind, label in (("no", "closed"), ("unknown", "not known")) if ways[kind])]

    def of_tradeoff(self):
        plots = self.page.run("""Object.fromEntries([...document.querySelectorAll('.tradeoff')].map((figure) => [
            figure.dataset.pool, [...figure.querySelectorAll('circle')].map((c) => ({n: Number(c.dataset.classes),
              loss: Number(c.dataset.loss), isChosen: c.classList.contains('is-chosen'), y: Number(c.getAttribute('cy')),
              x: Number(c.getAttribute('cx')), title: c.previousSibling.textContent}))]))""")
        axes = self.page.run("""Object.fromEntries([...document.querySelectorAll('.tradeoff')].map((figure) => [
            figure.dataset.pool, [...figure.querySelectorAll('.grid-line')].map((line) => [Number(line.getAttribute('y1')),
              parseFloat(line.nextSibling.textContent) / 100])]))""")
        outside = self.page.run("""[...document.querySelectorAll('.plot-label')].filter((label) => {
            const box = label.getBBox(), plot = label.ownerSVGElement.viewBox.baseVal;
            return box.x < 0 || box.x + box.width > plot.width; }).map((label) => label.textContent)""")
        self.equal("labels that the plot's edge cuts", outside, [])
        expected = {pool["name"]: pool["tradeoff"] for pool in self.document["pools"] if len(pool["tradeoff"]) > 1}
        self.equal("pools with a plot", sorted(plots), sorted(expected))
        for name, points in expected.items():
            for shown, point in zip(plots[name], points, strict=True):
                self.equal("a point", [shown["n"], shown["loss"], shown["isChosen"]],
                           [point["n_classes"], point["loss"], point["is_chosen"]])
                self.check("its words", text.percent(point["loss"]) in shown["title"], shown["title"])
            # Where it is drawn: as high as its loss on the axis, which begins at nothing.
            (base, least), (top, most) = axes[name][0], axes[name][-1]
            steps = [share for _, share in axes[name]]
            self.check("the axis has equal steps", all(abs(share - i * steps[1]) < 1e-6 for i, share in enumerate(steps)),
                       f"are {steps}")
            self.equal("the axis begins at", least, 0)
            for shown in plots[name]:
                height = base + shown["loss"] / most * (top - base)
                self.check("a point's height", abs(height - shown["y"]) < 0.5, f"is {shown['y']}, not {height}")

    def of_maintenance(self):
        parts = self.page.run("""[...document.querySelectorAll('.pool')].map((pool) => {
            openAll(pool);
            const part = pool.querySelector('.maintenance');
            return part ? shown(part) : '';
        })""")
        for shown, pool in zip(parts, self.document["pools"], strict=True):
            for verdict, label in (("no", "cannot be emptied"), ("unknown", "not for certain"), ("warn", "with a remark")):
                n = sum(drain["verdict"] == verdict for drain in pool["drains"])
                count = f"{text.plural(n, 'host', 'hosts')} {label}"
                self.check("maintenance counts", n == 0 or count in shown, f"{shown[:100]!r}, not {count!r}")
            for drain in pool["drains"]:
                words = [text.short(self.host(drain["host"])), drain["text"],
                         *(self.document["guests"][guest]["name"] for guest in drain["stranded"])]
                for word in words:
                    self.check("maintenance tells", squeeze(word) in shown, f"not {word!r}")
            for host in pool["maintenance"]["order"]:
                self.check("its order has", squeeze(text.short(self.host(host))) in shown, self.host(host))

    # ---- the matrix ----

    def cells(self, raw):
        """The outcome of each ordered pair of groups."""
        for row, kind in enumerate(raw["rows"]):
            runs = raw["runs"][kind]
            cells = [outcome for outcome, n in zip(runs[::2], runs[1::2]) for _ in range(n)]
            cells[row] = raw["diagonal"][row]
            yield [raw["outcomes"][outcome] for outcome in cells]

    def kinds(self, raw):
        """What each cell is drawn as."""
        cells = list(self.cells(raw))
        return [["oneway" if cell["verdict"] in ("yes", "warn") and cells[j][i]["verdict"] == "no"
                 else cell["verdict"] for j, cell in enumerate(row)] for i, row in enumerate(cells)]

    def of_matrix(self):
        for index, pool in enumerate(self.document["pools"]):
            for subject, raw in pool["matrices"].items():
                if raw["groups"]:
                    self.matrix_of(index, pool, subject, raw)

    def choose(self, label, value):
        self.page.run(f"""(() => {{
            const select = [...document.querySelectorAll('#matrix .controls select')]
              .find((each) => each.parentNode.textContent.startsWith('{label}'));
            select.value = '{value}';
            select.dispatchEvent(new Event('change'));
        }})()""")

    def matrix_of(self, index, pool, subject, raw):
        self.choose("Pool", index)
        self.choose("for", subject)
        self.choose("by", "groups")
        what = f"{pool['name']}, {subject}"
        drawn = self.page.run("""(() => {
            const {view} = document.querySelector('.matrix-holder');
            view.draw();
            const style = getComputedStyle(document.documentElement);
            const names = new Map(['yes', 'oneway', 'warn', 'unknown', 'no'].map((kind) =>
              [style.getPropertyValue(`--fill-${kind}`).trim(), kind]));
            const c = view.canvas.getContext('2d');
            view.chosen = [-9, -9];
            view.draw();
            const kinds = [];
            for (let row = 0; row < view.grid.n; row++) {
              for (let column = 0; column < view.grid.n; column++) {
                const at = (shift, start, index) => Math.round((start + index * view.cell - shift + 2) * devicePixelRatio);
                const [r, g, b] = c.getImageData(at(view.x, view.left, column), at(view.y, view.top, row), 1, 1).data;
                const colour = '#' + [r, g, b].map((n) => n.toString(16).padStart(2, '0')).join('');
                kinds.push([view.grid.order[row], view.grid.order[column], names.get(colour) || colour]);
              }
            }
            view.chosen = [0, 0];
            return {kinds, names: view.grid.order.map((position) => view.grid.matrix.group(position).name)};
        })()""")
        kinds = self.kinds(raw)
        self.equal(f"cells of {what}", len(drawn["kinds"]), len(kinds) ** 2)
        for row, column, kind in drawn["kinds"]:
            self.equal(f"the cell {row}, {column} of {what}", kind, kinds[row][column])
        self.equal("its names", sorted(drawn["names"]),
                   sorted(self.document["groups"][group]["name"] for group in raw["groups"]))
        summary = self.page.run("shown(document.querySelector('#matrix-summary'))")
        pairs = raw["n_pairs"]
        for words in (f"{text.number(pairs['yes'] + pairs['warn'])} are open", f"{text.number(pairs['unknown'])} not known",
                      f"{text.number(pairs['no'])} closed", f"{text.plural(raw['n_one_way'], 'pair goes', 'pairs go')} one way only"):
            self.check(f"the summary of {what}", words in summary, f"{summary!r}, not {words!r}")
        self.stories(what, raw)
        self.blocks(what, pool, raw, kinds)

    def stories(self, what, raw):
        """What is told of some pairs, in both directions."""
        cells = list(self.cells(raw))
        n = len(cells)
        for row, column in {(0, n - 1), (n - 1, 0), (n // 2, n // 3), (0, 0)}:
            story = self.page.run(f"""(() => {{
                const {{view}} = document.querySelector('.matrix-holder');
                view.choose([view.grid.order.indexOf({row}), view.grid.order.indexOf({column})], true);
                openAll(document.querySelector('#matrix .story'));
                return [shown(document.querySelector('#matrix .story')), shown(document.querySelector('#matrix-spoken'))];
            }})()""")
            outcomes = [cells[row][column], cells[column][row]] if row != column else [cells[row][row]]
            group = self.document["groups"][raw["groups"][row]]
            if row == column and group["n_hosts"] == 1:
                continue
            for outcome in outcomes:
                words = [text.badge(outcome["verdict"])]
                for blocker in (self.document["blockers"][index] for index in outcome["blockers"]):
                    words += [text.badge(blocker["severity"]), blocker["check"], blocker["text"], blocker["remedy"], *blocker["features"]]
                for word in filter(None, words):
                    self.check(f"the story of {what}", squeeze(word) in story[0], f"{story[0]!r} lacks {word!r}")
            self.check("what is spoken", text.LABELS[cells[row][column]["verdict"]] in story[1], story[1])

    def blocks(self, what, pool, raw, kinds):
        """The table between classes, against the groups' cells."""
        table = self.page.run("""(() => {
            const holder = [...document.querySelectorAll('#matrix > div > details')].pop();
            if (!holder) return null;
            openAll(holder.parentNode);
            return [...holder.querySelectorAll('tbody tr')].map((tr) => [...tr.children].map(shown));
        })()""")
        groups = [self.document["groups"][group] for group in raw["groups"]]
        names = {group["class"]: "no class" if group["class"] is None else pool["classes"][group["class"]]["name"]
                 for group in groups}
        if len(names) < 2:
            return
        label = {**text.LABELS, "oneway": "one way"}
        symbol = {**text.SYMBOLS, "oneway": "→"}
        expected = {}
        for i, source in enumerate(groups):
            for j, target in enumerate(groups):
                n = source["n_hosts"] * (target["n_hosts"] - (i == j))
                counts = expected.setdefault((names[source["class"]], names[target["class"]]), {})
                if n:
                    counts[kinds[i][j]] = counts.get(kinds[i][j], 0) + n
        order = [row[0] for row in table]
        self.equal(f"classes in the table of {what}", sorted(order), sorted(names.values()))
        for row in table:
            for name, cell in zip(order, row[1:], strict=True):
                counts = expected[(row[0], name)]
                self.equal(f"pairs from {row[0]} to {name}", cell, " ".join(
                    f"{symbol[kind]} {label[kind]} {text.number(counts[kind])}"
                    for kind in ("yes", "oneway", "warn", "unknown", "no") if kind in counts) or "–")

    # ---- tables ----

    def of_limits(self):
        found = self.page.run("rowsOf('limits')")
        self.equal("limits", len(found), sum(len(klass["limits"]) for _, klass in self.classes))
        for pool, klass in self.classes:
            for limit in klass["limits"]:
                words = [f"{pool['name']} / {klass['name']}", text.percent(limit["gain"]),
                         f"{text.number(limit['n_hosts'])} {text.short(self.host(limit['hosts'][0]))}"]
                self.check("a limit", any(row[0] == squeeze(words[0]) and row[1] == words[1] and
                                          row[2].startswith(squeeze(words[2])) and squeeze(limit["text"]) in row[3]
                                          for row in found), f"is not told: {words}")

    def of_guests(self):
        expected = []
        for guest in self.document["guests"]:
            others = 0
            if guest["pool"] is not None:
                is_own_planned = guest["host"] is not None and self.document["hosts"]["class"][guest["host"]] is not None
                others = max(0, self.document["pools"][guest["pool"]]["n_hosts"] - is_own_planned)
            is_known = guest["state"] in TROUBLE and guest["known_why"] is not None
            state = {"free": "✓ free", "stuck": "× stuck", "may-be-stuck": "? may be stuck", "no-other-host": "no other host"}
            expected.append([text.short(guest["name"] or "unnamed"), text.short(self.host(guest["host"])), text.short(guest["cpu"]),
                             guest["machine"] or "–", text.number(guest["n_start_hosts"]),
                             f"{text.number(guest['n_migrate_hosts'])} of {text.number(others)}",
                             state[guest["state"]] + (", known" if is_known else "")])
        self.same_rows("guests", self.page.run("rowsOf('guests')"), expected)
        for index in range(len(self.document["guests"])):
            self.guest(index)

    def guest(self, index):
        guest = self.document["guests"][index]
        shown = self.page.run(f"""(() => {{
            const table = document.querySelector('#guests .table-block').table;
            table.reveal({index});
            const story = document.querySelector('#guests .opened');
            openAll(story);
            return {{story: shown(story), targets: [...story.querySelectorAll('.targets tbody tr')].map((tr) => [...tr.children].map(shown)),
              devices: [...story.querySelectorAll('.device')].map((n) => [n.dataset.key, n.dataset.address,
                n.querySelector('.device-planned') !== null && n.querySelector('.device-planned').parentNode === n,
                shown(n.querySelector('.device-place'))]),
              slots: [...story.querySelectorAll('.slots')].map((strip) => [...strip.children]
                .filter((n) => n.classList.contains('is-used')).map((n) => parseInt(n.textContent, 16)))}};
        }})()""")
        outlook = self.document["outlooks"][guest["outlook"]]
        words = [guest["uuid"], guest["held_by"], text.memory(guest["memory_kib"])]
        words += [text.short(self.host(host)) for group in outlook["cured_groups"]
                  for host in self.document["groups"][group]["hosts"] if host != guest["host"]]
        for blocker, n_hosts in outlook["reasons"]:
            blocker = self.document["blockers"][blocker]
            words += [blocker["check"], blocker["text"], blocker["remedy"], *blocker["features"]]
        for word in filter(None, words):
            self.check(f"guest {index} tells", squeeze(text.visible(word)) in shown["story"], f"not {word!r}")
        self.targets(guest, outlook, shown["targets"])
        self.devices(index, shown)

    def targets(self, guest, outlook, rows):
        """Hosts by verdict, over all classes: where it can migrate, and where it can start."""
        own = self.document["hosts"]["group"][guest["host"]] if guest["host"] is not None else None
        questions = {"migrate": (1, 3, 0), "start": (2, 2, int(guest["starts_here"] in ("yes", "warn")))}
        for what, (column, position, n_own) in questions.items():
            expected, found = {}, {}
            for target in outlook["targets"]:
                for group in range(target[0], target[0] + target[1]):
                    label = text.badge(outlook["outcomes"][target[position]]["verdict"])
                    expected[label] = expected.get(label, 0) + self.document["groups"][group]["n_hosts"] - (group == own)
            for row in rows:
                for label in map(text.badge, text.LABELS):
                    if label in row[column]:
                        n = int(row[column].split(label)[1].split()[0].replace(",", ""))
                        found[label] = found.get(label, 0) + n
            self.equal(f"hosts to {what} to", found, {label: n for label, n in expected.items() if n})
            n_open = sum(expected.get(text.badge(verdict), 0) for verdict in ("yes", "warn"))
            self.equal(f"hosts where it can {what}", n_open + n_own, guest[f"n_{what}_hosts"])

    def devices(self, index, shown):
        plan = next((each for each in self.document["addresses"] if each["guest"] == index), None)
        if plan is None:
            return
        if plan["refusal"] is not None:
            for part in ("refusal", "refusal_remedy"):
                self.check(f"a {part} is told", squeeze(plan[part]) in shown["story"], plan[part])
        rows = plan["devices"] or []
        placed = [[key, address, planned] for key, address, _, planned in rows if address is not None]
        self.equal("devices drawn", sorted(each[:3] for each in shown["devices"]), sorted(placed))
        slots = set()
        for key, address, planned, place in shown["devices"]:
            kind, _, rest = address.partition(" ")
            expected = rest.split(":")[-1] if kind == "pci" else rest
            self.equal("a device's place", place, expected)
        ports = {int(key.split("/")[2]) for key, _, detail, _ in rows
                 if key.startswith("controller/pci/") and (detail or "").endswith(("root-port", "downstream-port"))}
        for key, address, _, _ in rows:
            if (address or "").startswith("pci "):
                bus, slot = address.split(":")[1], address.split(":")[2].split(".")[0]
                if int(bus, 16) not in ports:
                    slots.add((int(bus, 16), int(slot, 16)))
        self.equal("slots drawn as used", sorted(slot for strip in shown["slots"] for slot in strip), sorted(slot for _, slot in slots))

    def of_drift(self):
        self.same_rows("drift", self.page.run("rowsOf('drift')"), [
            [f"{'! act' if item['is_actionable'] else 'note'} {item['id']}", text.short(item["host"] or "–"),
             text.short(item["subject"] or "–"), " ".join([text.visible(item["text"] or "")]) + " ".join(item["features"]),
             text.short(item["cause"] or "–")] for item in self.document["drift"]])

    def findings(self, name):
        marks = {"error": "× error", "warning": "! warning", "note": "note"}
        self.same_rows(name, self.page.run(f"rowsOf('{name}')"), [
            [marks[finding["severity"]],
             text.short(finding["source"] or finding["host"] or "–") +
             (f", line {finding['line']}" if finding["line"] else "") + finding["id"],
             text.visible(finding["text"] or ""), text.visible(finding["remedy"] or "–")] for finding in self.document[name]])

    def of_quarantine(self):
        self.findings("quarantine")

    def of_findings(self):
        self.findings("findings")

    def of_hosts(self):
        hosts, expected = self.document["hosts"], []
        for index, name in enumerate(hosts["name"]):
            pool = None if hosts["pool"][index] is None else self.document["pools"][hosts["pool"][index]]
            klass = None if hosts["class"][index] is None else pool["classes"][hosts["class"][index]]
            cpu = None if hosts["cpu"][index] is None else self.document["cpus"][hosts["cpu"][index]]
            software = None if hosts["software"][index] is None else self.document["software"][hosts["software"][index]]
            machines = None if hosts["machines"][index] is None else self.document["machines"][hosts["machines"][index]]
            expected.append([
                text.short(name), text.short(pool["name"]) if pool else "–",
                text.short(klass["name"]) if klass else "× not planned" if pool else "in no pool",
                (cpu and cpu["model"]) or "–", "–" if hosts["microcode"][index] is None else f"0x{hosts['microcode'][index]:x}",
                (software and software["qemu"]) or (machines and machines["qemu_version"]) or "–", text.number(hosts["n_cpus"][index]),
                text.memory(hosts["memory_kib"][index]),
                text.number(sum(guest["host"] == index for guest in self.document["guests"]))])
        self.same_rows("hosts", self.page.run("rowsOf('hosts')"), expected)
