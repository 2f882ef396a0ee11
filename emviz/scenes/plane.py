"""Two features: points in the plane, Gaussians as ellipses, clusters as regions."""

from __future__ import annotations

import numpy as np

from emviz import draw
from emviz.models import GaussianMixture, KMeans
from emviz.scenes.view import View
from emviz.trace import Trace

_BADGE = 21.0  # points across
_DASHES = (0, (3, 2.5))


class PlaneView(View):
    """Points colored by responsibility; ellipses (Gaussian mixture) or Voronoi regions (KMeans)."""

    NAME = "plane"

    @classmethod
    def misfit(cls, trace: Trace) -> str | None:
        if not isinstance(trace.model, KMeans | GaussianMixture):
            return "it shows KMeans and GaussianMixture"
        return "the data have one feature: take the view 'line'" if trace.data.shape[1] == 1 else None

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        self._points = trace.data[self._shown]
        self._diameter = float(np.clip(62 / len(self._points) ** 0.4, 2.6, 9.5))
        self._means = np.stack([step.params.means for step in trace])
        self._centers_only = isinstance(trace.model, KMeans)
        if not self._centers_only:
            self._roots = draw.symmetric_roots(np.stack([step.params.covariances for step in trace]))
        low, high = _limits(trace.data, self._means, np.array(ax.bbox.size))
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        x, y = trace.feature_names or ("x1", "x2")
        self._name_axes(x, y)
        self._note("regions: nearer to this center than to any other" if self._centers_only else
                   f"ellipses at 1, 2, 3 σ: {draw.COVERAGE} of a Gaussian")
        self._note_sample()

    def move(self, step: float) -> None:
        means = draw.interpolate(self._means, step)
        if self._centers_only:
            self._put_regions(step, self._means)
            self._put_points(step, self._points, self._diameter)
        else:
            self._put_gaussians(step, means)
        origin = self._means[self._origin(step)]
        self.movers.put("trails", draw.trails, self.panel, self._means, step, self._stroked(0.55), widths=2.0)
        self._put_moves(step, origin, means)
        places = self._beside_each_other(means)
        self._put_badges(means, places, np.stack([means, places], axis=1), _BADGE)

    def _put_gaussians(self, step: float, means: np.ndarray) -> None:
        """Tinted ellipses, the points on them, the outlines on top; in an M the old outline at 2 σ."""
        put, ax = self.movers.put, self.panel
        strength, origin = self._strength("components", step), self._origin(step)
        roots = draw.interpolate(self._roots, step)
        put("ellipse fills", draw.ellipses, ax, means, roots, faces=_paler(self._colored(), 0.036 + 0.054 * strength))
        self._put_points(step, self._points, self._diameter)
        put("old ellipses", draw.ellipses, ax, self._means[origin], self._roots[origin], levels=(2,), dashes=_DASHES,
            edges=self._stroked(0.55 * self._strength("movement", step)), widths=1.6)
        outlines = _paler(self._stroked(), strength)
        put("ellipses", draw.ellipses, ax, means, roots, edges=outlines, widths=[2.8, 2.0, 1.2])

    def _beside_each_other(self, means: np.ndarray) -> np.ndarray:
        """Places float[k, 2] for the badges: at the means, but inside the panel and not on top of each other."""
        ax = self.panel
        pixel = _BADGE * ax.figure.dpi / 72
        edge = 0.62 * pixel
        low, high = np.array(ax.bbox.min) + edge, np.array(ax.bbox.max) - edge
        return ax.transData.inverted().transform(draw.spread(ax.transData.transform(means), 1.12 * pixel, low, high))


def _paler(colors: np.ndarray, strength: float) -> np.ndarray:
    """A color for each ellipse of each component, paler with the level: rgba float[k, 4] -> float[3 k, 4]."""
    each = colors.repeat(len(draw.LEVELS), axis=0)
    each[:, 3] = strength * np.tile([1.0, 0.75, 0.4], len(colors))
    return each


def _limits(points: np.ndarray, means: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Limits that hold all points, and the means of all steps but a wild one that would squash the points.

    One unit is as long across as up, unless the features differ too much in scale.
    size: of the panel in pixels, float[2].
    """
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    near = ((means >= low - 0.5 * span) & (means <= high + 0.5 * span)).all(axis=-1)
    both = np.concatenate([points, means[near]])
    low, high = both.min(axis=0), both.max(axis=0)
    span = 1.16 * np.where(high > low, high - low, 1.0)
    per_pixel = span / size
    if per_pixel.max() <= 4 * per_pixel.min():
        span = per_pixel.max() * size
    middle = (low + high) / 2
    return middle - span / 2, middle + span / 2
