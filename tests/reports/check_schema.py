# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks the JSON document against its schema: check_schema.py SCHEMA PRINT_SAMPLE.

Proves that the schema is a valid one in which each member is described, that the documents of a full and of an
empty plan satisfy it and the rules that it cannot say, that the page's document satisfies it too, and that it is
strict: at every place, a member too many, one too few and one of a wrong type are noticed.
"""
import json
import os
import subprocess
import sys
import tempfile

import document_rules

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

if not hasattr(jsonschema, "Draft202012Validator"):
    print("skipped: python3-jsonschema is older than 4.0")
    sys.exit(77)


# A pool has a matrix for each kind of guest that was asked for.
OPTIONAL = ("template", "host-model", "host-passthrough")


def errors(validator, document):
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]


def undescribed(schema, node, path=""):
    """Members that the schema does not say the meaning of."""
    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from undescribed(schema, each, f"{path}/{index}")
    if not isinstance(node, dict):
        return
    for name, member in node.get("properties", {}).items():
        target = schema["$defs"].get(member.get("$ref", "").rpartition("/")[2], {}) if "$ref" in member else {}
        if "description" not in member and "description" not in target:
            yield f"{path}/{name}"
    for name, each in node.items():
        yield from undescribed(schema, each, f"{path}/{name}")


def objects(value, shapes):
    """One object of each shape, so that each place of the schema is tried once."""
    if isinstance(value, list):
        for each in value:
            yield from objects(each, shapes)
    elif isinstance(value, dict):
        shape = tuple(sorted(value))
        if shape and shape not in shapes:
            shapes.add(shape)
            yield value
        for each in value.values():
            yield from objects(each, shapes)


def spoiled(document):
    """Tells what was spoiled, while the document is."""
    for node in list(objects(document, set())):
        node["surprise"] = 1
        yield f"a member too many beside {', '.join(node)}"
        del node["surprise"]
        for name in list(node):
            kept = node[name]
            node[name] = {"an": "object"} if not isinstance(kept, dict) else "text"
            yield f"a wrong type of {name}"
            node[name] = kept


def missing(document):
    for node in list(objects(document, set())):
        for name in list(node):
            kept = dict(node)
            del node[name]
            yield f"no {name}"
            node.clear()
            node.update(kept)


def page_document(folder):
    with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
        return json.loads(file.read().split('type="application/json">')[1].split("</script>")[0])


def small(document):
    """The document with short lists, which spoils sooner; positions may then point at nothing."""
    if isinstance(document, list):
        return [small(each) for each in document[:4]]
    if isinstance(document, dict):
        return {name: small(each) for name, each in document.items()}
    return document


def main():
    schema_path, print_sample = sys.argv[1:3]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = [f"not described: {path}" for path in undescribed(schema, schema)]
    with tempfile.TemporaryDirectory() as folder:
        for n_hosts in ("40", "0"):
            out = os.path.join(folder, n_hosts)
            subprocess.run([print_sample, out, n_hosts], check=True)
            with open(os.path.join(out, "plan.json"), encoding="utf-8") as file:
                document = json.load(file)
            for name, each in (("plan.json", document), ("the page's document", page_document(out))):
                found = errors(validator, each) + document_rules.broken_rules(each)
                failures += [f"{n_hosts} hosts, {name}: {message}" for message in found]
        with open(os.path.join(folder, "40", "plan.json"), encoding="utf-8") as file:
            document = small(json.load(file))
        failures += [f"short lists: {message}" for message in errors(validator, document)]
        for change in (spoiled, missing):
            failures += [f"{what} is not noticed" for what in change(document) if validator.is_valid(document)
                         and not ("no " in what and what.split()[1] in OPTIONAL)]
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
