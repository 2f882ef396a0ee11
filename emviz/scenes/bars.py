"""Free energy as bars: the log-likelihood is the lower bound and the gap, before and after each half-step."""

from __future__ import annotations

import numpy as np

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.beside import put_readings
from emviz.scenes.curve import is_hard, limits
from emviz.scenes.stage import Stage
from emviz.scenes.view import View
from emviz.trace import Trace

_FLOOR = "#B9C6CF"  # what the lower bound fills
_GLASS = "#F3F3F3"
_LEFT, _BELOW = 100, 34  # margins in pixels of the design
_LONGEST_TICK = 7        # characters
_HARD_NAMES = ("leaving", "an E would save", "inertia")


class FreeEnergyView(View):
    """A bar for the whole run, and this half-step under a magnifying glass: before it and after it.

    An E lifts the bound to the log-likelihood: the gap closes. An M lifts the bound, and the log-likelihood more: a
    new gap opens. For k-means at T = 0 it is the inertia that falls, and the gap is what the next E will save.
    """

    NAME = "free energy"

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        return words.untold(trace)

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        return False  # another view shows the data

    # What stands still.

    def _lay_out(self, stage: Stage) -> None:
        """Level with the curve beside it, and somewhat longer below."""
        above = 116 if stage.height > 340 else 74
        self._width, self._height = stage.width - _LEFT, stage.height - above - _BELOW  # pixels of the design
        self.panel = stage.axes(_LEFT, _BELOW, stage.width, stage.height - above)
        readings = 160.0 if self._width > 420 else 136.0
        unit = (self._width - readings) / 10
        self._bar, self._before, self._after = (np.array(at) * unit for at in ((0.5, 2.5), (4.6, 6.4), (7.7, 9.8)))
        self._readings = self._width - readings + 10

    def _set(self) -> None:
        trace, ax = self.trace, self.panel
        self._hard = is_hard(trace)
        self._ceiling = words.ceiling(self.trace)
        self._names = _HARD_NAMES if self._hard else ("lower bound", "gap", self._ceiling)
        low, self._high = limits(trace)
        self._pixel = (self._high - low) / (self._height - (62 - _BELOW))  # of the design, in units of the axis
        self._low = self._high - self._height * self._pixel
        self._decimals = max(1, words.decimals(self._high - low))
        self._levels = self._levels_of_states()
        self._windows = self._windows_of_states()
        ax.set(xlim=(0, self._width), ylim=(self._low, self._high))
        left_out = draw.few_ticks(ax.yaxis, 4, low=low)
        if left_out or max(len(text.get_text()) for text in ax.get_yticklabels()) > _LONGEST_TICK:
            ax.set_yticks([])  # the readings have the numbers
        ax.spines["bottom"].set_visible(False)
        ax.set_xticks([])
        for x, name in ((self._bar.mean(), "whole run"), (self._before.mean(), "before"), (self._after.mean(), "after"),
                        (self._readings + 40, "not from 0")):
            draw.label(ax, (x, self._low), name, offset=(0, -16), ha="center", fontsize=style.SMALL,
                       color=style.SOFT_INK)

    def _levels_of_states(self) -> np.ndarray:
        """The two levels of every state, and before them those of the state before: float[s, 4].

        The lower bound and the log-likelihood; for k-means the inertia if every point chose anew, and the inertia.
        """
        reached, bounds = self.trace.log_likelihoods, self.trace.lower_bounds
        bounds = np.where(np.isnan(bounds), reached, bounds)  # the start has no bound yet
        now = np.column_stack([-2 * reached, -2 * bounds] if self._hard else [bounds, reached])
        before = np.concatenate([now[:1], now[:-1]])
        return np.concatenate([before, now], axis=1)

    def _windows_of_states(self) -> np.ndarray:
        """What the magnifying glass shows of the axis: float[s, 2]; all of it where nothing changes."""
        lows, highs = self._levels.min(axis=1), self._levels.max(axis=1)
        spans = highs - lows
        still = spans <= 1e-12 * np.abs(highs)
        windows = np.column_stack([lows - 0.5 * spans, highs + 0.2 * spans])
        windows[still] = self._low, self._high
        return windows

    # What moves.

    def move(self, step: float) -> None:
        levels, window = draw.interpolate(self._levels, step), draw.interpolate(self._windows, step)
        scaled = self._low + (levels - window[0]) / np.ptp(window) * (self._high - self._low)
        stub = self._low + 2 * self._pixel  # of a bar that ends below the break
        scaled = np.maximum(scaled, stub)
        self._put_glass(step, window)
        self._put_bars(step, np.maximum(levels, stub), scaled)
        self._put_changes(step, scaled)
        self._put_readings(step, levels, scaled, window)

    def _put_glass(self, step: float, window: np.ndarray) -> None:
        """From the part of the axis that is magnified to all of the height."""
        ends = np.clip(window, self._low, self._high)
        left, right = self._bar[1] + 6, self._before[0] - 10
        self.movers.put("glass", draw.polygons, self.panel,
                        [[(left, ends[0]), (left, ends[1]), (right, self._high), (right, self._low)]],
                        draw.rgba([_GLASS], min(1.0, step)))

    def _put_bars(self, step: float, levels: np.ndarray, scaled: np.ndarray) -> None:
        """Three bars of two parts; what the pair had before is paler."""
        known = min(1.0, step)
        parts, colors = [], []
        for (left, right), (lower, upper), strength in (
                (self._bar, levels[2:], 1.0), (self._before, scaled[:2], 0.45 * known), (self._after, scaled[2:], 1.0)):
            for bottom, top, color in ((self._low, lower, _FLOOR), (lower, upper, style.GAP)):
                parts.append([(left, bottom), (left, top), (right, top), (right, bottom)])
                colors.append(draw.rgba([color], strength)[0])
        self.movers.put("bars", draw.polygons, self.panel, parts, np.array(colors))
        edges = [[(left, level), (right, level)] for (left, right), pair in
                 ((self._bar, levels[2:]), (self._before, scaled[:2]), (self._after, scaled[2:])) for level in pair]
        inks = draw.rgba([style.SOFT_INK, style.INK] * 3, np.repeat([1.0, 0.5 * known, 1.0], 2))
        self.movers.put("edges", draw.lines, self.panel, edges, inks, widths=[2.0, 2.8] * 3)
        zigzag = self._low + self._pixel * (13 + 4 * np.tile([-1, 1], 5))
        self.movers.put("breaks", draw.lines, self.panel,
                        [np.column_stack([np.linspace(left - 3, right + 3, 10), zigzag])
                         for left, right in (self._bar, self._before, self._after)], style.PAPER, widths=4.0)

    def _put_changes(self, step: float, scaled: np.ndarray) -> None:
        """Between the pair: the gap as it opens or closes, and the way of both levels."""
        lower, upper, new_lower, new_upper = scaled
        start, end = self._before[1], self._after[0]
        known = min(1.0, step)
        self.movers.put("wedge", draw.polygons, self.panel,
                        [[(start, lower), (start, upper), (end, new_upper), (end, new_lower)]],
                        draw.rgba([style.GAP], 0.4 * known))
        self.movers.put("changes", draw.lines, self.panel,
                        [[(start, lower), (end, new_lower)], [(start, upper), (end, new_upper)]],
                        draw.rgba([style.SOFT_INK, style.INK], 0.8 * known), widths=[1.6, 2.0])
        middle = np.mean(self._after)
        moved = -1 if self._hard else -2  # the level that both half-steps move
        self.movers.put("moves", draw.comets, self.panel, np.array([[middle, scaled[moved - 2]]]),
                        np.array([[middle, scaled[moved]]]), draw.rgba([style.INK], 0.6 * known))

    def _put_readings(self, step: float, levels: np.ndarray, scaled: np.ndarray, window: np.ndarray) -> None:
        """Beside the pair the two levels and the gap, and above it what happened."""
        decimals = max(self._decimals, min(6, words.decimals(float(np.ptp(window)), 2)))
        known = 0 if self._hard else 2  # of the three, at the start
        texts = [words.reading(value, decimals) if step >= 1 or row == known else "–"
                 for row, value in enumerate((levels[2], levels[3] - levels[2], levels[3]))]
        ends = np.column_stack([np.full(3, self._after[1]), [scaled[2], scaled[2:].mean(), scaled[3]]])
        put_readings(self.movers, self.panel, self.scale, self._readings, self._names, texts, ends)
        index, factor = int(np.ceil(step)), (self._high - self._low) / np.ptp(window)
        magnified = f", {float(f'{factor:.2g}'):,g} × as tall" if factor > 1.15 else ""
        self.movers.put("factor", draw.label, self.panel, (self._before[0], self._high),
                        f"this half-step{magnified}" if step >= 1 else "", offset=(0, 8), fontsize=style.SMALL,
                        color=style.SOFT_INK)
        self.movers.put("what happened", draw.label, self.panel, (0, self._high), self._happened(index, decimals),
                        offset=(-0.72 * (_LEFT - 24), 34), weight="bold", fontsize=14)
        words.narrow(self.movers["what happened"], (self._width + _LEFT - 34) * self.scale)

    def _happened(self, index: int, decimals: int) -> str:
        """The half-step in a sentence."""
        kind, (lower, upper, new_lower, new_upper) = self.trace[index].kind, self._levels[index]
        if kind == "start":
            return "before the first E"
        if self._hard:
            return f"{kind}: inertia {_by(new_upper - upper, decimals)}"
        if index == 1:
            return f"E: a bound that meets the {self._ceiling}"
        reached = "the gap is closed" if kind == "E" else f"{self._ceiling} {_by(new_upper - upper, decimals)}"
        return f"{kind}: bound {_by(new_lower - lower, decimals)}, {reached}"


def _by(change: float, decimals: int) -> str:
    """"+1.10", "−405.0"."""
    amount = words.reading(change, decimals)
    return f"{'' if amount.startswith('−') else '+'}{amount}" if amount.strip("−0.") else "as it was"
