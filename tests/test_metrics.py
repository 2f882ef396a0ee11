"""Labels matched to the truth, information criteria, likelihoods."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import metrics, mixture

import emviz

POINTS = np.random.default_rng(0).normal(size=(40, 3))


@pytest.mark.parametrize("seed", range(10))
def test_matching_is_the_best_of_all_renamings(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, labels = rng.integers(4, size=30), rng.integers(4, size=30)
    best = max(np.mean(np.array(names)[labels] == truth) for names in itertools.permutations(range(4)))
    matched = emviz.match_labels(truth, labels)
    assert np.mean(matched == truth) == pytest.approx(best, rel=1e-12)
    assert emviz.accuracy(truth, labels) == pytest.approx(best, rel=1e-12)
    assert_array_equal(np.unique(matched, return_inverse=True)[1][labels == 1].std(), 0)  # a renaming, nothing more


def test_more_labels_than_classes_get_names_of_their_own() -> None:
    matched = emviz.match_labels([0, 0, 0, 1, 1], [5, 5, 9, 7, 2])
    assert matched.tolist()[:2] == [0, 0]
    assert sorted(set(matched.tolist())) == [0, 1, 2, 3]
    assert emviz.accuracy([0, 0, 0, 1, 1], [5, 5, 9, 7, 2]) == pytest.approx(0.6)


def test_fewer_labels_than_classes() -> None:
    assert emviz.match_labels([0, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1]).tolist() == [1, 1, 1, 2, 2, 2]
    assert emviz.accuracy([0, 1, 1, 2, 2, 2], [0] * 6) == 0.5


def test_names_may_be_any_whole_numbers() -> None:
    assert emviz.match_labels([1900, 1900, 2000], [10**12, 10**12, 7]).tolist() == [1900, 1900, 2000]
    assert emviz.accuracy([2, 0, 2], [0, 5, 0]) == 1.0


@pytest.mark.parametrize("shape", [
    np.array, list, pd.Series, lambda labels: np.array(labels)[:, None], lambda labels: pd.DataFrame({"sex": labels}),
], ids=["array", "list", "series", "column", "frame"])
def test_labels_come_in_any_shape(shape) -> None:
    assert emviz.accuracy(shape([0, 0, 1, 1, 1]), shape([1, 1, 0, 0, 1])) == 0.8
    assert emviz.adjusted_rand(shape([0, 0, 1, 1]), shape([1, 1, 0, 0])) == 1.0


def test_rows_of_no_cluster_stay_so() -> None:
    truth, labels = [0, 0, 1, 1, 1, 0], [-1, 4, 2, 2, -1, 4]
    assert_array_equal(emviz.match_labels(truth, labels), [-1, 0, 1, 1, -1, 0])
    assert emviz.accuracy(truth, labels) == pytest.approx(4 / 6, rel=1e-12)
    assert emviz.adjusted_rand(truth, labels) == metrics.adjusted_rand_score(truth, labels)
    assert_array_equal(emviz.match_labels([0, 1], [-1, -1]), [-1, -1])


def test_adjusted_rand_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, labels = rng.integers(3, size=50), rng.integers(4, size=50)
    assert emviz.adjusted_rand(truth, labels) == metrics.adjusted_rand_score(truth, labels)


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
def test_criteria_are_those_of_scikit_learn(structure: str) -> None:
    theirs = mixture.GaussianMixture(2, covariance_type=structure, random_state=0).fit(POINTS)
    model, params = emviz.from_sklearn(theirs)
    assert_allclose(emviz.aic(model, params, POINTS), theirs.aic(POINTS), rtol=1e-12)
    assert_allclose(emviz.bic(model, params, POINTS), theirs.bic(POINTS), rtol=1e-12)


@pytest.mark.parametrize(("model", "data", "free"), [
    (emviz.KMeans(2), POINTS, 6), (emviz.KMeans(2, fixed=("means",)), POINTS, 0),
    (emviz.GaussianMixture(2), POINTS, 1 + 6 + 12), (emviz.GaussianMixture(2, "tied"), POINTS, 1 + 6 + 6),
    (emviz.GaussianMixture(2, "diag"), POINTS, 1 + 6 + 6), (emviz.GaussianMixture(2, "spherical"), POINTS, 1 + 6 + 2),
    (emviz.GaussianMixture(2, fixed=("weights", "covariances")), POINTS, 6),
    (emviz.BinomialMixture(2, 10), [1, 2, 3], 3), (emviz.BinomialMixture(2, 10, fixed="weights"), [1, 2, 3], 2),
    (emviz.PoissonMixture(3), [1, 2, 3], 5), (emviz.PoissonMixture(3, fixed=("rates",)), [1, 2, 3], 2),
])
def test_free_parameters_are_counted(model, data, free: int) -> None:
    params = model.start(data, rng=0)
    assert model.n_parameters(params) == free
    likelihood = emviz.log_likelihood(model, params, data)
    assert emviz.aic(model, params, data) == pytest.approx(2 * free - 2 * likelihood, rel=1e-14)
    assert emviz.bic(model, params, data) == pytest.approx(free * np.log(len(data)) - 2 * likelihood, rel=1e-14)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 3.0])
def test_the_likelihood_does_not_depend_on_the_temperature(temperature: float) -> None:
    params = emviz.GaussianMixture(2).start(POINTS, rng=0)
    at_one = emviz.log_likelihood(emviz.GaussianMixture(2), params, POINTS)
    assert emviz.log_likelihood(emviz.GaussianMixture(2, temperature=temperature), params, POINTS) == at_one


@pytest.mark.parametrize(("truth", "labels", "words"), [
    ([0, 1], [0, 1, 1], "truth has 2 labels and labels has 3"),
    ([], [], "truth is empty"),
    ([0, 1.5], [0, 1], "truth, row 1: 1.5 is not a whole number"),
    ([0, 1], [0, -2], "labels, row 1: -2 is too low; whole numbers from -1 up"),
    ([0, -1], [0, 1], "truth, row 1: -1 is a negative count"),
    ([0, np.nan], [0, 1], "truth has 1 missing value, first at row 1"),
])
def test_labels_that_are_none(truth: list, labels: list, words: str) -> None:
    for measure in (emviz.accuracy, emviz.match_labels, emviz.adjusted_rand):
        with pytest.raises(ValueError, match=words):
            measure(truth, labels)
