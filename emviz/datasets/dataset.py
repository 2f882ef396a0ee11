"""What a data set is: rows, what is known about them, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emviz.validate import frozen, positive_integer

NO_RIGHTS = "numbers made by a program; no rights claimed"
PUBLISHED = "published figures; the source attaches no license to them"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Rows of data with their names, source and license. The arrays are read-only copies.

    data: float[n, d] for points (a single feature is [n, 1]), int[n] for counts and for heads of coin flips,
        uint8[..., height, width, 3] for pictures.
    labels: int[n], the component or class of each row, counted from 0; None where nobody knows.
    feature_names: one name a column, with its unit if it has one.
    title, source, license: what it is, where it comes from, and on what terms it may be passed on.
    label_names: the name of label 0, 1, …; empty where the labels are only numbers.
    n_trials: for coins, the flips in each set of which `data` counts the heads; None for everything else.

    Raises ValueError if the labels do not fit the rows, or the names do not fit the labels.
    """

    data: np.ndarray
    labels: np.ndarray | None
    feature_names: tuple[str, ...]
    title: str
    source: str
    license: str
    label_names: tuple[str, ...] = ()
    n_trials: int | None = None

    def __post_init__(self) -> None:
        data = frozen(np.array(self.data))
        if data.ndim == 0:
            raise ValueError(f"data is a single value ({data}): give one row for each observation")
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "feature_names", tuple(self.feature_names))
        object.__setattr__(self, "label_names", tuple(self.label_names))
        if self.labels is not None:
            object.__setattr__(self, "labels", _checked_labels(self.labels, len(data), self.label_names))
        if self.n_trials is not None:
            object.__setattr__(self, "n_trials", positive_integer(self.n_trials, "n_trials"))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.data)

    def __repr__(self) -> str:
        kind = {"f": "float", "i": "int"}.get(self.data.dtype.kind, self.data.dtype.name)
        parts = [f"{kind}[{', '.join(map(str, self.data.shape))}]"]
        if self.feature_names:
            parts.append(_listed(self.feature_names))
        if self.labels is not None:
            parts.append(f"labels {_listed(self.label_names or tuple(map(str, np.unique(self.labels))))}")
        return f"<Dataset '{self.title}': {'; '.join(parts)}>"


def _checked_labels(labels: np.ndarray, n_rows: int, label_names: tuple[str, ...]) -> np.ndarray:
    array = np.array(labels)
    if array.shape != (n_rows,):
        raise ValueError(f"labels has shape {array.shape}, data has {n_rows} rows: give one label a row")
    whole = array.astype(np.int64) if array.dtype.kind in "biuf" and np.isfinite(array).all() else None
    if whole is None or (whole != array).any() or (whole < 0).any():
        raise ValueError("labels must be whole numbers from 0 up; put names into label_names")
    if label_names and whole.max(initial=0) >= len(label_names):
        raise ValueError(f"label_names {label_names} has no name for label {whole.max()}: name all, or none")
    return frozen(whole)


def _listed(names: tuple[str, ...], most: int = 4) -> str:
    shown = names if len(names) <= most else (*names[: most - 1], f"… ({len(names)} in all)")
    return ", ".join(shown)
