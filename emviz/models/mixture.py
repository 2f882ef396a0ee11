"""What all finite mixtures share: the posterior, its temperature, and the walk over blocks of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from scipy.special import logsumexp, xlogy

from emviz.em import Expectation, LatentModel
from emviz.params import Params
from emviz.starts import check_width
from emviz.validate import names_among, nonnegative, positive_integer

BLOCK = 1 << 16  # numbers in the largest array of a block: half a megabyte, so that it stays in the cache
LONGEST = 1 << 13  # rows in a block: OpenBLAS splits dot products of over 10,000 numbers between threads that then wait
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
NOTHING = 1e-290  # a component with less than this many points is empty: dividing by it loses all digits


@dataclass(frozen=True)
class Sums:
    """Sufficient statistics that add field by field."""

    def __add__(self, other: Any) -> Any:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


class FiniteMixture(LatentModel, ABC):
    """p(x | θ) = Σ_k π_k p(x | θ_k): each row hides the component z that it came from.

    A model is a frozen dataclass that says what its log joint is, which statistics it gathers,
    and how it maximizes. Inside a model, tables are [k, n], one contiguous line a component;
    people get [n, k].
    """

    n_components: int
    temperature: float
    fixed: tuple[str, ...]

    params_type: ClassVar[type[Params]]
    size_name: ClassVar[str] = "n_components"

    def __post_init__(self) -> None:
        for name, value in (
            (self.size_name, positive_integer(getattr(self, self.size_name), self.size_name)),
            ("temperature", nonnegative(self.temperature, "temperature")),
            ("fixed", names_among(self.fixed, "fixed", [f.name for f in fields(self.params_type)])),
        ):
            object.__setattr__(self, name, value)

    @abstractmethod
    def prepare(self, data: Any) -> Any: ...

    @abstractmethod
    def log_joint(self, params: Any, rows: Any) -> np.ndarray:
        """log p(x_i, z_i = k | θ): float[k, n]; −inf where impossible."""

    @abstractmethod
    def gather(self, responsibilities: np.ndarray, rows: Any) -> Any:
        """The sufficient statistics that `responsibilities: float[k, n]` expect of `rows`."""

    def gather_hard(self, assignments: np.ndarray, rows: Any) -> Any:
        """The same of zeros and ones, what T = 0 gives: a model may know a shorter way."""
        return self.gather(assignments, rows)

    def expect(self, params: Any, data: Any) -> Expectation:
        """The E-step, block by block: Expectations add."""
        total: Expectation | None = None
        gather = self.gather_hard if self.temperature == 0 else self.gather
        for first, rows in self._blocks(self.prepare(data)):
            q = self._posterior(self.log_joint(params, rows), first)
            part = Expectation(q.log_likelihood, q.entropy, gather(q.responsibilities, rows))
            total = part if total is None else total + part
        assert total is not None
        return total

    def responsibilities(self, params: Any, points: Any) -> np.ndarray:
        """γ_ik = q(z_i = k) at this model's temperature: float[n, k], rows sum to one."""
        return np.concatenate([self._posterior(self.log_joint(params, rows), first).responsibilities.T
                               for first, rows in self._blocks(self._prepare_for(params, points))])

    def log_likelihood(self, params: Any, points: Any) -> float:
        """log p(x | θ) in nats, summed over the rows, whatever the temperature."""
        return float(sum(logsumexp(self.log_joint(params, rows), axis=0).sum()
                         for _, rows in self._blocks(self._prepare_for(params, points))))

    def _prepare_for(self, params: Any, points: Any) -> Any:
        """The rows, once parameters and rows are known to fit together."""
        self.check_params(params)
        rows = self.prepare(points)
        if hasattr(params, "means"):
            check_width(params.means, rows.array, rows.feature_names, "params")
        return rows

    def check_params(self, params: Any, argument: str = "params") -> None:
        """Refuse parameters of another model or another number of components."""
        if not isinstance(params, self.params_type):
            raise TypeError(f"{argument} is a {type(params).__name__}: {type(self).__name__} needs "
                            f"{self.params_type.__name__}, for example from model.start(data)")
        k = len(next(iter(params.arrays().values())))
        if k != self.n_components:
            raise ValueError(f"{argument} has {k} component{'s' * (k != 1)}, "
                             f"but the model has {self.size_name}={self.n_components}")

    def n_parameters(self, params: Any) -> int:
        """How many numbers the M-step is free to choose."""
        return sum(self.n_free(name, array) for name, array in params.arrays().items() if name not in self.fixed)

    def n_free(self, name: str, array: np.ndarray) -> int:
        """How many numbers of a parameter can be chosen: the last weight follows from the others."""
        return array.size - (name == "weights")

    def _blocks(self, rows: Any) -> Iterator[tuple[int, Any]]:
        length = max(1, min(LONGEST, BLOCK // max(self.n_components, rows.width)))
        if len(rows) <= length:
            yield 0, rows
            return
        for first in range(0, len(rows), length):
            yield first, rows[first:first + length]

    def _posterior(self, log_joint: np.ndarray, first_row: int) -> Posterior:
        """q ∝ p(x, z | θ)^(1/T) with one exponential a point and component.

        log Σ_k exp(a_k / T) = top/T + log Σ_k exp((a_k − top) / T), with top the largest a_k.
        """
        top = log_joint.max(axis=0)
        if top.min() == -np.inf:
            raise ValueError(self.impossible(first_row + int(top.argmin())))
        if self.temperature == 0:
            hard = log_joint == top
            if np.count_nonzero(hard) > len(top):  # ties go to the lowest index
                hard[1:] &= ~np.logical_or.accumulate(hard[:-1])
            return Posterior(hard.astype(np.float64), float(top.sum()), 0.0)
        scores = np.subtract(log_joint, top, out=log_joint)
        if self.temperature != 1:
            with np.errstate(over="ignore"):
                scores /= self.temperature
        np.maximum(scores, -1e4, out=scores)  # exp gives 0 long before; keeps 0 · score from being NaN
        shares = np.exp(scores)
        totals = shares.sum(axis=0)
        shares /= totals
        log_totals = np.log(totals)
        entropy = float(log_totals.sum() - np.vecdot(shares, scores).sum())
        return Posterior(shares, float((top + self.temperature * log_totals).sum()), entropy)

    def impossible(self, row: int) -> str:
        """Words for a row that no component can produce, and the way out."""
        return f"row {row} is too far from every component for float64: start closer to the data"

    def updated_weights(self, counts: np.ndarray, params: Any, pseudocounts: float = 0.0) -> np.ndarray:
        """π_k = N_k / n, the share of points that a component answers for; or as they were, if fixed."""
        if "weights" in self.fixed:
            return params.weights
        counts = np.where(counts < NOTHING, 0.0, counts) + pseudocounts
        return counts / counts.sum()

    def empty(self, counts: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
        """Which components have no points (bool[k]), and the notes about it."""
        none = counts < NOTHING
        return none, tuple(f"component {k} is empty" for k, empty in enumerate(none.tolist()) if empty)

    def identical_components(self, params: Any) -> tuple[str, ...]:
        """Notes on components that start equal in all but weight: their responsibilities stay proportional."""
        shapes = [tuple(array[k].tobytes() for name, array in params.arrays().items() if name != "weights")
                  for k in range(self.n_components)]
        return tuple(f"components {shapes.index(shape)} and {k} are identical: EM cannot separate them"
                     for k, shape in enumerate(shapes) if shapes.index(shape) < k)


@dataclass(frozen=True)
class Posterior:
    """q over the components of some rows: responsibilities float[k, n], and its two sums in nats."""

    responsibilities: np.ndarray
    log_likelihood: float
    entropy: float


def log_weights(weights: np.ndarray) -> np.ndarray:
    """log π_k, −inf for a weight of zero, without a warning."""
    return np.log(weights, out=np.full_like(weights, -np.inf), where=weights > 0)


def expected_log_weights(counts: np.ndarray, weights: np.ndarray) -> float:
    """Σ_k N_k log π_k, with 0 · log 0 = 0 where a component is empty."""
    return float(xlogy(np.where(counts < NOTHING, 0.0, counts), weights).sum())
