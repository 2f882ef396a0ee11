"""The stills of the lessons: sizes, alt text, and what they show."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from emviz import datasets, lessons, style
from emviz.lessons.pictures import Still

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])


def pixels(still: Still) -> np.ndarray:
    """uint8[height, width, 3]"""
    return np.asarray(Image.open(io.BytesIO(still.png)).convert("RGB"))


def amount_of(still: Still, color: str) -> int:
    """How many pixels are nearly of this color (points are 85 % opaque on white)."""
    shade = 255 * (0.15 + 0.85 * np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]))
    return int((np.abs(pixels(still) - shade).max(axis=2) < 6).sum())


def test_a_group_has_the_color_of_its_number_and_none_is_gray() -> None:
    blobs = datasets.blobs(200)
    told = lessons.groups([lessons.Group(blobs.data, blobs.labels)], 1, alt="Four groups of fifty points")
    untold = lessons.groups([lessons.Group(blobs.data, None)], 1, alt="Two hundred gray points")
    for component in range(4):
        assert amount_of(told, style.COLORS[component]) > 300 > 30 > amount_of(untold, style.COLORS[component])
    assert amount_of(untold, style.UNKNOWN) > 1000 > 30 > amount_of(told, style.UNKNOWN)
    lonely = lessons.groups([lessons.Group(SQUARE, [2, 0, 0, -1])], 1, alt="One point alone, two together, one gray")
    two, none, one = (amount_of(lonely, style.COLORS[component]) for component in range(3))
    assert two > one > 30 > none


def test_groups_stand_in_rows() -> None:
    one, five = (lessons.groups([lessons.Group(SQUARE, None, "title", "note")] * n, 3, alt="Squares, one or five")
                 for n in (1, 5))
    assert pixels(one).shape[1] == pixels(five).shape[1] == 780
    assert pixels(five).shape[0] == 2 * pixels(one).shape[0]


@pytest.mark.parametrize(("points", "labels", "message"), [
    (np.zeros((4, 3)), None, r"cells\[0\].points has 3 columns"), (SQUARE, [0, 1], r"cells\[0\].labels")])
def test_groups_name_what_is_wrong(points: Any, labels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lessons.groups([lessons.Group(points, labels)], alt="wrong")


def test_curves_say_where_they_begin_end_and_peak() -> None:
    still = lessons.curves([1, 2, 3], {"inertia": [9, 4, 1], "silhouette": [np.nan, 0.6, 0.7]}, "k", mark=2)
    assert still.alt == ("Curves over k from 1 to 3. inertia: 9 at first, 1 at last, highest 9 at k = 1. "
                         "silhouette: 0.6 at first, 0.7 at last, highest 0.7 at k = 3.")
    assert pixels(still).shape == (340, 800, 3)
    with pytest.raises(ValueError, match="inertia"):
        lessons.curves([1, 2], {"inertia": [1, 2, 3]})


def test_a_still_carries_alt_text() -> None:
    still = lessons.mixture_curve((163, 177), (6.5, 7.5), label="height (cm)")
    png, metadata = still._repr_png_()
    assert Image.open(io.BytesIO(png)).size == (800, 400)
    assert metadata == {"alt": repr(still)} and 20 <= len(still.alt) < 300


@pytest.mark.parametrize(("means", "sigmas", "weights", "humps"), [
    ((163, 177), (6.5, 7.5), None, "1 hump: "),
    ((160, 180), (7, 7), None, "2 humps: "),
    ((0, 1.99), (1, 1), None, "1 hump: "),   # equal halves: two humps above a distance of 2σ (Schilling et al. 2002)
    ((0, 2.05), (1, 1), None, "2 humps: "),
    ((0, 2.05), (1, 1), (0.8, 0.2), "1 hump: "),
    ((0, 10, 20), (1, 1, 1), None, "3 humps: "),
])
def test_a_mixture_curve_counts_its_humps(means: Any, sigmas: Any, weights: Any, humps: str) -> None:
    assert humps in lessons.mixture_curve(means, sigmas, weights).alt


@pytest.mark.parametrize(("sigmas", "message"), [((1, 1, 1), "sigmas"), ((1, 0), "sigmas must be positive")])
def test_a_mixture_curve_names_what_is_wrong(sigmas: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lessons.mixture_curve((0, 1), sigmas)
