"""The plane: what every option draws, read back from the artists and computed a second time."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

import emviz
from emviz import draw, style
from emviz.scenes import Scene, side_by_side

STRUCTURES = ("full", "tied", "diag", "spherical")
SOFT = {structure: emviz.GaussianMixture(3, structure) for structure in STRUCTURES}
SOFT |= {"annealed": emviz.GaussianMixture(3, temperature=2.0), "hard mixture": emviz.GaussianMixture(3, temperature=0),
         "soft k-means": emviz.KMeans(3, temperature=1.5)}
MODELS = SOFT | {"k-means": emviz.KMeans(3)}
PAIR = [3, 1]  # of four features
CENTERS = np.array([[-4.0, 0, 1, 2], [4, 1, 0, -2], [0, 5, 2, 0]])


def points(d: int = 2, n: int = 120) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.normal(size=(n, d)) * np.array([1.5, 1.0, 0.5, 2.0])[:d] + CENTERS[rng.integers(0, 3, n), :d]


def run(model, d: int = 2) -> emviz.Trace:
    start = model.start(points(d), means=CENTERS[:, :d] / 2 + 0.1)
    return emviz.run(model, points(d), start, max_iterations=4)


def scene(name: str, d: int = 2, **options) -> Scene:
    """In four features, two of them are shown: what they say is known without a projection."""
    columns = {"columns": PAIR} if d == 4 else {}
    return emviz.scene(run(MODELS[name], d), "plane", **columns, **options)


def in_plane(model, params) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and covariances of the mixture as the two coordinates show it."""
    k, d = params.means.shape
    weights = getattr(params, "weights", np.full(k, 1 / k))
    covariances = getattr(params, "covariances", np.stack([model.temperature * np.eye(d)] * k))
    shown = columns_of(d)
    return weights, params.means[:, shown], covariances[np.ix_(range(k), shown, shown)]


def columns_of(d: int) -> list[int]:
    return PAIR if d == 4 else [0, 1]


def log_joints(model, params, places: np.ndarray) -> np.ndarray:
    """log π_k + log N(x; μ_k, Σ_k): float[..., k]."""
    return np.stack([np.log(weight) + multivariate_normal(mean, covariance).logpdf(places)
                     for weight, mean, covariance in zip(*in_plane(model, params))], axis=-1)


def log_density(scene: Scene, step: int, places: np.ndarray) -> np.ndarray:
    return logsumexp(log_joints(scene.trace.model, scene.trace[step].params, places), axis=-1)


def notes(panel) -> list[str]:
    return [text.get_text() for text in panel.texts if text.get_text()]


both = pytest.mark.parametrize("d", [2, 4])


# Ellipses

@both
@pytest.mark.parametrize("name", SOFT)
def test_ellipses_are_contours_of_the_projected_gaussians(name, d):
    levels = (0.5, 2.4477, 1)
    picture = scene(name, d, ellipses=levels)
    for step, state in enumerate(picture.trace):
        picture.show(step)
        _, means, covariances = in_plane(picture.trace.model, state.params)
        outlines = [path.vertices for path in picture.movers["ellipses"].get_paths()]
        assert len(outlines) == 9
        for at, outline in enumerate(outlines):
            k, level = at // 3, sorted(levels)[at % 3]
            away = outline - means[k]
            squares = np.einsum("vi,ij,vj->v", away, np.linalg.inv(covariances[k]), away)
            np.testing.assert_allclose(np.sqrt(squares), level, rtol=1e-9)


def test_ellipses_of_any_projection_have_the_projected_covariance():
    w = np.array([[1.0, 0.5], [0, -1], [2, 0], [0.25, 3]])
    picture = emviz.scene(run(SOFT["full"], 4), "plane", projection=w, step=8, ellipses=1)
    params = picture.trace[8].params
    for k, path in enumerate(picture.movers["ellipses"].get_paths()):
        away = path.vertices[:-1] - params.means[k] @ w
        # Points at equal angles of the unit circle have half of the identity as their covariance.
        np.testing.assert_allclose(2 * np.cov(away.T, bias=True), w.T @ params.covariances[k] @ w, rtol=1e-9)


def test_the_coverage_of_the_chosen_levels_is_stated():
    assert notes(scene("full").panel) == ["ellipses at 1, 2, 3 σ: 39, 86, 99 % of a Gaussian"]
    assert notes(scene("full", ellipses=(2.4477,)).panel) == ["ellipses at 2.4477 σ: 95 % of a Gaussian"]


def test_no_ellipses_leave_nothing_of_them():
    picture = scene("full", ellipses=())
    assert not [name for name in picture.movers if "ellips" in name]
    assert notes(picture.panel) == []


def test_many_components_have_one_ellipse_each():
    trace = emviz.run(emviz.GaussianMixture(8), points(), rng=0, max_iterations=2)
    picture = emviz.scene(trace, step=3)
    assert len(picture.movers["ellipses"].get_paths()) == 8
    assert notes(picture.panel) == ["ellipses at 2 σ: 86 % of a Gaussian"]


# Contours

def vertices_by_level(picture: Scene) -> list[np.ndarray]:
    """Of the contours of a state, without the points that close a path."""
    return [path.vertices[path.codes != path.CLOSEPOLY] if len(path.vertices) else path.vertices
            for path in picture.movers["contours"].get_paths()]


def levels(*pictures: Scene) -> np.ndarray:
    """Log densities: thirds, counted down from what the densest twentieth of the points has in the end."""
    top = max(np.quantile(log_density(picture, -1, picture.movers["points"].get_offsets()), 0.95)
              for picture in pictures)
    return top - np.log(3) * np.arange(5.5, 0, -1)


def leeway(picture: Scene, log_density: Callable[[np.ndarray], np.ndarray], places: np.ndarray) -> np.ndarray:
    """How far log p may be off where it is taken as linear along a side of the grid: h²/8 × its second derivative.

    The side is at most h away, so the derivative is the largest one found (from differences) within h.
    """
    sides = np.diag([np.ptp(picture.panel.get_xlim()) / 120, np.ptp(picture.panel.get_ylim()) / 90])
    curved = [np.abs(log_density(at + 0.1 * h) - 2 * log_density(at) + log_density(at - 0.1 * h)) / 0.1**2
              for h in sides for at in (places + t * h for t in np.linspace(-1, 1, 9))]
    return np.max(curved, axis=0) / 8 + 1e-9


def holds(path: Path, places: np.ndarray) -> np.ndarray:
    """Which places are inside of an odd number of the rings of a path: a hole is not."""
    rings = [Path(ring).contains_points(places) for ring in path.to_polygons()]
    return np.sum(rings, axis=0, initial=0) % 2 == 1


@both
@pytest.mark.parametrize("name", SOFT)
def test_contours_are_where_the_density_has_their_level(name, d):
    picture = scene(name, d, contours="lines")
    for step in (0, 2, len(picture.trace) - 1):
        picture.show(step)
        density = partial(log_density, picture, step)
        lines = vertices_by_level(picture)
        assert sum(map(len, lines)) > 100
        for line, level in zip(lines, levels(picture)):
            assert (np.abs(density(line) - level) <= leeway(picture, density, line)).all()
    assert min(map(len, lines)) > 10  # in the end every level is there


@pytest.mark.parametrize("name", SOFT)
def test_filled_contours_hold_the_places_of_higher_density(name):
    picture = scene(name, contours="filled", ellipses=())
    low, high = np.array([picture.panel.get_xlim(), picture.panel.get_ylim()]).T
    places = np.random.default_rng(0).uniform(low, high, (500, 2))
    for step in (2, len(picture.trace) - 1):
        picture.show(step)
        density = partial(log_density, picture, step)
        above = density(places)[:, None] - levels(picture)
        clear = np.abs(above) > 2 * leeway(picture, density, places)[:, None]  # inside a cell, both directions count
        assert clear.mean() > 0.9
        for path, higher, sure in zip(picture.movers["contours"].get_paths(), above.T > 0, clear.T):
            np.testing.assert_array_equal(holds(path, places)[sure], higher[sure])


def test_contours_keep_still_in_an_e_and_move_in_an_m():
    picture = scene("full", contours="lines")
    by_step = []
    for step in (2, 3, 4):
        picture.show(step)
        by_step.append(vertices_by_level(picture))
    assert all(np.array_equal(*pair) for pair in zip(by_step[0], by_step[1]))
    assert not all(np.array_equal(*pair) for pair in zip(by_step[1], by_step[2]))


def test_between_two_states_the_contours_are_of_gaussians_halfway():
    picture = scene("full", contours="lines", step=1.5)
    before, after = picture.trace[1].params, picture.trace[2].params
    roots = (draw.symmetric_roots(before.covariances) + draw.symmetric_roots(after.covariances)) / 2
    weights, means = (before.weights + after.weights) / 2, (before.means + after.means) / 2
    halfway = emviz.GaussianParams(weights, means, roots @ roots)

    def density(places: np.ndarray) -> np.ndarray:
        return logsumexp(log_joints(picture.trace.model, halfway, places), axis=-1)

    for line, level in zip(vertices_by_level(picture), levels(picture)):
        assert (np.abs(density(line) - level) <= leeway(picture, density, line)).all()


def test_a_spike_does_not_take_the_contours_from_the_rest():
    data = np.vstack([points(), [[12.0, 12.0]]])
    model = emviz.GaussianMixture(2, fixed=("means", "covariances"))
    start = model.start(data, means=[[0.0, 2.0], [12.0, 12.0]], covariances=np.stack([9 * np.eye(2), 1e-6 * np.eye(2)]))
    picture = emviz.scene(emviz.run(model, data, start, max_iterations=2), contours="filled", step=4)
    paths = picture.movers["contours"].get_paths()
    assert all(path.contains_point([0.0, 2.0]) for path in paths)


def test_runs_side_by_side_share_the_levels_of_their_contours():
    alone = [scene(name, contours="lines") for name in ("spherical", "full")]
    pair = side_by_side(*(picture.trace for picture in alone), contours="lines", step=8)
    for number, picture in enumerate(alone):
        line = pair.movers[f"{number} contours"].get_paths()[-1].vertices
        density = log_density(picture, 8, line)
        assert np.median(density) == pytest.approx(levels(*alone)[-1], abs=0.02)


def test_stronger_lines_are_denser():
    picture = scene("full", contours="lines", step=8)
    strengths = picture.movers["contours"].get_edgecolor()[:, 3]
    assert (np.diff(strengths) > 0).all()
    picture.show(7)
    assert (picture.movers["contours"].get_edgecolor()[:, 3] < strengths).all()


# Regions

def tiles(picture: Scene) -> tuple[np.ndarray, np.ndarray]:
    """The middles float[h, w, 2] and the colors int[h, w, 3] of the background."""
    image = picture.movers["soft regions"]
    left, right, bottom, top = image.get_extent()
    assert (left, right) == picture.panel.get_xlim() and (bottom, top) == picture.panel.get_ylim()
    colors = np.asarray(image.get_array())
    height, width = colors.shape[:2]
    x = left + (np.arange(width) + 0.5) * (right - left) / width
    y = bottom + (np.arange(height) + 0.5) * (top - bottom) / height
    return np.stack(np.meshgrid(x, y), axis=-1), colors.astype(int)


def posterior(model, params, places: np.ndarray) -> np.ndarray:
    """Of each component at places, by the two coordinates that are shown and the temperature of the model."""
    if isinstance(model, emviz.KMeans) and model.temperature == 0:
        scores = -((places[..., None, :] - params.means) ** 2).sum(axis=-1)
    else:
        scores = log_joints(model, params, places)
    if model.temperature == 0:
        return np.eye(3)[scores.argmax(axis=-1)]
    if isinstance(model, emviz.GaussianMixture):  # of KMeans, T is the variance
        scores /= model.temperature
    return np.exp(scores - logsumexp(scores, axis=-1, keepdims=True))


@pytest.mark.parametrize("name, d", [*((name, 2) for name in MODELS), *((name, 4) for name in SOFT)])
def test_soft_regions_are_the_posterior_of_a_new_point(name, d):
    picture = scene(name, d, regions="soft")
    last = len(picture.trace) - 1
    for step in {1, 2, last - 1, last}:
        picture.show(step)
        places, colors = tiles(picture)
        q = posterior(picture.trace.model, picture.trace[step].q_params, places)
        expected = 255 * style.blend(q.reshape(-1, 3))[:, :3].reshape(colors.shape)
        close = np.abs(colors - expected).max(axis=-1) <= 0.5 + 1e-6
        assert close.all() or (picture.trace.model.temperature == 0 and close.mean() > 0.999)  # ties, up to rounding


def test_soft_regions_show_after_the_first_e():
    picture = scene("full", regions="soft")
    strengths = []
    for step in (0, 1, 2):
        picture.show(step)
        strengths.append(picture.movers["soft regions"].get_alpha())
    assert strengths[0] == 0 and strengths[1] > strengths[2] > 0


def test_halfway_soft_regions_are_a_mixture():
    picture = scene("full", regions="soft")
    pictures = []
    for step in (2, 3, 2.5):
        picture.show(step)
        pictures.append(tiles(picture)[1])
    np.testing.assert_allclose(pictures[2], (pictures[0] + pictures[1]) / 2, atol=0.5)


@pytest.mark.parametrize("name", MODELS)
def test_nearest_centers_on_request_for_every_model(name):
    picture = scene(name, regions="voronoi", step=3)
    centers = picture.trace[3].q_params.means
    low, high = np.array([picture.panel.get_xlim(), picture.panel.get_ylim()]).T
    places = np.random.default_rng(1).uniform(low, high, (300, 2))
    nearest = ((places[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
    for k, path in enumerate(picture.movers["regions"].get_paths()):
        assert (path.contains_points(places) == (nearest == k)).mean() > 0.99  # but for places on a border
    assert "regions: nearer to this center than to any other" in " ".join(notes(picture.panel))


def test_regions_a_model_has_by_itself():
    assert "regions" in scene("k-means").movers and "regions" in scene("soft k-means").movers
    assert "regions" not in scene("full").movers
    assert "regions" not in scene("k-means", 4).movers
    assert "regions" not in scene("k-means", regions="none").movers
    turned = emviz.scene(run(MODELS["k-means"]), projection="pca", step=3)
    assert len(turned.movers["regions"].get_paths()) == 3  # a rotation: what is near stays near


# Circles, trails

@both
@pytest.mark.parametrize("name", MODELS)
def test_circles_reach_the_farthest_point_of_each(name, d):
    picture = scene(name, d, circles=True)
    shown = points(d)[:, columns_of(d)]
    for step in range(1, len(picture.trace)):
        picture.show(step)
        _, means, _ = in_plane(picture.trace.model, picture.trace[step].params)
        labels = picture.trace.labels(step)
        for k, path in enumerate(picture.movers["circles"].get_paths()):
            farthest = max(np.hypot(*(shown[i] - means[k])) for i in np.flatnonzero(labels == k))
            np.testing.assert_allclose(np.hypot(*(path.vertices - means[k]).T), farthest, rtol=1e-9)


def test_a_circle_of_nobody_is_a_point():
    trace = emviz.run(emviz.KMeans(2), points(), np.array([[0.0, 0], [500, 500]]))
    picture = emviz.scene(trace, circles=True, step=2)
    assert np.ptp(picture.movers["circles"].get_paths()[1].vertices, axis=0).max() == 0
    picture.show(0)
    assert picture.movers["circles"].get_edgecolor()[:, 3].max() == 0


def test_circles_count_the_points_that_are_not_drawn_too():
    data = np.random.default_rng(0).normal(size=(6000, 2))
    trace = emviz.run(emviz.KMeans(1), data, np.zeros((1, 2)))
    picture = emviz.scene(trace, circles=True, step=1)
    radius = np.hypot(*picture.movers["circles"].get_paths()[0].vertices.T).max()
    assert radius == pytest.approx(np.hypot(*data.T).max())


def test_trails_can_be_left_out():
    assert "trails" in scene("full").movers and "trails" not in scene("full", trails=False).movers


# Projections and limits

@pytest.mark.parametrize("name", MODELS)
def test_all_that_moves_is_projected_alike(name):
    picture = scene(name, 4)
    trace = picture.trace
    assert (picture.panel.get_xlabel(), picture.panel.get_ylabel()) == ("x4", "x2")
    for step in (3, 4):
        picture.show(step)
        np.testing.assert_array_equal(picture.movers["points"].get_offsets(), trace.data[:, PAIR])
        np.testing.assert_array_equal(picture.movers["means"].get_offsets(), trace[step].params.means[:, PAIR])
    np.testing.assert_array_equal(picture.movers["old means"].get_offsets(), trace[3].params.means[:, PAIR])
    for k, path in enumerate(picture.movers["trails"].get_paths()):
        way = [trace[step].params.means[k, PAIR] for step in range(5)]
        np.testing.assert_array_equal(path.vertices[:5], way)
    tips = [path.vertices[0] for path in picture.movers["moves"].get_paths()]
    np.testing.assert_allclose(tips, trace[3].params.means[:, PAIR], atol=1e-9)


def test_many_features_are_projected_by_themselves():
    data = emviz.datasets.iris()
    picture = emviz.scene(emviz.run(emviz.GaussianMixture(3), data, rng=0, max_iterations=3), step=6)
    centered = data.data - data.data.mean(axis=0)
    axes = np.linalg.svd(centered, full_matrices=False)[2][:2]
    shown = picture.movers["points"].get_offsets()
    np.testing.assert_allclose(np.abs(shown), np.abs(centered @ axes.T), atol=1e-9)
    means = (picture.trace[6].params.means - data.data.mean(axis=0)) @ axes.T
    np.testing.assert_allclose(np.abs(picture.movers["means"].get_offsets()), np.abs(means), atol=1e-9)
    assert picture.panel.get_xlabel().startswith("first principal component (9")
    assert "a projection of 4 features" in notes(picture.panel)


def test_columns_by_name_are_the_axes():
    trace = emviz.run(emviz.KMeans(3), emviz.datasets.iris(), rng=0, max_iterations=2)
    _, _, length, width = trace.feature_names
    picture = emviz.scene(trace, columns=(width, length))
    assert (picture.panel.get_xlabel(), picture.panel.get_ylabel()) == (width, length)
    np.testing.assert_array_equal(picture.movers["points"].get_offsets(), trace.data[:, [3, 2]])


def test_limits_are_those_asked_for():
    picture = scene("full", limits=((-3, 7.5), (0, 2)), contours="lines", regions="soft")
    for step in (0, 5):
        picture.show(step)
        assert picture.panel.get_xlim() == (-3, 7.5) and picture.panel.get_ylim() == (0, 2)


# Words

EVERYTHING = {"regions": "soft", "contours": "lines", "circles": True}
WORDY = {"little": {}, "density": {"contours": "filled", "ellipses": ()}, "everything": EVERYTHING}


def words_are_in_place(panel, ceiling: float) -> None:
    """Notes above the panel, no wider than it, one above the other, under the ceiling; names beside their axes."""
    panel.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in panel.texts if text.get_text() and text.xy == (0, 1)]
    assert boxes
    for box in boxes:
        assert box.x0 >= panel.bbox.x0 - 1 and box.x1 <= panel.bbox.x1 + 1
        assert box.y0 >= panel.bbox.y1 and box.y1 <= ceiling
    for above, below in zip(boxes[1:], boxes):
        assert above.y0 >= below.y1 - 4  # the boxes of lines of text touch
    assert panel.xaxis.label.get_window_extent().width <= panel.bbox.width
    assert panel.yaxis.label.get_window_extent().height <= panel.bbox.height
    assert not any("…" in text.get_text() for text in [*panel.texts, panel.xaxis.label, panel.yaxis.label])


@both
@pytest.mark.parametrize("options", WORDY)
@pytest.mark.parametrize("size", [(960, 540), (640, 360)])
@pytest.mark.parametrize("projector", [False, True])
def test_words_have_room(d, options, size, projector):
    picture = emviz.scene(run(SOFT["full"], d), size=size, projector=projector, **WORDY[options])
    words_are_in_place(picture.panel, picture.figure.bbox.height - picture.caption_height)


@both
@pytest.mark.parametrize("options", WORDY)
def test_words_have_room_in_half_a_figure(d, options):
    pair = side_by_side(run(SOFT["full"], d), run(SOFT["diag"], d), **WORDY[options])
    for view in pair.views:
        words_are_in_place(view.panel, pair.figure.bbox.height - pair.caption_height)


@both
@pytest.mark.parametrize("options", WORDY)
def test_words_have_room_in_a_readers_axes(d, options):
    figure = Figure(figsize=(10, 6), layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.subplots(1, 2)[1]
    picture = emviz.scene(run(SOFT["full"], d), ax=ax, **WORDY[options])
    figure.canvas.draw()
    caption = picture.caption_artist.get_window_extent()
    words_are_in_place(ax, caption.y0 + 4)
    assert caption.y1 <= figure.bbox.height


# Errors

@pytest.mark.parametrize("name, d, options, error, words", [
    ("full", 2, {"ellipses": (0, 1)}, ValueError, r"ellipses=\(0, 1\): levels are standard deviations above 0"),
    ("full", 2, {"ellipses": 7}, ValueError, "ellipses=7: levels"),
    ("full", 2, {"ellipses": "two"}, TypeError, "ellipses must be numbers"),
    ("full", 2, {"contours": "line"}, ValueError, "contours='line' is unknown: did you mean 'lines'"),
    ("full", 2, {"contours": True}, ValueError, "contours=True is unknown"),
    ("full", 2, {"regions": "voronoy"}, ValueError, "did you mean 'voronoi'"),
    ("full", 2, {"circles": 1}, TypeError, "circles=1: give True or False"),
    ("full", 2, {"trails": "yes"}, TypeError, "trails='yes': give True or False"),
    ("full", 2, {"limits": (0, 1)}, ValueError, r"limits has shape \(2,\), expected \(2, 2\): give \(\(x0, x1\)"),
    ("full", 2, {"limits": ((0, 1), (1, 1))}, ValueError, "limits=.*from a lower number to a higher one"),
    ("full", 2, {"columns": (0, 1), "projection": "pca"}, ValueError, "columns and projection are both given"),
    ("full", 2, {"color": 1}, TypeError, "color is not an option of the view 'plane': it has ellipses, contours"),
    ("k-means", 2, {"contours": "lines"}, ValueError, "contours='lines': k-means at T = 0 has centers only"),
    ("k-means", 2, {"ellipses": (2,)}, ValueError, r"ellipses=\(2,\): k-means at T = 0 has centers only"),
    ("k-means", 4, {"regions": "voronoi"}, ValueError, "regions='voronoi'.*take 'none'"),
    ("k-means", 4, {"regions": "soft"}, ValueError, "regions='soft'.*take 'none'"),
    ("soft k-means", 4, {"regions": "voronoi"}, ValueError, "regions='voronoi'.*take 'soft' or 'none'"),
    ("full", 4, {"regions": "voronoi"}, ValueError, "regions='voronoi'.*take 'soft' or 'none'"),
])
def test_wrong_options_are_named(name, d, options, error, words):
    with pytest.raises(error, match=words):
        emviz.scene(run(MODELS[name], d), **options)


def test_a_sheared_plane_has_no_nearest_centers():
    shear = np.array([[1.0, 1.0], [0.0, 1.0]])
    assert "regions" not in emviz.scene(run(MODELS["k-means"]), projection=shear).movers
    with pytest.raises(ValueError, match="regions='voronoi'"):
        emviz.scene(run(MODELS["k-means"]), projection=shear, regions="voronoi")
