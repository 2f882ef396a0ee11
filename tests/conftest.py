"""What several test files share: a browser, a running JupyterLab, and how hypothesis looks for examples."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

# The same examples in every run, on a machine of any speed: what passed once passes again.
hypothesis.settings.register_profile("emviz", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("emviz")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium(playwright) -> str | None:
    """The path of a Chromium: one on PATH, or the one that Playwright installed; None where there is none."""
    own = playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), own if Path(own).exists() else None)


# One browser a file, closed with it: Playwright's event loop must not stay open when the worker goes on to
# a notebook.
@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A headless Chromium, Playwright's `Browser`. None: a skip, or if EMVIZ_REQUIRE_BROWSER=1 a failure"""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            message = "no Chromium found: install chromium, or run `python -m playwright install chromium`"
            if os.environ.get("EMVIZ_REQUIRE_BROWSER") == "1":
                pytest.fail(message)
            pytest.skip(message)
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


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


def answers(lab: Lab) -> bool:
    """Whether the server gives its list of files to the one with the token."""
    try:
        with urllib.request.urlopen(f"{lab.root}/api/contents?token={lab.token}", timeout=10):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """`emviz lab` in a folder of its own, without a display and without anybody's Jupyter settings."""
    home = tmp_path_factory.mktemp("lab")
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
        running = Lab(home / "lessons", found[0], found[1], log)
        while not answers(running):  # a busy machine prints the address some time before it serves it
            assert process.poll() is None and time.monotonic() < deadline, "".join(log)
            time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # a kernel that was only starting can keep it waiting
            process.kill()
            process.wait()
