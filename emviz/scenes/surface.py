"""The likelihood surface of a mixture of two, the way of EM on it, and the bounds that it climbs by."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox, TransformedBbox

from emviz import draw, style
from emviz.ascent import parameter_of
from emviz.models import BinomialMixture, KMeans, PoissonMixture
from emviz.scenes import words
from emviz.scenes.axis import limits
from emviz.scenes.landscape import Landscape, places_of
from emviz.scenes.stage import Stage
from emviz.scenes.uphill import Uphill
from emviz.scenes.view import View
from emviz.trace import Trace

_GRID = 72
_LEVELS = 13
_SHADE = "#34566B"
_BOUND = "#B47B00"  # the color of the gap, dark enough for a line
_RIM: dict[str, Any] = {"edges": draw.rgba([style.PAPER], 0.7), "widths": 0.8}
_BADGE = 20.0  # points across
_EDGE = 0.002  # a chance of exactly 0 or 1 makes most data impossible

# Pixels of the design: left of the panel and below it, right of it for the upward value, above it for the other
# value, and a line of notes.
_LEFT, _BELOW, _RIGHT, _ABOVE, _LINE = 100, 62, 84, 40, 19
_TIGHT = 200  # a side that few numbers fit on
_MOST = 5000  # different values of the data
_NOTED = 340  # a lower box has no room for notes

_CLIPPED = ("bowl", "top of the bowl", *Uphill.marks, "means", "way", "stops", "start", "moves", "here")

_AXES = {"coin": "chance of heads, coin {}", "rate": "rate {}", "Gaussian": "mean of Gaussian {}",
         "center": "center {}"}


class SurfaceView(View):
    """The objective over the places of two components, from above: chances of heads, rates, or means on a line.

    An E makes a lower bound that touches the surface where the run stands; an M goes to the top of that bound.

    gradient: beside it, as many steps of plain gradient ascent from the same start; a learning rate above 0, or True
    for the one whose first step is as long as that of EM. Only the two places move: weights and covariances are
    what EM has made of them, as on the surface that is shown.
    """

    NAME = "surface"

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        name = parameter_of(trace.model)
        if not name:
            return "it shows KMeans, GaussianMixture, BinomialMixture and PoissonMixture"
        if trace.model.n_components != 2:
            return f"it has an axis for each of two components, and the model has {trace.model.n_components}"
        if places_of(trace).shape[1] != 2:
            return f"it needs data with one feature, and these have {trace.data.shape[1]}"
        if name in trace.model.fixed:
            return f"the model keeps its {name} fixed, so nothing moves on it"
        distinct = len(np.unique(trace.data))
        return None if distinct <= _MOST else (f"a surface of {distinct:,} different values would take seconds a step: "
                                               f"run the model on {_MOST:,} of them or fewer, such as points[::10]")

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return False  # another view shows the data

    def _choose(self, gradient: bool | float | None = None) -> None:
        uphill = None if gradient is None or gradient is False else Uphill(self.trace, gradient)
        self._uphill = uphill if len(self.trace) > 1 else None

    # What stands still.

    def _lay_out(self, stage: Stage) -> None:
        """A square, and in the same axes room for the two values."""
        low, high = self._low, self._high = self._limits()
        inset = _EDGE if isinstance(self.trace.model, BinomialMixture) else 0.0
        self._land = Landscape(self.trace, np.linspace(low + inset, high - inset, _GRID))
        self._levels = self._drops_to_levels()
        notes = self._notes() if stage.height >= _NOTED else []
        rows = len(notes) + (self._uphill is not None)
        above = _ABOVE + (_LINE * rows + 4 if rows else 0)
        side = min(stage.width - _LEFT - _RIGHT, stage.height - _BELOW - above)
        left = _LEFT + (stage.width - _LEFT - side - _RIGHT) / 2
        self.panel = stage.axes(left, _BELOW, left + side + _RIGHT, _BELOW + side + _ABOVE)
        self._pixel = (high - low) / side  # of the design, in data units
        self.panel.set(xlim=(low, high + _RIGHT * self._pixel), ylim=(low, high + _ABOVE * self._pixel))
        room = (stage.width - 40) * self.scale
        for row, note in enumerate(reversed(notes), start=rows - len(notes)):
            line = draw.label(self.panel, (0, 1), note, offset=((20 - left) * 0.72, 4 + 0.72 * _LINE * row),
                              coords="axes fraction", fontsize=style.SMALL, color=style.SOFT_INK)
            words.narrow(line, room)
        if self._uphill:
            self._uphill.lay_line(self.panel, (20 - left) * 0.72, room, low, high)

    def _limits(self) -> tuple[float, float]:
        """Of both axes."""
        if isinstance(self.trace.model, BinomialMixture):
            return 0.0, 1.0
        low, high = limits(self.trace.data, np.concatenate([places_of(trace) for trace in self._compared]), 0.04)
        return (max(low, 1e-3 * high), high) if isinstance(self.trace.model, PoissonMixture) else (low, high)

    def _drops_to_levels(self) -> np.ndarray:
        """The levels of the contours, lowest first, at round numbers below the highest point.

        The finest tells apart what EM reaches after its first iteration, the coarsest the rest of the surface.
        """
        reached = [trace.log_likelihoods for trace in self._compared]
        ends = np.stack([self._land.heights(0), self._land.heights(len(self.trace) - 1)])
        top = max(float(ends.max()), *(float(values.max()) for values in reached))
        deepest = max(top - float(ends.min()), 1e-6)
        finest = np.clip((top - max(values[:3][-1] for values in reached)) / 8, 1e-4 * deepest, 0.05 * deepest)
        powers = 10.0 ** np.arange(np.floor(np.log10(finest)), np.ceil(np.log10(deepest)))
        for digits in ((1, 2, 5), (1, 3), (1,)):
            drops = np.outer(powers, digits).ravel()
            self._drops = drops[(drops > finest) & (drops < 0.6 * deepest)]
            if len(self._drops) <= _LEVELS:
                break
        return top - self._drops[::-1]

    def _notes(self) -> list[str]:
        """What shades and lines mean."""
        hard = isinstance(self.trace.model, KMeans) and self.trace.model.temperature == 0
        held = " and ".join({"covariances": "σ"}.get(name, name) for name in self._land.held)
        first, second, *_, last = (words.number((2 if hard else 1) * drop, 1) for drop in self._drops)
        shades = f"{first}, {second} … {last}"
        if hard:
            return [f"shades: inertia {shades} above its least", "yellow: inertia if none switches; × its least, for M"]
        whose = "EM's" if self._uphill else "these"
        return [f"shades, at {whose} {held}: {shades} below the top" if held else
                f"shades: {words.ceiling(self.trace)} {shades} below its top",
                "yellow: lower bound, touches here; × its top, for M"]

    def _set(self) -> None:
        ax, low, high = self.panel, self._low, self._high
        side = (high - low) / self._pixel
        component = words.story_of(self.trace).component
        for j, (axis, edge) in enumerate(((ax.xaxis, "bottom"), (ax.yaxis, "left"))):
            ax.spines[edge].set_bounds(low, high)
            left_out = draw.few_ticks(axis, 5 if side > _TIGHT else 2, low=low, high=high)
            name = _AXES[component].format(j)
            axis.set_label_text(f"{name} ({left_out})" if left_out else name, color=style.stroke(j))
            self._offset, self._unit = _numbers_in(left_out)  # the same for both axes
        self._decimals = words.decimals((high - low) / self._unit)
        ax.xaxis.set_label_coords(0.5 * side / (side + _RIGHT), -34 / (side + _ABOVE))
        ax.yaxis.set_label_coords(-62 / (side + _RIGHT), 0.5 * side / (side + _ABOVE))
        slack = 10 * self._pixel  # markers on the border stay whole
        self._square = TransformedBbox(Bbox([[low - slack, low - slack], [high + slack, high + slack]]), ax.transData)
        draw.lines(ax, [[(low, low), (high, high)]], style.HAIRLINE, widths=1.6, dashes=(0, (4, 3)))
        draw.label(ax, (high, high), "both equal", offset=(5, 0), va="center", fontsize=style.SMALL,
                   color=style.SOFT_INK)
        if not self._land.held:
            draw.outlines(ax, *self._shades(self._land.heights(0)), **_RIM)

    # What moves.

    def move(self, step: float) -> None:
        if self._land.held:
            self.movers.put("surface", draw.outlines, self.panel,
                            *self._shades(self._between(step, self._land.heights)), **_RIM)
        if len(self.trace) > 1:
            self._put_bowl(step)
        if self._uphill:
            self._uphill.put(self.movers, self.panel, step)
        self._put_way(step)
        for name in _CLIPPED:
            if name in self.movers:
                self.movers[name].set_clip_box(self._square)

    def _shades(self, heights: np.ndarray) -> tuple[list[Path], np.ndarray]:
        """The outlines of all that is above each level, and their colors: the higher, the darker."""
        axis, count = self._land.axis, len(self._levels)
        return (draw.contours(axis, axis, heights, list(self._levels), filled=True),
                draw.rgba([_SHADE] * count, 0.8 / count))

    def _put_bowl(self, step: float) -> None:
        """The lower bound: its contours at levels of the surface, the one through the place of its E, and its top."""
        axis, count = self._land.axis, len(self._levels)
        touched = float(self._between(step, lambda index: self.trace.log_likelihoods[self._e_of(index)]))
        values = self._between(step, lambda index: self._land.bound(max(1, index)))
        strength = self._strength("regions", step)
        shown = np.arange(count) >= np.searchsorted(self._levels, touched) - 2  # lower ones would fill the picture
        self.movers.put("bowl", draw.outlines, self.panel, draw.contours(axis, axis, values, [*self._levels, touched]),
                        edges=draw.rgba([_BOUND] * (count + 1), strength * np.append(0.75 * shown, 1.0)),
                        widths=[1.5] * count + [3.0])
        top = self._land.places[min(self._e_of(int(np.ceil(step))) + 1, len(self.trace) - 1)]
        self.movers.put("top of the bowl", draw.markers, self.panel, top[None], [style.shape(7)], 13,
                        draw.rgba([_BOUND], strength), edges=draw.rgba([style.PAPER], strength), widths=1.2)

    def _e_of(self, index: int) -> int:
        """The E whose bound a state shows; before the first, that one."""
        return max(1, 2 * self.trace[index].iteration - 1)

    def _put_way(self, step: float) -> None:
        """The way so far with a dot for each M, in an M the last piece of it, and the two values of now."""
        put, ax, places = self.movers.put, self.panel, self._land.places
        way = draw.interpolate(places, np.minimum(np.arange(len(places)), step))
        here, old = way[-1:], places[self._origin(step)][None]
        paper, ink = draw.rgba([style.PAPER]), draw.rgba([style.INK])
        self._put_values(here[0])
        put("way", draw.line, ax, *way.T, color=style.INK, linewidth=2.2)
        put("stops", draw.markers, ax, way[::2], [style.DISC], 6.5, ink)
        put("start", draw.markers, ax, way[:1], [style.DISC], 11, paper, edges=ink, widths=2.2)
        pixels = float(np.hypot(*(here - old)[0])) / self._pixel
        strength = self._strength("movement", step) * min(1.0, pixels / 8)
        put("moves", draw.comets, ax, old, here, draw.rgba([style.INK], 0.85 * strength))
        put("here", draw.markers, ax, here, [style.DISC], 11.5, ink, edges=paper, widths=2.0)

    def beside_the_run(self, step: int) -> list[str]:
        return [self._uphill.told(step).removeprefix("◆ ")] if self._uphill else []

    def _put_values(self, here: np.ndarray) -> None:
        """A line from where the run stands to a badge on either side, and the value as the axis would write it."""
        out, badge = self._high + 20 * self._pixel, 12 * self._pixel
        badges = np.array([(np.clip(here[0], self._low + badge, self._high - 3 * badge), out),
                           (out, np.clip(here[1], self._low + badge, self._high - 2.2 * badge))])
        turns = np.array([(here[0], self._high), (self._high, here[1])])
        feet = np.stack([here, here])
        tracks = np.stack([feet, turns, badges], axis=1)
        if not self._low <= here.min() <= here.max() <= self._high:
            tracks[:] = badges[:, None]  # a wild start is not in the picture
        self._put_badges(feet, badges, tracks, _BADGE)
        for j in range(2):
            self.movers.put(f"value {j}", draw.label, self.panel, tuple(badges[j]),
                            words.fixed((here[j] - self._offset) / self._unit, self._decimals),
                            offset=(_BADGE / 2 + 5, 0), va="center_baseline", weight="bold")


def _numbers_in(left_out: str) -> tuple[float, float]:
    """What an axis adds to its numbers, and what it multiplies them by: "×1e−7+1e8" -> (1e8, 1e-7)."""
    found = re.fullmatch(r"(?:×(1e-?\d+))?([+-].*)?", left_out.replace("−", "-"))
    unit, offset = found.groups() if found else (None, None)
    return float(offset or 0), float(unit or 1)
