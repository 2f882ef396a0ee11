"""Responsibilities as a table: every number in it against an independent computation."""

import numpy as np
import pytest
from scipy.stats import binom, norm, poisson

import emviz
from emviz import style
from emviz.marks import record
from emviz.scenes import side_by_side

HEADS, FLIPS = np.array([5, 9, 8, 4, 7]), np.array([10, 10, 9, 12, 7])


def coins() -> emviz.Trace:
    model = emviz.BinomialMixture(2, FLIPS)
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=[0.6, 0.5]), max_iterations=4)


def heights(n: int = 10) -> emviz.Trace:
    data = emviz.datasets.heights().data[:n]
    return emviz.run(emviz.GaussianMixture(2), data, rng=0, max_iterations=4)


def counts() -> emviz.Trace:
    return emviz.run(emviz.PoissonMixture(3), emviz.datasets.earthquakes(), rng=0, max_iterations=3)


def centers() -> emviz.Trace:
    return emviz.run(emviz.KMeans(3), emviz.datasets.blobs(10), rng=0)


def posterior(trace: emviz.Trace, step: int) -> np.ndarray:
    """Bayes' rule with SciPy's densities, or the nearest center."""
    q, data = trace[step].q_params, np.asarray(trace.data)
    if isinstance(trace.model, emviz.KMeans):
        nearest = ((data[:, None] - q.means) ** 2).sum(axis=2).argmin(axis=1)
        return np.eye(len(q.means))[nearest]
    likelihood = {
        emviz.BinomialMixture: lambda: binom.pmf(data[:, None], FLIPS[:, None], q.probabilities),
        emviz.GaussianMixture: lambda: norm.pdf(data, q.means[:, 0], np.sqrt(q.covariances[:, 0, 0])),
        emviz.PoissonMixture: lambda: poisson.pmf(data[:, None], q.rates),
    }[type(trace.model)]()
    joint = q.weights * likelihood
    return joint / joint.sum(axis=1, keepdims=True)


def text(scene, name: str) -> str:
    return scene.movers[name].get_text()


def number(scene, name: str) -> float:
    return float(text(scene, name).replace("−", "-"))


@pytest.mark.parametrize("make", [coins, heights, counts, centers])
def test_cells_and_sums_are_the_responsibilities(make):
    scene = emviz.scene(make(), "table")
    n, k = min(12, len(scene.trace.data)), scene.trace.model.n_components
    for step in range(1, len(scene)):
        scene.show(step)
        expected = posterior(scene.trace, step)
        cells = [[number(scene, f"cell {row} {j}") for j in range(k)] for row in range(n)]
        np.testing.assert_allclose(cells, expected[:n], atol=0.00501)
        np.testing.assert_allclose([number(scene, f"sum {j}") for j in range(k)], expected.sum(axis=0), atol=0.00501)
        bars = np.array([np.ptp(path.vertices[:, 0]) for path in scene.movers["cells"].get_paths()]).reshape(n, k)
        full = bars.max() / expected[:n].max()
        np.testing.assert_allclose(bars, full * expected[:n], atol=1e-9 * full)


def test_before_the_first_e_there_is_nothing_in_the_cells():
    scene = emviz.scene(coins(), "table")
    assert {text(scene, name) for name in scene.movers if name.startswith(("cell ", "sum "))} == {"–"}
    assert max(np.ptp(path.vertices[:, 0]) for path in scene.movers["cells"].get_paths()) == 0


def test_the_head_has_the_parameters_of_the_state():
    scene = emviz.scene(heights(), "table")
    for step, state in enumerate(scene.trace):
        scene.show(step)
        for j in range(2):
            assert number(scene, f"mean {j}") == pytest.approx(state.params.means[j, 0], abs=0.0501)
            assert number(scene, f"σ {j}") == pytest.approx(np.sqrt(state.params.covariances[j, 0, 0]), abs=0.0501)
            assert number(scene, f"weight {j}") == pytest.approx(state.params.weights[j], abs=0.00501)


@pytest.mark.parametrize("make, values", [
    (coins, {"chance of heads": lambda params: params.probabilities, "weight": lambda params: params.weights}),
    (counts, {"rate": lambda params: params.rates, "weight": lambda params: params.weights}),
    (centers, {"center x": lambda params: params.means[:, 0], "center y": lambda params: params.means[:, 1]}),
])
def test_other_models_have_their_own_parameters(make, values):
    scene = emviz.scene(make(), "table", step=2)
    for name, value in values.items():
        for j, expected in enumerate(value(scene.trace[2].params)):
            decimals = len(text(scene, f"{name} {j}").partition(".")[2])
            assert number(scene, f"{name} {j}") == pytest.approx(expected, abs=0.501 * 10**-decimals)


def test_of_several_features_the_first_two_are_shown():
    scene = emviz.scene(emviz.run(emviz.GaussianMixture(3), emviz.datasets.iris(), rng=0, max_iterations=2), "table")
    names = [name for name in scene.movers if name.endswith(" 0") and name.startswith("mean")]
    assert names == ["mean sepal length (cm) 0", "mean sepal width (cm) 0"]
    assert "σ 0" not in scene.movers
    assert "(5.10, 3.50, …)" in [label.get_text() for label in scene.panel.texts]


def test_weights_that_are_fixed_are_not_in_the_head():
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    trace = emviz.run(model, [5, 9, 8, 4, 7], model.start([5, 9, 8, 4, 7], probabilities=[0.6, 0.5]), max_iterations=1)
    assert "weight 0" not in emviz.scene(trace, "table").movers


def test_an_m_lights_the_sums_and_the_parameters_and_tells_the_old_ones():
    scene = emviz.scene(coins(), "table")
    for step, lit in ((0, 0), (1, 0), (2, 1), (3, 0)):
        scene.show(step)
        assert (scene.movers["lit sums"].get_facecolor()[:, 3] == lit).all()
        assert (scene.movers["lit parameters"].get_facecolor()[:, 3] > 0).all() == bool(lit)
        assert scene.movers["old weight 1"].get_alpha() == lit
    scene.show(2)
    assert text(scene, "old chance of heads 0") in ("0.60 →", "was 0.60")
    assert scene.movers["sum 0"].get_color() == style.PAPER
    middle = scene.movers["sum 1"].xy
    left, low, width, height = scene.movers["lit sums"].get_paths()[1].get_extents().bounds
    assert left < middle[0] < left + width and low < middle[1] < low + height


def test_an_e_makes_the_cells_strong():
    scene = emviz.scene(coins(), "table")
    scene.show(1)
    strong = scene.movers["cells"].get_facecolor()[:, 3]
    scene.show(2)
    assert (scene.movers["cells"].get_facecolor()[:, 3] < strong).all()


def test_many_rows_are_cut_and_the_sums_are_still_of_all():
    scene = emviz.scene(counts(), "table", step=3)
    words = [label.get_text() for label in scene.panel.texts]
    assert "12 of 107 rows" in words and "sum of all 107" in words
    assert sum(number(scene, f"sum {j}") for j in range(3)) == pytest.approx(107, abs=0.02)
    assert "cell 11 0" in scene.movers and "cell 12 0" not in scene.movers


def test_rows_can_be_chosen_in_any_order():
    trace = coins()
    scene = emviz.scene(trace, "table", rows=[4, 0, 2, 1, 3], step=1)
    expected = posterior(trace, 1)[[4, 0, 2, 1, 3]]
    np.testing.assert_allclose([number(scene, f"cell {row} 0") for row in range(5)], expected[:, 0], atol=0.00501)
    labels = [label.get_text() for label in scene.panel.texts]
    assert [label for label in labels if " of " in label and label[0].isdigit()] == [
        "7 of 7 heads", "5 of 10 heads", "8 of 9 heads", "9 of 10 heads", "4 of 12 heads"]


def test_marks_tell_whose_row_it_is():
    trace = coins()
    scene = emviz.scene(trace, "table", rows=[1, 3])
    reading, = record(scene, [0, 1]).readings
    assert reading.names == ("set 1: 9 of 10 heads", "set 3: 4 of 12 heads")
    np.testing.assert_array_equal(reading.percents[1].array, np.rint(100 * posterior(trace, 1)[[1, 3]]))
    scene.show(1)
    np.testing.assert_allclose(scene.movers["points"].get_facecolor()[:, :3],
                               style.blend(posterior(trace, 1)[[1, 3]])[:, :3], atol=1e-9)


def test_a_mark_is_on_the_line_of_its_row():
    scene = emviz.scene(coins(), "table", step=1)
    marks = scene.movers["points"].get_offsets()[:, 1]
    np.testing.assert_allclose(marks, [scene.movers[f"cell {row} 1"].xy[1] for row in range(5)])
    assert (np.diff(marks) > 0).all()  # y is down


def test_where_room_is_short_there_are_fewer_rows():
    view = side_by_side(*[heights()] * 4, view="table", names=list("abcd")).views[0]
    rows = sum(name.startswith("cell ") and name.endswith(" 0") for name in view.movers)
    assert 1 <= rows < 10 and len(view.movers["points"].get_offsets()) == rows
    assert any(label.get_text().startswith(f"{rows} of 10 r") for label in view.panel.texts)


@pytest.mark.parametrize("k", [1, 2, 4, 6])
@pytest.mark.parametrize("frame", [{}, {"size": (640, 360)}, {"projector": True}], ids=["plain", "small", "projector"])
def test_numbers_stay_in_their_columns(k, frame):
    trace = emviz.run(emviz.GaussianMixture(k), emviz.datasets.blobs(300), rng=0, max_iterations=2)
    scene = emviz.scene(trace, "table", step=4, **frame)
    for j, path in enumerate(scene.movers["lit sums"].get_paths()):
        left, right = (scene.panel.transData.transform((x, 0))[0] for x in
                       (path.vertices[:, 0].min(), path.vertices[:, 0].max()))
        for name in ("mean x", "old mean x", "mean y", "old mean y", "weight", "old weight", "cell 0", "sum"):
            box = scene.movers[f"{name} {j}"].get_window_extent()
            assert box.x0 >= left - 3 and box.x1 <= right + 3, name
    assert right < scene.curve.ax.bbox.x0


@pytest.mark.parametrize("rows, error", [
    ([], "rows has 0 numbers: a table has room for 1 to 12"),
    (list(range(13)), "rows has 13 numbers"),
    ([0, 5], r"rows\[1\] is 5: the data have the rows 0 to 4"),
    ([-1], "rows=-1 is too small"),
    (3, r"rows is 3: give a list of rows of the data"),
    ([0.5], "rows=0.5"),
])
def test_wrong_rows_are_named(rows, error):
    with pytest.raises((ValueError, TypeError), match=error):
        emviz.scene(coins(), "table", rows=rows)


def test_seven_components_have_no_room():
    trace = emviz.run(emviz.KMeans(7), emviz.datasets.blobs(30), rng=0, max_iterations=1)
    with pytest.raises(ValueError, match="7 components are too many, a table has room for 6"):
        emviz.scene(trace, "table")


def test_it_is_never_chosen_by_itself():
    for make in (coins, heights, counts, centers):
        assert emviz.scene(make()).view.NAME != "table"
