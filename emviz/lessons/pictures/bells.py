"""Bells on a line under a control: their sum and its humps, or their shares of each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.path import Path
from scipy.special import softmax
from scipy.stats import norm

from emviz import draw, style, validate
from emviz.scenes import Scene, words
from emviz.scenes.stage import Stage
from emviz.scenes.view import Readings

_POINTS = 601
_LEFT, _RIGHT, _BELOW, _ABOVE = 100, 40, 62, 14  # pixels of the design around the panels
_SHARES = 130  # the height of the lower panel
_MOST_TOLD = 4  # places that a caption has room for
_DOWN = Path([(-0.5, 0.4), (0.5, 0.4), (0, -0.5), (-0.5, 0.4)], closed=True)


def bells(means: Any, sigmas: Any, weights: Any = None, *, label: str = "x", shares: bool = False,
          limits: tuple[float, float] | None = None, first: int = 0, **frame: Any) -> Scene:
    """Gaussian components, weight × density, and their sum; one state for each row of the numbers that change.

    means, sigmas, weights: float[m, k], one row a state, or float[k] where all states have the same; equal weights
        by default.
    label: of the axis, with the unit.
    shares: show the responsibilities for each place, stacked to 1, and where the largest one changes hands; otherwise
        the humps of the sum.
    limits: the ends of the axis; by default 3.5 standard deviations around all means.
    first: the state that a saved notebook shows.
    frame: size, title, caption, step and projector, as for `emviz.scene`.
    """
    return Bells(means, sigmas, weights, label=label, shares=shares, limits=limits, first=first, **frame)


class Bells(Scene):
    """The control goes through the rows of means, sigmas and weights."""

    def __init__(self, means: Any, sigmas: Any, weights: Any = None, *, label: str = "x", shares: bool = False,
                 limits: tuple[float, float] | None = None, first: int = 0, title: str | None = None, **frame: Any):
        given = [np.asarray(validate.numbers_in(np.ravel(table), name)).reshape(np.shape(table))
                 for table, name in ((means, "means"), (sigmas, "sigmas"))]
        k = given[0].shape[-1] if given[0].ndim else 1
        given.append(np.full(k, 1 / k) if weights is None else np.asarray(weights, dtype=float))
        try:
            self.means, self.sigmas, self.weights = (np.array(table) for table in np.broadcast_arrays(
                *(table[None] if table.ndim < 2 else table for table in given)))
        except ValueError:
            shapes = ", ".join(str(table.shape) for table in given)
            raise ValueError(f"means, sigmas and weights have shapes {shapes}: give k numbers each, or rows of k "
                             "numbers, as many rows in each") from None
        if (self.sigmas <= 0).any():
            raise ValueError(f"sigmas must be positive, not {self.sigmas.min():g}")
        for row in self.weights:
            validate.weights(row)
        self.label, self.shares, self._first = label, shares, validate.positive_integer(first, "first", least=0)
        low, high = (self.means - 3.5 * self.sigmas).min(), (self.means + 3.5 * self.sigmas).max()
        self._limits = limits or (float(low), float(high))
        self._x = np.linspace(*self._limits, _POINTS)
        super().__init__(title="Shares of a mixture" if shares else "A mixture and its humps", shown_title=title,
                         **frame)

    @property
    def kinds(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("",) * len(self.means)  # no run: there are no E and M

    @property
    def still(self) -> int:
        return min(self._first, len(self) - 1)

    @property
    def readings(self) -> tuple[Readings, ...]:
        return ()

    def default_size(self) -> tuple[int, int]:
        return 960, 480

    def joint(self, state: int) -> np.ndarray:
        """Weight × density at the places of `x`: float[v, k]."""
        return np.exp(self._log_joint(self.means[state], self.sigmas[state], self.weights[state]))

    def humps(self, state: int) -> np.ndarray:
        """Where the sum is higher than on either side."""
        x = np.linspace(self._x[0], self._x[-1], 5 * _POINTS)
        total = np.exp(self._log_joint(self.means[state], self.sigmas[state], self.weights[state], x)).sum(axis=1)
        return x[1:-1][(total[1:-1] > total[:-2]) & (total[1:-1] >= total[2:])]

    def borders(self, state: int) -> tuple[np.ndarray, np.ndarray]:
        """Where the largest share changes hands: float[b], and whose it is from left to right: int[b + 1]."""
        x = np.linspace(self._x[0], self._x[-1], 5 * _POINTS)
        owner = self._log_joint(self.means[state], self.sigmas[state], self.weights[state], x).argmax(axis=1)
        changes = np.flatnonzero(np.diff(owner))
        return (x[changes] + x[changes + 1]) / 2, owner[[0, *(changes + 1)]]

    def alt(self, step: int) -> str:
        return f"Normal curves over {self.label}. {self.caption(step)}."

    def _log_joint(self, means: np.ndarray, sigmas: np.ndarray, weights: np.ndarray, x: np.ndarray | None = None
                   ) -> np.ndarray:
        with np.errstate(divide="ignore"):  # a weight may be 0
            return np.log(weights) + norm.logpdf((self._x if x is None else x)[:, None], means, sigmas)

    def _build(self, stage: Stage) -> None:
        right, top = stage.width - _RIGHT, stage.height - _ABOVE
        if self.shares:
            self.below = stage.axes(_LEFT, _BELOW, right, _BELOW + _SHARES)
            self.below.set(ylim=(0, 1), yticks=(0, 1), ylabel="shares")
            self.panel = stage.axes(_LEFT, _BELOW + _SHARES + 22, right, top)
            self.panel.tick_params(labelbottom=False)
        else:
            self.panel = self.below = stage.axes(_LEFT, _BELOW, right, top)
        self._axes = (self.panel, self.below) if self.shares else (self.panel,)
        totals = [self.joint(state).sum(axis=1).max() for state in range(len(self))]
        self._peak = 1.16 * float(max(totals))
        self.panel.set(ylim=(0, self._peak), ylabel="weight × density")
        draw.few_ticks(self.panel.yaxis, 3, low=0)
        for ax in self._axes:
            ax.set_xlim(self._x[0], self._x[-1])
            draw.few_ticks(ax.xaxis, 7)
        self.below.set_xlabel(self.label)

    def _move(self, step: float) -> None:
        put, ax, at = self.movers.put, self.panel, round(step)
        theta = [draw.interpolate(table, step) for table in (self.means, self.sigmas, self.weights)]
        joint = np.exp(self._log_joint(*theta))
        k, zero = joint.shape[1], np.zeros(1)
        colors = [style.color(component) for component in range(k)]
        closed = np.concatenate([self._x[:1], self._x, self._x[-1:]])
        put("fills", draw.polygons, ax,
            [np.column_stack([closed, np.concatenate([zero, bell, zero])]) for bell in joint.T], draw.rgba(colors, 0.2))
        put("bells", draw.lines, ax, [np.column_stack([self._x, bell]) for bell in joint.T], draw.rgba(colors),
            widths=2.8)
        heights = np.maximum(0.42 * joint.max(axis=0), 0.06 * self._peak)
        put("numbers", draw.markers, ax, np.column_stack([theta[0], heights]),
            [draw.numeral(str(component)) for component in range(k)], 14, draw.rgba([style.INK]))
        if self.shares:
            self._put_shares(at, joint, theta, colors)
        else:
            total = joint.sum(axis=1)
            put("sum", draw.line, ax, self._x, total, color=style.INK, linewidth=3.2)
            humps = self.humps(at)
            over = np.interp(humps, self._x, total) + 0.05 * self._peak
            put("humps", draw.markers, ax, np.column_stack([humps, over]), [_DOWN], 11, draw.rgba([style.INK]))

    def _put_shares(self, at: int, joint: np.ndarray, theta: Sequence[np.ndarray], colors: Sequence[str]) -> None:
        gamma = softmax(self._log_joint(*theta), axis=1)
        tops = np.cumsum(gamma, axis=1)
        there = np.concatenate([self._x, self._x[::-1]])
        bands = [np.column_stack([there, np.concatenate([top, (top - share)[::-1]])]) for top, share in
                 zip(tops.T, gamma.T)]
        self.movers.put("shares", draw.polygons, self.below, bands, draw.rgba(colors, 0.6))
        borders, owners = self.borders(at)
        for name, ax, height in (("borders", self.panel, self._peak), ("borders below", self.below, 1.0)):
            self.movers.put(name, draw.lines, ax, [[(border, 0), (border, height)] for border in borders],
                            draw.rgba([style.INK]), widths=1.8, dashes=(0, (1.5, 2)))
        edges = np.concatenate([self._x[:1], borders, self._x[-1:]])
        middles = (edges[1:] + edges[:-1]) / 2
        heights = [np.interp(middle, self._x, tops[:, j] - gamma[:, j] / 2) for middle, j in zip(middles, owners)]
        wide = np.diff(edges) > 0.04 * np.ptp(self._x)
        self.movers.put("owners", draw.markers, self.below, np.column_stack([middles, heights])[wide],
                        [draw.numeral(str(j)) for j in owners[wide]], 15, draw.rgba([style.INK]))

    def _sentences(self, step: int) -> list[str]:
        theta = zip(self.means[step], self.sigmas[step], self.weights[step])
        told = ", ".join(f"{j} is {mean:g} ± {sigma:g} with weight {weight:.2f}" for j, (mean, sigma, weight) in
                         enumerate(theta) if j < _MOST_TOLD)
        return [self._finding(step), told]

    def _finding(self, step: int) -> str:
        if not self.shares:
            humps = self.humps(step)
            return f"{words.counted(len(humps), 'hump')}: the sum (black) is highest at {_listed(humps)}"
        borders, owners = self.borders(step)
        if not len(borders):
            return f"No border: component {owners[0]} has the largest share everywhere"
        return f"{words.counted(len(borders), 'border')}: the largest share changes hands at {_listed(borders)}"

    def _again(self, frame: dict[str, Any]) -> Bells:
        return type(self)(self.means, self.sigmas, self.weights, label=self.label, shares=self.shares,
                          limits=self._limits, first=self._first, **frame)



def _listed(places: np.ndarray) -> str:
    return " and ".join(f"{place:.1f}" for place in places[:_MOST_TOLD])
