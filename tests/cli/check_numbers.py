#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check_numbers.py PROGRAM FLEETGEN EXAMPLES [SEED]

Proves that whatever tells a number of a plan tells the same one: the commands in JSON and CSV, the report's
JSON, its tables, its page and its metrics. Asked of the example fleet on a second night, when a host was
gone and another one had lost a feature, and of a random fleet.
"""

import csv
import io
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

N_RANDOM_HOSTS = 40
N_EXPLAINED = 3  # pairs of hosts
N_EXPLAINED_GUESTS = 1

failures = []


def same(what, *numbers):
    if any(number != numbers[0] for number in numbers):
        failures.append(f"{what}: {numbers}")


class Site:
    """A plan file, its report, and the commands."""

    def __init__(self, program, plan):
        self.program, self.plan = program, plan
        self.output = plan.parent / "out" / "report"

    def night(self):
        result = subprocess.run([self.program, "run", "-q", "-c", self.plan], check=False, text=True,
                                stderr=subprocess.PIPE)
        if result.returncode > 1:
            raise SystemExit(result.stderr)

    def text(self, command, form, *arguments):
        result = subprocess.run([self.program, command, "-c", self.plan, "--format", form, *arguments], check=False,
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode > 1:
            raise SystemExit(f"{command}: {result.stderr}")
        return result.stdout

    def ask(self, command, *arguments):
        """The rows of a command; those in JSON and CSV are the same."""
        rows = json.loads(self.text(command, "json", *arguments))
        lines = list(csv.DictReader(io.StringIO(self.text(command, "csv", *arguments))))
        same(f"{command} in JSON and CSV", len(rows), len(lines))
        for row, line in zip(rows, lines):
            same(f"columns of {command}", list(row), list(line))
        return rows

    def table(self, name):
        with open(self.output / f"{name}.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def metric(self, family, **labels):
        """The sum of the samples that have the labels."""
        total = 0
        for line in (self.output / "metrics.prom").read_text().splitlines():
            match = re.fullmatch(family + r"(?:\{(.*)\})? (\S+)", line)
            found = dict(re.findall(r'(\w+)="([^"]*)"', match.group(1) or "")) if match else {}
            if match and all(found.get(name) == value for name, value in labels.items()):
                total += float(match.group(2))
        return total


def check_hosts(site, plan):
    summary, hosts = plan["summary"], plan["hosts"]
    names = [host["host"] for host in site.ask("hosts")]
    table = site.table("hosts")
    same("hosts", names, hosts["name"], [row["host"] for row in table])
    same("number of hosts", summary["n_hosts"], len(names))
    same("planned hosts", sum(pool["n_hosts"] for pool in plan["pools"]),
         sum(row["is_planned"] == "yes" for row in table), site.metric("virtplan_hosts", state="planned"))
    same("unplanned hosts", summary["n_hosts_unplanned"], site.metric("virtplan_hosts", state="unplanned"),
         sum(len(pool["unplanned"]) for pool in plan["pools"]))
    same("unassigned hosts", summary["n_hosts_unassigned"], len(plan["unassigned"]),
         site.metric("virtplan_hosts", state="unassigned"))
    same("gone hosts", summary["n_hosts_gone"], site.metric("virtplan_hosts", state="gone"))
    for name in names[:5]:
        open_rows = [row["what"] for row in site.ask("history", name) if row["last_run"] is None]
        same(f"presence of {name} in its history", open_rows.count("presence"), 1)


def check_guests(site, plan):
    guests = site.ask("guests")
    summary = plan["summary"]
    keys = ("is_stuck", "n_start_hosts", "n_migrate_hosts", "is_freed_by_template", "held_by", "known_why", "known_until")
    same("guests", [[guest[key] for key in keys] for guest in guests],
         [[guest[key] for key in keys] for guest in plan["guests"]])
    same("guests' names", [guest["guest"] for guest in guests], [row["guest"] for row in site.table("guests")])
    same("number of guests", summary["n_guests"], len(guests), site.metric("virtplan_guests"))
    same("stuck guests", summary["n_guests_stuck"], sum(guest["is_stuck"] for guest in guests),
         site.metric("virtplan_guests", state="stuck"))
    drains = site.ask("guests", "--drain")
    same("drains", [drain["verdict"] for drain in drains], [row["verdict"] for row in site.table("drains")])
    # The document leaves out those that can be emptied.
    same("troubled drains", [drain["verdict"] for drain in drains if drain["verdict"] != "yes"],
         [drain["verdict"] for pool in plan["pools"] for drain in pool["drains"] if drain["verdict"] != "yes"])
    same("blocked drains", summary["n_drains_blocked"], sum(drain["verdict"] == "no" for drain in drains))
    in_turn = sorted((drain for drain in drains if drain["order"] is not None), key=lambda drain: drain["order"])
    same("order of a rolling maintenance",
         [[drain["host"] for drain in in_turn if drain["pool"] == pool["name"]] for pool in plan["pools"]],
         [[plan["hosts"]["name"][host] for host in pool["maintenance"]["order"]] for pool in plan["pools"]])
    same("guests on hosts", sum(drain["n_guests"] for drain in drains),
         sum(guest["pool"] is not None for guest in guests))


def check_classes(site, plan):
    classes = site.ask("classes")
    told = [(pool["name"], klass["name"], klass["n_hosts"]) for pool in plan["pools"] for klass in pool["classes"]]
    same("classes", [(row["pool"], row["class"], row["n_hosts"]) for row in classes], told,
         [(row["pool"], row["class"], int(row["n_hosts"])) for row in site.table("classes")])
    same("number of classes", plan["summary"]["n_classes"], len(classes))
    for pool, name, n_hosts in told:
        same(f"hosts of {name}", n_hosts, site.metric("virtplan_class_hosts", pool=pool, **{"class": name}))
    for row in classes:
        same(f"hosts by name of {row['class']}", row["n_hosts"], len(row["hosts"]))
    before = site.ask("whatif", "--remove", plan["hosts"]["name"][0])
    same("classes before a change", [(row["pool"], row["class"], row["hosts_before"]) for row in before
                                     if row["hosts_before"] is not None], told)


CAPACITY = ("n_hosts", "n_untold_hosts", "n_guests", "memory_kib", "used_kib", "free_kib", "largest_free_kib", "n_cpus",
            "n_vcpus", "n_more_guests", "n_more_guests_with_failover")


def check_capacity(site, plan):
    rows = site.ask("classes", "--capacity")
    same("capacity", [[row[key] for key in CAPACITY] for row in rows],
         [[part["capacity"][key] for key in CAPACITY] for pool in plan["pools"] for part in (*pool["classes"], pool)],
         [[int(row[key]) if row[key] else None for key in CAPACITY] for row in site.table("capacity")])
    for pool, klass in ((pool, klass) for pool in plan["pools"] for klass in pool["classes"]):
        labels = {"pool": pool["name"], "class": klass["name"]}
        same(f"guests of {klass['name']}", klass["capacity"]["n_guests"], site.metric("virtplan_class_guests", **labels))
        if klass["capacity"]["n_more_guests"] is not None:
            same(f"room of {klass['name']}", klass["capacity"]["n_more_guests"],
                 site.metric("virtplan_class_room_guests", failover="ignored", **labels))
    # Unless one is known to run, all are taken to.
    is_known = any(guest["is_running"] for guest in plan["guests"])
    same("running guests", sum(pool["capacity"]["n_guests"] for pool in plan["pools"]),
         sum(guest["pool"] is not None and (guest["is_running"] or not is_known) for guest in plan["guests"]))


def check_pairs(site, plan):
    counts = dict.fromkeys(("yes", "warn", "unknown", "no"), 0)
    for row in site.ask("matrix"):
        n_to = row["n_to"] - (row["from"] == row["to"])
        counts[row["verdict"]] += row["n_from"] * n_to
    same("pairs", plan["summary"]["n_pairs"], counts,
         {verdict: site.metric("virtplan_migration_pairs", subject="template", verdict=verdict)
          for verdict in counts},
         {verdict: sum(int(row["n_pairs"]) for row in site.table("matrix")
                       if row["subject"] == "template" and row["verdict"] == verdict) for verdict in counts})


def check_trouble(site, plan):
    summary = plan["summary"]
    drift = site.ask("drift")
    same("drift", [item["text"] for item in drift], [item["text"] for item in plan["drift"]],
         [row["text"] for row in site.table("drift")])
    same("number of changes", summary["n_drift"], len(drift), site.metric("virtplan_drift_items"))
    same("changes to act on", summary["n_drift_actionable"], sum(item["is_actionable"] for item in drift),
         site.metric("virtplan_drift_items", actionable="yes"))
    # The command also has the hosts that the planner left out, which the report counts as unplanned.
    documents = [entry["what"] for entry in site.ask("quarantine") if entry["line"] or entry["place"] != entry["host"]]
    same("quarantine", sorted(documents), sorted(finding["text"] for finding in plan["quarantine"]),
         sorted(row["text"] for row in site.table("quarantine")))
    same("number in quarantine", summary["n_quarantine"], len(documents), site.metric("virtplan_quarantine_documents"))
    same("findings", sum(summary["n_findings"].values()), len(plan["findings"]), site.metric("virtplan_findings"))
    # The table has those about addresses too, which the document keeps with the guests' addresses.
    same("findings in the table", len(site.table("findings")),
         len(plan["findings"]) + sum(len(guest["findings"]) + (guest["refusal"] is not None)
                                     for guest in plan["addresses"]))


def check_explained(site, rand):
    """What is said of one pair of hosts, or of one guest, is what the whole matrix and the list of guests count."""
    pool_of = {row["host"]: row["pool"] for row in site.table("hosts") if row["is_planned"] == "yes"}
    pairs = [(one, other) for one in pool_of for other in pool_of if one != other and pool_of[one] == pool_of[other]]
    for subject in ("template", "host-model", "host-passthrough"):
        verdicts = {(row["from"], row["to"]): row["verdict"]
                    for row in site.ask("matrix", "--hosts", "--subject", subject)}
        for one, other in rand.sample(pairs, min(N_EXPLAINED, len(pairs))):
            said = {row["verdict"] for row in site.ask("matrix", "--explain", one, other)
                    if row["subject"] == subject and row["from"] == one}
            same(f"{subject} from {one} to {other}", said, {verdicts[one, other]})
    guests = [guest for guest in site.ask("guests") if guest["pool"] is not None]
    for guest in rand.sample(guests, min(N_EXPLAINED_GUESTS, len(guests))):
        others = [other for one, other in pairs if one == guest["host"]]
        said = [{row["subject"]: row["verdict"] for row in
                 site.ask("matrix", "--explain", guest["host"], other, guest["guest"])} for other in others]
        same(f"hosts to which {guest['guest']} on {guest['host']} can migrate", guest["n_migrate_hosts"],
             sum(verdict["migrate there"] in ("yes", "warn") for verdict in said))


def check_site(site, rand):
    plan = json.loads((site.output / "plan.json").read_text())
    page = re.search(r'<script id="document" type="application/json">(.*?)</script>',
                     (site.output / "report.html").read_text(), re.S)
    same("the page's document", json.loads(page.group(1)), plan)
    for check in (check_hosts, check_guests, check_classes, check_capacity, check_pairs, check_trouble):
        check(site, plan)
    check_explained(site, rand)


def example_site(folder, program, fleetgen, examples):
    folder.mkdir()
    shutil.copy(examples / "plan.yaml", folder)
    subprocess.run([fleetgen, examples / "fleet.yaml", folder / "fleet"], check=True)
    site = Site(program, folder / "plan.yaml")
    site.night()
    shutil.rmtree(folder / "fleet" / "web-a01")
    changed = folder / "fleet" / "cmp-d02" / "capabilities.xml"
    changed.write_text(re.sub(r"<feature name='pcid'/>", "", changed.read_text()))
    site.night()
    return site


def random_site(folder, program, fleetgen, examples, rand):
    """Hosts of the example under random pools, some without guests or without domain capabilities."""
    folder.mkdir()
    subprocess.run([fleetgen, "--hosts", str(N_RANDOM_HOSTS), examples / "fleet.yaml", folder / "fleet"], check=True)
    for host in sorted((folder / "fleet").iterdir()):
        for file in sorted(host.iterdir()):
            if rand.random() < 0.1:
                file.unlink()
    pools = "".join(f"  - {{name: p{i}, hosts: ['{letters}*'], strategy: {rand.choice(['exact', 'pool', 'ladder', 'auto'])}}}\n"
                    for i, letters in enumerate(("cmp-", "web-", "edge-")))
    (folder / "plan.yaml").write_text("inventory: inventory.db\noutput: out/report\nsources: [fleet]\npools:\n" + pools)
    site = Site(program, folder / "plan.yaml")
    site.night()
    return site


def main():
    program, fleetgen, examples = (pathlib.Path(argument) for argument in sys.argv[1:4])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rand = random.Random(seed)
        check_site(example_site(folder / "example", program, fleetgen, examples), rand)
        check_site(random_site(folder / "random", program, fleetgen, examples, rand), rand)
    for failure in failures:
        print(failure[:600])
    return 1 if failures else 0


sys.exit(main())
