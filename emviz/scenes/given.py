"""What people hand to a function that shows runs: a trace, many of them, or a scene; a size, some steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emviz.basin import Basins
from emviz.restart import Restarts
from emviz.scenes import Scene, scene
from emviz.scenes.dial import Dial
from emviz.trace import Trace
from emviz.validate import positive_integer


def as_dial(shown: Any, size: tuple[int, int] | None = None) -> Dial:
    """What is shown, as scenes: what `as_scene` takes, a dial, or a player, which has one as `dial`."""
    dial = getattr(shown, "dial", shown)
    return dial if isinstance(dial, Dial) and size is None else Dial([as_scene(shown, size)])


def as_scene(shown: Any, size: tuple[int, int] | None = None) -> Scene:
    """The scene itself, or a new one for a trace, for Restarts or for Basins.

    A scene has its size: another one is a ValueError. An explorer draws what it shows in any size.
    """
    if size is not None and hasattr(shown, "at_size"):
        return shown.at_size(size)
    shown = getattr(shown, "dial", shown)
    if isinstance(shown, Dial):
        if len(shown) > 1:
            raise ValueError(f"this has {len(shown)} scenes, one for each {shown.name}: give one of them, such as "
                             "player.dial[0]")
        shown = shown[0]
    if isinstance(shown, Trace | Restarts | Basins):
        return scene(shown, size=size)
    if not isinstance(shown, Scene):
        kind = type(shown).__name__
        raise TypeError(f"trace_or_scene is a {kind}: give what emviz.run or emviz.scene returns")
    own = tuple(int(length) for length in shown.figure.bbox.size)
    if size is not None and tuple(size) != own:
        raise ValueError(
            f"size is {tuple(size)}, but this scene is {own}: give the size to emviz.scene(trace, size=...)")
    return shown


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
