"""The data of the curriculum, each with its source and license."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emviz.datasets.dataset import Dataset
from emviz.datasets.made import (
    blobs,
    circles,
    coin_sample,
    gaussian_mixture_sample,
    moons,
    stretched_blobs,
    uniform_square,
)
from emviz.datasets.measured import (
    coin_flips,
    coin_sequences,
    digits_2_6,
    earthquakes,
    faithful,
    galaxies,
    galton_heights,
    heights,
    iris,
    mog_checkpoint,
    times_deaths,
)
from emviz.datasets.pictures import photo_colors, photo_credits, photos, pixel_photo
from emviz.validate import choice

__all__ = [
    "Dataset", "blobs", "circles", "coin_flips", "coin_sample", "coin_sequences", "digits_2_6", "earthquakes",
    "faithful", "galaxies", "galton_heights", "gaussian_mixture_sample", "heights", "iris", "load",
    "mog_checkpoint", "moons", "names", "photo_colors", "photo_credits", "photos", "pixel_photo",
    "stretched_blobs", "times_deaths", "uniform_square",
]  # fmt: skip

# Rows that a model can be fitted to, and that need no argument: what the command line and the explorer offer.
_BY_NAME: dict[str, Callable[..., Dataset]] = {make.__name__: make for make in (
    heights, galton_heights, blobs, moons, circles, stretched_blobs, uniform_square, coin_flips, coin_sample, faithful,
    galaxies, earthquakes, times_deaths, mog_checkpoint, iris, digits_2_6, photo_colors,
)}  # fmt: skip


def names() -> tuple[str, ...]:
    """The names that `load` knows: every data set that needs no argument, pictures left out."""
    return tuple(_BY_NAME)


def load(name: str, **arguments: Any) -> Dataset:
    """The data set called `name`; `arguments` go to its function: `load("blobs", seed=3)`.

    Raises ValueError for an unknown name, with the nearest known one and the list.
    """
    return _BY_NAME[choice(name, "name", names())](**arguments)
