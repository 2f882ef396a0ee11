"""The widget of the explorer: what Python and the browser ask of it, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import traitlets

from emviz.explorer.code import as_code
from emviz.explorer.hand import by_hand
from emviz.explorer.opening import ORDER, changed, opened
from emviz.explorer.setup import ITERATIONS, MODELS, MOST, Setup, model_for
from emviz.explorer.shown import Memory, Shown, rounded, run_of
from emviz.explorer.situations import SITUATIONS
from emviz.explorer.verdict import verdict
from emviz.page import as_one_module, static
from emviz.params import Params
from emviz.player import Player
from emviz.trace import Trace
from emviz.validate import positive_integer

_REMEMBERED = 100  # steps that can be undone


class Explorer(Player):
    """A player with controls, handles and tools; `emviz.explore` makes one.

    trace: the run that is shown, or None while there are too few points to run.  data: the rows, as in
    `Dataset.data`.  model: what is run.  params: the start θ, which a hand may have made; the end is `trace.final`.
    code: lines of Python that make the trace again, exactly; ValueError while there is none.

    What a hand does in the browser can be done here too: `set`, `place`, `move`, `remove`, `add`, `move_point`,
    `erase`, `stretch`, `undo`. Each runs EM again, and the player stands at its start.
    """

    _esm = as_one_module("explorer.js")
    _css = static("player.css") + static("explorer.css")

    bench = traitlets.Dict().tag(sync=True)  # what explorer.js shows beside the picture, made by `Shown.bench`

    def __init__(self, setup: Setup, *, name: str = "", question: str = "", view: str = "", **frame: Any):
        """frame: as for `emviz.scene`."""
        self._frame = frame
        self._before: list[Memory] = []
        self._now = Shown.of(setup, name, question, view, None, frame)
        super().__init__(self._now.dial)
        self.bench = self._now.bench(can_undo=False)
        self.on_msg(self._hear)

    # What was made.

    @property
    def trace(self) -> Trace | None:
        return self._now.trace

    @property
    def data(self) -> np.ndarray:
        return self._setup.rows.values

    @property
    def params(self) -> Params:
        return self._setup.start

    @property
    def model(self) -> Any:
        return self._setup.model

    @property
    def code(self) -> str:
        if self.trace is None:
            raise ValueError(f"there is no run yet, so no code. {run_of(self._setup)[1]}")
        return as_code(self._setup)

    @property
    def verdict(self) -> str:
        """How good the start is, and where EM comes from there."""
        return self._now.verdict

    @property
    def _setup(self) -> Setup:
        return self._now.setup

    # What can be changed.

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("data", *ORDER, "view"):  # as an attribute it would change nothing
            raise AttributeError(f"explorer.{name} cannot be assigned: call explorer.set({name}=...)")
        super().__setattr__(name, value)

    def set(self, **controls: Any) -> None:
        """Change what the controls say: data, model, k, covariance, temperature, seed, start, view, one or several.

        Several are set in this order, however they are written; a start by hand brings its own k.
        data: the name of a data set or of a situation, "paint" for an empty sheet, a CSV path, an array, a DataFrame.
        Raises ValueError or TypeError that names the control; then nothing has changed.
        """
        setup, name, question = self._setup, self._now.name, self._now.question
        view = controls.pop("view", self._now.view)
        if "data" in controls:
            if name in {one.name for one in SITUATIONS}:  # its temperature, say, is not for other data
                setup = replace(setup, model=model_for(setup.model_name, setup.n_components, setup.rows.source))
            setup, name, question = opened(controls.pop("data"), setup, self._now.own)
        self._show(changed(setup, controls), name, "" if controls else question, view)

    def move(self, component: int, place: Any) -> None:
        """Start a component elsewhere: place float[d], or a number for coins and rates."""
        self._show(self._setup.moved(component, place))

    def place(self, place: Any) -> None:
        """Start with one component more."""
        self._show(self._setup.placed(place))

    def remove(self, component: int) -> None:
        """Start with one component fewer."""
        self._show(self._setup.without_center(component))

    def weigh(self, component: int, weight: float) -> None:
        """Start with another weight of a component of a mixture; the others share the rest."""
        self._show(self._setup.weighted(component, weight))

    def stretch(self, component: int, long: float, short: float, degrees: float = 0.0) -> None:
        """Start a Gaussian in the plane with these standard deviations along its axes, the long one at this angle."""
        self._show(self._setup.spread(component, long, short, degrees))

    def add(self, places: Any, group: int = 0) -> None:
        """Add points, float[m, d]; where data are painted, in a group."""
        self._show(self._setup.with_rows(self._setup.rows.added(places, group)))

    def move_point(self, row: int, place: Any) -> None:
        """Put a point elsewhere."""
        self._show(self._setup.with_rows(self._setup.rows.moved(row, place)))

    def erase(self, rows: Sequence[int]) -> None:
        """Take points away."""
        self._show(self._setup.with_rows(self._setup.rows.without(rows)))

    def undo(self) -> None:
        """Go back to what was before the last change."""
        if not self._before:
            raise ValueError("there is nothing to undo")
        was = self._before[-1]
        shown = Shown.of(was.setup, was.name, was.question, was.view, self._now, self._frame)
        self._put(replace(shown, best=max(was.best, shown.best), is_open=False), self._before[:-1])

    # How a change is shown: all of it, or nothing.

    def _show(self, setup: Setup, name: str | None = None, question: str | None = None, view: str | None = None
              ) -> None:
        """None is what is there: a question stays while a hand moves, or the picture would jump under it."""
        now = self._now
        shown = Shown.of(setup, now.name if name is None else name, now.question if question is None else question,
                         now.view if view is None else view, now, self._frame)
        self._put(shown, [*self._before, now.memory][-_REMEMBERED:])

    def _put(self, shown: Shown, before: list[Memory]) -> None:
        was = self._now, self._before
        self._now, self._before = shown, before
        try:
            bench = shown.bench(bool(before))
            with self.hold_sync():
                self._load(shown.dial)
                self.bench = bench
        except BaseException:
            self._now, self._before = was
            raise

    # What the browser says.

    def _hear(self, _: Any, message: Any, __: Any) -> None:
        """Answer a message of explorer.js, whatever comes of it."""
        answer: dict[str, Any] = {"re": message.get("id")}
        marks: list[bytes] = []
        try:
            more, marks = self._answer(message)
            answer |= more
        except Exception as error:  # it would vanish in the log: the reader sees it, and what was before
            trouble = str(error) if isinstance(error, ValueError | TypeError) else _unforeseen(error)
            self.bench = {**self.bench, "trouble": trouble}
        finally:
            self.send(answer, buffers=marks)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        match message["do"]:
            case "code":
                return {"code": self.code}, []
            case "point":
                return {"values": np.atleast_1d(self.data[message["row"]]).tolist()}, []
            case "set":
                self.set(**{message["name"]: message["value"]})
            case "undo":
                self.undo()
            case "again":
                self._show(self._setup.with_seed(self._setup.seed + 1), question="")
            case _:
                setup = by_hand(message, self._now.picture)
                if not message.get("rest", True):
                    return self._glanced(setup)
                self._show(setup)
        return {}, []

    def _glanced(self, setup: Setup) -> tuple[dict[str, Any], list[bytes]]:
        """A look at what a hand is about to do; nothing has changed yet."""
        picture = self._now.picture
        trace, why = run_of(setup)
        if trace is None or (picture.is_line and setup.rows is not picture.setup.rows):  # a line stacks its dots anew
            return {"verdict": why}, []
        marks, caption = picture.glance(trace)
        now = picture.of(setup)
        told = verdict(trace, self._now.best, setup.rows.dataset.labels)
        return {"caption": caption, "verdict": told, "centers": rounded(now.centers()),
                "ellipses": rounded(now.ellipses())}, [marks]


def explore(data: Any = "blobs", *, model: Any = None, k: int | None = None, covariance: str | None = None,
            start: Any = None, temperature: float | None = None, seed: int | None = None,
            max_iterations: int = ITERATIONS, view: str = "", size: tuple[int, int] | None = None) -> Explorer:
    """An explorer, for the last line of a notebook cell: a player whose centers, ellipses and points can be grabbed.

    data: the name of a data set (`emviz.datasets.names()`) or of a situation ("two centers in one blob"; see
        `emviz.explorer.situations`), "paint" for an empty sheet, the path of a CSV file, an array, a DataFrame, a
        Dataset.
    model: "kmeans", "gaussian", "coins" or "poisson", or a model; by default the first that suits the data.
    k: how many components, 1 to 8; by default as many as the data have groups, or 3.
    covariance: "full", "tied", "diag" or "spherical".  temperature: T ≥ 0.
    start: "k-means++", "random", or a start by hand: parameters, or the places of the components.
    seed: of a start that is drawn.  max_iterations: EM ends here, so that it answers while a hand moves.
    view: another way to see the run, such as "surface", where it fits; "" is the data.
    size: (width, height) of the picture in pixels.
    """
    setup, name, question = opened(data, None, None, k)
    asked_of = setup
    if model is not None and not isinstance(model, str):
        setup = _with_model(setup, model, k)
        model, k = None, setup.n_components
    setup = replace(setup, max_iterations=positive_integer(max_iterations, "max_iterations"))
    given = {"model": model, "k": k, "covariance": covariance, "temperature": temperature, "seed": seed, "start": start}
    setup = changed(setup, {control: value for control, value in given.items() if value is not None})
    if setup.model != asked_of.model or setup.by_hand is not asked_of.by_hand:
        question = ""  # it was about another run
    return Explorer(setup, name=name, question=question, view=view, **({} if size is None else {"size": size}))


def _with_model(setup: Setup, model: Any, k: int | None) -> Setup:
    """The setup with a model that the reader made."""
    if not isinstance(model, tuple(MODELS.values())):
        raise TypeError(f"model is a {type(model).__name__}: give one of {', '.join(MODELS)}, or a model of emviz")
    size = getattr(model, "n_components", 0)
    if k not in (None, size):
        raise ValueError(f"k is {k}, and the model has {size} components: give one of the two")
    if size > MOST:
        raise ValueError(f"model has {size} components: the explorer has colors for {MOST}")
    return replace(setup, model=model, by_hand=None)


def _unforeseen(error: Exception) -> str:
    return f"This did not work, and what you see is what was before ({type(error).__name__}: {error})."
