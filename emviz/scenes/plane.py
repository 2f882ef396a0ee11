"""Two features, or two directions among more: points in the plane, Gaussians as ellipses, clusters as regions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.path import Path
from matplotlib.text import Text

from emviz import draw, style
from emviz.models import GaussianMixture, KMeans
from emviz.scenes.field import Field
from emviz.scenes.marginal import Marginal
from emviz.scenes.projection import choose
from emviz.scenes.stage import Stage
from emviz.scenes.view import View
from emviz.trace import Trace
from emviz.validate import choice, numbers_in, shaped

_BADGE = 21.0  # points across
_LINE = 15.0   # points from one line of notes to the next
_DASHES = (0, (3, 2.5))
_DOTS = (0, (1, 1.4))
_GRID = (120, 90)  # rectangles across and up, where something is known at every place
_CONTOURS = 6      # each at a third of the density of the one inside it
_FEW = 6           # components; more have one ellipse each
_LARGEST = 6.0     # standard deviations; beyond, an ellipse holds all but a billionth


class PlaneView(View):
    """Points colored by responsibility; ellipses (Gaussian mixture) or Voronoi regions (KMeans)."""

    NAME = "plane"
    MODELS = (KMeans, GaussianMixture)
    GRAB = "means"

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        return "the data have one feature: take the view 'line'" if trace.data.shape[1] == 1 else None

    def _choose(self, *, ellipses: Any = None, contours: str | None = None, regions: str | None = None,
                circles: bool = False, trails: bool = True, columns: Any = None, projection: Any = None,
                limits: Any = None) -> None:
        """What there is to see, and from which side.

        ellipses: levels in standard deviations, () for none; None: 1, 2, 3 for a Gaussian mixture (of more than six,
            2), none for KMeans.
        contours: of the density, "lines" or "filled", at the same levels in the whole run.
        regions: "voronoi" (nearest center), "soft" (who would claim a new point) or "none"; None: nearest centers for
            KMeans in two features, otherwise none.
        circles: around each mean to the farthest point that it holds.  trails: the way of the means.
        columns: two features, by index or name.  projection: "pca", or W, float[d, 2]. Neither: two features as they
            are, more by their principal components.
        limits: ((x0, x1), (y0, y1)) of the axes; None: room for all points.
        """
        trace, model = self.trace, self.trace.model
        centers_only = isinstance(model, KMeans)
        self.projection = choose(trace.data, trace.feature_names, columns, projection)
        bare = centers_only and model.temperature == 0
        near = centers_only and self.projection.keeps_distances
        by_itself = () if centers_only else draw.LEVELS if model.n_components <= _FEW else (2,)
        self._ellipses = by_itself if ellipses is None else _levels(ellipses)
        self._contours = None if contours is None else choice(contours, "contours", ("lines", "filled"))
        self._regions = (("voronoi" if near else "none") if regions is None else
                         choice(regions, "regions", ("voronoi", "soft", "none")))
        self._circles, self._trails = _yes_or_no(circles, "circles"), _yes_or_no(trails, "trails")
        self._limits = None if limits is None else _checked_limits(limits)
        if bare and (self._ellipses or self._contours):
            asked = f"contours={self._contours!r}" if self._contours else f"ellipses={ellipses!r}"
            raise ValueError(f"{asked}: k-means at T = 0 has centers only, no density: "
                             "give KMeans a temperature above 0, or run a GaussianMixture")
        no_area = self._regions == "voronoi" or (self._regions == "soft" and bare)
        if no_area and not self.projection.keeps_distances:
            instead = "'none'" if bare else "'soft' or 'none'"
            raise ValueError(f"regions={self._regions!r}: what is nearest in this picture need not be nearest by all "
                             f"features: take {instead}")

    def _lay_out(self, stage: Stage) -> None:
        """Above the panel, as many lines of notes as they take."""
        self.panel = stage.panel()
        self._lines = _lines(self._notes(), stage.figure.text(0, 0, "", fontsize=style.SMALL), self.panel.bbox.width)
        more = len(self._lines) - 1
        if more and stage.is_readers:
            self.panel.set_title("", loc="left", pad=26 + _LINE * more, fontweight="bold")  # the caption makes room
        elif more:
            self.panel.remove()
            self.panel = stage.panel(top=30 + _LINE * more * 100 / 72)

    def _notes(self) -> list[str]:
        """What the picture shows, and what its marks mean."""
        levels = ", ".join(f"{level:g}" for level in self._ellipses)
        narrow = self.panel.bbox.width < 3.5 * self.panel.figure.dpi
        ellipses = f"{levels} σ: {draw.coverage(self._ellipses)}"
        many = self.projection.statement
        density = "marginal density" if many else "density"
        return [note for note, is_shown in (
            (many, many),
            (ellipses if narrow else f"ellipses at {ellipses} of a Gaussian", self._ellipses),
            (f"from line to line the {density} falls to a third", self._contours == "lines"),
            (f"from shade to shade the {density} triples", self._contours == "filled"),
            (f"regions: {'the nearest center' if narrow else 'nearer to this center than to any other'}",
             self._regions == "voronoi"),
            (f"background: {'posterior by these two coordinates' if many else 'who would claim a new point'}",
             self._regions == "soft"),
            (f"circles: to the farthest point of each{', as seen here' if many else ''}", self._circles),
        ) if is_shown]

    def _set(self) -> None:
        ax = self.panel
        self._diameter = float(np.clip(62 / len(self._points) ** 0.4, 2.6, 9.5))
        everywhere = self.projection.of_points(self._everywhere("means"))
        low, high = self._limits or _limits(self._places, everywhere, np.array(ax.bbox.size))
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        x_names, y_names = self.projection.names
        sampled = len(self._points) < len(self._places)  # a note stands beside the label
        self._name_axes(_longest(x_names, ax.xaxis.label, "width", (0.45 if sampled else 1) * ax.bbox.width),
                        _longest(y_names, ax.yaxis.label, "height", ax.bbox.height))
        notes = [self._note(line, above=8 + _LINE * row) for row, line in enumerate(reversed(self._lines))]
        for note in notes:
            note.set_fontsize(min(note.get_fontsize() for note in notes))
        self._note_sample()
        if self._contours:
            self._set_levels()

    def _take(self) -> None:
        self._marginal = Marginal(self.trace, self.projection)
        self._means = self._marginal.means
        self._places = self.projection.of_points(self.trace.data)
        self._points = self._places[self._shown]
        self._isolines = lru_cache(maxsize=64)(self._isolines_at)
        self._radii = lru_cache(maxsize=64)(self._radii_at)
        self._claims = lru_cache(maxsize=64)(self._claims_at)

    def foresee(self) -> None:
        """The first E, the whole way of each mean, and a hollow marker at its end."""
        super().foresee()
        put, ax, ends = self.movers.put, self.panel, self._means[-1]
        put("trails", draw.trails, ax, self._means, len(self._means), self._stroked(0.9), widths=2.0)
        put("old means", draw.markers, ax, ends, [style.shape(j) for j in self._components], 12,
            draw.rgba([style.PAPER] * len(ends), 0.9), edges=self._stroked(), widths=2.2)

    def move(self, step: float) -> None:
        means = draw.interpolate(self._means, step)
        if self._regions == "voronoi":
            self._put_regions(step, self._means)
        elif self._regions == "soft":
            self._put_soft_regions(step)
        if self._contours:
            self._put_contours(step)
        if self._ellipses:
            self._put_fills(step, means)
        self._put_points(step, self._points, self._diameter)
        if self._ellipses:
            self._put_ellipses(step, means)
        if self._circles:
            self._put_circles(step, means)
        if self._trails:
            self.movers.put("trails", draw.trails, self.panel, self._means, step, self._stroked(0.55), widths=2.0)
        self._put_moves(step, self._means[self._origin(step)], means)
        places = draw.uncrowded(self.panel, means, _BADGE)
        self._put_badges(means, places, np.stack([means, places], axis=1), _BADGE)

    # Ellipses: tinted, the points on the tints, the outlines on top; in an M an old outline.

    def _put_fills(self, step: float, means: np.ndarray) -> None:
        tint = (0.036 + 0.054 * self._strength("components", step)) * min(1.0, 4 / len(means))
        self.movers.put("ellipse fills", draw.ellipses, self.panel, means, self._roots(step), levels=self._ellipses,
                        faces=self._by_level(self._colored(), tint))

    def _put_ellipses(self, step: float, means: np.ndarray) -> None:
        put, ax, levels, origin = self.movers.put, self.panel, self._ellipses, self._origin(step)
        put("old ellipses", draw.ellipses, ax, self._means[origin], self._roots(origin),
            levels=levels[len(levels) // 2:][:1], dashes=_DASHES,
            edges=self._stroked(0.55 * self._strength("movement", step)), widths=1.6)
        put("ellipses", draw.ellipses, ax, means, self._roots(step), levels=levels,
            edges=self._by_level(self._stroked(), self._strength("components", step)),
            widths=np.interp(levels, draw.LEVELS, [2.8, 2.0, 1.2]))

    def _roots(self, step: float) -> np.ndarray:
        assert self._marginal.roots is not None
        return draw.interpolate(self._marginal.roots, step)

    def _by_level(self, colors: np.ndarray, strength: float) -> np.ndarray:
        """A color for each ellipse of each component, paler with the level: rgba float[k, 4] -> float[k * m, 4]."""
        each = colors.repeat(len(self._ellipses), axis=0)
        each[:, 3] = strength * np.tile(np.interp(self._ellipses, draw.LEVELS, [1.0, 0.75, 0.4]), len(colors))
        return each

    # Contours of the density.

    def _set_levels(self) -> None:
        """Fix the log densities of the contours, for this run and those beside it.

        They count down from what the densest twentieth of the points has in the end: where a component shrinks to a
        spike, the highest density of all would say nothing about the rest.
        """
        marginals = [self._marginal, *(Marginal(trace, self.projection) for trace in self._compared[1:])]
        densest = max(np.quantile(marginal.log_densities(len(marginal.means) - 1, self._points), 0.95)
                      for marginal in marginals if marginal.roots is not None)
        self._levels = densest - np.log(3) * (np.arange(_CONTOURS, 0, -1) - 0.5)

    def _put_contours(self, step: float) -> None:
        at = step if step % 1 else 2 * (int(step) // 2)  # the θ of an E is that of the M before it
        paths, strength = self._isolines(at), 0.35 + 0.65 * self._strength("components", step)
        if self._contours == "filled":
            self.movers.put("contours", draw.outlines, self.panel, paths, _ink(0.045 * strength))
        else:
            self.movers.put("contours", draw.outlines, self.panel, paths, widths=1.3,
                            edges=_ink(strength * np.linspace(0.3, 0.85, _CONTOURS)))

    def _isolines_at(self, step: float) -> list[Path]:
        x, y = (np.linspace(*limits, count + 1) for limits, count in zip(self._view_limits(), _GRID))
        places = np.stack(np.meshgrid(x, y), axis=-1)
        values = self._marginal.log_densities(step, places.reshape(-1, 2)).reshape(places.shape[:2])
        return draw.contours(x, y, values, self._levels, self._contours == "filled")

    # Who would claim a new point.

    def _put_soft_regions(self, step: float) -> None:
        """The colors of the components, blended by the q of the state; in between a mixture of two such pictures."""
        before, after = (max(0, 2 * self.trace[i].iteration - 2) for i in (int(step), int(np.ceil(step))))
        share = step - int(step)
        colors = (1 - share) * self._claims(before) + share * self._claims(after)
        self.movers.put("soft regions", draw.tiles, self.panel, np.rint(colors).astype(np.uint8),
                        0.2 * self._strength("regions", step))

    def _claims_at(self, step: int) -> np.ndarray:
        """uint8[h, w, 3]: posterior under the θ of a step, in the middle of each tile."""
        x, y = (low + (high - low) * (np.arange(count) + 0.5) / count
                for (low, high), count in zip(self._view_limits(), _GRID))
        places = np.stack(np.meshgrid(x, y), axis=-1)
        shares = self._marginal.responsibilities(step, places.reshape(-1, 2))
        return np.rint(255 * style.blend(shares)[:, :3]).astype(np.uint8).reshape(*places.shape[:2], 3)

    def field(self, prefix: str) -> Field | None:
        if self._marginal.roots is None and not self.projection.keeps_distances:
            return None
        (*_, x_name), (*_, y_name) = self.projection.names
        return self._field(prefix, x_name, y_name, scores=self._marginal.scores,
                           temperature=self._marginal.temperature, is_drawn=self._regions != "none",
                           note="by these two coordinates" if self.projection.statement else "")

    def _view_limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return self.panel.get_xlim(), self.panel.get_ylim()

    # Circles.

    def _put_circles(self, step: float, means: np.ndarray) -> None:
        radii = self._between(step, self._radii)
        self.movers.put("circles", draw.ellipses, self.panel, means, radii[:, None, None] * np.eye(2), levels=(1,),
                        edges=self._stroked(0.85 * min(1.0, step)), widths=1.8, dashes=_DOTS)

    def _radii_at(self, step: int) -> np.ndarray:
        """From each mean to the farthest point that it holds, in the picture: float[k]; 0 where it holds none."""
        radii = np.zeros(len(self._components))
        if step:
            labels = self.trace.labels(step)
            np.maximum.at(radii, labels, np.hypot(*(self._places - self._means[step, labels]).T))
        return radii


def _levels(ellipses: Any) -> tuple[float, ...]:
    """Ascending levels from what was given, or an error that names it."""
    levels = np.unique(numbers_in(ellipses, "ellipses"))
    if not ((levels > 0) & (levels <= _LARGEST)).all():
        raise ValueError(f"ellipses={ellipses!r}: levels are standard deviations above 0, at most {_LARGEST:g}")
    return tuple(levels.tolist())


def _yes_or_no(value: Any, option: str) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{option}={value!r}: give True or False")
    return bool(value)


def _checked_limits(limits: Any) -> tuple[np.ndarray, np.ndarray]:
    """The corners low and high of what was given, or an error that names it."""
    across_and_up = shaped(numbers_in(limits, "limits"), "limits", (2, 2), "give ((x0, x1), (y0, y1))")
    low, high = across_and_up.T
    if not (low < high).all():
        raise ValueError(f"limits={limits!r}: each axis runs from a lower number to a higher one")
    return low, high


def _lines(notes: Sequence[str], probe: Text, room: float) -> list[str]:
    """As many notes side by side as have `room` pixels; the probe measures them, and goes."""
    lines: list[str] = []
    for note in notes:
        probe.set_text(f"{lines[-1]} · {note}" if lines else note)
        if lines and probe.get_window_extent().width <= room:
            lines[-1] = probe.get_text()
        else:
            lines.append(note)
    probe.remove()
    return lines


def _longest(wordings: Sequence[str], label: Text, side: str, room: float) -> str:
    """The longest wording, of several from long to short, that has room as a label."""
    for wording in wordings:
        label.set_text(wording)
        if getattr(label.get_window_extent(), side) <= room:
            break
    return wording


def _ink(alpha: float | np.ndarray) -> np.ndarray:
    """rgba float[contours, 4]."""
    return draw.rgba([style.INK] * _CONTOURS, alpha)


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
