"""Runs from one or two kinds of starts, and what they reach together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from emviz.em import DEFAULT_TOLERANCE
from emviz.restart import Restarts
from emviz.scenes import words
from emviz.trace import Trace


@dataclass(frozen=True, eq=False)
class Group:
    """Runs from one or two kinds of starts, told apart by name, and what they reach together."""

    kinds: tuple[Restarts, ...]
    names: tuple[str, ...]  # "" for a single kind

    @classmethod
    def of(cls, kinds: Sequence[Restarts], names: Any = None) -> Group:
        """Checked: one or two Restarts, of the same model on the same data."""
        for place, one in enumerate(kinds):
            if not isinstance(one, Restarts):
                raise TypeError(f"restarts[{place}] is a {type(one).__name__}: give what emviz.restarts returns")
        if len(kinds) > 2:
            raise ValueError(f"restarts are {len(kinds)}: give one, or two to compare their starts")
        first = kinds[0]
        for other in kinds[1:]:
            if other.model != first.model:
                raise ValueError(f"the restarts are of {first.model!r} and of {other.model!r}: "
                                 "give two of the same model")
            if not np.array_equal(other.data, first.data):
                raise ValueError("the restarts have different data: give two on the same data")
        if names is None:
            names = ("",) if len(kinds) == 1 else ("first starts", "second starts")
        if (isinstance(names, str) or not isinstance(names, Sequence) or len(names) != len(kinds)
                or not all(isinstance(name, str) for name in names)):
            raise ValueError(f"names is {names!r}: give {words.counted(len(kinds), 'text')}, one for each restarts")
        return cls(tuple(kinds), tuple(names))

    @cached_property
    def all(self) -> Restarts:
        """The runs of every kind as one, so that equal optima are one."""
        def joined(name: str) -> tuple[Any, ...]:
            return tuple(one for kind in self.kinds for one in getattr(kind, name))

        return replace(
            self.kinds[0], starts=joined("starts"), finals=joined("finals"), stop_reasons=joined("stop_reasons"),
            objectives=np.array(joined("objectives")), iterations=np.array(joined("iterations")),
            converged=np.array(joined("converged")),
            tolerance=max(DEFAULT_TOLERANCE if kind.tolerance is None else kind.tolerance for kind in self.kinds))

    @cached_property
    def ends(self) -> tuple[Trace, Trace]:
        """The best run and the worst."""
        return self._replay(self.all.best), self._replay(self.all.worst)

    def name(self, index: int) -> str:
        """A run of `all` in words: "run 17", or "k-means++ 17"."""
        kind, own = self._own(index)
        return f"{self.names[kind] or 'run'} {own}"

    def reached(self, kind: int) -> np.ndarray:
        """int[n]: which optimum of `all` each run of a kind reached, -1 for none."""
        first = sum(len(one) for one in self.kinds[:kind])
        return self.all.reached[first:first + len(self.kinds[kind])]

    def _replay(self, index: int) -> Trace:
        kind, own = self._own(index)
        return self.kinds[kind].replay(own)

    def _own(self, index: int) -> tuple[int, int]:
        """The kind of a run of `all`, and its number there."""
        first = len(self.kinds[0])
        return (0, index) if index < first else (1, index - first)
