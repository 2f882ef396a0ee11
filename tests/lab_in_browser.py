"""`emviz lab` in a real Chromium: started, opened and driven, by the tests and by the benchmarks."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, Playwright, WebSocket, expect

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium(playwright: Playwright) -> str | None:
    """The path of a Chromium: one on PATH, or the one that Playwright installed; None where there is none."""
    own = playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), own if Path(own).exists() else None)


@dataclass(frozen=True)
class Lab:
    """A running `emviz lab`: the folder it serves, the address it printed, and its token."""

    folder: Path
    address: str
    token: str
    log: list[str]

    @property
    def root(self) -> str:
        return self.address.partition("/lab")[0]

    def ask(self, path: str, method: str = "GET") -> bytes:
        """What the server's interface answers."""
        request = urllib.request.Request(f"{self.root}/api/{path}?token={self.token}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def answers(self) -> bool:
        """Whether the server gives its list of files to the one with the token."""
        try:
            self.ask("contents")
            return True
        except OSError:
            return False

    def write(self, name: str, cells: Sequence[nbformat.NotebookNode | str]) -> None:
        """A notebook; texts are code cells."""
        made = [nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        python = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=python), self.folder / f"{name}.ipynb")

    def open(self, browser: Browser, name: str, on_socket: Callable[[WebSocket], None] | None = None) -> Page:
        """A notebook in a workspace of its own, or JupyterLab would open again what was open before.

        on_socket: hears of every web socket that the page opens.
        """
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(30_000)
        if on_socket:
            page.on("websocket", on_socket)
        page.goto(f"{self.root}/lab/workspaces/{name}/tree/{name}.ipynb?token={self.token}")
        cells(page).first.wait_for()
        return page

    def shut_down_kernels(self) -> None:
        for session in json.loads(self.ask("sessions")):
            self.ask(f"sessions/{session['id']}", "DELETE")


@contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """`emviz lab` in a folder of its own, without a display and without anybody's Jupyter settings."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "JUPYTER_TOKEN", "JUPYTER_PREFER_ENV_PATH")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    process = subprocess.Popen(
        [sys.executable, "-m", "emviz", "lab", str(home / "lessons"), "--ip=127.0.0.1", "--port=0"],
        cwd=home, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    log: list[str] = []
    threading.Thread(target=log.extend, args=[process.stdout], daemon=True).start()
    try:
        deadline = time.monotonic() + 60
        while (found := re.search(r"http://127\.0\.0\.1:\d+/\S*\?token=(\w+)", "".join(log))) is None:
            assert process.poll() is None and time.monotonic() < deadline, "".join(log)
            time.sleep(0.1)
        lab = Lab(home / "lessons", found[0], found[1], log)
        while not lab.answers():  # a busy machine prints the address some time before it serves it
            assert process.poll() is None and time.monotonic() < deadline, "".join(log)
            time.sleep(0.1)
        yield lab
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # a kernel that was only starting can keep it waiting
            process.kill()
            process.wait()


def cells(page: Page) -> Locator:
    return page.locator(".jp-Notebook .jp-Cell")


def run_cell(page: Page, number: int) -> None:
    """Runs a cell, and waits until the kernel is done with it."""
    wait_for_kernel(page)
    prompt = cells(page).nth(number).locator(".jp-InputPrompt")
    prompt.click()
    page.keyboard.press("Control+Enter")
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=30_000)
    wait_for_kernel(page)


def wait_for_kernel(page: Page) -> None:
    # The circle at the top of a notebook says "idle" before there is a kernel; the line at the bottom does not.
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=30_000)


def keep_what_is_sent(page: Page) -> None:
    """From now on, `window.sent` has every message that the page sends to its kernel, as text."""
    page.evaluate("""() => {
        const send = WebSocket.prototype.send;
        window.sent = [];
        WebSocket.prototype.send = function (data) {
            window.sent.push(typeof data === "string" ? data : new TextDecoder().decode(data));
            return send.call(this, data);
        };
    }""")
