"""A figure as PNG, SVG or PDF: as large on paper as asked for, with words for those who do not see it."""

from __future__ import annotations

import html
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import Op, PdfFile, RendererPdf
from matplotlib.figure import Figure

from emviz import style
from emviz.export.png import write_png

# Text as outlines in SVG, so that it needs no font; fonts inside a PDF, so that it can be searched.
_LOOK: Any = style.RC | {"svg.hashsalt": "emviz", "svg.fonttype": "path", "svg.image_inline": True, "svg.id": None,
                         "pdf.fonttype": 42, "pdf.compression": 6, "pdf.use14corefonts": False,
                         "pdf.inheritcolor": False, "image.composite_image": False}
_SHARP = ' style="image-rendering:crisp-edges;image-rendering:pixelated"'
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PROLOG = re.compile(r'^<\?xml[\s\S]*?<svg\b[^>]*?viewBox="([^"]*)"[^>]*>\n')


def write_figure(figure: Figure, path: Path, dpi: float, title: str, alt: str, smooth: bool) -> None:
    """Write a figure on an Agg canvas in the format that the suffix names, the same bytes every time.

    dpi: a pixel of the figure is 1 / dpi inches on paper, whatever the figure has as its own.
    title, alt: what it is called and what it shows, for those who do not see it.  smooth: whether a browser may blend
    the pixels of images where it shows them in another size.
    """
    with rc_context(_LOOK):
        if path.suffix.lower() == ".png":
            write_png(_pixels(figure), path, dpi, alt)
        elif path.suffix.lower() == ".svg":
            svg = _svg(figure, dpi, title, alt)
            path.write_bytes((svg.replace(_SHARP, "") if smooth else svg).encode())
        else:
            path.write_bytes(_pdf(figure, dpi, title, alt))


def _pixels(figure: Figure) -> np.ndarray:
    """uint8[h, w, 3]."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])


def _svg(figure: Figure, dpi: float, title: str, alt: str) -> str:
    """What stands before the drawing is ours: no date, no document type on another server, the words."""
    written = StringIO()
    figure.savefig(written, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    width, height = (length * figure.dpi / dpi for length in figure.get_size_inches())

    def prolog(found: re.Match[str]) -> str:
        return ('<?xml version="1.0" encoding="utf-8"?>\n'
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
                f'width="{width:g}in" height="{height:g}in" viewBox="{found[1]}" role="img" '
                'aria-labelledby="title alt">\n'
                f' <title id="title">{html.escape(title)}</title>\n <desc id="alt">{html.escape(alt)}</desc>\n')

    text, found = _PROLOG.subn(prolog, written.getvalue())
    assert found
    return _NOT_IN_XML.sub("", text)


def _pdf(figure: Figure, dpi: float, title: str, alt: str) -> bytes:
    """As matplotlib does, but all of it larger or smaller, type too, so that the page has the size asked for."""
    larger = figure.dpi / dpi
    width, height = figure.get_size_inches()
    told = {"Title": title, "Subject": alt, "Creator": "emviz", "Producer": None, "CreationDate": None}
    written = BytesIO()
    file = PdfFile(written, metadata=told)
    file.newPage(larger * width, larger * height)
    file.output(larger, 0, 0, larger, 0, 0, Op.concat_matrix)
    renderer = RendererPdf(file, figure.dpi, height, width)
    figure.dpi = 72  # a point is the pixel of a PDF
    figure.draw(renderer)
    renderer.finalize()
    file.finalize()
    file.close()
    return written.getvalue()
