"""Scenes: pictures that can show any state of a trace."""

from __future__ import annotations

import inspect
from typing import Any

from matplotlib.axes import Axes

from emviz.scenes.coins import CoinsView
from emviz.scenes.counts import CountsView
from emviz.scenes.line import LineView
from emviz.scenes.plane import PlaneView
from emviz.scenes.scene import Scene, TraceScene
from emviz.scenes.view import View
from emviz.trace import Trace
from emviz.validate import choice

__all__ = ["VIEWS", "Scene", "scene"]

# The first that fits is the one a scene takes by itself.
VIEWS: dict[str, type[View]] = {view.NAME: view for view in (
    CoinsView, CountsView, LineView, PlaneView,
)}


def scene(trace: Trace, view: str | None = None, *, size: tuple[int, int] | None = None, title: str | None = None,
          step: float = 0, ax: Axes | None = None, projector: bool = False, **options: Any) -> Scene:
    """The picture for a run.

    view: the name of a way to see it, one of `emviz.scenes.VIEWS`; None chooses by the model and the data.
    options: of that view, see the class in `VIEWS`.
    size: (width, height) in pixels, 960 × 540 for most views.  title: drawn above the caption; None draws none.
    step: the state to show first.  projector: larger type and thicker lines.
    ax: draw into these matplotlib Axes, the caption as their title, without the curve; `scene.show(i)` changes them.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace is a {type(trace).__name__}: a scene shows what emviz.run(model, points) returns")
    chosen = _view(trace, view)
    known = list(inspect.signature(chosen._choose).parameters)[1:]
    for name in options:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise TypeError(f"{name} is not an option of the view {chosen.NAME!r}: {has}")
    return TraceScene(trace, chosen, options, size=size, title=title, step=step, ax=ax, projector=projector)


def _view(trace: Trace, name: str | None) -> type[View]:
    if name is not None:
        named = VIEWS[choice(name, "view", tuple(VIEWS))]
        misfit = named.misfit(trace)
        if misfit:
            raise ValueError(f"view is {name!r}, which does not fit this trace: {misfit}")
        return named
    for view in VIEWS.values():
        if view.misfit(trace) is None:
            return view
    raise TypeError(f"trace is a run of {type(trace.model).__name__}: there are scenes for KMeans, GaussianMixture, "
                    "BinomialMixture and PoissonMixture")
