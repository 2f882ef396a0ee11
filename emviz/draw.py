"""Pure drawing on a given Axes: every function makes its artist, or moves the one it is given.

`artist = ellipses(ax, means, roots)` draws; `ellipses(ax, means, roots, artist=artist)` moves.
Counts of marks and vertices do not depend on where things are, so one state can glide to another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.font_manager import FontProperties
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Annotation
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform
from scipy.optimize import isotonic_regression

from emviz import style

LEVELS = (1, 2, 3)  # standard deviations
FRONT = 100  # zorder of the first mover; what stands still is drawn below it

_ANGLES = np.linspace(0, 2 * np.pi, 72, endpoint=False)
_CIRCLE = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_GREAT_CIRCLES = np.stack([_CIRCLE @ np.eye(3)[plane] for plane in ([0, 1], [1, 2], [2, 0])])  # of the unit sphere


class Movers(dict[str, Any]):
    """name -> artist, in painting order: everything in a picture that moves."""

    def put(self, name: str, draw: Callable[..., Any], ax: Axes, *where: Any, **look: Any) -> None:
        """Draw something under a new name, or move what is there."""
        artist = draw(ax, *where, **look, artist=self.get(name))
        if name not in self:
            artist.set_zorder(FRONT + len(self))
            self[name] = artist


def rgba(colors: Sequence[str], alpha: float | np.ndarray = 1.0) -> np.ndarray:
    """float[n, 4] of colors given as "#RRGGBB", with one alpha or one for each."""
    table = np.ones((len(colors), 4))
    table[:, :3] = [_channels(name) for name in colors]
    table[:, 3] = alpha
    return table


@cache
def _channels(name: str) -> list[float]:
    return [int(name[at:at + 2], 16) / 255 for at in (1, 3, 5)]


# What everything is made of. Places are in data units, sizes and widths in points.

def markers(ax: Axes, places: np.ndarray, paths: Sequence[Path], diameter: float, faces: Any, *,
            edges: Any = "none", widths: Any = 0.0, artist: PathCollection | None = None) -> PathCollection:
    """Shapes of diameter 1, one for each of places: float[n, 2] or one for all, as one collection."""
    if artist is None:
        artist = PathCollection([], offsets=np.zeros((0, 2)), offset_transform=ax.transData)
        artist.set_transform(IdentityTransform())
        ax.add_collection(artist, autolim=False)
    artist.set_offsets(places)
    artist.set_paths(list(paths))
    artist.set_sizes(np.array([diameter**2]), ax.figure.dpi)
    artist.set(facecolor=faces, edgecolor=edges, linewidth=widths)
    return artist


def polygons(ax: Axes, outlines: Any, faces: Any, *, edges: Any = "none", widths: Any = 0.0, dashes: Any = "solid",
             artist: PolyCollection | None = None) -> PolyCollection:
    """Closed outlines: float[k, v, 2], as one collection."""
    if artist is None:
        artist = PolyCollection([], linestyles=dashes)
        ax.add_collection(artist, autolim=False)
    artist.set_verts(outlines)
    artist.set(facecolor=faces, edgecolor=edges, linewidth=widths)
    artist.set_visible(any(np.asarray(colors)[:, 3:].any() for colors in (artist.get_facecolor(),
                                                                          artist.get_edgecolor())))
    return artist


def lines(ax: Axes, tracks: Any, colors: Any, *, widths: Any = 2.0, dashes: Any = "solid",
          artist: LineCollection | None = None) -> LineCollection:
    """Open tracks: float[k, v, 2], as one collection."""
    if artist is None:
        artist = LineCollection([], linestyles=dashes, capstyle="round", joinstyle="round")
        ax.add_collection(artist, autolim=False)
    artist.set_segments(tracks)
    for path in artist.get_paths():
        path.should_simplify = False  # a curve keeps its vertices, so it can glide
    artist.set(color=colors, linewidth=widths)
    return artist


def line(ax: Axes, x: np.ndarray, y: np.ndarray, *, artist: Line2D | None = None, **look: Any) -> Line2D:
    """One line through x, y: float[v]."""
    artist = artist or ax.add_line(Line2D([], [], **look))
    artist.set_data(x, y)
    artist.get_path().should_simplify = False
    return artist


def label(ax: Axes, place: tuple[float, float], text: str, *, offset: tuple[float, float] = (0, 0),
          coords: Any = "data", box: dict[str, Any] | None = None, artist: Annotation | None = None, **look: Any
          ) -> Annotation:
    """Plain text, `offset` points from a place.  box: a box around it, as matplotlib's `bbox`; it keeps its style."""
    if artist is None:
        artist = ax.annotate("", place, offset, xycoords=coords, textcoords="offset points", annotation_clip=False)
    artist.xy = place
    artist.set(text=text, **look)
    patch = artist.get_bbox_patch()
    if patch is not None and box:
        patch.set(**{name: value for name, value in box.items() if name != "boxstyle"})
    elif box:
        artist.set_bbox(box)
    return artist


def picture(ax: Axes, box: tuple[float, float, float, float], pixels: np.ndarray, *,
            artist: AxesImage | None = None) -> AxesImage:
    """Pixels as they are, the first row on top: uint8[h, w, 3 or 4], or from 0 to 1.

    box: the left, bottom, right and top that the whole picture has in the axes.
    """
    left, bottom, right, top = box
    if artist is None:
        artist = AxesImage(ax, interpolation="none")
        artist.set_clip_path(ax.patch)
        ax.add_image(artist)
    artist.set_data(pixels)
    artist.set_extent((left, right, bottom, top))
    return artist


# Gaussians.

def symmetric_roots(covariances: np.ndarray) -> np.ndarray:
    """The symmetric square root of each covariance: float[..., d, d] -> float[..., d, d].

    Unlike axes and angles from `eigh`, it depends smoothly on the matrix: a glide never flips.
    """
    values, vectors = np.linalg.eigh(covariances)
    return (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ np.swapaxes(vectors, -1, -2)


def ellipses(ax: Axes, means: np.ndarray, roots: np.ndarray, *, levels: Sequence[float] = LEVELS, faces: Any = "none",
             edges: Any = "none", widths: Any = 0.0, dashes: Any = "solid",
             artist: PolyCollection | None = None) -> PolyCollection:
    """Points at a Mahalanobis distance of `levels`: the unit circle under the root of the covariance.

    means: float[k, 2].  roots: float[k, 2, 2].  Colors and widths: one for each outline, all
    levels of component 0 first.
    """
    circles = np.asarray(levels, dtype=float)[:, None, None] * _CIRCLE
    outlines = means[:, None, None] + np.einsum("lvi,kij->klvj", circles, roots)
    return polygons(ax, outlines.reshape(-1, len(_CIRCLE), 2), faces, edges=edges, widths=widths, dashes=dashes,
                    artist=artist)


def great_ellipses(means: np.ndarray, roots: np.ndarray, level: float) -> np.ndarray:
    """Three closed curves around each Gaussian in space, at a Mahalanobis distance of `level`: float[k, 3, v, 3].

    The great circles of the unit sphere in the coordinate planes, under the root of the covariance.
    means: float[k, 3].  roots: float[k, 3, 3].
    """
    return means[:, None, None] + level * np.einsum("cvi,kij->kcvj", _GREAT_CIRCLES, roots)


def coverage(levels: Sequence[float]) -> str:
    """How much of a Gaussian in two dimensions the ellipses hold, 1 − exp(−level² / 2): "39, 86, 99 %"."""
    percents = 100 * -np.expm1(-np.square(levels) / 2)
    rounded = ("over 99.9" if percent > 99.9 else f"{percent:.{int(percent >= 99.5)}f}" for percent in percents)
    return ", ".join(rounded) + " %"


# Values on a grid.

def contours(x: np.ndarray, y: np.ndarray, values: np.ndarray, levels: Sequence[float],
             filled: bool = False) -> list[Path]:
    """A path for each level, lowest first: where values are at the level, or if `filled`, where they are above it.

    x: float[w].  y: float[h].  values: float[h, w], linear from each place of the grid to the next.
    """
    grid = contour_generator(x, y, values, line_type=LineType.ChunkCombinedCode,
                             fill_type=FillType.ChunkCombinedCode)
    top = max(values.max(), levels[-1]) + 1
    found: Any = (grid.filled(level, top) if filled else grid.lines(level) for level in levels)
    return [Path(np.empty((0, 2))) if vertices is None else Path(vertices, codes) for [vertices], [codes] in found]


def outlines(ax: Axes, paths: Sequence[Path], faces: Any = "none", *, edges: Any = "none", widths: Any = 0.0,
             artist: PathCollection | None = None) -> PathCollection:
    """Paths in data units, as one collection."""
    if artist is None:
        artist = PathCollection([], capstyle="round", joinstyle="round")
        ax.add_collection(artist, autolim=False)
    artist.set_paths(list(paths))
    artist.set(facecolor=faces, edgecolor=edges, linewidth=widths)
    return artist


def tiles(ax: Axes, colors: np.ndarray, alpha: float, *, artist: AxesImage | None = None) -> AxesImage:
    """Colors that fill the axes, in equal rectangles: uint8[h, w, 3], the lowest row first."""
    if artist is None:
        artist = AxesImage(ax, interpolation="none", origin="lower", extent=(*ax.get_xlim(), *ax.get_ylim()))
        artist.set_clip_path(ax.patch)
        ax.add_image(artist)
    artist.set_data(colors)
    artist.set_alpha(alpha)
    return artist


# Nearest-center regions.

def voronoi(centers: np.ndarray, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The part of the box low..high that is nearest to each center: k polygons float[v, 2].

    The box is cut by the bisector against every other center (Sutherland & Hodgman 1974), so any
    number and any position of centers will do. Of equal centers the first takes the region, and
    a region outside the box has no vertices.
    """
    box = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]], dtype=float)
    cells = []
    for k, center in enumerate(centers):
        cell = box
        for j, other in enumerate(centers):
            if np.array_equal(center, other):
                cell = cell[:0] if j < k else cell
            elif len(cell):
                cell = _cut(cell, (center + other) / 2, other - center)
        cells.append(cell)
    return cells


def _cut(polygon: np.ndarray, point: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """What remains of a convex polygon on the side of the line that `normal` points away from."""
    beyond = (polygon - point) @ normal
    kept: list[np.ndarray] = []
    for here, there, a, b in zip(polygon, np.roll(polygon, -1, axis=0), beyond, np.roll(beyond, -1)):
        if a <= 0:
            kept.append(here)
        if (a < 0 < b) or (b < 0 < a):
            kept.append(here + (there - here) * (a / (a - b)))
    return np.array(kept).reshape(-1, 2)


def regions(ax: Axes, centers: np.ndarray, faces: Any, *, edges: Any = "none", widths: Any = 0.0,
            artist: PolyCollection | None = None) -> PolyCollection:
    """The Voronoi regions of centers: float[k, 2] within the limits of the axes.

    Every outline has k + 3 vertices, as many as a region can have: the last one repeats.
    """
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    beyond = 0.02 * (high - low)  # the frame is no border: keep it out of sight
    outlines = np.empty((len(centers), len(centers) + 3, 2))
    for outline, cell, center in zip(outlines, voronoi(centers, low - beyond, high + beyond), centers):
        outline[:] = cell[-1] if len(cell) else np.clip(center, low, high)
        outline[:len(cell)] = cell
    return polygons(ax, outlines, faces, edges=edges, widths=widths, artist=artist)


# One feature.

def histogram_edges(values: np.ndarray) -> np.ndarray:
    """Bin edges float[b + 1] for values: float[n].

    A width of 1, 2 or 5 × a power of ten near NumPy's "auto", and edges as far as possible from
    the values: measurements are rounded, and bins that hold now two, now three of the marks on
    the ruler would show a comb that is not in the data.
    """
    edges = np.histogram_bin_edges(values, "auto")
    distinct = np.unique(values)
    if len(distinct) < 2:
        return edges
    width = edges[1] - edges[0]
    if len(distinct) < 0.7 * len(values):  # rounded: no bin is narrower than a mark of the ruler
        width = max(width, float(np.median(np.diff(distinct))))
    power = 10 ** np.floor(np.log10(width))
    width = power * min((1, 2, 5, 10), key=lambda times: abs(np.log(times * power / width)))
    places = np.unique(np.round(distinct / width % 1, 6) % 1)  # of the values between two edges
    gaps = np.diff(places, append=places[0] + 1)
    widest = gaps > gaps.max() - 1e-6
    shifts = places[widest] + gaps[widest] / 2
    first, last = np.floor(distinct[[0, -1], None] / width - shifts)
    fewest = (last - first).argmin()
    return (np.arange(first[fewest], last[fewest] + 2) + shifts[fewest]) * width


def histogram(ax: Axes, values: np.ndarray, edges: np.ndarray) -> PolyCollection:
    """Bars in light gray whose areas sum to one: values float[n], edges float[b + 1]."""
    heights, _ = np.histogram(values, edges, density=True)
    return polygons(ax, bars(edges[:-1], edges[1:], heights), style.BARS, edges=style.PAPER, widths=1.2)


def bars(left: np.ndarray, right: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Outlines float[b, 4, 2] of bars that stand on zero."""
    x = np.stack([left, left, right, right], axis=-1)
    y = np.outer(heights, [0, 1, 1, 0])
    return np.stack([x, y], axis=-1)


def stacked(places: np.ndarray, width: float) -> np.ndarray:
    """The level int[n] of each dot, so that dots `width` wide at places: float[n] on a line do not overlap.

    No dot moves sideways. Each takes the lowest free level, from left to right.
    """
    levels = np.zeros(len(places), dtype=int)
    ends = np.full(len(places), -np.inf)  # the right end of each level so far
    for at in np.argsort(places, kind="stable"):
        levels[at] = np.argmax(ends <= places[at] + 1e-9 * width)
        ends[levels[at]] = places[at] + width
    return levels


# Labels that keep clear of each other.

def spread(places: np.ndarray, gap: float, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Push places: float[k, 2] apart until every two are `gap` apart, inside the box low..high.

    What already has room stays. Equal places leave in directions of their own.
    """
    places = np.clip(places, low, high)
    k = len(places)
    angles = 2 * np.pi * np.arange(k) / k
    escape = np.column_stack([np.cos(angles), np.sin(angles)])
    for _ in range(200):
        apart = places[:, None] - places
        distances = np.hypot(apart[..., 0], apart[..., 1])
        lacking = np.triu(gap - distances, 1)
        if lacking.max() <= 0.02 * gap:
            break
        lacking = np.maximum(lacking + lacking.T, 0)
        apart = np.where((distances < 1e-3 * gap)[..., None], escape[:, None] - escape, apart)
        norms = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(k)
        places = np.clip(places + 0.5 * np.einsum("ij,ijx->ix", lacking / norms, apart), low, high)
    return places


def uncrowded(ax: Axes, places: np.ndarray, diameter: float) -> np.ndarray:
    """Places float[k, 2] for badges `diameter` points across: as given, but inside the axes and not on one another."""
    pixels = diameter * ax.figure.dpi / 72
    low, high = np.array(ax.bbox.min) + 0.62 * pixels, np.array(ax.bbox.max) - 0.62 * pixels
    return ax.transData.inverted().transform(spread(ax.transData.transform(places), 1.12 * pixels, low, high))


def spread_on_line(places: np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """The places nearest to the given float[k] (least squares) that are `gap` apart and within low..high.

    Subtracting rank × gap turns "gap apart" into "in order": isotonic regression solves it exactly.
    """
    k = len(places)
    gap = min(gap, (high - low) / max(k - 1, 1))
    order = np.argsort(places, kind="stable")
    ranks = gap * np.arange(k)
    moved = np.empty(k)
    moved[order] = np.clip(isotonic_regression(places[order] - ranks).x, low, high - ranks[-1]) + ranks
    return moved


@cache
def numeral(text: str, weight: str = "bold") -> Path:
    """A number or a name as an outline about the origin, one em = 1: it moves like a marker, not like text."""
    path = TextPath((0, 0), text, size=1, prop=FontProperties(family="DejaVu Sans", weight=weight))
    box = path.get_extents()
    return Path(path.vertices - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2], path.codes, readonly=True)


def shifted(path: Path, offset: np.ndarray) -> Path:
    """The same outline with `offset`: float[2] from the origin, for a marker beside its place."""
    return Path(path.vertices + offset, path.codes)


# What moved.

def comets(ax: Axes, old: np.ndarray, new: np.ndarray, faces: Any, *, width: float = 12.0,
           artist: PolyCollection | None = None) -> PolyCollection:
    """A tail from each old place to the new one (float[k, 2]): a point there, `width` points wide here."""
    start, end = ax.transData.transform(old), ax.transData.transform(new)
    along = end - start
    length = np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    half = np.minimum(width * ax.figure.dpi / 72, length) / 2 * along[:, ::-1] * [-1, 1] / length
    outlines = np.stack([start, end + half, end - half], axis=1)
    back = ax.transData.inverted().transform(outlines.reshape(-1, 2)).reshape(outlines.shape)
    return polygons(ax, back, faces, artist=artist)


def trails(ax: Axes, means: np.ndarray, now: float, colors: Any, *, widths: Any = 2.0,
           artist: LineCollection | None = None) -> LineCollection:
    """The way of means: float[s, k, 2] up to step `now`, where the later vertices wait."""
    way = interpolate(means, np.minimum(np.arange(len(means)), now))
    return lines(ax, np.moveaxis(way, 0, 1), colors, widths=widths, artist=artist)


def interpolate(table: np.ndarray, steps: Any) -> np.ndarray:
    """Rows of a table float[s, ...] at fractional steps, on straight lines between its rows."""
    if isinstance(steps, int | float) and steps == int(steps):  # the usual case, in a tenth of the time
        return np.array(table[int(steps)])
    steps = np.asarray(steps, dtype=float)
    before = np.floor(steps).astype(int)
    after = np.minimum(before + 1, len(table) - 1)
    share = (steps - before).reshape(steps.shape + (1,) * (table.ndim - 1))
    return np.where(share == 0, table[before], (1 - share) * table[before] + share * table[after])


# Bounds.

def gap(ax: Axes, time: np.ndarray, lower: np.ndarray, upper: np.ndarray, *,
        artist: PolyCollection | None = None) -> PolyCollection:
    """The area between a lower bound and the log-likelihood: float[v] each, shaded."""
    above, below = np.column_stack([time, upper]), np.column_stack([time, lower])
    return polygons(ax, [np.concatenate([above, below[::-1]])], style.GAP, artist=artist)


# Axes.

def few_ticks(axis: Axis, count: int, *, low: float = -np.inf, high: float = np.inf, integer: bool = False) -> str:
    """At most `count` + 1 ticks at round places within low..high, fixed from now on.

    Returns what the numbers leave out, such as "×1e−7" or "+1e8", for the label of the axis.
    """
    view = np.sort(axis.get_view_interval())
    low, high = max(low, view[0]), min(high, view[1])
    places = MaxNLocator(count, integer=integer, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = 1e-9 * (high - low)
    kept = [place for place in places if low - slack <= place <= high + slack]
    axis.set_ticks(kept)
    axis.get_offset_text().set_visible(False)
    formatter = axis.get_major_formatter()
    formatter.set_locs(kept)
    left_out = formatter.get_offset()
    return left_out if left_out[:1] in ("", "+", "−") else f"×{left_out}"
