"""Gradient ascent: its slopes are those of the likelihood, and an M-step goes the same way, stretched."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import norm

import emviz
from emviz.ascent import Ascent, ascend, gradient, parameter_of
from emviz.models import GaussianPrior

HEADS = np.array([5, 9, 8, 4, 7])
COUNTS = np.array([1, 2, 2, 7, 9, 12])
HEIGHTS = emviz.datasets.heights().data
PLANE = np.random.default_rng(0).normal([[0.0, 0.0], [3.0, 1.0], [1.0, 4.0]], 0.9, (30, 3, 2)).reshape(-1, 2)


def mixture(structure: str = "full", data: np.ndarray = PLANE, k: int = 3, **options):
    model = emviz.GaussianMixture(k, structure, **options)
    return model, data, emviz.run(model, data, rng=1, max_iterations=2).final


def coins(temperature: float = 1.0, trials=10):
    return (emviz.BinomialMixture(2, trials, temperature), HEADS,
            emviz.BinomialParams([0.3, 0.7], [0.62, 0.45]))


CASES = {
    "coins": coins,
    "coins, sets of different lengths": lambda: coins(trials=[10, 9, 12, 20, 8]),
    "coins, T = 2": lambda: coins(2.0),
    "counts": lambda: (emviz.PoissonMixture(2), COUNTS, emviz.PoissonParams([0.4, 0.6], [2.5, 6.0])),
    "counts, T = 0.5": lambda: (emviz.PoissonMixture(2, 0.5), COUNTS, emviz.PoissonParams([0.4, 0.6], [2.5, 6.0])),
    "k-means, T = 3": lambda: (emviz.KMeans(2, 3.0), HEIGHTS, emviz.KMeansParams([[61.0], [66.0]])),
    "on a line": lambda: mixture(data=HEIGHTS, k=2),
    "full": mixture,
    "tied": lambda: mixture("tied"),
    "diag": lambda: mixture("diag"),
    "spherical, T = 4": lambda: mixture("spherical", temperature=4.0),
    "prior": lambda: mixture(prior=GaussianPrior(2.0, scale=1.0)),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]()


def moved(model, params, places: np.ndarray):
    name = parameter_of(model)
    return replace(params, **{name: np.reshape(places, getattr(params, name).shape)})


def central(function, places: np.ndarray) -> np.ndarray:
    """Central differences with steps of the cube root of the precision: an error near its square, 4e-11, relative."""
    slopes = np.empty_like(places)
    for at in range(places.size):
        step = np.zeros_like(places)
        step.flat[at] = 6e-6 * max(1.0, abs(places.flat[at]))
        slopes.flat[at] = (function(places + step) - function(places - step)) / (2 * step.flat[at])
    return slopes


def test_it_is_the_slope_of_the_objective(case) -> None:
    model, data, params = case
    rows = model.prepare(data)
    places = getattr(params, parameter_of(model))
    slopes = gradient(model, params, data)
    measured = central(lambda at: model.expect(moved(model, params, at), rows).log_likelihood, places)
    # A difference of sums near 200 with 16 digits, over 1e-5.
    np.testing.assert_allclose(slopes, measured, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in CASES if "T =" not in name])
def test_it_is_the_slope_of_the_log_likelihood(name: str) -> None:
    model, data, params = CASES[name]()
    places = getattr(params, parameter_of(model))
    # Forward differences: half the curvature, below 5,000 a unit², times the step.
    measured = approx_fprime(places.ravel(), lambda at: emviz.log_likelihood(model, moved(model, params, at), data),
                             1e-8)
    np.testing.assert_allclose(gradient(model, params, data).ravel(), measured, rtol=1e-4, atol=1e-4)


def test_a_slope_by_hand() -> None:
    x, means = HEIGHTS[:, 0], np.array([61.0, 66.0])
    densities = norm.pdf(x[:, None], means, 2.0) * [0.5, 0.5]
    # Σ_i π_k ∂N(x_i; μ_k, 4) / p(x_i), ∂N = N · (x − μ) / 4
    by_hand = (densities / densities.sum(axis=1, keepdims=True) * (x[:, None] - means) / 4).sum(axis=0)
    params = emviz.GaussianParams([0.5, 0.5], means[:, None], [[[4.0]], [[4.0]]])
    np.testing.assert_allclose(gradient(emviz.GaussianMixture(2), params, HEIGHTS)[:, 0], by_hand, rtol=1e-12)


def test_an_m_step_is_the_gradient_times_a_positive_matrix(case) -> None:
    """Xu & Jordan (1996), theorem 1 for the means: P = Σ / N; for chances p(1 − p) / flips, for rates λ / N."""
    model, data, params = case
    name = parameter_of(model)
    rows = model.prepare(data)
    shares = model.responsibilities(params, data)
    counts, places = shares.sum(axis=0), getattr(params, name)
    if name == "probabilities":
        flips = np.broadcast_to(model.n_trials, len(data))
        matrices = places * (1 - places) / (flips @ shares)
    elif name == "rates":
        matrices = places / counts
    else:
        covariances = getattr(params, "covariances", np.ones((len(counts), 1, 1)))
        matrices = covariances / counts[:, None, None]
    slopes = gradient(model, params, data)
    stretched = np.einsum("kij,kj->ki", matrices, slopes) if name == "means" else matrices * slopes
    after = getattr(model.maximize(model.expect(params, rows).statistics, params).params, name)
    np.testing.assert_allclose(after - places, stretched, rtol=1e-9, atol=1e-12)


def heights_run(**options) -> emviz.Trace:
    return emviz.run(emviz.GaussianMixture(2, **options), HEIGHTS, np.array([[62.0], [65.0]]), max_iterations=8)


def coin_run(start=(0.6, 0.5), **options) -> emviz.Trace:
    model = emviz.BinomialMixture(2, 10, **options)
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=list(start)), max_iterations=8)


def test_the_first_step_is_as_long_as_that_of_em() -> None:
    for trace in (coin_run(), heights_run(), coin_run(fixed=("weights",), temperature=1.5)):
        path, name = ascend(trace), parameter_of(trace.model)
        em = getattr(trace[2].params, name) - getattr(trace[0].params, name)
        assert np.linalg.norm(path.places[1] - path.places[0]) == pytest.approx(np.linalg.norm(em), rel=1e-12)
        assert len(path.places) == len(path.objectives) == trace[-1].iteration + 1 and not path.cut.any()
        np.testing.assert_array_equal(path.places[0], getattr(trace[0].params, name))
        assert path.objectives[0] == pytest.approx(trace[0].log_likelihood, rel=1e-14)


@pytest.mark.parametrize("trace", [coin_run, heights_run], ids=["coins", "heights"])
def test_every_step_is_the_rate_times_the_gradient_with_all_else_as_in_the_run(trace) -> None:
    trace = trace()
    path, name = ascend(trace, 1e-3), parameter_of(trace.model)
    for iteration, (here, there) in enumerate(zip(path.places, path.places[1:])):
        params = replace(trace[2 * iteration].params, **{name: here})
        np.testing.assert_allclose(there - here, 1e-3 * gradient(trace.model, params, trace.data), rtol=1e-9)
        reached = emviz.log_likelihood(trace.model, params, trace.data)
        assert path.objectives[iteration] == pytest.approx(reached, rel=1e-12)


def test_a_small_rate_climbs_slowly_and_a_large_one_overshoots() -> None:
    trace = coin_run(fixed=("weights",))
    slow, fast = ascend(trace, 1e-4), ascend(trace, 0.05)
    assert (np.diff(slow.objectives) > 0).all() and slow.objectives[-1] < trace[2].log_likelihood
    assert np.diff(fast.objectives).min() < -1


def test_a_step_out_of_the_domain_is_cut_back() -> None:
    coin = ascend(coin_run(fixed=("weights",)), 1.0)
    assert coin.cut[1:].all() and not coin.cut[0]
    np.testing.assert_allclose(coin.places[1:].min(), 0, atol=2e-6)
    rates = emviz.run(emviz.PoissonMixture(2), COUNTS, [3.0, 9.0], max_iterations=6)
    path = ascend(rates, 10.0)
    assert path.cut.any() and path.places.min() > 0
    for one in (coin, path):
        assert np.isfinite(one.objectives).all()


@pytest.mark.parametrize("rate", [1e3, 1e200, 1e308])
def test_a_wild_rate_stays_finite(rate: float) -> None:
    rates = emviz.run(emviz.PoissonMixture(2), COUNTS, [3.0, 9.0], max_iterations=6)
    soft = emviz.run(emviz.KMeans(2, 2.0), HEIGHTS, [[61.0], [66.0]], max_iterations=6)
    for trace in (coin_run(), heights_run(), rates, soft):
        path = ascend(trace, rate)
        assert np.isfinite(path.places).all() and np.isfinite(path.objectives).all() and path.cut.any()


def test_a_start_on_the_border_is_moved_inside() -> None:
    path = ascend(coin_run((1.0, 0.5)), 1e-4)
    assert path.places[0][0] == pytest.approx(1, abs=2e-6)
    assert path.places[-1][0] < 1


def test_equal_places_stay_equal_and_nothing_moves_where_it_is_flat() -> None:
    with pytest.warns(UserWarning, match="identical"):
        path = ascend(coin_run((0.5, 0.5), fixed=("weights",)), 1e-3)
    assert (path.places[:, 0] == path.places[:, 1]).all()
    nothing = emviz.BinomialMixture(2, 0)
    flat = ascend(emviz.run(nothing, [0, 0], nothing.start([0, 0], probabilities=[0.3, 0.6]), max_iterations=1))
    assert flat.rate == 0 and (flat.places == [0.3, 0.6]).all()
    alone = ascend(emviz.run(emviz.KMeans(2, 1.0), HEIGHTS, rng=0, max_iterations=0))
    assert isinstance(alone, Ascent) and len(alone.places) == 1 and alone.rate == 0


def test_no_gradient_where_there_is_none() -> None:
    hard = emviz.run(emviz.KMeans(2), HEIGHTS, rng=0, max_iterations=2)
    with pytest.raises(ValueError, match="at temperature 0 .* kinks.* temperature above 0"):
        ascend(hard)
    with pytest.raises(ValueError, match="at temperature 0"):
        gradient(hard.model, hard.final, HEIGHTS)
    with pytest.raises(ValueError, match="params: probabilities on the border"):
        gradient(emviz.BinomialMixture(2, 10), emviz.BinomialParams([0.5, 0.5], [0.0, 0.5]), HEADS)
    with pytest.raises(TypeError, match="a str has no places to move"):
        gradient("EM", None, None)
