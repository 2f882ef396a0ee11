"""Numbers over numbers: one panel for each, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from emviz import draw, style, validate
from emviz.lessons.pictures.still import Still, drawn

_WIDTH, _HEIGHT = 800, 340  # pixels
_DOTS = 40                  # up to so many points each has a dot


def curves(x: Any, values: Mapping[str, Any], label: str = "x", *, mark: float | Mapping[str, float] | None = None,
           alt: str | None = None) -> Still:
    """Panels side by side, each with one curve over the same x, and its name above it.

    x: float[m].  values: name of the panel -> float[m]; NaN leaves a gap.  label: of the horizontal axis.
    mark: an x to mark with a ring and its value, in all panels or by name.
    alt: the picture in words, under 300 characters; by default where each curve begins, ends and peaks.
    """
    across = validate.numbers_in(x, "x")
    tables = {name: validate.shaped(np.asarray(value, dtype=float), f"values[{name!r}]", across.shape, "one for each x")
              for name, value in values.items()}
    marks = mark if isinstance(mark, Mapping) else ({} if mark is None else dict.fromkeys(tables, mark))

    def paint(figure: Figure) -> str:
        for ax, (name, table) in zip(np.ravel(figure.subplots(1, len(tables))), tables.items()):
            ax.plot(across, table, color=style.color(0), marker="o" if len(across) <= _DOTS else "", markersize=7)
            if name in marks:
                at = int(np.argmin(np.abs(across - marks[name])))
                ax.plot(across[at], table[at], "o", markersize=15, markerfacecolor="none", markeredgewidth=2.4,
                        color=style.color(1))
            ax.margins(x=0.06, y=0.12)
            ax.set_xlabel(label)
            ax.set_title(name, loc="left", fontsize=style.BASE)
            integer = np.allclose(across, np.round(across))
            draw.few_ticks(ax.xaxis, 7, integer=integer)
            draw.few_ticks(ax.yaxis, 5)
        return alt or _described(across, tables, label)

    return drawn(paint, (_WIDTH, _HEIGHT))


def _described(x: np.ndarray, tables: Mapping[str, np.ndarray], label: str) -> str:
    parts = []
    for name, table in tables.items():
        known = np.flatnonzero(np.isfinite(table))
        peak = int(np.nanargmax(table))
        parts.append(f"{name}: {table[known[0]]:.4g} at first, {table[known[-1]]:.4g} at last, highest "
                     f"{table[peak]:.4g} at {label} = {x[peak]:g}")
    return f"Curves over {label} from {x[0]:g} to {x[-1]:g}. {'. '.join(parts)}."
