#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules of CONTRIBUTING.md that a machine can hold. Prints FILE:LINE: what, for each that is broken.

usage: check_style.py SOURCE_DIR BUILD_DIR
With a compile_commands.json in BUILD_DIR each header is also compiled by itself.
"""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

FOLDERS = ["cpumodel", "fleet", "ingest", "db", "planner", "reports", "cli", "tests", "bench",
           "examples"]
WITH_LICENCE = {".c", ".h", ".cmake", ".sql", ".py", ".sh", ".js", ".css", ".yaml", ".rst"}
FILE_LINES_MAX = 700  # about 600, says the page
FUNCTION_LINES_MAX = 65  # about 60

# What cannot be used right, or not with threads, locales and hostile input; and what to use.
BANNED = {
    "strcpy": "g_strlcpy", "strcat": "g_string_append", "strncpy": "g_strndup",
    "strncat": "g_string_append_len", "sprintf": "g_strdup_printf", "vsprintf": "g_strdup_vprintf",
    "gets": "GDataInputStream", "strtok": "g_strsplit", "atoi": "g_ascii_string_to_unsigned",
    "atol": "g_ascii_string_to_unsigned", "atof": "g_ascii_strtod", "strtod": "g_ascii_strtod",
    "scanf": "g_ascii_string_to_unsigned", "fscanf": "g_ascii_string_to_unsigned",
    "rand": "GRand", "srand": "GRand", "alloca": "g_malloc", "g_alloca": "g_malloc",
    "system": "nothing", "popen": "nothing", "tmpnam": "g_mkstemp", "mktemp": "g_mkstemp",
    "tempnam": "g_mkstemp", "localtime": "GDateTime", "gmtime": "GDateTime", "ctime": "GDateTime",
    "asctime": "GDateTime", "setlocale": "nothing", "strerror": "g_strerror",
}
# The program's own locale is chosen once; a library to preload and a bench program do without GLib.
ALLOWED = {("cli/main.c", "setlocale"), ("tests/cli/fault_shim.c", "atol"),
           ("tests/cli/fault_shim.c", "atoi"), ("bench/measure.c", "strerror")}

CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))
LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|//[^\n]*', re.S)
BLOCK = re.compile(r"^/\*[^\n]*\S(?<!\*/)$(?=\n)", re.M)
TEST = re.compile(r"\b(?:cmocka_unit_test\w*|TEST)\(\s*(?!test_|name\b|function\b)\w+")
TIME = re.compile(r"(?<![\w.>])(g_get_real_time|g_date_time_new_now\w*|time|clock_gettime)\s*\(")


def blank(match):
    """The same number of lines, without words."""
    return re.sub(r"[^\n]", " ", match.group(0))


def functions(lines):
    """(first line, length) of each function: its body's braces stand in the first column."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{") and start is None:
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number - start - 1
            start = None


def check_c(path, text, complain):
    bare = LITERAL.sub(blank, text)
    lines = bare.split("\n")
    for number, line in enumerate(lines, 1):
        for name in CALL.findall(line):
            if (path, name) not in ALLOWED:
                complain(path, number, f"'{name}' is banned: use {BANNED[name]}")
        if TIME.search(line) and path.startswith(("cpumodel/", "fleet/", "planner/", "reports/")):
            complain(path, number, "time comes in at cli and nowhere else")
        if "\t" in line:
            complain(path, number, "a tab")
    for pattern, what in ((BLOCK, "a comment of several lines begins behind its '/*'"),
                          (TEST, "a test's name begins with test_")):
        for match in pattern.finditer(text):
            complain(path, text.count("\n", 0, match.start()) + 1, what)
    if len(lines) > FILE_LINES_MAX:
        complain(path, len(lines), f"{len(lines)} lines: split the file")
    for number, length in functions(lines):
        if length > FUNCTION_LINES_MAX:
            complain(path, number, f"a function of {length} lines: split it")
    if path.endswith(".h") and not re.search(r"^#ifndef \w+_H$", text, re.M):
        complain(path, 1, "no include guard")


def compile_headers(source, build, headers, complain):
    """Each header alone, with the flags of a file of its folder."""
    flags = {}
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for entry in json.load(file):
            name = os.path.relpath(os.path.join(entry["directory"], entry["file"]), source)
            words = shlex.split(entry["command"].replace("-isystem ", "-isystem"))
            found = flags.setdefault(os.path.dirname(name), {})
            for word in words:
                if word.startswith(("-I", "-D", "-isystem")):
                    found[word] = entry["directory"]

    def run(header):
        folder = os.path.dirname(header)
        found = flags.get(folder) or flags.get(header.split("/")[0]) or {}
        result = subprocess.run(["cc", "-std=gnu17", "-fsyntax-only", "-x", "c", *found,
                                 os.path.join(source, header)],
                                cwd=next(iter(found.values()), source), capture_output=True,
                                text=True, check=False)
        return (header, result.stderr.strip().split("\n")[-3:]) if result.returncode != 0 else None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for broken in pool.map(run, headers):
            if broken is not None:
                complain(broken[0], 1, f"does not compile by itself: {broken[1]}")


def main():
    source, build = (os.path.abspath(path) for path in sys.argv[1:3])
    complaints, headers = [], []

    def complain(path, number, what):
        complaints.append(f"{path}:{number}: {what}")

    for top in FOLDERS:
        for folder, names, files in os.walk(os.path.join(source, top)):
            names[:] = [n for n in names if n not in ("build", "out", "seeds", "golden", "__pycache__")]
            for name in sorted(files):
                full = os.path.join(folder, name)
                path = os.path.relpath(full, source)
                ending = os.path.splitext(name)[1]
                if ending not in WITH_LICENCE and name != "CMakeLists.txt":
                    continue
                with open(full, encoding="utf-8", errors="replace") as file:
                    text = file.read()
                if "SPDX-License-Identifier:" not in text[:300]:
                    complain(path, 1, "no SPDX line")
                if ending in (".c", ".h"):
                    check_c(path, text, complain)
                if ending == ".h":
                    headers.append(path)
    if os.path.exists(os.path.join(build, "compile_commands.json")):
        compile_headers(source, build, headers, complain)
    print("\n".join(complaints))
    print(f"{len(headers)} headers, {len(complaints)} complaints")
    return 1 if complaints else 0


sys.exit(main())
