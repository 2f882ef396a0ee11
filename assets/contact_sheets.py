"""Draws assets/contact/*.png: every view at its start, in an E, in an M and at its end; light, and for a projector.

    python assets/contact_sheets.py [words in the name of a case]

A person looks at them for overlaps, clipped words, contrast and dull states.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tools"))

import gallery  # noqa: E402 (it lives beside, not in the package)

WIDTH = 480  # pixels of a frame on a sheet


def sheet(case: str) -> Image.Image:
    """Two rows of frames: light above, for a projector below."""
    rows = []
    for projector in (False, True):
        scene = gallery.scene(case, projector=projector)
        rows.append([Image.fromarray(scene.frame(step)) for step in gallery.telling_steps(len(scene))])
    height = round(WIDTH * rows[0][0].height / rows[0][0].width)
    page = Image.new("RGB", (len(rows[0]) * (WIDTH + 4) - 4, 2 * height + 4), "#888888")
    for down, row in enumerate(rows):
        for across, frame in enumerate(row):
            small = frame.resize((WIDTH, height), Image.Resampling.LANCZOS)
            page.paste(small, (across * (WIDTH + 4), down * (height + 4)))
    return page


def main(words: list[str]) -> None:
    folder = HERE / "contact"
    folder.mkdir(exist_ok=True)
    cases = [case for case in (*gallery.CASES, *gallery.MANY) if all(word in case for word in words)]
    for case in cases:
        name = re.sub(r"[^a-z0-9]+", "_", case.lower())[:60].strip("_")
        page = sheet(case).quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        page.save(folder / f"{name}.png", optimize=True)
        print(name, np.array(page).shape)


if __name__ == "__main__":
    main(sys.argv[1:])
