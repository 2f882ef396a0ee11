"""Bad input: one error that names the argument, the place and the way out; and input of every good kind."""

from __future__ import annotations

import datetime
import decimal
import fractions
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

import emviz
from emviz import validate

GOOD = np.random.default_rng(0).normal(size=(8, 2))
GOOD.flags.writeable = False
EYE = np.eye(2)


def changed(value: Any, row: int = 3, column: int = 1) -> np.ndarray:
    points = GOOD.astype(type(value) if isinstance(value, complex) else float)
    points[row, column] = value
    return points


def message_of(action: Callable[[], Any], error: type[Exception]) -> str:
    """What it says; a warning on the way would be the wrong error."""
    with warnings.catch_warnings(), pytest.raises(error) as caught:
        warnings.simplefilter("error")
        action()
    assert type(caught.value) is error
    message = str(caught.value)
    assert "\n" not in message
    return message


# ---------------------------------------------------------------- data


FRAME = pd.DataFrame({"petal length": [1.0, 2.0, 3.0], "petal width": [4.0, np.nan, 6.0]})
WORDS = pd.DataFrame({"height": [72, 63, 64], "sex": ["M", "F", "F"]})
DATES = np.array(["2020-01-01", "2020-01-02", "2020-03-01"], dtype="datetime64[D]")

BAD_POINTS = {
    "a NaN": (changed(np.nan), ValueError, ["1 missing value, first at row 3, column 1", "drop the row"]),
    "NaNs": (np.full((4, 2), np.nan), ValueError, ["8 missing values, first at row 0, column 0"]),
    "a NaN in a frame": (FRAME, ValueError, ["1 missing value, first at row 1, column 1 ('petal width')"]),
    "None in a list": ([[1, None], [2, 3], [4, 5]], ValueError, ["1 missing value, first at row 0, column 1"]),
    "pd.NA": (pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64")}), ValueError, ["row 1, column 0 ('a')"]),
    "infinity": (changed(np.inf), ValueError, ["1 infinite value, at row 3, column 1", "correct the value"]),
    "minus infinity": (changed(-np.inf), ValueError, ["1 infinite value, at row 3, column 1"]),
    "an integer beyond floats": ([[10**400], [1], [2]], ValueError, ["infinite value, at row 0"]),
    "empty": (np.empty((0, 2)), ValueError, ["empty", "at least one row"]),
    "an empty list": ([], ValueError, ["empty"]),
    "no columns": (np.empty((5, 0)), ValueError, ["5 rows but no columns", "at least one feature"]),
    "an image": (np.zeros((4, 5, 3)), ValueError, ["(4, 5, 3)", "an image", "points.reshape(-1, 3)"]),
    "an image with alpha": (np.zeros((4, 5, 4), np.uint8), ValueError, ["an image", "points.reshape(-1, 4)"]),
    "three dimensions": (np.zeros((4, 5, 9)), ValueError, ["3 dimensions", "points.reshape(len(points), -1)"]),
    "one number": (3.0, ValueError, ["single value (3.0)", "a list or an array of rows"]),
    "None": (None, TypeError, ["is None", "an array, a list of rows or a DataFrame"]),
    "text": ("data.csv", TypeError, ["is text", "an array"]),
    "a dict": ({"a": [1, 2]}, TypeError, ["is a dict", "a DataFrame"]),
    "a set": ({1, 2}, TypeError, ["is a set"]),
    "a generator": ((i for i in range(5)), TypeError, ["is a generator"]),
    "something else": (emviz.KMeans(2), TypeError, ["is a KMeans"]),
    "numeric strings": ([["1", "2"], ["3", "4"]], TypeError, ["row 0, column 0", "'1' is text, not a number"]),
    "words in a frame": (WORDS, TypeError, ["row 0, column 1 ('sex')", "'M' is text", "leave it out"]),
    "categories": (WORDS.astype({"sex": "category"}), TypeError, ["column 1 ('sex')", "'M' is text"]),
    "complex": (changed(1j), TypeError, ["complex numbers", "points.real"]),
    "ragged": ([[1, 2], [3]], ValueError, ["ragged: row 1 has 1 value, row 0 has 2"]),
    "ragged arrays": ([np.ones(2), np.ones(3)], ValueError, ["ragged: row 1 has 3 values, row 0 has 2"]),
    "a list in a cell": (np.array([[1, [2]], [3, 4]], dtype=object), TypeError, ["row 0, column 1: [2] is a list"]),
    "dates": (DATES, TypeError, ["dates or times", "convert them"]),
    "times": (DATES - DATES[0], TypeError, ["dates or times"]),
    "dates in a list": ([datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)], TypeError, ["row 0", "is a date"]),
    "dates in a frame": (pd.DataFrame({"day": pd.to_datetime(DATES)}), TypeError, ["dates or times"]),
    "masked": (np.ma.masked_greater(GOOD, 1), TypeError, ["masked array", "mask would be ignored"]),
    "sparse": (sparse.csr_array(GOOD), TypeError, ["sparse", "points.toarray()"]),
    "a sparse matrix": (sparse.csr_matrix(GOOD), TypeError, ["sparse", "points.toarray()"]),
    "structured": (np.array([(1, 2.0), (3, 4.0)], dtype=[("a", int), ("b", float)]), TypeError,
                   ["structured array", "column_stack"]),
    "too large": (changed(1e160), ValueError, ["too large to square", "at row 3, column 1", "rescale points"]),
    "all too large": (GOOD * 1e300, ValueError, ["16 values of a magnitude too large", "rescale"]),
    "too narrow": (GOOD * 1e-200, ValueError, ["column 0", "too small to square", "rescale"]),
    "narrow for its size": (GOOD + 1e16, ValueError, ["column 0", "too small for the magnitude 1e+16", "offset"]),
    "a constant column": (np.column_stack([GOOD, np.ones(8)]), ValueError,
                          ["column 2 is constant", "leave the column out", "min_variance"]),
    "collinear": (np.column_stack([GOOD, 2 * GOOD[:, 0] - 1]), ValueError,
                  ["column 0 and column 2 are collinear", "leave a column out", "diag", "min_variance"]),
    "fewer rows than columns": (np.random.default_rng(0).normal(size=(3, 5)), ValueError, ["collinear", "3 rows"]),
    "all rows equal": (np.ones((8, 2)), ValueError, ["all rows are equal", "min_variance"]),
    "fewer rows than components": (GOOD[:1], ValueError, ["n_components=2, but points has only 1 row"]),
}


@pytest.mark.parametrize(("points", "error", "words"), BAD_POINTS.values(), ids=BAD_POINTS.keys())
@pytest.mark.parametrize("way", ["run", "start", "em_steps"])
def test_bad_points(points: Any, error: type[Exception], words: list[str], way: str) -> None:
    if way != "run" and hasattr(points, "__next__"):
        points = (i for i in range(5))
    model = emviz.GaussianMixture(2)
    start = emviz.GaussianParams([0.5, 0.5], [[0, 0], [1, 1]], EYE)
    action = {"run": lambda: emviz.run(model, points, rng=0), "start": lambda: model.start(points, rng=0),
              "em_steps": lambda: next(emviz.em_steps(model, points, start))}[way]
    if way == "em_steps" and isinstance(points, np.ndarray) and points.ndim == 2 and points.shape[1] in (3, 5):
        start = emviz.GaussianParams([0.5, 0.5], np.arange(2 * points.shape[1]).reshape(2, -1), np.eye(points.shape[1]))
    message = message_of(action, error)
    assert all(word in message for word in ["n_components" if "n_comp" in words[0] else "points", *words]), message


@pytest.mark.parametrize("name", ["all rows equal", "too large", "narrow for its size", "fewer rows than components"])
def test_bad_points_for_k_means(name: str) -> None:
    points, error, words = BAD_POINTS[name]
    message = message_of(lambda: emviz.run(emviz.KMeans(2), points, rng=0), error)
    assert all(word.replace("n_components", "n_clusters").replace("min_variance", "n_clusters=1") in message
               for word in words), message


def test_one_row() -> None:
    message = message_of(lambda: emviz.run(emviz.GaussianMixture(1), [[1.0, 2.0]], rng=0), ValueError)
    assert message == "points has only 1 row, and a single row has no spread; set min_variance to a number above 0"
    trace = emviz.run(emviz.GaussianMixture(1, min_variance=0.25), [[1.0, 2.0]], rng=0)
    assert_array_equal(trace.final.covariances, [0.25 * np.eye(2)])
    assert emviz.run(emviz.KMeans(1), [[1.0, 2.0]], rng=0).inertias[-1] == 0


def test_what_k_means_and_diagonals_can_take() -> None:
    constant = np.column_stack([GOOD, np.ones(8)])
    collinear = np.column_stack([GOOD, 2 * GOOD[:, 0]])
    assert emviz.run(emviz.KMeans(2), constant, rng=0).converged
    assert emviz.run(emviz.KMeans(1), np.ones((3, 2)), rng=0).inertias[-1] == 0
    assert len(emviz.run(emviz.GaussianMixture(2, "diag"), collinear, rng=0, max_iterations=3)) == 7
    assert len(emviz.run(emviz.GaussianMixture(2, "spherical"), constant, rng=0, max_iterations=3)) == 7
    assert len(emviz.run(emviz.GaussianMixture(2, min_variance=1e-3), constant, rng=0, max_iterations=3)) == 7


COINS, COUNTS = emviz.BinomialMixture(2, 10), emviz.PoissonMixture(2)
BAD_COUNTS = {
    "more heads than flips": (COINS, [5, 11, 3], ValueError, ["heads, set 1: 11 heads of 10 flips"]),
    "negative heads": (COINS, [5, -1, 3], ValueError, ["heads, row 1: -1 is a negative count"]),
    "half a head": (COINS, [5, 2.5, 3], ValueError, ["heads, row 1: 2.5 is not a whole number"]),
    "missing heads": (COINS, [5, np.nan, 3], ValueError, ["heads has 1 missing value, first at row 1"]),
    "two columns": (COINS, [[5, 5], [3, 3]], ValueError, ["heads has 2 columns", "one column"]),
    "sequences": (COINS, ["HTH", "HHH"], TypeError, ["heads, row 0", "'HTH' is text"]),
    "one set": (COINS, [5], ValueError, ["n_components=2, but heads has only 1 row"]),
    "too few lengths": (emviz.BinomialMixture(2, [10, 10]), [1, 2, 3], ValueError, ["n_trials has 2 numbers"]),
    "more than its own flips": (emviz.BinomialMixture(2, [10, 4]), [5, 5], ValueError, ["set 1: 5 heads of 4 flips"]),
    "negative counts": (COUNTS, [5, -1, 3], ValueError, ["counts, row 1: -1 is a negative count"]),
    "half a count": (COUNTS, [5, 2.5, 3], ValueError, ["counts, row 1: 2.5 is not a whole number"]),
    "uncountable": (COUNTS, [5, 1e17, 3], ValueError, ["counts, row 1: 1e+17 is too large to count exactly"]),
    "one count": (COUNTS, [5], ValueError, ["n_components=2, but counts has only 1 row"]),
}


@pytest.mark.parametrize(("model", "data", "error", "words"), BAD_COUNTS.values(), ids=BAD_COUNTS.keys())
def test_bad_counts(model: Any, data: Any, error: type[Exception], words: list[str]) -> None:
    message = message_of(lambda: emviz.run(model, data, rng=0), error)
    assert all(word in message for word in words), message


@pytest.mark.parametrize(("model", "data", "start", "words"), [
    (COINS, [5, 6, 7], [0.0, 1.0], ["heads, set 0", "impossible under every coin", "between 0 and 1"]),
    (COINS, [0, 10, 7], [0.0, 1.0], ["heads, set 2", "impossible under every coin"]),
    (emviz.PoissonMixture(1), [0, 0, 3], [0.0], ["counts, row 2", "impossible under every rate", "above 0"]),
])
def test_counts_that_are_impossible_under_the_start(model: Any, data: list, start: list, words: list[str]) -> None:
    message = message_of(lambda: emviz.run(model, data, start), ValueError)
    assert all(word in message for word in words), message


# ---------------------------------------------------------------- constructors check at once


BAD_MODELS = {
    "no component": (lambda: emviz.GaussianMixture(0), ValueError, ["n_components=0", "at least 1"]),
    "minus one": (lambda: emviz.KMeans(-1), ValueError, ["n_clusters=-1", "at least 1"]),
    "half a component": (lambda: emviz.GaussianMixture(2.5), TypeError, ["n_components=2.5 is a float"]),
    "a float": (lambda: emviz.PoissonMixture(2.0), TypeError, ["n_components=2.0 is a float", "whole number"]),
    "a digit": (lambda: emviz.KMeans("2"), TypeError, ["n_clusters='2' is text"]),
    "a bool": (lambda: emviz.GaussianMixture(True), TypeError, ["n_components=True is a bool"]),
    "None": (lambda: emviz.BinomialMixture(None, 10), TypeError, ["n_components=None"]),
    "banana": (lambda: emviz.GaussianMixture(2, "banana"), ValueError, ["covariance_type='banana'", "'spherical'"]),
    "a slip": (lambda: emviz.GaussianMixture(2, "ful"), ValueError, ["did you mean 'full'"]),
    "no structure": (lambda: emviz.GaussianMixture(2, None), ValueError, ["covariance_type=None", "'full'"]),
    "cold": (lambda: emviz.GaussianMixture(2, temperature=-0.1), ValueError, ["temperature=-0.1", "0 or more"]),
    "cold clusters": (lambda: emviz.KMeans(2, temperature=-1), ValueError, ["temperature=-1"]),
    "cold coins": (lambda: emviz.BinomialMixture(2, 10, temperature=-1), ValueError, ["temperature=-1"]),
    "hot": (lambda: emviz.PoissonMixture(2, temperature=np.inf), ValueError, ["temperature=inf", "finite"]),
    "NaN degrees": (lambda: emviz.KMeans(2, temperature=np.nan), ValueError, ["temperature=nan"]),
    "warm words": (lambda: emviz.KMeans(2, temperature="hot"), TypeError, ["temperature='hot' is text"]),
    "a true temperature": (lambda: emviz.KMeans(2, temperature=True), TypeError, ["temperature=True is a bool"]),
    "negative floor": (lambda: emviz.GaussianMixture(2, min_variance=-1), ValueError, ["min_variance=-1", "0 or more"]),
    "floor in words": (lambda: emviz.GaussianMixture(2, min_variance="low"), TypeError, ["min_variance='low'"]),
    "fixed slip": (lambda: emviz.GaussianMixture(2, fixed=("weight",)), ValueError, ["fixed", "mean 'weights'"]),
    "fixed elsewhere": (lambda: emviz.KMeans(2, fixed=("weights",)), ValueError, ["fixed='weights'", "'means'"]),
    "fixed None": (lambda: emviz.PoissonMixture(2, fixed=None), TypeError, ["fixed=None", "tuple of names"]),
    "fixed True": (lambda: emviz.BinomialMixture(2, 9, fixed=True), TypeError, ["fixed=True is a bool"]),
    "half a flip": (lambda: emviz.BinomialMixture(2, 10.5), TypeError, ["n_trials=10.5 is a float", "whole number"]),
    "negative flips": (lambda: emviz.BinomialMixture(2, -10), ValueError, ["n_trials=-10", "at least 0"]),
    "NaN flips": (lambda: emviz.BinomialMixture(2, np.nan), TypeError, ["n_trials=nan"]),
    "words for flips": (lambda: emviz.BinomialMixture(2, "ten"), TypeError, ["n_trials='ten' is text"]),
    "true flips": (lambda: emviz.BinomialMixture(2, True), TypeError, ["n_trials=True is a bool"]),
    "flips of two kinds": (lambda: emviz.BinomialMixture(2, [10, -1]), ValueError, ["n_trials, row 1: -1"]),
}


@pytest.mark.parametrize(("make", "error", "words"), BAD_MODELS.values(), ids=BAD_MODELS.keys())
def test_bad_models(make: Callable[[], Any], error: type[Exception], words: list[str]) -> None:
    message = message_of(make, error)
    assert all(word in message for word in words), message


def test_good_models() -> None:
    assert emviz.GaussianMixture(np.int64(2)).n_components == 2
    assert emviz.KMeans(np.uint8(3)).n_components == 3
    assert emviz.GaussianMixture(2, fixed="weights").fixed == ("weights",)
    assert emviz.GaussianMixture(2, fixed=["weights", "means"]).fixed == ("weights", "means")
    assert emviz.BinomialMixture(2, np.int32(10)).n_trials == 10
    assert emviz.BinomialMixture(2, 10.0).n_trials == 10
    assert emviz.BinomialMixture(2, np.array([10, 12])).n_trials == (10, 12)
    assert emviz.GaussianMixture(2, temperature=np.float32(0.5)).temperature == 0.5
    assert emviz.GaussianMixture(2) == emviz.GaussianMixture(2)
    assert len({emviz.KMeans(2), emviz.KMeans(2), emviz.KMeans(3)}) == 2


# ---------------------------------------------------------------- starts


def started(**arguments: Any) -> Callable[[], Any]:
    return lambda: emviz.GaussianMixture(2).start(GOOD, rng=0, **arguments)


def run_from(start: Any, structure: str = "full", **options: Any) -> Callable[[], Any]:
    return lambda: emviz.run(emviz.GaussianMixture(2, structure, **options), GOOD, start)


def params(covariances: Any) -> emviz.GaussianParams:
    return emviz.GaussianParams([0.5, 0.5], [[0, 0], [1, 1]], covariances)


BAD_STARTS = {
    "weights that sum to 1.5": (started(weights=[1, 0.5]), ValueError, ["weights sum to 1.5, not 1", "divide"]),
    "weights a little off": (started(weights=[0.5, 0.49999]), ValueError, ["weights sum to 0.9999", "not 1"]),
    "negative weights": (started(weights=[1.5, -0.5]), ValueError, ["weights[1] is -0.5", "negative"]),
    "NaN in weights": (started(weights=[np.nan, 1]), ValueError, ["weights[0] is missing (NaN)"]),
    "one weight": (started(weights=[1.0]), ValueError, ["weights has shape (1,), expected (2,)"]),
    "weights in words": (started(weights="equal"), TypeError, ["weights must be numbers, not text"]),
    "complex weights": (started(weights=np.array([0.5j, 1])), TypeError, ["weights must be numbers"]),
    "masked weights": (started(weights=np.ma.array([0.5, 0.5])), TypeError, ["weights is a MaskedArray"]),
    "not symmetric": (started(covariances=[[1, 0.5], [0.2, 1]]), ValueError,
                      ["covariances[0] is not symmetric", "entry (0, 1) is 0.5, entry (1, 0) is 0.2"]),
    "not positive": (started(covariances=[EYE, [[1, 2], [2, 1]]]), ValueError,
                     ["covariances[1] is not positive definite", "smallest eigenvalue is -1"]),
    "singular": (started(covariances=0.0), ValueError, ["covariances[0] is not positive definite", "eigenvalue is 0"]),
    "three covariances": (started(covariances=np.ones((3, 2, 2))), ValueError, ["(3, 2, 2), expected (2, 2, 2)"]),
    "NaN in covariances": (started(covariances=[[1, np.nan], [0, 1]]), ValueError, ["covariances[0, 1] is missing"]),
    "covariance in words": (started(covariances="full"), TypeError, ["covariances must be numbers, not text"]),
    "one mean": (started(means=[[0, 0]]), ValueError, ["means has shape (1, 2), expected (2, 2)", "one row a comp"]),
    "means far out": (started(means=[[0, 0], [1e160, 0]]), ValueError, ["means[1]", "too large to square"]),
    "responsibilities of other rows": (started(responsibilities=np.full((3, 2), 0.5)), ValueError,
                                       ["responsibilities has shape (3, 2), expected (8, 2)"]),
    "responsibilities beyond one": (started(responsibilities=np.ones((8, 2))), ValueError, ["row 0 sums to 2.0"]),
    "negative responsibilities": (started(responsibilities=[[1.5, -0.5]] * 8), ValueError, ["row 0, column 1 is -0.5"]),
    "a third label": (started(responsibilities=[0, 1, 2, 0, 1, 0, 1, 0]), ValueError, ["row 2: label 2", "0 to 1"]),
    "half a label": (started(responsibilities=[0, 1, 0.5, 0, 1, 0, 1, 0]), ValueError, ["row 2: label 0.5"]),
    "too few labels": (started(responsibilities=[0, 1]), ValueError, ["has shape (2,), expected (8,)"]),
    "a label for nobody": (started(responsibilities=[0] * 8), ValueError, ["component 1 has no points"]),
    "responsibilities by name": (started(responsibilities="rand"), ValueError, ["did you mean 'random'"]),
    "run from an unknown name": (run_from("kmeans"), ValueError, ["start: means='kmeans'", "did you mean 'k-means++'"]),
    "run from None": (run_from(None), TypeError, ["start is a NoneType", "model.start(data)"]),
    "run from a NaN": (run_from([[0, np.nan], [1, 1]]), ValueError, ["start: means[0, 1] is missing (NaN)"]),
    "run from words": (run_from([["a", "b"], ["c", "d"]]), TypeError, ["start: means must be numbers, not text"]),
    "run from ragged rows": (run_from([[0, 0], [1]]), TypeError, ["start: means must be numbers of a regular shape"]),
    "run from three features": (run_from([[0, 0, 0], [1, 1, 1]]), ValueError, ["start: means has shape (2, 3)"]),
    "run from an object": (run_from(emviz.KMeans(2)), TypeError, ["start is a KMeans", "GaussianParams"]),
    "params of another model": (run_from(emviz.KMeansParams(GOOD[:2])), TypeError,
                                ["start is a KMeansParams", "needs GaussianParams", "model.start(data)"]),
    "params of one component": (run_from(emviz.GaussianParams([1], [[0, 0]], EYE)), ValueError,
                                ["start has 1 component, but the model has n_components=2"]),
    "params of one feature": (run_from(emviz.GaussianParams([0.5, 0.5], [0, 1], 1.0)), ValueError,
                              ["start: means have 1 feature, but points have 2"]),
    "full params for diag": (run_from(params([[1, 0.5], [0.5, 1]]), "diag"), ValueError,
                             ["start: covariances[0] is not 'diag'", "model.start(...)"]),
    "unequal params for tied": (run_from(params([EYE, 2 * EYE]), "tied"), ValueError, ["start", "is not 'tied'"]),
    "long params for spherical": (run_from(params(np.diag([1.0, 2.0])), "spherical"), ValueError,
                                  ["start: covariances[0] is not 'spherical'"]),
    "below the floor": (run_from(params(0.1), min_variance=1.0), ValueError,
                        ["start: covariances[0]", "min_variance=1.0", "start wider"]),
    "below the default floor": (run_from(params(1e-15)), ValueError, ["start: covariances[0]", "below the floor"]),
    "coins above one": (lambda: emviz.run(COINS, [5, 6, 7], [0.5, 1.5]), ValueError,
                        ["start: probabilities[1] is 1.5", "between 0 and 1"]),
    "one coin": (lambda: emviz.run(COINS, [5, 6, 7], [0.5]), ValueError, ["start: probabilities has shape (1,)"]),
    "NaN coin": (lambda: emviz.run(COINS, [5, 6, 7], [0.5, np.nan]), ValueError, ["start: prob", "[1] is missing"]),
    "negative rate": (lambda: emviz.run(COUNTS, [5, 6, 7], [1, -1]), ValueError, ["start: rates[1] is -1"]),
    "infinite rate": (lambda: emviz.run(COUNTS, [5, 6, 7], [1, np.inf]), ValueError, ["start: rates[1] is infinite"]),
    "a rate too many": (lambda: COUNTS.start([5, 6, 7], rates=[1, 2, 3]), ValueError, ["rates has shape (3,)"]),
    "weights of coins": (lambda: COINS.start([5, 6], [0.1, 0.2], weights=[1, 1]), ValueError, ["weights sum to 2.0"]),
}


@pytest.mark.parametrize(("action", "error", "words"), BAD_STARTS.values(), ids=BAD_STARTS.keys())
def test_bad_starts(action: Callable[[], Any], error: type[Exception], words: list[str]) -> None:
    message = message_of(action, error)
    assert all(word in message for word in words), message


def test_weights_that_sum_to_one_but_for_rounding_are_taken() -> None:
    start = emviz.GaussianMixture(2).start(GOOD, weights=[0.5, 0.4999999], rng=0)
    assert start.weights.sum() == 1.0
    tenths = np.full(10, 0.1)
    assert_array_equal(emviz.PoissonParams(tenths, np.arange(10.0)).weights, tenths)


# ---------------------------------------------------------------- other arguments


@pytest.mark.parametrize(("rng", "error", "words"), [
    (True, TypeError, "rng=True is a bool"), (-1, ValueError, "rng=-1 is negative"),
    (1.5, TypeError, "rng=1.5 is a float"), ("seed", TypeError, "rng='seed' is text"),
    (np.random.RandomState(0), TypeError, "is a RandomState"),  # noqa: NPY002 - what is refused
    ([1, 2], TypeError, "rng=\\[1, 2\\] is a list"),
])
@pytest.mark.parametrize("model", [emviz.KMeans(2), emviz.GaussianMixture(2), COUNTS], ids=lambda m: type(m).__name__)
def test_bad_seeds(model: Any, rng: Any, error: type[Exception], words: str) -> None:
    data = [5, 6, 7] if model is COUNTS else GOOD
    with pytest.raises(error, match=words):
        emviz.run(model, data, rng=rng)


OTHER = {
    "a class": (lambda: emviz.run(emviz.KMeans, GOOD), TypeError, ["model is the class KMeans", "call it"]),
    "a name": (lambda: emviz.run("k-means", GOOD), TypeError, ["model is of type str", "emviz.KMeans(2)"]),
    "data first": (lambda: emviz.run(GOOD, emviz.KMeans(2)), TypeError, ["model is of type ndarray", "then the data"]),
    "steps of a class": (lambda: next(emviz.em_steps(emviz.KMeans, GOOD, None)), TypeError, ["the class KMeans"]),
    "steps from a name": (lambda: next(emviz.em_steps(emviz.KMeans(2), GOOD, "random")), TypeError,
                          ["start is a str", "KMeansParams"]),
    "responsibilities of others": (lambda: emviz.responsibilities(emviz.KMeans(3), emviz.KMeansParams(GOOD[:2]), GOOD),
                                   ValueError, ["params has 2 components", "n_clusters=3"]),
    "wider rows": (lambda: emviz.responsibilities(emviz.GaussianMixture(2), params(EYE), [[1, 2, 3]]), ValueError,
                   ["params: means have 2 features, but points have 3"]),
    "narrower rows": (lambda: emviz.log_likelihood(emviz.KMeans(2), emviz.KMeansParams(GOOD[:2]), [1, 2]),
                      ValueError, ["params: means have 2 features, but points have 1"]),
    "params without a mean": (lambda: emviz.KMeansParams([]), ValueError, ["means has shape (0, 1)"]),
    "params that differ": (lambda: emviz.GaussianParams([0.5, 0.5], [[0, 0]], EYE), ValueError, ["weights has shape"]),
}


@pytest.mark.parametrize(("action", "error", "words"), OTHER.values(), ids=OTHER.keys())
def test_other_arguments(action: Callable[[], Any], error: type[Exception], words: list[str]) -> None:
    message = message_of(action, error)
    assert all(word in message for word in words), message


# ---------------------------------------------------------------- good input of every kind


WHOLE = np.array([[0, 1], [2, 2], [5, 4], [3, 6], [4, 2], [9, 9], [1, 0]])
SAME = {
    "floats": WHOLE.astype(float),
    "a list of lists": WHOLE.tolist(),
    "a list of tuples": [tuple(row) for row in WHOLE.tolist()],
    "a list of arrays": list(WHOLE),
    "float32": WHOLE.astype(np.float32),
    "float16": WHOLE.astype(np.float16),
    "long doubles": WHOLE.astype(np.longdouble),
    "uint8": WHOLE.astype(np.uint8),
    "int64": WHOLE.astype(np.int64),
    "objects": WHOLE.astype(object),
    "decimals": [[decimal.Decimal(int(x)) for x in row] for row in WHOLE],
    "fractions": [[fractions.Fraction(int(x)) for x in row] for row in WHOLE],
    "Fortran order": np.asfortranarray(WHOLE),
    "strides": np.repeat(WHOLE, 2, axis=0)[::2],
    "negative strides": WHOLE[::-1].copy()[::-1],
    "other byte order": WHOLE.astype(">f8"),
    "a matrix": np.asmatrix(WHOLE),
    "a frame": pd.DataFrame(WHOLE, columns=["x", "y"]),
    "a mixed frame": pd.DataFrame(WHOLE, columns=["x", "y"]).astype({"x": "float32", "y": "Int64"}),
    "a data set": emviz.Dataset(WHOLE, None, ("x", "y"), "title", "source", "license"),
    "a read-only array": validate.frozen(WHOLE.copy()),
}


@pytest.mark.parametrize("data", SAME.values(), ids=SAME.keys())
@pytest.mark.parametrize("model", [emviz.KMeans(2), emviz.GaussianMixture(2), emviz.GaussianMixture(2, "diag")])
def test_every_kind_of_array_gives_the_same_run(data: Any, model: Any) -> None:
    expected = emviz.run(model, WHOLE, rng=0, max_iterations=4)
    found = emviz.run(model, data, rng=0, max_iterations=4)
    assert [step.params for step in found] == [step.params for step in expected]
    assert_array_equal(found.log_likelihoods, expected.log_likelihoods)
    assert found.data.dtype == np.float64
    assert found.feature_names == (("x", "y") if "frame" in str(type(data)).lower() or hasattr(data, "title") else ())


def test_one_feature_in_every_shape() -> None:
    column = WHOLE[:, 0]
    for data in (column, column.tolist(), column[:, None], pd.Series(column, name="height"),
                 pd.DataFrame({"height": column})):
        trace = emviz.run(emviz.GaussianMixture(2), data, rng=0, max_iterations=2)
        assert_array_equal(trace.data, column[:, None])
        assert trace.feature_names == (("height",) if hasattr(data, "to_numpy") else ())


def test_bools_are_zeros_and_ones() -> None:
    bits = np.array([[True, False], [False, False], [True, True], [False, True], [True, False]])
    ours, theirs = (emviz.run(emviz.KMeans(2), data, rng=0) for data in (bits, bits.astype(float)))
    assert ours.final == theirs.final
    one_flip = emviz.run(emviz.BinomialMixture(1, 1), np.array([True, False, True]), rng=0)
    assert one_flip.final.probabilities[0] == pytest.approx(2 / 3, rel=1e-15)


def test_bytes_do_not_wrap_around() -> None:
    pixels = np.array([[250, 3], [255, 0], [10, 200], [0, 255]], dtype=np.uint8)
    inertia = emviz.run(emviz.KMeans(2), pixels, pixels[[0, 2]]).inertias[-1]
    assert inertia == pytest.approx(2 * (2.5**2 + 1.5**2 + 5**2 + 27.5**2), rel=1e-14)


@pytest.mark.parametrize("heads", [
    [5, 9, 8, 4, 7], (5, 9, 8, 4, 7), np.array([5, 9, 8, 4, 7], dtype=np.uint8), [5.0, 9.0, 8.0, 4.0, 7.0],
    pd.Series([5, 9, 8, 4, 7]), [[5], [9], [8], [4], [7]], emviz.datasets.coin_flips(),
], ids=["list", "tuple", "uint8", "floats", "series", "column", "data set"])
def test_every_kind_of_counts_gives_the_same_run(heads: Any) -> None:
    for model, start in ((COINS, [0.6, 0.5]), (COUNTS, [4.0, 8.0])):
        expected = emviz.run(model, [5, 9, 8, 4, 7], start)
        found = emviz.run(model, heads, start)
        assert found.final == expected.final
        assert_array_equal(found.data, [5, 9, 8, 4, 7])


def test_a_data_set_of_scikit_learn_has_feature_names() -> None:
    from sklearn.datasets import load_iris

    trace = emviz.run(emviz.KMeans(3), load_iris(), rng=0, max_iterations=0)
    assert trace.feature_names[0] == "sepal length (cm)"
    assert trace.data.shape == (150, 4)
