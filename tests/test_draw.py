"""Marks, shapes and colors on plain arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from scipy.special import chdtr

from emviz import draw, style

LOW, HIGH = np.array([-10.0, -5.0]), np.array([10.0, 8.0])


@pytest.fixture
def ax() -> Axes:
    ax = Figure(figsize=(6, 4), dpi=100).add_subplot()
    ax.set(xlim=(LOW[0], HIGH[0]), ylim=(LOW[1], HIGH[1]))
    return ax


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], light))


def contrast(a: str, b: str) -> float:
    high, low = sorted([luminance(a), luminance(b)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


# Style

@pytest.mark.parametrize("component", range(10))
def test_lines_numbers_and_outlines_stand_out(component):
    assert contrast(style.stroke(component), style.PAPER) >= 3
    assert contrast(style.contrast(component), style.color(component)) >= 3
    if contrast(style.color(component), style.PAPER) < 3:
        assert style.contrast(component) == style.INK


def test_a_color_comes_with_different_shapes():
    pairs = {(style.color(j), style.shape(j).vertices.tobytes()) for j in range(64)}
    assert len(pairs) == 64
    assert len({style.shape(j).vertices.tobytes() for j in range(8)}) == 8


@pytest.mark.parametrize("component", range(8))
def test_shapes_have_equal_area_and_equal_counts(component):
    path = style.shape(component)
    assert len(path.vertices) == 25
    assert area(path.vertices[:-1]) == pytest.approx(np.pi / 4)


def test_a_sure_point_has_the_color_of_its_component():
    colors = style.blend(np.eye(8))
    np.testing.assert_allclose(colors[:, :3], [to_rgb(style.color(j)) for j in range(8)], atol=1e-12)
    assert (colors[:, 3] == 1).all()


def test_an_undecided_point_mixes_light():
    # Half of sRGB 213 and half of 0, by the table of IEC 61966-2-1: linear 0.66538 / 2 is sRGB 0.6120.
    mixed = style.blend(np.array([[0.5, 0.5]]))[0]
    assert mixed[0] == pytest.approx(0.6120, abs=1e-4)


# Ellipses

COVARIANCES = np.array([[[4.0, 1.5], [1.5, 1.0]], [[0.5, 0.0], [0.0, 9.0]]])


def test_ellipses_are_mahalanobis_contours(ax):
    means = np.array([[1.0, 2.0], [-3.0, 0.0]])
    artist = draw.ellipses(ax, means, draw.symmetric_roots(COVARIANCES))
    assert len(artist.get_paths()) == 6
    for at, path in enumerate(artist.get_paths()):
        k, level = divmod(at, 3)
        away = path.vertices - means[k]
        distance = np.sqrt(np.einsum("vi,ij,vj->v", away, np.linalg.inv(COVARIANCES[k]), away))
        np.testing.assert_allclose(distance, level + 1, rtol=1e-12)


def test_axes_of_ellipses_are_standard_deviations_not_variances(ax):
    artist = draw.ellipses(ax, np.zeros((1, 2)), draw.symmetric_roots(np.diag([4.0, 9.0])[None]), levels=(1,))
    np.testing.assert_allclose(np.ptp(artist.get_paths()[0].vertices, axis=0) / 2, [2, 3], rtol=2e-3)


def test_stated_coverage():
    assert draw.coverage(draw.LEVELS) == "39, 86, 99 %"
    for level in (0.5, 1, 2, 2.4477, 3, 3.5):
        held = chdtr(2, level**2)  # the chi-square law with two degrees of freedom
        assert float(draw.coverage([level]).rstrip(" %")) == pytest.approx(100 * held, abs=0.5)
    assert [draw.coverage([level]) for level in (2.4477, 3.5, 6)] == ["95 %", "99.8 %", "over 99.9 %"]


def test_a_glide_through_a_circle_does_not_flip():
    def covariance(t: float) -> np.ndarray:  # long to the right, then a circle at t = 0, then long upward
        return np.diag([1 + t, 1 - t])

    times = np.linspace(0.5, -0.5, 101)
    roots = draw.symmetric_roots(np.stack([covariance(t) for t in times]))
    assert np.abs(np.diff(roots, axis=0)).max() < 0.02


def test_roots_of_singular_covariances_are_finite():
    np.testing.assert_allclose(draw.symmetric_roots(np.array([[1.0, 1.0], [1.0, 1.0]])), np.full((2, 2), np.sqrt(0.5)),
                               atol=1e-8)


# Voronoi regions

coordinates = arrays(float, st.tuples(st.integers(1, 7), st.just(2)), elements=st.integers(-12, 12).map(float))


def inside(polygon: np.ndarray, points: np.ndarray, slack: float) -> np.ndarray:
    """Which points are in a convex polygon (counterclockwise), grown by `slack`."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    edges, corners = edges[np.abs(edges).max(axis=1) > 1e-9], polygon[np.abs(edges).max(axis=1) > 1e-9]
    lengths = np.hypot(*edges.T)
    cross = edges[:, 0] * (points[:, None, 1] - corners[:, 1]) - edges[:, 1] * (points[:, None, 0] - corners[:, 0])
    return (cross / lengths >= -slack).all(axis=1)


@given(coordinates)
def test_regions_are_where_a_center_is_nearest(centers):
    rng = np.random.default_rng(0)
    points = rng.uniform(LOW, HIGH, (300, 2))
    squared = ((points[:, None] - centers) ** 2).sum(axis=2)
    nearest = squared.argmin(axis=1)
    for k, cell in enumerate(draw.voronoi(centers, LOW, HIGH)):
        mine = nearest == k
        if len(cell) == 0:
            assert not mine.any()
            continue
        assert inside(cell, points[mine], 1e-9).all()
        clear = squared[:, k] > squared.min(axis=1) + 1e-6
        assert not inside(cell, points[clear], -1e-9).any()


@given(coordinates)
def test_regions_fill_the_box(centers):
    cells = draw.voronoi(centers, LOW, HIGH)
    assert sum(area(cell) for cell in cells if len(cell)) == pytest.approx(np.prod(HIGH - LOW))
    assert all(len(cell) <= len(centers) + 3 for cell in cells)


def test_one_center_has_everything_and_a_double_nothing():
    center = np.array([[1.0, 1.0]])
    assert area(draw.voronoi(center, LOW, HIGH)[0]) == pytest.approx(np.prod(HIGH - LOW))
    assert len(draw.voronoi(np.vstack([center, center]), LOW, HIGH)[1]) == 0


def test_regions_keep_their_vertex_counts(ax):
    artist = draw.regions(ax, np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), "none")
    counts = [len(path.vertices) for path in artist.get_paths()]
    draw.regions(ax, np.array([[0.0, 0.0], [50.0, 50.0], [0.0, 0.0]]), "none", artist=artist)
    assert [len(path.vertices) for path in artist.get_paths()] == counts


# One feature

def test_a_histogram_of_whole_inches_has_no_comb():
    heights = np.repeat(np.arange(60, 74), [1, 1, 4, 5, 3, 1, 1, 2, 1, 1, 2, 3, 4, 1]).astype(float)
    edges = draw.histogram_edges(heights)
    np.testing.assert_allclose(edges, [59.5, 61.5, 63.5, 65.5, 67.5, 69.5, 71.5, 73.5])


def test_every_bin_of_half_inches_holds_as_many_marks():
    rng = np.random.default_rng(0)
    heights = np.append(np.round(2 * rng.normal(67, 3.6, 900)) / 2, [61.2, 70.7])
    edges = draw.histogram_edges(heights)
    marks, _ = np.histogram(np.arange(50, 90, 0.5), edges)
    assert len(edges) > 10 and len(set(marks)) == 1


@given(arrays(float, st.integers(2, 50), elements=st.floats(-1e6, 1e6)))
def test_every_value_is_in_a_bin(values):
    edges = draw.histogram_edges(values)
    assert np.histogram(values, edges)[0].sum() == len(values) and len(edges) < 10 * len(values) + 10


def test_histogram_bars_have_area_one(ax):
    values = np.random.default_rng(1).normal(size=200)
    artist = draw.histogram(ax, values, draw.histogram_edges(values))
    assert sum(area(path.vertices[:4]) for path in artist.get_paths()) == pytest.approx(1)


@given(arrays(float, st.integers(1, 60), elements=st.floats(-20, 20)))
def test_stacked_dots_do_not_overlap(places):
    levels = draw.stacked(places, 1.0)
    for level in range(levels.max() + 1):
        row = np.sort(places[levels == level])
        assert len(row) and (np.diff(row) >= 1 - 1e-8).all()


# Labels

@given(arrays(float, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(-15, 15)))
def test_spread_labels_keep_apart_inside_the_box(places):
    moved = draw.spread(places, 2.0, LOW, HIGH)
    assert (moved >= LOW).all() and (moved <= HIGH).all()
    apart = np.hypot(*np.moveaxis(moved[:, None] - moved, -1, 0)) + 10 * np.eye(len(moved))
    assert apart.min() >= 0.97 * 2.0


def test_labels_with_room_stay():
    places = np.array([[0.0, 0.0], [5.0, 0.0]])
    np.testing.assert_array_equal(draw.spread(places, 2.0, LOW, HIGH), places)
    np.testing.assert_array_equal(draw.spread_on_line(np.array([5.0, 0.0]), 2.0, -9.0, 9.0), [5.0, 0.0])


@given(arrays(float, st.integers(1, 8), elements=st.floats(-30, 30)))
def test_labels_on_a_line_keep_order_and_distance(places):
    moved = draw.spread_on_line(places, 2.0, -10.0, 10.0)
    order = np.argsort(places, kind="stable")
    assert (np.diff(moved[order]) >= 2 - 1e-9).all()
    assert moved.min() >= -10 - 1e-9 and moved.max() <= 10 + 1e-9


def test_two_labels_share_the_way():
    np.testing.assert_allclose(draw.spread_on_line(np.array([1.0, 1.0]), 2.0, -10.0, 10.0), [0.0, 2.0])


# Movement

def test_a_comet_points_from_old_to_new(ax):
    old, new = np.array([[0.0, 0.0]]), np.array([[5.0, 1.0]])
    tip, *base = ax.transData.transform(draw.comets(ax, old, new, "k", width=12).get_paths()[0].vertices[:3])
    np.testing.assert_allclose(tip, ax.transData.transform(old[0]))
    np.testing.assert_allclose(np.mean(base, axis=0), ax.transData.transform(new[0]))
    assert np.hypot(*(base[0] - base[1])) == pytest.approx(12 / 72 * 100)
    assert np.dot(base[0] - base[1], np.mean(base, axis=0) - tip) == pytest.approx(0, abs=1e-6)


def test_a_comet_that_stays_is_a_point(ax):
    place = np.array([[2.0, 2.0]])
    vertices = draw.comets(ax, place, place, "k").get_paths()[0].vertices
    np.testing.assert_allclose(vertices, np.broadcast_to(place, vertices.shape), atol=1e-6)


def test_trails_end_at_now(ax):
    means = np.arange(10.0).reshape(5, 1, 2)
    track = draw.trails(ax, means, 2.5, "k").get_paths()[0].vertices
    np.testing.assert_allclose(track, [[0, 1], [2, 3], [4, 5], [5, 6], [5, 6]])


def test_interpolation_is_exact_at_steps_even_beside_infinity():
    table = np.array([1.0, np.inf, 3.0])
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(draw.interpolate(table, [0, 1, 2]), table)
    assert draw.interpolate(np.array([1.0, 2.0]), 0.25) == 1.25


def test_everything_moves_the_artist_it_is_given(ax):
    movers = draw.Movers()
    for shift in (0.0, 1.0):
        place = np.array([[shift, shift]])
        movers.put("line", draw.line, ax, place[:, 0], place[:, 1])
        movers.put("ellipse", draw.ellipses, ax, place, np.eye(2)[None])
        movers.put("label", draw.label, ax, (shift, shift), f"{shift}")
        movers.put("gap", draw.gap, ax, np.arange(2.0), np.zeros(2), np.full(2, shift))
        if not shift:
            first, count = dict(movers), len(ax.get_children())
    assert len(ax.get_children()) == count
    assert all(movers[name] is first[name] for name in movers)
    assert movers["label"].get_text() == "1.0" and movers["label"].xy == (1.0, 1.0)
    assert [artist.get_zorder() for artist in movers.values()] == [100, 101, 102, 103]


def test_ticks_are_few_fixed_and_inside(ax):
    draw.few_ticks(ax.xaxis, 4)
    ticks = ax.get_xticks()
    assert 2 <= len(ticks) <= 5 and ticks.min() >= LOW[0] and ticks.max() <= HIGH[0]
    ax.set_ylim(1e8 - 10, 1e8 + 10)
    assert draw.few_ticks(ax.yaxis, 4) == "+1e8"
