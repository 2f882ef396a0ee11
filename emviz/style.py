"""One look: colors, marker shapes, type sizes, and the mixing of colors by responsibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.path import Path

# Okabe & Ito (2008), "Color universal design". The first four have 3:1 contrast on white; of the
# light ones after them, marks have a dark outline and lines a darker shade.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
_LIGHT = {"#E69F00", "#56B4E9", "#F0E442"}

INK = "#1A1A1A"       # text, and the curve of the log-likelihood
SOFT_INK = "#5A5A5A"  # ticks, notes, the lower bound
BARS = "#E9E9E9"      # a histogram
HAIRLINE = "#C8C8C8"  # axis lines
UNKNOWN = "#A0A0A0"   # a point before the first E-step
PAPER = "#FFFFFF"
GAP = "#F2C14E"       # between the lower bound and the log-likelihood

BASE = 15.0     # points, at 100 dots per inch and 960 × 540 pixels
CAPTION = 17.0
SMALL = 12.5

_OURS: dict[str, Any] = {
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.family": "DejaVu Sans",  # matplotlib carries it, so a picture is the same on every machine
    "font.size": BASE,
    "text.color": INK,
    "text.parse_math": False,  # a "$" in a column name is a dollar
    "text.hinting": "none",    # letters as wide as a browser draws their outlines; and sooner drawn
    "axes.facecolor": PAPER,
    "axes.edgecolor": HAIRLINE,
    "axes.linewidth": 1.2,
    "axes.labelcolor": INK,
    "axes.labelsize": BASE,
    "axes.labelpad": 5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.labelsize": 14,
    "ytick.labelsize": 14,
    "xtick.color": HAIRLINE,
    "ytick.color": HAIRLINE,
    "xtick.labelcolor": SOFT_INK,
    "ytick.labelcolor": SOFT_INK,
    "xtick.major.size": 5,
    "ytick.major.size": 5,
    "lines.linewidth": 2.4,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
}
_LOOKS = ("agg.", "axes.", "figure.", "font.", "image.", "lines.", "mathtext.", "patch.", "path.", "savefig.",
          "text.", "xtick.", "ytick.")

# For matplotlib.rc_context: the library's defaults rather than the user's settings, and ours on top.
RC: Any = {key: value for key, value in matplotlib.rcParamsDefault.items() if key.startswith(_LOOKS)} | _OURS
del RC["figure.max_open_warning"], RC["figure.raise_window"], RC["savefig.directory"]  # habits, not looks
_DRAWN = {key: value for key, value in RC.items() if key.startswith(("agg.", "font.", "lines.", "path.", "text."))}


@contextmanager
def drawing() -> Iterator[None]:
    """What of RC matters to artists that are there already, inside a `with` block.

    A twentieth of what matplotlib.rc_context costs, which copies all settings twice: half a millisecond a frame.
    """
    others = {key: matplotlib.rcParams[key] for key, value in _DRAWN.items() if matplotlib.rcParams[key] != value}
    try:
        for key in others:
            matplotlib.rcParams[key] = _DRAWN[key]
        yield
    finally:
        for key, value in others.items():
            matplotlib.rcParams[key] = value


def color(component: int) -> str:
    """The color of a component, as "#RRGGBB"."""
    return COLORS[component % len(COLORS)]


def contrast(component: int) -> str:
    """What stands out on `color(component)`: white, or dark on a light color."""
    return INK if color(component) in _LIGHT else PAPER


def readable(colors: np.ndarray) -> list[str]:
    """What stands out on each of colors: float[n, 3 or 4]: white or dark, whichever has more contrast (WCAG 2.2)."""
    luminance = _to_light(colors[:, :3]) @ [0.2126, 0.7152, 0.0722]
    return [PAPER if level < 0.2 else INK for level in luminance]


@cache
def stroke(component: int) -> str:
    """The color of a line: `color(component)`, or a shade of it dark enough for 3:1 contrast on white (WCAG 2.2)."""
    light = _to_light(np.array(to_rgb(color(component))))
    luminance = float(light @ [0.2126, 0.7152, 0.0722])
    red, green, blue = _from_light(light * min(1.0, 0.29 / max(luminance, 0.29)))
    return to_hex((red, green, blue)).upper()


def blend(responsibilities: np.ndarray, shade: Callable[[int], str] = color) -> np.ndarray:
    """Mix the colors of the components: responsibilities float[n, k] -> rgba float[n, 4].

    shade: `color` for areas, `stroke` for lines.

    Mixed as light is, in linear RGB (IEC 61966-2-1), so that half and half stays bright.
    """
    shares = np.asarray(responsibilities, dtype=float)
    light = _to_light(np.array([to_rgb(shade(component)) for component in range(shares.shape[1])]))
    mixed = np.ones((len(shares), 4))
    mixed[:, :3] = _from_light(np.clip(shares @ light, 0, 1))
    return mixed


def _to_light(srgb: np.ndarray) -> np.ndarray:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _from_light(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _polygon(corners: np.ndarray) -> Path:
    """A closed outline of 24 vertices, corners among them, with the area of a disc of diameter 1.

    Equal counts let one shape glide into another; 24 is a multiple of 3, 4, 6, 8 and 12.
    """
    following = np.roll(corners, -1, axis=0)
    along = np.arange(24 // len(corners))[:, None, None] / (24 // len(corners))
    vertices = ((1 - along) * corners + along * following).transpose(1, 0, 2).reshape(-1, 2)
    x, y = corners.T
    area = abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
    vertices = vertices * np.sqrt(np.pi / 4 / area)
    return Path(np.vstack([vertices, vertices[:1]]), closed=True)


def _regular(corners: int, turn: float = 0.0) -> Path:
    angles = np.pi / 2 + turn + 2 * np.pi * np.arange(corners) / corners
    return _polygon(np.column_stack([np.cos(angles), np.sin(angles)]))


def _plus(turn: float = 0.0) -> Path:
    quarter = np.array([[0.5, 1.0], [-0.5, 1.0], [-0.5, 0.5]])
    spin = np.array([[0.0, 1.0], [-1.0, 0.0]])
    corners = np.vstack([quarter @ np.linalg.matrix_power(spin, turns) for turns in range(4)])
    cos, sin = np.cos(turn), np.sin(turn)
    return _polygon(corners @ np.array([[cos, sin], [-sin, cos]]))


_SHAPES = (_regular(24), _regular(4, np.pi / 4), _regular(3), _regular(4),
           _regular(6), _regular(3, np.pi), _plus(), _plus(np.pi / 4))
DISC = _SHAPES[0]


def shape(component: int) -> Path:
    """The marker of a component: a closed Path of 25 vertices, of the area of a disc of diameter 1.

    Past the eighth component the colors repeat with other shapes.
    """
    return _SHAPES[(component + component // len(COLORS)) % len(_SHAPES)]
