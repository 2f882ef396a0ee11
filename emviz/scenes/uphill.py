"""Gradient ascent in the picture of a surface: its way beside EM's, and what it has reached in words."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from emviz import draw, style
from emviz.ascent import ascend
from emviz.scenes import words
from emviz.trace import Trace
from emviz.validate import nonnegative

_COLOR = "#B0206E"
_FORMS = ("◆ gradient ascent, rate {rate}: {height}{missed}, EM {em}",
          "◆ gradient, rate {rate}: {height}{missed}, EM {em}")  # the first that there is room for
_LONG = 1e6  # as a number with all its digits


class Uphill:
    """As many steps of gradient ascent as an EM run has iterations, drawn with a diamond for each.

    marks: the names of its movers that are places.
    """

    marks = ("gradient rim", "gradient way", "gradient stops", "gradient here")

    def __init__(self, trace: Trace, gradient: Any):
        """gradient: a learning rate above 0, or True for the one whose first step is as long as EM's."""
        if gradient is not True and nonnegative(gradient, "gradient") == 0:
            raise ValueError("gradient=0 stays at the start: give a learning rate above 0, or True for a fitting one")
        try:
            self._ascent = ascend(trace, None if gradient is True else float(gradient))
        except ValueError as error:
            raise ValueError(f"gradient: {error}") from None
        self._trace = trace
        self._places = self._ascent.places.reshape(-1, 2)[np.arange(len(trace)) // 2]  # an E moves nothing

    def lay_line(self, ax: Axes, left: float, room: float, low: float, high: float) -> None:
        """Find words that fit into `room` pixels, `left` points from the frame. low, high: of both axes."""
        self._line: dict[str, Any] = {"offset": (left, 4), "coords": "axes fraction", "color": _COLOR}
        reached = [self._reached(iteration, low, high) for iteration in range(len(self._ascent.places))]
        for form in _FORMS:
            self._told = [form.format(rate=f"{self._ascent.rate:.3g}", **values) for values in reached]
            trial = draw.label(ax, (0, 1), max(self._told, key=len), fontsize=style.SMALL)
            fits = trial.get_window_extent().width <= room
            words.narrow(trial, room)
            self._line["fontsize"] = trial.get_fontsize()
            trial.remove()
            if fits:
                break

    def _reached(self, iteration: int, low: float, high: float) -> dict[str, str]:
        """The objectives after as many steps, and how the gradient missed."""
        values, place = self._trace.log_likelihoods, self._ascent.places[iteration]
        height, em = float(self._ascent.objectives[iteration]), float(values[2 * iteration])
        decimals = words.decimals(float(np.ptp(values)), 4)
        short = abs(height) < max(_LONG, 100 * abs(em))
        inside = low <= place.min() <= place.max() <= high
        return {"em": words.reading(em, decimals),
                "height": words.reading(height, decimals) if short else f"{height:.2e}".replace("-", "−"),
                "missed": " (cut back)" if self._ascent.cut[iteration] else "" if inside else " (overshot)"}

    def told(self, step: int) -> str:
        """The rate, and what the gradient and EM have reached in a state."""
        return self._told[step // 2]

    def put(self, movers: draw.Movers, ax: Axes, step: float) -> None:
        """The way so far, and above the picture the words."""
        way = draw.interpolate(self._places, np.minimum(np.arange(len(self._places)), step))
        diamond, (color, paper) = [style.shape(3)], draw.rgba([_COLOR, style.PAPER])
        rim, line, stops, here = self.marks
        movers.put(rim, draw.line, ax, *way.T, color=style.PAPER, linewidth=5)
        movers.put(line, draw.line, ax, *way.T, color=_COLOR, linewidth=2.2)
        movers.put(stops, draw.markers, ax, way[::2], diamond, 8, color, edges=paper, widths=0.8)
        movers.put(here, draw.markers, ax, way[-1:], diamond, 13, color, edges=paper, widths=2.0)
        movers.put("gradient words", draw.label, ax, (0, 1), self.told(int(step)), **self._line)
