"""One line about a start: how good it is, and where EM comes from there."""

from __future__ import annotations

import numpy as np

from emviz.metrics import adjusted_rand
from emviz.models import KMeans
from emviz.scenes import words
from emviz.trace import Trace


def verdict(trace: Trace | None, best: float, labels: np.ndarray | None = None) -> str:
    """What a run makes of its start.

    best: the highest lower bound that runs of this model on these data have reached so far, in nats.
    labels: int[n], the true groups, where they are known.
    """
    if trace is None:
        return ""
    end = _objective(trace, trace[-1].lower_bound)
    told = f"{beginning(trace)}, {end} after {words.counted(trace[-1].iteration, 'iteration')}"
    record = _objective(trace, best)
    if best > trace[-1].lower_bound and record != end:
        told += f", best so far {record}"
    if labels is not None and len(trace) > 1 and np.ptp(labels) > 0:
        agreement = adjusted_rand(labels, trace.labels(len(trace) - 1))
        told += f". Agreement with the truth: {words.fixed(agreement, 2)}"
    return f"{told}."


def beginning(trace: Trace) -> str:
    """How good a start is, without a word about the end."""
    name = "Inertia" if _is_hard(trace) else words.ceiling(trace).capitalize()
    return f"{name} {_objective(trace, trace[0].log_likelihood)} at this start"


def _is_hard(trace: Trace) -> bool:
    return isinstance(trace.model, KMeans) and trace.model.temperature == 0


def _objective(trace: Trace, bound: float) -> str:
    """A bound in words; of k-means the inertia."""
    return words.number(-2 * bound if _is_hard(trace) else bound, 5)
