"""Runs side by side: each picture is that of its own run, at the same half-step."""

import numpy as np
import pytest

import emviz
from emviz.marks import record
from emviz.scenes.comparison import names_of

DATA = emviz.datasets.blobs(120)
START = DATA.data[:3]


def mixture(structure: str = "full", **options) -> emviz.Trace:
    model = emviz.GaussianMixture(3, structure)
    return emviz.run(model, DATA, model.start(DATA, means=START), **{"max_iterations": 9} | options)


def k_means() -> emviz.Trace:
    return emviz.run(emviz.KMeans(3), DATA, START)


@pytest.fixture(scope="module")
def pair():
    return emviz.side_by_side(k_means(), mixture())


def test_both_stand_at_the_same_half_step_and_the_shorter_waits(pair):
    short, long = sorted(pair.traces, key=len)
    assert len(pair) == len(long) > len(short)
    assert pair.kinds == tuple(step.kind for step in long)
    for step in range(len(pair)):
        pair.show(step)
        for number, trace in enumerate(pair.traces):
            state = trace[min(step, len(trace) - 1)]
            np.testing.assert_array_equal(pair.movers[f"{number} means"].get_offsets(), state.params.means)
            end = pair.movers[f"{number} end"].get_text()
            assert bool(end) == (step >= len(trace) - 1)
            if end:
                assert end == f"{'converged' if trace.converged else 'stopped'} at {trace[-1].iteration}"


def test_halfway_is_halfway_in_both(pair):
    pair.show(2.5)
    for number, trace in enumerate(pair.traces):
        halfway = (trace[2].params.means + trace[3].params.means) / 2
        np.testing.assert_allclose(pair.movers[f"{number} means"].get_offsets(), halfway)


def test_each_has_its_colors_and_what_a_pointer_reads(pair):
    pair.show(3)
    for number, (trace, reading) in enumerate(zip(pair.traces, pair.readings)):
        assert reading.mover == f"{number} points" and reading.mover in pair.movers
        expected = emviz.style.blend(trace.responsibilities(3))[:, :3]
        np.testing.assert_allclose(pair.movers[f"{number} points"].get_facecolor()[:, :3], expected, atol=1e-12)
        np.testing.assert_array_equal(reading.percents(3), np.rint(100 * trace.responsibilities(3)))
        np.testing.assert_array_equal(reading.percents(len(pair) - 1), reading.percents(len(trace) - 1))
        assert reading.percents(0) is None


def test_the_panels_of_the_same_data_have_the_same_limits():
    comparison = emviz.side_by_side(*map(mixture, ("full", "tied", "diag", "spherical")))
    # Rounded: panels of the same size stand at different places, and their pixels differ in the last digit.
    limits = {tuple(np.round([view.panel.get_xlim(), view.panel.get_ylim()], 9).ravel()) for view in comparison.views}
    heights = {curve.ax.get_ylim() for curve in comparison.curves}
    times = {curve.ax.get_xlim() for curve in comparison.curves}
    assert len(limits) == len(heights) == len(times) == 1
    low, high = heights.pop()
    for trace in comparison.traces:
        assert low < trace.log_likelihoods.min() and trace.log_likelihoods.max() < high


def test_the_recording_has_every_mover_of_every_run(pair):
    recording = record(pair, [0, 3, len(pair) - 1])
    names = set(recording.states[0])
    assert {"0 points", "1 points", "0 regions", "1 ellipses", "0 objective", "1 objective"} <= names
    assert [reading.mover for reading in recording.readings] == ["0 points", "1 points"]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("frame", [{}, {"size": (640, 400)}, {"projector": True}])
def test_all_words_are_inside_the_picture(count, frame):
    traces = [k_means(), mixture(), mixture("diag"), mixture("tied")][:count]
    comparison = emviz.side_by_side(*traces, step=4, **frame)
    comparison.figure.canvas.draw()
    width, height = comparison.figure.bbox.size
    for ax in comparison.figure.axes:
        texts = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts]
        for text in [text for text in texts if text.get_text()]:
            box = text.get_window_extent()
            assert box.x0 >= -0.5 and box.y0 >= -0.5 and box.x1 <= width + 0.5, text
            assert box.y1 <= height - comparison.caption_height, text
    headings = [text.get_window_extent() for text in comparison.figure.texts if text.get_text()]
    for n, box in enumerate(headings):
        assert not any(box.overlaps(other) for other in headings[n + 1:])


def test_words_tell_the_half_step_and_what_happened_in_each(pair):
    assert pair.caption(0) == "Start: parameters guessed, nothing asked yet"
    assert pair.caption(3).startswith("E, iteration 2: the points are shared out again")
    ends = {name: len(trace) - 1 for name, trace in zip(pair.names, pair.traces)}
    for name, end in ends.items():
        assert f"{name}: " in pair.caption(end)
    assert "k-means" not in pair.caption(ends["k-means"] + 1)  # told once
    alike = emviz.side_by_side(mixture(), mixture("tied"))
    assert alike.caption(1) == "E, iteration 1: every point asks which Gaussian it came from"
    for step in range(len(pair)):
        assert len(pair.alt(step)) < 300
    last = pair.alt(len(pair) - 1)
    assert f"inertia {pair.traces[0].inertias[-1]:.1f}" in last and "log-likelihood −" in last


def test_names_say_what_differs():
    assert names_of([k_means(), mixture()]) == ("k-means", "Gaussian mixture")
    assert names_of([mixture("full"), mixture("tied")]) == ("full", "tied")
    assert names_of([mixture(), mixture()]) == ("run 1", "run 2")
    assert names_of([k_means(), mixture(), mixture()]) == (
        "k-means, run 1", "Gaussian mixture, run 2", "Gaussian mixture, run 3")
    soft = [emviz.run(emviz.KMeans(3, temperature=T), DATA, START, max_iterations=2) for T in (0, 0.5)]
    assert names_of(soft) == ("T = 0", "T = 0.5")
    sizes = [emviz.run(emviz.KMeans(k), DATA, rng=0) for k in (2, 5)]
    assert names_of(sizes) == ("k = 2", "k = 5")
    assert names_of([k_means(), mixture(), mixture("diag")]) == (
        "k-means", "Gaussian mixture, full", "Gaussian mixture, diag")


def test_the_title_says_what_the_runs_have_in_common():
    three = emviz.side_by_side(mixture(), mixture("tied"), mixture("diag"))
    assert three.title == "Gaussian mixture, 3 Gaussians: full, tied and diag"
    assert emviz.side_by_side(k_means(), mixture()).title == "k-means and Gaussian mixture"
    assert emviz.side_by_side(mixture(), mixture(), title="Mine").title == "Mine"


def test_other_data_can_stand_beside():
    counts = emviz.run(emviz.PoissonMixture(2), [1, 2, 3, 9, 9, 11, 14], rng=0, max_iterations=4)
    comparison = emviz.side_by_side(counts, k_means())
    assert {"0 bars", "1 points"} <= set(comparison.movers)


@pytest.mark.parametrize(("count", "message"), [(1, "traces are 1: give two"), (5, "traces are 5: give two")])
def test_two_to_four(count, message):
    with pytest.raises(ValueError, match=message):
        emviz.side_by_side(*[k_means()] * count)


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match=r"traces\[1\] is a list"):
        emviz.side_by_side(k_means(), [1])
    with pytest.raises(ValueError, match="names is .*: give 2 texts"):
        emviz.side_by_side(k_means(), mixture(), names=["only one"])
    with pytest.raises(TypeError, match="banana is not an option of the view 'plane'"):
        emviz.side_by_side(k_means(), mixture(), banana=1)
    with pytest.raises(ValueError, match="view is 'coins', which does not fit"):
        emviz.side_by_side(k_means(), mixture(), view="coins")


def test_a_comparison_is_a_player_a_page_and_a_gif(tmp_path):
    player = emviz.compare(k_means(), mixture(), names=("hard", "soft"))
    assert player.dial[0].names == ("hard", "soft")
    assert emviz.save_gif(player, tmp_path / "pair.gif", steps=[0, 1, 2]).stat().st_size > 10_000
    assert "hard and soft" in emviz.save_html(player, tmp_path / "pair.html").read_text()


def test_a_list_and_one_text_are_not_taken_for_what_they_hold():
    trace = emviz.run(emviz.KMeans(2), emviz.datasets.heights(), rng=0)
    with pytest.raises(TypeError, match=r"traces\[0\] is a list"):
        emviz.side_by_side([trace, trace])
    for names in ("ab", 3):
        with pytest.raises(ValueError, match="names is .*: give 2 texts, one for each run"):
            emviz.side_by_side(trace, trace, names=names)
    for beside in (trace, 3, [3]):
        with pytest.raises(TypeError, match="beside is not a list of runs"):
            emviz.scene(trace, beside=beside)
