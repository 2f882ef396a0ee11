"""Free-energy bars: their heights are the lower bound and the log-likelihood of the state, before and after."""

import numpy as np
import pytest
from scipy.stats import binom, norm

import emviz
from emviz import draw, style

HEADS = np.array([5, 9, 8, 4, 7])


def coins(probabilities=(0.6, 0.5), **options) -> emviz.Trace:
    model = emviz.BinomialMixture(2, 10, fixed=("weights",), **options)
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=probabilities), max_iterations=6)


def line(model, iterations: int = 8) -> emviz.Trace:
    return emviz.run(model, emviz.datasets.heights(), np.array([[60.0], [62.0]]), max_iterations=iterations)


TRACES = {
    "coins": coins,
    "mixture": lambda: line(emviz.GaussianMixture(2)),
    "prior": lambda: line(emviz.GaussianMixture(2, prior=emviz.GaussianPrior(2.0, scale=4.0))),
    "soft k-means": lambda: line(emviz.KMeans(2, temperature=3.0)),
    "hard mixture": lambda: line(emviz.GaussianMixture(2, temperature=0.0)),
    "plane": lambda: emviz.run(emviz.GaussianMixture(3), emviz.datasets.blobs(90), rng=0, max_iterations=6),
    "iris": lambda: emviz.run(emviz.GaussianMixture(3, "tied"), emviz.datasets.iris(), rng=0, max_iterations=6),
    "counts": lambda: emviz.run(emviz.PoissonMixture(2), [1, 2, 2, 7, 9, 12], rng=0, max_iterations=6),
    "k-means": lambda: line(emviz.KMeans(2)),
}


@pytest.fixture(scope="module", params=TRACES)
def scene(request):
    return emviz.scene(TRACES[request.param](), "free energy")


def bars(scene) -> np.ndarray:
    """Bottom and top of the two parts of the three bars: float[3, 2, 2]."""
    ends = [(path.vertices[:, 1].min(), path.vertices[:, 1].max()) for path in scene.movers["bars"].get_paths()]
    return np.reshape(ends, (3, 2, 2))


def levels(state) -> tuple[float, float]:
    """What a state should show: the ends of its two parts."""
    return state.lower_bound if state.kind != "start" else state.log_likelihood, state.log_likelihood


def is_hard(scene) -> bool:
    return isinstance(scene.trace.model, emviz.KMeans) and scene.trace.model.temperature == 0


def ceiling(scene) -> str:
    """At other temperatures, and without its constants, what the bound can reach is no log-likelihood."""
    model = scene.trace.model
    return "log-likelihood" if model.temperature == 1 and not isinstance(model, emviz.KMeans) else "best bound"


def reading(scene, name: str) -> float:
    return float(scene.movers[f"value of {name}"].get_text().replace("−", "-"))


def test_the_bar_has_the_bound_and_the_log_likelihood_at_their_places_on_the_axis(scene):
    low = scene.panel.get_ylim()[0]
    for step, state in enumerate(scene.trace):
        scene.show(step)
        floor, gap = bars(scene)[0]
        lower, upper = sorted(-2 * np.array(levels(state))) if is_hard(scene) else levels(state)
        if lower < low:
            continue  # a wild start, below
        np.testing.assert_allclose([*floor, *gap], [low, lower, lower, upper], rtol=1e-9)
        edges = [segment[0][1] for segment in scene.movers["edges"].get_segments()[:2]]
        np.testing.assert_allclose(edges, [lower, upper], rtol=1e-9)


def test_the_pair_shows_before_and_after_at_one_scale(scene):
    trace = scene.trace
    for step in range(2, len(trace)):
        scene.show(step)
        shown = bars(scene)[1:, :, 1].ravel()
        true = np.array([levels(trace[step - 1]), levels(trace[step])])
        true = (np.sort(-2 * true) if is_hard(scene) else true).ravel()
        if np.ptp(true) <= 1e-9 * np.abs(true).max():
            continue
        scale = np.ptp(shown) / np.ptp(true)
        np.testing.assert_allclose(shown - shown.min(), scale * (true - true.min()), atol=1e-6 * np.ptp(shown))
        assert np.ptp(shown) > 0.5 * np.ptp(scene.panel.get_ylim())  # dull states are magnified
        told = scene.movers["factor"].get_text()
        assert told.startswith("this half-step")
        if "×" in told:
            assert float(told.split()[2].replace(",", "")) == pytest.approx(scale, rel=0.06)
        else:
            assert scale < 1.2


def test_an_e_closes_the_gap_and_an_m_opens_one(scene):
    if is_hard(scene):
        return
    for step in range(2, len(scene.trace)):
        scene.show(step)
        (_, before), (_, after) = bars(scene)[1:]
        if scene.trace[step].kind == "E":
            assert np.ptp(after) == pytest.approx(0, abs=1e-9 * np.abs(after).max())
            assert before[1] == pytest.approx(after[1])  # the log-likelihood stays
            assert scene.movers["what happened"].get_text().endswith("the gap is closed")
        else:
            assert np.ptp(before) == pytest.approx(0, abs=1e-9 * np.abs(before).max())


def test_readings_have_the_numbers(scene):
    names = ("leaving", "an E would save", "inertia") if is_hard(scene) else ("lower bound", "gap", ceiling(scene))
    for step, state in enumerate(scene.trace):
        scene.show(step)
        true = (-2 * state.log_likelihood, 2 * state.gap, -2 * state.lower_bound) if is_hard(scene) else (
            state.lower_bound, state.gap, state.log_likelihood)
        for name, value in zip(names, true):
            text = scene.movers[f"value of {name}"].get_text()
            if step == 0 and name not in (ceiling(scene), "leaving"):
                assert text == "–"
            else:
                decimals = len(text.partition(".")[2])
                assert reading(scene, name) == pytest.approx(value, abs=0.51 * 10.0**-decimals)


def test_a_change_has_as_many_digits_as_it_needs():
    scene = emviz.scene(line(emviz.GaussianMixture(2), 40), "free energy", step=60)
    before, state = scene.trace[59], scene.trace[60]
    assert 0 < state.log_likelihood - before.log_likelihood < 0.01
    told = scene.movers["what happened"].get_text()
    bound, likelihood = (float(word.strip(",")) for word in told.split() if word[0] == "+")
    assert bound == pytest.approx(state.lower_bound - before.lower_bound, rel=0.06)
    assert likelihood == pytest.approx(state.log_likelihood - before.log_likelihood, rel=0.06)
    assert told.startswith("M: bound +")


def test_the_numbers_are_those_of_independent_programs():
    scene = emviz.scene(coins(), "free energy", step=2)
    shares = binom.pmf(HEADS[:, None], 10, [0.6, 0.5])
    shares /= shares.sum(axis=1, keepdims=True)
    chances = shares.T @ HEADS / (shares.sum(axis=0) * 10)
    joint = 0.5 * binom.pmf(HEADS[:, None], 10, chances)
    assert reading(scene, "log-likelihood") == pytest.approx(np.log(joint.sum(axis=1)).sum(), abs=0.005)
    assert reading(scene, "lower bound") == pytest.approx(np.sum(shares * np.log(joint / shares)), abs=0.005)
    told = scene.movers["what happened"].get_text()
    assert told == "M: bound +1.10, log-likelihood +1.23"
    k_means = emviz.scene(TRACES["k-means"](), "free energy", step=2)
    heights = emviz.datasets.heights().data.ravel()
    middle = np.abs(heights[:, None] - [60.0, 62.0]).argmin(axis=1)
    means = [heights[middle == j].mean() for j in range(2)]
    squares = (heights[:, None] - means) ** 2
    assert reading(k_means, "inertia") == pytest.approx(squares[np.arange(len(heights)), middle].sum(), abs=0.05)
    assert reading(k_means, "leaving") == pytest.approx(squares.min(axis=1).sum(), abs=0.051)
    mixture = emviz.scene(TRACES["mixture"](), "free energy", step=0)
    spread = heights.std()
    density = 0.5 * norm.pdf(heights[:, None], [60.0, 62.0], spread)
    assert reading(mixture, "log-likelihood") == pytest.approx(np.log(density.sum(axis=1)).sum(), abs=0.05)


def test_the_inertia_of_k_means_only_falls():
    scene = emviz.scene(TRACES["k-means"](), "free energy")
    told = []
    for step in range(1, len(scene)):
        scene.show(step)
        told.append(scene.movers["what happened"].get_text())
    assert told[0] == "E: inertia as it was" and told[-1] == "M: inertia as it was"
    assert told[1] == "M: inertia −405.0" and told[2].startswith("E: inertia −61.8")
    assert not any("+" in sentence for sentence in told)


def test_before_the_first_e_there_is_one_level():
    scene = emviz.scene(coins(), "free energy")
    assert scene.movers["what happened"].get_text() == "before the first E"
    assert np.ptp(bars(scene)[0, 1]) == 0
    colors = scene.movers["bars"].get_facecolor().reshape(3, 2, 4)
    assert not colors[1, :, 3].any() and colors[2, 0, 3] == 1
    np.testing.assert_allclose(colors[0, 1], draw.rgba([style.GAP])[0])


def test_the_bar_is_level_with_the_curve(scene):
    for frame in ({}, {"projector": True}, {"size": (640, 360)}):
        again = emviz.scene(scene.trace, "free energy", step=len(scene) - 1, **frame)
        curve = again.curve.ax.transData.transform([(0, value) for value in (0.0, 1.0)])[:, 1]
        panel = again.panel.transData.transform([(0, value) for value in (0.0, 1.0)])[:, 1]
        scale = again.curve.ax.bbox.height / np.ptp(again.curve.ax.get_ylim())
        assert np.diff(curve) == pytest.approx(np.diff(panel), rel=1e-9)
        top = again.curve.ax.get_ylim()[1]
        pixels = [axes.transData.transform((0, top))[1] for axes in (again.curve.ax, again.panel)]
        assert abs(pixels[0] - pixels[1]) < 0.01 and scale > 0


def test_a_wild_start_ends_below_the_break():
    trace = coins((0.2, 0.999))
    scene = emviz.scene(trace, "free energy")
    low, high = scene.panel.get_ylim()
    assert trace[0].log_likelihood < low
    assert bars(scene)[0, 0, 1] < low + 0.02 * (high - low)
    assert reading(scene, "log-likelihood") == pytest.approx(trace[0].log_likelihood, abs=0.01)


def test_halfway_is_halfway():
    scene = emviz.scene(coins(), "free energy")
    scene.show(2.5)
    before, after = scene.trace[2], scene.trace[3]
    assert bars(scene)[0, 1, 0] == pytest.approx((before.lower_bound + after.lower_bound) / 2)


def test_the_sentence_fits_whatever_was_shown_before():
    scene = emviz.scene(coins((0.2, 0.999)), "free energy", size=(640, 360), projector=True)
    for step in [*range(len(scene)), 3, 0, 2]:
        scene.show(step)
        text = scene.movers["what happened"]
        assert "…" not in text.get_text() and text.get_window_extent().x1 < scene.curve.ax.bbox.x0
