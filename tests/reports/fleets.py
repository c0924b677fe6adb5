# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans of real runs, for the tests that look at reports from outside: a run of virt-plan over generated
documents, in the odd states that a site can be in."""
import os
import re
import shutil
import subprocess


class Site:
    """A folder with a plan file, sources and an inventory of its own."""

    def __init__(self, folder, virt_plan, fleetgen, examples):
        self.folder, self.virt_plan, self.fleetgen, self.examples = folder, virt_plan, fleetgen, examples
        self.sources = os.path.join(folder, "fleet")
        self.plan = os.path.join(folder, "plan.yaml")
        self.report = os.path.join(folder, "report")
        os.makedirs(self.sources)
        with open(os.path.join(examples, "plan.yaml"), encoding="utf-8") as file:
            text = file.read()
        for key, value in (("inventory", "inventory.db"), ("output", "report"), ("sources", "[fleet]")):
            text = re.sub(rf"^{key}:.*$", f"{key}: {value}", text, flags=re.M)
        with open(self.plan, "w", encoding="utf-8") as file:
            file.write(text)

    def generate(self, *options):
        shutil.rmtree(self.sources)
        subprocess.run([self.fleetgen, os.path.join(self.examples, "fleet.yaml"), self.sources, "--families=q35", *options],
                       check=True, stdout=subprocess.DEVNULL)

    def call(self, *command):
        done = subprocess.run([self.virt_plan, *command, "-c", self.plan], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode > 1:
            raise RuntimeError(f"virt-plan {' '.join(command)}: {done.stderr}")

    def run(self):
        self.call("run", "--quiet")

    def edit(self, pattern, was, becomes):
        """Replaces in each document of the hosts that PATTERN matches."""
        for host in sorted(os.listdir(self.sources)):
            if not re.fullmatch(pattern, host):
                continue
            for name in os.listdir(os.path.join(self.sources, host)):
                path = os.path.join(self.sources, host, name)
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                with open(path, "w", encoding="utf-8") as file:
                    file.write(re.sub(was, becomes, text))


def first_night(site):
    """The example fleet, as a new site sees it."""
    site.generate()
    site.run()


def bad_night(site):
    """Templates are published; then hosts lose features and vanish, and a CPU is of no known model."""
    site.generate()
    site.run()
    site.call("accept")
    site.edit(r"cmp-i0\d", r"<feature (policy='require' )?name='md-clear'/>", "")
    site.edit(r"web-a0\d", r"<mode name='host-model'.*>\s*<model.*>", r"\g<0><feature policy='disable' name='aes'/>")
    site.edit(r"lab-a0\d", r"(<model(?: fallback='\w+')?>)[^<]*(?=</model>)", r"\1Zorro-9000")
    shutil.rmtree(os.path.join(site.sources, "cmp-e02"))
    for name in ("cmp-j01", "cmp-j02"):
        with open(os.path.join(site.sources, name, "capabilities.xml"), "w", encoding="utf-8") as file:
            file.write("<capabilities><host>")
    site.run()


def quiet_night(site):
    """Nothing changed, one host, no guests."""
    site.generate("--hosts=1", "--no-guests")
    for name in os.listdir(site.sources):
        if "-x" in name:
            shutil.rmtree(os.path.join(site.sources, name))
    site.run()
    site.run()


def no_documents(site):
    """A plan file, and nothing to read."""
    site.run()


NIGHTS = {"first night": first_night, "bad night": bad_night, "quiet night": quiet_night, "no documents": no_documents}


def make_all(folder, virt_plan, fleetgen, examples):
    """Yields each night's name and the folder of its report."""
    for name, night in NIGHTS.items():
        site = Site(os.path.join(folder, name.replace(" ", "-")), virt_plan, fleetgen, examples)
        night(site)
        yield name, site.report
