"""Rows of data that a hand can change, and the lines of code that make them again."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emviz import datasets, validate
from emviz.datasets import Dataset
from emviz.explorer.situations import SITUATIONS
from emviz.tables import read_csv

PAINT = "paint"  # the name of an empty sheet


@dataclass(frozen=True, eq=False)
class Rows:
    """A data set, and what a hand has made of it.

    source: the data as they came.  code: an expression that makes the source again.
    values: the rows now, as in `Dataset.data`; first those of the source that are left, in their order.
    kept: int[m], which rows of the source these are.
    groups: int[n], the group that each row was painted in; None where nobody paints groups.
    """

    source: Dataset
    code: str
    values: np.ndarray
    kept: np.ndarray
    groups: np.ndarray | None = None

    @classmethod
    def of(cls, source: Dataset, code: str) -> Rows:
        return cls(source, code, source.data, np.arange(len(source)))

    @classmethod
    def painted(cls) -> Rows:
        """An empty sheet for two features."""
        nothing = Dataset(np.empty((0, 2)), None, ("x", "y"), "Painted points", "painted by hand", "")
        return replace(cls.of(nothing, ""), groups=np.empty(0, dtype=int))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_changed(self) -> bool:
        return self.values is not self.source.data

    @property
    def dataset(self) -> Dataset:
        """The rows now; their true groups are known as long as nobody changed them, or where they were painted."""
        return replace(self.source, data=self.values, labels=self.groups) if self.is_changed else self.source

    # What a hand does.

    def moved(self, row: int, place: Any) -> Rows:
        """With one row elsewhere: place float[d], or a number."""
        values = np.array(self.values, dtype=float)  # a hand does not stop at whole numbers
        values[self._checked(row)] = place_of(place, values.shape[1:])
        return replace(self, values=values)

    def added(self, places: Any, group: int = 0) -> Rows:
        """With more rows: float[m, d], painted in a group."""
        given, width = np.asarray(places, dtype=float), math.prod(self.values.shape[1:])
        if width > 1 and given.size and given.shape[-1:] != (width,):
            raise ValueError(f"places has shape {given.shape}, expected (m, {width}): one row a point, one column a "
                             "feature")
        more = given.reshape(-1, *self.values.shape[1:])
        if not np.isfinite(more).all():
            raise ValueError("places have a value that is not finite: give numbers")
        groups = None if self.groups is None else np.append(self.groups, np.full(len(more), group))
        return replace(self, values=np.concatenate([self.values, more]), groups=groups)

    def without(self, rows: Sequence[int]) -> Rows:
        """With fewer rows."""
        gone = np.array([self._checked(row) for row in rows], dtype=int)
        own = gone[gone < len(self.kept)]
        groups = None if self.groups is None else np.delete(self.groups, gone)
        return replace(self, values=np.delete(self.values, gone, axis=0), kept=np.delete(self.kept, own), groups=groups)

    def _checked(self, row: Any) -> int:
        row = validate.positive_integer(row, "row", least=0)
        if row >= len(self):
            raise ValueError(f"row is {row}: there are the rows 0 to {len(self) - 1}")
        return row

    # How to say it again.

    def lines(self) -> list[str]:
        """Python that makes `data`: the source, without what was erased, with what was moved and added."""
        first = [f"data = {self.code}"] if self.code else []
        if not self.is_changed:
            return first
        if not len(self.kept):
            return [f"data = {_expression_of(self.dataset)}"]
        as_floats = ", dtype=float" if self.values.dtype != self.source.data.dtype else ""
        lines = [*first, f"points = np.array(data.data{as_floats})"]
        erased = np.setdiff1d(np.arange(len(self.source)), self.kept)
        if len(erased):
            lines.append(f"points = np.delete(points, {erased.tolist()}, axis=0)")
        own = self.source.data[self.kept]
        theirs = self.values[:len(own)]
        for row in np.flatnonzero((own != theirs).reshape(len(own), -1).any(axis=1)):
            lines.append(f"points[{row}] = {theirs[row].tolist()}")
        if len(self) > len(own):
            lines.append(f"points = np.concatenate([points, {self.values[len(own):].tolist()}])")
        return [*lines, "data = dataclasses.replace(data, data=points, labels=None)"]


def place_of(place: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A place that a hand gives: float[d], or one number; a single one may stand alone or in a list."""
    numbers = validate.numbers_in(place, "place")
    if numbers.size == math.prod(shape) == 1:
        numbers = numbers.reshape(shape)
    return validate.shaped(numbers, "place", shape, "one number a feature")


def rows_of(data: Any) -> Rows:
    """The rows of what people give: the name of a data set, the path of a CSV file, a Dataset, an array, a table."""
    if isinstance(data, Rows):
        return data
    if isinstance(data, str) and data in datasets.names():
        return Rows.of(datasets.load(data), f'emviz.datasets.load("{data}")')
    if isinstance(data, str | os.PathLike):
        path = os.fspath(data)
        if not os.path.exists(path):
            known = [*datasets.names(), PAINT, *(one.name for one in SITUATIONS)]
            near = "".join(f", perhaps {name!r}" for name in difflib.get_close_matches(path, known, n=1))
            raise ValueError(f"data is {path!r}, which is neither a file nor a data set{near}; there are "
                             f"{', '.join(dict.fromkeys(known))}")
        return Rows.of(read_csv(path), f"emviz.tables.read_csv({path!r})")
    if isinstance(data, Dataset):
        return Rows.of(data, _expression_of(data))
    values, names = validate.table(data, "data")
    given = np.asarray(data)
    own = given if given.dtype.kind in "iu" else values  # counts stay whole numbers
    dataset = Dataset(own, None, names, "Your data", "", "")
    return Rows.of(dataset, _expression_of(dataset))


def _expression_of(dataset: Dataset) -> str:
    """A call that makes the data set, number by number."""
    labels = None if dataset.labels is None else dataset.labels.tolist()
    about = f"{dataset.feature_names!r}, {dataset.title!r}, {dataset.source!r}, {dataset.license!r}"
    trials = f", n_trials={dataset.n_trials!r}" if dataset.n_trials else ""
    return f"emviz.Dataset(np.array({dataset.data.tolist()!r}), {labels!r}, {about}{trials})"
