"""Any finite input gives finite states, or one clear error before the first step."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from cases import EPS, condition, rounding
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import emviz

TEMPERATURES = st.sampled_from([0.0, 1e-300, 0.3, 1.0, 2.0, 1e300])
STRUCTURES = st.sampled_from(["full", "tied", "diag", "spherical", "k-means"])
FLOORS = st.sampled_from([None, 0, 1e-30, 1e-6, 1.0])


def model_of(structure: str, k: int, floor: float | None, temperature: float) -> Any:
    if structure == "k-means":
        return emviz.KMeans(k, temperature=temperature)
    return emviz.GaussianMixture(k, structure, min_variance=floor, temperature=temperature)


def run(model: Any, data: Any, seed: int, start: str = "random") -> emviz.Trace | None:
    """A run whose every number is finite, or None after one clear error about the input."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message="start: components . and . are identical")
        try:
            begin = model.start(data, rng=seed) if start != "responsibilities" else model.start(
                data, responsibilities="random", rng=seed)
        except ValueError as error:
            assert 20 < len(str(error)) < 400
            assert "\n" not in str(error)
            return None
        trace = emviz.run(model, data, begin, max_iterations=8, tolerance=0)
        assert len(str(trace).splitlines()) == len(trace) + 2
    for step in trace:
        assert np.isfinite(step.log_likelihood)
        assert np.isfinite(step.lower_bound) or step.kind == "start"
        assert all(np.isfinite(array).all() for array in step.params.arrays().values())
    if len(trace) > 1:
        np.testing.assert_allclose(trace.responsibilities(-1).sum(axis=1), 1, rtol=0, atol=1e-12)
    return trace


def points(seed: int, n: int, d: int, kind: str) -> np.ndarray:
    """Rows that are awkward in one way each."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d))
    if kind == "ties":
        return np.round(rows)
    if kind == "three rows, repeated":
        return rows[rng.integers(min(n, 3), size=n)]
    if kind == "an outlier":
        rows[rng.integers(n)] = 10.0 ** rng.integers(12)
    if kind == "offset":
        return rows + 10.0 ** rng.integers(9)
    if kind == "scales":
        return rows * 10.0 ** rng.integers(-4, 5, size=d)
    if kind == "almost collinear":
        rows[:, -1] = 2 * rows[:, 0] + 10.0 ** -rng.integers(12) * rows[:, -1]
    if kind == "any magnitude":
        return np.sign(rows) * 10.0 ** rng.uniform(-149, 149, size=(n, d))
    return rows


KINDS = st.sampled_from(["plain", "ties", "three rows, repeated", "an outlier", "offset", "scales", "almost collinear",
                         "any magnitude"])


@settings(max_examples=400)
@given(st.integers(0, 10**6), st.integers(1, 25), st.integers(1, 4), st.integers(1, 4), KINDS, STRUCTURES, FLOORS,
       TEMPERATURES, st.sampled_from(["random", "responsibilities"]))
@example(9303, 2, 4, 2, "any magnitude", "tied", 1.0, 1e-5, "random")
@example(362, 22, 1, 3, "ties", "spherical", 0, 0.3, "random")
@example(7, 20, 2, 2, "an outlier", "full", 1e-6, 1.0, "random")
def test_awkward_points(seed: int, n: int, d: int, k: int, kind: str, structure: str, floor: float | None,
                        temperature: float, start: str) -> None:
    data = points(seed, n, d, kind)
    trace = run(model_of(structure, k, floor, temperature), data, seed, start)
    if trace is None or len(trace) == 1 or temperature > 2 or kind == "any magnitude":
        return
    slack = rounding(*trace, n=n) + resolution(trace)
    assert np.diff(trace.lower_bounds[1:]).min() >= -slack
    assert min(step.gap for step in trace[1:]) >= -slack


def resolution(trace: emviz.Trace) -> float:
    """What the last digit of the points is worth: a mean cannot be closer to its only point than that."""
    digit = 4 * EPS * np.abs(trace.data).max(axis=0)
    if isinstance(trace.model, emviz.KMeans):
        return float(len(trace.data) * (digit**2).sum())
    narrowest = np.min([np.sqrt(np.diagonal(step.params.covariances, axis1=1, axis2=2)) for step in trace], axis=(0, 1))
    worst = max(condition(step.params) for step in trace)
    return float(len(trace.data) * ((digit / narrowest) ** 2).sum() * worst)


@settings(max_examples=300)
@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 3)),
              elements=st.floats(allow_nan=False, allow_infinity=False)),
       st.integers(1, 3), STRUCTURES, FLOORS, TEMPERATURES)
@example(np.array([[0.0], [5e-324]]), 1, "full", None, 1.0)
@example(np.array([[1.7e308], [-1.7e308]]), 1, "k-means", None, 0.0)
@example(np.array([[1e-140], [3e-140]]), 2, "spherical", None, 1.0)
@example(np.array([[1e150, -1e150], [-1e150, 1e150], [1e150, 0.0]]), 2, "full", None, 1.0)
def test_any_floats(data: np.ndarray, k: int, structure: str, floor: float | None, temperature: float) -> None:
    run(model_of(structure, k, floor, temperature), data, 0)


@settings(max_examples=200)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 12), st.integers(1, 3), TEMPERATURES,
       st.sampled_from(["random", "responsibilities"]))
def test_any_coins(heads: list[int], more: int, k: int, temperature: float, start: str) -> None:
    model = emviz.BinomialMixture(k, max(heads) + more, temperature=temperature)
    assert_rising(run(model, heads, 0, start), temperature)


@settings(max_examples=200)
@given(st.lists(st.one_of(st.integers(0, 5), st.integers(0, 10**5)), min_size=1, max_size=12), st.integers(1, 3),
       TEMPERATURES, st.sampled_from(["random", "responsibilities"]))
def test_any_counts(counts: list[int], k: int, temperature: float, start: str) -> None:
    trace = run(emviz.PoissonMixture(k, temperature=temperature), counts, 0, start)
    # λ^x / x! is a difference of numbers near x log x.
    assert_rising(trace, temperature, larger=1 + max(counts) * np.log(max(counts) + 1.0))


def assert_rising(trace: emviz.Trace | None, temperature: float, larger: float = 1.0) -> None:
    if trace is not None and temperature <= 2:
        slack = rounding(*trace, n=len(trace.data)) * larger
        assert np.diff(trace.lower_bounds[1:]).min() >= -slack
        assert min(step.gap for step in trace[1:]) >= -slack
