"""The bells under a control: they draw weight × density and responsibilities, and keep the laws of pictures."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

import emviz
from emviz.lessons import bells
from emviz.scenes import Scene

DISTANCE = np.arange(6, 31)
WEIGHT = np.arange(1, 10) / 10


@pytest.fixture(scope="module")
def humps() -> Scene:
    return bells(np.column_stack([170 - DISTANCE / 2, 170 + DISTANCE / 2]), (7, 7), label="height (cm)", first=14)


@pytest.fixture(scope="module")
def shared() -> Scene:
    return bells((64, 70), (2, 4), np.column_stack([WEIGHT, 1 - WEIGHT]), shares=True, label="height (inches)")


def test_the_sum_is_the_density_of_the_mixture(humps: Scene) -> None:
    for state in (0, 8, 24):
        humps.show(state)
        x, y = humps.movers["sum"].get_data()
        means = 170 - DISTANCE[state] / 2, 170 + DISTANCE[state] / 2
        assert y == pytest.approx(norm.pdf(x[:, None], means, 7).mean(axis=1))
        for bell, mean in zip(humps.movers["bells"].get_paths(), means):
            assert bell.vertices[:, 1] == pytest.approx(norm.pdf(bell.vertices[:, 0], mean, 7) / 2)


def test_two_equal_bells_part_beyond_two_sigma(humps: Scene) -> None:
    """Schilling, Watkins & Watkins 2002: two humps if the means are more than 2σ apart."""
    assert [len(humps.humps(state)) for state in range(len(humps))] == [2 if one > 14 else 1 for one in DISTANCE]
    humps.show(14)
    marks = np.asarray(humps.movers["humps"].get_offsets())
    assert marks[:, 0] == pytest.approx(humps.humps(14)) and len(marks) == 2
    assert humps.caption(14).startswith("2 humps: the sum (black) is highest at 160.4 and 179.6")


def test_the_borders_are_where_the_shares_are_equal(shared: Scene) -> None:
    for state, weight in enumerate(WEIGHT):
        def difference(x: float, weight: float = weight) -> float:
            return float(np.log(weight) + norm.logpdf(x, 64, 2) - np.log(1 - weight) - norm.logpdf(x, 70, 4))

        borders, owners = shared.borders(state)
        low, high = shared.panel.get_xlim()
        found = [brentq(difference, start, end) for start, end in ((40, 62), (62, 100)) if difference(62) > 0]
        assert borders == pytest.approx([one for one in found if low < one < high], abs=0.01)
        assert len(owners) == len(borders) + 1 and owners[-1] == 1


def test_the_bands_are_the_responsibilities(shared: Scene) -> None:
    shared.show(4)
    params = emviz.GaussianParams([0.5, 0.5], [[64.0], [70.0]], [[[4.0]], [[16.0]]])
    bands = [path.vertices for path in shared.movers["shares"].get_paths()]
    x = bands[0][:601, 0]
    gamma = emviz.responsibilities(emviz.GaussianMixture(2), params, x[:, None])
    for component, band in enumerate(bands):
        upper, lower = band[:601, 1], band[601:1202, 1][::-1]
        assert upper - lower == pytest.approx(gamma[:, component], abs=1e-9)
    assert shared.caption(4).startswith("2 borders: the largest share changes hands at 57.2 and 66.8")
    assert "0 is 64 ± 2 with weight 0.50, 1 is 70 ± 4 with weight 0.50" in shared.caption(4)


def test_a_saved_notebook_shows_the_chosen_state(humps: Scene, shared: Scene) -> None:
    assert (humps.still, shared.still, bells(0, 1, first=9).still) == (14, 0, 0)
    assert emviz.show(humps)._repr_mimebundle_()[1]["image/png"]["alt"] == humps.alt(14)


def test_pictures_with_the_same_limits_make_a_dial() -> None:
    pictures = [bells((64, 70), (2, sigma), (0.5, 0.5), shares=True, limits=(50, 90)) for sigma in (4, 2)]
    assert [one.panel.get_xlim() for one in pictures] == [(50, 90)] * 2
    assert len(emviz.Dial(pictures, "σ", ["4", "2"])) == 2


@pytest.mark.parametrize(("arguments", "message"), [
    (((0, 1), (1, 0)), "sigmas must be positive, not 0"),
    (((0, 1), (1, 1, 1)), r"means, sigmas and weights have shapes \(2,\), \(3,\), \(2,\)"),
    (((0, 1), (1, 1), (0.5, 0.6)), "weights"),
    (((0, "a"), (1, 1)), "means"),
    (([[0, 1]] * 2, [[1, 1]] * 3), "as many rows in each"),
])
def test_what_is_wrong_is_named(arguments: tuple, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        bells(*arguments)
