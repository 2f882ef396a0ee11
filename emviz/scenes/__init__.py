"""Scenes: pictures that can show any state of a trace."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.axes import Axes

from emviz.basin import Basins
from emviz.restart import Restarts
from emviz.scenes.alone import CurveView
from emviz.scenes.bars import FreeEnergyView
from emviz.scenes.basin_map import BasinMap
from emviz.scenes.coins import CoinsView
from emviz.scenes.colors import ColorsView
from emviz.scenes.comparison import Comparison, names_of
from emviz.scenes.counts import CountsView
from emviz.scenes.flips import FlipsView
from emviz.scenes.group import Group
from emviz.scenes.image import ImageView
from emviz.scenes.line import LineView
from emviz.scenes.many import ManyRuns
from emviz.scenes.plane import PlaneView
from emviz.scenes.scene import Caption, Scene, TraceScene
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


def scene(trace: Trace | Restarts | Basins, view: str | None = None, *, size: tuple[int, int] | None = None,
          title: str | None = None, caption: Caption = True, step: float = 0, ax: Axes | None = None,
          projector: bool = False, beside: Sequence[Trace] = (), **options: Any) -> Scene:
    """The picture for a run.

    For many runs, what `emviz.restarts` returns: how often they reach each optimum, and the best and the worst side by
    side. For what `emviz.basins` returns: a map, with the option `chosen`, a start (x, y) to mark.

    view: the name of a way to see it, one of `emviz.scenes.VIEWS`; None chooses by the model and the data.
    options: of that view, see the class in `VIEWS`.
    size: (width, height) in pixels, 960 × 540 for most views.  title: drawn above the caption; None draws none.
    caption: True tells what happens in each state, False nothing; a text stands below the picture, too; or a
    function: step -> what is told instead.
    step: the state to show first.  projector: larger type and thicker lines.
    beside: other runs that the limits should have room for, so that pictures can be compared.
    ax: draw into these matplotlib Axes, the caption as their title, without the curve; `scene.show(i)` changes them.
    """
    if isinstance(trace, Restarts | Basins):
        if ax is not None or beside:
            raise ValueError(f"{'beside' if ax is None else 'ax'} is given for many runs, which have a figure of their "
                             "own: leave it out")
        frame: dict[str, Any] = {"size": size, "title": title, "caption": caption, "step": step,
                                 "projector": projector}
        if isinstance(trace, Restarts):
            return _many([trace], None, view, options, **frame)
        if view is not None or options.keys() - {"chosen"}:
            raise TypeError("a map of basins has no view, and of options only chosen")
        return BasinMap(trace, **options, **frame)
    if not isinstance(trace, Trace):
        raise TypeError(f"trace is a {type(trace).__name__}: a scene shows what emviz.run(model, points) returns")
    if not isinstance(beside, list | tuple) or not all(isinstance(other, Trace) for other in beside):
        raise TypeError("beside is not a list of runs: give what emviz.run(model, points) returns, such as [a, b]")
    chosen = _view(trace, view)
    _check_options(chosen, options)
    return TraceScene(trace, chosen, options, size=size, title=title, caption=caption, step=step, ax=ax,
                      projector=projector, beside=beside)


def side_by_side(*traces: Any, names: Sequence[str] | None = None, view: str | None = None,
                 **frame: Any) -> Scene:
    """Two to four runs in one picture, aligned by half-step; a run that has ended waits in its last state.

    Or two kinds of starts, what `emviz.restarts` returned for each: how often they reach each optimum, and the best
    and the worst run of all.

    names: of the runs or of the starts, above their pictures; by default what tells runs apart.
    view, size, title, caption, step, projector and options: as for `scene`.
    """
    options = {name: frame.pop(name) for name in list(frame)
               if name not in ("size", "title", "caption", "step", "projector")}
    if traces and isinstance(traces[0], Restarts):
        return _many(traces, names, view, options, **frame)
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
    return Comparison(traces, _views(traces, view, options), options, names, **frame)


def _many(restarts: Sequence[Any], names: Sequence[str] | None, view: str | None, options: dict[str, Any],
          **frame: Any) -> Scene:
    group = Group.of(restarts, names)
    return ManyRuns(group, _views(group.ends, view, options), options, **frame)


def _views(traces: Sequence[Trace], name: str | None, options: Iterable[str]) -> list[type[View]]:
    """A view for each run that has these options."""
    views = [_view(trace, name) for trace in traces]
    for chosen in views:
        _check_options(chosen, options)
    return views


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
