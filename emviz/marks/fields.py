"""What tells a browser who would claim a new point, at any place of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emviz.marks.kinds import Grid
from emviz.marks.renderer import MarksRenderer
from emviz.scenes.field import Field as FieldInScene


@dataclass(frozen=True)
class Axis:
    """A value is (place − zero) / unit, with places in pixels; if grid > 0, the nearest multiple of it."""

    name: str
    zero: float
    unit: float
    grid: float


@dataclass(frozen=True)
class Field:
    """The shares of the components at every place of a box, ∝ exp(score); hard: the highest score takes all.

    A score is c + g·(x − o) − ½ (x − o)ᵀP(x − o), with places x in pixels.
    """

    box: tuple[float, float, float, float]  # left, top, right, bottom, in pixels
    axes: tuple[Axis, ...]       # across and upward, or across only
    components: tuple[str, ...]
    colors: str                  # the mover whose marks have the colors of the components
    hard: bool
    drawn: bool                  # whether the picture shows the regions anyway
    scores: tuple[Grid | None, ...]  # of each state: float32[k, 8], o, c, g, P's xx, xy, yy; None before the first E
    note: str                    # what the shares leave out


def field_in_pixels(field: FieldInScene, steps: tuple[int, ...], renderer: MarksRenderer) -> Field:
    """What a field of a scene says in these states, in the pixels of its marks."""
    low, high = np.array([field.across, field.panel.get_ylim()]).T
    (left, bottom), (right, top) = (
        renderer.in_picture(tuple(field.panel.transData.transform(corner))) for corner in (low, high))
    unit = np.array([right - left, top - bottom]) / (high - low)
    zero = [left, bottom] - unit * low
    told = (field.scores(step) for step in steps)
    return Field(
        box=(left, top, right, bottom),
        axes=tuple(map(Axis, field.names, zero, unit, (field.grid, 0.0))),
        components=field.components,
        colors=field.colors,
        hard=field.temperature == 0,
        drawn=field.is_drawn,
        scores=tuple(None if scores is None else Grid.of(scores.table(zero, unit, field.temperature), "f4")
                     for scores in told),
        note=field.note,
    )


def shares(scores: Grid, places: np.ndarray, hard: bool) -> np.ndarray:
    """What a browser makes of the scores of a state: places float[n, 2] in pixels -> float[n, k]."""
    x, y, constants, right, down, xx, xy, yy = scores.array.astype(float).T
    away_x, away_y = places[:, :1] - x, places[:, 1:] - y
    bend = xx * away_x**2 + 2 * xy * away_x * away_y + yy * away_y**2
    values = constants + right * away_x + down * away_y - bend / 2
    if hard:
        return np.eye(len(x))[values.argmax(axis=1)]
    odds = np.exp(values - values.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)
