"""Lines of Python that make a run again, exactly."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from emviz.explorer.setup import Setup
from emviz.models import GaussianPrior


def as_code(setup: Setup) -> str:
    """A script that ends with the same trace, bit for bit, and its player."""
    lines = [
        *setup.rows.lines(),
        f"model = {_call(setup.model)}",
        f"start = {_start(setup)}",
        f"trace = emviz.run(model, data, start, max_iterations={setup.max_iterations})",
        "emviz.show(trace)",
    ]
    text = "\n".join(lines)
    standard = ["import dataclasses", ""] if "dataclasses." in text else []
    arrays = ["import numpy as np", ""] if "np." in text else []
    return "\n".join([*standard, *arrays, "import emviz", "", text, ""])


def _start(setup: Setup) -> str:
    theta = setup.by_hand
    if theta is None:
        return f'model.start(data, "{setup.method}", rng={setup.seed})'
    return _built(theta, theta.arrays())


def _call(model: Any) -> str:
    """The constructor of a model with what differs from its defaults."""
    given = [(field.name, getattr(model, field.name), field.default) for field in fields(model)]
    words = [f"{name}={_prior(value) if isinstance(value, GaussianPrior) else repr(value)}"
             for name, value, default in given if default is MISSING or value != default]
    return f"emviz.{type(model).__name__}({', '.join(words)})"


def _prior(prior: GaussianPrior) -> str:
    return _built(prior, {name: array for name, array in prior.arrays().items() if array.any()})  # 0: it was left out


def _built(made: Any, arrays: dict[str, np.ndarray]) -> str:
    """A call that makes something of arrays."""
    given = ", ".join(f"{name}={array.tolist()}" for name, array in arrays.items())
    return f"emviz.{type(made).__name__}({given})"
