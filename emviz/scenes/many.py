"""Many runs from many starts: what they reach, and the best and the worst of them replayed side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from emviz import draw, style
from emviz.scenes import optima, words
from emviz.scenes.comparison import Comparison
from emviz.scenes.group import Group
from emviz.scenes.stage import Stage
from emviz.scenes.view import View

# Pixels of the design.
_SIZE = (1360, 640)
_LEFT = 460                  # for the histogram; the runs have the rest
_AXIS, _BELOW, _HEAD = 100, 44, 84   # left of the axis, below it, and above it for names
_LANES = (11, 29)            # right of the axis: where the best and the worst run are now
_BEND, _FIRST, _GAP = 42, 62, 16  # a line to a row bends, the bars begin, and between two columns of them
_ROW, _BAR = 42, 11          # a row is a line of words and a bar

_MARKS = (style.shape(0), style.shape(1))  # of the best and of the worst run
_NOW = 14.0                  # points across
_MANY, _BINS = 24, 24        # more optima than this are counted in so many bins


class ManyRuns(Comparison):
    """How often runs from many starts reach each optimum; beside it the best and the worst run under one control."""

    def __init__(self, group: Group, views: Sequence[type[View]], options: dict[str, Any], *,
                 title: str | None = None, **frame: Any):
        self.group = group
        self._times, self._objective = optima.scale(group.all.model)
        super().__init__(group.ends, views, options, ("best", "worst"), title=title, **frame)
        if title is None:
            self.title = f"{words.title(group.ends[0])}: {self._runs()}"

    def default_size(self) -> tuple[int, int]:
        return _SIZE

    def _again(self, frame: dict[str, Any]) -> ManyRuns:
        return ManyRuns(self.group, self._view_types, self._options, **frame)

    # The figure.

    def _build(self, stage: Stage) -> None:
        split = min(_LEFT, 0.36 * stage.width)
        runs = stage.part(split, 0, stage.width, stage.height)
        self._marks_beside_names(runs)
        super()._build(runs)
        self._histogram(stage.part(0, 0, split, stage.height))

    def _marks_beside_names(self, stage: Stage) -> None:
        sheet = stage.sheet()
        cell = (stage.width - 24) / 2
        draw.markers(sheet, np.array([(82, 25), (82 + cell, 25)]), _MARKS, _NOW, self._colors_of_ends(),
                     edges=style.INK, widths=1.2)

    def _colors_of_ends(self) -> np.ndarray:
        """rgba float[2, 4]: the best and the worst run have the colors of their optima."""
        every = self.group.all
        shades = [*optima.colors(len(every.optima)), style.UNKNOWN]  # the last for what did not converge
        return draw.rgba([shades[every.reached[index]] for index in (every.best, every.worst)])

    def _histogram(self, stage: Stage) -> None:
        """The axis of the objective, and what ended where."""
        ax = self._axis = stage.axes(_AXIS, _BELOW, stage.width - 4, stage.height - _HEAD)
        ax.set_xlim(0, stage.width - 4 - _AXIS)
        ax.spines["bottom"].set_visible(False)
        ax.set_xticks([])
        every = self.group.all
        values = self._times * every.objectives
        low, high = float(values.min()), float(values.max())
        margin = 0.05 * (high - low) if high - low > 1e-4 * abs(high) else max(0.5, 1e-3 * abs(high))
        ax.set_ylim(low - margin, high + margin)
        left_out = draw.few_ticks(ax.yaxis, 5)
        name = f"{self._objective} at the end"
        ax.set_ylabel(f"{name} ({left_out})" if left_out else name)
        ax.yaxis.label.set_verticalalignment("top")
        ax.yaxis.set_label_coords(-95 * self.scale / ax.bbox.width, 0.5)
        self._head(ax)
        ends = np.column_stack([_LANES, values[[every.best, every.worst]]])  # where the two runs go
        draw.markers(ax, ends, _MARKS, _NOW, style.PAPER, edges=style.SOFT_INK, widths=1.6).set(zorder=3, clip_on=False)
        if 0 < len(every.optima) <= _MANY:
            self._rows(ax, most=int(ax.bbox.height / self.scale // _ROW))
        else:
            self._bins(ax)

    def _head(self, ax: Axes) -> None:
        """How many runs and optima; with two kinds of starts the names of both."""
        every, kinds = self.group.all, self.group.kinds
        rooms = [(0.0, ax.get_xlim()[1])] if len(kinds) == 1 else self._columns()
        heads, notes = list(self.group.names), [words.counted(len(kind), "run") for kind in kinds]
        if len(kinds) == 1:
            lost = int((every.reached < 0).sum())
            heads, notes = [self._runs()], [f"{self._share(0)} reach the best"]
            if lost:
                notes = [f"{notes[0]}, {lost} did not converge" if every.optima else "none converged"]
        for texts, up, size, color, weight in (
                (heads, 46, style.BASE if len(kinds) == 1 else style.SMALL, style.INK, "bold"),
                (notes, 28, style.SMALL, style.SOFT_INK, "normal")):
            self._narrow([draw.label(ax, (left, 1), text, offset=(0, up), va="top", coords=ax.get_xaxis_transform(),
                                     fontsize=size, color=color, weight=weight)
                          for (left, _), text in zip(rooms, texts)], [width for _, width in rooms])

    def _narrow(self, lines: Sequence[Text], rooms: Sequence[float]) -> None:
        """Type of one size that fits into these pixels of the design."""
        for line, room in zip(lines, rooms):
            words.narrow(line, room * self.scale)
        for line in lines:
            line.set_fontsize(min(line.get_fontsize() for line in lines))

    def _columns(self) -> list[tuple[float, float]]:
        """Left and width of the bars of each kind of starts."""
        count = len(self.group.kinds)
        width = (self._axis.get_xlim()[1] - _FIRST - _GAP * (count - 1)) / count
        return [(_FIRST + kind * (width + _GAP), width) for kind in range(count)]

    def _rows(self, ax: Axes, most: int) -> None:
        """A row for each optimum, as near to its place on the axis as there is room, with a line to it."""
        values = np.array([self._times * optimum.objective for optimum in self.group.all.optima])
        rows = _together(values, most)
        ends = np.array([values[row[[0, -1]]] for row in rows])  # of the best and the last optimum in each
        low, high = ax.get_ylim()
        pixel = (high - low) / (ax.bbox.height / self.scale)
        places = draw.spread_on_line(ends.mean(axis=1), _ROW * pixel, low + 0.4 * _ROW * pixel,
                                     high - 0.4 * _ROW * pixel)
        firsts = [row[0] for row in rows]
        faces = draw.rgba(optima.colors(len(values)))[firsts]
        edges = draw.rgba(optima.strokes(len(values)))[firsts]
        draw.lines(ax, [np.column_stack([[0, _BEND, _FIRST - 6], [value, value, place]])
                        for value, place in zip(ends.mean(axis=1), places)], edges, widths=1.4)
        shares = np.array([[np.isin(self.group.reached(kind), row).mean() for row in rows]
                           for kind in range(len(self.group.kinds))])
        lines = []
        for kind, (left, width) in enumerate(self._columns()):
            there = shares[kind] > 0
            bars = draw.bars(np.full(len(rows), places - (_BAR + 4) * pixel), places - 4 * pixel,
                             width * shares[kind] / shares.max())[..., ::-1] + [left, 0]
            draw.polygons(ax, bars[there], faces[there], edges=edges[there], widths=1.0)
            lines += [draw.label(ax, (left, place), text, va="bottom", fontsize=style.SMALL,
                                 weight="normal" if number else "bold")
                      for number, (place, text) in enumerate(zip(places, self._texts(kind, shares[kind], ends)))]
        self._narrow(lines, [width] * len(lines))

    def _texts(self, kind: int, shares: np.ndarray, ends: np.ndarray) -> list[str]:
        """The words of each row: for one kind of starts "467.4: 84 of 200 runs", for two "467.4: 42 %" and "93 %"."""
        total, decimals = len(self.group.kinds[kind]), optima.decimals(ends)
        told = [[words.reading(value, decimals) for value in np.unique(end)] for end in ends]
        if len(self.group.kinds) == 1:
            return [f"{' to '.join(values)}: {round(share * total)} of {words.counted(total, 'run')}"
                    for values, share in zip(told, shares)]
        percents = [f"{100 * share:.3g} %" for share in shares]
        return percents if kind else [f"{'' if len(values) == 1 else '≈ '}{values[0]}: {percent}"
                                      for values, percent in zip(told, percents)]

    def _bins(self, ax: Axes) -> None:
        """Too many optima for rows: the shares of the runs that end in equal parts of the axis."""
        edges = np.linspace(*ax.get_ylim(), _BINS + 1)
        shares = [np.histogram(self._times * kind.objectives, edges)[0] / len(kind) for kind in self.group.kinds]
        longest = max(float(share.max()) for share in shares)
        for (left, width), share in zip(self._columns(), shares):
            bars = draw.bars(edges[:-1], edges[1:], 0.57 * width * share / longest)[..., ::-1] + [left, 0]
            draw.polygons(ax, bars, style.UNKNOWN, edges=style.PAPER, widths=1.2)
            fullest = int(share.argmax())
            tip = (float(bars[fullest, :, 0].max()), float(edges[fullest:fullest + 2].mean()))
            told = draw.label(ax, tip, f"{100 * share[fullest]:.3g} %", offset=(5, 0), va="center",
                              fontsize=style.SMALL)
            words.narrow(told, 0.43 * width * self.scale)

    def _runs(self) -> str:
        runs, count = words.counted(len(self.group.all), "run"), len(self.group.all.optima)
        return f"{runs}, {count} {'optimum' if count == 1 else 'optima'}" if count else runs

    def _share(self, kind: int) -> str:
        return f"{100 * np.mean(self.group.reached(kind) == 0):.3g} %"

    # What moves.

    def _move(self, step: float) -> None:
        super()._move(step)
        low, high = self._axis.get_ylim()
        now = np.array([draw.interpolate(curve.lower, min(step, len(curve.lower) - 1))
                        for curve in self.curves])
        faces, edges = self._colors_of_ends(), draw.rgba([style.INK] * 2)
        faces[:, 3] = edges[:, 3] = (low <= now) & (now <= high)
        self.movers.put("now", draw.markers, self._axis, np.column_stack([_LANES, np.clip(now, low, high)]), _MARKS,
                        _NOW, faces, edges=edges, widths=1.2)
        self.movers["now"].set_clip_on(False)  # whole also at an end of the axis

    # Words.

    def _sentences(self, step: int) -> list[str]:
        told = super()._sentences(step)
        every = self.group.all
        shown = f"shown: {self.group.name(every.best)} and {self.group.name(every.worst)}"
        return told if step else [*told, self._summary(), shown]

    def alt(self, step: int) -> str:
        told, summary = super().alt(step), self._summary()
        longer = f"{told} {summary[0].upper()}{summary[1:]}."
        return longer if self._whole(step) and len(longer) <= words.ALT_LENGTH else told

    def _summary(self) -> str:
        """How many runs reach the best optimum; of two kinds of starts, which share of each."""
        if not self.group.all.optima:
            return "no run converged"
        if len(self.group.kinds) == 1:
            runs = words.counted(len(self.group.all), "run")
            return f"{self.group.all.optima[0].count} of {runs} reach the best optimum"
        shares = (f"{self._share(kind)} of {name}" for kind, name in enumerate(self.group.names))
        return f"{' and '.join(shares)} reach the best optimum"


def _together(values: np.ndarray, most: int) -> list[np.ndarray]:
    """The numbers of values: float[m], in their order, in at most `most` groups: cut where the gaps are largest.

    The first is always alone: its share is what the picture is about.
    """
    gaps = np.abs(np.diff(values))
    gaps[:1] = np.inf
    cuts = np.sort(np.argsort(-gaps, kind="stable")[:most - 1]) + 1
    return np.split(np.arange(len(values)), cuts)
