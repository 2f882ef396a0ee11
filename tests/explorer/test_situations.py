"""Situations: each shows what its name says, by numbers, in the iterations that the explorer gives it."""

import ast
import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import silhouette_score

import emviz
from emviz.explorer.setup import ITERATIONS, MOST
from emviz.explorer.situations import SITUATIONS, Situation, situation

NAMES = [one.name for one in SITUATIONS]
TWO_GAUSSIANS = ("GaussianMixture", {"n_components": 2})


def run(name: str, **changes) -> emviz.Trace:
    """The run of a situation, or of the same one with another model or start."""
    one = replace(situation(name), **changes)
    data = one.make_data()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # identical components are the point of some
        return emviz.run(one.make_model(), data, one.make_start(data), max_iterations=ITERATIONS)


def agreement(trace: emviz.Trace, name: str) -> float:
    return emviz.adjusted_rand(situation(name).make_data().labels, trace.labels(len(trace) - 1))


def best_inertia(name: str, k: int, starts: int = 50) -> float:
    data = situation(name).make_data()
    return min(emviz.run(emviz.KMeans(k), data, "random", rng=seed).inertias[-1] for seed in range(starts))


def sizes(trace: emviz.Trace) -> np.ndarray:
    return np.bincount(trace.labels(len(trace) - 1), minlength=trace.model.n_components)


def humps(trace: emviz.Trace) -> int:
    """How many modes the density of a mixture on a line has."""
    theta = trace.final
    x = np.linspace(trace.data.min() - 5, trace.data.max() + 5, 5001)
    density = norm.pdf(x[:, None], theta.means[:, 0], np.sqrt(theta.covariances[:, 0, 0])) @ theta.weights
    return int((np.diff(np.sign(np.diff(density))) < 0).sum())


# What all have in common.

def test_names_are_unique_and_each_is_found_by_its_own():
    assert len(set(NAMES)) == len(NAMES) >= 14
    assert all(situation(name) is one for name, one in zip(NAMES, SITUATIONS))


def test_an_unknown_name_gets_the_nearest_and_the_list():
    with pytest.raises(ValueError, match="situation='moon' is unknown: did you mean 'moons'") as error:
        situation("moon")
    assert all(repr(name) in str(error.value) for name in NAMES)


@pytest.mark.parametrize("one", SITUATIONS, ids=NAMES)
def test_it_is_plain_data_that_code_can_be_written_for(one: Situation):
    for part in (one.data, one.model, one.start, one.seed):
        assert ast.literal_eval(repr(part)) == part
    assert one.question.endswith("?") and len(one.question) < 110 and "EM cannot" not in one.question
    assert one.label.lower() == one.name.lower() and one.label[0].isupper()


@pytest.mark.parametrize("one", SITUATIONS, ids=NAMES)
def test_it_is_the_same_every_time_and_fits_the_explorer(one: Situation):
    data, again = one.make_data(), one.make_data()
    np.testing.assert_array_equal(data.data, again.data)
    assert len(data) <= 1000  # a drag answers at once
    start, model = one.make_start(data), one.make_model()
    assert start == one.make_start(again) and model == one.make_model()
    assert model.n_components <= MOST
    if isinstance(one.start, dict):  # a start that is given is the start: nothing is projected
        for name, given in one.start.items():
            np.testing.assert_array_equal(getattr(start, name), given)


def test_another_seed_draws_another_start():
    one = situation("moons")
    assert replace(one, seed=3).make_start(one.make_data()) != one.make_start(one.make_data())


# What each shows.

def test_two_centers_stay_in_one_blob():
    trace = run("two centers in one blob")
    blob = situation("two centers in one blob").make_data().labels
    split, alone = (np.unique(blob[np.isin(trace.labels(len(trace) - 1), centers)]) for centers in ([0, 1], [2]))
    assert len(split) == 1 and len(alone) == 2
    assert trace.converged and trace.inertias[-1] > 5 * best_inertia("two centers in one blob", 3)


def test_a_center_far_away_stays_there_and_empty():
    trace = run("a center far away")
    assert sizes(trace)[2] == 0 and "component 2 is empty" in trace[-1].events
    np.testing.assert_array_equal(trace.final.means[2], trace[0].params.means[2])
    assert trace.inertias[-1] > 5 * best_inertia("a center far away", 3)


def test_too_many_clusters_cut_blobs_into_pieces():
    trace = run("too many clusters")
    blobs, found = situation("too many clusters").make_data().labels, trace.labels(len(trace) - 1)
    assert sizes(trace).min() > 0
    for cluster in range(7):  # a piece of one blob, not of several
        assert len(np.unique(blobs[found == cluster])) == 1
    assert agreement(trace, "too many clusters") < 0.85
    assert trace.inertias[-1] < 0.8 * best_inertia("too many clusters", 4, starts=10)  # and the inertia likes it
    assert agreement(run("too many clusters", model=("KMeans", {"n_clusters": 4})), "too many clusters") == 1


def test_noise_is_cut_into_three_neat_clusters():
    trace = run("nothing but noise")
    assert sizes(trace).min() > 0.25 * len(trace.data)
    assert silhouette_score(trace.data, trace.labels(len(trace) - 1)) > 0.35
    assert situation("nothing but noise").make_data().labels is None


def test_k_means_gives_half_of_the_wide_blob_to_the_narrow_one():
    hard, mixture = run("unequal sizes"), run("unequal sizes", model=TWO_GAUSSIANS)
    assert agreement(hard, "unequal sizes") < 0.2 and agreement(mixture, "unequal sizes") > 0.9
    assert sizes(hard).min() > 3 * 40  # the small blob has 40 points
    assert mixture.converged


def test_k_means_cuts_what_a_mixture_keeps_whole():
    assert agreement(run("stretched"), "stretched") < 0.6
    assert agreement(run("stretched", model=("GaussianMixture", {"n_components": 3})), "stretched") > 0.99


def test_moons_are_no_clusters_of_k_means_and_more_starts_do_not_help():
    trace = run("moons")
    assert agreement(trace, "moons") < 0.3
    assert trace.inertias[-1] == pytest.approx(best_inertia("moons", 2), rel=1e-3)
    assert agreement(run("moons", model=TWO_GAUSSIANS), "moons") < 0.6


def test_two_centers_halve_the_circles():
    for trace in (run("circles"), run("circles", model=TWO_GAUSSIANS)):
        assert abs(agreement(trace, "circles")) < 0.02 and sizes(trace).min() > 0.4 * len(trace.data)


def test_identical_components_stay_equal():
    trace = run("two identical components")
    for state in trace:
        assert all((array[0] == array[1]).all() for array in state.params.arrays().values())
    assert "components 0 and 1 are identical: EM cannot separate them" in trace[0].events
    apart = run("two identical components", start={"means": [[-1, 0], [1, 0]]})
    assert apart[-1].log_likelihood > trace[-1].log_likelihood + 100


def test_one_hump_holds_two_groups():
    trace = run("two humps that look like one")
    assert humps(trace) == 1
    np.testing.assert_allclose(np.sort(trace.final.means.ravel()), [163, 177], atol=1.5)
    one = emviz.run(emviz.GaussianMixture(1), trace.data)
    assert emviz.bic(trace.model, trace.final, trace.data) < emviz.bic(one.model, one.final, trace.data)


def test_a_spike_stands_on_one_point_and_is_likelier_than_any_honest_fit():
    trace = run("a spike")
    assert "component 1 reached min_variance" in trace[-1].events
    shares = trace.responsibilities(len(trace) - 1)[:, 1]
    assert shares.max() > 0.99 and shares.sum() - shares.max() < 1e-6
    assert trace.final.covariances[1, 0, 0] == pytest.approx(1e-6, rel=1e-9)
    honest = emviz.GaussianMixture(2, min_variance=0.01)  # no narrower than a tenth of the spread
    fits = [emviz.run(honest, trace.data, "random", rng=seed)[-1].log_likelihood for seed in range(20)]
    assert trace[-1].log_likelihood > max(fits) + 2


def test_equal_coins_never_move():
    trace = run("two equal coins")
    assert all((state.params.probabilities == 0.66).all() for state in trace)
    assert (trace.responsibilities(len(trace) - 1) == 0.5).all()
    apart = run("two equal coins", start={"probabilities": [0.67, 0.65]})
    assert apart[-1].log_likelihood > trace[-1].log_likelihood + 0.2


def test_single_flips_leave_a_ridge_of_equal_fits():
    here, there = run("one flip a set"), run("one flip a set", start={"probabilities": [0.95, 0.2]})
    assert here.converged and there.converged
    assert here[-1].log_likelihood == pytest.approx(there[-1].log_likelihood, rel=1e-12)
    assert np.ptp(there.final.probabilities) > np.ptp(here.final.probabilities) + 0.4
    for trace in (here, there):
        mixed = trace.final.weights @ trace.final.probabilities
        assert mixed == pytest.approx(trace.data.mean(), rel=1e-12)  # all that single flips can tell


def test_four_centers_melt_into_two_places():
    warm, cold = run("melting"), run("melting", model=("KMeans", {"n_clusters": 4}))
    far = np.linalg.norm(warm.final.means[:, None] - warm.final.means, axis=2)
    pairs = np.sort(far, axis=1)
    assert pairs[:, 1].max() < 0.05 and pairs[:, 2].min() > 5
    assert warm.converged and agreement(cold, "melting") > 0.95
