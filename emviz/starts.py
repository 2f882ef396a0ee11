"""Where a run begins: random points, k-means++, given points, random or given responsibilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from emviz import validate

METHODS = ("k-means++", "random")


def means(how: Any, points: np.ndarray, k: int, rng: validate.Rng = None, argument: str = "means") -> np.ndarray:
    """Starting means float[k, d]: "k-means++" or "random" rows of `points: float[n, d]`, or given ones."""
    validate.generator(rng)  # a wrong seed is an error even where nothing is drawn
    if isinstance(how, str):
        return points[rows(how, points, k, rng, argument)]
    given = validate.means(how, argument)
    return validate.shaped(given, argument, (k, points.shape[1]), "one row a component, one column a feature")


def rows(how: str, points: np.ndarray, k: int, rng: validate.Rng = None, argument: str = "means") -> np.ndarray:
    """The indices int[k] of the rows of `points: float[n, d]` that a method picks."""
    validate.choice(how, argument, METHODS)
    generator = validate.generator(rng)
    if how == "random":
        return _distinct(points, k, generator.permutation(len(points)))
    return _k_means_plus_plus(points, k, generator)


def _distinct(points: np.ndarray, k: int, order: np.ndarray) -> np.ndarray:
    """The first k rows in this order that differ; equal ones only where there are no more."""
    first: dict[bytes, int] = {}
    for row in order:
        first.setdefault((points[row] + 0.0).tobytes(), int(row))  # + 0.0: −0 equals 0, but not in its bytes
        if len(first) == k:
            break
    picked = list(first.values())
    spare = (row for row in order if row not in picked)
    return np.array(picked + [int(next(spare)) for _ in range(k - len(picked))])


def _k_means_plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Each next row with probability proportional to its squared distance from the nearest one picked.

    Arthur & Vassilvitskii (2007), SODA, section 2.2.
    """
    picked = [int(rng.integers(len(points)))]
    nearest = np.full(len(points), np.inf)
    while len(picked) < k:
        nearest = np.minimum(nearest, ((points - points[picked[-1]]) ** 2).sum(axis=1))
        total = nearest.sum()
        # Fewer distinct rows than components: the rest are copies, and stay empty in plain sight.
        picked.append(int(rng.choice(len(points), p=nearest / total)) if total > 0 else int(rng.integers(len(points))))
    return np.array(picked)


def responsibilities(how: Any, n: int, k: int, rng: validate.Rng = None) -> np.ndarray:
    """Starting responsibilities float[n, k]: "random", given ones, or labels int[n]."""
    if isinstance(how, str):
        validate.choice(how, "responsibilities", ("random",))
        return validate.generator(rng).dirichlet(np.ones(k), size=n)
    shares = validate.responsibilities(how, n, k)
    if (shares.sum(axis=0) == 0).any():
        raise ValueError(f"responsibilities: component {int(np.argmin(shares.sum(axis=0)))} has no points, so nothing "
                         "says where it starts: give it at least one, or ask for fewer components")
    return shares


def check_width(means: np.ndarray, points: np.ndarray, feature_names: Sequence[str] = (),
                argument: str = "start") -> None:
    """Refuse means with another number of features than the data."""
    if means.shape[1] != points.shape[1]:
        names = f" ({', '.join(feature_names)})" if feature_names else ""
        raise ValueError(f"{argument}: means have {means.shape[1]} feature{'s' * (means.shape[1] != 1)}, "
                         f"but points have {points.shape[1]}{names}")
