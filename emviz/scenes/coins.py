"""Coins: each set of flips at its share of heads, each coin at its chance of heads."""

from __future__ import annotations

import numpy as np

from emviz import draw, style
from emviz.models import BinomialMixture
from emviz.models.mixture import SMALLEST, log_weights
from emviz.scenes.axis import AxisView, largest_dots
from emviz.scenes.field import Field, Scores
from emviz.scenes.stage import Stage
from emviz.trace import Trace

_ROWS = 12   # more sets than this are stacked as dots
_FLOOR = 16  # pixels below the data, for the feet of the flags


class CoinsView(AxisView):
    """The axis is the share of heads, from 0 to 1. A few sets have a row each, and beside it who made it."""

    NAME = "coins"
    MODELS = (BinomialMixture,)
    GRAB = "probabilities"

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        heads = trace.data[self._shown]
        flips = np.broadcast_to(trace.model.n_trials, len(trace.data))[self._shown]
        self._lay_zones(-0.04, 1.04, 1.0, below=_FLOOR)
        draw.few_ticks(ax.xaxis, 5, low=0, high=1)
        ax.set_xlabel("share of heads")
        ax.tick_params(axis="y", length=0)
        shares = heads / np.maximum(flips, 1)
        if self._few:
            self._set_rows(shares, [f"{x} of {n}" for x, n in zip(heads, flips)])
        else:
            self._set_dots(shares)

    def _lay_out(self, stage: Stage) -> None:
        """A few sets leave a panel for the claims on the right."""
        self._few = len(self._shown) <= _ROWS
        if not self._few:
            return super()._lay_out(stage)
        middle = 100 + 0.67 * (stage.width - 100)
        self.panel = stage.axes(100, 62, middle, stage.height - 30)
        self._claims = stage.axes(middle + 0.03 * (stage.width - 100), 62, stage.width, stage.height - 30)
        self._claims.axis("off")

    def _set_rows(self, shares: np.ndarray, labels: list[str]) -> None:
        ax, n = self.panel, len(shares)
        rows = 1 - (np.arange(n) + 0.5) / n
        self._points = np.column_stack([shares, rows])
        self._diameter = 15.0
        self._row_height = min(0.7 / n, 34 * self._pixel)
        ax.set_yticks(rows, labels, fontsize=14 * min(1, 8 / max(map(len, labels))))
        ax.hlines(rows, 0, 1, color=style.HAIRLINE, linewidth=1)
        self._claims.set(xlim=(0, 1), ylim=ax.get_ylim())
        heading = "which coin? %" if self._claims.bbox.width > 150 * self.scale else "coin %"
        draw.label(self._claims, (0.5, 1), heading, offset=(0, 12), ha="center", fontsize=14)
        self._note("a row is a set of flips")

    def _set_dots(self, shares: np.ndarray) -> None:
        ax = self.panel
        width = ax.bbox.width / np.ptp(ax.get_xlim()) / self.scale
        diameter, heights = largest_dots(shares * width, room=1 / self._pixel, largest=16)
        self._points = np.column_stack([shares, self._pixel * heights])
        self._diameter = 0.72 * (diameter - 1)
        ax.set_yticks([])
        self._note("a dot is a set of flips")
        self._note_sample()

    def move(self, step: float) -> None:
        self._put_flags(step)
        self._put_points(step, self._points, self._diameter)
        self._put_moves_along_zero(step)
        if self._few:
            self._put_claims(step)

    def _put_claims(self, step: float) -> None:
        """A bar for each set, divided among the coins by responsibility."""
        n, k = len(self._points), len(self._components)
        shares = self._between(step, self._claims_at)
        right = np.cumsum(shares, axis=1)
        middle = self._points[:, 1].repeat(k)
        outlines = draw.bars((right - shares).ravel(), right.ravel(), np.full(n * k, self._row_height))
        outlines[..., 1] += middle[:, None] - self._row_height / 2
        asked, strength = min(1.0, step), self._strength("points", step)
        colors = np.tile(self._colored(asked * strength), (n, 1))
        self.movers.put("claims", draw.polygons, self._claims, outlines, colors,
                        edges=draw.rgba([style.PAPER] * n * k, asked), widths=1.5)
        if k > 3:
            return
        muted = self.trace[int(np.ceil(step))].kind == "M"
        for at, (share, x, y) in enumerate(zip(shares.ravel(), (right - shares / 2).ravel(), middle)):
            percent = f"{100 * share:.0f}" if share > 0.2 else ""  # a narrow piece has no room
            self.movers.put(f"claim {at}", draw.label, self._claims, (x, y), percent, ha="center",
                            va="center_baseline", fontsize=13, weight="bold", alpha=asked,
                            color=style.INK if muted else style.contrast(at % k))

    def _shares_of_iteration(self, iteration: int) -> np.ndarray:
        return self.trace.responsibilities(2 * iteration - 1)[self._shown]  # each set has flips of its own

    def _claims_at(self, index: int) -> np.ndarray:
        """float[n, k]; before the first E nobody claims more than another."""
        k = len(self._components)
        return self._shares((index + 1) // 2) if index else np.full((len(self._points), k), 1 / k)

    def field(self, prefix: str) -> Field | None:
        """Where all sets have as many flips, so that a share of heads is a number of them; not beside rows of sets."""
        flips = np.unique(self.trace.model.n_trials)
        if self._few or len(flips) > 1 or not flips[0]:
            return None
        return self._field(prefix, "share of heads", scores=self._scores, across=(0.0, 1.0), grid=1 / flips[0])

    def _scores(self, theta: int) -> Scores:
        params, n = self.trace[theta].params, np.unique(self.trace.model.n_trials)[0]
        heads, tails = (np.log(np.maximum(p, SMALLEST)) for p in (params.probabilities, 1 - params.probabilities))
        return Scores.along(log_weights(params.weights) + n * tails, slopes=n * (heads - tails))

    def _name_of(self, row: int) -> str:
        return name_of_set(self.trace, row)


def name_of_set(trace: Trace, row: int) -> str:
    """"set 2: 9 of 10 heads"."""
    flips = np.broadcast_to(trace.model.n_trials, len(trace.data))
    return f"set {row}: {trace.data[row]} of {flips[row]} heads"
