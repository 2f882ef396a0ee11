"""The player in a notebook: the marks of a scene, painted and stepped through by the browser."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from emviz.marks import record_dial
from emviz.marks.payload import to_bytes
from emviz.page import as_one_module, static, still_png
from emviz.scenes import Scene, side_by_side
from emviz.scenes.dial import Dial, from_hard_to_soft
from emviz.validate import positive_integer


class Player(anywidget.AnyWidget):
    """A run to step through: buttons, a slider, and the keys ←, →, Home, End, space, 1 to 9 (speed) and F (projector).

    `player.step` is the state that is shown, and `player.turned_to` the number of its scene where there is a dial;
    setting them moves the picture. The browser has all states, so stepping works without a kernel. Where no widget
    runs, a notebook shows the last state as a still.
    """

    _esm = as_one_module("widget.js")
    _css = static("player.css")

    step = traitlets.Int().tag(sync=True)
    turned_to = traitlets.Int().tag(sync=True)  # the scene of the dial
    recording = traitlets.Bytes().tag(sync=True)  # what player.js reads

    def __init__(self, dial: Dial, step: int = 0) -> None:
        self.dial = dial
        super().__init__(recording=_recorded(dial), step=step)

    def _load(self, dial: Dial) -> None:
        """Show other scenes, from their start."""
        recording = _recorded(dial)
        self.dial = dial
        with self.hold_sync():
            self.recording, self.turned_to, self.step = recording, 0, 0

    @traitlets.validate("step")
    def _check_step(self, proposal: Any) -> int:
        step = positive_integer(proposal["value"], "step", least=0)
        if step > self._last:
            at = f" at {self.dial.name} {self.dial.labels[self.turned_to]}" if len(self.dial) > 1 else ""
            raise ValueError(f"step is {step}: this player has the steps 0 to {self._last}{at}")
        return step

    @traitlets.validate("turned_to")
    def _check_turned_to(self, proposal: Any) -> int:
        turned_to = positive_integer(proposal["value"], "turned_to", least=0)
        if turned_to >= len(self.dial):
            raise ValueError(f"turned_to is {turned_to}: this player has the scenes 0 to {len(self.dial) - 1}")
        return turned_to

    @traitlets.observe("turned_to")
    def _stay_inside(self, change: Any) -> None:
        self.step = min(self.step, self._last)

    @property
    def _last(self) -> int:
        return len(self.dial[self.turned_to]) - 1

    def __repr__(self) -> str:
        return f"emviz player: {max(map(len, self.dial))} steps"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and what takes its place in a saved notebook: a still with its description, and words."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        scene, step = self._still()
        width, height = scene.figure.bbox.size
        still = base64.b64encode(still_png(scene, step)).decode("ascii")
        about = {"alt": scene.alt(step), "width": round(width), "height": round(height)}
        return {**data, "image/png": still}, {**metadata, "image/png": about}

    def _still(self) -> tuple[Scene, int]:
        """The scene and the state that a saved notebook shows."""
        return self.dial[0], self.dial[0].still


def _recorded(dial: Dial) -> bytes:
    """With the title and the caption that somebody asked for: in a browser they are not in the picture."""
    asked = {"heading": dial[0].asked["title"], "told": None if dial[0].has_caption else False}
    return to_bytes(record_dial(dial), dial.name, dial.labels,
                    {name: value for name, value in asked.items() if value is not None})


def compare(*traces: Any, names: Sequence[str] | None = None, view: str | None = None, step: int = 0,
            **picture: Any) -> Player:
    """A player for two to four runs side by side, with one control; a run that has ended waits in its last state.

    Or for two kinds of starts, what `emviz.restarts` returned for each: how often they reach each optimum.

    names: of the runs or of the starts, above their pictures; by default what tells runs apart.
    view, picture: as for `emviz.scene`.  step: the half-step to show first.
    """
    return Player(Dial([side_by_side(*traces, names=names, view=view, **picture)]), step)


def melt(model: Any, data: Any, start: Any = "k-means++", *, step: int = 0, **dial: Any) -> Player:
    """A player with a second control, the temperature: from hard to soft, all runs from one start.

    start, dial: as for `emviz.scenes.dial.from_hard_to_soft`: temperatures, max_iterations, tolerance, rng,
    and what `emviz.scene` takes.  step: the half-step to show first.
    """
    return Player(from_hard_to_soft(model, data, start, **dial), step)
