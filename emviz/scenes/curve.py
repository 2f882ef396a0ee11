"""The curve beside the data: log-likelihood and lower bound of each half-step, or inertia."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from emviz import draw, style
from emviz.scenes import words
from emviz.trace import Trace

_LONGEST_TICK, _LONGEST_SMALL_TICK = 7, 9  # characters
_ROOM_FOR_TICK = 6.5  # characters of small type beside the axis
LONG = 16  # iterations that fit side by side; EM slows down geometrically, so a longer run gets a log scale

_UPPER: dict[str, Any] = {"color": style.INK, "linewidth": 2.8}
_LOWER: dict[str, Any] = {"color": style.SOFT_INK, "linewidth": 2.0, "linestyle": (0, (2.2, 1.4))}
_KEYS: dict[str, dict[str, Any]] = {
    "log-likelihood": _UPPER, "inertia": _UPPER, "lower bound": _LOWER,
    "gap": {"color": style.GAP, "linewidth": 9, "solid_capstyle": "butt"},
}
_BADGES = {  # letter, fill, ink, edge
    "start": ("start", style.PAPER, style.SOFT_INK, style.HAIRLINE),
    "E": ("E", style.PAPER, style.INK, style.INK),
    "M": ("M", style.INK, style.PAPER, style.INK),
}


class Curve:
    """A panel that grows with the run: values up to now, a marker at now, the gap shaded."""

    def __init__(self, ax: Axes, trace: Trace, *, compact: bool = False, limits: tuple[float, float] | None = None,
                 length: int | None = None):
        """compact: only the objective has its number, for a small panel.

        limits, length: of the values and of the run, for curves that are compared; by default its own.
        """
        self.ax, self.compact, self._shared = ax, compact, limits
        self.length = len(trace) if length is None else length
        self.kinds = [step.kind for step in trace]
        self.hard = is_hard(trace)
        self._shown_as = {"log-likelihood": words.ceiling(trace)}
        self.lower, self.upper = _values(trace)
        self.long = self.length > 2 * LONG
        self.time = self._clock(np.arange(len(trace)))
        self._set()

    def _clock(self, steps: Any) -> Any:
        """Where a step is on the time axis: an M ends its iteration, an E is half-way."""
        return np.log1p(np.divide(steps, 2)) if self.long else np.divide(steps, 2)

    def _set(self) -> None:
        ax, end = self.ax, max(float(self._clock(self.length - 1)), 1.0)
        low, high, hidden = _limits(self.upper, self.lower, falling=self.hard)
        if self._shared:
            (low, high), hidden = self._shared, ""
        if self.compact:  # a low panel: room for the marker at now
            low, high = low - 0.12 * (high - low), high + 0.12 * (high - low)
        ax.set(xlim=(-0.03 * end, 1.04 * end), ylim=(low, high))
        scale = f" ({'log' if self.compact else 'log scale'})" if self.long else ""
        ax.set_xlabel(f"iteration{scale}", fontsize=13 if self.compact else style.BASE)
        if self.long:
            self._tick_log()
        else:
            draw.few_ticks(ax.xaxis, 4, low=0, high=end, integer=True)
        left_out = draw.few_ticks(ax.yaxis, 4 if ax.bbox.height > 1.2 * ax.figure.dpi else 1)
        if left_out or max(len(label.get_text()) for label in ax.get_yticklabels()) > _ROOM_FOR_TICK:
            self._write_out_ticks()
        self._decimals = max(1, min(words.decimals(high - low, 4), max(2, words.decimals(high - low))))
        self._keys = ["inertia"] if self.hard else ["gap", "lower bound", "log-likelihood"]
        if self.compact:
            self._set_one_key()
        else:
            for row, name in enumerate(self._keys):
                self._set_key(name, row)
        if hidden:
            top = self.hard
            draw.label(ax, (1, 1 if top else 0), hidden, offset=(-13, -4 if top else 6), coords="axes fraction",
                       ha="right", va="top" if top else "bottom", fontsize=style.SMALL, color=style.SOFT_INK)

    def _write_out_ticks(self) -> None:
        """Whole numbers where the axis would split off an offset that nobody adds in their head.

        Longer ones are smaller. Too long for the margin, they are left out: the readings above the panel have them.
        """
        places = self.ax.get_yticks()
        apart = float(np.diff(places).min()) if len(places) > 1 else 1.0
        decimals = words.decimals(apart, 1)
        decimals += round(apart, decimals) != round(apart, decimals + 1)  # 0.025 needs one more than 0.02
        labels = [words.fixed(place, decimals) for place in places]
        longest = max(map(len, labels), default=0)
        if longest > (_LONGEST_TICK if self.compact else _LONGEST_SMALL_TICK):
            labels = [""] * len(places)
        self.ax.set_yticks(places, labels, fontsize=style.SMALL * min(1.0, _ROOM_FOR_TICK / max(1, longest)))

    def _tick_log(self) -> None:
        """Round iterations, as many as have room."""
        kept: list[int] = []
        places: list[float] = []
        for number in (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000):
            at = float(self._clock(2 * number))
            apart = (at - places[-1]) / np.ptp(self.ax.get_xlim()) * self.ax.bbox.width if kept else math.inf
            if at <= self._clock(self.length - 1) and apart >= 0.32 * self.ax.figure.dpi:
                kept.append(number)
                places.append(at)
        self.ax.set_xticks(places, [str(number) for number in kept])

    def _set_key(self, name: str, row: int) -> None:
        """A sample of a line and its name, above the panel; `move` puts the number behind it."""
        ax, inch = self.ax, self.ax.figure.dpi_scale_trans
        height = _key_height(row)
        middle = ax.transAxes + ScaledTranslation(0, (height + 5) / 72, inch)
        ax.add_line(Line2D([-0.30, -0.19], [1, 1], transform=middle, clip_on=False, **_KEYS[name]))
        draw.label(ax, (-0.14, 1), self._shown_as.get(name, name), offset=(0, height), coords="axes fraction",
                   fontsize=14)

    def _set_one_key(self) -> None:
        """The name of the objective; its number stands at the other end of the line, or below where that is short."""
        ax, self._keys = self.ax, self._keys[-1:]
        narrow = ax.bbox.width < 2.2 * ax.figure.dpi
        name = self._shown_as.get(self._keys[0], self._keys[0])
        draw.label(ax, (0, 1), name, offset=(0, 24 if narrow else 7), coords="axes fraction", fontsize=13,
                   color=style.SOFT_INK)

    def move(self, step: float, movers: draw.Movers) -> None:
        """Draw the panel as it is at `step`, or move what is drawn."""
        ax = self.ax
        now = float(draw.interpolate(self.time, step))
        time = np.minimum(self.time, now)
        steps = np.minimum(np.arange(len(self.time)), step)
        upper, lower = draw.interpolate(self.upper, steps), draw.interpolate(self.lower, steps)
        bottom, top = ax.get_ylim()
        ends = np.clip([lower[-1], upper[-1]], bottom, top)

        movers.put("now", draw.lines, ax, [[(now, bottom), (now, top)]], style.HAIRLINE, widths=1.4)
        if not self.hard:
            movers.put("gap", draw.gap, ax, time, lower, upper)
            movers.put("lower bound", draw.line, ax, time, lower, **_LOWER)
        movers.put("objective", draw.line, ax, time, upper, **_UPPER)
        movers.put("now values", draw.markers, ax, np.column_stack([[now, now], ends]), [style.DISC], 9.5,
                   [style.PAPER, style.INK], edges=[style.SOFT_INK, style.INK], widths=2.0)
        if not self.compact:
            self._badge(now, self.kinds[math.ceil(step)], movers)
        values = {"inertia": upper[-1], "log-likelihood": upper[-1], "lower bound": lower[-1],
                  "gap": max(0.0, upper[-1] - lower[-1])}
        for row, name in enumerate(self._keys):
            known = step >= 1 or name == "log-likelihood"
            value = words.reading(values[name], self._decimals) if known else "–"
            right, height = (1, 7) if self.compact else (1.04, _key_height(row))
            movers.put(f"{name} now", draw.label, ax, (right, 1), value, offset=(0, height), coords="axes fraction",
                       ha="right", fontsize=14, weight="bold")

    def _badge(self, now: float, kind: str, movers: draw.Movers) -> None:
        letter, fill, ink, edge = _BADGES[kind]
        movers.put("now badge", draw.label, self.ax, (now, 1), letter, offset=(0, 7),
                   coords=self.ax.get_xaxis_transform(), ha="center", weight="bold", color=ink,
                   box={"boxstyle": "round,pad=0.24", "facecolor": fill, "edgecolor": edge, "linewidth": 1.6})


def limits(trace: Trace) -> tuple[float, float]:
    """The limits that the curve of a trace has by itself."""
    lower, upper = _values(trace)
    low, high, _ = _limits(upper, lower, falling=is_hard(trace))
    return low, high


def is_hard(trace: Trace) -> bool:
    """Whether the objective is an inertia, which falls."""
    return hasattr(trace.model, "n_clusters") and trace.model.temperature == 0


def _values(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """The lower bounds and the log-likelihoods, float[s] each; twice the inertias of k-means."""
    upper = -2 * trace.log_likelihoods if is_hard(trace) else trace.log_likelihoods
    lower = trace.inertias if is_hard(trace) else trace.lower_bounds
    lower = np.where(np.isnan(lower), upper, lower)  # the start has no bound yet
    return lower, lower if is_hard(trace) else upper


def _key_height(row: int) -> float:
    """Points above the panel; the badge has the space below."""
    return 34 + 17.0 * row


def _limits(upper: np.ndarray, lower: np.ndarray, falling: bool) -> tuple[float, float, str]:
    """Limits that hold every value, unless a wild start would flatten the rest: then a note says where it is."""
    low, high = float(min(upper.min(), lower.min())), float(max(upper.max(), lower.max()))
    hidden = ""
    if len(upper) > 3:
        later = np.concatenate([upper[2:], lower[2:]])
        span = float(np.ptp(later))
        jump = upper[0] - later.max() if falling else later.min() - upper[0]
        if span > 1e-6 * abs(later).max() and jump > 4 * span:
            room = 0.3 * span
            low, high = (low, float(later.max()) + room) if falling else (float(later.min()) - room, high)
            hidden = f"start: {words.number(float(upper[0]), 4)} {'↑' if falling else '↓'}"
    margin = 0.06 * (high - low)
    if high - low <= 1e-6 * abs(high):  # nothing but rounding
        margin = max(0.5, 1e-3 * abs(high))
    return low - margin, high + margin, hidden
