"""Notebook 04: its solutions pass their checks, wrong answers get a helpful sentence, and what it says is true."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lesson import Lesson
from scipy.spatial.distance import cdist
from sklearn import cluster, metrics, mixture, preprocessing
from threadpoolctl import threadpool_limits

import emviz
from emviz.lessons import verdict

LESSON = Lesson("where_kmeans_fails")
GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As the notebook has it: threads only cost time here."""
    with threadpool_limits(1):
        yield


# ------------------------------------------------------------------ answers as learners write them


def by_loops(points, centers, labels):
    """Right, in pure Python."""
    farthest = [0.0] * len(centers)
    for point, label in zip(points, labels):
        distance = sum((a - b) ** 2 for a, b in zip(point, centers[label])) ** 0.5
        farthest[label] = max(farthest[label], distance)
    return farthest


def with_cdist(points, centers, labels):
    distances = cdist(points, centers)[np.arange(len(points)), labels]
    return np.array([distances[labels == k].max() for k in range(len(centers))])


def rand_by_loops(truth, labels, total=None, apart=True, share=True):
    n, agree = len(truth), 0
    for i in range(n):
        for j in range(i):
            together, too = truth[i] == truth[j], labels[i] == labels[j]
            agree += (together and too) or (apart and not together and not too)
    return agree / (total or n * (n - 1) / 2) if share else agree


def jaccard(truth, labels):
    one, two = ((names[:, None] == names)[np.triu_indices(len(names), 1)] for names in (truth, labels))
    return (one & two).sum() / (one | two).sum()


def long_clouds(rng):
    points = np.vstack([rng.normal([0, 0], [6, 0.5], (150, 2)), rng.normal([0, 4], [6, 0.5], (150, 2))])
    return points, [0] * 150 + [1] * 150


def moon_data(rng):
    moons = emviz.datasets.moons(seed=int(rng.integers(1000)))
    return moons.data, moons.labels


def blob_data(rng):
    blobs = emviz.datasets.blobs(300, centers=[[0, 0], [9, 0]], seed=int(rng.integers(1000)))
    return blobs.data, blobs.labels


def halfway(rng):
    """One round cloud, cut by hand: k-means finds something like it, and nobody scores well."""
    points = rng.normal(size=(300, 2))
    return points, (points[:, 0] > 0.3).astype(int)


def named(change: Callable[[np.ndarray, np.ndarray], Any]) -> Callable[[Any], Any]:
    """A right answer, changed at the end."""
    return lambda rng: change(*map(np.asarray, long_clouds(rng)))


RIGHT = [
    ("radii", by_loops),
    ("radii", with_cdist),
    ("rand_index", metrics.rand_score),
    ("rand_index", rand_by_loops),
    ("rand_index", lambda t, z: (((t[:, None] == t) == (z[:, None] == z)).sum() - len(t)) / (len(t) * (len(t) - 1))),
    ("standardize", lambda p: preprocessing.StandardScaler().fit_transform(p)),
    ("standardize", lambda p: (p - p.mean(0)) / p.std(0, ddof=1)),
    ("standardize", lambda p: np.transpose([(column - column.mean()) / column.std() for column in p.T])),
    ("breaking_data", long_clouds),
    ("breaking_data", named(lambda p, z: [p, z[:, None].ravel().astype(float)])),
    ("breaking_data", lambda rng: (np.vstack([rng.normal(0, 2, (500, 2)), rng.normal([6, 0], 0.3, (40, 2))]),
                                   np.repeat(["big", "small"], [500, 40]))),
]
WRONG = [
    ("radii", lambda p, c, z: cdist(p, c).max(axis=0), "you look at all points"),
    ("radii", lambda p, c, z: with_cdist(p, c, cdist(p, c).argmin(axis=1)), "need not be the nearest"),
    ("radii", lambda p, c, z: with_cdist(p, c, z) ** 2, "squared distances"),
    ("radii", lambda p, c, z: [cdist(p[z == k], c[[k]]).mean() for k in range(len(c))], "average distances"),
    ("radii", lambda p, c, z: [cdist(p[z == k], c[[k]]).min() for k in range(len(c))], "Take the farthest"),
    ("radii", lambda p, c, z: with_cdist(p, np.array([p[z == k].mean(0) for k in set(z)]), z), "Measure from the cent"),
    ("radii", lambda p, c, z: with_cdist(p, c * 0, z), "measure from the origin"),
    ("radii", lambda p, c, z: [cdist(p[z == k], c[[k]], "cityblock").max() for k in range(len(c))], "add up"),
    ("radii", lambda p, c, z: [cdist(p[z == k], c[[k]], "chebyshev").max() for k in range(len(c))], "within one col"),
    ("radii", lambda p, c, z: np.linalg.norm(p - c, axis=1), "cannot fit n points to k centers"),
    ("radii", lambda p, c, z: with_cdist(p, c, z).max(), "one number for each center"),
    ("radii", lambda p, c, z: np.linalg.norm(p - c[z], axis=1), "one number for each center"),
    ("rand_index", lambda t, z: np.mean(t == z), "you compare the numbers of the labels"),
    ("rand_index", metrics.accuracy_score, "you compare the numbers of the labels"),
    ("rand_index", emviz.accuracy, "accuracy after renaming"),
    ("rand_index", lambda t, z: rand_by_loops(t, z, apart=False), "apart in both agree as well"),
    ("rand_index", lambda t, z: np.mean((t[:, None] == t) == (z[:, None] == z)), "compare every row with itself"),
    ("rand_index", lambda t, z: rand_by_loops(t, z, share=False), "this is the number of pairs"),
    ("rand_index", lambda t, z: rand_by_loops(t, z, total=len(t) ** 2), "you divide by n²"),
    ("rand_index", lambda t, z: 2 * rand_by_loops(t, z), "you count each pair twice"),
    ("rand_index", lambda t, z: 1 - rand_by_loops(t, z), "on which they disagree"),
    ("rand_index", lambda t, z: np.triu((t[:, None] == t) == (z[:, None] == z)).mean(), "np.triu puts zeros"),
    ("rand_index", lambda t, z: np.triu((t[:, None] == t) == (z[:, None] == z), 1).mean(), "you divide by n²"),
    ("rand_index", jaccard, "Jaccard's index"),
    ("rand_index", lambda t, z: max(np.mean(t == z), np.mean(t == 1 - z)), "accuracy after renaming"),
    ("rand_index", metrics.adjusted_rand_score, "this is the adjusted index"),
    ("rand_index", lambda t, z: (t[:, None] == t) == (z[:, None] == z), "one number, a share"),
    ("standardize", lambda p: (p - p.mean()) / p.std(), "of the whole table"),
    ("standardize", lambda p: ((p.T - p.mean(1)) / p.std(1)).T, "you standardize the rows"),
    ("standardize", preprocessing.minmax_scale, "min-max"),
    ("standardize", lambda p: p / p.std(0), "The means are still there".lower()),
    ("standardize", lambda p: p - p.mean(0), "the spreads still differ"),
    ("standardize", lambda p: (p - p.mean(0)) / p.var(0), "divide by the variance"),
    ("standardize", lambda p: p - p.mean(0) / p.std(0), "Put brackets"),
    ("standardize", lambda p: (p - p.mean(0)) / p.mean(0), "divide by the mean"),
    ("standardize", lambda p: (p - p.mean()) / p.std(0), "you subtract the mean of the whole table"),
    ("standardize", lambda p: (p - p.mean(0)) / p.std(), "by the standard deviation of the whole table"),
    ("standardize", lambda p: (p - p.mean()) / p.std(0, ddof=1), "you subtract the mean of the whole table"),
    ("standardize", lambda p: (p - p.mean(0)) / p.std(ddof=1), "by the standard deviation of the whole table"),
    ("standardize", lambda p: (p - p.mean()) / p.std(ddof=1), "the mean and the standard deviation of the whole"),
    ("standardize", lambda p: ((p.T - p.mean(1)) / p.std(1, ddof=1)).T, "you standardize the rows"),
    ("standardize", lambda p: p / p.std(0, ddof=1), "the means are still there"),
    ("standardize", lambda p: (p - p.mean(0)) / p.var(0, ddof=1), "divide by the variance"),
    ("standardize", lambda p: p - p.mean(0) / p.std(0, ddof=1), "Put brackets"),
    ("standardize", lambda p: p - p.mean(1), "cannot fit one number for each row"),
    ("standardize", lambda p: p.std(0), "an array of the same shape"),
    ("standardize", preprocessing.StandardScaler(), "hand over the function itself"),
    ("breaking_data", moon_data, "The mixture fails too"),
    ("breaking_data", blob_data, "k-means does too well"),
    ("breaking_data", halfway, "not good enough"),
    ("breaking_data", lambda rng: long_clouds(rng)[0], "return two things"),
    ("breaking_data", named(lambda p, z: (p[:, 0], z)), "of shape (n, 2)"),
    ("breaking_data", named(lambda p, z: (p * np.nan, z)), "a table of finite numbers"),
    ("breaking_data", named(lambda p, z: (p[:, :1], z)), "of shape (n, 2)"),
    ("breaking_data", named(lambda p, z: (p, np.where(np.arange(300) == 7, np.nan, z))), "some labels are nan"),
    ("breaking_data", lambda rng: (unequal().data, unequal().labels), "the same points each time"),
    ("breaking_data", named(lambda p, z: (p, z[:-1])), "give 300 labels"),
    ("breaking_data", named(lambda p, z: (p[::6], z[::6])), "50 points are too few"),
    ("breaking_data", named(lambda p, z: (np.vstack([p] * 4), np.hstack([z] * 4))), "1200 points take long"),
    ("breaking_data", named(lambda p, z: (p, 0 * z)), "all points have the same label"),
    ("breaking_data", named(lambda p, z: (p, np.arange(300))), "300 different labels"),
    ("breaking_data", long_clouds(np.random.default_rng(0)), "hand over the function itself"),
    ("breaking_data", lambda rng: None, "returns nothing yet"),
    ("breaking_data", lambda rng: rng.banana(), "cannot be used: AttributeError"),
]


def test_a_deviation_divided_by_n_minus_1_is_told_so() -> None:
    told = verdict("where_kmeans_fails.standardize", lambda p: (p - p.mean(0)) / p.std(0, ddof=1))
    assert told.right and "You divide by n − 1" in told.sentence
    points = emviz.datasets.iris().data
    by_n, by_less = ((points - points.mean(0)) / points.std(0, ddof=ddof) for ddof in (0, 1))
    assert np.allclose(by_n / by_less, by_n[0, 0] / by_less[0, 0], rtol=1e-9), "one factor for all columns"


# ------------------------------------------------------------------ what the notebook claims

MOONS = emviz.datasets.moons()


def ari(truth: Any, labels: Any) -> float:
    """scikit-learn's, not ours."""
    return metrics.adjusted_rand_score(truth, labels)


def unequal(seed: int = 0) -> emviz.datasets.Dataset:
    return emviz.datasets.blobs([500, 40], centers=[[0, 0], [5, 0]], spread=[2, 0.5], seed=seed)


def inertia(points: np.ndarray, labels: np.ndarray) -> float:
    return sum(((points[labels == k] - points[labels == k].mean(0)) ** 2).sum() for k in np.unique(labels))


def test_equal_weights_and_spreads_leave_only_the_distance() -> None:
    """Section 1: the log joint differs from −‖x − μ‖²/2σ² by a constant; the border is a straight line."""
    rng = np.random.default_rng(0)
    x, centers, variance = rng.normal(size=(50, 2)), rng.normal(size=(2, 2)), 0.7
    model = emviz.GaussianMixture(2)
    params = emviz.GaussianParams([0.5, 0.5], centers, [np.eye(2) * variance] * 2)
    squares = cdist(x, centers, "sqeuclidean")
    shares = emviz.responsibilities(model, params, x)
    odds = np.log(shares[:, 0] / shares[:, 1])
    assert odds == pytest.approx((squares[:, 1] - squares[:, 0]) / (2 * variance), rel=1e-9)
    a, b = centers
    assert squares[:, 0] - squares[:, 1] == pytest.approx(2 * (b - a) @ x.T - (b @ b - a @ a), rel=1e-9, abs=1e-12)
    density = np.log(0.5) - np.log(variance) - squares / (2 * variance) - np.log(2 * np.pi)  # 2 log σ = log σ²
    assert np.logaddexp(*density.T).sum() == pytest.approx(emviz.log_likelihood(model, params, x), rel=1e-12)


def test_no_straight_line_parts_the_moons() -> None:
    """A linear classifier, trained on the truth, does not manage it."""
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=1e4, max_iter=100_000).fit(MOONS.data, MOONS.labels)
    assert fitted.score(MOONS.data, MOONS.labels) < 0.95


def test_which_half_steps_change_the_circles() -> None:
    run = emviz.run(emviz.KMeans(2), MOONS, rng=0)
    assert run.inertias[-1] == pytest.approx(200.312, abs=1e-3)
    circles = [with_cdist(run.data, step.params.means, run.labels(i)) for i, step in enumerate(run) if i]
    changed = {f"{step.kind}{step.iteration}": not np.allclose(one, other, rtol=1e-12)
               for step, one, other in zip(run[2:], circles, circles[1:])}
    assert [name for name, one in changed.items() if one] == ["M1", "E2", "M2", "M3"]


def test_adjusting_takes_out_chance() -> None:
    """Hubert & Arabie (1985): (index − expected) / (1 − expected), over all shuffles with the sizes kept."""
    labels = emviz.run(emviz.KMeans(2), MOONS, rng=0).labels(-1)
    pairs = 500 * 499 / 2
    same = [sum(n * (n - 1) / 2 for n in np.bincount(one)) / pairs for one in (MOONS.labels, labels)]
    expected = same[0] * same[1] + (1 - same[0]) * (1 - same[1])
    index = metrics.rand_score(MOONS.labels, labels)
    assert (index - expected) / (1 - expected) == pytest.approx(ari(MOONS.labels, labels), rel=1e-9)
    assert (index, expected) == pytest.approx((0.622, 0.500), abs=5e-4)
    assert LESSON.printed("shuffled: 0.500") and LESSON.printed("what is left above chance: 0.24")


def test_no_start_finds_the_moons() -> None:
    runs = emviz.restarts(emviz.KMeans(2), MOONS, n=1000, rng=0, progress=False)
    scores = [ari(MOONS.labels, cdist(MOONS.data, end.means).argmin(axis=1)) for end in runs.finals]
    assert 0.24 < min(scores) and max(scores) < 0.26
    assert len(runs.optima) == 4 and LESSON.says("1000 starts find no fifth answer")
    assert len(emviz.restarts(emviz.KMeans(2), MOONS, n=300, rng=0, progress=False).optima) == 4
    assert inertia(MOONS.data, MOONS.labels) == pytest.approx(300.9, abs=0.05) and LESSON.printed("moons: 300.9")
    assert runs.inertias.min() == pytest.approx(200.312, abs=1e-3)
    theirs = cluster.KMeans(2, n_init=100, random_state=0).fit(MOONS.data)
    assert theirs.inertia_ == pytest.approx(runs.inertias.min(), rel=1e-6)


def test_starts_by_hand_end_at_the_same_border_or_stay_empty() -> None:
    """Task 1 of section 10."""
    rng = np.random.default_rng(0)
    reached = {round(emviz.run(emviz.KMeans(2), MOONS, start).inertias[-1], 1)
               for start in rng.uniform([-1, -0.5], [2, 1], size=(200, 2, 2))}
    assert reached == {200.3}
    away = emviz.run(emviz.KMeans(2), MOONS, [[0, 0], [20, 20]])
    assert "component 1 is empty" in away[2].events and away.inertias[-1] == pytest.approx(496.9, abs=0.05)


def test_eight_centers_are_too_few_for_clean_clusters() -> None:
    """Task 2 of section 10."""
    for k, pure in ((8, False), (11, False), (12, True)):
        labels = cluster.KMeans(k, n_init=10, random_state=0).fit_predict(MOONS.data)
        assert all(len(set(MOONS.labels[labels == j])) == 1 for j in range(k)) == pure
    runs = emviz.restarts(emviz.KMeans(8), MOONS, n=100, start="k-means++", progress=False)
    for end in runs.finals:
        labels = cdist(MOONS.data, end.means).argmin(axis=1)
        assert any(len(set(MOONS.labels[labels == j])) == 2 for j in range(8))


def test_neighbors_find_the_moons_in_nearly_every_draw() -> None:
    def by_neighbors(moons: emviz.datasets.Dataset, n_neighbors: int = 20) -> np.ndarray:
        method = cluster.SpectralClustering(2, affinity="nearest_neighbors", n_neighbors=n_neighbors, random_state=0)
        return method.fit_predict(moons.data)

    draws = [emviz.datasets.moons(seed=seed) for seed in range(12)]
    found = [by_neighbors(moons) for moons in draws]
    scores = [ari(moons.labels, labels) for moons, labels in zip(draws, found)]
    poor = int(np.argmin(scores))
    assert round(500 * (1 - emviz.accuracy(draws[poor].labels, found[poor]))) == 29 and LESSON.says("29 points")
    fewer = emviz.datasets.moons(300)
    assert ari(fewer.labels, by_neighbors(fewer, 10)) == pytest.approx(0.64, abs=0.005) and LESSON.says("only 0.64")
    assert scores[0] == 1 and np.sort(scores)[:2] == pytest.approx([0.781, 0.984], abs=1e-3)
    assert LESSON.says("ARI 0.78") and LESSON.printed("spectral 0.78 0.98 0.98 0.98 1.00")


def test_stretched_clouds() -> None:
    clouds = emviz.datasets.stretched_blobs()
    start = emviz.KMeans(3).start(clouds, rng=0)
    model = emviz.GaussianMixture(3)
    hard = emviz.run(emviz.KMeans(3), clouds, start)
    soft = emviz.run(model, clouds, model.start(clouds, means=start.means))
    at = {(step.kind, step.iteration): (ari(clouds.labels, soft.labels(i)), ari(clouds.labels, hard.labels(i)))
          for i, step in enumerate(soft) if i}
    assert at["E", 1] == pytest.approx((0.77, 0.52), abs=0.005) and LESSON.says("0.77 against 0.52")
    assert at["E", 3] == pytest.approx((0.97, 0.56), abs=0.005) and LESSON.says("ARI 0.97 against 0.56")
    assert at["E", 2][0] < 0.9
    assert all(one > other for one, other in at.values())
    assert ari(clouds.labels, soft.labels(-1)) == 1
    assert inertia(clouds.data, clouds.labels) > hard.inertias[-1], "k-means prefers its answer"
    halves = metrics.confusion_matrix(clouds.labels, hard.labels(-1))
    assert sorted((halves > 30).sum(axis=1)) == [1, 2, 2], "it cuts two of the clouds"
    poor = emviz.run(model, clouds, model.start(clouds, means=emviz.KMeans(3).start(clouds, rng=3).means))
    assert poor.log_likelihoods[-1] < soft.log_likelihoods[-1] - 100
    assert ari(clouds.labels, poor.labels(-1)) == pytest.approx(0.57, abs=0.005)


def test_the_center_of_the_small_cloud_drifts_away() -> None:
    data = unequal()
    hard = emviz.run(emviz.KMeans(2), data, [[0, 0], [8, 0]])
    held = [np.bincount(data.labels[hard.labels(i) == 1]).tolist() for i, step in enumerate(hard) if step.kind == "E"]
    assert held[0] == [12, 40] and held[1] == [48, 40] and held[2] == [75, 40] and held[-1] == [157, 40]
    moves = np.diff([step.params.means[1, 0] for step in hard if step.kind != "E"])
    assert (moves <= 0.01).all()
    assert inertia(data.data, data.labels) > hard.inertias[-1]


def test_the_region_of_the_small_component_is_closed() -> None:
    data, model = unequal(), emviz.GaussianMixture(2)
    soft = emviz.run(model, data, model.start(data, means=[[0, 0], [8, 0]]), tolerance=0.5)
    angles = np.linspace(0, 2 * np.pi, 60)
    around = np.transpose([5 + 4 * np.cos(angles), 4 * np.sin(angles)])
    assert emviz.responsibilities(model, soft.final, [[5.0, 0.0]])[0, 1] > 0.95
    assert (emviz.responsibilities(model, soft.final, around)[:, 0] > 0.95).all()


def test_thirty_draws_of_unequal_clouds() -> None:
    """The protocol of section 5; emviz, which does not stop early, has the same medians."""
    hard, soft = [], []
    for seed in range(30):
        drawn, ten = unequal(seed), {"n_init": 10, "random_state": seed}
        hard.append(ari(drawn.labels, cluster.KMeans(2, init="random", **ten).fit_predict(drawn.data)))
        early = mixture.GaussianMixture(2, init_params="random_from_data", **ten).fit(drawn.data)
        soft.append(ari(drawn.labels, early.predict(drawn.data)))
    assert np.median(hard) == pytest.approx(0.08, abs=0.005) and np.median(soft) == pytest.approx(0.89, abs=0.005)
    assert max(hard) < 0.14 and np.sum(np.array(soft) < 0.75) == 3
    assert LESSON.printed("k-means: median ARI 0.08, lowest 0.02, highest 0.13")
    assert LESSON.printed("mixture: median ARI 0.89, lowest 0.15, highest 0.94")
    assert LESSON.printed("draw 13: scikit-learn stopped after 6 iterations, ARI 0.15")
    assert LESSON.printed("iterations more: ARI 0.85")


def test_thirty_draws_by_emviz() -> None:
    medians = []
    for model in (emviz.KMeans(2), emviz.GaussianMixture(2)):
        scores = []
        for seed in range(30):
            drawn = unequal(seed)
            runs = emviz.restarts(model, drawn, n=10, rng=seed, tolerance=0.1, progress=False)
            scores.append(ari(drawn.labels, model.responsibilities(runs.finals[runs.best], drawn.data).argmax(axis=1)))
        medians.append(np.median(scores))
    assert medians == pytest.approx([0.08, 0.90], abs=0.01)


def test_units() -> None:
    iris = emviz.datasets.iris()
    golden = GOLDEN["cluster_metrics_iris"]["values"]
    expected = [golden["iris_kmeans_3"]["ari_vs_species"], 0.416, 0.620]
    units = [iris.data, iris.data * [10, 1, 1, 1], preprocessing.scale(iris.data)]
    for points, score in zip(units, expected):
        hard = cluster.KMeans(3, n_init=10, random_state=0).fit(points)
        patient = cluster.KMeans(3, n_init=100, random_state=1).fit(points)
        assert ari(iris.labels, hard.labels_) == pytest.approx(score, abs=5e-4)
        assert hard.inertia_ == pytest.approx(patient.inertia_, rel=1e-6), "the best there is to find"
        for seed in range(4):  # the best of ten starts does not hang on the seed
            soft = mixture.GaussianMixture(3, n_init=10, random_state=seed).fit_predict(points)
            assert ari(iris.labels, soft) == pytest.approx(golden["iris_gmm_full_3"]["ari_vs_species"], abs=1e-9)
    once = mixture.GaussianMixture(3, random_state=1).fit_predict(units[1])
    assert ari(iris.labels, once) < 0.6 and LESSON.says("a single start in millimeters may end elsewhere")
    for text in ("all in cm k-means 0.730 mixture 0.904", "sepal length in mm k-means 0.416 mixture 0.904",
                 "standardized: k-means 0.620 mixture 0.904"):
        assert LESSON.printed(text)
    assert units[1].var(0)[0] / units[1].var(0).sum() == pytest.approx(0.946, abs=1e-3)
    assert np.argmax(units[0].var(0)) == 2 and LESSON.printed("all in cm 15% 4% 68% 13%")


def test_stretching_a_column_stretches_the_ellipses_along() -> None:
    """From the same start every responsibility stays the same."""
    iris, model = emviz.datasets.iris(), emviz.GaussianMixture(3)
    scale = np.array([10.0, 1, 1, 1])
    runs = [emviz.run(model, points, model.start(points, responsibilities=iris.labels), max_iterations=20, tolerance=0)
            for points in (iris.data, iris.data * scale)]
    for i in range(1, len(runs[0])):
        assert runs[1].responsibilities(i) == pytest.approx(runs[0].responsibilities(i), abs=1e-6)
    assert runs[1].final.covariances == pytest.approx(
        runs[0].final.covariances * scale[:, None] * scale, rel=1e-5, abs=1e-7)


def test_noise_has_clusters_but_no_groups() -> None:
    noise, blobs = emviz.datasets.uniform_square().data, emviz.datasets.blobs().data
    fits = {name: [cluster.KMeans(k, n_init=10, random_state=0).fit(points) for k in range(1, 7)]
            for name, points in (("noise", noise), ("blobs", blobs))}
    sizes = np.bincount(fits["noise"][2].labels_)
    assert sorted(sizes) == [153, 172, 175]
    silhouettes = [metrics.silhouette_score(noise, fit.labels_) for fit in fits["noise"][1:]]
    assert min(silhouettes) == pytest.approx(0.36, abs=0.005) and max(silhouettes) == pytest.approx(0.41, abs=0.005)
    assert np.argmax(silhouettes) == 2, "k = 4"
    assert silhouettes[1] == pytest.approx(0.38, abs=0.005), "the number in the quiz"
    assert metrics.silhouette_score(blobs, fits["blobs"][3].labels_) == pytest.approx(0.63, abs=0.005)
    bend = {}  # at k = 4: the fall before it over the fall behind it
    for name, fit in fits.items():
        before, at, behind = (one.inertia_ for one in fit[2:5])
        bend[name] = (before - at) / (at - behind)
    assert bend["blobs"] > 10 > 4 > bend["noise"] > 2, "a bend in the noise as well, but a slight one"
    runs = emviz.restarts(emviz.KMeans(3), noise, n=200, progress=False)
    assert len(runs.optima) > 20


def test_bic_asks_for_components_in_noise() -> None:
    noise = emviz.datasets.uniform_square().data
    scores = [mixture.GaussianMixture(k, n_init=3, random_state=0).fit(noise).bic(noise) for k in range(1, 8)]
    assert np.argmin(scores) == 4 and LESSON.says("BIC asks for five components")


def test_bic_asks_for_eight_components_in_two_moons() -> None:
    fits = [mixture.GaussianMixture(k, n_init=3, random_state=0).fit(MOONS.data) for k in range(1, 13)]
    assert np.argmin([fit.bic(MOONS.data) for fit in fits]) + 1 == 8
    model, params = emviz.from_sklearn(fits[7])
    assert emviz.bic(model, params, MOONS) == pytest.approx(fits[7].bic(MOONS.data), rel=1e-9)
    labels = emviz.run(model, MOONS, params, max_iterations=5).labels(-1)
    assert all(len(set(MOONS.labels[labels == k])) == 1 for k in range(8))
    assert np.bincount([MOONS.labels[labels == k][0] for k in range(8)]).tolist() == [4, 4], "four on each moon"
    assert ari(MOONS.labels, labels) == pytest.approx(0.25, abs=0.005)
    assert ari(MOONS.labels, np.isin(labels, [0, 2, 5, 7])) == 1


def test_the_better_fit_has_the_worse_groups() -> None:
    fits = [mixture.GaussianMixture(2, n_init=10, random_state=0, init_params=init).fit(MOONS.data)
            for init in ("kmeans", "random_from_data")]
    near, far = (ari(MOONS.labels, fit.predict(MOONS.data)) for fit in fits)
    assert fits[1].lower_bound_ > fits[0].lower_bound_ and (near, far) == pytest.approx((0.49, 0.24), abs=0.005)


def test_rings() -> None:
    rings = emviz.datasets.circles()
    hard = cluster.KMeans(2, n_init=10, random_state=0).fit_predict(rings.data)
    soft = mixture.GaussianMixture(2, n_init=10, random_state=0).fit_predict(rings.data)
    net = cluster.SpectralClustering(2, affinity="nearest_neighbors", n_neighbors=25, random_state=0)
    assert abs(ari(rings.labels, hard)) < 0.005 and abs(ari(rings.labels, soft)) < 0.005
    assert ari(rings.labels, net.fit_predict(rings.data)) == 1


def table() -> dict[str, list[str]]:
    """The printed table of scores: method -> one entry for each data set."""
    printed, = (output["text"] for cell in LESSON.notebook.cells for output in cell.get("outputs", [])
                if output.get("text", "").startswith("ARI    "))
    return {line[:20].strip(): line[20:].split() for line in printed.splitlines()[1:]}


def test_the_table_is_what_its_text_says() -> None:
    scores = {name: [float(entry.strip("*")) for entry in row] for name, row in table().items()}
    assert len(scores) == 7
    blobs, _, small, moons, rings = (dict(zip(scores, column)) for column in zip(*scores.values()))
    assert all(score > 0.9 for name, score in blobs.items() if name != "affinity propagation")
    assert [name for name, score in small.items() if score > 0.5] == ["mixture"]
    for column in (moons, rings):
        assert [name for name, score in column.items() if score > 0.9] == ["spectral", "DBSCAN"]
    assert moons["mixture"] == 0.24 and LESSON.says("0.24 here and 0.49 in section 8")
    assert [(name, i) for name, row in table().items() for i, entry in enumerate(row) if "*" in entry] == [
        ("spectral", 3), ("spectral", 4)]


def test_who_finds_how_many_groups_in_noise() -> None:
    noise = emviz.datasets.uniform_square().data
    shift = cluster.MeanShift(bin_seeding=True).fit_predict(noise)
    examples = cluster.AffinityPropagation(random_state=0).fit(noise[::2])
    assert examples.n_iter_ < examples.max_iter, "it converged"
    crowds = [len(set(cluster.DBSCAN(eps=eps).fit_predict(noise)) - {-1}) for eps in (0.1, 0.05)]
    assert (len(set(shift)), len(set(examples.labels_)), *crowds) == (2, 15, 1, 26)
    assert LESSON.says("Mean shift finds 2, affinity propagation 15, and DBSCAN 1 or 26")
