"""Notebook 04, where k-means fails: its questions, its quiz, and the checks of its exercises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from emviz.lessons.checks import Case, Exercise, Verdict
from emviz.lessons.questions import Question
from emviz.metrics import accuracy, adjusted_rand
from emviz.models import GaussianMixture, KMeans
from emviz.restart import restarts

# ------------------------------------------------------------------ questions

QUESTIONS = {
    "restarts": Question(
        "k-means has cut both moons in half. In the last lesson more starts led to better answers. You start k-means "
        "300 times on the moons. What is the highest adjusted Rand index among the 300 answers?",
        ("about 0.25, as in the first run", "about 0.6", "1: some start finds both moons"),
        "about 0.25, as in the first run",
        "All the starts agree. What they agree on is the answer to another question.",
    ),
    "unequal": Question(
        "A wide cloud of 500 points lies beside a narrow cloud of 40 points. Both are round. Where does k-means with "
        "two centers draw the border?",
        ("between the two clouds", "through the wide cloud", "through the narrow cloud"),
        "through the wide cloud",
        "Most of the inertia is in the wide cloud. It pays to cut it, and to give the narrow cloud away with one part.",
    ),
    "units": Question(
        "You measured 150 irises in four columns, in centimeters. Now you write one column, the length of the sepals, "
        "in millimeters. Nothing else changes. Whose groups change?",
        ("those of k-means", "those of the mixture", "those of both", "nobody's: they are the same flowers"),
        "those of k-means",
        "In millimeters this column has numbers ten times as large, and squared distances a hundred times as large. "
        "The ellipses of the mixture stretch with the column, and nothing is lost.",
    ),
    "noise": Question(
        "500 points are strewn over a square, each place as likely as any other. There are no groups. You ask k-means "
        "for three. What will its answer look like?",
        ("it does not converge", "three ragged groups that overlap", "three neat groups of about equal size",
         "one large group and two tiny ones"),
        "three neat groups of about equal size",
        "k-means always converges, and always to groups with straight borders. That is its answer to any data.",
    ),
    "components": Question(
        "A mixture may have more than two components. BIC is a score that asks a fee for every parameter. How many "
        "components does BIC ask for to describe the two moons?",
        ("2, one for each moon", "4", "8", "as many as are on offer"), "8",
        "A moon is bent, and a Gaussian is not. Four Gaussians in a row follow one moon closely enough.",
    ),
}

QUIZ = (
    Question(
        "On the moons, the best of 300 runs of k-means scores 0.25. What went wrong?",
        ("k-means got stuck in poor local optima", "The lowest inertia does not belong to the moons",
         "300 starts are too few"),
        "The lowest inertia does not belong to the moons",
        "The true moons have the higher inertia. A perfect search would pass them by.",
    ),
    Question(
        "Which shape can a cluster of k-means have?",
        ("any shape", "only shapes with straight borders and no dents", "only circles"),
        "only shapes with straight borders and no dents",
        "A point belongs to the nearest center. Halfway between two centers runs a straight border, and a region "
        "bounded by straight borders like this has no dent.",
    ),
    Question(
        "Your table has the columns age in years and income in dollars. k-means finds groups of income only. Why?",
        ("Income is what really divides people", "Incomes differ by thousands and ages by tens, so the distances are "
         "nearly all income", "k-means uses the last column only"),
        "Incomes differ by thousands and ages by tens, so the distances are nearly all income",
        "Units are a choice, and k-means obeys it. Choose on purpose: standardize, or say why not.",
    ),
    Question(
        "k-means with K = 3 gives three neat clusters, silhouette 0.38. What follows?",
        ("There are three groups in the data", "There are at least two groups in the data",
         "Nothing yet about groups: uniform noise gives the same"),
        "Nothing yet about groups: uniform noise gives the same",
        "K clusters come back because K were asked for. Compare with data that have no groups.",
    ),
    Question(
        "A mixture with 8 components describes two moons well. What are its components?",
        ("8 clusters that nobody had noticed", "building blocks of the density", "a mistake of BIC"),
        "building blocks of the density",
        "Components describe where points are dense. Which of them belong together is another question.",
    ),
)

# ------------------------------------------------------------------ exercise 1: the circle to the farthest point


def radii(points: np.ndarray, centers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Of each center the distance to the farthest of its own points: float[k]."""
    return np.array([distances.max() for distances in _own(points, centers, labels)])


def _own(points: np.ndarray, centers: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """Of each center the distances to its own points."""
    return [np.linalg.norm(points[labels == k] - center, axis=1) for k, center in enumerate(centers)]


_POINTS = np.array([[0.0, 0.0], [3.0, 4.0], [0.5, 1.0], [8.0, 0.0], [10.0, 1.0], [9.0, -4.0]])
_SPACE = np.array([[1.0, 2.0, 2.0], [0.0, 0.0, 1.0], [6.0, 6.0, 6.0], [5.0, 4.0, 6.0], [9.0, 9.0, 0.0]])

_RADII = Exercise(
    right=radii,
    cases=(
        Case((_POINTS, np.array([[1.0, 1.5], [9.0, -1.0]]), np.array([0, 0, 0, 1, 1, 1])),
             "six points and two centers", "Take the points of one center, measure, and keep the largest distance"),
        Case((_SPACE, np.array([[0.0, 0.0, 0.0], [5.0, 5.0, 5.0], [9.0, 9.0, 1.0]]), np.array([0, 0, 1, 1, 2])),
             "five points with three columns, and three centers", "Any number of columns and of centers should work"),
        Case((_POINTS, np.array([[1.0, 1.5], [9.0, -1.0]]), np.array([0, 0, 1, 1, 1, 0])),
             "centers that have just moved", "Which center holds a point is what labels says, and nothing else"),
    ),
    shape="one number for each center",
    done="each circle reaches exactly to the farthest point that its center holds",
    slips={
        "you look at all points. The circle of a center goes by its own points: points[labels == k]":
            lambda p, c, z: np.linalg.norm(p[:, None] - c, axis=2).max(axis=0),
        "you give each point to its nearest center. Which center holds a point is what labels says: after an M-step "
        "that need not be the nearest":
            lambda p, c, z: radii(p, c, np.linalg.norm(p[:, None] - c, axis=2).argmin(axis=1)),
        "these are squared distances. Take the square root":
            lambda p, c, z: radii(p, c, z) ** 2,
        "these are average distances. The circle goes out to the farthest point: take the largest":
            lambda p, c, z: np.array([d.mean() for d in _own(p, c, z)]),
        "these are the nearest points. Take the farthest":
            lambda p, c, z: np.array([d.min() for d in _own(p, c, z)]),
        "you measure from the mean of each group. Measure from the centers that you are given: after an E-step they "
        "are not the means":
            lambda p, c, z: radii(p, np.array([p[z == k].mean(axis=0) for k in range(len(c))]), z),
        "you measure from the origin. Subtract the center first":
            lambda p, c, z: radii(p, np.zeros_like(c), z),
        "you add up the differences of the columns. A distance is the square root of the sum of their squares":
            lambda p, c, z: np.array([np.abs(p[z == k] - m).sum(axis=1).max() for k, m in enumerate(c)]),
        "you take the largest difference within one column. A distance has all the columns in it: the square root of "
        "the sum of squares":
            lambda p, c, z: np.array([np.abs(p[z == k] - m).max() for k, m in enumerate(c)]),
        "NumPy cannot fit n points to k centers like this. Go through the centers one by one, and take the points of "
        "each: points[labels == k]":
            lambda p, c, z: p - c,
    },
)

# ------------------------------------------------------------------ exercise 2: the Rand index


def rand_index(truth: np.ndarray, labels: np.ndarray) -> float:
    """The share of all pairs of rows on which two labelings agree: together in both, or apart in both."""
    together, too, pairs = _pairs(truth, labels)
    return float((together == too)[pairs].mean())


def _pairs(truth: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, Any]:
    """Which pairs are together in either labeling, bool[n, n], and where each pair stands once."""
    one, two = truth[:, None] == truth, labels[:, None] == labels
    return one, two, np.triu_indices(len(truth), 1)


def _together(truth: np.ndarray, labels: np.ndarray) -> np.ndarray:
    one, two, pairs = _pairs(truth, labels)
    return (one & two)[pairs]


_RAND = Exercise(
    right=rand_index,
    cases=(
        Case((np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 1, 0, 0, 1])), "six rows, two groups",
             "There are 15 pairs. Of each, ask: are the two together in the first labeling? And in the second?"),
        Case((np.array([0, 0, 1, 1, 2, 2]), np.array([2, 2, 0, 0, 1, 1])), "the same groups with other names",
             "Names do not matter. Compare pairs, never the numbers themselves"),
        Case((np.array([0, 0, 1, 1, 2, 2, 2]), np.array([0, 1, 1, 1, 0, 3, 3])), "three groups against four",
             "The two labelings need not have the same number of groups"),
    ),
    shape="one number, a share between 0 and 1",
    done="names do not matter, and the numbers of groups may differ: only who is with whom counts",
    slips={
        "you compare the numbers of the labels. Group 0 of one labeling may be group 1 of the other: compare pairs":
            lambda t, z: np.mean(t == z),
        "this is the accuracy after renaming. It is a good score too, but here count pairs of rows":
            accuracy,
        "you count the pairs that are together in both. Pairs that are apart in both agree as well":
            lambda t, z: _together(t, z).mean(),
        "you compare every row with itself as well, which always agrees. A pair has two different rows":
            lambda t, z: np.mean((t[:, None] == t) == (z[:, None] == z)),
        "np.triu puts zeros below the diagonal, and the mean counts them, and the diagonal too. Take the places above "
        "it only: np.triu_indices(n, 1)":
            lambda t, z: np.triu((t[:, None] == t) == (z[:, None] == z)).mean(),
        "this is the number of pairs. Divide it by the number of all pairs, n (n − 1) / 2":
            lambda t, z: rand_index(t, z) * len(t) * (len(t) - 1) / 2,
        "you count each pair twice, but divide by the pairs counted once":
            lambda t, z: 2 * rand_index(t, z),
        "you divide by n², but there are n (n − 1) / 2 pairs":
            lambda t, z: rand_index(t, z) * (len(t) - 1) / 2 / len(t),
        "this is the share of pairs on which they disagree":
            lambda t, z: 1 - rand_index(t, z),
        "this is the adjusted index, from which chance is taken out. Here the plain share of pairs is asked for":
            adjusted_rand,
        "you divide by the pairs that are together in one of the two (Jaccard's index). Here divide by all pairs, and "
        "count those that are apart in both, too":
            lambda t, z: _together(t, z).sum() / ((t[:, None] == t) | (z[:, None] == z))[_pairs(t, z)[2]].sum(),
    },
)

# ------------------------------------------------------------------ exercise 3: standardize


def standardized(points: np.ndarray) -> np.ndarray:
    """Every column minus its mean, divided by its standard deviation: float[n, d]."""
    return (points - points.mean(axis=0)) / points.std(axis=0)


_TABLE = np.array([[5.1, 35.0, 0.2], [4.9, 30.0, 0.4], [6.3, 33.0, 2.5], [5.8, 27.0, 1.9], [7.1, 30.0, 2.1]])

# Mistakes that are made with either deviation.
_WHOLE = "you take the mean and the standard deviation of the whole table. Each column has its own: axis=0"
_ROWS = "you standardize the rows. A column holds one feature of all the flowers: axis=0"
_MEANS = "the means are still there. Subtract the mean of each column first"
_VARIANCE = "you divide by the variance. Take the standard deviation, its square root"
_BRACKETS = "you divide before you subtract, by what is not in the same unit. Put brackets around the difference"
_WHOLE_MEAN = "you subtract the mean of the whole table. Each column has its own: points.mean(axis=0)"
_WHOLE_SPREAD = "you divide by the standard deviation of the whole table. Each column has its own: points.std(axis=0)"

_DIVIDED_BY_N = Exercise(
    right=standardized,
    cases=(
        Case((_TABLE,), "five rows and three columns",
             "Of each column: subtract its mean, then divide by its standard deviation"),
        Case((1000 * _TABLE[:3, :2] - 7,), "three rows and two columns", "Any number of rows and columns should work"),
    ),
    shape="an array of the same shape, (n, d)",
    done="every column now has mean 0 and standard deviation 1, whatever its unit was",
    slips={
        _WHOLE:
            lambda p: (p - p.mean()) / p.std(),
        _ROWS:
            lambda p: (p - p.mean(axis=1, keepdims=True)) / p.std(axis=1, keepdims=True),
        "this is min-max scaling, from 0 to 1. It is another way to drop the units, but here divide by the standard "
        "deviation":
            lambda p: (p - p.min(axis=0)) / np.ptp(p, axis=0),
        _MEANS:
            lambda p: p / p.std(axis=0),
        "the spreads still differ. Divide each column by its standard deviation":
            lambda p: p - p.mean(axis=0),
        _VARIANCE:
            lambda p: (p - p.mean(axis=0)) / p.var(axis=0),
        _BRACKETS:
            lambda p: p - p.mean(axis=0) / p.std(axis=0),
        _WHOLE_MEAN:
            lambda p: (p - p.mean()) / p.std(axis=0),
        _WHOLE_SPREAD:
            lambda p: (p - p.mean(axis=0)) / p.std(),
        "you divide by the mean. Divide by the standard deviation":
            lambda p: (p - p.mean(axis=0)) / p.mean(axis=0),
        "NumPy cannot fit one number for each row to the columns. The mean of each column is points.mean(axis=0)":
            lambda p: p - p.mean(axis=1),
    },
)
_DIVIDED_BY_N_MINUS_1 = replace(
    _DIVIDED_BY_N,
    right=lambda p: (p - p.mean(axis=0)) / p.std(axis=0, ddof=1),
    done="the units are gone. You divide by n − 1 where np.std divides by n. That shrinks all columns by one and the "
         "same factor, so k-means finds the same clusters",
    slips={
        _WHOLE: lambda p: (p - p.mean()) / p.std(ddof=1),
        _ROWS: lambda p: (p - p.mean(axis=1, keepdims=True)) / p.std(axis=1, ddof=1, keepdims=True),
        _MEANS: lambda p: p / p.std(axis=0, ddof=1),
        _VARIANCE: lambda p: (p - p.mean(axis=0)) / p.var(axis=0, ddof=1),
        _BRACKETS: lambda p: p - p.mean(axis=0) / p.std(axis=0, ddof=1),
        _WHOLE_MEAN: lambda p: (p - p.mean()) / p.std(axis=0, ddof=1),
        _WHOLE_SPREAD: lambda p: (p - p.mean(axis=0)) / p.std(ddof=1),
    },
)


def standardize(answer: Any) -> Verdict:
    """Columns with mean 0 and standard deviation 1, the deviation divided by n or by n − 1."""
    by_n = _DIVIDED_BY_N(answer)
    if by_n.right or not callable(answer):
        return by_n
    by_less = _DIVIDED_BY_N_MINUS_1(answer)
    return by_less if by_less.right or by_less.sentence in _DIVIDED_BY_N_MINUS_1.slips else by_n


# ------------------------------------------------------------------ exercise 4: data that break k-means

_DRAWS, _STARTS = 3, 10
_FEWEST, _MOST, _GROUPS = 60, 1000, 5
_TWO_PARTS = "return two things: the points, and the true label of each: return points, labels"


def breaking_data(answer: Any) -> Verdict:
    """A function of a generator that returns points and labels: k-means scores below 0.3, a mixture above 0.9."""
    if not callable(answer):
        return Verdict(False, "hand over the function itself, its name without brackets behind it")
    scores, clouds = [], []
    for seed in range(_DRAWS):
        drawn = answer(np.random.default_rng(seed))
        if drawn is None:
            return Verdict(False, "your function returns nothing yet. Replace YOUR CODE HERE, and end with return")
        if not isinstance(drawn, tuple | list) or len(drawn) != 2:
            return Verdict(False, _TWO_PARTS)
        points, labels = (np.asarray(part) for part in drawn)
        if complaint := _unusable(points, labels):
            return Verdict(False, complaint)
        clouds.append(points)
        if len(clouds) == 2 and np.array_equal(clouds[0], clouds[1]):
            return Verdict(False, "you return the same points each time. Draw new ones: take the random numbers of rng")
        names, truth = np.unique(labels, return_inverse=True)
        scores.append([_best_of_ten(model, points.astype(float), truth)
                       for model in (KMeans(len(names)), GaussianMixture(len(names)))])
    hard, soft = np.median(scores, axis=0)
    both = (f"k-means scores {hard:z.2f} and the mixture {soft:z.2f} (best of {_STARTS} starts, median of {_DRAWS} "
            "draws)")
    if hard >= 0.3 and soft <= 0.9:
        return Verdict(False, f"{both}. k-means is too good for the bet, the mixture not good enough. Move the groups "
                              "apart in one direction, and stretch them in the other")
    if hard >= 0.3:
        return Verdict(False, f"{both}. k-means does too well: it should stay below 0.3. Choose one of its "
                              "assumptions, and break it harder")
    if soft <= 0.9:
        return Verdict(False, f"{both}. The mixture fails too: it should pass 0.9. Give it groups that are Gaussian, "
                              "and do not let them overlap so much")
    return Verdict(True, f"{both}. You broke an assumption of k-means and kept those of the mixture")


def _unusable(points: np.ndarray, labels: np.ndarray) -> str:
    """Why data cannot be used for the bet; nothing if they can."""
    if points.ndim != 2 or points.shape[1] != 2 or points.dtype.kind not in "iuf" or not np.isfinite(points).all():
        return "the points should be a table of finite numbers, of shape (n, 2): one row for each point"
    if labels.shape != (len(points),):
        return f"there are {len(points)} points, so give {len(points)} labels, one for each: shape ({len(points)},)"
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        return "some labels are nan or infinite. Give each point the number of its group"
    if len(points) < _FEWEST:
        return f"{len(points)} points are too few to judge by. Draw {_FEWEST} or more"
    if len(points) > _MOST:
        return f"{len(points)} points take long. {_MOST} are enough"
    groups = len(np.unique(labels))
    if groups < 2:
        return "all points have the same label, and with one group nobody can fail. Make two groups or more"
    if groups > _GROUPS:
        return f"there are {groups} different labels. Make at most {_GROUPS} groups, and give each a number of its own"
    return ""


def _best_of_ten(model: Any, points: np.ndarray, truth: np.ndarray) -> float:
    """The adjusted Rand index of the run with the highest objective."""
    runs = restarts(model, points, n=_STARTS, rng=0, max_iterations=200, tolerance=0.1, progress=False)
    labels = model.responsibilities(runs.finals[runs.best], points).argmax(axis=1)
    return adjusted_rand(truth, labels)


CHECKS = {
    "radii": _RADII,
    "rand_index": _RAND,
    "standardize": standardize,
    "breaking_data": breaking_data,
}
