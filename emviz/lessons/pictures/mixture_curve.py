"""The density of a Gaussian mixture on a line, and its humps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from emviz import draw, style, validate
from emviz.lessons.pictures.still import Still, drawn
from emviz.models import GaussianParams


def mixture_curve(means: Sequence[float], sigmas: Sequence[float], weights: Sequence[float] | None = None, *,
                  label: str = "x") -> Still:
    """The density of a one-dimensional Gaussian mixture: each weighted component, and their sum with its humps.

    means, sigmas, weights: one number a component; equal weights by default.  label: of the axis, with the unit.
    """
    centers = validate.means(np.reshape(means, (-1, 1)))
    k = len(centers)
    spreads = validate.shaped(validate.numbers_in(sigmas, "sigmas"), "sigmas", (k,), "one for each mean")
    if (spreads <= 0).any():
        raise ValueError(f"sigmas must be positive, not {spreads.min():g}")
    shares = np.full(k, 1 / k) if weights is None else validate.weights(weights)
    params = GaussianParams(shares, centers, (spreads**2)[:, None, None])

    low, high = (centers[:, 0] - 3.5 * spreads).min(), (centers[:, 0] + 3.5 * spreads).max()
    x = np.linspace(low, high, 2001)
    scores = (x - centers) / spreads[:, None]
    parts = (params.weights / (spreads * np.sqrt(2 * np.pi)))[:, None] * np.exp(-0.5 * scores**2)
    total = parts.sum(axis=0)
    humps = x[1:-1][(total[1:-1] > total[:-2]) & (total[1:-1] >= total[2:])]
    count = "1 hump" if len(humps) == 1 else f"{len(humps)} humps"

    def paint(figure: Figure) -> str:
        ax = figure.add_subplot()
        for component, part in enumerate(parts):
            ax.fill_between(x, part, color=style.color(component), alpha=0.2, linewidth=0)
            ax.plot(x, part, color=style.color(component))
            ax.text(centers[component, 0], 0.42 * part.max(), f"{centers[component, 0]:g} ± {spreads[component]:g}",
                    ha="center", fontsize=style.SMALL, color=style.INK)
        ax.plot(x, total, color=style.INK, linewidth=3)
        ax.plot(humps, np.interp(humps, x, total) + 0.06 * total.max(), "v", color=style.INK, markersize=9)
        ax.set(xlabel=label, ylabel="density", ylim=(0, 1.15 * total.max()))
        ax.set_title(f"the sum (black) has {count}", loc="left", fontsize=style.BASE)
        draw.few_ticks(ax.xaxis, 7)
        draw.few_ticks(ax.yaxis, 3)
        parts_said = " and ".join(f"{m:g} ± {s:g}" for m, s in zip(centers[:, 0], spreads))
        where = ", ".join(f"{hump:.1f}" for hump in humps)
        return f"Normal curves {parts_said}, {label}. Their weighted sum has {count}, at {where}."

    return drawn(paint, (800, 340))
