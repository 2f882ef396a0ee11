"""Responsibilities as a table: an E fills the cells, an M turns the sums below into the parameters above."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from emviz import draw, style
from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture
from emviz.scenes import words
from emviz.scenes.coins import name_of_set
from emviz.scenes.stage import Stage
from emviz.scenes.view import Box, View
from emviz.trace import Trace
from emviz.validate import positive_integer

_ROWS, _COMPONENTS = 12, 6  # the most that a table has room for
_BADGE = 20.0               # points across
_LETTER = 0.85              # pixels of the design across, for a point of type
_NAMES = {"means": "mean", "probabilities": "chance of heads", "rates": "rate"}

# In pixels of the design.
_WHO = 17.0                 # down to the numbers of the components
_VALUES = 40.0              # to the first of their parameters
_BESIDE, _BELOW = 26.0, 36.0  # from one parameter to the next, where the old one stands beside, or below
_NAMED = 28.0               # for the names of the columns
_SUMS = 52.0                # below the rows
_LEAST = 14.0               # the height of a row; in a small picture there are fewer of them
_LEFT = 44.0                # to what stands before a row
_MARGIN = 3.0               # of a cell


class _Parameter(NamedTuple):
    name: str
    values: np.ndarray  # float[s, k]
    decimals: int

    def texts(self, step: float) -> list[str]:
        """Of each component."""
        return [words.fixed(value, self.decimals) for value in draw.interpolate(self.values, step)]


class TableView(View):
    """A row for each point, a column for each component: its parameters, the responsibilities, and their sum."""

    NAME = "table"
    MODELS = (KMeans, GaussianMixture, BinomialMixture, PoissonMixture)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        k = trace.model.n_components
        return None if k <= _COMPONENTS else f"{k} components are too many, a table has room for {_COMPONENTS}"

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return False

    @classmethod
    def boxes(cls, width: float, height: float) -> tuple[Box, Box | None]:
        split = width - 302  # numbers need room, so the curve gets less
        return (0, 0, split - 8, height), (split + 78, 62, width - 20, height - 116)

    def _choose(self, *, rows: Sequence[int] | None = None) -> None:
        """rows: which rows of the data, at most 12; by default the first ones. The sums are of all rows."""
        n = len(self.trace.data)
        self._shown = np.arange(min(n, _ROWS)) if rows is None else _checked(rows, n)
        self._sums = lru_cache(maxsize=None)(self._sums_of_iteration)

    # Layout.

    def _lay_out(self, stage: Stage) -> None:
        self.panel = stage.sheet()
        self._parameters = _parameters_of(self.trace)
        room = stage.height - _VALUES - _BELOW * len(self._parameters) - _NAMED - _SUMS - 10
        self._shown = self._shown[:max(1, int(room / _LEAST))]
        self._labels, count, shown = _labels(self.trace, self._shown), len(self.trace.data), len(self._shown)
        self._sum_name = "sum" if shown == count else f"sum of all {count:,}"
        self._row_name = f"{words.story_of(self.trace).row}s" if shown == count else f"{shown} of {count:,} rows"
        names = [parameter.name for parameter in self._parameters]
        longest = max(map(len, [*self._labels, self._sum_name, self._row_name, *names]))
        first = min(_LEFT + 12 + 12.5 * _LETTER * longest, 0.34 * stage.width)
        self._column = (stage.width - first) / len(self._components)
        self._lefts = first + self._column * np.arange(len(self._components))

        texts = [text for parameter in self._parameters for step in range(len(self.trace))
                 for text in parameter.texts(step)]
        longest = max(map(len, texts))
        self._value_type = min(style.BASE, (self._column - 12) / (1.1 * _LETTER) / longest)  # bold is wider
        self._old_type = min(11.0, (self._column - 8) / _LETTER / (longest + 4))
        half = _LETTER * (0.55 * self._value_type * longest + self._old_type * (longest + 2)) + 6
        self._old_beside = half < self._column / 2
        apart = _BESIDE if self._old_beside else _BELOW
        self._values = _VALUES + apart * (np.arange(len(self._parameters)) + (0.5 if self._old_beside else 0.28))
        self._values_end = _VALUES + apart * len(self._parameters)
        self._top = self._values_end + _NAMED
        row = min(40.0, (stage.height - self._top - _SUMS - 10) / shown)
        self._rows = self._top + row * (np.arange(shown) + 0.5)
        self._bottom = self._top + row * shown
        self._bar, self._type = 0.8 * row, min(14.0, row / 1.5)

    def _set(self) -> None:
        ax, left, right = self.panel, 24.0, self.panel.get_xlim()[1]
        for y, name in [*((y, parameter.name) for y, parameter in zip(self._values, self._parameters)),
                        (self._top - 13, self._row_name), (self._bottom + 24, self._sum_name)]:
            self._name_row(y, name, min(13.5, 1.1 * self._type), style.SOFT_INK)
        for y, label in zip(self._rows, self._labels):
            self._name_row(y, label, self._type, style.INK)
        draw.label(ax, ((self._lefts[0] + right) / 2, self._top - 13), "responsibilities", ha="center",
                   va="center_baseline", fontsize=min(13.5, 1.1 * self._type), color=style.SOFT_INK)
        draw.lines(ax, [[(left, y), (right, y)] for y in (self._top - 1, self._bottom + 2)], style.HAIRLINE, widths=1.2)

    def _name_row(self, y: float, name: str, size: float, color: str) -> None:
        text = draw.label(self.panel, (_LEFT, y), name, fontsize=size, color=color, va="center_baseline")
        words.narrow(text, (self._lefts[0] - _LEFT - 6) * self.scale)

    # What moves.

    def move(self, step: float) -> None:
        marks = np.column_stack([np.full(len(self._rows), 31.0), self._rows])
        self._put_lights(step)
        self._put_points(step, marks, min(12.0, 0.55 * self._bar))
        self._put_parameters(step)
        self._put_cells(step)
        self._put_sums(step)

    def _put_lights(self, step: float) -> None:
        """In an M: a tint behind the parameters, and the sums that they come from in the colors of the components."""
        strength, ones = self._strength("movement", step), np.ones(len(self._components))
        for name, top, bottom, alpha in (("lit parameters", _VALUES, self._values_end, 0.16 * strength),
                                         ("lit sums", self._bottom + 9, self._bottom + 39, strength)):
            outlines = draw.bars(self._lefts + _MARGIN, self._lefts + self._column - _MARGIN, (bottom - top) * ones)
            self.movers.put(name, draw.polygons, self.panel, outlines + [0, top], self._colored(alpha))

    def _put_parameters(self, step: float) -> None:
        """The components with their parameters, and in an M with what these were before."""
        middles, strength, origin = self._lefts + self._column / 2, self._strength("movement", step), self._origin(step)
        places = np.column_stack([middles, np.full_like(middles, _WHO)])
        self._put_badges(places, places, np.stack([places, places], axis=1), _BADGE)
        for parameter, y in zip(self._parameters, self._values):
            for j, new, old in zip(self._components, parameter.texts(step), parameter.texts(origin)):
                x, away = middles[j], 0.55 * _LETTER * self._value_type * len(new) + 6
                place, text, ha = (x, y + 17), f"was {old}", "center"
                if self._old_beside:
                    place, text, ha = (x - away, y), f"{old} →", "right"
                self._put_text(f"{parameter.name} {j}", (x, y), new, fontsize=self._value_type, weight="bold")
                self._put_text(f"old {parameter.name} {j}", place, text, ha=ha, fontsize=self._old_type, alpha=strength)

    def _put_cells(self, step: float) -> None:
        """Each responsibility as a number, on a bar that fills the cell when it is 1."""
        n, k = len(self._rows), len(self._components)
        shares, strength = self._between(step, self._claims_at), self._strength("points", step)
        lefts = np.tile(self._lefts + _MARGIN, n)
        rights = lefts + (self._column - 2 * _MARGIN) * shares.ravel()
        outlines = draw.bars(lefts, rights, np.full(n * k, self._bar))
        outlines[..., 1] += (self._rows - self._bar / 2).repeat(k)[:, None]
        self.movers.put("cells", draw.polygons, self.panel, outlines, np.tile(self._colored(0.45 * strength), (n, 1)))
        ink = draw.rgba([style.INK], 0.25 + 0.75 * strength)[0]
        for (row, j), share in np.ndenumerate(shares):
            self._put_text(f"cell {row} {j}", (self._lefts[j] + self._column / 2, self._rows[row]),
                           f"{share:.2f}" if step else "–", fontsize=self._type, color=ink)

    def _put_sums(self, step: float) -> None:
        sums, lit = self._between(step, self._sums_at), self._strength("movement", step) > 0.5
        digits, longest = (2, len(str(len(self.trace.data))) + 3) if len(self.trace.data) < 1000 else (0, 8)
        for j, total in enumerate(sums):
            self._put_text(f"sum {j}", (self._lefts[j] + self._column / 2, self._bottom + 24),
                           words.fixed(total, digits) if step else "–", weight="bold",
                           fontsize=min(style.BASE, (self._column - 10) / _LETTER / longest),
                           color=style.contrast(j) if lit else style.INK)

    def _put_text(self, name: str, place: tuple[Any, Any], text: str, ha: str = "center", **look: Any) -> None:
        self.movers.put(name, draw.label, self.panel, place, text, ha=ha, va="center_baseline", **look)

    # What a state shows.

    def _claims_at(self, index: int) -> np.ndarray:
        """Responsibilities float[n, k]; before the first E there are none."""
        return self._shares((index + 1) // 2) if index else np.zeros((len(self._rows), len(self._components)))

    def _sums_at(self, index: int) -> np.ndarray:
        return self._sums((index + 1) // 2) if index else np.zeros(len(self._components))

    def _name_of(self, row: int) -> str:
        return name_of_set(self.trace, row) if isinstance(self.trace.model, BinomialMixture) else super()._name_of(row)

    def _shares_of_iteration(self, iteration: int) -> np.ndarray:
        return self.trace.responsibilities(2 * iteration - 1)[self._shown]  # each set of flips has a length of its own

    def _sums_of_iteration(self, iteration: int) -> np.ndarray:
        return self.trace.responsibilities(2 * iteration - 1).sum(axis=0)


def _parameters_of(trace: Trace) -> list[_Parameter]:
    """The place of each component (of several features, the first two), its width, and its weight."""
    field, fixed = words.story_of(trace).values, trace.model.fixed
    name = "center" if isinstance(trace.model, KMeans) else _NAMES[field]
    places = np.stack([getattr(step.params, field) for step in trace])
    places = places.reshape(*places.shape[:2], -1)
    columns = np.reshape(trace.data, (len(trace.data), -1)).T
    decimals = [2] if field == "probabilities" else [words.decimals(float(np.ptp(column))) for column in columns]
    if len(decimals) == 1:
        found = [_Parameter(name, places[..., 0], decimals[0])]
    else:
        features = trace.feature_names or [f"x{number}" for number in range(1, len(decimals) + 1)]
        found = [_Parameter(f"{name} {features[at]}", places[..., at], decimals[at]) for at in (0, 1)]
    if isinstance(trace.model, GaussianMixture) and len(decimals) == 1 and "covariances" not in fixed:
        variances = np.stack([step.params.covariances[:, 0, 0] for step in trace])
        found.append(_Parameter("σ", np.sqrt(variances), decimals[0]))
    if not isinstance(trace.model, KMeans) and "weights" not in fixed:
        found.append(_Parameter("weight", np.stack([step.params.weights for step in trace]), 2))
    return found


def _labels(trace: Trace, rows: np.ndarray) -> list[str]:
    """Rows of the data in words: "62", "(5.1, 3.5, …)", "5 of 10 heads"."""
    if isinstance(trace.model, BinomialMixture):
        return [name_of_set(trace, int(row)).partition(": ")[2] for row in rows]
    table = np.reshape(trace.data, (len(trace.data), -1))
    decimals = [0 if (column == np.rint(column)).all() else words.decimals(float(np.ptp(column))) for column in table.T]
    labels = [[words.fixed(value, digits) for value, digits in zip(table[row, :2], decimals)] for row in rows]
    more = ", …" if len(decimals) > 2 else ""
    return [label[0] if len(decimals) == 1 else f"({', '.join(label)}{more})" for label in labels]


def _checked(rows: Any, n: int) -> np.ndarray:
    """One to twelve rows of n."""
    if isinstance(rows, str) or not isinstance(rows, Sequence | np.ndarray):
        raise TypeError(f"rows is {rows!r}: give a list of rows of the data, such as [0, 1, 5]")
    chosen = [positive_integer(row, "rows", least=0) for row in rows]
    if not 1 <= len(chosen) <= _ROWS:
        raise ValueError(f"rows has {len(chosen)} numbers: a table has room for 1 to {_ROWS}")
    for place, row in enumerate(chosen):
        if row >= n:
            raise ValueError(f"rows[{place}] is {row}: the data have the rows 0 to {n - 1}")
    return np.array(chosen)
