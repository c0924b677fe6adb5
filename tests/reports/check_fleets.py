# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the program over whole fleets and looks at its reports:
check_fleets.py VIRT_PLAN FLEETGEN EXAMPLES SCHEMA.

Proves that for a first night, a bad one, one in which nothing changed, and a site without a document, the JSON
document keeps to its schema and agrees with itself, and the page loads without an error and shows the document's numbers.
"""
import json
import os
import sys
import tempfile

import browser
import document_rules
import fleets
import page_access
import page_numbers

try:
    import jsonschema
except ImportError:
    jsonschema = None

# The sections of this night are those of the next one's; what differs is the overview.
BRIEFLY = ("first night",)

failures = []


def checks_of(night):
    def check(what, is_true, detail=""):
        if not is_true:
            failures.append(f"{night}: {what} {detail}".strip()[:500])

    def equal(what, found, expected):
        check(what, found == expected, f"is {found!r}, not {expected!r}")

    return check, equal


def check_page(path, night, report, document):
    check, equal = checks_of(night)
    with browser.Browser(path) as page:
        page.open(f"file://{report}/report.html")
        numbers = page_numbers.Numbers(page, document, check, equal)
        if night in BRIEFLY:
            numbers.of_figures()
            numbers.of_needs()
            numbers.of_counts()
        else:
            numbers.all()
        page_access.check_widths(page, check)
        equal("problems", page.problems, [])


def main():
    virt_plan, fleetgen, examples, schema_path = sys.argv[1:5]
    path = browser.find()
    if path is None and jsonschema is None:
        print("skipped: neither Chromium nor python3-jsonschema is installed")
        sys.exit(77)
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        for night, report in fleets.make_all(folder, virt_plan, fleetgen, examples):
            with open(os.path.join(report, "plan.json"), encoding="utf-8") as file:
                document = json.load(file)
            print(f"{night}: {document['summary']['headline']}")
            if jsonschema is not None:
                for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
                    failures.append(f"{night}: {error.json_path}: {error.message[:200]}")
            failures.extend(f"{night}: {rule}" for rule in document_rules.broken_rules(document))
            if path is not None:
                check_page(path, night, report, document)
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
