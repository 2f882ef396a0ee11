"""A scene as plain marks in pixels: what a browser needs to show it without matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context

from emviz import style
from emviz.marks.fields import Field, field_in_pixels
from emviz.marks.kinds import Grid, Mark
from emviz.marks.renderer import MarksRenderer
from emviz.scenes import Scene
from emviz.scenes.dial import Dial
from emviz.scenes.given import chosen_steps
from emviz.scenes.view import Readings
from emviz.trace import Trace

Marks = tuple[Mark, ...]


@dataclass(frozen=True)
class Recording:
    """A scene as marks, in pixels from the upper left corner, y down, without the strip of the caption.

    Equal marks, and equal tuples of marks, are the same object.
    """

    width: int
    height: int
    title: str
    steps: tuple[int, ...]  # the states that were recorded
    kinds: tuple[str, ...]  # "start", "E" or "M"
    captions: tuple[str, ...]
    alts: tuple[str, ...]
    static: Marks
    states: tuple[dict[str, Marks], ...]  # what each mover leaves on the picture in each state, back to front
    readings: tuple[Reading, ...]
    fields: tuple[Field, ...]
    turn: Turn | None  # for a scene in space


@dataclass(frozen=True)
class Reading:
    """What hovering over the marks of a mover tells."""

    mover: str
    names: tuple[str, ...]       # of each mark: "row 17: 5.1, 3.5"
    components: tuple[str, ...]  # "Gaussian 0"
    percents: tuple[Grid | None, ...]  # of each state: uint8[marks, k], 0 to 100; None before the first E


@dataclass(frozen=True)
class Turn:
    """What lets a browser turn a scene in space: its marks as seen after a quarter turn about the upright axis of
    the page.

    A parallel projection is linear. Seen from the front, a place is (x, y); the x that it has after a quarter turn
    is its depth z, towards the reader; both count from the center. So these two pictures know all of it.
    """

    center: tuple[float, float]           # of the turning, in pixels
    elevation: float                      # degrees from above: where the eye is
    sides: tuple[dict[str, Marks], ...]   # of each state, the movers that turn


def record_dial(dial: Dial, steps: Iterable[int] | None = None) -> tuple[Recording, ...]:
    """The marks of every scene of a dial; equal marks are the same object throughout."""
    kept: dict[Any, Any] = {}
    return tuple(record(scene, steps, kept) for scene in dial)


def record(scene: Scene, steps: Iterable[int] | None = None, kept: dict[Any, Any] | None = None) -> Recording:
    """The marks of a scene in the given states, by default in all of them.

    kept: marks that other scenes left, by value: what comes again is the object that came first.
    ValueError: an artist has what a browser cannot show (a hatch, Gouraud shading, sketch, usetex).
    """
    chosen = chosen_steps(steps, len(scene))
    recorder = Recorder(scene, kept)
    states, sides = [], []
    with rc_context(style.RC):
        scene.move(chosen[0])
        static = recorder.background()
        for step in chosen:
            scene.move(step)
            states.append(recorder.movers())
        if scene.turning:
            with scene.from_the_side():
                for step in chosen:
                    scene.move(step)
                    sides.append(recorder.movers(scene.turning))
        scene.show(chosen[-1])  # with its caption, which no recording holds
    return recorder.recording(
        chosen, static, states,
        Turn(recorder.renderer.in_picture(scene.center), scene.elevation, tuple(sides)) if scene.turning else None)


class Recorder:
    """Draws a scene, as it is at the moment, into marks; inside `rc_context(style.RC)`, which takes a millisecond.

    kept: marks that were left before, by value.
    """

    def __init__(self, scene: Scene, kept: dict[Any, Any] | None = None):
        self.scene = scene
        box = scene.figure.bbox
        self.renderer = MarksRenderer(box.width, box.height, scene.figure.dpi, strip=scene.caption_height)
        self._kept = {} if kept is None else kept

    def background(self) -> Marks:
        """What stands still."""
        with self.scene.without_movers(), self.renderer.drawing("the background") as marks:
            self.scene.figure.draw(self.renderer)
        return tuple(marks)

    def movers(self, names: Iterable[str] | None = None) -> dict[str, Marks]:
        """What each mover leaves on the picture, back to front; by default of all but the caption."""
        movers = self.scene.movers
        if names is None:
            own = (name for name, artist in movers.items() if artist is not self.scene.caption_artist)
            names = sorted(own, key=lambda name: movers[name].get_zorder())
        state = {}
        for name in names:
            with self.renderer.drawing(name) as marks:
                movers[name].draw(self.renderer)
            same = tuple(self._kept.setdefault(mark, mark) for mark in marks)
            state[name] = self._kept.setdefault(same, same)
        return state

    def glimpse(self, trace: Trace) -> Recording:
        """Where another run of the model begins and where it goes, for a browser that shows this scene of one trace."""
        scene: Any = self.scene
        with rc_context(style.RC):
            belongs = scene.foresee(trace)
            marks = self.movers(name for name, is_new in belongs.items() if is_new)
        state = {name: marks.get(name, ()) for name in belongs}
        return self.recording((min(1, len(trace) - 1),), (), [state], readings=())

    def recording(self, steps: tuple[int, ...], static: Marks, states: Sequence[dict[str, Marks]],
                  turn: Turn | None = None, readings: Sequence[Readings] | None = None) -> Recording:
        """What was drawn of these steps, with the words that belong to it.

        readings: those of the scene by default, which name every row.
        """
        scene, box = self.scene, self.scene.figure.bbox
        return Recording(
            width=round(box.width),
            height=round(box.height - scene.caption_height),
            title=scene.title,
            steps=steps,
            kinds=tuple(scene.kinds[step] for step in steps),
            captions=tuple(map(scene.caption, steps)),
            alts=tuple(map(scene.alt, steps)),
            static=static,
            states=tuple(states),
            readings=tuple(_reading(one, steps) for one in (scene.readings if readings is None else readings)),
            fields=tuple(field_in_pixels(field, steps, self.renderer) for field in scene.fields),
            turn=turn,
        )


def _reading(readings: Readings, steps: tuple[int, ...]) -> Reading:
    tables = (readings.percents(step) for step in steps)
    grids = tuple(None if table is None else Grid.of(table, "u1") for table in tables)
    return Reading(readings.mover, readings.names, readings.components, grids)
