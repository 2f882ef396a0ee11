"""The Gaussian mixture: densities, the floor, collapse, empty components, and numbers far from one."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize, stats
from scipy.special import logsumexp

import emviz

STRUCTURES = ("full", "tied", "diag", "spherical")


def clusters(seed: int = 0, n: int = 60, d: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centers = 4 * rng.normal(size=(3, d))
    return centers[rng.integers(3, size=n)] + rng.normal(size=(n, d))


# ---------------------------------------------------------------- densities


@pytest.mark.parametrize("d", [1, 2, 3, 8, 9, 12])
def test_density_is_that_of_scipy(d: int) -> None:
    """With few features and with many, which are solved by different code."""
    rng = np.random.default_rng(d)
    roots = rng.normal(size=(3, d, d))
    covariances = roots @ roots.transpose(0, 2, 1) + 0.1 * np.eye(d)
    params = emviz.GaussianParams(rng.dirichlet(np.ones(3)), rng.normal(size=(3, d)), covariances)
    points = 3 * rng.normal(size=(20, d))
    joint = np.column_stack([np.log(w) + stats.multivariate_normal(m, c).logpdf(points) for w, m, c in zip(
        params.weights, params.means, params.covariances, strict=True)])
    condition = np.linalg.cond(covariances).max()
    model = emviz.GaussianMixture(3)
    assert_allclose(emviz.log_likelihood(model, params, points), logsumexp(joint, axis=1).sum(), rtol=1e-14 * condition)
    expected = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    assert_allclose(emviz.responsibilities(model, params, points), expected, rtol=0, atol=1e-13 * condition)


@pytest.mark.parametrize("condition", [1e3, 1e6, 1e9, 1e12])
def test_density_under_a_bad_condition_number(condition: float) -> None:
    """Known to the condition number times one rounding, against exact fractions."""
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    covariance = turn @ np.diag([1, np.sqrt(1 / condition), 1 / condition]) @ turn.T
    covariance = (covariance + covariance.T) / 2
    point = [0.3, -0.2, 0.5]
    params = emviz.GaussianParams([1.0], [[0.0, 0.0, 0.0]], covariance)
    found = emviz.log_likelihood(emviz.GaussianMixture(1), params, [point])

    rows = [[Fraction(value) for value in row] for row in covariance]
    right = [Fraction(value) for value in point]
    square, determinant = Fraction(0), Fraction(1)  # xᵀ Σ⁻¹ x and |Σ|, by elimination
    for i in range(3):
        square += right[i] ** 2 / rows[i][i]
        determinant *= rows[i][i]
        for j in range(i + 1, 3):
            factor = rows[j][i] / rows[i][i]
            right[j] -= factor * right[i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    expected = -0.5 * (float(square) + 3 * math.log(2 * math.pi) + math.log(determinant))
    assert_allclose(found, expected, rtol=10 * condition * np.finfo(float).eps)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_one_component_is_the_mean_and_the_covariance_after_one_step(structure: str) -> None:
    points = clusters(d=3)
    trace = emviz.run(emviz.GaussianMixture(1, structure), points, start="random", rng=0)
    covariance = np.cov(points.T, bias=True)
    expected = {"full": covariance, "tied": covariance, "diag": np.diag(np.diag(covariance)),
                "spherical": np.eye(3) * np.trace(covariance) / 3}[structure]
    assert_allclose(trace[2].params.means[0], points.mean(axis=0), rtol=1e-13)
    assert_allclose(trace[2].params.covariances[0], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_after_an_m_step_mixture_and_data_have_the_same_mean_and_spread(structure: str) -> None:
    points = clusters(3)
    params = emviz.run(emviz.GaussianMixture(3, structure), points, max_iterations=1, rng=0).final
    mean = params.weights @ params.means
    apart = params.means - mean
    spread = np.einsum("k,kij->ij", params.weights, params.covariances + apart[:, :, None] * apart[:, None, :])
    covariance = np.cov(points.T, bias=True)
    assert_allclose(mean, points.mean(axis=0), rtol=1e-12)
    if structure in ("full", "tied"):
        assert_allclose(spread, covariance, rtol=1e-11)
    elif structure == "diag":
        assert_allclose(np.diag(spread), np.diag(covariance), rtol=1e-11)
    else:
        assert_allclose(np.trace(spread), np.trace(covariance), rtol=1e-11)


def test_one_row_and_constant_columns_have_a_likelihood() -> None:
    params = emviz.GaussianParams([0.5, 0.5], [(0, 0), (1, 1)], np.eye(2))
    model = emviz.GaussianMixture(2)
    for points in ([[0.5, 0.5]], [[1.0, 1.0]] * 3, [[0.0, 7.0], [1.0, 7.0]]):
        joint = [stats.multivariate_normal(mean, np.eye(2)).logpdf(points) - np.log(2) for mean in params.means]
        assert_allclose(emviz.log_likelihood(model, params, points), np.logaddexp(*joint).sum(), rtol=1e-13)
        assert emviz.responsibilities(model, params, points).shape == (len(points), 2)


# ---------------------------------------------------------------- the floor


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("raised", [1.2, 4.0])
def test_the_floor_is_the_best_covariance_that_keeps_it(structure: str, raised: float) -> None:
    """Against a numerical maximum over covariances with eigenvalues of at least `least`."""
    points = clusters(5) * [1.0, 0.3]
    start = emviz.GaussianMixture(2, structure).start(points, points[[0, 20]])
    free = emviz.run(emviz.GaussianMixture(2, structure), points, start, max_iterations=1).final
    least = raised * np.linalg.eigvalsh(free.covariances).min()
    model = emviz.GaussianMixture(2, structure, min_variance=least)
    q = model.expect(start, points)
    update = model.maximize(q.statistics, start)
    assert any("reached min_variance" in event for event in update.events)

    def covariances(free: np.ndarray) -> np.ndarray:
        """All covariances of the structure above the floor: floor · I + L Lᵀ."""
        if structure in ("full", "tied"):
            lower = np.zeros((len(free) // 3, 2, 2))
            lower[:, [0, 1, 1], [0, 0, 1]] = free.reshape(-1, 3)
            roots = lower @ lower.transpose(0, 2, 1)
        else:
            variances = np.broadcast_to(free.reshape(2, -1) ** 2, (2, 2))
            roots = variances[:, :, None] * np.eye(2)
        return np.broadcast_to(least * np.eye(2) + roots, (2, 2, 2))

    def loss(free: np.ndarray) -> float:
        params = emviz.GaussianParams(update.params.weights, update.params.means, covariances(free))
        return -model.expected_log_joint(q.statistics, params)

    size = {"full": 6, "tied": 3, "diag": 4, "spherical": 2}[structure]
    best = min((optimize.minimize(loss, np.random.default_rng(i).normal(size=size), method="BFGS") for i in range(3)),
               key=lambda result: result.fun)
    ours = model.expected_log_joint(q.statistics, update.params)
    assert -best.fun <= ours + 1e-9 * abs(ours)
    assert_allclose(-best.fun, ours, rtol=1e-6)  # the optimizer stops at gradients of 1e-5
    assert_allclose(covariances(best.x), update.params.covariances, atol=1e-2)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_default_floor_moves_with_the_units(structure: str) -> None:
    points = np.vstack([clusters(1)[:20], [[50.0, 50.0]] * 3])
    points[:20] -= points[:20].mean(axis=0)
    start = points[[0, 20]]
    units = np.array([1e-6, 1e5]) if structure != "spherical" else np.array([1e4, 1e4])
    one = emviz.run(emviz.GaussianMixture(2, structure), points, start)
    other = emviz.run(emviz.GaussianMixture(2, structure), points * units, start * units)
    assert_allclose(other.final.covariances, one.final.covariances * np.outer(units, units), rtol=1e-9, atol=0)
    if structure != "tied":
        assert "component 1 reached min_variance" in one[-1].events
        floor = 1e-12 * (points.var(axis=0) if structure != "spherical" else points.var(axis=0).max())
        assert_allclose(np.diag(one.final.covariances[1]), np.broadcast_to(floor, 2), rtol=1e-6)


def test_a_wide_feature_does_not_push_a_narrow_one_to_the_floor() -> None:
    """Incomes beside ages: the smallest eigenvalue drowns in the rounding of the largest."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(50, 2)) * [1e9, 1.0] + rng.integers(2, size=(50, 1)) * [6e9, 6.0]
    trace = emviz.run(emviz.GaussianMixture(2, min_variance=1e-6), points, rng=0)
    plain = emviz.run(emviz.GaussianMixture(2), points, rng=0)
    assert not any(step.events for step in trace)
    assert_allclose(trace.final.covariances, plain.final.covariances, rtol=1e-9)


def test_a_run_can_go_on_from_the_floor() -> None:
    points = np.vstack([clusters(1)[:20] * [1e5, 1.0], [[5e6, 50.0]] * 3])
    for model in (emviz.GaussianMixture(2), emviz.GaussianMixture(2, min_variance=1e-6)):
        trace = emviz.run(model, points, points[[0, 20]])
        assert "component 1 reached min_variance" in trace[-1].events
        again = emviz.run(model, points, trace.final, max_iterations=2)
        assert again.log_likelihoods[-1] >= trace.log_likelihoods[-1] - 1e-9 * abs(trace.log_likelihoods[-1])


# ---------------------------------------------------------------- collapse


@pytest.mark.parametrize(("structure", "lonely"), [("full", 1), ("full", 2), ("diag", 1), ("spherical", 1)])
def test_a_collapse_ends_the_run_and_keeps_its_states(structure: str, lonely: int) -> None:
    """One point, or in two dimensions two, have no spread in some direction."""
    points = np.vstack([clusters(2)[:20] / 10, [[30.0, 31.0], [32.0, 30.0]][:lonely]])
    model = emviz.GaussianMixture(2, structure, min_variance=0)
    trace = emviz.run(model, points, model.start(points, points[[0, 20]], covariances=1.0))
    assert trace.stop_reason == "component 1 collapsed"
    assert not trace.converged
    assert trace[-1].kind == ("M" if len(trace) > 1 else "start")
    assert "component 1 collapsed" in trace[-1].events[-1]
    assert "component 1 collapsed" in str(trace)
    for step in trace:
        assert np.isfinite(step.log_likelihood)
        np.linalg.cholesky(step.params.covariances)
    with pytest.raises(emviz.Collapse, match="component 1 collapsed") as caught:
        for _ in emviz.em_steps(model, points, trace.final):
            pass
    assert caught.value.component == 1


@pytest.mark.parametrize("structure", STRUCTURES)
def test_rounding_is_no_variance(structure: str) -> None:
    """Seven times −0.1 have a variance of 1e-34 in floating point: a collapse, not a sharp peak."""
    points = np.array([-0.1] * 7 + [0.7, 0.8, 0.95, 1.3, 1.4])
    model = emviz.GaussianMixture(2, structure, min_variance=0)
    start = emviz.GaussianParams([0.5, 0.5], [-0.1, 1.0], [0.01, 0.01] if structure != "tied" else 0.01)
    trace = emviz.run(model, points, start, max_iterations=50)
    if structure == "tied":
        assert trace.converged
    else:
        assert trace.stop_reason == "component 0 collapsed"
        assert trace.final.covariances.min() > 1e-24


@pytest.mark.parametrize("structure", ["full", "diag", "spherical"])
def test_a_floor_finer_than_the_digits_of_the_data_is_a_collapse(structure: str) -> None:
    """Below 1e-12 of the data's spread, rounding would decide how likely a point is."""
    points = np.array([0.1] * 5 + [3.0, 3.5, 4.2, 4.4, 6.1])
    start = emviz.GaussianParams([0.5, 0.5], [0.1, 4.0], [0.5, 0.5])
    fine = emviz.run(emviz.GaussianMixture(2, structure, min_variance=1e-26), points, start)
    assert fine.stop_reason == "component 0 collapsed"
    coarse = emviz.run(emviz.GaussianMixture(2, structure, min_variance=1e-20), points, start)
    assert "component 0 reached min_variance" in coarse[-1].events
    assert coarse.converged


def test_a_start_from_labels_that_cannot_stand() -> None:
    points = clusters()[:10]
    labels = [0] * 9 + [1]
    with pytest.raises(ValueError, match="responsibilities: component 1 collapsed.*min_variance"):
        emviz.GaussianMixture(2, min_variance=0).start(points, responsibilities=labels)


def test_a_floor_too_low_for_float64_is_said_at_the_start() -> None:
    points = np.outer(np.arange(8.0), [1.0, 2.0])
    with pytest.raises(ValueError, match="points.*min_variance=1e-30: raise it"):
        emviz.GaussianMixture(2, min_variance=1e-30).start(points)
    trace = emviz.run(emviz.GaussianMixture(2, min_variance=1e-6), points, rng=0)
    assert any("reached min_variance" in event for step in trace for event in step.events)


# ---------------------------------------------------------------- empty components


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("distance", [1e6, 1e20, 1e150])
def test_a_start_far_away_stays_empty(structure: str, distance: float) -> None:
    points = clusters()
    model = emviz.GaussianMixture(2, structure)
    start = model.start(points, [points.mean(axis=0), [distance, 0.0]])
    trace = emviz.run(model, points, start)
    assert_array_equal(trace.final.means[1], [distance, 0.0])
    assert trace.final.weights.tolist() == [1.0, 0.0]
    assert "component 1 is empty" in trace[2].events
    alone = emviz.run(emviz.GaussianMixture(1, structure), points, rng=0).final
    assert_allclose(trace.final.covariances[0], alone.covariances[0], rtol=1e-12)
    last = alone.covariances[0] if structure == "tied" else start.covariances[1]
    assert_allclose(trace.final.covariances[1], last, rtol=1e-12)


def test_an_empty_component_keeps_its_weight_if_weights_are_fixed() -> None:
    points = clusters()
    model = emviz.GaussianMixture(2, fixed=("weights",))
    trace = emviz.run(model, points, model.start(points, [points.mean(axis=0), [1e9, 0.0]]))
    assert trace.final.weights.tolist() == [0.5, 0.5]
    assert "component 1 is empty" in trace[2].events


def test_a_weight_of_zero_makes_no_noise() -> None:
    points = clusters()
    model = emviz.GaussianMixture(2)
    trace = emviz.run(model, points, model.start(points, weights=[1.0, 0.0], rng=0))
    assert trace.final.weights.tolist() == [1.0, 0.0]
    assert_array_equal(trace.responsibilities(-1)[:, 1], 0.0)


@pytest.mark.parametrize("share", [1e-20, 1e-100, 1e-200, 1e-280])
def test_the_smallest_shares_still_have_a_mean_and_a_covariance(share: float) -> None:
    points = clusters()
    model = emviz.GaussianMixture(2)
    shares = np.column_stack([np.ones(len(points)), np.full(len(points), share)])
    params = model.start(points, responsibilities=shares)
    for k in (0, 1):
        assert_allclose(params.means[k], points.mean(axis=0), rtol=1e-12)
        assert_allclose(params.covariances[k], np.cov(points.T, bias=True), rtol=1e-11)


def test_two_equal_components_stay_equal_and_say_so() -> None:
    points = clusters()
    model = emviz.GaussianMixture(3)
    with pytest.warns(UserWarning, match="components 0 and 2 are identical: EM cannot separate them"):
        trace = emviz.run(model, points, model.start(points, points[[0, 1, 0]], weights=[0.2, 0.3, 0.5]))
    assert_allclose(trace.final.means[0], trace.final.means[2], rtol=1e-12)
    assert trace[0].events == ("components 0 and 2 are identical: EM cannot separate them",)


# ---------------------------------------------------------------- numbers far from one


@pytest.mark.parametrize("outlier", [1e6, 1e9, 1e11])
def test_an_outlier_costs_the_others_no_digit(outlier: float) -> None:
    """It takes a component of its own; the rest are fitted as if it were not there."""
    points = clusters()
    with_it = np.vstack([points, [outlier, outlier]])
    inertia = emviz.run(emviz.KMeans(2), with_it, with_it[[0, -1]]).inertias[-1]
    assert_allclose(inertia, ((points - points.mean(axis=0)) ** 2).sum(), rtol=1e-12)

    model = emviz.GaussianMixture(2, min_variance=1e-2)
    start = emviz.GaussianParams([0.5, 0.5], with_it[[0, -1]], [np.cov(points.T), np.eye(2)])
    trace = emviz.run(model, with_it, start, max_iterations=5, tolerance=0)
    assert_allclose(trace.final.covariances[0], np.cov(points.T, bias=True), rtol=1e-11)
    assert_allclose([step.gap for step in trace[2::2]], 0, atol=1e-10)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("offset", [1e3, 1e8, 1e10])
def test_an_offset_costs_no_digit_of_the_covariances(structure: str, offset: float) -> None:
    points = np.round(clusters() * 2**10) / 2**10  # on a grid, so that the offset rounds nothing
    near = emviz.run(emviz.GaussianMixture(1, structure), points, rng=0)
    far = emviz.run(emviz.GaussianMixture(1, structure), points + offset, rng=0)
    assert_allclose(far.final.covariances, near.final.covariances, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("temperature", [1e-300, 1e-20, 1e20, 1e300])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_extreme_temperatures(structure: str, temperature: float) -> None:
    points = clusters()
    model = emviz.GaussianMixture(3, structure, temperature=temperature)
    trace = emviz.run(model, points, model.start(points, points[[0, 1, 2]], weights=[0.5, 0.2, 0.3]), max_iterations=5)
    cold = emviz.run(emviz.GaussianMixture(3, structure, temperature=0), points, trace[0].params, max_iterations=1)
    expected = 1 / 3 if temperature > 1 else cold.responsibilities(1)
    shares = trace.responsibilities(1)
    assert_allclose(shares, np.broadcast_to(expected, shares.shape), rtol=0, atol=1e-12)
    assert all(step.gap >= -1e-11 * abs(step.lower_bound) for step in trace[1:])


def test_components_on_two_points_with_many_features() -> None:
    points = clusters(4, n=14, d=12)
    trace = emviz.run(emviz.GaussianMixture(3, "full", min_variance=0.01), points, rng=0, max_iterations=10)
    for step in trace:
        assert np.linalg.eigvalsh(step.params.covariances).min() >= 0.01 * (1 - 1e-9)
    assert np.diff(trace.lower_bounds[1:]).min() >= -1e-9


def test_as_many_components_as_points() -> None:
    points = clusters()[:4]
    model = emviz.GaussianMixture(4)
    with pytest.raises(ValueError, match="n_components=4, but points has only 3 rows"):
        model.start(points[:3])
    trace = emviz.run(model, points, model.start(points, points, covariances=0.01))
    assert_allclose(trace.responsibilities(-1), np.eye(4), rtol=0, atol=1e-12)
    assert all(f"component {k} reached min_variance" in trace[-1].events for k in range(4))
