"""Points with no run: a sheet to draw on."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz import draw, style
from emviz.scenes.scene import Scene
from emviz.scenes.stage import Stage
from emviz.scenes.view import Readings, View


class Sheet(Scene):
    """Rows that no model has been fitted to, in gray, and in words why not.

    points: float[n, 2], n may be 0.  limits: ((x0, x1), (y0, y1)) of the axes.  names: of the two features.
    told: the caption.
    """

    kinds = ("start",)

    def __init__(self, points: np.ndarray, limits: Any, names: tuple[str, str], told: str, *,
                 title: str | None = None, **frame: Any):
        self._points, self._limits, self._names, self._told_all = points, limits, names, told
        super().__init__(title="Points" if title is None else title, shown_title=title, **frame)

    def _again(self, frame: dict[str, Any]) -> Sheet:
        return Sheet(self._points, self._limits, self._names, self._told_all, **frame)

    def _build(self, stage: Stage) -> None:
        box, _ = View.boxes(stage.width, stage.height)  # where a run will be: what is painted stays where it is
        self.panel = stage.part(*box).panel()
        self.panel.set(xlim=self._limits[0], ylim=self._limits[1], xlabel=self._names[0], ylabel=self._names[1])
        for axis in (self.panel.xaxis, self.panel.yaxis):
            draw.few_ticks(axis, 6)

    def _move(self, step: float) -> None:
        self.movers.put("points", draw.markers, self.panel, self._points, [style.DISC], 7.0,
                        draw.rgba([style.UNKNOWN]), edges=draw.rgba([style.PAPER]), widths=0.8)

    def _sentences(self, step: int) -> list[str]:
        return [self._told_all]

    def alt(self, step: int) -> str:
        return f"{self._told_all}. {len(self._points)} points."

    @property
    def readings(self) -> tuple[Readings, ...]:
        return ()
