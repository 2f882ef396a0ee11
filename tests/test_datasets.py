"""The data sets: the numbers of their sources, frozen, reproducible, each with source and license."""

import hashlib
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson

from emviz import datasets
from emviz.datasets import Dataset

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
DATA = resources.files("emviz.datasets") / "data"
TWO = {"weights": [0.3, 0.7], "means": [[0, 0], [5, 5]], "covariances": [np.eye(2), [[2, 1], [1, 2]]]}
PIXEL_PHOTOS = {
    "china": (160, 240), "flower": (160, 240), "autumn_path": (160, 240), "lighthouse": (160, 213),
    "lake_boat": (135, 240),
}  # fmt: skip
MAKERS = {
    "blobs": lambda seed: datasets.blobs(seed=seed),
    "stretched_blobs": lambda seed: datasets.stretched_blobs(seed=seed),
    "moons": lambda seed: datasets.moons(seed=seed),
    "circles": lambda seed: datasets.circles(seed=seed),
    "gaussian_mixture_sample": lambda seed: datasets.gaussian_mixture_sample(**TWO, seed=seed),
    "coin_sample": lambda seed: datasets.coin_sample([0.8, 0.4], seed=seed),
    "uniform_square": lambda seed: datasets.uniform_square(seed=seed),
}


# ---------------------------------------------------------------- every data set


@pytest.fixture(scope="module", params=[*datasets.names(), "photos", *PIXEL_PHOTOS])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    if request.param in PIXEL_PHOTOS:
        return datasets.pixel_photo(request.param)
    return datasets.photos() if request.param == "photos" else datasets.load(request.param)


def test_source_license_and_title_are_stated(dataset: Dataset) -> None:
    for words in (dataset.title, dataset.source, dataset.license):
        assert len(words.strip()) > 3


def test_arrays_are_frozen(dataset: Dataset) -> None:
    with pytest.raises(ValueError, match="read-only"):
        dataset.data[0] = 0
    if dataset.labels is not None:
        with pytest.raises(ValueError, match="read-only"):
            dataset.labels[0] = 0
    with pytest.raises(AttributeError):
        dataset.title = "another"  # type: ignore[misc]


def test_names_and_labels_fit_the_rows(dataset: Dataset) -> None:
    assert len(dataset) == len(dataset.data)
    assert len(dataset.feature_names) == (1 if dataset.data.ndim == 1 else dataset.data.shape[-1])
    assert np.isfinite(dataset.data).all()
    if dataset.labels is not None:
        assert dataset.labels.shape == (len(dataset),)
        assert dataset.labels.dtype == np.int64
        kinds = np.unique(dataset.labels)
        assert kinds.tolist() == list(range(len(dataset.label_names) or kinds.max() + 1))


def test_repr_is_short_and_says_what_it_is(dataset: Dataset) -> None:
    assert dataset.title in repr(dataset)
    assert str(len(dataset)) in repr(dataset)
    assert len(repr(dataset)) < 200


def test_names_are_the_functions() -> None:
    assert {"heights", "galton_heights", "blobs", "coin_flips", "iris"} <= set(datasets.names())
    for name in datasets.names():
        assert getattr(datasets, name).__name__ == name


def test_load_passes_arguments_on() -> None:
    assert np.array_equal(datasets.load("moons", n_points=20, seed=3).data, datasets.moons(20, seed=3).data)


def test_unknown_name_gets_the_list_and_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'heights'") as error:
        datasets.load("heigths")
    assert all(repr(name) in str(error.value) for name in datasets.names())
    with pytest.raises(ValueError, match="name='qq' is unknown: choose one of 'heights'"):
        datasets.load("qq")
    with pytest.raises(ValueError, match="did you mean 'lighthouse'"):
        datasets.pixel_photo("light_house")


def test_import_is_light() -> None:
    heavy = ("sklearn", "imageio", "pandas", "matplotlib", "PIL")
    code = f"import sys, emviz.datasets; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


# ---------------------------------------------------------------- the numbers of the sources


def test_heights_are_the_class() -> None:
    class_ = datasets.heights()
    assert class_.data.shape == (21, 1)
    assert class_.data.dtype == np.float64
    assert class_.data[:, 0].tolist() == [
        72, 72, 63, 62, 62, 73, 64, 63, 67, 71, 72, 63, 71, 67, 62, 63, 66, 60, 68, 65, 64,
    ]  # fmt: skip
    assert class_.label_names == ("female", "male")
    assert np.flatnonzero(class_.labels).tolist() == [0, 1, 5, 9, 10, 12, 16]


def test_galton() -> None:
    galton, truth = datasets.galton_heights(), GOLDEN["heights_galton_children"]["true"]
    men, women = galton.data[galton.labels == 1, 0], galton.data[galton.labels == 0, 0]
    assert galton.data.shape == (934, 1)
    assert galton.labels.mean() == pytest.approx(truth["male_share"], abs=1e-13)
    for rows, sex in ((men, "male"), (women, "female")):
        assert rows.mean() == pytest.approx(truth[f"{sex}_mean"], abs=1e-10)
        assert rows.std() == pytest.approx(truth[f"{sex}_sd"], abs=1e-10)
    assert len({child["family"] for child in datasets.shipped.records("galton_families.csv")}) == 205


def test_coins() -> None:
    coins, golden = datasets.coin_flips(), GOLDEN["coins_do_batzoglou_2008"]["input"]
    assert coins.data.dtype.kind == "i"
    assert coins.data.tolist() == golden["heads"]
    assert coins.n_trials == golden["tosses_per_row"]
    sequences = datasets.coin_sequences()
    assert [flips.count("H") for flips in sequences] == golden["heads"]
    assert all(len(flips) == coins.n_trials and set(flips) == {"H", "T"} for flips in sequences)
    # With the coins known, the paper counts 24 heads of 30 for A and 9 of 20 for B.
    shares = [coins.data[coins.labels == coin].mean() / coins.n_trials for coin in (0, 1)]
    assert shares == pytest.approx([0.80, 0.45])


def test_faithful() -> None:
    geyser = datasets.faithful()
    assert geyser.data.shape == (272, 2)
    assert geyser.labels is None
    assert geyser.data.mean(axis=0) == pytest.approx([3.4877830882353, 70.897058823529], abs=1e-11)
    assert geyser.data[:2].tolist() == GOLDEN["kmeans_faithful_k2_rows_0_1"]["start"]["centres"]


def test_galaxies_keep_the_published_slip() -> None:
    velocities = datasets.galaxies()
    assert velocities.data.shape == (82, 1)
    assert velocities.data[77, 0] == 26690
    assert 26960 not in velocities.data
    assert "26690 for 26960" in velocities.source
    # The summary that R prints of its copy: minimum, quartiles, maximum and mean.
    quartiles = np.percentile(velocities.data, [0, 25, 50, 75, 100])
    assert np.allclose(quartiles, [9172, 19532, 20834, 23133, 34279], rtol=0, atol=0.5)
    assert velocities.data.mean() == pytest.approx(20828, abs=0.5)


def test_earthquakes() -> None:
    counts = datasets.earthquakes()
    assert counts.data.shape == (107,)
    assert counts.data.dtype.kind == "i"
    # A two-state Poisson chain, whose log-likelihood depends on every count and on their order.
    golden = GOLDEN["hmm_earthquakes_m2"]
    state, log_likelihood = np.array(golden["start"]["pi"]), 0.0
    for likelihoods in poisson.pmf(counts.data[:, None], golden["start"]["lam"]):
        joint = state * likelihoods
        log_likelihood += np.log(joint.sum())
        state = joint / joint.sum() @ golden["start"]["A"]
    assert log_likelihood == pytest.approx(golden["loglik"][0], abs=1e-8)
    years = datasets.shipped.columns("earthquakes.csv", "year")[:, 0]
    assert years.tolist() == list(range(1900, 2007))


def test_times_deaths() -> None:
    deaths, golden = datasets.times_deaths(), GOLDEN["poisson_times_deaths"]["input"]
    assert deaths.data.shape == (golden["n"],) == (1096,)
    assert np.bincount(deaths.data).tolist() == golden["counts_0_to_9"]


def test_mog_checkpoint() -> None:
    points, golden = datasets.mog_checkpoint(), GOLDEN["mog_checkpoint"]["start"]
    assert points.data.shape == (100, 2)
    assert np.allclose(points.data[golden["rows"]], golden["means"], rtol=0, atol=1e-13)


def test_mog_checkpoint_labels_are_the_components_that_made_the_points() -> None:
    points = datasets.mog_checkpoint()
    means = np.array([(5, 0), (1, 1), (0, 5)])
    covariances = np.array([[[0.5, 0], [0, 0.5]], [[0.92, 0.38], [0.38, 0.91]], [[0.5, 0], [0, 0.5]]])
    rng = np.random.RandomState(4)  # noqa: NPY002 - the generator of the exercise
    for point, label in zip(points.data, points.labels):
        assert rng.choice(3, p=[0.25, 0.5, 0.25]) == label
        # Whatever root of the covariance was used, the Mahalanobis distance is the length of the draw.
        normal, offset = rng.standard_normal(2), point - means[label]
        squared_distance = offset @ np.linalg.solve(covariances[label], offset)
        assert squared_distance == pytest.approx(normal @ normal, abs=1e-10)


def test_iris() -> None:
    flowers = datasets.iris()
    assert flowers.data.shape == (150, 4)
    assert flowers.label_names == ("setosa", "versicolor", "virginica")
    assert np.bincount(flowers.labels).tolist() == [50, 50, 50]
    [means] = GOLDEN["mclust_model_table_iris"]["models"]["EII_1"]["mean"]
    assert flowers.data.mean(axis=0) == pytest.approx(means, abs=1e-12)
    assert flowers.data[[0, 50, 100]].tolist() == GOLDEN["kmeans_iris_k3_rows_0_50_100"]["start"]["centres"]


def test_digits() -> None:
    digits = datasets.digits_2_6()
    assert digits.data.shape == (400, 784)
    assert digits.data.dtype == np.float64
    assert (digits.data.min(), digits.data.max(), digits.data.sum()) == (0, 255, 11213183)
    assert digits.label_names == ("2", "6")
    assert np.bincount(digits.labels).tolist() == [200, 200]
    assert digits.feature_names[29] == "pixel (1, 1)"


def test_photo_colors() -> None:
    colors, golden = datasets.photo_colors(), GOLDEN["photos_mean_rgb_kmeans_k4"]
    assert colors.data.shape == (96, 3)
    assert colors.labels.tolist() == np.repeat(range(4), 24).tolist()
    assert colors.label_names == ("sunsets", "rivers and lakes", "trees and forests", "cloudy skies")
    # The golden k-means has converged: nearest centers give its sizes, inertia and the centers themselves.
    centers = np.array(golden["centres"])
    squares = ((colors.data[:, None] - centers) ** 2).sum(axis=2)
    nearest = squares.argmin(axis=1)
    assert np.bincount(nearest).tolist() == golden["sizes"]
    assert squares.min(axis=1).sum() == pytest.approx(golden["final_inertia"], abs=1e-8)
    assert np.allclose([colors.data[nearest == k].mean(axis=0) for k in range(4)], centers, rtol=0, atol=1e-8)


def test_photos_are_the_pictures_of_the_colors() -> None:
    photos, colors = datasets.photos(), datasets.photo_colors()
    assert photos.data.shape == (96, 64, 96, 3)
    assert photos.data.dtype == np.uint8
    assert np.array_equal(photos.labels, colors.labels)
    # A decoder may differ by a level here and there; the mean by far less.
    assert np.abs(photos.data.mean(axis=(1, 2)) - 255 * colors.data).max() < 0.5


@pytest.mark.parametrize(("name", "shape"), PIXEL_PHOTOS.items())
def test_pixel_photos_name_author_and_license(name: str, shape: tuple[int, int]) -> None:
    photo = datasets.pixel_photo(name)
    assert photo.data.shape == (*shape, 3)
    assert photo.data.dtype == np.uint8
    assert photo.data.std() > 10
    assert "photograph by " in photo.source
    assert photo.license.startswith("CC-BY") and "creativecommons.org/licenses/by" in photo.license


@pytest.mark.parametrize("folder", ["photos", "pixel_photos"])
def test_every_picture_is_credited_and_unchanged(folder: str) -> None:
    credits = datasets.shipped.records(f"{folder}/CREDITS.csv")
    root = Path(str(DATA / folder))
    pictures = {picture.relative_to(root).as_posix() for picture in root.rglob("*.jpg")}
    assert {credit["file"] for credit in credits} == pictures
    for credit in credits:
        content = datasets.shipped.file(f"{folder}/{credit['file']}").read_bytes()
        assert len(content) == int(credit["bytes"])
        assert hashlib.sha256(content).hexdigest()[:16] == credit["sha256"]
        assert credit["author"] and credit["changes"]
        assert credit["license"].startswith(("CC0", "CC-BY"))
        assert credit["license_url"].startswith("https://creativecommons.org/")


def test_photo_credits_are_in_the_order_of_the_pictures() -> None:
    credits = datasets.photo_credits()
    assert [credit["category"].replace("_", " ") for credit in credits] == [
        datasets.photo_colors().label_names[label] for label in datasets.photos().labels
    ]
    assert len({credit["file"] for credit in credits}) == 96


def test_every_shipped_file_is_described() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for entry in DATA.iterdir():
        if entry.name != "README.md":
            assert f"`{entry.name}" in readme


# ---------------------------------------------------------------- made by program


@pytest.mark.parametrize("name", MAKERS)
def test_a_seed_gives_the_same_rows_again_and_another_seed_others(name: str) -> None:
    first, again, other = MAKERS[name](5), MAKERS[name](5), MAKERS[name](6)
    assert np.array_equal(first.data, again.data)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.data, other.data)
    assert "seed 5" in first.source


def test_blobs_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import make_blobs

    for n, k, seed in ((500, 4, 0), (501, 3, 7), (10, 10, 1)):
        points, labels = make_blobs(n, centers=k, cluster_std=0.7, random_state=seed)
        ours = datasets.blobs(n, k, seed=seed)
        assert np.array_equal(ours.data, points)
        assert np.array_equal(ours.labels, labels)


def test_blobs_of_unequal_size_and_spread() -> None:
    ours = datasets.blobs([500, 40], spread=[2.0, 0.5], centers=[[0, 0], [5, 0]])
    big, small = ours.data[ours.labels == 0], ours.data[ours.labels == 1]
    assert (len(big), len(small)) == (500, 40)
    assert np.abs(big.std(axis=0) - 2).max() < 5 * 2 / np.sqrt(2 * 500)  # five standard errors
    assert np.abs(small.std(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(2 * 40)
    assert np.abs(small.mean(axis=0) - [5, 0]).max() < 5 * 0.5 / np.sqrt(40)


def test_blobs_on_a_line_and_in_space() -> None:
    assert datasets.blobs(30, centers=[0, 9]).data.shape == (30, 1)
    space = datasets.blobs(30, centers=np.eye(3))
    assert space.data.shape == (30, 3)
    assert space.feature_names == ("x1", "x2", "x3")


def test_stretched_blobs_are_blobs_under_a_linear_map() -> None:
    stretch = np.array([[2.0, 1.0], [0.0, 0.5]])
    round_ = datasets.blobs(60, 3, 0.7, 9)
    stretched = datasets.stretched_blobs(60, 3, 0.7, 9, transformation=stretch)
    assert np.allclose(stretched.data, round_.data @ stretch, rtol=0, atol=1e-13)
    assert np.array_equal(stretched.labels, round_.labels)


def test_moons_and_circles() -> None:
    moons, circles = datasets.moons(noise=0), datasets.circles(noise=0, factor=0.3)
    assert len(moons) == len(circles) == 500
    upper = moons.data[moons.labels == moons.label_names.index("upper")]
    assert upper[:, 1].min() >= 0
    radii = np.hypot(*circles.data.T)
    assert np.allclose(radii[circles.labels == circles.label_names.index("inner")], 0.3)
    assert np.allclose(radii[circles.labels == circles.label_names.index("outer")], 1.0)


def test_a_square_is_filled_evenly() -> None:
    square = datasets.uniform_square(20_000, seed=3)
    assert square.labels is None and square.data.shape == (20_000, 2)
    tallies, _, _ = np.histogram2d(*square.data.T, bins=4, range=[[0, 1], [0, 1]])
    assert tallies.sum() == 20_000  # none is outside
    assert np.abs(tallies - 1250).max() < 5 * np.sqrt(1250)  # five standard errors


def test_mixture_sample_has_the_moments_of_its_parameters() -> None:
    n = 40_000
    sample = datasets.gaussian_mixture_sample(**TWO, n_points=n, seed=1)
    for k, (weight, mean, covariance) in enumerate(zip(*TWO.values())):
        rows = sample.data[sample.labels == k]
        m = weight * n  # rows expected; all bounds are five standard errors, the largest variance being 2
        assert abs(len(rows) - m) < 5 * np.sqrt(m * (1 - weight))
        assert np.abs(rows.mean(axis=0) - mean).max() < 5 * np.sqrt(2 / m)
        assert np.abs(np.cov(rows.T) - covariance).max() < 5 * 2 * np.sqrt(2 / m)


def test_mixture_sample_of_one_feature() -> None:
    sample = datasets.gaussian_mixture_sample([0.5, 0.5], [-2, 2], [1, 0.04], 100)
    assert sample.data.shape == (100, 1)
    assert sample.feature_names == ("x",)


def test_coin_sample() -> None:
    coins = datasets.coin_sample([1.0, 0.0, 0.5], [0.2, 0.3, 0.5], n_sets=2000, n_trials=8, seed=2)
    assert coins.data.shape == (2000,)
    assert coins.n_trials == 8
    assert coins.label_names == ("A", "B", "C")
    assert (coins.data[coins.labels == 0] == 8).all()
    assert (coins.data[coins.labels == 1] == 0).all()
    fair = coins.data[coins.labels == 2]
    assert abs(len(fair) - 1000) < 5 * np.sqrt(2000 / 4)
    assert abs(fair.mean() - 4) < 5 * np.sqrt(8 / 4 / len(fair))


sample = datasets.gaussian_mixture_sample


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: datasets.blobs(0), ValueError, "n_points=0"),
        (lambda: datasets.blobs(3, 4), ValueError, "n_points=3 .* at least 4"),
        (lambda: datasets.blobs(10.5), TypeError, "n_points=10.5"),
        (lambda: datasets.blobs([]), ValueError, "n_points is empty"),
        (lambda: datasets.blobs([5, -1]), ValueError, r"n_points\[1\]=-1"),
        (lambda: datasets.blobs([5, 5], centers=[[0, 0]]), ValueError, "n_points has 2 values for 1 centers"),
        (lambda: datasets.blobs(n_clusters=True), TypeError, "n_clusters=True"),
        (lambda: datasets.blobs(spread=-1), ValueError, "spread=-1"),
        (lambda: datasets.blobs(spread=[1, 2]), ValueError, "spread has 2 values for 4 blobs"),
        (lambda: datasets.blobs(centers=[[0, np.nan]]), ValueError, r"centers\[0, 1\] is missing"),
        (lambda: datasets.blobs(seed=-1), ValueError, "seed=-1"),
        (lambda: datasets.blobs(seed=2**32), ValueError, "seed=4294967296 is too large"),
        (lambda: datasets.stretched_blobs(transformation=[1]), ValueError, "transformation has shape"),
        (lambda: datasets.moons(noise=-0.1), ValueError, "noise=-0.1"),
        (lambda: datasets.moons(seed=True), TypeError, "seed=True"),
        (lambda: datasets.circles(factor=1), ValueError, "factor=1 must be below 1"),
        (lambda: sample([0.5, 0.6], [0, 1], 1), ValueError, "weights sum to 1.1"),
        (lambda: sample([0.5, 0.5], [0, 1, 2], 1), ValueError, "2 values for 3 means"),
        (lambda: sample([1], [[0, 0]], [[[1, 2], [2, 1]]]), ValueError,
         r"covariances\[0\] is not positive definite"),
        (lambda: sample([1], [0], 1, n_points=0), ValueError, "n_points=0"),
        (lambda: datasets.coin_sample([0.5, 1.2]), ValueError, r"probabilities\[1\] is 1.2"),
        (lambda: datasets.coin_sample([]), ValueError, r"probabilities has shape \(0,\)"),
        (lambda: datasets.coin_sample([0.5], [0.5, 0.5]), ValueError, "weights has 2 values for 1 prob"),
        (lambda: datasets.coin_sample([0.5], n_trials=0), ValueError, "n_trials=0"),
        (lambda: datasets.uniform_square(0), ValueError, "n_points=0"),
        (lambda: datasets.uniform_square(seed=1.5), TypeError, "seed=1.5"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(make, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


# ---------------------------------------------------------------- Dataset itself


def make_dataset(**changes) -> Dataset:
    fields = {"data": [[1.0, 2.0], [3.0, 4.0]], "labels": [0, 1], "feature_names": ("a", "b"), "title": "Two",
              "source": "here", "license": "any"}  # fmt: skip
    return Dataset(**{**fields, **changes})


def test_dataset_copies_what_it_is_given() -> None:
    rows, labels = np.zeros((2, 2)), np.array([0, 1])
    dataset = make_dataset(data=rows, labels=labels)
    rows[0, 0], labels[0] = 7, 1
    assert dataset.data[0, 0] == 0
    assert dataset.labels.tolist() == [0, 1]


def test_repr_of_a_data_set() -> None:
    assert repr(make_dataset()) == "<Dataset 'Two': float[2, 2]; a, b; labels 0, 1>"
    assert repr(make_dataset(labels=None)) == "<Dataset 'Two': float[2, 2]; a, b>"
    wide = make_dataset(data=np.zeros((2, 6)), feature_names="abcdef", label_names=("no", "yes"))
    assert repr(wide) == "<Dataset 'Two': float[2, 6]; a, b, c, … (6 in all); labels no, yes>"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"data": 3.0}, "data is a single value"),
        ({"labels": [0, 1, 1]}, r"labels has shape \(3,\), data has 2 rows"),
        ({"labels": [0.5, 1]}, "labels must be whole numbers"),
        ({"labels": [-1, 0]}, "labels must be whole numbers"),
        ({"labels": [0, np.nan]}, "labels must be whole numbers"),
        ({"labels": ["cat", "dog"]}, "put names into label_names"),
        ({"label_names": ("only",)}, "has no name for label 1"),
        ({"n_trials": 0}, "n_trials=0"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_dataset(**changes)
