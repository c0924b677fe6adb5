#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check_docs.py PROGRAM FLEETGEN SOURCE FILE...

Runs the sessions in the documentation and compares what they print. A session is a block of kind
"console": a line that begins with "$ " is a command, the lines up to the next one are what it prints. A
block "console" that is not closed, and output that is shown in any other kind of block, are mistakes.
A line "..." stands for any lines, "…" in a line for any text, and a date with a time for any other. Commands
run in a copy of the examples, the nightly job having run once.

A block of kind "sql" with a block after it is a query and its rows, as sqlite3 prints them in columns. It is
asked of another inventory, the one of commands that name none: two nights of the same fleet, see
second_night(). With CHECK_DOCS_SHOW=1, prints what each command really says.
"""

import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

CPUS = {
    "host.xml": "<cpu mode='custom'><model>Broadwell</model></cpu>",
    "guest.xml": "<cpu match='exact'><model>Broadwell</model><feature policy='require' name='avx512f'/>"
                 "<feature policy='require' name='spec-ctrl'/></cpu>",
    "alias.xml": "<cpu><arch>x86_64</arch><model>Penryn</model><vendor>Intel</vendor><feature name='sse4-1'/></cpu>",
}
DATE = re.compile(r"[0-9]{4}\\?-[0-9]{2}\\?-[0-9]{2}(T|\\? )[0-9]{2}:[0-9]{2}(:[0-9]{2}Z?)?")
TYPO = "inventory: i.db\noutput: o\nsources: [x]\npools:\n  - name: all\n    hosts: ['*']\n    stategy: pool\n"


def sessions(path):
    """Yields (line, command, expected lines) of each command in the file."""
    inside, command, expected, start = False, None, [], 0
    fence = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if fence is None and line.startswith(("$ ", "    $ ")):
            raise SystemExit(f"{path}:{number}: a session that is not in a block of kind 'console'")
        if line.startswith("```"):
            fence = line if fence is None else None
            if fence == "```":
                fence = "plain"
            if inside and command:
                yield start, command, expected
            inside, command, expected = line == "```console", None, []
        elif inside and line.startswith("$ "):
            if command:
                yield start, command, expected
            command, expected, start = line[2:], [], number
        elif inside:
            expected.append(line)
        elif fence == "plain" and line.startswith("$ "):
            raise SystemExit(f"{path}:{number}: a session that is not in a block of kind 'console'")
    if fence is not None:
        raise SystemExit(f"{path}: a block is not closed")


def queries(path):
    """Yields (line, query, expected lines) of each query in the file that shows its rows."""
    parts = re.split(r"^```(.*)\n", path.read_text(), flags=re.M)
    line = 1
    for number, part in enumerate(parts):
        is_query = number % 4 == 1 and part == "sql" and number + 5 < len(parts)
        if is_query and parts[number + 4] == "" and parts[number + 3].strip() == "":
            yield line, parts[number + 1], parts[number + 5].splitlines()
        line += part.count("\n") + (1 if number % 2 else 0)


def rows(database, query):
    """What sqlite3 prints in mode "column" with headers."""
    cursor = database.execute(query)
    table = [[column[0] for column in cursor.description]]
    table += [["" if value is None else str(value) for value in row] for row in cursor]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    table.insert(1, ["-" * width for width in widths])
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in table)


def pattern(expected):
    """The expected lines as one regular expression."""
    parts = []
    for line in expected:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            text = ".*?".join(re.escape(part) for part in line.split("…"))
            parts.append(DATE.sub(lambda date: re.sub(r"[0-9]", "[0-9]", date.group()), text) + r" *\n")
    return "".join(parts) + r"(?:\n)*\Z"


def prepare(folder, program, fleetgen, source):
    """Makes the place that the documentation speaks of."""
    shutil.copytree(source / "examples", folder / "examples",
                    ignore=shutil.ignore_patterns("generator", "fleet", "out"))
    subprocess.run([fleetgen, "examples/fleet.yaml", "examples/fleet"], cwd=folder, check=True)
    subprocess.run([program, "run", "-q", "-c", "examples/plan.yaml"], cwd=folder, check=False)
    (folder / "typo.yaml").write_text(TYPO)
    for name, text in CPUS.items():
        (folder / name).write_text(text + "\n")
    (folder / "hosts" / "web07").mkdir(parents=True)
    (folder / "hosts" / "web07" / "capabilities.xml").write_text("<capabilities>\n  <host>\n")
    (folder / "bin").mkdir()
    (folder / "bin" / "virt-plan").symlink_to(program)


def second_night(folder, program):
    """Another inventory: after a first night, one host has new microcode, one was taken away, and one broken
    file was mended. One thread, so that numbers of profiles are those of the order of names."""
    nights = folder / "nights"
    nights.mkdir()
    shutil.copy(folder / "examples" / "plan.yaml", nights)
    shutil.copytree(folder / "examples" / "fleet", nights / "fleet")
    night = [program, "run", "-q", "--jobs=1", "-c", nights / "plan.yaml"]
    subprocess.run(night, cwd=folder, check=False)
    for file in (nights / "fleet" / "cmp-d02").glob("*capabilities*.xml"):
        text = file.read_text()
        text = re.sub(r"(<model(?: fallback='forbid')?)>Haswell<", r"\1>Haswell-noTSX<", text)
        text = re.sub(r"<microcode version='\w+'/>", "<microcode version='73'/>", text)
        file.write_text(re.sub(r" *<feature[^>]*name='(hle|rtm)'/>\n", "", text))
    shutil.rmtree(nights / "fleet" / "web-a01")
    broken = nights / "fleet" / "cmp-x01" / "capabilities.xml"
    shutil.copy(nights / "fleet" / "cmp-d01" / "capabilities.xml", broken)
    broken.write_text(re.sub(r"<uuid>\w+", "<uuid>00000001", broken.read_text()))
    subprocess.run(night, cwd=folder, check=False)
    return nights / "out" / "inventory.db"


def check(place, what, expected, said):
    """Whether it SAID what was EXPECTED."""
    is_right = re.match(pattern(expected), said)
    if not is_right:
        print(f"{place}: '{what}' says something else")
    if not is_right or os.environ.get("CHECK_DOCS_SHOW"):
        print(said)
    return 0 if is_right else 1


def main():
    program, fleetgen, source = (pathlib.Path(argument) for argument in sys.argv[1:4])
    n_wrong = n_checked = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder, program, fleetgen, source)
        inventory = second_night(folder, program)
        environment = dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", LC_ALL="C.UTF-8",
                           VIRT_PLAN_INVENTORY=str(inventory))
        database = sqlite3.connect(inventory)
        for file in sys.argv[4:]:
            for line, command, expected in sessions(source / file):
                result = subprocess.run(command, shell=True, cwd=folder, env=environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                n_checked += 1
                n_wrong += check(f"{file}:{line}", command, expected, result.stdout)
            for line, query, expected in queries(source / file):
                n_checked += 1
                n_wrong += check(f"{file}:{line}", query.strip(), expected, rows(database, query))
    print(f"{n_checked} commands checked, {n_wrong} wrong")
    return 1 if n_wrong or not n_checked else 0


sys.exit(main())
