"""Photographs: a collection in four categories with their mean colors, and five to cluster the pixels of."""

from __future__ import annotations

import numpy as np

from emviz.datasets.dataset import Dataset
from emviz.datasets.shipped import coded, columns, file, records
from emviz.validate import choice

CATEGORIES = ("sunsets", "rivers_and_lakes", "trees_and_forests", "cloudy_skies")
CHANNELS = ("red", "green", "blue")
PIXEL_PHOTOS = ("china", "flower", "autumn_path", "lighthouse", "lake_boat")
_TERMS = "CC0, CC BY and CC BY-SA, picture by picture: photo_credits() and photos/CREDITS.csv"
_COLLECTION = "96 desktop backgrounds that Linux distributions ship; authors in photo_credits()"


def photo_colors() -> Dataset:
    """The mean red, green and blue of 96 photographs, 24 in each of four categories.

    data: float[96, 3], from 0 (none) to 1 (full); labels: the category. Row i is picture i of `photos()`.
    """
    photographs = "photos/mean_rgb.csv"
    return Dataset(
        data=columns(photographs, *CHANNELS) / 255,
        labels=coded([photo["category"] for photo in records(photographs)], CATEGORIES),
        feature_names=CHANNELS,
        title="Mean colors of photographs",
        source=_COLLECTION,
        license=_TERMS,
        label_names=tuple(name.replace("_", " ") for name in CATEGORIES),
    )


def photos() -> Dataset:
    """The 96 photographs behind `photo_colors()`, in the same order.

    data: uint8[96, 64, 96, 3] (picture, row, column, channel); labels: the category. Loads imageio.
    Decoders differ by a level here and there, so exact numbers belong on `photo_colors()`.
    """
    colors = photo_colors()
    pictures = [_read(f"photos/{photo['file']}") for photo in records("photos/mean_rgb.csv")]
    return Dataset(np.stack(pictures), colors.labels, CHANNELS, "Photographs", colors.source, colors.license,
                   colors.label_names)


def photo_credits() -> tuple[dict[str, str], ...]:
    """Title, author, license, source and changes of each photograph, in the order of `photos()`."""
    by_file = {credit["file"]: credit for credit in records("photos/CREDITS.csv")}
    return tuple(by_file[photo["file"]] for photo in records("photos/mean_rgb.csv"))


def pixel_photo(name: str) -> Dataset:
    """One small photograph to cluster the pixels of.

    name: one of PIXEL_PHOTOS: "china", "flower", "autumn_path", "lighthouse" or "lake_boat".

    data: uint8[height, width, 3]; `data.reshape(-1, 3)` gives the pixels as rows. title, source (with the
    author) and license are those of the picture. Loads imageio. Raises ValueError for an unknown name.
    """
    file_name = f"{choice(name, 'name', PIXEL_PHOTOS)}.jpg"
    credit = next(credit for credit in records("pixel_photos/CREDITS.csv") if credit["file"] == file_name)
    return Dataset(
        data=_read(f"pixel_photos/{file_name}"),
        labels=None,
        feature_names=CHANNELS,
        title=name.replace("_", " ").capitalize(),
        source=f"photograph by {credit['author']}; {credit['source']}; {credit['changes']}",
        license=f"{credit['license']}, {credit['license_url']}",
    )


def _read(path: str) -> np.ndarray:
    import imageio.v3 as imageio

    return imageio.imread(file(path).read_bytes(), extension=".jpg", mode="RGB")
