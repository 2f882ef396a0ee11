"""Pictures of any kind as red, green and blue, as a viewer shows them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

PIXELS = 240 * 180  # EM is quick on so many, and the view shows no more


def is_picture(path: str) -> bool:
    """Whether a file is a picture, by its name."""
    kind = Image.registered_extensions().get(Path(path).suffix.lower())
    return kind in Image.OPEN


def read(path: str) -> np.ndarray:
    """uint8[height, width, 3]: turned as the camera says, transparent parts white, the first frame of several.

    ValueError: it is none, or is too large.
    """
    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file) as picture:
                return np.asarray(_in_rgb(ImageOps.exif_transpose(picture)))
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            most = f"{(Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f}"
            raise ValueError(f"{path} has more than {most} million pixels: make it smaller first") from None
        except Exception as error:  # a file of any origin can be broken in any way
            told = "nothing in it looks like a picture" if isinstance(error, Image.UnidentifiedImageError) else error
            raise ValueError(f"{path} cannot be read as a picture: {told}") from None


def _in_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode[0] in "IF":  # 16 bits or more, which Pillow would cut off
        levels = np.asarray(picture, dtype=float)
        full = 255 if levels.max() <= 255 else 65535
        picture = Image.fromarray((levels * 255 / full).clip(0, 255).astype(np.uint8))
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    opaque = picture.convert("RGBA")
    paper = Image.new("RGBA", opaque.size, "white")
    return Image.alpha_composite(paper, opaque).convert("RGB")


def reduced(pixels: np.ndarray) -> np.ndarray:
    """A picture uint8[h, w, 3] of at most PIXELS pixels: itself, or means of neighbors."""
    height, width = pixels.shape[:2]
    if height * width <= PIXELS:
        return pixels
    scale = (PIXELS / (height * width)) ** 0.5
    across, down = (max(1, min(int(scale * length), PIXELS)) for length in (width, height))
    return np.asarray(Image.fromarray(pixels).resize((across, down), Image.Resampling.BOX))
