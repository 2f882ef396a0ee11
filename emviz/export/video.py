"""A run as an MP4 video."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import imageio_ffmpeg
import numpy as np

from emviz.export.film import Film
from emviz.export.options import Options, takes_options
from emviz.files import atomic_path

RATES = (10, 12, 15, 20, 24, 25, 30, 50, 60)  # video frames a second that every player knows

# Chosen by measuring: slower presets save no bytes. The smoothing between blocks, made for photographs, leaves
# errors of up to 54 of 255 levels of gray beside letters; without it 20, in as many bytes.
QUALITY = ("-preset", "faster", "-crf", "18", "-tune", "animation", "-x264-params", "no-deblock=1")
# Four pixels share one color, their mean: wider filters ring at edges. A browser guesses what is not told, and wrongly.
COLORS = "scale=out_color_matrix=bt709:out_range=tv:flags=area,setparams=color_primaries=bt709:color_trc=bt709"
# Else the number of cores and the version of ffmpeg would change the bytes.
REPEATABLE = ("-threads", "2", "-fflags", "+bitexact", "-flags:v", "+bitexact")


@takes_options()
def save_mp4(trace_or_scene: Any, path: str | os.PathLike[str], options: Options) -> Path:
    """Write a run as an MP4 video (H.264), which plays in browsers, in slides and on phones; returns its path.

    Such a video has an even number of pixels each way, so an odd picture has its last row or column twice.
    It has 10 to 60 frames a second, the fewest that keep all times; where none does, a state begins up to 1/60 of
    a second early or late. An MP4 cannot say whether it loops, the slide or the page does: `loop` is only checked.

    Raises OSError where the encoder fails, RuntimeError where there is none.
    """
    with atomic_path(path, (".mp4",)) as temporary:
        film = Film.of(trace_or_scene, options)
        rate = frame_rate(film.seconds)
        with _encoder(temporary, film.size, rate, os.fspath(path)) as encoder:
            for frame, times in zip(film.frames(), repeats(film.seconds, rate)):
                encoder.write(frame, times)
    return Path(path)


def frame_rate(seconds: Sequence[float]) -> int:
    """The fewest video frames a second at which every change falls on one of them, within a millisecond.

    Where there is none: 30, or 60 if some frames are too short for 30.
    """
    changes = np.cumsum(seconds)
    for rate in RATES:
        if np.all(np.abs(changes - np.rint(changes * rate) / rate) < 1e-3):
            return rate
    return 30 if min(seconds) >= 1 / 30 else 60


def repeats(seconds: Sequence[float], rate: int) -> list[int]:
    """How many video frames each frame becomes; rounding does not add up."""
    return np.diff(np.floor(np.cumsum(seconds) * rate + 0.5), prepend=0).astype(int).tolist()


class _Encoder:
    """ffmpeg as a child process, which works on a frame while the next one is drawn.

    name: of the video, for errors.  log: where ffmpeg writes what is wrong.
    """

    def __init__(self, path: Path, size: tuple[int, int], rate: int, name: str, log: IO[bytes]):
        self._name, self._log = name, log
        self._beyond = [(0, length % 2) for length in reversed(size)] + [(0, 0)]
        width, height = (length + length % 2 for length in size)
        source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-")
        target = ("-c:v", "libx264", *QUALITY, "-vf", COLORS, "-pix_fmt", "yuv420p", *REPEATABLE,
                  "-movflags", "+faststart", "-f", "mp4", f"file:{path}")
        try:
            self._child = subprocess.Popen(
                [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *target], bufsize=0,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log,
                start_new_session=True)  # else Ctrl-C in a terminal ends it too, which looks like an error of its own
        except (OSError, RuntimeError) as error:
            raise RuntimeError(f"a video needs the program ffmpeg ({error}): run `python -m pip install "
                               "--force-reinstall imageio-ffmpeg`, which brings it, or set IMAGEIO_FFMPEG_EXE to the "
                               "path of yours") from None

    def write(self, frame: np.ndarray, times: int) -> None:
        """Add uint8[h, w, 3] so many times."""
        pipe = self._child.stdin
        assert pipe is not None
        data = np.pad(frame, self._beyond, "edge").data.cast("B")
        try:
            for _ in range(times):
                left = data
                while left:
                    left = left[pipe.write(left):]
        except OSError:  # nobody reads any more
            self._end()
            raise self._failure() from None

    def finish(self) -> None:
        if self._end():
            raise self._failure()

    def stop(self) -> None:
        self._child.kill()
        self._end()

    def _end(self) -> int:
        """The exit status, when there is one."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        return self._child.wait()

    def _failure(self) -> OSError:
        status = self._child.returncode
        self._log.seek(0)
        said = self._log.read().decode(errors="replace").splitlines() or ["no reason given"]
        reason = signal.strsignal(-status) if status < 0 else re.sub(r"^(\[.*?\] )*", "", said[0])
        return OSError(f"{self._name!r} was not written: the video encoder failed ({reason})")


@contextmanager
def _encoder(path: Path, size: tuple[int, int], rate: int, name: str) -> Iterator[_Encoder]:
    """An encoder that ends with the block; at once, if the block fails."""
    with TemporaryFile() as log:
        encoder = _Encoder(path, size, rate, name, log)
        try:
            yield encoder
            encoder.finish()
        except BaseException:
            encoder.stop()
            raise
