"""Notebook 03, k-means on blobs: its questions, its quiz, and the checks of its exercises."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz import datasets
from emviz.lessons.checks import Case, Exercise, Verdict, numbers
from emviz.lessons.questions import Question
from emviz.models import KMeans
from emviz.trace import run

# ------------------------------------------------------------------ questions

QUESTIONS = {
    "is_it_a_point": Question(
        "A center moves to the mean of its points. Will the centers at the end be points of the data?",
        ("Yes, each of them", "Only those in the middle of a blob", "Hardly ever"), "Hardly ever",
        "A mean of many points is a place of its own. It would be a matter of luck if a point lay exactly there.",
    ),
    "falls_most": Question(
        "Four centers start in a row, below all blobs. In which half-step will the inertia fall most?",
        ("In the first M", "In the E of iteration 2", "About equally in all of them"), "In the first M",
        "The centers begin far away from nearly everything. The first means bring all of them in among the points.",
    ),
    "one_leaves": Question(
        "Three blobs, three centers. Two of the centers start at the same blob, and the third has to serve the other "
        "two blobs. Will k-means send one of the two over?",
        ("Yes, within a few iterations", "Yes, but it takes very long", "No, never"), "No, never",
        "No point of the other blobs is nearer to one of the two than to the third center. So nothing pulls them over.",
    ),
    "share": Question(
        "Four blobs in two pairs, four centers. Each start takes four points of the data at random. Of 200 such runs, "
        "how many end with one center in each blob?",
        ("nearly all", "about three in four", "fewer than half", "next to none"), "fewer than half",
        "Each pair needs two of the four centers, and later on a center hardly ever changes sides.",
    ),
    "more_clusters": Question(
        "You let K, the number of clusters, grow from 1 to 8, and for each K you keep the best of ten runs. There "
        "are four blobs. What does the inertia do?",
        ("It falls to K = 4 and then rises", "It falls to K = 4 and then stays", "It falls all the way"),
        "It falls all the way",
        "One more center can only bring some points nearer to one. With as many centers as points it is zero.",
    ),
    "far_away": Question(
        "Center 3 starts at (30, 30), and no point joins it. As in exercise 3, it keeps its place. Will it get points "
        "later in the run?",
        ("Yes, once the other centers have moved", "Yes, in the last iteration", "No, never"), "No, never",
        "The other centers are means of points, so they stay among the points. Every point has one of them nearer than "
        "(30, 30).",
    ),
    "warmer": Question(
        "In the explorer two centers started in one blob, and k-means never sent one of them over. Now the labels "
        "become softer and softer, from the same start. What will become of these two centers?",
        ("They stay where they are, however soft", "One of them leaves for another blob, if it is warm enough",
         "Both of them leave"),
        "One of them leaves for another blob, if it is warm enough",
        "With soft labels even far points have a small say. It adds up, and it can pull a center out.",
    ),
}

QUIZ = (
    Question(
        "Your run of k-means has converged. What do you know?",
        ("No other centers have a smaller inertia", "Each center is the mean of its points, and each point is with its "
         "nearest center", "The clusters are the true groups"),
        "Each center is the mean of its points, and each point is with its nearest center",
        "That is all. On the pairs more than half of the runs converged to something much worse than the best.",
    ),
    Question(
        "The best of ten runs has an inertia of 467 with K = 4, and of 423 with K = 5. Is five the better number of "
        "clusters?",
        ("Yes, the inertia is smaller", "No, a smaller inertia is worse", "That does not follow: a larger K lowers it "
         "anyway"),
        "That does not follow: a larger K lowers it anyway",
        "The inertia compares runs with the same K. For another K you need another reason.",
    ),
    Question(
        "k-means returned three clusters. What does that tell you about the data?",
        ("They have three groups", "They have at least three groups", "Nothing yet: it returns three when you ask for "
         "three"),
        "Nothing yet: it returns three when you ask for three",
        "It cuts blobs in two, and it cuts noise, where there are no groups at all.",
    ),
    Question(
        "Which step of k-means corresponds to “the responsibilities are computed” in EM?",
        ("the assignment", "the update", "the choice of the start"), "the assignment",
        "The assignment is the E-step. Its responsibilities are 0 or 1: a hard label is a responsibility at "
        "temperature 0.",
    ),
    Question(
        "What is the cheapest help against bad starts?",
        ("more iterations", "several starts, and keep the run with the smallest inertia", "a larger K"),
        "several starts, and keep the run with the smallest inertia",
        "A run that has converged does not move anymore, however long you wait. And choose the starts by k-means++.",
    ),
)

# ------------------------------------------------------------------ exercise 1: one M by hand

EIGHT = np.array([[1, 1], [1, 3], [2, 2], [3, 1], [5, 4], [6, 2], [8, 4], [6, 6]], dtype=float)
TWO = np.array([[4, 0], [4, 5]], dtype=float)
_NEAR = 0.05  # how far off a place may be


def where_next(answer: Any) -> Verdict:
    """The place (x, y) of center 1 of TWO after one E and one M on EIGHT."""
    place = numbers(answer).ravel()
    if place.shape != (2,) or not np.isfinite(place).all():
        return Verdict(False, "a place is two numbers, x and y, such as (3.5, 2)")
    own = EIGHT[assign(EIGHT, TWO) == 1]
    target = own.mean(axis=0)
    off = float(np.linalg.norm(place - target))
    if off <= _NEAR:
        return Verdict(True, f"four points are nearer to center 1, and their mean is ({target[0]:g}, {target[1]:g})")
    told = f"the center goes to a place {off:.2f} away from ({place[0]:g}, {place[1]:g})"
    slips = {
        "That is where it stands now. First find the points that are nearer to it than to center 0": TWO[1],
        "That is the sum of its points. Divide by how many there are": own.sum(axis=0),
        "That is the mean of all eight points. Take only those that are nearer to center 1": EIGHT.mean(axis=0),
        "That is the median. A center moves to the mean": np.median(own, axis=0),
        "That is the middle between the smallest and the largest. A center moves to the mean":
            (own.min(axis=0) + own.max(axis=0)) / 2,
        "You have x and y exchanged": target[::-1],
        "That is where center 0 goes": EIGHT[assign(EIGHT, TWO) == 0].mean(axis=0),
        "The point (1, 3) is nearer to (4, 5) than to (4, 0), so it belongs to center 1, too":
            own[1:].mean(axis=0),
        "That is halfway. A center moves all the way to the mean of its points": (TWO[1] + target) / 2,
    }
    hint = next((said for said, wrong in slips.items() if np.abs(place - wrong).max() <= _NEAR),
                "Which of the points are nearer to (4, 5) than to (4, 0)? Average their x, and average their y")
    return Verdict(False, f"{told}. {hint}")


# ------------------------------------------------------------------ exercises 2 and 3: E and M


def assign(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """argmin_k ‖x_i − μ_k‖²: int[n], the lowest index where two are as near."""
    return _squares(points, centers).argmin(axis=1)


def update(points: np.ndarray, labels: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """The mean of the points of each cluster, float[k, d]; a cluster without points keeps its center."""
    return _per_cluster(points, labels, centers, lambda own, _: own.mean(axis=0))


def _squares(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """float[n, k]"""
    return ((points[:, None] - centers) ** 2).sum(axis=2)


def _emptied(points: np.ndarray, labels: np.ndarray, centers: np.ndarray, place: np.ndarray) -> np.ndarray:
    """As `update`, but a cluster without points goes to `place`."""
    filled = (labels[:, None] == np.arange(len(centers))).any(axis=0)
    return np.where(filled[:, None], update(points, labels, centers), place)


def _per_cluster(points: np.ndarray, labels: np.ndarray, centers: np.ndarray, place: Any, empty: Any = None
                 ) -> np.ndarray:
    """For each cluster place(its points, its center); a cluster without points: its center, or `empty`."""
    return np.array([place(points[labels == k], center) if (labels == k).any() else
                     (center if empty is None else np.full(len(center), empty)) for k, center in enumerate(centers)])


_TEN = np.array([[0.5, 0.5], [6.0, 6.0], [4.5, 3.5], [0.5, 1.5], [4.5, 5.5],
                 [4.0, 4.0], [2.5, 0.5], [6.0, 5.5], [0.5, 1.0], [1.5, 3.5]])  # each slip has labels of its own here
_TRIO = np.array([[1.5, 2.5], [5.0, 1.0], [2.5, 1.0]])
_FIVE = np.array([[0.0, 0.0], [1.0, 4.0], [4.0, 1.0], [5.0, 5.0], [2.5, 1.0]])
_PAIR = np.array([[0.0, 1.0], [4.0, 4.0]])
_SPACE = np.array([[0.0, 0.0, 9.0], [1.0, 2.0, 0.0], [4.0, 4.0, 4.0], [-3.0, 2.5, 0.5]])
_THREE = np.array([[1.0, 0.0, 1.0], [5.0, 5.0, 1.0], [-1.0, -1.0, 8.0]])
_PAIRED = ("NumPy cannot subtract k centers from n points row by row. points[:, None] - centers has all the "
           "differences: n by k by d")

_NEAREST = "Squared distance to each center; the index of the smallest"

_ASSIGN = Exercise(
    right=assign,
    cases=(
        Case((_TEN, _TRIO), "ten points and three centers", _NEAREST),
        Case((_SPACE, _THREE), "four points and three centers in space",
             "Any number of points, of centers and of coordinates should work"),
        Case((np.array([[0.0, 0.0], [3.0, 3.0]]), np.array([[4.0, 0.0], [3.2, 3.2]])), "two points and two centers",
             _NEAREST),
        Case((_FIVE, _PAIR - [0.0, 40.0]), "two centers far below the points", _NEAREST),
    ),
    shape="one whole number for each point: the index of its nearest center",
    done="every point knows its nearest center, for any number of points, centers and coordinates",
    slips={
        "these are the centers that are farthest away. Take the smallest distance, not the largest":
            lambda p, c: _squares(p, c).argmax(axis=1),
        "you look for the nearest point of each center. Look for the nearest center of each point: argmin over the "
        "centers, axis=1":
            lambda p, c: _squares(p, c).argmin(axis=0),
        "these are the distances. Say which center it is: argmin over the centers, axis=1":
            lambda p, c: np.sqrt(_squares(p, c)),
        "these are the squared distances. Say which center it is: argmin over the centers, axis=1":
            _squares,
        "these are the squared distances to the nearest center. Say which center it is: argmin instead of min":
            lambda p, c: _squares(p, c).min(axis=1),
        "these are the distances to the nearest center. Say which center it is: argmin instead of min":
            lambda p, c: np.sqrt(_squares(p, c)).min(axis=1),
        "you count the centers from 1. Here they are counted from 0":
            lambda p, c: assign(p, c) + 1,
        "every point gets the same label. If you add up the differences, square them first: plus and minus cancel":
            lambda p, c: (p[:, None] - c).sum(axis=2).argmin(axis=1),
        "you compare the first coordinate only. Sum the squares over all coordinates, axis=2":
            lambda p, c: np.abs(p[:, :1] - c[:, 0]).argmin(axis=1),
        "you add up |x| and |y| differences. The distance of k-means adds up their squares":
            lambda p, c: np.abs(p[:, None] - c).sum(axis=2).argmin(axis=1),
        "these are answers for each coordinate by itself. Sum the squares over the coordinates first, axis=2":
            lambda p, c: ((p[:, None] - c) ** 2).argmin(axis=1),
        "argmin without an axis looks at the whole table at once. Look along each row: axis=1":
            lambda p, c: _squares(p, c).argmin(),
        "these are zeros and ones, one column for each center. Here a label is one number: argmax of each row":
            lambda p, c: np.eye(len(c))[assign(p, c)],
        "these are the places of the nearest centers. Give their indices":
            lambda p, c: c[assign(p, c)],
        "you look at the second coordinate only. Sum the squares over all coordinates, axis=2":
            lambda p, c: np.abs(p[:, 1:2] - c[:, 1]).argmin(axis=1),
        "you take the largest product of point and center. Take the smallest squared distance":
            lambda p, c: (p @ c.T).argmax(axis=1),
        "you compare directions as seen from (0, 0). Take the smallest squared distance":
            lambda p, c: (p @ c.T / np.linalg.norm(c, axis=1)).argmax(axis=1),
        _PAIRED:
            lambda p, c: p - c,
        _PAIRED.replace("k centers from n points", "n points from k centers"):
            lambda p, c: c - p,
    },
)


def labels(answer: Any) -> Verdict:
    """A function for E: what `_ASSIGN` says, and its labels must be numbers in a row, as the loop needs them."""
    told = _ASSIGN(answer)
    if not told.right:
        return told
    given = np.asarray(answer(_TEN.copy(), _TRIO.copy()))
    if given.shape != (len(_TEN),):
        return Verdict(False, f"the labels are right, but they have the shape {given.shape}. Return n numbers in a "
                              "row, shape (n,), without a second axis")
    if given.dtype.kind not in "biuf":
        return Verdict(False, "the labels are right, but they are no numbers. Return whole numbers such as 0, not '0'")
    return told


_SIX = np.array([[0.5, 1.0], [2.0, 0.0], [4.0, 3.0], [10.0, 5.0], [12.0, 9.0], [11.0, 1.0]])
_GROUPED = np.array([0, 0, 0, 1, 1, 1])
_MIXED = np.array([2, 0, 2, 1])

_UPDATE = Exercise(
    right=update,
    cases=(
        Case((_SIX[[0, 3, 1, 4, 2]], np.array([0, 1, 0, 1, 0]), np.array([[1.0, 1.0], [9.0, 9.0]])),
             "five points in two clusters", "The mean of the points of each cluster, axis=0"),
        Case((_SPACE, _MIXED, _THREE), "four points in space and three clusters",
             "Any number of points, of clusters and of coordinates should work"),
        Case((_SIX, 2 * _GROUPED, np.array([[1.0, 1.0], [30.0, -30.0], [9.0, 9.0]])),
             "three clusters, and no point in cluster 1", "A cluster without points keeps its center"),
        Case((_SIX, _GROUPED, np.array([[1.0, 1.0], [9.0, 9.0], [30.0, -30.0]])),
             "three clusters, and no point in the last one", "A cluster without points keeps its center"),
    ),
    shape="one row for each cluster, one column for each coordinate",
    done="each center is the mean of its points, and a cluster without points keeps its center",
    slips={
        "you took the mean of all points for every cluster. Take those with its label: points[labels == k]":
            lambda p, z, c: np.tile(p.mean(axis=0), (len(c), 1)),
        "these are sums. Divide by the number of points of the cluster":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, _: own.sum(axis=0)),
        "you divide by the number of all points. Divide by the number of points of the cluster":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, _: own.sum(axis=0) / len(p)),
        "you divide by one less than the number of points. A mean divides by the number itself":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, _: own.sum(axis=0) / (len(own) - 1)),
        "these are medians. k-means takes the mean":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, _: np.median(own, axis=0)),
        "you took the point nearest to the mean. A center need not be a point":
            lambda p, z, c: _per_cluster(
                p, z, c, lambda own, _: own[((own - own.mean(axis=0)) ** 2).sum(axis=1).argmin()]),
        "you went halfway only. The center moves all the way to the mean":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, old: (own.mean(axis=0) + old) / 2),
        "you count the old center among the points. Average the points alone":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, old: np.vstack([own, old]).mean(axis=0)),
        "mean without an axis mixes x and y into one number. Average over the points: mean(axis=0)":
            lambda p, z, c: np.array([p[z == k].mean() for k in range(len(c))]),
        "you average the coordinates of each point. Average over the points: mean(axis=0)":
            lambda p, z, c: p.mean(axis=1),
        "the numbers are right, with rows and columns exchanged. Give one row for each cluster":
            lambda p, z, c: update(p, z, c).T,
        "the centers are as they were. Return the new ones":
            lambda p, z, c: c,
        "the mean of no points is nan, not a number. A cluster without points keeps its center":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, _: own.mean(axis=0), np.nan),
        "a cluster without points went to zero. It should keep its center":
            lambda p, z, c: _per_cluster(p, z, c, lambda own, _: own.mean(axis=0), 0.0),
        "a cluster without points got lost. It should keep its center: go through all k clusters, not only through the "
        "labels that occur":
            lambda p, z, c: np.array([p[z == k].mean(axis=0) for k in np.unique(z)]),
        "the last cluster has no points, and got lost. There are as many clusters as centers: count len(centers)":
            lambda p, z, c: update(p, z, c[: z.max() + 1]),
        "a cluster without points went to the first point. Here it should keep its center":
            lambda p, z, c: _emptied(p, z, c, p[0]),
        "a cluster without points went to the point that is farthest from its center. Some programs do that, but here "
        "it should keep its center":
            lambda p, z, c: _emptied(p, z, c, p[((p - c[z]) ** 2).sum(axis=1).argmax()]),
        "a cluster without points went to the mean of all. It should keep its center":
            lambda p, z, c: _emptied(p, z, c, p.mean(axis=0)),
    },
)

# ------------------------------------------------------------------ exercise 4: the loop

ROW = np.array([[-3, 0], [-1, 0], [1, 0], [3, 0]], dtype=float)  # where the lesson's first run begins


_ROUNDED = 0.01  # a center typed with two decimals is no farther off


def own_run(answer: Any) -> Verdict:
    """The centers, float[4, 2], in which k-means from ROW on the four blobs ends."""
    if isinstance(answer, tuple) and len(answer) == 2 and np.shape(answer[0]) == ROW.shape:
        answer = answer[0]  # centers and labels
    centers = numbers(answer)
    if centers.shape == (len(_blobs()),):
        return Verdict(False, "these look like labels. Return and hand over the centers, four rows of two numbers")
    if centers.shape != ROW.shape:
        return Verdict(False, "there should be four centers, each with x and y: an array of shape (4, 2)")
    if np.isnan(centers).any():
        return Verdict(False, "one of the centers is nan. A cluster without points should keep its center")
    trace = run(KMeans(4), _blobs(), ROW)
    after = [step.params.means for step in trace if step.kind == "M"]
    if np.allclose(centers, ROW):
        return Verdict(False, "these are the centers of the start. Do both of your functions return something?")
    if np.allclose(centers, trace.final.means, rtol=0, atol=_ROUNDED):
        return Verdict(True, f"this is k-means, and you wrote both halves of it. It stopped in iteration {len(after)}, "
                             f"at inertia {trace.inertias[-1]:.2f}")
    for iteration, means in enumerate(after[:-1], 1):
        if np.allclose(centers, means, atol=1e-6):
            return Verdict(False, f"these are the centers after iteration {iteration} of {len(after)}. Let it run "
                                  "until no label changes")
    near = np.sqrt(_squares(centers, trace.final.means)) < 2 * _ROUNDED  # which of the centers is which of the ends
    if near.any(axis=1).all() and near.any(axis=0).all():
        return Verdict(False, "these are the right places in another order. Begin at `start`, as it is")
    if near.any(axis=1).all():
        return Verdict(False, "each of these is a right place, but one is there twice and another one is missing")
    return Verdict(False, "these are other places than those where k-means from `start` ends. Do the checks of both "
                          "functions say Right?")


def _blobs() -> np.ndarray:
    return datasets.blobs(500, spread=0.7).data


# ------------------------------------------------------------------ exercise 5: a bad start

_BAD = 1.5  # times the smallest inertia, 467.41


def bad_start(answer: Any) -> Verdict:
    """Four centers from which k-means on the four blobs ends at more than 1.5 times the smallest inertia."""
    centers = numbers(answer)
    if centers.shape != (4, 2) or not np.isfinite(centers).all():
        return Verdict(False, "a start is four centers, each with x and y, such as [[0, 8], [0, 4], [2, 1], [-2, 3]]")
    if len(np.unique(centers, axis=0)) < 4:
        return Verdict(False, "two of your centers are equal. All points that are near to them go to the first of the "
                              "two, and the other one stays empty. Find a bad start with four different centers")
    if np.abs(centers).max() > 1e6:
        return Verdict(False, "that is very far away. Stay within the picture")
    trace = run(KMeans(4), _blobs(), centers)
    reached = float(trace.inertias[-1])
    where = f"k-means ends at inertia {reached:.2f}"
    idle = 4 - len(np.unique(trace.labels(-1)))
    if idle:
        return Verdict(False, f"{where}, and {_count(idle)} of the four centers never got a point. That is one way to "
                              "fail. Find another: all four centers near the points, and still a bad end")
    if reached < _BAD * _BEST:
        rank = "the best" if reached < 1.00001 * _BEST else "as good as the best" if reached < 1.001 * _BEST else \
            "nearly the best"
        return Verdict(False, f"{where}, which is {rank} there is. Give one blob two centers, and let two blobs share "
                              "one")
    return Verdict(True, f"{where}, {reached / _BEST:.1f} times the smallest. It has converged, and it stays there for "
                         "good")


_BEST = 467.41247  # the smallest inertia for four clusters, as the lesson prints it


def _count(n: int) -> str:
    return ("none", "one", "two", "three")[n]


# ------------------------------------------------------------------ exercise 6: k-means++


def next_chances(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """The chance of each point to be the next center: ∝ its squared distance from the nearest center so far."""
    return _share(_squares(points, centers).min(axis=1))


def _share(amounts: np.ndarray) -> np.ndarray:
    return amounts / amounts.sum()


_PLUS_PLUS = Exercise(
    right=next_chances,
    cases=(
        Case((_FIVE, _PAIR), "five points and two centers so far",
             "Squared distance to the nearest center so far, divided by the sum over the points"),
        Case((_SIX, _SIX[:1]), "six points, the first of which is a center", "Its own chance is 0"),
        Case((_SPACE, _SPACE[[0, 2, 3]]), "four points in space, three of which are centers",
             "Only one point is left to choose"),
    ),
    shape="one number for each point",
    done="the farther from all centers, the more likely, by the square; a point that is a center has no chance",
    slips={
        "you took the distance. Take its square":
            lambda p, c: _share(np.sqrt(_squares(p, c).min(axis=1))),
        "these are the squared distances. Divide by their sum: chances add up to 1":
            lambda p, c: _squares(p, c).min(axis=1),
        "all points have the same chance here. That is a random start":
            lambda p, c: np.full(len(p), 1 / len(p)),
        "you always take the farthest point. It gets the largest chance, not all of it: the farthest point is often an "
        "outlier":
            lambda p, c: (np.arange(len(p)) == _squares(p, c).min(axis=1).argmax()).astype(float),
        "you measure from the first center only. Measure from the nearest of all centers so far":
            lambda p, c: _share(_squares(p, c)[:, 0]),
        "you measure from the last center only. Measure from the nearest of all centers so far":
            lambda p, c: _share(_squares(p, c)[:, -1]),
        "you measure from the farthest center. Measure from the nearest: min instead of max":
            lambda p, c: _share(_squares(p, c).max(axis=1)),
        "you add up the squared distances to all centers. Measure from the nearest: min instead of sum":
            lambda p, c: _share(_squares(p, c).sum(axis=1)),
        "you measure from the mean of the centers. Measure from the nearest of them":
            lambda p, c: _share(((p - c.mean(axis=0)) ** 2).sum(axis=1)),
        "near points get the largest chance here. The farther away, the more likely":
            lambda p, c: _share(1 / _squares(p, c).min(axis=1)),
        "you took the nearest point of each center. Take the nearest center of each point: min over axis=1":
            lambda p, c: _share(_squares(p, c).min(axis=0)),
        "you square after dividing. Divide the squares by the sum of the squares":
            lambda p, c: _share(np.sqrt(_squares(p, c).min(axis=1))) ** 2,
        _PAIRED:
            lambda p, c: p - c,
    },
)

CHECKS = {
    "where_next": where_next,
    "assign": labels,
    "update": _UPDATE,
    "own_run": own_run,
    "bad_start": bad_start,
    "next_chances": _PLUS_PLUS,
}
