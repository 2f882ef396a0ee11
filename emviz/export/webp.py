"""A run as an animated WebP."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from emviz.export.film import Film
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path

# Lossless: lossy WebP halves the colors each way, and for most runs saves no bytes. Chosen by measuring: more effort
# (method 4, quality 75) saves 1 to 4 % and takes half as long again; without further key frames (kmax) it is smaller.
EFFORT = {"lossless": True, "method": 2, "quality": 50, "kmax": 0}


@takes_options
def save_webp(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as an animated WebP, with every pixel as it was drawn; returns its path.

    Times are rounded to milliseconds. A single frame has no time: it is a still picture.
    """
    with atomic_path(path, (".webp",)) as temporary:
        film = Film.of(trace_or_scene, options)
        frames = film.frames()
        first, others = Image.fromarray(next(frames)), _Reel(frames, len(film) - 1)
        first.save(temporary, "webp", save_all=True, append_images=[others], duration=milliseconds(film.seconds),
                   loop=0 if options.loop else 1, **EFFORT)
    return Path(path)


class _Reel:
    """What Pillow takes for one picture of many frames. Each is drawn when it is its turn, and then forgotten."""

    def __init__(self, frames: Iterator[np.ndarray], n_frames: int):
        self._frames, self.n_frames = frames, n_frames

    def seek(self, frame: int) -> None:
        """Go to a frame; Pillow asks for all of them, in order."""
        self._now = Image.fromarray(next(self._frames))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._now, name)


def milliseconds(seconds: Sequence[float]) -> list[int]:
    """Durations in whole milliseconds; rounding does not add up."""
    return np.diff(np.rint(1000 * np.cumsum(seconds)), prepend=0).astype(int).tolist()
