"""Notebook 01, heights: its questions, its quiz, and the checks of its exercises."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz import datasets
from emviz.lessons.checks import Case, Exercise, Verdict, numbers
from emviz.lessons.questions import Question
from emviz.lessons.shares import hard, shared
from emviz.models import GaussianMixture
from emviz.trace import run

# ------------------------------------------------------------------ questions

QUESTIONS = {
    "humps": Question(
        "A hall is full of adults, half of them men, half of them women. The men measure 177 cm on average, with a "
        "standard deviation of 7.5 cm, the women 163 cm with 6.5 cm. Both follow a bell curve. You draw the curve of "
        "all the heights together. How many humps does it have?",
        ("one", "two", "three"), "one",
        "Fourteen centimeters between the means are too little for these spreads. The two bells run into one another.",
    ),
    "far_out": Question(
        "Component 0 has mean 64 and standard deviation 2, component 1 has mean 70 and standard deviation 4. Both "
        "weights are one half. A student measures 55 inches: 9 below the one mean, 15 below the other. Which component "
        "answers for this student?",
        ("mostly component 0, the nearer one", "both by one half", "mostly component 1, the wider one"),
        "mostly component 1, the wider one",
        "Distance counts in standard deviations: 55 is 4.5 of them below the mean of component 0, and only 3.75 below "
        "that of component 1. Component 1 takes a share of 0.92.",
    ),
    "both_low": Question(
        "Your two first guesses for the means are 61 and 64 inches. Both lie among the shorter students. Now k-means "
        "takes its turns. Where does the second mean go?",
        ("It stays among the shorter students", "It moves to the taller students", "It leaves the range of the data"),
        "It moves to the taller students",
        "All who are nearer to 64 than to 61 belong to it, and that includes every tall student. They pull it up.",
    ),
    "curves": Question(
        "Two curves keep the score: the log-likelihood, and below it the lower bound. An E-step changes the "
        "responsibilities and leaves the means alone. Which curve moves in an E-step?",
        ("only the log-likelihood", "only the lower bound", "both", "neither"), "only the lower bound",
        "The log-likelihood knows only the heights and the parameters, and no parameter moved. The lower bound also "
        "knows the responsibilities: it rises until it touches the log-likelihood.",
    ),
    "both_below": Question(
        "From 61 and 64, EM climbed to a log-likelihood of −56.74. Now both flags start at the left, at 58.8 and 59.4, "
        "below every student. Only the means are free, as before. Where does EM end?",
        ("at a lower log-likelihood", "at −56.74 again", "at a higher log-likelihood", "it stops with an error"),
        "at −56.74 again",
        "With known weights and standard deviations, the nearer of the two means is pulled up first, and the students "
        "it passes are left to the other. From every start where the two differ clearly, EM ends at one and the same "
        "top, or at its mirror image.",
    ),
    "units": Question(
        "You measure the same students in meters instead of inches, and turn means and standard deviations into meters "
        "too. The log-likelihood was −51.74. What is it now?",
        ("still −51.74", "lower than −51.74", "higher, and still below 0", "higher, even above 0"),
        "higher, even above 0",
        "A density is a share per unit of length. A meter is a large unit, so there is a lot of share in each. A "
        "density may be larger than 1, and then its logarithm is above 0.",
    ),
    "same_start": Question(
        "You start both means at the same place, 66 inches, with the same standard deviation. What will EM do?",
        ("find the two groups anyway", "split the students at random",
         "keep the two means together forever", "stop with an error"),
        "keep the two means together forever",
        "Two equal components give every student the responsibilities one half and one half. Then both M-steps see "
        "the same data, and the two stay equal.",
    ),
    "share": Question(
        "Fifty starts: each takes the heights of two students, drawn at random, as its two means. How many of the "
        "fifty runs end at the best log-likelihood that any of them reaches?",
        ("nearly all", "about half", "fewer than five"), "about half",
        "The others end lower, and converge just as calmly. A run by itself cannot tell you which kind it is.",
    ),
    "spike": Question(
        "Three students are exactly 72 inches tall. Suppose that one component sits exactly at 72 and its standard "
        "deviation shrinks toward zero. What happens to the log-likelihood?",
        ("It falls without limit", "It settles at some value", "It rises without limit"), "It rises without limit",
        "At 72 the density grows like 1/σ, and the other component takes care of everybody else.",
    ),
    "truth": Question(
        "Now you open the envelope with the true labels. How many of the 21 students does EM, with everything free, "
        "label as the envelope does?",
        ("11, as good as tossing a coin", "15", "20", "all 21"), "20",
        "The two groups overlap only from 66 to 68 inches. The one that EM misses is a man of 66 inches, among the "
        "women.",
    ),
    "galton": Question(
        "In the next data there are 934 grown-up children, women and men. The histogram of their heights is one "
        "broad, ragged hump. How many of the 934 will EM label correctly?",
        ("about half", "about five in six", "nearly all"), "about five in six",
        "One hump does not stop EM from finding two groups. But where two groups overlap, no rule about height can "
        "tell everybody apart.",
    ),
}

QUIZ = (
    Question(
        "EM has converged. What do you know?",
        ("The parameters are the best there are", "The groups are the true groups",
         "Another iteration would change next to nothing"),
        "Another iteration would change next to nothing",
        "You have met two runs that converged to different answers, and one whose two components never parted.",
    ),
    Question(
        "A student's responsibilities are 0.7 for component 0 and 0.3 for component 1. What does that say?",
        ("With the present parameters, 7 of 10 students of that height would come from component 0",
         "The student is 70% female", "The label 0 is right in 70% of all cases"),
        "With the present parameters, 7 of 10 students of that height would come from component 0",
        "A responsibility is about the model's components. They carry no names, and the parameters may be wrong.",
    ),
    Question(
        "Two components have equal weights. Far away from both means, on either side, which one answers for a point?",
        ("the one with the nearer mean", "the one with the larger standard deviation", "both by one half"),
        "the one with the larger standard deviation",
        "Distance counts in standard deviations. Far enough out, the wide component is the nearer one on both sides.",
    ),
    Question(
        "The same data, two fits: the log-likelihoods are −51.7 and −22.3. Which fit do you trust?",
        ("the one with −22.3, it is higher", "neither, before I have looked at the components",
         "the one with −51.7, because lower is better"),
        "neither, before I have looked at the components",
        "Higher is usually better. But a component that collapses on a few equal points makes the log-likelihood as "
        "high as you like, and says nothing about the groups.",
    ),
    Question(
        "Somebody reports a log-likelihood of +25.4 for heights. What do you think?",
        ("It is a mistake: a probability is never above 1", "Nothing yet: I ask for the unit",
         "The fit is excellent"),
        "Nothing yet: I ask for the unit",
        "In meters the heights of this class give +25.4, in inches −51.74, for one and the same fit. Log-likelihoods "
        "can be compared only for the same data in the same unit.",
    ),
    Question(
        "Which half-step computes new means?",
        ("the E-step", "the M-step", "both"), "the M-step",
        "E asks every point which component it came from. M then moves every component to its points.",
    ),
)

# ------------------------------------------------------------------ exercise 1: responsibilities


def responsibilities(x: np.ndarray, weights: np.ndarray, means: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """π_k N(x_i; μ_k, σ_k²) / Σ_j π_j N(x_i; μ_j, σ_j²): float[n, k], in logs until the end."""
    log_joint = np.log(weights) - np.log(sigmas) - (x[:, None] - means) ** 2 / (2 * sigmas**2)
    shares = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _joint(x: np.ndarray, weights: Any, means: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """Weight × density as the formula has it, without care for very small numbers."""
    return weights * np.exp(-(x[:, None] - means) ** 2 / (2 * sigmas**2)) / (sigmas * np.sqrt(2 * np.pi))


_BRACKETS = "/ 2 * sigma**2 divides by 2 and then multiplies by σ². Put brackets: / (2 * sigma**2)"
_NOT_A_NUMBER = ("The class itself is right. But out there both densities are too small for the computer, and 0/0 is "
                 "not a number. Work with logarithms, and subtract the largest of each row before np.exp")
_COLUMN = "NumPy cannot fit n heights to K columns. Make x a column, so that each student gets a row"
_N_OR_K = ("NumPy cannot fit K numbers to n. Either x has to be a column, x[:, None], or you divide by "
           "gamma.sum(axis=1), which has one number for each student; N is gamma.sum(axis=0), one for each component")

_RESPONSIBILITIES = Exercise(
    right=responsibilities,
    cases=(
        Case((np.array([60.0, 66.0, 68.0, 72.0]), np.array([0.7, 0.3]), np.array([64.0, 71.0]), np.array([2.0, 3.0])),
             "four students of 60, 66, 68 and 72 inches",
             "Each entry is weight × density, divided by the sum of its row"),
        Case((np.array([66.0]), np.array([0.5, 0.3, 0.2]), np.array([60.0, 66.0, 72.0]), np.array([2.0, 2.5, 3.0])),
             "one student and three components", "Any number of students and of components should work"),
        Case((np.array([50.0, 90.0]), np.array([0.5, 0.5]), np.array([64.0, 70.0]), np.array([2.0, 3.0])),
             "the far tails, 50 and 90 inches", "Far out the wider component wins, on both sides"),
        Case((np.array([1000.0, -1000.0]), np.array([0.5, 0.5]), np.array([64.0, 70.0]), np.array([2.0, 3.0])),
             "heights of 1000 and −1000 inches", _NOT_A_NUMBER),
    ),
    shape="an array of shape (n, K): one row for each student, one column for each component",
    done="the rows add up to 1, the tails go to the wider component, and even 1000 inches does no harm",
    slips={
        "the weights are missing. Multiply each density by its π before you divide":
            lambda x, w, m, s: shared(_joint(x, 1.0, m, s)),
        "both the weights and the factors 1/σ are missing. They cancel only where they are the same for all components":
            lambda x, w, m, s: shared(s * _joint(x, 1.0, m, s)),
        "you divide by the sum over the students. Each row belongs to one student: sum over the components, axis=1, "
        "with keepdims=True":
            lambda x, w, m, s: shared(_joint(x, w, m, s), axis=0),
        "these are weight × density, not shares yet. Divide each row by its sum":
            _joint,
        "the density has a factor 1/σ in front. It matters, because the components differ in σ":
            lambda x, w, m, s: shared(s * _joint(x, w, m, s)),
        "the exponent divides by σ, not by σ². Square the standard deviation":
            lambda x, w, m, s: shared(w * np.exp(-(x[:, None] - m) ** 2 / (2 * s)) / s),
        "you took σ for the variance. The standard deviation is σ, the variance is σ²":
            lambda x, w, m, s: shared(_joint(x, w, m, np.sqrt(s))),
        "you took σ² for the standard deviation. The standard deviation is σ, the variance is σ²":
            lambda x, w, m, s: shared(_joint(x, w, m, s**2)),
        "the exponent lacks its factor one half":
            lambda x, w, m, s: shared(w * np.exp(-((x[:, None] - m) ** 2) / s**2) / s),
        _BRACKETS:
            lambda x, w, m, s: shared(w * np.exp(-(x[:, None] - m) ** 2 / 2 * s**2) / s),
        "these are hard labels, 0 or 1. A responsibility is a share between 0 and 1":
            lambda x, w, m, s: np.eye(len(m))[_joint(x, w, m, s).argmax(axis=1)],
        "NumPy cannot fit n numbers in a row to a table of n rows and K columns. Keep the sum, or the largest, of each "
        "row as a column: axis=1, keepdims=True":
            lambda x, w, m, s: _joint(x, w, m, s) / _joint(x, w, m, s).sum(axis=1),
        f"{_COLUMN}: x[:, None] - means":
            lambda x, w, m, s: x - m,
        f"{_COLUMN}: means - x[:, None]":
            lambda x, w, m, s: m - x,
        _NOT_A_NUMBER:  # in plain Python 0/0 stops
            lambda x, w, m, s: [[one / sum(row) for one in row] for row in _joint(x, w, m, s).tolist()],
    },
)

# ------------------------------------------------------------------ exercise 2: a whole turn


def turn(x: np.ndarray, weights: np.ndarray, means: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """One iteration with σ known: γ from the old parameters, then N_k / n and Σ_i γ_ik x_i / N_k, float[k] each."""
    return _after(x, responsibilities(x, weights, means, np.full(len(means), sigma)))


def _after(x: np.ndarray, gamma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The M-step: new weights and new means."""
    return gamma.sum(axis=0) / len(x), new_means(x, gamma)


def new_means(x: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """μ_k = Σ_i γ_ik x_i / N_k: float[k]."""
    return gamma.T @ x / gamma.sum(axis=0)


def _asked(x: np.ndarray, w: Any, m: np.ndarray, s: float) -> np.ndarray:
    """The responsibilities in this exercise."""
    return shared(_joint(x, w, m, np.full(len(m), s)))


def _asked_twice(x: np.ndarray, w: np.ndarray, m: np.ndarray, s: float) -> tuple[np.ndarray, np.ndarray]:
    new = _asked(x, w, m, s).mean(axis=0)
    return new, new_means(x, _asked(x, new, m, s))


_HEIGHTS = np.array([60.0, 63.0, 66.0, 67.0, 72.0])
_TURN = Exercise(
    right=turn,
    cases=(
        Case((_HEIGHTS, np.array([0.7, 0.3]), np.array([64.0, 70.0]), 2.5), "five students and two components",
             "E: γ from the old weights and means. M: N_k / n, and the means weighted by γ"),
        Case((np.array([58.0, 61.0, 66.0, 71.0]), np.array([0.5, 0.3, 0.2]), np.array([60.0, 66.0, 72.0]), 2.0),
             "four students and three components", "Any number of students and of components should work"),
    ),
    shape="two arrays of K numbers each, first the new weights, then the new means: return new_weights, new_means",
    done="one E with the weights in it, one M for weights and means: call it again and again, and it is EM",
    slips={
        "the E-step has no weights. Now that they are free, multiply each closeness by its π before you divide":
            lambda x, w, m, s: _after(x, _asked(x, 1.0, m, s)),
        "these are the N, the numbers of students that the components answer for. Divide them by n to get weights":
            lambda x, w, m, s: (_asked(x, w, m, s).sum(axis=0), new_means(x, _asked(x, w, m, s))),
        "your weights are N divided by the number of components, K. Divide by the number of students, n":
            lambda x, w, m, s: (_asked(x, w, m, s).sum(axis=0) / len(m), new_means(x, _asked(x, w, m, s))),
        "the weights are right. For the means you divide by n; divide by N, the number of students that the component "
        "answers for":
            lambda x, w, m, s: (_asked(x, w, m, s).mean(axis=0), _asked(x, w, m, s).T @ x / len(x)),
        "the weights are right. The means are the old ones: in the M-step they move, too":
            lambda x, w, m, s: (_asked(x, w, m, s).mean(axis=0), m),
        "the means are right. The weights are the old ones: the new weight of a component is its N divided by n":
            lambda x, w, m, s: (w, new_means(x, _asked(x, w, m, s))),
        "the means are right, and all weights are equal. The weight of a component is its N divided by n":
            lambda x, w, m, s: (np.full(len(m), 1 / len(m)), new_means(x, _asked(x, w, m, s))),
        "you ask the students a second time, with the new weights, before you compute the means. One turn is one E and "
        "one M: both formulas use the same γ":
            _asked_twice,
        "the means come first. Return new_weights, new_means, in this order":
            lambda x, w, m, s: _after(x, _asked(x, w, m, s))[::-1],
        "you count each student in one component only, as k-means does. Let each student count by γ":
            lambda x, w, m, s: _after(x, hard(_asked(x, w, m, s))),
        "the exponent divides by σ, not by σ². Square the standard deviation":
            lambda x, w, m, s: _after(x, _asked(x, w, m, np.sqrt(s))),
        "the exponent lacks its factor one half":
            lambda x, w, m, s: _after(x, _asked(x, w, m, s / np.sqrt(2))),
        _BRACKETS:
            lambda x, w, m, s: _after(x, _asked(x, w, m, 1 / s)),
        "in the E-step you divide by the sum over the students. Each row belongs to one student: sum over the "
        "components, axis=1, with keepdims=True":
            lambda x, w, m, s: _after(x, shared(_joint(x, w, m, np.full(len(m), s)), axis=0)),
        "these are weight × density, not shares yet. In the E-step, divide each row by its sum":
            lambda x, w, m, s: _after(x, _joint(x, w, m, np.full(len(m), s))),
        "NumPy cannot fit n numbers in a row to a table of n rows and K columns. Keep the sum of each row as a column, "
        "axis=1, keepdims=True, and make x a column where it meets the table: x[:, None]":
            lambda x, w, m, s: _asked(x, w, m, s) * x,
        f"{_COLUMN}: x[:, None] - means":
            lambda x, w, m, s: x - m,
        _N_OR_K:
            lambda x, w, m, s: m - x,
    },
)

# ------------------------------------------------------------------ exercise 3: the spread


def new_sigmas(x: np.ndarray, gamma: np.ndarray, means: np.ndarray) -> np.ndarray:
    """σ_k = √(Σ_i γ_ik (x_i − μ_k)² / N_k): float[k]."""
    return np.sqrt(_squares(x, gamma, means) / gamma.sum(axis=0))


def _squares(x: np.ndarray, gamma: np.ndarray, means: Any) -> np.ndarray:
    return (gamma * (x[:, None] - means) ** 2).sum(axis=0)


_GAMMA = np.array([[0.99, 0.01], [0.9, 0.1], [0.6, 0.4], [0.45, 0.55], [0.02, 0.98]])
_THREE = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8]])
_ROW = "one number for each component: sum over the students, axis=0"

_NEW_SIGMAS = Exercise(
    right=new_sigmas,
    cases=(
        Case((_HEIGHTS, _GAMMA, new_means(_HEIGHTS, _GAMMA)), "five students and two components",
             "Average the squared distances to the component's own mean, each counted by γ; then take the root"),
        Case((_HEIGHTS[:4], _THREE, new_means(_HEIGHTS[:4], _THREE)), "four students and three components",
             "Any number of students and of components should work"),
    ),
    shape=_ROW,
    done="each component now has a spread of its own, measured from its own mean",
    slips={
        "these are the variances, σ². Take the square root":
            lambda x, g, m: _squares(x, g, m) / g.sum(axis=0),
        "you divide by N − 1. The highest likelihood divides by N itself":
            lambda x, g, m: np.sqrt(_squares(x, g, m) / (g.sum(axis=0) - 1)),
        "you divide by the number of students, n. Divide by N, the number of students that the component answers for: "
        "gamma.sum(axis=0)":
            lambda x, g, m: np.sqrt(_squares(x, g, m) / len(x)),
        "these are sums under the root. Divide by N, gamma.sum(axis=0), before you take the root":
            lambda x, g, m: np.sqrt(_squares(x, g, m)),
        "you measure from the mean of all students. Measure each component from its own mean":
            lambda x, g, m: np.sqrt(_squares(x, g, x.mean()) / g.sum(axis=0)),
        "you count every student fully in every component. Let each student count by γ":
            lambda x, g, m: np.sqrt(((x[:, None] - m) ** 2).mean(axis=0)),
        "you average the plain distances. Square them, average, and take the root":
            lambda x, g, m: (g * np.abs(x[:, None] - m)).sum(axis=0) / g.sum(axis=0),
        "you took one σ for all. Each component has its own":
            lambda x, g, m: np.full(g.shape[1], np.sqrt(_squares(x, g, m).sum() / len(x))),
        _N_OR_K:  # means - x stops with the same words
            lambda x, g, m: _squares(x, g, m) / g.sum(axis=1),
        f"{_COLUMN}: x[:, None] - means":
            lambda x, g, m: x - m,
    },
)

# ------------------------------------------------------------------ exercise 4: a start of one's own

_BEST, _SECOND, _ONE_GROUP = -51.742, -55.163, -59.072  # log-likelihoods that the lesson shows
_ELSEWHERE = "Try elsewhere: farther from the data, or less far"


def start_elsewhere(answer: Any) -> Verdict:
    """Two means from which EM, with everything unknown, ends at none of the places that the lesson has shown."""
    means = numbers(answer).ravel()
    if means.shape != (2,) or not np.isfinite(means).all():
        return Verdict(False, "a start is two numbers, the two means in inches, such as [60, 73]")
    if abs(means[0] - means[1]) < 0.01:
        return Verdict(False, "two equal means never part, as you have seen, and these are equal or nearly so. Make "
                              "them differ by more")
    trace = run(GaussianMixture(2), datasets.heights(), means[:, None], max_iterations=2000, tolerance=1e-9)
    reached = float(trace.log_likelihoods[-1])
    where = f"EM ends at log-likelihood {reached:.2f}"
    if abs(reached - _BEST) < 0.01:
        return Verdict(False, f"{where}, the good answer that you know. {_ELSEWHERE}")
    if abs(reached - _SECOND) < 0.01:
        return Verdict(False, f"{where}, the second answer that you know. {_ELSEWHERE}")
    if abs(reached - _ONE_GROUP) < 0.01:
        return Verdict(False, f"{where}: one component does all the work, as if there were one group. Start a little "
                              "nearer to the data")
    if reached > _BEST:
        return Verdict(True, f"{where}, far above the good answer. One component collapsed on a few equal "
                             "heights: a high number, and no group")
    return Verdict(True, f"{where}, one more stable answer. Its means are {trace.final.means[0, 0]:.2f} and "
                         f"{trace.final.means[1, 0]:.2f}. Every start tells its own story")


CHECKS = {
    "responsibilities": _RESPONSIBILITIES,
    "turn": _TURN,
    "new_sigmas": _NEW_SIGMAS,
    "start_elsewhere": start_elsewhere,
}
