"""The loop: expectation–maximization, one half-step at a time.

EM looks for parameters θ that make the data x likely when part of the story, z, is hidden.
With any distribution q over z,

    log p(x | θ)  =  F(q, θ) + KL(q ‖ p(z | x, θ)),      F(q, θ) = E_q[log p(x, z | θ)] + H(q).

The E-step sets q to p(z | x, θ): F rises to log p(x | θ). The M-step moves θ to the top of F:
F rises again, and log p(x | θ) with it. Nothing ever falls.

Sources: Dempster, Laird & Rubin (1977), J. R. Stat. Soc. B 39, for the loop and for expected
sufficient statistics; Neal & Hinton (1998) for F. At a temperature T the same holds with
q ∝ p(x, z | θ)^(1/T) and F_T(q, θ) = E_q[log p(x, z | θ)] + T·H(q); T = 0 is hard assignment.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from emviz.validate import nonnegative, positive_integer

DEFAULT_TOLERANCE = 1e-4  # nats


@dataclass(frozen=True)
class Expectation:
    """What an E-step learns from the data.

    log_likelihood: max over q of F_T(q, θ), in nats (log p(x | θ) at T = 1).
    entropy: H(q), in nats.
    statistics: expected sufficient statistics under q, anything with `+`.

    Expectations add: `a + b` is the Expectation of the rows of both.
    """

    log_likelihood: float
    entropy: float
    statistics: Any

    def __add__(self, other: Expectation) -> Expectation:
        return Expectation(self.log_likelihood + other.log_likelihood, self.entropy + other.entropy,
                           self.statistics + other.statistics)


class Update(NamedTuple):
    """What an M-step gives: new parameters, and notes on anything unusual."""

    params: Any
    events: tuple[str, ...] = ()


class Collapse(ArithmeticError):
    """A component shrank on its points until its density became infinite: there is no maximum."""

    def __init__(self, component: int):
        super().__init__(f"component {component} collapsed")
        self.component = component


class LatentModel(Protocol):
    """A model with hidden variables: three functions are all that EM needs.

    The rest is optional. Subclasses inherit the defaults below; `em_steps` also takes a class
    that has only `prepare`, `expect`, `maximize` and `expected_log_joint`.
    """

    temperature: float = 1.0

    def prepare(self, data: Any) -> Any:
        """Check the rows and pack them once, so that blocks of them can be cut off."""
        ...

    def expect(self, params: Any, data: Any) -> Expectation:
        """The E-step: q ∝ p(x, z | θ)^(1/T), and what it expects."""
        ...

    def maximize(self, statistics: Any, params: Any) -> Update:
        """The M-step: argmax over θ of E_q[log p(x, z | θ)]; `params` serve what q says nothing of."""
        ...

    def expected_log_joint(self, statistics: Any, params: Any) -> float:
        """E_q[log p(x, z | θ)] in nats, from the statistics of q, at any θ."""
        ...

    def log_prior(self, params: Any) -> float:
        """log p(θ), which counts in every bound: 0 without a prior."""
        return 0.0

    def check_start(self, params: Any, data: Any) -> tuple[str, ...]:
        """Refuse data or a start that cannot be fitted; returns events worth a warning."""
        return ()


@dataclass(frozen=True)
class Step:
    """One state of a run.

    kind: "start", "E" or "M".  iteration: 0 for the start; an E and the M after it share a number.
    params: θ now.  q_params: the θ whose posterior is q; None at the start.
    log_likelihood: at `params`, in nats.  lower_bound: F(q, θ); NaN at the start.
    events: notes in plain language, such as "component 2 is empty".
    """

    kind: str
    iteration: int
    params: Any
    q_params: Any
    log_likelihood: float
    lower_bound: float
    events: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """log_likelihood − lower_bound: T·KL(q ‖ p(z | x, θ)), never negative but for rounding."""
        return self.log_likelihood - self.lower_bound


def em_steps(model: LatentModel, points: Any, params: Any) -> Iterator[Step]:
    """Yield the start, then E, M, E, M, … without end.

    One pass over the data serves an M-step's log-likelihood and the E-step after it.
    A Collapse is raised in place of an M-step whose covariance would be singular.
    """
    return steps_on(model, check_model(model).prepare(points), params)


def steps_on(model: LatentModel, data: Any, params: Any) -> Iterator[Step]:
    """The loop of `em_steps`, on data that `model.prepare` has packed."""
    events = _optional(model, "check_start", lambda *_: ())(params, data)
    for event in events:
        warnings.warn(f"start: {event}", stacklevel=2)

    log_prior = _optional(model, "log_prior", lambda _: 0.0)
    temperature = _optional(model, "temperature", 1.0)

    q = model.expect(params, data)
    log_likelihood = q.log_likelihood + log_prior(params)
    yield Step("start", 0, params, None, log_likelihood, math.nan, events)

    iteration = 0
    while True:
        iteration += 1
        q_params = params
        yield Step("E", iteration, params, q_params, log_likelihood, lower_bound=log_likelihood)

        params, events = model.maximize(q.statistics, params)
        lower_bound = model.expected_log_joint(q.statistics, params) + temperature * q.entropy + log_prior(params)
        q = model.expect(params, data)
        log_likelihood = q.log_likelihood + log_prior(params)
        yield Step("M", iteration, params, q_params, log_likelihood, lower_bound, events)


def check_model(model: Any) -> Any:
    """Refuse what is no model, such as the data in its place, or a class that was not called."""
    if isinstance(model, type):
        raise TypeError(f"model is the class {model.__name__}: call it first, for example emviz.KMeans(2)")
    if not hasattr(model, "expect"):
        raise TypeError(f"model is of type {type(model).__name__}: "
                        "pass a model such as emviz.KMeans(2) first, then the data")
    return model


class Stop(NamedTuple):
    """Why a run ended."""

    converged: bool
    reason: str


def until_converged(steps: Iterable[Step], max_iterations: int = 100,
                    tolerance: float | None = None) -> Generator[Step, None, Stop]:
    """Pass on `steps` until an M-step gains no more than `tolerance` nats; return why it ended.

    The gain is F(M_i) − F(M_{i−1}), i ≥ 2. None means 1e-4; 0 waits until the parameters repeat
    bit for bit. `max_iterations=0` passes on the start alone.
    """
    max_iterations = positive_integer(max_iterations, "max_iterations", least=0)
    tolerance = DEFAULT_TOLERANCE if tolerance is None else nonnegative(tolerance, "tolerance")
    before: Step | None = None
    try:
        for step in steps:
            yield step
            if step.kind == "M":
                if before is not None and _equal(step.params, before.params):
                    return Stop(True, f"the parameters repeat at iteration {step.iteration}")
                if before is not None and tolerance > 0 and step.lower_bound - before.lower_bound <= tolerance:
                    return Stop(True, f"iteration {step.iteration} gained no more than {tolerance:g} nats")
                before = step
            if step.kind != "E" and step.iteration >= max_iterations:
                break
    except Collapse as collapse:
        return Stop(False, str(collapse))
    return Stop(False, f"reached max_iterations={max_iterations}")


def _equal(one: Any, other: Any) -> bool:
    """Whether parameters are the same: numbers, arrays, or anything else that `==` compares."""
    same = one == other
    return bool(same.all() if hasattr(same, "all") else same)


def _optional(model: LatentModel, name: str, default: Any) -> Any:
    return getattr(model, name, default)
