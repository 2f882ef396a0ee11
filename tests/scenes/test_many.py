"""Many runs in one picture: bars count what was reached, and the two runs beside them are the best and the worst."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

import emviz
from emviz.scenes.group import Group
from emviz.scenes.many import _together

DATA = emviz.datasets.blobs(120)
MODEL = emviz.KMeans(4)


@pytest.fixture(scope="module")
def random():
    return emviz.restarts(MODEL, DATA, 60)


@pytest.fixture(scope="module")
def plus_plus():
    return emviz.restarts(MODEL, DATA, 40, "k-means++")


@pytest.fixture(scope="module")
def scene(random):
    return emviz.scene(random)


@pytest.fixture(scope="module")
def both(random, plus_plus):
    return emviz.side_by_side(random, plus_plus, names=("random points", "k-means++"))


def histogram(scene):
    """The axes on the left."""
    return next(ax for ax in scene.figure.axes if "at the end" in ax.get_ylabel())


def bars(scene) -> list[np.ndarray]:
    """For each kind of starts, the lengths of its bars in pixels of the design."""
    found = [artist for artist in histogram(scene).collections if isinstance(artist, PolyCollection)]
    return [np.array([np.ptp(path.vertices[:, 0]) for path in artist.get_paths()]) for artist in found]


def texts(scene) -> list[str]:
    return [text.get_text() for text in histogram(scene).texts]


def test_the_two_runs_are_the_best_and_the_worst(scene, random):
    assert scene.names == ("best", "worst")
    for trace, index in zip(scene.traces, (random.best, random.worst)):
        np.testing.assert_array_equal(trace.final.means, random.finals[index].means)
    assert scene.traces[0].inertias[-1] == random.inertias.min()
    assert scene.traces[1].inertias[-1] == random.inertias.max()
    assert f"shown: run {random.best} and run {random.worst}" in scene.caption(0)


@pytest.fixture(scope="module")
def few():
    """So few optima that each has a row of its own."""
    runs = emviz.restarts(MODEL, DATA, 24)
    assert 4 <= len(runs.optima) <= 9
    return runs


def test_a_bar_is_as_long_as_its_share(few):
    counts = np.array([optimum.count for optimum in few.optima])
    scene = emviz.scene(few)
    np.testing.assert_allclose(bars(scene)[0] / bars(scene)[0].max(), counts / counts.max(), rtol=1e-9)


def test_every_optimum_is_named_with_its_value_and_count(few):
    scene = emviz.scene(few)
    rows = [text.split(": ") for text in texts(scene) if " of 24 runs" in text]
    assert [told for _, told in rows] == [f"{optimum.count} of 24 runs" for optimum in few.optima]
    np.testing.assert_allclose([float(value) for value, _ in rows], [-2 * optimum.objective for optimum in few.optima],
                               atol=0.05)  # one decimal
    assert len({value for value, _ in rows}) == len(rows)
    assert f"24 runs, {len(few.optima)} optima" in texts(scene)
    assert f"{100 * few.optima[0].share:.3g} % reach the best" in texts(scene)
    assert f"{few.optima[0].count} of 24 runs reach the best optimum" in scene.caption(0)


def test_markers_stand_where_the_objective_is_now_or_are_not_seen(scene):
    low, high = histogram(scene).get_ylim()
    for step in range(1, len(scene)):
        scene.show(step)
        marks = scene.movers["now"]
        for number, trace in enumerate(scene.traces):
            inertia = trace.inertias[min(step, len(trace) - 1)]
            assert marks.get_facecolor()[number, 3] == (low <= inertia <= high)
            if low <= inertia <= high:
                assert marks.get_offsets()[number, 1] == pytest.approx(inertia)
    assert (marks.get_facecolor()[:, 3] == 1).all()  # at the end both have arrived
    scene.show(0)
    assert (marks.get_facecolor()[:, 3] == 0).all()  # a start is far off


def test_where_the_two_runs_end_is_marked_from_the_beginning(scene, random):
    scene.show(len(scene) - 1)
    arrived = scene.movers["now"].get_offsets()
    standing = [artist for artist in histogram(scene).collections if artist is not scene.movers["now"]]
    assert any(np.shape(artist.get_offsets()) == (2, 2) and np.allclose(artist.get_offsets(), arrived)
               for artist in standing)


def test_the_objective_of_a_mixture_is_its_lower_bound():
    runs = emviz.restarts(emviz.GaussianMixture(3, "spherical"), DATA, 6)
    scene = emviz.scene(runs, step=3)
    assert histogram(scene).get_ylabel() == "lower bound at the end"
    low, high = histogram(scene).get_ylim()
    assert low < runs.objectives.min() < runs.objectives.max() < high
    last = len(scene) - 1
    scene.show(last)
    np.testing.assert_allclose(scene.movers["now"].get_offsets()[:, 1], runs.objectives[[runs.best, runs.worst]])


def test_two_kinds_of_starts_share_the_axis_and_the_optima(both, random, plus_plus):
    group = Group.of((random, plus_plus))
    assert len(group.all) == 100
    np.testing.assert_array_equal(group.reached(0), group.all.reached[:60])
    np.testing.assert_array_equal(group.reached(1), group.all.reached[60:])
    for kind, one in enumerate((random, plus_plus)):  # together or alone, the same runs are in one optimum
        alone, together = one.reached, group.reached(kind)
        assert len(set(zip(alone, together))) == len(set(alone)) == len(set(together))
    shares = [100 * np.mean(group.reached(kind) == 0) for kind in range(2)]
    assert (f"{shares[0]:.3g} % of random points and {shares[1]:.3g} % of k-means++ reach the best optimum"
            in both.caption(0))
    assert {"random points", "k-means++", "60 runs", "40 runs"} <= set(texts(both))
    longest = [lengths.max() for lengths in bars(both)]
    assert longest[0] / longest[1] == pytest.approx(shares[0] / shares[1])
    objectives = np.concatenate([random.objectives, plus_plus.objectives])
    np.testing.assert_allclose([trace.inertias[-1] for trace in both.traces], [-2 * objectives.max(),
                                                                               -2 * objectives.min()])


def test_a_run_of_the_second_kind_is_replayed_by_its_own_settings(random):
    short = emviz.restarts(MODEL, DATA, 5, max_iterations=1)
    long = replace(short, max_iterations=50)
    group = Group.of((short, long))
    assert len(long.replay(0)) > len(short.replay(0)) == 3
    assert [group.name(index) for index in (4, 5)] == ["first starts 4", "second starts 0"]
    assert [len(trace) for trace in group.ends] == [
        len((short, long)[index // 5].replay(index % 5)) for index in (group.all.best, group.all.worst)]


def test_many_optima_are_counted_in_equal_bins():
    runs = emviz.restarts(emviz.KMeans(10), DATA, 60)
    assert len(runs.optima) > 30
    scene = emviz.scene(runs)
    lengths = bars(scene)[0]
    counts, _ = np.histogram(runs.inertias, np.linspace(*histogram(scene).get_ylim(), len(lengths) + 1))
    assert counts.sum() == 60
    np.testing.assert_allclose(lengths / lengths.max(), counts / counts.max(), atol=1e-12)
    assert f"{100 * counts.max() / 60:.3g} %" in texts(scene)


@pytest.mark.parametrize("projector", [False, True])
def test_the_longest_bar_leaves_room_for_its_share(projector):
    pairs = emviz.datasets.blobs(200, centers=[[-6, -2], [-6, 2], [6, -2], [6, 2]])
    kinds = emviz.restarts(MODEL, pairs, 40), emviz.restarts(MODEL, pairs, 200, "k-means++", rng=1)
    scene = emviz.side_by_side(*kinds, names=("random points", "k-means++"), projector=projector)
    assert any(".5 %" in text for text in texts(scene)), texts(scene)
    assert not any("…" in text for text in texts(scene))


def test_near_optima_share_a_row_but_the_best_stands_alone():
    values = np.array([1.0, 1.001, 5.0, 5.001, 5.002, 9.0])
    assert [row.tolist() for row in _together(values, 4)] == [[0], [1], [2, 3, 4], [5]]
    assert [row.tolist() for row in _together(values, 9)] == [[0], [1], [2], [3], [4], [5]]
    assert [row.tolist() for row in _together(values[:1], 4)] == [[0]]


@pytest.mark.parametrize("runs", [
    pytest.param(lambda: emviz.restarts(MODEL, DATA, 1), id="one run"),
    pytest.param(lambda: emviz.restarts(emviz.KMeans(1), DATA, 20), id="one optimum"),
    pytest.param(lambda: emviz.restarts(MODEL, DATA.data * 1e140, 20), id="huge"),
    pytest.param(lambda: emviz.restarts(MODEL, DATA.data * 1e-9, 20), id="tiny"),
    pytest.param(lambda: emviz.restarts(emviz.GaussianMixture(3), DATA, 3, max_iterations=1), id="none converged"),
])
def test_unusual_runs_have_a_picture(runs):
    scene = emviz.scene(runs())
    assert scene.frame(len(scene) - 1).std() > 5
    low, high = histogram(scene).get_ylim()
    assert low < high and np.isfinite([low, high]).all()
    assert len(histogram(scene).get_yticks()) >= 2
    assert scene.movers["now"].get_facecolor()[:, 3].all()


def test_it_goes_wherever_a_run_goes(random, plus_plus, tmp_path):
    player = emviz.show(random, step=2)
    assert player.step == 2 and len(player.dial[0]) == len(emviz.scene(random))
    assert emviz.compare(random, plus_plus).dial[0].group.names == ("first starts", "second starts")
    assert emviz.save_html(random, tmp_path / "many.html").stat().st_size > 10_000
    gif = emviz.save_gif(random, tmp_path / "many.gif", steps=[0, 2], size=(640, 360))
    assert gif.read_bytes()[:6] == b"GIF89a"


def test_a_view_and_its_options_are_those_of_both_runs(random):
    scene = emviz.scene(random, "plane", trails=False, title="Luck")
    assert scene.title == "Luck" and "0 trails" not in scene.movers and "1 trails" not in scene.movers
    with pytest.raises(TypeError, match="bogus is not an option of the view 'plane'"):
        emviz.scene(random, bogus=1)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda a: emviz.side_by_side(a, 3), TypeError, r"restarts\[1\] is a int: give what emviz.restarts returns"),
    (lambda a: emviz.side_by_side(a, a, a), ValueError, "restarts are 3: give one, or two"),
    (lambda a: emviz.side_by_side(a, emviz.restarts(emviz.KMeans(2), DATA, 2)), ValueError, "two of the same model"),
    (lambda a: emviz.side_by_side(a, emviz.restarts(MODEL, DATA.data[:50], 2)), ValueError, "two on the same data"),
    (lambda a: emviz.side_by_side(a, a, names="ab"), ValueError, "names is 'ab': give 2 texts"),
    (lambda a: emviz.side_by_side(a, a, names=("one",)), ValueError, "give 2 texts, one for each restarts"),
    (lambda a: emviz.scene(a, ax=object()), ValueError, "ax is given for many runs"),
    (lambda a: emviz.scene(a, beside=[1]), ValueError, "beside is given for many runs"),
])
def test_what_does_not_fit_is_named(random, call, error, message):
    with pytest.raises(error, match=message):
        call(random)
