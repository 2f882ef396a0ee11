"""Notebook 00, start here: its questions, its quiz, and the checks of its exercises."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from emviz.datasets import Dataset, blobs
from emviz.lessons.checks import EMPTY, Verdict, kind
from emviz.lessons.questions import Question
from emviz.models import KMeans
from emviz.params import Params
from emviz.trace import Trace, run

# ------------------------------------------------------------------ questions

QUESTIONS = {
    "first_half_step": Question(
        "At the start all three vans stand at the gate, and every house is gray: nobody has chosen yet. The first "
        "half-step is called E. What will change in the picture?",
        ("The houses take colors, the vans stand still", "The vans drive, the houses stay gray",
         "The vans drive and the houses take colors, both at once"),
        "The houses take colors, the vans stand still",
        "One half-step changes one thing. In an E every house picks its nearest van. In the M after it the vans drive.",
    ),
    "mixed_color": Question(
        "Now the points choose softly: a point may belong to both groups, to one more than to the other. What color "
        "will a point have that lies between the two groups?",
        ("the color of the nearer group", "a mix of both colors", "gray"), "a mix of both colors",
        "Each color counts as much as the point belongs to that group. With hard choices there are no mixed colors.",
    ),
}

QUIZ = (
    Question(
        "You step on, and points change their color. Nothing else moves. Which half-step was it?",
        ("an E", "an M", "one cannot tell"), "an E",
        "E asks every point where it belongs. The centers stay as they are, and so does every other parameter.",
    ),
    Question(
        "You step on, and the centers move. The colors stay. What did the centers use to find their new places?",
        ("the points of their own color", "all the points, each as much as any other", "the nearest other center"),
        "the points of their own color",
        "This is an M: every center moves to the mean of its points. In a mixture a point counts by its share.",
    ),
    Question(
        "The caption says “converged”. Which of these does that not mean?",
        ("Another iteration would change next to nothing", "This is the best of all answers",
         "The run has come to rest"),
        "This is the best of all answers",
        "Converged says that the run has come to rest. Whether it rests in a good place is another question.",
    ),
    Question(
        "A friend sees that component 0 in your picture is blue, and in hers the same group is number 1. Who is wrong?",
        ("you", "she", "neither"), "neither",
        "The numbers and colors of components depend on the start. They carry no meaning.",
    ),
)

# ------------------------------------------------------------------ exercise 1: to read a run


@cache
def _village() -> Dataset:
    return blobs(150, centers=[[1, 1], [5, 2], [3, 5]], spread=0.9)


@cache
def _market() -> Trace:
    """The run that the notebook asks about."""
    return run(KMeans(3), _village(), [[3.5, 2], [4, 2], [3.5, 2.5]])


def reading(answer: Any) -> Verdict:
    """The half-step in which vans drive, the iteration in which they do so for the last time, and how many houses
    change in the E of iteration 3, for the run from the market.
    """
    if isinstance(answer, str) or not isinstance(answer, Sequence | np.ndarray) or len(answer) != 3:
        return Verdict(False, 'give three answers in brackets: a letter and two numbers, such as ["E", 7, 12]')
    letter = str(answer[0]).strip().upper().removesuffix("-STEP").removesuffix(" STEP")
    try:
        last, changed = float(answer[1]), float(answer[2])
    except (TypeError, ValueError):
        return Verdict(False, 'the second and the third answer are numbers, as in ["E", 7, 12]')
    if complaint := _about_letter(letter) or _about_last_move(last) or _about_changes(changed):
        return Verdict(False, complaint)
    return Verdict(True, f"vans drive in an M, for the last time in iteration {last:g}, and {changed:g} houses change "
                         "their van in the E of iteration 3. You can read a run")


def _about_letter(letter: str) -> str:
    if letter == "M":
        return ""
    if letter == "E":
        return "first answer: in an E the houses change color, and the vans stand still. Step on by one and look again"
    return 'first answer: give the letter of the half-step, "E" or "M", as on the flag at the curve'


def _about_last_move(iteration: float) -> str:
    trace = _market()
    stop = trace[-1].iteration
    if iteration == stop - 1:
        return ""
    if iteration == stop:
        return f"second answer: in iteration {stop} nothing moves: the run has converged. Look for the move before"
    if len(trace) - 3 <= iteration <= len(trace):  # the last half-steps
        return f"second answer: {iteration:g} counts half-steps. An iteration is an E and the M after it"
    if 1 <= iteration < stop - 1:
        return f"second answer: the vans move after iteration {iteration:g}, too, if only a little. Step on to the end"
    return "second answer: step back from the end until a van moves, and read the iteration above the picture"


def _about_changes(changed: float) -> str:
    if changed == _changes(3):
        return ""
    for iteration in (2, 4):
        if changed == _changes(iteration):
            return f"third answer: {changed:g} houses change in the E of iteration {iteration}. Look at iteration 3"
    if changed == 0:
        return "third answer: some houses do change. In the E of iteration 3 they have a dark ring"
    if changed == len(_village().data):
        return "third answer: these are all the houses. Count only those that change: they have a dark ring"
    return "third answer: step to the E of iteration 3 and count the houses with a dark ring"


def _changes(iteration: int) -> int:
    """How many houses changed their van in the E of an iteration."""
    trace = _market()
    return int(np.sum(trace.labels(2 * iteration - 1) != trace.labels(2 * iteration - 3)))


# ------------------------------------------------------------------ exercise 2: a run of one's own

_WHATS = ((Dataset, "these are the data, before any run"), (Params, "these are parameters, where a run starts or ends"),
          (KMeans, "this is the model, before any run"))


def first_run(answer: Any) -> Verdict:
    """A trace of k-means with three clusters on other data than the village."""
    hand_over = "Hand over what emviz.run(model, data) returns"
    if not isinstance(answer, Trace):
        if isinstance(getattr(answer, "trace", None), Trace):
            return Verdict(False, "this is an explorer. The run in it is its trace: hand over explorer.trace")
        if callable(answer):
            return Verdict(False, f"this is something that can be called, and it has not been called yet. {hand_over}")
        what = next((said for of_type, said in _WHATS if isinstance(answer, of_type)), f"this is {kind(answer)}")
        return Verdict(False, f"{what}, not a run. {hand_over}")
    model = answer.model
    if not isinstance(model, KMeans):
        return Verdict(False, f"this is a run of {kind(model)}. The model should be emviz.KMeans(3)")
    if model.temperature > 0:
        return Verdict(False, "this is k-means with soft labels, because of its temperature. Leave the temperature out")
    k = len(answer.final.means)
    if k != 3:
        return Verdict(False, f"this run has {k} {'center' if k == 1 else 'centers'}. Three were asked for: "
                              "emviz.KMeans(3)")
    if len(answer) == 1:
        return Verdict(False, "this run has a start and no step after it. Leave max_iterations out")
    if np.shape(answer.data) == _village().data.shape and np.array_equal(answer.data, _village().data):
        return Verdict(False, "this run is in the village again. Take other data, such as emviz.datasets.iris()")
    n, iterations = len(answer.data), answer[-1].iteration
    end = "it converged" if answer.converged else "it was stopped before it converged"
    return Verdict(True, f"three centers, {n} points, and {end} in iteration {iterations}. Look at it: "
                         "emviz.show(my_run)")


# ------------------------------------------------------------------ exercise 3: a GIF of one's own

_FEW = 4                       # frames; a run of a single iteration has three
_SHOWN = "start_here.gif"      # the one that the notebook makes


def gif(answer: Any) -> Verdict:
    """The path of an animated GIF that shows a run and loops."""
    if isinstance(answer, Trace):
        return Verdict(False, "this is the run. Hand over the name of the file, which emviz.save_gif returns")
    if not isinstance(answer, str | os.PathLike):
        return Verdict(False, f"this is {kind(answer)}. Hand over the name of your file, such as "
                              '"my_first.gif"')
    if not os.fspath(answer).strip():
        return Verdict(False, EMPTY)
    path = Path(answer)
    if path.is_dir():
        return Verdict(False, f"{path.name} is a folder. Hand over the name of the file in it")
    if not path.is_file():
        return Verdict(False, f"there is no file {path.name} here. Did you run emviz.save_gif, and is the name the "
                              "same, with .gif at its end?")
    if path.name == _SHOWN:
        return Verdict(False, "this is the GIF that the notebook made. Make one of a run of your own, under another "
                              "name")
    try:
        with Image.open(path) as picture:
            written_as, frames, loops = picture.format, getattr(picture, "n_frames", 1), picture.info.get("loop")
            seconds = 0.0
            for number in range(frames):
                picture.seek(number)
                picture.load()
                seconds += picture.info.get("duration", 0) / 1000
    except UnidentifiedImageError:
        return Verdict(False, f"{path.name} is not a picture. emviz.save_gif writes a GIF")
    except (OSError, EOFError):
        return Verdict(False, f"{path.name} breaks off in the middle. Save it again")
    if written_as != "GIF":
        return Verdict(False, f"{path.name} is a {written_as}, not a GIF. emviz.save_gif writes one")
    if frames == 1:
        return Verdict(False, "your GIF has one frame only, so nothing moves. Leave steps out, and every half-step "
                              "becomes a frame")
    if frames < _FEW:
        return Verdict(False, f"your GIF has {frames} frames. That is too few to see E and M take turns: leave steps "
                              "out, or take a run that goes on for longer")
    if loops is None:
        return Verdict(False, "your GIF plays once and stops. Leave loop out: then it begins again")
    return Verdict(True, f"{frames} frames, {seconds:.1f} seconds, and then it begins again. It is yours: put it on "
                         "a slide or into a chat")


CHECKS = {"reading": reading, "first_run": first_run, "gif": gif}
