"""Fields: what they say at a place is the posterior there, in every state and for every model that has places."""

import json
import struct

import gallery
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import emviz
from emviz.marks import record
from emviz.marks.fields import shares
from emviz.marks.kinds import Grid
from emviz.marks.payload import to_bytes
from emviz.scenes.field import Scores
from emviz.scenes.marginal import Marginal

PERMILLE = 1e-3
BLOBS = emviz.datasets.blobs(120)


def places_in(field):
    """A thousand random places in the box of a field, in pixels."""
    left, top, right, bottom = field.box
    return np.random.default_rng(0).uniform((left, top), (right, bottom), (1000, 2))


def values_at(field, places):
    """The same in the units of the axes: float[n, 2], or float[n] where only the place across counts."""
    values = np.column_stack([(places[:, i] - axis.zero) / axis.unit for i, axis in enumerate(field.axes)])
    return values if len(field.axes) == 2 else values[:, 0]


def assert_is_posterior(recording, trace):
    """At random places, in every state."""
    (field,) = recording.fields
    places = places_in(field)
    rows = values_at(field, places)
    assert field.scores[0] is None
    for step in range(1, len(trace)):
        wanted = emviz.responsibilities(trace.model, trace[step].q_params, rows)
        np.testing.assert_allclose(shares(field.scores[step], places, field.hard), wanted, rtol=0, atol=PERMILLE)


@pytest.mark.parametrize("model", [
    emviz.KMeans(3), emviz.KMeans(3, temperature=0.7), emviz.GaussianMixture(3), emviz.GaussianMixture(3, "tied"),
    emviz.GaussianMixture(3, "diag"), emviz.GaussianMixture(3, "spherical"), emviz.GaussianMixture(3, temperature=0),
    emviz.GaussianMixture(3, temperature=2.5),
], ids=repr)
def test_two_features_and_one(model):
    for data in (BLOBS.data, 1e4 + 3 * BLOBS.data, BLOBS.data[:, :1]):
        trace = emviz.run(model, data, max_iterations=4, rng=0)
        assert_is_posterior(record(emviz.scene(trace)), trace)


def test_counts():
    trace = emviz.run(emviz.PoissonMixture(3), emviz.datasets.earthquakes(), rng=0, max_iterations=5)
    recording = record(emviz.scene(trace))
    (field,) = recording.fields
    (axis,) = field.axes
    assert (axis.name, axis.grid) == ("count", 1)
    counts = np.arange(5, 42)
    places = np.column_stack([axis.zero + axis.unit * counts, np.full(len(counts), 100.0)])
    for step in range(1, len(trace)):
        wanted = emviz.responsibilities(trace.model, trace[step].q_params, counts)
        np.testing.assert_allclose(shares(field.scores[step], places, False), wanted, rtol=0, atol=PERMILLE)


def test_coins_with_equally_many_flips():
    n = 20
    heads = emviz.datasets.coin_sample([0.2, 0.5, 0.85], n_sets=200, n_trials=n)
    trace = emviz.run(emviz.BinomialMixture(3, n), heads, rng=0, max_iterations=5)
    (field,) = record(emviz.scene(trace)).fields
    (axis,) = field.axes
    assert (axis.name, axis.grid) == ("share of heads", 1 / n)
    every = np.arange(n + 1)
    places = np.column_stack([axis.zero + axis.unit * every / n, np.full(n + 1, 100.0)])
    assert places[0, 0] == pytest.approx(field.box[0]) and places[-1, 0] == pytest.approx(field.box[2])
    for step in range(1, len(trace)):
        wanted = emviz.responsibilities(trace.model, trace[step].q_params, every)
        np.testing.assert_allclose(shares(field.scores[step], places, False), wanted, rtol=0, atol=PERMILLE)


def test_a_coin_that_never_shows_heads_and_an_empty_component():
    heads = np.repeat([0, 7], 30)
    model = emviz.BinomialMixture(3, 10)
    start = emviz.BinomialParams([0.5, 0.5, 0.0], [0.0, 0.7, 0.5])
    (field,) = record(emviz.scene(emviz.run(model, heads, start, max_iterations=2))).fields
    (axis,) = field.axes
    places = np.column_stack([axis.zero + axis.unit * np.array([0.0, 0.1, 0.7]), np.zeros(3)])
    wanted = emviz.responsibilities(model, start, [0, 1, 7])
    np.testing.assert_allclose(shares(field.scores[1], places, False), wanted, rtol=0, atol=PERMILLE)
    assert np.isfinite(field.scores[1].array).all()


@given(st.integers(0, 10_000), st.floats(0.01, 3), st.floats(-1e5, 1e5))
def test_any_mixture(seed, narrow, offset):
    """As narrow as two pixels, far from the origin, with weights of nearly nothing: in 32 bits within a permille."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 6))
    roots = rng.normal(size=(k, 2, 2)) * rng.uniform(narrow, 3, (k, 1, 1))
    covariances = roots @ roots.swapaxes(1, 2) + narrow**2 * np.eye(2)
    params = emviz.GaussianParams(rng.dirichlet(np.full(k, 0.3)), offset + rng.uniform(-1, 1, (k, 2)), covariances)
    unit = np.array([250, -190.0])  # so the picture is 500 × 380 pixels
    zero = np.array([350, 220]) - unit * offset
    places = rng.uniform((100, 30), (600, 410), (1000, 2))
    scores = Scores.of_gaussians(params.weights, params.means, params.covariances).table(zero, unit, 1)
    wanted = emviz.responsibilities(emviz.GaussianMixture(k), params, (places - zero) / unit)
    np.testing.assert_allclose(shares(Grid.of(scores, "f4"), places, False), wanted, rtol=0, atol=PERMILLE)


@pytest.mark.parametrize("model", [emviz.GaussianMixture(3), emviz.GaussianMixture(3, temperature=2),
                                   emviz.KMeans(3, temperature=0.5)], ids=repr)
def test_a_projection_says_what_its_two_coordinates_say(model):
    trace = emviz.run(model, emviz.datasets.iris(), max_iterations=3, rng=0)
    scene = emviz.scene(trace)
    (field,) = record(scene).fields
    assert field.note == "by these two coordinates"
    assert [axis.name for axis in field.axes] == ["PC 1 (92 %)", "PC 2 (5 %)"]
    places, marginal = places_in(field), Marginal(trace, scene.view.projection)
    for step in range(1, len(trace)):
        wanted = marginal.responsibilities(2 * trace[step].iteration - 2, values_at(field, places))
        np.testing.assert_allclose(shares(field.scores[step], places, field.hard), wanted, rtol=0, atol=PERMILLE)


@pytest.mark.parametrize("case", [
    "own view: iris, k-means",     # the nearest in the picture need not be the nearest by all features
    "own view: coins",             # a row of each set
    "space: flowers in space", "curve: coins", "table: coins", "own view: photo colors, k-means",
])
def test_where_a_place_says_nothing(case):
    assert gallery.scene(case).fields == ()


def test_sets_with_different_numbers_of_flips_have_no_field():
    heads, flips = np.tile([3, 9, 12, 4], 10), np.tile([10, 10, 20, 20], 10)
    trace = emviz.run(emviz.BinomialMixture(2, flips), heads, rng=0, max_iterations=1)
    assert emviz.scene(trace).fields == ()


def test_an_e_and_its_m_share_a_posterior_and_the_start_has_none():
    trace = emviz.run(emviz.GaussianMixture(3), BLOBS, max_iterations=3, rng=0)
    (field,) = record(emviz.scene(trace)).fields
    assert field.scores[0] is None
    assert field.scores[1] == field.scores[2] != field.scores[3] == field.scores[4]
    (part,) = record(emviz.scene(trace), [0, 3]).fields
    assert part.scores == (None, field.scores[3])


def test_regions_that_a_picture_shows_anyway_are_known():
    k_means, mixture = (emviz.run(model, BLOBS, max_iterations=2, rng=0)
                        for model in (emviz.KMeans(3), emviz.GaussianMixture(3)))
    for trace, options, drawn in [(k_means, {}, True), (k_means, {"regions": "none"}, False), (mixture, {}, False),
                                  (mixture, {"regions": "soft"}, True)]:
        (field,) = emviz.scene(trace, **options).fields
        assert field.is_drawn == drawn


def test_runs_side_by_side_have_a_field_each_and_wait_at_their_end():
    short, long = (emviz.run(emviz.GaussianMixture(k), BLOBS, max_iterations=n, tolerance=0, rng=0)
                   for k, n in ((2, 2), (3, 5)))
    recording = record(emviz.compare(short, long).dial[0])
    left, right = recording.fields
    assert left.box[2] < recording.width / 2 < right.box[0]
    assert (left.colors, right.colors) == ("0 means", "1 means")
    assert (len(left.components), len(right.components)) == (2, 3)
    assert left.scores[len(short) - 1] == left.scores[-1] != right.scores[-1]


def test_a_point_is_where_its_data_are():
    trace = emviz.run(emviz.GaussianMixture(2), BLOBS, max_iterations=1, rng=0)
    recording = record(emviz.scene(trace))
    (field,), (points,) = recording.fields, recording.states[0]["points"]
    np.testing.assert_allclose(values_at(field, points.positions), BLOBS.data, atol=0.03 / abs(field.axes[1].unit))


def stored(recording):
    """The reading of a recording as the bytes have it, and of each state the grid of percents or None."""
    payload = to_bytes([recording])
    (length,) = struct.unpack("<I", payload[:4])
    (scene,) = json.loads(payload[4:4 + length])["scenes"]
    return scene["readings"][0]


def test_percents_of_points_are_stored_beside_the_field_only_where_it_says_the_same():
    mixture = emviz.GaussianMixture(3)
    same = record(emviz.scene(emviz.run(mixture, BLOBS, max_iterations=3, rng=0)))
    assert stored(same)["field"] == 0
    other = record(emviz.scene(emviz.run(mixture, emviz.datasets.iris(), max_iterations=3, rng=0)))
    assert stored(other)["field"] is None  # by all four features
