"""Projections: what stands on the two axes when there are more features."""

import numpy as np
import pytest

import emviz
from emviz.scenes.projection import Projection, choose

RNG = np.random.default_rng(3)
POINTS = RNG.normal(size=(200, 4)) @ np.diag([5.0, 3.0, 1.0, 0.2]) @ np.linalg.qr(RNG.normal(size=(4, 4)))[0] + 7
NAMES = ("sepal length", "sepal width", "petal length", "petal width")
W = np.array([[1.0, 0.5], [0, -1], [2, 0], [0.25, 3]])


def chosen(points: np.ndarray = POINTS, names: tuple[str, ...] = NAMES, columns=None, projection=None) -> Projection:
    return choose(points, names, columns, projection)


def test_two_features_stay_as_they_are():
    same = chosen(POINTS[:, :2], ())
    np.testing.assert_array_equal(same.of_points(POINTS[:, :2]), POINTS[:, :2])
    assert same.names == (("x1",), ("x2",)) and same.statement == ""


@pytest.mark.parametrize("pair", [(1, 3), (3, 1), ["sepal width", "petal width"], np.array([1, 3]), (1, "petal width")])
def test_columns_by_index_or_name(pair):
    index = [NAMES.index(column) if isinstance(column, str) else column for column in pair]
    projection = chosen(columns=pair)
    np.testing.assert_array_equal(projection.of_points(POINTS), POINTS[:, index])
    np.testing.assert_array_equal(projection.of_covariances(np.cov(POINTS.T)), np.cov(POINTS.T)[np.ix_(index, index)])
    assert projection.names == tuple((NAMES[column],) for column in index)
    assert projection.statement == "a projection of 4 features on 2 of them"


def test_a_matrix_projects_points_and_covariances_alike():
    projection = chosen(projection=W.tolist())
    shown = projection.of_points(POINTS)
    np.testing.assert_allclose(shown[:, 0], POINTS[:, 0] + 2 * POINTS[:, 2] + 0.25 * POINTS[:, 3])
    np.testing.assert_allclose(projection.of_covariances(np.cov(POINTS.T)), np.cov(shown.T))
    many = np.stack([np.cov(POINTS[:50].T), np.cov(POINTS[50:].T)])
    np.testing.assert_allclose(projection.of_covariances(many)[1], np.cov(shown[50:].T))
    assert projection.names[0] == ("sepal length + 2 petal length + 0.25 petal width", "along W[:, 0]")
    assert projection.names[1][0] == "0.5 sepal length − sepal width + 3 petal width"


def test_more_features_go_on_their_principal_components():
    projection = chosen()
    _, singular, axes = np.linalg.svd(POINTS - POINTS.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(projection.matrix.T @ axes[:2].T), np.eye(2), atol=1e-9)
    assert (projection.matrix[np.abs(projection.matrix).argmax(axis=0), [0, 1]] > 0).all()
    shares = singular**2 / (singular**2).sum()
    assert projection.names[0][0] == f"first principal component ({100 * shares[0]:.0f} % of the variance)"
    assert projection.names[1][-1] == f"PC 2 ({100 * shares[1]:.0f} %)"
    assert all(len(long) > len(short) for names in projection.names for long, short in zip(names, names[1:]))
    shown = projection.of_points(POINTS)
    np.testing.assert_allclose(shown.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.cov(shown.T), np.diag(singular[:2] ** 2) / 199, atol=1e-9)
    assert projection.statement == "a projection of 4 features"


@pytest.mark.parametrize("times, plus", [(1.0, 1e8), (1e140, 0.0), (1e-120, 0.0)])
def test_principal_components_do_not_depend_on_units_or_origin(times, plus):
    # Adding 1e8 rounds the data to 1.5e-8 of their unit.
    np.testing.assert_allclose(chosen(times * POINTS + plus).matrix, chosen().matrix, atol=1e-7)


def test_a_hidden_share_of_the_variance_is_not_called_nothing():
    flat = RNG.normal(size=(100, 1)) @ [[1.0, 2.0, 3.0]] + 1e-4 * RNG.normal(size=(100, 3))
    assert chosen(flat, ()).names[1][-1] == "PC 2 (below 1 %)"


@pytest.mark.parametrize("points", [np.ones((1, 3)), np.ones((5, 3))])
def test_points_without_a_direction_show_their_first_two_features(points):
    assert chosen(points, ()).names == (("x1",), ("x2",))
    with pytest.raises(ValueError, match='projection="pca": all points are equal'):
        chosen(points, (), projection="pca")


@pytest.mark.parametrize("matrix, keeps", [
    ([[0.6, -0.8], [0.8, 0.6]], True), ([[0, 2], [2, 0]], True), ([[1, 0], [0, 2]], False), ([[1, 1], [0, 1]], False),
])
def test_a_rotation_keeps_what_is_near(matrix, keeps):
    assert chosen(POINTS[:, :2], (), projection=matrix).keeps_distances == keeps
    assert not chosen().keeps_distances


@pytest.mark.parametrize("asked, error, words", [
    ({"columns": (0, 1), "projection": "pca"}, ValueError, "columns and projection are both given"),
    ({"columns": (0,)}, ValueError, r"columns=\(0,\): give two features"),
    ({"columns": "ab"}, ValueError, "columns='ab': give two features"),
    ({"columns": 3}, ValueError, "columns=3: give two features"),
    ({"columns": (2, 2)}, ValueError, "the same feature twice"),
    ({"columns": (0, 4)}, ValueError, r"columns\[1\] is 4: the data have the features 0 to 3"),
    ({"columns": (0, -1)}, ValueError, r"columns\[1\]=-1"),
    ({"columns": (True, 2)}, TypeError, r"columns\[0\]=True"),
    ({"columns": (0, "petal")}, ValueError, r"columns\[1\]='petal' is unknown.*'petal width'"),
    ({"projection": "tsne"}, ValueError, r'projection=\'tsne\' is unknown: give "pca" or a matrix W, float\[4, 2\]'),
    ({"projection": np.eye(3)[:, :2]}, ValueError, r"projection has shape \(3, 2\), expected \(4, 2\)"),
    ({"projection": W[:, [0, 0]]}, ValueError, "projection: its two columns are parallel"),
    ({"projection": W * [1, 0]}, ValueError, "projection: its two columns are parallel, or one is zero"),
    ({"projection": np.full((4, 2), np.nan)}, ValueError, "projection.*NaN"),
])
def test_wrong_projections_are_named(asked, error, words):
    trace = emviz.run(emviz.KMeans(2), emviz.datasets.iris(), rng=0, max_iterations=1)
    with pytest.raises(error, match=words):
        chosen(**asked)
    with pytest.raises(error):
        emviz.scene(trace, "plane", **asked)


def test_columns_of_very_different_length_are_two_directions():
    assert chosen(projection=W * [1e-12, 1e12]).matrix.shape == (4, 2)
