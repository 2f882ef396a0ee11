"""The map of basins: every cell has the color of the optimum that the run from there reached."""

from dataclasses import replace

import numpy as np
import pytest

import emviz
from emviz import style
from emviz.scenes import optima
from emviz.scenes.basin_map import BasinMap, _deepest

START = np.array([[-2.0, 4.0], [0.0, 4.0], [2.0, 4.0], [0.0, 6.0]])


@pytest.fixture(scope="module")
def plane():
    return emviz.basins(emviz.KMeans(4), emviz.datasets.blobs(120), START, component=3, grid=(14, 11))


@pytest.fixture(scope="module")
def coins():
    return emviz.basins(emviz.BinomialMixture(2, 10, fixed=("weights",)), [5, 9, 8, 4, 7], grid=9)


@pytest.fixture(scope="module")
def galaxies():
    return emviz.basins(emviz.GaussianMixture(2), emviz.datasets.galaxies(), grid=12)


def colored(scene: BasinMap) -> np.ndarray:
    """uint8[h, w, 3], the lowest row first."""
    return np.asarray(scene.panel.images[0].get_array())


def test_a_cell_has_the_color_of_its_optimum(galaxies):
    scene = emviz.scene(galaxies)
    np.testing.assert_array_equal(scene.panel.images[0].get_extent(), np.ravel(galaxies.limits))
    pixels = colored(scene)
    assert pixels.shape == (12, 12, 3)
    assert len(galaxies.optima) > 2
    for row, column in [(0, 0), (0, 11), (6, 2), (11, 5)]:
        wanted = style.color(galaxies.reached[row, column])
        assert "#{:02X}{:02X}{:02X}".format(*pixels[row, column]) == wanted


def test_what_reached_nothing_is_white_and_the_note_says_so(coins):
    reached = coins.runs.reached.copy()
    lost = replace(coins, runs=replace(coins.runs, converged=coins.runs.converged & (np.arange(81) != 3)))
    assert lost.reached[0, 3] == -1 != reached[3]
    scene = emviz.scene(lost)
    assert (colored(scene)[0, 3] == 255).all() and (colored(scene)[0, 2] != 255).any()
    assert any("white: no end in sight" in text.get_text() for text in scene.panel.texts)
    assert not any("white" in text.get_text() for text in emviz.scene(coins).panel.texts)


def test_six_optima_have_colors_and_the_others_are_gray():
    colors = optima.colors(9)
    assert colors[:6] == [style.color(j) for j in range(6)]
    grays = [{color[1:3], color[3:5], color[5:7]} for color in colors[6:]]
    assert all(len(gray) == 1 for gray in grays) and len(set(colors)) == 9
    assert len(optima.colors(2)) == len(optima.strokes(2)) == 2 and optima.colors(0) == []


def test_values_have_the_digits_that_tell_them_apart():
    assert optima.decimals([467.4125, 467.4205, 968.2]) == 3
    assert [optima.decimals([776.0, 1400.0]), optima.decimals([776.0]), optima.decimals([9.8, 10.3])] == [0, 1, 2]
    assert optima.decimals([5.0, 5.0 + 1e-15]) <= 12


def test_labels_name_the_large_basins_inside_the_map(galaxies):
    scene = emviz.scene(galaxies)
    labels = [text for text in scene.panel.texts if "\n" in text.get_text()]
    told = [text.get_text().split("\n") for text in labels]
    largest = [optimum for optimum in galaxies.optima if optimum.share > 0.02]
    assert [share for _, share in told] == [f"{100 * optimum.share:.3g} %" for optimum in largest]
    for (value, _), optimum in zip(told, largest):
        assert float(value.replace("−", "-")) == pytest.approx(optimum.objective, abs=0.1)
    scene.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in labels]
    for number, box in enumerate(boxes):
        assert scene.panel.bbox.x0 <= box.x0 and box.x1 <= scene.panel.bbox.x1
        assert not any(box.overlaps(other) for other in boxes[:number])


def test_the_deepest_place_is_in_the_largest_part_far_from_its_border():
    inside = np.zeros((9, 12), dtype=bool)
    inside[0, 0] = True
    inside[2:7, 4:9] = True
    assert _deepest(inside) == (4, 6, 25 / 108)
    assert _deepest(np.eye(9, dtype=bool)) == (4, 4, 1 / 9)  # a diagonal is one part
    assert _deepest(inside & False)[2] == 0


def test_data_and_the_other_starts_are_on_the_map_of_a_plane(plane):
    scene = emviz.scene(plane)
    places = [np.asarray(artist.get_offsets()) for artist in scene.panel.collections]
    assert any(np.array_equal(place, plane.data) for place in places)
    assert any(np.array_equal(place, START[:3]) for place in places)


def test_axes_are_named(plane, coins):
    assert emviz.scene(plane).panel.get_xlabel() == "start of x"
    assert emviz.scene(coins).panel.get_ylabel() == "start of chance of heads, coin 1"


def test_the_chosen_start_is_marked(coins):
    scene = emviz.scene(coins, chosen=(0.6, 0.5))
    np.testing.assert_array_equal(scene.movers["chosen"].get_offsets(), [[0.6, 0.5]])
    assert "chosen" not in emviz.scene(coins).movers
    for wrong in ((1, 2, 3), "here"):
        with pytest.raises((ValueError, TypeError), match="chosen"):
            emviz.scene(coins, chosen=wrong)


def test_the_words_count_the_starts(coins, galaxies):
    assert emviz.scene(galaxies).caption(0).endswith(
        f"{100 * galaxies.optima[0].share:.3g} % of 144 starts reach the best of {len(galaxies.optima)} optima")
    alt = emviz.scene(coins).alt(0)
    assert "Map of chance of heads, coin 0 and chance of heads, coin 1." in alt and "lower bound −9.80" in alt
    none = replace(coins, runs=replace(coins.runs, converged=coins.runs.converged & False))
    assert emviz.scene(none).caption(0).endswith("give a higher max_iterations")


def test_a_free_place_is_in_the_best_basin_and_clear_of_its_label(galaxies):
    scene = emviz.scene(galaxies)
    x, y = scene.free_place
    assert galaxies.reached[np.searchsorted(galaxies.y, y), np.searchsorted(galaxies.x, x)] == 0
    scene.figure.canvas.draw()
    box = next(text for text in scene.panel.texts if "\n" in text.get_text()).get_window_extent()
    assert not box.contains(*scene.panel.transData.transform((x, y)))


def test_it_is_saved_like_any_scene(plane, tmp_path):
    scene = emviz.scene(plane, chosen=(1, 1), size=(500, 420))
    scene.figure.savefig(tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 5000
    assert emviz.save_html(plane, tmp_path / "map.html").stat().st_size > 5000
    assert emviz.save_gif(scene, tmp_path / "map.gif").read_bytes()[:6] == b"GIF89a"


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"view": "plane"}, TypeError, "a map of basins has no view"), ({"trails": True}, TypeError, "only chosen"),
    ({"ax": object()}, ValueError, "ax is given for many runs"), ({"step": 1}, ValueError, "step is 1"),
])
def test_what_a_map_does_not_have_is_an_error(coins, options, error, message):
    with pytest.raises(error, match=message):
        emviz.scene(coins, **options)
