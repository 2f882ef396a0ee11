"""Where a run begins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import emviz
from emviz import datasets, starts

POINTS = np.random.default_rng(0).normal(size=(30, 2)) * [1.0, 3.0]
MODELS = {
    "k-means": (emviz.KMeans(3), POINTS),
    "full": (emviz.GaussianMixture(3), POINTS),
    "coins": (emviz.BinomialMixture(3, 10), np.arange(11)),
    "counts": (emviz.PoissonMixture(3), np.arange(11)),
}
every_model = pytest.mark.parametrize(("model", "data"), MODELS.values(), ids=MODELS.keys())


@pytest.mark.parametrize("how", ["k-means++", "random"])
@every_model
def test_a_seed_says_it_all(model: Any, data: Any, how: str) -> None:
    assert model.start(data, how, rng=3) == model.start(data, how, rng=3)
    assert model.start(data, how, rng=3) == model.start(data, how, rng=np.random.default_rng(3))
    assert model.start(data, how, rng=3) == emviz.run(model, data, how, rng=3, max_iterations=0).final
    assert len({model.start(data, how, rng=seed) for seed in range(20)}) > 5


def test_a_generator_is_used_as_it_is_and_advanced() -> None:
    rng = np.random.default_rng(0)
    first, second = (emviz.KMeans(2).start(POINTS, rng=rng) for _ in range(2))
    assert first != second
    assert rng.bit_generator.state != np.random.default_rng(0).bit_generator.state


@every_model
def test_the_default_is_k_means_plus_plus(model: Any, data: Any) -> None:
    assert model.start(data, rng=5) == model.start(data, "k-means++", rng=5)
    assert emviz.run(model, data, rng=5, max_iterations=0).final == model.start(data, "k-means++", rng=5)


@pytest.mark.parametrize("how", ["k-means++", "random"])
def test_means_are_rows_all_different(how: str) -> None:
    """Even where most rows are equal, as the heights of a class are."""
    for data in (POINTS, datasets.heights().data, [[1.0]] * 20 + [[2.0], [-0.0], [0.0]]):
        for seed in range(30):
            means = emviz.KMeans(3).start(data, how, rng=seed).means
            assert all(mean.tolist() in np.asarray(data).tolist() for mean in means)
            assert len(np.unique(means, axis=0)) == 3


def test_fewer_distinct_rows_than_components_start_as_copies() -> None:
    for how in ("k-means++", "random"):
        means = emviz.KMeans(3).start([1.0, 1.0, 5.0, 5.0], how, rng=0).means
        assert sorted(set(means[:, 0])) == [1.0, 5.0]
        assert len(starts.rows(how, np.array([[1.0], [1.0], [5.0], [5.0]]), 4, 0)) == 4


def test_k_means_plus_plus_picks_by_squared_distance() -> None:
    """From 0, 1 and 3: given the first pick, the second has odds of the squared distances."""
    points = np.array([[0.0], [1.0], [3.0]])
    rng = np.random.default_rng(0)
    pairs = [tuple(starts.rows("k-means++", points, 2, rng)) for _ in range(20_000)]
    firsts = np.bincount([first for first, _ in pairs], minlength=3) / len(pairs)
    assert_allclose(firsts, 1 / 3, atol=0.015)  # four standard errors of 20,000 draws
    for first, odds in ((0, (0, 1, 9)), (1, (1, 0, 4)), (2, (9, 4, 0))):
        seconds = np.bincount([second for one, second in pairs if one == first], minlength=3)
        assert_allclose(seconds / seconds.sum(), np.divide(odds, sum(odds)), atol=0.025)


def test_random_rows_are_all_equally_likely() -> None:
    rng = np.random.default_rng(0)
    picks = np.concatenate([starts.rows("random", np.arange(5.0)[:, None], 2, rng) for _ in range(10_000)])
    assert_allclose(np.bincount(picks) / len(picks), 1 / 5, atol=0.012)


def test_a_run_starts_from_means_of_any_kind() -> None:
    means = [[0.0, 1.0], [1.0, -1.0], [2.0, 2.0]]
    frame = pd.DataFrame(means, columns=["x", "y"])
    for given in (means, np.array(means), tuple(map(tuple, means)), frame, emviz.KMeansParams(means)):
        assert_array_equal(emviz.run(emviz.KMeans(3), POINTS, given, max_iterations=0).final.means, means)
    line = emviz.run(emviz.KMeans(2), POINTS[:, 0], pd.Series([0.0, 1.0]), max_iterations=0)
    assert_array_equal(line.final.means, [[0.0], [1.0]])


def test_equal_parameters_hash_alike() -> None:
    one, other = emviz.KMeansParams([0.0, 1.0]), emviz.KMeansParams([-0.0, 1.0])
    assert one == other
    assert hash(one) == hash(other)
    assert one != emviz.KMeansParams([0.0, 2.0])
    assert one != emviz.PoissonParams([1.0], [1.0])


# ---------------------------------------------------------------- Gaussian mixtures


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
def test_defaults_are_equal_weights_and_the_covariance_of_the_data(structure: str) -> None:
    covariance = np.cov(POINTS.T, bias=True)
    expected = {"full": covariance, "tied": covariance, "diag": np.diag(np.diag(covariance)),
                "spherical": np.eye(2) * np.trace(covariance) / 2}[structure]
    start = emviz.GaussianMixture(3, structure).start(POINTS, rng=0)
    assert_array_equal(start.weights, np.full(3, 1 / 3))
    assert_allclose(start.covariances, np.broadcast_to(expected, (3, 2, 2)), rtol=1e-12)


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
def test_given_covariances_are_projected(structure: str) -> None:
    given = np.array([[[2.0, 0.5], [0.5, 1.0]], [[4.0, 0.0], [0.0, 6.0]]])
    expected = {
        "full": given,
        "tied": [0.25 * given[0] + 0.75 * given[1]] * 2,
        "diag": [np.diag([2.0, 1.0]), np.diag([4.0, 6.0])],
        "spherical": [1.5 * np.eye(2), 5 * np.eye(2)],
    }[structure]
    model = emviz.GaussianMixture(2, structure)
    start = model.start(POINTS, POINTS[:2], weights=[0.25, 0.75], covariances=given)
    assert_allclose(start.covariances, expected, rtol=1e-15)
    assert emviz.run(model, POINTS, start, max_iterations=0).final == start


def test_ways_to_give_covariances() -> None:
    model = emviz.GaussianMixture(2)
    for given in (4.0, 4 * np.eye(2), [4 * np.eye(2)] * 2):
        assert_array_equal(model.start(POINTS, POINTS[:2], covariances=given).covariances, [4 * np.eye(2)] * 2)
    line = POINTS[:, 0]
    for given in ([4.0, 9.0], [[4.0], [9.0]], [[[4.0]], [[9.0]]]):
        assert_array_equal(model.start(line, [0.0, 1.0], covariances=given).covariances[:, 0, 0], [4.0, 9.0])


def test_a_start_below_the_floor_is_raised_to_it() -> None:
    start = emviz.GaussianMixture(2, min_variance=0.5).start(POINTS, rng=0, covariances=np.diag([0.1, 2.0]))
    assert_allclose(start.covariances, [np.diag([0.5, 2.0])] * 2, rtol=1e-14)


# ---------------------------------------------------------------- responsibilities


@every_model
def test_a_start_from_responsibilities_is_the_m_step_from_them(model: Any, data: Any) -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(3), size=len(data))
    start = model.start(data, responsibilities=shares)
    m_step = model.maximize(model.gather(shares.T, model.prepare(data)), start).params
    for name, array in m_step.arrays().items():
        assert_allclose(getattr(start, name), array, rtol=1e-12, atol=1e-14)  # rows are divided by their sums first
    if hasattr(start, "weights"):
        assert_allclose(start.weights, shares.mean(axis=0), rtol=1e-13)
    if hasattr(start, "means"):
        assert_allclose(start.means, shares.T @ data / shares.sum(axis=0)[:, None], rtol=1e-12, atol=1e-14)


@every_model
def test_labels_and_one_hot_tables_say_the_same(model: Any, data: Any) -> None:
    labels = np.arange(len(data)) % 3
    assert model.start(data, responsibilities=labels) == model.start(data, responsibilities=np.eye(3)[labels])
    assert model.start(data, responsibilities=labels.tolist()) == model.start(data, responsibilities=labels)


@every_model
def test_random_responsibilities_follow_the_seed(model: Any, data: Any) -> None:
    assert model.start(data, responsibilities="random", rng=1) == model.start(data, responsibilities="random", rng=1)
    assert model.start(data, responsibilities="random", rng=1) != model.start(data, responsibilities="random", rng=2)


def test_random_responsibilities_are_uniform_on_the_simplex() -> None:
    shares = starts.responsibilities("random", 20_000, 3, 0)
    assert_allclose(shares.mean(axis=0), 1 / 3, atol=0.01)
    assert_allclose(shares.var(axis=0), 1 / 18, atol=0.003)  # Dirichlet(1, 1, 1): α(α₀ − α) / (α₀²(α₀ + 1))
