"""A run as a film strip for paper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from emviz import style
from emviz.export.cells import drawn, runs_of
from emviz.export.grid import Grid, Wanted, rows_and_columns
from emviz.export.options import Options, takes_options
from emviz.export.paper import write_figure
from emviz.files import atomic_path
from emviz.progress import watched
from emviz.scenes.given import as_scene, told_steps


@takes_options()
def save_strip(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write chosen states of a run side by side in one PNG, SVG or PDF file; returns its path.

    Three states stand in a row, so that their words can be read on a page; a comparison has a row for each run.
    A cell shows the data of one state, without the curve. Runs and comparisons are drawn anew for the strip, in SVG and
    PDF as lines and letters; other scenes come as the pixels of their frames.

    size: of one cell, by default 400 × 320, or as large as a view needs; the names of axes, a title and a text
    stand around the cells.  dpi: a pixel is 1 / dpi inches on paper; without a size, 200 gives cells of twice the
    pixels, and the same inches.  steps: by default six that tell the story, five of a comparison.
    A strip does not move, so seconds_per_step, hold, tween and loop mean nothing here.
    """
    with atomic_path(path, (".png", ".svg", ".pdf")) as temporary:
        scene = as_scene(trace_or_scene, caption=options.caption if callable(options.caption) else True)
        runs = runs_of(scene)
        telling = telling_steps(len(scene), 5 if len(runs) > 1 else 6)
        steps = told_steps(telling if options.steps is None else options.steps, scene)
        title = scene.asked["title"] if options.title is None else options.title
        caption = scene.asked["caption"] if options.caption is True else options.caption
        wanted = Wanted(scene, steps, title or "", caption, options.size, options.dpi)
        with rc_context(style.RC):
            figure = drawn(wanted, runs) if runs else _frames(wanted)
        alt = "\n".join(f"Step {step}: {scene.alt(step)}" for step in steps)
        write_figure(figure, temporary, options.dpi, title or scene.title, alt, smooth=not runs)
    return Path(path)


def telling_steps(length: int, count: int) -> tuple[int, ...]:
    """The start, the first E and the first M; then M-steps to the end, farther and farther apart, as changes shrink.

    count: how many, four or more, if the run is long enough.
    """
    last = length - 1
    later = (2 * round((last / 2) ** (place / (count - 3))) for place in range(1, count - 3))
    return tuple(sorted({step for step in (0, 1, 2, *later, last) if step <= last}))


def _frames(wanted: Wanted) -> Figure:
    """The frames of a scene as they are, pixel by pixel."""
    own = wanted.scene.figure.bbox.size
    size = wanted.size or (round(own[0] * wanted.dpi / 100), round(own[1] * wanted.dpi / 100))
    caption = True if wanted.text else wanted.caption  # a text stands below the strip
    scene = wanted.scene.again(size=size, title=None, caption=caption)
    width, height = size[0] / scene.scale, size[1] / scene.scale
    rows, columns = rows_and_columns(len(wanted.steps), width)
    grid = Grid(rows, columns, (width, height), scene.scale, title=wanted.title, notes=[wanted.text])
    figure = grid.stage.figure
    for number, step in enumerate(watched(wanted.steps, len(wanted.steps), "state")):
        left, bottom, _, _ = (round(scene.scale * length) for length in grid.box(*divmod(number, columns)))
        whole = Bbox.from_bounds(left, bottom, *size).transformed(figure.transFigure.inverted())
        ax = figure.add_axes(whole.bounds)
        ax.set_axis_off()
        ax.imshow(scene.frame(step), aspect="auto", interpolation="none")
    return figure
