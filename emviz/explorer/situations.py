"""Situations worth trying, each named by what happens in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emviz import datasets, models
from emviz.datasets import Dataset
from emviz.params import Params
from emviz.validate import choice


@dataclass(frozen=True)
class Situation:
    """Data, a model and a start, as plain values.

    name: what it is called.  label: in a list.  question: to answer before the first step.
    data: the name of a data set and the arguments to load it with.  model: the class and its arguments.
    start: what `model.start` takes besides the data.
    """

    name: str
    label: str
    question: str
    data: tuple[str, Mapping[str, Any]]
    model: tuple[str, Mapping[str, Any]]
    start: Mapping[str, Any] = field(default_factory=dict)

    def make_data(self) -> Dataset:
        name, arguments = self.data
        return datasets.load(name, **arguments)

    def make_model(self) -> Any:
        name, arguments = self.model
        return getattr(models, name)(**arguments)

    def make_start(self, data: Dataset) -> Params:
        return self.make_model().start(data, **self.start)


SITUATIONS = (
    Situation(
        "two centers in one blob", "Two centers in one blob",
        "Three centers start in two blobs. Will each blob get one in the end?",
        ("blobs", {"centers": [[-6.0, 0.0], [0.0, 4.0], [6.0, 0.0]], "n_points": [150, 150, 150]}),
        ("KMeans", {"n_clusters": 3}),
        {"means": [[-6.5, 0.0], [-5.5, 0.0], [3.0, 2.0]]},
    ),
)


def situation(name: str) -> Situation:
    """The situation called `name`; ValueError for an unknown name, with the nearest known one."""
    known = {one.name: one for one in SITUATIONS}
    return known[choice(name, "name", tuple(known))]
