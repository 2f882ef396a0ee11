"""The lessons as a map: which there are, how long each takes, and which comes before which."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from emviz import style
from emviz.lessons.pictures.still import Still, drawn, sheet

_WIDTH, _HEIGHT = 960, 388  # pixels
_TALL = 86                  # of the box of a lesson
_ROW, _CHIP = 58, 46        # of a planned lesson: from one to the next, and its box


class Stop(NamedTuple):
    """A lesson that is there. number, title: as in its file.  minutes: for all of it.  at: the middle of its box, in
    pixels.  after: the number of the lesson to do before it.
    """

    number: str
    title: str
    minutes: int
    at: tuple[int, int]
    after: str = ""


STOPS = (
    Stop("00", "Start here", 20, (88, 186)),
    Stop("01", "Heights", 45, (276, 186), "00"),
    Stop("02", "Coin flips", 45, (464, 296), "01"),
    Stop("03", "k-means\non blobs", 45, (464, 76), "01"),
    Stop("04", "Where\nk-means fails", 45, (652, 76), "03"),
)
PLANNED = ("05  Gaussian mixtures", "06  The lower bound", "07  Iris through PCA", "08  Images by color",
           "09  How good is the fit?", "10  Many dimensions")


def course_map() -> Still:
    """The lessons that are there, with an arrow from each to what it leads to; and those that are planned."""

    def paint(figure: Figure) -> str:
        ax = sheet(figure)
        middles = {stop.number: stop.at for stop in STOPS}
        for stop in STOPS:
            if stop.after:
                _arrow(ax, middles[stop.after], stop.at)
        for number, stop in enumerate(STOPS):
            _box(ax, stop.at, (156, _TALL), style.color(number), 3, style.PAPER)
            ax.text(stop.at[0] - 68, stop.at[1] + 32, stop.number, va="top", weight="bold", color=style.SOFT_INK)
            ax.text(stop.at[0] + 68, stop.at[1] + 32, f"{stop.minutes} min", ha="right", va="top",
                    fontsize=style.SMALL, color=style.SOFT_INK)
            ax.text(stop.at[0] - 68, stop.at[1] + 8, stop.title, va="top", weight="bold", fontsize=13.5,
                    linespacing=1.2)
        ax.text(748, _HEIGHT - 24, "planned", fontsize=style.SMALL, style="italic", color=style.SOFT_INK)
        for row, name in enumerate(PLANNED):
            y = _HEIGHT - 60 - _ROW * row
            _box(ax, (849, y), (206, _CHIP), style.HAIRLINE, 1.5, style.PAPER, dashed=True)
            ax.text(757, y, name, va="center", fontsize=11.3, color=style.SOFT_INK)
        steps = ", ".join(f"{stop.after} to {stop.number}" for stop in STOPS if stop.after)
        return (f"A map of the lessons {STOPS[0].number} to {STOPS[-1].number} with their minutes. Arrows lead from "
                f"{steps}. Beside them, dashed, six planned ones, 05 to 10.")

    return drawn(paint, (_WIDTH, _HEIGHT))


def _box(ax: Axes, middle: tuple[int, int], size: tuple[int, int], edge: str, width: float, face: str,
         dashed: bool = False) -> None:
    corner = middle[0] - size[0] / 2, middle[1] - size[1] / 2
    ax.add_patch(FancyBboxPatch(corner, *size, boxstyle="round,pad=0,rounding_size=10", facecolor=face,
                                edgecolor=edge, linewidth=width, linestyle="--" if dashed else "-", zorder=2))


def _arrow(ax: Axes, start: tuple[int, int], end: tuple[int, int]) -> None:
    """From the right side of a box to the left side of the next."""
    ax.annotate("", (end[0] - 80, end[1]), (start[0] + 78, start[1]), zorder=1,
                arrowprops={"arrowstyle": "-|>", "color": style.SOFT_INK, "linewidth": 2, "mutation_scale": 18,
                            "shrinkA": 2, "shrinkB": 0})
