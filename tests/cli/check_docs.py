#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check_docs.py PROGRAM FLEETGEN SOURCE FILE...

Runs the sessions in the documentation and compares what they print. A session is a block of kind
"console": a line that begins with "$ " is a command, the lines up to the next one are what it prints. A
block "console" that is not closed, and output that is shown in any other kind of block, are mistakes.
A line "..." stands for any lines, "…" in a line for any text. Commands run in a copy of the examples, the
nightly job having run once. With CHECK_DOCS_SHOW=1, prints what each command really says.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CPUS = {
    "host.xml": "<cpu mode='custom'><model>Broadwell</model></cpu>",
    "guest.xml": "<cpu match='exact'><model>Broadwell</model><feature policy='require' name='avx512f'/>"
                 "<feature policy='require' name='spec-ctrl'/></cpu>",
    "alias.xml": "<cpu><arch>x86_64</arch><model>Penryn</model><vendor>Intel</vendor><feature name='sse4-1'/></cpu>",
}
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


def pattern(expected):
    """The expected lines as one regular expression."""
    parts = []
    for line in expected:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.split("…")) + r" *\n")
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


def main():
    program, fleetgen, source = (pathlib.Path(argument) for argument in sys.argv[1:4])
    n_wrong = n_checked = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prepare(folder, program, fleetgen, source)
        environment = dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", LC_ALL="C.UTF-8")
        for file in sys.argv[4:]:
            for line, command, expected in sessions(source / file):
                result = subprocess.run(command, shell=True, cwd=folder, env=environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                n_checked += 1
                is_right = re.match(pattern(expected), result.stdout)
                if not is_right:
                    n_wrong += 1
                    print(f"{file}:{line}: '{command}' says something else")
                if not is_right or os.environ.get("CHECK_DOCS_SHOW"):
                    print(result.stdout)
    print(f"{n_checked} commands checked, {n_wrong} wrong")
    return 1 if n_wrong or not n_checked else 0


sys.exit(main())
