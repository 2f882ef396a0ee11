"""Readings beside a panel: names and values, each tied to its height."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from emviz import draw, style

_APART = 44  # pixels of the design between two readings


def put_readings(movers: draw.Movers, ax: Axes, scale: float, x: float, names: Sequence[str], values: Sequence[str],
                 ends: np.ndarray) -> None:
    """Put each name above its value at x, as near to the height of its end as there is room.

    ends: float[r, 2], where the lines from the readings go, in data units.
    scale: pixels of the figure for a pixel of the design.
    """
    low, high = ax.get_ylim()
    pixel = scale * (high - low) / ax.bbox.height  # of the design, in data units
    heights = draw.spread_on_line(ends[:, 1], _APART * pixel, low + 30 * pixel, high - 18 * pixel)
    gap = 5 * scale * np.ptp(ax.get_xlim()) / ax.bbox.width
    leaders = [[end, (x - gap, height)] for end, height in zip(ends, heights)]
    movers.put("leaders to readings", draw.lines, ax, leaders, style.HAIRLINE, widths=1.4)
    for name, value, height in zip(names, values, heights):
        movers.put(f"name of {name}", draw.label, ax, (x, height), name, offset=(0, 6), va="center_baseline",
                   fontsize=style.SMALL, color=style.SOFT_INK)
        movers.put(f"value of {name}", draw.label, ax, (x, height), value, offset=(0, -9), va="center_baseline",
                   fontsize=14, weight="bold")
