"""One coin and its flips: the likelihood of its chance of heads, with a control for the chance or for the flips."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy.special import xlog1py, xlogy

from emviz import draw, style
from emviz.scenes import Scene, words
from emviz.scenes.stage import Stage
from emviz.scenes.view import Readings

_MOST = 60                    # flips that a row has room for
_GRID = np.linspace(0, 1, 401)
_LEFT, _RIGHT, _BELOW = 114, 40, 62  # pixels of the design beside the panel
_ROW = 30                     # the middle of the row of flips
_LINE = 1.39                  # pixels of the design for a point of type
_HALF = style.GAP             # between the places where the likelihood is half of its top


def likelihood(flips: str, **frame: Any) -> Scene:
    """The probability of exactly these flips over the chance of heads p, which the control turns from 0 to 1.

    flips: such as "HTTHTTTTHT".  frame: size, title, caption, step and projector, as for `emviz.scene`.
    """
    return Likelihood(flips, **frame)


def likelihood_so_far(flips: str, **frame: Any) -> Scene:
    """The same curve after 0, 1, 2, … of the flips, each divided by its top.

    flips: such as "HTTHTTTTHT".  frame: size, title, caption, step and projector, as for `emviz.scene`.
    """
    return LikelihoodSoFar(flips, **frame)


class OneCoin(Scene):
    """A row of flips, and below it a curve over the chance of heads."""

    NAME: ClassVar[str]
    HEAD: ClassVar[int]        # pixels of the design, for all that is above the panel
    ASIDE: ClassVar[int] = 40  # to the right of the flips

    def __init__(self, flips: str, *, title: str | None = None, **frame: Any):
        if not isinstance(flips, str) or not 0 < len(flips) <= _MOST or set(flips) - set("HT"):
            raise ValueError(f"flips is {flips!r}: give a text of 1 to {_MOST} letters H and T, such as 'HTTHTTTTHT'")
        self.flips = flips
        self._is_heads = np.array([flip == "H" for flip in flips])
        super().__init__(title=f"{self.NAME} of {flips}" if title is None else title, shown_title=title, **frame)

    def _again(self, frame: dict[str, Any]) -> OneCoin:
        return type(self)(self.flips, **frame)

    @property
    def readings(self) -> tuple[Readings, ...]:
        return ()

    def alt(self, step: int) -> str:
        return f"{self.caption(step)}. The flips: {self.flips}."

    def _build(self, stage: Stage) -> None:
        self.sheet, n = stage.sheet(), len(self.flips)
        self._cell = min(66.0, (stage.width - _LEFT - self.ASIDE) / n)
        self._places = np.column_stack([_LEFT + self._cell * (np.arange(n) + 0.5), np.full(n, _ROW)])
        self.panel = stage.axes(_LEFT, _BELOW, stage.width - _RIGHT, stage.height - self.HEAD)
        self.panel.set(xlim=(0, 1), xlabel="chance of heads p")
        draw.few_ticks(self.panel.xaxis, 10, low=0, high=1)

    def _put_flips(self, seen: np.ndarray) -> None:
        """Discs with letters, of which those that were seen so far are whole: float[n], 0 to 1."""
        faces = np.where(self._is_heads[:, None], draw.rgba([style.SOFT_INK]), draw.rgba([style.BARS]))
        inks = np.where(self._is_heads[:, None], draw.rgba([style.PAPER]), draw.rgba([style.INK]))
        for colors in (faces, inks):
            colors[:, 3] = seen
        rims = draw.rgba([style.UNKNOWN] * len(seen), 1 - 0.999 * seen)
        size = 0.8 * min(self._cell, 50) / _LINE
        self.movers.put("flips", draw.markers, self.sheet, self._places, [style.DISC], size, faces, edges=rims,
                        widths=1.2)
        letters = [draw.numeral(flip) for flip in self.flips]
        self.movers.put("letters", draw.markers, self.sheet, self._places, letters, 0.55 * size, inks)


class Likelihood(OneCoin):
    """The control is p. Each flip has its factor below it, their product is the height of the curve."""

    NAME, HEAD, ASIDE = "Likelihood", 104, 170
    kinds = ("",) * 101  # no run: there are no E and M

    @property
    def still(self) -> int:
        return round(100 * self._is_heads.mean())  # the top

    def _build(self, stage: Stage) -> None:
        super()._build(stage)
        self._curve = self._product(_GRID)
        ax = self.panel
        self._top = 1.16 * float(self._product(self._is_heads.mean()))  # of the panel
        ax.set_ylim(0, self._top)
        ax.ticklabel_format(axis="y", scilimits=(-4, 4))  # longer numbers would push the label out of the picture
        left_out = draw.few_ticks(ax.yaxis, 3, low=0)
        ax.set_ylabel(f"likelihood ({left_out})" if left_out else "likelihood")
        draw.line(ax, _GRID, self._curve, color=style.HAIRLINE)
        self._with_factors = self._cell >= 50
        for x, y in self._places[1:] if self._with_factors else ():
            draw.label(self.sheet, (x - self._cell / 2, y + 36), "×", ha="center", va="center_baseline",
                       fontsize=style.SMALL, color=style.SOFT_INK)

    def _product(self, p: Any) -> np.ndarray:
        heads = self._is_heads.sum()
        return np.exp(xlogy(heads, p) + xlog1py(len(self.flips) - heads, -np.asarray(p)))

    def _move(self, step: float) -> None:
        put, ax, p = self.movers.put, self.panel, step / 100
        value = float(self._product(p))
        self._put_flips(np.ones(len(self.flips)))
        if self._with_factors:
            factors = [draw.numeral(f"{p if heads else 1 - p:.2f}", "normal") for heads in self._is_heads]
            put("factors", draw.markers, self.sheet, self._places + [0, 36], factors, style.SMALL,
                draw.rgba([style.INK]))
        after = self._places[-1, 0] + self._cell / 2 + 8, _ROW + 36 * self._with_factors
        put("product", draw.label, self.sheet, after, f"= {words.number(value, 3)}", va="center_baseline",
            weight="bold")
        put("across", draw.lines, ax, [[(0, value), (p, value)]], style.UNKNOWN, widths=1.4)
        put("upright", draw.lines, ax, [[(p, 0), (p, 0.93 * self._top)]], style.UNKNOWN, widths=1.4)
        past = np.minimum(_GRID, p)
        put("past", draw.line, ax, past, self._product(past), color=style.color(0), linewidth=3.2)
        put("here", draw.markers, ax, np.array([[p, value]]), [style.DISC], 12, draw.rgba([style.INK]),
            edges=draw.rgba([style.PAPER]), widths=1.8)
        self.movers["here"].set_clip_on(False)
        put("p", draw.label, ax, (float(np.clip(p, 0.07, 0.96)), self._top), f"p = {p:.2f}", ha="center", va="center",
            weight="bold")

    def _sentences(self, step: int) -> list[str]:
        p = step / 100
        value = words.number(float(self._product(p)), 3)
        told = [f"p = {p:.2f}: heads have the factor {p:.2f}, tails {1 - p:.2f}", f"the product of all is {value}"]
        if step == self.still:
            told.append("this is the top" if step == 100 * self._is_heads.mean() else "the top is next to it")
        return told


class LikelihoodSoFar(OneCoin):
    """The control is the number of flips. The top of each curve is 1, and a band shows where it is above one half."""

    NAME, HEAD = "Likelihood so far", 64

    @property
    def kinds(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("",) * (len(self.flips) + 1)  # no run: there are no E and M

    def _build(self, stage: Stage) -> None:
        super()._build(stage)
        self._heads = np.concatenate([[0], np.cumsum(self._is_heads)])
        seen = np.arange(len(self._heads))
        self._tops = np.where(seen > 0, self._heads / np.maximum(seen, 1), 0.5)
        heads, tails, tops = (table[:, None] for table in (self._heads, seen - self._heads, self._tops))
        logs = xlogy(heads, _GRID) + xlog1py(tails, -_GRID) - xlogy(heads, tops) - xlog1py(tails, -tops)
        self._curves = np.exp(logs)
        self._edges = np.array([_GRID[np.flatnonzero(curve >= 0.5)[[0, -1]]] for curve in self._curves])
        self.panel.set(ylim=(0, 1.16), ylabel="likelihood ÷ its top")
        draw.few_ticks(self.panel.yaxis, 2, low=0, high=1)

    def _move(self, step: float) -> None:
        put, ax, at = self.movers.put, self.panel, int(np.ceil(step))
        self._put_flips(np.clip(step - np.arange(len(self.flips)), 0, 1))
        curve, top = draw.interpolate(self._curves, step), float(draw.interpolate(self._tops, step))
        low, high = draw.interpolate(self._edges, step)
        shown = min(1.0, step)  # without a flip there is no top
        x = np.linspace(low, high, 81)
        band = np.concatenate([np.column_stack([x, np.interp(x, _GRID, curve)]), [(high, 0), (low, 0)]])
        put("band", draw.polygons, ax, [band], draw.rgba([_HALF], 0.45))
        before = self._curves[max(at - 1, 0)]
        put("before", draw.line, ax, _GRID, before, color=style.UNKNOWN, linewidth=1.6, linestyle=(0, (3, 2)))
        put("curve", draw.line, ax, _GRID, curve, color=style.color(0), linewidth=3.2)
        put("to the axis", draw.lines, ax, [[(top, 0), (top, 1)]], draw.rgba([style.INK], shown), widths=1.4)
        put("top", draw.markers, ax, np.array([[top, 1.0]]), [style.DISC], 12, draw.rgba([style.INK], shown),
            edges=draw.rgba([style.PAPER], shown), widths=1.8)
        self.movers["top"].set_clip_on(False)
        side = "left" if top < 0.85 else "right"
        put("value", draw.label, ax, (top, 1), words.fixed(top, 2) if at else "", ha=side, weight="bold",
            offset=(10 if side == "left" else -10, 7))

    def _sentences(self, step: int) -> list[str]:
        if not step:
            return ["No flip yet: all chances p are on a par"]
        low, high = self._edges[step]
        face = "heads" if self._is_heads[step - 1] else "tails"
        return [f"Flip {step}, {face}: {self._heads[step]} of {step} heads, so the top is at {self._tops[step]:.2f}",
                f"above half its height from {low:.2f} to {high:.2f}"]
