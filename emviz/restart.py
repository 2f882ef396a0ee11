"""Many runs from many starts, and which optimum each of them reaches."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from emviz import validate
from emviz.em import DEFAULT_TOLERANCE, check_model
from emviz.progress import watched
from emviz.trace import Trace, decimals, record, run

METHODS = ("random", "k-means++", "responsibilities")
LINES = 12  # of optima in a table

# When are two ends the same optimum? See Restarts.optima.
GAINS_LEFT = 1000
ROUNDING = 1e-9
SHARE_APART = 0.05


@dataclass(frozen=True)
class Optimum:
    """An end that some runs share.

    objective: the highest of theirs, in nats.  count: of these runs.  share: of all the runs, 0 to 1.
    run: the index of the first with that objective.
    """

    objective: float
    count: int
    share: float
    run: int


@dataclass(frozen=True, eq=False, repr=False)
class Restarts:
    """n runs of one model on the same data: where each began and where it ended, parameters only.

    model: what was run.  rows: the data as `model.prepare` packs them.
    starts, finals: n parameters each.
    objectives: float[n], the last lower bound of each run, in nats.
    iterations: int[n].  converged: bool[n].  stop_reasons: n texts.
    max_iterations, tolerance: of each run.
    interrupted: whether Ctrl-C ended the work before all the runs were done.
    """

    model: Any
    rows: Any
    starts: tuple[Any, ...]
    finals: tuple[Any, ...]
    objectives: np.ndarray
    iterations: np.ndarray
    converged: np.ndarray
    stop_reasons: tuple[str, ...]
    max_iterations: int
    tolerance: float | None
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.starts)

    def __repr__(self) -> str:
        return f"<Restarts of {self.model!r}: {len(self)} runs{', interrupted' * self.interrupted}>"

    def __str__(self) -> str:
        return self.to_table()

    @property
    def data(self) -> np.ndarray:
        """The data as the model reads them: float[n, d], or int[n] for counts."""
        return getattr(self.rows, "array", self.rows)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(getattr(self.rows, "feature_names", ()))

    @property
    def inertias(self) -> np.ndarray:
        """KMeans: Σ_i ‖x_i − μ_z(i)‖² at the end of each run, float[n]."""
        if not hasattr(self.model, "n_clusters"):
            raise AttributeError(f"inertias belong to KMeans; runs of a {type(self.model).__name__} have objectives")
        return -2 * self.objectives

    @property
    def best(self) -> int:
        """The run with the highest objective, the first among equals; of those that converged, if any did."""
        return int(np.argmax(np.where(self._judged, self.objectives, -np.inf)))

    @property
    def worst(self) -> int:
        """The run with the lowest objective, the first among equals; of those that converged, if any did."""
        return int(np.argmin(np.where(self._judged, self.objectives, np.inf)))

    @property
    def spread(self) -> float:
        """The best objective minus the worst, in nats."""
        return float(self.objectives[self.best] - self.objectives[self.worst])

    @property
    def optima(self) -> tuple[Optimum, ...]:
        """The ends that differ by more than the order of the components, the best first.

        Two ends are one optimum if their objectives are near and they explain the data alike.

        Near: no farther apart than 1000 times the tolerance of the runs (0.1 nats by default). A run that stops at a
        gain of t has up to t·r/(1 − r) left, r its rate of convergence: that covers r up to 0.999. Where runs end
        exactly, only rounding is left: 1e-9 of the objective. On a long flat ridge runs stop far apart, and one
        optimum may count as several: a lower `tolerance` lets them arrive.

        Alike: with the components matched by the Hungarian method, the responsibilities of no more than 5 % of the
        rows differ (½ Σ_ik |γ_ik − γ'_ik| ≤ 0.05 n), and at T = 0, where runs end exactly, of none. An M-step makes
        parameters of responsibilities, so this compares the parameters too, whatever their units.

        A run that has not converged (it collapsed, or reached max_iterations) is no optimum.
        """
        return self._grouped[0]

    @property
    def reached(self) -> np.ndarray:
        """int[n]: the index in `optima` of the one that each run reached; -1 if it has not converged."""
        return self._grouped[1]

    def replay(self, index: int) -> Trace:
        """A run again, with every state; it ends in `finals[index]` bit for bit."""
        return run(self.model, self.rows, self.starts[index], max_iterations=self.max_iterations,
                   tolerance=self.tolerance)

    def to_table(self) -> str:
        """The optima as a teacher would print them: one line each, the best first; many share the last line."""
        name, sign = ("inertia", -2) if hasattr(self.model, "n_clusters") else ("objective", 1)
        alone = len(self.optima) if len(self.optima) <= LINES else LINES - 1
        lines = [("optimum", name, "runs", "share", "iterations")]
        values = decimals([sign * optimum.objective for optimum in self.optima[:alone]])
        lines += [(str(number), value, *self._frequency(self.reached == number)) for number, value in enumerate(values)]
        if alone < len(self.optima):
            lines.append((f"{len(self.optima) - alone} more", "", *self._frequency(self.reached >= alone)))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
        best, worst = (sign * float(self.objectives[index]) for index in (self.best, self.worst))
        told = decimals([best, worst, abs(best - worst)])
        notes = [", ".join(f"{what} {value}" for what, value in zip(("best", "worst", "spread"), told, strict=True))]
        unfinished = Counter(reason for reason, done in zip(self.stop_reasons, self.converged, strict=True) if not done)
        notes += [f"{count} of {len(self)} runs: {reason}" for reason, count in unfinished.items()]
        if self.interrupted:
            notes.append(f"interrupted after {len(self)} runs")
        return "\n".join([*table, f"({'; '.join(notes)})"])

    def _frequency(self, runs: np.ndarray) -> tuple[str, str, str]:
        """How many of the runs, bool[n], what share of all, and how many iterations they took on average."""
        return str(int(runs.sum())), f"{runs.mean():.1%}", f"{self.iterations[runs].mean():.1f}"

    @property
    def _judged(self) -> np.ndarray:
        """bool[n]: the runs that can be the best or the worst."""
        return self.converged if self.converged.any() else np.ones(len(self), dtype=bool)

    @cached_property
    def _grouped(self) -> tuple[tuple[Optimum, ...], np.ndarray]:
        """The optima, and which one each run reached."""
        tolerance = DEFAULT_TOLERANCE if self.tolerance is None else self.tolerance
        if getattr(self.model, "stops_exactly", False):
            tolerance = 0.0
        near = max(GAINS_LEFT * tolerance, ROUNDING * float(np.abs(self.objectives).max()))
        apart = 0.0 if getattr(self.model, "temperature", 1.0) == 0 else SHARE_APART
        firsts: list[int] = []  # of each optimum, the run with the highest objective
        nearby: dict[int, np.ndarray] = {}  # of the optima not yet far above, the responsibilities
        reached = np.full(len(self), -1)
        for index in np.argsort(-self.objectives, kind="stable"):
            if not self.converged[index]:
                continue
            nearby = {number: shares for number, shares in nearby.items()
                      if self.objectives[firsts[number]] - self.objectives[index] <= near}
            shares = self._responsibilities(int(index))
            alike = (number for number, theirs in nearby.items() if _share_apart(shares, theirs) <= apart)
            reached[index] = number = next(alike, len(firsts))
            if number == len(firsts):
                firsts.append(int(index))
                nearby[number] = shares
        counts = np.bincount(reached[reached >= 0], minlength=len(firsts)).tolist()
        optima = tuple(Optimum(float(self.objectives[index]), count, count / len(self), index)
                       for index, count in zip(firsts, counts, strict=True))
        return optima, validate.frozen(reached)

    def _responsibilities(self, index: int) -> np.ndarray:
        """float[n, k] at the end of a run; of a model without any, one component for all."""
        if not hasattr(self.model, "responsibilities"):
            return np.ones((1, 1))
        return self.model.responsibilities(self.finals[index], self.rows)


def restarts(model: Any, data: Any, n: int = 200, start: str = "random", rng: validate.Rng = 0, *,
             max_iterations: int = 100, tolerance: float | None = None, progress: bool | None = None) -> Restarts:
    """Run EM from n starts and keep the parameters of every start and every end.

    start: "random" or "k-means++", the rows that `model.start` takes means, chances or rates from; or
    "responsibilities": random ones, and the M-step from them. The starts are drawn one after the other from one
    generator.
    rng: its seed, an int, or the numpy.random.Generator itself.
    max_iterations, tolerance: of each run, as in `emviz.run`.
    progress: None shows a bar for work of more than a few seconds, True at once, False never.

    Ctrl-C keeps the runs done so far, and the result says that it was `interrupted`. A warning that many runs give
    is given once, with how often it came.
    Raises ValueError or TypeError that names the argument.
    """
    rows = check_model(model).prepare(data)
    if not hasattr(model, "start"):
        raise TypeError(f"model is of type {type(model).__name__}, which has no `start` to draw from: "
                        "call emviz.run once for each start of your own")
    n = validate.positive_integer(n, "n")
    if not isinstance(start, str):
        raise TypeError(f"start is a {type(start).__name__}: name what draws the starts, {', '.join(METHODS)}; "
                        "emviz.run takes one that you have")
    validate.choice(start, "start", METHODS)
    generator = validate.generator(rng)
    arguments, options = ((), {"responsibilities": "random"}) if start == "responsibilities" else ((start,), {})
    drawn = (model.start(rows, *arguments, rng=generator, **options) for _ in range(n))
    return run_from(model, rows, drawn, n, max_iterations, tolerance, progress)


def run_from(model: Any, rows: Any, starts: Iterable[Any], n: int, max_iterations: int, tolerance: float | None,
             progress: bool | None) -> Restarts:
    """A run from each of n `starts`, on rows that `model.prepare` has packed; the rest as in `restarts`."""
    max_iterations = validate.positive_integer(max_iterations, "max_iterations")
    done = []
    interrupted = False
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for start in watched(starts, n, "run", progress):
                steps, stop = record(model, rows, start, max_iterations, tolerance)
                end = steps[-1]
                # A run that collapsed in its first M has no bound but that of its first E.
                objective = end.log_likelihood if end.kind == "start" else end.lower_bound
                done.append((start, end.params, objective, end.iteration, *stop))
        except KeyboardInterrupt:
            if not done:
                raise
            interrupted = True
    for (message, category), count in Counter((str(one.message), one.category) for one in caught).items():
        warnings.warn(f"{count} times in {len(done)} runs: {message}", category, stacklevel=3)
    begun, finals, objectives, iterations, converged, reasons = zip(*done, strict=True)
    return Restarts(model, rows, begun, finals, validate.frozen(np.array(objectives)),
                    validate.frozen(np.array(iterations)), validate.frozen(np.array(converged)), reasons,
                    max_iterations, tolerance, interrupted)


def _share_apart(one: np.ndarray, other: np.ndarray) -> float:
    """The share of the rows that two tables of responsibilities float[n, k] explain differently, in the best order."""
    rows, columns = linear_sum_assignment(one.T @ other, maximize=True)
    return float(np.abs(one[:, rows] - other[:, columns]).sum()) / (2 * len(one))
