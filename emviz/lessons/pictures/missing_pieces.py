"""What EM is for, in five small drawings: what is seen in dark, what is missing in dashed orange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, Rectangle

from emviz import style
from emviz.lessons.pictures.still import Still, drawn

_WIDTH, _HEIGHT = 960, 250  # pixels
_CELL = 192                 # of one drawing, and of its square from 0 … 10
_HIDDEN = style.color(1)
_DASHED: Any = {"linestyle": "--", "linewidth": 2, "color": _HIDDEN}


def missing_pieces() -> Still:
    """Missing data, a latent variable, a hidden Markov model, a mixture and clusters, side by side."""

    def paint(figure: Figure) -> str:
        figure.set_layout_engine("none")
        for number, (name, sketch) in enumerate(_SKETCHES.items()):
            ax = figure.add_axes(((_CELL * number + 11) / _WIDTH, 12 / _HEIGHT, 170 / _WIDTH, 170 / _HEIGHT))
            ax.set(xlim=(0, 10), ylim=(0, 10))
            ax.axis("off")
            ax.set_title(name, fontsize=14, weight="bold", linespacing=1.2, pad=10)
            sketch(ax)
        return ("Five drawings, the missing piece dashed: a table with two blanks; an unseen ability above four test "
                "answers; unseen words behind four sounds; two bells behind one row of dots; three groups of dots.")

    return drawn(paint, (_WIDTH, _HEIGHT))


def _table(ax: Axes) -> None:
    rows = [["7", "3", "5"], ["6", "?", "4"], ["9", "2", "?"], ["5", "4", "3"]]
    for down, row in enumerate(rows):
        for across, entry in enumerate(row):
            x, y = 0.8 + 2.8 * across, 7.6 - 2.4 * down
            missing = entry == "?"
            ax.add_patch(Rectangle((x, y), 2.8, 2.4, facecolor=style.PAPER, edgecolor=style.HAIRLINE, linewidth=1.5))
            if missing:
                ax.add_patch(Rectangle((x + 0.3, y + 0.3), 2.2, 1.8, fill=False, **_DASHED))
            _word(ax, x + 1.4, y + 1.2, entry, missing)


def _ability(ax: Axes) -> None:
    _unseen(ax, 5, 8, 1.7)
    for x, answer in zip((1.2, 3.75, 6.25, 8.8), "✓✗✓✓"):
        _arrow(ax, (5 + 0.25 * (x - 5), 6.2), (x, 3.4))
        ax.add_patch(Rectangle((x - 1, 1), 2, 2.2, fill=False, edgecolor=style.INK, linewidth=1.5))
        _word(ax, x, 2.1, answer)


def _chain(ax: Axes) -> None:
    places = (1.2, 3.75, 6.25, 8.8)
    for x, following in zip(places, places[1:]):
        _arrow(ax, (x + 0.8, 7.6), (following - 0.75, 7.6))
    for x, loudness in zip(places, (1.4, 0.7, 1.8, 1.1)):
        _unseen(ax, x, 7.6, 0.78)
        _arrow(ax, (x, 6.6), (x, 4.4))
        t = np.linspace(-1, 1, 60)
        ax.plot(x + t, 2.3 + loudness * np.sin(9 * t + x) * np.exp(-3 * t**2), color=style.INK, linewidth=1.8)


def _bells(ax: Axes) -> None:
    x = np.linspace(0, 10, 200)
    for middle, spread, tall in ((3.3, 1.1, 5.2), (6.7, 1.3, 4.3)):
        ax.plot(x, 2.8 + tall * np.exp(-0.5 * ((x - middle) / spread) ** 2), **_DASHED)
        _word(ax, middle, 4.6, "?", True)
    dots = [1.5, 2.1, 2.6, 3.0, 3.3, 3.6, 4.1, 4.7, 5.1, 5.6, 6.1, 6.5, 6.9, 7.3, 7.9, 8.7]
    ax.plot(dots, np.full(len(dots), 1.8), "o", markersize=6.5, color=style.INK, alpha=0.75, markeredgewidth=0)


def _clouds(ax: Axes) -> None:
    drawn_by_lot = np.random.default_rng(4)
    for middle in ((2.6, 7.3), (7.4, 6.6), (4.8, 2.4)):
        points = middle + 0.75 * drawn_by_lot.standard_normal((14, 2)).clip(-1.6, 1.6)
        ax.plot(*points.T, "o", markersize=6.5, color=style.INK, alpha=0.6, markeredgewidth=0)
        ax.add_patch(Ellipse(middle, 4.3, 4.3, fill=False, **_DASHED))


def _unseen(ax: Axes, x: float, y: float, radius: float) -> None:
    ax.add_patch(Circle((x, y), radius, fill=False, **_DASHED))
    _word(ax, x, y, "?", True)


def _word(ax: Axes, x: float, y: float, text: str, hidden: bool = False) -> None:
    ax.text(x, y, text, ha="center", va="center_baseline", fontsize=15, weight="bold" if hidden else "normal",
            color=_HIDDEN if hidden else style.INK)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": style.SOFT_INK, "linewidth": 1.5,
                                            "mutation_scale": 12, "shrinkA": 0, "shrinkB": 0})


_SKETCHES: dict[str, Callable[[Axes], None]] = {
    "missing\ndata": _table, "latent\nvariable": _ability, "hidden Markov\nmodel": _chain, "mixture": _bells,
    "clusters": _clouds,
}
