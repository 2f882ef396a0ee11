"""Lines of Python that make a run again, exactly."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from emviz.explorer.setup import Setup


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
    given = ", ".join(f"{name}={array.tolist()}" for name, array in theta.arrays().items())
    return f"emviz.{type(theta).__name__}({given})"


def _call(model: Any) -> str:
    """The constructor of a model with what differs from its defaults."""
    given = [(field.name, getattr(model, field.name), field.default) for field in fields(model)]
    words = [f"{name}={value!r}" for name, value, default in given if default is MISSING or value != default]
    return f"emviz.{type(model).__name__}({', '.join(words)})"
