"""The laws of pictures, for every view with every kind of run that it fits, and for many runs (tools/gallery.py)."""

import gallery
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import emviz
from emviz import style
from emviz.marks import record
from emviz.scenes import VIEWS, Scene

SNAPPING = ("contours", "surface", "bowl", "image")  # their outlines come and go: they do not glide


@pytest.fixture(scope="module", params=[*gallery.CASES, *gallery.MANY])
def case(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def scene(case) -> Scene:
    return gallery.scene(case)


def between(scene: Scene) -> list[float]:
    """The telling steps, and a place between two of them."""
    return [*gallery.telling_steps(len(scene)), (len(scene) - 1) / 3]


def counts(artist) -> tuple:
    """How many marks and vertices an artist has."""
    if hasattr(artist, "get_paths"):
        return tuple(len(path.vertices) for path in artist.get_paths()), len(artist.get_offsets())
    return (len(artist.get_xdata()),) if hasattr(artist, "get_xdata") else ()


def test_every_view_is_in_the_gallery():
    seen = {view or emviz.scene(gallery.trace(run)).view.NAME for run, view, _ in gallery.CASES.values()}
    assert seen == set(VIEWS)


def test_a_frame_is_a_fresh_draw_of_the_same_state(scene, case):
    width, height = (round(length) for length in scene.figure.bbox.size)
    for step in between(scene):
        frame = scene.frame(step)
        assert frame.dtype == np.uint8 and frame.shape == (height, width, 3)
        fresh = gallery.scene(case, step=step)
        canvas = FigureCanvasAgg(fresh.figure)
        with style.drawing():
            canvas.draw()
        # Both round to whole levels; one level is allowed for the order in which they add up.
        apart = np.abs(np.asarray(canvas.buffer_rgba())[..., :3].astype(int) - frame)
        assert apart.max() <= 1


def test_a_frame_does_not_depend_on_what_was_shown_before(scene):
    last = len(scene) - 1
    before = scene.frame(last)
    scene.frame(0)
    scene.frame(last * 0.6)
    np.testing.assert_array_equal(scene.frame(last), before)


def test_neighboring_states_differ(scene):
    steps = gallery.telling_steps(len(scene))
    frames = [scene.frame(step) for step in steps]
    for before, after in zip(frames, frames[1:]):
        assert (before != after).any()


def test_limits_layout_artists_and_counts_never_change(scene):
    def fixed() -> list:
        return [(ax.get_xlim(), ax.get_ylim(), ax.get_position().bounds, list(ax.get_xticks()), list(ax.get_yticks()),
                 len(ax.get_children())) for ax in scene.figure.axes]

    def shapes() -> dict:
        return {name: counts(artist) for name, artist in scene.movers.items() if not name.startswith(SNAPPING)}

    scene.show(0)
    at_start, artists, shapes_at_start = fixed(), dict(scene.movers), shapes()
    for step in between(scene):
        scene.frame(step)
        assert fixed() == at_start
        assert scene.movers == artists
        assert shapes() == shapes_at_start


def test_movers_are_above_all_that_stands_still(scene):
    movers = list(scene.movers.values())
    heights = [artist.get_zorder() for artist in movers]
    assert heights == sorted(heights) and len(set(heights)) == len(heights)
    standing = [artist for ax in scene.figure.axes for artist in ax.get_children() if artist not in movers]
    assert max(artist.get_zorder() for artist in standing) < min(heights)


def test_captions_are_words_inside_their_strip(scene):
    width, height = scene.figure.bbox.size
    assert scene.movers["caption"] is scene.caption_artist
    for step, kind in enumerate(scene.kinds):
        scene.show(step)
        start = "Start: " if kind == "start" else kind
        caption = scene.caption(step)
        assert caption.startswith(start) and len(caption) > 30
        if kind != "start":
            assert f", iteration {(step + 1) // 2}: " in caption
        box = scene.caption_artist.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= width and box.y1 <= height and box.y0 >= height - scene.caption_height
        shown = scene.caption_artist.get_text().replace("\n", " ")
        assert shown.replace(" ", "") == caption.replace("; ", " ", 1).replace(" ", "")


def test_alt_texts_are_short_and_hold_the_numbers(scene):
    trace = getattr(scene, "trace", None)  # many runs have several
    for step in range(len(scene)):
        alt = scene.alt(step)
        assert len(alt) < 300 and "\n" not in alt
        assert alt.startswith(scene.caption(step)[:60])
        if trace and not hasattr(trace.model, "n_clusters"):
            named = "Log-likelihood " if trace.model.temperature == 1 else "Best bound "
            told = float(alt.split(named)[1].split(", lower")[0].rstrip(".").replace("−", "-"))
            assert told == pytest.approx(trace[step].log_likelihood, rel=1e-3)


FRAMES = {
    "plain": {}, "projector": {"projector": True}, "small": {"size": (640, 360)}, "bare": {"caption": False},
    "framed": {"title": "A title", "caption": "A text below the picture, with as many words as two of its lines need, "
                                              "and with a few more of them, so that the second is full as well."},
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_all_words_are_inside_the_picture_and_only_the_caption_in_its_strip(case, frame):
    scene = gallery.scene(case, **frame)
    width, height = scene.figure.bbox.size
    notes = [text.get_window_extent() for text in scene.figure.texts if text.get_text().startswith("A text below")]
    bottom = notes[0].y1 if notes else 0.0
    assert bool(notes) == ("title" in frame)
    for step in gallery.telling_steps(len(scene)):
        scene.show(step)
        scene.figure.canvas.draw()  # labels get their places when they are drawn
        for ax in scene.figure.axes:
            on_axes = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
            for text in [text for text in [*ax.texts, *(on_axes if ax.axison else [])] if text.get_text()]:
                box = text.get_window_extent()
                assert box.x0 >= -0.5 and box.y0 >= bottom - 0.5 and box.x1 <= width + 0.5, text
                assert box.y1 <= height - scene.caption_height + 0.5, text


def test_everything_can_be_recorded_for_a_browser(scene):
    steps = gallery.telling_steps(len(scene))
    recording = record(scene, steps)
    assert recording.kinds == tuple(scene.kinds[step] for step in steps)
    assert recording.static and (len(scene) == 1 or any(marks for marks in recording.states[-1].values()))
    for reading in recording.readings:
        marks = recording.states[0][reading.mover]
        count = len(marks[0].positions) if hasattr(marks[0], "positions") else len(marks)
        assert count == len(reading.names)
        for step, percents in zip(steps, reading.percents):
            assert (percents is None) == (step == 0)
            if percents is not None:
                assert percents.array.shape == (count, len(reading.components))
                assert np.abs(percents.array.sum(axis=1, dtype=int) - 100).max() <= len(reading.components) / 2


@pytest.mark.parametrize("case", gallery.CASES)
def test_it_can_stand_in_a_readers_axes(case):
    from matplotlib.figure import Figure

    run, view, options = gallery.CASES[case]
    figure = Figure(figsize=(9, 6), layout="constrained")
    FigureCanvasAgg(figure)
    scene = emviz.scene(gallery.trace(run), view, ax=figure.subplots(), **options)
    first = scene.frame(0)
    assert first.std() > 5
    if len(scene) > 1:
        assert (scene.frame(len(scene) - 1) != first).any()
