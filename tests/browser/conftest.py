"""Opening a file in the browser while listening for what it must not do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass
class Trouble:
    """What a page asked for, itself aside, and the errors that it wrote."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser) -> Iterator[Callable]:
    """visit(path, width, height, **context options) -> (page, trouble); closed at the end of the test."""
    contexts = []

    def open_file(path: Path, width: int = 1000, height: int = 800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page, trouble = context.new_page(), Trouble()
        own = path.as_uri()
        page.on("request", lambda request: request.url == own or trouble.requests.append(request.url))
        page.on("console", lambda message: message.type == "error" and trouble.errors.append(message.text))
        page.on("pageerror", lambda error: trouble.errors.append(str(error)))
        page.goto(own)
        return page, trouble

    yield open_file
    for context in contexts:
        context.close()
