"""Runs side by side: two to four views in one figure, aligned by half-step."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.curve import Curve, limits
from emviz.scenes.field import Field
from emviz.scenes.scene import Scene, TraceScene
from emviz.scenes.stage import Stage
from emviz.scenes.view import Readings, View
from emviz.trace import Trace

# By the number of runs: pixels of the design, and how many stand in a row.
_SIZES = {2: (1120, 660), 3: (1290, 640), 4: (1120, 700)}
_PER_ROW = {2: 2, 3: 3, 4: 2}
_STRIP = 142  # below a view: its curve
_SIDE = 196   # or beside it, where two rows leave no room


class Comparison(Scene):
    """Two to four traces under one control. A run that has ended waits in its last state.

    Objectives of the same kind share their limits, so that heights can be compared.
    """

    def __init__(self, traces: Sequence[Trace], views: Sequence[type[View]], options: dict[str, Any],
                 names: Sequence[str], **frame: Any):
        self.traces, self.names = tuple(traces), tuple(names)
        self._view_types, self._options = views, options
        longest = max(traces, key=len)
        self.kinds = tuple(step.kind for step in longest)
        title = frame.pop("title", None)
        super().__init__(title=_title(traces, names) if title is None else title, shown_title=title, **frame)

    def default_size(self) -> tuple[int, int]:
        return _SIZES[len(self.traces)]

    def _again(self, frame: dict[str, Any]) -> Comparison:
        return Comparison(self.traces, self._view_types, self._options, self.names, **frame)

    def in_axes(self, number: int, ax: Axes, step: float) -> TraceScene:
        """A new scene of one of the runs in axes of another figure, without curve and caption."""
        return TraceScene(self.traces[number], self._view_types[number], self._options, beside=self.traces, ax=ax,
                          step=min(step, len(self.traces[number]) - 1), caption=False)

    # The figure.

    def _build(self, stage: Stage) -> None:
        self._movers = [draw.Movers() for _ in self.traces]
        self.views: list[View] = []
        self.curves: list[Curve] = []
        self._ends: list[tuple[float, float]] = []
        shared = _shared_limits(self.traces)
        for cell, trace, view, movers, name, ends in zip(_cells(stage, len(self.traces)), self.traces,
                                                           self._view_types, self._movers, self.names, shared):
            x, y = cell.place(100, cell.height - 14)
            line = stage.figure.text(x, y, name, va="top", fontsize=style.BASE, fontweight="bold")
            words.narrow(line, (cell.width - 230) * stage.scale)
            self._ends.append(cell.place(cell.width - 8, cell.height - 16))
            picture, strip = _divide(cell, len(self.traces))
            self.views.append(view(trace, picture, movers, self.traces, **self._options))
            self.curves.append(Curve(strip, trace, compact=True, limits=ends, length=len(self)))

    @property
    def panel(self) -> Any:
        """The axes of the data of the first run."""
        return self.views[0].panel

    @property
    def readings(self) -> tuple[Readings, ...]:
        return tuple(replace(reading, percents=partial(_until_the_end, reading.percents, len(view.trace) - 1))
                     for number, view in enumerate(self.views) for reading in view.readings(f"{number} "))

    @property
    def fields(self) -> tuple[Field, ...]:
        fields = ((view, view.field(f"{number} ")) for number, view in enumerate(self.views))
        return tuple(replace(field, scores=partial(_until_the_end, field.scores, len(view.trace) - 1))
                     for view, field in fields if field)

    def _move(self, step: float) -> None:
        for number, (trace, view, curve, movers) in enumerate(
                zip(self.traces, self.views, self.curves, self._movers)):
            at = min(step, len(trace) - 1.0)
            view.move(at)
            curve.move(at, movers)
            self._put_end(number, step)
            for name, artist in movers.items():
                if f"{number} {name}" not in self.movers:
                    artist.set_zorder(draw.FRONT + len(self.movers))
                    self.movers[f"{number} {name}"] = artist

    def _put_end(self, number: int, step: float) -> None:
        """Behind the name, once a run has ended: at which iteration."""
        trace, movers = self.traces[number], self._movers[number]
        if "end" not in movers:
            x, y = self._ends[number]
            movers["end"] = self.figure.text(x, y, "", ha="right", va="top", fontsize=style.SMALL,
                                             color=style.SOFT_INK)
        movers["end"].set_text(ending(trace) if step >= len(trace) - 1 else "")

    # Words.

    def _at(self, step: int) -> list[int]:
        """The state of each run."""
        return [min(step, len(trace) - 1) for trace in self.traces]

    def _sentences(self, step: int) -> list[str]:
        told = [[ending(trace) if sentence.endswith(f": {trace.stop_reason}") else sentence
                 for sentence in words.sentences(trace, at, view.switched(at))]
                for trace, at, view in zip(self.traces, self._at(step), self.views)]
        longest = max(range(len(told)), key=lambda number: len(self.traces[number]))
        happened = [f"{name}: {', '.join(sentences[1:])}" for name, sentences, trace in
                    zip(self.names, told, self.traces) if sentences[1:] and step < len(trace)]
        stories = {words.story_of(trace).component for trace in self.traces}
        first = told[longest][0] if len(stories) == 1 else words.general(self.kinds[step], (step + 1) // 2)
        return [first, *happened]

    def alt(self, step: int) -> str:
        step = self._whole(step)
        told = words.caption(self._sentences(step))
        fits = " ".join(f"{name}: {words.objective(trace, at)}."
                        for name, trace, at in zip(self.names, self.traces, self._at(step)))
        room = words.ALT_LENGTH - len(fits) - 2
        return f"{textwrap.shorten(told, max(room, 60), placeholder=' …')}. {fits}"[:words.ALT_LENGTH]


def names_of(traces: Sequence[Trace]) -> tuple[str, ...]:
    """What tells runs apart: the model, the structure, the number of components, the temperature, or else a number."""
    names = [""] * len(traces)
    for told in (lambda trace: words.story_of(trace).title,
                 lambda trace: getattr(trace.model, "covariance_type", ""),
                 lambda trace: f"k = {trace.model.n_components}",
                 lambda trace: f"T = {trace.model.temperature:g}"):
        longer = [", ".join(filter(None, (name, told(trace)))) if names.count(name) > 1 else name
                  for name, trace in zip(names, traces)]
        if len(set(longer)) > len(set(names)):
            names = longer
    if len(set(names)) < len(names):
        names = [", ".join(filter(None, (name, f"run {number}"))) for number, name in enumerate(names, 1)]
    return tuple(names)


def _title(traces: Sequence[Trace], names: Sequence[str]) -> str:
    """What the runs have in common, and their names."""
    told = f"{', '.join(names[:-1])} and {names[-1]}"
    titles = {words.title(trace) for trace in traces}
    return f"{titles.pop()}: {told}" if len(titles) == 1 else told


def ending(trace: Trace) -> str:
    """Where a run ended, short enough to stand beside others."""
    return f"{'converged' if trace.converged else 'stopped'} at {trace[-1].iteration}"


def _until_the_end(told: Callable[[int], Any], last: int, step: int) -> Any:
    return told(min(step, last))


def _cells(stage: Stage, count: int) -> list[Stage]:
    """A part of the stage for each run, row by row."""
    across = _PER_ROW[count]
    down = -(-count // across)
    width, height = (stage.width - 24) / across, stage.height / down
    return [stage.part(column * width, stage.height - (row + 1) * height, (column + 1) * width,
                       stage.height - row * height)
            for row in range(down) for column in range(across)][:count]


def _divide(cell: Stage, count: int) -> tuple[Stage, Any]:
    """A part for the view, and axes for the curve: below, or beside where the rows are low."""
    top = cell.height - 34
    if count == 4:
        split = cell.width - _SIDE
        return cell.part(0, 0, split, top), cell.axes(split + 76, 62, cell.width - 4, top - 66)
    return (cell.part(0, _STRIP, cell.width - 8, top),
            cell.axes(100, 58, cell.width - 8, _STRIP - 26))


def _shared_limits(traces: Sequence[Trace]) -> list[tuple[float, float] | None]:
    """For each run the limits of its curve: the same for all of a kind, with room for all of their values."""
    kinds = [(type(trace.model), trace.model.temperature, len(trace.data)) for trace in traces]
    shared: list[tuple[float, float] | None] = []
    for kind in kinds:
        alike = [trace for trace, other in zip(traces, kinds) if other == kind]
        if len(alike) == 1:
            shared.append(None)
            continue
        ends = np.array([limits(trace) for trace in alike])
        shared.append((float(ends[:, 0].min()), float(ends[:, 1].max())))
    return shared
