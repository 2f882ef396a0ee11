"""A run as an MP4 video."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from emviz.export.film import Film
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path


@takes_options
def save_mp4(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as an MP4 video (H.264); returns its path."""
    with atomic_path(path, (".mp4",)) as temporary:
        film = Film.of(trace_or_scene, options)
        writer = imageio_ffmpeg.write_frames(temporary, film.size, fps=30, macro_block_size=1)
        writer.send(None)
        for frame, seconds in zip(film.frames(), film.seconds):
            for _ in range(round(30 * seconds)):
                writer.send(frame)
        writer.close()
    return Path(path)
