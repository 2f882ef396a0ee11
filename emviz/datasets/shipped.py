"""Reads the data files that are shipped inside the package."""

from __future__ import annotations

import csv
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np

FOLDER = resources.files("emviz.datasets") / "data"


def file(path: str) -> Traversable:
    """A shipped file by its path below the data folder, with forward slashes."""
    return FOLDER.joinpath(*path.split("/"))


def records(path: str) -> list[dict[str, str]]:
    """The rows of a CSV file as text by column name."""
    return list(csv.DictReader(file(path).read_text(encoding="utf-8").splitlines()))


def columns(path: str, *names: str) -> np.ndarray:
    """Columns of numbers of a CSV file: float[n, len(names)]."""
    return np.array([[float(record[name]) for name in names] for record in records(path)])


def coded(words: list[str], code: tuple[str, ...]) -> np.ndarray:
    """Words as labels int[n]: the place of each in `code`."""
    return np.array([code.index(word) for word in words])
