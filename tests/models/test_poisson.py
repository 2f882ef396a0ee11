"""The Poisson mixture: counts."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import emviz


def test_one_component_is_the_mean() -> None:
    counts = np.random.default_rng(0).poisson(4, size=50)
    trace = emviz.run(emviz.PoissonMixture(1), counts, start="random", rng=0)
    assert_allclose(trace[2].params.rates, counts.mean(), rtol=1e-14)
    assert_allclose(trace.log_likelihoods[2], stats.poisson(counts.mean()).logpmf(counts).sum(), rtol=1e-13)


def test_the_mixture_has_the_mean_of_the_data_after_every_m_step() -> None:
    counts = np.random.default_rng(0).poisson([2.0, 9.0], size=(40, 2)).ravel()
    for step in emviz.run(emviz.PoissonMixture(2), counts, rng=0)[2::2]:
        assert_allclose(step.params.weights @ step.params.rates, counts.mean(), rtol=1e-13)


def test_a_rate_of_zero_allows_nothing_but_zero() -> None:
    model = emviz.PoissonMixture(2)
    params = emviz.PoissonParams([0.5, 0.5], [0.0, 3.0])
    shares = emviz.responsibilities(model, params, [0, 1])
    assert_array_equal(shares[1], [0.0, 1.0])
    assert_allclose(shares[0], [1 / (1 + np.exp(-3)), 1 / (1 + np.exp(3))], rtol=1e-14)
    only_zero = emviz.PoissonMixture(1)
    assert emviz.log_likelihood(only_zero, emviz.PoissonParams([1], [0.0]), [0, 0]) == 0.0
    assert emviz.log_likelihood(only_zero, emviz.PoissonParams([1], [0.0]), [1]) == -np.inf


def test_all_zeros() -> None:
    trace = emviz.run(emviz.PoissonMixture(1), [0, 0, 0], rng=0)
    assert trace.final.rates.tolist() == [0.0]
    assert trace.log_likelihoods[-1] == 0.0


@pytest.mark.parametrize("temperature", [0.3, 1.0])
def test_a_rate_that_shrinks_to_nothing_keeps_the_bound_finite(temperature: float) -> None:
    counts = [0] * 30 + [1] * 3 + [40, 45, 50]
    model = emviz.PoissonMixture(3, temperature=temperature)
    start = emviz.PoissonParams([0.4, 0.3, 0.3], [1e-4, 0.8, 45.0])
    trace = emviz.run(model, counts, start, max_iterations=200, tolerance=0)
    assert np.isfinite(trace.lower_bounds[1:]).all()
    assert np.diff(trace.lower_bounds[1:]).min() >= -1e-11


def test_large_counts_have_the_density_of_scipy() -> None:
    model = emviz.PoissonMixture(2)
    params = emviz.PoissonParams([0.5, 0.5], [1e5, 2e5])
    expected = np.logaddexp(*stats.poisson([1e5, 2e5]).logpmf(100_300)) - np.log(2)
    # Each log-density is a difference of numbers near 1e6: to some roundings of those.
    assert_allclose(emviz.log_likelihood(model, params, [100_300]), expected, rtol=0, atol=1e-9)


def test_no_start_makes_a_count_impossible() -> None:
    for seed in range(20):
        assert (emviz.PoissonMixture(2).start([0, 0, 0, 5], "random", rng=seed).rates > 0).all()


def test_equal_rates_stay_equal_and_say_so() -> None:
    with pytest.warns(UserWarning, match="components 0 and 1 are identical"):
        trace = emviz.run(emviz.PoissonMixture(2), [1, 5, 9], [5.0, 5.0])
    assert_allclose(trace.final.rates, [5.0, 5.0], rtol=1e-14)


def test_an_empty_component_keeps_its_rate() -> None:
    trace = emviz.run(emviz.PoissonMixture(2, temperature=0), [1, 2, 3], [2.0, 500.0])
    assert trace.final.rates.tolist() == [2.0, 500.0]
    assert trace.final.weights.tolist() == [1.0, 0.0]
    assert trace[2].events == ("component 1 is empty",)
