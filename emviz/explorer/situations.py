"""Situations worth a prediction: data, a model and a start, named by what will happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emviz import datasets, models
from emviz.datasets import Dataset
from emviz.validate import choice


@dataclass(frozen=True, eq=False)
class Situation:
    """A run that shows one thing, as plain data.

    name: what it shows.  question: for the reader, before anything moves.
    data: a name for `emviz.datasets.load`, and its arguments.
    model: the name of a class of `emviz.models`, and its arguments.
    start: "k-means++" or "random" drawn with `seed`, or the arguments of `model.start`: means, covariances,
        probabilities, rates.
    """

    name: str
    question: str
    data: tuple[str, dict[str, Any]]
    model: tuple[str, dict[str, Any]]
    start: str | dict[str, Any] = "k-means++"
    seed: int = 0

    @property
    def label(self) -> str:
        """The name, for a list."""
        return self.name[0].upper() + self.name[1:]

    def make_data(self) -> Dataset:
        name, arguments = self.data
        return datasets.load(name, **arguments)

    def make_model(self) -> Any:
        name, arguments = self.model
        return getattr(models, name)(**arguments)

    def make_start(self, data: Any) -> Any:
        """The parameters that a run on these data begins with."""
        model = self.make_model()
        if isinstance(self.start, str):
            return model.start(data, self.start, rng=self.seed)
        return model.start(data, **self.start)


# In the order of a course: k-means and its starts, what its clusters mean, mixtures, coins, temperature.
SITUATIONS: tuple[Situation, ...] = (
    Situation(
        "two centers in one blob",
        "Two of the three centers start at the same blob. Will one of them leave?",
        ("blobs", {"n_points": 300, "centers": [[-5, 3], [3, 3.5], [5, -3]], "spread": 0.8}),
        ("KMeans", {"n_clusters": 3}),
        {"means": [[-7, 5], [-4, 1], [1, 0]]},
    ),
    Situation(
        "a center far away",
        "One center starts far from every point. Will it come back?",
        ("blobs", {"n_points": 300, "centers": [[-5, 3], [3, 3.5], [5, -3]], "spread": 0.8}),
        ("KMeans", {"n_clusters": 3}),
        {"means": [[-4, 1], [3, 1], [12, 9]]},
    ),
    Situation(
        "too many clusters",
        "Four blobs, seven centers. What will the three that are left over do?",
        ("blobs", {"n_points": 400, "centers": [[-4, 3], [4, 3], [-4, -3], [4, -3]], "spread": 0.9}),
        ("KMeans", {"n_clusters": 7}),
    ),
    Situation(
        "nothing but noise",
        "Every place in the square is as likely as any other. Will k-means find three clusters?",
        ("uniform_square", {"n_points": 500}),
        ("KMeans", {"n_clusters": 3}),
    ),
    Situation(
        "unequal sizes",
        "A wide blob of 500 points beside a narrow one of 40. Where will the border be?",
        ("blobs", {"n_points": [500, 40], "centers": [[0, 0], [5, 0]], "spread": [2.0, 0.5]}),
        ("KMeans", {"n_clusters": 2}),
        {"means": [[0, 0], [6, 0]]},
    ),
    Situation(
        "stretched",
        "Three long blobs, three centers. Where will k-means cut?",
        ("stretched_blobs", {}),
        ("KMeans", {"n_clusters": 3}),
    ),
    Situation(
        "moons",
        "Two moons, two centers. Will each center take one moon?",
        ("moons", {}),
        ("KMeans", {"n_clusters": 2}),
    ),
    Situation(
        "circles",
        "A circle inside another. What will two centers make of them?",
        ("circles", {}),
        ("KMeans", {"n_clusters": 2}),
    ),
    Situation(
        "two identical components",
        "Both Gaussians start at one place with one shape. Will they part?",
        ("blobs", {"n_points": 400, "centers": [[-3, 0], [3, 0]], "spread": 1.0}),
        ("GaussianMixture", {"n_components": 2}),
        {"means": [[1, 2], [1, 2]]},
    ),
    Situation(
        "two humps that look like one",
        "You see one hump. Will EM find two groups in it?",
        ("blobs", {"n_points": [500, 500], "centers": [[163], [177]], "spread": [6.5, 7.5]}),
        ("GaussianMixture", {"n_components": 2}),
        {"means": [[160], [180]]},
    ),
    Situation(
        "a spike",
        "Gaussian 1 starts on a single point. How narrow will it get, and what will the likelihood say to that?",
        ("blobs", {"n_points": 60, "centers": [[0]], "spread": 1.0, "seed": 1}),
        ("GaussianMixture", {"n_components": 2, "min_variance": 1e-6}),
        {"means": [[0], [-2.3]], "covariances": [[[1.0]], [[0.001]]]},
    ),
    Situation(
        "two equal coins",
        "Both coins start with the same chance of heads. Which one will get the sets with many heads?",
        ("coin_flips", {}),
        ("BinomialMixture", {"n_components": 2, "n_trials": 10}),
        {"probabilities": [0.66, 0.66]},
    ),
    Situation(
        "one flip a set",
        "Every set is a single flip. Can EM tell how different the two coins are?",
        ("coin_sample", {"probabilities": [0.9, 0.4], "n_sets": 30, "n_trials": 1}),
        ("BinomialMixture", {"n_components": 2, "n_trials": 1}),
        {"probabilities": [0.6, 0.5]},
    ),
    Situation(
        "melting",
        "Four blobs, four centers, and a temperature of 4. At how many places will the centers end?",
        ("blobs", {"n_points": 400, "centers": [[-5, 1.5], [-5, -1.5], [5, 1.5], [5, -1.5]], "spread": 0.6}),
        ("KMeans", {"n_clusters": 4, "temperature": 4.0}),
    ),
)


def situation(name: str) -> Situation:
    """The situation called `name`; ValueError with the nearest name and the list for an unknown one."""
    return {one.name: one for one in SITUATIONS}[choice(name, "situation", [one.name for one in SITUATIONS])]
