"""A scene in a reader's own figure."""

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

import emviz

HEADS = [5, 9, 8, 4, 7]
TRACES = {
    "plane": lambda: emviz.run(emviz.GaussianMixture(3), emviz.datasets.blobs(90), rng=0, max_iterations=4),
    "line": lambda: emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), rng=0, max_iterations=4),
    "coins": lambda: emviz.run(emviz.BinomialMixture(2, 10), HEADS, rng=0, max_iterations=4),
    "counts": lambda: emviz.run(emviz.PoissonMixture(2), emviz.datasets.earthquakes(), rng=0, max_iterations=4),
}


@pytest.fixture
def axes():
    figure = Figure(figsize=(12, 5), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots(1, 2)


@pytest.mark.parametrize("name", TRACES)
def test_it_draws_there_and_follows(axes, name):
    ours, theirs = axes
    theirs.hist([1, 2, 2, 3])
    trace = TRACES[name]()
    scene = emviz.scene(trace, ax=ours)
    assert scene.figure is ours.figure and len(scene) == len(trace)
    frames = [scene.frame(step) for step in range(len(scene))]
    box = theirs.get_tightbbox()
    right = int(box.x0)
    for before, after in zip(frames, frames[1:]):
        assert (before[:, :right] != after[:, :right]).any()  # ours moves
        np.testing.assert_array_equal(before[:, right:], after[:, right:])  # theirs does not
    height = frames[0].shape[0]
    for step in (0, len(scene) - 1):
        scene.show(step)
        title = scene.caption_artist
        assert title.axes is ours and title.get_text() == ours.get_title(loc="left")
        assert title.get_text().replace("\n", " ").strip() == scene.caption(step).replace("; ", " ", 1)
        box = title.get_window_extent()
        assert box.y1 <= height and box.x1 <= right


def test_means_are_where_the_state_has_them(axes):
    trace = TRACES["plane"]()
    scene = emviz.scene(trace, ax=axes[1], step=3)
    np.testing.assert_array_equal(scene.movers["means"].get_offsets(), trace[3].params.means)
    assert scene.movers["means"].axes is axes[1]


def test_a_figure_without_pixels_still_shows(axes):
    figure = Figure()
    FigureCanvasSVG(figure)
    scene = emviz.scene(TRACES["plane"](), ax=figure.subplots(), step=1)
    scene.show(2)
    with pytest.raises(TypeError, match="FigureCanvasSVG, which has no pixels"):
        scene.frame(2)


@pytest.mark.parametrize("layout", [None, "tight", "constrained"])
@pytest.mark.parametrize("size", [(6.4, 4.8), (3, 2)])
def test_the_caption_is_in_any_figure_and_the_axes_stay(layout, size):
    figure = Figure(figsize=size, layout=layout)
    FigureCanvasAgg(figure)
    ax = figure.subplots()
    ax.set_title("before")
    scene = emviz.scene(TRACES["plane"](), ax=ax)
    places = []
    for step in (0, 1, 2, len(scene) - 1):
        scene.show(step)
        figure.canvas.draw()
        assert scene.caption_artist.get_window_extent().y1 <= figure.bbox.height + 1
        places.append(ax.get_position().bounds)
        pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)
        assert (abs(scene.frame(step) - pixels) > 64).mean() < 0.005  # edges that a layout engine rounds
    np.testing.assert_allclose(places, places[:1] * len(places), atol=1e-9)
    assert not ax.get_title().strip()  # nothing under the caption


def test_pyplot_users_can_do_it():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with matplotlib.rc_context():
        pyplot.switch_backend("agg")
        figure, ax = pyplot.subplots()
        scene = emviz.scene(TRACES["line"](), ax=ax)
        scene.show(2)
        figure.canvas.draw()
        pyplot.close(figure)
    assert scene.figure is figure


def test_wrong_arguments_are_named(axes):
    trace = TRACES["plane"]()
    with pytest.raises(TypeError, match="ax is a list: give one matplotlib Axes"):
        emviz.scene(trace, ax=[axes[0]])
    for strange, kind in ({"projection": "polar"}, "polar"), ({"projection": "3d"}, "3d"), ({"xscale": "log"}, "log"):
        with pytest.raises(ValueError, match=f"ax has .*{kind}.*: give plain axes"):
            emviz.scene(trace, ax=Figure().add_subplot(**strange))
    with pytest.raises(ValueError, match="size is .* but the axes are in a figure"):
        emviz.scene(trace, ax=axes[0], size=(400, 300))
    with pytest.raises(ValueError, match="view='banana' is unknown: choose one of"):
        emviz.scene(trace, "banana")
    with pytest.raises(ValueError, match="view is 'counts', which does not fit this trace: it shows PoissonMixture"):
        emviz.scene(trace, "counts")
    with pytest.raises(TypeError, match="banana is not an option of the view 'counts': it has none"):
        emviz.scene(TRACES["counts"](), banana=1)
