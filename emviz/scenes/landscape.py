"""The objective over two parameters of a mixture of two, and the lower bounds that touch it from below."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from emviz.ascent import parameter_of
from emviz.trace import Trace

_BLOCK = 1 << 22  # numbers in the largest array


class Landscape:
    """What EM climbs, over the two numbers that place its two components: all else is as it is in a state.

    name: of the parameter.  places: float[s, 2], where each state of the trace is.
    axis: float[g], the grid, the same in both directions.
    held: what else EM is free to move, so that the landscape is a slice that changes with every M.
    """

    def __init__(self, trace: Trace, axis: np.ndarray):
        self._trace, self.axis = trace, axis
        self._rows = trace.model.prepare(trace.data)
        self.name = parameter_of(trace.model)
        self.places = places_of(trace)
        others = [field.name for field in fields(trace[0].params) if field.name != self.name]
        flips = np.broadcast_to(getattr(trace.model, "n_trials", 0), len(trace.data))
        _, self._distinct, self._times = np.unique(np.column_stack([np.ravel(trace.data), flips]), axis=0,
                                                   return_index=True, return_counts=True)
        self.held = tuple(name for name in others if name not in trace.model.fixed)
        self._heights_of = lru_cache(maxsize=64)(self._heights_at)
        self.bound = lru_cache(maxsize=64)(self._bound)

    def heights(self, index: int) -> np.ndarray:
        """The objective with all but the two places as in a state: float[g, g], the first place to the right.

        At T = 1 it is log p(x | θ); at other temperatures what any q can reach, Σ_i T log Σ_k p(x_i, k | θ)^(1/T).
        """
        return self._heights_of(index - (self._trace[index].kind == "E"))  # an E leaves the parameters as they are

    def _heights_at(self, index: int) -> np.ndarray:
        model, params = self._trace.model, self._trace[index].params
        tables = np.stack([model.log_joint(self._at(params, place, place), self._rows)[:, self._distinct]
                           for place in self.axis])
        total = np.full((len(self.axis), len(self.axis)), model.log_prior(params))
        length = max(1, _BLOCK // len(self.axis)**2)
        for first in range(0, len(self._distinct), length):
            block = slice(first, first + length)
            total += _best(tables[None, :, 0, block], tables[:, None, 1, block], model.temperature) @ self._times[block]
        return total

    def _bound(self, index: int) -> np.ndarray:
        """F(q, θ) for the q of a state, over the same places: float[g, g].

        With q given the components part: F is a function of one place plus a function of the other.
        """
        state, model = self._trace[index], self._trace.model
        q = model.expect(state.q_params, self._rows)
        here = self.places[index]

        def value(across: float, up: float) -> float:
            return model.expected_log_joint(q.statistics, self._at(state.params, across, up))

        along = np.array([value(place, here[1]) for place in self.axis])
        upward = np.array([value(here[0], place) for place in self.axis])
        return (along + upward[:, None] - value(*here) + model.temperature * q.entropy
                + model.log_prior(state.params))

    def _at(self, params: Any, across: float, up: float) -> Any:
        """The parameters with the components at these places."""
        shape = getattr(params, self.name).shape
        return replace(params, **{self.name: np.reshape([across, up], shape)})


def places_of(trace: Trace) -> np.ndarray:
    """Where the components are in every state: float[s, k]."""
    return np.stack([np.ravel(getattr(step.params, parameter_of(trace.model))) for step in trace])


def _best(a: np.ndarray, b: np.ndarray, temperature: float) -> np.ndarray:
    """T log(e^(a/T) + e^(b/T)); the larger at T = 0."""
    if temperature == 0:
        return np.maximum(a, b)
    return temperature * np.logaddexp(a / temperature, b / temperature)
