"""GIF export: what a decoder reads back, and what stays when something fails."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz.export.film import schedule
from emviz.export.palette import Palette

HEADS = [5, 9, 8, 4, 7]


@pytest.fixture(scope="module")
def trace() -> emviz.Trace:
    model = emviz.BinomialMixture(2, 10, fixed=("weights",))
    return emviz.run(model, HEADS, model.start(HEADS, probabilities=[0.6, 0.5]), max_iterations=2)


def decode(path: Path) -> tuple[list[np.ndarray], list[int], dict]:
    """Frames uint8[h, w, 3] as a viewer puts them together, their milliseconds, and what the file says."""
    frames, durations = [], []
    with Image.open(path) as picture:
        for at in range(picture.n_frames):
            picture.seek(at)
            frames.append(np.asarray(picture.convert("RGB")))
            durations.append(picture.info["duration"])
        return frames, durations, dict(picture.info)


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


def test_a_palette_keeps_flat_colors_and_finds_the_nearest_of_others():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (40, 400, 3)).astype(np.uint8)
    flat = np.zeros((40, 400, 3), np.uint8) + np.array([213, 94, 0], np.uint8)
    palette = Palette.of([flat, noise])
    assert palette.colors.shape[0] <= 255
    np.testing.assert_array_equal(palette.colors[palette.indices(flat)], flat)
    found = palette.indices(noise)
    distances = ((noise[..., None, :].astype(int) - palette.colors) ** 2).sum(axis=-1)
    at_found = np.take_along_axis(distances, found[..., None].astype(int), axis=-1)[..., 0]
    np.testing.assert_array_equal(at_found, distances.min(axis=-1))


# What fails, fails before anything is drawn, and leaves what was there.

WRONG = [
    ({"seconds_per_step": 0}, ValueError, "seconds_per_step is 0"),
    ({"seconds_per_step": -1}, ValueError, "seconds_per_step is -1"),
    ({"seconds_per_step": 0.001}, ValueError, "seconds_per_step is 0.001"),
    ({"seconds_per_step": float("nan")}, ValueError, "seconds_per_step is nan"),
    ({"seconds_per_step": "fast"}, TypeError, "seconds_per_step is 'fast'"),
    ({"hold": float("inf")}, ValueError, "hold is inf"),
    ({"hold": True}, TypeError, "hold is True"),
    ({"tween": -1}, ValueError, "tween"),
    ({"tween": 0.5}, (ValueError, TypeError), "tween"),
    ({"steps": []}, ValueError, "steps is empty"),
    ({"steps": [0, 5]}, ValueError, r"steps\[1\] is 5: this run has the steps 0 to 4"),
    ({"steps": [-1]}, ValueError, "steps"),
    ({"steps": [0.5]}, (ValueError, TypeError), "steps"),
    ({"steps": 3}, TypeError, "steps is 3"),
    ({"size": (0, 0)}, ValueError, "size"),
]


@pytest.fixture
def no_drawing(monkeypatch):
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda *_: pytest.fail("a frame was drawn"))


@pytest.mark.parametrize("arguments, error, words", WRONG)
def test_wrong_arguments_are_named_before_drawing(trace, tmp_path, no_drawing, arguments, error, words):
    with pytest.raises(error, match=words):
        emviz.save_gif(trace, tmp_path / "run.gif", **arguments)
    assert os.listdir(tmp_path) == []


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
@pytest.mark.parametrize("at", [0, 6, 9])  # the palette takes five frames, then five are written
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
        emviz.save_gif(trace, path, size=(320, 180))
    assert len(drawn) == at + 1
    assert path.read_bytes() == b"what was there" and os.listdir(tmp_path) == ["run.gif"]


def test_frames_are_written_as_they_are_drawn(trace, tmp_path, monkeypatch):
    frame, on_disk = emviz.scenes.Scene.frame, []

    def watch(self, step):
        on_disk.append(sum(file.stat().st_size for file in tmp_path.iterdir()))
        return frame(self, step)

    monkeypatch.setattr(emviz.scenes.Scene, "frame", watch)
    total = emviz.save_gif(trace, tmp_path / "run.gif", tween=4).stat().st_size
    assert on_disk[-1] > 0.5 * total  # before the last frame, the others are in the file


def test_no_pyplot_figure_is_open_afterwards(trace, tmp_path):
    code = ("import sys, emviz; m = emviz.BinomialMixture(2, 10); "
            "emviz.save_gif(emviz.run(m, [5, 9, 8, 4, 7], rng=0, max_iterations=1), sys.argv[1]); "
            "assert 'matplotlib.pyplot' not in sys.modules")
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run.gif")], check=True, timeout=60)
