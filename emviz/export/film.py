"""A run cut into frames: which states, in what order, and how long each stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emviz.export.options import SHORTEST, Options
from emviz.progress import watched
from emviz.scenes import Scene
from emviz.scenes.given import as_scene, told_steps

SIZE = (800, 450)  # pixels, where nobody asks for others
GLIDE = 0.04       # seconds an in-between frame lasts, at most


@dataclass(frozen=True)
class Film:
    """The frames of a scene, drawn when they are asked for: one after the other, so that any number fits into memory.

    at: which step each frame shows; a fraction is on the way to the next.  seconds: how long each stays.
    """

    scene: Scene
    at: tuple[float, ...]
    seconds: tuple[float, ...]

    @classmethod
    def of(cls, shown: Any, options: Options) -> Film:
        scene = as_scene(shown, options.size, title=options.title, caption=options.caption, dpi=options.dpi, usual=SIZE)
        at, seconds = schedule(told_steps(options.steps, scene), options.seconds_per_step, options.hold,
                               options.tween)
        return cls(scene, tuple(at), tuple(seconds))

    def __len__(self) -> int:
        return len(self.at)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        width, height = self.scene.figure.bbox.size
        return int(width), int(height)  # as matplotlib has it

    def sample(self, count: int) -> dict[int, np.ndarray]:
        """Up to `count` frames from the first to the last, by their place in the film."""
        places = sorted({round(place) for place in np.linspace(0, len(self) - 1, count)})
        return {place: self.scene.frame(self.at[place]) for place in places}

    def frames(self, drawn: dict[int, np.ndarray] | None = None) -> Iterator[np.ndarray]:
        """uint8[height, width, 3] one after the other, with a bar that says how far they are where they take long.

        drawn: frames by place that need not be drawn again; each is taken out when its turn comes.
        """
        drawn = {} if drawn is None else drawn
        frames = (drawn.pop(place) if place in drawn else self.scene.frame(at) for place, at in enumerate(self.at))
        return watched(frames, len(self), "frame")


def ticks(seconds: Sequence[float], per_second: int) -> list[int]:
    """Durations in whole ticks of a clock; rounding does not add up."""
    return np.diff(np.rint(per_second * np.cumsum(seconds)), prepend=0).astype(int).tolist()


def merged(frames: Iterable[np.ndarray], durations: Iterable[int]) -> Iterator[tuple[np.ndarray, int]]:
    """Equal neighbors become one frame, shown for as long as all of them."""
    shown, shown_for = None, 0
    for frame, duration in zip(frames, durations):
        if shown is not None and not np.array_equal(frame, shown):
            yield shown, shown_for
            shown_for = 0
        shown, shown_for = frame, shown_for + duration
    assert shown is not None
    yield shown, shown_for


def box_of(changed: np.ndarray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the smallest box around what changed: bool[h, w], not all False."""
    (top, bottom), (left, right) = (np.flatnonzero(changed.any(axis=axis))[[0, -1]] for axis in (1, 0))
    return int(left), int(top), int(right) + 1, int(bottom) + 1


def schedule(steps: Sequence[int], seconds_per_step: float, hold: float, tween: int) -> tuple[list[float], list[float]]:
    """Which (fractional) steps to draw, and how many seconds each of them stays.

    In-between frames belong to the state that they lead to, leave it at least 40 % of its time, and
    start and end slowly. There are fewer of them where they would be too short for a browser.
    """
    at, seconds = [float(steps[0])], [hold]
    moving = min(0.6 * seconds_per_step, seconds_per_step - SHORTEST)
    tween = min(tween, int(moving / SHORTEST + 1e-9))
    glide = min(GLIDE, moving / max(tween, 1))
    for here, there in zip(steps, steps[1:]):
        along = np.arange(1, tween + 1) / (tween + 1)
        at += [*(here + (there - here) * along**2 * (3 - 2 * along)), float(there)]
        seconds += [glide] * tween + [seconds_per_step - tween * glide]
    seconds[-1] = hold
    return at, seconds
