"""Published and independently computed numbers: tests/golden.json says where each comes from."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from numpy.testing import assert_allclose

import emviz
from emviz import datasets

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
STRUCTURES = {"VII": "spherical", "VVI": "diag", "EEE": "tied", "VVV": "full"}

faithful = datasets.faithful().data
waiting = faithful[:, 1]
iris = datasets.iris()


def assert_close(actual: npt.ArrayLike, desired: npt.ArrayLike, tolerance: float) -> None:
    """To the absolute tolerance of a table, and no relative one beside it."""
    assert_allclose(actual, desired, rtol=0, atol=tolerance)


def after_iterations(trace: emviz.Trace, count: int) -> np.ndarray:
    """The log-likelihood at the start and after each M: float[count]. A run that ended at a fixed point stays."""
    likelihoods = trace.log_likelihoods[::2]
    assert trace.converged or len(likelihoods) >= count
    return np.pad(likelihoods, (0, max(0, count - len(likelihoods))), mode="edge")[:count]


def assert_params(params: emviz.Params, golden: dict, rtol: float = 0, atol: float = 0) -> None:
    for name, array in params.arrays().items():
        assert_allclose(array, golden[name], rtol=rtol, atol=atol, err_msg=name)


# ---------------------------------------------------------------- worked examples


FIVE_POINTS = np.array([(0, 1), (2, 2), (5, 4), (3, 6), (4, 2)])


def test_five_points() -> None:
    model = emviz.GaussianMixture(2)
    start = emviz.GaussianParams([0.5, 0.5], [(0, 1), (5, 4)], [np.eye(2)] * 2)
    trace = emviz.run(model, FIVE_POINTS, start, max_iterations=1)
    first = [0.999999959, 0.982013790, 4.13993755e-08, 2.26032430e-06, 0.00247262316]
    # To half a unit of the last digit that the example gives.
    assert_allclose(trace.responsibilities(1)[:, 0], first, rtol=5e-9)
    assert_close(trace.responsibilities(1).sum(axis=1), 1, 1e-15)
    assert_close(trace.final.means, [(0.99467691, 1.49609648), (3.98807155, 3.98970927)], 5e-9)
    assert_allclose(trace.final.weights, [0.3968977347767351, 0.603102265479875], rtol=1e-9)
    assert_close(trace.final.covariances, [[(1.00994319, 0.50123508), (0.50123508, 0.25000767)],
                                              [(0.68695286, -0.63950027), (-0.63950027, 2.67341935)]], 5e-9)


def test_two_coins() -> None:
    golden = GOLDEN["coins_do_batzoglou_2008"]
    tolerance = golden["tolerance"]["abs"]
    model = emviz.BinomialMixture(2, golden["input"]["tosses_per_row"], fixed=("weights",))
    start = model.start(golden["input"]["heads"], probabilities=[golden["start"]["thetaA"], golden["start"]["thetaB"]])
    trace = emviz.run(model, golden["input"]["heads"], start, max_iterations=400, tolerance=0)

    share = trace.responsibilities(1)[:, 0]
    assert_close(share, golden["first_e_step"]["resp_A"], tolerance)
    assert_close(np.round(share, 2), [0.45, 0.80, 0.73, 0.35, 0.65], 1e-12)
    heads = np.array(golden["input"]["heads"])
    assert_close(share * heads, golden["first_e_step"]["heads_A"], tolerance)
    assert_close(share * (10 - heads), golden["first_e_step"]["tails_A"], tolerance)

    for i, probabilities in enumerate(golden["trace"]):
        assert_close(trace[2 * i].params.probabilities, probabilities, tolerance)
        assert_close(trace[2 * i].log_likelihood, golden["loglik_with_binomial_coeff_and_half"][i], tolerance)
    assert_close(np.round(trace[20].params.probabilities, 2), [0.80, 0.52], 1e-12)
    assert_close(trace.final.probabilities, golden["converged"], tolerance)
    assert_close(trace.final.weights, 0.5, 0)


def test_deaths_in_the_times() -> None:
    golden = GOLDEN["poisson_times_deaths"]
    days = datasets.times_deaths().data
    assert np.bincount(days).tolist() == golden["input"]["counts_0_to_9"]
    model = emviz.PoissonMixture(2)
    start = model.start(days, rates=golden["start"]["lam"], weights=golden["start"]["w"])
    steps = emviz.em_steps(model, days, start)
    wanted = {int(i): row for i, row in golden["trace"].items()}
    for step in steps:
        if step.kind == "E":
            continue
        if step.iteration in wanted:
            found = [*step.params.weights, *step.params.rates, step.log_likelihood]
            assert_close(found, wanted[step.iteration], golden["tolerance"]["trace_abs"])
        if step.iteration == max(wanted):
            break
    assert_close(found[:4], golden["converged"][:4], golden["tolerance"]["converged_params_abs"])
    assert_close(found[4], golden["converged"][4], golden["tolerance"]["loglik_abs"])


def test_far_points_keep_their_density_and_responsibility() -> None:
    golden = GOLDEN["numerics_far_points_1d"]
    given = golden["input"]
    model = emviz.GaussianMixture(2)
    params = emviz.GaussianParams(given["weights"], given["means"], np.square(given["sigmas"]))
    shares = emviz.responsibilities(model, params, given["x"])
    for x, share, expected in zip(given["x"], shares, golden["expected"], strict=True):
        assert expected["x"] == x
        log_density = emviz.log_likelihood(model, params, [x])
        assert_allclose(log_density, expected["logpdf"], rtol=golden["tolerance"]["logpdf_rel"])
        assert_close(share, expected["resp"], golden["tolerance"]["resp_abs"])


# ---------------------------------------------------------------- one feature


@pytest.mark.parametrize(("name", "points", "structure", "converged_tolerance"), [
    ("em_faithful_waiting_1d_k2", waiting, "full", "params_abs"),
    ("em_faithful_waiting_1d_k2_equal_sd", waiting, "tied", "converged_params_abs"),
    ("heights_galton_children", datasets.galton_heights().data, "full", "converged_params_abs"),
])
def test_one_feature(name: str, points: np.ndarray, structure: str, converged_tolerance: str) -> None:
    golden = GOLDEN[name]
    start = golden["start"]
    deviations = np.broadcast_to(start.get("sigmas", start.get("sigma")), 2)
    params = emviz.GaussianParams(start["weights"], start["means"], np.square(deviations))
    trace = emviz.run(emviz.GaussianMixture(2, structure), points, params, max_iterations=5000, tolerance=0)

    assert_close(after_iterations(trace, len(golden["loglik"])), golden["loglik"], golden["tolerance"]["loglik_abs"])
    if "params_after_1" in golden:
        _assert_one_feature(trace[2].params, golden["params_after_1"], atol=1e-12)
    _assert_one_feature(trace.final, golden["converged"], atol=golden["tolerance"][converged_tolerance])
    assert_close(trace.log_likelihoods[-1], golden["converged"]["loglik"], golden["tolerance"]["loglik_abs"])


def _assert_one_feature(params: emviz.GaussianParams, golden: dict, atol: float) -> None:
    assert_close(params.weights, golden["weights"], atol)
    assert_close(params.means[:, 0], golden["means"], atol)
    deviations = np.broadcast_to(golden.get("sigmas", golden.get("sigma")), 2)
    assert_close(np.sqrt(params.covariances[:, 0, 0]), deviations, atol)


def test_heights_told_apart_by_sex() -> None:
    golden = GOLDEN["heights_galton_children"]
    children = datasets.galton_heights()
    start = golden["start"]
    params = emviz.GaussianParams(start["weights"], start["means"], np.square(start["sigmas"]))
    trace = emviz.run(emviz.GaussianMixture(2), children, params, max_iterations=5000, tolerance=0)
    assert emviz.accuracy(children.labels, trace.labels(-1)) == pytest.approx(golden["accuracy_vs_sex"], abs=1e-12)
    male = children.labels == 1
    heights = children.data[:, 0]
    true = golden["true"]
    assert_allclose([male.mean(), heights[male].mean(), heights[~male].mean()],
                    [true["male_share"], true["male_mean"], true["female_mean"]], rtol=1e-12)


# ---------------------------------------------------------------- several features


@pytest.mark.parametrize(("name", "points"), [
    ("gmm_faithful2d_k2_full_trace", faithful),
    ("gmm_faithful2d_k2_tied_trace", faithful),
    ("gmm_faithful2d_k2_spherical_trace", faithful),
    ("gmm_iris_k3_full_trace", iris.data),
    ("gmm_iris_k3_diag_trace", iris.data),
])
def test_gaussian_mixture(name: str, points: np.ndarray) -> None:
    golden = GOLDEN[name]
    tolerance = golden["tolerance"]
    start = golden["start"]
    model = emviz.GaussianMixture(len(start["weights"]), name.split("_")[-2])
    params = emviz.GaussianParams(start["weights"], start["means"], start["covariances"])
    trace = emviz.run(model, points, params, max_iterations=golden["converged"]["iterations"], tolerance=0)

    assert_close(after_iterations(trace, len(golden["loglik"])), golden["loglik"], tolerance["loglik_abs"])
    # A zero of the table is a zero of the structure: relative to the largest entry it stays one.
    assert_params(trace[2].params, golden["params_after_1"], rtol=tolerance["params_rel"], atol=1e-12)
    assert_params(trace[20].params, golden["params_after_10"], rtol=tolerance["params_rel"], atol=1e-12)
    assert_params(trace.final, golden["converged"], rtol=tolerance["params_rel"], atol=1e-12)

    converged = golden["converged"]
    assert_close(trace.log_likelihoods[-1], converged["loglik"], tolerance["loglik_abs"])
    assert_close(trace.log_likelihoods[-1], converged["mclust_loglik_polished"], tolerance["loglik_abs"])
    assert model.n_parameters(trace.final) == converged["df"]
    # Both criteria are twice the log-likelihood off.
    assert_close(emviz.aic(model, trace.final, points), converged["aic"], 2 * tolerance["loglik_abs"])
    assert_close(emviz.bic(model, trace.final, points), converged["bic_sklearn_sign"], 2 * tolerance["loglik_abs"])


def test_course_checkpoint() -> None:
    golden = GOLDEN["mog_checkpoint"]
    points = datasets.mog_checkpoint().data
    assert_allclose(points[golden["start"]["rows"]], golden["start"]["means"], rtol=1e-12)
    params = emviz.GaussianParams(golden["start"]["weights"], golden["start"]["means"], np.cov(points.T))
    trace = emviz.run(emviz.GaussianMixture(3), points, params)
    assert trace.converged
    assert trace[-1].iteration == golden["params_after"] == 23
    assert_params(trace.final, golden["expected"], atol=golden["tolerance"]["abs"])

    longer = emviz.run(emviz.GaussianMixture(3), points, params, max_iterations=40, tolerance=0)
    assert_close(after_iterations(longer, len(golden["loglik"])), golden["loglik"], golden["tolerance"]["abs"])


# ---------------------------------------------------------------- mclust


@pytest.mark.parametrize(("name", "structure", "points", "labels"), [
    ("mclust_me_faithful_w70_VVV", "full", faithful, waiting > 70),
    ("mclust_me_iris_species_VVV", "full", iris.data, iris.labels),
    ("mclust_me_iris_species_EEE", "tied", iris.data, iris.labels),
])
def test_mclust_from_labels(name: str, structure: str, points: np.ndarray, labels: np.ndarray) -> None:
    golden = GOLDEN[name]["loglik"]
    model = emviz.GaussianMixture(int(labels.max()) + 1, structure)
    start = model.start(points, responsibilities=labels)
    trace = emviz.run(model, points, start, max_iterations=len(golden) - 1, tolerance=0)
    assert_close(after_iterations(trace, len(golden)), golden, GOLDEN[name]["tolerance"]["loglik_abs"])


MODEL_ROWS = [(data, f"{code}_{k}") for data in ("faithful", "iris") for k in (1, 2, 3, 4) for code in STRUCTURES]


@pytest.mark.parametrize(("data", "row"), MODEL_ROWS, ids=lambda value: value)
def test_mclust_model_table(data: str, row: str) -> None:
    """mclust's optimum, reached from the means and weights that it reports.

    Its start (hierarchical clustering) is not ours, and the tables give no covariances: those come from a run
    of EM with these means and weights fixed. From there all parameters are free.
    """
    table = GOLDEN[f"mclust_model_table_{data}"]
    golden = table["models"][row]
    points = {"faithful": faithful, "iris": iris.data}[data]
    code, k = row.split("_")
    model = emviz.GaussianMixture(int(k), STRUCTURES[code])
    tolerance = table["tolerance"]["loglik_polished_abs"]
    for start in _near(points, STRUCTURES[code], golden):
        trace = emviz.run(model, points, start, max_iterations=20_000, tolerance=1e-11)
        if abs(trace.log_likelihoods[-1] - golden["loglik"]) <= tolerance:
            break
    assert_close(trace.log_likelihoods[-1], golden["loglik"], tolerance)
    assert model.n_parameters(trace.final) == golden["df"]
    assert_close(emviz.aic(model, trace.final, points), golden["aic"], 2 * tolerance)
    assert_close(-emviz.bic(model, trace.final, points), golden["bic_mclust"], 2 * tolerance)
    assert np.bincount(trace.labels(-1), minlength=int(k)).tolist() == np.atleast_1d(golden["counts"]).tolist()
    # mclust stopped within 1e-9 nats of a top that is flat to second order: parameters to its square root.
    assert_allclose(trace.final.means, golden["mean"], rtol=1e-4)
    assert_allclose(trace.final.weights, np.atleast_1d(golden["pro"]), rtol=1e-4)


def _near(points: np.ndarray, structure: str, golden: dict) -> Iterator[emviz.GaussianParams]:
    """The weights and means of a row, with covariances that EM finds for them.

    First from each point at the nearest mean. One row needs another way in: eleven irises in four dimensions
    have several covariances that suit their mean.
    """
    weights, means = np.atleast_1d(golden["pro"]), np.array(golden["mean"])
    nearest = (((points[:, None] - means) / points.std(axis=0)) ** 2).sum(axis=2).argmin(axis=1)
    model = emviz.GaussianMixture(len(weights), structure, fixed=("weights", "means"))
    for seed, way in enumerate([nearest] + ["random"] * 100):
        within = model.start(points, responsibilities=way, rng=seed).covariances
        yield emviz.run(model, points, emviz.GaussianParams(weights, means, within), max_iterations=1000).final


# ---------------------------------------------------------------- k-means


@pytest.mark.parametrize(("name", "points"), [
    ("kmeans_faithful_k2_rows_0_1", faithful), ("kmeans_iris_k3_rows_0_50_100", iris.data)])
def test_k_means(name: str, points: np.ndarray) -> None:
    golden = GOLDEN[name]
    tolerance = golden["tolerance"]["abs"]
    centers = golden["start"]["centres"]
    trace = emviz.run(emviz.KMeans(len(centers)), points, emviz.KMeansParams(centers))
    assert_close(trace.inertias[1::2], golden["assign_inertia"], tolerance)
    assert_close(trace.inertias[2::2], golden["update_inertia"], tolerance)
    assert trace.converged
    assert trace[-1].iteration == golden["iterations_until_centres_fixed"]
    assert_close(trace[2].params.means, golden["centres_after_1"], tolerance)
    assert_close(trace.final.means, golden["final_centres"], tolerance)
    assert np.bincount(trace.labels(-1)).tolist() == golden["final_sizes"]


def test_k_means_of_photographs() -> None:
    golden = GOLDEN["photos_mean_rgb_kmeans_k4"]
    tolerance = golden["tolerance"]["abs"]
    colors = datasets.photo_colors().data
    colors = colors / 255 if colors.max() > 1 else colors
    trace = emviz.run(emviz.KMeans(4), colors, emviz.KMeansParams(colors[[0, 24, 48, 72]]))
    assert_close(trace.inertias[-1], golden["final_inertia"], tolerance)
    assert np.bincount(trace.labels(-1)).tolist() == golden["sizes"]
    assert_close(trace.final.means, golden["centres"], tolerance)


INERTIAS = [(data, int(k), inertia) for data, row in GOLDEN["kmeans_best_inertia_table"]["values"].items()
            for k, inertia in row.items()]


@pytest.mark.parametrize(("data", "k", "inertia"), INERTIAS)
def test_best_inertia(data: str, k: int, inertia: float) -> None:
    """The best of seeded restarts reaches the best that R found from 200, and none is below it."""
    points = {"iris": iris.data, "faithful_raw": faithful,
              "faithful_scaled": (faithful - faithful.mean(axis=0)) / faithful.std(axis=0, ddof=1)}[data]
    model = emviz.KMeans(k)
    best = min(emviz.run(model, points, rng=seed).inertias[-1] for seed in range(1 if k == 1 else 30))
    assert_close(best, inertia, GOLDEN["kmeans_best_inertia_table"]["tolerance"]["abs"])


@pytest.mark.parametrize("k", [2, 3, 4])
def test_iris_clusters_of_k_means(k: int) -> None:
    golden = GOLDEN["cluster_metrics_iris"]["values"][f"iris_kmeans_{k}"]
    runs = [emviz.run(emviz.KMeans(k), iris, rng=seed) for seed in range(30)]
    labels = min(runs, key=lambda trace: trace.inertias[-1]).labels(-1)
    assert sorted(np.bincount(labels)) == golden["sizes"]
    tolerance = GOLDEN["cluster_metrics_iris"]["tolerance"]["abs"]
    assert_close(emviz.adjusted_rand(iris.labels, labels), golden["ari_vs_species"], tolerance)
    from sklearn.metrics import silhouette_score

    assert_close(silhouette_score(iris.data, labels), golden["silhouette"], tolerance)


def test_iris_clusters_of_a_gaussian_mixture() -> None:
    golden = GOLDEN["cluster_metrics_iris"]["values"]["iris_gmm_full_3"]
    model = emviz.GaussianMixture(3)
    trace = emviz.run(model, iris, model.start(iris, responsibilities=iris.labels), max_iterations=500)
    labels = trace.labels(-1)
    assert np.bincount(labels).tolist() == golden["sizes"]
    tolerance = GOLDEN["cluster_metrics_iris"]["tolerance"]["abs"]
    assert_close(emviz.adjusted_rand(iris.labels, labels), golden["ari_vs_species"], tolerance)
    assert round(len(iris.data) * (1 - emviz.accuracy(iris.labels, labels))) == golden["misclassified"]
