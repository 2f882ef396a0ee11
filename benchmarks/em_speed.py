"""One EM iteration with every state kept, against one iteration of scikit-learn, in the same run.

Run it with `python benchmarks/em_speed.py`. Machines are noisy: what counts is the ratio of the
medians over pairs that were timed one right after the other.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.cluster import KMeans as RivalKMeans
from sklearn.mixture import GaussianMixture as RivalMixture

import emviz

N_POINTS, ITERATIONS, PAIRS = 100_000, 10, 7
CASES = [("full", 2, 3), ("full", 3, 3), ("full", 2, 8), ("full", 3, 8), ("tied", 3, 8), ("diag", 3, 8),
         ("spherical", 3, 8), ("k-means", 3, 8)]


def main() -> None:
    print(f"n = {N_POINTS:,}; medians of {PAIRS} pairs, milliseconds an iteration\n")
    print(f"{'structure':<10} {'d':>2} {'k':>2} {'scikit-learn':>13} {'emviz':>8} {'ratio':>6}")
    for structure, d, k in CASES:
        rng = np.random.default_rng(0)
        points = rng.normal(size=(N_POINTS, d)) + 2.0 * rng.integers(k, size=(N_POINTS, 1))
        ours, theirs = _kmeans(points, k) if structure == "k-means" else _mixture(points, k, structure)
        pairs = [(_seconds_per_iteration(theirs), _seconds_per_iteration(ours)) for _ in range(PAIRS)]
        rival, mine = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{structure:<10} {d:>2} {k:>2} {rival:>13.1f} {mine:>8.1f} {mine / rival:>6.2f}")


def _mixture(points: np.ndarray, k: int, structure: str) -> tuple[Callable[[int], Any], Callable[[int], Any]]:
    model = emviz.GaussianMixture(k, structure)
    start = model.start(points, rng=0)
    precisions = emviz.to_sklearn(model, start).precisions_

    def theirs(iterations: int) -> Any:
        return RivalMixture(k, covariance_type=structure, max_iter=iterations, tol=0, reg_covar=0,
                            weights_init=start.weights, means_init=start.means, precisions_init=precisions).fit(points)

    return _recorder(model, points, start), theirs


def _kmeans(points: np.ndarray, k: int) -> tuple[Callable[[int], Any], Callable[[int], Any]]:
    model = emviz.KMeans(k)
    start = model.start(points, rng=0)

    def theirs(iterations: int) -> Any:
        return RivalKMeans(k, init=start.means, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd").fit(points)

    return _recorder(model, points, start), theirs


def _recorder(model: Any, points: np.ndarray, start: Any) -> Callable[[int], Any]:
    return lambda iterations: emviz.run(model, points, start, max_iterations=iterations, tolerance=0)


def _seconds_per_iteration(fit: Callable[[int], Any]) -> float:
    """The slope between one iteration and many, so that what is done once does not count."""
    return (_seconds(fit, 1 + ITERATIONS) - _seconds(fit, 1)) / ITERATIONS


def _seconds(fit: Callable[[int], Any], iterations: int) -> float:
    begin = time.perf_counter()
    fit(iterations)
    return time.perf_counter() - begin


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the rival warns that it was stopped early, which is the point
    main()
