"""One table of models: a new model joins every law by one line in CASES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

import emviz

TEMPERATURES = (0.0, 0.3, 1.0, 2.0)
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Case:
    """A model, data of its kind, and its density from an independent program.

    make: the model with k components, and a temperature.
    draw: n rows of data with some structure.
    log_density: log p(x_i | z_i = k, θ) from SciPy: float[n, k].
    moves: what may be done to the data: "shift", "scale", "rotate"; "double" if rows weigh alone (no prior).
    """

    make: Callable[..., Any]
    draw: Callable[[np.random.Generator, int], np.ndarray]
    log_density: Callable[[Any, np.ndarray], np.ndarray]
    moves: tuple[str, ...] = ("double",)

    def instance(self, seed: int = 0, n: int = 40, k: int = 3, temperature: float = 1.0) -> tuple[Any, np.ndarray, Any]:
        """(model, data, start): three clusters of some rows, and a random start with unequal weights."""
        rng = np.random.default_rng(seed)
        model = self.make(k, temperature=temperature)
        data = self.draw(rng, n)
        start = model.start(data, "random", rng=rng)
        if hasattr(start, "weights") and "weights" not in model.fixed:
            start = replace(start, weights=rng.dirichlet(np.full(k, 5.0)))
        if "covariances" in model.fixed:  # those of the data are too wide to tell clusters apart
            start = replace(start, covariances=start.covariances / 9)
        return model, data, start

    def log_joint(self, params: Any, data: np.ndarray) -> np.ndarray:
        """log p(x_i, z_i = k | θ): float[n, k]."""
        weights = getattr(params, "weights", None)
        return self.log_density(params, data) + (0.0 if weights is None else np.log(weights))


def replace(params: Any, **changes: Any) -> Any:
    return type(params)(**{**params.arrays(), **changes})


def permuted(params: Any, order: np.ndarray) -> Any:
    """The same parameters with the components in another order."""
    return type(params)(**{name: array[order] for name, array in params.arrays().items()})


def assert_same(actual: Any, desired: Any, rtol: float, atol: float = 0.0) -> None:
    """All parameters agree; `atol` is in units of the largest entry of each."""
    for name, array in desired.arrays().items():
        largest = np.abs(array).max()
        np.testing.assert_allclose(getattr(actual, name), array, rtol=rtol, atol=atol * largest, err_msg=name)


def rounding(*states: Any, n: int) -> float:
    """What a bound of n rows may be off by.

    It is a sum of n terms, each of tens of operations on numbers of size 1 to 100. A correlated covariance knows
    its smallest variance to the condition number times one rounding, and the log-determinant with it.
    """
    size = max(abs(state.log_likelihood) for state in states)
    return EPS * (100 * (n + size) + 10 * n * max(condition(state.params) for state in states))


def condition(params: Any) -> float:
    """The largest condition number of a component's correlations."""
    if not hasattr(params, "covariances"):
        return 1.0
    deviations = np.sqrt(np.diagonal(params.covariances, axis1=1, axis2=2))
    correlations = params.covariances / (deviations[:, :, None] * deviations[:, None, :])
    return 1 / float(np.linalg.eigvalsh(correlations).min())


# ---------------------------------------------------------------- data


def points(d: int) -> Callable[[np.random.Generator, int], np.ndarray]:
    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        centers = 3 * rng.normal(size=(3, d))
        mixed = centers[rng.integers(3, size=n)] + rng.normal(size=(n, d)) @ (np.eye(d) + 0.3 * rng.normal(size=(d, d)))
        return np.round(mixed * 2**20) / 2**20  # on a grid, so that adding 2²⁷ rounds nothing
    return draw


def heads(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.binomial(12, rng.choice([0.2, 0.5, 0.8], size=n))


def counts(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.poisson(rng.choice([1.0, 6.0, 20.0], size=n))


# ---------------------------------------------------------------- densities, by another program


def gaussian(params: Any, data: np.ndarray) -> np.ndarray:
    return np.column_stack([stats.multivariate_normal(mean, covariance).logpdf(data).reshape(-1)
                            for mean, covariance in zip(params.means, params.covariances, strict=True)])


def half_squares(params: Any, data: np.ndarray) -> np.ndarray:
    return np.array([[-0.5 * sum((x - m) ** 2 for x, m in zip(row, mean, strict=True)) for mean in params.means]
                     for row in data])


def binomial(params: Any, data: np.ndarray) -> np.ndarray:
    return stats.binom(12, params.probabilities).logpmf(data[:, None])


def poisson(params: Any, data: np.ndarray) -> np.ndarray:
    return stats.poisson(params.rates).logpmf(data[:, None])


# ---------------------------------------------------------------- the table


def mixture(structure: str, **options: Any) -> Callable[..., Any]:
    return lambda k, **more: emviz.GaussianMixture(k, structure, **options, **more)


def coins(**options: Any) -> Callable[..., Any]:
    return lambda k, **more: emviz.BinomialMixture(k, 12, **options, **more)


PRIOR = emviz.GaussianPrior(concentration=2.0, scale=1.5, degrees_of_freedom=7.0)
EVERY_MOVE = ("double", "shift", "scale", "rotate")

CASES = {
    "k-means": Case(emviz.KMeans, points(2), half_squares, EVERY_MOVE),
    "full": Case(mixture("full"), points(2), gaussian, EVERY_MOVE),
    "full, 1 feature": Case(mixture("full"), points(1), gaussian, EVERY_MOVE),
    "full, 10 features": Case(mixture("full", min_variance=0.1), points(10), gaussian, ("double", "shift", "rotate")),
    "tied": Case(mixture("tied"), points(3), gaussian, EVERY_MOVE),
    "diag": Case(mixture("diag"), points(3), gaussian, ("double", "shift", "scale")),
    "spherical": Case(mixture("spherical"), points(3), gaussian, EVERY_MOVE),
    "full with a prior": Case(mixture("full", prior=PRIOR), points(2), gaussian, ("shift",)),
    "tied with a prior": Case(mixture("tied", prior=PRIOR), points(2), gaussian, ("shift",)),
    "diag with a prior": Case(mixture("diag", prior=PRIOR), points(2), gaussian, ("shift",)),
    "spherical with a prior": Case(mixture("spherical", prior=PRIOR), points(2), gaussian, ("shift",)),
    "full with a floor": Case(mixture("full", min_variance=0.5), points(2), gaussian, ("double", "shift", "rotate")),
    "only means free": Case(mixture("full", fixed=("weights", "covariances")), points(2), gaussian, EVERY_MOVE),
    "only covariances free": Case(mixture("diag", fixed=("weights", "means")), points(2), gaussian, ("shift",)),
    "coins": Case(coins(), heads, binomial),
    "coins picked equally": Case(coins(fixed=("weights",)), heads, binomial),
    "counts": Case(emviz.PoissonMixture, counts, poisson),
}
