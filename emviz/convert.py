"""scikit-learn and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz.models import GaussianMixture, GaussianParams, KMeans, KMeansParams


def to_sklearn(model: Any, params: Any) -> Any:
    """A fitted scikit-learn estimator with these parameters: KMeans or GaussianMixture.

    It predicts and scores, and its own `fit` begins from these parameters. What belongs to a fit (labels_,
    inertia_, lower_bound_) it does not have before.
    """
    if not isinstance(model, (KMeans, GaussianMixture)):
        raise TypeError(f"scikit-learn has no counterpart of {type(model).__name__}: "
                        "pass a KMeans or a GaussianMixture")
    model.check_params(params)
    return _to_kmeans(model, params) if isinstance(model, KMeans) else _to_mixture(model, params)


def from_sklearn(estimator: Any) -> tuple[Any, Any]:
    """(model, params) of a fitted scikit-learn KMeans or GaussianMixture.

    Its covariances contain its `reg_covar`, and come over as they are.
    """
    if isinstance(estimator, (KMeans, GaussianMixture)):
        raise TypeError(f"cannot read {estimator!r}: it is an emviz model already; "
                        "pass a fitted estimator of scikit-learn")
    kind = type(estimator).__name__
    if kind in ("KMeans", "MiniBatchKMeans"):
        centers = _fitted(estimator, "cluster_centers_")
        return KMeans(len(centers)), KMeansParams(centers)
    if kind != "GaussianMixture":
        raise TypeError(f"cannot read a {kind}: pass a fitted KMeans or GaussianMixture of scikit-learn")
    means, covariances = _fitted(estimator, "means_"), estimator.covariances_
    k, d = means.shape
    full = {
        "full": lambda: covariances,
        "tied": lambda: np.tile(covariances, (k, 1, 1)),
        "diag": lambda: covariances[:, :, None] * np.eye(d),
        "spherical": lambda: covariances[:, None, None] * np.eye(d),
    }[estimator.covariance_type]()
    return GaussianMixture(k, estimator.covariance_type), GaussianParams(estimator.weights_, means, full)


def _to_kmeans(model: KMeans, params: KMeansParams) -> Any:
    from sklearn.cluster import KMeans as Estimator

    centers = np.array(params.means)
    rows = np.arange(float(centers.size)).reshape(centers.shape)
    estimator = Estimator(model.n_clusters, init=rows, n_init=1)
    estimator.fit(rows)  # sets what prediction needs; on rows that differ, so that it has nothing to warn of
    estimator.set_params(init=centers).cluster_centers_ = centers.copy()
    for name in ("labels_", "inertia_", "n_iter_"):
        delattr(estimator, name)
    return estimator


def _to_mixture(model: GaussianMixture, params: GaussianParams) -> Any:
    from sklearn.mixture import GaussianMixture as Estimator

    estimator = Estimator(model.n_components, covariance_type=model.covariance_type, reg_covar=0.0)
    compact = {
        "full": lambda matrices: matrices,
        "tied": lambda matrices: matrices[0],
        "diag": lambda matrices: np.diagonal(matrices, axis1=1, axis2=2),
        "spherical": lambda matrices: matrices[:, 0, 0],
    }[model.covariance_type]
    # Its precisions' factor U has U Uᵀ = Σ⁻¹: the inverse transpose of the lower Cholesky factor of Σ.
    factors = np.linalg.inv(np.linalg.cholesky(params.covariances)).transpose(0, 2, 1)
    estimator.weights_, estimator.means_ = np.array(params.weights), np.array(params.means)
    estimator.covariances_ = np.array(compact(params.covariances))
    estimator.precisions_cholesky_ = np.array(compact(factors))
    estimator.precisions_ = np.array(compact(factors @ factors.transpose(0, 2, 1)))
    estimator.converged_, estimator.n_features_in_ = True, params.means.shape[1]
    estimator.set_params(weights_init=estimator.weights_, means_init=estimator.means_,
                         precisions_init=estimator.precisions_)
    return estimator


def _fitted(estimator: Any, attribute: str) -> np.ndarray:
    if not hasattr(estimator, attribute):
        raise ValueError(f"the {type(estimator).__name__} is not fitted yet: call its fit(points) first")
    return np.asarray(getattr(estimator, attribute), dtype=np.float64)
