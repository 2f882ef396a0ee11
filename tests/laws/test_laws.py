"""Laws of EM, for every model at every temperature."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import CASES, EPS, TEMPERATURES, Case, assert_same, permuted, replace, rounding
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp

import emviz
from emviz.models import mixture

every_model = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
every_temperature = pytest.mark.parametrize("temperature", TEMPERATURES)


def that_may(move: str) -> pytest.MarkDecorator:
    allowed = {name: case for name, case in CASES.items() if move in case.moves}
    return pytest.mark.parametrize("case", allowed.values(), ids=allowed.keys())


def record(case: Case, seed: int = 0, temperature: float = 1.0, iterations: int = 12, **size: int) -> emviz.Trace:
    model, data, start = case.instance(seed, temperature=temperature, **size)
    return emviz.run(model, data, start, max_iterations=iterations, tolerance=0)


# ---------------------------------------------------------------- the bound


@every_temperature
@every_model
def test_the_bound_never_falls(case: Case, temperature: float) -> None:
    """F rises at E to the log-likelihood, at M further; the log-likelihood stays above it."""
    for seed in range(8):
        trace = record(case, seed, temperature, iterations=25)
        slack = rounding(*trace, n=len(trace.data))
        assert np.diff(trace.lower_bounds[1:]).min() >= -slack
        assert np.diff(trace.log_likelihoods).min() >= -slack
        assert min(step.gap for step in trace[1:]) >= -slack
        assert [step.gap for step in trace[1::2]] == [0.0] * (len(trace) // 2)


@every_temperature
@that_may("shift")
def test_the_bound_never_falls_far_from_the_origin(case: Case, temperature: float) -> None:
    model, data, start = case.instance(1, temperature=temperature)
    far = replace(start, means=start.means + 2.0**27)
    trace = emviz.run(model, data + 2.0**27, far, max_iterations=25, tolerance=0)
    # Means are stored to the spacing of 1e8, 1.5e-8: the bound feels its square, 1e-16 a row and unit variance.
    slack = rounding(*trace, n=len(data)) * (1 + 1 / smallest_variance(trace.final))
    assert np.diff(trace.lower_bounds[1:]).min() >= -slack
    assert min(step.gap for step in trace[1:]) >= -slack


def smallest_variance(params: Any) -> float:
    return float(np.linalg.eigvalsh(params.covariances).min()) if hasattr(params, "covariances") else 1.0


@every_temperature
@every_model
def test_bound_and_posterior_by_enumeration(case: Case, temperature: float) -> None:
    """All k^n assignments of a few rows, with densities of another program."""
    trace = record(case, 2, temperature, iterations=2, n=9, k=2)
    model, data, n = trace.model, trace.data, 9
    assignments = np.array(list(itertools.product(range(2), repeat=n)))
    for index in (1, 2, 3, 4):
        step = trace[index]
        prior = model.log_prior(step.params)
        at_q, now = (case.log_joint(params, data)[np.arange(n), assignments].sum(axis=1)
                     for params in (step.q_params, step.params))
        if temperature == 0:
            q = (np.arange(len(at_q)) == np.argmax(at_q)).astype(float)
            best, entropy = now.max(), 0.0
        else:
            q = np.exp(at_q / temperature - logsumexp(at_q / temperature))
            best = temperature * logsumexp(now / temperature)
            entropy = -float(q @ np.log(np.where(q > 0, q, 1.0)))
        expected = [[q[assignments[:, i] == k].sum() for k in range(2)] for i in range(n)]
        # The other program rounds too, and its covariance solver loses a few digits more.
        assert_allclose(trace.responsibilities(index), expected, rtol=0, atol=1e-10)
        assert_allclose(step.log_likelihood, best + prior, rtol=1e-10)
        assert_allclose(step.lower_bound, q @ now + temperature * entropy + prior, rtol=1e-10)


@every_temperature
@every_model
def test_no_other_parameters_are_better(case: Case, temperature: float) -> None:
    """The M-step is the maximum: parameters near it that the model may choose have no higher bound."""
    model, data, start = case.instance(3, temperature=temperature)
    q = model.expect(start, data)
    best = model.maximize(q.statistics, start).params

    def bound(params: Any) -> float:
        return model.expected_log_joint(q.statistics, params) + model.log_prior(params)

    slack = rounding(emviz.Step("M", 1, best, start, bound(best), bound(best)), n=len(data))
    rng = np.random.default_rng(4)
    for size in [1e-3] * 10 + [1e-1] * 10:
        shares = _nearby(model, start, data, rng, size)
        other = model.maximize(model.gather(shares, model.prepare(data)), start).params
        assert bound(other) <= bound(best) + slack


def _nearby(model: Any, start: Any, data: np.ndarray, rng: np.random.Generator, size: float) -> np.ndarray:
    """Responsibilities float[k, n] a little off: the M-step from them is in the family, and near."""
    shares = model.responsibilities(start, data).T
    return (1 - size) * shares + size * rng.dirichlet(np.ones(len(shares)), size=shares.shape[1]).T


# ---------------------------------------------------------------- half-steps


@every_temperature
@every_model
def test_an_e_step_moves_no_parameter_and_an_m_step_no_responsibility(case: Case, temperature: float) -> None:
    trace = record(case, 0, temperature, iterations=4)
    for i in range(1, len(trace), 2):
        e, m = trace[i], trace[i + 1]
        assert (e.kind, m.kind) == ("E", "M")
        assert e.iteration == m.iteration == (i + 1) // 2
        assert e.params == e.q_params == m.q_params == trace[i - 1].params
        assert_array_equal(trace.responsibilities(i), trace.responsibilities(i + 1))
        assert_allclose(trace.responsibilities(i).sum(axis=1), 1, rtol=0, atol=4 * EPS)


@every_temperature
@every_model
def test_steps_continue_where_a_run_stopped(case: Case, temperature: float) -> None:
    trace = record(case, 5, temperature, iterations=6)
    first = emviz.run(trace.model, trace.data, trace[0].params, max_iterations=2, tolerance=0)
    rest = emviz.run(trace.model, trace.data, first.final, max_iterations=4, tolerance=0)
    for continued, step in zip(rest[1:], trace[5:], strict=False):
        assert continued.params == step.params
        assert continued.lower_bound == step.lower_bound


@pytest.mark.filterwarnings("ignore:start. components 0 and 1 are identical")  # where a high temperature melted them
@every_temperature
@every_model
def test_a_fixed_point_stays(case: Case, temperature: float) -> None:
    for k in (1, 2):
        runs = (record(case, seed, temperature, iterations=400, n=25, k=k) for seed in range(8))
        trace = next(run for run in runs if run.lower_bounds[-1] - run.lower_bounds[-3] <= rounding(*run, n=25))
        again = emviz.run(trace.model, trace.data, trace.final, max_iterations=2, tolerance=0)
        if trace.converged:
            assert trace.stop_reason.startswith("the parameters repeat")
            assert again.final == trace.final
            assert again.log_likelihoods[-1] == again.log_likelihoods[0] == trace.log_likelihoods[-1]
        else:  # the last digits go round in a circle; a bound flat to 1e-12 leaves parameters its square root
            assert_same(again.final, trace.final, rtol=0, atol=1e-6)


# ---------------------------------------------------------------- the same data in another form

# A relative difference of one rounding grows a little in each of the iterations of these runs.
SAME = {"rtol": 1e-9, "atol": 1e-11}


@every_temperature
@every_model
def test_components_have_no_order(case: Case, temperature: float) -> None:
    trace = record(case, 0, temperature)
    order = np.array([2, 0, 1])
    other = emviz.run(trace.model, trace.data, permuted(trace[0].params, order), max_iterations=12, tolerance=0)
    for step, same in zip(trace, other, strict=False):
        assert_same(same.params, permuted(step.params, order), **SAME)
        assert_allclose(same.log_likelihood, step.log_likelihood, rtol=1e-11)
    assert_allclose(other.responsibilities(3), trace.responsibilities(3)[:, order], rtol=0, atol=1e-9)


@every_temperature
@every_model
def test_rows_have_no_order(case: Case, temperature: float) -> None:
    trace = record(case, 0, temperature)
    rows = np.random.default_rng(0).permutation(len(trace.data))
    other = emviz.run(trace.model, trace.data[rows], trace[0].params, max_iterations=12, tolerance=0)
    for step, same in zip(trace, other, strict=False):
        assert_same(same.params, step.params, **SAME)
        assert_allclose(same.log_likelihood, step.log_likelihood, rtol=1e-11)
    assert_allclose(other.responsibilities(3), trace.responsibilities(3)[rows], rtol=0, atol=1e-9)


@every_temperature
@that_may("double")
def test_data_twice(case: Case, temperature: float) -> None:
    trace = record(case, 0, temperature)
    twice = np.concatenate([trace.data, trace.data])
    other = emviz.run(trace.model, twice, trace[0].params, max_iterations=12, tolerance=0)
    for step, same in zip(trace, other, strict=False):
        assert_same(same.params, step.params, **SAME)
        assert_allclose(same.log_likelihood, 2 * step.log_likelihood, rtol=1e-11)


@every_temperature
@that_may("shift")
def test_shifted_data(case: Case, temperature: float) -> None:
    trace = record(case, 0, temperature)
    far = replace(trace[0].params, means=trace[0].params.means + 2.0**27)
    other = emviz.run(trace.model, trace.data + 2.0**27, far, max_iterations=12, tolerance=0)
    # Means are stored to the spacing of 1e8, 1.5e-8; what follows from them is known no better than some times that.
    tolerance = 1e-6
    for step, same in zip(trace, other, strict=False):
        back = replace(same.params, means=same.params.means - 2.0**27)
        assert_same(back, step.params, rtol=tolerance, atol=tolerance)
        assert_allclose(same.log_likelihood, step.log_likelihood, rtol=tolerance)


@pytest.mark.parametrize("factor", [1e-8, 1e-3, 1e8])
@every_temperature
@that_may("scale")
def test_scaled_data(case: Case, temperature: float, factor: float) -> None:
    trace = record(case, 0, temperature)
    n, d = trace.data.shape
    of_k_means = isinstance(trace.model, emviz.KMeans)
    model = dataclasses.replace(trace.model, temperature=temperature * factor**2) if of_k_means else trace.model
    other = emviz.run(model, trace.data * factor, _scaled(trace[0].params, factor), max_iterations=12, tolerance=0)
    for step, same in zip(trace, other, strict=False):
        assert_same(same.params, _scaled(step.params, factor), **SAME)
        expected = step.log_likelihood * factor**2 if of_k_means else step.log_likelihood - n * d * np.log(factor)
        assert_allclose(same.log_likelihood, expected, rtol=1e-10)


def _scaled(params: Any, factor: float) -> Any:
    changes = {"means": params.means * factor}
    if hasattr(params, "covariances"):
        changes["covariances"] = params.covariances * factor**2
    return replace(params, **changes)


@every_temperature
@that_may("rotate")
def test_rotated_data(case: Case, temperature: float) -> None:
    trace = record(case, 0, temperature)
    d = trace.data.shape[1]
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(d, d)))
    other = emviz.run(trace.model, trace.data @ turn.T, _turned(trace[0].params, turn), max_iterations=12, tolerance=0)
    for step, same in zip(trace, other, strict=False):
        assert_same(same.params, _turned(step.params, turn), rtol=1e-9, atol=1e-9)
        assert_allclose(same.log_likelihood, step.log_likelihood, rtol=1e-10)


def _turned(params: Any, turn: np.ndarray) -> Any:
    changes = {"means": params.means @ turn.T}
    if hasattr(params, "covariances"):
        changes["covariances"] = turn @ params.covariances @ turn.T
    return replace(params, **changes)


# ---------------------------------------------------------------- expectations add


@every_temperature
@every_model
def test_any_split_into_blocks(case: Case, temperature: float, monkeypatch: pytest.MonkeyPatch) -> None:
    model, data, start = case.instance(0, temperature=temperature)
    whole, shares = model.expect(start, data), model.responsibilities(start, data)
    for block in (1, 7 * model.n_components):
        monkeypatch.setattr(mixture, "BLOCK", block)
        assert_same_expectation(model, start, model.expect(start, data), whole)
        # One row alone may be summed over its features in another order than many.
        assert_allclose(model.responsibilities(start, data), shares, rtol=0, atol=1e-12)
    monkeypatch.undo()
    for cut in (1, 13):
        halves = model.expect(start, data[:cut]) + model.expect(start, data[cut:])
        assert_same_expectation(model, start, halves, whole)
        swapped = model.expect(start, data[cut:]) + model.expect(start, data[:cut])
        assert_same_expectation(model, start, swapped, whole)


@that_may("shift")
def test_halves_add_far_from_the_origin(case: Case) -> None:
    model, data, start = case.instance(0)
    start, data = replace(start, means=start.means + 2.0**27), data + 2.0**27
    halves = model.expect(start, data[:13]) + model.expect(start, data[13:])
    assert_same_expectation(model, start, halves, model.expect(start, data), atol=1e-8)


def assert_same_expectation(model: Any, params: Any, actual: Any, desired: Any, atol: float = 1e-12) -> None:
    """Equal sums, and equal M-steps and bounds from them; the order of additions differs, so rounding does."""
    assert_allclose(actual.log_likelihood, desired.log_likelihood, rtol=1e-12)
    assert_allclose(actual.entropy, desired.entropy, rtol=1e-10, atol=1e-12)
    assert_same(model.maximize(actual.statistics, params).params, model.maximize(desired.statistics, params).params,
                rtol=1e-10, atol=atol)
    assert_allclose(model.expected_log_joint(actual.statistics, params),
                    model.expected_log_joint(desired.statistics, params), rtol=1e-11)


# ---------------------------------------------------------------- repeatable, frozen, clean


@every_temperature
@every_model
def test_a_run_repeats_bit_for_bit(case: Case, temperature: float) -> None:
    assert fingerprint(record(case, 7, temperature)) == fingerprint(record(case, 7, temperature))


def test_another_process_gives_the_same_bits() -> None:
    here = [fingerprint(record(case, 7, iterations=5)) for case in CASES.values()]
    code = "import test_laws as t; print(*(t.fingerprint(t.record(c, 7, iterations=5)) for c in t.CASES.values()))"
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    paths = [str(Path(__file__).parent), str(Path(emviz.__file__).parents[1])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == here


def fingerprint(trace: emviz.Trace) -> str:
    digest = hashlib.sha256(trace.lower_bounds.tobytes() + trace.log_likelihoods.tobytes())
    for step in trace:
        digest.update(b"".join(array.tobytes() for array in step.params.arrays().values()))
    return digest.hexdigest()


@every_model
def test_states_are_frozen_and_inputs_never_written(case: Case) -> None:
    model, data, start = case.instance(0)
    data, before = np.array(data), np.array(data)
    trace = emviz.run(model, data, start, max_iterations=2)
    emviz.responsibilities(model, start, data)
    emviz.log_likelihood(model, start, data)
    assert_array_equal(data, before)

    data[:] = 1
    assert_array_equal(trace.data, before)
    assert not trace.data.flags.writeable
    for step in trace:
        with pytest.raises(dataclasses.FrozenInstanceError):
            step.lower_bound = 0.0  # type: ignore[misc]
        for name, array in step.params.arrays().items():
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(step.params, name, array)
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.temperature = 2.0


@every_temperature
@every_model
def test_fixed_parameters_keep_their_bits(case: Case, temperature: float) -> None:
    model, data, start = case.instance(0, temperature=temperature)
    names = list(start.arrays())
    for count in range(1, len(names) + 1):
        for fixed in itertools.combinations(names, count):
            held = dataclasses.replace(model, fixed=fixed)
            trace = emviz.run(held, data, start, max_iterations=4, tolerance=0)
            for name, before in start.arrays().items():
                assert (name in fixed) <= np.array_equal(getattr(trace.final, name), before)
            slack = rounding(*trace, n=len(data))
            assert np.diff(trace.lower_bounds[1:]).min() >= -slack
            free = held.n_parameters(start)
            assert (free == 0) == (count == len(names))


@every_temperature
@every_model
def test_no_warning_and_no_surprise(case: Case, temperature: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = record(case, 11, temperature, n=5, k=3)
    for step in trace:
        assert np.isfinite(step.log_likelihood)
        assert all(np.isfinite(array).all() for array in step.params.arrays().values())
    assert str(trace).count("\n") == len(trace) + 1
