"""A dial: scenes of the same size that differ in one thing, such as the temperature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np

from emviz.models import KMeans
from emviz.scenes import scene
from emviz.scenes.scene import Scene
from emviz.trace import run
from emviz.validate import nonnegative


class Dial(Sequence[Scene]):
    """Scenes to turn through with one control.

    name: what they differ in; "" for a single scene.  labels: the value of each, such as "T = 0.5".
    """

    def __init__(self, scenes: Iterable[Scene], name: str = "", labels: Iterable[str] = ("",)):
        if isinstance(scenes, Scene):
            raise TypeError(f"scenes is one {type(scenes).__name__}: give a list of them")
        self._scenes, self.name, self.labels = tuple(scenes), name, tuple(labels)
        for place, one in enumerate(self._scenes):
            if not isinstance(one, Scene):
                raise TypeError(f"scenes[{place}] is a {type(one).__name__}: give what emviz.scene(trace) returns")
        if not self._scenes:
            raise ValueError("scenes is empty: a dial needs one scene or more")
        if len(self.labels) != len(self._scenes):
            raise ValueError(f"labels are {len(self.labels)} and scenes {len(self._scenes)}: give one for each")
        sizes = {tuple(scene.figure.bbox.size) for scene in self._scenes}
        if len(sizes) > 1:
            raise ValueError("scenes have different sizes: make all of them with the same size=")

    def __len__(self) -> int:
        return len(self._scenes)

    @overload
    def __getitem__(self, index: int) -> Scene: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Scene, ...]: ...
    def __getitem__(self, index: int | slice) -> Scene | tuple[Scene, ...]:
        return self._scenes[index]


def from_hard_to_soft(model: Any, data: Any, start: Any = "k-means++", *, temperatures: Iterable[float] | None = None,
                      max_iterations: int = 20, tolerance: float | None = None, rng: Any = None,
                      **picture: Any) -> Dial:
    """The same data and the same start, run at one temperature after the other.

    model: with KMeans, T = 0 is k-means and T > 0 the mixture with the known variance T; with a mixture, T = 0 is
    hard EM, T = 1 is EM, and above everything melts into one.
    temperatures: T ≥ 0, as many as there should be; by default 0 and eight more, up to where one center is left:
    the largest variance of the data in any direction (Rose, Gurewitz & Fox 1990) for KMeans.
    start, max_iterations, tolerance, rng: as for `emviz.run`.  picture: as for `emviz.scene`.
    """
    if not hasattr(model, "temperature"):
        raise TypeError(f"model is a {type(model).__name__}, not a model with a temperature: give one, such as "
                        "emviz.KMeans(3)")
    rows = model.prepare(data)
    if temperatures is None:
        temperatures = _temperatures(model, rows)
    if not isinstance(temperatures, Iterable):
        raise TypeError(f"temperatures is {temperatures!r}: give several, such as (0, 0.5, 1)")
    chosen = [nonnegative(value, f"temperatures[{place}]") for place, value in enumerate(temperatures)]
    if not chosen:
        raise ValueError("temperatures is empty: give at least one, such as (0, 0.5, 1)")
    if isinstance(start, str):
        start = model.start(data, start, rng=rng)
    traces = [run(replace(model, temperature=value), data, start, max_iterations=max_iterations, tolerance=tolerance)
              for value in chosen]
    scenes = [scene(trace, beside=traces, **picture) for trace in traces]
    return Dial(scenes, "temperature", [_label(model, value) for value in chosen])


def _temperatures(model: Any, rows: Any) -> list[float]:
    if not isinstance(model, KMeans):
        return [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5]
    spread = float(np.linalg.eigvalsh(np.atleast_2d(np.cov(rows.array, rowvar=False, bias=True)))[-1])
    return [0.0, *(float(f"{share * spread:.2g}") for share in (0.003, 0.01, 0.03, 0.06, 0.12, 0.25, 0.5, 1.1))]


def _label(model: Any, temperature: float) -> str:
    names = {0.0: "k-means"} if isinstance(model, KMeans) else {0.0: "hard EM", 1.0: "EM"}
    name = names.get(temperature)
    return f"{temperature:g} ({name})" if name else f"{temperature:g}"
