"""Rows, a model and a start as one value, and what a hand changes of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import emviz
from emviz.explorer.rows import rows_of
from emviz.explorer.setup import MODELS, MOST, Setup, model_for, suited_models

DATA = {"kmeans": "blobs", "gaussian": "blobs", "coins": "coin_flips", "poisson": "times_deaths"}


def setup_of(name: str, k: int = 3, **more) -> Setup:
    rows = rows_of(more.pop("data", DATA[name]))
    return Setup(rows, model_for(name, k, rows.source), **more)


@pytest.fixture(params=MODELS)
def setup(request) -> Setup:
    return setup_of(request.param)


def gaussian(structure: str = "full", k: int = 3) -> Setup:
    return setup_of("gaussian", k).with_covariance(structure)


def test_models_that_suit_data():
    for name, models in (("blobs", ("kmeans", "gaussian")), ("coin_flips", ("coins",)),
                         ("times_deaths", ("kmeans", "gaussian", "poisson"))):
        assert suited_models(emviz.datasets.load(name)) == models


def test_a_start_that_is_drawn_is_that_of_the_model(setup):
    theirs = setup.model.start(setup.rows.dataset, "k-means++", rng=0)
    assert setup.start == theirs
    assert setup.with_seed(5).start == setup.model.start(setup.rows.dataset, "k-means++", rng=5)
    assert setup.with_method("random").start == setup.model.start(setup.rows.dataset, "random", rng=0)


def test_the_trace_is_that_of_run(setup):
    theirs = emviz.run(setup.model, setup.rows.dataset, setup.start, max_iterations=40)
    ours = setup.trace()
    assert len(ours) == len(theirs)
    assert all(mine.params == other.params for mine, other in zip(ours, theirs, strict=True))


def test_one_component_moves_and_the_others_stay(setup):
    place = setup.places[1] * 0.9
    moved = setup.moved(1, place)
    assert np.array_equal(moved.places[1], place)
    assert np.array_equal(np.delete(moved.places, 1, axis=0), np.delete(setup.places, 1, axis=0))
    assert moved.trace()[0].params == moved.by_hand


def test_a_place_more_and_one_fewer(setup):
    grown = setup.placed(setup.places[0] * 0.8)
    assert grown.n_components == 4
    assert np.array_equal(grown.places, np.append(setup.places, [setup.places[0] * 0.8], axis=0))
    grown.trace()
    back = grown.without_center(3)
    assert np.allclose(back.places, setup.places, rtol=0, atol=1e-15)
    if hasattr(back.start, "weights"):
        assert np.allclose(back.start.weights, setup.start.weights, rtol=0, atol=1e-15)
    back.trace()


def test_k_of_a_start_by_hand_grows_where_the_data_are_far(setup):
    by_hand = setup.with_start(setup.start)
    grown = by_hand.with_k(5)
    assert grown.n_components == 5
    assert np.array_equal(grown.places[:3], by_hand.places)
    assert np.array_equal(grown.with_k(3).places, by_hand.places)
    grown.trace()


def test_the_farthest_row_by_brute_force():
    setup = setup_of("kmeans").with_start(emviz.KMeansParams([[0, 0], [1, 1], [2, 2]]))
    rows = setup.rows.values
    distances = [min(np.linalg.norm(row - center) for center in setup.places) for row in rows]
    assert np.array_equal(setup.with_k(4).places[3], rows[int(np.argmax(distances))])


def test_k_of_a_drawn_start_is_drawn_anew(setup):
    assert setup.with_k(2).by_hand is None
    assert setup.with_k(2).start == setup.with_k(2).model.start(setup.rows.dataset, "k-means++", rng=0)


def test_centers_stay_from_k_means_to_a_mixture_and_back():
    placed = setup_of("kmeans").moved(0, [1.0, 2.0])
    mixture = placed.with_model("gaussian")
    assert np.array_equal(mixture.places, placed.places)
    assert np.array_equal(mixture.with_model("kmeans").places, placed.places)
    assert setup_of("kmeans").with_model("gaussian").by_hand is None


def test_a_weight_takes_from_the_others_in_proportion():
    drawn = gaussian().start
    setup = gaussian().with_start(emviz.GaussianParams([0.5, 0.3, 0.2], drawn.means, drawn.covariances))
    assert np.allclose(setup.weighted(0, 0.8).start.weights, [0.8, 0.12, 0.08])
    assert np.allclose(setup.weighted(2, 1.0).weighted(2, 0.5).start.weights, [0.25, 0.25, 0.5])


def test_a_hand_on_a_weight_moves_the_border_away():
    """With equal covariances, more weight wins points: misconception 5 of the teaching notes."""
    means = [[-2.0, 0.0], [2.0, 0.0]]
    setup = Setup(rows_of("moons"), emviz.GaussianMixture(2)).with_start(
        emviz.GaussianParams([0.5, 0.5], means, [np.eye(2)] * 2))
    middle = [[0.0, 0.0]]
    for weight in (0.1, 0.5, 0.9):
        shares = emviz.responsibilities(setup.model, setup.weighted(0, weight).start, middle)
        assert shares[0, 0] == pytest.approx(weight)


@pytest.mark.parametrize("axis", [0, 1])
def test_the_tip_of_an_axis_is_where_the_hand_left_it(axis):
    setup = gaussian()
    tip = np.array([1.2, 0.9]) if axis == 0 else np.array([-0.3, 0.4])
    covariance = setup.stretched(1, axis, tip).start.covariances[1]
    length = np.hypot(*tip)
    # The tip is one standard deviation out: u'Σ⁻¹u = 1, and u is an eigenvector of Σ with the eigenvalue ‖u‖².
    assert tip @ np.linalg.solve(covariance, tip) == pytest.approx(1)
    assert covariance @ tip == pytest.approx(length**2 * tip)
    others = setup.axes(1)[0][1 - axis]
    across = np.array([-tip[1], tip[0]]) / length
    assert across @ covariance @ across == pytest.approx(others**2)


def test_axes_are_those_of_the_covariance():
    setup = gaussian()
    for j in range(3):
        deviations, axes = setup.axes(j)
        assert deviations[0] >= deviations[1]
        assert (axes * deviations**2) @ axes.T == pytest.approx(setup.start.covariances[j])
        assert np.linalg.det(axes) == pytest.approx(1)


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
def test_a_hand_keeps_the_structure(structure):
    setup = gaussian(structure).stretched(0, 0, np.array([2.0, 0.5]))
    setup.trace()  # EM refuses a start outside the structure
    first, second, _ = setup.start.covariances
    if structure == "tied":
        assert np.array_equal(first, second)
    if structure in ("diag", "spherical"):
        assert first[0, 1] == 0
    if structure == "spherical":
        assert first == pytest.approx(np.eye(2) * (2.0**2 + 0.5**2))


def test_numbers_of_an_ellipse():
    setup = gaussian().spread(2, 3.0, 0.5, 30)
    assert setup.spread_of(2) == pytest.approx((3.0, 0.5, 30.0))
    assert setup.spread(2, 0.5, 3.0, 30).spread_of(2) == pytest.approx((3.0, 0.5, -60.0))


def test_an_ellipse_cannot_be_dragged_to_nothing():
    setup = gaussian().stretched(0, 1, np.array([0.0, 0.0]))
    assert np.isfinite(setup.start.covariances).all()
    setup.trace()


def test_changed_rows_leave_the_start_where_it_was(setup):
    rows = setup.rows.without([0])
    changed = setup.with_rows(rows)
    assert changed.start == setup.start
    assert len(changed.trace().data) == len(setup.rows) - 1


def test_coins_and_rates_stay_possible():
    assert setup_of("coins").moved(0, 1.7).places[0] == 0.999
    assert setup_of("coins").moved(0, -3.0).places[0] == 0.001
    assert setup_of("poisson").moved(0, -3.0).places[0] == 1e-3


@pytest.mark.parametrize(("change", "told"), [
    (lambda s: s.with_k(0), "k=0 is too small"),
    (lambda s: s.with_k(MOST + 1), f"colors for {MOST} components"),
    (lambda s: s.with_model("coins"), r"model='coins' needs the flips .*emviz.BinomialMixture\(k, n_trials\)"),
    (lambda s: s.with_model("poisson"), "model='poisson' is unknown: choose one of 'kmeans', 'gaussian'"),
    (lambda s: s.with_covariance("full"), 'choose the model "gaussian"'),
    (lambda s: s.with_temperature(-1), "temperature"),
    (lambda s: s.with_method("banana"), "start='banana'"),
    (lambda s: s.with_seed(-1), "seed"),
    (lambda s: s.moved(3, [0, 0]), "component is 3: there are the components 0 to 2"),
    (lambda s: s.weighted(0, 0.5), "k-means has no weights"),
    (lambda s: s.axes(0), "there is no ellipse"),
    (lambda s: s.spread(0, 1.0, 1.0, 0.0), "there is no ellipse"),
    (lambda s: s.moved(0, 5.0), r"place has shape \(\), expected \(2,\)"),
    (lambda s: s.placed([1.0, 2.0, 3.0]), r"place has shape \(3,\), expected \(2,\)"),
    (lambda s: s.with_k(1).without_center(0), "the only component left"),
    (lambda s: s.with_k(MOST).placed([0, 0]), "remove one first"),
    (lambda s: s.with_start(emviz.PoissonParams([1.0], [2.0])), "start is a PoissonParams"),
])
def test_what_cannot_be(change, told):
    with pytest.raises((ValueError, TypeError), match=told):
        change(setup_of("kmeans"))


@pytest.mark.parametrize("weight", [-0.1, 1.1, np.nan])
def test_weights_are_shares(weight):
    with pytest.raises(ValueError, match="weight"):
        gaussian().weighted(0, weight)


@settings(deadline=None, max_examples=40)
@given(
    structure=st.sampled_from(["full", "tied", "diag", "spherical"]),
    hands=st.lists(st.tuples(st.sampled_from(["move", "tip", "place", "remove", "weigh", "k"]), st.integers(0, 7),
                             st.floats(-8, 8), st.floats(-8, 8)), max_size=8))
def test_whatever_a_hand_does_can_be_run_or_is_refused(structure, hands):
    setup = gaussian(structure)
    for what, j, x, y in hands:
        j %= setup.n_components
        try:
            setup = {
                "move": lambda s=setup, j=j, x=x, y=y: s.moved(j, [x, y]),
                "tip": lambda s=setup, j=j, x=x, y=y: s.stretched(j, j % 2, np.array([x, y])),
                "place": lambda s=setup, x=x, y=y: s.placed([x, y]),
                "remove": lambda s=setup, j=j: s.without_center(j),
                "weigh": lambda s=setup, j=j, x=x: s.weighted(j, abs(x) / 8),
                "k": lambda s=setup, j=j: s.with_k(j + 1),
            }[what]()
        except ValueError as error:
            assert any(word in str(error) for word in ("remove one", "only component", "weight"))
    trace = setup.trace()
    assert np.isfinite(trace.log_likelihoods).all()
