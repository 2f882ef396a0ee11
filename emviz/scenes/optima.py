"""How pictures tell apart the optima that runs reach: colors by quality, values with the digits that differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz import style
from emviz.models import KMeans
from emviz.scenes import words

COLORED = 6  # optima with a color of their own; the others are gray


def colors(count: int) -> list[str]:
    """A color for each optimum, the best first: Okabe–Ito, then grays that get lighter."""
    grays = np.linspace(0x78, 0xC4, max(count - COLORED, 1)).astype(int)
    return [style.color(j) for j in range(min(count, COLORED))] + [f"#{gray:02X}{gray:02X}{gray:02X}" for gray in
                                                                   grays[:max(count - COLORED, 0)]]


def strokes(count: int) -> list[str]:
    """The same for lines and outlines: dark enough for white paper."""
    return [style.stroke(j) for j in range(min(count, COLORED))] + [style.SOFT_INK] * max(count - COLORED, 0)


def scale(model: Any) -> tuple[int, str]:
    """What an objective is multiplied by to be shown, and what it is then: an inertia is −2 × the lower bound."""
    hard = isinstance(model, KMeans) and model.temperature == 0
    return (-2, "inertia") if hard else (1, "lower bound")


def decimals(values: Any) -> int:
    """How many decimals show four digits, and tell the values apart as far as anybody would read them."""
    distinct = np.unique(np.asarray(values, dtype=float))
    four = words.decimals(float(np.abs(distinct).max(initial=0.0)), 4)
    if len(distinct) < 2:
        return four
    apart = words.decimals(float(np.diff(distinct).min()), 1)
    return max(four, min(apart, words.decimals(float(np.ptp(distinct)), 6)))
