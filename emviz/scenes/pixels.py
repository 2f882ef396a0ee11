"""Pictures as data: colors and their units, cells of several pixels, rows that are pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from emviz.scenes import words


def unit(colors: np.ndarray) -> int:
    """What a full red, green or blue is: 255 in whole numbers or if any value is above 1, and otherwise 1."""
    return 255 if colors.dtype.kind in "iu" or colors.max() > 1 else 1


def not_colors(data: np.ndarray) -> str | None:
    """Why the rows of data cannot be colors; None if they can."""
    if data.shape[1] != 3:
        return f"a color is red, green and blue, and the data have {words.counted(data.shape[1], 'feature')}"
    low, high = data.min(), data.max()
    if low < 0 or high > 255:
        return f"the data are from {low:g} to {high:g}: give colors from 0 to 1, or from 0 to 255"
    return None


def checked_picture(picture: Any, full: int) -> np.ndarray:
    """A picture float[h, w, 3] from 0 to 1, of one that is given in units of which `full` is the most.

    Takes arrays, lists and data sets such as `emviz.datasets.pixel_photo("flower")`. ValueError: it is no picture,
    or in other units.
    """
    given = np.asarray(picture.data if hasattr(picture, "feature_names") else picture)
    if given.ndim != 3 or given.shape[2] != 3 or given.size == 0 or given.dtype.kind not in "iuf":
        raise ValueError(f"picture has shape {given.shape} and type {given.dtype}: give red, green and blue of its "
                         "pixels as numbers [height, width, 3]")
    if not np.isfinite(given).all():
        row, column, _ = np.argwhere(~np.isfinite(given))[0]
        raise ValueError(f"picture, row {row}, column {column} is missing or infinite: give every pixel a color")
    if unit(given) != full:
        convert = "picture / 255" if full == 1 else "255 * picture"
        raise ValueError(f"picture is in units from 0 to {unit(given)}, and the data from 0 to {full}: give {convert}")
    if given.min() < 0 or given.max() > full:
        raise ValueError(f"picture has values from {given.min():g} to {given.max():g}: give colors from 0 to {full}")
    return given / full


def checked_shape(shape: Any, count: int, what: str) -> tuple[int, int]:
    """(height, width) of a picture of `count` pixels, or an error that names `shape` and says `what` they are."""
    try:
        height, width = shape
        whole = height == int(height) and width == int(width)
    except (TypeError, ValueError):
        raise ValueError(f"shape is {shape!r}: give (height, width) in pixels") from None
    if not whole or height < 1 or height * width != count:
        raise ValueError(f"shape is {shape!r}: give (height, width) with height × width = {count}, {what}")
    return int(height), int(width)


def in_cells(picture: np.ndarray, side: int) -> np.ndarray:
    """The means of blocks of side × side pixels, and of what is left of them at the lower and the right edge.

    float[h, w, 3] -> float[⌈h / side⌉, ⌈w / side⌉, 3].
    """
    starts = [np.arange(0, length, side) for length in picture.shape[:2]]
    sums = np.add.reduceat(np.add.reduceat(picture, starts[0], axis=0), starts[1], axis=1)
    sizes = [np.diff(start, append=length) for start, length in zip(starts, picture.shape)]
    return sums / np.outer(*sizes)[..., None]
