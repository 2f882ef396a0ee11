"""The picture of a setup, and where in its pixels things are."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from emviz.explorer.setup import Setup
from emviz.marks import Recorder
from emviz.marks.payload import to_bytes
from emviz.models import GaussianMixture
from emviz.scenes import VIEWS, Scene, scene
from emviz.scenes.axis import AxisView
from emviz.scenes.plane import PlaneView
from emviz.scenes.scene import TraceScene
from emviz.scenes.sheet import Sheet
from emviz.trace import Trace

Limits = tuple[tuple[float, float], tuple[float, float]]

EMPTY: Limits = ((0.0, 16.0), (0.0, 10.0))  # of a sheet that nobody has painted on
SHOWN = 5000  # points that a browser can tell apart


class Picture:
    """A scene of a setup. Places in it are pixels of what a browser shows: from the left, and down from the caption.

    trace: of the setup; None where its rows cannot be run yet, and then `why` says it.
    limits: of the axes, where it is a plane; None leaves them to the scene.  frame: as for `emviz.scene`; a view that
    does not fit the run waits until it does.
    """

    def __init__(self, setup: Setup, trace: Trace | None, limits: Limits | None = None, why: str = "", **frame: Any):
        self.setup, self._frame = setup, frame
        self.scene = self._scene(trace, limits, why)
        self._glance: Recorder | None = None

    def _scene(self, trace: Trace | None, limits: Limits | None, why: str) -> Scene:
        if trace is None:
            names = (*self.setup.rows.source.feature_names, "x", "y")[:2]
            return Sheet(self.setup.rows.values, limits or EMPTY, (names[0], names[1]), why, **self._frame)
        frame = dict(self._frame)
        if frame.get("view") and VIEWS[frame["view"]].misfit(trace):  # such as a surface of three components
            del frame["view"]
        if frame.get("view") == "surface" and trace.model.temperature > 0:
            frame["gradient"] = True
        return scene(trace, **frame) if limits is None else scene(trace, limits=limits, **frame)

    # What can be grabbed.

    @property
    def is_plane(self) -> bool:
        return isinstance(_view(self.scene), PlaneView) or isinstance(self.scene, Sheet)

    @property
    def is_line(self) -> bool:
        """Whether places have one number, along the horizontal axis."""
        return isinstance(_view(self.scene), AxisView)

    @property
    def can_grab(self) -> bool:
        return self.is_plane or self.is_line

    @property
    def is_flat(self) -> bool:
        """Whether the picture shows all features, so that points and ellipses can be grabbed too."""
        rows = self.setup.rows.values
        return (self.is_plane and rows.shape[-1] == 2) or (
            self.is_line and self.setup.model_name in ("kmeans", "gaussian"))

    @property
    def has_ellipses(self) -> bool:
        return isinstance(self.setup.model, GaussianMixture) and self.is_plane and self.is_flat

    # Pixels.

    @property
    def limits(self) -> Limits | None:
        """Of the axes of a plane."""
        if not self.is_plane:
            return None
        return self._panel.get_xlim(), self._panel.get_ylim()

    @property
    def box(self) -> list[float]:
        """left, top, right, bottom of the axes."""
        low, high = self._panel.bbox.min, self._panel.bbox.max
        (left, bottom), (right, top) = self._in_browser(np.array([low, high]))
        return [left, top, right, bottom]

    @property
    def axes(self) -> list[list[float]]:
        """What the edges of the box are on the axes: [left, right], [bottom, top]."""
        return [list(map(float, self._panel.get_xlim())), list(map(float, self._panel.get_ylim()))]

    @property
    def axis_names(self) -> list[str]:
        """What the axes are, in a word or two."""
        view = _view(self.scene)
        if isinstance(view, PlaneView):
            return [wordings[-1] for wordings in view.projection.names]
        return [self._panel.get_xlabel(), self._panel.get_ylabel()]

    @property
    def base(self) -> float:
        """The height of zero."""
        return float(self._pixels(np.zeros((1, 2)))[0, 1])

    def centers(self) -> np.ndarray:
        """Where the components start: float[k, 2]."""
        return self._pixels(self._on_axes(self.setup.places))

    def points(self) -> np.ndarray | None:
        """Where the rows are drawn: float[n, 2]; None where a hand cannot tell them apart."""
        if not self.is_flat or len(self.setup.rows) > SHOWN:
            return None
        if isinstance(self.scene, Sheet):
            return self._pixels(self.setup.rows.values)
        return self._pixels(np.asarray(self.scene.movers["points"].get_offsets()))

    def ellipses(self) -> np.ndarray | None:
        """The axes of each ellipse at one standard deviation, from its center: float[k, 2, 2]."""
        if not self.has_ellipses:
            return None
        starts = self._on_axes(self.setup.places)
        tips = []
        for j, center in enumerate(starts):
            deviations, axes = self.setup.axes(j)
            tips.append(self._pixels(center + (axes * deviations).T) - self._pixels(center[None]))
        return np.array(tips)

    def place(self, x: float, y: float) -> np.ndarray:
        """What a place in the picture is on the axes: float[2]."""
        display = np.array([x, self._top - y])
        return self._panel.transData.inverted().transform(display)

    def center_at(self, component: int | None, x: float, y: float) -> Any:
        """Where a component is whose mark stands there; of more than two features, those that the picture leaves out
        stay as they are (None: as the mean of the data)."""
        place = self.place(x, y)
        if self.is_line:
            return place[:1] if self.setup.places.ndim == 2 else float(place[0])
        places, projection = self.setup.places, _view(self.scene).projection
        old = np.mean(self.setup.rows.values, axis=0) if component is None else places[component]
        back = np.linalg.pinv(projection.matrix).T  # d × 2; undoes W within its plane
        return old + back @ (place - projection.of_points(old))

    def row_at(self, x: float, y: float) -> np.ndarray:
        """What a point is that stands there: float[d]."""
        place = self.place(x, y)
        return place[:1] if self.is_line else place

    @property
    def has_room(self) -> bool:
        """Whether all points and all starting centers are inside the axes."""
        shown = [self.points(), self.centers() if isinstance(self.scene, TraceScene) else None]
        left, top, right, bottom = self.box
        return all(bool(((places >= (left, top)) & (places <= (right, bottom))).all())
                   for places in shown if places is not None)

    def of(self, setup: Setup) -> Picture:
        """The same axes for another setup, to ask where things are; the scene stays as it is."""
        other = copy(self)
        other.setup = setup
        return other

    def _on_axes(self, places: np.ndarray) -> np.ndarray:
        if self.is_line:
            x = np.reshape(places, -1)
            return np.column_stack([x, np.zeros_like(x)])
        return _view(self.scene).projection.of_points(places)

    def _pixels(self, on_axes: np.ndarray) -> np.ndarray:
        return self._in_browser(self._panel.transData.transform(on_axes))

    def _in_browser(self, display: np.ndarray) -> np.ndarray:
        return np.column_stack([display[:, 0], self._top - display[:, 1]])

    @property
    def _top(self) -> float:
        return float(self.scene.figure.bbox.height - self.scene.caption_height)

    @property
    def _panel(self) -> Any:
        return self.scene.panel  # type: ignore[attr-defined]

    # While a hand moves something.

    def glance(self, trace: Trace) -> tuple[bytes, str]:
        """The marks that show where a run of another start, or of rows that moved, begins and where it goes, for a
        browser that shows this picture; and the words for it."""
        if self._glance is None:
            shown: Any = self._scene(self.scene.trace, self.limits, "")  # type: ignore[attr-defined]
            self._glance = Recorder(shown)
        recording = self._glance.glimpse(trace)
        return to_bytes([recording]), recording.captions[0]


def _view(shown: Scene) -> Any:
    return getattr(shown, "view", None)
