"""Data that a program makes, so that the truth is known."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from emviz import validate
from emviz.datasets.dataset import NO_RIGHTS, Dataset

STRETCH = ((0.6, -0.6), (-0.4, 0.8))  # what scikit-learn's examples stretch blobs with


def blobs(
    n_points: int | Sequence[int] = 500,
    n_clusters: int = 4,
    spread: float | Sequence[float] = 0.7,
    seed: int = 0,
    *,
    centers: Any = None,
) -> Dataset:
    """Round clouds of points; the same points as scikit-learn's make_blobs with random_state=seed.

    n_points: how many in all, shared out evenly, or how many in each blob.
    n_clusters: how many blobs, where neither `n_points` nor `centers` says it.
    spread: the standard deviation of every blob, or one a blob.
    centers: float[k, d], the middle of each blob; drawn from the square of -10 … 10 if not given.

    Returns data: float[n, d] (d = 2 unless `centers` say otherwise) and labels: the blob of each point.
    Raises ValueError or TypeError that names the argument. Loads scikit-learn.
    """
    from sklearn.datasets import make_blobs

    seed = _checked_seed(seed)
    middles = None if centers is None else validate.means(centers, "centers")
    if isinstance(n_points, (Sequence, np.ndarray)):
        sizes = [validate.positive_integer(size, f"n_points[{i}]") for i, size in enumerate(n_points)]
        if not sizes:
            raise ValueError("n_points is empty: give one number of points a blob")
    else:
        k = validate.positive_integer(n_clusters, "n_clusters") if middles is None else len(middles)
        n = validate.positive_integer(n_points, "n_points", least=k)
        sizes = [n // k + (i < n % k) for i in range(k)]
    if middles is not None:
        _one_each(sizes, "n_points", len(middles), "centers")
    if isinstance(spread, (Sequence, np.ndarray)):
        spreads = [validate.nonnegative(one, f"spread[{i}]") for i, one in enumerate(spread)]
        _one_each(spreads, "spread", len(sizes), "blobs")
    else:
        spreads = [validate.nonnegative(spread, "spread")] * len(sizes)

    points, labels = make_blobs(n_samples=sizes, centers=middles, cluster_std=spreads, random_state=seed)
    return _sample(points, labels, "Blobs", f"scikit-learn's make_blobs, seed {seed}")


def stretched_blobs(
    n_points: int | Sequence[int] = 500,
    n_clusters: int = 3,
    spread: float | Sequence[float] = 1.0,
    seed: int = 170,
    *,
    centers: Any = None,
    transformation: Any = STRETCH,
) -> Dataset:
    """`blobs` pulled into slanted ellipses: every point p, a row, becomes p @ transformation.

    transformation: float[d, d]. The other arguments are those of `blobs`; the centers are stretched with the
    points.

    Returns data: float[n, d] and labels: the blob of each point. Loads scikit-learn.
    """
    round_blobs = blobs(n_points, n_clusters, spread, seed, centers=centers)
    d = round_blobs.data.shape[1]
    matrix = validate.shaped(validate.numbers_in(transformation, "transformation"), "transformation", (d, d),
                             "it maps each point to a point")
    return replace(round_blobs, data=round_blobs.data @ matrix, title="Stretched blobs",
                   source=f"{round_blobs.source}, stretched")


def moons(n_points: int = 500, noise: float = 0.07, seed: int = 0) -> Dataset:
    """Two half circles that reach into each other, with normal noise of standard deviation `noise`.

    data: float[n_points, 2]; labels: 0 upper moon, 1 lower moon. Loads scikit-learn.
    """
    from sklearn.datasets import make_moons

    n, noise, seed = _checked_curve(n_points, noise, seed)
    points, labels = make_moons(n_samples=n, noise=noise, random_state=seed)
    source = f"scikit-learn's make_moons, seed {seed}"
    return _sample(points, labels, "Two moons", source, ("upper", "lower"))


def circles(n_points: int = 500, noise: float = 0.05, seed: int = 0, *, factor: float = 0.5) -> Dataset:
    """A circle inside another, with normal noise of standard deviation `noise`.

    factor: the inner radius, from 0 up to but not including 1; the outer radius is 1.

    data: float[n_points, 2]; labels: 0 outer circle, 1 inner circle. Loads scikit-learn.
    """
    from sklearn.datasets import make_circles

    n, noise, seed = _checked_curve(n_points, noise, seed)
    if validate.nonnegative(factor, "factor") >= 1:
        raise ValueError(f"factor={factor} must be below 1, the radius of the outer circle")
    points, labels = make_circles(n_samples=n, noise=noise, random_state=seed, factor=factor)
    source = f"scikit-learn's make_circles, seed {seed}"
    return _sample(points, labels, "Two circles", source, ("outer", "inner"))


def uniform_square(n_points: int = 500, seed: int = 0) -> Dataset:
    """Points without any group: every place in the square of 0 … 1 is as likely as any other.

    data: float[n_points, 2]; no labels, for there is nothing to find.
    """
    n, seed = validate.positive_integer(n_points, "n_points"), _checked_seed(seed)
    points = np.random.default_rng(seed).uniform(size=(n, 2))
    return Dataset(points, None, ("x", "y"), "Nothing but noise", f"drawn from a square, seed {seed}", NO_RIGHTS)


def gaussian_mixture_sample(
    weights: Any, means: Any, covariances: Any, n_points: int = 500, seed: int = 0
) -> Dataset:
    """Draw points from a mixture of Gaussians with the given parameters.

    weights: float[k], summing to 1.
    means: float[k, d], or float[k] for one feature.
    covariances: float[k, d, d]; or one float[d, d] or one variance for all; or float[k] for one feature.

    Returns data: float[n_points, d] and labels: the component that made each point.
    Raises ValueError or TypeError that names the argument and the component.
    """
    mixing, middles = validate.weights(weights), validate.means(means)
    k, d = middles.shape
    _one_each(mixing, "weights", k, "means")
    roots = np.linalg.cholesky(validate.covariances(covariances, k, d))
    n, seed = validate.positive_integer(n_points, "n_points"), _checked_seed(seed)

    rng = np.random.default_rng(seed)
    labels, normal = rng.choice(k, size=n, p=mixing), rng.standard_normal((n, d))
    points = middles[labels]
    for component, root in enumerate(roots):
        mine = labels == component
        points[mine] += normal[mine] @ root.T
    return _sample(points, labels, "Gaussian mixture sample", f"drawn from given parameters, seed {seed}")


def coin_sample(
    probabilities: Sequence[float] = (0.8, 0.45),
    weights: Sequence[float] | None = None,
    n_sets: int = 50,
    n_trials: int = 10,
    seed: int = 0,
) -> Dataset:
    """Sets of coin flips: for each set a coin is picked, then flipped `n_trials` times.

    probabilities: float[k], each coin's chance of heads.
    weights: float[k], how often each coin is picked; equally often if not given.

    Returns data: int[n_sets], the heads in each set, with `n_trials`; labels: the coin of each set.
    Raises ValueError or TypeError that names the argument.
    """
    chances = validate.numbers_in(probabilities, "probabilities")
    if chances.ndim != 1 or len(chances) == 0:
        raise ValueError(f"probabilities has shape {chances.shape}: give each coin's chance of heads")
    wrong = (chances < 0) | (chances > 1)
    if wrong.any():
        coin = int(np.argmax(wrong))
        raise ValueError(f"probabilities[{coin}] is {chances[coin]:g}: a chance lies between 0 and 1")
    k = len(chances)
    mixing = np.full(k, 1 / k) if weights is None else validate.weights(weights)
    _one_each(mixing, "weights", k, "probabilities")
    sets, flips = validate.positive_integer(n_sets, "n_sets"), validate.positive_integer(n_trials, "n_trials")
    seed = _checked_seed(seed)

    rng = np.random.default_rng(seed)
    labels = rng.choice(k, size=sets, p=mixing)
    names = tuple(string.ascii_uppercase[:k]) if k <= len(string.ascii_uppercase) else ()
    return Dataset(rng.binomial(flips, chances[labels]), labels, ("heads",), "Sets of coin flips",
                   f"drawn from given coins, seed {seed}", NO_RIGHTS, names, flips)


def _sample(
    points: np.ndarray, labels: np.ndarray, title: str, source: str, label_names: tuple[str, ...] = ()
) -> Dataset:
    d = points.shape[1]
    axes = ("x", "y")[:d] if d <= 2 else tuple(f"x{j + 1}" for j in range(d))
    return Dataset(points, labels, axes, title, source, NO_RIGHTS, label_names)


def _checked_seed(seed: Any) -> int:
    seed = validate.positive_integer(seed, "seed", least=0)
    if seed >= 2**32:  # the largest that scikit-learn takes
        raise ValueError(f"seed={seed} is too large: it must be below 2**32")
    return seed


def _checked_curve(n_points: Any, noise: Any, seed: Any) -> tuple[int, float, int]:
    return (validate.positive_integer(n_points, "n_points", least=2), validate.nonnegative(noise, "noise"),
            _checked_seed(seed))


def _one_each(values: Sequence[Any] | np.ndarray, argument: str, expected: int, of: str) -> None:
    if len(values) != expected:
        raise ValueError(f"{argument} has {len(values)} value{'s' * (len(values) != 1)} for {expected} {of}: "
                         f"give as many as there are {of}")
