"""Components on one axis: flags that can be read however many there are, and wherever they point."""

import numpy as np
import pytest

import emviz

HEADS = [5, 9, 8, 4, 7]


def heights(means) -> emviz.Trace:
    model = emviz.GaussianMixture(len(means))
    data = emviz.datasets.heights()
    start = model.start(data, means=np.reshape(means, (-1, 1)), covariances=60.0)
    return emviz.run(model, data, start, max_iterations=3)


def crowded(name: str) -> emviz.Trace:
    return {
        "galaxies": lambda: emviz.run(emviz.GaussianMixture(10), emviz.datasets.galaxies(), rng=1, max_iterations=4),
        "k-means": lambda: emviz.run(emviz.KMeans(14), emviz.datasets.galton_heights(), rng=1, max_iterations=4),
        "counts": lambda: emviz.run(emviz.PoissonMixture(9), emviz.datasets.earthquakes(), rng=0, max_iterations=4),
        "coins": lambda: emviz.run(emviz.BinomialMixture(9, 30), np.arange(0, 30), rng=0, max_iterations=4),
    }[name]()


@pytest.mark.parametrize("frame", [{}, {"projector": True}, {"size": (640, 360)}])
@pytest.mark.parametrize("name", ["galaxies", "k-means", "counts", "coins"])
def test_many_flags_do_not_touch_and_no_stem_strikes_through_a_value(name, frame):
    scene = emviz.scene(crowded(name), **frame)
    k = scene.trace.model.n_components
    for step in (0, 2, len(scene) - 1):
        scene.show(step)
        scene.figure.canvas.draw()
        texts = [scene.movers[f"value {j}"] for j in range(k)]
        boxes = [text.get_window_extent() for text in texts]
        badges = scene.panel.transData.transform(scene.movers["badges"].get_offsets())
        for at, box in enumerate(boxes):
            assert box.x0 >= scene.panel.bbox.x0 and box.x1 <= scene.panel.bbox.x1 + 1
            assert box.y1 <= scene.panel.bbox.y1
            assert all(not box.overlaps(other) or min(box.y1, other.y1) - max(box.y0, other.y0) < 3
                       for other in boxes[at + 1:])
            inside = (badges > [box.x0, box.y0]) & (badges < [box.x1, box.y1])
            assert not inside.all(axis=1).any()
        stems = scene.movers["leaders"]
        assert all(text.get_bbox_patch() is not None and text.get_zorder() > stems.get_zorder() for text in texts)


@pytest.mark.parametrize("frame", [{}, {"projector": True}, {"size": (640, 360)}])
def test_no_note_is_cut_and_headings_stay_apart(frame):
    coins = emviz.run(emviz.BinomialMixture(2, 10), HEADS, rng=0, max_iterations=2)
    for trace in (heights([62.0, 70.0]), crowded("counts"), crowded("coins"), coins):
        scene = emviz.scene(trace, **frame)
        scene.figure.canvas.draw()
        texts = [text for ax in scene.figure.axes for text in ax.texts if text.get_text()]
        assert not any("…" in text.get_text() for text in texts)
    heading, = (text.get_window_extent() for text in texts if text.get_text().endswith("coin %")
                or text.get_text().startswith("which coin?"))
    values = [scene.movers[f"value {j}"].get_window_extent() for j in range(2)]
    assert not any(heading.overlaps(value) for value in values)


def test_a_few_flags_stay_large():
    few, many = emviz.scene(heights([62.0, 70.0])), emviz.scene(crowded("coins"))
    assert few.movers["value 0"].get_fontsize() > 1.2 * many.movers["value 0"].get_fontsize()
    assert few.movers["value 0"].get_bbox_patch() is None


def test_a_mean_outside_the_picture_is_pointed_at():
    scene = emviz.scene(heights([20.0, 65.0, 150.0]))
    texts = [scene.movers[f"value {j}"].get_text() for j in range(3)]
    assert texts == ["← 20.0", "65.0", "150.0 →"]
    tracks, flags = np.array(scene.movers["leaders"].get_segments()), scene.movers["badges"].get_offsets()
    for j in (0, 2):  # no line, which would strike through the value
        np.testing.assert_array_equal(tracks[j], np.broadcast_to(flags[j], (3, 2)))
    np.testing.assert_array_equal(tracks[1, 0], [65, 0])
    scene.show(2)
    assert not any(arrow in scene.movers[f"value {j}"].get_text() for j in range(3) for arrow in "←→")
    means = scene.trace[2].params.means[:, 0]
    np.testing.assert_array_equal(np.array(scene.movers["leaders"].get_segments())[:, 0, 0], means)


def test_a_pointer_reads_sets_and_counts():
    coins = emviz.scene(emviz.run(emviz.BinomialMixture(2, (10, 12, 9, 8, 7)), HEADS, rng=0, max_iterations=1))
    assert coins.readings[0].names[:2] == ("set 0: 5 of 10 heads", "set 1: 9 of 12 heads")
    counts = emviz.scene(emviz.run(emviz.PoissonMixture(2), [3, 0, 3, 7, 3, 7, 12], rng=0, max_iterations=1))
    assert counts.readings[0].names == ("0, in 1 row", "3, in 3 rows", "7, in 2 rows", "12, in 1 row")
    assert len(counts.movers["bars"].get_paths()) == 4


@pytest.mark.parametrize("copies", [4, 40])
def test_the_curve_of_many_rows_has_numbers_on_its_axis(copies):
    """Large log-likelihoods that differ by hundredths: the numbers are long, and still fit."""
    data = np.repeat(emviz.datasets.heights().data[:, 0], copies)
    model = emviz.GaussianMixture(2)
    first = emviz.run(model, data, model.start(data, means=[[62.0], [70.0]]), max_iterations=12)
    scene = emviz.scene(emviz.run(model, data, first.final, max_iterations=20, tolerance=0), step=3)
    ax = scene.curve.ax
    scene.figure.canvas.draw()
    labels = [label for label in ax.get_yticklabels() if label.get_text()]
    values = [float(label.get_text().replace("−", "-")) for label in labels]
    assert len(values) >= 2 and np.abs(values).min() > 100
    np.testing.assert_allclose(values, ax.get_yticks(), rtol=1e-12)
    assert all(label.get_window_extent().x0 > scene.panel.bbox.x1 for label in labels)


def test_a_spike_stays_below_the_flags():
    heights = emviz.datasets.heights()
    model = emviz.GaussianMixture(2)
    scene = emviz.scene(emviz.run(model, heights, model.start(heights, means=[[66.0], [72.0]],
                                                             covariances=[[[16.0]], [[1e-8]]]), max_iterations=0))
    badge = scene.panel.transData.transform(scene.movers["badges"].get_offsets())[1]
    assert scene.movers["sum"].get_ydata().max() > scene.panel.get_ylim()[1]  # it would leave the picture
    for name in ("sum", "densities", "density fills"):
        assert scene.movers[name].get_clip_box().y1 < badge[1] - 10
