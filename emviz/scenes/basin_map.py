"""The map of basins: which start ends in which optimum."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.ndimage import distance_transform_edt, label

from emviz import draw, style
from emviz.ascent import parameter_of
from emviz.basin import Basins
from emviz.scenes import optima, words
from emviz.scenes.scene import Scene
from emviz.scenes.stage import Stage
from emviz.scenes.view import SHOWN, Readings
from emviz.validate import numbers_in, shaped

_SIZE = (720, 640)
_STRENGTH = 0.62   # of the colors; the data are drawn on top
_BADGE = 19.0      # points across
_NAMED = 8         # optima with a label, the best first
_SMALLEST = 0.004  # of the map: what a label may point at
_LABEL = (96, 34)  # pixels of the design


class BasinMap(Scene):
    """Every place is a start; its color is the optimum that the run from there reaches.

    panel: the axes, as wide and high as the grid.
    """

    kinds = ("start",)

    def __init__(self, basins: Basins, chosen: Any = None, *, title: str | None = None, **frame: Any):
        """chosen: (x, y), a start to mark."""
        self.basins = basins
        self._chosen = None if chosen is None else shaped(numbers_in(chosen, "chosen"), "chosen", (2,), "give (x, y)")
        self._times, self._name = optima.scale(basins.model)
        super().__init__(title="Basins of attraction" if title is None else title, shown_title=title, **frame)

    def default_size(self) -> tuple[int, int]:
        return _SIZE

    def _again(self, frame: dict[str, Any]) -> BasinMap:
        return BasinMap(self.basins, self._chosen, **frame)

    @property
    def free_place(self) -> tuple[float, float]:
        """Well inside the basin of the best optimum, where its label does not stand."""
        best = self.basins.reached == 0
        row, column, _ = _deepest(best)
        rows, columns = np.indices(best.shape)
        far = best & ((np.abs(rows - row) > best.shape[0] / 6) | (np.abs(columns - column) > best.shape[1] / 4))
        row, column, _ = _deepest(far if far.any() else best)
        return float(self.basins.x[column]), float(self.basins.y[row])

    def value(self, number: int) -> str:
        """The objective of an optimum in words: "inertia 467.4"."""
        return f"{self._name} {self._reading(number)}"

    def _reading(self, number: int) -> str:
        values = [self._times * optimum.objective for optimum in self.basins.optima]
        return words.reading(values[number], optima.decimals(values))

    # What stands still.

    def _build(self, stage: Stage) -> None:
        basins = self.basins
        ax = self.panel = stage.panel(right=24, top=34)
        ax.set(xlim=basins.limits[0], ylim=basins.limits[1])
        for axis, name, room, side in ((ax.xaxis, basins.axes[0], ax.bbox.width, "width"),
                                       (ax.yaxis, basins.axes[1], ax.bbox.height, "height")):
            left_out = draw.few_ticks(axis, 5)
            axis.set_label_text(f"start of {name} ({left_out})" if left_out else f"start of {name}")
            words.squeeze(axis.label, room, side)
        shades = draw.rgba([*optima.colors(len(basins.optima)), style.PAPER])[:, :3]  # the last for no optimum
        ax.yaxis.label.set_verticalalignment("top")
        ax.yaxis.set_label_coords(-95 * self.scale / ax.bbox.width, 0.5)
        draw.tiles(ax, np.rint(255 * shades[basins.reached]).astype(np.uint8), _STRENGTH)
        if basins.component is not None:
            self._data()
        self._labels()
        note = "color: the optimum that the run from there reaches"
        if (basins.reached < 0).any():
            note += " · white: no end in sight" if not basins.interrupted else " · white: not tried, or no end in sight"
        words.narrow(draw.label(ax, (0, 1), note, offset=(0, 8), coords="axes fraction", fontsize=style.SMALL,
                                color=style.SOFT_INK), ax.bbox.width)

    def _data(self) -> None:
        """The points, and where the other components start."""
        basins, ax = self.basins, self.panel
        points = basins.data[::-(-len(basins.data) // SHOWN)]
        draw.markers(ax, points, [style.DISC], float(np.clip(46 / len(points) ** 0.4, 2.2, 7)), style.INK,
                     edges=style.PAPER, widths=0.5)
        others = [j for j in range(basins.model.n_components) if j != basins.component]
        places = getattr(basins.base, parameter_of(basins.model))[others]
        draw.markers(ax, places, [style.shape(j) for j in others], _BADGE, style.PAPER, edges=style.INK, widths=2.0)
        draw.markers(ax, places, [draw.numeral(str(j)) for j in others], 0.66 * _BADGE, style.INK)

    def _labels(self) -> None:
        """The objective of each optimum, and its share of the starts, on its largest region."""
        basins, ax = self.basins, self.panel
        named = [(number, *inside) for number in range(len(basins.optima))
                 for inside in [_deepest(basins.reached == number)] if inside[2] >= _SMALLEST][:_NAMED]
        if not named:
            return
        at = np.array([(basins.x[column], basins.y[row]) for _, row, column, _ in named])
        half = np.array(_LABEL) * self.scale / 2
        low, high = np.array(ax.bbox.min) + half, np.array(ax.bbox.max) - half
        flat = np.array([1.0, _LABEL[0] / _LABEL[1]])  # labels are wider than high
        apart = draw.spread(ax.transData.transform(at) * flat, _LABEL[0] * self.scale, low * flat, high * flat) / flat
        places = ax.transData.inverted().transform(apart)
        draw.lines(ax, np.stack([at, places], axis=1), style.INK, widths=1.2)
        for (number, *_), place in zip(named, places):
            paper = {"boxstyle": "round,pad=0.28", "facecolor": style.PAPER, "alpha": 0.92, "linewidth": 2.0,
                     "edgecolor": optima.strokes(len(basins.optima))[number]}
            share = f"{100 * basins.optima[number].share:.3g} %"
            draw.label(ax, tuple(place), f"{self._reading(number)}\n{share}", ha="center", va="center",
                       fontsize=style.SMALL, weight="normal" if number else "bold", linespacing=1.15, box=paper)

    # What moves.

    def _move(self, step: float) -> None:
        if self._chosen is None:
            return
        here = self._chosen[None]
        self.movers.put("chosen", draw.markers, self.panel, here, [style.DISC], _BADGE, style.INK, edges=style.PAPER,
                        widths=2.2)
        name = "+" if self.basins.component is None else str(self.basins.component)
        self.movers.put("chosen name", draw.markers, self.panel, here, [draw.numeral(name)], 0.66 * _BADGE, style.PAPER)

    # Words.

    @property
    def readings(self) -> tuple[Readings, ...]:
        return ()

    def _sentences(self, step: int) -> list[str]:
        told = ["Start: where a run begins decides where it ends"]
        found, tried = self.basins.optima, len(self.basins.runs)
        if not found:
            most = self.basins.runs.max_iterations
            return [*told, f"no run converged in {words.counted(most, 'iteration')}: give a higher max_iterations"]
        best = "the only optimum" if len(found) == 1 else f"the best of {len(found)} optima"
        return [*told, f"{100 * found[0].share:.3g} % of {words.counted(tried, 'start')} reach {best}"]

    def alt(self, step: int) -> str:
        told = f"{self.caption(step)}. Map of {self.basins.axes[0]} and {self.basins.axes[1]}."
        for number in range(len(self.basins.optima)):
            more = f" {self.value(number)}: {100 * self.basins.optima[number].share:.3g} %."
            if len(told) + len(more) > words.ALT_LENGTH:
                break
            told += more
        return told[:words.ALT_LENGTH]


def _deepest(inside: np.ndarray) -> tuple[int, int, float]:
    """Of the largest connected part of bool[h, w]: row and column farthest from its border; and its share of all."""
    parts, count = label(inside, np.ones((3, 3)))  # cells that share a corner are connected
    if not count:
        return 0, 0, 0.0
    sizes = np.bincount(parts.ravel())[1:]
    depth = distance_transform_edt(np.pad(parts == sizes.argmax() + 1, 1))[1:-1, 1:-1]
    deep = np.argwhere(depth == depth.max())
    row, column = deep[np.hypot(*(deep - deep.mean(axis=0)).T).argmin()]
    return int(row), int(column), float(sizes.max() / inside.size)
