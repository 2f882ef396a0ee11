"""Scenes: pictures that can show any state of a trace."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes

from emviz.scenes.alone import CurveView
from emviz.scenes.bars import FreeEnergyView
from emviz.scenes.coins import CoinsView
from emviz.scenes.colors import ColorsView
from emviz.scenes.comparison import Comparison, names_of
from emviz.scenes.counts import CountsView
from emviz.scenes.flips import FlipsView
from emviz.scenes.image import ImageView
from emviz.scenes.line import LineView
from emviz.scenes.plane import PlaneView
from emviz.scenes.scene import Scene, TraceScene
from emviz.scenes.space import SpaceView
from emviz.scenes.surface import SurfaceView
from emviz.scenes.table import TableView
from emviz.scenes.tiles import TilesView
from emviz.scenes.view import View
from emviz.trace import Trace
from emviz.validate import choice

__all__ = ["VIEWS", "Scene", "scene", "side_by_side"]

# The first that fits is the one a scene takes by itself.
VIEWS: dict[str, type[View]] = {view.NAME: view for view in (
    CoinsView, CountsView, LineView, TilesView, ColorsView, PlaneView, FlipsView, SurfaceView, SpaceView, ImageView,
    FreeEnergyView, TableView, CurveView,
)}


def scene(trace: Trace, view: str | None = None, *, size: tuple[int, int] | None = None, title: str | None = None,
          step: float = 0, ax: Axes | None = None, projector: bool = False, beside: Sequence[Trace] = (),
          **options: Any) -> Scene:
    """The picture for a run.

    view: the name of a way to see it, one of `emviz.scenes.VIEWS`; None chooses by the model and the data.
    options: of that view, see the class in `VIEWS`.
    size: (width, height) in pixels, 960 × 540 for most views.  title: drawn above the caption; None draws none.
    step: the state to show first.  projector: larger type and thicker lines.
    beside: other runs that the limits should have room for, so that pictures can be compared.
    ax: draw into these matplotlib Axes, the caption as their title, without the curve; `scene.show(i)` changes them.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace is a {type(trace).__name__}: a scene shows what emviz.run(model, points) returns")
    if not isinstance(beside, list | tuple) or not all(isinstance(other, Trace) for other in beside):
        raise TypeError("beside is not a list of runs: give what emviz.run(model, points) returns, such as [a, b]")
    chosen = _view(trace, view)
    _check_options(chosen, options)
    return TraceScene(trace, chosen, options, size=size, title=title, step=step, ax=ax, projector=projector,
                      beside=beside)


def side_by_side(*traces: Trace, names: Sequence[str] | None = None, view: str | None = None, **frame: Any) -> Scene:
    """Two to four runs in one picture, aligned by half-step; a run that has ended waits in its last state.

    names: of the runs, above their pictures; by default what tells them apart.
    view, size, title, step, projector and options: as for `scene`.
    """
    for place, trace in enumerate(traces):
        if not isinstance(trace, Trace):
            raise TypeError(f"traces[{place}] is a {type(trace).__name__}: give what emviz.run(model, points) returns")
    if not 2 <= len(traces) <= 4:
        raise ValueError(f"traces are {len(traces)}: give two, three or four runs to compare")
    if names is None:
        names = names_of(traces)
    if (isinstance(names, str) or not isinstance(names, Sequence) or len(names) != len(traces)
            or not all(isinstance(name, str) for name in names)):
        raise ValueError(f"names is {names!r}: give {len(traces)} texts, one for each run")
    options = {name: frame.pop(name) for name in list(frame) if name not in ("size", "title", "step", "projector")}
    views = [_view(trace, view) for trace in traces]
    for chosen in views:
        _check_options(chosen, options)
    return Comparison(traces, views, options, names, **frame)


def _check_options(view: type[View], options: Iterable[str]) -> None:
    known = list(inspect.signature(view._choose).parameters)[1:]
    for name in options:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise TypeError(f"{name} is not an option of the view {view.NAME!r}: {has}")


def _view(trace: Trace, name: str | None) -> type[View]:
    if name is not None:
        named = VIEWS[choice(name, "view", tuple(VIEWS))]
        misfit = named.misfit(trace)
        if misfit:
            raise ValueError(f"view is {name!r}, which does not fit this trace: {misfit}")
        return named
    for view in VIEWS.values():
        if view.misfit(trace) is None and view.suits(trace):
            return view
    raise TypeError(f"trace is a run of {type(trace.model).__name__}: there are scenes for KMeans, GaussianMixture, "
                    "BinomialMixture and PoissonMixture")
