"""What several test files share: the browser, and how hypothesis looks for examples."""

import os
import shutil
from collections.abc import Iterator
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


# One browser a file, closed with it: Playwright's event loop must not stay open when the worker goes on to a notebook.
@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A headless Chromium, as a Playwright `Browser`. Skips without one, or fails if EMVIZ_REQUIRE_BROWSER=1."""
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
