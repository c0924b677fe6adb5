# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a schema cannot say of a plan's document: positions point at something, and figures that are there twice agree."""


def is_open(outcome):
    return outcome["verdict"] in ("yes", "warn")


class Rules:
    def __init__(self, document):
        self.document, self.broken = document, []
        self.sizes = {"hosts": len(document["hosts"]["name"]) + document["n_hosts_left_out"]}
        self.sizes["guests"] = len(document["guests"]) + document["n_guests_left_out"]
        for name in ("pools", "groups", "cpus", "machines", "outlooks", "blockers"):
            self.sizes[name] = len(document[name])

    def check(self, what, is_true):
        if not is_true:
            self.broken.append(what)

    def points(self, what, positions, size):
        self.check(f"{what} points at what there is", all(p is None or 0 <= p < size for p in positions))

    def all(self):
        self.hosts()
        for index, pool in enumerate(self.document["pools"]):
            self.pool(index, pool)
        self.guests()
        self.summary()
        return self.broken

    def hosts(self):
        hosts = self.document["hosts"]
        self.check("columns of hosts are as long", len({len(column) for column in hosts.values()}) == 1)
        for column, target in (("pool", "pools"), ("group", "groups"), ("cpu", "cpus"), ("machines", "machines")):
            self.points(f"hosts.{column}", hosts[column], self.sizes[target])
        for position, (pool, klass) in enumerate(zip(hosts["pool"], hosts["class"])):
            if klass is not None:
                members = self.document["pools"][pool]["classes"][klass]["hosts"]
                self.check("a host is in its class", position in members)
        for position, group in enumerate(hosts["group"]):
            self.check("a host is in its group", group is None or position in self.document["groups"][group]["hosts"])

    def outcomes(self, what, outcomes):
        order = ["yes", "warn", "unknown", "no"]
        for outcome in outcomes:
            self.points(what, outcome["blockers"], self.sizes["blockers"])
            worst = max((order.index(self.document["blockers"][b]["severity"]) for b in outcome["blockers"]), default=0)
            self.check(f"{what}: the verdict is the worst reason's", order.index(outcome["verdict"]) == worst)

    def pool(self, index, pool):
        name = pool["name"]
        self.points(f"{name}.hosts", pool["hosts"] + pool["unplanned"], self.sizes["hosts"])
        in_classes = sorted(host for klass in pool["classes"] for host in klass["hosts"])
        self.check(f"each host of {name} is in one class", in_classes == sorted(pool["hosts"]))
        for klass in pool["classes"]:
            self.check("a class counts its hosts", klass["n_hosts"] == len(klass["hosts"]))
            self.points(f"{name}'s outdated guests", klass["contract"]["outdated_guests"], self.sizes["guests"])
            for limit in klass["limits"]:
                self.check("a limit is the class's own", set(limit["hosts"]) <= set(klass["hosts"]))
        if pool["classes"]:
            chosen = [point["n_classes"] for point in pool["tradeoff"] if point["is_chosen"]]
            self.check(f"{name}: the chosen trade-off is the plan", chosen == [len(pool["classes"])])
        for drain in pool["drains"]:
            self.points("a drain", [drain["host"]], self.sizes["hosts"])
            self.points("what is stranded", drain["stranded"], self.sizes["guests"])
        for subject, matrix in pool["matrices"].items():
            self.matrix(f"{name}, {subject}", index, matrix)

    def matrix(self, what, pool, matrix):
        n = len(matrix["groups"])
        self.points(what, matrix["groups"], self.sizes["groups"])
        self.check(f"{what} has rows", len(matrix["rows"]) == len(matrix["diagonal"]) == n)
        self.check(f"{what}: runs fill a row", all(sum(runs[1::2]) == n for runs in matrix["runs"]))
        self.outcomes(what, matrix["outcomes"])
        groups = [self.document["groups"][group] for group in matrix["groups"]]
        self.check(f"{what}: groups are the pool's", all(group["pool"] == pool for group in groups))
        cells = []
        for row, kind in enumerate(matrix["rows"]):
            runs = matrix["runs"][kind]
            cells.append([outcome for outcome, count in zip(runs[::2], runs[1::2]) for _ in range(count)])
            cells[row][row] = matrix["diagonal"][row]
        pairs, one_way = dict.fromkeys(matrix["n_pairs"], 0), 0
        for i in range(n):
            for j in range(n):
                outcome, back = (matrix["outcomes"][cells[a][b]] for a, b in ((i, j), (j, i)))
                count = groups[i]["n_hosts"] * (groups[j]["n_hosts"] - (i == j))
                pairs[outcome["verdict"]] += count
                one_way += count if i < j and is_open(outcome) != is_open(back) else 0
        self.check(f"{what} counts its pairs", pairs == matrix["n_pairs"])
        self.check(f"{what} counts what goes one way", one_way == matrix["n_one_way"])

    def guests(self):
        document = self.document
        for guest in document["guests"]:
            self.points("a guest", [guest["host"]], self.sizes["hosts"])
            self.points("a guest", [guest["pool"]], self.sizes["pools"])
            self.points("a guest", [guest["outlook"]], self.sizes["outlooks"])
            self.check("a guest is free when it can migrate", (guest["state"] == "free") == (guest["n_migrate_hosts"] > 0))
            self.check("stuck is a state", (guest["state"] == "stuck") == guest["is_stuck"])
            counts = [n for _, n in document["outlooks"][guest["outlook"]]["reasons"]]
            is_planned = guest["host"] is not None and document["hosts"]["group"][guest["host"]] is not None
            others = document["pools"][guest["pool"]]["n_hosts"] - is_planned if guest["pool"] is not None else 0
            self.check("a reason holds for other hosts", all(0 < n <= others for n in counts))
        for outlook in document["outlooks"]:
            self.outcomes("an outlook", outlook["outcomes"])
            for first, n, start, migrate in outlook["targets"] or []:
                self.points("a target", [first, first + n - 1], self.sizes["groups"])
                self.points("a target", [start, migrate], len(outlook["outcomes"]))
            self.points("what a cure opens", outlook["cured_groups"], self.sizes["groups"])
            self.points("a reason", [blocker for blocker, _ in outlook["reasons"]], self.sizes["blockers"])
        self.points("a device map", [each["guest"] for each in document["addresses"]], self.sizes["guests"])

    def summary(self):
        document, summary = self.document, self.document["summary"]
        classes = [klass for pool in document["pools"] for klass in pool["classes"]]
        counts = {
            "n_hosts": self.sizes["hosts"], "n_guests": self.sizes["guests"], "n_pools": self.sizes["pools"],
            "n_classes": len(classes), "n_drift": len(document["drift"]), "n_quarantine": len(document["quarantine"]),
            "n_drift_actionable": sum(item["is_actionable"] for item in document["drift"]),
            "n_hosts_unassigned": len(document["unassigned"]),
            "n_hosts_unplanned": sum(len(pool["unplanned"]) for pool in document["pools"]),
            "n_drains_blocked": sum(drain["verdict"] == "no" for pool in document["pools"] for drain in pool["drains"]),
        }
        if document["n_guests_left_out"] == 0:
            states = [guest["state"] for guest in document["guests"]]
            counts["n_guests_stuck"] = states.count("stuck")
            counts["n_guests_may_be_stuck"] = states.count("may-be-stuck")
            known = [guest["state"] for guest in document["guests"] if guest["known_why"] is not None]
            counts["n_guests_known_stuck"] = known.count("stuck")
            counts["n_guests_known_may_be_stuck"] = known.count("may-be-stuck")
        for name, count in counts.items():
            self.check(f"the summary's {name} is {summary[name]}, counted {count}", summary[name] == count)
        for pool in document["pools"]:
            for key, total in pool["capacity"].items():
                parts = [klass["capacity"][key] for klass in pool["classes"]]
                expected = max(parts, default=0) if key == "largest_free_kib" else None if None in parts else sum(parts)
                self.check(f"capacity {key} of {pool['name']}", total == expected or not parts)
        for state, count in summary["n_contracts"].items():
            self.check(f"contracts {state}", count == sum(klass["contract"]["state"] == state for klass in classes))
        for severity, count in summary["n_findings"].items():
            self.check(f"findings {severity}", count == sum(f["severity"] == severity for f in document["findings"]))
        templates = [pool["matrices"]["template"] for pool in document["pools"] if "template" in pool["matrices"]]
        for verdict, count in summary["n_pairs"].items():
            self.check(f"pairs {verdict}", count == sum(matrix["n_pairs"][verdict] for matrix in templates))


def broken_rules(document):
    """The rules that DOCUMENT breaks, in words."""
    return Rules(document).all()
