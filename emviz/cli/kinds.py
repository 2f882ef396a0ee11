"""What the options of a command take: a text from the shell becomes a value, or one line that says what is wrong."""

from __future__ import annotations

import argparse
import csv
import difflib
import math
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emviz.cli.words import WrongUsage

Kind = Callable[[str], object]


def whole(least: int) -> Kind:
    """A whole number from `least` up."""
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or int(text) < least:
            raise _wrong(text, f"give a whole number from {least} up")
        return int(text)
    return parse


def number(text: str) -> float:
    """A finite number from 0 up."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise _wrong(text, "give a number from 0 up")
    return int(value) if value.is_integer() else value


def one_of(names: Sequence[str]) -> Kind:
    """One of these names."""
    def parse(text: str) -> str:
        if text not in names:
            raise _wrong(text, guess(text, names))
        return text
    return parse


def names(text: str) -> list[str]:
    """The names in `height, mass`; a name with a comma stands between double quotes."""
    found = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
    if not found or "" in found:
        raise _wrong(text, "give the names of columns, with commas between them")
    return found


def size(text: str) -> tuple[int, int]:
    """The width and the height in `800x450`."""
    found = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", text)
    if not found:
        raise _wrong(text, "give the width and the height in pixels, such as 800x450")
    return int(found[1]), int(found[2])


@dataclass(frozen=True)
class Steps:
    """Steps as the shell names them: `0,1,2,4`, `0-8`, `0-40:4`, `0-last:4`, `last`.

    parts: for each, its first step, its last one and the stride; None is the last step of the run.
    """

    parts: tuple[tuple[int | None, int | None, int], ...]

    @classmethod
    def parse(cls, text: str) -> Steps:
        return cls(tuple(_part(part, text) for part in text.split(",")))

    def of(self, length: int) -> list[int]:
        """The steps of a run that has `length` of them. WrongUsage: one that it has not."""
        last = length - 1
        found: list[int] = []
        for start, end, stride in self.parts:
            first, final = (last if step is None else step for step in (start, end))
            if max(first, final) > last:
                raise WrongUsage(f"--steps asks for step {max(first, final)}, and this run has the steps 0 to {last}: "
                                 "the word last names the last one")
            found += range(first, final + 1, stride)
        return found


def _part(part: str, text: str) -> tuple[int | None, int | None, int]:
    found = re.fullmatch(r"(\d{1,9}|last)(?:-(\d{1,9}|last)(?::(\d{1,9}))?)?", part.strip())
    if not found:
        raise _wrong(text, "give steps such as 0,1,2,4 or 0-8 or 0-40:4 (every 4th) or 0-last or last")
    first, final = (None if step == "last" else int(step) for step in (found[1], found[2] or found[1]))
    stride = int(found[3] or 1)
    if stride == 0 or (final is not None and (first is None or first > final)):
        raise _wrong(text, "a range goes up, such as 0-8 or 0-40:4")
    return first, final, stride


def guess(text: str, names: Sequence[str]) -> str:
    """The nearest of the names, if one is near, and all of them."""
    near = difflib.get_close_matches(text, names, n=1)
    return f"{f'did you mean {near[0]}? Choose' if near else 'choose'} {', '.join(names[:-1])} or {names[-1]}"


def _wrong(text: str, way_out: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"is {shlex.quote(text)}: {way_out}")
