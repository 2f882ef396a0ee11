"""A scene as plain marks in pixels: what a browser needs to show it without matplotlib."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.artist import Artist

from emviz import style
from emviz.marks.kinds import Mark
from emviz.marks.renderer import MarksRenderer
from emviz.scenes import Scene
from emviz.scenes.given import chosen_steps

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
    captions: tuple[str, ...]
    alts: tuple[str, ...]
    static: Marks
    states: tuple[dict[str, Marks], ...]  # what each mover leaves on the picture in each state, back to front


def record(scene: Scene, steps: Iterable[int] | None = None) -> Recording:
    """The marks of a scene in the given states, by default in all of them.

    ValueError: an artist has what a browser cannot show (a hatch, Gouraud shading, sketch, usetex).
    """
    chosen = chosen_steps(steps, len(scene))
    box = scene.figure.bbox
    renderer = MarksRenderer(box.width, box.height, scene.figure.dpi, strip=scene.caption_height)
    names = [name for name, artist in scene.movers.items() if artist is not scene.caption_artist]
    names.sort(key=lambda name: scene.movers[name].get_zorder())
    kept: dict[Any, Any] = {}  # by value: what comes again is the object that came first

    with rc_context(style.RC):
        scene.show(chosen[0])
        with _hidden(scene.movers.values()), renderer.drawing("the background") as static:
            scene.figure.draw(renderer)
        states = []
        for step in chosen:
            scene.show(step)
            state = {}
            for name in names:
                with renderer.drawing(name) as marks:
                    scene.movers[name].draw(renderer)
                same = tuple(kept.setdefault(mark, mark) for mark in marks)
                state[name] = kept.setdefault(same, same)
            states.append(state)

    return Recording(
        width=round(box.width),
        height=round(box.height - scene.caption_height),
        title=scene.title,
        steps=chosen,
        captions=tuple(map(scene.caption, chosen)),
        alts=tuple(map(scene.alt, chosen)),
        static=tuple(static),
        states=tuple(states),
    )


@contextmanager
def _hidden(artists: Iterable[Artist]) -> Iterator[None]:
    visible = [artist for artist in artists if artist.get_visible()]
    for artist in visible:
        artist.set_visible(False)
    try:
        yield
    finally:
        for artist in visible:
            artist.set_visible(True)
