"""A run as an animated WebP."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from emviz.export.film import Film, box_of, merged, ticks
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path

# Lossless: lossy WebP halves the resolution of colors, and for most runs saves no bytes. Chosen by measuring: more
# effort (method 4, quality 75) saves 1 to 4 % and takes half as long again.
EFFORT = {"lossless": True, "method": 2, "quality": 50}


@takes_options()
def save_webp(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as an animated WebP, with every pixel as it was drawn; returns its path.

    Times are rounded to milliseconds.
    """
    with atomic_path(path, (".webp",)) as temporary:
        film = Film.of(trace_or_scene, options)
        with open(temporary, "wb") as file:
            _write_webp(file, merged(film.frames(), ticks(film.seconds, 1000)), options.loop)
    return Path(path)


def _write_webp(file: BinaryIO, frames: Iterable[tuple[np.ndarray, int]], loop: bool) -> None:
    """Write frames, uint8[h, w, 3] and their milliseconds, as they come; each stores only what changed.

    Pillow would keep all of them until the end. The format: https://www.rfc-editor.org/rfc/rfc9649
    """
    before = None
    for frame, duration in frames:
        if before is None:
            height, width, _ = frame.shape
            file.write(b"RIFF    WEBP")
            file.write(_chunk(b"VP8X", b"\x12\0\0\0" + _three(width - 1) + _three(height - 1)))  # moves, has holes
            file.write(_chunk(b"ANIM", bytes(4) + (0 if loop else 1).to_bytes(2, "little")))  # 0 times: forever
            picture, left, top = Image.fromarray(frame), 0, 0
        else:
            picture, left, top = _change(before, frame)
        place = _three(left // 2) + _three(top // 2) + _three(picture.width - 1) + _three(picture.height - 1)
        file.write(_chunk(b"ANMF", place + _three(duration) + b"\0" + _encoded(picture)))
        before = frame
    length = file.tell()
    file.seek(4)
    file.write((length - 8).to_bytes(4, "little"))


def _change(before: np.ndarray, after: np.ndarray) -> tuple[Image.Image, int, int]:
    """The box that changed, transparent where it did not, and its left and upper end, which are even."""
    changed = (before != after).any(axis=2)
    left, top, right, bottom = box_of(changed)
    left, top = left - left % 2, top - top % 2
    box = np.s_[top:bottom, left:right]
    return Image.fromarray(np.dstack([after[box], 255 * changed[box].astype(np.uint8)])), left, top


def _encoded(picture: Image.Image) -> bytes:
    """A picture as a chunk of a WebP file."""
    whole = BytesIO()
    picture.save(whole, "webp", **EFFORT)
    return whole.getvalue()[12:]  # behind the header of a file


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
