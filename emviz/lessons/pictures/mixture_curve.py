"""The density of a Gaussian mixture on a line, and its humps."""

from __future__ import annotations

from collections.abc import Sequence

from emviz.lessons.pictures.bells import bells
from emviz.lessons.pictures.still import Still
from emviz.page import still_png

_WIDTH, _HEIGHT = 800, 400  # pixels


def mixture_curve(means: Sequence[float], sigmas: Sequence[float], weights: Sequence[float] | None = None, *,
                  label: str = "x") -> Still:
    """The density of a one-dimensional Gaussian mixture: each weighted component, and their sum with its humps.

    means, sigmas, weights: one number a component; equal weights by default.  label: of the axis, with the unit.
    """
    scene = bells(means, sigmas, weights, label=label, size=(_WIDTH, _HEIGHT))
    return Still(still_png(scene, 0), scene.alt(0))
