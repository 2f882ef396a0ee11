"""One palette for all frames of a run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image
from scipy.spatial import cKDTree

_FEW, _MANY = 127, 255  # colors; few make a file 10 % smaller
_FAR, _MISSED = 20.0, 0.01  # few will do if at most this share of what is not paper is more levels away
_COARSE = 0xFCFCFC      # 64 levels a channel: enough to choose colors by
_ROUNDS = 3             # of k-means


class Palette:
    """At most 255 colors for a whole run, and the index of the nearest one to any other: no frame has its own."""

    TRANSPARENT = 255  # the index that leaves a pixel as it was in the frame before

    def __init__(self, colors: np.ndarray):
        self.colors = colors  # uint8[m, 3]
        self._nearest = cKDTree(colors.astype(float))
        self._known = np.zeros(1 << 24, dtype=np.uint8)  # packed color -> index + 1; 0 is not asked yet

    @classmethod
    def of(cls, frames: Iterable[np.ndarray]) -> Palette:
        """A quarter of the colors are those of the largest flat areas, as they are; the others stand for the rest.

        A quarter begins as far apart as they can be, so that no hue is left out, half by median cut (Heckbert 1982),
        so that large areas have most; k-means moves them.
        """
        packed, counts = np.unique(np.concatenate([pack(frame).ravel() for frame in frames]), return_counts=True)
        palette = cls(_chosen(packed, counts, _FEW))
        return palette if palette._missed(packed, counts) <= _MISSED else cls(_chosen(packed, counts, _MANY))

    def _missed(self, packed: np.ndarray, counts: np.ndarray) -> float:
        """The share of pixels that have no color near theirs; the commonest color, which is paper, does not count."""
        distances, _ = self._nearest.query(_unpack(packed))
        drawn = counts * (np.arange(len(counts)) != counts.argmax())
        return float(drawn[distances > _FAR].sum() / max(1, drawn.sum()))

    def indices(self, packed: np.ndarray) -> np.ndarray:
        """Packed colors, uint32[...] -> uint8[...]."""
        found = self._known[packed]
        missing = found == 0
        if missing.any():
            new = np.unique(packed[missing])
            self._known[new] = self._nearest.query(_unpack(new))[1] + 1
            found[missing] = self._known[packed[missing]]
        return found - np.uint8(1)

    def image(self, indices: np.ndarray) -> Image.Image:
        """uint8[h, w] as a Pillow image in these colors."""
        picture = Image.fromarray(indices, "P")
        picture.putpalette(self.colors.tobytes().ljust(768, b"\0"))
        return picture


def pack(rgb: np.ndarray) -> np.ndarray:
    """Each pixel as one number: uint8[..., 3] -> uint32[...]."""
    four = np.zeros((*rgb.shape[:-1], 4), dtype=np.uint8)
    for channel in range(3):  # ten times as fast as all at once
        four[..., channel] = rgb[..., channel]
    return four.view("<u4")[..., 0]


def _unpack(packed: np.ndarray) -> np.ndarray:
    return packed.astype("<u4").view(np.uint8).reshape(*packed.shape, 4)[..., :3]


def _chosen(packed: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    """`size` colors uint8[m, 3] for packed: uint32[n], of which there are counts: int[n] pixels; fewer if few do."""
    if len(packed) <= size:
        return _unpack(packed)
    common_first = np.argsort(-counts, kind="stable")
    flat, blended = common_first[:size // 4], common_first[size // 4:]
    cells, cell = np.unique(packed[blended] & _COARSE, return_inverse=True)
    shades = _unpack(cells) + np.uint8(2)  # the middle of each cell
    weights = np.bincount(cell, counts[blended]**0.75)  # rare colors of thin lines are heard too
    starts = (_unpack(packed[flat]), _reduced(shades, size // 4, Image.Quantize.MAXCOVERAGE),
              _reduced(shades.repeat(weights.astype(int), axis=0), size // 2, Image.Quantize.MEDIANCUT))
    return _moved(np.concatenate(starts), len(flat), shades, weights)


def _reduced(shades: np.ndarray, count: int, method: Image.Quantize) -> np.ndarray:
    """At most `count` colors uint8[m, 3] for shades: uint8[n, 3]."""
    picture = Image.fromarray(shades[None]).quantize(count, method, dither=Image.Dither.NONE)
    return np.array(picture.getpalette(), dtype=np.uint8).reshape(-1, 3)[:len(shades)]  # zeros may follow


def _moved(colors: np.ndarray, fixed: int, shades: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """All but the first `fixed` of colors: uint8[m, 3] at the mean of the shades that are nearest to them."""
    means = colors.astype(float)
    for _ in range(_ROUNDS):
        _, nearest = cKDTree(means).query(shades)
        totals = np.bincount(nearest, weights, len(means))
        sums = np.stack([np.bincount(nearest, weights * channel, len(means)) for channel in shades.T], axis=1)
        moved = np.flatnonzero(totals[fixed:]) + fixed
        means[moved] = sums[moved] / totals[moved, None]
    return np.rint(means).astype(np.uint8)
