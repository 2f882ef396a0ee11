"""Colors: each plane shows two of three features, each point and each mean is the color that it is."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.stats import multivariate_normal

import emviz
from emviz import datasets, style
from emviz.marks import record
from emviz.scenes.view import SHOWN

PLANES = {"RG": [0, 1], "RB": [0, 2], "GB": [1, 2]}


def k_means(k: int = 4) -> emviz.Trace:
    return emviz.run(emviz.KMeans(k), datasets.photo_colors(), rng=0)


def mixture(structure: str = "full", k: int = 3, **options) -> emviz.Trace:
    return emviz.run(emviz.GaussianMixture(k, structure, **options), datasets.photo_colors(), rng=0, max_iterations=5)


def pixels() -> np.ndarray:
    return datasets.pixel_photo("flower").data[::4, ::4].reshape(-1, 3)


def rgb(name: str) -> list[float]:
    return [int(name[at:at + 2], 16) / 255 for at in (1, 3, 5)]


@pytest.fixture(scope="module")
def palette() -> emviz.scenes.Scene:
    return emviz.scene(k_means())


@pytest.fixture(scope="module")
def gaussians() -> emviz.scenes.Scene:
    return emviz.scene(mixture())


def test_named_colors_are_shown_as_colors_and_others_on_request():
    assert emviz.scene(k_means()).view.NAME == "colors" == emviz.scene(mixture()).view.NAME
    unnamed = emviz.run(emviz.KMeans(3), datasets.photo_colors().data, rng=0)
    assert emviz.scene(unnamed).view.NAME == "plane"
    scene = emviz.scene(unnamed, "colors")
    assert [axis.get_xlabel() or axis.get_ylabel() for axis in scene.figure.axes[:3]] == ["green", "red", "green"]


def test_points_are_in_the_planes_of_their_features(palette, gaussians):
    for scene in (palette, gaussians):
        for name, features in PLANES.items():
            np.testing.assert_array_equal(scene.movers[f"{name} points"].get_offsets(), scene.trace.data[:, features])


def test_means_and_their_colors_are_the_parameters(palette, gaussians):
    for scene in (palette, gaussians):
        for step, state in enumerate(scene.trace):
            scene.show(step)
            for name, features in PLANES.items():
                at = scene.movers[f"{name} means"].get_offsets()
                np.testing.assert_array_equal(at, state.params.means[:, features])
                swatches = scene.movers[f"{name} swatches"].get_facecolor()
                np.testing.assert_allclose(swatches[:, :3], state.params.means, atol=1e-12)
                assert (swatches[:, 3] == 1).all()
            np.testing.assert_allclose(scene.movers["palette"].get_facecolor()[:, :3], state.params.means, atol=1e-12)


@pytest.mark.parametrize("structure", ["full", "tied", "diag", "spherical"])
def test_ellipses_are_those_of_the_marginal_gaussians(structure):
    scene = emviz.scene(mixture(structure))
    for step in (0, 1, 2, len(scene) - 1):
        scene.show(step)
        params = scene.trace[step].params
        for name, features in PLANES.items():
            outlines = [path.vertices for path in scene.movers[f"{name} ellipses"].get_paths()]
            assert len(outlines) == 6
            for k, level in np.ndindex(3, 2):
                covariance = params.covariances[k][np.ix_(features, features)]
                marginal = multivariate_normal(params.means[k, features], covariance)
                at_level = marginal.logpdf(marginal.mean) - 0.5 * (level + 1) ** 2
                np.testing.assert_allclose(marginal.logpdf(outlines[2 * k + level]), at_level, rtol=1e-9)


def test_points_have_their_own_color_and_the_rim_says_who_claims_them(gaussians):
    trace = gaussians.trace
    for step, state in enumerate(trace):
        gaussians.show(step)
        for name in PLANES:
            points = gaussians.movers[f"{name} points"]
            np.testing.assert_allclose(points.get_facecolor()[:, :3], trace.data, atol=1e-12)
            expected = (np.tile(rgb(style.UNKNOWN), (len(trace.data), 1)) if state.kind == "start" else
                        style.blend(trace.responsibilities(step), style.stroke)[:, :3])
            np.testing.assert_allclose(points.get_edgecolor()[:, :3], expected, atol=1e-12)


def test_shapes_say_who_claims_most(palette):
    palette.show(0)
    assert all(path is style.DISC for path in palette.movers["GB points"].get_paths())
    palette.show(3)
    for path, label in zip(palette.movers["GB points"].get_paths(), palette.trace.labels(3)):
        np.testing.assert_array_equal(path.vertices, style.shape(label).vertices)


def test_an_e_makes_the_rims_of_what_switched_stand_out(palette):
    trace = palette.trace
    step = next(step for step in range(3, len(trace), 2) if (trace.labels(step) != trace.labels(step - 2)).any())
    palette.show(step)
    switched = trace.labels(step) != trace.labels(step - 2)
    points = palette.movers["RB points"]
    widths, alphas = points.get_linewidth(), points.get_edgecolor()[:, 3]
    assert np.min(np.array(widths)[switched]) > 1.8 * np.max(np.array(widths)[~switched])
    assert alphas[switched].min() == 1 and alphas[~switched].max() < 0.7
    palette.show(1)
    assert (points.get_edgecolor()[:, 3] == 1).all() and len(set(points.get_linewidth())) == 1
    palette.show(2)
    assert (points.get_edgecolor()[:, 3] == 0.5).all()


def test_points_by_responsibility():
    scene = emviz.scene(mixture(), points="responsibility", step=3)
    for name in PLANES:
        np.testing.assert_allclose(scene.movers[f"{name} points"].get_facecolor()[:, :3],
                                   style.blend(scene.trace.responsibilities(3))[:, :3], atol=1e-12)


def test_an_m_shows_in_each_plane_where_the_means_came_from(palette):
    palette.show(2)
    before = palette.trace[1].params.means
    for name, features in PLANES.items():
        np.testing.assert_array_equal(palette.movers[f"{name} old means"].get_offsets(), before[:, features])
        assert palette.movers[f"{name} moves"].get_facecolor()[:, 3].max() > 0.8
        tails = [path.vertices[0] for path in palette.movers[f"{name} moves"].get_paths()]
        np.testing.assert_allclose(tails, before[:, features], atol=1e-12)
    palette.show(3)
    assert not palette.movers["RG moves"].get_facecolor()[:, 3].any()


def lengths(scene) -> np.ndarray:
    return np.array([np.ptp(path.vertices[:, 0]) for path in scene.movers["palette"].get_paths()])


def test_the_palette_is_as_long_as_the_weights(gaussians):
    for step, state in enumerate(gaussians.trace):
        gaussians.show(step)
        weights = state.params.weights
        np.testing.assert_allclose(lengths(gaussians) / lengths(gaussians).sum(), weights, rtol=1e-9)
        assert [gaussians.movers[f"weight {k}"].get_text() for k in range(3)] == [f"{100 * w:.0f} %" for w in weights]


def test_the_palette_of_k_means_is_as_long_as_its_shares_of_all_points():
    data = datasets.pixel_photo("flower").data[::2, ::2].reshape(-1, 3)
    assert len(data) > SHOWN
    scene = emviz.scene(emviz.run(emviz.KMeans(3), data, rng=0, max_iterations=3), "colors")
    assert not lengths(scene).any() and scene.movers["weight 0"].get_text() == "–"
    for step in (1, 2, 5):
        scene.show(step)
        shares = np.bincount(scene.trace.labels(step), minlength=3) / len(data)
        np.testing.assert_allclose(lengths(scene) / lengths(scene).sum(), shares, rtol=1e-9)
        assert [scene.movers[f"weight {k}"].get_text() for k in range(3)] == [f"{100 * s:.0f} %" for s in shares]


def test_colors_from_0_to_255():
    scene = emviz.scene(emviz.run(emviz.KMeans(3), pixels(), rng=0, max_iterations=2), "colors", step=4)
    np.testing.assert_allclose(scene.movers["RG points"].get_facecolor()[:, :3], pixels() / 255, atol=1e-12)
    np.testing.assert_allclose(scene.movers["GB swatches"].get_facecolor()[:, :3], scene.trace.final.means / 255)
    for ax in scene.figure.axes[:3]:
        assert ax.get_xlim() == ax.get_ylim() and -25 < ax.get_xlim()[0] < 0 and 255 < ax.get_xlim()[1] < 280


def test_one_unit_is_as_long_in_all_planes(palette):
    sizes = {tuple(np.round(ax.bbox.size, 6)) for ax in palette.figure.axes[:3]}
    assert len(sizes) == 1 and len(set(sizes.pop())) == 1
    assert {ax.get_xlim() for ax in palette.figure.axes[:3]} == {ax.get_ylim() for ax in palette.figure.axes[:3]}
    shared = palette.figure.axes
    assert shared[0].bbox.x0 == shared[1].bbox.x0 and shared[1].bbox.y0 == shared[2].bbox.y0


def test_ramps_run_along_the_axes_from_black_to_the_full_color(palette):
    ramps = {}
    for plane, ax in zip(PLANES, palette.figure.axes[:3]):
        for image in ax.images:
            left, right, bottom, top = image.get_extent()
            upright = right - left < top - bottom
            assert ((bottom, top) if upright else (left, right)) == (0, 1)
            line = image.get_array()[:, 0] if upright else image.get_array()[0]
            first, last = (line[-1], line[0]) if upright else (line[0], line[-1])  # rows count from the top
            assert not first.any()
            ramps[plane, "up" if upright else "across"] = last.tolist()
    assert ramps == {("RG", "up"): [0, 255, 0], ("RB", "up"): [0, 0, 255], ("RB", "across"): [255, 0, 0],
                     ("GB", "across"): [0, 255, 0]}


def test_numbers_can_be_read_on_their_swatches():
    colors = np.array([[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [0, 0, 1], [1, 1, 0], [0.4, 0.4, 0.4]], dtype=float)
    ink = np.array([rgb(name) for name in style.readable(colors)])

    def luminance(rgb: np.ndarray) -> np.ndarray:
        return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    lighter = np.maximum(luminance(ink), luminance(colors)) + 0.05
    darker = np.minimum(luminance(ink), luminance(colors)) + 0.05
    assert (lighter / darker).min() > 4.1


@pytest.mark.parametrize("k", [1, 2, 8, 16])
@pytest.mark.parametrize("frame", [{}, {"projector": True}, {"size": (640, 360)}, {"size": (1280, 720)}])
def test_the_palette_has_room_for_all_and_keeps_clear_of_the_curve(k, frame):
    scene = emviz.scene(k_means(k), step=1, **frame)
    scene.figure.canvas.draw()
    palette, planes = scene.view._palette, scene.figure.axes[:3]
    boxes = [scene.movers[f"weight {j}"].get_window_extent() for j in range(k)]
    notes = [text.get_window_extent() for text in palette.texts if text not in scene.movers.values()]
    for n, box in enumerate(boxes):
        assert palette.bbox.x0 <= box.x0 and box.x1 <= palette.bbox.x1 + 1
        assert not any(box.overlaps(other) for other in [*boxes[n + 1:], *notes])
        assert not any(box.overlaps(ax.bbox) for ax in planes)
    bars = [path.get_extents() for path in scene.movers["palette"].get_paths()]
    assert all(np.diff(sorted(bar.y0 for bar in bars if bar.x0 == bars[0].x0)) > bars[0].height)
    assert palette.bbox.x1 < scene.curve.ax.bbox.x0


def test_swatches_of_near_means_stand_side_by_side():
    scene = emviz.scene(k_means(8))
    for step in range(len(scene)):
        scene.show(step)
        for name, ax in zip(PLANES, scene.figure.axes[:3]):
            at = ax.transData.transform(scene.movers[f"{name} swatches"].get_offsets())
            apart = np.hypot(*np.moveaxis(at[:, None] - at, -1, 0)) + 1000 * np.eye(8)
            assert apart.min() > 20 * scene.figure.dpi / 72
            assert (at >= ax.bbox.min).all() and (at <= ax.bbox.max).all()


def test_a_pointer_reads_all_three_planes(palette):
    recording = record(palette, [0, 1])
    assert [reading.mover for reading in recording.readings] == ["RG points", "RB points", "GB points"]
    for reading in recording.readings:
        assert len(reading.names) == 96 == len(recording.states[0][reading.mover][0].positions)
        np.testing.assert_array_equal(reading.percents[1].array, np.rint(100 * palette.trace.responsibilities(1)))


def test_many_points_are_sampled_and_the_picture_says_so():
    data = datasets.pixel_photo("flower").data[::2, ::2].reshape(-1, 3)
    scene = emviz.scene(emviz.run(emviz.KMeans(2), data, rng=0, max_iterations=1), "colors")
    assert len(scene.movers["RG points"].get_offsets()) == SHOWN
    said = " ".join(text.get_text() for text in scene.view._palette.texts)
    assert f"5,000 of {len(data):,} points shown" in said


@pytest.mark.parametrize("trace, reason", [
    (lambda: emviz.run(emviz.KMeans(2), datasets.iris(), rng=0), "a color is red, green and blue, and the data have 4"),
    (lambda: emviz.run(emviz.KMeans(2), pixels() - 100.0, rng=0, max_iterations=1), "the data are from -100 to"),
    (lambda: emviz.run(emviz.KMeans(2), 2.0 * pixels(), rng=0, max_iterations=1), "give colors from 0 to 1, or"),
    (lambda: emviz.run(emviz.PoissonMixture(2), [1, 2, 3, 9], rng=0), "it shows KMeans and GaussianMixture"),
])
def test_what_is_no_color_is_told(trace, reason):
    with pytest.raises(ValueError, match=reason):
        emviz.scene(trace(), "colors")


def test_a_wrong_option_is_told():
    with pytest.raises(ValueError, match="points='true' is unknown: choose one of 'own', 'responsibility'"):
        emviz.scene(k_means(), "colors", points="true")


def test_it_draws_into_a_readers_own_axes():
    figure = Figure(figsize=(9, 5), dpi=90)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    scene = emviz.scene(k_means(), ax=right, step=1)
    figure.canvas.draw()
    assert not left.collections and right.get_title("left").startswith("E (assign), iteration 1")
    for ax in [plane.ax for plane in scene.view._planes] + [scene.view._palette]:
        assert (ax.bbox.min >= right.bbox.min - 1).all() and (ax.bbox.max <= right.bbox.max + 1).all()
    np.testing.assert_array_equal(scene.movers["GB points"].get_offsets(), scene.trace.data[:, 1:])
