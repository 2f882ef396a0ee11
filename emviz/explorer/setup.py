"""What decides a run: rows, a model, a start. All that the explorer changes, as one value."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from emviz import validate
from emviz.ascent import parameter_of
from emviz.datasets import Dataset
from emviz.explorer.rows import Rows, place_of
from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture
from emviz.models.covariances import STRUCTURES
from emviz.params import Params
from emviz.starts import METHODS
from emviz.trace import Trace, run

MODELS: dict[str, Any] = {
    "kmeans": KMeans, "gaussian": GaussianMixture, "coins": BinomialMixture, "poisson": PoissonMixture,
}
MOST = 8  # components, as many as there are colors
ITERATIONS = 40
_LEAST = 1e-3  # of the spread of the data: the shortest axis of an ellipse that a hand makes


@dataclass(frozen=True, eq=False)
class Setup:
    """Rows, a model and a start.

    method: how the start is drawn, one of `emviz.starts.METHODS`.  seed: of the drawing.
    by_hand: the start itself, where a hand has made it; then the method waits.
    """

    rows: Rows
    model: Any
    method: str = "k-means++"
    seed: int = 0
    by_hand: Params | None = None
    max_iterations: int = ITERATIONS

    @property
    def model_name(self) -> str:
        return next(name for name, kind in MODELS.items() if isinstance(self.model, kind))

    @property
    def n_components(self) -> int:
        return int(self.model.n_components)

    @cached_property
    def start(self) -> Any:
        """The parameters that the run begins with; ValueError where the rows allow none."""
        if self.by_hand is not None:
            return self.by_hand
        return self.model.start(self.rows.dataset, self.method, rng=self.seed)

    @property
    def places(self) -> np.ndarray:
        """Where the components start: float[k, d], or float[k] for coins and rates."""
        return np.asarray(getattr(self.start, parameter_of(self.model)))

    def trace(self) -> Trace:
        """The run. What a start warns of stands in its events."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return run(self.model, self.rows.dataset, self.start, max_iterations=self.max_iterations)

    # Controls.

    def with_model(self, name: str) -> Setup:
        """Another model with as many components; centers that a hand placed stay."""
        if name == self.model_name:
            return self
        if name == "coins" and self.rows.source.n_trials is None:
            raise ValueError("model='coins' needs the flips of each set: start with "
                             "emviz.explore(heads, model=emviz.BinomialMixture(k, n_trials))")
        validate.choice(name, "model", suited_models(self.rows.source))
        made = replace(self, model=model_for(name, self.n_components, self.rows.source), by_hand=None)
        if self.by_hand is None or {name, self.model_name} != {"kmeans", "gaussian"}:
            return made
        return replace(made, by_hand=made._started(self.places))

    def with_k(self, k: int) -> Setup:
        """More or fewer components; of a start by hand the last ones go, and new ones come where the data are far."""
        k = validate.positive_integer(k, "k")
        if k > MOST:
            raise ValueError(f"k is {k}: the explorer has colors for {MOST} components")
        if self.by_hand is None:
            return replace(self, model=_resized(self.model, k))
        setup = self
        while setup.n_components > k:
            setup = setup.without_center(setup.n_components - 1)
        while setup.n_components < k:
            setup = setup.placed(setup._farthest())
        return setup

    def with_covariance(self, structure: str) -> Setup:
        """Another covariance structure; ellipses that a hand made are projected on it."""
        validate.choice(structure, "covariance", STRUCTURES)
        if not isinstance(self.model, GaussianMixture):
            raise ValueError(f"covariance is {structure!r}, and a {type(self.model).__name__} has none: "
                             'choose the model "gaussian"')
        made = replace(self, model=replace(self.model, covariance_type=structure))
        return made if self.by_hand is None else made._remade()

    def with_temperature(self, temperature: float) -> Setup:
        return replace(self, model=replace(self.model, temperature=validate.nonnegative(temperature, "temperature")))

    def with_method(self, method: str) -> Setup:
        """A start that is drawn."""
        return replace(self, method=validate.choice(method, "start", METHODS), by_hand=None)

    def with_seed(self, seed: int) -> Setup:
        return replace(self, seed=validate.positive_integer(seed, "seed", least=0), by_hand=None)

    def with_rows(self, rows: Rows) -> Setup:
        """Rows that a hand changed: the start stays where it is, so that only the data make the difference."""
        try:
            start = self.start
        except ValueError:  # too few rows so far
            return replace(self, rows=rows)
        return replace(self, rows=rows, by_hand=start)

    # The start by hand.

    def with_start(self, start: Params) -> Setup:
        """A start as given."""
        self.model.check_params(start, "start")
        return replace(self, by_hand=start)

    def moved(self, component: int, place: Any) -> Setup:
        """One component elsewhere: place float[d], or one number for coins and rates."""
        places = np.array(self.places)
        places[self._checked(component)] = place_of(place, places.shape[1:])
        return replace(self, by_hand=self._with_places(places))

    def placed(self, place: Any) -> Setup:
        """One component more."""
        k = self.n_components
        if k >= MOST:
            raise ValueError(f"there are {k} components, as many as there are colors: remove one first")
        grown = replace(self, model=_resized(self.model, k + 1), by_hand=None)
        places = np.append(self.places, [place_of(place, self.places.shape[1:])], axis=0)
        if isinstance(self.model, KMeans):
            return replace(grown, by_hand=grown._started(places))
        start = self.start
        weights = np.append(start.weights * k, 1) / (k + 1)
        return replace(grown, by_hand=grown._started(places, weights, self._one_more_shape(start)))

    def without_center(self, component: int) -> Setup:
        """One component fewer."""
        k, gone = self.n_components, self._checked(component)
        if k == 1:
            raise ValueError("this is the only component left: a run needs one")
        start = self.start
        left = {name: np.delete(array, gone, axis=0) for name, array in start.arrays().items()}
        if "weights" in left:
            total = left["weights"].sum()
            left["weights"] = left["weights"] / total if total > 0 else np.full(k - 1, 1 / (k - 1))
        return replace(self, model=_resized(self.model, k - 1), by_hand=type(start)(**left))

    def weighted(self, component: int, weight: float) -> Setup:
        """One component with another weight, 0 to 1; the others share the rest as before."""
        start, j = self.start, self._checked(component)
        if not hasattr(start, "weights"):
            raise ValueError("weight: k-means has no weights; choose a mixture")
        weight = validate.nonnegative(weight, "weight")
        if weight > 1 or (self.n_components == 1 and weight != 1):
            raise ValueError(f"weight is {weight:g}: weights are shares, they sum to 1")
        others = np.delete(start.weights, j)
        rest = others / others.sum() if others.sum() > 0 else np.full(len(others), 1 / max(1, len(others)))
        return replace(self, by_hand=replace(start, weights=np.insert((1 - weight) * rest, j, weight)))

    def stretched(self, component: int, axis: int, tip: np.ndarray) -> Setup:
        """One Gaussian in the plane with the tip of an axis (0 the long one) elsewhere, at one standard deviation.

        tip: float[2], from the mean. The other axis keeps its length, and stays at a right angle.
        """
        deviations, directions = self.axes(component)
        structure, direction, length = self.model.covariance_type, directions[:, axis], float(np.hypot(*tip))
        if structure == "diag":  # it cannot turn
            length = abs(float(tip @ direction))
        elif structure in ("full", "tied") and length > 0:
            direction = tip / length
        length = self._long_enough(length)
        deviations = np.where((np.arange(2) == axis) | (structure == "spherical"), length, deviations)
        across = np.array([-direction[1], direction[0]])
        turned = np.column_stack([direction, across] if axis == 0 else [across, direction])
        return self._shaped(component, (turned * deviations**2) @ turned.T)

    def spread(self, component: int, long: float, short: float, degrees: float) -> Setup:
        """One Gaussian in the plane with these standard deviations, and this angle of the long one."""
        self._start_with_ellipses()
        deviations = [self._long_enough(validate.nonnegative(value, "spread")) for value in (long, short)]
        angle = np.radians(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return self._shaped(component, (turn * np.square(deviations)) @ turn.T)

    def axes(self, component: int) -> tuple[np.ndarray, np.ndarray]:
        """Of a Gaussian in the plane, the standard deviations along its axes, float[2], and the axes, the columns of
        float[2, 2]; the long one first, pointing to the right."""
        start = self._start_with_ellipses()
        values, vectors = np.linalg.eigh(start.covariances[self._checked(component)])
        long, short = vectors[:, 1], vectors[:, 0]
        long = -long if long[0] < -1e-12 or (abs(long[0]) <= 1e-12 and long[1] < 0) else long
        short = short if long[0] * short[1] - long[1] * short[0] > 0 else -short  # counterclockwise from the long one
        return np.sqrt(values[::-1]), np.column_stack([long, short])

    def spread_of(self, component: int) -> tuple[float, float, float]:
        """The standard deviations of a Gaussian in the plane along its axes, and the angle of the long one."""
        (long, short), axes = self.axes(component)
        return float(long), float(short), float(np.degrees(np.arctan2(axes[1, 0], axes[0, 0])))

    def _shaped(self, component: int, covariance: np.ndarray) -> Setup:
        start: Any = self.start
        covariances = np.array(start.covariances)
        tied = self.model.covariance_type == "tied"
        covariances[slice(None) if tied else self._checked(component)] = (covariance + covariance.T) / 2
        return replace(self, by_hand=self._started(start.means, start.weights, covariances))

    def _start_with_ellipses(self) -> Any:
        start = self.start
        if not hasattr(start, "covariances") or start.means.shape[1] != 2:
            raise ValueError("there is no ellipse: choose the model \"gaussian\" and data with two features")
        return start

    def _long_enough(self, deviation: float) -> float:
        return max(deviation, _LEAST * float(np.std(self.rows.values, axis=0).max()))

    def _with_places(self, places: np.ndarray) -> Params:
        start: Any = self.start
        return replace(start, **{parameter_of(self.model): _inside(self.model_name, places)})

    def _started(self, places: np.ndarray, weights: Any = None, covariances: Any = None) -> Params:
        """A start of this model with these places, the rest by default where it is None."""
        given = {} if weights is None else {"weights": weights}
        if covariances is not None:
            given["covariances"] = covariances
        return self.model.start(self.rows.dataset, _inside(self.model_name, places), **given)

    def _remade(self) -> Setup:
        start: Any = self.start
        return replace(self, by_hand=self._started(start.means, start.weights, start.covariances))

    def _one_more_shape(self, start: Any) -> Any:
        """The covariances and that of a new component, the mean of them."""
        if not hasattr(start, "covariances"):
            return None
        return np.append(start.covariances, start.covariances.mean(axis=0, keepdims=True), axis=0)

    def _farthest(self) -> np.ndarray:
        """The row that is farthest from every center, as a place."""
        values = self.rows.values / np.array(self.model.n_trials) if self.model_name == "coins" else self.rows.values
        rows, places = (np.reshape(x, (len(x), -1)).astype(float) for x in (values, self.places))
        far = np.linalg.norm(rows[:, None] - places, axis=2).min(axis=1).argmax()
        return rows[far] if self.places.ndim == 2 else rows[far, 0]

    def _checked(self, component: Any) -> int:
        component = validate.positive_integer(component, "component", least=0)
        if component >= self.n_components:
            raise ValueError(f"component is {component}: there are the components 0 to {self.n_components - 1}")
        return component


def suited_models(data: Dataset) -> tuple[str, ...]:
    """The names of the models that these data are for."""
    if data.n_trials is not None:
        return ("coins",)
    values = data.data
    whole = values.dtype.kind in "iu" and values.size == len(values) and (values >= 0).all()
    return ("kmeans", "gaussian", "poisson") if whole else ("kmeans", "gaussian")


def model_for(name: str, k: int, data: Dataset) -> Any:
    """A model with k components for these data."""
    return BinomialMixture(k, data.n_trials) if name == "coins" else MODELS[name](k)


def _resized(model: Any, k: int) -> Any:
    return replace(model, **{type(model).size_name: k})


def _inside(model_name: str, places: np.ndarray) -> np.ndarray:
    """Places that are possible: chances strictly between 0 and 1, rates above 0."""
    if model_name == "coins":
        return np.clip(places, 0.001, 0.999)
    return np.maximum(places, 1e-3) if model_name == "poisson" else places
