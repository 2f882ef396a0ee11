"""A recorded run: every state of EM in order, small enough to keep, save and mail."""

from __future__ import annotations

import importlib
import json
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, overload

import numpy as np

from emviz.em import Step, Stop, check_model, steps_on, until_converged
from emviz.files import atomic_path
from emviz.params import Params
from emviz.validate import Rng, frozen, generator, nonnegative

FORMAT = "emviz trace"
VERSION = 1


class Trace(Sequence[Step]):
    """The steps of a run: start, E, M, E, M, …

    model, data: what was run; `data` as the model reads it (float[n, d], or int[n] for counts).
    feature_names: of the columns, where they were given.
    converged: bool.  stop_reason: why it ended, in words.
    log_likelihoods, lower_bounds: float[len], in nats; the bound of the start is NaN.
    Responsibilities are not stored: a step names its q by θ, and they are rebuilt from there.
    """

    def __init__(self, model: Any, rows: Any, steps: Iterable[Step], converged: bool, stop_reason: str):
        """rows: the data as `model.prepare` packs them.  steps: all of them, the start first."""
        self.model = model
        self._rows = rows
        self._steps = tuple(steps)
        self.converged = converged
        self.stop_reason = stop_reason
        self.log_likelihoods = frozen(np.array([step.log_likelihood for step in self._steps]))
        self.lower_bounds = frozen(np.array([step.lower_bound for step in self._steps]))

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self._steps[index]

    def __repr__(self) -> str:
        return f"<Trace of {self.model!r}: {len(self)} steps, {self.stop_reason}>"

    def __str__(self) -> str:
        return self.to_table()

    @property
    def data(self) -> np.ndarray:
        return getattr(self._rows, "array", self._rows)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(getattr(self._rows, "feature_names", ()))

    @property
    def final(self) -> Any:
        """The last parameters."""
        return self._steps[-1].params

    @property
    def inertias(self) -> np.ndarray:
        """KMeans: Σ_i ‖x_i − μ_z(i)‖² of each step, float[len]; NaN at the start."""
        if not hasattr(self.model, "n_clusters"):
            raise AttributeError(f"inertias belong to KMeans; a {type(self.model).__name__} trace has lower_bounds")
        return -2 * self.lower_bounds

    def responsibilities(self, index: int) -> np.ndarray:
        """γ_ik of the q at a step: float[n, k]."""
        step = self[index]
        if step.q_params is None:
            raise ValueError(f"step {index} is the start: there are no responsibilities before the first E-step; "
                             "ask for step 1 or later")
        return self.model.responsibilities(step.q_params, self._rows)

    def labels(self, index: int) -> np.ndarray:
        """The most responsible component of each row at a step: int[n]; the lowest index among equals."""
        return self.responsibilities(index).argmax(axis=1)

    def to_table(self) -> str:
        """The run as a teacher would print it: one line a step. Parameters of more than six numbers stay out."""
        thetas = [_arrays(step.params) for step in self._steps]
        shown = [name for name, array in thetas[0].items() if array.size <= 6]
        columns = [
            ["step", *map(str, range(len(self)))],
            ["kind", *(step.kind for step in self._steps)],
            ["iteration", *(str(step.iteration) for step in self._steps)],
            ["log-likelihood", *decimals(self.log_likelihoods)],
            ["lower bound", *decimals(self.lower_bounds)],
            ["gap", *decimals(self.log_likelihoods - self.lower_bounds)],
            *([["inertia", *decimals(self.inertias)]] if hasattr(self.model, "n_clusters") else []),
            *([name, *_grouped([theta[name] for theta in thetas])] for name in shown),
            ["events", *("; ".join(step.events) for step in self._steps)],
        ]
        if not any(step.events for step in self._steps):
            columns.pop()
        flush_left = ("kind", "events")
        padded = [[cell.ljust(width) if column[0] in flush_left else cell.rjust(width) for cell in column]
                  for column in columns for width in [max(map(len, column))]]
        lines = ["  ".join(cells).rstrip() for cells in zip(*padded, strict=True)]
        left_out = [name for name in thetas[0] if name not in shown]
        more = f"; {' and '.join(left_out)}: see trace[step].params" if left_out else ""
        return "\n".join([*lines, f"({self.stop_reason}{more})"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run to one file, without pickle; `load_trace` reads it back bit for bit."""
        model_class = type(self.model)
        if not model_class.__module__.startswith("emviz.models."):
            raise ValueError(f"only runs of emviz's own models can be saved, not of {model_class.__name__}")
        header = {
            "format": FORMAT, "version": VERSION, "model": model_class.__name__,
            "arguments": {f.name: _plain(getattr(self.model, f.name)) for f in fields(self.model)},
            "feature_names": self.feature_names, "events": [step.events for step in self._steps],
            "converged": self.converged, "stop_reason": self.stop_reason,
        }
        thetas = [step.params for step in self._steps if step.kind != "E"]
        arrays = {f"params_{name}": np.stack([getattr(theta, name) for theta in thetas]) for name in _arrays(thetas[0])}
        with atomic_path(path, ()) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, header=np.array(json.dumps(header)), data=np.array(self.data),
                                log_likelihoods=self.log_likelihoods, lower_bounds=self.lower_bounds, **arrays)


def load_trace(path: str | os.PathLike[str]) -> Trace:
    """Read a run that `Trace.save` wrote. A ValueError says what is wrong with any other file."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            stored = {name: archive[name] for name in archive.files}
        header = json.loads(str(stored["header"]))
        if header["format"] != FORMAT:
            raise ValueError("it is another kind of file")
        if header["version"] > VERSION:
            raise ValueError(f"its version {header['version']} is newer than this emviz reads ({VERSION})")
        return _restore(header, stored)
    except FileNotFoundError:
        raise
    except Exception as error:  # a file of any origin can be broken in any way
        reason = "it is no archive of arrays" if "pickle" in str(error) else error  # NumPy would advise to trust it
        raise ValueError(f"{os.fspath(path)} is not a saved emviz trace: {reason}") from error


def run(model: Any, points: Any, start: Any = "k-means++", *, max_iterations: int = 100,
        tolerance: float | None = None, rng: Rng = None) -> Trace:
    """Run EM and record every state.

    start: parameters, or what `model.start` takes as its second argument: "k-means++", "random",
    or an array such as the means.  max_iterations: 0 records the start alone; otherwise the trace
    ends with an M.  tolerance: the least gain in nats that keeps it going; None means 1e-4, 0 runs
    until the parameters repeat. KMeans stops when no assignment changes, whatever the tolerance.
    rng: the seed of a start that draws; an int, or a numpy.random.Generator.
    """
    rows = check_model(model).prepare(points)
    generator(rng)  # a wrong seed is an error even where the start draws nothing
    array_like = isinstance(start, (str, Sequence, np.ndarray)) or hasattr(start, "to_numpy")
    if array_like and not hasattr(start, "_fields") and hasattr(model, "start"):
        start = _start(model, rows, start, rng)
    steps, stop = record(model, rows, start, max_iterations, tolerance)
    return Trace(model, rows, steps, *stop)


def record(model: Any, rows: Any, start: Any, max_iterations: int, tolerance: float | None) -> tuple[list[Step], Stop]:
    """Every state of the run from the parameters `start`, and why it ended; `rows` as `model.prepare` packs them."""
    if tolerance is not None:
        nonnegative(tolerance, "tolerance")
    if getattr(model, "stops_exactly", False):
        tolerance = 0.0

    steps: list[Step] = []
    stop = _drain(until_converged(steps_on(model, rows, start), max_iterations, tolerance), steps)
    if steps[-1].kind == "E":  # only a collapse leaves an E without its M
        steps = _before_collapse(steps, stop)
    return steps, stop


def _start(model: Any, rows: Any, how: Any, rng: Rng) -> Any:
    """What `model.start` makes of `how`; an error about it names `start`."""
    try:
        return model.start(rows, how, rng=rng)
    except (TypeError, ValueError) as error:
        names = tuple(field.name for field in fields(getattr(model, "params_type", Params)))
        if names and str(error).startswith(names):
            raise type(error)(f"start: {error}") from None
        raise


def _drain(steps: Any, into: list[Step]) -> Stop:
    """Drain a generator of steps into a list; returns what the generator returned."""
    while True:
        try:
            into.append(next(steps))
        except StopIteration as end:
            return end.value


def _before_collapse(steps: list[Step], stop: Stop) -> list[Step]:
    """Drop the E-step that no M-step could follow, and tell the tale on the last state that stands."""
    kept = steps[:-1]
    tale = (f"{stop.reason} at iteration {steps[-1].iteration}: its covariance would be singular; set a "
            "higher min_variance, or start elsewhere")
    return [*kept[:-1], replace(kept[-1], events=(*kept[-1].events, tale))]


def _restore(header: dict[str, Any], stored: dict[str, np.ndarray]) -> Trace:
    # By name, because the rooms of the models lie below this one.
    models = importlib.import_module("emviz.models")
    if header["model"] not in models.__all__ or not hasattr(getattr(models, header["model"]), "params_type"):
        raise ValueError(f"it names an unknown model, {header['model']!r}")
    model_class = getattr(models, header["model"])
    arguments = dict(header["arguments"])
    if arguments.get("prior") is not None:
        # What was left out is stored as zero.
        arguments["prior"] = models.GaussianPrior(**{name: given or None for name, given in arguments["prior"].items()})
    if "fixed" in arguments:
        arguments["fixed"] = tuple(arguments["fixed"])
    model = model_class(**arguments)

    names = [field.name for field in fields(model_class.params_type)]
    thetas = [model_class.params_type(**dict(zip(names, values, strict=True)))
              for values in zip(*(stored[f"params_{name}"] for name in names), strict=True)]
    likelihoods, bounds, events = stored["log_likelihoods"], stored["lower_bounds"], header["events"]
    if not len(likelihoods) == len(bounds) == len(events) == 2 * len(thetas) - 1:
        raise ValueError("its steps and its parameters do not belong together")
    for theta in thetas:
        model.check_params(theta, "a step")
    steps = []
    for i, (likelihood, bound, notes) in enumerate(zip(likelihoods, bounds, events, strict=True)):
        kind = "start" if i == 0 else "E" if i % 2 else "M"
        q_params = None if i == 0 else thetas[(i - 1) // 2]
        steps.append(Step(kind, (i + 1) // 2, thetas[i // 2], q_params, float(likelihood), float(bound), tuple(notes)))
    rows = model.prepare(_Named(stored["data"], header["feature_names"]))
    return Trace(model, rows, steps, bool(header["converged"]), str(header["stop_reason"]))


class _Named:
    """Data with the names of its columns, as `prepare` reads them."""

    def __init__(self, data: np.ndarray, feature_names: Sequence[str]):
        self.data = data
        self.feature_names = tuple(feature_names)


def _plain(value: Any) -> Any:
    """A constructor's argument as JSON; floats come back bit for bit."""
    if isinstance(value, Params):
        return {name: array.tolist() for name, array in value.arrays().items()}
    return value


def _arrays(params: Any) -> dict[str, np.ndarray]:
    return params.arrays() if isinstance(params, Params) else {}


def decimals(values: Iterable[float]) -> list[str]:
    """For a table: four decimals, or eight digits where numbers are large; nothing for NaN, no minus before zero."""
    texts = ["" if math.isnan(v) else f"{v:.4f}" if abs(v) < 1e6 else f"{v:.8g}" for v in values]
    return ["0.0000" if text == "-0.0000" else text for text in texts]


def _grouped(arrays: Sequence[np.ndarray]) -> list[str]:
    """Each array on one line, numbers below numbers; a component of several numbers in parentheses."""
    texts = [[f"{value + 0.0:.4g}" for value in array.ravel()] for array in arrays]
    width = max(len(text) for line in texts for text in line)
    group = arrays[0][0].size if arrays[0].ndim else 1
    lines = []
    for line in texts:
        cells = [text.rjust(width) for text in line]
        groups = [cells[i:i + group] for i in range(0, len(cells), group)]
        lines.append(" ".join(f"({', '.join(cells)})" if group > 1 else cells[0] for cells in groups))
    return lines
