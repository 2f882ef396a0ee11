"""Every view with every kind of run it fits, and many runs: for the contact sheets, and for the laws of pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np

import emviz
from emviz import datasets
from emviz.scenes import Scene

_BLOBS_START = np.array([[-2.0, 4.0], [0.0, 4.0], [2.0, 4.0], [0.0, 6.0]])


def _mixture(structure: str = "full", data: Any = None, k: int = 4, iterations: int = 12,
             **options: Any) -> emviz.Trace:
    model = emviz.GaussianMixture(k, structure, **options)
    return emviz.run(model, datasets.blobs(300) if data is None else data, max_iterations=iterations, rng=0)


def _from_start(model: Any) -> emviz.Trace:
    points = datasets.blobs(300)
    return emviz.run(model, points, model.start(points, means=_BLOBS_START), max_iterations=12)


def _coins(flips: int = 10, heads: Any = (5, 9, 8, 4, 7), **options: Any) -> emviz.Trace:
    model = emviz.BinomialMixture(2, flips, **options)
    return emviz.run(model, heads, model.start(heads, probabilities=[0.6, 0.5]), max_iterations=8)


def _heights(model: Any, means: Any) -> emviz.Trace:
    data = datasets.heights()
    return emviz.run(model, data, model.start(data, means=means), max_iterations=10)


def _three_lengths() -> Any:
    iris = datasets.iris()
    return SimpleNamespace(data=iris.data[:, :3], feature_names=iris.feature_names[:3])


def _pixels() -> np.ndarray:
    return datasets.pixel_photo("flower").data[::4, ::4]


def _small_digits() -> np.ndarray:
    """Each 28 × 28 picture as 14 × 14 means: a quarter of the features, a tenth of the time."""
    return datasets.digits_2_6().data.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 14 * 14)


TRACES: dict[str, Callable[[], emviz.Trace]] = {
    "blobs, k-means": lambda: _from_start(emviz.KMeans(4)),
    "blobs, soft k-means": lambda: _from_start(emviz.KMeans(4, temperature=0.5)),
    "blobs, full": lambda: _from_start(emviz.GaussianMixture(4)),
    "blobs, tied": lambda: _from_start(emviz.GaussianMixture(4, "tied")),
    "blobs, diag": lambda: _from_start(emviz.GaussianMixture(4, "diag")),
    "blobs, spherical": lambda: _from_start(emviz.GaussianMixture(4, "spherical")),
    "blobs, hard mixture": lambda: _from_start(emviz.GaussianMixture(4, temperature=0)),
    "blobs, eight": lambda: _mixture(k=8),
    "heights, mixture": lambda: _heights(emviz.GaussianMixture(2), [[62.0], [65.0]]),
    "heights, k-means": lambda: _heights(emviz.KMeans(2), [[60.0], [62.0]]),
    "heights, soft k-means": lambda: _heights(emviz.KMeans(2, temperature=9.0), [[60.0], [62.0]]),
    "galaxies, mixture": lambda: _mixture(data=datasets.galaxies(), k=6, iterations=15),
    "coins": lambda: _coins(fixed=("weights",)),
    "coins, free weights": lambda: _coins(),
    "three coins": lambda: emviz.run(
        emviz.BinomialMixture(3, 10), [5, 9, 8, 4, 7, 3, 2, 6, 9, 8, 1, 5], rng=0, max_iterations=6),
    "many coins": lambda: emviz.run(
        emviz.BinomialMixture(3, 20), datasets.coin_sample([0.2, 0.5, 0.85], n_sets=200, n_trials=20), rng=0,
        max_iterations=6),
    "earthquakes": lambda: emviz.run(emviz.PoissonMixture(3), datasets.earthquakes(), rng=0, max_iterations=8),
    "deaths": lambda: emviz.run(emviz.PoissonMixture(2), datasets.times_deaths(), rng=0, max_iterations=8),
    "iris, full": lambda: _mixture(data=datasets.iris(), k=3),
    "iris, k-means": lambda: emviz.run(emviz.KMeans(3), datasets.iris(), rng=0),
    "three lengths, full": lambda: _mixture(data=_three_lengths(), k=3),
    "flowers in space": lambda: _mixture(data=datasets.iris().data[:, 1:], k=3),
    "photo colors, k-means": lambda: emviz.run(emviz.KMeans(4), datasets.photo_colors(), rng=0),
    "photo colors, full": lambda: _mixture(data=datasets.photo_colors(), k=3),
    "photo colors, eight": lambda: _mixture("spherical", datasets.photo_colors(), k=8),
    "pixels, k-means": lambda: emviz.run(emviz.KMeans(5), _pixels().reshape(-1, 3), rng=0, max_iterations=8),
    "pixels, mixture": lambda: _mixture("full", _pixels().reshape(-1, 3), k=4, iterations=8, min_variance=1.0),
    "digits, k-means": lambda: emviz.run(emviz.KMeans(4), datasets.digits_2_6(), rng=0, max_iterations=8),
    "small digits, mixture": lambda: _mixture("spherical", _small_digits(), k=3, iterations=6),
    "start only": lambda: emviz.run(emviz.GaussianMixture(2), datasets.blobs(90), rng=0, max_iterations=0),
    "one component": lambda: emviz.run(emviz.GaussianMixture(1), datasets.blobs(90), rng=0),
    "ten heights": lambda: _mixture(data=datasets.heights().data[:10], k=2, iterations=4),
    "ten points": lambda: emviz.run(emviz.KMeans(3), datasets.blobs(10), rng=0),
    "ten counts": lambda: emviz.run(emviz.PoissonMixture(2), datasets.earthquakes().data[:10], rng=0,
                                    max_iterations=4),
}

# name -> (run, view, options); a view of None is the one that a scene takes by itself.
CASES: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    f"{'own view' if view is None else view}: {run}{''.join(f', {name}={value}' for name, value in options.items())}":
    (run, view, options)
    for run, view, options in [
        ("blobs, full", None, {}), ("blobs, tied", None, {}), ("blobs, diag", None, {}),
        ("blobs, spherical", None, {}), ("blobs, hard mixture", None, {}), ("blobs, k-means", None, {}),
        ("blobs, soft k-means", None, {}), ("blobs, eight", None, {}), ("start only", None, {}),
        ("one component", None, {}), ("heights, mixture", None, {}), ("heights, k-means", None, {}),
        ("galaxies, mixture", None, {}), ("coins", None, {}), ("coins, free weights", None, {}),
        ("many coins", None, {}), ("earthquakes", None, {}), ("deaths", None, {}),
        ("iris, k-means", "plane", {"columns": (2, 3)}), ("small digits, mixture", "plane", {}),
        ("blobs, full", "plane", {"contours": "lines", "ellipses": ()}), ("blobs, k-means", "plane", {"circles": True}),
        ("blobs, tied", "plane", {"contours": "filled", "ellipses": ()}),
        ("blobs, full", "plane", {"regions": "soft", "ellipses": (2,)}),
        ("blobs, soft k-means", "plane", {"regions": "soft", "ellipses": (1, 2)}),
        ("iris, full", "plane", {"regions": "soft", "contours": "lines", "circles": True, "trails": False}),
        ("iris, full", None, {}), ("iris, k-means", None, {}),
        ("flowers in space", "space", {}), ("photo colors, k-means", "space", {}),
        ("coins", "flips", {"flips": ("HTTTHHTHTH", "HHHHTHHHHH", "HTHHHHHTHH", "HTHTTTHHTT", "THHHTHHHTH")}),
        ("coins, free weights", "flips", {}), ("three coins", "flips", {}),
        ("coins", "surface", {}), ("coins, free weights", "surface", {}), ("heights, mixture", "surface", {}),
        ("coins", "surface", {"gradient": True}), ("heights, mixture", "surface", {"gradient": True}),
        ("deaths", "surface", {"gradient": 0.08}), ("heights, soft k-means", "surface", {"gradient": 0.001}),
        ("heights, k-means", "surface", {}), ("deaths", "surface", {}),
        ("coins", "free energy", {}), ("blobs, full", "free energy", {}), ("heights, k-means", "free energy", {}),
        ("coins", "curve", {}), ("iris, full", "curve", {}), ("heights, k-means", "curve", {}),
        ("start only", "free energy", {}), ("start only", "curve", {}),
        ("three lengths, full", "space", {}), ("photo colors, k-means", None, {}), ("photo colors, full", "colors", {}),
        ("photo colors, eight", "colors", {"points": "responsibility"}), ("pixels, k-means", "colors", {}),
        ("photo colors, eight", "space", {"azimuth": 30, "elevation": -10}), ("pixels, mixture", "space", {}),
        ("pixels, k-means", "image", {"shape": (40, 60)}),
        ("pixels, mixture", "image", {"shape": (40, 60), "paint": "posterior"}),
        ("digits, k-means", None, {}), ("small digits, mixture", "tiles", {"examples": 4}),
        ("coins", "table", {}), ("ten heights", "table", {}), ("ten points", "table", {}), ("ten counts", "table", {}),
        ("iris, full", "table", {"rows": (0, 50, 100)}),
    ]
}


@cache
def _restarts(name: str) -> tuple[emviz.Restarts, ...]:
    """Few runs each, so that a picture comes quickly."""
    blobs, coins = datasets.blobs(120), [5, 9, 8, 4, 7]
    made: dict[str, Callable[[], Any]] = {
        "blobs": lambda: [emviz.restarts(emviz.KMeans(4), blobs, 60)],
        "two starts": lambda: [emviz.restarts(emviz.KMeans(4), blobs, 40, start) for start in ("random", "k-means++")],
        "many optima": lambda: [emviz.restarts(emviz.KMeans(10), blobs, 60)],
        "mixture": lambda: [emviz.restarts(emviz.GaussianMixture(4, "spherical"), blobs, 12)],
        "one optimum": lambda: [emviz.restarts(emviz.BinomialMixture(2, 10), coins, 20)],
        "none converged": lambda: [emviz.restarts(emviz.PoissonMixture(3), datasets.earthquakes(), 6,
                                                  max_iterations=3)],
    }
    return tuple(made[name]())


@cache
def _basins(name: str) -> emviz.Basins:
    blobs = datasets.blobs(120)
    made: dict[str, Callable[[], emviz.Basins]] = {
        "blobs": lambda: emviz.basins(emviz.KMeans(4), blobs, _BLOBS_START, component=3, grid=16),
        "galaxies": lambda: emviz.basins(emviz.GaussianMixture(2), datasets.galaxies(), grid=(12, 10)),
        "coins": lambda: emviz.basins(emviz.BinomialMixture(2, 10, fixed=("weights",)), [5, 9, 8, 4, 7], grid=9),
    }
    return made[name]()


def _starts(name: str, **frame: Any) -> Scene:
    kinds = _restarts(name)
    return emviz.scene(*kinds, **frame) if len(kinds) == 1 else emviz.side_by_side(*kinds, **frame)


# What many runs reach: name -> a new scene; its keywords are as for `scene`.
MANY: dict[str, Callable[..., Scene]] = {
    **{f"restarts: {name}": partial(_starts, name)
       for name in ("blobs", "two starts", "many optima", "mixture", "one optimum", "none converged")},
    "basins: blobs": lambda **frame: emviz.scene(_basins("blobs"), **frame),
    "basins: galaxies, with a start": lambda **frame: emviz.scene(_basins("galaxies"), chosen=(12000, 25000), **frame),
    "basins: coins": lambda **frame: emviz.scene(_basins("coins"), chosen=(0.6, 0.5), **frame),
}


@cache
def trace(name: str) -> emviz.Trace:
    return TRACES[name]()


def scene(case: str, **frame: Any) -> Scene:
    """A new scene of a case; frame: size, projector, step."""
    if case in MANY:
        return MANY[case](**frame)
    run, view, options = CASES[case]
    return emviz.scene(trace(run), view, **options, **frame)


def telling_steps(length: int) -> list[int]:
    """The start, an E and an M in the middle, the end; fewer in a short run."""
    middle = max(1, (length - 1) // 2 // 2 * 2 - 1)
    return sorted({step for step in (0, middle, middle + 1, length - 1) if step < length})
