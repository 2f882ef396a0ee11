"""Plain gradient ascent on what EM climbs, over the numbers that place the components: for comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture
from emviz.trace import Trace
from emviz.validate import frozen

_PLACES = {BinomialMixture: "probabilities", PoissonMixture: "rates", KMeans: "means", GaussianMixture: "means"}
_INSIDE = 1e-6  # from a border: on it, data would be impossible, and q would not see the slope
_FAR = 1e6      # ranges of the data: nothing goes farther, so nothing overflows


@dataclass(frozen=True, eq=False)
class Ascent:
    """A way uphill, with a step for each iteration of an EM run.

    rate: the step is this times the gradient.
    places: float[m + 1, ...], chances float[k], rates float[k] or means float[k, d], first the start.
    objectives: float[m + 1], log p(x | θ) there, or the best bound where T is not 1.
    cut: bool[m + 1], whether the step to a place was cut back to the border.
    """

    rate: float
    places: np.ndarray
    objectives: np.ndarray
    cut: np.ndarray


def parameter_of(model: Any) -> str:
    """The name of the parameter that places the components; "" for a model that has none."""
    return next((name for kind, name in _PLACES.items() if isinstance(model, kind)), "")


def gradient(model: Any, params: Any, data: Any) -> np.ndarray:
    """∂ log p(x | θ) / ∂ places, in nats for a unit: of the shape of the chances, rates or means.

    Fisher's identity: it is E_q[∂ log p(x, z | θ)] with the posterior of θ as q (Dempster, Laird & Rubin 1977,
    section 3). At other T > 0 the same holds for the best bound, with the q of that temperature. An M-step goes
    the same way, stretched: by p(1 − p) / flips, λ / N or Σ / N (Xu & Jordan 1996, Neural Computation 8).

    Raises TypeError for another model, ValueError at T = 0 and on the border, where there is no slope.
    """
    name, rows = _checked(model), model.prepare(data)
    low, high = _domain(model, rows)
    places = getattr(params, name)
    if ((places < low) | (places > high)).any():
        raise ValueError(f"params: {name} on the border, or far away, have no slope: move them inside")
    return _slope(model, params, model.expect(params, rows).statistics)


def ascend(trace: Trace, rate: float | None = None) -> Ascent:
    """From the start of an EM run as many steps uphill as the run has iterations.

    Only the places move; all else (weights, covariances) is at each step what it is in EM's run. A step out of
    the domain (a chance outside 0 … 1, a rate below 0) is cut back to just inside its border.
    rate: None is one whose first step is as long as EM's.
    Raises TypeError for a model without places, ValueError at T = 0.
    """
    model, name = trace.model, _checked(trace.model)
    rows = model.prepare(trace.data)
    low, high = _domain(model, rows)
    run = [state.params for state in trace if state.kind != "E"]
    place = np.clip(getattr(run[0], name), low, high)
    places, objectives, cut = [place], [], [False]
    for held in run:
        params = replace(held, **{name: place})
        q = model.expect(params, rows)
        objectives.append(q.log_likelihood + model.log_prior(params))
        slope = _slope(model, params, q.statistics)
        if rate is None:
            rate = _as_long(slope, getattr(run[min(1, len(run) - 1)], name) - place)
        with np.errstate(over="ignore"):
            aim = place + rate * slope
        place = np.clip(aim, low, high)
        places.append(place)
        cut.append(bool((place != aim).any()))
    assert rate is not None
    return Ascent(rate, frozen(np.stack(places[:-1])), frozen(np.array(objectives)), frozen(np.array(cut[:-1])))


def _checked(model: Any) -> str:
    """The name of the parameter of places, or an error that says why there is no gradient."""
    name = parameter_of(model)
    if not name:
        raise TypeError(f"a {type(model).__name__} has no places to move: there is a gradient for "
                        f"{', '.join(kind.__name__ for kind in _PLACES)}")
    if model.temperature == 0:
        raise ValueError("at temperature 0 the objective has kinks, where a gradient has no value: give the model "
                         "a temperature above 0 (for KMeans the variance in a cluster is a good one)")
    return name


def _slope(model: Any, params: Any, q: Any) -> np.ndarray:
    """E_q[∂ log p(x, z | θ)], from the statistics of q."""
    if isinstance(model, BinomialMixture):
        return q.heads / params.probabilities - q.tails / (1 - params.probabilities)
    if isinstance(model, PoissonMixture):
        return q.totals / params.rates - q.counts
    apart = q.counts[:, None] * (q.means - (params.means - q.origin))
    if isinstance(model, KMeans):
        return apart
    return np.linalg.solve(params.covariances, apart[..., None])[..., 0]


def _domain(model: Any, rows: Any) -> tuple[Any, Any]:
    """The least and the largest place, feature by feature."""
    if isinstance(model, BinomialMixture):
        return _INSIDE, 1 - _INSIDE
    least, most = rows.array.min(axis=0), rows.array.max(axis=0)
    reach = _FAR * np.maximum(most - least, _INSIDE)
    return _INSIDE if isinstance(model, PoissonMixture) else least - reach, most + reach


def _as_long(slope: np.ndarray, step: np.ndarray) -> float:
    """The rate that makes a step up the slope as long as another one; 0 where it is flat."""
    length = float(np.linalg.norm(slope))
    return float(np.linalg.norm(step)) / length if length > 0 else 0.0
