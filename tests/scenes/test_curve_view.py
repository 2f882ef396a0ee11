"""The curve alone: its lines, letters and readings are those of the trace."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import emviz
from emviz import draw

HEADS = [5, 9, 8, 4, 7]


def coins(iterations: int = 6) -> emviz.Trace:
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=[0.6, 0.5]), max_iterations=iterations, tolerance=0)


TRACES = {
    "coins": coins,
    "long": lambda: coins(60),
    "plane": lambda: emviz.run(emviz.GaussianMixture(3), emviz.datasets.blobs(90), rng=0, max_iterations=8),
    "iris": lambda: emviz.run(emviz.GaussianMixture(3, "tied"), emviz.datasets.iris(), rng=0, max_iterations=6),
    "counts": lambda: emviz.run(emviz.PoissonMixture(2), [1, 2, 2, 7, 9, 12], rng=0, max_iterations=6),
    "soft k-means": lambda: emviz.run(emviz.KMeans(3, temperature=1.0), emviz.datasets.blobs(90), rng=0,
                                      max_iterations=5),
    "k-means": lambda: emviz.run(emviz.KMeans(3), emviz.datasets.blobs(90), rng=0),
}


@pytest.fixture(scope="module", params=TRACES)
def scene(request):
    return emviz.scene(TRACES[request.param](), "curve")


def is_hard(scene) -> bool:
    return isinstance(scene.trace.model, emviz.KMeans) and scene.trace.model.temperature == 0


def ceiling(scene) -> str:
    """At other temperatures, and without its constants, what the bound can reach is no log-likelihood."""
    model = scene.trace.model
    return "log-likelihood" if model.temperature == 1 and not isinstance(model, emviz.KMeans) else "best bound"


def objective(scene) -> np.ndarray:
    trace = scene.trace
    if not is_hard(scene):
        return trace.log_likelihoods
    return np.concatenate([[-2 * trace.log_likelihoods[0]], trace.inertias[1:]])


def test_the_line_ends_at_now(scene):
    values = objective(scene)
    for step in range(len(scene.trace)):
        scene.show(step)
        time, shown = scene.movers["objective"].get_data()
        np.testing.assert_array_equal(shown[:step + 1], values[:step + 1])
        assert (time[step:] == time[step]).all() and scene.movers["now badge"].xy[0] == time[step]
        assert scene.movers["now badge"].get_text() == scene.trace[step].kind
        if not is_hard(scene) and step:
            np.testing.assert_array_equal(scene.movers["lower bound"].get_ydata()[1:step + 1],
                                          scene.trace.lower_bounds[1:step + 1])


def test_readings_have_the_numbers_and_stand_to_the_right_of_now(scene):
    for step, state in enumerate(scene.trace):
        scene.show(step)
        wanted = {"inertia": -2 * state.lower_bound} if is_hard(scene) else {
            ceiling(scene): state.log_likelihood, "gap": state.gap, "lower bound": state.lower_bound}
        now = scene.movers["objective"].get_xdata()[-1]
        for name, value in wanted.items():
            artist = scene.movers[f"value of {name}"]
            if np.isnan(value):
                assert artist.get_text() == "–"
            else:
                assert float(artist.get_text().replace("−", "-")) == pytest.approx(value, abs=0.051)
            assert artist.xy[0] > now
        leaders = scene.movers["leaders to readings"].get_segments()
        assert len(leaders) == len(wanted) and all(leader[0][0] == now for leader in leaders)


def test_a_letter_for_every_half_step_so_far(scene):
    letters, discs = scene.movers["letters"], scene.movers["half-steps"]
    times, values = scene.movers["objective"].get_xdata, objective(scene)
    scene.show(len(scene) - 1)
    steps = [int(np.argmin(np.abs(times() - x))) for x in discs.get_offsets()[:, 0]]
    np.testing.assert_array_equal(discs.get_offsets(), letters.get_offsets())
    np.testing.assert_allclose(discs.get_offsets(), [(times()[step], values[step]) for step in steps])
    for path, step in zip(letters.get_paths(), steps):
        assert path is draw.numeral(scene.trace[step].kind)
    low, high = scene.panel.get_ylim()
    for now in range(len(scene)):
        scene.show(now)
        seen = [step <= now and low <= values[step] <= high for step in steps]
        np.testing.assert_array_equal(discs.get_facecolor()[:, 3] == 1, seen)
        np.testing.assert_array_equal(letters.get_facecolor()[:, 3] == 1, seen)
    if len(scene) < 15:
        assert steps == list(range(1, len(scene)))


def test_letters_do_not_touch(scene):
    x = np.sort(scene.panel.transData.transform(scene.movers["half-steps"].get_offsets())[:, 0])
    assert len(x) > 5 and np.diff(x).min() > 16


@pytest.mark.parametrize("frame", [{}, {"size": (640, 360)}, {"projector": True}, {"size": (500, 800)}])
def test_readings_stay_inside_and_apart(scene, frame):
    again = emviz.scene(scene.trace, "curve", **frame)
    width, height = again.figure.bbox.size
    for step in (0, 1, 2, len(again) // 2, len(again) - 1):
        again.show(step)
        boxes = [artist.get_window_extent() for name, artist in again.movers.items()
                 if name.startswith(("value of", "name of"))]
        for at, box in enumerate(boxes):
            assert box.x0 > again.panel.bbox.x0 and box.x1 <= width
            assert box.y0 > again.panel.bbox.y0 and box.y1 < height - again.caption_height
            for other in boxes[at + 1:]:
                assert min(box.y1, other.y1) - max(box.y0, other.y0) < 0.3 * box.height


def test_it_is_the_whole_picture():
    scene = emviz.scene(coins(), "curve")
    assert scene.curve is None and scene.readings == () and len(scene.figure.axes) == 1
    assert scene.panel.bbox.width > 0.8 * scene.figure.bbox.width


def test_in_a_readers_axes_it_is_these_axes():
    figure = Figure()
    FigureCanvasAgg(figure)
    ax = figure.subplots()
    scene = emviz.scene(coins(), "curve", ax=ax, step=3)
    assert scene.panel is ax and scene.movers["objective"].axes is ax


def test_a_model_without_words_has_none():
    class Other:
        def prepare(self, data):
            return data

    for view in ("curve", "free energy"):
        with pytest.raises(ValueError, match="there are words for GaussianMixture, .* only"):
            emviz.scene(emviz.Trace(Other(), np.zeros(3), [], False, "never ran"), view)


def test_tiny_objectives_have_an_exponent_and_stay_inside():
    points = 1e-6 * np.random.default_rng(0).normal(size=(60, 3))
    trace = emviz.run(emviz.KMeans(1, temperature=0.5), points, rng=0, max_iterations=4)
    scene = emviz.scene(trace, "curve", size=(640, 360), projector=True, step=len(trace) - 1)
    value = scene.movers["value of lower bound"]
    assert float(value.get_text().replace("−", "-")) == pytest.approx(trace[-1].lower_bound, rel=1e-3)
    assert value.get_window_extent().x1 <= 640
