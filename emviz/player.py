"""The player in a notebook: the marks of a scene, painted and stepped through by the browser."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from emviz.marks import record_dial
from emviz.marks.payload import to_bytes
from emviz.page import still_png
from emviz.scenes import Scene
from emviz.scenes.dial import Dial
from emviz.scenes.given import as_dial
from emviz.trace import Trace
from emviz.validate import positive_integer

_STATIC = files("emviz").joinpath("static")


class Player(anywidget.AnyWidget):
    """A run to step through: buttons, a slider, and the keys ←, →, Home, End and space.

    `player.step` is the state that is shown; setting it moves the picture. The browser has all states, so
    stepping works without a kernel. Where no widget runs, a notebook shows the last state as a still.
    """

    _esm = _STATIC.joinpath("player.js").read_text(encoding="utf-8")
    _css = _STATIC.joinpath("player.css").read_text(encoding="utf-8")

    step = traitlets.Int().tag(sync=True)
    recording = traitlets.Bytes().tag(sync=True)  # what player.js reads

    def __init__(self, dial: Dial, step: int = 0) -> None:
        self.dial = dial
        self._length = max(map(len, dial))
        recordings = record_dial(dial)
        super().__init__(recording=to_bytes(recordings, dial.name, dial.labels), step=step)
        scene, recording = dial[0], recordings[0]
        width, height = scene.figure.bbox.size
        self._still = base64.b64encode(still_png(scene, len(scene) - 1)).decode("ascii")
        self._about_still = {"alt": recording.alts[-1], "width": round(width), "height": round(height)}

    @traitlets.validate("step")
    def _check_step(self, proposal: Any) -> int:
        step = positive_integer(proposal["value"], "step", least=0)
        if step >= self._length:
            raise ValueError(f"step is {step}: this player has the steps 0 to {self._length - 1}")
        return step

    def __repr__(self) -> str:
        return f"emviz player: {self._length} steps"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and what takes its place in a saved notebook: a still with its description, and words."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "image/png": self._still}, {**metadata, "image/png": self._about_still}


def show(trace_or_scene: Trace | Scene, *, size: tuple[int, int] | None = None, step: int = 0) -> Player:
    """A player for a run, for the last line of a notebook cell.

    size: (width, height) in pixels, 960 × 540 by default; a scene has its own.  step: the state to show first.
    """
    return Player(as_dial(trace_or_scene, size), step)
