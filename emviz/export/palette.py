"""One palette for all frames of a run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image
from scipy.spatial import cKDTree


class Palette:
    """255 colors for a whole run, and the index of the nearest one to any other: no frame has colors of its own."""

    TRANSPARENT = 255  # the index that leaves a pixel as it was in the frame before

    def __init__(self, colors: np.ndarray):
        self.colors = colors  # uint8[m, 3]
        self._nearest = cKDTree(colors.astype(float))
        self._known = np.full(1 << 24, -1, dtype=np.int16)  # color -> index, filled as colors turn up

    @classmethod
    def of(cls, frames: Iterable[np.ndarray]) -> Palette:
        """The colors of flat areas as they are, and the rest, which edges blend, by median cut (Heckbert 1982)."""
        packed, counts = np.unique(np.concatenate([_pack(frame).ravel() for frame in frames]), return_counts=True)
        common_first = np.argsort(-counts, kind="stable")
        flat, blended = common_first[:128], common_first[128:]
        colors = _unpack(packed[flat])
        if len(blended):
            # Roots of the counts, so that rare colors of thin lines are heard too.
            pixels = _unpack(packed[blended]).repeat(np.sqrt(counts[blended]).astype(int), axis=0)
            cut = Image.fromarray(pixels[None]).quantize(127, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            colors = np.concatenate([colors, np.array(cut.getpalette(), dtype=np.uint8).reshape(-1, 3)[:127]])
        return cls(colors)

    def indices(self, frame: np.ndarray) -> np.ndarray:
        """frame: uint8[h, w, 3] -> uint8[h, w]."""
        packed = _pack(frame)
        found = self._known[packed]
        new = np.unique(packed[found < 0])
        if len(new):
            self._known[new] = self._nearest.query(_unpack(new).astype(float))[1]
            found = self._known[packed]
        return found.astype(np.uint8)

    def image(self, indices: np.ndarray) -> Image.Image:
        """uint8[h, w] as a Pillow image in these colors."""
        picture = Image.fromarray(indices, "P")
        picture.putpalette(self.colors.tobytes().ljust(768, b"\0"))
        return picture


def _pack(rgb: np.ndarray) -> np.ndarray:
    red, green, blue = (rgb[..., channel].astype(np.int32) for channel in range(3))
    return red << 16 | green << 8 | blue


def _unpack(packed: np.ndarray) -> np.ndarray:
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1).astype(np.uint8)
