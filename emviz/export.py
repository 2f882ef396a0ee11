"""A run as a file: frames of a scene, encoded."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import GifImagePlugin, Image
from scipy.spatial import cKDTree

from emviz.files import atomic_path
from emviz.scenes import Scene
from emviz.scenes.given import as_scene, chosen_steps
from emviz.trace import Trace
from emviz.validate import positive_integer

GIF_SIZE = (800, 450)
SHORTEST = 0.02  # seconds; browsers slow down frames that are shorter
GLIDE = 0.04     # seconds an in-between frame lasts, at most


def save_gif(trace_or_scene: Trace | Scene, path: str | os.PathLike[str], *, size: tuple[int, int] | None = None,
             steps: Iterable[int] | None = None, seconds_per_step: float = 0.8, hold: float = 2.0, tween: int = 0,
             loop: bool = True) -> Path:
    """Write a run as an animated GIF; returns its path.

    size: (width, height) in pixels, 800 × 450 by default; a scene has its own.
    steps: which states to show, all by default.  seconds_per_step: how long each of them stays, in-between frames
    included.  hold: how long the first and the last stay.  tween: in-between frames on the way to each state.
    loop: False plays once.

    All frames share one palette of 256 colors, without dithering. Times are rounded to hundredths of a second.
    Everything is checked before anything is drawn; what was at `path` stays if a frame fails.
    """
    seconds_per_step, hold = _seconds(seconds_per_step, "seconds_per_step"), _seconds(hold, "hold")
    tween = positive_integer(tween, "tween", least=0)
    if not isinstance(loop, bool):
        raise TypeError(f"loop is {loop!r}: give True, or False to play once")
    with atomic_path(path, (".gif",)) as temporary:
        shown = as_scene(trace_or_scene, GIF_SIZE if size is None and isinstance(trace_or_scene, Trace) else size)
        at, seconds = schedule(chosen_steps(steps, len(shown)), seconds_per_step, hold, tween)
        palette = Palette.of(shown.frame(at[place]) for place in _spread_over(len(at), 12))
        with open(temporary, "wb") as file:
            _write_gif(file, (palette.indices(shown.frame(step)) for step in at), _milliseconds(seconds), palette, loop)
    return Path(path)


def schedule(steps: Sequence[int], seconds_per_step: float, hold: float, tween: int) -> tuple[list[float], list[float]]:
    """Which (fractional) steps to draw, and how many seconds each of them stays.

    In-between frames belong to the state that they lead to, leave it at least 40 % of its time, and
    start and end slowly. There are fewer of them where they would be too short for a browser.
    """
    at, seconds = [float(steps[0])], [hold]
    tween = min(tween, round(0.6 * seconds_per_step / SHORTEST))
    glide = min(GLIDE, 0.6 * seconds_per_step / max(tween, 1))
    for here, there in zip(steps, steps[1:]):
        along = np.arange(1, tween + 1) / (tween + 1)
        at += [*(here + (there - here) * along**2 * (3 - 2 * along)), float(there)]
        seconds += [glide] * tween + [seconds_per_step - tween * glide]
    seconds[-1] = hold
    return at, seconds


class Palette:
    """255 colors for a whole run, and the index of the nearest one to any other: no frame has colors of its own."""

    TRANSPARENT = 255  # the index that leaves a pixel as it was in the frame before

    def __init__(self, colors: np.ndarray):
        self.colors = colors  # uint8[m, 3]
        self._nearest = cKDTree(colors.astype(float))
        self._known = np.full(1 << 24, -1, dtype=np.int16)  # color -> index, filled as colors turn up

    @classmethod
    def of(cls, frames: Iterable[np.ndarray]) -> Palette:
        """The colors of flat areas as they are, and the rest, which edges blend, by median cut (Heckbert 1982)."""
        packed, counts = np.unique(np.concatenate([_pack(frame).ravel() for frame in frames]), return_counts=True)
        common_first = np.argsort(-counts, kind="stable")
        flat, blended = common_first[:128], common_first[128:]
        colors = _unpack(packed[flat])
        if len(blended):
            # Roots of the counts, so that rare colors of thin lines are heard too.
            pixels = _unpack(packed[blended]).repeat(np.sqrt(counts[blended]).astype(int), axis=0)
            cut = Image.fromarray(pixels[None]).quantize(127, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            colors = np.concatenate([colors, np.array(cut.getpalette(), dtype=np.uint8).reshape(-1, 3)[:127]])
        return cls(colors)

    def indices(self, frame: np.ndarray) -> np.ndarray:
        """frame: uint8[h, w, 3] -> uint8[h, w]."""
        packed = _pack(frame)
        found = self._known[packed]
        new = np.unique(packed[found < 0])
        if len(new):
            self._known[new] = self._nearest.query(_unpack(new).astype(float))[1]
            found = self._known[packed]
        return found.astype(np.uint8)

    def image(self, indices: np.ndarray) -> Image.Image:
        """uint8[h, w] as a Pillow image in these colors."""
        picture = Image.fromarray(indices, "P")
        picture.putpalette(self.colors.tobytes().ljust(768, b"\0"))
        return picture


def _pack(rgb: np.ndarray) -> np.ndarray:
    red, green, blue = (rgb[..., channel].astype(np.int32) for channel in range(3))
    return red << 16 | green << 8 | blue


def _unpack(packed: np.ndarray) -> np.ndarray:
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1).astype(np.uint8)


def _write_gif(file: BinaryIO, frames: Iterable[np.ndarray], milliseconds: Iterable[int], palette: Palette,
               loop: bool) -> None:
    """Write frames: uint8[h, w] as they come; each stores only what changed, and equal neighbors become one."""
    before, waiting, shown_for = None, None, 0
    for indices, duration in zip(frames, milliseconds):
        if waiting is not None and np.array_equal(indices, waiting):
            shown_for += duration
            continue
        if waiting is None:
            header, _ = GifImagePlugin.getheader(palette.image(indices), info={"loop": 0} if loop else {})
            file.writelines(header)
        else:
            file.writelines(_changes(before, waiting, shown_for, palette))
        before, waiting, shown_for = waiting, indices, duration
    assert waiting is not None
    file.writelines(_changes(before, waiting, shown_for, palette))
    file.write(b";")


def _changes(before: np.ndarray | None, after: np.ndarray, duration: int, palette: Palette) -> list[bytes]:
    """One frame of a GIF: the box that changed, transparent where it did not."""
    if before is None:
        return GifImagePlugin.getdata(palette.image(after), duration=duration, disposal=1)
    changed = before != after
    (top, bottom), (left, right) = (np.flatnonzero(changed.any(axis=axis))[[0, -1]] for axis in (1, 0))
    box = np.s_[top:bottom + 1, left:right + 1]
    part = np.where(changed[box], after[box], np.uint8(Palette.TRANSPARENT))
    return GifImagePlugin.getdata(palette.image(part), (int(left), int(top)), duration=duration, disposal=1,
                                  transparency=Palette.TRANSPARENT)


def _spread_over(length: int, count: int) -> list[int]:
    """Up to `count` places from first to last."""
    return sorted({round(place) for place in np.linspace(0, length - 1, count)})


def _milliseconds(seconds: Sequence[float]) -> list[int]:
    """Durations in whole hundredths of a second, as GIF has them; rounding does not add up."""
    ends = np.rint(100 * np.cumsum(seconds)).astype(int)
    return [int(10 * duration) for duration in np.diff(ends, prepend=0)]


def _seconds(value: Any, argument: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{argument} is {value!r}: give a number of seconds")
    if not SHORTEST <= value < math.inf:
        raise ValueError(f"{argument} is {value}: give {SHORTEST} seconds or more")
    return float(value)
