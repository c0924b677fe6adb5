# SPDX-License-Identifier: LGPL-2.1-or-later
"""A headless Chromium driven through its debugging pipe, with the standard library alone."""
import json
import os
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMEOUT_S = 60
# Keys that do something of the browser's own need their codes.
KEYS = {"Tab": {"code": "Tab", "windowsVirtualKeyCode": 9}, "Enter": {"code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}}


def find():
    """The path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One page. Problems (exceptions, console errors, policy violations) are collected."""

    def __init__(self, path, width=1400, height=1000):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        child_in, self.out = os.pipe()
        self.inp, child_out = os.pipe()

        def connect():
            # 3 and 4 may be the pipes' own numbers: move those out of the way first.
            high_in, high_out = os.dup(child_in), os.dup(child_out)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        self.process = subprocess.Popen(
            [path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--remote-debugging-pipe", "--no-first-run", f"--user-data-dir={self.profile.name}",
             f"--window-size={width},{height}", "about:blank"],
            preexec_fn=connect, pass_fds=(3, 4),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(child_in)
        os.close(child_out)
        os.set_blocking(self.inp, False)
        self.buffer = b""
        self.n_calls = 0
        self.session = None
        self.problems = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        os.close(self.out)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.inp)
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def _note(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.problems.append(str(params["args"]))

    def call(self, method, **params):
        self.n_calls += 1
        message = {"id": self.n_calls, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            while b"\0" in self.buffer:
                raw, self.buffer = self.buffer.split(b"\0", 1)
                answer = json.loads(raw)
                if answer.get("id") == self.n_calls:
                    if "error" in answer:
                        raise RuntimeError(f"{method}: {answer['error']['message']}")
                    return answer["result"]
                self._note(answer)
            try:
                chunk = os.read(self.inp, 1 << 20)
            except BlockingIOError:
                time.sleep(0.005)
                continue
            if not chunk:
                raise RuntimeError("the browser ended")
            self.buffer += chunk
        raise RuntimeError(f"{method}: no answer")

    def run(self, expression):
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, url):
        """Loads URL and returns the seconds until the page says that it is ready."""
        started = time.monotonic()
        self.run("delete document.documentElement.dataset.state")
        self.call("Page.navigate", url=url)
        while time.monotonic() < started + TIMEOUT_S:
            if self.run("document.documentElement?.dataset.state") == "ready":
                return time.monotonic() - started
            if self.problems:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the page does not get ready: {self.problems}")

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, key):
        for kind in ("keyDown", "keyUp"):
            params = {"type": kind, "key": key, **KEYS.get(key, {})}
            if len(key) == 1 and kind == "keyDown":
                params["text"] = key
            self.call("Input.dispatchKeyEvent", **params)
