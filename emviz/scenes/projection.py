"""A linear projection: many features on the two axes of a picture, which say what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from emviz.validate import choice, numbers_in, positive_integer, shaped


@dataclass(frozen=True)
class Projection:
    """x ↦ Wᵀ(x − origin).

    matrix: W, float[d, 2].  origin: float[d].
    names: of the two axes, each in several wordings, the longest first.
    statement: what it leaves out, in words; empty if nothing.
    """

    matrix: np.ndarray
    origin: np.ndarray
    names: tuple[tuple[str, ...], tuple[str, ...]]
    statement: str

    def of_points(self, points: np.ndarray) -> np.ndarray:
        """Places float[..., 2] of points float[..., d]."""
        return (points - self.origin) @ self.matrix

    def of_covariances(self, covariances: np.ndarray) -> np.ndarray:
        """WᵀΣW, the covariance of the projected points: float[..., d, d] -> float[..., 2, 2]."""
        return self.matrix.T @ covariances @ self.matrix

    @property
    def keeps_distances(self) -> bool:
        """Whether what is near in the picture is near in all features: W is a rotation, up to one scale."""
        square = self.matrix.T @ self.matrix
        return len(self.matrix) == 2 and np.allclose(square, square[0, 0] * np.eye(2), rtol=0, atol=1e-9 * square[0, 0])


def choose(points: np.ndarray, feature_names: Sequence[str], columns: Any, projection: Any) -> Projection:
    """The projection that is asked for; by default two features as they are, and more by PCA.

    points: float[n, d].  columns: two features, by index or name.  projection: "pca", or W, float[d, 2].
    """
    if columns is not None and projection is not None:
        raise ValueError("columns and projection are both given: give one of them")
    d = points.shape[1]
    names = tuple(feature_names) or tuple(f"x{feature + 1}" for feature in range(d))
    if columns is not None:
        return onto_columns(columns, names)
    if projection is None:
        return onto_columns((0, 1), names) if d == 2 or _all_equal(points) else onto_principal_components(points)
    if not isinstance(projection, str):
        return onto_matrix(projection, names)
    if projection != "pca":
        raise ValueError(f'projection={projection!r} is unknown: give "pca" or a matrix W, float[{d}, 2]')
    return onto_principal_components(points)


def onto_columns(columns: Any, names: Sequence[str]) -> Projection:
    """Two of the features."""
    if not isinstance(columns, tuple | list | np.ndarray) or len(columns) != 2:
        raise ValueError(f"columns={columns!r}: give two features by index or name, such as (0, 1)")
    pair = [_index(column, f"columns[{place}]", names) for place, column in enumerate(columns)]
    if pair[0] == pair[1]:
        raise ValueError(f"columns={columns!r} names the same feature twice: give two different ones")
    d = len(names)
    return Projection(np.eye(d)[:, pair], np.zeros(d), ((names[pair[0]],), (names[pair[1]],)),
                      f"{_statement(d)} on 2 of them" if d > 2 else "")


def onto_matrix(matrix: Any, names: Sequence[str]) -> Projection:
    """Any two directions: matrix float[d, 2]."""
    w = shaped(numbers_in(matrix, "projection"), "projection", (len(names), 2), "a row for each feature, two columns")
    lengths = np.linalg.norm(w, axis=0)
    if not lengths.all() or np.linalg.matrix_rank(w / lengths) < 2:
        raise ValueError("projection: its two columns are parallel, or one is zero, so the picture would be a line: "
                         "give two different directions")
    first, second = ((_combination(column, names), f"along W[:, {axis}]") for axis, column in enumerate(w.T))
    return Projection(w, np.zeros(len(names)), (first, second), _statement(len(names)))


def onto_principal_components(points: np.ndarray) -> Projection:
    """The two orthogonal directions in which the points vary most (Pearson 1901), by scikit-learn's PCA.

    The largest entry of each is positive, whatever the version of scikit-learn.
    """
    from sklearn.decomposition import PCA

    if _all_equal(points):
        raise ValueError('projection="pca": all points are equal, so they vary in no direction: give columns=(0, 1)')
    origin = points.mean(axis=0)
    centered = points - origin  # PCA may multiply first and subtract then, and lose the digits of a far origin
    pca = PCA(2, random_state=0).fit(centered / np.abs(centered).max())
    w = pca.components_.T
    w = w * np.sign(w[np.abs(w).argmax(axis=0), [0, 1]])
    first, second = (_component_names(order, share) for order, share in enumerate(pca.explained_variance_ratio_))
    return Projection(w, origin, (first, second), _statement(len(w)))


def _index(column: Any, argument: str, names: Sequence[str]) -> int:
    if isinstance(column, str):
        return list(names).index(choice(column, argument, names))
    index = positive_integer(column, argument, least=0)
    if index >= len(names):
        raise ValueError(f"{argument} is {index}: the data have the features 0 to {len(names) - 1}")
    return index


def _component_names(order: int, share: float) -> tuple[str, ...]:
    percent = f"{100 * share:.0f} %" if share >= 0.01 else "below 1 %"
    long, short = (("first", "1st"), ("second", "2nd"))[order]
    return (f"{long} principal component ({percent} of the variance)", f"{long} principal component ({percent})",
            f"{short} principal component ({percent})", f"PC {order + 1} ({percent})")


def _combination(weights: np.ndarray, names: Sequence[str]) -> str:
    """A sum in words: "0.71 x1 − 0.5 x3"."""
    terms = [(f"{'−' if weight < 0 else '+'} ", f"{'' if abs(weight) == 1 else f'{abs(weight):.2g} '}{name}")
             for weight, name in zip(weights, names) if weight]
    (sign, first), *others = terms
    return sign.strip("+ ") + first + "".join(f" {sign}{term}" for sign, term in others)


def _all_equal(points: np.ndarray) -> bool:
    return bool((points == points[0]).all())


def _statement(d: int) -> str:
    return f"a projection of {d} features" if d > 2 else ""
