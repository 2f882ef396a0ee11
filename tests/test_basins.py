"""Which start ends in which optimum."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupted import Interrupted
from numpy.testing import assert_allclose, assert_array_equal

import emviz
from emviz import datasets

SETS = [5, 9, 8, 4, 7]
COINS = emviz.BinomialMixture(2, 10, fixed="weights")
POINTS = np.random.default_rng(0).normal(size=(30, 2)) * [1.0, 3.0]
LINE = np.array([1.0, 1.5, 2.0, 6.0, 6.5, 7.5, 8.0])
MAPS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "coins": (COINS, SETS, {}),
    "hot coins of any weight": (emviz.BinomialMixture(2, 10, temperature=1.3), SETS, {}),
    "rates": (emviz.PoissonMixture(2), [0, 1, 1, 2, 7, 9, 6], {}),
    "centers on a line": (emviz.KMeans(2), LINE, {}),
    "warm centers on a line": (emviz.KMeans(2, temperature=2.0), LINE, {}),
    "Gaussians on a line": (emviz.GaussianMixture(2), LINE, {}),
    "no floor": (emviz.GaussianMixture(2, min_variance=0), LINE, {}),
    "a center in the plane": (emviz.KMeans(4), POINTS, {"component": 2}),
    "a Gaussian in the plane": (emviz.GaussianMixture(3, "diag"), POINTS, {"component": 0}),
    "the only center": (emviz.KMeans(1), POINTS, {"component": 0}),
}
every_map = pytest.mark.parametrize(("model", "data", "options"), MAPS.values(), ids=MAPS.keys())


def same_run(one: emviz.Trace, other: emviz.Trace) -> bool:
    """Bit for bit."""
    return [step.params for step in one] == [step.params for step in other] and np.array_equal(
        one.lower_bounds, other.lower_bounds, equal_nan=True)


# ---------------------------------------------------------------- the same as separate runs


@pytest.mark.filterwarnings("ignore:start. components 0 and 1 are identical")
@every_map
def test_a_place_in_the_map_is_exactly_its_run(model: Any, data: Any, options: dict[str, Any]) -> None:
    result = emviz.basins(model, data, grid=(4, 3), max_iterations=60, tolerance=1e-3, **options)
    assert result.reached.shape == result.objectives.shape == (3, 4)
    for row, y in enumerate(result.y):
        for column, x in enumerate(result.x):
            start = result.start_at(x, y)
            trace = emviz.run(model, data, start, max_iterations=60, tolerance=1e-3)
            assert same_run(trace, result.replay(x, y))
            assert result.objectives[row, column] == trace.lower_bounds[-1]
            assert result.runs.finals[4 * row + column] == trace.final
            assert (result.reached[row, column] >= 0) == trace.converged


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(2, 5))
def test_any_center_in_the_plane(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.round(rng.normal(size=(20, 2)) * 4)
    start = emviz.KMeans(k).start(points, "random", rng=rng)
    result = emviz.basins(emviz.KMeans(k), points, start, component=k - 1, grid=3)
    x, y = rng.choice(result.x), rng.choice(result.y)
    where = (result.y.tolist().index(y), result.x.tolist().index(x))
    assert result.objectives[where] == emviz.run(emviz.KMeans(k), points, result.start_at(x, y)).lower_bounds[-1]


@every_map
def test_optima_are_those_of_the_runs(model: Any, data: Any, options: dict[str, Any]) -> None:
    result = emviz.basins(model, data, grid=5, max_iterations=500, progress=False, **options)
    for number, optimum in enumerate(result.optima):
        assert optimum.count == (result.reached == number).sum()
        row, column = divmod(optimum.run, len(result.x))
        assert result.reached[row, column] == number
        assert result.objectives[row, column] == optimum.objective == result.objectives[result.reached == number].max()


# ---------------------------------------------------------------- where a start is


def test_both_components_move_on_a_line() -> None:
    for model, data in ((COINS, SETS), (emviz.PoissonMixture(2), SETS), (emviz.KMeans(2), LINE),
                        (emviz.GaussianMixture(2), LINE)):
        start = emviz.basins(model, data, grid=2).start_at(0.25, 0.75)
        places = next(getattr(start, name) for name in ("probabilities", "rates", "means") if hasattr(start, name))
        assert places.ravel().tolist() == [0.25, 0.75]


def test_one_component_moves_in_the_plane_and_the_others_stay() -> None:
    means = [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)]
    start = emviz.GaussianMixture(3).start(POINTS, means, weights=[0.2, 0.3, 0.5])
    result = emviz.basins(emviz.GaussianMixture(3), POINTS, start, component=1, grid=2, max_iterations=2)
    moved = result.start_at(-1.0, -2.0)
    assert moved.means.tolist() == [[0.0, 1.0], [-1.0, -2.0], [4.0, 5.0]]
    assert_array_equal(moved.weights, start.weights)
    assert_array_equal(moved.covariances, start.covariances)
    assert emviz.basins(emviz.KMeans(3), POINTS, means, component=1, grid=2).base == emviz.KMeansParams(means)


def test_places_are_the_middles_of_cells() -> None:
    result = emviz.basins(COINS, SETS, grid=(4, 2))
    assert result.x.tolist() == [0.125, 0.375, 0.625, 0.875]
    assert result.y.tolist() == [0.25, 0.75]
    assert result.limits == ((0.0, 1.0), (0.0, 1.0))
    assert emviz.basins(COINS, SETS, grid=2, limits=(0.2, 0.6)).x.tolist() == [pytest.approx(0.3), pytest.approx(0.5)]
    other = emviz.basins(emviz.KMeans(2), POINTS, component=0, grid=1, limits=((-4, 4), (2, 8)))
    assert (other.x.tolist(), other.y.tolist(), other.limits) == ([0.0], [5.0], ((-4.0, 4.0), (2.0, 8.0)))


def test_the_limits_hold_all_data_and_a_little_more() -> None:
    (low, high), up = emviz.basins(emviz.KMeans(2), POINTS, component=0, grid=1).limits
    assert_allclose([low, high], [1.05 * POINTS[:, 0].min() - 0.05 * POINTS[:, 0].max(),
                                  1.05 * POINTS[:, 0].max() - 0.05 * POINTS[:, 0].min()])
    assert up[0] < POINTS[:, 1].min() < POINTS[:, 1].max() < up[1]
    assert emviz.basins(emviz.PoissonMixture(2), [2, 3, 12], grid=1).limits[1] == (0.0, 12.5)


def test_axes_in_words() -> None:
    iris = datasets.iris()
    plane = datasets.Dataset(iris.data[:, :2], iris.labels, iris.feature_names[:2], "", "", "")
    assert emviz.basins(COINS, SETS, grid=1).axes == ("chance of heads, coin 0", "chance of heads, coin 1")
    assert emviz.basins(emviz.PoissonMixture(2), SETS, grid=1).axes == ("rate 0", "rate 1")
    assert emviz.basins(emviz.KMeans(2), LINE, grid=1).axes == ("center 0", "center 1")
    assert emviz.basins(emviz.GaussianMixture(2), LINE, grid=1).axes[0] == "mean of Gaussian 0"
    assert emviz.basins(emviz.KMeans(2), POINTS, component=0, grid=1).axes == ("x1", "x2")
    assert emviz.basins(emviz.KMeans(2), plane, component=0, grid=1).axes == iris.feature_names[:2]


# ---------------------------------------------------------------- what the maps say


def test_two_equal_coins_never_part() -> None:
    """From the diagonal both coins go to the share of heads in all flips; from everywhere else they part."""
    result = emviz.basins(COINS, SETS, grid=9)
    diagonal = np.eye(9, dtype=bool)
    assert_array_equal(result.reached, np.where(diagonal, 1, 0))
    for place in result.x:
        with pytest.warns(UserWarning, match="identical"):
            trace = result.replay(place, place)
        assert_allclose(trace.final.probabilities, 33 / 50, rtol=1e-15)
        assert all(step.params.probabilities[0] == step.params.probabilities[1] for step in trace)
    assert_allclose(result.optima[1].objective, trace.log_likelihoods[-1], rtol=1e-15)


@pytest.mark.parametrize("name", ["coins", "rates", "centers on a line", "Gaussians on a line"])
def test_swapping_the_names_mirrors_the_map(name: str) -> None:
    model, data, _ = MAPS[name]
    result = emviz.basins(model, data, grid=8, max_iterations=1000, progress=False)
    assert_array_equal(result.reached, result.reached.T)
    assert_allclose(result.objectives, result.objectives.T, rtol=1e-12)


def test_optima_of_a_map_are_those_of_restarts() -> None:
    """On heights EM has two good answers: both ways of looking find them, in the same order."""
    model, heights = emviz.GaussianMixture(2), datasets.heights()
    chart = emviz.basins(model, heights, grid=6, max_iterations=500, progress=False)
    runs = emviz.restarts(model, heights, 30, max_iterations=500, progress=False)
    assert_allclose([optimum.objective for optimum in chart.optima[:2]],
                    [optimum.objective for optimum in runs.optima[:2]], atol=0.02)


def test_a_center_far_from_its_blob_ends_elsewhere() -> None:
    blobs = datasets.blobs(200, spread=0.5, centers=[(0, 0), (3, 0), (12, 0), (15, 0)])
    result = emviz.basins(emviz.KMeans(4), blobs, [(0, 0), (3, 0), (12, 0), (15, 0)], component=3, grid=(12, 1))
    best = result.reached[0] == 0
    assert (~best[result.x < 5]).all()  # three centers on the left pair: one on the right cannot do
    assert best[result.x > 10].all()


def test_a_diagonal_of_identical_components_is_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        emviz.basins(COINS, SETS, grid=3)
        emviz.basins(emviz.KMeans(2), LINE, [4.0, 4.0], grid=3)


def test_it_is_frozen_and_speaks() -> None:
    result = emviz.basins(COINS, SETS, grid=3)
    for array in (result.x, result.y, result.reached, result.objectives):
        assert not array.flags.writeable
    assert result.model is COINS
    assert result.data.tolist() == SETS
    assert repr(result) == f"<Basins of {COINS!r}: 3 x 3 starts>"
    assert str(result) == str(result.runs)


# ---------------------------------------------------------------- Ctrl-C and bad input


def test_ctrl_c_keeps_the_cells_that_were_tried() -> None:
    whole = emviz.basins(emviz.KMeans(2), LINE, grid=4)
    Interrupted.left = 25
    part = emviz.basins(Interrupted(2), LINE, grid=4)
    done = len(part.runs)
    assert part.interrupted
    assert 0 < done < 16
    assert part.reached.shape == part.objectives.shape == (4, 4)
    assert_array_equal(part.objectives.ravel()[:done], whole.objectives.ravel()[:done])
    assert np.isnan(part.objectives.ravel()[done:]).all()
    assert (part.reached.ravel()[done:] == -1).all()
    assert (part.reached.ravel()[:done] >= 0).all()
    assert not whole.interrupted


@pytest.mark.parametrize(
    ("model", "data", "options", "words"),
    [
        (emviz.KMeans(3), LINE, {}, "3 components of 1 number each: a map shows two free numbers"),
        (emviz.KMeans(2), np.eye(4), {}, "2 components of 4 numbers each"),
        (emviz.KMeans(2), POINTS, {}, "component is missing: .* 0 to 1"),
        (emviz.KMeans(2), POINTS, {"component": 2}, "component=2 is too large: the model has components 0 to 1"),
        (emviz.KMeans(2), POINTS, {"component": -1}, "component=-1 is too small"),
        (emviz.KMeans(2), LINE, {"component": 0}, "component=0: data with 1 feature leave it out"),
        (emviz.KMeans(2, fixed="means"), LINE, {}, "model keeps its means fixed"),
        (COINS, SETS, {"grid": 0}, "grid=0 is too small"),
        (COINS, SETS, {"grid": (3, 3, 3)}, "grid has 3 numbers"),
        (COINS, SETS, {"limits": (0, 2)}, "limits=.*probabilities lie between 0 and 1"),
        (emviz.PoissonMixture(2), SETS, {"limits": (-1, 2)}, "limits=.*rates lie between 0 and inf"),
        (COINS, SETS, {"limits": (0.5, 0.5)}, "limits=.*the low end comes first"),
        (COINS, SETS, {"limits": [0.1]}, "limits has shape"),
        (COINS, SETS, {"max_iterations": 0}, "max_iterations=0"),
        (COINS, SETS, {"tolerance": -1}, "tolerance=-1"),
        (COINS, [11], {}, "heads, set 0"),
        (emviz.KMeans(2), LINE, {"start": [1.0, 2.0, 3.0]}, "start"),
    ],
)
def test_bad_input(model: Any, data: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        emviz.basins(model, data, **options)


def test_a_model_without_places() -> None:
    class Other:
        def prepare(self, data: Any) -> Any:
            return data

        def expect(self, params: Any, data: Any) -> Any: ...

    with pytest.raises(TypeError, match="not for a Other"):
        emviz.basins(Other(), SETS)
    with pytest.raises(TypeError, match="model is the class KMeans"):
        emviz.basins(emviz.KMeans, SETS)
