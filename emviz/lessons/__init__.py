"""What notebooks need: checks of exercises, predict-first questions, quizzes, stills with alt text.

A notebook's own checks and questions live in a file named after it, and are called by name:
`check("heights.new_sigmas", my_function)`, `predict("heights.humps")`, `quiz("heights")`.
"""

from __future__ import annotations

import importlib
import pkgutil
import textwrap
from difflib import get_close_matches
from typing import Any

from emviz.lessons.checks import Verdict, judged
from emviz.lessons.pictures import Group, Still, bells, curves, groups, mixture_curve
from emviz.lessons.questions import Questions

__all__ = ["Group", "Still", "Verdict", "bells", "check", "curves", "groups", "mixture_curve", "predict", "quiz",
           "verdict"]

_LINE = 72  # characters; JupyterLab, 1000 pixels wide, breaks a longer line within a word
_TOOLS = {"checks", "form", "pictures", "questions", "shares"}


def check(name: str, answer: Any, *, solution: bool = False) -> None:
    """Print in a sentence whether an answer is right, or what is wrong with it.

    name: "notebook.exercise".  answer: the learner's function or value. An answer never makes this
    raise; only an unknown name is a ValueError.
    solution: this is the notebook's own solution, folded away, so the sentence must not tell what it says.
    """
    told = verdict(name, answer)
    if not solution:
        print(textwrap.fill(str(told), _LINE))
    elif told.right:
        print("The solution is right. Unfold its cell to read it.")
    else:
        print(textwrap.fill(f"The solution. {told}", _LINE))


def verdict(name: str, answer: Any) -> Verdict:
    """What `check` prints, as a value: whether it is right, and the sentence."""
    return judged(_find(name, "CHECKS"), answer)


def predict(name: str) -> Questions:
    """A question to answer before going on. name: "notebook.question"."""
    return Questions("Predict first", (_find(name, "QUESTIONS"),))


def quiz(notebook: str) -> Questions:
    """The questions at the end of a notebook."""
    return Questions("Quiz", _content(notebook).QUIZ)


def notebooks() -> tuple[str, ...]:
    """The notebooks that have checks and questions."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _TOOLS)


def _content(notebook: str) -> Any:
    if notebook not in notebooks():
        raise ValueError(_unknown(notebook, notebooks()))
    return importlib.import_module(f"{__name__}.{notebook}")


def _find(name: str, table: str) -> Any:
    notebook, _, entry = name.partition(".")
    entries = getattr(_content(notebook), table)
    if entry not in entries:
        raise ValueError(_unknown(name, tuple(f"{notebook}.{known}" for known in entries)))
    return entries[entry]


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(map(repr, known))}"
    return f"no {name!r} in the lessons: {hint}"
