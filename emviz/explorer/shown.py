"""What an explorer shows: a setup with its run and its picture, and what can be chosen beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from emviz import datasets, style
from emviz.explorer.picture import Picture
from emviz.explorer.rows import PAINT, Rows
from emviz.explorer.setup import MOST, Setup, suited_models
from emviz.explorer.situations import SITUATIONS
from emviz.explorer.verdict import beginning, verdict
from emviz.models.covariances import STRUCTURES
from emviz.scenes import VIEWS, words
from emviz.scenes.dial import Dial
from emviz.trace import Trace
from emviz.validate import choice

_MODEL_LABELS = {"kmeans": "k-means", "gaussian": "Gaussian mixture", "coins": "Coins", "poisson": "Poisson mixture"}
_TOOLS = {
    "centers": ("Centers", "Drag a center to start it elsewhere, or click to place another."),
    "ellipses": ("Ellipses", "Drag the tip of an axis to stretch and turn an ellipse."),
    "points": ("Points", "Drag a point to move it, or click to add one."),
    "brush": ("Brush", "Drag to paint points."),
    "eraser": ("Eraser", "Drag over points to take them away."),
}
_VIEW_LABELS = {"surface": "likelihood surface", "free energy": "lower bound and gap", "table": "table"}
_GROUPS = 4  # that a brush can paint
_FIELDS = 8  # features that a center may have to be typed in


class Memory(NamedTuple):
    """What makes a state of an explorer again; its picture would take megabytes."""

    setup: Setup
    name: str
    question: str
    view: str
    best: float


@dataclass(frozen=True, eq=False)
class Shown:
    """What an explorer shows: a setup with its run, its picture, and the best bound that such runs have reached."""

    setup: Setup
    trace: Trace | None
    picture: Picture
    name: str       # of the data, in the list
    question: str
    view: str       # how it is seen, "" as the data are
    best: float
    own: Rows | None  # that the reader gave, for the list
    is_open: bool     # whether the question was just asked: what comes of it is still to be guessed

    @classmethod
    def of(cls, setup: Setup, name: str, question: str, view: str, before: Shown | None, frame: Mapping[str, Any]
           ) -> Shown:
        """before: what was shown; the axes stay where there is room on them."""
        if view:
            frame = {**frame, "view": choice(view, "view", tuple(VIEWS))}
        trace, why = run_of(setup)
        picture = None
        if before is not None and not view and before.has_alike(setup):
            picture = Picture(setup, trace, before.picture.limits, why, **frame)
        if picture is None or not picture.has_room:
            picture = Picture(setup, trace, why=why, **frame)
        best = -np.inf if trace is None else trace[-1].lower_bound
        own = before.own if before is not None else None
        if name == "own":
            own = Rows.of(setup.rows.source, setup.rows.code)
        is_open = bool(question) and (before is None or before.question != question)
        shown = cls(setup, trace, picture, name, question, view, best, own, is_open)
        return shown if before is None else shown.beside(before)

    def beside(self, other: Shown) -> Shown:
        """The same, remembering the best bound of the other where the two runs differ in their start only."""
        alike = self.trace and other.trace and _are_rivals(self.trace, other.trace)
        return replace(self, best=max(self.best, other.best)) if alike else self

    @property
    def memory(self) -> Memory:
        return Memory(self.setup, self.name, self.question, self.view, self.best)

    def has_alike(self, setup: Setup) -> bool:
        """Whether the axes may serve another setup."""
        return (setup.rows.source is self.setup.rows.source and type(setup.model) is type(self.setup.model)
                and self.picture.is_plane and not self.view)

    @property
    def verdict(self) -> str:
        """How good the start is, and where EM comes from there."""
        if self.is_open and self.trace:
            return f"{beginning(self.trace)}. Guess first, then step on."
        return verdict(self.trace, self.best, self.setup.rows.dataset.labels)

    @property
    def dial(self) -> Dial:
        return Dial([self.picture.scene])

    def bench(self, can_undo: bool) -> dict[str, Any]:
        """All that stands beside the picture, for explorer.js: plain values, places in pixels."""
        setup, picture, runs = self.setup, self.picture, self.trace is not None
        return {
            "controls": self._controls(),
            "buttons": [["undo", "Undo", can_undo], ["again", "Draw a new start", runs],
                        ["code", "Copy as code", runs]],
            "tools": [[name, *_TOOLS[name]] for name in self._tools()],
            "groups": [style.color(group) for group in range(1 if setup.rows.groups is None else _GROUPS)],
            "box": rounded(picture.box) if picture.can_grab else None,
            "axes": picture.axes if picture.can_grab else None,
            "axis_names": picture.axis_names if picture.can_grab else None,
            "upright": picture.is_line,
            "base": rounded(picture.base) if picture.is_line else 0,
            "centers": rounded(picture.centers()) if runs and picture.can_grab else [],
            "names": [f"{words.story_of(self.trace).component} {j}" for j in range(setup.n_components)]
            if self.trace else [],
            "colors": [style.color(j) for j in range(setup.n_components)],
            "ellipses": rounded(picture.ellipses()) if runs else None,
            "points": rounded(picture.points()),
            "numbers": self._numbers() if runs and np.size(setup.places[0]) <= _FIELDS else None,
            "by_hand": setup.by_hand is not None,
            "question": self.question,
            "verdict": self.verdict,
            "trouble": "",  # what went wrong
        }

    def _tools(self) -> list[str]:
        picture, runs = self.picture, self.trace is not None
        if not runs:
            return ["brush", "points", "eraser"]
        if not picture.can_grab:
            return []
        allowed = {"centers": True, "ellipses": picture.has_ellipses}
        return [name for name in _TOOLS if allowed.get(name, picture.is_flat)]

    def _controls(self) -> list[dict[str, Any]]:
        """What explorer.js offers to choose; the main ones are in view."""
        setup, model = self.setup, self.setup.model
        suited = suited_models(setup.rows.source)
        if setup.model_name not in suited:  # coins that the reader gave, whose flips only the model knows
            suited = (setup.model_name,)
        hand = [["by hand", "by hand", ""]] if setup.by_hand is not None else []
        controls: list[dict[str, Any] | None] = [
            {"name": "data", "label": "Data", "kind": "select", "value": self.name, "main": True,
             "options": _data_options(self.own)},
            {"name": "model", "label": "Model", "kind": "select", "value": setup.model_name, "main": True,
             "options": [[name, _MODEL_LABELS[name], ""] for name in suited]},
            {"name": "k", "label": "k", "kind": "slider", "value": setup.n_components, "least": 1, "most": MOST,
             "main": True, "help": "How many components"},
            {"name": "covariance", "label": "Covariance", "kind": "select", "value": model.covariance_type,
             "options": [[name, name, ""] for name in STRUCTURES]} if hasattr(model, "covariance_type") else None,
            {"name": "start", "label": "Start", "kind": "select", "value": "by hand" if hand else setup.method,
             "options": [["k-means++", "k-means++", ""], ["random", "random points", ""], *hand]},
            {"name": "seed", "label": "Seed", "kind": "number", "value": setup.seed, "least": 0, "step": 1},
            {"name": "temperature", "label": "Temperature", "kind": "number", "value": model.temperature, "least": 0,
             "step": 0.1},
            {"name": "view", "label": "Picture", "kind": "select", "value": self._seen_as,
             "options": self._views()} if self.trace else None,
        ]
        return [{"main": False} | control for control in controls if control is not None]

    @property
    def _seen_as(self) -> str:
        """The view that is shown; "" is that of the data."""
        shown = getattr(self.picture.scene, "view", None)
        return self.view if shown is not None and shown.NAME == self.view else ""

    def _views(self) -> list[list[str]]:
        """The ways to see the run, for the list."""
        assert self.trace is not None
        fitting = [name for name in _VIEW_LABELS if VIEWS[name].misfit(self.trace) is None]
        return [["", "the data", ""], *([name, _VIEW_LABELS[name], ""] for name in fitting)]

    def _numbers(self) -> dict[str, Any]:
        """The start, for fields to type in."""
        setup = self.setup
        places = setup.places if setup.places.ndim == 2 else setup.places[:, None]
        single = {"coins": ("chance of heads",), "poisson": ("rate",)}
        features = single.get(setup.model_name) or setup.rows.source.feature_names
        weights = getattr(setup.start, "weights", None)
        return {"features": list(features or (f"x{j + 1}" for j in range(places.shape[1]))),
                "centers": places.tolist(), "weights": None if weights is None else weights.tolist(),
                "spreads": [[*setup.spread_of(j)] for j in range(len(places))] if self.picture.has_ellipses else None}


def _data_options(own: Rows | None) -> list[list[str]]:
    yours = [["own", "Your data", "Yours"]] if own is not None else []
    others = [name for name in datasets.names() if name not in {one.name for one in SITUATIONS}]
    return [*yours, [PAINT, "Paint your own", "Yours"],
            *([one.name, one.label, "Situations"] for one in SITUATIONS),
            *([name, name.replace("_", " "), "Data sets"] for name in others)]


def run_of(setup: Setup) -> tuple[Trace | None, str]:
    """The run, or None while the rows are being painted and are too few; and what they lack."""
    rows = setup.rows
    if rows.code or len(rows) > setup.n_components:
        return setup.trace(), ""
    need = setup.n_components + 1 - len(rows)
    waiting = words.counted(setup.n_components, "center")
    return None, f"Start: paint {words.counted(need, 'point')} or more with the brush, {waiting} wait for them"


def _are_rivals(one: Trace, other: Trace) -> bool:
    """Whether two runs differ in their start only."""
    return one.model == other.model and np.array_equal(one.data, other.data)


def rounded(pixels: Any) -> Any:
    """Pixels as plain numbers, to a tenth."""
    return None if pixels is None else np.round(pixels, 1).tolist()
