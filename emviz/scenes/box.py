"""A box in space: a grid on its floor, and along the edges that are outermost as it stands numbers and names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path

from emviz import draw, style
from emviz.scenes import words

_TYPE = 14.0  # points
_GAP = 8.0    # pixels of the design: from an edge to its numbers, from these to the name, around all
_NOTE = 24.0  # and at the upper end of the panel, for a note

# From 0 to 1.
_FLOOR = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], dtype=float)
_CEILING = _FLOOR + [0, 0, 1]
_EDGES = np.concatenate([np.stack(ends, axis=1) for ends in (
    (_FLOOR, np.roll(_FLOOR, -1, axis=0)), (_CEILING, np.roll(_CEILING, -1, axis=0)), (_FLOOR, _CEILING))])


class Box:
    """A box about the origin; places in it are float[..., 3].

    pixels: for a unit, as many as the panel has room for. However the box is turned, it stays in the panel; as it
        stands, its words do.
    """

    def __init__(self, panel: Axes, scale: float, names: Sequence[str], low: np.ndarray, high: np.ndarray,
                 unit: np.ndarray, front: np.ndarray):
        """low, high, unit: float[3], in the data.  front: float[2, 3], right and up on the page."""
        self._panel, self._front, self._gap, self._note = panel, front, scale * _GAP, scale * _NOTE
        self._size = (high - low) / unit
        self.floor, self._edges = ((corners - 0.5) * self._size for corners in (_FLOOR, _EDGES))
        ticks = [self._ticks(float(ends[0]), float(ends[1])) for ends in zip(low, high)]
        self._numbers = [numbers for _, numbers, _ in ticks]
        self._names = [self._short(f"{name} ({left_out})" if left_out else name)
                       for name, (_, _, left_out) in zip(names, ticks)]

        # Three edges: where a feature is lowest, where it is highest, and the way out of the box.
        leftmost, lowest = np.where(front > 0, 0, 1)
        corners = np.array([(0, lowest[1], 0), (lowest[0], 0, 0), (leftmost[0], leftmost[1], 0)])
        self._starts, self._ends = (corners - 0.5) * self._size, (corners + np.eye(3) - 0.5) * self._size
        self._outward = np.where(np.eye(3), 0, np.sign(corners - 0.5))
        self._marks = [start + np.outer(shares, end - start)
                       for start, end, (shares, _, _) in zip(self._starts, self._ends, ticks)]
        inward = -self._outward * self._size * [1, 1, 0]
        inward[2] = 0.04 * self._outward[2]
        self._grid = np.array([(mark, mark + way) for marks, way in zip(self._marks, inward) for mark in marks])

        room = np.array(panel.bbox.size)
        extent = np.ptp(self._edges.reshape(-1, 3) @ front.T, axis=0)
        self.pixels = float(min(room.min() / np.linalg.norm(self._size), *(0.85 * room / extent)))
        smallest = 0.4 * self.pixels
        while not self._words_fit() and self.pixels > smallest:
            self.pixels *= 0.96

    def put(self, movers: draw.Movers, rows: np.ndarray) -> None:
        """Draw it as the rows float[2, 3] show it."""
        put, ax = movers.put, self._panel
        put("floor", draw.polygons, ax, [self.floor @ rows.T], style.BARS)
        put("grid", draw.lines, ax, self._grid @ rows.T, style.PAPER, widths=1.4)
        put("box", draw.lines, ax, self._edges @ rows.T, style.HAIRLINE, widths=1.2)
        put("words", draw.markers, ax, np.array(self._places) @ rows.T, self._outlines, _TYPE, draw.rgba(self._colors))

    def _ticks(self, low: float, high: float) -> tuple[np.ndarray, list[str], str]:
        """A few round places as shares of the way from low to high, their numbers, and what these leave out."""
        axis = self._panel.xaxis  # borrowed: nothing of it shows
        self._panel.set_xlim(low, high)
        self._panel.ticklabel_format(axis="x", scilimits=(-3, 4))
        left_out = draw.few_ticks(axis, 3)
        places = np.array(axis.get_ticklocs())
        return (places - low) / (high - low), axis.get_major_formatter().format_ticks(places.tolist()), left_out

    def _short(self, name: str) -> str:
        artist = draw.label(self._panel, (0, 0), name, fontsize=_TYPE)
        words.squeeze(artist, 0.32 * self._panel.bbox.width)
        artist.remove()
        return artist.get_text()

    def _words_fit(self) -> bool:
        """Write the words beside a box of this size. Returns whether the panel holds them."""
        self._places: list[np.ndarray] = []
        self._outlines: list[Path] = []
        self._colors: list[str] = []
        self._inside = True
        for j, (start, end, outward) in enumerate(zip(self._starts, self._ends, self._outward)):
            way = self.pixels * self._front @ (end - start)
            numbers = self._numbers[j] if np.hypot(*way) > 3 * self._gap * len(self._numbers[j]) else []
            depth = max((self._write(number, style.SOFT_INK, mark, outward, self._gap)
                         for number, mark in zip(numbers, self._marks[j])), default=0.0)
            if j == 2:  # on top, most of it beside the box
                above = (1 + 2.5 * self._gap / max(way[1], 5 * self._gap)) * (end - start)
                self._write(self._names[j], style.INK, start + above, outward, 0, overlap=0.25)
            else:  # toward the higher end
                share = 0.7 if way[1] > 0 else 0.3
                self._write(self._names[j], style.INK, start + share * (end - start), outward, 1.8 * self._gap + depth)
        return self._inside

    def _write(self, text: str, color: str, place: np.ndarray, outward: np.ndarray, gap: float,
               overlap: float = 0.0) -> float:
        """Put a word outward from a place, with a gap or an overlap, a share of the word. Returns how deep it is."""
        if not text:
            return 0.0
        word, way = draw.numeral(text, "normal"), self.pixels * self._front @ outward
        size = np.array(word.get_extents().size) * _TYPE * self._panel.figure.dpi / 72
        depth = float(np.abs(way) @ size / np.hypot(*way))
        middle = place + outward * (gap + (0.5 - overlap) * depth) / np.hypot(*way)
        at, room = self.pixels * self._front @ middle, np.array(self._panel.bbox.size) / 2 - self._gap
        self._inside &= bool((at - size / 2 >= -room).all() and (at + size / 2 <= room - [0, self._note]).all())
        self._places.append(middle)
        self._outlines.append(word)
        self._colors.append(color)
        return depth
