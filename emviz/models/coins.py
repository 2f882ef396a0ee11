"""The binomial mixture: sets of coin flips, each from a hidden coin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from emviz import starts, validate
from emviz.em import Update
from emviz.models.mixture import SMALLEST, FiniteMixture, Sums, expected_log_weights, log_weights
from emviz.params import Params

LARGEST_BELOW_ONE = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True, eq=False)
class BinomialParams(Params):
    """weights: float[k], how often each coin is picked.  probabilities: float[k], of heads."""

    weights: np.ndarray
    probabilities: np.ndarray

    def __post_init__(self) -> None:
        probabilities = validate.numbers_in(self.probabilities, "probabilities")
        outside = (probabilities < 0) | (probabilities > 1)
        if outside.any():
            k = int(np.argmax(outside))
            raise ValueError(f"probabilities[{k}] is {probabilities[k]:g}: a probability lies between 0 and 1")
        weights = validate.weights(self.weights)
        validate.shaped(probabilities, "probabilities", weights.shape, "one probability a coin")
        self._keep(weights=weights, probabilities=probabilities)


@dataclass(frozen=True)
class Flips:
    """Sets of flips: heads and tails, and the log of the number of orders they can come in; float[n]."""

    heads: np.ndarray
    tails: np.ndarray
    log_orders: np.ndarray
    width: ClassVar[int] = 1

    @classmethod
    def pack(cls, heads: np.ndarray, trials: np.ndarray) -> Flips:
        tails = trials - heads
        return cls(heads, tails, gammaln(trials + 1.0) - gammaln(heads + 1.0) - gammaln(tails + 1.0))

    def __len__(self) -> int:
        return len(self.heads)

    def __getitem__(self, rows: slice) -> Flips:
        return Flips(self.heads[rows], self.tails[rows], self.log_orders[rows])

    @property
    def array(self) -> np.ndarray:
        return self.heads


@dataclass(frozen=True)
class FlipCounts(Sums):
    """Expected sets, heads and tails of each coin, float[k], and Σ_i log C(n_i, x_i)."""

    counts: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    log_orders: float


@dataclass(frozen=True)
class BinomialMixture(FiniteMixture):
    """p(x | θ) = Σ_k π_k C(n, x) p_k^x (1 − p_k)^(n−x): x heads of n flips.

    n_trials: flips a set, one number or int[n].  temperature: T ≥ 0.
    fixed: ("weights",) for coins picked equally often, as in Do & Batzoglou (2008), Nature Biotechnology 26.
    """

    n_components: int
    n_trials: Any
    temperature: float = 1.0
    fixed: tuple[str, ...] = ()

    params_type: ClassVar[type[Params]] = BinomialParams

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "n_trials", validate.trials(self.n_trials))

    def start(self, heads: Any, probabilities: Any = "k-means++", *, weights: Any = None, responsibilities: Any = None,
              rng: validate.Rng = None) -> BinomialParams:
        """Where a run begins.

        probabilities: float[k], or "k-means++" or "random": the shares of heads of some sets.
        weights: float[k], equal by default.
        responsibilities: float[n, k], labels int[n] or "random": the M-step from them instead.
        """
        data = self.prepare(heads)
        validate.enough_rows(len(data), self.n_components, argument="heads")
        k = self.n_components
        given_weights = np.full(k, 1 / k) if weights is None else weights
        if responsibilities is not None:
            shares = starts.responsibilities(responsibilities, len(data), k, rng)
            return self.maximize(self.gather(shares.T, data), BinomialParams(given_weights, np.full(k, 0.5))).params
        if isinstance(probabilities, str):
            # One more head and tail, so that no coin starts impossible (Laplace's rule of succession).
            biases = (data.heads + 1) / (data.heads + data.tails + 2)
            probabilities = biases[starts.rows(probabilities, biases[:, None], k, rng, "probabilities")]
        params = BinomialParams(given_weights, probabilities)
        self.check_params(params, "probabilities")
        return params

    def prepare(self, data: Any) -> Flips:
        if isinstance(data, Flips):
            return data
        heads = validate.counts(data, "heads")
        return Flips.pack(heads, validate.flips(heads, self.n_trials))

    def log_joint(self, params: BinomialParams, rows: Flips) -> np.ndarray:
        p = params.probabilities[:, None]
        return log_weights(params.weights)[:, None] + rows.log_orders + xlogy(rows.heads, p) + xlog1py(rows.tails, -p)

    def gather(self, responsibilities: np.ndarray, rows: Flips) -> FlipCounts:
        return FlipCounts(responsibilities.sum(axis=1), responsibilities @ rows.heads, responsibilities @ rows.tails,
                          float(rows.log_orders.sum()))

    def maximize(self, statistics: FlipCounts, params: BinomialParams) -> Update:
        """p_k = expected heads / expected flips."""
        empty, events = self.empty(statistics.counts)
        heads, tails = statistics.heads, statistics.tails
        probabilities = params.probabilities
        if "probabilities" not in self.fixed:
            known = ~empty & (heads + tails > 0)
            shares = np.divide(heads, heads + tails, out=probabilities.copy(), where=known)
            # Rounded to 0 or 1, a coin would forbid what q still holds possible, and the bound would fall to −∞.
            possible = np.clip(shares, np.where(heads > 0, SMALLEST, 0), np.where(tails > 0, LARGEST_BELOW_ONE, 1))
            probabilities = np.where(known, possible, probabilities)
        return Update(BinomialParams(self.updated_weights(statistics.counts, params), probabilities), events)

    def expected_log_joint(self, statistics: FlipCounts, params: BinomialParams) -> float:
        """Σ_k N_k log π_k + heads_k log p_k + tails_k log(1 − p_k), and the orders."""
        return (expected_log_weights(statistics.counts, params.weights)
                + float(xlogy(statistics.heads, params.probabilities).sum())
                + float(xlog1py(statistics.tails, -params.probabilities).sum()) + statistics.log_orders)

    def check_start(self, params: Any, data: Flips) -> tuple[str, ...]:
        self.check_params(params, "start")
        validate.enough_rows(len(data), self.n_components, argument="heads")
        return self.identical_components(params)

    def impossible(self, row: int) -> str:
        return (f"heads, set {row}: that number of heads is impossible under every coin: "
                "give at least one coin a probability between 0 and 1, and a weight above 0")
