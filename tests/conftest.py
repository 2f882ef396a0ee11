"""What several test files share: a browser, a running JupyterLab, and how hypothesis looks for examples."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

# The same examples in every run, on a machine of any speed: what passed once passes again.
hypothesis.settings.register_profile("emviz", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("emviz")


# One browser a file, closed with it: Playwright's event loop must not stay open when the worker goes on to
# a notebook.
@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A headless Chromium, Playwright's `Browser`. None: a skip, or if EMVIZ_REQUIRE_BROWSER=1 a failure"""
    from lab_in_browser import find_chromium
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


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A running `emviz lab`, a `lab_in_browser.Lab`."""
    from lab_in_browser import running_lab

    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running
