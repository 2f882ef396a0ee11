"""Counts: a bar for every value, and the Poisson mixture that explains their heights."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, xlogy

from emviz import draw, style
from emviz.models import PoissonMixture
from emviz.models.mixture import SMALLEST, log_weights
from emviz.scenes import words
from emviz.scenes.axis import AxisView, limits
from emviz.scenes.field import Field, Scores

_GRID = 400  # counts at which expected numbers are drawn, at most
_FLOOR = 14  # pixels below zero, for the feet of the flags


class CountsView(AxisView):
    """Bars as high as the number of rows with a count, colored by responsibility; expected numbers as lines."""

    NAME = "counts"
    MODELS = (PoissonMixture,)
    READ = "bars"
    GRAB = "rates"

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        # One row for each value: equal counts have equal responsibilities.
        self._values, self._shown, self._tally = np.unique(trace.data, return_index=True, return_counts=True)
        low, high = limits(self._values, self._everywhere("rates"), margin=0.06)
        self._grid = np.unique(np.linspace(max(0, int(low)), int(np.ceil(high)), _GRID).round())
        self._half = max(0.42, (high - low) / 700)
        peak = 1.08 * float(self._tally.max())
        tallest = max(self._expected(*theta).sum(axis=0).max() for theta in zip(self._weights, self._places))
        self._lay_zones(max(low, -0.8), high, max(peak, min(1.05 * float(tallest), 1.6 * peak)), below=_FLOOR)
        self._rim = min(1.0, 12 * self._half / (high - low) * ax.bbox.width / ax.figure.dpi)  # thin bars, thinner rims
        self._name_axes(self._name(), "rows with that count", y_ticks=4, low=0, high=self._peak, integer=True)
        self._note_in_words("bars: the data, lines: expected from each rate, black: their sum",
                            "bars: data, lines: each rate, black: sum")

    def _take(self) -> None:
        super()._take()
        self._weights = np.stack([step.params.weights for step in self.trace])

    def move(self, step: float) -> None:
        put, ax = self.movers.put, self.panel
        expected = self._expected(draw.interpolate(self._weights, step), draw.interpolate(self._places, step))
        put("bars", draw.polygons, ax, draw.bars(self._values - self._half, self._values + self._half, self._tally),
            self._colors(step), edges=self._rings(step), widths=self._rim)
        put("expected", draw.lines, ax, [np.column_stack([self._grid, heights]) for heights in expected],
            self._stroked(self._strength("components", step)), widths=2.6)
        put("sum", draw.line, ax, self._grid, expected.sum(axis=0), color=style.INK, linewidth=2.4,
            marker="o" if len(self._grid) <= 60 else "", markersize=4.5)
        self._put_flags(step)
        self._put_moves_along_zero(step)

    def _expected(self, weights: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """n π_k λ_k^x e^(−λ_k) / x! on the grid of counts: float[k, v]."""
        rate = rates[:, None]
        log_density = xlogy(self._grid, rate) - rate - gammaln(self._grid + 1.0)
        return len(self.trace.data) * weights[:, None] * np.exp(log_density)

    def _name(self) -> str:
        return (self.trace.feature_names or ("count",))[0]

    def field(self, prefix: str) -> Field:
        low, high = self.panel.get_xlim()
        return self._field(prefix, self._name(), scores=self._scores, across=(max(0.0, low), high), grid=1.0)

    def _scores(self, theta: int) -> Scores:
        rates = self._places[theta]
        return Scores.along(log_weights(self._weights[theta]) - rates, slopes=np.log(np.maximum(rates, SMALLEST)))

    def _name_of(self, row: int) -> str:
        value = int(self.trace.data[row])
        tally = int(self._tally[np.searchsorted(self._values, value)])
        return f"{value}, in {words.counted(tally, 'row')}"
