"""Means as small pictures, for data whose rows are pictures: handwritten digits, say."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from emviz import draw, style
from emviz.models import GaussianMixture, KMeans
from emviz.scenes import words
from emviz.scenes.pixels import checked_shape
from emviz.scenes.stage import Stage
from emviz.scenes.view import View
from emviz.trace import Trace
from emviz.validate import positive_integer

_PIXEL = re.compile(r"pixel\D*(\d+)\D+(\d+)\D*")  # "pixel (3, 14)", or scikit-learn's "pixel_3_14"
_MOST = 12            # examples of a component
_MORE, _LESS = style.COLORS[1], style.COLORS[0]  # ink than before
_BADGE = 20.0         # points across
_LETTER = 0.8         # pixels of the design across, for a point of type
_HINTS = {
    "start": "no picture has been asked yet",
    "E": "below each: its own pictures, the nearest to it first",
    "M": "right: the mean before, and its change (orange: more ink, blue: less)",
}

# In pixels of the design.
_TOP = 52.0           # for two lines of words
_BETWEEN = (26.0, 16.0)  # two components: across and up
_HEAD = 42.0          # above a mean, for its number and its weight
_GAP = 10.0           # between a mean and its examples


class TilesView(View):
    """A tile for each component: its mean as a picture, and below the rows that are most typical of it.

    An E brings new examples; an M a new mean, and beside it the mean before and what changed.
    """

    NAME = "tiles"
    MODELS = (KMeans, GaussianMixture)
    READ = ""
    SIZE = (1120, 560)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        n_features = trace.data.shape[1]
        return None if n_features >= 4 else f"{words.counted(n_features, 'feature')}, too few for a picture"

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return trace.data.shape[1] >= 16 and _named_shape(trace.feature_names) is not None

    def _choose(self, *, shape: tuple[int, int] | None = None, examples: int = 6) -> None:
        """shape: (height, width) of the picture in a row of the data; by default what names such as "pixel (3, 14)"
        say, or a square.  examples: how many typical rows to show of each component, 0 to 12.
        """
        count = self.trace.data.shape[1]
        if shape is None:
            shape = _named_shape(self.trace.feature_names) or _square(count)
        self._shape = checked_shape(shape, count, "the features of the data")
        self._examples = positive_integer(examples, "examples", least=0)
        if self._examples > _MOST:
            raise ValueError(f"examples={examples} is too many: choose from 0 to {_MOST}")
        self._typical = lru_cache(maxsize=64)(self._typical_of_iteration)
        self._counts = lru_cache(maxsize=None)(self._counts_of_iteration)

    # Layout.

    def _lay_out(self, stage: Stage) -> None:
        self.panel = stage.sheet()
        left = 0 if stage.is_readers else 24
        room = (stage.width - left - 4, stage.height - _TOP - 12)
        self._grid = _best_grid(len(self._components), self._examples, self._shape, room)
        grid = self._grid
        self._corners = np.array([(left + column * grid.across, _TOP + row * grid.up) for row, column in
                                  product(range(len(self._components)), range(grid.columns))][:len(self._components)])
        height, width = self._shape
        below = _HEAD + height * grid.unit
        self._whole = (0.0, below, width * grid.unit, _HEAD)
        half = 0.46 * grid.unit
        right = grid.width
        self._before = (right - width * half, _HEAD + height * half, right, _HEAD)
        self._change = (right - width * half, below, right, below - height * half)
        self._strip = (0.0, below + _GAP + grid.strip_height, grid.width, below + _GAP)
        sides = [(grid.small * (width + grid.pad) * place, below + _GAP + grid.small * (height + grid.pad) * line)
                 for line, place in product(range(grid.lines), range(grid.per_line))][:self._examples]
        self._rims = [_outline(*self._box(j, (x, y + grid.small * height, x + grid.small * width, y)))
                      for j in self._components for x, y in sides]

    def _set(self) -> None:
        self._means = np.stack([step.params.means for step in self.trace])
        low, high = min(0.0, float(self.trace.data.min())), float(self.trace.data.max())
        self._low, self._span = low, (high - low) or 1.0
        changes = np.abs(np.diff(self._means, axis=0)).max(axis=(1, 2), initial=0.0)
        # The first M replaces a guess: it would make all the later ones pale.
        self._largest_change = float(changes[2:].max(initial=0.0) or changes.max(initial=0.0)) or 1.0
        x = self._corners[0, 0]
        room = self.panel.bbox.width / self.scale - x
        note = draw.label(self.panel, (x, 18), f"each tile is a mean, from white at {words.number(low, 3)} to black at "
                          f"{words.number(high, 3)}", fontsize=style.SMALL, color=style.SOFT_INK)
        words.narrow(note, room * self.scale)
        self._hint_type = min(style.SMALL, room / _LETTER / max(map(len, _HINTS.values())))
        self._head_type = min(style.SMALL, (self._grid.across - 42) / _LETTER / len("100 points"))

    # What moves.

    def move(self, step: float) -> None:
        kind = self.trace[int(np.ceil(step))].kind
        hint = _HINTS[kind] if kind != "E" or self._examples else ""
        self._put_text("hint", (self._corners[0, 0], 38), hint, va="baseline", fontsize=self._hint_type)
        self._put_heads(step)
        self._put_means(step)
        if self._examples:
            self._put_examples(step)

    def _put_heads(self, step: float) -> None:
        """The number of each component, its weight, and how many rows it has."""
        places, index = self._corners + [14, 16], int(np.ceil(step))
        self._put_badges(places, places, np.stack([places, places], axis=1), _BADGE)
        counts = self._counts(self.trace[index].iteration) if index else None
        shares = self._shares_of(counts, step)
        row = words.story_of(self.trace).row if self._head_type > 9 else ""  # no room: the number alone
        size = self._head_type if row else style.SMALL
        for j, (x, y) in enumerate(places):
            share = "–" if shares is None else f"{100 * shares[j]:.0f} %"
            number = "–" if counts is None else f"{counts[j]:.0f}"
            if counts is not None and row:
                number = f"{number} {row}{'' if number == '1' else 's'}"
            self._put_text(f"share {j}", (x + 22, y - 9), share, fontsize=1.1 * size, weight="bold")
            self._put_text(f"count {j}", (x + 22, y + 10), number, fontsize=size)

    def _put_text(self, name: str, place: tuple[float, float], text: str, va: str = "center_baseline", **look: Any
                  ) -> None:
        self.movers.put(name, draw.label, self.panel, place, text, va=va, **look)

    def _put_means(self, step: float) -> None:
        means, old = draw.interpolate(self._means, step), self._means[self._origin(step)]
        seen = self._strength("movement", step)
        for j in self._components:
            for name, box, colors in (("mean", self._whole, _opaque(self._inked(means[j]), 1.0)),
                                      ("before", self._before, _opaque(self._inked(old[j]), seen)),
                                      ("change", self._change, _opaque(self._tinted(means[j] - old[j]), seen))):
                self.movers.put(f"{name} {j}", draw.picture, self.panel, self._box(j, box), self._pixels(colors))
        strength = self._strength("components", step)
        self._put_frames("frames", self._whole, self._stroked(), 1.4 + 2.2 * strength)
        for name, box in (("frames before", self._before), ("frames change", self._change)):
            self._put_frames(name, box, draw.rgba([style.HAIRLINE] * len(means), seen), 1.2)

    def _put_frames(self, name: str, box: tuple[float, ...], colors: np.ndarray, width: float) -> None:
        boxes = [self._box(j, box) for j in self._components]
        self.movers.put(name, draw.polygons, self.panel, [_outline(*corners) for corners in boxes], "none",
                        edges=colors, widths=width)

    def _put_examples(self, step: float) -> None:
        """The most typical rows of each component, each in a rim of its own blended color."""
        index, strength, grid = int(np.ceil(step)), self._strength("points", step), self._grid
        (height, width), k = self._shape, len(self._components)
        typical = self._typical(self.trace[index].iteration) if index else np.full((k, self._examples), -1)
        colors = np.where((typical >= 0)[..., None], self._colors_at(index)[typical], draw.rgba([style.HAIRLINE]))
        colors[typical >= 0, 3] = strength
        for j, rows in enumerate(typical):
            strip = np.zeros((grid.lines, height + grid.pad, grid.per_line, width + grid.pad, 4))
            for at, row in enumerate(rows[rows >= 0]):
                line, place = divmod(at, grid.per_line)
                pixels = _opaque(self._inked(self.trace.data[self._shown[row]]), strength)
                strip[line, :height, place, :width] = pixels.reshape(height, width, 4)
            pixels = strip.reshape(grid.lines * (height + grid.pad), -1, 4)[:-grid.pad, :-grid.pad]
            self.movers.put(f"examples {j}", draw.picture, self.panel, self._box(j, self._strip),
                            np.rint(255 * pixels).astype(np.uint8))
        self.movers.put("rims", draw.polygons, self.panel, self._rims, "none", edges=colors.reshape(-1, 4), widths=2.2)

    def _box(self, component: int, box: tuple[float, ...]) -> tuple[float, float, float, float]:
        """A box of a tile, from the corner of that tile, on the sheet."""
        x, y = self._corners[component]
        left, bottom, right, top = box
        return left + x, bottom + y, right + x, top + y

    # What a state looks like.

    def _inked(self, values: np.ndarray) -> np.ndarray:
        """White at the lowest value of the run, black at the highest: float[d] -> float[d, 3]."""
        ink = np.clip((values - self._low) / self._span, 0, 1)[:, None]
        return 1 - ink * (1 - draw.rgba([style.INK])[0, :3])

    def _tinted(self, changes: np.ndarray) -> np.ndarray:
        """White where nothing changed, full colors at the largest change of the run: float[d] -> float[d, 3]."""
        more, less = draw.rgba([_MORE, _LESS])[:, :3]
        tint = np.clip(changes / self._largest_change, -1, 1)[:, None]
        return 1 - np.maximum(tint, 0) * (1 - more) - np.maximum(-tint, 0) * (1 - less)

    def _pixels(self, colors: np.ndarray) -> np.ndarray:
        return np.rint(255 * colors).astype(np.uint8).reshape(*self._shape, 4)

    def _shares_of(self, counts: np.ndarray | None, step: float) -> np.ndarray | None:
        """Weights float[k]; of k-means, which has none, the shares of the rows."""
        if isinstance(self.trace.model, KMeans):
            return None if counts is None else counts / len(self.trace.data)
        return self._between(step, lambda index: self.trace[index].params.weights)

    def _counts_of_iteration(self, iteration: int) -> np.ndarray:
        """How many rows each component has, float[k]: the sums of the responsibilities."""
        if len(self._shown) == len(self.trace.data):
            return self._shares(iteration).sum(axis=0)
        return self.trace.responsibilities(2 * iteration - 1).sum(axis=0)

    def _typical_of_iteration(self, iteration: int) -> np.ndarray:
        """Of the rows that are drawn and chose a component, those nearest to its mean.

        int[k, examples], −1 where there are no more.
        """
        means, data = self.trace[2 * iteration - 1].params.means, self.trace.data[self._shown]
        labels = self._shares(iteration).argmax(axis=1)
        typical = np.full((len(means), self._examples), -1)
        for j, mean in enumerate(means):
            own = np.flatnonzero(labels == j)
            nearest = own[((data[own] - mean)**2).sum(axis=1).argsort(kind="stable")][:self._examples]
            typical[j, :len(nearest)] = nearest
        return typical


class _Grid(NamedTuple):
    """Where the tiles of the components are, in pixels of the design."""

    columns: int
    across: float   # from one component to the next
    up: float
    unit: float     # of a pixel of a mean
    lines: int      # of examples
    per_line: int
    pad: int        # pixels of an example between it and the next
    small: float    # of a pixel of an example
    width: float    # of a tile: the mean, and beside it what it was
    strip_height: float


def _best_grid(k: int, examples: int, shape: tuple[int, int], room: tuple[float, float]) -> _Grid:
    """The grid with the largest pictures; the means count twice as much as the examples."""
    height, width = shape
    pad = max(1, round(0.08 * max(shape)))
    found = []
    for columns, lines in product(range(1, k + 1), (1, 2, 3) if examples else (0,)):
        across, up = ((length + between) / count for length, between, count in
                      zip(room, _BETWEEN, (columns, math.ceil(k / columns))))
        per_line = math.ceil(examples / lines) if lines else 0
        strip = per_line * (width + pad) - pad   # pixels of examples across, as wide as a tile
        deep = lines * (height + pad) - pad if lines else 0
        fine = 1.5 * width / strip if lines else 0.0  # of an example's pixel for a pixel of the mean
        wide, high = max(across - _BETWEEN[0], 40), max(up - _BETWEEN[1] - _HEAD - _GAP, 40)
        unit = min(wide / (1.5 * width), high / (height + deep * fine))
        found.append(_Grid(columns, across, up, unit, lines, per_line, pad, fine * unit, 1.5 * width * unit,
                           deep * fine * unit))
    return max(found, key=lambda grid: 2 * grid.unit + grid.small)


def _opaque(colors: np.ndarray, alpha: float) -> np.ndarray:
    """rgba float[n, 4] of rgb float[n, 3]."""
    return np.column_stack([colors, np.full(len(colors), alpha)])


def _outline(left: float, bottom: float, right: float, top: float) -> list[tuple[float, float]]:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _named_shape(names: tuple[str, ...]) -> tuple[int, int] | None:
    """(height, width) that names such as "pixel (3, 14)" tell, if they go through a picture row by row."""
    found = [_PIXEL.fullmatch(name) for name in names]
    places = [(int(match[1]), int(match[2])) for match in found if match]
    if not places or len(places) < len(names):
        return None
    height, width = (1 + max(along) for along in zip(*places))
    return (height, width) if places == list(product(range(height), range(width))) else None


def _square(count: int) -> tuple[int, int]:
    side = math.isqrt(count)
    if side * side != count or side < 4:
        raise ValueError(f"shape is missing: give shape=(height, width) with height × width = {count}, the features of "
                         "the data, which do not say by their names what picture they are")
    return side, side
