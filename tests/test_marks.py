"""Marks are what the artists would draw: places to 0.05 pixels, colors exactly."""

import json
import struct
import zlib
from io import BytesIO

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import SimplePatchShadow, withStroke
from matplotlib.transforms import Affine2D
from PIL import Image
from small_scene import GRID, SQUARE, TRIANGLE, SmallScene, in_picture

import emviz
from emviz.marks import record
from emviz.marks.kinds import ImageMark, PathMark, PointsMark
from emviz.marks.payload import to_bytes

PLACE = 0.0501  # pixels; a vertex is rounded to 0.05 twice: its outline and its place


@pytest.fixture
def scene() -> SmallScene:
    return SmallScene()


def only(marks):
    (mark,) = marks
    return mark


def test_points_have_the_places_colors_and_widths_of_the_collection(scene):
    recording = record(scene)
    for step, state in enumerate(recording.states):
        scene.show(step)
        mark = only(state["points"])
        assert isinstance(mark, PointsMark)
        places = in_picture(scene, scene.ax.transData.transform(scene.points.get_offsets()))
        np.testing.assert_allclose(mark.positions, places, atol=0.026)
        np.testing.assert_array_equal(mark.fills.array, np.rint(255 * scene.points.get_facecolor()))
        np.testing.assert_array_equal(mark.strokes.array, [[255, 255, 255, 255], [0, 0, 0, 255]])
        np.testing.assert_allclose(mark.widths.array, 1.5 * 100 / 72)


def test_points_keep_their_shapes_and_sizes(scene):
    before, after = (only(state["points"]) for state in (record(scene).states[0], record(scene).states[3]))
    assert len(before.outlines) == 1
    np.testing.assert_array_equal(after.which.array, [0, 1] * 3)
    for outline, path in zip(after.outlines, (TRIANGLE, SQUARE)):
        pixels = [1, -1] * path.vertices * np.sqrt(80) * 100 / 72
        np.testing.assert_allclose(outline.vertices.array[:4] * 0.05, pixels[:4], atol=0.026)


def test_points_of_different_sizes_share_an_outline(scene):
    scene.points.set_sizes(np.array([20.0, 80.0]))
    mark = only(record(scene, [0]).states[0]["points"])
    assert len(mark.outlines) == 1
    np.testing.assert_allclose(mark.scales.array, [0.5, 1])


def test_points_that_are_nowhere_are_left_out_with_their_colors(scene):
    offsets = np.array(scene.points.get_offsets())
    offsets[2] = np.nan
    scene.points.set_offsets(offsets)
    mark = only(record(scene, [0]).states[0]["points"])
    assert len(mark.positions) == 5
    np.testing.assert_array_equal(mark.fills.array, np.rint(255 * np.delete(scene.points.get_facecolor(), 2, axis=0)))
    np.testing.assert_array_equal(mark.strokes.array[:, 0], [255, 0, 0, 255, 0])


def test_a_patch_has_its_vertices_fill_and_stroke(scene):
    for step, state in enumerate(record(scene).states):
        scene.show(step)
        mark = only(state["ellipse"])
        path = scene.ellipse.get_path()
        vertices = in_picture(scene, scene.ellipse.get_transform().transform(path.vertices))
        np.testing.assert_allclose(mark.vertices[:-1], vertices[:-1], atol=PLACE)  # the last vertex only closes
        assert mark.look.fill == (0, 128, 0, 128)
        assert mark.look.stroke == (0, 0, 0, 255)
        assert mark.look.width == round(2 * 100 / 72, 3)


def test_a_dashed_line_keeps_its_pattern(scene):
    line = scene.ax.lines[0]
    mark = next(mark for mark in record(scene, [0]).static if isinstance(mark, PathMark) and mark.look.dashes)
    vertices = in_picture(scene, scene.ax.transData.transform(line.get_xydata()))
    np.testing.assert_allclose(mark.vertices, vertices, atol=PLACE)
    assert mark.look.stroke == (0x33, 0x66, 0x99, 255)
    np.testing.assert_allclose(mark.look.dashes, np.array([4, 2]) * 3 * 100 / 72, atol=1e-3)
    assert (mark.look.cap, mark.look.fill) == ("round", None)


def test_a_text_that_moves_keeps_its_outline(scene):
    first, second = (only(state["label"]) for state in record(scene, [0, 1]).states)
    assert first.shape.outline is second.shape.outline
    one_unit = 320 / 10  # pixels: the axes are 320 wide and 10 units
    np.testing.assert_allclose(second.vertices - first.vertices, [[one_unit, 0]] * len(first.vertices), atol=PLACE)


def test_the_label_stands_where_matplotlib_puts_it(scene):
    mark = only(record(scene, [0]).states[0]["label"])
    box = scene.label.get_window_extent(scene.figure.canvas.get_renderer())
    corners = in_picture(scene, [[box.x0, box.y0], [box.x1, box.y1]])
    assert abs(mark.vertices[:, 0].min() - corners[0, 0]) < 2 and abs(mark.vertices[:, 0].max() - corners[1, 0]) < 3
    assert corners[1, 1] - 2 < mark.vertices[:, 1].min() < mark.vertices[:, 1].max() < corners[0, 1] + 2


@pytest.mark.parametrize("interpolation", ["none", "nearest"])
def test_an_image_has_its_pixels_the_right_way_up(scene, interpolation):
    scene.image.set_interpolation(interpolation)
    mark = only(record(scene, [0]).states[0]["image"])
    assert isinstance(mark, ImageMark)
    pixels = np.asarray(Image.open(BytesIO(mark.png.array.tobytes())).convert("RGBA"))
    assert pixels.shape[:2] == (mark.height, mark.width)
    if interpolation == "none":
        np.testing.assert_array_equal(pixels, GRID[::-1] if np.array_equal(pixels[0], GRID[1]) else GRID)
    a, b, c, d, e, f = mark.matrix

    def color_at(data):
        x, y = in_picture(scene, scene.ax.transData.transform(data))
        column, line = np.linalg.solve([[a, c], [b, d]], [x - e, y - f])
        return tuple(pixels[int(line), int(column), :3].tolist())

    assert color_at((7.5, 1.5)) == (255, 0, 0)
    assert color_at((9.5, 0.5)) == (0, 0, 255)
    assert color_at((7.5, 0.5)) == (0, 0, 0)


@pytest.mark.parametrize("n_colors", [1, 256, 257, 4096])
def test_an_image_keeps_every_color_and_opacity(scene, n_colors):
    pixels = np.random.default_rng(0).integers(0, 256, (n_colors, 4), dtype=np.uint8)[np.arange(4096) % n_colors]
    scene.image.set_data(pixels.reshape(64, 64, 4))
    mark = only(record(scene, [0]).states[0]["image"])
    kept = np.asarray(Image.open(BytesIO(mark.png.array.tobytes())).convert("RGBA"))
    np.testing.assert_array_equal(kept, pixels.reshape(64, 64, 4))


def test_what_is_equal_is_the_same_object(scene):
    states = record(scene).states
    assert states[0]["image"] is states[3]["image"]
    assert states[0]["ellipse"] is not states[3]["ellipse"]
    assert states[0]["points"] is not states[1]["points"]


def test_movers_come_back_to_front_without_the_caption(scene):
    state = record(scene).states[0]
    assert list(state) == ["points", "ellipse", "label", "extra", "image"]


def test_a_hidden_mover_leaves_no_marks_and_stays_hidden(scene):
    states = record(scene).states
    assert [len(state["extra"]) for state in states] == [0, 0, 1, 0]
    assert scene.points.get_visible()


def test_the_background_holds_nothing_that_moves(scene):
    fills = {mark.look.fill for mark in record(scene).static if isinstance(mark, PathMark)}
    assert (0, 128, 0, 128) not in fills
    assert not any(isinstance(mark, ImageMark) for mark in record(scene).static)


def test_marks_are_clipped_to_their_axes(scene):
    clip = only(only(record(scene, [0]).states[0]["points"]).clips)
    corners = (clip.outline.vertices.array + clip.place) * 0.05
    np.testing.assert_allclose(corners, [[40, 230], [360, 230], [360, 20], [40, 20]], atol=PLACE)


def test_a_clip_path_is_kept_too(scene):
    scene.points.set_clip_path(scene.ellipse)
    _, clip = only(record(scene, [0]).states[0]["points"]).clips
    vertices = in_picture(scene, scene.ellipse.get_transform().transform(scene.ellipse.get_path().vertices))
    np.testing.assert_allclose(((clip.outline.vertices.array + clip.place) * 0.05)[:-1], vertices[:-1], atol=PLACE)


def test_opacity_is_that_of_matplotlib(scene):
    scene.ellipse.set_alpha(0.2)
    scene.extra.set(alpha=0.4)
    state = record(scene, [2]).states[0]
    assert only(state["ellipse"]).look.fill == (0, 128, 0, 51)
    assert only(state["ellipse"]).look.stroke == (0, 0, 0, 51)
    assert only(state["extra"]).look.stroke == (255, 0, 0, 102)


def test_a_shadow_has_the_opacity_of_its_effect(scene):
    scene.ellipse.set_path_effects([SimplePatchShadow(shadow_rgbFace=(1, 0, 0), alpha=0.2)])
    assert only(record(scene, [0]).states[0]["ellipse"]).look.fill == (255, 0, 0, 51)


def test_lines_of_a_collection_have_their_own_looks(scene):
    segments = [[(1, 1), (2, 2), (3, 1)], [(4, 1), (5, 2)], [(6, 1), (7, 2)]]
    scene.movers["lines"] = scene.ax.add_collection(LineCollection(
        segments, colors=["#ff0000", "#0000ff"], linewidths=[1, 2, 3], linestyles=["-", (0, (2, 1)), "-"]))
    marks = record(scene, [0]).states[0]["lines"]
    assert [mark.look.stroke for mark in marks] == [(255, 0, 0, 255), (0, 0, 255, 255), (255, 0, 0, 255)]
    assert [mark.look.width for mark in marks] == [1.389, 2.778, 4.167]
    assert [bool(mark.look.dashes) for mark in marks] == [False, True, False]
    for mark, segment in zip(marks, segments):
        np.testing.assert_allclose(mark.vertices, in_picture(scene, scene.ax.transData.transform(segment)), atol=PLACE)


CURVED = Path([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [Path.MOVETO, Path.CURVE3, Path.CURVE3, Path.LINETO,
                                                         Path.CLOSEPOLY])
TRACKS = {
    "alike": [SQUARE, TRIANGLE, SQUARE],
    "curved": [CURVED, CURVED],
    "open": [Path([[0, 0], [1, 2]]), Path([[3, 1], [2, 2]]), Path([[0, 4], [1, 5]])],
    "of different lengths": [SQUARE, Path([[0, 0], [1, 2]])],
    "of different codes": [SQUARE, CURVED],
    "with a gap": [Path([[0, 0], [1, 2], [np.nan, 1], [4, 1], [5, 2]]), Path([[0, 1], [1, 3], [2, 4], [4, 1], [5, 2]])],
    "with nothing left": [Path(np.full((3, 2), np.nan)), Path([[0, 0], [1, 2], [2, 0]])],
}


@pytest.mark.parametrize("tracks", TRACKS)
def test_the_paths_of_a_collection_have_the_outlines_of_patches(scene, tracks):
    ax, paths = scene.ax, TRACKS[tracks]
    transform = Affine2D().rotate_deg(30).scale(1.1, 0.7) + ax.transData
    together = PathCollection(paths)
    together.set_transform(transform)
    patches = {f"patch {i}": ax.add_artist(PathPatch(path, transform=transform)) for i, path in enumerate(paths)}
    scene.movers |= {"together": ax.add_collection(together)} | patches
    state = record(scene, [0]).states[0]
    alone = [mark.shape for name in patches for mark in state[name]]
    assert len(alone) == len(paths) - (tracks == "with nothing left")
    assert [mark.shape for mark in state["together"]] == alone


def test_an_outlined_text_is_two_marks_with_one_outline(scene):
    scene.label.set_path_effects([withStroke(linewidth=4, foreground="white")])
    halo, text = record(scene, [0]).states[0]["label"]
    assert halo.look.stroke == (255, 255, 255, 255) and text.look.fill == (0, 0, 0, 255)
    assert halo.shape == text.shape


def test_a_gap_in_a_line_stays_a_gap(scene):
    scene.movers["gap"] = scene.ax.plot([1, 2, np.nan, 3, 4], [1, 1, 1, 1, 1])[0]
    mark = only(record(scene, [0]).states[0]["gap"])
    np.testing.assert_array_equal(mark.shape.outline.codes.array, [0, 1, 0, 1])


def test_places_far_outside_stay_finite(scene):
    scene.movers["far"] = scene.ax.plot([0, 1e300], [0, -1e300])[0]
    mark = only(record(scene, [0]).states[0]["far"])
    assert np.abs(mark.vertices).max() <= 2e6


REFUSED = {
    "a hatch": lambda scene: scene.ellipse.set_hatch("//"),
    "sketch parameters": lambda scene: scene.ellipse.set_sketch_params(1),
    "usetex": lambda scene: scene.label.set_usetex(True),
    "Gouraud shading": lambda scene: scene.movers.update(
        ellipse=scene.ax.pcolormesh([[0, 1], [1, 0]], shading="gouraud")),
    "hatch": lambda scene: scene.movers.update(
        ellipse=scene.ax.add_collection(matplotlib.collections.PatchCollection([scene.ellipse], hatch="x"))),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_browser_cannot_show_is_one_clear_error(scene, what):
    REFUSED[what](scene)
    name = "label" if what == "usetex" else "ellipse"
    with pytest.raises(ValueError, match=f"^{name} .*{what}.*, which a browser cannot show: use "):
        record(scene)


def test_a_part_of_the_steps(scene):
    recording = record(scene, [0, 3])
    assert recording.steps == (0, 3)
    assert recording.captions == (scene.caption(0), scene.caption(3))
    assert recording.alts[1] == scene.alt(3)
    assert recording.states[1]["ellipse"] == record(scene).states[3]["ellipse"]
    assert (recording.width, recording.height) == (400, 260)


def test_a_recorded_scene_stands_in_the_last_state_with_its_caption():
    scene = emviz.scene(emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=3, rng=0))
    record(scene, [1, 4])
    kept = {name: artist.get_text() for name, artist in scene.movers.items() if hasattr(artist, "get_text")}
    scene.show(4)
    assert kept == {name: artist.get_text() for name, artist in scene.movers.items() if hasattr(artist, "get_text")}


@pytest.mark.parametrize(("steps", "message"), [
    ([], "steps is empty"), ([4], r"steps\[0\] is 4: this run has the steps 0 to 3"), ([-1], "steps=-1 is too small"),
])
def test_steps_that_are_not_there(scene, steps, message):
    with pytest.raises(ValueError, match=message):
        record(scene, steps)


def test_the_payload_has_each_equal_thing_once(scene):
    payload = to_bytes([record(scene)])
    (length,) = struct.unpack("<I", payload[:4])
    header = json.loads(payload[4:4 + length])
    sizes = {"i1": 1, "i2": 2, "i4": 4, "u1": 1, "f4": 4}
    assert len(payload) == 4 + length + sum(sizes[kind] * rows * columns for kind, rows, columns, _ in header["grids"])
    assert len(header["marks"]) == len({json.dumps(mark) for mark in header["marks"]})
    only, = header["scenes"]
    image = only["movers"].index("image")
    assert len({state[image] for state in only["states"]}) == 1


def test_a_lecture_sized_run_stays_small():
    trace = emviz.run(emviz.GaussianMixture(4), emviz.datasets.blobs(500), max_iterations=20, tolerance=0, rng=0)
    assert len(trace) == 41
    assert len(zlib.compress(to_bytes([record(emviz.scene(trace))]), 9)) < 100_000


@pytest.mark.parametrize("data", ["heights", "blobs"])
def test_nothing_reaches_into_the_strip_of_the_caption(data):
    scene = emviz.scene(emviz.run(emviz.GaussianMixture(2), getattr(emviz.datasets, data)(), max_iterations=3, rng=0))
    recording = record(scene)
    paths = [mark for state in recording.states for marks in state.values() for mark in marks
             if isinstance(mark, PathMark) and not mark.clips]
    assert min(mark.vertices[:, 1].min() for mark in paths) >= 0
