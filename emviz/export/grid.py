"""Where the cells of a strip stand: in rows and columns on one figure, a title above them, words below."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emviz import style
from emviz.scenes import Scene, words
from emviz.scenes.stage import Stage

# Pixels of the design.
PAD = 10        # between a cell and what is in it
LINE = 20       # of small type
_TITLE = 46
_ACROSS = 1300  # longer strips have more rows: on a page 6.5 inches wide, type has 7 points

_LARGEST = 30_000  # pixels of a side


@dataclass(frozen=True)
class Wanted:
    """What a strip shows, in which words and how large."""

    scene: Scene
    steps: tuple[int, ...]
    title: str
    caption: Any
    size: tuple[int, int] | None  # pixels of a cell
    dpi: float

    @property
    def text(self) -> str:
        """What stands below the strip, once."""
        return self.caption if isinstance(self.caption, str) else ""

    def cell(self, width: float, height: float) -> tuple[tuple[float, float], float]:
        """The size of a cell in pixels of the design, no less than these, and how many pixels each of them has."""
        if self.size is None:
            return (width, height), self.dpi / 100
        scale = min(self.size[0] / width, self.size[1] / height)
        return (self.size[0] / scale, self.size[1] / scale), scale


class Grid:
    """Cells on a figure of their own. All lengths are pixels of the design.

    stage: all of the figure.
    """

    def __init__(self, rows: int, columns: int, cell: tuple[float, float], scale: float, *, left: float = PAD,
                 below: float = PAD, title: str = "", notes: Iterable[str] = ()):
        """cell: (width, height) of each.  scale: pixels of the figure for one of the design.

        left, below: beside all cells and below them, for the names of axes.  title: above all.
        notes: below all, each on lines of its own.
        """
        self._rows, self._cell, self._left = rows, cell, left
        width = left + columns * cell[0] + PAD
        lines = [line for note in notes for line in wrapped(note, width - 4 * PAD, scale)]
        self._bottom = below + (LINE * len(lines) + 2 * PAD if lines else 0)
        height = self._bottom + rows * cell[1] + (_TITLE if title else PAD)
        across, up = round(scale * width), round(scale * height)
        if max(across, up) > _LARGEST:
            raise ValueError(f"the strip would have {across} × {up} pixels, more than {_LARGEST} on a side: give fewer "
                             "steps, or a smaller size")
        self.stage = Stage.new((across, up), design=(width, height))
        written = self.stage.figure.text(*self.stage.place(left + PAD, height - 14), title, va="top",
                                         fontsize=style.CAPTION)
        words.squeeze(written, (width - left - 3 * PAD) * scale)
        self.stage.figure.text(*self.stage.place(2 * PAD, self._bottom - below - PAD), "\n".join(lines), va="top",
                               fontsize=style.SMALL, color=style.SOFT_INK, linespacing=1.25)

    def box(self, row: int, column: int) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of a cell."""
        width, height = self._cell
        left, bottom = self._left + column * width, self._bottom + (self._rows - 1 - row) * height
        return left, bottom, left + width, bottom + height


def rows_and_columns(count: int, width: float) -> tuple[int, int]:
    """One row of cells of this width if they fit, or else as few rows as possible, of about the same length."""
    rows = math.ceil(count * width / _ACROSS)
    columns = math.ceil(count / rows)
    return math.ceil(count / columns), columns


def wrapped(text: str, width: float, scale: float, **look: Any) -> list[str]:
    """The lines of a text in small type, `width` pixels of the design wide where each has `scale` of the figure.

    It is measured as large as it is drawn: some sizes of type are wider than others.
    """
    text = " ".join(text.split())
    figure = Stage.new((100, 100), design=(100 / scale, 100 / scale)).figure
    return words.wrapped(figure, text, scale * width, **look) if text else []
