"""The map of basins in a notebook: choose a start on it, and step through the run from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from emviz.basin import Basins
from emviz.marks import Recorder, Recording, record
from emviz.marks.payload import to_bytes
from emviz.page import as_one_module, static
from emviz.player import Player
from emviz.scenes import Scene, scene, words
from emviz.scenes.basin_map import BasinMap
from emviz.scenes.dial import Dial
from emviz.trace import Trace
from emviz.validate import numbers_in, shaped


class BasinPlayer(Player):
    """A map of starts and the player of the run from one of them: a click, a drag, arrows or numbers choose another.

    basins: what is shown.  place: (x, y), the start that is chosen; `choose` changes it.  trace: the run from there.
    """

    _esm = as_one_module("basins.js")
    _css = static("player.css") + static("basins.css")

    map = traitlets.Bytes().tag(sync=True)    # the recording of the map
    about = traitlets.Dict().tag(sync=True)   # what basins.js knows of it; see `_about`
    place = traitlets.Tuple(read_only=True).tag(sync=True)

    def __init__(self, basins: Basins, place: Any = None, *, step: int = 0, **picture: Any):
        """place: (x, y), by default in the basin of the best optimum.  picture: as for `emviz.scene`."""
        self.basins, self._picture = basins, picture
        drawn = BasinMap(basins, projector=True)  # it may stand beside the player, half as wide
        place = self._checked(drawn.free_place if place is None else place)
        self.trace, dial = self._run(place)
        self._drag: Recorder | None = None  # of a scene like the one that is shown
        super().__init__(dial, step)
        self.map, self.about = to_bytes([record(drawn)]), _about(drawn)
        self.set_trait("place", place)
        self.on_msg(self._hear)

    def choose(self, x: float, y: float) -> None:
        """Show the run from a start on the map, from its beginning. After an error all is as it was."""
        place = self._checked((x, y))
        trace, dial = self._run(place)
        with self.hold_sync():
            self._load(dial)
            self.set_trait("place", place)
        self.trace, self._drag = trace, None

    def _glimpse(self, x: float, y: float) -> Recording:
        """Where a run begins and where it goes, in a tenth of the time of all its states."""
        trace = self.basins.replay(*self._checked((x, y)))
        if self._drag is None:
            self._drag = Recorder(scene(self.trace, **self._picture))
        return self._drag.glimpse(trace)

    def _run(self, place: tuple[float, float]) -> tuple[Trace, Dial]:
        trace = self.basins.replay(*place)
        return trace, Dial([scene(trace, **self._picture)])

    def _checked(self, place: Any) -> tuple[float, float]:
        x, y = shaped(numbers_in(place, "place"), "place", (2,), "give (x, y)").tolist()
        for value, name, (low, high) in zip((x, y), self.basins.axes, self.basins.limits):
            if not low <= value <= high:
                raise ValueError(f"{name} is {value:g}: the map goes from {low:g} to {high:g}")
        return x, y

    def _hear(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        """Answer a message of basins.js, whatever comes of it."""
        answer, marks = {"re": message.get("id"), "trouble": ""}, []
        try:
            if message["held"]:
                glimpse = self._glimpse(message["x"], message["y"])
                answer["caption"], marks = glimpse.captions[0], [to_bytes([glimpse])]
            else:
                self.choose(message["x"], message["y"])
        except Exception as error:  # it would vanish in the log: the reader sees it, and what was before
            answer["trouble"] = f"This start cannot be shown, and what you see is what was before: {error}"
        finally:
            self.send(answer, buffers=marks)

    def __repr__(self) -> str:
        return f"emviz map of basins: {words.counted(len(self.basins.runs), 'start')}"

    def _still(self) -> tuple[Scene, int]:
        """The map, with the chosen start on it."""
        return BasinMap(self.basins, self.place), 0


def _about(drawn: BasinMap) -> dict[str, Any]:
    """What basins.js knows of a map: plain values, places as shares of the picture from its upper left corner."""
    basins, box = drawn.basins, drawn.panel.bbox
    width, height = drawn.figure.bbox.width, drawn.figure.bbox.height - drawn.caption_height
    count = len(basins.optima)
    of = "the only optimum" if count == 1 else f"one of {count} optima"
    shares = [f"reached from {100 * optimum.share:.3g}\N{NO-BREAK SPACE}% of the starts" for optimum in basins.optima]
    told = [f"{drawn.value(number)}, {of if number else of.replace('one', 'the best')}, {share}"
            for number, share in enumerate(shares)]
    return {
        "axes": list(basins.axes),
        "limits": [list(limits) for limits in basins.limits],
        "decimals": [words.decimals(high - low) for low, high in basins.limits],
        "box": [float(share) for share in (box.x0 / width, 1 - box.y1 / height, box.x1 / width, 1 - box.y0 / height)],
        "cells": [len(basins.x), len(basins.y)],
        "reached": basins.reached.ravel().tolist(),
        "told": [*told, "no optimum within the iterations of the map"],
        "mark": "+" if basins.component is None else str(basins.component),
    }
