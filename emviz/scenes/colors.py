"""Colors as data: the planes of red, green and blue, and the palette of the means."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from emviz import draw, style
from emviz.models import GaussianMixture, KMeans
from emviz.scenes import words
from emviz.scenes.pixels import not_colors, unit
from emviz.scenes.stage import Stage
from emviz.scenes.view import Readings, View
from emviz.trace import Trace
from emviz.validate import choice

_CHANNELS = ("red", "green", "blue")
_SWATCH = 20.0    # points across
_LEVELS = (1, 2)  # standard deviations
_DASHES = (0, (3, 2.5))
_MARGIN = 0.06    # of a full color, around the colors that there are; the ramps stand in it

# In pixels of the design.
_LEFT, _BELOW, _ABOVE, _RIGHT = 84, 62, 14, 8
_APART = 28    # between the panels
_LINE = 19     # from a note to the next
_LETTER = 8.5  # of a note

_ROWS = 8  # of the palette, and then another column


@dataclass(frozen=True)
class _Plane:
    """Two of the three features in a panel of their own."""

    name: str
    ax: Axes
    features: list[int]


class ColorsView(View):
    """Three planes that share their axes, as in a matrix of scatter plots; each point and each mean is a color."""

    NAME = "colors"
    MODELS = (KMeans, GaussianMixture)
    READ = "RG points"
    SIZE = (960, 680)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        return not_colors(trace.data)

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return trace.feature_names == _CHANNELS

    def _choose(self, *, points: str = "own") -> None:
        """points: "own" for their own colors, with a rim in the color of the component that claims them, or
        "responsibility" for that color all over. Colors are from 0 to 255 if any value is above 1, or else to 1.
        """
        self._own = choice(points, "points", ("own", "responsibility")) == "own"

    def _lay_out(self, stage: Stage) -> None:
        """Green over red, and below, blue over red and blue over green; in the fourth place the palette."""
        side = min((stage.width - _LEFT - _APART - _RIGHT) / 2, (stage.height - _BELOW - _APART - _ABOVE) / 2)
        left, right = _LEFT, _LEFT + side + _APART
        upper, lower = stage.height - _ABOVE - side, stage.height - _ABOVE - 2 * side - _APART
        self._planes = [_Plane(name, stage.axes(x, y, x + side, y + side), features) for name, x, y, features in
                        (("RG", left, upper, [0, 1]), ("RB", left, lower, [0, 2]), ("GB", right, lower, [1, 2]))]
        self.panel = self._planes[0].ax
        self._palette = stage.part(right, upper, stage.width - _RIGHT, upper + side).sheet()

    # What stands still.

    def _set(self) -> None:
        trace = self.trace
        self._full = unit(trace.data)
        self._points = trace.data[self._shown]
        self._diameter = float(np.clip(54 / len(self._points) ** 0.4, 2.6, 9.0))
        self._means = np.stack([step.params.means for step in trace])
        self._is_mixture = isinstance(trace.model, GaussianMixture)
        if self._is_mixture:
            covariances = np.stack([step.params.covariances for step in trace])
            self._roots = {plane.name: draw.symmetric_roots(covariances[..., plane.features, :][..., plane.features])
                           for plane in self._planes}
        self._paint = np.ones((len(self._points), 4))
        self._paint[:, :3] = self._points / self._full
        self._outlines = [style.shape(j) for j in self._components]
        self._numerals = [draw.numeral(str(j)) for j in self._components]
        self._swatch = _SWATCH * min(1, np.sqrt(_ROWS / len(self._outlines)))
        self._claims = lru_cache(maxsize=None)(self._claims_of_iteration)
        for plane in self._planes:
            self._set_plane(plane)
        self._set_palette()

    def _set_plane(self, plane: _Plane) -> None:
        """Limits, and where nothing stands between, the names, a few numbers and a ramp from none to full."""
        ax, full, names = plane.ax, self._full, self.trace.feature_names or _CHANNELS
        across, up = plane.features
        ax.set(xlim=(-_MARGIN * full, (1 + _MARGIN) * full), ylim=(-_MARGIN * full, (1 + _MARGIN) * full))
        ax.spines[:].set_visible(True)
        low, high = -0.9 * _MARGIN * full, -0.5 * _MARGIN * full
        if up == 2:
            draw.few_ticks(ax.xaxis, 3, low=0, high=full)
            words.squeeze(ax.set_xlabel(names[across]), ax.bbox.width)
            draw.picture(ax, (0, low, full, high), _ramp(across)[None])
        else:
            ax.set_xticks([])
        if across == 0:
            draw.few_ticks(ax.yaxis, 3, low=0, high=full)
            words.squeeze(ax.set_ylabel(names[up], va="top"), ax.bbox.height, "height")
            ax.yaxis.set_label_coords(-(_LEFT - 5) * self.scale / ax.bbox.width, 0.5)
            draw.picture(ax, (low, 0, high, full), _ramp(up)[::-1, None])
        else:
            ax.set_yticks([])

    def _set_palette(self) -> None:
        """Rows for the components, in as many columns as they need; below them what the marks mean."""
        ax, k = self._palette, len(self._components)
        width, height = np.array(ax.bbox.size) / self.scale
        shown, n = len(self._shown), len(self.trace.data)
        notes = [f"{'rim' if self._own else 'color'}, shape: who claims it"]
        notes += [f"ellipses at 1, 2 σ: {draw.coverage(_LEVELS)}"] * self._is_mixture
        notes += [f"{shown:,} of {n:,} points shown"] * (shown < n)
        columns = -(-k // _ROWS)
        rows = -(-k // columns)
        lines = [line for note in notes for line in textwrap.wrap(note, max(10, int(width / _LETTER)))]
        if height - 28 - _LINE * len(lines) < 18 * rows:
            lines = notes
        places = [14, *(height - _LINE * np.arange(len(lines))[::-1])]
        for text, y in zip([f"palette, by {'weight' if self._is_mixture else 'share'}", *lines], places):
            words.narrow(draw.label(ax, (0, y), text, fontsize=style.SMALL, color=style.SOFT_INK), width * self.scale)

        self._row = min(42.0, (height - 28 - _LINE * len(lines)) / rows)
        self._type = min(14.0, 0.55 * self._row)
        left, top = width / columns * (np.arange(k) // rows), 24 + self._row * (np.arange(k) % rows)
        self._badges = np.column_stack([left + 0.6 * self._row, top + 0.5 * self._row])
        self._bars = np.column_stack([left + 1.4 * self._row, top + 0.25 * self._row])
        longest = (max(step.params.weights.max() for step in self.trace) if self._is_mixture else
                   max((self._shares(step.iteration).mean(axis=0).max() for step in self.trace[1:]), default=1.0))
        self._full_length = (width / columns - 1.4 * self._row - 5.2 * self._type) / longest

    # What moves.

    def move(self, step: float) -> None:
        means = draw.interpolate(self._means, step)
        colors = np.ones((len(means), 4))
        colors[:, :3] = np.clip(means / self._full, 0, 1)
        for plane in self._planes:
            self._put_plane(plane, step, means[:, plane.features], colors)
        self._put_palette(step, colors)

    def _put_plane(self, plane: _Plane, step: float, means: np.ndarray, colors: np.ndarray) -> None:
        """Tinted ellipses, the points, the outlines; ways and places of the means, which are swatches."""
        def put(what: str, function: Callable[..., Any], *where: Any, **look: Any) -> None:
            self.movers.put(f"{plane.name} {what}", function, plane.ax, *where, **look)

        origin, levels = self._origin(step), len(_LEVELS)
        strength, movement = self._strength("components", step), self._strength("movement", step)
        old = self._means[origin][:, plane.features]
        if self._is_mixture:
            table = self._roots[plane.name]
            roots = draw.interpolate(table, step)
            put("ellipse fills", draw.ellipses, means, roots, levels=_LEVELS,
                faces=self._colored(0.04 + 0.06 * strength).repeat(levels, axis=0))
        self._put_points_of(plane, step)
        if self._is_mixture:
            put("old ellipses", draw.ellipses, old, table[origin], levels=_LEVELS[-1:], dashes=_DASHES,
                edges=self._stroked(0.55 * movement), widths=1.6)
            put("ellipses", draw.ellipses, means, roots, levels=_LEVELS,
                edges=self._stroked(strength).repeat(levels, axis=0), widths=[2.4, 1.4])
        put("trails", draw.trails, self._means[..., plane.features], step, self._stroked(0.55))
        self._put_moves(step, old, means, plane.ax, f"{plane.name} ")

        places = draw.uncrowded(plane.ax, means, self._swatch)
        put("leaders", draw.lines, np.stack([means, places], axis=1), self._stroked(), widths=1.8)
        put("means", draw.markers, means, [style.DISC], 7, self._stroked(), edges=style.PAPER, widths=1.0)
        put("swatches", draw.markers, places, self._outlines, self._swatch, colors, edges=self._stroked(), widths=3.0)
        put("numbers", draw.markers, places, self._numerals, 0.6 * self._swatch, style.readable(colors))

    def _put_points_of(self, plane: _Plane, step: float) -> None:
        if self._own:
            faces, edges = self._paint, self._between(step, self._rims_at)
            widths = np.clip(self._diameter / 5, 0.6, 1.6) * (1 + self._between(step, self._change_at))
        else:
            faces, edges, widths = self._colors(step), self._rings(step), np.full(1, min(0.9, self._diameter / 9))
        self.movers.put(f"{plane.name} points", draw.markers, plane.ax, self._points[:, plane.features],
                        self._shapes(step), self._diameter, faces, edges=edges, widths=widths)

    def _rims_at(self, index: int) -> np.ndarray:
        """rgba float[n, 4]: who claims each point, and in an E clearest where that is new."""
        state = self.trace[index]
        strength = self._strength("points", index)
        if state.kind == "start":
            return draw.rgba([style.UNKNOWN] * len(self._points), strength)
        rims = style.blend(self._shares(state.iteration), style.stroke)
        rims[:, 3] = strength
        if state.kind == "E" and state.iteration > 1:
            rims[:, 3] *= 0.6 + 0.4 * self._change_at(index)
        return rims

    def _put_palette(self, step: float, colors: np.ndarray) -> None:
        put, ax, k = self.movers.put, self._palette, len(colors)
        weights, edges = self._between(step, self._weights_at), self._stroked()
        lengths = self._full_length * weights
        outlines = draw.bars(np.zeros(k), lengths, np.full(k, 0.5 * self._row)) + self._bars[:, None]
        put("palette", draw.polygons, ax, outlines, colors, edges=edges, widths=np.minimum(1.6, lengths))
        put("palette swatches", draw.markers, ax, self._badges, self._outlines, min(_SWATCH, 0.5 * self._row), colors,
            edges=edges, widths=2.4)
        put("palette numbers", draw.markers, ax, self._badges, self._numerals, min(0.6 * _SWATCH, 0.3 * self._row),
            style.readable(colors))
        for j, (weight, (x, y), length) in enumerate(zip(weights, self._bars, lengths)):
            told = f"{100 * weight:.0f} %" if self._is_mixture or step > 0 else "–"
            put(f"weight {j}", draw.label, ax, (x + length + 8, y + 0.25 * self._row), told, va="center_baseline",
                fontsize=self._type)

    def _weights_at(self, index: int) -> np.ndarray:
        """How much belongs to each component in a state, float[k]; 0 where no point has been asked yet."""
        if self._is_mixture:
            return self.trace[index].params.weights
        return self._claims((index + 1) // 2) if index else np.zeros(len(self._components))

    def _claims_of_iteration(self, iteration: int) -> np.ndarray:
        return self.trace.responsibilities(2 * iteration - 1).mean(axis=0)

    # What a pointer reads.

    def readings(self, prefix: str) -> tuple[Readings, ...]:
        return tuple(replace(reading, mover=f"{prefix}{plane.name} points")
                     for reading in super().readings(prefix) for plane in self._planes)


def _ramp(channel: int) -> np.ndarray:
    """From black to a full color: uint8[256, 3]."""
    ramp = np.zeros((256, 3), dtype=np.uint8)
    ramp[:, channel] = np.arange(256)
    return ramp
