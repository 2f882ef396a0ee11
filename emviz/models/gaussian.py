"""The Gaussian mixture, with four covariance structures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.linalg import solve_triangular

from emviz import starts, validate
from emviz.em import Collapse, Update
from emviz.models.mixture import FiniteMixture, expected_log_weights, log_weights
from emviz.models.moments import Moments, Points
from emviz.models.prior import GaussianPrior
from emviz.params import Params

STRUCTURES = ("full", "tied", "diag", "spherical")
RELATIVE_FLOOR = 1e-12  # of the variance of the data, feature by feature
LOG_2PI = float(np.log(2 * np.pi))
EPSILON = float(np.finfo(np.float64).eps)


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
        responsibilities: float[n, k], labels int[n] or "random": the M-step from them instead.
        """
        data = self.prepare(points)
        self._check_data(data)
        everything = self.gather(np.ones((1, len(data))), data)
        data_covariance = everything.scatters[0] / len(data)
        if self._diagonal:
            data_covariance = np.diag(data_covariance)
        k, d = self.n_components, data.width
        if responsibilities is not None:
            shares = starts.responsibilities(responsibilities, len(data), k, rng)
            anything = np.tile(np.eye(d), (k, 1, 1))
            try:
                return self.maximize(self.gather(shares.T, data),
                                     GaussianParams(np.full(k, 1 / k), starts.nowhere(data.origin, shares), anything)).params
            except Collapse as collapse:
                raise ValueError(f"responsibilities: {collapse}, its points do not spread in every direction; "
                                 "give it more points, or set min_variance above 0") from None
        start_means = starts.means(means, data.array, k, rng)
        start_weights = np.full(k, 1 / k) if weights is None else validate.weights(weights)
        validate.shaped(start_weights, "weights", (k,), "one weight a component")
        if covariances is None:
            matrices = np.tile(data_covariance, (k, 1, 1))
        else:
            matrices = validate.covariances(covariances, k, d)
        scatters = np.diagonal(matrices, axis1=1, axis2=2) if self._diagonal else matrices
        structured = self._structured(scatters * start_weights.reshape(-1, *[1] * (scatters.ndim - 1)), start_weights) \
            if self.covariance_type == "tied" else self._structured(scatters, np.ones(k))
        floored, _ = self._floored(structured, np.sqrt(np.diag(data_covariance)))
        return GaussianParams(start_weights, start_means, floored)

    def check_start(self, params: Any, data: Points) -> tuple[str, ...]:
        self.check_params(params, "start")
        starts.check_width(params.means, data.array, data.feature_names)
        self._check_data(data)
        matrices = params.covariances
        scatters = np.diagonal(matrices, axis1=1, axis2=2) if self._diagonal else matrices
        outside = ~np.isclose(self._structured(scatters, np.ones(len(matrices))), matrices, rtol=1e-9,
                              atol=1e-12 * np.abs(matrices).max()).all(axis=(1, 2))
        if outside.any():
            raise ValueError(f"start: covariances[{int(np.argmax(outside))}] is not {self.covariance_type!r}: "
                             f"let model.start(...) project it, or choose another covariance_type")
        if "covariances" not in self.fixed:
            deviations = np.sqrt(np.var(data.features, axis=1))
            _, low = self._floored(matrices * (1 + 1e-6), deviations)
            if low.any():
                raise ValueError(f"start: covariances[{int(np.argmax(low))}] has a variance below the floor "
                                 f"min_variance={self.min_variance}: start wider, or lower the floor")
        return self.identical_components(params)

    def _check_data(self, data: Points) -> None:
        validate.enough_rows(len(data), self.n_components)
        validate.spread(data.array, data.feature_names)
        if "covariances" in self.fixed or self.min_variance or (self.prior and self.prior.on_covariances):
            return  # nothing that the data could make singular
        validate.varied_rows(data.array, "set min_variance to a number above 0")
        if self.covariance_type != "spherical":
            validate.invertible(data.array, data.feature_names, correlated=not self._diagonal,
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
        return Moments.gather(responsibilities, rows, diagonal=self._diagonal)

    # ------------------------------------------------------------ M

    def maximize(self, statistics: Moments, params: GaussianParams) -> Update:
        """π_k = N_k / n, μ_k = Σ_i γ_ik x_i / N_k, Σ_k the structured scatter about μ_k over N_k."""
        empty, events = self.empty(statistics.counts)
        prior = self.prior
        weights = self.updated_weights(statistics.counts, params, prior.pseudocount if prior else 0.0)
        means = params.means
        if "means" not in self.fixed:
            means = np.where(empty[:, None], means, statistics.origin + statistics.means)
        if "covariances" in self.fixed:
            return Update(GaussianParams(weights, means, params.covariances), events)

        scatters = statistics.about(means) if "means" in self.fixed else statistics.scatters
        counts = statistics.counts
        if prior and prior.on_covariances:
            scatters, counts, empty = self._with_prior(prior, scatters, counts, means.shape[1])
        covariances = self._structured(scatters, np.where(empty, 0.0, counts))
        data = statistics.total()
        variances = data.scatters[0] / data.counts[0]
        covariances, low = self._floored(covariances, np.sqrt(variances if self._diagonal else np.diag(variances)))
        kept = empty & (self.covariance_type != "tied")
        covariances[kept] = params.covariances[kept]
        self._check_collapse(covariances, np.sqrt(variances if self._diagonal else np.diag(variances)), low | kept)
        events += tuple(f"component {k} reached min_variance" for k in np.flatnonzero(low & ~kept))
        return Update(GaussianParams(weights, means, covariances), events)

    def expected_log_joint(self, statistics: Moments, params: GaussianParams) -> float:
        """Σ_k N_k (log π_k − ½ log |2π Σ_k|) − ½ tr(Σ_k⁻¹ Σ_i γ_ik (x_i − μ_k)(x_i − μ_k)ᵀ)."""
        counts, scatters = statistics.counts, statistics.about(params.means)
        factors = np.linalg.cholesky(params.covariances)
        if self._diagonal:
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

    def n_parameters(self, params: GaussianParams) -> int:
        """How many numbers the M-step is free to choose."""
        k, d = params.means.shape
        of_covariances = {"full": k * d * (d + 1) // 2, "tied": d * (d + 1) // 2, "diag": k * d, "spherical": k}
        free = {"weights": k - 1, "means": k * d, "covariances": of_covariances[self.covariance_type]}
        return sum(number for name, number in free.items() if name not in self.fixed)

    # ------------------------------------------------------------ covariances

    @property
    def _diagonal(self) -> bool:
        return self.covariance_type in ("diag", "spherical")

    def _structured(self, scatters: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """The covariances float[k, d, d] nearest to scatters float[k, d, d], or diagonals float[k, d], of `counts` points."""
        k, d = scatters.shape[:2]
        if self.covariance_type == "tied":
            return np.tile(scatters.sum(axis=0) / counts.sum(), (k, 1, 1))
        counts = np.where(counts > 0, counts, 1.0)
        if self.covariance_type == "full":
            return scatters / counts[:, None, None]
        variances = scatters / counts[:, None]
        if self.covariance_type == "spherical":
            variances = np.tile(variances.mean(axis=1, keepdims=True), d)
        return variances[:, :, None] * np.eye(d)

    def _with_prior(self, prior: GaussianPrior, scatters: np.ndarray, counts: np.ndarray,
                    d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scatters, counts and emptiness with the inverse-Wishart counted in: once, or once a component."""
        psi = np.diag(prior.scatter(d)) if self._diagonal else prior.scatter(d)
        share = len(counts) if self.covariance_type == "tied" else 1
        return scatters + psi / share, counts + prior.extra_count(d) / share, np.zeros(len(counts), dtype=bool)

    def _floored(self, covariances: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Raise eigenvalues to the floor; returns covariances float[k, d, d] and which were low, bool[k].

        Clipping is the exact maximum of the likelihood under the floor. `deviations: float[d]` are
        the standard deviations of the data, which set the units of the default floor.
        """
        unit, least = self._floor(deviations)
        scaled = covariances / np.outer(unit, unit)
        if self._diagonal:
            low = (np.diagonal(scaled, axis1=1, axis2=2) < least).any(axis=1)
            if low.any():
                clipped = np.maximum(np.diagonal(scaled, axis1=1, axis2=2), least) * unit**2
                covariances = np.where(low[:, None, None], clipped[:, :, None] * np.eye(len(unit)), covariances)
            return covariances, low
        low = np.linalg.eigvalsh(scaled)[:, 0] < least
        covariances = covariances.copy()
        for k in np.flatnonzero(low):
            eigenvalues, axes = np.linalg.eigh(scaled[k])
            clipped = (axes * np.maximum(eigenvalues, least)) @ axes.T * np.outer(unit, unit)
            covariances[k] = (clipped + clipped.T) / 2
        return covariances, low

    def _floor(self, deviations: np.ndarray) -> tuple[np.ndarray, float]:
        """The units float[d] in which the floor is measured, and the floor."""
        if self.min_variance is not None:
            return np.ones_like(deviations), self.min_variance
        if self.covariance_type == "spherical":
            deviations = np.full_like(deviations, deviations.max())
        return np.where(deviations > 0, deviations, 1.0), RELATIVE_FLOOR

    def _check_collapse(self, covariances: np.ndarray, deviations: np.ndarray, exempt: np.ndarray) -> None:
        """Raise Collapse where a covariance is singular to working precision, in units of the data."""
        unit = np.where(deviations > 0, deviations, 1.0)
        eigenvalues = np.linalg.eigvalsh(covariances / np.outer(unit, unit))
        smallest, largest = eigenvalues[:, 0], eigenvalues[:, -1]
        singular = smallest <= np.maximum(4 * len(unit) * EPSILON * largest, EPSILON**2)
        if self.min_variance != 0:
            singular &= ~exempt & (smallest <= 0)
        for k in np.flatnonzero(singular):
            raise Collapse(int(k))

    def _whiten(self, factor: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """L⁻¹ v for every column v of `columns: float[d, m]`, which may be overwritten; `factor: float[d, d]` lower triangular."""
        d = len(factor)
        if self._diagonal:
            columns *= (1 / np.diagonal(factor))[:, None]
        elif d > 8:
            return solve_triangular(factor, columns, lower=True, check_finite=False)
        else:  # forward substitution by hand: for few features much faster than a call of LAPACK
            for i in range(d):
                for j in range(i):
                    columns[i] -= factor[i, j] * columns[j]
                columns[i] *= 1 / factor[i, i]
        return columns


def _log_diagonals(factors: np.ndarray) -> np.ndarray:
    """½ log |Σ_k| = Σ_j log L_jj: float[k]."""
    return np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
