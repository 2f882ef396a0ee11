"""What people hand to a function that shows runs: a trace, many of them, or a scene; a size, some steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from emviz.basin import Basins
from emviz.restart import Restarts
from emviz.scenes import Scene, scene
from emviz.scenes.dial import Dial
from emviz.scenes.scene import Caption
from emviz.scenes.stage import checked_size
from emviz.trace import Trace
from emviz.validate import positive_integer


def as_dial(shown: Any, size: tuple[int, int] | None = None, **frame: Any) -> Dial:
    """What is shown, as scenes: what `as_scene` takes, a dial, or a player, which has one as `dial`."""
    dial = getattr(shown, "dial", shown)
    if not isinstance(dial, Dial) or len(dial) == 1:
        return Dial([as_scene(shown, size, **frame)])
    return Dial([as_scene(scene, size, **frame) for scene in dial], dial.name, dial.labels)


def as_scene(shown: Any, size: tuple[int, int] | None = None, *, title: str | None = None, caption: Caption = True,
             dpi: float = 100, usual: tuple[int, int] | None = None, argument: str = "trace_or_scene") -> Scene:
    """A scene of this size, with this title and this caption: the one that is given if it is like that, or a new one.

    shown: a trace, Restarts, Basins, a scene, a dial or a player of one, an explorer.
    size: (width, height) in pixels; None is the scene's own, or `usual` for a trace, times dpi / 100.
    argument: what an error calls what is shown.
    """
    shown = getattr(shown, "dial", shown)
    if isinstance(shown, Dial):
        if len(shown) > 1:
            raise ValueError(f"this has {len(shown)} scenes, one for each {shown.name}: give one of them, such as "
                             "player.dial[0]")
        shown = shown[0]
    if size is None and usual is not None and isinstance(shown, Trace):
        size = _scaled(usual, dpi)
    if isinstance(shown, Trace | Restarts | Basins):
        shown, title, caption = scene(shown, size=size, title=title, caption=caption), None, True
    if not isinstance(shown, Scene):
        kind = type(shown).__name__
        raise TypeError(f"{argument} is a {kind}: give what emviz.run or emviz.scene returns")
    own = tuple(int(length) for length in shown.figure.bbox.size)
    wanted = {"size": _scaled(own, dpi) if size is None else tuple(size), "title": title, "caption": caption}
    changes = {name: value for name, value in wanted.items() if value not in (own, None, True)}
    return shown.again(**changes) if changes else shown


def _scaled(size: tuple[int, ...], dpi: float) -> tuple[int, int]:
    width, height = (round(length * dpi / 100) for length in size)
    try:
        return checked_size((width, height))
    except ValueError as error:
        raise ValueError(f"dpi is {dpi:g}, so {error}") from None


@contextmanager
def as_it_was(shown: Any) -> Iterator[None]:
    """The scenes that somebody gave, alone or in a list, show in the end what they showed before."""
    given = [getattr(one, "dial", one) for one in (shown if isinstance(shown, list | tuple) else [shown])]
    scenes = [scene for one in given for scene in (one if isinstance(one, Dial) else [one]) if isinstance(scene, Scene)]
    steps = [scene.step for scene in scenes]
    try:
        yield
    finally:
        for scene, step in zip(scenes, steps):
            if scene.step != step:
                scene.show(step)


def told_steps(steps: Iterable[Any] | None, scene: Scene) -> tuple[int, ...]:
    """The steps to show, for all of which there is a caption."""
    chosen = chosen_steps(steps, len(scene))
    for step in set(chosen) if callable(scene.asked["caption"]) else ():
        scene.caption(step)
    return chosen


def chosen_steps(steps: Iterable[Any] | None, length: int) -> tuple[int, ...]:
    """The steps to show: all of a run of `length` steps for None."""
    if steps is None:
        return tuple(range(length))
    if not isinstance(steps, Iterable):
        raise TypeError(f"steps is {steps!r}: give a list of steps, such as [0, 1, 2, 4]")
    chosen = tuple(positive_integer(step, "steps", least=0) for step in steps)
    if not chosen:
        raise ValueError("steps is empty: there is nothing to show; None shows all steps")
    for place, step in enumerate(chosen):
        if step >= length:
            raise ValueError(f"steps[{place}] is {step}: this run has the steps 0 to {length - 1}")
    return chosen
