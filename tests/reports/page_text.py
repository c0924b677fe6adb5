# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the page writes numbers, names and verdicts: a second writing of the rules, to compare with."""
import re

LONGEST_NAME = 72
SYMBOLS = {"yes": "✓", "warn": "!", "unknown": "?", "no": "×"}
LABELS = {"yes": "yes", "warn": "with a remark", "unknown": "not known", "no": "no"}
UNSEEN = re.compile(
    "[\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]")


def visible(text):
    """TEXT with what acts or vanishes made visible."""
    text = "".join(chr(0x2400 + ord(c)) if ord(c) < 32 else c for c in str(text))
    return UNSEEN.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


def short(name):
    """NAME as the page shows it in a line."""
    name = str(name)
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME - 20]}…{name[-16:]}"
    return visible(name)


def number(value):
    return "–" if value is None else f"{value:,}"


def percent(share):
    return "–" if share is None else f"{share * 100:.1f} %"


def plural(n, one, many):
    return f"{number(n)} {one if n == 1 else many}"


def memory(kib):
    units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
    limits = [4096, 4096, 100000, 100000, float("inf")]
    unit = 0
    if not kib:
        return "–"
    while kib >= limits[unit]:
        kib /= 1024
        unit += 1
    return f"{int(kib + 0.5):,} {units[unit]}"


def badge(verdict):
    return f"{SYMBOLS[verdict]} {LABELS[verdict]}"
