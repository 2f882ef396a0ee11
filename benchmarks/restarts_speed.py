"""200 restarts of k-means with every run kept, against scikit-learn, which keeps the best, in the same run.

Run it with `python benchmarks/restarts_speed.py`. Machines are noisy: what counts is the ratio of the medians over
pairs that were timed one right after the other. scikit-learn splits work so small between threads that then wait for
each other, so it is timed in one thread too, where it is at its best.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from sklearn.cluster import KMeans as RivalKMeans
from threadpoolctl import threadpool_limits

import emviz

N_POINTS, N_CLUSTERS, RUNS, PAIRS = 500, 4, 200, 15


def main() -> None:
    points = emviz.datasets.blobs(N_POINTS).data
    print(f"{RUNS} restarts of k-means, {N_CLUSTERS} clusters, {N_POINTS} points; medians of {PAIRS} pairs, "
          "milliseconds\n")
    print(f"{'start':<10} {'threads':>8} {'scikit-learn':>13} {'emviz':>8} {'ratio':>6}")
    for start in ("random", "k-means++"):
        for threads in (None, 1):
            with threadpool_limits(threads):
                rival, mine = _medians(_rival(points, start), _ours(points, start))
            print(f"{start:<10} {threads or 'all':>8} {rival:>13.1f} {mine:>8.1f} {mine / rival:>6.2f}")


def _ours(points: Any, start: str) -> Callable[[], Any]:
    """Every run, and how often each optimum was reached."""
    return lambda: emviz.restarts(emviz.KMeans(N_CLUSTERS), points, RUNS, start, progress=False).optima


def _rival(points: Any, start: str) -> Callable[[], Any]:
    return lambda: RivalKMeans(N_CLUSTERS, init=start, n_init=RUNS, random_state=0).fit(points)


def _medians(*works: Callable[[], Any]) -> list[float]:
    """Milliseconds of each."""
    for work in works:
        work()  # what is loaded once does not count
    times = [[_milliseconds(work) for work in works] for _ in range(PAIRS)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def _milliseconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
