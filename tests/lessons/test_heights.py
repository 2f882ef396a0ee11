"""Notebook 01: its solutions pass their checks, wrong answers get a helpful sentence, and what it says is true."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from lesson import Lesson
from scipy.special import softmax
from scipy.stats import norm

import emviz
from emviz.lessons import mixture_curve, verdict

LESSON = Lesson("heights")


# ------------------------------------------------------------------ answers as learners write them


def density(x: np.ndarray, means: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    return norm.pdf(x[:, None], means, sigmas)


def loop(x: np.ndarray, weights: np.ndarray, means: np.ndarray, sigmas: np.ndarray) -> list[list[float]]:
    """Right, in pure Python, with a shift by the largest logarithm."""
    rows = []
    for height in x:
        logs = [np.log(w) + norm.logpdf(height, m, s) for w, m, s in zip(weights, means, sigmas)]
        rows.append([float(np.exp(one - max(logs)) / sum(np.exp(other - max(logs)) for other in logs)) for one in logs])
    return rows


def without_weights(x, weights, means, sigmas):
    p = density(x, means, sigmas)
    return p / p.sum(axis=1, keepdims=True)


def wrong_axis(x, weights, means, sigmas):
    p = weights * density(x, means, sigmas)
    return p / p.sum(axis=0)


def not_divided(x, weights, means, sigmas):
    return weights * density(x, means, sigmas)


def forgotten_sigma(x, weights, means, sigmas):
    p = weights * np.exp(-((x[:, None] - means) / sigmas) ** 2 / 2)
    return p / p.sum(axis=1, keepdims=True)


def sigma_for_variance(x, weights, means, sigmas):
    p = weights * norm.pdf(x[:, None], means, np.sqrt(sigmas))
    return p / p.sum(axis=1, keepdims=True)


def overflowing(x, weights, means, sigmas):
    p = weights * density(x, means, sigmas)
    return p / p.sum(axis=1, keepdims=True)


def patched_with_a_tiny_number(x, weights, means, sigmas):
    p = weights * density(x, means, sigmas)
    return p / (p.sum(axis=1, keepdims=True) + 1e-300)


def no_keepdims(x, weights, means, sigmas):
    p = weights * density(x, means, sigmas)
    return p / p.sum(axis=1)


def softmax_without_keepdims(x, weights, means, sigmas):
    log_joint = np.log(weights * density(x, means, sigmas))
    return np.exp(log_joint - log_joint.max(axis=1))


def only_the_second(x, weights, means, sigmas):
    return overflowing(x, weights, means, sigmas)[:, 1]


def hard_labels(x, weights, means, sigmas):
    return (overflowing(x, weights, means, sigmas) > 0.5).astype(int)


def sums_over_components(x, gamma):
    return (gamma * x[:, None]).sum(axis=1) / gamma.sum(axis=1)


def sds(x, gamma, means, ddof=0.0, root=True, center=None):
    center = means if center is None else center
    variances = (gamma * (x[:, None] - center) ** 2).sum(axis=0) / (gamma.sum(axis=0) - ddof)
    return np.sqrt(variances) if root else variances


RIGHT = [
    ("responsibilities", loop),
    ("responsibilities", lambda x, w, m, s: softmax(np.log(w) + norm.logpdf(x[:, None], m, s), axis=1)),
    ("new_means", lambda x, gamma: [np.average(x, weights=column) for column in gamma.T]),
    ("new_means", lambda x, gamma: (gamma.T @ x) / gamma.sum(0)),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * x[:, None] ** 2).sum(0) / g.sum(0) - m**2)),
    ("start_elsewhere", (50, 60)),
    ("start_elsewhere", np.array([[62.0], [90.0]])),
]
WRONG = [
    ("responsibilities", without_weights, "the weights are missing"),
    ("responsibilities", wrong_axis, "sum over the components, axis=1"),
    ("responsibilities", not_divided, "Divide each row by its sum"),
    ("responsibilities", forgotten_sigma, "a factor 1/σ"),
    ("responsibilities", sigma_for_variance, "you took σ for the variance"),
    ("responsibilities", lambda x, w, m, s: without_weights(x, w, m, s**2), "weight × density"),
    ("responsibilities", lambda x, w, m, s: overflowing(x, w, m, s**2), "you took σ² for the standard deviation"),
    ("responsibilities", overflowing, "subtract the largest of each row"),
    ("responsibilities", patched_with_a_tiny_number, "subtract the largest of each row"),
    ("responsibilities", no_keepdims, "axis=1, keepdims=True"),
    ("responsibilities", softmax_without_keepdims, "axis=1, keepdims=True"),
    ("responsibilities", lambda x, w, m, s: w * norm.pdf(x, m, s), "Make x a column"),
    ("responsibilities", only_the_second, "one row for each student, one column for each component"),
    ("responsibilities", hard_labels, "hard labels"),
    ("responsibilities", lambda x, w, m, s: np.array(loop(x, w, m, s)).T, "rows and columns exchanged"),
    ("new_means", sums_over_components, "sum over the students, axis=0"),
    ("new_means", lambda x, gamma: (gamma * x[:, None]).mean(axis=0), "you divide by the number of students"),
    ("new_means", lambda x, gamma: (gamma * x[:, None]).sum(axis=0), "these are sums"),
    ("new_means", lambda x, gamma: [x[gamma.argmax(1) == k].mean() for k in range(gamma.shape[1])], "hard M-step"),
    ("new_means", lambda x, gamma: (gamma * x[:, None]).sum(axis=0) / gamma.sum(axis=1), "one for each component"),
    ("new_means", lambda x, gamma: (gamma * x).sum(axis=0) / gamma.sum(axis=0), "gamma * x[:, None]"),
    ("new_means", lambda x, gamma: x.mean(), "one number for each component"),
    ("new_means", lambda x, gamma: [x.mean()] * gamma.shape[1], "plain mean of all students"),
    ("new_sigmas", lambda x, g, m: sds(x, g, m, root=False), "these are the variances"),
    ("new_sigmas", lambda x, g, m: sds(x, g, m, ddof=1), "you divide by N − 1"),
    ("new_sigmas", lambda x, g, m: sds(x, g, m, center=x.mean()), "from its own mean"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (x[:, None] - m) ** 2).mean(0)), "by the number of students, n"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (x[:, None] - m) ** 2).sum(0) / g.sum(1)), "one for each component"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (x - m) ** 2).sum(0) / g.sum(0)), "x[:, None] - means"),
    ("new_sigmas", lambda x, g, m: x.std(), "one number for each component"),
    ("start_elsewhere", [60, 73], "-51.74, the good answer"),
    ("start_elsewhere", [61, 64], "-55.16, the second answer"),
    ("start_elsewhere", [66, 66], "two equal means never part"),
    ("start_elsewhere", [0, 10], "one component does all the work"),
    ("start_elsewhere", [60, 70, 80], "a start is two numbers"),
    ("start_elsewhere", "near and far", "a start is two numbers"),
    ("start_elsewhere", [60, float("nan")], "a start is two numbers"),
    ("start_elsewhere", [60, 1e9], "one component does all the work"),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_another_way_to_be_right(name: str, answer: Any) -> None:
    assert verdict(f"heights.{name}", answer).right


@pytest.mark.parametrize(("name", "answer", "said"), WRONG)
def test_a_wrong_answer_gets_a_helpful_sentence(name: str, answer: Callable[..., Any] | Any, said: str) -> None:
    told = verdict(f"heights.{name}", answer)
    assert not told.right and said in told.sentence


# ------------------------------------------------------------------ what the notebook claims

DATA = emviz.datasets.heights()
HEIGHTS, X, SEX = DATA.data, DATA.data[:, 0], DATA.labels
FIRST_GUESS = [[61.0], [64.0]]


def known_sigma() -> emviz.Trace:
    model = emviz.GaussianMixture(2, fixed=("weights", "covariances"))
    return emviz.run(model, HEIGHTS, model.start(HEIGHTS, FIRST_GUESS, covariances=6.25))


def test_humps() -> None:
    assert "1 hump," in mixture_curve((163, 177), (6.5, 7.5)).alt
    assert "2 humps," in mixture_curve((160, 180), (7, 7)).alt


def test_kmeans_rests_in_two_valleys() -> None:
    near, far = (emviz.run(emviz.KMeans(2), HEIGHTS, start) for start in (FIRST_GUESS, [[70.0], [73.0]]))
    assert near.final.means[:, 0] == pytest.approx([63.0833, 70.3333], abs=1e-4)
    assert (near.inertias[-1], far.inertias[-1]) == pytest.approx((70.9167, 68.6429), abs=1e-4)
    third_e = [i for i, step in enumerate(near) if step.kind == "E"][2]
    moved = X[near.labels(third_e) != near.labels(third_e - 2)]
    assert sorted(moved) == [65, 66]
    assert [near[i].params.means.mean() for i in (third_e - 2, third_e)] == pytest.approx([64.40, 66.03], abs=0.005)
    assert LESSON.says("Those of 65 and 66 inches") and LESSON.says("the border lay at 64.40") and LESSON.says("to 66.03")


def test_the_better_valley_of_kmeans_judges_better() -> None:
    near, far = (emviz.run(emviz.KMeans(2), HEIGHTS, start) for start in (FIRST_GUESS, [[70.0], [73.0]]))
    assert [round(21 * emviz.accuracy(SEX, trace.labels(-1))) for trace in (near, far)] == [17, 19]
    assert [trace.final.means.mean() for trace in (near, far)] == pytest.approx([66.71, 67.46], abs=0.005)
    assert LESSON.says("at 66.71") and LESSON.says("at 67.46") and LESSON.says("19 of 21")


def test_soft_labels_leave_the_trap() -> None:
    model = known_sigma().model
    again = emviz.run(model, HEIGHTS, model.start(HEIGHTS, [[70.0], [73.0]], covariances=6.25))
    assert again.final.means[:, 0] == pytest.approx(known_sigma().final.means[:, 0], abs=0.01)


def test_everything_free_ends_where_the_lesson_says() -> None:
    sigmas_known = emviz.GaussianMixture(2, fixed=("covariances",))
    weights_free = emviz.run(sigmas_known, HEIGHTS, known_sigma().final, tolerance=1e-9)
    free = emviz.run(emviz.GaussianMixture(2), HEIGHTS, weights_free.final, tolerance=1e-9)
    assert free.log_likelihoods[-1] == pytest.approx(-51.7424, abs=1e-4)
    assert np.sqrt(free.final.covariances[:, 0, 0]) == pytest.approx([2.19, 0.69], abs=0.005)
    assert LESSON.says("0.69 instead of 2.14") and X[SEX == 1].std() == pytest.approx(2.14, abs=0.005)
    right = [round(21 * emviz.accuracy(SEX, trace.labels(-1))) for trace in (known_sigma(), weights_free, free)]
    assert right == [17, 19, 20]
    wrong, = np.flatnonzero(emviz.match_labels(SEX, free.labels(-1)) != SEX)
    assert (X[wrong], SEX[wrong]) == (66, 1)


@pytest.mark.parametrize(("start", "end"), [
    ((60, 73), -51.74), ((64, 70), -51.74), ((61, 64), -55.16), ((66, 66.5), -55.16), ((0, 10), -59.07)])
def test_bad_starts_end_where_the_lesson_says(start: tuple[float, float], end: float) -> None:
    trace = emviz.run(emviz.GaussianMixture(2), HEIGHTS, np.reshape(start, (2, 1)), max_iterations=1000, tolerance=1e-9)
    assert trace.log_likelihoods[-1] == pytest.approx(end, abs=0.005)
    assert LESSON.says(f"**−{-end:.2f}**")


def test_equal_starts_never_part() -> None:
    with pytest.warns(UserWarning, match="identical"):
        trace = emviz.run(emviz.GaussianMixture(2), HEIGHTS, [[66.0], [66.0]])
    assert all(step.params.means[0] == step.params.means[1] for step in trace)


def test_a_collapse_scores_highest() -> None:
    trace = emviz.run(emviz.GaussianMixture(2), HEIGHTS, [[62.0], [90.0]], max_iterations=1000)
    assert trace.log_likelihoods[-1] > -30
    assert trace.final.means[1, 0] == pytest.approx(72) and (X == 72).sum() == 3
    assert any("component 1 reached min_variance" in step.events for step in trace)
    gains = np.diff([step.log_likelihood for step in trace if step.kind != "E"])
    assert LESSON.says("nearly flat until iteration 5, then it jumps")
    assert gains[0] > 20 and gains[1:5].max() < 4 and gains[5] > 30


def test_galton() -> None:
    """The numbers of the public table that the package's tests also use."""
    galton = emviz.datasets.galton_heights()
    mixture = emviz.GaussianMixture(2)
    patient = emviz.run(mixture, galton, mixture.start(galton, [[64.0], [70.0]], covariances=6.25),
                        max_iterations=2000, tolerance=1e-9)
    short = emviz.run(mixture, galton, mixture.start(galton, [[64.0], [70.0]], covariances=6.25))
    assert short[2].params.means[:, 0] == pytest.approx([64.22, 69.59], abs=0.005)
    assert short.final.means[:, 0] == pytest.approx([64.24, 69.62], abs=0.005)
    assert LESSON.says("from 64.22 and 69.59 they go to 64.24 and 69.62")
    found = patient.final.means[:, 0], np.sqrt(patient.final.covariances[:, 0, 0])
    assert found[0] == pytest.approx([64.2673, 69.6543], abs=0.01)
    assert found[1] == pytest.approx([2.3494, 2.3810], abs=0.01)
    true = [[f(galton.data[galton.labels == k]) for k in (0, 1)] for f in (np.mean, np.std)]
    assert true[0] == pytest.approx([64.10, 69.23], abs=0.005)
    assert np.abs(found[0] - true[0]).max() < 0.5 and np.abs(found[1] - true[1]).max() < 0.25
    assert emviz.accuracy(galton.labels, patient.labels(-1)) == pytest.approx(0.82976, abs=1e-5)
    cuts = [np.mean((galton.data[:, 0] > cut) == galton.labels) for cut in np.unique(galton.data)]
    assert max(cuts) == pytest.approx(0.849, abs=0.0005)
