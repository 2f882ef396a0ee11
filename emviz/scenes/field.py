"""A field: who would claim a new point, at every place of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from emviz.models.mixture import log_weights

_MOST = 1e30  # instead of ∞, so that a glide from one state to the next can mix it


@dataclass(frozen=True)
class Scores:
    """log p(x, z = k | θ) of each component at a place x, but for what all have in common.

    A quadratic form about a place of its own: c + g·(x − o) − ½ (x − o)ᵀP(x − o).
    constants c: float[k].  origins o, slopes g: float[k, 2].  precisions P: float[k, 2, 2].
    """

    constants: np.ndarray
    origins: np.ndarray
    slopes: np.ndarray
    precisions: np.ndarray

    @classmethod
    def of_gaussians(cls, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> Scores:
        """weights: float[k].  means: float[k, 2].  covariances: float[k, 2, 2]."""
        constants = log_weights(weights) - 0.5 * np.linalg.slogdet(covariances).logabsdet
        return cls(constants, means, np.zeros_like(means), np.linalg.inv(covariances))

    @classmethod
    def of_centers(cls, centers: np.ndarray) -> Scores:
        """−½‖x − μ‖²; centers: float[k, 2]."""
        k = len(centers)
        return cls(np.zeros(k), centers, np.zeros((k, 2)), np.tile(np.eye(2), (k, 1, 1)))

    @classmethod
    def along(cls, constants: np.ndarray, *, origins: Any = 0.0, slopes: Any = 0.0, precisions: Any = 0.0) -> Scores:
        """Whatever the place upward: all float[k], of the place across."""
        places, directions, curvatures = (np.zeros((len(constants), *shape)) for shape in ((2,), (2,), (2, 2)))
        places[:, 0], directions[:, 0], curvatures[:, 0, 0] = origins, slopes, precisions
        return cls(constants, places, directions, curvatures)

    def table(self, zero: np.ndarray, unit: np.ndarray, temperature: float) -> np.ndarray:
        """For a picture where x is seen at zero + unit · x, divided by the temperature unless it is 0: float[k, 8].

        The columns are o (2), c, g (2), and of P what is across, mixed, and upward.
        """
        slopes, precisions = self.slopes / unit, self.precisions / np.outer(unit, unit)
        scores = np.column_stack([self.constants, slopes, precisions[:, 0], precisions[:, 1, 1]]) / (temperature or 1)
        return np.column_stack([zero + unit * self.origins, scores.clip(-_MOST, _MOST)])


@dataclass(frozen=True)
class Field:
    """The shares of the components at every place of a panel, ∝ exp(score / T); at T = 0 the highest takes all."""

    panel: Axes
    names: tuple[str, ...]       # of its axes; one where only the place across counts
    components: tuple[str, ...]  # "Gaussian 0"
    colors: str                  # the mover whose marks have the colors of the components
    temperature: float
    scores: Callable[[int], Scores | None]  # of a state, by the θ of its q; None before the first E
    is_drawn: bool               # whether the picture shows the regions anyway
    across: tuple[float, float]  # where there is something to tell
    grid: float = 0.0            # values across are whole multiples of it; 0: any number
    note: str = ""               # what the shares leave out
