"""A picture that a notebook shows with its alt text."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from emviz import style


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
    return Still(as_png(picture), alt)


def as_png(picture: Image.Image) -> bytes:
    """A file of less than half the size: 256 colors are enough for what emviz draws."""
    stream = io.BytesIO()
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(stream, "png", optimize=True)
    return stream.getvalue()
