"""Which start ends in which optimum, over starts with two free numbers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from emviz import validate
from emviz.ascent import parameter_of
from emviz.em import check_model
from emviz.models import BinomialMixture, GaussianMixture, PoissonMixture
from emviz.restart import Optimum, Restarts, run_from
from emviz.trace import Trace, run

MARGIN = 0.05  # of the range of the data, on either side


@dataclass(frozen=True, eq=False)
class Basins:
    """A run from every place of a grid of starts, and which optimum each of them reached.

    x: float[w], y: float[h], the places that were tried: the middles of the cells of the grid.
    limits: ((float, float), (float, float)), the edges of the grid along x and y.
    axes: what x and y are, in words.
    base: parameters; a start is these with two numbers replaced.
    component: the one whose start varies in the plane, or None: x is where component 0 starts, y component 1.
    runs: the Restarts of all cells, row by row from the lowest y; fewer where Ctrl-C ended the work.
    """

    x: np.ndarray
    y: np.ndarray
    limits: tuple[tuple[float, float], tuple[float, float]]
    axes: tuple[str, str]
    base: Any
    component: int | None
    runs: Restarts

    def __repr__(self) -> str:
        return f"<Basins of {self.model!r}: {len(self.x)} x {len(self.y)} starts, {len(self.optima)} optima>"

    def __str__(self) -> str:
        return str(self.runs)

    @property
    def model(self) -> Any:
        return self.runs.model

    @property
    def data(self) -> np.ndarray:
        return self.runs.data

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the work before all the cells were tried."""
        return self.runs.interrupted

    @property
    def optima(self) -> tuple[Optimum, ...]:
        """The ends that differ by more than the order of the components, the best first.

        `run` counts the cells row by row: `divmod(run, len(b.x))` is its row and its column.
        """
        return self.runs.optima

    @cached_property
    def reached(self) -> np.ndarray:
        """int[h, w]: the index in `optima`; -1 where a run did not converge or was not tried."""
        return self._on_grid(self.runs.reached, -1)

    @cached_property
    def objectives(self) -> np.ndarray:
        """float[h, w]: the last lower bound of each run, in nats; NaN where none was tried."""
        return self._on_grid(self.runs.objectives, np.nan)

    def start_at(self, x: float, y: float) -> Any:
        """The parameters that a run from (x, y) starts with."""
        return _moved(self.base, parameter_of(self.model), self.component, x, y)

    def replay(self, x: float, y: float) -> Trace:
        """The run from (x, y) with every state; from a cell of the grid the same run, bit for bit."""
        return run(self.model, self.runs.rows, self.start_at(x, y), max_iterations=self.runs.max_iterations,
                   tolerance=self.runs.tolerance)

    def _on_grid(self, values: np.ndarray, untried: float) -> np.ndarray:
        grid = np.full(len(self.x) * len(self.y), untried, dtype=values.dtype)
        grid[:len(values)] = values
        return validate.frozen(grid.reshape(len(self.y), len(self.x)))


def basins(model: Any, data: Any, start: Any = None, *, component: int | None = None, grid: int | Sequence[int] = 40,
           limits: Any = None, max_iterations: int = 100, tolerance: float | None = None,
           progress: bool | None = None) -> Basins:
    """Run EM from every place of a grid of starts.

    Two components of one number each (two coins, two rates, two centers or Gaussians on a line): x is where
    component 0 starts, y component 1. Points in the plane: `component` names the one whose start varies, the others
    stay where `start` has them.

    start: parameters, or what `model.start` takes: where all else begins; None is k-means++ with seed 0.
    grid: cells along x and y, one number or two.
    limits: ((low, high), (low, high)) of x and y; (low, high) for both. None is what the data span and a little
    more, or 0 to 1 for coins.
    max_iterations, tolerance: of each run, as in `emviz.run`.
    progress: a bar after half a second of work; True: at once; False: never.

    Ctrl-C keeps the cells tried so far, and the result says that it was `interrupted`.
    """
    rows = check_model(model).prepare(data)
    max_iterations = validate.positive_integer(max_iterations, "max_iterations")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*identical")  # on the diagonal: the map shows what becomes of them
        base = run(model, rows, "k-means++" if start is None else start, rng=0, max_iterations=0).final
        name = _free(model, rows, component)
        edges = _edges(limits, model, rows, component)
        x, y = (validate.frozen(_middles(*edge, cells)) for edge, cells in zip(edges, _cells(grid), strict=True))
        starts = [_moved(base, name, component, across, up) for up in y for across in x]
        runs = run_from(model, rows, starts, len(starts), max_iterations, tolerance, progress)
    return Basins(x, y, edges, _axes(model, rows, component), base, component, runs)


def _free(model: Any, rows: Any, component: Any) -> str:
    """The name of the parameter whose start varies, or an error that says why there are not two free numbers."""
    name = parameter_of(model)
    if not name:
        raise TypeError(f"basins are known for KMeans, GaussianMixture, BinomialMixture and PoissonMixture, not for a "
                        f"{type(model).__name__}")
    if name in model.fixed:
        raise ValueError(f"model keeps its {name} fixed: every start would stay where it is")
    k, d = model.n_components, rows.width
    if d == 2:
        if component is None:
            raise ValueError(f"component is missing: points in the plane need the one whose start varies, 0 to {k - 1}")
        if validate.positive_integer(component, "component", least=0) >= k:
            raise ValueError(f"component={component} is too large: the model has components 0 to {k - 1}")
    elif component is not None:
        raise ValueError(f"component={component}: data with {d} feature{'s' * (d != 1)} leave it out; it is for points "
                         "in the plane")
    elif d != 1 or k != 2:
        raise ValueError(f"{k} component{'s' * (k != 1)} of {d} number{'s' * (d != 1)} each: a map shows two free "
                         "numbers, of two components on a line, or of one component in the plane")
    return name


def _moved(params: Any, name: str, component: int | None, x: float, y: float) -> Any:
    """The parameters with x and y as the places of both components, or of one in the plane."""
    places = getattr(params, name).copy()
    places[slice(None) if component is None else component] = np.reshape([x, y], places[component].shape)
    return replace(params, **{name: places})


def _edges(given: Any, model: Any, rows: Any, component: int | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """The limits of x and of y."""
    if given is None:
        low, high = rows.array.min(axis=0), rows.array.max(axis=0)
        margin = MARGIN * (high - low)
        low, high = low - margin, high + margin
        if isinstance(model, BinomialMixture):
            low, high = 0.0, 1.0
        elif isinstance(model, PoissonMixture):
            low = 0.0
    else:
        low, high = np.moveaxis(validate.numbers_in(given, "limits"), -1, 0)
    x, y = np.broadcast_to(np.column_stack([low, high]), (2, 2)).tolist()
    return tuple(x), tuple(y)


def _middles(low: float, high: float, cells: int) -> np.ndarray:
    """The middles of equal cells between two limits: float[cells]."""
    return low + (high - low) * (np.arange(cells) + 0.5) / cells


def _cells(grid: Any) -> tuple[int, int]:
    """How many cells along x and y."""
    both = grid if isinstance(grid, (Sequence, np.ndarray)) else (grid, grid)
    if len(both) != 2:
        raise ValueError(f"grid has {len(both)} numbers: give one, or one for x and one for y")
    across, up = (validate.positive_integer(cells, "grid") for cells in both)
    return across, up


def _axes(model: Any, rows: Any, component: int | None) -> tuple[str, str]:
    """What x and y are, in words."""
    if component is not None:
        return tuple(rows.feature_names) or ("x1", "x2")
    words = ("chance of heads, coin {}" if isinstance(model, BinomialMixture) else "rate {}"
             if isinstance(model, PoissonMixture) else "mean of Gaussian {}" if isinstance(model, GaussianMixture)
             else "center {}")
    return words.format(0), words.format(1)
