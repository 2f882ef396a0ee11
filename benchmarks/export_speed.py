"""A GIF, a page and a video of one run, against matplotlib's animation of the same scene, in the same run.

Run it with `python benchmarks/export_speed.py [rounds]`. Machines are noisy: what counts is the ratio of the medians
over rounds in which both were timed, one right after the other. The memory is by how much a film raises the peak of a
fresh process that has saved a film of one frame before; Linux tells it.
"""

from __future__ import annotations

import multiprocessing
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imageio_ffmpeg
import matplotlib
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter

import emviz

N_POINTS, COMPONENTS, SIZE, ROUNDS = 500, 4, (640, 480), 5
FILM, PAGE = range(60), range(41)  # states
TIMES: dict[str, Any] = {"seconds_per_step": 0.1, "hold": 0.1}
SAVE = {"gif": emviz.save_gif, "mp4": emviz.save_mp4}


def main(rounds: int) -> None:
    matplotlib.rcParams.update({"animation.ffmpeg_path": imageio_ffmpeg.get_ffmpeg_exe(),
                                "animation.embed_limit": 1000})  # MB; with the usual 20 it leaves out frames
    print(f"{N_POINTS} points, {COMPONENTS} Gaussians with their curve; films {SIZE[0]} × {SIZE[1]} pixels, "
          f"the page 960 × 540; medians of {rounds} rounds\n")
    print(f"{'work':<22} {'':<8} {'matplotlib':>10} {'emviz':>8} {'ratio':>6}  goal")
    works: list[tuple[str, Callable[[Path], Any], Callable[[Path], Any], str, str]] = [
        (f"GIF, {len(FILM)} frames", _our_film, partial(_their_film, writer=PillowWriter), "≥ 5", "≤ 0.7"),
        (f"page, {len(PAGE)} states", _our_page, _their_page, "≥ 10", "≤ 0.1, ≤ 200 kB"),
        (f"MP4, {len(FILM)} frames", _our_film, partial(_their_film, writer=FFMpegWriter), "≥ 3", "")]
    with TemporaryDirectory() as folder:
        for name, ours, theirs, faster, smaller in works:
            paths = [Path(folder, f"{whose}.{name[:3].lower().replace('pag', 'html')}") for whose in ("ours", "theirs")]
            (mine, rival), (my_size, rival_size) = _medians(rounds, (ours, theirs), paths)
            print(f"{name:<22} {'seconds':<8} {rival:>10.2f} {mine:>8.2f} {rival / mine:>5.1f}×  {faster}")
            print(f"{'':<22} {'kB':<8} {rival_size:>10,.0f} {my_size:>8,.0f} {my_size / rival_size:>5.2f}×  {smaller}")
        print(f"\n{'memory':<22} {'':<8} {'60 frames':>10} {'240':>8}")
        for kind in SAVE:
            few, many = (_memory(kind, times, Path(folder, f"long.{kind}")) for times in (1, 4))
            print(f"{kind.upper():<22} {'MB more':<8} {few:>10.1f} {many:>8.1f} {'':>6}  the same")


@cache
def _trace() -> emviz.Trace:
    points = emviz.datasets.blobs(N_POINTS)
    return emviz.run(emviz.GaussianMixture(COMPONENTS), points, max_iterations=30, tolerance=0, rng=0)


def _our_film(path: Path) -> None:
    SAVE[path.suffix[1:]](_trace(), path, size=SIZE, steps=FILM, **TIMES)


def _our_page(path: Path) -> None:
    emviz.save_html(_trace(), path, steps=PAGE)


def _animation(steps: range, size: tuple[int, int] | None) -> FuncAnimation:
    scene = emviz.scene(_trace(), size=size)
    return FuncAnimation(scene.figure, scene.show, frames=steps)


def _their_film(path: Path, writer: Callable[..., Any]) -> None:
    _animation(FILM, SIZE).save(path, writer=writer(fps=10))


def _their_page(path: Path) -> None:
    path.write_text(_animation(PAGE, None).to_jshtml())


def _medians(rounds: int, works: tuple[Callable[[Path], Any], ...], paths: list[Path]) -> tuple[list[float], ...]:
    """Seconds and kilobytes of each."""
    works[0](paths[0])  # what is loaded once does not count
    times = [[_seconds(work, path) for work, path in zip(works, paths)] for _ in range(rounds)]
    return ([statistics.median(column) for column in zip(*times, strict=True)],
            [path.stat().st_size / 1000 for path in paths])


def _seconds(work: Callable[[Path], Any], path: Path) -> float:
    begin = time.perf_counter()
    work(path)
    return time.perf_counter() - begin


def _memory(kind: str, times: int, path: Path) -> float:
    """Megabytes that a film of 60 × `times` frames takes, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(_growth, (kind, times, path))


def _growth(kind: str, times: int, path: Path) -> float:
    trace = _trace()
    SAVE[kind](trace, path, size=SIZE, steps=[0], **TIMES)
    before = _peak()
    SAVE[kind](trace, path, size=SIZE, steps=[*FILM] * times, **TIMES)
    return _peak() - before


def _peak() -> float:
    """Megabytes. `resource.getrusage` would count those of the parent process, too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
