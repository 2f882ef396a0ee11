"""Priors: densities of another program, and the mode found by a numerical optimizer."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import emviz

STRUCTURES = ("full", "tied", "diag", "spherical")
PSI = np.array([[2.0, 0.3], [0.3, 1.0]])


def points() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.array([(0, 0), (4, 3)])[rng.integers(2, size=30)] + rng.normal(size=(30, 2))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_log_prior_is_that_of_scipy(structure: str) -> None:
    prior = emviz.GaussianPrior(concentration=2.5, scale=PSI, degrees_of_freedom=6)
    model = emviz.GaussianMixture(2, structure, prior=prior)
    params = model.start(points(), weights=[0.3, 0.7], rng=0)
    expected = stats.dirichlet([2.5, 2.5]).logpdf(params.weights)
    for covariance in params.covariances[: 1 if structure == "tied" else 2]:
        expected += stats.invwishart(6, PSI).logpdf(covariance)
    assert_allclose(model.log_prior(params), expected, rtol=1e-12)
    step = emviz.run(model, points(), params, max_iterations=0)[0]
    assert_allclose(step.log_likelihood, emviz.log_likelihood(model, params, points()) + expected, rtol=1e-12)


def test_defaults_of_a_prior() -> None:
    d = 2
    prior = emviz.GaussianPrior(scale=3.0)
    expected = stats.invwishart(d + 2, 3.0 * np.eye(d)).logpdf(PSI)
    assert_allclose(prior.log_density(np.array([0.5, 0.5]), PSI[None]), expected, rtol=1e-12)
    assert emviz.GaussianPrior().log_density(np.array([1.0]), PSI[None]) == 0.0


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_m_step_finds_the_mode(structure: str) -> None:
    """Against a numerical maximum of E_q[log p(x, z | θ)] + log p(θ) over weights and covariances."""
    data = points()
    prior = emviz.GaussianPrior(concentration=3.0, scale=PSI, degrees_of_freedom=5)
    model = emviz.GaussianMixture(2, structure, prior=prior)
    start = model.start(data, data[[0, 1]])
    q = model.expect(start, data)
    best = model.maximize(q.statistics, start).params

    def params(free: np.ndarray) -> Any:
        weight = 1 / (1 + np.exp(-free[0]))
        if structure in ("full", "tied"):
            lower = np.zeros((len(free[1:]) // 3, 2, 2))
            lower[:, [0, 1, 1], [0, 0, 1]] = free[1:].reshape(-1, 3)
            covariances = np.broadcast_to(lower @ lower.transpose(0, 2, 1) + 1e-9 * np.eye(2), (2, 2, 2))
        else:
            variances = np.broadcast_to(np.exp(free[1:]).reshape(2, -1), (2, 2))
            covariances = variances[:, :, None] * np.eye(2)
        return emviz.GaussianParams([weight, 1 - weight], best.means, covariances)

    def loss(free: np.ndarray) -> float:
        theta = params(free)
        return -model.expected_log_joint(q.statistics, theta) - model.log_prior(theta)

    size = 1 + {"full": 6, "tied": 3, "diag": 4, "spherical": 2}[structure]
    starts = np.random.default_rng(0).normal(size=(3, size))
    found = min((optimize.minimize(loss, start, method="BFGS") for start in starts), key=lambda result: result.fun)
    ours = model.expected_log_joint(q.statistics, best) + model.log_prior(best)
    assert ours >= -found.fun - 1e-9 * abs(ours)
    # The optimizer's gradient is known to 1e-5 or so; a maximum is flat to second order.
    assert_allclose(-found.fun, ours, rtol=1e-8)
    assert_allclose(params(found.x).weights, best.weights, rtol=1e-3)
    assert_allclose(params(found.x).covariances, best.covariances, rtol=0, atol=1e-3)


def test_weights_with_a_dirichlet_prior_never_reach_zero() -> None:
    data = points()
    model = emviz.GaussianMixture(2, prior=emviz.GaussianPrior(concentration=2.0))
    trace = emviz.run(model, data, model.start(data, [data.mean(axis=0), [1e9, 0.0]]))
    assert_allclose(trace.final.weights, [31 / 32, 1 / 32], rtol=1e-12)


def test_a_prior_keeps_a_lonely_point_from_collapse() -> None:
    """An empty component takes the mode of the prior, a single point a little less than its scale."""
    data = np.vstack([points(), [50.0, 50.0]])
    model = emviz.GaussianMixture(3, min_variance=0, prior=emviz.GaussianPrior(scale=PSI, degrees_of_freedom=5))
    trace = emviz.run(model, data, model.start(data, [data[0], data[-1], [1e9, 0.0]]), tolerance=0, max_iterations=50)
    assert_allclose(trace.final.covariances[1], PSI / (5 + 2 + 1 + 1), rtol=1e-6)
    assert_allclose(trace.final.covariances[2], PSI / (5 + 2 + 1), rtol=1e-12)
    assert np.diff(trace.lower_bounds[1:]).min() >= -1e-11


@pytest.mark.parametrize("structure", STRUCTURES)
def test_constant_columns_and_equal_rows_can_be_fitted_with_a_prior(structure: str) -> None:
    model = emviz.GaussianMixture(2, structure, prior=emviz.GaussianPrior(scale=0.1))
    for data in ([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]], [[1.0, 5.0]] * 3):
        start = emviz.GaussianParams([0.5, 0.5], [[1.0, 5.0], [2.0, 5.0]], np.eye(2))
        trace = emviz.run(model, data, start)
        assert np.isfinite(trace.log_likelihoods).all()


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"concentration": 0.5}, ValueError, ["concentration", "0.5", "1 or more"]),
    ({"concentration": "much"}, TypeError, ["concentration", "text"]),
    ({"concentration": np.nan}, ValueError, ["concentration"]),
    ({"scale": -1.0}, ValueError, ["scale", "positive"]),
    ({"scale": "wide"}, TypeError, ["scale"]),
    ({"scale": [1.0, 2.0]}, ValueError, ["scale", "matrix"]),
    ({"scale": [[1.0, 2.0], [2.0, 1.0]]}, ValueError, ["scale", "not positive definite"]),
    ({"scale": 1.0, "degrees_of_freedom": 0}, ValueError, ["degrees_of_freedom"]),
    ({"scale": 1.0, "degrees_of_freedom": -3}, ValueError, ["degrees_of_freedom"]),
    ({"scale": 1.0, "degrees_of_freedom": np.nan}, ValueError, ["degrees_of_freedom"]),
    ({"scale": 1.0, "degrees_of_freedom": "few"}, TypeError, ["degrees_of_freedom", "text"]),
    ({"degrees_of_freedom": 5}, ValueError, ["degrees_of_freedom", "scale"]),
])
def test_bad_priors(arguments: dict, error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        emviz.GaussianPrior(**arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_prior_that_does_not_fit_the_data() -> None:
    with pytest.raises(ValueError, match=r"prior scale has shape \(2, 2\), expected \(1, 1\)"):
        emviz.run(emviz.GaussianMixture(1, prior=emviz.GaussianPrior(scale=PSI)), [1.0, 2.0, 4.0], rng=0)
    few = emviz.GaussianPrior(scale=1.0, degrees_of_freedom=0.5)
    with pytest.raises(ValueError, match="degrees_of_freedom=0.5 is too small for 2 features"):
        emviz.run(emviz.GaussianMixture(1, prior=few), points(), rng=0)
    with pytest.raises(TypeError, match="prior='strong' must be an emviz.GaussianPrior"):
        emviz.GaussianMixture(2, prior="strong")
