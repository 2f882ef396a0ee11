"""The data of a command: a data set or a photograph by name, a table, or the pixels of a picture."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from emviz import datasets
from emviz.cli import images
from emviz.cli.words import Failure, WrongUsage
from emviz.datasets import Dataset
from emviz.datasets.pictures import CHANNELS, PIXEL_PHOTOS
from emviz.tables import parse_csv, read_csv

STANDARD_INPUT, STDIN_NAME = "-", "standard input"


@dataclass(frozen=True)
class Given:
    """rows: what EM runs on.  shape: (height, width) if they are the pixels of a picture, row by row.
    note: what was done to it; empty if nothing was.
    """

    rows: Dataset
    shape: tuple[int, int] | None = None
    note: str = ""


def check(name: str) -> None:
    """Refuse what names neither data of emviz nor a file."""
    if name in (*datasets.names(), *PIXEL_PHOTOS, STANDARD_INPUT) or Path(name).is_file():
        return
    if Path(name).is_dir():
        raise Failure(f"{name} is a folder: name a file in it")
    near = difflib.get_close_matches(name, (*datasets.names(), *PIXEL_PHOTOS), n=1)
    raise Failure(f"{name} is neither a data set nor a file: "
                  f"{f'did you mean {near[0]}? ' if near else ''}`emviz datasets` lists the data sets")


def read(name: str, columns: Sequence[str] | None) -> Given:
    """What DATA names: a name of emviz comes before a file that is called the same.

    Raises ValueError or OSError for a file that cannot be read, and what says so already in the words of the shell.
    """
    if name in PIXEL_PHOTOS:
        return _picture(datasets.pixel_photo(name).data, name, columns)
    if name in datasets.names():
        return Given(choose_columns(datasets.load(name), columns))
    if name == STANDARD_INPUT:
        if sys.stdin.isatty():
            raise Failure("- is standard input, and nothing is piped into it: emviz gif - < mine.csv")
        return Given(parse_csv(sys.stdin.buffer.read(), STDIN_NAME, columns))
    if images.is_picture(name):
        return _picture(images.read(name), name, columns)
    return Given(read_csv(name, columns))


def _picture(pixels: np.ndarray, name: str, columns: Sequence[str] | None) -> Given:
    """pixels: uint8[height, width, 3]."""
    if columns is not None:
        raise WrongUsage("--columns belongs to a table, and this is a picture")
    reduced = images.reduced(pixels)
    note = ""
    if reduced.shape != pixels.shape:
        (height, width, _), (down, across, _) = pixels.shape, reduced.shape
        note = f"{name} has {width} x {height} pixels: EM ran on {across} x {down}, each the mean of its neighbors"
    rows = Dataset(reduced.reshape(-1, 3) / 255, None, CHANNELS, Path(name).stem, name, "")
    return Given(rows, reduced.shape[:2], note)


def choose_columns(data: Dataset, columns: Sequence[str] | None) -> Dataset:
    """The columns of a data set that have these names, in this order; None keeps all."""
    if columns is None:
        return data
    for name in columns:
        if name not in data.feature_names:
            known = data.feature_names if len(data.feature_names) <= 8 else (*data.feature_names[:8], "…")
            raise WrongUsage(f"--columns: there is no '{name}'; the columns are {', '.join(known)}")
    values = data.data.reshape(len(data), -1)[:, [data.feature_names.index(name) for name in columns]]
    return replace(data, data=values, feature_names=tuple(columns))


def listed() -> str:
    """A line for each data set: its name, and the first line of its documentation; and for each photograph."""
    told = {name: (getattr(datasets, name).__doc__ or "").partition("\n")[0] for name in datasets.names()}
    told |= dict.fromkeys(PIXEL_PHOTOS, "A photograph, for its pixels.")
    width = max(map(len, told))
    return "\n".join(f"{name:<{width}}  {summary}" for name, summary in told.items())
