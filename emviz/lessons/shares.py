"""What right and wrong answers about responsibilities are made of, in more than one lesson."""

from __future__ import annotations

import numpy as np


def shared(joint: np.ndarray, axis: int = 1) -> np.ndarray:
    """Weight × likelihood, float[n, k], divided by its sum over `axis`; as formulas have it, without logarithms."""
    return joint / joint.sum(axis=axis, keepdims=True)


def hard(gamma: np.ndarray) -> np.ndarray:
    """Responsibilities float[n, k] as hard labels: 1 for the largest of a row, 0 for the others."""
    return np.eye(gamma.shape[1])[gamma.argmax(axis=1)]
