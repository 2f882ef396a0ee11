"""Cells in rows and columns on one figure, a title above them, words below."""

from __future__ import annotations

from dataclasses import dataclass

from emviz import style
from emviz.scenes import words
from emviz.scenes.stage import Stage

PAD = 10     # pixels of the design, between a cell and what is in it
LINE = 20    # of small type
_TITLE = 46
_LARGEST = 30_000  # pixels of a side


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All lengths are pixels of the design.

    cell: (width, height) of each.  left, below: beside all cells and below them, for the names of axes.
    """

    rows: int
    columns: int
    cell: tuple[float, float]
    left: float = PAD
    below: float = PAD
    title: str = ""
    notes: tuple[str, ...] = ()  # lines

    @property
    def width(self) -> float:
        return self.left + self.columns * self.cell[0] + PAD

    @property
    def height(self) -> float:
        return self._bottom + self.rows * self.cell[1] + (_TITLE if self.title else PAD)

    def on_stage(self, scale: float) -> Stage:
        """A new figure with the title and the words, `scale` of its pixels for one of the design."""
        size = round(scale * self.width), round(scale * self.height)
        if max(size) > _LARGEST:
            raise ValueError(f"the strip would have {size[0]} × {size[1]} pixels, more than {_LARGEST} on a side: give "
                             "fewer steps, or a smaller size")
        stage = Stage.new(size, design=(self.width, self.height))
        title = stage.figure.text(*stage.place(self.left + PAD, self.height - 14), self.title, va="top",
                                  fontsize=style.CAPTION)
        words.squeeze(title, (self.width - self.left - 3 * PAD) * stage.scale)
        stage.figure.text(*stage.place(2 * PAD, self._bottom - self.below - PAD), "\n".join(self.notes), va="top",
                          fontsize=style.SMALL, color=style.SOFT_INK, linespacing=1.25)
        return stage

    def box(self, row: int, column: int) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) of a cell."""
        width, height = self.cell
        left, bottom = self.left + column * width, self._bottom + (self.rows - 1 - row) * height
        return left, bottom, left + width, bottom + height

    @property
    def _bottom(self) -> float:
        return self.below + (LINE * len(self.notes) + 2 * PAD if self.notes else 0)
