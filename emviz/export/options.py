"""What all media have in common: which states, how large, how long, with which words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from emviz.scenes.given import as_it_was
from emviz.scenes.scene import Caption
from emviz.scenes.stage import checked_caption, checked_size, checked_title
from emviz.validate import positive_integer

SHORTEST = 0.02  # seconds; browsers slow down frames that are shorter
LONGEST = 600.0

_ONE_AT_A_TIME = RLock()  # the settings of matplotlib belong to all threads

ABOUT = """
    trace_or_scene: what emviz.run or emviz.restarts returns, a comparison, a scene, a player, or an explorer.

    steps: which states to show, such as [0, 1, 2, 4]; all by default.
    size: (width, height) in pixels.  dpi: dots per inch; without a size, 200 gives twice the pixels of 100.
    seconds_per_step: how long each state stays, the in-between frames on the way to it included.
    hold: how long the first and the last state stay.  tween: in-between frames on the way to each state,
    as many of them as have 0.02 seconds each.
    caption: True tells in each frame what happened, False nothing; a text stands below the picture, too; or a function:
    step -> what is told instead.  title: above the picture.
    loop: False plays once.

    Everything is checked before anything is drawn. The file is written beside `path` and takes its name at the end:
    what was there stays if a frame fails or somebody interrupts. Work of more than a few seconds shows how far it is.
"""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The keywords of all functions that save a run, checked; what they mean is in `ABOUT`."""

    steps: Iterable[int] | None = None
    size: tuple[int, int] | None = None
    dpi: float = 100
    seconds_per_step: float = 0.8
    hold: float = 2.0
    tween: int = 0
    caption: Caption = True
    title: str | None = None
    loop: bool = True

    def __post_init__(self) -> None:
        if self.size is not None:
            checked_size(self.size)
        _number(self.dpi, "dpi", 10, 1200, "dots per inch")
        _number(self.seconds_per_step, "seconds_per_step", SHORTEST, LONGEST, "seconds")
        _number(self.hold, "hold", SHORTEST, LONGEST, "seconds")
        positive_integer(self.tween, "tween", least=0)
        checked_caption(self.caption)
        checked_title(self.title)
        if not isinstance(self.loop, bool):
            raise TypeError(f"loop is {self.loop!r}: give True, or False to play once")


def takes_options(kind: type[Options] = Options, about: str = ABOUT) -> Callable[..., Callable[..., Path]]:
    """Let save(shown, path, options) take the options as keywords; help() shows them, and what they mean."""

    def decorate(save: Callable[[Any, Any, Any], Path]) -> Callable[..., Path]:
        shown, path, _ = inspect.signature(save).parameters.values()
        options = [inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default,
                                     annotation=field.type) for field in fields(kind)]
        signature = inspect.Signature([shown, path, *options], return_annotation="Path")

        @wraps(save)
        def with_keywords(*arguments: Any, **keywords: Any) -> Path:
            for name in keywords:
                if name not in signature.parameters:
                    instead = ("give seconds_per_step, its inverse" if name == "fps" else
                               f"choose from {', '.join(option.name for option in options)}")
                    raise TypeError(f"{save.__name__} has no option {name}: {instead}")
            if len(arguments) > 2:
                raise TypeError(f"{save.__name__} takes two arguments by place; name the others, as in steps=[0, 1, 2]")
            try:
                given = signature.bind(*arguments, **keywords).arguments
            except TypeError as error:
                raise TypeError(f"{save.__name__}: {error}") from None
            what, where = given.pop(shown.name), given.pop(path.name)
            with _ONE_AT_A_TIME, as_it_was(what):
                return save(what, where, kind(**given))

        with_keywords.__signature__ = signature  # type: ignore[attr-defined]
        with_keywords.__doc__ = f"{(save.__doc__ or '').rstrip()}\n{about}    "
        return with_keywords

    return decorate


def _number(value: Any, argument: str, least: float, most: float, unit: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise TypeError(f"{argument} is {value!r}: give a number of {unit}")
    if not least <= value <= most:  # also refuses NaN
        raise ValueError(f"{argument} is {value}: give from {least:g} to {most:g} {unit}")
