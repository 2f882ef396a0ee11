"""Notebook 01: its solutions pass their checks, wrong answers get a helpful sentence, and what it says is true."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lesson import Lesson
from scipy.special import softmax
from scipy.stats import norm
from sklearn.mixture import GaussianMixture

import emviz
from emviz.handout import without_solutions
from emviz.lessons import bells, mixture_curve, verdict
from emviz.lessons.heights import QUESTIONS

LESSON = Lesson("heights")
GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))


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


def without_brackets(x, weights, means, sigmas):
    p = weights * np.exp(-(x[:, None] - means) ** 2 / 2 * sigmas**2) / (sigmas * np.sqrt(2 * np.pi))
    return p / p.sum(axis=1, keepdims=True)


def divided_in_pure_python(x, weights, means, sigmas):
    rows = []
    for height in x.tolist():
        joint = [w * math.exp(-(height - m) ** 2 / (2 * s**2)) / s for w, m, s in zip(weights, means, sigmas)]
        rows.append([float(one) / float(sum(joint)) for one in joint])
    return rows


def only_the_second(x, weights, means, sigmas):
    return overflowing(x, weights, means, sigmas)[:, 1]


def hard_labels(x, weights, means, sigmas):
    return (overflowing(x, weights, means, sigmas) > 0.5).astype(int)


def closeness_of_the_loop(x, weights, means, sigmas):
    p = np.exp(-(x[:, None] - means) ** 2 / (2 * sigmas**2))
    return p / p.sum(axis=1, keepdims=True)


def shares(x, weights, means, sigma):
    p = weights * norm.pdf(x[:, None], means, sigma)
    return p / p.sum(axis=1, keepdims=True)


def maximized(x, gamma):
    N = gamma.sum(axis=0)
    return N / len(x), gamma.T @ x / N


def whole_turn(x, weights, means, sigma):
    return maximized(x, shares(x, weights, means, sigma))


def turn_with(weights=None, means=None):
    """A turn whose results are changed: functions of N, n, k, the old values and the right new ones."""
    def my_turn(x, old_weights, old_means, sigma):
        gamma = shares(x, old_weights, old_means, sigma)
        right = maximized(x, gamma)
        said = {"x": x, "gamma": gamma, "N": gamma.sum(axis=0), "weights": old_weights, "means": old_means}
        return weights(**said) if weights else right[0], means(**said) if means else right[1]
    return my_turn


def turn_in_pure_python(x, weights, means, sigma):
    rows = loop(x, weights, means, [sigma] * len(means))
    N = [sum(row[k] for row in rows) for k in range(len(means))]
    return [[one / len(x) for one in N],
            [sum(row[k] * height for row, height in zip(rows, x)) / N[k] for k in range(len(means))]]


def turn_of_the_loop(x, weights, means, sigma):
    """The loop of the lesson, with the new line for the weights, and no weights in E."""
    closeness = np.exp(-(x[:, None] - means) ** 2 / (2 * sigma**2))
    return maximized(x, closeness / closeness.sum(axis=1, keepdims=True))


def turn_in_the_wrong_order(x, weights, means, sigma):
    weights = shares(x, weights, means, sigma).sum(axis=0) / len(x)
    gamma = shares(x, weights, means, sigma)
    return weights, (gamma * x[:, None]).sum(axis=0) / gamma.sum(axis=0)


def turn_that_decides(x, weights, means, sigma):
    hard = shares(x, weights, means, sigma).argmax(axis=1)
    return [np.mean(hard == k) for k in range(len(means))], [x[hard == k].mean() for k in range(len(means))]


def turn_without_keepdims(x, weights, means, sigma):
    joint = weights * np.exp(-(x[:, None] - means) ** 2 / (2 * sigma**2))
    return maximized(x, joint / joint.sum(axis=1))


def turn_on_the_wrong_axis(x, weights, means, sigma):
    joint = weights * np.exp(-(x[:, None] - means) ** 2 / (2 * sigma**2))
    return maximized(x, joint / joint.sum(axis=0))


def sds(x, gamma, means, ddof=0.0, root=True, center=None):
    center = means if center is None else center
    variances = (gamma * (x[:, None] - center) ** 2).sum(axis=0) / (gamma.sum(axis=0) - ddof)
    return np.sqrt(variances) if root else variances


RIGHT = [
    ("responsibilities", loop),
    ("responsibilities", lambda x, w, m, s: softmax(np.log(w) + norm.logpdf(x[:, None], m, s), axis=1)),
    ("turn", whole_turn),
    ("turn", turn_in_pure_python),
    ("turn", lambda x, w, m, s: np.array(whole_turn(x, w, m, s))),
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
    ("responsibilities", without_brackets, "Put brackets"),
    ("responsibilities", lambda x, w, m, s: w * np.exp(-(m - x) ** 2 / (2 * s**2)), "means - x[:, None]"),
    ("responsibilities", divided_in_pure_python, "Work with logarithms"),
    ("responsibilities", lambda *given: overflowing(*given).round(4), "rounded"),
    ("responsibilities", closeness_of_the_loop, "both the weights and the factors 1/σ are missing"),
    ("turn", turn_of_the_loop, "the E-step has no weights"),
    ("turn", turn_with(weights=lambda N, **_: N), "Divide them by n to get weights"),
    ("turn", turn_with(weights=lambda N, **_: N / len(N)), "divided by the number of components, K"),
    ("turn", turn_with(means=lambda x, gamma, **_: (gamma * x[:, None]).mean(axis=0)), "For the means you divide by n"),
    ("turn", turn_with(means=lambda means, **_: means), "The means are the old ones"),
    ("turn", turn_with(weights=lambda weights, **_: weights), "The weights are the old ones"),
    ("turn", turn_with(weights=lambda N, **_: [1 / len(N)] * len(N)), "all weights are equal"),
    ("turn", turn_in_the_wrong_order, "One turn is one E and one M"),
    ("turn", lambda x, w, m, s: whole_turn(x, w, m, s)[::-1], "the means come first"),
    ("turn", turn_that_decides, "in one component only, as k-means does"),
    ("turn", lambda x, w, m, s: whole_turn(x, w, m, np.sqrt(s)), "Square the standard deviation"),
    ("turn", turn_without_keepdims, "axis=1, keepdims=True"),
    ("turn", turn_on_the_wrong_axis, "in the E-step you divide by the sum over the students"),
    ("turn", lambda x, w, m, s: maximized(x, np.exp(-(x - m) ** 2 / (2 * s**2))), "x[:, None] - means"),
    ("turn", lambda x, w, m, s: maximized(x, without_brackets(x, w, m, s)), "Put brackets"),
    ("turn", lambda x, w, m, s: maximized(x, np.exp(-(m - x) ** 2 / (2 * s**2))), "x has to be a column, x[:, None]"),
    ("turn", lambda x, w, m, s: shares(x, w, m, s).T @ x / shares(x, w, m, s).sum(1), "N is gamma.sum(axis=0)"),
    ("turn", lambda x, w, m, s: whole_turn(x, w, m, s)[1], "first the new weights, then the new means"),
    ("turn", lambda x, w, m, s: shares(x, w, m, s), "first the new weights, then the new means"),
    ("new_sigmas", lambda x, g, m: sds(x, g, m, root=False), "these are the variances"),
    ("new_sigmas", lambda x, g, m: sds(x, g, m, ddof=1), "you divide by N − 1"),
    ("new_sigmas", lambda x, g, m: sds(x, g, m, center=x.mean()), "from its own mean"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (x[:, None] - m) ** 2).mean(0)), "by the number of students, n"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (x[:, None] - m) ** 2).sum(0) / g.sum(1)), "one for each component"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (x - m) ** 2).sum(0) / g.sum(0)), "x[:, None] - means"),
    ("new_sigmas", lambda x, g, m: np.sqrt((g * (m - x) ** 2).sum(0) / g.sum(0)), "x has to be a column, x[:, None]"),
    ("new_sigmas", lambda x, g, m: x.std(), "one number for each component"),
    ("start_elsewhere", [60, 73], "-51.74, the good answer"),
    ("start_elsewhere", [61, 64], "-55.16, the second answer"),
    ("start_elsewhere", [0, 0.1], "the second answer that you know. Try elsewhere: farther from the data, or less far"),
    ("start_elsewhere", [66, 66], "two equal means never part"),
    ("start_elsewhere", [66, 66.0000001], "equal or nearly so"),
    ("start_elsewhere", [0, 10], "one component does all the work"),
    ("start_elsewhere", [60, 70, 80], "a start is two numbers"),
    ("start_elsewhere", "near and far", "a start is two numbers"),
    ("start_elsewhere", [60, float("nan")], "a start is two numbers"),
    ("start_elsewhere", [60, 1e9], "one component does all the work"),
    ("start_elsewhere", [65, 85], "the good answer"),  # the start of the collapse in the lesson, with another σ
]


def test_no_cell_that_a_class_gets_answers_an_exercise() -> None:
    """Of a copy without solutions: the functions of its cells, and every pair of means that one of them starts from."""
    cells = json.loads(without_solutions(LESSON.path.read_bytes()))["cells"]
    shown = "\n".join("".join(cell["source"]) for cell in cells)
    assert "def turn" not in shown and "N / len(x)" not in shown and "np.sqrt(variances)" not in shown
    assert "log_joint" not in shown and "[50, 60]" not in shown and "[62, 90]" not in shown
    for start in ([61, 64], [70, 73], [66, 66], [65, 85], [60, 73]):  # the last is the example in the exercise
        assert not verdict("heights.start_elsewhere", start).right


# ------------------------------------------------------------------ what the notebook claims

DATA = emviz.datasets.heights()
HEIGHTS, X, SEX = DATA.data, DATA.data[:, 0], DATA.labels
FIRST_GUESS = [[61.0], [64.0]]


def known_sigma() -> emviz.Trace:
    model = emviz.GaussianMixture(2, fixed=("weights", "covariances"))
    return emviz.run(model, HEIGHTS, model.start(HEIGHTS, FIRST_GUESS, covariances=6.25))


def test_humps() -> None:
    assert "1 hump: " in mixture_curve((163, 177), (6.5, 7.5)).alt
    distance = np.arange(10, 25)
    means = np.column_stack([170 - distance / 2, 170 + distance / 2])
    for weights, second in ((None, 15), ((0.7, 0.3), 20)):
        scene = bells(means, (7, 7), weights)
        two = [len(scene.humps(state)) == 2 for state in range(len(scene))]
        assert two == [cm >= second for cm in distance]
    assert LESSON.says("At 15 cm") and LESSON.says("later, at 20 cm")


def test_who_answers_far_out() -> None:
    near, far = (norm.pdf(55, mean, sigma) for mean, sigma in ((64, 2), (70, 4)))
    assert far / (near + far) == pytest.approx(0.92, abs=0.005)
    weight = np.arange(1, 10, 2) / 10
    for sigma, counts in ((4, {0, 2}), (2, {1}), (1, {2})):
        scene = bells((64, 70), (2, sigma), np.column_stack([weight, 1 - weight]), shares=True, limits=(0, 140))
        found = [scene.borders(state) for state in range(len(scene))]
        assert {len(borders) for borders, _ in found} == counts  # with little weight the other wins everywhere
        assert {(owners[0], owners[-1]) for _, owners in found} == {{2: (0, 1), 1: (0, 0)}.get(sigma, (1, 1))}
        near_67 = [borders[np.abs(borders - 67).argmin()] for borders, _ in found if len(borders)]
        assert near_67 == sorted(near_67)  # more weight for component 0 moves it away


def test_one_top_for_known_weights_and_spreads() -> None:
    """Wherever two clearly different means start, EM ends at one place or its mirror image."""
    model = known_sigma().model
    for start in [(58.8, 59.4), (59.4, 58.8), (70, 73), (66, 66.5), (45, 90), (40, 41), (73, 61), (63, 64), (71, 72)]:
        trace = emviz.run(model, HEIGHTS, model.start(HEIGHTS, np.reshape(start, (2, 1)), covariances=6.25))
        assert trace.log_likelihoods[-1] == pytest.approx(-56.738, abs=5e-4)
        assert sorted(trace.final.means[:, 0]) == pytest.approx([63.4, 70.5], abs=0.05)
    assert "at 58.8 and 59.4, below every student" in QUESTIONS["both_below"].text and DATA.data.min() == 60
    nearly = emviz.run(model, HEIGHTS, model.start(HEIGHTS, [[66.0], [66.001]], covariances=6.25))
    assert nearly.log_likelihoods[-1] < -65 and "differ clearly" in QUESTIONS["both_below"].why
    means = np.linspace(55, 78, 47)
    surface = [[norm.pdf(X[:, None], [a, b], 2.5).mean(axis=1).prod() for b in means] for a in means]
    assert np.log(np.max(surface)) < -56.738
    assert LESSON.says("−56.738") and LESSON.says("Near 63.4 and 70.5")


def test_the_first_m_gains_most() -> None:
    trace = known_sigma()
    tops = np.diff(trace.log_likelihoods)
    assert tops.argmax() == 1 and trace[2].kind == "M"
    assert [trace[i].log_likelihood for i in (1, 2)] == pytest.approx([-80.62, -60.88], abs=0.005)
    assert LESSON.says("from −80.62 to −60.88")
    assert max(step.gap for step in trace if step.kind == "E") < 1e-12 < min(
        step.gap for step in trace if step.kind == "M")
    assert trace[-1].gap < 0.005 and LESSON.says("After the last M-steps it is there, and too small to be seen.")


def test_the_mixed_students() -> None:
    trace = known_sigma()
    share = trace.responsibilities(len(trace) - 1)[:, 1]
    assert sorted(set(X[(share > 0.05) & (share < 0.95)])) == [65, 66, 67, 68]
    assert LESSON.says("Those of 65, 66, 67 and 68 inches") and LESSON.says("of 65 to 68 inches are mixed")


def test_the_unit_changes_the_log_likelihood_and_nothing_else() -> None:
    params = emviz.GaussianParams([0.72, 0.28], [[63.94], [71.84]], [[[2.19**2]], [[0.69**2]]])
    model = emviz.GaussianMixture(2)
    before = emviz.log_likelihood(model, params, HEIGHTS)
    for factor in (2.54, 0.0254):
        there = emviz.GaussianParams(params.weights, factor * params.means, factor**2 * params.covariances)
        assert emviz.log_likelihood(model, there, factor * HEIGHTS) - before == pytest.approx(-21 * np.log(factor))
    assert 21 * np.log(2.54) == pytest.approx(19.58, abs=0.005) and LESSON.says("= -19.58")
    for unit, number in (("inches", "-51.74"), ("centimeters", "-71.32"), ("meters", "25.39")):
        assert LESSON.printed(f"{unit} log-likelihood {number}, γ at 71 inches [0.009 0.991]")


def test_kmeans_rests_in_two_valleys() -> None:
    near, far = (emviz.run(emviz.KMeans(2), HEIGHTS, start) for start in (FIRST_GUESS, [[70.0], [73.0]]))
    assert near.final.means[:, 0] == pytest.approx([63.0833, 70.3333], abs=1e-4)
    assert (near.inertias[-1], far.inertias[-1]) == pytest.approx((70.9167, 68.6429), abs=1e-4)
    third_e = [i for i, step in enumerate(near) if step.kind == "E"][2]
    moved = X[near.labels(third_e) != near.labels(third_e - 2)]
    assert sorted(moved) == [65, 66]
    assert [near[i].params.means.mean() for i in (third_e - 2, third_e)] == pytest.approx([64.40, 66.03], abs=0.005)
    assert LESSON.says("Those of 65 and 66 inches.")
    assert LESSON.says("the border lay at 64.40") and LESSON.says("to 66.03")


def test_the_better_valley_of_kmeans_judges_better() -> None:
    near, far = (emviz.run(emviz.KMeans(2), HEIGHTS, start) for start in (FIRST_GUESS, [[70.0], [73.0]]))
    assert [round(21 * emviz.accuracy(SEX, trace.labels(-1))) for trace in (near, far)] == [17, 19]
    assert [trace.final.means.mean() for trace in (near, far)] == pytest.approx([66.71, 67.46], abs=0.005)
    assert LESSON.says("at 66.71") and LESSON.says("at 67.46") and LESSON.says("19 of 21")


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


@pytest.mark.parametrize(("start", "end"), [((60, 73), -51.74), ((61, 64), -55.16), ((66, 66.5), -55.16),
                                            ((66, 66), -59.07)])
@pytest.mark.filterwarnings("ignore:start. components 0 and 1 are identical")
def test_starts_end_where_the_lesson_says(start: tuple[float, float], end: float) -> None:
    trace = emviz.run(emviz.GaussianMixture(2), HEIGHTS, np.reshape(start, (2, 1)), max_iterations=1000, tolerance=1e-9)
    assert trace.log_likelihoods[-1] == pytest.approx(end, abs=0.005)
    assert LESSON.says(f"−{-end:.2f}")


@pytest.mark.parametrize("start", [(60, 73), (61, 64)])
def test_scikit_learn_ends_at_the_same_places(start: tuple[float, float]) -> None:
    ours = emviz.run(emviz.GaussianMixture(2), HEIGHTS, np.reshape(start, (2, 1)), max_iterations=2000, tolerance=1e-11)
    theirs = GaussianMixture(2, tol=1e-12, max_iter=5000, reg_covar=0, weights_init=[0.5, 0.5],
                             means_init=np.reshape(start, (2, 1)), precisions_init=np.full((2, 1, 1), 1 / X.var()))
    theirs.fit(HEIGHTS)
    assert ours.log_likelihoods[-1] == pytest.approx(theirs.score(HEIGHTS) * 21, abs=1e-6)
    assert np.sqrt(ours.final.covariances.ravel()) == pytest.approx(np.sqrt(theirs.covariances_.ravel()), abs=1e-4)


def test_restarts_and_the_map() -> None:
    mixture = emviz.GaussianMixture(2)
    many = emviz.restarts(mixture, HEIGHTS, n=50, rng=0, progress=False)
    assert LESSON.says("Only 21 of the 50 reach the best, −51.74.")
    assert (many.objectives > -52).sum() == 21 and ((many.objectives < -55) & (many.objectives > -56)).sum() == 29
    assert many.objectives.min() == pytest.approx(-55.169, abs=5e-4) and LESSON.says("before it, at −55.17")
    for grid in (8, 10):
        basins = emviz.basins(mixture, HEIGHTS, grid=grid, progress=False)
        assert (basins.reached == basins.reached.T).all()
        assert (np.diag(basins.reached) == 2).all() and (basins.reached[~np.eye(grid, dtype=bool)] < 2).all()
        assert len(basins.optima) == 3
        highest = np.maximum(*np.meshgrid(basins.x, basins.y))
        assert 70 < highest[basins.reached == 0].min() < 71
    for start, best in (((61, 64), False), ((61, 70), False), ((61, 72), True),
                        ((64, 69.5), False), ((64, 70), True), ((64, 71), True)):
        end = emviz.run(mixture, HEIGHTS, np.reshape(start, (2, 1))).log_likelihoods[-1]
        assert (end > -52) == best
    assert LESSON.says("at about 70 inches or above: 64 and 71 will do, or 61 and 72.")


def test_equal_starts_never_part() -> None:
    with pytest.warns(UserWarning, match="identical"):
        trace = emviz.run(emviz.GaussianMixture(2), HEIGHTS, [[66.0], [66.0]])
    assert all(step.params.means[0] == step.params.means[1] for step in trace)


def test_a_difference_breaks_the_tie_and_a_tiny_one_needs_patience() -> None:
    mixture = emviz.GaussianMixture(2)
    for start, tolerance, end in (((66, 66.1), None, -59.07), ((66, 66.1), 1e-9, -55.16), ((66, 66.5), None, -55.16)):
        trace = emviz.run(mixture, HEIGHTS, np.reshape(start, (2, 1)), max_iterations=1000, tolerance=tolerance)
        assert trace.log_likelihoods[-1] == pytest.approx(end, abs=0.01)
    assert LESSON.says("A tiny one, 66 and 66.1, needs patience") and LESSON.says("This one is none: a nudge")


def test_a_collapse_scores_highest() -> None:
    mixture = emviz.GaussianMixture(2)
    trace = emviz.run(mixture, HEIGHTS, mixture.start(HEIGHTS, [[65.0], [85.0]], covariances=9.0))
    assert trace.log_likelihoods[-1] == pytest.approx(-22.30, abs=0.005)
    assert trace.final.means[1, 0] == pytest.approx(72) and (X == 72).sum() == 3
    assert any("component 1 reached min_variance" in step.events for step in trace)
    gains = np.diff([step.log_likelihood for step in trace if step.kind != "E"])
    assert LESSON.says("nearly flat until iteration 4, then it climbs again, faster and faster")
    assert gains[0] > 18 and gains[1:4].max() < 0.6 and (np.diff(gains[1:8]) > 0).all() and gains[7] > 25
    narrow = [np.sqrt(step.params.covariances[1, 0, 0]) for step in trace if step.kind == "M"]
    assert narrow[0] < 0.5 and trace[2].params.weights[1] < 0.01
    assert narrow[6] < 0.05 < narrow[5] and LESSON.says("In iteration 7 only the three students of 72 inches are left")


def test_the_spike_grows_without_limit() -> None:
    """Each factor 10 in σ gains 3 log 10 at the three students of 72 inches."""
    model, at = emviz.GaussianMixture(2), []
    for sigma in (1e-3, 1e-4, 1e-5):
        params = emviz.GaussianParams([0.85, 0.15], [[65.0], [72.0]], [[[12.0]], [[sigma**2]]])
        at.append(emviz.log_likelihood(model, params, HEIGHTS))
    assert np.diff(at) == pytest.approx([3 * np.log(10)] * 2, abs=0.01)


def test_the_envelope_is_closed_until_section_7() -> None:
    assert replace(DATA, labels=None, label_names=()).labels is None
    sources = [cell.source for cell in LESSON.notebook.cells]
    opened = next(i for i, source in enumerate(sources) if source.startswith("## 7.") or "\n## 7." in source)
    assert not any("class_list.labels" in source or "truth" in source for source in sources[:opened])
    assert any("class_list.labels" in source for source in sources[opened:])


def test_galton() -> None:
    """The numbers of the public table that the package's tests also use."""
    galton = emviz.datasets.galton_heights()
    mixture = emviz.GaussianMixture(2)
    patient = emviz.run(mixture, galton, mixture.start(galton, [[64.0], [70.0]], covariances=6.25),
                        max_iterations=2000, tolerance=1e-9)
    short = emviz.run(mixture, galton, mixture.start(galton, [[64.0], [70.0]], covariances=6.25))
    assert short[2].params.means[:, 0] == pytest.approx([64.22, 69.59], abs=0.005)
    assert short[10].iteration == 5 and LESSON.says("The picture ends after 5 iterations.")
    assert short[10].params.means[:, 0].round(2) == pytest.approx([64.22, 69.60])
    assert LESSON.says("from 64.22 and 69.59 they go to 64.22 and 69.60")
    bounds = [step.lower_bound for step in short if step.kind == "M"]
    assert bounds[-1] - bounds[-2] <= 1e-4 < bounds[-2] - bounds[-3] and LESSON.printed("30 iterations")
    found = patient.final.means[:, 0], np.sqrt(patient.final.covariances[:, 0, 0])
    golden = GOLDEN["heights_galton_children"]["converged"]
    assert found[0] == pytest.approx(golden["means"], abs=0.01)
    assert found[1] == pytest.approx(golden["sigmas"], abs=0.01)
    assert patient.final.weights == pytest.approx(golden["weights"], abs=0.002)
    true = [[f(galton.data[galton.labels == k]) for k in (0, 1)] for f in (np.mean, np.std)]
    assert true[0] == pytest.approx([64.10, 69.23], abs=0.005)
    assert np.abs(found[0] - true[0]).max() < 0.5 and np.abs(found[1] - true[1]).max() < 0.25
    assert emviz.accuracy(galton.labels, patient.labels(-1)) == pytest.approx(0.82976, abs=1e-5)
    cuts = [np.mean((galton.data[:, 0] > cut) == galton.labels) for cut in np.unique(galton.data)]
    assert max(cuts) == pytest.approx(0.849, abs=0.0005)
