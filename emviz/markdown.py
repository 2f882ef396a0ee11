"""Markdown as HTML that is safe on a page that loads nothing."""

from __future__ import annotations

import re
from typing import Any

import mistune

_SCHEME = re.compile(r"[^/?#]*:")
_TAG = re.compile(r"<[^>]*>")
_SCROLLS = '<{} class="wide" tabindex="0">'  # where it is too wide, with a keyboard too


def to_html(text: str, level: int = 1) -> str:
    """Headings, paragraphs, lists, tables, quotes, code, links and emphasis of a text; raw HTML in it stays text.

    level: of the heading that "# " makes.
    ValueError: an image, which such a page cannot load, or a link that is neither of the web nor of mail.
    """
    html = mistune.create_markdown(renderer=_Safe(level), plugins=["table", "strikethrough"])(text)
    assert isinstance(html, str)
    return html


def first_heading(html: str) -> str | None:
    """The words of the first heading of the first level in what `to_html` gave, still escaped."""
    found = re.search("<h1>(.*?)</h1>", html, re.DOTALL)
    return _TAG.sub("", found[1]) if found else None


class _Safe(mistune.HTMLRenderer):
    def __init__(self, level: int):
        super().__init__(escape=True)
        self._deeper = level - 1

    def heading(self, text: str, level: int, **_: Any) -> str:
        tag = f"h{min(level + self._deeper, 6)}"
        return f"<{tag}>{text}</{tag}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        scheme = _SCHEME.match(url)
        if scheme and scheme[0].lower() not in ("http:", "https:", "mailto:"):
            raise ValueError(f"a link leads to {url!r}: give an address that begins with https:, http: or mailto:")
        return super().link(text, url, title)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        raise ValueError(f"an image is wanted from {url!r}, but the page loads nothing: leave the image out, or give "
                         "a link to it, [words](address)")

    def block_code(self, code: str, info: str | None = None) -> str:
        return super().block_code(code, info).replace("<pre>", _SCROLLS.format("pre"), 1)

    def table(self, text: str) -> str:
        return f'{_SCROLLS.format("div")}<table>\n{text}</table></div>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Aligned by a class: the policy of the page allows no style of its own to an element."""
        tag = "th" if head else "td"
        aligned = f' class="{align}"' if align else ""
        return f"<{tag}{aligned}>{text}</{tag}>\n"
