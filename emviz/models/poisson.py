"""The Poisson mixture: counts, each from a hidden rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import gammaln, xlogy

from emviz import starts, validate
from emviz.em import Update
from emviz.models.mixture import SMALLEST, FiniteMixture, Sums, expected_log_weights, log_weights
from emviz.params import Params


@dataclass(frozen=True, eq=False)
class PoissonParams(Params):
    """weights: float[k].  rates: float[k], λ_k ≥ 0, the mean count of each component."""

    weights: np.ndarray
    rates: np.ndarray

    def __post_init__(self) -> None:
        rates = validate.numbers_in(self.rates, "rates")
        if (rates < 0).any():
            k = int(np.argmax(rates < 0))
            raise ValueError(f"rates[{k}] is {rates[k]:g}: a rate is 0 or more")
        weights = validate.weights(self.weights)
        validate.shaped(rates, "rates", weights.shape, "one rate a component")
        self._keep(weights=weights, rates=rates)


@dataclass(frozen=True)
class Counts:
    """Counts float[n] and log x!"""

    array: np.ndarray
    log_factorials: np.ndarray
    width: ClassVar[int] = 1

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, rows: slice) -> Counts:
        return Counts(self.array[rows], self.log_factorials[rows])


@dataclass(frozen=True)
class CountSums(Sums):
    """Expected rows and expected sum of their counts for each component, float[k], and Σ_i log x_i!"""

    counts: np.ndarray
    totals: np.ndarray
    log_factorials: float


@dataclass(frozen=True)
class PoissonMixture(FiniteMixture):
    """p(x | θ) = Σ_k π_k λ_k^x e^(−λ_k) / x!

    temperature: T ≥ 0.  fixed: names of parameters that the M-step leaves alone.
    Source: Hasselblad (1969), J. Am. Stat. Assoc. 64.
    """

    n_components: int
    temperature: float = 1.0
    fixed: tuple[str, ...] = ()

    params_type: ClassVar[type[Params]] = PoissonParams

    def start(self, counts: Any, rates: Any = "k-means++", *, weights: Any = None, responsibilities: Any = None,
              rng: validate.Rng = None) -> PoissonParams:
        """Where a run begins.

        rates: float[k], or "k-means++" or "random": some of the counts.
        weights: float[k], equal by default.
        responsibilities: float[n, k], labels int[n] or "random": the M-step from them instead.
        """
        data = self.prepare(counts)
        validate.enough_rows(len(data), self.n_components, argument="counts")
        k = self.n_components
        given_weights = np.full(k, 1 / k) if weights is None else weights
        if responsibilities is not None:
            shares = starts.responsibilities(responsibilities, len(data), k, rng)
            return self.maximize(self.gather(shares.T, data), PoissonParams(given_weights, np.ones(k))).params
        if isinstance(rates, str):
            picked = starts.rows(rates, data.array[:, None].astype(float), k, rng, "rates")
            rates = data.array[picked] + 0.5  # a rate of exactly 0 would make every other count impossible
        params = PoissonParams(given_weights, rates)
        self.check_params(params, "rates")
        return params

    def prepare(self, data: Any) -> Counts:
        if isinstance(data, Counts):
            return data
        counts = validate.counts(data)
        return Counts(counts, gammaln(counts + 1.0))

    def log_joint(self, params: PoissonParams, rows: Counts) -> np.ndarray:
        rates = params.rates[:, None]
        return log_weights(params.weights)[:, None] + xlogy(rows.array, rates) - rates - rows.log_factorials

    def gather(self, responsibilities: np.ndarray, rows: Counts) -> CountSums:
        return CountSums(responsibilities.sum(axis=1), responsibilities @ rows.array, float(rows.log_factorials.sum()))

    def maximize(self, statistics: CountSums, params: PoissonParams) -> Update:
        """λ_k = Σ_i γ_ik x_i / N_k."""
        empty, events = self.empty(statistics.counts)
        rates = params.rates
        if "rates" not in self.fixed:
            ratios = np.divide(statistics.totals, statistics.counts, out=rates.copy(), where=~empty)
            # Rounded to 0, a rate would forbid counts that q still holds possible, and the bound would fall to −∞.
            rates = np.where(~empty & (statistics.totals > 0), np.maximum(ratios, SMALLEST), ratios)
        return Update(PoissonParams(self.updated_weights(statistics.counts, params), rates), events)

    def expected_log_joint(self, statistics: CountSums, params: PoissonParams) -> float:
        """Σ_k N_k (log π_k − λ_k) + totals_k log λ_k − Σ_i log x_i!"""
        return (expected_log_weights(statistics.counts, params.weights) - float(statistics.counts @ params.rates)
                + float(xlogy(statistics.totals, params.rates).sum()) - statistics.log_factorials)

    def check_start(self, params: Any, data: Counts) -> tuple[str, ...]:
        self.check_params(params, "start")
        validate.enough_rows(len(data), self.n_components, argument="counts")
        return self.identical_components(params)

    def impossible(self, row: int) -> str:
        return (f"counts, row {row}: that count is impossible under every rate: "
                "give at least one component a rate above 0, and a weight above 0")
