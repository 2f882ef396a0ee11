"""The Gaussian mixture, with four covariance structures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from emviz import starts, validate
from emviz.em import Collapse, Update
from emviz.models.covariances import STRUCTURES, floor, is_diagonal, nearest, project, raise_to_floor, singular
from emviz.models.mixture import FiniteMixture, expected_log_weights, log_weights
from emviz.models.moments import Moments, Points
from emviz.models.prior import GaussianPrior
from emviz.params import Params

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class GaussianParams(Params):
    """weights: float[k].  means: float[k, d].  covariances: float[k, d, d], whatever the structure."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    def __post_init__(self) -> None:
        weights, means = validate.weights(self.weights), validate.means(self.means)
        k, d = means.shape
        validate.shaped(weights, "weights", (k,), f"one weight for each of the {k} means")
        self._keep(weights=weights, means=means, covariances=validate.covariances(self.covariances, k, d))


@dataclass(frozen=True)
class GaussianMixture(FiniteMixture):
    """p(x | θ) = Σ_k π_k N(x; μ_k, Σ_k).

    covariance_type: a projection of the full scatter, each the exact maximum in its family:
    "full" keeps it, "tied" pools it, "diag" keeps its diagonal, "spherical" its average variance.
    min_variance: the least eigenvalue of a covariance. None: 1e-12 in units of the standard
    deviations of the data; a number is absolute, in squared units of the data; 0 is no floor.
    temperature: T ≥ 0; 1 is EM, 0 is classification EM.
    fixed: names of parameters that the M-step leaves alone.  prior: a GaussianPrior.

    Formulas: Bishop (2006), Pattern Recognition and Machine Learning, section 9.2.
    """

    n_components: int
    covariance_type: str = "full"
    min_variance: float | None = None
    temperature: float = 1.0
    fixed: tuple[str, ...] = ()
    prior: GaussianPrior | None = None

    params_type: ClassVar[type[Params]] = GaussianParams

    def __post_init__(self) -> None:
        super().__post_init__()
        validate.choice(self.covariance_type, "covariance_type", STRUCTURES)
        if self.min_variance is not None:
            object.__setattr__(self, "min_variance", validate.nonnegative(self.min_variance, "min_variance"))
        if self.prior is not None and not isinstance(self.prior, GaussianPrior):
            raise TypeError(f"prior={self.prior!r} must be an emviz.GaussianPrior, or None")

    # ------------------------------------------------------------ the start

    def start(self, points: Any, means: Any = "k-means++", *, weights: Any = None, covariances: Any = None,
              responsibilities: Any = None, rng: validate.Rng = None) -> GaussianParams:
        """Where a run begins.

        means: "k-means++", "random" (distinct rows), or float[k, d].
        weights: float[k], equal by default.  covariances: float[k, d, d], float[d, d] or a variance,
        by default that of the data (divided by n); projected on the structure and its floor.
        responsibilities: float[n, k], labels int[n] or "random": the M-step from them instead. It finds
        what is neither given nor fixed.
        """
        data = self.prepare(points)
        self._check_data(data)
        k, d = self.n_components, data.width
        start_weights = np.full(k, 1 / k) if weights is None else validate.weights(weights)
        validate.shaped(start_weights, "weights", (k,), "one weight a component")
        if responsibilities is None or "means" in self.fixed:
            start_means = starts.means(means, data.array, k, rng)
        elif isinstance(means, str):
            start_means = np.tile(data.origin, (k, 1))  # the M-step finds them
        else:
            raise ValueError("means and responsibilities are both given: give one of them, the other follows from it")
        everything = self.gather(np.ones((1, len(data))), data)
        if covariances is None:
            matrices = np.tile(project(everything.scatters, everything.counts, self.covariance_type), (k, 1, 1))
        else:
            matrices = nearest(validate.covariances(covariances, k, d), start_weights, self.covariance_type)
        raised, _ = self._raised(matrices, everything.deviations())
        if self._collapsed(raised, everything.deviations()).any():
            argument = "points" if covariances is None else "covariances"
            raise ValueError(f"{argument}: singular to working precision, even with min_variance="
                             f"{self.min_variance:g}: raise it, or leave out columns that follow from others")
        start = GaussianParams(start_weights, start_means, raised)
        if responsibilities is None:
            return start
        learned = self._learned(starts.responsibilities(responsibilities, len(data), k, rng), data, start)
        return GaussianParams(learned.weights if weights is None else start.weights, learned.means,
                              learned.covariances if covariances is None else start.covariances)

    def _learned(self, shares: np.ndarray, data: Points, start: GaussianParams) -> GaussianParams:
        """The M-step from `shares: float[n, k]`; from `start` comes what is fixed."""
        try:
            return self.maximize(self.gather(shares.T, data), start).params
        except Collapse as collapse:
            raise ValueError(f"responsibilities: {collapse}, its points do not spread in every direction; "
                             "give it more points, or set a higher min_variance") from None

    def check_start(self, params: Any, data: Points) -> tuple[str, ...]:
        self.check_params(params, "start")
        starts.check_width(params.means, data.array, data.feature_names)
        self._check_data(data)
        matrices = params.covariances
        equal = np.full(self.n_components, 1 / self.n_components)
        outside = ~np.isclose(nearest(matrices, equal, self.covariance_type), matrices, rtol=1e-9,
                              atol=1e-12 * np.abs(matrices).max()).all(axis=(1, 2))
        if outside.any():
            raise ValueError(f"start: covariances[{int(np.argmax(outside))}] is not {self.covariance_type!r}: "
                             "let model.start(...) project it, or choose another covariance_type")
        if "covariances" not in self.fixed:
            units, least = floor(self.min_variance, np.std(data.features, axis=1), self.covariance_type)
            # A start on the floor, measured again, may come out below by rounding: grant it that.
            leeway = 1e-12 * np.einsum("kii->ki", matrices)[:, :, None] * np.eye(data.width)
            _, low = raise_to_floor(matrices + leeway, units, 0.99 * least, self.covariance_type)
            if low.any():
                raise ValueError(f"start: covariances[{int(np.argmax(low))}] has a variance below the floor "
                                 f"(min_variance={self.min_variance}): start wider, or lower the floor")
        return self.identical_components(params)

    def _check_data(self, data: Points) -> None:
        validate.enough_rows(len(data), self.n_components)
        validate.spread(data.array, data.feature_names)
        if "covariances" in self.fixed or self.min_variance or (self.prior and self.prior.on_covariances):
            return  # nothing that the data could make singular
        validate.varied_rows(data.array, "set min_variance to a number above 0")
        if self.covariance_type != "spherical":
            validate.invertible(data.array, data.feature_names, correlated=not is_diagonal(self.covariance_type),
                                way_out="set min_variance to a number above 0")

    # ------------------------------------------------------------ E

    def prepare(self, data: Any) -> Points:
        return Points.pack(data)

    def log_joint(self, params: GaussianParams, rows: Points) -> np.ndarray:
        """log π_k + log N(x_i; μ_k, Σ_k), through the Cholesky factor of Σ_k."""
        factors = np.linalg.cholesky(params.covariances)
        log_densities = np.empty((self.n_components, len(rows)))
        for mean, factor, row in zip(params.means, factors, log_densities, strict=True):
            standardized = self._whiten(factor, rows.features - mean[:, None])
            np.einsum("dn,dn->n", standardized, standardized, out=row)
        log_densities *= -0.5
        log_densities += (log_weights(params.weights) - rows.width / 2 * LOG_2PI - _log_diagonals(factors))[:, None]
        return log_densities

    def gather(self, responsibilities: np.ndarray, rows: Points) -> Moments:
        return Moments.gather(responsibilities, rows, diagonal=is_diagonal(self.covariance_type))

    # ------------------------------------------------------------ M

    def maximize(self, statistics: Moments, params: GaussianParams) -> Update:
        """π_k = N_k / n, μ_k = Σ_i γ_ik x_i / N_k, Σ_k the structured scatter about μ_k over N_k."""
        empty, events = self.empty(statistics.counts)
        weights = self.updated_weights(statistics.counts, params, self.prior.pseudocount if self.prior else 0.0)
        means, covariances = params.means, params.covariances
        if "means" not in self.fixed:
            means = np.where(empty[:, None], means, statistics.origin + statistics.means)
        if "covariances" not in self.fixed:
            covariances, low = self._maximal_covariances(statistics, means, covariances, empty)
            events += tuple(f"component {k} reached min_variance" for k in np.flatnonzero(low))
        return Update(GaussianParams(weights, means, covariances), events)

    def _maximal_covariances(self, statistics: Moments, means: np.ndarray, last: np.ndarray,
                             empty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The likeliest covariances float[k, d, d] about `means`, and which stand on the floor, bool[k].

        A component without points keeps its last one, unless a pool or a prior tells better.
        """
        counts = np.where(empty, 0.0, statistics.counts)
        scatters = statistics.about(means) if "means" in self.fixed else statistics.scatters
        if self.prior and self.prior.on_covariances:
            scatters, counts = self._with_prior(self.prior, scatters, counts, means.shape[1])
        deviations = statistics.deviations()
        covariances, low = self._raised(project(scatters, counts, self.covariance_type), deviations)
        if self.covariance_type != "tied":
            kept = counts == 0
            covariances[kept], low[kept] = last[kept], False
        for component in np.flatnonzero(self._collapsed(covariances, deviations)):
            raise Collapse(int(component))
        return covariances, low

    def _with_prior(self, prior: GaussianPrior, scatters: np.ndarray, counts: np.ndarray,
                    d: int) -> tuple[np.ndarray, np.ndarray]:
        """Scatters and counts with the inverse-Wishart counted in: once a component, or once in the pool."""
        psi = np.diag(prior.scatter(d)) if is_diagonal(self.covariance_type) else prior.scatter(d)
        share = len(counts) if self.covariance_type == "tied" else 1
        return scatters + psi / share, counts + prior.extra_count(d) / share

    def _raised(self, covariances: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        units, least = floor(self.min_variance, deviations, self.covariance_type)
        return raise_to_floor(covariances, units, least, self.covariance_type)

    def _collapsed(self, covariances: np.ndarray, deviations: np.ndarray) -> np.ndarray:
        """Which covariances no Cholesky factor can be trusted for: bool[k]."""
        if self.min_variance is None or "covariances" in self.fixed:
            return np.zeros(len(covariances), dtype=bool)  # the default floor is far above the working precision
        return singular(covariances, deviations, self.covariance_type)

    def expected_log_joint(self, statistics: Moments, params: GaussianParams) -> float:
        """Σ_k N_k (log π_k − ½ log |2π Σ_k|) − ½ tr(Σ_k⁻¹ Σ_i γ_ik (x_i − μ_k)(x_i − μ_k)ᵀ)."""
        counts, scatters = statistics.counts, statistics.about(params.means)
        factors = np.linalg.cholesky(params.covariances)
        if is_diagonal(self.covariance_type):
            traces = (scatters / np.diagonal(params.covariances, axis1=1, axis2=2)).sum(axis=1)
        else:
            traces = np.array([np.trace(self._whiten(factor, self._whiten(factor, scatter.copy()).T.copy()))
                               for factor, scatter in zip(factors, scatters, strict=True)])
        d = params.means.shape[1]
        normalizers = d / 2 * LOG_2PI + _log_diagonals(factors)
        return expected_log_weights(counts, params.weights) - float(counts @ normalizers) - 0.5 * float(traces.sum())

    def log_prior(self, params: GaussianParams) -> float:
        if self.prior is None:
            return 0.0
        free = params.covariances[:1] if self.covariance_type == "tied" else params.covariances
        return self.prior.log_density(params.weights, free)

    def n_free(self, name: str, array: np.ndarray) -> int:
        if name != "covariances":
            return super().n_free(name, array)
        k, d = array.shape[:2]
        symmetric = d * (d + 1) // 2
        return {"full": k * symmetric, "tied": symmetric, "diag": k * d, "spherical": k}[self.covariance_type]

    def _whiten(self, factor: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """L⁻¹ v for every column v of `columns: float[d, m]`, which may be overwritten.

        `factor: float[d, d]`, lower triangular.
        """
        if is_diagonal(self.covariance_type):
            columns *= (1 / np.diagonal(factor))[:, None]
            return columns
        # Forward substitution. SciPy's solver would bring a second pool of threads, which waits for NumPy's: on two
        # busy cores a hundred times as long.
        for i in range(len(factor)):
            if i:
                columns[i] -= factor[i, :i] @ columns[:i]
            columns[i] *= 1 / factor[i, i]
        return columns


def _log_diagonals(factors: np.ndarray) -> np.ndarray:
    """½ log |Σ_k| = Σ_j log L_jj: float[k]."""
    return np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
