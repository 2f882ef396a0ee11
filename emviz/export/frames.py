"""A run as a folder of numbered pictures."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from emviz.export.film import Film
from emviz.export.options import LONGEST, Options, takes_options
from emviz.export.png import write_png
from emviz.files import atomic_folder

FRAME = r"frame_\d{3,}\.png"


@takes_options()
def save_frames(trace_or_scene: Any, folder: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as PNG files frame_000.png, frame_001.png, … in a folder; returns the folder.

    They are numbered in the order of `steps`: without in-between frames the number is the place in `steps`, which is
    the step itself if all are shown; with `tween=n`, every (n + 1)th is a state, the first of them frame_000.png.
    All numbers have as many digits as the last one, three or more, so that names sort.

    Each file tells what its state shows in words ("Description", an alt text for slides), and its `dpi`. A folder
    of frames that is there already is replaced as a whole; one that holds anything else is refused. Frames in a folder
    have no times, so seconds_per_step, hold and loop mean nothing here.
    """
    with atomic_folder(folder, FRAME) as temporary:
        film = Film.of(trace_or_scene, replace(options, seconds_per_step=LONGEST))  # time for any number between
        digits = max(3, len(str(len(film) - 1)))
        for number, (at, frame) in enumerate(zip(film.at, film.frames())):
            path = temporary / f"frame_{number:0{digits}}.png"
            write_png(frame, path, options.dpi, film.scene.alt(math.ceil(at)))  # words as in the frame
    return Path(folder)
