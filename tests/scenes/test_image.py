"""Photographs repainted: the colors in the picture are those that the parameters give."""

import time

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import multivariate_normal

import emviz
from emviz.scenes.pixels import in_cells


def photo(step: int = 4) -> np.ndarray:
    return emviz.datasets.pixel_photo("flower").data[::step, ::step]


def rows(picture: np.ndarray) -> np.ndarray:
    return picture.reshape(-1, 3)


@pytest.fixture(scope="module")
def hard():
    trace = emviz.run(emviz.KMeans(5), rows(photo()), rng=0, max_iterations=8)
    return emviz.scene(trace, "image", shape=photo().shape[:2])


@pytest.fixture(scope="module")
def soft():
    trace = emviz.run(emviz.GaussianMixture(3), rows(photo()) / 255, rng=0, max_iterations=5)
    return emviz.scene(trace, "image", picture=photo() / 255, paint="posterior")


def painted(scene) -> np.ndarray:
    return np.asarray(scene.movers["picture"].get_array())[..., :3]


def nearest(picture: np.ndarray, means: np.ndarray) -> np.ndarray:
    return cdist(rows(picture), means, "sqeuclidean").argmin(axis=1).reshape(picture.shape[:2])


def on_sheet(scene, name: str) -> np.ndarray:
    """The corners (left, top, right, bottom) of the swatches of a mover, float[k, 4]."""
    corners = np.array([path.vertices[:4] for path in scene.movers[name].get_paths()])
    return np.column_stack([corners.min(axis=1), corners.max(axis=1)])


def test_the_original_is_the_picture(hard):
    original = next(image for image in hard.panel.images if image is not hard.movers["picture"])
    np.testing.assert_allclose(255 * np.asarray(original.get_array()), photo(), atol=1e-9)


def test_before_the_first_e_the_picture_is_gray(hard):
    hard.show(0)
    assert np.ptp(painted(hard).astype(int), axis=2).max() == 0
    assert hard.movers["picture name"].get_text() == "not painted yet"
    assert [hard.movers[f"share {j}"].get_text() for j in range(5)] == ["–"] * 5


def test_every_pixel_has_the_mean_color_of_its_nearest_center(hard):
    for step in (1, *range(2, len(hard), 2)):
        hard.show(step)
        state = hard.trace[step]
        expected = state.params.means[nearest(photo(), state.q_params.means)]
        np.testing.assert_allclose(painted(hard), expected, atol=0.501)


def test_an_e_fades_the_pixels_that_stay_and_counts_those_that_switch(hard):
    step = 5
    hard.show(step)
    now = nearest(photo(), hard.trace[step].q_params.means)
    switched = now != nearest(photo(), hard.trace[step - 2].q_params.means)
    full = hard.trace[step].params.means[now]
    assert 0 < switched.sum() < switched.size / 2
    np.testing.assert_allclose(painted(hard)[switched], full[switched], atol=0.501)
    beside = np.zeros_like(switched)
    for row, column in np.argwhere(switched):
        for at in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= at[0] < len(now) and 0 <= at[1] < len(now[0]):
                beside[at] = True
    calm = ~switched & ~beside
    np.testing.assert_allclose(painted(hard)[calm], 255 - 0.45 * (255 - full[calm]), atol=0.501)
    rims = ~switched & beside
    np.testing.assert_allclose(painted(hard)[rims], 0.45 * (255 - 0.45 * (255 - full[rims])), atol=0.501)
    assert hard.movers["picture name"].get_text() == f"{switched.sum()} pixels switched"


def test_the_posterior_blends_the_colors(soft):
    for step in (1, 2, len(soft) - 1):
        soft.show(step)
        state = soft.trace[step]
        joint = np.column_stack([
            weight * multivariate_normal(mean, covariance).pdf(rows(photo()) / 255) for weight, mean, covariance in
            zip(state.q_params.weights, state.q_params.means, state.q_params.covariances)])
        blend = 255 * joint / joint.sum(axis=1, keepdims=True) @ state.params.means
        assert np.abs(rows(painted(soft)) - blend).max() <= 255 / 31 / 2 + 0.5  # 32 shades


def test_swatches_have_the_colors_and_the_widths_of_the_weights(soft):
    for step, state in enumerate(soft.trace):
        soft.show(step)
        np.testing.assert_allclose(soft.movers["swatches"].get_facecolor()[:, :3], state.params.means)
        left, _, right, _ = on_sheet(soft, "swatches").T
        np.testing.assert_allclose((right - left) / (right[-1] - left[0]), state.params.weights, atol=1e-12)
        assert [soft.movers[f"share {j}"].get_text() for j in range(3)] == [f"{100 * w:.0f} %" for w in
                                                                            state.params.weights]


def test_swatches_of_k_means_are_as_wide_as_their_shares_of_the_data(hard):
    for step in range(1, len(hard)):
        hard.show(step)
        counts = np.bincount(nearest(photo(), hard.trace[step].q_params.means).ravel(), minlength=5)
        left, _, right, _ = on_sheet(hard, "swatches").T
        np.testing.assert_allclose((right - left) / (right[-1] - left[0]), counts / counts.sum(), atol=1e-12)


def test_in_an_m_swatches_keep_the_old_color_at_their_edge(hard):
    hard.show(2)
    old = hard.movers["old swatches"].get_facecolor()
    np.testing.assert_allclose(255 * old[:, :3], hard.trace[1].params.means)
    assert (old[:, 3] == 1).all()
    new, kept = on_sheet(hard, "swatches"), on_sheet(hard, "old swatches")
    np.testing.assert_allclose(kept[:, [0, 2, 3]], new[:, [0, 2, 3]])
    assert (kept[:, 1] > new[:, 1]).all()
    hard.show(3)
    assert not hard.movers["old swatches"].get_facecolor()[:, 3].any()


def test_numbers_and_shares_of_narrow_swatches_do_not_touch():
    picture = np.full((20, 30, 3), 10, np.uint8)
    picture[0, :8] = np.arange(8)[:, None] * 8 + 190
    start = np.vstack([[10.0] * 3, np.unique(rows(picture[:1, :8]), axis=0)[1:]])
    trace = emviz.run(emviz.KMeans(8), rows(picture), start, max_iterations=2)
    for frame in ({}, {"size": (640, 360)}, {"projector": True}):
        scene = emviz.scene(trace, "image", picture=picture, step=2, **frame)
        assert scene.movers["share 3"].get_text() == "0.2 %"
        for name in ("number", "share"):
            boxes = [scene.movers[f"{name} {j}"].get_window_extent() for j in range(8)]
            assert all(here.x1 < there.x0 or here.y0 > there.y1 for here, there in zip(boxes, boxes[1:]))


def test_a_sample_repaints_the_whole_picture():
    picture = photo(2)
    trace = emviz.run(emviz.KMeans(4), rows(picture)[::9], rng=0, max_iterations=3)
    scene = emviz.scene(trace, "image", picture=emviz.datasets.pixel_photo("flower").data[::2, ::2], step=6)
    expected = trace[6].params.means[nearest(picture, trace[6].q_params.means)]
    np.testing.assert_allclose(painted(scene), expected, atol=0.501)


def test_a_large_picture_is_shown_as_means_of_blocks_and_says_so():
    picture = np.random.default_rng(0).integers(0, 256, (427, 640, 3), dtype=np.uint8)
    trace = emviz.run(emviz.KMeans(3), rows(picture)[::500], rng=0, max_iterations=1)
    scene = emviz.scene(trace, "image", picture=picture, step=2)
    assert painted(scene).shape == (143, 214, 3)
    assert "original: 640 × 427 pixels, shown as 214 × 143 means" in [text.get_text() for text in scene.panel.texts]
    original = next(image for image in scene.panel.images if image is not scene.movers["picture"]).get_array()
    np.testing.assert_allclose(255 * original[1, 2], picture[3:6, 6:9].mean(axis=(0, 1)))
    np.testing.assert_allclose(255 * original[-1, -1], picture[426:, 639:].mean(axis=(0, 1)))  # what is left of a block


def test_a_cell_of_one_pixel_is_that_pixel():
    picture = np.random.default_rng(0).random((5, 7, 3))
    np.testing.assert_array_equal(in_cells(picture, 1), picture)


@pytest.mark.parametrize("shape", [(60, 90), (90, 30), (20, 120), (8, 8)])
def test_both_pictures_are_whole_of_one_size_and_undistorted(shape):
    picture = np.random.default_rng(0).random((*shape, 3))
    trace = emviz.run(emviz.KMeans(2), rows(picture), rng=0, max_iterations=1)
    scene = emviz.scene(trace, "image", shape=shape)
    boxes = [image.get_window_extent() for image in scene.panel.images]
    for box in boxes:
        assert box.width / box.height == pytest.approx(shape[1] / shape[0])
        assert box.width == pytest.approx(boxes[0].width)
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 < scene.curve.ax.bbox.x0 and box.y1 <= 560 - scene.caption_height
    one, other = boxes
    assert one.x1 < other.x0 or one.y0 > other.y1


def test_a_picture_of_many_pixels_is_shown_fast():
    picture = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    trace = emviz.run(emviz.KMeans(8), rows(picture), rng=0, max_iterations=3)
    scene = emviz.scene(trace, "image", picture=picture)
    scene.show(1)
    begin = time.perf_counter()
    for step in (2, 3, 4):
        scene.show(step)
    assert (time.perf_counter() - begin) / 3 < 0.5  # it takes 0.02 s on an idle core


# What is no picture

def color_trace(data=None) -> emviz.Trace:
    return emviz.run(emviz.KMeans(2), rows(photo()) if data is None else data, rng=0, max_iterations=1)


@pytest.mark.parametrize("options, error", [
    ({}, "picture and shape are missing: give the photograph as picture="),
    ({"picture": photo(), "shape": (40, 60)}, "picture and shape are both given"),
    ({"shape": (40, 61)}, r"shape is \(40, 61\): give .* with height × width = 2400, the rows of the data"),
    ({"shape": 40}, r"shape is 40: give \(height, width\) in pixels"),
    ({"picture": photo() / 255}, r"picture is in units from 0 to 1, and the data from 0 to 255: give 255 \* picture"),
    ({"picture": photo()[..., 0]}, r"picture has shape \(40, 60\) and type uint8"),
    ({"picture": np.full((4, 4, 3), 300)}, "picture has values from 300 to 300: give colors from 0 to 255"),
    ({"picture": np.where(np.arange(60)[:, None] == 7, np.nan, photo().astype(float))},
     "picture, row 0, column 7 is missing or infinite"),
    ({"picture": photo(), "paint": "pallete"}, "paint='pallete' is unknown: did you mean 'palette'"),
])
def test_wrong_options_are_named(options, error):
    with pytest.raises(ValueError, match=error):
        emviz.scene(color_trace(), "image", **options)


def test_data_from_0_to_1_need_such_a_picture():
    with pytest.raises(ValueError, match="picture is in units from 0 to 255, .* from 0 to 1: give picture / 255"):
        emviz.scene(color_trace(rows(photo()) / 255), "image", picture=photo())


@pytest.mark.parametrize("data, why", [
    (np.random.default_rng(0).random((30, 2)), "the data have 2 features"),
    (np.random.default_rng(0).normal(size=(30, 3)), r"the data are from -[\d.]+ to [\d.]+: give colors from 0 to 1"),
])
def test_other_data_have_no_colors(data, why):
    with pytest.raises(ValueError, match=f"view is 'image', which does not fit this trace: .*{why}"):
        emviz.scene(color_trace(data), "image", shape=(5, 6))


def test_it_is_never_chosen_by_itself():
    assert emviz.scene(color_trace()).view.NAME != "image"
