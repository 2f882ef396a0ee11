"""The likelihood surface: its heights are log-likelihoods, its bowl is the lower bound, its way is the run's."""

import time

import numpy as np
import pytest
from scipy.stats import binom, norm, poisson

import emviz
from emviz.ascent import ascend
from emviz.scenes.landscape import Landscape, places_of

HEADS = np.array([5, 9, 8, 4, 7])


def coins(**options) -> emviz.Trace:
    model = emviz.BinomialMixture(2, 10, **options)
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=[0.6, 0.5]), max_iterations=6)


def line(model) -> emviz.Trace:
    return emviz.run(model, emviz.datasets.heights(), np.array([[60.0], [63.0]]), max_iterations=6)


TRACES = {
    "coins": lambda: coins(fixed=("weights",)),
    "free coins": coins,
    "counts": lambda: emviz.run(emviz.PoissonMixture(2), [1, 2, 2, 7, 9, 12], rng=0, max_iterations=5),
    "mixture": lambda: line(emviz.GaussianMixture(2)),
    "prior": lambda: line(emviz.GaussianMixture(2, prior=emviz.GaussianPrior(2.0, scale=4.0))),
    "tied": lambda: line(emviz.GaussianMixture(2, "tied", fixed=("weights",))),
    "k-means": lambda: line(emviz.KMeans(2)),
    "soft k-means": lambda: line(emviz.KMeans(2, temperature=3.0)),
}
AXES = {"coins": (0.01, 0.99), "free coins": (0.01, 0.99), "counts": (0.5, 13)}


@pytest.fixture(scope="module", params=TRACES)
def run(request) -> tuple[emviz.Trace, Landscape]:
    trace = TRACES[request.param]()
    return trace, Landscape(trace, np.linspace(*AXES.get(request.param, (58.0, 75.0)), 25))


@pytest.fixture(scope="module")
def scene():
    return emviz.scene(TRACES["coins"](), "surface")


def moved(land: Landscape, params, across: float, up: float):
    """The parameters with the two components elsewhere."""
    arrays = {name: array.copy() for name, array in params.arrays().items()}
    arrays[land.name] = np.reshape([across, up], arrays[land.name].shape)
    return type(params)(**arrays)


def test_heights_are_log_likelihoods(run):
    trace, land = run
    rng = np.random.default_rng(0)
    for index in (0, 2, len(trace) - 1):
        heights = land.heights(index)
        for row, column in rng.integers(0, 25, (12, 2)):
            params = moved(land, trace[index].params, land.axis[column], land.axis[row])
            reached = trace.model.expect(params, trace.model.prepare(trace.data)).log_likelihood
            assert heights[row, column] == pytest.approx(reached + trace.model.log_prior(params), rel=1e-12)
            if trace.model.temperature == 1 and getattr(trace.model, "prior", None) is None:
                told = emviz.log_likelihood(trace.model, params, trace.data)
                assert heights[row, column] == pytest.approx(told, rel=1e-12)


def test_the_bound_touches_the_surface_and_its_top_is_the_next_state(run):
    trace, land = run
    for index in range(1, len(trace), 2):
        e, m = trace[index], trace[index + 1]
        heights, bound = land.heights(index), land.bound(index)
        assert (heights - bound).min() > -1e-9 * np.abs(heights).max()
        here, there = (Landscape(trace, np.unique(land.places[at])) for at in (index, index + 1))
        at = np.searchsorted(here.axis, here.places[index])
        assert here.bound(index)[at[1], at[0]] == pytest.approx(e.lower_bound, rel=1e-12)
        assert here.heights(index)[at[1], at[0]] == pytest.approx(e.log_likelihood, rel=1e-12)
        at = np.searchsorted(there.axis, there.places[index + 1])
        assert there.bound(index + 1)[at[1], at[0]] == pytest.approx(m.lower_bound, rel=1e-12)
        assert there.bound(index)[at[1], at[0]] >= bound.max() - 1e-9 * np.abs(bound).max()


def test_the_bound_is_what_the_q_of_the_state_makes_of_the_places(run):
    trace, land = run
    rows = trace.model.prepare(trace.data)
    q = trace.model.expect(trace[3].q_params, rows)
    for row, column in np.random.default_rng(1).integers(0, 25, (8, 2)):
        params = moved(land, trace[3].params, land.axis[column], land.axis[row])
        expected = (trace.model.expected_log_joint(q.statistics, params) + trace.model.temperature * q.entropy
                    + trace.model.log_prior(params))
        assert land.bound(3)[row, column] == pytest.approx(expected, rel=1e-10)


def test_independent_programs_agree():
    land = Landscape(TRACES["coins"](), np.array([0.2, 0.55, 0.9]))
    likelihood = 0.5 * binom.pmf(HEADS, 10, 0.9) + 0.5 * binom.pmf(HEADS, 10, 0.2)
    assert land.heights(0)[0, 2] == pytest.approx(np.log(likelihood).sum(), rel=1e-12)
    trace = TRACES["counts"]()
    weights = trace[2].params.weights
    mixed = weights[0] * poisson.pmf(trace.data, 2.5) + weights[1] * poisson.pmf(trace.data, 8.0)
    assert Landscape(trace, np.array([2.5, 8.0])).heights(2)[1, 0] == pytest.approx(np.log(mixed).sum(), rel=1e-12)
    trace = TRACES["mixture"]()
    theta, x = trace[2].params, trace.data[:, 0]
    mixed = theta.weights @ [norm.pdf(x, mean, np.sqrt(variance)) for mean, variance in
                             zip((61.0, 70.0), theta.covariances.ravel())]
    assert Landscape(trace, np.array([61.0, 70.0])).heights(2)[1, 0] == pytest.approx(np.log(mixed).sum(), rel=1e-12)


def test_a_surface_is_a_slice_where_more_is_free():
    held = {name: Landscape(TRACES[name](), np.linspace(0.1, 1, 3)).held for name in TRACES if name != "prior"}
    assert held == {"coins": (), "free coins": ("weights",), "counts": ("weights",), "tied": ("covariances",),
                    "mixture": ("weights", "covariances"), "k-means": (), "soft k-means": ()}
    whole, slices = (emviz.scene(TRACES[name](), "surface") for name in ("coins", "free coins"))
    assert "surface" not in whole.movers and "surface" in slices.movers
    noted = [text.get_text() for text in slices.panel.texts]
    assert any(text.startswith("shades, at these weights: ") for text in noted)


def test_the_way_is_that_of_the_run(scene):
    trace = scene.trace
    chances = np.array([step.params.probabilities for step in trace])
    for step in range(len(trace)):
        scene.show(step)
        way = np.column_stack(scene.movers["way"].get_data())
        np.testing.assert_array_equal(way[:step + 1], chances[:step + 1])
        np.testing.assert_array_equal(way[step:], np.broadcast_to(chances[step], way[step:].shape))
        np.testing.assert_array_equal(scene.movers["here"].get_offsets(), chances[step:step + 1])
        np.testing.assert_array_equal(scene.movers["start"].get_offsets(), [[0.6, 0.5]])
        assert [scene.movers[f"value {j}"].get_text() for j in range(2)] == [f"{p:.2f}" for p in chances[step]]
    scene.show(2.5)
    np.testing.assert_allclose(scene.movers["here"].get_offsets()[0], chances[2])  # an E moves nothing
    scene.show(1.5)
    np.testing.assert_allclose(scene.movers["here"].get_offsets()[0], (chances[1] + chances[2]) / 2)


def test_an_e_shows_the_bowl_that_the_m_climbs(scene):
    trace, bowl, top = scene.trace, scene.movers["bowl"], scene.movers["top of the bowl"]
    scene.show(0)
    assert not bowl.get_edgecolor()[:, 3].any() and not top.get_facecolor()[:, 3].any()
    for step in range(1, len(trace), 2):
        scene.show(step)
        assert top.get_facecolor()[0, 3] == 1 and bowl.get_edgecolor()[-1, 3] == 1
        np.testing.assert_array_equal(top.get_offsets()[0], trace[step + 1].params.probabilities)
        ring = bowl.get_paths()[-1].vertices  # the contour through the place where the bowl touches
        chances = ring.clip(1e-6, 1 - 1e-6)
        shares = binom.pmf(HEADS[:, None], 10, trace[step].params.probabilities)
        shares /= shares.sum(axis=1, keepdims=True)
        entropy = -np.sum(shares * np.log(shares))
        bounds = [np.sum(shares * (np.log(0.5) + binom.logpmf(HEADS[:, None], 10, p))) + entropy for p in chances]
        # The contour is linear between the places of the grid, 0.014 apart.
        np.testing.assert_allclose(bounds, trace[step].lower_bound, atol=0.03)
        scene.show(step + 1)
        assert bowl.get_edgecolor()[-1, 3] < 0.5 and scene.movers["moves"].get_facecolor()[:, 3].max() >= 0


def test_shades_end_at_their_levels():
    trace = TRACES["coins"]()
    scene = emviz.scene(trace, "surface")
    shades = next(artist for artist in scene.panel.collections
                  if artist not in scene.movers.values() and len(artist.get_paths()) > 5)
    top = -9.7969242922  # the maximum, tests/golden.json
    note = next(text.get_text() for text in scene.panel.texts if "shades" in text.get_text())
    first, second = (float(word.strip(",")) for word in note.split()[2:4])
    for drop, path in zip((first, second), reversed(shades.get_paths())):
        inside = path.vertices[(path.vertices > 0.05).all(axis=1) & (path.vertices < 0.95).all(axis=1)]
        assert len(inside) > 20
        likelihoods = 0.5 * binom.pmf(HEADS, 10, inside[:, :1]) + 0.5 * binom.pmf(HEADS, 10, inside[:, 1:])
        np.testing.assert_allclose(np.log(likelihoods).sum(axis=1), top - drop, atol=0.02)
    assert first < second < float(note.split("…")[1].split()[0])


def test_the_surface_is_the_same_on_both_sides_of_equal_coins(scene):
    land = Landscape(scene.trace, np.linspace(0.05, 0.95, 31))
    heights = land.heights(0)
    np.testing.assert_allclose(heights, heights.T, rtol=1e-12)


def test_one_unit_is_as_long_across_as_up_at_every_size():
    for frame in ({}, {"size": (640, 360)}, {"size": (600, 900)}, {"projector": True}):
        panel = emviz.scene(TRACES["coins"](), "surface", **frame).panel
        (left, bottom), (right, top) = panel.transData.transform([(0, 0), (1, 1)])
        assert right - left == pytest.approx(top - bottom)


@pytest.mark.parametrize("start", [[0.99, 0.98], [0.02, 0.01], [0.01, 0.99], [1.0, 0.5]])
def test_badges_stay_inside_and_apart(start):
    model = emviz.BinomialMixture(2, 10)
    scene = emviz.scene(emviz.run(model, HEADS, model.start(HEADS, probabilities=start), max_iterations=1), "surface")
    scene.figure.canvas.draw()
    boxes = [scene.movers[f"value {j}"].get_window_extent() for j in range(2)]
    assert not boxes[0].overlaps(boxes[1]) and max(box.x1 for box in boxes) < scene.curve.ax.bbox.x0 - 40
    badges = scene.panel.transData.transform(scene.movers["badges"].get_offsets())
    assert np.hypot(*(badges[0] - badges[1])) > 28
    assert (badges > scene.panel.bbox.min).all() and (badges < scene.panel.bbox.max).all()


@pytest.mark.parametrize(("offset", "scale"), [(1e8, 1.0), (0.0, 1e-7), (-3e9, 1.0), (0.0, 1e7), (5e4, 1e-3)])
def test_values_are_written_as_the_axis_writes_them(offset, scale):
    x = offset + scale * np.array([0.0, 1, 2, 3, 7, 8, 9])
    means = offset + scale * np.array([[1.0], [6.0]])
    scene = emviz.scene(emviz.run(emviz.KMeans(2), x, means, max_iterations=2), "surface", step=2)
    scene.figure.canvas.draw()
    for j, axis in enumerate((scene.panel.xaxis, scene.panel.yaxis)):
        place = scene.trace[2].params.means[j, 0]
        first, second = axis.get_ticklocs()[:2]
        one, two = (float(tick.get_text().replace("−", "-")) for tick in axis.get_ticklabels()[:2])
        expected = one + (place - first) / (second - first) * (two - one)
        value = scene.movers[f"value {j}"]
        assert float(value.get_text().replace("−", "-")) == pytest.approx(expected, abs=0.06 * (two - one))
        assert value.get_window_extent().x1 < scene.curve.ax.bbox.x0
        if abs(one) < abs(place) / 1000 or abs(one) > 1000 * abs(place):
            assert axis.get_label_text()[-1] == ")"


def test_a_wild_start_is_left_out_of_the_picture():
    scene = emviz.scene(emviz.run(emviz.KMeans(2), [1.0, 2, 5, 6], [[-1e4], [30.0]]), "surface")
    assert [scene.movers[f"value {j}"].get_text() for j in range(2)] == ["−10000.00", "30.00"]
    assert all(np.ptp(track, axis=0).max() == 0 for track in scene.movers["leaders"].get_segments())
    assert scene.panel.get_xlim()[0] > -10
    low, high = scene.movers["here"].get_clip_box().extents.reshape(2, 2)
    place = scene.panel.transData.transform(scene.movers["here"].get_offsets()[0])
    assert ((place < low) | (place > high)).any()


def test_a_few_hundred_rows_are_quick():
    x = np.random.default_rng(0).normal(np.repeat([0.0, 4.0], 200))
    trace = emviz.run(emviz.GaussianMixture(2), x, rng=0, max_iterations=10)
    before = time.perf_counter()
    emviz.scene(trace, "surface")
    assert time.perf_counter() - before < 2


@pytest.mark.parametrize(("trace", "message"), [
    (lambda: emviz.run(emviz.BinomialMixture(3, 10), HEADS, rng=0, max_iterations=1),
     "an axis for each of two components, and the model has 3"),
    (lambda: emviz.run(emviz.KMeans(2), emviz.datasets.blobs(20), rng=0, max_iterations=1),
     "it needs data with one feature, and these have 2"),
    (lambda: coins(fixed=("probabilities",)), "the model keeps its probabilities fixed, so nothing moves"),
])
def test_what_does_not_fit_gets_the_reason(trace, message):
    with pytest.raises(ValueError, match=f"view is 'surface', which does not fit this trace: .*{message}"):
        emviz.scene(trace(), "surface")


def test_a_start_alone_has_no_bowl():
    trace = emviz.run(emviz.BinomialMixture(2, 10), HEADS, rng=0, max_iterations=0)
    scene = emviz.scene(trace, "surface")
    assert "bowl" not in scene.movers and scene.frame(0).std() > 5


def test_flips_of_nothing_make_a_flat_surface():
    model = emviz.BinomialMixture(2, 0)
    trace = emviz.run(model, [0, 0], model.start([0, 0], probabilities=[0.3, 0.6]), max_iterations=1)
    assert emviz.scene(trace, "surface").frame(1).std() > 5


def test_an_e_computes_no_surface_anew():
    trace = emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), rng=0, max_iterations=3)
    land = Landscape(trace, np.linspace(55, 80, 9))
    assert land.heights(3) is land.heights(2) and land.heights(4) is not land.heights(2)


def test_too_many_values_are_refused_with_the_way_out():
    trace = emviz.run(emviz.KMeans(2), np.random.default_rng(0).normal(size=5001), rng=0, max_iterations=1)
    with pytest.raises(ValueError, match="view is 'surface'.*5,001 different values.*run the model on 5,000"):
        emviz.scene(trace, "surface")


# Gradient ascent beside EM.

@pytest.mark.parametrize("name", [name for name in TRACES if name != "k-means"])
def test_the_gradient_has_a_way_of_its_own_beside_that_of_em(name):
    trace = TRACES[name]()
    scene, path = emviz.scene(trace, "surface", gradient=True), ascend(trace)
    for step in range(len(trace)):
        scene.show(step)
        done = step // 2  # an E moves nothing, neither here nor there
        way = np.column_stack(scene.movers["gradient way"].get_data())
        np.testing.assert_array_equal(way[:step + 1:2], path.places.reshape(-1, 2)[:done + 1])
        np.testing.assert_array_equal(scene.movers["gradient here"].get_offsets()[0], path.places[done].ravel())
        np.testing.assert_array_equal(scene.movers["here"].get_offsets()[0], places_of(trace)[step])


def test_the_picture_of_em_is_the_same_with_and_without():
    trace = TRACES["coins"]()
    beside, alone = (emviz.scene(trace, "surface", gradient=gradient, step=3) for gradient in (0.05, None))
    for one, other in zip(beside.movers["bowl"].get_paths(), alone.movers["bowl"].get_paths(), strict=True):
        np.testing.assert_array_equal(one.vertices, other.vertices)
    assert beside.panel.get_xlim()[0] == alone.panel.get_xlim()[0]


def test_the_words_tell_rate_and_objectives_after_as_many_steps():
    trace = TRACES["coins"]()
    scene = emviz.scene(trace, "surface", gradient=0.0025)
    for iteration in range(trace[-1].iteration + 1):
        scene.show(2 * iteration)
        told = scene.movers["gradient words"].get_text()
        assert told.startswith("◆ gradient ascent, rate 0.0025: ")
        slow, em = (float(word.rstrip(",").replace("−", "-")) for word in np.array(told.split())[[5, 7]])
        chances = scene.movers["gradient here"].get_offsets()[0]
        likelihood = np.log(binom.pmf(HEADS[:, None], 10, chances).mean(axis=1)).sum()
        assert slow == pytest.approx(likelihood, abs=0.0006)
        assert em == pytest.approx(trace[2 * iteration].log_likelihood, abs=0.0006)
        assert iteration == 0 or slow < em  # it crawls
        assert told.removeprefix("◆ ") in scene.alt(2 * iteration)
        assert told not in scene.caption(2 * iteration)


def test_its_height_is_that_of_the_surface_that_is_shown():
    trace = TRACES["mixture"]()
    path = ascend(trace)
    for iteration, (place, height) in enumerate(zip(path.places.reshape(-1, 2), path.objectives)):
        land = Landscape(trace, np.unique(place))
        at = np.searchsorted(land.axis, place)
        assert land.heights(2 * iteration)[at[1], at[0]] == pytest.approx(height, rel=1e-12)


def test_steps_that_overshoot_are_told():
    trace = TRACES["coins"]()
    scene = emviz.scene(trace, "surface", gradient=0.5, step=2)
    assert "(cut back)" in scene.movers["gradient words"].get_text()
    scene = emviz.scene(line(emviz.GaussianMixture(2)), "surface", gradient=20.0)
    told = []
    for step in range(0, len(scene), 2):
        scene.show(step)
        told.append(scene.movers["gradient words"].get_text())
    assert "(overshot)" in " ".join(told) and "(" not in told[0]


@pytest.mark.parametrize("frame", [{}, {"projector": True}, {"size": (640, 360)}, {"size": (500, 700)}])
@pytest.mark.parametrize("gradient", [True, 1e-4, 123.456])
def test_the_words_about_the_gradient_end_before_the_curve(frame, gradient):
    for name in ("mixture", "counts"):
        scene = emviz.scene(TRACES[name](), "surface", gradient=gradient, **frame)
        for step in range(0, len(scene), 2):
            scene.show(step)
            words = scene.movers["gradient words"].get_window_extent()
            assert words.x0 > 0 and words.x1 < scene.curve.ax.bbox.x0
            assert words.y0 > scene.movers["value 0"].get_window_extent().y1


def test_without_a_step_there_is_no_gradient_to_show():
    trace = emviz.run(emviz.BinomialMixture(2, 10), HEADS, rng=0, max_iterations=0)
    assert not any(name.startswith("gradient") for name in emviz.scene(trace, "surface", gradient=True).movers)
    assert "gradient way" not in emviz.scene(TRACES["coins"](), "surface", gradient=False).movers


@pytest.mark.parametrize(("gradient", "error", "message"), [
    (0, ValueError, "gradient=0 stays at the start: give a learning rate above 0, or True"),
    (-0.1, ValueError, "gradient=-0.1 must be"),
    (float("nan"), ValueError, "gradient=nan must be"),
    ("fast", TypeError, "gradient='fast' is text"),
])
def test_a_rate_is_a_number_above_0(gradient, error, message):
    with pytest.raises(error, match=message):
        emviz.scene(TRACES["coins"](), "surface", gradient=gradient)


def test_k_means_has_no_gradient_and_hears_of_a_temperature():
    with pytest.raises(ValueError, match="gradient: at temperature 0 .*kinks.*a temperature above 0"):
        emviz.scene(TRACES["k-means"](), "surface", gradient=True)
