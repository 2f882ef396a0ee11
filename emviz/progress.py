"""A bar for long work."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

LONG = 6.0  # seconds that all of the work must take before a bar is worth its place
SOON = 1.0  # seconds of work after which that can be told
FEW = 3     # items that tell nothing yet: the first ones are the slowest

Item = TypeVar("Item")


def watched(items: Iterable[Item], total: int, unit: str, progress: bool | None = None) -> Iterator[Item]:
    """Pass on `items`; where the work on them will take long, with a bar that says how far it is.

    unit: what one item is, such as "run".  progress: True shows the bar at once, False never.
    """
    bar = None
    begin = time.perf_counter()
    try:
        for done, item in enumerate(items):
            if bar is None and (progress or (progress is None and _is_long(time.perf_counter() - begin, done, total))):
                bar = _bar(total, done, unit)
            yield item
            if bar is not None:
                bar.update()
    finally:
        if bar is not None:
            bar.close()


def _bar(total: int, done: int, unit: str) -> Any:
    from tqdm import auto, notebook  # late: in a notebook they bring widgets

    look: dict[str, Any] = {"total": total, "initial": done, "unit": unit, "leave": False}
    if not issubclass(auto.tqdm, notebook.tqdm):
        return auto.tqdm(**look)

    class Vanishing(notebook.tqdm):
        """A bar that leaves nothing in a saved notebook, where its widget would be an error message."""

        def close(self) -> None:
            super().close()
            self.shown.update({"text/plain": ""}, raw=True)

    bar = Vanishing(**look, display=False)
    bar.shown = notebook.display({"text/plain": ""}, raw=True, display_id=True)
    bar.shown.update(bar.container)
    return bar


def _is_long(seconds: float, done: int, total: int) -> bool:
    return seconds > SOON and done > FEW and seconds * total > LONG * done
