"""Runs drawn anew for paper: a cell for each state, without the curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from emviz import style
from emviz.export.grid import LINE, PAD, Grid, Wanted, rows_and_columns, wrapped
from emviz.progress import watched
from emviz.scenes import Scene, words
from emviz.scenes.comparison import Comparison, ending
from emviz.scenes.scene import TraceScene
from emviz.scenes.stage import Stage
from emviz.trace import Trace

# Pixels of the design.
_DATA = (400, 248)   # that fill any axes
_CAPTION = 66        # of a scene, which a cell does not have
_FOOT = 18           # from the data to the cell below
_NOTE = 28           # above the data, that a view wants for its notes
_NAME = 34           # beside a row, for the name of its run


@dataclass(frozen=True)
class Run:
    """A run: its name, and what draws a state of it in axes."""

    name: str
    trace: Trace
    draw: Callable[[Axes, float], TraceScene]

    def told(self, step: int) -> str:
        """What happened in a state, and how the run ended, in short."""
        if step >= len(self.trace):
            return ending(self.trace)
        return words.caption([sentence.removesuffix(f": {self.trace.stop_reason}")
                              for sentence in words.sentences(self.trace, step)])


def runs_of(scene: Scene) -> list[Run]:
    """The runs of a scene that can be drawn anew; none for a scene of another kind."""
    if type(scene) is TraceScene:
        return [Run("", scene.trace, scene.in_axes)]
    if type(scene) is Comparison:
        return [Run(name, trace, partial(scene.in_axes, number))
                for number, (name, trace) in enumerate(zip(scene.names, scene.traces))]
    return []


def drawn(wanted: Wanted, runs: Sequence[Run]) -> Figure:
    """Each cell is a scene of its own, in axes of one figure; several runs have a row each."""
    room = _Room.of([_Room.tried(run) for run in runs])
    cells = [(run, step) for run in runs for step in wanted.steps]
    size, scale = wanted.cell(*room.cell(lines=2))
    told = [wrapped(_told(wanted, run, step, run is runs[0]), size[0] - 2 * PAD, scale, fontweight="bold")
            for run, step in cells]
    lines = max(map(len, told))
    size, scale = wanted.cell(*room.cell(lines))
    several = len(runs) > 1
    rows, columns = (len(runs), len(wanted.steps)) if several else rows_and_columns(len(cells), room.data[0])
    grid = Grid(rows, columns, size, scale, left=room.left + (_NAME if several else 0), below=room.below,
                title=wanted.title, notes=[" · ".join(room.notes), wanted.text])
    figure, place, axes = grid.stage.figure, grid.stage.place, []
    for number, (run, step) in enumerate(watched(cells, len(cells), "state")):
        row, column = divmod(number, columns)
        left, bottom, right, top = grid.box(row, column)
        figure.text(*place(left + PAD, top - 6), "\n".join(told[number]), va="top", fontsize=style.SMALL,
                    fontweight="bold", linespacing=1.2)
        ax = grid.stage.axes(left + PAD, bottom + _FOOT, right - PAD, top - room.head(lines))
        scene = run.draw(ax, step)
        if scene.panel is ax:
            _name_outside_only(scene, is_first=column == 0, is_lowest=number + columns >= len(cells))
        if several and column == 0:
            name = figure.text(*place(PAD, (bottom + _FOOT + top - room.head(lines)) / 2), run.name, rotation=90,
                               va="center", fontsize=style.BASE, fontweight="bold")
            words.squeeze(name, ax.bbox.height, "height")
        axes.append(ax)
        ax.set_visible(False)  # until all are there: each new one has the figure laid out again
    for ax in axes:
        ax.set_visible(True)
    return figure


def _told(wanted: Wanted, run: Run, step: int, is_first: bool) -> str:
    """The words of a cell; those of the reader, who tells of a step of all runs, in the first row only."""
    if callable(wanted.caption):
        return wanted.scene.caption(step) if is_first else ""
    return "" if wanted.caption is False else run.told(step)


@dataclass(frozen=True)
class _Room:
    """What views need, in pixels of the design.

    data: (width, height).  left, below: beside the data, for the names of axes.  above: for marks that stand out.
    notes: what the marks mean, which a view writes around its axes.
    """

    data: tuple[float, float]
    left: float
    below: float
    above: float
    notes: tuple[str, ...]

    @classmethod
    def tried(cls, run: Run) -> _Room:
        """What the view of a run takes."""
        stage = Stage.new((1000, 1000), design=(1000, 1000))
        ax = stage.axes(300, 300, 300 + _DATA[0] - 2 * PAD, 300 + _DATA[1])
        scene = run.draw(ax, 0)
        if scene.panel is not ax:  # it has laid out axes of its own
            across, up = scene.default_size()
            left, bottom, right, top = type(scene.view).boxes(across, up - _CAPTION)[0]
            return cls((right - left, top - bottom), PAD, PAD, 0, ())
        names = Bbox.union([box for axis in (ax.xaxis, ax.yaxis) if (box := axis.get_tightbbox())])
        above = [text.get_window_extent().y1 - ax.bbox.y1 for text in scene.movers.values()
                 if isinstance(text, Text) and text.get_text()]
        return cls(_DATA, PAD + ax.bbox.x0 - names.x0, max(PAD, PAD + ax.bbox.y0 - names.y0 - _FOOT), max([0, *above]),
                   tuple(text.get_text() for text in _notes(scene)))

    @classmethod
    def of(cls, rooms: Sequence[_Room]) -> _Room:
        """What all of them need."""
        data = max(room.data[0] for room in rooms), max(room.data[1] for room in rooms)
        left, below, above = (max(getattr(room, side) for room in rooms) for side in ("left", "below", "above"))
        return cls(data, left, below, above, tuple(dict.fromkeys(note for room in rooms for note in room.notes)))

    def head(self, lines: int) -> float:
        """Of a cell with so many lines of words, what stands above the data."""
        return max(_NOTE, LINE * lines + 14) + self.above

    def cell(self, lines: int) -> tuple[float, float]:
        """(width, height) of a cell."""
        return self.data[0], self.data[1] + self.head(lines) + _FOOT


def _notes(scene: TraceScene) -> list[Text]:
    """What a view has written above and below its axes, the same in all states; from the top down."""
    still = [text for text in scene.panel.texts if text not in scene.movers.values()]
    still.sort(key=lambda text: -text.get_window_extent().y0)
    return [text for text in still if not text.get_window_extent().overlaps(scene.panel.bbox)]


def _name_outside_only(scene: TraceScene, is_first: bool, is_lowest: bool) -> None:
    """Axes are named at the left and below only; notes are told once, below the strip."""
    ax = scene.panel
    for note in _notes(scene):
        note.set_visible(False)
    ax.set_xlabel(ax.get_xlabel() if is_lowest else "", loc="center")
    if not is_lowest:
        ax.tick_params(labelbottom=False)
    if not is_first:
        ax.set_ylabel("")
        ax.tick_params(labelleft=False)
