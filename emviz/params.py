"""Frozen values made of arrays: read-only, and compared bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from emviz.validate import frozen


@dataclass(frozen=True, eq=False)
class Params:
    """Parameters θ of a model: a frozen dataclass whose fields are read-only float64 arrays.

    A subclass checks its fields in `__post_init__` and hands the clean arrays to `_keep`.
    """

    def _keep(self, **arrays: np.ndarray) -> None:
        for name, array in arrays.items():
            object.__setattr__(self, name, frozen(np.asarray(array, order="C")))

    def arrays(self) -> dict[str, np.ndarray]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __deepcopy__(self, memo: dict[int, Any]) -> Params:
        return self  # nothing in it can change; a copy would come out writeable

    def __eq__(self, other: Any) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(np.array_equal(mine, theirs)
                   for mine, theirs in zip(self.arrays().values(), other.arrays().values(), strict=True))

    def __hash__(self) -> int:
        return hash(tuple((array + 0.0).tobytes() for array in self.arrays().values()))  # −0 equals 0, so hashes alike
