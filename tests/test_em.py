"""The loop: half-steps, stopping, and models that only know the three functions."""

from __future__ import annotations

import itertools
import math
import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import emviz


def points(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array([(0, 0), (3, 1)])[rng.integers(2, size=50)] + rng.normal(size=(50, 2))


# ---------------------------------------------------------------- half-steps


def test_the_order_of_steps_and_what_each_carries() -> None:
    model = emviz.GaussianMixture(2)
    start = model.start(points(), rng=0)
    steps = list(itertools.islice(emviz.em_steps(model, points(), start), 7))
    assert [(step.kind, step.iteration) for step in steps] == [
        ("start", 0), ("E", 1), ("M", 1), ("E", 2), ("M", 2), ("E", 3), ("M", 3)]
    assert steps[0].params is start
    assert steps[0].q_params is None
    assert math.isnan(steps[0].lower_bound)
    assert math.isnan(steps[0].gap)
    for before, step in itertools.pairwise(steps):
        if step.kind == "E":
            assert step.params is before.params
            assert step.q_params is before.params
            assert step.lower_bound == step.log_likelihood == before.log_likelihood
            assert step.gap == 0.0
        else:
            assert step.q_params is before.q_params
            assert step.gap == step.log_likelihood - step.lower_bound


def test_the_gap_is_the_divergence_of_q_from_the_posterior() -> None:
    """KL(q ‖ p(z | x, θ)), summed over the rows, at T = 1; T times that at another temperature."""
    for temperature in (0.5, 1.0, 2.0):
        model = emviz.GaussianMixture(2, temperature=temperature)
        trace = emviz.run(model, points(), rng=0, max_iterations=3, tolerance=0)
        for i in (2, 4, 6):
            q = trace.responsibilities(i)
            p = model.responsibilities(trace[i].params, points())
            assert_allclose(trace[i].gap, temperature * (q * np.log(q / p)).sum(), rtol=1e-9)


def test_one_pass_over_the_data_a_half_step() -> None:
    """The M-step's log-likelihood and the next E-step share their pass."""
    passes = 0

    class Counting(emviz.KMeans):
        def expect(self, params: Any, data: Any) -> emviz.Expectation:
            nonlocal passes
            passes += 1
            return super().expect(params, data)

    model = Counting(2)
    for _ in itertools.islice(emviz.em_steps(model, points(), model.start(points(), rng=0)), 9):
        pass
    assert passes == 5


# ---------------------------------------------------------------- stopping


def test_no_iteration_is_the_start_alone() -> None:
    for model in (emviz.GaussianMixture(2), emviz.KMeans(2)):
        start = model.start(points(), rng=0)
        trace = emviz.run(model, points(), start, max_iterations=0)
        assert len(trace) == 1
        assert trace.final is start
        assert not trace.converged
        assert trace.stop_reason == "reached max_iterations=0"


@pytest.mark.parametrize("iterations", [1, 2, 5])
def test_a_run_that_is_cut_off_ends_with_an_m(iterations: int) -> None:
    trace = emviz.run(emviz.GaussianMixture(2), points(), rng=0, max_iterations=iterations, tolerance=0)
    assert (trace[-1].kind, trace[-1].iteration) == ("M", iterations)
    assert len(trace) == 2 * iterations + 1
    assert not trace.converged
    assert trace.stop_reason == f"reached max_iterations={iterations}"


@pytest.mark.parametrize("tolerance", [None, 1e-4, 1e-2, 1.0])
def test_the_tolerance_is_the_gain_of_the_bound_from_m_to_m(tolerance: float | None) -> None:
    trace = emviz.run(emviz.GaussianMixture(2), points(), rng=0, max_iterations=1000, tolerance=tolerance)
    gains = np.diff(trace.lower_bounds[2::2])
    least = 1e-4 if tolerance is None else tolerance
    assert trace.converged
    assert (gains[:-1] > least).all()
    assert gains[-1] <= least
    assert trace.stop_reason == f"iteration {trace[-1].iteration} gained no more than {least:g} nats"
    assert trace[-1].kind == "M"


def test_the_first_m_never_stops_a_run() -> None:
    trace = emviz.run(emviz.GaussianMixture(1), points(), rng=0, tolerance=1e9)
    assert trace[-1].iteration == 2


def test_a_tolerance_of_zero_waits_until_the_parameters_repeat() -> None:
    trace = emviz.run(emviz.GaussianMixture(2), points(), rng=0, max_iterations=3000, tolerance=0)
    assert trace.converged
    assert trace[-1].params == trace[-3].params
    assert trace[-3].params != trace[-5].params
    assert trace.stop_reason == f"the parameters repeat at iteration {trace[-1].iteration}"


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"tolerance": -1e-9}, ValueError, "tolerance=-1e-09 must be a finite number, 0 or more"),
    ({"tolerance": np.nan}, ValueError, "tolerance=nan must be a finite number"),
    ({"tolerance": np.inf}, ValueError, "tolerance=inf must be a finite number"),
    ({"tolerance": "small"}, TypeError, "tolerance='small' is text"),
    ({"tolerance": True}, TypeError, "tolerance=True is a bool"),
    ({"max_iterations": -1}, ValueError, "max_iterations=-1 is too small"),
    ({"max_iterations": 2.5}, TypeError, "max_iterations=2.5 is a float"),
    ({"max_iterations": True}, TypeError, "max_iterations=True is a bool"),
])
@pytest.mark.parametrize("model", [emviz.GaussianMixture(2), emviz.KMeans(2)], ids=["mixture", "k-means"])
def test_bad_limits(model: Any, arguments: dict, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words.replace("(", r"\(")):
        emviz.run(model, points(), rng=0, **arguments)


def test_until_converged_passes_steps_on_as_they_come() -> None:
    model = emviz.KMeans(2)
    steps = emviz.until_converged(emviz.em_steps(model, points(), model.start(points(), rng=0)), tolerance=0)
    seen = []
    while True:
        try:
            seen.append(next(steps).kind)
        except StopIteration as end:
            stop = end.value
            break
    assert seen[:3] == ["start", "E", "M"]
    assert stop.converged
    assert "parameters repeat" in stop.reason


def test_a_warning_about_the_start_is_given_once_and_kept_as_an_event() -> None:
    model = emviz.KMeans(2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trace = emviz.run(model, points(), emviz.KMeansParams([(0, 0), (0, 0)]))
    assert [str(w.message) for w in caught] == ["start: components 0 and 1 are identical: EM cannot separate them"]
    assert trace[0].events == ("components 0 and 1 are identical: EM cannot separate them",)
    assert trace[2].events == ("component 1 is empty",)


# ---------------------------------------------------------------- expectations


def test_expectations_add() -> None:
    a, b = emviz.Expectation(-3.0, 0.5, np.array([1.0, 2.0])), emviz.Expectation(-1.0, 0.25, np.array([10.0, 20.0]))
    both = a + b
    assert (both.log_likelihood, both.entropy) == (-4.0, 0.75)
    assert_array_equal(both.statistics, [11.0, 22.0])


# ---------------------------------------------------------------- models of other people


class Linkage:
    """Genetic linkage (Rao; Dempster, Laird & Rubin 1977): cells 1/2 + t/4, (1−t)/4, (1−t)/4, t/4.

    The first cell hides two, with probabilities 1/2 and t/4. Parameters are one float.
    """

    def prepare(self, data: Any) -> np.ndarray:
        return np.asarray(data, dtype=float)

    def _cells(self, t: float) -> np.ndarray:
        return np.array([0.5, t / 4, (1 - t) / 4, (1 - t) / 4, t / 4])

    def expect(self, t: float, counts: np.ndarray) -> emviz.Expectation:
        hidden = counts[0] * np.array([0.5, t / 4]) / (0.5 + t / 4)
        complete = np.concatenate([hidden, counts[1:]])
        share = hidden / counts[0]
        entropy = -counts[0] * float(share @ np.log(share))
        cells = self._cells(t)
        observed = np.array([cells[0] + cells[1], *cells[2:]])
        return emviz.Expectation(float(counts @ np.log(observed)), entropy, complete)

    def maximize(self, complete: np.ndarray, t: float) -> emviz.Update:
        return emviz.Update(float((complete[1] + complete[4]) / complete[1:].sum()))

    def expected_log_joint(self, complete: np.ndarray, t: float) -> float:
        return float(complete @ np.log(self._cells(t)))


class Rate(NamedTuple):
    rate: float


class CensoredExponential:
    """Lifetimes of lamps, some still burning when the watch ended: E[x | x > c] = c + 1/λ.

    Data are (times, died). The M-step is λ = n / Σ E[x]; the limit is deaths / total time.
    """

    def prepare(self, data: Any) -> dict[str, np.ndarray]:
        """Packs the data in a form that it would not take again."""
        times, died = data
        return {"times of lamps": np.asarray(times, dtype=float), "died?": np.asarray(died, dtype=bool)}

    def expect(self, params: Rate, data: Any) -> emviz.Expectation:
        times, died = data.values()
        rate = params.rate
        expected = np.where(died, times, times + 1 / rate)
        log_likelihood = float(np.where(died, np.log(rate) - rate * times, -rate * times).sum())
        entropy = float((1 - np.log(rate)) * (~died).sum())
        return emviz.Expectation(log_likelihood, entropy, np.array([len(times), expected.sum()]))

    def maximize(self, statistics: np.ndarray, params: Rate) -> emviz.Update:
        count, total = statistics
        return emviz.Update(Rate(float(count / total)), ("the lamps burn on",))

    def expected_log_joint(self, statistics: np.ndarray, params: Rate) -> float:
        count, total = statistics
        return float(count * np.log(params.rate) - params.rate * total)


@dataclass(frozen=True)
class MissingNormal:
    """One normal variable with known spread and missing values; parameters are an array."""

    spread: float = 2.0

    def prepare(self, data: Any) -> np.ndarray:
        return np.asarray(data, dtype=float)

    def expect(self, mean: np.ndarray, x: np.ndarray) -> emviz.Expectation:
        missing = np.isnan(x)
        seen = x[~missing]
        constant = np.log(2 * np.pi * self.spread**2) / 2
        likelihood = -len(seen) * constant - ((seen - mean[0]) ** 2).sum() / (2 * self.spread**2)
        entropy = missing.sum() * (constant + 0.5)
        filled = np.where(missing, mean[0], x)
        squares = (filled**2).sum() + missing.sum() * self.spread**2
        return emviz.Expectation(float(likelihood), float(entropy), np.array([len(x), filled.sum(), squares]))

    def maximize(self, statistics: np.ndarray, mean: np.ndarray) -> emviz.Update:
        return emviz.Update(statistics[1:2] / statistics[0])

    def expected_log_joint(self, statistics: np.ndarray, mean: np.ndarray) -> float:
        n, total, squares = statistics
        around = squares - 2 * mean[0] * total + n * mean[0] ** 2
        return float(-n * np.log(2 * np.pi * self.spread**2) / 2 - around / (2 * self.spread**2))


OTHERS = [
    (Linkage(), [125, 18, 20, 34], 0.5),
    (CensoredExponential(), ([1.0, 2.5, 4.0, 4.0, 0.7], [True, True, False, False, True]), Rate(1.0)),
    (MissingNormal(), [1.0, np.nan, 4.0, 2.5, np.nan], np.array([10.0])),
]


@pytest.mark.parametrize(("model", "data", "start"), OTHERS, ids=["linkage", "lamps", "missing"])
@pytest.mark.parametrize("tolerance", [None, 0])
def test_a_model_needs_three_functions_and_no_base_class(model: Any, data: Any, start: Any, tolerance: Any) -> None:
    trace = emviz.run(model, data, start, max_iterations=500, tolerance=tolerance)
    assert trace.converged
    assert np.diff(trace.lower_bounds[1:]).min() >= -1e-12
    assert min(step.gap for step in trace[1:]) >= -1e-12
    assert str(trace).startswith("step")
    assert repr(trace).startswith("<Trace of")
    with pytest.raises(ValueError, match="only runs of emviz's own models can be saved"):
        trace.save("nowhere.npz")


def test_linkage_as_published() -> None:
    """Table 1 of Dempster, Laird & Rubin (1977), to one unit of the last digit that it prints."""
    steps = emviz.em_steps(Linkage(), [125, 18, 20, 34], 0.5)
    found = [step.params for step in itertools.islice(steps, 0, 17, 2)]
    assert_allclose(found, [0.5, 0.608247423, 0.624321051, 0.626488879, 0.626777323, 0.626815632, 0.626820719,
                            0.626821395, 0.626821484], atol=1e-9, rtol=0)
    final = emviz.run(Linkage(), [125, 18, 20, 34], 0.5, tolerance=0).final
    assert_allclose(final, (15 + math.sqrt(53809)) / 394, rtol=1e-14)


def test_lamps_end_at_deaths_over_time() -> None:
    model, data, start = OTHERS[1]
    trace = emviz.run(model, data, start, max_iterations=500, tolerance=0)
    assert_allclose(trace.final.rate, 3 / 12.2, rtol=1e-12)
    assert trace[2].events == ("the lamps burn on",)
    assert "the lamps burn on" in str(trace)


def test_missing_values_take_the_mean_of_the_others() -> None:
    model, data, start = OTHERS[2]
    assert_allclose(emviz.run(model, data, start, max_iterations=500, tolerance=0).final, [2.5], rtol=1e-12)
