# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the JSON document against its schema: check_schema.py SCHEMA PRINT_SAMPLE.

Proves that the schema is a valid one, that documents of a full and of an empty plan satisfy it, and
that it is strict: a document with a member too many, or one of a wrong type, does not.
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

if not hasattr(jsonschema, "Draft202012Validator"):
    print("skipped: python3-jsonschema is older than 4.0")
    sys.exit(77)


def errors(validator, document):
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]


def main():
    schema_path, print_sample = sys.argv[1:3]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for n_hosts in ("40", "0"):
            out = os.path.join(folder, n_hosts)
            subprocess.run([print_sample, out, n_hosts], check=True)
            with open(os.path.join(out, "plan.json"), encoding="utf-8") as file:
                document = json.load(file)
            for message in errors(validator, document):
                print(f"{n_hosts} hosts: {message}")
                failed = True
            extra = copy.deepcopy(document)
            extra["summary"]["n_surprises"] = 1
            wrong = copy.deepcopy(document)
            wrong["summary"]["n_hosts"] = "many"
            for name, bad in (("a member too many", extra), ("a wrong type", wrong)):
                if not errors(validator, bad):
                    print(f"{n_hosts} hosts: {name} is not noticed")
                    failed = True
    sys.exit(1 if failed else 0)


main()
