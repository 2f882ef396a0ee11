"""The binomial mixture: coins."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import emviz


def test_a_coin_that_always_lands_heads_keeps_the_bound_finite() -> None:
    """1 − 1e-17 is 1 in floating point, but one expected tail in 1e17 flips must stay possible."""
    model = emviz.BinomialMixture(2, 12, temperature=0.3)
    heads = np.array([12] * 3 + [4, 5, 3, 6, 5])
    trace = emviz.run(model, heads, model.start(heads, probabilities=[0.99, 0.4]), max_iterations=30, tolerance=0)
    assert trace.final.probabilities[0] > 1 - 1e-15
    assert np.isfinite(trace.lower_bounds[1:]).all()
    assert np.diff(trace.lower_bounds[1:]).min() > -1e-11


def test_a_coin_that_cannot_land_heads() -> None:
    model = emviz.BinomialMixture(2, 10)
    heads = [0, 0, 0, 7, 6, 8]
    trace = emviz.run(model, heads, model.start(heads, probabilities=[0.0, 0.5]))
    assert trace.final.probabilities[0] < 1e-3
    assert_array_equal(trace.labels(-1), [0, 0, 0, 1, 1, 1])
    assert np.isfinite(trace.lower_bounds[1:]).all()


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certain_coins_give_certain_likelihoods(probability: float) -> None:
    model = emviz.BinomialMixture(1, 5)
    params = emviz.BinomialParams([1.0], [probability])
    assert emviz.log_likelihood(model, params, [int(5 * probability)]) == 0.0
    assert emviz.log_likelihood(model, params, [3]) == -np.inf


def test_thousands_of_flips_do_not_underflow() -> None:
    model = emviz.BinomialMixture(2, 5000)
    params = emviz.BinomialParams([0.5, 0.5], [0.2, 0.8])
    assert_allclose(emviz.responsibilities(model, params, [1000, 4000]), np.eye(2), rtol=0, atol=1e-300)
    expected = np.logaddexp(*stats.binom(5000, [0.2, 0.8]).logpmf(1000)) - np.log(2)
    # The log of the number of orders is a difference of numbers near 4e4: to some roundings of those.
    assert_allclose(emviz.log_likelihood(model, params, [1000]), expected, rtol=0, atol=1e-10)


def test_a_set_without_flips_says_nothing() -> None:
    model = emviz.BinomialMixture(2, [10, 0, 10])
    params = emviz.BinomialParams([0.3, 0.7], [0.2, 0.8])
    shares = emviz.responsibilities(model, params, [2, 0, 9])
    assert_allclose(shares[1], [0.3, 0.7], rtol=1e-15)
    without = emviz.run(emviz.BinomialMixture(2, 10, fixed=("weights",)), [2, 9], params, max_iterations=5)
    with_it = emviz.run(emviz.BinomialMixture(2, [10, 0, 10], fixed=("weights",)), [2, 0, 9], params, max_iterations=5)
    assert_allclose(with_it.final.probabilities, without.final.probabilities, rtol=1e-14)


def test_sets_of_different_length() -> None:
    """A set of ten flips tells as much as two of five with the same coin known: fixed k = 1."""
    flips = np.array([10, 4, 7, 1])
    heads = np.array([3, 4, 2, 0])
    model = emviz.BinomialMixture(1, flips)
    final = emviz.run(model, heads, max_iterations=2, rng=0).final
    assert_allclose(final.probabilities, heads.sum() / flips.sum(), rtol=1e-15)
    expected = stats.binom(flips, heads.sum() / flips.sum()).logpmf(heads).sum()
    assert_allclose(emviz.log_likelihood(model, final, heads), expected, rtol=1e-13)


def test_heads_and_tails_swap() -> None:
    heads = np.array([5, 9, 8, 4, 7])
    model = emviz.BinomialMixture(2, 10)
    one = emviz.run(model, heads, emviz.BinomialParams([0.4, 0.6], [0.6, 0.5]), max_iterations=20)
    other = emviz.run(model, 10 - heads, emviz.BinomialParams([0.4, 0.6], [0.4, 0.5]), max_iterations=20)
    assert_allclose(other.final.probabilities, 1 - one.final.probabilities, rtol=1e-10)
    assert_allclose(other.log_likelihoods, one.log_likelihoods, rtol=1e-12)


def test_equal_coins_stay_equal_and_say_so() -> None:
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    start = model.start([5, 9, 8, 4, 7], probabilities=[0.5, 0.5])
    with pytest.warns(UserWarning, match="components 0 and 1 are identical"):
        trace = emviz.run(model, [5, 9, 8, 4, 7], start)
    assert trace[0].events == ("components 0 and 1 are identical: EM cannot separate them",)
    assert_allclose(trace.final.probabilities, [0.66, 0.66], rtol=1e-14)


def test_no_start_makes_a_coin_certain() -> None:
    model = emviz.BinomialMixture(2, 4)
    for seed in range(20):
        start = model.start([0, 4, 0, 4, 2], "random", rng=seed)
        assert ((start.probabilities > 0) & (start.probabilities < 1)).all()


def test_start_from_responsibilities_is_the_m_step() -> None:
    model = emviz.BinomialMixture(2, 10)
    start = model.start([5, 9, 8, 4, 7], responsibilities=[0, 1, 1, 0, 1])
    assert_allclose(start.probabilities, [0.45, 0.8], rtol=1e-15)
    assert_allclose(start.weights, [0.4, 0.6], rtol=1e-15)
