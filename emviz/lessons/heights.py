"""Notebook 01, heights: its questions, its quiz, and the checks of its exercises."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz import datasets
from emviz.lessons.checks import Case, Exercise, Verdict
from emviz.lessons.questions import Question
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
    "same_start": Question(
        "You start both means at the same place, 66 inches, with the same standard deviation. What will EM do?",
        ("find the two groups anyway", "split the students at random",
         "keep the two means together forever", "stop with an error"),
        "keep the two means together forever",
        "Two equal components give every student the responsibilities one half and one half. Then both M-steps see "
        "the same data, and the two stay equal.",
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
        "The same data, two fits: the log-likelihoods are −51.7 and −22.3. Which fit do you trust?",
        ("the one with −22.3, it is higher", "neither, before I have looked at the components",
         "the one with −51.7, because lower is better"),
        "neither, before I have looked at the components",
        "Higher is usually better. But a component that collapses on a few equal points makes the log-likelihood as "
        "high as you like, and says nothing about the groups.",
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


def _shared(joint: np.ndarray, axis: int = 1) -> np.ndarray:
    return joint / joint.sum(axis=axis, keepdims=True)


_COLUMN = "NumPy cannot fit n heights to k columns. Make x a column, so that each student gets a row"

_RESPONSIBILITIES = Exercise(
    right=responsibilities,
    cases=(
        Case((np.array([60.0, 66.0, 67.0, 72.0]), np.array([0.7, 0.3]), np.array([64.0, 71.0]), np.array([2.0, 3.0])),
             "four students of 60, 66, 67 and 72 inches",
             "Each entry is weight × density, divided by the sum of its row"),
        Case((np.array([66.0]), np.array([0.5, 0.3, 0.2]), np.array([60.0, 66.0, 72.0]), np.array([2.0, 2.5, 3.0])),
             "one student and three components", "Any number of students and of components should work"),
        Case((np.array([50.0, 90.0]), np.array([0.5, 0.5]), np.array([64.0, 70.0]), np.array([2.0, 3.0])),
             "the far tails, 50 and 90 inches", "Far out the wider component wins, on both sides"),
        Case((np.array([1000.0, -1000.0]), np.array([0.5, 0.5]), np.array([64.0, 70.0]), np.array([2.0, 3.0])),
             "heights of 1000 and −1000 inches",
             "The class itself is right. But out there both densities are too small for the computer, and 0/0 is nan. "
             "Work with logarithms, and subtract the largest of each row before np.exp"),
    ),
    shape="an array of shape (n, k): one row for each student, one column for each component",
    done="the rows add up to 1, the tails go to the wider component, and even 1000 inches does no harm",
    slips={
        "the weights are missing. Multiply each density by its π before you divide":
            lambda x, w, m, s: _shared(_joint(x, 1.0, m, s)),
        "you divide by the sum over the students. Each row belongs to one student: sum over the components, axis=1, "
        "with keepdims=True":
            lambda x, w, m, s: _shared(_joint(x, w, m, s), axis=0),
        "these are weight × density, not shares yet. Divide each row by its sum":
            _joint,
        "the density has a factor 1/σ in front. It matters, because the components differ in σ":
            lambda x, w, m, s: _shared(s * _joint(x, w, m, s)),
        "the exponent divides by σ, not by σ². Square the standard deviation":
            lambda x, w, m, s: _shared(w * np.exp(-(x[:, None] - m) ** 2 / (2 * s)) / s),
        "you took σ for the variance. The standard deviation is σ, the variance is σ²":
            lambda x, w, m, s: _shared(_joint(x, w, m, np.sqrt(s))),
        "you took σ² for the standard deviation. The standard deviation is σ, the variance is σ²":
            lambda x, w, m, s: _shared(_joint(x, w, m, s**2)),
        "the exponent lacks its factor one half":
            lambda x, w, m, s: _shared(w * np.exp(-((x[:, None] - m) ** 2) / s**2) / s),
        "these are hard labels, 0 or 1. A responsibility is a share between 0 and 1":
            lambda x, w, m, s: np.eye(len(m))[_joint(x, w, m, s).argmax(axis=1)],
        "NumPy cannot fit n numbers in a row to a table of n rows and k columns. Keep the sum, or the largest, of each "
        "row as a column: axis=1, keepdims=True":
            lambda x, w, m, s: _joint(x, w, m, s) / _joint(x, w, m, s).sum(axis=1),
        f"{_COLUMN}: x[:, None] - means":
            lambda x, w, m, s: x - m,
    },
)

# ------------------------------------------------------------------ exercises 2 and 3: the M-step


def new_means(x: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """μ_k = Σ_i γ_ik x_i / N_k: float[k]."""
    return gamma.T @ x / gamma.sum(axis=0)


def new_sigmas(x: np.ndarray, gamma: np.ndarray, means: np.ndarray) -> np.ndarray:
    """σ_k = √(Σ_i γ_ik (x_i − μ_k)² / N_k): float[k]."""
    return np.sqrt(_squares(x, gamma, means) / gamma.sum(axis=0))


def _squares(x: np.ndarray, gamma: np.ndarray, means: Any) -> np.ndarray:
    return (gamma * (x[:, None] - means) ** 2).sum(axis=0)


_HEIGHTS = np.array([60.0, 63.0, 66.0, 67.0, 72.0])
_GAMMA = np.array([[0.99, 0.01], [0.9, 0.1], [0.6, 0.4], [0.45, 0.55], [0.02, 0.98]])
_THREE = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8]])
_ROW = "one number for each component: sum over the students, axis=0"
_N_OF_STUDENTS = ("NumPy cannot divide k numbers by n. gamma.sum(axis=1) has one number for each student, always 1. N "
                  "has one for each component: gamma.sum(axis=0)")


def _hard(gamma: np.ndarray) -> np.ndarray:
    return np.eye(gamma.shape[1])[gamma.argmax(axis=1)]


_NEW_MEANS = Exercise(
    right=new_means,
    cases=(
        Case((_HEIGHTS, _GAMMA), "five students and two components",
             "Multiply each height by its γ, sum over the students, divide by N"),
        Case((_HEIGHTS[:4], _THREE), "four students and three components",
             "Any number of students and of components should work"),
    ),
    shape=_ROW,
    done="every mean is an average in which each student counts as much as the component answers for them",
    slips={
        "you divide by the number of students, n. Divide by N, the number of students that the component answers for: "
        "gamma.sum(axis=0)":
            lambda x, g: g.T @ x / len(x),
        "these are sums. Divide by N, the number of students that the component answers for: gamma.sum(axis=0)":
            lambda x, g: g.T @ x,
        "you count each student in one component only. That is the hard M-step of k-means; let each student count by γ":
            lambda x, g: new_means(x, _hard(g)),
        "you took the plain mean of all students for every component. Let each student count by γ":
            lambda x, g: np.full(g.shape[1], x.mean()),
        "each height has to be multiplied by its γ before you sum":
            lambda x, g: x.sum() / g.sum(axis=0),
        _N_OF_STUDENTS:
            lambda x, g: g.T @ x / g.sum(axis=1),
        f"{_COLUMN}: gamma * x[:, None]":
            lambda x, g: g * x,
    },
)

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
        _N_OF_STUDENTS:
            lambda x, g, m: _squares(x, g, m) / g.sum(axis=1),
        f"{_COLUMN}: x[:, None] - means":
            lambda x, g, m: x - m,
    },
)

# ------------------------------------------------------------------ exercise 4: a start of one's own

_BEST, _SECOND, _ONE_GROUP = -51.742, -55.163, -59.072  # log-likelihoods that the lesson shows


def start_elsewhere(answer: Any) -> Verdict:
    """Two means from which EM, with everything unknown, ends at none of the places that the lesson has shown."""
    try:
        means = np.asarray(answer, dtype=float).ravel()
    except (TypeError, ValueError):
        means = np.empty(0)
    if means.shape != (2,) or not np.isfinite(means).all():
        return Verdict(False, "a start is two numbers, the two means in inches, such as [60, 73]")
    if means[0] == means[1]:
        return Verdict(False, "two equal means never part, as you have seen. Make them differ")
    trace = run(GaussianMixture(2), datasets.heights(), means[:, None], max_iterations=2000, tolerance=1e-9)
    reached = float(trace.log_likelihoods[-1])
    where = f"EM ends at log-likelihood {reached:.2f}"
    if abs(reached - _BEST) < 0.01:
        return Verdict(False, f"{where}, the good answer that you know. Start farther from the data")
    if abs(reached - _SECOND) < 0.01:
        return Verdict(False, f"{where}, the second answer that you know. Start farther from the data")
    if abs(reached - _ONE_GROUP) < 0.01:
        return Verdict(False, f"{where}: one component does all the work, as if there were one group. Start a little "
                              "nearer to the data")
    if reached > _BEST:
        return Verdict(True, f"{where}, far above the good answer. One component collapsed on a few equal "
                             "heights: a high number, and no group")
    return Verdict(True, f"{where}, a third stable answer. Its means are {trace.final.means[0, 0]:.2f} and "
                         f"{trace.final.means[1, 0]:.2f}. Every start tells its own story")


CHECKS = {
    "responsibilities": _RESPONSIBILITIES,
    "new_means": _NEW_MEANS,
    "new_sigmas": _NEW_SIGMAS,
    "start_elsewhere": start_elsewhere,
}
