"""A photograph repainted in the colors of its palette, beside the original."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from emviz import draw, style
from emviz.models import GaussianMixture, KMeans
from emviz.scenes import words
from emviz.scenes.pixels import checked_picture, checked_shape, in_cells, not_colors, unit
from emviz.scenes.stage import Stage
from emviz.scenes.view import View
from emviz.trace import Trace
from emviz.validate import choice

_CELLS = 240 * 180  # a larger picture is shown in cells of several pixels
_SHADES = 32        # of red, green and blue in a blend: more would make a page several times as large
_FADED = 0.45       # how strongly the pixels show that an E left as they were
_OLD = 0.3          # the part of a swatch that keeps the color before an M

# In pixels of the design.
_NAME = 30.0            # above a picture
_GAP = 18.0             # between the pictures
_BELOW = (44, 44, 62)   # the palette below the pictures: its name, itself at least, its numbers
_BESIDE = (36, 60, 92)  # or beside them: a gap, itself, its numbers


class ImageView(View):
    """Every pixel in the color of the component that it chose, or in its blend; and the palette.

    An E repaints pixels, and fades those that it leaves as they were; an M changes the palette.
    """

    NAME = "image"
    MODELS = (KMeans, GaussianMixture)
    READ = ""
    SIZE = (1120, 560)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        return not_colors(trace.data)

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return False  # the data do not tell where in the picture they were

    def _choose(self, *, picture: Any = None, shape: tuple[int, int] | None = None, paint: str = "palette") -> None:
        """picture: the photograph, uint8 or float[h, w, 3], in the units of the data: from 0 to 255 if any value of
        the data is above 1, and otherwise from 0 to 1.  shape: (h, w) instead, if the data are all its pixels, row by
        row.  paint: "palette" gives a pixel the mean color of its most responsible component, "posterior" the blend
        of all means by responsibility.
        """
        data = self.trace.data
        if (picture is None) == (shape is None):
            raise ValueError(f"picture and shape are {'missing' if shape is None else 'both given'}: give the "
                             "photograph as picture=, or its shape=(height, width) if the data are its pixels")
        self._blends = choice(paint, "paint", ("palette", "posterior")) == "posterior"
        self._unit = unit(data)
        self._whole = (data.reshape(*checked_shape(shape, len(data), "the rows of the data"), 3) / self._unit
                       if picture is None else checked_picture(picture, self._unit))
        self._side = int(np.ceil(np.sqrt(self._whole.size / 3 / _CELLS)))
        self._original = in_cells(self._whole, self._side)
        self._claims = lru_cache(maxsize=4)(self._claims_of_iteration)
        self._counts = lru_cache(maxsize=None)(self._count_of_iteration)

    # Layout.

    def _lay_out(self, stage: Stage) -> None:
        """The pictures beside or above each other, the palette below or beside them: whatever makes them largest."""
        self.panel = stage.sheet()
        left = 0 if stage.is_readers else 24
        across, down = stage.width - left, stage.height - _NAME
        rooms = {True: (across - sum(_BESIDE), down - 12), False: (across, down - sum(_BELOW))}
        size = np.array(self._original.shape[1::-1])
        scales = {(upright, stacked): _scale(size, rooms[upright], stacked)
                  for upright in (False, True) for stacked in (False, True)}
        self._upright, stacked = max(scales, key=lambda way: scales[way])
        width, height = scales[self._upright, stacked] * size
        x, y = (0, height + _NAME) if stacked else (width + _GAP, 0)  # of the second picture
        spare = 0 if self._upright else down - y - height - sum(_BELOW)
        top = _NAME + spare / 4
        self._boxes = [(left + x, top + y + height, left + x + width, top + y) for x, y in ((0, 0), (x, y))]
        if self._upright:
            self._corner = (left + x + width + _BESIDE[0], top + 14)
            self._long, self._thick = y + height - 14, float(_BESIDE[1])
        else:
            self._corner = (left, top + y + height + _BELOW[0] + spare / 4)
            self._long, self._thick = across, _BELOW[1] + min(spare / 2, 40)

    def _set(self) -> None:
        rows, columns, _ = self._original.shape
        height, width, _ = self._whole.shape
        left, _, right, top = self._boxes[0]
        self._write((left, top - 9), "original" if self._side == 1 else
                    f"original: {width} × {height} pixels, shown as {columns} × {rows} means", right - left)
        draw.picture(self.panel, self._boxes[0], self._original)
        for left, bottom, right, top in self._boxes:  # a white sky ends somewhere
            draw.polygons(self.panel, [[(left, bottom), (right, bottom), (right, top), (left, top)]], "none",
                          edges=style.HAIRLINE, widths=1.5)
        (x, y), share = self._corner, "share" if isinstance(self.trace.model, KMeans) else "weight"
        if self._upright:
            self._write((x, y - 27), f"height: {share}", sum(_BESIDE[1:]))
            self._write((x, y - 9), "right: before the M", sum(_BESIDE[1:]))
        else:
            self._write((x, y - 9), f"palette, as wide as its {share}; below: before the M", self._long)

    def _write(self, place: tuple[float, float], text: str, room: float) -> None:
        words.narrow(draw.label(self.panel, place, text, fontsize=style.SMALL, color=style.SOFT_INK), room * self.scale)

    # What moves.

    def move(self, step: float) -> None:
        shades = _SHADES if self._blends else 256
        levels = np.rint((shades - 1) * self._between(step, self._picture_at)) / (shades - 1)
        self.movers.put("picture", draw.picture, self.panel, self._boxes[1], np.rint(255 * levels).astype(np.uint8))
        left, _, right, top = self._boxes[1]
        self.movers.put("picture name", draw.label, self.panel, (left, top - 9), self._told(int(np.ceil(step))),
                        fontsize=min(style.SMALL, (right - left) / 18), color=style.SOFT_INK)
        self._put_palette(step)

    def _put_palette(self, step: float) -> None:
        """A swatch for each component; in an M a part of it keeps the old color."""
        k, shares = len(self._components), self._between(step, self._shares_at)
        ends = self._long * np.cumsum(shares)
        starts = ends - self._long * shares
        for name, colors, first, alpha in (
                ("swatches", self._between(step, self._palette_at), 0.0, 1.0),
                ("old swatches", self._palette_at(self._origin(step)), 1 - _OLD, self._strength("movement", step))):
            outlines = draw.bars(starts, ends, np.full(k, (1 - first) * self._thick)) + [0, first * self._thick]
            self.movers.put(name, draw.polygons, self.panel, self._on_sheet(outlines),
                            np.column_stack([colors, np.full(k, alpha)]), edges=draw.rgba([style.HAIRLINE], alpha),
                            widths=1.2)
        unknown = isinstance(self.trace.model, KMeans) and step == 0
        self._put_numbers((starts + ends) / 2, ["–" if unknown else _percent(share) for share in shares])

    def _put_numbers(self, middles: np.ndarray, shares: list[str]) -> None:
        """At each swatch its number and its share; lines lead to them where they had to make room."""
        apart = min(24.0 if self._upright else 56.0, self._long / len(middles))
        places = draw.spread_on_line(middles, apart, apart / 2, self._long - apart / 2)
        track = [np.column_stack([along, np.full_like(along, self._thick + away)])
                 for along, away in ((middles, 2), (middles, 5), (places, 12))]
        self.movers.put("leaders", draw.lines, self.panel, self._on_sheet(np.stack(track, axis=1)), style.SOFT_INK,
                        widths=1.2)
        small = min(style.SMALL, apart / (1.6 if self._upright else 4.2))
        number = {"weight": "bold", "fontsize": 1.2 * small, "offset": (4, 0) if self._upright else (0, -9)}
        share = {"fontsize": small, "offset": (21, 0) if self._upright else (0, -23)}
        for j, place in enumerate(places):
            at = self._on_sheet(np.array([place, self._thick + 12]))
            for name, text, look in (("number", str(j), number), ("share", shares[j], share)):
                self.movers.put(f"{name} {j}", draw.label, self.panel, tuple(at), text, va="center_baseline",
                                ha="left" if self._upright else "center", **look)

    def _on_sheet(self, places: np.ndarray) -> np.ndarray:
        """Places along the palette and across it, float[..., 2], as places on the sheet."""
        return self._corner + (places[..., ::-1] if self._upright else places)

    # What a state looks like.

    def _picture_at(self, index: int) -> np.ndarray:
        """Colors float[h, w, 3] from 0 to 1; gray before the first E."""
        state = self.trace[index]
        if state.kind == "start":
            gray = self._original @ [0.299, 0.587, 0.114]  # luma, as in ITU-R BT.601
            return (1 - _FADED * (1 - gray))[..., None].repeat(3, axis=2)
        claims, colors = self._claims(state.iteration), self._palette_at(index)
        painted = claims @ colors if self._blends else colors[claims.argmax(axis=1)]
        painted = painted.reshape(self._original.shape)
        if state.kind == "M" or state.iteration == 1:
            return painted
        changed = self._changed(state.iteration)[..., None]
        faded = 1 - (_FADED + (1 - _FADED) * changed) * (1 - painted)
        return faded if self._blends else faded * (1 - 0.55 * _rims(changed))

    def _changed(self, iteration: int) -> np.ndarray:
        """How clearly an E-step changed each cell: float[h, w] from 0 to 1."""
        now, before = self._claims(iteration), self._claims(iteration - 1)
        if self._blends:
            changed = np.clip(5 * np.abs(now - before).max(axis=1) - 0.5, 0, 1)
        else:
            changed = (now.argmax(axis=1) != before.argmax(axis=1)).astype(float)
        return changed.reshape(self._original.shape[:2])

    def _told(self, index: int) -> str:
        """The name of the repainted picture; in an E, how much of it is new."""
        state = self.trace[index]
        if state.kind == "start":
            return "not painted yet"
        if state.kind == "M" or state.iteration == 1 or self._blends:
            return "repainted"
        count, kind = int(self._changed(state.iteration).sum()), "pixel" if self._side == 1 else "cell"
        return f"{count:,} {kind}{'' if count == 1 else 's'} switched"

    def _palette_at(self, index: int) -> np.ndarray:
        """The means as colors float[k, 3] from 0 to 1."""
        return np.clip(self.trace[index].params.means / self._unit, 0, 1)

    def _shares_at(self, index: int) -> np.ndarray:
        """Weights float[k]; of k-means, which has none, the shares of the data that chose each center."""
        state = self.trace[index]
        if not isinstance(self.trace.model, KMeans):
            return state.params.weights
        return self._counts(state.iteration) if index else np.full(len(self._components), 1 / len(self._components))

    def _claims_of_iteration(self, iteration: int) -> np.ndarray:
        """Responsibilities float[cells, k] for the cells of the picture."""
        colors = self._unit * self._original.reshape(-1, 3)
        return self.trace.model.responsibilities(self.trace[2 * iteration - 1].q_params, colors)

    def _count_of_iteration(self, iteration: int) -> np.ndarray:
        return self.trace.responsibilities(2 * iteration - 1).mean(axis=0)


def _scale(size: np.ndarray, room: tuple[float, float], stacked: bool) -> float:
    """How large two pictures of this size (width and height) can be, beside each other or stacked."""
    (width, height), (across, down) = size, np.maximum(room, 60)
    if stacked:
        return float(min(across / width, (down - _NAME) / 2 / height))
    return float(min((across - _GAP) / 2 / width, down / height))


def _rims(changed: np.ndarray) -> np.ndarray:
    """Where a cell did not change, but one of its four neighbors did: bool[h, w, 1]."""
    around = np.pad(changed > 0, [(1, 1), (1, 1), (0, 0)])
    return (around[:-2, 1:-1] | around[2:, 1:-1] | around[1:-1, :-2] | around[1:-1, 2:]) & (changed == 0)


def _percent(share: float) -> str:
    return f"{100 * share:.{int(0 < share < 0.0095)}f} %"
