# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gives each template form to the tool that it is meant for: check_forms.py PRINT_SAMPLE.

Proves, as far as the tools are here: libvirt's schema accepts the <cpu> inside a domain
(virt-xml-validate); QEMU knows the model and every flag of the Proxmox form by the spelling that is
used (query-cpu-model-expansion); the Nova and Proxmox files parse as what they are, and name the same
model and the same features as the libvirt form.
"""
import configparser
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

DOMAIN = """<domain type='kvm'>
  <name>template</name><memory unit='GiB'>1</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  {cpu}
  <devices/>
</domain>
"""

failures = []


def check(what, is_true, detail=""):
    if not is_true:
        failures.append(f"{what}: {detail}")


def libvirt_facts(path):
    cpu = ElementTree.parse(path).getroot()
    flags = {feature.get("name"): feature.get("policy") == "require" for feature in cpu.findall("feature")}
    return cpu.findtext("model"), flags


def validate_xml(path, folder):
    with open(path, encoding="utf-8") as file:
        cpu = file.read()
    domain = os.path.join(folder, "domain.xml")
    with open(domain, "w", encoding="utf-8") as file:
        file.write(DOMAIN.format(cpu=cpu))
    result = subprocess.run(["virt-xml-validate", domain, "domain"], capture_output=True, text=True)
    check(f"{path}: virt-xml-validate", result.returncode == 0, result.stdout + result.stderr)


def proxmox_facts(path):
    facts = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("    "):
                key, value = line.split(maxsplit=1)
                facts[key] = value.strip()
    flags = {flag[1:]: flag[0] == "+" for flag in facts.get("flags", "").split(";") if flag}
    return facts["reported-model"], flags


def nova_facts(path):
    config = configparser.ConfigParser()
    config.read(path, encoding="utf-8")
    section = config["libvirt"]
    flags = {flag.strip()[1:]: flag.strip()[0] == "+"
             for flag in section.get("cpu_model_extra_flags", "").split(",") if flag.strip()}
    return section["cpu_models"], flags


class Qemu:
    """A QEMU without a machine, asked over QMP."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [path, "-M", "none", "-nodefaults", "-display", "none", "-accel", "tcg", "-qmp", "stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.process.stdin.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        while True:
            answer = json.loads(self.process.stdout.readline())
            if "return" in answer or "error" in answer:
                return answer

    def close(self):
        self.ask("quit")
        self.process.wait(timeout=20)


def main():
    tools = {name: shutil.which(name) for name in ("virt-xml-validate", "qemu-system-x86_64")}
    missing = [name for name, path in tools.items() if path is None]
    if len(missing) == len(tools):
        print(f"skipped: neither of {', '.join(missing)} is installed")
        sys.exit(77)
    if missing:
        print(f"not checked: {missing[0]} is not installed")
    qemu = Qemu(tools["qemu-system-x86_64"]) if tools["qemu-system-x86_64"] else None
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run([sys.argv[1], out, "40"], check=True)
        forms = sorted(glob.glob(os.path.join(out, "templates", "*.xml")))
        check("templates", len(forms) == 5, str(forms))
        for path in forms:
            stem = path[:-len(".xml")]
            model, flags = libvirt_facts(path)
            check(f"{stem}: nova", nova_facts(stem + ".nova.conf") == (model, flags),
                  str(nova_facts(stem + ".nova.conf")))
            qemu_model, qemu_flags = proxmox_facts(stem + ".proxmox.conf")
            check(f"{stem}: proxmox", len(qemu_flags) == len(flags) and qemu_model == model,
                  f"{qemu_model} {qemu_flags}")
            if tools["virt-xml-validate"]:
                validate_xml(path, folder)
            if qemu:
                answer = qemu.ask("query-cpu-model-expansion", type="full",
                                  model={"name": qemu_model, "props": qemu_flags})
                check(f"{stem}: QEMU", "return" in answer, str(answer.get("error")))
    if qemu:
        answer = qemu.ask("query-cpu-model-expansion", type="full",
                          model={"name": "qemu64", "props": {"no-such-flag": True}})
        check("QEMU refuses what it does not know", "error" in answer)
        qemu.close()
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
