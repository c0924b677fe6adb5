# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names from outside stay text: every word of a document is replaced by a hostile one, and the page must
show it, run nothing of it, and keep its shape."""
import base64
import copy
import hashlib
import re

import page_text as text

# Words of the document's own, which no outsider writes.
OWN_KEYS = {"format", "generator", "at", "severity", "verdict", "state", "strategy", "starts_here", "failover", "check", "id", "arch"}

HOSTILE = [
    "</script><script>window.attacked = 1</script>",
    "<img src=x onerror=\"window.attacked = 2\">",
    "\"><svg onload=window.attacked=3>",
    "javascript:window.attacked=4",
    "<!--<script>", "]]>", "{{script}}", "&lt;b&gt;", "%3Cb%3E#guest=x&host=y",
    "\u202egnp.exe\u202c", "\u2066\u200b\ufeff\u061c", "مضيف", "🦄👩\u200d🚀", "a\u0300\u0301\u0302" * 20,
    "\u0000\u0001\u001b[31m\n\r\t\u007f\u0085", "\ud800 alone", "__proto__", "constructor", "hasOwnProperty",
    "'; DROP TABLE hosts; --", "=cmd|' /C calc'!A0", "W" * 10_000, "no-space-" * 1_200, "../../etc/passwd", " ", "",
]


class Poisoner:
    """Replaces strings, each by a different one, so that names stay apart as long as they were."""

    def __init__(self):
        self.n = 0

    def word(self):
        self.n += 1
        word = HOSTILE[self.n % len(HOSTILE)]
        return f"{word} {self.n}" if self.n > len(HOSTILE) else word

    def poison(self, value, key=None):
        if isinstance(value, str):
            return value if key in OWN_KEYS else self.word()
        if isinstance(value, list):
            if key == "devices":
                return [[self.device(row[0]), row[1], self.word() if row[2] else None, row[3]] for row in value]
            return [self.poison(each, key) for each in value]
        if isinstance(value, dict):
            return {name: self.poison(each, name) for name, each in value.items()}
        return value

    def device(self, key):
        return key if key.startswith("controller/") else f"{key.split('/')[0]}/{self.word()}"


def splice(page_html, document_json):
    """The page with another document in it; its policy allows the script and the style, which stay."""
    begin = page_html.index('type="application/json">') + len('type="application/json">')
    end = page_html.index("</script>", begin)
    return page_html[:begin] + document_json.replace("<", "\\u003c") + page_html[end:]


def poisoned(document):
    return Poisoner().poison(copy.deepcopy(document))


def check_hostile(page, document, check, equal):
    n_tags = page.run("document.querySelectorAll('img, iframe, object, embed, link, base, video, audio').length")
    equal("elements that could load something", n_tags, 0)
    equal("scripts", page.run("document.querySelectorAll('script').length"), 2)
    page.run("openAll(document.body)")
    for section in ("guests", "hosts"):
        rows = page.run(f"document.querySelector('#{section} .table-block').table.rows.length")
        for row in range(rows):
            page.run(f"document.querySelector('#{section} .table-block').table.reveal({row}); openAll(document.querySelector('#{section}'))")
    equal("tags from names", page.run("document.querySelectorAll('svg:not(.plot), img, b b, script:not([id]) ~ script').length"), 0)
    equal("what hostile names did", page.run("window.attacked"), None)
    for section, names in (("hosts", document["hosts"]["name"]), ("guests", [guest["name"] for guest in document["guests"]])):
        shown = page.run(f"""(() => {{
            const table = document.querySelector('#{section} .table-block').table;
            table.setPrinting(true);
            const names = [...table.body.querySelectorAll('.open')].map((n) => n.textContent);
            table.setPrinting(false);
            return names;
        }})()""")
        expected = [text.short(name) or ("unnamed" if section == "guests" else "") for name in names]
        equal(f"names of {section}", sorted(shown), sorted(expected))
    bad = page.run(f"""document.body.innerText.match({UNSEEN_JS}) && 'yes'""")
    equal("unseen letters on the page", bad, None)
    found = page.run("""(() => {
        const input = document.querySelector('[role=combobox]');
        input.value = '</script>';
        input.dispatchEvent(new Event('input'));
        return document.querySelectorAll('#search-list [role=option]').length;
    })()""")
    check("hostile names can be found", found > 0)


UNSEEN_JS = r"/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u"


def check_policy(html, check, equal):
    """No network: the policy forbids it, and nothing asks for it."""
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html).group(1)
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    equal("what the policy allows of all else", directives.pop("default-src"), "'none'")
    style = re.search(r"<style>(.*?)</style>", html, re.S).group(1)
    script = re.findall(r"<script>(.*?)</script>", html, re.S)[0]
    for name, source in (("style-src", style), ("script-src", script)):
        digest = hashlib.sha256(source.encode()).digest()
        equal(name, directives.pop(name), f"'sha256-{base64.b64encode(digest).decode()}'")
    equal("what is left of the policy", directives, {"base-uri": "'none'", "form-action": "'none'"})
    # Text becomes elements in no other way than through textContent.
    found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc", script)
    equal("ways by which a name could become markup", found, [])
    frame = html.replace(style, "").replace(script, "")
    frame = re.sub(r'(type="application/json">).*?(</script>)', r"\1\2", frame, flags=re.S)
    for what, source in (("frame", frame), ("style", style), ("script", script.replace("http://www.w3.org/2000/svg", ""))):
        found = re.findall(r"https?://|wss?://|url\(|@import|\bsrc=|<link|fetch\(|XMLHttpRequest|sendBeacon|EventSource|import\(", source)
        check(f"the {what} asks for nothing", not found, str(found))
