"""The kinds of marks: plain values, equal when they look the same."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

UNIT = 0.05  # pixels; a place is a whole number of these

RGBA = tuple[int, int, int, int]


class Grid(NamedTuple):
    """An array as a value: equal to, and hashed like, every array with the same numbers."""

    dtype: str  # numpy's, such as "i4"
    shape: tuple[int, ...]
    data: bytes

    @classmethod
    def of(cls, numbers: Any, dtype: str) -> Grid:
        array = np.ascontiguousarray(numbers, dtype=dtype)
        return cls(dtype, array.shape, array.tobytes())

    @property
    def array(self) -> np.ndarray:
        """The numbers, read-only."""
        return np.frombuffer(self.data, self.dtype).reshape(self.shape)


class Outline(NamedTuple):
    """A path about an origin of its own, so that a shape that only moves stays the same outline."""

    vertices: Grid  # int32[n, 2], in units, y down
    codes: Grid     # uint8[n]: 0 move, 1 line, 2 and 3 quadratic and cubic curve, 4 close


class Placed(NamedTuple):
    """An outline with its origin at a place (x, y), in units."""

    place: tuple[int, int]
    outline: Outline


Clips = tuple[Placed, ...]  # only what is inside all of them shows


class Look(NamedTuple):
    """How a path is filled and stroked; width and dashes in pixels."""

    fill: RGBA | None
    stroke: RGBA | None
    width: float
    dashes: tuple[float, ...]
    dash_offset: float
    cap: str
    join: str


class PathMark(NamedTuple):
    """One path: a line, a patch, a text."""

    shape: Placed
    look: Look
    clips: Clips

    @property
    def vertices(self) -> np.ndarray:
        """float[n, 2], pixels."""
        return (self.shape.outline.vertices.array + self.shape.place) * UNIT


class PointsMark(NamedTuple):
    """Copies of a few outlines. Where a grid has fewer rows than there are points, its rows repeat."""

    places: Grid   # int32[n, 2], in units
    outlines: tuple[Outline, ...]
    which: Grid    # uint8[m], the outline of a point
    scales: Grid   # float32[m], 1 for the largest
    fills: Grid    # uint8[m, 4]; m = 0: not filled
    strokes: Grid  # uint8[m, 4]; m = 0: no edge
    widths: Grid   # float32[m], pixels
    join: str
    clips: Clips

    @property
    def positions(self) -> np.ndarray:
        """float[n, 2], pixels."""
        return self.places.array * UNIT


class ImageMark(NamedTuple):
    """An image of which (column, row) is shown at (a·column + c·row + e, b·column + d·row + f)."""

    png: Grid  # uint8[bytes], the file
    width: int
    height: int
    matrix: tuple[float, ...]  # a, b, c, d, e, f
    opacity: float
    smooth: bool
    clips: Clips


Mark = PathMark | PointsMark | ImageMark
