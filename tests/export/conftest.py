"""A small run that many exports show."""

import pytest

import emviz


@pytest.fixture(scope="session")
def trace() -> emviz.Trace:
    """Two coins, five states."""
    heads = [5, 9, 8, 4, 7]
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    return emviz.run(model, heads, model.start(heads, probabilities=[0.6, 0.5]), max_iterations=2)
