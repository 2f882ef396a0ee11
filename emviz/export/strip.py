"""A run as a film strip for paper."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from emviz import style
from emviz.export.grid import LINE, PAD, Grid
from emviz.export.options import Options, takes_options
from emviz.export.paper import write_figure
from emviz.files import atomic_path
from emviz.progress import watched
from emviz.scenes import Scene, words
from emviz.scenes.comparison import Comparison, ending
from emviz.scenes.given import as_scene, chosen_steps
from emviz.scenes.scene import TraceScene
from emviz.scenes.stage import Stage
from emviz.trace import Trace

# Pixels of the design.
_WHOLE = (960, 474)  # of a scene without its caption
_CELL = (400, 320)  # where the data fill a cell
_ACROSS = 2000      # longer strips have more rows
_FOOT = 18          # from the data to the cell below
_NOTE = 28          # above the data, that a view wants for its notes
_NAME = 34          # beside a row, for the name of its run


@takes_options
def save_strip(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write chosen states of a run side by side in one PNG, SVG or PDF file; returns its path.

    Up to five states stand in one row, more in rows of about the same length; a comparison has a row for each run.
    A cell shows the data of one state, without the curve. Runs and comparisons are drawn for the strip, in SVG and PDF
    as lines and outlines; other scenes come as the pixels of their frames.

    size: of one cell, by default 400 × 320, or as large as a view needs; the names of axes, a title and a text
    stand around the cells.  dpi: a pixel is 1 / dpi inches on paper; without a size, 200 gives cells of twice the
    pixels, and the same inches.  steps: by default six that tell the story, from the start to the end.
    A strip does not move, so seconds_per_step, hold, tween and loop mean nothing here.
    """
    with atomic_path(path, (".png", ".svg", ".pdf")) as temporary:
        scene = as_scene(trace_or_scene, caption=options.caption if callable(options.caption) else True)
        usual = telling_steps(len(scene), 5 if isinstance(scene, Comparison) else 6)
        steps = usual if options.steps is None else chosen_steps(options.steps, len(scene))
        title = scene.asked["title"] if options.title is None else options.title
        caption = scene.asked["caption"] if options.caption is True else options.caption
        asked = _Asked(scene, steps, title or "", caption, options.size, options.dpi)
        runs = _runs(scene)
        with rc_context(style.RC):
            figure = _drawn(asked, runs) if runs else _frames(asked)
        alt = "\n".join(f"Step {step}: {scene.alt(step)}" for step in steps)
        write_figure(figure, temporary, options.dpi, title or scene.title, alt)
    return Path(path)


@dataclass(frozen=True)
class _Asked:
    """What a strip shows, in which words and how large."""

    scene: Scene
    steps: tuple[int, ...]
    title: str
    caption: Any
    size: tuple[int, int] | None
    dpi: float

    def told(self, run: _Run, is_first: bool, step: int) -> str:
        """The words of a cell."""
        if callable(self.caption):
            return self.scene.caption(step) if is_first else ""
        return "" if self.caption is False else run.told(step)

    def cell(self, design: tuple[float, float]) -> tuple[tuple[float, float], float]:
        """The size of a cell in pixels of the design, at least `design`, and how many pixels each of these has."""
        if self.size is None:
            return design, self.dpi / 100
        scale = min(self.size[0] / design[0], self.size[1] / design[1])
        return (self.size[0] / scale, self.size[1] / scale), scale

    def worded(self, grid: Grid, scale: float, notes: Iterable[str] = ()) -> Grid:
        """The grid with a title, and below it these notes and the text of the reader."""
        texts = [" · ".join(dict.fromkeys(notes)), self.caption if isinstance(self.caption, str) else ""]
        lines = [line for text in texts for line in _wrapped(text, grid.width - 4 * PAD, scale)]
        return replace(grid, title=self.title, notes=tuple(lines))


@dataclass(frozen=True)
class _Run:
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


def _runs(scene: Scene) -> list[_Run]:
    """The runs of a scene that can be drawn anew; none for a scene of another kind."""
    if type(scene) is TraceScene:
        return [_Run("", scene.trace, scene.in_axes)]
    if type(scene) is Comparison:
        return [_Run(name, trace, partial(scene.in_axes, number))
                for number, (name, trace) in enumerate(zip(scene.names, scene.traces))]
    return []


@dataclass(frozen=True)
class _Room:
    """What a view needs, in pixels of the design.

    data: (width, height), or None where the data fill any axes.  left, below: beside the axes, for their names.
    above: for marks that stand out.  notes: what the marks mean, which the view writes above the axes.
    """

    data: tuple[float, float] | None
    left: float = 0
    below: float = 0
    above: float = 0
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, run: _Run) -> _Room:
        """Tried out."""
        stage = Stage.new((1000, 1000), design=(1000, 1000))
        ax = stage.axes(300, 300, 300 + _CELL[0] - 2 * PAD, 300 + _CELL[1] - 4 * LINE - _FOOT)
        scene = run.draw(ax, 0)
        if scene.panel is not ax:
            left, bottom, right, top = type(scene.view).boxes(*_WHOLE)[0]
            return cls((right - left, top - bottom))
        notes, below = _texts_around(scene)
        names = Bbox.union([box for axis in (ax.xaxis, ax.yaxis) if (box := axis.get_tightbbox())]
                           + [text.get_window_extent() for text in below])
        above = [text.get_window_extent().y1 - ax.bbox.y1 for text in scene.movers.values()
                 if isinstance(text, Text) and text.get_text()]
        return cls(None, ax.bbox.x0 - names.x0, ax.bbox.y0 - names.y0, max([0, *above]),
                   tuple(text.get_text() for text in notes))


def _texts_around(scene: TraceScene) -> tuple[list[Text], list[Text]]:
    """What a view has written above and below its axes, the same in all states; from the top down."""
    frame = scene.panel.bbox
    still = [text for text in scene.panel.texts if text not in scene.movers.values()]
    still.sort(key=lambda text: -text.get_window_extent().y0)
    return ([text for text in still if text.get_window_extent().y0 >= frame.y1],
            [text for text in still if text.get_window_extent().y1 <= frame.y0])


def _drawn(asked: _Asked, runs: Sequence[_Run]) -> Figure:
    """Each cell is a scene of its own, in axes of one figure."""
    rooms = [_Room.of(run) for run in runs]
    data = [room.data for room in rooms if room.data]
    width = max((size[0] for size in data), default=_CELL[0])

    def height(lines: int) -> tuple[float, float]:
        """Of the words of a cell, and of the cell."""
        head = max(_NOTE, LINE * lines + 1.4 * PAD) + max(room.above for room in rooms)
        return head, max(size[1] for size in data) + head + _FOOT if data else _CELL[1]

    cell, scale = asked.cell((width, height(2)[1]))  # type is wider or narrower in some sizes
    cells = [(run, step) for run in runs for step in asked.steps]
    told = [_wrapped(asked.told(run, run is runs[0], step), cell[0] - 2 * PAD, scale, fontweight="bold")
            for run, step in cells]
    head, tall = height(max(map(len, told)))
    cell, scale = asked.cell((width, tall))
    rows, columns = (1, len(asked.steps)) if len(runs) > 1 else _rows_and_columns(len(asked.steps), width)
    left = max(room.left for room in rooms) + (_NAME if len(runs) > 1 else 0)
    grid = asked.worded(Grid(rows=rows * len(runs), columns=columns, cell=cell, left=PAD + left,
                             below=max(PAD, PAD + max(room.below for room in rooms) - _FOOT)),
                        scale, [note for room in rooms for note in room.notes])
    stage = grid.on_stage(scale)
    axes: list[Axes] = []
    for number, ((run, step), lines) in enumerate(zip(watched(cells, len(cells), "state"), told)):
        row, column = divmod(number, columns)
        left, bottom, right, top = grid.box(row, column)
        stage.figure.text(*stage.place(left + PAD, top - 6), "\n".join(lines), va="top", fontsize=style.SMALL,
                          fontweight="bold", linespacing=1.2)
        ax = stage.axes(left + PAD, bottom + _FOOT, right - PAD, top - head)
        scene = run.draw(ax, step)
        if scene.panel is ax:
            _name_outside_only(scene, is_first=column == 0, is_lowest=number + columns >= len(cells))
        if column == 0 and run.name:
            name = stage.figure.text(*stage.place(PAD, (bottom + _FOOT + top - head) / 2), run.name, rotation=90,
                                     va="center", fontsize=style.BASE, fontweight="bold")
            words.squeeze(name, ax.bbox.height, "height")
        ax.set_visible(False)  # each new scene draws the figure to find its place
        axes.append(ax)
    for ax in axes:
        ax.set_visible(True)
    return stage.figure


def _name_outside_only(scene: TraceScene, is_first: bool, is_lowest: bool) -> None:
    """Axes are named at the left and below only; what stands above them is told once, below the strip."""
    ax = scene.panel
    above, below = _texts_around(scene)
    for text in above if is_lowest else above + below:
        text.set_visible(False)
    if not is_first:
        ax.set_ylabel("")
        ax.tick_params(labelleft=False)
    if not is_lowest:
        ax.set_xlabel("")
        ax.tick_params(labelbottom=False)


def _frames(asked: _Asked) -> Figure:
    """The frames of a scene as they are, pixel by pixel."""
    size = asked.size or tuple(round(length * asked.dpi / 100) for length in asked.scene.figure.bbox.size)
    caption = True if isinstance(asked.caption, str) else asked.caption
    scene = asked.scene.again(size=size, title=None, caption=caption)
    cell = (size[0] / scene.scale, size[1] / scene.scale)
    rows, columns = _rows_and_columns(len(asked.steps), cell[0])
    grid = asked.worded(Grid(rows=rows, columns=columns, cell=cell), scene.scale)
    stage = grid.on_stage(scene.scale)
    for number, step in enumerate(watched(asked.steps, len(asked.steps), "state")):
        left, bottom, _, _ = grid.box(*divmod(number, columns))
        stage.figure.figimage(scene.frame(step), round(left * scene.scale), round(bottom * scene.scale), origin="upper")
    return stage.figure


def _wrapped(text: str, width: float, scale: float, **look: Any) -> list[str]:
    """The lines of a text in small type, `width` pixels of the design wide where each has `scale` of the figure."""
    figure = Stage.new((100, 100), design=(100 / scale, 100 / scale)).figure
    return words.wrapped(figure, " ".join(text.split()), scale * width, **look) if text.strip() else []


def _rows_and_columns(count: int, width: float) -> tuple[int, int]:
    """One row of cells if they fit, or else as few rows as possible, of about the same length."""
    rows = math.ceil(count * width / _ACROSS)
    columns = math.ceil(count / rows)
    return math.ceil(count / columns), columns


def telling_steps(length: int, count: int = 6) -> tuple[int, ...]:
    """The start, the first E and the first M; then M-steps to the end, farther and farther apart, as changes shrink."""
    last = length - 1
    later = (2 * round((last / 2) ** (place / (count - 3))) for place in range(1, count - 3))
    return tuple(sorted({step for step in (0, 1, 2, *later, last) if step <= last}))
