"""The same start, scikit-learn beside us: the same state after every iteration."""

import itertools
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import cluster, mixture
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

import emviz

# A relative difference of one rounding grows a little with each of fifteen iterations; the condition numbers
# of these data are below 1e4.
RTOL = 1e-9


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    with threadpool_limits(1):
        yield


def random_points(seed: int) -> tuple[np.ndarray, int]:
    rng = np.random.default_rng(seed)
    d, k = 1 + seed % 4, 2 + seed % 3
    centers = 3 * rng.normal(size=(k, d))
    shape = np.eye(d) + 0.5 * rng.normal(size=(d, d))
    return centers[rng.integers(k, size=150)] + rng.normal(size=(150, d)) @ shape, k


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("seed", range(10))
def test_gaussian_mixture(seed: int, structure: str) -> None:
    points, k = random_points(seed)
    model = emviz.GaussianMixture(k, structure)
    start = model.start(points, "random", weights=np.random.default_rng(seed).dirichlet(np.full(k, 5)), rng=seed)
    steps = list(itertools.islice(emviz.em_steps(model, points, start), 31))

    rival = mixture.GaussianMixture(k, covariance_type=structure, reg_covar=0, tol=0, max_iter=1, warm_start=True,
                                    weights_init=start.weights, means_init=start.means,
                                    precisions_init=emviz.to_sklearn(model, start).precisions_)
    for i in range(1, 16):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it was asked to stop after one iteration
            rival.fit(points)
        e, m = steps[2 * i - 1], steps[2 * i]
        _, theirs = emviz.from_sklearn(rival)
        assert_allclose(m.params.weights, theirs.weights, rtol=RTOL)
        assert_allclose(m.params.means, theirs.means, rtol=RTOL, atol=RTOL)
        assert_allclose(m.params.covariances, theirs.covariances, rtol=RTOL, atol=RTOL)
        assert_allclose(m.log_likelihood, rival.score(points) * len(points), rtol=RTOL)
        # Its own bound is the one before its M-step: our log-likelihood half a step earlier.
        assert_allclose(e.log_likelihood, rival.lower_bound_ * len(points), rtol=RTOL)
        assert_allclose(model.responsibilities(m.params, points), rival.predict_proba(points), rtol=0, atol=RTOL)


@pytest.mark.parametrize("seed", range(10))
def test_k_means(seed: int) -> None:
    points, k = random_points(seed)
    start = emviz.KMeans(k).start(points, rng=seed)
    trace = emviz.run(emviz.KMeans(k), points, start)
    assert trace.converged
    for i in range(1, trace[-1].iteration):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            rival = cluster.KMeans(k, init=start.means, n_init=1, max_iter=i, tol=0, algorithm="lloyd").fit(points)
        assert_allclose(trace[2 * i].params.means, rival.cluster_centers_, rtol=RTOL, atol=RTOL)
        assert_array_equal(trace.labels(2 * i + 1), rival.labels_)  # its labels belong to its last centers
        assert_allclose(trace.inertias[2 * i + 1], rival.inertia_, rtol=RTOL)
    assert_array_equal(trace.labels(-1), rival.labels_)


def test_k_means_far_from_the_origin() -> None:
    """At 1e8 the labels are those at the origin, which ‖x‖² − 2x·μ + ‖μ‖² would lose."""
    points, k = random_points(1)
    points = np.round(points * 2**20) / 2**20
    start = emviz.KMeans(k).start(points, rng=0)
    near = emviz.run(emviz.KMeans(k), points, start)
    far = emviz.run(emviz.KMeans(k), points + 2.0**27, emviz.KMeansParams(start.means + 2.0**27))
    assert len(near) == len(far)
    for i in range(1, len(near)):
        assert_array_equal(near.labels(i), far.labels(i))
