"""Scenes: what a picture shows is what the trace says, in every state. (The laws for every view: scenes/.)"""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import binom, multivariate_normal, norm, poisson

import emviz
from emviz import draw, style
from emviz.scenes import Scene
from emviz.scenes.view import SHOWN

HEADS = [5, 9, 8, 4, 7]


def blobs(n: int = 90) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.normal(size=(n, 2)) * [1.5, 1.0] + np.array([[-4.0, 0], [4, 1], [0, 5]])[rng.integers(0, 3, n)]


def heights_trace(**options) -> emviz.Trace:
    model = emviz.GaussianMixture(2, **options)
    data = emviz.datasets.heights()
    return emviz.run(model, data, model.start(data, means=[[62.0], [65.0]]), max_iterations=6)


def coins_trace() -> emviz.Trace:
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=[0.6, 0.5]), max_iterations=5)


def counts_trace() -> emviz.Trace:
    counts = np.random.default_rng(0).poisson(np.repeat([2.0, 9.0], [40, 30]))
    return emviz.run(emviz.PoissonMixture(2), counts, rng=0, max_iterations=5)


START = np.array([[-4.0, 0.5], [-3.0, -0.5], [-2.0, 1.0]])
TRACES = {
    "gaussian plane": lambda: emviz.run(emviz.GaussianMixture(3), blobs(), START, max_iterations=6),
    "k-means plane": lambda: emviz.run(emviz.KMeans(3), blobs(), START),
    "soft k-means plane": lambda: emviz.run(emviz.KMeans(3, temperature=2.0), blobs(), START, max_iterations=4),
    "hard gaussian plane": lambda: emviz.run(emviz.GaussianMixture(2, temperature=0.0), blobs(), rng=0),
    "gaussian line": heights_trace,
    "k-means line": lambda: emviz.run(emviz.KMeans(2), emviz.datasets.heights(), np.array([[60.0], [62.0]])),
    "coins": coins_trace,
    "many coins": lambda: emviz.run(emviz.BinomialMixture(2, 10), HEADS * 4, rng=0, max_iterations=3),
    "counts": counts_trace,
    "start only": lambda: emviz.run(emviz.GaussianMixture(2), blobs(), rng=0, max_iterations=0),
    "one component": lambda: emviz.run(emviz.GaussianMixture(1), blobs(), rng=0),
}


@pytest.fixture(scope="module", params=TRACES)
def any_scene(request) -> Scene:
    return emviz.scene(TRACES[request.param]())


@pytest.fixture(scope="module")
def plane() -> Scene:
    return emviz.scene(TRACES["gaussian plane"]())


@pytest.fixture(scope="module")
def regions() -> Scene:
    return emviz.scene(TRACES["k-means plane"]())


@pytest.fixture(scope="module")
def line() -> Scene:
    return emviz.scene(heights_trace())


# Every scene

def test_points_are_gray_before_the_first_e_and_blended_after_it(any_scene):
    points = any_scene.movers.get("points") or any_scene.movers["bars"]
    any_scene.show(0)
    assert (points.get_facecolor()[:, :3] == draw.rgba([style.UNKNOWN])[:, :3]).all()
    data = any_scene.trace.data
    row = np.unique(data, return_index=True)[1] if "bars" in any_scene.movers else np.arange(len(data))
    for step in range(1, len(any_scene)):
        any_scene.show(step)
        expected = style.blend(any_scene.trace.responsibilities(step)[row])
        np.testing.assert_allclose(points.get_facecolor()[:, :3], expected[:, :3], atol=1e-12)


def test_an_e_and_an_m_look_different(any_scene):
    points = any_scene.movers.get("points") or any_scene.movers["bars"]
    if len(any_scene) < 3:
        assert points.get_facecolor()[0, 3] == 0.8
        return
    any_scene.show(1)
    assert points.get_facecolor()[0, 3] == 1 and not any_scene.movers["moves"].get_facecolor()[:, 3].any()
    any_scene.show(2)
    assert points.get_facecolor()[0, 3] == 0.5 and any_scene.movers["moves"].get_facecolor()[:, 3].max() > 0.8


def test_the_curve_ends_at_now_with_the_numbers_of_the_trace(any_scene):
    trace, movers = any_scene.trace, any_scene.movers
    hard = "inertia now" in movers
    for step, state in enumerate(trace):
        any_scene.show(step)
        x, y = movers["objective"].get_data()
        shown = {name: movers[f"{name} now"].get_text().replace("−", "-") for name in
                 (["inertia"] if hard else ["log-likelihood", "lower bound", "gap"])}
        if hard:
            expected = {"inertia": -2 * state.lower_bound}
        else:
            expected = {"log-likelihood": state.log_likelihood, "lower bound": state.lower_bound, "gap": state.gap}
            assert y[-1] == state.log_likelihood
        for name, text in shown.items():
            if np.isnan(expected[name]):
                assert text == "–"
            else:
                assert float(text) == pytest.approx(expected[name], abs=0.051)
        assert movers["now badge"].get_text() == state.kind
        assert movers["now badge"].xy[0] == x[-1] == x.max()
        if step and hard:
            assert y[-1] == pytest.approx(trace.inertias[step])


def test_a_step_outside_the_run_is_an_error(any_scene):
    for step in (-1, len(any_scene), float("nan")):
        with pytest.raises(ValueError, match=f"step is .*: this scene has the steps 0 to {len(any_scene) - 1}"):
            any_scene.show(step)


# Two features

def test_means_and_ellipses_are_the_parameters_of_the_state(plane):
    for step, state in enumerate(plane.trace):
        plane.show(step)
        np.testing.assert_array_equal(plane.movers["means"].get_offsets(), state.params.means)
        outlines = [path.vertices for path in plane.movers["ellipses"].get_paths()]
        for k, level in np.ndindex(3, 3):
            vertices = outlines[3 * k + level]
            density = multivariate_normal(state.params.means[k], state.params.covariances[k])
            at_level = density.logpdf(state.params.means[k]) - 0.5 * (level + 1) ** 2
            np.testing.assert_allclose(density.logpdf(vertices), at_level, rtol=1e-9)


def test_in_an_m_the_old_ellipse_and_the_old_mean_stay_to_be_seen(plane):
    plane.show(4)
    before = plane.trace[3].params
    np.testing.assert_array_equal(plane.movers["old means"].get_offsets(), before.means)
    away = plane.movers["old ellipses"].get_paths()[1].vertices - before.means[1]
    distance = np.sqrt(np.einsum("vi,ij,vj->v", away, np.linalg.inv(before.covariances[1]), away))
    np.testing.assert_allclose(distance, 2)
    assert plane.movers["old ellipses"].get_edgecolor()[:, 3].min() > 0.5
    plane.show(5)
    assert plane.movers["old ellipses"].get_edgecolor()[:, 3].max() == 0


def test_halfway_is_halfway(plane):
    before, after = plane.trace[1].params, plane.trace[2].params
    plane.show(1.5)
    np.testing.assert_allclose(plane.movers["means"].get_offsets(), (before.means + after.means) / 2)
    root = (draw.symmetric_roots(before.covariances) + draw.symmetric_roots(after.covariances))[0] / 2
    away = plane.movers["ellipses"].get_paths()[0].vertices - (before.means + after.means)[0] / 2
    np.testing.assert_allclose(np.hypot(*np.linalg.solve(root, away.T)), 1)


def test_shapes_tell_the_most_responsible_component(plane):
    plane.show(2)
    labels = plane.trace.labels(2)
    for path, label in zip(plane.movers["points"].get_paths(), labels):
        np.testing.assert_array_equal(path.vertices, style.shape(label).vertices)


def test_one_unit_is_as_long_across_as_up(plane):
    (left, bottom), (right, top) = plane.panel.transData.transform([(0, 0), (1, 1)])
    assert right - left == pytest.approx(top - bottom)


def test_features_of_different_units_fill_the_panel():
    panel = emviz.scene(emviz.run(emviz.GaussianMixture(2), emviz.datasets.faithful(), rng=0, max_iterations=3)).panel
    data = emviz.datasets.faithful().data
    for limits, column in zip((panel.get_xlim(), panel.get_ylim()), data.T):
        assert np.ptp(column) > 0.6 * np.ptp(limits)


def test_a_wild_start_does_not_squash_the_data():
    data = blobs()
    scene = emviz.scene(emviz.run(emviz.KMeans(3), data, np.array([[0.0, 0], [1, 1], [500, -300]])))
    assert np.ptp(data[:, 0]) > 0.5 * np.ptp(scene.panel.get_xlim())
    scene.show(0)
    badge = scene.panel.transData.transform(scene.movers["badges"].get_offsets())
    box = scene.panel.bbox
    assert (badge >= box.min).all() and (badge <= box.max).all()
    np.testing.assert_array_equal(scene.movers["means"].get_offsets()[2], [500, -300])


def test_badges_of_near_means_stand_side_by_side():
    data = blobs()
    scene = emviz.scene(emviz.run(emviz.KMeans(3), data, np.array([[0.0, 0], [0.01, 0], [0, 0.01]]), max_iterations=0))
    badge = scene.panel.transData.transform(scene.movers["badges"].get_offsets())
    apart = np.hypot(*np.moveaxis(badge[:, None] - badge, -1, 0)) + 1000 * np.eye(3)
    assert apart.min() > 28


def test_points_are_in_the_region_of_their_color(regions):
    for step in range(1, len(regions)):
        regions.show(step)
        centers = regions.trace[step].q_params.means
        low, high = np.array([regions.panel.get_xlim(), regions.panel.get_ylim()]).T
        grid = np.random.default_rng(step).uniform(low, high, (400, 2))
        squared = ((grid[:, None] - centers) ** 2).sum(axis=2)
        for k, path in enumerate(regions.movers["regions"].get_paths()):
            held = path.contains_points(grid, radius=0)
            clear = np.abs(squared[:, k] - np.delete(squared, k, axis=1).min(axis=1)) > 1e-6
            np.testing.assert_array_equal(held[clear], (squared.argmin(axis=1) == k)[clear])


def test_there_are_no_regions_before_the_first_e(regions):
    regions.show(0)
    assert not regions.movers["regions"].get_facecolor()[:, 3].any()
    regions.show(1)
    assert regions.movers["regions"].get_facecolor()[:, 3].all()


def test_k_means_says_how_many_points_switched(regions):
    trace = regions.trace
    for step in range(3, len(trace), 2):
        switched = int((trace.labels(step) != trace.labels(step - 2)).sum())
        expected = {0: "no point switched", 1: "1 point switched"}.get(switched, f"{switched} points switched")
        assert expected in regions.caption(step)
    assert "switched" not in regions.caption(1)
    assert regions.caption(1).startswith("E (assign), iteration 1: every point joins its nearest center")
    assert regions.caption(2) .startswith("M (update), iteration 1: each center moves to the mean of its points")


def test_switched_points_have_a_dark_rim(regions):
    trace = regions.trace
    step = next(step for step in range(3, len(trace), 2) if (trace.labels(step) != trace.labels(step - 2)).any())
    regions.show(step)
    dark = regions.movers["points"].get_edgecolor()[:, :3].max(axis=1) < 0.5
    np.testing.assert_array_equal(dark, trace.labels(step) != trace.labels(step - 2))


def test_gaussian_captions(plane):
    assert plane.caption(0).startswith("Start: 3 Gaussians guessed")
    assert plane.caption(5) == "E, iteration 3: every point asks which Gaussian it came from"
    assert plane.caption(6) == "M, iteration 3: each Gaussian moves to its points"
    assert plane.caption(len(plane) - 1).endswith("stopped: reached max_iterations=6")


def test_events_are_told():
    scene = emviz.scene(emviz.run(emviz.KMeans(2), blobs(), np.array([[0.0, 0], [500, 500]])))
    assert "component 1 is empty" in scene.caption(2) and "component 1 is empty" in scene.alt(2)
    scene.show(2)
    assert "component 1 is empty" in scene.caption_artist.get_text()


def test_a_collapse_is_told():
    x = np.array([0.0] * 5 + [1, 2, 3, 7, 8, 9])
    model = emviz.GaussianMixture(2, min_variance=0)
    trace = emviz.run(model, x, model.start(x, means=[[0.0], [5.0]]))
    assert "collapsed" in trace.stop_reason
    scene = emviz.scene(trace)
    assert "collapsed" in scene.caption(len(trace) - 1)
    assert scene.caption(len(trace) - 1).count("collapsed") == 1
    assert np.isfinite(scene.movers["sum"].get_ydata()).all()


def test_many_points_are_sampled_and_the_picture_says_so():
    points = np.random.default_rng(0).normal(size=(SHOWN + 1000, 2))
    trace = emviz.run(emviz.GaussianMixture(2), points, rng=0, max_iterations=2)
    scene, again = emviz.scene(trace), emviz.scene(trace)
    assert len(scene.movers["points"].get_offsets()) == SHOWN
    np.testing.assert_array_equal(scene.movers["points"].get_offsets(), again.movers["points"].get_offsets())
    assert "5,000 of 6,000 points shown" in [text.get_text() for text in scene.panel.texts]


def test_axes_are_named_by_the_features():
    columns = emviz.scene(emviz.run(emviz.GaussianMixture(2), emviz.datasets.moons(), rng=0, max_iterations=1)).panel
    assert (columns.get_xlabel(), columns.get_ylabel()) == emviz.datasets.moons().feature_names
    plain = emviz.scene(emviz.run(emviz.KMeans(2), blobs(), rng=0)).panel
    assert (plain.get_xlabel(), plain.get_ylabel()) == ("x1", "x2")


# One feature

@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_numbers_do_not_reach_the_label_of_their_axis(scale):
    for data in (blobs() * scale, blobs()[:, 0] * scale):
        panel = emviz.scene(emviz.run(emviz.GaussianMixture(2), data, rng=0, max_iterations=1)).panel
        panel.figure.canvas.draw()
        name = panel.yaxis.label.get_window_extent()
        assert all(number.get_window_extent().x0 >= name.x1 - 6 for number in panel.get_yticklabels())


def test_the_line_shows_weighted_densities_and_their_sum(line):
    for step, state in enumerate(line.trace):
        line.show(step)
        params = state.params
        deviations = np.sqrt(params.covariances[:, 0, 0])
        x, y = line.movers["sum"].get_data()
        np.testing.assert_allclose(y, norm.pdf(x[:, None], params.means[:, 0], deviations) @ params.weights, rtol=1e-9)
        for k, path in enumerate(line.movers["densities"].get_paths()):
            expected = params.weights[k] * norm.pdf(path.vertices[:, 0], params.means[k, 0], deviations[k])
            np.testing.assert_allclose(path.vertices[:, 1], expected, rtol=1e-9)
            assert path.vertices[path.vertices[:, 1].argmax(), 0] == pytest.approx(params.means[k, 0])


def test_flags_have_the_values_of_the_means(line):
    for step, state in enumerate(line.trace):
        line.show(step)
        values = [line.movers[f"value {k}"].get_text() for k in range(2)]
        assert values == [f"{mean:.1f}" for mean in state.params.means[:, 0]]
        np.testing.assert_array_equal(line.movers["means"].get_offsets()[:, 0], state.params.means[:, 0])
        np.testing.assert_array_equal(line.movers["leaders"].get_segments()[1][0], [state.params.means[1, 0], 0])


def test_flags_of_near_means_do_not_touch_and_stay_inside():
    heights = emviz.datasets.heights()
    model = emviz.GaussianMixture(3)
    start = model.start(heights, means=[[72.8], [72.9], [73.0]])
    scene = emviz.scene(emviz.run(model, heights, start, max_iterations=0))
    boxes = [scene.movers[f"value {k}"].get_window_extent() for k in range(3)]
    badges = scene.panel.transData.transform(scene.movers["badges"].get_offsets())
    order = np.argsort(badges[:, 0])
    for here, there in zip(order, order[1:]):
        assert boxes[here].x1 < badges[there, 0] - 14
    assert boxes[order[-1]].x1 <= scene.panel.bbox.x1 + 1


def test_dots_keep_their_places_below_the_densities(line):
    offsets = line.movers["points"].get_offsets()
    np.testing.assert_array_equal(offsets[:, 0], line.trace.data[:, 0])
    assert (offsets[:, 1] < 0).all() and (offsets[:, 1] > line.panel.get_ylim()[0]).all()
    pixels = line.panel.transData.transform(offsets)
    apart = np.hypot(*np.moveaxis(pixels[:, None] - pixels, -1, 0)) + 1000 * np.eye(len(pixels))
    assert apart.min() > 15


def test_the_border_of_two_centers_on_a_line_is_between_them():
    scene = emviz.scene(TRACES["k-means line"]())
    scene.show(3)
    centers = scene.trace[3].q_params.means[:, 0]
    left, right = (path.vertices[:, 0] for path in scene.movers["regions"].get_paths())
    assert left.max() == pytest.approx(centers.mean()) == right.min()


# Coins and counts

def test_coins_have_their_chances_and_sets_their_shares():
    scene = emviz.scene(coins_trace())
    np.testing.assert_allclose(scene.movers["points"].get_offsets()[:, 0], np.array(HEADS) / 10)
    for step, state in enumerate(scene.trace):
        scene.show(step)
        chances = state.params.probabilities
        np.testing.assert_array_equal(scene.movers["means"].get_offsets()[:, 0], chances)
        assert [scene.movers[f"value {k}"].get_text() for k in range(2)] == [f"{p:.2f}" for p in chances]


def test_many_sets_of_different_lengths_are_sampled():
    rng = np.random.default_rng(0)
    flips = rng.integers(1, 20, SHOWN + 500)
    heads = rng.binomial(flips, rng.choice([0.3, 0.8], len(flips)))
    scene = emviz.scene(emviz.run(emviz.BinomialMixture(2, flips), heads, rng=0, max_iterations=1), step=1)
    shown = scene.movers["points"].get_offsets()[:, 0]
    assert len(shown) == SHOWN and set(shown) <= set(heads / flips)


def test_a_bar_of_claims_is_divided_by_responsibility():
    scene = emviz.scene(coins_trace())
    scene.show(1)
    likelihoods = binom.pmf(np.array(HEADS)[:, None], 10, [0.6, 0.5])
    widths = [np.ptp(path.vertices[:, 0]) for path in scene.movers["claims"].get_paths()]
    np.testing.assert_allclose(np.reshape(widths, (5, 2)), likelihoods / likelihoods.sum(axis=1, keepdims=True))
    assert [scene.movers[f"claim {2 * row}"].get_text() for row in range(5)] == ["45", "80", "73", "35", "65"]


def test_bars_are_the_tally_and_lines_what_is_expected():
    scene = emviz.scene(counts_trace())
    values, tally = np.unique(scene.trace.data, return_counts=True)
    bars = [path.vertices[:4] for path in scene.movers["bars"].get_paths()]
    np.testing.assert_allclose([bar[:, 0].mean() for bar in bars], values)
    np.testing.assert_array_equal([bar[:, 1].max() for bar in bars], tally)
    scene.show(4)
    params, (x, y) = scene.trace[4].params, scene.movers["sum"].get_data()
    np.testing.assert_allclose(y, 70 * poisson.pmf(x[:, None], params.rates) @ params.weights, rtol=1e-9)


# Arguments, and what a scene leaves alone

@pytest.mark.parametrize("size", [(960, 540), (800, 450), (481, 271), (333, 777), (1920, 1080), (1000, 1000)])
def test_frames_have_the_size_asked_for(size):
    assert emviz.scene(coins_trace(), size=size).frame(1).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("size", [5, (960,), (960, -1), (960, 540.5), (10, 10), (100_000, 540)])
def test_wrong_sizes_are_named(size):
    with pytest.raises((ValueError, TypeError), match="size"):
        emviz.scene(coins_trace(), size=size)


def test_only_traces_have_scenes():
    with pytest.raises(TypeError, match=r"trace is a list.*emviz\.run"):
        emviz.scene([1, 2])


def test_three_features_are_projected():
    trace = emviz.run(emviz.GaussianMixture(2), np.random.default_rng(0).normal(size=(30, 3)), rng=0, max_iterations=1)
    assert emviz.scene(trace).view.NAME == "plane"


def test_other_models_have_no_scene_yet():
    class Other:
        def prepare(self, data):
            return data

    with pytest.raises(TypeError, match="trace is a run of Other: there are scenes for"):
        emviz.scene(emviz.Trace(Other(), np.zeros(3), [], False, "never ran"))


@pytest.mark.parametrize("title", ["$\\frac{", "a_b^c", "</script><b>", "x" * 500, "two\nlines"])
def test_any_title_and_column_name_can_be_drawn(title):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(blobs(), columns=[title, title + "2"])
    scene = emviz.scene(emviz.run(emviz.KMeans(2), frame, rng=0), title=title)
    scene.figure.canvas.draw()
    assert scene.title == title
    for text in [scene.panel.xaxis.label, scene.panel.yaxis.label, *scene.figure.texts]:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= 960 and box.y0 >= 0 and box.y1 <= 540


def test_the_picture_does_not_depend_on_the_users_settings():
    import matplotlib

    plain = emviz.scene(coins_trace()).frame(2)
    loud = {"font.size": 30, "axes.facecolor": "black", "text.color": "red", "font.family": "monospace",
            "lines.linewidth": 9, "xtick.direction": "in", "path.simplify": False, "axes.unicode_minus": False}
    with matplotlib.rc_context(loud):
        np.testing.assert_array_equal(emviz.scene(coins_trace()).frame(2), plain)


def test_settings_stay_as_they_were():
    import matplotlib

    before = dict(matplotlib.rcParams)
    emviz.scene(coins_trace()).frame(2)
    assert dict(matplotlib.rcParams) == before


def test_a_scene_needs_no_pyplot():
    code = ("import sys, emviz; m = emviz.BinomialMixture(2, 10); "
            "emviz.scene(emviz.run(m, [5, 9, 8, 4, 7], rng=0)).frame(1); assert 'matplotlib.pyplot' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_soft_center_moves_to_a_weighted_mean() -> None:
    hard, soft = (emviz.scene(emviz.run(emviz.KMeans(2, temperature), emviz.datasets.heights(), rng=0))
                  for temperature in (0, 9))
    assert "to the mean of its points" in hard.caption(2)
    assert "to the mean of all points, each counted by its share" in soft.caption(2)
