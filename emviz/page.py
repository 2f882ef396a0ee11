"""A run as a web page: one file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import zlib
from collections.abc import Iterable, Sequence
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from PIL import Image

from emviz import __version__
from emviz.files import atomic_path
from emviz.marks import Recording, record_dial
from emviz.marks.payload import to_bytes
from emviz.scenes import Scene
from emviz.scenes.dial import Dial
from emviz.scenes.given import as_dial
from emviz.trace import Trace

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_SKIPPED = re.compile(rf"{_IMPORT.pattern}|^export (?=const|function)|^ *//.*\n|^ */\*\*[\s\S]*?\*/\n", re.MULTILINE)
_AIR = re.compile(r"^/\*[\s\S]*?\*/\n|^ +|^\n", re.MULTILINE)  # what a browser skips


def save_html(
    trace_or_scene: Trace | Scene | Dial | Any,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    steps: Iterable[int] | None = None,
    size: tuple[int, int] | None = None,
) -> Path:
    """Write a run as a web page with the player of a notebook; returns its path.

    title: above the picture, the scene's own by default.  steps: which states to show, all by default.
    size: (width, height) in pixels of the picture, 960 × 540 by default; a page scales it to its window.

    The page loads nothing and sends nothing. Without scripts it shows the last state as a still. Everything is
    checked before anything is drawn; what was at `path` stays if the page cannot be made.
    """
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title is {title!r}: give a text")
    with atomic_path(path, (".html", ".htm")) as temporary:
        dial = as_dial(trace_or_scene, size)
        steps = None if steps is None else tuple(steps)
        recordings = record_dial(dial, steps)
        still = still_png(dial[0], recordings[0].steps[-1])
        text = page(recordings, still, recordings[0].title if title is None else title, dial.name, dial.labels)
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)


def save_page(parts: Sequence[Any], path: str | os.PathLike[str], *, title: str | None = None) -> Path:
    """Write a web page with several players and some text between them; returns its path."""
    raise NotImplementedError


def page(recordings: Sequence[Recording], still: bytes, title: str, dial: str = "", labels: Sequence[str] = ("",)
         ) -> str:
    """The HTML of a page that plays the recordings of a dial, or shows `still`, a PNG file of a last state."""
    recording = recordings[0]
    script = _AIR.sub("", as_one_module("page.js"))
    shape = {"width": str(recording.width), "height": str(recording.height)}
    style = _AIR.sub("", static("player.css") + Template(static("page.css")).substitute(shape))
    policy = (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(static("page.html")).substitute(
        policy=policy,
        version=__version__,
        title=html.escape(title),
        style=style,
        still=f'<img src="data:image/webp;base64,{_base64(_as_webp(still))}" alt="{html.escape(recording.alts[-1])}">',
        recording=_base64(zlib.compress(to_bytes(recordings, dial, labels), 9)),
        script=script,
    )


def still_png(scene: Scene, step: int) -> bytes:
    """A state as a PNG file, in 256 colors of its own."""
    picture = Image.fromarray(np.ascontiguousarray(scene.frame(step)))
    file = BytesIO()
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def _as_webp(png: bytes) -> bytes:
    """The same pixels in fewer bytes; notebooks have no WebP."""
    file = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").save(file, "webp", lossless=True, quality=100)
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


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _source(text: str) -> str:
    """The inline script or style that a content security policy allows, by its hash."""
    return f"'sha256-{_base64(hashlib.sha256(text.encode()).digest())}'"
