"""One feature: points on a line, a histogram, and the densities that explain it."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from emviz import draw, style
from emviz.models import GaussianMixture, KMeans
from emviz.models.mixture import log_weights
from emviz.scenes.axis import AxisView, largest_dots, limits
from emviz.scenes.field import Field, Scores
from emviz.trace import Trace

_BELL = np.linspace(-4, 4, 97)  # standard deviations
_GRID = 240
_DASHES = (0, (3, 2.5))


class LineView(AxisView):
    """Densities (Gaussian mixture) or regions (KMeans) over a histogram, above a row of dots."""

    NAME = "line"
    MODELS = (KMeans, GaussianMixture)
    GRAB = "means"

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        n_features = trace.data.shape[1]
        return None if n_features == 1 else f"the data have {n_features} features and a line has one"

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        values = trace.data[:, 0]
        edges = draw.histogram_edges(values)
        low, high = limits(values, self._everywhere("means")[..., 0])
        low, high = min(low, float(edges[0])), max(high, float(edges[-1]))
        peak = 1.1 * float(np.histogram(values, edges, density=True)[0].max())
        if not self._centers_only:
            self._grid = np.linspace(low, high, _GRID)
            thetas = zip(self._weights, self._places, self._deviations)
            tallest = max(_mixture(self._grid, *theta).max() for theta in thetas)
            peak = max(peak, min(1.05 * float(tallest), 1.8 * peak))  # a collapsing spike may leave the picture

        shown = values[self._shown]
        diameter, heights = largest_dots((shown - low) / (high - low) * ax.bbox.width / self.scale, room=96, largest=20)
        self._lay_zones(low, high, peak, below=heights.max() + diameter / 2 + 14)
        self._points = np.column_stack([shown, ax.get_ylim()[0] + self._pixel * (5 + heights)])
        self._diameter = 0.72 * (diameter - 1)

        self._under_flags = Rectangle((low, ax.get_ylim()[0]), high - low, peak - ax.get_ylim()[0],
                                      transform=ax.transData)
        draw.histogram(ax, values, edges)
        ax.axhline(0, color=style.HAIRLINE, linewidth=1.2)
        self._name_axes(self._name(), "density", y_ticks=3, low=0, high=peak)
        if self._centers_only:
            self._note("gray: the data")
        else:
            self._note_in_words("colored: weight × density, black: their sum, gray: the data",
                                "colored: weight × density, black: sum")
        self._note_sample()

    def _take(self) -> None:
        super()._take()
        self._centers_only = isinstance(self.trace.model, KMeans)
        if not self._centers_only:
            thetas = [step.params for step in self.trace]
            self._deviations = np.sqrt(np.stack([theta.covariances[:, 0, 0] for theta in thetas]))
            self._weights = np.stack([theta.weights for theta in thetas])

    def move(self, step: float) -> None:
        if self._centers_only:
            self._put_regions(step, np.stack([self._places, np.zeros_like(self._places)], axis=-1))
        else:
            self._put_densities(step)
        self._put_points(step, self._points, self._diameter)
        self._put_flags(step)
        self._put_moves_along_zero(step)

    def _put_densities(self, step: float) -> None:
        """Weight × density of each component, their sum, and in an M what they were before."""
        put, ax = self.movers.put, self.panel
        theta = [draw.interpolate(table, step) for table in (self._weights, self._places, self._deviations)]
        origin, strength = self._origin(step), self._strength("components", step)
        bells = _bells(*theta)
        before = _bells(self._weights[origin], self._places[origin], self._deviations[origin])
        x = np.sort(np.concatenate([self._grid, bells[..., 0].ravel()]))
        put("density fills", draw.polygons, ax, bells, self._colored(0.08 + 0.12 * strength))
        put("sum", draw.line, ax, x, _mixture(x, *theta), color=style.INK, linewidth=2.6)
        put("old densities", draw.lines, ax, before, self._stroked(0.6 * self._strength("movement", step)), widths=1.6,
            dashes=_DASHES)
        put("densities", draw.lines, ax, bells, self._stroked(strength), widths=2.8)
        for name in ("density fills", "sum", "old densities", "densities"):  # a spike would cross out the flags
            self.movers[name].set_clip_path(self._under_flags)

    def _name(self) -> str:
        return (self.trace.feature_names or ("x",))[0]

    def field(self, prefix: str) -> Field:
        return self._field(prefix, self._name(), scores=self._scores, is_drawn=self._centers_only)

    def _scores(self, theta: int) -> Scores:
        centers = self._places[theta]
        if self._centers_only:
            return Scores.along(np.zeros_like(centers), origins=centers, precisions=1.0)
        deviations = self._deviations[theta]
        return Scores.along(log_weights(self._weights[theta]) - np.log(deviations), origins=centers,
                            precisions=deviations**-2.0)


def _bells(weights: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Outlines float[k, v, 2] of weight × density, four standard deviations to each side."""
    heights = weights[:, None] * np.exp(-0.5 * _BELL**2) / (deviations[:, None] * np.sqrt(2 * np.pi))
    return np.stack([means[:, None] + deviations[:, None] * _BELL, heights], axis=-1)


def _mixture(x: np.ndarray, weights: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Σ_k π_k N(x | μ_k, σ_k²): float[v]."""
    scores = np.clip((x[:, None] - means) / deviations, -40, 40)  # beyond, the density is 0 anyway
    return np.exp(-0.5 * scores**2) @ (weights / (deviations * np.sqrt(2 * np.pi)))
