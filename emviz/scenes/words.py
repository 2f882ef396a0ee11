"""What a picture says in words: captions, titles, alt text, numbers."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.text import Text

from emviz import style
from emviz.trace import Trace

ALT_LENGTH = 299
_LONGEST = 13  # characters of a number that stands in a picture


@dataclass(frozen=True)
class Story:
    """How a model tells what its half-steps do."""

    title: str
    component: str
    start: str
    e: str
    hard_e: str  # at T = 0
    m: str
    parameter: str  # whose values the alt text lists
    values: str     # the field of the params that holds them
    row: str = "point"
    e_name: str = ""
    m_name: str = ""
    soft_m: str = ""  # above T = 0, where that is not what m says


_GAUSSIAN = Story(
    "Gaussian mixture", "Gaussian", "{k} guessed, no point has been asked yet",
    "every point asks which Gaussian it came from", "every point picks its most likely Gaussian",
    "each Gaussian moves to its points", "means", "means")
_KMEANS = Story(
    "k-means", "center", "{k} placed, no point has chosen yet",
    "every point shares itself out among the centers", "every point joins its nearest center",
    "each center moves to the mean of its points", "centers", "means", e_name=" (assign)", m_name=" (update)",
    soft_m="each center moves to the mean of all points, each counted by its share")
_COINS = Story(
    "Mixture of coins", "coin", "{k} with guessed chances of heads",
    "every set of flips asks which coin made it", "every set of flips picks its most likely coin",
    "each coin takes the share of heads in its sets", "chances of heads", "probabilities", row="set")
_COUNTS = Story(
    "Poisson mixture", "rate", "{k} guessed, no count has been asked yet",
    "every count asks which rate it came from", "every count picks its most likely rate",
    "each rate becomes the mean of its counts", "rates", "rates", row="count")
_STORIES = {"GaussianMixture": _GAUSSIAN, "KMeans": _KMEANS, "BinomialMixture": _COINS, "PoissonMixture": _COUNTS}


def story_of(trace: Trace) -> Story:
    return _STORIES[type(trace.model).__name__]


def untold(trace: Trace) -> str | None:
    """Why there are no words for a run; None if there are."""
    return None if type(trace.model).__name__ in _STORIES else f"there are words for {', '.join(_STORIES)} only"


def title(trace: Trace) -> str:
    """A short name for a run: "Gaussian mixture, 4 Gaussians"."""
    story = story_of(trace)
    return f"{story.title}, {counted(trace.model.n_components, story.component)}"


def sentences(trace: Trace, index: int, switched: int | None = None) -> list[str]:
    """What happened in a state; then how many points switched, the events, and why the run ended.

    switched: how many points changed their component in an E-step, where known.
    """
    step = trace[index]
    story = story_of(trace)
    hard = trace.model.temperature == 0
    if step.kind == "start":
        told = [f"Start: {story.start.format(k=counted(trace.model.n_components, story.component))}"]
    elif step.kind == "E":
        told = [f"E{story.e_name}, iteration {step.iteration}: {story.hard_e if hard else story.e}"]
        if hard and switched is not None:
            told.append(f"{counted(switched, story.row) if switched else f'no {story.row}'} switched")
    else:
        told = [f"M{story.m_name}, iteration {step.iteration}: {story.m if hard else story.soft_m or story.m}"]
    told += step.events
    if index % len(trace) == len(trace) - 1 and not any(trace.stop_reason in event for event in step.events):
        told.append(f"{'converged' if trace.converged else 'stopped'}: {trace.stop_reason}")
    return told


def general(kind: str, iteration: int) -> str:
    """What a half-step does, in words that fit every model."""
    if kind == "start":
        return "Start: parameters guessed, nothing asked yet"
    if kind == "E":
        return f"E, iteration {iteration}: the points are shared out again"
    return f"M, iteration {iteration}: the parameters follow their points"


def ceiling(trace: Trace) -> str:
    """What the lower bound can reach: the log-likelihood at T = 1, at other temperatures the best bound of any q.

    k-means leaves out the constants of its log density, so its ceiling is no log-likelihood at any T.
    """
    is_likelihood = story_of(trace) is not _KMEANS and trace.model.temperature == 1
    return "log-likelihood" if is_likelihood else "best bound"


def objective(trace: Trace, index: int) -> str:
    """What is maximized, or the inertia of k-means: its name and its value in a state."""
    step = trace[index]
    if story_of(trace) is _KMEANS and trace.model.temperature == 0:
        value = step.log_likelihood if step.kind == "start" else step.lower_bound
        return f"inertia {number(-2 * value, 4)}"
    return f"{ceiling(trace)} {number(step.log_likelihood, 4)}"


def caption(told: list[str]) -> str:
    """The sentences of a state as one."""
    return "; ".join(told)


def alt(trace: Trace, index: int, told: list[str]) -> str:
    """The sentences and the numbers of a state, plain text of at most 299 characters."""
    step = trace[index]
    story = story_of(trace)
    if story is _KMEANS and trace.model.temperature == 0:
        fit = "" if step.kind == "start" else f" Inertia {number(-2 * step.lower_bound, 4)}."
    else:
        fit = f" {ceiling(trace).capitalize()} {number(step.log_likelihood, 4)}"
        fit += "." if step.kind == "start" else f", lower bound {number(step.lower_bound, 4)}."
    sentence = textwrap.shorten(caption(told), ALT_LENGTH - len(fit) - 1, placeholder=" …") + "."
    places = [_place(value) for value in getattr(step.params, story.values)]
    while places:
        numbers = f" {story.parameter.capitalize()}: {', '.join(places)}."
        if len(sentence) + len(numbers) + len(fit) <= ALT_LENGTH:
            return sentence + numbers + fit
        places = [*places[:-2], "…"] if places[-1] == "…" else [*places[:-1], "…"]
        if places == ["…"]:
            break
    return sentence + fit


def _place(value: Any) -> str:
    numbers = [number(x, 3) for x in np.atleast_1d(value)]
    return numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"


def counted(count: int, noun: str) -> str:
    """"1 coin", "2 coins"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def squeeze(artist: Text, room: float, side: str = "width") -> None:
    """Put a name that somebody gave on one line, and cut it to `room` pixels."""
    text = " ".join(artist.get_text().split())
    artist.set_text(text)
    while getattr(artist.get_window_extent(), side) > room and len(text) > 1:
        text = text[:int(0.9 * len(text))]
        artist.set_text(text.rstrip() + "…")


def narrow(artist: Text, room: float) -> None:
    """Make a line of ours fit into `room` pixels: smaller type, and if that is not enough, cut."""
    largest = size = float(artist.get_fontsize())
    while artist.get_window_extent().width > room and size > 0.75 * largest:
        size -= 0.5
        artist.set_fontsize(size)
    squeeze(artist, room)


def number(value: float, digits: int) -> str:
    """A number with at least `digits` significant digits, without an exponent while it is short."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    magnitude = math.floor(math.log10(abs(value)))
    if not -5 <= magnitude <= 9:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    return fixed(value, max(0, digits - 1 - magnitude))


def fixed(value: float, decimals: int) -> str:
    """A number with that many decimals, a true minus sign, and no negative zero."""
    text = f"{value:.{decimals}f}"
    return text.replace("-", "−") if float(text) != 0 else text.lstrip("-")


def reading(value: float, decimals: int) -> str:
    """A value with that many decimals, or with an exponent where it is too long to read."""
    text = fixed(value, decimals)
    return text if abs(value) < 1e8 and len(text) <= _LONGEST else number(value, 4 if abs(value) < 1 else 6)


def decimals(span: float, digits: int = 3) -> int:
    """How many decimals tell apart `digits` digits of a range that is `span` wide."""
    return 2 if not span > 0 else min(12, max(0, digits - 1 - math.floor(math.log10(span))))


def fit(artist: Text, told: list[str], width: float) -> None:
    """Set a caption `width` pixels wide: the rest below the first sentence, long ones in smaller type."""
    for size in (style.CAPTION, 15.5, 13.5, 11.5):
        artist.set_fontsize(size)
        lines = [line for part in (told[0], caption(told[1:])) if part
                 for line in _broken(artist, " ".join(part.split()), width)]
        if len(lines) <= 2:
            break
    if len(lines) > 3:
        lines[2:] = [textwrap.shorten(" ".join(lines[2:]), len(lines[2]), placeholder=" …")]
    artist.set_text("\n".join(lines))


def wrapped(figure: Any, text: str, width: float, **look: Any) -> list[str]:
    """The lines of a text in small type, `width` pixels wide; three at most. look: of the text, such as its weight."""
    artist = figure.text(0, 0, "", fontsize=style.SMALL, **look)
    lines = _broken(artist, text, width)
    if len(lines) > 3:
        artist.set_text(" ".join(lines[2:]))
        squeeze(artist, width)
        lines[2:] = [artist.get_text()]
    artist.remove()
    return lines


def _broken(artist: Text, text: str, width: float) -> list[str]:
    """The lines of a text, each as full as it goes."""
    def fits(line: str) -> bool:
        artist.set_text(line)
        return artist.get_window_extent().width <= width

    if fits(text):
        return [text]
    lines: list[str] = []
    for word in text.split():
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            artist.set_text(word)
            squeeze(artist, width)  # one word may be too long for any line
            lines.append(artist.get_text())
    return lines
