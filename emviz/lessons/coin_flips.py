"""Notebook 02, coin flips: its questions, its quiz, and the checks of its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import gammaln, softmax, xlog1py, xlogy

from emviz.lessons.checks import Case, Exercise, Verdict, numbers
from emviz.lessons.questions import Question
from emviz.lessons.shares import hard, shared

# ------------------------------------------------------------------ questions

QUESTIONS = {
    "how_likely": Question(
        "Ten flips of a coin came up HTTHTTTTHT. You may choose its chance of heads p as you like, so that exactly "
        "this sequence becomes as likely as it can be. How likely is that?",
        ("about 0.3", "about 0.03", "about 0.002"), "about 0.002",
        "There are 1024 sequences of ten flips, and each that has heads and tails in it is unlikely under every p: 4% "
        "at most. A likelihood is there to be compared with other likelihoods.",
    ),
    "first_flip": Question(
        "You know nothing about a coin. You flip it once, and it comes up heads. Which chance of heads makes this "
        "most likely?",
        ("0.5", "0.75", "1"), "1",
        "A coin that always comes up heads explains one head best. One flip says little, and the likelihood takes it "
        "at its word.",
    ),
    "product": Question(
        "3000 flips, so 3000 factors, and each is 0.3 or 0.7. What does Python say about their product?",
        ("a very small number, such as 1e-800", "0.0", "it stops with an error"), "0.0",
        "The smallest number that the computer holds is about 5e-324. What is below becomes zero, without a word.",
    ),
    "nine": Question(
        "You guess chances of 0.6 for coin 0 and 0.5 for coin 1. One set has 9 heads of 10 flips. Which coin made "
        "it, and how sure can you be?",
        ("coin 0, nearly sure: above 99%", "coin 0, about 80%", "coin 0, hardly more than 55%", "coin 1"),
        "coin 0, about 80%",
        "The exact share is 0.805. Nine heads speak for the coin with more heads, but with 0.6 and 0.5 both coins "
        "would rarely make nine.",
    ),
    "same_start": Question(
        "Somebody finds 0.6 and 0.5 arbitrary and starts both coins at 0.5. Where does EM end?",
        ("at 0.80 and 0.52, as before", "both at 0.66, the share of heads in all flips", "both stay at 0.5"),
        "both at 0.66, the share of heads in all flips",
        "Two equal coins share every set half and half. So both M-steps see the same flips, and the two coins never "
        "part.",
    ),
    "hard_or_soft": Question(
        "Two coins with the chances 0.65 and 0.45 made 1000 sets of ten flips. Hard EM gives each set to its more "
        "likely coin, soft EM shares it. Which of the two comes nearer to the true chances?",
        ("hard EM", "soft EM", "both come equally near"), "soft EM",
        "Hard EM gives the upper half of the sets to one coin and the lower half to the other, lucky sets included. "
        "So it drives the two chances apart.",
    ),
    "free_weights": Question(
        "Until now each coin was picked half of the time. Now the weights may move, too. What becomes of the highest "
        "log-likelihood that can be reached?",
        ("It rises, or stays as it is", "It falls, because more has to be estimated", "It can do either"),
        "It rises, or stays as it is",
        "One half and one half is still allowed. Who may choose among more can only do better, in this score. "
        "Whether the answer is nearer to the truth is another question.",
    ),
    "single_flips": Question(
        "Each coin is again picked half of the time, but flipped only once before it is put back: ten sets of one "
        "flip, six of them heads. EM starts once at (0.6, 0.5) and once at (0.9, 0.1). Do both runs end at the same "
        "chances?",
        ("yes, at the same two chances", "no, and one end has the higher log-likelihood",
         "no, and both ends have the same log-likelihood"),
        "no, and both ends have the same log-likelihood",
        "One flip shows only how often heads come at all, 6 of 10. More than one pair of coins explains that equally "
        "well.",
    ),
}

QUIZ = (
    Question(
        "What does the E-step do about a set whose coin is hidden?",
        ("It notes the most likely coin", "It leaves the set out",
         "It computes the share of each coin, and splits the flips of the set among the coins"),
        "It computes the share of each coin, and splits the flips of the set among the coins",
        "To note the best guess is hard EM. It forgets the doubt, and drives the coins apart.",
    ),
    Question(
        "After an E-step coin 0 has 12 expected heads and 4 expected tails, out of 50 flips in all sets. What is its "
        "new chance of heads?",
        ("12/50 = 0.24", "12/16 = 0.75", "12/4 = 3"), "12/16 = 0.75",
        "Expected heads divided by the expected flips of this coin. It does not answer for the other 34 flips.",
    ),
    Question(
        "EM from (0.6, 0.5) ends at (0.80, 0.52). Where does it end from (0.5, 0.6)?",
        ("at (0.52, 0.80)", "at (0.80, 0.52)", "at another optimum with a lower log-likelihood"), "at (0.52, 0.80)",
        "The same two coins with their numbers exchanged. The flips do not know which coin is called 0.",
    ),
    Question(
        "Why does one add logarithms, and not multiply likelihoods?",
        ("because the sum has its top at another p", "because the product of many factors is too small for the "
         "computer",
         "because logarithms are positive"),
        "because the product of many factors is too small for the computer",
        "Both have their top at the same p. But the product of a few thousand factors can become 0.0 for "
        "every p, and then nothing is left to compare.",
    ),
    Question(
        "From (0.5, 0.5) EM converges with a log-likelihood of −10.28, from other starts with −9.80. What do you "
        "conclude?",
        ("−10.28 is right, because the start was fair", "EM converged, and yet the first answer is not the best",
         "the first run needs more iterations"),
        "EM converged, and yet the first answer is not the best",
        "The two equal coins are balanced on a saddle of the surface: more iterations change nothing, a nudge does.",
    ),
    Question(
        "Two runs end at different chances with exactly the same log-likelihood, and they are not the same coins with "
        "their numbers exchanged. What can you say about the coins?",
        ("The second run is wrong", "These data cannot tell the two answers apart",
         "The average of the two answers is right"),
        "These data cannot tell the two answers apart",
        "No algorithm can. Other data are needed: more flips in each set.",
    ),
)

# ------------------------------------------------------------------ exercise 1: the log-likelihood of one coin


def log_likelihood(heads: float, tails: float, p: float) -> float:
    """heads · log p + tails · log(1 − p), in nats."""
    return float(xlogy(heads, p) + xlog1py(tails, -p))


_LOG_LATE = ("the logarithm comes too late: the product of 3000 factors is 0.0 already. Take the logarithm of each "
             "factor, and add")

_LOG_LIKELIHOOD = Exercise(
    right=log_likelihood,
    cases=(
        Case((3, 7, 0.3), "3 heads, 7 tails and p = 0.3", "Add log p for each of the heads and log(1 − p) for each "
                                                          "of the tails"),
        Case((8, 2, 0.5), "8 heads, 2 tails and p = 0.5", "Add log p for each of the heads and log(1 − p) for each "
                                                          "of the tails"),
        Case((0, 5, 0.2), "no heads, 5 tails and p = 0.2"),
        Case((900, 2100, 0.3), "900 heads, 2100 tails and p = 0.3", _LOG_LATE[0].upper() + _LOG_LATE[1:]),
    ),
    shape="one number",
    done="a number of nats, and 3000 flips do no harm",
    slips={
        "this is the likelihood itself. Take its logarithm":
            lambda h, t, p: p**h * (1 - p) ** t,
        _LOG_LATE:
            lambda h, t, p: np.log(p**h * (1 - p) ** t),
        f"in the last case {_LOG_LATE}":
            lambda h, t, p: math.log(p**h * (1 - p) ** t),
        "the tails are missing. Each of them has the factor 1 − p":
            lambda h, t, p: h * np.log(p),
        "the heads are missing. Each of them has the factor p":
            lambda h, t, p: t * np.log(1 - p),
        "you gave all flips the factor p. Tails have the factor 1 − p":
            lambda h, t, p: (h + t) * np.log(p),
        "heads and tails are exchanged":
            lambda h, t, p: log_likelihood(t, h, p),
        "this is the logarithm to base 10. Take the natural one, np.log":
            lambda h, t, p: log_likelihood(h, t, p) / np.log(10),
        "this is the logarithm to base 2. Take the natural one, np.log":
            lambda h, t, p: log_likelihood(h, t, p) / np.log(2),
        "the sign is turned around. Logarithms of probabilities are negative, and so is their sum":
            lambda h, t, p: -log_likelihood(h, t, p),
        "you divide by the number of flips. The log-likelihood is the sum, not the average":
            lambda h, t, p: log_likelihood(h, t, p) / (h + t),
        "you multiply the two logarithms. The logarithm of a product is a sum":
            lambda h, t, p: h * np.log(p) * t * np.log(1 - p),
        "you count all orders in which so many heads can come. Here the order is known: leave the binomial "
        "coefficient out":
            lambda h, t, p: log_likelihood(h, t, p) + gammaln(h + t + 1) - gammaln(h + 1) - gammaln(t + 1),
    },
)

# ------------------------------------------------------------------ exercise 2: the E-step


def responsibilities(heads: np.ndarray, flips: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """π_k p_k^x_i (1 − p_k)^(n_i − x_i), divided by its sum over the coins: float[n, k], in logs until the end."""
    tails = (flips - heads)[:, None]
    return softmax(np.log(weights) + xlogy(heads[:, None], p) + xlog1py(tails, -p), axis=1)


def _joint(heads: np.ndarray, flips: np.ndarray, p: np.ndarray, weights: Any) -> np.ndarray:
    """As the formula has it, without care for very small numbers."""
    return weights * p ** heads[:, None] * (1 - p) ** (flips - heads)[:, None]


_FIVE = np.array([5, 9, 8, 4, 7])
_TEN = np.full(5, 10)
_MIXED = (np.array([2, 7, 0, 5]), np.array([4, 8, 3, 20]))
_COLUMN = "NumPy cannot fit n sets to k coins. Make heads and tails columns, so that each set gets a row:"

_RESPONSIBILITIES = Exercise(
    right=responsibilities,
    cases=(
        Case((_FIVE, _TEN, np.array([0.6, 0.5]), np.array([0.5, 0.5])), "the five sets, with chances 0.6 and 0.5",
             "Each entry is weight × p to the heads × (1 − p) to the tails, divided by the sum of its row"),
        Case((*_MIXED, np.array([0.3, 0.6, 0.9]), np.array([0.2, 0.5, 0.3])), "four sets of different lengths, and "
             "three coins", "Any number of sets and of coins should work"),
        Case((np.array([2900, 2500]), np.array([5000, 5000]), np.array([0.6, 0.5]), np.array([0.5, 0.5])),
             "two sets of 5000 flips",
             "The formula itself is right. But both products are too small for the computer, and 0/0 is nan. Work with "
             "logarithms, and subtract the largest of each row before np.exp"),
        Case((np.array([2900, 9]), np.array([5000, 10]), np.array([0.6, 0.5]), np.array([0.5, 0.5])),
             "a set of 5000 flips beside one of ten",
             "The largest of the whole table is far above the row of the long set, and no help to it. Subtract from "
             "each row its own largest: axis=1, keepdims=True"),
    ),
    shape="an array of shape (n, k): one row for each set, one column for each coin",
    done="the rows add up to 1, the set with nine heads gives 0.805 to coin 0, and 5000 flips do no harm",
    slips={
        "the tails are missing. They have the factor 1 − p, and speak against a coin with many heads":
            lambda h, n, p, w: shared(w * p ** h[:, None]),
        "you divide by the sum over the sets. Each row belongs to one set: sum over the coins, axis=1, with "
        "keepdims=True":
            lambda h, n, p, w: shared(_joint(h, n, p, w), axis=0),
        "these are weight × likelihood, not shares yet. Divide each row by its sum":
            _joint,
        "these are hard labels, 0 or 1. A responsibility is a share between 0 and 1":
            lambda h, n, p, w: np.eye(len(p))[_joint(h, n, p, w).argmax(axis=1)],
        "the weights are missing. Multiply each likelihood by its π before you divide":
            lambda h, n, p, w: shared(_joint(h, n, p, 1.0)),
        "you took 1 − p to the power of all flips. Only the tails have this factor, flips − heads of them":
            lambda h, n, p, w: shared(w * p ** h[:, None] * (1 - p) ** n[:, None]),
        "you compare the chances only. How many heads and tails a set has must come in as powers":
            lambda h, n, p, w: shared(w * p + 0.0 * h[:, None]),
        "you multiply the chances by the numbers of heads and tails. Each flip has a factor of its own: take powers":
            lambda h, n, p, w: shared(w * (p * h[:, None] + (1 - p) * (n - h)[:, None])),
        "you subtract the largest of each column. That changes the shares in a row: take the largest of each row, "
        "axis=1, keepdims=True":
            lambda h, n, p, w: shared(_joint(h, n, p, w) / _joint(h, n, p, w).max(axis=0)),
        "NumPy cannot fit n numbers in a row to a table of n rows and k columns. Keep the sum of each row as a column: "
        "axis=1, keepdims=True":
            lambda h, n, p, w: _joint(h, n, p, w) / _joint(h, n, p, w).sum(axis=1),
        f"{_COLUMN} p ** heads[:, None]":
            lambda h, n, p, w: p**h,
        f"{_COLUMN} heads[:, None] * np.log(p)":
            lambda h, n, p, w: h * np.log(p),
    },
)

# ------------------------------------------------------------------ exercise 3: the M-step


def new_chances(heads: np.ndarray, flips: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """p_k = expected heads / expected flips = Σ_i γ_ik x_i / Σ_i γ_ik n_i: float[k]."""
    return gamma.T @ heads / (gamma.T @ flips)


_GAMMA = np.array([[0.449, 0.551], [0.805, 0.195], [0.733, 0.267], [0.352, 0.648], [0.647, 0.353]])
_THREE = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8]])

_NEW_CHANCES = Exercise(
    right=new_chances,
    cases=(
        Case((_FIVE, _TEN, _GAMMA), "the five sets and two coins",
             "For each coin: its expected heads, divided by its expected flips"),
        Case((*_MIXED, _THREE), "four sets of different lengths, and three coins",
             "Any number of sets and of coins should work"),
    ),
    shape="one number for each coin: sum over the sets, axis=0",
    done="each coin counts the heads and the flips that it answers for",
    slips={
        "you divide by the number of sets, or by the flips of all of them. Divide by the flips that this coin "
        "answers for":
            lambda h, n, g: g.T @ h / n.sum(),
        "you divide by the number of sets that the coin answers for. That gives heads a set; divide by the flips "
        "that it answers for":
            lambda h, n, g: g.T @ h / g.sum(axis=0),
        "these are the expected heads. Divide by the expected flips of each coin":
            lambda h, n, g: g.T @ h,
        "you divide heads by tails. A chance is heads divided by flips: heads and tails together":
            lambda h, n, g: g.T @ h / (g.T @ (n - h)),
        "these are the chances of tails":
            lambda h, n, g: g.T @ (n - h) / (g.T @ n),
        "you count each set for one coin only. That is the hard M-step; let each set count by γ for every coin":
            lambda h, n, g: new_chances(h, n, hard(g)),
        "you average the shares of heads, so that a short set counts as much as a long one. Add up heads and flips "
        "first, then divide once":
            lambda h, n, g: g.T @ (h / n) / g.sum(axis=0),
        "you took the share of heads in all flips for every coin. Let each set count by γ":
            lambda h, n, g: np.full(g.shape[1], h.sum() / n.sum()),
        "the heads have to be multiplied by their γ, too":
            lambda h, n, g: h.sum() / (g.T @ n),
        "NumPy cannot fit k numbers, one for each coin, to n numbers, one for each set. Let γ count the heads and the "
        "flips of each set first, as in gamma * heads[:, None], and sum over axis=0":
            lambda h, n, g: g.sum(axis=0) * h,
        "NumPy cannot fit n heads to k coins. Make the heads a column, so that each set has a row: gamma * heads[:, "
        "None]":
            lambda h, n, g: g * h,
        "NumPy cannot fit n heads to k coins. Make the heads a column, so that each set has a row: heads[:, None] * "
        "gamma":
            lambda h, n, g: h * g,
    },
)

# ------------------------------------------------------------------ exercise 4: the whole loop


def em(heads: np.ndarray, flips: np.ndarray, p: np.ndarray, weights: np.ndarray,
       iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """E and M in turns, with free weights: the chances float[k] and the weights float[k] at the end."""
    for _ in range(iterations):
        gamma = responsibilities(heads, flips, p, weights)
        p, weights = new_chances(heads, flips, gamma), gamma.mean(axis=0)
    return p, weights


def _fixed(h: Any, n: Any, p: Any, w: Any, iterations: int) -> tuple[Any, Any]:
    for _ in range(iterations):
        p = new_chances(h, n, responsibilities(h, n, p, w))
    return p, w


def _hard_em(h: Any, n: Any, p: Any, w: Any, iterations: int) -> tuple[Any, Any]:
    for _ in range(iterations):
        gamma = hard(responsibilities(h, n, p, w))
        p, w = new_chances(h, n, gamma), gamma.mean(axis=0)
    return p, w


def _e_without_weights(h: Any, n: Any, p: Any, w: Any, iterations: int) -> tuple[Any, Any]:
    for _ in range(iterations):
        gamma = responsibilities(h, n, p, np.ones(len(p)))
        p, w = new_chances(h, n, gamma), gamma.mean(axis=0)
    return p, w


def _weights_of_flips(h: Any, n: Any, p: Any, w: Any, iterations: int) -> tuple[Any, Any]:
    for _ in range(iterations):
        gamma = responsibilities(h, n, p, w)
        p, w = new_chances(h, n, gamma), gamma.T @ n / n.sum()
    return p, w


def _e_once(h: Any, n: Any, p: Any, w: Any, iterations: int) -> tuple[Any, Any]:
    return em(h, n, p, w, min(iterations, 1))


_START = (np.array([0.6, 0.5]), np.array([0.5, 0.5]))

_EM = Exercise(
    right=em,
    cases=(
        Case((_FIVE, _TEN, *_START, 1), "one iteration on the five sets",
             "First all responsibilities, from the old parameters; then the new chances and the new weights"),
        Case((_FIVE, _TEN, *_START, 10), "ten iterations on the five sets",
             "Each E has to use the chances and the weights of the M before it"),
        Case((*_MIXED, np.array([0.3, 0.6, 0.9]), np.array([0.2, 0.5, 0.3]), 3),
             "four sets of different lengths, and three coins", "Any number of sets and of coins should work"),
    ),
    shape="the pair (p, weights), each with one number for each coin",
    done="this is all of EM. After ten iterations the chances are 0.79 and 0.51, and the weights are no longer equal",
    slips={
        "the weights never change. Each M also gives a coin the share of the sets that it answers for":
            _fixed,
        "the pair is exchanged. Return the chances first, then the weights":
            lambda h, n, p, w, i: em(h, n, p, w, i)[::-1],
        "you give each set to one coin. That is hard EM; keep the shares":
            _hard_em,
        "you stop after one iteration, or each E sees the first guess again. Each E has to use the chances and the "
        "weights of the M before it, and return comes after the loop":
            _e_once,
        "the weights are missing in your E. They are equal at the start only: multiply each likelihood by the weight "
        "of its coin":
            _e_without_weights,
        "you do one iteration less than asked for, or return what you began with":
            lambda h, n, p, w, i: em(h, n, p, w, i - 1),
        "you do one iteration more than asked for":
            lambda h, n, p, w, i: em(h, n, p, w, i + 1),
        "the new weight is the share of the sets that a coin answers for, however long they are. You took its share of "
        "the flips":
            _weights_of_flips,
        "the weights do not add up to 1. Divide the number of sets that a coin answers for by the number of all sets":
            lambda h, n, p, w, i: (em(h, n, p, w, i)[0], len(h) * em(h, n, p, w, i)[1]),
    },
)

# ------------------------------------------------------------------ exercise 5: the same fit

_HEADS, _TAILS = 6, 4  # of the ten single flips
_SEEN = ((0.648, 0.552), (0.962, 0.238))  # the two ends that the lesson shows


def same_fit(answer: Any) -> Verdict:
    """Two different chances that explain the single flips as well as any, with weights of one half."""
    chances = numbers(answer).ravel()
    if chances.shape != (2,) or not np.isfinite(chances).all():
        return Verdict(False, "give two numbers, the chances of coin 0 and of coin 1, in square brackets")
    if chances.min() < 0 or chances.max() > 1:
        return Verdict(False, "a chance lies between 0 and 1")
    average = chances.mean()
    found = log_likelihood(_HEADS, _TAILS, average)
    fit = f"the average of your chances is {average:.3g}, and their log-likelihood is {found:.4f}"
    if log_likelihood(_HEADS, _TAILS, _HEADS / 10) - found > 1e-4:
        aim = "What has to be the same for every point of the ridge?"
        return Verdict(False, f"{fit}, below -6.7301. {aim}")
    if np.ptp(chances) < 0.01:
        return Verdict(False, "they are on the ridge, but this is one coin twice. Choose two different chances")
    if any(np.allclose(np.sort(chances), np.sort(seen), atol=0.001) for seen in _SEEN):
        return Verdict(False, "this is one of the two ends above. Choose another place on the ridge")
    return Verdict(True, f"{fit}, the same as at both ends. These flips cannot tell any of the three apart")


CHECKS = {
    "log_likelihood": _LOG_LIKELIHOOD,
    "responsibilities": _RESPONSIBILITIES,
    "new_chances": _NEW_CHANCES,
    "em": _EM,
    "same_fit": same_fit,
}
