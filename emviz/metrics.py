"""How good a fit is: likelihood, labels matched to the truth, information criteria."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from emviz import validate


def responsibilities(model: Any, params: Any, points: Any) -> np.ndarray:
    """γ_ik, the posterior of each component for each row at the model's temperature: float[n, k]."""
    return model.responsibilities(params, points)


def log_likelihood(model: Any, params: Any, points: Any) -> float:
    """log p(x | θ) in nats, summed over the rows, whatever the temperature; any n ≥ 1."""
    return model.log_likelihood(params, points)


def match_labels(truth: Any, labels: Any) -> np.ndarray:
    """`labels: int[n]` renamed so that they agree with `truth: int[n]` as often as they can: int[n].

    The Hungarian method (Kuhn 1955; SciPy's linear_sum_assignment) on the table of joint counts.
    Where there are more labels than true classes, the ones left over get names of their own. A label of −1, as
    DBSCAN gives it to rows of no cluster, stays −1.
    """
    truth, labels = _labels(truth, labels)
    grouped = labels >= 0
    classes, rows = np.unique(truth[grouped], return_inverse=True)
    found, columns = np.unique(labels[grouped], return_inverse=True)
    table = np.zeros((len(classes), len(found)), dtype=int)
    np.add.at(table, (rows, columns), 1)  # how many rows have each pair of names
    matched_classes, matched = linear_sum_assignment(table, maximize=True)
    left_over = np.setdiff1d(np.arange(len(found)), matched)
    names = np.empty(len(found), dtype=int)
    names[matched] = classes[matched_classes]
    names[left_over] = truth.max() + 1 + np.arange(len(left_over))
    renamed = np.full(len(labels), -1)
    renamed[grouped] = names[columns]
    return renamed


def accuracy(truth: Any, labels: Any) -> float:
    """The share of rows whose label, matched by `match_labels`, is the true one: 0 to 1."""
    truth, labels = _labels(truth, labels)
    return float(np.mean(match_labels(truth, labels) == truth))


def adjusted_rand(truth: Any, labels: Any) -> float:
    """Hubert & Arabie's (1985) adjusted Rand index: 1 for equal partitions, about 0 by chance (scikit-learn's).

    Rows with the label −1, of no cluster, count as one group.
    """
    from sklearn.metrics import adjusted_rand_score

    truth, labels = _labels(truth, labels)
    return float(adjusted_rand_score(truth, labels))


def aic(model: Any, params: Any, points: Any) -> float:
    """Akaike's (1974) criterion 2p − 2 log p(x | θ) with p free parameters; lower is better."""
    return 2 * model.n_parameters(params) - 2 * model.log_likelihood(params, points)


def bic(model: Any, params: Any, points: Any) -> float:
    """Schwarz's (1978) criterion p log n − 2 log p(x | θ) with p free parameters; lower is better."""
    rows = model.prepare(points)
    return model.n_parameters(params) * float(np.log(len(rows))) - 2 * model.log_likelihood(params, rows)


def _labels(truth: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    truth, labels = validate.counts(truth, "truth"), validate.counts(labels, "labels", least=-1)
    if len(truth) != len(labels):
        raise ValueError(f"truth has {len(truth)} labels and labels has {len(labels)}: they must name the same rows")
    return truth, labels
