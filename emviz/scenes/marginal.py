"""A mixture as the two coordinates of a picture show it: its density, and whose a new point would be."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from emviz import draw
from emviz.models import GaussianMixture, GaussianParams, KMeans, KMeansParams
from emviz.models.mixture import FiniteMixture
from emviz.scenes.field import Scores
from emviz.scenes.projection import Projection
from emviz.trace import Trace


class Marginal:
    """The distribution of Wᵀx: a mixture of Gaussians N(Wᵀμ, WᵀΣW) with the same weights. Of two features it is all.

    KMeans at T > 0 counts as what it is, the mixture with equal weights and the known variance T; at T = 0 it has
    centers only.

    means: float[s, k, 2] of all steps.  roots: float[s, k, 2, 2], of the covariances; None without.
    """

    def __init__(self, trace: Trace, projection: Projection):
        model, k = trace.model, trace.model.n_components
        self.means = projection.of_points(np.stack([step.params.means for step in trace]))
        self.roots: np.ndarray | None = None
        self._model: FiniteMixture = KMeans(k)
        if isinstance(model, GaussianMixture):
            self._model = GaussianMixture(k, temperature=model.temperature)
            self._weights = np.stack([step.params.weights for step in trace])
            self.roots = draw.symmetric_roots(
                np.stack([projection.of_covariances(step.params.covariances) for step in trace]))
        elif model.temperature > 0:
            self._model = GaussianMixture(k)
            self._weights = np.full((len(trace), k), 1 / k)
            known = model.temperature * np.eye(trace.data.shape[1])
            self.roots = draw.symmetric_roots(projection.of_covariances(known)) + np.zeros((len(trace), k, 1, 1))

    def log_densities(self, step: float, places: np.ndarray) -> np.ndarray:
        """log p(x | θ) at places: float[m, 2] -> float[m]."""
        return logsumexp(self._model.log_joint(self._params(step), self._model.prepare(places)), axis=0)

    def responsibilities(self, step: int, places: np.ndarray) -> np.ndarray:
        """The posterior under the θ of a step, at places: float[m, 2] -> float[m, k]."""
        return self._model.responsibilities(self._params(step), places)

    def scores(self, step: int) -> Scores:
        """log p(x, z = k | θ) under the θ of a step, as a function of the place."""
        params = self._params(step)
        if isinstance(params, KMeansParams):
            return Scores.of_centers(params.means)
        return Scores.of_gaussians(params.weights, params.means, params.covariances)

    @property
    def temperature(self) -> float:
        """Of the responsibilities that it gives."""
        return self._model.temperature

    def _params(self, step: float) -> GaussianParams | KMeansParams:
        means = draw.interpolate(self.means, step)
        if self.roots is None:
            return KMeansParams(means)
        roots = draw.interpolate(self.roots, step)
        covariances = roots @ roots
        covariances *= 1 + 1e-12 * np.eye(2)  # a square that is singular by rounding has a Cholesky factor again
        return GaussianParams(draw.interpolate(self._weights, step), means, covariances)
