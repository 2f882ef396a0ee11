"""A dial: scenes of the same size that differ in one thing, such as the temperature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import overload

from emviz.scenes.scene import Scene


class Dial(Sequence[Scene]):
    """Scenes to turn through with one control.

    name: what they differ in; "" for a single scene.  labels: the value of each, such as "T = 0.5".
    """

    def __init__(self, scenes: Iterable[Scene], name: str = "", labels: Iterable[str] = ("",)):
        self._scenes, self.name, self.labels = tuple(scenes), name, tuple(labels)
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
