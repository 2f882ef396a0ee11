"""What `emviz gif` and its kin do: run EM on the data, and write the picture."""

from __future__ import annotations

import argparse
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emviz import progress
from emviz.cli.data import STANDARD_INPUT, STDIN_NAME, Given, check, read
from emviz.cli.kinds import guess
from emviz.cli.words import Failure, WrongUsage, in_shell_words
from emviz.datasets import Dataset
from emviz.export import save_frames, save_gif, save_mp4, save_strip, save_webp
from emviz.export.film import SIZE
from emviz.export.frames import FRAME
from emviz.export.options import Options
from emviz.files import checked_file, checked_folder
from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture
from emviz.page import save_html
from emviz.scenes import VIEWS, Scene, scene
from emviz.trace import Trace, run

# What saves, and how the file may end: the first is what it is called by default.
MEDIA: dict[str, tuple[Callable[..., Path], tuple[str, ...]]] = {
    "gif": (save_gif, (".gif",)),
    "mp4": (save_mp4, (".mp4",)),
    "webp": (save_webp, (".webp",)),
    "strip": (save_strip, (".png", ".svg", ".pdf")),
    "frames": (save_frames, ()),
    "html": (save_html, (".html", ".htm")),
}
# Those of the options that go there.
OPTIONS = ("size", "dpi", "tween", "seconds_per_step", "hold", "title", "caption", "loop")
FILMS = ("gif", "mp4", "webp", "frames")

# Options that only one model has.
_ONLY = {"covariance": "gaussian", "min_variance": "gaussian", "flips": "coins"}


def write(arguments: argparse.Namespace) -> str:
    """Run the model on the data and write the picture; returns what to say of it.

    What is wrong with the options is told before anything is computed, as far as it can be known by then.
    """
    with _in_shell_words_about(arguments.data):
        check(arguments.data)
        save, suffixes = MEDIA[arguments.command]
        output = _checked_output(arguments, suffixes)
        options = {name: value for name in OPTIONS if (value := getattr(arguments, name, None)) is not None}
        Options(**options)
        view = _checked_view(arguments.view)
        given = _read(arguments)
        kind = _checked_model(arguments, given)
        with warnings.catch_warnings(), _bars_on_a_terminal_only():
            warnings.simplefilter("ignore", UserWarning)  # what a run warns of is among its events, too
            trace = _run(arguments, given, kind)
            steps = None if arguments.steps is None else arguments.steps.of(len(trace))
            save(_shown(trace, given, view, arguments), output, steps=steps, **options)
    shown = "some" if steps is None and arguments.command == "strip" else len(trace if steps is None else steps)
    return _told(trace, given, output, shown)


@contextmanager
def _in_shell_words_about(data: str) -> Iterator[None]:
    """What the library says of an option is wrong usage."""
    try:
        yield
    except (ValueError, TypeError) as error:
        said = in_shell_words(str(error), STDIN_NAME if data == STANDARD_INPUT else data)
        raise (WrongUsage if said.startswith("-") else Failure)(said) from error


def _read(arguments: argparse.Namespace) -> Given:
    """The data; errors about a file are in the words of the shell already."""
    try:
        return read(arguments.data, arguments.columns)
    except ValueError as error:
        raise Failure(error) from error


def _checked_output(arguments: argparse.Namespace, suffixes: tuple[str, ...]) -> Path:
    """The file to write, or for frames the folder, which is neither the data themselves nor out of reach."""
    stem = "data" if arguments.data == STANDARD_INPUT else Path(arguments.data).stem
    output = arguments.output or Path(f"{stem}{suffixes[0] if suffixes else '-frames'}")
    if suffixes:
        checked_file(output, suffixes)
    else:
        checked_folder(output, FRAME)
    if output.exists() and Path(arguments.data).exists() and output.samefile(arguments.data):
        raise WrongUsage(f"-o is {output}: that is the data; give the picture another name")
    return output


def _checked_view(name: str | None) -> str | None:
    """The name of a view; "free-energy" needs no quotes in a shell."""
    view = name and name.replace("-", " ")
    if view is not None and view not in VIEWS:
        raise WrongUsage(f"--view is {name}: {guess(view, tuple(VIEWS))}")
    return view


def _checked_model(arguments: argparse.Namespace, given: Given) -> str:
    """The kind of model; by default what the data are made for."""
    kind = arguments.model or ("kmeans" if given.shape else "coins" if given.rows.n_trials else "gaussian")
    for option, only in _ONLY.items():
        if getattr(arguments, option) is not None and kind != only:
            raise WrongUsage(f"--{option.replace('_', '-')} belongs to --model {only}, not to {kind}")
    if arguments.tolerance is not None and kind == "kmeans" and not arguments.temperature:
        raise WrongUsage("--tolerance has no use for kmeans, which stops when no assignment changes")
    columns = given.rows.data[0].size
    if kind in ("coins", "poisson") and columns > 1:
        raise WrongUsage(f"--model {kind} counts, and {arguments.data} has {columns} columns: choose one with --columns"
                         if given.shape is None else f"--model {kind} counts: a picture needs gaussian or kmeans")
    return kind


def _run(arguments: argparse.Namespace, given: Given, kind: str) -> Trace:
    model, data = _model(kind, arguments, given), given.rows
    start: Any = arguments.start
    if start == "responsibilities":
        start = model.start(data, responsibilities="random", rng=arguments.seed)
    return run(model, data, start, rng=arguments.seed, max_iterations=arguments.max_iterations,
               tolerance=arguments.tolerance)


def _model(kind: str, arguments: argparse.Namespace, given: Given) -> Any:
    """The model that the options describe."""
    k = arguments.k or (5 if given.shape else 2)
    options = {} if arguments.temperature is None else {"temperature": arguments.temperature}
    match kind:
        case "gaussian":
            return GaussianMixture(k, arguments.covariance or "full", min_variance=arguments.min_variance, **options)
        case "kmeans":
            return KMeans(k, **options)
        case "coins":
            return BinomialMixture(k, _flips(arguments.flips, given.rows), **options)
        case _:
            return PoissonMixture(k, **options)


def _flips(flips: int | None, rows: Dataset) -> int:
    flips = flips or rows.n_trials
    if flips is None:
        raise WrongUsage("--model coins needs --flips N: how many flips are in each set")
    return flips


def _shown(trace: Trace, given: Given, view: str | None, arguments: argparse.Namespace) -> Trace | Scene:
    """The run itself, or a scene if it has a view of its own."""
    view = view or ("image" if given.shape else None)
    if view is None:
        return trace
    if view == "image" and given.shape is None:
        raise WrongUsage("--view is image, which needs a picture as DATA")
    shown = scene(trace, view, shape=given.shape) if view == "image" else scene(trace, view)
    if arguments.size or arguments.command not in FILMS:
        return shown
    width, height = shown.figure.bbox.size  # as wide as other films are, and in the proportions of the view
    return shown.again(size=(SIZE[0], 2 * round(SIZE[0] * height / width / 2)))


@contextmanager
def _bars_on_a_terminal_only() -> Iterator[None]:
    """A file that somebody redirects stderr to is no place for a bar."""
    long = progress.LONG
    if not sys.stderr.isatty():
        progress.LONG = math.inf
    try:
        yield
    finally:
        progress.LONG = long


def _told(trace: Trace, given: Given, output: Path, shown: int | str) -> str:
    """What was written and what happened in the run."""
    count = f"{len(trace)}" if shown == len(trace) else f"{shown} of {len(trace)}"
    first_seen = {event: f"{step.kind}, iteration {step.iteration}"
                  for step in reversed(trace) for event in step.events}
    events = (in_shell_words(f"{where}: {event}") for event, where in reversed(first_seen.items()))
    head = f"wrote {output}: {count} step{'s' * (len(trace) != 1)}, {in_shell_words(trace.stop_reason)}"
    return "\n  ".join([head, *([given.note] if given.note else []), *events])
