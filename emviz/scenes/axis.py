"""Scenes whose components are places on one axis: flags with their values on top, stems down to the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.view import View

# Flags that do not fit beside each other are smaller, and stand in rows: points across the badge, type of the
# value, and pixels of the design for a row and for a character.
_LARGE = (20.0, style.BASE, 36.0, 13.5)
_SMALL = (15.0, 11.5, 27.0, 10.4)
_CHARACTER = 7.6  # pixels of the design, of a note in its smallest type


class AxisView(View):
    """Three zones on one axis: flags, what is drawn from 0 up to `self._peak`, and what is drawn below 0.

    A subclass calls `_lay_zones` in `_set` and `_put_flags` in `move`.
    """

    def _lay_zones(self, low: float, high: float, peak: float, below: float) -> None:
        """Fix the limits, with room for all flags.

        low, high: of the axis.  peak: the highest value to show.  below: room under zero, in pixels of the design.
        """
        ax = self.panel
        ax.set_xlim(low, high)
        self._decimals = words.decimals(high - low)
        longest = max(len(self._reading(value)) for value in self._places.ravel())
        for self._badge, self._type, self._row, character in (_LARGE, _SMALL):
            self._flag_width = self.scale * (self._badge * 100 / 72 + 20 + character * longest)
            self._flag_rows = int(np.ceil(len(self._components) / max(1, ax.bbox.width // self._flag_width)))
            if self._flag_rows == 1:
                break
        zones = ax.bbox.height / self.scale - (self._row * self._flag_rows + 10) - below
        self._pixel = peak / zones  # a pixel of the design, in data units upward
        self._peak = peak
        ax.set_ylim(-below * self._pixel, peak + (self._row * self._flag_rows + 10) * self._pixel)

    def _note_in_words(self, *texts: str) -> None:
        """The first note that there is room for, or the last."""
        room = self.panel.bbox.width / self.scale / _CHARACTER
        self._note(next((text for text in texts if len(text) <= room), texts[-1]))

    def _reading(self, value: float) -> str:
        """The value on a flag, with an arrow to where it is if that is outside the picture."""
        left, right = self.panel.get_xlim()
        text = words.fixed(value, self._decimals)
        return f"← {text}" if value < left else f"{text} →" if value > right else text

    def _put_flags(self, step: float) -> None:
        """At each component a stem from zero to its number and its value, which stand side by side on top."""
        x = draw.interpolate(self._places, step)
        at, row = self._side_by_side(x)
        height = self._peak + self._pixel * (self._row * (row + 0.5) + 10)
        feet, flags = np.column_stack([x, np.zeros_like(x)]), np.column_stack([at, height])
        tracks = np.stack([feet, np.column_stack([x, np.full_like(x, self._peak)]), flags], axis=1)
        left, right = self.panel.get_xlim()
        outside = (x < left) | (x > right)
        tracks[outside] = flags[outside, None]  # a line out of the picture would strike through the value
        self._put_badges(feet, flags, tracks, self._badge)
        paper = None if self._flag_rows == 1 else {"boxstyle": "square,pad=0.08", "facecolor": style.PAPER,
                                                   "edgecolor": "none", "alpha": 0.85}
        for j, value in enumerate(x):  # on paper, so that stems of the flags above pass behind the value
            self.movers.put(f"value {j}", draw.label, self.panel, (at[j], height[j]), self._reading(value),
                            offset=(self._badge / 2 + 5, 0), va="center_baseline", weight="bold",
                            fontsize=self._type, box=paper)

    def _side_by_side(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the flags stand: along the axis, above x if there is room; and in which row."""
        ax, half = self.panel, self.scale * (self._badge * 100 / 72 / 2 + 2)
        left, right = ax.get_xlim()
        pixels = (x - left) / (right - left) * ax.bbox.width
        row = np.empty(len(x), dtype=int)
        row[np.argsort(x, kind="stable")] = np.arange(len(x)) % self._flag_rows
        for r in range(self._flag_rows):
            pixels[row == r] = draw.spread_on_line(pixels[row == r], self._flag_width, half,
                                                   ax.bbox.width - self._flag_width + half)
        return left + pixels / ax.bbox.width * (right - left), row

    def _put_moves_along_zero(self, step: float) -> None:
        x, origin = draw.interpolate(self._places, step), self._places[self._origin(step)]
        self._put_moves(step, _along_zero(origin), _along_zero(x))

    def _take(self) -> None:
        self._places = np.stack([self._places_of(step.params) for step in self.trace])

    def _places_of(self, params: Any) -> np.ndarray:
        """Where the components are on the axis: float[k]."""
        return getattr(params, self.GRAB).reshape(-1)

    def foresee(self) -> None:
        """The first E, and along zero the way of each component, with a hollow marker at its end."""
        super().foresee()
        self._put_moves(len(self.trace) - 1, _along_zero(self._places[-1]), _along_zero(self._places[0]))


def _along_zero(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.zeros_like(x)])


def limits(values: np.ndarray, places: np.ndarray, margin: float = 0.1) -> tuple[float, float]:
    """Limits that hold all values, and the places of all steps but a wild one that would squash the values."""
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    both = np.append(places[(places >= low - 0.5 * span) & (places <= high + 0.5 * span)], [low, high])
    low, high = float(both.min()), float(both.max())
    return low - margin * span, high + margin * span


def largest_dots(places: np.ndarray, room: float, largest: float, smallest: float = 7.0) -> tuple[float, np.ndarray]:
    """Dots at places: float[n] in pixels, stacked as high as `room` at most.

    Returns the diameter, from `largest` down to `smallest`, and the height float[n] of each center
    above the floor. Too many to stack stand in a band, each at a height of its own, drawn by lot.
    """
    diameter = largest
    while diameter >= smallest:
        levels = draw.stacked(places, diameter)
        if diameter * (levels.max() + 1) <= room:
            return diameter, diameter * (levels + 0.5)
        diameter *= 0.85
    return smallest, np.random.default_rng(0).uniform(smallest / 2, room - smallest / 2, len(places))
