"""Many runs from many starts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupted import Interrupted
from numpy.testing import assert_allclose, assert_array_equal

import emviz
from emviz import datasets, progress, restart
from emviz.em import Expectation, Update

POINTS = np.random.default_rng(0).normal(size=(40, 2)) * [1.0, 3.0]
HEADS = np.random.default_rng(1).binomial(12, 0.5, size=25)
PAIRS = datasets.blobs(200, spread=0.5, centers=[(0, 0), (3, 0), (12, 0), (15, 0)])
MODELS = {
    "k-means": (emviz.KMeans(3), POINTS),
    "warm k-means": (emviz.KMeans(3, temperature=0.7), POINTS),
    "k-means on a line": (emviz.KMeans(2), POINTS[:, 1]),
    "k-means of many blocks": (emviz.KMeans(3), np.random.default_rng(2).normal(size=(9000, 1))),
    "full": (emviz.GaussianMixture(3), POINTS),
    "tied": (emviz.GaussianMixture(3, "tied"), POINTS),
    "diag, hard": (emviz.GaussianMixture(3, "diag", temperature=0), POINTS),
    "spherical, with a prior": (emviz.GaussianMixture(2, "spherical", prior=emviz.GaussianPrior(2.0, 1.0)), POINTS),
    "full, no floor": (emviz.GaussianMixture(3, min_variance=0), POINTS[:16]),
    "coins": (emviz.BinomialMixture(2, 12), HEADS),
    "hot coins": (emviz.BinomialMixture(3, 12, temperature=1.5, fixed="weights"), HEADS),
    "counts": (emviz.PoissonMixture(2), HEADS),
}
every_model = pytest.mark.parametrize(("model", "data"), MODELS.values(), ids=MODELS.keys())
STARTS = ("random", "k-means++", "responsibilities")


def start_of(model: Any, data: Any, how: str, rng: np.random.Generator) -> Any:
    """What run i starts from."""
    if how == "responsibilities":
        return model.start(data, responsibilities="random", rng=rng)
    return model.start(data, how, rng=rng)


def assert_same_run(result: emviz.Restarts, index: int, trace: emviz.Trace) -> None:
    """Bit for bit."""
    for name, array in trace.final.arrays().items():
        assert getattr(result.finals[index], name).tobytes() == array.tobytes()
    assert result.starts[index] == trace[0].params
    assert result.objectives[index] == (trace.lower_bounds[-1] if len(trace) > 1 else trace.log_likelihoods[0])
    assert result.iterations[index] == trace[-1].iteration
    assert result.converged[index] == trace.converged
    assert result.stop_reasons[index] == trace.stop_reason


# ---------------------------------------------------------------- the same as separate runs


@pytest.mark.parametrize("how", STARTS)
@every_model
def test_every_run_is_a_separate_run(model: Any, data: Any, how: str) -> None:
    options: dict[str, Any] = {"max_iterations": 40, "tolerance": 1e-3}
    result = emviz.restarts(model, data, 6, how, rng=3, progress=False, **options)
    rng = np.random.default_rng(3)
    for index in range(len(result)):
        start = start_of(model, data, how, rng)
        assert_same_run(result, index, emviz.run(model, data, start, **options))
        assert_same_run(result, index, result.replay(index))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 5), d=st.integers(1, 3), warm=st.booleans())
def test_any_k_means(seed: int, k: int, d: int, warm: bool) -> None:
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(rng.integers(k + 2, 30), d)) * 3) / 2  # on a grid: ties and equal rows
    if (points == points[0]).all():
        return
    model = emviz.KMeans(k, temperature=0.4 if warm else 0.0)
    result = emviz.restarts(model, points, 5, rng=seed, progress=False)
    rng = np.random.default_rng(seed)
    for index in range(5):
        assert_same_run(result, index, emviz.run(model, points, model.start(points, "random", rng=rng)))


def test_a_seed_says_it_all() -> None:
    one, again, other = (emviz.restarts(emviz.KMeans(3), POINTS, 20, rng=seed) for seed in (5, 5, 6))
    assert one.finals == again.finals
    assert one.starts != other.starts
    rng = np.random.default_rng(5)
    assert emviz.restarts(emviz.KMeans(3), POINTS, 20, rng=rng).starts == one.starts
    assert emviz.restarts(emviz.KMeans(3), POINTS, 20, rng=rng).starts != one.starts  # it went on


def test_the_first_runs_are_those_of_a_shorter_list() -> None:
    assert emviz.restarts(emviz.KMeans(3), POINTS, 30).finals[:7] == emviz.restarts(emviz.KMeans(3), POINTS, 7).finals


@every_model
def test_best_worst_and_spread(model: Any, data: Any) -> None:
    result = emviz.restarts(model, data, 15, progress=False, max_iterations=400)
    done = [index for index in range(15) if result.converged[index]]
    values = [result.objectives[index] for index in done]
    assert result.best == done[values.index(max(values))]
    assert result.worst == done[values.index(min(values))]
    assert result.spread == max(values) - min(values)
    assert result.optima[0].run == result.best
    assert result.optima[0].objective == max(values)
    assert np.isfinite(result.objectives).all()


def test_inertias_are_those_of_the_traces() -> None:
    result = emviz.restarts(emviz.KMeans(3), POINTS, 5)
    assert_array_equal(result.inertias, [result.replay(index).inertias[-1] for index in range(5)])
    with pytest.raises(AttributeError, match="objectives"):
        emviz.restarts(emviz.GaussianMixture(2), POINTS, 2).inertias  # noqa: B018


def test_it_is_frozen_and_knows_its_data() -> None:
    iris = datasets.iris()
    result = emviz.restarts(emviz.KMeans(2), iris, 3)
    assert result.feature_names == iris.feature_names
    assert_array_equal(result.data, iris.data)
    for array in (result.objectives, result.iterations, result.converged, result.reached):
        assert not array.flags.writeable
    with pytest.raises(FrozenInstanceError):
        result.interrupted = True  # type: ignore[misc]


# ---------------------------------------------------------------- optima


@every_model
def test_optima_count_every_run_that_converged(model: Any, data: Any) -> None:
    result = emviz.restarts(model, data, 15, "k-means++", progress=False)
    assert [optimum.count for optimum in result.optima] == np.bincount(
        result.reached[result.reached >= 0], minlength=len(result.optima)).tolist()
    assert_array_equal(result.reached == -1, ~result.converged)
    objectives = [optimum.objective for optimum in result.optima]
    assert objectives == sorted(objectives, reverse=True)
    for number, optimum in enumerate(result.optima):
        assert result.reached[optimum.run] == number
        assert optimum.share == optimum.count / len(result)
        assert optimum.objective == result.objectives[result.reached == number].max()


def test_two_pairs_of_blobs() -> None:
    """One run in 6/16 draws two starts in each pair, and a few more find the way; k-means++ does better."""
    random, spread = (emviz.restarts(emviz.KMeans(4), PAIRS, 200, how).optima for how in ("random", "k-means++"))
    truth = emviz.run(emviz.KMeans(4), PAIRS, emviz.KMeans(4).start(PAIRS, responsibilities=PAIRS.labels))
    for best in (random[0], spread[0]):
        assert_allclose(best.objective, truth.lower_bounds[-1], rtol=1e-12)
    assert 0.5 < 1 - random[0].share < 0.7
    assert 1 - spread[0].share < 0.3


def test_the_best_of_iris() -> None:
    """78.8514 is what R finds; the other line a student may see, 78.8557, is another partition, by one flower."""
    result = emviz.restarts(emviz.KMeans(3), datasets.iris(), 100)
    best, second = result.optima[:2]
    assert_allclose(-2 * best.objective, 78.8514414261, atol=1e-6)
    assert_allclose(-2 * second.objective, 78.8556658260, atol=1e-6)
    labels = [result.replay(optimum.run).labels(-1) for optimum in (best, second)]
    assert emviz.accuracy(*labels) == 149 / 150


def test_both_orders_of_the_coins_are_one_optimum() -> None:
    """Do & Batzoglou (2008): 0.80 and 0.52, whichever coin is called first."""
    model = emviz.BinomialMixture(2, 10, fixed="weights")
    result = emviz.restarts(model, [5, 9, 8, 4, 7], 50)
    assert [optimum.count for optimum in result.optima] == [50]
    ends = np.array([final.probabilities for final in result.finals])
    assert_allclose(np.sort(ends), np.broadcast_to([0.52, 0.80], (50, 2)), atol=0.005)
    assert 0 < (ends[:, 0] > ends[:, 1]).sum() < 50


def test_every_order_of_the_components_is_one_optimum() -> None:
    means = [(0, 0), (3, 0), (12, 0), (15, 0)]
    for model in (emviz.KMeans(4), emviz.GaussianMixture(4, "diag")):
        rows = model.prepare(PAIRS)
        starts = [model.start(rows, order) for order in permutations(means)]
        result = restart.run_from(model, rows, starts, 24, 100, None, False)
        assert [optimum.count for optimum in result.optima] == [24]


def test_equal_objectives_of_different_partitions_are_two_optima() -> None:
    """A square falls apart into top and bottom or left and right, equally well."""
    square = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    model = emviz.KMeans(2)
    rows = model.prepare(square)
    starts = [emviz.KMeansParams(means) for means in ([(0, -1), (0, 1)], [(-1, 0), (1, 0)], [(0, 1), (0, -1)])]
    result = restart.run_from(model, rows, starts, 3, 100, None, False)
    assert [(optimum.objective, optimum.count, optimum.run) for optimum in result.optima] == [(-2, 2, 0), (-2, 1, 1)]
    assert result.reached.tolist() == [0, 1, 0]


@pytest.mark.parametrize("seed", range(2))
def test_grouping_does_not_depend_on_units_or_offset(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(60, 2))
    model = emviz.GaussianMixture(3, "spherical", min_variance=None)
    here, there = (emviz.restarts(model, data, 8, rng=seed, max_iterations=500, progress=False)
                   for data in (points, 1e6 + 1e3 * points))
    assert_array_equal(here.reached, there.reached)


def test_runs_that_stop_early_are_grouped_as_where_they_were_going() -> None:
    """EM stops a little before its end; run on, the runs of each group meet there, and the groups do not."""
    model = emviz.GaussianMixture(3)
    result = emviz.restarts(model, datasets.faithful(), 12, max_iterations=1000, progress=False)
    longer = restart.run_from(model, result.rows, result.finals, 12, 5000, 1e-9, False)
    assert len(result.optima) > 1
    assert emviz.adjusted_rand(result.reached, longer.reached) == 1.0
    ends = [optimum.objective for optimum in longer.optima]
    assert_allclose(longer.objectives, np.array(ends)[longer.reached], atol=1e-6)


def test_a_collapse_is_kept_with_its_reason_and_is_no_optimum() -> None:
    model = emviz.GaussianMixture(3, min_variance=0)
    points = np.concatenate([np.zeros((4, 2)), POINTS[:10]])  # four equal points: a component shrinks on them
    result = emviz.restarts(model, points, 40, progress=False, max_iterations=300)
    fallen = np.flatnonzero(["collapsed" in reason for reason in result.stop_reasons])
    assert 0 < len(fallen) < 40
    assert (result.reached[fallen] == -1).all()
    assert result.best not in fallen
    assert "runs: component" in str(result)
    assert_same_run(result, fallen[0], result.replay(fallen[0]))


def test_runs_out_of_iterations_reach_no_optimum() -> None:
    result = emviz.restarts(emviz.GaussianMixture(3), POINTS, 5, max_iterations=1)
    assert result.optima == ()
    assert result.reached.tolist() == [-1] * 5
    assert result.objectives[result.best] == result.objectives.max()
    assert str(result).endswith("5 of 5 runs: reached max_iterations=1)")


# ---------------------------------------------------------------- other people's models


class Linkage:
    """Genetic linkage (Dempster, Laird & Rubin 1977): one number, no components, and a start of its own."""

    def prepare(self, data: Any) -> np.ndarray:
        return np.asarray(data, dtype=float)

    def start(self, data: np.ndarray, how: str, *, rng: np.random.Generator) -> float:
        return float(rng.uniform())

    def expect(self, t: float, cells: np.ndarray) -> Expectation:
        share = t / (2 + t)
        probabilities = np.array([(2 + t) / 4, (1 - t) / 4, (1 - t) / 4, t / 4])
        hidden = cells[0] * share
        entropy = -cells[0] * (share * np.log(share) + (1 - share) * np.log(1 - share))
        return Expectation(float(cells @ np.log(probabilities)), float(entropy), (hidden, cells))

    def maximize(self, statistics: Any, t: float) -> Update:
        hidden, cells = statistics
        return Update(float((hidden + cells[3]) / (hidden + cells[1:].sum())))

    def expected_log_joint(self, statistics: Any, t: float) -> float:
        hidden, cells = statistics
        return float((cells[0] - hidden) * np.log(0.5) + (hidden + cells[3]) * np.log(t / 4)
                     + (cells[1] + cells[2]) * np.log((1 - t) / 4))


def test_a_model_without_responsibilities_is_grouped_by_its_objective() -> None:
    result = emviz.restarts(Linkage(), [125, 18, 20, 34], 30, tolerance=1e-12)
    assert [optimum.count for optimum in result.optima] == [30]
    assert_allclose(result.finals, 0.6268214978, atol=1e-7)


@pytest.mark.parametrize(
    ("tolerance", "reached"),
    [
        (None, [0, 0, 1, 1, -1]),  # 1000 times 1e-4 nats, from the best of each
        (1e-3, [0, 0, 0, 0, -1]),
        (0.0, [0, 1, 2, 2, -1]),   # only rounding is left
    ],
)
def test_how_near_objectives_must_be(tolerance: float | None, reached: list[int]) -> None:
    objectives = np.array([-1.0, -1.09, -1.15, -1.15 - 1e-12, -1.0])
    converged = np.array([True] * 4 + [False])
    many = emviz.Restarts(Linkage(), np.ones(4), (0.5,) * 5, (0.5,) * 5, objectives, np.ones(5, dtype=int), converged,
                          ("",) * 5, 100, tolerance)
    assert many.reached.tolist() == reached


# ---------------------------------------------------------------- Ctrl-C, progress, warnings, words


@pytest.mark.parametrize("e_steps", [30, 31, 32, 33, 60])
def test_ctrl_c_keeps_the_runs_that_are_done(e_steps: int) -> None:
    whole = emviz.restarts(emviz.KMeans(3), POINTS, 20)
    Interrupted.left = e_steps
    part = emviz.restarts(Interrupted(3), POINTS, 20)
    assert part.interrupted
    assert 0 < len(part) < 20
    assert part.finals == whole.finals[:len(part)]
    assert_array_equal(part.objectives, whole.objectives[:len(part)])
    assert sum(optimum.count for optimum in part.optima) == len(part) == len(part.reached)
    assert f"interrupted after {len(part)} runs" in str(part)
    assert "interrupted" in repr(part)
    assert not whole.interrupted
    assert "interrupted" not in str(whole) + repr(whole)


def test_ctrl_c_in_the_first_run_has_nothing_to_keep() -> None:
    Interrupted.left = 2
    with pytest.raises(KeyboardInterrupt):
        emviz.restarts(Interrupted(3), POINTS, 20)


def test_a_short_work_shows_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    emviz.restarts(emviz.KMeans(3), POINTS, 3)
    assert capsys.readouterr().err == ""


def test_a_long_work_shows_how_far_it_is(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SOON", 0.0)
    monkeypatch.setattr(progress, "LONG", 0.0)
    monkeypatch.setattr(progress, "FEW", 0)
    emviz.restarts(emviz.KMeans(3), POINTS, 7)
    assert "/7" in capsys.readouterr().err
    emviz.restarts(emviz.KMeans(3), POINTS, 7, progress=False)
    assert capsys.readouterr().err == ""


def test_a_bar_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    emviz.restarts(emviz.KMeans(3), POINTS, 3, progress=True)
    assert "0/3" in capsys.readouterr().err


def test_no_bar_is_loaded_before_it_is_needed() -> None:
    code = ("import sys, emviz; emviz.restarts(emviz.KMeans(2), [1.0, 2.0, 9.0], 5); "
            "print([name for name in ('tqdm', 'matplotlib', 'sklearn') if name in sys.modules])")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_a_warning_of_many_runs_is_given_once() -> None:
    """Rows are equal, so that two of three centers must start at the same place."""
    with pytest.warns(UserWarning) as caught:
        result = emviz.restarts(emviz.KMeans(3), [1.0, 1.0, 5.0, 5.0], 50)
    words = [str(one.message) for one in caught]
    assert len(words) == len(set(words)) <= 3  # which two are identical
    assert sum(int(text.split()[0]) for text in words) == len(result)
    assert all("times in 50 runs: start: components" in text for text in words)
    assert all(one.filename == __file__ for one in caught)


def test_numbers_of_a_table_stay_short() -> None:
    exact = str(emviz.restarts(emviz.KMeans(3), [[0.0, 1.0], [2.0, 3.0], [9.0, 1.0]], 2))
    assert "-0.0000" not in exact and "(best 0.0000, worst 0.0000, spread 0.0000)" in exact
    huge = str(emviz.restarts(emviz.KMeans(2), [1e100, 2e100, 7e100], 2))
    assert "(best 5e+199, worst 5e+199, spread 0.0000)" in huge


def test_the_table() -> None:
    model, data = emviz.KMeans(2), [0.0, 1.0, 10.0, 11.0]
    rows = model.prepare(data)
    starts = [emviz.KMeansParams(means) for means in ([0.0, 10.0], [11.0, 0.0], [0.0, 1e3])]
    result = restart.run_from(model, rows, starts, 3, 100, None, False)
    assert str(result) == "\n".join([
        "optimum   inertia  runs  share  iterations",
        "      0    1.0000     2  66.7%         2.0",
        "      1  101.0000     1  33.3%         2.0",
        "(best 1.0000, worst 101.0000, spread 100.0000)",
    ])


def test_many_optima_share_a_line() -> None:
    result = emviz.restarts(emviz.KMeans(4), PAIRS, 200)
    lines = str(result).splitlines()
    assert len(result.optima) > 12 == len(lines) - 2
    more = lines[-2].split()
    assert more[:2] == [str(len(result.optima) - 11), "more"]
    assert int(more[2]) == (result.reached >= 11).sum()
    assert "objective" in str(emviz.restarts(emviz.GaussianMixture(2), POINTS, 3))


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"model": emviz.KMeans}, TypeError, "model is the class KMeans"),
        ({"model": POINTS}, TypeError, "model is of type ndarray"),
        ({"data": [[1.0, np.nan]]}, ValueError, "points has 1 missing value"),
        ({"data": [[1.0, 2.0]]}, ValueError, "n_clusters=3, but points has only 1 row"),
        ({"n": 0}, ValueError, "n=0 is too small"),
        ({"n": 2.5}, TypeError, "n=2.5 is a float"),
        ({"start": "kmeans++"}, ValueError, "start='kmeans\\+\\+' is unknown: did you mean 'k-means\\+\\+'"),
        ({"start": POINTS[:3]}, TypeError, "start is a ndarray: name what draws the starts"),
        ({"rng": True}, TypeError, "rng=True is a bool"),
        ({"rng": -1}, ValueError, "rng=-1 is negative"),
        ({"max_iterations": 0}, ValueError, "max_iterations=0 is too small"),
        ({"tolerance": -1.0}, ValueError, "tolerance=-1.0"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        emviz.restarts(**{"model": emviz.KMeans(3), "data": POINTS, **arguments})


def test_a_model_without_a_start() -> None:
    class Startless(Linkage):
        start = property()  # type: ignore[assignment]

    with pytest.raises(TypeError, match="no `start` to draw from"):
        emviz.restarts(Startless(), [125, 18, 20, 34])
