"""A scene: one Figure made once and then only updated, able to show any state of a trace."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from numbers import Real
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.curve import Curve
from emviz.trace import Trace
from emviz.validate import positive_integer

SHOWN = 5000         # with more points than this, a sample of them is drawn
DESIGN = (960, 540)  # pixels, at 100 dots per inch; other sizes scale type and lines with the picture

# How strongly each thing shows, by kind of state: an E is about the colors of the points,
# an M about the movement of the components.
EMPHASIS = {
    "points": {"start": 0.8, "E": 1.0, "M": 0.5},
    "components": {"start": 0.8, "E": 0.4, "M": 1.0},
    "regions": {"start": 0.0, "E": 1.0, "M": 0.45},
    "movement": {"start": 0.0, "E": 0.0, "M": 1.0},
}


class Scene(ABC):
    """One Figure made once and then only updated, able to show any state of a trace.

    figure: a matplotlib Figure on an Agg canvas, `size` pixels, 100 dots per inch at 960 × 540.
    movers: name -> artist, everything that changes from state to state, in painting order and
        above everything that does not.
    caption_artist: the mover "caption".  caption_height: pixels of the strip at the top that holds it.

    A subclass says what stands still (`_set`) and what moves (`_move`).
    """

    def __init__(self, trace: Trace, *, size: tuple[int, int] = DESIGN, title: str | None = None, step: float = 0):
        self.trace = trace
        self.title = words.title(trace) if title is None else title
        self.movers = draw.Movers()
        self._emphasis = {what: np.array([strength[state.kind] for state in trace])
                          for what, strength in EMPHASIS.items()}
        self._shown = _sample(len(trace.data))
        self._shares = lru_cache(maxsize=64)(self._shares_of_iteration)
        self._told: list[str] = []
        self._background: Any = None
        with rc_context(style.RC):
            self._lay_out(_checked_size(size), title)
            self._set()
            self.curve = Curve(self._curve_axes, trace)
            self.show(step)

    # What a subclass fills in.

    @abstractmethod
    def _set(self) -> None:
        """Draw on `self.panel` what never moves; fix limits and ticks."""

    @abstractmethod
    def _move(self, step: float) -> None:
        """Put everything that moves, in painting order, with `self.movers.put`."""

    # What everyone uses.

    def __len__(self) -> int:
        return len(self.trace)

    def show(self, step: float) -> None:
        """Put the movers in the state `step`; a fraction is on the way from one state to the next."""
        step = self._checked(step)
        self._move(step)
        self.curve.move(step, self.movers)
        told = self._sentences(int(np.ceil(step)))
        if told != self._told:
            words.fit(self.caption_artist, told, self._caption_width)
            self._told = told
        self.movers.setdefault("caption", self.caption_artist)

    def caption(self, step: int) -> str:
        """What happened in a state, in words."""
        return words.caption(self._sentences(self._whole(step)))

    def alt(self, step: int) -> str:
        """The caption and the numbers of a state, in under 300 characters."""
        step = self._whole(step)
        return words.alt(self.trace, step, self._sentences(step))

    def frame(self, step: float) -> np.ndarray:
        """The picture of a state as pixels: uint8[height, width, 3].

        What stands still is drawn once and restored; only the movers are drawn again.
        """
        self.show(step)
        canvas: Any = self.figure.canvas
        with rc_context(style.RC):
            if self._background is None:
                self._background = self._draw_background(canvas)
            canvas.restore_region(self._background)
            for artist in self.movers.values():
                self.figure.draw_artist(artist)
        rgba = np.asarray(canvas.buffer_rgba())
        rgb = np.empty((*rgba.shape[:2], 3), dtype=np.uint8)
        for channel in range(3):  # five times as fast as copying rgba[..., :3]
            rgb[..., channel] = rgba[..., channel]
        return rgb

    def _draw_background(self, canvas: FigureCanvasAgg) -> Any:
        seen = {name: artist.get_visible() for name, artist in self.movers.items()}
        try:
            for artist in self.movers.values():
                artist.set_visible(False)
            canvas.draw()
            return canvas.copy_from_bbox(self.figure.bbox)
        finally:
            for name, artist in self.movers.items():
                artist.set_visible(seen[name])

    def _sentences(self, step: int) -> list[str]:
        return words.sentences(self.trace, step, self._switched(step))

    def _checked(self, step: float) -> float:
        last = len(self) - 1
        if isinstance(step, bool) or not isinstance(step, Real):
            raise TypeError(f"step is {step!r}: give a number from 0 to {last}")
        if not 0 <= step <= last:  # also refuses NaN
            raise ValueError(f"step is {step}: this scene has the steps 0 to {last}")
        return float(step)

    def _whole(self, step: int) -> int:
        return int(self._checked(step))

    # Points, colored by responsibility.

    def _put_points(self, step: float, places: np.ndarray, diameter: float) -> None:
        """One collection: places float[n, 2], diameter in points."""
        self.movers.put("points", draw.markers, self.panel, places, self._shapes(step), diameter, self._colors(step),
                        edges=self._rings(step), widths=min(0.9, diameter / 9))

    def _colors(self, step: float) -> np.ndarray:
        """rgba float[n, 4] of the points that are drawn."""
        colors = self._between(step, self._colors_at)
        colors[:, 3] = self._strength("points", step)
        return colors

    def _rings(self, step: float) -> np.ndarray:
        """rgba float[n, 4] of the outlines: dark where an E-step changed the color of a point."""
        change = self._between(step, self._change_at)[:, None]
        paper, ink = draw.rgba([style.PAPER, style.INK])
        rings = paper + (ink - paper) * change
        rings[:, 3] = self._strength("points", step)
        return rings

    def _shapes(self, step: float) -> list[Any]:
        """The marker of each point's most responsible component; discs before the first E."""
        if step <= 0:
            return [style.DISC] * len(self._shown)
        shapes = [style.shape(j) for j in range(self.trace.model.n_components)]
        return [shapes[j] for j in self._shares((int(np.ceil(step)) + 1) // 2).argmax(axis=1)]

    def _colors_at(self, index: int) -> np.ndarray:
        if index == 0:
            return draw.rgba([style.UNKNOWN]).repeat(len(self._shown), axis=0)
        return style.blend(self._shares((index + 1) // 2))

    def _change_at(self, index: int) -> np.ndarray:
        """How clearly an E-step changed each point, 0 to 1: a tenth of a point is slight, a third is clear."""
        iteration = self.trace[index].iteration
        if self.trace[index].kind != "E" or iteration == 1:  # the first E colors every point: that is plain enough
            return np.zeros(len(self._shown))
        change = np.abs(self._shares(iteration) - self._shares(iteration - 1)).max(axis=1)
        return np.clip(5 * change - 0.5, 0, 1)

    def _switched(self, step: int) -> int | None:
        """How many points changed their component in an E-step; None where that is not known."""
        state = self.trace[step]
        if state.kind != "E" or state.iteration == 1 or len(self._shown) < len(self.trace.data):
            return None
        now, before = (self._shares(iteration).argmax(axis=1) for iteration in (state.iteration, state.iteration - 1))
        return int((now != before).sum())

    def _shares_of_iteration(self, iteration: int) -> np.ndarray:
        """Responsibilities float[n, k] of the points that are drawn, after the E-step of an iteration."""
        step = 2 * iteration - 1
        if len(self._shown) == len(self.trace.data):
            return self.trace.responsibilities(step)
        return self.trace.model.responsibilities(self.trace[step].q_params, self.trace.data[self._shown])

    # Components.

    def _colored(self, alpha: float | np.ndarray = 1.0) -> np.ndarray:
        """rgba float[k, 4], the colors of the components for areas."""
        return draw.rgba([style.color(j) for j in self._components], alpha)

    def _stroked(self, alpha: float | np.ndarray = 1.0) -> np.ndarray:
        """rgba float[k, 4], the colors of the components for lines."""
        return draw.rgba([style.stroke(j) for j in self._components], alpha)

    def _put_badges(self, anchors: np.ndarray, places: np.ndarray, tracks: np.ndarray, diameter: float) -> None:
        """A numbered shape for each component at its place, tied by a track (float[v, 2]) to a dot at its anchor."""
        put, ax = self.movers.put, self.panel
        contrast = [style.contrast(j) for j in self._components]
        shapes = [style.shape(j) for j in self._components]
        numerals = [draw.numeral(str(j)) for j in self._components]
        put("leaders", draw.lines, ax, tracks, self._stroked(), widths=1.8)
        put("means", draw.markers, ax, anchors, [style.DISC], 8.5, self._colored(), edges=contrast, widths=1.0)
        put("badges", draw.markers, ax, places, shapes, diameter, self._colored(), edges=contrast, widths=1.6)
        put("numbers", draw.markers, ax, places, numerals, 0.66 * diameter, contrast)

    def _put_moves(self, step: float, old: np.ndarray, new: np.ndarray) -> None:
        """In an M: a tail from where each component was (float[k, 2]) to where it is; nothing where it stayed."""
        put, ax = self.movers.put, self.panel
        pixels = np.hypot(*(ax.transData.transform(new) - ax.transData.transform(old)).T)
        strength = self._strength("movement", step) * np.clip(pixels / self.scale / 8, 0, 1)
        put("moves", draw.comets, ax, old, new, self._colored(0.85 * strength))
        put("old means", draw.markers, ax, old, [style.shape(j) for j in self._components], 12,
            draw.rgba([style.PAPER] * len(old), strength), edges=self._stroked(strength), widths=2.2)

    def _put_regions(self, step: float, centers: np.ndarray) -> None:
        """Where a new point would go, by the centers (float[s, k, 2]) that the colors come from."""
        before, after = (centers[max(0, 2 * self.trace[i].iteration - 2)] for i in (int(step), int(np.ceil(step))))
        strength = self._strength("regions", step)
        self.movers.put("regions", draw.regions, self.panel, before + (step - int(step)) * (after - before),
                        self._colored(0.16 * strength), edges=draw.rgba([style.INK] * len(before), 0.5 * strength),
                        widths=1.4)

    @property
    def _components(self) -> range:
        return range(self.trace.model.n_components)

    # In-between states.

    def _strength(self, what: str, step: float) -> float:
        return float(draw.interpolate(self._emphasis[what], step))

    def _between(self, step: float, table: Callable[[int], np.ndarray]) -> np.ndarray:
        before = int(step)
        if before == step:
            return table(before)
        return (1 - (step - before)) * table(before) + (step - before) * table(before + 1)

    def _origin(self, step: float) -> int:
        """The state that the last M-step started from."""
        towards = int(np.ceil(step))
        return max(0, towards - 1 if self.trace[towards].kind == "M" else towards - 2)

    # Layout.

    def _lay_out(self, size: tuple[int, int], shown_title: str | None) -> None:
        width, height = size
        self.scale = min(width / DESIGN[0], height / DESIGN[1])  # pixels for a pixel of the design
        dpi = 100 * self.scale
        self.figure = Figure(figsize=(_inches(width, dpi), _inches(height, dpi)), dpi=dpi)
        FigureCanvasAgg(self.figure)
        across, up = width / self.scale, height / self.scale
        strip = 92 if shown_title else 66
        self.caption_height = strip * self.scale

        def axes(left: float, bottom: float, right: float, top: float) -> Axes:
            return self.figure.add_axes((left / across, bottom / up, (right - left) / across, (top - bottom) / up))

        self.panel = axes(100, 62, 0.645 * across, up - strip - 30)
        self._curve_axes = axes(0.645 * across + 92, 62, across - 24, up - strip - 116)
        if shown_title:
            line = self.figure.text(24 / across, 1 - 12 / up, shown_title, va="top", fontsize=13.5)
            line.set_color(style.SOFT_INK)
            words.squeeze(line, width - 48 * self.scale)
        self.caption_artist = self.figure.text(24 / across, 1 - (36 if shown_title else 10) / up, "", va="top",
                                               fontsize=style.CAPTION, fontweight="bold", linespacing=1.1, zorder=1000)
        self._caption_width = width - 48 * self.scale

    def _note(self, text: str) -> None:
        """A small line above the panel that says what the marks mean."""
        draw.label(self.panel, (0, 1), text, offset=(0, 8), coords="axes fraction", fontsize=style.SMALL,
                   color=style.SOFT_INK)

    def _note_sample(self) -> None:
        """In the lower corner: how many of the points are drawn, if not all."""
        shown, n = len(self._shown), len(self.trace.data)
        if shown < n:
            self.panel.set_xlabel(self.panel.get_xlabel(), loc="left")  # makes room
            draw.label(self.panel, (1, 0), f"{shown:,} of {n:,} points shown", offset=(0, -38), coords="axes fraction",
                       ha="right", fontsize=style.SMALL, color=style.SOFT_INK)

    def _name_axes(self, x: str, y: str, x_ticks: int = 6, y_ticks: int = 5, **limits: Any) -> None:
        """Labels and ticks; `limits` are where the ticks of the upward axis may be."""
        ax = self.panel
        ax.ticklabel_format(axis="y", scilimits=(-3, 4))  # longer numbers would reach the label
        left_out_x, left_out_y = draw.few_ticks(ax.xaxis, x_ticks), draw.few_ticks(ax.yaxis, y_ticks, **limits)
        words.squeeze(ax.set_xlabel(f"{x} ({left_out_x})" if left_out_x else x), ax.bbox.width)
        words.squeeze(ax.set_ylabel(f"{y} ({left_out_y})" if left_out_y else y, va="top"), ax.bbox.height, "height")
        ax.yaxis.set_label_coords(-95 * self.scale / ax.bbox.width, 0.5)


def _sample(n: int) -> np.ndarray:
    """The rows that are drawn: all of them, or SHOWN of them, the same ones every time."""
    if n <= SHOWN:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, SHOWN, replace=False))


def _checked_size(size: Any) -> tuple[int, int]:
    try:
        width, height = size
    except (TypeError, ValueError):
        raise ValueError(f"size is {size!r}: give (width, height) in pixels, such as (960, 540)") from None
    width, height = positive_integer(width, "size width"), positive_integer(height, "size height")
    if not (96 <= width <= 8000 and 54 <= height <= 8000):
        raise ValueError(f"size is {width} × {height} pixels: choose from 96 × 54 to 8000 × 8000")
    return width, height


def _inches(pixels: int, dpi: float) -> float:
    """A length that comes out as exactly `pixels`, not one less by rounding."""
    inches = pixels / dpi
    while int(inches * dpi) < pixels:
        inches = float(np.nextafter(inches, np.inf))
    return inches
