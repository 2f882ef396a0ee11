"""GIF export: what a decoder reads back, and what stays when something fails."""

import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
from media import decode

import emviz
from emviz.export.film import schedule


def color_tables(path: Path) -> int:
    """How many color tables a GIF has."""
    data = path.read_bytes()
    at, tables = 13 + 3 * (2 << (data[10] & 7)), data[10] >> 7
    while data[at] != 0x3B:  # the trailer
        if data[at] == 0x2C:  # an image
            tables += data[at + 9] >> 7
            at += 10 + (3 * (2 << (data[at + 9] & 7)) if data[at + 9] >> 7 else 0) + 1
        else:  # an extension
            at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    return tables


@pytest.mark.parametrize("tween", [0, 3])
def test_a_gif_shows_the_run(trace, tmp_path, tween):
    path = emviz.save_gif(trace, tmp_path / "run.gif", size=(480, 270), seconds_per_step=0.5, hold=1.5, tween=tween)
    frames, durations, info = decode(path)
    assert path == tmp_path / "run.gif" and os.listdir(tmp_path) == ["run.gif"]
    assert info["loop"] == 0
    assert frames[0].shape == (270, 480, 3)
    assert durations[0] >= 1500 and durations[-1] >= 1500
    glide = 40 * tween  # on the way to the last state, before its hold
    assert sum(durations) == pytest.approx(2 * 1500 + 3 * 500 + glide, abs=10)
    scene = emviz.scene(trace, size=(480, 270))
    for frame, step in ((frames[0], 0), (frames[-1], 4)):
        away = np.abs(frame.astype(int) - scene.frame(step)).max(axis=2)
        assert (away == 0).mean() > 0.9  # flat areas keep their color; blended edges get the nearest of 255
        assert np.mean(away) < 0.5 and away.max() < 70


def blobs() -> emviz.Trace:
    return emviz.run(emviz.GaussianMixture(3), emviz.datasets.blobs(150), max_iterations=6, tolerance=0, rng=0)


def photograph() -> emviz.Trace:
    pixels = emviz.datasets.pixel_photo("flower").data[::4, ::4].reshape(-1, 3)
    return emviz.run(emviz.GaussianMixture(3, min_variance=1.0), pixels, max_iterations=3, rng=0)


@pytest.mark.parametrize("run, options", [
    (blobs, {}), (blobs, {"view": "plane", "regions": "soft", "contours": "lines"}),
    (photograph, {"view": "image", "shape": (40, 60), "paint": "posterior"}), (photograph, {"view": "colors"}),
])
def test_every_frame_looks_as_the_scene_draws_it(tmp_path, run, options):
    scene = emviz.scene(run(), size=(480, 360), **options)
    frames, _, _ = decode(emviz.save_gif(scene, tmp_path / "run.gif", tween=1))
    at, _ = schedule(range(len(scene)), 0.8, 2.0, 1)
    assert len(frames) == len(at)
    for frame, step in zip(frames, at):
        true = scene.frame(step)
        away = np.abs(frame.astype(int) - true).max(axis=2)
        assert away.max() < 70 and np.mean(away > 24) < 0.003  # no color is wrong, nothing is left of the frame before
        assert not away[(true == 255).all(axis=2)].any()       # paper stays paper


def test_frames_are_in_order_and_none_is_missing(trace, tmp_path):
    frames, durations, _ = decode(emviz.save_gif(trace, tmp_path / "run.gif", size=(480, 270)))
    scene = emviz.scene(trace, size=(480, 270))
    assert durations == [2000, 800, 800, 800, 2000]
    for step, frame in enumerate(frames):
        distances = [np.abs(frame.astype(int) - scene.frame(other)).mean() for other in range(5)]
        assert np.argmin(distances) == step


def test_one_palette_for_the_whole_run(trace, tmp_path):
    assert color_tables(emviz.save_gif(trace, tmp_path / "run.gif", tween=2)) == 1


def test_chosen_steps_of_a_scene(trace, tmp_path):
    scene = emviz.scene(trace, size=(320, 180))
    frames, durations, _ = decode(emviz.save_gif(scene, tmp_path / "run.gif", steps=[0, 2, 4], hold=0.3))
    assert durations == [300, 800, 300] and frames[0].shape == (180, 320, 3)
    np.testing.assert_array_less(np.abs(frames[1].astype(int) - scene.frame(2)).mean(), 0.5)


def test_a_single_state_is_a_gif_too(trace, tmp_path):
    frames, durations, _ = decode(emviz.save_gif(trace, tmp_path / "one.gif", steps=[4]))
    assert len(frames) == 1 and durations == [2000]


def test_equal_neighbors_become_one_and_keep_their_time(trace, tmp_path):
    frames, durations, _ = decode(emviz.save_gif(trace, tmp_path / "run.gif", steps=[0, 1, 1, 1, 2]))
    assert len(frames) == 3 and durations == [2000, 2400, 2000]


def test_playing_once(trace, tmp_path):
    assert "loop" not in decode(emviz.save_gif(trace, tmp_path / "run.gif", loop=False))[2]


def test_the_same_run_gives_the_same_bytes(trace, tmp_path):
    one, two = (emviz.save_gif(trace, tmp_path / name).read_bytes() for name in ("one.gif", "two.gif"))
    assert one == two


def test_no_time_is_lost_to_rounding(trace, tmp_path):
    _, durations, _ = decode(emviz.save_gif(trace, tmp_path / "run.gif", seconds_per_step=0.127, hold=0.333, tween=5))
    _, seconds = schedule(range(5), 0.127, 0.333, 5)
    assert sum(durations) == pytest.approx(1000 * sum(seconds), abs=5)


# What fails, fails before anything is drawn, and leaves what was there; test_every_medium.py has the options.


@pytest.fixture
def no_drawing(monkeypatch):
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda *_: pytest.fail("a frame was drawn"))


@pytest.mark.parametrize("name", ["run.mp4", "run", "nowhere/run.gif", "."])
def test_wrong_paths_are_named_before_drawing(trace, tmp_path, no_drawing, name):
    with pytest.raises(ValueError, match="path is"):
        emviz.save_gif(trace, tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_only_runs_and_scenes_can_be_saved(tmp_path):
    with pytest.raises(TypeError, match=r"trace_or_scene is a list: give what emviz\.run or emviz\.scene returns"):
        emviz.save_gif([1, 2], tmp_path / "run.gif")


def test_a_scene_is_drawn_anew_in_another_size(trace, tmp_path):
    scene = emviz.scene(trace, size=(320, 180))
    frames, _, _ = decode(emviz.save_gif(scene, tmp_path / "run.gif", size=(640, 360), steps=[2]))
    assert frames[0].shape == (360, 640, 3) and scene.figure.bbox.width == 320


@pytest.mark.parametrize("accident", [RuntimeError("no ink"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [0, 4, 11, 12, 15])  # twelve of the 17 frames are drawn first, for the palette
def test_an_accident_leaves_the_old_file(trace, tmp_path, monkeypatch, accident, at):
    path = tmp_path / "run.gif"
    path.write_bytes(b"what was there")
    frame, drawn = emviz.scenes.Scene.frame, []

    def stumble(self, step):
        drawn.append(step)
        if len(drawn) > at:
            raise accident
        return frame(self, step)

    monkeypatch.setattr(emviz.scenes.Scene, "frame", stumble)
    with pytest.raises(type(accident)):
        emviz.save_gif(trace, path, size=(320, 180), tween=3)
    assert len(drawn) == at + 1
    assert path.read_bytes() == b"what was there" and os.listdir(tmp_path) == ["run.gif"]


def test_memory_does_not_grow_with_the_frames(trace, tmp_path, monkeypatch):
    """Of 200 frames no more are alive at a time than the palette is made of."""
    drawn: list[weakref.ref] = []
    alive = []

    def blank(self, step):
        alive.append(sum(frame() is not None for frame in drawn))
        frame = np.full((180, 320, 3), len(drawn), np.uint8)
        drawn.append(weakref.ref(frame))
        return frame

    monkeypatch.setattr(emviz.scenes.Scene, "frame", blank)
    emviz.save_gif(trace, tmp_path / "run.gif", steps=[0, 1, 2, 3, 4] * 40)
    assert len(drawn) == 200 and max(alive) <= 12 and alive[-1] <= 2


def test_no_frame_is_drawn_twice(trace, tmp_path, monkeypatch):
    frame, drawn = emviz.scenes.Scene.frame, []
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda self, step: drawn.append(step) or frame(self, step))
    emviz.save_gif(trace, tmp_path / "run.gif", size=(320, 180), tween=4)
    at, _ = schedule(range(5), 0.8, 2.0, 4)
    assert sorted(drawn) == at


def test_no_pyplot_figure_is_open_afterwards(trace, tmp_path):
    code = ("import sys, emviz; m = emviz.BinomialMixture(2, 10); "
            "emviz.save_gif(emviz.run(m, [5, 9, 8, 4, 7], rng=0, max_iterations=1), sys.argv[1]); "
            "assert 'matplotlib.pyplot' not in sys.modules")
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run.gif")], check=True, timeout=60)
