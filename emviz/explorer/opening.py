"""From what people ask for, data by name or a control with its value, to a setup."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from emviz import datasets
from emviz.explorer.rows import PAINT, Rows, rows_of
from emviz.explorer.setup import MOST, STARTS, Setup, model_for, suited_models
from emviz.explorer.situations import SITUATIONS, Situation, situation
from emviz.params import Params
from emviz.validate import choice, positive_integer


def opened(data: Any, now: Setup | None, own: Rows | None, k: int | None = None) -> tuple[Setup, str, str]:
    """A setup for other data, the name of these in the list, and the question that comes with them."""
    if isinstance(data, str) and data in {one.name for one in SITUATIONS}:
        return _staged(situation(data))
    if isinstance(data, str) and data == PAINT:
        rows, name = Rows.painted(), PAINT
    elif isinstance(data, str) and data == "own" and own is not None:
        rows, name = own, "own"
    else:
        rows = rows_of(data)
        name = data if isinstance(data, str) and data in datasets.names() else "own"
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


def _staged(one: Situation) -> tuple[Setup, str, str]:
    name, arguments = one.data
    given = "".join(f", {argument}={value!r}" for argument, value in arguments.items())
    rows = Rows.of(one.make_data(), f'emviz.datasets.load("{name}"{given})')
    setup = Setup(rows, one.make_model())
    start = one.make_start(rows.source)
    return setup.with_start(start), one.name, one.question


def _groups(rows: Rows) -> int:
    labels = rows.source.labels
    return 3 if labels is None else int(min(MOST, len(np.unique(labels))))


def changed(setup: Setup, control: str, value: Any) -> Setup:
    """The setup with one control set."""
    changes: dict[str, Callable[[Any], Setup]] = {
        "model": setup.with_model, "k": setup.with_k, "covariance": setup.with_covariance,
        "temperature": setup.with_temperature, "seed": setup.with_seed,
        "start": lambda start: _started(setup, start),
    }
    return changes[choice(control, "control", ("data", *changes, "view"))](value)


def _started(setup: Setup, start: Any) -> Setup:
    if isinstance(start, Params):
        return setup.with_start(start)
    if isinstance(start, str):
        if start == "by hand":
            return setup.with_start(setup.start)
        return setup.with_method(choice(start, "start", STARTS))
    return setup.with_start(setup.model.start(setup.rows.dataset, start))
