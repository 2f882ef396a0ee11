"""The frame around a picture: its caption, its title, its size; and the same scene in another frame."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import emviz
from emviz.scenes.given import as_dial, as_scene
from emviz.scenes.sheet import Sheet

HOSTILE = ["$\\frac{1}{2}$ & _x_ \\foo", "</script><b>", "שלום עולם", "word " * 1000, "x" * 5000, "  ", "two\nlines"]


@pytest.fixture(scope="module")
def trace() -> emviz.Trace:
    return emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=3, rng=0)


def scenes(trace: emviz.Trace) -> dict[str, emviz.scenes.Scene]:
    blobs = emviz.datasets.blobs(60)
    others = emviz.run(emviz.KMeans(2), emviz.datasets.heights(), max_iterations=2, rng=1)
    return {
        "run": emviz.scene(trace, projector=True),
        "view": emviz.scene(trace, "surface", title="Given"),
        "options": emviz.scene(emviz.run(emviz.KMeans(3), blobs, rng=0), circles=True, limits=((-5, 5), (-2, 9))),
        "comparison": emviz.side_by_side(trace, others, names=("a", "b")),
        "restarts": emviz.scene(emviz.restarts(emviz.KMeans(3), blobs, 5)),
        "basins": emviz.scene(emviz.basins(emviz.KMeans(2), [1.0, 2, 5, 6], grid=6), chosen=(2, 5)),
        "sheet": Sheet(blobs.data, ((-5, 5), (-2, 9)), ("x", "y"), "not a run yet"),
    }


@pytest.mark.parametrize("name", ["run", "view", "options", "comparison", "restarts", "basins", "sheet"])
def test_a_scene_again_is_the_same_and_in_another_frame_it_has_that(trace, name):
    scene = scenes(trace)[name]
    last = len(scene) - 1
    np.testing.assert_array_equal(scene.again().frame(last), scene.frame(last))
    other = scene.again(size=(480, 320), title="Another", caption="below")
    assert other.frame(last).shape == (320, 480, 3)
    assert {"Another", "below"} <= {text.get_text() for text in other.figure.texts}
    assert other.title == "Another" and other.caption(last) == scene.caption(last)


def test_without_captions_there_is_more_room_and_nothing_is_told(trace):
    told, bare = emviz.scene(trace), emviz.scene(trace, caption=False)
    for step in range(len(bare)):
        bare.frame(step)
        assert bare.caption_artist.get_text() == ""
        assert bare.caption(step) == told.caption(step) and bare.alt(step) == told.alt(step)  # for those who hear it
    assert bare.panel.bbox.height > told.panel.bbox.height + 30


def test_a_function_tells_in_its_own_words(trace):
    scene = emviz.scene(trace, caption=lambda step: f"Half-step {step} of 6")
    scene.show(4)
    assert scene.caption(4) == scene.caption_artist.get_text() == "Half-step 4 of 6"
    scene.show(4.5)
    assert scene.caption_artist.get_text() == "Half-step 5 of 6"  # on the way there
    with pytest.raises(TypeError, match=r"caption\(2\) gives None: the function must give a text"):
        emviz.scene(trace, caption=lambda step: None if step == 2 else "fine").show(2)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_a_title_or_stand_below(trace, text):
    scene = emviz.scene(trace, title=text, caption=text, size=(480, 270))
    width, height = scene.figure.bbox.size
    scene.frame(3)
    for written in scene.figure.texts:
        box = written.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
    scene = emviz.scene(trace, caption=lambda step: text, size=(480, 270))
    assert scene.caption(3) == text
    scene.frame(3)
    box = scene.caption_artist.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= width and box.y1 <= height and box.y0 >= height - scene.caption_height - 2


@pytest.mark.parametrize(("frame", "words"), [
    ({"caption": 3}, "caption is 3: give a text, False for none, or a function of the step"),
    ({"caption": None}, "caption is None"),
    ({"title": 3}, "title is 3: give a text"),
])
def test_what_is_no_text_is_named(trace, frame, words):
    with pytest.raises(TypeError, match=words):
        emviz.scene(trace, **frame)


def test_axes_of_a_reader_have_their_own_frame(trace):
    ax = Figure().subplots()
    with pytest.raises(ValueError, match="caption is a text, but the figure of ax is yours"):
        emviz.scene(trace, ax=ax, caption="below")
    scene = emviz.scene(trace, ax=Figure().subplots(), caption=False)
    assert scene.caption_artist.get_text() == ""
    with pytest.raises(ValueError, match="size is given, but this scene is in axes of your own figure"):
        as_scene(scene, (480, 270))


# What people hand in, and how it comes out.


def test_what_is_given_is_used_as_it_is_where_it_fits(trace):
    scene = emviz.scene(trace, size=(480, 270), caption=False)
    assert as_scene(scene) is as_scene(scene, (480, 270)) is as_scene(scene, [480, 270]) is scene
    bigger = as_scene(scene, dpi=200)
    assert tuple(bigger.figure.bbox.size) == (960, 540) and bigger.caption_artist.get_text() == ""


@pytest.mark.parametrize(("size", "dpi", "usual", "wanted"), [
    (None, 100, None, (960, 540)), (None, 50, None, (480, 270)), (None, 100, (800, 450), (800, 450)),
    (None, 200, (800, 450), (1600, 900)), ((640, 480), 300, (800, 450), (640, 480)),
])
def test_dots_per_inch_are_for_those_who_give_no_size(trace, size, dpi, usual, wanted):
    assert as_scene(trace, size, dpi=dpi, usual=usual).frame(0).shape == (*reversed(wanted), 3)


def test_too_many_dots_are_named(trace):
    with pytest.raises(ValueError, match=r"dpi is 1200, so size is 9600 × 5400 pixels: choose"):
        as_scene(trace, dpi=1200, usual=(800, 450))


def test_all_scenes_of_a_dial_change(trace):
    dial = emviz.melt(emviz.KMeans(2), emviz.datasets.heights(), temperatures=(0, 9), rng=0).dial
    smaller = as_dial(dial, (480, 270))
    assert (smaller.name, smaller.labels) == (dial.name, dial.labels)
    assert [tuple(scene.figure.bbox.size) for scene in smaller] == [(480, 270)] * 2
    assert list(as_dial(dial)) == list(dial)
