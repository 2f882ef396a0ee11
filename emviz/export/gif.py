"""A run as an animated GIF."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import GifImagePlugin

from emviz.export.film import Film, box_of, merged, ticks
from emviz.export.options import Options, takes_options
from emviz.export.palette import Palette, pack
from emviz.files import atomic_path


@takes_options()
def save_gif(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as an animated GIF; returns its path.

    All frames share one palette of at most 255 colors, without dithering; large flat areas keep their color.
    Times are rounded to hundredths of a second.
    """
    with atomic_path(path, (".gif",)) as temporary:
        film = Film.of(trace_or_scene, options)
        sample = film.sample(12)
        palette = Palette.of(sample.values())
        frames = _indexed(film.frames(sample), palette)
        with open(temporary, "wb") as file:
            _write_gif(file, merged(frames, ticks(film.seconds, 100)), palette, options.loop)
    return Path(path)


def _indexed(frames: Iterable[np.ndarray], palette: Palette) -> Iterator[np.ndarray]:
    """uint8[h, w, 3] -> uint8[h, w]; only pixels that changed are looked up."""
    before = indices = None
    for frame in frames:
        pixels = pack(frame)
        if before is None or indices is None:
            indices = palette.indices(pixels)
        else:
            changed = pixels != before
            indices = indices.copy()
            indices[changed] = palette.indices(pixels[changed])
        before = pixels
        yield indices


def _write_gif(file: BinaryIO, frames: Iterable[tuple[np.ndarray, int]], palette: Palette, loop: bool) -> None:
    """Write frames, uint8[h, w] and their hundredths of a second, as they come; each stores only what changed."""
    before = None
    for indices, duration in frames:
        if before is None:
            header, _ = GifImagePlugin.getheader(palette.image(indices), info={"loop": 0} if loop else {})
            file.writelines(header)
        file.writelines(_changes(before, indices, 10 * duration, palette))
        before = indices
    file.write(b";")


def _changes(before: np.ndarray | None, after: np.ndarray, milliseconds: int, palette: Palette) -> list[bytes]:
    """One frame of a GIF: the box that changed, transparent where it did not."""
    if before is None:
        return GifImagePlugin.getdata(palette.image(after), duration=milliseconds, disposal=1)
    changed = before != after
    left, top, right, bottom = box_of(changed)
    box = np.s_[top:bottom, left:right]
    part = np.where(changed[box], after[box], np.uint8(Palette.TRANSPARENT))
    return GifImagePlugin.getdata(palette.image(part), (left, top), duration=milliseconds, disposal=1,
                                  transparency=Palette.TRANSPARENT)
