"""A prior on the parameters of a Gaussian mixture: EM then climbs to the posterior mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, multigammaln, xlogy

from emviz import validate
from emviz.params import Params


@dataclass(frozen=True, eq=False)
class GaussianPrior(Params):
    """Dirichlet on the weights, inverse-Wishart on the covariances.

    concentration: α ≥ 1, the same for every component; 1 says nothing about the weights.
    scale: Ψ float[d, d], or a number for Ψ·I; None says nothing about the covariances.
    degrees_of_freedom: ν > d − 1; None means d + 2, the weakest whose mean exists.

    Source: Fraley & Raftery (2007), J. Classification 24, for EM with this prior.
    """

    concentration: Any = 1.0
    scale: Any = None
    degrees_of_freedom: Any = None

    def __post_init__(self) -> None:
        alpha = validate.nonnegative(self.concentration, "prior concentration")
        if alpha < 1:
            raise ValueError(f"prior concentration={alpha:g} is below 1: the posterior is then unbounded where a "
                             "weight is zero; use 1 or more")
        scale = np.zeros(()) if self.scale is None else validate.numbers_in(self.scale, "prior scale")
        if scale.ndim == 2:
            scale = validate.covariances(scale[None], 1, len(scale), "prior scale")[0]
        elif self.scale is not None and (scale.ndim != 0 or scale <= 0):
            raise ValueError("prior scale must be a positive number or a matrix float[d, d]")
        freedom = 0.0  # stands for the default
        if self.degrees_of_freedom is not None:
            freedom = validate.nonnegative(self.degrees_of_freedom, "prior degrees_of_freedom")
            if freedom == 0:
                raise ValueError("prior degrees_of_freedom=0 is too small: it must be above d - 1")
            if self.scale is None:
                raise ValueError(f"prior degrees_of_freedom={freedom:g} needs a scale beside it")
        self._keep(concentration=np.array(alpha), scale=scale, degrees_of_freedom=np.array(freedom))

    @property
    def on_covariances(self) -> bool:
        return bool(np.any(self.scale))

    @property
    def pseudocount(self) -> float:
        """α − 1, what the Dirichlet adds to each N_k."""
        return float(self.concentration) - 1

    def scatter(self, d: int) -> np.ndarray:
        """Ψ, what the inverse-Wishart adds to a scatter: float[d, d]."""
        if self.scale.ndim == 0:
            return self.scale * np.eye(d)
        return validate.shaped(self.scale, "prior scale", (d, d), "one row and one column a feature")

    def freedom(self, d: int) -> float:
        """ν."""
        nu = float(self.degrees_of_freedom) or d + 2.0
        if nu <= d - 1:
            raise ValueError(f"prior degrees_of_freedom={nu:g} is too small for {d} features: it must be above {d - 1}")
        return nu

    def extra_count(self, d: int) -> float:
        """ν + d + 1, what the inverse-Wishart adds to the count that divides a scatter."""
        return self.freedom(d) + d + 1

    def log_density(self, weights: np.ndarray, covariances: np.ndarray) -> float:
        """log p(θ) in nats, of `weights: float[k]` and as many `covariances: float[m, d, d]` as are free."""
        k, alpha = len(weights), float(self.concentration)
        density = gammaln(k * alpha) - k * gammaln(alpha) + float(xlogy(alpha - 1, weights).sum())
        if self.on_covariances:
            d = covariances.shape[-1]
            nu, psi = self.freedom(d), self.scatter(d)
            log_det = np.linalg.slogdet(covariances)[1]
            traces = np.trace(np.linalg.solve(covariances, np.broadcast_to(psi, covariances.shape)), axis1=1, axis2=2)
            constant = (nu * np.linalg.slogdet(psi)[1] - nu * d * np.log(2)) / 2 - multigammaln(nu / 2, d)
            density += float((constant - (nu + d + 1) / 2 * log_det - traces / 2).sum())
        return float(density)
