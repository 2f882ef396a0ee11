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
from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture
from emviz.restart import Optimum, Restarts, run_from
from emviz.trace import Trace, run

MARGIN = 0.05  # of the range of the data, on either side
CELLS, CELLS_OF_SLOW = 32, 16  # along x and y, for about a second of work

# What places a component, and the least and the most that it can be.
_KINDS = {
    BinomialMixture: ("chance of heads, coin {}", 0.0, 1.0),
    PoissonMixture: ("rate {}", 0.0, np.inf),
    KMeans: ("center {}", -np.inf, np.inf),
    GaussianMixture: ("mean of Gaussian {}", -np.inf, np.inf),
}


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
        return f"<Basins of {self.model!r}: {len(self.x)} x {len(self.y)} starts>"

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


def basins(model: Any, data: Any, start: Any = None, *, component: int | None = None,
           grid: int | Sequence[int] | None = None, limits: Any = None, max_iterations: int = 100,
           tolerance: float | None = None, progress: bool | None = None) -> Basins:
    """Run EM from every place of a grid of starts.

    Two components of one number each (two coins, two rates, two centers or Gaussians on a line): x is where
    component 0 starts, y where component 1 does. Points in the plane: `component` is the one whose start varies, the
    others stay where `start` has them.

    start: parameters, or what `model.start` takes: where all else begins. None is k-means++ with seed 0.
    grid: cells along x and y, one number or two. None is 32, or 16 for a GaussianMixture, whose runs take longest.
    limits: (low, high) for both, or ((low, high), (low, high)). None is what the data span and 5 % more on either
    side, for rates from 0, for coins 0 to 1.
    max_iterations, tolerance: of each run, as in `emviz.run`.
    progress: None shows a bar for work of more than a few seconds, True at once, False never.

    Ctrl-C keeps the cells tried so far, and the result says that it was `interrupted`.
    Raises ValueError or TypeError that names the argument.
    """
    rows = check_model(model).prepare(data)
    name = _free(model, rows, component)
    edges = _edges(limits, model, rows)
    x, y = (validate.frozen(_middles(*edge, cells)) for edge, cells in zip(edges, _cells(grid, model), strict=True))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*identical")  # on the diagonal: the map shows what becomes of them
        base = run(model, rows, "k-means++" if start is None else start, rng=0, max_iterations=0).final
        starts = (_moved(base, name, component, across, up) for up in y for across in x)
        runs = run_from(model, rows, starts, len(x) * len(y), max_iterations, tolerance, progress)
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


def _kind(model: Any) -> tuple[str, float, float]:
    """What places a component of the model, in words, and the least and the most that it can be."""
    return next(kind for model_class, kind in _KINDS.items() if isinstance(model, model_class))


def _moved(params: Any, name: str, component: int | None, x: float, y: float) -> Any:
    """The parameters with x and y as the places of both components, or of one in the plane."""
    places = getattr(params, name).copy()
    (places if component is None else places[component]).flat = x, y
    return replace(params, **{name: places})


def _edges(given: Any, model: Any, rows: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """The limits of x and of y."""
    _, least, most = _kind(model)
    if given is None:
        low, high = rows.array.min(axis=0), rows.array.max(axis=0)
        around = np.column_stack([low - MARGIN * (high - low), high + MARGIN * (high - low)])
        pairs = np.where(np.isfinite([least, most]), [least, most], around)
    else:
        pairs = validate.numbers_in(given, "limits")
        if pairs.shape not in ((2,), (2, 2)):
            raise ValueError(f"limits has shape {pairs.shape}: give (low, high), or one such pair for x and one for y")
        if not (pairs[..., 0] < pairs[..., 1]).all():
            raise ValueError(f"limits={given}: the low end comes first, and the high end is above it")
        if pairs.min() < least or pairs.max() > most:
            raise ValueError(f"limits={given}: {parameter_of(model)} lie between {least:g} and {most:g}")
    x, y = np.broadcast_to(pairs, (2, 2)).tolist()
    return tuple(x), tuple(y)


def _middles(low: float, high: float, cells: int) -> np.ndarray:
    """The middles of equal cells between two limits: float[cells]."""
    return low + (high - low) * (np.arange(cells) + 0.5) / cells


def _cells(grid: Any, model: Any) -> tuple[int, int]:
    """How many cells along x and y."""
    if grid is None:
        grid = CELLS_OF_SLOW if isinstance(model, GaussianMixture) else CELLS
    both = grid if isinstance(grid, (Sequence, np.ndarray)) else (grid, grid)
    if len(both) != 2:
        raise ValueError(f"grid has {len(both)} numbers: give one, or one for x and one for y")
    across, up = (validate.positive_integer(cells, "grid") for cells in both)
    return across, up


def _axes(model: Any, rows: Any, component: int | None) -> tuple[str, str]:
    """What x and y are, in words."""
    if component is not None:
        return tuple(rows.feature_names) or ("x1", "x2")
    words, _, _ = _kind(model)
    return words.format(0), words.format(1)
