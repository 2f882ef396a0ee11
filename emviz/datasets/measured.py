"""Data that somebody measured, counted or published."""

from __future__ import annotations

import numpy as np

from emviz.datasets.dataset import NO_RIGHTS, PUBLISHED, Dataset
from emviz.datasets.shipped import coded, columns, file, records

# The class, in the order in which it was written down: inches, and M or F.
_CLASS = (
    "M 72, M 72, F 63, F 62, F 62, M 73, F 64, F 63, F 67, M 71, M 72, "
    "F 63, M 71, F 67, F 62, F 63, M 66, F 60, F 68, F 65, F 64"
)

# Figure 1 of Do & Batzoglou: which coin was flipped, and how its ten flips fell.
_COINS = {"HTTTHHTHTH": "B", "HHHHTHHHHH": "A", "HTHHHHHTHH": "A", "HTHTTTHHTT": "B", "THHHTHHHTH": "A"}

# Days on which 0, 1, 2, … deaths were announced.
_DAYS_WITH_DEATHS = (162, 267, 271, 185, 111, 61, 27, 8, 3, 1)


def heights() -> Dataset:
    """Heights of a class of 21 students, in inches, with who is female (0) and who is male (1).

    data: float[21, 1].
    """
    students = [student.split() for student in _CLASS.split(", ")]
    return Dataset(
        data=np.array([[float(height)] for _, height in students]),
        labels=coded([letter for letter, _ in students], ("F", "M")),
        feature_names=("height (inches)",),
        title="Heights of a class",
        source="a class of 21 students",
        license="part of emviz, BSD-3-Clause",
        label_names=("female", "male"),
    )


def galton_heights() -> Dataset:
    """Heights of the 934 adult children in Galton's family records, in inches, labeled by sex.

    data: float[934, 1]; labels: 0 female, 1 male. The parents' heights are in the shipped file.
    """
    file_name, sexes = "galton_families.csv", ("female", "male")
    return Dataset(
        data=columns(file_name, "child_height"),
        labels=coded([child["gender"] for child in records(file_name)], sexes),
        feature_names=("height (inches)",),
        title="Heights of Galton's families",
        source="F. Galton's records of 205 families, behind his 'Regression towards mediocrity in hereditary "
        "stature', Journal of the Anthropological Institute 15 (1886)",
        license="public domain (figures of 1886)",
        label_names=sexes,
    )


def coin_flips() -> Dataset:
    """Five sets of ten flips, each of one of two coins: the best-known worked example of EM.

    data: int[5], the heads in each set (5, 9, 8, 4, 7); `n_trials` is 10; labels: the coin, A (0) or B (1).
    `coin_sequences()` has the flips one by one.
    """
    return Dataset(
        data=np.array([flips.count("H") for flips in _COINS]),
        labels=coded(list(_COINS.values()), ("A", "B")),
        feature_names=("heads",),
        title="Five sets of ten coin flips",
        source="C. B. Do & S. Batzoglou, 'What is the expectation maximization algorithm?', "
        "Nature Biotechnology 26 (2008), figure 1",
        license=PUBLISHED,
        label_names=("A", "B"),
        n_trials=10,
    )


def coin_sequences() -> tuple[str, ...]:
    """The flips behind `coin_flips()`, one string of H and T a set."""
    return tuple(_COINS)


def faithful() -> Dataset:
    """Old Faithful: how long an eruption lasted, and the wait for the next one, both in minutes.

    data: float[272, 2]; nobody knows labels.
    """
    return Dataset(
        data=columns("faithful.csv", "eruptions", "waiting"),
        labels=None,
        feature_names=("eruption (minutes)", "waiting (minutes)"),
        title="Old Faithful",
        source="A. Azzalini & A. W. Bowman, 'A look at some data on the Old Faithful geyser', "
        "Applied Statistics 39 (1990)",
        license=PUBLISHED,
    )


def galaxies() -> Dataset:
    """Velocities of 82 galaxies moving away from us, in km/s.

    data: float[82, 1], sorted. Row 77 has a known slip, 26690 where the measurement was 26960. The copy that
    most textbooks and programs use has it, so it stays: their numbers can be compared with ours.
    """
    return Dataset(
        data=columns("galaxies.csv", "velocity"),
        labels=None,
        feature_names=("velocity (km/s)",),
        title="Velocities of galaxies",
        source="K. Roeder, 'Density estimation with confidence sets exemplified by superclusters and voids "
        "in the galaxies', Journal of the American Statistical Association 85 (1990); with the known slip "
        "26690 for 26960 in row 77",
        license=PUBLISHED,
    )


def earthquakes() -> Dataset:
    """The number of major earthquakes (magnitude 7 or more) in the world in each year from 1900 to 2006.

    data: int[107], in the order of the years; row i is the year 1900 + i.
    """
    return Dataset(
        data=columns("earthquakes.csv", "count")[:, 0].astype(int),
        labels=None,
        feature_names=("earthquakes in a year",),
        title="Major earthquakes a year",
        source="W. Zucchini & I. L. MacDonald, 'Hidden Markov Models for Time Series' (2009)",
        license=PUBLISHED,
    )


def times_deaths() -> Dataset:
    """How many deaths of women of 80 and more the London Times announced on each of 1096 days, 1910 to 1912.

    data: int[1096], from 0 to 9. Only the number of days with each count was published: the rows are sorted
    by count, and say nothing about the order of the days.
    """
    return Dataset(
        data=np.repeat(np.arange(len(_DAYS_WITH_DEATHS)), _DAYS_WITH_DEATHS),
        labels=None,
        feature_names=("deaths in a day",),
        title="Deaths announced in the London Times",
        source="V. Hasselblad, 'Estimation of finite mixtures of distributions from the exponential family', "
        "Journal of the American Statistical Association 64 (1969); K. Lange, 'Applied Probability', "
        "table 2.6",
        license=PUBLISHED,
    )


def mog_checkpoint() -> Dataset:
    """One hundred points from three Gaussians: the checkpoint of a widely used course exercise.

    data: float[100, 2]; labels: the Gaussian that made each point, with centers (5, 0), (1, 1), (0, 5) and
    weights 1/4, 1/2, 1/4.
    """
    points = columns("mog_checkpoint.csv", "x", "y")
    # Point by point, the exercise drew a component and two normal numbers: draw them again for the labels.
    rng = np.random.RandomState(4)  # noqa: NPY002 - the generator of the exercise
    labels = [(rng.choice(3, p=[0.25, 0.5, 0.25]), rng.standard_normal(2))[0] for _ in points]
    return Dataset(
        data=points,
        labels=np.array(labels),
        feature_names=("x", "y"),
        title="Checkpoint of a course exercise",
        source="University of Washington, 'Machine Learning: Clustering & Retrieval', week 4; made by "
        "NumPy's legacy generator with seed 4",
        license=NO_RIGHTS,
    )


def iris() -> Dataset:
    """Sepals and petals of 150 irises of three species, in cm.

    data: float[150, 4]; labels: the species. Loads scikit-learn.
    """
    from sklearn.datasets import load_iris

    flowers = load_iris()
    return Dataset(
        data=flowers.data,
        labels=flowers.target,
        feature_names=("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
        title="Irises",
        source="E. Anderson's measurements in R. A. Fisher, 'The use of multiple measurements in taxonomic "
        "problems', Annals of Eugenics 7 (1936); scikit-learn's copy",
        license="CC BY 4.0 (UCI Machine Learning Repository); scikit-learn's copy is BSD-3-Clause",
        label_names=tuple(str(name) for name in flowers.target_names),
    )


def digits_2_6() -> Dataset:
    """Two hundred handwritten twos and two hundred sixes, 28 × 28 pixels each.

    data: float[400, 784], gray levels from 0 (paper) to 255 (ink), one picture a row:
    `data.reshape(-1, 28, 28)` gives the pictures back. labels: 0 for a two, 1 for a six.
    """
    with file("mnist_2_6_400.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        images, digits = arrays["images"], arrays["labels"]
    _, height, width = images.shape
    return Dataset(
        data=images.reshape(len(images), -1).astype(float),
        labels=coded([str(digit) for digit in digits], ("2", "6")),
        feature_names=tuple(f"pixel ({row}, {column})" for row in range(height) for column in range(width)),
        title="Handwritten twos and sixes",
        source="Y. LeCun & C. Cortes, the MNIST database of handwritten digits; 400 of its pictures",
        license="CC BY-SA 3.0",
        label_names=("2", "6"),
    )
