"""Every medium by name, for the tests that all of them have in common."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import emviz


@wraps(emviz.save_page)
def save_page(shown: Any, *path: Any, **options: Any) -> Path:
    return emviz.save_page(["# A page", shown], *path, **options)


# name -> (what saves it, a name for the file)
MEDIA: dict[str, tuple[Callable[..., Path], str]] = {
    "gif": (emviz.save_gif, "run.gif"),
    "webp": (emviz.save_webp, "run.webp"),
    "mp4": (emviz.save_mp4, "run.mp4"),
    "frames": (emviz.save_frames, "run"),
    "strip.png": (emviz.save_strip, "run.png"),
    "strip.svg": (emviz.save_strip, "run.svg"),
    "strip.pdf": (emviz.save_strip, "run.pdf"),
    "html": (emviz.save_html, "run.html"),
    "page": (save_page, "lesson.html"),
}


def contents(folder: Path) -> dict[str, bytes]:
    """What is in a folder and below it: name -> bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def decode(path: Path) -> tuple[list[np.ndarray], list[int], dict[str, Any]]:
    """Frames uint8[h, w, 3] as a viewer puts them together, their milliseconds, and what the file says."""
    frames, durations = [], []
    with Image.open(path) as picture:
        for at in range(picture.n_frames):
            picture.seek(at)
            frames.append(np.asarray(picture.convert("RGB")))
            durations.append(picture.info["duration"])
        return frames, durations, dict(picture.info)
