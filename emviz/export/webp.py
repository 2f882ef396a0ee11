"""A run as an animated WebP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from emviz.export.film import Film
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path


@takes_options
def save_webp(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as an animated WebP, every pixel as it was drawn; returns its path."""
    with atomic_path(path, (".webp",)) as temporary:
        film = Film.of(trace_or_scene, options)
        first, *others = map(Image.fromarray, film.frames())
        first.save(temporary, "webp", save_all=True, append_images=others, lossless=True,
                   duration=list(np.diff(np.rint(1000 * np.cumsum(film.seconds)).astype(int), prepend=0)),
                   loop=0 if options.loop else 1)
    return Path(path)
