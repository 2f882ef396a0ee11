"""A run as a film strip for paper."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from emviz.export.film import Film
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path


@takes_options
def save_strip(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write chosen states of a run side by side in one picture; returns its path."""
    with atomic_path(path, (".png", ".svg", ".pdf")) as temporary:
        film = Film.of(trace_or_scene, options)
        Image.fromarray(np.concatenate(list(film.frames()), axis=1)).save(temporary)
    return Path(path)
