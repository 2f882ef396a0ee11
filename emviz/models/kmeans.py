"""k-means: EM with equal weights, identity covariances, and a temperature of zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from emviz import starts, validate
from emviz.em import Update
from emviz.models.mixture import FiniteMixture
from emviz.models.moments import Moments, Points
from emviz.params import Params


@dataclass(frozen=True, eq=False)
class KMeansParams(Params):
    """means: float[k, d], the centers of the clusters."""

    means: np.ndarray

    def __post_init__(self) -> None:
        self._keep(means=validate.means(self.means))


@dataclass(frozen=True)
class KMeans(FiniteMixture):
    """Lloyd's algorithm (1957, published 1982) as EM at T = 0.

    log p(x, z = k | θ) is taken as −½‖x − μ_k‖², so the lower bound is −½ × inertia. At T > 0 it
    is the Gaussian mixture with equal weights and the known variance σ² = T in every direction.
    Points at equal distance go to the lowest index; an empty cluster keeps its center.

    n_clusters: k.  temperature: T ≥ 0, in squared units of the data.
    """

    n_clusters: int
    temperature: float = 0.0
    fixed: tuple[str, ...] = ()

    params_type: ClassVar[type[Params]] = KMeansParams
    size_name: ClassVar[str] = "n_clusters"

    @property
    def n_components(self) -> int:  # type: ignore[override]
        return self.n_clusters

    @property
    def stops_exactly(self) -> bool:
        """Hard assignments are finitely many: run until none changes, whatever the tolerance."""
        return self.temperature == 0

    def start(self, points: Any, means: Any = "k-means++", *, responsibilities: Any = None,
              rng: validate.Rng = None) -> KMeansParams:
        """Where a run begins.

        means: "k-means++", "random" (distinct rows), or float[k, d].
        responsibilities: float[n, k], labels int[n] or "random": the M-step from them instead.
        """
        data = self.prepare(points)
        self._check_data(data)
        if responsibilities is not None:
            shares = starts.responsibilities(responsibilities, len(data), self.n_clusters, rng)
            anywhere = KMeansParams(np.tile(data.origin, (self.n_clusters, 1)))
            return self.maximize(self.gather(shares.T, data), anywhere).params
        return KMeansParams(starts.means(means, data.array, self.n_clusters, rng))

    def prepare(self, data: Any) -> Points:
        return Points.pack(data)

    def log_joint(self, params: KMeansParams, rows: Points) -> np.ndarray:
        deviations = rows.features - params.means[:, :, None]
        squares = np.einsum("kdn,kdn->kn", deviations, deviations)
        return np.multiply(squares, -0.5, out=squares)

    def gather(self, responsibilities: np.ndarray, rows: Points) -> Moments:
        return Moments.gather(responsibilities, rows, diagonal=True)

    def gather_hard(self, assignments: np.ndarray, rows: Points) -> Moments:
        return Moments.gather_hard(assignments, rows)

    def maximize(self, statistics: Moments, params: KMeansParams) -> Update:
        """μ_k = Σ_i γ_ik x_i / N_k."""
        empty, events = self.empty(statistics.counts)
        if "means" in self.fixed:
            return Update(params, events)
        means = np.where(empty[:, None], params.means, statistics.origin + statistics.means)
        return Update(KMeansParams(means), events)

    def expected_log_joint(self, statistics: Moments, params: KMeansParams) -> float:
        """−½ Σ_ik γ_ik ‖x_i − μ_k‖²."""
        return -0.5 * float(statistics.about(params.means).sum())

    def check_start(self, params: Any, data: Points) -> tuple[str, ...]:
        self.check_params(params, "start")
        starts.check_width(params.means, data.array, data.feature_names)
        self._check_data(data)
        return self.identical_components(params)

    def _check_data(self, data: Points) -> None:
        validate.enough_rows(len(data), self.n_clusters, "n_clusters")
        validate.spread(data.array, data.feature_names)
        if self.n_clusters > 1:
            validate.varied_rows(data.array, "use n_clusters=1")
