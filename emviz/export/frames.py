"""A run as a folder of numbered pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PIL import Image

from emviz.export.film import Film
from emviz.export.options import Options, takes_options


@takes_options
def save_frames(trace_or_scene: Any, folder: str | os.PathLike[str], options: Options) -> Path:
    """Write the frames of a run as numbered PNG files in a folder; returns the folder."""
    film = Film.of(trace_or_scene, options)
    Path(folder).mkdir()
    for number, frame in enumerate(film.frames()):
        Image.fromarray(frame).save(Path(folder) / f"frame_{number:04}.png")
    return Path(folder)
