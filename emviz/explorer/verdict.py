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
    hard = isinstance(trace.model, KMeans) and trace.model.temperature == 0
    factor, name = (-2, "inertia") if hard else (1, words.ceiling(trace))
    here, end = factor * trace[0].log_likelihood, factor * trace[-1].lower_bound
    told = (f"{name[0].upper()}{name[1:]} {words.number(here, 5)} at this start, {words.number(end, 5)} after "
            f"{words.counted(trace[-1].iteration, 'iteration')}")
    record = words.number(factor * best, 5)
    if best > trace[-1].lower_bound and record != words.number(end, 5):
        told += f", best so far {record}"
    if labels is not None and len(trace) > 1 and np.ptp(labels) > 0:
        agreement = adjusted_rand(labels, trace.labels(len(trace) - 1))
        told += f". Agreement with the truth: {words.fixed(agreement, 2)}"
    return f"{told}."
