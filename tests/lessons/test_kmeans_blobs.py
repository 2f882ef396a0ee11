"""Notebook 03: its solutions pass their checks, wrong answers get a helpful sentence, and what it says is true."""

import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest
import sklearn.cluster
from lesson import Lesson
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_score

import emviz
from emviz.lessons.kmeans_blobs import EIGHT, ROW, TWO, assign, next_chances, update

LESSON = Lesson("kmeans_blobs")
BLOBS = emviz.datasets.blobs(500, spread=0.7)
POINTS = BLOBS.data
PAIRS = emviz.datasets.blobs(500, spread=0.7, centers=[[-6, -2], [-6, 2], [6, -2], [6, 2]])
BEST = 467.41247

# ------------------------------------------------------------------ answers as learners write them


def with_loops(points, centers):
    """Right, in pure Python, with distances."""
    labels = []
    for point in points:
        distances = [sum((a - b) ** 2 for a, b in zip(point, center)) ** 0.5 for center in centers]
        labels.append(distances.index(min(distances)))
    return labels


def with_norm(points, centers):
    return np.linalg.norm(points[:, None] - centers, axis=-1).argmin(-1)


def expanded(points, centers):
    """‖μ‖² − 2 x·μ: the rest of the square is the same for all centers."""
    return ((centers**2).sum(1) - 2 * points @ centers.T).argmin(1)


def in_place(points, labels, centers):
    for k in range(len(centers)):
        if np.any(labels == k):
            centers[k] = points[labels == k].mean(axis=0)
    return centers


def by_one_hot(points, labels, centers):
    members = np.eye(len(centers))[labels]
    counts = members.sum(axis=0)[:, None]
    return np.where(counts > 0, members.T @ points / np.maximum(counts, 1), centers)


def means_of(points, labels, k):
    return np.array([points[labels == j].mean(axis=0) for j in range(k)])


def plain_kmeans(points, centers, iterations=100):
    centers, labels = np.array(centers, dtype=float), None
    for _ in range(iterations):
        before, labels = labels, with_norm(points, centers)
        if np.array_equal(before, labels):
            break
        centers = in_place(points, labels, centers)
    return centers


def nearest(points, centers):
    return ((points[:, None] - centers) ** 2).sum(2).min(1)


RIGHT = [
    ("where_next", (5, 4.25)),
    ("where_next", np.array([5.02, 4.23])),
    ("where_next", [[5, 4.25]]),
    ("where_next", np.matrix([5, 4.25])),
    ("assign", with_loops),
    ("assign", with_norm),
    ("assign", expanded),
    ("assign", lambda p, c: cdist(p, c).argmin(axis=1)),
    ("assign", lambda p, c: np.array(with_loops(p, c), dtype=float)),
    ("update", in_place),
    ("update", by_one_hot),
    ("update", lambda p, z, c: [p[z == k].mean(0) if (z == k).sum() else c[k] for k in range(len(c))]),
    ("own_run", plain_kmeans(POINTS, ROW)),
    ("own_run", plain_kmeans(POINTS, ROW).tolist()),
    ("own_run", (plain_kmeans(POINTS, ROW), np.zeros(500, int))),
    ("own_run", plain_kmeans(POINTS, ROW).round(2)),
    ("bad_start", [[-3, 9], [-2, 7.5], [0, 5], [3, 4]]),
    ("bad_start", np.array([[2.3, 3.4], [-1.0, 8.5], [-2.1, 8.5], [1.8, 1.0]])),
    ("next_chances", lambda p, c: nearest(p, c) / np.sum(nearest(p, c))),
    ("next_chances", lambda p, c: (cdist(p, c).min(1) ** 2 / (cdist(p, c).min(1) ** 2).sum()).tolist()),
]
WRONG = [
    ("where_next", (4, 5), "where it stands now"),
    ("where_next", (20, 17), "the sum of its points"),
    ("where_next", (4, 2.875), "the mean of all eight points"),
    ("where_next", (5.5, 4), "the median"),
    ("where_next", (4.5, 4.5), "the middle between the smallest and the largest"),
    ("where_next", (4.25, 5), "x and y exchanged"),
    ("where_next", (3, 1.5), "where center 0 goes"),
    ("where_next", (6.333, 4.667), "The point (1, 3) is nearer to (4, 5)"),
    ("where_next", (4.5, 4.6), "halfway"),
    ("where_next", (8, 8), "4.80 away from (8, 8)"),
    ("where_next", 5, "a place is two numbers"),
    ("where_next", "upper right", "a place is two numbers"),
    ("assign", lambda p, c: cdist(p, c).argmax(1), "farthest away"),
    ("assign", lambda p, c: cdist(p, c).argmin(0), "argmin over the centers, axis=1"),
    ("assign", cdist, "these are the distances. Say which center"),
    ("assign", lambda p, c: cdist(p, c) ** 2, "squared distances. Say which center"),
    ("assign", lambda p, c: cdist(p, c).min(1), "argmin instead of min"),
    ("assign", lambda p, c: nearest(p, c), "argmin instead of min"),
    ("assign", lambda p, c: with_norm(p, c) + 1, "counted from 0"),
    ("assign", lambda p, c: (p[:, None] - c).sum(2).argmin(1), "square them first"),
    ("assign", lambda p, c: ((p[:, None] - c) ** 2)[:, :, 0].argmin(1), "first coordinate only"),
    ("assign", lambda p, c: cdist(p, c, "cityblock").argmin(1), "adds up their squares"),
    ("assign", lambda p, c: ((p[:, None] - c) ** 2).argmin(1), "each coordinate by itself"),
    ("assign", lambda p, c: cdist(p, c).argmin(), "without an axis"),
    ("assign", lambda p, c: np.eye(len(c))[with_norm(p, c)], "argmax of each row"),
    ("assign", lambda p, c: c[with_norm(p, c)], "Give their indices"),
    ("assign", lambda p, c: ((p - c) ** 2).sum(1).argmin(), "points[:, None] - centers"),
    ("assign", lambda p, c: np.zeros(len(p)), "the index of the smallest"),
    ("assign", lambda p, c: np.full(len(p), len(c) - 1), "the index of the smallest"),
    ("assign", lambda p, c: np.ones(len(p)), "every point gets the same label"),
    ("assign", lambda p, c: abs(p[:, None] - c)[:, :, 1].argmin(1), "second coordinate only"),
    ("assign", lambda p, c: (p @ c.T).argmax(1), "the largest product"),
    ("assign", lambda p, c: (p @ c.T / np.linalg.norm(c, axis=1)).argmax(1), "directions"),
    ("assign", lambda p, c: (c - p).sum(1), "subtract n points from k centers"),
    ("assign", lambda p, c: ((c[:, None] - p) ** 2).sum(2).argmin(1), "argmin over the centers"),
    ("assign", lambda p, c: with_norm(p, c)[:, None], "shape (10, 1). Return n numbers in a row"),
    ("assign", lambda p, c: with_norm(p, c).astype(str), "they are no numbers"),
    ("assign", lambda p, c: None, "returns nothing yet"),
    ("update", lambda p, z, c: [p.mean(0)] * len(c), "the mean of all points"),
    ("update", lambda p, z, c: [p[z == k].sum(0) for k in range(len(c))], "these are sums"),
    ("update", lambda p, z, c: [p[z == k].sum(0) / len(p) for k in range(len(c))], "the number of all points"),
    ("update", lambda p, z, c: [p[z == k].sum(0) / ((z == k).sum() - 1) for k in range(len(c))], "one less"),
    ("update", lambda p, z, c: [np.median(p[z == k], 0) if (z == k).any() else c[k] for k in range(len(c))], "medians"),
    ("update", lambda p, z, c: (by_one_hot(p, z, c) + c) / 2, "halfway only"),
    ("update", lambda p, z, c: [p[z == k].mean() for k in range(len(c))], "mixes x and y"),
    ("update", lambda p, z, c: p.mean(axis=1), "the coordinates of each point"),
    ("update", lambda p, z, c: c, "Return the new ones"),
    ("update", lambda p, z, c: means_of(p, z, len(c)), "the mean of no points is nan"),
    ("update", lambda p, z, c: np.nan_to_num(means_of(p, z, len(c))), "went to zero"),
    ("update", lambda p, z, c: [p[z == k].mean(0) for k in np.unique(z)], "got lost"),
    ("update", lambda p, z, c: [p[z == k].mean(0) if (z == k).any() else p.mean(0) for k in range(len(c))],
     "the mean of all. It should keep its center"),
    ("update", lambda p, z, c: [p[z == k].mean(0) if (z == k).any() else p[0] for k in range(len(c))],
     "went to the first point"),
    ("update", lambda p, z, c: [p[z == k].mean(0) if (z == k).any() else p[((p - c[z]) ** 2).sum(1).argmax()]
                                for k in range(len(c))], "farthest from its center"),
    ("update", lambda p, z, c: [p[z == k].mean(0) if (z == k).any() else c[k] for k in range(max(z) + 1)],
     "count len(centers)"),
    ("update", lambda p, z, c: by_one_hot(p, z, c).T, "rows and columns exchanged"),
    ("own_run", ROW, "the centers of the start"),
    ("own_run", plain_kmeans(POINTS, ROW, 1), "after iteration 1 of 5"),
    ("own_run", plain_kmeans(POINTS, ROW)[::-1], "in another order"),
    ("own_run", plain_kmeans(POINTS, ROW)[[0, 0, 1, 2]], "one is there twice and another one is missing"),
    ("own_run", with_norm(POINTS, plain_kmeans(POINTS, ROW)), "look like labels"),
    ("own_run", np.full((4, 2), np.nan), "one of the centers is nan"),
    ("own_run", plain_kmeans(POINTS, [[-3, 9], [-2, 7.5], [0, 5], [3, 4]]), "other places"),
    ("own_run", [1, 2, 3], "an array of shape (4, 2)"),
    ("own_run", plain_kmeans, "an array of shape (4, 2)"),
    ("bad_start", [[0, 8], [0, 4], [2, 1], [-2, 3]], "467.42, which is as good as the best there is"),
    ("bad_start", ROW, "467.42, which is as good as the best there is"),
    ("bad_start", [[-1.5, 2.8], [-1.2, 7.8], [1, 4.3], [2, 0.9]], "467.41, which is the best there is"),
    ("bad_start", [[-1, 8], [-2, 3], [1, 4], [30, 30]], "one of the four centers never got a point"),
    ("bad_start", [[-1, 8], [-2, 3], [90, 4], [30, 30]], "two of the four centers never got a point"),
    ("bad_start", [[0, 8], [0, 8], [1, 4], [3, 3]], "two of your centers are equal"),
    ("bad_start", [[0, 8], [0, 4]], "a start is four centers"),
    ("bad_start", "far away", "a start is four centers"),
    ("bad_start", [[0, 8], [0, 4], [1, 4], [1e200, 3]], "very far away"),
    ("next_chances", lambda p, c: cdist(p, c).min(1) / cdist(p, c).min(1).sum(), "Take its square"),
    ("next_chances", nearest, "Divide by their sum"),
    ("next_chances", lambda p, c: np.ones(len(p)) / len(p), "a random start"),
    ("next_chances", lambda p, c: np.eye(len(p))[nearest(p, c).argmax()], "the farthest point"),
    ("next_chances", lambda p, c: nearest(p, c[:1]) / nearest(p, c[:1]).sum(), "the first center only"),
    ("next_chances", lambda p, c: nearest(p, c[-1:]) / nearest(p, c[-1:]).sum(), "the last center only"),
    ("next_chances", lambda p, c: cdist(p, c).max(1) ** 2 / (cdist(p, c).max(1) ** 2).sum(), "min instead of max"),
    ("next_chances", lambda p, c: (cdist(p, c) ** 2).sum(1) / (cdist(p, c) ** 2).sum(), "min instead of sum"),
    ("next_chances", lambda p, c: (p - c).sum(1), "points[:, None] - centers"),
]


def test_no_other_cell_has_an_answer() -> None:
    """Neither the halves of k-means, nor the chances of k-means++, nor a start that passes, outside of solutions."""
    shown = [cell.source for cell in LESSON.notebook.cells if "solution" not in cell.metadata.get("tags", [])]
    for line in ("argmin(", ".min(axis", "labels == k", "/ squares.sum"):
        assert not any(line in source for source in shown), line
    for source in shown:
        assert "-2, 7.5" not in source and "4.25" not in source


# ------------------------------------------------------------------ assignment and update, by brute force


def inertia_of(points: np.ndarray, labels: Any, centers: np.ndarray) -> float:
    return float(sum(((point - centers[label]) ** 2).sum() for point, label in zip(points, labels)))


@pytest.mark.parametrize("seed", range(3))
def test_the_assignment_is_the_best_of_all_labelings(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, centers = rng.normal(size=(8, 2)), rng.normal(size=(2, 2))
    best = min(itertools.product(range(2), repeat=8), key=lambda labels: inertia_of(points, labels, centers))
    assert tuple(assign(points, centers)) == best


@pytest.mark.parametrize("seed", range(3))
def test_the_update_is_the_best_place_of_a_grid_and_of_the_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, labels = rng.uniform(size=(8, 2)), np.array([0, 1, 0, 1, 1, 0, 1, 0])
    new = update(points, labels, np.zeros((3, 2)))
    np.testing.assert_array_equal(new[2], 0)  # no points
    places = np.vstack([np.stack(np.meshgrid(*2 * [np.linspace(0, 1, 101)]), axis=-1).reshape(-1, 2), points])
    for k in (0, 1):
        own = points[labels == k]
        sums = (cdist(places, own) ** 2).sum(axis=1)
        at_the_mean = ((own - new[k]) ** 2).sum()
        assert at_the_mean <= sums.min() + 1e-12
        # the identity of section 4: the sum for a place m is that for the mean plus n_k times their squared distance
        np.testing.assert_allclose(sums, at_the_mean + len(own) * ((places - new[k]) ** 2).sum(axis=1), rtol=1e-12)


def test_the_two_halves_make_the_run_of_the_package() -> None:
    centers = ROW
    for step in emviz.run(emviz.KMeans(4), BLOBS, ROW)[1:]:
        if step.kind == "E":
            labels = assign(POINTS, centers)
        else:
            centers = update(POINTS, labels, centers)
        np.testing.assert_allclose(step.params.means, centers, rtol=1e-12)


def test_kmeans_plus_plus_of_the_package_follows_the_rule() -> None:
    """20,000 draws of two centers from five points, against the chances of the exercise."""
    points = EIGHT[[0, 2, 4, 5, 7]]
    expected = np.array([next_chances(points, points[[first]]) for first in range(5)]) / 5
    rng, counts = np.random.default_rng(0), np.zeros((5, 5))
    for _ in range(20_000):
        first, second = emviz.KMeans(2).start(points, "k-means++", rng=rng).means
        counts[(points == first).all(1).argmax(), (points == second).all(1).argmax()] += 1
    error = np.sqrt(expected * (1 - expected) / 20_000)
    assert (np.abs(counts / 20_000 - expected) <= 4.5 * error).all()  # 4.5 standard errors, for 25 numbers


# ------------------------------------------------------------------ what the notebook claims


def test_eight_points() -> None:
    small = emviz.run(emviz.KMeans(2), EIGHT, [[1, 2], [4, 2]])
    assert (small.labels(1) == 1).sum() == 5
    changed = EIGHT[small.labels(1) != small.labels(3)]
    assert changed.tolist() == [[3, 1]]
    assert LESSON.says("The point at (3, 1)") and LESSON.says("moved to its five points")
    np.testing.assert_allclose(update(EIGHT, assign(EIGHT, TWO), TWO)[1], [5, 4.25])


def test_a_run_goes_downhill_and_ends_where_scikit_learn_ends() -> None:
    trace = emviz.run(emviz.KMeans(4), BLOBS, ROW)
    assert (np.diff(trace.inertias[1:]) <= 0).all()
    by_hand = [inertia_of(POINTS, trace.labels(i), trace[i].params.means) for i in range(1, len(trace))]
    np.testing.assert_allclose(trace.inertias[1:], by_hand, rtol=1e-12)
    for iteration, (e, m) in enumerate(zip(by_hand[::2], by_hand[1::2]), 1):
        assert LESSON.printed(f"{iteration} {e:.2f} {m:.2f}")
    assert int(np.argmin(np.diff(by_hand))) == 0 and LESSON.says("from 11563 to 2520")
    middles = means_of(POINTS, BLOBS.labels, 4)
    off = cdist(trace[4].params.means, middles)
    assert sorted(off.argmin(1)) == [0, 1, 2, 3] and round(off.min(1).max(), 1) == 0.5
    assert cdist(trace[2].params.means, middles).min(1).max() > 2
    fitted = sklearn.cluster.KMeans(4, init=ROW, n_init=1, tol=0).fit(POINTS)
    np.testing.assert_array_equal(fitted.labels_, trace.labels(-1))
    assert fitted.inertia_ == pytest.approx(trace.inertias[-1], rel=1e-12)
    assert LESSON.printed("the same labels: True") and LESSON.printed(f"scikit-learn {fitted.inertia_:.4f}")
    assert not any((POINTS == center).all(1).any() for center in trace.final.means)


def three_blobs() -> emviz.Dataset:
    return emviz.datasets.blobs(300, centers=[[-5, 3], [3, 3.5], [5, -3]], spread=0.8)


def ends_apart(trace: emviz.Trace, truth: np.ndarray) -> bool:
    return emviz.accuracy(truth, trace.labels(-1)) > 0.99


def test_two_centers_in_one_blob() -> None:
    explorer = emviz.explore("two centers in one blob")
    np.testing.assert_array_equal(explorer.data.data, three_blobs().data)
    np.testing.assert_array_equal(explorer.trace[0].params.means, [[-7, 5], [-4, 1], [1, 0]])
    truth = three_blobs().labels
    for i in range(1, len(explorer.trace)):  # no point of the others is ever nearer to one of the two
        assert set(truth[explorer.trace.labels(i) < 2]) == {0}
    runs = {x: emviz.run(emviz.KMeans(3), three_blobs(), [[-7, 5], [x, 1], [1, 0]]) for x in (-3, -2, -1.25, -1, 0, 1)}
    assert [ends_apart(run, truth) for run in runs.values()] == [False, False, False, True, True, True]
    pulling = truth[runs[-1].labels(1) == 1]
    assert 0 < (pulling == 1).sum() < 20 and LESSON.says(r"About as far as $x = -1$")


@cache
def restarts(kind: str, on_pairs: bool) -> tuple[emviz.Restarts, np.ndarray]:
    """200 runs, and which of them got stuck."""
    runs = emviz.restarts(emviz.KMeans(4), PAIRS if on_pairs else BLOBS, n=200, start=kind, rng=0)
    return runs, runs.inertias > 1.01 * runs.inertias.min()


def test_more_than_half_of_the_random_starts_get_stuck_on_the_pairs() -> None:
    runs, stuck = restarts("random", True)
    true_means = means_of(PAIRS.data, PAIRS.labels, 4)
    assert runs.inertias.min() == pytest.approx(inertia_of(PAIRS.data, PAIRS.labels, true_means), rel=1e-3)
    assert stuck.sum() == 114 and LESSON.says("From 114 down to 39") and LESSON.says("a probability of about 0.57")
    assert 0.57**10 == pytest.approx(0.004, abs=5e-4)
    assert LESSON.printed(f"{runs.inertias.max() / runs.inertias.min():.2f} times as large")
    assert LESSON.printed("114 of 200 runs got stuck") and len(runs.optima) == 43
    assert len({round(-2 * optimum.objective, -1) for optimum in runs.optima}) < 10  # "nearly the same inertia"
    assert LESSON.says("They ended in 43 different places")
    assert not runs.converged[~stuck].sum() < (~stuck).sum() and runs.converged.all()
    left = np.array([(start.means[:, 0] < 0).sum() for start in runs.starts])
    table = [(int(np.isin(left, split).sum()), int(stuck[np.isin(left, split)].sum()))
             for split in ([2], [1, 3], [0, 4])]
    assert table == [(73, 0), (96, 96), (31, 18)]
    for most, (count, bad) in zip((2, 3, 4), table):
        assert LESSON.printed(f"{most} centers in one pair and {4 - most} in the other: {count} runs, {bad} stuck")
    assert sum(sum(coins) == 2 for coins in itertools.product((0, 1), repeat=4)) == 6 and 6 / 16 == 0.375
    # "hardly ever changes sides": of all runs that did not begin in one pair, none changed the split
    after = np.array([(end.means[:, 0] < 0).sum() for end in runs.finals])
    assert (after == left)[np.isin(left, [1, 2, 3])].all()


def test_the_worst_run_loses_a_center_between_the_pairs() -> None:
    runs, _ = restarts("random", True)
    worst = runs.replay(runs.worst)
    first = PAIRS.data[worst.labels(1) == 3]
    assert (first[:, 0] < 0).any() and (first[:, 0] > 0).any()
    assert (worst.labels(-1) != 3).all() and abs(worst.final.means[3, 0]) < 1
    assert worst[4].events == ("component 3 is empty",)


def test_on_the_blobs_fewer_starts_get_stuck_and_two_good_ends_differ_in_one_point() -> None:
    runs, stuck = restarts("random", False)
    assert stuck.sum() == 21 and LESSON.printed("21 of 200 runs got stuck on the four blobs")
    first, second = (runs.replay(optimum.run) for optimum in runs.optima[:2])
    assert (first.inertias[-1], second.inertias[-1]) == pytest.approx((467.4125, 467.4205), abs=5e-5)
    labels = emviz.match_labels(first.labels(-1), second.labels(-1))
    assert (labels != first.labels(-1)).sum() == 1
    assert LESSON.says("The next in the list has more than twice the inertia")
    assert -2 * runs.optima[2].objective > 2 * BEST
    assert runs.inertias.min() == pytest.approx(BEST, abs=1e-4) and LESSON.says("1.5 times the best inertia of 467.41")
    assert (runs.inertias[stuck] > 1.5 * BEST).all()  # stuck means the same in the exercise and in the text


def test_kmeans_plus_plus_gets_stuck_less_often() -> None:
    runs, stuck = restarts("k-means++", True)
    assert stuck.sum() == 39 and LESSON.printed("39 of 200 runs got stuck")
    assert LESSON.says("One start in five still put three centers in one pair")
    left = np.array([(start.means[:, 0] < 0).sum() for start in runs.starts])
    assert np.isin(left[stuck], [1, 3]).all() and np.isin(left, [1, 3]).sum() == 39
    assert LESSON.printed("1 in the other: 39 runs, 39 stuck")


@cache
def best_of_ten(k: int, noise: bool = False) -> emviz.Trace:
    data = emviz.datasets.uniform_square(500) if noise else BLOBS
    runs = emviz.restarts(emviz.KMeans(k), data, n=10, start="k-means++", rng=0)
    return runs.replay(runs.best)


def test_inertia_falls_with_every_further_cluster() -> None:
    inertias = [best_of_ten(k).inertias[-1] for k in range(1, 9)]
    assert (np.diff(inertias) < 0).all()
    assert [round(inertias[k - 1]) for k in (4, 5)] == [467, 423]  # in the quiz
    for k, inertia in enumerate(inertias, 1):
        fitted = sklearn.cluster.KMeans(k, n_init=10, random_state=0).fit(POINTS)
        assert inertia <= 1.02 * fitted.inertia_
    np.testing.assert_allclose(best_of_ten(1).final.means[0], POINTS.mean(axis=0))


def test_too_few_clusters_and_too_many() -> None:
    """Which blobs share a cluster, and which are cut. Blob 3 is the one at the top, 0 and 2 are in the middle."""
    middles = means_of(POINTS, BLOBS.labels, 4)
    assert middles[:, 1].argmax() == 3 and set(np.argsort(middles[:, 1])[1:3]) == {0, 2}
    share = {k: np.array([[np.mean(best_of_ten(k).labels(-1)[BLOBS.labels == blob] == j) for j in range(k)]
                          for blob in range(4)]) for k in (2, 3, 6)}
    home = {k: table.argmax(axis=1) for k, table in share.items()}
    assert len({home[2][blob] for blob in (0, 1, 2)}) == 1 and home[2][3] != home[2][0]
    assert home[3][0] == home[3][2] and len(set(home[3])) == 3
    assert sorted(share[6].max(axis=1) > 0.9) == [False, False, True, True]
    assert (share[6].max(axis=1)[share[6].max(axis=1) < 0.9] < 0.7).all()


def own_silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    """As the lesson defines it."""
    distances, values = cdist(points, points), []
    for i, own in enumerate(labels):
        a = distances[i, labels == own].sum() / ((labels == own).sum() - 1)
        b = min(distances[i, labels == k].mean() for k in np.unique(labels) if k != own)
        values.append((b - a) / max(a, b))
    return float(np.mean(values))


def test_silhouettes() -> None:
    on_blobs = {k: silhouette_score(POINTS, best_of_ten(k).labels(-1)) for k in range(2, 9)}
    square = emviz.datasets.uniform_square(500).data
    on_noise = {k: silhouette_score(square, best_of_ten(k, noise=True).labels(-1)) for k in range(2, 9)}
    assert on_blobs[4] == pytest.approx(own_silhouette(POINTS, best_of_ten(4).labels(-1)), abs=1e-12)
    assert max(on_blobs, key=on_blobs.__getitem__) == max(on_noise, key=on_noise.__getitem__) == 4
    inertias = {k: best_of_ten(k, noise=True).inertias[-1] for k in range(2, 9)}
    assert [round(inertias[k] - inertias[k + 1], 1) for k in (2, 3, 4, 5)] == [18.5, 10.9, 3.7, 3.0]
    assert LESSON.says("from 3 to 4 the inertia falls by 10.9, from 4 to 5 by 3.7")
    share = {k: best_of_ten(k).inertias[-1] / best_of_ten(1).inertias[-1] for k in range(1, 7)}
    square_share = {k: best_of_ten(k, noise=True).inertias[-1] / best_of_ten(1, noise=True).inertias[-1]
                    for k in range(1, 7)}
    bends = [(table[3] - table[4]) / (table[4] - table[5]) for table in (share, square_share)]
    assert bends[0] > 2 * bends[1] > 5 and LESSON.says("an elbow, only not as sharp")
    assert (round(on_blobs[4], 2), round(on_noise[4], 2)) == (0.63, 0.41) and LESSON.says("(0.63 here, 0.41 there)")
    for k in range(2, 9):
        assert LESSON.printed(f"{k} {best_of_ten(k, noise=True).inertias[-1]:.2f} {on_noise[k]:.3f}")
        assert LESSON.printed(f"{k} {best_of_ten(k).inertias[-1]:.1f} {on_blobs[k]:.3f}")


def test_a_center_far_away_stays_there() -> None:
    start = [[-1, 8], [0, 4], [2, 1], [30, 30]]
    far = emviz.run(emviz.KMeans(4), BLOBS, start)
    assert all(step.params.means[3].tolist() == [30, 30] for step in far)
    assert all((far.labels(i) != 3).all() for i in range(1, len(far)))  # no point joins it
    assert all(step.events == (("component 3 is empty",) if step.kind == "M" else ()) for step in far)
    assert far.inertias[-1] == pytest.approx(best_of_ten(3).inertias[-1], rel=1e-9)
    fitted = sklearn.cluster.KMeans(4, init=start, n_init=1, tol=0).fit(POINTS)
    assert fitted.inertia_ < 1.001 * BEST and LESSON.printed(f"from the same start: inertia {fitted.inertia_:.2f}")


def test_from_hard_to_soft() -> None:
    data, truth = three_blobs(), three_blobs().labels
    runs = {T: emviz.run(emviz.KMeans(3, temperature=T), data, [[-7, 5], [-4, 1], [1, 0]], max_iterations=10)
            for T in (0, 1, 8, 100)}
    ends = {T: run.final.means for T, run in runs.items()}
    assert np.linalg.norm(ends[1][0] - ends[1][1]) < 0.05 and not ends_apart(runs[1], truth)
    assert ends_apart(runs[8], truth) and cdist(ends[8], means_of(data.data, truth, 3)).min(1).max() < 0.8
    assert np.abs(ends[100] - data.data.mean(axis=0)).max() < 0.01
    assert any("temperatures=(0, 1, 8, 100), max_iterations=10" in cell.source for cell in LESSON.notebook.cells)
    for T, end in ends.items():
        places = " ".join(f"({x:4.1f}, {y:.1f})" for x, y in end)
        assert LESSON.printed(f"T = {T} centers {places}")


def test_temperature_is_the_variance_of_heights() -> None:
    """KMeans at T is the mixture with equal weights and the known variance T."""
    heights = emviz.datasets.heights()
    mixture = emviz.GaussianMixture(2, fixed=("weights", "covariances"))
    known = emviz.run(mixture, heights, mixture.start(heights, [[61.0], [64.0]], covariances=2.5**2))
    melted = emviz.run(emviz.KMeans(2, temperature=6.25), heights, [[61.0], [64.0]])
    np.testing.assert_allclose(melted[2].params.means, known[2].params.means, rtol=1e-12)
    np.testing.assert_allclose(melted.responsibilities(1), known.responsibilities(1), rtol=1e-10)
    for T in (100, 1, 0.1, 0.01):
        first = 1 / (1 + np.exp(-0.5 / (2 * T)))  # from the two squared distances 1.0 and 1.5
        assert LESSON.printed(f"T = {T:g} responsibilities {first:.3f} and {1 - first:.3f}")


@pytest.mark.parametrize("temperature", [0.5, 2, 4])
def test_annealing_frees_the_starts_that_got_stuck(temperature: float) -> None:
    runs, stuck = restarts("random", False)
    for run in np.flatnonzero(stuck):
        warm = emviz.run(emviz.KMeans(4, temperature=temperature), BLOBS, runs.starts[run])
        assert emviz.run(emviz.KMeans(4), BLOBS, warm.final).inertias[-1] < 1.01 * BEST
    assert LESSON.printed("21 of 21 reach the good end") and LESSON.says("with $T = 0.5$ or $T = 4$ it is the same")
