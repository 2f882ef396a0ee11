"""Runs as a web page: one file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from PIL import Image

from emviz import __version__
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path
from emviz.markdown import first_heading, to_html
from emviz.marks import Recording, record_dial
from emviz.marks.payload import to_bytes
from emviz.scenes import Scene
from emviz.scenes.dial import Dial
from emviz.scenes.given import as_dial, told_steps

_SUFFIXES = (".html", ".htm")
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_SKIPPED = re.compile(rf"{_IMPORT.pattern}|^export (?=const|function)|^ *//.*\n|^ */\*\*[\s\S]*?\*/\n", re.MULTILINE)
_AIR = re.compile(r"^/\*[\s\S]*?\*/\n|^ +|^\n", re.MULTILINE)  # what a browser skips


_PLAYING = """
    steps: which states to show, all by default.
    size: (width, height) in pixels of the picture, 960 × 540 by default; a page scales it to its window.
    dpi: dots per inch; without a size, 200 gives twice the pixels of 100.
    caption: True tells above the picture what happened, False tells it to screen readers only; a text stands below the
    picture, too; or a function: step -> what is told instead.

    A page never plays by itself. Once a reader presses play, at the middle one of the nine speeds:
    seconds_per_step: how long each state stays, 1.5 by default.  hold: how long the first and the last state stay.
    tween: 0 jumps from state to state; else it glides, as smoothly as the screen can.
    loop: True begins again at the end, until the reader pauses.

    The page loads nothing and sends nothing. Without scripts it shows the last state as a still. Everything is
    checked before anything is drawn; what was at `path` stays if the page cannot be made.
"""


@dataclass(frozen=True, kw_only=True)
class PageOptions(Options):
    """The options of all players of a page, checked; None leaves it to the player."""

    seconds_per_step: float | None = None  # type: ignore[assignment]
    hold: float | None = None  # type: ignore[assignment]
    tween: int | None = None  # type: ignore[assignment]
    loop: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.steps, Iterable):  # several scenes read them
            object.__setattr__(self, "steps", tuple(self.steps))
        Options(**{name: value for name, value in vars(self).items() if value is not None})

    def dial(self, shown: Any, argument: str = "trace_or_scene") -> Dial:
        """What is shown, as scenes that have these steps."""
        dial = as_dial(shown, self.size, dpi=self.dpi, caption=self.caption, argument=argument)
        for scene in dial:
            told_steps(self.steps, scene)
        return dial

    def recorded(self, dial: Dial) -> tuple[tuple[Recording, ...], Image.Image]:
        """The marks of the scenes, and a still."""
        recordings = record_dial(dial, self.steps)
        return recordings, still(dial[0], recordings[0].steps[-1])

    def playing(self, dial: Dial) -> dict[str, Any]:
        """What player.js should do in another way than it usually does."""
        wanted = {
            "pace": self.seconds_per_step,
            "hold": self.hold,
            "glide": False if self.tween == 0 else None,
            "loop": self.loop or None,
            "told": None if dial[0].has_caption else False,
        }
        return {name: value for name, value in wanted.items() if value is not None}


@takes_options(PageOptions, _PLAYING)
def save_html(trace_or_scene: Any, path: str | os.PathLike[str], options: PageOptions) -> Path:
    """Write a run as a web page with the player of a notebook; returns its path.

    trace_or_scene: what emviz.run or emviz.restarts returns, a comparison, a scene, a dial, a player, or an explorer.
    title: above the picture, the scene's own by default.
    """
    with atomic_path(path, _SUFFIXES) as temporary:
        dial = options.dial(trace_or_scene)
        text = page(*options.recorded(dial), options.title, dial.name, dial.labels, options.playing(dial))
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)


@takes_options(PageOptions, _PLAYING)
def save_page(parts: Sequence[Any], path: str | os.PathLike[str], options: PageOptions) -> Path:
    """Write a web page with several players and some text between them; returns its path.

        emviz.save_page(["# Two ways to see a class", "First **k-means** …", trace, "Then …", other], "lesson.html")

    parts: a list of texts and of what `save_html` takes. Texts are Markdown: headings, paragraphs, emphasis, lists,
    tables, quotes, code and links. HTML and formulas in them stay as they were typed, and images are refused, as the
    page loads nothing.
    title: above all, and the headings of the texts are one level lower; by default it is their first "# heading".

    The other options are those of `save_html`, for every player. All keys step the player that was clicked; before
    that, ← and → step the one that is in view, and other keys scroll the page.
    """
    if not isinstance(parts, list | tuple):
        raise TypeError(f"parts is a {type(parts).__name__}: give a list of texts and runs, such as ['# Title', trace]")
    with atomic_path(path, _SUFFIXES) as temporary:
        level = 1 if options.title is None else 2
        ready = [_ready(part, f"parts[{place}]", options, level) for place, part in enumerate(parts)]
        temporary.write_text(_lesson(ready, options), encoding="utf-8", newline="\n")
    return Path(path)


def _ready(part: Any, name: str, options: PageOptions, level: int) -> str | Dial:
    """A text as HTML, what else is shown as scenes."""
    try:
        return to_html(part, level) if isinstance(part, str) else options.dial(part, name)
    except (TypeError, ValueError) as error:
        message = str(error)
        raise type(error)(message if message.startswith(name) else f"{name}: {message}") from None


def _lesson(parts: Sequence[str | Dial], options: PageOptions) -> str:
    """The HTML of a page with texts, which are HTML already, and players."""
    dials = [part for part in parts if isinstance(part, Dial)]
    if not dials:
        raise ValueError(f"parts {'has only texts' if parts else 'is empty'}: give a run, too, such as a trace")
    title = options.title
    first = first_heading("".join(part for part in parts if isinstance(part, str))) if title is None else None
    called = first or html.escape(title or dials[0][0].title)
    body = [] if first else [_text(f"<h1>{called}</h1>")]
    number = 0
    for part in parts:
        if isinstance(part, str):
            body.append(_text(part))
        else:
            number += 1
            recordings, picture = options.recorded(part)
            named = [replace(one, title=f"Picture {number} of {len(dials)}: {one.title}") for one in recordings]
            body.append(_player(named, picture, part.name, part.labels, options.playing(part)))
    return _document(called, "\n".join(body), "lesson")


def page(recordings: Sequence[Recording], picture: Image.Image, title: str | None = None, dial: str = "",
         labels: Sequence[str] = ("",), playing: Mapping[str, Any] | None = None) -> str:
    """The HTML of a page that plays the recordings of a dial, or shows `picture`, a last state.

    title: that of the first recording by default.  playing: as for `emviz.marks.payload.to_bytes`.
    """
    title = html.escape(recordings[0].title if title is None else title)
    return _document(title, _player(recordings, picture, dial, labels, playing, f"<h1>{title}</h1>"), "alone")


def _player(recordings: Sequence[Recording], picture: Image.Image, dial: str, labels: Sequence[str],
            playing: Mapping[str, Any] | None, heading: str = "") -> str:
    """The place of a player: what it shows, and what is there where it cannot run."""
    source, alt = _base64(_webp(picture)), html.escape(recordings[0].alts[-1])
    return (
        f'<div class="player">{heading}<noscript><img src="data:image/webp;base64,{source}" alt="{alt}"></noscript>'
        f'<script type="text/plain">{_packed(to_bytes(recordings, dial, labels, playing))}</script></div>'
    )


def _text(content: str) -> str:
    return f'<div class="text">{content}</div>'


def _document(title: str, body: str, kind: str) -> str:
    """title: escaped.  body: safe HTML.  kind: "alone" for a player that is all of the page, or "lesson"."""
    return Template(_frame()).substitute(title=title, kind=kind, body=body)


@cache
def _frame() -> str:
    """All of a page but what differs from page to page."""
    program = f'"use strict";{{{_AIR.sub("", as_one_module("program.js"))}}}'
    script = _AIR.sub("", as_one_module("page.js"))
    style = _AIR.sub("", static("player.css") + static("page.css"))
    policy = (
        f"default-src 'none'; script-src {_source(script)} {_source(program)}; style-src {_source(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Template(static("page.html")).safe_substitute(
        policy=policy, version=__version__, style=style.replace("$", "$$"), program=_packed(program.encode()),
        script=script.replace("$", "$$"),
    )


def still(scene: Scene, step: int) -> Image.Image:
    """A state as a picture."""
    return Image.fromarray(np.ascontiguousarray(scene.frame(step)))


def still_png(scene: Scene, step: int) -> bytes:
    """A state as a PNG file."""
    return to_png(still(scene, step))


def to_png(picture: Image.Image) -> bytes:
    """A PNG file in 256 colors of its own, which are enough for what emviz draws: less than half the bytes."""
    file = BytesIO()
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def _webp(picture: Image.Image) -> bytes:
    """A WebP file in 256 colors, smaller and made sooner than a PNG file; notebooks have no WebP."""
    file = BytesIO()
    picture = picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    picture.save(file, "webp", lossless=True, quality=60)
    return file.getvalue()


def static(name: str) -> str:
    """A file that a browser reads."""
    return files("emviz").joinpath("static", name).read_text(encoding="utf-8")


def as_one_module(name: str) -> str:
    """A script with all that it imports from its neighbors, for a browser that is given one file; no comments."""
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name not in parts:
            text = static(name)
            for neighbor in _IMPORT.findall(text):
                add(neighbor)
            parts[name] = _SKIPPED.sub("", text)  # behind what it needs

    add(name)
    return "\n".join(parts.values())


def _packed(data: bytes) -> str:
    """As page.js unpacks it."""
    return _base64(zlib.compress(data))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _source(text: str) -> str:
    """The inline script or style that a content security policy allows, by its hash."""
    return f"'sha256-{_base64(hashlib.sha256(text.encode()).digest())}'"
