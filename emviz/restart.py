"""Many runs from many starts, and which optimum each of them reaches."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from emviz import validate
from emviz.em import DEFAULT_TOLERANCE, check_model
from emviz.trace import Trace, record, run

METHODS = ("random", "k-means++", "responsibilities")
SLOW = 0.5  # seconds of work before it shows its progress

# When are two ends one optimum? A run that stops at a gain of t nats has up to t·r/(1 − r) left, with r its rate of
# convergence: 1000 t is enough up to r = 0.999. Rounding alone moves an objective by far less than 1e-9 of itself.
GAINS_LEFT, ROUNDING = 1000, 1e-9
# ... and the share of the rows that they explain differently. An M-step makes parameters of responsibilities, so
# ends with the same responsibilities are the same end, in whatever units. Hard assignments are exact.
SHARE_APART = 0.05


@dataclass(frozen=True)
class Optimum:
    """Where runs end. objective: the highest of them, in nats.  count, share: of the runs.  run: which one has it."""

    objective: float
    count: int
    share: float
    run: int


@dataclass(frozen=True, eq=False)
class Restarts:
    """Runs of one model on the same data, n of them: where each began and where it ended, parameters only.

    model, data: what was run; `data` as the model reads it.
    starts, finals: n parameters each.
    objectives: float[n], the last lower bound of each run, in nats.
    iterations: int[n].  converged: bool[n].  stop_reasons: n texts.
    interrupted: whether Ctrl-C ended the work before all the runs were done.
    """

    model: Any
    rows: Any  # the data as `model.prepare` packs them
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
        return f"<Restarts of {self.model!r}: {len(self)} runs, {len(self.optima)} optima>"

    def __str__(self) -> str:
        return self.to_table()

    @property
    def data(self) -> np.ndarray:
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
        return int(np.argmax(np.where(self._arrived, self.objectives, -np.inf)))

    @property
    def worst(self) -> int:
        """The run with the lowest objective, the first among equals; of those that converged, if any did."""
        return int(np.argmin(np.where(self._arrived, self.objectives, np.inf)))

    @property
    def spread(self) -> float:
        """The best objective minus the worst, in nats."""
        return float(self.objectives[self.best] - self.objectives[self.worst])

    @property
    def optima(self) -> tuple[Optimum, ...]:
        """The ends that differ by more than the order of the components, the best first."""
        return self._grouped[0]

    @property
    def reached(self) -> np.ndarray:
        """int[n]: the index in `optima` of the one that each run reached; -1 if it did not converge."""
        return self._grouped[1]

    def replay(self, index: int) -> Trace:
        """A run again, with every state; it ends in `finals[index]` bit for bit."""
        return run(self.model, self.rows, self.starts[index], max_iterations=self.max_iterations,
                   tolerance=self.tolerance)

    def to_table(self) -> str:
        """The optima as a teacher would print them: one line each, the best first."""
        inertia = hasattr(self.model, "n_clusters")
        sign, name = (-2, "inertia") if inertia else (1, "objective")
        lines = [f"{'optimum':>7}  {name:>12}  {'runs':>5}  {'share':>6}  {'iterations':>10}"]
        for number, optimum in enumerate(self.optima):
            iterations = self.iterations[self.reached == number].mean()
            lines.append(f"{number:>7}  {sign * optimum.objective:>12.4f}  {optimum.count:>5}  {optimum.share:>6.1%}"
                         f"  {iterations:>10.1f}")
        best, worst = (sign * float(self.objectives[index]) for index in (self.best, self.worst))
        return "\n".join([*lines, f"(best {best:.4f}, worst {worst:.4f}, spread {abs(best - worst):.4f})"])

    @cached_property
    def _arrived(self) -> np.ndarray:
        return self.converged if self.converged.any() else np.ones(len(self), dtype=bool)

    @cached_property
    def _grouped(self) -> tuple[tuple[Optimum, ...], np.ndarray]:
        """The optima, and which one each run reached."""
        tolerance = 0.0 if getattr(self.model, "stops_exactly", False) else (
            DEFAULT_TOLERANCE if self.tolerance is None else self.tolerance)
        near = max(GAINS_LEFT * tolerance, ROUNDING * float(np.abs(self.objectives).max()))
        apart = 0.0 if getattr(self.model, "temperature", 1.0) == 0 else SHARE_APART
        reached = np.full(len(self), -1)
        found: list[tuple[int, np.ndarray]] = []  # the best run of each optimum, and its responsibilities
        for index in np.argsort(-self.objectives, kind="stable"):
            if not self.converged[index]:
                continue
            shares = self.model.responsibilities(self.finals[index], self.rows)
            reached[index] = next(
                (number for number, (other, theirs) in enumerate(found)
                 if self.objectives[other] - self.objectives[index] <= near and _share_apart(shares, theirs) <= apart),
                len(found))
            if reached[index] == len(found):
                found.append((int(index), shares))
        optima = tuple(Optimum(float(self.objectives[index]), count, count / len(self), index)
                       for number, (index, _) in enumerate(found)
                       for count in [int((reached == number).sum())])
        return optima, validate.frozen(reached)


def restarts(model: Any, data: Any, n: int = 200, start: str = "random", rng: validate.Rng = 0, *,
             max_iterations: int = 100, tolerance: float | None = None, progress: bool | None = None) -> Restarts:
    """Run EM from n starts and keep the parameters of every start and end.

    start: "random" or "k-means++", what `model.start` draws means (probabilities, rates) from; or
    "responsibilities": random ones, and the M-step from them. The starts are drawn one after the other from one
    generator, seeded with `rng`.
    max_iterations, tolerance: of each run, as in `emviz.run`.
    progress: a bar after half a second of work; True: at once; False: never.

    Ctrl-C keeps the runs done so far, and the result says that it was `interrupted`.
    """
    rows = check_model(model).prepare(data)
    n = validate.positive_integer(n, "n")
    max_iterations = validate.positive_integer(max_iterations, "max_iterations")
    validate.choice(start, "start", METHODS)
    generator = validate.generator(rng)
    how = {"responsibilities": "random"} if start == "responsibilities" else {}
    arguments = () if how else (start,)
    drawn = (model.start(rows, *arguments, rng=generator, **how) for _ in range(n))
    return run_from(model, rows, drawn, n, max_iterations, tolerance, progress)


def run_from(model: Any, rows: Any, starts: Iterable[Any], n: int, max_iterations: int, tolerance: float | None,
             progress: bool | None) -> Restarts:
    """A run from each of n `starts`, on rows that `model.prepare` has packed."""
    begun, done = [], []
    interrupted = False
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for start in _watched(starts, n, progress):
                steps, stop = record(model, rows, start, max_iterations, tolerance)
                end = steps[-1]
                # A run that collapsed in its first M has no bound but that of its first E.
                objective = end.log_likelihood if end.kind == "start" else end.lower_bound
                done.append((end.params, objective, end.iteration, *stop))
                begun.append(start)
        except KeyboardInterrupt:
            if not begun:
                raise
            interrupted = True
    for (message, category), count in Counter((str(one.message), one.category) for one in caught).items():
        warnings.warn(f"in {count} of {len(begun)} runs: {message}", category, stacklevel=3)
    finals, objectives, iterations, converged, reasons = zip(*done, strict=True)
    return Restarts(model, rows, tuple(begun), finals, validate.frozen(np.array(objectives)),
                    validate.frozen(np.array(iterations)), validate.frozen(np.array(converged)), reasons,
                    max_iterations, tolerance, interrupted)


def _share_apart(one: np.ndarray, other: np.ndarray) -> float:
    """The share of the rows that two tables of responsibilities float[n, k] explain differently, in the best order."""
    together = one.T @ other
    rows, columns = linear_sum_assignment(together, maximize=True)
    return float(np.abs(one[:, rows] - other[:, columns]).sum()) / (2 * len(one))


def _watched(items: Iterable[Any], total: int, progress: bool | None) -> Iterator[Any]:
    """Pass on `items`; once the work on them takes long, with a bar that shows how far it is."""
    bar = None
    begin = time.perf_counter()
    try:
        for done, item in enumerate(items):
            if bar is None and (progress or (progress is None and time.perf_counter() - begin > SLOW)):
                from tqdm.auto import tqdm  # late: it brings widgets in a notebook

                bar = tqdm(total=total, initial=done, unit="run", leave=False)
            yield item
            if bar is not None:
                bar.update()
    finally:
        if bar is not None:
            bar.close()
