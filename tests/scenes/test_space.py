"""Space: a parallel projection that a browser can turn, checked against rotations of SciPy."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.spatial.transform import Rotation
from scipy.stats import chi2

import emviz
from emviz import style
from emviz.marks import record
from emviz.marks.kinds import PointsMark
from emviz.scenes.view import SHOWN

CENTERS = np.array([[-3.0, 0, 1], [3, 1, -1], [0, 4, 0]])
COVARIANCES = ("full", "tied", "diag", "spherical")


def clouds(n: int = 120, scale: object = 1.0) -> np.ndarray:
    rng = np.random.default_rng(4)
    return (rng.normal(size=(n, 3)) * [1.5, 1.0, 0.7] + CENTERS[np.arange(n) % 3]) * scale


def mixture(structure: str = "full", **options) -> emviz.Trace:
    points = clouds(**options)
    return emviz.run(emviz.GaussianMixture(3, structure), points, points[:3], max_iterations=4)


def k_means(**options) -> emviz.Trace:
    points = clouds(**options)
    return emviz.run(emviz.KMeans(3), points, points[[0, 3, 6]])


@pytest.fixture(scope="module")
def space() -> emviz.scenes.Scene:
    return emviz.scene(mixture(), "space")


def to_reader(azimuth: float = -60, elevation: float = 20) -> Rotation:
    """From features to right, up and toward the reader."""
    return Rotation.from_euler("zx", [-(azimuth + 90), elevation - 90], degrees=True)


def pixels(scene, places) -> np.ndarray:
    return scene.panel.transData.transform(places)


def projection(scene, rotation: Rotation, unit: object = 1.0) -> tuple[float, np.ndarray]:
    """The scale and the middle with which all points are at center + scale · W (x − middle); no others fit."""
    data = scene.trace.data / unit
    turned = rotation.apply(data)[:, :2]
    at = pixels(scene, scene.movers["points"].get_offsets())
    scale = np.ptp(at[:, 0]) / np.ptp(turned[:, 0])
    np.testing.assert_allclose(at - at.mean(axis=0), scale * (turned - turned.mean(axis=0)), atol=1e-6)
    corners = pixels(scene, np.concatenate(scene.movers["box"].get_segments()))
    np.testing.assert_allclose(corners.mean(axis=0), scene.center, atol=1e-6)
    middle = (data.min(axis=0) + data.max(axis=0)) / 2
    np.testing.assert_allclose(at, scene.center + scale * rotation.apply(data - middle)[:, :2], atol=1e-6)
    return float(scale), middle


@pytest.mark.parametrize("view", [(-60, 20), (0, 0), (30, -45), (200, 90)])
def test_points_are_at_center_plus_scale_times_w_x(view):
    azimuth, elevation = view
    scene = emviz.scene(mixture(), "space", azimuth=azimuth, elevation=elevation)
    projection(scene, to_reader(azimuth, elevation))


def test_features_of_different_units_are_divided_by_their_ranges_and_the_picture_says_so():
    units = np.array([1e-3, 1.0, 500.0])
    scene = emviz.scene(k_means(scale=units), "space")
    projection(scene, to_reader(), np.ptp(scene.trace.data, axis=0))
    notes = [text.get_text() for text in scene.panel.texts]
    assert any("divided by its range" in note for note in notes)
    assert not any("divided" in text.get_text() for text in emviz.scene(k_means(), "space").panel.texts)


def test_means_are_where_the_points_would_be(space):
    scale, middle = projection(space, to_reader())
    for step, state in enumerate(space.trace):
        space.show(step)
        expected = space.center + scale * to_reader().apply(state.params.means - middle)[:, :2]
        for name in ("means", "badges", "numbers"):
            np.testing.assert_allclose(pixels(space, space.movers[name].get_offsets()), expected, atol=1e-6)
        trails = pixels(space, np.array(space.movers["trails"].get_segments())[:, step])
        np.testing.assert_allclose(trails, expected, atol=1e-6)


def in_features(scene, name: str) -> np.ndarray:
    """The vertices of a mover, float[outlines, v, 3], from how it looks from the front and from the side."""
    def outlines() -> np.ndarray:
        paths = [path.vertices[:-1] for path in scene.movers[name].get_paths()]  # the last vertex closes
        return pixels(scene, np.concatenate(paths)) - scene.center

    scale, middle = projection(scene, to_reader())
    front = outlines()
    with scene.from_the_side():
        scene.show(scene.view._step)
        side = outlines()
    np.testing.assert_array_equal(side[:, 1], front[:, 1])
    seen = np.column_stack([front, side[:, 0]])
    return (to_reader().inv().apply(seen / scale) + middle).reshape(len(scene.movers[name].get_paths()), -1, 3)


@pytest.mark.parametrize("structure", COVARIANCES)
def test_ellipses_are_two_standard_deviations_away_in_space(structure):
    scene = emviz.scene(mixture(structure), "space")
    for step in (0, 1, 2, len(scene) - 1):
        scene.show(step)
        now, origin = scene.trace[step].params, scene.trace[max(0, step - 1 if step % 2 == 0 else step - 2)].params
        for name, params in (("ellipses", now), ("ellipse fills", now), ("old ellipses", origin)):
            outlines = in_features(scene, name)
            for outline, k in zip(outlines, np.repeat(range(3), 3)):
                away = outline - params.means[k]
                squared = np.einsum("vi,vi->v", away, np.linalg.solve(params.covariances[k], away.T).T)
                np.testing.assert_allclose(squared, 4, rtol=1e-6)
                assert np.linalg.matrix_rank(away, tol=1e-6) == 2  # it is flat, and no line


def test_the_stated_coverage_is_that_of_three_dimensions(space):
    percent = 100 * chi2(3).cdf(2**2)
    assert any(f"2 σ: {percent:.0f} % of a Gaussian" in text.get_text() for text in space.panel.texts)


def test_a_stem_goes_straight_down_to_the_floor(space):
    space.show(3)
    scale, middle = projection(space, to_reader())
    floor = pixels(space, space.movers["floor"].get_paths()[0].vertices)
    below = to_reader().apply([0, 0, 1])[1]
    for stem, mean, foot in zip(space.movers["stems"].get_segments(), space.movers["means"].get_offsets(),
                                pixels(space, space.movers["feet"].get_offsets())):
        np.testing.assert_array_equal(stem[1], mean)
        down, up = pixels(space, stem)
        np.testing.assert_allclose(down, foot)
        assert down[0] == pytest.approx(up[0]) and down[1] < up[1]
        assert floor[:, 1].min() < down[1] < floor[:, 1].max()
    height = space.trace[3].params.means[:, 2] - space.trace.data[:, 2].min()
    lengths = [np.ptp(pixels(space, stem)[:, 1]) for stem in space.movers["stems"].get_segments()]
    np.testing.assert_allclose(np.diff(lengths), scale * below * np.diff(height))


def test_an_m_shows_where_each_mean_came_from(space):
    space.show(2)
    old, new = (space.trace[step].params.means for step in (1, 2))
    scale, middle = projection(space, to_reader())
    for segment, ends in zip(space.movers["moves"].get_segments(), np.stack([old, new], axis=1)):
        expected = space.center + scale * to_reader().apply(ends - middle)[:, :2]
        np.testing.assert_allclose(pixels(space, segment), expected, atol=1e-6)
    assert space.movers["moves"].get_edgecolor()[:, 3].max() > 0.8
    space.show(3)
    assert not space.movers["moves"].get_edgecolor()[:, 3].any()
    assert not space.movers["old means"].get_facecolor()[:, 3].any()


def test_points_are_blended_by_responsibility(space):
    space.show(0)
    assert len(np.unique(space.movers["points"].get_facecolor(), axis=0)) == 1
    space.show(3)
    np.testing.assert_allclose(space.movers["points"].get_facecolor()[:, :3],
                               style.blend(space.trace.responsibilities(3))[:, :3], atol=1e-12)


# What a browser needs to turn it

def places(marks) -> np.ndarray:
    """All positions and vertices of a mover's marks, float[n, 2]."""
    each = [mark.positions if isinstance(mark, PointsMark) else mark.vertices for mark in marks]
    return np.concatenate([np.zeros((0, 2)), *each])


def turned(recording, at: int, name: str, yaw: float, tilt: float) -> np.ndarray:
    """What player.js shows after a turn by `yaw`, from `tilt` above: set upright, turned, tipped."""
    center, seen = np.array(recording.turn.center), places(recording.states[at][name])
    side = places(recording.turn.sides[at][name])[:, 0]
    out = np.column_stack([seen - center, side - center[0]]) * [1, -1, 1]  # right, up, toward the reader
    turn = Rotation.from_euler("xyx", [-recording.turn.elevation, yaw, tilt], degrees=True)
    return center + turn.apply(out)[:, :2] * [1, -1]


def lengths(recording) -> np.ndarray:
    """Of the edges of the box in space, in pixels."""
    seen, side = (places(look["box"]) for look in (recording.states[0], recording.turn.sides[0]))
    start, end = np.column_stack([seen, side[:, 0]]).reshape(-1, 2, 3).swapaxes(0, 1)
    return np.linalg.norm(end - start, axis=1)


@pytest.mark.parametrize("make", [mixture, k_means])
@pytest.mark.parametrize("yaw, tilt", [(25, 20), (-70, 20), (0, 55), (160, -30), (-115, 80)])
@pytest.mark.parametrize("elevation", [0, 20])
def test_a_turned_recording_is_the_recording_of_a_turned_scene(make, yaw, tilt, elevation):
    trace = make()
    steps = [0, 1, 2, len(trace) - 1]
    here = record(emviz.scene(trace, "space", azimuth=-40, elevation=elevation), steps)
    there = record(emviz.scene(trace, "space", azimuth=-40 - yaw, elevation=tilt), steps)
    zoom = np.median(lengths(there) / lengths(here))  # each scene is as large as it can be
    np.testing.assert_allclose(lengths(there) / lengths(here), zoom, rtol=2e-3)
    center = np.array(here.turn.center)
    np.testing.assert_allclose(there.turn.center, center)
    as_they_stand = {"words", "grid"}  # along the edges that are outermost in the first place
    for at in range(len(steps)):
        for name in set(here.turn.sides[at]) - as_they_stand:
            expected = places(there.states[at][name])
            if name in ("means", "points", "ellipses", "box", "trails"):
                assert len(expected)
            shown = center + zoom * (turned(here, at, name, yaw, tilt) - center)
            np.testing.assert_allclose(shown, expected, atol=0.15, err_msg=name)


def test_from_the_side_is_a_quarter_turn_about_the_upright_axis_of_the_page(space):
    recording = record(space, [1, 2])
    scale, middle = projection(space, to_reader())
    down = [1, -1]
    seen = scale * to_reader().apply(space.trace.data - middle)
    for at in range(2):
        np.testing.assert_allclose((places(recording.states[at]["points"]) - recording.turn.center) * down, seen[:, :2],
                                   atol=0.05)
        np.testing.assert_allclose((places(recording.turn.sides[at]["points"]) - recording.turn.center) * down,
                                   seen[:, [2, 1]], atol=0.05)


def test_all_turns_but_the_curve_and_the_caption(space):
    recording = record(space)
    still = set(recording.states[0]) - set(recording.turn.sides[0])
    curve = {"now", "gap", "lower bound", "objective", "now values", "now badge", "gap now", "lower bound now",
             "log-likelihood now"}
    assert still == curve
    for state, side in zip(recording.states, recording.turn.sides):
        for name, marks in side.items():
            assert [type(mark) for mark in marks] == [type(mark) for mark in state[name]]
            assert places(marks).shape == places(state[name]).shape


def test_after_a_look_from_the_side_the_scene_is_as_it_was(space):
    before = space.frame(3)
    with space.from_the_side():
        assert (space.frame(3) != before).any()
    canvas = FigureCanvasAgg(space.figure)
    with style.drawing():
        canvas.draw()
    assert np.abs(np.asarray(canvas.buffer_rgba())[..., :3].astype(int) - before).max() <= 1


def test_outlines_that_do_not_turn_are_constant(space):
    """Badges, numbers and words face the reader: the same outlines from the side."""
    recording = record(space, [2])
    for name in ("words", "badges", "numbers", "points", "leaders"):
        for mark, other in zip(recording.states[0][name], recording.turn.sides[0][name]):
            assert mark.outlines == other.outlines and (mark.which, mark.fills) == (other.which, other.fills)


def test_other_views_do_not_turn():
    assert record(emviz.scene(mixture(), "plane", columns=(0, 1)), [0]).turn is None


# Words, badges, arguments

def words_in_pixels(scene) -> list[np.ndarray]:
    """The box of each number and name: float[2, 2]."""
    artist = scene.movers["words"]
    size = np.sqrt(artist.get_sizes()[0]) * scene.figure.dpi / 72
    return [place + size * path.get_extents().get_points()
            for place, path in zip(pixels(scene, artist.get_offsets()), artist.get_paths())]


@pytest.mark.parametrize("view", [(-60, 20), (30, -30), (135, 5), (-10, 60)])
@pytest.mark.parametrize("frame", [{}, {"projector": True}, {"size": (640, 360)}, {"title": "Lengths"}],
                         ids=["plain", "projector", "small", "title"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 0.3), (0.4, 0.5, 1.2)])
def test_numbers_and_names_are_in_the_panel_and_apart(view, frame, shape):
    data = clouds(scale=shape)
    named = type("Named", (), {"data": data, "feature_names": ("petal length (cm)", "width", "sepal length (cm)")})()
    trace = emviz.run(emviz.KMeans(3), named, rng=0, max_iterations=1)
    scene = emviz.scene(trace, "space", azimuth=view[0], elevation=view[1], **frame)
    boxes = words_in_pixels(scene)
    panel = scene.panel.bbox
    for n, (low, high) in enumerate(boxes):
        assert (low >= panel.min - 0.5).all() and (high <= panel.max + 0.5).all()
        for other_low, other_high in boxes[n + 1:]:
            assert (low >= other_high).any() or (high <= other_low).any()


@pytest.mark.parametrize("name", ["", " ", "$\\frac{", "two\nlines", "x" * 500])
def test_any_name_of_a_feature_can_be_drawn(name):
    named = type("Named", (), {"data": clouds(), "feature_names": (name, name, name)})()
    scene = emviz.scene(emviz.run(emviz.KMeans(3), named, rng=0, max_iterations=1), "space")
    scene.figure.canvas.draw()
    for low, high in words_in_pixels(scene):
        assert (low >= scene.panel.bbox.min).all() and (high <= scene.panel.bbox.max).all()


def test_numbers_of_tiny_and_huge_values_are_short():
    for scale in (1e-9, 1e12):
        scene = emviz.scene(k_means(scale=scale), "space")
        assert max(np.ptp(box[:, 0]) for box in words_in_pixels(scene)) < 200


def test_badges_of_equal_means_stand_side_by_side():
    start = np.repeat(clouds()[:1], 3, axis=0)
    with pytest.warns(UserWarning, match="identical"):
        scene = emviz.scene(emviz.run(emviz.KMeans(3), clouds(), start, max_iterations=0), "space")
    assert len(np.unique(scene.movers["badges"].get_offsets(), axis=0)) == 1
    diameter = 21 * scene.figure.dpi / 72
    middles = [diameter * path.vertices[:-1].mean(axis=0) for path in scene.movers["badges"].get_paths()]
    apart = np.linalg.norm(np.array(middles)[:, None] - middles, axis=2)[np.triu_indices(3, 1)]
    assert apart.min() > 28
    for badge, line in zip(middles, scene.movers["leaders"].get_paths()):
        np.testing.assert_allclose(line.vertices[1] * scene.figure.dpi / 72, badge, atol=1e-9)


def test_many_points_are_sampled_and_the_picture_says_so():
    points = np.random.default_rng(0).normal(size=(SHOWN + 1000, 3))
    scene = emviz.scene(emviz.run(emviz.KMeans(2), points, rng=0, max_iterations=1), "space")
    assert len(scene.movers["points"].get_offsets()) == SHOWN
    assert "5,000 of 6,000 points shown" in [text.get_text() for text in scene.panel.texts]


def test_space_is_shown_on_request_only():
    assert emviz.scene(mixture()).view.NAME == "plane"


@pytest.mark.parametrize("options, named", [
    ({"azimuth": "left"}, "azimuth is 'left'"), ({"azimuth": 400}, "azimuth is 400"), ({"azimuth": True}, "azimuth"),
    ({"elevation": 91}, "elevation is 91: give degrees from −90 to 90"), ({"elevation": np.nan}, "elevation is nan"),
])
def test_wrong_angles_are_named(options, named):
    with pytest.raises(ValueError, match=named):
        emviz.scene(mixture(), "space", **options)


def test_other_runs_are_told_what_space_needs():
    with pytest.raises(ValueError, match="2 features and space has three"):
        emviz.scene(emviz.run(emviz.KMeans(2), clouds()[:, :2], rng=0), "space")
    with pytest.raises(ValueError, match="it shows KMeans and GaussianMixture"):
        emviz.scene(emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0), "space")


def test_it_draws_into_a_readers_own_axes():
    figure = Figure(figsize=(9, 4), dpi=90)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    scene = emviz.scene(mixture(), "space", ax=right, step=2)
    figure.canvas.draw()
    assert scene.figure is figure and not left.collections
    assert right.get_title("left").startswith("M, iteration 1")
    assert (scene.panel.bbox.min >= right.bbox.min - 1).all() and (scene.panel.bbox.max <= right.bbox.max + 1).all()
    projection(scene, to_reader())
    assert record(scene, [0, 1]).turn is not None
