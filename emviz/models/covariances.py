"""Four covariance structures, and the floor under their variances."""

from __future__ import annotations

import numpy as np

STRUCTURES = ("full", "tied", "diag", "spherical")
RELATIVE_FLOOR = 1e-12  # of the variance of the data, feature by feature
RESOLUTION = 1e-12  # of the deviation of the data: narrower, and rounding decides how likely a point is
EPSILON = float(np.finfo(np.float64).eps)


def is_diagonal(structure: str) -> bool:
    """Whether the diagonals of the scatters are all that a structure looks at."""
    return structure in ("diag", "spherical")


def project(scatters: np.ndarray, counts: np.ndarray, structure: str) -> np.ndarray:
    """The likeliest covariances of a structure: float[k, d, d].

    scatters: float[k, d, d], or their diagonals float[k, d], about the means of `counts: float[k]` points.
    "full" keeps the scatter, "tied" pools it, "diag" keeps its diagonal, "spherical" its average
    variance: each the exact maximum of the expected log-likelihood in its family
    (Celeux & Govaert 1995, Pattern Recognition 28). Zero where a component has no points.
    """
    k, d = scatters.shape[:2]
    if structure == "tied":
        return np.tile(scatters.sum(axis=0) / counts.sum(), (k, 1, 1))
    counts = np.where(counts > 0, counts, 1.0)
    if structure == "full":
        return scatters / counts[:, None, None]
    variances = scatters / counts[:, None]
    if structure == "spherical":
        variances = np.tile(variances.mean(axis=1, keepdims=True), d)
    return variances[:, :, None] * np.eye(d)


def nearest(matrices: np.ndarray, weights: np.ndarray, structure: str) -> np.ndarray:
    """Covariances float[k, d, d] of any shape projected on a structure; "tied" averages by `weights: float[k]`."""
    if structure == "tied":
        return project(matrices * weights[:, None, None], weights, structure)
    scatters = np.diagonal(matrices, axis1=1, axis2=2) if is_diagonal(structure) else matrices
    return project(scatters, np.ones(len(matrices)), structure)


def floor(min_variance: float | None, deviations: np.ndarray, structure: str) -> tuple[np.ndarray, float]:
    """The units float[d] in which the floor is measured, and the floor.

    `deviations: float[d]` are the standard deviations of the data; with them the default floor
    moves along when a feature changes its unit.
    """
    if min_variance is not None:
        return np.ones_like(deviations), min_variance
    if structure == "spherical":
        deviations = np.full_like(deviations, deviations.max())
    return np.where(deviations > 0, deviations, 1.0), RELATIVE_FLOOR


def raise_to_floor(covariances: np.ndarray, units: np.ndarray, least: float,
                   structure: str) -> tuple[np.ndarray, np.ndarray]:
    """Clip the eigenvalues of covariances float[k, d, d], in `units: float[d]`, from below at `least`.

    That is the exact maximum of the likelihood under the floor. Returns which were low: bool[k].
    """
    scaled = covariances / np.outer(units, units)
    low = _below(scaled, least, structure)
    raised = covariances.copy()
    for k in np.flatnonzero(low):
        eigenvalues, axes = np.linalg.eigh(scaled[k])
        clipped = (axes * np.maximum(eigenvalues, least)) @ axes.T * np.outer(units, units)
        raised[k] = (clipped + clipped.T) / 2
    return raised, low


def singular(covariances: np.ndarray, deviations: np.ndarray, structure: str) -> np.ndarray:
    """Which covariances float[k, d, d] are singular to working precision: bool[k].

    Narrower in a feature than float64 resolves data of these `deviations: float[d]`, or flat between features.
    """
    own = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    narrow: np.ndarray = (own <= RESOLUTION * deviations).any(axis=1)
    if is_diagonal(structure):
        return narrow
    return narrow | (_correlations(covariances, own)[:, 0] <= 4 * len(deviations) * EPSILON)


def _below(matrices: np.ndarray, least: float, structure: str) -> np.ndarray:
    """Which matrices float[k, d, d] have an eigenvalue below `least`: bool[k].

    Each feature is measured by its own width, so that a wide one does not drown a narrow one.
    """
    variances = np.diagonal(matrices, axis1=1, axis2=2)
    if is_diagonal(structure):
        return np.any(variances < least, axis=1)
    own = np.sqrt(np.maximum(variances, least))
    return _correlations(matrices - least * np.eye(variances.shape[1]), own)[:, 0] < 0


def _correlations(matrices: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The eigenvalues, in rising order, of matrices float[k, d, d] over widths float[k, d]: float[k, d]."""
    own = np.where(own > 0, own, 1.0)
    return np.linalg.eigvalsh(matrices / (own[:, :, None] * own[:, None, :]))
