"""Where a picture stands: a box in a figure, measured in pixels of the design."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from emviz.validate import positive_integer

DESIGN = (960, 540)  # pixels, at 100 dots per inch; other sizes scale type and lines with the picture
PROJECTOR = 1.2      # type and lines are larger by this, for the last row of a lecture hall


class Stage:
    """A box that may be filled with axes. Places are pixels of the design from its lower left corner, y up.

    width, height: of the box.  scale: pixels of the figure for a pixel of the design.
    """

    def __init__(self, figure: Figure, scale: float, box: tuple[float, float, float, float] | None = None,
                 host: Axes | None = None):
        """box: (left, bottom, right, top) in the figure, or in `host`, a reader's own axes; None is all of it."""
        self.figure, self.scale, self._host = figure, scale, host
        across, up = (host or figure).bbox.size
        self._whole = (across / scale, up / scale)
        self._fills_host = host is not None and box is None
        self._left, self._bottom, right, top = box or (0.0, 0.0, *self._whole)
        self.width, self.height = right - self._left, top - self._bottom

    @classmethod
    def new(cls, size: tuple[int, int], projector: bool = False, design: tuple[float, float] = DESIGN) -> Stage:
        """All of a new figure of `size` pixels, whose parts are as large as they should be at the size `design`."""
        width, height = size
        scale = min(width / design[0], height / design[1]) * (PROJECTOR if projector else 1)
        dpi = 100 * scale
        figure = Figure(figsize=(_inches(width, dpi), _inches(height, dpi)), dpi=dpi)
        FigureCanvasAgg(figure)
        return cls(figure, scale)

    @classmethod
    def inside(cls, ax: Axes, projector: bool = False) -> Stage:
        """A reader's own axes."""
        figure = ax.get_figure(root=True)
        if figure is None:
            raise ValueError("ax is in no figure: give axes such as those of matplotlib.pyplot.subplots()")
        ax.set(xlabel=ax.get_xlabel() or " ", ylabel=ax.get_ylabel() or " ")
        figure.draw_without_rendering()  # a layout engine finds the place of the axes now, with room for names
        return cls(figure, figure.dpi / 100 * (PROJECTOR if projector else 1), host=ax)

    def part(self, left: float, bottom: float, right: float, top: float) -> Stage:
        """A smaller box in this one."""
        box = (self._left + left, self._bottom + bottom, self._left + right, self._bottom + top)
        return Stage(self.figure, self.scale, box, self._host)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A place in the box as a fraction of the figure."""
        return (self._left + x) / self._whole[0], (self._bottom + y) / self._whole[1]

    def axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """New axes; what they write beside their frame stands outside this box."""
        across, up = self._whole
        bounds = ((self._left + left) / across, (self._bottom + bottom) / up, (right - left) / across,
                  (top - bottom) / up)
        if self._host is None:
            return self.figure.add_axes(bounds)
        self._host.set_axis_off()
        return self._host.inset_axes(bounds)

    def sheet(self) -> Axes:
        """New axes over the whole box, without a frame: places are pixels of the design from the upper left corner."""
        ax = self.axes(0, 0, self.width, self.height)
        ax.set(xlim=(0, self.width), ylim=(self.height, 0))
        ax.axis("off")
        return ax

    @property
    def is_readers(self) -> bool:
        """Whether it stands in a reader's own axes."""
        return self._host is not None

    def panel(self, left: float = 100, bottom: float = 62, right: float = 0, top: float = 30) -> Axes:
        """New axes inside these margins; a reader's own axes stay as they are, their margins are outside."""
        if self._fills_host and self._host is not None:
            return self._host
        return self.axes(left, bottom, self.width - right, self.height - top)


def checked_size(size: Any) -> tuple[int, int]:
    """(width, height) in pixels, or an error that names `size`."""
    try:
        width, height = size
    except (TypeError, ValueError):
        raise ValueError(f"size is {size!r}: give (width, height) in pixels, such as (960, 540)") from None
    width, height = positive_integer(width, "size width"), positive_integer(height, "size height")
    if not (96 <= width <= 8000 and 54 <= height <= 8000):
        raise ValueError(f"size is {width} × {height} pixels: choose from 96 × 54 to 8000 × 8000")
    return width, height


def checked_title(title: Any) -> str | None:
    """A text or None, or an error that names `title`."""
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title is {title!r}: give a text")
    _check_letters(title, "title")
    return title


def checked_caption(caption: Any) -> Any:
    """True, False, a text or a function, or an error that names `caption`."""
    if not isinstance(caption, bool | str) and not callable(caption):
        raise TypeError(f"caption is {caption!r}: give a text, False for none, or a function of the step")
    _check_letters(caption, "caption")
    return caption


def _check_letters(text: Any, argument: str) -> None:
    """Half of a surrogate pair is no letter, and cannot be drawn or written."""
    if isinstance(text, str) and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError(f"{argument} has letters that no file can hold: give it in plain Unicode")


def _inches(pixels: int, dpi: float) -> float:
    """A length that comes out as exactly `pixels`, not one less by rounding."""
    inches = pixels / dpi
    while int(inches * dpi) < pixels:
        inches = float(np.nextafter(inches, np.inf))
    return inches
