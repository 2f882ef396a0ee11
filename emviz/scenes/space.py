"""Three features: a view of space that can be turned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any

import numpy as np
from matplotlib.path import Path

from emviz import draw, style
from emviz.models import GaussianMixture, KMeans
from emviz.scenes import words
from emviz.scenes.axis import limits
from emviz.scenes.box import Box
from emviz.scenes.stage import Stage
from emviz.scenes.view import View
from emviz.trace import Trace

_BADGE = 21.0  # points across
_LEVEL = 2     # standard deviations
_COVERAGE = "74 %"  # of a Gaussian in three dimensions: chi-squared with 3 degrees of freedom, up to 2²
_DASHES = (0, (3, 2.5))


class SpaceView(View):
    """Points colored by responsibility, in a box; around each Gaussian three ellipses.

    A parallel projection: x is drawn at `center` + scale · W (x − middle), with two orthonormal rows in W. All that
    moves is linear in W, so a browser can turn it exactly. A stem ties each mean to its place on the floor.
    """

    NAME = "space"
    MODELS = (KMeans, GaussianMixture)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        n_features = trace.data.shape[1]
        return None if n_features == 3 else f"the data have {words.counted(n_features, 'feature')} and space has three"

    def _choose(self, *, azimuth: float = -60, elevation: float = 20) -> None:
        """Where the eye is, in degrees.

        azimuth: around the third axis, from the first toward the second.  elevation: above the plane of these two.
        """
        self.elevation = _degrees(elevation, "elevation", 90)
        around, above = np.radians([_degrees(azimuth, "azimuth", 360), self.elevation])
        right = np.array([-np.sin(around), np.cos(around), 0])
        reader = np.array([np.cos(above) * np.cos(around), np.cos(above) * np.sin(around), np.sin(above)])
        self._front = np.stack([right, np.cross(reader, right)])  # right and up on the page
        self._side = np.stack([reader, self._front[1]])           # the same a quarter turn later
        self._rows = self._front

    def _lay_out(self, stage: Stage) -> None:
        self.panel = stage.axes(24, 0, stage.width, stage.height)

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        self._centers_only = isinstance(trace.model, KMeans)
        every = self._everywhere("means")
        low, high = np.array([limits(trace.data[:, j], every[..., j], margin=0.03) for j in range(3)]).T
        span = high - low
        divided = bool(span.max() > 4 * span.min())
        self._unit = span if divided else span.max().repeat(3)
        self._middle = (low + high) / 2
        self._points = self._scaled(trace.data[self._shown])
        self._means = self._scaled(np.stack([step.params.means for step in trace]))
        self._diameter = float(np.clip(62 / len(self._shown) ** 0.4, 2.6, 9.5))
        if not self._centers_only:
            covariances = np.stack([step.params.covariances for step in trace])
            self._roots = draw.symmetric_roots(covariances / self._unit / self._unit[:, None])

        names = trace.feature_names or ("x1", "x2", "x3")
        self._box = Box(ax, self.scale, names, low, high, self._unit, self._front)
        right, top = np.array(ax.bbox.size) / self._box.pixels / 2
        ax.set(xlim=(-right, right), ylim=(-top, top))
        ax.axis("off")
        said = [] if self._centers_only else [f"ellipses at {_LEVEL} σ: {_COVERAGE} of a Gaussian is inside"]
        self._note("; ".join(said + ["each feature divided by its range"] * divided), above=-20)
        self._note_sample(below=-12)

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        """float[..., 3] of the data in units of the picture, from the middle of the box."""
        return (values - self._middle) / self._unit

    def _on_page(self, places: np.ndarray) -> np.ndarray:
        """Where places float[..., 3] in units of the picture are drawn: float[..., 2]."""
        return places @ self._rows.T

    # What moves.

    def move(self, step: float) -> None:
        self._step = step
        means, old = draw.interpolate(self._means, step), self._means[self._origin(step)]
        self._box.put(self.movers, self._rows)
        if self._centers_only:
            self._put_points(step, self._on_page(self._points), self._diameter)
        else:
            self._put_gaussians(step, means, old)
        self.movers.put("trails", draw.trails, self.panel, self._on_page(self._means), step, self._stroked(0.55))
        self._put_ways(step, old, means)
        self._put_means(means)

    def _put_gaussians(self, step: float, means: np.ndarray, old: np.ndarray) -> None:
        """Three tinted discs, the points on them, the rims of the discs on top; in an M the old rims."""
        put, ax = self.movers.put, self.panel
        strength, movement = self._strength("components", step), self._strength("movement", step)
        outlines = self._outlines(means, draw.interpolate(self._roots, step))
        put("ellipse fills", draw.polygons, ax, outlines, self._colored(0.03 + 0.05 * strength).repeat(3, axis=0))
        self._put_points(step, self._on_page(self._points), self._diameter)
        put("old ellipses", draw.polygons, ax, self._outlines(old, self._roots[self._origin(step)]), "none",
            edges=self._stroked(0.5 * movement).repeat(3, axis=0), widths=1.4, dashes=_DASHES)
        edges = self._stroked(strength).repeat(3, axis=0)
        put("ellipses", draw.polygons, ax, outlines, "none", edges=edges, widths=2.0)

    def _outlines(self, means: np.ndarray, roots: np.ndarray) -> np.ndarray:
        """Three ellipses for each Gaussian: float[3 k, v, 2] on the page."""
        ellipses = self._on_page(draw.great_ellipses(means, roots, _LEVEL))
        return ellipses.reshape(-1, *ellipses.shape[2:])

    def _put_ways(self, step: float, old: np.ndarray, new: np.ndarray) -> None:
        """In an M: a band from where each mean was to where it is, as wide from all sides; nothing where it stayed."""
        put, ax = self.movers.put, self.panel
        pixels = self._box.pixels * np.linalg.norm(new - old, axis=1)
        strength = self._strength("movement", step) * np.clip(pixels / self.scale / 8, 0, 1)
        put("moves", draw.lines, ax, self._on_page(np.stack([old, new], axis=1)), self._colored(0.85 * strength),
            widths=6.0)
        put("old means", draw.markers, ax, self._on_page(old), [style.shape(j) for j in self._components], 12,
            draw.rgba([style.PAPER] * len(old), strength), edges=self._stroked(strength), widths=2.2)

    def _put_means(self, means: np.ndarray) -> None:
        """A stem from the floor to each mean, and beside the mean, where it is crowded, the numbered shape."""
        put, ax = self.movers.put, self.panel
        feet = np.column_stack([means[:, :2], np.full(len(means), self._box.floor[0, 2])])
        places, shifts = self._on_page(means), self._shifts(means)
        contrast = [style.contrast(j) for j in self._components]
        put("stems", draw.lines, ax, self._on_page(np.stack([feet, means], axis=1)), self._stroked(), widths=1.8)
        put("feet", draw.markers, ax, self._on_page(feet), [style.DISC], 5, self._stroked())
        put("leaders", draw.markers, ax, places, [Path([(0, 0), shift]) for shift in shifts], 1, "none",
            edges=self._stroked(), widths=1.8)
        put("means", draw.markers, ax, places, [style.DISC], 8.5, self._colored(), edges=contrast, widths=1.0)
        put("badges", draw.markers, ax, places,
            [draw.shifted(style.shape(j), shift / _BADGE) for j, shift in zip(self._components, shifts)], _BADGE,
            self._colored(), edges=contrast, widths=1.6)
        put("numbers", draw.markers, ax, places,
            [draw.shifted(draw.numeral(str(j)), shift / (0.66 * _BADGE)) for j, shift in zip(self._components, shifts)],
            0.66 * _BADGE, contrast)

    def _shifts(self, means: np.ndarray) -> np.ndarray:
        """How far each badge is from its mean, in points: far enough not to cover another one, from the front."""
        points = self._box.pixels * 72 / self.panel.figure.dpi * means @ self._front.T
        return draw.spread(points, 1.12 * _BADGE, np.array(-np.inf), np.array(np.inf)) - points

    # Turning.

    @property
    def turning(self) -> tuple[str, ...]:
        return tuple(name for name, artist in self.movers.items() if artist.axes is self.panel)

    @property
    def center(self) -> tuple[float, float]:
        x, y = self.panel.transData.transform((0, 0))
        return float(x), float(y)

    @contextmanager
    def from_the_side(self) -> Iterator[None]:
        self._rows = self._side
        try:
            yield
        finally:
            self._rows = self._front
            self.move(self._step)


def _degrees(value: Any, option: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not -most <= float(value) <= most:
        raise ValueError(f"{option} is {value!r}: give degrees from −{most} to {most}")
    return float(value)
