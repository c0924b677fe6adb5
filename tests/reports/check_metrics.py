# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the metrics as Prometheus does: check_metrics.py PRINT_SAMPLE METRICS.md.

Proves that the file is in the text format (a family's HELP and TYPE before its samples, no series
twice, no timestamps, a line feed at the end), and that the page about metrics names the same families with
the same labels. Where promtool is installed, it has to like the file too.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

LABEL = r'([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(r"([a-z_][a-z0-9_]*)(?:\{(" + LABEL + r"(?:," + LABEL + r")*)\})? (-?[0-9.e+-]+|NaN)")

failures = []


def check(what, is_true):
    if not is_true:
        failures.append(what)


def families_of(text):
    """{family: {label names}}, having checked each line."""
    families, seen, current = {}, set(), None
    # A line feed alone ends a line: labels may hold what Python takes for one.
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        if line.startswith("# HELP "):
            current = line.split()[2]
            check(f"{number}: {current} comes twice", current not in families)
            families[current] = set()
        elif line.startswith("# TYPE "):
            check(f"{number}: TYPE of another family", line == f"# TYPE {current} gauge")
        else:
            match = SAMPLE.fullmatch(line)
            check(f"{number}: no sample: {line}", match)
            if match:
                check(f"{number}: outside of its family", match[1] == current)
                check(f"{number}: a series twice", line.rsplit(" ", 1)[0] not in seen)
                seen.add(line.rsplit(" ", 1)[0])
                families.setdefault(current, set()).update(
                    name for name, _ in re.findall(LABEL, match[2] or ""))
    return families


def documented(path):
    """The rows of the page's table."""
    with open(path, encoding="utf-8") as file:
        rows = re.findall(r"^\| `(virtplan_\w+)` \|([^|]*)\|", file.read(), re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def main():
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run([sys.argv[1], out, "40"], check=True)
        with open(os.path.join(out, "metrics.prom"), encoding="utf-8", newline="") as file:
            text = file.read()
    check("no line feed at the end", text.endswith("\n"))
    families, page = families_of(text), documented(sys.argv[2])
    check(f"the page lacks {sorted(families.keys() - page.keys())}", families.keys() <= page.keys())
    for name, labels in families.items():
        check(f"the page has other labels of {name}: {labels}", not labels or labels == page.get(name))
    promtool = shutil.which("promtool")
    if promtool:
        result = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
        check(f"promtool: {result.stdout}{result.stderr}", result.returncode == 0)
    else:
        print("not checked: promtool is not installed")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
