"""The curve alone: the objective of every half-step, as large as the picture."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.beside import put_readings
from emviz.scenes.curve import Curve
from emviz.scenes.stage import Stage
from emviz.scenes.view import Box, View
from emviz.trace import Trace

_READINGS = 170  # pixels of the design, right of the curve
_MARK = 17       # the letter of a half-step


class CurveView(View):
    """Log-likelihood and lower bound with the gap between them, or inertia; an E or an M at every half-step."""

    NAME = "curve"

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        return words.untold(trace)

    @classmethod
    def boxes(cls, width: float, height: float) -> tuple[Box, Box | None]:
        return (0, 0, width, height), None

    def _lay_out(self, stage: Stage) -> None:
        self.panel = stage.panel(left=100, bottom=62, right=24, top=48)

    def _set(self) -> None:
        self._curve = LargeCurve(self.panel, self.trace, self.scale)

    def move(self, step: float) -> None:
        self._curve.move(step, self.movers)


class LargeCurve(Curve):
    """A curve with a letter for each half-step, and with its readings where it ends."""

    def __init__(self, ax: Axes, trace: Trace, scale: float):
        self._scale = scale
        super().__init__(ax, trace)

    def _set(self) -> None:
        super()._set()
        ax, self._keys = self.ax, []
        left, right = ax.get_xlim()
        self._pixel = (right - left) / (ax.bbox.width / self._scale - _READINGS)  # of the design, in units of time
        ax.set_xlim(left, right + _READINGS * self._pixel)
        self._marked = self._with_room(_MARK * self._pixel)

    def _set_key(self, name: str, row: int) -> None:
        """The lines have their names at their ends."""

    def _with_room(self, apart: float) -> np.ndarray:
        """The steps whose letters do not touch: both of an iteration, or its M alone, or none; int[m]."""
        kept = [0]
        for m in range(2, len(self.time), 2):
            before, e_time, m_time = self.time[kept[-1]], self.time[m - 1], self.time[m]
            if e_time - before >= apart and m_time - e_time >= apart:
                kept.append(m - 1)
            if m_time - self.time[kept[-1]] >= apart:
                kept.append(m)
        return np.array(kept[1:], dtype=int)

    def move(self, step: float, movers: draw.Movers) -> None:
        super().move(step, movers)
        if len(self._marked):
            self._put_letters(step, movers)
        self._put_readings(step, movers)

    def _put_letters(self, step: float, movers: draw.Movers) -> None:
        """On the curve, for the half-steps so far: white for an E, black for an M."""
        low, high = self.ax.get_ylim()
        heights, is_m = self.upper[self._marked], self._marked % 2 == 0
        places = np.column_stack([self.time[self._marked], heights])
        seen = np.clip(step - self._marked + 1, 0, 1) * ((heights >= low) & (heights <= high))
        faces, inks = ([pair[int(m)] for m in is_m] for pair in ((style.PAPER, style.INK), (style.INK, style.PAPER)))
        movers.put("half-steps", draw.markers, self.ax, places, [style.DISC], 0.72 * _MARK - 1.5,
                   draw.rgba(faces, seen), edges=draw.rgba([style.INK] * len(seen), seen), widths=1.3)
        movers.put("letters", draw.markers, self.ax, places, [draw.numeral("EM"[int(m)]) for m in is_m], 7.5,
                   draw.rgba(inks, seen))

    def _put_readings(self, step: float, movers: draw.Movers) -> None:
        """To the right of now, where the future is still empty."""
        upper, lower = (float(draw.interpolate(table, step)) for table in (self.upper, self.lower))
        names: tuple[str, ...] = ("lower bound", "gap", self._shown_as["log-likelihood"])
        values = np.array([lower, max(0.0, upper - lower), upper])
        heights = np.array([lower, (lower + upper) / 2, upper]).clip(*self.ax.get_ylim())
        if self.hard:
            names, values, heights = ("inertia",), values[2:], heights[2:]
        known = [step >= 1] if self.hard else [step >= 1, step >= 1, True]
        texts = [words.reading(value, self._decimals) if is_known else "–" for is_known, value in zip(known, values)]
        now = float(draw.interpolate(self.time, step))
        ends = np.column_stack([np.full(len(heights), now), heights])
        put_readings(movers, self.ax, self._scale, now + 30 * self._pixel, names, texts, ends)
