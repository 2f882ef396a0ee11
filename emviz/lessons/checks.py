"""Checks of exercises: run the answer, compare it with the right one and with the usual wrong ones."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

EMPTY = "there is nothing here yet. Replace YOUR CODE HERE, run the cell, then run this check again"


@dataclass(frozen=True)
class Verdict:
    """right: bool.  sentence: what to tell the learner."""

    right: bool
    sentence: str

    def __str__(self) -> str:
        end = "" if self.sentence.endswith((".", "?", "!")) else "."
        return f"{'Right' if self.right else 'Not yet'}: {self.sentence}{end}"


@dataclass(frozen=True)
class Case:
    """One call of the learner's function.

    arguments: what it is called with.  name: the case in words, for "for …" in a sentence.
    hint: what to think of if this case is the one that fails.
    """

    arguments: tuple[Any, ...]
    name: str
    hint: str = ""


@dataclass(frozen=True)
class Exercise:
    """A function to write, judged by what it returns, never by how it is written.

    right: a function that is right.  cases: what both are called with, in this order.
    slips: for each usual mistake what to say, and a function that makes it. A mistake is named if it
        explains everything that the answer returned so far, or stops with the same words.
    shape: what the result looks like, in words.  done: what to say when all is right.
    tolerance: relative, and absolute for values near zero.
    """

    right: Callable[..., Any]
    cases: tuple[Case, ...]
    shape: str
    done: str
    slips: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    tolerance: float = 1e-6

    def __call__(self, answer: Any) -> Verdict:
        if not callable(answer):
            return Verdict(False, "hand over the function itself, its name without brackets behind it")
        slips = dict(self.slips)  # those that agree with the answer in every case so far
        for case in self.cases:
            returned = _outcome(answer, case)
            if isinstance(returned, BaseException):
                told = _told(returned)
                named = (said for said, slip in slips.items() if _stops_with(told, _outcome(slip, case)))
                return Verdict(False, next(named, f"your function stops with {told} (for {case.name})"))
            got, expected = _numbers(returned), _numbers(_called(self.right, case))
            assert expected is not None
            if complaint := self._about_shape(returned, got, expected, case):
                alike = (said for said, slip in slips.items() if self._same(got, _outcome(slip, case)))
                return Verdict(False, complaint if got is None else next(alike, complaint))
            assert got is not None
            got = got.reshape(expected.shape)
            slips = {said: slip for said, slip in slips.items() if self._same(got, _outcome(slip, case))}
            if not self._same(got, expected):
                return Verdict(False, next(iter(slips), _difference(got, expected, case)))
        return Verdict(True, self.done)

    def _about_shape(self, returned: Any, got: np.ndarray | None, expected: np.ndarray, case: Case) -> str:
        """What is wrong with the kind of thing that came back; nothing if it can be compared."""
        if _is_empty(returned):
            return "your function returns nothing yet. Replace YOUR CODE HERE, and end with return"
        if got is None:
            return f"your function returns {_given(returned)}. It should return {self.shape}"
        if got.squeeze().shape == expected.squeeze().shape:
            return ""
        if got.T.shape == expected.shape and self._same(got.T, expected):
            return f"the numbers are right, with rows and columns exchanged. It should return {self.shape}"
        return f"for {case.name} your function returns {_shape(got)}. It should return {self.shape}"

    def _same(self, a: Any, b: Any) -> bool:
        if isinstance(b, BaseException) or np.shape(a) != np.shape(b):
            return False
        return np.allclose(a, b, rtol=self.tolerance, atol=self.tolerance, equal_nan=True)


def judged(check: Callable[[Any], Verdict], answer: Any) -> Verdict:
    """The verdict of a check on an answer. Whatever goes wrong becomes a sentence too; NumPy's warnings do not show."""
    if _is_empty(answer):
        return Verdict(False, EMPTY)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return check(answer)
    except (Exception, SystemExit) as error:
        return Verdict(False, f"your answer cannot be used: {_told(error)}")


def _called(function: Callable[..., Any], case: Case) -> Any:
    """The function on a copy of the arguments: a learner may write into them."""
    return function(*copy.deepcopy(case.arguments))


def _outcome(function: Callable[..., Any], case: Case) -> Any:
    """What the function returns, or the exception that it stops with; exit() is one, too, and ends no notebook."""
    try:
        return _called(function, case)
    except (Exception, SystemExit) as error:
        return error


def _stops_with(told: str, outcome: Any) -> bool:
    return isinstance(outcome, BaseException) and _told(outcome) == told


def _is_empty(answer: Any) -> bool:
    return answer is None or answer is Ellipsis


def _numbers(value: Any) -> np.ndarray | None:
    """Anything with numbers in it as float[...], or None."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def numbers(answer: Any) -> np.ndarray:
    """An answer as float[...]; an empty array where it is none, so that its shape alone is judged."""
    found = _numbers(answer)
    return np.empty(0) if found is None else found


def _difference(got: np.ndarray, expected: np.ndarray, case: Case) -> str:
    """Where two arrays of one shape differ most, in words."""
    gaps = np.abs(got - expected)
    at = np.unravel_index(np.argmax(np.where(np.isnan(gaps), np.inf, gaps)), got.shape)
    place = f" at {[*map(int, at)]}" if at else ""
    if any(np.array_equal(got, np.round(expected, decimals)) for decimals in range(1, 10)):
        return f"for {case.name} the numbers are right, but rounded. Return them with all their digits"
    pairs = ((f"{got[at]:.{digits}g}", f"{expected[at]:.{digits}g}") for digits in range(4, 18))
    yours, right = next((pair for pair in pairs if pair[0] != pair[1]), ("nearly that", f"{expected[at]:.4g}"))
    sentence = f"for {case.name} your function gives {yours}{place}, and {right} is right"
    return f"{sentence}. {case.hint}" if case.hint else sentence


def _given(value: Any) -> str:
    return f"{kind(value)} whose parts differ in shape" if isinstance(value, tuple | list) else kind(value)


def kind(value: Any) -> str:
    """The type of a value, with its article."""
    name = type(value).__name__
    return f"an {name}" if name[0].lower() in "aeiou" or name == "ndarray" else f"a {name}"


def _shape(array: np.ndarray) -> str:
    return "one number" if array.ndim == 0 else f"an array of shape {array.shape}"


def _told(error: BaseException) -> str:
    """An exception in one line."""
    lines = str(error).split("\n")
    return f"{type(error).__name__}: {lines[0]}".rstrip(": .")
