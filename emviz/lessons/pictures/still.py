"""A picture that a notebook shows with its alt text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from emviz import style
from emviz.page import to_png


@dataclass(frozen=True)
class Still:
    """A picture that a notebook shows with its alt text. png: bytes.  alt: plain text, under 300 characters."""

    png: bytes = field(repr=False)
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        return self.png, {"alt": self.alt}


def drawn(paint: Callable[[Figure], str], size: tuple[int, int]) -> Still:
    """A still of `size` pixels, in the look of emviz. paint: draws on the figure, and returns the alt text."""
    with rc_context(style.RC):
        figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        alt = paint(figure)
        canvas.draw()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return Still(to_png(picture), alt)


def sheet(figure: Figure) -> Axes:
    """Axes over all of a figure, without a frame, in its pixels from the lower left corner."""
    figure.set_layout_engine("none")
    ax = figure.add_axes((0, 0, 1, 1))
    width, height = figure.bbox.size
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return ax
