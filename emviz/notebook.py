"""What the last line of a notebook cell shows, whatever it is."""

from __future__ import annotations

from typing import Any

from emviz.basin import Basins
from emviz.basin_player import BasinPlayer
from emviz.player import Player
from emviz.restart import Restarts
from emviz.scenes import Scene, scene
from emviz.scenes.dial import Dial
from emviz.scenes.given import as_dial
from emviz.trace import Trace


def show(shown: Trace | Scene | Dial | Restarts | Basins, view: str | None = None, *,
         size: tuple[int, int] | None = None, step: int = 0, **options: Any) -> Player:
    """A player for the last line of a notebook cell.

    Of a run; of many, what `emviz.restarts` returns, a histogram of what they reach beside the best and the worst; of
    what `emviz.basins` returns, a map with the run from the start that is chosen on it.

    view, size, options: as for `emviz.scene`, of the run where there is a map; a scene has its own.
    step: the state to show first.
    """
    if isinstance(shown, Basins):
        return BasinPlayer(shown, step=step, view=view, size=size, **options)
    if view is not None or options:
        if not isinstance(shown, Trace | Restarts):
            raise TypeError(f"{', '.join(options) or 'view'} is given for a {type(shown).__name__}, which has its own: "
                            "give it to emviz.scene(trace, ...)")
        shown = scene(shown, view, size=size, **options)
        size = None
    return Player(as_dial(shown, size), step)
