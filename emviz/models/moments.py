"""Weighted counts, means and scatters of points: what k-means and Gaussian mixtures gather."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emviz.validate import frozen, table


@dataclass(frozen=True)
class Points:
    """Rows packed feature by feature, so that each feature is one contiguous line.

    features: float[d, n].  origin: float[d], the median: near most of the data, whatever a few outliers do.
    Moments are taken about it.
    A slice is a block of the same rows about the same origin.
    """

    features: np.ndarray
    origin: np.ndarray
    feature_names: tuple[str, ...] = ()

    @classmethod
    def pack(cls, data: Any) -> Points:
        if isinstance(data, Points):
            return data
        values, names = table(data)
        return cls(frozen(np.ascontiguousarray(values.T)), frozen(np.median(values, axis=0)), names)

    def __len__(self) -> int:
        return self.features.shape[1]

    def __getitem__(self, rows: slice) -> Points:
        return Points(self.features[:, rows], self.origin, self.feature_names)

    @property
    def width(self) -> int:
        return self.features.shape[0]

    @property
    def array(self) -> np.ndarray:
        """The rows as people know them: float[n, d]."""
        return self.features.T


@dataclass(frozen=True)
class Moments:
    """The sufficient statistics of Gaussian components.

    counts: float[k], N_k = Σ_i γ_ik.  means: float[k, d], about `origin: float[d]`.
    scatters: Σ_i γ_ik (x_i − m_k)(x_i − m_k)ᵀ about these means: float[k, d, d], or its diagonals
    float[k, d]. Taken in two passes over a block that sits in the cache, and merged by the
    pairwise formula of Chan, Golub & LeVeque (1983): a sum of positive terms, so that neither an
    offset of the data nor the place of the old means costs a digit.
    """

    origin: np.ndarray
    counts: np.ndarray
    means: np.ndarray
    scatters: np.ndarray

    @classmethod
    def gather(cls, responsibilities: np.ndarray, points: Points, diagonal: bool = False) -> Moments:
        """From `responsibilities: float[k, n]`."""
        centered = points.features - points.origin[:, None]
        counts = responsibilities.sum(axis=1)
        means = _products(responsibilities, centered) / _nonzero(counts)[:, None]
        k, d = means.shape
        scatters = np.empty((k, d) if diagonal else (k, d, d))
        for component, (mean, shares) in enumerate(zip(means, responsibilities, strict=True)):
            deviations = centered - mean[:, None]
            if diagonal:
                scatters[component] = np.vecdot(np.square(deviations, out=deviations), shares)
            else:
                scatter = _products(deviations * shares, deviations)
                scatters[component] = (scatter + scatter.T) / 2  # the two triangles differ by rounding
        return cls(points.origin, counts, means, scatters)

    @classmethod
    def gather_hard(cls, assignments: np.ndarray, points: Points) -> Moments:
        """The same with diagonals, bit for bit, where `assignments: float[k, n]` are zeros and ones.

        A point deviates from one mean only, so one pass serves all the components.
        """
        centered = points.features - points.origin[:, None]
        counts = assignments.sum(axis=1)
        means = _products(assignments, centered) / _nonzero(counts)[:, None]
        deviations = centered - np.einsum("kd,kn->dn", means, assignments)
        scatters = np.vecdot(assignments[:, None], np.square(deviations, out=deviations))
        return cls(points.origin, counts, means, scatters)

    def __add__(self, other: Moments) -> Moments:
        counts = self.counts + other.counts
        theirs = other.means
        if other.origin is not self.origin:
            theirs = theirs + (other.origin - self.origin)
        share = (other.counts / _nonzero(counts))[:, None]
        apart = theirs - self.means
        apart[(self.counts == 0) | (other.counts == 0)] = 0.0  # the mean of nothing is nowhere
        means = np.where(self.counts[:, None] > 0, self.means + share * apart, theirs)
        scatters = self.scatters + other.scatters + self._between(self.counts * share[:, 0], apart)
        return Moments(self.origin, counts, means, scatters)

    def about(self, means: np.ndarray) -> np.ndarray:
        """The scatters about other means float[k, d], by Steiner's theorem."""
        return self.scatters + self._between(self.counts, self.means - (means - self.origin))

    def deviations(self) -> np.ndarray:
        """The standard deviations of the data, feature by feature: float[d]; within components and between them."""
        n, counts = self.counts.sum(), self.counts[:, None]
        within = self.scatters if self.scatters.ndim == 2 else np.diagonal(self.scatters, axis1=1, axis2=2)
        between = counts * (self.means - self.counts @ self.means / n) ** 2
        return np.sqrt((within + between).sum(axis=0) / n)

    def _between(self, counts: np.ndarray, apart: np.ndarray) -> np.ndarray:
        """N δδᵀ for each component, or its diagonal: the shape of the scatters."""
        if self.scatters.ndim == 2:
            return counts[:, None] * apart**2
        return counts[:, None, None] * (apart[:, :, None] * apart[:, None, :])


def _nonzero(counts: np.ndarray) -> np.ndarray:
    return np.where(counts > 0, counts, 1.0)


def _products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Σ_n a_in b_jn: float[i, j], of `a: float[i, n]` and `b: float[j, n]`.

    A few long dot products go one by one: BLAS would split so flat a product between threads, and
    on a busy machine they wait for each other ten times as long as the work takes.
    """
    if len(a) * len(b) <= 64:
        return np.vecdot(a[:, None], b)
    return a @ b.T
