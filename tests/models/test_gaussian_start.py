"""A start from responsibilities keeps what is given or fixed; the M-step finds the rest."""

import numpy as np
import pandas as pd
import pytest

import emviz

X = [0.0, 1.0, 2.5, 6.0, 7.0, 9.0]
LABELS = [0, 0, 0, 1, 1, 1]


def test_what_is_given_stays() -> None:
    start = emviz.GaussianMixture(2).start(X, responsibilities=LABELS, weights=[0.9, 0.1], covariances=4.0)
    assert start.weights.tolist() == [0.9, 0.1]
    assert start.covariances.ravel().tolist() == [4.0, 4.0]
    assert start.means.ravel() == pytest.approx([3.5 / 3, 22 / 3])


def test_fixed_covariances_that_are_not_given_are_those_of_the_data() -> None:
    start = emviz.GaussianMixture(2, fixed=("covariances",)).start(X, responsibilities=LABELS)
    assert start.covariances.ravel() == pytest.approx([np.var(X)] * 2)


def test_fixed_weights_that_are_not_given_are_equal() -> None:
    start = emviz.GaussianMixture(2, fixed=("weights",)).start(X, responsibilities=[0, 0, 0, 0, 1, 1])
    assert start.weights.tolist() == [0.5, 0.5]


def test_means_and_responsibilities_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="means and responsibilities are both given"):
        emviz.GaussianMixture(2).start(X, [[0.0], [1.0]], responsibilities=LABELS)


def test_a_wrong_seed_is_an_error_even_where_nothing_is_drawn() -> None:
    model = emviz.KMeans(2)
    with pytest.raises(TypeError, match="rng"):
        model.start(X, [[0.0], [9.0]], rng=True)
    with pytest.raises(TypeError, match="rng"):
        emviz.run(model, X, model.start(X, rng=0), rng=True)


def test_a_frame_may_have_a_column_called_name() -> None:
    frame = pd.DataFrame({"data": [1.0, 2, 8], "name": [1.0, 2, 9]})
    trace = emviz.run(emviz.KMeans(2), frame, rng=0)
    assert trace.feature_names == ("data", "name")
    with pytest.raises(TypeError, match="'name'"):
        emviz.run(emviz.KMeans(2), frame.assign(name=["a", "b", "c"]), rng=0)
