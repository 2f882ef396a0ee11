"""To scikit-learn and back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import cluster, mixture

import emviz

RNG = np.random.default_rng(0)
POINTS = 4.0 * RNG.integers(3, size=(90, 1)) + RNG.normal(size=(90, 3))
STRUCTURES = ("full", "tied", "diag", "spherical")


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_mixture_there_says_what_it_says_here(structure: str, d: int) -> None:
    points = POINTS[:, :d]
    model = emviz.GaussianMixture(3, structure)
    params = emviz.run(model, points, rng=1, max_iterations=5).final
    estimator = emviz.to_sklearn(model, params)
    assert_allclose(estimator.score(points) * len(points), emviz.log_likelihood(model, params, points), rtol=1e-12)
    shares = emviz.responsibilities(model, params, points)
    assert_allclose(estimator.predict_proba(points), shares, rtol=0, atol=1e-12)
    assert_array_equal(estimator.predict(points), shares.argmax(axis=1))
    assert_allclose(estimator.bic(points), emviz.bic(model, params, points), rtol=1e-12)
    assert estimator.sample(5)[0].shape == (5, d)
    with pytest.raises(ValueError, match="features"):
        estimator.predict(np.ones((2, d + 1)))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_mixture_goes_there_and_back_bit_for_bit(structure: str) -> None:
    model = emviz.GaussianMixture(3, structure)
    params = emviz.run(model, POINTS, rng=1, max_iterations=5).final
    assert emviz.from_sklearn(emviz.to_sklearn(model, params)) == (model, params)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_mixture_fitted_there_comes_here(structure: str) -> None:
    estimator = mixture.GaussianMixture(3, covariance_type=structure, random_state=0).fit(POINTS)
    model, params = emviz.from_sklearn(estimator)
    assert model == emviz.GaussianMixture(3, structure)
    assert_allclose(emviz.log_likelihood(model, params, POINTS), estimator.score(POINTS) * 90, rtol=1e-11)
    trace = emviz.run(model, POINTS, params, max_iterations=3)
    assert trace.log_likelihoods[-1] >= trace.log_likelihoods[0] - 1e-9


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_converted_mixture_goes_on_there_as_it_would_here(structure: str) -> None:
    model = emviz.GaussianMixture(3, structure)
    start = model.start(POINTS, rng=1)
    estimator = emviz.to_sklearn(model, start).set_params(tol=1e-9, max_iter=500).fit(POINTS)
    trace = emviz.run(model, POINTS, start, tolerance=1e-9, max_iterations=500)
    assert_allclose(estimator.score(POINTS) * len(POINTS), trace.log_likelihoods[-1], rtol=1e-8)


def test_converted_k_means_goes_on_there_as_it_would_here() -> None:
    start = emviz.KMeans(3).start(POINTS, rng=1)
    estimator = emviz.to_sklearn(emviz.KMeans(3), start).fit(POINTS)
    assert_allclose(estimator.inertia_, emviz.run(emviz.KMeans(3), POINTS, start).inertias[-1], rtol=1e-12)


def test_k_means_there_says_what_it_says_here() -> None:
    trace = emviz.run(emviz.KMeans(3), POINTS, rng=0)
    estimator = emviz.to_sklearn(trace.model, trace.final)
    assert_array_equal(estimator.cluster_centers_, trace.final.means)
    assert_array_equal(estimator.predict(POINTS), trace.labels(-1))
    assert_allclose(-estimator.score(POINTS), trace.inertias[-1], rtol=1e-12)
    assert estimator.transform(POINTS).shape == (90, 3)
    assert estimator.n_features_in_ == 3
    for attribute in ("labels_", "inertia_"):
        assert not hasattr(estimator, attribute)
    assert emviz.from_sklearn(estimator) == (emviz.KMeans(3), trace.final)


def test_k_means_with_equal_centers_converts_without_a_warning() -> None:
    params = emviz.KMeansParams([[0.0, 0.0], [0.0, 0.0]])
    assert_array_equal(emviz.to_sklearn(emviz.KMeans(2), params).predict([[1.0, 1.0]]), [0])


@pytest.mark.parametrize("make", [cluster.KMeans, cluster.MiniBatchKMeans])
def test_k_means_fitted_there_comes_here(make) -> None:
    estimator = make(3, random_state=0, n_init=3).fit(POINTS)
    model, params = emviz.from_sklearn(estimator)
    assert_array_equal(emviz.responsibilities(model, params, POINTS).argmax(axis=1), estimator.predict(POINTS))


@pytest.mark.parametrize(("convert", "error", "words"), [
    (lambda: emviz.to_sklearn(emviz.PoissonMixture(1), emviz.PoissonParams([1], [1])), TypeError,
     "no counterpart of PoissonMixture"),
    (lambda: emviz.to_sklearn(emviz.KMeans(2), emviz.KMeansParams([[0.0]])), ValueError, "n_clusters=2"),
    (lambda: emviz.to_sklearn(emviz.KMeans(1), emviz.PoissonParams([1], [1])), TypeError, "needs KMeansParams"),
    (lambda: emviz.from_sklearn(mixture.GaussianMixture(2)), ValueError, "not fitted yet: call its fit"),
    (lambda: emviz.from_sklearn(cluster.KMeans(2)), ValueError, "not fitted yet"),
    (lambda: emviz.from_sklearn(cluster.DBSCAN()), TypeError, "cannot read a DBSCAN"),
    (lambda: emviz.from_sklearn(emviz.KMeans(2)), TypeError, "an emviz model already"),
])
def test_what_does_not_convert(convert, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        convert()
