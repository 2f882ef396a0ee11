"""Means as small pictures: the pixels of every tile are the numbers of the state."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import emviz
from emviz import style

INK = 26  # the level of style.INK


def digits():
    return emviz.datasets.digits_2_6()


def small_pictures(n: int = 60) -> np.ndarray:
    """Rows of 4 × 6 pixels: one half has ink above, the other below."""
    rng = np.random.default_rng(0)
    pictures = rng.uniform(0, 0.4, (n, 4, 6))
    pictures[: n // 2, :2] += 0.6
    pictures[n // 2:, 2:] += 0.6
    return pictures.reshape(n, 24)


@pytest.fixture(scope="module")
def twos_and_sixes():
    data = digits()
    return emviz.scene(emviz.run(emviz.KMeans(3), data, data.data[[0, 1, 200]], max_iterations=5))


@pytest.fixture(scope="module")
def mixture():
    model = emviz.GaussianMixture(2, "spherical", temperature=40.0)
    data = small_pictures()
    return emviz.scene(emviz.run(model, data, data[[0, 40]], max_iterations=4), "tiles", shape=(4, 6))


def image(scene, name: str) -> np.ndarray:
    return np.asarray(scene.movers[name].get_array())


def gray(values: np.ndarray, high: float) -> np.ndarray:
    """The level of ink on paper, for values from 0 to `high`."""
    return 255 - values / high * (255 - INK)


def boxes(scene, name: str) -> np.ndarray:
    """left, lower, right, upper of each outline on the sheet, y down."""
    corners = np.array([path.vertices[:4] for path in scene.movers[name].get_paths()])
    return np.column_stack([corners.min(axis=1), corners.max(axis=1)])


def test_digits_are_shown_as_tiles_by_themselves(twos_and_sixes):
    assert twos_and_sixes.view.NAME == "tiles"


def test_means_are_the_parameters_of_the_state(twos_and_sixes):
    for step, state in enumerate(twos_and_sixes.trace):
        twos_and_sixes.show(step)
        for j, mean in enumerate(state.params.means):
            tile = image(twos_and_sixes, f"mean {j}")
            assert tile.shape == (28, 28, 4) and (tile[..., 3] == 255).all()
            np.testing.assert_allclose(tile[..., 0], gray(mean.reshape(28, 28), 255), atol=0.501)


def test_halfway_to_an_m_is_halfway(twos_and_sixes):
    before, after = (twos_and_sixes.trace[step].params.means[1] for step in (1, 2))
    twos_and_sixes.show(1.5)
    expected = gray((before + after).reshape(28, 28) / 2, 255)
    np.testing.assert_allclose(image(twos_and_sixes, "mean 1")[..., 0], expected, atol=0.501)


def test_in_an_m_the_mean_before_and_the_change_stand_beside(twos_and_sixes):
    twos_and_sixes.show(4)
    before, after = (twos_and_sixes.trace[step].params.means[2] for step in (3, 4))
    old, change = image(twos_and_sixes, "before 2"), image(twos_and_sixes, "change 2")
    assert (old[..., 3] == 255).all() and (change[..., 3] == 255).all()
    np.testing.assert_allclose(old[..., 0], gray(before.reshape(28, 28), 255), atol=0.501)
    more = (after - before).reshape(28, 28)
    orange, blue = (np.array([int(name[at:at + 2], 16) for at in (1, 3, 5)]) for name in style.COLORS[1::-1])
    strongest = np.unravel_index(np.abs(more).argmax(), more.shape)
    later = np.array([step.params.means for step in twos_and_sixes.trace[2:]])  # the first M may be out of the scale
    share = np.abs(more) / np.abs(np.diff(later, axis=0)).max()
    for place in (strongest, (14, 14), np.unravel_index(more.argmin(), more.shape)):
        full = orange if more[place] > 0 else blue
        np.testing.assert_allclose(change[place][:3], 255 - share[place] * (255 - full), atol=0.501)
    for step in (0, 3):
        twos_and_sixes.show(step)
        assert not image(twos_and_sixes, "before 2")[..., 3].any()
        assert not image(twos_and_sixes, "change 2")[..., 3].any()


def test_examples_are_the_rows_that_chose_a_center_and_are_nearest_to_it(twos_and_sixes):
    data = twos_and_sixes.trace.data
    for step in range(1, len(twos_and_sixes), 2):
        twos_and_sixes.show(step)
        distances = cdist(data, twos_and_sixes.trace[step].q_params.means)
        labels = distances.argmin(axis=1)
        for j in range(3):
            own = np.flatnonzero(labels == j)
            nearest = own[distances[own, j].argsort()][:6]
            strip = image(twos_and_sixes, f"examples {j}")
            lines = strip.shape[0] // 28
            per_line = -(-6 // lines)
            for at, row in enumerate(nearest):
                y, x = at // per_line * 30, at % per_line * 30
                tile = strip[y:y + 28, x:x + 28, 0]
                np.testing.assert_allclose(tile, gray(data[row].reshape(28, 28), 255), atol=0.501)


def test_there_are_no_examples_before_the_first_e(twos_and_sixes):
    twos_and_sixes.show(0)
    assert not image(twos_and_sixes, "examples 1").any()
    assert twos_and_sixes.movers["hint"].get_text() == "no picture has been asked yet"
    assert twos_and_sixes.movers["count 1"].get_text() == twos_and_sixes.movers["share 1"].get_text() == "–"


def test_examples_stand_in_their_rims(twos_and_sixes):
    twos_and_sixes.show(1)
    rims = boxes(twos_and_sixes, "rims")
    assert len(rims) == 18
    for j in range(3):
        strip = twos_and_sixes.movers[f"examples {j}"]
        left, right, lower, upper = strip.get_extent()
        height, width = image(twos_and_sixes, f"examples {j}").shape[:2]
        pixel = (right - left) / width
        assert pixel == pytest.approx((lower - upper) / height)
        own = rims[6 * j:6 * j + 6]
        np.testing.assert_allclose(own[:, 2:] - own[:, :2], 28 * pixel)
        np.testing.assert_allclose(own[[0, -1]][:, [0, 1]], [[left, upper], [right - 28 * pixel, lower - 28 * pixel]])


def test_rims_blend_the_colors_by_responsibility(mixture):
    mixture.show(1)
    joint = -cdist(small_pictures(), mixture.trace[1].q_params.means, "sqeuclidean") / 2
    variances = mixture.trace[1].q_params.covariances[:, 0, 0]
    joint = (joint / variances - 12 * np.log(variances) + np.log(mixture.trace[1].q_params.weights)) / 40
    shares = np.exp(joint) / np.exp(joint).sum(axis=1, keepdims=True)
    assert 0.05 < shares.min() < 0.45
    own = np.flatnonzero(shares.argmax(axis=1) == 0)
    distances = cdist(small_pictures()[own], mixture.trace[1].q_params.means[:1])[:, 0]
    expected = style.blend(shares[own[distances.argsort()][:6]])
    np.testing.assert_allclose(mixture.movers["rims"].get_edgecolor()[:6, :3], expected[:, :3], atol=1e-9)


def test_weights_and_expected_counts_are_written(mixture):
    for step, state in enumerate(mixture.trace):
        mixture.show(step)
        shares = [mixture.movers[f"share {j}"].get_text() for j in range(2)]
        assert shares == [f"{100 * weight:.0f} %" for weight in state.params.weights]
        if step:
            counts = mixture.trace.responsibilities(step).sum(axis=0)
            assert [mixture.movers[f"count {j}"].get_text() for j in range(2)] == [f"{n:.0f} points" for n in counts]


def test_k_means_writes_shares_of_the_points(twos_and_sixes):
    for step in range(1, len(twos_and_sixes)):
        twos_and_sixes.show(step)
        counts = np.bincount(twos_and_sixes.trace.labels(step), minlength=3)
        assert [twos_and_sixes.movers[f"count {j}"].get_text() for j in range(3)] == [f"{n} points" for n in counts]
        assert [twos_and_sixes.movers[f"share {j}"].get_text() for j in range(3)] == [f"{n / 4:.0f} %" for n in counts]


@pytest.mark.parametrize("k", [1, 2, 5, 10])
@pytest.mark.parametrize("frame", [{}, {"size": (640, 360)}, {"projector": True}], ids=["plain", "small", "projector"])
def test_tiles_keep_clear_of_each_other_and_inside(k, frame):
    scene = emviz.scene(emviz.run(emviz.KMeans(k), digits(), rng=0, max_iterations=1), step=2, **frame)
    pixels = scene.panel.transData
    found = []
    for j in range(k):
        for name in ("mean", "before", "change", "examples"):
            left, right, lower, upper = scene.movers[f"{name} {j}"].get_extent()
            found.append((*pixels.transform((left, lower)), *pixels.transform((right, upper))))
        for name in ("share", "count"):
            found.append(scene.movers[f"{name} {j}"].get_window_extent().extents)
    found = np.array(found)
    assert (found[:, :2] >= 0).all() and (found[:, 2] < scene.curve.ax.bbox.x0).all()
    assert (found[:, 3] <= scene.figure.bbox.height - scene.caption_height).all()
    apart = ((found[:, None, 0] >= found[:, 2] - 2) | (found[:, None, 2] - 2 <= found[:, 0])
             | (found[:, None, 1] >= found[:, 3] - 2) | (found[:, None, 3] - 2 <= found[:, 1]))
    assert (apart | np.eye(len(found), dtype=bool)).all()


def test_a_component_with_few_rows_has_few_examples():
    data = small_pictures()
    data[:5] += 3
    trace = emviz.run(emviz.KMeans(2), data, data[[20, 0]], max_iterations=1)
    scene = emviz.scene(trace, "tiles", shape=(4, 6), examples=12, step=1)
    count = int((trace.labels(1) == 1).sum())
    assert count == 5
    colored = scene.movers["rims"].get_edgecolor()[12:]
    gray_rims = np.ptp(colored[:, :3], axis=1) == 0
    np.testing.assert_array_equal(gray_rims, np.arange(12) >= count)


def test_examples_can_be_left_out():
    trace = emviz.run(emviz.KMeans(2), digits(), rng=0, max_iterations=1)
    scene = emviz.scene(trace, examples=0, step=1)
    assert "rims" not in scene.movers and scene.movers["hint"].get_text() == ""
    height = [abs(np.diff(chosen.movers["mean 0"].get_extent()[2:])[0]) for chosen in (scene, emviz.scene(trace))]
    assert height[0] >= height[1]


# Which shape

def unnamed(n_features: int) -> emviz.Trace:
    data = np.random.default_rng(0).random((30, n_features))
    return emviz.run(emviz.KMeans(2), data, rng=0, max_iterations=1)


def test_names_of_pixels_tell_the_shape():
    from sklearn.datasets import load_digits

    pandas = pytest.importorskip("pandas")
    scene = emviz.scene(emviz.run(emviz.KMeans(3), load_digits(), rng=0, max_iterations=1))
    assert scene.view.NAME == "tiles" and image(scene, "mean 0").shape == (8, 8, 4)
    names = [f"pixel ({row}, {column})" for row in range(4) for column in range(6)]
    wide = emviz.run(emviz.KMeans(2), pandas.DataFrame(small_pictures(), columns=names), rng=0, max_iterations=1)
    assert image(emviz.scene(wide), "mean 1").shape == (4, 6, 4)


def test_a_square_number_of_features_is_a_square_when_asked_for():
    assert emviz.scene(unnamed(25)).view.NAME != "tiles"
    assert image(emviz.scene(unnamed(25), "tiles"), "mean 0").shape == (5, 5, 4)


@pytest.mark.parametrize("n_features, options, error", [
    (24, {}, r"shape is missing: give shape=\(height, width\) with height × width = 24"),
    (9, {}, "shape is missing"),
    (24, {"shape": (5, 5)}, r"shape is \(5, 5\): give \(height, width\) with height × width = 24, the features"),
    (24, {"shape": (4.0, 6.5)}, "shape is"),
    (24, {"shape": (-4, -6)}, "shape is"),
    (24, {"shape": 24}, r"shape is 24: give \(height, width\) in pixels"),
    (25, {"examples": 13}, "examples=13 is too many: choose from 0 to 12"),
    (25, {"examples": -1}, "examples=-1 is too small"),
    (2, {}, "view is 'tiles', which does not fit this trace: 2 features, too few for a picture"),
])
def test_wrong_options_are_named(n_features, options, error):
    with pytest.raises(ValueError, match=error):
        emviz.scene(unnamed(n_features), "tiles", **options)


def test_coins_have_no_pictures():
    trace = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=1)
    with pytest.raises(ValueError, match="it shows KMeans and GaussianMixture"):
        emviz.scene(trace, "tiles")
