"""k-means: hard assignments, and what they melt into."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import emviz


@pytest.fixture
def points() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.array([(0, 0), (4, 0), (2, 5)])[rng.integers(3, size=90)] + rng.normal(size=(90, 2))


def test_a_tie_goes_to_the_lowest_index() -> None:
    trace = emviz.run(emviz.KMeans(2), [0.0, 1.0, 2.0], emviz.KMeansParams([0.0, 2.0]), max_iterations=1)
    assert trace.labels(1).tolist() == [0, 0, 1]
    other = emviz.run(emviz.KMeans(2), [0.0, 1.0, 2.0], emviz.KMeansParams([2.0, 0.0]), max_iterations=1)
    assert other.labels(1).tolist() == [1, 0, 0]
    cross = emviz.KMeansParams([(9, 9), (1, 0), (0, 1), (-1, 0), (0, -1)])
    shares = emviz.responsibilities(emviz.KMeans(5), cross, [(0, 0), (0, 1), (-2, -2)])
    assert_array_equal(shares, np.eye(5)[[1, 2, 3]])  # four alike, one, and two


def test_an_empty_cluster_keeps_its_center_and_says_so() -> None:
    trace = emviz.run(emviz.KMeans(2), [0.0, 1.0, 2.0], emviz.KMeansParams([1.0, 1e6]))
    assert_array_equal(trace.final.means[:, 0], [1.0, 1e6])
    assert trace[2].events == ("component 1 is empty",)
    assert "component 1 is empty" in str(trace)


def test_inertia_is_minus_twice_the_bound_at_every_half_step(points: np.ndarray) -> None:
    trace = emviz.run(emviz.KMeans(3), points, rng=3)
    assert np.isnan(trace.inertias[0])
    for i in range(1, len(trace)):
        centers = trace[i].params.means[trace.labels(i)]
        assert_allclose(trace.inertias[i], ((points - centers) ** 2).sum(), rtol=1e-12)
    assert (np.diff(trace.inertias[1:]) <= 1e-12).all()


@pytest.mark.parametrize("tolerance", [None, 0, 1e9])
def test_it_stops_where_no_assignment_changes(points: np.ndarray, tolerance: float | None) -> None:
    trace = emviz.run(emviz.KMeans(3), points, start="random", tolerance=tolerance, rng=1)
    labels = [trace.labels(i) for i in range(1, len(trace), 2)]
    assert trace.converged
    assert_array_equal(labels[-1], labels[-2])
    assert all((a != b).any() for a, b in zip(labels[:-2], labels[1:-1], strict=True))
    assert len(labels) > 3


@pytest.mark.parametrize("variance", [0.1, 1.0, 7.0])
def test_warm_k_means_is_the_mixture_with_known_variance(points: np.ndarray, variance: float) -> None:
    """At T > 0: equal weights, covariances σ²I with σ² = T; F differs by a factor T and a constant."""
    start = points[[3, 4, 5]]
    warm = emviz.KMeans(3, temperature=variance)
    soft = emviz.run(warm, points, emviz.KMeansParams(start), max_iterations=9, tolerance=0)
    model = emviz.GaussianMixture(3, "spherical", fixed=("weights", "covariances"))
    known = emviz.run(model, points, model.start(points, start, covariances=variance), max_iterations=9, tolerance=0)
    constant = -len(points) * (np.log(3) + np.log(2 * np.pi * variance))
    for i, (ours, theirs) in enumerate(zip(soft, known, strict=True)):
        assert_allclose(ours.params.means, theirs.params.means, rtol=1e-11)
        assert_allclose(ours.log_likelihood / variance + constant, theirs.log_likelihood, rtol=1e-11)
        if i:
            assert_allclose(ours.lower_bound / variance + constant, theirs.lower_bound, rtol=1e-11)
            assert_allclose(soft.responsibilities(i), known.responsibilities(i), rtol=0, atol=1e-11)


def test_cold_mixtures_end_as_k_means(points: np.ndarray) -> None:
    start = points[[3, 4, 5]]
    hard, cold = (emviz.run(emviz.KMeans(3, temperature=temperature), points, emviz.KMeansParams(start),
                            max_iterations=5, tolerance=0) for temperature in (0, 1e-6))
    model = emviz.GaussianMixture(3, "spherical", temperature=0, fixed=("weights", "covariances"))
    zero = emviz.run(model, points, model.start(points, start, covariances=1.0), max_iterations=5, tolerance=0)
    for i in range(1, min(len(hard), len(cold), len(zero))):
        assert_array_equal(hard.labels(i), zero.labels(i))
        assert_array_equal(hard[i].params.means, zero[i].params.means)
        assert_allclose(cold.responsibilities(i), hard.responsibilities(i), rtol=0, atol=1e-12)
        assert_allclose(cold[i].params.means, hard[i].params.means, rtol=1e-12)
        assert_allclose(cold[i].lower_bound, hard[i].lower_bound, rtol=1e-12)


@pytest.mark.parametrize("temperature", [1e-300, 1e-30, 1e30, 1e300])
def test_extreme_temperatures(points: np.ndarray, temperature: float) -> None:
    trace = emviz.run(emviz.KMeans(3, temperature=temperature), points, rng=0, max_iterations=4)
    shares = trace.responsibilities(-1)
    expected = 1 / 3 if temperature > 1 else np.eye(3)[trace.labels(-1)]
    assert_allclose(shares, np.broadcast_to(expected, shares.shape), rtol=0, atol=1e-12)
    assert np.isfinite(trace.lower_bounds[1:]).all()
    assert all(step.gap >= -1e-12 * abs(step.lower_bound) for step in trace[1:])


@pytest.mark.parametrize(("n", "d", "k"), [(1, 1, 1), (90, 2, 3), (500, 3, 8), (70, 12, 9), (8192, 1, 2)])
def test_hard_assignments_gather_the_same_bits_by_a_shorter_way(n: int, d: int, k: int) -> None:
    rng = np.random.default_rng(n)
    rows = emviz.KMeans(k).prepare(1e3 + rng.normal(size=(n, d)))
    assignments = np.eye(k)[:, rng.integers(max(1, k - 1), size=n)]  # the last component is empty
    short, long = (gather(assignments, rows) for gather in (emviz.KMeans(k).gather_hard, emviz.KMeans(k).gather))
    for name in ("counts", "means", "scatters"):
        assert_array_equal(getattr(short, name), getattr(long, name))


def test_a_start_far_away(points: np.ndarray) -> None:
    for distance in (1e6, 1e100, 1e150):
        trace = emviz.run(emviz.KMeans(2), points, emviz.KMeansParams([(0, 0), (distance, 0)]))
        assert_allclose(trace.final.means[0], points.mean(axis=0), rtol=1e-12)
        assert_array_equal(trace.final.means[1], [distance, 0])


def test_as_many_clusters_as_rows(points: np.ndarray) -> None:
    trace = emviz.run(emviz.KMeans(10), points[:10], start="random", rng=0)
    assert trace.inertias[-1] == 0
    assert sorted(trace.labels(-1)) == list(range(10))


def test_one_cluster_is_the_mean_after_one_step(points: np.ndarray) -> None:
    trace = emviz.run(emviz.KMeans(1), points, start="random", rng=0)
    assert_allclose(trace[2].params.means[0], points.mean(axis=0), rtol=1e-14)


def test_more_clusters_than_distinct_rows() -> None:
    with pytest.warns(UserWarning, match="identical"):
        trace = emviz.run(emviz.KMeans(3), [1.0, 1.0, 5.0, 5.0], rng=0)
    assert trace.inertias[-1] == 0
    assert any("is empty" in event for event in trace[2].events)
