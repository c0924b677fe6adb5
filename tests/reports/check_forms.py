# SPDX-License-Identifier: LGPL-2.1-or-later
"""Gives each template form to the program that it is meant for: check_forms.py PRINT_SAMPLE.

libvirt: its own schema accepts the <cpu> inside a domain (virt-xml-validate).
Proxmox: the file has the sections, keys and flags that Proxmox's reader takes, and QEMU knows the model
and every flag by the spelling that is used. So does it know the spelling of every feature of the
built-in map that is old enough (query-cpu-model-expansion, device-list-properties).
Nova, KubeVirt, oVirt: their programs cannot be run here. The files are read by the rules that those
state, written down again below, and name the same model and features as the libvirt form.
"""
import configparser
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

try:
    import yaml
except ImportError:
    yaml = None

DOMAIN = """<domain type='kvm'>
  <name>template</name><memory unit='GiB'>1</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  {cpu}
  <devices/>
</domain>
"""
# A feature that this libvirt names is one that any QEMU of today knows.
OLD_LIBVIRT = 9000000

failures = []


def check(what, is_true, detail=""):
    if not is_true:
        failures.append(f"{what}: {detail}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def signed(flags):
    """'+aes', '-svm', 'pcid' as {name: is required}."""
    return {flag.lstrip("+-"): not flag.startswith("-") for flag in flags}


def libvirt_facts(path):
    cpu = ElementTree.parse(path).getroot()
    flags = {feature.get("name"): feature.get("policy") == "require" for feature in cpu.findall("feature")}
    return cpu.findtext("model"), flags


def validate_xml(path, folder):
    domain = os.path.join(folder, "domain.xml")
    with open(domain, "w", encoding="utf-8") as file:
        file.write(DOMAIN.format(cpu=read(path)))
    result = subprocess.run(["virt-xml-validate", domain, "domain"], capture_output=True, text=True)
    check(f"{path}: virt-xml-validate", result.returncode == 0, result.stdout + result.stderr)


# PVE::QemuServer::CPUConfig's list of August 2026; a reported-model that is not in it is left out.
PROXMOX_MODELS = set("""486 pentium pentium2 pentium3 coreduo core2duo Conroe Penryn Nehalem Nehalem-IBRS Westmere
Westmere-IBRS SandyBridge SandyBridge-IBRS IvyBridge IvyBridge-IBRS Haswell Haswell-IBRS Haswell-noTSX
Haswell-noTSX-IBRS Broadwell Broadwell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS Skylake-Client Skylake-Client-IBRS
Skylake-Client-noTSX-IBRS Skylake-Client-v4 Skylake-Server Skylake-Server-IBRS Skylake-Server-noTSX-IBRS
Skylake-Server-v4 Skylake-Server-v5 Cascadelake-Server Cascadelake-Server-v2 Cascadelake-Server-noTSX
Cascadelake-Server-v4 Cascadelake-Server-v5 Cooperlake Cooperlake-v2 KnightsMill Icelake-Server Icelake-Server-noTSX
Icelake-Server-v3 Icelake-Server-v4 Icelake-Server-v5 Icelake-Server-v6 Icelake-Server-v7 SapphireRapids
SapphireRapids-v2 SapphireRapids-v3 SapphireRapids-v4 GraniteRapids GraniteRapids-v2 GraniteRapids-v3 SierraForest
SierraForest-v2 SierraForest-v3 ClearwaterForest athlon phenom Opteron_G1 Opteron_G2 Opteron_G3 Opteron_G4 Opteron_G5
EPYC EPYC-IBPB EPYC-v3 EPYC-v4 EPYC-v5 EPYC-Rome EPYC-Rome-v2 EPYC-Rome-v3 EPYC-Rome-v4 EPYC-Rome-v5 EPYC-Milan
EPYC-Milan-v2 EPYC-Milan-v3 EPYC-Genoa EPYC-Genoa-v2 EPYC-Turin kvm32 kvm64 qemu32 qemu64""".split())


def proxmox_facts(path):
    """A section's line, then indented lines of key and value; nothing else but comments."""
    text = "\n".join(line for line in read(path).splitlines() if not line.startswith("#"))
    check(f"{path}: an empty line ends it", read(path).endswith("\n\n"), text)
    match = re.fullmatch(r"cpu-model: [A-Za-z][A-Za-z0-9_-]+\n((?:[ \t]+[a-z-]+ [^\n]+\n?)+)", text)
    check(f"{path}: sections", match, text)
    facts = dict(line.split(maxsplit=1) for line in match[1].splitlines())
    check(f"{path}: keys", facts.keys() <= {"reported-model", "flags", "phys-bits"}, str(facts))
    bits = facts.get("phys-bits", "host")
    check(f"{path}: phys-bits", bits == "host" or (bits.isdigit() and 8 <= int(bits) <= 64), str(facts))
    check(f"{path}: reported-model", facts["reported-model"] in PROXMOX_MODELS, str(facts))
    flags = [flag for flag in facts.get("flags", "").split(";") if flag]
    check(f"{path}: flags", all(re.fullmatch(r"[+-][a-zA-Z0-9_.-]+", flag) for flag in flags), str(flags))
    return facts["reported-model"], signed(flags)


def nova_facts(path):
    """oslo.config's ListOpt: items between commas, white space around them dropped."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(path, encoding="utf-8")
    check(f"{path}: sections", config.sections() == ["libvirt"], str(config.sections()))
    section = config["libvirt"]
    check(f"{path}: cpu_mode", section["cpu_mode"] == "custom", section["cpu_mode"])
    models = [model.strip() for model in section["cpu_models"].split(",")]
    check(f"{path}: cpu_models", len(models) == 1, str(models))
    # Nova lowers the case of flags before it gives them to libvirt, whose names must stand that.
    flags = [flag.strip() for flag in section.get("cpu_model_extra_flags", "").split(",")]
    # Older ones know no signs.
    check(f"{path}: signs", not any(flag.startswith("+") for flag in flags), str(flags))
    check(f"{path}: flags", flags == [flag.lower() for flag in flags], str(flags))
    return models[0], signed(flag for flag in flags if flag)


# Models and required features become names of node labels, which Kubernetes limits.
LABEL_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"


def kubevirt_facts(path):
    """VirtualMachine: spec.template.spec.domain.cpu."""
    cpu = yaml.safe_load(read(path))["spec"]["template"]["spec"]["domain"]["cpu"]
    check(f"{path}: keys", cpu.keys() <= {"model", "features"}, str(cpu))
    check(f"{path}: model", re.fullmatch(LABEL_NAME, cpu["model"]), cpu["model"])
    for feature in cpu.get("features", []):
        check(f"{path}: feature", feature.keys() == {"name", "policy"}, str(feature))
        check(f"{path}: policy", feature["policy"] in ("require", "disable"), str(feature))
        # Each becomes the name of a node's label.
        check(f"{path}: label", re.fullmatch(LABEL_NAME, feature["name"]), str(feature))
    return cpu["model"], {f["name"]: f["policy"] == "require" for f in cpu.get("features", [])}


def ovirt_facts(path, linux):
    """LEVEL:NAME:FLAG,...:MODEL,+FEATURE,-FEATURE:ARCH, and nothing that would begin another entry."""
    entries = [line for line in read(path).splitlines() if not line.startswith("#")]
    check(f"{path}: entries", len(entries) == 1 and ";" not in entries[0], str(entries))
    fields = entries[0].split(":")
    check(f"{path}: fields", len(fields) == 5, str(fields))
    check(f"{path}: level", fields[0].isdigit(), fields[0])
    # The engine trims the level and the architecture alone.
    check(f"{path}: blanks", all(field == field.strip() for field in fields), str(fields))
    check(f"{path}: arch", fields[4] in ("x86_64", "ppc64", "s390x"), fields[4])
    model, *features = fields[3].split(",")
    flags = fields[2].split(",")
    check(f"{path}: vendor", flags[0] in ("vmx", "svm"), str(flags))
    check(f"{path}: model", flags[-1] == f"model_{model}", str(flags))
    features = signed(features)
    expected = {linux[name] for name, is_required in features.items() if is_required} - {"-", flags[0]}
    check(f"{path}: flags", set(flags[1:-1]) == expected and len(set(flags)) == len(flags), str(flags))
    return model, features


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


def check_spellings(qemu, spellings):
    """Every feature of the map, and not only those that the sample's templates have."""
    answer = qemu.ask("device-list-properties", typename="max-x86_64-cpu")
    known = {entry["name"] for entry in answer["return"]}
    n_known = 0
    for name, since, in_qemu, _ in spellings:
        n_known += in_qemu in known
        if int(since) <= OLD_LIBVIRT:
            check(f"'{name}' for QEMU", (in_qemu == "-" and name not in known) or in_qemu in known, in_qemu)
    print(f"QEMU knows {n_known} of {len(spellings)} features by the spelling that is used")


def main():
    tools = {name: shutil.which(name) for name in ("virt-xml-validate", "qemu-system-x86_64")}
    for name, path in tools.items():
        if path is None:
            print(f"not checked: {name} is not installed")
    if yaml is None:
        print("not checked: the KubeVirt form, without PyYAML")
    output = subprocess.run([sys.argv[1], "--spellings"], check=True, capture_output=True, text=True).stdout
    spellings = [line.split("\t") for line in output.splitlines()]
    linux = {name: flag for name, _, _, flag in spellings}
    to_qemu = {name: in_qemu for name, _, in_qemu, _ in spellings}
    qemu = Qemu(tools["qemu-system-x86_64"]) if tools["qemu-system-x86_64"] else None
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run([sys.argv[1], out, "40"], check=True)
        forms = sorted(glob.glob(os.path.join(out, "templates", "*.xml")))
        check("templates", len(forms) == 5, str(forms))
        for path in forms:
            stem = path[:-len(".xml")]
            model, flags = libvirt_facts(path)
            # Every guest has it, and Nova would look for it in the host's CPU.
            named = {name: value for name, value in flags.items() if name != "hypervisor" or not value}
            in_qemu = {to_qemu[name]: value for name, value in flags.items() if to_qemu[name] != "-"}
            for form, facts, expected in (
                    ("nova", nova_facts(stem + ".nova.conf"), (model, named)),
                    ("kubevirt", kubevirt_facts(stem + ".kubevirt.yaml") if yaml else None, (model, flags)),
                    ("ovirt", ovirt_facts(stem + ".ovirt.txt", linux), (model, flags)),
                    ("proxmox", proxmox_facts(stem + ".proxmox.conf"), (model, in_qemu))):
                check(f"{stem}: {form}", facts is None or facts == expected, f"{facts}, not {expected}")
            if tools["virt-xml-validate"]:
                validate_xml(path, folder)
            if qemu:
                answer = qemu.ask("query-cpu-model-expansion", type="full",
                                  model={"name": model, "props": in_qemu})
                check(f"{stem}: QEMU", "return" in answer, str(answer.get("error")))
    if qemu:
        answer = qemu.ask("query-cpu-model-expansion", type="full",
                          model={"name": "qemu64", "props": {"no-such-flag": True}})
        check("QEMU refuses what it does not know", "error" in answer)
        check_spellings(qemu, spellings)
        qemu.close()
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
