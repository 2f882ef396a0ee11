"""Sets of flips as a table: an E fills in expected heads and tails, an M turns their totals into new chances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emviz import draw, style
from emviz.models import BinomialMixture
from emviz.scenes import words
from emviz.scenes.coins import name_of_set
from emviz.scenes.stage import Stage
from emviz.scenes.view import Box, View
from emviz.trace import Trace

_ROWS, _COINS, _FLIPS = 12, 4, 40  # the most that a table has room for
_COLUMNS = ("%", "heads", "tails")
_TINTS = np.array([0.6, 0.6, 0.3])  # behind the largest responsibility, and the most heads and tails that a set has
_LINE = 1.39  # pixels of the design for a point of type


class FlipsView(View):
    """A row for each set, and for each coin: its responsibility, and its share of the heads and the tails.

    Do & Batzoglou (2008), Nature Biotechnology 26, figure 1b, tell EM with such a table.
    """

    NAME = "flips"
    MODELS = (BinomialMixture,)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        if len(trace.data) > _ROWS:
            return f"a table of {len(trace.data)} sets has no room, {_ROWS} have: take the view 'coins'"
        if trace.model.n_components > _COINS:
            return f"a table of {trace.model.n_components} coins has no room, {_COINS} have: take the view 'coins'"
        return None

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return False  # the view "coins" says less at once

    @classmethod
    def boxes(cls, width: float, height: float) -> tuple[Box, Box | None]:
        split = width - 302  # numbers need room, so the curve gets less
        return (0, 0, split, height), (split + 84, 62, width - 16, height - 116)

    def _choose(self, *, flips: Sequence[str] | None = None) -> None:
        """flips: the order in which heads and tails came, one text a set: ("HTTTHHTHTH", …)."""
        self._heads = self.trace.data
        self._trials = np.broadcast_to(self.trace.model.n_trials, len(self._heads))
        self._parts = np.column_stack([np.ones(len(self._heads)), self._heads, self._trials - self._heads])
        self._flips = None if flips is None else _checked(flips, self._heads, self._trials)

    def _lay_out(self, stage: Stage) -> None:
        self.panel = stage.sheet()

    # What stands still.

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        free = "weights" not in trace.model.fixed
        self._chances = np.stack([step.params.probabilities for step in trace])
        self._weights = np.stack([step.params.weights for step in trace]) if free else None
        width, height = ax.get_xlim()[1], ax.get_ylim()[0]
        n, k = len(self._heads), len(self._components)

        # From top to bottom: who, the names of the columns, the sets, their totals, and what follows from them.
        row = min(47.0, (height - (190 if free else 146)) / (n + 1))
        self._who = 28.0
        self._named = self._who + (46 if free else 28)
        self._rows = self._named + 16 + row * (np.arange(n) + 0.5)
        self._totals = self._rows[-1] + row + 8
        self._formulas = self._totals + row / 2 + 16
        self._results = self._formulas + 24
        self._shares_at = self._results + 26
        self._bar = 0.74 * row

        # From left to right: the sets, as far as there is room, then a group of columns for each coin.
        self._left = 40.0
        if self._flips:
            pictured = min(0.26 * width, 16.0 * max(map(len, self._flips)))
        else:
            pictured = 84.0 if width > 560 and k < 3 else 0.0
        longest = max(len(self._counted_heads(row)) for row in range(n))
        counted = 0.0 if width <= 560 and self._flips else min(11.2 * longest, 110.0) if pictured else 92.0
        self._counted_type = (counted - 4) / (0.64 * _LINE * longest)
        first = self._left + pictured + counted + 10
        group = (width - first) / k
        self._pictured, self._counted = pictured, counted
        self._groups = first + group * np.arange(k) + 0.07 * group
        self._cell = np.array([0.29, 0.31, 0.31]) * group
        self._lefts = self._groups[:, None] + np.cumsum([0.0, *self._cell[:2]])
        self._decimals = 1 if self._trials.max() < 100 else 0
        digits = max(3, len(self._amount(self._trials.sum())))
        self._type = min(15.0, row / 1.6, *((self._cell[:2] - 6) / (0.7 * _LINE * np.array([3, digits]))))
        self._formula_type = min(13.5, group / (0.58 * _LINE * (2 * digits + 11)))

        self._name_rows()
        self._name_columns()
        self._draw_sets()
        rules = (self._rows[0] - row / 2 - 3, self._rows[-1] + row / 2 + 5)
        draw.lines(ax, [[(self._left, at), (width, at)] for at in rules], style.HAIRLINE, widths=1.2)

    def _name_rows(self) -> None:
        room = self._pictured + self._counted
        look = {"va": "center_baseline", "color": style.SOFT_INK, "fontsize": min(14.0, room / 8.4)}
        names = [(self._who, "chance of heads" if room > 152 else "chance"), (self._named, "set of flips"),
                 (self._totals, "expected"), (self._results, "new chance")]
        if self._weights is not None:
            names += [(self._who + 23, "weight"), (self._shares_at, "new weight")]
        for at, name in names:
            self._write((self._left, at), name, **look)
        if self._counted:
            for row, at in enumerate(self._rows):
                self._write((self._left + room, at), self._counted_heads(row), ha="right", va="center_baseline",
                            color=style.SOFT_INK, fontsize=min(self._type, self._counted_type, 13.5))

    def _counted_heads(self, row: int) -> str:
        return f"{self._heads[row]} of {self._trials[row]}"

    def _name_columns(self) -> None:
        for lefts in self._lefts:
            for left, cell, name in zip(lefts, self._cell, _COLUMNS):
                self._write((left + cell - 4, self._named), name, ha="right", va="center_baseline",
                            color=style.SOFT_INK, fontsize=min(13.0, self._type, 0.13 * self._cell[1] + 3.6))

    def _draw_sets(self) -> None:
        """Every flip as a disc; or, where only their number is known, heads and tails as one bar."""
        longest = max(1, self._trials.max())
        if self._flips is None:
            unit, low = self._pictured / longest, self._rows - 0.22 * self._bar
            for start, end, color in ((0 * self._heads, self._heads, style.SOFT_INK),
                                      (self._heads, self._trials, style.HAIRLINE)):
                outlines = draw.bars(self._left + unit * start, self._left + unit * end,
                                     np.full(len(low), 0.44 * self._bar))
                draw.polygons(self.panel, outlines + np.stack([0 * low, low], axis=-1)[:, None], color)
            return
        wide = min(self._pictured / longest, self._bar)
        for letter, face, ink in (("H", style.SOFT_INK, style.PAPER), ("T", style.BARS, style.SOFT_INK)):
            places = [(self._left + wide * (at + 0.5), y) for y, flips in zip(self._rows, self._flips)
                      for at, side in enumerate(flips) if side == letter]
            if places:
                draw.markers(self.panel, np.array(places), [style.DISC], 0.94 * wide / _LINE, face)
                draw.markers(self.panel, np.array(places), [draw.numeral(letter)], 0.58 * wide / _LINE, ink)

    def _write(self, place: tuple[float, float], text: str, **look: Any) -> None:
        draw.label(self.panel, place, text, **look)

    # What moves.

    def move(self, step: float) -> None:
        cells = self._between(step, self._claims_at)[..., None] * self._parts[:, None]
        self._put_points(step, np.column_stack([np.full(len(self._rows), 26.0), self._rows]),
                         min(12.0, 0.62 * self._bar))
        self._put_who(step)
        self._put_cells(step, cells)
        self._put_totals(step, cells.sum(axis=0))
        self._put_results(step)

    def _claims_at(self, index: int) -> np.ndarray:
        """Responsibilities float[n, k]; before the first E there are none to share out by."""
        return self._shares((index + 1) // 2) if index else np.zeros((len(self._heads), len(self._components)))

    def _put_who(self, step: float) -> None:
        """The coins and their chances of heads."""
        places = np.column_stack([self._groups + 12, np.full(len(self._groups), self._who)])
        self._put_badges(places, places, np.stack([places, places], axis=1), 20.0)
        for j, chance in enumerate(draw.interpolate(self._chances, step)):
            self._put_text(f"chance {j}", (places[j, 0] + 20, self._who), words.fixed(chance, 2), weight="bold",
                           fontsize=style.BASE)
            if self._weights is not None:
                weight = words.fixed(draw.interpolate(self._weights, step)[j], 2)
                self._put_text(f"weight {j}", (places[j, 0] + 20, self._who + 23), weight, fontsize=14)

    def _put_cells(self, step: float, cells: np.ndarray) -> None:
        """The numbers float[n, k, 3], each on a color as strong as it is large."""
        n, k, columns = cells.shape
        lefts = np.broadcast_to(self._lefts, cells.shape).ravel()
        outlines = draw.bars(lefts, lefts + np.tile(self._cell - 3, n * k), np.full(cells.size, self._bar))
        outlines[..., 1] += self._rows.repeat(k * columns)[:, None] - self._bar / 2
        strength, most = self._strength("points", step), max(1, self._trials.max())
        colors = np.tile(self._colored()[:, None], (n, 1, columns, 1)).reshape(n, k, columns, 4)
        colors[..., 3] = _TINTS * strength * cells / [1, most, most]
        self.movers.put("cells", draw.polygons, self.panel, outlines, colors.reshape(-1, 4))
        ink = draw.rgba([style.INK], 0.3 + 0.7 * strength)[0]
        for (row, j, column), value in np.ndenumerate(cells):
            text = "–" if step == 0 else self._amount(value) if column else f"{100 * value:.0f}"
            right = self._lefts[j, column] + self._cell[column] - 4
            self._put_text(f"{_COLUMNS[column]} {row} {j}", (right, self._rows[row]), text, ha="right", color=ink,
                           fontsize=self._type)

    def _put_totals(self, step: float, totals: np.ndarray) -> None:
        """The sums over the sets, float[k, 3]; an M lights them, and they flow into the new chances."""
        strength, k = self._strength("movement", step), len(totals)
        left = self._lefts[:, 1] if self._weights is None else self._groups
        right = self._lefts[:, 2] + self._cell[2]
        outlines = draw.bars(left, right, np.full(k, self._bar + 2))
        outlines[..., 1] += self._totals - self._bar / 2 - 1
        self.movers.put("lit totals", draw.polygons, self.panel, outlines, self._colored(strength))
        for j, column in np.ndindex(totals.shape):
            if column == 0 and self._weights is None:
                continue  # nothing follows from how many sets a coin has
            self._put_text(f"total {_COLUMNS[column]} {j}",
                           (self._lefts[j, column] + self._cell[column] - 4, self._totals),
                           self._amount(float(totals[j, column])) if step else "–", ha="right", weight="bold",
                           color=style.contrast(j) if strength > 0.5 else style.INK, fontsize=self._type)

    def _put_results(self, step: float) -> None:
        """After an M: how the new chances, and the weights if they are free, follow from the totals."""
        after = [index for index in (int(np.ceil(step)), int(step)) if self.trace[index].kind == "M"][:1]
        strength = self._strength("movement", step) if after else 1.0
        middle = (self._groups + self._lefts[:, 2] + self._cell[2]) / 2
        for j in self._components:
            found, chance, picked, weight = "", "–", "", "–"
            for index in after:
                sets, heads, tails = self._claims_at(index)[:, j] @ self._parts
                found, chance = self._quotient(heads, heads + tails, self._chances[index, j], tails)
                if self._weights is not None:
                    picked, weight = self._quotient(sets, len(self._rows), self._weights[index, j])
            look = {"ha": "center", "alpha": strength, "color": style.INK if after else style.SOFT_INK}
            self._put_text(f"formula {j}", (middle[j], self._formulas), found, fontsize=self._formula_type, **look)
            self._put_text(f"new chance {j}", (middle[j], self._results), chance, fontsize=style.CAPTION,
                           weight="bold", **look)
            if self._weights is not None:
                self._put_text(f"new weight {j}", (middle[j], self._shares_at), f"{picked} {weight}",
                               fontsize=self._formula_type, **look)

    def _quotient(self, part: float, whole: float, value: float, other: float | None = None) -> tuple[str, str]:
        """How a new value was found, and the value; one that the M-step left alone is kept.

        other: the rest of the whole, to be written out.
        """
        if whole <= 0 or abs(part / whole - value) > 5e-3:
            return "kept at", f"{value:.2f}"
        written = f"{whole:.0f}" if other is None else f"({self._amount(part)} + {self._amount(other)})"
        return f"{self._amount(part)} / {written}", f"= {value:.2f}"

    def _amount(self, flips: float) -> str:
        return f"{flips:.{self._decimals}f}"

    def _put_text(self, name: str, place: tuple[Any, Any], text: str, **look: Any) -> None:
        self.movers.put(name, draw.label, self.panel, place, text, va="center_baseline", **look)

    def _name_of(self, row: int) -> str:
        return name_of_set(self.trace, row)


def _checked(flips: Any, heads: np.ndarray, trials: np.ndarray) -> tuple[str, ...]:
    """One text of H and T for each set, in capitals, with as many heads and tails as the data say."""
    if isinstance(flips, str) or not isinstance(flips, Sequence):
        raise TypeError(f"flips is {flips!r}: give one text for each set, such as ('HTTH', 'HHTH')")
    if len(flips) != len(heads):
        raise ValueError(f"flips has {len(flips)} texts for {len(heads)} sets: give one for each")
    for row, text in enumerate(flips):
        if not isinstance(text, str) or set(text.upper()) - {"H", "T"}:
            raise ValueError(f"flips[{row}] is {text!r}: write a set with the letters H and T")
        if (text.upper().count("H"), len(text)) != (heads[row], trials[row]):
            raise ValueError(f"flips[{row}] has {text.upper().count('H')} heads of {len(text)} flips, but set {row} of "
                             f"the data has {heads[row]} of {trials[row]}")
    if max(map(len, flips), default=0) > _FLIPS:
        raise ValueError(f"flips has sets of more than {_FLIPS} flips, too many to draw one by one: leave flips out")
    return tuple(text.upper() for text in flips)
