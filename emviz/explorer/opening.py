"""From what people ask for, data by name or a control with its value, to a setup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from emviz import datasets
from emviz.explorer.rows import PAINT, Rows, rows_of
from emviz.explorer.setup import ITERATIONS, MOST, Setup, model_for, suited_models
from emviz.explorer.situations import SITUATIONS, Situation, situation
from emviz.params import Params
from emviz.validate import choice, positive_integer

ORDER = ("model", "k", "covariance", "temperature", "seed", "start")  # in which controls are set together


def opened(data: Any, now: Setup | None, own: Rows | None, k: int | None = None) -> tuple[Setup, str, str]:
    """A setup for other data, the name of these in the list, and the question that comes with them."""
    if isinstance(data, str) and data in {one.name for one in SITUATIONS}:
        return _staged(situation(data), ITERATIONS if now is None else now.max_iterations)
    if isinstance(data, str) and data == PAINT:
        rows, name = Rows.painted(), PAINT
    elif isinstance(data, str) and data == "own" and own is not None:
        rows, name = own, "own"
    else:
        rows = rows_of(data)
        name = data if isinstance(data, str) and data in datasets.names() else "own"
    if now is not None and 0 < len(rows) < now.n_components:  # a k that was for other data refuses none
        now = replace(now, by_hand=None).with_k(len(rows))
    suited = suited_models(rows.source)
    kind = now.model_name if now is not None and now.model_name in suited else suited[0]
    if k is None:
        k = _groups(rows) if now is None else now.n_components
    k = positive_integer(k, "k")
    if now is not None and kind == now.model_name and kind != "coins":
        return replace(now, rows=rows, by_hand=None), name, ""
    made = Setup(rows, model_for(kind, k, rows.source))
    return (made if now is None else replace(made, method=now.method, seed=now.seed,
                                             max_iterations=now.max_iterations)), name, ""


def _staged(one: Situation, max_iterations: int) -> tuple[Setup, str, str]:
    name, arguments = one.data
    given = "".join(f", {argument}={value!r}" for argument, value in arguments.items())
    rows = Rows.of(one.make_data(), f'emviz.datasets.load("{name}"{given})')
    setup = Setup(rows, one.make_model(), max_iterations=max_iterations)
    if isinstance(one.start, str):
        return replace(setup, method=one.start, seed=one.seed), one.name, one.question
    return setup.with_start(one.make_start(rows.source)), one.name, one.question


def _groups(rows: Rows) -> int:
    labels = rows.source.labels
    groups = min(3, max(1, len(rows) - 1)) if labels is None else min(MOST, len(np.unique(labels)))
    return groups if rows.code else 3


def changed(setup: Setup, controls: Mapping[str, Any]) -> Setup:
    """The setup with these controls set, whatever their order: what the others rest on comes first.

    A start by hand says how many components there are, unless `k` does.
    """
    for control in controls:
        choice(control, "control", ("data", *ORDER, "view"))
    size = _size(controls.get("start"))
    if size is not None and "k" not in controls:
        controls = {**controls, "k": size}
    for control in ORDER:
        if control in controls:
            setup = _changed(setup, control, controls[control])
    return setup


def _changed(setup: Setup, control: str, value: Any) -> Setup:
    changes: dict[str, Callable[[Any], Setup]] = {
        "model": setup.with_model, "k": setup.with_k, "covariance": setup.with_covariance,
        "temperature": setup.with_temperature, "seed": setup.with_seed,
        "start": lambda start: _started(setup, start),
    }
    return changes[control](value)


def _size(start: Any) -> int | None:
    """How many components a start by hand has; None for one that is drawn."""
    if isinstance(start, Params):
        return len(next(iter(start.arrays().values())))
    return len(start) if isinstance(start, Sequence | np.ndarray) and not isinstance(start, str) else None


def _started(setup: Setup, start: Any) -> Setup:
    if isinstance(start, Params):
        return setup.with_start(start)
    if isinstance(start, str):
        if start == "by hand":
            return setup.with_start(setup.start)
        return setup.with_method(start)
    return setup.with_start(setup.model.start(setup.rows.dataset, start))
