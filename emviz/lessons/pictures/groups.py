"""Points in the plane with labels that somebody gave them: one small picture for each labeling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emviz import draw, style, validate
from emviz.lessons.pictures.still import Still, drawn

_WIDTH = 780                # pixels, across all
_CELL, _LONELY = 260, 400   # pixels, across a picture: at least, and at most
_HEAD = 60                  # above it, for its title and its note


class Group(NamedTuple):
    """One labeling.

    points: float[n, 2].  labels: int[n], the numbers of colors and shapes; −1 is a point of no group, as in DBSCAN;
        None leaves all points gray.
    title: above the picture.  note: below the title, such as a score.
    """

    points: Any
    labels: Any
    title: str = ""
    note: str = ""


def groups(cells: Sequence[Group], across: int = 3, *, alt: str, equal: bool = True) -> Still:
    """Small pictures in rows of `across`, one for each labeling.

    `emviz.match_labels` gives the same group the same color in all of them.

    equal: one unit is as long to the right as up.
    alt: the picture in words, under 300 characters.
    """
    checked = [Group(validate.table(cell.points, "points").values, cell.labels, *cell[2:]) for cell in cells]
    for number, cell in enumerate(checked):
        if cell.points.shape[1] != 2:
            raise ValueError(f"cells[{number}].points has {cell.points.shape[1]} columns: give two of them")
        if cell.labels is not None:
            validate.shaped(np.asarray(cell.labels), f"cells[{number}].labels", (len(cell.points),), "one for each row")
    down = -(-len(checked) // across)
    spans = np.array([np.ptp(cell.points, axis=0) for cell in checked])
    height = float(np.clip((spans[:, 1] / spans[:, 0]).max(), 0.6, 1)) if equal else 1.0  # of a picture as wide as 1

    def paint(figure: Figure) -> str:
        figure.set_layout_engine("constrained", h_pad=0.07, wspace=0.06, hspace=0.06)
        axes = np.ravel(figure.subplots(down, across, squeeze=False))
        for ax in axes[len(checked) :]:
            ax.axis("off")
        for ax, cell in zip(axes, checked):
            _paint(ax, cell, height, equal)
        return alt

    width = max(_CELL, min(_LONELY, _WIDTH // across))
    return drawn(paint, (width * across, round((width - 10) * height + _HEAD) * down))


def _paint(ax: Axes, cell: Group, height: float, equal: bool) -> None:
    points = cell.points
    diameter = float(np.clip(120 / np.sqrt(len(points)), 4, 8))
    labels = np.full(len(points), -1) if cell.labels is None else np.asarray(cell.labels)
    for name in np.unique(labels):
        shape, color = (style.DISC, style.UNKNOWN) if name < 0 else (style.shape(name), style.color(name))
        draw.markers(ax, points[labels == name], [shape], diameter, draw.rgba([color], 0.85))
    center, half = (points.min(axis=0) + points.max(axis=0)) / 2, 0.56 * np.ptp(points, axis=0)
    if equal:
        half = np.max(half / [1, height]) * np.array([1, height])
    (left, low), (right, high) = center - half, center + half
    ax.set(xlim=(left, right), ylim=(low, high), xticks=[], yticks=[])
    ax.set_box_aspect(height)
    ax.spines[["top", "right"]].set_visible(True)
    ax.set_title("\n".join(filter(None, [cell.title, cell.note])), loc="left", fontsize=style.SMALL, linespacing=1.3)
